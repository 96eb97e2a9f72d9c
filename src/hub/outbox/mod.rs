//! What is to be sent: put in, taken out by workers, settled, reported on.

pub(crate) mod bookings;
mod claim;
mod dispatch;
mod enqueue;
mod entries;
mod escalate;
mod forget;
mod messages;
mod reports;
pub(crate) mod told;

pub use claim::{Claimed, claim_message, due_messages, settle_message};
pub use dispatch::{Dispatch, Dispatched, DispatchedEntry};
pub use enqueue::{Enqueue, EnqueueOutcome, enqueue};
pub use escalate::{EscalateOutcome, escalate};
pub use messages::{MessageToldOf, Messages, Unsent, kpi, messages};
pub use reports::{DeliveryOf, DeliveryOutcome, delivery};

pub(crate) use dispatch::{is_of_one, rotated};
pub(crate) use enqueue::put_in;
pub(crate) use forget::forget;

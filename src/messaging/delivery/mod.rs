//! What became of a message: reports of providers as a set, and what they say about the address.

mod bounce;
mod event;
mod state;

pub use bounce::{AddressHealth, AddressVerdict, BounceRules};
pub use event::{DeliveryEvent, DeliveryKind};
pub use state::{Delivery, DeliveryLog, DeliveryState, SuppressScope, delivery_state};

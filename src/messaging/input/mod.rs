//! What a decision looks at: the message and the person. The caller fills these from wherever it keeps them.

mod endpoint;
mod message;
mod recipient;

pub use endpoint::{AddressId, Endpoint, Engagement, Interaction, InteractionKind};
pub use message::{Class, Message, MessageKind, Urgency};
pub use recipient::{Competing, PastSend, PersonSuppression, Recipient};

//! From the bot to a person and back: who has a conversation, and what whoever takes it is told.
//!
//! At any instant exactly one has it: the bot, a queue, or an agent. [`handoff`] says who, as a function of the set of what
//! happened; a [`Packet`] is what the next one is told, so that nobody is asked the same thing twice.

mod fold;
mod limits;
mod packet;

pub use fold::{
    ConversationOwner, Handoff, HandoffAct, HandoffEvent, HandoffRefusal, HandoffState, OwnerSince,
    RefusedAct, Speech, handoff,
};
pub use limits::HandoffLimit;
pub use packet::{Asked, OpenObject, Packet, PacketInput, PacketSettings};

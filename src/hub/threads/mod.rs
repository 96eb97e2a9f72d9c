//! What a person left unfinished, in every channel: kept, shown, handed on, and told when it is abandoned.

mod abandoned;
mod bought;
mod doors;
mod edit;
mod erase;
mod handoffs;
pub(crate) mod keys;
mod last;
mod packets;
mod parts;
mod show;
mod tokens;

pub use abandoned::{abandoned, abandonment_signal, mark_abandonment, settle_abandonment};
pub(crate) use bought::ordered_at;
pub use edit::{EditOutcome, edit_thread};
pub(crate) use erase::forget;
pub(crate) use handoffs::Conversation;
pub use handoffs::{
    HandoffOutcome, HandoffRequest, WaitingConversation, handoff_act, handoff_of, may_speak, request_handoff,
    waiting_handoffs,
};
pub use last::{LastState, last_state};
pub(crate) use last::{last_event, note_event};
pub use packets::handoff_packet;
pub use show::{Shown, ThreadSettings, TouchedThread, thread, threads_of};
pub(crate) use show::{documents, sights};
pub use tokens::{Issue, OpenOutcome, TokenRefusal, issue_token, open_token};

use super::subscribe::{acknowledge, subscribed_to};

//! The outbox: what is to be sent, each message to each person once, whatever crashes.
//!
//! An [`Entry`] is a small state machine that is stored; [`advance`] is a pure function from an entry, a [`Fact`], the
//! [`OutboxRules`] and the instant to the entry as it is then, with the reason. The hub stores it and calls the
//! provider between two units of work, one that [claims](Fact::Claim) the entry under a lease and one that settles it.
//! What a crash between the two leaves behind is sent again under the same idempotency key when the lease has ended.

mod entry;
mod machine;
mod rules;

pub use entry::{Entry, EntryMessage, EntryPlan, EntryState, outbox_key};
pub use machine::{Advanced, Fact, advance};
pub use rules::OutboxRules;

//! The use cases of threads as methods of both drivers.

use crate::channel::Channel;
use crate::hub::Who;
use crate::hub::front::use_cases;
use crate::journey::{ThreadEdit, ThreadKind};

use super::{EditOutcome, Issue, LastState, OpenOutcome, Shown, ThreadSettings};
use crate::journey::ResumeToken;

use_cases! {
    /// Changes a thread in one channel; see [`edit_thread`](super::edit_thread()).
    edit_thread(who: &Who, edit: &ThreadEdit, settings: &ThreadSettings) -> EditOutcome;
    /// One of her threads, as a channel may see it; see [`thread`](super::thread()).
    thread(who: &Who, kind: &ThreadKind, object: &str, channel: &Channel, settings: &ThreadSettings) -> Option<Shown>;
    /// All her threads, as a channel may see them; see [`threads_of`](super::threads_of()).
    threads_of(who: &Who, channel: &Channel, settings: &ThreadSettings) -> Option<Vec<Shown>>;
    /// What she was doing last, in whatever channel; see [`last_state`](super::last_state()).
    last_state(who: &Who) -> Option<LastState>;
    /// A token by which another channel takes a thread up; see [`issue_token`](super::issue_token()).
    issue_token(who: &Who, issue: &Issue<'_>, settings: &ThreadSettings) -> Option<ResumeToken>;
    /// Takes a thread up by such a token; see [`open_token`](super::open_token()).
    open_token(text: &str, channel: &Channel, settings: &ThreadSettings) -> OpenOutcome;
}

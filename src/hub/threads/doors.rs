//! The use cases of threads as methods of both drivers.

use crate::channel::Channel;
use crate::hub::Who;
use crate::hub::front::use_cases;
use crate::journey::{
    Abandonment, AbandonmentNews, ConversationOwner, Handoff, HandoffAct, Packet, PacketSettings,
    ResumeToken, Speech, ThreadEdit, ThreadKind, Told,
};
use crate::store::Seq;

use super::{
    EditOutcome, HandoffOutcome, HandoffRequest, Issue, LastState, OpenOutcome, Shown, ThreadSettings,
    WaitingConversation,
};

use_cases! {
    /// Changes a thread in one channel; see [`edit_thread`](super::edit_thread()).
    edit_thread(who: &Who, edit: &ThreadEdit, settings: &ThreadSettings) -> EditOutcome;
    /// One of her threads, as a channel may see it; see [`thread`](super::thread()).
    thread(who: &Who, kind: &ThreadKind, object: &str, channel: &Channel, settings: &ThreadSettings) -> Option<Shown>;
    /// All her threads, as a channel may see them; see [`threads_of`](super::threads_of()).
    threads_of(who: &Who, channel: &Channel, settings: &ThreadSettings) -> Option<Vec<Shown>>;
    /// What she was doing last, in whatever channel, as far as this one may know; see [`last_state`](super::last_state()).
    last_state(who: &Who, channel: &Channel, settings: &ThreadSettings) -> Option<LastState>;
    /// A token by which another channel takes a thread up; see [`issue_token`](super::issue_token()).
    issue_token(who: &Who, issue: &Issue<'_>, settings: &ThreadSettings) -> Option<ResumeToken>;
    /// Takes a thread up by such a token; see [`open_token`](super::open_token()).
    open_token(text: &str, channel: &Channel, settings: &ThreadSettings) -> OpenOutcome;
    /// Asks for a person to take over a conversation; see [`request_handoff`](super::request_handoff()).
    request_handoff(who: &Who, request: &HandoffRequest<'_>) -> HandoffOutcome;
    /// What whoever takes a conversation is told; see [`handoff_packet`](super::handoff_packet()).
    handoff_packet(who: &Who, conversation: &str, settings: &ThreadSettings, packets: &PacketSettings) -> Option<Packet>;
    /// What an agent does about a conversation; see [`handoff_act`](super::handoff_act()).
    handoff_act(who: &Who, conversation: &str, id: &str, act: &HandoffAct) -> HandoffOutcome;
    /// Where a conversation stands; see [`handoff_of`](super::handoff_of()).
    handoff_of(who: &Who, conversation: &str) -> Option<Handoff>;
    /// Whether somebody may speak in it now; see [`may_speak`](super::may_speak()).
    may_speak(who: &Who, conversation: &str, speaker: &ConversationOwner) -> Option<Speech>;
    /// What she left standing; see [`abandoned`](super::abandoned()).
    abandoned(who: &Who, channel: &Channel, settings: &ThreadSettings, contactable: bool) -> Option<AbandonmentNews>;
    /// Marks what she was told; see [`mark_abandonment`](super::mark_abandonment()).
    mark_abandonment(who: &Who, episode: &Abandonment, channel: &Channel, settings: &ThreadSettings) -> bool;
    /// Settles what she was told; see [`settle_abandonment`](super::settle_abandonment()).
    settle_abandonment(who: &Who, told: &Told) -> bool;
    /// How far a subscriber has read; see [`subscribed_to`](super::subscribed_to()).
    subscribed_to(name: &str) -> Seq;
    /// Keeps how far a subscriber has read; see [`acknowledge`](super::acknowledge()).
    acknowledge(name: &str, upto: Seq) -> Seq;
    /// What waits for somebody of a skill; see [`waiting_handoffs`](super::waiting_handoffs()).
    waiting_handoffs(skill: &str, limit: usize) -> Vec<WaitingConversation>;
}

//! What an event says about consent.

use std::fmt;

use crate::channel::Channel;

/// A person's agreement or refusal, as the event states it.
#[derive(Clone, PartialEq, Eq)]
pub struct ConsentChange<'a> {
    /// The purpose, as it was sent; `*` for every purpose (only in a refusal).
    pub purpose: &'a str,
    /// The channel; `None` for every channel.
    pub channel: Option<Channel>,
    /// Agreed or refused.
    pub granted: bool,
}

impl fmt::Debug for ConsentChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsentChange").field("granted", &self.granted).finish_non_exhaustive()
    }
}

/// A category preference: `marketing.email` is the purpose `marketing` in the channel `email`; a key whose last part
/// is no known channel is a purpose for every channel.
pub(super) fn preference(key: &str, granted: bool) -> ConsentChange<'_> {
    let split = key.rsplit_once('.').and_then(|(purpose, last)| Some((purpose, known_channel(last)?)));
    match split {
        Some((purpose, channel)) if !purpose.is_empty() => {
            ConsentChange { purpose, channel: Some(channel), granted }
        }
        _ => ConsentChange { purpose: key, channel: None, granted },
    }
}

fn known_channel(word: &str) -> Option<Channel> {
    Channel::parse(word).filter(|channel| !matches!(channel, Channel::Other(_)))
}

/// A consent event. A grant must name its purpose and a readable channel (or none, or `*`); a refusal without a
/// purpose, or with a channel that cannot be read, is a refusal of everything.
pub(super) fn change<'a>(
    granted: bool,
    purpose: Option<&'a str>,
    channel: Option<&str>,
) -> Option<ConsentChange<'a>> {
    let purpose = purpose.map(str::trim).filter(|purpose| !purpose.is_empty());
    let purpose = if granted { purpose.filter(|purpose| *purpose != "*")? } else { purpose.unwrap_or("*") };
    let channel = match channel.map(str::trim) {
        None | Some("" | "*") => None,
        Some(word) => match Channel::parse(word) {
            None if granted => return None,
            channel => channel,
        },
    };
    Some(ConsentChange { purpose, channel, granted })
}

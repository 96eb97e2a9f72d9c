//! What a channel may see of a thread.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::thread::{Sensitivity, ThreadKind};
use crate::channel::Channel;

/// What a channel may see of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Nothing: not even that it is there.
    Hidden,
    /// That something of its kind waits, and where it was left; not what it says.
    Outline,
    /// Everything. In a channel whose screen strangers see, ask first.
    Whole,
}

/// An exception that the host makes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SightRule {
    /// How guarded the thread is.
    pub sensitivity: Sensitivity,
    /// Of which kind it is; every kind if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ThreadKind>,
    /// The channel.
    pub channel: Channel,
    /// What it may see.
    pub sight: Sight,
}

/// Which channel may see what.
///
/// Where the host says nothing: everyday threads are seen everywhere. Personal ones whole in our own channels, in outline in
/// rented private ones, and not at all where strangers see the screen. Sensitive ones nowhere.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::journey::{Sensitivity, Sight, ThreadKind, Visibility};
/// let rules = Visibility::authenticated();
/// let sight = |channel| rules.sight(&ThreadKind::Form, Sensitivity::Sensitive, &channel);
/// assert_eq!((sight(Channel::Web), sight(Channel::Till)), (Sight::Whole, Sight::Hidden));
/// assert_eq!(Visibility::default().sight(&ThreadKind::Form, Sensitivity::Sensitive, &Channel::Web), Sight::Hidden);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Visibility {
    /// The exceptions. One that names a kind counts before one that names none; of several the one that shows least.
    pub rules: BTreeSet<SightRule>,
}

impl Visibility {
    /// Sensitive threads are seen where the person herself has signed in: on the web and in the app.
    #[must_use]
    pub fn authenticated() -> Self {
        let whole = |channel| SightRule {
            sensitivity: Sensitivity::Sensitive,
            kind: None,
            channel,
            sight: Sight::Whole,
        };
        Self { rules: [Channel::Web, Channel::App].map(whole).into() }
    }

    /// What a channel may see of a thread of that kind, guarded so.
    ///
    /// # Complexity
    /// Linear in the exceptions.
    #[must_use]
    pub fn sight(&self, kind: &ThreadKind, sensitivity: Sensitivity, channel: &Channel) -> Sight {
        let said = |named: bool| {
            let rules =
                self.rules.iter().filter(|rule| rule.sensitivity == sensitivity && rule.channel == *channel);
            rules
                .filter(|rule| if named { rule.kind.as_ref() == Some(kind) } else { rule.kind.is_none() })
                .map(|rule| rule.sight)
                .min()
        };
        said(true).or_else(|| said(false)).unwrap_or_else(|| {
            let nature = channel.nature();
            match sensitivity {
                Sensitivity::Everyday => Sight::Whole,
                Sensitivity::Personal if nature.public => Sight::Hidden,
                Sensitivity::Personal if nature.owned => Sight::Whole,
                Sensitivity::Personal => Sight::Outline,
                Sensitivity::Sensitive => Sight::Hidden,
            }
        })
    }
}

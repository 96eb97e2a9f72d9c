//! What a message is for, and what a consent covers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;

/// What a message is for: a path from broad to narrow, such as `marketing.news`.
///
/// One to sixteen segments of ASCII letters, digits, `_` and `-`, at most 128 bytes, kept in lower case.
///
/// ```
/// use throughline::messaging::Purpose;
/// let news: Purpose = "marketing.news".parse()?;
/// assert!("marketing".parse::<Purpose>()?.covers(&news));
/// assert!(!"market".parse::<Purpose>()?.covers(&news));
/// # Ok::<(), throughline::messaging::InvalidPurpose>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Purpose(Box<str>);

impl Purpose {
    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the other purpose is this one or lies under it. Whole segments only.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.strip_prefix(&*self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// The text is not a purpose path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a purpose such as `marketing.news`")]
pub struct InvalidPurpose(());

impl FromStr for Purpose {
    type Err = InvalidPurpose;

    fn from_str(text: &str) -> Result<Self, InvalidPurpose> {
        let segment = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        };
        if text.len() <= 128 && text.split('.').count() <= 16 && text.split('.').all(segment) {
            Ok(Self(text.to_ascii_lowercase().into()))
        } else {
            Err(InvalidPurpose(()))
        }
    }
}

impl TryFrom<String> for Purpose {
    type Error = InvalidPurpose;

    fn try_from(text: String) -> Result<Self, InvalidPurpose> {
        text.parse()
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.0.into_string()
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The purposes that a consent speaks of. Written as a path, or `*` for all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PurposeScope {
    /// Every purpose. A withdrawal may be that broad, a grant not: see [`consent`](super::consent()).
    All,
    /// This purpose and those under it.
    Under(Purpose),
}

impl PurposeScope {
    /// Whether it speaks of that purpose.
    #[must_use]
    pub fn covers(&self, purpose: &Purpose) -> bool {
        match self {
            Self::All => true,
            Self::Under(path) => path.covers(purpose),
        }
    }
}

/// The channels that a consent speaks of. Written as a channel's name, or `*` for all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ChannelScope {
    /// Every channel.
    All,
    /// This channel.
    Only(Channel),
}

impl ChannelScope {
    /// Whether it speaks of that channel.
    #[must_use]
    pub fn covers(&self, channel: &Channel) -> bool {
        match self {
            Self::All => true,
            Self::Only(only) => only == channel,
        }
    }
}

/// The text is neither `*` nor a purpose or a channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neither `*` nor a {0}")]
pub struct InvalidScope(&'static str);

macro_rules! written_as_text {
    ($scope:ident, $variant:ident, $what:literal, $parse:expr) => {
        impl FromStr for $scope {
            type Err = InvalidScope;

            fn from_str(text: &str) -> Result<Self, InvalidScope> {
                if text == "*" {
                    return Ok(Self::All);
                }
                $parse(text).map(Self::$variant).ok_or(InvalidScope($what))
            }
        }

        impl TryFrom<String> for $scope {
            type Error = InvalidScope;

            fn try_from(text: String) -> Result<Self, InvalidScope> {
                text.parse()
            }
        }

        impl fmt::Display for $scope {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::All => f.write_str("*"),
                    Self::$variant(one) => fmt::Display::fmt(one, f),
                }
            }
        }

        impl From<$scope> for String {
            fn from(scope: $scope) -> Self {
                scope.to_string()
            }
        }
    };
}

written_as_text!(PurposeScope, Under, "purpose", |text: &str| text.parse().ok());
written_as_text!(ChannelScope, Only, "channel", Channel::parse);

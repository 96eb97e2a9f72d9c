//! The nine rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// How the touches of a path share its credit.
///
/// ```
/// use throughline::journey::attribution::Rule;
/// let rule: Rule = serde_json::from_str(r#"{"position": {"first": 20, "middle": 20, "last": 60}}"#)?;
/// assert_eq!(rule.name(), "position");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Rule {
    /// All to the first touch.
    First,
    /// All to the last touch.
    Last,
    /// All to the last touch in a channel other than these; to the last touch if there is none.
    LastNonDirect {
        /// The channels in which people come by themselves.
        direct: BTreeSet<Box<str>>,
    },
    /// The same to each touch.
    Linear,
    /// A touch weighs half as much as one that is a half-life later: `2^(-dt/h)`, with `dt` counted to the last touch
    /// (counting to the conversion would change no share).
    TimeDecay {
        /// The half-life in seconds, at least one.
        half_life_seconds: u32,
        /// How far apart touches are taken to be, in seconds, in paths without times.
        untimed_gap_seconds: u32,
    },
    /// Fixed parts for the first and the last touch; those in the middle share theirs equally. A single touch gets all,
    /// two share as `first` to `last`.
    Position {
        /// The part of the first touch; parts need not sum to 100.
        first: u32,
        /// The part of all touches in the middle together.
        middle: u32,
        /// The part of the last touch.
        last: u32,
    },
    /// Fixed parts for the first, the key and the last touch; the others share theirs equally. A path that names no key
    /// touch has its middle one, `n / 2` counted from 0. If the key touch is at an end, 40/20/40 by position.
    WShaped {
        /// The part of the first touch.
        first: u32,
        /// The part of the key touch.
        key: u32,
        /// The part of the last touch.
        last: u32,
        /// The part of all others together.
        others: u32,
    },
    /// The whole to every channel that took part, once: the credits sum to more than was earned, and are labelled
    /// [`Sharing::Participation`](super::Sharing).
    Participation,
    /// Weights of your own.
    Custom(CustomWeights),
}

/// Weights of your own: a touch weighs what its place weighs times what its channel weighs.
///
/// ```
/// use throughline::journey::attribution::{CustomWeights, Rule, credit};
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["search", "email", "till"], Outcome::won(100))?;
/// let rule = Rule::Custom(CustomWeights { channels: [("till".into(), 0)].into(), ..CustomWeights::default() });
/// assert_eq!(credit(&paths, &rule)?.value_of("email"), Some(50));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CustomWeights {
    /// Of the first touch. A single touch is a first one.
    pub first: u32,
    /// Of each touch in the middle.
    pub middle: u32,
    /// Of the last touch.
    pub last: u32,
    /// Of touches in these channels; in others 1.
    pub channels: BTreeMap<Box<str>, u32>,
}

impl Default for CustomWeights {
    /// All weigh 1.
    fn default() -> Self {
        Self { first: 1, middle: 1, last: 1, channels: BTreeMap::new() }
    }
}

impl Rule {
    /// [`Rule::LastNonDirect`] with the channel `direct`.
    #[must_use]
    pub fn last_non_direct() -> Self {
        Self::LastNonDirect { direct: BTreeSet::from(["direct".into()]) }
    }

    /// [`Rule::TimeDecay`] with a half-life of 7 days; touches without times are taken to be a day apart.
    #[must_use]
    pub const fn time_decay() -> Self {
        Self::TimeDecay { half_life_seconds: 7 * 86_400, untimed_gap_seconds: 86_400 }
    }

    /// [`Rule::Position`] with 40, 20 and 40 percent (U-shaped).
    #[must_use]
    pub const fn position() -> Self {
        Self::Position { first: 40, middle: 20, last: 40 }
    }

    /// [`Rule::WShaped`] with 30, 30, 30 and 10 percent.
    #[must_use]
    pub const fn w_shaped() -> Self {
        Self::WShaped { first: 30, key: 30, last: 30, others: 10 }
    }

    /// The eight rules with settings of their own, as they are usually set, in the order of their definition.
    #[must_use]
    pub fn usual() -> [Self; 8] {
        [
            Self::First,
            Self::Last,
            Self::last_non_direct(),
            Self::Linear,
            Self::time_decay(),
            Self::position(),
            Self::w_shaped(),
            Self::Participation,
        ]
    }

    /// The rule's stable name, as in the serialised form.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
            Self::LastNonDirect { .. } => "last_non_direct",
            Self::Linear => "linear",
            Self::TimeDecay { .. } => "time_decay",
            Self::Position { .. } => "position",
            Self::WShaped { .. } => "w_shaped",
            Self::Participation => "participation",
            Self::Custom(_) => "custom",
        }
    }
}

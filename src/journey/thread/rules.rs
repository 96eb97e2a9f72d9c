//! How threads of each kind meet, and how guarded they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kind::ThreadKind;
use crate::cart::MergeStrategy;

/// How guarded a thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// What a shop assistant may see: a cart, a playlist.
    Everyday,
    /// What concerns the person: an application, a plan, a conversation.
    #[default]
    Personal,
    /// What only she may see, and whom the host names: health, debts, belief.
    Sensitive,
}

/// What a field holds, and so how two of it meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldShape {
    /// A value that stands for itself: of two the later one counts, if quantities are summed or the larger one is taken.
    #[default]
    Value,
    /// A number of pieces.
    Quantity,
    /// A list whose entries stand for themselves: two lists are joined, the kept one's entries first.
    List,
    /// A place that one gets further in: the furthest counts.
    Position,
}

/// Which threads of one kind and one person are shown as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meeting {
    /// Those of the same object.
    #[default]
    SameObject,
    /// All that are open: she has one cart.
    One,
}

/// The rules of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KindRules {
    /// Which threads are shown as one.
    pub meeting: Meeting,
    /// How what they say about the same field is joined.
    pub strategy: MergeStrategy,
    /// Most pieces of a quantity.
    pub cap: u64,
    /// What fields hold, by their name or by what stands before the first `/` in it (`lines/SKU-7`); a value otherwise.
    pub shapes: BTreeMap<Box<str>, FieldShape>,
    /// The field that holds the currency: where two differ, the kept one stays and all is priced anew.
    pub currency: Option<Box<str>>,
    /// How guarded a new thread of this kind is.
    pub sensitivity: Sensitivity,
    /// How long after the last act in whatever channel it counts as abandoned, in seconds; `None`: never.
    pub abandoned_after_seconds: Option<u32>,
    /// Whether an order of hers, placed anywhere and of whatever, ends it: who buys at the till has done with her cart.
    pub closed_by_any_order: bool,
    /// Whether one that is sensitive is listed when it is abandoned, so that somebody may remind her of it.
    pub remind_of_sensitive: bool,
}

impl Default for KindRules {
    /// Threads of one object are one; quantities: the larger, at most a million; personal; never abandoned.
    fn default() -> Self {
        Self {
            meeting: Meeting::SameObject,
            strategy: MergeStrategy::MaxQuantity,
            cap: 1_000_000,
            shapes: BTreeMap::new(),
            currency: None,
            sensitivity: Sensitivity::Personal,
            abandoned_after_seconds: None,
            closed_by_any_order: false,
            remind_of_sensitive: false,
        }
    }
}

impl KindRules {
    /// What a field holds.
    #[must_use]
    pub fn shape(&self, field: &str) -> FieldShape {
        let group = field.split_once('/').map(|(group, _)| group);
        let found = self.shapes.get(field).or_else(|| group.and_then(|group| self.shapes.get(group)));
        found.copied().unwrap_or_default()
    }
}

/// The rules of all kinds; a kind without its own has the default.
///
/// ```
/// use throughline::journey::{FieldShape, ThreadKind, ThreadRules};
/// let rules = ThreadRules::retail();
/// assert_eq!(rules.of(&ThreadKind::Cart).shape("lines/MUG-1"), FieldShape::Quantity);
/// assert_eq!(rules.of(&ThreadKind::Cart).abandoned_after_seconds, Some(3_600));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThreadRules {
    /// By kind.
    pub kinds: BTreeMap<ThreadKind, KindRules>,
    /// Of every other kind.
    pub otherwise: KindRules,
}

impl ThreadRules {
    /// The rules of a kind.
    #[must_use]
    pub fn of(&self, kind: &ThreadKind) -> &KindRules {
        self.kinds.get(kind).unwrap_or(&self.otherwise)
    }

    /// For shops: one cart, one wish list and one playlist a person; a cart is abandoned after an hour, a quote, a form, an
    /// application after a day, a plan after three.
    #[must_use]
    pub fn retail() -> Self {
        let shapes =
            |list: &[(&str, FieldShape)]| list.iter().map(|(name, shape)| ((*name).into(), *shape)).collect();
        let everyday = KindRules { sensitivity: Sensitivity::Everyday, ..KindRules::default() };
        let after = |seconds| KindRules { abandoned_after_seconds: Some(seconds), ..KindRules::default() };
        let kinds = [
            (
                ThreadKind::Cart,
                KindRules {
                    meeting: Meeting::One,
                    shapes: shapes(&[("lines", FieldShape::Quantity)]),
                    currency: Some("currency".into()),
                    abandoned_after_seconds: Some(3_600),
                    closed_by_any_order: true,
                    ..everyday.clone()
                },
            ),
            (
                ThreadKind::WishList,
                KindRules {
                    meeting: Meeting::One,
                    shapes: shapes(&[("items", FieldShape::List)]),
                    ..everyday.clone()
                },
            ),
            (
                ThreadKind::Playlist,
                KindRules {
                    meeting: Meeting::One,
                    shapes: shapes(&[("tracks", FieldShape::List), ("position", FieldShape::Position)]),
                    ..everyday.clone()
                },
            ),
            (
                ThreadKind::Position,
                KindRules { shapes: shapes(&[("position", FieldShape::Position)]), ..everyday },
            ),
            (ThreadKind::Quote, after(86_400)),
            (ThreadKind::Application, after(86_400)),
            (ThreadKind::Form, after(86_400)),
            (ThreadKind::Plan, after(3 * 86_400)),
        ];
        Self { kinds: kinds.into(), otherwise: KindRules::default() }
    }
}

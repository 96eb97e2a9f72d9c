//! A person's threads, as one channel may see them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::channel::Channel;
use crate::ids::RecordId;
use crate::journey::{
    Document, Meeting, Met, PartId, Sensitivity, Sight, StepState, ThreadKind, ThreadRules, ThreadState,
    Touch, Visibility,
};
use crate::store::{Stop, Tx};

use super::super::{Context, Who};
use super::parts::{Parts, load};

/// By which rules threads meet and are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreadSettings {
    /// How threads of each kind meet.
    pub rules: ThreadRules,
    /// Which channel may see what.
    pub visibility: Visibility,
}

impl ThreadSettings {
    /// For shops: [`ThreadRules::retail`], and sensitive threads are seen where the person has signed in.
    #[must_use]
    pub fn retail() -> Self {
        Self { rules: ThreadRules::retail(), visibility: Visibility::authenticated() }
    }

    /// What somebody may see who speaks for a channel, or for none: then what every channel may see.
    pub(super) fn sight_of(
        &self,
        kind: &ThreadKind,
        guarded: Sensitivity,
        channel: Option<&Channel>,
    ) -> Sight {
        match channel {
            Some(channel) => self.visibility.sight(kind, guarded, channel),
            None if guarded == Sensitivity::Everyday => Sight::Whole,
            None => Sight::Hidden,
        }
    }

    pub(crate) fn sight(&self, document: &Document, channel: &Channel) -> Sight {
        self.visibility.sight(&document.kind, document.sensitivity, channel)
    }
}

/// Which thread was at work, as far as a channel may know it. `Debug` does not show the object.
#[derive(Clone, PartialEq)]
pub struct TouchedThread {
    /// What it is.
    pub kind: ThreadKind,
    /// The host's id of its object; `None` where the channel may see no more of the thread than its outline.
    pub object: Option<Box<str>>,
    /// When and where somebody was last at work; without the device and the step where the object is not told.
    pub last: Touch,
}

impl TouchedThread {
    /// As much of it as that sight shows.
    pub(crate) fn seen(kind: ThreadKind, object: Box<str>, last: Touch, sight: Sight) -> Option<Self> {
        match sight {
            Sight::Hidden => None,
            Sight::Outline => Some(Self { kind, object: None, last: in_outline(last) }),
            Sight::Whole => Some(Self { kind, object: Some(object), last }),
        }
    }
}

impl fmt::Debug for TouchedThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TouchedThread")
            .field("kind", &self.kind)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

/// Without what tells how far she got, and on what.
fn in_outline(last: Touch) -> Touch {
    Touch { device: None, step: None, ..last }
}

/// A thread as a channel may see it.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// Everything, and what was done to show several parts as one.
    Whole {
        /// The thread and the report.
        met: Box<Met>,
        /// Strangers see the screen: ask before showing it.
        ask_first: bool,
    },
    /// Something waits, and where it was left.
    Outline {
        /// What it is.
        kind: ThreadKind,
        /// Whether it can be taken up.
        state: ThreadState,
        /// How many steps are to be done.
        steps_open: usize,
        /// When and where somebody was last at work, without the device and the step.
        last: Touch,
    },
}

impl Shown {
    /// The thread, if all of it may be seen.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        match self {
            Self::Whole { met, .. } => Some(&met.document),
            Self::Outline { .. } => None,
        }
    }

    /// When and where somebody was last at work.
    #[must_use]
    pub fn last(&self) -> &Touch {
        match self {
            Self::Whole { met, .. } => &met.document.last,
            Self::Outline { last, .. } => last,
        }
    }

    fn of(met: Met, settings: &ThreadSettings, channel: &Channel) -> Option<Self> {
        match settings.sight(&met.document, channel) {
            Sight::Hidden => None,
            Sight::Outline => Some(Self::Outline {
                state: met.document.state,
                steps_open: met.document.steps_in(StepState::Open).count(),
                last: in_outline(met.document.last),
                kind: met.document.kind,
            }),
            Sight::Whole => Some(Self::Whole { met: met.into(), ask_first: channel.nature().public }),
        }
    }
}

/// The thread of that object, as its parts at all her records make it and the channel may see it; `None` if nobody is
/// meant, she has no such thread, or the channel may not know of it. Of a kind of which she has one
/// ([`Meeting::One`]: a cart) a name that is not known finds the open one: the till need not know what the web calls her
/// cart.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her threads.
pub fn thread(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    kind: &ThreadKind,
    object: &str,
    channel: &Channel,
    settings: &ThreadSettings,
) -> Result<Option<Shown>, Stop> {
    let Some(parts) = load(tx, context, who)? else { return Ok(None) };
    Ok(find(&parts, kind, object, settings).and_then(|met| Shown::of(met, settings, channel)))
}

/// All her threads that the channel may see, the latest first; `None` if nobody is meant.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her threads.
pub fn threads_of(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    channel: &Channel,
    settings: &ThreadSettings,
) -> Result<Option<Vec<Shown>>, Stop> {
    let Some(parts) = load(tx, context, who)? else { return Ok(None) };
    let met = parts.met(&settings.rules);
    let mut shown: Vec<Shown> = met.into_iter().filter_map(|met| Shown::of(met, settings, channel)).collect();
    shown.sort_by_key(|shown| std::cmp::Reverse(shown.last().at));
    Ok(Some(shown))
}

/// All her threads, whoever may see them.
pub(crate) fn documents(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    rules: &ThreadRules,
) -> Result<Vec<Document>, Stop> {
    let parts = load(tx, context, who)?;
    Ok(parts.iter().flat_map(|parts| parts.met(rules)).map(|met| met.document).collect())
}

/// What may be seen of the parts of threads of these people, as they are shown: with what they are one now. What is hidden
/// is not listed.
pub(crate) fn sights(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    records: &BTreeSet<RecordId>,
    channel: Option<&Channel>,
    settings: &ThreadSettings,
) -> Result<BTreeMap<PartId, Sight>, Stop> {
    let (mut seen, mut paused) = (BTreeMap::new(), None);
    // Each person is looked at once, however many of her records are asked for.
    let mut known: BTreeSet<RecordId> = BTreeSet::new();
    for record in records {
        if known.contains(record) {
            continue;
        }
        // All are asked before the unit pauses, so that a store across a network is asked a few times for all of them.
        match load(tx, context, &Who::Record(*record)) {
            Ok(parts) => {
                known.extend(parts.iter().flat_map(|parts| &parts.cluster));
                for Met { document, .. } in parts.iter().flat_map(|parts| parts.met(&settings.rules)) {
                    let sight = settings.sight_of(&document.kind, document.sensitivity, channel);
                    if sight != Sight::Hidden {
                        seen.extend(document.versions.0.into_keys().map(|part| (part, sight)));
                    }
                }
            }
            Err(Stop::Pause) => paused = Some(Stop::Pause),
            Err(error) => return Err(error),
        }
    }
    paused.map_or(Ok(seen), Err)
}

/// The thread in which an object is; where a person has one of the kind, the open one whatever the name.
pub(super) fn find(parts: &Parts, kind: &ThreadKind, object: &str, settings: &ThreadSettings) -> Option<Met> {
    let mut of_kind = parts.met(&settings.rules);
    of_kind.retain(|met| met.document.kind == *kind);
    let named = |met: &Met| met.document.objects.iter().any(|known| **known == *object);
    let one = settings.rules.of(kind).meeting == Meeting::One;
    let open = |met: &Met| one && met.document.state == ThreadState::Open;
    let place = of_kind.iter().position(named).or_else(|| of_kind.iter().position(open))?;
    Some(of_kind.swap_remove(place))
}

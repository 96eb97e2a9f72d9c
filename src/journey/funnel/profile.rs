//! One person in a funnel.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use super::any;
use super::chains::Chains;
use super::settings::{Counting, Funnel, FunnelError, StepOrder};
use crate::time::{DateTime, Utc};

/// One event as funnels see it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FunnelEvent<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// The steps that it matches: bit 0 is the first step. 0 for events that matter only to strict funnels.
    pub steps: u32,
    /// The exclusions that it matches: bit 0 is the first of [`Funnel::exclusions`].
    pub exclusions: u32,
    /// The property to be held constant, such as a product. An event without it that matches no step counts for all.
    pub hold: Option<&'a str>,
    /// Where it happened.
    pub channel: Option<&'a str>,
    /// The number of its session.
    pub session: u64,
}

impl FunnelEvent<'_> {
    /// An event that matches nothing; set what it does match.
    #[must_use]
    pub const fn at(at: DateTime<Utc>) -> Self {
        Self { at, steps: 0, exclusions: 0, hold: None, channel: None, session: 0 }
    }

    pub(super) fn millis(&self) -> i64 {
        self.at.timestamp_millis()
    }
}

/// By time; events of one instant by what they say, so that the order in which they arrived cannot matter.
fn total(one: &FunnelEvent<'_>, other: &FunnelEvent<'_>) -> Ordering {
    one.at.cmp(&other.at).then_with(|| {
        let rest = |event: &FunnelEvent<'_>| (event.steps, event.exclusions, event.session);
        rest(one).cmp(&rest(other)).then_with(|| (one.hold, one.channel).cmp(&(other.hold, other.channel)))
    })
}

impl fmt::Debug for FunnelEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunnelEvent")
            .field("at", &self.at)
            .field("steps", &self.steps)
            .field("exclusions", &self.exclusions)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// One way through the funnel, as far as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// When each step was reached, in milliseconds since 1970: as many as were reached, at least one.
    pub times: Vec<i64>,
    /// The place of the event that it began with, among the events in their total order (of the session, or with the
    /// property held constant, if that is what is counted).
    pub(super) first: usize,
}

impl Passage {
    /// How many steps were reached.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.times.len()
    }
}

/// What one person did in a funnel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileFunnel {
    /// One at most if everyone is counted once; one for each session or attempt otherwise.
    pub passages: Vec<Passage>,
    /// Whether an exclusion took the person (or a session, or an attempt) out.
    pub excluded: bool,
}

impl ProfileFunnel {
    /// How many steps the best passage reached.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.passages.iter().map(Passage::depth).max().unwrap_or(0)
    }
}

impl Funnel {
    /// How far one person got. Events of one instant may come in any order.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    ///
    /// # Complexity
    /// O(n k) for n events and k steps, if they come in the order of time; O(n log n) more if not. Instants with events
    /// that match several steps cost a matching each.
    pub fn profile(&self, events: &[FunnelEvent<'_>]) -> Result<ProfileFunnel, FunnelError> {
        self.check()?;
        Ok(self.walk(&mut Chains::default(), events, &mut |_, _| {}))
    }

    /// The same in memory that is used again; `saw` is given each passage with the event that it began with.
    pub(super) fn walk<'a>(
        &self,
        chains: &mut Chains,
        events: &[FunnelEvent<'a>],
        saw: &mut impl FnMut(&Passage, Option<&FunnelEvent<'a>>),
    ) -> ProfileFunnel {
        let mut events = Cow::Borrowed(events);
        if !events.is_sorted_by(|one, other| total(one, other).is_le()) {
            events.to_mut().sort_unstable_by(total);
        }
        if self.counting != Counting::Sessions {
            return self.held(chains, &events, saw);
        }
        let mut sessions: BTreeMap<u64, Vec<FunnelEvent<'a>>> = BTreeMap::new();
        for event in events.iter() {
            sessions.entry(event.session).or_default().push(*event);
        }
        let mut all = ProfileFunnel::default();
        for events in sessions.values() {
            let found = self.held(chains, events, saw);
            all.passages.extend(found.passages);
            all.excluded |= found.excluded;
        }
        all
    }

    /// Runs once for each value of the property that a first step has, if it is held constant.
    fn held<'a>(
        &self,
        chains: &mut Chains,
        events: &[FunnelEvent<'a>],
        saw: &mut impl FnMut(&Passage, Option<&FunnelEvent<'a>>),
    ) -> ProfileFunnel {
        if !self.hold_constant {
            let found = self.run(chains, events);
            for passage in &found.passages {
                saw(passage, events.get(passage.first));
            }
            return found;
        }
        let any = self.order == StepOrder::Any;
        let enters = |event: &&FunnelEvent<'_>| event.steps & 1 != 0 || (any && event.steps != 0);
        let values: BTreeMap<&str, ()> =
            events.iter().filter(enters).filter_map(|event| Some((event.hold?, ()))).collect();
        let mut all = ProfileFunnel::default();
        let mut best: Option<(Passage, FunnelEvent<'a>)> = None;
        for value in values.keys() {
            let of_value = |event: &&FunnelEvent<'_>| {
                event.hold == Some(value) || (event.hold.is_none() && event.steps == 0)
            };
            let events: Vec<FunnelEvent<'a>> = events.iter().filter(of_value).copied().collect();
            let found = self.run(chains, &events);
            all.excluded |= found.excluded;
            for passage in found.passages {
                let Some(first) = events.get(passage.first).copied() else { continue };
                if self.counting == Counting::Totals {
                    saw(&passage, Some(&first));
                    all.passages.push(passage);
                } else if best.as_ref().is_none_or(|(best, _)| best.depth() < passage.depth()) {
                    best = Some((passage, first));
                }
            }
        }
        if let Some((passage, first)) = best {
            saw(&passage, Some(&first));
            all.passages.push(passage);
        }
        all
    }

    fn run(&self, chains: &mut Chains, events: &[FunnelEvent<'_>]) -> ProfileFunnel {
        match (self.order, self.counting) {
            (StepOrder::Any, _) => {
                ProfileFunnel { passages: any::most(self, events).into_iter().collect(), excluded: false }
            }
            (_, Counting::Totals) => chains.totals(self, events),
            (_, Counting::Uniques | Counting::Sessions) => chains.once(self, events),
        }
    }
}

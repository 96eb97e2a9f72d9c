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
    /// that match several steps cost a matching each. With a property held constant O(log n) more for each event, and for
    /// each value the events without the property that can make a difference to it (excluded ones, in a strict funnel all)
    /// between its first event and the window after its last; with a tolerance for ties, all of them.
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
        let enters = |event: &FunnelEvent<'_>| event.steps & 1 != 0 || (any && event.steps != 0);
        let mut values: BTreeMap<&str, (bool, Vec<FunnelEvent<'a>>)> = BTreeMap::new();
        // Those that count for all values.
        let mut common: Vec<FunnelEvent<'a>> = Vec::new();
        for event in events {
            if let Some(hold) = event.hold {
                let value = values.entry(hold).or_default();
                value.0 |= enters(event);
                value.1.push(*event);
            } else if event.steps == 0 && self.disturbs(event) {
                common.push(*event);
            }
        }
        let mut all = ProfileFunnel::default();
        let mut best: Option<(Passage, FunnelEvent<'a>)> = None;
        for (_, mut events) in values.into_values().filter(|(entered, _)| *entered) {
            let common = self.near(&common, &events);
            if !common.is_empty() {
                events.extend_from_slice(common);
                // Two runs in order, which it merges.
                events.sort_by(total);
            }
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

    /// Whether an event that matches no step can make a difference.
    fn disturbs(&self, event: &FunnelEvent<'_>) -> bool {
        self.order != StepOrder::Any
            && (event.exclusions != 0 || self.order == StepOrder::Strict || self.tie_tolerance_millis > 0)
    }

    /// Of events that match no step those that can make a difference to the ones that do: none before them, and none later
    /// than the window after them. With a tolerance any can, for it may be the one that an instant begins with.
    fn near<'e, 'a>(
        &self,
        common: &'e [FunnelEvent<'a>],
        events: &[FunnelEvent<'_>],
    ) -> &'e [FunnelEvent<'a>] {
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return &[] };
        if self.tie_tolerance_millis > 0 {
            return common;
        }
        let end = last.millis().saturating_add(self.window_millis());
        let from = common.partition_point(|event| event.at < first.at);
        let until = common.partition_point(|event| event.millis() <= end);
        common.get(from..until).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::journey::funnel::{Entry, Exclusion, ExclusionPolicy};
    use crate::time::from_millis;

    /// Once for each value, with everything that counts for it.
    fn naive(funnel: &Funnel, events: &[FunnelEvent<'_>]) -> (Vec<Vec<i64>>, bool) {
        let any = funnel.order == StepOrder::Any;
        let enters = |event: &&FunnelEvent<'_>| event.steps & 1 != 0 || (any && event.steps != 0);
        let mut values: Vec<&str> = events.iter().filter(enters).filter_map(|event| event.hold).collect();
        values.sort_unstable();
        values.dedup();
        let mut all: Vec<Vec<i64>> = Vec::new();
        let mut excluded = false;
        for value in values {
            let of_value = |event: &&FunnelEvent<'_>| {
                event.hold == Some(value) || (event.hold.is_none() && event.steps == 0)
            };
            let events: Vec<FunnelEvent<'_>> = events.iter().filter(of_value).copied().collect();
            let found = Funnel { hold_constant: false, ..funnel.clone() }.profile(&events).unwrap();
            excluded |= found.excluded;
            all.extend(found.passages.into_iter().map(|passage| passage.times));
        }
        if funnel.counting == Counting::Uniques {
            let most = all.iter().map(Vec::len).max().unwrap_or(0);
            let first = all.into_iter().find(|times| times.len() == most);
            return (first.into_iter().collect(), excluded);
        }
        (all, excluded)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn a_property_held_constant_is_a_funnel_for_each_value(
            seen in prop::collection::vec((0_i64..4, 0_u32..16, 0_u32..4, 0_usize..4), 0..24), order in 0..3_usize,
            settings in (0_usize..2, 0_usize..2, 0_usize..2, 1_u32..8, 0_u32..2),
        ) {
            let mut at = -3_000;
            let events: Vec<FunnelEvent<'_>> = seen.iter().map(|&(gap, steps, exclusions, hold)| {
                at += gap * 1_000;
                let hold = [None, Some("آ"), Some("Я"), Some("ח")][hold];
                let steps = if hold.is_none() { steps & 8 } else { steps & 7 };
                FunnelEvent { steps, exclusions: exclusions & 1, hold, ..FunnelEvent::at(from_millis(at)) }
            }).collect();
            let order = [StepOrder::Ordered, StepOrder::Strict, StepOrder::Any][order];
            let any = order == StepOrder::Any;
            let funnel = Funnel {
                order,
                entry: [Entry::Any, Entry::First][settings.0],
                exclusions: if any { vec![] } else { vec![Exclusion { from: 1, to: 3 }] },
                exclusion_policy: [ExclusionPolicy::DropAttempt, ExclusionPolicy::ExcludeProfile][settings.1],
                counting: if any { Counting::Uniques } else { [Counting::Uniques, Counting::Totals][settings.2] },
                tie_tolerance_millis: settings.4 * 1_500,
                hold_constant: true,
                ..Funnel::new(3, settings.3)
            };
            let found = funnel.profile(&events).unwrap();
            let times = found.passages.into_iter().map(|passage| passage.times).collect();
            prop_assert_eq!((times, found.excluded), naive(&funnel, &events));
        }
    }

    #[test]
    fn a_hundred_thousand_values_take_no_square() {
        let names: Vec<String> = (0..100_000).map(|number| format!("SKU-{number}")).collect();
        let events: Vec<FunnelEvent<'_>> = names
            .iter()
            .zip(0..)
            .flat_map(|(name, at)| {
                let event =
                    |at, steps| FunnelEvent { steps, hold: Some(name), ..FunnelEvent::at(from_millis(at)) };
                let other = FunnelEvent { exclusions: 1, ..FunnelEvent::at(from_millis(at * 10 + 6)) };
                [event(at * 10, 0b01), event(at * 10 + 5, 0b10), other]
            })
            .collect();
        let exclusions = vec![Exclusion { from: 1, to: 2 }];
        let funnel =
            Funnel { hold_constant: true, counting: Counting::Totals, exclusions, ..Funnel::new(2, 1) };
        let found = funnel.profile(&events).unwrap();
        assert_eq!((found.passages.len(), found.depth()), (100_000, 2));
    }
}

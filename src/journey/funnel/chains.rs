//! Ordered and strict funnels: for each step the chain with the latest start.

use super::matching::Matching;
use super::profile::{FunnelEvent, Passage, ProfileFunnel};
use super::settings::{Entry, ExclusionPolicy, Funnel, StepOrder};

/// Chains by how far they got, in memory that is used again.
#[derive(Clone, Default)]
pub(super) struct Chains {
    /// For each level whether a chain stands there.
    alive: Vec<bool>,
    /// The instants of the steps of each level's chain, one row of as many as there are steps for each level.
    times: Vec<i64>,
    /// The event that each level's chain began with.
    first: Vec<usize>,
    /// New chains of one instant: the level that they come from.
    from: Vec<Option<usize>>,
    /// What the event matches with which such a chain begins, if it begins at that instant.
    entrance: Vec<u32>,
    matching: Matching,
}

/// Where one attempt, or one person, ended.
pub(super) struct Run {
    pub(super) passage: Option<Passage>,
    pub(super) excluded: bool,
    /// The first event after it.
    pub(super) next: usize,
}

impl Chains {
    /// Goes through events from a place on. With `Entry::First` it ends with the first attempt.
    ///
    /// `alive` and its like are indexed by level, 1 being the first step; `times` is a square of steps.
    #[expect(clippy::indexing_slicing, reason = "a hot loop over levels up to the number of steps")]
    pub(super) fn run(
        &mut self,
        funnel: &Funnel,
        entry: Entry,
        events: &[FunnelEvent<'_>],
        from: usize,
    ) -> Run {
        let steps = usize::from(funnel.steps);
        let window = funnel.window_millis();
        self.alive.clear();
        self.alive.resize(steps + 1, false);
        self.times.clear();
        self.times.resize((steps + 1) * steps, 0);
        self.first.clear();
        self.first.resize(steps + 1, 0);
        let mut best: Option<Passage> = None;
        // Whether an exclusion hit the best chain, and none got as far since.
        let mut hit = false;
        let mut place = from;
        while let Some(event) = events.get(place) {
            let at = event.millis();
            let end = place + tied(funnel, &events[place..]);
            let group = &events[place..end];
            if entry == Entry::First
                && best.is_some()
                && !(1..=steps).any(|level| self.alive[level] && at - self.times[level * steps] <= window)
            {
                return Run { passage: best, excluded: hit, next: place };
            }
            let excluded = group.iter().fold(0, |all, event| all | event.exclusions);
            if excluded != 0 && self.exclude(funnel, excluded, best.as_ref(), at) {
                hit = true;
            }
            let enter = entry == Entry::Any || best.is_none();
            let reached = if let [event] = group {
                self.one(funnel, event.steps, at, place, enter)
            } else {
                self.several(funnel, group, at, place, enter)
            };
            let before = best.as_ref().map_or(0, |best| best.times.len());
            if reached > before || (hit && reached == before && reached > 0) {
                hit = false;
                best = Some(Passage {
                    times: self.times[reached * steps..reached * steps + reached].to_vec(),
                    first: self.first[reached],
                });
                if reached == steps {
                    return Run { passage: best, excluded: false, next: end };
                }
            }
            let alike = group.iter().all(|other| other.steps == event.steps);
            if funnel.order == StepOrder::Strict && alike {
                for level in 1..=steps {
                    self.alive[level] &= event.steps & (1 << (level - 1)) != 0;
                }
            }
            place = end;
        }
        Run { passage: best, excluded: hit, next: events.len() }
    }

    /// Applies exclusions: chains between their steps end. Whether the best one, where that matters, is among them.
    #[expect(clippy::indexing_slicing, reason = "a hot loop over levels up to the number of steps")]
    fn exclude(&mut self, funnel: &Funnel, excluded: u32, best: Option<&Passage>, at: i64) -> bool {
        let mut hit = false;
        for (bit, exclusion) in funnel.exclusions.iter().enumerate() {
            if excluded & (1 << bit) == 0 {
                continue;
            }
            let between = usize::from(exclusion.from)..usize::from(exclusion.to);
            hit |= best.is_some_and(|best| {
                let level = best.times.len();
                between.contains(&level)
                    && self.alive[level]
                    && at - self.times[level * usize::from(funnel.steps)] <= funnel.window_millis()
            });
            self.alive[between].fill(false);
        }
        hit && funnel.exclusion_policy == ExclusionPolicy::ExcludeProfile
    }

    /// One event extends chains, the longest first so that it serves once. The highest level reached.
    #[expect(clippy::indexing_slicing, reason = "a hot loop over levels up to the number of steps")]
    fn one(&mut self, funnel: &Funnel, matched: u32, at: i64, place: usize, enter: bool) -> usize {
        let steps = usize::from(funnel.steps);
        let mut reached = 0;
        for level in (1..=steps).rev().filter(|level| matched & (1 << (level - 1)) != 0) {
            if level == 1 {
                if enter {
                    self.extend(0, 1, at, place, steps);
                    reached = reached.max(1);
                }
                continue;
            }
            let start = self.times[(level - 1) * steps];
            let known = self.alive[level] && self.times[level * steps] >= start;
            if self.alive[level - 1] && at - start <= funnel.window_millis() && !known {
                self.extend(level - 1, level, at, place, steps);
                reached = reached.max(level);
            }
        }
        reached
    }

    /// Several events of one instant extend chains, by as many steps as different ones of them can serve.
    #[expect(clippy::indexing_slicing, reason = "a hot loop over levels up to the number of steps")]
    fn several(
        &mut self,
        funnel: &Funnel,
        group: &[FunnelEvent<'_>],
        at: i64,
        place: usize,
        enter: bool,
    ) -> usize {
        let steps = usize::from(funnel.steps);
        self.from.clear();
        self.from.resize(steps + 1, None);
        self.entrance.clear();
        self.entrance.resize(steps + 1, 0);
        self.matching.begin(group.iter().map(|event| event.steps));
        let start_of = |times: &[i64], level: usize| if level == 0 { at } else { times[level * steps] };
        for base in (0..steps).rev() {
            let stands = if base == 0 { enter } else { self.alive[base] };
            let start = start_of(&self.times, base);
            if !stands || at - start > funnel.window_millis() {
                continue;
            }
            self.matching.restart();
            for level in base + 1..=steps {
                if !self.matching.add(u32::try_from(level - 1).unwrap_or(0)) {
                    break;
                }
                let before = match self.from[level] {
                    Some(other) => Some(start_of(&self.times, other)),
                    None if self.alive[level] => Some(self.times[level * steps]),
                    None => None,
                };
                if before.is_none_or(|before| before < start) {
                    self.from[level] = Some(base);
                    self.entrance[level] = self.matching.serving(0);
                }
            }
        }
        let mut reached = 0;
        // From above, so that what a chain comes from is still as it was.
        for level in (1..=steps).rev() {
            if let Some(base) = self.from[level] {
                // Of the events of the instant the one that serves the first step.
                let entrance =
                    group.iter().position(|event| event.steps == self.entrance[level]).unwrap_or(0);
                self.extend(base, level, at, place + entrance, steps);
                reached = reached.max(level);
            }
        }
        reached
    }

    /// The chain of one level, extended at one instant, becomes that of a higher one.
    #[expect(clippy::indexing_slicing, reason = "a hot loop over levels up to the number of steps")]
    fn extend(&mut self, base: usize, level: usize, at: i64, place: usize, steps: usize) {
        self.times.copy_within(base * steps..base * steps + base, level * steps);
        self.times[level * steps + base..level * steps + level].fill(at);
        self.first[level] = if base == 0 { place } else { self.first[base] };
        self.alive[level] = true;
    }

    /// One person, counted once.
    pub(super) fn once(&mut self, funnel: &Funnel, events: &[FunnelEvent<'_>]) -> ProfileFunnel {
        let run = self.run(funnel, funnel.entry, events, 0);
        ProfileFunnel {
            passages: run.passage.filter(|_| !run.excluded).into_iter().collect(),
            excluded: run.excluded,
        }
    }

    /// One person's attempts.
    pub(super) fn totals(&mut self, funnel: &Funnel, events: &[FunnelEvent<'_>]) -> ProfileFunnel {
        let mut found = ProfileFunnel::default();
        let mut place = 0;
        while place < events.len() {
            let run = self.run(funnel, Entry::First, events, place);
            found.excluded |= run.excluded;
            found.passages.extend(run.passage.filter(|_| !run.excluded));
            place = run.next.max(place + 1);
        }
        found
    }
}

/// How many events are of the same instant as the first.
fn tied(funnel: &Funnel, events: &[FunnelEvent<'_>]) -> usize {
    let first = events.first().map_or(0, FunnelEvent::millis);
    let tolerance = i64::from(funnel.tie_tolerance_millis);
    events.iter().take_while(|event| event.millis() - first <= tolerance).count().max(1)
}

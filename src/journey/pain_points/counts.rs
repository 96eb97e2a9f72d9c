//! Counting journeys.

use std::collections::BTreeMap;

use super::report::{PainKind, PainReport, report};
use super::settings::PainSettings;
use crate::journey::touchpoint::{Feedback, Touchpoint, in_order};

/// How often a step hurt.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    /// Journeys that visited it, and times that it was visited.
    pub(super) journeys: u64,
    pub(super) visits: u64,
    /// Journeys that said what they thought of it.
    pub(super) rated: u64,
    /// By kind of pain, in the order of [`PainKind::ALL`].
    pub(super) affected: [u64; 4],
}

/// Counts one journey after another; their order makes no difference.
#[derive(Clone)]
pub struct PainCounts {
    settings: PainSettings,
    journeys: u64,
    given_up: u64,
    /// By name, then channel; the channel is empty if channels do not matter.
    steps: BTreeMap<Box<str>, BTreeMap<Box<str>, Sums>>,
}

impl std::fmt::Debug for PainCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PainCounts")
            .field("journeys", &self.journeys)
            .field("steps", &self.steps.len())
            .finish_non_exhaustive()
    }
}

/// What one journey did at one step.
#[derive(Default)]
struct Here {
    times: Vec<i64>,
    feedback: Option<Feedback>,
    exit: bool,
    back_and_forth: bool,
}

impl PainCounts {
    /// None yet.
    #[must_use]
    pub fn new(settings: PainSettings) -> Self {
        Self { settings, journeys: 0, given_up: 0, steps: BTreeMap::new() }
    }

    /// Counts one journey. Touchpoints may come in any order; of those with one event id the first in order counts. A
    /// journey without any is not counted.
    ///
    /// # Complexity
    /// O(n log n) for n touchpoints.
    pub fn add(&mut self, touchpoints: &[Touchpoint<'_>]) {
        let journey = in_order(touchpoints);
        let Some(last) = journey.last() else { return };
        let by_channel = self.settings.by_channel;
        let mut here: BTreeMap<(&str, &str), Here> = BTreeMap::new();
        for touchpoint in &journey {
            let one = here.entry(step(touchpoint, by_channel)).or_default();
            one.times.push(touchpoint.millis());
            // The worst of what was said.
            one.feedback = match (one.feedback, touchpoint.feedback) {
                (Some(before), Some(now)) => Some(before.min(now)),
                (before, now) => before.or(now),
            };
        }
        self.journeys += 1;
        let reached = journey.iter().any(|touchpoint| self.settings.goals.contains(touchpoint.name));
        if !reached && !self.settings.ends.contains(last.name) {
            self.given_up += 1;
            if let Some(one) = here.get_mut(&step(last, by_channel)) {
                one.exit = true;
            }
        }
        for left in back_and_forth(&journey, i64::from(self.settings.back_seconds) * 1000) {
            if let Some(one) = here.get_mut(&step(left, by_channel)) {
                one.back_and_forth = true;
            }
        }
        for ((name, channel), one) in here {
            let again = !self.settings.repeatable.contains(name) && self.again(&one.times);
            let sums = self.sums(name, channel);
            sums.journeys += 1;
            sums.visits += u64::try_from(one.times.len()).unwrap_or(u64::MAX);
            sums.rated += u64::from(one.feedback.is_some());
            for (kind, count) in PainKind::ALL.into_iter().zip(&mut sums.affected) {
                *count += u64::from(match kind {
                    PainKind::Exit => one.exit,
                    PainKind::Repetition => again,
                    PainKind::BackAndForth => one.back_and_forth,
                    PainKind::BadFeedback => one.feedback == Some(Feedback::Bad),
                });
            }
        }
    }

    /// Whether so many of the times are close together.
    fn again(&self, times: &[i64]) -> bool {
        let least = usize::try_from(self.settings.repeats.max(2)).unwrap_or(usize::MAX);
        let span = i64::from(self.settings.repeat_seconds) * 1000;
        times.windows(least.min(times.len() + 1)).any(|window| match window {
            [first, .., last] => last - first <= span,
            _ => false,
        })
    }

    fn sums(&mut self, name: &str, channel: &str) -> &mut Sums {
        self.steps.entry(name.into()).or_default().entry(channel.into()).or_default()
    }

    /// The steps and the pain points among them.
    ///
    /// # Complexity
    /// O(s log s) for s steps.
    #[must_use]
    pub fn finish(self) -> PainReport {
        report(&self.settings, self.journeys, self.given_up, self.steps)
    }
}

/// Name and channel, or the name alone.
fn step<'a>(touchpoint: &Touchpoint<'a>, by_channel: bool) -> (&'a str, &'a str) {
    (touchpoint.name, if by_channel { touchpoint.channel } else { "" })
}

/// The touchpoints at which a person left a channel for another one and was back in time.
fn back_and_forth<'j, 'a>(
    journey: &'j [Touchpoint<'a>],
    longest: i64,
) -> impl Iterator<Item = &'j Touchpoint<'a>> {
    let runs: Vec<&[Touchpoint<'a>]> = journey.chunk_by(|a, b| a.channel == b.channel).collect();
    let mut left = Vec::new();
    for three in runs.windows(3) {
        if let [[.., last], _, [back, ..]] = three
            && last.channel == back.channel
            && back.millis() - last.millis() <= longest
        {
            left.push(last);
        }
    }
    left.into_iter()
}

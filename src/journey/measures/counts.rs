//! Counting customers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::MAX_PAIRED_CHANNELS;
use super::open::Open;
use super::report::{ChannelPair, Direction, MeasureReport, MeasureSettings, Questions, Resumptions, grade};
use crate::journey::touchpoint::{Touchpoint, in_order, median, share};

/// Counts one customer after another; their order makes no difference.
#[derive(Clone)]
pub struct MeasureCounts {
    settings: MeasureSettings,
    customers: u64,
    by_channels: BTreeMap<u32, u64>,
    journeys: u64,
    crossing: u64,
    switches: u64,
    resumed: Vec<i64>,
    questions: Questions,
    /// By the names of both, the smaller first: customers who use both.
    pairs: BTreeMap<(Box<str>, Box<str>), u64>,
    /// From, to.
    directions: BTreeMap<(Box<str>, Box<str>), Direction>,
}

impl fmt::Debug for MeasureCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasureCounts")
            .field("customers", &self.customers)
            .field("journeys", &self.journeys)
            .finish_non_exhaustive()
    }
}

impl MeasureCounts {
    /// None yet.
    #[must_use]
    pub fn new(settings: MeasureSettings) -> Self {
        Self {
            settings,
            customers: 0,
            by_channels: BTreeMap::new(),
            journeys: 0,
            crossing: 0,
            switches: 0,
            resumed: Vec::new(),
            questions: Questions::default(),
            pairs: BTreeMap::new(),
            directions: BTreeMap::new(),
        }
    }

    /// Counts one customer. Touchpoints may come in any order; of those with one event id the first in order counts. A
    /// customer without any uses no channel.
    ///
    /// # Complexity
    /// O(n c log n) for n touchpoints in c channels, of which [`MAX_PAIRED_CHANNELS`](super::MAX_PAIRED_CHANNELS) count.
    pub fn add(&mut self, touchpoints: &[Touchpoint<'_>]) {
        let all = in_order(touchpoints);
        self.customers += 1;
        let mut used: Vec<&str> = Vec::new();
        let mut every = BTreeSet::new();
        for touchpoint in &all {
            if every.insert(touchpoint.channel) && used.len() < MAX_PAIRED_CHANNELS {
                used.push(touchpoint.channel);
            }
        }
        *self.by_channels.entry(u32::try_from(every.len()).unwrap_or(u32::MAX)).or_default() += 1;
        used.sort_unstable();
        for (place, &first) in used.iter().enumerate() {
            for &second in used.iter().skip(place + 1) {
                *self.pairs.entry((first.into(), second.into())).or_default() += 1;
            }
        }
        let longest = i64::from(self.settings.break_seconds) * 1000;
        for journey in all.chunk_by(|a, b| b.millis() - a.millis() <= longest) {
            let runs = journey.chunk_by(|a, b| a.channel == b.channel).count();
            self.journeys += 1;
            self.crossing += u64::from(runs > 1);
            self.switches += u64::try_from(runs.saturating_sub(1)).unwrap_or(u64::MAX);
        }
        self.work(&all, &used);
        self.ask(&all);
    }

    /// Follows what is worked on from channel to channel.
    fn work<'a>(&mut self, all: &[Touchpoint<'a>], used: &[&'a str]) {
        let wait = i64::from(self.settings.switch_seconds) * 1000;
        let counts = |channel: &str| used.binary_search(&channel).is_ok();
        let mut open = Open::default();
        for run in all.chunk_by(|a, b| a.channel == b.channel) {
            let Some(first) = run.first() else { continue };
            let waiting = if counts(first.channel) {
                open.elsewhere(first.channel, first.millis().saturating_sub(wait), used)
            } else {
                Vec::new()
            };
            for from in &waiting {
                self.direction(from, first.channel).switches += 1;
            }
            let mut continued = BTreeSet::new();
            for touchpoint in run {
                let Some(work) = touchpoint.work else { continue };
                let lay = open.touch(work.object, touchpoint.channel, touchpoint.millis(), work.ends);
                let Some((from, took)) = lay else { continue };
                self.resumed.push(took);
                if waiting.contains(&from) {
                    let direction = self.direction(from, touchpoint.channel);
                    if continued.insert(from) {
                        direction.continued += 1;
                        direction.took.push(took);
                    }
                }
            }
        }
    }

    fn direction(&mut self, from: &str, to: &str) -> &mut Direction {
        self.directions.entry((from.into(), to.into())).or_default()
    }

    fn ask(&mut self, all: &[Touchpoint<'_>]) {
        let mut answered = BTreeSet::new();
        for question in all.iter().filter_map(|touchpoint| touchpoint.question) {
            let count = match (answered.insert(question.topic), question.known) {
                (true, _) => &mut self.questions.first,
                (false, true) => &mut self.questions.avoided,
                (false, false) => &mut self.questions.repeated,
            };
            *count += 1;
        }
    }

    /// The measures.
    ///
    /// # Complexity
    /// O(p + r) for p pairs of channels and r resumptions.
    #[must_use]
    pub fn finish(mut self) -> MeasureReport {
        let settings = &self.settings;
        let mut whole = Direction::default();
        for direction in self.directions.values() {
            whole.switches += direction.switches;
            whole.continued += direction.continued;
            whole.took.extend_from_slice(&direction.took);
        }
        let mut pairs = Vec::with_capacity(self.pairs.len());
        for ((first, second), customers) in self.pairs {
            let mut direction = |from: &str, to: &str| {
                let found = self.directions.remove(&(from.into(), to.into()));
                found.unwrap_or_default().finish(settings)
            };
            let (there, back) = (direction(&first, &second), direction(&second, &first));
            let grade = grade(&there, &back, settings);
            pairs.push(ChannelPair { first, second, customers, there, back, grade });
        }
        let Questions { repeated, avoided, .. } = self.questions;
        MeasureReport {
            customers: self.customers,
            by_channels: self.by_channels,
            journeys: self.journeys,
            crossing: self.crossing,
            crossing_rate: share(self.crossing, self.journeys),
            switches: self.switches,
            continuation: whole.finish(settings),
            resumed: Resumptions {
                count: u64::try_from(self.resumed.len()).unwrap_or(u64::MAX),
                longest_millis: self.resumed.iter().max().copied(),
                median_millis: median(&mut self.resumed),
            },
            questions: Questions { avoided_rate: share(avoided, avoided + repeated), ..self.questions },
            pairs,
        }
    }
}

//! What was measured.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::journey::touchpoint::{bounds, median, share};

/// What belongs together, and when channels are called connected. Plain settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MeasureSettings {
    /// A longer break than this, in seconds, ends a journey.
    pub break_seconds: u32,
    /// Work that was last touched longer ago than this, in seconds, is not waited for in the next channel.
    pub switch_seconds: u32,
    /// Fewer switches with open work than this say nothing about a direction.
    pub least_switches: u64,
    /// A direction works if at least this share of the switches, 0 to 1, is continued.
    pub connected_rate: f64,
    /// Both directions are interactive if half of the work is taken up within so many seconds.
    pub interactive_seconds: u32,
    /// How sure to be, in standard deviations: 1.96 for 95 percent.
    pub deviations: f64,
}

impl Default for MeasureSettings {
    /// A week, a day; 20 switches, of which a tenth is continued with 95 percent confidence; an hour.
    fn default() -> Self {
        Self {
            break_seconds: 7 * 86_400,
            switch_seconds: 86_400,
            least_switches: 20,
            connected_rate: 0.1,
            interactive_seconds: 3600,
            deviations: 1.96,
        }
    }
}

/// How well two channels work together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Who changes between them begins anew.
    Separate,
    /// Work goes on in one after the other, in one direction at least.
    Connected,
    /// Work goes back and forth, at once.
    Interactive,
}

/// Switches with open work, and how often it was continued.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Continuations {
    /// Switches to the channel while work from the other one lay open.
    pub switches: u64,
    /// Those after which it was continued.
    pub continued: u64,
    /// Their share.
    pub rate: f64,
    /// The share is at least this, with the confidence asked for.
    pub lower: f64,
    /// And at most this.
    pub upper: f64,
    /// Half of the continued work was taken up within so many milliseconds of its last touch.
    pub median_millis: Option<i64>,
}

/// How long things lay before they were taken up in another channel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resumptions {
    /// How often something was, however long it had lain.
    pub count: u64,
    /// Half of those took at most so long, in milliseconds.
    pub median_millis: Option<i64>,
    /// The longest.
    pub longest_millis: Option<i64>,
}

/// What customers had to say twice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// How often a channel needed an answer for the first time.
    pub first: u64,
    /// How often it was asked again.
    pub repeated: u64,
    /// How often it was at hand instead.
    pub avoided: u64,
    /// The share of repeated questions avoided: `avoided / (avoided + repeated)`.
    pub avoided_rate: f64,
}

/// Two channels. `Debug` shows no names.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelPair {
    /// The one whose name comes first.
    pub first: Box<str>,
    /// The other.
    pub second: Box<str>,
    /// How many customers use both.
    pub customers: u64,
    /// From the first to the second.
    pub there: Continuations,
    /// From the second to the first.
    pub back: Continuations,
    /// How well they work together; `None` if too little was seen.
    pub grade: Option<Grade>,
}

impl fmt::Debug for ChannelPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelPair")
            .field("customers", &self.customers)
            .field("there", &self.there)
            .field("back", &self.back)
            .field("grade", &self.grade)
            .finish_non_exhaustive()
    }
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureReport {
    /// How many customers there were.
    pub customers: u64,
    /// Customers by the number of channels that they use.
    pub by_channels: BTreeMap<u32, u64>,
    /// How many journeys there were.
    pub journeys: u64,
    /// How many of them cross channels.
    pub crossing: u64,
    /// Their share.
    pub crossing_rate: f64,
    /// How often customers went from one channel to another within a journey.
    pub switches: u64,
    /// What became of open work; a switch counts once for each channel in which some lay open.
    pub continuation: Continuations,
    /// How long work lay.
    pub resumed: Resumptions,
    /// What customers had to say twice.
    pub questions: Questions,
    /// The pairs of channels that any customer uses both of, by name.
    pub pairs: Vec<ChannelPair>,
}

/// Sums of one direction.
#[derive(Debug, Clone, Default)]
pub(super) struct Direction {
    pub(super) switches: u64,
    pub(super) continued: u64,
    pub(super) took: Vec<i64>,
}

impl Direction {
    pub(super) fn finish(&mut self, settings: &MeasureSettings) -> Continuations {
        let (lower, upper) = bounds(self.continued, self.switches, settings.deviations.max(0.0));
        Continuations {
            switches: self.switches,
            continued: self.continued,
            rate: share(self.continued, self.switches),
            lower,
            upper,
            median_millis: median(&mut self.took),
        }
    }
}

/// The grade of two directions.
pub(super) fn grade(
    there: &Continuations,
    back: &Continuations,
    settings: &MeasureSettings,
) -> Option<Grade> {
    let seen = |one: &Continuations| one.switches > 0 && one.switches >= settings.least_switches;
    let works = |one: &Continuations| seen(one) && one.lower >= settings.connected_rate;
    let soon = |one: &Continuations| {
        one.median_millis.is_some_and(|median| median <= i64::from(settings.interactive_seconds) * 1000)
    };
    match (seen(there) || seen(back), works(there), works(back)) {
        (false, ..) => None,
        (true, true, true) if soon(there) && soon(back) => Some(Grade::Interactive),
        (true, false, false) => Some(Grade::Separate),
        (true, ..) => Some(Grade::Connected),
    }
}

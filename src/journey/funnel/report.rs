//! Many people in a funnel.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::chains::Chains;
use super::profile::{FunnelEvent, Passage};
use super::settings::{Funnel, FunnelError};
use crate::journey::touchpoint::{median, share};

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepCount {
    /// How many got this far.
    pub reached: u64,
    /// Half of those took at most so long from the step before, in milliseconds. `None` for the first step.
    pub median_millis: Option<i64>,
    /// The mean of the same.
    pub mean_millis: Option<f64>,
}

/// The counts of a funnel.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelCounts {
    /// By step.
    pub steps: Vec<StepCount>,
    /// Half of those who got through took at most so long from the first step to the last, in milliseconds.
    pub median_millis: Option<i64>,
    /// The mean of the same.
    pub mean_millis: Option<f64>,
}

impl FunnelCounts {
    /// The share of those who entered that got to a step, from 1: 0 to 1. `None` if nobody entered, or for no step.
    #[must_use]
    pub fn conversion(&self, step: usize) -> Option<f64> {
        let entered = self.steps.first().map(|first| first.reached).filter(|&entered| entered > 0)?;
        let reached = self.steps.get(step.checked_sub(1)?)?.reached;
        Some(share(reached, entered))
    }
}

/// The counts of everyone, and of parts of them. `Debug` shows no names.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelReport {
    /// All together.
    pub total: FunnelCounts,
    /// Of how many people an exclusion took out something (all of what they did, if everyone is counted once and no
    /// property is held constant); only under
    /// [`ExclusionPolicy::ExcludeProfile`](super::ExclusionPolicy::ExcludeProfile).
    pub excluded: u64,
    /// By the segment of the person.
    pub by_segment: BTreeMap<Box<str>, FunnelCounts>,
    /// By the channel in which the passage began.
    pub by_channel: BTreeMap<Box<str>, FunnelCounts>,
}

impl fmt::Debug for FunnelReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunnelReport")
            .field("total", &self.total)
            .field("excluded", &self.excluded)
            .field("segments", &self.by_segment.len())
            .field("channels", &self.by_channel.len())
            .finish_non_exhaustive()
    }
}

impl Funnel {
    /// How far people got: for each the segment, if any, and the events. The order of people makes no difference.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    ///
    /// # Complexity
    /// That of [`profile`](Self::profile) for each; eight bytes for each step reached.
    pub fn report<'a>(
        &self,
        profiles: impl IntoIterator<Item = (Option<&'a str>, &'a [FunnelEvent<'a>])>,
    ) -> Result<FunnelReport, FunnelError> {
        let mut tally = FunnelTally::new(self.clone())?;
        for (segment, events) in profiles {
            tally.add(segment, events);
        }
        Ok(tally.finish())
    }
}

/// Counts one person after another, so that nobody's events need to be kept; their order makes no difference.
///
/// ```
/// use throughline::journey::funnel::{Funnel, FunnelEvent, FunnelTally};
/// use throughline::time::from_millis;
/// let mut tally = FunnelTally::new(Funnel::new(1, 60))?;
/// tally.add(Some("members"), &[FunnelEvent { steps: 1, ..FunnelEvent::at(from_millis(0)) }]);
/// assert_eq!(tally.finish().by_segment["members"].steps[0].reached, 1);
/// # Ok::<(), throughline::journey::funnel::FunnelError>(())
/// ```
#[derive(Clone)]
pub struct FunnelTally {
    funnel: Funnel,
    chains: Chains,
    total: Tally,
    by_segment: BTreeMap<Box<str>, Tally>,
    by_channel: BTreeMap<Box<str>, Tally>,
    excluded: u64,
}

impl fmt::Debug for FunnelTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunnelTally").field("funnel", &self.funnel).finish_non_exhaustive()
    }
}

impl FunnelTally {
    /// Nobody yet.
    ///
    /// # Errors
    /// As [`Funnel::check`].
    pub fn new(funnel: Funnel) -> Result<Self, FunnelError> {
        funnel.check()?;
        let total = Tally::new(&funnel);
        let (by_segment, by_channel) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { funnel, chains: Chains::default(), total, by_segment, by_channel, excluded: 0 })
    }

    /// Counts one person: the segment, if any, and the events in any order.
    ///
    /// # Complexity
    /// That of [`Funnel::profile`]; eight bytes for each step reached.
    pub fn add(&mut self, segment: Option<&str>, events: &[FunnelEvent<'_>]) {
        let Self { funnel, chains, total, by_segment, by_channel, excluded } = self;
        let found = funnel.walk(chains, events, &mut |passage, first| {
            total.add(passage);
            if let Some(segment) = segment {
                add_to(by_segment, segment, funnel, passage);
            }
            if let Some(channel) = first.and_then(|first| first.channel) {
                add_to(by_channel, channel, funnel, passage);
            }
        });
        *excluded += u64::from(found.excluded);
    }

    /// The counts.
    ///
    /// # Complexity
    /// Linear in the steps reached.
    #[must_use]
    pub fn finish(self) -> FunnelReport {
        let all = |tallies: BTreeMap<Box<str>, Tally>| {
            tallies.into_iter().map(|(name, tally)| (name, tally.finish())).collect()
        };
        FunnelReport {
            total: self.total.finish(),
            excluded: self.excluded,
            by_segment: all(self.by_segment),
            by_channel: all(self.by_channel),
        }
    }
}

/// Adds to the tally of that name. A name is kept only when it is new.
fn add_to(tallies: &mut BTreeMap<Box<str>, Tally>, name: &str, funnel: &Funnel, passage: &Passage) {
    if let Some(tally) = tallies.get_mut(name) {
        return tally.add(passage);
    }
    tallies.entry(name.into()).or_insert_with(|| Tally::new(funnel)).add(passage);
}

#[derive(Clone)]
struct Tally {
    reached: Vec<u64>,
    /// How long each step took, from the second on.
    took: Vec<Vec<i64>>,
    through: Vec<i64>,
}

impl Tally {
    fn new(funnel: &Funnel) -> Self {
        let steps = usize::from(funnel.steps);
        Self { reached: vec![0; steps], took: vec![Vec::new(); steps.saturating_sub(1)], through: Vec::new() }
    }

    fn add(&mut self, passage: &Passage) {
        for reached in self.reached.iter_mut().take(passage.depth()) {
            *reached += 1;
        }
        let gaps = passage.times.iter().zip(passage.times.iter().skip(1));
        for (took, (before, after)) in self.took.iter_mut().zip(gaps) {
            took.push(after - before);
        }
        if passage.depth() == self.reached.len()
            && let (Some(first), Some(last)) = (passage.times.first(), passage.times.last())
        {
            self.through.push(last - first);
        }
    }

    fn finish(mut self) -> FunnelCounts {
        let mut took = self.took.iter_mut();
        let steps = self.reached.iter().enumerate().map(|(step, &reached)| {
            let times = if step > 0 { took.next() } else { None };
            let (median_millis, mean_millis) = times.map_or((None, None), |times| middle(times));
            StepCount { reached, median_millis, mean_millis }
        });
        let steps = steps.collect();
        let (median_millis, mean_millis) = middle(&mut self.through);
        FunnelCounts { steps, median_millis, mean_millis }
    }
}

/// The median and the mean.
#[expect(clippy::cast_precision_loss, reason = "the mean is a float")]
fn middle(times: &mut [i64]) -> (Option<i64>, Option<f64>) {
    let sum: i128 = times.iter().map(|&time| i128::from(time)).sum();
    let mean = sum as f64 / times.len() as f64;
    (median(times), (!times.is_empty()).then_some(mean))
}

//! What hurts, in the order of how much.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::counts::Sums;
use super::settings::PainSettings;
use crate::journey::touchpoint::{bounds, share};

/// How a step hurts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PainKind {
    /// It was the last of a journey that came to nothing.
    Exit,
    /// It was done again and again.
    Repetition,
    /// The channel was left at it for another one, and taken up again soon.
    BackAndForth,
    /// People said that it was bad; of those who said anything.
    BadFeedback,
}

impl PainKind {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Exit, Self::Repetition, Self::BackAndForth, Self::BadFeedback];

    /// The kind's stable name, as in the serialised form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exit => "exit",
            Self::Repetition => "repetition",
            Self::BackAndForth => "back_and_forth",
            Self::BadFeedback => "bad_feedback",
        }
    }
}

/// A touchpoint, in one channel or in all. `Debug` shows no names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PainStep {
    /// The name of the touchpoint.
    pub name: Box<str>,
    /// The channel; `None` if channels do not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Box<str>>,
}

impl fmt::Debug for PainStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PainStep").field("by_channel", &self.channel.is_some()).finish_non_exhaustive()
    }
}

/// A step that is worse than others.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PainPoint {
    /// How it hurts.
    pub kind: PainKind,
    /// Which step.
    pub step: PainStep,
    /// How many journeys could have been hit: those that visited the step; for feedback those that gave any.
    pub journeys: u64,
    /// How many were.
    pub affected: u64,
    /// Their share.
    pub rate: f64,
    /// The share is at least this, with the confidence asked for.
    pub lower: f64,
    /// And at most this.
    pub upper: f64,
    /// The share over all steps together; for exits goals and good ends are left out.
    pub usual: f64,
    /// How many journeys more than usual were hit, at least: `(lower - usual) * journeys`.
    pub excess: f64,
}

impl fmt::Debug for PainPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PainPoint")
            .field("kind", &self.kind)
            .field("journeys", &self.journeys)
            .field("affected", &self.affected)
            .field("lower", &self.lower)
            .field("usual", &self.usual)
            .finish_non_exhaustive()
    }
}

/// The counts of one step.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepPains {
    /// Which step.
    pub step: PainStep,
    /// How many journeys visited it.
    pub journeys: u64,
    /// How often it was visited.
    pub visits: u64,
    /// How many journeys said what they thought of it.
    pub rated: u64,
    /// How many journeys were hit, by kind of pain; kinds that hit none are left out.
    pub affected: BTreeMap<PainKind, u64>,
}

impl fmt::Debug for StepPains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepPains")
            .field("journeys", &self.journeys)
            .field("visits", &self.visits)
            .field("affected", &self.affected)
            .finish_non_exhaustive()
    }
}

/// The steps and the pain points among them.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PainReport {
    /// How many journeys there were.
    pub journeys: u64,
    /// How many of them came to nothing.
    pub given_up: u64,
    /// Those that hit the most journeys more than usual first.
    pub points: Vec<PainPoint>,
    /// All steps, by name and channel.
    pub steps: Vec<StepPains>,
}

impl fmt::Debug for PainReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PainReport")
            .field("journeys", &self.journeys)
            .field("given_up", &self.given_up)
            .field("points", &self.points)
            .field("steps", &self.steps.len())
            .finish_non_exhaustive()
    }
}

pub(super) fn report(
    settings: &PainSettings,
    journeys: u64,
    given_up: u64,
    sums: BTreeMap<Box<str>, BTreeMap<Box<str>, Sums>>,
) -> PainReport {
    let all: Vec<(PainStep, Sums)> = sums
        .into_iter()
        .flat_map(|(name, channels)| {
            channels.into_iter().map(move |(channel, sums)| {
                let channel = settings.by_channel.then_some(channel);
                (PainStep { name: name.clone(), channel }, sums)
            })
        })
        .collect();
    let mut points = Vec::new();
    for (place, kind) in PainKind::ALL.into_iter().enumerate() {
        let counts = |sums: &Sums| {
            let of = if kind == PainKind::BadFeedback { sums.rated } else { sums.journeys };
            (sums.affected.get(place).copied().unwrap_or(0), of)
        };
        // At a goal or a good end nobody gives up, which is no merit of other steps.
        let can = |step: &PainStep| {
            kind != PainKind::Exit
                || !(settings.goals.contains(&step.name) || settings.ends.contains(&step.name))
        };
        let (hit, of) = all
            .iter()
            .filter(|(step, _)| can(step))
            .map(|(_, sums)| counts(sums))
            .fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        let usual = share(hit, of);
        for (step, sums) in &all {
            let (affected, journeys) = counts(sums);
            let (lower, upper) = bounds(affected, journeys, settings.deviations.max(0.0));
            if journeys >= settings.least_journeys && lower > usual.max(settings.least_rate) {
                points.push(PainPoint {
                    kind,
                    step: step.clone(),
                    journeys,
                    affected,
                    rate: share(affected, journeys),
                    lower,
                    upper,
                    usual,
                    excess: excess(lower - usual, journeys),
                });
            }
        }
    }
    points.sort_by(|a, b| {
        b.excess.total_cmp(&a.excess).then_with(|| (a.kind, &a.step).cmp(&(b.kind, &b.step)))
    });
    let steps = all.into_iter().map(|(step, sums)| StepPains {
        step,
        journeys: sums.journeys,
        visits: sums.visits,
        rated: sums.rated,
        affected: PainKind::ALL.into_iter().zip(sums.affected).filter(|(_, count)| *count > 0).collect(),
    });
    PainReport { journeys, given_up, points, steps: steps.collect() }
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 journeys")]
fn excess(share: f64, journeys: u64) -> f64 {
    share * journeys as f64
}

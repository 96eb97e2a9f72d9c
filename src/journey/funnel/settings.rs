//! What a funnel counts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The most steps of a funnel.
pub const MAX_STEPS: u8 = 32;

/// In which order steps must happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOrder {
    /// One after another; anything else may happen between.
    #[default]
    Ordered,
    /// One after another with nothing else between. A repeat of the step just reached does no harm, nor does what
    /// happened in the same instant as something different.
    Strict,
    /// In any order: the most different steps within some window.
    Any,
}

/// Which entrance into the funnel counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The one that gets furthest: a newer first step may rescue a conversion.
    #[default]
    Any,
    /// The first only.
    First,
}

/// What an excluded event does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionPolicy {
    /// It ends the attempts that stand between the two steps; later ones may convert, and the entrance still counts.
    #[default]
    DropAttempt,
    /// The same, and if the chain that it ends is the best one, and no later one gets as far, the person is taken out of
    /// the report.
    ExcludeProfile,
}

/// Between which steps an excluded event must not happen. [`FunnelEvent::exclusions`](super::FunnelEvent::exclusions)
/// has a bit for each exclusion in the order of [`Funnel::exclusions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// After this step, from 1.
    pub from: u8,
    /// And before this one.
    pub to: u8,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Everyone once.
    #[default]
    Uniques,
    /// Every attempt: after converting, running out of time or being excluded, a first step begins another.
    Totals,
    /// Every session once; nothing carries over from one to the next.
    Sessions,
}

/// A series of steps and what counts as getting through it. Plain settings.
///
/// ```
/// use throughline::journey::funnel::{Exclusion, Funnel};
/// let mut funnel = Funnel::new(3, 7 * 86_400);
/// funnel.exclusions.push(Exclusion { from: 1, to: 3 });
/// assert_eq!(serde_json::from_str::<Funnel>(&serde_json::to_string(&funnel)?)?, funnel);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Funnel {
    /// How many steps there are, 1 to 32.
    pub steps: u8,
    /// Within how many seconds of the first step the last must happen; exactly as many is in time.
    pub window_seconds: u32,
    /// In which order.
    pub order: StepOrder,
    /// Which entrance counts.
    pub entry: Entry,
    /// What must not happen between steps; at most 32. They apply before the steps of the same instant.
    pub exclusions: Vec<Exclusion>,
    /// What happens if it does.
    pub exclusion_policy: ExclusionPolicy,
    /// Events at most this many milliseconds after the first of them are of one instant.
    pub tie_tolerance_millis: u32,
    /// What is counted.
    pub counting: Counting,
    /// Whether all events of an attempt must have the same [`hold`](super::FunnelEvent::hold).
    pub hold_constant: bool,
}

impl Default for Funnel {
    /// One step, 30 days, ordered, any entry, uniques.
    fn default() -> Self {
        Self::new(1, 30 * 86_400)
    }
}

impl Funnel {
    /// An ordered funnel with that window in seconds that counts everyone once.
    #[must_use]
    pub const fn new(steps: u8, window_seconds: u32) -> Self {
        Self {
            steps,
            window_seconds,
            order: StepOrder::Ordered,
            entry: Entry::Any,
            exclusions: Vec::new(),
            exclusion_policy: ExclusionPolicy::DropAttempt,
            tie_tolerance_millis: 0,
            counting: Counting::Uniques,
            hold_constant: false,
        }
    }

    /// Whether the settings make sense. Every answer checks them first.
    ///
    /// # Errors
    /// See [`FunnelErrorKind`].
    pub fn check(&self) -> Result<(), FunnelError> {
        if !(1..=MAX_STEPS).contains(&self.steps) {
            return Err(FunnelError { kind: FunnelErrorKind::StepsOutOfRange });
        }
        let wrong = |exclusion: &Exclusion| {
            exclusion.from == 0 || exclusion.from >= exclusion.to || exclusion.to > self.steps
        };
        if self.exclusions.len() > 32 || self.exclusions.iter().any(wrong) {
            return Err(FunnelError { kind: FunnelErrorKind::InvalidExclusion });
        }
        if self.order == StepOrder::Any && !self.exclusions.is_empty() {
            return Err(FunnelError { kind: FunnelErrorKind::ExclusionWithoutOrder });
        }
        if self.order == StepOrder::Any && self.counting == Counting::Totals {
            return Err(FunnelError { kind: FunnelErrorKind::TotalsWithoutOrder });
        }
        Ok(())
    }

    pub(super) fn window_millis(&self) -> i64 {
        i64::from(self.window_seconds) * 1000
    }
}

/// What is wrong, and so what the caller does about it: fix the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FunnelErrorKind {
    /// No steps, or more than [`MAX_STEPS`].
    StepsOutOfRange,
    /// An exclusion that is not between two steps, or more than 32 of them.
    InvalidExclusion,
    /// Exclusions need an order of steps.
    ExclusionWithoutOrder,
    /// Counting attempts needs an order of steps.
    TotalsWithoutOrder,
}

/// Settings that make no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelError {
    kind: FunnelErrorKind,
}

impl FunnelError {
    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> FunnelErrorKind {
        self.kind
    }
}

impl fmt::Display for FunnelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            FunnelErrorKind::StepsOutOfRange => "a funnel has 1 to 32 steps",
            FunnelErrorKind::InvalidExclusion => "an exclusion must lie between two steps of the funnel",
            FunnelErrorKind::ExclusionWithoutOrder => "exclusions need steps in an order",
            FunnelErrorKind::TotalsWithoutOrder => "counting attempts needs steps in an order",
        })
    }
}

impl std::error::Error for FunnelError {}

//! Every question about many journeys at once.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::funnel::FunnelRules;
use super::money::OrderBook;
use super::step::{Journey, StepKind};
use crate::journey::funnel::{FunnelError, FunnelErrorKind, FunnelReport, FunnelTally};
use crate::journey::measures::{MeasureCounts, MeasureReport, MeasureSettings};
use crate::journey::pain_points::{PainCounts, PainReport, PainSettings};
use crate::journey::paths::{HistorySettings, Outcome, Paths, PathsError, PathsErrorKind};
use crate::journey::stages::{StageCounts, StageReport, StageRules};

/// What is asked of many journeys. Plain settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TallySettings {
    /// The funnels.
    pub funnels: Vec<FunnelRules>,
    /// How near customers are.
    pub stages: StageRules,
    /// Where it hurts.
    pub pains: PainSettings,
    /// How well channels work as one.
    pub measures: MeasureSettings,
    /// Which touches belong to which conversion.
    pub history: HistorySettings,
}

impl Default for TallySettings {
    /// [`retail`](Self::retail).
    fn default() -> Self {
        Self::retail()
    }
}

impl TallySettings {
    /// The presets for retail of every question.
    #[must_use]
    pub fn retail() -> Self {
        Self {
            funnels: vec![FunnelRules::retail()],
            stages: StageRules::retail(),
            pains: PainSettings::retail(),
            measures: MeasureSettings::default(),
            history: HistorySettings::default(),
        }
    }
}

/// How much was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingCounts {
    /// Customers with a journey, those who only signed in included.
    pub customers: u64,
    /// Customers whom the rules leave out.
    pub left_out: u64,
    /// Touches, conversions and refunds.
    pub touchpoints: u64,
    /// Customers with a conversion.
    pub converted: u64,
    /// Conversions, each order once; over all journeys if there is a book of their orders.
    pub conversions: u64,
    /// Of these: without any value that could be read, or with one below zero.
    pub without_value: u64,
    /// Of these: because the amount is in another currency.
    pub foreign: u64,
    /// Refunds, as told.
    pub refunds: u64,
    /// Of these: those that take nothing back, since they state an amount that cannot be read or is in another currency, or state
    /// none and are of orders that nobody knows, by the book if there is one.
    pub refunds_unknown: u64,
}

/// What came out. `Debug` shows no names.
///
/// A set of paths holds 65,535 channels or touchpoints. With the book of all journeys, of more than that the 65,534 which stand in the
/// most journeys keep their names (of equally many the first by name), and all others are one, `(other)`, in the four sets.
#[derive(Clone)]
#[non_exhaustive]
pub struct JourneyReports {
    /// How much was read.
    pub counts: ReadingCounts,
    /// One for each funnel of the settings, in their order.
    pub funnels: Vec<FunnelReport>,
    /// How near customers are.
    pub stages: StageReport,
    /// Where it hurts.
    pub pains: PainReport,
    /// How well channels work as one.
    pub measures: MeasureReport,
    /// Whole journeys from channel to channel: for [`follows`](crate::journey::paths::follows) and
    /// [`variants`](crate::journey::paths::variants).
    pub channels: Paths,
    /// The same from touchpoint to touchpoint.
    pub touchpoints: Paths,
    /// The touchpoints before the first conversion, or all: for [`markov`](crate::journey::attribution::markov), to find those that
    /// lead to one.
    pub to_conversion: Paths,
    /// Touches before each conversion, with what it was worth: for [`attribution`](crate::journey::attribution).
    pub credit: Paths,
}

impl fmt::Debug for JourneyReports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JourneyReports").field("counts", &self.counts).finish_non_exhaustive()
    }
}

/// A tally that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TallyError {
    /// The settings of a funnel make no sense: fix them.
    Funnel(FunnelErrorKind),
    /// The funnel at this place, from 0, has not as many touchpoints for exclusions as its settings have exclusions: fix them.
    Exclusions(usize),
    /// More touches than a set of paths holds, or, without the book of all journeys, more channels or touchpoints: group names, or
    /// take fewer customers.
    Paths(PathsErrorKind),
}

impl fmt::Display for TallyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Funnel(_) => "the settings of a funnel make no sense",
            Self::Exclusions(_) => "a funnel has not as many touchpoints as exclusions",
            Self::Paths(_) => "the journeys do not fit a set of paths",
        })
    }
}

impl std::error::Error for TallyError {}

impl From<FunnelError> for TallyError {
    fn from(error: FunnelError) -> Self {
        Self::Funnel(error.kind())
    }
}

impl From<PathsError> for TallyError {
    fn from(error: PathsError) -> Self {
        Self::Paths(error.kind())
    }
}

/// Counts one journey after another for every question at once, so that no journey needs to be kept. The order of journeys
/// makes no difference to any figure; the sets of paths hold their paths, and number their channels, in the order of arrival.
///
/// ```
/// use throughline::journey::reading::{Journey, JourneyTally, TallySettings};
/// let mut tally = JourneyTally::new(TallySettings::retail())?;
/// tally.add(&Journey::default(), None)?;
/// assert_eq!(tally.finish().counts.customers, 1);
/// # Ok::<(), throughline::journey::reading::TallyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct JourneyTally {
    settings: TallySettings,
    counts: ReadingCounts,
    funnels: Vec<FunnelTally>,
    stages: StageCounts,
    pains: PainCounts,
    measures: MeasureCounts,
    channels: Paths,
    touchpoints: Paths,
    to_conversion: Paths,
    credit: Paths,
}

impl JourneyTally {
    /// None yet.
    ///
    /// # Errors
    /// [`TallyError::Funnel`] and [`TallyError::Exclusions`].
    pub fn new(settings: TallySettings) -> Result<Self, TallyError> {
        let mut funnels = Vec::new();
        for (place, rules) in settings.funnels.iter().enumerate() {
            if rules.exclusions.len() != rules.funnel.exclusions.len() {
                return Err(TallyError::Exclusions(place));
            }
            funnels.push(FunnelTally::new(rules.settings())?);
        }
        Ok(Self {
            counts: ReadingCounts::default(),
            funnels,
            stages: StageCounts::new(settings.stages.clone()),
            pains: PainCounts::new(settings.pains.clone()),
            measures: MeasureCounts::new(settings.measures.clone()),
            channels: Paths::new(),
            touchpoints: Paths::new(),
            to_conversion: Paths::new(),
            credit: Paths::new(),
            settings,
        })
    }

    /// Counts one customer. With the book of all customers' orders, this one's included, refunds find their orders wherever these are.
    ///
    /// # Errors
    /// [`TallyError::Paths`]; what was counted of the customer by then is in.
    ///
    /// # Complexity
    /// O(n log n) for n steps, and that of [`Paths::push_history`]; memory for the paths, two bytes a node and ten a touch.
    pub fn add(&mut self, journey: &Journey, book: Option<&OrderBook>) -> Result<(), TallyError> {
        if journey.left_out {
            self.counts.left_out += 1;
            return Ok(());
        }
        let own;
        let book = if let Some(book) = book {
            book
        } else {
            own = OrderBook::of(journey);
            &own
        };
        let shown = journey.touchpoints();
        let conversions = journey.conversions(Some(book));
        self.count(journey, shown.len(), book);
        for (tally, rules) in self.funnels.iter_mut().zip(&self.settings.funnels) {
            tally.add(None, &journey.funnel_events(rules));
        }
        self.stages.add(&shown);
        self.pains.add(&journey.pain_touchpoints(&self.settings.pains));
        self.measures.add(&journey.contacts());
        let won = journey.converts();
        let outcome = if won { Outcome::won(0) } else { Outcome::lost() };
        let (nodes, before) = (journey.touchpoint_nodes(), journey.nodes_to_conversion());
        let (nodes, before) = (nodes.iter().map(String::as_str), before.iter().map(String::as_str));
        let (channels, touchpoints) = (&book.channels, &book.touchpoints);
        self.channels.push(channels.way(journey.channel_nodes()), outcome)?;
        self.touchpoints.push(touchpoints.way(nodes), outcome)?;
        self.to_conversion.push(touchpoints.way(before), outcome)?;
        let mut touches = journey.touches();
        touches.iter_mut().for_each(|touch| touch.channel = channels.shown(touch.channel));
        self.credit.push_history(&touches, &conversions, &self.settings.history)?;
        Ok(())
    }

    /// Counts customers whom the rules leave out and of whom nothing else is known.
    pub fn leave_out(&mut self, customers: u64) {
        self.counts.left_out += customers;
    }

    fn count(&mut self, journey: &Journey, touchpoints: usize, book: &OrderBook) {
        let counts = &mut self.counts;
        counts.customers += 1;
        counts.touchpoints += u64::try_from(touchpoints).unwrap_or(u64::MAX);
        counts.converted += u64::from(journey.converts());
        for step in &journey.steps {
            let Some(money) = &step.money else { continue };
            match step.kind {
                StepKind::Conversion if !book.is_again(step) => {
                    counts.conversions += 1;
                    counts.without_value += u64::from(money.value_minor.is_none());
                    counts.foreign += u64::from(money.foreign);
                }
                StepKind::Refund => {
                    counts.refunds += 1;
                    let order = money.order.as_deref();
                    let sold = order.is_some_and(|order| book.is_sold(order));
                    let stated = money.value_minor.is_some() && !money.whole;
                    let unreadable = money.unreadable && !money.whole;
                    counts.refunds_unknown += u64::from(unreadable || (!sold && !stated));
                }
                _ => {}
            }
        }
    }

    /// The reports.
    ///
    /// # Complexity
    /// O(n log n) for n stays, pains and pairs of channels.
    #[must_use]
    pub fn finish(self) -> JourneyReports {
        JourneyReports {
            counts: self.counts,
            funnels: self.funnels.into_iter().map(FunnelTally::finish).collect(),
            stages: self.stages.finish(),
            pains: self.pains.finish(),
            measures: self.measures.finish(),
            channels: self.channels,
            touchpoints: self.touchpoints,
            to_conversion: self.to_conversion,
            credit: self.credit,
        }
    }
}

//! Why each touch of a customer got what it got for each conversion, or got nothing.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use super::explain::{TouchCredit, explain, touches};
use super::markov::Markov;
use super::rule::Rule;
use super::{AttributionError, AttributionErrorKind};
use crate::journey::paths::{Conversion, Fate, HistorySettings, Paths, Touch};
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// What divides the credit of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Model<'a> {
    /// One of the nine rules.
    Rule(&'a Rule),
    /// The removal effects of a chain that was solved: each touch weighs that of its channel, as in
    /// [`Markov::per_journey`].
    Markov(&'a Markov),
    /// The Shapley value of the additive game, which shares a path equally among its channels; the first touch of each stands
    /// for it. Summed over paths this is [`shapley`](super::shapley), up to the rounding of each path.
    Shapley,
}

impl Model<'_> {
    /// What each touch of a path of the set got, and why.
    ///
    /// # Errors
    /// As [`explain`].
    ///
    /// # Complexity
    /// O(n log n) for the n touches of the path.
    pub fn explain(&self, paths: &Paths, path: usize) -> Result<Vec<TouchCredit>, AttributionError> {
        let unknown = AttributionError::new(AttributionErrorKind::UnknownPath);
        match self {
            Self::Rule(rule) => explain(paths, path, rule),
            Self::Markov(markov) => {
                let path = paths.get(path).ok_or(unknown)?;
                let weights = markov.weights_of(path.channels());
                Ok(touches(&path, &weights, false, |_, _| vec!["removal_effect"]))
            }
            Self::Shapley => {
                let path = paths.get(path).ok_or(unknown)?;
                let mut seen = std::collections::BTreeSet::new();
                let weights: Vec<u64> =
                    path.channels().map(|channel| u64::from(seen.insert(channel))).collect();
                Ok(touches(&path, &weights, false, |_, weight| {
                    vec![if weight > 0 { "shared_by_channels" } else { "not_chosen" }]
                }))
            }
        }
    }
}

/// A touch of the customer, and what became of it for one conversion. `Debug` shows no channel.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TouchFate {
    /// Its channel.
    pub channel: Box<str>,
    /// When.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// What became of it.
    pub fate: Fate,
}

impl fmt::Debug for TouchFate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TouchFate").field("at", &self.at).field("fate", &self.fate).finish_non_exhaustive()
    }
}

/// One conversion, or refund, of a customer with all that was decided about it. `Debug` shows no names.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionCredit {
    /// When.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// The order, if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<str>>,
    /// What it was worth, in minor units; negative for a refund.
    pub value_minor: i64,
    /// Every touch of the customer, in the order given.
    pub touches: Vec<TouchFate>,
    /// What the touches got that count, in the order of the path; none, if there are none.
    pub credits: Vec<TouchCredit>,
}

impl fmt::Debug for ConversionCredit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConversionCredit")
            .field("at", &self.at)
            .field("value_minor", &self.value_minor)
            .field("credits", &self.credits.len())
            .finish_non_exhaustive()
    }
}

impl ConversionCredit {
    /// The decisions about one touch, in the order in which they were made: first of the look-back, then of the cleaning, then
    /// of the model, then of rounding. Evidence is the place of the touch.
    #[must_use]
    pub fn reasons(&self, touch: usize) -> Vec<Reason> {
        let Some(TouchFate { fate, .. }) = self.touches.get(touch) else { return Vec::new() };
        let decided = Reason::new(rule_of(*fate)).evidence(format!("touch:{touch}"));
        let credit = match fate {
            Fate::Counts(place) => self.credits.get(*place),
            Fate::Cleaned(step) => return vec![decided.evidence(format!("cleaning:{step}"))],
            _ => None,
        };
        let by_model = credit.map(|credit| credit.reasons.clone()).unwrap_or_default();
        std::iter::once(decided).chain(by_model).collect()
    }

    /// The whole as plain English lines, for a person who asks why.
    ///
    /// ```
    /// use throughline::journey::attribution::{Model, Rule, explain_history};
    /// use throughline::journey::paths::{Conversion, HistorySettings, Touch};
    /// use throughline::time::from_millis;
    /// let touch = |channel, day: i64| Touch { channel, at: from_millis(day * 86_400_000), key: false };
    /// let touches = [touch("e-mail", 0), touch("web", 40), touch("till", 41)];
    /// let bought = [Conversion { at: from_millis(41 * 86_400_000), value_minor: 101, order: None }];
    /// let why = explain_history(&touches, &bought, &HistorySettings::default(), Model::Rule(&Rule::Linear))?;
    /// assert_eq!(
    ///     why[0].to_text(),
    ///     "101 on 1970-02-11 00:00:\n\
    ///      e-mail on 1970-01-01 00:00: nothing; longer ago than one looks back\n\
    ///      web on 1970-02-10 00:00: 51 (50.0 %); it counts; every touch gets the same; the odd minor unit goes to it\n\
    ///      till on 1970-02-11 00:00: 50 (50.0 %); it counts; every touch gets the same\n"
    /// );
    /// # Ok::<(), throughline::journey::attribution::AttributionError>(())
    /// ```
    #[must_use]
    pub fn to_text(&self) -> String {
        const WHEN: &str = "%Y-%m-%d %H:%M";
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{} on {}:", self.value_minor, self.at.format(WHEN));
        for (place, touch) in self.touches.iter().enumerate() {
            let _ = write!(text, "{} on {}: ", touch.channel, touch.at.format(WHEN));
            let credit = match touch.fate {
                Fate::Counts(place) => self.credits.get(place),
                _ => None,
            };
            let _ = match credit {
                Some(credit) => write!(text, "{} ({:.1} %)", credit.value_minor, credit.share * 100.0),
                None => write!(text, "nothing"),
            };
            for reason in self.reasons(place) {
                let _ = write!(text, "; {}", words(&reason.rule).unwrap_or(&reason.rule));
            }
            text.push('\n');
        }
        if self.credits.is_empty() {
            text.push_str("no touch counts, so it goes to the bucket (none)\n");
        }
        text
    }
}

const fn rule_of(fate: Fate) -> &'static str {
    match fate {
        Fate::Counts(_) => "counts",
        Fate::AfterEnd => "after_conversion",
        Fate::UsedBefore => "used_before",
        Fate::BeforeDays => "before_look_back_days",
        Fate::BeforeSteps => "before_look_back_steps",
        Fate::Cleaned(_) => "cleaned",
    }
}

/// What a rule of an explanation means, in plain English; `None` for rules that explanations do not use.
#[must_use]
pub fn words(rule: &str) -> Option<&'static str> {
    Some(match rule {
        "counts" => "it counts",
        "after_conversion" => "later than the conversion",
        "used_before" => "it belongs to an earlier conversion",
        "before_look_back_days" => "longer ago than one looks back",
        "before_look_back_steps" => "more touches came after it than one looks back",
        "cleaned" => "another touch stands for it",
        "first_touch" => "the first touch gets all",
        "last_touch" => "the last touch gets all",
        "last_non_direct" => "the last touch that is not direct gets all",
        "all_direct" => "all touches are direct, so the last gets all",
        "equal_share" => "every touch gets the same",
        "time_decay" => "the nearer to the last touch, the more",
        "assumed_gap" => "the times are assumed",
        "single_touch" => "it is the only touch",
        "two_touches" => "two touches share as the first to the last",
        "first_position" => "the part of the first touch",
        "middle_position" => "an equal part of what those in the middle get",
        "last_position" => "the part of the last touch",
        "key_touch" => "the part of the touch that made the lead",
        "middle_is_key" => "no touch made a lead, so it is the middle one",
        "key_at_end" => "the touch that made the lead is at an end, so the position decides",
        "participation" => "every channel that took part gets the whole",
        "custom_weight" => "its own weight",
        "removal_effect" => "as much as would be lost without its channel",
        "shared_by_channels" => "every channel of the path gets the same",
        "not_chosen" => "another touch was chosen",
        "zero_weights" => "nothing weighs anything, so all get the same",
        "largest_remainder" => "the odd minor unit goes to it",
        "refund" => "it is taken back",
        _ => return None,
    })
}

/// Explains the credit of every conversion of one customer: for each touch whether it counts and why not, what the model gave it,
/// and where the odd minor unit went. The credits are those that [`credit`](super::credit) and
/// [`per_journey`](super::Markov::per_journey) sum. Conversions come first, in order, then refunds.
///
/// # Errors
/// [`AttributionErrorKind::InvalidTouches`] for a touch without a channel, [`AttributionErrorKind::InvalidRule`].
///
/// # Complexity
/// That of [`Paths::push_history_traced`], and O(n log n) for each path of n touches.
pub fn explain_history(
    touches: &[Touch<'_>],
    conversions: &[Conversion<'_>],
    settings: &HistorySettings,
    model: Model<'_>,
) -> Result<Vec<ConversionCredit>, AttributionError> {
    let mut paths = Paths::new();
    let traces = paths.push_history_traced(touches, conversions, settings);
    let traces = traces.map_err(|_| AttributionError::new(AttributionErrorKind::InvalidTouches))?;
    let mut all = Vec::with_capacity(conversions.len());
    for trace in traces.into_iter().filter(|trace| trace.converts) {
        let fate = |(touch, fate): (&Touch<'_>, Fate)| TouchFate {
            channel: touch.channel.into(),
            at: touch.at,
            fate,
        };
        all.push(ConversionCredit {
            at: trace.end,
            order: trace.order,
            value_minor: trace.value_minor,
            touches: touches.iter().zip(trace.fates).map(fate).collect(),
            credits: model.explain(&paths, trace.path)?,
        });
    }
    Ok(all)
}

//! Why a touch got what it got.

use serde::{Deserialize, Serialize};

use super::credit::conversions_per_weight;
use super::divide::Divider;
use super::rule::Rule;
use super::weights::Weigher;
use super::{AttributionError, AttributionErrorKind};
use crate::journey::paths::{Path, Paths};
use crate::reason::Reason;

/// What one touch got, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TouchCredit {
    /// Its place in the path, from 0.
    pub touch: usize,
    /// Its channel.
    pub channel: Box<str>,
    /// Its share of the path, from 0 to 1; under participation 1 for each channel's first touch.
    pub share: f64,
    /// Its part of the conversions.
    pub conversions: f64,
    /// Its part of the value in minor units.
    pub value_minor: i64,
    /// The rules that decided, in the order in which they spoke. Evidence is the place of the touch that was looked at
    /// (`touch:0`), the weight is the share. `first_touch`, `last_touch`, `last_non_direct`, `all_direct`, `equal_share`,
    /// `time_decay`, `assumed_gap`, `single_touch`, `two_touches`, `first_position`, `middle_position`,
    /// `last_position`, `key_touch`, `middle_is_key`, `key_at_end`, `participation`, `custom_weight`, `zero_weights`,
    /// `not_chosen`, and `removal_effect` and `shared_by_channels` of the models that are no rules; then `largest_remainder` if a minor unit was rounded up to it, and `refund` if the value is
    /// negative and mirrors a sale.
    pub reasons: Vec<Reason>,
}

/// Says for each touch of one path what it got under a rule, and why. The parts are those that [`credit`](super::credit)
/// sums.
///
/// # Errors
/// [`AttributionErrorKind::UnknownPath`], [`AttributionErrorKind::InvalidRule`].
///
/// # Complexity
/// O(n log n) for the n touches of the path.
///
/// ```
/// use throughline::journey::attribution::{Rule, explain};
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["search", "direct"], Outcome::won(4_990))?;
/// let why = explain(&paths, 0, &Rule::last_non_direct())?;
/// let search = why.first().ok_or("two touches")?;
/// assert_eq!((search.value_minor, &*search.reasons[0].rule), (4_990, "last_non_direct"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn explain(paths: &Paths, path: usize, rule: &Rule) -> Result<Vec<TouchCredit>, AttributionError> {
    let path = paths.get(path).ok_or(AttributionError::new(AttributionErrorKind::UnknownPath))?;
    let mut weigher = Weigher::new(rule, paths)?;
    let mut weights = Vec::new();
    weigher.weigh(&path, &mut weights);
    let only = weigher.only(&path);
    let participation = *rule == Rule::Participation;
    Ok(touches(&path, &weights, participation, |touch, weight| why(rule, &path, only, touch, weight)))
}

/// The same for weights of your own, as in [`credit_by`](super::credit_by); the reason is `custom_weight`.
///
/// # Errors
/// [`AttributionErrorKind::UnknownPath`].
///
/// # Complexity
/// O(n log n) for the n touches of the path.
pub fn explain_by(
    paths: &Paths,
    path: usize,
    weigh: impl FnOnce(&Path<'_>, &mut Vec<u64>),
) -> Result<Vec<TouchCredit>, AttributionError> {
    let path = paths.get(path).ok_or(AttributionError::new(AttributionErrorKind::UnknownPath))?;
    let mut weights = Vec::new();
    weigh(&path, &mut weights);
    weights.resize(path.len(), 0);
    Ok(touches(&path, &weights, false, |_, _| vec!["custom_weight"]))
}

pub(super) fn touches(
    path: &Path<'_>,
    weights: &[u64],
    participation: bool,
    why: impl Fn(usize, u64) -> Vec<&'static str>,
) -> Vec<TouchCredit> {
    let outcome = path.outcome();
    let mut divider = Divider::default();
    let parts: Vec<i64> = divider.divide(outcome.value_minor, weights).collect();
    let conversions = conversions_per_weight(outcome.conversions, weights);
    let shares = conversions_per_weight(1, weights);
    let zero = weights.iter().all(|&weight| weight == 0);
    let raised = divider.raised();
    let mut all = Vec::with_capacity(parts.len());
    for (touch, ((channel, &weight), part)) in path.channels().zip(weights).zip(parts).enumerate() {
        let mut credit = TouchCredit {
            touch,
            channel: channel.into(),
            share: shares.of(weight),
            conversions: conversions.of(weight),
            value_minor: part,
            reasons: Vec::new(),
        };
        let mut rounded = raised.get(touch).copied().unwrap_or(false);
        if participation {
            let whole = weight > 0;
            credit.share = if whole { 1.0 } else { 0.0 };
            credit.conversions = if whole { f64::from(outcome.conversions) } else { 0.0 };
            credit.value_minor = if whole { outcome.value_minor } else { 0 };
            rounded = false;
        }
        let mut rules = why(touch, weight);
        if zero {
            rules.push("zero_weights");
        }
        if rounded {
            rules.push("largest_remainder");
        }
        if outcome.value_minor < 0 {
            rules.push("refund");
        }
        let share = credit.share;
        let reason = |rule| Reason::new(rule).evidence(format!("touch:{touch}")).weight(share);
        credit.reasons.extend(rules.into_iter().map(reason));
        all.push(credit);
    }
    all
}

/// The rules that made the weight of a touch.
fn why(rule: &Rule, path: &Path<'_>, only: Option<usize>, touch: usize, weight: u64) -> Vec<&'static str> {
    let length = path.len();
    let last = touch + 1 == length;
    let position = |touch: usize| match (length, touch) {
        (1, _) => "single_touch",
        (2, _) => "two_touches",
        (_, 0) => "first_position",
        _ if last => "last_position",
        _ => "middle_position",
    };
    match rule {
        _ if only.is_some_and(|only| only != touch) => vec!["not_chosen"],
        Rule::First => vec!["first_touch"],
        Rule::Last => vec!["last_touch"],
        Rule::LastNonDirect { direct } => {
            let all_direct = path.channels().all(|channel| direct.contains(channel));
            vec![if all_direct { "all_direct" } else { "last_non_direct" }]
        }
        Rule::Linear => vec!["equal_share"],
        Rule::TimeDecay { .. } if path.times().is_some() => vec!["time_decay"],
        Rule::TimeDecay { .. } => vec!["time_decay", "assumed_gap"],
        Rule::Position { .. } => vec![position(touch)],
        Rule::WShaped { .. } => {
            let key = path.key().unwrap_or(length / 2);
            if length <= 2 || key == 0 || key + 1 >= length {
                return if length <= 2 { vec![position(touch)] } else { vec!["key_at_end", position(touch)] };
            }
            match (touch == key, path.key()) {
                (true, Some(_)) => vec!["key_touch"],
                (true, None) => vec!["key_touch", "middle_is_key"],
                (false, _) => vec![position(touch)],
            }
        }
        Rule::Participation if weight > 0 => vec!["participation"],
        Rule::Participation => vec!["not_chosen"],
        Rule::Custom(_) => vec!["custom_weight"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::attribution::{CustomWeights, credit};
    use crate::journey::paths::{Outcome, Touch};
    use crate::time::from_millis;

    fn rules(paths: &Paths, rule: &Rule) -> Vec<Vec<String>> {
        let why = explain(paths, 0, rule).unwrap();
        why.into_iter()
            .map(|one| one.reasons.into_iter().map(|reason| reason.rule.into()).collect())
            .collect()
    }

    #[test]
    fn every_rule_gives_its_reasons_and_the_parts_of_credit() {
        let mut paths = Paths::new();
        paths.push(["web", "کانال", "web", "direct"], Outcome::won(-101)).unwrap();
        let custom = Rule::Custom(CustomWeights { first: 0, middle: 0, last: 0, ..CustomWeights::default() });
        for rule in Rule::usual().into_iter().chain([custom]) {
            let why = explain(&paths, 0, &rule).unwrap();
            assert!(why.iter().all(|one| !one.reasons.is_empty()), "{}", rule.name());
            let credits = credit(&paths, &rule).unwrap();
            for one in &credits.channels {
                let parts = why.iter().filter(|touch| touch.channel == one.channel);
                assert_eq!(
                    parts.map(|touch| touch.value_minor).sum::<i64>(),
                    one.value_minor,
                    "{}",
                    rule.name()
                );
            }
        }
        assert_eq!(rules(&paths, &Rule::First)[0], ["first_touch", "refund"]);
        assert_eq!(rules(&paths, &Rule::First)[1], ["not_chosen", "refund"]);
        assert_eq!(rules(&paths, &Rule::last_non_direct())[2], ["last_non_direct", "refund"]);
        assert_eq!(rules(&paths, &Rule::Linear)[0], ["equal_share", "largest_remainder", "refund"]);
        assert_eq!(rules(&paths, &Rule::w_shaped())[2][..2], ["key_touch", "middle_is_key"]);
        assert_eq!(rules(&paths, &Rule::Participation)[2], ["not_chosen", "refund"]);
        assert_eq!(rules(&paths, &Rule::time_decay())[3][..2], ["time_decay", "assumed_gap"]);
        assert!(explain(&paths, 1, &Rule::First).is_err());
    }

    #[test]
    fn key_touches_are_named() {
        let touch = |millis, key| Touch { channel: "a", at: from_millis(millis), key };
        let mut paths = Paths::new();
        let touches = [touch(0, true), touch(0, false), touch(5, false)];
        paths.push_touches(&touches, Outcome::won(100)).unwrap();
        assert_eq!(rules(&paths, &Rule::w_shaped())[1], ["key_at_end", "middle_position"]);
        assert_eq!(rules(&paths, &Rule::time_decay())[0][..1], ["time_decay"]);
        let mut paths = Paths::new();
        paths.push_touches(&[touch(0, false), touch(0, true), touch(5, false)], Outcome::won(100)).unwrap();
        assert_eq!(rules(&paths, &Rule::w_shaped())[1], ["key_touch"]);
        let why = explain_by(&paths, 0, |_, weights| weights.push(4)).unwrap();
        assert_eq!(why.iter().map(|one| one.value_minor).collect::<Vec<_>>(), [100, 0, 0]);
    }
}

//! The lowest price before a reduction, which an announcement of a reduction must name in the European Union
//! (Directive 98/6/EC, article 6a).

use serde::{Deserialize, Serialize};

use crate::money::{Money, MoneyError};
use crate::reason::Reason;
use crate::time::{DateTime, TimeDelta, Utc};

/// From an instant on, this was the price that everybody could buy at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceStep {
    /// From when.
    pub at: DateTime<Utc>,
    /// Among steps of one instant the later has the larger number.
    #[serde(default)]
    pub sequence: u64,
    /// The price.
    pub price: Money,
    /// The higher price that the announcement crossed out; a step with one that is above its price is a reduction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Money>,
}

impl PriceStep {
    /// Whether the step was announced as a reduction.
    #[must_use]
    pub fn is_reduction(&self) -> bool {
        self.original.is_some_and(|original| original.minor() > self.price.minor())
    }
}

/// Which national options of article 6a apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PriorPriceRules {
    /// How many days before the reduction count; at least 30 by the directive (paragraph 2).
    pub days: u32,
    /// For goods that have been on sale for a shorter time than that, a shorter period (paragraph 4), if there is one.
    pub new_goods_days: Option<u32>,
    /// A reduction that grows without interruption keeps the price before its first step (paragraph 5), if no more days
    /// than these lie between its first step and its last.
    pub progressive_max_days: Option<u32>,
    /// Goods that go bad quickly may be outside of the rule (paragraph 3).
    pub exempt: bool,
}

impl Default for PriorPriceRules {
    fn default() -> Self {
        Self::directive()
    }
}

impl PriorPriceRules {
    /// The directive's 30 days without a national option.
    #[must_use]
    pub const fn directive() -> Self {
        Self { days: 30, new_goods_days: None, progressive_max_days: None, exempt: false }
    }
}

/// What one product cost in one price zone and currency, step by step.
///
/// The same steps in any order are the same history. Only prices that were open to everybody belong here: a member's
/// price is no prior price.
///
/// ```
/// use throughline::money::{Currency, CurrencyTable, Money};
/// use throughline::pricing::prior_price::{PriceHistory, PriceStep, PriorPriceRules};
/// let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
/// let step = |at: &str, price, original: Option<i64>| -> Result<PriceStep, Box<dyn std::error::Error>> {
///     let money = |minor| Money::new(minor, euro);
///     Ok(PriceStep { at: at.parse()?, sequence: 0, price: money(price), original: original.map(money) })
/// };
/// // Raised for two days, then "a third off": the price before counts, not the raised one.
/// let history = PriceHistory::new([
///     step("2025-11-01T00:00:00Z", 4200, None)?,
///     step("2026-11-18T00:00:00Z", 6000, None)?,
///     step("2026-11-20T00:00:00Z", 4000, Some(6000))?,
/// ])?;
/// let answer = history.prior("2026-11-21T00:00:00Z".parse()?, &PriorPriceRules::directive());
/// assert_eq!(answer.prior, Some(Money::new(4200, euro)));
/// assert_eq!(answer.percent_off(), Some(4)); // not 33
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawHistory")]
pub struct PriceHistory {
    /// Since when the product has been on sale, also after older steps were pruned.
    since: Option<DateTime<Utc>>,
    steps: Vec<PriceStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHistory {
    since: Option<DateTime<Utc>>,
    steps: Vec<PriceStep>,
}

/// The prior price of the reduction in force, and how it was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorPrice {
    /// The lowest price of the days before; none if no reduction is in force or the goods are exempt.
    pub prior: Option<Money>,
    /// The price in force.
    pub price: Option<Money>,
    /// When the reduction began.
    pub reduced_from: Option<DateTime<Utc>>,
    /// The first instant of the days that were looked at.
    pub looked_from: Option<DateTime<Utc>>,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl PriorPrice {
    /// By how many whole percent the price is below the prior price, rounded down: what may be announced. None if
    /// nothing may be.
    #[must_use]
    pub fn percent_off(&self) -> Option<u32> {
        let (prior, price) = (self.prior?.minor(), self.price?.minor());
        if prior <= 0 || price >= prior {
            return None;
        }
        let off = (i128::from(prior) - i128::from(price)) * 100 / i128::from(prior);
        u32::try_from(off).ok().filter(|percent| *percent > 0)
    }
}

impl PriceHistory {
    /// Takes the steps, in any order. A step that is there twice counts once.
    ///
    /// # Errors
    /// Steps of two currencies.
    pub fn new(steps: impl IntoIterator<Item = PriceStep>) -> Result<Self, MoneyError> {
        let mut history = Self::default();
        for step in steps {
            history.record(step)?;
        }
        Ok(history)
    }

    /// Adds a step.
    ///
    /// # Errors
    /// A step of another currency than those before.
    ///
    /// # Complexity
    /// O(log n) to find its place; O(1) if it is the latest.
    pub fn record(&mut self, step: PriceStep) -> Result<(), MoneyError> {
        if let Some(first) = self.steps.first() {
            first.price.unit().same(step.price.unit())?;
        }
        if let Some(original) = step.original {
            step.price.unit().same(original.unit())?;
        }
        let key =
            |step: &PriceStep| (step.at, step.sequence, step.price.minor(), step.original.map(Money::minor));
        if let Err(place) = self.steps.binary_search_by_key(&key(&step), key) {
            self.steps.insert(place, step);
        }
        self.since = Some(self.since.map_or(step.at, |since| since.min(step.at)));
        Ok(())
    }

    /// The steps, the earliest first.
    #[must_use]
    pub fn steps(&self) -> &[PriceStep] {
        &self.steps
    }

    /// The lowest price in force in the days before the reduction that is in force at `now` began, the price that those
    /// days began with included.
    ///
    /// # Complexity
    /// O(log n + steps in the days before).
    #[must_use]
    pub fn prior(&self, now: DateTime<Utc>, rules: &PriorPriceRules) -> PriorPrice {
        let known = self.steps.partition_point(|step| step.at <= now);
        let steps = self.steps.get(..known).unwrap_or_default();
        let mut answer = PriorPrice {
            prior: None,
            price: steps.last().map(|step| step.price),
            reduced_from: None,
            looked_from: None,
            reasons: Vec::new(),
        };
        let Some(first) = self.first_of_reduction(steps, rules) else {
            answer.reasons.push(Reason::new("no_reduction"));
            return answer;
        };
        let (before, reduction) = steps.split_at(first);
        let Some(start) = reduction.first().map(|step| step.at) else { return answer };
        answer.reduced_from = Some(start);
        if rules.exempt {
            answer.reasons.push(Reason::new("exempt_goods"));
            return answer;
        }
        if reduction.len() > 1 {
            answer.reasons.push(Reason::new("progressive_reduction"));
        }
        let days = |days: u32| {
            start.checked_sub_signed(TimeDelta::days(days.into())).unwrap_or(DateTime::<Utc>::MIN_UTC)
        };
        let mut from = days(rules.days);
        if let Some(fewer) = rules.new_goods_days
            && self.since.is_some_and(|since| since > from)
        {
            from = days(fewer.min(rules.days));
            answer.reasons.push(Reason::new("new_goods"));
        }
        answer.looked_from = Some(from);
        // The price that the days began with was in force until the first step within them.
        let begun = before.partition_point(|step| step.at < from).saturating_sub(1);
        answer.prior = before
            .get(begun..)
            .unwrap_or_default()
            .iter()
            .map(|step| step.price)
            .min_by_key(|price| price.minor());
        let found = if answer.prior.is_some() { "lowest_price_before" } else { "no_price_before" };
        answer.reasons.push(Reason::new(found));
        answer
    }

    /// The place of the step at which the reduction in force began.
    fn first_of_reduction(&self, steps: &[PriceStep], rules: &PriorPriceRules) -> Option<usize> {
        let (last, earlier) = steps.split_last()?;
        if !last.is_reduction() {
            return None;
        }
        let Some(most) = rules.progressive_max_days else { return Some(earlier.len()) };
        let mut first = earlier.len();
        let mut deeper = last;
        for (place, step) in earlier.iter().enumerate().rev() {
            if !step.is_reduction() || step.price.minor() <= deeper.price.minor() {
                break;
            }
            (first, deeper) = (place, step);
        }
        let within = last.at - deeper.at <= TimeDelta::days(most.into());
        Some(if within { first } else { earlier.len() })
    }

    /// Drops steps that no answer at `now` or later can need: those before the step that the earliest days still to be
    /// looked at begin with. With the same rules, [`PriceHistory::prior`] answers the same as before.
    pub fn prune(&mut self, now: DateTime<Utc>, rules: &PriorPriceRules) {
        let known = self.steps.partition_point(|step| step.at <= now);
        let steps = self.steps.get(..known).unwrap_or_default();
        // A reduction in force reaches back from its first step, which a later, deeper step may still belong to.
        let run = steps.iter().rev().take_while(|step| step.is_reduction()).count();
        let earliest = steps.get(known.saturating_sub(run)).map_or(now, |step| step.at).min(now);
        let from = earliest
            .checked_sub_signed(TimeDelta::days(rules.days.into()))
            .unwrap_or(DateTime::<Utc>::MIN_UTC);
        let keep = steps.partition_point(|step| step.at < from).saturating_sub(1);
        self.steps.drain(..keep);
    }
}

impl TryFrom<RawHistory> for PriceHistory {
    type Error = MoneyError;

    fn try_from(raw: RawHistory) -> Result<Self, MoneyError> {
        let mut history = Self::new(raw.steps)?;
        history.since = match (raw.since, history.since) {
            (Some(told), Some(found)) => Some(told.min(found)),
            (told, found) => told.or(found),
        };
        Ok(history)
    }
}

#[cfg(test)]
mod tests;

//! What a purchase earns.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::calendar::Zone;
use crate::money::{Money, Ratio, Rounding};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};
use crate::wallet::ledger::MOST;
use crate::wallet::period::PeriodRule;

/// What the caller does about an [`EarnError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EarnErrorKind {
    /// Less than nothing was paid: a return takes points back, it does not earn any.
    Negative,
    /// Paid in another currency than the rule counts.
    Currency,
    /// A rule by which one point is earned for nothing, or more than can be counted.
    Rule,
}

/// A purchase whose points cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarnError(EarnErrorKind);

impl EarnError {
    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> EarnErrorKind {
        self.0
    }
}

impl fmt::Display for EarnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            EarnErrorKind::Negative => "a negative amount earns no points",
            EarnErrorKind::Currency => "the earning rule counts another currency",
            EarnErrorKind::Rule => "the earning rule gives more points than can be counted",
        })
    }
}

impl std::error::Error for EarnError {}

/// How many points a purchase earns, from when on they count, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarnRules {
    /// So many points
    pub points: u32,
    /// for each of these.
    pub per: Money,
    /// How a part of a point becomes a whole one or none.
    #[serde(default = "down")]
    pub rounding: Rounding,
    /// Times so much for those who have reached a tier, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_tier: BTreeMap<String, Ratio>,
    /// No more for one purchase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u64>,
    /// They count after so many days: as long as goods may come back.
    #[serde(default)]
    pub pending_days: u32,
    /// How long they count, from the day of the purchase, or if that would be over by then, from the day on which they begin to
    /// count; for ever, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<PeriodRule>,
}

const fn down() -> Rounding {
    Rounding::Down
}

impl EarnRules {
    /// One point for each of these amounts, at once and for ever.
    #[must_use]
    pub const fn one_per(per: Money) -> Self {
        Self {
            points: 1,
            per,
            rounding: Rounding::Down,
            by_tier: BTreeMap::new(),
            most: None,
            pending_days: 0,
            lasts: None,
        }
    }

    /// The points of a purchase, rounded once.
    ///
    /// ```
    /// use throughline::money::{Currency, CurrencyUnit, Money, Ratio};
    /// use throughline::wallet::points::EarnRules;
    /// let euro = CurrencyUnit::new(Currency::parse("EUR")?, 2)?;
    /// let mut rules = EarnRules::one_per(Money::new(1_00, euro));
    /// rules.by_tier.insert("gold".to_owned(), Ratio::new(3, 2)?);
    /// assert_eq!(rules.points(Money::new(19_99, euro), None)?, 19);
    /// assert_eq!(rules.points(Money::new(19_99, euro), Some("gold"))?, 29);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A negative amount, another currency, or a rule that gives points for nothing or more than can be counted.
    pub fn points(&self, paid: Money, tier: Option<&str>) -> Result<u64, EarnError> {
        let wrong = |kind| Err(EarnError(kind));
        if paid.is_negative() {
            return wrong(EarnErrorKind::Negative);
        }
        if paid.unit() != self.per.unit() {
            return wrong(EarnErrorKind::Currency);
        }
        let times = tier.and_then(|tier| self.by_tier.get(tier)).copied().unwrap_or(Ratio::ONE);
        if self.per.minor() <= 0 || times.numerator() < 0 {
            return wrong(EarnErrorKind::Rule);
        }
        let product = i128::from(paid.minor())
            .checked_mul(i128::from(self.points))
            .and_then(|product| product.checked_mul(i128::from(times.numerator())));
        let divisor = i128::from(self.per.minor()).checked_mul(i128::from(times.denominator()));
        let points =
            product.zip(divisor).and_then(|(product, divisor)| self.rounding.divide(product, divisor));
        let points = points.and_then(|points| u64::try_from(points).ok()).filter(|points| *points <= MOST);
        let Some(points) = points else { return wrong(EarnErrorKind::Rule) };
        Ok(self.most.map_or(points, |most| points.min(most)))
    }

    /// From when on, and until when, points of that instant count, by the clocks of the zone: days begin and end there.
    #[must_use]
    pub fn window(&self, at: DateTime<Utc>, zone: &Zone) -> (DateTime<Utc>, Option<DateTime<Utc>>) {
        let from = match self.pending_days {
            0 => at,
            days => {
                let day: NaiveDate = zone.local(at).0;
                day.checked_add_signed(TimeDelta::days(days.into())).map_or(at, |day| zone.start_of(day))
            }
        };
        let until = |start| self.lasts.and_then(|rule| rule.until(start, zone));
        (from, until(at).and_then(|end| if from < end { Some(end) } else { until(from) }))
    }
}

//! An account that fills itself up.

use serde::{Deserialize, Serialize};

use super::ledger::{Balances, MOST};
use crate::time::{DateTime, TimeDelta, Utc};

/// When an account is to be filled up, and to what. The host charges the card that the customer left for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopUpRule {
    /// When less than this is available.
    pub below: u64,
    /// Up to this.
    pub to: u64,
    /// In steps of so much, rounded up; exactly, if zero.
    #[serde(default)]
    pub step: u64,
    /// At most so often in a window of so many days; as often as it takes, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<(u32, u32)>,
}

/// Whether to fill up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "top_up")]
pub enum TopUpDecision {
    /// Charge so much.
    Charge {
        /// In the account's unit.
        amount: u64,
    },
    /// There is enough.
    Enough,
    /// It would be once too often.
    TooOften {
        /// From when on it is not.
        until: DateTime<Utc>,
    },
    /// The rule fills up to less than it waits for.
    NeverEnough,
}

impl TopUpRule {
    /// Decides by what the account holds and by when it was filled up before, in any order. A top-up that is on its way
    /// counts as one, so that two that ask at once do not charge twice.
    ///
    /// ```
    /// use throughline::wallet::{TopUpDecision, TopUpRule, ledger::Balances};
    /// let rule = TopUpRule { below: 10_00, to: 25_00, step: 5_00, at_most: Some((2, 1)) };
    /// let holds = Balances { credits_posted: 7_20, ..Balances::default() };
    /// let now = "2026-03-20T12:00:00Z".parse()?;
    /// assert_eq!(rule.decide(&holds, &[], now), TopUpDecision::Charge { amount: 20_00 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// O(n log n) for n earlier top-ups.
    #[must_use]
    pub fn decide(&self, holds: &Balances, earlier: &[DateTime<Utc>], now: DateTime<Utc>) -> TopUpDecision {
        if self.to < self.below || self.to > MOST {
            return TopUpDecision::NeverEnough;
        }
        // What comes in soon counts already.
        let coming = holds.available().saturating_add_unsigned(holds.credits_pending);
        if i128::from(coming) >= i128::from(self.below) {
            return TopUpDecision::Enough;
        }
        if let Some((times, days)) = self.at_most {
            let window = TimeDelta::days(days.into());
            let mut recent: Vec<DateTime<Utc>> =
                earlier.iter().copied().filter(|at| now.signed_duration_since(at) < window).collect();
            recent.sort_unstable();
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            if recent.len() >= times {
                let frees = recent.len().checked_sub(times).and_then(|place| recent.get(place));
                let until = frees.unwrap_or(&now).checked_add_signed(window).unwrap_or(now);
                return TopUpDecision::TooOften { until };
            }
        }
        let missing = i128::from(self.to) - i128::from(coming);
        let missing = u64::try_from(missing).unwrap_or(MOST);
        let amount = match missing.checked_next_multiple_of(self.step) {
            Some(stepped) if self.step > 0 => stepped,
            _ => missing,
        };
        TopUpDecision::Charge { amount: amount.min(MOST) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(available: u64, coming: u64) -> Balances {
        Balances { credits_posted: available, credits_pending: coming, ..Balances::default() }
    }

    #[test]
    fn it_fills_up_once_and_not_too_often() {
        let rule = TopUpRule { below: 1_000, to: 2_500, step: 0, at_most: Some((2, 1)) };
        let at = |hour: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hour);
        assert_eq!(rule.decide(&holds(1_000, 0), &[], at(0)), TopUpDecision::Enough);
        assert_eq!(rule.decide(&holds(999, 1), &[], at(0)), TopUpDecision::Enough, "on its way");
        assert_eq!(rule.decide(&holds(999, 0), &[at(0)], at(5)), TopUpDecision::Charge { amount: 1_501 });
        let often = TopUpDecision::TooOften { until: at(27) };
        assert_eq!(rule.decide(&holds(0, 0), &[at(9), at(3)], at(10)), often);
        assert_eq!(
            rule.decide(&holds(0, 0), &[at(9), at(3)], at(27)),
            TopUpDecision::Charge { amount: 2_500 }
        );
        let owes = Balances { debits_posted: 300, ..Balances::default() };
        assert_eq!(rule.decide(&owes, &[], at(0)), TopUpDecision::Charge { amount: 2_800 });
        let never = TopUpRule { to: 900, ..rule };
        assert_eq!(never.decide(&holds(0, 0), &[], at(0)), TopUpDecision::NeverEnough);
        let none = TopUpRule { at_most: Some((0, 1)), ..rule };
        assert!(matches!(none.decide(&holds(0, 0), &[], at(0)), TopUpDecision::TooOften { .. }));
    }
}

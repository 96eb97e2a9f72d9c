//! An amount over equal units, fixed to each unit and never written out unit by unit.

use serde::{Deserialize, Serialize};

use super::{MoneyError, MoneyErrorKind};

/// An amount in minor units over so many equal units: each gets the floor of its share, and as many neighbours as
/// there are minor units left over get one more.
///
/// What any run of units gets is a formula, so that parts always add up to the whole: three units of 10.00 get 3.34,
/// 3.33 and 3.33, whoever asks and in whatever order they are given back. Below zero it is the mirror image.
///
/// ```
/// use throughline::money::Spread;
/// let discount = Spread::new(1_000, 3, 0)?;
/// assert_eq!([discount.of(0, 1), discount.of(1, 2), discount.of(2, 3)], [334, 333, 333]);
/// // A second one over the same units goes on where the first ended, so that together they stay fair.
/// let second = Spread::new(200, 3, discount.next_first())?;
/// assert_eq!([second.of(0, 1), second.of(1, 2), second.of(2, 3)], [66, 67, 67]);
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawSpread")]
pub struct Spread {
    total: i64,
    units: u32,
    first: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpread {
    total: i64,
    units: u32,
    first: u32,
}

impl Spread {
    /// Spreads `total` over `units`; those that get one more begin with the unit of number `first`, counted from 0, and
    /// go on with the first unit after the last.
    ///
    /// # Errors
    /// There is no unit, or `first` is none of them.
    pub const fn new(total: i64, units: u32, first: u32) -> Result<Self, MoneyError> {
        if first < units {
            Ok(Self { total, units, first })
        } else {
            Err(MoneyError::new(MoneyErrorKind::NothingToShare))
        }
    }

    /// The whole amount.
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.total
    }

    /// Over how many units.
    #[must_use]
    pub const fn units(&self) -> u32 {
        self.units
    }

    /// What the units from number `from` up to, without, `until` get together. Units that do not exist get nothing.
    #[must_use]
    pub fn of(&self, from: u32, until: u32) -> i64 {
        let (from, until) = (from.min(self.units), until.min(self.units));
        if from >= until {
            return 0;
        }
        self.signed(self.up_to(until) - self.up_to(from))
    }

    /// What one unit gets with how many neighbours: at most two different amounts, the larger first.
    #[must_use]
    pub fn bands(&self) -> [(i64, u32); 2] {
        let (share, more) = self.parts();
        let one_more = share.saturating_add(u64::from(more > 0));
        [(self.signed(one_more), more), (self.signed(share), self.units - more)]
    }

    /// Where another amount over the same units should begin to hand out what is left over.
    #[must_use]
    pub fn next_first(&self) -> u32 {
        let (_, more) = self.parts();
        let next = u64::from(self.first) + u64::from(more);
        u32::try_from(next % u64::from(self.units)).unwrap_or(0)
    }

    /// With the sign of the whole, of which it is a part.
    fn signed(&self, magnitude: u64) -> i64 {
        let part = i128::from(magnitude);
        i64::try_from(if self.total < 0 { -part } else { part }).unwrap_or(self.total)
    }

    /// What every unit gets at least, and how many get one more.
    fn parts(&self) -> (u64, u32) {
        let (magnitude, units) = (self.total.unsigned_abs(), u64::from(self.units));
        (magnitude / units, u32::try_from(magnitude % units).unwrap_or(0))
    }

    /// What the first `count` units get together, without its sign.
    fn up_to(&self, count: u32) -> u64 {
        let (share, more) = self.parts();
        let end = u64::from(self.first) + u64::from(more);
        let wrapped = end.saturating_sub(u64::from(self.units));
        let count = u64::from(count);
        let at_the_start = count.min(wrapped);
        let from_first = count.min(end).saturating_sub(u64::from(self.first));
        share * count + at_the_start + from_first
    }
}

impl TryFrom<RawSpread> for Spread {
    type Error = MoneyError;

    fn try_from(raw: RawSpread) -> Result<Self, MoneyError> {
        Self::new(raw.total, raw.units, raw.first)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn runs_of_units_add_up_and_are_fair(
            total in prop_oneof![any::<i64>(), -500_i64..500],
            units in prop_oneof![Just(u32::MAX), 1_u32..40],
            first in any::<u32>(),
            cuts in proptest::collection::vec(any::<u32>(), 0..5),
        ) {
            let spread = Spread::new(total, units, first % units).unwrap();
            let mut cuts: Vec<u32> = cuts.into_iter().map(|cut| cut % units).collect();
            cuts.extend([0, units]);
            cuts.sort_unstable();
            let sum: i128 = cuts.windows(2).map(|run| i128::from(spread.of(run[0], run[1]))).sum();
            prop_assert_eq!(sum, i128::from(total));
            for unit in cuts {
                let exact = i128::from(total) - i128::from(spread.of(unit, unit.saturating_add(1))) * i128::from(units);
                prop_assert!(unit == units || exact.abs() < i128::from(units));
            }
            let [more, less] = spread.bands();
            let all = i128::from(more.0) * i128::from(more.1) + i128::from(less.0) * i128::from(less.1);
            prop_assert_eq!(all, i128::from(total));
            let mirror = Spread::new(total.saturating_neg(), units, first % units).unwrap();
            prop_assert!(total == i64::MIN || mirror.of(0, units / 2) == -spread.of(0, units / 2));
        }

        #[test]
        fn several_over_the_same_units_stay_fair_together(totals in proptest::collection::vec(0_i64..100, 1..6), units in 1_u32..20) {
            let mut first = 0;
            let mut spreads = Vec::new();
            for total in &totals {
                let spread = Spread::new(*total, units, first).unwrap();
                first = spread.next_first();
                spreads.push(spread);
            }
            let of = |unit| spreads.iter().map(|spread| spread.of(unit, unit + 1)).sum::<i64>();
            let (least, most) = ((0..units).map(of).min().unwrap(), (0..units).map(of).max().unwrap());
            prop_assert!(most - least <= 1);
        }
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        for total in [i64::MAX, i64::MIN] {
            assert_eq!(Spread::new(total, 1, 0).unwrap().of(0, 1), total);
            assert_eq!(Spread::new(total, 2, 1).unwrap().of(0, 9), total);
        }
        assert!(Spread::new(1, 0, 0).is_err() && Spread::new(1, 3, 3).is_err());
        assert!(serde_json::from_str::<Spread>(r#"{"total":1,"units":0,"first":0}"#).is_err());
    }
}

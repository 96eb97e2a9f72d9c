//! On which terms a gift card or a voucher pays.

use serde::{Deserialize, Serialize};

use crate::money::Ratio;
use crate::time::{DateTime, TimeDelta, Utc};

/// What becomes of money that is refunded to a voucher.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherReturn {
    /// It is on the voucher again and can be used for [`VoucherTerms::refund_days`] at least, also if the voucher had ended:
    /// it pays again, but nothing of what it had lost.
    #[default]
    Always,
    /// The same while the voucher is good; once it has ended the refund is refused.
    WhileGood,
    /// What a voucher paid does not come back: the refund is refused.
    Never,
}

/// Why a voucher does not pay, though its code is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum VoucherRefusal {
    /// It is not good yet.
    #[error("the voucher is not good yet")]
    NotYet {
        /// From when on it is.
        from: DateTime<Utc>,
    },
    /// It has ended.
    #[error("the voucher has ended")]
    Ended {
        /// When.
        at: DateTime<Utc>,
    },
    /// It pays once, and has.
    #[error("the voucher has been used")]
    Used,
    /// It is bound to another customer, or to one and nobody says who pays.
    #[error("the voucher is bound to another customer")]
    OfAnother,
    /// It pays a share of a basket and nobody says what the basket costs; or what is said is negative or in another currency.
    #[error("what the basket costs is not told in the voucher's currency")]
    NoBasket,
    /// More than its share of the basket, or than the basket costs.
    #[error("more than the voucher's share of the basket")]
    MoreThanShare {
        /// It pays so much of it.
        most: u64,
    },
    /// Its terms let nothing come back to it.
    #[error("the voucher takes nothing back")]
    NotReturned,
}

/// On which terms a gift card or a voucher pays. The default is a gift card: for whoever has the code, in parts, for ever.
///
/// | you want | terms |
/// |---|---|
/// | a gift card | the default, with [`until`](Self::until) and [`refund_days`](Self::refund_days) as the law asks |
/// | a voucher that pays once | [`single_use`](Self::single_use): what its one payment leaves pays no more |
/// | one for a fifth of a basket at most | [`most_of_basket`](Self::most_of_basket) `1/5` |
/// | one for a season | [`from`](Self::from) and [`until`](Self::until) |
/// | one for a person | not here: the hub's deed names her |
///
/// ```
/// use throughline::money::Ratio;
/// use throughline::wallet::{VoucherRefusal, VoucherTerms};
/// let terms = VoucherTerms { most_of_basket: Some(Ratio::new(1, 5)?), ..VoucherTerms::once() };
/// let now = "2026-03-20T12:00:00Z".parse()?;
/// assert_eq!(terms.check(19_99, Some(99_99), now), Ok(()));
/// assert_eq!(terms.check(20_00, Some(99_99), now), Err(VoucherRefusal::MoreThanShare { most: 19_99 }));
/// assert_eq!(terms.check(1, None, now), Err(VoucherRefusal::NoBasket));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VoucherTerms {
    /// It pays from then on; at once, if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// And until then, without that instant; for ever, if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Money that is refunded to it can be used for so many days at least.
    pub refund_days: u32,
    /// It pays once. What that payment leaves pays no more; a hold that is freed or ends was no payment.
    pub single_use: bool,
    /// One payment covers this share of the basket at most, a part of a minor unit left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_of_basket: Option<Ratio>,
    /// What becomes of money that is refunded to it.
    pub returns: VoucherReturn,
}

impl VoucherTerms {
    /// A voucher that pays once.
    #[must_use]
    pub fn once() -> Self {
        Self { single_use: true, ..Self::default() }
    }

    /// Whether they let it pay anything at all: a share of nothing does not.
    #[must_use]
    pub fn can_pay(&self) -> bool {
        self.most_of_basket.is_none_or(|share| share_of(u64::MAX, share) > 0)
    }

    /// Whether they let it pay so much of a basket at an instant; amounts are in minor units of its currency.
    ///
    /// # Errors
    /// It is not good at the instant, or that is more than its share of the basket or than all of it.
    pub fn check(&self, amount: u64, basket: Option<u64>, now: DateTime<Utc>) -> Result<(), VoucherRefusal> {
        if let Some(from) = self.from.filter(|from| now < *from) {
            return Err(VoucherRefusal::NotYet { from });
        }
        if let Some(at) = self.until.filter(|until| *until <= now) {
            return Err(VoucherRefusal::Ended { at });
        }
        let most = match (basket, self.most_of_basket) {
            (None, None) => return Ok(()),
            (None, Some(_)) => return Err(VoucherRefusal::NoBasket),
            (Some(basket), None) => basket,
            (Some(basket), Some(share)) => share_of(basket, share),
        };
        if amount > most { Err(VoucherRefusal::MoreThanShare { most }) } else { Ok(()) }
    }

    /// The terms after money was refunded to it at an instant.
    ///
    /// # Errors
    /// They let nothing come back.
    pub fn after_refund(&self, now: DateTime<Utc>) -> Result<Self, VoucherRefusal> {
        let is_over = self.until.is_some_and(|until| until <= now);
        match self.returns {
            VoucherReturn::Never => return Err(VoucherRefusal::NotReturned),
            VoucherReturn::WhileGood if is_over => return Err(VoucherRefusal::NotReturned),
            VoucherReturn::WhileGood | VoucherReturn::Always => {}
        }
        let least = now.checked_add_signed(TimeDelta::days(self.refund_days.into()));
        let until = self.until.map(|until| least.map_or(until, |least| until.max(least)));
        Ok(Self { until, ..*self })
    }
}

/// A share of a basket, rounded down; nothing of it if the share is negative, all of it if it is more.
fn share_of(basket: u64, share: Ratio) -> u64 {
    let (part, whole) = (i128::from(share.numerator()), i128::from(share.denominator()));
    let product = i128::from(basket).checked_mul(part).unwrap_or(i128::MAX);
    let most = product.checked_div(whole).unwrap_or(0).max(0);
    u64::try_from(most).unwrap_or(u64::MAX).min(basket)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_good_from_an_instant_until_another() {
        let (from, until) = (at("2028-02-29T00:00:00Z"), at("2028-03-01T00:00:00Z"));
        let terms = VoucherTerms { from: Some(from), until: Some(until), ..VoucherTerms::default() };
        let nanosecond = TimeDelta::nanoseconds(1);
        assert_eq!(terms.check(1, None, from - nanosecond), Err(VoucherRefusal::NotYet { from }));
        assert_eq!(terms.check(1, None, from), Ok(()));
        assert_eq!(terms.check(1, None, until - nanosecond), Ok(()));
        assert_eq!(terms.check(1, None, until), Err(VoucherRefusal::Ended { at: until }));
    }

    #[test]
    fn what_comes_back_follows_the_terms() {
        let (now, until) = (at("2026-03-20T12:00:00Z"), at("2026-03-20T12:00:00Z"));
        let terms =
            |returns| VoucherTerms { until: Some(until), refund_days: 7, returns, ..VoucherTerms::default() };
        let again = terms(VoucherReturn::Always).after_refund(now).unwrap();
        assert_eq!(again.until, Some(at("2026-03-27T12:00:00Z")));
        let early = now - TimeDelta::days(30);
        assert_eq!(terms(VoucherReturn::WhileGood).after_refund(early).unwrap().until, Some(until));
        for (returns, now) in [(VoucherReturn::WhileGood, now), (VoucherReturn::Never, early)] {
            assert_eq!(terms(returns).after_refund(now), Err(VoucherRefusal::NotReturned));
        }
        let endless = VoucherTerms { refund_days: u32::MAX, ..VoucherTerms::default() };
        assert_eq!(endless.after_refund(DateTime::<Utc>::MAX_UTC), Ok(endless));
        let long = VoucherTerms { until: Some(until), ..endless };
        assert_eq!(long.after_refund(DateTime::<Utc>::MAX_UTC), Ok(long));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_share_is_never_more_than_it_says(
            basket in prop_oneof![0..1_000_u64, any::<u64>()],
            (part, whole) in prop_oneof![(-2..30_i64, 1..30_i64), (any::<i64>(), 1..i64::MAX)],
        ) {
            let share = Ratio::new(part, whole).unwrap();
            let terms = VoucherTerms { most_of_basket: Some(share), ..VoucherTerms::default() };
            let now = at("2026-03-20T12:00:00Z");
            // The greatest amount of which so many times the whole is no more than so many times the part: found by halving.
            let fits = |amount: u64| {
                i128::from(amount) * i128::from(whole) <= i128::from(basket) * i128::from(part) && amount <= basket
            };
            let (mut most, mut beyond) = (0, u128::from(basket) + 1);
            while most + 1 < beyond {
                let middle = (most + beyond) / 2;
                if fits(u64::try_from(middle).unwrap()) { most = middle } else { beyond = middle }
            }
            let most = u64::try_from(most).unwrap();
            prop_assert_eq!(terms.check(most, Some(basket), now), Ok(()));
            if let Some(more) = most.checked_add(1) {
                prop_assert_eq!(terms.check(more, Some(basket), now), Err(VoucherRefusal::MoreThanShare { most }));
            }
            prop_assert!(terms.can_pay() || most == 0);
        }
    }
}

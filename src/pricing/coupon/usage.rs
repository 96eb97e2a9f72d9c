//! How often coupons may be used: holds, redemptions and what comes back, each once for its key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::{DateTime, Utc};

/// What is counted for one code, one campaign, or one customer of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Uses that stand.
    #[serde(rename = "n", default)]
    pub redeemed: u64,
    /// Uses held for carts on their way to the till, and until when. A hold that lapsed counts no more, whether or not
    /// anybody came to remove it.
    #[serde(rename = "h", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holds: BTreeMap<String, DateTime<Utc>>,
}

impl Counter {
    /// The most holds at a time; more are refused, so that a counter stays small.
    pub const MOST_HOLDS: usize = 1_000;

    /// How many uses stand or are held by others than `key`.
    #[must_use]
    pub fn taken(&self, key: &str, now: DateTime<Utc>) -> u64 {
        let held = self.holds.iter().filter(|(other, until)| other.as_str() != key && now < **until).count();
        self.redeemed.saturating_add(held as u64)
    }

    fn forget_lapsed(&mut self, now: DateTime<Utc>) {
        self.holds.retain(|_, until| now < *until);
    }
}

/// What one key did with a coupon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum CouponUse {
    /// Nothing that stands.
    #[default]
    None,
    /// It holds a use until then.
    Held {
        /// The hold counts before this instant.
        until: DateTime<Utc>,
    },
    /// It used the coupon.
    Redeemed,
}

/// What is done with a coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum CouponAct {
    /// Keep a use for this key until then.
    Hold {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Use it.
    Redeem,
    /// The order was cancelled: give the use back.
    Rollback,
    /// Give a hold back.
    Release,
}

/// Which count is at its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The code's.
    Code,
    /// The customer's.
    Customer,
    /// The campaign's.
    Campaign,
    /// Too many carts hold it at the moment.
    Holds,
}

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "result")]
pub enum UseOutcome {
    /// It stands, now or since an earlier act with the same key.
    Ok,
    /// No use is left.
    LimitReached {
        /// By which count.
        limit: Limit,
    },
    /// The key has no redemption that stands.
    NothingToRollBack,
    /// The key has no hold that stands.
    NothingToRelease,
}

/// One count with its limit: how many are taken besides this counter (by other records of the same customer), and the
/// limit if there is one.
#[derive(Debug)]
pub struct UsageLimit<'a> {
    /// What it counts.
    pub of: Limit,
    /// The counter that the act changes.
    pub counter: &'a mut Counter,
    /// Uses that count too but are kept elsewhere.
    pub elsewhere: u64,
    /// The most uses.
    pub most: Option<u64>,
}

/// Acts on a coupon. Every act is idempotent by its key: the use and the counters of that key say what was done before.
///
/// A lapsed hold is judged here, when it is read: it neither keeps a use from others nor gives one to its own key, which
/// may still redeem as anybody may.
///
/// # Complexity
/// O(holds) for each counter, at most [`Counter::MOST_HOLDS`].
pub fn act(
    act: CouponAct,
    key: &str,
    used: &mut CouponUse,
    counted: &mut [UsageLimit<'_>],
    now: DateTime<Utc>,
) -> UseOutcome {
    let held = matches!(used, CouponUse::Held { until } if now < *until);
    match act {
        CouponAct::Hold { .. } | CouponAct::Redeem if *used == CouponUse::Redeemed => UseOutcome::Ok,
        CouponAct::Hold { .. } if held => UseOutcome::Ok,
        CouponAct::Hold { until } => {
            if let Some(limit) = reached(key, counted, now, true) {
                return UseOutcome::LimitReached { limit };
            }
            for one in counted.iter_mut() {
                one.counter.forget_lapsed(now);
                one.counter.holds.insert(key.to_owned(), until);
            }
            *used = CouponUse::Held { until };
            UseOutcome::Ok
        }
        CouponAct::Redeem => {
            if !held && let Some(limit) = reached(key, counted, now, false) {
                return UseOutcome::LimitReached { limit };
            }
            for one in counted.iter_mut() {
                one.counter.forget_lapsed(now);
                one.counter.holds.remove(key);
                one.counter.redeemed = one.counter.redeemed.saturating_add(1);
            }
            *used = CouponUse::Redeemed;
            UseOutcome::Ok
        }
        CouponAct::Rollback if *used == CouponUse::Redeemed => {
            for one in counted.iter_mut() {
                one.counter.redeemed = one.counter.redeemed.saturating_sub(1);
            }
            *used = CouponUse::None;
            UseOutcome::Ok
        }
        CouponAct::Rollback => UseOutcome::NothingToRollBack,
        CouponAct::Release if held => {
            counted.iter_mut().for_each(|one| {
                one.counter.holds.remove(key);
            });
            *used = CouponUse::None;
            UseOutcome::Ok
        }
        CouponAct::Release => UseOutcome::NothingToRelease,
    }
}

/// The first limit that leaves no room for one more.
fn reached(key: &str, counted: &[UsageLimit<'_>], now: DateTime<Utc>, hold: bool) -> Option<Limit> {
    for one in counted {
        let taken = one.counter.taken(key, now).saturating_add(one.elsewhere);
        if one.most.is_some_and(|most| taken >= most) {
            return Some(one.of);
        }
    }
    let live = |one: &UsageLimit<'_>| one.counter.holds.values().filter(|until| now < **until).count();
    (hold && counted.iter().any(|one| live(one) >= Counter::MOST_HOLDS)).then_some(Limit::Holds)
}

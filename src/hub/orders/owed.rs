//! Goods that left though the shelf says that they were not there.

use serde::{Deserialize, Serialize};

use super::kept::KeptOrder;
use crate::hub::Context;
use crate::hub::stock::act_on_stock;
use crate::record::Millis;
use crate::stock::ReservationKey;
use crate::stock::reservation::{Line, StockAct, StockOutcome, StockRefusal, Terms};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

/// The longest time between two tries, in minutes: a day.
const LONGEST: i64 = 24 * 60;

/// Units that left and are not booked out: those that were handed over before their delivery was counted in, or where a
/// count is wrong. They stay promised, so nobody else is sold them, and are booked out as soon as the shelf has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Owed {
    /// Under which they are promised.
    #[serde(rename = "k")]
    pub(super) key: ReservationKey,
    #[serde(rename = "l")]
    pub(super) line: Line,
    /// How often that was tried.
    #[serde(rename = "n")]
    tried: u32,
    /// When it is tried again.
    #[serde(rename = "a")]
    at: Millis,
}

/// After so many tries: each time twice as long, a day at most.
fn again_at(now: DateTime<Utc>, minutes: u32, tried: u32) -> Millis {
    let doubled = i64::from(minutes.max(1)).saturating_mul(1_i64 << tried.saturating_sub(1).min(20));
    let wait = TimeDelta::minutes(doubled.min(LONGEST));
    Millis::from(now.checked_add_signed(wait).unwrap_or(now))
}

impl KeptOrder {
    /// Keeps in mind that these units are to be booked out.
    pub(super) fn owe(&mut self, key: ReservationKey, line: Line, now: DateTime<Utc>, minutes: u32) {
        self.owed.push(Owed { key, line, tried: 1, at: again_at(now, minutes, 1) });
    }

    /// When what is owed is tried next.
    pub(super) fn owed_due(&self) -> Option<Millis> {
        self.owed.iter().map(|owed| owed.at).min()
    }

    /// Tries again what is due of it. Answers what stock refused still.
    pub(super) fn try_owed(
        &mut self,
        tx: &mut Tx<'_>,
        context: &Context<'_>,
        terms: &Terms<'_>,
        minutes: u32,
    ) -> Result<Vec<StockRefusal>, Stop> {
        let now = Millis::from(context.now);
        let (mut refused, mut left) = (Vec::new(), Vec::new());
        for mut owed in std::mem::take(&mut self.owed) {
            if owed.at > now {
                left.push(owed);
                continue;
            }
            let issue = StockAct::Issue { lines: Some(vec![owed.line.clone()]) };
            let StockOutcome::Refused { why } = act_on_stock(tx, context, &owed.key, &issue, terms)? else {
                continue;
            };
            // What is not promised any more was settled behind the order's back.
            if is_missing(&why) {
                owed.tried = owed.tried.saturating_add(1);
                owed.at = again_at(context.now, minutes, owed.tried);
                left.push(owed);
            }
            refused.extend(why);
        }
        self.owed = left;
        Ok(refused)
    }
}

/// Whether all that is wrong is that the shelf does not have them.
pub(super) fn is_missing(why: &[StockRefusal]) -> bool {
    matches!(why, [StockRefusal::NotThere { .. }])
}

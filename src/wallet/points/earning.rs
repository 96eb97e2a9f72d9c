//! What became of the points of one earning.

use serde::{Deserialize, Serialize};

use super::{Lots, PointsRefusal, ReturnPolicy, TakenBack};
use crate::time::{DateTime, Utc};
use crate::wallet::ledger::TransferId;

/// What became of the points of one earning: so that what has run out is not taken back once more when its goods come back.
///
/// ```
/// use throughline::wallet::ledger::TransferId;
/// use throughline::wallet::points::{Earning, Lots, ReturnPolicy};
/// let (id, now) = (TransferId::from_bytes([1; 16]), "2026-03-20T12:00:00Z".parse()?);
/// let (mut lots, mut earning) = (Lots::default(), Earning::of(50));
/// lots.earn(id, 50, now, Some("2026-04-01T00:00:00Z".parse()?), now)?;
/// let later = "2026-05-01T00:00:00Z".parse()?;
/// for lot in lots.settle(later) {
///     earning.lose(lot.left);
/// }
/// let back = lots.take_back_earned(id, &mut earning, 50, ReturnPolicy::Unlimited, later)?;
/// assert_eq!((back.taken, lots.balance(later).active), (0, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Earning {
    /// How many there were.
    pub points: u64,
    /// The goods of so many came back, whether or not the points could be taken.
    pub back: u64,
    /// So many ran out.
    pub lost: u64,
}

impl Earning {
    /// So many, just earned.
    #[must_use]
    pub const fn of(points: u64) -> Self {
        Self { points, back: 0, lost: 0 }
    }

    /// So many more ran out, from the lot itself or when they were given back too late.
    pub const fn lose(&mut self, points: u64) {
        self.lost = self.lost.saturating_add(points);
    }

    /// Of how many the goods have not come back.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.points.saturating_sub(self.back)
    }
}

impl Lots {
    /// Takes points of an earning back because its goods come back, as far as the policy goes, but none that has run out.
    ///
    /// # Errors
    /// None, or more than the goods that have not come back earned; nothing has changed.
    ///
    /// # Complexity
    /// O(lots).
    pub fn take_back_earned(
        &mut self,
        id: TransferId,
        earning: &mut Earning,
        points: u64,
        policy: ReturnPolicy,
        now: DateTime<Utc>,
    ) -> Result<TakenBack, PointsRefusal> {
        if points == 0 {
            return Err(PointsRefusal::Zero);
        }
        if points > earning.left() {
            return Err(PointsRefusal::MoreThanLeft { left: earning.left() });
        }
        let lost = earning.lost.saturating_add(self.run_out(id, now));
        let there = points.min(earning.left().saturating_sub(lost));
        earning.back = earning.back.saturating_add(points);
        Ok(self.take_back(id, there, policy, now))
    }
}

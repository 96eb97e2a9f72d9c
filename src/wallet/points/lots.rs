//! The lots of one account.

use serde::{Deserialize, Serialize};

use crate::time::{DateTime, Utc};
use crate::wallet::ledger::{MOST, TransferId};

/// What one purchase earned, as far as it is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lot {
    /// The act that earned it.
    pub id: TransferId,
    /// How many points are left.
    pub left: u64,
    /// They count from this instant on.
    pub from: DateTime<Utc>,
    /// And until this one, without it; for ever, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

impl Lot {
    /// Soonest end first, then the ids.
    const fn order(&self) -> (bool, Option<DateTime<Utc>>, TransferId) {
        (self.until.is_none(), self.until, self.id)
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    fn is_pending(&self, now: DateTime<Utc>) -> bool {
        now < self.from && !self.is_over(now)
    }
}

/// Points that a spend took out of a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// The lot as it was left.
    pub lot: Lot,
    /// How many.
    pub points: u64,
}

/// The points of an account at an instant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsBalance {
    /// They do not count yet.
    pub pending: u64,
    /// They can be spent; below zero if more was taken back than was there.
    pub active: i64,
    /// When the next active ones run out, and how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_end: Option<(DateTime<Utc>, u64)>,
}

/// How far points of returned goods are taken back when some are spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnPolicy {
    /// Only what does not count yet.
    OnlyPending,
    /// What is there, and no more.
    #[default]
    WithinBalance,
    /// All of it: the account may come to less than nothing, and what is earned next pays that first.
    Unlimited,
}

/// Until when spent points count that come back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnedPoints {
    /// As they would have: what has run out meanwhile stays lost.
    AsTheyWere,
    /// As they would have, but at least until this instant.
    #[serde(rename = "at_least")]
    AtLeastUntil(DateTime<Utc>),
    /// As they would have, but not shorter than they had left when they were spent.
    #[default]
    TimeLeft,
}

/// What came of taking points back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakenBack {
    /// How many were taken, those that are owed included.
    pub taken: u64,
    /// Of them, how many are owed.
    pub owed: u64,
}

/// What came of giving spent points back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenBack {
    /// How many are there again, those that paid a debt included.
    pub returned: u64,
    /// How many have run out meanwhile.
    pub lost: u64,
    /// The same by the act that earned them; see [`Earning::lose`](super::Earning::lose).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost_of: Vec<(TransferId, u64)>,
}

/// Why points do not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum PointsRefusal {
    /// Not so many are active.
    #[error("not enough points")]
    NotEnough {
        /// How many are.
        active: u64,
    },
    /// None.
    #[error("no points at all")]
    Zero,
    /// They would have run out before they count, or before they are earned.
    #[error("the points would run out before they count")]
    EndsBeforeItBegins,
    /// A lot of that id is there.
    #[error("a lot of this id is there")]
    LotKnown,
    /// More than can be counted, or more lots than are kept.
    #[error("more points or lots than can be counted")]
    TooMany,
    /// More than the spend or the earning has left to roll back.
    #[error("more points than are left to roll back")]
    MoreThanLeft {
        /// What is left of it.
        left: u64,
    },
}

/// The lots of one account, and what it owes.
///
/// Its time never goes back: what one change has seen as run out has run out, also if the next caller's clock shows an
/// earlier instant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lots {
    /// In the order in which they are spent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lots: Vec<Lot>,
    /// Points that were taken back beyond what was there.
    #[serde(skip_serializing_if = "is_zero")]
    owed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest: Option<DateTime<Utc>>,
}

const fn is_zero(points: &u64) -> bool {
    *points == 0
}

impl Lots {
    /// The most lots that are kept, of those with points left.
    pub const MOST_LOTS: usize = 10_000;

    /// Those with points left, in the order in which they are spent, run out or not.
    #[must_use]
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// All points that are there, waiting, active and run out, less what is owed: what the ledger's account holds.
    #[must_use]
    pub fn held(&self) -> i64 {
        let left = self.lots.iter().fold(0_u64, |sum, lot| sum.saturating_add(lot.left));
        i64::try_from(left).unwrap_or(i64::MAX).saturating_sub_unsigned(self.owed)
    }

    /// What counts at an instant.
    ///
    /// # Complexity
    /// O(lots).
    #[must_use]
    pub fn balance(&self, now: DateTime<Utc>) -> PointsBalance {
        let now = self.time(now);
        let mut balance = PointsBalance::default();
        let mut active = 0_u64;
        for lot in &self.lots {
            if lot.is_pending(now) {
                balance.pending = balance.pending.saturating_add(lot.left);
            } else if !lot.is_over(now) {
                active = active.saturating_add(lot.left);
                match (&mut balance.next_end, lot.until) {
                    (Some((at, points)), Some(until)) if *at == until => {
                        *points = points.saturating_add(lot.left);
                    }
                    (end @ None, Some(until)) => *end = Some((until, lot.left)),
                    _ => {}
                }
            }
        }
        balance.active = i64::try_from(active).unwrap_or(i64::MAX).saturating_sub_unsigned(self.owed);
        balance
    }

    /// Adds what an act earned. What is owed is paid first.
    ///
    /// # Errors
    /// None or too many points, a lot of that id, or an end before the beginning.
    ///
    /// # Complexity
    /// O(lots).
    pub fn earn(
        &mut self,
        id: TransferId,
        points: u64,
        from: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), PointsRefusal> {
        let now = self.time(now);
        if points == 0 {
            return Err(PointsRefusal::Zero);
        }
        if until.is_some_and(|until| until <= from.max(now)) {
            return Err(PointsRefusal::EndsBeforeItBegins);
        }
        if self.lots.iter().any(|lot| lot.id == id) {
            return Err(PointsRefusal::LotKnown);
        }
        let sum = self.lots.iter().try_fold(points, |sum, lot| sum.checked_add(lot.left));
        if sum.is_none_or(|sum| sum > MOST) || self.lots.len() >= Self::MOST_LOTS {
            return Err(PointsRefusal::TooMany);
        }
        self.latest = Some(now);
        let paid = points.min(self.owed);
        self.owed -= paid;
        self.put(Lot { id, left: points - paid, from, until });
        Ok(())
    }

    /// Takes points out of active lots, the one that ends first coming first, ties by id.
    ///
    /// # Errors
    /// None, or more than are active; nothing has changed.
    ///
    /// # Complexity
    /// O(lots).
    pub fn spend(&mut self, points: u64, now: DateTime<Utc>) -> Result<Vec<Taken>, PointsRefusal> {
        if points == 0 {
            return Err(PointsRefusal::Zero);
        }
        let active = u64::try_from(self.balance(now).active).unwrap_or(0);
        if points > active {
            return Err(PointsRefusal::NotEnough { active });
        }
        let now = self.time(now);
        self.latest = Some(now);
        let mut wanted = points;
        let mut taken = Vec::new();
        for lot in &mut self.lots {
            if wanted == 0 {
                break;
            }
            if now < lot.from || lot.is_over(now) {
                continue;
            }
            let part = lot.left.min(wanted);
            lot.left -= part;
            wanted -= part;
            taken.push(Taken { lot: *lot, points: part });
        }
        self.lots.retain(|lot| lot.left > 0);
        Ok(taken)
    }

    /// Gives points of a spend back to the lots that it took them from, the one that ends last coming first: `taken` is
    /// what the spend took and has not been given back yet, and has only the rest in it afterwards. `spent` is when it was.
    ///
    /// # Errors
    /// None, or more than are left of the spend; nothing has changed.
    ///
    /// # Complexity
    /// O(lots) for each lot that the spend took from.
    pub fn give_back(
        &mut self,
        taken: &mut Vec<Taken>,
        points: u64,
        how: ReturnedPoints,
        spent: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<GivenBack, PointsRefusal> {
        let left = taken.iter().fold(0_u64, |sum, part| sum.saturating_add(part.points));
        if points == 0 {
            return Err(PointsRefusal::Zero);
        }
        if points > left {
            return Err(PointsRefusal::MoreThanLeft { left });
        }
        if self.lots.len().saturating_add(taken.len()) > Self::MOST_LOTS {
            return Err(PointsRefusal::TooMany);
        }
        let now = self.time(now);
        self.latest = Some(now);
        let mut wanted = points;
        let mut back = GivenBack::default();
        while let Some(part) = taken.last_mut().filter(|_| wanted > 0) {
            let some = part.points.min(wanted);
            wanted -= some;
            part.points -= some;
            let was = part.lot.until;
            let until = match how {
                ReturnedPoints::AsTheyWere => was,
                ReturnedPoints::AtLeastUntil(least) => was.map(|until| until.max(least)),
                ReturnedPoints::TimeLeft => was.map(|until| {
                    let left = until.signed_duration_since(spent);
                    now.checked_add_signed(left).map_or(until, |later| until.max(later))
                }),
            };
            let lot = Lot { left: some, until, ..part.lot };
            if part.points == 0 {
                taken.pop();
            }
            if lot.is_over(now) {
                back.lost += some;
                back.lost_of.push((lot.id, some));
                continue;
            }
            back.returned += some;
            let paid = some.min(self.owed);
            self.owed -= paid;
            self.put(Lot { left: some - paid, ..lot });
        }
        Ok(back)
    }

    /// Takes points of an earning back because its goods come back: from its own lot, then from what is pending, then from
    /// what is active, the lot that ends first coming first, as far as the policy goes.
    ///
    /// It does not know how many the earning had, nor how many of them have run out: that is for
    /// [`take_back_earned`](Lots::take_back_earned).
    ///
    /// # Complexity
    /// O(lots).
    pub fn take_back(
        &mut self,
        earned: TransferId,
        points: u64,
        policy: ReturnPolicy,
        now: DateTime<Utc>,
    ) -> TakenBack {
        let now = self.time(now);
        self.latest = Some(now);
        let mut wanted = points;
        let order: [&dyn Fn(&Lot) -> bool; 4] = [
            &|lot| lot.id == earned && lot.is_pending(now),
            &|lot| lot.id == earned,
            &|lot| lot.is_pending(now),
            &|_| true,
        ];
        for (place, belongs) in order.into_iter().enumerate() {
            let active = place % 2 == 1;
            if active && policy == ReturnPolicy::OnlyPending {
                continue;
            }
            for lot in self.lots.iter_mut().filter(|lot| !lot.is_over(now) && belongs(lot)) {
                let part = lot.left.min(wanted);
                lot.left -= part;
                wanted -= part;
            }
        }
        self.lots.retain(|lot| lot.left > 0);
        // What is owed is no balance to take from.
        let mut owed = 0;
        if policy == ReturnPolicy::Unlimited {
            owed = wanted.min(MOST.saturating_sub(self.owed));
            self.owed += owed;
            wanted -= owed;
        }
        TakenBack { taken: points - wanted, owed }
    }

    /// Removes the lots that have run out: each with the points that are lost. Nothing that counts changes by it; the books
    /// move them out of the account.
    ///
    /// # Complexity
    /// O(lots).
    pub fn settle(&mut self, now: DateTime<Utc>) -> Vec<Lot> {
        let now = self.time(now);
        let (over, left): (Vec<Lot>, Vec<Lot>) = self.lots.iter().partition(|lot| lot.is_over(now));
        if !over.is_empty() {
            self.latest = Some(now);
            self.lots = left;
        }
        over
    }

    /// Points of an act's lots that have run out and are not settled.
    pub(super) fn run_out(&self, id: TransferId, now: DateTime<Utc>) -> u64 {
        let now = self.time(now);
        let over = self.lots.iter().filter(|lot| lot.id == id && lot.is_over(now));
        over.fold(0, |sum, lot| sum.saturating_add(lot.left))
    }

    fn time(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.latest.map_or(now, |latest| latest.max(now))
    }

    /// Adds to a lot of the same id and end, or puts it into its place.
    fn put(&mut self, lot: Lot) {
        if lot.left == 0 {
            return;
        }
        match self.lots.binary_search_by_key(&lot.order(), Lot::order) {
            Ok(place) => {
                if let Some(known) = self.lots.get_mut(place) {
                    known.left = known.left.saturating_add(lot.left);
                }
            }
            Err(place) => self.lots.insert(place, lot),
        }
    }
}

//! An account: its unit, its limits and its four balances.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AccountId, TransferId};
use crate::time::{DateTime, Utc};
use crate::wallet::Unit;

/// The greatest amount and the greatest balance: 2^63 - 1, so that every difference of two is a number.
pub const MOST: u64 = i64::MAX.unsigned_abs();

/// Which side of a transfer, or of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Taken from.
    Debit,
    /// Given to.
    Credit,
}

/// What an account must not come to. Holds count at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Debits, held and posted, may exceed posted credits by so much; as much as they like, if none. Zero for stored value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debt: Option<u64>,
    /// Credits, held and posted, may exceed posted debits by so much; as much as they like, if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<u64>,
}

impl Limits {
    /// No limit: accounts of the house.
    #[must_use]
    pub const fn none() -> Self {
        Self { debt: None, value: None }
    }

    /// Debits must not exceed credits: what a customer holds.
    #[must_use]
    pub const fn no_debt() -> Self {
        Self { debt: Some(0), value: None }
    }

    /// Credits must not exceed debits: what customers owe.
    #[must_use]
    pub const fn no_value() -> Self {
        Self { debt: None, value: Some(0) }
    }

    /// Whether there is any.
    #[must_use]
    pub const fn bind(&self) -> bool {
        self.debt.is_some() || self.value.is_some()
    }
}

/// The four balances, in the account's unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Balances {
    /// Debits that are held.
    #[serde(rename = "dp")]
    pub debits_pending: u64,
    /// Debits that stand.
    #[serde(rename = "dr")]
    pub debits_posted: u64,
    /// Credits that are held.
    #[serde(rename = "cp")]
    pub credits_pending: u64,
    /// Credits that stand.
    #[serde(rename = "cr")]
    pub credits_posted: u64,
}

impl Balances {
    /// Posted credits less posted debits: what a customer's account holds.
    #[must_use]
    pub const fn balance(&self) -> i64 {
        // Both are at most `MOST`.
        self.credits_posted.cast_signed().wrapping_sub(self.debits_posted.cast_signed())
    }

    /// What is left of it when everything that is held is taken: what she may still spend without debt.
    #[must_use]
    pub const fn available(&self) -> i64 {
        self.balance().saturating_sub(self.debits_pending.cast_signed())
    }

    pub(super) const fn pending(&mut self, side: Side) -> &mut u64 {
        match side {
            Side::Debit => &mut self.debits_pending,
            Side::Credit => &mut self.credits_pending,
        }
    }

    pub(super) const fn posted(&mut self, side: Side) -> &mut u64 {
        match side {
            Side::Debit => &mut self.debits_posted,
            Side::Credit => &mut self.credits_posted,
        }
    }
}

/// A hold with an end time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndingHold {
    /// It counts before this instant.
    pub until: DateTime<Utc>,
    /// The transfer that holds.
    pub hold: TransferId,
    /// On which side of this account.
    pub side: Side,
    /// How much.
    pub amount: u64,
}

/// An account of the ledger.
///
/// It knows its holds that end some time, so that what has ended is seen whenever it is read. Under limits its time never
/// goes back: what a change at one instant has seen as ended is ended, also if the next caller's clock shows an earlier one.
/// An account without limits has no time of its own, as nothing is decided by what it holds: one caller whose clock ran
/// ahead must not end what others hold with the house.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Account {
    id: AccountId,
    unit: Unit,
    pub(super) limits: Limits,
    /// Of the last change; holds that have ended since are still in it.
    pub(super) balances: Balances,
    pub(super) latest: Option<DateTime<Utc>>,
    pub(super) ending: BTreeMap<(DateTime<Utc>, TransferId), (Side, u64)>,
}

impl Account {
    /// A new account.
    #[must_use]
    pub const fn new(id: AccountId, unit: Unit, limits: Limits) -> Self {
        let balances =
            Balances { debits_pending: 0, debits_posted: 0, credits_pending: 0, credits_posted: 0 };
        Self { id, unit, limits, balances, latest: None, ending: BTreeMap::new() }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> AccountId {
        self.id
    }

    /// What it counts.
    #[must_use]
    pub const fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Its limits.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The same account under other limits, which bind the transfers that come from now on.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The four balances at an instant, or, under limits, at that of the last change if that is later. What has ended by then
    /// is out.
    ///
    /// # Complexity
    /// O(holds that ended since the last change).
    #[must_use]
    pub fn balances(&self, now: DateTime<Utc>) -> Balances {
        let mut balances = self.balances;
        let now = self.time(now);
        for ((until, _), (side, amount)) in &self.ending {
            if now < *until {
                break;
            }
            let pending = balances.pending(*side);
            *pending = pending.saturating_sub(*amount);
        }
        balances
    }

    /// The holds with an end time that count at an instant, the one that ends first coming first.
    pub fn ending(&self, now: DateTime<Utc>) -> impl Iterator<Item = EndingHold> + '_ {
        let now = self.time(now);
        let live = self.ending.iter().filter(move |((until, _), _)| now < *until);
        live.map(|((until, hold), (side, amount))| EndingHold {
            until: *until,
            hold: *hold,
            side: *side,
            amount: *amount,
        })
    }

    /// The instant, or, under limits, that of the account's last change if it is later.
    #[must_use]
    pub fn time(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.latest.filter(|_| self.limits.bind()).map_or(now, |latest| latest.max(now))
    }

    /// The same account before any transfer.
    pub(super) fn emptied(self) -> Self {
        Self { balances: Balances::default(), latest: None, ending: BTreeMap::new(), ..self }
    }

    /// Puts a hold with an end time on the list that is counted in the balances: whoever keeps the list elsewhere puts back
    /// what a change looks at.
    pub(crate) fn put_ending(&mut self, hold: &EndingHold) {
        self.ending.insert((hold.until, hold.hold), (hold.side, hold.amount));
    }

    /// Takes the list out, to keep it elsewhere. The balances still count it.
    pub(crate) fn take_ending(&mut self) -> Vec<EndingHold> {
        let ending = std::mem::take(&mut self.ending).into_iter();
        ending.map(|((until, hold), (side, amount))| EndingHold { until, hold, side, amount }).collect()
    }

    /// Takes out what has ended.
    pub(super) fn settle(&mut self, now: DateTime<Utc>) {
        if self.ending.is_empty() {
            return;
        }
        self.balances = self.balances(now);
        let now = self.time(now);
        while let Some(first) = self.ending.first_entry() {
            if now < first.key().0 {
                break;
            }
            first.remove();
        }
    }
}

/// As it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: AccountId,
    unit: Unit,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    balances: Balances,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latest: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ending: Vec<EndingHold>,
}

/// Balances beyond what an account can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account's balances are beyond 2^63 - 1")]
pub struct ImpossibleBalances(());

impl TryFrom<Written> for Account {
    type Error = ImpossibleBalances;

    fn try_from(written: Written) -> Result<Self, ImpossibleBalances> {
        let Written { id, unit, limits, balances, latest, ending } = written;
        let total = |pending: u64, posted: u64| pending.checked_add(posted).is_none_or(|sum| sum > MOST);
        if total(balances.debits_pending, balances.debits_posted)
            || total(balances.credits_pending, balances.credits_posted)
        {
            return Err(ImpossibleBalances(()));
        }
        let ending = ending.into_iter().map(|one| ((one.until, one.hold), (one.side, one.amount))).collect();
        Ok(Self { id, unit, limits, balances, latest, ending })
    }
}

impl From<Account> for Written {
    fn from(account: Account) -> Self {
        let Account { id, unit, limits, balances, latest, ending } = account;
        let ending = ending
            .into_iter()
            .map(|((until, hold), (side, amount))| EndingHold { until, hold, side, amount })
            .collect();
        Self { id, unit, limits, balances, latest, ending }
    }
}

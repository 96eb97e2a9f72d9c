//! A ledger in memory.

use hashbrown::HashMap;

use super::{
    Account, AccountId, Balances, Entry, Facts, Limits, Outcome, Refusal, State, Transfer, TransferId, apply,
};
use crate::time::{DateTime, Utc};
use crate::wallet::Unit;

/// An account of that id exists with another unit or other limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account of this id exists with another unit or other limits")]
pub struct AccountTaken(());

/// A ledger in memory: accounts, and every transfer that stands. See the [module](super) for an example.
///
/// Its time never goes back: a call at an instant before the latest is one at the latest.
#[derive(Debug, Default)]
pub struct Ledger {
    accounts: Vec<Account>,
    account_of: HashMap<AccountId, usize>,
    entries: Vec<Entry>,
    entry_of: HashMap<TransferId, usize>,
    latest: Option<DateTime<Utc>>,
}

impl Ledger {
    /// A ledger without accounts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens an account. Opening it again does nothing.
    ///
    /// # Errors
    /// An account of that id exists with another unit or other limits.
    pub fn open(&mut self, account: Account) -> Result<(), AccountTaken> {
        if let Some(known) = self.account(account.id()) {
            let same = known.unit() == account.unit() && known.limits() == account.limits();
            return if same { Ok(()) } else { Err(AccountTaken(())) };
        }
        // What an account came to elsewhere does not come along: every value here came by a transfer.
        let account = account.emptied();
        self.account_of.insert(account.id(), self.accounts.len());
        self.accounts.push(account);
        Ok(())
    }

    /// Sets an account's limits. Whether there is such an account.
    pub fn limit(&mut self, account: AccountId, limits: Limits) -> bool {
        let found = self.account_of.get(&account).and_then(|place| self.accounts.get_mut(*place));
        found.map(|account| account.limits = limits).is_some()
    }

    /// An account.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(*self.account_of.get(&id)?)
    }

    /// An account's four balances at an instant.
    #[must_use]
    pub fn balances(&self, id: AccountId, now: DateTime<Utc>) -> Option<Balances> {
        Some(self.account(id)?.balances(self.time(now)))
    }

    /// A transfer that stands.
    #[must_use]
    pub fn entry(&self, id: TransferId) -> Option<&Entry> {
        self.entries.get(*self.entry_of.get(&id)?)
    }

    /// All transfers that stand, in the order in which they came.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The balances of all accounts of a unit together: debits equal credits, held and posted. `None` if a sum is beyond
    /// what can be counted.
    #[must_use]
    pub fn sums(&self, unit: &Unit, now: DateTime<Utc>) -> Option<Balances> {
        let now = self.time(now);
        let mut all = Balances::default();
        for account in self.accounts.iter().filter(|account| account.unit() == unit) {
            let of = account.balances(now);
            all.debits_pending = all.debits_pending.checked_add(of.debits_pending)?;
            all.debits_posted = all.debits_posted.checked_add(of.debits_posted)?;
            all.credits_pending = all.credits_pending.checked_add(of.credits_pending)?;
            all.credits_posted = all.credits_posted.checked_add(of.credits_posted)?;
        }
        Some(all)
    }

    /// Applies a transfer; see [`apply`](super::apply()).
    ///
    /// # Complexity
    /// O(1), and O(log n) for n holds with an end time on either account.
    pub fn apply(&mut self, transfer: &Transfer, now: DateTime<Utc>) -> Outcome {
        let now = self.time(now);
        let known = self.entry_of.get(&transfer.id).and_then(|place| self.entries.get(*place));
        if known.is_some() {
            return match apply(Facts { known, ..Facts::default() }, transfer, now) {
                Outcome::Refused(why) => Outcome::Refused(why),
                Outcome::Posted(_) | Outcome::Known(_) => Outcome::Known(()),
            };
        }
        let hold = transfer.of_hold().and_then(|id| self.entry_of.get(&id));
        let hold = hold.and_then(|place| self.entries.get_mut(*place));
        let named = transfer.accounts().or_else(|| hold.as_ref().map(|hold| (hold.debit, hold.credit)));
        let place = |id: AccountId| self.account_of.get(&id).copied();
        let places = named.map_or((None, None), |(debit, credit)| (place(debit), place(credit)));
        let (debit, credit) = match places {
            (Some(debit), Some(credit)) => match self.accounts.get_disjoint_mut([debit, credit]) {
                Ok([debit, credit]) => (Some(debit), Some(credit)),
                Err(_) => (None, None),
            },
            (Some(debit), None) => (self.accounts.get_mut(debit), None),
            (None, Some(credit)) => (None, self.accounts.get_mut(credit)),
            (None, None) => (None, None),
        };
        match apply(Facts { known: None, hold, debit, credit }, transfer, now) {
            Outcome::Posted(entry) => {
                self.latest = Some(now);
                self.entry_of.insert(transfer.id, self.entries.len());
                self.entries.push(entry);
                Outcome::Posted(())
            }
            Outcome::Known(_) => Outcome::Known(()),
            Outcome::Refused(why) => Outcome::Refused(why),
        }
    }

    /// Applies transfers that stand or fall together, such as a payment in money and its points.
    ///
    /// # Errors
    /// The place of the first that is refused, and why; nothing has changed. [`Refusal::PartlyKnown`] if some stand since an
    /// earlier time and some do not.
    ///
    /// # Complexity
    /// As [`Ledger::apply`] for each.
    pub fn apply_linked(
        &mut self,
        transfers: &[Transfer],
        now: DateTime<Utc>,
    ) -> Result<Outcome, (usize, Refusal)> {
        let before = self.entries.len();
        let latest = self.latest;
        let mut changed: Vec<Account> = Vec::new();
        let mut known = 0_usize;
        let mut refused = None;
        for (place, transfer) in transfers.iter().enumerate() {
            let hold = transfer.of_hold().and_then(|id| self.entry(id));
            let named = transfer.accounts().or_else(|| hold.map(|hold| (hold.debit, hold.credit)));
            for id in named.into_iter().flat_map(|(debit, credit)| [debit, credit]) {
                if !changed.iter().any(|account| account.id() == id) {
                    changed.extend(self.account(id).cloned());
                }
            }
            match self.apply(transfer, now) {
                Outcome::Posted(()) => {}
                Outcome::Known(()) => known += 1,
                Outcome::Refused(why) => {
                    refused = Some((place, why));
                    break;
                }
            }
            if known != 0 && known != place + 1 {
                refused = Some((place, Refusal::PartlyKnown));
                break;
            }
        }
        let Some(refused) = refused else {
            let all_known = known > 0 && known == transfers.len();
            return Ok(if all_known { Outcome::Known(()) } else { Outcome::Posted(()) });
        };
        self.latest = latest;
        for entry in self.entries.split_off(before) {
            self.entry_of.remove(&entry.transfer.id);
            let hold = entry.transfer.of_hold().and_then(|id| self.entry_of.get(&id));
            if let Some(hold) = hold.and_then(|place| self.entries.get_mut(*place)) {
                hold.state = State::Standing;
            }
        }
        for account in changed {
            if let Some(place) = self.account_of.get(&account.id())
                && let Some(of) = self.accounts.get_mut(*place)
            {
                *of = account;
            }
        }
        Err(refused)
    }

    fn time(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.latest.map_or(now, |latest| latest.max(now))
    }
}

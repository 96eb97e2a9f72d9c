//! The whole law for one transfer.

use super::{Account, Act, Entry, MOST, Outcome, Refusal, Side, State, Transfer};
use crate::time::{DateTime, Utc};

/// What the law looks at, as far as it exists: whoever keeps the books finds it.
#[derive(Debug, Default)]
pub struct Facts<'a> {
    /// The transfer that stands under the same id.
    pub known: Option<&'a Entry>,
    /// The transfer whose id a post or a void names as its hold.
    pub hold: Option<&'a mut Entry>,
    /// The account that the transfer, or the hold, takes from.
    pub debit: Option<&'a mut Account>,
    /// The account that it gives to.
    pub credit: Option<&'a mut Account>,
}

/// Applies a transfer to its accounts: they and the hold are changed if it stands, and the entry is what the books keep
/// from now on. If it is refused, or known, nothing has changed.
///
/// The instant is `now` or that of the last change of either account that has limits, if that is later: time does not go
/// back for them. Accounts without limits carry no time, so that a clock that ran ahead is no other customer's.
/// A post is not measured against the limits again, as what it posts was counted when it was held.
///
/// # Complexity
/// O(log n) for n holds with an end time on either account.
pub fn apply(facts: Facts<'_>, transfer: &Transfer, now: DateTime<Utc>) -> Outcome<Entry> {
    if let Some(known) = facts.known {
        return match known.transfer.differs(transfer) {
            Some(field) => Outcome::Refused(Refusal::IdReused { field }),
            None => Outcome::Known(known.clone()),
        };
    }
    match judge(facts, transfer, now) {
        Ok(entry) => Outcome::Posted(entry),
        Err(why) => Outcome::Refused(why),
    }
}

fn judge(facts: Facts<'_>, transfer: &Transfer, now: DateTime<Utc>) -> Result<Entry, Refusal> {
    match transfer.act {
        Act::Move { amount, .. } => {
            let (debit, credit, at) = accounts(facts, transfer, amount, now)?;
            check(debit, credit, amount, at)?;
            debit.enter(at, |balances| balances.debits_posted += amount);
            credit.enter(at, |balances| balances.credits_posted += amount);
            Ok(entry(transfer, at, debit, credit, amount))
        }
        Act::Hold { amount, until, .. } => {
            let (debit, credit, at) = accounts(facts, transfer, amount, now)?;
            if until.is_some_and(|until| until <= at) {
                return Err(Refusal::EndsBeforeItBegins { at });
            }
            check(debit, credit, amount, at)?;
            debit.enter(at, |balances| balances.debits_pending += amount);
            credit.enter(at, |balances| balances.credits_pending += amount);
            if let Some(until) = until {
                debit.ending.insert((until, transfer.id), (Side::Debit, amount));
                credit.ending.insert((until, transfer.id), (Side::Credit, amount));
            }
            Ok(entry(transfer, at, debit, credit, amount))
        }
        Act::Post { amount, .. } => {
            let (hold, debit, credit, at) = held(facts, now)?;
            let amount = amount.unwrap_or(hold.amount);
            if amount == 0 {
                return Err(Refusal::ZeroAmount);
            }
            if amount > hold.amount {
                return Err(Refusal::ExceedsHold { held: hold.amount });
            }
            room(hold, debit, Side::Debit, amount, at)?;
            room(hold, credit, Side::Credit, amount, at)?;
            free(hold, debit, credit, at);
            *debit.balances.posted(Side::Debit) += amount;
            *credit.balances.posted(Side::Credit) += amount;
            hold.state = State::Posted { by: transfer.id, amount };
            Ok(entry(transfer, at, debit, credit, amount))
        }
        Act::Void { .. } => {
            let (hold, debit, credit, at) = held(facts, now)?;
            free(hold, debit, credit, at);
            hold.state = State::Voided { by: transfer.id };
            Ok(entry(transfer, at, debit, credit, hold.amount))
        }
    }
}

const fn of(side: Side, known: bool) -> Result<(), Refusal> {
    if known { Ok(()) } else { Err(Refusal::NoAccount { side }) }
}

fn accounts<'a>(
    facts: Facts<'a>,
    transfer: &Transfer,
    amount: u64,
    now: DateTime<Utc>,
) -> Result<(&'a mut Account, &'a mut Account, DateTime<Utc>), Refusal> {
    let named = transfer.accounts();
    if amount == 0 {
        return Err(Refusal::ZeroAmount);
    }
    if named.is_some_and(|(debit, credit)| debit == credit) {
        return Err(Refusal::SameAccount);
    }
    let debit = facts.debit.ok_or(Refusal::NoAccount { side: Side::Debit })?;
    let credit = facts.credit.ok_or(Refusal::NoAccount { side: Side::Credit })?;
    of(Side::Debit, named.is_some_and(|(named, _)| named == debit.id()))?;
    of(Side::Credit, named.is_some_and(|(_, named)| named == credit.id()))?;
    if debit.unit() != credit.unit() {
        return Err(Refusal::UnitsDiffer);
    }
    let at = credit.time(debit.time(now));
    Ok((debit, credit, at))
}

/// Whether both accounts take so much more, held or posted.
fn check(debit: &Account, credit: &Account, amount: u64, at: DateTime<Utc>) -> Result<(), Refusal> {
    let from = debit.balances(at);
    let debits = from.debits_pending.checked_add(from.debits_posted).and_then(|sum| sum.checked_add(amount));
    let debits = debits.filter(|sum| *sum <= MOST).ok_or(Refusal::Overflow { account: debit.id() })?;
    if let Some(debt) = debit.limits.debt {
        let most = from.credits_posted.saturating_add(debt);
        if debits > most {
            let available = most.saturating_sub(debits - amount);
            return Err(Refusal::ExceedsCredits { account: debit.id(), available });
        }
    }
    let to = credit.balances(at);
    let credits = to.credits_pending.checked_add(to.credits_posted).and_then(|sum| sum.checked_add(amount));
    let credits = credits.filter(|sum| *sum <= MOST).ok_or(Refusal::Overflow { account: credit.id() })?;
    if let Some(value) = credit.limits.value {
        let most = to.debits_posted.saturating_add(value);
        if credits > most {
            let room = most.saturating_sub(credits - amount);
            return Err(Refusal::ExceedsDebits { account: credit.id(), room });
        }
    }
    Ok(())
}

/// A hold that may be resolved, with its accounts.
fn held<'a>(
    facts: Facts<'a>,
    now: DateTime<Utc>,
) -> Result<(&'a mut Entry, &'a mut Account, &'a mut Account, DateTime<Utc>), Refusal> {
    let hold = facts.hold.ok_or(Refusal::HoldUnknown)?;
    if !matches!(hold.transfer.act, Act::Hold { .. }) {
        return Err(Refusal::NotAHold);
    }
    match hold.state {
        State::Standing => {}
        State::Posted { by, .. } => return Err(Refusal::HoldPosted { by }),
        State::Voided { by } => return Err(Refusal::HoldVoided { by }),
    }
    let debit = facts.debit.ok_or(Refusal::NoAccount { side: Side::Debit })?;
    let credit = facts.credit.ok_or(Refusal::NoAccount { side: Side::Credit })?;
    of(Side::Debit, debit.id() == hold.debit)?;
    of(Side::Credit, credit.id() == hold.credit)?;
    let at = credit.time(debit.time(now));
    if let Some(until) = hold.until().filter(|until| *until <= at) {
        return Err(Refusal::HoldEnded { at: until });
    }
    Ok((hold, debit, credit, at))
}

/// Whether an account still counts a live hold. Somebody whose clock ran ahead may have seen it end on one without limits.
fn counts(hold: &Entry, account: &Account) -> bool {
    hold.until().is_none_or(|until| account.ending.contains_key(&(until, hold.transfer.id)))
}

/// Whether there is room for a hold that an account counts no more: other transfers may have taken it.
fn room(hold: &Entry, of: &Account, side: Side, amount: u64, at: DateTime<Utc>) -> Result<(), Refusal> {
    let mut balances = of.balances(at);
    let sum = balances.pending(side).checked_add(*balances.posted(side));
    let sum = sum.and_then(|sum| sum.checked_add(amount)).filter(|sum| *sum <= MOST);
    if counts(hold, of) || sum.is_some() { Ok(()) } else { Err(Refusal::Overflow { account: of.id() }) }
}

/// Takes a live hold out of both accounts.
fn free(hold: &Entry, debit: &mut Account, credit: &mut Account, at: DateTime<Utc>) {
    for (account, side) in [(debit, Side::Debit), (credit, Side::Credit)] {
        let counts = counts(hold, account);
        if let Some(until) = hold.until() {
            account.ending.remove(&(until, hold.transfer.id));
        }
        account.enter(at, |balances| {
            let pending = balances.pending(side);
            *pending = pending.saturating_sub(hold.amount * u64::from(counts));
        });
    }
}

impl Account {
    /// Changes the balances at an instant: what has ended goes out first.
    fn enter(&mut self, at: DateTime<Utc>, change: impl FnOnce(&mut super::Balances)) {
        self.settle(at);
        if self.limits.bind() {
            self.latest = Some(at);
        }
        change(&mut self.balances);
    }
}

fn entry(transfer: &Transfer, at: DateTime<Utc>, debit: &Account, credit: &Account, amount: u64) -> Entry {
    Entry {
        transfer: transfer.clone(),
        at,
        debit: debit.id(),
        credit: credit.id(),
        amount,
        state: State::Standing,
    }
}

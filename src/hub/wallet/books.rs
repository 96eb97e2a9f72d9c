//! The books over a store: one transfer after the other, by the ledger's own law.

use serde::{Deserialize, Serialize};

use super::stored::{Head, KeptLine, Part};
use super::{ending, keys};
use crate::hub::Context;
use crate::ids::RecordId;
use crate::store::{Stop, Tx};
use crate::wallet::Unit;
use crate::wallet::ledger::{
    Account, AccountId, Act, Balances, Entry, Facts, Limits, MOST, Outcome, Refusal, Side, Transfer,
    TransferId, apply,
};
use crate::wallet::statement::{BalanceProof, Line, LineKind, Mark, Statement};

/// The most holds with an end time that an account has at a time which is kept in one part: a customer's, a card's.
pub(super) const MOST_HOLDS: usize = 1_000;
/// In how many parts the accounts of the house are kept.
pub(super) const PARTS: u8 = 16;

/// The id of an account of the house, by its name.
#[must_use]
pub fn house_account_id(context: &Context<'_>, name: &str) -> AccountId {
    AccountId::from_bytes(context.rules.pepper.digest("wallet_house", &[name.as_bytes()]))
}

/// Opens an account of the house under a name, such as `sales/berlin`, `bank`, `gift cards`; opening it again does nothing.
/// Answers with its id; `None` if it is open with another unit.
///
/// It has no limits, and is kept in sixteen parts, so that tills that pay into it at once do not wait for one another. No part
/// takes more than a sixteenth of what an account can hold, so that all of them together are a number. It takes any number of
/// holds that end.
///
/// # Errors
/// Of the store only.
pub fn open_house_account(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    name: &str,
    unit: &Unit,
) -> Result<Option<AccountId>, Stop> {
    let id = house_account_id(context, name);
    if let Some(head) = tx.get::<Head>(&keys::account(id))? {
        return Ok((head.unit == *unit).then_some(id));
    }
    open(tx, id, unit, Limits::none(), PARTS)?;
    Ok(Some(id))
}

pub(super) fn open(
    tx: &mut Tx<'_>,
    id: AccountId,
    unit: &Unit,
    limits: Limits,
    parts: u8,
) -> Result<(), Stop> {
    tx.put(&keys::account(id), &Head { unit: unit.clone(), limits, parts })
}

/// The four balances of an account, of all its parts together; `None` if there is none of that id.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(parts), and of each O(holds that have ended and that no change has taken out yet; a change takes out 64).
pub fn account_balances(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    account: AccountId,
) -> Result<Option<Balances>, Stop> {
    let Some(head) = tx.get::<Head>(&keys::account(account))? else { return Ok(None) };
    let wanted: Vec<_> = (0..head.parts).map(|part| keys::part(account, part)).collect();
    let mut all = Balances::default();
    for (place, part) in (0..head.parts).zip(tx.get_many::<Part>(&wanted)?) {
        let Some(mut part) = part else { continue };
        ending::list_ended(tx, &mut part, account, place, context.now)?;
        let of = part.account.balances(context.now);
        all.debits_pending = all.debits_pending.saturating_add(of.debits_pending);
        all.debits_posted = all.debits_posted.saturating_add(of.debits_posted);
        all.credits_pending = all.credits_pending.saturating_add(of.credits_pending);
        all.credits_posted = all.credits_posted.saturating_add(of.credits_posted);
    }
    Ok(Some(all))
}

/// A transfer that stands; `None` if there is none of that id.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(1).
pub fn transfer(tx: &mut Tx<'_>, _: &Context<'_>, id: TransferId) -> Result<Option<Entry>, Stop> {
    tx.get(&keys::entry(id))
}

/// The transfers by which an act on a wallet was done, in their order: what moved, was held or was freed, such as how many
/// points came back; none if nothing did. What is counted against a member's limit is left out. `None` if no act of that id
/// was done.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(transfers of the act).
pub fn moved_by(tx: &mut Tx<'_>, _: &Context<'_>, act: TransferId) -> Result<Option<Vec<Entry>>, Stop> {
    let Some(done) = tx.get::<super::stored::Done>(&keys::done(act))? else { return Ok(None) };
    let real = done.moved.iter().filter(|moved| !moved.allowance);
    let wanted: Vec<_> = real.map(|moved| keys::entry(moved.transfer)).collect();
    Ok(Some(tx.get_many::<Entry>(&wanted)?.into_iter().flatten().collect()))
}

/// Sets the limits of a customer's account of money: how much she may owe, and how much it takes. They bind what comes from now
/// on, and may be set below what is there. Whether there is such an account; that of the house, which is kept in parts, and
/// points, which are in lots, take none.
///
/// # Errors
/// Of the store only.
pub fn limit_account(
    tx: &mut Tx<'_>,
    _: &Context<'_>,
    account: AccountId,
    limits: Limits,
) -> Result<bool, Stop> {
    let Some(head) = tx.get::<Head>(&keys::account(account))? else { return Ok(false) };
    if head.parts != 1 || !matches!(head.unit, Unit::Money(_)) {
        return Ok(false);
    }
    tx.put(&keys::account(account), &Head { limits, ..head })?;
    Ok(true)
}

/// What became of transfers that stand or fall together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "transfers")]
pub enum TransfersOutcome {
    /// All stand, from now on.
    Posted,
    /// All stand since an earlier time.
    Known,
    /// None stands that did not stand before.
    Refused {
        /// The place of the first that is refused.
        place: usize,
        /// Why.
        why: Refusal,
    },
    /// None stands that did not stand before: a customer's points are in lots, which only acts on her wallet move.
    HasLots {
        /// The place of the first that names an account of that kind.
        place: usize,
    },
}

/// Applies transfers between accounts that stand or fall together; one by itself is a list of one.
///
/// This is the ledger itself, for a host that keeps accounts of its own; a customer's wallet is what
/// [`wallet_act`](super::wallet_act) keeps. Sent again with the same ids it does nothing, so a caller who does not know
/// whether a commit took effect sends it again. A refusal drops everything that the unit of work has written so far.
///
/// ```
/// use std::sync::Arc;
/// use throughline::hub::{Hub, Rules, TransfersOutcome};
/// use throughline::money::{Currency, CurrencyUnit};
/// use throughline::store::{MemoryStore, Tenant};
/// use throughline::wallet::ledger::{Transfer, TransferId};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let euro = CurrencyUnit::new(Currency::parse("EUR")?, 2)?.into();
/// let bank = hub.open_house_account("bank", &euro)?.ok_or("another unit")?;
/// let sales = hub.open_house_account("sales", &euro)?.ok_or("another unit")?;
/// let sale = [Transfer::new(TransferId::from_bytes([1; 16]), bank, sales, 19_99)];
/// assert_eq!(hub.transfer_all(&sale)?, TransfersOutcome::Posted);
/// assert_eq!(hub.transfer_all(&sale)?, TransfersOutcome::Known);
/// assert_eq!(hub.account_balances(sales)?.map(|of| of.balance()), Some(19_99));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(transfers), and O(holds with an end time) of the customers' accounts that each touches.
pub fn transfer_all(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    transfers: &[Transfer],
) -> Result<TransfersOutcome, Stop> {
    let mut known = 0_usize;
    for (place, transfer) in transfers.iter().enumerate() {
        for account in transfer.accounts().into_iter().flat_map(|(debit, credit)| [debit, credit]) {
            let head = tx.get::<Head>(&keys::account(account))?;
            if head.is_some_and(|head| head.parts == 1 && matches!(head.unit, Unit::Points(_))) {
                tx.discard();
                return Ok(TransfersOutcome::HasLots { place });
            }
        }
        let refused = match enter(tx, context, transfer)? {
            Outcome::Posted(_) if known > 0 => Some(Refusal::PartlyKnown),
            Outcome::Posted(_) => None,
            Outcome::Known(_) => {
                known += 1;
                (known != place + 1).then_some(Refusal::PartlyKnown)
            }
            Outcome::Refused(why) => Some(why),
        };
        if let Some(why) = refused {
            tx.discard();
            return Ok(TransfersOutcome::Refused { place, why });
        }
    }
    Ok(if known > 0 { TransfersOutcome::Known } else { TransfersOutcome::Posted })
}

/// Which part of an account a transfer goes to.
fn part_of(head: &Head, by: TransferId) -> u8 {
    by.as_bytes().last().map_or(0, |last| last.checked_rem(head.parts).unwrap_or(0))
}

/// An account, or the part of it that a transfer goes to, with the most that it may come to on one side.
struct Loaded {
    place: u8,
    part: Part,
    most: u64,
    /// Of an account of the house, whose holds are kept by themselves.
    listed: Option<ending::Listed>,
}

fn load(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    id: AccountId,
    by: TransferId,
    hold: Option<&Entry>,
) -> Result<Option<Loaded>, Stop> {
    let Some(head) = tx.get::<Head>(&keys::account(id))? else { return Ok(None) };
    let place = part_of(&head, by);
    let fresh = || {
        let account = Account::new(id, head.unit.clone(), head.limits);
        Part { account, mark: Mark::default(), latest: None, next_end: None }
    };
    let held = tx.get::<Part>(&keys::part(id, place))?.unwrap_or_else(fresh);
    let mut part = Part { account: held.account.with_limits(head.limits), ..held };
    let most = MOST.checked_div(head.parts.into()).unwrap_or(MOST);
    let listed = match head.parts {
        1 => None,
        _ => Some(ending::list(tx, &mut part, place, hold, context.now)?),
    };
    Ok(Some(Loaded { place, part, most, listed }))
}

/// Applies one transfer and writes what follows from it.
pub(super) fn enter(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    transfer: &Transfer,
) -> Result<Outcome<Entry>, Stop> {
    if let Some(known) = tx.get::<Entry>(&keys::entry(transfer.id))? {
        return Ok(apply(Facts { known: Some(&known), ..Facts::default() }, transfer, context.now));
    }
    let mut hold = match transfer.of_hold() {
        Some(id) => tx.get::<Entry>(&keys::entry(id))?,
        None => None,
    };
    let named = transfer.accounts().or_else(|| hold.as_ref().map(|hold| (hold.debit, hold.credit)));
    // A hold is resolved in the part in which it is.
    let by = transfer.of_hold().unwrap_or(transfer.id);
    let (mut debit, mut credit) = match named {
        Some((debit, credit)) => {
            let hold = hold.as_ref();
            (load(tx, context, debit, by, hold)?, load(tx, context, credit, by, hold)?)
        }
        None => (None, None),
    };
    if matches!(transfer.act, Act::Hold { until: Some(_), .. }) {
        for Loaded { part, listed, .. } in debit.iter().chain(&credit) {
            if listed.is_none() && part.account.ending(context.now).count() >= MOST_HOLDS {
                return Ok(Outcome::Refused(Refusal::TooManyHolds { account: part.account.id() }));
            }
        }
    }
    let facts = Facts {
        known: None,
        hold: hold.as_mut(),
        debit: debit.as_mut().map(|loaded| &mut loaded.part.account),
        credit: credit.as_mut().map(|loaded| &mut loaded.part.account),
    };
    let outcome = apply(facts, transfer, context.now);
    let Outcome::Posted(entry) = &outcome else { return Ok(outcome) };
    for Loaded { part, most, .. } in debit.iter().chain(&credit) {
        let of = part.account.balances(context.now);
        let debits = of.debits_pending.saturating_add(of.debits_posted);
        let credits = of.credits_pending.saturating_add(of.credits_posted);
        if debits.max(credits) > *most {
            return Ok(Outcome::Refused(Refusal::Overflow { account: part.account.id() }));
        }
    }
    let kind = match transfer.act {
        Act::Move { .. } => LineKind::Moved,
        Act::Hold { .. } => LineKind::Held,
        Act::Post { .. } => LineKind::Posted,
        Act::Void { .. } => LineKind::Freed,
    };
    for (side, held) in [(Side::Debit, debit), (Side::Credit, credit)] {
        let Some(Loaded { place, mut part, listed, .. }) = held else { continue };
        let line = Line {
            number: part.mark.lines.saturating_add(1),
            at: entry.at,
            transfer: transfer.id,
            kind,
            side,
            amount: entry.amount,
            balance: part.account.balances(context.now).balance(),
            purpose: transfer.purpose.clone(),
        };
        // The ledger and the lines count the same, or the books are not what this crate wrote.
        part.mark = part.mark.after(&line).map_err(|_| broken())?;
        let by = part.latest.map_or(line.at, |latest| latest.max(line.at));
        part.latest = Some(by);
        let kept = KeptLine { head: part.mark.head, line, by };
        tx.put(&keys::line(part.account.id(), place, part.mark.lines), &kept)?;
        if let Some(listed) = listed {
            ending::keep(tx, &mut part, place, &listed)?;
        }
        tx.put(&keys::part(part.account.id(), place), &part)?;
    }
    if let Some(hold) = hold {
        tx.put(&keys::entry(hold.transfer.id), &hold)?;
    }
    tx.put(&keys::entry(transfer.id), entry)?;
    Ok(outcome)
}

fn broken() -> crate::store::StoreError {
    crate::store::StoreError::new(crate::store::StoreErrorKind::Corrupt, "reading the books of the wallet")
}

/// A page of an account's lines after the one of that number, at most `limit` (and at most 1,000). An account of the house
/// has lines in each of its sixteen parts, a customer's in part 0 only. `None` if there is no such account or part.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(lines of the page).
pub fn statement(
    tx: &mut Tx<'_>,
    _: &Context<'_>,
    account: AccountId,
    part: u8,
    after: u64,
    limit: usize,
) -> Result<Option<Statement>, Stop> {
    let Some(head) = tx.get::<Head>(&keys::account(account))? else { return Ok(None) };
    if part >= head.parts {
        return Ok(None);
    }
    let end = tx.get::<Part>(&keys::part(account, part))?.map(|part| part.mark).unwrap_or_default();
    let after = after.min(end.lines);
    let opening = match tx.get::<KeptLine>(&keys::line(account, part, after))? {
        Some(kept) => Mark { lines: after, balance: kept.line.balance, head: kept.head },
        None => Mark::default(),
    };
    let cursor = keys::line(account, part, after);
    let page = tx.scan::<KeptLine>(&keys::lines(account, part), Some(&cursor), limit.min(1_000))?;
    let mut closing = opening;
    let mut lines = Vec::with_capacity(page.items.len());
    for (_, kept) in page.items {
        closing = Mark { lines: kept.line.number, balance: kept.line.balance, head: kept.head };
        lines.push(kept.line);
    }
    Ok(Some(Statement { opening, lines, closing, more: page.more }))
}

/// The house's signed word for the balance of an account, or of one part of it.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(1): one signature.
pub fn balance_proof(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    account: AccountId,
    part: u8,
    signing: &crate::signing::SigningKeys,
) -> Result<Option<BalanceProof>, Stop> {
    let Some(head) = tx.get::<Head>(&keys::account(account))? else { return Ok(None) };
    if part >= head.parts {
        return Ok(None);
    }
    let mark = tx.get::<Part>(&keys::part(account, part))?.map(|part| part.mark).unwrap_or_default();
    Ok(Some(BalanceProof::sign(account, mark, context.now, signing)))
}

/// What stands for a unit in a key.
pub(super) fn unit_digest(context: &Context<'_>, unit: &Unit) -> [u8; 16] {
    context.rules.pepper.digest("wallet_unit", &[unit.to_string().as_bytes()])
}

/// The account of a record for a unit; it is opened if there is none.
pub(super) fn account_of(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    record: RecordId,
    unit: &Unit,
) -> Result<AccountId, Stop> {
    let key = keys::held(record, unit_digest(context, unit));
    if let Some(held) = tx.get::<super::stored::Held>(&key)? {
        return Ok(held.account);
    }
    // Not made of the record's id: after an erasure nothing leads from her to the books.
    let account = context.mint.next(AccountId::from_bytes);
    let limits = match unit {
        Unit::Money(_) => Limits::no_debt(),
        // What may be spent is for the lots to say; points can be owed.
        Unit::Points(_) => Limits::none(),
    };
    open(tx, account, unit, limits, 1)?;
    // Whoever erases the record at this instant sees that something was added.
    tx.bump_range(&crate::hub::keys::event_range(record))?;
    tx.put(&key, &super::stored::Held { account, unit: unit.clone() })?;
    Ok(account)
}

//! Accounts that a family shares. A member's limit is an account too: what she pays is taken from it in the same unit of
//! work, so that holds, captures, ends and refunds count against it by the ledger's own law.

use std::collections::BTreeMap;

use super::acts::{Acted, End, amount_of, house, move_or_hold, post};
use super::books::{account_of, house_account_id, open};
use super::requests::{WalletAct, WalletRefusal};
use super::stored::{Done, Family, Head, InFamily, Member, MemberLimit, Moved};
use super::{keys, views};
use crate::calendar::Zone;
use crate::hub::{Context, Who, keys as facts, members};
use crate::ids::RecordId;
use crate::money::Money;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};
use crate::wallet::Unit;
use crate::wallet::ledger::{AccountId, Limits, Refusal};
use crate::wallet::period::PeriodRule;

/// Who spends out of a family's account.
#[derive(Clone, Copy)]
pub(super) struct Spender<'a> {
    pub(super) family: &'a str,
    pub(super) member: &'a Who,
    pub(super) zone: &'a Zone,
}

pub(super) struct Payment<'a> {
    pub(super) by: Spender<'a>,
    pub(super) to: &'a str,
    pub(super) amount: Money,
    pub(super) hold: Option<DateTime<Utc>>,
}

/// The most members of one family.
const MOST_MEMBERS: usize = 1_000;

fn digest(context: &Context<'_>, family: &str) -> [u8; 16] {
    context.rules.pepper.digest("wallet_family", &[family.as_bytes()])
}

/// Lets a member pay out of the owner's account, within a limit; the first call names the family, its account and the zone in
/// which its cycles begin and end, a later one of the same member sets her limit anew. The owner is a member like others if
/// she is to pay under the family's name. Whoever is a member with several of her records has one limit.
///
/// Answers whether it is so now. If not, nothing has changed: nobody is known by a name, the family shares another account,
/// unit or zone, or it has 1,000 members. A refusal drops everything that the unit of work has written so far.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(members of the family + records of the owner and the member).
#[expect(clippy::too_many_arguments, reason = "the fields of one agreement")]
pub fn share_account(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    family: &str,
    owner: &Who,
    unit: &Unit,
    zone: &Zone,
    member: &Who,
    limit: MemberLimit,
) -> Result<bool, Stop> {
    let (Some(owner), Some(member)) = (owner.record(tx, context)?, member.record(tx, context)?) else {
        return Ok(false);
    };
    let name = digest(context, family);
    let mut known = match tx.get::<Family>(&keys::family(name))? {
        Some(known) => {
            // She may be named by another of her records than at first.
            let hers = views::accounts(tx, context, owner, unit)?;
            let same = hers.iter().any(|(_, account)| *account == known.account);
            if !same || known.unit != *unit || known.zone != *zone.id() {
                tx.discard();
                return Ok(false);
            }
            known
        }
        None => Family {
            account: account_of(tx, context, owner, unit)?,
            unit: unit.clone(),
            owner,
            zone: zone.id().clone(),
            members: BTreeMap::new(),
        },
    };
    let record = memberships(tx, &known, member)?.first().copied().unwrap_or(member);
    if let Some(member) = known.members.get_mut(&record) {
        member.limit = limit;
    } else if known.members.len() >= MOST_MEMBERS {
        tx.discard();
        return Ok(false);
    } else {
        let counted = context.mint.next(AccountId::from_bytes);
        known.members.insert(record, Member { limit, counted });
    }
    // Whoever erases one of them at this instant sees that something was added.
    for linked in [known.owner, record] {
        tx.bump_range(&facts::event_range(linked))?;
        tx.put(&keys::in_family(linked, name), &InFamily {})?;
    }
    tx.put(&keys::family(name), &known)?;
    Ok(true)
}

/// Ends a membership. Whether there was one.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(members of the family + records of the member).
pub fn leave_family(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    family: &str,
    member: &Who,
) -> Result<bool, Stop> {
    let name = digest(context, family);
    let Some(record) = member.record(tx, context)? else { return Ok(false) };
    let Some(mut known) = tx.get::<Family>(&keys::family(name))? else { return Ok(false) };
    let left = memberships(tx, &known, record)?;
    for record in &left {
        known.members.remove(record);
        if *record != known.owner {
            tx.delete(&keys::in_family(*record, name));
        }
    }
    if !left.is_empty() {
        tx.put(&keys::family(name), &known)?;
    }
    Ok(!left.is_empty())
}

/// Ends a family: nobody but the owner pays out of the account any more. Whether there was one of that name, which may be
/// given to another family afterwards.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(members of the family).
pub fn end_family(tx: &mut Tx<'_>, context: &Context<'_>, family: &str) -> Result<bool, Stop> {
    let name = digest(context, family);
    let Some(known) = tx.get::<Family>(&keys::family(name))? else { return Ok(false) };
    end(tx, name, &known);
    Ok(true)
}

fn end(tx: &mut Tx<'_>, name: [u8; 16], family: &Family) {
    for record in family.members.keys().chain([&family.owner]) {
        tx.delete(&keys::in_family(*record, name));
    }
    tx.delete(&keys::family(name));
}

/// Takes a record that is erased out of a family, which ends if it is the owner's.
pub(super) fn forget(tx: &mut Tx<'_>, record: RecordId, family: [u8; 16]) -> Result<(), Stop> {
    tx.delete(&keys::in_family(record, family));
    let Some(mut known) = tx.get::<Family>(&keys::family(family))? else { return Ok(()) };
    if known.owner == record {
        end(tx, family, &known);
        return Ok(());
    }
    known.members.remove(&record);
    tx.put(&keys::family(family), &known)
}

/// The records of a profile that are members, in the profile's own order: the first one's limit is hers.
fn memberships(tx: &mut Tx<'_>, family: &Family, record: RecordId) -> Result<Vec<RecordId>, Stop> {
    let (records, _) = members::cluster(tx, record)?;
    Ok(records.into_iter().filter(|record| family.members.contains_key(record)).collect())
}

/// Counts what a member spends against her limit, if she has one or not, so that one that is set later knows of it; answers
/// with the account that pays and what was counted.
pub(super) fn count(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    by: Spender<'_>,
    unit: &Unit,
    amount: u64,
    hold: Option<DateTime<Utc>>,
) -> Acted<(AccountId, Moved)> {
    let family = tx.get::<Family>(&keys::family(digest(context, by.family)))?;
    let family = family.filter(|family| family.unit == *unit).ok_or(WalletRefusal::NotAMember)?;
    let record = by.member.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
    let member = memberships(tx, &family, record)?;
    let member = member.first().and_then(|record| family.members.get(record));
    let Member { limit, counted } = member.ok_or(WalletRefusal::NotAMember)?;
    if family.zone != *by.zone.id() {
        return Err(WalletRefusal::OtherZone.into());
    }
    let spent = house_account_id(context, "\u{0}allowances");
    let spent = AccountId::from_bytes(
        context.rules.pepper.digest("wallet_allowances", &[spent.as_bytes(), unit.to_string().as_bytes()]),
    );
    if !tx.exists(&keys::account(spent))? {
        open(tx, spent, unit, Limits::none(), super::books::PARTS)?;
    }
    // One account for each member and cycle; it begins with nothing and may owe as much as the limit says.
    let day = by.zone.local(context.now).0;
    let cycle = PeriodRule { reckoning: limit.reckoning, ..PeriodRule::end_of(limit.cycle) };
    let first = cycle.first_day(day).or_else(|| PeriodRule::end_of(limit.cycle).first_day(day));
    let allowance = counted.derived(&first.unwrap_or(day).to_string(), 0);
    let limits = Limits { debt: limit.most, value: None };
    if tx.get::<Head>(&keys::account(allowance))?.is_none_or(|head| head.limits != limits) {
        open(tx, allowance, unit, limits, 1)?;
    }
    let counts = move_or_hold(act.id.derived("allowance", 0), allowance, spent, amount, hold);
    match post(tx, context, act, counts) {
        Ok(moved) => Ok((family.account, Moved { allowance: true, ..moved })),
        Err(End::Refused(WalletRefusal::Transfer(Refusal::ExceedsCredits { available, .. }))) => {
            Err(WalletRefusal::MemberLimit { left: available }.into())
        }
        Err(other) => Err(other),
    }
}

pub(super) fn pay(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    payment: &Payment<'_>,
    mut done: Done,
) -> Acted<Done> {
    let (amount, unit) = amount_of(payment.amount)?;
    let unit = Unit::Money(unit);
    let to = house(tx, context, payment.to, &unit)?;
    let (account, counted) = count(tx, context, act, payment.by, &unit, amount, payment.hold)?;
    done.moved.push(counted);
    match post(tx, context, act, move_or_hold(act.id, account, to, amount, payment.hold)) {
        Ok(moved) => done.moved.push(moved),
        Err(End::Refused(WalletRefusal::Transfer(Refusal::ExceedsCredits { available, .. }))) => {
            return Err(WalletRefusal::NotEnough { available }.into());
        }
        Err(other) => return Err(other),
    }
    Ok(Done { unit: Some(unit), amount, ..done })
}

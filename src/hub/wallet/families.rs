//! Accounts that a family shares. A member's limit is an account too: what she pays is taken from it in the same unit of
//! work, so that holds, captures, ends and refunds count against it by the ledger's own law.

use super::acts::{Acted, End, amount_of, house, move_or_hold, post};
use super::books::{account_of, house_account_id, open};
use super::keys;
use super::requests::{WalletAct, WalletRefusal};
use super::stored::{Done, Family, Head, InFamily, MemberLimit, Moved};
use crate::calendar::Zone;
use crate::hub::{Context, Who, members};
use crate::ids::RecordId;
use crate::money::Money;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};
use crate::wallet::Unit;
use crate::wallet::ledger::{AccountId, Limits, Refusal};

pub(super) struct Payment<'a> {
    pub(super) family: &'a str,
    pub(super) member: &'a Who,
    pub(super) zone: &'a Zone,
    pub(super) to: &'a str,
    pub(super) amount: Money,
    pub(super) hold: Option<DateTime<Utc>>,
}

fn digest(context: &Context<'_>, family: &str) -> [u8; 16] {
    context.rules.pepper.digest("wallet_family", &[family.as_bytes()])
}

/// Lets a member pay out of the owner's account, within a limit; the first call names the family and its account, a later
/// one of the same member sets her limit anew. The owner is a member like others if she is to pay under the family's name.
/// Answers whether it is so now: not if nobody is known by a name, if the family shares another account or unit, or if it
/// has 1,000 members.
///
/// # Errors
/// Of the store only.
pub fn share_account(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    family: &str,
    owner: &Who,
    unit: &Unit,
    member: &Who,
    limit: MemberLimit,
) -> Result<bool, Stop> {
    let (Some(owner), Some(member)) = (owner.record(tx, context)?, member.record(tx, context)?) else {
        return Ok(false);
    };
    let account = account_of(tx, context, owner, unit)?;
    let name = digest(context, family);
    let fresh = || Family { account, unit: unit.clone(), members: Default::default() };
    let mut known = tx.get::<Family>(&keys::family(name))?.unwrap_or_else(fresh);
    let full = known.members.len() >= 1_000 && !known.members.contains_key(&member);
    if known.account != account || known.unit != *unit || full {
        tx.discard();
        return Ok(false);
    }
    known.members.insert(member, limit);
    tx.put(&keys::family(name), &known)?;
    tx.put(&keys::in_family(member, name), &InFamily {})?;
    Ok(true)
}

/// Ends a membership. Whether there was one.
///
/// # Errors
/// Of the store only.
pub fn leave_family(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    family: &str,
    member: &Who,
) -> Result<bool, Stop> {
    let name = digest(context, family);
    let Some(record) = member.record(tx, context)? else { return Ok(false) };
    let Some(known) = tx.get::<Family>(&keys::family(name))? else { return Ok(false) };
    let Some((record, _)) = membership(tx, &known, record)? else { return Ok(false) };
    remove(tx, record, name)?;
    Ok(true)
}

/// Takes a record out of a family.
pub(super) fn remove(tx: &mut Tx<'_>, record: RecordId, family: [u8; 16]) -> Result<(), Stop> {
    tx.delete(&keys::in_family(record, family));
    if let Some(mut known) = tx.get::<Family>(&keys::family(family))? {
        known.members.remove(&record);
        tx.put(&keys::family(family), &known)?;
    }
    Ok(())
}

/// As which of her records she is a member: the named one, or the first of her profile that is.
fn membership(
    tx: &mut Tx<'_>,
    family: &Family,
    record: RecordId,
) -> Result<Option<(RecordId, MemberLimit)>, Stop> {
    if let Some(limit) = family.members.get(&record) {
        return Ok(Some((record, *limit)));
    }
    let (records, _) = members::cluster(tx, record)?;
    Ok(records.into_iter().find_map(|record| Some((record, *family.members.get(&record)?))))
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
    let name = digest(context, payment.family);
    let family = tx.get::<Family>(&keys::family(name))?.filter(|family| family.unit == unit);
    let family = family.ok_or(WalletRefusal::NotAMember)?;
    let record = payment.member.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
    let (member, limit) = membership(tx, &family, record)?.ok_or(WalletRefusal::NotAMember)?;
    if let Some(most) = limit.most {
        let spent = house_account_id(context, "\u{0}allowances");
        let spent = AccountId::from_bytes(
            context
                .rules
                .pepper
                .digest("wallet_allowances", &[spent.as_bytes(), unit.to_string().as_bytes()]),
        );
        if !tx.exists(&keys::account(spent))? {
            open(tx, spent, &unit, Limits::none(), super::books::PARTS)?;
        }
        // One account for each member and cycle; it begins with nothing and may owe as much as the limit says.
        let day = payment.zone.local(context.now).0;
        let first = limit.cycle.first_day(day).unwrap_or(day).to_string();
        let allowance = AccountId::from_bytes(
            context.rules.pepper.digest("wallet_allowance", &[&name, member.as_bytes(), first.as_bytes()]),
        );
        let limits = Limits { debt: Some(most), value: None };
        if tx.get::<Head>(&keys::account(allowance))?.is_none_or(|head| head.limits != limits) {
            open(tx, allowance, &unit, limits, 1)?;
        }
        let id = act.id.derived("allowance", 0);
        let counted = move_or_hold(id, allowance, spent, amount, payment.hold);
        match post(tx, context, act, counted) {
            Ok(moved) => done.moved.push(Moved { allowance: true, ..moved }),
            Err(End::Refused(WalletRefusal::Transfer(Refusal::ExceedsCredits { available, .. }))) => {
                return Err(WalletRefusal::MemberLimit { left: available }.into());
            }
            Err(other) => return Err(other),
        }
    }
    match post(tx, context, act, move_or_hold(act.id, family.account, to, amount, payment.hold)) {
        Ok(moved) => done.moved.push(moved),
        Err(End::Refused(WalletRefusal::Transfer(Refusal::ExceedsCredits { available, .. }))) => {
            return Err(WalletRefusal::NotEnough { available }.into());
        }
        Err(other) => return Err(other),
    }
    Ok(Done { unit: Some(unit), amount, ..done })
}

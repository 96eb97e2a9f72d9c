//! Points over a store: lots and books change together.

use super::acts::{Acted, post, transfer_id};
use super::books::{PARTS, account_balances, account_of, enter, open};
use super::requests::{Payer, WalletAct, WalletRefusal};
use super::stored::{Done, Earned, Moved, TakenFrom};
use super::{families, keys, views};
use crate::hub::{Context, Who};
use crate::record::Millis;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};
use crate::wallet::ledger::{AccountId, Balances, Limits, Outcome, Transfer, TransferId};
use crate::wallet::points::{Earning, Lots, PointsRefusal, ReturnPolicy, ReturnedPoints};
use crate::wallet::{ProgrammeId, Purpose, Unit};

/// Points that are earned, and when they count.
pub(super) struct NewLot {
    pub(super) points: u64,
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) until: Option<DateTime<Utc>>,
}

impl From<PointsRefusal> for super::acts::End {
    fn from(why: PointsRefusal) -> Self {
        Self::Refused(WalletRefusal::Points(why))
    }
}

fn issuer_id(context: &Context<'_>, unit: &Unit) -> AccountId {
    let name = unit.to_string();
    AccountId::from_bytes(context.rules.pepper.digest("wallet_programme", &[name.as_bytes()]))
}

/// The balances of the account from which a programme's points come and to which they go: what is below zero on it is out
/// with customers, points that have run out and were not touched since included. `None` if nothing was ever earned.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(1): sixteen parts.
pub fn points_issued(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    programme: &ProgrammeId,
) -> Result<Option<Balances>, Stop> {
    account_balances(tx, context, issuer_id(context, &Unit::Points(programme.clone())))
}

/// That account; it is opened if there is none.
fn issuer(tx: &mut Tx<'_>, context: &Context<'_>, unit: &Unit) -> Result<AccountId, Stop> {
    let id = issuer_id(context, unit);
    if !tx.exists(&keys::account(id))? {
        open(tx, id, unit, Limits::none(), PARTS)?;
    }
    Ok(id)
}

/// The lots of an account; those that have run out leave the books first.
fn lots(tx: &mut Tx<'_>, context: &Context<'_>, account: AccountId, issuer: AccountId) -> Acted<Lots> {
    let mut lots = tx.get::<Lots>(&keys::lots(account))?.unwrap_or_default();
    let over = lots.settle(context.now);
    for lot in &over {
        let until = lot.until.unwrap_or(DateTime::UNIX_EPOCH);
        let id = lot.id.derived("ran_out", until.timestamp().cast_unsigned());
        let id = id.derived("nanosecond", until.timestamp_subsec_nanos().into());
        let out = Transfer::new(id, account, issuer, lot.left);
        let out = Purpose::parse("points_ran_out").map_or(out.clone(), |purpose| out.for_purpose(purpose));
        if let Outcome::Refused(why) = enter(tx, context, &out)? {
            return Err(WalletRefusal::Transfer(why).into());
        }
    }
    for lot in &over {
        lose(tx, lot.id, lot.left)?;
    }
    if !over.is_empty() {
        tx.put(&keys::lots(account), &lots)?;
    }
    Ok(lots)
}

/// Notes on the act that earned them that points have run out, so that they are not taken back once more.
fn lose(tx: &mut Tx<'_>, earned: TransferId, points: u64) -> Result<(), Stop> {
    if let Some(mut done) = tx.get::<Done>(&keys::done(earned))? {
        done.lost = done.lost.saturating_add(points);
        tx.put(&keys::done(earned), &done)?;
    }
    Ok(())
}

pub(super) fn earn(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    to: &Who,
    programme: &ProgrammeId,
    new: &NewLot,
    done: Done,
) -> Acted<Done> {
    let unit = Unit::Points(programme.clone());
    let record = to.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
    let account = account_of(tx, context, record, &unit)?;
    let issuer = issuer(tx, context, &unit)?;
    let mut lots = lots(tx, context, account, issuer)?;
    lots.earn(act.id, new.points, new.from.unwrap_or(context.now), new.until, context.now)?;
    let moved = post(tx, context, act, Transfer::new(act.id, issuer, account, new.points))?;
    tx.put(&keys::lots(account), &lots)?;
    let earned = Earned { at: context.now, points: new.points, back: 0 };
    tx.put(&keys::earned(account, Millis::from(context.now), act.id), &earned)?;
    Ok(Done { unit: Some(unit), amount: new.points, moved: vec![moved], ..done })
}

pub(super) fn spend(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    by: Payer<'_>,
    programme: &ProgrammeId,
    points: u64,
    mut done: Done,
) -> Acted<Done> {
    let unit = Unit::Points(programme.clone());
    if points == 0 {
        return Err(PointsRefusal::Zero.into());
    }
    let issuer = issuer(tx, context, &unit)?;
    let mut counted = None;
    let accounts: Vec<AccountId> = match by {
        Payer::Customer(who) => {
            let record = who.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
            views::accounts(tx, context, record, &unit)?.into_iter().map(|(_, account)| account).collect()
        }
        Payer::Member { family, member, zone } => {
            let by = families::Spender { family, member, zone };
            let (account, moved) = families::count(tx, context, act, by, &unit, points, None)?;
            counted = Some(moved);
            vec![account]
        }
    };
    let (mut all, mut active) = (Vec::new(), 0_i64);
    for account in accounts {
        let lots = lots(tx, context, account, issuer)?;
        let of = lots.balance(context.now).active;
        active = active.saturating_add(of);
        all.push((account, lots, u64::try_from(of).unwrap_or(0), 0_u64));
    }
    // What one account owes the others have to cover.
    let active = u64::try_from(active).unwrap_or(0);
    if points > active {
        return Err(PointsRefusal::NotEnough { active }.into());
    }
    // The lot that ends first, wherever it is; an account that owes gives no more than it has left.
    let mut order: Vec<_> = all
        .iter()
        .enumerate()
        .flat_map(|(place, (_, lots, ..))| lots.lots().iter().map(move |lot| (lot, place)))
        .filter(|(lot, _)| lot.from <= context.now)
        .map(|(lot, place)| ((lot.until.is_none(), lot.until, lot.id), lot.left, place))
        .collect();
    order.sort_unstable();
    let mut wanted = points;
    for (_, left, place) in order {
        if let Some((_, _, active, share)) = all.get_mut(place) {
            let part = left.min(wanted).min(active.saturating_sub(*share));
            *share += part;
            wanted -= part;
        }
    }
    for (account, mut lots, _, share) in all {
        if share == 0 {
            continue;
        }
        let taken = lots.spend(share, context.now)?;
        let id = transfer_id(act, done.moved.len());
        done.moved.push(post(tx, context, act, Transfer::new(id, account, issuer, share))?);
        done.taken.push(TakenFrom { account, taken });
        tx.put(&keys::lots(account), &lots)?;
    }
    // What ends last is given back first, so it comes last.
    done.taken.sort_by_key(|from| {
        from.taken.last().map(|part| (part.lot.until.is_none(), part.lot.until, part.lot.id))
    });
    done.moved.extend(counted);
    if wanted > 0 {
        // A clock that shows an earlier instant than the last change of an account.
        return Err(PointsRefusal::NotEnough { active: points - wanted }.into());
    }
    Ok(Done { unit: Some(unit), amount: points, ..done })
}

fn done_before(tx: &mut Tx<'_>, of: TransferId, act: &str) -> Acted<(Done, Unit)> {
    let found = tx.get::<Done>(&keys::done(of))?;
    let found = found.filter(|done| done.asked.get("act").is_some_and(|of| of == act));
    let found = found.ok_or(WalletRefusal::NothingToRollBack)?;
    let unit = found.unit.clone().ok_or(WalletRefusal::NothingToRollBack)?;
    Ok((found, unit))
}

pub(super) fn give_back(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    of: TransferId,
    points: u64,
    how: ReturnedPoints,
    mut done: Done,
) -> Acted<Done> {
    let (mut spend, unit) = done_before(tx, of, "spend")?;
    let issuer = issuer(tx, context, &unit)?;
    let left = spend.amount.saturating_sub(spend.back);
    if points == 0 {
        return Err(PointsRefusal::Zero.into());
    }
    if points > left {
        return Err(WalletRefusal::MoreThanLeft { left }.into());
    }
    let mut wanted = points;
    for from in spend.taken.iter_mut().rev() {
        let held = from.taken.iter().fold(0_u64, |sum, part| sum.saturating_add(part.points));
        let share = held.min(wanted);
        if share == 0 {
            continue;
        }
        wanted -= share;
        let mut lots = lots(tx, context, from.account, issuer)?;
        let back = lots.give_back(&mut from.taken, share, how, spend.at, context.now)?;
        if back.returned > 0 {
            let id = transfer_id(act, done.moved.len());
            let moved = Transfer::new(id, issuer, from.account, back.returned);
            done.moved.push(post(tx, context, act, moved)?);
        }
        for (earned, points) in back.lost_of {
            lose(tx, earned, points)?;
        }
        done.back += back.lost;
        tx.put(&keys::lots(from.account), &lots)?;
    }
    // What comes back can be spent again within the member's limit.
    for counted in spend.moved.iter_mut().filter(|moved| moved.allowance) {
        let share = counted.amount.saturating_sub(counted.back).min(points);
        if share > 0 {
            counted.back += share;
            let id = act.id.derived("allowance", 0);
            let back = post(tx, context, act, Transfer::new(id, counted.credit, counted.debit, share))?;
            done.moved.push(Moved { allowance: true, ..back });
        }
    }
    spend.back += points;
    tx.put(&keys::done(of), &spend)?;
    Ok(Done { unit: Some(unit), amount: points, ..done })
}

pub(super) fn take_back(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    of: TransferId,
    points: u64,
    policy: ReturnPolicy,
    mut done: Done,
) -> Acted<Done> {
    let (earned, unit) = done_before(tx, of, "earn")?;
    let issuer = issuer(tx, context, &unit)?;
    let account = earned.moved.first().map(|moved| moved.credit).ok_or(WalletRefusal::NothingToRollBack)?;
    let mut lots = lots(tx, context, account, issuer)?;
    // Again, as some may have run out by now.
    let (mut earned, _) = done_before(tx, of, "earn")?;
    let mut earning = Earning { points: earned.amount, back: earned.back, lost: earned.lost };
    let taken = match lots.take_back_earned(of, &mut earning, points, policy, context.now) {
        Err(PointsRefusal::MoreThanLeft { left }) => {
            return Err(WalletRefusal::MoreThanLeft { left }.into());
        }
        taken => taken?,
    };
    if taken.taken > 0 {
        let moved = Transfer::new(act.id, account, issuer, taken.taken);
        done.moved.push(post(tx, context, act, moved)?);
    }
    tx.put(&keys::lots(account), &lots)?;
    // The goods came back, so they do not count towards a tier, whether or not the points could be taken.
    earned.back = earning.back;
    let key = keys::earned(account, Millis::from(earned.at), of);
    if let Some(counts) = tx.get::<Earned>(&key)? {
        tx.put(&key, &Earned { back: counts.back.saturating_add(points), ..counts })?;
    }
    tx.put(&keys::done(of), &earned)?;
    Ok(Done { unit: Some(unit), amount: points, back: points - taken.taken, ..done })
}

//! What follows on a payment: its capture, its release, money that comes back.

use super::acts::{Acted, End, post, transfer_id};
use super::requests::{WalletAct, WalletRefusal};
use super::stored::{Done, Moved};
use super::{gifts, keys};
use crate::hub::Context;
use crate::store::{Stop, Tx};
use crate::wallet::ledger::{Refusal, Transfer, TransferId};

fn done_before(tx: &mut Tx<'_>, of: TransferId) -> Acted<Done> {
    let found: Result<Option<Done>, Stop> = tx.get(&keys::done(of));
    Ok(found?.ok_or(WalletRefusal::NothingToRollBack)?)
}

/// Pays what was held, account by account in the order in which it was; what is left of each is free again.
pub(super) fn capture(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    of: TransferId,
    amount: Option<u64>,
    mut done: Done,
) -> Acted<Done> {
    let payment = done_before(tx, of)?;
    if !payment.moved.iter().any(|moved| moved.held) {
        return Err(WalletRefusal::NothingToRollBack.into());
    }
    let amount = amount.unwrap_or(payment.amount);
    if amount == 0 {
        return Err(WalletRefusal::NoAmount.into());
    }
    if amount > payment.amount {
        return Err(WalletRefusal::MoreThanLeft { left: payment.amount }.into());
    }
    for allowance in [false, true] {
        let mut wanted = amount;
        for held in payment.moved.iter().filter(|moved| moved.held && moved.allowance == allowance) {
            let id = transfer_id(act, done.moved.len());
            let share = held.amount.min(wanted);
            wanted -= share;
            let transfer = match share {
                0 => Transfer::void(id, held.transfer),
                share => Transfer::post(id, held.transfer, Some(share)),
            };
            let moved = post(tx, context, act, transfer)?;
            let amount = if share == 0 { 0 } else { moved.amount };
            done.moved.push(Moved { allowance, amount, ..moved });
        }
    }
    Ok(Done { unit: payment.unit, amount, gift: payment.gift, ..done })
}

pub(super) fn release(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    of: TransferId,
    mut done: Done,
) -> Acted<Done> {
    let payment = done_before(tx, of)?;
    if !payment.moved.iter().any(|moved| moved.held) {
        return Err(WalletRefusal::NothingToRollBack.into());
    }
    for held in payment.moved.iter().filter(|moved| moved.held) {
        let id = transfer_id(act, done.moved.len());
        let moved = post(tx, context, act, Transfer::void(id, held.transfer))?;
        done.moved.push(Moved { allowance: held.allowance, amount: 0, ..moved });
    }
    Ok(Done { unit: payment.unit, amount: 0, ..done })
}

/// Gives money back to the accounts that paid, the last one first, and to the member's limit.
pub(super) fn refund(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    of: TransferId,
    amount: u64,
    mut done: Done,
) -> Acted<Done> {
    let mut payment = done_before(tx, of)?;
    let what = payment.asked.get("act").map_or("", String::as_str);
    let moves = matches!(
        what,
        "pay" | "capture" | "pay_by_gift" | "pay_by_voucher" | "top_up" | "issue_gift" | "issue_voucher"
    );
    if !moves || payment.moved.iter().any(|moved| moved.held) {
        return Err(WalletRefusal::NothingToRollBack.into());
    }
    if amount == 0 {
        return Err(WalletRefusal::NoAmount.into());
    }
    let paid = payment.moved.iter().filter(|moved| !moved.allowance);
    let left = paid.fold(0_u64, |sum, moved| sum.saturating_add(moved.amount - moved.back.min(moved.amount)));
    if amount > left {
        return Err(WalletRefusal::MoreThanLeft { left }.into());
    }
    match payment.gift {
        Some(card) if what.starts_with("issue_") => gifts::taken_back(tx, card, amount)?,
        Some(card) => gifts::prolong(tx, context, card)?,
        None => {}
    }
    for allowance in [false, true] {
        let mut wanted = amount;
        for moved in payment.moved.iter_mut().rev().filter(|moved| moved.allowance == allowance) {
            let share = moved.amount.saturating_sub(moved.back).min(wanted);
            if share == 0 {
                continue;
            }
            wanted -= share;
            moved.back += share;
            let id = transfer_id(act, done.moved.len());
            let back = match post(tx, context, act, Transfer::new(id, moved.credit, moved.debit, share)) {
                Err(End::Refused(WalletRefusal::Transfer(Refusal::ExceedsCredits { available, .. }))) => {
                    return Err(WalletRefusal::NotEnough { available }.into());
                }
                back => back?,
            };
            done.moved.push(Moved { allowance, ..back });
        }
    }
    tx.put(&keys::done(of), &payment)?;
    Ok(Done { unit: payment.unit, amount, gift: payment.gift, ..done })
}

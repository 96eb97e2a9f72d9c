//! Gift cards and vouchers: accounts that belong to whoever has the code, or to a customer who has it.

use serde::{Deserialize, Serialize};

use super::acts::{Acted, End, amount_of, house, move_or_hold, post, whose};
use super::books::open;
use super::keys;
use super::requests::{WalletAct, WalletRefusal};
use super::stored::{Done, Gift, Part};
use crate::hub::{Context, Who, members};
use crate::ids::RecordId;
use crate::money::Money;
use crate::pricing::coupon::{GuessRules, Guesses};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};
use crate::wallet::ledger::{AccountId, Act, Entry, Limits, Refusal, State, Transfer, TransferId};
use crate::wallet::{GiftCode, NotAGiftCode, Unit, VoucherRefusal, VoucherTerms};

pub(super) struct Issue<'a> {
    pub(super) code: &'a GiftCode,
    pub(super) from: &'a str,
    pub(super) amount: Money,
    pub(super) to: Option<&'a Who>,
    pub(super) terms: VoucherTerms,
}

pub(super) struct Payment<'a> {
    pub(super) code: &'a str,
    pub(super) by: Option<&'a Who>,
    pub(super) to: &'a str,
    pub(super) amount: Money,
    pub(super) basket: Option<Money>,
    pub(super) hold: Option<DateTime<Utc>>,
    pub(super) subject: &'a str,
    pub(super) guesses: &'a GuessRules,
}

/// What a gift card holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "gift")]
pub enum GiftStanding {
    /// It is good.
    Good {
        /// What it counts.
        unit: Unit,
        /// How much is on it.
        available: i64,
        /// Until when, if it ends.
        until: Option<DateTime<Utc>>,
        /// All its terms; it may be good from a later instant on.
        terms: VoucherTerms,
        /// Whether it is bound to a customer.
        bound: bool,
        /// Its account, for the statement.
        account: AccountId,
    },
    /// The code is refused.
    Refused {
        /// Why.
        #[serde(rename = "because")]
        why: WalletRefusal,
    },
}

fn digest(context: &Context<'_>, code: &GiftCode) -> [u8; 16] {
    context.rules.pepper.digest("wallet_gift", &[code.bytes()])
}

fn guesses_of(context: &Context<'_>, subject: &str) -> crate::store::Key {
    keys::guesses(context.rules.pepper.digest("wallet_gift_subject", &[subject.as_bytes()]))
}

/// Counts one more wrong code of a subject.
pub(super) fn count_wrong(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    subject: &str,
    rules: &GuessRules,
) -> Result<(), Stop> {
    let key = guesses_of(context, subject);
    let wrong = tx.get::<Guesses>(&key)?.unwrap_or_default();
    tx.put(&key, &wrong.after_wrong(rules, context.now))
}

/// The card of a code, if it is good and the subject need not wait.
fn find(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    code: &str,
    subject: &str,
    rules: &GuessRules,
) -> Acted<([u8; 16], Gift)> {
    let wrong = tx.get::<Guesses>(&guesses_of(context, subject))?.unwrap_or_default();
    if let Some(until) = wrong.wait_until(rules, context.now) {
        return Err(WalletRefusal::Wait { until }.into());
    }
    let code = match GiftCode::parse(code) {
        Ok(code) => code,
        Err(NotAGiftCode::Mistyped) => return Err(WalletRefusal::GiftMistyped.into()),
        Err(_) => return Err(End::Guessed(WalletRefusal::GiftUnknown)),
    };
    let card = digest(context, &code);
    let gift = tx.get::<Gift>(&keys::gift(card))?.ok_or(End::Guessed(WalletRefusal::GiftUnknown))?;
    match gift.terms.until {
        Some(at) if at <= context.now => Err(WalletRefusal::GiftEnded { at }.into()),
        _ if is_used(tx, context, &gift)? => Err(WalletRefusal::Voucher(VoucherRefusal::Used).into()),
        _ => Ok((card, gift)),
    }
}

/// Whether one that pays once has paid, or holds to pay. What was held and is free again was no payment.
fn is_used(tx: &mut Tx<'_>, context: &Context<'_>, gift: &Gift) -> Result<bool, Stop> {
    let Some(by) = gift.used else { return Ok(false) };
    let Some(entry) = tx.get::<Entry>(&keys::entry(by))? else { return Ok(true) };
    Ok(match (&entry.transfer.act, entry.state) {
        (Act::Hold { .. }, State::Standing) => entry.held(context.now) > 0,
        (Act::Hold { .. }, State::Voided { .. }) => false,
        _ => true,
    })
}

/// Whether whoever pays is the customer to whom the card is bound: with the record that was named or another one of her
/// profile.
fn is_hers(tx: &mut Tx<'_>, context: &Context<'_>, gift: &Gift, by: Option<&Who>) -> Acted<bool> {
    let Some(holder) = &gift.holder else { return Ok(true) };
    let Some(by) = by else { return Ok(false) };
    let record = by.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
    let hers = |record| bound_to(context, gift.account, record) == *holder;
    Ok(hers(record) || members::cluster(tx, record)?.0.into_iter().any(hers))
}

/// A word for the card's account and a record, which says nothing to whoever has not both and the pepper.
fn bound_to(context: &Context<'_>, account: AccountId, record: RecordId) -> String {
    whose(context, TransferId::from_bytes(*account.as_bytes()), record)
}

/// What is on a gift card, for whoever has its code. Wrong codes are counted and slowed as when it pays.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(1).
pub fn gift_card(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    code: &str,
    subject: &str,
    guesses: &GuessRules,
) -> Result<GiftStanding, Stop> {
    let why = match find(tx, context, code, subject, guesses) {
        Ok((_, gift)) => {
            let available = left(tx, context, &gift)?;
            let Gift { account, unit, terms, holder, .. } = gift;
            let (until, bound) = (terms.until, holder.is_some());
            return Ok(GiftStanding::Good { unit, available, until, terms, bound, account });
        }
        Err(End::Stop(stop)) => return Err(stop),
        Err(End::Refused(why)) => why,
        Err(End::Guessed(why)) => {
            count_wrong(tx, context, subject, guesses)?;
            why
        }
    };
    Ok(GiftStanding::Refused { why })
}

/// What the card pays: what is on it, without what was on it when it ended.
fn left(tx: &mut Tx<'_>, context: &Context<'_>, gift: &Gift) -> Result<i64, Stop> {
    let part = tx.get::<Part>(&keys::part(gift.account, 0))?;
    let there = part.map_or(0, |part| part.account.balances(context.now).available());
    Ok(there.saturating_sub_unsigned(gift.ended).max(0))
}

/// The house takes back what it put on a card: what pays no more goes first.
pub(super) fn taken_back(tx: &mut Tx<'_>, card: [u8; 16], amount: u64) -> Acted<()> {
    let found: Result<Option<Gift>, Stop> = tx.get(&keys::gift(card));
    if let Some(gift) = found? {
        tx.put(&keys::gift(card), &Gift { ended: gift.ended.saturating_sub(amount), ..gift })?;
    }
    Ok(())
}

pub(super) fn issue(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    card: &Issue<'_>,
    done: Done,
) -> Acted<Done> {
    let (amount, unit) = amount_of(card.amount)?;
    let unit = Unit::Money(unit);
    let house = house(tx, context, card.from, &unit)?;
    let digest = digest(context, card.code);
    if tx.exists(&keys::gift(digest))? {
        return Err(WalletRefusal::GiftKnown.into());
    }
    let from = card.terms.from.map_or(context.now, |start| start.max(context.now));
    if !card.terms.can_pay() {
        return Err(WalletRefusal::Voucher(VoucherRefusal::MoreThanShare { most: 0 }).into());
    }
    if let Some(at) = card.terms.until.filter(|until| *until <= from) {
        return Err(WalletRefusal::GiftEnded { at }.into());
    }
    // Nothing leads from the books to the code.
    let account = context.mint.next(AccountId::from_bytes);
    open(tx, account, &unit, Limits::no_debt(), 1)?;
    let holder = match card.to {
        Some(who) => {
            let record = who.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
            Some(bound_to(context, account, record))
        }
        None => None,
    };
    let gift = Gift { account, unit: unit.clone(), terms: card.terms, holder, used: None, ended: 0 };
    tx.put(&keys::gift(digest), &gift)?;
    let moved = post(tx, context, act, Transfer::new(act.id, house, account, amount))?;
    Ok(Done { unit: Some(unit), amount, moved: vec![moved], gift: Some(digest), ..done })
}

pub(super) fn pay(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    payment: &Payment<'_>,
    done: Done,
) -> Acted<Done> {
    let (card, gift) = find(tx, context, payment.code, payment.subject, payment.guesses)?;
    let (amount, unit) = amount_of(payment.amount)?;
    let unit = Unit::Money(unit);
    if gift.unit != unit {
        return Err(WalletRefusal::GiftUnknown.into());
    }
    if !is_hers(tx, context, &gift, payment.by)? {
        // Its code is right and nothing it is good for: it counts as a wrong one, so that nobody tries codes in her name.
        return Err(End::Guessed(WalletRefusal::Voucher(VoucherRefusal::OfAnother)));
    }
    let basket = match payment.basket {
        Some(basket) => {
            let of = u64::try_from(basket.minor()).ok().filter(|_| gift.unit == Unit::Money(basket.unit()));
            Some(of.ok_or(WalletRefusal::Voucher(VoucherRefusal::NoBasket))?)
        }
        None => None,
    };
    gift.terms.check(amount, basket, context.now).map_err(WalletRefusal::Voucher)?;
    let to = house(tx, context, payment.to, &unit)?;
    let available = u64::try_from(left(tx, context, &gift)?).unwrap_or(0);
    if amount > available {
        return Err(WalletRefusal::NotEnough { available }.into());
    }
    match post(tx, context, act, move_or_hold(act.id, gift.account, to, amount, payment.hold)) {
        Ok(moved) => {
            if gift.terms.single_use {
                tx.put(&keys::gift(card), &Gift { used: Some(act.id), ..gift })?;
            }
            Ok(Done { unit: Some(unit), amount, moved: vec![moved], gift: Some(card), ..done })
        }
        Err(End::Refused(WalletRefusal::Transfer(Refusal::ExceedsCredits { available, .. }))) => {
            Err(WalletRefusal::NotEnough { available }.into())
        }
        Err(other) => Err(other),
    }
}

/// Money comes back to a card as its terms say: it can be used for some days at least, and if the card had ended or pays once
/// and has, nothing but that money. What a payment holds when that money comes is not lost yet: freed later, it pays again.
/// Called before the money is there.
pub(super) fn prolong(tx: &mut Tx<'_>, context: &Context<'_>, card: [u8; 16]) -> Acted<()> {
    let found: Result<Option<Gift>, Stop> = tx.get(&keys::gift(card));
    let Some(gift) = found? else { return Ok(()) };
    let terms = gift.terms.after_refund(context.now).map_err(WalletRefusal::Voucher)?;
    let is_over = gift.terms.until.is_some_and(|until| until <= context.now);
    let ended = match is_over || is_used(tx, context, &gift)? {
        true => {
            let part = tx.get::<Part>(&keys::part(gift.account, 0))?;
            let there = part.map_or(0, |part| part.account.balances(context.now).available());
            u64::try_from(there).unwrap_or(0)
        }
        false => gift.ended,
    };
    tx.put(&keys::gift(card), &Gift { terms, used: None, ended, ..gift })?;
    Ok(())
}

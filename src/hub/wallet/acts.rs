//! Acts on a wallet, each done once.

use std::collections::BTreeMap;

use faster_hex::Hex;

use super::books::{account_of, enter, house_account_id};
use super::requests::{Deed, Payer, WalletAct, WalletOutcome, WalletRefusal};
use super::stored::{Done, Head, Moved, Part};
use super::{families, gifts, keys, points, rolled_back, views};
use crate::hub::{Context, Who, members};
use crate::ids::RecordId;
use crate::money::{CurrencyUnit, Money};
use crate::signing::canonical_json;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};
use crate::wallet::ledger::{AccountId, Outcome, Refusal, Transfer, TransferId};
use crate::wallet::{GiftCode, Unit, VoucherTerms};

/// An act's own end: done, refused, or the unit of work stops.
pub(super) enum End {
    /// With the reason.
    Refused(WalletRefusal),
    /// It is refused, and the count of wrong codes stays.
    Guessed(WalletRefusal),
    /// Pass it on.
    Stop(Stop),
}

impl From<Stop> for End {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<WalletRefusal> for End {
    fn from(why: WalletRefusal) -> Self {
        Self::Refused(why)
    }
}

pub(super) type Acted<T> = Result<T, End>;

/// Does things to wallets that stand or fall together: money and points of one purchase, say. Each is done once for its id.
///
/// Sent again with the same ids it does nothing and says so, also if the answer was lost; an id that was used for something
/// else is refused with the name of the field that differs. A refusal drops everything that the unit of work has written.
///
/// ```
/// use std::sync::Arc;
/// use throughline::event::Event;
/// use throughline::hub::{Deed, Hub, Payer, Rules, WalletAct, WalletOutcome, Who};
/// use throughline::money::{Currency, CurrencyUnit, Money};
/// use throughline::store::{MemoryStore, Tenant};
/// use throughline::wallet::{ProgrammeId, ledger::TransferId};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7","traits":{"firstName":"Sara"}}"#;
/// let sara = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let euro = CurrencyUnit::new(Currency::parse("EUR")?, 2)?;
/// hub.open_house_account("bank", &euro.into())?;
/// hub.open_house_account("sales", &euro.into())?;
/// let (club, id) = (ProgrammeId::parse("club")?, |n| TransferId::from_bytes([n; 16]));
///
/// let top_up = Deed::TopUp { to: &sara, from: "bank", amount: Money::new(50_00, euro) };
/// hub.wallet_act(&[WalletAct::new(id(1), top_up)])?;
/// let pay = Deed::Pay { by: Payer::Customer(&sara), to: "sales", amount: Money::new(30_00, euro), hold: None };
/// let earn = Deed::Earn { to: &sara, programme: &club, points: 30, from: None, until: None };
/// let purchase = [WalletAct::new(id(2), pay), WalletAct::new(id(3), earn)];
/// assert_eq!(hub.wallet_act(&purchase)?, WalletOutcome::Done);
/// assert_eq!(hub.wallet_act(&purchase)?, WalletOutcome::Known);
/// let holds = hub.wallet(&sara)?.ok_or("unknown")?;
/// assert_eq!((holds.available(&euro.into()), holds.available(&club.into())), (20_00, 30));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(records of the customer), and O(lots) where points move.
pub fn wallet_act(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    acts: &[WalletAct<'_>],
) -> Result<WalletOutcome, Stop> {
    let mut known = 0_usize;
    for (place, act) in acts.iter().enumerate() {
        let refused = match one(tx, context, act) {
            Ok(true) => {
                known += 1;
                (known != place + 1).then_some((WalletRefusal::PartlyKnown, false))
            }
            Ok(false) => (known > 0).then_some((WalletRefusal::PartlyKnown, false)),
            Err(End::Refused(why)) => Some((why, false)),
            Err(End::Guessed(why)) => Some((why, true)),
            Err(End::Stop(stop)) => return Err(stop),
        };
        if let Some((why, guessed)) = refused {
            tx.discard();
            if guessed
                && let Deed::PayByGift { subject, guesses, .. } | Deed::PayByVoucher { subject, guesses, .. } =
                    act.deed
            {
                gifts::count_wrong(tx, context, subject, guesses)?;
            }
            return Ok(WalletOutcome::Refused { place, why });
        }
    }
    Ok(if known > 0 { WalletOutcome::Known } else { WalletOutcome::Done })
}

/// Does one act; whether it was done before.
fn one(tx: &mut Tx<'_>, context: &Context<'_>, act: &WalletAct<'_>) -> Acted<bool> {
    let asked = asked(context, act);
    if let Some(done) = tx.get::<Done>(&keys::done(act.id))? {
        let differs = asked.iter().find(|(field, hash)| done.asked.get(*field) != Some(*hash));
        return match differs {
            Some((field, _)) => Err(WalletRefusal::IdReused { field: field.clone() }.into()),
            None => same_customer(tx, context, act, &done).map(|()| true),
        };
    }
    // An id of the books themselves is no act's.
    if super::transfer(tx, context, act.id)?.is_some() {
        return Err(WalletRefusal::IdReused { field: "act".to_owned() }.into());
    }
    let who = match customer(act.deed) {
        Some(who) => {
            let record = who.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
            Some(whose(context, act.id, record))
        }
        None => None,
    };
    let done = Done {
        asked,
        who,
        at: context.now,
        unit: None,
        amount: 0,
        moved: Vec::new(),
        taken: Vec::new(),
        gift: None,
        back: 0,
        lost: 0,
    };
    let done = match act.deed {
        Deed::TopUp { to, from, amount } => top_up(tx, context, act, to, from, amount, done)?,
        Deed::Pay { by: Payer::Customer(who), to, amount, hold } => {
            pay(tx, context, act, who, to, amount, hold, done)?
        }
        Deed::Pay { by: Payer::Member { family, member, zone }, to, amount, hold } => {
            let by = families::Spender { family, member, zone };
            let payment = families::Payment { by, to, amount, hold };
            families::pay(tx, context, act, &payment, done)?
        }
        Deed::Capture { of, amount } => rolled_back::capture(tx, context, act, of, amount, done)?,
        Deed::Release { of } => rolled_back::release(tx, context, act, of, done)?,
        Deed::Refund { of, amount } => rolled_back::refund(tx, context, act, of, amount, done)?,
        Deed::Earn { to, programme, points, from, until } => {
            let lot = points::NewLot { points, from, until };
            points::earn(tx, context, act, to, programme, &lot, done)?
        }
        Deed::Spend { by, programme, points } => {
            points::spend(tx, context, act, by, programme, points, done)?
        }
        Deed::GiveBack { of, points, how } => points::give_back(tx, context, act, of, points, how, done)?,
        Deed::TakeBack { of, points, policy } => {
            points::take_back(tx, context, act, of, points, policy, done)?
        }
        Deed::IssueGift { code, from, amount, until, refund_days } => {
            let terms = VoucherTerms { until, refund_days, ..VoucherTerms::default() };
            gifts::issue(tx, context, act, &gifts::Issue { code, from, amount, to: None, terms }, done)?
        }
        Deed::IssueVoucher { code, from, amount, to, terms } => {
            gifts::issue(tx, context, act, &gifts::Issue { code, from, amount, to, terms: *terms }, done)?
        }
        Deed::PayByVoucher { code, by, to, amount, basket, hold, subject, guesses } => {
            let payment = gifts::Payment { code, by, to, amount, basket, hold, subject, guesses };
            gifts::pay(tx, context, act, &payment, done)?
        }
        Deed::PayByGift { code, to, amount, hold, subject, guesses } => {
            let payment = gifts::Payment { code, by: None, to, amount, basket: None, hold, subject, guesses };
            gifts::pay(tx, context, act, &payment, done)?
        }
    };
    tx.put(&keys::done(act.id), &done)?;
    Ok(false)
}

/// Every field of an act but the customer, hashed.
fn asked(context: &Context<'_>, act: &WalletAct<'_>) -> BTreeMap<String, String> {
    let money = |amount: &Money| format!("{} {}", amount.minor(), amount.unit());
    let instant = |at: Option<DateTime<Utc>>| at.map_or_else(String::new, |at| at.to_rfc3339());
    let family = |by: Payer<'_>| match by {
        Payer::Customer(_) => String::new(),
        Payer::Member { family, .. } => format!("family {family}"),
    };
    let typed = |code: &str| GiftCode::parse(code).map_or_else(|_| code.to_owned(), |code| code.reveal());
    let mut fields: Vec<(&str, String)> = vec![("purpose", format!("{:?}", act.purpose))];
    let deed = match act.deed {
        Deed::TopUp { from, amount, .. } => {
            fields.extend([("from", from.to_owned()), ("amount", money(&amount))]);
            "top_up"
        }
        Deed::Pay { by, to, amount, hold } => {
            fields.extend([("to", to.to_owned()), ("amount", money(&amount)), ("hold", instant(hold))]);
            fields.push(("by", family(by)));
            "pay"
        }
        Deed::Capture { of, amount } => {
            fields.extend([("of", of.to_string()), ("amount", format!("{amount:?}"))]);
            "capture"
        }
        Deed::Release { of } => {
            fields.push(("of", of.to_string()));
            "release"
        }
        Deed::Refund { of, amount } => {
            fields.extend([("of", of.to_string()), ("amount", amount.to_string())]);
            "refund"
        }
        Deed::Earn { programme, points, from, until, .. } => {
            fields.extend([("programme", programme.to_string()), ("points", points.to_string())]);
            fields.extend([("from", instant(from)), ("until", instant(until))]);
            "earn"
        }
        Deed::Spend { by, programme, points } => {
            fields.extend([("programme", programme.to_string()), ("points", points.to_string())]);
            fields.push(("by", family(by)));
            "spend"
        }
        Deed::GiveBack { of, points, how } => {
            fields.extend([("of", of.to_string()), ("points", points.to_string())]);
            fields.push(("how", format!("{how:?}")));
            "give_back"
        }
        Deed::TakeBack { of, points, policy } => {
            fields.extend([("of", of.to_string()), ("points", points.to_string())]);
            fields.push(("policy", format!("{policy:?}")));
            "take_back"
        }
        Deed::IssueGift { code, from, amount, until, refund_days } => {
            fields.extend([("from", from.to_owned()), ("amount", money(&amount)), ("until", instant(until))]);
            fields.extend([("code", code.reveal()), ("refund_days", refund_days.to_string())]);
            "issue_gift"
        }
        Deed::IssueVoucher { code, from, amount, terms, .. } => {
            fields.extend([("from", from.to_owned()), ("amount", money(&amount)), ("code", code.reveal())]);
            fields.push(("terms", canonical_json(&serde_json::to_value(terms).unwrap_or_default())));
            "issue_voucher"
        }
        Deed::PayByVoucher { code, to, amount, ref basket, hold, .. } => {
            let basket = basket.as_ref().map_or_else(String::new, money);
            fields.extend([("to", to.to_owned()), ("amount", money(&amount)), ("code", typed(code))]);
            fields.extend([("hold", instant(hold)), ("basket", basket)]);
            "pay_by_voucher"
        }
        Deed::PayByGift { code, to, amount, hold, .. } => {
            fields.extend([("to", to.to_owned()), ("amount", money(&amount)), ("code", typed(code))]);
            fields.push(("hold", instant(hold)));
            "pay_by_gift"
        }
    };
    let mut hashes = BTreeMap::from([("act".to_owned(), deed.to_owned())]);
    for (field, value) in fields {
        let digest = context.rules.pepper.digest("wallet_act", &[field.as_bytes(), value.as_bytes()]);
        let (hash, _) = digest.split_at(8);
        hashes.insert(field.to_owned(), Hex::new(hash).to_string());
    }
    hashes
}

/// The customer whom a deed names.
const fn customer(deed: Deed<'_>) -> Option<&Who> {
    match deed {
        Deed::TopUp { to: who, .. }
        | Deed::Earn { to: who, .. }
        | Deed::Pay { by: Payer::Customer(who) | Payer::Member { member: who, .. }, .. }
        | Deed::Spend { by: Payer::Customer(who) | Payer::Member { member: who, .. }, .. } => Some(who),
        Deed::IssueVoucher { to: who, .. } | Deed::PayByVoucher { by: who, .. } => who,
        _ => None,
    }
}

/// A word for the record that an act was for, or a card is bound to. It says nothing to whoever has not both ids and the pepper.
pub(super) fn whose(context: &Context<'_>, act: TransferId, record: RecordId) -> String {
    let digest = context.rules.pepper.digest("wallet_act_who", &[act.as_bytes(), record.as_bytes()]);
    Hex::new(&digest).to_string()
}

/// Whether an act that was done was hers: of the record that is named, or of another one of its profile. Once she is erased
/// nobody is known by that name.
fn same_customer(tx: &mut Tx<'_>, context: &Context<'_>, act: &WalletAct<'_>, done: &Done) -> Acted<()> {
    let (who, was) = match (customer(act.deed), &done.who) {
        (Some(who), Some(was)) => (who, was),
        (None, None) => return Ok(()),
        // A voucher is for somebody or for whoever has it, and what was meant stands.
        _ => return Err(WalletRefusal::IdReused { field: "who".to_owned() }.into()),
    };
    let record = who.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
    let hers = |record: RecordId| whose(context, act.id, record) == *was;
    if hers(record) || members::cluster(tx, record)?.0.into_iter().any(hers) {
        Ok(())
    } else {
        Err(WalletRefusal::IdReused { field: "who".to_owned() }.into())
    }
}

/// A positive amount with its unit.
pub(super) fn amount_of(money: Money) -> Acted<(u64, CurrencyUnit)> {
    match u64::try_from(money.minor()) {
        Ok(amount) if amount > 0 => Ok((amount, money.unit())),
        _ => Err(WalletRefusal::NoAmount.into()),
    }
}

/// An account of the house that counts a unit.
pub(super) fn house(tx: &mut Tx<'_>, context: &Context<'_>, name: &str, unit: &Unit) -> Acted<AccountId> {
    let id = house_account_id(context, name);
    match tx.get::<Head>(&keys::account(id))? {
        Some(head) if head.unit == *unit => Ok(id),
        _ => Err(WalletRefusal::NoHouseAccount.into()),
    }
}

/// Enters a transfer of an act, or refuses the act.
pub(super) fn post(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    mut transfer: Transfer,
) -> Acted<Moved> {
    transfer.purpose = act.purpose.cloned();
    match enter(tx, context, &transfer)? {
        Outcome::Posted(entry) => Ok(Moved {
            transfer: entry.transfer.id,
            debit: entry.debit,
            credit: entry.credit,
            amount: entry.amount,
            allowance: false,
            held: matches!(entry.transfer.act, crate::wallet::ledger::Act::Hold { .. }),
            back: 0,
        }),
        // The act is not known, so whatever stands under a transfer of its id is somebody else's.
        Outcome::Known(_) => Err(WalletRefusal::IdReused { field: "act".to_owned() }.into()),
        Outcome::Refused(Refusal::IdReused { .. }) => {
            Err(WalletRefusal::IdReused { field: "act".to_owned() }.into())
        }
        Outcome::Refused(why) => Err(WalletRefusal::Transfer(why).into()),
    }
}

/// The id of an act's transfer: the act's own for the first.
pub(super) fn transfer_id(act: &WalletAct<'_>, place: usize) -> TransferId {
    match place {
        0 => act.id,
        more => act.id.derived("part", more as u64),
    }
}

pub(super) fn move_or_hold(
    id: TransferId,
    debit: AccountId,
    credit: AccountId,
    amount: u64,
    hold: Option<DateTime<Utc>>,
) -> Transfer {
    match hold {
        Some(_) => Transfer::hold(id, debit, credit, amount, hold),
        None => Transfer::new(id, debit, credit, amount),
    }
}

fn top_up(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    to: &Who,
    from: &str,
    amount: Money,
    done: Done,
) -> Acted<Done> {
    let (amount, unit) = amount_of(amount)?;
    let unit = Unit::Money(unit);
    let from = house(tx, context, from, &unit)?;
    let record = to.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
    let account = account_of(tx, context, record, &unit)?;
    let moved = post(tx, context, act, Transfer::new(act.id, from, account, amount))?;
    Ok(Done { unit: Some(unit), amount, moved: vec![moved], ..done })
}

#[expect(clippy::too_many_arguments, reason = "the fields of one deed")]
fn pay(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &WalletAct<'_>,
    who: &Who,
    to: &str,
    amount: Money,
    hold: Option<DateTime<Utc>>,
    mut done: Done,
) -> Acted<Done> {
    let (amount, unit) = amount_of(amount)?;
    let unit = Unit::Money(unit);
    let to = house(tx, context, to, &unit)?;
    let record = who.record(tx, context)?.ok_or(WalletRefusal::Unknown)?;
    let mut shares = Vec::new();
    let mut wanted = amount;
    let mut all = 0_i64;
    for (_, account) in views::accounts(tx, context, record, &unit)? {
        let part = tx.get::<Part>(&keys::part(account, 0))?;
        let available = part.map_or(0, |part| part.account.balances(context.now).available());
        // The host may let her owe something.
        let head = tx.get::<Head>(&keys::account(account))?;
        let debt = head.map_or(Some(0), |head| head.limits.debt).unwrap_or(u64::MAX);
        let available = available.saturating_add_unsigned(debt);
        all = all.saturating_add(available);
        let share = u64::try_from(available).unwrap_or(0).min(wanted);
        wanted -= share;
        if share > 0 {
            shares.push((account, share));
        }
    }
    // What one account owes the others have to cover.
    let all = u64::try_from(all).unwrap_or(0);
    if wanted > 0 || amount > all {
        return Err(WalletRefusal::NotEnough { available: all }.into());
    }
    for (place, (account, share)) in shares.into_iter().enumerate() {
        let transfer = move_or_hold(transfer_id(act, place), account, to, share, hold);
        done.moved.push(post(tx, context, act, transfer)?);
    }
    Ok(Done { unit: Some(unit), amount, ..done })
}

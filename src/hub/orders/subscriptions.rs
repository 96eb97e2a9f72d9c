//! Repeat orders: what is ordered again, and when next.

use serde::{Deserialize, Serialize};

use super::kept::OrderMark;
use super::keys;
use crate::calendar::{Windows, Zone};
use crate::cart::Sku;
use crate::hub::keys::{event_range, prefix};
use crate::hub::scan::{delete_all, first_keys};
use crate::hub::stored::stored;
use crate::hub::{CommandKey, Context, Who, members};
use crate::ids::RecordId;
use crate::record::Millis;
use crate::stock::ReservationKey;
use crate::stock::order::Subscription;
use crate::store::{Key, Once, Stop, Tx};
use crate::time::{DateTime, NaiveDate, Utc};

use super::renewals::{RenewOutcome, Retry};

/// Most lines of a repeat order, as of an order.
const MOST_LINES: usize = 500;
/// The longest number of a repeat order, in bytes: its orders have the date behind it.
const LONGEST_NUMBER: usize = 100;
/// Most deliveries that the customer leaves out.
const MOST_SKIPPED: usize = 1_000;

/// What is ordered again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatedLine {
    /// The product.
    pub sku: Sku,
    /// How many each time.
    pub units: u32,
}

/// Whether orders come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatState {
    /// They come.
    Active,
    /// None comes until it goes on. A pause with an end is in the plan: [`Subscription::paused_until`].
    Paused,
    /// None comes any more.
    Cancelled,
}

/// A repeat order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatOrder {
    /// The host's number of it.
    pub number: ReservationKey,
    /// What.
    pub lines: Vec<RepeatedLine>,
    /// How often.
    pub plan: Subscription,
    /// Whether orders come.
    pub state: RepeatState,
    /// The date of the next order, in the shop's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NaiveDate>,
    /// Why that order is not placed yet, though it was tried, and when to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// The last date that was dealt with: an order was placed for it, or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<NaiveDate>,
}

/// The same with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptRepeat {
    #[serde(rename = "o")]
    pub(super) order: RepeatOrder,
    /// Whose it is.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(super) record: Option<RecordId>,
    /// When it is due.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<Millis>,
}

/// The days on which orders can come: the shop's week and holidays in its zone.
#[derive(Debug, Clone, Copy)]
pub struct RepeatDays<'a> {
    /// An order comes only on a date on which it opens.
    pub open: &'a Windows,
    /// Its zone. An order is due as its date begins there.
    pub zone: &'a Zone,
}

/// A repeat order as it begins.
#[derive(Debug, Clone, Copy)]
pub struct RepeatRequest<'a> {
    /// The host's number, of 1 to 100 bytes. It names no person, and no order has it.
    pub number: &'a str,
    /// Whose it is, if she is known.
    pub who: Option<&'a Who>,
    /// What. What it costs is asked anew each time.
    pub lines: &'a [RepeatedLine],
    /// How often.
    pub plan: &'a Subscription,
}

/// What is changed of a repeat order. Doing it again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum RepeatChange {
    /// Leaves the order of a date out, which is the next one or a later one.
    Skip {
        /// Which.
        date: NaiveDate,
    },
    /// No order comes before that date; none until it goes on if there is none.
    Pause {
        /// The first date on which one may come again.
        #[serde(default)]
        until: Option<NaiveDate>,
    },
    /// It goes on. What did not come in the meantime does not come any more.
    Resume,
    /// Other goods, from the next order on.
    Lines {
        /// What.
        lines: Vec<RepeatedLine>,
    },
    /// Another plan, from now on.
    Plan {
        /// How often.
        plan: Subscription,
    },
    /// No order comes any more.
    Cancel,
}

/// What became of a repeat order that was begun or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "repeat")]
pub enum RepeatOutcome {
    /// So it stands now.
    Stands {
        /// The date of the next order, if one comes.
        next: Option<NaiveDate>,
    },
    /// Nothing has changed, and why.
    Refused {
        /// Why.
        why: RepeatRefusal,
    },
}

/// Why a repeat order is not begun or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatRefusal {
    /// The number is empty, too long or has control characters; no goods, or a line without units; every so many days or
    /// months are none.
    Invalid,
    /// There are too many lines, or too many deliveries are left out.
    TooMany,
    /// There is a repeat order with that number.
    NumberReused,
    /// There is none with that number.
    Unknown,
    /// It is cancelled.
    Cancelled,
    /// No order comes on that date.
    NoSuchDate,
    /// The command key was used before for another command.
    KeyReused,
}

stored! {
    KeptRepeat = "repeat_order", journal true;
    RepeatOutcome = "repeat_outcome", journal false;
}

const fn refused(why: RepeatRefusal) -> RepeatOutcome {
    RepeatOutcome::Refused { why }
}

impl RepeatDays<'_> {
    pub(super) fn is_open(&self, date: NaiveDate) -> bool {
        self.open.opens_on(date)
    }

    pub(super) fn today(&self, now: DateTime<Utc>) -> NaiveDate {
        self.zone.local(now).0
    }
}

impl KeptRepeat {
    pub(super) fn get(
        tx: &mut Tx<'_>,
        context: &Context<'_>,
        number: &ReservationKey,
    ) -> Result<Option<Self>, Stop> {
        tx.get(&keys::repeat(context, number))
    }

    /// Looks for the date of the next order: after the last one that was dealt with, and not before today. What a host slept
    /// through is not made up for.
    pub(super) fn look_ahead(&mut self, days: &RepeatDays<'_>, now: DateTime<Utc>) {
        let RepeatOrder { plan, state, next, retry, done, .. } = &mut self.order;
        let yesterday = days.today(now).pred_opt().unwrap_or(NaiveDate::MIN);
        let after = done.map_or(yesterday, |done| done.max(yesterday));
        let found = match state {
            RepeatState::Active => plan.next_after(after, |date| days.is_open(date)),
            RepeatState::Paused | RepeatState::Cancelled => None,
        };
        // What is due already and was not dealt with stays due, unless it was left out since.
        let waits = *state == RepeatState::Active
            && next.is_some_and(|next| {
                next <= yesterday
                    && done.is_none_or(|done| done < next)
                    && next.pred_opt().and_then(|day| plan.next_after(day, |date| days.is_open(date)))
                        == Some(next)
            });
        if !waits && *next != found {
            *next = found;
            *retry = None;
        }
    }

    /// Keeps it, and notes when it is due.
    pub(super) fn put(
        &mut self,
        tx: &mut Tx<'_>,
        context: &Context<'_>,
        days: &RepeatDays<'_>,
    ) -> Result<(), Stop> {
        let begins = self.order.next.map(|next| days.zone.start_of(next));
        let again = self.order.retry.as_ref().map(|retry| retry.again_at);
        let due = begins.map(|begins| Millis::from(again.map_or(begins, |again| again.max(begins))));
        if due != self.due {
            if let Some(before) = self.due {
                tx.delete(&keys::repeat_due(context, before, &self.order.number));
            }
            if let Some(at) = due {
                tx.put(&keys::repeat_due(context, at, &self.order.number), &OrderMark {})?;
            }
            self.due = due;
        }
        tx.put(&keys::repeat(context, &self.order.number), self)
    }
}

/// Why these goods cannot be ordered again and again.
fn unfit(lines: &[RepeatedLine], plan: &Subscription) -> Option<RepeatRefusal> {
    if lines.len() > MOST_LINES || plan.skipped.len() > MOST_SKIPPED {
        return Some(RepeatRefusal::TooMany);
    }
    let clean = !lines.is_empty() && lines.iter().all(|line| line.units > 0) && plan.comes();
    (!clean).then_some(RepeatRefusal::Invalid)
}

/// Begins a repeat order, once for each command key: what, how often, and the date of the next one by the shop's week and
/// holidays, not before today. [`subscriptions_due`] tells when to [renew](super::renew_order) it.
///
/// ```
/// use std::sync::Arc;
/// use throughline::calendar::{Windows, Zone};
/// use throughline::cart::Sku;
/// use throughline::hub::{CommandKey, FixedClock, Hub, RepeatDays, RepeatOutcome, RepeatRequest, RepeatedLine, Rules};
/// use throughline::stock::order::Subscription;
/// use throughline::store::{MemoryStore, Tenant};
///
/// let clock = Arc::new(FixedClock::at("2026-05-06T09:00:00Z".parse()?));
/// let rules = Rules::retail(b"from your secret manager");
/// let hub = Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, clock)?;
/// let lines = [RepeatedLine { sku: Sku::parse("TEA")?, units: 2 }];
/// let plan: Subscription = serde_json::from_str(r#"{"first": "2026-05-08", "every": {"every": "days", "days": 28}}"#)?;
/// // Closed on Friday, the 8th.
/// let day = |day| format!(r#"{{"from": ["{day}", "09:00"], "to": ["{day}", "21:00"]}}"#);
/// let week = ["sat", "sun", "mon", "tue", "wed", "thu"].map(day).join(",");
/// let open: Windows = serde_json::from_str(&format!(r#"{{"windows": [{week}]}}"#))?;
/// let (zone, who) = (Zone::utc(), None);
/// let days = RepeatDays { open: &open, zone: &zone };
/// let request = RepeatRequest { number: "tea-7", who, lines: &lines, plan: &plan };
/// let begun = hub.subscribe_order(&CommandKey::new("subscribe-7"), &request, &days)?;
/// assert_eq!(begun, RepeatOutcome::Stands { next: Some("2026-05-09".parse()?) });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`Subscription::next_after`].
pub fn subscribe_order(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    request: &RepeatRequest<'_>,
    days: &RepeatDays<'_>,
) -> Result<RepeatOutcome, Stop> {
    let RepeatRequest { number, who, lines, plan } = request;
    let asked = serde_json::to_vec(&(number, lines, plan)).unwrap_or_default();
    let whose = who.map(|who| who.bytes(context));
    let parts: [&[u8]; 2] = [&asked, whose.as_ref().map_or(&[], <[u8; 17]>::as_slice)];
    let once = command.once(tx, context, context.request("subscribe_order", &parts), |tx| {
        let Ok(number) = ReservationKey::parse(number) else { return Ok(refused(RepeatRefusal::Invalid)) };
        if number.as_str().len() > LONGEST_NUMBER {
            return Ok(refused(RepeatRefusal::Invalid));
        }
        if let Some(why) = unfit(lines, plan) {
            return Ok(refused(why));
        }
        if KeptRepeat::get(tx, context, &number)?.is_some() {
            return Ok(refused(RepeatRefusal::NumberReused));
        }
        let record = match who {
            Some(who) => who.record(tx, context)?,
            None => None,
        };
        if let Some(record) = record {
            // Whoever erases the record finds it.
            tx.bump_range(&event_range(record))?;
            tx.put(&keys::repeat_of(context, record, &number), &OrderMark {})?;
        }
        let order = RepeatOrder {
            number,
            lines: lines.to_vec(),
            plan: (*plan).clone(),
            state: RepeatState::Active,
            next: None,
            retry: None,
            done: None,
        };
        let mut kept = KeptRepeat { order, record, due: None };
        kept.look_ahead(days, context.now);
        kept.put(tx, context, days)?;
        Ok(RepeatOutcome::Stands { next: kept.order.next })
    })?;
    Ok(answer(once))
}

fn answer(once: Once<RepeatOutcome>) -> RepeatOutcome {
    match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => refused(RepeatRefusal::KeyReused),
    }
}

/// Leaves one order out, pauses, goes on, changes or cancels a repeat order, once for each command key. The orders that
/// were placed are not touched.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`Subscription::next_after`].
pub fn change_subscription(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    number: &ReservationKey,
    change: &RepeatChange,
    days: &RepeatDays<'_>,
) -> Result<RepeatOutcome, Stop> {
    let asked = serde_json::to_vec(&(number, change)).unwrap_or_default();
    let once = command.once(tx, context, context.request("change_subscription", &[&asked]), |tx| {
        let Some(mut kept) = KeptRepeat::get(tx, context, number)? else {
            return Ok(refused(RepeatRefusal::Unknown));
        };
        if let Err(why) = kept.change(change, days, context.now) {
            return Ok(refused(why));
        }
        kept.look_ahead(days, context.now);
        kept.put(tx, context, days)?;
        Ok(RepeatOutcome::Stands { next: kept.order.next })
    })?;
    Ok(answer(once))
}

impl KeptRepeat {
    fn change(
        &mut self,
        change: &RepeatChange,
        days: &RepeatDays<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), RepeatRefusal> {
        let order = &mut self.order;
        if order.state == RepeatState::Cancelled {
            return if *change == RepeatChange::Cancel { Ok(()) } else { Err(RepeatRefusal::Cancelled) };
        }
        match change {
            RepeatChange::Skip { date } => {
                let is_over = *date < days.today(now) && order.next != Some(*date);
                let is_beyond = order.plan.last.is_some_and(|last| last < *date);
                if is_over || is_beyond || order.done.is_some_and(|done| *date <= done) {
                    return Err(RepeatRefusal::NoSuchDate);
                }
                let on_it = order.plan.numbers_on(*date, |date| days.is_open(date));
                if on_it.is_empty() {
                    return Err(RepeatRefusal::NoSuchDate);
                }
                order.plan.skipped.extend(on_it);
                if order.plan.skipped.len() > MOST_SKIPPED {
                    return Err(RepeatRefusal::TooMany);
                }
            }
            RepeatChange::Pause { until: None } => order.state = RepeatState::Paused,
            RepeatChange::Pause { until } => {
                order.state = RepeatState::Active;
                order.plan.paused_until = *until;
            }
            RepeatChange::Resume => {
                order.state = RepeatState::Active;
                order.plan.paused_until = None;
            }
            RepeatChange::Lines { lines } => {
                if let Some(why) = unfit(lines, &order.plan) {
                    return Err(why);
                }
                order.lines.clone_from(lines);
            }
            RepeatChange::Plan { plan } => {
                if let Some(why) = unfit(&order.lines, plan) {
                    return Err(why);
                }
                order.plan = plan.clone();
            }
            RepeatChange::Cancel => order.state = RepeatState::Cancelled,
        }
        Ok(())
    }
}

/// A repeat order as it stands; `None` if there is none with that number.
///
/// # Errors
/// Of the store only.
pub fn subscription(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    number: &ReservationKey,
) -> Result<Option<RepeatOrder>, Stop> {
    Ok(KeptRepeat::get(tx, context, number)?.map(|kept| kept.order))
}

/// Her repeat orders, of all records of her profile, in the order of their numbers; `None` if nobody is meant.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(records + repeat orders).
pub fn subscriptions_of(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
) -> Result<Option<Vec<RepeatOrder>>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let mut wanted: Vec<Key> = Vec::new();
    for member in members::cluster(tx, record)?.0 {
        let found = first_keys::<OrderMark>(tx, &keys::all_repeats_of(member), usize::MAX)?;
        wanted.extend(found.iter().filter_map(keys::repeat_behind));
    }
    let found = tx.get_many::<KeptRepeat>(&wanted)?;
    let mut orders: Vec<RepeatOrder> = found.into_iter().flatten().map(|kept| kept.order).collect();
    orders.sort_by(|a, b| a.number.cmp(&b.number));
    orders.dedup_by(|a, b| a.number == b.number);
    Ok(Some(orders))
}

/// A repeat order of which an order is to be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueRepeat {
    /// The host's number of it.
    pub number: ReservationKey,
    /// For which date.
    pub date: NaiveDate,
    /// How often it was tried, and why it was refused last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
}

/// The repeat orders that are due at an instant, at most `limit`, the longest due first: [renew](super::renew_order) each.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(limit).
pub fn subscriptions_due(
    tx: &mut Tx<'_>,
    _context: &Context<'_>,
    until: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<DueRepeat>, Stop> {
    let end = keys::repeats_due_after(Millis::from(until));
    let found = first_keys::<OrderMark>(tx, &prefix(keys::REPEATS_DUE), limit)?;
    let due: Vec<Key> = found.iter().take_while(|key| **key < end).filter_map(keys::repeat_behind).collect();
    let kept = tx.get_many::<KeptRepeat>(&due)?;
    let orders = kept.into_iter().flatten().map(|kept| kept.order);
    Ok(orders
        .filter_map(|order| Some(DueRepeat { number: order.number, date: order.next?, retry: order.retry }))
        .collect())
}

/// Forgets a record's repeat orders: nothing is ordered for her any more. Orders that were placed stay, as books do.
pub(super) fn forget(tx: &mut Tx<'_>, record: RecordId) -> Result<(), Stop> {
    for mark in first_keys::<OrderMark>(tx, &keys::all_repeats_of(record), usize::MAX)? {
        if let Some(of) = keys::repeat_behind(&mark) {
            if let Some(kept) = tx.get::<KeptRepeat>(&of)?
                && let Some(due) = kept.due
                && let Some(at) = keys::due_behind(due, &mark)
            {
                tx.delete(&at);
            }
            tx.delete(&of);
            tx.announce(&of);
        }
        if let Some(all) = keys::renewals_behind(&mark) {
            delete_all::<RenewOutcome>(tx, &all)?;
        }
        tx.delete(&mark);
        tx.announce(&mark);
    }
    Ok(())
}

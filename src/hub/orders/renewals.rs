//! The next order of a repeat order, once for each date.

use serde::{Deserialize, Serialize};

use super::place::place;
use super::subscriptions::{KeptRepeat, RepeatDays, RepeatState};
use super::{OrderRequest, OrderTerms, PlaceOutcome, PlaceRefusal, keys};
use crate::hub::stored::stored;
use crate::hub::{Context, Who};
use crate::ids::OrderId;
use crate::stock::ReservationKey;
use crate::stock::order::{Intent, NewParcel, OrderedLine};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

/// What is done when an order of a repeat order is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryRule {
    /// It is tried again after so many minutes.
    pub after_minutes: u32,
    /// So often in all; then that date is given up.
    pub most: u32,
}

impl RetryRule {
    /// Every six hours, four times in all.
    #[must_use]
    pub const fn retail() -> Self {
        Self { after_minutes: 360, most: 4 }
    }
}

impl Default for RetryRule {
    fn default() -> Self {
        Self::retail()
    }
}

/// An order that was refused and is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How often it was tried.
    pub tried: u32,
    /// When it is tried again.
    pub again_at: DateTime<Utc>,
    /// Why it was refused last.
    pub why: PlaceRefusal,
}

/// The next order of a repeat order, as it is to be placed.
#[derive(Debug, Clone, Copy)]
pub struct RenewRequest<'a> {
    /// Which repeat order.
    pub number: &'a ReservationKey,
    /// For which date: as [`subscriptions_due`](super::subscriptions_due) told it.
    pub date: NaiveDate,
    /// What comes from where and goes where: all that the repeat order holds, in its lines.
    pub parcels: &'a [NewParcel],
    /// Whether units may be promised that are not there yet.
    pub backorder: bool,
    /// Until when it is to be paid.
    pub pay_by: Option<DateTime<Utc>>,
    /// What is done if it is refused.
    pub retry: RetryRule,
}

/// What became of the next order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "renewed")]
pub enum RenewOutcome {
    /// It is placed.
    Placed {
        /// Its id.
        id: OrderId,
        /// What is to be told.
        intents: Vec<Intent>,
        /// The date of the one after it.
        next: Option<NaiveDate>,
    },
    /// It is refused, and due again later.
    Refused {
        /// Why, and when again.
        retry: Retry,
    },
    /// It was refused once too often: none comes on that date.
    GivenUp {
        /// Why it was refused last.
        why: PlaceRefusal,
        /// The date of the next one.
        next: Option<NaiveDate>,
    },
    /// The parcels do not hold what is ordered, or are too many. Nothing has changed.
    Invalid {
        /// Which of the two.
        why: PlaceRefusal,
    },
    /// No order comes on that date, or not yet. Nothing has changed.
    NotDue {
        /// The date of the next one.
        next: Option<NaiveDate>,
    },
    /// There is no such repeat order.
    Unknown,
}

stored! {
    RenewOutcome = "renew_outcome", journal false;
}

/// Places the order of a repeat order for a date, exactly once for each date: whoever does not know whether it took effect
/// asks again and gets the same answer. Then the repeat order moves on to its next date, in the same unit of work.
///
/// The order is placed as [`place_order`](super::place_order) does it, with the number of the repeat order, a slash and the
/// date as its number. What the goods cost is not kept: the host asks for prices anew before the order is paid.
///
/// What is refused, as there is no stock, stays due by the [`RetryRule`], with the reason; the last time the date is given up.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`place_order`](super::place_order) and [`Subscription::next_after`](crate::stock::order::Subscription::next_after).
pub fn renew_order(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    request: &RenewRequest<'_>,
    days: &RepeatDays<'_>,
    terms: &OrderTerms<'_>,
) -> Result<RenewOutcome, Stop> {
    let RenewRequest { number, date, parcels, backorder, pay_by, retry: rule } = *request;
    let Some(mut kept) = KeptRepeat::get(tx, context, number)? else { return Ok(RenewOutcome::Unknown) };
    let of_date = keys::renewal(context, number, date);
    if let Some(before) = tx.get::<RenewOutcome>(&of_date)? {
        return Ok(before);
    }
    let is_due = kept.order.state == RepeatState::Active
        && kept.order.next == Some(date)
        && days.zone.start_of(date) <= context.now;
    if !is_due {
        return Ok(RenewOutcome::NotDue { next: kept.order.next });
    }
    if !days.is_open(date) {
        // The hours have changed since that date was found.
        kept.look_ahead(days, context.now);
        kept.put(tx, context, days)?;
        return Ok(RenewOutcome::NotDue { next: kept.order.next });
    }
    let waits = |retry: &&Retry| context.now < retry.again_at && !is_for_the_host(&retry.why);
    if let Some(retry) = kept.order.retry.as_ref().filter(waits) {
        return Ok(RenewOutcome::Refused { retry: retry.clone() });
    }
    let own = kept.order.lines.iter();
    let lines: Vec<OrderedLine> =
        own.map(|line| OrderedLine { sku: line.sku.clone(), units: line.units, cancelled: 0 }).collect();
    let who = kept.record.map(Who::Record);
    let order = OrderRequest {
        number: &format!("{number}/{date}"),
        who: who.as_ref(),
        lines: &lines,
        parcels,
        held: None,
        exchange_of: None,
        backorder,
        pay_by,
    };
    let outcome = match place(tx, context, &order, terms)? {
        PlaceOutcome::Refused { why } if is_for_the_host(&why) => {
            // Others are due too: it goes back in the list, and may be tried again at once.
            let tried = kept.order.retry.as_ref().map_or(0, |retry| retry.tried);
            let again_at = context.now.checked_add_signed(TimeDelta::minutes(i64::from(rule.after_minutes)));
            kept.order.retry = again_at.map(|again_at| Retry { tried, again_at, why: why.clone() });
            kept.put(tx, context, days)?;
            return Ok(RenewOutcome::Invalid { why });
        }
        PlaceOutcome::Refused { why } => {
            let tried = kept.order.retry.as_ref().map_or(0, |retry| retry.tried).saturating_add(1);
            let again_at = context.now.checked_add_signed(TimeDelta::minutes(i64::from(rule.after_minutes)));
            match again_at.filter(|_| tried < rule.most) {
                Some(again_at) => {
                    let retry = Retry { tried, again_at, why };
                    kept.order.retry = Some(retry.clone());
                    kept.put(tx, context, days)?;
                    return Ok(RenewOutcome::Refused { retry });
                }
                None => RenewOutcome::GivenUp { why, next: kept.move_on(date, days, context.now) },
            }
        }
        PlaceOutcome::Placed { id, intents } => {
            RenewOutcome::Placed { id, intents, next: kept.move_on(date, days, context.now) }
        }
    };
    kept.put(tx, context, days)?;
    tx.put(&of_date, &outcome)?;
    Ok(outcome)
}

/// Whether the host asked for what no waiting makes right.
const fn is_for_the_host(why: &PlaceRefusal) -> bool {
    matches!(why, PlaceRefusal::Invalid | PlaceRefusal::TooMany)
}

impl KeptRepeat {
    /// That date is dealt with; the next one.
    fn move_on(&mut self, date: NaiveDate, days: &RepeatDays<'_>, now: DateTime<Utc>) -> Option<NaiveDate> {
        self.order.done = Some(date);
        self.order.retry = None;
        self.look_ahead(days, now);
        self.order.next
    }
}

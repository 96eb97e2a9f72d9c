//! Promises that are kept in mind, and whether they were kept.

use serde::{Deserialize, Serialize};

use super::keys;
use crate::hub::Context;
use crate::hub::scan::each_while;
use crate::stock::order::Fulfilment;
use crate::stock::promise::{Promise, PromiseScore, PromiseStanding};
use crate::stock::{LocationId, ReservationKey};
use crate::store::{Key, Stop, Stored, Tx};
use crate::time::{DateTime, NaiveDate, Utc};

/// A promise that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenPromise {
    /// Which location is to keep the one that stands now.
    pub location: LocationId,
    /// Which location was to keep the first: there it is counted.
    pub first_location: LocationId,
    /// The first that was given. This is what is scored: a later one that replaces it makes it no better.
    pub first: Promise,
    /// The one that stands now.
    pub now: Promise,
    /// When she could have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<DateTime<Utc>>,
    /// How it ended without that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<PromiseEnd>,
}

/// How a promise ends without what was promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseEnd {
    /// She does not get it, or not all of it: it is broken.
    Missed,
    /// It was called off before it was due, or another parcel takes it over: it does not count.
    Withdrawn,
}

impl GivenPromise {
    fn new(location: &LocationId, promise: &Promise) -> Self {
        Self {
            location: location.clone(),
            first_location: location.clone(),
            first: promise.clone(),
            now: promise.clone(),
            happened: None,
            ended: None,
        }
    }

    /// Whether nothing changes how it is scored any more.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.happened.is_some() || self.ended.is_some()
    }

    /// How it stands at an instant.
    #[must_use]
    pub fn standing(&self, now: DateTime<Utc>) -> PromiseStanding {
        match self.ended {
            Some(PromiseEnd::Missed) => PromiseStanding::Missed,
            Some(PromiseEnd::Withdrawn) => PromiseStanding::Withdrawn,
            None => self.first.score(self.happened, now),
        }
    }
}

impl Stored for GivenPromise {
    const KIND: &'static str = "stock_promise";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

impl Stored for PromiseScore {
    const KIND: &'static str = "promise_score";
    const VERSION: u16 = 1;
}

/// Keeps a promise in mind, in place of the one that the key had before. Of a key that was promised before the first promise
/// stays the one that is scored, unless what was promised has happened. [`place_order`](crate::hub::place_order()) does it for the
/// parcels of an order.
///
/// # Errors
/// Of the store only.
pub fn give_promise(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
    location: &LocationId,
    promise: &Promise,
) -> Result<(), Stop> {
    let of_promise = keys::promise(context, key);
    let given = match tx.get::<GivenPromise>(&of_promise)? {
        Some(before) if before.is_settled() => return Ok(()),
        Some(before) => GivenPromise { now: promise.clone(), location: location.clone(), ..before },
        None => GivenPromise::new(location, promise),
    };
    tx.put(&of_promise, &given)
}

/// What a key was promised.
///
/// # Errors
/// Of the store only.
pub fn given_promise(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
) -> Result<Option<GivenPromise>, Stop> {
    tx.get(&keys::promise(context, key))
}

/// Scores a promise by what happened, and counts it at the location that gave it first, on the day (UTC) for which it was given. What happened
/// first counts: repeating it, or telling a later time, changes nothing. Without anything that happened it tells how the
/// promise stands now. `None` if the key was promised nothing.
///
/// # Errors
/// Of the store only.
pub fn score_promise(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
    happened: Option<DateTime<Utc>>,
) -> Result<Option<PromiseStanding>, Stop> {
    let of_promise = keys::promise(context, key);
    let Some(mut given) = tx.get::<GivenPromise>(&of_promise)? else { return Ok(None) };
    if happened.is_some() && !given.is_settled() {
        given.happened = happened;
        settle(tx, context, &of_promise, &given)?;
    }
    Ok(Some(given.standing(context.now)))
}

/// Keeps a promise that is settled now, and counts it.
fn settle(tx: &mut Tx<'_>, context: &Context<'_>, at: &Key, given: &GivenPromise) -> Result<(), Stop> {
    tx.put(at, given)?;
    let of_score = keys::score(context, &given.first_location, given.first.by.date_naive());
    let mut score = tx.get::<PromiseScore>(&of_score)?.unwrap_or_default();
    let before = score;
    score.count(given.standing(context.now));
    if score != before {
        tx.put(&of_score, &score)?;
    }
    Ok(())
}

/// Scores the promise of a parcel, if it has one, by what became of the parcel; once.
pub(in crate::hub) fn settle_parcel(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
    became: Fulfilment,
) -> Result<(), Stop> {
    let of_promise = keys::promise(context, key);
    let Some(mut given) = tx.get::<GivenPromise>(&of_promise)? else { return Ok(()) };
    if given.is_settled() {
        return Ok(());
    }
    match became {
        Fulfilment::Open => return Ok(()),
        Fulfilment::There { at } => given.happened = Some(at),
        Fulfilment::Missed => given.ended = Some(PromiseEnd::Missed),
        // Whoever calls off what did not come in time was let down.
        Fulfilment::CalledOff if context.now > given.first.by => given.ended = Some(PromiseEnd::Missed),
        Fulfilment::CalledOff | Fulfilment::Replaced => given.ended = Some(PromiseEnd::Withdrawn),
    }
    settle(tx, context, &of_promise, &given)
}

/// Keeps in mind what a parcel was promised for. If it takes over units of another, what was promised first for these is
/// what is scored.
pub(in crate::hub) fn pass_promise_on(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    from: Option<&ReservationKey>,
    to: &ReservationKey,
    location: &LocationId,
    promise: Option<&Promise>,
) -> Result<(), Stop> {
    let before = match from {
        Some(from) => tx.get::<GivenPromise>(&keys::promise(context, from))?,
        None => None,
    };
    let given = match (before, promise) {
        (Some(before), promise) => GivenPromise {
            location: location.clone(),
            now: promise.cloned().unwrap_or(before.now),
            happened: None,
            ended: None,
            ..before
        },
        (None, Some(promise)) => GivenPromise::new(location, promise),
        (None, None) => return Ok(()),
    };
    tx.put(&keys::promise(context, to), &given)
}

/// How many of the promises of a location were kept, of those that were due on these days (UTC), the first included, the
/// last not.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(days).
pub fn promises_kept(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    location: &LocationId,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<PromiseScore, Stop> {
    let (prefix, end) = (keys::scores(context, location), keys::score(context, location, until));
    let first = keys::score(context, location, from);
    let after = from.pred_opt().map(|before| keys::score(context, location, before));
    let mut all = PromiseScore::default();
    each_while::<PromiseScore>(tx, &prefix, after, |key, score| {
        if first <= key && key < end {
            all.kept = all.kept.saturating_add(score.kept);
            all.broken = all.broken.saturating_add(score.broken);
        }
        key < end
    })?;
    Ok(all)
}

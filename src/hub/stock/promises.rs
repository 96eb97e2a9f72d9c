//! Promises that are kept in mind, and whether they were kept.

use serde::{Deserialize, Serialize};

use super::keys;
use crate::hub::Context;
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
/// stays the one that is scored, unless what was promised has happened.
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
        Some(before) if before.happened.is_some() => return Ok(()),
        Some(before) => GivenPromise { now: promise.clone(), location: location.clone(), ..before },
        None => GivenPromise {
            location: location.clone(),
            first_location: location.clone(),
            first: promise.clone(),
            now: promise.clone(),
            happened: None,
        },
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
    if let (None, Some(at)) = (given.happened, happened) {
        given.happened = Some(at);
        tx.put(&of_promise, &given)?;
        let of_score = keys::score(context, &given.first_location, given.first.by.date_naive());
        let mut score = tx.get::<PromiseScore>(&of_score)?.unwrap_or_default();
        score.count(given.first.score(given.happened, context.now));
        tx.put(&of_score, &score)?;
    }
    Ok(Some(given.first.score(given.happened, context.now)))
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
    let mut after = from.pred_opt().map(|before| keys::score(context, location, before));
    let mut all = PromiseScore::default();
    loop {
        let found = tx.scan::<PromiseScore>(&prefix, after.as_ref(), 256)?;
        let within = |key: &Key| *key >= first && *key < end;
        for (_, score) in found.items.iter().filter(|(key, _)| within(key)) {
            all.kept = all.kept.saturating_add(score.kept);
            all.broken = all.broken.saturating_add(score.broken);
        }
        after = found.items.last().map(|(key, _)| key.clone());
        if !found.more || after.as_ref().is_none_or(|last| *last >= end) {
            return Ok(all);
        }
    }
}

//! What a person left standing: listed, told once, taken back.

use serde::{Deserialize, Serialize};

use crate::event::CartAction;
use crate::journey::{
    Abandonment, AbandonmentNews, ThreadAct, ThreadKind, ThreadRules, Told, abandonment_news, abandonments,
};
use crate::messaging::trigger::{Signal, SignalKind};
use crate::record::Millis;
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::timelines::{act, streams};
use super::super::{Context, Who, keys as hub_keys, members};
use super::keys;
use super::parts::{each, load};

/// How far back abandoned objects are looked for, in days.
const LOOK_BACK_DAYS: i64 = 90;

/// That an episode was told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    #[serde(rename = "e")]
    told: Told,
    #[serde(rename = "t")]
    at: Millis,
    /// It was taken back, or that it ended was told.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    settled: bool,
}

impl Stored for Mark {
    const KIND: &'static str = "abandonment";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

/// What a person left standing by now and was not told, and what she was told that is not so any more; `None` if nobody is
/// meant. Objects are looked at across all channels and records: her carts by their events, and all her threads.
///
/// `contactable` is the host's word whether she may be contacted at all; if not, nothing is due. Of what is listed tell her,
/// and [mark](mark_abandonment) it, so that it is not listed again.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{FixedClock, Hub, Rules, ThreadSettings, Who};
/// use throughline::journey::{ThreadEdit, ThreadKind};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let clock = Arc::new(FixedClock::at("2026-03-20T10:00:00Z".parse()?));
/// let rules = Rules::retail(b"from your secret manager");
/// let hub = Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, clock.clone())?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7"}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let settings = ThreadSettings::retail();
/// let edit = ThreadEdit::new("e-1", ThreadKind::Cart, "cart-1", Channel::Web).set("lines/TEA", 1);
/// hub.edit_thread(&who, &edit, &settings)?;
/// clock.set("2026-03-20T11:00:00Z".parse()?);
/// let news = hub.abandoned(&who, &settings.rules, true)?.ok_or("nobody")?;
/// assert!(hub.mark_abandonment(&who, &news.due[0])?);
/// assert!(!hub.mark_abandonment(&who, &news.due[0])?);
/// assert!(hub.abandoned(&who, &settings.rules, true)?.ok_or("nobody")?.due.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her events of the last 90 days and in her threads.
pub fn abandoned(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    rules: &ThreadRules,
    contactable: bool,
) -> Result<Option<AbandonmentNews>, Stop> {
    let since = context.now.checked_sub_signed(TimeDelta::days(LOOK_BACK_DAYS));
    let Some(streams) = streams(tx, context, who, since)? else { return Ok(None) };
    let Some(parts) = load(tx, context, who)? else { return Ok(None) };
    let mut acts: Vec<ThreadAct> = streams.iter().flatten().filter_map(act).collect();
    let is_order = |action| matches!(action, CartAction::Completed);
    let orders: Vec<DateTime<Utc>> = streams
        .iter()
        .flatten()
        .filter(|(_, event)| event.cart().is_some_and(|cart| is_order(cart.action())))
        .map(|(entry, _)| entry.order.time)
        .collect();
    acts.extend(parts.loaded.iter().flat_map(|held| held.part.acts(held.id)));
    let present = abandonments(&acts, &orders, rules, context.now);
    let mut marks: Vec<Mark> = Vec::new();
    for member in members::cluster(tx, parts.record)?.0 {
        each::<Mark>(tx, &keys::abandonments(member), |_, mark| marks.push(mark))?;
    }
    let told: Vec<Told> = marks.iter().map(|mark| mark.told.clone()).collect();
    let known_since = since.unwrap_or(DateTime::<Utc>::MIN_UTC);
    let mut news = abandonment_news(&present, &told, known_since);
    if !contactable {
        news.due.clear();
    }
    let open = |kind: &ThreadKind, object: &str, last: DateTime<Utc>, until: DateTime<Utc>| {
        marks.iter().any(|mark| {
            !mark.settled
                && mark.told.kind == *kind
                && *mark.told.object == *object
                && (last..=until).contains(&mark.told.last)
        })
    };
    news.revoked.retain(|told| open(&told.kind, &told.object, told.last, told.last));
    news.recovered.retain(|episode| open(&episode.kind, &episode.object, episode.began, episode.due));
    Ok(Some(news))
}

/// Marks an episode as told. Returns whether that is new: of several workers who list the same episode one tells it. An
/// unknown person's is not marked.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(records).
pub fn mark_abandonment(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    episode: &Abandonment,
) -> Result<bool, Stop> {
    let told = Told { kind: episode.kind.clone(), object: episode.object.clone(), last: episode.last };
    let Some(record) = who.record(tx, context)? else { return Ok(false) };
    let place = place(context, &told);
    let members = members::cluster(tx, record)?.0;
    let wanted: Vec<_> = members.iter().map(|id| keys::abandonment(*id, place)).collect();
    if tx.get_many::<Mark>(&wanted)?.iter().any(Option::is_some) {
        return Ok(false);
    }
    // One place for all who mark it at once, whichever of her records they know her by.
    let home = members.first().copied().unwrap_or(record);
    let mark = Mark { told, at: context.now.into(), settled: false };
    // An erasure of the record at the same time finds it.
    tx.bump_range(&hub_keys::event_range(home))?;
    tx.put(&keys::abandonment(home, place), &mark)?;
    Ok(true)
}

/// Settles an episode that was told: its end, or that it was never so, has been dealt with. Returns whether that is new.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(records + marks of her).
pub fn settle_abandonment(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    told: &Told,
) -> Result<bool, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(false) };
    let place = place(context, told);
    let mut settled = false;
    for member in members::cluster(tx, record)?.0 {
        let key = keys::abandonment(member, place);
        if let Some(mark) = tx.get::<Mark>(&key)?.filter(|mark| !mark.settled) {
            tx.put(&key, &Mark { settled: true, ..mark })?;
            settled = true;
        }
    }
    Ok(settled)
}

/// What an abandoned object says to [triggers](crate::messaging::trigger): hand it to
/// [`Triggering::signals`](crate::hub::Triggering::signals).
#[must_use]
pub fn abandonment_signal(episode: &Abandonment) -> Signal {
    let kind = if episode.kind == ThreadKind::Cart { SignalKind::CartAbandoned } else { SignalKind::Custom };
    Signal::new(kind, &*episode.object, episode.last)
}

fn place(context: &Context<'_>, told: &Told) -> [u8; 16] {
    let at = told.last.timestamp_millis().to_be_bytes();
    context.rules.pepper.digest("abandonment", &[told.kind.as_str().as_bytes(), told.object.as_bytes(), &at])
}

//! What happened with one person, in every channel, and where she left off.

mod doors;
mod journey_doors;
mod journeys;
mod owners;
mod pages;

pub use journeys::{CustomerJourney, JourneySettings, JourneysPage, journey, journeys};
pub use owners::{OwnedEvent, owners};
pub use pages::timeline_page;

use std::collections::BTreeMap;

use crate::calendar::Zone;
use crate::channel::Channel;
use crate::event::{Event, StoredEvent};
use crate::ids::RecordId;
use crate::journey::{
    self, Act, Continuation, Entry, Restart, ResumeSettings, Session, SessionSettings, Sight, Thread,
    ThreadAct, ThreadKind, ThreadState, Timeline, threads,
};
use crate::record::Millis;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};

use super::orders::placed_at;
use super::threads::documents;
use super::{Context, ThreadSettings, Who, event_log, keys, members};

/// Everything that happened with one person from an instant on, in every channel and in time order; `None` if nobody is
/// meant.
///
/// The timeline is a merge over the records of the profile: a merge of profiles moves no event and a split loses none.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(n log k) for n events in k records.
pub fn timeline(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    since: Option<DateTime<Utc>>,
) -> Result<Option<Timeline>, Stop> {
    let Some(streams) = streams(tx, context, who, since)? else { return Ok(None) };
    Ok(Some(merged(streams)))
}

/// One event of a timeline, whole; `None` if it was erased since.
///
/// ```
/// use std::sync::Arc;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Rules};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = r#"{"type":"page","messageId":"m-1","anonymousId":"visitor-7","properties":{"title":"خانه"}}"#;
/// let recorded = hub.record(&Event::from_segment(line.as_bytes(), &hub.import())?)?;
/// let timeline = hub.timeline(&recorded.record.into(), None)?.ok_or("nobody")?;
/// let entry = timeline.entries().first().ok_or("nothing")?;
/// assert_eq!(hub.event(entry)?.map(|event| event.to_segment().to_owned()), Some(line.to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// One key.
pub fn event(tx: &mut Tx<'_>, _context: &Context<'_>, entry: &Entry) -> Result<Option<Event>, Stop> {
    let key = keys::event(entry.record, Millis::from(entry.order.time), entry.event);
    Ok(tx.get::<StoredEvent>(&key)?.and_then(|stored| Event::from_stored(&stored).ok()))
}

/// What she may take up again in that channel, wherever she last touched it; `None` if nobody is meant. It is looked for
/// among the carts that her events tell of, and her [threads](super::threads_of()) of every kind that the channel may see as
/// a whole. A cart that is both counts once, as it was left last. What an order of hers
/// [ends](crate::journey::KindRules::closed_by_any_order), [placed](super::place_order()) here, is not offered any more unless
/// something was put into it since. [`thread`](super::thread()) shows what is in the thread.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Rules, ThreadSettings, Who};
/// use throughline::journey::{ThreadEdit, ThreadKind};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7"}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let settings = ThreadSettings::retail();
/// let loan = ThreadEdit::new("e-1", ThreadKind::Application, "loan-1", Channel::App).set("sum", 5_000).at("income");
/// hub.edit_thread(&who, &loan, &settings)?;
/// let branch = hub.resume(&who, &Channel::Till, &settings)?.and_then(|found| found.resume).ok_or("nothing waits")?;
/// assert_eq!((branch.thread.kind, branch.thread.step.as_deref()), (ThreadKind::Application, Some("income")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`timeline`], and linear in her threads and in her orders.
pub fn resume(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    channel: &Channel,
    settings: &ThreadSettings,
) -> Result<Option<Continuation>, Stop> {
    let Some(streams) = streams(tx, context, who, None)? else { return Ok(None) };
    let acts: Vec<ThreadAct> = streams
        .iter()
        .flatten()
        .filter(|(entry, _)| entry.order.time <= context.now)
        .filter_map(act)
        .collect();
    let mut told = threads(&acts);
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let members = members::cluster(tx, record)?.0;
    let order = placed_at(tx, &members)?.into_iter().filter(|at| *at <= context.now).max();
    let ends = |kind: &ThreadKind| settings.rules.of(kind).closed_by_any_order;
    journey::drop_bought(&mut told, &acts, order, ends);
    told.retain(|thread| {
        let usual = settings.rules.of(&thread.kind).sensitivity;
        settings.visibility.sight(&thread.kind, usual, channel) == Sight::Whole
    });
    // What is sensitive may be hidden here, whatever events of it tell.
    let kept = documents(tx, context, who, &settings.rules)?;
    for document in &kept {
        let is_it =
            |thread: &Thread| thread.kind == document.kind && document.objects.contains(&thread.object);
        let latest = told.iter().filter(|thread| is_it(thread)).map(|thread| thread.last.time).max();
        let is_seen = settings.sight(document, channel) == Sight::Whole;
        if is_seen && latest.is_some_and(|latest| latest > document.last.at.into()) {
            continue;
        }
        told.retain(|thread| !is_it(thread));
        let last = DateTime::<Utc>::from(document.last.at);
        let is_open = document.state == ThreadState::Open;
        let is_bought = is_open && ends(&document.kind) && order.is_some_and(|order| last <= order);
        told.extend((is_seen && !is_bought).then(|| document.to_thread()));
    }
    let usual = ResumeSettings::default();
    Ok(Some(journey::resume(&merged(streams), &told, channel, context.now, &usual)))
}

/// An event of a timeline, in short and in full.
pub(crate) type Told = (Entry, Event);

/// Her visits: the acts on each of her devices, cut into sessions; `None` if nobody is meant.
///
/// A device is what `context.device.id` names, else the visitor id, else the record itself. `zone` matters only where
/// the settings cut at midnight.
///
/// What we did ourselves neither begins a visit nor makes it longer: events with the property `direction` of `outbound`, and
/// such as `Email Sent`, `SMS Delivered`, `Push Notification Sent`, `Message Sent` or `Email Bounced`, unless their
/// `direction` is `inbound`. That she opened a message, or followed a link in it, she did.
///
/// ```
/// use std::sync::Arc;
/// use throughline::calendar::Zone;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Rules};
/// use throughline::journey::SessionSettings;
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"page","messageId":"m-1","anonymousId":"visitor-7"}"#;
/// let recorded = hub.record(&Event::from_segment(line, &hub.import())?)?;
/// let visits = hub.sessions(&recorded.record.into(), &SessionSettings::default(), &Zone::utc())?;
/// assert_eq!(visits.map(|visits| visits.len()), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`timeline`].
pub fn sessions(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    settings: &SessionSettings,
    zone: &Zone,
) -> Result<Option<Vec<Session>>, Stop> {
    let Some(streams) = streams(tx, context, who, None)? else { return Ok(None) };
    let told = with_records(&streams);
    Ok(Some(journey::sessions(&acts_of(&told), settings, zone)))
}

/// Her visits after events arrived, given those before; `None` if nobody is meant. Equal to [`sessions`], and reads only what
/// may have changed: the events of each device from the session before its earliest new event on.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`sessions`], over the events since the earliest session that may have changed.
pub fn update_sessions(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    known: &[Session],
    arrived: &[Entry],
    settings: &SessionSettings,
    zone: &Zone,
) -> Result<Option<Vec<Session>>, Stop> {
    let mut earliest: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
    for entry in arrived {
        let Some(event) = event(tx, context, entry)? else { continue };
        let record = entry.record.to_string();
        let device = device_of(&event, &record).to_owned();
        let first = earliest.entry(device).or_insert(entry.order.time);
        *first = entry.order.time.min(*first);
    }
    let restarts: Vec<(String, Restart)> = earliest
        .into_iter()
        .map(|(device, first)| {
            let from = journey::restart(known, &device, first);
            (device, from)
        })
        .collect();
    let mut now = known.to_vec();
    // Read once: what one device does not need does its sessions no harm. `None`, everything, is the least.
    if let Some(since) = restarts.iter().map(|(_, from)| from.since).min() {
        let Some(streams) = streams(tx, context, who, since)? else { return Ok(None) };
        let told = with_records(&streams);
        let acts = acts_of(&told);
        for (device, from) in &restarts {
            now = journey::update_sessions(&now, device, from, &acts, settings, zone);
        }
    }
    Ok(who.record(tx, context)?.map(|_| now))
}

/// The device of an event: what it names, else the visitor, else the record.
fn device_of<'e>(event: &'e Event, record: &'e str) -> &'e str {
    event.device_id().or(event.anonymous_id()).unwrap_or(record)
}

fn with_records(streams: &[Vec<Told>]) -> Vec<(&Told, String)> {
    streams.iter().flatten().map(|told| (told, told.0.record.to_string())).collect()
}

fn acts_of<'t>(told: &'t [(&Told, String)]) -> Vec<Act<'t>> {
    let act = |((entry, event), record): &'t (&Told, String)| Act {
        order: &entry.order,
        device: device_of(event, record),
        user: event.user_id(),
        campaign: event.campaign(),
        outbound: event.is_ours(),
    };
    told.iter().map(act).collect()
}

/// The events of each record of a profile.
pub(crate) fn streams(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    since: Option<DateTime<Utc>>,
) -> Result<Option<Vec<Vec<Told>>>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let members = members::cluster(tx, record)?.0;
    Ok(Some(streams_of(tx, &members, since)?))
}

/// The events of each of some records.
fn streams_of(
    tx: &mut Tx<'_>,
    records: &[RecordId],
    since: Option<DateTime<Utc>>,
) -> Result<Vec<Vec<Told>>, Stop> {
    let mut streams = Vec::new();
    for member in records.iter().copied() {
        let mut stream = Vec::new();
        event_log::each(tx, member, since.map(Millis::from), |key, stored| {
            // What cannot be read any more was changed by somebody else; its neighbours are still shown.
            if let (Some(event_key), Ok(event)) = (keys::event_of(&key), Event::from_stored(&stored)) {
                stream.push((Entry::new(&event, member, event_key), event));
            }
        })?;
        streams.push(stream);
    }
    Ok(streams)
}

/// One timeline of all records.
fn merged(streams: Vec<Vec<Told>>) -> Timeline {
    Timeline::merge(streams.into_iter().map(|stream| stream.into_iter().map(|(entry, _)| entry).collect()))
}

/// What an event does to the cart it names.
pub(crate) fn act((_, event): &Told) -> Option<ThreadAct> {
    ThreadAct::of_cart(event, event.cart()?.cart_id()?)
}

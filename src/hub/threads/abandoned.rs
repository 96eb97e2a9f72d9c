//! What a person left standing: listed, told once, taken back.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::RecordId;
use crate::journey::{
    Abandonment, AbandonmentNews, Met, Sensitivity, Sight, ThreadAct, ThreadKind, Told, abandonment_news,
    abandonments,
};
use crate::messaging::trigger::{Signal, SignalKind};
use crate::record::Millis;
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::timelines::{act, streams};
use super::super::{Context, Who, keys as hub_keys, members};
use super::bought::ordered_at;
use super::keys;
use super::parts::{Parts, load};
use super::show::ThreadSettings;
use crate::hub::scan::each;

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
/// What her [rules](crate::journey::KindRules::closed_by_any_order) say ends with an order of hers, be it told by an event
/// (`Order Completed`) or [placed](crate::hub::place_order()) here: from the instant on at which it was placed, whatever
/// became of it since.
///
/// `channel` is that in which she would be told. What it may not know of is not listed, be it due, revoked or recovered;
/// and what is sensitive is in no channel due, unless the rules of its kind
/// [say so](crate::journey::KindRules::remind_of_sensitive). Of what the channel sees in outline the object's name is there
/// to be marked, not to be told: [`thread`](super::thread()) says what may be told.
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
/// let news = hub.abandoned(&who, &Channel::Email, &settings, true)?.ok_or("nobody")?;
/// assert!(hub.mark_abandonment(&who, &news.due[0], &Channel::Email, &settings)?);
/// assert!(!hub.mark_abandonment(&who, &news.due[0], &Channel::Email, &settings)?);
/// assert!(hub.abandoned(&who, &Channel::Email, &settings, true)?.ok_or("nobody")?.due.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her events of the last 90 days, in her threads and in her orders.
pub fn abandoned(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    channel: &Channel,
    settings: &ThreadSettings,
    contactable: bool,
) -> Result<Option<AbandonmentNews>, Stop> {
    let Some(view) = look(tx, context, who, channel, settings)? else { return Ok(None) };
    // Told of whichever of the objects that are one now.
    let told: Vec<Told> = view.marks.iter().map(|mark| view.objects.as_one(&mark.told)).collect();
    let mut news = abandonment_news(&view.present, &told, view.known_since);
    if !contactable {
        news.due.clear();
    }
    let is_open = |mark: &Mark, as_one: &Told| !mark.settled && view.objects.are_known(as_one);
    let both = || view.marks.iter().zip(&told);
    let revoked = std::mem::take(&mut news.revoked);
    news.revoked = both()
        .filter(|(mark, as_one)| revoked.contains(as_one) && is_open(mark, as_one))
        .map(|(mark, _)| mark.told.clone())
        .collect();
    let recovered = std::mem::take(&mut news.recovered);
    for (_, episode) in recovered {
        let of = both().filter(|(mark, as_one)| !mark.settled && episode.is(as_one));
        for (mark, _) in of {
            if !news.recovered.iter().any(|(told, _)| *told == mark.told) {
                news.recovered.push((mark.told.clone(), episode.clone()));
            }
        }
    }
    Ok(Some(news))
}

/// What stands of a person's objects.
struct View {
    /// Her records.
    members: Vec<RecordId>,
    present: Vec<Abandonment>,
    marks: Vec<Mark>,
    objects: Objects,
    /// Each act's record.
    places: Vec<(ThreadAct, RecordId)>,
    known_since: DateTime<Utc>,
}

/// Which objects are shown as one, and from when on all that was done to them is known.
#[derive(Default)]
struct Objects {
    one: BTreeMap<(ThreadKind, Box<str>), Box<str>>,
    since: BTreeMap<(ThreadKind, Box<str>), DateTime<Utc>>,
    /// Those that nobody is to be reminded of in that channel.
    hidden: BTreeSet<(ThreadKind, Box<str>)>,
    /// Kinds of which the channel may not know what only events tell of.
    hidden_kinds: BTreeSet<ThreadKind>,
}

impl Objects {
    fn of(parts: &Parts, channel: &Channel, settings: &ThreadSettings) -> Self {
        let rules = &settings.rules;
        let mut objects = Self::default();
        let usual = rules.of(&ThreadKind::Cart).sensitivity;
        if settings.visibility.sight(&ThreadKind::Cart, usual, channel) == Sight::Hidden {
            objects.hidden_kinds.insert(ThreadKind::Cart);
        }
        for Met { document, .. } in parts.met(rules) {
            let is_told = rules.of(&document.kind).remind_of_sensitive;
            let is_seen = settings.sight(&document, channel) != Sight::Hidden;
            if !is_seen || (document.sensitivity == Sensitivity::Sensitive && !is_told) {
                objects.hidden.insert((document.kind.clone(), document.object.clone()));
            }
            for object in &document.objects {
                let place = (document.kind.clone(), object.clone());
                // Those that are open come first.
                objects.one.entry(place).or_insert_with(|| document.object.clone());
            }
        }
        for held in &parts.loaded {
            let place = (held.part.kind.clone(), objects.name(&held.part.kind, &held.part.object));
            if let Some(since) = held.part.remembered_since() {
                let known = objects.since.entry(place).or_insert(since);
                *known = since.max(*known);
            }
        }
        objects
    }

    fn name(&self, kind: &ThreadKind, object: &str) -> Box<str> {
        self.one.get(&(kind.clone(), object.into())).map_or_else(|| object.into(), Clone::clone)
    }

    /// Whether nobody is to be told of it in that channel.
    fn is_hidden(&self, kind: &ThreadKind, object: &str) -> bool {
        let place = (kind.clone(), object.into());
        let is_told_by_events = !self.one.contains_key(&place);
        self.hidden.contains(&place) || (is_told_by_events && self.hidden_kinds.contains(kind))
    }

    fn as_one(&self, told: &Told) -> Told {
        Told { object: self.name(&told.kind, &told.object), ..told.clone() }
    }

    /// Whether all that was done since then is known and may be told, so that what was told of it can be judged.
    fn are_known(&self, told: &Told) -> bool {
        let place = (told.kind.clone(), told.object.clone());
        let known = self.since.get(&place).is_none_or(|since| *since <= told.last);
        known && !self.is_hidden(&told.kind, &told.object)
    }
}

fn look(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    channel: &Channel,
    settings: &ThreadSettings,
) -> Result<Option<View>, Stop> {
    let since = context.now.checked_sub_signed(TimeDelta::days(LOOK_BACK_DAYS));
    let Some(streams) = streams(tx, context, who, since)? else { return Ok(None) };
    let Some(parts) = load(tx, context, who)? else { return Ok(None) };
    let objects = Objects::of(&parts, channel, settings);
    let of_events = streams.iter().flatten().filter_map(|told| Some((act(told)?, told.0.record)));
    let mut places: Vec<(ThreadAct, RecordId)> = of_events.collect();
    let orders = ordered_at(tx, &parts.cluster, &streams)?;
    for held in &parts.loaded {
        places.extend(held.part.acts(held.id).into_iter().map(|act| (act, held.record)));
    }
    for (act, _) in &mut places {
        act.object = objects.name(&act.kind, &act.object);
    }
    places.retain(|(act, _)| !objects.is_hidden(&act.kind, &act.object));
    let acts: Vec<ThreadAct> = places.iter().map(|(act, _)| act.clone()).collect();
    let present = abandonments(&acts, &orders, &settings.rules, context.now);
    let mut marks: Vec<Mark> = Vec::new();
    for member in &parts.cluster {
        each::<Mark>(tx, &keys::abandonments(*member), |_, mark| marks.push(mark))?;
    }
    let known_since = since.unwrap_or(DateTime::<Utc>::MIN_UTC);
    Ok(Some(View { members: parts.cluster, present, marks, objects, places, known_since }))
}

/// Marks an episode as told. Returns whether it is to be told: of several workers who list the same episode one tells it, and
/// nobody tells what is not so any more, as she went on with it or bought since it was listed, nor what the channel may not
/// know of. An unknown person's is not marked.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`abandoned`].
pub fn mark_abandonment(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    episode: &Abandonment,
    channel: &Channel,
    settings: &ThreadSettings,
) -> Result<bool, Stop> {
    let Some(view) = look(tx, context, who, channel, settings)? else { return Ok(false) };
    let listed = Told { kind: episode.kind.clone(), object: episode.object.clone(), last: episode.last };
    let listed = view.objects.as_one(&listed);
    let Some(now) = view.present.iter().find(|now| now.then.is_none() && now.is(&listed)) else {
        return Ok(false);
    };
    if view.marks.iter().any(|mark| now.is(&view.objects.as_one(&mark.told))) {
        return Ok(false);
    }
    // Whatever happens to her, or is told, at the same time is seen.
    for member in &view.members {
        tx.guard_range(&hub_keys::event_range(*member))?;
    }
    // Where its last act is, so that it goes with that record if the profile is split.
    let is_last =
        |act: &ThreadAct| act.kind == now.kind && act.object == now.object && act.order.time == now.last;
    let home = view.places.iter().filter(|(act, _)| is_last(act)).map(|(_, record)| *record).min();
    let Some(home) = home.or_else(|| view.members.first().copied()) else { return Ok(false) };
    let told = Told { kind: now.kind.clone(), object: now.object.clone(), last: now.last };
    let place = place(context, &told);
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

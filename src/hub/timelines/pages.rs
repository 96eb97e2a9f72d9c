//! Pages of a timeline of any length, in bounded memory.

use crate::event::{Event, StoredEvent};
use crate::ids::RecordId;
use crate::journey::{Entry, TimelineCursor, TimelineFilter, TimelinePage, Turn};
use crate::record::Millis;
use crate::store::{Stop, Tx};

use super::super::threads::last_event;
use super::super::{Context, Who, keys, members};

/// Most events of one record that one page looks at, unless more happened in one millisecond.
const MOST: usize = 2_048;
/// Most entries of a page.
const LONGEST: usize = 1_000;
/// The first stretch that is looked at backwards, in milliseconds: a day.
const STRETCH: i64 = 86_400_000;

/// What one record adds to a page: entries, all there are up to (forwards) or down to (backwards) the frontier; no frontier
/// at the record's end.
struct Stream {
    entries: Vec<Entry>,
    frontier: Option<Millis>,
}

/// One page of a person's timeline, from a cursor on, or from its beginning (backwards: its end); `None` if nobody is meant.
/// At most 1,000 entries.
///
/// ```
/// use std::sync::Arc;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Rules};
/// use throughline::journey::{TimelineFilter, Turn};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let mut record = None;
/// for minute in 10..20 {
///     let line = format!(r#"{{"type":"page","messageId":"{minute}","userId":"u","timestamp":"2026-03-20T09:{minute}:00Z"}}"#);
///     record = Some(hub.record(&Event::from_segment(line.as_bytes(), &hub.import())?)?.record);
/// }
/// let who = record.ok_or("nothing")?.into();
/// let filter = TimelineFilter::default();
/// let last = hub.timeline_page(&who, &filter, None, Turn::Earlier, 3)?.ok_or("nobody")?;
/// assert_eq!(last.entries.iter().map(|entry| &*entry.order.id).collect::<Vec<_>>(), ["17", "18", "19"]);
/// let before = hub.timeline_page(&who, &filter, last.next.as_ref(), Turn::Earlier, 3)?.ok_or("nobody")?;
/// assert_eq!(before.entries.iter().map(|entry| &*entry.order.id).collect::<Vec<_>>(), ["14", "15", "16"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(k) reads of at most 2,048 events each for k records, whatever the length of the timeline; more only where more
/// happened in one millisecond. Backwards a few times as many.
pub fn timeline_page(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    filter: &TimelineFilter,
    cursor: Option<&TimelineCursor>,
    turn: Turn,
    limit: usize,
) -> Result<Option<TimelinePage>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let limit = limit.clamp(1, LONGEST);
    let (mut streams, mut paused) = (Vec::new(), None);
    for member in members::cluster(tx, record)?.0 {
        // All records are asked before the unit pauses, so that a store across a network is asked a few times, not a few
        // times for each record.
        let read = match turn {
            Turn::Later => later(tx, member, filter, cursor, limit),
            Turn::Earlier => earlier(tx, member, filter, cursor, limit),
        };
        match read {
            Ok(stream) => streams.push(stream),
            Err(Stop::Pause) => paused = Some(Stop::Pause),
            Err(error) => return Err(error),
        }
    }
    match paused {
        Some(pause) => Err(pause),
        None => Ok(Some(page(streams, turn, limit))),
    }
}

fn page(streams: Vec<Stream>, turn: Turn, limit: usize) -> TimelinePage {
    let frontiers = streams.iter().filter_map(|stream| stream.frontier);
    let frontier = if turn == Turn::Later { frontiers.min() } else { frontiers.max() };
    let known = |entry: &Entry| {
        let at = Millis::from(entry.order.time);
        frontier.is_none_or(|frontier| if turn == Turn::Later { at < frontier } else { at >= frontier })
    };
    let mut entries: Vec<Entry> =
        streams.into_iter().flat_map(|stream| stream.entries).filter(known).collect();
    entries.sort();
    entries.dedup_by(|a, b| a.event == b.event);
    let surplus = entries.len().saturating_sub(limit);
    let beyond = frontier.map(|at| TimelineCursor::before(at.into()));
    let next = match turn {
        Turn::Later => {
            entries.truncate(limit);
            if surplus > 0 { entries.last().map(TimelineCursor::at) } else { beyond }
        }
        Turn::Earlier => {
            entries.drain(..surplus);
            if surplus > 0 { entries.first().map(TimelineCursor::at) } else { beyond }
        }
    };
    TimelinePage { entries, next }
}

/// The events of a record from an instant on, `chunk` at a time, until it is enough.
fn read(
    tx: &mut Tx<'_>,
    record: RecordId,
    from: Option<Millis>,
    chunk: usize,
    mut take: impl FnMut(Millis, Entry) -> Reading,
) -> Result<(), Stop> {
    let prefix = keys::events(record);
    let mut after = from.map(|from| keys::events_before(record, from));
    loop {
        let found = tx.scan::<StoredEvent>(&prefix, after.as_ref(), chunk)?;
        after = found.items.last().map(|(key, _)| key.clone());
        for (key, stored) in &found.items {
            let at = Millis::from(stored.corrected());
            // What cannot be read any more was changed by somebody else; its neighbours are still shown.
            let Some((id, event)) = keys::event_of(key).zip(Event::from_stored(stored).ok()) else {
                continue;
            };
            if take(at, Entry::new(&event, record, id)) == Reading::Enough {
                return Ok(());
            }
        }
        if !found.more || after.is_none() {
            return Ok(());
        }
    }
}

#[derive(PartialEq)]
enum Reading {
    On,
    Enough,
}

fn later(
    tx: &mut Tx<'_>,
    record: RecordId,
    filter: &TimelineFilter,
    cursor: Option<&TimelineCursor>,
    limit: usize,
) -> Result<Stream, Stop> {
    let from = filter.from.map(Millis::from).max(cursor.map(|cursor| cursor.time().into()));
    let until = filter.until.map(Millis::from);
    let mut stream = Stream { entries: Vec::new(), frontier: None };
    let (mut seen, mut last) = (0_usize, None);
    read(tx, record, from, limit.saturating_add(64), |at, entry| {
        if until.is_some_and(|until| at >= until) {
            return Reading::Enough;
        }
        // A page ends between two instants, as the events of one are in another order in the store.
        if (stream.entries.len() > limit || seen >= MOST) && last != Some(at) {
            stream.frontier = Some(at);
            return Reading::Enough;
        }
        (seen, last) = (seen + 1, Some(at));
        if filter.admits(&entry) && cursor.is_none_or(|cursor| TimelineCursor::at(&entry) > *cursor) {
            stream.entries.push(entry);
        }
        Reading::On
    })?;
    Ok(stream)
}

/// The store reads forwards only, so stretches that end at the cursor are read, each longer than the one before, until
/// there is enough in one.
fn earlier(
    tx: &mut Tx<'_>,
    record: RecordId,
    filter: &TimelineFilter,
    cursor: Option<&TimelineCursor>,
    limit: usize,
) -> Result<Stream, Stop> {
    let mut first = None;
    read(tx, record, filter.from.map(Millis::from), 1, |at, _| {
        first = Some(at);
        Reading::Enough
    })?;
    let end = cursor.map_or(Millis(i64::MAX), |cursor| {
        Millis(Millis::from(cursor.time()).0.saturating_add(i64::from(cursor.is_at_event())))
    });
    let end = filter.until.map_or(end, |until| end.min(until.into()));
    let Some(first) = first.filter(|first| *first < end) else {
        return Ok(Stream { entries: Vec::new(), frontier: None });
    };
    // No later than just after the last event.
    let last = last_event(tx, record)?.unwrap_or(first).max(first);
    let end = end.min(Millis(last.0.saturating_add(1)));
    let mut known = Stream { entries: Vec::new(), frontier: Some(end) };
    let mut length = STRETCH;
    // From here on it is known that a stretch would hold too much.
    let mut dense: Option<i64> = None;
    loop {
        let open = known.frontier.map_or(end.0, |frontier| frontier.0);
        let start = match dense {
            // A millisecond that holds more than a page looks at is read as a whole.
            Some(dense) if open.saturating_sub(dense) <= 1 => dense,
            Some(dense) => open - (open - dense) / 2,
            None => end.0.saturating_sub(length),
        };
        let start = start.max(first.0);
        let whole = dense.is_some_and(|dense| open.saturating_sub(dense) <= 1);
        match stretch(tx, record, (Millis(start), end), filter, cursor, whole)? {
            Some(entries) => {
                known.entries = entries;
                known.frontier = (start > first.0).then_some(Millis(start));
                if known.frontier.is_none() || known.entries.len() > limit || whole {
                    return Ok(known);
                }
                length = length.saturating_mul(16);
            }
            // It has come some way, though perhaps nothing there is admitted.
            None if known.frontier != Some(end) => return Ok(known),
            None => dense = Some(start),
        }
    }
}

/// What is admitted in a stretch before the cursor; `None` if it holds more than a page looks at.
fn stretch(
    tx: &mut Tx<'_>,
    record: RecordId,
    (start, end): (Millis, Millis),
    filter: &TimelineFilter,
    cursor: Option<&TimelineCursor>,
    whole: bool,
) -> Result<Option<Vec<Entry>>, Stop> {
    let (mut entries, mut seen, mut fits) = (Vec::new(), 0_usize, true);
    read(tx, record, Some(start), MOST + 1, |at, entry| {
        if at >= end {
            return Reading::Enough;
        }
        if seen >= MOST && !whole {
            fits = false;
            return Reading::Enough;
        }
        seen += 1;
        if filter.admits(&entry) && cursor.is_none_or(|cursor| TimelineCursor::at(&entry) < *cursor) {
            entries.push(entry);
        }
        Reading::On
    })?;
    Ok(fits.then_some(entries))
}

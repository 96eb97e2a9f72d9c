//! Windows laid on the UTC line, in order and united.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::wall::DAY;
use super::windows::Windows;
use super::zone::Zone;

/// A stretch of UTC seconds: the start belongs to it, the end does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// What starts on one local day, by start. Days give starts in order: the earliest instant of a wall time is never
/// after that of a later wall time.
fn of_day(windows: &Windows, zone: &Zone, day: i64) -> Vec<Span> {
    let mut spans = Vec::new();
    windows.starting_on(day, |start, end| {
        let span = Span { start: zone.resolve_seconds(start).0, end: end_of(zone, end) };
        // Empty where the clocks skip the whole window.
        if span.start < span.end {
            spans.push(span);
        }
    });
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    spans
}

fn end_of(zone: &Zone, local: i64) -> i64 {
    zone.resolve_seconds(local).1
}

/// The windows of one set in one zone, not united, by start.
struct Instances<'a> {
    windows: &'a Windows,
    zone: &'a Zone,
    day: i64,
    last: i64,
    ready: IntoIter<Span>,
}

impl<'a> Instances<'a> {
    /// Everything that may reach into `from..=to`.
    fn new(windows: &'a Windows, zone: &'a Zone, from: i64, to: i64, first: Option<i64>) -> Self {
        let day = zone.local_seconds(from).div_euclid(DAY) - windows.reach_days();
        let day = first.map_or(day, |first| day.max(first));
        let last = zone.local_seconds(to).div_euclid(DAY) + 1;
        let last = if windows.is_empty() { day - 1 } else { last };
        Self { windows, zone, day, last, ready: Vec::new().into_iter() }
    }
}

impl Iterator for Instances<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            if let Some(span) = self.ready.next() {
                return Some(span);
            }
            if self.day > self.last {
                return None;
            }
            self.ready = of_day(self.windows, self.zone, self.day).into_iter();
            self.day += 1;
        }
    }
}

/// The union of several sets of windows, each in its zone: disjoint spans that do not touch, by start.
///
/// Only spans that reach past `from` come out; they are exact up to `to`.
pub(super) struct Spans<'a> {
    parts: Vec<Peekable<Instances<'a>>>,
    from: i64,
}

impl<'a> Spans<'a> {
    pub(super) fn new(parts: &[(&'a Windows, &'a Zone)], from: i64, to: i64, first: Option<i64>) -> Self {
        let parts = parts.iter();
        let parts =
            parts.map(|(windows, zone)| Instances::new(windows, zone, from, to, first).peekable()).collect();
        Self { parts, from }
    }

    /// The next window of any part that reaches past `from`.
    fn take_first(&mut self, limit: Option<i64>) -> Option<Span> {
        for part in &mut self.parts {
            while part.next_if(|span| span.end <= self.from).is_some() {}
        }
        let first = self
            .parts
            .iter_mut()
            .filter_map(|part| part.peek().copied().map(|span| (span.start, part)))
            .min_by_key(|(start, _)| *start);
        let (start, part) = first?;
        if limit.is_some_and(|limit| start > limit) {
            return None;
        }
        part.next()
    }
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let mut span = self.take_first(None)?;
        while let Some(more) = self.take_first(Some(span.end)) {
            span.end = span.end.max(more.end);
        }
        Some(span)
    }
}

/// Whether a window of that set in that zone holds the second. Looks at ten days at most, whatever the set.
pub(super) fn holds(windows: &Windows, zone: &Zone, at: i64, first: Option<i64>) -> bool {
    let today = zone.local_seconds(at).div_euclid(DAY);
    let mut held = false;
    // A window that started tomorrow by the wall clock can hold an instant only where the clocks repeat midnight.
    let earliest = today - windows.reach_days();
    for day in first.map_or(earliest, |first| earliest.max(first))..=today + 1 {
        windows.starting_on(day, |start, end| {
            // Offsets stay within 26 hours: far windows need no look at the zone's rules.
            if !held && start - 2 * DAY <= at && at < end + 2 * DAY {
                held = zone.resolve_seconds(start).0 <= at && at < end_of(zone, end);
            }
        });
    }
    held
}

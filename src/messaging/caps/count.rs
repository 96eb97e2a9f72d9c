//! What caps say at an instant.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::Datelike;

use super::data::{CalendarUnit, Cap, CapWindow, CountBy, PinnedZones};
use crate::calendar::Zone;
use crate::channel::Channel;
use crate::messaging::gate::Stage;
use crate::messaging::input::{Class, PastSend};
use crate::messaging::quiet::Whereabouts;
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};

/// What is asked of the caps.
#[derive(Debug, Clone, Copy)]
pub struct CapQuestion<'a> {
    /// As of when.
    pub now: DateTime<Utc>,
    /// The class of the message.
    pub class: Class,
    /// Where it would go.
    pub channel: &'a Channel,
    /// What it counts as.
    pub category: Option<&'a str>,
    /// The message, for caps that count messages.
    pub message: Option<&'a str>,
    /// What the person was sent, in any order.
    pub sends: &'a [PastSend],
    /// Where the person is, for caps that count by the calendar.
    pub whereabouts: &'a Whereabouts,
    /// The first day of a week where the person is.
    pub week_start: Weekday,
    /// The zones that caps name.
    pub pinned: &'a PinnedZones,
}

/// What the caps say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapsAnswer {
    /// The positions of the caps that are full, in their order; empty if the message may go.
    pub blocked_by: Vec<usize>,
    /// The first instant at which all let the message go if nothing else is sent; `None` if it may go now, or never.
    pub until: Option<DateTime<Utc>>,
}

impl CapsAnswer {
    /// Whether the message may go now.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        self.blocked_by.is_empty()
    }
}

/// Whether a message may go to a person by all of these caps, and if not, from when on.
///
/// A cap looks at the sends of its channel and category that are marked as counting and not later than now. Where the
/// person's zone is one of several, a calendar cap must let go in each; where it is unknown, or a zone that a cap names
/// was not [found](super::super::Policy::locate), it counts over the longest time that its unit can last anywhere.
///
/// # Complexity
/// O(c n) for `c` caps and `n` sends, where a cap is full O(c n log n) for each of the instants at which one opens.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::messaging::{Cap, CapQuestion, CapWindow, Class, PastSend, PinnedZones, Whereabouts, frequency_caps};
/// use throughline::time::Weekday;
/// let caps = [Cap::new("one-a-day", 1, CapWindow::rolling_days(1))];
/// let sends = [PastSend::new("2026-06-01T09:00:00Z".parse()?, Channel::Push)];
/// let question = CapQuestion {
///     now: "2026-06-02T08:59:59Z".parse()?,
///     class: Class::Marketing,
///     channel: &Channel::Email,
///     category: None,
///     message: None,
///     sends: &sends,
///     whereabouts: &Whereabouts::Unknown,
///     week_start: Weekday::Mon,
///     pinned: &PinnedZones::default(),
/// };
/// let answer = frequency_caps(&caps, &question);
/// assert_eq!(answer.until, Some("2026-06-02T09:00:00Z".parse()?));
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[must_use]
pub fn frequency_caps(caps: &[Cap], question: &CapQuestion<'_>) -> CapsAnswer {
    if Stage::FrequencyCap.bypassed_by(question.class) {
        return CapsAnswer { blocked_by: Vec::new(), until: None };
    }
    let counter = Counter::new(caps, *question);
    let blocked_by = counter.blocked_by(question.channel, question.now);
    let mut until = question.now;
    // Sends of the future aside, one round is enough.
    for _ in 0..=question.sends.len() {
        match counter.ask(question.channel, until) {
            CapState::Open => break,
            CapState::Until(later) => until = later,
            CapState::Never => return CapsAnswer { blocked_by, until: None },
        }
    }
    CapsAnswer { until: (until > question.now).then_some(until), blocked_by }
}

/// What one cap, or several together, say at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::messaging) enum CapState {
    Open,
    Until(DateTime<Utc>),
    Never,
}

/// Caps with what they count; remembers what each said at the instants asked about last, for a cap says the same of every
/// channel that it is for.
pub(in crate::messaging) struct Counter<'a> {
    caps: &'a [Cap],
    question: CapQuestion<'a>,
    said: RefCell<Vec<(DateTime<Utc>, CapState)>>,
}

impl<'a> Counter<'a> {
    pub(in crate::messaging) const fn new(caps: &'a [Cap], question: CapQuestion<'a>) -> Self {
        Self { caps, question, said: RefCell::new(Vec::new()) }
    }

    /// All caps that are for a channel, together: when the last of those that are full opens.
    pub(in crate::messaging) fn ask(&self, channel: &Channel, at: DateTime<Utc>) -> CapState {
        let count = self.caps.len();
        if count == 0 {
            return CapState::Open;
        }
        let mut said = self.said.borrow_mut();
        let known = said.chunks(count).position(|chunk| chunk.first().is_some_and(|(then, _)| *then == at));
        let place = known.unwrap_or_else(|| {
            // Of now and of the instant waited for: more are asked about only where much changes on the way.
            if said.len() >= 4 * count {
                said.clear();
            }
            said.extend(self.caps.iter().map(|cap| (at, self.state(cap, at))));
            said.len() / count - 1
        });
        let states = said.iter().skip(place * count);
        self.caps
            .iter()
            .zip(states)
            .filter(|(cap, _)| cap.channel.as_ref().is_none_or(|only| only == channel))
            .map(|(_, (_, state))| *state)
            .max()
            .unwrap_or(CapState::Open)
    }

    /// The positions of the caps for a channel that are full.
    pub(in crate::messaging) fn blocked_by(&self, channel: &Channel, at: DateTime<Utc>) -> Vec<usize> {
        let full = |(_, cap): &(usize, &Cap)| {
            cap.channel.as_ref().is_none_or(|only| only == channel) && self.state(cap, at) != CapState::Open
        };
        self.caps.iter().enumerate().filter(full).map(|(position, _)| position).collect()
    }

    fn state(&self, cap: &Cap, at: DateTime<Utc>) -> CapState {
        if cap.category.is_some() && cap.category.as_deref() != self.question.category {
            return CapState::Open;
        }
        // What lies outside the longest time that the window can last cannot fill the cap: mostly that settles it.
        let longest = longest(&cap.window);
        let limit = usize::try_from(cap.limit).unwrap_or(usize::MAX);
        let since = at.checked_sub_signed(longest);
        let within = |send: &&'a PastSend| send.at <= at && since.is_none_or(|since| send.at > since);
        let recent = self.question.sends.iter().filter(within).filter(|send| counts(cap, send));
        if recent.take(limit).count() < limit {
            return CapState::Open;
        }
        let mut times = match cap.count_by {
            CountBy::Send => self.counting(cap).filter(within).map(|send| send.at).collect(),
            // So many sends may be of few messages.
            CountBy::Message if self.messages(cap, within) < limit => return CapState::Open,
            CountBy::Message => match self.first_told(cap, at) {
                Some(times) => times,
                None => return CapState::Open,
            },
        };
        if limit == 0 {
            return CapState::Never;
        }
        times.sort_unstable();
        match &cap.window {
            CapWindow::Rolling { .. } => rolling(&times, limit, longest, at),
            CapWindow::Calendar { unit, week_start, zone } => {
                let week_start = week_start.unwrap_or(self.question.week_start);
                let in_zone = |zone: &Zone| in_calendar(&times, limit, *unit, week_start, zone, at);
                let pinned = zone.as_ref().map(|id| self.question.pinned.get(id));
                match (pinned, self.question.whereabouts) {
                    (Some(Some(zone)), _) => in_zone(zone),
                    (None, Whereabouts::Known(zone) | Whereabouts::Fallback(zone)) => in_zone(zone),
                    (None, Whereabouts::Candidates(zones)) if !zones.is_empty() => {
                        zones.iter().map(in_zone).max().unwrap_or(CapState::Open)
                    }
                    _ => rolling(&times, limit, longest, at),
                }
            }
        }
    }

    /// The sends that a cap counts, whenever they were.
    fn counting<'c>(&'c self, cap: &'c Cap) -> impl Iterator<Item = &'a PastSend> + 'c {
        self.question.sends.iter().filter(move |send| counts(cap, send))
    }

    /// How many messages the sends of a cap in some time are of.
    fn messages(&self, cap: &Cap, within: impl FnMut(&&'a PastSend) -> bool) -> usize {
        let recent = self.question.sends.iter().filter(within).filter(|send| counts(cap, send));
        let mut unnamed = 0;
        let mut named: Vec<&str> = Vec::new();
        for send in recent {
            match &send.message {
                Some(message) => named.push(message),
                None => unnamed += 1,
            }
        }
        named.sort_unstable();
        named.dedup();
        unnamed + named.len()
    }

    /// When each message was first told, or `None` if this one was: telling it again is never capped. A send without a
    /// message stands for a message of its own.
    fn first_told(&self, cap: &Cap, at: DateTime<Utc>) -> Option<Vec<DateTime<Utc>>> {
        let mut first: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
        let mut times = Vec::new();
        for send in self.counting(cap).filter(|send| send.at <= at) {
            match &send.message {
                Some(message) if Some(&**message) == self.question.message => return None,
                Some(message) => {
                    let told = first.entry(message).or_insert(send.at);
                    *told = send.at.min(*told);
                }
                None => times.push(send.at),
            }
        }
        times.extend(first.into_values());
        Some(times)
    }
}

fn counts(cap: &Cap, send: &PastSend) -> bool {
    send.counts
        && cap.channel.as_ref().is_none_or(|only| *only == send.channel)
        && (cap.category.is_none() || cap.category == send.category)
}

/// The longest that a window lasts, wherever and whenever: clocks change by an hour or two, and a zone that crosses the
/// date line adds a day.
fn longest(window: &CapWindow) -> TimeDelta {
    let days = |days: i64| TimeDelta::days(days) + TimeDelta::hours(26);
    match window {
        CapWindow::Rolling { seconds } => TimeDelta::seconds(i64::from(*seconds)),
        CapWindow::Calendar { unit, .. } => match unit {
            CalendarUnit::Day => days(1),
            CalendarUnit::Week => days(7),
            CalendarUnit::Month => days(31),
        },
    }
}

/// The times in order, the latest last.
fn rolling(times: &[DateTime<Utc>], limit: usize, length: TimeDelta, at: DateTime<Utc>) -> CapState {
    // The cap is full as long as the last `limit` of them are in the window: it opens when the first of those leaves.
    let leaves = times.len().checked_sub(limit).and_then(|place| times.get(place));
    match leaves.map(|first| first.checked_add_signed(length)) {
        Some(Some(opens)) if opens > at => CapState::Until(opens),
        Some(None) => CapState::Never,
        _ => CapState::Open,
    }
}

fn in_calendar(
    times: &[DateTime<Utc>],
    limit: usize,
    unit: CalendarUnit,
    week_start: Weekday,
    zone: &Zone,
    at: DateTime<Utc>,
) -> CapState {
    let (date, _) = zone.local(at);
    let Some((mut first, mut after)) = dates(date, unit, week_start) else { return CapState::Never };
    let mut opens = zone.start_of(after);
    if opens <= at {
        // The clocks went back over midnight: the next date has begun already.
        let Some(next) = dates(after, unit, week_start) else { return CapState::Never };
        (first, after) = next;
        opens = zone.start_of(after);
    }
    let start = zone.start_of(first);
    if times.iter().filter(|time| **time >= start && **time <= at).count() < limit {
        CapState::Open
    } else {
        CapState::Until(opens)
    }
}

/// The first date of the unit that a date lies in, and that of the next.
fn dates(date: NaiveDate, unit: CalendarUnit, week_start: Weekday) -> Option<(NaiveDate, NaiveDate)> {
    let days = chrono::Days::new;
    Some(match unit {
        CalendarUnit::Day => (date, date.checked_add_days(days(1))?),
        CalendarUnit::Week => {
            let first = date.checked_sub_days(days(u64::from(date.weekday().days_since(week_start))))?;
            (first, first.checked_add_days(days(7))?)
        }
        CalendarUnit::Month => {
            let first = date.with_day(1)?;
            (first, first.checked_add_months(chrono::Months::new(1))?)
        }
    })
}

//! Where they left off, for the channel in which they turn up now.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::thread::{Thread, ThreadState};
use super::timeline::Timeline;
use crate::channel::Channel;
use crate::reason::Reason;
use crate::time::{DateTime, TimeDelta, Utc};

/// What is still worth taking up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResumeSettings {
    /// A thread that rested longer than this, in seconds, is not offered.
    pub forget_after_seconds: u32,
}

impl Default for ResumeSettings {
    /// 30 days.
    fn default() -> Self {
        Self { forget_after_seconds: 30 * 86_400 }
    }
}

/// The person's latest contact with us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Where.
    pub channel: Channel,
    /// When.
    pub at: DateTime<Utc>,
}

/// The thread to take up.
#[derive(Clone, PartialEq, Eq)]
pub struct Resumption {
    /// The thread.
    pub thread: Thread,
    /// Where it was left.
    pub from_channel: Channel,
    /// How long it rested; never negative.
    pub idle_for: TimeDelta,
    /// Whether the object changed since this channel last showed it, so that the channel must show the changes.
    /// A channel that never showed it has nothing to compare with: `false`.
    pub changed_since_seen: bool,
    /// Whether strangers can see what this channel shows: ask before showing anything.
    pub ask_first: bool,
}

impl fmt::Debug for Resumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resumption")
            .field("thread", &self.thread)
            .field("idle_for", &self.idle_for)
            .field("changed_since_seen", &self.changed_since_seen)
            .field("ask_first", &self.ask_first)
            .finish_non_exhaustive()
    }
}

/// Where they left off, with the reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Continuation {
    /// What to take up; `None` when nothing waits.
    pub resume: Option<Resumption>,
    /// Other open threads, most recent first.
    pub others: Vec<Thread>,
    /// The latest contact up to now, in whatever channel.
    pub last_contact: Option<Contact>,
    /// The rules that decided, in the order in which they spoke: `no_thread`, `closed`, `after_now`, `forgotten`,
    /// `most_recent`, `other_channel`, `changed_since_seen`, `public_channel`. Evidence is the position of a thread in
    /// the input.
    pub reasons: Vec<Reason>,
}

/// Picks what to take up in `channel` at `now`: the open thread with the latest act, wherever that was. Ties go to the
/// lower kind and object id. Acts after `now` do not exist yet, so a thread with such an act is passed over; fold the
/// acts up to `now` to have it as it stood then.
///
/// # Complexity
/// O(t log t) for t threads, O(log n) for n entries of the timeline.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::event::OrderKey;
/// use throughline::journey::{Effect, ResumeSettings, ThreadAct, ThreadKind, Timeline, resume, threads};
/// use throughline::time::from_millis;
/// let act = ThreadAct {
///     order: OrderKey { time: from_millis(0), sequence: None, id: "m-1".into() },
///     object: "cart-7".into(),
///     kind: ThreadKind::Cart,
///     effect: Effect::Changed,
///     step: Some("delivery".into()),
///     channel: Channel::Web,
///     device: None,
/// };
/// let found = resume(&Timeline::default(), &threads(&[act]), &Channel::Till, from_millis(60_000), &ResumeSettings::default());
/// let cart = found.resume.ok_or("nothing to take up")?;
/// assert_eq!((&*cart.thread.object, cart.from_channel, cart.idle_for.num_seconds()), ("cart-7", Channel::Web, 60));
/// # Ok::<(), &'static str>(())
/// ```
#[must_use]
pub fn resume(
    timeline: &Timeline,
    threads: &[Thread],
    channel: &Channel,
    now: DateTime<Utc>,
    settings: &ResumeSettings,
) -> Continuation {
    let last_contact =
        timeline.latest(now).map(|entry| Contact { channel: entry.channel.clone(), at: entry.order.time });
    let mut reasons = Vec::new();
    let mut open: Vec<(usize, &Thread)> = Vec::new();
    let oldest = TimeDelta::seconds(i64::from(settings.forget_after_seconds));
    for (position, thread) in threads.iter().enumerate() {
        let rule = if thread.last.time > now {
            "after_now"
        } else if thread.state != ThreadState::Open {
            "closed"
        } else if now.signed_duration_since(thread.last.time) > oldest {
            "forgotten"
        } else {
            open.push((position, thread));
            continue;
        };
        reasons.push(Reason::new(rule).evidence(position.to_string()));
    }
    open.sort_by(|(_, a), (_, b)| {
        b.last.cmp(&a.last).then_with(|| (&a.kind, &a.object).cmp(&(&b.kind, &b.object)))
    });
    let mut open = open.into_iter();
    let Some((position, thread)) = open.next() else {
        reasons.push(Reason::new("no_thread"));
        return Continuation { resume: None, others: Vec::new(), last_contact, reasons };
    };
    let mut because = |rule: &'static str| reasons.push(Reason::new(rule).evidence(position.to_string()));
    because("most_recent");
    if thread.channel != *channel {
        because("other_channel");
    }
    let changed_since_seen = thread.seen.get(channel).is_some_and(|seen| seen.revision < thread.revision);
    if changed_since_seen {
        because("changed_since_seen");
    }
    let ask_first = channel.nature().public;
    if ask_first {
        because("public_channel");
    }
    let resume = Resumption {
        thread: thread.clone(),
        from_channel: thread.channel.clone(),
        idle_for: now.signed_duration_since(thread.last.time),
        changed_since_seen,
        ask_first,
    };
    let others = open.map(|(_, thread)| thread.clone()).collect();
    Continuation { resume: Some(resume), others, last_contact, reasons }
}

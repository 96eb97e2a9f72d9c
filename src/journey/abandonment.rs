//! What was left standing: a pure function of what happened and the instant.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::thread::{Closed, Effect, ThreadAct, ThreadKind, ThreadRules};
use crate::channel::Channel;
use crate::event::OrderKey;
use crate::time::{DateTime, TimeDelta, Utc};

/// What happened after an object was left standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sequel {
    /// She went on with it: a new episode.
    Resumed,
    /// It ended.
    Ended(Closed),
}

/// One episode in which an object was left standing. `Debug` shows no id.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abandonment {
    /// What the object is.
    pub kind: ThreadKind,
    /// The host's id of the object.
    pub object: Box<str>,
    /// The number among the object's episodes, from 1, by what is known now.
    pub episode: u32,
    /// The episode's first act.
    pub began: DateTime<Utc>,
    /// Its last act.
    pub last: DateTime<Utc>,
    /// Where that was.
    pub channel: Channel,
    /// From when on it counts as abandoned.
    pub due: DateTime<Utc>,
    /// What happened after that, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<(Sequel, DateTime<Utc>)>,
}

impl Abandonment {
    /// Whether what was told is this episode: its last act, as it was known then, lies in it.
    #[must_use]
    pub fn is(&self, told: &Told) -> bool {
        self.kind == told.kind && self.object == told.object && (self.began..=self.due).contains(&told.last)
    }
}

impl fmt::Debug for Abandonment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Abandonment")
            .field("kind", &self.kind)
            .field("episode", &self.episode)
            .field("last", &self.last)
            .field("due", &self.due)
            .field("then", &self.then)
            .finish_non_exhaustive()
    }
}

/// An episode that was told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// What the object is.
    pub kind: ThreadKind,
    /// The host's id of the object.
    pub object: Box<str>,
    /// The episode's last act as it was known then.
    pub last: DateTime<Utc>,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").field("kind", &self.kind).field("last", &self.last).finish_non_exhaustive()
    }
}

/// What is new about abandoned objects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbandonmentNews {
    /// To be told now.
    pub due: Vec<Abandonment>,
    /// Told, and not true by what is known now: something that happened in time arrived late. Take it back.
    pub revoked: Vec<Told>,
    /// Told, true then, and ended since: what was told, by which it is settled, and the episode as it is known now.
    pub recovered: Vec<(Told, Abandonment)>,
}

/// Every episode up to `now` in which an object was left standing: something was put into it, and then nobody touched it in
/// any channel for as long as the rules of its kind say, before it ended.
///
/// A function of the set of acts up to `now`: their order and repetition do not matter, and an act that arrives late takes
/// its place in time, so what was said before may be untrue now. `orders` are the instants of all orders that she placed
/// anywhere; they end what the rules say. In the order of kind, object and episode.
///
/// # Complexity
/// O((n + o·p) log n) for n acts on p objects and o orders.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::event::OrderKey;
/// use throughline::journey::{Effect, ThreadAct, ThreadKind, ThreadRules, abandonments};
/// use throughline::time::from_millis;
/// let act = |minutes: i64| ThreadAct {
///     order: OrderKey { time: from_millis(minutes * 60_000), sequence: None, id: minutes.to_string().into() },
///     object: "cart-7".into(),
///     kind: ThreadKind::Cart,
///     effect: Effect::Changed,
///     step: None,
///     channel: Channel::Web,
///     device: None,
/// };
/// let (rules, acts) = (ThreadRules::retail(), [act(0), act(30)]);
/// let at = |minutes: i64| abandonments(&acts, &[], &rules, from_millis(minutes * 60_000)).len();
/// assert_eq!((at(89), at(90)), (0, 1));
/// let at_the_till = [from_millis(80 * 60_000)];
/// assert!(abandonments(&acts, &at_the_till, &rules, from_millis(90 * 60_000)).is_empty());
/// ```
#[must_use]
pub fn abandonments(
    acts: &[ThreadAct],
    orders: &[DateTime<Utc>],
    rules: &ThreadRules,
    now: DateTime<Utc>,
) -> Vec<Abandonment> {
    let mut objects: BTreeMap<(&ThreadKind, &str), Vec<Step<'_>>> = BTreeMap::new();
    let mut seen = HashSet::with_capacity(acts.len());
    let mut sorted: Vec<&ThreadAct> = acts.iter().filter(|act| act.order.time <= now).collect();
    sorted.sort_by(|a, b| (&a.order, rank(a.effect)).cmp(&(&b.order, rank(b.effect))));
    for act in sorted {
        if seen.insert((&*act.order.id, &act.kind, &*act.object)) {
            let step = Step {
                order: Some(&act.order),
                at: act.order.time,
                effect: act.effect,
                channel: Some(&act.channel),
            };
            objects.entry((&act.kind, &act.object)).or_default().push(step);
        }
    }
    let mut found = Vec::new();
    for ((kind, object), mut steps) in objects {
        let of_kind = rules.of(kind);
        let Some(after) = of_kind.abandoned_after_seconds else { continue };
        if of_kind.closed_by_any_order {
            let placed = orders.iter().filter(|at| **at <= now);
            let ended = Effect::Closed(Closed::Converted);
            steps.extend(placed.map(|at| Step { order: None, at: *at, effect: ended, channel: None }));
            // What she does with her cart at the instant of an order comes before it.
            steps.sort_by_key(|step| (step.at, step.order.is_none()));
        }
        let patience = TimeDelta::seconds(i64::from(after));
        episodes(kind, object, &steps, patience, now, &mut found);
    }
    found
}

/// An act on an object, or an order that ends it.
struct Step<'a> {
    order: Option<&'a OrderKey>,
    at: DateTime<Utc>,
    effect: Effect,
    channel: Option<&'a Channel>,
}

const fn rank(effect: Effect) -> u8 {
    match effect {
        Effect::Seen => 0,
        Effect::Changed => 1,
        Effect::Closed(_) => 2,
    }
}

/// The episode that is running.
struct Running<'a> {
    began: DateTime<Utc>,
    last: DateTime<Utc>,
    channel: &'a Channel,
}

fn episodes(
    kind: &ThreadKind,
    object: &str,
    steps: &[Step<'_>],
    patience: TimeDelta,
    now: DateTime<Utc>,
    found: &mut Vec<Abandonment>,
) {
    let first = found.len();
    let mut has_value = false;
    let mut running: Option<Running<'_>> = None;
    let mut tell = |running: &Running<'_>, until: DateTime<Utc>, then: Option<Sequel>| {
        let due = running.last.checked_add_signed(patience)?;
        let is_over = if then.is_none() { due <= until } else { due < until };
        let episode = u32::try_from(found.len().saturating_sub(first)).unwrap_or(u32::MAX).saturating_add(1);
        is_over.then(|| {
            found.push(Abandonment {
                kind: kind.clone(),
                object: object.into(),
                episode,
                began: running.began,
                last: running.last,
                channel: running.channel.clone(),
                due,
                then: then.map(|then| (then, until)),
            });
        })
    };
    for step in steps {
        let then = match step.effect {
            Effect::Closed(how) => Sequel::Ended(how),
            Effect::Seen | Effect::Changed => Sequel::Resumed,
        };
        let was_left =
            has_value && running.as_ref().is_some_and(|running| tell(running, step.at, Some(then)).is_some());
        match (step.effect, step.channel) {
            (Effect::Closed(_), _) => {
                has_value = false;
                running = None;
            }
            (effect, Some(channel)) => {
                has_value |= effect == Effect::Changed;
                match running.as_mut().filter(|_| !was_left) {
                    Some(running) => {
                        running.last = step.at;
                        running.channel = channel;
                    }
                    None => running = Some(Running { began: step.at, last: step.at, channel }),
                }
            }
            (_, None) => {}
        }
    }
    if let Some(running) = running.filter(|_| has_value) {
        tell(&running, now, None);
    }
}

/// What is new, given what is true now and what was told: an episode is told once, however its acts arrive.
///
/// What was told and is not true any more is revoked; `known_since` tells from when on the acts are known: what was told of
/// earlier episodes is not judged.
///
/// # Complexity
/// O(n t) for n episodes and t told.
#[must_use]
pub fn abandonment_news(
    present: &[Abandonment],
    told: &[Told],
    known_since: DateTime<Utc>,
) -> AbandonmentNews {
    let is_told = |episode: &&Abandonment| told.iter().any(|told| episode.is(told));
    let due = present.iter().filter(|episode| episode.then.is_none() && !is_told(episode)).cloned().collect();
    let has_ended = |episode: &&Abandonment| matches!(episode.then, Some((Sequel::Ended(_), _)));
    let recovered = present.iter().filter(has_ended).flat_map(|episode| {
        let of = told.iter().filter(|told| episode.is(told));
        of.map(|told| (told.clone(), episode.clone()))
    });
    let recovered = recovered.collect();
    let is_untrue =
        |told: &&Told| told.last >= known_since && !present.iter().any(|episode| episode.is(told));
    let revoked = told.iter().filter(is_untrue).cloned().collect();
    AbandonmentNews { due, revoked, recovered }
}

//! Threads as events tell them: how far somebody got with an object, and where.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::kind::ThreadKind;
use crate::channel::Channel;
use crate::event::{CartAction, Event, OrderKey};

/// How an act ends an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// It reached its end: the order was placed, the form was sent.
    Converted,
    /// Nothing is left in it.
    Emptied,
    /// It was given up.
    Cancelled,
    /// A person on our side took it over.
    HandedOver,
}

/// What an act does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It was looked at.
    Seen,
    /// It was changed.
    Changed,
    /// It ended.
    Closed(Closed),
}

/// One act on one object.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadAct {
    /// Its place in the total order.
    pub order: OrderKey,
    /// The object's id.
    pub object: Box<str>,
    /// What the object is.
    pub kind: ThreadKind,
    /// What the act does to it.
    pub effect: Effect,
    /// The step that the person reached (`payment`, `page 3`), where the act tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Box<str>>,
    /// Where it happened.
    pub channel: Channel,
    /// On which device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Box<str>>,
}

impl ThreadAct {
    /// What a cart signal does to its cart. `object` is the cart's id in the caller's own terms, as not every source
    /// names its cart; `None` for an event without a cart signal.
    ///
    /// ```
    /// use throughline::event::{EventBuilder, Import};
    /// use throughline::journey::{Effect, ThreadAct};
    /// let import = Import::new("2026-03-20T09:00:00Z".parse()?);
    /// let added = EventBuilder::track("Product Added").property("sku", "A").build(&import)?;
    /// assert_eq!(ThreadAct::of_cart(&added, "cart-7").map(|act| act.effect), Some(Effect::Changed));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_cart(event: &Event, object: &str) -> Option<Self> {
        let action = event.cart()?.action();
        let effect = match action {
            CartAction::Added | CartAction::Removed | CartAction::Updated => Effect::Changed,
            CartAction::Viewed | CartAction::CheckoutStarted => Effect::Seen,
            CartAction::Emptied => Effect::Closed(Closed::Emptied),
            CartAction::Completed => Effect::Closed(Closed::Converted),
            CartAction::Cancelled => Effect::Closed(Closed::Cancelled),
        };
        let step = match action {
            CartAction::Added | CartAction::Removed | CartAction::Updated => Some("cart"),
            CartAction::CheckoutStarted => Some("checkout"),
            _ => None,
        };
        Some(Self {
            order: event.order_key(),
            object: object.into(),
            kind: ThreadKind::Cart,
            effect,
            step: step.map(Into::into),
            channel: event.channel().clone(),
            device: event.device_id().map(Into::into),
        })
    }
}

impl fmt::Debug for ThreadAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadAct")
            .field("order", &self.order)
            .field("kind", &self.kind)
            .field("effect", &self.effect)
            .finish_non_exhaustive()
    }
}

/// Whether a thread can be taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadState {
    /// It waits to be continued.
    Open,
    /// It ended.
    Closed(Closed),
}

/// What a channel knows of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The revision at the channel's last act.
    pub revision: u64,
    /// The channel's last act.
    pub order: OrderKey,
}

/// An object and how far the person got with it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// What the object is.
    pub kind: ThreadKind,
    /// The object's id.
    pub object: Box<str>,
    /// How often it was changed or closed; what is shown of an object names its revision.
    pub revision: u64,
    /// How often it was taken up anew after its end, from 1.
    pub episode: u32,
    /// Whether it can be taken up.
    pub state: ThreadState,
    /// The latest step that was told in this episode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Box<str>>,
    /// The last act.
    pub last: OrderKey,
    /// Where the last act happened.
    pub channel: Channel,
    /// The device of the last act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Box<str>>,
    /// What each channel knows of it.
    pub seen: BTreeMap<Channel, Seen>,
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread")
            .field("kind", &self.kind)
            .field("revision", &self.revision)
            .field("episode", &self.episode)
            .field("state", &self.state)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

/// Folds acts into threads, one per kind and object, in the order of both. A function of the set of acts: order and
/// repetition of the input do not matter.
///
/// A change after the end takes the object up anew, in its next episode; looking at it does not.
///
/// # Complexity
/// O(n log n) for n acts.
#[must_use]
pub fn threads(acts: &[ThreadAct]) -> Vec<Thread> {
    let mut sorted: Vec<&ThreadAct> = acts.iter().collect();
    sorted.sort_by(|a, b| {
        a.order.cmp(&b.order).then_with(|| {
            (&a.kind, &a.object, rank(a.effect), &a.step, &a.channel, &a.device).cmp(&(
                &b.kind,
                &b.object,
                rank(b.effect),
                &b.step,
                &b.channel,
                &b.device,
            ))
        })
    });
    let mut done = HashSet::with_capacity(sorted.len());
    let mut threads: BTreeMap<(&ThreadKind, &str), Thread> = BTreeMap::new();
    for act in sorted {
        // One event may act on several objects, but on each of them once.
        if !done.insert((&*act.order.id, &act.kind, &*act.object)) {
            continue;
        }
        let thread = threads.entry((&act.kind, &act.object)).or_insert_with(|| Thread {
            kind: act.kind.clone(),
            object: act.object.clone(),
            revision: 0,
            episode: 1,
            state: ThreadState::Open,
            step: None,
            last: act.order.clone(),
            channel: act.channel.clone(),
            device: None,
            seen: BTreeMap::new(),
        });
        apply(thread, act);
    }
    threads.into_values().collect()
}

fn apply(thread: &mut Thread, act: &ThreadAct) {
    match act.effect {
        Effect::Seen => {}
        Effect::Changed => {
            if thread.state != ThreadState::Open {
                thread.state = ThreadState::Open;
                thread.episode = thread.episode.saturating_add(1);
                thread.step = None;
            }
            thread.revision = thread.revision.saturating_add(1);
        }
        Effect::Closed(how) => {
            thread.state = ThreadState::Closed(how);
            thread.revision = thread.revision.saturating_add(1);
        }
    }
    if act.step.is_some() {
        thread.step.clone_from(&act.step);
    }
    thread.last = act.order.clone();
    thread.channel = act.channel.clone();
    thread.device.clone_from(&act.device);
    thread.seen.insert(act.channel.clone(), Seen { revision: thread.revision, order: act.order.clone() });
}

const fn rank(effect: Effect) -> u8 {
    match effect {
        Effect::Seen => 0,
        Effect::Changed => 1,
        Effect::Closed(Closed::Emptied) => 2,
        Effect::Closed(Closed::Cancelled) => 3,
        Effect::Closed(Closed::HandedOver) => 4,
        Effect::Closed(Closed::Converted) => 5,
    }
}

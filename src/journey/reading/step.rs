//! One customer's journey.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::funnel::FunnelRules;
use super::money::{OrderBook, conversions};
use crate::event::OrderKey;
use crate::journey::funnel::FunnelEvent;
use crate::journey::pain_points::PainSettings;
use crate::journey::paths::{Conversion, Touch};
use crate::journey::{Feedback, Question, Session, Touchpoint, Work};

/// What an event is in a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A touch: it can earn credit.
    Touch,
    /// What journeys are for.
    Conversion,
    /// It takes a conversion back.
    Refund,
    /// The customer did it, and it is no touch.
    Internal,
    /// We did it.
    Outbound,
}

/// What a conversion or a refund says.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepMoney {
    /// The order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<str>>,
    /// What it is worth in minor units, zero at least, of a refund too. `None`: it does not say in the currency of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_minor: Option<i64>,
    /// Whether a refund takes the whole order, whatever it states.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// Whether an earlier step of the journey is the same order, so that it does not count again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Whether every telling of an order counts ([`orders_once`](super::JourneyRules::orders_once) is off), so that this one does
    /// whatever other journeys tell.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeats: bool,
    /// Whether it states an amount in another currency.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign: bool,
    /// Whether it states an amount of which nothing counts: it cannot be read, is in another currency, or is that of a conversion
    /// and below zero.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unreadable: bool,
}

/// What was worked on; see [`Work`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepWork {
    /// The kind and the id of the thing.
    pub object: Box<str>,
    /// Whether this ends it.
    pub ends: bool,
}

/// What the channel had to know; see [`Question`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepQuestion {
    /// What it is about.
    pub topic: Box<str>,
    /// Whether nobody was asked.
    pub known: bool,
}

/// One event of a journey. `Debug` shows no names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JourneyStep {
    /// Its place in the total order.
    pub order: OrderKey,
    /// What it is.
    pub kind: StepKind,
    /// Where.
    pub channel: Box<str>,
    /// What; empty only for internal and outbound steps.
    pub name: Box<str>,
    /// Whether it is a touch that makes a lead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key: bool,
    /// The number of its session, from 1; see [`Journey::mark_sessions`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u32>,
    /// What a conversion or a refund says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<StepMoney>,
    /// What the customer thought of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// What was worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<StepWork>,
    /// What the channel had to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<StepQuestion>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Box<str>>,
}

impl fmt::Debug for JourneyStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JourneyStep")
            .field("order", &self.order)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

macro_rules! silent {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}
silent!(StepMoney, StepWork, StepQuestion);

impl JourneyStep {
    /// As stages, pain points and measures see it.
    #[must_use]
    pub fn touchpoint(&self) -> Touchpoint<'_> {
        let work = self.work.as_ref().map(|work| Work { object: &work.object, ends: work.ends });
        let question =
            self.question.as_ref().map(|asked| Question { topic: &asked.topic, known: asked.known });
        Touchpoint {
            feedback: self.feedback,
            work,
            question,
            ..Touchpoint::new(&self.order, &self.channel, &self.name)
        }
    }

    /// Whether it is a touch, a conversion or a refund.
    #[must_use]
    pub const fn is_touchpoint(&self) -> bool {
        matches!(self.kind, StepKind::Touch | StepKind::Conversion | StepKind::Refund)
    }

    /// Its node in a map of touchpoints: `Product Viewed (web)`.
    #[must_use]
    pub fn node(&self) -> String {
        format!("{} ({})", self.name, self.channel)
    }
}

/// One customer's journey: everything that counts, each event once, in the total order of events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// The steps, in order.
    pub steps: Vec<JourneyStep>,
    /// Whether the rules leave this customer out; there are no steps then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_out: bool,
}

impl Journey {
    /// The touches, conversions and refunds: what stages and funnels look at.
    #[must_use]
    pub fn touchpoints(&self) -> Vec<Touchpoint<'_>> {
        self.shown().map(JourneyStep::touchpoint).collect()
    }

    /// All that the customer did, what is no touch included: what measures look at.
    #[must_use]
    pub fn contacts(&self) -> Vec<Touchpoint<'_>> {
        let contacts = self.steps.iter().filter(|step| step.kind != StepKind::Outbound);
        contacts.map(JourneyStep::touchpoint).collect()
    }

    /// The touchpoints, and what else those settings call a goal or a good end (signing out): what pain points look at.
    #[must_use]
    pub fn pain_touchpoints(&self, settings: &PainSettings) -> Vec<Touchpoint<'_>> {
        let counts = |step: &&JourneyStep| {
            let named = settings.ends.contains(&step.name) || settings.goals.contains(&step.name);
            step.is_touchpoint() || (step.kind == StepKind::Internal && named)
        };
        self.steps.iter().filter(counts).map(JourneyStep::touchpoint).collect()
    }

    /// The touches that can earn credit.
    #[must_use]
    pub fn touches(&self) -> Vec<Touch<'_>> {
        let touches = self.steps.iter().filter(|step| step.kind == StepKind::Touch);
        touches.map(|step| Touch { channel: &step.channel, at: step.order.time, key: step.key }).collect()
    }

    /// The conversions and, mirrored, what was paid back of them. With the book of all customers' orders a refund finds its
    /// order in whichever journey that is, and an order counts once over all journeys; without it, in this one only.
    /// A book that has not taken in this journey knows none of its orders.
    ///
    /// # Complexity
    /// O(n log n) for n steps and the refunds of their orders.
    #[must_use]
    pub fn conversions(&self, book: Option<&OrderBook>) -> Vec<Conversion<'_>> {
        match book {
            Some(book) => conversions(self, book),
            None => conversions(self, &OrderBook::of(self)),
        }
    }

    /// The events as a funnel sees them.
    ///
    /// # Complexity
    /// O(n s log m) for n steps of the journey, s steps of the funnel and m names in each.
    #[must_use]
    pub fn funnel_events<'a>(&'a self, rules: &FunnelRules) -> Vec<FunnelEvent<'a>> {
        self.shown().map(|step| rules.event(step)).collect()
    }

    /// The channels on the way, a stay in one channel being one node.
    #[must_use]
    pub fn channel_nodes(&self) -> Vec<&str> {
        let mut nodes: Vec<&str> = self.shown().map(|step| &*step.channel).collect();
        nodes.dedup();
        nodes
    }

    /// The touchpoints on the way with their channels, the same one again and again being one node.
    #[must_use]
    pub fn touchpoint_nodes(&self) -> Vec<String> {
        let mut nodes: Vec<String> = self.shown().map(JourneyStep::node).collect();
        nodes.dedup();
        nodes
    }

    /// The same before the first conversion: what led to it. Everything, if there is none.
    #[must_use]
    pub fn nodes_to_conversion(&self) -> Vec<String> {
        let before = self.shown().take_while(|step| step.kind != StepKind::Conversion);
        let mut nodes: Vec<String> = before.map(JourneyStep::node).collect();
        nodes.dedup();
        nodes
    }

    /// Whether it has any conversion.
    #[must_use]
    pub fn converts(&self) -> bool {
        self.steps.iter().any(|step| step.kind == StepKind::Conversion)
    }

    /// Numbers the steps by visits, in the order in which the visits began: for funnels that count sessions.
    ///
    /// # Complexity
    /// O(n log n) for n steps and events of the visits.
    pub fn mark_sessions(&mut self, sessions: &[Session]) {
        let mut in_order: Vec<&Session> = sessions.iter().collect();
        in_order.sort_by(|a, b| (a.started, &a.device, a.number).cmp(&(b.started, &b.device, b.number)));
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        for (session, number) in in_order.iter().zip(1..) {
            numbers.extend(session.events.iter().map(|event| (&**event, number)));
        }
        for step in &mut self.steps {
            step.session = numbers.get(&*step.order.id).copied();
        }
    }

    /// The touches, conversions and refunds.
    pub(super) fn shown(&self) -> impl Iterator<Item = &JourneyStep> {
        self.steps.iter().filter(|step| step.is_touchpoint())
    }

    /// Sorts, and keeps each event once: of several with one id the first in order.
    pub(super) fn of(mut steps: Vec<JourneyStep>, orders_once: bool) -> Self {
        steps.sort_unstable();
        let mut seen = BTreeSet::new();
        let again: Vec<bool> = steps.iter().map(|step| !seen.insert(&*step.order.id)).collect();
        let mut again = again.into_iter();
        steps.retain(|_| !again.next().unwrap_or(false));
        let mut orders: BTreeSet<Box<str>> = BTreeSet::new();
        for step in steps.iter_mut().filter(|step| step.kind == StepKind::Conversion) {
            if let Some(money) = &mut step.money
                && let Some(order) = &money.order
            {
                money.again = orders_once && !orders.insert(order.clone());
                money.repeats = !orders_once;
            }
        }
        Self { steps, left_out: false }
    }

    /// That of somebody who is left out.
    pub(super) const fn nobody() -> Self {
        Self { steps: Vec::new(), left_out: true }
    }
}

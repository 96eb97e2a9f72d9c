//! The rules as plain data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::which::Which;
use crate::channel::Channel;
use crate::journey::Feedback;
use crate::journey::paths::AliasRules;
use crate::money::Currency;

/// The most rules of one sort.
pub(super) const MAX_RULES: usize = 1_000;

/// How events become journeys. Plain settings; [`compile`](Self::compile) makes them ready.
///
/// For each event the first of these that fits decides what it is: `hidden`, `outbound`, `conversions`, `refunds`, `internal`, else
/// a touch. An event without a name (signing in, an alias) is internal.
///
/// ```
/// use throughline::journey::reading::{ConversionRule, JourneyRules, Which, Worth};
/// use throughline::money::Currency;
/// let mut rules = JourneyRules::retail(Currency::parse("EUR")?);
/// // A loan that was applied for is worth 25 euros to us, and what the treasury's tests do is nobody's journey.
/// rules.conversions.push(ConversionRule { which: Which::named(["Loan Applied For"]), worth: Worth::Fixed(2_500) });
/// rules.excluded.push(Which::with("tester", ["true"]));
/// assert_eq!(serde_json::from_str::<JourneyRules>(&serde_json::to_string(&rules)?)?, rules);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JourneyRules {
    /// Names of pages by their addresses (`path`, else `url`).
    pub pages: AliasRules,
    /// Whether a page is called by its address if it has one; otherwise by its name if it has one.
    pub pages_by_address: bool,
    /// Other names of touchpoints, compared as people read them, and what they are called. Names of the Segment specification
    /// are called as there in any case (`order completed` is `Order Completed`). Two that read alike must be called the same.
    pub names: BTreeMap<Box<str>, Box<str>>,
    /// What the channel of an event is called, the first rule that fits; else its own name.
    pub channels: Vec<ChannelRule>,
    /// What must not be seen in any journey, such as what is said to a doctor: as if it had never happened.
    pub hidden: Vec<Which>,
    /// A customer with any such event has no journey: testers, staff, whoever asks not to be looked at.
    pub excluded: Vec<Which>,
    /// A customer who last refused that purpose (`*` refuses all) has no journey. `None`: no matter.
    pub purpose: Option<Box<str>>,
    /// What we did, besides what is ours in any case ([`Event::is_ours`](crate::event::Event::is_ours)): no act of the customer,
    /// and so neither a touch nor part of a visit.
    pub outbound: Vec<Which>,
    /// What the customer did without it being a touch: signing in and out, consent.
    pub internal: Vec<Which>,
    /// Of touches: those that make a lead, for the W-shaped rule.
    pub key_touches: Vec<Which>,
    /// What is a conversion, and its worth.
    pub conversions: Vec<ConversionRule>,
    /// What takes a conversion back.
    pub refunds: Vec<RefundRule>,
    /// Whether an order counts once, at its earliest, however many events say it in one journey; with the
    /// [book](super::OrderBook) of all orders, in all journeys.
    pub orders_once: bool,
    /// The property that names the order, in conversions and refunds.
    pub order_property: Box<str>,
    /// The properties that state an amount in whole units of the currency; the first that is a number counts,
    /// rounded to the minor unit, a half to the even neighbour.
    pub value_properties: Vec<Box<str>>,
    /// The property that states the currency of the amount; what states none is in the currency of the rules.
    pub currency_property: Box<str>,
    /// The one currency of all values; a conversion in another one counts without value. `None`: values are not read.
    pub currency: Option<Currency>,
    /// The decimals of that currency; `None`: those of ISO 4217.
    pub decimals: Option<u8>,
    /// What is said about a touchpoint, the first rule that understands it.
    pub feedback: Vec<FeedbackRule>,
    /// What a channel had to know, the first rule that fits.
    pub questions: Vec<QuestionRule>,
    /// What was worked on, the first rule that fits and finds an id.
    pub work: Vec<WorkRule>,
    /// What a touchpoint is about (`product_id`), the first property that says something: for funnels that hold it constant.
    pub subject_properties: Vec<Box<str>>,
}

/// What the channel of some events is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelRule {
    /// Which events.
    pub which: Which,
    /// The channel, in any script.
    pub channel: Box<str>,
}

/// What a conversion is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worth {
    /// What the event states. Below zero it has no value: what takes money back is a [`RefundRule`]'s.
    #[default]
    Stated,
    /// So many minor units, zero at least.
    Fixed(u32),
}

/// What is a conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionRule {
    /// Which events.
    pub which: Which,
    /// What it is worth.
    #[serde(default)]
    pub worth: Worth,
}

/// What takes a conversion back.
///
/// A refund that states no amount takes all that is left of its order; one that states an amount which cannot be read, or is in
/// another currency, takes nothing and is counted ([`ReadingCounts::refunds_unknown`](super::ReadingCounts::refunds_unknown)).
/// Together the refunds of an order take no more than it was worth. One that states an amount and whose order nobody knows has a
/// path of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRule {
    /// Which events.
    pub which: Which,
    /// Whether it takes the whole order in any case, as a cancellation does.
    #[serde(default)]
    pub whole: bool,
}

/// How feedback is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedbackRule {
    /// Which events.
    pub which: Which,
    /// The property that says it.
    pub property: Box<str>,
    /// A number below this is bad, in digits of any script.
    pub bad_below: f64,
    /// A number of at least this is good.
    pub good_from: f64,
    /// Words, compared as names are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Box<str>, Feedback>,
}

/// Which events mean that a channel had to know something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionRule {
    /// Which events.
    pub which: Which,
    /// What it is about.
    pub topic: Box<str>,
    /// The property that says what it is about, if the event has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_property: Option<Box<str>>,
    /// Channels that know it without asking.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub known_in: BTreeSet<Channel>,
    /// The property that says `true` if the answer was at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_property: Option<Box<str>>,
}

/// Which events work on something that can be taken up again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkRule {
    /// Which events.
    pub which: Which,
    /// The kind of thing, such as `cart`: it goes before the id, so that things of different kinds differ.
    pub kind: Box<str>,
    /// The property that holds the id.
    pub property: Box<str>,
    /// Whether nothing is left to be continued afterwards.
    #[serde(default)]
    pub ends: bool,
}

impl Default for JourneyRules {
    /// Every named event is a touch, and nothing is a conversion.
    fn default() -> Self {
        Self {
            pages: AliasRules::default(),
            pages_by_address: true,
            names: BTreeMap::new(),
            channels: Vec::new(),
            hidden: Vec::new(),
            excluded: Vec::new(),
            purpose: None,
            outbound: Vec::new(),
            internal: Vec::new(),
            key_touches: Vec::new(),
            conversions: Vec::new(),
            refunds: Vec::new(),
            orders_once: true,
            order_property: "order_id".into(),
            value_properties: ["total", "revenue", "value"].map(Into::into).into(),
            currency_property: "currency".into(),
            currency: None,
            decimals: None,
            feedback: Vec::new(),
            questions: Vec::new(),
            work: Vec::new(),
            subject_properties: Vec::new(),
        }
    }
}

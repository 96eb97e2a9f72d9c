//! What was earned, and what was paid back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::names::Names;
use super::step::{Journey, JourneyStep, StepKind, StepMoney};
use crate::event::OrderKey;
use crate::journey::paths::Conversion;
use crate::time::{DateTime, Utc};

/// The orders of all customers, so that a refund finds its order in whichever journey that is: the one who pays is not always
/// the one who gets the money back. An order that several journeys tell, as the browser's and the server's of a customer who is not
/// known to be one, counts in the journey that has its earliest sale.
///
/// It also counts in how many journeys each channel and each touchpoint stands, for the case that there are more than a set of
/// paths holds: see [`JourneyReports`](super::JourneyReports).
///
/// ```
/// use throughline::journey::reading::{Journey, OrderBook};
/// let mut book = OrderBook::default();
/// book.add(&Journey::default());
/// assert_eq!(book.refunds(), 0);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct OrderBook {
    /// By order, in the total order of events.
    refunds: BTreeMap<Box<str>, BTreeSet<Refund>>,
    /// By order, where its earliest sale stands.
    sold: BTreeMap<Box<str>, OrderKey>,
    pub(super) channels: Names,
    pub(super) touchpoints: Names,
}

/// One refund. Its place in the total order and the event's id first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Refund {
    order: OrderKey,
    /// `None`: the rest.
    value_minor: Option<i64>,
}

impl fmt::Debug for OrderBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderBook")
            .field("sold", &self.sold.len())
            .field("refunds", &self.refunds())
            .finish_non_exhaustive()
    }
}

impl OrderBook {
    /// Takes in one journey; the order of journeys makes no difference.
    ///
    /// # Complexity
    /// O(n log m) for n steps and m orders and names; memory for the name and the earliest sale of each order, and for each channel
    /// and touchpoint.
    pub fn add(&mut self, journey: &Journey) {
        self.add_orders(journey);
        self.channels.add(journey.channel_nodes());
        self.touchpoints.add(journey.touchpoint_nodes().iter().map(String::as_str));
    }

    /// The book of one journey's orders, which knows no names.
    pub(super) fn of(journey: &Journey) -> Self {
        let mut book = Self::default();
        book.add_orders(journey);
        book
    }

    fn add_orders(&mut self, journey: &Journey) {
        for step in &journey.steps {
            let Some(order) = order_of(step) else { continue };
            match step.kind {
                StepKind::Conversion => {
                    let first = self.sold.entry(order.into()).or_insert_with(|| step.order.clone());
                    if step.order < *first {
                        *first = step.order.clone();
                    }
                }
                StepKind::Refund => {
                    self.refunds.entry(order.into()).or_default().insert(refund(step));
                }
                _ => {}
            }
        }
    }

    /// Whether a journey has a sale of that order.
    #[must_use]
    pub fn is_sold(&self, order: &str) -> bool {
        self.sold.contains_key(order)
    }

    /// Whether this tells again of an order that counts where it is told first, be that in another journey.
    pub(super) fn is_again(&self, step: &JourneyStep) -> bool {
        let Some(money) = &step.money else { return false };
        let first = money.order.as_deref().filter(|_| !money.repeats).and_then(|order| self.sold.get(order));
        money.again || first.is_some_and(|first| *first != step.order)
    }

    /// How many refunds there are.
    #[must_use]
    pub fn refunds(&self) -> usize {
        self.refunds.values().map(BTreeSet::len).sum()
    }
}

fn order_of(step: &JourneyStep) -> Option<&str> {
    step.money.as_ref()?.order.as_deref()
}

fn refund(step: &JourneyStep) -> Refund {
    // An amount that cannot be read is not the rest: nothing is taken back for it.
    let of = |money: &StepMoney| money.value_minor.or(money.unreadable.then_some(0));
    let stated = step.money.as_ref().filter(|money| !money.whole).and_then(of);
    Refund { order: step.order.clone(), value_minor: stated }
}

/// Sales, then what is taken back. The refunds of an order take, in their order, what they state, and never more than is left
/// of it.
pub(super) fn conversions<'a>(journey: &'a Journey, book: &OrderBook) -> Vec<Conversion<'a>> {
    let mut all = Vec::new();
    for step in journey.steps.iter().filter(|step| step.kind == StepKind::Conversion) {
        let Some(money) = step.money.as_ref().filter(|_| !book.is_again(step)) else { continue };
        let (order, value) = (money.order.as_deref(), money.value_minor.unwrap_or(0));
        all.push(Conversion { at: step.order.time, value_minor: value, order });
        // Of several sales of one order, the first bears the refunds.
        let Some(order) = order.filter(|&order| book.sold.get(order) == Some(&step.order)) else { continue };
        let mut left = value;
        for refund in book.refunds.get(order).into_iter().flatten() {
            let part = refund.value_minor.map_or(left, |stated| stated.min(left));
            if part > 0 {
                all.push(taken(refund.order.time, part, Some(order)));
                left -= part;
            }
        }
    }
    for step in journey.steps.iter().filter(|step| step.kind == StepKind::Refund) {
        let order = order_of(step);
        // Somebody's journey has the sale.
        if order.is_some_and(|order| book.is_sold(order)) {
            continue;
        }
        if let Some(stated) = refund(step).value_minor.filter(|stated| *stated > 0) {
            all.push(taken(step.order.time, stated, order));
        }
    }
    all
}

fn taken(at: DateTime<Utc>, minor: i64, order: Option<&str>) -> Conversion<'_> {
    Conversion { at, value_minor: minor.saturating_neg(), order }
}

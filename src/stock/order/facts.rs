//! An order as it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::reservation::Line;
use super::super::{LocationId, Place, StockError, StockErrorKind};
use super::intent::Intent;
use super::state::{OrderState, ParcelState, ReturnState, State};
use super::step::{About, tell};
use super::{NewParcel, OrderRules, pairs};
use crate::cart::Sku;
use crate::ids::OrderId;
use crate::time::{DateTime, Utc};

/// Most lines of an order, and most units of one line.
pub(super) const MAX_LINES: usize = 500;
/// Most parcels of an order.
pub(super) const MAX_PARCELS: usize = 200;
/// Most returns of an order.
pub(super) const MAX_RETURNS: usize = 200;

/// What was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderedLine {
    /// The product.
    pub sku: Sku,
    /// How many.
    pub units: u32,
    /// Of those, how many are called off.
    #[serde(default)]
    pub cancelled: u32,
}

/// Units of one line in one parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    /// What lies in the parcel: the line's product, or what came instead.
    pub(super) sku: Sku,
    /// How many are meant for it.
    pub(super) units: u32,
    /// Of those, how many are packed.
    #[serde(default)]
    pub(super) packed: u32,
    /// Of those, how many were not found, and nothing is decided about them yet.
    #[serde(default)]
    pub(super) missing: u32,
}

/// A part of an order that travels together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// Where it is put together.
    pub from: LocationId,
    /// Where the customer picks it up; `None` if it is brought to her.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick_up: Option<LocationId>,
    /// In which parcel its units were to come before they were not found there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<u16>,
    /// Where it stands.
    pub state: ParcelState,
    /// By when the customer can have it, as it was last promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<DateTime<Utc>>,
    /// Until when it was promised to be kept for her, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_until: Option<DateTime<Utc>>,
    /// When it was ready, or the customer got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<DateTime<Utc>>,
    /// Wrong codes given for it.
    #[serde(default)]
    pub wrong_codes: u32,
    /// Whether its goods have left their location.
    #[serde(default)]
    pub(super) issued: bool,
    #[serde(with = "pairs")]
    pub(super) contents: BTreeMap<u16, Vec<Content>>,
    /// How many units of each line were ever missing.
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) lost: BTreeMap<u16, u32>,
    /// When the last move of its promise was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved_at: Option<DateTime<Utc>>,
    /// Whether the customer said that she is outside.
    #[serde(default)]
    pub(super) checked_in: bool,
    /// Whether units of it were not found, and the customer does without them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) without: bool,
}

impl Content {
    /// How many are there.
    pub(super) const fn there(&self) -> u32 {
        self.units.saturating_sub(self.missing)
    }
}

impl Parcel {
    pub(super) fn new(plan: &NewParcel, lines: &[OrderedLine]) -> Result<Self, StockError> {
        let mut contents: BTreeMap<u16, Vec<Content>> = BTreeMap::new();
        for (line, units) in &plan.units {
            let ordered = lines.get(usize::from(*line)).ok_or(StockError::new(StockErrorKind::Unknown))?;
            let fresh = Content { sku: ordered.sku.clone(), units: *units, packed: 0, missing: 0 };
            if *units == 0 {
                return Err(StockError::new(StockErrorKind::InvalidSetting));
            }
            if contents.insert(*line, vec![fresh]).is_some() {
                return Err(StockError::new(StockErrorKind::Twice));
            }
        }
        if contents.is_empty() {
            return Err(StockError::new(StockErrorKind::InvalidSetting));
        }
        Ok(Self {
            from: plan.from.clone(),
            pick_up: plan.pick_up.clone(),
            state: ParcelState::Open,
            instead_of: None,
            promised: plan.promise.as_ref().map(|promise| promise.by),
            kept_until: plan.promise.as_ref().and_then(|promise| promise.until),
            ready_at: None,
            wrong_codes: 0,
            issued: false,
            contents,
            lost: BTreeMap::new(),
            moved_at: None,
            checked_in: false,
            without: false,
        })
    }

    /// What it holds: the order's line, the product and how many.
    pub fn units(&self) -> impl Iterator<Item = (u16, &Sku, u32)> {
        self.contents.iter().flat_map(|(line, contents)| {
            contents.iter().map(move |content| (*line, &content.sku, content.there()))
        })
    }

    /// What it holds and where that is taken from.
    #[must_use]
    pub fn goods(&self) -> Vec<Line> {
        let units = self.units().filter(|(_, _, units)| *units > 0);
        units.map(|(_, sku, units)| Line::new(Place::new(self.from.clone(), sku.clone()), units)).collect()
    }

    /// Whether its goods have not left, or will not reach the customer any more.
    pub(super) const fn is_here(&self) -> bool {
        self.state.is_off() || !self.issued && !self.state.is_with_customer()
    }

    /// Whether all of it is packed and nothing is open.
    pub(super) fn is_packed(&self) -> bool {
        self.contents
            .values()
            .flatten()
            .all(|content| content.missing == 0 && content.packed >= content.units)
    }

    /// How many units of each line it still holds, missing ones included.
    pub(super) fn by_line(&self) -> Vec<(u16, u32)> {
        let sum = |contents: &Vec<Content>| {
            contents.iter().fold(0_u32, |sum, content| sum.saturating_add(content.units))
        };
        let all = self.contents.iter().map(|(line, contents)| (*line, sum(contents)));
        all.filter(|(_, units)| *units > 0).collect()
    }
}

/// Goods of one line that come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnedLine {
    /// The order's line.
    pub line: u16,
    /// How many.
    pub units: u32,
    /// Of those, how many are in.
    #[serde(default)]
    pub received: u32,
    /// Of those that are in, how many cannot be sold any more.
    #[serde(default)]
    pub damaged: u32,
}

/// Products of one line that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnedGoods {
    /// The order's line.
    pub line: u16,
    /// What the customer had: the line's product, or what came instead.
    pub sku: Sku,
    /// How many.
    pub units: u32,
}

/// Goods that come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// Where it stands.
    pub state: ReturnState,
    /// What.
    pub lines: Vec<ReturnedLine>,
    /// What the customer wants instead of the money.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchange: Vec<(Sku, u32)>,
    /// Where it came in last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<LocationId>,
    /// What came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<ReturnedGoods>,
    /// What the customer first asked to give back.
    #[serde(default)]
    pub(super) asked: Vec<(u16, u32)>,
    /// How often goods came in.
    #[serde(default)]
    pub(super) receipts: u32,
}

/// How far the payment of an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Nothing came.
    #[default]
    Open,
    /// The amount is set aside.
    Authorised,
    /// It is paid.
    Paid,
}

/// An order and all that became of it. A fold over its [acts](super::OrderAct).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The order for which this one is an exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_of: Option<OrderId>,
    /// Where it stands as a whole.
    pub state: OrderState,
    /// How far its payment is.
    #[serde(default)]
    pub payment: Payment,
    /// Until when it is to be paid: an order that is not is called off then, unless something has left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pay_by: Option<DateTime<Utc>>,
    /// The last attempt to pay that was authorised.
    #[serde(default)]
    pub(super) authorised: u32,
    /// The attempts to pay that were refused.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) refused: BTreeSet<u32>,
    /// How many units of each line were to be paid back, called off as they are.
    #[serde(default, with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) paid_back: BTreeMap<u16, u32>,
    /// What was ordered.
    pub lines: Vec<OrderedLine>,
    /// Its parcels, by number.
    pub parcels: Vec<Parcel>,
    /// Its returns, by the host's number.
    #[serde(default)]
    pub returns: BTreeMap<String, Return>,
    /// The keys of what was told.
    #[serde(default)]
    pub(super) told: BTreeSet<String>,
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("parcels", &self.parcels.iter().map(|parcel| parcel.state).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Order {
    /// Whether the time to pay it was over at an instant and nothing had come.
    pub(crate) fn ended_unpaid(&self, now: DateTime<Utc>) -> bool {
        self.payment == Payment::Open && self.pay_by.is_some_and(|by| by <= now)
    }

    /// A placed order, with what that tells. Every unit ordered is in exactly one parcel.
    ///
    /// ```
    /// use throughline::ids::OrderId;
    /// use throughline::stock::LocationId;
    /// use throughline::stock::order::*;
    ///
    /// let lines = vec![OrderedLine { sku: throughline::cart::Sku::parse("MUG")?, units: 2, cancelled: 0 }];
    /// let shop = LocationId::parse("تجریش")?;
    /// let parcel = NewParcel {
    ///     from: shop.clone(),
    ///     pick_up: Some(shop.clone()),
    ///     units: vec![(0, 2)],
    ///     promise: None,
    /// };
    /// let now = "2026-03-20T10:00:00Z".parse()?;
    /// let (rules, hours) = (OrderRules::retail(), OrderHours::new());
    /// let (order, told) = Order::place(OrderId::from_bytes([7; 16]), lines, &[parcel], &rules, now)?;
    /// assert_eq!(told[0].kind, IntentKind::Confirmation);
    ///
    /// let packed = OrderAct::Packed { parcel: 0, at: shop, units: vec![(0, 2)] };
    /// let OrderOutcome::Done(step) = act(&order, &packed, &rules, &hours, now) else { return Err("refused".into()) };
    /// assert_eq!(step.order.parcels[0].state, ParcelState::ReadyForPickup);
    /// assert_eq!(step.intents[0].key, "parcel/0/ready");
    /// // Hearing of it again tells nothing.
    /// let OrderOutcome::Done(again) = act(&step.order, &packed, &rules, &hours, now) else { return Err("refused".into()) };
    /// assert!(again.intents.is_empty() && again.order == step.order);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StockErrorKind::Unknown`] if a parcel holds a line that was not ordered; `Twice` if it holds one twice;
    /// `InvalidSetting` if units are zero, or the parcels hold other units than were ordered; `TooMany` over 500 lines or
    /// 200 parcels.
    pub fn place(
        id: OrderId,
        lines: Vec<OrderedLine>,
        parcels: &[NewParcel],
        rules: &OrderRules,
        now: DateTime<Utc>,
    ) -> Result<(Self, Vec<Intent>), StockError> {
        if lines.len() > MAX_LINES || parcels.len() > MAX_PARCELS {
            return Err(StockError::new(StockErrorKind::TooMany));
        }
        let planned: Result<Vec<Parcel>, StockError> =
            parcels.iter().map(|plan| Parcel::new(plan, &lines)).collect();
        let parcels = planned?;
        let mut packed: BTreeMap<u16, u64> = BTreeMap::new();
        for (line, units) in parcels.iter().flat_map(Parcel::by_line) {
            *packed.entry(line).or_default() += u64::from(units);
        }
        let ordered = (0..).zip(&lines).map(|(line, own)| (line, u64::from(own.units)));
        let clean = lines.iter().all(|line| line.units > 0 && line.cancelled == 0);
        if !clean || lines.is_empty() || !ordered.eq(packed) {
            return Err(StockError::new(StockErrorKind::InvalidSetting));
        }
        let promised = parcels.iter().filter_map(|parcel| parcel.promised).max();
        let mut order = Self {
            id,
            exchange_of: None,
            state: OrderState::Placed,
            payment: Payment::Open,
            pay_by: None,
            authorised: 0,
            refused: BTreeSet::new(),
            paid_back: BTreeMap::new(),
            lines,
            parcels,
            returns: BTreeMap::new(),
            told: BTreeSet::new(),
        };
        let mut intents = Vec::new();
        let about = About { instant: promised, ..About::default() };
        tell(&mut order, State::Order(OrderState::Placed), &about, rules, now, &mut intents);
        Ok((order, intents))
    }

    /// Whether all that is still to come is with the customer.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let mut with_customer = self.parcels.iter().filter(|parcel| parcel.state.is_with_customer());
        self.parcels.iter().all(|parcel| parcel.state.is_final()) && with_customer.next().is_some()
    }

    /// Whether no unit is still to come, and none came: all of them are called off.
    pub(super) fn is_nothing(&self) -> bool {
        self.lines.iter().all(|line| line.cancelled >= line.units)
    }

    /// Whether it can be called off: nothing is on its way or with the customer.
    pub(super) fn can_be_called_off(&self) -> bool {
        self.state != OrderState::Cancelled && self.parcels.iter().all(Parcel::is_here)
    }

    /// How many units of a line the customer has, those on their way back included.
    #[must_use]
    pub fn delivered(&self, line: u16) -> u32 {
        let with_customer = self.parcels.iter().filter(|parcel| parcel.state.is_with_customer());
        let units = with_customer.flat_map(Parcel::units).filter(|(own, _, _)| *own == line);
        units.fold(0, |sum, (_, _, units)| sum.saturating_add(units))
    }

    /// How many units of a line were returned, or are to be.
    #[must_use]
    pub fn returned(&self, line: u16) -> u32 {
        let lines = self.returns.values().flat_map(|own| &own.lines).filter(|own| own.line == line);
        lines.fold(0, |sum, own| sum.saturating_add(own.units))
    }
}

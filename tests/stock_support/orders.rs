//! Orders as the tests place them.

use throughline::calendar::{Windows, Zones};
use throughline::cart::Sku;
use throughline::hub::{CommandKey, Hub, OrderActed, OrderRequest, OrderTerms, PlaceOutcome, Who};
use throughline::ids::OrderId;
use throughline::stock::order::{NewParcel, OrderAct, OrderHours, OrderRules, OrderedLine};
use throughline::stock::reservation::Terms;
use throughline::stock::{LocationId, ReservationKey};
use throughline::time::{DateTime, Utc};

use super::Shop;

pub const OPEN: Terms<'static> =
    Terms { safety: None, method: None, channels: None, channel: None, confidence: None };
pub const SHOP: &str = "تجریش";
pub const DEPOT: &str = "Склад";

pub struct Placing {
    pub number: String,
    pub lines: Vec<OrderedLine>,
    pub parcels: Vec<NewParcel>,
    pub held: Option<ReservationKey>,
    pub who: Option<Who>,
    pub backorder: bool,
    pub pay_by: Option<DateTime<Utc>>,
    pub rules: OrderRules,
    pub hours: OrderHours,
}

/// Two mugs: one to be picked up in the shop, one sent from the depot.
pub fn placing(number: &str) -> Placing {
    let parcel = |from: &str, pick_up: Option<&str>| NewParcel {
        from: LocationId::parse(from).unwrap(),
        pick_up: pick_up.map(|name| LocationId::parse(name).unwrap()),
        units: vec![(0, 1)],
        promise: None,
    };
    let open: Windows = serde_json::from_str(r#"{"windows": [{"start": "09:00", "end": "21:00"}]}"#).unwrap();
    let zone = Zones::bundled().named("Asia/Tehran").unwrap();
    Placing {
        number: number.to_owned(),
        lines: vec![OrderedLine { sku: Sku::parse("MUG").unwrap(), units: 2, cancelled: 0 }],
        parcels: vec![parcel(SHOP, Some(SHOP)), parcel(DEPOT, None)],
        held: None,
        who: None,
        backorder: false,
        pay_by: None,
        rules: OrderRules::retail(),
        hours: OrderHours::new().with(LocationId::parse(SHOP).unwrap(), open, zone),
    }
}

impl Placing {
    pub fn terms(&self) -> OrderTerms<'_> {
        OrderTerms { rules: &self.rules, hours: &self.hours, stock: &OPEN }
    }

    pub fn place(&self, shop: &Shop, hub: &Hub) -> PlaceOutcome {
        let request = OrderRequest {
            number: &self.number,
            who: self.who.as_ref(),
            lines: &self.lines,
            parcels: &self.parcels,
            held: self.held.as_ref(),
            exchange_of: None,
            backorder: self.backorder,
            pay_by: self.pay_by,
        };
        let command = CommandKey::new(&format!("place-{}", self.number));
        shop.insist(|| hub.place_order(&command, &request, &self.terms()))
    }

    pub fn act(&self, shop: &Shop, hub: &Hub, id: OrderId, name: &str, act: &OrderAct) -> OrderActed {
        let command = CommandKey::new(&format!("{}-{name}", self.number));
        shop.insist(|| hub.order_act(&command, id, act, &self.terms()))
    }
}

pub fn placed(outcome: PlaceOutcome) -> OrderId {
    match outcome {
        PlaceOutcome::Placed { id, .. } => id,
        PlaceOutcome::Refused { why } => panic!("{why:?}"),
    }
}

pub fn packed() -> OrderAct {
    OrderAct::Packed { parcel: 0, at: LocationId::parse(SHOP).unwrap(), units: vec![(0, 1)] }
}

//! Any sequence of acts on an order is taken in or refused, at any instants: no unit is lost or made, nothing is told twice,
//! no state goes back, hearing of an act again changes nothing, and what is stored reads back.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use libfuzzer_sys::fuzz_target;
use throughline::calendar::{Windows, Zones};
use throughline::cart::Sku;
use throughline::ids::OrderId;
use throughline::stock::LocationId;
use throughline::stock::order::{
    Effect, NewParcel, Order, OrderAct, OrderHours, OrderOutcome, OrderRules, OrderedLine, ParcelState,
    Proof, Resolution, act, due_acts, next_due,
};
use throughline::stock::promise::{Promise, Way};
use throughline::time::{DateTime, TimeDelta, Utc};

/// Bytes, from the first on; zeros when there are no more.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A small number, or now and then a very great one.
    fn units(&mut self) -> u32 {
        match self.next() {
            255 => u32::MAX,
            254 => 1 << 31,
            small => u32::from(small % 6),
        }
    }

    fn parcel(&mut self) -> u16 {
        match self.next() {
            255 => u16::MAX,
            small => u16::from(small % 7),
        }
    }

    fn place(&mut self) -> LocationId {
        let name = ["تجریش", "Склад", "בית"][usize::from(self.next() % 3)];
        LocationId::parse(name).expect("a name")
    }

    fn some_place(&mut self) -> Option<LocationId> {
        (self.next() % 2 == 0).then(|| self.place())
    }

    fn lines(&mut self) -> Vec<(u16, u32)> {
        (0..self.next() % 4).map(|_| (self.parcel(), self.units())).collect()
    }

    fn id(&mut self) -> String {
        ["r-1", "r-2", "", "r\n"][usize::from(self.next() % 4)].to_owned()
    }

    fn promise(&mut self, now: DateTime<Utc>) -> Option<Promise> {
        let by = now + TimeDelta::hours(i64::from(self.next()) - 100);
        let label = "same day".into();
        let promise =
            Promise { way: Way::PickUp, made: now, from: by, by, until: None, label, steps: vec![] };
        (self.next() % 2 == 0).then_some(promise)
    }

    fn sku(&mut self) -> Sku {
        Sku::parse(["MUG", "CUP"][usize::from(self.next() % 2)]).expect("a product")
    }

    fn act(&mut self, now: DateTime<Utc>) -> OrderAct {
        let what = self.next() % 24;
        let parcel = self.parcel();
        match what {
            0 => OrderAct::PaymentFailed { attempt: self.units() },
            1 => OrderAct::Authorised { attempt: self.units() },
            2 => OrderAct::Paid,
            3 => OrderAct::Short { parcel, line: self.parcel(), units: self.units() },
            4 => OrderAct::Resolve {
                parcel,
                line: self.parcel(),
                how: match self.next() % 3 {
                    0 => Resolution::Cancel,
                    1 => Resolution::Substitute { sku: self.sku() },
                    _ => Resolution::Wait {
                        from: self.place(),
                        pick_up: self.some_place(),
                        promise: self.promise(now),
                    },
                },
            },
            5 => OrderAct::Packed { parcel, at: self.place(), units: self.lines() },
            6 => OrderAct::Shipped { parcel },
            7 => OrderAct::OutForDelivery { parcel },
            8 => OrderAct::Arrived { parcel, at: self.place() },
            9 => OrderAct::Delivered { parcel },
            10 => OrderAct::CheckedIn { parcel },
            11 => OrderAct::HandOver {
                parcel,
                proof: [Proof::Code, Proof::WrongCode, Proof::Identity][usize::from(self.next() % 3)],
            },
            12 => OrderAct::RemindOfPickup { parcel },
            13 => OrderAct::ExpirePickup { parcel },
            14 => OrderAct::PromiseMoved {
                parcel,
                to: now + TimeDelta::minutes(i64::from(self.next()) * 7 - 300),
                found_at: now + TimeDelta::minutes(i64::from(self.next())),
            },
            15 => OrderAct::Lost { parcel },
            16 => OrderAct::CameBack { parcel, at: self.place() },
            17 => OrderAct::RequestReturn {
                id: self.id(),
                units: self.lines(),
                exchange: (0..self.next() % 3).map(|_| (self.sku(), self.units())).collect(),
            },
            18 => OrderAct::ReceiveReturn {
                id: self.id(),
                at: self.place(),
                units: self.lines(),
                damaged: self.lines(),
            },
            19 => OrderAct::WithdrawReturn { id: self.id() },
            20 => OrderAct::Refunded { id: self.id() },
            21 => OrderAct::CancelParcel { parcel },
            22 => OrderAct::Cancel,
            _ => OrderAct::Packed { parcel, at: self.place(), units: vec![(0, 2), (1, 1)] },
        }
    }
}

fn sum(lines: &[throughline::stock::reservation::Line]) -> u64 {
    lines.iter().map(|line| u64::from(line.units)).sum()
}

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes(data);
    let mut now: DateTime<Utc> = "2026-03-20T10:00:00Z".parse().expect("an instant");
    let open: Windows =
        serde_json::from_str(r#"{"windows": [{"start": "20:00", "end": "02:00"}]}"#).expect("hours");
    let zone = Zones::bundled().named("Asia/Tehran").expect("a zone");
    let mut hours = OrderHours::new();
    if bytes.next() % 4 != 0 {
        hours = hours.with(LocationId::parse("تجریش").expect("a name"), open, zone);
    }
    let rules = OrderRules { wrong_codes: u32::from(bytes.next() % 4), ..OrderRules::retail() };
    let line =
        |sku: &str, units| OrderedLine { sku: Sku::parse(sku).expect("a product"), units, cancelled: 0 };
    let (shop, depot) =
        (LocationId::parse("تجریش").expect("a name"), LocationId::parse("Склад").expect("a name"));
    let parcels = [
        (&shop, Some(&shop), vec![(0, 2), (1, 1)]),
        (&depot, Some(&shop), vec![(0, 1)]),
        (&depot, None, vec![(1, 3)]),
    ]
    .map(|(from, pick_up, units)| NewParcel {
        from: from.clone(),
        pick_up: pick_up.cloned(),
        units,
        promise: bytes.promise(now),
    });
    let lines = vec![line("MUG", 3), line("לוח", 4)];
    let (mut order, first) =
        Order::place(OrderId::from_bytes([1; 16]), lines, &parcels, &rules, now).expect("an order");
    if bytes.next() % 2 == 0 {
        order.pay_by = Some(now + TimeDelta::days(1));
    }
    let mut told: BTreeSet<String> = first.into_iter().map(|intent| intent.key).collect();
    let (mut allocated, mut gone) = (7_u64, 0_u64);
    for _ in 0..60 {
        if bytes.0.is_empty() {
            break;
        }
        now += TimeDelta::hours(i64::from(bytes.next() % 40));
        let _ = next_due(&order, &rules, &hours);
        let mut acts = vec![bytes.act(now)];
        if bytes.next() % 4 == 0 {
            acts = due_acts(&order, &rules, &hours, now);
        }
        for what in acts {
            let OrderOutcome::Done(step) = act(&order, &what, &rules, &hours, now) else { continue };
            for (old, new) in order.parcels.iter().zip(&step.order.parcels) {
                let settles = old.state == ParcelState::PartlyShort && new.state == ParcelState::Open;
                assert!(new.state >= old.state || settles, "{what:?}");
            }
            for intent in &step.intents {
                assert!(told.insert(intent.key.clone()), "told twice by {what:?}");
            }
            for effect in &step.effects {
                match effect {
                    Effect::Allocate { lines, .. } => allocated += sum(lines),
                    Effect::Issue { lines, .. } | Effect::Release { lines, .. } => gone += sum(lines),
                    _ => {}
                }
            }
            assert!(gone <= allocated, "more left than was there: {what:?}");
            order = step.order;
            let mut held: BTreeMap<u16, u64> = BTreeMap::new();
            for parcel in order.parcels.iter().filter(|parcel| !parcel.state.is_off()) {
                for (line, _, units) in parcel.units() {
                    *held.entry(line).or_default() += u64::from(units);
                }
            }
            for (number, line) in (0_u16..).zip(&order.lines) {
                let held = held.get(&number).copied().unwrap_or(0);
                assert!(held + u64::from(line.cancelled) <= u64::from(line.units), "{what:?}");
                assert!(order.returned(number) <= order.delivered(number), "{what:?}");
            }
            let text = serde_json::to_string(&order).expect("an order is written");
            assert_eq!(serde_json::from_str::<Order>(&text).expect("what was written reads back"), order);
            if !matches!(what, OrderAct::HandOver { proof: Proof::WrongCode, .. })
                && let OrderOutcome::Done(again) = act(&order, &what, &rules, &hours, now)
            {
                assert!(
                    again.order == order && again.intents.is_empty() && again.effects.is_empty(),
                    "{what:?}"
                );
            }
        }
    }
});

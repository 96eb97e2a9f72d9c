//! What stock stores, byte for byte.
//!
//! `tests/compat/stock.jsonl` holds one line per key: the key in hexadecimal digits and the value. A change of it is a
//! change of a stored format: raise the version of the kind, add a case to its `upcast`, and keep the old lines.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod stock_support;

use std::sync::Arc;

use attack_support::{NOON, instant};
use pollster::block_on;
use serde_json::value::RawValue;
use stock_support::{Shop, accepted, count, key, place, reserve};
use throughline::hub::{CommandKey, SlotPlace, SlotRequest};
use throughline::stock::availability::{Beyond, BeyondKind, CountSource, Dated};
use throughline::stock::promise::{Promise, SlotPlan, Step, StepKind, Way};
use throughline::stock::reservation::{Line, StockAct, StockChange, Terms, Yield};
use throughline::stock::{LocationId, Method};
use throughline::store::{Batch, Key, MemoryStore, ReadSet, Scan, Store, Write};
use throughline::time::TimeDelta;

const FILE: &str = include_str!("compat/stock.jsonl");

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    key: String,
    value: Box<RawValue>,
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// All that is stored, in lines.
fn content(store: &Arc<MemoryStore>) -> String {
    let all = Scan { prefix: Key::empty(), after: None, limit: usize::MAX };
    let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![all] })).unwrap();
    let mut text = String::new();
    for (key, held) in &view.scans[0].items {
        let value = RawValue::from_string(String::from_utf8(held.value.to_vec()).unwrap()).unwrap();
        let line = Stored { key: hexadecimal(key.as_bytes()), value };
        text += &serde_json::to_string(&line).unwrap();
        text.push('\n');
    }
    text
}

/// One of everything that is stored.
fn world() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    let (a, b) = (place("تهران", "MUG"), place("Арбат", "MUG"));
    count(&shop, &a, 9);
    count(&shop, &b, 4);
    let hub = shop.hub();
    let later = instant(NOON) + TimeDelta::days(2);
    let dated = |units| vec![Dated { at: later, units }];
    let beyond = Some(Beyond { kind: BeyondKind::Preorder, cap: 5, not_before: Some(later) });
    for (at, change) in [
        StockChange::Count { units: 8, at: instant(NOON), source: CountSource::Counted },
        StockChange::Damaged { units: 1 },
        StockChange::InTransit { units: 2 },
        StockChange::Queued { units: 1 },
        StockChange::Supply { entries: dated(6) },
        StockChange::Demand { entries: dated(1) },
        StockChange::Beyond { beyond },
        StockChange::Withdrawn { withdrawn: true },
        StockChange::Withdrawn { withdrawn: false },
        StockChange::LeavesPerDay { milli: 250 },
    ]
    .iter()
    .enumerate()
    {
        let command = CommandKey::new(&format!("change-{at}"));
        assert!(hub.change_stock(&command, &a, change, Yield::Refuse).unwrap().is_changed());
    }
    let terms = Terms::default();
    let act = |cart: &str, what: &StockAct| {
        let outcome = hub.act_on_stock(&key(cart), what, &terms).unwrap();
        assert!(accepted(&outcome), "{cart}: {outcome:?}");
    };
    act("held", &reserve(&[(&a, 1), (&b, 1)]));
    act("endless", &StockAct::Reserve { lines: vec![Line::new(a.clone(), 9)], until: None, backorder: true });
    act("order", &reserve(&[(&b, 3)]));
    act("order", &StockAct::Commit);
    act("order", &StockAct::Issue { lines: Some(vec![Line::new(b.clone(), 1)]) });
    act("order", &StockAct::Cancel { lines: Some(vec![Line::new(b, 1)]), not_found: true });
    let at = SlotPlace {
        location: LocationId::parse("Арбат").unwrap(),
        service: Method::parse("fitting").unwrap(),
    };
    let plan: SlotPlan = serde_json::from_str(
        r#"{"hours": {"windows": [{"start": "09:00", "end": "18:00"}]}, "minutes": 60, "capacity": 3}"#,
    )
    .unwrap();
    let zone = throughline::calendar::Zone::utc();
    let start = instant("2026-03-20T15:00:00Z");
    for (customer, until) in [("visit-1", None), ("visit-2", Some(start))] {
        hub.book_slot(
            &key(customer),
            &SlotRequest { place: &at, plan: &plan, zone: &zone, start, places: 1, until },
        )
        .unwrap();
    }
    let promise = Promise {
        way: Way::PickUp,
        made: instant(NOON),
        from: start,
        by: start,
        until: Some(later),
        label: "same day".into(),
        steps: vec![Step { what: StepKind::Ready, at: start }],
    };
    hub.give_promise(&key("order"), &at.location, &promise).unwrap();
    hub.score_promise(&key("order"), Some(start)).unwrap();
    store
}

#[test]
fn what_is_stored_is_what_was_stored() {
    let stored = content(&world());
    if stored != FILE {
        let told = stored.lines().zip(FILE.lines()).find(|(now, then)| now != then);
        panic!("the stored shape of stock changed: {told:?}\n{stored}");
    }
}

#[test]
fn what_was_stored_still_reads() {
    let store = Arc::new(MemoryStore::new());
    let writes = FILE.lines().map(|line| {
        let line: Stored = serde_json::from_str(line).unwrap();
        (Key::new(&bytes(&line.key)).unwrap(), Write::Put(line.value.get().as_bytes().into()))
    });
    let batch = Batch { writes: writes.collect(), ..Batch::default() };
    block_on(store.commit(&batch)).unwrap();
    let shop = Shop::on(store);
    let hub = shop.hub();
    let (a, b) = (place("تهران", "MUG"), place("Арбат", "MUG"));
    let answers = shop.answers(&[&a, &b]);
    assert_eq!((answers[0].level.on_hand, answers[0].level.reserved), (8, 10));
    assert_eq!((answers[1].level.on_hand, answers[1].level.allocated), (2, 1));
    assert_eq!(hub.stock_ticket(&key("order")).unwrap().unwrap().lines[0].issued, 1);
    assert_eq!(hub.booking(&key("visit-1")).unwrap().unwrap().places, 1);
    assert!(hub.given_promise(&key("order")).unwrap().unwrap().happened.is_some());
    let all = Terms::default();
    assert!(accepted(&hub.act_on_stock(&key("order"), &StockAct::Issue { lines: None }, &all).unwrap()));
}

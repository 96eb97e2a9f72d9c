//! What journeys store, byte for byte.
//!
//! `tests/compat/journey.jsonl` holds one line per key: the key in hexadecimal digits and the value. A change of it is a
//! change of a stored format: raise the version of the kind, add a case to its `upcast` or a default, and keep the old lines,
//! as those of `journey-1.jsonl` and `journey-2.jsonl` are kept.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod compat_support;

use std::sync::Arc;

use throughline::cart::Sku;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{
    CommandKey, EditOutcome, FixedClock, HandoffOutcome, HandoffRequest, Hub, Issue, OpenOutcome,
    OrderRequest, OrderTerms, PlaceOutcome, Rules, Subscription, ThreadSettings, Who,
};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::journey::{
    Asked, Closed, ConversationOwner, HandoffAct, PacketSettings, Sensitivity, Speech, ThreadEdit, ThreadKind,
};
use throughline::pii::Pii;
use throughline::stock::order::{NewParcel, OrderHours, OrderRules, OrderedLine};
use throughline::stock::reservation::{StockChange, Terms, Yield};
use throughline::stock::{LocationId, Place};
use throughline::store::{MemoryStore, Seq, Tenant};
use throughline::time::TimeDelta;

const FILE: &str = include_str!("compat/journey.jsonl");
/// As it was before a part's edits had hashes of all of them, the last thread its sensitivity, an order the instant at which
/// it was placed, and while a conversation kept a copy of the profile.
const FIRST: &str = include_str!("compat/journey-1.jsonl");
/// As it was before the hashes of a part's edits had a key.
const SECOND: &str = include_str!("compat/journey-2.jsonl");

/// What journeys and orders keep, and the subscriber's place, in lines.
fn content(store: &MemoryStore) -> String {
    compat_support::content(store, |_, _| true)
}

fn hub(store: Arc<MemoryStore>) -> (Arc<FixedClock>, Hub) {
    let clock = Arc::new(FixedClock::at("2026-03-20T09:00:00Z".parse().unwrap()));
    let hub = Hub::with_clock(store, Tenant(7), Rules::retail(b"a secret for tests"), clock.clone()).unwrap();
    (clock, hub)
}

fn sara() -> Who {
    Who::Identifier(Identifier::parse(IdentifierKind::UserId, "u-7", &IdentifierSettings::default()).unwrap())
}

fn issue<'a>(once: bool) -> Issue<'a> {
    Issue {
        kind: &ThreadKind::Plan,
        object: "سفر-۱",
        channel: &Channel::Web,
        lifetime: TimeDelta::days(30),
        once,
    }
}

fn plan() -> ThreadEdit {
    ThreadEdit::new("e-1", ThreadKind::Plan, "سفر-۱", Channel::Web).set("شهر", "شیراز").open("هتل").at("شهر")
}

fn order(hub: &Hub, number: &str) {
    let (shop, tea) = (LocationId::parse("Гостиный двор").unwrap(), Sku::parse("TEA").unwrap());
    let (rules, hours, stock) = (OrderRules::retail(), OrderHours::new(), Terms::default());
    let terms = OrderTerms { rules: &rules, hours: &hours, stock: &stock };
    let who = sara();
    let request = OrderRequest {
        number,
        who: Some(&who),
        lines: &[OrderedLine { sku: tea.clone(), units: 1, cancelled: 0 }],
        parcels: &[NewParcel {
            from: shop.clone(),
            pick_up: Some(shop.clone()),
            units: vec![(0, 1)],
            promise: None,
        }],
        held: None,
        exchange_of: None,
        backorder: false,
        pay_by: None,
    };
    let placed = hub.place_order(&CommandKey::new(number), &request, &terms).unwrap();
    assert!(matches!(placed, PlaceOutcome::Placed { .. }), "{placed:?}");
}

/// One of everything that journeys store. Answers a token, too.
fn world() -> (Arc<MemoryStore>, String) {
    let store = Arc::new(MemoryStore::new());
    let (clock, hub) = hub(store.clone());
    let line = r#"{"type":"identify","messageId":"m-1","userId":"u-7","timestamp":"2026-03-20T08:00:00Z","traits":{"firstName":"سارا","locale":"fa-IR"},"context":{"channel":"web"}}"#;
    hub.record(&Event::from_segment(line.as_bytes(), &hub.import()).unwrap()).unwrap();
    let count = StockChange::Count {
        units: 9,
        at: "2026-03-20T08:00:00Z".parse().unwrap(),
        source: Default::default(),
    };
    let place = Place::new(LocationId::parse("Гостиный двор").unwrap(), Sku::parse("TEA").unwrap());
    hub.change_stock(&CommandKey::new("count"), &place, &count, Yield::Refuse).unwrap();
    let (who, settings) = (sara(), ThreadSettings::retail());
    let edit = |edit: &ThreadEdit| {
        let outcome = hub.edit_thread(&who, edit, &settings).unwrap();
        assert!(matches!(outcome, EditOutcome::Applied { .. }), "{outcome:?}");
        outcome.document().unwrap().versions.clone()
    };
    edit(&plan());
    let cart = |id: &str| ThreadEdit::new(id, ThreadKind::Cart, "корзина", Channel::Till);
    let seen = edit(&cart("e-2").set("lines/TEA", 2).set("currency", "EUR"));
    edit(&cart("e-3").on(&seen).remove("lines/TEA").close(Closed::Emptied));
    let other = |id: &str| ThreadEdit::new(id, ThreadKind::Cart, "корзина-2", Channel::App);
    edit(&other("e-4").set("lines/MUG", 1));
    let form = ThreadEdit::new("e-5", ThreadKind::Form, "טופס", Channel::App);
    edit(&form.set("מחלה", "אסתמה").guarded(Sensitivity::Sensitive).open("חתימה"));
    let asked = [Asked { question: "order".into(), answer: Some(Pii::new("۴۷۱۱".into())) }];
    let request = HandoffRequest {
        id: "r-1",
        conversation: "chat-9",
        reason: "refund",
        skill: "refunds",
        asked: &asked,
        transcript: Some("t-9"),
        accept_within: Some(TimeDelta::hours(4)),
        start_within_seconds: None,
        channel: &Channel::CallCentre,
    };
    let done = hub.request_handoff(&who, &request).unwrap();
    assert!(matches!(done, HandoffOutcome::Done { .. }));
    clock.set("2026-03-20T10:00:00Z".parse().unwrap());
    let due = hub.abandoned(&who, &Channel::App, &settings, true).unwrap().unwrap().due;
    assert_eq!(due.len(), 1);
    assert!(hub.mark_abandonment(&who, &due[0], &Channel::App, &settings).unwrap());
    clock.set("2026-03-20T11:00:00Z".parse().unwrap());
    order(&hub, "4711");
    let news = hub.changes(&Subscription::new("till-3")).unwrap();
    hub.acknowledge("till-3", news.upto).unwrap();
    let token = hub.issue_token(&who, &issue(false), &settings).unwrap().unwrap();
    (store, token.text(&hub.rules().pepper))
}

/// A hash with no key would let whoever reads the store try out what was said.
#[test]
fn edits_are_known_again_by_a_hash_that_needs_the_key() {
    let parts = |secret: &[u8]| {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::at("2026-03-20T09:00:00Z".parse().unwrap()));
        let hub = Hub::with_clock(store.clone(), Tenant(7), Rules::retail(secret), clock).unwrap();
        let line = r#"{"type":"identify","messageId":"m-1","userId":"u-7"}"#;
        hub.record(&Event::from_segment(line.as_bytes(), &hub.import()).unwrap()).unwrap();
        let settings = ThreadSettings::retail();
        hub.edit_thread(&sara(), &plan(), &settings).unwrap();
        assert!(matches!(
            hub.edit_thread(&sara(), &plan(), &settings).unwrap(),
            EditOutcome::Repeated { .. }
        ));
        let kept = content(&store);
        let part = kept.lines().find(|line| line.contains(r#""kind":"thread_part""#)).unwrap();
        part.split_once(r#""r":"#).unwrap().1.to_owned()
    };
    assert_eq!(parts(b"one"), parts(b"one"));
    assert_ne!(parts(b"one"), parts(b"another"));
}

#[test]
fn what_is_stored_is_what_was_stored() {
    let stored = content(&world().0);
    if stored != FILE {
        let told = stored.lines().zip(FILE.lines()).find(|(now, then)| now != then);
        panic!("the stored shape of journeys changed: {told:?}\n{stored}");
    }
}

fn read(file: &str) -> (Arc<MemoryStore>, Hub) {
    let store = compat_support::read(file);
    let (clock, hub) = hub(store.clone());
    clock.set("2026-03-20T11:30:00Z".parse().unwrap());
    (store, hub)
}

#[test]
fn what_was_stored_still_reads() {
    let token = world().1;
    for (file, is_first) in [(FILE, false), (SECOND, false), (FIRST, true)] {
        let (store, hub) = read(file);
        let (who, settings) = (sara(), ThreadSettings::retail());
        // The last thread is the form; who may not see it is told of the one before.
        let last =
            |channel: &Channel| hub.last_state(&who, channel, &settings).unwrap().unwrap().thread.unwrap();
        assert_eq!(last(&Channel::App).kind, ThreadKind::Form);
        assert!(matches!(last(&Channel::CallCentre).kind, ThreadKind::Cart | ThreadKind::Plan));
        // An edit is known again; another under its id is told from it where its hash is kept.
        assert!(matches!(hub.edit_thread(&who, &plan(), &settings).unwrap(), EditOutcome::Repeated { .. }));
        let other = hub.edit_thread(&who, &plan().set("شهر", "یزد"), &settings).unwrap();
        assert_eq!(matches!(other, EditOutcome::IdTaken), !is_first, "{other:?}");
        // The token opens what it carries.
        let opened = hub.open_token(&token, &Channel::App, &settings).unwrap();
        assert!(matches!(opened, OpenOutcome::Same { .. }), "{opened:?}");
        // What was told of the cart is recovered by the order, if it is known when that was placed.
        let news = hub.abandoned(&who, &Channel::App, &settings, true).unwrap().unwrap();
        assert_eq!(
            (news.due.len(), news.revoked.len(), news.recovered.len()),
            (0, 0, usize::from(!is_first))
        );
        order(&hub, "4712");
        let news = hub.abandoned(&who, &Channel::App, &settings, true).unwrap().unwrap();
        assert_eq!((news.due.len(), news.revoked.len(), news.recovered.len()), (0, 0, 1));
        // The conversation waits, with what was passed on.
        let waiting = hub.waiting_handoffs("refunds", 9).unwrap();
        assert_eq!(waiting.iter().map(|one| &*one.reason).collect::<Vec<_>>(), ["refund"]);
        assert_eq!(
            hub.may_speak(&who, "chat-9", &ConversationOwner::Bot).unwrap(),
            Some(Speech::HoldingOnly)
        );
        let packet =
            hub.handoff_packet(&who, "chat-9", &settings, &PacketSettings::default()).unwrap().unwrap();
        assert_eq!(packet.answer("order").map(|answer| &**answer.reveal()), Some("۴۷۱۱"));
        assert_eq!(
            (packet.transcript.as_deref(), packet.accept_by),
            (Some("t-9"), "2026-03-20T13:00:00Z".parse().ok())
        );
        let accepted =
            hub.handoff_act(&who, "chat-9", "a-1", &HandoffAct::Accepted { agent: "a".into() }).unwrap();
        assert!(matches!(accepted, HandoffOutcome::Done { .. }), "{accepted:?}");
        // Written again, it holds no copy of the profile.
        let kept = content(&store);
        let kept = kept.lines().find(|line| line.contains(r#""kind":"conversation""#)).unwrap();
        assert!(kept.contains(r#""v":2"#) && !kept.contains("سارا"), "{kept}");
        assert_eq!(hub.subscribed_to("till-3").unwrap(), Seq(10));
    }
}

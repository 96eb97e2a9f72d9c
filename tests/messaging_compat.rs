//! What the outbox and the consent ledger store, byte for byte, and that what earlier versions stored still reads.
//!
//! `tests/compat/outbox.jsonl` holds one line per key: the key in hexadecimal digits and the value. A change of it is a
//! change of a stored format: raise the version of the kind, add a case to its `upcast`, and keep the old lines here.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod compat_support;

use std::collections::BTreeMap;
use std::sync::Arc;

use attack_support::{NOON, TENANT, identifier, instant, rules, said};
use compat_support::read;
use throughline::calendar::Zones;
use throughline::channel::Channel;
use throughline::hub::{CommandKey, DeliveryOf, Dispatch, Enqueue, EnqueueOutcome, FixedClock, Hub, Who};
use throughline::identifier::IdentifierKind;
use throughline::messaging::delivery::{DeliveryEvent, DeliveryKind};
use throughline::messaging::digest::DigestPolicy;
use throughline::messaging::{
    Accepted, Blocking, Class, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule, ConsentState,
    EscalationStep, Message, Outgoing, Policy, Rendered, SendError, SendErrorKind,
};
use throughline::pii::Pii;
use throughline::store::MemoryStore;
use throughline::time::TimeDelta;

const FILE: &str = include_str!("compat/outbox.jsonl");
/// With entries of version 1, which knew no plans of escalation.
const FILE_OF_VERSION_1: &str = include_str!("compat/outbox-1.jsonl");
const RECORD_OF_VERSION_1: &str = include_str!("compat/record-1.jsonl");

fn hub(store: &Arc<MemoryStore>, clock: &Arc<FixedClock>) -> Hub {
    Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap()
}

fn who() -> Who {
    Who::Identifier(identifier(IdentifierKind::UserId, "u-1"))
}

fn consent(state: ConsentState, minutes: i64) -> ConsentRecord {
    let at = instant(NOON) - TimeDelta::minutes(minutes);
    ConsentRecord::new("marketing.offers".parse().unwrap(), "sms".parse().unwrap(), state, at)
}

/// One of everything that is stored.
fn world() -> Arc<MemoryStore> {
    let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(FixedClock::at(instant(NOON))));
    let hub = hub(&store, &clock);
    let event = said("m-1", "web", 1).source("accounts").user("u-1").with("phone", "+989124471000");
    hub.record(&event.with("phone_number_verified", true).event()).unwrap();
    let expires_at = Some(instant("2027-01-01T00:00:00Z"));
    let evidence = Some(Pii::new("form 7".to_owned()));
    for said in [
        ConsentRecord { evidence, ..consent(ConsentState::Pending, 9) },
        consent(ConsentState::Denied, 8),
        ConsentRecord { expires_at, ..consent(ConsentState::Granted, 7) },
        ConsentRecord { channel: "email".parse().unwrap(), ..consent(ConsentState::Withdrawn, 6) },
    ] {
        hub.consent(&who(), &said).unwrap();
    }
    let (policy, zones) = (Policy::default(), Zones::bundled());
    let rendered = Rendered {
        title: Some("سارا".to_owned()),
        fields: [("template".to_owned(), "ready".to_owned())].into(),
        ..Rendered::text("سفارش شما آماده است")
    };
    let texts = BTreeMap::from([(Channel::Sms, rendered)]);
    let put = |id: &str, change: &dyn Fn(&mut Message)| {
        let mut message = Message::new(id, Class::Marketing, "marketing.offers".parse().unwrap());
        change(&mut message);
        let request = Enqueue {
            variant: Some("b"),
            segment: Some("new"),
            holdout: id == "ghost",
            ..Enqueue::new(&message, &texts, &policy, &zones)
        };
        hub.enqueue(&CommandKey::new(id), &who(), &request).unwrap()
    };
    let EnqueueOutcome::Queued { entry: sent, .. } = put("sent", &|message| {
        message.told_key = Some("order-1".to_owned());
        message.category = Some("promo".to_owned());
        message.priority = 3;
        message.expires_at = Some(instant("2026-04-01T00:00:00Z"));
        message.patience = Some(TimeDelta::hours(1));
    }) else {
        panic!()
    };
    put("unknown", &|_| {});
    put("ghost", &|_| {});
    put("gone", &|message| message.expires_at = Some(instant(NOON)));
    let sender = Blocking(|outgoing: &Outgoing| match outgoing.message.as_str() {
        "sent" => Ok(Accepted::under("p-1")),
        _ => Err(SendError::new(SendErrorKind::Unknown).code("504")),
    });
    hub.dispatch(&sender, &Dispatch::new(&policy, &zones)).unwrap();
    clock.set(instant(NOON) + TimeDelta::minutes(5));
    for (kind, bot) in [
        (DeliveryKind::SoftBounced, false),
        (DeliveryKind::Opened, true),
        (DeliveryKind::Clicked, false),
        (DeliveryKind::Complained, false),
        (DeliveryKind::Unsubscribed, false),
    ] {
        let at = instant(NOON) + TimeDelta::minutes(1);
        let event = DeliveryEvent { bot, ..DeliveryEvent::new(kind, at) };
        hub.delivery(DeliveryOf::Key(&sent.to_string()), &event).unwrap();
    }
    put("waits", &|message| message.class = Class::Transactional);
    later_kinds(&hub, &policy, &zones, &texts);
    store
}

/// A plan of escalation whose second step is put in, a digest, figures of channels, a preference.
fn later_kinds(hub: &Hub, policy: &Policy, zones: &Zones, texts: &BTreeMap<Channel, Rendered>) {
    let ready = said("m-2", "web", 1).source("accounts").user("u-2").with("phone", "+989124471002");
    let who = Who::Record(hub.record(&ready.event()).unwrap().record);
    let plan: Vec<EscalationStep> = serde_json::from_str(
        r#"[{"channel": "push", "wait_seconds": 60, "until": "opened"},
            {"channel": "sms", "wait_seconds": 0, "until": "delivered"}]"#,
    )
    .unwrap();
    let message = Message::new("ready", Class::Service, "service.order".parse().unwrap());
    hub.escalate(&who, &plan, &Enqueue::new(&message, texts, policy, zones)).unwrap();
    let full = DigestPolicy { max_items: Some(2), ..DigestPolicy::default() };
    for item in ["answer-1", "answer-2", "answer-3"] {
        hub.digest_add(&CommandKey::new(item), &who, "review-9", item, &full).unwrap();
    }
    hub.inbound(&Channel::WhatsApp, "chat-1", instant(NOON), false).unwrap();
    hub.inbound(&Channel::WhatsApp, "chat-2", instant(NOON), true).unwrap();
    hub.prefer(&who, &consent(ConsentState::Denied, 5)).unwrap();
}

/// Records and what the outbox keeps, without the letters of events and views.
fn content(store: &MemoryStore) -> String {
    let is_kept = |letter: &u8| b"rOTMWKNGfFAcaHCij".contains(letter);
    compat_support::content(store, |key, _| key.as_bytes().get(4).is_some_and(is_kept))
}

#[test]
fn what_is_stored_is_what_was_stored() {
    let now = content(&world());
    for (now, then) in now.lines().zip(FILE.lines()) {
        assert_eq!(now, then);
    }
    assert_eq!(now.lines().count(), FILE.lines().count());
    for kind in [
        "record",
        "outbox_entry",
        "marker",
        "told",
        "booking",
        "range",
        "unsent_message",
        "address_facts",
        "command",
        "enqueue_outcome",
        "waiting_entry",
        "channel_day",
        "inbound_message",
        "digest",
        "digest_added",
    ] {
        assert!(FILE.contains(&format!("\"kind\":\"{kind}\"")), "no line of `{kind}`");
    }
}

#[test]
fn what_was_stored_still_works() {
    still_works(FILE);
    still_works(FILE_OF_VERSION_1);
}

#[test]
fn later_kinds_still_work() {
    let store = read(FILE);
    let clock = Arc::new(FixedClock::at(instant(NOON) + TimeDelta::hours(2)));
    let hub = hub(&store, &clock);
    let due = hub.digests_due(10).unwrap();
    let items: Vec<&[String]> = due.iter().map(|due| &due.items[..]).collect();
    assert_eq!(items, [&["answer-1".to_owned(), "answer-2".to_owned()][..], &["answer-3".to_owned()]]);
    let health = hub.channel_health(instant(NOON)).unwrap();
    assert_eq!((health[&Channel::Sms].sent, health[&Channel::Sms].complained), (1, 1));
    assert_eq!((health[&Channel::WhatsApp].inbound, health[&Channel::WhatsApp].unanswered), (2, 1));
    let told = hub.messages(&Who::Record(due[0].record)).unwrap().unwrap().messages;
    assert_eq!((told[0].step.as_str(), told[0].state.as_str()), ("first/1", "queued"));
}

fn still_works(file: &str) {
    let store = read(file);
    let clock = Arc::new(FixedClock::at(instant(NOON) + TimeDelta::hours(1)));
    let hub = hub(&store, &clock);
    let records =
        store.dump().filter_map(|(key, _)| key.as_bytes().get(4..)?.strip_prefix(b"r").map(<[u8]>::to_vec));
    let told = records
        .map(|id| throughline::ids::RecordId::from_bytes(id.try_into().unwrap()))
        .map(|id| hub.messages(&Who::Record(id)).unwrap().unwrap())
        .find(|told| told.messages.len() == 2)
        .unwrap();
    let mut states: Vec<(&str, &str)> =
        told.messages.iter().map(|message| (message.message.as_str(), message.state.as_str())).collect();
    states.sort_unstable();
    assert_eq!(states, [("sent", "sent"), ("unknown", "queued")]);
    assert_eq!(told.unsent.len(), 3);
    let (policy, zones) = (Policy::default(), Zones::bundled());
    let sender = Blocking(|_: &Outgoing| Ok(Accepted::nameless()));
    let done = hub.dispatch(&sender, &Dispatch::new(&policy, &zones)).unwrap();
    assert_eq!(done.count("cancelled"), 1, "she unsubscribed: {done:?}");
}

/// Records of version 1 knew only of grants and withdrawals.
#[test]
fn a_record_of_version_1_still_reads_and_takes_new_consent() {
    let store = read(RECORD_OF_VERSION_1);
    let hub = hub(&store, &Arc::new(FixedClock::at(instant(NOON))));
    let record = store.dump().next().unwrap().0.as_bytes()[5..].to_vec();
    let who = Who::Record(throughline::ids::RecordId::from_bytes(record.try_into().unwrap()));
    let purpose = "marketing".parse().unwrap();
    let asked = |now: &str| {
        let question = ConsentQuestion {
            now: instant(now),
            class: Class::Marketing,
            purpose: &purpose,
            channel: &Channel::Sms,
            rule: ConsentRule::OptIn,
            suppression: None,
            relationship: None,
        };
        hub.consent_at(&who, None, &question).unwrap().unwrap().reason
    };
    assert_eq!(asked("2026-03-20T00:02:00Z"), ConsentReason::Granted);
    assert_eq!(asked(NOON), ConsentReason::Withdrawn);
    let denied = ConsentRecord::new(
        "marketing".parse().unwrap(),
        "sms".parse().unwrap(),
        ConsentState::Denied,
        instant("2026-03-20T11:00:00Z"),
    );
    hub.consent(&who, &denied).unwrap();
    assert_eq!(asked(NOON), ConsentReason::Denied);
    assert!(store.holds(b"{\"kind\":\"record\",\"v\":2,"));
}

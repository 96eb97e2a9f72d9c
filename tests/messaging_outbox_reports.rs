//! What providers report on messages in the outbox, in any order and repetition; and what an erasure leaves of it.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod outbox_support;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use attack_support::identifier;
use outbox_support::{Provider, World, at, content, memory, message, no, told};
use proptest::prelude::*;
use throughline::channel::Channel;
use throughline::hub::{
    Afterwards, CommandKey, DeliveryOf, DeliveryOutcome, EnqueueOutcome, ErasureOutcome, What, Who,
};
use throughline::identifier::IdentifierKind;
use throughline::ids::OutboxKey;
use throughline::messaging::delivery::{Delivery, DeliveryEvent, DeliveryKind};
use throughline::messaging::{Blocking, Class, Message, Outgoing, SendError, SendErrorKind};
use throughline::store::Store;

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// A provider that repeats and reorders its reports leaves what one leaves that does not.
    #[test]
    fn reports_in_any_order_and_repetition_leave_the_same_store(
        (reports, again) in prop::collection::vec(
            (0..2_usize, prop::sample::select(DeliveryKind::ALL), any::<bool>(), 1..50_i64), 0..12,
        ).prop_flat_map(|reports| {
            let twice: Vec<_> = reports.iter().chain(&reports).copied().collect();
            (Just(reports), Just(twice).prop_shuffle())
        }),
    ) {
        let run = |reports: &[(usize, DeliveryKind, bool, i64)]| {
            let (store, world, keys) = told();
            let hub = world.hub(&(store.clone() as Arc<dyn Store>));
            for (number, kind, bot, minute) in reports {
                let event = DeliveryEvent { bot: *bot, ..DeliveryEvent::new(*kind, at(*minute)) };
                let key = keys[*number].to_string();
                // By our key and by the provider's id in turn.
                let id = format!("sms/{key}");
                let of = if minute % 2 == 0 {
                    DeliveryOf::Key(&key)
                } else {
                    DeliveryOf::Provider { channel: &Channel::Sms, id: &id }
                };
                let outcome = hub.delivery(of, &event).unwrap();
                assert!(!matches!(outcome, DeliveryOutcome::Refused { .. }), "{outcome:?}");
                let outcome = hub.delivery(of, &event).unwrap();
                assert!(matches!(outcome, DeliveryOutcome::Known { .. }), "{outcome:?}");
            }
            content(&store)
        };
        prop_assert_eq!(run(&reports), run(&again));
    }
}

#[test]
fn reports_change_what_is_sent_next() {
    let (store, world, [first, second]) = told();
    let hub = world.hub(&(store as Arc<dyn Store>));
    let report = |key: OutboxKey, kind| {
        hub.delivery(DeliveryOf::Key(&key.to_string()), &DeliveryEvent::new(kind, at(1))).unwrap()
    };
    let people: Vec<Who> = (0..2)
        .map(|number| {
            let user = identifier(IdentifierKind::UserId, &format!("u-{number}"));
            let profile = hub.profile(&Who::Identifier(user)).unwrap().unwrap();
            Who::Profile(profile.id)
        })
        .collect();
    let DeliveryOutcome::Recorded { state, .. } = report(first, DeliveryKind::Unsubscribed) else { panic!() };
    assert_eq!(state.delivery, Delivery::Sent);
    let DeliveryOutcome::Recorded { state, .. } = report(second, DeliveryKind::HardBounced) else { panic!() };
    assert_eq!(state.delivery, Delivery::HardBounced);
    for (who, expected) in people.iter().zip(["withdrawn", "suppressed_hard_bounce"]) {
        let outcome = world.put(&hub, &format!("next/{expected}"), who, &message("next")).unwrap();
        let EnqueueOutcome::Dropped { reasons } = outcome else { panic!("{outcome:?}") };
        assert!(reasons.iter().any(|reason| reason.rule == expected), "{reasons:?}");
    }
    let stranger = OutboxKey::from_bytes([9; 16]).to_string();
    for of in [
        DeliveryOf::Key(&stranger),
        DeliveryOf::Key("no key; sara@example.ir"),
        DeliveryOf::Provider { channel: &Channel::Sms, id: "unknown" },
        DeliveryOf::Provider { channel: &Channel::Email, id: &format!("sms/{first}") },
    ] {
        let outcome = hub.delivery(of, &DeliveryEvent::new(DeliveryKind::Opened, at(1))).unwrap();
        assert!(matches!(outcome, DeliveryOutcome::Refused { .. }), "{outcome:?}");
    }
    let figures = hub.kpi("ready").unwrap().into_values().next().unwrap();
    assert_eq!((figures.sent, figures.bounced, figures.unsubscribed), (2, 1, 1));
}

#[test]
fn a_report_that_comes_before_the_answer_of_the_provider_settles_the_message() {
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    world.entry(&hub, &who, &message("ready"));
    let sender = Blocking(|outgoing: &Outgoing| {
        provider.take(outgoing).unwrap();
        let key = outgoing.idempotency_key();
        hub.delivery(DeliveryOf::Key(&key), &DeliveryEvent::new(DeliveryKind::Delivered, at(0))).unwrap();
        Err(SendError::new(SendErrorKind::Unknown))
    });
    for _ in 0..3 {
        hub.dispatch(&sender, &world.dispatch()).unwrap();
        world.later(600);
    }
    assert_eq!(provider.calls.load(Ordering::SeqCst), 1, "it is known to be sent");
    assert!(hub.messages(&who).unwrap().unwrap().messages[0].is_sent());
}

#[test]
fn an_erased_person_leaves_nothing_in_the_outbox_and_others_keep_theirs() {
    let (store, world, [first, second]) = told();
    let hub = world.hub(&(store.clone() as Arc<dyn Store>));
    let user = Who::Identifier(identifier(IdentifierKind::UserId, "u-0"));
    let mut evidence = no("marketing", 1);
    evidence.evidence = Some(throughline::pii::Pii::new("canary-evidence".to_owned()));
    hub.consent(&user, &evidence).unwrap();
    hub.delivery(DeliveryOf::Key(&first.to_string()), &DeliveryEvent::new(DeliveryKind::SoftBounced, at(1)))
        .unwrap();
    world.put(&hub, "next", &user, &message("next")).unwrap();
    world
        .put(&hub, "offer", &user, &Message::new("offer", Class::Marketing, "marketing".parse().unwrap()))
        .unwrap();
    assert!(store.holds(b"canary-evidence") && store.holds(first.to_string().as_bytes()));
    let gone =
        hub.erase(&CommandKey::new("gdpr"), &What::Profile(user.clone()), Afterwards::Suppress).unwrap();
    assert!(matches!(gone, ErasureOutcome::Erased { records: 1, .. }), "{gone:?}");
    assert!(!store.holds(b"canary-evidence"));
    let left = content(&store);
    for letter in [b'O', b'M', b'N', b'f', b'K', b'W', b'A'] {
        let mut kept = left.iter().filter(|(key, _)| key.get(4) == Some(&letter));
        assert!(kept.all(|(key, value)| {
            let (first, second) = (first.as_bytes(), second.to_string());
            !key.windows(16).any(|part| part == first) && (letter != b'O' || value.contains(&second))
        }));
        let count = left.keys().filter(|key| key.get(4) == Some(&letter)).count();
        assert_eq!(count, 1, "what is the other's: {}", char::from(letter));
    }
    assert_eq!(left.keys().filter(|key| matches!(key.get(4), Some(b'T' | b'F'))).count(), 0);
    let late =
        hub.delivery(DeliveryOf::Key(&first.to_string()), &DeliveryEvent::new(DeliveryKind::Opened, at(1)));
    assert!(matches!(late.unwrap(), DeliveryOutcome::Refused { .. }));
}

//! Consent and the outbox: what a person says is kept as it was said, and stops what was put in before.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod outbox_support;

use std::sync::atomic::Ordering;

use outbox_support::{Provider, World, at, memory, merged, message, no, number};
use throughline::channel::Channel;
use throughline::hub::{CommandKey, ConsentOutcome, EnqueueOutcome, Hub, UnsubscribeOutcome, Who};
use throughline::messaging::{
    Class, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule, ConsentState, Message, StopWords,
    Unsubscribe, UnsubscribeRequest,
};
use throughline::signing::SigningKeys;

#[test]
fn a_withdrawal_between_putting_in_and_sending_stops_the_message() {
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    world.entry(&hub, &who, &message("ready-1"));
    assert!(matches!(
        hub.consent(&who, &no("service", 0)).unwrap(),
        ConsentOutcome::Recorded { is_new: true, .. }
    ));
    let done = hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    assert_eq!(done.count("cancelled"), 1, "{done:?}");
    assert_eq!(provider.calls.load(Ordering::SeqCst), 0);
    let told = hub.messages(&who).unwrap().unwrap();
    assert!(told.messages[0].reasons.iter().any(|reason| reason.rule == "withdrawn"), "{told:?}");
    // She says yes again, and the same may be put in again under the same key.
    let yes = ConsentRecord { state: ConsentState::Granted, ..no("service", 0) };
    let yes = ConsentRecord { at: at(1), ..yes };
    assert!(
        matches!(hub.consent(&who, &yes).unwrap(), ConsentOutcome::Refused { .. }),
        "it is not one past noon yet"
    );
    world.later(2);
    hub.consent(&who, &yes).unwrap();
    let again = world.put(&hub, "again", &who, &message("ready-1")).unwrap();
    // Her number is not proved, so its own refusal stays.
    let EnqueueOutcome::Dropped { reasons } = again else { panic!("{again:?}") };
    assert_eq!(reasons[0].rule, "no_channel");
    let unsent = hub.messages(&who).unwrap().unwrap().unsent;
    assert_eq!((unsent.len(), unsent[0].ghost.clone()), (1, None));
}

#[test]
fn a_withdrawal_outlives_a_split_and_the_ledger_answers_as_of_any_instant() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let (web, till) = merged(&world, &hub);
    hub.consent(&web, &no("marketing", -10)).unwrap();
    let purpose = "marketing.offers".parse().unwrap();
    let question = |minute| ConsentQuestion {
        now: at(minute),
        class: Class::Marketing,
        purpose: &purpose,
        channel: &Channel::Sms,
        rule: ConsentRule::OptOut,
        suppression: None,
        relationship: None,
    };
    let asked = |who: &Who, minute| hub.consent_at(who, None, &question(minute)).unwrap().unwrap().reason;
    assert_eq!(asked(&till, 0), ConsentReason::Withdrawn);
    assert_eq!(asked(&till, -11), ConsentReason::Implied, "before she said so");
    let (Who::Record(a), Who::Record(b)) = (&web, &till) else { panic!() };
    hub.keep_apart(&CommandKey::new("apart"), &[*a], &[*b]).unwrap();
    assert_eq!(asked(&till, 0), ConsentReason::Implied, "her record never said so");
    let at_address = hub.consent_at(&till, Some(&number(1)), &question(0)).unwrap().unwrap();
    assert_eq!(at_address.reason, ConsentReason::Withdrawn, "the number did");
    let offer = Message::new("spring", Class::Marketing, purpose.clone());
    let mut lax = World::new();
    lax.policy.consent.marketing = ConsentRule::OptOut;
    let outcome = lax.put(&hub, "offer", &till, &offer).unwrap();
    assert!(matches!(outcome, EnqueueOutcome::Dropped { .. }), "{outcome:?}");
    let future = hub.consent(&till, &no("marketing", 1)).unwrap();
    assert!(
        matches!(&future, ConsentOutcome::Refused { reasons } if reasons[0].rule == "consent_from_the_future")
    );
}

#[test]
fn pending_denied_and_expiring_consent_is_kept_as_it_was_said() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let mut said = no("marketing", -9);
    let purpose = "marketing".parse().unwrap();
    let reason = |hub: &Hub| {
        let question = ConsentQuestion {
            now: at(0),
            class: Class::Marketing,
            purpose: &purpose,
            channel: &Channel::Email,
            rule: ConsentRule::OptIn,
            suppression: None,
            relationship: None,
        };
        hub.consent_at(&who, None, &question).unwrap().unwrap().reason
    };
    said.channel = "email".parse().unwrap();
    for (minute, state, expires_at, expected) in [
        (-8, ConsentState::Pending, None, ConsentReason::PendingConfirmation),
        (-7, ConsentState::Granted, None, ConsentReason::Granted),
        (-6, ConsentState::Denied, None, ConsentReason::Denied),
        (-5, ConsentState::Granted, Some(at(-1)), ConsentReason::Expired),
        (-4, ConsentState::Granted, Some(at(1)), ConsentReason::Granted),
    ] {
        let entry = ConsentRecord {
            at: at(minute),
            state,
            expires_at,
            evidence: Some(throughline::pii::Pii::new("form 7, سارا".to_owned())),
            ..said.clone()
        };
        hub.consent(&who, &entry).unwrap();
        assert_eq!(reason(&hub), expected);
    }
}

#[test]
fn a_link_stops_what_it_is_for_once_and_nothing_else() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let keys = SigningKeys::new("2026", b"from your secret manager");
    let link = |subject: &str| {
        let purpose = "service.order".parse().unwrap();
        Unsubscribe::new(subject, purpose, "sms".parse().unwrap(), "spring-sale").token(&keys)
    };
    let token = link(number(1).as_str());
    let (look, click) = (
        UnsubscribeRequest { method: "GET", body: "" },
        UnsubscribeRequest { method: "POST", body: "List-Unsubscribe=One-Click" },
    );
    assert_eq!(hub.unsubscribe(&look, &token, &keys).unwrap(), UnsubscribeOutcome::ConfirmPage);
    let forged = link(number(2).as_str()).replace('A', "B");
    let forged = hub.unsubscribe(&click, &forged, &keys).unwrap();
    assert!(matches!(forged, UnsubscribeOutcome::Rejected(_)), "{forged:?}");
    let queued = world.put(&hub, "a", &who, &message("a")).unwrap();
    assert!(matches!(queued, EnqueueOutcome::Queued { .. }), "{queued:?}");
    for is_new in [true, false, false] {
        assert_eq!(hub.unsubscribe(&click, &token, &keys).unwrap(), UnsubscribeOutcome::Stopped { is_new });
        world.later(1);
    }
    let dropped = world.put(&hub, "b", &who, &message("b")).unwrap();
    assert!(matches!(dropped, EnqueueOutcome::Dropped { .. }), "{dropped:?}");
    let other = Message::new("c", Class::Service, "service.repair".parse().unwrap());
    let queued = world.put(&hub, "c", &who, &other).unwrap();
    assert!(matches!(queued, EnqueueOutcome::Queued { .. }), "{queued:?}");
    // A link that names the profile, and one that names nobody.
    let Who::Record(id) = &who else { panic!() };
    let profile = throughline::ids::ProfileId::from(*id).to_string();
    for is_new in [true, false] {
        let stopped = hub.unsubscribe(&click, &link(&profile), &keys).unwrap();
        assert_eq!(stopped, UnsubscribeOutcome::Stopped { is_new });
    }
    assert_eq!(hub.unsubscribe(&click, &link("nobody"), &keys).unwrap(), UnsubscribeOutcome::Unknown);
}

#[test]
fn a_stop_word_stops_the_number_and_start_lets_it_go_on() {
    for (language, stop) in [("en", "STOP"), ("fa", "لغو"), ("ar", "إلغاء"), ("he", "הסר"), ("ru", "стоп")]
    {
        let (world, store) = (World::new(), memory());
        let hub = world.hub(&store);
        let who = world.person(&hub, 1);
        let words = StopWords::in_languages([language, "en"]);
        let purpose = "service".parse().unwrap();
        let said = words.record(stop, &Channel::Sms, &purpose, at(0)).unwrap();
        for is_new in [true, false] {
            let outcome = hub.address_consent(&number(1), &said).unwrap();
            assert_eq!(outcome, ConsentOutcome::Recorded { record: None, is_new });
        }
        let receipt = Message::new("receipt", Class::Transactional, "service.order".parse().unwrap());
        let dropped = world.put(&hub, "a", &who, &receipt).unwrap();
        assert!(matches!(dropped, EnqueueOutcome::Dropped { .. }), "{language}: {dropped:?}");
        world.later(1);
        let start = words.record("start", &Channel::Sms, &purpose, at(1)).unwrap();
        hub.address_consent(&number(1), &start).unwrap();
        let queued = world.put(&hub, "b", &who, &receipt).unwrap();
        assert!(matches!(queued, EnqueueOutcome::Queued { .. }), "{language}: {queued:?}");
        let stranger = hub.address_consent(&number(2), &start).unwrap();
        assert_eq!(stranger, ConsentOutcome::Unknown, "a grant of nobody that we know");
    }
}

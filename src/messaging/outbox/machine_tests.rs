use proptest::prelude::*;

use super::*;
use crate::channel::Channel;
use crate::identifier::ValueHash;
use crate::ids::{OutboxKey, RecordId};
use crate::messaging::delivery::Delivery;
use crate::messaging::outbox::EntryMessage;
use crate::messaging::{AddressId, Class, Message, Rendered};
use crate::time::{TimeDelta, from_millis};

fn at(second: i64) -> DateTime<Utc> {
    from_millis(second * 1_000)
}

fn entry(expires: Option<i64>) -> Entry {
    let message = Message {
        expires_at: expires.map(at),
        ..Message::new("m-1", Class::Service, "service.order".parse().unwrap())
    };
    Entry {
        key: OutboxKey::from_bytes([1; 16]),
        who: RecordId::from_bytes([2; 16]),
        message: EntryMessage::from(&message),
        step: "first".into(),
        attempt_class: "first".into(),
        plan: None,
        channel: Channel::Sms,
        address: AddressId::new("a"),
        contents: [(Channel::Sms, Rendered::text("سفارش سارا آماده است"))].into(),
        variant: None,
        segment: None,
        fact: ValueHash::from_bytes([3; 16]),
        created_at: at(0),
        state: EntryState::Queued { due: at(0) },
        attempts: 0,
        uncertain: false,
        booked_at: None,
        provider_id: None,
        reasons: Vec::new(),
        log: crate::messaging::delivery::DeliveryLog::default(),
    }
}

fn token(number: u8) -> CommandId {
    CommandId::from_bytes([number; 16])
}

fn step(entry: Entry, fact: Fact, second: i64) -> (Entry, String) {
    let rules = OutboxRules { max_attempts: 3, ..OutboxRules::default() };
    let Advanced { entry, reason } = advance(entry, fact, &rules, at(second));
    (entry, reason.rule.into_owned())
}

fn refused(number: u8, kind: SendErrorKind) -> Fact {
    Fact::Refused { token: token(number), error: SendError::new(kind) }
}

#[test]
fn a_lease_keeps_others_away_until_it_ends() {
    let (entry, _) = step(entry(None), Fact::Claim { token: token(1) }, 0);
    let (entry, why) = step(entry, Fact::Claim { token: token(2) }, 119);
    assert_eq!((why.as_str(), entry.attempts), ("claimed_elsewhere", 1));
    let (entry, why) = step(entry, Fact::Drop { reasons: vec![Reason::new("no_channel")] }, 119);
    assert_eq!((why.as_str(), entry.state.as_str()), ("claimed_elsewhere", "claimed"));
    let (entry, why) = step(entry, Fact::Claim { token: token(2) }, 120);
    assert_eq!((why.as_str(), entry.attempts, entry.uncertain), ("lease_ended", 2, true));
    let (entry, why) = step(entry, refused(1, SendErrorKind::Permanent), 121);
    assert_eq!((why.as_str(), entry.state.as_str()), ("stale_claim", "claimed"));
    let (entry, why) = step(entry, Fact::Accepted { accepted: Accepted::under("p-1") }, 121);
    assert_eq!((why.as_str(), entry.state.as_str()), ("accepted", "sent"));
    let (entry, why) = step(entry, refused(2, SendErrorKind::Unknown), 122);
    assert_eq!((why.as_str(), entry.state.as_str()), ("stale_claim", "sent"));
    let (entry, why) = step(entry, Fact::Claim { token: token(3) }, 9_999);
    assert_eq!((why.as_str(), entry.attempts), ("settled", 2));
}

#[test]
fn transient_failures_are_tried_again_and_permanent_ones_are_not() {
    let (entry, _) = step(entry(None), Fact::Claim { token: token(1) }, 0);
    let (failed, why) = step(entry.clone(), refused(1, SendErrorKind::Permanent), 1);
    assert_eq!((why.as_str(), failed.state.as_str()), ("refused_by_provider", "failed"));
    assert!(failed.is_surely_unsent() && failed.booked_at.is_none());
    let (again, why) = step(entry.clone(), refused(1, SendErrorKind::Transient), 1);
    assert_eq!((why.as_str(), again.uncertain), ("retry", false));
    let due = again.state.due().unwrap();
    assert!(due > at(24) && due <= at(31), "{due}");
    let (early, why) = step(again.clone(), Fact::Claim { token: token(2) }, 20);
    assert_eq!((why.as_str(), &early), ("not_due", &again));
    let (entry, _) = step(again, Fact::Claim { token: token(2) }, 31);
    let asked = SendError::new(SendErrorKind::Unknown).retry_after(TimeDelta::hours(1));
    let (entry, _) = step(entry, Fact::Refused { token: token(2), error: asked }, 31);
    assert_eq!((entry.state.due(), entry.uncertain), (Some(at(3_631)), true));
    let (entry, _) = step(entry, Fact::Claim { token: token(3) }, 3_631);
    let (entry, why) = step(entry, refused(3, SendErrorKind::Transient), 3_632);
    assert_eq!((why.as_str(), entry.state.as_str()), ("attempts_exhausted", "failed"));
    assert!(!entry.is_surely_unsent() && entry.booked_at.is_some());
}

#[test]
fn nothing_is_tried_again_after_the_expiry() {
    let (taken, _) = step(entry(Some(20)), Fact::Claim { token: token(1) }, 0);
    let (gone, why) = step(taken, refused(1, SendErrorKind::Transient), 1);
    assert_eq!((why.as_str(), gone.state.as_str()), ("would_expire", "expired"));
    let (late, why) = step(entry(Some(20)), Fact::Claim { token: token(1) }, 20);
    assert_eq!((why.as_str(), late.state.as_str()), ("expired", "expired"));
}

#[test]
fn a_report_of_what_was_sent_settles_it_and_a_late_one_is_an_anomaly() {
    let (claimed, _) = step(entry(None), Fact::Claim { token: token(1) }, 0);
    let event = DeliveryEvent::new(DeliveryKind::Delivered, at(3));
    let (known, why) = step(claimed.clone(), Fact::Reported { event: event.clone() }, 5);
    assert_eq!((why.as_str(), known.state.as_str()), ("reported", "sent"));
    let (again, why) = step(known.clone(), Fact::Reported { event: event.clone() }, 6);
    assert_eq!((why.as_str(), again), ("known_report", known));
    let (dropped, _) = step(claimed, Fact::Drop { reasons: vec![Reason::new("no_channel")] }, 500);
    assert!(dropped.uncertain && !dropped.is_surely_unsent());
    let (late, _) = step(dropped, Fact::Reported { event }, 501);
    assert_eq!(late.state.as_str(), "sent");
    assert_eq!((late.delivery().delivery, late.delivery().anomaly), (Delivery::Delivered, true));
}

fn facts() -> impl Strategy<Value = Vec<(Fact, i64)>> {
    let kinds = vec![
        SendErrorKind::Transient,
        SendErrorKind::Permanent,
        SendErrorKind::NoSuchAddress,
        SendErrorKind::Unknown,
    ];
    let fact = prop_oneof![
        4 => (0..3_u8).prop_map(|number| Fact::Claim { token: token(number) }),
        1 => Just(Fact::Accepted { accepted: Accepted::nameless() }),
        3 => (0..3_u8, prop::sample::select(kinds)).prop_map(|(number, kind)| refused(number, kind)),
        1 => (0..900_i64).prop_map(|until| Fact::Defer { until: at(until), reasons: vec![] }),
        1 => Just(Fact::Drop { reasons: vec![] }),
        1 => prop::sample::select(DeliveryKind::ALL)
            .prop_map(|kind| Fact::Reported { event: DeliveryEvent::new(kind, at(1)) }),
    ];
    prop::collection::vec((fact, 0..400_i64), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_happens_an_entry_keeps_its_promises(facts in facts(), expires in prop::option::of(0..900_i64)) {
        let mut entry = entry(expires);
        let mut now = 0;
        for (fact, later) in facts {
            now += later;
            let before = entry.clone();
            let claim = matches!(fact, Fact::Claim { .. });
            let reported = matches!(fact, Fact::Reported { .. });
            let accepted = matches!(fact, Fact::Accepted { .. });
            let (after, why) = step(before.clone(), fact, now);
            prop_assert_eq!(after.key, before.key);
            prop_assert!(after.attempts <= 3);
            prop_assert!(after.uncertain >= before.uncertain, "doubt is never forgotten");
            let shown = reported && after.log.shows_sent() && after != before;
            if before.state.as_str() == "sent" || accepted || shown {
                prop_assert_eq!(after.state.as_str(), "sent");
            } else if !before.state.is_open() {
                prop_assert_eq!(after.state, before.state, "what is over is over: {}", why);
            }
            if claim && after.attempts > before.attempts {
                prop_assert!(before.state.due().is_some_and(|due| due <= at(now)));
                prop_assert!(expires.is_none_or(|expiry| now < expiry));
                prop_assert_eq!(after.state.due(), Some(at(now + 120)));
            }
            prop_assert!(after.booked_at.is_some() || after.is_surely_unsent());
            let text = serde_json::to_string(&after).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Entry>(&text).unwrap(), &after);
            let leaks = format!("{after:?}").contains("سارا");
            prop_assert!(!leaks);
            entry = after;
        }
    }
}

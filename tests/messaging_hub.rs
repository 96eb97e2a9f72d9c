//! What the hub keeps for messages besides the outbox: digests, the health of channels, preferences, what waits.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod outbox_support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use attack_support::{identifier, said};
use outbox_support::{Provider, World, at, content, insist, memory, merged, message, no, phone};
use throughline::calendar::{Window, Windows};
use throughline::channel::Channel;
use throughline::hub::{
    Afterwards, CommandKey, ConsentOutcome, DeliveryOf, DigestAdded, DigestOutcome, DueDigest, Enqueue,
    EnqueueOutcome, Hub, Inquiry, What, Who,
};
use throughline::identifier::IdentifierKind;
use throughline::messaging::delivery::{DeliveryEvent, DeliveryKind};
use throughline::messaging::digest::DigestPolicy;
use throughline::messaging::{
    Accepted, Blocking, ChannelHealth, Class, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule,
    ConsentState, Decision, Message, Outgoing, Rendered, SendError, SendErrorKind,
};
use throughline::store::faulty::{Fault, FaultyStore, Plan};
use throughline::store::{MemoryStore, Store};
use throughline::time::TimeDelta;

fn waiting(world: &World) -> Message {
    let mut offer = Message::new("offer", Class::Marketing, "marketing".parse().unwrap());
    offer.expires_at = Some(throughline::hub::Clock::now(&*world.clock) + TimeDelta::days(9));
    offer
}

/// Marketing is allowed unless refused, and keeps four hours from what matters more.
fn lax() -> World {
    let mut world = World::new();
    world.policy.consent.marketing = ConsentRule::OptOut;
    world.policy.conflict_seconds = 4 * 3_600;
    world
}

#[test]
fn an_offer_keeps_away_from_what_waits_and_matters_more() {
    let (mut world, store, provider) = (lax(), memory(), Provider::default());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    // A message of priority 5 waits for the end of quiet hours at two o'clock.
    let calm = world.policy.clone();
    let noon = Window::daily("11:00".parse().unwrap(), "14:00".parse().unwrap());
    world.policy.quiet_hours.windows = Windows::new([noon]).unwrap();
    world.policy.quiet_hours.fallback_zone = Some("UTC".parse().unwrap());
    let important =
        Message { priority: 5, ..Message::new("recall", Class::Service, "service".parse().unwrap()) };
    let waits = world.put(&hub, "recall", &who, &important).unwrap();
    assert!(matches!(&waits, EnqueueOutcome::Waiting { until, .. } if *until == at(120)), "{waits:?}");
    world.policy = calm;
    let put = |id: &str, priority: i64| {
        let offer = Message { id: id.to_owned(), priority, ..waiting(&world) };
        world.put(&hub, id, &who, &offer).unwrap()
    };
    let outcome = put("minor", 1);
    let EnqueueOutcome::Waiting { until, reasons, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!((*until, &*reasons[0].rule), (at(120 + 240), "conflict"));
    // One that matters as much or more does not wait for it, nor does one for another person.
    assert!(matches!(put("as much", 5), EnqueueOutcome::Queued { .. }));
    let other = world.person(&hub, 2);
    let offer = Message { priority: 1, ..waiting(&world) };
    assert!(matches!(world.put(&hub, "other", &other, &offer).unwrap(), EnqueueOutcome::Queued { .. }));
    // What was put in before the more important one is asked again when it is taken up.
    let early = world.person(&hub, 3);
    world.put(&hub, "early", &early, &offer).unwrap();
    let urgent = Message { id: "urgent".into(), priority: 9, ..important };
    world.put(&hub, "urgent", &early, &urgent).unwrap();
    for _ in 0..3 {
        hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    }
    let states = |who: &Who| {
        let told = hub.messages(who).unwrap().unwrap().messages;
        told.iter().map(|told| (told.message.clone(), told.state.as_str())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(states(&early), [("offer".into(), "waiting"), ("urgent".into(), "sent")].into());
    // When the important one is gone for good, nothing stands in the way.
    world.later(60);
    let no = ConsentRecord { at: at(60), ..no("service", 0) };
    hub.consent(&who, &no).unwrap();
    world.later(70);
    hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    assert_eq!(states(&who)["recall"], "cancelled");
    let offer = Message { id: "after".into(), priority: 1, ..waiting(&world) };
    let after = world.put(&hub, "after", &who, &offer).unwrap();
    let EnqueueOutcome::Waiting { until, .. } = after else { panic!("{after:?}") };
    assert_eq!(until, at(240), "away from the one that was sent at noon only");
}

#[test]
fn a_preference_is_kept_apart_from_consent_and_holds_through_the_hub() {
    let (mut world, store) = (lax(), memory());
    world.texts.insert(Channel::Email, Rendered::text("سفارش شما آماده است"));
    let hub = world.hub(&store);
    let event = said("m-1", "web", 1).user("u-1").phone(&phone(1)).email("sara@example.ir");
    let who = Who::Record(hub.record(&event.event()).unwrap().record);
    let says = |purpose: &str, channel: &str, state: ConsentState, minute: i64| {
        let said = ConsentRecord::new(purpose.parse().unwrap(), channel.parse().unwrap(), state, at(minute));
        assert!(matches!(hub.prefer(&who, &said).unwrap(), ConsentOutcome::Recorded { .. }));
    };
    let decide = |class: Class, purpose: &str| {
        let message = Message::new("m", class, purpose.parse().unwrap());
        let told = BTreeSet::new();
        let (policy, zones) = (&world.policy, &world.zones);
        let inquiry = Inquiry { message: &message, policy, zones, told: &told, holdout: false };
        match hub.decide(&who, &inquiry).unwrap().unwrap() {
            Decision::Send { channel, .. } => channel.to_string(),
            Decision::Drop { channels, .. } => channels.iter().map(|refusal| &*refusal.reason.rule).collect(),
            other => panic!("{other:?}"),
        }
    };
    for (refused, left) in [("sms", "email"), ("email", "sms")] {
        says("service.order", refused, ConsentState::Denied, -9);
        for class in [Class::Service, Class::Transactional] {
            assert_eq!(decide(class, "service.order.ready"), left);
        }
        says("service.order", refused, ConsentState::Granted, -8);
    }
    // Nothing of a purpose in any channel: what is owed her comes all the same.
    says("service", "*", ConsentState::Denied, -7);
    assert_eq!(decide(Class::Service, "service.order"), "preferencepreference");
    assert_ne!(decide(Class::Transactional, "service.order"), "preferencepreference");
    assert_ne!(decide(Class::Marketing, "marketing.offers"), "preferencepreference");
    // Everything is welcome again, then nothing at all.
    says("*", "*", ConsentState::Granted, -6);
    assert_ne!(decide(Class::Service, "service.order"), "preferencepreference");
    says("*", "*", ConsentState::Denied, -5);
    assert_eq!(decide(Class::Marketing, "marketing.offers"), "preferencepreference");
    // It neither withdrew nor granted a consent.
    let purpose = "marketing.offers".parse().unwrap();
    let question = ConsentQuestion {
        now: at(0),
        class: Class::Marketing,
        purpose: &purpose,
        channel: &Channel::Sms,
        rule: ConsentRule::OptIn,
        suppression: None,
        relationship: None,
    };
    let answer = hub.consent_at(&who, None, &question).unwrap().unwrap();
    assert_eq!(answer.reason, ConsentReason::NoConsent);
    // An event that names the purpose tells the same.
    says("*", "*", ConsentState::Granted, -4);
    let event = said("m-2", "web", 719).user("u-1").context(
        "consent",
        serde_json::json!({"categoryPreferences": {"preference.service.order.sms": false}}),
    );
    hub.record(&event.event()).unwrap();
    assert_eq!(decide(Class::Service, "service.order"), "email");
    // What is dated ahead, and what is too long to keep, is refused.
    let ahead =
        ConsentRecord::new("service".parse().unwrap(), "sms".parse().unwrap(), ConsentState::Denied, at(1));
    assert!(matches!(hub.prefer(&who, &ahead).unwrap(), ConsentOutcome::Refused { .. }));
    let long = ConsentRecord { purpose: "a".repeat(128).parse().unwrap(), at: at(0), ..ahead };
    assert!(matches!(hub.prefer(&who, &long).unwrap(), ConsentOutcome::Refused { .. }));
}

#[test]
fn a_thousand_changes_of_mind_push_no_withdrawal_out_of_the_ledger() {
    let mut later = World::new();
    later.policy.consent.marketing = ConsentRule::OptOut;
    let (world, store) = (later, memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    hub.consent(&who, &no("marketing", -2_000)).unwrap();
    let said = |state: ConsentState, minute: i64| {
        ConsentRecord::new("service".parse().unwrap(), "sms".parse().unwrap(), state, at(minute))
    };
    for minute in -1_000..-200 {
        let state = if minute % 2 == 0 { ConsentState::Denied } else { ConsentState::Granted };
        assert!(matches!(
            hub.prefer(&who, &said(state, minute)).unwrap(),
            ConsentOutcome::Recorded { is_new: true, .. }
        ));
    }
    // What is older than what stands says nothing new.
    let old = hub.prefer(&who, &said(ConsentState::Denied, -900)).unwrap();
    assert!(matches!(old, ConsentOutcome::Recorded { is_new: false, .. }), "{old:?}");
    assert!(matches!(world.put(&hub, "s", &who, &message("s")).unwrap(), EnqueueOutcome::Queued { .. }));
    let offer = Message::new("offer", Class::Marketing, "marketing".parse().unwrap());
    let outcome = world.put(&hub, "offer", &who, &offer).unwrap();
    let EnqueueOutcome::Dropped { reasons } = outcome else { panic!("{outcome:?}") };
    assert!(reasons.iter().any(|reason| reason.rule == "withdrawn"), "{reasons:?}");
}

#[test]
fn the_latest_preference_of_all_her_records_counts() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let (web, till) = merged(&world, &hub);
    let message = message("ready");
    let says = |who: &Who, state: ConsentState, minute: i64| {
        let said = ConsentRecord::new("service".parse().unwrap(), "sms".parse().unwrap(), state, at(minute));
        hub.prefer(who, &said).unwrap();
    };
    says(&web, ConsentState::Denied, -9);
    assert!(matches!(world.put(&hub, "1", &till, &message).unwrap(), EnqueueOutcome::Dropped { .. }));
    says(&till, ConsentState::Granted, -8);
    assert!(matches!(world.put(&hub, "2", &web, &message).unwrap(), EnqueueOutcome::Queued { .. }));
}

#[test]
fn the_figures_of_a_channel_are_counted_once_and_shut_it() {
    let (mut world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let mut entries = Vec::new();
    for number in 0..40 {
        let who = world.person(&hub, number);
        entries.push(world.entry(&hub, &who, &message("ready")));
    }
    assert!(hub.channel_health(at(0)).unwrap().is_empty());
    hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    world.later(10);
    for round in 0..3_usize {
        let minute = i64::try_from(round).unwrap();
        for (number, entry) in entries.iter().enumerate() {
            let mut kinds = vec![DeliveryKind::Delivered, DeliveryKind::Sent];
            if number < 10 {
                kinds.push(DeliveryKind::HardBounced);
            }
            if number == 39 {
                kinds.push(DeliveryKind::Complained);
            }
            let turn = round % kinds.len();
            kinds.rotate_left(turn);
            for kind in kinds {
                hub.delivery(DeliveryOf::Key(&entry.to_string()), &DeliveryEvent::new(kind, at(minute)))
                    .unwrap();
            }
        }
    }
    let health = hub.channel_health(at(0) - TimeDelta::days(28)).unwrap();
    let figures = ChannelHealth { sent: 40, bounced: 10, complained: 1, ..ChannelHealth::default() };
    assert_eq!(health, [(Channel::Sms, figures)].into());
    // The window begins with its day.
    assert_eq!(hub.channel_health(at(600)).unwrap(), health);
    assert!(hub.channel_health(at(0) + TimeDelta::days(1)).unwrap().is_empty());
    // The readiness gate takes them as they are.
    let mut readiness = throughline::messaging::Readiness::published();
    readiness.limits.bounces.as_mut().unwrap().minimum_sample = 40;
    readiness.classes.push(Class::Service);
    world.policy.readiness = readiness;
    let who = world.person(&hub, 50);
    let next = message("next");
    let request =
        Enqueue { health: &health, ..Enqueue::new(&next, &world.texts, &world.policy, &world.zones) };
    let outcome = hub.enqueue(&CommandKey::new("next"), &who, &request).unwrap();
    let EnqueueOutcome::Dropped { reasons } = outcome else { panic!("{outcome:?}") };
    assert!(reasons.iter().any(|reason| reason.rule == "bounce_rate"), "{reasons:?}");
}

#[test]
fn an_address_that_the_provider_does_not_know_counts_as_a_bounce_once() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let entry = world.entry(&hub, &who, &message("ready")).to_string();
    let refuse = Blocking(|_: &Outgoing| Err::<Accepted, _>(SendError::new(SendErrorKind::NoSuchAddress)));
    hub.dispatch(&refuse, &world.dispatch()).unwrap();
    for kind in [DeliveryKind::HardBounced, DeliveryKind::HardBounced, DeliveryKind::Sent] {
        let health = hub.channel_health(at(0)).unwrap()[&Channel::Sms];
        assert_eq!((health.sent, health.bounced), (1, 1));
        hub.delivery(DeliveryOf::Key(&entry), &DeliveryEvent::new(kind, at(0))).unwrap();
    }
    let health = hub.channel_health(at(0)).unwrap()[&Channel::Sms];
    assert_eq!((health.sent, health.bounced), (1, 1));
}

#[test]
fn written_messages_are_counted_in_any_order_and_repetition() {
    let reports = [
        (Channel::WhatsApp, "a", 0, false),
        (Channel::WhatsApp, "a", -2_000, true),
        (Channel::WhatsApp, "b", 0, false),
        (Channel::Email, "a", 0, true),
        (Channel::WhatsApp, "a", 0, false),
    ];
    let health = |order: &[usize]| {
        let (world, store) = (World::new(), memory());
        let hub = world.hub(&store);
        for &place in order {
            let (channel, id, minute, unanswered) = &reports[place];
            hub.inbound(channel, id, at(*minute), *unanswered).unwrap();
        }
        let since = |minutes| hub.channel_health(at(minutes)).unwrap();
        let mut figures: Vec<_> = [since(-4_000), since(0)].into_iter().flatten().collect();
        figures.sort_by_key(|(channel, health)| (channel.clone(), health.inbound));
        figures.into_iter().map(|(_, health)| (health.inbound, health.unanswered)).collect::<Vec<_>>()
    };
    let expected = health(&[0, 1, 2, 3, 4]);
    assert_eq!(expected, [(1, 0), (2, 1), (1, 1), (1, 1)]);
    for order in [[4, 3, 2, 1, 0], [1, 0, 4, 2, 3], [2, 4, 1, 3, 0]] {
        assert_eq!(health(&order), expected);
        assert_eq!(health(&[order, order].concat()), expected);
    }
}

struct Collected {
    world: World,
    store: Arc<MemoryStore>,
    hub: Hub,
}

impl Collected {
    fn new() -> Self {
        let (world, store) = (World::new(), Arc::new(MemoryStore::new()));
        let hub = world.hub(&(store.clone() as Arc<dyn Store>));
        Self { world, store, hub }
    }

    fn add(&self, who: &Who, item: &str, policy: &DigestPolicy) -> DigestAdded {
        insist(|| self.hub.digest_add(&CommandKey::new(item), who, "review-9", item, policy))
    }

    fn send(&self, due: &DueDigest) -> DigestOutcome {
        let message = Message::new("answers", Class::Service, "service.reviews".parse().unwrap());
        let texts = [(Channel::Sms, Rendered::text(due.items.join(" ")))].into();
        let request = Enqueue::new(&message, &texts, &self.world.policy, &self.world.zones);
        insist(|| self.hub.digest_send(due, &request))
    }

    /// What she is told, digest by digest.
    fn told(&self, who: &Who) -> Vec<String> {
        let told = self.hub.messages(who).unwrap().unwrap().messages;
        told.into_iter().map(|told| told.rendered.unwrap().body).collect()
    }
}

#[test]
fn what_comes_in_within_an_hour_is_one_message() {
    let case = Collected::new();
    let (who, policy) = (case.world.person(&case.hub, 1), DigestPolicy::default());
    for item in ["a", "b", "b", "c"] {
        assert_eq!(case.add(&who, item, &policy), DigestAdded::Waits { until: at(60) });
        case.world.later(10);
    }
    // A changed policy opens no second window, and nothing is due before its time.
    assert_eq!(
        case.add(&who, "d", &DigestPolicy { window_s: 60, ..policy }),
        DigestAdded::Waits { until: at(60) }
    );
    case.world.later(19);
    assert!(case.hub.digests_due(10).unwrap().is_empty());
    case.world.later(1);
    let due = case.hub.digests_due(10).unwrap();
    assert_eq!((due.len(), due[0].at, due[0].key.as_str()), (1, at(60), "review-9"));
    assert!(matches!(case.send(&due[0]), DigestOutcome::Done(EnqueueOutcome::Queued { .. })));
    assert_eq!(case.send(&due[0]), DigestOutcome::Gone);
    assert!(case.hub.digests_due(10).unwrap().is_empty());
    assert_eq!(case.told(&who), ["a b c d"]);
    // The next window is another message.
    case.add(&who, "e", &policy);
    case.world.later(60);
    let due = case.hub.digests_due(10).unwrap();
    case.send(&due[0]);
    assert_eq!(case.told(&who).len(), 2);
    assert!(
        content(&case.store).keys().all(|key| !matches!(key.get(4), Some(b'i' | b'j'))),
        "nothing is left"
    );
}

#[test]
fn the_first_goes_alone_and_a_full_window_closes() {
    let case = Collected::new();
    let who = case.world.person(&case.hub, 1);
    let policy = DigestPolicy { flush_leading: true, max_items: Some(2), ..DigestPolicy::default() };
    for item in ["a", "b", "c", "d"] {
        case.add(&who, item, &policy);
    }
    let due = case.hub.digests_due(10).unwrap();
    let items: Vec<&[String]> = due.iter().map(|due| &due.items[..]).collect();
    assert_eq!(items, [&["a".to_owned()][..], &["b".to_owned(), "c".to_owned()], &["d".to_owned()]]);
    for due in due.iter().rev() {
        assert!(matches!(case.send(due), DigestOutcome::Done(EnqueueOutcome::Queued { .. })));
    }
    case.world.later(600);
    assert!(case.hub.digests_due(10).unwrap().is_empty(), "a window with nothing in it just ends");
}

#[test]
fn an_item_that_came_in_meanwhile_is_not_lost() {
    let case = Collected::new();
    let (who, policy) = (case.world.person(&case.hub, 1), DigestPolicy::default());
    case.add(&who, "a", &policy);
    case.world.later(60);
    let due = case.hub.digests_due(10).unwrap();
    // A machine whose clock is slow.
    case.world.clock.set(at(30));
    case.add(&who, "b", &policy);
    case.world.clock.set(at(61));
    assert_eq!(case.send(&due[0]), DigestOutcome::Changed);
    let due = case.hub.digests_due(10).unwrap();
    assert_eq!(due[0].items, ["a", "b"]);
    case.send(&due[0]);
    // One that comes later belongs to the next.
    case.add(&who, "c", &policy);
    assert_eq!(case.told(&who), ["a b"]);
    // Limits.
    assert_eq!(case.add(&who, &"x".repeat(3_000), &policy), DigestAdded::TooMuch);
    for number in 0..999 {
        assert!(matches!(case.add(&who, &format!("n-{number}"), &policy), DigestAdded::Waits { .. }));
    }
    assert_eq!(case.add(&who, "one too many", &policy), DigestAdded::TooMuch);
    let stranger = Who::Identifier(identifier(IdentifierKind::UserId, "u-9"));
    assert_eq!(case.add(&stranger, "s", &policy), DigestAdded::Unknown);
    assert_eq!(
        case.hub.digest_add(&CommandKey::new("a"), &who, "another", "a", &policy).unwrap(),
        DigestAdded::KeyReused
    );
}

#[test]
fn many_workers_over_two_records_make_each_item_one_message_once() {
    for _ in 0..10 {
        let case = Collected::new();
        let (web, till) = merged(&case.world, &case.hub);
        let policy = DigestPolicy { max_items: Some(3), ..DigestPolicy::default() };
        std::thread::scope(|scope| {
            for worker in 0..4 {
                let (case, who) = (&case, if worker % 2 == 0 { &web } else { &till });
                scope.spawn(move || {
                    for item in 0..5 {
                        let item = format!("{worker}-{item}");
                        assert!(matches!(case.add(who, &item, &policy), DigestAdded::Waits { .. }));
                        assert!(matches!(case.add(who, &item, &policy), DigestAdded::Waits { .. }));
                    }
                });
            }
        });
        case.world.later(60);
        let sent = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for due in case.hub.digests_due(100).unwrap() {
                        if matches!(case.send(&due), DigestOutcome::Done(EnqueueOutcome::Queued { .. })) {
                            sent.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        assert_eq!(sent.load(Ordering::SeqCst), 7, "six of three items and one of two");
        let told = case.told(&web);
        let mut items: Vec<&str> = told.iter().flat_map(|text| text.split(' ')).collect();
        items.sort_unstable();
        let expected: Vec<String> = (0..20).map(|number| format!("{}-{}", number / 5, number % 5)).collect();
        assert_eq!(items, expected);
    }
}

#[test]
fn an_erased_person_has_no_digest_and_a_death_makes_no_second_one() {
    let case = Collected::new();
    let (who, policy) = (case.world.person(&case.hub, 1), DigestPolicy::default());
    case.add(&who, "canary", &policy);
    assert!(case.store.holds(b"canary"));
    let due = {
        case.world.later(60);
        case.hub.digests_due(1).unwrap()
    };
    assert!(!format!("{due:?}").contains("canary"));
    case.hub.erase(&CommandKey::new("gdpr"), &What::Profile(who.clone()), Afterwards::Suppress).unwrap();
    assert!(!case.store.holds(b"canary"));
    assert!(content(&case.store).keys().all(|key| !matches!(key.get(4), Some(b'i' | b'j'))));
    assert_eq!(case.send(&due[0]), DigestOutcome::Gone);
    assert!(case.hub.digests_due(10).unwrap().is_empty());

    for step in 1..40 {
        for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::UnknownLost, Fault::UnknownApplied] {
            let case = Collected::new();
            let who = case.world.person(&case.hub, 1);
            let faulty = Arc::new(FaultyStore::new(case.store.clone(), 1, Plan::calm()));
            faulty.fail_at(step, fault);
            let failing = Collected {
                hub: case.world.hub(&(faulty.clone() as Arc<dyn Store>)),
                store: case.store.clone(),
                world: World { clock: case.world.clock.clone(), ..World::new() },
            };
            let message = Message::new("answers", Class::Service, "service.reviews".parse().unwrap());
            let request =
                Enqueue::new(&message, &failing.world.texts, &failing.world.policy, &failing.world.zones);
            for item in ["a", "b"] {
                let command = CommandKey::new(item);
                while failing.hub.digest_add(&command, &who, "review-9", item, &policy).is_err() {
                    faulty.revive();
                }
            }
            case.world.later(60);
            for _ in 0..3 {
                let Ok(due) = failing.hub.digests_due(10) else {
                    faulty.revive();
                    continue;
                };
                for due in due {
                    assert_eq!(due.items, ["a", "b"]);
                    if failing.hub.digest_send(&due, &request).is_err() {
                        faulty.revive();
                    }
                }
            }
            assert_eq!(case.told(&who).len(), 1, "{step} {fault:?}");
        }
    }
}

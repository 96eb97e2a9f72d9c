//! The instant of a deferral: a second before it the message does not go, at it the message goes.
#![cfg(feature = "tzdb")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use std::sync::LazyLock;

use proptest::prelude::*;
use throughline::calendar::{WallTime, WeekTime, Window, Windows, Zone, Zones};
use throughline::channel::Channel;
use throughline::messaging::{
    AddressId, CalendarUnit, Cap, CapWindow, Class, Competing, ConsentRecord, ConsentRule, ConsentState,
    CountBy, Decision, Endpoint, Message, MessageKind, PastSend, Policy, Recipient, Relationship, Traced,
    Urgency, Whereabouts, decide, decide_traced,
};
use throughline::time::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};

static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    let names = [
        "Asia/Tehran",
        "Africa/Cairo",
        "Asia/Jerusalem",
        "Asia/Beirut",
        "America/New_York",
        "America/Santiago",
        "America/Havana",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Honolulu",
        "Pacific/Apia",
        "Europe/London",
    ];
    names.iter().map(|name| Zones::bundled().named(name).unwrap()).collect()
});

const CHANNELS: [Channel; 5] =
    [Channel::Sms, Channel::Email, Channel::Push, Channel::WhatsApp, Channel::Telegram];

/// Around the nights on which clocks change, and some that are like any other.
fn now() -> impl Strategy<Value = DateTime<Utc>> {
    let nights =
        ["2026-03-08", "2026-03-29", "2026-04-24", "2026-09-06", "2026-10-04", "2026-11-01", "2026-06-30"];
    (prop::sample::select(nights.to_vec()), -4 * 86_400_i64..2 * 86_400).prop_map(|(night, seconds)| {
        let midnight = night.parse::<NaiveDate>().unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
        midnight + TimeDelta::seconds(seconds)
    })
}

fn channel() -> impl Strategy<Value = Channel> {
    prop::sample::select(CHANNELS.to_vec())
}

/// Lengths of time in seconds, many of them round.
fn length(most: i64) -> impl Strategy<Value = i64> {
    prop_oneof![0..=most, (0..=most / 3_600).prop_map(|hours| hours * 3_600)]
}

fn record(now: DateTime<Utc>) -> impl Strategy<Value = ConsentRecord> {
    use ConsentState::{Denied, Granted, Pending, Withdrawn};
    (
        prop::sample::select(vec!["*", "marketing", "marketing.offers", "service"]),
        prop_oneof![1 => Just("*".to_owned()), 3 => channel().prop_map(|channel| channel.to_string())],
        prop::sample::select(vec![Granted, Granted, Granted, Granted, Pending, Denied, Withdrawn]),
        // Some are dated ahead, and some end while the message waits.
        prop_oneof![6 => -90 * 86_400_i64..0, 1 => 0..3 * 86_400_i64],
        prop::option::weighted(0.3, length(4 * 86_400)),
    )
        .prop_map(move |(purpose, channel, state, at, expires)| {
            let (purpose, channel) = (purpose.parse().unwrap(), channel.parse().unwrap());
            let mut record = ConsentRecord::new(purpose, channel, state, now + TimeDelta::seconds(at));
            record.expires_at = expires.map(|seconds| now + TimeDelta::seconds(seconds));
            record
        })
}

fn endpoint(now: DateTime<Utc>) -> impl Strategy<Value = Endpoint> {
    (
        channel(),
        0_u32..1_000,
        prop::option::weighted(0.7, prop::sample::select(vec![0.1, 0.4, 0.6, 0.9])),
        prop::bool::weighted(0.93),
        prop::option::of(length(30 * 3_600)),
    )
        .prop_map(move |(channel, address, score, reachable, inbound)| Endpoint {
            score,
            reachable,
            last_inbound: inbound.map(|seconds| now - TimeDelta::seconds(seconds)),
            ..Endpoint::new(channel, AddressId::new(format!("a{address}")))
        })
}

fn whereabouts() -> impl Strategy<Value = Whereabouts> {
    let zone = || prop::sample::select(ZONES.clone());
    prop_oneof![
        5 => zone().prop_map(Whereabouts::Known),
        3 => prop::collection::vec(zone(), 1..4).prop_map(Whereabouts::Candidates),
        1 => zone().prop_map(Whereabouts::Fallback),
        1 => Just(Whereabouts::Unknown),
    ]
}

fn send(now: DateTime<Utc>) -> impl Strategy<Value = PastSend> {
    (
        prop_oneof![20 => length(9 * 86_400).prop_map(|age| -age), 1 => length(86_400)],
        channel(),
        prop::option::of(prop::sample::select(vec!["promo", "news"])),
        prop::option::of(0..6),
        prop::bool::weighted(0.9),
    )
        .prop_map(move |(at, channel, category, message, counts)| PastSend {
            category: category.map(str::to_owned),
            message: message.map(|number| format!("m{number}")),
            counts,
            ..PastSend::new(now + TimeDelta::seconds(at), channel)
        })
}

fn recipient(now: DateTime<Utc>) -> impl Strategy<Value = Recipient> {
    (
        whereabouts(),
        prop::collection::vec(endpoint(now), 1..6),
        prop::collection::vec(prop::collection::vec(record(now), 0..3), 0..3),
        prop::collection::vec(record(now), 0..2),
        prop::collection::vec(send(now), 0..14),
        prop::collection::vec((0..10_i64, -20_000..90_000_i64), 0..4),
        prop::option::of((-40 * 86_400_i64..86_400, 1_u32..40)),
        prop::bool::weighted(0.8),
    )
        .prop_map(
            move |(whereabouts, endpoints, mut ledgers, preferences, sends, others, bought, allowed)| {
                if allowed {
                    let at = now - TimeDelta::days(200);
                    let scope = ("marketing".parse().unwrap(), "*".parse().unwrap());
                    ledgers.insert(0, vec![ConsentRecord::new(scope.0, scope.1, ConsentState::Granted, at)]);
                }
                let competing = others
                    .into_iter()
                    .map(|(priority, at)| Competing { priority, at: now + TimeDelta::seconds(at) });
                Recipient {
                    endpoints,
                    ledgers,
                    preferences,
                    sends,
                    competing: competing.collect(),
                    relationship: bought.map(|(at, max_age_days)| Relationship {
                        last_purchase: now + TimeDelta::seconds(at),
                        max_age_days,
                        similar: true,
                    }),
                    ..Recipient::new(whereabouts)
                }
            },
        )
}

fn message(now: DateTime<Utc>) -> impl Strategy<Value = Message> {
    (
        prop::sample::select(vec![Class::Transactional, Class::Service, Class::Marketing, Class::Marketing]),
        prop::option::weighted(0.3, length(6 * 86_400)),
        prop::option::of(length(20 * 3_600)),
        prop::sample::select(vec![MessageKind::FreeForm, MessageKind::HumanReply, MessageKind::Template]),
        prop::option::of(prop::sample::select(vec!["promo", "news"])),
        prop::sample::select(vec![Urgency::Low, Urgency::Normal, Urgency::High]),
        0..8_i64,
        0..8,
    )
        .prop_map(move |(class, expires, patience, kind, category, urgency, priority, id)| Message {
            expires_at: expires.map(|seconds| now + TimeDelta::seconds(seconds + 1)),
            patience: patience.map(TimeDelta::seconds),
            kind,
            category: category.map(str::to_owned),
            urgency,
            priority,
            ..Message::new(format!("m{id}"), class, "marketing.offers".parse().unwrap())
        })
}

fn window() -> impl Strategy<Value = Window> {
    let time = || {
        (0_u32..24, prop::sample::select(vec![0_u32, 30])).prop_map(|(h, m)| WallTime::new(h, m, 0).unwrap())
    };
    let daily = (time(), time()).prop_map(|(start, end)| Window::daily(start, end));
    let weekly = (time(), time()).prop_map(|(from, to)| {
        Window::weekly(WeekTime::new(Weekday::Fri, from), WeekTime::new(Weekday::Sun, to))
    });
    prop_oneof![4 => daily, 1 => weekly].prop_filter("not empty", |window| Windows::new([*window]).is_ok())
}

fn cap() -> impl Strategy<Value = Cap> {
    let calendar = (
        prop::sample::select(vec![CalendarUnit::Day, CalendarUnit::Week, CalendarUnit::Month]),
        prop::option::of(prop::sample::select(vec![Weekday::Sat, Weekday::Sun, Weekday::Mon])),
        prop::option::weighted(0.3, prop::sample::select(vec!["UTC", "Africa/Cairo", "Nowhere/Unfound"])),
    )
        .prop_map(|(unit, week_start, zone)| CapWindow::Calendar {
            unit,
            week_start,
            zone: zone.map(|zone| zone.parse().unwrap()),
        });
    let rolling = length(8 * 86_400)
        .prop_map(|seconds| CapWindow::Rolling { seconds: u32::try_from(seconds).unwrap() });
    (
        prop_oneof![1 => Just(0_u32), 19 => 1_u32..5],
        prop_oneof![rolling, calendar],
        prop::option::weighted(0.3, channel()),
        prop::option::weighted(0.3, prop::sample::select(vec!["promo", "news"])),
        prop::bool::ANY,
    )
        .prop_map(|(limit, window, channel, category, by_message)| Cap {
            channel,
            category: category.map(str::to_owned),
            count_by: if by_message { CountBy::Message } else { CountBy::Send },
            ..Cap::new("c", limit, window)
        })
}

fn policy() -> impl Strategy<Value = Policy> {
    (
        prop::collection::vec(window(), 0..3),
        prop::collection::vec(cap(), 0..4),
        prop::sample::select(vec![ConsentRule::OptIn, ConsentRule::OptOut, ConsentRule::SoftOptIn]),
        prop_oneof![Just(0_u32), 1..40_000_u32],
        prop_oneof![Just(0_u32), 1..40_000_u32],
        prop::option::weighted(0.3, channel()),
    )
        .prop_map(|(windows, caps, rule, conflict, patience, exempt)| {
            let mut policy = Policy {
                caps,
                conflict_seconds: conflict,
                patience_seconds: patience,
                channels: vec![Channel::Push, Channel::Email],
                ..Policy::default()
            };
            policy.consent.marketing = rule;
            policy.quiet_hours.windows = Windows::new(windows).unwrap();
            policy.quiet_hours.exempt.extend(exempt);
            let known: Vec<Cap> = policy.caps.clone();
            let unfound = |cap: &Cap| format!("{:?}", cap.window).contains("Unfound");
            // Where a zone cannot be found the policy is used as it is.
            if known.iter().any(unfound) { policy } else { policy.locate(&Zones::bundled()).unwrap() }
        })
}

fn case() -> impl Strategy<Value = (DateTime<Utc>, Message, Recipient, Policy)> {
    now().prop_flat_map(|now| (Just(now), message(now), recipient(now), policy()))
}

fn goes(decision: &Decision) -> bool {
    matches!(decision, Decision::Send { .. })
}

#[test]
fn a_message_goes_at_the_instant_of_its_deferral_and_not_a_second_before() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5_000) };
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let counted = std::cell::RefCell::new([0_usize; 4]);
    let law = |(now, message, recipient, policy): (DateTime<Utc>, Message, Recipient, Policy)| {
        let decision = decide(&message, &recipient, &policy, now);
        let place = match &decision {
            Decision::Send { .. } => 0,
            Decision::Defer { .. } => 1,
            Decision::Drop { .. } => 2,
            Decision::Ghost { .. } => 3,
        };
        counted.borrow_mut()[place] += 1;
        let Decision::Defer { until, channel, address, reasons } = &decision else { return Ok(()) };
        prop_assert!(*until > now && !reasons.is_empty());
        prop_assert!(message.expires_at.is_none_or(|expiry| *until < expiry));
        let at = decide(&message, &recipient, &policy, *until);
        prop_assert!(goes(&at), "at {until} of {decision:?}: {at:?}");
        let Decision::Send { channel: sent, address: to, .. } = at else { return Ok(()) };
        prop_assert_eq!((channel, address), (&sent, &to));
        // Not a second before, nor at any time on the way.
        let wait = (*until - now).num_seconds();
        for before in [1, 2, 60, 1_800, 3_600, 7_200, 86_400, wait / 2, wait / 3, wait] {
            if before > 0 && before <= wait {
                let then = decide(&message, &recipient, &policy, *until - TimeDelta::seconds(before));
                prop_assert!(!goes(&then), "{before} s before {until} of {decision:?}: {then:?}");
                if let Decision::Defer { until: other, .. } = &then {
                    prop_assert_eq!(other, until);
                }
            }
        }
        Ok(())
    };
    runner.run(&case(), law).unwrap();
    let counted = counted.into_inner();
    println!("send {}, defer {}, drop {}, ghost {}", counted[0], counted[1], counted[2], counted[3]);
    assert!(counted[0] > 500 && counted[1] > 1_000 && counted[2] > 500, "{counted:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn the_trace_explains_the_decision((now, message, recipient, policy) in case()) {
        let Traced { decision, trace } = decide_traced(&[], &message, &recipient, &policy, now);
        prop_assert_eq!(&decision, &decide(&message, &recipient, &policy, now));
        prop_assert_eq!(trace.channels.len(), recipient.endpoints.len());
        let scores: Vec<f64> = trace.channels.iter().map(|channel| channel.score).collect();
        prop_assert!(scores.is_sorted_by(|one, other| one >= other));
        for channel in &trace.channels {
            prop_assert!(channel.gates.is_sorted_by_key(|answer| answer.stage));
        }
        let stored = serde_json::to_string(&trace).unwrap();
        prop_assert_eq!(&serde_json::from_str::<throughline::messaging::Trace>(&stored).unwrap(), &trace);
        let table = trace.to_string();
        let rows: usize = trace.channels.iter().map(|channel| channel.gates.len()).sum();
        prop_assert_eq!(table.lines().count(), 1 + 3 + rows + 1);
        let stored = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decision>(&stored).unwrap(), decision);
    }
}

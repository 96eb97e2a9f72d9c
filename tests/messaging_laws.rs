//! Laws of the message decision.
#![cfg(feature = "tzdb")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use throughline::calendar::{Calendar, WallTime, WeekTime, Window, Windows, Zone, Zones};
use throughline::channel::Channel;
use throughline::messaging::{
    AddressId, ChannelScope, Class, ConsentRecord, ConsentRule, ConsentState, Decision, Endpoint, Message,
    Policy, PurposeScope, Recipient, Suppression, Whereabouts, decide,
};
use throughline::time::{DateTime, TimeDelta, Utc, Weekday};

static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    let names = [
        "Asia/Tehran",
        "Asia/Kabul",
        "Africa/Cairo",
        "Asia/Jerusalem",
        "Europe/Moscow",
        "Europe/Kyiv",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Pacific/Honolulu",
    ];
    names.iter().map(|name| Zones::bundled().named(name).unwrap()).collect()
});

fn base() -> DateTime<Utc> {
    "2026-03-08T07:00:00Z".parse().unwrap()
}

fn channel() -> impl Strategy<Value = Channel> {
    prop::sample::select(vec![Channel::Sms, Channel::Email, Channel::Push, Channel::WhatsApp])
}

fn record() -> impl Strategy<Value = ConsentRecord> {
    use ConsentState::{Denied, Granted, Pending, Withdrawn};
    (
        prop::sample::select(vec!["*", "marketing", "marketing.news", "marketing.offers", "service"]),
        prop_oneof![1 => Just(ChannelScope::All), 3 => channel().prop_map(ChannelScope::Only)],
        prop::sample::select(vec![Granted, Granted, Granted, Pending, Denied, Withdrawn]),
        -3_i64..2,
        prop::option::weighted(0.2, -2_i64..5),
    )
        .prop_map(|(purpose, channel, state, at, expires)| {
            let purpose: PurposeScope = purpose.parse().unwrap();
            let mut record = ConsentRecord::new(purpose, channel, state, base() + TimeDelta::days(at));
            record.expires_at = expires.map(|days| base() + TimeDelta::days(days));
            record
        })
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    (
        channel(),
        0_u32..50,
        prop::sample::select(vec![0.0, 0.2, 0.2, 0.6, f64::NAN]),
        prop::option::of(-9_i64..0),
        prop::bool::weighted(0.8),
        any::<bool>(),
        prop::option::weighted(
            0.1,
            prop::sample::select(vec![Suppression::HardBounce, Suppression::Complaint]),
        ),
        prop::collection::vec(record(), 0..2),
    )
        .prop_map(|(channel, address, score, engaged, reachable, verified, suppression, ledger)| {
            Endpoint {
                score: Some(score),
                last_engaged: engaged.map(|days| base() + TimeDelta::days(days)),
                reachable,
                verified,
                suppression,
                ledger,
                ..Endpoint::new(channel, AddressId::new(format!("secret-{address}@example.ir")))
            }
        })
}

fn whereabouts() -> impl Strategy<Value = Whereabouts> {
    let zone = || prop::sample::select(ZONES.clone());
    prop_oneof![
        4 => zone().prop_map(Whereabouts::Known),
        3 => prop::collection::vec(zone(), 0..4).prop_map(Whereabouts::Candidates),
        1 => zone().prop_map(Whereabouts::Fallback),
        1 => Just(Whereabouts::Unknown),
    ]
}

fn recipient() -> impl Strategy<Value = Recipient> {
    (
        whereabouts(),
        prop::collection::vec(endpoint(), 0..5),
        prop::collection::vec(prop::collection::vec(record(), 0..5), 0..4),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(whereabouts, mut endpoints, ledgers, told, holdout)| {
            // An address is listed once.
            let mut seen = BTreeSet::new();
            endpoints.retain(|endpoint| seen.insert(endpoint.address.clone()));
            let told = told.then(|| "fact".to_owned()).into_iter().collect();
            Recipient { endpoints, ledgers, told, holdout, ..Recipient::new(whereabouts) }
        })
}

fn message() -> impl Strategy<Value = Message> {
    (
        prop::sample::select(vec![Class::Transactional, Class::Service, Class::Marketing, Class::Marketing]),
        prop::sample::select(vec!["marketing.news", "marketing.offers", "service.delivery"]),
        prop::option::weighted(0.3, 1_i64..60),
        0_i64..20,
    )
        .prop_map(|(class, purpose, expires, patience)| Message {
            expires_at: expires.map(|hours| base() + TimeDelta::hours(hours)),
            told_key: Some("fact".to_owned()),
            patience: Some(TimeDelta::hours(patience)),
            ..Message::new("m", class, purpose.parse().unwrap())
        })
}

fn policy() -> impl Strategy<Value = Policy> {
    let hour = || {
        (0_u32..24, prop::sample::select(vec![0_u32, 30])).prop_map(|(h, m)| WallTime::new(h, m, 0).unwrap())
    };
    let daily = (hour(), hour()).prop_map(|(start, end)| Window::daily(start, end));
    let weekly = (hour(), hour()).prop_map(|(from, to)| {
        Window::weekly(WeekTime::new(Weekday::Fri, from), WeekTime::new(Weekday::Sun, to))
    });
    let window = prop_oneof![3 => daily, 1 => weekly]
        .prop_filter("not empty", |window| Windows::new([*window]).is_ok());
    let rule = prop::sample::select(vec![ConsentRule::OptIn, ConsentRule::OptIn, ConsentRule::OptOut]);
    (prop::collection::vec(window, 0..3), rule, any::<bool>()).prop_map(|(windows, rule, sms_first)| {
        let mut policy = Policy::default();
        policy.quiet_hours.windows = Windows::new(windows).unwrap();
        policy.consent.marketing = rule;
        policy.channels = if sms_first { vec![Channel::Sms, Channel::Email] } else { vec![Channel::Push] };
        policy
    })
}

/// What one ledger says, by sorting it: yes, no, or nothing.
fn says(ledger: &[ConsentRecord], message: &Message, channel: &Channel, now: DateTime<Utc>) -> Option<bool> {
    let mut covering: Vec<&ConsentRecord> = ledger
        .iter()
        .filter(|record| {
            let purpose = record.purpose.to_string();
            let path = message.purpose.as_str();
            let covers = purpose == "*" || path == purpose || path.starts_with(&format!("{purpose}."));
            let on = record.channel.to_string();
            covers
                && (on == "*" || on == channel.as_str())
                && record.at <= now
                && !(purpose == "*" && record.state == ConsentState::Granted)
        })
        .collect();
    covering.sort_by_key(|record| record.at);
    let latest = covering.last()?.at;
    let deciding = covering.iter().filter(|record| record.at == latest);
    let yes = deciding
        .clone()
        .all(|record| record.state == ConsentState::Granted && record.expires_at.is_none_or(|end| end > now));
    let refused =
        deciding.clone().any(|record| matches!(record.state, ConsentState::Denied | ConsentState::Withdrawn));
    if message.class == Class::Transactional { refused.then_some(false) } else { Some(yes) }
}

fn zones_of(whereabouts: &Whereabouts) -> Vec<&Zone> {
    match whereabouts {
        Whereabouts::Known(zone) | Whereabouts::Fallback(zone) => vec![zone],
        Whereabouts::Candidates(zones) => zones.iter().collect(),
        Whereabouts::Unknown => Vec::new(),
    }
}

fn quiet_anywhere(recipient: &Recipient, policy: &Policy, at: DateTime<Utc>) -> bool {
    let windows = &policy.quiet_hours.windows;
    let zones = zones_of(&recipient.whereabouts);
    !windows.is_empty()
        && (zones.is_empty() || zones.iter().any(|zone| Calendar::new(windows, zone).contains(at)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn never_sends_against_consent_suppression_or_in_quiet_hours(
        message in message(), recipient in recipient(), policy in policy(), minutes in 0_i64..2_000,
    ) {
        let now = base() + TimeDelta::minutes(minutes);
        let decision = decide(&message, &recipient, &policy, now);
        let (Decision::Send { channel, address, .. } | Decision::Ghost { channel, address, .. }) = &decision else {
            return Ok(());
        };
        let endpoint = recipient.endpoints.iter().find(|endpoint| endpoint.address == *address).unwrap();
        prop_assert_eq!(&endpoint.channel, channel);
        let answers: Vec<Option<bool>> = recipient
            .ledgers
            .iter()
            .chain([&endpoint.ledger])
            .map(|ledger| says(ledger, &message, channel, now))
            .collect();
        prop_assert!(!answers.contains(&Some(false)));
        if message.class == Class::Marketing && policy.consent.marketing == ConsentRule::OptIn {
            prop_assert!(answers.contains(&Some(true)));
        }
        prop_assert!(endpoint.reachable && endpoint.suppression != Some(Suppression::HardBounce));
        prop_assert!(message.class != Class::Marketing || endpoint.suppression.is_none());
        prop_assert!(message.class == Class::Transactional || !quiet_anywhere(&recipient, &policy, now));
        prop_assert!(message.expires_at.is_none_or(|expiry| expiry > now));
        prop_assert!(recipient.told.is_empty());
        let ghost = matches!(decision, Decision::Ghost { .. });
        prop_assert_eq!(ghost, recipient.holdout && message.class != Class::Transactional);
    }

    #[test]
    fn waits_until_an_instant_that_is_not_quiet(
        message in message(), recipient in recipient(), policy in policy(), minutes in 0_i64..2_000,
    ) {
        let now = base() + TimeDelta::minutes(minutes);
        if let Decision::Defer { until, .. } = decide(&message, &recipient, &policy, now) {
            prop_assert!(until > now);
            prop_assert!(!quiet_anywhere(&recipient, &policy, until));
            prop_assert!(quiet_anywhere(&recipient, &policy, until - TimeDelta::seconds(1)));
            prop_assert!(message.expires_at.is_none_or(|expiry| until < expiry));
        }
    }

    #[test]
    fn the_order_of_facts_makes_no_difference(
        message in message(), recipient in recipient(), policy in policy(), minutes in 0_i64..2_000,
        turn in 0_usize..5,
    ) {
        let now = base() + TimeDelta::minutes(minutes);
        let decision = decide(&message, &recipient, &policy, now);
        let mut other = recipient.clone();
        fn turn_over<T>(list: &mut [T], by: usize) {
            list.reverse();
            let by = by.min(list.len());
            list.rotate_left(by);
        }
        turn_over(&mut other.endpoints, turn);
        turn_over(&mut other.ledgers, turn);
        other.ledgers.iter_mut().for_each(|ledger| turn_over(ledger, turn));
        other.endpoints.iter_mut().for_each(|endpoint| turn_over(&mut endpoint.ledger, turn));
        if let Whereabouts::Candidates(zones) = &mut other.whereabouts {
            turn_over(zones, turn);
        }
        prop_assert_eq!(decide(&message, &other, &policy, now), decision.clone());
        // Nor does saying everything twice.
        other.ledgers.extend(recipient.ledgers.iter().cloned());
        other.ledgers.iter_mut().for_each(|ledger| ledger.extend(ledger.clone()));
        prop_assert_eq!(decide(&message, &other, &policy, now), decision);
    }

    #[test]
    fn nothing_shows_an_address(message in message(), recipient in recipient(), policy in policy()) {
        let decision = decide(&message, &recipient, &policy, base());
        prop_assert!(!decision.reasons().is_empty());
        let shown = format!("{message:?} {recipient:?} {policy:?} {decision:?} {:?}", recipient.endpoints);
        prop_assert!(!shown.contains("secret") && !shown.contains("example"), "{}", shown);
        for reason in decision.reasons() {
            prop_assert!(!serde_json::to_string(reason).unwrap().contains("secret"));
        }
    }

    #[test]
    fn a_decision_survives_storage(message in message(), recipient in recipient(), policy in policy()) {
        let decision = decide(&message, &recipient, &policy, base());
        let stored = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decision>(&stored).unwrap(), decision);
    }
}

//! Given, when, then: the gates beyond consent and quiet hours.
#![cfg(feature = "tzdb")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use throughline::calendar::{Window, Windows, Zones};
use throughline::channel::Channel;
use throughline::messaging::{
    AddressId, CalendarUnit, Cap, CapWindow, ChannelHealth, Class, Competing, ConsentRecord, ConsentState,
    CountBy, Decision, Endpoint, Engagement, Message, MessageKind, PastSend, Policy, Recipient, Urgency,
    Whereabouts, decide, decide_traced,
};
use throughline::time::{DateTime, TimeDelta, Utc};

fn noon() -> DateTime<Utc> {
    "2026-06-01T08:30:00Z".parse().unwrap() // 12:00 in Tehran
}

fn record(purpose: &str, channel: &str, state: ConsentState, days_ago: i64) -> ConsentRecord {
    ConsentRecord::new(
        purpose.parse().unwrap(),
        channel.parse().unwrap(),
        state,
        noon() - TimeDelta::days(days_ago),
    )
}

fn person() -> Recipient {
    let tehran = Zones::bundled().named("Asia/Tehran").unwrap();
    let mut person = Recipient::new(Whereabouts::Known(tehran));
    let push = Endpoint { score: Some(0.6), ..Endpoint::new(Channel::Push, AddressId::new("p")) };
    let email = Endpoint { score: Some(0.4), ..Endpoint::new(Channel::Email, AddressId::new("e")) };
    person.endpoints = vec![email, push];
    person.ledgers = vec![vec![record("marketing", "*", ConsentState::Granted, 100)]];
    person
}

fn offer() -> Message {
    Message::new("offer", Class::Marketing, "marketing.offers".parse().unwrap())
}

fn of_class(class: Class) -> Message {
    Message::new("m", class, "service.order".parse().unwrap())
}

fn told(decision: &Decision) -> String {
    let rules: Vec<String> = decision
        .reasons()
        .iter()
        .map(|reason| {
            let evidence = reason.evidence.iter().filter(|id| !id.starts_with("consent:"));
            evidence.fold(reason.rule.to_string(), |text, id| format!("{text}[{id}]"))
        })
        .collect();
    let rules = rules.join(" ");
    match decision {
        Decision::Send { channel, .. } => format!("send {channel}: {rules}"),
        Decision::Ghost { channel, .. } => format!("ghost {channel}: {rules}"),
        Decision::Defer { channel, until, .. } => format!("defer {channel} {until:?}: {rules}"),
        Decision::Drop { channels, .. } => channels.iter().fold(format!("drop: {rules}"), |text, refusal| {
            format!("{text} ({} {} {})", refusal.channel, refusal.gate, refusal.reason.rule)
        }),
    }
}

#[track_caller]
fn check(message: &Message, person: &Recipient, policy: &Policy, expected: &str) {
    assert_eq!(told(&decide(message, person, policy, noon())), expected);
}

#[test]
fn a_preference_shuts_a_channel_but_not_what_is_owed() {
    let policy = Policy::default();
    let mut someone = person();
    someone.preferences = vec![record("marketing.offers", "push", ConsentState::Denied, 1)];
    check(&offer(), &someone, &policy, "send email: ok granted");
    someone.preferences = vec![record("marketing", "*", ConsentState::Denied, 1)];
    check(
        &offer(),
        &someone,
        &policy,
        "drop: no_channel (push preference preference) (email preference preference)",
    );
    // A later choice counts, and a preference is no consent.
    someone.preferences.push(record("marketing", "email", ConsentState::Granted, 0));
    check(&offer(), &someone, &policy, "send email: ok granted");
    someone.ledgers.clear();
    check(
        &offer(),
        &someone,
        &policy,
        "drop: no_channel (push consent no_consent) (email consent no_consent)",
    );
    // A receipt may be told where to go, not to stay away.
    someone.preferences = vec![record("service", "*", ConsentState::Denied, 1)];
    check(&of_class(Class::Transactional), &someone, &policy, "send push: ok contract");
    check(
        &of_class(Class::Service),
        &someone,
        &policy,
        "drop: no_channel (push preference preference) (email preference preference)",
    );
    someone.preferences = vec![record("service", "push", ConsentState::Denied, 1)];
    check(&of_class(Class::Transactional), &someone, &policy, "send email: ok contract");
}

#[test]
fn a_channel_in_bad_health_lets_the_next_one() {
    let policy = Policy::default();
    let mut someone = person();
    let shut = |someone: &mut Recipient, health: ChannelHealth| {
        someone.health = Arc::new(BTreeMap::from([(Channel::Push, health)]));
    };
    shut(&mut someone, ChannelHealth { outage: true, ..ChannelHealth::default() });
    check(&offer(), &someone, &policy, "send email: ok granted");
    check(&of_class(Class::Transactional), &someone, &policy, "send email: ok contract");
    shut(&mut someone, ChannelHealth { can_answer: false, ..ChannelHealth::default() });
    check(&offer(), &someone, &policy, "send email: ok granted");
    check(&of_class(Class::Transactional), &someone, &policy, "send push: ok contract");
    shut(&mut someone, ChannelHealth { sent: 5_000, bounced: 1_500, ..ChannelHealth::default() });
    someone.endpoints.retain(|endpoint| endpoint.channel == Channel::Push);
    check(&offer(), &someone, &policy, "drop: no_channel (push reachable bounce_rate)");
    let Decision::Drop { channels, .. } = decide(&offer(), &someone, &policy, noon()) else { panic!() };
    assert_eq!(channels[0].reason.evidence, ["observed:0.3000", "limit:0.2000", "sample:5000"]);
}

#[test]
fn free_text_goes_only_as_an_answer_where_the_operator_says_so() {
    let policy = Policy::default();
    let mut someone = person();
    let mut chat = Endpoint { score: Some(0.9), ..Endpoint::new(Channel::WhatsApp, AddressId::new("w")) };
    someone.endpoints.push(chat.clone());
    check(&offer(), &someone, &policy, "send push: ok granted");
    let template = Message { kind: MessageKind::Template, ..offer() };
    check(&template, &someone, &policy, "send whatsapp: ok granted template");
    chat.last_inbound = Some(noon() - TimeDelta::hours(23));
    someone.endpoints[2] = chat;
    check(&offer(), &someone, &policy, "send whatsapp: ok granted in_window[closes:2026-06-01T09:30:00Z]");
}

#[test]
fn caps_and_quiet_hours_are_waited_out_together() {
    let mut policy = Policy::default();
    policy.quiet_hours.windows =
        Windows::new([Window::daily("21:00".parse().unwrap(), "08:00".parse().unwrap())]).unwrap();
    // The cap lets go at 23:00 in Tehran: in the quiet hours, so it is the next morning.
    policy.caps = vec![Cap::new("one", 1, CapWindow::Rolling { seconds: 11 * 3_600 })];
    let mut someone = person();
    someone.sends = vec![PastSend::new(noon(), Channel::Sms)];
    check(&offer(), &someone, &policy, "defer push 2026-06-02T04:30:00Z: quiet_hours");
    policy.quiet_hours.exempt = vec![Channel::Email];
    check(&offer(), &someone, &policy, "defer email 2026-06-01T19:30:00Z: frequency_cap[cap:one]");
    check(&of_class(Class::Service), &someone, &policy, "send push: ok implied");
    // A cap that never opens is no reason to wait.
    policy
        .caps
        .push(Cap { channel: Some(Channel::Email), ..Cap::new("no-mail", 0, CapWindow::rolling_days(1)) });
    check(&offer(), &someone, &policy, "defer push 2026-06-02T04:30:00Z: quiet_hours");
    let hurried = Message { expires_at: Some(noon() + TimeDelta::hours(12)), ..offer() };
    check(
        &hurried,
        &someone,
        &policy,
        "drop: would_expire (push quiet_hours quiet_hours) (email frequency_cap frequency_cap)",
    );
    // A consent that ends first leaves nothing to wait for.
    someone.ledgers[0][0].expires_at = Some(noon() + TimeDelta::hours(12));
    check(
        &offer(),
        &someone,
        &policy,
        "drop: no_channel (push consent expired) (email frequency_cap frequency_cap)",
    );
}

#[test]
fn a_calendar_cap_follows_the_week_of_the_region_and_a_message_counts_once() {
    let weekly =
        Cap { count_by: CountBy::Message, ..Cap::new("weekly", 1, CapWindow::calendar(CalendarUnit::Week)) };
    let policy = Policy { caps: vec![weekly], ..Policy::default() };
    let mut someone = person();
    let saturday = "2026-05-30T12:00:00Z".parse().unwrap();
    someone.sends = vec![PastSend { message: Some("other".into()), ..PastSend::new(saturday, Channel::Sms) }];
    check(&offer(), &someone, &policy, "send push: ok granted"); // weeks begin on Monday
    someone.region = Some("IR".parse().unwrap());
    check(&offer(), &someone, &policy, "defer push 2026-06-05T20:30:00Z: frequency_cap[cap:weekly]");
    someone.sends[0].message = Some("offer".into());
    check(&offer(), &someone, &policy, "send push: ok granted"); // the same message, on another channel
}

#[test]
fn a_conflict_that_ends_in_the_night_is_waited_out_until_the_morning() {
    let mut policy = Policy { conflict_seconds: 6 * 3_600, ..Policy::default() };
    policy.quiet_hours.windows =
        Windows::new([Window::daily("17:00".parse().unwrap(), "08:00".parse().unwrap())]).unwrap();
    let mut someone = person();
    someone.competing = vec![Competing { priority: 1, at: noon() }];
    check(&offer(), &someone, &policy, "defer push 2026-06-02T04:30:00Z: quiet_hours");
    policy.quiet_hours.windows = Windows::default();
    check(&offer(), &someone, &policy, "defer push 2026-06-01T14:30:00Z: conflict");
    check(&Message { priority: 1, ..offer() }, &someone, &policy, "send push: ok granted");
}

#[test]
fn the_score_looks_at_habit_cost_and_hurry() {
    let mut policy = Policy::default();
    policy.score.half_cost = Some(50);
    policy.score.costs.insert(Channel::Sms, 150);
    let mut someone = person();
    let read = |engaged| Engagement { sent: 40, delivered: 40, engaged };
    someone.endpoints = vec![
        Endpoint { engagement: read(30), ..Endpoint::new(Channel::Sms, AddressId::new("s")) },
        Endpoint { engagement: read(12), ..Endpoint::new(Channel::Email, AddressId::new("e")) },
    ];
    check(&offer(), &someone, &policy, "send email: ok granted"); // 0.62 x 1/4 against 0.26
    let urgent = Message { urgency: Urgency::High, ..offer() };
    check(&urgent, &someone, &policy, "send sms: ok granted"); // 0.62 x 1/4 against 0.26 x 1/2
    policy.score.half_cost = None;
    check(&offer(), &someone, &policy, "send sms: ok granted");
}

#[test]
fn the_policy_says_how_patient_a_message_is() {
    let mut policy = Policy { patience_seconds: 3_600, ..Policy::default() };
    let cap = Cap::new("push", 1, CapWindow::Rolling { seconds: 7_200 });
    policy.caps = vec![Cap { channel: Some(Channel::Push), ..cap }];
    let mut someone = person();
    someone.sends = vec![PastSend::new(noon() - TimeDelta::minutes(60), Channel::Push)];
    check(&offer(), &someone, &policy, "defer push 2026-06-01T09:30:00Z: frequency_cap[cap:push] patience");
    check(
        &Message { patience: Some(TimeDelta::minutes(59)), ..offer() },
        &someone,
        &policy,
        "send email: ok granted",
    );
    policy.patience_seconds = 0;
    check(&offer(), &someone, &policy, "send email: ok granted");
}

#[test]
fn the_trace_is_a_table_without_an_address() {
    let mut someone = person();
    someone.endpoints[0].address = AddressId::new("secret-address");
    let traced = decide_traced(&[], &offer(), &someone, &Policy::default(), noon());
    let table = traced.trace.to_string();
    assert!(!table.contains("secret"));
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("channel       score    gate"), "{table}");
    assert!(lines[4].starts_with("push          0.6000   consent           pass"), "{table}");
    assert!(lines[4].contains("granted (consent:2026-02-21T08:30:00Z)"), "{table}");
    assert_eq!(lines.len(), 1 + 3 + 2 * 7 + 1);
    assert!(lines[18].starts_with("send push: ok; granted"), "{table}");
    assert!(!format!("{traced:?}").contains("secret"));
}

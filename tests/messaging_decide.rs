//! Given, when, then: single decisions, each with its reason.
#![cfg(feature = "tzdb")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;

use throughline::calendar::{Window, Windows, Zones};
use throughline::channel::Channel;
use throughline::messaging::{
    AddressId, Class, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule, ConsentState, Context,
    Decision, Endpoint, Gate, Message, PersonSuppression, Policy, Purpose, QuietBook, QuietReason, Recipient,
    Stage, Suppression, Verdict, Whereabouts, combine, consent, consent_across, decide, decide_with, quiet,
};
use throughline::reason::Reason;
use throughline::time::{DateTime, TimeDelta, Utc};

fn noon() -> DateTime<Utc> {
    "2026-06-01T08:30:00Z".parse().unwrap() // 12:00 in Tehran
}

fn night() -> DateTime<Utc> {
    "2026-06-01T20:30:00Z".parse().unwrap() // 00:00 in Tehran
}

fn record(purpose: &str, channel: &str, state: ConsentState, at: &str) -> ConsentRecord {
    ConsentRecord::new(purpose.parse().unwrap(), channel.parse().unwrap(), state, at.parse().unwrap())
}

fn person() -> Recipient {
    let tehran = Zones::bundled().named("Asia/Tehran").unwrap();
    let mut person = Recipient::new(Whereabouts::Known(tehran));
    let push = Endpoint { score: Some(0.6), ..Endpoint::new(Channel::Push, AddressId::new("p")) };
    let email = Endpoint { score: Some(0.4), ..Endpoint::new(Channel::Email, AddressId::new("e")) };
    person.endpoints = vec![email, push];
    person.ledgers = vec![vec![record("marketing", "*", ConsentState::Granted, "2026-01-01T00:00:00Z")]];
    person
}

fn offer() -> Message {
    Message::new("offer", Class::Marketing, "marketing.offers".parse().unwrap())
}

fn receipt() -> Message {
    Message::new("receipt", Class::Transactional, "service.receipt".parse().unwrap())
}

fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.quiet_hours.windows =
        Windows::new([Window::daily("21:00".parse().unwrap(), "08:00".parse().unwrap())]).unwrap();
    policy
}

/// The kind of decision, its channel and the rules that were named.
fn told(decision: &Decision) -> String {
    let rules: Vec<&str> = decision.reasons().iter().map(|reason| &*reason.rule).collect();
    let rules = rules.join(" ");
    match decision {
        Decision::Send { channel, .. } => format!("send {channel}: {rules}"),
        Decision::Ghost { channel, .. } => format!("ghost {channel}: {rules}"),
        Decision::Defer { channel, until, .. } => format!("defer {channel} {until:?}: {rules}"),
        Decision::Drop { channels, .. } => {
            let mut text = format!("drop: {rules}");
            for refusal in channels {
                text += &format!(" ({} {} {})", refusal.channel, refusal.gate, refusal.reason.rule);
            }
            text
        }
    }
}

#[track_caller]
fn check(message: &Message, person: &Recipient, policy: &Policy, now: DateTime<Utc>, expected: &str) {
    assert_eq!(told(&decide(message, person, policy, now)), expected);
}

#[test]
fn the_best_channel_sends_by_day_and_waits_by_night() {
    check(&offer(), &person(), &policy(), noon(), "send push: ok granted");
    check(&offer(), &person(), &policy(), night(), "defer push 2026-06-02T04:30:00Z: quiet_hours");
    check(&receipt(), &person(), &policy(), night(), "send push: ok contract");
    let service = Message::new("s", Class::Service, "service.delivery".parse().unwrap());
    check(&service, &person(), &policy(), noon(), "send push: ok implied");
    check(&service, &person(), &policy(), night(), "defer push 2026-06-02T04:30:00Z: quiet_hours");
}

#[test]
fn what_concerns_the_message_comes_first() {
    let expired = Message { expires_at: Some(noon()), told_key: Some("k".into()), ..offer() };
    let mut someone = person();
    someone.told.insert("k".into());
    someone.suppression = Some(PersonSuppression::Erased);
    check(&expired, &someone, &policy(), noon(), "drop: expired");
    let fresh = Message { expires_at: None, ..expired };
    check(&fresh, &someone, &policy(), noon(), "drop: suppressed");
    someone.suppression = None;
    check(&fresh, &someone, &policy(), noon(), "drop: already_told");
    check(&Message { told_key: None, ..fresh }, &someone, &policy(), noon(), "send push: ok granted");
    let tonight = Message { expires_at: Some(night() + TimeDelta::hours(2)), ..offer() };
    check(
        &tonight,
        &person(),
        &policy(),
        night(),
        "drop: would_expire (push quiet_hours quiet_hours) (email quiet_hours quiet_hours)",
    );
    let opening = "2026-06-02T04:30:00Z".parse().unwrap();
    let at_opening =
        Message { expires_at: Some(opening), written_for: Some(BTreeSet::from([Channel::Push])), ..offer() };
    check(
        &at_opening,
        &person(),
        &policy(),
        night(),
        "drop: would_expire (push quiet_hours quiet_hours) (email render missing_variant)",
    );
    let just_after = Message { expires_at: Some(opening + TimeDelta::seconds(1)), ..at_opening };
    check(&just_after, &person(), &policy(), night(), "defer push 2026-06-02T04:30:00Z: quiet_hours");
    let nobody = Recipient::default();
    check(&offer(), &nobody, &policy(), noon(), "drop: no_channel");
}

#[test]
fn a_channel_that_cannot_take_it_lets_the_next_one() {
    let mut someone = person();
    someone.endpoints[1].reachable = false;
    check(&offer(), &someone, &policy(), noon(), "send email: ok granted");
    someone.endpoints[1].reachable = true;
    someone.endpoints[1].suppression = Some(Suppression::Complaint);
    check(&offer(), &someone, &policy(), noon(), "send email: ok granted");
    check(&receipt(), &someone, &policy(), noon(), "send push: ok contract");
    let only_sms = Message { written_for: Some(BTreeSet::from([Channel::Sms])), ..offer() };
    check(
        &only_sms,
        &person(),
        &policy(),
        noon(),
        "drop: no_channel (push render missing_variant) (email render missing_variant)",
    );
    let mut proven = policy();
    proven.verified_only = vec![Class::Marketing];
    let mut someone = person();
    someone.endpoints[0].verified = true;
    check(&offer(), &someone, &proven, noon(), "send email: ok granted");
}

#[test]
fn ties_go_to_recent_engagement_then_to_the_configured_order() {
    let mut someone = person();
    someone.endpoints.iter_mut().for_each(|endpoint| endpoint.score = Some(0.5));
    let mut ordered = policy();
    ordered.channels = vec![Channel::Push, Channel::Email];
    check(&offer(), &someone, &ordered, noon(), "send push: ok granted");
    ordered.channels.reverse();
    check(&offer(), &someone, &ordered, noon(), "send email: ok granted");
    someone.endpoints[1].last_engaged = Some(noon() - TimeDelta::days(1));
    check(&offer(), &someone, &ordered, noon(), "send push: ok granted");
}

#[test]
fn an_unknown_zone_holds_the_message() {
    let mut someone = person();
    someone.whereabouts = Whereabouts::locate(&Zones::bundled(), Some("Mars/Olympus"), [], None);
    check(
        &offer(),
        &someone,
        &policy(),
        noon(),
        "drop: no_channel (push quiet_hours timezone_unknown) (email quiet_hours timezone_unknown)",
    );
    check(&receipt(), &someone, &policy(), noon(), "send push: ok contract");
    check(&offer(), &someone, &Policy::default(), noon(), "send push: ok granted");
    let fallback = "Asia/Tehran".parse().unwrap();
    someone.whereabouts = Whereabouts::locate(&Zones::bundled(), None, [], Some(&fallback));
    check(&offer(), &someone, &policy(), noon(), "send push: ok granted fallback_timezone");
    let Decision::Defer { reasons, .. } = decide(&offer(), &someone, &policy(), night()) else {
        panic!("not deferred")
    };
    assert_eq!(reasons, [Reason::new("quiet_hours").evidence("fallback_timezone")]);
}

#[test]
fn the_control_group_is_decided_last() {
    let mut someone = person();
    someone.holdout = true;
    check(&offer(), &someone, &policy(), noon(), "ghost push: holdout granted");
    check(&offer(), &someone, &policy(), night(), "defer push 2026-06-02T04:30:00Z: quiet_hours");
    check(&receipt(), &someone, &policy(), noon(), "send push: ok contract");
    someone.ledgers.clear();
    check(
        &offer(),
        &someone,
        &policy(),
        noon(),
        "drop: no_channel (push consent no_consent) (email consent no_consent)",
    );
}

#[test]
fn a_region_has_its_own_rules() {
    let mut someone = person();
    someone.region = Some("DE".parse().unwrap());
    let mut regional = policy();
    regional.quiet_hours.regions.insert("DE".parse().unwrap(), Windows::default());
    check(&offer(), &someone, &regional, night(), "send push: ok granted");
    someone.ledgers.clear();
    let lenient = serde_json::from_str(r#"{"marketing": "opt_out"}"#).unwrap();
    regional.consent_regions.insert("DE".parse().unwrap(), lenient);
    check(&offer(), &someone, &regional, night(), "send push: ok implied");
}

struct OnePerDay(DateTime<Utc>);

impl Gate for OnePerDay {
    fn stage(&self) -> Stage {
        Stage::FrequencyCap
    }

    fn judge(&self, context: &Context<'_>) -> Verdict {
        if context.endpoint.channel == Channel::Push {
            Verdict::Until(self.0 + TimeDelta::days(1), Reason::new("frequency_cap").evidence("daily"))
        } else {
            Verdict::Pass(None)
        }
    }
}

#[test]
fn a_host_plugs_in_its_own_gate() {
    let cap = OnePerDay(noon() - TimeDelta::hours(1));
    let gates: [&dyn Gate; 1] = [&cap];

    let decide = |message: &Message| told(&decide_with(&gates, message, &person(), &policy(), noon()));
    assert_eq!(decide(&offer()), "send email: ok granted");
    assert_eq!(decide(&receipt()), "send push: ok contract");
    let patient = Message { patience: Some(TimeDelta::hours(23)), ..offer() };
    assert_eq!(decide(&patient), "defer push 2026-06-02T07:30:00Z: frequency_cap patience");
    let less = Message { patience: Some(TimeDelta::hours(23) - TimeDelta::seconds(1)), ..patient.clone() };
    assert_eq!(decide(&less), "send email: ok granted");
    let short = Message { expires_at: Some(noon() + TimeDelta::hours(23)), ..patient };
    assert_eq!(decide(&short), "send email: ok granted", "the better channel opens too late");
}

#[test]
fn competing_messages_keep_their_distance() {
    use throughline::messaging::{ChannelGates, Competing, Inquiry};
    let open =
        [ChannelGates { channel: Channel::Push, address: AddressId::new("p"), score: 1.0, verdicts: vec![] }];
    let at = |minutes: i64| noon() + TimeDelta::minutes(minutes);
    let others = [Competing { priority: 9, at: at(30) }, Competing { priority: 9, at: at(100) }];
    let inquiry = Inquiry {
        priority: 5,
        competing: &others,
        conflict: TimeDelta::hours(1),
        ..Inquiry::new(Class::Marketing, noon())
    };
    assert_eq!(told(&combine(&inquiry, &open)), "defer push 2026-06-01T11:10:00Z: conflict", "clear of both");
    let equal = Inquiry { priority: 9, ..inquiry.clone() };
    assert_eq!(told(&combine(&equal, &open)), "send push: ok");
    let strict = Inquiry { conflict: TimeDelta::minutes(30), ..inquiry.clone() };
    assert_eq!(told(&combine(&strict, &open)), "send push: ok", "exactly as far as asked");
    let service = Inquiry { class: Class::Service, ..inquiry.clone() };
    assert_eq!(told(&combine(&service, &open)), "send push: ok");
    let short = Inquiry { expires_at: Some(at(160)), ..inquiry };
    assert_eq!(told(&combine(&short, &open)), "drop: would_expire conflict");
}

fn asked<'a>(purpose: &'a Purpose, class: Class, channel: &'a Channel) -> ConsentQuestion<'a> {
    ConsentQuestion {
        now: noon(),
        class,
        purpose,
        channel,
        rule: ConsentRule::OptIn,
        suppression: None,
        relationship: None,
    }
}

#[test]
fn joined_records_answer_as_the_strictest_of_them() {
    use ConsentState::{Granted, Pending, Withdrawn};
    let purpose: Purpose = "marketing.news".parse().unwrap();
    let question = asked(&purpose, Class::Marketing, &Channel::Sms);
    let web = vec![record("marketing", "sms", Granted, "2026-03-01T00:00:00Z")];
    let till = vec![record("marketing", "sms", Withdrawn, "2026-01-01T00:00:00Z")];
    let kiosk = vec![record("marketing", "sms", Pending, "2026-04-01T00:00:00Z")];
    let silent: Vec<ConsentRecord> = Vec::new();
    let across = |ledgers: &[&Vec<ConsentRecord>]| {
        consent_across(ledgers.iter().map(|ledger| ledger.as_slice()), &question).1.reason
    };
    // In one ledger the later grant would win; across records it does not undo another's withdrawal.
    let one: Vec<ConsentRecord> = till.iter().chain(&web).cloned().collect();
    assert_eq!(consent(&one, &question).reason, ConsentReason::Granted);
    assert_eq!(across(&[&web, &till]), ConsentReason::Withdrawn);
    assert_eq!(across(&[&kiosk, &web]), ConsentReason::PendingConfirmation);
    assert_eq!(across(&[&silent, &web]), ConsentReason::Granted);
    assert_eq!(across(&[&silent]), ConsentReason::NoConsent);
    assert_eq!(across(&[]), ConsentReason::NoConsent);
}

#[test]
fn a_withdrawal_under_the_address_stops_it_whoever_holds_it() {
    let mut someone = person();
    someone.endpoints[1].ledger = vec![record("*", "push", ConsentState::Withdrawn, "2026-05-01T00:00:00Z")];
    check(&offer(), &someone, &policy(), noon(), "send email: ok granted");
    check(&receipt(), &someone, &policy(), noon(), "send email: ok contract");
}

#[test]
fn consent_holds_in_a_half_open_time() {
    let purpose: Purpose = "marketing.news".parse().unwrap();
    let mut grant = record("marketing", "*", ConsentState::Granted, "2026-06-01T08:30:00Z");
    let question = asked(&purpose, Class::Marketing, &Channel::Email);
    assert_eq!(consent(&[grant.clone()], &question).reason, ConsentReason::Granted);
    grant.expires_at = Some(noon());
    assert_eq!(consent(&[grant.clone()], &question).reason, ConsentReason::Expired);
    let before = ConsentQuestion { now: noon() - TimeDelta::seconds(1), ..question };
    assert_eq!(consent(&[grant], &before).reason, ConsentReason::NoConsent, "was it allowed then?");
}

#[test]
fn consent_types_refuse_unknown_fields_and_states() {
    let good = r#"{"purpose":"marketing","channel":"sms","state":"granted","at":"2026-01-01T00:00:00Z","evidence":"form-7"}"#;
    let read: ConsentRecord = serde_json::from_str(good).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), good);
    assert!(!format!("{read:?}").contains("form-7"));
    for (from, to) in [
        ("\"sms\"", "\"sms\",\"stat\":\"withdrawn\""),
        ("\"granted\"", "\"yes\""),
        ("\"granted\"", "\"granted\",\"state\":\"withdrawn\""),
        ("\"marketing\"", "\"\""),
        ("\"marketing\"", "\"marketing..news\""),
        ("\"marketing\"", "\"marketing.*\""),
        ("\"marketing\"", "\"بازاریابی\""),
        ("\"sms\"", "\"پیامک\""),
        ("2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z"),
    ] {
        assert!(serde_json::from_str::<ConsentRecord>(&good.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn published_quiet_hours_have_source_and_date() {
    let book = QuietBook::published();
    let regions: Vec<String> = book.iter().map(|(region, _)| region.to_string()).collect();
    assert_eq!(regions, ["AE", "FR", "JO", "KW", "SA", "US"]);
    assert!(book.iter().all(|(_, rule)| !rule.source.is_empty() && !rule.windows.is_empty()));
    let stored = serde_json::to_string(&book).unwrap();
    assert_eq!(serde_json::from_str::<QuietBook>(&stored).unwrap(), book);
    let france = book.rule("fr".parse().unwrap()).unwrap();
    let own = book.clone().with("US".parse().unwrap(), france.clone());
    assert_eq!(own.rule("US".parse().unwrap()), Some(france));
}

#[test]
fn a_number_of_many_zones_waits_for_all_of_them() {
    let night = Windows::new([Window::daily("21:00".parse().unwrap(), "08:00".parse().unwrap())]).unwrap();
    let from_kaliningrad_to_kamchatka = [
        "Europe/Kaliningrad",
        "Europe/Moscow",
        "Europe/Samara",
        "Asia/Yekaterinburg",
        "Asia/Omsk",
        "Asia/Krasnoyarsk",
        "Asia/Irkutsk",
        "Asia/Yakutsk",
        "Asia/Vladivostok",
        "Asia/Magadan",
        "Asia/Kamchatka",
    ];
    let zones = Zones::bundled();
    let russia = Whereabouts::locate(&zones, None, from_kaliningrad_to_kamchatka, None);
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    for (now, until) in [
        ("2026-07-01T05:59:59Z", Some("2026-07-01T06:00:00Z")),
        ("2026-07-01T06:00:00Z", None),
        ("2026-07-01T08:59:59Z", None),
        ("2026-07-01T09:00:00Z", Some("2026-07-02T06:00:00Z")),
    ] {
        let answer = quiet(&night, &russia, at(now));
        assert_eq!((answer.quiet, answer.until), (until.is_some(), until.map(at)), "{now}");
    }
    // Ten days of holidays: one known zone waits them out, for candidates it is too long to guess.
    let holidays =
        night.with_whole_days((2..12).map(|day| format!("2026-07-{day:02}").parse().unwrap())).unwrap();
    let known = Whereabouts::locate(&zones, Some("Europe/Moscow"), [], None);
    assert_eq!(quiet(&holidays, &known, at("2026-07-02T09:00:00Z")).until, Some(at("2026-07-12T05:00:00Z")));
    let answer = quiet(&holidays, &russia, at("2026-07-02T09:00:00Z"));
    assert_eq!((answer.quiet, answer.until), (true, None));
    assert_eq!(answer.reason, Some(QuietReason::NoCommonWindow));
    assert_eq!(quiet(&holidays, &russia, at("2026-07-04T09:00:00Z")).until, Some(at("2026-07-12T06:00:00Z")));
}

#[test]
fn the_strict_policy_keeps_the_rules_of_the_region() {
    let strict = Policy::strict();
    let mut someone = person();
    check(
        &offer(),
        &someone,
        &strict,
        noon(),
        "drop: no_channel (push reachable unverified) (email reachable unverified)",
    );
    someone.endpoints.iter_mut().for_each(|endpoint| endpoint.verified = true);
    check(&offer(), &someone, &strict, noon(), "send push: ok granted");
    let friday = "2026-06-05T12:00:00Z".parse().unwrap();
    check(&offer(), &someone, &strict, friday, "send push: ok granted");
    someone.region = Some("JO".parse().unwrap());
    someone.whereabouts = Whereabouts::Known(Zones::bundled().named("Asia/Amman").unwrap());
    check(&offer(), &someone, &strict, friday, "defer push 2026-06-07T05:00:00Z: quiet_hours");
    let service = Message::new("s", Class::Service, "service.delivery".parse().unwrap());
    check(
        &service,
        &someone,
        &strict,
        noon(),
        "drop: no_channel (push consent no_consent) (email consent no_consent)",
    );
}

//! Bad input, as mistakes and attackers send it: typed errors or refusals with reasons, never a panic, and one bad
//! recipient never stops the others.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod outbox_support;

use std::collections::BTreeMap;
use std::sync::Arc;

use attack_support::{identifier, instant, said};
use outbox_support::{Provider, World, at, memory, message, no, number, phone, told};
use throughline::calendar::{Window, Windows};
use throughline::channel::Channel;
use throughline::hub::{
    CommandKey, ConsentOutcome, DeliveryOf, DeliveryOutcome, EnqueueOutcome, UnsubscribeOutcome, Who,
};
use throughline::identifier::IdentifierKind;
use throughline::ids::OutboxKey;
use throughline::locale::Locale;
#[cfg(feature = "templates")]
use throughline::messaging::content::JinjaTemplate;
use throughline::messaging::content::{
    Content, Reader, RenderError, RenderErrorKind, RenderSettings, Rendering, Slot, SlotName, Template,
    TemplateErrorKind, Text, Values, Variant, render,
};
use throughline::messaging::cta::CtaDevice;
use throughline::messaging::delivery::{DeliveryEvent, DeliveryKind};
use throughline::messaging::digest::DigestPolicy;
use throughline::messaging::{
    AddressId, Class, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule, ConsentState, Message,
    Rendered, Unsubscribe, UnsubscribeRequest,
};
use throughline::signing::SigningKeys;
use throughline::store::{Batch, Key, MemoryStore, Store, StoreErrorKind, Write};
use throughline::time::{DateTime, TimeDelta, Utc};

fn slot(name: &str) -> SlotName {
    name.parse().unwrap()
}

fn template(text: &str) -> Text {
    text.parse::<Template>().unwrap().into()
}

fn content(channel: Channel, body: Text) -> Content {
    let mut content = Content::new("en".parse().unwrap());
    content.variants.push(Variant::new("a", channel, "en".parse().unwrap(), body));
    content
}

fn written(
    content: &Content,
    channel: &Channel,
    tags: &[&str],
    values: &Values,
) -> Result<Rendering, RenderError> {
    let locales: Vec<Locale> = tags.iter().filter_map(|tag| tag.parse().ok()).collect();
    let reader = Reader { channel, locales: &locales, device: None, links: &CtaDevice::default() };
    render(content, &reader, values, &RenderSettings::default())
}

fn kind(content: &Content, values: &Values) -> RenderErrorKind {
    let channel = content.variants[0].channel.clone();
    written(content, &channel, &["en"], values).unwrap_err().kind()
}

#[test]
fn a_missing_variable_is_named_and_its_neighbours_are_not_shown() {
    let texts = [
        template("{name}, {price}"),
        template("{n, plural, one {# {price}} other {{price}}}"),
        template("{size, select, small {{price}} other {{price}}}"),
        #[cfg(feature = "templates")]
        Text::Jinja { jinja: JinjaTemplate::new("{{ name }} {{ price }}") },
        #[cfg(feature = "templates")]
        Text::Jinja { jinja: JinjaTemplate::new("{% for x in [1] %}{{ price }}{% endfor %}") },
    ];
    let values = Values::from([
        (slot("name"), Slot::text("canary-sara")),
        (slot("n"), Slot::Number(1)),
        (slot("size"), Slot::text("canary-small")),
    ]);
    for text in texts {
        for (channel, title) in [(Channel::Sms, false), (Channel::Email, true), (Channel::Push, true)] {
            let mut content = content(channel.clone(), template("ok"));
            let place = &mut content.variants[0];
            if title {
                place.title = Some(text.clone());
            } else {
                place.body = text.clone();
            }
            let error = written(&content, &channel, &["en"], &values).unwrap_err();
            assert_eq!(error.kind(), RenderErrorKind::MissingValue);
            assert_eq!(error.slot(), Some(&slot("price")));
            let told = format!("{error} {error:?} {:?}", error.to_reason());
            assert!(!told.contains("canary"), "{told}");
        }
    }
}

#[test]
fn a_value_of_another_kind_is_refused() {
    let mut priced = content(Channel::Sms, template("{n, plural, other {#}}"));
    for value in [Slot::text("7"), Slot::Code("7".into()), Slot::Percentage(7), Slot::Link("7".into())] {
        let values = Values::from([(slot("n"), value.clone())]);
        assert_eq!(kind(&priced, &values), RenderErrorKind::NotANumber);
        priced.personal = Values::from([(slot("n"), Slot::Number(1))]);
        assert_eq!(kind(&priced, &values), RenderErrorKind::WrongKind);
        priced.personal.clear();
    }
    let chosen = content(Channel::Sms, template("{n, select, a {A} other {B}}"));
    assert_eq!(kind(&chosen, &Values::from([(slot("n"), Slot::Number(1))])), RenderErrorKind::NotWords);
    // The greatest and the least number choose a form as any does.
    for number in [i64::MIN, -1, 0, i64::MAX] {
        let values = Values::from([(slot("n"), Slot::Number(number))]);
        assert!(written(&priced, &Channel::Sms, &["en"], &values).is_ok(), "{number}");
    }
}

#[test]
fn broken_templates_are_refused_where_they_are_read() {
    use TemplateErrorKind as E;
    let deep = |levels: usize| format!("{}x{}", "{a, select, other {".repeat(levels), "}}".repeat(levels));
    for (text, expected) in [
        ("{".to_owned(), E::Unclosed),
        ("{name".to_owned(), E::Unclosed),
        ("}".to_owned(), E::Unopened),
        ("{}".to_owned(), E::InvalidSlot),
        ("{نام}".to_owned(), E::InvalidSlot),
        ("{a.b}".to_owned(), E::InvalidSlot),
        ("{a, date}".to_owned(), E::UnknownKind),
        ("{a, plural, one {x}}".to_owned(), E::NoOther),
        ("{a, plural, some {x} other {y}}".to_owned(), E::InvalidForm),
        ("{a, plural, one {x} one {x} other {y}}".to_owned(), E::InvalidForm),
        (deep(7), E::TooDeep),
        (deep(500), E::TooDeep),
        ("x".repeat(20_000), E::TooLong),
    ] {
        let error = text.parse::<Template>().unwrap_err();
        assert_eq!(error.kind(), expected, "{}", text.chars().take(60).collect::<String>());
        // The same out of a file of texts.
        assert!(serde_json::from_value::<Text>(serde_json::json!(text)).is_err());
    }
    assert!(deep(6).parse::<Template>().is_ok());
    for odd in [
        "{{",
        "{a,",
        "{a, plural",
        "{a, plural,",
        "{a, plural, =",
        "{a, plural, ={x}",
        "'{",
        "'",
        "#",
        "{a, select, {x}}",
    ] {
        drop(odd.parse::<Template>());
        drop(format!("{{n, plural, other {{{odd}}}}}").parse::<Template>());
    }
}

#[test]
fn a_huge_text_is_refused_and_not_written() {
    // A value of ten thousand characters in a text that says it a thousand times.
    let long = Values::from([(slot("name"), Slot::text("سارا ".repeat(2_000)))]);
    let many = content(Channel::Email, template(&"{name}".repeat(1_000)));
    assert_eq!(kind(&many, &long), RenderErrorKind::TooLong);
    let once = |channel: Channel| kind(&content(channel, template("{name}")), &long);
    assert_eq!(once(Channel::Sms), RenderErrorKind::TooManySegments);
    assert_eq!(once(Channel::Push), RenderErrorKind::TooManyBytes);
    let mut approved = content(Channel::WhatsApp, template("{name}"));
    approved.variants[0].template = Some("ready".to_owned());
    assert_eq!(kind(&approved, &long), RenderErrorKind::TooManyCharacters);
    for nothing in ["", "{name}"] {
        let empty = Values::from([(slot("name"), Slot::text(""))]);
        assert_eq!(kind(&content(Channel::Sms, template(nothing)), &empty), RenderErrorKind::Empty);
    }
}

#[cfg(feature = "templates")]
#[test]
fn a_jinja_text_that_runs_away_is_stopped() {
    let refused = |text: &str| {
        kind(&content(Channel::Email, Text::Jinja { jinja: JinjaTemplate::new(text) }), &Values::new())
    };
    for text in [
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% include 'secrets' %}",
        "{% import 'secrets' as s %}",
        "{% extends 'secrets' %}",
        "{% if",
        "{{ 1 // 0 }}",
        "{{ numbers.nothing.more }}",
        "{{ plural('nothing') }}",
        "{{ range(100000000) }}",
    ] {
        assert_eq!(refused(text), RenderErrorKind::Template, "{text}");
    }
    let loud = "{% for a in range(3000) %}0123456789012345678901234567890123456789{% endfor %}";
    assert_eq!(refused(loud), RenderErrorKind::TooLong);
}

#[test]
fn directional_controls_in_a_value_turn_nothing_around() {
    let controls =
        "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{200e}\u{200f}\u{61c}";
    let evil = format!("a{controls}b");
    for (tag, text) in [
        ("en", "Dear {v}, hello"),
        ("fa", "{v} عزیز سلام"),
        ("ar", "عزيزي {v}"),
        ("he", "{v} שלום"),
        ("ru", "{v}, здравствуйте"),
    ] {
        let mut content = Content::new(tag.parse().unwrap());
        content.variants.push(Variant::new("a", Channel::Email, tag.parse().unwrap(), template(text)));
        content.variants[0].html = Some(template(text));
        for value in [
            Slot::text(&*evil),
            Slot::Code(evil.clone()),
            Slot::Link(format!("https://shop.example/{evil}")),
            Slot::Product([(tag.parse().unwrap(), evil.clone())].into()),
        ] {
            let values = Values::from([(slot("v"), value.clone())]);
            let text = written(&content, &Channel::Email, &[tag], &values).unwrap();
            for shown in [text.body.reveal(), text.html.as_ref().unwrap().reveal()] {
                // What is left is one isolate around the value at most, opened and closed.
                let open = shown.matches(['\u{2066}', '\u{2068}']).count();
                assert_eq!(open, shown.matches('\u{2069}').count(), "{tag} {value:?}: {shown:?}");
                assert!(
                    open <= 1
                        && !shown.contains([
                            '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2067}'
                        ]),
                    "{shown:?}"
                );
            }
        }
    }
}

#[test]
fn a_line_break_in_a_header_is_refused_or_made_a_space() {
    let breaks = ["\r\n", "\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}", "\0", "\u{1b}"];
    for line_break in breaks {
        // Typed into the title by an author, or by whoever writes texts without this crate.
        let typed = format!("Order{line_break}Bcc: all@shop.example");
        let mut by_author = content(Channel::Email, template("ok"));
        by_author.variants[0].title = Some(template(&typed));
        assert_eq!(kind(&by_author, &Values::new()), RenderErrorKind::HeaderInjection, "{line_break:?}");
        // Slipped into a name.
        by_author.variants[0].title = Some(template("Order of {name}"));
        let values = Values::from([(slot("name"), Slot::text(&*typed))]);
        let title = written(&by_author, &Channel::Email, &["en"], &values).unwrap().title.unwrap();
        assert!(!title.reveal().chars().any(char::is_control), "{title:?}");
        assert_eq!(title.reveal().lines().count(), 1);

        let (mut world, store) = (World::new(), memory());
        let hub = world.hub(&store);
        let event = said("m-1", "web", 1).user("u-1").email("sara@example.ir").phone(&phone(1));
        let who = Who::Record(hub.record(&event.event()).unwrap().record);
        let mail = Rendered { title: Some(typed.clone()), ..Rendered::text("ok") };
        world.texts = [(Channel::Email, mail.clone())].into();
        let outcome = world.put(&hub, "mail", &who, &message("mail")).unwrap();
        let EnqueueOutcome::Dropped { reasons } = outcome else { panic!("{outcome:?}") };
        let reason = reasons.iter().find(|reason| reason.rule == "header_injection").unwrap();
        assert_eq!(reason.evidence, ["channel:email"]);
        // The next channel goes on, and the bad text is not kept.
        world.texts.insert(Channel::Sms, Rendered::text("ok"));
        let outcome = world.put(&hub, "both", &who, &message("both")).unwrap();
        assert!(matches!(&outcome, EnqueueOutcome::Queued { channel: Channel::Sms, .. }), "{outcome:?}");
    }
}

#[test]
fn unknown_languages_and_a_message_without_a_text_for_the_channel() {
    for bad in ["", "-", "fa-", "x", "english please", "fa_IR; drop", &"a".repeat(10_000), "فارسی"] {
        assert!(bad.parse::<Locale>().is_err(), "{bad}");
    }
    let mut fa = Content::new("fa".parse().unwrap());
    fa.variants.push(Variant::new("a", Channel::Sms, "fa".parse().unwrap(), template("سلام")));
    // Nobody's language falls back to the default one, never to just any.
    assert!(written(&fa, &Channel::Sms, &["tlh", "zz-Qaaa-ZZ"], &Values::new()).is_ok());
    assert!(written(&fa, &Channel::Sms, &[], &Values::new()).is_ok());
    fa.default_locale = "de".parse().unwrap();
    let error = written(&fa, &Channel::Sms, &["tlh"], &Values::new()).unwrap_err();
    assert_eq!(error.kind(), RenderErrorKind::MissingVariant);
    let error = written(&fa, &Channel::Email, &["fa"], &Values::new()).unwrap_err();
    assert_eq!(error.kind(), RenderErrorKind::MissingVariant);
    // In the outbox: reachable by text message only, and there is only a mail.
    let (mut world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    for texts in [BTreeMap::new(), [(Channel::Email, Rendered::text("ok"))].into()] {
        world.texts = texts;
        let id = format!("m-{}", world.texts.len());
        let outcome = world.put(&hub, &id, &who, &message(&id)).unwrap();
        let EnqueueOutcome::Dropped { reasons } = outcome else { panic!("{outcome:?}") };
        assert_eq!(reasons[0].rule, "no_channel");
        assert!(
            reasons.iter().any(|reason| reason.evidence.contains(&"gate:render".to_owned())),
            "{reasons:?}"
        );
    }
}

#[test]
fn an_unknown_time_zone_is_unknown_and_never_utc() {
    for zone in ["Mars/Olympus", "", "../../etc/passwd", "utc+3:30", &"Z".repeat(10_000), "Asia/Tehran\0"] {
        let (mut world, store) = (World::new(), memory());
        let night = Window::daily("21:00".parse().unwrap(), "08:00".parse().unwrap());
        world.policy.quiet_hours.windows = Windows::new([night]).unwrap();
        let hub = world.hub(&store);
        let event = said("m-1", "web", 1).user("u-1").phone(&phone(1)).with("timezone", zone);
        let who = Who::Record(hub.record(&event.event()).unwrap().record);
        let outcome = world.put(&hub, "m", &who, &message("m")).unwrap();
        let EnqueueOutcome::Dropped { reasons } = outcome else { panic!("{zone}: {outcome:?}") };
        assert!(
            reasons.iter().any(|reason| reason.evidence.contains(&"gate:quiet_hours".to_owned())),
            "{reasons:?}"
        );
    }
}

#[test]
fn consent_from_the_future_counts_nowhere() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let user = said("m-x", "web", 1).user("u-1");
    let address = number(1);
    for (at, ends, rule) in [
        (at(1), None, "consent_from_the_future"),
        (instant("9999-12-31T23:59:59Z"), None, "consent_from_the_future"),
        (at(0), Some(at(0)), "consent_ends_before_it_begins"),
        (at(0), Some(at(-1)), "consent_ends_before_it_begins"),
    ] {
        for state in [ConsentState::Granted, ConsentState::Withdrawn, ConsentState::Pending] {
            let said = ConsentRecord { state, at, expires_at: ends, ..no("marketing", 0) };
            for outcome in [
                hub.consent(&who, &said).unwrap(),
                hub.address_consent(&address, &said).unwrap(),
                hub.prefer(&who, &said).unwrap(),
            ] {
                assert!(
                    matches!(&outcome, ConsentOutcome::Refused { reasons } if reasons[0].rule == rule),
                    "{outcome:?}"
                );
            }
        }
    }
    let blanket = ConsentRecord { state: ConsentState::Granted, purpose: "*".parse().unwrap(), ..no("a", 0) };
    assert!(matches!(hub.consent(&who, &blanket).unwrap(), ConsentOutcome::Refused { .. }));
    let proof = Some(throughline::pii::Pii::new("x".repeat(2_000)));
    let wordy = ConsentRecord { evidence: proof, ..no("a", 0) };
    assert!(matches!(hub.consent(&who, &wordy).unwrap(), ConsentOutcome::Refused { .. }));
    // In an event with a clock that runs ahead.
    let event = user.context("consent", serde_json::json!({"categoryPreferences": {"marketing.sms": true}}));
    hub.record(&event.at("2199-01-01T00:00:00Z").event()).unwrap();
    let purpose = "marketing".parse().unwrap();
    let question = ConsentQuestion {
        now: at(-1),
        class: Class::Marketing,
        purpose: &purpose,
        channel: &Channel::Sms,
        rule: ConsentRule::OptIn,
        suppression: None,
        relationship: None,
    };
    let answer = hub.consent_at(&who, None, &question).unwrap().unwrap();
    assert_eq!(answer.reason, ConsentReason::NoConsent, "she had not said so then");
    for strange in ["no address", "", "00000000000000000000000000000000", &"a".repeat(10_000)] {
        let outcome = hub.address_consent(
            &AddressId::new(strange),
            &ConsentRecord { state: ConsentState::Granted, ..no("a", 0) },
        );
        assert_eq!(outcome.unwrap(), ConsentOutcome::Unknown, "{strange}");
    }
}

#[test]
fn a_forged_link_stops_nobody() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let keys = SigningKeys::new("2026", b"from your secret manager");
    let others = SigningKeys::new("2026", b"another secret");
    let unknown = SigningKeys::new("2025", b"from your secret manager");
    let link = Unsubscribe::new(number(1).as_str(), "service".parse().unwrap(), "sms".parse().unwrap(), "m");
    let good = link.token(&keys);
    let click = UnsubscribeRequest { method: "POST", body: "List-Unsubscribe=One-Click" };
    let mut forged = vec![
        link.token(&others),
        link.token(&unknown),
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        format!("{good}."),
        format!(" {good}"),
        format!("{good}{good}"),
        good.to_lowercase(),
        "س".repeat(3_000),
        "a".repeat(1_000_000),
    ];
    let parts: Vec<&str> = good.split('.').collect();
    forged.push(format!("{}.{}.{}", parts[0], parts[1], "0".repeat(parts[2].len())));
    forged.push(format!("{}.{}.", parts[0], parts[1]));
    // Another person's content under this signature.
    let other = Unsubscribe::new(number(2).as_str(), "service".parse().unwrap(), "sms".parse().unwrap(), "m")
        .token(&keys);
    forged.push(format!("{}.{}.{}", other.split('.').next().unwrap(), parts[1], parts[2]));
    for token in &forged {
        let outcome = hub.unsubscribe(&click, token, &keys).unwrap();
        let UnsubscribeOutcome::Rejected(error) = outcome else { panic!("{outcome:?}") };
        assert!(!format!("{error} {error:?}").contains(number(1).as_str()));
    }
    // What scanners do with a good one.
    for (method, body) in [
        ("GET", "List-Unsubscribe=One-Click"),
        ("HEAD", ""),
        ("OPTIONS", ""),
        ("PUT", "List-Unsubscribe=One-Click"),
        ("DELETE", "List-Unsubscribe=One-Click"),
        ("POST", ""),
        ("POST", "anything"),
        ("", ""),
    ] {
        let outcome = hub.unsubscribe(&UnsubscribeRequest { method, body }, &good, &keys).unwrap();
        assert!(!matches!(outcome, UnsubscribeOutcome::Stopped { .. }), "{method} {body}: {outcome:?}");
    }
    assert!(matches!(world.put(&hub, "m", &who, &message("m")).unwrap(), EnqueueOutcome::Queued { .. }));
}

#[test]
fn replayed_and_invented_webhooks_change_nothing() {
    let (store, world, [first, second]) = told();
    let hub = world.hub(&(store.clone() as Arc<dyn Store>));
    let key = first.to_string();
    let report = |kind, minute| {
        let event = DeliveryEvent { received_at: at(60), ..DeliveryEvent::new(kind, at(minute)) };
        hub.delivery(DeliveryOf::Key(&key), &event).unwrap()
    };
    for kind in [DeliveryKind::Sent, DeliveryKind::Delivered, DeliveryKind::Opened, DeliveryKind::Complained]
    {
        report(kind, 1);
    }
    let before = outbox_support::content(&store);
    for _ in 0..5 {
        for kind in
            [DeliveryKind::Complained, DeliveryKind::Opened, DeliveryKind::Sent, DeliveryKind::Delivered]
        {
            assert_eq!(report(kind, 1), DeliveryOutcome::Known { entry: first });
        }
    }
    let long = "x".repeat(100_000);
    for of in [
        DeliveryOf::Key(""),
        DeliveryOf::Key("'; drop table"),
        DeliveryOf::Key(&long),
        DeliveryOf::Provider { channel: &Channel::Sms, id: "" },
        DeliveryOf::Provider { channel: &Channel::Sms, id: &long },
        DeliveryOf::Provider { channel: &Channel::Other("sms/x".into()), id: &key },
    ] {
        let outcome = hub.delivery(of, &DeliveryEvent::new(DeliveryKind::Complained, at(1))).unwrap();
        assert!(matches!(outcome, DeliveryOutcome::Refused { .. }), "{outcome:?}");
    }
    assert_eq!(outbox_support::content(&store), before);
    // A provider whose clock is off by ages, in either direction, does no more than report now.
    for at in ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let event = DeliveryEvent::new(DeliveryKind::Clicked, instant(at));
        hub.delivery(DeliveryOf::Key(&second.to_string()), &event).unwrap();
    }
    let who = Who::Identifier(identifier(IdentifierKind::UserId, "u-1"));
    world.person(&hub, 1);
    assert!(matches!(
        world.put(&hub, "next", &who, &message("next")).unwrap(),
        EnqueueOutcome::Queued { .. }
    ));
}

#[test]
fn a_number_that_no_text_message_reaches_is_refused_and_the_next_channel_goes_on() {
    let (mut world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    // Fixed lines in Tehran, Berlin, Tel Aviv and Riyadh, free numbers in America and Russia.
    for (number, fixed) in
        ["+982188881234", "+493089785623", "+97236987452", "+966114798523", "+18003569377", "+78003337195"]
            .iter()
            .enumerate()
    {
        let user = format!("u-{number}");
        let event = said(&format!("m-{number}"), "web", 1).user(&user).phone(fixed);
        let who = Who::Record(hub.record(&event.event()).unwrap().record);
        let id = format!("first-{number}");
        let outcome = world.put(&hub, &id, &who, &message(&id)).unwrap();
        let EnqueueOutcome::Dropped { reasons } = outcome else { panic!("{fixed}: {outcome:?}") };
        assert!(
            reasons.iter().any(|reason| reason.evidence.contains(&"gate:reachable".to_owned())),
            "{fixed}: {reasons:?}"
        );
        let event =
            said(&format!("e-{number}"), "web", 2).user(&user).email(&format!("u{number}@example.ir"));
        hub.record(&event.event()).unwrap();
        world.texts.insert(Channel::Email, Rendered::text("ok"));
        let id = format!("next-{number}");
        let outcome = world.put(&hub, &id, &who, &message(&id)).unwrap();
        assert!(matches!(&outcome, EnqueueOutcome::Queued { channel: Channel::Email, .. }), "{outcome:?}");
        world.texts.remove(&Channel::Email);
    }
    // Mobile numbers, numbers that may be either, and what no plan knows.
    for (number, mobile) in
        ["+989124471000", "+491706839274", "+972507839274", "+79167839274", "+12018769432", "+999837492837"]
            .iter()
            .enumerate()
    {
        let event = said(&format!("k-{number}"), "web", 1).user(&format!("k-{number}")).phone(mobile);
        let who = Who::Record(hub.record(&event.event()).unwrap().record);
        let id = format!("mobile-{number}");
        let outcome = world.put(&hub, &id, &who, &message(&id)).unwrap();
        assert!(matches!(&outcome, EnqueueOutcome::Queued { .. }), "{mobile}: {outcome:?}");
    }
}

#[test]
fn one_recipient_whose_facts_cannot_be_read_does_not_stop_the_others() {
    let (world, store, provider) = (World::new(), Arc::new(MemoryStore::new()), Provider::default());
    let hub = world.hub(&(store.clone() as Arc<dyn Store>));
    let people: Vec<Who> = (0..5).map(|number| world.person(&hub, number)).collect();
    let entries: Vec<OutboxKey> =
        people.iter().map(|who| world.entry(&hub, who, &message("ready"))).collect();
    for (number, who) in people.iter().enumerate() {
        let full = DigestPolicy { max_items: Some(1), ..DigestPolicy::default() };
        hub.digest_add(&CommandKey::new(&format!("d-{number}")), who, "review", "item", &full).unwrap();
    }
    // The entry of one and the digest of another are garbage on the disk.
    let garbage: Vec<Key> = store
        .dump()
        .filter(|(key, value)| match key.as_bytes()[4] {
            b'O' => key.as_bytes()[5..] == *entries[1].as_bytes(),
            b'i' => {
                let Who::Record(record) = people[2] else { panic!() };
                key.as_bytes()[5..21] == *record.as_bytes() && !value.is_empty()
            }
            _ => false,
        })
        .map(|(key, _)| key)
        .collect();
    assert_eq!(garbage.len(), 2);
    let writes =
        garbage.into_iter().map(|key| (key, Write::Put(b"\xff not json".as_slice().into()))).collect();
    pollster::block_on(store.commit(&Batch { writes, ..Batch::default() })).unwrap();
    let done = hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    assert_eq!(done.count("sent"), 4, "{done:?}");
    assert_eq!(done.entries.iter().filter(|entry| entry.reason.rule == "unreadable").count(), 1);
    assert_eq!(hub.digests_due(10).unwrap().len(), 4);
}

#[test]
fn ids_and_texts_of_any_length_are_taken_or_refused() {
    let (mut world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let long = "س".repeat(100_000);
    for id in ["", "\0", "\u{202e}", &long] {
        let message = Message { told_key: Some(id.to_owned()), category: Some(id.to_owned()), ..message(id) };
        let outcome = world.put(&hub, &format!("{}", id.len()), &who, &message).unwrap();
        assert!(matches!(outcome, EnqueueOutcome::Queued { .. }), "{outcome:?}");
    }
    // A text that no store takes is an error of the store for this one, and nothing is left of it.
    world.texts = [(Channel::Sms, Rendered::text("x".repeat(9_000_000)))].into();
    let error = world.put(&hub, "huge", &who, &message("huge")).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::TooLarge);
    assert_eq!(hub.messages(&who).unwrap().unwrap().messages.len(), 4);
    // Priorities and instants at the ends of their ranges.
    let mut far = World::new();
    far.policy.conflict_seconds = u32::MAX;
    far.policy.consent.marketing = ConsentRule::OptOut;
    for (number, priority) in [i64::MIN, 0, i64::MAX].into_iter().enumerate() {
        let message = Message {
            priority,
            expires_at: Some(DateTime::<Utc>::MAX_UTC),
            patience: Some(TimeDelta::MAX),
            ..Message::new(format!("far-{number}"), Class::Marketing, "marketing".parse().unwrap())
        };
        let outcome = far.put(&hub, &message.id.clone(), &who, &message);
        assert!(outcome.is_ok(), "{outcome:?}");
    }
}

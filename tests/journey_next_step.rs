//! What somebody was doing last, and a channel that learns of what changed in another.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

use std::sync::Arc;

use proptest::prelude::*;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{
    Afterwards, ChangeKind, Changed, CommandKey, FixedClock, Hub, Rules, Subscription, ThreadSettings, What,
    Who,
};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::journey::{Sensitivity, ThreadEdit, ThreadKind, Versions};
use throughline::store::{MemoryStore, Seq, Store, Tenant};

fn hub(store: Arc<dyn Store>, tenant: u32) -> Hub {
    let clock = Arc::new(FixedClock::at("2026-03-20T12:00:00Z".parse().unwrap()));
    Hub::with_clock(store, Tenant(tenant), Rules::retail(b"secret"), clock).unwrap()
}

fn fresh() -> Hub {
    hub(Arc::new(MemoryStore::new()), 1)
}

fn event(hub: &Hub, id: usize, user: &str, channel: &str, minute: u32, name: &str) -> Event {
    let json = format!(
        r#"{{"type":"track","event":"{name}","messageId":"m{id}","userId":"{user}","timestamp":"2026-03-20T10:{minute:02}:00Z","context":{{"channel":"{channel}"}}}}"#
    );
    Event::from_segment(json.as_bytes(), &hub.import()).unwrap()
}

fn user(name: &str) -> Who {
    Who::Identifier(Identifier::parse(IdentifierKind::UserId, name, &IdentifierSettings::default()).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_last_state_is_the_end_of_the_timeline(
        order in proptest::collection::vec((0..60_u32, proptest::sample::select(&["web", "app", "till"][..])), 1..8)
            .prop_flat_map(|acts| {
                let places: Vec<usize> = (0..acts.len()).collect();
                (Just(acts), Just(places).prop_shuffle())
            })
    ) {
        let (acts, order) = order;
        let hub = fresh();
        for place in order {
            let (minute, channel) = acts[place];
            hub.record(&event(&hub, place, "سارا", channel, minute, "Card Topped Up")).unwrap();
        }
        let who = user("سارا");
        let timeline = hub.timeline(&who, None).unwrap().unwrap();
        let end = timeline.entries().last().unwrap().order.time;
        let last = hub.last_state(&who, &Channel::Web, &ThreadSettings::retail()).unwrap().unwrap();
        prop_assert_eq!((last.at, last.event.as_ref().unwrap().order.time), (end, end));
        prop_assert!(timeline.entries().contains(last.event.as_ref().unwrap()));
        prop_assert_eq!(&last.channel, &last.event.as_ref().unwrap().channel);
    }
}

#[test]
fn a_thread_edited_last_is_what_she_was_doing() {
    let hub = fresh();
    hub.record(&event(&hub, 1, "u", "web", 5, "Looked")).unwrap();
    let who = user("u");
    let edit = ThreadEdit::new("1", ThreadKind::Plan, "سفر-۱", Channel::App).set("شهر", "شیراز").at("هتل");
    hub.edit_thread(&who, &edit, &ThreadSettings::retail()).unwrap();
    let last = hub.last_state(&who, &Channel::Web, &ThreadSettings::retail()).unwrap().unwrap();
    let touched = last.thread.unwrap();
    assert_eq!(
        (last.channel, touched.kind, touched.object.as_deref(), touched.last.step.as_deref()),
        (Channel::App, ThreadKind::Plan, Some("سفر-۱"), Some("هتل"))
    );
    assert_eq!(last.event.unwrap().channel, Channel::Web);
    assert!(hub.last_state(&user("nobody"), &Channel::Web, &ThreadSettings::retail()).unwrap().is_none());
    let text = format!(
        "{:?}",
        hub.last_state(&who, &Channel::Web, &ThreadSettings::retail()).unwrap().unwrap().event
    );
    assert!(!text.contains("Looked"));
}

#[test]
fn the_till_sees_the_card_topped_up_in_the_app() {
    let hub = fresh();
    let who = user("u");
    let till = Subscription::new("till-3").of(&who).kinds([ChangeKind::Event]).channel(&Channel::Till);
    assert!(hub.changes(&till).unwrap().items.is_empty(), "nobody is known yet");
    hub.record(&event(&hub, 1, "u", "till", 1, "Card Read")).unwrap();
    hub.record(&event(&hub, 2, "other", "app", 2, "Card Topped Up")).unwrap();
    let before = hub.changes(&till).unwrap();
    assert!(before.items.is_empty() && before.caught_up, "her own act at the till, and another's");
    hub.acknowledge("till-3", before.upto).unwrap();
    hub.record(&event(&hub, 3, "u", "app", 3, "Card Topped Up")).unwrap();
    for _ in 0..2 {
        let news = hub.changes(&till).unwrap();
        let [change] = &news.items[..] else { panic!() };
        assert!(
            matches!(&change.what, Changed::Event(entry) if entry.name.as_deref() == Some("Card Topped Up")),
            "until it is acknowledged"
        );
    }
    let news = hub.changes(&till).unwrap();
    assert_eq!(hub.acknowledge("till-3", news.upto).unwrap(), news.upto);
    assert!(hub.changes(&till).unwrap().items.is_empty());
    assert_eq!(hub.acknowledge("till-3", Seq(0)).unwrap(), news.upto, "never back");
    // Threads, conversations and the profile itself.
    let all = Subscription::new("app").of(&who).channel(&Channel::App);
    hub.acknowledge("app", news.upto).unwrap();
    let edit = |id, channel| ThreadEdit::new(id, ThreadKind::Cart, "c", channel);
    let begun =
        hub.edit_thread(&who, &edit("1", Channel::Web).set("lines/A", 1), &ThreadSettings::retail()).unwrap();
    let kinds = |news: &throughline::hub::Changes| {
        news.items.iter().map(|change| format!("{:?}", change.what)).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&hub.changes(&all).unwrap()), ["Thread(cart)"]);
    let seen = begun.document().unwrap().versions.clone();
    hub.edit_thread(&who, &edit("2", Channel::App).on(&seen).set("lines/A", 2), &ThreadSettings::retail())
        .unwrap();
    assert!(
        hub.changes(&all).unwrap().items.is_empty(),
        "the app made the last edit itself, on what it had seen"
    );
    hub.erase(&CommandKey::new("e"), &What::Profile(who.clone()), Afterwards::Admit).unwrap();
    let everybody = Subscription::new("log").kinds([ChangeKind::Record]);
    let gone = hub.changes(&everybody).unwrap();
    assert!(gone.items.iter().any(|change| change.what == Changed::Gone(ChangeKind::Record)));
}

#[test]
fn another_tenants_changes_are_not_told() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let (one, two) = (hub(store.clone(), 1), hub(store, 2));
    one.record(&event(&one, 1, "u", "app", 1, "A")).unwrap();
    assert!(two.changes(&Subscription::new("s")).unwrap().items.is_empty());
    assert!(!one.changes(&Subscription::new("s")).unwrap().items.is_empty());
}

/// Reads everything in small steps, forgetting half of its answers before acknowledging: a subscriber that crashes.
fn read_all(hub: &Hub, name: &str, limit: usize) -> Vec<String> {
    let mut seen = Vec::new();
    let mut crash = false;
    loop {
        let wanted = Subscription { limit, ..Subscription::new(name).kinds([ChangeKind::Event]) };
        let news = hub.changes(&wanted).unwrap();
        for change in &news.items {
            if let Changed::Event(entry) = &change.what {
                seen.push(entry.order.id.to_string());
            }
        }
        crash = !crash;
        if !crash {
            if news.caught_up && news.items.is_empty() {
                return seen;
            }
            hub.acknowledge(name, news.upto).unwrap();
        }
    }
}

#[test]
fn nothing_is_missed_by_a_subscriber_that_crashes() {
    let hub = fresh();
    for chunk in 0..20 {
        let events: Vec<Event> =
            (0..7).map(|n| event(&hub, chunk * 7 + n, &format!("u{n}"), "app", 1, "A")).collect();
        hub.record_all(&events).unwrap();
    }
    for limit in [1, 3, 1_000] {
        let mut seen = read_all(&hub, &format!("s{limit}"), limit);
        assert!(seen.len() >= 280, "at least once, here twice");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 140);
    }
    let upto = hub.subscribe_from_now("new").unwrap();
    assert!(upto > Seq(0));
    assert!(hub.changes(&Subscription::new("new")).unwrap().items.is_empty());
}

#[cfg(feature = "redb")]
#[test]
fn it_goes_on_after_a_restart_and_over_every_driver() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = directory.path().join("hub.redb");
    {
        let hub = hub(Arc::new(throughline::store::RedbStore::open(&path).unwrap()), 1);
        hub.record(&event(&hub, 1, "u", "app", 1, "A")).unwrap();
        let news = hub.changes(&Subscription::new("s")).unwrap();
        hub.acknowledge("s", news.upto).unwrap();
        hub.record(&event(&hub, 2, "u", "app", 2, "Card Topped Up")).unwrap();
    }
    let hub = hub(Arc::new(throughline::store::RedbStore::open(&path).unwrap()), 1);
    let wanted = Subscription::new("s").kinds([ChangeKind::Event]);
    let news = pollster::block_on(hub.asynchronous().changes(&wanted)).unwrap();
    assert_eq!(news.items.len(), 1);
    let last = hub.last_state(&user("u"), &Channel::Web, &ThreadSettings::retail()).unwrap().unwrap();
    assert_eq!(last.event.unwrap().name.as_deref(), Some("Card Topped Up"));
}

/// Two worlds: the same but for what is sensitive.
#[test]
fn who_may_not_see_a_form_is_told_nothing_of_it() {
    let settings = ThreadSettings::retail();
    let worlds = [fresh(), fresh()];
    let who = user("u");
    for (hub, is_told) in worlds.iter().zip([true, false]) {
        hub.record(&event(hub, 1, "u", "web", 5, "Looked")).unwrap();
        let edit = |edit: &ThreadEdit| {
            let outcome = hub.edit_thread(&who, edit, &settings).unwrap();
            outcome.document().map_or_else(Versions::default, |document| document.versions.clone())
        };
        edit(&ThreadEdit::new("1", ThreadKind::Cart, "кошик", Channel::Web).set("lines/TEA", 1));
        let application = ThreadEdit::new("2", ThreadKind::Application, "loan", Channel::App);
        edit(&application.set("sum", 5).at("income"));
        if is_told {
            let form = ThreadEdit::new("3", ThreadKind::Form, "טופס", Channel::App);
            edit(&form.set("מחלה", "אסתמה").at("חתימה").guarded(Sensitivity::Sensitive));
        }
    }
    let [with, without] = &worlds;
    for channel in Channel::KNOWN {
        let last = |hub: &Hub| hub.last_state(&who, channel, &settings).unwrap().unwrap();
        let news = |hub: &Hub| {
            let wanted = Subscription::new("s").of(&who).kinds([ChangeKind::Thread]).channel(channel);
            let items = hub.changes(&wanted.seeing(&settings)).unwrap().items;
            items.into_iter().map(|change| change.what).collect::<Vec<_>>()
        };
        if matches!(channel, Channel::Web | Channel::App) {
            let form = last(with).thread.unwrap();
            assert_eq!((form.object.as_deref(), form.last.step.as_deref()), (Some("טופס"), Some("חתימה")));
            continue;
        }
        assert_eq!(last(with), last(without), "{channel}");
        assert_eq!(news(with), news(without), "{channel}");
        assert!(!format!("{:?}{:?}", last(with), news(with)).contains("form"), "{channel}");
    }
    // In outline: that an application waits, not which, nor how far it is.
    let outline = with.last_state(&who, &Channel::WhatsApp, &settings).unwrap().unwrap().thread.unwrap();
    assert_eq!((outline.kind, outline.object, outline.last.step), (ThreadKind::Application, None, None));
    // Whoever speaks for no channel learns of what everybody may know.
    let log = Subscription::new("log").kinds([ChangeKind::Thread]);
    let told = with.changes(&log).unwrap().items;
    assert!(
        matches!(&told[..], [one] if matches!(&one.what, Changed::Thread(thread) if thread.kind == ThreadKind::Cart))
    );
}

#[test]
fn what_is_one_with_something_sensitive_is_sensitive() {
    let hub = fresh();
    let settings = ThreadSettings::retail();
    let (account, visitor) = (user("u"), event(&hub, 2, "v", "web", 1, "B"));
    hub.record(&event(&hub, 1, "u", "web", 1, "A")).unwrap();
    let visitor = Who::Record(hub.record(&visitor).unwrap().record);
    let form = |id: &str| ThreadEdit::new(id, ThreadKind::Plan, "план", Channel::App).at("шаг");
    hub.edit_thread(&visitor, &form("1").set("a", 1).guarded(Sensitivity::Sensitive), &settings).unwrap();
    hub.edit_thread(&account, &form("2").set("b", 1), &settings).unwrap();
    let at_the_till =
        |who: &Who| hub.last_state(who, &Channel::CallCentre, &settings).unwrap().unwrap().thread;
    let news = || {
        let wanted = Subscription::new("c").kinds([ChangeKind::Thread]).channel(&Channel::CallCentre);
        hub.changes(&wanted.seeing(&settings)).unwrap().items.len()
    };
    assert!(at_the_till(&account).is_some() && at_the_till(&visitor).is_none());
    assert_eq!(news(), 1);
    let Who::Record(other) = visitor else { panic!() };
    let own = hub.timeline(&account, None).unwrap().unwrap().entries()[0].record;
    hub.link(&CommandKey::new("l"), own, other).unwrap();
    assert!(at_the_till(&account).is_none() && at_the_till(&visitor).is_none());
    assert_eq!(news(), 0);
    hub.keep_apart(&CommandKey::new("k"), &[own], &[other]).unwrap();
    assert!(at_the_till(&account).is_some(), "apart again, each is what it was");
}

#[test]
fn whatever_she_left_can_be_taken_up() {
    let hub = fresh();
    let (who, settings) = (user("u"), ThreadSettings::retail());
    let added = r#"{"type":"track","event":"Product Added","messageId":"p","userId":"u","timestamp":"2026-03-20T10:00:00Z","context":{"channel":"web"},"properties":{"cart_id":"c-1","product_id":"TEA","quantity":1}}"#;
    hub.record(&Event::from_segment(added.as_bytes(), &hub.import()).unwrap()).unwrap();
    let found = |channel: &Channel| hub.resume(&who, channel, &settings).unwrap().unwrap();
    let first =
        |channel: &Channel| found(channel).resume.map(|found| (found.thread.kind, found.thread.object));
    assert_eq!(first(&Channel::Till), Some((ThreadKind::Cart, "c-1".into())));
    // Of every kind, in every channel that may see it.
    for (number, kind) in ThreadKind::KNOWN.iter().enumerate() {
        let hub = fresh();
        hub.record(&event(&hub, 1, "u", "web", 5, "Looked")).unwrap();
        let edit = ThreadEdit::new("1", kind.clone(), "שלי", Channel::App).set("a", number).at("шаг");
        hub.edit_thread(&who, &edit, &settings).unwrap();
        for channel in Channel::KNOWN {
            let found = hub.resume(&who, channel, &settings).unwrap().unwrap().resume;
            let shown = hub.thread(&who, kind, "שלי", channel, &settings).unwrap();
            assert_eq!(
                found.is_some(),
                shown.is_some_and(|shown| shown.document().is_some()),
                "{kind} {channel}"
            );
            if let Some(found) = found {
                assert_eq!((&found.thread.kind, found.from_channel), (kind, Channel::App));
                assert_eq!(found.thread.step.as_deref(), Some("шаг"));
            }
        }
    }
    // The same cart, kept as a thread too, counts once and as it was left last.
    let cart = ThreadEdit::new("1", ThreadKind::Cart, "c-1", Channel::App).set("lines/TEA", 2).at("pay");
    hub.edit_thread(&who, &cart, &settings).unwrap();
    let now = found(&Channel::Till);
    assert_eq!((now.resume.unwrap().thread.step.as_deref(), now.others.len()), (Some("pay"), 0));
    // What is hidden from a channel is not taken up there, nor told.
    let form = ThreadEdit::new("2", ThreadKind::Form, "טופס", Channel::App).set("a", 1);
    hub.edit_thread(&who, &form.guarded(Sensitivity::Sensitive), &settings).unwrap();
    let at_the_till = found(&Channel::Till);
    assert_eq!(at_the_till.resume.unwrap().thread.kind, ThreadKind::Cart);
    assert!(at_the_till.others.is_empty());
    assert_eq!(found(&Channel::Web).others.len() + 1, 2);
}

#[test]
fn that_a_hidden_thread_is_gone_is_not_told_but_that_the_record_is() {
    let settings = ThreadSettings::retail();
    let worlds = [fresh(), fresh()];
    for (hub, has_form) in worlds.iter().zip([true, false]) {
        hub.record(&event(hub, 1, "u", "web", 5, "Looked")).unwrap();
        if has_form {
            let form = ThreadEdit::new("1", ThreadKind::Form, "طلب", Channel::App).set("مرض", "ربو");
            hub.edit_thread(&user("u"), &form.guarded(Sensitivity::Sensitive), &settings).unwrap();
        }
        hub.subscribe_from_now("till").unwrap();
        hub.subscribe_from_now("both").unwrap();
        hub.erase(&CommandKey::new("e"), &What::Profile(user("u")), Afterwards::Admit).unwrap();
        // Another's record changes, and is there.
        hub.record(&event(hub, 2, "v", "web", 6, "Looked")).unwrap();
    }
    let [with, without] = worlds.map(|hub| {
        let news = |wanted: Subscription<'_>| {
            let items = hub.changes(&wanted.channel(&Channel::Till).seeing(&settings)).unwrap().items;
            items.into_iter().map(|change| change.what).collect::<Vec<_>>()
        };
        let both = news(Subscription::new("both").kinds([ChangeKind::Thread, ChangeKind::Record]));
        (news(Subscription::new("till").kinds([ChangeKind::Thread])), both)
    });
    assert_eq!(with, without);
    assert_eq!(with.0, [Changed::Gone(ChangeKind::Record)]);
    assert_eq!(with.1, [Changed::Gone(ChangeKind::Record), Changed::Record]);
}

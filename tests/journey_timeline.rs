//! Timelines, threads and where they left off.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use proptest::prelude::*;
use throughline::channel::Channel;
use throughline::event::{EventBuilder, Import, OrderKey};
use throughline::ids::{EventKey, RecordId};
use throughline::journey::{
    Closed, Effect, Entry, ResumeSettings, Thread, ThreadAct, ThreadKind, ThreadState, Timeline, resume,
    threads,
};
use throughline::time::from_millis;

fn entry(id: u8, record: u8, millis: i64, sequence: Option<u64>) -> Entry {
    Entry {
        order: OrderKey { time: from_millis(millis), sequence, id: format!("m-{id}").into() },
        channel: Channel::KNOWN[usize::from(record) % Channel::KNOWN.len()].clone(),
        source: "s".into(),
        kind: "track".into(),
        name: None,
        record: RecordId::from_bytes([record; 16]),
        event: EventKey::from_bytes([id; 16]),
    }
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let one = (0..30_u8, 0..5_u8, 0..6_i64, proptest::option::of(0..3_u64))
        .prop_map(|(id, record, millis, sequence)| entry(id, record, millis, sequence));
    proptest::collection::vec(one, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_timeline_is_a_function_of_the_set(
        (straight, shuffled, cut) in entries().prop_flat_map(|list| {
            let twice: Vec<Entry> = list.iter().chain(list.iter().take(7)).cloned().collect();
            (Just(list), Just(twice).prop_shuffle(), 1..9_usize)
        })
    ) {
        let timeline = Timeline::merge([straight.clone()]);
        let streams: Vec<Vec<Entry>> = shuffled.chunks(cut).map(<[Entry]>::to_vec).collect();
        prop_assert_eq!(&Timeline::merge(streams), &timeline);
        // Naive model: repeatedly take the least entry whose event was not taken.
        let mut model: Vec<Entry> = Vec::new();
        let mut rest = straight;
        while let Some(least) = rest.iter().min().cloned() {
            rest.retain(|entry| *entry != least);
            if model.iter().all(|taken| taken.event != least.event) {
                model.push(least);
            }
        }
        prop_assert_eq!(timeline.entries(), &model[..]);
        for (from, until) in [(0, 3), (2, 2), (4, 1), (0, 9)] {
            let want: Vec<_> = model
                .iter()
                .filter(|entry| (from..until).contains(&entry.order.time.timestamp_millis()))
                .collect();
            prop_assert_eq!(timeline.between(from_millis(from), from_millis(until)).iter().collect::<Vec<_>>(), want);
        }
        let latest = model.iter().rfind(|entry| entry.order.time <= from_millis(3));
        prop_assert_eq!(timeline.latest(from_millis(3)), latest);
    }

    #[test]
    fn threads_are_a_function_of_the_set((straight, shuffled) in thread_acts().prop_flat_map(|list| {
        let twice: Vec<ThreadAct> = list.iter().chain(list.iter().take(5)).cloned().collect();
        (Just(list), Just(twice).prop_shuffle())
    })) {
        let (a, b) = (threads(&straight), threads(&shuffled));
        prop_assert_eq!(&a, &b);
        let settings = ResumeSettings::default();
        let now = from_millis(1_000);
        let found = resume(&Timeline::default(), &a, &Channel::Till, now, &settings);
        let open: Vec<&Thread> =
            a.iter().filter(|thread| thread.state == ThreadState::Open && thread.last.time <= now).collect();
        prop_assert_eq!(found.others.len() + usize::from(found.resume.is_some()), open.len());
        if let Some(resumption) = &found.resume {
            prop_assert!(open.iter().all(|thread| thread.last <= resumption.thread.last));
        }
    }
}

fn thread_acts() -> impl Strategy<Value = Vec<ThreadAct>> {
    let effect = proptest::sample::select(vec![
        Effect::Seen,
        Effect::Changed,
        Effect::Changed,
        Effect::Closed(Closed::Converted),
        Effect::Closed(Closed::Emptied),
    ]);
    let one = (0..30_u8, 0..3_u8, 0..6_i64, effect, 0..3_usize).prop_map(
        |(id, object, millis, effect, channel)| {
            act(id, &object.to_string(), millis, effect, Channel::KNOWN[channel].clone())
        },
    );
    proptest::collection::vec(one, 0..25)
}

fn act(id: u8, object: &str, millis: i64, effect: Effect, channel: Channel) -> ThreadAct {
    ThreadAct {
        order: OrderKey { time: from_millis(millis), sequence: None, id: format!("m-{id}").into() },
        object: object.into(),
        kind: ThreadKind::Cart,
        effect,
        step: None,
        channel,
        device: None,
    }
}

#[test]
fn a_cart_of_the_web_is_continued_at_the_till() {
    let acts = [
        act(1, "old", 0, Effect::Changed, Channel::App),
        act(2, "cart", 10, Effect::Changed, Channel::Web),
        act(3, "cart", 20, Effect::Seen, Channel::Till),
        act(4, "cart", 30, Effect::Changed, Channel::Web),
    ];
    let settings = ResumeSettings::default();
    let found = resume(&Timeline::default(), &threads(&acts), &Channel::Till, from_millis(90), &settings);
    let cart = found.resume.unwrap();
    assert_eq!((&*cart.thread.object, &cart.from_channel, cart.thread.revision), ("cart", &Channel::Web, 2));
    assert_eq!(cart.idle_for.num_milliseconds(), 60);
    assert!(cart.changed_since_seen && !cart.ask_first);
    assert_eq!(found.others.iter().map(|thread| &*thread.object).collect::<Vec<_>>(), ["old"]);
    let rules: Vec<_> = found.reasons.iter().map(|reason| &*reason.rule).collect();
    assert_eq!(rules, ["most_recent", "other_channel", "changed_since_seen"]);
    let kiosk = resume(&Timeline::default(), &threads(&acts), &Channel::Kiosk, from_millis(90), &settings);
    assert!(kiosk.resume.unwrap().ask_first, "strangers see a kiosk's screen");
}

#[test]
fn what_ended_is_not_continued_until_it_is_taken_up_anew() {
    let mut acts = vec![
        act(1, "cart", 0, Effect::Changed, Channel::Web),
        act(3, "cart", 20, Effect::Seen, Channel::Web),
        // The order was placed at the till, and heard of last.
        act(2, "cart", 10, Effect::Closed(Closed::Converted), Channel::Till),
    ];
    let settings = ResumeSettings::default();
    let find = |acts: &[ThreadAct], now| {
        resume(&Timeline::default(), &threads(acts), &Channel::Web, from_millis(now), &settings)
    };
    let done = find(&acts, 50);
    assert_eq!(done.resume, None);
    assert_eq!(done.reasons.iter().map(|reason| &*reason.rule).collect::<Vec<_>>(), ["closed", "no_thread"]);
    acts.push(act(4, "cart", 30, Effect::Changed, Channel::Web));
    assert_eq!(find(&acts, 50).resume.unwrap().thread.episode, 2);
    assert_eq!(find(&acts, 29).resume, None, "an act after now does not exist yet");
    let month = 30 * 86_400_000;
    assert!(find(&acts, 30 + month).resume.is_some());
    assert_eq!(find(&acts, 31 + month).resume, None, "forgotten");
}

#[test]
fn the_last_contact_is_told_and_nothing_is_shown() {
    let canary = "CANARYqx";
    let import = Import::new(from_millis(1_774_000_000_000));
    let event = EventBuilder::track(canary)
        .message_id(canary)
        .source(canary)
        .channel(&Channel::WhatsApp)
        .build(&import)
        .unwrap();
    let entry = Entry::new(&event, RecordId::from_bytes([1; 16]), EventKey::from_bytes([2; 16]));
    assert_eq!((entry.name.as_deref(), &*entry.source), (Some(canary), canary));
    let timeline = Timeline::merge([vec![entry.clone()]]);
    assert_eq!(timeline.channels(), [&Channel::WhatsApp]);
    let mut opened = act(1, canary, 0, Effect::Changed, Channel::Web);
    opened.step = Some(canary.into());
    opened.device = Some(canary.into());
    let found = resume(
        &timeline,
        &threads(std::slice::from_ref(&opened)),
        &Channel::Web,
        import.received_at,
        &ResumeSettings { forget_after_seconds: u32::MAX },
    );
    assert_eq!(found.last_contact.as_ref().map(|contact| &contact.channel), Some(&Channel::WhatsApp));
    assert!(found.resume.is_some());
    assert!(!format!("{timeline:?} {entry:?} {opened:?} {found:?}").contains(canary));
    let stored = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&stored).unwrap(), entry);
}

#[test]
fn cart_events_become_acts() {
    let import = Import::new(from_millis(1_774_000_000_000));
    let effect = |name: &str| {
        let event = EventBuilder::track(name).device_id("d").property("sku", "A").build(&import).unwrap();
        ThreadAct::of_cart(&event, "c").map(|act| (act.effect, act.step.map(String::from)))
    };
    let cart = Some("cart".to_owned());
    for name in ["Product Added", "Product Removed", "Cart Updated"] {
        assert_eq!(effect(name), Some((Effect::Changed, cart.clone())));
    }
    assert_eq!(effect("Cart Viewed"), Some((Effect::Seen, None)));
    assert_eq!(effect("Checkout Started"), Some((Effect::Seen, Some("checkout".to_owned()))));
    assert_eq!(effect("Cart Emptied"), Some((Effect::Closed(Closed::Emptied), None)));
    assert_eq!(effect("Order Completed"), Some((Effect::Closed(Closed::Converted), None)));
    assert_eq!(effect("Order Cancelled"), Some((Effect::Closed(Closed::Cancelled), None)));
    assert_eq!(effect("Product Viewed"), None);
}

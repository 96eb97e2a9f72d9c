//! Threads of every kind: how parts meet, who wins, what a channel sees, and what the hub keeps.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};
use throughline::cart::MergeStrategy;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{
    Afterwards, CommandKey, EditOutcome, FixedClock, Hub, Issue, Rules, Shown, ThreadSettings, What, Who,
};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::ids::RecordId;
use throughline::journey::{
    Closed, KindRules, Member, Met, PartId, Sensitivity, StepState, ThreadEdit, ThreadErrorKind, ThreadKind,
    ThreadPart, ThreadRules, ThreadState, Versions, difference, meet,
};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{TimeDelta, from_millis};

const WORDS: [&str; 5] = ["سارا", "سفر", "דנה", "Иван", "Zoé"];

fn edit(object: &str) -> ThreadEdit {
    ThreadEdit::new("e", ThreadKind::Cart, object, Channel::Web)
}

fn part(edit: &ThreadEdit, at: i64) -> ThreadPart {
    ThreadPart::new(edit, Sensitivity::Everyday, from_millis(at), &Versions::default()).unwrap()
}

fn member(id: u8, guest: bool, part: &ThreadPart) -> Member<'_> {
    Member { id: PartId::from_bytes([id; 16]), guest, part }
}

fn rules(strategy: MergeStrategy) -> ThreadRules {
    let mut rules = ThreadRules::retail();
    for kind in rules.kinds.values_mut() {
        kind.strategy = strategy;
    }
    rules
}

const STRATEGIES: [MergeStrategy; 6] = [
    MergeStrategy::MaxQuantity,
    MergeStrategy::SumCapped,
    MergeStrategy::GuestWins,
    MergeStrategy::ExistingWins,
    MergeStrategy::NewestWins,
    MergeStrategy::Ask,
];

#[test]
fn each_strategy_joins_lines_fields_lists_and_places() {
    let own =
        part(&edit("a").set("lines/MUG", 5).set("lines/CUP", 1).set("currency", "EUR").set("note", "سلام"), 0);
    let guest = part(
        &edit("b").set("lines/MUG", 3).set("lines/TEA", 2).set("currency", "IRR").set("note", "Привет"),
        9,
    );
    for (strategy, mug, note) in [
        (MergeStrategy::MaxQuantity, 5, "Привет"),
        (MergeStrategy::SumCapped, 8, "Привет"),
        (MergeStrategy::GuestWins, 3, "Привет"),
        (MergeStrategy::ExistingWins, 5, "سلام"),
        (MergeStrategy::NewestWins, 3, "Привет"),
    ] {
        let met = meet(&[member(1, true, &guest), member(2, false, &own)], &rules(strategy));
        assert_eq!(met.len(), 1);
        let Met { document, report } = &met[0];
        let want = json!({"lines/MUG": mug, "lines/CUP": 1, "lines/TEA": 2, "currency": "EUR", "note": note});
        assert_eq!(document.to_json(), want, "{strategy:?}");
        assert_eq!((&*document.object, document.objects.len(), document.versions.total()), ("a", 2, 2));
        assert_eq!(report.repriced_from, [json!("IRR")], "priced anew, never dropped");
        assert_eq!(report.added.iter().map(|moved| &*moved.name).collect::<Vec<_>>(), ["lines/TEA"]);
        let changed: Vec<&str> = report.changed.iter().map(|moved| &*moved.name).collect();
        let want: &[&str] = match strategy {
            MergeStrategy::MaxQuantity => &["note"],
            MergeStrategy::ExistingWins => &[],
            _ => &["lines/MUG", "note"],
        };
        assert_eq!(changed, want, "{strategy:?}");
    }
    let asked = &meet(&[member(1, true, &guest), member(2, false, &own)], &rules(MergeStrategy::Ask))[0];
    assert_eq!(
        asked.document.to_json(),
        json!({"lines/MUG": 5, "lines/CUP": 1, "currency": "EUR", "note": "سلام"})
    );
    assert_eq!(
        asked.report.asked.iter().map(|moved| &*moved.name).collect::<Vec<_>>(),
        ["lines/MUG", "lines/TEA", "note"]
    );

    let list = |kind: ThreadKind, object: &str| ThreadEdit::new("e", kind, object, Channel::App);
    let one = part(&list(ThreadKind::Playlist, "p").set("tracks", json!(["a", "b"])).set("position", 40), 0);
    let two =
        part(&list(ThreadKind::Playlist, "q").set("tracks", json!(["b", "c"])).set("position", 90.5), 1);
    let met = &meet(&[member(1, false, &one), member(2, true, &two)], &ThreadRules::retail())[0];
    assert_eq!(met.document.to_json(), json!({"tracks": ["a", "b", "c"], "position": 90.5}));
    let capped = ThreadRules {
        kinds: [(
            ThreadKind::Cart,
            KindRules { cap: 7, ..rules(MergeStrategy::SumCapped).of(&ThreadKind::Cart).clone() },
        )]
        .into(),
        ..ThreadRules::default()
    };
    assert_eq!(
        meet(&[member(1, true, &guest), member(2, false, &own)], &capped)[0].document.fields["lines/MUG"],
        7
    );
}

#[test]
fn applications_of_different_objects_stay_apart() {
    let of = |object: &str| {
        part(&ThreadEdit::new("e", ThreadKind::Application, object, Channel::App).set("sum", 1), 0)
    };
    let (one, two) = (of("loan-1"), of("loan-2"));
    assert_eq!(meet(&[member(1, false, &one), member(2, false, &two)], &ThreadRules::retail()).len(), 2);
}

fn some_part() -> impl Strategy<Value = ThreadPart> {
    let value = prop_oneof![
        (0..9_u32).prop_map(Value::from),
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
        proptest::collection::vec(0..4_u8, 0..3).prop_map(Value::from),
    ];
    let field =
        (proptest::sample::select(&["lines/A", "lines/B", "items", "note"][..]), proptest::option::of(value));
    let step = (proptest::sample::select(&["pay", "адрес"][..]), any::<bool>());
    let one = (proptest::collection::vec(field, 0..4), proptest::collection::vec(step, 0..2), 0..5_i64);
    let kind = proptest::sample::select(&[ThreadKind::Cart, ThreadKind::Plan][..]);
    let close = proptest::option::weighted(0.1, Just(Closed::Converted));
    (kind, 0..2_u8, proptest::collection::vec(one, 1..4), close).prop_map(|(kind, object, edits, close)| {
        let mut made: Option<ThreadPart> = None;
        let count = edits.len();
        for (n, (fields, steps, at)) in edits.into_iter().enumerate() {
            let mut edit = ThreadEdit::new(&n.to_string(), kind.clone(), &object.to_string(), Channel::App);
            for (name, value) in fields {
                edit = match value {
                    Some(value) => edit.set(name, value),
                    None => edit.remove(name),
                };
            }
            for (name, done) in steps {
                edit = if done { edit.done(name) } else { edit.open(name) };
            }
            edit.close = close.filter(|_| n + 1 == count);
            match &mut made {
                Some(made) => made.apply(&edit, from_millis(at), &Versions::default()).unwrap(),
                None => made = Some(part(&edit, at)),
            }
        }
        made.unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_meeting_is_a_function_of_the_set(
        (parts, order) in proptest::collection::vec((some_part(), any::<bool>()), 1..5).prop_flat_map(|parts| {
            let twice: Vec<usize> = (0..parts.len()).chain(0..parts.len()).collect();
            (Just(parts), Just(twice).prop_shuffle())
        })
    ) {
        for strategy in STRATEGIES {
            let rules = rules(strategy);
            let members: Vec<Member<'_>> =
                parts.iter().zip(1..).map(|((part, guest), id)| member(id, *guest, part)).collect();
            let straight = meet(&members, &rules);
            let shuffled: Vec<Member<'_>> = order.iter().map(|place| members[*place]).collect();
            prop_assert_eq!(&meet(&shuffled, &rules), &straight, "order and repetition do not matter: idempotent");
            // Every part is in one thread, and an un-merge shows each as it was.
            let shown: usize = straight.iter().map(|met| met.document.versions.0.len()).sum();
            prop_assert_eq!(shown, members.len());
            for one in &members {
                let alone = meet(std::slice::from_ref(one), &rules);
                prop_assert_eq!(alone.len(), 1);
                prop_assert_eq!(&alone[0].report, &Default::default());
            }
            for Met { document, report } in &straight {
                // Quantities and lists lose nothing, whatever was joined.
                if strategy == MergeStrategy::MaxQuantity && document.kind == ThreadKind::Cart {
                    for held in members.iter().filter(|held| document.versions.0.contains_key(&held.id)) {
                        let alone = &meet(&[*held], &rules)[0].document;
                        for (name, value) in alone.fields.iter().filter(|(name, value)| name.starts_with("lines/") && value.is_u64()) {
                            prop_assert!(document.fields.get(name).and_then(Value::as_u64) >= value.as_u64());
                        }
                    }
                }
                // The difference to having seen all is empty, to having seen nothing everything.
                prop_assert!(difference(document, &members, &document.versions).is_empty());
                let all = difference(document, &members, &Versions::default());
                prop_assert!(document.fields.keys().all(|name| all.fields.contains_key(name)));
                prop_assert!(strategy == MergeStrategy::Ask || report.asked.is_empty());
            }
        }
    }

    #[test]
    fn what_is_set_on_the_merged_view_stands(one in some_part(), two in some_part(), strategy in proptest::sample::select(&STRATEGIES[..])) {
        // Of one object, so that they meet whatever their kind.
        let mut two = two;
        (two.kind, two.object) = (one.kind.clone(), one.object.clone());
        let rules = rules(strategy);
        let (one_id, two_id) = (PartId::from_bytes([1; 16]), PartId::from_bytes([2; 16]));
        let before = meet(&[member(1, false, &one), member(2, true, &two)], &rules);
        if before.len() != 1 || before[0].document.state != ThreadState::Open {
            return Ok(());
        }
        let seen = &before[0].document.versions;
        let mut edited = one.clone();
        let next = ThreadEdit::new("x", one.kind.clone(), &one.object, Channel::Till).set("lines/A", 1).remove("lines/B");
        edited.apply(&next, from_millis(3), &seen.without(one_id)).unwrap();
        let after = meet(&[member(1, false, &edited), member(2, true, &two)], &rules);
        prop_assert_eq!(after.len(), 1);
        prop_assert_eq!(&after[0].document.fields["lines/A"], &json!(1));
        prop_assert!(!after[0].document.fields.contains_key("lines/B"));
        // The other part is as it was: apart again, nothing of it is lost.
        prop_assert_eq!(seen.of(two_id), two.version);
    }
}

/// A hub on a clock that stands still, and two records of one person once they are linked.
struct World {
    hub: Hub,
    clock: Arc<FixedClock>,
    settings: ThreadSettings,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(FixedClock::at("2026-03-20T09:00:00Z".parse().unwrap()));
        let rules = Rules::retail(b"secret");
        let hub = Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, clock.clone()).unwrap();
        Self { hub, clock, settings: ThreadSettings::retail() }
    }

    fn record(&self, json: &str) -> RecordId {
        self.hub.record(&Event::from_segment(json.as_bytes(), &self.hub.import()).unwrap()).unwrap().record
    }

    fn account(&self) -> RecordId {
        self.record(r#"{"type":"identify","messageId":"u","userId":"u-7","context":{"channel":"web"}}"#)
    }

    fn visitor(&self) -> RecordId {
        self.record(
            r#"{"type":"page","messageId":"v","anonymousId":"visitor-3","context":{"channel":"web"}}"#,
        )
    }

    fn sign_in(&self) {
        self.record(r#"{"type":"identify","messageId":"s","userId":"u-7","anonymousId":"visitor-3","context":{"channel":"web"}}"#);
    }

    fn edit(&self, record: RecordId, edit: &ThreadEdit) -> EditOutcome {
        self.hub.edit_thread(&record.into(), edit, &self.settings).unwrap()
    }

    fn show(&self, record: RecordId, kind: &ThreadKind, object: &str, channel: &Channel) -> Option<Shown> {
        self.hub.thread(&record.into(), kind, object, channel, &self.settings).unwrap()
    }
}

fn versions(outcome: &EditOutcome) -> Versions {
    outcome.document().unwrap().versions.clone()
}

#[test]
fn carts_meet_when_she_signs_in_and_part_when_she_is_kept_apart() {
    let world = World::new();
    let (account, visitor) = (world.account(), world.visitor());
    world.edit(account, &edit("c-1").set("lines/MUG", 1));
    world.edit(visitor, &edit("c-2").set("lines/MUG", 3).set("lines/چای", 2));
    world.sign_in();
    let Some(Shown::Whole { met, .. }) = world.show(account, &ThreadKind::Cart, "c-2", &Channel::Till) else {
        panic!()
    };
    assert_eq!(met.document.to_json(), json!({"lines/MUG": 3, "lines/چای": 2}));
    assert_eq!(met.document.object.as_ref(), "c-1", "the account's is kept");
    // The till takes the mug down to one: that stands, though the guest's part says three.
    let till = ThreadEdit {
        id: "till".into(),
        channel: Channel::Till,
        ..edit("c-1").set("lines/MUG", 1).on(&met.document.versions)
    };
    let EditOutcome::Applied { document } = world.edit(account, &till) else { panic!() };
    assert_eq!(document.to_json(), json!({"lines/MUG": 1, "lines/چای": 2}));
    // Kept apart, each has what was edited at it.
    let apart = CommandKey::new("apart");
    world.hub.keep_apart(&apart, &[account], &[visitor]).unwrap();
    let alone = |record, object| {
        world.show(record, &ThreadKind::Cart, object, &Channel::Web).unwrap().document().unwrap().to_json()
    };
    assert_eq!(alone(account, "c-1"), json!({"lines/MUG": 1}));
    assert_eq!(alone(visitor, "c-2"), json!({"lines/MUG": 3, "lines/چای": 2}));
    // Buying the merged cart would have closed both; buying one closes that one.
    let bought = ThreadEdit { id: "buy".into(), ..edit("c-1") }.close(Closed::Converted).on(&world
        .show(account, &ThreadKind::Cart, "c-1", &Channel::Web)
        .unwrap()
        .document()
        .unwrap()
        .versions
        .clone());
    assert_eq!(
        world.edit(account, &bought).document().unwrap().state,
        ThreadState::Closed(Closed::Converted)
    );
    assert_eq!(
        world.show(visitor, &ThreadKind::Cart, "c-2", &Channel::Web).unwrap().document().unwrap().state,
        ThreadState::Open
    );
}

#[test]
fn closing_a_merged_cart_closes_all_that_is_shown() {
    let world = World::new();
    let (account, visitor) = (world.account(), world.visitor());
    world.edit(account, &edit("c-1").set("lines/MUG", 1));
    world.edit(visitor, &edit("c-2").set("lines/CUP", 3));
    world.sign_in();
    let seen = world
        .show(account, &ThreadKind::Cart, "c-1", &Channel::Web)
        .unwrap()
        .document()
        .unwrap()
        .versions
        .clone();
    let bought = ThreadEdit { id: "buy".into(), ..edit("c-1") }.close(Closed::Converted).on(&seen);
    assert!(matches!(world.edit(account, &bought), EditOutcome::Applied { .. }));
    let all = world.hub.threads_of(&account.into(), &Channel::Web, &world.settings).unwrap().unwrap();
    assert!(
        all.iter().all(|shown| shown.document().unwrap().state == ThreadState::Closed(Closed::Converted))
    );
}

#[test]
fn of_two_channels_that_edit_at_once_one_wins_and_nothing_is_lost() {
    let world = World::new();
    let account = world.account();
    let of = |id: &str, channel| ThreadEdit::new(id, ThreadKind::Application, "loan-1", channel);
    let begun = world.edit(account, &of("1", Channel::App).set("sum", 900_000).done("sum").open("income"));
    let seen = versions(&begun);
    // Both looked at the same version; eight of them edit at once, from threads.
    let outcomes: Vec<EditOutcome> = std::thread::scope(|scope| {
        let edits: Vec<_> = (0..8)
            .map(|n| of(&format!("w{n}"), Channel::Till).on(&seen).set(&format!("field-{n}"), WORDS[n % 5]))
            .collect();
        let running: Vec<_> = edits
            .into_iter()
            .map(|edit| {
                let world = &world;
                scope.spawn(move || world.edit(account, &edit))
            })
            .collect();
        running.into_iter().map(|running| running.join().unwrap()).collect()
    });
    let won = outcomes.iter().filter(|outcome| matches!(outcome, EditOutcome::Applied { .. })).count();
    assert_eq!(won, 1);
    for outcome in &outcomes {
        if let EditOutcome::Changed { difference, document } = outcome {
            assert_eq!(difference.fields.len(), 1, "what the winner set");
            assert_eq!(document.fields["sum"], 900_000);
            assert_eq!(difference.last.channel, Channel::Till);
        }
    }
    // The losers make their edits again, on what is there now.
    let mut seen = world
        .show(account, &ThreadKind::Application, "loan-1", &Channel::App)
        .unwrap()
        .document()
        .unwrap()
        .versions
        .clone();
    for (n, _) in
        outcomes.iter().enumerate().filter(|(_, outcome)| matches!(outcome, EditOutcome::Changed { .. }))
    {
        let again = of(&format!("w{n}"), Channel::Till).on(&seen).set(&format!("field-{n}"), WORDS[n % 5]);
        seen = versions(&world.edit(account, &again));
    }
    let now = world.show(account, &ThreadKind::Application, "loan-1", &Channel::App).unwrap();
    assert_eq!(now.document().unwrap().fields.len(), 9);
    assert_eq!(now.document().unwrap().steps_in(StepState::Open).collect::<Vec<_>>(), ["income"]);
    let first = of("1", Channel::App).set("sum", 900_000).done("sum").open("income");
    let repeated = world.edit(account, &first.clone().on(&seen));
    assert!(matches!(repeated, EditOutcome::Repeated { document } if document.fields["sum"] == 900_000));
    // Under an id that is taken nothing else is done, however small the difference.
    let others = [
        first.clone().set("sum", 900_001),
        first.clone().remove("note"),
        first.clone().at("income"),
        first.clone().close(Closed::Cancelled),
        first.clone().guarded(Sensitivity::Sensitive),
        ThreadEdit { channel: Channel::Web, ..first.clone() },
        ThreadEdit { device: Some("d".into()), ..first },
    ];
    for other in others {
        assert_eq!(world.edit(account, &other), EditOutcome::IdTaken);
        assert_eq!(world.edit(account, &other.on(&seen)), EditOutcome::IdTaken);
    }
}

#[test]
fn an_end_that_reached_several_parts_is_known_at_each() {
    let world = World::new();
    let (account, visitor) = (world.account(), world.visitor());
    world.edit(account, &edit("c-1").set("lines/MUG", 1));
    world.edit(visitor, &ThreadEdit { id: "2".into(), ..edit("c-2").set("lines/CUP", 3) });
    world.sign_in();
    let shown = world.show(account, &ThreadKind::Cart, "c-1", &Channel::Web).unwrap();
    let bought = ThreadEdit { id: "buy".into(), ..edit("c-1") }.close(Closed::Converted);
    let bought = bought.on(&shown.document().unwrap().versions);
    assert!(matches!(world.edit(account, &bought), EditOutcome::Applied { .. }));
    for record in [account, visitor] {
        assert!(matches!(world.edit(record, &bought), EditOutcome::Repeated { .. }));
        let other = bought.clone().set("note", "x");
        assert_eq!(world.edit(record, &other), EditOutcome::IdTaken);
    }
}

#[test]
fn a_till_does_not_show_a_medical_form() {
    let world = World::new();
    let account = world.account();
    let form = ThreadEdit::new("1", ThreadKind::Form, "טופס-1", Channel::Web)
        .set("מחלה", "אסתמה")
        .guarded(Sensitivity::Sensitive)
        .open("חתימה");
    let begun = world.edit(account, &form);
    let see = |channel: &Channel| world.show(account, &ThreadKind::Form, "טופס-1", channel).is_some();
    assert!(see(&Channel::Web) && see(&Channel::App));
    for channel in Channel::KNOWN.iter().filter(|channel| !matches!(channel, Channel::Web | Channel::App)) {
        assert!(!see(channel), "{channel}");
        let all = world.hub.threads_of(&account.into(), channel, &world.settings).unwrap().unwrap();
        assert!(all.is_empty(), "{channel}");
        let edit = ThreadEdit::new("2", ThreadKind::Form, "טופס-1", channel.clone())
            .on(&versions(&begun))
            .set("a", 1);
        assert_eq!(world.edit(account, &edit), EditOutcome::Hidden, "{channel}");
    }
    // An application is personal: WhatsApp learns that it waits, not what it says; a kiosk nothing.
    world.edit(
        account,
        &ThreadEdit::new("3", ThreadKind::Application, "loan", Channel::App).set("sum", 5).open("income"),
    );
    let outline = world.show(account, &ThreadKind::Application, "loan", &Channel::WhatsApp);
    assert!(matches!(outline, Some(Shown::Outline { steps_open: 1, .. })));
    assert!(!format!("{outline:?}").contains("loan"));
    assert!(world.show(account, &ThreadKind::Application, "loan", &Channel::Kiosk).is_none());
    // A cart is everyday: a kiosk may show it after asking.
    world.edit(account, &edit("c").set("lines/A", 1));
    assert!(matches!(
        world.show(account, &ThreadKind::Cart, "c", &Channel::Kiosk),
        Some(Shown::Whole { ask_first: true, .. })
    ));
    // Debug shows none of it.
    for text in [
        format!("{begun:?}"),
        format!("{form:?}"),
        format!("{:?}", world.show(account, &ThreadKind::Form, "טופס-1", &Channel::Web)),
    ] {
        assert!(!text.contains("אסתמה") && !text.contains("מחלה"), "{text}");
    }
}

#[test]
fn bad_edits_are_refused_and_erasure_takes_all() {
    let world = World::new();
    let account = world.account();
    let long = "ب".repeat(10_000);
    for (edit, why) in [
        (edit(""), ThreadErrorKind::InvalidObject),
        (edit(&long), ThreadErrorKind::InvalidObject),
        (edit("c").set(&long, 1), ThreadErrorKind::InvalidName),
        (ThreadEdit { device: Some(long.clone().into()), ..edit("c") }, ThreadErrorKind::InvalidName),
        (edit("c").set("a\u{0}", 1), ThreadErrorKind::InvalidName),
        (edit("c").set("a", long.repeat(5)), ThreadErrorKind::ValueTooLarge),
    ] {
        assert_eq!(world.edit(account, &edit), EditOutcome::Invalid { why });
    }
    let mut many = edit("c");
    for n in 0..1_001 {
        many = many.set(&format!("f{n}"), n);
    }
    assert_eq!(world.edit(account, &many), EditOutcome::Invalid { why: ThreadErrorKind::TooLarge });
    assert!(world.show(account, &ThreadKind::Cart, "c", &Channel::Web).is_none());
    assert_eq!(world.edit(RecordId::from_bytes([9; 16]), &edit("c")), EditOutcome::Unknown);
    let seen = versions(&world.edit(account, &edit("c").set("note", "راز")));
    world.clock.set("2026-03-21T09:00:00Z".parse().unwrap());
    let user = Identifier::parse(IdentifierKind::UserId, "u-7", &IdentifierSettings::default()).unwrap();
    world.hub.erase(&CommandKey::new("e"), &What::Profile(Who::Identifier(user)), Afterwards::Admit).unwrap();
    let again = world.account();
    assert!(world.show(again, &ThreadKind::Cart, "c", &Channel::Web).is_none());
    let late = ThreadEdit { id: "late".into(), ..edit("c").set("lines/TEA", 1) };
    assert_eq!(world.edit(again, &late.clone().on(&seen)), EditOutcome::Gone);
    assert!(matches!(world.edit(again, &late), EditOutcome::Applied { .. }));
}

#[test]
fn of_two_channels_that_begin_at_once_one_wins() {
    for _ in 0..20 {
        let world = World::new();
        let records = [world.account(), world.visitor()];
        world.sign_in();
        let outcomes: Vec<EditOutcome> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..4)
                .map(|n| {
                    let (world, record) = (&world, records[n % 2]);
                    let begun = edit(&format!("سبد-{n}")).set(&format!("lines/{n}"), 1);
                    let begun = ThreadEdit { id: format!("e{n}").into(), ..begun };
                    scope.spawn(move || world.edit(record, &begun))
                })
                .collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let applied = outcomes.iter().filter(|one| matches!(one, EditOutcome::Applied { .. })).count();
        let changed = outcomes.iter().filter(|one| matches!(one, EditOutcome::Changed { .. })).count();
        assert_eq!((applied, changed), (1, 3));
    }
}

#[test]
fn whatever_a_channel_calls_her_cart_it_finds_it() {
    let world = World::new();
    let account = world.account();
    world.edit(account, &edit("c-1").set("lines/MUG", 1));
    let shown = world.show(account, &ThreadKind::Cart, "касса-7", &Channel::Till).unwrap();
    let seen = &shown.document().unwrap().versions;
    let at_the_till =
        ThreadEdit { id: "2".into(), channel: Channel::Till, ..edit("касса-7").set("lines/CUP", 2) };
    let EditOutcome::Applied { document } = world.edit(account, &at_the_till.on(seen)) else { panic!() };
    assert_eq!(document.to_json(), json!({"lines/MUG": 1, "lines/CUP": 2}));
    let issue = Issue {
        kind: &ThreadKind::Cart,
        object: "корзина",
        channel: &Channel::App,
        lifetime: TimeDelta::hours(1),
        once: false,
    };
    assert!(world.hub.issue_token(&account.into(), &issue, &world.settings).unwrap().is_some());
    // Of plans she has several.
    world.edit(account, &ThreadEdit::new("3", ThreadKind::Plan, "trip-1", Channel::Web).set("a", 1));
    assert!(world.show(account, &ThreadKind::Plan, "trip-2", &Channel::Web).is_none());
}

#[test]
fn a_merged_cart_is_emptied_by_taking_out_its_last_line() {
    let world = World::new();
    let (account, visitor) = (world.account(), world.visitor());
    world.edit(account, &edit("c-1").set("lines/MUG", 1));
    world.edit(visitor, &edit("c-2").set("lines/چای", 3).set("currency", "IRR"));
    world.sign_in();
    let seen = |object: &str| {
        let shown = world.show(account, &ThreadKind::Cart, object, &Channel::Web).unwrap();
        shown.document().unwrap().versions.clone()
    };
    let next = |id: &str| ThreadEdit { id: id.into(), ..edit("c-1") };
    let one = next("2").on(&seen("c-1")).set("lines/چای", 0);
    let EditOutcome::Applied { document } = world.edit(account, &one) else { panic!() };
    assert_eq!(document.state, ThreadState::Open, "the mug is in it");
    let last = next("3").on(&seen("c-1")).remove("lines/MUG");
    let EditOutcome::Applied { document } = world.edit(account, &last) else { panic!() };
    assert_eq!(document.state, ThreadState::Closed(Closed::Emptied));
    assert!(matches!(world.edit(account, &last), EditOutcome::Repeated { .. }));
    let all = world.hub.threads_of(&account.into(), &Channel::Web, &world.settings).unwrap().unwrap();
    let is_emptied = |shown: &Shown| shown.document().unwrap().state == ThreadState::Closed(Closed::Emptied);
    assert_eq!((all.len(), all.iter().all(is_emptied)), (2, true), "nothing comes back");
    world.clock.set("2026-03-20T12:00:00Z".parse().unwrap());
    let due =
        world.hub.abandoned(&account.into(), &Channel::App, &world.settings, true).unwrap().unwrap().due;
    assert!(due.is_empty(), "nor is an empty cart abandoned");
    // What she puts in then is a cart again, and the only thing in it.
    let again = next("4").on(&seen("c-1")).set("lines/CUP", 1);
    let EditOutcome::Applied { document } = world.edit(account, &again) else { panic!() };
    assert_eq!((document.state, &document.fields["lines/CUP"]), (ThreadState::Open, &json!(1)));
    assert!(!document.fields.contains_key("lines/MUG"));
}

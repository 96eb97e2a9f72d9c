//! The laws of probabilistic matching in the hub: no order of arrival, one event at a time equals a batch, an erasure
//! leaves nothing, decisions outlive models, and no explanation holds a value.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use support::{NOON, TENANT, content, records};
use throughline::event::{Event, Import};
use throughline::hub::{
    Afterwards, CommandKey, Consideration, DecisionOutcome, FixedClock, Hub, Linkage, Rules, What, Who,
};
use throughline::identity::linkage::{
    BlockingRule, BlockingSettings, Candidates, KeyForm, KeyPart, LinkSettings, Model,
};
use throughline::identity::{
    Class, Decision, DecisionKind, Explain, GraphBuilder, Partition, Quarantined, ValueInput, WhyNot,
    partition,
};
use throughline::ids::{ProfileId, RecordId};
use throughline::record::Record;
use throughline::store::{MemoryStore, Tenant, decode};

/// What one event says of a person. Numbers choose among the spellings below.
#[derive(Debug, Clone)]
struct Draft {
    account: u8,
    visitor: Option<u8>,
    person: usize,
    given: Option<usize>,
    family: Option<usize>,
    born: Option<usize>,
    email: Option<usize>,
    phone: Option<usize>,
    postcode: Option<usize>,
    device: Option<u8>,
    till: bool,
    minute: u16,
    matching: Option<bool>,
}

const GIVEN: [[&str; 4]; 5] = [
    ["Sara", "سارا", "Сара", "Srara"],
    ["Mohammad", "محمد", "Mohamad", "Muhammad"],
    ["Anna", "Анна", "Hanna", "אנה"],
    ["Sara", "Sarah", "שרה", "سارة"],
    ["Peter", "Pieter", "Петр", "Petre"],
];
const FAMILY: [[&str; 3]; 5] = [
    ["Heydarnejad", "حیدرنژاد", "Heidarnejad"],
    ["Karimi", "کریمی", "Karimy"],
    ["Ivanova", "Иванова", "Ivanowa"],
    ["Cohen", "כהן", "Kohen"],
    ["Karimi", "Karimi", "كريمي"],
];
const BORN: [[&str; 3]; 5] = [
    ["1991-08-03", "1370/05/12", "1991-03-08"],
    ["1980-01-05", "1980-01-06", "1980-01-05"],
    ["1975-12-24", "1975-12-24", "1957-12-24"],
    ["1991-08-03", "1991-08-04", "1991-08-03"],
    ["2001-02-11", "2001-02-11", "2001-02-12"],
];
const POSTCODES: [&str; 4] = ["10115", "10117", "14155", "20095"];

fn draft() -> impl Strategy<Value = Draft> {
    let some = |of: usize| prop_oneof![1 => Just(None), 3 => (0..of).prop_map(Some)];
    let few = |of: usize| prop_oneof![2 => Just(None), 1 => (0..of).prop_map(Some)];
    (
        (0..12_u8, prop_oneof![3 => Just(None), 1 => (0..4_u8).prop_map(Some)], 0..5_usize),
        (some(4), some(3), some(3), few(3), few(3), some(4)),
        (
            prop_oneof![4 => Just(None), 1 => (0..3_u8).prop_map(Some)],
            any::<bool>(),
            0..2_000_u16,
            prop_oneof![9 => Just(None), 1 => any::<bool>().prop_map(Some)],
        ),
    )
        .prop_map(|((account, visitor, person), (given, family, born, email, phone, postcode), rest)| {
            let (device, till, minute, matching) = rest;
            Draft {
                account,
                visitor,
                person,
                given,
                family,
                born,
                email,
                phone,
                postcode,
                device,
                till,
                minute,
                matching,
            }
        })
}

fn world(size: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(draft(), size)
        .prop_map(|drafts| drafts.iter().enumerate().map(|(number, draft)| event(number, draft)).collect())
}

fn event(number: usize, draft: &Draft) -> Event {
    let mut traits: BTreeMap<&str, String> = BTreeMap::new();
    let mut tell = |name, value: Option<String>| value.map(|value| traits.insert(name, value));
    let person = draft.person;
    tell("firstName", draft.given.map(|at| GIVEN[person][at].to_owned()));
    tell("lastName", draft.family.map(|at| FAMILY[person][at].to_owned()));
    tell("birthday", draft.born.map(|at| BORN[person][at].to_owned()));
    // The last address is a family's.
    tell("email", draft.email.map(|at| format!("mail{}@example.com", if at == 2 { 9 } else { person })));
    tell("phone", draft.phone.map(|at| format!("+44770090{:02}{at:02}", if at == 2 { 9 } else { person })));
    tell("postal_code", draft.postcode.map(|at| POSTCODES[at].to_owned()));
    tell("city", draft.postcode.map(|_| "Berlin".to_owned()));
    let mut json = serde_json::json!({
        "type": "identify",
        "messageId": format!("m-{number}"),
        "timestamp": format!("2026-03-18T{:02}:{:02}:00Z", draft.minute / 60 % 24, draft.minute % 60),
        "context": {"channel": if draft.till { "till" } else { "web" }},
        "traits": traits,
    });
    match draft.visitor {
        Some(visitor) => json["anonymousId"] = format!("visitor-{visitor}").into(),
        None => json["userId"] = format!("account-{}", draft.account).into(),
    }
    if let Some(device) = draft.device {
        json["context"]["device"] = serde_json::json!({"id": format!("device-{device}")});
    }
    if let Some(granted) = draft.matching {
        json["context"]["consent"] = serde_json::json!({"categoryPreferences": {"matching": granted}});
    }
    Event::from_segment(json.to_string().as_bytes(), &Import::new(NOON.parse().unwrap())).unwrap()
}

/// Blocks of at most three, so that small worlds cross the limit in both directions.
fn model() -> Model {
    let mut model = Model::person();
    model.prior = 0.01;
    let rule = |parts: &[(&str, KeyForm)], split: &[(&str, KeyForm)]| {
        let of = |parts: &[(&str, KeyForm)]| -> Vec<KeyPart> {
            parts.iter().map(|(column, form)| KeyPart::new(column, *form)).collect()
        };
        BlockingRule { split: of(split), max_block: 3, ..BlockingRule::on(of(parts)) }
    };
    model.blocking = vec![
        rule(&[("email", KeyForm::Whole)], &[]),
        rule(
            &[("given", KeyForm::Sound), ("family", KeyForm::Sound)],
            &[("born", KeyForm::Year), ("postcode", KeyForm::Whole)],
        ),
        rule(&[("born", KeyForm::Whole)], &[("family", KeyForm::Initial)]),
        rule(&[("postcode", KeyForm::Whole)], &[("given", KeyForm::Sound)]),
    ];
    model
}

fn rules() -> Rules {
    let mut rules = support::rules();
    rules.linkage = Some(Linkage::new(model()).unwrap().weigh_all_within(6));
    rules
}

fn hub_with(store: &Arc<MemoryStore>, rules: Rules) -> Hub {
    Hub::with_clock(store.clone(), TENANT, rules, Arc::new(FixedClock::at(NOON.parse().unwrap()))).unwrap()
}

fn recorded(events: &[Event]) -> (Arc<MemoryStore>, Hub) {
    let store = Arc::new(MemoryStore::new());
    let hub = hub_with(&store, rules());
    for event in events {
        hub.record(event).unwrap();
    }
    (store, hub)
}

fn stored(store: &MemoryStore) -> BTreeMap<RecordId, Record> {
    let of =
        |key: &[u8]| Some(RecordId::from_bytes(key.get(Tenant::LEN..)?.strip_prefix(b"r")?.try_into().ok()?));
    store
        .dump()
        .filter_map(|(key, value)| Some((of(key.as_bytes())?, decode::<Record>(&value).unwrap().0)))
        .collect()
}

struct Sets(BTreeMap<RecordId, RecordId>);

impl Sets {
    fn root(&self, mut id: RecordId) -> RecordId {
        while self.0[&id] != id {
            id = self.0[&id];
        }
        id
    }

    fn join(&mut self, a: RecordId, b: RecordId) {
        let (a, b) = (self.root(a), self.root(b));
        self.0.insert(a.max(b), a.min(b));
    }
}

/// The batch: blocking, weighing and the partition over all records at once.
fn batch(store: &MemoryStore, hub: &Hub, decisions: &[Decision]) -> Partition {
    let rules = hub.rules();
    let all = stored(store);
    let evidence = |record: &Record, identifier: &_| {
        let withdrawn = record
            .consents
            .iter()
            .filter(|fact| &*fact.purpose == "matching")
            .max_by_key(|fact| (fact.at, !fact.granted))
            .is_some_and(|fact| !fact.granted);
        let contact = rules.identity.policy(throughline::identifier::Identifier::kind(identifier)).contact;
        record.subject == *identifier || !contact || !withdrawn
    };
    let mut holders: BTreeMap<_, Vec<RecordId>> = BTreeMap::new();
    for (id, record) in &all {
        for identifier in record.claims.keys().filter(|identifier| evidence(record, identifier)) {
            holders.entry(identifier.clone()).or_default().push(*id);
        }
    }
    let mut graph = GraphBuilder::default();
    let rows: BTreeMap<RecordId, _> =
        all.iter().map(|(id, record)| (*id, graph.record(*id, record.first_seen()))).collect();
    let mut sets = Sets(all.keys().map(|id| (*id, *id)).collect());
    for (identifier, held) in &holders {
        let policy = rules.identity.policy(identifier.kind());
        let value = graph.value(&ValueInput {
            holders_total: u32::try_from(held.len()).unwrap(),
            ..ValueInput::new(identifier.digest(&rules.pepper), identifier.kind().clone())
        });
        for id in held {
            graph.hold(rows[id], value, &all[id].claims[identifier], all[id].subject == *identifier);
            if matches!(policy.class, Class::Person | Class::Device)
                && held.len() <= policy.max_records.into()
            {
                sets.join(held[0], *id);
            }
        }
    }
    for decision in decisions {
        let touched: Vec<RecordId> = match &decision.kind {
            DecisionKind::Link(a, b) => vec![*a, *b],
            DecisionKind::KeepApart(one, other) => one.iter().chain(other).copied().collect(),
        };
        if !decision.retracted {
            touched.iter().for_each(|id| sets.join(touched[0], *id));
        }
        graph.decision(decision.clone());
    }
    let model = model();
    let (ids, mut dataset) = hub.dataset(&model).unwrap();
    // Two strangers, so that every column is told and no comparison is left out.
    let fields: Vec<String> = dataset.fields().map(str::to_owned).collect();
    for stranger in 0..2 {
        let text = |name: &String| match name.as_str() {
            "birth_date" => format!("190{stranger}-07-1{stranger}"),
            "email" => format!("{}@nowhere.example", ["quux", "zyzzyva"][stranger]),
            "phone" => format!("+1202555{stranger}1{stranger}3"),
            _ => ["Wojciechowska", "Bjqrk"][stranger].to_owned(),
        };
        let texts: Vec<String> = fields.iter().map(text).collect();
        dataset.push(&texts.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    }
    let mut first: BTreeMap<RecordId, u32> = BTreeMap::new();
    let mut also = Vec::new();
    for (row, id) in (0_u32..).zip(&ids) {
        let root = sets.root(*id);
        also.push((*first.entry(root).or_insert(row), row));
    }
    let candidates = Candidates::new(&dataset, &model, &BlockingSettings::default(), &()).unwrap();
    assert_eq!(candidates.model().comparisons, model.comparisons);
    let settings = LinkSettings { threshold_bits: rules.identity.match_threshold_bits, weigh_all_within: 6 };
    let links = candidates.link(&model, &settings, &also, &()).unwrap();
    let row_of = |row: u32| ids.get(usize::try_from(row).unwrap()).map(|id| rows[id]);
    for (a, b, weight) in links.pairs {
        if let (Some(a), Some(b)) = (row_of(a), row_of(b)) {
            graph.matched(a, b, weight);
        }
    }
    partition(&graph.build(), &rules.identity, Explain::No)
}

fn check_against_batch(store: &MemoryStore, hub: &Hub, decisions: &[Decision]) -> Result<(), TestCaseError> {
    let people = batch(store, hub, decisions);
    let mut held_back: BTreeSet<Quarantined> = BTreeSet::new();
    for id in records(store) {
        let profile = hub.profile(&Who::Record(id)).unwrap().unwrap();
        prop_assert_eq!(Some(profile.id), people.profile_of(id));
        held_back.extend(profile.quarantine);
    }
    let expected: BTreeSet<Quarantined> = people.quarantined().iter().cloned().collect();
    prop_assert_eq!(held_back, expected);
    Ok(())
}

fn cases(number: u32) -> ProptestConfig {
    ProptestConfig { cases: number, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(300))]

    /// Two orders of arrival, chunks and a rebuild leave the same bytes, and these are what a batch says.
    #[test]
    fn live_in_any_order_equals_a_batch(
        (events, again) in world(1..28).prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        chunk in 1..9_usize
    ) {
        let (straight, hub) = recorded(&events);
        let (mixed, _) = recorded(&again);
        let bytes = content(&straight);
        prop_assert_eq!(&bytes, &content(&mixed));
        let chunked = Arc::new(MemoryStore::new());
        for some in again.chunks(chunk) {
            hub_with(&chunked, rules()).record_all(some).unwrap();
        }
        prop_assert_eq!(&bytes, &content(&chunked));
        hub.rebuild().unwrap();
        prop_assert_eq!(&bytes, &content(&straight));
        check_against_batch(&straight, &hub, &[])?;
    }

    /// The order says nothing at thresholds of nothing and less either, nor does a rebuild.
    #[test]
    fn at_any_threshold_the_order_says_nothing(
        (events, again) in world(1..20).prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        threshold in prop_oneof![Just(0.0), Just(-4.0), -6.0..3.0_f64]
    ) {
        let recorded = |events: &[Event]| {
            let (store, mut rules) = (Arc::new(MemoryStore::new()), rules());
            rules.identity.match_threshold_bits = threshold;
            rules.identity.match_clip.low = 10.0;
            let hub = hub_with(&store, rules);
            events.iter().for_each(|event| { hub.record(event).unwrap(); });
            (store, hub)
        };
        let ((straight, hub), (mixed, _)) = (recorded(&events), recorded(&again));
        let bytes = content(&straight);
        prop_assert_eq!(&bytes, &content(&mixed));
        hub.rebuild().unwrap();
        prop_assert_eq!(&bytes, &content(&straight));
    }

    /// Another model, and none, are views: going there and back, page by page or in one step, equals a fresh start.
    #[test]
    fn going_over_to_other_rules_equals_a_fresh_start(events in world(1..24)) {
        let (store, hub) = recorded(&events);
        let before = content(&store);
        let mut other = rules();
        let mut changed = model();
        changed.blocking.remove(0);
        changed.blocking[0].max_block = 2;
        changed.prior = 0.0005;
        other.linkage = Some(Linkage::new(changed).unwrap());
        let mut without = rules();
        without.linkage = None;
        for next in [other, without] {
            let fresh = Arc::new(MemoryStore::new());
            hub_with(&fresh, next.clone()).record_all(&events).unwrap();
            let rehearsal = hub.under(next.clone()).unwrap().rehearse().unwrap();
            prop_assert_eq!(&before, &content(&store), "a rehearsal writes nothing");
            let all = records(&store);
            let profiles = |hub: &Hub| -> BTreeMap<RecordId, ProfileId> {
                all.iter().map(|id| (*id, hub.profile(&Who::Record(*id)).unwrap().unwrap().id)).collect()
            };
            let (old, hub_then) = (profiles(&hub), hub.under(next).unwrap());
            prop_assert_eq!(&hub_then.apply().unwrap(), &rehearsal);
            prop_assert_eq!(content(&store), content(&fresh));
            let new = profiles(&hub_then);
            for id in &all {
                prop_assert!(old[id] == new[id] || rehearsal.affected.contains(&old[id]));
            }
            let count = |of: &BTreeMap<_, ProfileId>| {
                i64::try_from(of.values().collect::<BTreeSet<_>>().len()).unwrap()
            };
            prop_assert_eq!(count(&new) - count(&old), rehearsal.difference);
            hub.rebuild().unwrap();
            prop_assert_eq!(&before, &content(&store));
        }
    }

    /// A record that is added and erased leaves the bytes that were there.
    #[test]
    fn adding_and_erasing_restores_the_bytes(events in world(1..24), choice in any::<prop::sample::Index>()) {
        let (_, hub) = recorded(&events);
        let places: Vec<RecordId> = events.iter().map(|event| hub.record(event).unwrap().record).collect();
        let victim = places[choice.index(places.len())];
        let (mine, kept): (Vec<_>, Vec<_>) = events.iter().zip(&places).partition(|(_, place)| **place == victim);
        let only = |list: Vec<(&Event, &RecordId)>| list.into_iter().map(|(event, _)| event.clone()).collect::<Vec<_>>();
        let (store, hub) = recorded(&only(kept));
        let before = content(&store);
        for event in only(mine) {
            hub.record(&event).unwrap();
        }
        let key = CommandKey::new("erase");
        hub.erase(&key, &What::Record(victim), Afterwards::Admit).unwrap();
        prop_assert_eq!(before, content(&store));
    }

    /// Decisions hold whatever the model says, and batch and live agree on them.
    #[test]
    fn keeping_apart_outlives_the_model(
        events in world(2..20), one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()
    ) {
        let (store, hub) = recorded(&events);
        let all = records(&store);
        let (a, b) = (*one.get(&all), *other.get(&all));
        let DecisionOutcome::Made { .. } = hub.keep_apart(&CommandKey::new("k"), &[a], &[b]).unwrap() else {
            return Ok(());
        };
        check_against_batch(&store, &hub, &hub.decisions(a).unwrap())?;
        let mut eager = rules();
        let mut retrained = model();
        retrained.prior = 0.4;
        eager.linkage = Some(Linkage::new(retrained).unwrap());
        let hub = hub.under(eager).unwrap();
        hub.rebuild().unwrap();
        let of = |id| hub.profile(&Who::Record(id)).unwrap().unwrap().id;
        prop_assert_ne!(of(a), of(b));
    }

    /// Explanations replay, and none holds a value.
    #[test]
    fn explanations_replay_and_hold_no_value(events in world(2..16)) {
        let (store, hub) = recorded(&events);
        let all = records(&store);
        for (place, a) in all.iter().enumerate() {
            for b in all.iter().skip(place + 1).take(3) {
                let likeness = hub.likeness(*a, *b).unwrap().unwrap();
                if let Some(weighed) = &likeness.weighed {
                    prop_assert_eq!(weighed.sum_of_parts(), weighed.weight_bits);
                    prop_assert_eq!(weighed.comparisons.len(), likeness.parts.len());
                } else {
                    let is_reason = matches!(likeness.consideration, Consideration::TakesNoPart { .. });
                    prop_assert!(is_reason);
                }
                let why_not = hub.why_not(*a, *b).unwrap();
                let together = hub.profile(&Who::Record(*a)).unwrap().unwrap().id
                    == hub.profile(&Who::Record(*b)).unwrap().unwrap().id;
                prop_assert_eq!(together, why_not == WhyNot::SameProfile);
                prop_assert_eq!(together, hub.why(*a, *b).unwrap().is_some());
                let told = format!(
                    "{}{}{}",
                    serde_json::to_string(&likeness).unwrap(),
                    serde_json::to_string(&why_not).unwrap(),
                    serde_json::to_string(&hub.why(*a, *b).unwrap()).unwrap(),
                );
                let names = GIVEN.iter().flatten().chain(FAMILY.iter().flatten()).chain(BORN.iter().flatten());
                for value in names.chain(&POSTCODES).chain(&["example.com", "770090", "Berlin", "account-"]) {
                    prop_assert!(!tells(&told, value), "{value} in {told}");
                }
            }
        }
    }
}

/// Whether the text tells a value: not where its digits are part of a longer number or of a hash.
#[expect(clippy::string_slice, reason = "at the ends of a match")]
fn tells(text: &str, value: &str) -> bool {
    let digits = value.chars().all(|c| c.is_ascii_digit());
    text.match_indices(value).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + value.len()..].chars().next();
        !digits || ![before, after].into_iter().flatten().any(|c| c.is_ascii_hexdigit() || c == '.')
    })
}

//! Matching in the hub, case by case.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use support::{NOON, TENANT, across_a_network, content};
use throughline::event::{Event, Import};
use throughline::hub::{
    Afterwards, CommandKey, Consideration, FixedClock, Hub, Linkage, LinkageErrorKind, NoPart, Rules, What,
    Who,
};
use throughline::identity::linkage::{
    BlockKey, BlockingRule, BlockingSettings, Candidates, Dataset, KeyForm, KeyPart, LinkSettings, Model,
    Scorer, TermKey,
};
use throughline::identity::{Evidence, Obstacle, WhyNot};
use throughline::ids::RecordId;
use throughline::store::{MemoryStore, Store, Tenant};

fn part(column: &str, form: KeyForm) -> KeyPart {
    KeyPart::new(column, form)
}

fn model() -> Model {
    let mut model = Model::person();
    model.blocking = Linkage::blocking(&model);
    model
}

fn rules_with(model: Model) -> Rules {
    let mut rules = Rules::retail(b"a secret for tests");
    rules.linkage = Some(Linkage::new(model).unwrap());
    rules
}

fn hub_over(store: Arc<dyn Store>, model: Model) -> Hub {
    Hub::with_clock(store, TENANT, rules_with(model), Arc::new(FixedClock::at(NOON.parse().unwrap())))
        .unwrap()
}

fn fresh() -> (Arc<MemoryStore>, Hub) {
    let store = Arc::new(MemoryStore::new());
    (store.clone(), hub_over(store, model()))
}

fn identify(who: &str, number: u32, traits: &serde_json::Value, matching: Option<bool>) -> Event {
    let mut json = serde_json::json!({
        "type": "identify", "messageId": format!("{who}-{number}"), "anonymousId": who,
        "timestamp": format!("2026-03-18T10:{:02}:00Z", number % 60), "context": {"channel": "web"}, "traits": traits,
    });
    if let Some(granted) = matching {
        json["context"]["consent"] = serde_json::json!({"categoryPreferences": {"matching": granted}});
    }
    Event::from_segment(json.to_string().as_bytes(), &Import::new(NOON.parse().unwrap())).unwrap()
}

fn tell(hub: &Hub, who: &str, traits: &serde_json::Value) -> RecordId {
    hub.record(&identify(who, 0, traits, None)).unwrap().record
}

fn sara(spelling: &str) -> serde_json::Value {
    serde_json::json!({
        "firstName": spelling, "lastName": "Heydarnejad", "birthday": "1991-08-03", "postalCode": "10115",
        "street": "Lindenstrasse 12", "city": "Berlin",
    })
}

fn together(hub: &Hub, a: RecordId, b: RecordId) -> bool {
    let of = |id| hub.profile(&Who::Record(id)).unwrap().unwrap().id;
    of(a) == of(b)
}

/// Keys of the index of blocks.
fn index(store: &MemoryStore) -> usize {
    let of_index = |key: &[u8]| matches!(key.get(Tenant::LEN), Some(b'l' | b'b' | b'p'));
    store.dump().filter(|(key, _)| of_index(key.as_bytes())).count()
}

#[test]
fn people_who_share_no_identifier_are_found_and_the_match_is_explained() {
    let (_, hub) = fresh();
    let (a, b) = (tell(&hub, "a", &sara("Sara")), tell(&hub, "b", &sara("سارا")));
    let other =
        tell(&hub, "c", &serde_json::json!({"firstName": "Peter", "lastName": "Weber", "city": "Kiel"}));
    assert!(together(&hub, a, b));
    assert!(!together(&hub, a, other));
    let steps = hub.why(a, b).unwrap().unwrap();
    let likeness = hub.likeness(a, b).unwrap().unwrap();
    let weighed = likeness.weighed.unwrap();
    let Evidence::Match { weight } = steps[0].evidence else { panic!("a match joins them") };
    assert_eq!(weight.0, weighed.weight_bits);
    assert!(matches!(likeness.consideration, Consideration::Compared { .. }));
    let given = likeness.parts.iter().find(|part| part.comparison == "given name").unwrap();
    assert!(given.bits > 0.0 && !given.untold);
    let likeness = hub.likeness(a, other).unwrap().unwrap();
    assert!(matches!(likeness.consideration, Consideration::NeverTogether { .. }));
    let city = likeness.parts.iter().find(|part| part.comparison == "e-mail").unwrap();
    assert!(city.untold && city.bits == 0.0 && city.best_bits > 0.0);
}

#[test]
fn a_pair_below_the_threshold_says_so_and_by_which_rule_it_nearly_was_found() {
    let (_, hub) = fresh();
    let said =
        |last: &str, born: &str| serde_json::json!({"firstName": "Sara", "lastName": last, "birthday": born});
    let a = tell(&hub, "a", &said("Karimi", "1991-08-03"));
    let b = tell(&hub, "b", &said("Karimi", "1955-01-09"));
    let WhyNot::Apart(obstacles) = hub.why_not(a, b).unwrap() else { panic!("they are apart") };
    // `why_not` weighs what a block found.
    let weight = hub.likeness(a, b).unwrap().unwrap().weighed.unwrap().weight_bits;
    assert!(weight < hub.rules().identity.match_threshold_bits);
    assert!(
        obstacles
            .iter()
            .any(|one| matches!(one, Obstacle::BelowThreshold { .. } | Obstacle::NoSharedEvidence)),
        "{obstacles:?}"
    );
    let c = tell(&hub, "c", &said("Weber", "1960-05-05"));
    let Consideration::NeverTogether { nearest: Some(nearest) } =
        hub.likeness(a, c).unwrap().unwrap().consideration
    else {
        panic!("they agree on a given name only")
    };
    let parts: Vec<(KeyPart, Option<bool>)> =
        nearest.parts.into_iter().map(|part| (part.part, part.agrees)).collect();
    let expected =
        [(part("given", KeyForm::Sound), Some(true)), (part("family", KeyForm::Sound), Some(false))];
    assert_eq!(parts, expected);
}

#[test]
fn strangers_stay_apart_below_a_threshold_of_nothing() {
    for threshold in [-2.0, 0.0, 1.5] {
        let store = Arc::new(MemoryStore::new());
        let mut rules = rules_with(model());
        rules.identity.match_threshold_bits = threshold;
        rules.identity.match_clip.low = 10.0;
        let clock = Arc::new(FixedClock::at(NOON.parse().unwrap()));
        let hub = Hub::with_clock(store.clone(), TENANT, rules, clock).unwrap();
        let said = |given: &str, born: Option<&str>| serde_json::json!({"firstName": given, "lastName": "Schmidt", "postalCode": "10115", "birthday": born});
        let people = [("Anna", None), ("Petra", None), ("Anja", Some("1980-01-01"))];
        let ids: Vec<RecordId> =
            people.iter().map(|(given, born)| tell(&hub, given, &said(given, *born))).collect();
        let live = content(&store);
        hub.rebuild().unwrap();
        assert_eq!(live, content(&store), "{threshold}");
        let pair = |a: usize, b: usize| {
            let weight = hub.likeness(ids[a], ids[b]).unwrap().unwrap().weighed.unwrap().weight_bits;
            assert!(weight < threshold, "{weight} {threshold}");
            assert!(!together(&hub, ids[a], ids[b]), "{threshold}");
        };
        [(0, 1), (0, 2), (1, 2)].iter().for_each(|(a, b)| pair(*a, *b));
    }
}

#[test]
fn who_withdraws_takes_no_part_and_her_addresses_are_no_evidence() {
    let (store, hub) = fresh();
    let mut traits = sara("Sara");
    traits["email"] = "sara@example.com".into();
    let (a, b) = (tell(&hub, "a", &traits), tell(&hub, "b", &traits));
    assert!(together(&hub, a, b));
    hub.record(&identify("b", 1, &serde_json::json!({}), Some(false))).unwrap();
    assert!(!together(&hub, a, b));
    let likeness = hub.likeness(a, b).unwrap().unwrap();
    let withdrawn = Consideration::TakesNoPart { record: b, reason: NoPart::Withdrawn };
    assert_eq!((likeness.consideration, likeness.weighed), (withdrawn, None));
    let of_one = index(&store);
    // Nothing but the record itself and its events is left of her in the index.
    let only = Arc::new(MemoryStore::new());
    tell(&hub_over(only.clone(), model()), "a", &traits);
    assert_eq!(of_one, index(&only));
    // An older grant changes nothing, a newer one does.
    hub.record(&identify("b", 0, &serde_json::json!({"city": "Berlin"}), Some(true))).unwrap();
    assert!(!together(&hub, a, b));
    hub.record(&identify("b", 2, &serde_json::json!({}), Some(true))).unwrap();
    assert!(together(&hub, a, b));
    // Her address can still be suppressed when she is erased after a withdrawal.
    hub.record(&identify("b", 3, &serde_json::json!({}), Some(false))).unwrap();
    hub.erase(&CommandKey::new("a"), &What::Record(a), Afterwards::Admit).unwrap();
    hub.erase(&CommandKey::new("b"), &What::Record(b), Afterwards::Suppress).unwrap();
    assert_eq!(
        hub.record(&identify("d", 0, &traits, None)).unwrap().outcome,
        throughline::hub::Outcome::Erased
    );
}

#[test]
fn no_block_is_left_of_the_erased_and_none_tells_a_value() {
    let (store, hub) = fresh();
    let (a, b) = (tell(&hub, "a", &sara("Sara")), tell(&hub, "b", &sara("Sahra")));
    assert!(index(&store) > 0);
    for (key, value) in store.dump() {
        let of_index = matches!(key.as_bytes().get(Tenant::LEN), Some(b'l' | b'b' | b'p'));
        let text = String::from_utf8_lossy(&value).to_lowercase() + &String::from_utf8_lossy(key.as_bytes());
        for told in ["sara", "heydar", "1991", "10115", "linden", "berlin"] {
            assert!(!of_index || !text.contains(told), "{told}");
        }
    }
    for (command, id) in [("a", a), ("b", b)] {
        hub.erase(&CommandKey::new(command), &What::Record(id), Afterwards::Admit).unwrap();
    }
    assert_eq!(index(&store), 0);
    for told in ["Sara", "Sahra", "Heydarnejad", "1991-08-03", "Lindenstrasse"] {
        assert!(!store.holds(told.as_bytes()));
    }
    assert_eq!(content(&store).keys().filter(|key| key.get(Tenant::LEN) != Some(&b'g')).count(), 0);
}

/// People of whom only a town's block knows, ever more of them.
fn neighbour(number: u32) -> serde_json::Value {
    serde_json::json!({"firstName": "Sara", "lastName": "Karimi", "email": format!("sara{}@example.com", number / 2)})
}

fn by_name() -> Model {
    let mut model = Model::person();
    model.prior = 0.2;
    model.blocking = vec![BlockingRule {
        max_block: 4,
        ..BlockingRule::on([part("given", KeyForm::Sound), part("family", KeyForm::Sound)])
    }];
    model
}

#[test]
fn a_block_that_grows_too_large_is_given_up_and_taken_up_again() {
    let states: Vec<_> = (0..100)
        .scan((Arc::new(MemoryStore::new()), None), |(store, hub), number| {
            let hub: &mut Hub = hub.get_or_insert_with(|| hub_over(store.clone(), by_name()));
            let id = tell(hub, &format!("n{number}"), &neighbour(number));
            Some((id, content(store), Arc::clone(store)))
        })
        .collect();
    let (store, hub) = (states[99].2.clone(), hub_over(states[99].2.clone(), by_name()));
    let (first, second) = (states[0].0, states[1].0);
    let likeness = hub.likeness(first, second).unwrap().unwrap();
    assert_eq!(likeness.consideration, Consideration::BlockTooLarge { rules: vec![0] });
    for number in (1..100).rev() {
        let key = CommandKey::new(&format!("erase {number}"));
        hub.erase(&key, &What::Record(states[number].0), Afterwards::Admit).unwrap();
        assert_eq!(content(&store), states[number - 1].1, "{number}");
    }
}

#[test]
fn a_block_is_split_only_while_it_is_too_large() {
    let mut model = by_name();
    model.blocking[0].split = vec![part("born", KeyForm::Year)];
    let store = Arc::new(MemoryStore::new());
    let hub = hub_over(store.clone(), model);
    let blocks = || store.dump().filter(|(key, _)| key.as_bytes().get(Tenant::LEN) == Some(&b'b')).count();
    let mut states = Vec::new();
    for number in 0..12 {
        let mut traits = neighbour(number);
        traits["birthday"] = format!("{}-08-03", 1990 + number % 3).into();
        let id = tell(&hub, &format!("n{number}"), &traits);
        assert_eq!(blocks(), if number < 4 { 1 } else { 4 }, "{number}");
        states.push((id, content(&store)));
    }
    // Who comes to tell her year enters that part; who changes it leaves one for another.
    let id = tell(&hub, "late", &neighbour(20));
    hub.record(&identify("late", 1, &serde_json::json!({"birthday": "1970-01-09"}), None)).unwrap();
    assert_eq!(blocks(), 5);
    hub.record(&identify("late", 2, &serde_json::json!({"birthday": "1971-01-09"}), None)).unwrap();
    assert_eq!(blocks(), 5);
    hub.erase(&CommandKey::new("erase the late"), &What::Record(id), Afterwards::Admit).unwrap();
    for number in (1..12).rev() {
        assert_eq!(content(&store), states[number].1, "{number}");
        let key = CommandKey::new(&format!("erase {number}"));
        hub.erase(&key, &What::Record(states[number].0), Afterwards::Admit).unwrap();
    }
    assert_eq!((content(&store), blocks()), (states[0].1.clone(), 1));
}

#[test]
fn a_store_across_a_network_holds_the_same() {
    let events: Vec<Event> =
        (0..40).map(|number| identify(&format!("n{number}"), number, &neighbour(number), None)).collect();
    let near = Arc::new(MemoryStore::new());
    let (far, network) = across_a_network();
    let (one, other) =
        (hub_over(near.clone(), by_name()), hub_over(network.clone(), by_name()).asynchronous());
    for event in &events {
        one.record(event).unwrap();
        pollster::block_on(other.record(event)).unwrap();
    }
    assert_eq!(content(&near), content(&far));
    let other = hub_over(network, model()).asynchronous();
    let rehearsal = one.under(rules_with(model())).unwrap().rehearse().unwrap();
    assert_eq!(rehearsal, pollster::block_on(other.rehearse()).unwrap());
}

#[test]
fn a_rehearsal_names_the_profiles_that_change() {
    let (store, hub) = fresh();
    let (a, b) = (tell(&hub, "a", &sara("Sara")), tell(&hub, "b", &sara("Sara")));
    let other = tell(&hub, "c", &serde_json::json!({"firstName": "Peter", "lastName": "Weber"}));
    let before = content(&store);
    let mut strict = rules_with(model());
    strict.identity.match_clip.high = 128.0;
    strict.identity.match_threshold_bits = 100.0;
    let rehearsal = hub.under(strict.clone()).unwrap().rehearse().unwrap();
    assert_eq!((rehearsal.records, rehearsal.difference, rehearsal.merges.len()), (3, 1, 0));
    let id = hub.profile(&Who::Record(a)).unwrap().unwrap().id;
    assert_eq!(rehearsal.splits, BTreeMap::from([(id, BTreeSet::from([a.into(), b.into()]))]));
    assert_eq!(rehearsal.affected, BTreeSet::from([id]));
    assert_eq!(content(&store), before);
    let strict = hub.under(strict).unwrap();
    assert_eq!(strict.apply().unwrap(), rehearsal);
    assert!(!together(&strict, a, b));
    let back = hub.rehearse().unwrap();
    assert_eq!((back.difference, back.merges.len(), back.affected.len()), (-1, 1, 2));
    assert!(!back.affected.contains(&other.into()));
    assert!(strict.under(Rules { identity: Default::default(), ..hub.rules().clone() }).is_ok());
}

#[test]
fn models_that_cannot_be_used_live_are_refused() {
    let kind = |model: Model| Linkage::new(model).unwrap_err().kind();
    assert_eq!(kind(Model::person()), LinkageErrorKind::NoBlocking);
    let with = |rule: BlockingRule| Model { blocking: vec![rule], ..Model::person() };
    assert_eq!(kind(with(BlockingRule::on([part("given", KeyForm::Whole)]))), LinkageErrorKind::MaxBlock);
    let rule = |parts: Vec<KeyPart>| BlockingRule { max_block: 8, ..BlockingRule::on(parts) };
    assert_eq!(kind(with(rule(Vec::new()))), LinkageErrorKind::EmptyRule);
    assert_eq!(kind(with(rule(vec![part("shoe", KeyForm::Whole)]))), LinkageErrorKind::Model);
    let many = Model { blocking: vec![rule(vec![part("given", KeyForm::Whole)]); 65], ..Model::person() };
    assert_eq!(kind(many), LinkageErrorKind::TooManyRules);
    let mut model = model();
    model
        .term_frequencies
        .entry("given".to_owned())
        .or_default()
        .counts
        .insert(TermKey::of("heydarnejad"), 0);
    let shown = format!("{:?}", Linkage::new(model).unwrap());
    assert!(!shown.contains("heydar"), "{shown}");
}

/// One record's blocks find the pairs that blocking a whole data set finds.
#[test]
#[expect(clippy::cast_possible_truncation, reason = "clamped")]
fn blocks_of_single_records_find_the_pairs_of_a_batch() {
    let mut people = Dataset::new(["given_name", "family_name", "birth_date", "postcode"]);
    let mut rows = Vec::new();
    for number in 0..600_usize {
        let given = ["Sara", "سارا", "Peter", "Анна", "שרה"][number % 5];
        let family = ["Karimi", "Weber", "Иванова"][number / 5 % 3];
        let born = format!("19{:02}-0{}-1{}", 50 + number % 41, 1 + number % 9, number % 7);
        rows.push([given.to_owned(), family.to_owned(), born, format!("10{:03}", number % 97)]);
        people.push(&rows[number].each_ref().map(String::as_str)).unwrap();
    }
    let mut model = model();
    model.blocking.iter_mut().for_each(|rule| rule.max_block = 20);
    let scorer = Scorer::new(&model).unwrap();
    let mut blocks: BTreeMap<BlockKey, Vec<usize>> = BTreeMap::new();
    let mut own: BTreeMap<BlockKey, BlockKey> = BTreeMap::new();
    let mut prepared = Vec::new();
    for (row, texts) in rows.iter().enumerate() {
        let field = |name: &str| people.fields().position(|field| field == name).map(|at| texts[at].as_str());
        let record = scorer.prepare(&field);
        let keys = scorer.block_keys(&record);
        for key in &keys {
            blocks.entry(*key).or_default().push(row);
            let whole = keys.iter().find(|other| other.rule == key.rule && other.split.is_none()).unwrap();
            own.insert(*key, *whole);
        }
        prepared.push(record);
    }
    let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (key, rows) in &blocks {
        if rows.len() <= 20 && (key.split.is_none() || blocks[&own[key]].len() > 20) {
            for (at, a) in rows.iter().enumerate() {
                pairs.extend(rows.iter().skip(at + 1).map(|b| (*a, *b)));
            }
        }
    }
    let candidates = Candidates::new(&people, &model, &BlockingSettings::default(), &()).unwrap();
    assert!(pairs.len() > 500);
    assert_eq!(pairs.len(), candidates.len());
    let scorer = Scorer::new(candidates.model()).unwrap();
    let field = |texts: &'_ [String; 4], name: &str| {
        people.fields().position(|field| field == name).map(|at| texts[at].clone())
    };
    let again: Vec<_> = rows
        .iter()
        .map(|texts| {
            let own: BTreeMap<&str, String> =
                people.fields().filter_map(|name| Some((name, field(texts, name)?))).collect();
            scorer.prepare(&|name| own.get(name).map(String::as_str))
        })
        .collect();
    let mut histogram = vec![0_u64; 81];
    for (a, b) in pairs {
        let weight = scorer.weight_bits(&again[a], &again[b]);
        histogram[usize::try_from((weight.floor().clamp(-40.0, 40.0) + 40.0) as i64).unwrap()] += 1;
    }
    let links = candidates.link(candidates.model(), &LinkSettings::default(), &[], &()).unwrap();
    assert_eq!(histogram, links.histogram);
    drop(prepared);
}

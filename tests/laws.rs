//! The laws of the house as property tests over whole days of a small world.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use support::{
    TENANT, across_a_network, content, fresh, hub_over, recorded, records, shuffled, views, world,
};
use throughline::event::Event;
use throughline::hub::{Afterwards, CommandKey, DecisionOutcome, ErasureOutcome, Hub, Outcome, What, Who};
use throughline::identifier::IdentifierKind;
use throughline::identity::WhyNot;
use throughline::ids::{ProfileId, RecordId};
use throughline::store::{MemoryStore, Tenant};

fn cases(number: u32) -> ProptestConfig {
    ProptestConfig { cases: number, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(1_000))]

    /// Any order and any repetition of arrivals leaves the same bytes.
    #[test]
    fn order_and_repetition_do_not_matter(
        (events, again) in world(1..24).prop_flat_map(|events| (Just(events.clone()), shuffled(events)))
    ) {
        let (straight, _) = recorded(&events);
        let (mixed, _) = recorded(&again);
        prop_assert_eq!(content(&straight), content(&mixed));
    }

    /// One by one, in chunks and in bulk leave the same bytes.
    #[test]
    fn chunks_and_bulk_equal_one_by_one(events in world(1..24), chunk in 1..9_usize) {
        let (single, _) = recorded(&events);
        let (store, hub) = fresh();
        for some in events.chunks(chunk) {
            hub.record_all(some).unwrap();
        }
        prop_assert_eq!(content(&single), content(&store));
        let (store, hub) = fresh();
        hub.record_all(&events).unwrap();
        prop_assert_eq!(content(&single), content(&store));
    }

    /// Erasing a record equals never having seen it, and no byte of it remains.
    #[test]
    fn erasing_equals_never_having_seen(events in world(1..20), choice in any::<prop::sample::Index>()) {
        let (store, hub) = recorded(&events);
        let all = records(&store);
        let victim = *choice.get(&all);
        let key = CommandKey::new("erase");
        let outcome = hub.erase(&key, &What::Record(victim), Afterwards::Admit).unwrap();
        let of_victim = |event: &&Event| hub.record(event).unwrap().outcome == Outcome::First;
        let after = content(&store);
        let kept: Vec<Event> = {
            let (other, other_hub) = fresh();
            let places: Vec<RecordId> = events.iter().map(|event| other_hub.record(event).unwrap().record).collect();
            drop(other);
            events.iter().zip(places).filter(|(_, record)| *record != victim).map(|(event, _)| event.clone()).collect()
        };
        prop_assert_eq!(
            &outcome,
            &ErasureOutcome::Erased { records: 1, events: events.len() - kept.len() }
        );
        let (never, _) = recorded(&kept);
        prop_assert_eq!(&after, &content(&never));
        // The receipts are gone too: the erased events would be taken in again.
        prop_assert_eq!(events.iter().filter(of_victim).count(), events.len() - kept.len());
        prop_assert_eq!(&hub.erase(&key, &What::Record(victim), Afterwards::Admit).unwrap(), &outcome);
        // The same key for anything else is told.
        for (what, afterwards) in [
            (What::Record(victim), Afterwards::Suppress),
            (What::Profile(Who::Record(victim)), Afterwards::Admit),
        ] {
            prop_assert_eq!(hub.erase(&key, &what, afterwards).unwrap(), ErasureOutcome::KeyReused);
        }
    }

    /// Taking a decision back leaves everything as if it had never been made.
    #[test]
    fn a_link_taken_back_was_never_made(
        events in world(2..16), one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()
    ) {
        let (store, hub) = recorded(&events);
        let all = records(&store);
        let (a, b) = (*one.get(&all), *other.get(&all));
        let before = (facts_and_views(&store), views(&hub, &all));
        let made = hub.link(&CommandKey::new("link"), a, b).unwrap();
        let DecisionOutcome::Made { decision, profiles } = made else {
            prop_assert_eq!(made, DecisionOutcome::Nothing);
            prop_assert_eq!(a, b);
            return Ok(());
        };
        prop_assert_eq!(profiles.len(), 1, "a person's word outranks everything but another");
        prop_assert_eq!(hub.link(&CommandKey::new("link"), a, b).unwrap(), DecisionOutcome::Made { decision, profiles });
        prop_assert!(hub.why(a, b).unwrap().is_some());
        hub.retract(&CommandKey::new("retract"), decision).unwrap();
        prop_assert_eq!(before, (facts_and_views(&store), views(&hub, &all)));
    }

    /// Keeping apart what an event or a person merged restores the profiles, their ids, fields and timelines.
    #[test]
    fn unmerging_restores_what_was(
        events in world(2..16), one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()
    ) {
        let (store, hub) = recorded(&events);
        let all = records(&store);
        let (a, b) = (*one.get(&all), *other.get(&all));
        let before = views(&hub, &all);
        let (left, right) = (members(&hub, a), members(&hub, b));
        if left == right {
            return Ok(());
        }
        hub.link(&CommandKey::new("link"), a, b).unwrap();
        prop_assert_eq!(hub.profile(&Who::Record(a)).unwrap().unwrap().id, hub.profile(&Who::Record(b)).unwrap().unwrap().id);
        // Every id that its records ever gave it leads to the merged profile.
        let merged = hub.profile(&Who::Record(a)).unwrap().unwrap();
        prop_assert!(members(&hub, a).contains(&b));
        for id in &members(&hub, a) {
            prop_assert_eq!(&hub.profile(&Who::Profile(ProfileId::from(*id))).unwrap().unwrap(), &merged);
        }
        let later = support::hub_at(store, "2026-03-20T12:00:01Z");
        later.keep_apart(&CommandKey::new("apart"), &left, &right).unwrap();
        let after = views(&hub, &all);
        for (id, (profile, _, timeline)) in &before {
            prop_assert_eq!(&after[id].0, profile);
            prop_assert_eq!(&after[id].2, timeline);
            let (was, is) = (without_quarantine(&before[id].1), without_quarantine(&after[id].1));
            prop_assert_eq!(was, is);
        }
        prop_assert!(matches!(hub.why_not(a, b).unwrap(), WhyNot::Apart(_)));
    }

    /// Two records are one person exactly if there is a chain of evidence that says why.
    #[test]
    fn every_merge_has_a_reason(events in world(2..20)) {
        let (store, hub) = recorded(&events);
        let all = records(&store);
        let seen = views(&hub, &all);
        for (place, a) in all.iter().enumerate() {
            // Each record with its neighbours: all pairs would say no more.
            for b in all.iter().skip(place + 1).take(2) {
                let together = seen[a].0 == seen[b].0;
                prop_assert_eq!(hub.why(*a, *b).unwrap().is_some(), together);
                prop_assert_eq!(hub.why_not(*a, *b).unwrap() == WhyNot::SameProfile, together);
            }
            // Its profile grew from single records, one join after the other.
            let steps = hub.how(*a).unwrap().unwrap();
            let records = hub.profile(&Who::Record(*a)).unwrap().unwrap().records;
            let size = records.len();
            prop_assert_eq!(steps.len() + 1, size);
            prop_assert_eq!(steps.last().map_or(1, |last| last.of_a + last.of_b), size);
            prop_assert_eq!(hub.how(records[0].id).unwrap().unwrap(), steps);
        }
    }

    /// A store across a network, read in batches with pauses, holds the same bytes; so does an asynchronous service.
    #[test]
    fn pausing_changes_nothing(events in world(1..12)) {
        let (store, hub) = recorded(&events);
        let (far, network) = across_a_network();
        let blocking = hub_over(network);
        for event in &events {
            blocking.record(event).unwrap();
        }
        prop_assert_eq!(content(&store), content(&far));
        let all = records(&store);
        prop_assert_eq!(views(&hub, &all), views(&blocking, &all));
        let (far, network) = across_a_network();
        let waiting = hub_over(network).asynchronous();
        pollster::block_on(async {
            for event in &events {
                waiting.record(event).await.unwrap();
            }
        });
        prop_assert_eq!(content(&store), content(&far));
    }

    /// Putting everything together again changes nothing while the rules are the same, and equals a fresh start when
    /// they are not.
    #[test]
    fn rebuilding_is_a_view(events in world(1..16)) {
        let (store, hub) = recorded(&events);
        let before = content(&store);
        hub.rebuild().unwrap();
        prop_assert_eq!(&before, &content(&store));

        let mut strict = support::rules();
        strict.identity.kinds.get_mut(&IdentifierKind::UserId).unwrap().max_records = 2;
        strict.identity.kinds.get_mut(&IdentifierKind::Email).unwrap().merges = None;
        let with = |store: Arc<MemoryStore>| Hub::new(store, TENANT, strict.clone()).unwrap();
        with(store.clone()).rebuild().unwrap();
        let fresh = Arc::new(MemoryStore::new());
        with(fresh.clone()).record_all(&events).unwrap();
        prop_assert_eq!(content(&store), content(&fresh));
    }
}

/// The content without the decisions themselves, which stay as facts after they are taken back.
fn facts_and_views(store: &MemoryStore) -> BTreeMap<Vec<u8>, String> {
    let mut all = content(store);
    all.retain(|key, _| !matches!(key.get(Tenant::LEN), Some(b'd' | b'D')));
    all
}

fn members(hub: &Hub, id: RecordId) -> Vec<RecordId> {
    let mut ids: Vec<RecordId> =
        hub.profile(&Who::Record(id)).unwrap().unwrap().records.into_iter().map(|record| record.id).collect();
    ids.sort();
    ids
}

/// A profile's JSON up to what was held back: keeping apart is itself held back.
fn without_quarantine(profile: &str) -> &str {
    profile.split("\"quarantine\"").next().unwrap()
}

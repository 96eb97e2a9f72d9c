//! Two tenants in one store.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod attack_support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use attack_support::{NOON, Said, email, identifier, instant, profile, rules_with, said};
use throughline::channel::Channel;
use throughline::hub::{
    Afterwards, CommandKey, DecisionOutcome, ErasureOutcome, FixedClock, Hub, Outcome, What,
};
use throughline::identifier::IdentifierKind;
use throughline::ids::RecordId;
use throughline::money::Currency;
use throughline::store::{MemoryStore, Store, Tenant};

fn hub(store: &Arc<MemoryStore>, tenant: u64, secret: &[u8]) -> Hub {
    let store: Arc<dyn Store> = store.clone();
    Hub::with_clock(
        store,
        Tenant(tenant.try_into().unwrap()),
        rules_with(secret),
        Arc::new(FixedClock::at(instant(NOON))),
    )
    .unwrap()
}

fn story() -> Vec<Said> {
    vec![
        said("m-1", "web", 1)
            .source("accounts")
            .user("u-1")
            .proved_email("sara@example.ir")
            .with("firstName", "Sara"),
        said("m-2", "app", 2).user("u-1").device("d-1"),
        said("m-3", "till", 3).user("u-1").card("NV-1-77"),
        said("m-4", "app", 4)
            .visitor("v-1")
            .device("d-1")
            .track("Product Added", serde_json::json!({"cart_id": "c-1", "sku": "SHIRT", "quantity": 2})),
    ]
}

type Held = BTreeMap<Vec<u8>, Vec<u8>>;

/// What the store holds of one tenant, and of all others.
fn held(store: &MemoryStore, tenant: u64) -> (Held, Held) {
    let prefix = Tenant(tenant.try_into().unwrap()).0.to_be_bytes();
    assert_eq!(prefix.len(), Tenant::LEN);
    store
        .dump()
        .map(|(key, value)| (key.as_bytes().to_vec(), value.to_vec()))
        .partition(|(key, _)| key.starts_with(&prefix))
}

/// With the very same secret and the very same people, neither tenant sees or changes anything of the other.
#[test]
fn one_tenant_does_not_see_another() {
    let store = Arc::new(MemoryStore::new());
    let secret = b"the same secret by mistake";
    // Neighbouring numbers, and numbers whose bytes begin alike.
    for (one, two) in [(1, 2), (255, 256), (0, 65_536), (7, 0x0700)] {
        let (first, second) = (hub(&store, one, secret), hub(&store, two, secret));
        let mut records = BTreeSet::new();
        for event in story() {
            records.insert(event.kept(&first));
        }
        let records: Vec<RecordId> = records.into_iter().collect();
        let (own, _) = held(&store, one);
        assert!(!own.is_empty());
        // Nothing of it shows to the other.
        let by_value = identifier(IdentifierKind::UserId, "u-1");
        let ways = [email("sara@example.ir"), by_value.into(), records[0].into()];
        for (at, who) in ways.into_iter().enumerate() {
            assert_eq!(second.profile(&who).unwrap(), None);
            assert!(second.timeline(&who, None).unwrap().is_none());
            assert!(
                second
                    .resume(&who, &Channel::Web, &throughline::hub::ThreadSettings::retail())
                    .unwrap()
                    .is_none()
            );
            assert!(second.cart(&who, "c-1", Currency::parse("EUR").unwrap()).unwrap().is_none());
            let key = CommandKey::new(&format!("erase-{at}"));
            let erased = second.erase(&key, &What::Profile(who), Afterwards::Suppress).unwrap();
            assert_eq!(erased, ErasureOutcome::Unknown);
        }
        assert_eq!(
            second.link(&CommandKey::new("l"), records[0], records[1]).unwrap(),
            DecisionOutcome::UnknownRecord
        );
        assert_eq!(second.census().unwrap(), throughline::hub::Census::default());
        assert_eq!(held(&store, one).0, own, "the other changed nothing");
        // The same people with the other tenant are other people.
        for event in story() {
            event.kept(&second);
        }
        assert_eq!(held(&store, one).0, own);
        assert_eq!(first.census().unwrap(), second.census().unwrap());
        // Erased there, alive here.
        let erased = second.erase(
            &CommandKey::new("gdpr"),
            &What::Profile(email("sara@example.ir")),
            Afterwards::Suppress,
        );
        assert!(matches!(erased.unwrap(), ErasureOutcome::Erased { .. }));
        assert_eq!(held(&store, one).0, own);
        assert_eq!(story()[0].to(&second).outcome, Outcome::Erased);
        assert_eq!(story()[0].to(&first).outcome, Outcome::Duplicate);
        assert_eq!(profile(&first, email("sara@example.ir")).len(), records.len());
        // A command key of one is no command of the other.
        let done = first.keep_apart(&CommandKey::new("gdpr"), &records[..1], &records[1..2]).unwrap();
        assert!(matches!(done, DecisionOutcome::Made { .. }));
        first.erase(&CommandKey::new("clean"), &What::Profile(records[0].into()), Afterwards::Admit).unwrap();
        for record in records {
            first
                .erase(&CommandKey::new(&format!("{record:?}")), &What::Record(record), Afterwards::Admit)
                .unwrap();
        }
        let value = identifier(IdentifierKind::UserId, "u-1");
        assert!(second.readmit(&value).unwrap());
        assert!(!first.readmit(&value).unwrap(), "an erasure is the tenant's own");
    }
}

/// With another secret the same people have other ids, so that two tenants who compare theirs learn nothing.
#[test]
fn ids_do_not_tell_who_is_known_elsewhere() {
    let (one, two) = (Arc::new(MemoryStore::new()), Arc::new(MemoryStore::new()));
    let (first, second) = (hub(&one, 1, b"a secret of the one"), hub(&two, 1, b"a secret of the other"));
    for event in story() {
        let (a, b) = (event.to(&first), event.to(&second));
        assert_ne!(a.record, b.record);
        assert_ne!(a.event, b.event);
    }
    let (keys_of_one, _) = held(&one, 1);
    let (keys_of_two, _) = held(&two, 1);
    assert_eq!(keys_of_one.len(), keys_of_two.len());
    let common: Vec<_> = keys_of_one.keys().filter(|key| keys_of_two.contains_key(*key)).collect();
    assert!(common.is_empty(), "keys in common: {common:?}");
    let value = identifier(IdentifierKind::Email, "sara@example.ir");
    assert_ne!(value.digest(&first.rules().pepper), value.digest(&second.rules().pepper));
}

/// A token of one tenant proves nothing to another.
#[test]
fn a_token_of_one_tenant_does_not_prove_to_another() {
    use throughline::hub::Verified;
    use throughline::time::TimeDelta;
    let (one, two) = (Arc::new(MemoryStore::new()), Arc::new(MemoryStore::new()));
    let (first, second) = (hub(&one, 1, b"a secret of the one"), hub(&two, 2, b"a secret of the other"));
    let record = said("m-1", "web", 1).user("u-1").email("sara@example.ir");
    let (here, there) = (record.kept(&first), record.kept(&second));
    let value = identifier(IdentifierKind::Email, "sara@example.ir");
    let token = first.challenge(here, &value, TimeDelta::minutes(10)).unwrap().unwrap();
    assert_eq!(second.verify(there, &value, &token).unwrap(), Verified::Refused);
    assert_eq!(second.verify(here, &value, &token).unwrap(), Verified::Refused);
    assert_eq!(first.verify(here, &value, &token).unwrap(), Verified::Proved);
}

//! A small business with an outbox, and a provider that honours its keys.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "each test file uses a part of it"
)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::attack_support::{NOON, TENANT, identifier, instant, rules, said};
use throughline::calendar::Zones;
use throughline::channel::Channel;
use throughline::hub::{CommandKey, Dispatch, Enqueue, EnqueueOutcome, FixedClock, Hub, Who};
use throughline::identifier::IdentifierKind;
use throughline::ids::OutboxKey;
use throughline::messaging::{
    Accepted, AddressId, Blocking, Class, ConsentRecord, ConsentState, Message, Outgoing, Policy, Rendered,
    SendError,
};
use throughline::store::{MemoryStore, Store, StoreError, StoreErrorKind};
use throughline::time::{DateTime, TimeDelta, Utc};

pub const TEXT: &str = "سفارش شما آماده است";

pub fn at(minute: i64) -> DateTime<Utc> {
    instant(NOON) + TimeDelta::minutes(minute)
}

pub fn phone(number: usize) -> String {
    format!("+98912{:07}", 4_471_000 + number)
}

pub fn message(id: &str) -> Message {
    Message {
        told_key: Some(id.to_owned()),
        ..Message::new(id, Class::Service, "service.order".parse().unwrap())
    }
}

pub fn texts() -> BTreeMap<Channel, Rendered> {
    [(Channel::Sms, Rendered::text(TEXT))].into()
}

pub struct World {
    pub clock: Arc<FixedClock>,
    pub policy: Policy,
    pub zones: Zones,
    pub texts: BTreeMap<Channel, Rendered>,
}

impl World {
    pub fn new() -> Self {
        Self {
            clock: Arc::new(FixedClock::at(at(0))),
            policy: Policy::default(),
            zones: Zones::bundled(),
            texts: texts(),
        }
    }

    pub fn hub(&self, store: &Arc<dyn Store>) -> Hub {
        Hub::with_clock(store.clone(), TENANT, rules(), self.clock.clone()).unwrap()
    }

    pub fn person(&self, hub: &Hub, number: usize) -> Who {
        let event = said(&format!("m-{number}"), "web", 1).user(&format!("u-{number}")).phone(&phone(number));
        Who::Record(hub.record(&event.event()).unwrap().record)
    }

    pub fn put(
        &self,
        hub: &Hub,
        command: &str,
        who: &Who,
        message: &Message,
    ) -> Result<EnqueueOutcome, StoreError> {
        let request = Enqueue::new(message, &self.texts, &self.policy, &self.zones);
        hub.enqueue(&CommandKey::new(command), who, &request)
    }

    pub fn entry(&self, hub: &Hub, who: &Who, message: &Message) -> OutboxKey {
        match self.put(hub, &format!("{}/{who:?}", message.id), who, message).unwrap() {
            EnqueueOutcome::Queued { entry, .. } => entry,
            other => panic!("{other:?}"),
        }
    }

    pub fn dispatch(&self) -> Dispatch<'_> {
        Dispatch::new(&self.policy, &self.zones)
    }

    pub fn later(&self, minutes: i64) {
        let now = throughline::hub::Clock::now(&*self.clock);
        self.clock.set(now + TimeDelta::minutes(minutes));
    }
}

/// A provider that honours idempotency keys: what it delivered, by key, and how often it was called.
#[derive(Default)]
pub struct Provider {
    pub delivered: Mutex<BTreeMap<String, Vec<String>>>,
    pub calls: AtomicUsize,
}

impl Provider {
    pub fn take(&self, outgoing: &Outgoing) -> Result<Accepted, SendError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let mut delivered = self.delivered.lock().unwrap();
        let key = outgoing.idempotency_key();
        // A key that is known delivers nothing again, and must be about the same.
        let known = delivered.entry(key.clone()).or_insert_with(|| vec![outgoing.address.reveal().clone()]);
        assert_eq!(known, &[outgoing.address.reveal().clone()]);
        Ok(Accepted::under(format!("sms/{key}")))
    }

    pub fn addresses(&self) -> Vec<String> {
        self.delivered.lock().unwrap().values().flatten().cloned().collect()
    }

    pub fn sender(&self) -> Blocking<impl Fn(&Outgoing) -> Result<Accepted, SendError> + Send + Sync + '_> {
        Blocking(|outgoing: &Outgoing| self.take(outgoing))
    }
}

pub fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// A busy writer tries again; nothing else may go wrong.
pub fn insist<T>(mut work: impl FnMut() -> Result<T, StoreError>) -> T {
    loop {
        match work() {
            Ok(value) => return value,
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Conflict, "{error}"),
        }
    }
}

/// Two records that are one person.
pub fn merged(world: &World, hub: &Hub) -> (Who, Who) {
    let web = world.person(hub, 1);
    let event = said("m-till", "till", 1).card("NV-1-77").phone(&phone(1)).event();
    let till = Who::Record(hub.record(&event).unwrap().record);
    let (Who::Record(a), Who::Record(b)) = (&web, &till) else { panic!() };
    hub.link(&CommandKey::new("link"), *a, *b).unwrap();
    (web, till)
}

pub fn no(purpose: &str, minute: i64) -> ConsentRecord {
    ConsentRecord::new(purpose.parse().unwrap(), "sms".parse().unwrap(), ConsentState::Withdrawn, at(minute))
}

pub fn number(of: usize) -> AddressId {
    AddressId::new(identifier(IdentifierKind::Phone, &phone(of)).digest(&rules().pepper).to_string())
}

/// What is stored but for answers to commands.
pub fn content(store: &MemoryStore) -> BTreeMap<Vec<u8>, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = store.dump().map(|(key, value)| (key.as_bytes().to_vec(), text(&value)));
    all.filter(|(key, _)| key.get(4) != Some(&b'c')).collect()
}

/// A store in which two people were told, and their entries.
pub fn told() -> (Arc<MemoryStore>, World, [OutboxKey; 2]) {
    let (world, store, provider) = (World::new(), Arc::new(MemoryStore::new()), Provider::default());
    let hub = world.hub(&(store.clone() as Arc<dyn Store>));
    let message = message("ready");
    let keys = [0, 1].map(|number| world.entry(&hub, &world.person(&hub, number), &message));
    hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    world.later(60);
    (store, world, keys)
}

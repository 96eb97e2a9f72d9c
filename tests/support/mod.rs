//! Small random worlds of events for the tests of the laws.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "each test file uses a part of it"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{FixedClock, Hub, Rules, SourceRule, Who};
use throughline::identifier::IdentifierKind;
use throughline::ids::{ProfileId, RecordId};
use throughline::store::faulty::{FaultyStore, Plan};
use throughline::store::{MemoryStore, Store, Tenant};

pub const TENANT: Tenant = Tenant(7);
pub const NOON: &str = "2026-03-20T12:00:00Z";

/// One event of a small world, before it is written as JSON.
#[derive(Debug, Clone)]
pub struct Draft {
    pub user: Option<u8>,
    pub anonymous: Option<u8>,
    pub email: Option<(u8, bool)>,
    pub phone: Option<(u8, bool)>,
    pub card: Option<u8>,
    pub device: Option<u8>,
    pub name: Option<u8>,
    pub channel: u8,
    pub minute: u16,
    pub consent: Option<bool>,
    pub track: bool,
}

const NAMES: [&str; 8] = ["Sara", "سارا", "سارة", "שרה", "Сара", "Sarah", "ساراـ", "Peter"];
const CHANNELS: [&str; 6] = ["web", "app", "till", "call_centre", "whatsapp", "kiosk"];

pub fn draft() -> impl Strategy<Value = Draft> {
    let pick = |of: u8| prop_oneof![2 => Just(None), 3 => (0..of).prop_map(Some)];
    let proved = |of: u8| prop_oneof![3 => Just(None), 2 => (0..of, any::<bool>()).prop_map(Some)];
    (
        (pick(4), pick(5), proved(3), proved(3)),
        (prop_oneof![4 => Just(None), 1 => (0..3_u8).prop_map(Some)], pick(4), pick(8)),
        (
            0..6_u8,
            0..2_000_u16,
            prop_oneof![6 => Just(None), 1 => any::<bool>().prop_map(Some)],
            any::<bool>(),
        ),
    )
        .prop_map(
            |((user, anonymous, email, phone), (card, device, name), (channel, minute, consent, track))| {
                Draft { user, anonymous, email, phone, card, device, name, channel, minute, consent, track }
            },
        )
}

/// A world: drafts whose place in the list is their id.
pub fn world(size: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(draft(), size)
        .prop_map(|drafts| drafts.iter().enumerate().map(|(number, draft)| event(number, draft)).collect())
}

/// The events in any order with some of them repeated.
pub fn shuffled(events: Vec<Event>) -> impl Strategy<Value = Vec<Event>> {
    let size = events.len();
    prop::collection::vec(0..size.max(1), 0..=size)
        .prop_map(move |again| {
            let mut all = events.clone();
            all.extend(again.into_iter().filter_map(|place| events.get(place).cloned()));
            all
        })
        .prop_shuffle()
}

pub fn event(number: usize, draft: &Draft) -> Event {
    let mut traits: BTreeMap<&str, serde_json::Value> = BTreeMap::new();
    if let Some((email, proved)) = draft.email {
        traits.insert("email", format!("Person{email}@Example.com").into());
        traits.insert("email_verified", proved.into());
    }
    if let Some((phone, proved)) = draft.phone {
        traits.insert("phone", format!("+4477009001{phone:02}").into());
        traits.insert("phone_number_verified", proved.into());
    }
    if let Some(card) = draft.card {
        traits.insert("loyaltyCard", format!("NV-70{card}-1").into());
    }
    if let Some(name) = draft.name {
        traits.insert("firstName", NAMES[usize::from(name) % NAMES.len()].into());
    }
    let at = "2026-03-18T00:00:00Z".parse::<throughline::time::DateTime<throughline::time::Utc>>().unwrap()
        + throughline::time::TimeDelta::minutes(draft.minute.into());
    let mut json = serde_json::json!({
        "type": if draft.track { "track" } else { "identify" },
        "messageId": format!("m-{number}"),
        "timestamp": at.to_rfc3339(),
        "originalTimestamp": at.to_rfc3339(),
        "sentAt": at.to_rfc3339(),
        "receivedAt": (at + throughline::time::TimeDelta::seconds(3)).to_rfc3339(),
        "context": {"channel": CHANNELS[usize::from(draft.channel) % CHANNELS.len()]},
    });
    let fields = json.as_object_mut().unwrap();
    if let Some(user) = draft.user {
        fields.insert("userId".into(), format!("user-{user}").into());
    }
    if let Some(anonymous) = draft.anonymous {
        fields.insert("anonymousId".into(), format!("visitor-{anonymous}").into());
    }
    if let Some(device) = draft.device {
        json["context"]["device"] = serde_json::json!({"id": format!("device-{device}")});
    }
    if let Some(granted) = draft.consent {
        json["context"]["consent"] = serde_json::json!({"categoryPreferences": {"marketing.email": granted}});
    }
    if draft.track {
        json["event"] = "Product Viewed".into();
        json["properties"] = serde_json::json!({"product_id": "SKU-1"});
        json["context"]["traits"] = serde_json::json!(traits);
    } else {
        json["traits"] = serde_json::json!(traits);
    }
    let import = throughline::event::Import::new(NOON.parse().unwrap());
    Event::from_segment(json.to_string().as_bytes(), &import).unwrap()
}

/// Rules under which the web, the app and the call centre may say that they verified an address.
pub fn rules() -> Rules {
    let mut rules = Rules::retail(b"a secret for tests");
    let verifies = SourceRule {
        verifies: [IdentifierKind::Email, IdentifierKind::Phone].into(),
        ..SourceRule::default()
    };
    for channel in [Channel::Web, Channel::App, Channel::CallCentre] {
        rules.sources.by_channel.insert(channel, verifies.clone());
    }
    rules
}

pub fn hub_over(store: Arc<dyn Store>) -> Hub {
    hub_at(store, NOON)
}

pub fn hub_at(store: Arc<dyn Store>, now: &str) -> Hub {
    Hub::with_clock(store, TENANT, rules(), Arc::new(FixedClock::at(now.parse().unwrap()))).unwrap()
}

pub fn fresh() -> (Arc<MemoryStore>, Hub) {
    let store = Arc::new(MemoryStore::new());
    let hub = hub_over(store.clone());
    (store, hub)
}

/// A memory store, and the same as if it were across a network: it offers no snapshots, so what is read comes in rounds.
pub fn across_a_network() -> (Arc<MemoryStore>, Arc<dyn Store>) {
    let store = Arc::new(MemoryStore::new());
    (store.clone(), Arc::new(FaultyStore::new(store, 0, Plan::calm())))
}

pub fn recorded(events: &[Event]) -> (Arc<MemoryStore>, Hub) {
    let (store, hub) = fresh();
    for event in events {
        hub.record(event).unwrap();
    }
    (store, hub)
}

/// Everything in the store but the answers to commands, as text where it is text.
pub fn content(store: &MemoryStore) -> BTreeMap<Vec<u8>, String> {
    store
        .dump()
        .filter(|(key, _)| key.as_bytes().get(Tenant::LEN) != Some(&b'c'))
        .map(|(key, value)| (key.as_bytes().to_vec(), String::from_utf8_lossy(&value).into_owned()))
        .collect()
}

/// Which records there are.
pub fn records(store: &MemoryStore) -> Vec<RecordId> {
    content(store)
        .into_keys()
        .filter_map(|key| {
            let rest = key.get(Tenant::LEN..)?.strip_prefix(b"r")?;
            Some(RecordId::from_bytes(rest.try_into().ok()?))
        })
        .collect()
}
/// What a reader sees of every record: its profile as it debugs with values revealed, and its timeline.
pub fn views(hub: &Hub, records: &[RecordId]) -> BTreeMap<RecordId, (ProfileId, String, String)> {
    records
        .iter()
        .map(|id| {
            let who = Who::Record(*id);
            let profile = hub.profile(&who).unwrap().unwrap();
            let timeline = hub.timeline(&who, None).unwrap().unwrap();
            let seen = serde_json::to_string(&profile).unwrap();
            (*id, (profile.id, seen, serde_json::to_string(timeline.entries()).unwrap()))
        })
        .collect()
}

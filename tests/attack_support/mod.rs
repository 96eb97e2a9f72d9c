//! What an attacker, and everybody else, says to a hub: events in few words.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "each test file uses a part of it"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use throughline::event::{Event, Import};
use throughline::hub::{FixedClock, Hub, Outcome, Recorded, Rules, SourceRule, Who};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::ids::RecordId;
use throughline::store::{MemoryStore, Store, Tenant};
use throughline::time::{DateTime, TimeDelta, Utc};

pub const TENANT: Tenant = Tenant(7);
pub const NOON: &str = "2026-03-20T12:00:00Z";

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Rules under which one source, `accounts`, may say that it verified an address; nobody else may.
pub fn rules() -> Rules {
    rules_with(b"a secret for tests")
}

pub fn rules_with(secret: &[u8]) -> Rules {
    let mut rules = Rules::retail(secret);
    let verifies = SourceRule {
        verifies: [IdentifierKind::Email, IdentifierKind::Phone].into(),
        ..SourceRule::default()
    };
    rules.sources.by_source.insert("accounts".into(), verifies);
    rules
}

pub fn hub_over(store: Arc<dyn Store>) -> Hub {
    Hub::with_clock(store, TENANT, rules(), Arc::new(FixedClock::at(instant(NOON)))).unwrap()
}

pub fn fresh() -> (Arc<MemoryStore>, Hub) {
    let store = Arc::new(MemoryStore::new());
    (store.clone(), hub_over(store))
}

/// One event, before it is written as JSON.
#[derive(Clone)]
pub struct Said {
    pub json: Value,
    at: DateTime<Utc>,
}

/// An identify call with that id in that channel, so many minutes after the morning of the day.
pub fn said(id: &str, channel: &str, minute: i64) -> Said {
    Said {
        json: json!({"type": "identify", "messageId": id, "context": {"channel": channel}}),
        at: instant("2026-03-20T00:00:00Z") + TimeDelta::minutes(minute),
    }
}

impl Said {
    pub fn top(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.json[key] = value.into();
        self
    }

    pub fn context(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.json["context"][key] = value.into();
        self
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if self.json["type"] == "identify" {
            self.json["traits"][name] = value.into();
        } else {
            self.json["context"]["traits"][name] = value.into();
        }
        self
    }

    pub fn user(self, id: &str) -> Self {
        self.top("userId", id)
    }

    pub fn visitor(self, id: &str) -> Self {
        self.top("anonymousId", id)
    }

    pub fn device(self, id: &str) -> Self {
        self.context("device", json!({"id": id}))
    }

    pub fn source(self, name: &str) -> Self {
        self.context("source", name)
    }

    pub fn email(self, address: &str) -> Self {
        self.with("email", address)
    }

    pub fn proved_email(self, address: &str) -> Self {
        self.with("email", address).with("email_verified", true)
    }

    pub fn phone(self, number: &str) -> Self {
        self.with("phone", number)
    }

    pub fn proved_phone(self, number: &str) -> Self {
        self.with("phone", number).with("phone_number_verified", true)
    }

    pub fn card(self, number: &str) -> Self {
        self.with("loyaltyCard", number)
    }

    /// A track call instead of an identify call.
    pub fn track(mut self, name: &str, properties: Value) -> Self {
        self.json["type"] = "track".into();
        self.json["event"] = name.into();
        self.json["properties"] = properties;
        self
    }

    pub fn at(mut self, at: &str) -> Self {
        self.at = instant(at);
        self
    }

    /// As it arrives, three seconds after it happened.
    pub fn event(&self) -> Event {
        let mut json = self.json.clone();
        if json.get("timestamp").is_none() {
            json["timestamp"] = self.at.to_rfc3339().into();
        }
        let import = Import::new(self.at + TimeDelta::seconds(3));
        Event::from_segment(json.to_string().as_bytes(), &import).unwrap()
    }

    pub fn to(&self, hub: &Hub) -> Recorded {
        hub.record(&self.event()).unwrap()
    }

    /// Records it as the first of its id and answers with its record.
    #[track_caller]
    pub fn kept(&self, hub: &Hub) -> RecordId {
        let recorded = self.to(hub);
        assert_eq!(recorded.outcome, Outcome::First);
        recorded.record
    }
}

pub fn identifier(kind: IdentifierKind, value: &str) -> Identifier {
    Identifier::parse(kind, value, &IdentifierSettings::default()).unwrap()
}

pub fn email(value: &str) -> Who {
    identifier(IdentifierKind::Email, value).into()
}

pub fn phone(value: &str) -> Who {
    identifier(IdentifierKind::Phone, value).into()
}

/// The records whose events the person may see.
pub fn profile(hub: &Hub, who: impl Into<Who>) -> BTreeSet<RecordId> {
    let timeline = hub.timeline(&who.into(), None).unwrap();
    timeline.iter().flat_map(throughline::journey::Timeline::entries).map(|entry| entry.record).collect()
}

pub fn together(hub: &Hub, a: RecordId, b: RecordId) -> bool {
    let (of_a, of_b) = (profile(hub, a), profile(hub, b));
    assert_eq!(of_a.contains(&b), of_b.contains(&a), "sharing a profile goes both ways");
    of_a.contains(&b)
}

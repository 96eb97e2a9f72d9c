//! A customer's data is where it must be and nowhere else: not in what is printed, not in reasons, not in keys, and
//! nowhere at all after it was erased.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use attack_support::{hub_over, identifier, said};
use pollster::block_on;
use serde_json::json;
use throughline::event::Event;
use throughline::hub::{Afterwards, CommandKey, ErasureOutcome, Hub, Outcome, Verified, What, Who};
use throughline::identifier::{Email, Identifier, IdentifierKind, IdentifierSettings, Phone};
use throughline::ids::RecordId;
use throughline::store::{
    Batch, BoxFuture, Bytes, Committed, Entry, Key, MemoryStore, ReadSet, Scan, Seq, Store, StoreError,
    StoreErrorKind, Tenant, View, Write,
};
use throughline::time::TimeDelta;

/// What stands in the customer's places: no two share a piece.
const CANARIES: [&str; 18] = [
    "Canary.Address", // the part of an e-mail address before the `@`
    "canary-host",    // and behind it
    "912765",         // in the telephone number
    "CANARY-70-CARD",
    "canary-user",
    "canary-visitor",
    "canary-device",
    "canary-crm-id",
    "سارا-قناری",       // a first name
    "קנרית-לוי",        // a last name
    "Канареечная-7",    // a street
    "canary-note",      // a trait of the host's own
    "canary-engraving", // a cart line's variant
    "canary-product",   // a cart line's name
    "canary-cart",
    "canary-order",
    "canary-message-id",
    "canary-command",
];

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// How a canary may stand in text: as it is, in lower case, with escapes, as the bytes of a list.
fn forms(canary: &str) -> Vec<String> {
    let decimal = |text: &str| text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    let escaped = canary.escape_unicode().to_string();
    vec![
        lower(canary),
        decimal(canary),
        decimal(&lower(canary)),
        lower(&escaped),
        lower(&format!("{canary:?}")),
    ]
}

#[track_caller]
fn shows_none(what: &str, text: &str) {
    let text = lower(text);
    for canary in CANARIES {
        for form in forms(canary) {
            assert!(!text.contains(form.trim_matches('"')), "{what} shows {canary}");
        }
    }
}

#[track_caller]
fn debugs_none(what: &str, value: &impl Debug) {
    shows_none(what, &format!("{value:?} {value:#?}"));
}

/// One customer's events with a canary in every place.
fn events() -> Vec<Event> {
    let products = json!([{
        "sku": "MUG-1", "product_id": "p-1", "variant": "canary-engraving", "name": "canary-product", "quantity": 2,
    }]);
    let who = |id: &str, channel: &str, minute| {
        said(&format!("canary-message-id-{id}"), channel, minute)
            .source("accounts")
            .user("canary-user")
            .proved_email("Canary.Address@canary-host.example")
            .proved_phone("+98 912 765 1122")
            .with("firstName", "سارا-قناری")
            .with("lastName", "קנרית-לוי")
            .with("address", json!({"street": "Канареечная-7", "city": "Tehran"}))
            .with("note", "canary-note")
            .with("timezone", "Asia/Tehran")
    };
    vec![
        who("1", "web", 1).visitor("canary-visitor").device("canary-device").event(),
        who("2", "app", 2)
            .context("externalIds", json!([{"type": "crm", "id": "canary-crm-id"}]))
            .context("consent", json!({"categoryPreferences": {"marketing": true, "canary-note": true}}))
            .event(),
        said("canary-message-id-3", "till", 3).user("canary-user").card("CANARY-70-CARD").event(),
        who("4", "web", 4)
            .track("Product Added", json!({"cart_id": "canary-cart", "products": products}))
            .event(),
        who("5", "app", 5)
            .track(
                "Order Completed",
                json!({"cart_id": "canary-cart-2", "order_id": "canary-order", "products": products}),
            )
            .event(),
        // Refused and odd identifiers, whose values must not be told either.
        who("6", "web", 6).with("email", "canary-note is no address").with("phone", "canary-note").event(),
        who("7", "web", 7).top("timestamp", "canary-note").event(),
    ]
}

/// What the hub answers about her, printed and as JSON where it is a reason.
fn ask_everything(hub: &Hub, records: &[RecordId]) {
    let who = Who::Record(records[0]);
    let user = Who::from(identifier(IdentifierKind::UserId, "canary-user"));
    debugs_none("who", &user);
    debugs_none("what", &What::Profile(user.clone()));
    debugs_none("hub", hub);
    debugs_none("async hub", &hub.asynchronous());
    debugs_none("rules", hub.rules());
    debugs_none("import", &hub.import());
    debugs_none("census", &hub.census().unwrap());
    let profile = hub.profile(&user).unwrap().unwrap();
    assert!(!profile.fields.is_empty() && profile.identifiers.len() > 5);
    debugs_none("profile", &profile);
    shows_none("quarantine", &serde_json::to_string(&profile.quarantine).unwrap());
    let timeline = hub.timeline(&who, None).unwrap().unwrap();
    assert!(timeline.entries().len() >= 7);
    debugs_none("timeline", &timeline);
    debugs_none("entries", &timeline.entries());
    let resumed = hub
        .resume(&who, &throughline::channel::Channel::Till, &throughline::hub::ThreadSettings::retail())
        .unwrap()
        .unwrap();
    assert!(resumed.resume.is_some());
    debugs_none("continuation", &resumed);
    shows_none("reasons to resume", &serde_json::to_string(&resumed.reasons).unwrap());
    for &other in &records[1..] {
        let why = hub.why(records[0], other).unwrap().unwrap();
        assert!(!why.is_empty());
        debugs_none("why", &why);
        shows_none("why", &serde_json::to_string(&why).unwrap());
        let why_not = hub.why_not(records[0], other).unwrap();
        debugs_none("why not", &why_not);
        shows_none("why not", &serde_json::to_string(&why_not).unwrap());
    }
    ask_for_prices(hub, &who);
    #[cfg(feature = "tzdb")]
    ask_for_a_message(hub, &who);
}

fn ask_for_prices(hub: &Hub, who: &Who) {
    use throughline::cart::Sku;
    use throughline::money::{Currency, CurrencyUnit, Money};
    use throughline::pricing::{PriceBook, PriceEntry, PriceId, PriceRules, Purchase};
    let euro = CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap();
    let cart = hub.cart(who, "canary-cart", euro.currency()).unwrap().unwrap();
    assert_eq!(cart.lines.len(), 1);
    debugs_none("cart", &cart);
    let entry = PriceEntry::always(
        PriceId::parse("p-1").unwrap(),
        Sku::parse("MUG-1").unwrap(),
        Money::new(1250, euro),
    );
    for book in [PriceBook::new("v1", [entry]).unwrap(), PriceBook::new("v2", []).unwrap()] {
        let (purchase, rules) = (Purchase::default(), PriceRules::new(book));
        let quote = hub.quote(who, "canary-cart", euro.currency(), &purchase, &rules).unwrap().unwrap();
        debugs_none("quote", &quote);
        match quote {
            Ok(throughline::pricing::Priced::Quoted(quote)) => {
                shows_none("reasons of a quote", &serde_json::to_string(&quote.reasons).unwrap());
            }
            Ok(refused) => shows_none("refusal", &format!("{refused:?}")),
            Err(error) => shows_none("pricing error", &format!("{error} {error:?}")),
        }
    }
}

#[cfg(feature = "tzdb")]
fn ask_for_a_message(hub: &Hub, who: &Who) {
    use throughline::calendar::Zones;
    use throughline::hub::Inquiry;
    use throughline::messaging::{Class, Decision, Message, Policy};
    let zones = Zones::bundled();
    let told = BTreeSet::new();
    let policy = Policy::default();
    for purpose in ["marketing.offers", "service.receipt"] {
        for class in [Class::Marketing, Class::Service, Class::Transactional] {
            let message = Message::new("offer-1", class, purpose.parse().unwrap());
            let inquiry =
                Inquiry { message: &message, policy: &policy, zones: &zones, told: &told, holdout: false };
            let decision = hub.decide(who, &inquiry).unwrap().unwrap();
            debugs_none("decision", &decision);
            shows_none("decision", &serde_json::to_string(&decision).unwrap());
            debugs_none("inquiry", &inquiry);
            if let Decision::Send { address, .. } = &decision {
                debugs_none("address id", address);
                let to = hub.address(who, address).unwrap().unwrap();
                assert!(
                    lower(&to).contains("canary") || to.contains("912"),
                    "the address itself is for sending"
                );
            }
        }
    }
}

/// Prints everything that passes between the hub and its store.
struct Spy {
    inner: Arc<MemoryStore>,
    seen: Mutex<String>,
}

impl Spy {
    fn note(&self, what: &impl Debug) {
        let mut seen = self.seen.lock().unwrap();
        *seen += &format!("{what:?}\n");
    }
}

impl Store for Spy {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(async move {
            self.note(want);
            let view = self.inner.read(want).await?;
            self.note(&view);
            Ok(view)
        })
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        self.note(batch);
        self.inner.commit(batch)
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        self.inner.journal(after, limit)
    }
}

#[test]
fn nothing_that_is_printed_shows_a_customer() {
    let store = Arc::new(MemoryStore::new());
    let spy = Arc::new(Spy { inner: store.clone(), seen: Mutex::default() });
    let hub = hub_over(spy.clone());
    let mut records = Vec::new();
    for event in events() {
        debugs_none("event", &event);
        debugs_none("stored event", &event.to_stored());
        debugs_none("order", &event.order_key());
        let recorded = hub.record(&event).unwrap();
        assert_eq!(recorded.outcome, Outcome::First);
        debugs_none("recorded", &recorded);
        shows_none("recorded", &serde_json::to_string(&recorded).unwrap());
        if !records.contains(&recorded.record) {
            records.push(recorded.record);
        }
    }
    assert_eq!(records.len(), 3);
    ask_everything(&hub, &records);
    let key = CommandKey::new("canary-command-1");
    debugs_none("command key", &key);
    let apart = hub.keep_apart(&key, &records[..1], &records[1..]).unwrap();
    debugs_none("decision of a person", &apart);
    let profile = hub.profile(&Who::Record(records[0])).unwrap().unwrap();
    assert!(!profile.quarantine.is_empty());
    debugs_none("profile with quarantine", &profile);
    shows_none("quarantine", &serde_json::to_string(&profile.quarantine).unwrap());
    debugs_none("why not", &hub.why_not(records[0], records[1]).unwrap());
    let value = identifier(IdentifierKind::Email, "Canary.Address@canary-host.example");
    debugs_none("identifier", &value);
    let token = hub.challenge(records[0], &value, TimeDelta::minutes(5)).unwrap().unwrap();
    shows_none("token", &token);
    assert_eq!(hub.verify(records[0], &value, &token).unwrap(), Verified::Proved);
    for record in records {
        let key = CommandKey::new(&format!("canary-command-{record:?}"));
        debugs_none("erased", &hub.erase(&key, &What::Record(record), Afterwards::Suppress).unwrap());
    }
    let refused = hub.record(&events()[0]).unwrap();
    assert_eq!(refused.outcome, Outcome::Erased);
    shows_none("refused", &serde_json::to_string(&refused).unwrap());
    debugs_none("memory store", &*store);
    let seen = spy.seen.lock().unwrap();
    assert!(seen.len() > 10_000);
    shows_none("what passes between hub and store", &seen);
}

#[test]
fn no_error_shows_a_customer() {
    let settings = IdentifierSettings::default();
    for canary in CANARIES {
        for kind in [
            IdentifierKind::Email,
            IdentifierKind::Phone,
            IdentifierKind::UserId,
            IdentifierKind::SocialHandle,
        ] {
            for bad in [
                format!("{canary}\u{202e}"),
                format!("{canary}\0"),
                canary.repeat(200),
                format!("{canary}@@{canary}"),
            ] {
                if let Err(error) = Identifier::parse(kind.clone(), &bad, &settings) {
                    shows_none("identifier error", &format!("{error} {error:?}"));
                }
            }
        }
        for error in [
            Email::parse(canary).map(drop).unwrap_err(),
            Phone::parse(canary, &settings).map(drop).unwrap_err(),
        ] {
            shows_none("address error", &format!("{error} {error:?}"));
        }
        let error = Key::new(canary.repeat(100).as_bytes()).unwrap_err();
        shows_none("key error", &format!("{error} {error:?}"));
    }
    // A store whose content somebody has changed: the error names neither the content nor the change.
    let store = Arc::new(MemoryStore::new());
    let hub = hub_over(store.clone());
    for event in events() {
        hub.record(&event).unwrap();
    }
    let all: Vec<(Key, Bytes)> = store.dump().collect();
    let user = Who::from(identifier(IdentifierKind::UserId, "canary-user"));
    let mut failures = 0;
    for (key, value) in &all {
        let text = String::from_utf8_lossy(value).into_owned();
        let strange = [
            text.replacen('{', r#"{"canary-note":"canary-note","#, 1),
            text.replacen("canary-user", "canary-user\\ud800", 1),
            text.replacen(':', ":canary-note", 1),
            text.get(..text.len() * 2 / 3).unwrap_or("canary-note").to_owned(),
            "\"canary-note\"".to_owned(),
        ];
        for strange in strange {
            let put = |bytes: &[u8]| {
                let writes = vec![(key.clone(), Write::Put(bytes.into()))];
                block_on(store.commit(&Batch { writes, ..Batch::default() })).unwrap();
            };
            put(strange.as_bytes());
            let mut told = Vec::new();
            told.extend(hub.profile(&user).err());
            told.extend(hub.timeline(&user, None).err());
            told.extend(hub.record(&said("canary-message-id-9", "web", 9).user("canary-user").event()).err());
            told.extend(hub.record(&events()[0]).err());
            for error in told {
                failures += 1;
                assert!(matches!(error.kind(), StoreErrorKind::Corrupt | StoreErrorKind::Newer), "{error}");
                shows_none("store error", &format!("{error} {error:?} {error:#?}"));
                let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
                while let Some(error) = cause {
                    shows_none("cause of a store error", &format!("{error} {error:?}"));
                    cause = error.source();
                }
            }
            put(value);
        }
    }
    assert!(failures > 20, "{failures}");
}

fn raw_forms() -> Vec<Vec<u8>> {
    CANARIES
        .iter()
        .flat_map(|canary| {
            [canary.as_bytes().to_vec(), lower(canary).into_bytes(), canary.to_ascii_uppercase().into_bytes()]
        })
        .collect()
}

#[test]
fn no_key_and_no_journal_entry_holds_a_customer() {
    let store = Arc::new(MemoryStore::new());
    let hub = hub_over(store.clone());
    let mut records = Vec::new();
    for event in events() {
        records.push(hub.record(&event).unwrap().record);
    }
    hub.keep_apart(&CommandKey::new("canary-command-1"), &records[..1], &records[1..2]).unwrap();
    hub.erase(&CommandKey::new("canary-command-2"), &What::Record(records[2]), Afterwards::Suppress).unwrap();
    let within = |bytes: &[u8]| {
        raw_forms()
            .iter()
            .any(|form| bytes.windows(form.len()).any(|window| window.eq_ignore_ascii_case(form)))
    };
    let mut keys = 0;
    for (key, _) in store.dump() {
        assert!(!within(key.as_bytes()), "{key:?}");
        keys += 1;
    }
    assert!(keys > 20);
    let journal = block_on(store.journal(Seq(0), usize::MAX)).unwrap();
    assert!(journal.len() > 5);
    for key in journal.iter().flat_map(|entry| &entry.keys) {
        assert!(!within(key.as_bytes()), "{key:?}");
    }
    assert!(!store.holds(b"canary-command"), "a command key is stored as its hash");
}

fn erase_all(hub: &Hub, afterwards: Afterwards) {
    for event in events() {
        assert_eq!(hub.record(&event).unwrap().outcome, Outcome::First);
    }
    // Something of everybody else stays.
    said("m-other", "web", 1).user("u-other").with("firstName", "Nobody-Else").kept(hub);
    let user = Who::from(identifier(IdentifierKind::UserId, "canary-user"));
    let who = What::Profile(user.clone());
    let key = CommandKey::new("canary-command-erase");
    let done = ErasureOutcome::Erased { records: 3, events: 7 };
    assert_eq!(hub.erase(&key, &who, afterwards).unwrap(), done);
    assert_eq!(hub.erase(&key, &who, afterwards).unwrap(), done, "the same command again");
    assert!(hub.profile(&user).unwrap().is_none());
}

#[test]
fn nothing_of_an_erased_customer_remains_in_memory() {
    for afterwards in [Afterwards::Suppress, Afterwards::Admit] {
        let store = Arc::new(MemoryStore::new());
        let hub = hub_over(store.clone());
        erase_all(&hub, afterwards);
        for form in raw_forms() {
            assert!(!store.holds(&form), "{}", String::from_utf8_lossy(&form));
        }
        assert!(store.holds(b"Nobody-Else"));
        if afterwards == Afterwards::Suppress {
            for event in events() {
                assert_eq!(hub.record(&event).unwrap().outcome, Outcome::Erased);
            }
            for form in raw_forms() {
                assert!(!store.holds(&form), "a refused event leaves nothing");
            }
        }
    }
}

#[cfg(feature = "redb")]
#[test]
fn nothing_of_an_erased_customer_remains_in_the_file() {
    use throughline::store::RedbStore;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hub.redb");
    let store = Arc::new(RedbStore::open(&path).unwrap());
    let hub = hub_over(store.clone());
    let found = || {
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        let text = |form: &[u8]| bytes.windows(form.len()).any(|window| window == form);
        raw_forms().into_iter().map(|form| form.to_ascii_lowercase()).filter(|form| text(form)).count()
    };
    for event in events() {
        hub.record(&event).unwrap();
    }
    assert!(found() > 10, "the file is not encrypted, so the search finds what is there");
    let all = events().len();
    let user = Who::from(identifier(IdentifierKind::UserId, "canary-user"));
    let erased = hub
        .erase(&CommandKey::new("canary-command"), &What::Profile(user.clone()), Afterwards::Suppress)
        .unwrap();
    assert_eq!(erased, ErasureOutcome::Erased { records: 3, events: all });
    said("m-other", "web", 1).user("u-other").with("firstName", "Nobody-Else").kept(&hub);
    store.scrub().unwrap();
    assert_eq!(found(), 0);
    // Nothing comes back with the next opening, and the erasure is remembered.
    drop((hub, store));
    assert_eq!(found(), 0);
    let store = Arc::new(RedbStore::open(&path).unwrap());
    let hub = hub_over(store);
    assert!(hub.profile(&user).unwrap().is_none());
    assert_eq!(hub.record(&events()[0]).unwrap().outcome, Outcome::Erased);
    assert!(hub.profile(&Who::from(identifier(IdentifierKind::UserId, "u-other"))).unwrap().is_some());
    drop(hub);
    assert_eq!(found(), 0);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "no copy is left beside it");
}

/// What a scan for anything shows of a tenant: keys of fixed forms only, nobody's words.
#[test]
fn keys_are_letters_and_hashes() {
    let store = Arc::new(MemoryStore::new());
    let hub = hub_over(store.clone());
    for event in events() {
        hub.record(&event).unwrap();
    }
    let all = Scan { prefix: Key::empty(), after: None, limit: usize::MAX };
    let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![all] })).unwrap();
    let mut lengths: BTreeSet<(u8, usize)> = BTreeSet::new();
    for (key, _) in &view.scans[0].items {
        let bytes = key.as_bytes();
        assert_eq!(&bytes[..Tenant::LEN], 7_u32.to_be_bytes());
        lengths.insert((bytes[Tenant::LEN], bytes.len() - Tenant::LEN));
    }
    // What is asked together about a record lies side by side: its component under the letter, its last event one byte on.
    lengths.remove(&(b'm', 18));
    let by_letter: BTreeSet<u8> = lengths.iter().map(|(letter, _)| *letter).collect();
    assert_eq!(by_letter.len(), lengths.len(), "one form for each letter: {lengths:?}");
}

//! From an event to facts: which record it belongs to, what that record claims and holds after it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::identifier::{Identifier, IdentifierKind, IdentifierSettings, ValueHash};
use crate::ids::{EventKey, RecordId};
use crate::pii::Pii;
use crate::reason::Reason;
use crate::record::{Claim, ConsentFact, Field, Millis, Record};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};

use super::blocks::Crossed;
use super::standing::{first_proof, is_evidence, is_heard, may_match, withdrew_matching};
use super::stored::Receipt;
use super::{Context, Rules, erased, holders, keys, threads};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is stored.
    First,
    /// The same event is stored already; nothing has changed.
    Duplicate,
    /// Another event with the same id is stored already: the first stays, nothing has changed.
    Contradicted,
    /// It speaks of an erased person; nothing has changed.
    Erased,
}

/// The answer to recording an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// What became of it.
    pub outcome: Outcome,
    /// The key under which it is stored.
    pub event: EventKey,
    /// The record on which it hangs.
    pub record: RecordId,
    /// What was odd about it and what was done: identifiers refused, times clamped. Never the values.
    pub reasons: Vec<Reason>,
}

/// Records whose evidence has changed, and values that a record holds no longer.
#[derive(Debug, Default)]
pub(crate) struct Dirty {
    pub(crate) records: BTreeSet<RecordId>,
    /// Those of them that nobody has heard of before: they are in no block and no component yet.
    pub(crate) fresh: BTreeSet<RecordId>,
    /// Of these records what was written last, where that is at hand.
    pub(crate) folded: BTreeMap<RecordId, Box<Record>>,
    pub(crate) values: BTreeSet<ValueHash>,
    /// Stored components that may have lost their records.
    pub(crate) components: BTreeSet<RecordId>,
    /// Blocks that have become too large to be looked at, or small enough.
    pub(crate) crossed: Vec<Crossed>,
}

impl Dirty {
    /// Whether nothing is to be computed again.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
            && self.values.is_empty()
            && self.components.is_empty()
            && self.crossed.is_empty()
    }

    /// These records and no values.
    pub(crate) fn of(records: impl IntoIterator<Item = RecordId>) -> Self {
        Self { records: records.into_iter().collect(), ..Self::default() }
    }
}

/// One identifier of an event, parsed.
struct Named {
    identifier: Identifier,
    claim: Claim,
}

/// The key of an event: equal ids of one tenant are one event.
pub(crate) fn event_key(rules: &Rules, id: &str) -> EventKey {
    EventKey::from_bytes(rules.pepper.digest("event", &[id.as_bytes()]))
}

/// Stores the event and joins it into its record. The index of holders is kept; views are not, see `resolve`.
pub(crate) fn fold(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    event: &Event,
    dirty: &mut Dirty,
) -> Result<Recorded, Stop> {
    let rules = context.rules;
    let mut reasons: Vec<Reason> = event.flags().iter().map(|flag| Reason::new(flag.as_str())).collect();
    let named = parse_identifiers(event, rules, &mut reasons);
    let system = rules.sources.system(event.source(), event.channel());
    let subject = subject(&named, rules);
    let record_id = Record::id(&rules.pepper, system, &subject);
    let key = event_key(rules, event.id());
    let content = ValueHash::from_bytes(rules.pepper.digest("content", &[event.to_segment().as_bytes()]));

    let (receipt_key, record_key) = (keys::receipt(key), keys::record(record_id));
    tx.want(&[receipt_key.clone(), record_key.clone(), keys::erasures()]);
    if let Some(receipt) = tx.get::<Receipt>(&receipt_key)? {
        let outcome = if receipt.content == content { Outcome::Duplicate } else { Outcome::Contradicted };
        return Ok(Recorded { outcome, event: key, record: receipt.record, reasons });
    }
    if let Some(reason) = erased::refuses(tx, rules, &subject, named.iter().map(|named| &named.identifier))? {
        reasons.push(reason);
        return Ok(Recorded { outcome: Outcome::Erased, event: key, record: record_id, reasons });
    }

    let at = Millis::from(event.time().corrected());
    let known: Option<Record> = tx.get(&record_key)?;
    let is_new = known.is_none();
    let mut record =
        known.unwrap_or_else(|| Record::new(system, event.channel().clone(), subject.clone(), (at, key)));
    let (first, was_crowded, had_withdrawn) = (record.first, record.crowded, withdrew_matching(&record));
    record.seen(event.channel(), (at, key));
    let mut evidence_changed = is_new || record.first != first;
    let (mut before, mut dropped): (Vec<(Identifier, Option<Claim>)>, Vec<Identifier>) =
        (Vec::new(), Vec::new());
    for Named { identifier, claim } in named {
        before.push((identifier.clone(), record.claims.get(&identifier).copied()));
        dropped.extend(record.claim(&rules.pepper, identifier, claim));
    }
    let fields_changed = join_fields(event, rules, &mut record, at, key);
    if record.crowded && !was_crowded {
        // From here on only the subject speaks: everything else leaves the index.
        dropped.extend(record.claims.keys().filter(|known| **known != record.subject).cloned());
    }
    let proof = first_proof(&record, rules);
    record.settle(proof);
    evidence_changed |= !dropped.is_empty();
    let mut heard: Vec<ValueHash> = Vec::new();
    for (identifier, old) in before {
        let new = record.claims.get(&identifier);
        evidence_changed |= match (old, new) {
            (Some(old), Some(new)) => differs(&old, new, proof),
            (old, new) => old.is_some() || new.is_some(),
        };
        // What is blocked did not come this far.
        if old.is_none() && is_heard(&record, &identifier) && may_match(&record, &identifier, rules) {
            heard.push(identifier.digest(&rules.pepper));
        }
    }
    // New evidence is looked at together with what people decided.
    let decided = (!heard.is_empty()).then(|| keys::decided(record_id));
    tx.want(&heard.iter().map(|value| keys::holders(*value)).chain(decided).collect::<Vec<_>>());
    heard.into_iter().try_for_each(|value| holders::add(tx, value, record_id))?;
    if had_withdrawn != withdrew_matching(&record) {
        evidence_changed = true;
        consent_changed(tx, rules, record_id, &record, dirty)?;
    }
    for identifier in dropped {
        let value = identifier.digest(&rules.pepper);
        holders::remove(tx, value, record_id)?;
        dirty.values.insert(value);
    }
    tx.put(&record_key, &record)?;
    if !is_new {
        threads::note_event(tx, record_id, first, record.first, (at, key))?;
    }
    if evidence_changed || (fields_changed && rules.linkage.is_some()) {
        // What is at hand is what a look would find.
        debug_assert!(tx.get::<Record>(&record_key).is_ok_and(|kept| kept.as_ref() == Some(&record)));
        dirty.records.insert(record_id);
        if is_new {
            dirty.fresh.insert(record_id);
        }
        dirty.folded.insert(record_id, Box::new(record));
    } else if let Some(known) = dirty.folded.get_mut(&record_id) {
        **known = record;
    }
    tx.bump_range(&keys::event_range(record_id))?;
    tx.put(&keys::event(record_id, at, key), &event.to_stored())?;
    tx.put(&receipt_key, &Receipt { content, record: record_id, at })?;
    Ok(Recorded { outcome: Outcome::First, event: key, record: record_id, reasons })
}

/// Brings the index of holders in line with what the record now lets its addresses be used for.
pub(crate) fn consent_changed(
    tx: &mut Tx<'_>,
    rules: &Rules,
    id: RecordId,
    record: &Record,
    dirty: &mut Dirty,
) -> Result<(), Stop> {
    for identifier in record.claims.keys() {
        if *identifier == record.subject || !rules.identity.policy(identifier.kind()).contact {
            continue;
        }
        let value = identifier.digest(&rules.pepper);
        if is_evidence(record, identifier, rules) {
            holders::add(tx, value, id)?;
        } else {
            holders::remove(tx, value, id)?;
            dirty.values.insert(value);
        }
    }
    Ok(())
}

/// Whether the new claim links otherwise than the old one. `proof` is the record's first proof of a contact address:
/// claims older than it and never repeated are detached.
fn differs(old: &Claim, new: &Claim, proof: Option<DateTime<Utc>>) -> bool {
    old.level() != new.level()
        || old.first_at != new.first_at
        || old.verified != new.verified
        || proof.is_some_and(|proof| old.last_at < proof && proof <= new.last_at)
}

fn parse_identifiers(event: &Event, rules: &Rules, reasons: &mut Vec<Reason>) -> Vec<Named> {
    let at: DateTime<Utc> = Millis::from(event.time().corrected()).into();
    let mut named: Vec<Named> = Vec::new();
    for raw in event.identifiers() {
        let kind = raw.kind;
        match Identifier::parse(kind.clone(), raw.value, &settings_in(event.locale(), kind, rules)) {
            Ok(identifier) => {
                if rules.identity.is_blocked(&identifier).is_some() {
                    reasons.push(Reason::new("identifier_blocked").evidence(kind.as_str()));
                    continue;
                }
                let (level, proof) =
                    rules.sources.level(event.source(), event.channel(), kind, raw.verified_flag);
                let claim = Claim::new(level, at, proof);
                match named.iter_mut().find(|known| known.identifier == identifier) {
                    Some(known) => known.claim.join(&claim),
                    None => named.push(Named { identifier, claim }),
                }
            }
            Err(error) => {
                reasons
                    .push(Reason::new("identifier_refused").evidence(format!("{kind}:{:?}", error.kind())));
            }
        }
    }
    named
}

/// Phone numbers without a country code are read as those of the country in the locale, else of the rules.
pub(crate) fn settings_in(locale: Option<&str>, kind: &IdentifierKind, rules: &Rules) -> IdentifierSettings {
    let mut settings = rules.identifiers.clone();
    if *kind == IdentifierKind::Phone {
        let country = locale.and_then(|locale| locale.rsplit(['-', '_']).next()?.parse().ok());
        settings.default_region = country.or(settings.default_region);
    }
    settings
}

/// What names the person in the event's system: an account, else a visitor, else the strongest other identifier.
fn subject(named: &[Named], rules: &Rules) -> Identifier {
    let ranked = named.iter().map(|Named { identifier, .. }| {
        let order = match identifier.kind() {
            IdentifierKind::UserId => 0,
            IdentifierKind::AnonymousId => 1,
            _ => 2,
        };
        let strength = rules.identity.policy(identifier.kind()).strength;
        (order, std::cmp::Reverse(strength), identifier)
    });
    ranked.min().map_or_else(Identifier::nobody, |(_, _, strongest)| strongest.clone())
}

/// Joins fields and consent. Returns whether the text of any field is another than before.
fn join_fields(event: &Event, rules: &Rules, record: &mut Record, at: Millis, key: EventKey) -> bool {
    let mut changed = false;
    for (name, value) in event.fields() {
        // One number has many spellings, with and without its country; which country was meant is known only here.
        let number = (name == "phone").then(|| {
            let settings = settings_in(event.locale(), &IdentifierKind::Phone, rules);
            Identifier::parse(IdentifierKind::Phone, value, &settings).ok()
        });
        let number = number.flatten();
        let value = number.as_ref().map_or(value, Identifier::reveal);
        let differs = record.fields.get(name).is_none_or(|known| **known.value.reveal() != *value);
        record.field(name, Field { value: Pii::new(value.into()), at: at.into(), event: key });
        // A value that is older than the known one changes nothing; taking it for a change costs a look.
        changed |= differs;
    }
    for consent in event.consents() {
        let purpose = consent.purpose.into();
        record.consent(ConsentFact::new(at.into(), key, purpose, consent.channel, consent.granted));
    }
    changed
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::event::{Event, Import};
    use crate::hub::{Hub, Rules, SourceRule};
    use crate::identifier::IdentifierKind;
    use crate::store::faulty::{FaultyStore, Plan};
    use crate::store::{MemoryStore, Tenant};

    fn hub() -> (Arc<MemoryStore>, Hub) {
        let store = Arc::new(MemoryStore::new());
        let mut rules = Rules::retail(b"a secret for tests");
        let rule = SourceRule { verifies: [IdentifierKind::Email].into(), ..SourceRule::default() };
        rules.sources.by_source.insert("shop".into(), rule);
        (store.clone(), Hub::new(store, Tenant(1), rules).unwrap())
    }

    fn record(hub: &Hub, hour: u32, who: &str) {
        let line = format!(
            r#"{{"type":"identify","messageId":"m-{hour}","timestamp":"2026-03-20T{hour:02}:00:00Z",{who},
                "context":{{"source":"shop","channel":"web"}}}}"#
        );
        let event =
            Event::from_segment(line.as_bytes(), &Import::new("2026-03-20T23:00:00Z".parse().unwrap()))
                .unwrap();
        hub.record(&event).unwrap();
    }

    fn records(store: &MemoryStore) -> Vec<String> {
        let records = store.dump().filter(|(key, _)| key.as_bytes().get(Tenant::LEN) == Some(&b'r'));
        records.map(|(_, value)| String::from_utf8(value.to_vec()).unwrap()).collect()
    }

    #[test]
    fn an_event_that_says_nothing_new_leaves_the_record_as_it_is() {
        let proved = r#""userId":"u-1","anonymousId":"v-1","traits":{"email":"sara@example.ir","email_verified":true}"#;
        for (first, again) in [
            (r#""anonymousId":"v-1""#, r#""anonymousId":"v-1""#),
            (r#""userId":"u-1""#, r#""userId":"u-1""#),
            (proved, r#""userId":"u-1","anonymousId":"v-1""#),
        ] {
            let (store, hub) = hub();
            record(&hub, 9, first);
            let before = records(&store);
            record(&hub, 11, again);
            record(&hub, 10, again);
            assert_eq!((before.len(), records(&store)), (1, before));
        }
    }

    #[test]
    fn a_claim_that_a_later_proof_may_detach_keeps_its_latest_time() {
        let (store, hub) = hub();
        record(&hub, 9, r#""userId":"u-1","anonymousId":"v-1""#);
        let before = records(&store);
        record(&hub, 11, r#""userId":"u-1","anonymousId":"v-1""#);
        assert_ne!(before, records(&store));
    }

    #[test]
    fn four_identifiers_ask_a_far_store_no_more_often_than_one() {
        let rounds = |who: &str| {
            // It offers no snapshots, and counts how often it is asked.
            let far = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), 0, Plan::calm()));
            record(&Hub::new(far.clone(), Tenant(1), Rules::retail(b"a secret for tests")).unwrap(), 9, who);
            far.steps()
        };
        let four = r#""userId":"u-1","anonymousId":"v-1","traits":{"email":"sara@example.ir","phone":"+989121234567"}"#;
        let one = rounds(r#""userId":"u-1""#);
        assert!(one > 1);
        assert_eq!(rounds(four), one);
    }
}

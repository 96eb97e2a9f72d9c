//! A record: what one source says about one person. Facts hang on records; profiles are computed from them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::identifier::Identifier;
use crate::ids::{EventKey, RecordId};
use crate::keyed::Pepper;
use crate::pii::Pii;
use crate::time::{DateTime, Utc};

/// How well a claim is founded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimLevel {
    /// Somebody said so: typed it into a form, told it on the telephone.
    Asserted,
    /// Our own systems saw it: the device sent it, the card was scanned.
    Observed,
    /// It was proved: a code was returned, the network vouches for the sender.
    Verified,
}

/// What a proof rested on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProofKind {
    /// The source is trusted to verify this kind of identifier and said that it did.
    Source,
    /// The channel itself authenticates the sender: a WhatsApp number, a mail link that was followed.
    Channel,
    /// A single-use proof that was issued for this very subject and value.
    Token,
}

/// Since when and how lately an identifier was proved for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    /// The first proof.
    #[serde(rename = "f", with = "chrono::serde::ts_milliseconds")]
    pub first_at: DateTime<Utc>,
    /// The latest proof.
    #[serde(rename = "l", with = "chrono::serde::ts_milliseconds")]
    pub last_at: DateTime<Utc>,
    /// What the strongest proof rested on.
    #[serde(rename = "p")]
    pub proof: ProofKind,
}

/// One record's claim to one identifier.
///
/// Claims about the same pair join into one whatever the order in which they come: the result holds the first time at
/// each level, and the latest time as far as it matters to the record (see [`Record::settle`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "StoredClaim", from = "StoredClaim")]
pub struct Claim {
    /// The first claim at any level.
    pub first_at: DateTime<Utc>,
    /// The latest claim at any level, as far as it matters.
    pub last_at: DateTime<Utc>,
    /// The first observation, where there was one.
    pub observed_at: Option<DateTime<Utc>>,
    /// The proofs, where there was one.
    pub verified: Option<Verification>,
}

/// How a claim is stored: most are made once, so later times are told from the first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredClaim {
    #[serde(rename = "f")]
    first_at: Millis,
    /// Milliseconds after the first claim.
    #[serde(rename = "l", default, skip_serializing_if = "is_zero")]
    last_after: i64,
    /// Milliseconds after the first claim.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    observed_after: Option<i64>,
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    verified: Option<Verification>,
}

const fn is_zero(millis: &i64) -> bool {
    *millis == 0
}

impl From<Claim> for StoredClaim {
    fn from(claim: Claim) -> Self {
        let after = |at: DateTime<Utc>| (at - claim.first_at).num_milliseconds();
        Self {
            first_at: claim.first_at.into(),
            last_after: after(claim.last_at),
            observed_after: claim.observed_at.map(after),
            verified: claim.verified,
        }
    }
}

impl From<StoredClaim> for Claim {
    fn from(stored: StoredClaim) -> Self {
        let at = |after: i64| Millis(stored.first_at.0.saturating_add(after)).into();
        Self {
            first_at: at(0),
            last_at: at(stored.last_after),
            observed_at: stored.observed_after.map(at),
            verified: stored.verified,
        }
    }
}

impl Claim {
    /// A single claim.
    #[must_use]
    pub fn new(level: ClaimLevel, at: DateTime<Utc>, proof: ProofKind) -> Self {
        Self {
            first_at: at,
            last_at: at,
            observed_at: (level == ClaimLevel::Observed).then_some(at),
            verified: (level == ClaimLevel::Verified).then_some(Verification {
                first_at: at,
                last_at: at,
                proof,
            }),
        }
    }

    /// The best level that was ever reached.
    #[must_use]
    pub const fn level(&self) -> ClaimLevel {
        match (self.verified, self.observed_at) {
            (Some(_), _) => ClaimLevel::Verified,
            (None, Some(_)) => ClaimLevel::Observed,
            (None, None) => ClaimLevel::Asserted,
        }
    }

    /// Joins another claim to the same pair into this one: commutative, associative, idempotent.
    pub fn join(&mut self, other: &Self) {
        self.first_at = self.first_at.min(other.first_at);
        self.last_at = self.last_at.max(other.last_at);
        self.observed_at = match (self.observed_at, other.observed_at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.verified = match (self.verified, other.verified) {
            (Some(a), Some(b)) => Some(Verification {
                first_at: a.first_at.min(b.first_at),
                last_at: a.last_at.max(b.last_at),
                proof: a.proof.max(b.proof),
            }),
            (a, b) => a.or(b),
        };
    }
}

/// One source's present value of one field about the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The value as the source wrote it; a telephone number in its international form.
    #[serde(rename = "v")]
    pub value: Pii<Box<str>>,
    /// When the source last said so.
    #[serde(rename = "t", with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// The event in which it said so.
    #[serde(rename = "e")]
    pub event: EventKey,
}

impl Field {
    /// Keeps the later of two values: by time, then by event, so that any order of arrival leaves the same one.
    pub fn join(&mut self, other: Self) {
        if (self.at, self.event) < (other.at, other.event) {
            *self = other;
        }
    }
}

/// What a person said about being contacted, as one event told it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentFact {
    /// When it was said.
    #[serde(rename = "t", with = "chrono::serde::ts_milliseconds")]
    pub at: DateTime<Utc>,
    /// The event in which it was said.
    #[serde(rename = "e")]
    pub event: EventKey,
    /// What for: a path of words parted by dots, or `*`.
    #[serde(rename = "p")]
    pub purpose: Box<str>,
    /// In which channel; every channel if none is named.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Granted, or withdrawn.
    #[serde(rename = "g")]
    pub granted: bool,
    /// Where it was neither quite granted nor withdrawn.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub nuance: Option<ConsentNuance>,
    /// From when on a grant no longer holds.
    #[serde(
        rename = "x",
        default,
        skip_serializing_if = "Option::is_none",
        with = "chrono::serde::ts_milliseconds_option"
    )]
    pub expires_at: Option<DateTime<Utc>>,
    /// What proves it, in the host's words.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Pii<Box<str>>>,
}

/// How a consent fact that is not a grant differs from a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentNuance {
    /// A yes that is not confirmed yet (double opt-in).
    Pending,
    /// A no when asked.
    Denied,
}

impl ConsentFact {
    /// A grant or a withdrawal, without an end and without evidence.
    #[must_use]
    pub const fn new(
        at: DateTime<Utc>,
        event: EventKey,
        purpose: Box<str>,
        channel: Option<Channel>,
        granted: bool,
    ) -> Self {
        Self { at, event, purpose, channel, granted, nuance: None, expires_at: None, evidence: None }
    }
}

/// What one source says about one person: the identifiers it claims, the fields it holds, the consent it was told.
///
/// A record is a join of everything that its events said, so the same events give the same record in any order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The system that speaks, such as `web-shop` or `till-berlin-02`.
    #[serde(rename = "s")]
    pub source: Box<str>,
    /// The channel of its earliest event.
    #[serde(rename = "c")]
    pub channel: Channel,
    /// What the source calls the person: its key in that source.
    #[serde(rename = "k")]
    pub subject: Identifier,
    /// The time and key of its earliest event.
    #[serde(rename = "t")]
    pub first: (Millis, EventKey),
    /// Its claims to identifiers, its subject among them.
    #[serde(rename = "i", with = "pairs")]
    pub claims: BTreeMap<Identifier, Claim>,
    /// Its fields by name.
    #[serde(rename = "f", default, skip_serializing_if = "BTreeMap::is_empty", with = "by_event")]
    pub fields: BTreeMap<Box<str>, Field>,
    /// Consent and its withdrawal, in time order.
    #[serde(rename = "o", default, skip_serializing_if = "BTreeSet::is_empty")]
    pub consents: BTreeSet<ConsentFact>,
    /// More identifiers were claimed than one person has, so none but the subject counts as evidence.
    #[serde(rename = "x", default, skip_serializing_if = "std::ops::Not::not")]
    pub crowded: bool,
}

/// Milliseconds since 1970-01-01T00:00:00Z, the resolution in which facts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl From<DateTime<Utc>> for Millis {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis())
    }
}

impl From<Millis> for DateTime<Utc> {
    fn from(millis: Millis) -> Self {
        crate::time::from_millis(millis.0)
    }
}

impl Record {
    /// Most identifiers that one record keeps.
    pub const MAX_CLAIMS: usize = 128;
    /// Most fields that one record keeps; of more, those first by name.
    pub const MAX_FIELDS: usize = 256;
    /// Most consent facts that one record keeps; of more, the latest.
    pub const MAX_CONSENTS: usize = 512;

    /// The id of the record by which a source knows a subject: a keyed hash of both.
    #[must_use]
    pub fn id(pepper: &Pepper, source: &str, subject: &Identifier) -> RecordId {
        RecordId::from_bytes(pepper.digest(
            "record",
            &[source.as_bytes(), subject.kind().as_str().as_bytes(), subject.reveal().as_bytes()],
        ))
    }

    /// A record as its first event shows it.
    #[must_use]
    pub fn new(source: &str, channel: Channel, subject: Identifier, first: (Millis, EventKey)) -> Self {
        Self {
            source: source.into(),
            channel,
            subject,
            first,
            claims: BTreeMap::new(),
            fields: BTreeMap::new(),
            consents: BTreeSet::new(),
            crowded: false,
        }
    }

    /// Joins a claim. Returns the identifiers that the record no longer keeps because it claims too many.
    ///
    /// Of more than [`Record::MAX_CLAIMS`] identifiers those with the smallest keyed hashes stay, which does not depend
    /// on the order in which they came; the subject always stays.
    pub fn claim(&mut self, pepper: &Pepper, identifier: Identifier, claim: Claim) -> Option<Identifier> {
        match self.claims.get_mut(&identifier) {
            Some(known) => known.join(&claim),
            None => {
                self.claims.insert(identifier, claim);
            }
        }
        if self.claims.len() <= Self::MAX_CLAIMS {
            return None;
        }
        self.crowded = true;
        let dropped = self
            .claims
            .keys()
            .filter(|known| **known != self.subject)
            .max_by_key(|known| known.digest(pepper))
            .cloned()?;
        self.claims.remove(&dropped);
        Some(dropped)
    }

    /// Forgets of each claim's latest time what no rule asks for, so that most events leave the record as it is.
    ///
    /// The one rule that asks is that claims older than the record's first proof of a contact address and never repeated
    /// are detached: it asks whether a claim was repeated at or after `proof`, and never about the subject. So no latest
    /// time is kept beyond `proof`, and none for the subject or for a record whose other claims are no evidence. Joining
    /// claims and settling may alternate in any way: the result is the same as of settling once at the end.
    pub fn settle(&mut self, proof: Option<DateTime<Utc>>) {
        for (identifier, claim) in &mut self.claims {
            let latest =
                if self.crowded || *identifier == self.subject { Some(claim.first_at) } else { proof };
            if let Some(latest) = latest {
                claim.last_at = claim.last_at.min(latest.max(claim.first_at));
            }
        }
    }

    /// Joins a field.
    pub fn field(&mut self, name: &str, field: Field) {
        match self.fields.get_mut(name) {
            Some(known) => known.join(field),
            None => {
                self.fields.insert(name.into(), field);
                if self.fields.len() > Self::MAX_FIELDS {
                    self.fields.pop_last();
                }
            }
        }
    }

    /// Adds what was said about consent.
    pub fn consent(&mut self, fact: ConsentFact) {
        self.consents.insert(fact);
        if self.consents.len() > Self::MAX_CONSENTS {
            self.consents.pop_first();
        }
    }

    /// Notes one event's time: the earliest gives the record its age and its channel.
    pub fn seen(&mut self, channel: &Channel, at: (Millis, EventKey)) {
        if at < self.first {
            self.first = at;
            self.channel = channel.clone();
        }
    }

    /// The time of its earliest event.
    #[must_use]
    pub fn first_seen(&self) -> DateTime<Utc> {
        self.first.0.into()
    }
}

/// Claims as a list of pairs: JSON keys are strings, identifiers are not.
mod pairs {
    use std::collections::BTreeMap;

    use serde::ser::SerializeSeq;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Claim, Identifier};

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<Identifier, Claim>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let mut list = to.serialize_seq(Some(map.len()))?;
        for pair in map {
            list.serialize_element(&pair)?;
        }
        list.end()
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<Identifier, Claim>, D::Error> {
        Ok(Vec::<(Identifier, Claim)>::deserialize(from)?.into_iter().collect())
    }
}

/// Fields as a list of events with what each said: one event often gives many fields.
mod by_event {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{Field, Millis};
    use crate::ids::EventKey;
    use crate::pii::Pii;

    /// What one event said, by field.
    type Said<'a> = BTreeMap<&'a str, &'a Pii<Box<str>>>;

    pub(super) fn serialize<S: Serializer>(
        fields: &BTreeMap<Box<str>, Field>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let mut events: BTreeMap<(Millis, EventKey), Said<'_>> = BTreeMap::new();
        for (name, field) in fields {
            events.entry((field.at.into(), field.event)).or_default().insert(name, &field.value);
        }
        to.collect_seq(events.iter().map(|((at, event), said)| (at, event, said)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<BTreeMap<Box<str>, Field>, D::Error> {
        type Event = (Millis, EventKey, BTreeMap<Box<str>, Pii<Box<str>>>);
        let events = Vec::<Event>::deserialize(from)?;
        let fields = events.into_iter().flat_map(|(at, event, said)| {
            said.into_iter().map(move |(name, value)| (name, Field { value, at: at.into(), event }))
        });
        Ok(fields.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::identifier::{IdentifierKind, IdentifierSettings};

    fn identifier(number: u8) -> Identifier {
        let value = format!("u-{number}");
        Identifier::parse(IdentifierKind::UserId, &value, &IdentifierSettings::default()).unwrap()
    }

    /// A record about number 0 after these claims, settled after each or only at the end.
    fn record(claims: &[(u8, ClaimLevel, i64)], after_each: bool) -> Record {
        let first = (Millis(0), EventKey::from_bytes([0; 16]));
        let mut record = Record::new("web", Channel::Web, identifier(0), first);
        let proof =
            |record: &Record| record.claims.values().filter_map(|claim| Some(claim.verified?.first_at)).min();
        for &(number, level, at) in claims {
            let claim = Claim::new(level, Millis(at).into(), ProofKind::Source);
            assert_eq!(record.claim(&Pepper::new(b"s"), identifier(number), claim), None);
            if after_each {
                record.settle(proof(&record));
            }
        }
        record.settle(proof(&record));
        record
    }

    fn claims() -> impl Strategy<Value = Vec<(u8, ClaimLevel, i64)>> {
        let level = prop_oneof![
            4 => Just(ClaimLevel::Asserted),
            4 => Just(ClaimLevel::Observed),
            1 => Just(ClaimLevel::Verified),
        ];
        proptest::collection::vec((0..4_u8, level, -9..9_i64), 0..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn settling_early_or_late_in_any_order_is_the_same(
            (claims, again) in claims().prop_flat_map(|claims| (Just(claims.clone()), Just(claims).prop_shuffle()))
        ) {
            let (late, early) = (record(&claims, false), record(&again, true));
            prop_assert_eq!(&late, &early);
            // What the rule asks of every claim but the subject's is answered as by all the times.
            let proof = claims.iter().filter(|claim| claim.1 == ClaimLevel::Verified).map(|claim| claim.2).min();
            for (number, proof) in (1..4).filter_map(|number| Some((number, proof?))) {
                let latest = claims.iter().filter(|claim| claim.0 == number).map(|claim| claim.2).max();
                let kept = late.claims.get(&identifier(number)).map(|claim| Millis::from(claim.last_at).0);
                prop_assert_eq!(latest.map(|at| at < proof), kept.map(|at| at < proof));
            }
            let text = serde_json::to_string(&late).unwrap();
            prop_assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), late);
        }
    }

    #[test]
    fn fields_are_stored_by_the_event_that_told_them() {
        let mut record = record(&[(0, ClaimLevel::Observed, 5)], true);
        for (name, value, event) in
            [("last_name", "Ахматова", 1), ("first_name", "سارا", 2), ("city", "حيفا", 1)]
        {
            let event = EventKey::from_bytes([event; 16]);
            record.field(name, Field { value: Pii::new(value.into()), at: Millis(5).into(), event });
        }
        let text = serde_json::to_string(&record).unwrap();
        let one = "01010101-0101-0101-0101-010101010101";
        assert!(text.contains(&format!(r#"[5,"{one}",{{"city":"حيفا","last_name":"Ахматова"}}]"#)), "{text}");
        assert!(text.contains(r#"[["user_id","u-0"],{"f":5,"o":0}]"#), "{text}");
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
    }
}

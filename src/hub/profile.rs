//! One person's single view.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::identifier::{Identifier, IdentifierKind};
use crate::identity::{FieldValue, Quarantined, WonBy, survive};
use crate::ids::{EventKey, ProfileId, RecordId};
use crate::pii::Pii;
use crate::record::{ClaimLevel, Record};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};

use super::standing::standing;
use super::{Context, Rules, Who, keys, members};

/// One person's single view, computed from the records that are hers. Never stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its public id.
    pub id: ProfileId,
    /// Other ids that lead here, among them every id that it had before profiles merged.
    pub aliases: Vec<ProfileId>,
    /// The records it is made of, the founder first.
    pub records: Vec<RecordSummary>,
    /// Its identifiers with the best claim to each, by kind.
    pub identifiers: Vec<ProfileIdentifier>,
    /// The surviving value of each field.
    pub fields: BTreeMap<Box<str>, GoldenField>,
    /// What speaks for joining it with other profiles and was held back, with the reasons.
    pub quarantine: Vec<Quarantined>,
}

/// One record of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSummary {
    /// Its id.
    pub id: RecordId,
    /// The system that speaks.
    pub source: Box<str>,
    /// The channel of its earliest event.
    pub channel: Channel,
    /// What kind of identifier the source knows the person by.
    pub subject: IdentifierKind,
    /// The time of its earliest event.
    pub first_seen: DateTime<Utc>,
    /// It claims more identifiers than a person has, so only its subject is evidence.
    pub crowded: bool,
}

/// One identifier of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileIdentifier {
    /// The identifier.
    pub identifier: Identifier,
    /// The best claim to it.
    pub level: ClaimLevel,
    /// No claim to it counts: each is older than its record's first proof of an address and was not repeated, so that
    /// somebody else may have planted it, or its record claims more identifiers than a person has.
    pub detached: bool,
    /// The records that claim it, in order.
    pub records: Vec<RecordId>,
}

/// The surviving value of a field, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenField {
    /// The value as its source wrote it; a telephone number in its international form.
    pub value: Pii<Box<str>>,
    /// The source.
    pub source: Box<str>,
    /// The channel of the record.
    pub channel: Channel,
    /// The record.
    pub record: RecordId,
    /// The event in which the source said so.
    pub event: EventKey,
    /// When it said so.
    pub at: DateTime<Utc>,
    /// Whether the value is an identifier that the record proved.
    pub verified: bool,
    /// Why it won.
    pub won_by: WonBy,
    /// How many records say the same.
    pub agreeing: usize,
    /// How many other values it won against.
    pub others: usize,
}

/// One person's single view; `None` if nobody is meant.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the claims and fields of the profile's records, times a logarithm.
pub fn profile(tx: &mut Tx<'_>, context: &Context<'_>, who: &Who) -> Result<Option<Profile>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let (members, quarantine) = members::cluster(tx, record)?;
    let wanted: Vec<_> = members.iter().map(|id| keys::record(*id)).collect();
    let found = tx.get_many::<Record>(&wanted)?;
    let records: Vec<(RecordId, Record)> =
        members.iter().zip(found).filter_map(|(id, record)| Some((*id, record?))).collect();
    Ok(Some(view(record, &records, quarantine, context.rules)))
}

fn view(
    asked: RecordId,
    records: &[(RecordId, Record)],
    quarantine: Vec<Quarantined>,
    rules: &Rules,
) -> Profile {
    let founder = records.first().map_or(asked, |(id, _)| *id);
    let aliases: BTreeSet<ProfileId> = records.iter().skip(1).map(|(id, _)| (*id).into()).collect();
    Profile {
        id: founder.into(),
        aliases: aliases.into_iter().collect(),
        records: records.iter().map(|(id, record)| summary(*id, record)).collect(),
        identifiers: identifiers(records, rules),
        fields: golden(records, rules),
        quarantine,
    }
}

fn summary(id: RecordId, record: &Record) -> RecordSummary {
    RecordSummary {
        id,
        source: record.source.clone(),
        channel: record.channel.clone(),
        subject: record.subject.kind().clone(),
        first_seen: record.first_seen(),
        crowded: record.crowded,
    }
}

fn identifiers(records: &[(RecordId, Record)], rules: &Rules) -> Vec<ProfileIdentifier> {
    let mut best: BTreeMap<&Identifier, (ClaimLevel, BTreeSet<RecordId>)> = BTreeMap::new();
    let mut stand: BTreeSet<&Identifier> = BTreeSet::new();
    for (id, record) in records {
        for (identifier, claim) in &record.claims {
            let (level, holders) = best.entry(identifier).or_insert((ClaimLevel::Asserted, BTreeSet::new()));
            *level = (*level).max(claim.level());
            holders.insert(*id);
        }
        stand.extend(standing(record, rules).map(|(identifier, _)| identifier));
    }
    let view =
        |(identifier, (level, records)): (&Identifier, (ClaimLevel, BTreeSet<RecordId>))| ProfileIdentifier {
            identifier: identifier.clone(),
            level,
            detached: !stand.contains(identifier),
            records: records.into_iter().collect(),
        };
    best.into_iter().map(view).collect()
}

fn golden(records: &[(RecordId, Record)], rules: &Rules) -> BTreeMap<Box<str>, GoldenField> {
    let mut said: BTreeMap<&str, Vec<FieldValue<'_>>> = BTreeMap::new();
    for (id, record) in records {
        for (name, field) in &record.fields {
            said.entry(name).or_default().push(FieldValue {
                value: Pii::new(field.value.reveal().to_string()),
                at: field.at,
                source: &record.source,
                channel: record.channel.clone(),
                record: *id,
                event: field.event,
                verified: is_verified(record, name, field.value.reveal(), rules),
            });
        }
    }
    let winner = |(name, values): (&str, Vec<FieldValue<'_>>)| {
        let survivor = survive(name, &values, &rules.survivorship)?;
        let FieldValue { value, at, source, channel, record, event, verified } = survivor.value;
        let field = GoldenField {
            value: Pii::new(value.reveal().as_str().into()),
            source: (*source).into(),
            channel: channel.clone(),
            record: *record,
            event: *event,
            at: *at,
            verified: *verified,
            won_by: survivor.won_by,
            agreeing: survivor.agreeing,
            others: survivor.others,
        };
        Some((name.into(), field))
    };
    said.into_iter().filter_map(winner).collect()
}

/// Whether a field holds an address that the record proved.
fn is_verified(record: &Record, name: &str, value: &str, rules: &Rules) -> bool {
    let kind = match name {
        "email" => IdentifierKind::Email,
        "phone" => IdentifierKind::Phone,
        _ => return false,
    };
    let parsed = Identifier::parse(kind, value, &rules.identifiers);
    parsed.is_ok_and(|identifier| {
        record.claims.get(&identifier).is_some_and(|claim| claim.level() == ClaimLevel::Verified)
    })
}

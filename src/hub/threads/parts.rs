//! The parts of a person's threads, from all records that are hers.

use serde::{Deserialize, Serialize};

use crate::identity::Class;
use crate::ids::RecordId;
use crate::journey::{Member, Met, PartId, Sensitivity, ThreadKind, ThreadPart, ThreadRules, Touch, meet};
use crate::record::Record;
use crate::store::{Key, Stop, Stored, Tx};

use super::super::scan::each;
use super::super::{Context, Who, keys as hub_keys, members};
use super::keys;

impl Stored for ThreadPart {
    const KIND: &'static str = "thread_part";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

/// The thread that was edited last at one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    #[serde(rename = "p")]
    pub(super) part: PartId,
    #[serde(rename = "k")]
    pub(super) kind: ThreadKind,
    #[serde(rename = "o")]
    pub(super) object: Box<str>,
    #[serde(rename = "l")]
    pub(super) last: Touch,
    /// How guarded what it is shown with was after that edit; of what was kept before this was, it is not known.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(super) sensitivity: Option<Sensitivity>,
}

impl Stored for Head {
    const KIND: &'static str = "thread_head";
    const VERSION: u16 = 1;
}

/// One part and where it is kept.
pub(super) struct Loaded {
    pub(super) key: Key,
    pub(super) record: RecordId,
    pub(super) id: PartId,
    pub(super) guest: bool,
    pub(super) part: ThreadPart,
}

/// All parts of a person's threads.
pub(super) struct Parts {
    /// A record of hers, the one that was meant if one was.
    pub(super) record: RecordId,
    /// All her records.
    pub(super) cluster: Vec<RecordId>,
    pub(super) loaded: Vec<Loaded>,
}

impl Parts {
    pub(super) fn members(&self) -> Vec<Member<'_>> {
        self.loaded.iter().map(|held| Member { id: held.id, guest: held.guest, part: &held.part }).collect()
    }

    pub(super) fn met(&self, rules: &ThreadRules) -> Vec<Met> {
        meet(&self.members(), rules)
    }
}

/// The part of a record of that object.
pub(super) fn part_id(context: &Context<'_>, record: RecordId, kind: &ThreadKind, object: &str) -> PartId {
    let parts: [&[u8]; 3] = [record.as_bytes(), kind.as_str().as_bytes(), object.as_bytes()];
    PartId::from_bytes(context.rules.pepper.digest("thread", &parts))
}

/// Everything that a person left unfinished; `None` if nobody is meant.
pub(super) fn load(tx: &mut Tx<'_>, context: &Context<'_>, who: &Who) -> Result<Option<Parts>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let mut loaded = Vec::new();
    let cluster = members::cluster(tx, record)?.0;
    for member in cluster.iter().copied() {
        let mut found: Vec<(Key, ThreadPart)> = Vec::new();
        each::<ThreadPart>(tx, &keys::parts(member), |key, part| found.push((key, part)))?;
        if found.is_empty() {
            continue;
        }
        let known: Option<Record> = tx.get(&hub_keys::record(member))?;
        let class = known.map(|known| context.rules.identity.policy(known.subject.kind()).class);
        let guest = class != Some(Class::Person);
        loaded.extend(found.into_iter().filter_map(|(key, part)| {
            let (record, id) = keys::part_of(&key)?;
            Some(Loaded { key, record, id, guest, part })
        }));
    }
    Ok(Some(Parts { record, cluster, loaded }))
}

//! Told once: which entry tells a person a fact.

use serde::{Deserialize, Serialize};

use crate::identifier::ValueHash;
use crate::ids::{OutboxKey, RecordId};
use crate::record::Record;
use crate::store::{Stop, Stored, Tx};

use super::super::{Context, keys};

/// That an entry tells a record's person a fact. It stands while the entry is open, and for good once it may have been
/// sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Told {
    #[serde(rename = "e")]
    pub(crate) entry: OutboxKey,
}

impl Stored for Told {
    const KIND: &'static str = "told";
    const VERSION: u16 = 1;
}

/// The hash of a fact that the host names.
pub(crate) fn fact(context: &Context<'_>, told_key: &str) -> ValueHash {
    ValueHash::from_bytes(context.rules.pepper.digest("told_fact", &[told_key.as_bytes()]))
}

/// The hash of the fact that a message tells at a step, where the host names none or tells it again on purpose.
pub(crate) fn step(context: &Context<'_>, fact: &str, step: &str, attempt_class: &str) -> ValueHash {
    let parts = [fact.as_bytes(), step.as_bytes(), attempt_class.as_bytes()];
    ValueHash::from_bytes(context.rules.pepper.digest("told_step", &parts))
}

/// The entries that tell any of these records' person the fact. Each mark, there or not, is guarded: of any number of
/// units of work that find none at once one commits.
pub(crate) fn marks(
    tx: &mut Tx<'_>,
    records: &[(RecordId, Record)],
    fact: ValueHash,
) -> Result<Vec<OutboxKey>, Stop> {
    let wanted: Vec<_> = records.iter().map(|(id, _)| keys::told(*id, fact)).collect();
    Ok(tx.get_many::<Told>(&wanted)?.into_iter().flatten().map(|told| told.entry).collect())
}

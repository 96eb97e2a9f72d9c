//! The shapes in which the hub keeps facts and views, each in the versioned envelope.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::event::StoredEvent;
use crate::identifier::ValueHash;
use crate::identity::linkage::Sketch;
use crate::identity::{Decision, Quarantined};
use crate::ids::{DecisionId, RecordId};
use crate::messaging::outbox::Entry;
use crate::record::{Millis, Record};
use crate::store::Stored;

use super::linkage::Linkage;

/// Says under which kind values are stored, at version 1, and whether the journal tells of their writes.
macro_rules! stored {
    ($($type:ty = $kind:literal, journal $journal:literal;)*) => {$(
        impl $crate::store::Stored for $type {
            const KIND: &'static str = $kind;
            const VERSION: u16 = 1;
            const JOURNAL: bool = $journal;
        }
    )*};
}

pub(crate) use stored;

/// Where an event went, to know it when it comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receipt {
    /// A keyed hash of the event as it came.
    #[serde(rename = "h")]
    pub(crate) content: ValueHash,
    #[serde(rename = "r")]
    pub(crate) record: RecordId,
    #[serde(rename = "t")]
    pub(crate) at: Millis,
}

/// Marks one of very many records that hold a value; the record is in the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holder {}

/// Who holds an identifier value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Holders {
    /// How many records hold it.
    #[serde(rename = "n")]
    pub(crate) count: u32,
    /// They, in order; none is listed here when there are more than [`Holders::LISTED`].
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) listed: Vec<RecordId>,
}

impl Holders {
    /// The most that are listed in one value: one more than any policy lets hold a value that is evidence, so that the
    /// record that makes a value generic still finds all the others.
    pub(crate) const LISTED: u32 = 33;
}

/// The records of a block.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Block {
    /// They, in order; none is listed here when there are more than [`Block::LISTED`].
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty", with = "super::packed::ids")]
    pub(crate) listed: Vec<RecordId>,
    /// How many they are where they are not listed.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub(crate) beyond: u32,
}

const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Block {
    /// The most that are listed in one value: one more than a rule may let a block have that is looked at.
    pub(crate) const LISTED: u32 = Linkage::MAX_BLOCK + 1;

    /// How many records are in it.
    pub(crate) fn count(&self) -> u32 {
        if self.beyond > 0 { self.beyond } else { u32::try_from(self.listed.len()).unwrap_or(u32::MAX) }
    }
}

/// The blocks that one record is in, and those that it would be in if the rules' own blocks were too large.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Blocks {
    /// In order.
    #[serde(rename = "b", with = "super::packed::places")]
    pub(crate) places: Vec<Place>,
    /// What is remembered of its values; `None` if nothing is.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none", with = "super::packed::sketch")]
    pub(crate) sketch: Option<Sketch>,
}

/// One block of one blocking rule. In order, the rule's own block comes after those that split it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The rule, by its place in the model.
    pub(crate) rule: u8,
    /// The part that splits the rule's large blocks; [`Place::WHOLE`] for the rule's own block.
    pub(crate) split: u8,
    /// The most records that the block may have for its pairs to be looked at. Part of the hash: under another limit it
    /// is another block.
    pub(crate) most: u8,
    /// The keyed hash that stands for what the records of the block agree on.
    pub(crate) block: [u8; 8],
}

impl Place {
    /// In place of a split: the rule's own block.
    pub(crate) const WHOLE: u8 = u8::MAX;

    /// Of a record's places, which are in order, those of one rule: its own block, and those that split it.
    pub(crate) fn of_rule(places: &[Self], rule: u8) -> Option<(&Self, &[Self])> {
        let start = places.partition_point(|place| place.rule < rule);
        let end = places.partition_point(|place| place.rule <= rule);
        places.get(start..end)?.split_last()
    }

    /// Whether a block of so many records is too large to be looked at.
    pub(crate) fn is_too_large(&self, count: u32) -> bool {
        count > u32::from(self.most)
    }
}

/// The decisions of people that touch one record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    /// In order.
    #[serde(rename = "d")]
    pub(crate) decisions: BTreeSet<DecisionId>,
}

/// Which component a record is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Membership {
    #[serde(rename = "c")]
    pub(crate) component: RecordId,
}

/// Records that evidence holds together, and the profiles that they make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Component {
    /// One list of records per profile, its founder first.
    #[serde(rename = "c")]
    pub(crate) clusters: Vec<Vec<RecordId>>,
    /// What was kept apart, and why.
    #[serde(rename = "q", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) quarantine: Vec<Quarantined>,
}

/// That a value belongs to an erased person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erased {
    #[serde(rename = "t")]
    pub(crate) at: Millis,
}

/// How many values of erased people there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasures {
    #[serde(rename = "n")]
    pub(crate) count: u64,
}

/// That a proof has been used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UsedProof {
    #[serde(rename = "t")]
    pub(crate) expires: Millis,
}

impl Stored for Record {
    const KIND: &'static str = "record";
    const VERSION: u16 = 2;
    const JOURNAL: bool = true;

    fn upcast(version: u16, data: &str) -> Option<String> {
        // Version 2 tells more about consent where there is more to tell; what version 1 wrote reads as it is.
        (version == 1).then(|| data.to_owned())
    }
}

impl Stored for Entry {
    const KIND: &'static str = "outbox_entry";
    const VERSION: u16 = 2;
    const JOURNAL: bool = true;

    fn upcast(version: u16, data: &str) -> Option<String> {
        // Version 2 knows of plans of escalation; what version 1 wrote reads as it is.
        (version == 1).then(|| data.to_owned())
    }
}

/// That something is in an index; what it is stands in the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Marker {}

stored! {
    Marker = "marker", journal false;
    StoredEvent = "event", journal true;
    Receipt = "receipt", journal false;
    Holder = "holder", journal false;
    Holders = "holders", journal false;
    Block = "block", journal false;
    Blocks = "blocks", journal false;
    Decided = "decided", journal false;
    Decision = "decision", journal true;
    Membership = "membership", journal false;
    Component = "component", journal true;
    Erased = "erased", journal true;
    Erasures = "erasures", journal false;
    UsedProof = "used_proof", journal false;
}

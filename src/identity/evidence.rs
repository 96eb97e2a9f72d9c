//! Why records are joined, and why they are not, as data.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::identifier::{IdentifierKind, ValueHash};
use crate::ids::{DecisionId, RecordId};
use crate::record::ClaimLevel;

/// A match weight in bits: the base-2 logarithm of the odds that two records are one person. Totally ordered.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MatchWeight(pub f64);

impl PartialEq for MatchWeight {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for MatchWeight {}

impl PartialOrd for MatchWeight {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for MatchWeight {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// What speaks for two records being one person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A person said so.
    Decision(DecisionId),
    /// Both claim the same identifier.
    Value {
        /// The hash that stands for it.
        hash: ValueHash,
        /// Its kind.
        kind: IdentifierKind,
        /// The lower of the two claims.
        level: ClaimLevel,
    },
    /// Their other data are alike.
    Match {
        /// How much it says.
        weight: MatchWeight,
    },
}

/// The order in which evidence is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A person's decision.
    Decision,
    /// A value that both sides proved.
    Verified,
    /// A value that our systems saw on both sides.
    Observed,
    /// Match weights that reach the threshold.
    Matched,
    /// What somebody said: asserted claims, and e-mail addresses and phones that nobody proved.
    Unproven,
}

/// A link that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The record with the smaller id.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// Its place in the order.
    pub tier: Tier,
    /// What speaks for it.
    pub evidence: Evidence,
}

/// Why a link was not taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineReason {
    /// A person decided to keep records of the two profiles apart.
    KeptApart(DecisionId),
    /// The shared value is too weakly claimed: an unproved e-mail address or phone where a side is identified, or a
    /// claim below the level at which its kind attaches. A candidate link, nothing more.
    Unproven,
    /// The value attaches, but both profiles are identified: two persons at one device.
    BothIdentified,
    /// Somebody proved the value; this record did not.
    UnverifiedAgainstProof,
    /// The claim is older than the record's first proof of an e-mail address or phone, and was not made again.
    BeforeProof,
    /// Both proved the value, but too long apart: it has a new owner.
    Decayed,
    /// The joined profile would hold two values of an exclusive kind.
    Exclusive(IdentifierKind),
    /// The joined profile would hold more values of the kind than the limit allows.
    Limit(IdentifierKind),
    /// The joined profile would hold too many records.
    TooManyRecords,
    /// Match weights alone would join two profiles that each have two identified members.
    WeakBridge,
    /// The match weight of the two reaches the threshold, but the mean of all weights between their two profiles does
    /// not.
    Outweighed,
}

/// A link that was held back, for a person to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quarantined {
    /// The record with the smaller id.
    pub a: RecordId,
    /// The other, in another profile.
    pub b: RecordId,
    /// Why.
    pub reason: QuarantineReason,
    /// What speaks for the link.
    pub evidence: Evidence,
}

/// Why a value is no evidence although its kind links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenericReason {
    /// More records hold it than the kind allows.
    Records,
    /// Records of more persons hold it than the kind allows.
    Persons,
}

/// A value that became generic: everybody's, so nobody's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenericValue {
    /// The hash that stands for it.
    pub hash: ValueHash,
    /// Its kind.
    pub kind: IdentifierKind,
    /// Why.
    pub reason: GenericReason,
}

//! Which claims of a record count: those that are evidence at all, and of these the ones that still stand, as what was
//! claimed before the record's first proof, and not again, is detached.

use crate::identifier::Identifier;
use crate::record::{Claim, ClaimLevel, Record};
use crate::time::{DateTime, Utc};

use super::Rules;

/// Whether the record's claim to that identifier counts as evidence at all.
pub(crate) fn is_evidence(record: &Record, identifier: &Identifier, rules: &Rules) -> bool {
    is_heard(record, identifier) && rules.identity.is_blocked(identifier).is_none()
}

/// The same of an identifier that is known not to be blocked: of a record that claims too many only the subject counts.
pub(crate) fn is_heard(record: &Record, identifier: &Identifier) -> bool {
    (!record.crowded || *identifier == record.subject) && identifier.kind().as_str() != Identifier::NOBODY
}

/// The claims that speak for the record: those that are evidence and that no later proof of an address has detached.
///
/// Whoever plants a telephone or a device on somebody's account before she proves her address neither opens her profile
/// with it nor gets her messages there. The same rule holds back links in the partition.
pub(crate) fn standing<'a>(
    record: &'a Record,
    rules: &'a Rules,
) -> impl Iterator<Item = (&'a Identifier, &'a Claim)> {
    let proof = first_proof(record, rules);
    record.claims.iter().filter(move |(identifier, claim)| {
        is_evidence(record, identifier, rules)
            && (claim.level() == ClaimLevel::Verified
                || **identifier == record.subject
                || proof.is_none_or(|proof| claim.last_at >= proof))
    })
}

/// When the record first proved an address of its own.
pub(crate) fn first_proof(record: &Record, rules: &Rules) -> Option<DateTime<Utc>> {
    let contacts = record
        .claims
        .iter()
        .filter(|(known, _)| rules.identity.policy(known.kind()).contact && is_heard(record, known));
    contacts.filter_map(|(_, claim)| claim.verified.map(|proof| proof.first_at)).min()
}

//! Which claims of a record count: those that are evidence at all, and of these the ones that still stand, as what was
//! claimed before the record's first proof, and not again, is detached.

use crate::identifier::Identifier;
use crate::record::{Claim, ClaimLevel, ConsentNuance, Record};
use crate::time::{DateTime, Utc};

use super::Rules;

/// The purpose whose withdrawal takes a record out of probabilistic matching, and its addresses out of the evidence.
pub(crate) const MATCHING: &str = "matching";

/// Whether the record's claim to that identifier counts as evidence that it is somebody's.
pub(crate) fn is_evidence(record: &Record, identifier: &Identifier, rules: &Rules) -> bool {
    is_spoken(record, identifier, rules) && may_match(record, identifier, rules)
}

/// Whether the claim counts at all: neither is the value blocked, nor is it one of too many that the record claims.
pub(crate) fn is_spoken(record: &Record, identifier: &Identifier, rules: &Rules) -> bool {
    is_heard(record, identifier) && rules.identity.is_blocked(identifier).is_none()
}

/// The same of an identifier that is known not to be blocked: of a record that claims too many only the subject counts.
pub(crate) fn is_heard(record: &Record, identifier: &Identifier) -> bool {
    (!record.crowded || *identifier == record.subject) && identifier.kind().as_str() != Identifier::NOBODY
}

/// Whether consent lets the identifier speak for the record being somebody's: where the use for matching is withdrawn,
/// e-mail addresses and telephone numbers do not. The subject does: it is how the source itself names the record.
pub(crate) fn may_match(record: &Record, identifier: &Identifier, rules: &Rules) -> bool {
    *identifier == record.subject
        || !rules.identity.policy(identifier.kind()).contact
        || !withdrew_matching(record)
}

/// Whether the latest word about the purpose `matching` is a refusal. Of a grant and a refusal at one instant the
/// refusal counts. A refusal of every purpose (`*`) is about being contacted and says nothing about matching.
pub(crate) fn withdrew_matching(record: &Record) -> bool {
    let said = record.consents.iter().filter(|fact| {
        fact.purpose.eq_ignore_ascii_case(MATCHING) && fact.nuance != Some(ConsentNuance::Pending)
    });
    said.map(|fact| (fact.at, !fact.granted)).max().is_some_and(|(_, refused)| refused)
}

/// The claims that speak for the record: those that count and that no later proof of an address has detached.
///
/// Whoever plants a telephone or a device on somebody's account before she proves her address neither opens her profile
/// with it nor gets her messages there. The same rule holds back links in the partition.
pub(crate) fn standing<'a>(
    record: &'a Record,
    rules: &'a Rules,
) -> impl Iterator<Item = (&'a Identifier, &'a Claim)> {
    let proof = first_proof(record, rules);
    record.claims.iter().filter(move |(identifier, claim)| {
        is_spoken(record, identifier, rules)
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

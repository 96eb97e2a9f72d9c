//! Proving an address: a token is issued for one record, one value and one purpose, and redeemed once.

use serde::{Deserialize, Serialize};

use crate::identifier::{Identifier, ValueHash};
use crate::identity::{Proof, ProofErrorKind};
use crate::ids::RecordId;
use crate::record::{Claim, ClaimLevel, Millis, ProofKind, Record};
use crate::store::{Stop, Tx};
use crate::time::TimeDelta;

use super::fold::Dirty;
use super::standing::{first_proof, is_evidence};
use super::stored::UsedProof;
use super::{Context, erased, holders, keys, resolve};

/// What a token proves when it comes back.
const PURPOSE: &str = "verify";

/// The answer to a token that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// The record has proved the value; what unproved claims attached before is detached.
    Proved,
    /// The token was used before; nothing has changed.
    Used,
    /// The token is not ours, is for something else, or was changed; or the address is an erased person's and was not
    /// readmitted; nothing has changed.
    Refused,
    /// The token is too old; nothing has changed.
    Expired,
}

/// A token to send to an address, so that whoever returns it has proved to read it. `None` if the record is unknown.
///
/// The token binds the record, the address, the purpose and an end; it is signed with the tenant's secret and holds
/// no personal data.
///
/// # Errors
/// Of the store only.
pub fn challenge(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    record: RecordId,
    identifier: &Identifier,
    lifetime: TimeDelta,
) -> Result<Option<String>, Stop> {
    if !tx.exists(&keys::record(record))? {
        return Ok(None);
    }
    let key = identifier.digest(&context.rules.pepper);
    let nonce = *context.mint.next(crate::ids::CommandId::from_bytes).as_bytes();
    let proof = Proof::issue(record, key, PURPOSE, context.now, lifetime, nonce).ok();
    Ok(proof.map(|proof| proof.token(&context.rules.pepper)))
}

/// Redeems a token for a record and an address: the record's claim to it becomes verified.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`record`](super::record()) for new evidence.
pub fn verify(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    record: RecordId,
    identifier: &Identifier,
    token: &str,
) -> Result<Verified, Stop> {
    let rules = context.rules;
    let value: ValueHash = identifier.digest(&rules.pepper);
    let opened = Proof::open(token, &rules.pepper, context.now)
        .and_then(|proof| proof.covers(record, value, PURPOSE).map(|()| proof));
    let proof = match opened {
        Ok(proof) => proof,
        Err(error) if error.kind() == ProofErrorKind::Expired => return Ok(Verified::Expired),
        Err(_) => return Ok(Verified::Refused),
    };
    let used = keys::nonce(rules.pepper.digest("proof", &[proof.nonce()]));
    if tx.exists(&used)? {
        return Ok(Verified::Used);
    }
    let Some(mut known) = tx.get::<Record>(&keys::record(record))? else { return Ok(Verified::Refused) };
    if !known.claims.contains_key(identifier) && known.claims.len() >= Record::MAX_CLAIMS {
        // A record that claims more than one person has proves nothing new.
        return Ok(Verified::Refused);
    }
    if erased::refuses(tx, rules, identifier, std::iter::once(identifier))?.is_some() {
        return Ok(Verified::Refused);
    }
    tx.put(&used, &UsedProof { expires: Millis::from(proof.expires()) })?;
    let at = Millis::from(context.now);
    let claim = Claim::new(ClaimLevel::Verified, at.into(), ProofKind::Token);
    known.claim(&rules.pepper, identifier.clone(), claim);
    known.settle(first_proof(&known, rules));
    tx.put(&keys::record(record), &known)?;
    if is_evidence(&known, identifier, rules) {
        holders::add(tx, value, record)?;
    }
    resolve::resolve(tx, rules, Dirty::of([record]))?;
    Ok(Verified::Proved)
}

//! Erased people stay erased: the first step of recording asks whether an event speaks of one.
//!
//! What is kept of an erased person is the keyed hash of each identifier that no one else claims as well. A repeated delivery, a
//! late event, a restored backup that is replayed or a partner's list that is imported again finds it and is refused,
//! whatever its time, until the host readmits the value.

use crate::identifier::Identifier;
use crate::identity::Class;
use crate::reason::Reason;
use crate::record::Millis;
use crate::store::{Stop, Tx};

use super::stored::{Erased, Erasures};
use super::{Rules, keys};

/// Why an event that names these identifiers is refused, if it is.
pub(crate) fn refuses<'a>(
    tx: &mut Tx<'_>,
    rules: &Rules,
    subject: &'a Identifier,
    named: impl Iterator<Item = &'a Identifier>,
) -> Result<Option<Reason>, Stop> {
    if !tx.exists(&keys::erasures())? {
        return Ok(None);
    }
    let values: Vec<_> = std::iter::once(subject)
        .chain(named.filter(|identifier| rules.identity.policy(identifier.kind()).class == Class::Person))
        .map(|identifier| identifier.digest(&rules.pepper))
        .collect();
    let keys: Vec<_> = values.iter().map(|value| keys::erased(*value)).collect();
    let found = tx.get_many::<Erased>(&keys)?;
    Ok(values
        .iter()
        .zip(found)
        .find_map(|(value, erased)| erased.map(|_| Reason::new("erased_person").evidence(value.to_string()))))
}

/// Remembers that a value belongs to an erased person.
pub(crate) fn remember(
    tx: &mut Tx<'_>,
    rules: &Rules,
    identifier: &Identifier,
    at: Millis,
) -> Result<(), Stop> {
    let key = keys::erased(identifier.digest(&rules.pepper));
    if tx.exists(&key)? {
        return Ok(());
    }
    tx.put(&key, &Erased { at })?;
    let mut erasures: Erasures = tx.get(&keys::erasures())?.unwrap_or_default();
    erasures.count = erasures.count.saturating_add(1);
    tx.put(&keys::erasures(), &erasures)
}

/// Lets a value be used again. Returns whether it was refused before.
pub(crate) fn forget(tx: &mut Tx<'_>, rules: &Rules, identifier: &Identifier) -> Result<bool, Stop> {
    let key = keys::erased(identifier.digest(&rules.pepper));
    if !tx.exists(&key)? {
        return Ok(false);
    }
    tx.delete(&key);
    let erasures: Erasures = tx.get(&keys::erasures())?.unwrap_or_default();
    match erasures.count {
        0 | 1 => tx.delete(&keys::erasures()),
        count => tx.put(&keys::erasures(), &Erasures { count: count - 1 })?,
    }
    Ok(true)
}

//! Whom a question is about.

use crate::identifier::Identifier;
use crate::ids::{ProfileId, RecordId};
use crate::record::{ClaimLevel, Record};
use crate::store::{Stop, Tx};

use super::standing::standing;
use super::{Context, holders, keys, members};

/// Whom a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A profile, by its present id or any id that it ever had.
    Profile(ProfileId),
    /// The profile that a record is in.
    Record(RecordId),
    /// The profile that an identifier names. An address that was only asserted names nobody, or whoever types
    /// somebody's address could read her profile; neither does a value that several profiles hold, nor one
    /// that was claimed before the account's first proof of an address and not again.
    Identifier(Identifier),
}

impl From<ProfileId> for Who {
    fn from(id: ProfileId) -> Self {
        Self::Profile(id)
    }
}

impl From<RecordId> for Who {
    fn from(id: RecordId) -> Self {
        Self::Record(id)
    }
}

impl From<Identifier> for Who {
    fn from(identifier: Identifier) -> Self {
        Self::Identifier(identifier)
    }
}

impl Who {
    /// What stands for it in the hash of a request.
    pub(crate) fn bytes(&self, context: &Context<'_>) -> [u8; 17] {
        let (of, name) = match self {
            Self::Record(id) => (b'r', *id.as_bytes()),
            Self::Profile(id) => (b'p', *id.as_bytes()),
            Self::Identifier(identifier) => (b'i', *identifier.digest(&context.rules.pepper).as_bytes()),
        };
        let mut bytes = [of; 17];
        bytes.iter_mut().skip(1).zip(name).for_each(|(to, from)| *to = from);
        bytes
    }

    /// A record of the profile in question; `None` if nobody is meant, or nobody certain.
    pub(crate) fn record(&self, tx: &mut Tx<'_>, context: &Context<'_>) -> Result<Option<RecordId>, Stop> {
        match self {
            Self::Profile(id) => known(tx, RecordId::from(*id)),
            Self::Record(id) => known(tx, *id),
            Self::Identifier(identifier) => named(tx, context, identifier),
        }
    }
}

fn known(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<RecordId>, Stop> {
    Ok(tx.exists(&keys::record(id))?.then_some(id))
}

fn named(tx: &mut Tx<'_>, context: &Context<'_>, identifier: &Identifier) -> Result<Option<RecordId>, Stop> {
    let rules = context.rules;
    let contact = rules.identity.policy(identifier.kind()).contact;
    let enough = if contact { ClaimLevel::Verified } else { ClaimLevel::Observed };
    let holders = holders::get(tx, identifier.digest(&rules.pepper))?.listed;
    let wanted: Vec<_> = holders.iter().map(|id| keys::record(*id)).collect();
    let mut found: Option<Vec<RecordId>> = None;
    for (id, record) in holders.iter().zip(tx.get_many::<Record>(&wanted)?) {
        let level = record.and_then(|record| {
            standing(&record, rules).find(|(known, _)| *known == identifier).map(|(_, claim)| claim.level())
        });
        if level.is_some_and(|level| level >= enough) {
            match &found {
                None => found = Some(members::cluster(tx, *id)?.0),
                Some(profile) if profile.contains(id) => {}
                Some(_) => return Ok(None),
            }
        }
    }
    Ok(found.and_then(|profile| profile.first().copied()))
}

//! Reading views: the records with which a record shares a component, and those with which it shares a profile.

use crate::identity::Quarantined;
use crate::ids::{ProfileId, RecordId};
use crate::store::{Stop, Tx};

use super::keys;
use super::stored::{Component, Membership};

/// The component of a record: its id and clusters; alone if no evidence touches it.
pub(crate) struct Around {
    /// The stored component's id, if it is stored.
    pub(crate) id: Option<RecordId>,
    pub(crate) component: Component,
}

/// The component that a record is in.
pub(crate) fn around(tx: &mut Tx<'_>, record: RecordId) -> Result<Around, Stop> {
    if let Some(membership) = tx.get::<Membership>(&keys::membership(record))?
        && let Some(component) = tx.get::<Component>(&keys::component(membership.component))?
    {
        return Ok(Around { id: Some(membership.component), component });
    }
    let component = Component { clusters: vec![vec![record]], quarantine: Vec::new() };
    Ok(Around { id: None, component })
}

/// The records that make the profile that a record is in, its founder first, and what was kept apart around them.
pub(crate) fn cluster(tx: &mut Tx<'_>, record: RecordId) -> Result<(Vec<RecordId>, Vec<Quarantined>), Stop> {
    let Component { clusters, quarantine } = around(tx, record)?.component;
    let members =
        clusters.into_iter().find(|cluster| cluster.contains(&record)).unwrap_or_else(|| vec![record]);
    let touching = quarantine
        .into_iter()
        .filter(|entry| members.contains(&entry.a) || members.contains(&entry.b))
        .collect();
    Ok((members, touching))
}

/// The profile that a record is in.
pub(crate) fn profile_of(tx: &mut Tx<'_>, record: RecordId) -> Result<ProfileId, Stop> {
    let (members, _) = cluster(tx, record)?;
    Ok(members.first().copied().unwrap_or(record).into())
}

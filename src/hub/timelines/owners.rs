//! Whose the events on a person's devices are.

use std::collections::BTreeSet;

use crate::event::{EventKind, EventName};
use crate::identifier::{Identifier, IdentifierKind};
use crate::ids::RecordId;
use crate::journey::{self, DeviceAct, DeviceUser, Entry, OwnershipSettings};
use crate::pii::Pii;
use crate::store::{Stop, Tx};

use super::super::stored::Holder;
use super::super::{Context, Who, holders, keys, members};
use super::{Told, device_of, streams, streams_of, with_records};

/// Most records of one device that are looked at.
const MAX_SHARERS: usize = 256;

/// One event and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedEvent {
    /// The event.
    pub entry: Entry,
    /// The account that it belongs to; `None`: nobody's in particular, all that is known is the device.
    pub account: Option<Pii<Box<str>>>,
}

/// Whose each event on the devices of a profile is, in time order; `None` if nobody is meant. For devices that several people
/// use (a family's tablet): who signs in owns what follows, until somebody signs out (`Signed Out`) or somebody else
/// signs in. What others did on the same devices counts for that, as far as their records hold the device's identifier; their
/// events are not listed.
///
/// An account's name that stands for nobody (`null`, `0`, `[object Object]` and whatever the identity rules block) is not
/// taken for one.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`timeline`](super::timeline()), over her records and those that share her devices: of each device 256 at most, so a
/// device of a whole town is judged by some of its people.
pub fn owners(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    settings: &OwnershipSettings,
) -> Result<Option<Vec<OwnedEvent>>, Stop> {
    let Some(mut streams) = streams(tx, context, who, None)? else { return Ok(None) };
    let rules = context.rules;
    let hers: BTreeSet<RecordId> = match who.record(tx, context)? {
        Some(record) => members::cluster(tx, record)?.0.into_iter().collect(),
        None => BTreeSet::new(),
    };
    let others = sharers(tx, context, &streams, &hers)?;
    streams.extend(streams_of(tx, &others, None)?);
    let mut told = with_records(&streams);
    told.sort_by(|(a, _), (b, _)| a.0.cmp(&b.0));
    let is_somebody = |name: &str| {
        let parsed = Identifier::parse(IdentifierKind::UserId, name, &rules.identifiers);
        parsed.is_ok_and(|identifier| rules.identity.is_blocked(&identifier).is_none())
    };
    let acts: Vec<DeviceAct<'_>> = told
        .iter()
        .map(|((entry, event), record)| {
            let signed_out = matches!(event.kind(), EventKind::Track { name: EventName::SignedOut });
            let user = match event.user_id().filter(|name| is_somebody(name)) {
                _ if signed_out => DeviceUser::SignedOut,
                Some(user) => DeviceUser::User(user),
                None => DeviceUser::Unsaid,
            };
            DeviceAct { order: &entry.order, device: device_of(event, record), user }
        })
        .collect();
    let account = |owner| match owner {
        journey::Owner::User(name) => Some(Pii::new(name.into())),
        journey::Owner::Device(_) => None,
    };
    let owned = journey::owners(&acts, settings).into_iter().map(account);
    let events = told.iter().zip(owned).filter(|((told, _), _)| hers.contains(&told.0.record));
    Ok(Some(events.map(|((told, _), account)| OwnedEvent { entry: told.0.clone(), account }).collect()))
}

/// The other records that hold one of the devices, or visitors, of these events.
fn sharers(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    streams: &[Vec<Told>],
    hers: &BTreeSet<RecordId>,
) -> Result<Vec<RecordId>, Stop> {
    let rules = context.rules;
    let mut devices = BTreeSet::new();
    for (_, event) in streams.iter().flatten() {
        let named = match (event.device_id(), event.anonymous_id()) {
            (Some(device), _) => Identifier::parse(IdentifierKind::DeviceId, device, &rules.identifiers),
            (None, Some(visitor)) => {
                Identifier::parse(IdentifierKind::AnonymousId, visitor, &rules.identifiers)
            }
            (None, None) => continue,
        };
        if let Ok(device) = named {
            devices.insert(device.digest(&rules.pepper));
        }
    }
    let mut others = BTreeSet::new();
    for device in devices {
        let held = holders::get(tx, device)?;
        others.extend(held.listed.iter().copied());
        if held.listed.is_empty() && held.count > 0 {
            let found = tx.scan::<Holder>(&keys::holders_beyond(device), None, MAX_SHARERS)?;
            others.extend(found.items.iter().filter_map(|(key, _)| keys::holder_of(key)));
        }
    }
    Ok(others.difference(hers).copied().collect())
}

//! Whose the events on a person's devices are.

use crate::event::{EventKind, EventName};
use crate::identifier::{Identifier, IdentifierKind};
use crate::journey::{self, DeviceAct, DeviceUser, Entry, OwnershipSettings};
use crate::pii::Pii;
use crate::store::{Stop, Tx};

use super::super::{Context, Who};
use super::{device_of, streams, with_records};

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
/// signs in.
///
/// An account's name that stands for nobody (`null`, `0`, `[object Object]` and whatever the identity rules block) is not
/// taken for one.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`timeline`](super::timeline()).
pub fn owners(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    settings: &OwnershipSettings,
) -> Result<Option<Vec<OwnedEvent>>, Stop> {
    let Some(streams) = streams(tx, context, who, None)? else { return Ok(None) };
    let rules = context.rules;
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
    let events = told.iter().zip(owned);
    Ok(Some(events.map(|((told, _), account)| OwnedEvent { entry: told.0.clone(), account }).collect()))
}

//! Whose acts are those on a device that several people use?

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::OrderKey;
use crate::time::{DateTime, TimeDelta, Utc};

/// How the acts of a device are given to its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnershipPolicy {
    /// Who signs in owns the device until she signs out or somebody else signs in. What nobody did in particular belongs
    /// to whoever signs in next, unless somebody signed out in between or it is too long ago.
    #[default]
    Intervals,
    /// All that was ever done on the device belongs to the last one who signed in. It makes one person of all who share a
    /// device; here to compare with systems that count so.
    LastUserWins,
}

/// By which rules acts get their owners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OwnershipSettings {
    /// The policy.
    pub policy: OwnershipPolicy,
    /// How far back an act may lie, in seconds, to belong to who signs in after it; an equal distance still does.
    pub look_back_seconds: u32,
}

impl Default for OwnershipSettings {
    /// Intervals, and 30 days back.
    fn default() -> Self {
        Self { policy: OwnershipPolicy::Intervals, look_back_seconds: 30 * 86_400 }
    }
}

/// What an act says about who uses the device.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceUser<'a> {
    /// Nothing.
    Unsaid,
    /// This user. Values that stand for nobody (`null`, `0`, `[object Object]`) must not come this far.
    User(&'a str),
    /// The user signed out, or the device was given to somebody else.
    SignedOut,
}

/// One act on a device. The strings are compared, nothing else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DeviceAct<'a> {
    /// Its place in the total order.
    pub order: &'a OrderKey,
    /// The device.
    pub device: &'a str,
    /// What it says about who uses the device.
    pub user: DeviceUser<'a>,
}

impl fmt::Debug for DeviceAct<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceAct").field("order", &self.order).finish_non_exhaustive()
    }
}

/// Whose an act is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner<'a> {
    /// A user's.
    User(&'a str),
    /// Nobody's in particular: all that is known is the device.
    Device(&'a str),
}

impl fmt::Debug for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User(_) => "User(..)",
            Self::Device(_) => "Device(..)",
        })
    }
}

/// The owner of each act, in the order of the input. A function of the set of acts: their order and their repetition do
/// not matter; of acts with one event id the first in order counts, and the others have its owner.
///
/// It is a view over events that are never rewritten: a user who signs in late, a merge of profiles and an un-merge change
/// what it answers, and nothing else.
///
/// # Complexity
/// O(n log n) for n acts.
///
/// ```
/// use throughline::event::OrderKey;
/// use throughline::journey::{DeviceAct, DeviceUser, Owner, OwnershipSettings, owners};
/// use throughline::time::from_millis;
/// let at = |id: &str, seconds: i64| OrderKey { time: from_millis(seconds * 1000), sequence: None, id: id.into() };
/// let orders = [at("a", 0), at("b", 60), at("c", 90), at("d", 120)];
/// let said = [DeviceUser::Unsaid, DeviceUser::User("سارا"), DeviceUser::SignedOut, DeviceUser::Unsaid];
/// let acts: Vec<_> =
///     orders.iter().zip(said).map(|(order, user)| DeviceAct { order, device: "tablet", user }).collect();
/// let (sara, tablet) = (Owner::User("سارا"), Owner::Device("tablet"));
/// assert_eq!(owners(&acts, &OwnershipSettings::default()), [sara, sara, sara, tablet]);
/// ```
#[must_use]
pub fn owners<'a>(acts: &[DeviceAct<'a>], settings: &OwnershipSettings) -> Vec<Owner<'a>> {
    let mut sorted: Vec<&DeviceAct<'a>> = acts.iter().collect();
    sorted.sort_by(|a, b| a.order.cmp(b.order).then_with(|| (a.device, a.user).cmp(&(b.device, b.user))));
    let mut devices: BTreeMap<&str, Device<'a>> = BTreeMap::new();
    let mut owner: HashMap<&str, Owner<'a>> = HashMap::with_capacity(sorted.len());
    let look_back = TimeDelta::seconds(i64::from(settings.look_back_seconds));
    for act in sorted {
        if owner.contains_key(&*act.order.id) {
            continue;
        }
        let device = devices.entry(act.device).or_default();
        let mine = match (act.user, device.user) {
            (DeviceUser::User(user), _) => {
                device.user = Some(user);
                device.last = Some(user);
                for (id, at) in device.waiting.drain(..) {
                    if act.order.time.signed_duration_since(at) <= look_back {
                        owner.insert(id, Owner::User(user));
                    }
                }
                Owner::User(user)
            }
            (DeviceUser::SignedOut, before) => {
                device.user = None;
                device.waiting.clear();
                before.map_or(Owner::Device(act.device), Owner::User)
            }
            (DeviceUser::Unsaid, Some(user)) => Owner::User(user),
            (DeviceUser::Unsaid, None) => {
                device.waiting.push((&act.order.id, act.order.time));
                Owner::Device(act.device)
            }
        };
        device.acts.push(&act.order.id);
        owner.insert(&act.order.id, mine);
    }
    if settings.policy == OwnershipPolicy::LastUserWins {
        for device in devices.values() {
            for (id, user) in device.acts.iter().filter_map(|id| Some((id, device.last?))) {
                owner.insert(id, Owner::User(user));
            }
        }
    }
    acts.iter().map(|act| owner.get(&*act.order.id).copied().unwrap_or(Owner::Device(act.device))).collect()
}

/// What is known of a device so far.
#[derive(Default)]
struct Device<'a> {
    /// Who uses it now.
    user: Option<&'a str>,
    /// The last one who signed in.
    last: Option<&'a str>,
    /// Nobody's acts since the last one signed out.
    waiting: Vec<(&'a str, DateTime<Utc>)>,
    acts: Vec<&'a str>,
}

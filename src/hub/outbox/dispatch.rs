//! Sending what is due.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::Zones;
use crate::channel::Channel;
use crate::ids::OutboxKey;
use crate::messaging::outbox::EntryState;
use crate::messaging::{ChannelHealth, Policy};
use crate::reason::Reason;
use crate::store::StoreErrorKind;

/// How to send what is due.
#[derive(Debug, Clone)]
pub struct Dispatch<'a> {
    /// The sender's rules, by which every message is decided on again.
    pub policy: &'a Policy,
    /// The zone database.
    pub zones: &'a Zones,
    /// How the channels of the business are doing; one that is not listed counts as well.
    pub health: Arc<BTreeMap<Channel, ChannelHealth>>,
    /// Most entries to take up in this call.
    pub limit: usize,
}

impl<'a> Dispatch<'a> {
    /// A hundred entries by these rules, every channel being well.
    #[must_use]
    pub fn new(policy: &'a Policy, zones: &'a Zones) -> Self {
        Self { policy, zones, health: Arc::default(), limit: 100 }
    }
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct DispatchedEntry {
    /// Which.
    pub key: OutboxKey,
    /// Where it stands; `None` if it is gone or its facts cannot be read.
    pub state: Option<EntryState>,
    /// Why.
    pub reason: Reason,
}

/// What came of sending what is due.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dispatched {
    /// The entries that were taken up, in that order.
    pub entries: Vec<DispatchedEntry>,
    /// Others were due that another worker had or took.
    pub skipped: usize,
}

impl Dispatched {
    /// How many stand so now, by the name of the state.
    #[must_use]
    pub fn count(&self, state: &str) -> usize {
        self.entries.iter().filter(|entry| entry.state.is_some_and(|held| held.as_str() == state)).count()
    }
}

impl Dispatch<'_> {
    /// Most due entries to look at beyond the limit, as other workers may be about some of them.
    const BEYOND: usize = 64;

    pub(crate) fn window(&self) -> usize {
        self.limit.saturating_add(Self::BEYOND)
    }
}

/// The list from another place on for every worker, so that they do not all reach for the same entry.
pub(crate) fn rotated(mut keys: Vec<OutboxKey>, by: &[u8; 16]) -> Vec<OutboxKey> {
    let spread = u128::from_be_bytes(*by) % (keys.len().max(1) as u128);
    keys.rotate_left(usize::try_from(spread).unwrap_or(0));
    keys
}

/// Whether a store's error is about this entry's own facts, so that the others go on.
pub(crate) const fn is_of_one(kind: StoreErrorKind) -> bool {
    matches!(kind, StoreErrorKind::Corrupt | StoreErrorKind::Newer | StoreErrorKind::TooLarge)
}

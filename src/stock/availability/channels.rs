//! One pool of stock, seen by each channel.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{StockError, StockErrorKind};
use super::{Available, Limit};
use crate::channel::Channel;

/// What one channel has of the pool at each location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelShare {
    /// So many pieces of what can be sold are kept for it: no other channel may sell them.
    pub reserve: u32,
    /// It may sell at most this part of what can be sold, in hundredths of a percent, rounded down.
    pub share: u16,
}

impl Default for ChannelShare {
    fn default() -> Self {
        Self { reserve: 0, share: 10_000 }
    }
}

/// How channels share one pool. Nothing is split up: each channel sees the same pool through its own rule, so what one
/// sells is gone for all, and what nobody bought in one is not stuck there.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::stock::availability::{ChannelRules, Level};
/// let rules: ChannelRules = serde_json::from_str(r#"{"till": {"reserve": 2}, "marketplace": {"share": 5000}}"#)?;
/// let pool = Level { on_hand: 10, ..Level::default() }.available(0, "2026-03-20T09:00:00Z".parse()?);
/// assert_eq!(rules.view(pool, Some(&Channel::Till)).units, 10);
/// assert_eq!(rules.view(pool, Some(&Channel::Web)).units, 8);
/// assert_eq!(rules.view(pool, Some(&Channel::Marketplace)).units, 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Channel, ChannelShare>", into = "BTreeMap<Channel, ChannelShare>")]
pub struct ChannelRules {
    shares: BTreeMap<Channel, ChannelShare>,
    reserves: i64,
}

impl ChannelRules {
    /// These rules.
    ///
    /// # Errors
    /// `InvalidShare` for more than all.
    pub fn new(shares: BTreeMap<Channel, ChannelShare>) -> Result<Self, StockError> {
        if shares.values().any(|share| share.share > 10_000) {
            return Err(StockError::new(StockErrorKind::InvalidShare));
        }
        let reserves = shares.values().map(|share| i64::from(share.reserve)).sum();
        Ok(Self { shares, reserves })
    }

    /// What a channel may sell of the pool at one location; the whole pool if no channel is named.
    ///
    /// # Complexity
    /// O(log channels).
    #[must_use]
    pub fn view(&self, pool: Available, channel: Option<&Channel>) -> Available {
        match channel {
            Some(channel) if !self.shares.is_empty() => self.seen_by(channel).view(pool),
            _ => pool,
        }
    }

    pub(super) fn seen_by(&self, channel: &Channel) -> Seen {
        let own = self.shares.get(channel).copied().unwrap_or_default();
        Seen { kept_for_others: self.reserves - i64::from(own.reserve), share: i64::from(own.share) }
    }
}

/// The rule of one channel.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    kept_for_others: i64,
    share: i64,
}

impl Seen {
    pub(super) const WHOLE: Self = Self { kept_for_others: 0, share: 10_000 };

    pub(super) fn view(self, pool: Available) -> Available {
        let over = if self.share < 10_000 { pool.raw.max(0) * self.share / 10_000 } else { pool.raw };
        let raw = over.min(pool.raw - self.kept_for_others);
        Available::of(raw, pool.limits.with_if(Limit::Channel, raw < pool.raw))
    }
}

impl TryFrom<BTreeMap<Channel, ChannelShare>> for ChannelRules {
    type Error = StockError;

    fn try_from(shares: BTreeMap<Channel, ChannelShare>) -> Result<Self, StockError> {
        Self::new(shares)
    }
}

impl From<ChannelRules> for BTreeMap<Channel, ChannelShare> {
    fn from(rules: ChannelRules) -> Self {
        rules.shares
    }
}

//! Prices that differ between channels on purpose: declared, dated and owned, or they are violations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::cart::Sku;
use crate::channel::Channel;
use crate::checked_name::{checked, checked_names};
use crate::pricing::InvalidName;
use crate::time::{DateTime, Utc};

checked_names! {
    128 bytes, InvalidName: InvalidName::new();
    /// The host's name of a declared exception.
    ExceptionId;
}

/// Why a price may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExceptionReason {
    /// The last pieces of a place are sold off.
    Clearance,
    /// Members pay another price.
    MemberPrice,
    /// The law of a place fixes or bounds the price.
    LocalLaw,
    /// A rival's price is met where it was shown.
    PriceMatch,
    /// A marketplace's own terms.
    MarketplaceTerms,
}

/// A channel-specific price that somebody answers for. There is no other way to have one: the price function cannot see
/// a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawException")]
pub struct ChannelException {
    id: ExceptionId,
    reason: ExceptionReason,
    owner: String,
    channels: BTreeSet<Channel>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    skus: BTreeSet<Sku>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawException {
    id: ExceptionId,
    reason: ExceptionReason,
    owner: String,
    channels: BTreeSet<Channel>,
    #[serde(default)]
    skus: BTreeSet<Sku>,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// What keeps an exception from being declared: name it, own it and end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ExceptionError {
    /// Nobody answers for it.
    #[error("an exception needs an owner")]
    NoOwner,
    /// It is for no channel.
    #[error("an exception needs a channel")]
    NoChannel,
    /// It ends before it begins.
    #[error("an exception ends before it begins")]
    EmptyWindow,
}

impl ChannelException {
    /// Declares an exception for these channels from an instant up to, without, another; for all products if no `skus`
    /// are named.
    ///
    /// # Errors
    /// It has no owner, no channel, or no time.
    pub fn new(
        id: ExceptionId,
        reason: ExceptionReason,
        owner: &str,
        channels: impl IntoIterator<Item = Channel>,
        skus: impl IntoIterator<Item = Sku>,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Self, ExceptionError> {
        let owner = checked(owner, 128).ok_or(ExceptionError::NoOwner)?.to_owned();
        let channels: BTreeSet<Channel> = channels.into_iter().collect();
        if channels.is_empty() {
            return Err(ExceptionError::NoChannel);
        }
        if from >= until {
            return Err(ExceptionError::EmptyWindow);
        }
        Ok(Self { id, reason, owner, channels, skus: skus.into_iter().collect(), from, until })
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &ExceptionId {
        &self.id
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> ExceptionReason {
        self.reason
    }

    /// Who answers for it.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// When it begins.
    #[must_use]
    pub const fn from(&self) -> DateTime<Utc> {
        self.from
    }

    /// When it ends; not in force any more at that instant.
    #[must_use]
    pub const fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// Whether it is about this product in this channel, at any time.
    #[must_use]
    pub fn concerns(&self, channel: &Channel, sku: &Sku) -> bool {
        self.channels.contains(channel) && (self.skus.is_empty() || self.skus.contains(sku))
    }

    /// Whether it excuses a difference of this product in this channel at this instant.
    #[must_use]
    pub fn covers(&self, channel: &Channel, sku: &Sku, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until && self.concerns(channel, sku)
    }
}

impl TryFrom<RawException> for ChannelException {
    type Error = ExceptionError;

    fn try_from(raw: RawException) -> Result<Self, ExceptionError> {
        Self::new(raw.id, raw.reason, &raw.owner, raw.channels, raw.skus, (raw.from, raw.until))
    }
}

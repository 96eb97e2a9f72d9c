//! The host's settings.

use crate::event::Limits;
use crate::identifier::IdentifierSettings;
use crate::identity::{self, SurvivorshipRules};
use crate::keyed::Pepper;
use crate::messaging::delivery::BounceRules;
use crate::messaging::outbox::OutboxRules;

use super::{Linkage, SourceRules};

/// Everything by which the hub decides. Changing a rule changes views, never facts: see
/// [`Hub::rebuild`](super::Hub::rebuild).
///
/// ```
/// use throughline::hub::Rules;
/// let rules = Rules::retail(b"from your secret manager");
/// rules.identity.validate()?;
/// # Ok::<(), throughline::identity::RulesError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Rules {
    /// The tenant's secret for keyed hashes.
    pub pepper: Pepper,
    /// How raw identifiers are read.
    pub identifiers: IdentifierSettings,
    /// How far each source is believed.
    pub sources: SourceRules,
    /// Who is one person.
    pub identity: identity::Rules,
    /// How alike two records are that share no identifier; `None`: only identifiers and people's decisions count.
    pub linkage: Option<Linkage>,
    /// Which of several values of a field wins.
    pub survivorship: SurvivorshipRules,
    /// Size caps of events.
    pub limits: Limits,
    /// Leases and retries of messages.
    pub outbox: OutboxRules,
    /// When an address counts as failing.
    pub bounces: BounceRules,
}

impl Rules {
    /// For shops; see [`identity::Rules::retail`].
    #[must_use]
    pub fn retail(secret: &[u8]) -> Self {
        Self::with(secret, identity::Rules::retail(), SurvivorshipRules::retail())
    }

    /// For banks and insurers; see [`identity::Rules::bank`].
    #[must_use]
    pub fn bank(secret: &[u8]) -> Self {
        Self::with(secret, identity::Rules::bank(), SurvivorshipRules::bank())
    }

    fn with(secret: &[u8], identity: identity::Rules, survivorship: SurvivorshipRules) -> Self {
        Self {
            pepper: Pepper::new(secret),
            identifiers: IdentifierSettings::default(),
            sources: SourceRules::default(),
            identity,
            linkage: None,
            survivorship,
            limits: Limits::default(),
            outbox: OutboxRules::default(),
            bounces: BounceRules::default(),
        }
    }
}

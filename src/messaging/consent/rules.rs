//! What silence means for each class of message, as settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::input::Class;
use super::ledger::ConsentRule;
use crate::channel::Channel;

/// What silence means for each class of message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentRules {
    /// For marketing.
    pub marketing: ConsentRule,
    /// For marketing in a channel, in place of that: many laws are stricter about text messages than about e-mail.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<Channel, ConsentRule>,
    /// For service messages.
    pub service: ConsentRule,
}

impl Default for ConsentRules {
    /// Marketing only with consent; service messages until the person objects.
    fn default() -> Self {
        Self { marketing: ConsentRule::OptIn, channels: BTreeMap::new(), service: ConsentRule::OptOut }
    }
}

impl ConsentRules {
    /// The rule for a class in a channel; transactional messages are owed, so silence never stops them.
    #[must_use]
    pub fn of(&self, class: Class, channel: &Channel) -> ConsentRule {
        match class {
            Class::Marketing => self.channels.get(channel).copied().unwrap_or(self.marketing),
            Class::Service | Class::Transactional => self.service,
        }
    }
}

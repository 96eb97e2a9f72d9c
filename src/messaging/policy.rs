//! The rules of a sender: plain settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::consent::ConsentRule;
use super::input::Class;
use super::presets::QuietBook;
use crate::calendar::{Windows, ZoneId};
use crate::channel::Channel;
use crate::region::Region;

/// What silence means for each class of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentRules {
    /// For marketing.
    pub marketing: ConsentRule,
    /// For service messages.
    pub service: ConsentRule,
}

impl Default for ConsentRules {
    /// Marketing only with consent; service messages until the person objects.
    fn default() -> Self {
        Self { marketing: ConsentRule::OptIn, service: ConsentRule::OptOut }
    }
}

impl ConsentRules {
    /// The rule for a class; transactional messages are owed, so silence never stops them.
    #[must_use]
    pub const fn of(&self, class: Class) -> ConsentRule {
        match class {
            Class::Marketing => self.marketing,
            Class::Service | Class::Transactional => self.service,
        }
    }
}

/// When messages wait, in the recipient's zone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuietHours {
    /// The quiet windows where the region has none of its own.
    pub windows: Windows,
    /// The quiet windows of a region, in place of the others.
    pub regions: BTreeMap<Region, Windows>,
    /// The zone to take for a person whose zone nobody knows. Without it such a message is held: not sent.
    /// Give it to [`Whereabouts::locate`](super::Whereabouts::locate).
    pub fallback_zone: Option<ZoneId>,
}

impl QuietHours {
    /// The windows of each region in the book, without holidays, and none elsewhere.
    #[must_use]
    pub fn from_book(book: &QuietBook) -> Self {
        let regions = book.iter().map(|(region, rule)| (region, rule.windows.clone())).collect();
        Self { regions, ..Self::default() }
    }

    /// The windows that hold for a person of that region.
    #[must_use]
    pub fn of(&self, region: Option<Region>) -> &Windows {
        region.and_then(|region| self.regions.get(&region)).unwrap_or(&self.windows)
    }
}

/// A sender's rules. The default asks for consent to marketing, keeps no quiet hours and prefers no channel.
///
/// ```
/// use throughline::messaging::Policy;
/// let policy: Policy = serde_json::from_str(r#"{
///     "channels": ["push", "email", "sms"],
///     "quiet_hours": {"windows": {"windows": [{"start": "21:00", "end": "08:00"}]}}
/// }"#)?;
/// assert_eq!(policy.channels.len(), 3);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The channels in the order that breaks ties; those not listed come last, by name.
    pub channels: Vec<Channel>,
    /// What silence means.
    pub consent: ConsentRules,
    /// What it means in a region, in place of that.
    pub consent_regions: BTreeMap<Region, ConsentRules>,
    /// When messages wait.
    pub quiet_hours: QuietHours,
    /// The classes that go only to addresses which the person has proved to be theirs.
    pub verified_only: Vec<Class>,
}

impl Policy {
    /// Strict rules for every class: prior consent for service messages too, and marketing only to proven addresses.
    /// The published quiet hours by region, and 21:00 to 08:00 elsewhere.
    #[must_use]
    pub fn strict() -> Self {
        let mut quiet_hours = QuietHours::from_book(&QuietBook::published());
        if let Some(us) = Region::parse("US").and_then(|region| quiet_hours.regions.get(&region)) {
            quiet_hours.windows = us.clone();
        }
        Self {
            consent: ConsentRules { marketing: ConsentRule::OptIn, service: ConsentRule::OptIn },
            quiet_hours,
            verified_only: vec![Class::Marketing],
            ..Self::default()
        }
    }

    /// What silence means for a class in a region.
    #[must_use]
    pub fn consent_rule(&self, class: Class, region: Option<Region>) -> ConsentRule {
        region.and_then(|region| self.consent_regions.get(&region)).unwrap_or(&self.consent).of(class)
    }
}

//! How far each source is believed: what it observes, what it verifies, which system it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::identifier::IdentifierKind;
use crate::record::{ClaimLevel, ProofKind};

/// What the hub believes of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceRule {
    /// The system whose records it writes. Several sources of one system (forty tills) write the same records. Empty
    /// means the name of the channel.
    pub system: Option<Box<str>>,
    /// Kinds that it sees for itself: a scanner that reads loyalty cards.
    pub observes: BTreeSet<IdentifierKind>,
    /// Kinds whose `email_verified` and `phone_number_verified` flags are believed. Never list a source that a
    /// customer can write to: a browser says what its user wants.
    pub verifies: BTreeSet<IdentifierKind>,
    /// Kinds that the channel itself authenticates, flag or no flag: the sender's number in WhatsApp.
    pub authenticates: BTreeSet<IdentifierKind>,
}

/// What the hub believes of all sources: by the source's name, else by its channel, else only what every source is
/// believed to observe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceRules {
    /// Kinds that every source observes: the ids that a host's own code puts into events.
    pub observed_everywhere: BTreeSet<IdentifierKind>,
    /// By source.
    pub by_source: BTreeMap<Box<str>, SourceRule>,
    /// By channel, for sources that are not named.
    pub by_channel: BTreeMap<Channel, SourceRule>,
}

impl Default for SourceRules {
    /// Believes tills and kiosks that they read cards, and WhatsApp and text messages that the sender's number is
    /// right; believes nobody's `email_verified`.
    fn default() -> Self {
        let rule = |observes: &[IdentifierKind], authenticates: &[IdentifierKind]| SourceRule {
            observes: observes.iter().cloned().collect(),
            authenticates: authenticates.iter().cloned().collect(),
            ..SourceRule::default()
        };
        Self {
            observed_everywhere: [
                IdentifierKind::UserId,
                IdentifierKind::AnonymousId,
                IdentifierKind::DeviceId,
                IdentifierKind::CookieId,
                IdentifierKind::SessionId,
            ]
            .into(),
            by_source: BTreeMap::new(),
            by_channel: [
                (Channel::Till, rule(&[IdentifierKind::LoyaltyCard], &[])),
                (Channel::Kiosk, rule(&[IdentifierKind::LoyaltyCard], &[])),
                (Channel::Wearable, rule(&[IdentifierKind::LoyaltyCard], &[])),
                (Channel::WhatsApp, rule(&[], &[IdentifierKind::Phone])),
                (Channel::Sms, rule(&[], &[IdentifierKind::Phone])),
            ]
            .into(),
        }
    }
}

impl SourceRules {
    /// The rule of a channel, to add to it.
    ///
    /// ```
    /// use throughline::channel::Channel;
    /// use throughline::hub::SourceRules;
    /// use throughline::identifier::IdentifierKind;
    /// let mut rules = SourceRules::default();
    /// rules.channel(Channel::CallCentre).verifies.insert(IdentifierKind::Phone); // agents call back
    /// rules.channel(Channel::Till).verifies.insert(IdentifierKind::Phone);
    /// assert!(rules.channel(Channel::Till).observes.contains(&IdentifierKind::LoyaltyCard));
    /// ```
    pub fn channel(&mut self, channel: Channel) -> &mut SourceRule {
        self.by_channel.entry(channel).or_default()
    }

    fn rule(&self, source: &str, channel: &Channel) -> Option<&SourceRule> {
        self.by_source.get(source).or_else(|| self.by_channel.get(channel))
    }

    /// The system whose records an event of that source and channel belongs to.
    #[must_use]
    pub fn system<'a>(&'a self, source: &str, channel: &'a Channel) -> &'a str {
        self.rule(source, channel).and_then(|rule| rule.system.as_deref()).unwrap_or_else(|| channel.as_str())
    }

    /// How well a claim of that kind is founded when that source makes it; `flagged` is its own word that it verified
    /// the value.
    #[must_use]
    pub fn level(
        &self,
        source: &str,
        channel: &Channel,
        kind: &IdentifierKind,
        flagged: bool,
    ) -> (ClaimLevel, ProofKind) {
        let rule = self.rule(source, channel);
        if rule.is_some_and(|rule| rule.authenticates.contains(kind)) {
            (ClaimLevel::Verified, ProofKind::Channel)
        } else if flagged && rule.is_some_and(|rule| rule.verifies.contains(kind)) {
            (ClaimLevel::Verified, ProofKind::Source)
        } else if self.observed_everywhere.contains(kind)
            || rule.is_some_and(|rule| rule.observes.contains(kind))
        {
            (ClaimLevel::Observed, ProofKind::Source)
        } else {
            (ClaimLevel::Asserted, ProofKind::Source)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_counts_only_from_a_source_that_may_verify() {
        let mut rules = SourceRules::default();
        let level = |rules: &SourceRules, source: &str, channel, flagged| {
            rules.level(source, &channel, &IdentifierKind::Email, flagged).0
        };
        assert_eq!(level(&rules, "web-shop", Channel::Web, true), ClaimLevel::Asserted);
        let rule = SourceRule { verifies: [IdentifierKind::Email].into(), ..SourceRule::default() };
        rules.by_source.insert("web-shop".into(), rule);
        assert_eq!(level(&rules, "web-shop", Channel::Web, true), ClaimLevel::Verified);
        assert_eq!(level(&rules, "web-shop", Channel::Web, false), ClaimLevel::Asserted);
        assert_eq!(level(&rules, "other-shop", Channel::Web, true), ClaimLevel::Asserted);
    }

    #[test]
    fn whatsapp_vouches_for_the_number_and_the_till_for_the_card() {
        let rules = SourceRules::default();
        let level = |channel, kind| rules.level("s", &channel, &kind, false).0;
        assert_eq!(level(Channel::WhatsApp, IdentifierKind::Phone), ClaimLevel::Verified);
        assert_eq!(level(Channel::Web, IdentifierKind::Phone), ClaimLevel::Asserted);
        assert_eq!(level(Channel::Till, IdentifierKind::LoyaltyCard), ClaimLevel::Observed);
        assert_eq!(level(Channel::Web, IdentifierKind::LoyaltyCard), ClaimLevel::Asserted);
    }
}

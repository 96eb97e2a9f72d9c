//! Which audience gets which content in which channel: a list of rules, as data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::purpose::{Purpose, PurposeScope};
use crate::channel::Channel;
use crate::reason::Reason;

/// Who is to read a message, and where.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// The host's names of the groups that the person is in.
    pub segments: &'a BTreeSet<String>,
    /// The channel.
    pub channel: &'a Channel,
    /// What the message is for.
    pub purpose: &'a Purpose,
}

/// Gives an audience a content, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudienceRule {
    /// The rule's name, which reasons give.
    pub id: String,
    /// The person is in one of these; empty means everybody.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub any_of: BTreeSet<String>,
    /// The person is in all of these.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub all_of: BTreeSet<String>,
    /// The person is in none of these.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub none_of: BTreeSet<String>,
    /// In one of these channels; empty means every channel.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<Channel>,
    /// For one of these purposes and those under them; empty means every purpose.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub purposes: BTreeSet<PurposeScope>,
    /// The name of the content that they get; none means that they get nothing here.
    pub content: Option<String>,
}

impl AudienceRule {
    fn fits(&self, audience: &Audience<'_>) -> bool {
        let Audience { segments, channel, purpose } = audience;
        (self.any_of.is_empty() || !self.any_of.is_disjoint(segments))
            && self.all_of.is_subset(segments)
            && self.none_of.is_disjoint(segments)
            && (self.channels.is_empty() || self.channels.contains(channel))
            && (self.purposes.is_empty() || self.purposes.iter().any(|scope| scope.covers(purpose)))
    }
}

/// What an audience gets.
#[derive(Debug, Clone, PartialEq)]
pub struct AudienceChoice<'p> {
    /// The name of the content; none means nothing here.
    pub content: Option<&'p str>,
    /// `audience`, with the rule as evidence if one decided.
    pub reason: Reason,
}

/// The rules in the order in which they are asked: the first that fits decides.
///
/// ```
/// use std::collections::BTreeSet;
/// use throughline::channel::Channel;
/// use throughline::messaging::{Audience, AudiencePolicy};
/// let policy: AudiencePolicy = serde_json::from_str(r#"{
///     "rules": [
///         {"id": "no-wine-for-minors", "any_of": ["minor"], "purposes": ["marketing.wine"], "content": null},
///         {"id": "families-by-mail", "any_of": ["family"], "channels": ["email"], "content": "spring-families"}
///     ],
///     "otherwise": "spring"
/// }"#)?;
/// let (family, purpose) = (BTreeSet::from(["family".to_owned()]), "marketing.offers".parse()?);
/// let asked = |channel| Audience { segments: &family, channel, purpose: &purpose };
/// assert_eq!(policy.choose(&asked(&Channel::Email)).content, Some("spring-families"));
/// assert_eq!(policy.choose(&asked(&Channel::Sms)).content, Some("spring"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AudiencePolicy {
    /// The rules.
    pub rules: Vec<AudienceRule>,
    /// What those get whom no rule fits; none means nothing.
    pub otherwise: Option<String>,
}

impl AudiencePolicy {
    /// What an audience gets.
    ///
    /// # Complexity
    /// O(r s) for `r` rules over `s` segments.
    #[must_use]
    pub fn choose(&self, audience: &Audience<'_>) -> AudienceChoice<'_> {
        let reason = Reason::new("audience");
        match self.rules.iter().find(|rule| rule.fits(audience)) {
            Some(rule) => AudienceChoice {
                content: rule.content.as_deref(),
                reason: reason.evidence(format!("rule:{}", rule.id)),
            },
            None => AudienceChoice { content: self.otherwise.as_deref(), reason },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_fits_decides() {
        let rule = |id: &str| AudienceRule {
            id: id.to_owned(),
            any_of: BTreeSet::new(),
            all_of: BTreeSet::new(),
            none_of: BTreeSet::new(),
            channels: BTreeSet::new(),
            purposes: BTreeSet::new(),
            content: Some(id.to_owned()),
        };
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let policy = AudiencePolicy {
            rules: vec![
                AudienceRule { all_of: set(&["gold", "family"]), ..rule("both") },
                AudienceRule { any_of: set(&["gold", "silver"]), none_of: set(&["staff"]), ..rule("tier") },
                AudienceRule {
                    channels: BTreeSet::from([Channel::Social]),
                    content: None,
                    ..rule("not-in-public")
                },
                AudienceRule { purposes: BTreeSet::from(["service".parse().unwrap()]), ..rule("service") },
            ],
            otherwise: None,
        };
        let choose = |segments: &[&str], channel: &Channel, purpose: &str| {
            let (segments, purpose) = (set(segments), purpose.parse().unwrap());
            let choice = policy.choose(&Audience { segments: &segments, channel, purpose: &purpose });
            (choice.content.map(str::to_owned), choice.reason.evidence.first().cloned())
        };
        let said = |rule: &str| (Some(rule.to_owned()), Some(format!("rule:{rule}")));
        assert_eq!(choose(&["gold", "family"], &Channel::Sms, "marketing"), said("both"));
        assert_eq!(choose(&["silver"], &Channel::Sms, "marketing"), said("tier"));
        assert_eq!(choose(&["silver", "staff"], &Channel::Sms, "service.order"), said("service"));
        assert_eq!(choose(&[], &Channel::Social, "service"), (None, Some("rule:not-in-public".to_owned())));
        assert_eq!(choose(&[], &Channel::Sms, "marketing"), (None, None));
    }
}

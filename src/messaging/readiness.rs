//! Whether the business is ready for a channel: it can answer there, and how it went of late is no reason to stop.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::input::Class;
use crate::channel::Channel;
use crate::reason::Reason;
use crate::time::NaiveDate;

/// How a channel of the business is doing, counted by the host over its last weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChannelHealth {
    /// The channel is down, or its account is blocked.
    pub outage: bool,
    /// Somebody, or something, can answer what people write back.
    pub can_answer: bool,
    /// Messages sent.
    pub sent: u32,
    /// Of these, returned for good.
    pub bounced: u32,
    /// Of these, reported as unwanted.
    pub complained: u32,
    /// Messages that people wrote and that want an answer.
    pub inbound: u32,
    /// Of these, not answered in the time that the business has set itself.
    pub unanswered: u32,
    /// Conversations that wait for an answer now.
    pub backlog: u32,
}

impl Default for ChannelHealth {
    /// Nothing sent, nothing waiting, somebody there.
    fn default() -> Self {
        Self {
            outage: false,
            can_answer: true,
            sent: 0,
            bounced: 0,
            complained: 0,
            inbound: 0,
            unanswered: 0,
            backlog: 0,
        }
    }
}

/// From where on a figure shuts a channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The share, or the number for a backlog, from which on the channel is shut.
    pub from: f64,
    /// A share of fewer than this says nothing yet.
    #[serde(default)]
    pub minimum_sample: u32,
    /// Where it is written.
    pub source: String,
    /// The date of this entry.
    pub as_of: NaiveDate,
}

/// The thresholds of one channel; `None` for a figure that never shuts it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadinessLimits {
    /// Of [`ChannelHealth::bounced`] among those sent.
    pub bounces: Option<Threshold>,
    /// Of [`ChannelHealth::complained`] among those sent.
    pub complaints: Option<Threshold>,
    /// Of [`ChannelHealth::unanswered`] among those that people wrote.
    pub unanswered: Option<Threshold>,
    /// Of [`ChannelHealth::backlog`], a number.
    pub backlog: Option<Threshold>,
}

/// When a channel is not used although the person could be reached there.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::messaging::{ChannelHealth, Class, Readiness};
/// let readiness = Readiness::published();
/// let mut health = ChannelHealth { sent: 999, bounced: 100, ..ChannelHealth::default() };
/// assert_eq!(readiness.ask(&Channel::Email, Class::Marketing, &health), None); // too few to say
/// health.sent = 1_000;
/// let unready = readiness.ask(&Channel::Email, Class::Marketing, &health).ok_or("ready")?;
/// assert_eq!((unready.rule.as_str(), unready.observed, unready.limit), ("bounce_rate", 0.1, 0.1));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Readiness {
    /// The thresholds of channels that have none of their own.
    pub limits: ReadinessLimits,
    /// The thresholds of a channel, in place of those.
    pub channels: BTreeMap<Channel, ReadinessLimits>,
    /// The classes that a bad experience or a missing answer holds back. An outage holds back all.
    pub classes: Vec<Class>,
}

/// Which rule of readiness a channel fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadinessRule {
    /// The channel is down.
    Outage,
    /// Nobody can answer there.
    CannotAnswer,
    /// Too many messages came back.
    BounceRate,
    /// Too many people complained.
    ComplaintRate,
    /// Too many people got no answer.
    UnansweredRate,
    /// Too many people wait for one.
    Backlog,
}

impl ReadinessRule {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outage => "outage",
            Self::CannotAnswer => "cannot_answer",
            Self::BounceRate => "bounce_rate",
            Self::ComplaintRate => "complaint_rate",
            Self::UnansweredRate => "unanswered_rate",
            Self::Backlog => "backlog",
        }
    }
}

/// Why a channel is not used, with the figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Unready {
    /// The rule.
    pub rule: ReadinessRule,
    /// What was observed: a share, or a number for a backlog; 1 for an outage and for nobody to answer.
    pub observed: f64,
    /// From where on the channel is shut.
    pub limit: f64,
    /// Of how many the share is.
    pub sample: u32,
}

impl Unready {
    /// As a reason, the figures as evidence.
    #[must_use]
    pub fn to_reason(&self) -> Reason {
        let reason = Reason::new(self.rule.as_str());
        match self.rule {
            ReadinessRule::Outage | ReadinessRule::CannotAnswer => reason,
            _ => reason
                .evidence(format!("observed:{:.4}", self.observed))
                .evidence(format!("limit:{:.4}", self.limit))
                .evidence(format!("sample:{}", self.sample)),
        }
    }
}

impl Readiness {
    /// No thresholds: only an outage and nobody to answer shut a channel.
    #[must_use]
    pub fn lenient() -> Self {
        Self {
            limits: ReadinessLimits::default(),
            channels: BTreeMap::new(),
            classes: vec![Class::Service, Class::Marketing],
        }
    }

    /// The thresholds this version of the crate knows of: those at which a large e-mail provider stops a sender, for
    /// e-mail; for bounces in other channels, for unanswered messages and for the backlog our own recommendation.
    #[must_use]
    pub fn published() -> Self {
        let threshold = |from, minimum_sample, source: &str| {
            let as_of = NaiveDate::from_ymd_opt(2026, 11, 1)?;
            Some(Threshold { from, minimum_sample, source: source.to_owned(), as_of })
        };
        let limits = ReadinessLimits {
            bounces: threshold(0.20, 200, OWN),
            complaints: threshold(0.005, 1_000, OWN),
            unanswered: threshold(0.50, 30, OWN),
            backlog: threshold(500.0, 0, OWN),
        };
        let email = ReadinessLimits {
            bounces: threshold(0.10, 1_000, SES),
            complaints: threshold(0.003, 1_000, GMAIL),
            ..limits.clone()
        };
        Self { limits, channels: [(Channel::Email, email)].into(), ..Self::lenient() }
    }

    /// Why a channel in that health is not used for that class, if so: an outage, then nobody to answer, then the figures
    /// in the order of [`ReadinessLimits`].
    ///
    /// # Complexity
    /// O(log c) in the number of channels with thresholds of their own.
    #[must_use]
    pub fn ask(&self, channel: &Channel, class: Class, health: &ChannelHealth) -> Option<Unready> {
        let flat = |rule| Some(Unready { rule, observed: 1.0, limit: 1.0, sample: 1 });
        if health.outage {
            return flat(ReadinessRule::Outage);
        }
        if !self.classes.contains(&class) {
            return None;
        }
        if !health.can_answer {
            return flat(ReadinessRule::CannotAnswer);
        }
        let limits = self.channels.get(channel).unwrap_or(&self.limits);
        let share = |rule, threshold: &Option<Threshold>, part: u32, sample: u32| {
            let threshold = threshold.as_ref()?;
            let observed = f64::from(part) / f64::from(sample.max(1));
            (sample > 0 && sample >= threshold.minimum_sample && observed >= threshold.from)
                .then_some(Unready { rule, observed, limit: threshold.from, sample })
        };
        share(ReadinessRule::BounceRate, &limits.bounces, health.bounced, health.sent)
            .or_else(|| {
                share(ReadinessRule::ComplaintRate, &limits.complaints, health.complained, health.sent)
            })
            .or_else(|| {
                share(ReadinessRule::UnansweredRate, &limits.unanswered, health.unanswered, health.inbound)
            })
            .or_else(|| {
                let limit = limits.backlog.as_ref()?.from;
                let observed = f64::from(health.backlog);
                let unready =
                    Unready { rule: ReadinessRule::Backlog, observed, limit, sample: health.backlog };
                (health.backlog > 0 && observed >= limit).then_some(unready)
            })
    }
}

impl Default for Readiness {
    /// [`Readiness::published`].
    fn default() -> Self {
        Self::published()
    }
}

const OWN: &str = "recommendation of this crate";
const SES: &str = "docs.aws.amazon.com, Amazon SES, reputation metrics messages: sending may be paused from 10 % hard bounces";
const GMAIL: &str =
    "support.google.com/a/answer/81126, e-mail sender guidelines: a spam rate never of 0.30 % or more";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_shut_a_channel_in_a_fixed_order_and_from_the_limit_on() {
        let readiness = Readiness::published();
        let ask = |health: ChannelHealth| {
            readiness.ask(&Channel::Email, Class::Marketing, &health).map(|unready| unready.rule.as_str())
        };
        let well = ChannelHealth { sent: 10_000, inbound: 1_000, ..ChannelHealth::default() };
        assert_eq!(ask(well), None);
        assert_eq!(ask(ChannelHealth { bounced: 999, ..well }), None);
        assert_eq!(ask(ChannelHealth { bounced: 1_000, complained: 9_000, ..well }), Some("bounce_rate"));
        assert_eq!(ask(ChannelHealth { complained: 29, ..well }), None);
        assert_eq!(ask(ChannelHealth { complained: 30, ..well }), Some("complaint_rate"));
        assert_eq!(ask(ChannelHealth { unanswered: 500, ..well }), Some("unanswered_rate"));
        assert_eq!(ask(ChannelHealth { inbound: 29, unanswered: 29, ..well }), None);
        assert_eq!(ask(ChannelHealth { backlog: 500, ..well }), Some("backlog"));
        assert_eq!(ask(ChannelHealth { can_answer: false, bounced: 9_000, ..well }), Some("cannot_answer"));
        assert_eq!(ask(ChannelHealth { can_answer: false, outage: true, ..well }), Some("outage"));
    }

    #[test]
    fn what_is_owed_is_held_back_by_an_outage_only() {
        let bad =
            ChannelHealth { can_answer: false, sent: 9_999, bounced: 9_999, ..ChannelHealth::default() };
        let ask = |health: &ChannelHealth| {
            Readiness::published()
                .ask(&Channel::Sms, Class::Transactional, health)
                .map(|unready| unready.rule)
        };
        assert_eq!(ask(&bad), None);
        assert_eq!(ask(&ChannelHealth { outage: true, ..bad }), Some(ReadinessRule::Outage));
    }

    #[test]
    fn the_figures_are_the_reason() {
        let health = ChannelHealth { sent: 1_000, bounced: 250, ..ChannelHealth::default() };
        let unready = Readiness::published().ask(&Channel::Sms, Class::Marketing, &health).unwrap();
        assert_eq!(unready.to_reason().evidence, ["observed:0.2500", "limit:0.2000", "sample:1000"]);
        assert_eq!(Readiness::lenient().ask(&Channel::Sms, Class::Marketing, &health), None);
        let empty: Readiness = serde_json::from_str(r#"{"limits": {}, "channels": {}}"#).unwrap();
        assert_eq!(empty, Readiness::lenient());
    }
}

//! How good a way to reach a person an endpoint is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::input::{Endpoint, Urgency};
use crate::channel::Channel;

/// How soon people see what comes in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Within minutes: it makes a sound.
    Minutes,
    /// Within hours.
    #[default]
    Hours,
    /// On their next visit.
    Days,
}

/// How well a message of one urgency fits each pace, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceFit {
    /// Where it is seen within minutes.
    pub minutes: f64,
    /// Where it is seen within hours.
    pub hours: f64,
    /// Where it is seen on the next visit.
    pub days: f64,
}

/// How endpoints are scored: the product of what engagement, reachability, cost and urgency say, each from 0 to 1.
///
/// * engagement: the share of messages that a person opened, clicked or answered in half a year, drawn towards
///   `prior_engagement` as by `prior_messages` earlier messages (the mean of a beta-binomial model);
/// * reachability: the share delivered, drawn towards `prior_delivery` in the same way;
/// * cost: 1 for a free channel and one half at `half_cost`: `half_cost / (half_cost + cost)`;
/// * urgency: how well the message's urgency fits the pace of the channel.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::messaging::{AddressId, Endpoint, Engagement, ScoreWeights, Urgency};
/// let weights = ScoreWeights { half_cost: Some(100), ..ScoreWeights::default() };
/// let email = Endpoint {
///     engagement: Engagement { sent: 30, delivered: 30, engaged: 19 },
///     ..Endpoint::new(Channel::Email, AddressId::new("a"))
/// };
/// let score = weights.score(&email, Urgency::Normal);
/// assert_eq!((score.engagement, score.cost), (0.5, 1.0)); // (19 + 10 x 0.1) / (30 + 10)
/// let sms = Endpoint { cost: Some(100), ..Endpoint::new(Channel::Sms, AddressId::new("b")) };
/// assert_eq!(weights.score(&sms, Urgency::Normal).cost, 0.5);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreWeights {
    /// The share of messages that people engage with, before anything is known of this person.
    pub prior_engagement: f64,
    /// The share of messages that arrive, before anything is known of this address.
    pub prior_delivery: f64,
    /// How many messages of a person's own weigh as much as the two above.
    pub prior_messages: u32,
    /// The cost of a message, in minor units of the sender's currency, at which a channel counts half; `None` if cost does
    /// not count.
    pub half_cost: Option<u32>,
    /// What a message costs by channel where the endpoint does not say; nothing if not listed.
    pub costs: BTreeMap<Channel, u32>,
    /// The pace of a channel, in place of the [usual one](Pace::of).
    pub paces: BTreeMap<Channel, Pace>,
    /// What fits a message that can wait.
    pub low: PaceFit,
    /// What fits a message of the day.
    pub normal: PaceFit,
    /// What fits a message that cannot wait.
    pub high: PaceFit,
}

impl Default for ScoreWeights {
    fn default() -> Self {
        Self {
            prior_engagement: 0.1,
            prior_delivery: 0.95,
            prior_messages: 10,
            half_cost: None,
            costs: BTreeMap::new(),
            paces: BTreeMap::new(),
            low: PaceFit { minutes: 0.7, hours: 1.0, days: 1.0 },
            normal: PaceFit { minutes: 1.0, hours: 1.0, days: 1.0 },
            high: PaceFit { minutes: 1.0, hours: 0.5, days: 0.2 },
        }
    }
}

/// A score and what it is the product of, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The product.
    pub total: f64,
    /// The smoothed share of messages that the person engaged with.
    pub engagement: f64,
    /// The smoothed share of messages that arrived.
    pub reachability: f64,
    /// What the cost leaves.
    pub cost: f64,
    /// How well the urgency fits.
    pub urgency: f64,
}

impl Pace {
    /// The usual pace of a channel.
    #[must_use]
    pub const fn of(channel: &Channel) -> Self {
        match channel {
            Channel::Push
            | Channel::Sms
            | Channel::WhatsApp
            | Channel::Telegram
            | Channel::Chat
            | Channel::CallCentre
            | Channel::Wearable => Self::Minutes,
            Channel::Web | Channel::App | Channel::Till | Channel::Kiosk | Channel::Marketplace => Self::Days,
            _ => Self::Hours,
        }
    }
}

impl ScoreWeights {
    /// The score of an endpoint for a message of that urgency. A [score of the host's own](Endpoint::score) is not looked
    /// at here. Settings that are no number between 0 and 1 count as the nearest one, what is not a number as 0.
    ///
    /// # Complexity
    /// O(log c) in the number of channels listed.
    #[must_use]
    pub fn score(&self, endpoint: &Endpoint, urgency: Urgency) -> Score {
        let figures = &endpoint.engagement;
        let engagement = self.smoothed(figures.engaged, figures.sent, self.prior_engagement);
        let reachability = self.smoothed(figures.delivered, figures.sent, self.prior_delivery);
        let cost = self.half_cost.map_or(1.0, |half| {
            let cost = endpoint.cost.or_else(|| self.costs.get(&endpoint.channel).copied()).unwrap_or(0);
            let half = f64::from(half.max(1));
            half / (half + f64::from(cost))
        });
        let fit = match urgency {
            Urgency::Low => &self.low,
            Urgency::Normal => &self.normal,
            Urgency::High => &self.high,
        };
        let pace = self.paces.get(&endpoint.channel).copied().unwrap_or_else(|| Pace::of(&endpoint.channel));
        let urgency = share(match pace {
            Pace::Minutes => fit.minutes,
            Pace::Hours => fit.hours,
            Pace::Days => fit.days,
        });
        Score { total: engagement * reachability * cost * urgency, engagement, reachability, cost, urgency }
    }

    /// The share, drawn towards the prior. Half a prior message at least, so that nothing is divided by nothing.
    fn smoothed(&self, part: u32, whole: u32, prior: f64) -> f64 {
        let weight = f64::from(self.prior_messages).max(0.5);
        let part = f64::from(part.min(whole));
        (part + weight * share(prior)) / (f64::from(whole) + weight)
    }
}

/// The nearest number from 0 to 1.
fn share(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messaging::{AddressId, Engagement};

    fn endpoint(channel: Channel, sent: u32, delivered: u32, engaged: u32) -> Endpoint {
        Endpoint {
            engagement: Engagement { sent, delivered, engaged },
            ..Endpoint::new(channel, AddressId::new("a"))
        }
    }

    #[test]
    fn a_few_messages_move_the_score_a_little() {
        let weights = ScoreWeights::default();
        let total = |sent, engaged| {
            weights.score(&endpoint(Channel::Email, sent, sent, engaged), Urgency::Normal).engagement
        };
        assert!(total(0, 0) < total(1, 1) && total(1, 1) < total(100, 60));
        assert!(total(1, 0) > total(50, 0));
        // One lucky message does not beat a long habit.
        assert!(total(1, 1) < total(200, 100));
    }

    #[test]
    fn urgency_prefers_the_channel_of_its_pace() {
        let weights = ScoreWeights::default();
        let total = |channel, urgency| weights.score(&endpoint(channel, 0, 0, 0), urgency).total;
        assert!(total(Channel::Sms, Urgency::High) > total(Channel::Email, Urgency::High));
        assert!(total(Channel::Email, Urgency::Low) > total(Channel::Sms, Urgency::Low));
        assert_eq!(total(Channel::Email, Urgency::Normal), total(Channel::Sms, Urgency::Normal));
    }

    #[test]
    fn every_part_is_a_share_whatever_the_settings() {
        for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 7.0, 0.3] {
            let fit = PaceFit { minutes: odd, hours: odd, days: odd };
            let weights = ScoreWeights {
                prior_engagement: odd,
                prior_delivery: odd,
                prior_messages: 0,
                half_cost: Some(0),
                low: fit,
                ..ScoreWeights::default()
            };
            for figures in [(0, 0, 0), (3, 9, 9), (u32::MAX, u32::MAX, u32::MAX)] {
                let endpoint = endpoint(Channel::Push, figures.0, figures.1, figures.2);
                let score = weights.score(&endpoint, Urgency::Low);
                for part in [score.total, score.engagement, score.reachability, score.cost, score.urgency] {
                    assert!((0.0..=1.0).contains(&part), "{odd} {score:?}");
                }
            }
        }
    }
}

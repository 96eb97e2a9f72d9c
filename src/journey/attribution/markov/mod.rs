//! Removal effects of a Markov chain, solved exactly.

mod chain;
mod choice;
mod dense;
mod taboo;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::chain::Chain;
pub use self::choice::{OrderChoice, OrderFit, OrderSettings, choose_order};
use super::credit::{Credits, credit_by};
use super::divide::whole;
use super::shared::{Shares, Totals, credits};
use super::{AttributionError, AttributionErrorKind};
use crate::journey::paths::Paths;
use crate::reason::Reason;

/// The highest order.
pub const MAX_ORDER: u8 = 3;

/// What the chain is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MarkovSettings {
    /// How many last touches are a state, 1 to 3; see [`choose_order`].
    pub order: u8,
    /// Whether journeys that came to nothing count. Without them every journey of the chain converts, and a removal
    /// effect measures reach instead of lift.
    pub with_nulls: bool,
}

impl Default for MarkovSettings {
    /// Order 1, with nulls.
    fn default() -> Self {
        Self { order: 1, with_nulls: true }
    }
}

/// What a removal effect measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measures {
    /// How much less often journeys would convert.
    Lift,
    /// How many of the converting journeys pass the channel; a chain without nulls knows no more.
    Reach,
}

/// What would be lost without a channel, as a share of the whole: from 0 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovalEffect {
    /// The channel.
    pub channel: Box<str>,
    /// Of the conversions.
    pub conversions: f64,
    /// Of the value of sales.
    pub value: f64,
}

/// A chain that was solved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Markov {
    /// How many last touches are a state.
    pub order: u8,
    /// How many states the chain has.
    pub states: usize,
    /// What the effects measure.
    pub measures: Measures,
    /// The probability that a journey of the chain converts.
    pub conversion_probability: f64,
    /// What a journey of the chain brings, in minor units, refunds not counted.
    pub expected_value_minor: f64,
    /// By name of the channel. They sum to more than 1; only their shares are credits.
    pub effects: Vec<RemovalEffect>,
    /// Conversions and value divided by the shares of the effects.
    pub credits: Credits,
}

/// Solves the absorbing chain whose states are the last `order` touches (a path that is shorter is one short state; equal
/// neighbouring states are one), whose transitions weigh as many journeys as took them, and which ends in a conversion or
/// in nothing. The removal effect of a channel is `1 - x' / x`, where `x` is the probability of a conversion from the
/// start and `x'` that of one without passing a state with the channel; for value the same with the mean value collected.
///
/// Nothing is simulated. For order 1 one inverse `N = (I - Q)^-1` answers for all channels,
/// `N[s,c] x_c / (N[c,c] x_s)`; otherwise one sparse system per channel is solved until a bound on the error is below
/// 1e-13. Source: Anderl, Becker, von Wangenheim and Schumann, *Mapping the customer journey* (2016); Kemeny and Snell,
/// *Finite Markov Chains* (1960), chapter 3.
///
/// Refunds change no effect: value effects are of sales, and refunds are taken back on the same shares.
///
/// # Errors
/// [`AttributionErrorKind::UnsupportedOrder`]; [`AttributionErrorKind::NotConverged`] for large chains that hardly ever
/// end; [`AttributionErrorKind::Overflow`].
///
/// # Complexity
/// O(n) for n touches to build. To solve, O(c^3) for c channels at order 1; else O(c · e) for e transitions, times the
/// sweeps, some ten times as many as a journey has steps.
///
/// ```
/// use throughline::journey::attribution::{MarkovSettings, markov};
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["search", "email"], Outcome::won(100))?;
/// paths.push(["email"], Outcome::lost())?;
/// paths.push(["search"], Outcome::lost())?;
/// let solved = markov(&paths, &MarkovSettings::default())?;
/// // Of three journeys one converts, and none would without e-mail or without search.
/// assert!((solved.conversion_probability - 1.0 / 3.0).abs() < 1e-12);
/// assert!((solved.effects[0].conversions - 1.0).abs() < 1e-12);
/// assert_eq!(solved.credits.value_sum(), 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn markov(paths: &Paths, settings: &MarkovSettings) -> Result<Markov, AttributionError> {
    if !(1..=MAX_ORDER).contains(&settings.order) {
        return Err(AttributionError::new(AttributionErrorKind::UnsupportedOrder));
    }
    let chain = Chain::build(paths, settings);
    let effects = if settings.order == 1 && chain.states() <= dense::MOST_STATES {
        dense::effects(&chain)
    } else {
        taboo::effects(&chain)?
    };
    let (by_rank, _) = paths.ranks();
    let mut named = Vec::with_capacity(effects.len());
    let mut shares = Shares::default();
    for (number, [conversions, value]) in by_rank.iter().zip(effects) {
        let channel = paths.names().get(usize::from(*number)).cloned().unwrap_or_default();
        // Rounding can leave a hair below nothing or above all.
        let (conversions, value) = (conversions.clamp(0.0, 1.0), value.clamp(0.0, 1.0));
        shares.push(channel.clone(), conversions, value);
        named.push(RemovalEffect { channel, conversions, value });
    }
    Ok(Markov {
        order: settings.order,
        states: chain.states(),
        measures: if settings.with_nulls { Measures::Lift } else { Measures::Reach },
        conversion_probability: chain.conversion_probability(),
        expected_value_minor: chain.expected_value(),
        effects: named,
        credits: credits(shares, &Totals::of(paths))?,
    })
}

impl Markov {
    fn effect(&self, channel: &str) -> Option<&RemovalEffect> {
        let place = self.effects.binary_search_by(|effect| (*effect.channel).cmp(channel)).ok()?;
        self.effects.get(place)
    }

    /// Divides each conversion among the touches of its own path, each weighing the removal effect of its channel (for
    /// conversions), instead of all conversions at once. Explain a path of it with
    /// [`explain_by`](super::explain_by) and [`weights_of`](Self::weights_of).
    ///
    /// # Errors
    /// [`AttributionErrorKind::Overflow`].
    ///
    /// # Complexity
    /// O(n) for n touches.
    pub fn per_journey(&self, paths: &Paths) -> Result<Credits, AttributionError> {
        let effect = |name: &str| self.effect(name).map_or(0, |effect| whole(effect.conversions));
        let weights: Vec<u64> = paths.names().iter().map(|name| effect(name)).collect();
        credit_by(paths, |path, out| {
            out.extend(
                path.touches.iter().map(|&channel| weights.get(usize::from(channel)).copied().unwrap_or(0)),
            );
        })
    }

    /// What the touches of those channels weigh in [`per_journey`](Self::per_journey); 0 for unknown channels.
    pub fn weights_of<'a>(&self, channels: impl IntoIterator<Item = &'a str>) -> Vec<u64> {
        let weight = |name| self.effect(name).map_or(0, |effect: &RemovalEffect| whole(effect.conversions));
        channels.into_iter().map(weight).collect()
    }

    /// Why a channel got its credit: `removal_effect` and `removal_effect_of_value` with the effect as the weight,
    /// `share_of_effects` and `share_of_value_effects` with its share, `rounding` with what the money rule added to its share of
    /// the value, in minor units, and `reach_not_lift` for a chain without nulls. Evidence is the channel. Empty for an unknown
    /// channel.
    #[must_use]
    pub fn explain(&self, channel: &str) -> Vec<Reason> {
        let Some(effect) = self.effect(channel) else { return Vec::new() };
        let sum = |of: fn(&RemovalEffect) -> f64| self.effects.iter().map(of).sum::<f64>();
        let share = |one: f64, all: f64| if all > 0.0 { one / all } else { 0.0 };
        let reason = |rule: &'static str, weight: f64| Reason::new(rule).evidence(channel).weight(weight);
        let mut reasons = vec![
            reason("removal_effect", effect.conversions),
            reason("share_of_effects", share(effect.conversions, sum(|effect| effect.conversions))),
            reason("removal_effect_of_value", effect.value),
            reason("share_of_value_effects", share(effect.value, sum(|effect| effect.value))),
        ];
        let of_value = match sum(|effect| effect.value) {
            all if all > 0.0 => share(effect.value, all),
            _ => share(effect.conversions, sum(|effect| effect.conversions)),
        };
        reasons.extend(self.credits.rounding(channel, of_value).map(|minor| reason("rounding", minor)));
        if self.measures == Measures::Reach {
            reasons.push(Reason::new("reach_not_lift").evidence(channel));
        }
        reasons
    }
}

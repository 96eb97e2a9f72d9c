//! Which touch earned the sale: the same journeys under every usual model, side by side.
//!
//! | question | ask |
//! |---|---|
//! | what a rule gives each channel | [`credit`] with a [`Rule`], [`credit_by`] with a rule of your own |
//! | what would be lost without the channel, by a Markov chain | [`markov`]; of which order, [`choose_order`] |
//! | the fair share by cooperative game theory, in conversions and value | [`shapley`], by place in the path [`shapley_ordered`] |
//! | what a channel adds to the rate of conversions: a probability, neither conversions nor value | [`shapley_rate`], [`shapley_rate_sampled`] |
//! | why a touch got what it got, and why another one did not count | [`explain_history`] under any [`Model`], [`explain`] for one path |
//! | why a channel got what it got | [`Markov::explain`], [`Shapley::explain`] |
//!
//! All of it works on [`Paths`](super::paths::Paths), is a function of the set of paths (their order makes no difference,
//! to the last bit), and is exact: no simulation, except where a function says *sampled*.
//!
//! # The money rule
//! Value is whole minor units, and the parts add up to the whole, always: shares are made integers (irrational ones
//! `round(w * 2^40)`) and divided by the largest remainder, ties to the earlier touch. A negative value (a refund) mirrors
//! the positive one: it takes back what the sale gave, on the same shares. If all weights are zero, the touches share
//! equally. A conversion without any touch goes to a bucket of its own, [`Credits::none`].
//!
//! # What it does not say
//! All models divide credit that was observed. What a channel *causes* (its incremental lift) only an experiment tells.
//!
//! ```
//! use throughline::journey::attribution::{Rule, credit};
//! use throughline::journey::paths::{Outcome, Paths};
//! let mut paths = Paths::new();
//! paths.push(["search", "email", "till"], Outcome::won(100))?;
//! paths.push(["email"], Outcome::lost())?;
//! let credits = credit(&paths, &Rule::Linear)?;
//! let cents: Vec<_> = credits.channels.iter().map(|one| (&*one.channel, one.value_minor)).collect();
//! assert_eq!(cents, [("email", 33), ("search", 34), ("till", 33)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod credit;
mod divide;
mod error;
mod explain;
mod explain_history;
mod markov;
mod rule;
mod shapley;
mod shared;
mod weights;

pub use credit::{ChannelCredit, Credits, Sharing, credit, credit_by};
pub use error::{AttributionError, AttributionErrorKind};
pub use explain::{TouchCredit, explain, explain_by};
pub use explain_history::{ConversionCredit, Model, TouchFate, explain_history, words};
pub use markov::{
    MAX_ORDER, Markov, MarkovSettings, Measures, OrderChoice, OrderFit, OrderSettings, RemovalEffect,
    choose_order, markov,
};
pub use rule::{CustomWeights, Rule};
pub use shapley::{
    MAX_EXACT_CHANNELS, Position, RateShapley, RateValue, SamplingSettings, Shapley, ShapleyValue, shapley,
    shapley_ordered, shapley_rate, shapley_rate_sampled,
};

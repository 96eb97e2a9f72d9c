//! Fair shares by cooperative game theory.

mod additive;
mod rate;
mod sampled;
#[cfg(test)]
mod tests;

pub use additive::{Position, Shapley, ShapleyValue, shapley, shapley_ordered};
pub use rate::{MAX_EXACT_CHANNELS, RateShapley, RateValue, shapley_rate};
pub use sampled::{SamplingSettings, shapley_rate_sampled};

//! What counts as pain.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What counts as pain, and how much of it. Plain settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PainSettings {
    /// Whether the same step in another channel is another step.
    pub by_channel: bool,
    /// Names of touchpoints that a journey is for: one that has any was not given up.
    pub goals: BTreeSet<Box<str>>,
    /// Names of touchpoints at which a journey ends well anyhow, such as the end of a call.
    pub ends: BTreeSet<Box<str>>,
    /// Names of touchpoints that people like to repeat.
    pub repeatable: BTreeSet<Box<str>>,
    /// So many times is again and again; at least 2.
    pub repeats: u32,
    /// Within so many seconds.
    pub repeat_seconds: u32,
    /// Back in the same channel within so many seconds of leaving it for another is back and forth.
    pub back_seconds: u32,
    /// Steps that fewer journeys visited are no finding.
    pub least_journeys: u64,
    /// Nor are steps of which the lower bound of the rate is not above this, 0 to 1.
    pub least_rate: f64,
    /// How sure to be, in standard deviations: 1.96 for 95 percent.
    pub deviations: f64,
}

impl Default for PainSettings {
    /// Steps by channel; three times within ten minutes, back within an hour; 30 journeys, 5 percent of them, with 95
    /// percent confidence. No goals: every journey was given up.
    fn default() -> Self {
        Self {
            by_channel: true,
            goals: BTreeSet::new(),
            ends: BTreeSet::new(),
            repeatable: BTreeSet::new(),
            repeats: 3,
            repeat_seconds: 600,
            back_seconds: 3600,
            least_journeys: 30,
            least_rate: 0.05,
            deviations: 1.96,
        }
    }
}

impl PainSettings {
    /// The default with the names of the Segment e-commerce specification: an order is what journeys are for; a call's
    /// end, a review and signing out are good ends; products and lists are looked at many times with pleasure.
    #[must_use]
    pub fn retail() -> Self {
        let names = |names: &[&str]| names.iter().map(|&name| name.into()).collect();
        Self {
            goals: names(&["Order Completed"]),
            ends: names(&["Call Ended", "Product Reviewed", "Signed Out"]),
            repeatable: names(&["Product Viewed", "Product List Viewed", "Product Clicked", "Product Added"]),
            ..Self::default()
        }
    }
}

//! Which touchpoints are the steps of a funnel.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::step::JourneyStep;
use crate::journey::funnel::{Funnel, FunnelEvent};

/// Which touchpoints: all that is said must hold; names and channels are exactly those of the journey.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TouchpointIs {
    /// Names; none: all.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub names: BTreeSet<Box<str>>,
    /// Channels; none: all.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<Box<str>>,
}

impl TouchpointIs {
    /// Touchpoints of those names in any channel.
    #[must_use]
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    fn fits(&self, step: &JourneyStep) -> bool {
        (self.names.is_empty() || self.names.contains(&step.name))
            && (self.channels.is_empty() || self.channels.contains(&step.channel))
    }
}

/// A funnel over touchpoints. Plain settings.
///
/// ```
/// use throughline::journey::reading::FunnelRules;
/// let buying = FunnelRules::retail();
/// assert_eq!(usize::from(buying.funnel.steps), buying.steps.len());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FunnelRules {
    /// Its name, for reports.
    pub name: Box<str>,
    /// The settings. How many steps there are is known from [`steps`](Self::steps).
    pub funnel: Funnel,
    /// The steps in order; at most 32.
    pub steps: Vec<TouchpointIs>,
    /// What the exclusions of the settings are, in their order; as many as there.
    pub exclusions: Vec<TouchpointIs>,
}

impl FunnelRules {
    /// An ordered funnel of touchpoints of those names within so many seconds.
    #[must_use]
    pub fn ordered<'a>(name: &str, steps: impl IntoIterator<Item = &'a str>, window_seconds: u32) -> Self {
        let steps: Vec<TouchpointIs> = steps.into_iter().map(|step| TouchpointIs::named([step])).collect();
        let count = u8::try_from(steps.len()).unwrap_or(u8::MAX);
        Self { name: name.into(), funnel: Funnel::new(count, window_seconds), steps, exclusions: Vec::new() }
    }

    /// From looking at a product to the order within 30 days.
    #[must_use]
    pub fn retail() -> Self {
        let steps = ["Product Viewed", "Product Added", "Checkout Started", "Order Completed"];
        Self::ordered("purchase", steps, 30 * 86_400)
    }

    /// The settings with the number of steps that there are.
    pub(super) fn settings(&self) -> Funnel {
        Funnel { steps: u8::try_from(self.steps.len()).unwrap_or(u8::MAX), ..self.funnel.clone() }
    }

    pub(super) fn event<'a>(&self, step: &'a JourneyStep) -> FunnelEvent<'a> {
        FunnelEvent {
            steps: bits(&self.steps, step),
            exclusions: bits(&self.exclusions, step),
            hold: step.subject.as_deref(),
            channel: Some(&step.channel),
            session: step.session.map_or(0, u64::from),
            ..FunnelEvent::at(step.order.time)
        }
    }
}

fn bits(rules: &[TouchpointIs], step: &JourneyStep) -> u32 {
    let fitting = (0..u32::BITS).zip(rules).filter(|(_, rule)| rule.fits(step));
    fitting.fold(0, |bits, (bit, _)| bits | 1 << bit)
}

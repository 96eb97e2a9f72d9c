//! Why a decision came out as it did, as data. Rendering to text happens elsewhere.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One reason: which rule spoke, on what evidence, with what weight. It never holds a customer's values, only ids.
///
/// ```
/// use throughline::reason::Reason;
/// let reason = Reason::new("quiet_hours").evidence("window:0").weight(1.0);
/// assert_eq!(reason.rule, "quiet_hours");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The rule's stable id, in `snake_case`.
    pub rule: Cow<'static, str>,
    /// Ids of the facts that the rule looked at, in a total order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// The weight of the evidence in the rule's own unit (bits for match weights), where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
}

impl Reason {
    /// A reason that names its rule.
    #[must_use]
    pub fn new(rule: impl Into<Cow<'static, str>>) -> Self {
        Self { rule: rule.into(), evidence: Vec::new(), weight: None }
    }

    /// Adds the id of a fact.
    #[must_use]
    pub fn evidence(mut self, id: impl Into<String>) -> Self {
        self.evidence.push(id.into());
        self
    }

    /// Sets the weight.
    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.weight = Some(weight);
        self
    }
}

//! All promotions of a business, checked and made ready once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::compile::{Compiled, compile};
use super::{Promotion, PromotionError, PromotionGroup, Selection};

/// Most promotions in one set.
pub const MAX_PROMOTIONS: usize = 10_000;

/// All promotions of a business, with their groups and named selections, checked when made and when read.
///
/// The order of the computation: phase by phase; in a phase the groups as declared, then the promotions without a
/// group; in a group higher priority first, then as declared. Nothing else about the order of the lists matters.
///
/// ```
/// use throughline::pricing::promotion::Promotions;
/// let promotions: Promotions = serde_json::from_str(r#"{
///     "version": "spring",
///     "selections": {"outlet": {"any_of": [{"tag": "حراج"}, {"tag": "распродажа"}]}},
///     "groups": [{"id": "best", "mode": "best_of"}],
///     "promotions": [
///         {"id": "ten", "group": "best", "action": {"kind": "percent", "off": {"numerator": 1, "denominator": 10}}},
///         {"id": "two-for-one", "group": "best", "action":
///             {"kind": "take_more_pay_fewer", "of": {"named": "outlet"}, "take": 2, "pay": 1}}
///     ]
/// }"#)?;
/// assert_eq!(promotions.list().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Promotions {
    written: Written,
    compiled: Compiled,
}

/// The stored shape of [`Promotions`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) version: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) selections: BTreeMap<String, Selection>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<PromotionGroup>,
    pub(super) promotions: Vec<Promotion>,
}

impl Promotions {
    /// Promotions without groups; `version` is the host's own name for this state of them.
    ///
    /// # Errors
    /// For the first promotion that cannot be; [`PromotionErrorKind`](super::PromotionErrorKind) lists what is checked.
    ///
    /// # Complexity
    /// O(n log n) in the size of the promotions.
    pub fn new(
        version: impl Into<String>,
        promotions: impl IntoIterator<Item = Promotion>,
    ) -> Result<Self, PromotionError> {
        Self::with_groups(version, [], promotions)
    }

    /// Promotions in groups; the groups of a phase have their turns in the order given here.
    ///
    /// # Errors
    /// As [`Promotions::new`].
    pub fn with_groups(
        version: impl Into<String>,
        groups: impl IntoIterator<Item = PromotionGroup>,
        promotions: impl IntoIterator<Item = Promotion>,
    ) -> Result<Self, PromotionError> {
        Self::with_selections(version, [], groups, promotions)
    }

    /// Promotions in groups with named selections, which they and each other may use by name.
    ///
    /// # Errors
    /// As [`Promotions::new`]; also for one name given twice.
    pub fn with_selections(
        version: impl Into<String>,
        selections: impl IntoIterator<Item = (String, Selection)>,
        groups: impl IntoIterator<Item = PromotionGroup>,
        promotions: impl IntoIterator<Item = Promotion>,
    ) -> Result<Self, PromotionError> {
        let mut named = BTreeMap::new();
        for (name, selection) in selections {
            if named.insert(name, selection).is_some() {
                return Err(PromotionError::new(super::PromotionErrorKind::DuplicateId));
            }
        }
        Self::try_from(Written {
            version: version.into(),
            selections: named,
            groups: groups.into_iter().collect(),
            promotions: promotions.into_iter().collect(),
        })
    }

    /// The host's name for this state of the promotions.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.written.version
    }

    /// All promotions, as declared.
    #[must_use]
    pub fn list(&self) -> &[Promotion] {
        &self.written.promotions
    }

    /// The groups, in their order.
    #[must_use]
    pub fn groups(&self) -> &[PromotionGroup] {
        &self.written.groups
    }

    /// The named selections.
    #[must_use]
    pub const fn selections(&self) -> &BTreeMap<String, Selection> {
        &self.written.selections
    }

    pub(super) const fn compiled(&self) -> &Compiled {
        &self.compiled
    }
}

impl PartialEq for Promotions {
    /// Whether they were written alike.
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Promotions {}

impl TryFrom<Written> for Promotions {
    type Error = PromotionError;

    fn try_from(written: Written) -> Result<Self, PromotionError> {
        let compiled = compile(&written)?;
        Ok(Self { written, compiled })
    }
}

impl From<Promotions> for Written {
    fn from(promotions: Promotions) -> Self {
        promotions.written
    }
}

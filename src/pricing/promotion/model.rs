//! A promotion and the group it stands in, as plain data.

use serde::{Deserialize, Serialize};

use super::{Action, Condition, GroupId, PromotionId};
use crate::calendar::{Windows, ZoneId};
use crate::money::Money;
use crate::time::{DateTime, Utc};

/// When in the computation a promotion has its turn. The phases follow each other in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Prices of single units.
    Unit,
    /// Lines.
    #[default]
    Line,
    /// The order as a whole.
    Order,
    /// Delivery, after everything else.
    Delivery,
}

impl Phase {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::Unit, Self::Line, Self::Order, Self::Delivery];
}

/// From which amount a percentage is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// What the earlier promotions left.
    #[default]
    Running,
    /// What the line cost before any promotion; never more than is left is taken off. Offers over units and sets always
    /// begin with what is left.
    First,
}

/// Among which others a promotion stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusive {
    /// Among those of its phase. The first exclusive promotion that holds when the phase begins is the only one of the
    /// phase, though another would give more.
    InPhase,
    /// Among all. The first that holds for the untouched basket is the only one of the order.
    Everywhere,
}

/// How a promotion gets on with others of its group, in the two modes that compete by priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// It may be added to others of this kind.
    #[default]
    Compound,
    /// It competes with the others and wins or loses alone.
    Best,
    /// It is looked at before the others of its priority; a line that it discounts is closed to all others of the group.
    Exclusive,
}

/// How the promotions of a group relate.
///
/// Inside a group the order is: higher priority first, then as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupMode {
    /// Each in its order.
    #[default]
    All,
    /// The first that holds.
    First,
    /// The one that takes most off; equal ones by their order.
    BestSingle,
    /// The combination that takes most off, each in its order: exact over all combinations up to the number that the
    /// rules give, and like [`All`](Self::All) beyond; the answer says which. Of equal combinations the one that holds
    /// the earlier promotions.
    BestOf,
    /// Of each priority the better of: one [`Best`](Combination::Best) promotion alone, or all
    /// [`Compound`](Combination::Compound) ones together. A line that a priority discounted is closed to lower ones.
    /// (Dynamics 365 Commerce: best price and compound within priority, never compound across priorities.)
    CompoundWithinPriority,
    /// Of each priority the one promotion that takes most off; those of the priorities add up, from the highest.
    /// (Dynamics 365 Commerce: best price only within priority, always compound across priorities.)
    CompeteWithinPriority,
}

/// A group of promotions of one phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionGroup {
    /// The group's id.
    pub id: GroupId,
    /// Its phase.
    #[serde(default)]
    pub phase: Phase,
    /// How its promotions relate.
    pub mode: GroupMode,
}

/// On which days and at which times a promotion holds, in a named zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionHours {
    /// The zone, the same for every customer and channel.
    pub zone: ZoneId,
    /// The windows: weekdays, times of day, dated exceptions.
    pub windows: Windows,
}

/// A promotion: what it gives, when it holds, and how it gets on with others.
///
/// ```
/// use throughline::money::Ratio;
/// use throughline::pricing::promotion::{Action, Promotion, PromotionId};
/// let spring = Promotion::new(PromotionId::parse("نوروز")?, Action::percent(Ratio::basis_points(1_500)));
/// let json = serde_json::to_string(&spring)?;
/// assert_eq!(serde_json::from_str::<Promotion>(&json)?, spring);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// The promotion's id.
    pub id: PromotionId,
    /// What it gives.
    pub action: Action,
    /// When it has its turn.
    #[serde(default)]
    pub phase: Phase,
    /// The group it stands in; those without stand together after the groups of their phase, each in its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// Higher goes first inside the group; equal ones go as declared.
    #[serde(default)]
    pub priority: i32,
    /// Among which others it stands alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive: Option<Exclusive>,
    /// How it gets on with others where priorities compete.
    #[serde(default)]
    pub combination: Combination,
    /// Once it is applied, nothing after it is, delivery included.
    #[serde(default)]
    pub stop_after: bool,
    /// From which amount a percentage is computed.
    #[serde(default)]
    pub base: Base,
    /// What must hold; all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// The first instant at which it holds; absent means since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// The first instant at which it holds no more; absent means open-ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Days and times at which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<PromotionHours>,
    /// The campaign whose budget it spends and whose coupon it may need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// It holds only with a coupon of its campaign.
    #[serde(default)]
    pub coupon_required: bool,
    /// The most that it takes off one order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<Money>,
}

impl Promotion {
    /// A promotion of the line phase without conditions; one that discounts delivery is of the delivery phase.
    #[must_use]
    pub const fn new(id: PromotionId, action: Action) -> Self {
        let phase = if matches!(action, Action::Delivery { .. }) { Phase::Delivery } else { Phase::Line };
        Self {
            id,
            action,
            phase,
            group: None,
            priority: 0,
            exclusive: None,
            combination: Combination::Compound,
            stop_after: false,
            base: Base::Running,
            conditions: Vec::new(),
            from: None,
            until: None,
            hours: None,
            campaign: None,
            coupon_required: false,
            cap: None,
        }
    }
}

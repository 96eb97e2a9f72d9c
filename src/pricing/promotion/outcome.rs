//! What promotions did to a basket, and why the others did nothing.

use serde::{Deserialize, Serialize};

use super::{GroupId, GroupMode, Phase, PromotionId, Unmet};
use crate::cart::{Quantity, Sku};
use crate::money::Money;
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// What one promotion takes off one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineDiscount {
    /// The line's place in the basket.
    pub line: usize,
    /// What is taken off, over zero.
    pub amount: Money,
}

/// What kept a promotion from taking off all that it would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limited {
    /// Its own cap.
    pub by_cap: bool,
    /// The cap of the order.
    pub by_order_cap: bool,
    /// The budget of its campaign.
    pub by_budget: bool,
    /// A line's floor, or that nothing was left of the line.
    pub by_floor: bool,
}

/// A line at zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GiftLine {
    /// The product.
    pub sku: Sku,
    /// How many.
    pub quantity: Quantity,
    /// What all of them would cost, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<Money>,
}

/// A promotion that gave something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedPromotion {
    /// The promotion.
    pub promotion: PromotionId,
    /// When it had its turn.
    pub phase: Phase,
    /// What it takes off lines, by place; lines without a discount are not listed.
    pub lines: Vec<LineDiscount>,
    /// What it takes off delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Money>,
    /// What it gives for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift: Option<GiftLine>,
    /// What it takes off in all, delivery included.
    pub total: Money,
    /// What kept it from more.
    #[serde(default)]
    pub limited: Limited,
}

/// Why a promotion gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case", deny_unknown_fields)]
pub enum NotApplied {
    /// It has not begun.
    NotBegun {
        /// When it does.
        from: DateTime<Utc>,
    },
    /// It has ended.
    Ended {
        /// When it did.
        until: DateTime<Utc>,
    },
    /// It is not the day or the time of day.
    OutsideHours,
    /// Its amounts are in another currency.
    OtherCurrency,
    /// It needs a coupon of its campaign.
    CouponMissing {
        /// The campaign.
        campaign: String,
    },
    /// The budget of its campaign is spent.
    BudgetUsedUp {
        /// The campaign.
        campaign: String,
    },
    /// A condition does not hold.
    ConditionNotMet {
        /// The condition's place in the promotion's list.
        condition: usize,
        /// In which way.
        unmet: Unmet,
    },
    /// No line is selected.
    NothingSelected,
    /// Too few units for one offer, or they are used by other offers.
    TooFewUnits,
    /// What it selects costs no more than its price.
    NotDearer,
    /// What it selects is at its floor.
    FloorReached,
    /// What it selects costs nothing any more.
    NothingLeft,
    /// What it takes off is less than the smallest unit.
    RoundedAway,
    /// The cap of the order is used up.
    OrderCapUsedUp,
    /// There is no delivery to discount.
    NoDelivery,
    /// The customer refused the gift.
    GiftRefused,
    /// Others of its group were chosen instead.
    LostTo {
        /// Those.
        winners: Vec<PromotionId>,
    },
    /// An exclusive promotion stands alone.
    ExcludedBy {
        /// That one.
        promotion: PromotionId,
    },
    /// An earlier promotion is the last one.
    StoppedBy {
        /// That one.
        promotion: PromotionId,
    },
}

impl NotApplied {
    /// The reason's rule id.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NotBegun { .. } => "promotion_not_begun",
            Self::Ended { .. } => "promotion_ended",
            Self::OutsideHours => "promotion_outside_hours",
            Self::OtherCurrency => "promotion_other_currency",
            Self::CouponMissing { .. } => "promotion_coupon_missing",
            Self::BudgetUsedUp { .. } => "promotion_budget_used_up",
            Self::ConditionNotMet { unmet, .. } => match unmet {
                Unmet::Subtotal { .. } => "promotion_subtotal_too_low",
                Unmet::LineQuantity { .. } => "promotion_line_quantity_too_low",
                Unmet::Units { .. } => "promotion_too_few_units_in_basket",
                Unmet::Contains => "promotion_product_missing",
                Unmet::CustomerGroup => "promotion_other_customer_group",
                Unmet::Applied => "promotion_requires_another",
                Unmet::AnyOf => "promotion_no_alternative_met",
                Unmet::Not => "promotion_ruled_out",
            },
            Self::NothingSelected => "promotion_nothing_selected",
            Self::TooFewUnits => "promotion_too_few_units",
            Self::NotDearer => "promotion_not_dearer",
            Self::FloorReached => "promotion_floor_reached",
            Self::NothingLeft => "promotion_nothing_left",
            Self::RoundedAway => "promotion_rounded_away",
            Self::OrderCapUsedUp => "promotion_order_cap_used_up",
            Self::NoDelivery => "promotion_no_delivery",
            Self::GiftRefused => "promotion_gift_refused",
            Self::LostTo { .. } => "promotion_lost",
            Self::ExcludedBy { .. } => "promotion_excluded",
            Self::StoppedBy { .. } => "promotion_stopped",
        }
    }
}

/// A promotion that gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectedPromotion {
    /// The promotion.
    pub promotion: PromotionId,
    /// Why.
    pub why: NotApplied,
}

/// How a best-of group was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// Over all combinations.
    Exact,
    /// Too many promotions were in play, so each was applied in its order.
    DeclaredOrder,
}

/// What came of a group that chooses among its promotions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupOutcome {
    /// The group.
    pub group: GroupId,
    /// How its promotions relate.
    pub mode: GroupMode,
    /// How many of them were in play: those that hold at this time for this buyer.
    pub in_play: usize,
    /// For a best-of group with promotions in play, how it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<Search>,
    /// Those that were applied, in their order.
    pub applied: Vec<PromotionId>,
}

/// What promotions did to a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionOutcome {
    /// The version of the promotions.
    pub version: String,
    /// Those that gave something, in the order in which they were applied.
    pub applied: Vec<AppliedPromotion>,
    /// All others with the reason, as declared.
    pub not_applied: Vec<RejectedPromotion>,
    /// The groups with promotions, in their order.
    pub groups: Vec<GroupOutcome>,
    /// What each line costs afterwards, by place.
    pub lines: Vec<Money>,
    /// What all lines cost afterwards.
    pub total: Money,
    /// What is taken off all lines.
    pub discount: Money,
    /// What delivery costs afterwards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Money>,
}

impl PromotionOutcome {
    /// The gifts, in the order in which they were given, each with its promotion.
    pub fn gifts(&self) -> impl Iterator<Item = (&PromotionId, &GiftLine)> {
        self.applied.iter().filter_map(|applied| Some((&applied.promotion, applied.gift.as_ref()?)))
    }

    /// What was taken off one line, by promotion, in the order in which they were applied.
    pub fn discounts_of(&self, line: usize) -> impl Iterator<Item = (&PromotionId, Money)> {
        self.applied.iter().filter_map(move |applied| {
            let place = applied.lines.binary_search_by_key(&line, |discount| discount.line).ok()?;
            Some((&applied.promotion, applied.lines.get(place)?.amount))
        })
    }

    /// The whole answer as reasons: those applied, with what limited them, then all others.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let named =
            |rule: &'static str, id: &PromotionId| Reason::new(rule).evidence(format!("promotion:{id}"));
        let mut reasons = Vec::new();
        for applied in &self.applied {
            reasons.push(named("promotion_applied", &applied.promotion));
            let limited = applied.limited;
            for (holds, rule) in [
                (limited.by_cap, "promotion_limited_by_cap"),
                (limited.by_order_cap, "promotion_limited_by_order_cap"),
                (limited.by_budget, "promotion_limited_by_budget"),
                (limited.by_floor, "promotion_limited_by_floor"),
            ] {
                if holds {
                    reasons.push(named(rule, &applied.promotion));
                }
            }
        }
        for rejected in &self.not_applied {
            let mut reason = named(rejected.why.rule(), &rejected.promotion);
            match &rejected.why {
                NotApplied::LostTo { winners } => {
                    reason.evidence.extend(winners.iter().map(|id| format!("promotion:{id}")));
                }
                NotApplied::ExcludedBy { promotion } | NotApplied::StoppedBy { promotion } => {
                    reason = reason.evidence(format!("promotion:{promotion}"));
                }
                NotApplied::CouponMissing { campaign } | NotApplied::BudgetUsedUp { campaign } => {
                    reason = reason.evidence(format!("campaign:{campaign}"));
                }
                NotApplied::ConditionNotMet { condition, .. } => {
                    reason = reason.evidence(format!("condition:{condition}"));
                }
                _ => {}
            }
            reasons.push(reason);
        }
        reasons
    }
}

//! Promotions: percentages, amounts, fixed prices, buy-get offers, bundles, gifts and delivery, stacked by rule.
//!
//! [`Promotions`] are plain data, checked once; [`apply`] is a pure function of them, a [`Basket`], the
//! [`PromotionFacts`], the [`PromotionRules`] and the instant. Its answer says of each promotion what it took off which
//! line, or why it gave nothing.
//!
//! | question | answer |
//! |---|---|
//! | When has a promotion its turn? | [`Phase`], then the order of the groups, then priority, then as declared |
//! | Which of a group hold together? | [`GroupMode`]; best-of is an exact search over all combinations |
//! | Which stand alone? | [`Exclusive`], [`Promotion::stop_after`] |
//! | From which amount? | [`Base`]: what the earlier ones left, or the first amount |
//! | When are conditions tested? | at the promotion's turn, on what the earlier ones left |
//! | What is rounded? | [`RoundOn`] the price or the discount, once for what [`Allocation`] names |
//! | Who bears a discount over several lines? | each by its amount with the largest remainder, none under its floor |
//! | What limits it? | [`Promotion::cap`], [`PromotionRules::order_cap`], [`PromotionFacts::budgets`], floors |
//!
//! Quantities cost nothing: all work is on bands of equal units, so ten thousand units in a line take no longer than
//! ten. A unit is a trigger, a reward or a part of a set once over all promotions.
mod action;
mod bands;
mod basket;
mod compile;
mod condition;
mod context;
mod effect;
mod engine;
mod error;
mod id;
mod lines;
mod model;
mod outcome;
mod priority;
mod promotions;
mod search;
mod select;
mod selection;
mod sets;
mod share;
mod state;
mod table;

#[cfg(test)]
mod tests;

pub use action::{Action, Allocation, Bundle, BundlePart, BuyGet, Gift, Off, Pick, TakeMorePayFewer};
pub use basket::{Basket, BasketLine, MAX_SEARCH, PromotionFacts, PromotionRules, RoundOn};
pub use condition::{Condition, Unmet};
pub use engine::apply;
pub use error::{PromotionError, PromotionErrorKind};
pub use id::{GroupId, MAX_NAME, PromotionId};
pub use model::{Base, Combination, Exclusive, GroupMode, Phase, Promotion, PromotionGroup, PromotionHours};
pub use outcome::{
    AppliedPromotion, GiftLine, GroupOutcome, Limited, LineDiscount, NotApplied, PromotionOutcome,
    RejectedPromotion, Search,
};
pub use promotions::{MAX_PROMOTIONS, Promotions};
pub use selection::Selection;

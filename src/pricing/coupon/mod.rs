//! Coupons: codes as people type them, families of generated codes, limits that hold, and guesses that do not pay.

mod book;
mod code;
mod family;
mod guess;
mod usage;

#[cfg(test)]
mod tests;

pub use book::{Campaign, CampaignId, CodeStanding, Codes, CouponBook, CouponBookError, CouponLimits};
pub use code::{CouponCode, CouponCodeError};
pub use family::{CodeFamily, FamilyVerdict};
pub use guess::{GuessRules, Guesses};
pub use usage::{Counter, CouponAct, CouponUse, Limit, UsageLimit, UseOutcome, act};

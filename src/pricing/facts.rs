//! Everything that a price rests on besides the cart: what is known of this purchase, and the rules of the business.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::coupon::CampaignId;
use super::promotion::{PromotionId, PromotionRules, Promotions};
use super::tax::{TaxCategory, TaxPolicy, TaxZone};
use super::{Buyer, Catalogue, ChoicePolicy, PriceBook};
use crate::calendar::Zone;
use crate::money::Money;

/// How the goods reach the customer, and what that costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryFee {
    /// The service: `home`, `pick-up`, `locker`.
    pub service: String,
    /// The fee before promotions.
    pub fee: Money,
    /// What it is to the tax office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<TaxCategory>,
}

/// What is known of one purchase. **It has no channel**: the same purchase costs the same everywhere.
#[derive(Debug, Clone, Default)]
pub struct Purchase {
    /// Who buys, as far as prices may know.
    pub buyer: Buyer,
    /// The campaigns of the coupons that are held for this cart.
    pub coupons: BTreeSet<CampaignId>,
    /// What is left of campaigns' budgets; a campaign that is not here has no bound.
    pub budgets: BTreeMap<CampaignId, Money>,
    /// Gifts that the customer does not want.
    pub refused_gifts: BTreeSet<PromotionId>,
    /// Where the goods are taxed; without it no tax is told, and net is gross.
    pub tax_zone: Option<TaxZone>,
    /// Delivery, if it is chosen.
    pub delivery: Option<DeliveryFee>,
    /// The zones that promotions' hours name, loaded.
    pub zones: Vec<Zone>,
}

/// The rules by which a business prices, as plain data.
///
/// ```
/// use throughline::cart::Sku;
/// use throughline::money::{Currency, CurrencyTable, Money};
/// use throughline::pricing::{PriceBook, PriceEntry, PriceId, PriceRules};
/// let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
/// let mug = PriceEntry::always(PriceId::parse("p1")?, Sku::parse("MUG-1")?, Money::parse("12.50", euro)?);
/// let rules = PriceRules::new(PriceBook::new("2026-03", [mug])?);
/// assert_eq!(rules.valid_for_seconds, 86_400);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRules {
    /// The prices.
    pub book: PriceBook,
    /// Which of several valid prices is the price.
    #[serde(default)]
    pub policy: ChoicePolicy,
    /// What is known of products.
    #[serde(default)]
    pub catalogue: Catalogue,
    /// The promotions, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotions: Option<Promotions>,
    /// How promotions round, search and end.
    #[serde(default)]
    pub promotion_rules: PromotionRules,
    /// Tax.
    #[serde(default)]
    pub tax: TaxPolicy,
    /// For how many seconds a price is promised at most.
    #[serde(default = "a_day")]
    pub valid_for_seconds: u32,
}

const fn a_day() -> u32 {
    86_400
}

impl PriceRules {
    /// Prices alone: no promotions, no tax, promised for a day.
    #[must_use]
    pub fn new(book: PriceBook) -> Self {
        Self {
            book,
            policy: ChoicePolicy::default(),
            catalogue: Catalogue::default(),
            promotions: None,
            promotion_rules: PromotionRules::default(),
            tax: TaxPolicy::default(),
            valid_for_seconds: a_day(),
        }
    }
}

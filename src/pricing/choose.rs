//! Which entry of the price book is the price of a product for a buyer, a quantity and an instant.

use std::cmp::Ordering;

use super::{
    Buyer, ChoicePolicy, Counted, Criterion, ListKind, Pieces, PriceBook, PriceEntry, PriceList, SaleRule,
};
use crate::cart::Sku;
use crate::money::Currency;
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// Why an entry is not the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lost {
    /// It has not begun.
    NotBegun,
    /// It has ended.
    Ended,
    /// It is for another quantity.
    OtherQuantity,
    /// Its list is switched off.
    ListOff,
    /// Its list has not begun.
    ListNotBegun,
    /// Its list has ended.
    ListEnded,
    /// The buyer does not meet the conditions of its list.
    ListForOthers,
    /// The buyer does not meet its conditions.
    ForOthers,
    /// It is a sale price that is not below the regular one.
    SaleNotLower,
    /// It is the regular price, and a sale price is below it: the reference price.
    Reduced,
    /// Another entry is in an override list.
    NotOverride,
    /// Another entry is in a list of a smaller rank, and this one is in one of a larger rank or in none.
    LowerRank,
    /// Another entry has the more specific conditions.
    LessSpecific,
    /// Another entry has more conditions.
    FewerRules,
    /// Another entry was changed later.
    Older,
    /// Another entry has dates that bind it more closely.
    LessDated,
    /// Another entry is cheaper for the quantity.
    Dearer,
    /// Another entry has the smaller id.
    LargerId,
}

impl Lost {
    /// The reason's rule id.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::NotBegun => "price_not_begun",
            Self::Ended => "price_ended",
            Self::OtherQuantity => "price_other_quantity",
            Self::ListOff => "price_list_off",
            Self::ListNotBegun => "price_list_not_begun",
            Self::ListEnded => "price_list_ended",
            Self::ListForOthers => "price_list_for_others",
            Self::ForOthers => "price_for_others",
            Self::SaleNotLower => "price_sale_not_lower",
            Self::Reduced => "price_reduced",
            Self::NotOverride => "price_not_override",
            Self::LowerRank => "price_lower_rank",
            Self::LessSpecific => "price_less_specific",
            Self::FewerRules => "price_fewer_rules",
            Self::Older => "price_older",
            Self::LessDated => "price_less_dated",
            Self::Dearer => "price_dearer",
            Self::LargerId => "price_larger_id",
        }
    }
}

/// What is asked of the price book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceQuery<'a> {
    /// The product.
    pub sku: &'a Sku,
    /// The currency; prices in others do not count.
    pub currency: Currency,
    /// How many.
    pub pieces: Pieces,
    /// When.
    pub at: DateTime<Utc>,
}

/// The price that was chosen, if any, and every other entry of that product and currency with why it lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// The price.
    pub winner: Option<&'a PriceEntry>,
    /// The list that the price is in, if any.
    pub list: Option<&'a PriceList>,
    /// What this buyer would pay without sale lists: the reference price of a sale, otherwise the price itself.
    /// There is none if the product has sale prices only.
    pub regular: Option<&'a PriceEntry>,
    /// The others, in the order of [`PriceBook::entries`].
    pub losers: Vec<(&'a PriceEntry, Lost)>,
}

/// A criterion with the numbers of its dimensions in a price book.
#[derive(Debug, Clone)]
enum Prepared {
    Override,
    Rank,
    Specificity(Vec<u32>),
    RuleCount,
    Latest,
    Lowest,
}

/// A price book as one buyer sees it under one policy, prepared for any number of questions.
#[derive(Debug, Clone)]
pub struct BuyerView<'a> {
    book: &'a PriceBook,
    facts: Vec<u32>,
    order: Vec<Prepared>,
    sales: SaleRule,
    bands: Counted,
}

impl PriceBook {
    /// The price of a product for a buyer under a policy, as [`BuyerView::choose`]. Whoever asks for several products
    /// prepares a view once with [`PriceBook::seen_by`].
    ///
    /// ```
    /// use throughline::cart::{Quantity, Sku};
    /// use throughline::money::{Currency, CurrencyTable, Money};
    /// use throughline::pricing::*;
    /// let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
    /// let tea = Sku::parse("چای")?;
    /// let entry = |id: &str, minor| -> Result<PriceEntry, PricingError> {
    ///     Ok(PriceEntry::always(PriceId::parse(id)?, tea.clone(), Money::new(minor, euro)))
    /// };
    /// let (vip, autumn) = (ListId::parse("vip")?, ListId::parse("autumn")?);
    /// let book = PriceBook::with_lists(
    ///     "2026-09",
    ///     [
    ///         PriceList {
    ///             conditions: Conditions::none().and("group", ["vip"])?,
    ///             ..PriceList::new(vip.clone(), ListKind::Override)
    ///         },
    ///         PriceList::new(autumn.clone(), ListKind::Sale),
    ///     ],
    ///     [
    ///         entry("base", 4995)?,
    ///         PriceEntry { list: Some(vip), ..entry("vip", 3496)? },
    ///         PriceEntry { list: Some(autumn), ..entry("autumn", 2995)? },
    ///     ],
    /// )?;
    /// let query = PriceQuery {
    ///     sku: &tea,
    ///     currency: euro.currency(),
    ///     pieces: Pieces::line(Quantity::ONE),
    ///     at: "2026-09-10T10:00:00Z".parse()?,
    /// };
    /// let choice = book.choose(&query, &Buyer::anonymous().with_group("vip")?, &ChoicePolicy::rules_count());
    /// assert_eq!(choice.winner.map(|price| price.id.as_str()), Some("autumn"));
    /// assert_eq!(choice.regular.map(|price| price.id.as_str()), Some("vip"));
    /// assert_eq!(choice.losers.iter().map(|(_, lost)| lost.rule()).collect::<Vec<_>>(), [
    ///     "price_reduced", "price_not_override",
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn choose<'a>(&'a self, query: &PriceQuery<'_>, buyer: &Buyer, policy: &ChoicePolicy) -> Choice<'a> {
        self.seen_by(buyer, policy).choose(query)
    }

    /// The price book as one buyer sees it under one policy.
    ///
    /// # Complexity
    /// O(f) for f values known of the buyer, and the length of the policy.
    #[must_use]
    pub fn seen_by(&self, buyer: &Buyer, policy: &ChoicePolicy) -> BuyerView<'_> {
        let order = policy
            .order
            .iter()
            .map(|criterion| match criterion {
                Criterion::Override => Prepared::Override,
                Criterion::Rank => Prepared::Rank,
                Criterion::Specificity(dimensions) => {
                    // A dimension that no price names makes no difference between any two.
                    Prepared::Specificity(
                        dimensions.iter().filter_map(|dimension| self.index().dimension(dimension)).collect(),
                    )
                }
                Criterion::RuleCount => Prepared::RuleCount,
                Criterion::Latest => Prepared::Latest,
                Criterion::Lowest => Prepared::Lowest,
            })
            .collect();
        let facts = self.index().facts(buyer);
        BuyerView { book: self, facts, order, sales: policy.sales, bands: policy.bands }
    }
}

/// An entry that is valid for the buyer, the quantity and the instant.
#[derive(Clone, Copy)]
struct Valid<'a> {
    entry: &'a PriceEntry,
    list: Option<&'a PriceList>,
    conditions: u32,
    list_conditions: u32,
    /// What the line costs, in minor units.
    cost: i128,
}

impl Valid<'_> {
    fn is_sale(&self) -> bool {
        self.list.is_some_and(|list| list.kind == ListKind::Sale)
    }

    fn is_override(&self) -> bool {
        self.list.is_some_and(|list| list.kind == ListKind::Override)
    }

    fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self.entry, other.entry)
    }
}

impl<'a> BuyerView<'a> {
    /// The price of a product: of all entries that are valid, the first in the policy's order.
    ///
    /// An entry is valid if product and currency are the ones asked for, the instant is in its window and in its
    /// list's, the quantity is between its least and its most, its list is switched on, and the buyer meets its
    /// conditions and its list's. First the regular price is chosen among all that are not in sale lists; then a sale
    /// price below it, as the policy's [`SaleRule`] says. So a sale never raises a price.
    ///
    /// # Complexity
    /// O(k (c + s)) for k entries of that product and currency with c conditions and s tiers, however many entries
    /// the price book has; O(k c + k s) memory for the answer.
    #[must_use]
    pub fn choose(&self, query: &PriceQuery<'_>) -> Choice<'a> {
        let book = self.book;
        let places = book.index().candidates(book.entries(), query.sku, query.currency);
        let candidates = book.entries().get(places.clone()).unwrap_or_default();
        let judged: Vec<Result<Valid<'a>, Lost>> =
            candidates.iter().zip(places).map(|(entry, place)| self.judge(entry, place, query)).collect();
        let valid = || judged.iter().flatten();
        let regular = valid().filter(|one| !one.is_sale()).min_by(|a, b| self.compare(a, b).0);
        let sale = self.best_sale(valid().filter(|one| one.is_sale()), regular);
        let winner = sale.or(regular);
        let mut losers = Vec::with_capacity(candidates.len().saturating_sub(1));
        for (entry, judged) in candidates.iter().zip(&judged) {
            match judged {
                Err(lost) => losers.push((entry, *lost)),
                Ok(one) if winner.is_some_and(|winner| winner.is(one)) => {}
                Ok(one) => losers.push((entry, self.why(one, regular, sale))),
            }
        }
        Choice {
            winner: winner.map(|one| one.entry),
            list: winner.and_then(|one| one.list),
            regular: regular.map(|one| one.entry),
            losers,
        }
    }

    /// Whether an entry is valid, and if not, why.
    fn judge(&self, entry: &'a PriceEntry, place: usize, query: &PriceQuery<'_>) -> Result<Valid<'a>, Lost> {
        let index = self.book.index();
        if !entry.has_begun(query.at) {
            return Err(Lost::NotBegun);
        }
        if entry.has_ended(query.at) {
            return Err(Lost::Ended);
        }
        if !entry.is_for_count(query.pieces.counted(self.bands).1) {
            return Err(Lost::OtherQuantity);
        }
        let of_list = index.list(place);
        let list = of_list.and_then(|list| self.book.lists().get(list));
        let list_conditions = of_list.map_or(0, |list| index.list_conditions(list));
        if let Some(list) = list {
            if !list.active {
                return Err(Lost::ListOff);
            }
            if !list.has_begun(query.at) {
                return Err(Lost::ListNotBegun);
            }
            if list.has_ended(query.at) {
                return Err(Lost::ListEnded);
            }
            if !index.is_met(list_conditions, &self.facts) {
                return Err(Lost::ListForOthers);
            }
        }
        let conditions = index.conditions(place);
        if !index.is_met(conditions, &self.facts) {
            return Err(Lost::ForOthers);
        }
        Ok(Valid { entry, list, conditions, list_conditions, cost: entry.cost(query.pieces) })
    }

    /// The order of preference of two entries, and why the later one loses. No two entries are equal in it.
    fn compare(&self, a: &Valid<'_>, b: &Valid<'_>) -> (Ordering, Lost) {
        for criterion in &self.order {
            let (order, lost) = match criterion {
                Prepared::Override => (b.is_override().cmp(&a.is_override()), Lost::NotOverride),
                Prepared::Rank => (rank(a).cmp(&rank(b)), Lost::LowerRank),
                Prepared::Specificity(dimensions) => {
                    let order = dimensions
                        .iter()
                        .map(|&dimension| self.names(b, dimension).cmp(&self.names(a, dimension)))
                        .find(|order| order.is_ne());
                    (order.unwrap_or(Ordering::Equal), Lost::LessSpecific)
                }
                Prepared::RuleCount => (self.count(b).cmp(&self.count(a)), Lost::FewerRules),
                Prepared::Latest => (b.entry.updated.cmp(&a.entry.updated), Lost::Older),
                Prepared::Lowest => (a.cost.cmp(&b.cost), Lost::Dearer),
            };
            if order.is_ne() {
                return (order, lost);
            }
        }
        let dates = a.entry.openness(a.list).cmp(&b.entry.openness(b.list));
        if dates.is_ne() {
            return (dates, Lost::LessDated);
        }
        match a.cost.cmp(&b.cost) {
            Ordering::Equal => (a.entry.id.cmp(&b.entry.id), Lost::LargerId),
            order => (order, Lost::Dearer),
        }
    }

    fn names(&self, one: &Valid<'_>, dimension: u32) -> bool {
        let index = self.book.index();
        index.names(one.conditions, dimension) || index.names(one.list_conditions, dimension)
    }

    fn count(&self, one: &Valid<'_>) -> usize {
        let index = self.book.index();
        index.count(one.conditions) + index.count(one.list_conditions)
    }

    /// The sale price that takes the place of the regular one, if any.
    fn best_sale<'v>(
        &self,
        sales: impl Iterator<Item = &'v Valid<'a>>,
        regular: Option<&Valid<'a>>,
    ) -> Option<&'v Valid<'a>>
    where
        'a: 'v,
    {
        sales
            .filter(|sale| {
                regular.is_none_or(|regular| {
                    sale.cost < regular.cost
                        && (self.sales == SaleRule::Cheapest || self.compare(sale, regular).0.is_lt())
                })
            })
            .min_by(|a, b| self.compare_sales(a, b).0)
    }

    /// The order of preference of two sale prices, and why the later one loses.
    fn compare_sales(&self, a: &Valid<'_>, b: &Valid<'_>) -> (Ordering, Lost) {
        match (self.sales, a.cost.cmp(&b.cost)) {
            (SaleRule::InOrder, _) | (SaleRule::Cheapest, Ordering::Equal) => self.compare(a, b),
            (SaleRule::Cheapest, order) => (order, Lost::Dearer),
        }
    }

    /// Why a valid entry is not the price.
    fn why(&self, one: &Valid<'a>, regular: Option<&Valid<'a>>, sale: Option<&Valid<'a>>) -> Lost {
        match (regular, sale) {
            (Some(regular), _) if one.is(regular) => Lost::Reduced,
            (Some(regular), _) if !one.is_sale() => self.compare(regular, one).1,
            (Some(regular), _) if one.cost >= regular.cost => Lost::SaleNotLower,
            (_, Some(sale)) => {
                let before_regular = regular.is_none_or(|regular| self.compare(one, regular).0.is_lt());
                match (self.sales, regular) {
                    (SaleRule::InOrder, Some(regular)) if !before_regular => self.compare(regular, one).1,
                    _ => self.compare_sales(sale, one).1,
                }
            }
            (Some(regular), None) => self.compare(regular, one).1,
            // Without a regular price there is a sale price, if any entry is valid.
            (None, None) => Lost::LargerId,
        }
    }
}

/// Entries without a list come after all that have one.
fn rank(one: &Valid<'_>) -> (bool, u32) {
    one.list.map_or((true, 0), |list| (false, list.rank))
}

impl Choice<'_> {
    /// Whether the price is a sale price.
    #[must_use]
    pub fn is_sale(&self) -> bool {
        self.list.is_some_and(|list| list.kind == ListKind::Sale)
    }

    /// The first instant at which the price is valid no more, by its own dates and its list's.
    #[must_use]
    pub fn ends(&self) -> Option<DateTime<Utc>> {
        let of_list = self.list.and_then(|list| list.until);
        self.winner.and_then(|price| price.until).into_iter().chain(of_list).min()
    }

    /// The choice as data: the winner first, then the losers.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let won = self.winner.map(|entry| ("price_chosen", entry));
        let lost = self.losers.iter().map(|&(entry, lost)| (lost.rule(), entry));
        won.into_iter().chain(lost).map(|(rule, entry)| Reason::new(rule).evidence(evidence(entry))).collect()
    }
}

fn evidence(entry: &PriceEntry) -> String {
    format!("price:{}", entry.id)
}

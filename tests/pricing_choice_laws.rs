//! The laws of price choice and tiers, on random price books, buyers and policies.
#![expect(clippy::unwrap_used, reason = "a broken law must fail the test")]

use std::cmp::Ordering;

use proptest::prelude::*;
use throughline::cart::{Quantity, Sku};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::pricing::{
    Buyer, Choice, ChoicePolicy, Conditions, Counted, Criterion, Dimension, ListId, ListKind, Pieces,
    PriceBook, PriceEntry, PriceId, PriceList, PriceQuery, SaleRule, TierMode, TierStep, Tiers,
};
use throughline::time::{DateTime, Utc, from_millis};

const PRODUCTS: [&str; 5] = ["mug", "کیف", "чашка", "חולצה", "محفظة"];
const GROUPS: [&str; 4] = ["gold", "مشتری ویژه", "постоянный", "לקוח"];
const COUNTRIES: [&str; 3] = ["IR", "DE", "IL"];
const LISTS: u8 = 4;

fn unit(code: &str) -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse(code).unwrap(), 2).unwrap()
}

fn euro(minor: i64) -> Money {
    Money::new(minor, unit("EUR"))
}

fn pieces(count: u32) -> Quantity {
    Quantity::new(count).unwrap()
}

fn list_id(n: u8) -> ListId {
    ListId::parse(&format!("list-{n}")).unwrap()
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let group = prop::option::weighted(0.3, prop::sample::subsequence(GROUPS.to_vec(), 1..3));
    let country = prop::option::weighted(0.3, prop::sample::subsequence(COUNTRIES.to_vec(), 1..3));
    (group, country).prop_map(|(group, country)| {
        let mut conditions = Conditions::none();
        if let Some(group) = group {
            conditions = conditions.and("group", group).unwrap();
        }
        if let Some(country) = country {
            conditions = conditions.and("country", country).unwrap();
        }
        conditions
    })
}

fn window() -> impl Strategy<Value = (Option<DateTime<Utc>>, Option<DateTime<Utc>>)> {
    let from = prop::option::weighted(0.3, 0_i64..8);
    (from, prop::option::weighted(0.3, 1_i64..8)).prop_map(|(from, length)| {
        (from.map(from_millis), length.map(|length| from_millis(from.unwrap_or(0) + length)))
    })
}

fn lists() -> impl Strategy<Value = Vec<PriceList>> {
    let kind = prop_oneof![Just(ListKind::Base), Just(ListKind::Override), Just(ListKind::Sale)];
    let one = (kind, 0_u32..3, window(), conditions(), prop::bool::weighted(0.9));
    prop::collection::vec(one, usize::from(LISTS)).prop_map(|lists| {
        lists
            .into_iter()
            .zip(0..)
            .map(|((kind, rank, (from, until), conditions, active), n)| PriceList {
                id: list_id(n),
                kind,
                rank,
                from,
                until,
                conditions,
                active,
            })
            .collect()
    })
}

fn tiers() -> impl Strategy<Value = Tiers> {
    let mode = prop_oneof![Just(TierMode::AllUnits), Just(TierMode::Graduated)];
    let counted = prop_oneof![Just(Counted::PerLine), Just(Counted::PerProduct)];
    let steps = prop::collection::btree_map(1_u32..30, 0_i64..6, 0..4);
    (mode, counted, steps, any::<bool>()).prop_map(|(mode, counted, steps, off)| {
        let steps =
            steps.into_iter().map(|(from, minor)| TierStep { from: pieces(from), unit_price: euro(minor) });
        Tiers::new(mode, steps).unwrap().counting(counted).off_when_reduced(off)
    })
}

/// Entries without ids of their own; amounts, windows and bands from few values, so that overlaps and ties are common.
fn entry() -> impl Strategy<Value = PriceEntry> {
    let what = (0..PRODUCTS.len(), prop::bool::weighted(0.9), 0_i64..6);
    let whose = (prop::option::weighted(0.6, 0..LISTS), conditions());
    let band = (prop::option::weighted(0.2, 1_u32..4), prop::option::weighted(0.2, 4_u32..8));
    let more = (prop::option::of(0_i64..4), prop::option::weighted(0.3, tiers()));
    (what, window(), whose, band, more).prop_map(
        |((product, in_euro, minor), (from, until), (list, conditions), (least, most), (updated, tiers))| {
            let sku = Sku::parse(PRODUCTS.get(product).unwrap()).unwrap();
            let price = if in_euro { euro(minor) } else { Money::new(minor, unit("USD")) };
            PriceEntry {
                from,
                until,
                list: list.map(list_id),
                conditions,
                min_quantity: least.map(pieces),
                max_quantity: most.map(pieces),
                updated: updated.map(from_millis),
                tiers: tiers.filter(|_| in_euro),
                ..PriceEntry::always(PriceId::parse("unnamed").unwrap(), sku, price)
            }
        },
    )
}

fn entries() -> impl Strategy<Value = Vec<PriceEntry>> {
    prop::collection::vec(entry(), 0..32).prop_map(|list| {
        list.into_iter()
            .enumerate()
            .map(|(n, entry)| PriceEntry { id: PriceId::parse(&format!("p{n}")).unwrap(), ..entry })
            .collect()
    })
}

fn buyer() -> impl Strategy<Value = Buyer> {
    let groups = prop::sample::subsequence(GROUPS.to_vec(), 0..3);
    (groups, prop::option::of(prop::sample::select(COUNTRIES.to_vec()))).prop_map(|(groups, country)| {
        let mut buyer = Buyer::anonymous();
        for group in groups {
            buyer = buyer.with_group(group).unwrap();
        }
        match country {
            Some(country) => buyer.with_fact("country", country).unwrap(),
            None => buyer,
        }
    })
}

fn policy() -> impl Strategy<Value = ChoicePolicy> {
    let dimension = |name| Dimension::parse(name).unwrap();
    let criterion = prop_oneof![
        Just(Criterion::Override),
        Just(Criterion::Rank),
        Just(Criterion::Specificity(vec![dimension("group"), dimension("market"), dimension("country")])),
        Just(Criterion::Specificity(vec![dimension("country")])),
        Just(Criterion::RuleCount),
        Just(Criterion::Latest),
        Just(Criterion::Lowest),
    ];
    let sales = prop_oneof![Just(SaleRule::Cheapest), Just(SaleRule::InOrder)];
    let bands = prop_oneof![Just(Counted::PerLine), Just(Counted::PerProduct)];
    (prop::collection::vec(criterion, 0..3), sales, bands).prop_map(|(order, sales, bands)| ChoicePolicy {
        order,
        sales,
        bands,
    })
}

fn line() -> impl Strategy<Value = Pieces> {
    (1_u32..8, 0_u32..8, 0_u32..8).prop_map(|(count, before, after)| Pieces {
        quantity: pieces(count),
        before,
        after,
    })
}

#[derive(Debug, Clone)]
struct Asked {
    lists: Vec<PriceList>,
    entries: Vec<PriceEntry>,
    buyer: Buyer,
    policy: ChoicePolicy,
    product: Sku,
    line: Pieces,
    at: DateTime<Utc>,
}

impl Asked {
    fn book(&self) -> PriceBook {
        PriceBook::with_lists("v", self.lists.clone(), self.entries.clone()).unwrap()
    }

    fn choose<'a>(&self, book: &'a PriceBook) -> Choice<'a> {
        let currency = unit("EUR").currency();
        let query = PriceQuery { sku: &self.product, currency, pieces: self.line, at: self.at };
        book.choose(&query, &self.buyer, &self.policy)
    }

    fn count(&self, counted: Counted) -> u32 {
        match counted {
            Counted::PerLine => self.line.quantity.get(),
            Counted::PerProduct => self.line.quantity.get() + self.line.before + self.line.after,
        }
    }

    fn list_of(&self, entry: &PriceEntry) -> Option<&PriceList> {
        self.lists.iter().find(|list| Some(&list.id) == entry.list.as_ref())
    }

    fn is_sale(&self, entry: &PriceEntry) -> bool {
        self.list_of(entry).is_some_and(|list| list.kind == ListKind::Sale)
    }

    fn is_valid(&self, entry: &PriceEntry) -> bool {
        let count = self.count(self.policy.bands);
        entry.sku == self.product
            && entry.unit_price.currency() == unit("EUR").currency()
            && entry.from.is_none_or(|from| from <= self.at)
            && entry.until.is_none_or(|until| self.at < until)
            && entry.min_quantity.is_none_or(|least| least.get() <= count)
            && entry.max_quantity.is_none_or(|most| count <= most.get())
            && self.buyer.meets(&entry.conditions)
            && self.list_of(entry).is_none_or(|list| {
                list.active
                    && list.from.is_none_or(|from| from <= self.at)
                    && list.until.is_none_or(|until| self.at < until)
                    && self.buyer.meets(&list.conditions)
            })
    }

    /// The line's total, piece by piece.
    fn cost(&self, entry: &PriceEntry) -> i64 {
        let base = entry.unit_price.minor();
        let Some(tiers) = &entry.tiers else { return base * i64::from(self.line.quantity.get()) };
        let before = if tiers.counted() == Counted::PerProduct { self.line.before } else { 0 };
        (1..=self.line.quantity.get())
            .map(|piece| {
                let reached = match tiers.mode() {
                    TierMode::AllUnits => self.count(tiers.counted()),
                    TierMode::Graduated => before + piece,
                };
                let step = tiers.steps().iter().rfind(|step| step.from.get() <= reached);
                step.map_or(base, |step| step.unit_price.minor())
            })
            .sum()
    }

    fn compare(&self, a: &PriceEntry, b: &PriceEntry) -> Ordering {
        let named = |entry: &PriceEntry, dimension: &Dimension| {
            entry.conditions.names(dimension)
                || self.list_of(entry).is_some_and(|list| list.conditions.names(dimension))
        };
        let rules = |entry: &PriceEntry| {
            entry.conditions.len() + self.list_of(entry).map_or(0, |list| list.conditions.len())
        };
        let overrides =
            |entry: &PriceEntry| self.list_of(entry).is_some_and(|list| list.kind == ListKind::Override);
        let rank = |entry: &PriceEntry| self.list_of(entry).map_or(u64::MAX, |list| u64::from(list.rank));
        let dates = |entry: &PriceEntry| {
            let list = self.list_of(entry);
            let ends = entry.until.is_some() || list.is_some_and(|list| list.until.is_some());
            let begins = entry.from.is_some() || list.is_some_and(|list| list.from.is_some());
            if ends { 0 } else { 2 - u8::from(begins) }
        };
        let mut order = Ordering::Equal;
        for criterion in &self.policy.order {
            order = order.then(match criterion {
                Criterion::Override => overrides(b).cmp(&overrides(a)),
                Criterion::Rank => rank(a).cmp(&rank(b)),
                Criterion::Specificity(dimensions) => {
                    let of = |entry| dimensions.iter().map(|one| named(entry, one)).collect::<Vec<_>>();
                    of(b).cmp(&of(a))
                }
                Criterion::RuleCount => rules(b).cmp(&rules(a)),
                Criterion::Latest => b.updated.cmp(&a.updated),
                Criterion::Lowest => self.cost(a).cmp(&self.cost(b)),
            });
        }
        order
            .then(dates(a).cmp(&dates(b)))
            .then(self.cost(a).cmp(&self.cost(b)))
            .then_with(|| a.id.cmp(&b.id))
    }

    /// The price and the regular price by their definition, over all rows.
    fn choose_naively(&self) -> (Option<&PriceEntry>, Option<&PriceEntry>) {
        let valid = || self.entries.iter().filter(|entry| self.is_valid(entry));
        let regular = valid().filter(|entry| !self.is_sale(entry)).min_by(|a, b| self.compare(a, b));
        let mut sales: Vec<&PriceEntry> = valid().filter(|entry| self.is_sale(entry)).collect();
        if let Some(regular) = regular {
            sales.retain(|sale| self.cost(sale) < self.cost(regular));
            if self.policy.sales == SaleRule::InOrder {
                sales.retain(|sale| self.compare(sale, regular).is_lt());
            }
        }
        sales.sort_by(|a, b| self.compare(a, b));
        if self.policy.sales == SaleRule::Cheapest {
            sales.sort_by_key(|sale| self.cost(sale));
        }
        (sales.first().copied().or(regular), regular)
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    (lists(), entries(), buyer(), policy(), 0..PRODUCTS.len(), line(), 0_i64..10).prop_map(
        |(lists, entries, buyer, policy, product, line, at)| Asked {
            lists,
            entries,
            buyer,
            policy,
            product: Sku::parse(PRODUCTS.get(product).unwrap()).unwrap(),
            line,
            at: from_millis(at),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_index_chooses_as_the_definition_does(asked in asked()) {
        let book = asked.book();
        let choice = asked.choose(&book);
        prop_assert_eq!((choice.winner, choice.regular), asked.choose_naively());
        // Every other entry of that product and currency has its reason.
        let euro = unit("EUR").currency();
        let all = asked.entries.iter().filter(|one| one.sku == asked.product && one.unit_price.currency() == euro);
        prop_assert_eq!(choice.losers.len() + usize::from(choice.winner.is_some()), all.count());
        for (entry, lost) in &choice.losers {
            prop_assert!(choice.winner != Some(entry));
            let filtered = [
                "price_not_begun", "price_ended", "price_other_quantity", "price_list_off", "price_list_not_begun",
                "price_list_ended", "price_list_for_others", "price_for_others",
            ];
            prop_assert_eq!(filtered.contains(&lost.rule()), !asked.is_valid(entry), "{}", lost.rule());
            prop_assert_eq!(lost.rule() == "price_reduced", choice.regular == Some(entry));
        }
        if let Some(winner) = choice.winner {
            let charge = winner.charge(asked.line, None).unwrap();
            prop_assert_eq!(charge.total.minor(), asked.cost(winner));
            let count: u32 = charge.bands.iter().map(|band| band.count.get()).sum();
            prop_assert_eq!(count, asked.line.quantity.get());
        }
    }

    #[test]
    fn the_order_of_rows_and_lists_makes_no_difference(
        (asked, lists, entries) in asked().prop_flat_map(|asked| {
            let (lists, entries) = (asked.lists.clone(), asked.entries.clone());
            (Just(asked), Just(lists).prop_shuffle(), Just(entries).prop_shuffle())
        }),
    ) {
        let (one, other) = (asked.book(), PriceBook::with_lists("v", lists, entries).unwrap());
        prop_assert_eq!(&one, &other);
        prop_assert_eq!(asked.choose(&one), asked.choose(&other));
        let stored: PriceBook = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
        prop_assert_eq!(asked.choose(&stored), asked.choose(&one));
    }

    #[test]
    fn a_loser_that_is_not_the_reference_makes_no_difference(asked in asked()) {
        let book = asked.book();
        let choice = asked.choose(&book);
        let kept = [choice.winner, choice.regular];
        for left_out in &asked.entries {
            if !kept.contains(&Some(left_out)) {
                let mut without = asked.clone();
                without.entries.retain(|entry| entry.id != left_out.id);
                let fewer = without.book();
                let again = without.choose(&fewer);
                prop_assert_eq!([again.winner, again.regular], kept);
            }
        }
    }

    #[test]
    fn a_sale_never_raises_a_price(asked in asked()) {
        let with = asked.book();
        let mut regular = asked.clone();
        regular.entries.retain(|entry| !asked.is_sale(entry));
        let without = regular.book();
        let (on_sale, reference) = (asked.choose(&with), regular.choose(&without));
        // The reference price is what the same buyer pays without the sales.
        prop_assert_eq!(on_sale.regular, reference.winner);
        if let Some(reference) = reference.winner {
            let winner = on_sale.winner.unwrap();
            prop_assert!(asked.cost(winner) <= asked.cost(reference));
            prop_assert_eq!(on_sale.is_sale(), asked.cost(winner) < asked.cost(reference));
        }
    }

    #[test]
    fn a_buyer_of_whom_nothing_is_known_sees_no_conditions(asked in asked()) {
        let asked = Asked { buyer: Buyer::anonymous(), ..asked };
        let book = asked.book();
        if let Some(winner) = asked.choose(&book).winner {
            prop_assert!(winner.conditions.is_none());
            prop_assert!(asked.list_of(winner).is_none_or(|list| list.conditions.is_none()));
        }
    }

    #[test]
    fn lines_counted_over_the_product_add_up(
        tiers in tiers(), base in 0_i64..100, counts in prop::collection::vec(1_u32..20, 1..6),
    ) {
        let tiers = tiers.counting(Counted::PerProduct);
        let counts: Vec<Quantity> = counts.into_iter().map(pieces).collect();
        let total = |line| tiers.charge(euro(base), line, None).unwrap().total.minor();
        let parts: i64 = Pieces::of_lines(&counts).into_iter().map(total).sum();
        let all = counts.iter().map(|count| count.get()).sum();
        prop_assert_eq!(parts, total(Pieces::line(pieces(all))));
    }

    #[test]
    fn a_reduced_price_is_never_dearer_than_the_base(
        tiers in tiers(), base in 1_i64..9, reduced in 0_i64..9, line in line(),
    ) {
        let charge = tiers.charge(euro(base), line, Some(euro(reduced))).unwrap();
        let plain = tiers.charge(euro(base), line, None).unwrap();
        let flat = reduced * i64::from(line.quantity.get());
        if reduced >= base {
            prop_assert_eq!(charge, plain);
        } else if tiers.is_off_when_reduced() {
            prop_assert_eq!(charge.total.minor(), flat);
        } else {
            prop_assert!(charge.total.minor() <= flat.min(plain.total.minor()));
        }
    }

    #[test]
    fn extremes_never_panic(
        base in 0..=i64::MAX, step in 0..=i64::MAX, from in 1_u32..=1_000_000, count in 1_u32..=1_000_000,
        before in any::<u32>(), after in any::<u32>(), graduated in any::<bool>(),
    ) {
        let mode = if graduated { TierMode::Graduated } else { TierMode::AllUnits };
        let tiers = Tiers::new(mode, [TierStep { from: pieces(from), unit_price: euro(step) }]).unwrap();
        let entry = PriceEntry {
            tiers: Some(tiers.counting(Counted::PerProduct)),
            ..PriceEntry::always(PriceId::parse("p").unwrap(), Sku::parse("mug").unwrap(), euro(base))
        };
        let line = Pieces { quantity: pieces(count), before, after };
        let first = i128::from(before) + 1;
        let at_step = if graduated {
            (first + i128::from(count) - first.max(i128::from(from))).clamp(0, i128::from(count))
        } else if i128::from(before) + i128::from(count) + i128::from(after) >= i128::from(from) {
            i128::from(count)
        } else {
            0
        };
        let exact = at_step * i128::from(step) + (i128::from(count) - at_step) * i128::from(base);
        match entry.charge(line, None) {
            Ok(charge) => prop_assert_eq!(i128::from(charge.total.minor()), exact),
            Err(_) => prop_assert!(exact > i128::from(i64::MAX)),
        }
        let book = PriceBook::new("v", [entry]).unwrap();
        let sku = Sku::parse("mug").unwrap();
        let query = PriceQuery { sku: &sku, currency: unit("EUR").currency(), pieces: line, at: from_millis(0) };
        let choice = book.choose(&query, &Buyer::anonymous(), &ChoicePolicy::lowest());
        prop_assert!(choice.winner.is_some());
    }
}

//! The laws of the price function, on random price books and carts.
#![expect(clippy::unwrap_used, reason = "a broken law must fail the test")]

use proptest::prelude::*;
use throughline::cart::{Cart, CartAct, CartChange, LineKey, Quantity, Sku};
use throughline::ids::{CartId, EventKey, QuoteId};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::pricing::{
    PriceBook, PriceEntry, PriceError, PriceId, PriceRules, Priced, PricingErrorKind, Purchase, price,
};
use throughline::time::{DateTime, Utc, from_millis};

const PRODUCTS: [&str; 5] = ["mug", "کیف", "чашка", "חולצה", "محفظة"];

fn unit(code: &str) -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse(code).unwrap(), 2).unwrap()
}

fn euro() -> Currency {
    unit("EUR").currency()
}

fn sku(index: usize) -> Sku {
    Sku::parse(PRODUCTS.get(index).unwrap()).unwrap()
}

/// Entries with ids of their own; windows and amounts from few values, so that overlaps and ties are common.
fn entries() -> impl Strategy<Value = Vec<PriceEntry>> {
    let window = (prop::option::of(0_i64..10), prop::option::of(1_i64..10));
    let amount = prop_oneof![0_i64..5, 0_i64..100_000, Just(i64::MAX), Just(i64::MAX / 1_000_000)];
    let one = (0..PRODUCTS.len(), prop::bool::weighted(0.8), amount, window);
    prop::collection::vec(one, 0..24).prop_map(|list| {
        list.into_iter()
            .enumerate()
            .map(|(n, (product, in_euro, minor, (from, length)))| PriceEntry {
                from: from.map(from_millis),
                until: length.map(|length| from_millis(from.unwrap_or(0) + length)),
                ..PriceEntry::always(
                    PriceId::parse(&format!("p{n}")).unwrap(),
                    sku(product),
                    Money::new(minor, unit(if in_euro { "EUR" } else { "USD" })),
                )
            })
            .collect()
    })
}

fn lines() -> impl Strategy<Value = Vec<(usize, u32)>> {
    let pieces = prop_oneof![1_u32..20, Just(1_000_000)];
    prop::sample::subsequence(vec![0, 1, 2, 3, 4], 0..=3)
        .prop_flat_map(move |products| {
            let count = products.len();
            (Just(products), prop::collection::vec(pieces.clone(), count))
        })
        .prop_map(|(products, pieces)| products.into_iter().zip(pieces).collect())
}

fn filled(lines: &[(usize, u32)]) -> Cart {
    let changes: Vec<CartChange> = lines
        .iter()
        .zip(0_u8..)
        .map(|(&(product, pieces), n)| {
            let act = CartAct::SetQuantity {
                line: LineKey::plain(sku(product)),
                quantity: Quantity::new(pieces).unwrap(),
            };
            CartChange::new(EventKey::from_bytes([n; 16]), from_millis(i64::from(n)), act)
        })
        .collect();
    Cart::fold(CartId::from_bytes([1; 16]), euro(), &changes)
}

fn ask(cart: &Cart, book: &PriceBook, now: DateTime<Utc>) -> Result<Priced, PriceError> {
    let rules = PriceRules { valid_for_seconds: 1, ..PriceRules::new(book.clone()) };
    price(QuoteId::from_bytes([2; 16]), cart, &Purchase::default(), &rules, now)
}

/// The price by its definition: of all entries that are valid, the least in the order that the price book documents.
fn choose_naively(entries: &[PriceEntry], product: &Sku, now: DateTime<Utc>) -> Option<PriceEntry> {
    entries
        .iter()
        .filter(|entry| entry.sku == *product && entry.unit_price.currency() == euro())
        .filter(|entry| {
            entry.from.is_none_or(|from| from <= now) && entry.until.is_none_or(|until| now < until)
        })
        .min_by_key(|entry| {
            let dates = if entry.until.is_some() { 2 } else { u8::from(entry.from.is_some()) };
            (std::cmp::Reverse(dates), entry.unit_price.minor(), entry.id.clone())
        })
        .cloned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_total_is_the_sum_of_the_lines_at_the_right_prices(
        entries in entries(), lines in lines(), now in 0_i64..20,
    ) {
        let (book, cart, now) = (PriceBook::new("v", entries.clone()).unwrap(), filled(&lines), from_millis(now));
        let expected: Option<Vec<_>> = cart
            .lines
            .iter()
            .map(|(line, quantity)| Some((choose_naively(&entries, line.sku(), now)?, *quantity)))
            .collect();
        match ask(&cart, &book, now) {
            Ok(Priced::Quoted(quote)) => {
                let expected = expected.unwrap();
                prop_assert_eq!(quote.lines.len(), expected.len());
                let mut total = 0_i128;
                for (line, (entry, quantity)) in quote.lines.iter().zip(&expected) {
                    prop_assert_eq!((&line.price, line.unit_price), (&entry.id, entry.unit_price));
                    prop_assert_eq!(
                        i128::from(line.total.minor()),
                        i128::from(entry.unit_price.minor()) * i128::from(quantity.get())
                    );
                    total += i128::from(line.total.minor());
                    // Every entry of the product is either the price or has a reason.
                    let rivals = entries.iter().filter(|other| other.sku == entry.sku && other.unit_price.currency() == euro());
                    prop_assert_eq!(line.reasons.len(), rivals.count());
                    prop_assert!(entry.until.is_none_or(|until| quote.valid_until <= until));
                }
                prop_assert_eq!(i128::from(quote.total.minor()), total);
                prop_assert!(quote.is_valid_at(now) && !quote.is_valid_at(quote.valid_until));
            }
            Ok(Priced::Refused(refusal)) => {
                prop_assert!(cart.is_empty() || expected.is_none());
                prop_assert!(!refusal.reasons.is_empty());
            }
            Err(error) => {
                prop_assert!(matches!(error, PriceError::Price(error) if error.kind() == PricingErrorKind::Overflow));
                let total: i128 = expected
                    .unwrap()
                    .iter()
                    .map(|(entry, quantity)| i128::from(entry.unit_price.minor()) * i128::from(quantity.get()))
                    .sum();
                prop_assert!(total > i128::from(i64::MAX));
            }
        }
    }

    #[test]
    fn the_order_of_the_price_book_makes_no_difference(
        (entries, shuffled) in entries().prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle())),
        lines in lines(),
        now in 0_i64..20,
    ) {
        let (one, other) = (PriceBook::new("v", entries).unwrap(), PriceBook::new("v", shuffled).unwrap());
        prop_assert_eq!(&one, &other);
        let (cart, now) = (filled(&lines), from_millis(now));
        prop_assert_eq!(ask(&cart, &one, now), ask(&cart, &other, now));
    }

    #[test]
    fn the_order_of_filling_makes_no_difference(
        entries in entries(),
        (lines, shuffled) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        now in 0_i64..20,
    ) {
        let (book, now) = (PriceBook::new("v", entries).unwrap(), from_millis(now));
        // Only the contents count for the price; the version and the time of the last change are the same here.
        prop_assert_eq!(ask(&filled(&lines), &book, now), ask(&filled(&shuffled), &book, now));
    }

    #[test]
    fn answers_survive_storage(entries in entries(), lines in lines(), now in 0_i64..20) {
        let book = PriceBook::new("v", entries).unwrap();
        let stored: PriceBook = serde_json::from_str(&serde_json::to_string(&book).unwrap()).unwrap();
        prop_assert_eq!(&stored, &book);
        if let Ok(answer) = ask(&filled(&lines), &book, from_millis(now)) {
            let json = serde_json::to_string(&answer).unwrap();
            prop_assert_eq!(serde_json::from_str::<Priced>(&json).unwrap(), answer);
        }
    }

    #[test]
    fn extremes_never_panic(minor in any::<i64>(), pieces in 1_u32..=1_000_000, now in any::<i64>(), seconds in any::<u32>()) {
        let price_entry = PriceEntry::always(PriceId::parse("p").unwrap(), sku(0), Money::new(minor, unit("EUR")));
        match PriceBook::new("v", [price_entry]) {
            Err(error) => {
                prop_assert!(minor < 0);
                prop_assert_eq!(error.kind(), PricingErrorKind::NegativePrice);
            }
            Ok(book) => {
                let rules = PriceRules { valid_for_seconds: seconds, ..PriceRules::new(book) };
                let cart = filled(&[(0, pieces)]);
                let purchase = Purchase::default();
                let answer = price(QuoteId::from_bytes([2; 16]), &cart, &purchase, &rules, from_millis(now));
                prop_assert_eq!(answer.is_ok(), minor.checked_mul(i64::from(pieces)).is_some());
            }
        }
    }
}

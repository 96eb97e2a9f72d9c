//! Laws of the whole price: lists, tiers, promotions, coupons, tax and delivery together.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod pricing_support;

use std::path::Path;

use pricing_support::{Parts, Size, ask, cart, euro, money, parts, purchase};
use proptest::prelude::*;
use serde_json::{Value, json};
use throughline::cart::Cart;
use throughline::money::{Money, MoneyError, Ratio, Rounding};
use throughline::pricing::coupon::CampaignId;
use throughline::pricing::promotion::PromotionErrorKind;
use throughline::pricing::tax::{
    RateName, TaxEngine, TaxErrorKind, TaxLevel, TaxPolicy, TaxRate, TaxRequest, TaxZone, TaxableLine,
    ZoneTax,
};
use throughline::pricing::{
    PriceError, PriceRules, Priced, PricingErrorKind, Purchase, Quote, QuoteDiscount,
};

fn sum(amounts: impl IntoIterator<Item = Money>) -> Result<Money, MoneyError> {
    Money::sum(euro(), amounts)
}

fn offs(discounts: &[QuoteDiscount]) -> Money {
    sum(discounts.iter().map(|discount| discount.off)).unwrap()
}

/// Everything that must be true of every quote.
fn adds_up(quote: &Quote, cart: &Cart, purchase: &Purchase, rules: &PriceRules) {
    let zero = money(0);
    assert!(quote.lines.iter().map(|line| &line.line).eq(cart.lines.keys()));
    for line in &quote.lines {
        assert_eq!(Some(&line.quantity), cart.lines.get(&line.line));
        assert_eq!(line.subtotal.minus(offs(&line.discounts)).unwrap(), line.total);
        assert!(!line.subtotal.is_negative() && !line.total.is_negative());
        assert!(line.discounts.iter().all(|discount| discount.off.minor() > 0));
        let floor = rules.catalogue.product(line.line.sku()).and_then(|product| product.floor);
        if let Some(floor) = floor {
            let floor = floor.times(i64::from(line.quantity.get())).unwrap();
            assert!(line.total.minor() >= floor.minor().min(line.subtotal.minor()), "a floor holds");
        }
    }
    let delivery = quote.delivery.as_ref();
    assert_eq!(delivery.map(|delivery| delivery.fee), purchase.delivery.as_ref().map(|asked| asked.fee));
    if let Some(delivery) = delivery {
        assert_eq!(delivery.fee.minus(offs(&delivery.discounts)).unwrap(), delivery.total);
        assert!(!delivery.total.is_negative());
    }
    // Net and tax are gross on every line and in all, and the rates are the tax.
    let taxed: Vec<_> = quote
        .lines
        .iter()
        .map(|line| (line.total, &line.tax))
        .chain(delivery.map(|delivery| (delivery.total, &delivery.tax)))
        .collect();
    for (amount, tax) in &taxed {
        assert_eq!(tax.net.plus(tax.tax).unwrap(), tax.gross);
        assert_eq!(if quote.inclusive { tax.gross } else { tax.net }, *amount);
        assert_eq!(sum(tax.rates.iter().map(|rate| rate.tax)).unwrap(), tax.tax);
        assert!(!tax.net.is_negative() && !tax.tax.is_negative());
    }
    assert_eq!(quote.net.plus(quote.tax).unwrap(), quote.total);
    assert_eq!(sum(taxed.iter().map(|(_, tax)| tax.gross)).unwrap(), quote.total);
    assert_eq!(sum(taxed.iter().map(|(_, tax)| tax.net)).unwrap(), quote.net);
    assert_eq!(sum(quote.rates.values().map(|rate| rate.tax)).unwrap(), quote.tax);
    if purchase.tax_zone.is_none() {
        assert_eq!((quote.tax, quote.net), (zero, quote.total));
    }
    // The totals are those of the lines and the delivery.
    assert_eq!(sum(quote.lines.iter().map(|line| line.subtotal)).unwrap(), quote.subtotal);
    let all = quote.lines.iter().flat_map(|line| &line.discounts);
    let all: Vec<QuoteDiscount> =
        all.chain(delivery.iter().flat_map(|one| &one.discounts)).cloned().collect();
    assert_eq!(offs(&all), quote.discount);
    let fee = delivery.map_or(zero, |delivery| delivery.fee);
    let left = quote.subtotal.plus(fee).unwrap().minus(quote.discount).unwrap();
    assert_eq!(if quote.inclusive { quote.total } else { quote.net }, left);
    promotions_keep_their_bounds(quote, &all, purchase, rules);
    assert!(quote.priced_at < quote.valid_until);
}

fn promotions_keep_their_bounds(
    quote: &Quote,
    all: &[QuoteDiscount],
    purchase: &Purchase,
    rules: &PriceRules,
) {
    let Some(promotions) = &rules.promotions else { return };
    let of = |wanted: &dyn Fn(&QuoteDiscount) -> bool| -> i64 {
        all.iter().filter(|one| wanted(one)).map(|one| one.off.minor()).sum()
    };
    for promotion in promotions.list() {
        let taken = of(&|one| one.promotion == promotion.id);
        assert!(promotion.cap.is_none_or(|cap| taken <= cap.minor()), "a cap holds");
        let gift = quote.gifts.iter().any(|gift| gift.promotion == promotion.id);
        let held = promotion
            .campaign
            .as_deref()
            .is_some_and(|campaign| purchase.coupons.iter().any(|coupon| coupon.as_str() == campaign));
        assert!(!promotion.coupon_required || held || (taken == 0 && !gift), "no coupon, no promotion");
    }
    for (campaign, left) in &purchase.budgets {
        let of_campaign = |one: &QuoteDiscount| {
            let declared = promotions.list().iter().find(|promotion| promotion.id == one.promotion).unwrap();
            declared.campaign.as_deref() == Some(campaign.as_str())
        };
        assert!(of(&of_campaign) <= left.minor(), "a budget holds");
    }
    if let Some(cap) = rules.promotion_rules.order_cap {
        assert!(quote.discount.minor() <= cap.minor());
    }
}

/// The same parts in the opposite order. Groups of one phase have their turns as declared, so they stay.
fn reversed(parts: &Parts) -> Parts {
    let mut other = parts.clone();
    other.lists.reverse();
    other.entries.reverse();
    other.products.reverse();
    other.promotions.reverse();
    other
}

/// Why promotions did not apply is told in the order in which they are declared, which says nothing else.
fn told(mut answer: Priced) -> Priced {
    if let Priced::Quoted(quote) = &mut answer {
        quote.reasons.sort_by_key(|reason| format!("{reason:?}"));
    }
    answer
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_quote_of_a_shop_adds_up(
        parts in parts(Size::Shop), cart in cart(Size::Shop), purchase in purchase(Size::Shop),
    ) {
        let rules = parts.rules();
        prop_assume!(rules.is_some());
        let rules = rules.unwrap();
        match ask(&cart, &purchase, &rules).unwrap() {
            Priced::Quoted(quote) => adds_up(&quote, &cart, &purchase, &rules),
            Priced::Refused(refusal) => {
                prop_assert!(cart.is_empty());
                prop_assert_eq!(&refusal.reasons[0].rule, "empty_cart");
            }
        }
    }

    /// Amounts to the end of their type, a million pieces, any fraction: an answer that adds up or an error that says so.
    #[test]
    fn extremes_add_up_or_are_errors(
        parts in parts(Size::Extreme), cart in cart(Size::Extreme), purchase in purchase(Size::Extreme),
    ) {
        let Some(rules) = parts.rules() else { return Ok(()) };
        match ask(&cart, &purchase, &rules) {
            Ok(Priced::Quoted(quote)) => adds_up(&quote, &cart, &purchase, &rules),
            Ok(Priced::Refused(_)) => prop_assert!(cart.is_empty()),
            Err(PriceError::Price(error)) => prop_assert_eq!(error.kind(), PricingErrorKind::Overflow),
            Err(PriceError::Promotion(error)) => prop_assert_eq!(error.kind(), PromotionErrorKind::Overflow),
            Err(PriceError::Tax(error)) => prop_assert_eq!(error.kind(), TaxErrorKind::Money),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn the_order_of_rules_and_lines_makes_no_difference(
        parts in parts(Size::Shop), cart in cart(Size::Shop), purchase in purchase(Size::Shop),
    ) {
        let (Some(one), Some(other)) = (parts.rules(), reversed(&parts).rules()) else {
            prop_assert_eq!(parts.rules().is_some(), reversed(&parts).rules().is_some());
            return Ok(());
        };
        let mut turned = Cart::empty(cart.id, cart.currency);
        turned.lines.extend(cart.lines.iter().rev().map(|(key, quantity)| (key.clone(), *quantity)));
        let answer = ask(&cart, &purchase, &one).unwrap();
        prop_assert_eq!(told(ask(&turned, &purchase, &other).unwrap()), told(answer.clone()));
        // Rules and answers that were written and read again are the same.
        let text = serde_json::to_string(&one).unwrap();
        let read: PriceRules = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&read, &one);
        prop_assert_eq!(&ask(&cart, &purchase, &read).unwrap(), &answer);
        let text = serde_json::to_string(&answer).unwrap();
        prop_assert_eq!(serde_json::from_str::<Priced>(&text).unwrap(), answer);
    }

    /// A coupon opens what needs it and changes nothing else: as if those promotions were not there.
    #[test]
    fn a_promotion_that_needs_a_coupon_applies_with_it_only(
        parts in parts(Size::Shop), cart in cart(Size::Shop), purchase in purchase(Size::Shop),
    ) {
        let without = Purchase { coupons: Default::default(), ..purchase.clone() };
        let mut open = parts.clone();
        open.promotions.retain(|promotion| !promotion.coupon_required);
        let mut free = parts.clone();
        free.promotions.iter_mut().for_each(|promotion| promotion.coupon_required = false);
        let (Some(all), Some(open), Some(free)) = (parts.rules(), open.rules(), free.rules()) else { return Ok(()) };
        let totals = |purchase: &Purchase, rules: &PriceRules| {
            let quote = ask(&cart, purchase, rules).unwrap().quote().cloned()?;
            Some((quote.total, quote.discount, quote.lines, quote.gifts, quote.delivery))
        };
        prop_assert_eq!(totals(&without, &all), totals(&without, &open));
        let coupons = [CampaignId::parse("spring").unwrap(), CampaignId::parse("other").unwrap()].into();
        let with = Purchase { coupons, ..purchase };
        prop_assert_eq!(totals(&with, &all), totals(&with, &free));
    }
}

/// The value at the given place of all values within, in the order of the text.
fn nth<'a>(value: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, place)),
        Value::Object(fields) => fields.values_mut().find_map(|field| nth(field, place)),
        _ => None,
    }
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        _ => 0,
    }
}

fn strange() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(u32::MAX),
        json!(-1),
        json!(0),
        json!(1),
        json!(0.5),
        json!(null),
        json!(true),
        json!(""),
        json!("everything"),
        json!([]),
        json!({}),
        json!("2026-03-20T12:00:00Z"),
        json!("+262142-12-31T23:59:59Z"),
        json!("x".repeat(10_000)),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rules in which some values are others: refused when they are read, or priced without a panic.
    #[test]
    fn broken_rules_are_refused_or_price(
        parts in parts(Size::Shop), cart in cart(Size::Extreme), purchase in purchase(Size::Shop),
        changes in prop::collection::vec((any::<prop::sample::Index>(), strange()), 1..4),
    ) {
        let Some(rules) = parts.rules() else { return Ok(()) };
        let mut written = serde_json::to_value(&rules).unwrap();
        for (place, value) in changes {
            let mut place = place.index(size(&written));
            *nth(&mut written, &mut place).unwrap() = value;
        }
        let Ok(read) = serde_json::from_str::<PriceRules>(&written.to_string()) else { return Ok(()) };
        if let Ok(Priced::Quoted(quote)) = ask(&cart, &purchase, &read) {
            prop_assert_eq!(quote.net.plus(quote.tax), Ok(quote.total));
        }
    }
}

/// Every source file of a folder, without its tests.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "tests" || name.ends_with("_tests") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        found.push((path.to_string_lossy().replace('\\', "/"), own.to_owned()));
    }
}

/// Words of the source, without comments.
fn words(text: &str) -> Vec<&str> {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or(line));
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).collect()
}

#[test]
fn no_float_is_in_money_or_pricing() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for folder in ["money", "pricing"] {
        sources(&source.join(folder), &mut found);
    }
    assert!(found.len() > 50, "{}", found.len());
    for (path, text) in &found {
        assert!(words(text).iter().all(|word| !["f16", "f32", "f64", "f128"].contains(word)), "{path}");
    }
    for module in ["money/mod.rs", "pricing/mod.rs"] {
        let text = std::fs::read_to_string(source.join(module)).unwrap();
        assert!(text.contains("#![deny(clippy::float_arithmetic)]"), "{module}");
    }
}

/// What knows a channel is a quote's terms and the audit over channels, and nothing that computes a price.
#[test]
fn only_the_seal_and_the_audit_know_of_channels() {
    let mut found = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pricing"), &mut found);
    let mut knowing: Vec<&str> = found
        .iter()
        .filter(|(_, text)| words(text).iter().any(|word| ["Channel", "channel", "channels"].contains(word)))
        .filter_map(|(path, _)| path.split("src/pricing/").nth(1))
        .map(|path| path.split('/').next().unwrap())
        .collect();
    knowing.sort_unstable();
    knowing.dedup();
    let refusing = ["conditions.rs", "error.rs"];
    assert_eq!(knowing, [&refusing[..], &["parity", "seal.rs"]].concat(), "conditions refuse the word");
}

/// Two rates that are each rounded up on the same line must not take more than it costs.
#[test]
fn several_rates_of_all_lines_together_leave_no_line_below_nothing() {
    let rate = |name| TaxRate { name: RateName::parse(name).unwrap(), rate: Ratio::basis_points(3_000) };
    let rules = ZoneTax {
        inclusive: true,
        level: TaxLevel::Total,
        rounding: Rounding::HalfEven,
        categories: Default::default(),
        standard: vec![rate("state"), rate("city")],
    };
    let zone = TaxZone::parse("zone").unwrap();
    let policy = TaxPolicy::new([(zone.clone(), rules)]).unwrap();
    let line = TaxableLine { amount: money(1), units: 1, category: None };
    let taxes = policy.assess(&TaxRequest { zone, unit: euro(), lines: vec![line; 5] }).unwrap();
    assert_eq!(taxes.lines.iter().map(|line| line.net.minor()).collect::<Vec<_>>(), [0, 0, 1, 1, 1]);
    assert_eq!(taxes.rates.values().map(|rate| rate.tax.minor()).collect::<Vec<_>>(), [1, 1]);
}

use super::*;
use crate::cart::{Cart, CartAct, CartChange, CartState, LineKey, Quantity, Sku};
use crate::ids::{CartId, EventKey, QuoteId};
use crate::money::{Currency, CurrencyUnit, Money};
use crate::time::{DateTime, Utc};

fn unit(code: &str, exponent: u8) -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse(code).unwrap(), exponent).unwrap()
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn noon() -> DateTime<Utc> {
    at("2026-03-20T12:00:00Z")
}

fn entry(id: &str, product: &str, minor: i64, from: Option<&str>, until: Option<&str>) -> PriceEntry {
    PriceEntry {
        from: from.map(at),
        until: until.map(at),
        ..PriceEntry::always(PriceId::parse(id).unwrap(), sku(product), Money::new(minor, unit("EUR", 2)))
    }
}

fn book(entries: impl IntoIterator<Item = PriceEntry>) -> PriceBook {
    PriceBook::new("v1", entries).unwrap()
}

fn cart(lines: &[(&str, u32)]) -> Cart {
    let mut cart = Cart::empty(CartId::from_bytes([1; 16]), Currency::parse("EUR").unwrap());
    for &(product, pieces) in lines {
        cart.lines.insert(LineKey::plain(sku(product)), Quantity::new(pieces).unwrap());
    }
    cart
}

fn ask(cart: &Cart, book: &PriceBook) -> Priced {
    let rules = PriceRules::new(book.clone());
    price(QuoteId::from_bytes([2; 16]), cart, &Purchase::default(), &rules, noon()).unwrap()
}

fn refusal(answer: Priced) -> Vec<String> {
    match answer {
        Priced::Quoted(quote) => panic!("quoted {}", quote.total),
        Priced::Refused(refusal) => refusal
            .reasons
            .iter()
            .map(|reason| format!("{} {}", reason.rule, reason.evidence.join(" ")))
            .collect(),
    }
}

fn line_reasons(line: &QuoteLine) -> Vec<String> {
    line.reasons.iter().map(|reason| format!("{} {}", reason.rule, reason.evidence.join(" "))).collect()
}

#[test]
fn a_quote_adds_up_and_says_why() {
    let book = book([
        entry("mug-old", "mug", 1100, None, Some("2026-03-01T00:00:00Z")),
        entry("mug-next", "mug", 1400, Some("2026-04-01T00:00:00Z"), None),
        entry("mug-b", "mug", 1250, None, None),
        entry("mug-a", "mug", 1250, None, None),
        entry("mug-dear", "mug", 1300, None, None),
        entry("mug-week", "mug", 1500, Some("2026-03-18T00:00:00Z"), Some("2026-03-21T00:00:00Z")),
        entry("bag", "کیف", 4999, Some("2026-01-01T00:00:00Z"), None),
    ]);
    let answer = ask(&cart(&[("mug", 3), ("کیف", 1)]), &book);
    let quote = answer.quote().unwrap();
    assert_eq!(quote.total.to_string(), "94.99 EUR");
    let mug = &quote.lines[0];
    assert_eq!((mug.price.as_str(), mug.unit_price.minor(), mug.total.minor()), ("mug-week", 1500, 4500));
    assert_eq!(
        line_reasons(mug),
        [
            "price_chosen price:mug-week",
            "price_ended price:mug-old",
            "price_not_begun price:mug-next",
            "price_less_dated price:mug-a",
            "price_less_dated price:mug-b",
            "price_less_dated price:mug-dear",
        ]
    );
    // The quote ends with the price of the week, half a day from now, not a whole day later.
    assert_eq!(quote.valid_until, at("2026-03-21T00:00:00Z"));
    assert_eq!(quote.reasons[0].rule, "price_ends_sooner");
    assert_eq!(quote.reasons[0].evidence, ["price:mug-week"]);
    assert!(quote.is_valid_at(noon()) && quote.is_valid_at(at("2026-03-20T23:59:59Z")));
    assert!(!quote.is_valid_at(at("2026-03-21T00:00:00Z")) && !quote.is_valid_at(at("2026-03-20T11:59:59Z")));
    let json = serde_json::to_string(&answer).unwrap();
    assert_eq!(serde_json::from_str::<Priced>(&json).unwrap(), answer);
}

#[test]
fn ties_go_to_the_cheaper_and_then_to_the_smaller_id() {
    let book = book([
        entry("b", "mug", 1250, None, None),
        entry("a", "mug", 1250, None, None),
        entry("c", "mug", 1300, None, None),
    ]);
    let answer = ask(&cart(&[("mug", 1)]), &book);
    assert_eq!(
        line_reasons(&answer.quote().unwrap().lines[0]),
        ["price_chosen price:a", "price_larger_id price:b", "price_dearer price:c"]
    );
    assert_eq!(answer.quote().unwrap().valid_until, at("2026-03-21T12:00:00Z"));
}

#[test]
fn windows_are_half_open() {
    let book = book([entry("p", "mug", 1, Some("2026-03-20T12:00:00Z"), Some("2026-03-20T13:00:00Z"))]);
    let euro = Currency::parse("EUR").unwrap();
    let mug = sku("mug");
    let wins = |instant| {
        let pieces = Pieces::line(Quantity::ONE);
        let query = PriceQuery { sku: &mug, currency: euro, pieces, at: at(instant) };
        book.choose(&query, &Buyer::anonymous(), &ChoicePolicy::default()).winner.is_some()
    };
    assert!(!wins("2026-03-20T11:59:59.999Z"));
    assert!(wins("2026-03-20T12:00:00Z"));
    assert!(wins("2026-03-20T12:59:59.999Z"));
    assert!(!wins("2026-03-20T13:00:00Z"));
}

#[test]
fn what_has_no_price_is_refused_with_every_reason() {
    let rial = PriceEntry::always(PriceId::parse("r").unwrap(), sku("rug"), Money::new(9, unit("IRR", 0)));
    let book = book([
        entry("p", "mug", 100, None, None),
        entry("x", "xmas", 100, None, Some("2026-01-01T00:00:00Z")),
        rial,
    ]);
    let mut cart = cart(&[("mug", 1), ("ghost", 1), ("rug", 1), ("xmas", 2)]);
    let engraved = LineKey::new(sku("ghost"), [("engraving", "سارا")]).unwrap();
    cart.lines.insert(engraved, Quantity::ONE);
    assert_eq!(
        refusal(ask(&cart, &book)),
        [
            "unknown_product sku:ghost",
            "no_price_in_currency sku:rug currency:EUR",
            "no_price_now sku:xmas currency:EUR",
            "price_ended price:x",
        ]
    );
    assert_eq!(refusal(ask(&Cart::empty(cart.id, cart.currency), &book)), ["empty_cart "]);
    let nothing = PriceBook::new("v0", []).unwrap();
    assert_eq!(refusal(ask(&self::cart(&[("mug", 1)]), &nothing)), ["unknown_product sku:mug"]);
}

#[test]
fn totals_that_do_not_fit_are_errors() {
    let book = book([entry("p", "mug", i64::MAX, None, None), entry("q", "cup", i64::MAX, None, None)]);
    for lines in [&[("mug", 2)][..], &[("mug", 1_000_000)], &[("mug", 1), ("cup", 1)]] {
        let rules = PriceRules { valid_for_seconds: u32::MAX, ..PriceRules::new(book.clone()) };
        let (id, cart) = (QuoteId::from_bytes([2; 16]), cart(lines));
        match price(id, &cart, &Purchase::default(), &rules, DateTime::<Utc>::MAX_UTC) {
            Err(PriceError::Price(error)) => assert_eq!(error.kind(), PricingErrorKind::Overflow),
            other => panic!("{other:?}"),
        }
    }
    let most = ask(&cart(&[("mug", 1)]), &book);
    assert_eq!(most.quote().unwrap().total.minor(), i64::MAX);
    let (id, cart, rules) = (QuoteId::from_bytes([2; 16]), cart(&[("mug", 1)]), PriceRules::new(book));
    let last = price(id, &cart, &Purchase::default(), &rules, DateTime::<Utc>::MAX_UTC);
    assert_eq!(last.unwrap().quote().unwrap().valid_until, DateTime::<Utc>::MAX_UTC);
}

#[test]
fn a_price_book_that_cannot_be() {
    let kind = |entries: Vec<PriceEntry>| PriceBook::new("v", entries).unwrap_err();
    let error = kind(vec![entry("p", "mug", -1, None, None)]);
    assert_eq!(error.kind(), PricingErrorKind::NegativePrice);
    assert_eq!(error.to_string(), "a price is below zero: `p`");
    let backwards = entry("p", "mug", 1, Some("2026-03-02T00:00:00Z"), Some("2026-03-01T00:00:00Z"));
    assert_eq!(kind(vec![backwards]).kind(), PricingErrorKind::EmptyWindow);
    let never = entry("p", "mug", 1, Some("2026-03-02T00:00:00Z"), Some("2026-03-02T00:00:00Z"));
    assert_eq!(kind(vec![never]).kind(), PricingErrorKind::EmptyWindow);
    let two = vec![entry("p", "mug", 1, None, None), entry("p", "cup", 1, None, None)];
    assert_eq!(kind(two).kind(), PricingErrorKind::DuplicateId);
    let finer = PriceEntry::always(PriceId::parse("q").unwrap(), sku("fuel"), Money::new(1, unit("EUR", 4)));
    assert_eq!(kind(vec![entry("p", "mug", 1, None, None), finer]).kind(), PricingErrorKind::MixedExponents);
    let same = book([entry("p", "mug", 1, None, None), entry("p", "mug", 1, None, None)]);
    assert_eq!(same.entries().len(), 1);
    for bad in ["", " ", "a\u{0}", &"x".repeat(129)] {
        assert_eq!(PriceId::parse(bad).unwrap_err().kind(), PricingErrorKind::InvalidId);
    }
    let json = serde_json::to_string(&same).unwrap();
    assert_eq!(serde_json::from_str::<PriceBook>(&json).unwrap(), same);
    assert!(serde_json::from_str::<PriceBook>(&json.replace(r#""minor":1"#, r#""minor":-1"#)).is_err());
    assert!(
        serde_json::from_str::<PriceBook>(&json.replace(r#""sku""#, r#""channel":"web","sku""#)).is_err()
    );
}

#[test]
fn a_least_price_binds_carts_in_its_own_currency_only() {
    let promotions: promotion::Promotions = serde_json::from_str(
        r#"{"version": "half", "promotions": [
            {"id": "half", "action": {"kind": "percent", "off": {"numerator": 1, "denominator": 2}}}]}"#,
    )
    .unwrap();
    let product = Product { floor: Some(Money::new(900, unit("EUR", 2))), ..Product::default() };
    let rial = PriceEntry::always(PriceId::parse("r").unwrap(), sku("کیف"), Money::new(800, unit("IRR", 0)));
    let rules = PriceRules {
        catalogue: Catalogue::new([(sku("کیف"), product)]),
        promotions: Some(promotions),
        ..PriceRules::new(book([entry("e", "کیف", 1000, None, None), rial]))
    };
    let total = |currency: &str| {
        let cart = Cart { currency: Currency::parse(currency).unwrap(), ..cart(&[("کیف", 2)]) };
        let answer =
            price(QuoteId::from_bytes([2; 16]), &cart, &Purchase::default(), &rules, noon()).unwrap();
        answer.quote().unwrap().total.to_string()
    };
    assert_eq!((total("EUR"), total("IRR")), ("18.00 EUR".to_owned(), "800 IRR".to_owned()));
}

/// Every field name in a JSON value.
fn field_names(value: &serde_json::Value, names: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                names.push(name.clone());
                field_names(value, names);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| field_names(item, names)),
        _ => {}
    }
}

#[test]
fn no_input_has_a_channel() {
    // Every field is named here, without `..`: a new field in an input type does not build until somebody has looked
    // at it with this law in mind.
    let change = CartChange {
        at: noon(),
        sequence: Some(1),
        id: EventKey::from_bytes([3; 16]),
        act: CartAct::Add { line: LineKey::plain(sku("mug")), quantity: Quantity::ONE },
    };
    let mut filled = Cart::fold(CartId::from_bytes([1; 16]), Currency::parse("EUR").unwrap(), [&change]);
    filled.refused.push(change.id);
    let Cart { id: _, currency: _, version: _, state: _, lines: _, changed_at: _, refused: _ } = &filled;
    let priced = entry("p", "mug", 1, Some("2026-03-01T00:00:00Z"), Some("2026-04-01T00:00:00Z"));
    let PriceEntry {
        id: _,
        sku: _,
        unit_price: _,
        from: _,
        until: _,
        list: _,
        conditions: _,
        min_quantity: _,
        max_quantity: _,
        updated: _,
        tiers: _,
    } = &priced;
    let rules = PriceRules::new(book([priced]));
    let PriceRules {
        book: _,
        policy: _,
        catalogue: _,
        promotions: _,
        promotion_rules: _,
        tax: _,
        valid_for_seconds: _,
    } = &rules;
    let Purchase { buyer, coupons, budgets, refused_gifts, tax_zone, delivery, zones: _ } =
        &Purchase::default();

    let mut names = Vec::new();
    let of_purchase = serde_json::json!([buyer, coupons, budgets, refused_gifts, tax_zone, delivery]);
    let inputs = serde_json::json!([change, filled, rules, of_purchase]);
    field_names(&inputs, &mut names);
    assert!(names.len() > 20, "the inputs were taken apart");
    for name in names {
        for forbidden in ["channel", "device", "source", "medium", "app", "store"] {
            assert!(
                name.split('_').all(|word| word != forbidden),
                "`{name}` lets the price depend on where it is asked"
            );
        }
    }
}

#[test]
fn where_a_cart_was_filled_makes_no_difference() {
    // The same lines, arrived at by different ways and at different times, cost the same.
    let book = book([entry("p", "mug", 1250, None, None)]);
    let mut continued = cart(&[("mug", 2)]);
    continued.version = 17;
    continued.changed_at = Some(noon());
    continued.state = CartState::Open;
    let (one, other) = (ask(&cart(&[("mug", 2)]), &book), ask(&continued, &book));
    assert_eq!(one.quote().unwrap().lines, other.quote().unwrap().lines);
    assert_eq!(one.quote().unwrap().total, other.quote().unwrap().total);
}

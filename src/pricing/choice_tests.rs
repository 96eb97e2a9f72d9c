use super::*;
use crate::cart::{Quantity, Sku};
use crate::money::{Currency, CurrencyUnit, Money};
use crate::time::{DateTime, Utc};

fn unit(code: &str) -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse(code).unwrap(), 2).unwrap()
}

fn euro(minor: i64) -> Money {
    Money::new(minor, unit("EUR"))
}

fn pieces(count: u32) -> Quantity {
    Quantity::new(count).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn noon() -> DateTime<Utc> {
    at("2026-03-20T12:00:00Z")
}

fn entry(id: &str, minor: i64) -> PriceEntry {
    PriceEntry::always(PriceId::parse(id).unwrap(), Sku::parse("چای").unwrap(), euro(minor))
}

fn list(id: &str, kind: ListKind, rank: u32) -> PriceList {
    PriceList { rank, ..PriceList::new(ListId::parse(id).unwrap(), kind) }
}

fn within(list: &PriceList, entry: PriceEntry) -> PriceEntry {
    PriceEntry { list: Some(list.id.clone()), ..entry }
}

fn when(dimension: &str, values: &[&str]) -> Conditions {
    Conditions::none().and(dimension, values).unwrap()
}

fn book(lists: &[PriceList], entries: Vec<PriceEntry>) -> PriceBook {
    PriceBook::with_lists("v", lists.to_vec(), entries).unwrap()
}

/// The choice as `winner <- reference`, then the losers as `id rule`.
fn choose(book: &PriceBook, buyer: &Buyer, policy: &ChoicePolicy, count: u32) -> Vec<String> {
    let sku = Sku::parse("چای").unwrap();
    let currency = unit("EUR").currency();
    let query = PriceQuery { sku: &sku, currency, pieces: Pieces::line(pieces(count)), at: noon() };
    let choice = book.choose(&query, buyer, policy);
    let id = |price: Option<&PriceEntry>| price.map_or("none", |price| price.id.as_str()).to_owned();
    let mut told = vec![format!("{} <- {}", id(choice.winner), id(choice.regular))];
    told.extend(choice.losers.iter().map(|(price, lost)| format!("{} {}", price.id, lost.rule())));
    told
}

#[test]
fn every_filter_names_itself() {
    let off = PriceList { active: false, ..list("off", ListKind::Override, 0) };
    let later =
        PriceList { from: Some(at("2026-03-20T12:00:00.001Z")), ..list("later", ListKind::Override, 0) };
    let past = PriceList { until: Some(noon()), ..list("past", ListKind::Override, 0) };
    let others =
        PriceList { conditions: when("group", &["طلایی"]), ..list("others", ListKind::Override, 0) };
    let book = book(
        &[off.clone(), later.clone(), past.clone(), others.clone()],
        vec![
            entry("a", 1000),
            PriceEntry { from: Some(at("2026-03-21T00:00:00Z")), ..entry("b", 1) },
            PriceEntry { until: Some(noon()), ..entry("c", 1) },
            PriceEntry { min_quantity: Some(pieces(3)), ..entry("d", 1) },
            PriceEntry { max_quantity: Some(pieces(1)), ..entry("e", 1) },
            within(&off, entry("f", 1)),
            within(&later, entry("g", 1)),
            within(&past, entry("h", 1)),
            within(&others, entry("i", 1)),
            PriceEntry { conditions: when("country", &["DE", "IR"]), ..entry("j", 1) },
            // Another currency is no candidate at all.
            PriceEntry { unit_price: Money::new(1, unit("USD")), ..entry("k", 1) },
        ],
    );
    let mut told = choose(&book, &Buyer::anonymous(), &ChoicePolicy::lowest(), 2);
    told[1..].sort();
    assert_eq!(
        told,
        [
            "a <- a",
            "b price_not_begun",
            "c price_ended",
            "d price_other_quantity",
            "e price_other_quantity",
            "f price_list_off",
            "g price_list_not_begun",
            "h price_list_ended",
            "i price_list_for_others",
            "j price_for_others",
        ]
    );
    let golden = Buyer::anonymous().with_group("نقره‌ای").unwrap().with_group("طلایی").unwrap();
    assert_eq!(choose(&book, &golden, &ChoicePolicy::lowest(), 2)[0], "i <- i");
    let german = Buyer::anonymous().with_fact("country", "DE").unwrap();
    assert_eq!(choose(&book, &german, &ChoicePolicy::lowest(), 2)[0], "j <- j");
}

#[test]
fn lists_are_layered_by_rank_and_a_contract_keeps_a_sale_away() {
    let contract = PriceList {
        conditions: when("company", &["حساب ۱۲", "ООО «Чай»", "חברת התה"]),
        ..list("contract", ListKind::Override, 1)
    };
    let sale = list("sale", ListKind::Sale, 2);
    let market = list("market", ListKind::Base, 3);
    let book = book(
        &[contract.clone(), sale.clone(), market.clone()],
        vec![
            entry("plain", 900),
            within(&contract, entry("contract", 1100)),
            within(&sale, entry("sale", 950)),
            within(&market, entry("market", 1000)),
        ],
    );
    let layered = ChoicePolicy::layered();
    assert_eq!(
        choose(&book, &Buyer::anonymous(), &layered, 1),
        [
            "sale <- market",
            "plain price_lower_rank",
            "market price_reduced",
            "contract price_list_for_others"
        ]
    );
    let company = Buyer::anonymous().with_fact("company", "ООО «Чай»").unwrap();
    assert_eq!(
        choose(&book, &company, &layered, 1),
        [
            "contract <- contract",
            "plain price_lower_rank",
            "sale price_lower_rank",
            "market price_lower_rank"
        ]
    );
    let cheapest = ChoicePolicy { sales: SaleRule::Cheapest, ..layered };
    assert_eq!(choose(&book, &company, &cheapest, 1)[0], "sale <- contract");
}

#[test]
fn a_sale_never_raises_a_price() {
    let (dear, cheap) = (list("s-dear", ListKind::Sale, 0), list("s-cheap", ListKind::Sale, 1));
    let entries =
        vec![entry("base", 1000), within(&dear, entry("dear", 1200)), within(&cheap, entry("same", 1000))];
    let book = book(&[dear.clone(), cheap], entries);
    for policy in [ChoicePolicy::layered(), ChoicePolicy::lowest(), ChoicePolicy::rules_count()] {
        assert_eq!(
            choose(&book, &Buyer::anonymous(), &policy, 1),
            ["base <- base", "same price_sale_not_lower", "dear price_sale_not_lower"]
        );
    }
    // Without a regular price the sale price is the price, and there is no reference.
    let alone = self::book(std::slice::from_ref(&dear), vec![within(&dear, entry("dear", 1200))]);
    assert_eq!(choose(&alone, &Buyer::anonymous(), &ChoicePolicy::layered(), 1), ["dear <- none"]);
}

#[test]
fn of_several_sales_the_cheapest_or_the_first() {
    let (first, second) = (list("first", ListKind::Sale, 1), list("second", ListKind::Sale, 2));
    let book = book(
        &[first.clone(), second.clone()],
        vec![entry("base", 1000), within(&first, entry("one", 900)), within(&second, entry("two", 700))],
    );
    assert_eq!(
        choose(&book, &Buyer::anonymous(), &ChoicePolicy::rules_count(), 1),
        ["two <- base", "one price_dearer", "base price_reduced"]
    );
    assert_eq!(
        choose(&book, &Buyer::anonymous(), &ChoicePolicy::layered(), 1),
        ["one <- base", "two price_lower_rank", "base price_reduced"]
    );
}

#[test]
fn the_criteria_of_the_named_policies() {
    let gold = when("group", &["gold"]);
    let both = gold.clone().and("country", ["DE"]).unwrap();
    let book = book(
        &[],
        vec![
            PriceEntry { updated: Some(at("2026-01-03T00:00:00Z")), ..entry("any", 1000) },
            PriceEntry { conditions: gold, updated: Some(noon()), ..entry("g", 1100) },
            PriceEntry { conditions: both, ..entry("g-de", 1200) },
            PriceEntry {
                conditions: when("country", &["DE"]),
                updated: Some(at("2026-01-02T00:00:00Z")),
                ..entry("de", 990)
            },
        ],
    );
    let buyer = Buyer::anonymous().with_group("gold").unwrap().with_fact("country", "DE").unwrap();
    let specific = ChoicePolicy::specificity(["group", "market", "country"]).unwrap();
    assert_eq!(
        choose(&book, &buyer, &specific, 1),
        ["g-de <- g-de", "de price_less_specific", "any price_less_specific", "g price_less_specific"]
    );
    assert_eq!(
        choose(&book, &buyer, &ChoicePolicy::rules_count(), 1),
        ["g-de <- g-de", "de price_fewer_rules", "any price_fewer_rules", "g price_fewer_rules"]
    );
    assert_eq!(
        choose(&book, &buyer, &ChoicePolicy::country_then_latest(), 1),
        ["de <- de", "any price_less_specific", "g price_less_specific", "g-de price_older"]
    );
    assert_eq!(
        choose(&book, &buyer, &ChoicePolicy::lowest(), 1),
        ["de <- de", "any price_dearer", "g price_dearer", "g-de price_dearer"]
    );
}

#[test]
fn the_dates_of_a_list_are_dates_of_its_prices() {
    let week = PriceList {
        from: Some(at("2026-03-18T00:00:00Z")),
        until: Some(at("2026-03-21T00:00:00Z")),
        ..list("week", ListKind::Base, 0)
    };
    let book = book(
        std::slice::from_ref(&week),
        vec![
            PriceEntry { from: Some(at("2026-01-01T00:00:00Z")), ..entry("since", 100) },
            within(&week, entry("week", 1500)),
        ],
    );
    let policy = ChoicePolicy { order: Vec::new(), ..ChoicePolicy::default() };
    assert_eq!(choose(&book, &Buyer::anonymous(), &policy, 1), ["week <- week", "since price_less_dated"]);
    let sku = Sku::parse("چای").unwrap();
    let currency = unit("EUR").currency();
    let query = PriceQuery { sku: &sku, currency, pieces: Pieces::line(Quantity::ONE), at: noon() };
    let choice = book.choose(&query, &Buyer::anonymous(), &policy);
    assert_eq!((choice.ends(), choice.is_sale()), (week.until, false));
}

fn tiers(mode: TierMode) -> Tiers {
    let step = |from, minor| TierStep { from: pieces(from), unit_price: euro(minor) };
    Tiers::new(mode, [step(5, 900), step(10, 800)]).unwrap()
}

#[test]
fn tiers_are_charged_in_bands() {
    let total = |tiers: &Tiers, count, reduced: Option<i64>| {
        let charge = tiers.charge(euro(1000), Pieces::line(pieces(count)), reduced.map(euro)).unwrap();
        let bands: Vec<(u32, i64)> =
            charge.bands.iter().map(|band| (band.count.get(), band.unit_price.minor())).collect();
        (charge.total.minor(), bands)
    };
    let (all, graduated) = (tiers(TierMode::AllUnits), tiers(TierMode::Graduated));
    assert_eq!(total(&all, 4, None), (4000, vec![(4, 1000)]));
    assert_eq!(total(&all, 5, None), (4500, vec![(5, 900)]));
    assert_eq!(total(&all, 10, None), (8000, vec![(10, 800)]));
    assert_eq!(total(&graduated, 4, None), (4000, vec![(4, 1000)]));
    assert_eq!(total(&graduated, 5, None), (4900, vec![(4, 1000), (1, 900)]));
    assert_eq!(total(&graduated, 12, None), (10_900, vec![(4, 1000), (5, 900), (3, 800)]));
    assert_eq!(
        total(&graduated, 1_000_000, None),
        (4000 + 4500 + 999_991 * 800, vec![(4, 1000), (5, 900), (999_991, 800)])
    );
    // A reduced price switches the steps off, or each piece costs the lower of the two.
    assert_eq!(total(&all, 10, Some(950)), (9500, vec![(10, 950)]));
    assert_eq!(total(&graduated, 12, Some(950)), (11_400, vec![(12, 950)]));
    let kept = graduated.clone().off_when_reduced(false);
    assert_eq!(total(&kept, 12, Some(850)), (4 * 850 + 5 * 850 + 3 * 800, vec![(9, 850), (3, 800)]));
    assert_eq!(total(&all.clone().off_when_reduced(false), 10, Some(950)), (8000, vec![(10, 800)]));
    // What is not lower is no reduction.
    assert_eq!(total(&all, 10, Some(1000)), (8000, vec![(10, 800)]));
    // A first step from one piece on leaves nothing to the base.
    let from_one = Tiers::new(
        TierMode::Graduated,
        [
            TierStep { from: Quantity::ONE, unit_price: euro(7) },
            TierStep { from: pieces(2), unit_price: euro(5) },
        ],
    );
    assert_eq!(total(&from_one.unwrap(), 3, None), (17, vec![(1, 7), (2, 5)]));
    assert_eq!(total(&Tiers::new(TierMode::AllUnits, []).unwrap(), 3, None), (3000, vec![(3, 1000)]));
}

#[test]
fn tiers_count_over_all_lines_of_a_product() {
    let lines = Pieces::of_lines(&[pieces(3), pieces(4), pieces(5)]);
    let totals = |tiers: &Tiers| -> Vec<i64> {
        lines.iter().map(|&line| tiers.charge(euro(1000), line, None).unwrap().total.minor()).collect()
    };
    let (all, graduated) = (tiers(TierMode::AllUnits), tiers(TierMode::Graduated));
    assert_eq!(totals(&all), [3000, 4000, 4500]);
    assert_eq!(totals(&all.counting(Counted::PerProduct)), [2400, 3200, 4000]);
    assert_eq!(totals(&graduated), [3000, 4000, 4900]);
    // Pieces 1 to 3; 4, then 5 to 7; 8 and 9, then 10 to 12: 10,900 as in one line of twelve.
    assert_eq!(totals(&graduated.counting(Counted::PerProduct)), [3000, 1000 + 2700, 1800 + 2400]);
    assert_eq!(
        lines,
        [(3, 0, 9), (4, 3, 5), (5, 7, 0)].map(|(count, before, after)| Pieces {
            quantity: pieces(count),
            before,
            after
        })
    );
}

#[test]
fn prices_are_compared_for_the_quantity() {
    let tiered = PriceEntry { tiers: Some(tiers(TierMode::Graduated)), ..entry("tiered", 1000) };
    let sale = list("sale", ListKind::Sale, 0);
    let book = book(std::slice::from_ref(&sale), vec![tiered, within(&sale, entry("sale", 950))]);
    let told = |count| choose(&book, &Buyer::anonymous(), &ChoicePolicy::lowest(), count);
    assert_eq!(told(4), ["sale <- tiered", "tiered price_reduced"]);
    // 9,500 both for ten in the sale and in tiers: 4 × 1000 + 5 × 900 + 800 = 9,300.
    assert_eq!(told(10), ["tiered <- tiered", "sale price_sale_not_lower"]);
}

#[test]
fn bands_count_a_line_or_the_product() {
    let book = book(
        &[],
        vec![entry("piece", 1000), PriceEntry { min_quantity: Some(pieces(6)), ..entry("six", 900) }],
    );
    let sku = Sku::parse("چای").unwrap();
    let winner = |bands| {
        let policy = ChoicePolicy { bands, ..ChoicePolicy::lowest() };
        let lines = Pieces::of_lines(&[pieces(2), pieces(4)]);
        let view = book.seen_by(&Buyer::anonymous(), &policy);
        lines
            .into_iter()
            .map(|pieces| PriceQuery { sku: &sku, currency: unit("EUR").currency(), pieces, at: noon() })
            .map(|query| view.choose(&query).winner.unwrap().id.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(winner(Counted::PerLine), ["piece", "piece"]);
    assert_eq!(winner(Counted::PerProduct), ["six", "six"]);
}

#[test]
fn what_cannot_be_is_refused() {
    let kind = |lists: &[PriceList], entries: Vec<PriceEntry>| {
        PriceBook::with_lists("v", lists.to_vec(), entries).unwrap_err().kind()
    };
    let sale = list("sale", ListKind::Sale, 0);
    let error = PriceBook::new("v", [within(&sale, entry("p", 1))]).unwrap_err();
    assert_eq!(error.kind(), PricingErrorKind::UnknownList);
    assert_eq!(error.to_string(), "a price is in an unknown price list: `p`");
    assert_eq!(kind(&[sale.clone(), list("sale", ListKind::Base, 0)], vec![]), PricingErrorKind::DuplicateId);
    assert_eq!(book(&[sale.clone(), sale.clone()], vec![]).lists().len(), 1);
    let never = PriceList { from: Some(noon()), until: Some(noon()), ..sale.clone() };
    let error = PriceBook::with_lists("v", [never], []).unwrap_err();
    assert_eq!(error.kind(), PricingErrorKind::EmptyWindow);
    assert_eq!(error.list(), Some(&sale.id));
    assert_eq!(error.to_string(), "a price or price list ends before it begins: `sale`");
    let backwards =
        PriceEntry { min_quantity: Some(pieces(3)), max_quantity: Some(pieces(2)), ..entry("p", 1) };
    assert_eq!(kind(&[], vec![backwards]), PricingErrorKind::EmptyBand);
    assert_eq!(kind(&[], vec![entry("p", -1)]), PricingErrorKind::NegativePrice);
    let foreign = PriceEntry {
        unit_price: Money::new(1, unit("USD")),
        tiers: Some(tiers(TierMode::AllUnits)),
        ..entry("p", 1)
    };
    assert_eq!(kind(&[], vec![foreign.clone()]), PricingErrorKind::MixedUnits);
    let error = foreign.charge(Pieces::line(Quantity::ONE), None).unwrap_err();
    assert_eq!((error.kind(), error.price()), (PricingErrorKind::MixedUnits, Some(&foreign.id)));

    let step = |from, price| TierStep { from: pieces(from), unit_price: price };
    let of = |steps: Vec<TierStep>| Tiers::new(TierMode::Graduated, steps).unwrap_err().kind();
    assert_eq!(of(vec![step(5, euro(1)), step(5, euro(2))]), PricingErrorKind::TiersOutOfOrder);
    assert_eq!(of(vec![step(9, euro(1)), step(5, euro(2))]), PricingErrorKind::TiersOutOfOrder);
    assert_eq!(of(vec![step(5, euro(-1))]), PricingErrorKind::NegativePrice);
    let dollars = Money::new(1, unit("USD"));
    assert_eq!(of(vec![step(5, euro(1)), step(6, dollars)]), PricingErrorKind::MixedUnits);
    let charge = |price: i64, count, reduced| {
        let entry = PriceEntry { tiers: Some(tiers(TierMode::Graduated)), ..entry("p", price) };
        entry.charge(Pieces::line(pieces(count)), reduced).unwrap_err().kind()
    };
    assert_eq!(charge(1, 1, Some(dollars)), PricingErrorKind::MixedUnits);
    assert_eq!(charge(1, 1, Some(euro(-1))), PricingErrorKind::NegativePrice);
    assert_eq!(charge(i64::MAX, 2, None), PricingErrorKind::Overflow);
    assert_eq!(
        entry("p", i64::MAX).charge(Pieces::line(pieces(2)), None).unwrap_err().kind(),
        PricingErrorKind::Overflow
    );
    for bad in ["", " ", "a\u{0}", &"x".repeat(129)] {
        assert_eq!(ListId::parse(bad).unwrap_err().kind(), PricingErrorKind::InvalidId);
    }
}

#[test]
fn no_dimension_is_a_channel() {
    let kind = |name: &str| Dimension::parse(name).unwrap_err().kind();
    for name in ["channel", "Channel", " CHANNEL ", "sales_channel", "channelId", "channels"] {
        assert_eq!(kind(name), PricingErrorKind::ChannelDimension, "{name}");
        assert!(Buyer::anonymous().with_fact(name, "web").is_err());
        assert!(Conditions::none().and(name, ["web"]).is_err());
        assert!(ChoicePolicy::specificity(["group", name]).is_err());
    }
    // Look-alikes, hidden characters and other scripts do not get past it.
    for name in ["сhannel", "ｃｈａｎｎｅｌ", "chan\u{200B}nel", "کانال", "", "a b", &"x".repeat(10_000)]
    {
        assert_eq!(kind(name), PricingErrorKind::InvalidDimension, "{name}");
    }
    let refused = |json: &str| {
        assert!(serde_json::from_str::<Buyer>(json).is_err(), "{json}");
    };
    refused(r#"{"facts":{"channel":["web"]}}"#);
    refused(r#"{"facts":{"group":["gold"]}}"#);
    refused(r#"{"channel":"web"}"#);
    refused(r#"{"groups":[""]}"#);
    refused(r#"{"facts":{"country":["\u202eED"]}}"#);
    assert!(serde_json::from_str::<Conditions>(r#"{"channel":["web"]}"#).is_err());
    assert!(serde_json::from_str::<Conditions>(r#"{"country":[]}"#).is_err());
    assert!(serde_json::from_str::<Conditions>(r#"{"country":["DE"],"country":["AT"]}"#).is_err());
    assert!(serde_json::from_str::<ChoicePolicy>(r#"{"order":[{"specificity":["channel"]}]}"#).is_err());
    assert_eq!(
        Buyer::anonymous().with_fact("group", "gold").unwrap_err().kind(),
        PricingErrorKind::GroupAsFact
    );
    let mut many = Conditions::none();
    for n in 0..MAX_DIMENSIONS {
        many = many.and(&format!("d{n}"), ["x"]).unwrap();
    }
    assert_eq!(many.and("one-more", ["x"]).unwrap_err().kind(), PricingErrorKind::TooManyDimensions);
    assert_eq!(
        Buyer::anonymous().with_group(&"x".repeat(10_000)).unwrap_err().kind(),
        PricingErrorKind::InvalidValue
    );
}

#[test]
fn values_of_every_script_survive_and_are_not_shown() {
    let groups = ["مشتری‌های ویژه", "زبائن مميزون", "לקוחות מועדפים", "постоянные клиенты", "Stammkunden"];
    let mut buyer = Buyer::anonymous().with_fact("country", "IR").unwrap();
    for group in groups {
        buyer = buyer.with_group(&format!(" {group}\t")).unwrap();
        assert!(buyer.meets(&when("group", &[group, "someone else"])));
    }
    let stored: Buyer = serde_json::from_str(&serde_json::to_string(&buyer).unwrap()).unwrap();
    assert_eq!(stored, buyer);
    let conditions = when("group", &groups).and("country", ["IR", "IR"]).unwrap();
    assert_eq!((conditions.len(), conditions.is_empty()), (2, false));
    let json = serde_json::to_string(&conditions).unwrap();
    assert_eq!(serde_json::from_str::<Conditions>(&json).unwrap(), conditions);
    assert!(buyer.meets(&conditions) && !Buyer::anonymous().meets(&conditions));
    assert_eq!(format!("{buyer:?}"), r#"Buyer { groups: 5, facts: ["country"] }"#);
    assert_eq!(format!("{conditions:?}"), r#"{"country": 1, "group": 5}"#);
    assert_eq!(serde_json::to_string(&Buyer::anonymous()).unwrap(), "{}");
    assert_eq!(serde_json::from_str::<Buyer>("{}").unwrap(), Buyer::anonymous());
}

#[test]
fn settings_survive_storage() {
    let sale = PriceList {
        from: Some(noon()),
        conditions: when("market", &["خاورمیانه"]),
        active: false,
        ..list("sale", ListKind::Sale, 7)
    };
    let full = PriceEntry {
        from: Some(noon()),
        list: Some(sale.id.clone()),
        conditions: when("group", &["VIP"]),
        min_quantity: Some(pieces(2)),
        max_quantity: Some(pieces(9)),
        updated: Some(noon()),
        tiers: Some(tiers(TierMode::Graduated).counting(Counted::PerProduct).off_when_reduced(false)),
        ..entry("full", 1000)
    };
    let book = book(&[sale], vec![full, entry("plain", 1)]);
    let json = serde_json::to_string(&book).unwrap();
    assert_eq!(serde_json::from_str::<PriceBook>(&json).unwrap(), book);
    // A book of before there were lists reads as it did.
    let old = r#"{"version":"v","entries":[{"id":"p","sku":"mug","unit_price":{"minor":1,"currency":"EUR","exponent":2}}]}"#;
    assert_eq!(serde_json::from_str::<PriceBook>(old).unwrap().lists().len(), 0);
    let least = r#"{"id":"l","kind":"sale"}"#;
    assert!(serde_json::from_str::<PriceList>(least).unwrap().active);
    let out_of_order = json.replace(r#""from":10"#, r#""from":5"#);
    assert_ne!(out_of_order, json);
    assert!(serde_json::from_str::<PriceBook>(&out_of_order).is_err());
    for policy in [
        ChoicePolicy::layered(),
        ChoicePolicy::specificity(["group", "country"]).unwrap(),
        ChoicePolicy::lowest(),
        ChoicePolicy::rules_count(),
        ChoicePolicy::country_then_latest(),
    ] {
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<ChoicePolicy>(&json).unwrap(), policy);
    }
    assert_eq!(serde_json::from_str::<ChoicePolicy>("{}").unwrap(), ChoicePolicy::default());
}

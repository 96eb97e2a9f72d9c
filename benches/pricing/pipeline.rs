//! What a whole cart costs to price, to seal, to honour, to order and to give back.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::Criterion;
use throughline::cart::{Cart, LineKey, Quantity};
use throughline::channel::Channel;
use throughline::ids::{CartId, OrderId, QuoteId};
use throughline::money::Ratio;
use throughline::pricing::order::{KeptGoods, OrderSplit, RefundRules, ReturnedSoFar, ReturnedUnits, refund};
use throughline::pricing::seal::{Presented, QuoteTerms, SealedQuote};
use throughline::pricing::tax::{RateName, TaxCategory, TaxPolicy, TaxRate, TaxZone, ZoneTax};
use throughline::pricing::{
    Buyer, Catalogue, Conditions, DeliveryFee, ListId, ListKind, PriceBook, PriceEntry, PriceId, PriceList,
    PriceRules, Product, Purchase, price,
};
use throughline::signing::SigningKeys;

use crate::common::{euro, money, product};
use crate::processor_time::ProcessorTime;
use crate::promotions::{TAGS, set};

const LINES: usize = 20;

fn cart(quantity: u32) -> Cart {
    let mut cart = Cart::empty(CartId::from_bytes([1; 16]), euro().currency());
    for place in 0..LINES {
        let quantity = Quantity::new(quantity + place as u32 % 3).unwrap();
        cart.lines.insert(LineKey::plain(product(place)), quantity);
    }
    cart
}

/// Three prices of each product: for all, for a customer group, in a sale.
fn book() -> PriceBook {
    let [members, sale] = ["members", "sale"].map(|name| ListId::parse(name).unwrap());
    let lists = [
        PriceList {
            conditions: Conditions::none().and("group", ["مشتری ویژه"]).unwrap(),
            ..PriceList::new(members.clone(), ListKind::Override)
        },
        PriceList::new(sale.clone(), ListKind::Sale),
    ];
    let rows = (0..LINES).flat_map(|place| {
        [(None, 0), (Some(&members), 90), (Some(&sale), 120)].map(|(list, less)| {
            let id = list.map_or("base", ListId::as_str);
            let id = PriceId::parse(&format!("{place}-{id}")).unwrap();
            let amount = money(1_999 + 137 * place as i64 - less);
            PriceEntry { list: list.cloned(), ..PriceEntry::always(id, product(place), amount) }
        })
    });
    PriceBook::with_lists("2026-06", lists, rows).unwrap()
}

fn rules() -> PriceRules {
    let books = TaxCategory::parse("books").unwrap();
    let rate =
        |name, points| TaxRate { name: RateName::parse(name).unwrap(), rate: Ratio::basis_points(points) };
    let germany = ZoneTax {
        inclusive: true,
        level: Default::default(),
        rounding: Default::default(),
        categories: BTreeMap::from([(books.clone(), vec![rate("7 %", 700)])]),
        standard: vec![rate("19 %", 1_900)],
    };
    let products = (0..LINES).map(|place| {
        let known = Product {
            tags: [TAGS[place % 5], TAGS[(place / 5) % 5]].map(str::to_owned).into(),
            tax_category: (place % 4 == 0).then(|| books.clone()),
            floor: (place % 10 == 0).then(|| money(250)),
        };
        (product(place), known)
    });
    PriceRules {
        catalogue: Catalogue::new(products),
        promotions: Some(set(5)),
        tax: TaxPolicy::new([(TaxZone::parse("DE").unwrap(), germany)]).unwrap(),
        ..PriceRules::new(book())
    }
}

pub fn pipeline(c: &mut Criterion<ProcessorTime>) {
    let rules = rules();
    let purchase = Purchase {
        buyer: Buyer::anonymous().with_group("مشتری ویژه").unwrap(),
        tax_zone: Some(TaxZone::parse("DE").unwrap()),
        delivery: Some(DeliveryFee { service: "home".to_owned(), fee: money(490), tax_category: None }),
        ..Purchase::default()
    };
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let id = QuoteId::from_bytes([2; 16]);
    for (name, quantity) in [("a few", 2), ("10,000", 10_000)] {
        let cart = cart(quantity);
        c.bench_function(&format!("price of 20 lines, 5 promotions, tax; {name} units each"), |b| {
            b.iter(|| price(id, black_box(&cart), &purchase, &rules, now).unwrap());
        });
    }

    let quote = price(id, &cart(3), &purchase, &rules, now).unwrap().quote().cloned().unwrap();
    let keys = SigningKeys::new("2026-06", b"a secret of the benchmark");
    c.bench_function("seal the quote of 20 lines", |b| {
        b.iter_batched(
            || quote.clone(),
            |quote| SealedQuote::seal(quote, QuoteTerms::default(), &keys),
            criterion::BatchSize::SmallInput,
        );
    });
    let sealed = SealedQuote::seal(quote.clone(), QuoteTerms::default(), &keys);
    let till = Presented::new(&Channel::Till);
    assert!(sealed.check(&keys, &till, now).is_empty());
    c.bench_function("check the sealed quote at the till", |b| {
        b.iter(|| black_box(&sealed).check(&keys, &till, now));
    });

    let ordered = || OrderSplit::new(OrderId::from_bytes([3; 16]), black_box(&quote), Vec::new()).unwrap();
    c.bench_function("order the quote of 20 lines", |b| b.iter(ordered));
    let order = ordered();
    let returns: Vec<ReturnedUnits> =
        (0..LINES).step_by(7).map(|line| ReturnedUnits { line, units: 2 }).collect();
    let (before, kept) = (ReturnedSoFar::default(), KeptGoods::KeepDiscount);
    c.bench_function("refund of three lines of the order", |b| {
        b.iter(|| refund(black_box(&order), &before, &returns, &kept, RefundRules::withdrawal()).unwrap());
    });
}

//! Orders: what was paid comes back to the last minor unit in any sequence of returns, and quotes are honoured as sealed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod pricing_support;

use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};

use attack_support::{NOON, TENANT, instant};
use pricing_support::{Size, ask, cart, money, parts, purchase};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use throughline::channel::Channel;
use throughline::hub::{CommandKey, FixedClock, Hub, QuoteOutcome, QuotePresented};
use throughline::ids::{OrderId, QuoteId};
use throughline::pricing::order::{
    KeptGoods, OrderSplit, Refund, RefundErrorKind, RefundRules, ReturnedSoFar, ReturnedUnits, SoldAmounts,
    refund,
};
use throughline::pricing::seal::{Presented, QuoteTerms, SealedQuote};
use throughline::pricing::{Priced, Quote};
use throughline::signing::SigningKeys;
use throughline::store::faulty::{FaultyStore, Plan};
use throughline::store::{MemoryStore, Store, StoreError, StoreErrorKind};

fn quotes() -> impl Strategy<Value = Quote> {
    (parts(Size::Shop), cart(Size::Shop), purchase(Size::Shop)).prop_filter_map(
        "rules and carts with a price",
        |(parts, cart, purchase)| match ask(&cart, &purchase, &parts.rules()?) {
            Ok(Priced::Quoted(quote)) => Some(quote),
            _ => None,
        },
    )
}

fn order(quote: &Quote, points: u32) -> OrderSplit {
    let split = OrderSplit::new(OrderId::from_bytes([9; 16]), quote, vec!["order-1".to_owned()]).unwrap();
    split.with_points(points).unwrap()
}

/// What is still out of the lines of goods, as a return of everything.
fn rest(order: &OrderSplit, so_far: &ReturnedSoFar) -> Vec<ReturnedUnits> {
    let gone = |line: usize| so_far.units.get(line).copied().unwrap_or(0);
    let lines = order.lines.iter().enumerate().filter(|(_, line)| line.line.is_some());
    lines
        .map(|(place, line)| ReturnedUnits { line: place, units: line.units() - gone(place) })
        .filter(|back| back.units > 0)
        .collect()
}

/// Some returns out of random numbers; some of them cannot be.
fn some(order: &OrderSplit, numbers: &[(usize, u32)]) -> Vec<ReturnedUnits> {
    let of = |(line, units): &(usize, u32)| {
        let line = line % order.lines.len();
        ReturnedUnits { line, units: units % (order.lines[line].units() + 1) }
    };
    numbers.iter().map(of).collect()
}

type Returns = Vec<Vec<(usize, u32)>>;

fn returns() -> impl Strategy<Value = Returns> {
    prop::collection::vec(prop::collection::vec((any::<usize>(), any::<u32>()), 1..4), 0..8)
}

/// A unit's part is the exact share rounded up or down, and nothing of it is below zero.
fn is_fair(whole: SoldAmounts, unit: SoldAmounts, units: u32) {
    let units = i128::from(units);
    for (whole, unit) in [(whole.net, unit.net), (whole.tax, unit.tax), (whole.gross, unit.gross)] {
        assert!(unit >= 0, "{unit} of {whole} over {units}");
        let difference = i128::from(unit) * units - i128::from(whole);
        assert!(
            difference.abs() < units || (units == 1 && difference == 0),
            "{unit} of {whole} over {units}"
        );
    }
    assert_eq!(unit.net + unit.tax, unit.gross);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_returns_gives_back_what_was_paid(quote in quotes(), points in 0..5_000_u32, returns in returns()) {
        let order = order(&quote, points);
        prop_assert_eq!(order.paid().unwrap(), quote.total);
        let text = serde_json::to_string(&order).unwrap();
        prop_assert_eq!(&serde_json::from_str::<OrderSplit>(&text).unwrap(), &order);

        let rules = RefundRules::withdrawal();
        let mut so_far = ReturnedSoFar::default();
        let (mut net, mut tax, mut gross, mut back_points) = (0, 0, 0, 0);
        let mut rates: BTreeMap<_, i64> = BTreeMap::new();
        let mut coupons = Vec::new();
        let mut sequence: Vec<_> = returns.iter().map(|numbers| some(&order, numbers)).collect();
        sequence.push(Vec::new());
        for returned in sequence {
            // The last return is of all that is still out.
            let returned = if returned.is_empty() { rest(&order, &so_far) } else { returned };
            let answer = match refund(&order, &so_far, &returned, &KeptGoods::KeepDiscount, rules) {
                Ok(answer) => answer,
                Err(error) => {
                    let cannot_be = [RefundErrorKind::NoUnits, RefundErrorKind::TooManyUnits, RefundErrorKind::UnknownLine];
                    prop_assert!(cannot_be.contains(&error.kind()), "{error}");
                    continue;
                }
            };
            let text = serde_json::to_string(&answer).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Refund>(&text).unwrap(), &answer);
            prop_assert!(!answer.total.is_negative() && answer.points >= 0);
            let mut sum = 0;
            for line in &answer.lines {
                prop_assert!(!line.net.is_negative() && !line.tax.is_negative());
                prop_assert_eq!(line.net.plus(line.tax).unwrap(), line.gross);
                (net, tax, sum) = (net + line.net.minor(), tax + line.tax.minor(), sum + line.gross.minor());
            }
            prop_assert_eq!(sum, answer.total.minor());
            for (line, (until, from)) in order.lines.iter().zip(answer.so_far.units.iter().zip(
                so_far.units.iter().copied().chain(std::iter::repeat(0))
            )) {
                for rate in &line.taxes {
                    *rates.entry(rate.rate.clone()).or_default() += rate.tax.of(from, *until);
                }
            }
            (gross, back_points) = (gross + sum, back_points + answer.points);
            coupons.extend(answer.coupons);
            so_far = answer.so_far;
            prop_assert_eq!(so_far.refunded, gross);
        }
        prop_assert!(rest(&order, &so_far).is_empty());
        prop_assert_eq!((net, tax, gross), (quote.net.minor(), quote.tax.minor(), quote.total.minor()));
        let told: BTreeMap<_, i64> = quote.rates.iter().map(|(rate, total)| (rate.clone(), total.tax.minor())).collect();
        rates.retain(|_, tax| *tax != 0);
        prop_assert_eq!(rates, told.into_iter().filter(|(_, tax)| *tax != 0).collect());
        let goods = quote.lines.iter().any(|line| line.tax.gross.minor() > 0);
        prop_assert_eq!(back_points, if goods { i64::from(points) } else { 0 });
        prop_assert_eq!(coupons, ["order-1"]);
        let none = refund(&order, &so_far, &[ReturnedUnits { line: 0, units: 1 }], &KeptGoods::KeepDiscount, rules);
        prop_assert_eq!(none.unwrap_err().kind(), RefundErrorKind::TooManyUnits);
    }

    #[test]
    fn every_unit_bears_its_fair_share(quote in quotes(), places in prop::collection::vec(any::<u32>(), 3)) {
        let order = order(&quote, 100);
        for (line, points) in order.lines.iter().zip(&order.points) {
            let units = line.units();
            let whole = line.part(0, units, order.inclusive);
            let few = 0..units.min(12);
            for place in few.chain(places.iter().map(|place| place % units)) {
                is_fair(whole, line.part(place, place + 1, order.inclusive), units);
                let offs = line.discounts.iter().map(|one| &one.off);
                for spread in offs.chain(line.taxes.iter().map(|one| &one.tax)).chain([points]) {
                    let exact = i128::from(spread.of(place, place + 1)) * i128::from(units);
                    prop_assert!((exact - i128::from(spread.total())).abs() < i128::from(units));
                }
            }
        }
    }

    /// However the kept goods are priced and whatever policy each return has: never more than was paid, never below zero.
    #[test]
    fn pricing_anew_never_gives_more_than_was_paid(
        quote in quotes(), returns in returns(), prices in prop::collection::vec(prop::option::of(0..40_000_i64), 9),
    ) {
        let order = order(&quote, 7);
        let mut so_far = ReturnedSoFar::default();
        for (numbers, price) in returns.iter().zip(&prices) {
            let kept = price.map_or(KeptGoods::KeepDiscount, |minor| KeptGoods::Reprice { price: money(minor) });
            let before = so_far.refunded;
            if let Ok(answer) = refund(&order, &so_far, &some(&order, numbers), &kept, RefundRules::withdrawal()) {
                prop_assert!(!answer.total.is_negative());
                so_far = answer.so_far;
                prop_assert_eq!(so_far.refunded, before + answer.total.minor());
                prop_assert!(so_far.refunded <= quote.total.minor());
                if let Some(minor) = price {
                    prop_assert_eq!(answer.total.minor(), (quote.total.minor() - before - minor).max(0));
                }
            }
        }
        let negative = KeptGoods::Reprice { price: money(-1) };
        let all = rest(&order, &ReturnedSoFar::default());
        let refused = refund(&order, &ReturnedSoFar::default(), &all, &negative, RefundRules::default());
        prop_assert_eq!(refused.unwrap_err().kind(), RefundErrorKind::Money);
        // Nothing is kept: everything comes back.
        let nothing = KeptGoods::Reprice { price: money(0) };
        let left = rest(&order, &so_far);
        if !left.is_empty() {
            let answer = refund(&order, &so_far, &left, &nothing, RefundRules::withdrawal()).unwrap();
            prop_assert_eq!(answer.so_far.refunded, quote.total.minor());
        }
    }
}

/// A quote with all that a quote can have.
fn rich_quote() -> Quote {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    loop {
        let quote = quotes().new_tree(&mut runner).unwrap().current();
        let discounted = quote.lines.iter().any(|line| line.discounts.len() > 1);
        if discounted && quote.tax.minor() > 0 && quote.delivery.is_some() && quote.lines.len() == 2 {
            return quote;
        }
    }
}

fn keys() -> SigningKeys {
    SigningKeys::new("2026-02", b"the old secret").rotated("2026-03", b"from a secret manager")
}

#[test]
fn a_sealed_quote_with_one_bit_changed_is_refused() {
    let terms = QuoteTerms { channels: Some([Channel::Web, Channel::Till].into()), ..QuoteTerms::default() };
    let sealed = SealedQuote::seal(rich_quote(), terms, &keys());
    let at = sealed.quote.priced_at;
    let presented = Presented::new(&Channel::Till);
    let text = serde_json::to_string(&sealed).unwrap();
    assert!(serde_json::from_str::<SealedQuote>(&text).unwrap().check(&keys(), &presented, at).is_empty());
    let (mut refused, mut same) = (0, 0);
    for place in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let Ok(changed) = serde_json::from_slice::<SealedQuote>(&bytes) else { continue };
            if changed.check(&keys(), &presented, at).is_empty() {
                // Another way to write the same, such as a small `t` within an instant.
                assert_eq!(changed, sealed, "bit {bit} of byte {place}");
                same += 1;
            } else {
                refused += 1;
            }
        }
    }
    assert!(refused > 1_000 && same < 200, "{refused} refused, {same} the same");
}

/// A till that is told "unknown" or "try again" sends the same command again.
fn insist<T>(faulty: Option<&FaultyStore>, mut work: impl FnMut() -> Result<T, StoreError>) -> T {
    loop {
        match work() {
            Ok(value) => return value,
            Err(error) if error.kind() == StoreErrorKind::Conflict => {}
            Err(error) => faulty.unwrap_or_else(|| panic!("on a calm day: {error}")).revive(),
        }
    }
}

fn honoured_exactly(store: &Arc<dyn Store>, faulty: Option<&FaultyStore>, uses: u32) {
    let sealed = SealedQuote::seal(
        Quote { id: QuoteId::from_bytes([5; 16]), ..rich_quote() },
        QuoteTerms { uses: Some(uses), ..QuoteTerms::default() },
        &keys(),
    );
    let hub = || {
        let clock = Arc::new(FixedClock::at(instant(NOON)));
        Hub::with_clock(store.clone(), TENANT, attack_support::rules(), clock).unwrap()
    };
    let start = Barrier::new(4);
    let present = |hub: &Hub, number: usize| {
        let presented = QuotePresented { channel: &Channel::Till, who: None, cart_version: None };
        let command = CommandKey::new(&format!("order-{number}"));
        insist(faulty, || hub.honour_quote(&command, &sealed, &keys(), &presented))
    };
    let honoured: Vec<usize> = std::thread::scope(|scope| {
        let tills: Vec<_> = (0..4)
            .map(|till| {
                let (hub, start, present) = (hub(), &start, &present);
                scope.spawn(move || {
                    start.wait();
                    let orders = (0..5).map(|order| order * 4 + till);
                    orders.filter(|order| present(&hub, *order) == QuoteOutcome::Honoured).collect::<Vec<_>>()
                })
            })
            .collect();
        tills.into_iter().flat_map(|till| till.join().unwrap()).collect()
    });
    assert_eq!(honoured.len(), uses as usize);
    // The same orders again: the same answers, and no further use.
    let again: Vec<usize> =
        (0..20).filter(|order| present(&hub(), *order) == QuoteOutcome::Honoured).collect();
    let mut expected = honoured;
    expected.sort_unstable();
    assert_eq!(again, expected);
    let standing = insist(faulty, || hub().revoke_quote(sealed.quote.id));
    assert_eq!(standing.used, uses);
    let QuoteOutcome::Refused { reasons } = present(&hub(), 99) else { panic!("honoured") };
    assert_eq!(reasons[0].rule, "quote_revoked");
}

#[test]
fn a_quote_is_honoured_as_often_as_it_may_be() {
    for uses in [1, 3, 7] {
        honoured_exactly(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), None, uses);
    }
    #[cfg(feature = "redb")]
    {
        let directory = tempfile::tempdir().unwrap();
        let store = throughline::store::RedbStore::open(directory.path().join("hub.redb")).unwrap();
        honoured_exactly(&(Arc::new(store) as Arc<dyn Store>), None, 3);
    }
}

#[test]
fn a_quote_is_honoured_as_often_as_it_may_be_in_a_storm() {
    for seed in 0..20 {
        let faulty = FaultyStore::new(Arc::new(MemoryStore::new()), seed, Plan::stormy()).with_snapshots();
        let faulty = Arc::new(faulty);
        honoured_exactly(&(faulty.clone() as Arc<dyn Store>), Some(&faulty), 3);
        assert!(faulty.injected() > 0);
    }
}

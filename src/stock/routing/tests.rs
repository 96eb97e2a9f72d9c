use std::collections::BTreeMap;

use super::super::{LocationId, StockErrorKind};
use super::*;
use crate::cart::Sku;
use proptest::prelude::*;

fn sku(at: usize) -> Sku {
    Sku::parse(&format!("s{at}")).unwrap()
}

fn supplier(at: usize, stock: &[u32], shipping: u64) -> Supplier {
    let stock = stock.iter().enumerate().map(|(product, units)| (sku(product), *units)).collect();
    Supplier {
        location: LocationId::parse(&format!("l{at:03}")).unwrap(),
        stock,
        shipping,
        handling: 0,
        markdown: BTreeMap::new(),
        arrives: None,
        load: 0,
    }
}

fn request(demand: &[u32], suppliers: Vec<Supplier>) -> RouteRequest {
    let demand = demand.iter().enumerate().map(|(product, units)| (sku(product), *units)).collect();
    RouteRequest { demand, suppliers, promised: None }
}

fn routed(request: &RouteRequest, budget: u32) -> Route {
    match route(request, &RouteSettings { budget }).unwrap() {
        Routed::Routed(route) => route,
        Routed::CannotFulfil(missing) => panic!("{missing:?}"),
    }
}

/// Parcels, cost, loads and ids of the best set, by trying all of them; what a set's units cost by one unit at a time.
fn best_of_all(request: &RouteRequest) -> Option<(usize, u64, u32, u64, Vec<LocationId>)> {
    let mut best = None;
    for set in 0_u32..1 << request.suppliers.len() {
        let chosen: Vec<&Supplier> = request
            .suppliers
            .iter()
            .enumerate()
            .filter(|(at, _)| set >> at & 1 == 1)
            .map(|(_, one)| one)
            .collect();
        let mut cost: u64 = chosen.iter().map(|one| one.shipping).sum();
        let mut feasible = true;
        for (sku, wanted) in &request.demand {
            let mut units: Vec<u64> = Vec::new();
            for one in &chosen {
                let each = one.handling + one.markdown.get(sku).copied().unwrap_or(0);
                let there = one.stock.get(sku).copied().unwrap_or(0);
                units.extend(std::iter::repeat_n(each, usize::try_from(there).unwrap()));
            }
            units.sort_unstable();
            feasible &= units.len() >= usize::try_from(*wanted).unwrap();
            cost += units.iter().take(usize::try_from(*wanted).unwrap()).sum::<u64>();
        }
        if !feasible {
            continue;
        }
        let mut ids: Vec<LocationId> = chosen.iter().map(|one| one.location.clone()).collect();
        ids.sort();
        let most = chosen.iter().map(|one| one.load).max().unwrap_or(0);
        let load = chosen.iter().map(|one| u64::from(one.load)).sum();
        let score = (ids.len(), cost, most, load, ids);
        if best.as_ref().is_none_or(|best| score < *best) {
            best = Some(score);
        }
    }
    best
}

fn any_request() -> impl Strategy<Value = RouteRequest> {
    (1_usize..5, 1_usize..8).prop_flat_map(|(products, locations)| {
        let one = (prop::collection::vec(0_u32..4, products), 0_u64..4, 0_u64..3, 0_u64..3, 0_u32..3);
        (prop::collection::vec(0_u32..5, products), prop::collection::vec(one, locations)).prop_map(
            |(demand, all)| {
                let suppliers =
                    all.into_iter().enumerate().map(|(at, (stock, shipping, handling, risk, load))| {
                        let markdown = BTreeMap::from([(sku(0), risk)]);
                        Supplier { handling, markdown, load, ..supplier(at, &stock, shipping) }
                    });
                request(&demand, suppliers.collect())
            },
        )
    })
}

/// What a route must be, however good it is.
fn check(request: &RouteRequest, route: &Route) {
    let mut sent = BTreeMap::<Sku, u32>::new();
    let mut cost = 0;
    for parcel in &route.parcels {
        let one = request.suppliers.iter().find(|one| one.location == parcel.location).unwrap();
        assert!(!parcel.lines.is_empty());
        let mut of_parcel = one.shipping;
        for line in &parcel.lines {
            assert!(line.units > 0 && line.units <= one.stock[&line.sku]);
            *sent.entry(line.sku.clone()).or_default() += line.units;
            let risk = one.markdown.get(&line.sku).copied().unwrap_or(0);
            of_parcel += u64::from(line.units) * (one.handling + risk);
        }
        assert_eq!(parcel.cost, of_parcel);
        cost += of_parcel;
    }
    assert_eq!(route.cost, cost);
    let wanted: BTreeMap<Sku, u32> = request
        .demand
        .iter()
        .filter(|(_, units)| **units > 0)
        .map(|(sku, units)| (sku.clone(), *units))
        .collect();
    assert_eq!(sent, wanted);
    assert!(route.parcels.is_sorted_by(|a, b| a.location < b.location));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nothing_is_better_than_the_exact_answer(request in any_request()) {
        let best = best_of_all(&request);
        match route(&request, &RouteSettings::default()).unwrap() {
            Routed::CannotFulfil(missing) => {
                prop_assert!(best.is_none());
                prop_assert!(!missing.short.is_empty());
            }
            Routed::Routed(route) => {
                let (parcels, cost, _, _, ids) = best.unwrap();
                check(&request, &route);
                prop_assert!(route.exact);
                let told: Vec<LocationId> = route.parcels.iter().map(|parcel| parcel.location.clone()).collect();
                prop_assert_eq!((told.len(), route.cost, &told), (parcels, cost, &ids));
                prop_assert_eq!(route.gap(), Bound::default());
            }
        }
    }

    #[test]
    fn the_gap_is_never_too_small(request in any_request(), budget in 0_u32..12) {
        if let Some((parcels, cost, ..)) = best_of_all(&request) {
            let route = routed(&request, budget);
            check(&request, &route);
            prop_assert!(usize::try_from(route.bound.parcels).unwrap() <= parcels);
            prop_assert!(route.parcels.len() >= parcels);
            if route.parcels.len() == parcels {
                prop_assert!(route.cost >= cost);
            }
            if usize::try_from(route.bound.parcels).unwrap() == parcels {
                prop_assert!(route.bound.cost <= cost);
            }
        }
    }

    #[test]
    fn the_order_of_locations_makes_no_difference(request in any_request(), turn in 0_usize..7) {
        let mut turned = request.clone();
        let count = turned.suppliers.len();
        turned.suppliers.rotate_left(turn % count);
        let settings = RouteSettings::default();
        prop_assert_eq!(route(&request, &settings), route(&turned, &settings));
    }
}

#[test]
fn who_is_late_is_left_out() {
    let at = |hour: u32| Some(format!("2026-03-20T{hour:02}:00:00Z").parse().unwrap());
    let mut asked = request(&[1], vec![supplier(0, &[1], 1), supplier(1, &[1], 9), supplier(2, &[1], 0)]);
    asked.promised = at(12);
    asked.suppliers[0].arrives = at(13);
    asked.suppliers[1].arrives = at(12);
    let answer = routed(&asked, 100);
    assert_eq!(answer.parcels[0].location.as_str(), "l001");
    asked.suppliers[1].arrives = at(14);
    let Routed::CannotFulfil(missing) = route(&asked, &RouteSettings::default()).unwrap() else { panic!() };
    assert_eq!(missing.short, BTreeMap::from([(sku(0), 1)]));
    assert_eq!(missing.late.len(), 3);
}

#[test]
fn equal_cost_goes_to_who_has_less_to_do() {
    let mut asked = request(&[1], vec![supplier(0, &[1], 5), supplier(1, &[1], 5), supplier(2, &[1], 5)]);
    asked.suppliers[0].load = 4;
    asked.suppliers[1].load = 3;
    asked.suppliers[2].load = 3;
    assert_eq!(routed(&asked, 100).parcels[0].location.as_str(), "l001");
}

#[test]
fn bad_input_is_told_or_bounded() {
    let kind = |request: &RouteRequest| route(request, &RouteSettings::default()).unwrap_err().kind();
    let one = supplier(0, &[1], 0);
    assert_eq!(kind(&request(&[1], vec![one.clone(), one.clone()])), StockErrorKind::Twice);
    let many: Vec<Supplier> = (0..=MAX_CANDIDATES).map(|at| supplier(at, &[1], 0)).collect();
    assert_eq!(kind(&request(&[1], many)), StockErrorKind::TooMany);
    assert_eq!(kind(&request(&vec![1; MAX_PRODUCTS + 1], vec![one.clone()])), StockErrorKind::TooMany);
    let dear = Supplier { handling: u64::MAX, ..supplier(0, &[9], u64::MAX) };
    assert_eq!(kind(&request(&[9], vec![dear])), StockErrorKind::Overflow);
    assert_eq!(routed(&request(&[], vec![one.clone()]), 9).parcels, []);
    assert_eq!(routed(&request(&[0], vec![one]), 0).parcels, []);
    let Routed::CannotFulfil(missing) = route(&request(&[3], Vec::new()), &RouteSettings::default()).unwrap()
    else {
        panic!()
    };
    assert_eq!(missing.short, BTreeMap::from([(sku(0), 3)]));
}

/// Every location has one of each of some products, so that very many sets are alike.
#[test]
fn a_hard_question_ends_with_a_gap() {
    let mut dice = 7_u32;
    let mut throw = || {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        dice >> 16
    };
    let suppliers: Vec<Supplier> = (0..200)
        .map(|at| {
            let stock: Vec<u32> = (0..40).map(|_| u32::from(throw() % 10 < 3)).collect();
            supplier(at, &stock, 100 + u64::from(throw() % 17))
        })
        .collect();
    let asked = request(&[9; 40], suppliers);
    let answer = routed(&asked, 50_000);
    check(&asked, &answer);
    assert!(!answer.exact && answer.steps <= 50_000);
    assert!(answer.gap().cost > 0 && answer.bound.parcels >= 9);
}

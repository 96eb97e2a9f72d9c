//! The laws of money, on random input and against naive models.
#![expect(clippy::unwrap_used, reason = "a broken law must fail the test")]

use proptest::prelude::*;
use throughline::money::{
    Currency, CurrencyUnit, Decimal, LineWithFloor, Money, Ratio, Rounding, ZeroWeights, allocate,
    allocate_with_floors,
};

const MODES: [Rounding; 5] =
    [Rounding::HalfEven, Rounding::HalfUp, Rounding::HalfDown, Rounding::Up, Rounding::Down];

fn unit(exponent: u8) -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), exponent).unwrap()
}

/// Mostly small, sometimes at the limits.
fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![-100_000_i64..100_000, any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0)]
}

fn weight() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 1_u64..10, 1_u64..100_000, any::<u64>(), Just(u64::MAX)]
}

/// A total and lines of amount and floor. Tiny ones too, where a share falls within one unit of a floor.
fn floored_lines() -> impl Strategy<Value = (u32, Vec<(u32, u32)>)> {
    let up_to = |total: u32, amount: u32| (0..total, prop::collection::vec((0..amount, 0..amount), 0..8));
    prop_oneof![up_to(30, 12), up_to(3_000, 500)]
}

/// Shares one unit at a time to whoever is furthest below the exact share.
fn allocate_naively(total: u32, weights: &[u32]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    let mut parts: Vec<i128> = weights.iter().map(|&w| i128::from(total) * i128::from(w) / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    for _ in parts.iter().sum::<i128>()..i128::from(total) {
        let missing = |index: usize| {
            i128::from(total) * i128::from(*weights.get(index).unwrap()) - *parts.get(index).unwrap() * sum
        };
        order.sort_by_key(|&index| (-missing(index), index));
        *parts.get_mut(*order.first().unwrap()).unwrap() += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap()).collect()
}

/// Fills every line that would fall under its floor, starts over with the rest, until none would.
fn floors_naively(total: u32, lines: &[(u32, u32)]) -> Vec<i64> {
    let cap = |index: usize| {
        let (amount, floor) = *lines.get(index).unwrap();
        u128::from(amount.saturating_sub(floor))
    };
    let mut parts = vec![0_i64; lines.len()];
    let mut open: Vec<usize> = (0..lines.len()).filter(|&index| lines.get(index).unwrap().0 > 0).collect();
    let mut left = u128::from(total);
    loop {
        let weights: u128 = open.iter().map(|&index| u128::from(lines.get(index).unwrap().0)).sum();
        let over: Vec<usize> = open
            .iter()
            .copied()
            .filter(|&index| left * u128::from(lines.get(index).unwrap().0) > cap(index) * weights)
            .collect();
        if over.is_empty() {
            break;
        }
        for index in over {
            *parts.get_mut(index).unwrap() = i64::try_from(cap(index)).unwrap();
            left -= cap(index);
            open.retain(|&other| other != index);
        }
    }
    if !open.is_empty() {
        let weights: Vec<u32> = open.iter().map(|&index| lines.get(index).unwrap().0).collect();
        for (index, part) in open.iter().zip(allocate_naively(u32::try_from(left).unwrap(), &weights)) {
            *parts.get_mut(*index).unwrap() = part;
        }
    }
    parts
}

/// The definition of each mode, on floors of doubled numbers.
fn divide_naively(mode: Rounding, n: i128, d: i128) -> i128 {
    let (sign, n) = (n.signum(), n.abs());
    let (floor, exact) = (n / d, n % d == 0);
    let half = (n % d) * 2;
    let up = match mode {
        Rounding::Up => !exact,
        Rounding::Down => false,
        Rounding::HalfUp => half >= d,
        Rounding::HalfDown => half > d,
        Rounding::HalfEven => half > d || (half == d && floor % 2 == 1),
    };
    sign * (floor + i128::from(up))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn allocation_is_exact_fair_and_symmetric(total in amount(), weights in prop::collection::vec(weight(), 1..40)) {
        let parts = allocate(total, &weights, ZeroWeights::Equal).unwrap();
        prop_assert_eq!(parts.iter().map(|&part| i128::from(part)).sum::<i128>(), i128::from(total));
        let all_zero = weights.iter().all(|&weight| weight == 0);
        let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
        if !all_zero {
            for (&part, &weight) in parts.iter().zip(&weights) {
                if weight == 0 {
                    prop_assert_eq!(part, 0);
                }
                // |part - total * weight / sum| < 1: the part is the exact share rounded down or up.
                let product = i128::from(total) * i128::from(weight);
                let (low, high) = (Rounding::Down.divide(product, sum).unwrap(), Rounding::Up.divide(product, sum).unwrap());
                prop_assert!(i128::from(part) == low || i128::from(part) == high);
            }
            let nothing = allocate(total, &weights, ZeroWeights::Nothing).unwrap();
            prop_assert_eq!(&nothing, &parts);
        }
        if let Some(mirrored) = total.checked_neg() {
            let mirrored = allocate(mirrored, &weights, ZeroWeights::Equal).unwrap();
            prop_assert_eq!(mirrored, parts.iter().map(|&part| part.wrapping_neg()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn allocation_agrees_with_the_naive_one(
        total in 0_u32..2_000, weights in prop::collection::vec(0_u32..50, 1..12),
    ) {
        prop_assume!(weights.iter().any(|&weight| weight > 0));
        let wide: Vec<u64> = weights.iter().map(|&weight| u64::from(weight)).collect();
        prop_assert_eq!(
            allocate(i64::from(total), &wide, ZeroWeights::Equal).unwrap(),
            allocate_naively(total, &weights)
        );
    }

    #[test]
    fn floors_agree_with_the_naive_filling((total, lines) in floored_lines()) {
        let wide: Vec<_> = lines
            .iter()
            .map(|&(amount, floor)| LineWithFloor { amount: i64::from(amount), floor: i64::from(floor) })
            .collect();
        let taken = allocate_with_floors(i64::from(total), &wide).unwrap();
        prop_assert_eq!(&taken.parts, &floors_naively(total, &lines));
        prop_assert_eq!(taken.parts.iter().sum::<i64>() + taken.left, i64::from(total));
        for (part, line) in taken.parts.iter().zip(&wide) {
            prop_assert!(*part >= 0 && (*part == 0 || line.amount - part >= line.floor));
            // Something is left only if every line is at its floor.
            prop_assert!(taken.left == 0 || line.amount - part <= line.floor.max(0) || line.amount == 0);
        }
        let mirrored = allocate_with_floors(-i64::from(total), &wide).unwrap();
        prop_assert_eq!(mirrored.left, -taken.left);
        prop_assert_eq!(mirrored.parts, taken.parts.iter().map(|part| -part).collect::<Vec<_>>());
    }

    #[test]
    fn floors_never_panic(
        total in amount(), lines in prop::collection::vec((amount(), amount()), 0..8),
    ) {
        let lines: Vec<_> = lines.into_iter().map(|(amount, floor)| LineWithFloor { amount, floor }).collect();
        if let Ok(taken) = allocate_with_floors(total, &lines) {
            let sum: i128 = taken.parts.iter().map(|&part| i128::from(part)).sum();
            prop_assert_eq!(sum + i128::from(taken.left), i128::from(total));
        }
    }

    #[test]
    fn rounding_agrees_with_its_definition(n in any::<i64>(), d in prop_oneof![1_i64..20, 1..i64::MAX]) {
        for mode in MODES {
            // Near the halves, where modes differ.
            for n in [i128::from(n), i128::from(n % 100), i128::from(n % 100) * i128::from(d) + i128::from(d) / 2] {
                prop_assert_eq!(mode.divide(n, i128::from(d)), Some(divide_naively(mode, n, i128::from(d))));
                let mirrored = mode.divide(-n, i128::from(d)).unwrap();
                prop_assert_eq!(mode.divide(n, i128::from(d)).unwrap(), -mirrored);
            }
        }
    }

    #[test]
    fn division_at_the_limits_never_panics(n in any::<i128>(), d in any::<i128>()) {
        for mode in MODES {
            prop_assert_eq!(mode.divide(n, d).is_some(), d > 0);
        }
        prop_assert_eq!(Rounding::Up.divide(i128::MIN, i128::MAX), Some(-2));
    }

    #[test]
    fn a_share_and_its_complement_differ_by_at_most_one(minor in -1_000_000_i64..1_000_000, points in 0_i32..=10_000) {
        let money = Money::new(minor, unit(2));
        for mode in MODES {
            let part = money.times_ratio(Ratio::basis_points(points), mode).unwrap().minor();
            let rest = money.times_ratio(Ratio::basis_points(10_000 - points), mode).unwrap().minor();
            prop_assert!((part + rest - minor).abs() <= 1);
        }
    }

    #[test]
    fn cash_rounding_adds_up(minor in amount(), increment in 1_i64..1_000) {
        for mode in MODES {
            if let Ok(rounded) = Money::new(minor, unit(2)).cash_round_by(increment, mode) {
                prop_assert_eq!(rounded.payable.minor() % increment, 0);
                prop_assert_eq!(rounded.payable.minor() - rounded.rounding_line.minor(), minor);
                prop_assert!(rounded.rounding_line.minor().abs() < increment);
            }
        }
    }

    #[test]
    fn text_and_json_round_trip(minor in amount(), exponent in 0_u8..=9) {
        let money = Money::new(minor, unit(exponent));
        prop_assert_eq!(Money::parse(&money.plain(), unit(exponent)).unwrap(), money);
        let json = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        let persian: String = money.plain().chars().map(|c| match c.to_digit(10) {
            Some(digit) => char::from_u32(0x6F0 + digit).unwrap(),
            None if c == '.' => '\u{066B}',
            None => c,
        }).collect();
        prop_assert_eq!(Money::parse(&persian, unit(exponent)).unwrap(), money);
    }

    #[test]
    fn a_number_reads_as_it_shows(text in r"-?[0-9]{1,20}(\.[0-9]{1,17})?(e-?[0-9])?") {
        let number = Decimal::parse(&text).unwrap();
        prop_assert_eq!(Decimal::parse(&number.to_string()).unwrap(), number);
        prop_assert_eq!(Decimal::from_json(&serde_json::to_string(&number).unwrap()).unwrap(), number);
        // What scales exactly scales the same in every mode.
        if let Ok(exact) = number.scaled(2) {
            for mode in MODES {
                prop_assert_eq!(number.rounded(2, mode).unwrap(), exact);
            }
        }
    }

    #[test]
    fn any_text_is_a_number_or_an_error(text in r"[-+.0-9eE٫٬۰-۹٠-٩ \PC]{0,40}") {
        if let Ok(number) = Decimal::parse(&text) {
            prop_assert_eq!(Decimal::parse(&number.to_string()).unwrap(), number);
            for mode in MODES {
                let _ = number.rounded(9, mode);
            }
        }
        let _ = Decimal::from_json(&text);
        let _ = Currency::parse(&text);
    }

    #[test]
    fn sums_do_not_depend_on_order(amounts in prop::collection::vec(amount(), 0..20)) {
        let sum = |list: &[i64]| Money::sum(unit(2), list.iter().map(|&minor| Money::new(minor, unit(2))));
        let mut reversed = amounts.clone();
        reversed.reverse();
        let mut sorted = amounts.clone();
        sorted.sort_unstable();
        prop_assert_eq!(sum(&amounts), sum(&reversed));
        prop_assert_eq!(sum(&amounts), sum(&sorted));
    }

    #[test]
    fn taking_away_undoes_adding(a in amount(), b in amount()) {
        let (a, b) = (Money::new(a, unit(2)), Money::new(b, unit(2)));
        if let Ok(sum) = a.plus(b) {
            prop_assert_eq!(sum.minus(b).unwrap(), a);
            prop_assert_eq!(b.plus(a).unwrap(), sum);
        }
        prop_assert_eq!(a.compare(b).unwrap(), b.compare(a).unwrap().reverse());
    }
}

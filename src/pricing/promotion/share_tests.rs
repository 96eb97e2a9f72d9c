use proptest::prelude::*;

use super::super::{PromotionRules, RoundOn};
use super::*;
use crate::money::{ZeroWeights, allocate};

const MODES: [Rounding; 5] =
    [Rounding::HalfEven, Rounding::HalfUp, Rounding::HalfDown, Rounding::Up, Rounding::Down];

fn any_amount() -> impl Strategy<Value = i64> {
    prop_oneof![0..2_000_i64, 0..=i64::MAX / 8]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_share_is_that_of_money(amount in any_amount(), a in 1..=i64::MAX, b in 1..=i64::MAX, mode in 0..5_usize) {
        let share = Ratio::new(a.min(b), a.max(b)).unwrap();
        let rules = PromotionRules { rounding: MODES[mode], ..PromotionRules::default() };
        let exact = |amount: i64, numerator: i64| {
            let product = i128::from(amount) * i128::from(numerator);
            i64::try_from(rules.rounding.divide(product, i128::from(share.denominator())).unwrap()).unwrap()
        };
        prop_assert_eq!(share_off(amount, share, &rules), exact(amount, share.numerator()));
        let on_price = PromotionRules { round_on: RoundOn::Price, ..rules.clone() };
        let left = exact(amount, share.denominator() - share.numerator());
        prop_assert_eq!(share_off(amount, share, &on_price), amount - left);
    }

    #[test]
    fn spreading_is_that_of_money(
        lines in proptest::collection::vec((any_amount(), any_amount()), 1..8), total in any_amount(), roomy in any::<bool>(),
    ) {
        let lines: Vec<(i64, i64)> = lines.iter().map(|&(a, b)| (a / 8, if roomy { a / 8 } else { (b / 8).min(a / 8) })).collect();
        let sum: i64 = lines.iter().map(|line| line.0).sum();
        let total = total.min(sum);
        let bearers: Vec<Bearer> = lines
            .iter()
            .enumerate()
            .map(|(line, &(weight, room))| Bearer { line, weight, room })
            .collect();
        let mut parts = Vec::new();
        let left = Spreader::default().spread(total, &bearers, &mut parts);
        let mut found = vec![0; lines.len()];
        parts.iter().for_each(|&(line, part)| found[line] = part);
        let floors: Vec<LineWithFloor> =
            lines.iter().map(|&(amount, room)| LineWithFloor { amount, floor: amount - room }).collect();
        let expected = allocate_with_floors(total, &floors).unwrap();
        prop_assert_eq!((&found, left), (&expected.parts, expected.left));
        if roomy && total > 0 {
            let weights: Vec<u64> = lines.iter().map(|line| line.0.unsigned_abs()).collect();
            prop_assert_eq!(found, allocate(total, &weights, ZeroWeights::Equal).unwrap());
        }
    }

    #[test]
    fn units_of_a_line_differ_by_one_and_add_up(amount in any_amount(), units in 1..30_u64) {
        let parts: Vec<i64> = (0..units).map(|one| amount_of(amount, units, one + 1) - amount_of(amount, units, one)).collect();
        prop_assert_eq!(parts.iter().sum::<i64>(), amount);
        prop_assert!(parts.iter().max().unwrap() - parts.iter().min().unwrap() <= 1);
        prop_assert!(parts.windows(2).all(|pair| pair[0] >= pair[1]));
    }
}

use proptest::prelude::*;

use super::*;
use crate::money::{Currency, CurrencyUnit};

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn day(day: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
    start + TimeDelta::days(day)
}

fn step((at, sequence, price, original): (i64, u64, i64, Option<i64>)) -> PriceStep {
    let money = |minor| Money::new(minor, euro());
    PriceStep { at: day(at), sequence, price: money(price), original: original.map(money) }
}

fn minor(history: &PriceHistory, now: i64, rules: &PriorPriceRules) -> Option<i64> {
    history.prior(day(now), rules).prior.map(Money::minor)
}

#[test]
fn national_options_change_what_counts() {
    let steps =
        [(0, 0, 3_000, None), (40, 0, 3_700, None), (70, 0, 3_000, Some(3_700)), (84, 0, 2_100, Some(3_700))];
    let history = PriceHistory::new(steps.map(step)).unwrap();
    let directive = PriorPriceRules::directive();
    assert_eq!(minor(&history, 84, &directive), Some(3_000));
    // The days before the first step began with the 3,000 that ended on the day they begin.
    let progressive = PriorPriceRules { progressive_max_days: Some(60), ..directive };
    assert_eq!(minor(&history, 84, &progressive), Some(3_000));
    let shorter = PriorPriceRules { days: 20, ..progressive };
    assert_eq!(minor(&history, 84, &shorter), Some(3_700));
    // Too long for one campaign.
    assert_eq!(
        minor(&history, 84, &PriorPriceRules { progressive_max_days: Some(13), ..shorter }),
        Some(3_000)
    );
    assert_eq!(minor(&history, 84, &PriorPriceRules { exempt: true, ..directive }), None);
    assert_eq!(history.prior(day(69), &directive).reasons[0].rule, "no_reduction");

    let fresh = PriceHistory::new([(0, 0, 500, None), (10, 0, 900, None), (20, 0, 700, Some(900))].map(step))
        .unwrap();
    assert_eq!(minor(&fresh, 20, &directive), Some(500));
    assert_eq!(minor(&fresh, 20, &PriorPriceRules { new_goods_days: Some(7), ..directive }), Some(900));
    let percent =
        fresh.prior(day(20), &PriorPriceRules { new_goods_days: Some(7), ..directive }).percent_off();
    assert_eq!((percent, fresh.prior(day(20), &directive).percent_off()), (Some(22), None));
}

#[test]
fn two_currencies_are_no_history() {
    let mut history = PriceHistory::new([step((0, 0, 1, None))]).unwrap();
    let rial = CurrencyUnit::new(Currency::parse("IRR").unwrap(), 0).unwrap();
    assert!(history.record(PriceStep { price: Money::new(1, rial), ..step((1, 0, 1, None)) }).is_err());
    assert!(
        history.record(PriceStep { original: Some(Money::new(1, rial)), ..step((1, 0, 1, None)) }).is_err()
    );
    let json = serde_json::to_string(&history).unwrap();
    assert_eq!(serde_json::from_str::<PriceHistory>(&json).unwrap(), history);
}

/// The definition: every instant of the days before, one by one.
fn naive(steps: &[PriceStep], start: usize, days: i64) -> Option<i64> {
    let from = steps[start].at - TimeDelta::days(days);
    let before = &steps[..start];
    let in_force_before = before.iter().rposition(|step| step.at < from).unwrap_or(0);
    before[in_force_before..].iter().map(|step| step.price.minor()).min()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn order_of_arrival_and_pruning_change_no_answer(
        steps in proptest::collection::vec((0_i64..200, 0_u64..3, 1_i64..50, proptest::option::of(1_i64..50)), 1..25),
        days in 1_u32..60,
        progressive in proptest::option::of(0_u32..90),
        new_goods in proptest::option::of(0_u32..30),
        prunes in proptest::collection::vec(0_i64..200, 0..4),
        later in 0_i64..60,
    ) {
        let rules = PriorPriceRules { days, new_goods_days: new_goods, progressive_max_days: progressive, exempt: false };
        let whole = PriceHistory::new(steps.iter().copied().map(step)).unwrap();
        let backwards = PriceHistory::new(steps.iter().rev().copied().map(step)).unwrap();
        prop_assert_eq!(&whole, &backwards);
        let mut pruned = PriceHistory::default();
        let (mut prunes, mut now) = (prunes, 0);
        prunes.sort_unstable();
        let mut arriving = whole.steps().to_vec().into_iter().peekable();
        for at in prunes {
            while let Some(next) = arriving.next_if(|next| next.at <= day(at)) {
                pruned.record(next).unwrap();
            }
            pruned.prune(day(at), &rules);
            now = at;
            prop_assert_eq!(pruned.prior(day(now), &rules), whole.prior(day(now), &rules));
        }
        for next in arriving {
            pruned.record(next).unwrap();
        }
        for now in [now, now + later, 300] {
            prop_assert_eq!(pruned.prior(day(now), &rules), whole.prior(day(now), &rules));
        }
        let last = whole.steps().len() - 1;
        if progressive.is_none() && new_goods.is_none() && whole.steps()[last].is_reduction() {
            prop_assert_eq!(minor(&whole, 300, &rules), naive(whole.steps(), last, days.into()));
        }
    }
}

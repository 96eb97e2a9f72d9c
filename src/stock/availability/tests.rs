use super::super::{LocationId, Method, Place, StockErrorKind};
use super::*;
use crate::cart::Sku;
use crate::channel::Channel;
use crate::time::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

fn day(day: u32) -> DateTime<Utc> {
    format!("2026-03-{day:02}T09:00:00Z").parse().unwrap()
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).unwrap()
}

fn location(text: &str) -> LocationId {
    LocationId::parse(text).unwrap()
}

#[test]
fn the_raw_number_is_kept_and_never_told() {
    let level = Level { on_hand: 2, reserved: 3, ..Level::default() };
    let available = level.available(4, day(1));
    assert_eq!((available.units, available.raw), (0, -5));
    assert!(available.limits.contains(Limit::Oversold) && available.limits.contains(Limit::Safety));
    let all = Level {
        on_hand: u32::MAX,
        supply: vec![Dated { at: day(1), units: u32::MAX }; MAX_DATED],
        ..Level::default()
    };
    assert_eq!(all.available(0, day(1)).units, u32::MAX);
    let none = Level { on_hand: 9, participates: false, ..Level::default() };
    assert_eq!(none.available(0, day(1)).units, 0);
    assert!(none.available(0, day(1)).limits.contains(Limit::NotParticipating));
}

#[test]
fn dated_entries_count_from_their_instant_on() {
    let level = Level {
        on_hand: 1,
        supply: vec![Dated { at: day(5), units: 4 }],
        demand: vec![Dated { at: day(7), units: 3 }],
        ..Level::default()
    };
    let units = |at| level.available(0, at).units;
    assert_eq!([units(day(5) - TimeDelta::seconds(1)), units(day(5)), units(day(7))], [1, 5, 2]);
    // Three are there on the fifth, and gone on the seventh.
    assert_eq!(level.promised_for(2, 0, day(1)), Some(day(5)));
    assert_eq!(level.promised_for(3, 0, day(1)), None);
    let preorder = Level {
        beyond: Some(Beyond { kind: BeyondKind::Preorder, cap: 9, not_before: Some(day(9)) }),
        ..level
    };
    assert_eq!(preorder.promised_for(2, 0, day(1)), Some(day(9)));
    assert_eq!(preorder.permitted_beyond(), 4);
}

#[test]
fn the_most_specific_safety_decides_alone() {
    let rule = |at: Option<&str>, method: Option<&str>, keep| SafetyRule {
        sku: sku("a"),
        location: at.map(location),
        method: method.map(|method| Method::parse(method).unwrap()),
        keep,
    };
    let rules = SafetyRules::new([
        rule(None, None, Safety::Units(5)),
        rule(Some("s"), None, Safety::Share(2_500)),
        rule(Some("t"), Some("ship"), Safety::Units(0)),
    ])
    .unwrap();
    let ship = Method::parse("ship").unwrap();
    let keep = |at: &str, method| rules.keep(&sku("a"), &location(at), method);
    assert_eq!(keep("s", Some(&ship)).units(7), 2);
    assert_eq!(keep("t", Some(&ship)).units(7), 0);
    assert_eq!(keep("t", None).units(7), 5);
    assert_eq!(rules.keep(&sku("b"), &location("s"), None).units(7), 0);
    let written = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<SafetyRules>(&written).unwrap(), rules);
    for (wrong, kind) in [
        (vec![rule(None, None, Safety::Share(10_001))], StockErrorKind::InvalidShare),
        (vec![rule(None, Some("ship"), Safety::Units(1))], StockErrorKind::InvalidSetting),
        (vec![rule(Some("s"), None, Safety::Units(1)); 2], StockErrorKind::Twice),
    ] {
        assert_eq!(SafetyRules::new(wrong).unwrap_err().kind(), kind);
    }
}

#[test]
fn channels_see_one_pool() {
    let rules: ChannelRules = serde_json::from_str(
        r#"{"till": {"reserve": 2}, "app": {"reserve": 1}, "marketplace": {"share": 3333}}"#,
    )
    .unwrap();
    let pool = |on_hand| Level { on_hand, ..Level::default() }.available(0, day(1));
    let seen = |on_hand, channel| rules.view(pool(on_hand), Some(&channel)).units;
    assert_eq!(seen(10, Channel::Till), 9);
    assert_eq!(seen(10, Channel::App), 8);
    assert_eq!(seen(10, Channel::Web), 7);
    assert_eq!(seen(10, Channel::Marketplace), 3);
    assert_eq!(seen(2, Channel::Web), 0);
    assert!(rules.view(pool(10), Some(&Channel::Web)).limits.contains(Limit::Channel));
    assert!(serde_json::from_str::<ChannelRules>(r#"{"till": {"share": 10001}}"#).is_err());
}

#[test]
fn what_is_wrong_with_an_assortment_is_told() {
    let place = Place::new(location("s"), sku("a"));
    let build = |levels: Vec<(Place, Level)>| {
        Assortment::new(levels, &SafetyRules::default(), None, &Network::default()).map(drop)
    };
    assert_eq!(
        build(vec![(place.clone(), Level::default()), (place.clone(), Level::default())]).unwrap_err().kind(),
        StockErrorKind::Twice
    );
    let long = Level { supply: vec![Dated { at: day(1), units: 1 }; MAX_DATED + 1], ..Level::default() };
    assert_eq!(build(vec![(place, long)]).unwrap_err().kind(), StockErrorKind::TooMany);
    assert_eq!(build(Vec::new()), Ok(()));
    let empty = Assortment::new([], &SafetyRules::default(), None, &Network::default()).unwrap();
    assert!(empty.view(&ChannelRules::default(), None, day(1)).total(&sku("a")).is_none());
}

fn any_level() -> impl Strategy<Value = Level> {
    let dated = || prop::collection::vec((1_u32..20, 0_u32..9), 0..3);
    (
        (0_u32..20, 0_u32..9, 0_u32..9, 0_u32..4),
        (0_u32..4, any::<bool>(), prop::option::of(0_u32..20)),
        dated(),
        dated(),
    )
        .prop_map(
            |((on_hand, reserved, allocated, damaged), (queued, participates, sure), supply, demand)| {
                let dated = |entries: Vec<(u32, u32)>| {
                    entries.into_iter().map(|(at, units)| Dated { at: day(at), units }).collect()
                };
                Level {
                    on_hand,
                    reserved,
                    allocated,
                    damaged,
                    queued,
                    sure,
                    participates,
                    supply: dated(supply),
                    demand: dated(demand),
                    ..Level::default()
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn an_assortment_says_what_its_levels_say(
        levels in prop::collection::btree_map((0_u32..4, 0_u32..3), any_level(), 0..10),
        keep in 0_u32..4, threshold in 0_u32..5, at in 1_u32..20, till: bool,
    ) {
        let rules: ChannelRules = serde_json::from_str(r#"{"till": {"reserve": 1}, "web": {"share": 7000}}"#).unwrap();
        let channel = if till { Channel::Till } else { Channel::Web };
        let place = |(at, of): &(u32, u32)| Place::new(location(&format!("l{at}")), sku(&format!("s{of}")));
        let safety = SafetyRules::new([SafetyRule {
            sku: sku("s0"), location: None, method: None, keep: Safety::Units(keep),
        }]).unwrap();
        let network = Network { threshold, ..Network::default() };
        let assortment = Assortment::new(
            levels.iter().map(|(at, level)| (place(at), level.clone())), &safety, None, &network,
        ).unwrap();
        let view = assortment.view(&rules, Some(&channel), day(at));
        let mut sums = std::collections::BTreeMap::<Sku, i64>::new();
        for (where_, level) in &levels {
            let place = place(where_);
            let kept = safety.keep(&place.sku, &place.location, None).units(level.on_hand);
            let expected = rules.view(level.available(kept, day(at)), Some(&channel));
            prop_assert_eq!(view.at(&place.sku, &place.location), Some(expected));
            *sums.entry(place.sku).or_default() += i64::from(expected.units);
        }
        for (sku, sum) in sums {
            prop_assert_eq!(view.total(&sku).unwrap().raw, sum - i64::from(threshold));
            let listed: u32 = view.by_location(&sku).map(|(_, there)| there.units).sum();
            prop_assert_eq!(i64::from(listed), sum);
        }
    }

    #[test]
    fn an_estimate_never_grows_with_age_rate_or_failures(
        units in 0_u32..3_000, hours in 0_i64..500, rate in 0_u32..20_000, picks in 0_u32..200, not_found in 0_u32..200,
    ) {
        let rules = ConfidenceRules::retail();
        let count = Count { leaves_per_day_milli: rate, picks, not_found: not_found.min(picks), ..Count::new(units, day(1)) };
        let at = day(1) + TimeDelta::hours(hours);
        let now = count.estimate(at, &rules);
        prop_assert!(now.sure <= units);
        prop_assert_eq!(now.sure + now.left + now.not_found, units);
        prop_assert!(count.estimate(at + TimeDelta::hours(1), &rules).sure <= now.sure);
        let faster = Count { leaves_per_day_milli: rate + 500, ..count.clone() };
        prop_assert!(faster.estimate(at, &rules).sure <= now.sure);
        let worse = Count { picks: picks + 1, not_found: count.not_found + 1, ..count.clone() };
        prop_assert!(worse.estimate(at, &rules).sure <= now.sure);
        let more = Count { units: units + 1, ..count.clone() };
        prop_assert!(more.estimate(at, &rules).sure >= now.sure);
        let surer = ConfidenceRules { sure: 9_900, ..rules };
        prop_assert!(count.estimate(at, &surer).sure <= now.sure);
    }
}

/// Against tables of the two distributions, summed up with other arithmetic.
#[test]
fn quantiles_are_those_of_the_distributions() {
    // Poisson: the smallest q with P(X <= q) >= .95, from any table.
    let rules =
        ConfidenceRules { assumed_found: 1_000_000, assumed_not_found: 1, ..ConfidenceRules::retail() };
    for (mean, quantile) in [(1, 3), (2, 5), (3, 6), (5, 9), (10, 15), (20, 28), (100, 117)] {
        let count = Count { leaves_per_day_milli: mean * 1_000, ..Count::new(1_000, day(1)) };
        assert_eq!(count.estimate(day(2), &rules).left, quantile, "mean {mean}");
    }
    // Beta-binomial with yes = no = 1 is uniform on 0..=n: fewer than k come out with k / (n + 1).
    let flat = ConfidenceRules { assumed_found: 1, assumed_not_found: 1, ..ConfidenceRules::retail() };
    for n in [1, 9, 19, 39, 99, 1_999] {
        let found = Count::new(n, day(1)).estimate(day(1), &flat).sure;
        assert_eq!(found, (n + 1) / 10, "{n}");
    }
}

#[test]
fn a_clock_that_jumps_back_gives_a_count_no_age() {
    let rules = ConfidenceRules::retail();
    let count = Count { leaves_per_day_milli: 5_000, ..Count::new(10, day(9)) };
    assert_eq!(count.estimate(day(1), &rules), count.estimate(day(9), &rules));
    let late = count.estimate(DateTime::<Utc>::MAX_UTC, &rules);
    assert_eq!(late.sure, 0);
    let huge = Count { leaves_per_day_milli: u32::MAX, ..Count::new(u32::MAX, DateTime::<Utc>::MIN_UTC) };
    assert_eq!(huge.estimate(DateTime::<Utc>::MAX_UTC, &rules).sure, 0);
    assert!(ConfidenceRules { sure: 10_000, ..rules }.validate().is_err());
    rules.validate().unwrap();
}

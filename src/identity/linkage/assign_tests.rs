use proptest::prelude::*;

use super::super::assign_matching::EXACT_CELLS;
use super::*;

const RECORDS: u32 = 9;

fn pairs() -> impl Strategy<Value = Vec<WeighedPair>> {
    prop::collection::vec((0..RECORDS, 0..RECORDS, -2..8_i8), 0..24)
        .prop_map(|pairs| pairs.into_iter().map(|(a, b, weight)| (a, b, f64::from(weight))).collect())
}

/// Each pair once, with its largest weight.
fn distinct(pairs: &[WeighedPair]) -> Vec<WeighedPair> {
    let mut all = pairs.to_vec();
    for pair in &mut all {
        *pair = (pair.0.min(pair.1), pair.0.max(pair.1), pair.2);
    }
    all.sort_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(y.2.total_cmp(&x.2)));
    all.dedup_by_key(|pair| (pair.0, pair.1));
    all.retain(|pair| pair.0 != pair.1);
    all
}

/// The most that links, each record in at most one, can weigh.
fn best(links: &[WeighedPair], taken: &mut Vec<u32>) -> f64 {
    let Some(((a, b, weight), rest)) = links.split_first() else { return 0.0 };
    let without = best(rest, taken);
    if taken.contains(a) || taken.contains(b) {
        return without;
    }
    taken.extend([*a, *b]);
    let with = weight + best(rest, taken);
    taken.truncate(taken.len() - 2);
    with.max(without)
}

/// Round by round, as the method is told: clusters whose heaviest allowed links are to each other become one.
fn rounds(pairs: &[WeighedPair], sources: &[u32], free: &[u32], threshold: f64) -> Vec<u32> {
    let mut label: Vec<u32> = (0..RECORDS).collect();
    loop {
        let holds = |cluster: u32| -> Vec<u32> {
            let rows = (0..RECORDS as usize).filter(|row| label[*row] == cluster);
            rows.map(|row| sources[row]).filter(|source| free.contains(source)).collect()
        };
        let allowed: Vec<(u32, u32, WeighedPair)> = pairs
            .iter()
            .filter(|pair| pair.2 >= threshold)
            .map(|pair| (label[pair.0 as usize], label[pair.1 as usize], *pair))
            .filter(|(a, b, _)| a != b && !holds(*a).iter().any(|source| holds(*b).contains(source)))
            .collect();
        let heaviest = |cluster: u32| {
            let own = allowed.iter().filter(|(a, b, _)| *a == cluster || *b == cluster);
            own.map(|(_, _, pair)| *pair).min_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))))
        };
        let Some((a, b, _)) =
            allowed.iter().find(|(a, b, pair)| heaviest(*a) == Some(*pair) && heaviest(*b) == Some(*pair))
        else {
            return label;
        };
        let (low, high) = (*a.min(b), *a.max(b));
        label.iter_mut().filter(|label| **label == high).for_each(|label| *label = low);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn components_are_what_can_be_reached(pairs in pairs(), threshold in -1..6_i8) {
        let threshold = f64::from(threshold);
        let found = connected_components(RECORDS as usize, &pairs, threshold).unwrap();
        let mut label: Vec<u32> = (0..RECORDS).collect();
        for _ in 0..RECORDS {
            for (a, b, _) in pairs.iter().filter(|pair| pair.2 >= threshold) {
                let low = label[*a as usize].min(label[*b as usize]);
                label[*a as usize] = low;
                label[*b as usize] = low;
            }
        }
        prop_assert_eq!(found, label);
    }

    #[test]
    fn best_links_are_those_found_round_by_round(
        pairs in pairs(),
        sources in prop::collection::vec(0..4_u32, RECORDS as usize),
        free in prop::collection::vec(0..4_u32, 0..4),
    ) {
        let found = single_best_link(&pairs, &sources, &free, 0.0, Ties::LowestRow).unwrap();
        prop_assert_eq!(found, rounds(&distinct(&pairs), &sources, &free, 0.0));
    }

    #[test]
    fn no_cluster_holds_a_source_twice_and_order_changes_nothing(
        pairs in pairs(),
        sources in prop::collection::vec(0..4_u32, RECORDS as usize),
        free in prop::collection::vec(0..4_u32, 0..4),
        ties in prop::sample::select(vec![Ties::Drop, Ties::LowestRow]),
    ) {
        let found = single_best_link(&pairs, &sources, &free, 0.0, ties).unwrap();
        for a in 0..RECORDS as usize {
            for b in 0..a {
                let twice = sources[a] == sources[b] && free.contains(&sources[a]);
                prop_assert!(!(twice && found[a] == found[b]));
            }
        }
        let turned: Vec<WeighedPair> = pairs.iter().rev().map(|(a, b, weight)| (*b, *a, *weight)).collect();
        prop_assert_eq!(&found, &single_best_link(&turned, &sources, &free, 0.0, ties).unwrap());
        let sides: Vec<u32> = sources.iter().map(|source| source % 2).collect();
        prop_assert_eq!(one_to_one(&pairs, &sides, 0.0).unwrap(), one_to_one(&turned, &sides, 0.0).unwrap());
    }

    #[test]
    fn without_ties_both_ways_of_deciding_them_agree(
        pairs in pairs(),
        sources in prop::collection::vec(0..4_u32, RECORDS as usize),
        free in prop::collection::vec(0..4_u32, 0..4),
    ) {
        let pairs: Vec<WeighedPair> =
            (0_u32..).zip(distinct(&pairs)).map(|(at, (a, b, weight))| (a, b, weight + f64::from(at) / 64.0)).collect();
        let of = |ties| single_best_link(&pairs, &sources, &free, 0.0, ties).unwrap();
        prop_assert!(of(Ties::Drop) == of(Ties::LowestRow));
    }

    #[test]
    fn no_one_to_one_links_weigh_more(
        pairs in pairs(),
        sides in prop::collection::vec(0..2_u32, RECORDS as usize),
        threshold in -3..4_i8,
    ) {
        let threshold = f64::from(threshold);
        let found = one_to_one(&pairs, &sides, threshold).unwrap();
        prop_assert_eq!((found.approximate_groups, found.approximate_records), (0, 0));
        let links: Vec<WeighedPair> = distinct(&pairs)
            .into_iter()
            .filter(|(a, b, weight)| *weight >= threshold && sides[*a as usize] != sides[*b as usize])
            .collect();
        let mut rows: Vec<u32> = found.pairs.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
        rows.sort_unstable();
        let all = rows.len();
        rows.dedup();
        prop_assert_eq!(rows.len(), all);
        prop_assert!(found.pairs.iter().all(|pair| links.contains(pair)));
        let above: Vec<WeighedPair> = links.iter().map(|(a, b, weight)| (*a, *b, weight - threshold)).collect();
        let sum: f64 = found.pairs.iter().map(|pair| pair.2 - threshold).sum();
        prop_assert!((sum - best(&above, &mut Vec::new())).abs() < 1e-9);
        // None is left that could still be followed.
        prop_assert!(links.iter().all(|(a, b, _)| rows.contains(a) || rows.contains(b)));
    }
}

#[test]
fn ties_are_dropped_with_what_is_weaker_at_that_source() {
    // Row 0 is of source 0; 1, 2 and 3 of source 1; 4 of source 2. Each holds nobody twice.
    let sources = [0, 1, 1, 1, 2];
    let pairs = [(0, 1, 9.0), (0, 2, 9.0), (0, 3, 5.0), (0, 4, 4.0)];
    let of = |ties| single_best_link(&pairs, &sources, &[0, 1, 2], 0.0, ties).unwrap();
    assert_eq!(of(Ties::Drop), [0, 1, 2, 3, 0]);
    assert_eq!(of(Ties::LowestRow), [0, 0, 2, 3, 0]);
    // Links of one weight that do not exclude each other are no tie.
    let together = [(0, 1, 9.0), (1, 4, 9.0), (0, 4, 9.0)];
    assert_eq!(single_best_link(&together, &sources, &[0, 1, 2], 0.0, Ties::Drop).unwrap(), [0, 0, 2, 3, 0]);
    // Without sources that hold nobody twice the clusters are the connected components.
    assert_eq!(single_best_link(&pairs, &sources, &[], 5.0, Ties::Drop).unwrap(), [0, 0, 0, 0, 4]);
}

#[test]
fn what_does_not_fit_is_an_error() {
    assert_eq!(connected_components(2, &[(0, 2, 1.0)], 0.0), Err(AssignError::UnknownRow));
    assert_eq!(connected_components(2, &[(0, 1, f64::NAN)], 0.0), Err(AssignError::Weight));
    assert_eq!(single_best_link(&[(0, 9, 1.0)], &[0], &[], 0.0, Ties::Drop), Err(AssignError::UnknownRow));
    let three = [(0, 1, 1.0), (1, 2, 1.0)];
    assert_eq!(one_to_one(&three, &[0, 1, 2], 0.0), Err(AssignError::ThreeSources));
    assert_eq!(one_to_one(&[], &[], 0.0).unwrap().pairs, []);
}

#[test]
fn infinite_weights_are_weights() {
    let pairs = [(0, 2, f64::INFINITY), (1, 2, 3.0), (1, 3, f64::NEG_INFINITY), (0, 3, 1.0)];
    let found = one_to_one(&pairs, &[0, 0, 1, 1], 0.0).unwrap();
    assert_eq!(found.pairs, [(0, 2, f64::INFINITY)]);
    let found = one_to_one(&pairs, &[0, 0, 1, 1], f64::NEG_INFINITY).unwrap();
    assert_eq!(found.pairs, [(0, 2, f64::INFINITY), (1, 3, f64::NEG_INFINITY)]);
}

#[test]
fn groups_beyond_the_limit_are_told() {
    // A path through 520 records of either side, each link a bit lighter than the one before.
    let half = 520_u32;
    let sources: Vec<u32> = (0..2 * half).map(|row| row % 2).collect();
    let pairs: Vec<WeighedPair> =
        (0..2 * half - 1).map(|row| (row, row + 1, 1000.0 - f64::from(row) / 8.0)).collect();
    assert!(half as usize * half as usize > EXACT_CELLS);
    let found = one_to_one(&pairs, &sources, 0.0).unwrap();
    assert_eq!((found.approximate_groups, found.approximate_records), (1, 2 * half));
    assert_eq!(found.pairs.len(), half as usize);
    // One record less on either side and it is exact, with three links that no greedy choice would take.
    let small: Vec<WeighedPair> = [(0, 1, 2.0), (1, 2, 3.0), (2, 3, 2.0)].into();
    let found = one_to_one(&small, &sources, 0.0).unwrap();
    assert_eq!(found.pairs, [(0, 1, 2.0), (2, 3, 2.0)]);
}

//! The laws of linking many records: order, threads and neighbours change nothing, and one pair at a time gives the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a failure")]

mod linkage_support;

use std::collections::{BTreeMap, BTreeSet};

use linkage_support::{FIELDS, Row, candidates, clusters, dataset, field, linked, numbers, order, world};
use proptest::prelude::*;
use throughline::identity::linkage::{
    BlockingRule, BlockingSettings, Candidates, Dataset, KeyForm, KeyPart, LinkSettings, Model, Scorer,
    Training, TrainingSettings,
};

/// Weighs every pair of rows, whether a rule finds it or not.
fn all_weights(candidates: &Candidates, model: &Model, rows: u32) -> BTreeMap<(u32, u32), f64> {
    let settings = LinkSettings { threshold_bits: f64::NEG_INFINITY, weigh_all_within: u32::MAX };
    let chain: Vec<(u32, u32)> = (1..rows).map(|row| (row - 1, row)).collect();
    let links = candidates.link(model, &settings, &chain, &()).unwrap();
    links.pairs.into_iter().map(|(left, right, weight)| ((left, right), weight)).collect()
}

/// The candidate pairs with the weights of the patterns that were counted.
fn candidate_weights(candidates: &Candidates, model: &Model) -> BTreeMap<(u32, u32), f64> {
    let settings = LinkSettings { threshold_bits: f64::NEG_INFINITY, weigh_all_within: 0 };
    let links = candidates.link(model, &settings, &[], &()).unwrap();
    links.pairs.into_iter().map(|(left, right, weight)| ((left, right), weight)).collect()
}

/// Whether a value is long enough that it is not met by chance, in the digits of a probability for example.
fn tells(value: &str) -> bool {
    value.chars().count() > if value.chars().any(char::is_alphabetic) { 3 } else { 7 }
}

fn with_blocking(blocking: Vec<BlockingRule>) -> Model {
    Model { blocking, ..Model::person() }
}

fn rule(parts: &[(&str, KeyForm)], split: &[(&str, KeyForm)], max_block: u32) -> BlockingRule {
    let all = |parts: &[(&str, KeyForm)]| {
        parts.iter().map(|(column, form)| KeyPart::new(column, *form)).collect::<Vec<_>>()
    };
    BlockingRule { parts: all(parts), split: all(split), max_block }
}

/// The pairs that rules find, by definition: all records of a block that is small enough, and of one that is not those
/// that share a block of a split that is.
fn naive(scorer: &Scorer<'_>, rows: &[Row]) -> (BTreeSet<(u32, u32)>, Vec<u64>) {
    let mut blocks: BTreeMap<(u16, Option<u16>, u64), Vec<u32>> = BTreeMap::new();
    let mut own: BTreeMap<(u32, u16), u64> = BTreeMap::new();
    for (row, record) in (0..).zip(rows) {
        for block in scorer.block_keys(&scorer.prepare(&|name| field(record, name))) {
            blocks.entry((block.rule, block.split, block.key)).or_default().push(row);
            if block.split.is_none() {
                own.insert((row, block.rule), block.key);
            }
        }
    }
    let max_block = |rule: u16| scorer.model().blocking[usize::from(rule)].max_block as usize;
    let mut pairs = BTreeSet::new();
    let mut left_out: Vec<u64> = vec![0; scorer.model().blocking.len()];
    for ((rule, split, _), members) in &blocks {
        let large = |row: u32| blocks[&(*rule, None, own[&(row, *rule)])].len() > max_block(*rule);
        if members.len() > max_block(*rule) || (split.is_some() && !large(members[0])) {
            continue;
        }
        for (at, left) in members.iter().enumerate() {
            pairs.extend(members[at + 1..].iter().map(|right| (*left, *right)));
        }
    }
    // A record is left out by a rule whose block of it is too large, unless a split puts it into one that is not.
    for ((row, rule), key) in &own {
        if blocks[&(*rule, None, *key)].len() <= max_block(*rule) {
            continue;
        }
        let compared = blocks.iter().any(|((other, split, _), members)| {
            other == rule && split.is_some() && members.len() <= max_block(*rule) && members.contains(row)
        });
        left_out[usize::from(*rule)] += u64::from(!compared);
    }
    (pairs, left_out)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_rows_changes_nothing(rows in world(2..45), seed in any::<u64>()) {
        let order = order(rows.len(), seed);
        let one = linked(&dataset(&rows));
        let other = linked(&dataset(order.iter().map(|row| &rows[*row])));
        let names: Vec<u32> = order.iter().map(|row| u32::try_from(*row).unwrap()).collect();
        match (one, other) {
            (Ok((training, links)), Ok((other, others))) => {
                prop_assert_eq!(&training.model, &other.model);
                prop_assert_eq!(training.iterations, other.iterations);
                prop_assert_eq!(&links.histogram, &others.histogram);
                prop_assert_eq!(links.links, others.links);
                let votes: BTreeMap<(u32, u32), u64> =
                    links.pairs.iter().map(|(a, b, vote)| ((*a, *b), vote.to_bits())).collect();
                let renamed: BTreeMap<(u32, u32), u64> = others
                    .pairs
                    .iter()
                    .map(|(a, b, vote)| {
                        let (a, b) = (names[*a as usize], names[*b as usize]);
                        ((a.min(b), a.max(b)), vote.to_bits())
                    })
                    .collect();
                prop_assert_eq!(votes, renamed);
                prop_assert_eq!(clusters(&numbers(rows.len()), &links), clusters(&names, &others));
            }
            (one, other) => {
                prop_assert_eq!(one.map(|_| ()).unwrap_err(), other.map(|_| ()).unwrap_err());
            }
        }
    }

    #[test]
    fn what_training_finds_is_a_model(rows in world(2..8)) {
        let training = candidates(&dataset(&rows)).train(&TrainingSettings::default(), &());
        let Ok(Training { model, .. }) = training else { return Ok(()) };
        prop_assert!(Scorer::new(&model).is_ok());
        // However alike the records are, two of them may be strangers'.
        prop_assert!(model.prior + model.household_prior < 0.9 + 1e-9);
    }

    #[test]
    fn the_order_of_the_rows_does_not_change_what_is_drawn(
        rows in world(10..45),
        seed in any::<u64>(),
        sample_pairs in 0_u64..60,
    ) {
        let settings = TrainingSettings { sample_pairs, ..TrainingSettings::default() };
        let train = |dataset: &Dataset| candidates(dataset).train(&settings, &()).map(|training| training.model);
        let one = train(&dataset(&rows));
        let other = train(&dataset(order(rows.len(), seed).into_iter().map(|row| &rows[row])));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn a_pair_weighs_in_a_batch_what_it_weighs_alone(rows in world(3..30)) {
        let dataset = dataset(&rows);
        let candidates = candidates(&dataset);
        let Ok(training) = candidates.train(&TrainingSettings::default(), &()) else { return Ok(()) };
        let scorer = Scorer::new(&training.model).unwrap();
        let prepared: Vec<_> = rows.iter().map(|row| scorer.prepare(&|name| field(row, name))).collect();
        let weights = all_weights(&candidates, &training.model, u32::try_from(rows.len()).unwrap());
        prop_assert_eq!(weights.len(), rows.len() * (rows.len() - 1) / 2);
        for ((left, right), weight) in &weights {
            let (a, b) = (&prepared[*left as usize], &prepared[*right as usize]);
            let weighed = scorer.weigh(a, b);
            prop_assert_eq!(
                weight.to_bits(), scorer.weight_bits(a, b).to_bits(),
                "{:?} {:?}", &rows[*left as usize], &rows[*right as usize]
            );
            // The parts add up to it, whichever record comes first.
            prop_assert_eq!(weighed.sum_of_parts().to_bits(), weight.to_bits());
            prop_assert_eq!(
                scorer.weight_bits(b, a).to_bits(), weight.to_bits(),
                "{:?} {:?}", &rows[*left as usize], &rows[*right as usize]
            );
            prop_assert!(weight.is_finite());
        }
        for (pair, weight) in candidate_weights(&candidates, &training.model) {
            prop_assert_eq!(weights[&pair].to_bits(), weight.to_bits());
        }
    }

    #[test]
    fn groups_are_weighed_whole_up_to_their_size(
        rows in world(3..40),
        threshold_bits in -30.0..30.0_f64,
        weigh_all_within in 0_u32..9,
        also in prop::collection::vec((0_u32..40, 0_u32..40), 0..3),
    ) {
        let dataset = dataset(&rows);
        let candidates = candidates(&dataset);
        let Ok(training) = candidates.train(&TrainingSettings::default(), &()) else { return Ok(()) };
        let scorer = Scorer::new(&training.model).unwrap();
        let prepared: Vec<_> = rows.iter().map(|row| scorer.prepare(&|name| field(row, name))).collect();
        let weight = |(left, right): (u32, u32)| {
            scorer.weight_bits(&prepared[left as usize], &prepared[right as usize])
        };
        let known: BTreeSet<(u32, u32)> = candidate_weights(&candidates, &training.model).into_keys().collect();
        // By definition: what is connected by candidate pairs at or above the threshold, and by what else is told.
        let mut group: Vec<usize> = (0..rows.len()).collect();
        let strong = known.iter().copied().filter(|pair| weight(*pair) >= threshold_bits);
        let told = also.iter().copied().filter(|(a, b)| (*a.max(b) as usize) < rows.len());
        for (a, b) in strong.chain(told) {
            let (a, b) = (group[a as usize], group[b as usize]);
            group.iter_mut().filter(|own| **own == b).for_each(|own| *own = a);
        }
        let size = |of: usize| group.iter().filter(|own| **own == of).count();
        let mut wanted: Vec<(u32, u32, u64)> = Vec::new();
        let many = group.len();
        for (left, right) in (0..many).flat_map(|left| (left + 1..many).map(move |right| (left, right))) {
            let pair = (u32::try_from(left).unwrap(), u32::try_from(right).unwrap());
            let whole = size(group[left]) <= weigh_all_within as usize;
            if group[left] == group[right] && (whole || known.contains(&pair)) {
                wanted.push((pair.0, pair.1, scorer.vote_bits(weight(pair), threshold_bits).to_bits()));
            }
        }
        let settings = LinkSettings { threshold_bits, weigh_all_within };
        let links = candidates.link(&training.model, &settings, &also, &()).unwrap();
        let found: Vec<_> = links.pairs.into_iter().map(|(a, b, vote)| (a, b, vote.to_bits())).collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn candidates_are_the_pairs_that_share_a_block(rows in world(2..60), most in 1_u32..8) {
        let model = with_blocking(vec![
            rule(&[("phone", KeyForm::Whole)], &[], most),
            rule(
                &[("family", KeyForm::Sound)],
                &[("city", KeyForm::Sound), ("born", KeyForm::Year), ("given", KeyForm::Initial)],
                most,
            ),
            rule(&[("born", KeyForm::Whole), ("given", KeyForm::Initial)], &[("email", KeyForm::Prefix(3))], most),
            rule(&[("address", KeyForm::Place)], &[("given", KeyForm::Whole)], most + 2),
            rule(&[("born", KeyForm::MonthDay)], &[], 100),
            rule(&[("address", KeyForm::Numbers), ("postcode", KeyForm::Suffix(2))], &[], 100),
            rule(&[("email", KeyForm::Local)], &[], most),
        ]);
        let dataset = dataset(&rows);
        let candidates = Candidates::new(&dataset, &model, &BlockingSettings::default(), &()).unwrap();
        prop_assert_eq!(&candidates.model().blocking, &model.blocking);
        let scorer = Scorer::new(candidates.model()).unwrap();
        let (pairs, left_out) = naive(&scorer, &rows);
        let found: BTreeSet<(u32, u32)> =
            candidate_weights(&candidates, candidates.model()).into_keys().collect();
        prop_assert_eq!(&found, &pairs);
        prop_assert_eq!(found.len(), candidates.len());
        let new: u64 = candidates.rules().iter().map(|count| count.new_pairs).sum();
        prop_assert_eq!(new, candidates.len() as u64);
        for (count, left_out) in candidates.rules().iter().zip(left_out) {
            prop_assert!(count.new_pairs <= count.pairs);
            prop_assert_eq!(count.records_in_large_blocks, left_out, "{:?}", &count.rule);
        }
    }

    #[test]
    fn automatic_rules_find_what_they_say_and_stay_within_the_budget(
        rows in world(2..60),
        pairs_per_record in 0_u32..4,
        least_pairs in 0_u64..400,
    ) {
        let dataset = dataset(&rows);
        let settings = BlockingSettings { pairs_per_record, least_pairs, ..BlockingSettings::default() };
        let candidates = Candidates::new(&dataset, &Model::person(), &settings, &()).unwrap();
        let budget = least_pairs.max(u64::from(pairs_per_record) * rows.len() as u64);
        prop_assert!(candidates.len() as u64 <= budget, "{} of {budget}", candidates.len());
        let compared: u64 = candidates.rules().iter().map(|count| count.pairs).sum();
        prop_assert!(compared <= budget, "{compared} of {budget}");
        let scorer = Scorer::new(candidates.model()).unwrap();
        let found: BTreeSet<(u32, u32)> =
            candidate_weights(&candidates, candidates.model()).into_keys().collect();
        prop_assert_eq!(found, naive(&scorer, &rows).0);
    }

    #[test]
    fn a_stored_model_weighs_the_same(rows in world(3..30)) {
        let dataset = dataset(&rows);
        let candidates = candidates(&dataset);
        let Ok(training) = candidates.train(&TrainingSettings::default(), &()) else { return Ok(()) };
        let json = serde_json::to_string(&training.model).unwrap();
        let read: Model = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &training.model);
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), json);
        let bits = |model: &Model| -> Vec<u64> {
            let all = all_weights(&candidates, model, u32::try_from(rows.len()).unwrap());
            all.into_values().map(f64::to_bits).collect()
        };
        prop_assert_eq!(bits(&read), bits(&training.model));
    }

    #[test]
    fn other_records_change_no_weight_and_leave_nothing_behind(rows in world(4..30)) {
        let fewer = &rows[..rows.len() - 1];
        let before = linked(&dataset(fewer));
        let with = linked(&dataset(&rows));
        // A data set without the record is as if it had never been there.
        let after = linked(&dataset(fewer));
        prop_assert_eq!(
            before.as_ref().map(|(training, links)| (&training.model, &links.pairs)).map_err(ToString::to_string),
            after.as_ref().map(|(training, links)| (&training.model, &links.pairs)).map_err(ToString::to_string)
        );
        let Ok((training, _)) = with else { return Ok(()) };
        let count = u32::try_from(fewer.len()).unwrap();
        // Comparisons are left out where no record tells the fact: ask for those that training kept.
        let model = Model { blocking: vec![rule(&[("family", KeyForm::Whole)], &[], 100)], ..training.model };
        let weigh = |rows: &[Row]| {
            let candidates = Candidates::new(dataset(rows), &model, &BlockingSettings::default(), &()).unwrap();
            let kept = candidates.model().comparisons.len() == model.comparisons.len();
            kept.then(|| all_weights(&candidates, candidates.model(), u32::try_from(rows.len()).unwrap()))
        };
        if let (Some(less), Some(more)) = (weigh(fewer), weigh(&rows)) {
            for (pair, weight) in less {
                prop_assert!(pair.1 < count);
                prop_assert_eq!(more[&pair].to_bits(), weight.to_bits());
            }
        }
    }

    #[test]
    fn nothing_that_is_shown_or_stored_holds_a_value(rows in world(8..40)) {
        let dataset = dataset(&rows);
        let candidates = candidates(&dataset);
        let mut shown = vec![format!("{dataset:?}"), format!("{candidates:?}"), format!("{:?}", candidates.rules())];
        shown.push(serde_json::to_string(candidates.rules()).unwrap());
        match candidates.train(&TrainingSettings::default(), &()) {
            Ok(training) => {
                shown.push(format!("{training:?}"));
                shown.push(serde_json::to_string(&training.model).unwrap());
                let scorer = Scorer::new(&training.model).unwrap();
                shown.push(format!("{scorer:?}"));
                let prepared: Vec<_> = rows.iter().map(|row| scorer.prepare(&|name| field(row, name))).collect();
                shown.push(format!("{prepared:?}"));
                for (at, left) in prepared.iter().enumerate() {
                    for right in &prepared[at..] {
                        let weighed = scorer.weigh(left, right);
                        shown.push(format!("{weighed:?} {}", serde_json::to_string(&weighed).unwrap()));
                    }
                }
                let links = candidates.link(&training.model, &LinkSettings::default(), &[], &()).unwrap();
                shown.push(format!("{links:?}"));
            }
            Err(error) => shown.push(format!("{error} {error:?}")),
        }
        for value in rows.iter().flatten().filter(|value| tells(value)) {
            let folded = throughline::text::fold(value);
            for text in &shown {
                prop_assert!(!text.contains(value.as_str()) && !text.contains(&folded), "a value is shown");
            }
        }
    }
}

/// A world that does not depend on chance: every person in many writings.
fn fixed_world() -> Vec<Row> {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, TestRunner};
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    world(300..301).new_tree(&mut runner).unwrap().current()
}

#[test]
#[cfg(feature = "parallel")]
fn the_number_of_threads_changes_nothing() {
    let rows = fixed_world();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| linked(&dataset(&rows)).unwrap())
    };
    let (training, links) = with(1);
    assert!(links.pairs.len() > 100);
    for threads in [2, 5] {
        let (other, others) = with(threads);
        assert_eq!(training.model, other.model);
        assert_eq!(links.histogram, others.histogram);
        let bits = |pairs: &[(u32, u32, f64)]| -> Vec<(u32, u32, u64)> {
            pairs.iter().map(|(a, b, vote)| (*a, *b, vote.to_bits())).collect()
        };
        assert_eq!(bits(&links.pairs), bits(&others.pairs));
    }
}

#[test]
fn every_field_of_the_worlds_is_one_of_the_model() {
    let inputs: BTreeSet<String> =
        Model::person().columns.into_iter().flat_map(|column| column.inputs).collect();
    assert!(FIELDS.iter().all(|field| inputs.contains(*field)));
}

use proptest::prelude::*;

use super::super::columns::{NameTexts, make};
use super::super::dataset::Dataset;
use super::super::model::KeyForm;
use super::*;

fn keys(keys: &[u64]) -> Vec<(u64, u32)> {
    sorted(keys)
}

proptest! {
    #[test]
    fn keys_are_in_order_with_their_rows(
        own in prop::collection::vec(prop_oneof![Just(0), 1_u64..9, Just(u64::MAX), Just(1 << 63), any::<u64>()], 0..300),
    ) {
        let mut wanted: Vec<(u64, u32)> = own.iter().copied().zip(0..).filter(|(key, _)| *key != 0).collect();
        wanted.sort_unstable();
        prop_assert_eq!(keys(&own), wanted);
    }
}

#[test]
fn blocks_are_of_two_and_more_that_are_not_too_large() {
    // 0 is no key.
    let sorted = keys(&[5, 0, 7, 5, 7, 9, 7, 0, 5, 7]);
    let mut large = Vec::new();
    let pass = group(&sorted, &Sources::default(), 3, 4, &mut large);
    assert_eq!(pass.blocks().collect::<Vec<_>>(), [&[0, 3, 8][..]]);
    assert_eq!((pass.rule, pass.pairs(), pass.skipped, pass.largest, large), (4, 3, 4, 4, vec![7]));
    let all = group(&sorted, &Sources::default(), 100, 0, &mut Vec::new());
    assert_eq!((all.pairs(), all.skipped), (3 + 6, 0));
    for most in [0, 1] {
        let none = group(&sorted, &Sources::default(), most, 0, &mut Vec::new());
        assert_eq!((none.pairs(), none.rows.len()), (0, 0));
    }
    let empty = group(&[], &Sources::default(), 100, 0, &mut Vec::new());
    assert_eq!((empty.pairs(), empty.largest, empty.blocks().count()), (0, 0, 0));
}

#[test]
fn membership_numbers_the_blocks_of_each_pass() {
    let one = group(&keys(&[5, 5, 7, 7, 9]), &Sources::default(), 10, 0, &mut Vec::new());
    let other = group(&keys(&[0, 3, 3, 0, 3]), &Sources::default(), 10, 1, &mut Vec::new());
    assert_eq!(membership(&[one, other], 5), [1, 0, 1, 1, 2, 1, 2, 0, 0, 1]);
    assert!(membership(&[], 5).is_empty());
}

/// The most that a block may have for the pairs to fit, block by block.
fn naive(sizes: &[u64], most: u32, budget: u64) -> Option<u32> {
    let pairs = |limit: u32| -> u64 {
        sizes.iter().filter(|size| **size <= u64::from(limit)).map(|size| size * (size - 1) / 2).sum()
    };
    let fits = (0..=most).rev().find(|limit| pairs(*limit) <= budget)?;
    (fits >= SMALLEST.min(most)).then_some(fits)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_largest_size_within_the_budget(
        sizes in prop::collection::vec(1_u64..20, 0..12),
        most in 0_u32..25,
        budget in 0_u64..400,
    ) {
        let all: Vec<u64> = (1_u64..).zip(&sizes).flat_map(|(key, size)| vec![key; usize::try_from(*size).unwrap()]).collect();
        prop_assert_eq!(largest_within(&keys(&all), &Sources::default(), most, budget), naive(&sizes, most, budget));
    }
}

/// A table of one text for each record and column.
fn table(model: &Model, rows: &[[&str; 2]]) -> Table {
    let mut data = Dataset::new(["a", "b"]);
    rows.iter().for_each(|row| data.push(row).unwrap());
    let columns = model
        .columns
        .iter()
        .map(|column| make(&data, column, model.text_unit, &mut NameTexts::default()))
        .collect();
    Table { rows: rows.len(), columns, sources: Sources::default() }
}

fn model() -> Model {
    let mut model = Model::person();
    model.columns = ["a", "b"]
        .map(|name| super::super::model::Column {
            name: name.into(),
            inputs: vec![name.into()],
            transform: super::super::prepare::Transform::Text,
        })
        .into();
    model
}

fn rule(split: bool, max_block: u32) -> BlockingRule {
    BlockingRule {
        parts: vec![KeyPart::new("a", KeyForm::Whole)],
        split: if split { vec![KeyPart::new("b", KeyForm::Whole)] } else { Vec::new() },
        max_block,
    }
}

#[test]
fn large_blocks_are_split_and_what_is_left_out_is_counted() {
    let model = model();
    // A small block, and a large one: two of them agree on `b`, one stands alone by it, one has none.
    let rows = [["x", "1"], ["x", "2"], ["y", "1"], ["y", "1"], ["y", "2"], ["y", ""], ["", "1"]];
    let table = table(&model, &rows);
    let mut keys = Keys::new(&model, &table);
    let (_, passes) = keys.passes(&rule(true, 3), 0, None).unwrap();
    let blocks: Vec<Vec<Vec<u32>>> =
        passes.iter().map(|pass| pass.blocks().map(<[u32]>::to_vec).collect()).collect();
    assert_eq!(blocks, [vec![vec![0, 1]], vec![vec![2, 3]]]);
    assert_eq!((passes[0].largest, passes[1].skipped), (4, 1));
    // Without a part to split by, the rule leaves out all of them.
    let (_, passes) = keys.passes(&rule(false, 3), 0, None).unwrap();
    assert_eq!((passes.len(), passes[0].skipped, passes[0].pairs()), (1, 4, 1));
    // A column that does not exist finds nothing.
    let unknown = BlockingRule::on([KeyPart::new("c", KeyForm::Whole)]);
    let (_, passes) = keys.passes(&unknown, 0, None).unwrap();
    assert_eq!(passes[0].pairs(), 0);
}

#[test]
fn a_budget_lowers_the_size_of_blocks_and_drops_splits() {
    let model = model();
    let rows: Vec<[&str; 2]> = (0..40)
        .map(|row| {
            if row < 12 {
                ["x", "1"]
            } else if row < 20 {
                ["y", "1"]
            } else {
                ["z", "2"]
            }
        })
        .collect();
    let table = table(&model, &rows);
    let mut keys = Keys::new(&model, &table);
    // 8 records are 28 pairs, 12 are 66, 20 are 190.
    for (budget, max_block, pairs) in [(400, 100, 284), (100, 19, 94), (50, 11, 28)] {
        let (found, passes) = keys.passes(&rule(true, 100), 0, Some(budget)).unwrap();
        assert_eq!(found.max_block, max_block, "{budget}");
        assert_eq!(passes.iter().map(Pass::pairs).sum::<u64>(), pairs);
    }
    // The split blocks are too large as well.
    let (_, passes) = keys.passes(&rule(true, 100), 0, Some(100)).unwrap();
    assert_eq!(passes.last().unwrap().skipped, 20);
    // If not even small blocks fit, the rule is not used.
    let pairs: Vec<String> = (0..40).map(|row| (row / 2).to_string()).collect();
    let rows: Vec<[&str; 2]> = pairs.iter().map(|text| [text.as_str(), ""]).collect();
    let table = self::table(&model, &rows);
    assert!(Keys::new(&model, &table).passes(&rule(false, 100), 0, Some(19)).is_none());
    assert!(Keys::new(&model, &table).passes(&rule(false, 100), 0, Some(20)).is_some());
}

//! Rules of blocking for models that are not of people, and the bound of the pairs that a user's rules may find.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a failure")]

use throughline::identity::linkage::{
    BlockingRule, BlockingSettings, Candidates, Comparison, Dataset, KeyForm, KeyPart, LinkSettings, Model,
    ModelErrorKind, TrainingSettings, Transform,
};

/// Products of two catalogues, without any rule of blocking.
fn products() -> Model {
    Model::builder()
        .column("title", ["title"], Transform::Text)
        .column("brand", ["brand"], Transform::Text)
        .column("barcode", ["gtin"], Transform::Code)
        .compare(Comparison::jaccard("title", &[0.9, 0.7]))
        .compare(Comparison::exact("brand", "brand").with_term_frequency())
        .compare(Comparison::levenshtein("barcode", &[1]))
        .build()
        .unwrap()
}

fn catalogue() -> Dataset {
    let mut rows = Dataset::new(["title", "brand", "gtin"]);
    let (kinds, brands) = (["чайник", "сماور", "kettle", "קומקום"], ["Тула", "پارس", "Acme"]);
    for number in 0..120_usize {
        let title = format!("{} model {number}", kinds[number % 4]);
        let code = format!("40{:09}", number * 7_919_117 % 1_000_000_007);
        rows.push(&[&*title, brands[number % 3], &*code]).unwrap();
        // The other catalogue has no code for half of them.
        rows.push(&[&*title, brands[number % 3], if number % 2 == 0 { &*code } else { "" }]).unwrap();
    }
    rows
}

#[test]
fn a_model_of_products_is_blocked_trained_and_linked_without_a_rule() {
    let data = catalogue();
    let settings =
        BlockingSettings { least_pairs: 2_000, pairs_per_record: 1, ..BlockingSettings::default() };
    let candidates = Candidates::new(&data, &products(), &settings, &()).unwrap();
    assert!(candidates.rules().iter().all(|count| {
        count.rule.parts.iter().all(|part| ["title", "brand", "barcode"].contains(&&*part.column))
    }));
    let training = candidates.train(&TrainingSettings::default(), &()).unwrap();
    let links = candidates.link(&training.model, &LinkSettings::default(), &[], &()).unwrap();
    let right = |(left, right, _): &&(u32, u32, f64)| left / 2 == right / 2;
    let above = |(.., bits): &&(u32, u32, f64)| *bits >= LinkSettings::default().threshold_bits;
    let linked: Vec<_> = links.pairs.iter().filter(above).collect();
    assert_eq!(linked.iter().copied().filter(right).count(), 120);
    assert_eq!(linked.len(), 120);
}

#[test]
fn rules_of_the_user_that_find_too_many_pairs_are_refused_by_name() {
    let everything =
        BlockingRule { max_block: u32::MAX, ..BlockingRule::on([KeyPart::new("brand", KeyForm::Whole)]) };
    let title = BlockingRule::on([KeyPart::new("title", KeyForm::Whole)]);
    let model = Model { blocking: vec![title, everything], ..products() };
    let settings = BlockingSettings { most_pairs: 9_000, ..BlockingSettings::default() };
    // 120 pairs of one title, and 3 brands of 80 records each, are 9,600 pairs.
    let refused = Candidates::new(catalogue(), &model, &settings, &()).unwrap_err();
    assert_eq!(refused.kind(), ModelErrorKind::TooManyPairs);
    assert!(refused.to_string().contains("blocking rule 2"), "{refused}");
    let enough = BlockingSettings { most_pairs: 9_600, ..settings };
    assert_eq!(Candidates::new(catalogue(), &model, &enough, &()).unwrap().len(), 9_480);
}

use proptest::prelude::*;

use super::compare::reaches;
use super::*;

#[test]
fn every_script_is_compared_alike() {
    for (a, b) in [
        ("Сегодня скидка на всю обувь", "СЕГОДНЯ — скидка, на всю ОБУВЬ!"),
        ("מבצע אביב על כל הנעליים", "מִבְצַע אביב, על כל הנעליים"),
        ("خصم على جميع الأحذية اليوم فقط", "خَصْم على جميع الاحذية، اليوم فقط"),
        ("كفش‌هاي تازه در فروشگاه مؤسسه", "کفشهای تازه، در فروشگاه موسسه"),
        ("Große Straße überall heute neu", "GROSSE STRASSE ÜBERALL HEUTE NEU"),
        ("See https://a.example/1?x=2 for all our news", "See www.b.example for all our news"),
    ] {
        let found = compare(a, b);
        assert_eq!((found.verdict, found.inter), (Verdict::Duplicate, found.union), "{a}");
    }
    assert_eq!(compare("", " !").verdict, Verdict::Duplicate);
    assert_eq!(compare("", "text").verdict, Verdict::Distinct);
    assert_eq!((compare("ab", "ab").inter, compare("ab", "abc").inter), (1, 0));
}

#[test]
fn thresholds_are_settings() {
    let rules: NearCopyRules = serde_json::from_str(r#"{"near_percent":10}"#).unwrap();
    let (a, b) = ("one two three four five six", "one two three four nine ten");
    assert_eq!(compare(a, b).verdict, Verdict::Distinct);
    assert_eq!(compare_with(a, b, &rules).verdict, Verdict::Near);
}

#[test]
fn identical_texts_are_one_group_and_hostile_ones_are_bounded() {
    let index = NearCopyIndex::new(90, std::iter::repeat_n("The same post again and again today", 100_000));
    let found = index.pairs(10);
    assert_eq!((found.identical.len(), found.identical[0].len(), found.pairs.len()), (1, 100_000, 0));
    assert_eq!(index.matches("the same post again AND again today").len(), 100_000);
    let empty = NearCopyIndex::new(90, ["", "!", " "]);
    assert_eq!(
        (empty.pairs(10), empty.matches("")),
        (NearPairs { complete: true, ..NearPairs::default() }, vec![])
    );
    let template =
        (0..200).map(|n| format!("{} order {n}", "dear customer your parcel is on its way ".repeat(10)));
    let found = NearCopyIndex::new(50, template).pairs(1_000);
    assert_eq!((found.pairs.len(), found.complete), (1_000, false));
    let long = ["word ".repeat(2_000), "x".repeat(10_000), "سلام ".repeat(2_000), "a b ".repeat(2_500)];
    let index = NearCopyIndex::new(90, &long);
    for text in &long {
        assert_eq!(index.matches(text).len(), 1);
        let _ = simhash64(text);
    }
    assert!(!format!("{index:?}").contains("word"));
}

#[test]
fn fingerprints_of_near_copies_differ_in_few_bits() {
    let words: Vec<String> = (0..400).map(|n| format!("w{}", n * 7_919 % 1_009)).collect();
    let page = words.join(" ");
    let changed = page.replacen("w0 ", "another ", 1);
    assert!(hamming_distance(simhash64(&page), simhash64(&changed)) <= 6);
    let other: Vec<String> = (0..400).map(|n| format!("v{}", n * 7_907 % 1_013)).collect();
    assert!(hamming_distance(simhash64(&page), simhash64(&other.join(" "))) > 15);
    assert_eq!(simhash64(""), 0);
}

/// Texts of few words, so that many are alike, and some of few characters.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let word = prop::sample::select(vec!["sale", "کفش", "обувь", "today", "20", "נעליים", "a", "b"]);
    let text = prop::collection::vec(word, 0..14).prop_map(|words| words.join(" "));
    let base =
        prop::collection::vec(prop::sample::select(vec!["new", "shoes", "تازه", "just", "here"]), 8..40);
    let edited = (base, 0_usize..8, prop::collection::vec((0_usize..40, "[a-c]{1,3}"), 1..5)).prop_map(
        |(base, _, edits)| {
            edits
                .into_iter()
                .map(|(at, word)| {
                    let mut words: Vec<&str> = base.clone();
                    if let Some(slot) = words.get_mut(at) {
                        *slot = &word;
                    }
                    words.join(" ")
                })
                .collect::<Vec<_>>()
        },
    );
    (prop::collection::vec(text, 0..20), edited).prop_map(|(mut texts, edited)| {
        texts.extend(edited);
        texts
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_index_finds_what_comparing_all_finds(texts in texts(), percent in prop::sample::select(vec![30_u8, 50, 80, 90, 100]), known in 0_usize..20) {
        let known = known.min(texts.len());
        let mut index = NearCopyIndex::new(percent, &texts[..known]);
        for text in &texts[known..] {
            index.add(text);
        }
        let found = index.pairs(usize::MAX);
        let mut all: Vec<(usize, usize)> = found.pairs.iter().map(|pair| (pair.a, pair.b)).collect();
        let mut expected = Vec::new();
        let same = |a: usize, b: usize| found.identical.iter().any(|group| group.contains(&a) && group.contains(&b));
        let first = |a: usize| found.identical.iter().find(|group| group.contains(&a)).map_or(a, |group| group[0]);
        for (b, text) in texts.iter().enumerate() {
            let mut like = Vec::new();
            for (a, other) in texts.iter().enumerate() {
                let compared = compare(other, text);
                if text.is_empty() || other.is_empty() || !reaches(compared.inter, compared.union, percent) {
                    continue;
                }
                like.push(NearMatch { position: a, inter: compared.inter, union: compared.union });
                if a < b && !same(a, b) && first(a) == a && first(b) == b {
                    expected.push((a, b));
                }
            }
            prop_assert_eq!(index.matches(text), like);
        }
        expected.sort_unstable();
        all.sort_unstable();
        prop_assert_eq!(all, expected);
    }

    #[test]
    fn comparing_is_symmetric(a in any::<String>(), b in any::<String>()) {
        prop_assert_eq!(compare(&a, &b), compare(&b, &a));
        prop_assert_eq!(compare(&a, &a).verdict, Verdict::Duplicate);
        let _ = simhash64(&a);
    }
}

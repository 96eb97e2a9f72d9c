//! The comparators against an independent implementation, on texts of many scripts.
#![allow(clippy::indexing_slicing, reason = "a test may stop at a failure")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline::similarity::{
    Query, Text, bytes, damerau_levenshtein, damerau_levenshtein_within, insertion_deletion_similarity, jaro,
    jaro_at_least, jaro_if_at_least, jaro_winkler, jaro_winkler_at_least, jaro_winkler_if_at_least,
    levenshtein, levenshtein_within, longest_common_subsequence, longest_common_subsequence_similarity,
    optimal_string_alignment, optimal_string_alignment_within, qgram_cosine, qgram_jaccard,
};

/// Few letters, so that pairs have much in common.
const ALPHABETS: [&str; 10] = [
    "ab",
    "abcdeXYZ0123 -'",
    "آابپتچسشگیکم \u{200c}",
    "محمدعليةءأ ٠١",
    "אבגדהוזח' ",
    "абвгдеёж -",
    "éèüßañøå ",
    "e\u{301}a\u{308}n\u{303}",
    "😀😁👍🏽👨\u{200d}👩",
    "aа אا1\u{200c}ł😀é",
];

fn text(longest: usize) -> impl Strategy<Value = String> {
    (0..ALPHABETS.len()).prop_flat_map(move |which| over(which, longest))
}

fn over(which: usize, longest: usize) -> impl Strategy<Value = String> {
    let letters: Vec<char> = ALPHABETS[which].chars().collect();
    prop::collection::vec(prop::sample::select(letters), 0..=longest)
        .prop_map(|chars| chars.into_iter().collect())
}

/// A text and the same text after a few edits.
fn edited(longest: usize) -> impl Strategy<Value = (String, String)> {
    (0..ALPHABETS.len()).prop_flat_map(move |which| {
        let edits = prop::collection::vec((0..4_u8, any::<prop::sample::Index>(), over(which, 1)), 0..5);
        (over(which, longest), edits).prop_map(|(text, edits)| {
            let mut chars: Vec<char> = text.chars().collect();
            for (kind, index, letter) in edits {
                let at = index.index(chars.len() + 1);
                match kind {
                    0 => chars.splice(at..at, letter.chars()).for_each(drop),
                    1 if at < chars.len() => drop(chars.remove(at)),
                    2 if at < chars.len() => chars.splice(at..=at, letter.chars()).for_each(drop),
                    _ if at + 1 < chars.len() => chars.swap(at, at + 1),
                    _ => {}
                }
            }
            (text, chars.into_iter().collect())
        })
    })
}

fn same_alphabet(longest: usize) -> impl Strategy<Value = (String, String)> {
    (0..ALPHABETS.len()).prop_flat_map(move |which| (over(which, longest), over(which, longest)))
}

fn pair() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        4 => edited(17),
        2 => edited(70),
        1 => edited(200),
        4 => same_alphabet(12),
        2 => same_alphabet(70),
        1 => same_alphabet(200),
        2 => (text(20), text(20)),
        1 => (text(200), text(200)),
    ]
}

fn close(one: f64, two: f64) -> bool {
    (one - two).abs() < 1e-12
}

fn counted(text: &str, q: usize) -> BTreeMap<Vec<char>, f64> {
    let chars: Vec<char> = text.chars().collect();
    let mut counts = BTreeMap::new();
    for gram in chars.windows(q.clamp(1, chars.len().max(1))) {
        *counts.entry(gram.to_vec()).or_insert(0.0) += 1.0;
    }
    counts
}

/// A slice in the form that the oracle takes.
struct Sequence<'a>(&'a [u8]);

impl<'a> IntoIterator for &Sequence<'a> {
    type Item = &'a u8;
    type IntoIter = std::slice::Iter<'a, u8>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_text_keeps_its_characters(value in text(200)) {
        let text = Text::new(&value);
        prop_assert_eq!(text.chars().collect::<String>(), value.as_str());
        prop_assert_eq!(text.len(), value.chars().count());
        prop_assert_eq!(text.is_empty(), value.is_empty());
    }

    #[test]
    fn values_agree((one, two) in pair()) {
        let (a, b) = (Text::new(&one), Text::new(&two));
        prop_assert_eq!(a == b, one == two);
        prop_assert!(close(jaro(&a, &b), strsim::jaro(&one, &two)), "{} {}", jaro(&a, &b), strsim::jaro(&one, &two));
        prop_assert!(close(jaro_winkler(&a, &b), strsim::jaro_winkler(&one, &two)));
        prop_assert_eq!(levenshtein(&a, &b), strsim::levenshtein(&one, &two));
        prop_assert_eq!(optimal_string_alignment(&a, &b), strsim::osa_distance(&one, &two));
        prop_assert_eq!(damerau_levenshtein(&a, &b), strsim::damerau_levenshtein(&one, &two));
    }

    #[test]
    fn order_does_not_matter((one, two) in pair()) {
        let (a, b) = (Text::new(&one), Text::new(&two));
        prop_assert_eq!(jaro(&a, &b).to_bits(), jaro(&b, &a).to_bits());
        prop_assert_eq!(jaro_winkler(&a, &b).to_bits(), jaro_winkler(&b, &a).to_bits());
        prop_assert_eq!(levenshtein(&a, &b), levenshtein(&b, &a));
        prop_assert_eq!(optimal_string_alignment(&a, &b), optimal_string_alignment(&b, &a));
        prop_assert_eq!(damerau_levenshtein(&a, &b), damerau_levenshtein(&b, &a));
        prop_assert_eq!(longest_common_subsequence(&a, &b), longest_common_subsequence(&b, &a));
        prop_assert_eq!(qgram_jaccard(&a, &b, 2).to_bits(), qgram_jaccard(&b, &a, 2).to_bits());
        prop_assert_eq!(qgram_cosine(&a, &b, 2).to_bits(), qgram_cosine(&b, &a, 2).to_bits());
    }

    #[test]
    fn a_query_gives_what_the_functions_give((one, two) in pair(), min in 0.0..1.0_f64, max in 0..12_usize) {
        let (a, b) = (Text::new(&one), Text::new(&two));
        let query = Query::new(&a);
        prop_assert_eq!(query.jaro(&b).to_bits(), jaro(&a, &b).to_bits());
        prop_assert_eq!(query.jaro_winkler(&b).to_bits(), jaro_winkler(&a, &b).to_bits());
        prop_assert_eq!(query.jaro_at_least(&b, min), jaro_at_least(&a, &b, min));
        prop_assert_eq!(query.jaro_winkler_at_least(&b, min), jaro_winkler_at_least(&a, &b, min));
        prop_assert_eq!(query.levenshtein(&b), levenshtein(&a, &b));
        prop_assert_eq!(query.levenshtein_within(&b, max), levenshtein_within(&a, &b, max));
        prop_assert_eq!(query.optimal_string_alignment(&b), optimal_string_alignment(&a, &b));
        prop_assert_eq!(
            query.optimal_string_alignment_within(&b, max),
            optimal_string_alignment_within(&a, &b, max)
        );
        prop_assert_eq!(query.damerau_levenshtein(&b), damerau_levenshtein(&a, &b));
        prop_assert_eq!(query.damerau_levenshtein_within(&b, max), damerau_levenshtein_within(&a, &b, max));
        prop_assert_eq!(query.longest_common_subsequence(&b), longest_common_subsequence(&a, &b));
    }

    #[test]
    fn the_longest_common_subsequence_is_that_of_the_table((one, two) in pair()) {
        let (a, b) = (Text::new(&one), Text::new(&two));
        let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
        let mut table = vec![vec![0; two.len() + 1]; one.len() + 1];
        for (i, x) in one.iter().enumerate() {
            for (j, y) in two.iter().enumerate() {
                table[i + 1][j + 1] =
                    if x == y { table[i][j] + 1 } else { table[i][j + 1].max(table[i + 1][j]) };
            }
        }
        let length = table[one.len()][two.len()];
        prop_assert_eq!(longest_common_subsequence(&a, &b), length);
        let of = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        let similarity = insertion_deletion_similarity(&a, &b);
        prop_assert!(close(similarity, of(2 * length, one.len() + two.len())));
        let longest = one.len().max(two.len());
        prop_assert!(close(longest_common_subsequence_similarity(&a, &b), of(length, longest)));
    }

    #[test]
    fn grams_are_counted((one, two) in pair(), q in 0..6_usize) {
        let (a, b) = (Text::new(&one), Text::new(&two));
        let (one, two) = (counted(&one, q), counted(&two, q));
        let shared = one.keys().filter(|gram| two.contains_key(*gram)).count();
        let distinct = one.len() + two.len() - shared;
        let jaccard = if distinct == 0 { 1.0 } else { shared as f64 / distinct as f64 };
        prop_assert!(close(qgram_jaccard(&a, &b, q), jaccard));
        let norm = |counts: &BTreeMap<Vec<char>, f64>| counts.values().map(|count| count * count).sum::<f64>().sqrt();
        let product: f64 = one.iter().filter_map(|(gram, count)| Some(count * two.get(gram)?)).sum();
        let cosine = match (one.is_empty(), two.is_empty()) {
            (true, true) => 1.0,
            (false, false) => product / (norm(&one) * norm(&two)),
            _ => 0.0,
        };
        prop_assert!(close(qgram_cosine(&a, &b, q), cosine), "{} {}", qgram_cosine(&a, &b, q), cosine);
    }

    #[test]
    fn the_byte_mode_counts_bytes((one, two) in prop_oneof![edited(40), same_alphabet(20), (text(40), text(40))]) {
        let (a, b) = (bytes::Bytes::new(&one), bytes::Bytes::new(&two));
        let (x, y) = (one.as_bytes(), two.as_bytes());
        prop_assert_eq!(a == b, one == two);
        prop_assert_eq!(a.len(), one.len());
        let (as_x, as_y) = (Sequence(x), Sequence(y));
        let (plain, boosted) = (strsim::generic_jaro(&as_x, &as_y), strsim::generic_jaro_winkler(&as_x, &as_y));
        // The engine that this mode reproduces finds nothing alike in two empty texts.
        let unless_empty = |value: f64| if x.is_empty() && y.is_empty() { 0.0 } else { value };
        prop_assert!(close(bytes::jaro(&a, &b), unless_empty(plain)));
        prop_assert!(close(bytes::jaro_winkler(&a, &b), unless_empty(boosted)));
        for min in [0.0, 0.7, 0.92, bytes::jaro(&a, &b), bytes::jaro_winkler(&a, &b)] {
            prop_assert_eq!(bytes::jaro_at_least(&a, &b, min), bytes::jaro(&a, &b) >= min);
            prop_assert_eq!(bytes::jaro_winkler_at_least(&a, &b, min), bytes::jaro_winkler(&a, &b) >= min);
        }
        prop_assert_eq!(bytes::levenshtein(&a, &b), strsim::generic_levenshtein(&as_x, &as_y));
        prop_assert_eq!(bytes::damerau_levenshtein(&a, &b), strsim::generic_damerau_levenshtein(x, y));
        let (x, y): (BTreeSet<u8>, BTreeSet<u8>) = (x.iter().copied().collect(), y.iter().copied().collect());
        let all = x.union(&y).count();
        let jaccard = if all == 0 { 1.0 } else { x.intersection(&y).count() as f64 / all as f64 };
        prop_assert!(close(bytes::jaccard(&a, &b), jaccard));
    }

    #[test]
    fn bounds_never_contradict_the_value((one, two) in pair(), min in 0.0..1.1_f64, max in 0..12_usize) {
        let (a, b) = (Text::new(&one), Text::new(&two));
        for min in [min, jaro(&a, &b), jaro_winkler(&a, &b), 0.7, 0.88, 0.92, f64::NAN] {
            prop_assert_eq!(jaro_at_least(&a, &b, min), jaro(&a, &b) >= min);
            prop_assert_eq!(jaro_winkler_at_least(&a, &b, min), jaro_winkler(&a, &b) >= min);
            prop_assert_eq!(jaro_if_at_least(&a, &b, min), Some(jaro(&a, &b)).filter(|value| *value >= min));
            let boosted = Some(jaro_winkler(&a, &b)).filter(|value| *value >= min);
            prop_assert_eq!(jaro_winkler_if_at_least(&a, &b, min), boosted);
            prop_assert_eq!(Query::new(&a).jaro_winkler_if_at_least(&b, min), boosted);
        }
        let free = damerau_levenshtein(&a, &b);
        for max in [max, free, free.saturating_sub(1), usize::MAX] {
            prop_assert_eq!(damerau_levenshtein_within(&a, &b, max), Some(free).filter(|free| *free <= max));
        }
        let (plain, swaps) = (levenshtein(&a, &b), optimal_string_alignment(&a, &b));
        for max in [max, plain, plain.saturating_sub(1), swaps, swaps.saturating_sub(1), usize::MAX] {
            prop_assert_eq!(levenshtein_within(&a, &b, max), Some(plain).filter(|plain| *plain <= max));
            prop_assert_eq!(optimal_string_alignment_within(&a, &b, max), Some(swaps).filter(|swaps| *swaps <= max));
        }
    }
}

/// All texts over three letters of up to five characters.
fn every_short_text() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..5 {
        last = last.iter().flat_map(|text| ['a', 'ب', 'я'].map(|letter| format!("{text}{letter}"))).collect();
        all.extend(last.clone());
    }
    all
}

#[test]
fn every_pair_of_short_texts_agrees() {
    let all = every_short_text();
    let texts: Vec<Text> = all.iter().map(|text| Text::new(text)).collect();
    for (one, a) in all.iter().zip(&texts) {
        for (two, b) in all.iter().zip(&texts) {
            assert!(close(jaro_winkler(a, b), strsim::jaro_winkler(one, two)), "{one} {two}");
            assert_eq!(levenshtein(a, b), strsim::levenshtein(one, two), "{one} {two}");
            assert_eq!(optimal_string_alignment(a, b), strsim::osa_distance(one, two), "{one} {two}");
            assert_eq!(damerau_levenshtein(a, b), strsim::damerau_levenshtein(one, two), "{one} {two}");
        }
    }
}

/// One swap at every place, so also across the words that the bits lie in, with a mistake before and after so that no
/// common beginning or ending hides it.
#[test]
fn a_swap_is_found_at_every_place() {
    for letters in ["abcdefg", "абвгдеё", "ابپتجچح", "abаبא😀é"] {
        for length in [8, 9, 16, 17, 33, 63, 64, 65, 66, 100, 128, 129, 130, 193, 200] {
            let chars: Vec<char> = letters.chars().cycle().take(length).collect();
            for at in 2..length - 3 {
                let mut swapped = chars.clone();
                swapped.swap(at, at + 1);
                (swapped[0], swapped[length - 1]) = ('x', 'x');
                let (one, two): (String, String) = (chars.iter().collect(), swapped.iter().collect());
                let (a, b) = (Text::new(&one), Text::new(&two));
                assert_eq!(levenshtein(&a, &b), 4, "{length} {at}");
                assert_eq!(optimal_string_alignment(&a, &b), 3, "{length} {at}");
                assert_eq!(optimal_string_alignment(&b, &a), 3, "{length} {at}");
                assert_eq!(damerau_levenshtein(&a, &b), 3, "{length} {at}");
                assert_eq!(Query::new(&b).optimal_string_alignment(&a), 3, "{length} {at}");
                assert_eq!(longest_common_subsequence(&a, &b), length - 3, "{length} {at}");
                assert!(close(jaro(&a, &b), strsim::jaro(&one, &two)), "{length} {at}");
            }
        }
    }
}

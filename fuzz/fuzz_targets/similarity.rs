//! Any two texts are compared without a panic, within bounds, in either order, and alike by every road to an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::similarity::postcode::{UkPostcode, common_prefix, prefix_level};
use throughline::similarity::{
    Query, Text, bytes, damerau_levenshtein, damerau_levenshtein_within, insertion_deletion_similarity, jaro,
    jaro_at_least, jaro_winkler, jaro_winkler_at_least, levenshtein, levenshtein_within, longest_common_subsequence,
    optimal_string_alignment, optimal_string_alignment_within, qgram_cosine, qgram_jaccard, token_set, token_sort,
};

fuzz_target!(|input: (String, String, u8)| {
    let (one, two, number) = input;
    let (a, b) = (Text::new(&one), Text::new(&two));
    assert_eq!(a == b, one == two);
    assert!(a.chars().eq(one.chars().take(Text::CONSIDERED)));
    let (query, max) = (Query::new(&a), usize::from(number % 16));

    let (plain, boosted) = (jaro(&a, &b), jaro_winkler(&a, &b));
    assert!((0.0..=1.0).contains(&plain) && plain <= boosted && boosted <= 1.0);
    assert_eq!((plain, boosted), (jaro(&b, &a), jaro_winkler(&b, &a)));
    assert_eq!((plain, boosted), (query.jaro(&b), query.jaro_winkler(&b)));
    for min in [f64::from(number) / 255.0, plain, boosted] {
        assert_eq!(jaro_at_least(&a, &b, min), plain >= min);
        assert_eq!(jaro_winkler_at_least(&a, &b, min), boosted >= min);
    }

    let edits = levenshtein(&a, &b);
    let aligned = optimal_string_alignment(&a, &b);
    let free = damerau_levenshtein(&a, &b);
    let common = longest_common_subsequence(&a, &b);
    assert!(free <= aligned && aligned <= edits && edits <= a.len().max(b.len()));
    assert!(edits + common >= a.len().max(b.len()) && common <= a.len().min(b.len()));
    assert_eq!((edits, aligned), (levenshtein(&b, &a), optimal_string_alignment(&b, &a)));
    assert_eq!((free, common), (damerau_levenshtein(&b, &a), longest_common_subsequence(&b, &a)));
    assert_eq!((edits, aligned), (query.levenshtein(&b), query.optimal_string_alignment(&b)));
    assert_eq!((free, common), (query.damerau_levenshtein(&b), query.longest_common_subsequence(&b)));
    assert_eq!(levenshtein_within(&a, &b, max), (edits <= max).then_some(edits));
    assert_eq!(optimal_string_alignment_within(&a, &b, max), (aligned <= max).then_some(aligned));
    assert_eq!(damerau_levenshtein_within(&a, &b, max), (free <= max).then_some(free));

    let shares = [
        insertion_deletion_similarity(&a, &b),
        qgram_jaccard(&a, &b, max),
        token_sort(&one, &two),
        token_set(&one, &two),
    ];
    assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
    assert!((0.0..=1.0 + 1e-12).contains(&qgram_cosine(&a, &b, max)));

    let (x, y) = (bytes::Bytes::new(&one), bytes::Bytes::new(&two));
    assert_eq!(x == y, one == two);
    assert!(bytes::damerau_levenshtein(&x, &y) <= bytes::levenshtein(&x, &y));
    if let Some(code) = UkPostcode::parse(&one) {
        assert!(code.agreement(&code).is_some());
    }
    assert!(common_prefix(&one, &two) <= one.chars().count());
    assert!(prefix_level(&one, &two, &[5, 3]).is_none_or(|level| level < 2));
});

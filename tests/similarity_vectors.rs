//! Known answers, long values, and that nothing shows a customer's text.
#![allow(clippy::float_cmp, reason = "exact answers are asked for")]

use throughline::similarity::postcode::{Level, UkPostcode, common_prefix, prefix_level};
use throughline::similarity::{
    Query, Text, bytes, damerau_levenshtein, date, insertion_deletion_similarity, is_subset, jaro,
    jaro_at_least, jaro_winkler, kilometres, levenshtein, longest_common_subsequence, number_difference,
    optimal_string_alignment, percentage_difference, qgram_cosine, qgram_jaccard, set_intersection,
    token_set, token_sort,
};
use throughline::time::NaiveDate;

fn near(one: f64, two: f64) -> bool {
    (one - two).abs() < 1e-6
}

#[test]
fn textbook_names_have_their_textbook_values() {
    for (one, two, plain, boosted) in [
        ("MARTHA", "MARHTA", 0.944_444, 0.961_111),
        ("DIXON", "DICKSONX", 0.766_667, 0.813_333),
        ("DWAYNE", "DUANE", 0.822_222, 0.84),
        ("CRATE", "TRACE", 0.733_333, 0.733_333),
        ("0", "00", 0.833_333, 0.85),
        ("a", "b", 0.0, 0.0),
        ("", "", 1.0, 1.0),
        ("", "a", 0.0, 0.0),
    ] {
        let (a, b) = (Text::new(one), Text::new(two));
        assert!(near(jaro(&a, &b), plain), "{one} {two}");
        assert!(near(jaro_winkler(&a, &b), boosted), "{one} {two}");
    }
}

#[test]
fn three_letters_in_hebrew_with_another_last_one_are_less_alike_than_their_bytes() {
    let (one, two) = ("דנה", "דני");
    assert!(near(jaro_winkler(&Text::new(one), &Text::new(two)), 0.822_222));
    assert!(near(bytes::jaro_winkler(&bytes::Bytes::new(one), &bytes::Bytes::new(two)), 0.933_333));
}

#[test]
fn one_letter_is_one_edit_in_every_script() {
    for (one, two) in
        [("smith", "smyth"), ("Рахимов", "Рагимов"), ("کریمی", "کریمي"), ("علي", "علم"), ("כהן", "כהם")]
    {
        assert_eq!(levenshtein(&Text::new(one), &Text::new(two)), 1, "{one} {two}");
    }
}

#[test]
fn only_the_unrestricted_distance_edits_a_swapped_pair_again() {
    let (a, b) = (Text::new("ca"), Text::new("abc"));
    assert_eq!(
        (levenshtein(&a, &b), optimal_string_alignment(&a, &b), damerau_levenshtein(&a, &b)),
        (3, 3, 2)
    );
}

/// Past the limit nothing is compared, but everything counts for equality.
#[test]
fn long_values_are_cut_for_comparison_and_whole_for_equality() {
    for letters in ["ab", "سی", "xж👩"] {
        let long: String = letters.chars().cycle().take(10_000).collect();
        let (a, b) = (Text::new(&long), Text::new(&format!("{long}z")));
        assert_eq!(a.len(), Text::CONSIDERED);
        assert!(a.is_cut());
        assert_ne!(a, b);
        assert_eq!(a, Text::new(&long));
        assert_eq!(jaro(&a, &b), 1.0);
        assert_eq!(levenshtein(&a, &b), 0);
        let turned: String = long.chars().rev().collect();
        let c = Text::new(&turned);
        assert!(damerau_levenshtein(&a, &c) <= Text::CONSIDERED);
        assert!(Query::new(&a).longest_common_subsequence(&c) <= Text::CONSIDERED);
        assert!(qgram_cosine(&a, &c, 9_999) <= 1.0);
        assert!((0.0..=1.0).contains(&token_sort(&long, &turned)));
        assert!((0.0..=1.0).contains(&token_set(&long, &turned)));
    }
    let exactly = "b".repeat(Text::CONSIDERED);
    assert!(!Text::new(&exactly).is_cut());
    assert_eq!(bytes::Bytes::new(&exactly.repeat(2)).len(), Text::CONSIDERED);
    let (a, c) = (Text::new(&exactly), Text::new(&"c".repeat(Text::CONSIDERED)));
    assert_eq!((qgram_cosine(&a, &a, 1), qgram_cosine(&a, &c, 1)), (1.0, 0.0));
}

#[test]
fn texts_of_one_block_and_of_several_are_compared_by_their_characters() {
    // The joiner of Persian, alone, before and after Arabic letters; letters whose codes are equal in other blocks.
    let texts = [
        "\u{200c}",
        "\u{200c}می",
        "می\u{200c}",
        "می",
        "a\u{200c}",
        "٣",
        "3",
        "\u{23}",
        "г",
        "g",
        "\u{683}",
        "1 م",
        "1 m",
    ];
    for one in texts {
        for two in texts {
            let (a, b) = (Text::new(one), Text::new(two));
            assert_eq!(a == b, one == two, "{one:?} {two:?}");
            assert_eq!(levenshtein(&a, &b), strsim::levenshtein(one, two), "{one:?} {two:?}");
            assert!(near(jaro(&a, &b), strsim::jaro(one, two)), "{one:?} {two:?}");
            assert!(jaro_at_least(&a, &b, strsim::jaro(one, two) - 1e-12), "{one:?} {two:?}");
        }
    }
}

#[test]
fn a_short_text_stays_small() {
    assert_eq!(size_of::<Text>(), 48);
}

#[test]
fn nothing_shows_the_text() {
    let secret = "Zubrowka";
    let text = Text::new(secret);
    let shown = format!(
        "{text:?} {:?} {:?} {:?} {:?}",
        Query::new(&text),
        bytes::Bytes::new(secret),
        Text::new(&secret.repeat(100)),
        UkPostcode::parse("SW1A 2AA"),
    );
    assert!(!shown.contains(secret) && !shown.contains("SW1A") && !shown.contains("90"), "{shown}");
}

#[test]
fn words_in_another_order_or_left_out() {
    assert_eq!(token_sort("fuzzy wuzzy was a bear", "wuzzy fuzzy was a bear"), 1.0);
    assert!(near(token_sort("fuzzy was a bear", "fuzzy fuzzy was a bear"), 32.0 / 38.0));
    assert_eq!(token_set("fuzzy was a bear", "fuzzy fuzzy was a bear"), 1.0);
    assert_eq!(token_sort("کریمی  رضا", " رضا کریمی"), 1.0);
    assert_eq!((token_sort("", " "), token_set("", ""), token_set("a", " ")), (1.0, 0.0, 0.0));
    assert_eq!(token_set("a b", "c d"), insertion_deletion_similarity(&Text::new("a b"), &Text::new("c d")));
    // Shared: "anna"; alone: "berg" and "burg". "anna berg" against "anna burg" shares eight of nine.
    assert!(near(token_set("berg anna", "anna burg"), 16.0 / 18.0));
    // One letter alone on either side: the shared word against itself and one more is the best.
    assert!(near(token_set("anna x", "anna yyyyyyyyyyyyyyyy"), 8.0 / 10.0));
}

#[test]
fn grams_and_subsequences() {
    let (a, b) = (Text::new("night"), Text::new("nacht"));
    assert!(near(qgram_jaccard(&a, &b, 2), 1.0 / 7.0));
    assert!(near(qgram_cosine(&a, &b, 2), 0.25));
    assert_eq!(longest_common_subsequence(&a, &b), 3);
    assert_eq!(qgram_jaccard(&Text::new("ab"), &Text::new("ab"), 7), 1.0);
    assert_eq!(qgram_jaccard(&Text::new("ab"), &Text::new(""), 2), 0.0);
}

#[test]
fn lists_count_each_element_once() {
    let empty: [u8; 0] = [];
    assert_eq!(set_intersection(&[1, 1, 2, 5, 5], &[1, 1, 5, 9]), 2);
    assert_eq!(set_intersection(&[1], &empty), 0);
    assert!(is_subset(&empty, &[1]) && is_subset(&[1, 1, 5], &[0, 1, 5]));
    assert!(!is_subset(&[1], &empty) && !is_subset(&[0, 6], &[0, 5, 7]));
}

#[test]
fn numbers_that_are_none_give_no_answer() {
    assert_eq!(number_difference(-2.0, 3.0), Some(5.0));
    assert_eq!(number_difference(f64::MAX, -f64::MAX), None);
    assert_eq!(number_difference(f64::INFINITY, f64::INFINITY), None);
    assert_eq!(percentage_difference(-50.0, 50.0), Some(2.0));
    assert_eq!(percentage_difference(50.0, 100.0), Some(0.5));
    assert_eq!(percentage_difference(1.0, f64::NAN), None);
}

#[test]
fn places_on_the_globe() {
    let london_to_paris = kilometres(51.5074, -0.1278, 48.8566, 2.3522);
    assert!(london_to_paris.is_some_and(|distance| (distance - 343.6).abs() < 1.0), "{london_to_paris:?}");
    let half_way_round = kilometres(0.0, 0.0, 0.0, 180.0);
    assert!(half_way_round.is_some_and(|distance| near(distance, std::f64::consts::PI * 6371.0)));
    assert_eq!(kilometres(10.0, 20.0, 10.0, 20.0), Some(0.0));
    for (latitude, longitude) in [(90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
        assert_eq!(kilometres(latitude, longitude, 0.0, 0.0), None);
        assert_eq!(kilometres(0.0, 0.0, latitude, longitude), None);
    }
}

#[test]
fn months_end_where_the_calendar_says() -> Result<(), Box<dyn std::error::Error>> {
    let day = |text: &str| text.parse::<NaiveDate>();
    for (one, two, months, years) in [
        ("2001-01-31", "2001-02-28", 1, 0),
        ("2001-01-31", "2001-02-27", 0, 0),
        ("2000-02-29", "2001-02-28", 12, 1),
        ("2000-02-29", "2001-02-27", 11, 0),
        ("1990-05-06", "1990-05-06", 0, 0),
        ("1990-05-06", "1980-05-07", 119, 9),
        ("1990-05-06", "1980-05-06", 120, 10),
    ] {
        assert_eq!(date::months_between(day(one)?, day(two)?), months, "{one} {two}");
        assert_eq!(date::months_between(day(two)?, day(one)?), months, "{one} {two}");
        assert_eq!(date::years_between(day(one)?, day(two)?), years, "{one} {two}");
    }
    let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
    assert!(date::days_between(first, last) > 190_000_000);
    assert!(date::years_between(last, first) > 500_000);
    assert!(date::within_days(first, last, u64::MAX) && !date::within_days(last, first, 1));
    assert!(date::levenshtein(first, last) > 3);
    let (one, two) = (day("1985-07-12")?, day("1985-07-21")?);
    assert_eq!((date::levenshtein(one, two), date::damerau_levenshtein(one, two)), (2, 1));
    assert!(date::within_days(one, two, 9) && !date::within_days(two, one, 8));
    assert!(!date::day_and_month_swapped(one, two) && !date::day_and_month_swapped(one, one));
    Ok(())
}

#[test]
fn british_postcodes_agree_by_levels() {
    let level = |one: &str, two: &str| UkPostcode::parse(one)?.agreement(&UkPostcode::parse(two)?);
    for (one, two, expected) in [
        ("SW1A 2AA", "sw1a2aa", Some(Level::Full)),
        ("SW1A 2AA", "SW1A 2AB", Some(Level::Sector)),
        ("SW1A 2AA", "SW1A 2", Some(Level::Sector)),
        ("SW1A 2AA", "SW1A 3AA", Some(Level::District)),
        ("SW1A 2AA", "SW1A", Some(Level::District)),
        ("SW1A 2AA", "SW1 2AA", Some(Level::Area)),
        ("SW1A", "SW", Some(Level::Area)),
        ("M1 1AE", "M11AE", Some(Level::Full)),
        ("M1 1AE", "M11 1AE", Some(Level::Area)),
        ("M1 1AE", "ME1 1AE", None),
        ("W1A", "W1A 1AA", Some(Level::District)),
    ] {
        assert_eq!(level(one, two), expected, "{one} {two}");
        assert_eq!(level(two, one), expected, "{two} {one}");
    }
    for wrong in [
        "",
        "1",
        "ABC1 1AA",
        "SW1A 2A",
        "SW1A 22A",
        "S W1A 2AA",
        "SW1AA 2AA",
        "SW1A 2AA 3",
        "ＳＷ1",
        "SW1A2AAA",
        "SW-1",
    ] {
        assert_eq!(UkPostcode::parse(wrong), None, "{wrong}");
    }
    assert!(UkPostcode::parse("EC1A 1BB").is_some_and(|code| code.is_full()));
    assert!(UkPostcode::parse("EC1A").is_some_and(|code| !code.is_full()));
}

#[test]
fn postcodes_elsewhere_agree_by_their_front() {
    assert_eq!(common_prefix("94110-1234", "94117"), 4);
    assert_eq!(prefix_level("94110-1234", "94110", &[5, 3]), Some(0));
    assert_eq!(prefix_level("94110", "94199", &[5, 3]), Some(1));
    assert_eq!(prefix_level("94110", "93110", &[5, 3]), None);
    assert_eq!(prefix_level("1010", "1010", &[5, 3]), Some(0));
    assert_eq!(prefix_level("", "", &[5, 0]), None);
    assert_eq!(prefix_level("1", "1", &[]), None);
}

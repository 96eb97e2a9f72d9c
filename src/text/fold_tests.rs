use super::fold;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn same(spellings: &[&str]) {
    for spelling in spellings {
        assert_eq!(fold(spelling), fold(spellings[0]), "{spelling} is not {}", spellings[0]);
        assert!(!fold(spelling).is_empty(), "{spelling}");
    }
}

fn different(spellings: &[&str]) {
    for (i, a) in spellings.iter().enumerate() {
        for b in &spellings[..i] {
            assert_ne!(fold(a), fold(b), "{a} and {b}");
        }
    }
}

#[test]
fn persian_and_arabic_spellings_of_one_name_are_one() {
    same(&["علی", "علي", "على", "عَلِيّ", "ع\u{640}ل\u{640}ی", "ﻋﻠﻲ", "\u{202b}علی\u{202c}"]);
    same(&["کاوه", "كاوه", "ڪاوه", "كاوة", "کاوۀ", "کاوہ", "کاوھ", "کاوە"]);
    same(&["زهرا", "زهراء", "زَهراء"]);
    same(&["احمد", "أحمد", "إحمد", "آحمد", "ٱحمد", "أَحْمَد"]);
    same(&["موذن", "مؤذن"]);
    same(&["رییس", "رئيس", "رئیس"]);
    same(&["علیرضا", "علی\u{200c}رضا", "علی\u{200d}رضا"]);
    same(&["الرحمن", "الرحمٰن", "الرَّحْمَٰن"]);
    different(&["علی", "عالی", "علا", "علیرضا", "علی رضا"]);
}

#[test]
fn hebrew_spellings_of_one_name_are_one() {
    same(&["אברהם", "אַבְרָהָם", "אברהמ"]);
    same(&["שרה", "שָׂרָה", "שׂרה"]);
    same(&["צה״ל", "צה\"ל", "צה”ל"]);
    same(&["ג׳ון", "ג'ון", "ג’ון"]);
    same(&["בן־גוריון", "בן-גוריון", "בן–גוריון"]);
    different(&["שרה", "שירה", "שרי"]);
}

#[test]
fn cyrillic_keeps_its_letters() {
    same(&["Фёдор", "ФЕДОР", "федор", "Фе\u{308}дор", "Фе́дор"]);
    different(&["Андрей", "Андреи"]);
    different(&["Київ", "Киів"]);
    different(&["Ѓорѓи", "Горги"]);
    same(&["Ќирил", "ќИРИЛ"]);
}

#[test]
fn latin_and_greek_spellings_of_one_name_are_one() {
    same(&["José", "JOSE", "Jose\u{301}", "ｊｏｓé"]);
    same(&["Straße", "STRASSE", "STRAẞE", "straſse"]);
    same(&["İrem", "Irem", "ırem", "irem"]);
    same(&["Łukasz", "lukasz"]);
    same(&["Ærø", "aero"]);
    same(&["O'Brien", "O’Brien", "O`Brien", "O´Brien", "Oʼbrien"]);
    same(&["Jean-Luc", "Jean‐Luc", "Jean—Luc"]);
    same(&["Οδυσσεύς", "ΟΔΥΣΣΕΥΣ", "Οδυσσευσ"]);
    same(&["ﬁne", "fine"]);
    different(&["Anna", "Ana"]);
}

#[test]
fn other_scripts_keep_their_marks() {
    different(&["हिन्दी", "हिनदी", "हन्दी"]);
    different(&["かき", "がき", "かぎ"]);
    same(&["ガ", "ｶﾞ", "カ\u{3099}"]);
    different(&["น้ำ", "นำ"]);
    same(&["한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"]);
}

#[test]
fn white_space_controls_and_digits() {
    assert_eq!(fold(" \u{200f}\u{3000}a\u{a0}\t\u{2003}b\0\u{85} "), "a b");
    assert_eq!(fold("a\u{200b}b\u{ad}c\u{feff}"), "abc");
    assert_eq!(fold("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ ०१२ ０１ ²"), "0123456789 0123456789 012 01 2");
    assert_eq!(fold("\u{200c}"), "");
    assert_eq!(fold(""), "");
    assert_eq!(fold(" \t"), "");
    assert_eq!(fold("\u{301}a"), "a");
}

#[test]
fn the_longest_expansion_is_as_documented() {
    let longest = ('\0'..=char::MAX)
        .map(|c| fold(c.encode_utf8(&mut [0; 4])).len() as f64 / c.len_utf8() as f64)
        .fold(0.0, f64::max);
    assert_eq!(longest, fold("\u{fdfa}").len() as f64 / 3.0);
    assert!(longest <= 11.0, "{longest}");
}

#[test]
fn the_short_way_of_plain_letters_leads_where_the_long_way_does() {
    let mut plain = 0;
    for c in ('\0'..=char::MAX).filter(|c| super::letters::plain(*c).is_some()) {
        for text in [format!("{c}"), format!("é {c}{c}"), format!("{c}\u{301}"), format!("{c}\u{306}")] {
            let mut long = super::Folder::new(0);
            text.chars().for_each(|c| long.any(c));
            assert_eq!(fold(&text), long.finish(), "{}", c.escape_unicode());
        }
        plain += 1;
    }
    assert!(plain > 20_000, "{plain}");
}

#[test]
fn every_character_is_a_fixed_point_after_one_fold() {
    for c in '\0'..=char::MAX {
        for text in
            [format!("{c}"), format!("a{c}"), format!("и{c}\u{306}"), format!("ا{c}ا"), format!("क{c}")]
        {
            let once = fold(&text);
            assert_eq!(fold(&once), once, "{:?}", text.escape_unicode().to_string());
        }
    }
}

#[test]
fn every_character_folds_as_its_other_cases_and_its_canonical_decomposition_do() {
    for c in '\0'..=char::MAX {
        let text = c.to_string();
        assert_eq!(fold(&text), fold(&text.nfd().to_string()), "{}", c.escape_unicode());
        assert_eq!(fold(&text), fold(&text.to_lowercase()), "{}", c.escape_unicode());
        // A Greek iota subscript is a mark; its capital is a letter.
        if !text.nfd().any(|c| c == '\u{345}') {
            assert_eq!(fold(&text), fold(&text.to_uppercase()), "{}", c.escape_unicode());
        }
    }
}

/// Text that provokes: marks, joiners, spaces and letters of every kind of script side by side, and anything at all.
fn provoking() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>(),
        prop::char::range('\u{300}', '\u{36f}'),
        prop::char::range('\u{600}', '\u{6ff}'),
        prop::char::range('\u{591}', '\u{5f4}'),
        prop::char::range('\u{400}', '\u{4ff}'),
        prop::char::range('\u{1f00}', '\u{1fff}'),
        prop::char::range('\u{1100}', '\u{11ff}'),
        prop::char::range('\u{2000}', '\u{206f}'),
        prop::char::range('\u{900}', '\u{97f}'),
        prop::char::range('\u{1d160}', '\u{1d180}'),
        prop::char::range('\u{e000}', '\u{e010}'),
        prop::sample::select(vec![
            '\u{345}', '\u{34f}', '\u{302e}', '\u{3099}', 'и', 'г', 'е', 'I', 'ı', ' ', '´', 'ﷺ'
        ]),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn folding_twice_is_folding_once(text in provoking()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn canonically_equivalent_texts_fold_alike(text in provoking()) {
        let folded = fold(&text);
        prop_assert_eq!(fold(&text.nfd().to_string()), folded.clone());
        prop_assert_eq!(fold(&text.nfc().to_string()), folded);
    }

    #[test]
    fn the_form_is_normalised_lower_case_without_anything_invisible(text in provoking()) {
        let folded = fold(&text);
        prop_assert_eq!(folded.nfc().to_string(), folded.clone());
        prop_assert!(!folded.chars().any(|c| c.is_control() || super::controls::is_invisible(c)));
        prop_assert!(!folded.starts_with(' ') && !folded.ends_with(' ') && !folded.contains("  "));
        prop_assert!(folded.chars().all(|c| super::digits::value(c).is_none() || c.is_ascii()));
    }

    #[test]
    fn ascii_takes_the_same_way_as_the_rest(text in "[ -~\t\n\r\u{0}\u{b}\u{7f}]{0,40}") {
        // The joiner is dropped, but it takes the text off the short path.
        let mut other = text.clone();
        other.push('\u{200d}');
        prop_assert_eq!(fold(&text), fold(&other));
    }
}

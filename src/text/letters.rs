//! Letters and signs that compare as others: what Unicode's decompositions and lower-case mappings do not say.

/// The acute accent decomposes to a space and a mark, but people type it for an apostrophe. (The grave accent is
/// ASCII and has no decomposition.)
pub(super) const fn before_decomposition(c: char) -> char {
    match c {
        '\u{b4}' | '\u{1ffd}' => '\'',
        _ => c,
    }
}

/// The lower case of a letter that is one of the usual ones in its script and needs no decomposition, because it has
/// none or one that [`fold`](super::fold()) keeps or ignores: it can go straight to the letters' [`fold`].
pub(super) fn plain(c: char) -> Option<char> {
    match c {
        'ء'
        | 'ا'..='غ'
        | 'ف'..='ي'
        | 'پ'
        | 'چ'
        | 'ژ'
        | 'ک'
        | 'گ'
        | 'ی'
        | 'א'..='ת'
        | 'а'..='я'
        | '\u{4e00}'..='\u{9fff}' => Some(c),
        'А'..='Я' => c.to_lowercase().next(),
        'ё' | 'Ё' => Some('е'),
        _ => None,
    }
}

/// The comparison form of one lower-case, fully decomposed, non-ASCII character: none, one or two characters.
pub(super) fn fold(c: char, mut put: impl FnMut(char)) {
    let one = match c {
        // Latin
        'ß' => return both(put, 's', 's'),
        'æ' => return both(put, 'a', 'e'),
        'œ' => return both(put, 'o', 'e'),
        'þ' => return both(put, 't', 'h'),
        'ı' => 'i',
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ŧ' => 't',

        // Greek
        'ς' => 'σ',

        // Cyrillic letter variants (Unicode 16, CaseFolding.txt, U+1C80 to U+1C88)
        '\u{1c80}' => 'в',
        '\u{1c81}' => 'д',
        '\u{1c82}' => 'о',
        '\u{1c83}' => 'с',
        '\u{1c84}' | '\u{1c85}' => 'т',
        '\u{1c86}' => 'ъ',
        '\u{1c87}' => 'ѣ',
        '\u{1c88}' => '\u{a64b}',

        // Arabic script: hamza, high hamza and tatweel; alefs; yehs; kafs; hehs
        'ء' | '\u{674}' | 'ـ' => return,
        'ٱ' | 'ٲ' | 'ٳ' => 'ا',
        'ي' | 'ى' => 'ی',
        'ك' | 'ڪ' => 'ک',
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۃ' => 'ه',

        // Hebrew: final letters and Yiddish digraphs
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        'װ' => return both(put, 'ו', 'ו'),
        'ױ' => return both(put, 'ו', 'י'),
        'ײ' => return both(put, 'י', 'י'),

        // apostrophes: quotation marks, prime, modifier letters, Armenian, geresh, saltillo
        '\u{2018}'
        | '\u{2019}'
        | '\u{201b}'
        | '\u{2032}'
        | '\u{2b9}'
        | '\u{2bb}'..='\u{2bf}'
        | '\u{2c8}'
        | '\u{55a}'
        | '׳'
        | '\u{a78b}'
        | '\u{a78c}' => '\'',
        // double quotation marks and gershayim
        '\u{201c}' | '\u{201d}' | '\u{201f}' | '«' | '»' | '״' => '"',

        c if super::digits::is_dash(c) => '-',
        c => c,
    };
    put(one);
}

fn both(mut put: impl FnMut(char), first: char, second: char) {
    put(first);
    put(second);
}

//! Words in Arabic script: the article, and readings of names that are in no table.

use super::forms::Forms;
use super::{dictionary, waw};

/// Names that begin with the letters of the article and have none.
const NO_ARTICLE: &[&str] = &[
    "الهام",
    "الناز",
    "الهه",
    "الیاس",
    "الیاسی",
    "الیسا",
    "الینا",
    "الما",
    "الماس",
    "الماسی",
    "الوند",
    "الوندی",
    "البرز",
    "البرزی",
    "الکساندر",
    "الکس",
    "التون",
    "البرت",
    "الیزابت",
    "الیسون",
    "الیف",
    "الدار",
    "الشن",
    "الناره",
    "الهامی",
    "الهی",
    "الله",
    "اللهی",
    "الفت",
    "الیور",
    "الیوت",
];

/// The word without the article `ال`, if it has one before at least three letters.
pub(super) fn without_article(word: &str) -> &str {
    match word.strip_prefix("ال") {
        Some(bare) if bare.chars().nth(2).is_some() && !NO_ARTICLE.contains(&word) => bare,
        _ => word,
    }
}

/// A Latin word without `al` or `el`, where what follows is known to be an Arabic name or has the shape of one that tells
/// where somebody is from (`elmasry`, `alghamdi`).
pub(super) fn without_latin_article(word: &str) -> &str {
    let Some(bare) = word.strip_prefix("al").or_else(|| word.strip_prefix("el")) else { return word };
    if bare.len() < 4 || dictionary::is_known(word) {
        return word;
    }
    let starts = bare.as_bytes().first().is_some_and(|first| !b"aeiouy".contains(first));
    let is_nisba = starts && (bare.ends_with('i') || bare.ends_with('y'));
    if is_nisba || dictionary::is_arabic(bare) { bare } else { word }
}

const fn consonant(c: char) -> Option<&'static str> {
    Some(match c {
        'ب' => "b",
        'پ' => "p",
        'ت' | 'ط' | 'ٹ' => "t",
        'ث' | 'س' | 'ص' => "s",
        'ج' => "j",
        'چ' => "ch",
        'ح' | 'ه' => "h",
        'خ' => "kh",
        'د' | 'ڈ' => "d",
        'ذ' | 'ز' | 'ض' | 'ظ' => "z",
        'ر' | 'ڑ' => "r",
        'ژ' => "zh",
        'ش' => "sh",
        'غ' | 'ق' => "gh",
        'ف' => "f",
        'ک' => "k",
        'گ' => "g",
        'ل' => "l",
        'م' => "m",
        'ن' | 'ں' => "n",
        'ڤ' => "v",
        _ => return None,
    })
}

/// How the Arabic of Arabia and Egypt spells what Persian spells otherwise.
const fn arabic_consonant(c: char) -> Option<&'static str> {
    match c {
        'ث' => Some("th"),
        'ذ' | 'ظ' => Some("dh"),
        'ض' => Some("d"),
        'ق' => Some("q"),
        _ => consonant(c),
    }
}

/// Readings of a word that is in no table: Persian and Arabic consonants, with short vowels where syllables need them.
pub(super) fn read(word: &str, forms: &mut Forms) {
    for (persian, vowel, every) in
        [(true, "a", false), (false, "a", false), (true, "a", true), (true, "e", false), (true, "o", false)]
    {
        forms.push(read_with(word, persian, vowel, every));
    }
}

fn read_with(word: &str, persian: bool, short: &str, every: bool) -> String {
    let letters: Vec<char> = word.replace("لله", "له").replace("خوا", "خا").chars().collect();
    let mut out = String::with_capacity(2 * letters.len());
    // Whether a vowel has just been written.
    let mut open = true;
    let at = |place: usize| letters.get(place).copied();
    for (place, c) in letters.iter().copied().enumerate() {
        let next = at(place + 1);
        let is_last = next.is_none();
        let sound = match c {
            'و' if waw::consonant(&letters, place).is_some() => Some(if persian { "v" } else { "w" }),
            'ی' if place == 0 || (next == Some('ا') && !open) => Some("y"),
            'ه' if is_last && !open => {
                out.push_str(if persian { "eh" } else { "a" });
                continue;
            }
            c if persian => consonant(c),
            c => arabic_consonant(c),
        };
        let Some(sound) = sound else {
            let vowel = match c {
                'و' if persian => "ou",
                'و' => "u",
                'ی' => "i",
                'ا' | 'ع' if place == 0 && next == Some('ی') => {
                    continue;
                }
                'ا' | 'ع' if !(open && place > 0) => "a",
                'ا' if place == 0 => "a",
                'ع' if place == 0 => "a",
                _ => continue,
            };
            out.push_str(vowel);
            open = true;
            continue;
        };
        out.push_str(sound);
        let next_is_consonant = next
            .is_some_and(|next| consonant(next).is_some() && !(next == 'ه' && place + 2 == letters.len()));
        if next_is_consonant && (every || !open || place == 0) {
            out.push_str(short);
            open = true;
        } else {
            open = false;
        }
    }
    out
}

/// What a single letter may stand for at the start of a Latin spelling.
pub(super) const fn initial(c: char) -> &'static [&'static str] {
    match c {
        'ا' => &["a", "e", "i", "o", "u"],
        'ب' => &["b"],
        'پ' => &["p"],
        'ت' | 'ط' => &["t"],
        'ث' => &["s", "th"],
        'ج' => &["j", "g"],
        'چ' => &["ch"],
        'ح' | 'ه' => &["h"],
        'خ' => &["kh"],
        'د' => &["d"],
        'ذ' | 'ظ' => &["z", "dh"],
        'ر' => &["r"],
        'ز' => &["z"],
        'ژ' => &["zh", "j"],
        'س' | 'ص' => &["s"],
        'ش' => &["sh"],
        'ض' => &["z", "d"],
        'ع' => &["a", "e", "i", "o", "u"],
        'غ' => &["gh", "g"],
        'ف' => &["f"],
        'ق' => &["gh", "q", "g", "k"],
        'ک' => &["k", "c"],
        'گ' => &["g"],
        'ل' => &["l"],
        'م' => &["m"],
        'ن' => &["n"],
        'و' => &["v", "w"],
        'ی' => &["y", "i"],
        _ => &[],
    }
}

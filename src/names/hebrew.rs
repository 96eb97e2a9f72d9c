//! Words in Hebrew script: readings of names that are in no table.

use super::forms::Forms;
use super::{dictionary, waw};

const fn consonant(c: char) -> Option<&'static str> {
    Some(match c {
        'ב' => "b",
        'ג' => "g",
        'ד' => "d",
        'ה' | 'ח' => "h",
        'ז' => "z",
        'ט' | 'ת' => "t",
        'כ' | 'ק' => "k",
        'ל' => "l",
        'מ' => "m",
        'נ' => "n",
        'ס' => "s",
        'פ' => "p",
        'צ' => "tz",
        'ר' => "r",
        'ש' => "sh",
        _ => return None,
    })
}

/// The letters that change inside a word: bet, kaf and pe are soft after a vowel, het is also written `ch`.
const fn soft(c: char) -> Option<&'static str> {
    match c {
        'ב' => Some("v"),
        'כ' | 'ח' => Some("ch"),
        'פ' => Some("f"),
        'צ' => Some("ts"),
        _ => consonant(c),
    }
}

/// Readings of a word that is in no table. Vav and yod are vowels between consonants (matres lectionis).
pub(super) fn read(word: &str, forms: &mut Forms) {
    for (hebrew, latin) in [("בנ", "ben"), ("בר", "bar"), ("אבו", "abu")] {
        if let Some(rest) = word.strip_prefix(hebrew)
            && let Some(entry) = dictionary::find(rest, rest).first()
        {
            for form in dictionary::latin(*entry).iter().take(3) {
                forms.push(format!("{latin}{form}"));
            }
        }
    }
    for (vowel, vav, is_soft) in
        [("a", "o", true), ("e", "o", true), ("a", "u", true), ("a", "o", false), ("i", "u", true)]
    {
        forms.push(read_with(word, vowel, vav, is_soft));
    }
}

fn read_with(word: &str, short: &str, round: &str, is_soft: bool) -> String {
    let letters: Vec<char> = word.chars().collect();
    let at = |place: usize| letters.get(place).copied();
    let is_vowel_vav = |place: usize| at(place) == Some('ו') && waw::consonant(&letters, place).is_none();
    let mut out = String::with_capacity(2 * letters.len());
    let mut open = false;
    let mut place = 0;
    while let Some(c) = at(place) {
        let next = at(place + 1);
        let is_last = next.is_none();
        let vav = waw::consonant(&letters, place);
        let length = vav.unwrap_or(1);
        let sound = match c {
            'ו' if vav.is_some() => Some("v"),
            'י' if place == 0 => Some("y"),
            'ה' if is_last && place > 0 => {
                out.push_str(if open { "h" } else { "a" });
                break;
            }
            c if place > 0 && is_soft => soft(c),
            c => consonant(c),
        };
        let Some(sound) = sound else {
            let vowel = match c {
                'ו' => round,
                'י' => "i",
                'א' | 'ע' if !open && next != Some('י') && !is_vowel_vav(place + 1) => "a",
                _ => "",
            };
            out.push_str(vowel);
            open |= !vowel.is_empty();
            place += length;
            continue;
        };
        out.push_str(sound);
        let follows = place + length;
        let before_consonant = at(follows).is_some_and(|next| {
            let is_consonant = consonant(next).is_some() || waw::consonant(&letters, follows).is_some();
            is_consonant && !(next == 'ה' && follows + 1 == letters.len())
        });
        if before_consonant && (!open || place == 0) {
            out.push_str(short);
            open = true;
        } else {
            open = false;
        }
        place += length;
    }
    out
}

/// What a single letter may stand for at the start of a Latin spelling.
pub(super) const fn initial(c: char) -> &'static [&'static str] {
    match c {
        'א' | 'ע' => &["a", "e", "i", "o", "u"],
        'ב' => &["b", "v"],
        'ג' => &["g", "j"],
        'ד' => &["d"],
        'ה' => &["h"],
        'ו' => &["v", "w"],
        'ז' => &["z", "zh"],
        'ח' => &["h", "ch", "kh"],
        'ט' | 'ת' => &["t", "th"],
        'י' => &["y", "i", "j"],
        'כ' | 'ק' => &["k", "c", "q"],
        'ל' => &["l"],
        'מ' => &["m"],
        'נ' => &["n"],
        'ס' => &["s"],
        'פ' => &["p", "f"],
        'צ' => &["tz", "ts", "z", "c"],
        'ר' => &["r"],
        'ש' => &["sh", "s"],
        _ => &[],
    }
}

//! A postal address in its parts: numbers and names, whatever the order and the script.

use crate::names;
use crate::similarity::{Text, optimal_string_alignment_within};
use crate::text;

/// House, flat and street.
#[derive(Clone)]
pub(crate) struct Address {
    /// House and flat numbers with their letters, sorted.
    numbers: Box<[Box<str>]>,
    /// The words that name the street, sorted: folded, with consonants.
    words: Box<[Word]>,
}

/// A word of a street's name.
#[derive(Clone)]
struct Word {
    folded: Box<str>,
    text: Text,
    /// Its consonants.
    sound: Box<str>,
}

/// How far two addresses agree, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum AddressGrade {
    /// Nothing in common.
    Different,
    /// The same numbers, other names.
    Numbers,
    /// The same street, other numbers.
    Street,
    /// The same street and some of the numbers, or a slip in either.
    Near,
    /// The same.
    Same,
}

/// Words that say what a thing is, not which: streets, houses, flats, in the usual languages and short forms.
const GENERIC: &[&str] = &[
    "street",
    "st",
    "str",
    "road",
    "rd",
    "avenue",
    "ave",
    "av",
    "lane",
    "ln",
    "close",
    "cl",
    "drive",
    "dr",
    "court",
    "ct",
    "place",
    "pl",
    "crescent",
    "cres",
    "cr",
    "gardens",
    "gdns",
    "grove",
    "way",
    "circuit",
    "cct",
    "boulevard",
    "blvd",
    "square",
    "sq",
    "terrace",
    "tce",
    "ter",
    "parade",
    "pde",
    "highway",
    "hwy",
    "flat",
    "apt",
    "apartment",
    "unit",
    "no",
    "number",
    "suite",
    "floor",
    "the",
    "ul",
    "ulitsa",
    "dom",
    "d",
    "kv",
    "kvartira",
    "prospekt",
    "pr",
    "per",
    "pereulok",
    "ул",
    "улица",
    "дом",
    "д",
    "кв",
    "квартира",
    "проспект",
    "пр",
    "пер",
    "переулок",
    "к",
    "корп",
    "стр",
    "خیابان",
    "خ",
    "کوچه",
    "پلاک",
    "واحد",
    "بلوار",
    "میدان",
    "طبقه",
    "شارع",
    "طریق",
    "رقم",
    "شقه",
    "حی",
    "مبنی",
    "khiaban",
    "pelak",
    "vahed",
    "sharia",
    "רחוב",
    "רח",
    "דירה",
    "שדרות",
    "שד",
    "rehov",
    "rechov",
];

impl Address {
    pub(crate) fn parse(inputs: &[Option<&str>]) -> Option<Self> {
        let mut numbers: Vec<Box<str>> = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        for input in inputs.iter().flatten() {
            let folded = text::fold(input);
            for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(24)
            {
                if word.chars().any(|c| c.is_ascii_digit()) {
                    let number = word.trim_start_matches('0');
                    if !number.is_empty() {
                        numbers.push(number.into());
                    }
                } else if !GENERIC.contains(&word) {
                    let sound = names::Name::parse(word)
                        .and_then(|name| Some(name.tokens().first()?.skeleton().into()))
                        .unwrap_or_else(|| word.into());
                    words.push(Word { folded: word.into(), text: Text::new(word), sound });
                }
            }
        }
        if numbers.is_empty() && words.is_empty() {
            return None;
        }
        numbers.sort();
        words.sort_by(|a, b| a.folded.cmp(&b.folded));
        Some(Self { numbers: numbers.into(), words: words.into() })
    }

    pub(crate) fn key(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| &*word.folded).collect();
        format!("{} {}", self.numbers.join(" "), words.join(" "))
    }

    /// Numbers and consonants: the same for most writings of one address in one script or another.
    pub(crate) fn place(&self) -> Option<String> {
        if self.numbers.is_empty() || self.words.is_empty() {
            return None;
        }
        let mut sounds: Vec<&str> = self.words.iter().map(|word| &*word.sound).collect();
        sounds.sort_unstable();
        Some(format!("{} {}", self.numbers.join(" "), sounds.join(" ")))
    }

    /// House and flat numbers.
    pub(super) fn each_number(&self) -> impl Iterator<Item = &str> {
        self.numbers.iter().map(|number| &**number)
    }

    /// The word that names the street, with its consonants, if it is one word.
    pub(super) fn only_word(&self) -> Option<(&str, &str)> {
        match &*self.words {
            [word] => Some((&word.folded, &word.sound)),
            _ => None,
        }
    }

    /// The numbers alone.
    pub(crate) fn numbers(&self) -> Option<String> {
        (!self.numbers.is_empty()).then(|| self.numbers.join(" "))
    }
}

/// How many of either side's have an equal on the other side: the fewer. `equal` says the same both ways.
fn common<T>(a: &[T], b: &[T], equal: impl Fn(&T, &T) -> bool) -> usize {
    let found = |own: &[T], others: &[T]| {
        own.iter().filter(|one| others.iter().any(|other| equal(one, other))).count()
    };
    match found(a, b) {
        0 => 0,
        of_a => of_a.min(found(b, a)),
    }
}

/// How far two addresses agree; the same whichever comes first.
pub(crate) fn compare(a: &Address, b: &Address) -> AddressGrade {
    let numbers = common(&a.numbers, &b.numbers, |x, y| x == y);
    let words = common(&a.words, &b.words, near);
    let fewest = a.words.len().min(b.words.len());
    let most = a.words.len().max(b.words.len());
    let same_numbers = numbers == a.numbers.len() && numbers == b.numbers.len();
    let some_numbers = numbers > 0;
    let same_words = words > 0 && words >= fewest && words * 2 >= most;
    let equal_words =
        a.words.len() == b.words.len() && a.words.iter().zip(&b.words).all(|(x, y)| x.text == y.text);
    match (same_numbers, some_numbers, same_words, words > 0) {
        (true, ..) if equal_words => AddressGrade::Same,
        (true, true, true, _) => AddressGrade::Same,
        (_, true, true, _) | (true, true, _, true) => AddressGrade::Near,
        (_, _, true, _) if close_numbers(a, b) => AddressGrade::Near,
        (_, _, true, _) => AddressGrade::Street,
        (true, true, ..) => AddressGrade::Numbers,
        _ => AddressGrade::Different,
    }
}

/// Whether two words are one word: the same, the same in another script, or a slip apart.
fn near(a: &Word, b: &Word) -> bool {
    a.text == b.text
        || (a.sound == b.sound && a.sound.len() >= 3)
        || (a.text.len().min(b.text.len()) >= 4
            && optimal_string_alignment_within(&a.text, &b.text, 1).is_some())
}

/// Whether two single numbers are a slip apart.
fn close_numbers(a: &Address, b: &Address) -> bool {
    match (&*a.numbers, &*b.numbers) {
        ([x], [y]) => optimal_string_alignment_within(&Text::new(x), &Text::new(y), 1).is_some(),
        _ => false,
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;

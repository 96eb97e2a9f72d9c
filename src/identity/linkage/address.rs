//! A postal address in its parts: numbers and names, whatever the order and the script.

use std::sync::Arc;

use hashbrown::HashMap;

use super::person_name::PersonName;
use crate::names::Token;
use crate::similarity::{Text, optimal_string_alignment_within};
use crate::text;

/// House, flat and street.
#[derive(Clone)]
pub(crate) struct Address {
    /// House and flat numbers with their letters, sorted; then the words, each with its consonants.
    said: Box<str>,
    /// Where each number ends.
    numbers: Box<[u32]>,
    /// The words that name the street, sorted by their folded form.
    words: Box<[Word]>,
}

/// A word of a street's name.
#[derive(Clone)]
struct Word {
    text: Text,
    /// Where the word begins and ends, and its consonants end.
    at: [u32; 3],
}

/// A word of a street as it is read.
struct Read<'a> {
    folded: &'a str,
    /// Its consonants.
    sound: Arc<str>,
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

/// The consonants of a word: those of a name, or else the word itself.
fn sound(word: &str) -> Arc<str> {
    sound_of(PersonName::parse(word).as_ref(), word)
}

/// The same of a word that was read as a name.
pub(super) fn sound_of(name: Option<&PersonName>, word: &str) -> Arc<str> {
    let first = name.and_then(|name| name.tokens().first());
    first.map_or(word, Token::skeleton).into()
}

/// The consonants of words, found once for each: streets have few words.
#[derive(Default)]
pub(super) struct Sounds(HashMap<Box<str>, Arc<str>>);

/// So many words are remembered.
const MOST_WORDS: usize = 1 << 16;

impl Sounds {
    fn of(&mut self, word: &str) -> Arc<str> {
        if let Some(known) = self.0.get(word) {
            return Arc::clone(known);
        }
        let sound = sound(word);
        if self.0.len() < MOST_WORDS {
            self.0.insert(word.into(), Arc::clone(&sound));
        }
        sound
    }
}

impl Address {
    pub(crate) fn parse(inputs: &[Option<&str>]) -> Option<Self> {
        Self::read(inputs, &mut sound)
    }

    /// [`Self::parse`], with sounds that were found before.
    pub(super) fn parse_with(inputs: &[Option<&str>], sounds: &mut Sounds) -> Option<Self> {
        Self::read(inputs, &mut |word| sounds.of(word))
    }

    /// [`Self::parse`], with somebody else's way to the same sounds.
    pub(super) fn parse_by(inputs: &[Option<&str>], mut sound: impl FnMut(&str) -> Arc<str>) -> Option<Self> {
        Self::read(inputs, &mut sound)
    }

    fn read(inputs: &[Option<&str>], sound: &mut dyn FnMut(&str) -> Arc<str>) -> Option<Self> {
        let folded: Vec<String> = inputs.iter().flatten().map(|input| text::fold(input)).collect();
        let mut numbers: Vec<&str> = Vec::new();
        let mut words: Vec<Read<'_>> = Vec::new();
        for input in &folded {
            for word in input.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(24) {
                if word.chars().any(|c| c.is_ascii_digit()) {
                    let number = word.trim_start_matches('0');
                    if !number.is_empty() {
                        numbers.push(number);
                    }
                } else if !GENERIC.contains(&word) {
                    words.push(Read { folded: word, sound: sound(word) });
                }
            }
        }
        if numbers.is_empty() && words.is_empty() {
            return None;
        }
        numbers.sort_unstable();
        words.sort_by_key(|word| word.folded);
        let length = numbers.iter().map(|number| number.len()).sum::<usize>()
            + words.iter().map(|word| word.folded.len() + word.sound.len()).sum::<usize>();
        let mut said = Said(String::with_capacity(length));
        let mut ends = Vec::with_capacity(numbers.len());
        for number in numbers {
            ends.push(said.push(number)?);
        }
        let mut placed = Vec::with_capacity(words.len());
        for word in words {
            let start = said.end()?;
            let at = [start, said.push(word.folded)?, said.push(&word.sound)?];
            placed.push(Word { text: Text::new(word.folded), at });
        }
        Some(Self { said: said.0.into(), numbers: ends.into(), words: placed.into() })
    }

    /// House and flat numbers.
    pub(super) fn each_number(&self) -> impl Iterator<Item = &str> {
        (0..self.numbers.len()).map(|place| self.number(place))
    }

    /// All that is told, in one text.
    pub(super) fn said(&self) -> &str {
        &self.said
    }

    /// Whether both tell the same numbers and words.
    pub(super) fn is_identical(&self, other: &Self) -> bool {
        let words = self.words.iter().map(|word| word.at).eq(other.words.iter().map(|word| word.at));
        words && self.numbers == other.numbers && self.said == other.said
    }

    /// See [`Prepared::beginning`](super::prepare::Prepared::beginning).
    pub(super) fn beginning(&self) -> u8 {
        let word = self.words.first().map_or(0, |word| word.text.len());
        word.to_le_bytes()[0] ^ self.said.as_bytes().first().copied().unwrap_or(0)
    }

    /// A number by its place.
    fn number(&self, place: usize) -> &str {
        let end = |place: usize| self.numbers.get(place).copied().unwrap_or(0);
        self.between(place.checked_sub(1).map_or(0, end), end(place))
    }

    fn between(&self, start: u32, end: u32) -> &str {
        self.said.get(start as usize..end as usize).unwrap_or_default()
    }

    fn folded(&self, word: &Word) -> &str {
        self.between(word.at[0], word.at[1])
    }

    fn sound(&self, word: &Word) -> &str {
        self.between(word.at[1], word.at[2])
    }

    pub(crate) fn key(&self) -> String {
        self.with_words(self.words.iter().map(|word| self.folded(word)))
    }

    /// Numbers and consonants: the same for most writings of one address in one script or another.
    pub(crate) fn place(&self) -> Option<String> {
        if self.numbers.is_empty() || self.words.is_empty() {
            return None;
        }
        let mut sounds: Vec<&str> = self.words.iter().map(|word| self.sound(word)).collect();
        sounds.sort_unstable();
        Some(self.with_words(sounds.into_iter()))
    }

    /// The numbers and these words, parted by spaces.
    fn with_words<'a>(&'a self, words: impl Iterator<Item = &'a str>) -> String {
        let mut text = String::with_capacity(self.said.len() + 16);
        join(&mut text, self.each_number());
        text.push(' ');
        join(&mut text, words);
        text
    }

    /// The word that names the street, with its consonants, if it is one word.
    pub(super) fn only_word(&self) -> Option<(&str, &str)> {
        match &*self.words {
            [word] => Some((self.folded(word), self.sound(word))),
            _ => None,
        }
    }

    /// The numbers alone.
    pub(crate) fn numbers(&self) -> Option<String> {
        let mut text = String::new();
        join(&mut text, self.each_number());
        (!text.is_empty()).then_some(text)
    }
}

fn join<'a>(text: &mut String, parts: impl Iterator<Item = &'a str>) {
    for (place, part) in parts.enumerate() {
        if place > 0 {
            text.push(' ');
        }
        text.push_str(part);
    }
}

/// Texts one after another.
struct Said(String);

impl Said {
    fn end(&self) -> Option<u32> {
        u32::try_from(self.0.len()).ok()
    }

    /// Adds one and says where it ends.
    fn push(&mut self, text: &str) -> Option<u32> {
        self.0.push_str(text);
        self.end()
    }
}

/// How many of either side's have an equal on the other side: the fewer. `equal` says so of their places.
fn common(a: usize, b: usize, equal: impl Fn(usize, usize) -> bool) -> usize {
    let of_a = (0..a).filter(|one| (0..b).any(|other| equal(*one, other))).count();
    if of_a == 0 {
        return 0;
    }
    of_a.min((0..b).filter(|other| (0..a).any(|one| equal(one, *other))).count())
}

/// How far two addresses agree; the same whichever comes first.
pub(crate) fn compare(a: &Address, b: &Address) -> AddressGrade {
    let numbers = common(a.numbers.len(), b.numbers.len(), |x, y| a.number(x) == b.number(y));
    let words = common(a.words.len(), b.words.len(), |x, y| near((a, x), (b, y)));
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
fn near((of_a, x): (&Address, usize), (of_b, y): (&Address, usize)) -> bool {
    let (Some(a), Some(b)) = (of_a.words.get(x), of_b.words.get(y)) else { return false };
    let (one, other) = (of_a.sound(a), of_b.sound(b));
    a.text == b.text
        || (one == other && one.len() >= 3)
        || (a.text.len().min(b.text.len()) >= 4
            && optimal_string_alignment_within(&a.text, &b.text, 1).is_some())
}

/// Whether two single numbers are a slip apart.
fn close_numbers(a: &Address, b: &Address) -> bool {
    let text = |of: &Address| Text::new(of.number(0));
    a.numbers.len() == 1
        && b.numbers.len() == 1
        && optimal_string_alignment_within(&text(a), &text(b), 1).is_some()
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;

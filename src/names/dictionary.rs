//! Frequent given and family names with their usual spellings.
//!
//! A line of a table is one name: its Latin spellings, the most usual one first, a bar, and its spellings in other
//! scripts. What is not in a table is read by rule, so a missing name costs some accuracy and nothing else.

mod arabic;
mod hebrew;
mod persian;
mod russian;

use std::sync::LazyLock;

use hashbrown::HashMap;

use crate::text::fold;

use super::skeleton;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Persian,
    Arabic,
    Hebrew,
    Russian,
}

struct Entry {
    language: Language,
    latin: Vec<&'static str>,
    /// Folded.
    native: Vec<Box<str>>,
    skeleton: String,
}

struct Dictionary {
    entries: Vec<Entry>,
    /// Folded spellings in every script with the entries that have them, ascending.
    index: HashMap<Box<str>, Vec<u16>>,
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    let mut entries = Vec::new();
    let mut index: HashMap<Box<str>, Vec<u16>> = HashMap::new();
    let mut spells = |form: &str, id: u16| match index.get_mut(form) {
        Some(ids) if ids.last() == Some(&id) => {}
        Some(ids) => ids.push(id),
        None => {
            index.insert(form.into(), vec![id]);
        }
    };
    let tables = [
        (Language::Persian, persian::NAMES),
        (Language::Arabic, arabic::NAMES),
        (Language::Hebrew, hebrew::NAMES),
        (Language::Russian, russian::NAMES),
    ];
    for (language, table) in tables {
        for line in table.lines() {
            let (latin, native) = line.split_once('|').unwrap_or((line, ""));
            let latin: Vec<&str> = latin.split_whitespace().collect();
            let (Some(first), Ok(id)) = (latin.first(), u16::try_from(entries.len())) else { continue };
            let skeleton = skeleton::latin(first);
            latin.iter().for_each(|form| spells(form, id));
            let native: Vec<Box<str>> = native.split_whitespace().map(|form| fold(form).into()).collect();
            native.iter().for_each(|form| spells(form, id));
            entries.push(Entry { language, latin, native, skeleton });
        }
    }
    Dictionary { entries, index }
});

fn exactly(word: &str) -> &'static [u16] {
    DICTIONARY.index.get(word).map_or(&[], Vec::as_slice)
}

/// The names that the word spells, or else those that its stem spells; ascending.
pub(super) fn find(word: &str, stem: &str) -> Vec<u16> {
    let whole = exactly(word);
    if whole.is_empty() && stem != word { exactly(stem).to_vec() } else { whole.to_vec() }
}

/// The Latin spellings of a name.
pub(super) fn latin(entry: u16) -> &'static [&'static str] {
    self::entry(entry).map_or(&[], |entry| &entry.latin)
}

/// The skeleton of a name.
pub(super) fn skeleton(entry: u16) -> Option<&'static str> {
    self::entry(entry).map(|entry| entry.skeleton.as_str())
}

pub(super) fn is_known(word: &str) -> bool {
    !exactly(word).is_empty()
}

fn entry(id: u16) -> Option<&'static Entry> {
    DICTIONARY.entries.get(usize::from(id))
}

fn is_in(word: &str, language: Language) -> bool {
    exactly(word).iter().any(|id| entry(*id).is_some_and(|entry| entry.language == language))
}

impl Language {
    /// Whether speakers of the two share their names, so that what their tables tell apart are different names.
    fn shares_names_with(self, other: Self) -> bool {
        self == other
            || matches!((self, other), (Self::Persian, Self::Arabic) | (Self::Arabic, Self::Persian))
    }
}

/// Whether some of these names are of one language, or of two that share their names.
pub(super) fn are_of_one_language(some: &[u16], others: &[u16]) -> bool {
    some.iter().filter_map(|id| entry(*id)).any(|one| {
        let mut others = others.iter().filter_map(|id| entry(*id));
        others.any(|other| one.language.shares_names_with(other.language))
    })
}

/// Whether a Latin word is the most usual spelling of one of these names.
pub(super) fn is_usual_spelling(word: &str, entries: &[u16]) -> bool {
    entries.iter().any(|entry| latin(*entry).first() == Some(&word))
}

/// Whether each of two Latin words is the most usual spelling of a name of one language, and these are different names
/// (`Hamid`, `Hamed`), though one of the words may also be a spelling of the other's name.
pub(super) fn are_two_usual_spellings(a: (&str, &[u16]), b: (&str, &[u16])) -> bool {
    let usual = |(word, entries): (&str, &[u16])| -> Vec<(u16, &'static Entry)> {
        let known = entries.iter().filter_map(|id| Some((*id, entry(*id)?)));
        known.filter(|(_, entry)| entry.latin.first() == Some(&word)).collect()
    };
    let (a, b) = (usual(a), usual(b));
    let are_one = |(id, one): &(u16, &Entry), (of, other): &(u16, &Entry)| {
        id == of || one.native.iter().any(|form| other.native.contains(form))
    };
    let are_two = |one: &(u16, &Entry), other: &(u16, &Entry)| {
        one.1.language.shares_names_with(other.1.language) && !are_one(one, other)
    };
    a.iter().any(|one| b.iter().any(|other| are_two(one, other)))
        && !a.iter().any(|one| b.iter().any(|other| are_one(one, other)))
}

/// Whether it spells a name of the Hebrew table.
pub(super) fn is_hebrew(word: &str) -> bool {
    is_in(word, Language::Hebrew)
}

/// Whether it spells a name of the Arabic table.
pub(super) fn is_arabic(word: &str) -> bool {
    is_in(word, Language::Arabic) || is_in(word, Language::Persian)
}

/// Every spelling of the tables once, ascending.
#[cfg(test)]
pub(super) fn spellings() -> Vec<&'static str> {
    let mut words: Vec<&str> = DICTIONARY.index.keys().map(AsRef::as_ref).collect();
    words.sort_unstable();
    words
}

/// Second parts of Persian family names: how they are spelled in Latin letters, the most usual first, and in Persian.
const SECOND_PARTS: &[(&[&str], &str)] = &[
    (&["nejad", "nezhad", "nejhad", "nezad", "najad", "nijad"], "نژاد"),
    (&["zadeh", "zade", "zada", "zadegan"], "زاده"),
    (&["pour", "pur", "poor", "por"], "پور"),
    (&["far", "fard"], "فر"),
    (&["nia", "niya", "neya"], "نیا"),
    (&["vand", "wand"], "وند"),
    (&["lou", "lu", "loo", "lo"], "لو"),
    (&["khah", "kha", "xah"], "خواه"),
    (&["ian", "yan", "iyan", "eian", "eyan"], "یان"),
    (&["doust", "dust", "doost", "dost"], "دوست"),
    (&["manesh", "menesh"], "منش"),
    (&["panah"], "پناه"),
    (&["mand"], "مند"),
    (&["parast"], "پرست"),
    (&["nasab"], "نسب"),
    (&["abadi"], "ابادی"),
    (&["reza", "rza"], "رضا"),
    (&["ollahi", "allahi", "olahi"], "اللهی"),
    (&["i", "y", "ee"], "ی"),
];

/// First parts: the Arabic servants of God, Persian and Hebrew compounds.
const FIRST_PARTS: &[(&[&str], &[&str])] = &[
    (&["abdul", "abdal", "abdel", "abdol", "abdoul", "abdur", "abdar", "abder"], &["عبدال"]),
    (&["abu", "abou", "abo", "aboul", "abul", "abol"], &["ابو"]),
    (&["ben"], &["בנ"]),
    (&["bar"], &["בר"]),
    (&["bin", "ibn", "ben"], &["بن", "ابن"]),
    (&["amir"], &["امیر"]),
    (&["mohammad", "mohamad", "muhammad"], &["محمد"]),
    (&["gholam", "qolam"], &["غلام"]),
];

/// The usual Latin spelling of a compound of which the other part is a known name: the same for every spelling of the
/// compound in every script.
pub(super) fn compound(word: &str) -> Option<String> {
    let usual = |base: &str| exactly(base).first().and_then(|entry| latin(*entry).first()).copied();
    let is_latin = word.is_ascii();
    for (latin, native) in SECOND_PARTS {
        let spellings = if is_latin { latin } else { std::slice::from_ref(native) };
        for spelling in spellings {
            if let Some(base) = word.strip_suffix(spelling)
                && base.chars().nth(1).is_some()
                && let (Some(base), Some(part)) = (usual(base), latin.first())
            {
                return Some(format!("{base}{part}"));
            }
        }
    }
    for (latin, native) in FIRST_PARTS {
        let spellings = if is_latin { latin } else { native };
        for spelling in *spellings {
            if let Some(base) = word.strip_prefix(spelling)
                && base.chars().nth(1).is_some()
                && let (Some(base), Some(part)) = (usual(base), latin.first())
            {
                return Some(format!("{part}{base}"));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{DICTIONARY, Language};

    #[test]
    fn tables_are_well_formed_and_large_enough() {
        for entry in &DICTIONARY.entries {
            assert!(!entry.skeleton.is_empty(), "{:?}", entry.latin);
            for form in &entry.latin {
                assert!(form.bytes().all(|byte| byte.is_ascii_lowercase()), "{form}");
            }
        }
        for (language, least) in [
            (Language::Persian, 150),
            (Language::Arabic, 150),
            (Language::Hebrew, 120),
            (Language::Russian, 150),
        ] {
            let count = DICTIONARY.entries.iter().filter(|entry| entry.language == language).count();
            assert!(count >= least, "{language:?}: {count}");
        }
    }
}

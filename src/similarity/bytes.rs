//! The comparators over UTF-8 bytes instead of characters, only to reproduce models of engines that count bytes.
//!
//! DuckDB's string functions count bytes, so a Splink model that was trained on it has weights for byte distances. Use
//! this module to score with such a model as it is; for anything else bytes are wrong: one changed Cyrillic letter is one
//! or two edits depending on which letters they are.
//!
//! ```
//! use throughline::similarity::{Text, bytes, levenshtein};
//! let (one, two) = ("Рахимов", "Рагимов");
//! assert_eq!(levenshtein(&Text::new(one), &Text::new(two)), 1);
//! assert_eq!(bytes::levenshtein(&bytes::Bytes::new(one), &bytes::Bytes::new(two)), 2);
//! ```

use super::{Text, damerau, edits, grams, jaro as characters};

/// The UTF-8 bytes of a value, prepared for comparison. `Debug` shows their number only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bytes(Text);

impl Bytes {
    /// Prepares a value. The comparators look at its first [`Text::CONSIDERED`] bytes; `==` is about all of it.
    pub fn new(value: &str) -> Self {
        Self(Text::of_bytes(value.as_bytes()))
    }

    /// Number of bytes that are considered.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the value is the empty text.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// [`jaro`](super::jaro()) over bytes; 0 for two empty texts, as in DuckDB.
#[must_use]
pub fn jaro(a: &Bytes, b: &Bytes) -> f64 {
    if a.is_empty() { 0.0 } else { characters::jaro(&a.0, &b.0) }
}

/// [`jaro_winkler`](super::jaro_winkler()) over bytes, with the same rule for the boost (Jaro above 0.7); 0 for two empty
/// texts, as in DuckDB.
#[must_use]
pub fn jaro_winkler(a: &Bytes, b: &Bytes) -> f64 {
    if a.is_empty() { 0.0 } else { characters::jaro_winkler(&a.0, &b.0) }
}

/// Whether [`jaro`] is at least `min`.
#[must_use]
pub fn jaro_at_least(a: &Bytes, b: &Bytes, min: f64) -> bool {
    if a.is_empty() { 0.0 >= min } else { characters::jaro_at_least(&a.0, &b.0, min) }
}

/// Whether [`jaro_winkler`] is at least `min`.
#[must_use]
pub fn jaro_winkler_at_least(a: &Bytes, b: &Bytes, min: f64) -> bool {
    if a.is_empty() { 0.0 >= min } else { characters::jaro_winkler_at_least(&a.0, &b.0, min) }
}

/// [`levenshtein`](super::levenshtein()) over bytes.
#[must_use]
pub fn levenshtein(a: &Bytes, b: &Bytes) -> usize {
    edits::levenshtein(&a.0, &b.0)
}

/// [`levenshtein_within`](super::levenshtein_within()) over bytes.
#[must_use]
pub fn levenshtein_within(a: &Bytes, b: &Bytes, max: usize) -> Option<usize> {
    edits::levenshtein_within(&a.0, &b.0, max)
}

/// [`damerau_levenshtein`](super::damerau_levenshtein()) over bytes.
#[must_use]
pub fn damerau_levenshtein(a: &Bytes, b: &Bytes) -> usize {
    damerau::damerau_levenshtein(&a.0, &b.0)
}

/// [`damerau_levenshtein_within`](super::damerau_levenshtein_within()) over bytes.
#[must_use]
pub fn damerau_levenshtein_within(a: &Bytes, b: &Bytes, max: usize) -> Option<usize> {
    damerau::damerau_levenshtein_within(&a.0, &b.0, max)
}

/// Jaccard similarity of the sets of distinct bytes: [`qgram_jaccard`](super::qgram_jaccard()) of single bytes.
/// DuckDB refuses an empty text; here two of them give 1, and one gives 0.
#[must_use]
pub fn jaccard(a: &Bytes, b: &Bytes) -> f64 {
    grams::qgram_jaccard(&a.0, &b.0, 1)
}

//! A text that is compared, and the comparators over it.

use super::condition::{EditMeasure, TextMeasure};
use super::model::TextUnit;
use crate::similarity::{self, Text};

/// A text as it is and as the comparators want it.
#[derive(Clone)]
pub(crate) struct TextValue {
    raw: Box<str>,
    text: Text,
}

impl TextValue {
    pub(crate) fn new(raw: &str, unit: TextUnit) -> Self {
        let text = match unit {
            TextUnit::Bytes if !raw.is_ascii() => {
                // Every byte as a character of its own, so that all comparators count bytes.
                Text::new(&raw.bytes().map(char::from).collect::<String>())
            }
            TextUnit::Characters | TextUnit::Bytes => Text::new(raw),
        };
        Self { raw: raw.into(), text }
    }

    /// The text as it is.
    pub(crate) fn as_str(&self) -> &str {
        &self.raw
    }

    /// The text as the comparators want it.
    pub(crate) const fn text(&self) -> &Text {
        &self.text
    }

    /// Whether two texts are so similar.
    pub(crate) fn similar(&self, other: &Self, measure: TextMeasure, at_least: f64) -> bool {
        let (a, b) = (&self.text, &other.text);
        match measure {
            TextMeasure::Jaro => similarity::jaro_at_least(a, b, at_least),
            TextMeasure::JaroWinkler => similarity::jaro_winkler_at_least(a, b, at_least),
            TextMeasure::QgramJaccard(q) => similarity::qgram_jaccard(a, b, usize::from(q)) >= at_least,
            TextMeasure::QgramCosine(q) => similarity::qgram_cosine(a, b, usize::from(q)) >= at_least,
            TextMeasure::LongestCommonSubsequence => {
                similarity::longest_common_subsequence_similarity(a, b) >= at_least
            }
            TextMeasure::TokenSort => similarity::token_sort(&self.raw, &other.raw) >= at_least,
            TextMeasure::TokenSet => similarity::token_set(&self.raw, &other.raw) >= at_least,
        }
    }

    /// Whether two texts are so few edits apart.
    pub(crate) fn within(&self, other: &Self, measure: EditMeasure, at_most: u32) -> bool {
        let (a, b) = (&self.text, &other.text);
        let at_most = usize::try_from(at_most).unwrap_or(usize::MAX);
        match measure {
            EditMeasure::Levenshtein => similarity::levenshtein_within(a, b, at_most),
            EditMeasure::OptimalStringAlignment => similarity::optimal_string_alignment_within(a, b, at_most),
            EditMeasure::DamerauLevenshtein => similarity::damerau_levenshtein_within(a, b, at_most),
        }
        .is_some()
    }
}

//! One text against many.

use std::fmt;

use super::kernel::{Job, Packed, Pair, Table, on_pair};
use super::text::Text;
use super::{damerau, edits, jaro, subsequence};

/// A text with a table of where each of its characters stands, to be compared with many others.
///
/// Gives exactly what the functions of the same names give. It pays from a few dozen comparisons on, the more the longer
/// the text: it takes 2 kilobytes. A text of more than 64 characters, or of several blocks of Unicode (see [`Text`]), is
/// compared without a table. `Debug` is redacted.
///
/// ```
/// use throughline::similarity::{Query, Text, jaro_winkler};
/// let query = Query::new(&Text::new("екатерина"));
/// let other = Text::new("катерина");
/// assert_eq!(query.jaro_winkler(&other), jaro_winkler(&Text::new("екатерина"), &other));
/// assert_eq!(query.levenshtein_within(&other, 2), Some(1));
/// ```
#[derive(Clone)]
pub struct Query {
    text: Text,
    table: Option<Box<Table<1, 8>>>,
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query").field("text", &self.text).finish_non_exhaustive()
    }
}

impl Query {
    /// Prepares a text.
    #[must_use]
    pub fn new(text: &Text) -> Self {
        let table = text.packed().map(|codes| Box::new(Table::new(codes)));
        Self { text: text.clone(), table }
    }

    /// The text itself.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.text
    }

    /// [`jaro`](super::jaro()) of the two.
    #[must_use]
    pub fn jaro(&self, other: &Text) -> f64 {
        jaro::similarity(&(self, other)).0
    }

    /// [`jaro_winkler`](super::jaro_winkler()) of the two.
    #[must_use]
    pub fn jaro_winkler(&self, other: &Text) -> f64 {
        jaro::boosted(&(self, other))
    }

    /// [`jaro_at_least`](super::jaro_at_least) of the two.
    #[must_use]
    pub fn jaro_at_least(&self, other: &Text, min: f64) -> bool {
        jaro::plain_if_at_least(&(self, other), min).is_some()
    }

    /// [`jaro_winkler_at_least`](super::jaro_winkler_at_least) of the two.
    #[must_use]
    pub fn jaro_winkler_at_least(&self, other: &Text, min: f64) -> bool {
        jaro::boosted_if_at_least(&(self, other), min).is_some()
    }

    /// [`jaro_winkler_if_at_least`](super::jaro_winkler_if_at_least) of the two.
    #[must_use]
    pub fn jaro_winkler_if_at_least(&self, other: &Text, min: f64) -> Option<f64> {
        jaro::boosted_if_at_least(&(self, other), min)
    }

    /// [`levenshtein`](super::levenshtein()) of the two.
    #[must_use]
    pub fn levenshtein(&self, other: &Text) -> usize {
        edits::distance::<false>(&(self, other))
    }

    /// [`levenshtein_within`](super::levenshtein_within) of the two.
    #[must_use]
    pub fn levenshtein_within(&self, other: &Text, max: usize) -> Option<usize> {
        edits::within::<false>(&(self, other), max)
    }

    /// [`optimal_string_alignment`](super::optimal_string_alignment()) of the two.
    #[must_use]
    pub fn optimal_string_alignment(&self, other: &Text) -> usize {
        edits::distance::<true>(&(self, other))
    }

    /// [`optimal_string_alignment_within`](super::optimal_string_alignment_within) of the two.
    #[must_use]
    pub fn optimal_string_alignment_within(&self, other: &Text, max: usize) -> Option<usize> {
        edits::within::<true>(&(self, other), max)
    }

    /// [`damerau_levenshtein`](super::damerau_levenshtein()) of the two.
    #[must_use]
    pub fn damerau_levenshtein(&self, other: &Text) -> usize {
        damerau::distance(&(self, other), usize::MAX)
    }

    /// [`damerau_levenshtein_within`](super::damerau_levenshtein_within) of the two.
    #[must_use]
    pub fn damerau_levenshtein_within(&self, other: &Text, max: usize) -> Option<usize> {
        damerau::within(&(self, other), max)
    }

    /// [`longest_common_subsequence`](super::longest_common_subsequence()) of the two.
    #[must_use]
    pub fn longest_common_subsequence(&self, other: &Text) -> usize {
        subsequence::length(&(self, other))
    }
}

impl Pair for (&Query, &Text) {
    fn a(&self) -> &Text {
        &self.0.text
    }

    fn b(&self) -> &Text {
        self.1
    }

    #[inline]
    fn on<J: Job>(&self, job: J) -> J::Output {
        let (query, other) = *self;
        let Some(table) = query.table.as_deref().filter(|_| query.text.same_codes(other)) else {
            return on_pair(&query.text, other, job);
        };
        if let Some((words, length)) = other.short() {
            let other = Packed::<2>::new(words, length);
            let prefix = table.codes().first_two().common_prefix(&other);
            return job.run(table, &other, prefix);
        }
        match other.packed() {
            Some(other) => job.run(table, &other, table.codes().common_prefix(&other)),
            None => on_pair(&query.text, other, job),
        }
    }
}

//! How alike two texts are.

use serde::{Deserialize, Serialize};

use super::normal::Normal;
use crate::similarity::set_intersection;

/// From where on texts are copies, as percentages of Jaccard similarity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NearCopyRules {
    /// From here on they are duplicates.
    pub duplicate_percent: u8,
    /// From here on they are near copies.
    pub near_percent: u8,
}

/// Duplicates from .9, near copies from .5.
impl Default for NearCopyRules {
    fn default() -> Self {
        Self { duplicate_percent: 90, near_percent: 50 }
    }
}

/// What two texts are to one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Two texts.
    Distinct,
    /// One was made from the other.
    Near,
    /// The same but for trifles.
    Duplicate,
}

impl Verdict {
    /// Its lower-case name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Distinct => "distinct",
            Self::Near => "near",
            Self::Duplicate => "duplicate",
        }
    }
}

/// How alike two texts are: the Jaccard similarity as a fraction of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Shingles that both have.
    pub inter: usize,
    /// Shingles that either has.
    pub union: usize,
    /// What that means.
    pub verdict: Verdict,
}

/// Compares two texts with the usual thresholds, .9 and .5.
///
/// Case, punctuation, marks, digits and letters of different keyboards do not count, nor what a link leads to. Two texts
/// without a word are the same.
///
/// # Complexity
/// O(n log n).
///
/// ```
/// use throughline::messaging::near_copy::{Verdict, compare};
/// let same = compare("Spring sale: 20% off all shoes", "SPRING SALE — 20 % off all shoes!");
/// assert_eq!((same.inter, same.union, same.verdict), (4, 4, Verdict::Duplicate));
/// assert_eq!(compare("تخفيف ۲۰٪ كفش‌ها", "تخفیف 20% کفشها").verdict, Verdict::Duplicate);
/// ```
#[must_use]
pub fn compare(a: &str, b: &str) -> Comparison {
    compare_with(a, b, &NearCopyRules::default())
}

/// Compares two texts with your own thresholds.
#[must_use]
pub fn compare_with(a: &str, b: &str, rules: &NearCopyRules) -> Comparison {
    let (a, b) = (Normal::of(a), Normal::of(b));
    let (inter, union) = shares(&a, &b);
    let verdict = if reaches(inter, union, rules.duplicate_percent) {
        Verdict::Duplicate
    } else if reaches(inter, union, rules.near_percent) {
        Verdict::Near
    } else {
        Verdict::Distinct
    };
    Comparison { inter, union, verdict }
}

/// Shingles that both have and that either has.
pub(super) fn shares(a: &Normal, b: &Normal) -> (usize, usize) {
    fn of<T: Ord>(a: &[T], b: &[T]) -> (usize, usize) {
        let inter = set_intersection(a, b);
        (inter, a.len() + b.len() - inter)
    }
    if a.is_long() && b.is_long() {
        of(&a.word_shingles(), &b.word_shingles())
    } else {
        of(&a.character_shingles(), &b.character_shingles())
    }
}

/// Whether the fraction is at least so many percent; nothing of nothing is all.
pub(super) const fn reaches(inter: usize, union: usize, percent: u8) -> bool {
    inter * 100 >= union * percent as usize
}

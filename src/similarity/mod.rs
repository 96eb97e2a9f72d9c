//! How alike two values are: character-based comparators.
//!
//! A value is prepared once as a [`Text`] and compared many times without allocating. Everything counts characters
//! (Unicode scalar values), never bytes, so one changed letter costs the same in every script. Only [`bytes`] counts
//! UTF-8 bytes, for models that were made by an engine that does.
//!
//! | question | use |
//! |---|---|
//! | are two short names alike? | [`jaro`], [`jaro_winkler`], [`jaro_winkler_at_least`], [`jaro_winkler_if_at_least`] |
//! | how many typing mistakes apart? | [`levenshtein`], [`optimal_string_alignment`], [`damerau_levenshtein`] and their `_within` forms |
//! | how much of two longer texts is the same? | [`longest_common_subsequence`], [`insertion_deletion_similarity`], [`qgram_jaccard`], [`qgram_cosine`] |
//! | the same words, in another order or with some left out? | [`token_sort`], [`token_set`] |
//! | one text against many? | [`Query`] |
//! | lists, numbers, places? | [`set_intersection`], [`is_subset`], [`number_difference`], [`percentage_difference`], [`kilometres`] |
//! | dates, postcodes? | [`date`], [`postcode`] |
//!
//! ```
//! use throughline::similarity::{Text, jaro_winkler, levenshtein, optimal_string_alignment};
//! let (a, b) = (Text::new("марина"), Text::new("мраина"));
//! assert_eq!(levenshtein(&a, &b), 2);
//! assert_eq!(optimal_string_alignment(&a, &b), 1); // two neighbours changed places
//! assert!(jaro_winkler(&a, &b) > 0.9);
//! ```
//!
//! # Long values
//! The comparators look at the first [`Text::CONSIDERED`] characters of a value, so that a value of ten thousand
//! characters costs no more than one of 256. `==` is about the whole value.

pub mod bytes;
mod damerau;
pub mod date;
mod edits;
mod grams;
mod jaro;
mod kernel;
mod numbers;
pub mod postcode;
mod query;
mod sets;
mod subsequence;
mod text;
mod tokens;

pub use damerau::{damerau_levenshtein, damerau_levenshtein_within};
pub use edits::{levenshtein, levenshtein_within, optimal_string_alignment, optimal_string_alignment_within};
pub use grams::{qgram_cosine, qgram_jaccard};
pub use jaro::{
    jaro, jaro_at_least, jaro_if_at_least, jaro_winkler, jaro_winkler_at_least, jaro_winkler_if_at_least,
};
pub use numbers::{kilometres, number_difference, percentage_difference};
pub use query::Query;
pub use sets::{is_subset, set_intersection};
pub use subsequence::{
    insertion_deletion_similarity, longest_common_subsequence, longest_common_subsequence_similarity,
};
pub use text::Text;
pub use tokens::{token_set, token_sort};

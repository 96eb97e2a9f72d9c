//! Near copies: is this text the same as that one, or as any of a hundred thousand?
//!
//! A search engine or a social network punishes copied text, while a message has to say the same everywhere. So the public
//! texts of different channels must not be copies of one another, and the variants of one message must make the same
//! [claims](crate::messaging::claims).
//!
//! Texts are compared as sets of shingles (Broder 1997): runs of three words, or of four characters where one of the two
//! has fewer than five words. What they share of what either has is their Jaccard similarity.
//!
//! | question | answer |
//! |---|---|
//! | How alike are these two? | [`compare`] |
//! | Which of our texts does this one copy? | [`NearCopyIndex::matches`] |
//! | Which of our texts are copies of one another? | [`NearCopyIndex::pairs`] |
//! | A fingerprint of eight bytes, for very many pages? | [`simhash64`], [`hamming_distance`] |

mod compare;
mod fingerprint;
mod index;
mod normal;
#[cfg(test)]
mod tests;

pub use compare::{Comparison, NearCopyRules, Verdict, compare, compare_with};
pub use fingerprint::{hamming_distance, simhash64};
pub use index::{NearCopyIndex, NearMatch, NearPair, NearPairs};

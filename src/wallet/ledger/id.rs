//! Ids that follow from ids of accounts and transfers.

use sha2::{Digest, Sha256};

use crate::ids::{AccountId, TransferId};

/// The first 128 bits of SHA-256 over a domain, an id, a number and a word.
fn derived(domain: &[u8], id: &[u8; 16], word: &str, number: u64) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(domain);
    hash.update(id);
    hash.update(number.to_be_bytes());
    hash.update(word.as_bytes());
    let full: [u8; 32] = hash.finalize().into();
    full.first_chunk().copied().unwrap_or_default()
}

impl AccountId {
    /// The account that a word and a number make of this one: the first 128 bits of SHA-256 over all three, the same every
    /// time.
    #[must_use]
    pub fn derived(&self, word: &str, number: u64) -> Self {
        Self::from_bytes(derived(b"account", self.as_bytes(), word, number))
    }
}

impl TransferId {
    /// The transfer that a word and a number make of this one: the first 128 bits of SHA-256 over all three. The same every
    /// time, so that what follows from one act has an id that a repeat finds again.
    #[must_use]
    pub fn derived(&self, word: &str, number: u64) -> Self {
        Self::from_bytes(derived(b"transfer", self.as_bytes(), word, number))
    }
}

//! Keyed hashes: how values become store keys without the store's keys showing a customer's data.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A tenant's secret for keyed hashes: HMAC-SHA-256, cut to 128 bits.
///
/// Everything that is looked up by a customer's value (an e-mail address, a device id, an event id) is looked up by
/// this hash, so keys, journals and the list of erased people hold nothing that reads as a person. Keep the secret
/// with your other secrets and never change it for a store in use: other hashes would be other keys.
///
/// ```
/// use throughline::keyed::Pepper;
/// let pepper = Pepper::new(b"from your secret manager");
/// assert_eq!(pepper.digest("email", &[b"sara@example.ir"]), pepper.digest("email", &[b"sara@example.ir"]));
/// assert_ne!(pepper.digest("email", &[b"ab", b"c"]), pepper.digest("email", &[b"a", b"bc"]));
/// assert_ne!(pepper.digest("email", &[b"x"]), Pepper::new(b"another tenant").digest("email", &[b"x"]));
/// ```
#[derive(Clone)]
pub struct Pepper(Hmac<Sha256>);

impl Pepper {
    /// Takes the secret. Any length is accepted; 32 random bytes are recommended.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac(secret))
    }

    /// The first 128 bits of HMAC-SHA-256 over the domain and the parts, each preceded by its length so that no two
    /// different lists of parts give the same input.
    #[must_use]
    pub fn digest(&self, domain: &str, parts: &[&[u8]]) -> [u8; 16] {
        let full = self.full_digest(domain, parts);
        let mut out = [0; 16];
        out.copy_from_slice(full.first_chunk::<16>().unwrap_or(&[0; 16]));
        out
    }

    /// All 256 bits of the same HMAC, for signatures.
    #[must_use]
    pub fn full_digest(&self, domain: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(&(domain.len() as u64).to_be_bytes());
        mac.update(domain.as_bytes());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(secret)")
    }
}

/// HMAC-SHA-256 under a secret of any length.
pub(crate) fn hmac(secret: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    Hmac::new_from_slice(secret).expect("HMAC takes keys of every length")
}

/// Whether both are the same, in time that does not depend on where they differ.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    let difference = one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && std::hint::black_box(difference) == 0
}

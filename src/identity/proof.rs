//! Proofs that somebody controls an identifier: a token that was sent to the address and came back.

use faster_hex::{CheckCase, Hex, hex_decode_with_case};

use crate::identifier::ValueHash;
use crate::ids::RecordId;
use crate::keyed::{Pepper, same};
use crate::time::{DateTime, TimeDelta, Utc, from_millis};

/// The first byte of every token: the layout that follows.
const VERSION: u8 = 1;
const FIXED: usize = 1 + 16 + 16 + 8 + 8 + 16;
const SIGNATURE: usize = 32;
const LONGEST_PURPOSE: usize = 64;

/// What a token proves: that whoever presents it received what was sent to one address, for one record, one purpose
/// and a limited time.
///
/// A token that proves the wrong account is how accounts are taken over, so everything is bound by the signature and
/// checked together by [`Proof::open`]. Single use is for the caller: keep the nonce in the batch that the proof
/// takes effect in, and refuse one that is there already.
///
/// ```
/// use throughline::identity::Proof;
/// use throughline::{identifier::ValueHash, ids::RecordId, keyed::Pepper, time::TimeDelta};
/// let (pepper, now) = (Pepper::new(b"secret"), "2026-03-20T09:00:00Z".parse()?);
/// let (subject, key) = (RecordId::from_bytes([1; 16]), ValueHash::from_bytes([2; 16]));
/// let proof = Proof::issue(subject, key, "verify_email", now, TimeDelta::hours(1), [7; 16])?;
/// let token = proof.token(&pepper);
/// assert_eq!(Proof::open(&token, &pepper, now)?, proof);
/// assert!(proof.covers(subject, key, "verify_email").is_ok());
/// assert!(proof.covers(RecordId::from_bytes([9; 16]), key, "verify_email").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    subject: RecordId,
    key: ValueHash,
    purpose: Box<str>,
    issued: DateTime<Utc>,
    expires: DateTime<Utc>,
    nonce: [u8; 16],
}

/// What is wrong with a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofErrorKind {
    /// Not a token of ours: mistyped, cut, or forged. Which one is not told.
    #[error("invalid proof token")]
    Invalid,
    /// Its time is over: issue a new one.
    #[error("proof token has expired")]
    Expired,
    /// It was issued for another record, identifier or purpose. Which one is not told.
    #[error("proof token was issued for something else")]
    Mismatch,
    /// A purpose must be 1 to 64 bytes, and the time until expiry positive.
    #[error("purpose must be 1 to 64 bytes and the lifetime positive")]
    Settings,
}

/// A proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct ProofError {
    kind: ProofErrorKind,
}

impl ProofError {
    const fn new(kind: ProofErrorKind) -> Self {
        Self { kind }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ProofErrorKind {
        self.kind
    }
}

impl Proof {
    /// A proof to be sent to the address behind `key`. `nonce` is drawn by whoever owns the entropy, afresh each time.
    /// Times are kept in milliseconds.
    ///
    /// # Errors
    /// [`ProofErrorKind::Settings`].
    pub fn issue(
        subject: RecordId,
        key: ValueHash,
        purpose: &str,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
        nonce: [u8; 16],
    ) -> Result<Self, ProofError> {
        let bad = ProofError::new(ProofErrorKind::Settings);
        if purpose.is_empty() || purpose.len() > LONGEST_PURPOSE || lifetime < TimeDelta::milliseconds(1) {
            return Err(bad);
        }
        let expires = now.checked_add_signed(lifetime).ok_or(bad)?;
        let whole = |at: DateTime<Utc>| from_millis(at.timestamp_millis());
        Ok(Self { subject, key, purpose: purpose.into(), issued: whole(now), expires: whole(expires), nonce })
    }

    /// The signed token, in lower-case hexadecimal digits.
    #[must_use]
    pub fn token(&self, pepper: &Pepper) -> String {
        let mut bytes = Vec::with_capacity(FIXED + self.purpose.len() + SIGNATURE);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.subject.as_bytes());
        bytes.extend_from_slice(self.key.as_bytes());
        bytes.extend_from_slice(&self.issued.timestamp_millis().to_be_bytes());
        bytes.extend_from_slice(&self.expires.timestamp_millis().to_be_bytes());
        bytes.extend_from_slice(&self.nonce);
        bytes.extend_from_slice(self.purpose.as_bytes());
        let signature = sign(pepper, &bytes);
        bytes.extend_from_slice(&signature);
        Hex::new(&bytes).to_string()
    }

    /// Reads a token and checks its signature and its time. Whether it was used before, only a store can tell.
    ///
    /// The signature is compared in constant time, before anything in the token is looked at.
    ///
    /// # Errors
    /// [`ProofErrorKind::Invalid`] and [`ProofErrorKind::Expired`].
    pub fn open(token: &str, pepper: &Pepper, now: DateTime<Utc>) -> Result<Self, ProofError> {
        let invalid = ProofError::new(ProofErrorKind::Invalid);
        if token.len() > 2 * (FIXED + LONGEST_PURPOSE + SIGNATURE) {
            return Err(invalid);
        }
        let mut bytes = vec![0; token.len() / 2];
        hex_decode_with_case(token.as_bytes(), &mut bytes, CheckCase::Lower).map_err(|_| invalid)?;
        let (body, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(invalid)?;
        if !same(&sign(pepper, body), signature) {
            return Err(invalid);
        }
        let proof = Self::read(body).ok_or(invalid)?;
        if now >= proof.expires {
            return Err(ProofError::new(ProofErrorKind::Expired));
        }
        Ok(proof)
    }

    fn read(body: &[u8]) -> Option<Self> {
        let (version, rest) = body.split_first()?;
        let (subject, rest) = rest.split_first_chunk::<16>()?;
        let (key, rest) = rest.split_first_chunk::<16>()?;
        let (issued, rest) = rest.split_first_chunk::<8>()?;
        let (expires, rest) = rest.split_first_chunk::<8>()?;
        let (nonce, purpose) = rest.split_first_chunk::<16>()?;
        let purpose = std::str::from_utf8(purpose).ok().filter(|purpose| !purpose.is_empty())?;
        (*version == VERSION).then(|| Self {
            subject: RecordId::from_bytes(*subject),
            key: ValueHash::from_bytes(*key),
            purpose: purpose.into(),
            issued: from_millis(i64::from_be_bytes(*issued)),
            expires: from_millis(i64::from_be_bytes(*expires)),
            nonce: *nonce,
        })
    }

    /// Checks that the proof is for this record, this identifier and this purpose.
    ///
    /// # Errors
    /// [`ProofErrorKind::Mismatch`].
    pub fn covers(&self, subject: RecordId, key: ValueHash, purpose: &str) -> Result<(), ProofError> {
        if (self.subject, self.key, &*self.purpose) == (subject, key, purpose) {
            Ok(())
        } else {
            Err(ProofError::new(ProofErrorKind::Mismatch))
        }
    }

    /// The record that the proof is for.
    #[must_use]
    pub const fn subject(&self) -> RecordId {
        self.subject
    }

    /// The identifier that is proved.
    #[must_use]
    pub const fn key(&self) -> ValueHash {
        self.key
    }

    /// What the proof may be used for.
    #[must_use]
    pub const fn purpose(&self) -> &str {
        &self.purpose
    }

    /// When it was issued.
    #[must_use]
    pub const fn issued(&self) -> DateTime<Utc> {
        self.issued
    }

    /// From when on it is no longer accepted.
    #[must_use]
    pub const fn expires(&self) -> DateTime<Utc> {
        self.expires
    }

    /// What makes it different from every other: keep it to refuse a second use.
    #[must_use]
    pub const fn nonce(&self) -> &[u8; 16] {
        &self.nonce
    }
}

fn sign(pepper: &Pepper, body: &[u8]) -> [u8; SIGNATURE] {
    pepper.full_digest("proof", &[body])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(purpose: &str) -> Proof {
        Proof::issue(
            RecordId::from_bytes([1; 16]),
            ValueHash::from_bytes([2; 16]),
            purpose,
            from_millis(1_000),
            TimeDelta::milliseconds(500),
            [3; 16],
        )
        .unwrap()
    }

    #[test]
    fn every_changed_digit_is_found() {
        let pepper = Pepper::new(b"secret");
        let token = proof("verify_email").token(&pepper);
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(forged).unwrap();
            let error = Proof::open(&forged, &pepper, from_millis(1_000)).unwrap_err();
            assert_eq!(error.kind(), ProofErrorKind::Invalid);
        }
        for at in 0..token.len() {
            assert!(Proof::open(token.get(..at).unwrap(), &pepper, from_millis(1_000)).is_err());
        }
        assert!(Proof::open(&token, &Pepper::new(b"another"), from_millis(1_000)).is_err());
        assert!(Proof::open(&token.to_uppercase(), &pepper, from_millis(1_000)).is_err());
        for odd in ["", "0", "zz", "سارا", &"0".repeat(10_000)] {
            assert!(Proof::open(odd, &pepper, from_millis(1_000)).is_err());
        }
    }

    #[test]
    fn it_ends_at_its_time_and_covers_what_it_was_issued_for() {
        let pepper = Pepper::new(b"secret");
        let proof = proof("تأیید");
        let token = proof.token(&pepper);
        assert_eq!(Proof::open(&token, &pepper, from_millis(1_499)).unwrap(), proof);
        let late = Proof::open(&token, &pepper, from_millis(1_500)).unwrap_err();
        assert_eq!(late.kind(), ProofErrorKind::Expired);
        let (subject, key) = (proof.subject(), proof.key());
        assert!(proof.covers(subject, key, "تأیید").is_ok());
        assert!(proof.covers(subject, key, "reset").is_err());
        assert!(proof.covers(RecordId::from_bytes([9; 16]), key, "تأیید").is_err());
        assert!(proof.covers(subject, ValueHash::from_bytes([9; 16]), "تأیید").is_err());
    }

    #[test]
    fn settings_that_make_no_proof_are_refused() {
        let issue = |purpose: &str, lifetime| {
            let (subject, key) = (RecordId::from_bytes([1; 16]), ValueHash::from_bytes([2; 16]));
            Proof::issue(subject, key, purpose, from_millis(0), lifetime, [0; 16])
                .map_err(|error| error.kind())
        };
        let hour = TimeDelta::hours(1);
        for (purpose, lifetime) in
            [("", hour), (&*"x".repeat(65), hour), ("x", TimeDelta::zero()), ("x", TimeDelta::MAX)]
        {
            assert_eq!(issue(purpose, lifetime), Err(ProofErrorKind::Settings));
        }
    }
}

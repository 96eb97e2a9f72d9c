//! Receipts: what a person gets as a copy of a consent record, and can show.

use faster_hex::Hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ledger::ConsentRecord;
use crate::pii::Pii;
use crate::region::Region;
use crate::signing::{Signature, SignatureError, SigningKeys, canonical_json};
use crate::time::{DateTime, Utc};

/// Who asks for the consent and on what terms, the same for many receipts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptTerms {
    /// The business that is responsible, by its legal name.
    pub controller: String,
    /// The privacy notice that the person saw, by its address and version.
    pub privacy_notice: String,
    /// The language of the notice, as a tag of BCP 47.
    pub language: String,
    /// The law that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<Region>,
}

/// An immutable copy of a consent record for the person, with the fields of ISO/IEC TS 27560:2023 that this crate has:
/// schema version, record id, subject, controller, notice, language, jurisdiction, and the purpose, state, time and end
/// of the consent.
///
/// The hash is SHA-256 (FIPS 180-4) over the [canonical JSON](crate::signing::canonical_json) of all other fields but the
/// signature; the signature, if there is one, is over the same text.
///
/// ```
/// use throughline::messaging::{ConsentReceipt, ConsentRecord, ConsentState, ReceiptTerms};
/// use throughline::signing::SigningKeys;
/// let given = "2026-06-01T12:00:00Z".parse()?;
/// let record = ConsentRecord::new("marketing".parse()?, "email".parse()?, ConsentState::Granted, given);
/// let terms = ReceiptTerms {
///     controller: "Example Shop Ltd".into(),
///     privacy_notice: "https://shop.example/privacy?v=7".into(),
///     language: "fa".into(),
///     jurisdiction: Some("IR".parse()?),
/// };
/// let keys = SigningKeys::new("2026", b"from your secret manager");
/// let receipt = ConsentReceipt::new("r-1", "person-9", &record, &terms, given).signed(&keys);
/// assert_eq!(receipt.check(Some(&keys)), Ok(()));
/// let mut other = receipt.clone();
/// other.record.state = ConsentState::Denied;
/// assert!(other.check(Some(&keys)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentReceipt {
    /// The version of this shape.
    pub schema_version: u16,
    /// The host's id of the record.
    pub record_id: String,
    /// The host's opaque id of the person.
    pub subject: Pii<String>,
    /// The record as it was.
    pub record: ConsentRecord,
    /// Who asked and on what terms.
    pub terms: ReceiptTerms,
    /// When the receipt was made.
    pub issued_at: DateTime<Utc>,
    /// 64 hexadecimal digits over all of the above.
    pub hash: String,
    /// Proves to others that it is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// Why a receipt is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ReceiptError {
    /// Something in it was changed.
    #[error("the receipt does not match its hash")]
    Changed,
    /// A signature was asked for and there is none.
    #[error("the receipt is not signed")]
    Unsigned,
    /// The signature is not by a key that is known.
    #[error("the receipt is signed with a key that is not known")]
    UnknownKey,
    /// The signature is of something else.
    #[error("the signature of the receipt is wrong")]
    Forged,
}

impl ConsentReceipt {
    /// A receipt of a record.
    #[must_use]
    pub fn new(
        record_id: impl Into<String>,
        subject: impl Into<String>,
        record: &ConsentRecord,
        terms: &ReceiptTerms,
        issued_at: DateTime<Utc>,
    ) -> Self {
        let mut receipt = Self {
            schema_version: 1,
            record_id: record_id.into(),
            subject: Pii::new(subject.into()),
            record: record.clone(),
            terms: terms.clone(),
            issued_at,
            hash: String::new(),
            signature: None,
        };
        receipt.hash = hash(&receipt.content());
        receipt
    }

    /// The same, signed.
    #[must_use]
    pub fn signed(mut self, keys: &SigningKeys) -> Self {
        self.signature = Some(keys.sign(self.content().as_bytes()));
        self
    }

    /// Whether it is as it was made, and signed by one of the keys where keys are given.
    ///
    /// # Errors
    /// It was changed, or is not signed as asked.
    pub fn check(&self, keys: Option<&SigningKeys>) -> Result<(), ReceiptError> {
        let content = self.content();
        if hash(&content) != self.hash {
            return Err(ReceiptError::Changed);
        }
        let Some(keys) = keys else { return Ok(()) };
        let signature = self.signature.as_ref().ok_or(ReceiptError::Unsigned)?;
        keys.check(signature, content.as_bytes()).map_err(|error| match error {
            SignatureError::UnknownKey => ReceiptError::UnknownKey,
            SignatureError::Wrong => ReceiptError::Forged,
        })
    }

    /// The text that hash and signature are over.
    fn content(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("hash");
            fields.remove("signature");
        }
        canonical_json(&value)
    }
}

fn hash(content: &str) -> String {
    Hex::new(&Sha256::digest(content.as_bytes())).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::ledger::ConsentState;
    use super::*;

    #[test]
    fn whatever_is_changed_is_noticed_and_storage_changes_nothing() {
        let at = "2026-06-01T12:00:00Z".parse().unwrap();
        let mut record =
            ConsentRecord::new("marketing".parse().unwrap(), "*".parse().unwrap(), ConsentState::Granted, at);
        record.evidence = Some(Pii::new("form-7".into()));
        let terms = ReceiptTerms {
            controller: "فروشگاه نمونه".into(),
            privacy_notice: "https://shop.example/p".into(),
            language: "fa".into(),
            jurisdiction: None,
        };
        let keys = SigningKeys::new("k", b"secret");
        let receipt = ConsentReceipt::new("r", "person-secret", &record, &terms, at);
        assert_eq!(receipt.check(Some(&keys)), Err(ReceiptError::Unsigned));
        let receipt = receipt.signed(&keys);
        let stored = serde_json::to_string(&receipt).unwrap();
        let read: ConsentReceipt = serde_json::from_str(&stored).unwrap();
        assert_eq!(read.check(Some(&keys)), Ok(()));
        for (from, to) in
            [("form-7", "form-8"), ("\"fa\"", "\"en\""), ("granted", "denied"), ("\"r\"", "\"q\"")]
        {
            let other: ConsentReceipt = serde_json::from_str(&stored.replace(from, to)).unwrap();
            assert_eq!(other.check(None), Err(ReceiptError::Changed), "{to}");
            let resealed = ConsentReceipt { hash: hash(&other.content()), ..other };
            assert_eq!(resealed.check(Some(&keys)), Err(ReceiptError::Forged), "{to}");
        }
        let shown = format!("{receipt:?}");
        assert!(!shown.contains("person-secret") && !shown.contains("form-7"));
    }
}

//! Signatures over what leaves the house and comes back: quotes, tokens, links.

use std::collections::BTreeMap;
use std::fmt;

use faster_hex::{CheckCase, Hex, hex_decode_array_with_case};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;

use crate::keyed::hmac;

/// The secrets that signatures are made with and checked against, each under a name, so that they can be rotated: sign
/// with the newest, check against all that are still good, then drop the oldest.
///
/// ```
/// use throughline::signing::{SignatureError, SigningKeys};
/// let old = SigningKeys::new("2026-03", b"from your secret manager");
/// let signature = old.sign(b"a price");
/// let new = old.rotated("2026-04", b"another secret");
/// assert_eq!(new.check(&signature, b"a price"), Ok(()));
/// assert_eq!(new.check(&signature, b"a prize"), Err(SignatureError::Wrong));
/// assert_eq!(SigningKeys::new("2026-04", b"another secret").check(&signature, b"a price"), Err(SignatureError::UnknownKey));
/// ```
#[derive(Clone)]
pub struct SigningKeys {
    current: String,
    keys: BTreeMap<String, Hmac<Sha256>>,
}

/// HMAC-SHA-256 (RFC 2104, FIPS 180-4), with the name of the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The name of the key.
    pub key: String,
    /// 64 hexadecimal digits, the letters small: there is one way to write a signature.
    pub mac: String,
}

/// Why a signature is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SignatureError {
    /// No key of that name, or no longer.
    #[error("signed with a key that is not known")]
    UnknownKey,
    /// What was signed is something else.
    #[error("the signature is wrong")]
    Wrong,
}

impl SigningKeys {
    /// One key, with which is signed. 32 random bytes are recommended.
    #[must_use]
    pub fn new(name: &str, secret: &[u8]) -> Self {
        Self { current: name.to_owned(), keys: [(name.to_owned(), hmac(secret))].into() }
    }

    /// The same keys, and a new one with which is signed from now on.
    #[must_use]
    pub fn rotated(mut self, name: &str, secret: &[u8]) -> Self {
        self.keys.insert(name.to_owned(), hmac(secret));
        Self { current: name.to_owned(), ..self }
    }

    /// The same keys without one: what it signed is believed no more. The key with which is signed stays.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        if name != self.current {
            self.keys.remove(name);
        }
        self
    }

    /// Signs bytes with the newest key.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Signature {
        let mac =
            self.keys.get(&self.current).map(|key| key.clone().chain_update(bytes).finalize().into_bytes());
        let mac = mac.map(|mac| Hex::new(&mac).to_string()).unwrap_or_default();
        Signature { key: self.current.clone(), mac }
    }

    /// Whether the signature is of these bytes, in time that does not depend on where it differs.
    ///
    /// # Errors
    /// It is not, or its key is unknown.
    pub fn check(&self, signature: &Signature, bytes: &[u8]) -> Result<(), SignatureError> {
        let key = self.keys.get(&signature.key).ok_or(SignatureError::UnknownKey)?;
        let mac = hex_decode_array_with_case::<32>(signature.mac.as_bytes(), CheckCase::Lower)
            .map_err(|_| SignatureError::Wrong)?;
        key.clone().chain_update(bytes).verify_slice(&mac).map_err(|_| SignatureError::Wrong)
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.keys()).finish()
    }
}

/// JSON in one form whatever the order of its fields: no spaces, the fields of every object sorted by the bytes of
/// their names. The form that is signed.
///
/// ```
/// use throughline::signing::canonical_json;
/// assert_eq!(canonical_json(&serde_json::json!({"b": 1, "a": ["گل", {"d": 2, "c": null}]})), r#"{"a":["گل",{"c":null,"d":2}],"b":1}"#);
/// ```
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (place, (name, field)) in fields.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                text.push_str(&Value::String(name.clone()).to_string());
                text.push(':');
                write(field, text);
            }
            text.push('}');
        }
        // Nested no deeper than the parser lets a value be.
        other => text.push_str(&other.to_string()),
    }
}

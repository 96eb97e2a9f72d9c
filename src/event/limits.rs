//! How big an event may be, and what is checked on its bytes before anything is parsed.

use serde::{Deserialize, Serialize};

use super::error::{EventError, EventErrorKind};

/// Caps on one event. All are checked before or while parsing, so memory stays within a small multiple of `bytes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of one event. Values over [`Limits::HARD_BYTES`] count as that.
    pub bytes: usize,
    /// Levels of objects and arrays. Values over 100 count as 100.
    pub depth: usize,
    /// Identifiers of one event.
    pub identifiers: usize,
    /// Traits, properties and consent categories of one event together, repeated and left-out ones included.
    pub attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 * 1024, depth: 32, identifiers: 64, attributes: 256 }
    }
}

impl Limits {
    /// No event may be larger than this, whatever the settings say: 1 MiB.
    pub const HARD_BYTES: usize = 1024 * 1024;
    /// Bytes of a trait's or property's name; a longer one is left out of the typed view and flagged.
    pub const KEY_BYTES: usize = 64;
    /// Bytes of a trait's, property's or identifier's value; a longer one is left out of the typed view and flagged.
    /// The list of a cart's products is not one value in this sense.
    pub const VALUE_BYTES: usize = 1024;
    /// Lines of one cart signal; further ones are left out of it and flagged.
    pub const CART_LINES: usize = 1000;

    /// The cap in force on the bytes of one event.
    #[must_use]
    pub fn max_bytes(&self) -> usize {
        self.bytes.min(Self::HARD_BYTES)
    }

    /// Reads back what an earlier import accepted, whatever its limits were.
    pub(super) const fn widest() -> Self {
        Self { bytes: Self::HARD_BYTES, depth: 100, identifiers: usize::MAX, attributes: usize::MAX }
    }

    /// Size, encoding and depth, in this order; the text without white space around it.
    pub(super) fn admit<'a>(&self, bytes: &'a [u8]) -> Result<&'a str, EventError> {
        let limit = self.max_bytes();
        if bytes.len() > limit {
            return Err(EventErrorKind::TooLarge { limit }.into());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| EventError::new(EventErrorKind::NotUtf8))?;
        let text = text.trim_matches([' ', '\t', '\r', '\n']);
        let limit = self.depth.min(100);
        if deeper_than(text.as_bytes(), limit) {
            return Err(EventErrorKind::TooDeep { limit }.into());
        }
        Ok(text)
    }
}

/// Whether brackets outside strings nest deeper than `limit`.
fn deeper_than(bytes: &[u8], limit: usize) -> bool {
    // Fewer brackets than the limit, strings included, is the usual case and a vectorised count.
    if bytes.iter().filter(|&&byte| byte == b'{' || byte == b'[').count() <= limit {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for &byte in bytes {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert!(!deeper_than(br#"{"a":[[1]]}"#, 3));
        assert!(deeper_than(br#"{"a":[[1]]}"#, 2));
        assert!(!deeper_than(br#"{"a":"[[[[\"[[[["}"#, 1));
        assert!(!deeper_than(br"[[],[],[],[]]", 2));
        assert!(deeper_than(&[b'['; 1_000_000], 32));
    }
}

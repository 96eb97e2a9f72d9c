//! What the file holds: three tables and how their values are encoded.

use ::redb::TableDefinition;

use super::fault::corrupt;
use crate::store::{Entry, Key, Seq, StoreError, Version, Versioned};

/// Key to eight bytes of version (little endian) and the value.
pub(super) const DATA: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("data");
/// Commit number to announced keys, each as two bytes of length (little endian) and the key.
pub(super) const JOURNAL: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("journal");
/// Names to numbers.
pub(super) const META: TableDefinition<'static, &'static str, u64> = TableDefinition::new("meta");

/// Entry of [`META`]: which layout this is.
pub(super) const FORMAT: &str = "format";
/// Entry of [`META`]: the number of the last commit, which is also the highest version.
pub(super) const SEQUENCE: &str = "sequence";
/// The layout that this code writes, and the newest that it reads.
pub(super) const FORMAT_NOW: u64 = 1;

const VERSION_BYTES: usize = size_of::<u64>();

/// The stored form of a value, into a buffer that is used again and again.
pub(super) fn encode_value(into: &mut Vec<u8>, version: u64, value: &[u8]) {
    into.clear();
    into.extend_from_slice(&version.to_le_bytes());
    into.extend_from_slice(value);
}

/// The version of a stored value.
pub(super) fn decode_version(stored: &[u8]) -> Result<Version, StoreError> {
    let (version, _) = stored.split_first_chunk::<VERSION_BYTES>().ok_or_else(bad_value)?;
    Ok(Version(u64::from_le_bytes(*version)))
}

/// A stored value with its version.
pub(super) fn decode_value(stored: &[u8]) -> Result<Versioned, StoreError> {
    let (version, value) = stored.split_first_chunk::<VERSION_BYTES>().ok_or_else(bad_value)?;
    Ok(Versioned { version: Version(u64::from_le_bytes(*version)), value: value.into() })
}

/// The stored form of a list of announced keys.
pub(super) fn encode_keys(into: &mut Vec<u8>, keys: &[Key]) {
    into.clear();
    for key in keys {
        // A key is at most `Key::MAX_LEN` bytes, so its length always fits.
        let length = u16::try_from(key.as_bytes().len()).unwrap_or(u16::MAX);
        into.extend_from_slice(&length.to_le_bytes());
        into.extend_from_slice(key.as_bytes());
    }
}

/// A journal entry.
pub(super) fn decode_entry(seq: u64, mut stored: &[u8]) -> Result<Entry, StoreError> {
    let mut keys = Vec::new();
    while !stored.is_empty() {
        let (length, rest) = stored.split_first_chunk::<2>().ok_or_else(bad_entry)?;
        let (key, rest) =
            rest.split_at_checked(usize::from(u16::from_le_bytes(*length))).ok_or_else(bad_entry)?;
        keys.push(Key::new(key).map_err(|_| bad_entry())?);
        stored = rest;
    }
    Ok(Entry { seq: Seq(seq), keys })
}

fn bad_value() -> StoreError {
    corrupt("decoding a stored value")
}

fn bad_entry() -> StoreError {
    corrupt("decoding a journal entry")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreErrorKind;

    #[test]
    fn values_and_entries_come_back() {
        let mut buffer = Vec::new();
        for value in [&b""[..], b"x", "سارا".as_bytes()] {
            encode_value(&mut buffer, 7, value);
            let back = decode_value(&buffer).unwrap();
            assert_eq!((back.version, &back.value[..]), (Version(7), value));
            assert_eq!(decode_version(&buffer).unwrap(), Version(7));
        }
        let keys =
            [Key::empty(), Key::new(&[0xFF; Key::MAX_LEN]).unwrap(), Key::new("ключ".as_bytes()).unwrap()];
        encode_keys(&mut buffer, &keys);
        assert_eq!(decode_entry(3, &buffer).unwrap(), Entry { seq: Seq(3), keys: keys.to_vec() });
        assert_eq!(decode_entry(4, &[]).unwrap(), Entry { seq: Seq(4), keys: Vec::new() });
    }

    #[test]
    fn short_and_oversized_bytes_are_corrupt() {
        let corrupt = |error: StoreError| assert_eq!(error.kind(), StoreErrorKind::Corrupt);
        corrupt(decode_value(&[0; 7]).unwrap_err());
        corrupt(decode_version(&[]).unwrap_err());
        corrupt(decode_entry(1, &[5]).unwrap_err());
        corrupt(decode_entry(1, &[5, 0, 1, 2]).unwrap_err());
        corrupt(decode_entry(1, &[&[1, 2][..], &[0; 513]].concat()).unwrap_err());
    }
}

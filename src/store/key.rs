//! Keys: ordered byte strings, kept in place while they are short.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use faster_hex::Hex;

/// Bytes kept without an allocation.
const INLINE: usize = 23;

#[derive(Clone)]
enum Repr {
    Inline { len: u8, bytes: [u8; INLINE - 1] },
    Heap(Box<[u8]>),
}

/// A store key: at most [`Key::MAX_LEN`] bytes, ordered bytewise.
///
/// ```
/// use throughline::store::Key;
/// let key = Key::new(b"record/1")?;
/// assert!(key < Key::new(b"record/2")?);
/// assert!(Key::new(&[0; 2000]).is_err());
/// # Ok::<(), throughline::store::KeyTooLong>(())
/// ```
#[derive(Clone)]
pub struct Key(Repr);

/// The bytes are more than a key may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("key longer than {} bytes", Key::MAX_LEN)]
pub struct KeyTooLong;

impl Key {
    /// Most bytes in a key.
    pub const MAX_LEN: usize = 512;

    /// A key of these bytes.
    ///
    /// # Errors
    /// [`KeyTooLong`] over [`Key::MAX_LEN`] bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, KeyTooLong> {
        if bytes.len() > Self::MAX_LEN {
            return Err(KeyTooLong);
        }
        let mut inline = [0; INLINE - 1];
        Ok(Self(match (inline.get_mut(..bytes.len()), u8::try_from(bytes.len())) {
            (Some(room), Ok(len)) => {
                room.copy_from_slice(bytes);
                Repr::Inline { len, bytes: inline }
            }
            _ => Repr::Heap(bytes.into()),
        }))
    }

    /// The key of these parts, one after the other.
    ///
    /// ```
    /// use throughline::store::Key;
    /// assert_eq!(Key::join(&[b"record/", b"1"])?, Key::new(b"record/1")?);
    /// # Ok::<(), throughline::store::KeyTooLong>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyTooLong`] over [`Key::MAX_LEN`] bytes.
    pub fn join(parts: &[&[u8]]) -> Result<Self, KeyTooLong> {
        let len = parts.iter().fold(0_usize, |len, part| len.saturating_add(part.len()));
        if len > Self::MAX_LEN {
            return Err(KeyTooLong);
        }
        let mut inline = [0; INLINE - 1];
        let Some(mut room) = inline.get_mut(..len) else {
            return Ok(Self(Repr::Heap(parts.concat().into_boxed_slice())));
        };
        for part in parts {
            // The room is as long as all parts together.
            let Some((own, rest)) = room.split_at_mut_checked(part.len()) else { break };
            own.copy_from_slice(part);
            room = rest;
        }
        Ok(Self(Repr::Inline { len: u8::try_from(len).unwrap_or(u8::MAX), bytes: inline }))
    }

    /// The key without bytes: as a prefix, every key.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Repr::Inline { len: 0, bytes: [0; INLINE - 1] })
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or(&[]),
            Repr::Heap(bytes) => bytes,
        }
    }

    /// The least key greater than every key that starts with this one; `None` if there is none (all bytes 0xFF, or
    /// empty).
    #[must_use]
    pub fn prefix_end(&self) -> Option<Self> {
        let bytes = self.as_bytes();
        let kept = bytes.iter().rposition(|&byte| byte != 0xFF)?;
        let mut end = bytes.get(..=kept)?.to_vec();
        *end.last_mut()? += 1;
        Self::new(&end).ok()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    /// Byte order. Two short keys are compared in place as numbers: unused room is zero, so the padded bytes decide, and
    /// where they are equal the shorter key comes first.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Inline { len, bytes }, Repr::Inline { len: other_len, bytes: other_bytes }) => head(bytes)
                .cmp(&head(other_bytes))
                .then_with(|| tail(bytes).cmp(&tail(other_bytes)))
                .then_with(|| len.cmp(other_len)),
            _ => self.as_bytes().cmp(other.as_bytes()),
        }
    }
}

/// The first sixteen bytes as a number.
#[inline]
fn head(bytes: &[u8; INLINE - 1]) -> u128 {
    bytes.first_chunk().map_or(0, |chunk| u128::from_be_bytes(*chunk))
}

/// The last eight bytes as a number; with [`head`], all of them.
#[inline]
fn tail(bytes: &[u8; INLINE - 1]) -> u64 {
    bytes.last_chunk().map_or(0, |chunk| u64::from_be_bytes(*chunk))
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", Hex::new(self.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hasher};

    use proptest::prelude::*;

    use super::*;

    /// Lengths around the room in place, bytes that zero padding could confuse.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![Just(0_u8), Just(1), Just(0x7f), Just(0x80), Just(0xff), any::<u8>()];
        prop_oneof![
            proptest::collection::vec(Just(0), 0..26),
            proptest::collection::vec(byte.clone(), 0..26),
            proptest::collection::vec(byte, 14..26),
        ]
    }

    fn hash(value: &impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        value.hash(&mut hasher);
        hasher.finish()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn keys_order_as_their_bytes(a in bytes(), b in bytes(), shared in 0_usize..26) {
            let mut c = a.clone();
            c.truncate(shared);
            for (a, b) in [(&a, &b), (&a, &c), (&c, &a), (&a, &a)] {
                let (key_a, key_b) = (Key::new(a).unwrap(), Key::new(b).unwrap());
                prop_assert_eq!(key_a.as_bytes(), &a[..]);
                prop_assert_eq!(key_a.cmp(&key_b), a.cmp(b));
                prop_assert_eq!(key_a == key_b, a == b);
                prop_assert_eq!(hash(&key_a), hash(&a.as_slice()));
            }
        }

        #[test]
        fn a_prefix_ends_before_every_greater_key(prefix in bytes(), key in bytes(), rest in bytes()) {
            let prefix = Key::new(&prefix).unwrap();
            let inside = Key::join(&[prefix.as_bytes(), &rest]).unwrap();
            for key in [Key::new(&key).unwrap(), inside] {
                let starts = key.as_bytes().starts_with(prefix.as_bytes());
                let between = key >= prefix && prefix.prefix_end().is_none_or(|end| key < end);
                prop_assert_eq!(starts, between);
            }
        }
    }

    #[test]
    fn parts_may_not_be_longer_than_a_key() {
        let half = [1; Key::MAX_LEN / 2];
        assert_eq!(Key::join(&[&half, &half]).map(|key| key.as_bytes().len()), Ok(Key::MAX_LEN));
        assert_eq!(Key::join(&[&half, b"a", &half]), Err(KeyTooLong));
        assert_eq!(Key::join(&[]), Ok(Key::empty()));
    }
}

//! A wrapper for personal data: usable, storable, but never shown by `Debug` and without `Display`.

use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// A value that belongs to a customer.
///
/// `Debug` prints four hexadecimal digits of a tag that is salted afresh in every process: enough to see in one log
/// that two values are the same, useless to find out what they are. There is no `Display`; reading the value is the
/// deliberate call [`Pii::reveal`].
///
/// ```
/// use throughline::pii::Pii;
/// let name = Pii::new("سارا".to_owned());
/// assert!(!format!("{name:?}").contains("سارا"));
/// assert_eq!(name.reveal(), "سارا");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for a caller who means it.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// Takes the value out.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Hash> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pii({:04x})", tag(&self.0))
    }
}

/// Four hexadecimal digits, salted per process, that tell equal values apart from different ones in one log.
#[expect(clippy::disallowed_methods, reason = "the salt reaches `Debug` output only, never a decision")]
pub(crate) fn tag<T: Hash + ?Sized>(value: &T) -> u64 {
    static SALT: OnceLock<RandomState> = OnceLock::new();
    SALT.get_or_init(RandomState::new).hash_one(value) & 0xffff
}

//! Typed identifiers. Each is 128 bits, shown as a UUID.
//!
//! Three families:
//! * ids of *facts and views* ([`RecordId`], [`ProfileId`], [`EventKey`], [`CartId`], [`QuoteId`], [`OrderId`],
//!   [`OutboxKey`]) are keyed hashes of what they name, so that the same facts give the same ids in any order of arrival
//!   and on any machine;
//! * ids of *acts* ([`DecisionId`], [`CommandId`]) are ordered by time and minted by the hub's context ([`Mint`]), never
//!   from a global;
//! * ids of the *books* ([`AccountId`], [`TransferId`]) say nothing about anybody: an account's is minted or derived, a
//!   transfer's comes from whoever sends it.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keyed::Pepper;
use crate::time::{DateTime, Utc};

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// From its sixteen bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Its sixteen bytes, most significant first, so that byte order is the order of the ids.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId(stringify!($name)))
            }
        }
    )*};
}

typed_ids! {
    /// One source's account of one person. A keyed hash of the source and the subject it names.
    RecordId;
    /// The public id of a profile: the id of the record that founded it, in a type of its own. Every record's id
    /// stays an alias of the profile that holds the record now, so ids outlive merges and splits.
    ProfileId;
    /// The hash under which an event is stored; equal for equal event ids of one tenant.
    EventKey;
    /// A shopping cart that any channel can continue: a hash of the id by which the events name it.
    CartId;
    /// A quote: a hash of the cart and its version, the price book and the instant. Whoever asks the same, in whichever
    /// channel, gets the same quote.
    QuoteId;
    /// An order that was placed: a hash of the host's own order number.
    OrderId;
    /// A message to a person at one step in one channel, in one class of attempts: a keyed hash of all of these. The
    /// idempotency key that the provider gets is made of it.
    OutboxKey;
    /// A person's decision to link two records or to keep them apart.
    DecisionId;
    /// A command, for idempotency.
    CommandId;
    /// An account of the wallet's ledger. It says nothing about whose it is.
    AccountId;
    /// A transfer of the wallet's ledger, made by whoever sends it, such as a random UUID, so that sending it again is
    /// harmless.
    TransferId;
}

/// The text is not an id of that type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid {0}")]
pub struct InvalidId(&'static str);

impl From<RecordId> for ProfileId {
    fn from(founder: RecordId) -> Self {
        Self(founder.0)
    }
}

impl From<ProfileId> for RecordId {
    fn from(profile: ProfileId) -> Self {
        Self(profile.0)
    }
}

/// The hub's source of time-ordered ids: the command's instant and its entropy, no global state.
///
/// The same instant, entropy and number of calls give the same ids, so a unit of work that is run again after a
/// conflict mints the ids that it minted before. Layout: UUID version 7 (RFC 9562), 48 bits of Unix milliseconds, the
/// rest from HMAC-SHA-256 over the entropy and a counter.
///
/// ```
/// use throughline::ids::{DecisionId, Mint};
/// let now = "2026-03-20T09:00:00Z".parse()?;
/// let (a, b) = (Mint::new(now, [7; 16]), Mint::new(now, [7; 16]));
/// let first: DecisionId = a.next(DecisionId::from_bytes);
/// assert_eq!(first, b.next(DecisionId::from_bytes));
/// assert_ne!(first, a.next(DecisionId::from_bytes));
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug)]
pub struct Mint {
    millis: u64,
    entropy: [u8; 16],
    minted: AtomicU64,
}

impl Mint {
    /// A mint for one command. `entropy` is drawn by whoever owns the clock.
    #[must_use]
    pub fn new(now: DateTime<Utc>, entropy: [u8; 16]) -> Self {
        Self {
            millis: u64::try_from(now.timestamp_millis()).unwrap_or(0),
            entropy,
            minted: AtomicU64::new(0),
        }
    }

    /// The next id, made into the wanted type by its `from_bytes`.
    pub fn next<T>(&self, from_bytes: fn([u8; 16]) -> T) -> T {
        let count = self.minted.fetch_add(1, Ordering::Relaxed);
        let random = Pepper::new(&self.entropy).digest("id", &[&count.to_be_bytes()]);
        let tail: [u8; 10] = random.first_chunk().copied().unwrap_or_default();
        from_bytes(uuid::Builder::from_unix_timestamp_millis(self.millis, &tail).into_uuid().into_bytes())
    }

    /// Starts over, so that a repeated run of the same command mints the same ids.
    pub fn rewind(&self) {
        self.minted.store(0, Ordering::Relaxed);
    }
}

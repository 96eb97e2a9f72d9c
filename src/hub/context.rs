//! What a use case knows besides the store: the rules, the instant, and a source of ids.

use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::ids::Mint;
use crate::time::{DateTime, Utc, from_millis};

use super::Rules;

/// Everything besides the store that a use case may look at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The host's settings.
    pub rules: &'a Rules,
    /// The instant of the command. It stays the same when the command is run again after a conflict.
    pub now: DateTime<Utc>,
    /// Where new ids come from.
    pub mint: Mint,
}

impl<'a> Context<'a> {
    /// A context for one command.
    #[must_use]
    pub fn new(rules: &'a Rules, now: DateTime<Utc>, entropy: [u8; 16]) -> Self {
        Self { rules, now, mint: Mint::new(now, entropy) }
    }

    /// The hash of a request: what a command key stands for.
    pub(crate) fn request(&self, name: &str, parts: &[&[u8]]) -> [u8; 16] {
        self.rules.pepper.digest(name, parts)
    }
}

/// Where the front door gets its instants and its entropy from: the machine, or a test.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> DateTime<Utc>;

    /// Sixteen bytes that no other command of this process or another gets.
    fn entropy(&self) -> [u8; 16];
}

/// The machine's clock, and the entropy with which the standard library keys its hash maps.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads a real clock")]
    fn now(&self) -> DateTime<Utc> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that draws randomness")]
    fn entropy(&self) -> [u8; 16] {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let (high, low) = (RandomState::new().hash_one(nanos), RandomState::new().hash_one(!nanos));
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&high.to_be_bytes());
        bytes[8..].copy_from_slice(&low.to_be_bytes());
        bytes
    }
}

/// A clock that stands still until it is told otherwise: for tests, examples and simulations.
#[derive(Debug)]
pub struct FixedClock {
    millis: std::sync::atomic::AtomicI64,
    drawn: std::sync::atomic::AtomicU64,
}

impl FixedClock {
    /// A clock at that instant.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { millis: now.timestamp_millis().into(), drawn: 0.into() }
    }

    /// Sets the clock.
    pub fn set(&self, now: DateTime<Utc>) {
        self.millis.store(now.timestamp_millis(), std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        from_millis(self.millis.load(std::sync::atomic::Ordering::SeqCst))
    }

    fn entropy(&self) -> [u8; 16] {
        let drawn = self.drawn.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        u128::from(drawn).to_be_bytes()
    }
}

//! How long a worker has, and when it is tried again.

use serde::{Deserialize, Serialize};

use crate::hash::{GOLDEN, mix};
use crate::ids::OutboxKey;
use crate::time::TimeDelta;

/// Leases and retries.
///
/// ```
/// use throughline::ids::OutboxKey;
/// use throughline::messaging::outbox::OutboxRules;
/// let rules = OutboxRules { first_retry_s: 10, jitter_percent: 0, ..OutboxRules::default() };
/// let key = OutboxKey::from_bytes([7; 16]);
/// let waits: Vec<i64> = (1..=4).map(|attempt| rules.wait(key, attempt).num_seconds()).collect();
/// assert_eq!(waits, [10, 20, 40, 80]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutboxRules {
    /// For how many seconds a claimed entry belongs to its worker: longer than a provider ever takes to answer.
    pub lease_s: u32,
    /// How many attempts there are in all, the first one among them; one that crashed counts. At least 1.
    pub max_attempts: u32,
    /// How long the second attempt waits, in seconds. Each further one waits twice as long as the one before.
    pub first_retry_s: u32,
    /// The longest such wait, in seconds.
    pub longest_retry_s: u32,
    /// Up to how much of a wait is left out, in percent, so that messages that failed together are not tried together. By
    /// the entry's key: no chance in it.
    pub jitter_percent: u8,
}

impl Default for OutboxRules {
    /// Two minutes' lease; ten attempts over about a day: after 30 seconds, a minute, two, … at most six hours.
    fn default() -> Self {
        Self {
            lease_s: 120,
            max_attempts: 10,
            first_retry_s: 30,
            longest_retry_s: 21_600,
            jitter_percent: 20,
        }
    }
}

impl OutboxRules {
    /// How long to wait after that attempt (1 is the first), unless the provider asks for longer.
    #[must_use]
    pub fn wait(&self, key: OutboxKey, attempt: u32) -> TimeDelta {
        let doubled = u64::from(self.first_retry_s) << attempt.saturating_sub(1).min(31);
        let full = doubled.min(u64::from(self.longest_retry_s)).saturating_mul(1_000);
        let most = full.saturating_mul(u64::from(self.jitter_percent.min(100))) / 100;
        let left_out = if most == 0 { 0 } else { spread(key, attempt) % (most + 1) };
        TimeDelta::milliseconds(i64::try_from(full - left_out).unwrap_or(i64::MAX))
    }

    /// The lease.
    #[must_use]
    pub fn lease(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.lease_s))
    }
}

/// Spreads keys and attempts, by the key's two halves.
fn spread(key: OutboxKey, attempt: u32) -> u64 {
    let bits = u128::from_be_bytes(*key.as_bytes());
    let low = u64::try_from(bits & u128::from(u64::MAX)).unwrap_or(0);
    let high = u64::try_from(bits >> 64).unwrap_or(0);
    let halves = low ^ high.wrapping_mul(0xd1b5_4a32_d192_ed03);
    mix(halves.wrapping_add(u64::from(attempt).wrapping_mul(GOLDEN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_within_bounds_spread_and_always_the_same() {
        let rules = OutboxRules::default();
        let mut seen = std::collections::BTreeSet::new();
        for number in 0..200_u8 {
            let key = OutboxKey::from_bytes([number; 16]);
            for attempt in [0, 1, 2, 9, 40, u32::MAX] {
                let wait = rules.wait(key, attempt).num_milliseconds();
                let full = (30_000_i64 << attempt.saturating_sub(1).min(20)).min(21_600_000);
                assert!(wait <= full && wait >= full * 80 / 100, "{attempt}: {wait}");
                assert_eq!(wait, rules.wait(key, attempt).num_milliseconds());
            }
            seen.insert(rules.wait(key, 3));
        }
        assert!(seen.len() > 150, "{}", seen.len());
    }
}

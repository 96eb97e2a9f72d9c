//! Guessing codes is slowed, and seen.

use serde::{Deserialize, Serialize};

use crate::time::{DateTime, TimeDelta, Utc};

/// How many wrong codes are free, and how long one waits after more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuessRules {
    /// So many wrong codes are mistakes of people.
    pub free: u32,
    /// After the first beyond them, so many seconds pass before another code is looked at; twice as many after each.
    pub first_wait_seconds: u32,
    /// But never more than these.
    pub most_wait_seconds: u32,
    /// After so many seconds without a wrong code the count begins anew.
    pub forget_seconds: u32,
}

impl Default for GuessRules {
    fn default() -> Self {
        Self::retail()
    }
}

impl GuessRules {
    /// Five mistakes are free, then 2 seconds, 4, 8 and so on up to an hour; forgotten after a day.
    #[must_use]
    pub const fn retail() -> Self {
        Self { free: 5, first_wait_seconds: 2, most_wait_seconds: 3_600, forget_seconds: 86_400 }
    }
}

/// The wrong codes of one subject: a customer, a device, an address, as the host counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guesses {
    /// How many wrong codes in a row.
    pub wrong: u32,
    /// When the last was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<DateTime<Utc>>,
}

impl Guesses {
    /// Until when no code is looked at; none if one may be tried now.
    #[must_use]
    pub fn wait_until(&self, rules: &GuessRules, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let beyond = self.wrong.checked_sub(rules.free)?;
        let doubled =
            beyond.checked_sub(1).map(|times| u64::from(rules.first_wait_seconds) << times.min(20))?;
        let seconds = doubled.min(rules.most_wait_seconds.into());
        let until = self.last?.checked_add_signed(TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0)))?;
        (now < until).then_some(until)
    }

    /// What is counted after a wrong code.
    #[must_use]
    pub fn after_wrong(self, rules: &GuessRules, now: DateTime<Utc>) -> Self {
        let forget = TimeDelta::seconds(rules.forget_seconds.into());
        let forgotten = self.last.is_some_and(|last| now - last >= forget);
        let wrong = if forgotten { 0 } else { self.wrong };
        Self { wrong: wrong.saturating_add(1), last: Some(now) }
    }
}

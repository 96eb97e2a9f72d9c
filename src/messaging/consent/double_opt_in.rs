//! Double opt-in: whoever asks for messages to an address confirms from that address.

use serde::{Deserialize, Serialize};

use super::super::purpose::{ChannelScope, Purpose, PurposeScope};
use super::ledger::{ConsentRecord, ConsentState};
use super::token::{TokenError, TokenErrorKind, open, seal};
use crate::channel::Channel;
use crate::pii::Pii;
use crate::signing::SigningKeys;
use crate::time::{DateTime, Utc};

const MEANING: &str = "double opt-in";

/// A request for messages that waits for its confirmation.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::messaging::{ConsentState, DoubleOptIn};
/// use throughline::signing::SigningKeys;
/// use throughline::time::TimeDelta;
/// let keys = SigningKeys::new("2026", b"from your secret manager");
/// let asked = "2026-06-01T12:00:00Z".parse()?;
/// let request = DoubleOptIn::new("a-7f3e", "marketing.news".parse()?, Channel::Email, asked, asked + TimeDelta::days(2));
/// let mut ledger = vec![request.pending()];
/// let token = request.token(&keys); // goes to the address, in a link
///
/// let later = "2026-06-01T12:30:00Z".parse()?;
/// let grant = DoubleOptIn::confirm(&token, &keys, &ledger, later)?.ok_or("already confirmed")?;
/// assert_eq!(grant.state, ConsentState::Granted);
/// ledger.push(grant);
/// assert_eq!(DoubleOptIn::confirm(&token, &keys, &ledger, later)?, None); // once is enough
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoubleOptIn {
    /// Whose ledger it is for: the host's opaque id of the address. It can be read in the link.
    pub subject: Pii<String>,
    /// What for. Never everything: such a grant would not count.
    pub purpose: Purpose,
    /// Where.
    pub channel: Channel,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// From when on the link no longer works.
    pub valid_until: DateTime<Utc>,
}

impl DoubleOptIn {
    /// A request.
    #[must_use]
    pub fn new(
        subject: impl Into<String>,
        purpose: Purpose,
        channel: Channel,
        asked_at: DateTime<Utc>,
        valid_until: DateTime<Utc>,
    ) -> Self {
        Self { subject: Pii::new(subject.into()), purpose, channel, asked_at, valid_until }
    }

    /// The entry for the ledger until it is confirmed.
    #[must_use]
    pub fn pending(&self) -> ConsentRecord {
        self.record(ConsentState::Pending, self.asked_at)
    }

    /// The token of the link that goes to the address.
    #[must_use]
    pub fn token(&self, keys: &SigningKeys) -> String {
        seal(MEANING, self, keys).unwrap_or_default()
    }

    /// The request that a token carries, so that the host finds the ledger.
    ///
    /// # Errors
    /// The token is malformed or was not signed by these keys for this use.
    pub fn read(token: &str, keys: &SigningKeys) -> Result<Self, TokenError> {
        open(MEANING, token, keys)
    }

    /// The entry for the ledger of the subject, with the request as evidence; `None` if the ledger has it already.
    ///
    /// Two confirmations at once give equal entries of different instants, which say the same.
    ///
    /// # Errors
    /// As [`read`](Self::read); the time of the link is over; the person refused after asking, which an old link must not
    /// undo.
    ///
    /// # Complexity
    /// O(n) in the number of entries.
    pub fn confirm(
        token: &str,
        keys: &SigningKeys,
        ledger: &[ConsentRecord],
        now: DateTime<Utc>,
    ) -> Result<Option<ConsentRecord>, TokenError> {
        let request = Self::read(token, keys)?;
        let grant = request.record(ConsentState::Granted, now);
        let later = || {
            ledger.iter().filter(|record| {
                record.at >= request.asked_at
                    && record.at <= now
                    && record.purpose.covers(&request.purpose)
                    && record.channel.covers(&request.channel)
            })
        };
        let refused =
            |record: &ConsentRecord| matches!(record.state, ConsentState::Denied | ConsentState::Withdrawn);
        if later().any(refused) {
            return Err(TokenError::new(TokenErrorKind::Withdrawn));
        }
        let same = |record: &ConsentRecord| {
            record.state == ConsentState::Granted && record.evidence == grant.evidence
        };
        if later().any(same) {
            return Ok(None);
        }
        if now >= request.valid_until {
            return Err(TokenError::new(TokenErrorKind::Expired));
        }
        Ok(Some(grant))
    }

    fn record(&self, state: ConsentState, at: DateTime<Utc>) -> ConsentRecord {
        let purpose = PurposeScope::Under(self.purpose.clone());
        let channel = ChannelScope::Only(self.channel.clone());
        let asked = self.asked_at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        let evidence = Some(Pii::new(format!("double_opt_in:{asked}:{}", self.subject.reveal())));
        ConsentRecord { evidence, ..ConsentRecord::new(purpose, channel, state, at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::TimeDelta;

    #[test]
    fn a_link_expires_is_not_forged_and_does_not_undo_a_refusal() {
        let keys = SigningKeys::new("k", b"secret");
        let asked: DateTime<Utc> = "2026-06-01T12:00:00Z".parse().unwrap();
        let until = asked + TimeDelta::days(1);
        let request = DoubleOptIn::new("a-1", "marketing.news".parse().unwrap(), Channel::Sms, asked, until);
        let token = request.token(&keys);
        let pending = vec![request.pending()];
        let confirm = |token: &str, ledger: &[ConsentRecord], at| {
            DoubleOptIn::confirm(token, &keys, ledger, at).map_err(|error| error.kind())
        };
        assert_eq!(confirm(&token, &pending, until), Err(TokenErrorKind::Expired));
        let grant = confirm(&token, &pending, until - TimeDelta::seconds(1)).unwrap().unwrap();
        assert!(grant.evidence.is_some());
        // Once confirmed, the old link does no harm and no good.
        assert_eq!(confirm(&token, &[request.pending(), grant], until), Ok(None));
        let stopped = ConsentRecord::new(
            PurposeScope::All,
            ChannelScope::All,
            ConsentState::Withdrawn,
            asked + TimeDelta::hours(1),
        );
        let at = asked + TimeDelta::hours(2);
        assert_eq!(confirm(&token, &[request.pending(), stopped], at), Err(TokenErrorKind::Withdrawn));
        let unsubscribe =
            super::super::Unsubscribe::new("a-1", "marketing".parse().unwrap(), "sms".parse().unwrap(), "m");
        assert_eq!(confirm(&unsubscribe.token(&keys), &pending, at), Err(TokenErrorKind::Forged));
    }
}

//! The consent ledger: what a person has allowed, read at an instant.

use std::cmp::Reverse;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::super::input::Class;
use super::super::purpose::{ChannelScope, Purpose, PurposeScope};
use crate::channel::Channel;
use crate::pii::Pii;
use crate::reason::Reason;
use crate::time::{DateTime, TimeDelta, Utc};

/// What a person said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Yes.
    Granted,
    /// Yes, not yet confirmed (double opt-in): not a consent.
    Pending,
    /// No, when asked.
    Denied,
    /// No longer.
    Withdrawn,
}

/// One entry of the ledger. Entries are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRecord {
    /// What it is about: a purpose path with everything under it, or `*`.
    pub purpose: PurposeScope,
    /// Where: a channel, or `*`.
    pub channel: ChannelScope,
    /// What the person said.
    pub state: ConsentState,
    /// When. An entry does not count before.
    pub at: DateTime<Utc>,
    /// From when on a grant no longer holds. Other states do not expire.
    #[serde(default, alias = "expires", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// What proves it: the id of a form, a call, a message. Kept out of `Debug` and of reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Pii<String>>,
}

impl ConsentRecord {
    /// An entry without an end and without evidence.
    #[must_use]
    pub const fn new(
        purpose: PurposeScope,
        channel: ChannelScope,
        state: ConsentState,
        at: DateTime<Utc>,
    ) -> Self {
        Self { purpose, channel, state, at, expires_at: None, evidence: None }
    }

    /// The same, checked before it goes into a ledger: an entry that could never count, or not yet, is refused. The fold
    /// is safe without it, for it never counts such an entry; but then nobody learns that a source sends nonsense.
    ///
    /// # Errors
    /// The entry is dated after `now`, ends before it begins, or grants everything at once.
    ///
    /// ```
    /// use throughline::messaging::{ConsentRecord, ConsentState, InvalidConsentKind};
    /// let tomorrow = "2026-06-02T12:00:00Z".parse()?;
    /// let grant = ConsentRecord::new("marketing".parse()?, "sms".parse()?, ConsentState::Granted, tomorrow);
    /// let refused = grant.checked("2026-06-01T12:00:00Z".parse()?).map_err(|error| error.kind());
    /// assert_eq!(refused, Err(InvalidConsentKind::FromTheFuture));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn checked(self, now: DateTime<Utc>) -> Result<Self, InvalidConsent> {
        let blanket = self.state == ConsentState::Granted && self.purpose == PurposeScope::All;
        if self.at > now {
            Err(InvalidConsent(InvalidConsentKind::FromTheFuture))
        } else if self.expires_at.is_some_and(|end| end <= self.at) {
            Err(InvalidConsent(InvalidConsentKind::EndsBeforeItBegins))
        } else if blanket {
            Err(InvalidConsent(InvalidConsentKind::BlanketGrant))
        } else {
            Ok(self)
        }
    }

    fn counts(&self, question: &ConsentQuestion<'_>) -> bool {
        let blanket_grant = self.state == ConsentState::Granted && self.purpose == PurposeScope::All;
        // The channel first: it tells most entries apart, and costs least.
        self.channel.covers(question.channel)
            && self.at <= question.now
            && !blanket_grant
            && self.purpose.covers(question.purpose)
    }
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InvalidConsentKind {
    /// It is dated after now: a clock is wrong, or somebody lies.
    FromTheFuture,
    /// Its end is not after its beginning.
    EndsBeforeItBegins,
    /// It grants every purpose at once, which is no consent.
    BlanketGrant,
}

/// An entry that does not go into a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidConsent(InvalidConsentKind);

impl InvalidConsent {
    /// What to fix at its source.
    #[must_use]
    pub const fn kind(&self) -> InvalidConsentKind {
        self.0
    }
}

impl fmt::Display for InvalidConsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            InvalidConsentKind::FromTheFuture => "the consent record is dated in the future",
            InvalidConsentKind::EndsBeforeItBegins => "the consent record ends before it begins",
            InvalidConsentKind::BlanketGrant => "a grant for every purpose is no consent",
        })
    }
}

impl std::error::Error for InvalidConsent {}

/// What silence means, by jurisdiction and class of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentRule {
    /// Silence is refusal: prior consent, which the sender must be able to prove.
    #[default]
    OptIn,
    /// Silence is consent until it is withdrawn.
    OptOut,
    /// Silence is consent for a recent customer, about similar goods, by e-mail or text message; refusal for others.
    SoftOptIn,
}

/// What the person bought, for [`ConsentRule::SoftOptIn`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relationship {
    /// The last purchase.
    pub last_purchase: DateTime<Utc>,
    /// For how many days a purchase counts, the last one included.
    pub max_age_days: u32,
    /// Whether the message is about goods or services like those bought.
    pub similar: bool,
}

/// Why nothing, or no marketing, goes to an address any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suppression {
    /// The address does not exist: stops every message.
    HardBounce,
    /// The person reported our message as spam: stops marketing.
    Complaint,
}

/// What is asked of a ledger. Asking with an earlier `now` answers whether it was allowed then.
#[derive(Debug, Clone)]
pub struct ConsentQuestion<'a> {
    /// As of when.
    pub now: DateTime<Utc>,
    /// The class of the message.
    pub class: Class,
    /// What it is for.
    pub purpose: &'a Purpose,
    /// Where it would go.
    pub channel: &'a Channel,
    /// What silence means.
    pub rule: ConsentRule,
    /// Whether the address is suppressed.
    pub suppression: Option<Suppression>,
    /// What the person bought.
    pub relationship: Option<&'a Relationship>,
}

/// Why a message is allowed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentReason {
    /// The person allowed it.
    Granted,
    /// The person is owed it: a transactional message that nobody objected to.
    Contract,
    /// Nobody objected, and the rule is opt-out.
    Implied,
    /// Nobody objected, and the person is a recent customer.
    SoftOptIn,
    /// Nobody allowed it.
    NoConsent,
    /// A double opt-in was never finished.
    PendingConfirmation,
    /// The person's consent has run out.
    Expired,
    /// The person said no.
    Denied,
    /// The person withdrew.
    Withdrawn,
    /// The address is known not to exist.
    SuppressedHardBounce,
    /// The person reported our message as spam.
    SuppressedComplaint,
}

impl ConsentReason {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Contract => "contract",
            Self::Implied => "implied",
            Self::SoftOptIn => "soft_opt_in",
            Self::NoConsent => "no_consent",
            Self::PendingConfirmation => "pending_confirmation",
            Self::Expired => "expired",
            Self::Denied => "denied",
            Self::Withdrawn => "withdrawn",
            Self::SuppressedHardBounce => "suppressed_hard_bounce",
            Self::SuppressedComplaint => "suppressed_complaint",
        }
    }

    /// Whether the message may be sent.
    #[must_use]
    pub const fn allows(self) -> bool {
        matches!(self, Self::Granted | Self::Contract | Self::Implied | Self::SoftOptIn)
    }

    /// How much it restricts, when several ledgers answer. Silence says nothing, so a grant outranks it.
    const fn restriction(self) -> u8 {
        match self {
            Self::NoConsent | Self::Implied | Self::SoftOptIn | Self::Contract => 0,
            Self::Granted => 1,
            Self::Expired => 2,
            Self::PendingConfirmation => 3,
            Self::Denied => 4,
            Self::Withdrawn => 5,
            Self::SuppressedComplaint => 6,
            Self::SuppressedHardBounce => 7,
        }
    }
}

/// A ledger's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentAnswer {
    /// Why; [`ConsentReason::allows`] says whether.
    pub reason: ConsentReason,
    /// The position in the ledger of the entry that decided, if one did.
    pub evidence: Option<usize>,
    /// When that entry was made.
    pub at: Option<DateTime<Utc>>,
}

impl ConsentAnswer {
    /// Whether the message may be sent.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        self.reason.allows()
    }

    /// As a reason: what was decided on, by its state and instant, whatever the order of the ledger.
    #[must_use]
    pub fn to_reason(&self) -> Reason {
        let reason = Reason::new(self.reason.as_str());
        match self.at {
            Some(at) => reason
                .evidence(format!("consent:{}", at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))),
            None => reason,
        }
    }
}

/// Asks one ledger: that of one record of a person, or of one address.
///
/// Suppression of the address comes first. Then the latest entry that covers purpose and channel decides; of several
/// at one instant a refusal outranks a pending confirmation, which outranks a grant. A grant for `*` is too broad to
/// count; a withdrawal for `*` counts. Transactional messages are stopped only by a refusal that covers them. Without
/// an entry the rule decides. The order of the entries makes no difference; of entirely equal ones the first is
/// named.
///
/// # Complexity
/// O(n) in the number of entries.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::messaging::{Class, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule, consent};
/// let ledger: Vec<ConsentRecord> = serde_json::from_str(r#"[
///     {"purpose": "marketing", "channel": "sms", "state": "granted", "at": "2026-01-01T00:00:00Z"},
///     {"purpose": "*", "channel": "sms", "state": "withdrawn", "at": "2026-02-01T00:00:00Z"}
/// ]"#)?;
/// let purpose = "marketing.news".parse()?;
/// let question = ConsentQuestion {
///     now: "2026-06-01T12:00:00Z".parse()?,
///     class: Class::Marketing,
///     purpose: &purpose,
///     channel: &Channel::Sms,
///     rule: ConsentRule::OptIn,
///     suppression: None,
///     relationship: None,
/// };
/// assert_eq!(consent(&ledger, &question).reason, ConsentReason::Withdrawn);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn consent(ledger: &[ConsentRecord], question: &ConsentQuestion<'_>) -> ConsentAnswer {
    if let Some(reason) = suppressed(question) {
        return ConsentAnswer { reason, evidence: None, at: None };
    }
    let decisive = ledger.iter().enumerate().filter(|(_, record)| record.counts(question)).max_by_key(
        |(position, record)| {
            // Of two grants at one instant the one that ends first restricts more.
            let lasts = Reverse(record.expires_at.unwrap_or(DateTime::<Utc>::MAX_UTC));
            (record.at, record.state, lasts, Reverse(*position))
        },
    );
    let silence = ConsentAnswer { reason: of_silence(question), evidence: None, at: None };
    let Some((position, record)) = decisive else { return silence };
    let reason = match record.state {
        ConsentState::Withdrawn => ConsentReason::Withdrawn,
        ConsentState::Denied => ConsentReason::Denied,
        _ if question.class == Class::Transactional => return silence,
        ConsentState::Pending => ConsentReason::PendingConfirmation,
        ConsentState::Granted if record.expires_at.is_some_and(|end| end <= question.now) => {
            ConsentReason::Expired
        }
        ConsentState::Granted => ConsentReason::Granted,
    };
    ConsentAnswer { reason, evidence: Some(position), at: Some(record.at) }
}

/// Asks several ledgers, those of the records that make up one person and that of the address itself, and returns the
/// most restrictive answer with the position of its ledger.
///
/// Each ledger is read on its own, so that joining two records never turns one's later grant into the other's. A
/// ledger without a covering entry says nothing. So a refusal anywhere stops the message, a grant counts where nobody
/// objects, and silence everywhere is for the rule. Keep withdrawals under the address as well: those outlive a split
/// of the profile.
///
/// # Complexity
/// O(n) in the number of entries of all ledgers.
#[must_use]
pub fn consent_across<'l>(
    ledgers: impl IntoIterator<Item = &'l [ConsentRecord]>,
    question: &ConsentQuestion<'_>,
) -> (Option<usize>, ConsentAnswer) {
    ledgers
        .into_iter()
        .enumerate()
        .map(|(position, ledger)| (Some(position), consent(ledger, question)))
        .max_by_key(|(position, answer)| (answer.reason.restriction(), answer.at, Reverse(*position)))
        .unwrap_or_else(|| (None, consent(&[], question)))
}

fn suppressed(question: &ConsentQuestion<'_>) -> Option<ConsentReason> {
    match question.suppression? {
        Suppression::HardBounce => Some(ConsentReason::SuppressedHardBounce),
        Suppression::Complaint => {
            (question.class == Class::Marketing).then_some(ConsentReason::SuppressedComplaint)
        }
    }
}

fn of_silence(question: &ConsentQuestion<'_>) -> ConsentReason {
    if question.class == Class::Transactional {
        return ConsentReason::Contract;
    }
    match question.rule {
        ConsentRule::OptIn => ConsentReason::NoConsent,
        ConsentRule::OptOut => ConsentReason::Implied,
        ConsentRule::SoftOptIn => {
            let recent = question.relationship.is_some_and(|relationship| {
                let age = question.now - relationship.last_purchase;
                relationship.similar
                    && age >= TimeDelta::zero()
                    && age <= TimeDelta::days(i64::from(relationship.max_age_days))
            });
            if recent && matches!(question.channel, Channel::Email | Channel::Sms) {
                ConsentReason::SoftOptIn
            } else {
                ConsentReason::NoConsent
            }
        }
    }
}

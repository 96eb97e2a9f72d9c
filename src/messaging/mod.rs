//! What we tell a customer, where and when: `decide(message, recipient, policy, now)`.
//!
//! A decision is one of [`Decision`]: send now on a channel, defer until an instant, drop for a reason, or, for a
//! person of the control group, keep the ghost of what would have been sent. It is a pure function of its arguments
//! and carries its reasons as data; asking again with the same facts gives the same answer.
//!
//! The questions come in this order, so that nothing is deferred that may never be sent, and the control group holds
//! exactly those who would have been sent the message:
//! 1. the message: expired? the person suppressed? the fact already told?
//! 2. each way to reach the person, the best first: the [gates](Stage) from suppression and consent to rendering;
//! 3. [`combine`]: the best open channel, or wait for a better or the first one;
//! 4. a competing message of higher priority; last the control group.
//!
//! A deferral names the instant at which the message goes if nothing else happens: not a second later, and not one at which
//! another rule would stop it again. [`decide_traced`] shows what every gate said.
//!
//! Around the decision: the consent ledger with its [receipts](ConsentReceipt), [double opt-in](DoubleOptIn),
//! [one-click unsubscribing](Unsubscribe), [words that stop](StopWords) and [rules by region](ConsentBook);
//! [frequency caps](frequency_caps()), [service windows](ServiceWindows), [readiness](Readiness) and [scores](ScoreWeights)
//! of channels; [control groups](holdout()); and [escalation](escalate) to the next channel when nobody read the first.
//!
//! Whoever is not allowed to be sent a message is never sent one because data is missing: no consent on record, no
//! known time zone and no known address each have their own reason.
//!
//! ```
//! # #[cfg(feature = "tzdb")] {
//! use throughline::calendar::{Window, Windows, Zones};
//! use throughline::channel::Channel;
//! use throughline::messaging::{
//!     AddressId, Class, ConsentRecord, ConsentState, Decision, Endpoint, Message, Policy, Recipient, Whereabouts, decide,
//! };
//! use throughline::time::{DateTime, Utc};
//!
//! let now: DateTime<Utc> = "2026-06-01T18:30:00Z".parse()?; // 22:00 in Tehran
//! let message = Message::new("spring-sale", Class::Marketing, "marketing.offers".parse()?);
//! let mut recipient = Recipient::new(Whereabouts::Known(Zones::bundled().named("Asia/Tehran")?));
//! recipient.endpoints.push(Endpoint::new(Channel::Sms, AddressId::new("a-1")));
//! let grant = ConsentRecord::new("marketing".parse()?, "sms".parse()?, ConsentState::Granted, "2026-01-01T00:00:00Z".parse()?);
//! recipient.ledgers.push(vec![grant]);
//! let mut policy = Policy::default();
//! policy.quiet_hours.windows = Windows::new([Window::daily("21:00".parse()?, "08:00".parse()?)])?;
//!
//! match decide(&message, &recipient, &policy, now) {
//!     Decision::Defer { until, reasons, .. } => {
//!         assert_eq!(until, "2026-06-02T04:30:00Z".parse::<DateTime<Utc>>()?);
//!         assert_eq!(reasons[0].rule, "quiet_hours");
//!     }
//!     other => panic!("{other:?}"),
//! }
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audience;
mod caps;
pub mod claims;
mod combine;
mod consent;
pub mod content;
pub mod cta;
mod decide;
pub mod delivery;
pub mod digest;
mod escalation;
mod gate;
mod holdout;
mod input;
mod judge;
pub mod kpi;
pub mod limits;
pub mod near_copy;
pub mod outbox;
mod policy;
mod presets;
mod purpose;
mod quiet;
mod readiness;
mod rendered;
mod retail;
mod score;
mod sender;
mod service_window;
pub mod sms;
mod trace;
pub mod trigger;

pub use audience::{Audience, AudienceChoice, AudiencePolicy, AudienceRule};
pub use caps::{CalendarUnit, Cap, CapQuestion, CapWindow, CapsAnswer, CountBy, PinnedZones, frequency_caps};
pub use combine::{ChannelGates, Decision, Inquiry, Refusal, combine};
pub use consent::{
    ConsentAnswer, ConsentBook, ConsentLaw, ConsentQuestion, ConsentReason, ConsentReceipt, ConsentRecord,
    ConsentRule, ConsentRules, ConsentState, DoubleOptIn, Effect, InvalidConsent, InvalidConsentKind,
    InvalidLink, KeywordKind, ReceiptError, ReceiptTerms, Relationship, StopWords, Suppression, TokenError,
    TokenErrorKind, Unsubscribe, UnsubscribeRequest, WordList, consent, consent_across,
};
pub use decide::{Traced, decide, decide_traced, decide_with};
pub use escalation::{
    Escalation, EscalationEnd, EscalationStep, Progress, StepEvent, StepEventKind, StepSend, escalate,
};
pub use gate::{Context, Gate, Stage, Verdict};
pub use holdout::{FULL_SHARE, holdout};
pub use input::{
    AddressId, Class, Competing, Endpoint, Engagement, Interaction, InteractionKind, Message, MessageKind,
    PastSend, PersonSuppression, Recipient, Urgency,
};
pub use policy::{Policy, QuietHours};
pub use presets::{Bindingness, QuietBook, QuietRule, RuleSource};
pub use purpose::{ChannelScope, InvalidPurpose, InvalidScope, Purpose, PurposeScope};
pub use quiet::{Quiet, QuietReason, Whereabouts, quiet};
pub use readiness::{ChannelHealth, Readiness, ReadinessLimits, ReadinessRule, Threshold, Unready};
pub use rendered::Rendered;
pub use score::{Pace, PaceFit, Score, ScoreWeights};
pub use sender::{Accepted, Blocking, Outgoing, SendError, SendErrorKind, Sender, Senders, Sending};
pub use service_window::{ServiceWindow, ServiceWindowAnswer, ServiceWindowReason, ServiceWindows};
pub use trace::{GateAnswer, Trace, TracedChannel};

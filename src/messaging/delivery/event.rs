//! What a provider reports.

use serde::{Deserialize, Serialize};

use crate::pii::Pii;
use crate::time::{DateTime, Utc};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What happened to one message.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum DeliveryKind {
            $($(#[$doc])* $name,)*
        }

        impl DeliveryKind {
            /// All of them, in a fixed order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

kinds! {
    /// It waits in our outbox.
    Queued = "queued";
    /// We took it back before it left.
    Cancelled = "cancelled";
    /// Its time to live passed before it left.
    Expired = "expired";
    /// The provider accepted it.
    Sent = "sent";
    /// The address cannot be reached for now: mailbox full, telephone off.
    SoftBounced = "soft_bounced";
    /// It reached the person's mailbox or device.
    Delivered = "delivered";
    /// The address does not exist.
    HardBounced = "hard_bounced";
    /// It was opened.
    Opened = "opened";
    /// A link in it was followed.
    Clicked = "clicked";
    /// It was passed on to somebody.
    Shared = "shared";
    /// It was answered.
    Replied = "replied";
    /// The person unsubscribed by it.
    Unsubscribed = "unsubscribed";
    /// The person reported it as spam.
    Complained = "complained";
}

impl DeliveryKind {
    /// Whether a mail scanner or a link preview can cause it, so that a [bot's](DeliveryEvent::bot) is none of hers.
    #[must_use]
    pub const fn is_of_the_person(self) -> bool {
        matches!(self, Self::Opened | Self::Clicked | Self::Shared | Self::Replied | Self::Unsubscribed)
    }
}

/// One report of a provider about one message, as a host reads it out of a webhook.
///
/// ```
/// use throughline::messaging::delivery::DeliveryEvent;
/// let event: DeliveryEvent = serde_json::from_str(r#"{
///     "kind": "opened", "at": "2026-03-20T09:00:00Z", "received_at": "2026-03-20T09:00:02Z", "bot": true
/// }"#)?;
/// assert!(event.bot && event.kind.is_of_the_person());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryEvent {
    /// What happened.
    pub kind: DeliveryKind,
    /// When it happened, by the provider's clock.
    pub at: DateTime<Utc>,
    /// When we heard of it.
    pub received_at: DateTime<Utc>,
    /// A mail scanner, a link preview or a crawler did it. Whether it was one is for the provider or the host to tell.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bot: bool,
    /// The provider's id of this report. Not needed to know a repeated report: a report is known by what it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_event_id: Option<Pii<String>>,
}

impl DeliveryEvent {
    /// A report that is heard of as it happens, not of a bot.
    #[must_use]
    pub const fn new(kind: DeliveryKind, at: DateTime<Utc>) -> Self {
        Self { kind, at, received_at: at, bot: false, provider_event_id: None }
    }

    /// When it happened: never later than when we heard of it, however wrong the provider's clock is.
    #[must_use]
    pub fn happened_at(&self) -> DateTime<Utc> {
        self.at.min(self.received_at)
    }

    /// Whether the person did it, as opposed to a bot.
    #[must_use]
    pub const fn is_hers(&self) -> bool {
        self.kind.is_of_the_person() && !self.bot
    }
}

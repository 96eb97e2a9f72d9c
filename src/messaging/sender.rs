//! The narrow waist to providers: one trait of one method.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::input::AddressId;
use super::rendered::Rendered;
use crate::channel::Channel;
use crate::ids::OutboxKey;
use crate::pii::Pii;
use crate::time::{DateTime, TimeDelta, Utc};

/// A future of a [`Sender`].
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Accepted, SendError>> + Send + 'a>>;

/// One message on its way to a provider. `Debug` shows neither the address nor the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Which entry of the outbox it is.
    pub key: OutboxKey,
    /// The host's id of the message.
    pub message: String,
    /// The step of the message's plan.
    pub step: String,
    /// The channel.
    pub channel: Channel,
    /// The address, by its opaque id.
    pub address_id: AddressId,
    /// The address as the provider needs it.
    pub address: Pii<String>,
    /// What to send.
    pub rendered: Rendered,
    /// The how manieth attempt it is, from 1 on.
    pub attempt: u32,
    /// From when on it is pointless; a provider that knows a time to live should get it.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Outgoing {
    /// The key to hand to the provider: the same for every attempt, so that a provider which honours such keys delivers
    /// once whatever crashes between us. 36 characters of `0-9a-f-`.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        self.key.to_string()
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("key", &self.key)
            .field("message", &self.message)
            .field("channel", &self.channel)
            .field("address", &self.address)
            .field("rendered", &self.rendered)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// The provider took the message over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The provider's id of it, by which its reports may name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<Pii<String>>,
}

impl Accepted {
    /// Accepted under that id of the provider's.
    #[must_use]
    pub fn under(provider_id: impl Into<String>) -> Self {
        Self { provider_id: Some(Pii::new(provider_id.into())) }
    }

    /// Accepted by a provider that gives no ids.
    #[must_use]
    pub const fn nameless() -> Self {
        Self { provider_id: None }
    }
}

/// What a failure to send means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendErrorKind {
    /// Surely not sent; trying again may help: throttled, down for maintenance.
    Transient,
    /// Surely not sent, and never will be: malformed, forbidden.
    Permanent,
    /// Surely not sent: there is no such address. It is suppressed at once.
    NoSuchAddress,
    /// Nobody can tell whether it was sent: no answer, a broken connection. Tried again under the same key.
    Unknown,
}

impl SendErrorKind {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Permanent => "permanent",
            Self::NoSuchAddress => "no_such_address",
            Self::Unknown => "unknown",
        }
    }
}

/// A provider did not take a message over, or did not say.
///
/// ```
/// use throughline::messaging::{SendError, SendErrorKind};
/// use throughline::time::TimeDelta;
/// let error = SendError::new(SendErrorKind::Transient).retry_after(TimeDelta::seconds(30)).code("429");
/// assert_eq!(error.to_string(), "not sent: transient, code `429`");
/// assert_eq!(SendError::new(SendErrorKind::Unknown).code("sara@example.ir").to_string(), "not sent: unknown");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not sent: {}{}", kind.as_str(), code.as_deref().map(|code| format!(", code `{code}`")).unwrap_or_default())]
pub struct SendError {
    kind: SendErrorKind,
    retry_after: Option<TimeDelta>,
    code: Option<Box<str>>,
}

impl SendError {
    /// A failure of that kind.
    #[must_use]
    pub const fn new(kind: SendErrorKind) -> Self {
        Self { kind, retry_after: None, code: None }
    }

    /// The provider asks not to be tried again before.
    #[must_use]
    pub const fn retry_after(mut self, wait: TimeDelta) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The provider's code, such as `429` or `30003`. Kept only if it is at most 32 of `A-Za-z0-9._-`, which the text of an
    /// error, with the address in it, hardly ever is; so never more than a code is stored.
    #[must_use]
    pub fn code(mut self, code: &str) -> Self {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        self.code = (code.len() <= 32 && !code.is_empty() && code.bytes().all(plain)).then(|| code.into());
        self
    }

    /// What it means.
    #[must_use]
    pub const fn kind(&self) -> SendErrorKind {
        self.kind
    }

    /// How long the provider asks us to wait.
    #[must_use]
    pub const fn wait(&self) -> Option<TimeDelta> {
        self.retry_after
    }

    /// The provider's code.
    #[must_use]
    pub fn provider_code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

/// What a host implements for each of its channels: hands one message to the provider. Dyn-compatible.
///
/// To be correct, an implementation must
/// 1. pass [`Outgoing::idempotency_key`] on to the provider, or remember the keys that it has handed over itself: after a
///    crash between send and note the same message comes again under the same key;
/// 2. answer `Transient`, `Permanent` or `NoSuchAddress` only if the message was surely not accepted, else `Unknown`;
/// 3. give up in less time than the outbox's lease, so that no second worker takes the message up meanwhile.
///
/// A provider that blocks is wrapped in [`Blocking`]; several channels are put together as [`Senders`].
pub trait Sender: Send + Sync {
    /// Sends one message.
    ///
    /// # Errors
    /// See [`SendErrorKind`].
    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> Sending<'a>;
}

impl<S: Sender + ?Sized> Sender for Arc<S> {
    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> Sending<'a> {
        (**self).send(outgoing)
    }
}

/// A [`Sender`] out of a function that blocks until the provider has answered.
///
/// ```
/// use throughline::messaging::{Accepted, Blocking, Outgoing, SendError};
/// let sender = Blocking(|message: &Outgoing| -> Result<Accepted, SendError> {
///     Ok(Accepted::under(format!("sms-{}", message.idempotency_key())))
/// });
/// # fn sends(_: &dyn throughline::messaging::Sender) {}
/// # sends(&sender);
/// ```
#[derive(Clone, Copy)]
pub struct Blocking<F>(pub F);

impl<F> fmt::Debug for Blocking<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blocking")
    }
}

impl<F: Fn(&Outgoing) -> Result<Accepted, SendError> + Send + Sync> Sender for Blocking<F> {
    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> Sending<'a> {
        Box::pin(async move { (self.0)(outgoing) })
    }
}

/// One sender for each channel. A message for a channel without one is a transient failure with the code `no_sender`.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::messaging::{Accepted, Blocking, Outgoing, Senders};
/// let sms = Blocking(|_: &Outgoing| Ok(Accepted::nameless()));
/// let senders = Senders::default().with(Channel::Sms, Arc::new(sms));
/// assert!(senders.covers(&Channel::Sms) && !senders.covers(&Channel::Email));
/// ```
#[derive(Clone, Default)]
pub struct Senders(BTreeMap<Channel, Arc<dyn Sender>>);

impl Senders {
    /// With this sender for that channel.
    #[must_use]
    pub fn with(mut self, channel: Channel, sender: Arc<dyn Sender>) -> Self {
        self.0.insert(channel, sender);
        self
    }

    /// Whether there is a sender for that channel.
    #[must_use]
    pub fn covers(&self, channel: &Channel) -> bool {
        self.0.contains_key(channel)
    }
}

impl fmt::Debug for Senders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Sender for Senders {
    fn send<'a>(&'a self, outgoing: &'a Outgoing) -> Sending<'a> {
        match self.0.get(&outgoing.channel) {
            Some(sender) => sender.send(outgoing),
            None => {
                let error = SendError::new(SendErrorKind::Transient).code("no_sender");
                Box::pin(std::future::ready(Err(error)))
            }
        }
    }
}

//! The two drivers of the use cases: on the calling thread, and in an asynchronous service.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::Zone;
use crate::cart::Cart;
use crate::channel::Channel;
use crate::event::{Event, Import};
use crate::identifier::Identifier;
use crate::identity::{Decision, RulesError, Step, WhyNot};
use crate::ids::{DecisionId, OutboxKey, QuoteId, RecordId};
use crate::journey::{Continuation, Entry, Session, SessionSettings, Timeline};
use crate::messaging::delivery::DeliveryEvent;
use crate::messaging::digest::DigestPolicy;
use crate::messaging::kpi::{Kpi, KpiGroup};
use crate::messaging::trigger::Firing;
use crate::messaging::{
    self, AddressId, ConsentAnswer, ConsentQuestion, ConsentRecord, EscalationStep, Sender,
    UnsubscribeRequest,
};
use crate::money::{Currency, MoneyError};
use crate::pricing::coupon::{CouponAct, CouponBook, GuessRules, Guesses};
use crate::pricing::prior_price::{PriceStep, PriorPrice, PriorPriceRules};
use crate::pricing::seal::SealedQuote;
use crate::pricing::{PriceError, PriceRules, Priced, Purchase};
use crate::reason::Reason;
use crate::signing::SigningKeys;
use crate::store::{Stop, Store, StoreError, StoreErrorKind, Tenant, Tx, run, run_async};
use crate::time::{DateTime, TimeDelta, Utc};

use super::outbox::{is_of_one, rotated};
use super::{
    Afterwards, Claimed, Clock, CommandKey, ConsentOutcome, Context, CouponOutcome, CouponRequest,
    DecisionOutcome, DeliveryOf, DeliveryOutcome, DigestAdded, DigestOutcome, Dispatch, Dispatched,
    DispatchedEntry, DueDigest, Enqueue, EnqueueOutcome, ErasureOutcome, EscalateOutcome, Formed, Inquiry,
    Likeness, Messages, PriceSeries, Profile, QuoteOutcome, QuotePresented, QuoteStanding, Recorded,
    Rehearsal, Rules, SystemClock, ThreadSettings, Triggering, UnsubscribeOutcome, Verified, What, Who,
};

/// What both drivers hold.
pub(super) struct Parts {
    pub(super) store: Arc<dyn Store>,
    pub(super) tenant: Tenant,
    rules: Rules,
    clock: Arc<dyn Clock>,
}

impl Parts {
    fn context(&self) -> Context<'_> {
        Context::new(&self.rules, self.clock.now(), self.clock.entropy())
    }

    pub(super) fn run<R>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>, &Context<'_>) -> Result<R, Stop>,
    ) -> Result<R, StoreError> {
        let context = self.context();
        let outcome = run(&*self.store, self.tenant, |tx| {
            context.mint.rewind();
            work(tx, &context)
        })?;
        Ok(outcome.value)
    }

    pub(super) async fn run_async<R>(
        &self,
        mut work: impl FnMut(&mut Tx<'_>, &Context<'_>) -> Result<R, Stop>,
    ) -> Result<R, StoreError> {
        let context = self.context();
        let outcome = run_async(&*self.store, self.tenant, |tx| {
            context.mint.rewind();
            work(tx, &context)
        })
        .await?;
        Ok(outcome.value)
    }
}

/// The front door on the calling thread. Cheap to clone; clones share the store.
///
/// ```
/// use std::sync::Arc;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Outcome, Rules, Who};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7","traits":{"firstName":"Sara"}}"#;
/// let event = Event::from_segment(line, &hub.import())?;
/// let recorded = hub.record(&event)?;
/// assert_eq!(hub.record(&event)?.outcome, Outcome::Duplicate);
/// let profile = hub.profile(&Who::Record(recorded.record))?.ok_or("she is unknown")?;
/// assert_eq!(&**profile.fields["first_name"].value.reveal(), "Sara");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Hub(pub(super) Arc<Parts>);

/// The front door in an asynchronous service: the same use cases as futures, on any runtime.
#[derive(Clone)]
pub struct AsyncHub(pub(super) Arc<Parts>);

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("tenant", &self.0.tenant).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for AsyncHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AsyncHub").field("tenant", &self.0.tenant).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub for one tenant over the machine's clock.
    ///
    /// # Errors
    /// If the rules contradict what the crate promises.
    pub fn new(store: Arc<dyn Store>, tenant: Tenant, rules: Rules) -> Result<Self, RulesError> {
        Self::with_clock(store, tenant, rules, Arc::new(SystemClock))
    }

    /// A hub over another clock: for tests, examples and simulations.
    ///
    /// # Errors
    /// As [`Hub::new`].
    pub fn with_clock(
        store: Arc<dyn Store>,
        tenant: Tenant,
        rules: Rules,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RulesError> {
        rules.identity.validate()?;
        Ok(Self(Arc::new(Parts { store, tenant, rules, clock })))
    }

    /// A hub with other rules over the same store and clock: to [`rehearse`](Self::rehearse) them, then to
    /// [`apply`](Self::apply) or [`rebuild`](Self::rebuild). They must have the same secret, as records are known by its
    /// hashes.
    ///
    /// # Errors
    /// As [`Hub::new`].
    pub fn under(&self, rules: Rules) -> Result<Self, RulesError> {
        let Parts { store, tenant, clock, .. } = &*self.0;
        Self::with_clock(Arc::clone(store), *tenant, rules, Arc::clone(clock))
    }

    /// The same hub for an asynchronous service.
    #[must_use]
    pub fn asynchronous(&self) -> AsyncHub {
        AsyncHub(Arc::clone(&self.0))
    }

    /// The settings with which to read an event that arrives now.
    #[must_use]
    pub fn import(&self) -> Import {
        Import { limits: self.0.rules.limits, ..Import::new(self.0.clock.now()) }
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    /// Runs a use case of your own, composed of those of this module, as one unit of work.
    ///
    /// # Errors
    /// Of the store; `Conflict` after several attempts on fresh data.
    pub fn run<R>(
        &self,
        work: impl FnMut(&mut Tx<'_>, &Context<'_>) -> Result<R, Stop>,
    ) -> Result<R, StoreError> {
        self.0.run(work)
    }
}

impl AsyncHub {
    /// Runs a use case of your own, composed of those of this module, as one unit of work.
    ///
    /// # Errors
    /// Of the store; `Conflict` after several attempts on fresh data.
    pub async fn run<R>(
        &self,
        work: impl FnMut(&mut Tx<'_>, &Context<'_>) -> Result<R, Stop>,
    ) -> Result<R, StoreError> {
        self.0.run_async(work).await
    }
}

impl Parts {
    async fn dispatch(&self, sender: &dyn Sender, dispatch: &Dispatch<'_>) -> Result<Dispatched, StoreError> {
        let mut done = Dispatched::default();
        let due = self.run_async(|tx, context| super::due_messages(tx, context, dispatch.window())).await?;
        for key in rotated(due, &self.clock.entropy()) {
            if done.entries.len() >= dispatch.limit {
                break;
            }
            match self.dispatch_one(sender, dispatch, key).await {
                Ok(Some(entry)) => done.entries.push(entry),
                Ok(None) => done.skipped += 1,
                Err(error) if is_of_one(error.kind()) => {
                    let reason = Reason::new("unreadable");
                    done.entries.push(DispatchedEntry { key, state: None, reason });
                }
                // Another worker was faster, time and again.
                Err(error) if error.kind() == StoreErrorKind::Conflict => done.skipped += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Takes up one entry, sends it outside of any unit of work, and settles it; `None` if it is not to be taken up.
    async fn dispatch_one(
        &self,
        sender: &dyn Sender,
        dispatch: &Dispatch<'_>,
        key: OutboxKey,
    ) -> Result<Option<DispatchedEntry>, StoreError> {
        let Dispatch { policy, zones, health, .. } = dispatch;
        let claimed = self
            .run_async(|tx, context| super::claim_message(tx, context, key, policy, zones, health))
            .await?;
        let (outgoing, token) = match claimed {
            Claimed::Send { outgoing, token } => (outgoing, token),
            Claimed::Settled { state, reason } => {
                return Ok(Some(DispatchedEntry { key, state: Some(state), reason }));
            }
            Claimed::Skipped { .. } => return Ok(None),
        };
        let answer = sender.send(&outgoing).await;
        let key = outgoing.key;
        let settled =
            self.run_async(|tx, context| super::settle_message(tx, context, key, token, &answer)).await?;
        let gone = || (None, Reason::new("gone"));
        let (state, reason) = settled.map_or_else(gone, |(state, reason)| (Some(state), reason));
        Ok(Some(DispatchedEntry { key, state, reason }))
    }
}

impl Hub {
    /// Sends what is due: takes up entries under a lease one by one, decides on each again, hands it to the provider
    /// outside of any unit of work, and settles it. Any number of workers may do so at once.
    ///
    /// Whatever crashes, no message is lost, and none is delivered twice by a provider that honours the idempotency key: a
    /// message that was handed over and not settled is handed over again under the same key when its lease has ended. A
    /// message that fails, and one whose facts cannot be read, does not stop the others.
    ///
    /// ```
    /// # #[cfg(all(feature = "tzdb", feature = "phone"))] {
    /// use std::collections::BTreeMap;
    /// use std::sync::Arc;
    /// use throughline::calendar::Zones;
    /// use throughline::channel::Channel;
    /// use throughline::event::Event;
    /// use throughline::hub::{CommandKey, DeliveryOf, DeliveryOutcome, Dispatch, Enqueue, Hub, Rules, Who};
    /// use throughline::messaging::delivery::{DeliveryEvent, DeliveryKind};
    /// use throughline::messaging::{Accepted, Blocking, Class, Message, Outgoing, Policy, Rendered};
    /// use throughline::store::{MemoryStore, Tenant};
    ///
    /// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
    /// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7","traits":{"phone":"+989124471000"}}"#;
    /// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
    /// let message = Message::new("ready-4711", Class::Service, "service.order".parse()?);
    /// let texts = BTreeMap::from([(Channel::Sms, Rendered::text("سفارش شما آماده است"))]);
    /// let (policy, zones) = (Policy::default(), Zones::bundled());
    /// hub.enqueue(&CommandKey::new("order-4711/ready"), &who, &Enqueue::new(&message, &texts, &policy, &zones))?;
    ///
    /// let sms = Blocking(|outgoing: &Outgoing| {
    ///     // Hand over outgoing.address, outgoing.rendered and outgoing.idempotency_key() here.
    ///     Ok(Accepted::under("provider-1"))
    /// });
    /// assert_eq!(hub.dispatch(&sms, &Dispatch::new(&policy, &zones))?.count("sent"), 1);
    /// let opened = DeliveryEvent::new(DeliveryKind::Opened, "2026-03-20T09:00:00Z".parse()?);
    /// let report = hub.delivery(DeliveryOf::Provider { channel: &Channel::Sms, id: "provider-1" }, &opened)?;
    /// assert!(matches!(report, DeliveryOutcome::Recorded { .. }));
    /// let told = hub.messages(&who)?.ok_or("she is unknown")?;
    /// assert!(told.messages[0].is_sent());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Of the store, if it fails as a whole.
    pub fn dispatch(&self, sender: &dyn Sender, dispatch: &Dispatch<'_>) -> Result<Dispatched, StoreError> {
        pollster::block_on(self.0.dispatch(sender, dispatch))
    }
}

impl AsyncHub {
    /// Sends what is due; see [`Hub::dispatch`].
    ///
    /// # Errors
    /// Of the store, if it fails as a whole.
    pub async fn dispatch(
        &self,
        sender: &dyn Sender,
        dispatch: &Dispatch<'_>,
    ) -> Result<Dispatched, StoreError> {
        self.0.dispatch(sender, dispatch).await
    }
}

/// Each use case of the calling module's parent as a method of both drivers.
macro_rules! use_cases {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl $crate::hub::Hub {$(
            $(#[$doc])*
            ///
            /// # Errors
            /// Of the store; `Conflict` after several attempts on fresh data.
            pub fn $name(&self, $($argument: $type),*) -> Result<$answer, $crate::store::StoreError> {
                self.0.run(|tx, context| super::$name(tx, context, $($argument),*))
            }
        )*}

        impl $crate::hub::AsyncHub {$(
            $(#[$doc])*
            ///
            /// # Errors
            /// Of the store; `Conflict` after several attempts on fresh data.
            pub async fn $name(&self, $($argument: $type),*) -> Result<$answer, $crate::store::StoreError> {
                self.0.run_async(|tx, context| super::$name(tx, context, $($argument),*)).await
            }
        )*}
    };
}

pub(super) use use_cases;

use_cases! {
    /// Takes in one event; see [`record`](super::record()).
    record(event: &Event) -> Recorded;
    /// Takes in many events as one unit; see [`record_all`](super::record_all).
    record_all(events: &[Event]) -> Vec<Recorded>;
    /// One person's single view; see [`profile`](super::profile()).
    profile(who: &Who) -> Option<Profile>;
    /// Everything that happened with one person, in every channel; see [`timeline`](super::timeline()).
    timeline(who: &Who, since: Option<DateTime<Utc>>) -> Option<Timeline>;
    /// One event of a timeline, whole; see [`event`](super::event()).
    event(entry: &Entry) -> Option<Event>;
    /// Where she left off, with whatever; see [`resume`](super::resume()).
    resume(who: &Who, channel: &Channel, settings: &ThreadSettings) -> Option<Continuation>;
    /// Her visits, by device; see [`sessions`](super::sessions()).
    sessions(who: &Who, settings: &SessionSettings, zone: &Zone) -> Option<Vec<Session>>;
    /// One of her carts; see [`cart`](super::cart()).
    cart(who: &Who, cart_id: &str, currency: Currency) -> Option<Cart>;
    /// What her cart costs; see [`quote`](super::quote()).
    quote(who: &Who, cart_id: &str, currency: Currency, purchase: &Purchase, rules: &PriceRules)
        -> Option<Result<Priced, PriceError>>;
    /// Holds, redeems or gives back a coupon; see [`coupon`](super::coupon()).
    coupon(book: &CouponBook, guesses: &GuessRules, request: &CouponRequest<'_>, act: CouponAct) -> CouponOutcome;
    /// How many wrong coupon codes a subject gave; see [`coupon_guesses`](super::coupon_guesses()).
    coupon_guesses(subject: &str) -> Guesses;
    /// Places an order under a quote; see [`honour_quote`](super::honour_quote()).
    honour_quote(command: &CommandKey, sealed: &SealedQuote, signing: &SigningKeys, presented: &QuotePresented<'_>)
        -> QuoteOutcome;
    /// Takes a quote back; see [`revoke_quote`](super::revoke_quote()).
    revoke_quote(quote: QuoteId) -> QuoteStanding;
    /// Notes what a product costs from an instant on; see [`record_price`](super::record_price()).
    record_price(of: &PriceSeries, step: PriceStep, rules: &PriorPriceRules) -> Result<(), MoneyError>;
    /// The lowest price before a reduction; see [`prior_price`](super::prior_price()).
    prior_price(of: &PriceSeries, rules: &PriorPriceRules) -> PriorPrice;
    /// Whether, where and when to send her a message; see [`decide`](super::decide()).
    decide(who: &Who, inquiry: &Inquiry<'_>) -> Option<messaging::Decision>;
    /// The same with what every gate said; see [`decide_traced`](super::decide_traced()).
    decide_traced(who: &Who, inquiry: &Inquiry<'_>) -> Option<messaging::Traced>;
    /// The address that such a decision names; see [`address`](super::address()).
    address(who: &Who, address: &AddressId) -> Option<String>;
    /// Takes down what she said about being contacted; see [`consent`](super::consent()).
    consent(who: &Who, said: &ConsentRecord) -> ConsentOutcome;
    /// Takes down what she likes to get where; see [`prefer`](super::prefer()).
    prefer(who: &Who, said: &ConsentRecord) -> ConsentOutcome;
    /// Whether a message was allowed at an instant; see [`consent_at`](super::consent_at()).
    consent_at(who: &Who, address: Option<&AddressId>, question: &ConsentQuestion<'_>) -> Option<ConsentAnswer>;
    /// Takes down what was said by whoever has an address; see [`address_consent`](super::address_consent()).
    address_consent(address: &AddressId, said: &ConsentRecord) -> ConsentOutcome;
    /// Serves a request to the link of a message; see [`unsubscribe`](super::unsubscribe()).
    unsubscribe(request: &UnsubscribeRequest<'_>, token: &str, signing: &SigningKeys) -> UnsubscribeOutcome;
    /// Puts a message to her into the outbox; see [`enqueue`](super::enqueue()).
    enqueue(command: &CommandKey, who: &Who, request: &Enqueue<'_>) -> EnqueueOutcome;
    /// Puts the next step of a plan into the outbox when it is due; see [`escalate`](super::escalate()).
    escalate(who: &Who, plan: &[EscalationStep], request: &Enqueue<'_>) -> EscalateOutcome;
    /// Adds to what she is to be told together; see [`digest_add`](super::digest_add()).
    digest_add(command: &CommandKey, who: &Who, key: &str, item: &str, policy: &DigestPolicy) -> DigestAdded;
    /// The digests whose time has come; see [`digests_due`](super::digests_due()).
    digests_due(limit: usize) -> Vec<DueDigest>;
    /// Puts a digest into the outbox; see [`digest_send`](super::digest_send()).
    digest_send(due: &DueDigest, request: &Enqueue<'_>) -> DigestOutcome;
    /// Takes in a provider's report; see [`delivery`](super::delivery()).
    delivery(of: DeliveryOf<'_>, event: &DeliveryEvent) -> DeliveryOutcome;
    /// How the channels fare; see [`channel_health`](super::channel_health()).
    channel_health(since: DateTime<Utc>) -> BTreeMap<Channel, messaging::ChannelHealth>;
    /// Counts a message that somebody wrote; see [`inbound`](super::inbound()).
    inbound(channel: &Channel, id: &str, at: DateTime<Utc>, unanswered: bool) -> bool;
    /// What she was told; see [`messages`](super::messages()).
    messages(who: &Who) -> Option<Messages>;
    /// The messages that are due to her by what happened; see [`due_triggers`](super::due_triggers()).
    due_triggers(who: &Who, asked: &Triggering<'_>) -> Option<Vec<Firing>>;
    /// How a message fared; see [`kpi`](super::kpi()).
    kpi(message: &str) -> BTreeMap<KpiGroup, Kpi>;
    /// Two records are one person; see [`link`](super::link()).
    link(command: &CommandKey, a: RecordId, b: RecordId) -> DecisionOutcome;
    /// Two groups of records are different persons; see [`keep_apart`](super::keep_apart()).
    keep_apart(command: &CommandKey, one: &[RecordId], other: &[RecordId]) -> DecisionOutcome;
    /// Takes a decision back; see [`retract`](super::retract()).
    retract(command: &CommandKey, decision: DecisionId) -> DecisionOutcome;
    /// What people decided about a record; see [`decisions`](super::decisions()).
    decisions(record: RecordId) -> Vec<Decision>;
    /// Why two records are one person; see [`why`](super::why()).
    why(a: RecordId, b: RecordId) -> Option<Vec<Step>>;
    /// Why two records are not one person; see [`why_not`](super::why_not()).
    why_not(a: RecordId, b: RecordId) -> WhyNot;
    /// How her profile came together; see [`how`](super::how()).
    how(record: RecordId) -> Option<Vec<Formed>>;
    /// How alike two records are by the linkage model; see [`likeness`](super::likeness()).
    likeness(a: RecordId, b: RecordId) -> Option<Likeness>;
    /// What these rules would make of the profiles; see [`rehearse`](super::rehearse()).
    rehearse() -> Rehearsal;
    /// Puts all profiles together by these rules in one step; see [`apply`](super::apply()).
    apply() -> Rehearsal;
    /// Forgets; see [`erase`](super::erase()).
    erase(command: &CommandKey, what: &What, afterwards: Afterwards) -> ErasureOutcome;
    /// A token that proves an address when it comes back; see [`challenge`](super::challenge()).
    challenge(record: RecordId, identifier: &Identifier, lifetime: TimeDelta) -> Option<String>;
    /// Redeems such a token; see [`verify`](super::verify()).
    verify(record: RecordId, identifier: &Identifier, token: &str) -> Verified;
    /// Lets an erased person's identifier be used again; see [`readmit`](super::readmit()).
    readmit(identifier: &Identifier) -> bool;
}

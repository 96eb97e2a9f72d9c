//! Putting a message into the outbox.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::calendar::Zones;
use crate::channel::Channel;
use crate::identifier::ValueHash;
use crate::ids::{OutboxKey, RecordId};
use crate::messaging::delivery::DeliveryLog;
use crate::messaging::limits::header_value;
use crate::messaging::outbox::{Entry, EntryMessage, EntryPlan, EntryState, outbox_key};
use crate::messaging::{self, AddressId, ChannelHealth, Decision, Message, Policy, Rendered};
use crate::reason::Reason;
use crate::store::{Once, Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

use super::super::decide::{recipient, records_of};
use super::super::{CommandKey, Context, Inquiry, Who, keys};
use super::messages::Unsent;
use super::{entries, told};

/// No figures: every channel counts as well.
static HEALTHY: BTreeMap<Channel, ChannelHealth> = BTreeMap::new();

/// A message for the outbox.
#[derive(Debug, Clone, Copy)]
pub struct Enqueue<'a> {
    /// The message. The channels it is written for are those of `contents`.
    pub message: &'a Message,
    /// The step of the message's plan: of a chain of reminders or of an escalation, say.
    pub step: &'a str,
    /// The class of attempts: another one than before where the same is to be sent again on purpose.
    pub attempt_class: &'a str,
    /// Its text for each channel that it may go by.
    pub contents: &'a BTreeMap<Channel, Rendered>,
    /// The variant of the text, if it has several.
    pub variant: Option<&'a str>,
    /// The segment that she is in, to count by.
    pub segment: Option<&'a str>,
    /// The sender's rules.
    pub policy: &'a Policy,
    /// The zone database.
    pub zones: &'a Zones,
    /// How the channels of the business are doing; one that is not listed counts as well.
    pub health: &'a BTreeMap<Channel, ChannelHealth>,
    /// Whether she is in the message's control group.
    pub holdout: bool,
    /// Tell her the message's fact though she was told it before, once for each step: the next step of an escalation.
    pub again: bool,
}

impl<'a> Enqueue<'a> {
    /// The first step of a message, in the first class of attempts.
    #[must_use]
    pub const fn new(
        message: &'a Message,
        contents: &'a BTreeMap<Channel, Rendered>,
        policy: &'a Policy,
        zones: &'a Zones,
    ) -> Self {
        Self {
            message,
            step: "first",
            attempt_class: "first",
            contents,
            variant: None,
            segment: None,
            policy,
            zones,
            health: &HEALTHY,
            holdout: false,
            again: false,
        }
    }
}

/// What became of a message for the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outbox")]
pub enum EnqueueOutcome {
    /// It is to be sent now.
    Queued {
        /// Its entry.
        entry: OutboxKey,
        /// Where to.
        channel: Channel,
        /// What allowed it.
        reasons: Vec<Reason>,
    },
    /// It is to be decided on again then.
    Waiting {
        /// Its entry.
        entry: OutboxKey,
        /// The channel that opens then.
        channel: Channel,
        /// When.
        until: DateTime<Utc>,
        /// What it waits for.
        reasons: Vec<Reason>,
    },
    /// She is told already, or is about to be.
    AlreadyTold {
        /// By this entry.
        entry: OutboxKey,
    },
    /// It is not to be sent. Kept with the reasons.
    Dropped {
        /// Why, then what stands in the way on each channel.
        reasons: Vec<Reason>,
    },
    /// She is in the control group: it would have been sent. Kept with the reasons.
    Ghost {
        /// Where it would have gone.
        channel: Channel,
        /// What would have allowed it.
        reasons: Vec<Reason>,
    },
    /// Nobody is known by that name; nothing has changed.
    Unknown,
    /// The command key was used before for another command; nothing has changed.
    KeyReused,
}

impl Stored for EnqueueOutcome {
    const KIND: &'static str = "enqueue_outcome";
    const VERSION: u16 = 1;
}

/// Decides on a message to a person and, if it may be sent now or later, puts it into the outbox.
///
/// A fact ([`Message::told_key`]; without one the message's step) is told to a person once: of any number of
/// concurrent calls, over any of the records that are hers, one puts it in and the others get its entry. What was
/// dropped, cancelled or expired before it can have been sent may be put in again; a text whose title breaks the line
/// is none; what failed needs another class of attempts. [`Hub::dispatch`](super::super::Hub::dispatch) shows it at
/// work.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// That of [`decide`](super::super::decide()).
pub fn enqueue(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    who: &Who,
    request: &Enqueue<'_>,
) -> Result<EnqueueOutcome, Stop> {
    let name = who.bytes(context);
    let told_key = request.message.told_key.as_deref().unwrap_or_default();
    let parts: [&[u8]; 6] = [
        &name,
        request.message.id.as_bytes(),
        request.step.as_bytes(),
        request.attempt_class.as_bytes(),
        told_key.as_bytes(),
        &[u8::from(request.again)],
    ];
    let hash = context.request("enqueue", &parts);
    let once = command.once(tx, context, hash, |tx| match who.record(tx, context)? {
        Some(record) => put_in(tx, context, record, request, None),
        None => Ok(EnqueueOutcome::Unknown),
    })?;
    Ok(match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => EnqueueOutcome::KeyReused,
    })
}

/// Decides and puts in, as a later step of a plan if one is given.
pub(crate) fn put_in(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    record: RecordId,
    request: &Enqueue<'_>,
    plan: Option<EntryPlan>,
) -> Result<EnqueueOutcome, Stop> {
    let records = records_of(tx, record)?;
    let fact = fact_of(context, request);
    for mark in told::marks(tx, &records, fact)? {
        if entries::get(tx, mark)?.is_some() {
            return Ok(EnqueueOutcome::AlreadyTold { entry: mark });
        }
    }
    // An erasure that runs at the same time sees that there is something new.
    tx.bump_range(&keys::event_range(record))?;
    // Whoever breaks the line of a title adds headers of his own.
    let (safe, unsafe_titles): (BTreeMap<_, _>, BTreeMap<_, _>) = request
        .contents
        .iter()
        .partition(|(_, text)| text.title.as_deref().is_none_or(|title| header_value(title).is_ok()));
    let contents: BTreeMap<Channel, Rendered> =
        safe.into_iter().map(|(channel, text)| (channel.clone(), text.clone())).collect();
    let channels: BTreeSet<Channel> = contents.keys().cloned().collect();
    let message = Message { written_for: Some(channels), ..request.message.clone() };
    let nothing = BTreeSet::new();
    let inquiry = Inquiry {
        message: &message,
        policy: request.policy,
        zones: request.zones,
        told: &nothing,
        holdout: request.holdout,
    };
    let mut recipient = recipient(tx, context, &records, &inquiry, None)?;
    recipient.health = Arc::new(request.health.clone());
    let person = records.first().map_or(record, |(founder, _)| *founder);
    let place = Place { record, person, fact, plan, contents };
    match messaging::decide(&message, &recipient, request.policy, context.now) {
        Decision::Send { channel, address, reasons } => {
            let state = EntryState::Queued { due: context.now };
            match open(tx, context, request, &place, (&channel, address), state, &reasons)? {
                Ok(entry) => Ok(EnqueueOutcome::Queued { entry, channel, reasons }),
                Err(entry) => Ok(EnqueueOutcome::AlreadyTold { entry }),
            }
        }
        Decision::Defer { channel, address, until, reasons } => {
            let state = EntryState::Waiting { until };
            match open(tx, context, request, &place, (&channel, address), state, &reasons)? {
                Ok(entry) => Ok(EnqueueOutcome::Waiting { entry, channel, until, reasons }),
                Err(entry) => Ok(EnqueueOutcome::AlreadyTold { entry }),
            }
        }
        decision @ Decision::Drop { .. } => {
            let mut reasons = flattened(&decision);
            let refused =
                |channel: &Channel| Reason::new("header_injection").evidence(format!("channel:{channel}"));
            reasons.extend(unsafe_titles.into_keys().map(refused));
            unsent(tx, context, request, record, None, &reasons)?;
            Ok(EnqueueOutcome::Dropped { reasons })
        }
        Decision::Ghost { channel, reasons, .. } => {
            unsent(tx, context, request, record, Some(channel.clone()), &reasons)?;
            Ok(EnqueueOutcome::Ghost { channel, reasons })
        }
    }
}

/// Whom an entry is for.
struct Place {
    record: RecordId,
    /// The founder of her profile.
    person: RecordId,
    fact: ValueHash,
    plan: Option<EntryPlan>,
    contents: BTreeMap<Channel, Rendered>,
}

fn fact_of(context: &Context<'_>, request: &Enqueue<'_>) -> ValueHash {
    let (message, step, class) = (request.message, request.step, request.attempt_class);
    match &message.told_key {
        Some(key) if !request.again => told::fact(context, key),
        Some(key) => told::step(context, &format!("fact:{key}"), step, class),
        None => told::step(context, &format!("message:{}", message.id), step, class),
    }
}

/// Puts an entry in; the key of the one that stands in its place already is the error.
fn open(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    request: &Enqueue<'_>,
    place: &Place,
    (channel, address): (&Channel, AddressId),
    state: EntryState,
    reasons: &[Reason],
) -> Result<Result<OutboxKey, OutboxKey>, Stop> {
    let (message, step, class) = (request.message, request.step, request.attempt_class);
    let key = outbox_key(&context.rules.pepper, &message.id, place.person, step, channel, class);
    let known = entries::get(tx, key)?;
    let again = |known: &Entry| {
        matches!(known.state, EntryState::Cancelled { .. } | EntryState::Expired { .. })
            && known.is_surely_unsent()
            && known.who == place.record
    };
    if known.as_ref().is_some_and(|known| !again(known)) {
        return Ok(Err(key));
    }
    let entry = Entry {
        key,
        who: place.record,
        message: EntryMessage::from(message),
        step: step.to_owned(),
        attempt_class: class.to_owned(),
        plan: place.plan.clone(),
        channel: channel.clone(),
        address,
        contents: place.contents.clone(),
        variant: request.variant.map(str::to_owned),
        segment: request.segment.map(str::to_owned),
        fact: place.fact,
        created_at: context.now,
        state,
        attempts: 0,
        uncertain: false,
        booked_at: None,
        provider_id: None,
        reasons: reasons.to_vec(),
        log: DeliveryLog::default(),
    };
    entries::save(tx, context, known.as_ref(), &entry)?;
    Ok(Ok(key))
}

fn unsent(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    request: &Enqueue<'_>,
    record: RecordId,
    ghost: Option<Channel>,
    reasons: &[Reason],
) -> Result<(), Stop> {
    let (message, step, class) = (&request.message.id, request.step, request.attempt_class);
    let step_hash = told::step(context, &format!("message:{message}"), step, class);
    let unsent = Unsent {
        message: message.clone(),
        step: step.to_owned(),
        at: context.now,
        ghost,
        reasons: reasons.to_vec(),
    };
    tx.put(&keys::unsent(record, *step_hash.as_bytes()), &unsent)
}

/// A decision's reasons, then what stands in the way on each channel. No addresses, not even their ids.
pub(super) fn flattened(decision: &Decision) -> Vec<Reason> {
    let mut reasons = decision.reasons().to_vec();
    if let Decision::Drop { channels, .. } = decision {
        reasons.extend(channels.iter().map(|refusal| {
            let Reason { rule, evidence, weight } = refusal.reason.clone();
            let reason = Reason { rule, evidence: vec![format!("channel:{}", refusal.channel)], weight };
            evidence.into_iter().fold(reason.evidence(format!("gate:{}", refusal.gate)), Reason::evidence)
        }));
    }
    reasons
}

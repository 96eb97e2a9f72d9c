//! What a person allowed: taken down, and asked as of any instant.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{EventKey, RecordId};
use crate::messaging::{
    AddressId, ChannelScope, ConsentAnswer, ConsentQuestion, ConsentRecord, ConsentState, Effect,
    InvalidConsentKind, Purpose, PurposeScope, TokenError, UnsubscribeRequest, consent_across,
};
use crate::pii::Pii;
use crate::reason::Reason;
use crate::record::{ConsentFact, ConsentNuance, Record};
use crate::signing::SigningKeys;
use crate::store::{Stop, Tx};

use super::decide::{endpoints, records_of};
use super::fold::{Dirty, consent_changed};
use super::standing::withdrew_matching;
use super::{Context, Who, addresses, holders, keys, resolve};

/// What became of something said about consent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "consent")]
pub enum ConsentOutcome {
    /// It is in the ledger.
    Recorded {
        /// Of this record; `None` if it is the address's only.
        record: Option<RecordId>,
        /// It was not there before.
        is_new: bool,
    },
    /// It is not, and why; nothing has changed.
    Refused {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// Nobody is known by that name.
    Unknown,
}

/// Most bytes of the evidence of one entry.
const MAX_EVIDENCE: usize = 1_024;

/// Takes down what a person said about being contacted. Entries are added to the ledger of her record and never changed;
/// the same entry again changes nothing.
///
/// A refusal is kept under each of her addresses in its channel too, so that it outlives a split of her profile. A grant
/// lifts it there only for an address that she has proved to be hers. An entry that is dated after now is refused: it
/// would outrank everything that she says until then.
///
/// ```
/// use std::sync::Arc;
/// use throughline::event::Event;
/// use throughline::hub::{ConsentOutcome, Hub, Rules, Who};
/// use throughline::messaging::{ConsentRecord, ConsentState};
/// use throughline::store::{MemoryStore, Tenant};
/// use throughline::time::{DateTime, Utc};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7"}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let at: DateTime<Utc> = "2026-01-01T00:00:00Z".parse()?;
/// let yes = ConsentRecord::new("marketing".parse()?, "email".parse()?, ConsentState::Granted, at);
/// assert!(matches!(hub.consent(&who, &yes)?, ConsentOutcome::Recorded { is_new: true, .. }));
/// assert!(matches!(hub.consent(&who, &yes)?, ConsentOutcome::Recorded { is_new: false, .. }));
/// let later = ConsentRecord { at: "9999-01-01T00:00:00Z".parse()?, ..yes };
/// assert!(matches!(hub.consent(&who, &later)?, ConsentOutcome::Refused { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
pub fn consent(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    said: &ConsentRecord,
) -> Result<ConsentOutcome, Stop> {
    if let Some(reason) = malformed(context, said) {
        return Ok(ConsentOutcome::Refused { reasons: vec![reason] });
    }
    let Some(id) = who.record(tx, context)? else { return Ok(ConsentOutcome::Unknown) };
    let is_new = note(tx, context, id, said)?;
    let records: Vec<Record> = records_of(tx, id)?.into_iter().map(|(_, record)| record).collect();
    for endpoint in endpoints(&records, context.rules) {
        if said.channel.covers(&endpoint.channel) {
            addresses::said(tx, &endpoint.address, &endpoint.channel, endpoint.verified, said)?;
        }
    }
    Ok(ConsentOutcome::Recorded { record: Some(id), is_new })
}

/// The first segment of the purpose under which a preference is kept.
const PREFERENCE: &str = "preference";

/// Takes down what a person likes to get where: "about my orders by e-mail, not by text message".
///
/// A preference is no consent: it neither grants nor withdraws one, and `Granted` just lifts an earlier refusal. It is
/// kept in her record's ledger under the same purpose path with `preference.` before it, so events that come with a
/// purpose such as `preference.service.order.sms` tell the same. Of all that she said, in whichever record, the latest
/// counts. A refusal shuts a channel for the messages that it covers; for what is owed her only one that names the
/// channel counts: she may be told elsewhere, not nowhere.
///
/// ```
/// use std::sync::Arc;
/// use throughline::event::Event;
/// use throughline::hub::{ConsentOutcome, Hub, Rules, Who};
/// use throughline::messaging::{ConsentRecord, ConsentState};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7"}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let at = "2026-01-01T00:00:00Z".parse()?;
/// let not_by_sms = ConsentRecord::new("service.order".parse()?, "sms".parse()?, ConsentState::Denied, at);
/// assert!(matches!(hub.prefer(&who, &not_by_sms)?, ConsentOutcome::Recorded { is_new: true, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
pub fn prefer(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    said: &ConsentRecord,
) -> Result<ConsentOutcome, Stop> {
    let refused = |reason| Ok(ConsentOutcome::Refused { reasons: vec![reason] });
    let path = match &said.purpose {
        PurposeScope::All => PREFERENCE.parse(),
        PurposeScope::Under(purpose) => format!("{PREFERENCE}.{purpose}").parse(),
    };
    let Ok(path) = path else { return refused(Reason::new("purpose_too_long")) };
    let said = ConsentRecord { purpose: PurposeScope::Under(path), ..said.clone() };
    if let Some(reason) = malformed(context, &said) {
        return refused(reason);
    }
    let Some(id) = who.record(tx, context)? else { return Ok(ConsentOutcome::Unknown) };
    let is_new = note(tx, context, id, &said)?;
    Ok(ConsentOutcome::Recorded { record: Some(id), is_new })
}

/// Whether a purpose is that of a preference.
fn is_preference(purpose: &str) -> bool {
    purpose.strip_prefix(PREFERENCE).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What one record was told of preferences, as far as a message for that purpose is concerned.
pub(crate) fn preferences<'a>(
    record: &Record,
    purpose: &'a Purpose,
) -> impl Iterator<Item = ConsentRecord> + use<'a> {
    ledger(record).into_iter().filter_map(move |said| {
        let PurposeScope::Under(path) = &said.purpose else { return None };
        let purpose = match path.as_str().strip_prefix(PREFERENCE)? {
            // Everything is welcome again: a grant of `*` counts for nothing, so it is read as one of this purpose.
            "" if said.state == ConsentState::Granted => PurposeScope::Under(purpose.clone()),
            "" => PurposeScope::All,
            rest => PurposeScope::Under(rest.strip_prefix('.')?.parse().ok()?),
        };
        Some(ConsentRecord { purpose, ..said })
    })
}

/// Takes down what was said by whoever has an address, whether or not we know who that is: by an answer sent from it (a
/// [stop word](crate::messaging::StopWords::record)), or by a link that only it was sent (an
/// [`Unsubscribe`](crate::messaging::Unsubscribe::withdrawal), a
/// [`DoubleOptIn`](crate::messaging::DoubleOptIn::confirm)). It holds for everybody who is reached there.
///
/// Only a host that has seen such a proof may call this: it lifts a refusal at the address. A grant at an address that
/// nobody holds is not kept, a refusal is.
///
/// # Errors
/// Of the store only.
pub fn address_consent(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    address: &AddressId,
    said: &ConsentRecord,
) -> Result<ConsentOutcome, Stop> {
    if let Some(reason) = malformed(context, said) {
        return Ok(ConsentOutcome::Refused { reasons: vec![reason] });
    }
    let Some(value) = addresses::value(address) else { return Ok(ConsentOutcome::Unknown) };
    let refuses = matches!(said.state, ConsentState::Withdrawn | ConsentState::Denied);
    if !refuses && holders::get(tx, value)?.count == 0 {
        return Ok(ConsentOutcome::Unknown);
    }
    let channels = match &said.channel {
        ChannelScope::Only(channel) => vec![channel.clone()],
        ChannelScope::All => vec![Channel::Email, Channel::Sms, Channel::WhatsApp, Channel::Push],
    };
    let mut is_new = false;
    for channel in channels {
        is_new |= addresses::change(tx, address, &channel, |facts| facts.note(said))?;
    }
    Ok(ConsentOutcome::Recorded { record: None, is_new })
}

/// What a request to the link of a message did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnsubscribeOutcome {
    /// Nothing yet: show a page with a form to confirm.
    ConfirmPage,
    /// What the link is for is stopped.
    Stopped {
        /// It was not stopped before.
        is_new: bool,
    },
    /// The request is refused; nothing has changed.
    Rejected(TokenError),
    /// The link is about nobody that we know; nothing has changed.
    Unknown,
}

/// Serves a request to the link of a message (RFC 8058): what a person confirms is stopped at once, what a scanner looks at
/// changes nothing, and asking twice says nothing new. No login is needed: whoever has the link can stop what it is for.
///
/// The subject of the link is the id of an address, as decisions name it, or that of a profile.
///
/// # Errors
/// Of the store only.
pub fn unsubscribe(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    request: &UnsubscribeRequest<'_>,
    token: &str,
    signing: &SigningKeys,
) -> Result<UnsubscribeOutcome, Stop> {
    let link = match request.effect(token, signing) {
        Effect::ConfirmPage => return Ok(UnsubscribeOutcome::ConfirmPage),
        Effect::Reject(error) => return Ok(UnsubscribeOutcome::Rejected(error)),
        Effect::Unsubscribe(link) => link,
    };
    let said = link.withdrawal(context.now);
    let address = AddressId::new(link.subject.reveal().as_str());
    let stands = |ledger: &[ConsentRecord]| {
        let same = |known: &&ConsentRecord| known.purpose == said.purpose && known.channel == said.channel;
        ledger.iter().filter(same).max_by_key(|known| (known.at, known.state)).map(|known| known.state)
            == Some(ConsentState::Withdrawn)
    };
    if addresses::value(&address).is_some() {
        let channel = match &said.channel {
            ChannelScope::Only(channel) => channel.clone(),
            ChannelScope::All => Channel::Email,
        };
        if stands(&addresses::get(tx, &address, &channel)?.ledger) {
            return Ok(UnsubscribeOutcome::Stopped { is_new: false });
        }
        address_consent(tx, context, &address, &said)?;
        return Ok(UnsubscribeOutcome::Stopped { is_new: true });
    }
    let person = link.subject.reveal().parse().map(Who::Profile);
    let Some(id) = person.ok().map(|who| who.record(tx, context)).transpose()?.flatten() else {
        return Ok(UnsubscribeOutcome::Unknown);
    };
    let known = tx.get::<Record>(&keys::record(id))?;
    if known.is_some_and(|record| stands(&ledger(&record))) {
        return Ok(UnsubscribeOutcome::Stopped { is_new: false });
    }
    consent(tx, context, &Who::Record(id), &said)?;
    Ok(UnsubscribeOutcome::Stopped { is_new: true })
}

/// Why an entry does not go into a ledger.
fn malformed(context: &Context<'_>, said: &ConsentRecord) -> Option<Reason> {
    let rule = match said.clone().checked(context.now).map_err(|error| error.kind()) {
        Err(InvalidConsentKind::FromTheFuture) => "consent_from_the_future",
        Err(InvalidConsentKind::EndsBeforeItBegins) => "consent_ends_before_it_begins",
        Err(InvalidConsentKind::BlanketGrant) => "blanket_grant",
        Ok(_) if said.evidence.as_ref().is_some_and(|evidence| evidence.reveal().len() > MAX_EVIDENCE) => {
            "evidence_too_long"
        }
        Ok(_) => return None,
    };
    Some(Reason::new(rule))
}

/// Whether a message was allowed as of the question's instant, by the ledgers of all her records and, if one is named, of
/// an address; `None` if nobody is meant. What was said later, or dated later, does not count.
///
/// # Errors
/// Of the store only.
pub fn consent_at(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    address: Option<&AddressId>,
    question: &ConsentQuestion<'_>,
) -> Result<Option<ConsentAnswer>, Stop> {
    let Some(id) = who.record(tx, context)? else { return Ok(None) };
    let mut ledgers: Vec<Vec<ConsentRecord>> =
        records_of(tx, id)?.iter().map(|(_, record)| ledger(record)).collect();
    if let Some(address) = address {
        ledgers.push(addresses::get(tx, address, question.channel)?.ledger);
    }
    let (_, answer) = consent_across(ledgers.iter().map(Vec::as_slice), question);
    Ok(Some(answer))
}

/// Adds an entry to the ledger of a record. Returns whether it is new.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    id: RecordId,
    said: &ConsentRecord,
) -> Result<bool, Stop> {
    let key = keys::record(id);
    let Some(mut record) = tx.get::<Record>(&key)? else { return Ok(false) };
    let had_withdrawn = withdrew_matching(&record);
    let fact = fact(context, id, said);
    let is_preference = is_preference(&fact.purpose);
    let same = |known: &ConsentFact| known.purpose == fact.purpose && known.channel == fact.channel;
    let newer = |known: &ConsentFact| is_preference && same(known) && known.at > fact.at;
    if record.consents.contains(&fact) || record.consents.iter().any(newer) {
        return Ok(false);
    }
    // A preference proves nothing to anybody: of each the latest is kept, so that changing one's mind fills no ledger.
    if is_preference {
        record.consents.retain(|known| !same(known) || known.at >= fact.at);
    }
    record.consent(fact);
    tx.put(&key, &record)?;
    if had_withdrawn != withdrew_matching(&record) {
        let mut dirty = Dirty::of([id]);
        consent_changed(tx, context.rules, id, &record, &mut dirty)?;
        resolve::resolve(tx, context.rules, dirty)?;
    }
    Ok(true)
}

/// An entry as a record keeps it. In place of the event that told it stands a hash of what it says.
fn fact(context: &Context<'_>, id: RecordId, said: &ConsentRecord) -> ConsentFact {
    let at = crate::time::from_millis(said.at.timestamp_millis());
    let expires_at = said.expires_at.map(|end| crate::time::from_millis(end.timestamp_millis()));
    let channel = match &said.channel {
        ChannelScope::All => None,
        ChannelScope::Only(channel) => Some(channel.clone()),
    };
    let (granted, nuance) = match said.state {
        ConsentState::Granted => (true, None),
        ConsentState::Withdrawn => (false, None),
        ConsentState::Pending => (false, Some(ConsentNuance::Pending)),
        ConsentState::Denied => (false, Some(ConsentNuance::Denied)),
    };
    let evidence: Option<Pii<Box<str>>> =
        said.evidence.as_ref().map(|evidence| Pii::new(evidence.reveal().as_str().into()));
    let purpose: Box<str> = said.purpose.to_string().into();
    let parts: [&[u8]; 7] = [
        id.as_bytes(),
        &at.timestamp_millis().to_be_bytes(),
        purpose.as_bytes(),
        channel.as_ref().map_or(b"*", |channel| channel.as_str().as_bytes()),
        &[u8::from(granted), nuance.map_or(0, |nuance| nuance as u8 + 1)],
        &expires_at.map_or(i64::MAX, |end| end.timestamp_millis()).to_be_bytes(),
        evidence.as_ref().map_or(b"", |evidence| evidence.reveal().as_bytes()),
    ];
    let event = EventKey::from_bytes(context.rules.pepper.digest("consent", &parts));
    ConsentFact { nuance, expires_at, evidence, ..ConsentFact::new(at, event, purpose, channel, granted) }
}

/// What one record was told about consent. What cannot be read as a grant is no grant; a refusal that cannot be read is a
/// refusal of everything.
pub(crate) fn ledger(record: &Record) -> Vec<ConsentRecord> {
    let entry = |fact: &ConsentFact| {
        let state = match (fact.granted, fact.nuance) {
            (true, _) => ConsentState::Granted,
            (false, None) => ConsentState::Withdrawn,
            (false, Some(ConsentNuance::Pending)) => ConsentState::Pending,
            (false, Some(ConsentNuance::Denied)) => ConsentState::Denied,
        };
        let purpose = match fact.purpose.parse() {
            Ok(purpose) => purpose,
            Err(_) if matches!(state, ConsentState::Granted | ConsentState::Pending) => return None,
            Err(_) => PurposeScope::All,
        };
        let channel = fact.channel.clone().map_or(ChannelScope::All, ChannelScope::Only);
        Some(ConsentRecord {
            expires_at: fact.expires_at,
            evidence: fact.evidence.as_ref().map(|evidence| Pii::new(evidence.reveal().to_string())),
            ..ConsentRecord::new(purpose, channel, state, fact.at)
        })
    };
    record.consents.iter().filter_map(entry).collect()
}

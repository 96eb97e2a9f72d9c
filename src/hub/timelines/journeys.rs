//! One customer's journey, and those of all customers page by page.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::calendar::Zone;
use crate::channel::Channel;
use crate::event::{Event, StoredEvent};
use crate::identifier::Identifier;
use crate::ids::{ProfileId, RecordId};
use crate::journey::attribution::{AttributionError, ConversionCredit, Model, explain_history};
use crate::journey::paths::HistorySettings;
use crate::journey::reading::{
    Journey, JourneyReader, JourneyReports, JourneyTally, OrderBook, TallyError, TallySettings,
};
use crate::journey::stages::{StageRules, Stay, stages};
use crate::journey::{self, Act, Session, SessionSettings};
use crate::messaging::{
    ChannelScope, Class, ConsentQuestion, ConsentRecord, ConsentRule, ConsentState, Purpose, consent_across,
};
use crate::record::{Millis, Record};
use crate::store::{Stop, StoreError, Tx};
use crate::time::{DateTime, Utc};

use super::super::consents::ledger;
use super::super::matching::each;
use super::super::{Context, Hub, Who, keys, members};
use super::device_of;

/// Most records that one page of journeys looks at.
const LONGEST: usize = 256;
/// With how many events a page of journeys ends.
const MOST: usize = 32_768;
/// Events read at a time.
const CHUNK: usize = 2_048;
/// Records of a page where the whole tenant is read.
const PAGE: usize = 128;

/// How journeys are read, apart from the rules for events. Plain settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JourneySettings {
    /// Steps from this instant on. `None`: all. Who is left out is decided by all that she ever said and did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// What a visit is.
    pub sessions: SessionSettings,
    /// How near customers are.
    pub stages: StageRules,
    /// Which touches belong to which conversion.
    pub history: HistorySettings,
}

impl JourneySettings {
    /// Everything that was ever recorded, with the stages of retail.
    #[must_use]
    pub fn retail() -> Self {
        Self { stages: StageRules::retail(), ..Self::default() }
    }
}

/// One customer's journey with what follows from it. Never stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerJourney {
    /// The profile.
    pub profile: ProfileId,
    /// Every step, each with the number of its visit; nothing, if the rules leave this customer out.
    pub journey: Journey,
    /// The visits, by device.
    pub sessions: Vec<Session>,
    /// How near the customer was, when.
    pub stages: Vec<Stay>,
    /// The conversions and refunds, each with what every touch got, and why.
    pub conversions: Vec<ConversionCredit>,
}

/// Journeys of some customers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JourneysPage {
    /// The journeys by profile, in the order of the ids; those whom the rules leave out are not among them.
    pub journeys: Vec<(ProfileId, Journey)>,
    /// How many customers the rules left out.
    pub left_out: u64,
    /// After which record the next page begins; `None` at the end.
    pub next: Option<RecordId>,
}

/// One customer's journey in all channels: the steps, the visits, the stages, and each conversion with the credit of every touch
/// under a model and the reasons for it; `None` if nobody is meant. Events that the rules hide are not there at all.
///
/// It is computed from the present profile, so a merge, a split and an erasure show at once. A refund counts if its order is in the
/// same journey.
///
/// Whoever refused the purpose of the rules by the [ledger](super::super::consent()) of any of her records, whether an event or
/// the host told it, is left out: the last word of each record counts, a refusal of a broader purpose or of everything covers this
/// one, what was said of a channel does not, and neither does a grant that has run out or waits to be confirmed. A purpose of the
/// rules that is no [`Purpose`] is refused by whoever refused everything or anything that is none either.
///
/// ```
/// use std::sync::Arc;
/// use throughline::calendar::Zone;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, JourneySettings, Rules};
/// use throughline::journey::attribution::{Model, Rule};
/// use throughline::journey::reading::JourneyRules;
/// use throughline::money::Currency;
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let mut record = None;
/// for line in [
///     r#"{"type":"track","event":"Product Viewed","messageId":"1","userId":"u-1","timestamp":"2026-03-20T09:00:00Z",
///         "context":{"channel":"app"}}"#,
///     r#"{"type":"track","event":"Order Completed","messageId":"2","userId":"u-1","timestamp":"2026-03-20T09:10:00Z",
///         "properties":{"order_id":"o-7","currency":"EUR","total":49.90},"context":{"channel":"till"}}"#,
/// ] {
///     record = Some(hub.record(&Event::from_segment(line.as_bytes(), &hub.import())?)?.record);
/// }
/// let who = record.ok_or("nothing")?.into();
/// let rules = JourneyRules::retail(Currency::parse("EUR")?).compile()?;
/// let linear = Model::Rule(&Rule::Linear);
/// let journey = hub.journey(&who, &rules, &JourneySettings::retail(), &Zone::utc(), linear)?.ok_or("nobody")??;
/// assert_eq!((journey.journey.steps.len(), journey.stages.len()), (2, 2));
/// assert_eq!(journey.conversions[0].credits[0].value_minor, 4_990);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store; inside, of the model (a half-life of zero).
///
/// # Complexity
/// As [`timeline`](super::timeline()), and that of [`JourneyReader::journey`] and [`explain_history`]. The events of all her records
/// are read in one unit of work, 2,048 at a time: on a store without snapshots a record of more than about 120,000 events is
/// refused with `Failed` (see [`MAX_PAUSES`](crate::store::MAX_PAUSES)). With rules that exclude by events, all are read, whatever
/// `since` says.
pub fn journey(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    reader: &JourneyReader,
    settings: &JourneySettings,
    zone: &Zone,
    model: Model<'_>,
) -> Result<Option<Result<CustomerJourney, AttributionError>>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let profile = members::profile_of(tx, record)?;
    let members = members::cluster(tx, record)?.0;
    let told = told(tx, context, &members, reader, settings, &mut 0)?;
    let (journey, sessions) = read(told.as_deref(), reader, settings, zone);
    let stays = stages(&journey.touchpoints(), &settings.stages);
    let conversions =
        explain_history(&journey.touches(), &journey.conversions(None), &settings.history, model);
    Ok(Some(conversions.map(|conversions| CustomerJourney {
        profile,
        journey,
        sessions,
        stages: stays,
        conversions,
    })))
}

/// The journeys of the profiles founded by some records after one, in the order of their ids; at most 256 records a page, of which
/// those that found no profile add nothing. A page ends sooner, after the customer with whom it has read 32,768 events. Feed them to
/// [`JourneyTally`] or to whatever counts journeys; [`Hub::each_journey`] turns all pages. Who refused is left out as in
/// [`journey()`].
///
/// Each page is one view of the store. If profiles merge or split between two pages, a customer may be met twice or not at all, as
/// with everything that is read in parts.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Memory for 32,768 events and those of one customer more, whatever the size of the tenant. A customer is never divided between
/// pages, so a record of more events than [`journey()`] can read makes the page fail.
pub fn journeys(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    reader: &JourneyReader,
    settings: &JourneySettings,
    zone: &Zone,
    after: Option<RecordId>,
    limit: usize,
) -> Result<JourneysPage, Stop> {
    let after = after.map(keys::record);
    let found = tx.scan::<Record>(&keys::prefix(keys::RECORDS), after.as_ref(), limit.clamp(1, LONGEST))?;
    let last = found.items.last().and_then(|(key, _)| keys::record_of(key));
    let mut page = JourneysPage { journeys: Vec::new(), left_out: 0, next: last.filter(|_| found.more) };
    let (mut seen, mut paused) = (0, false);
    // Where data is missing the others still say what they need, as far as the page may go.
    for (key, record) in &found.items {
        let Some(id) = keys::record_of(key).filter(|_| record.subject != Identifier::nobody()) else {
            continue;
        };
        match founded(tx, context, id, reader, settings, zone, &mut seen) {
            Ok(None) => {}
            Ok(Some(journey)) if journey.left_out => page.left_out += 1,
            Ok(Some(journey)) => page.journeys.push((id.into(), journey)),
            Err(Stop::Pause) => paused = true,
            Err(stop) => return Err(stop),
        }
        if seen >= MOST {
            page.next = Some(id).filter(|id| found.more || last != Some(*id));
            break;
        }
    }
    if paused { Err(Stop::Pause) } else { Ok(page) }
}

/// The journey of the profile that a record founded; `None` if it founded none.
fn founded(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    id: RecordId,
    reader: &JourneyReader,
    settings: &JourneySettings,
    zone: &Zone,
    seen: &mut usize,
) -> Result<Option<Journey>, Stop> {
    let members = members::cluster(tx, id)?.0;
    if members.first() != Some(&id) {
        return Ok(None);
    }
    let told = told(tx, context, &members, reader, settings, seen)?;
    Ok(Some(read(told.as_deref(), reader, settings, zone).0))
}

/// What some records tell of their customer from the settings' instant on; `None` if the rules leave her out. `seen` counts what was
/// read.
fn told(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    members: &[RecordId],
    reader: &JourneyReader,
    settings: &JourneySettings,
    seen: &mut usize,
) -> Result<Option<Vec<(RecordId, Event)>>, Stop> {
    if refused(tx, context, members, reader)? {
        return Ok(None);
    }
    let since = settings.since.map(Millis::from);
    // An event before it may still exclude her.
    let from = since.filter(|_| reader.rules().excluded.is_empty());
    let (mut told, mut excluded) = (Vec::new(), false);
    each(members, |&member| {
        let mut after = from.map(|from| keys::events_before(member, from));
        loop {
            let found = tx.scan::<StoredEvent>(&keys::events(member), after.as_ref(), CHUNK)?;
            *seen = seen.saturating_add(found.items.len());
            after = found.items.last().map(|(key, _)| key.clone());
            for (_, stored) in &found.items {
                // What cannot be read any more was changed by somebody else; its neighbours still count.
                let Ok(event) = Event::from_stored(stored) else { continue };
                excluded |= reader.excludes(&event);
                if since.is_none_or(|since| Millis::from(stored.corrected()) >= since) {
                    told.push((member, event));
                }
            }
            if !found.more || after.is_none() {
                return Ok(());
            }
        }
    })?;
    Ok(Some(told).filter(|_| !excluded))
}

/// Whether a customer refused the purpose of the rules, by the ledgers of her records.
fn refused(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    members: &[RecordId],
    reader: &JourneyReader,
) -> Result<bool, Stop> {
    let Some(purpose) = reader.rules().purpose.as_deref() else { return Ok(false) };
    // In a ledger a refusal of what is no purpose is one of everything.
    let Ok(purpose) = purpose.parse().or_else(|_| "unreadable".parse::<Purpose>()) else { return Ok(true) };
    let counts = |said: &ConsentRecord| {
        let has_run_out = said.expires_at.is_some_and(|end| end <= context.now);
        let is_yes = said.state == ConsentState::Granted && !has_run_out;
        let is_no = matches!(said.state, ConsentState::Denied | ConsentState::Withdrawn);
        said.channel == ChannelScope::All && (is_yes || is_no)
    };
    let mut ledgers: Vec<Vec<ConsentRecord>> = Vec::with_capacity(members.len());
    each(members, |&member| {
        let record = tx.get::<Record>(&keys::record(member))?;
        ledgers.extend(record.map(|record| ledger(&record).into_iter().filter(counts).collect()));
        Ok(())
    })?;
    let question = ConsentQuestion {
        now: context.now,
        class: Class::Marketing,
        purpose: &purpose,
        // What is left speaks of every channel.
        channel: &Channel::Web,
        rule: ConsentRule::OptOut,
        suppression: None,
        relationship: None,
    };
    Ok(!consent_across(ledgers.iter().map(Vec::as_slice), &question).1.allowed())
}

/// A journey and its visits.
fn read(
    told: Option<&[(RecordId, Event)]>,
    reader: &JourneyReader,
    settings: &JourneySettings,
    zone: &Zone,
) -> (Journey, Vec<Session>) {
    let Some(told) = told else { return (Journey { left_out: true, ..Journey::default() }, Vec::new()) };
    let mut journey = reader.journey_of_consenting(told.iter().map(|(_, event)| event));
    let shown: BTreeSet<&str> = journey.steps.iter().map(|step| &*step.order.id).collect();
    let told: Vec<_> = told
        .iter()
        .filter(|(_, event)| shown.contains(event.id()))
        .map(|(record, event)| (event, event.order_key(), record.to_string()))
        .collect();
    let acts: Vec<Act<'_>> = told
        .iter()
        .map(|(event, order, record)| Act {
            order,
            device: device_of(event, record),
            user: event.user_id(),
            campaign: event.campaign(),
            outbound: reader.is_outbound(event),
        })
        .collect();
    let sessions = journey::sessions(&acts, &settings.sessions, zone);
    journey.mark_sessions(&sessions);
    (journey, sessions)
}

impl Hub {
    /// Every customer's journey, one after another; those whom the rules leave out are counted in the answer.
    ///
    /// # Errors
    /// Of the store.
    ///
    /// # Complexity
    /// Reads every event once; memory for the customers of a page. Pages are as in [`journeys`].
    pub fn each_journey(
        &self,
        reader: &JourneyReader,
        settings: &JourneySettings,
        zone: &Zone,
        mut take: impl FnMut(ProfileId, Journey),
    ) -> Result<u64, StoreError> {
        self.while_journeys(reader, settings, zone, |profile, journey| {
            take(profile, journey);
            ControlFlow::Continue(())
        })
    }

    /// The same until it is enough.
    fn while_journeys(
        &self,
        reader: &JourneyReader,
        settings: &JourneySettings,
        zone: &Zone,
        mut take: impl FnMut(ProfileId, Journey) -> ControlFlow<()>,
    ) -> Result<u64, StoreError> {
        let (mut after, mut left_out) = (None, 0);
        loop {
            let page = self.journeys(reader, settings, zone, after, PAGE)?;
            left_out += page.left_out;
            let done = page.journeys.into_iter().try_for_each(|(profile, journey)| take(profile, journey));
            if page.next.is_none() || done.is_break() {
                return Ok(left_out);
            }
            after = page.next;
        }
    }

    /// Funnels, stages, pain points, measures, maps and paths of credit of all customers, refunds finding their orders in whichever
    /// journey they are. The history settings are those of the tally.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use throughline::calendar::Zone;
    /// use throughline::hub::{Hub, JourneySettings, Rules};
    /// use throughline::journey::attribution::{Rule, credit};
    /// use throughline::journey::reading::{JourneyRules, TallySettings};
    /// use throughline::money::Currency;
    /// use throughline::store::{MemoryStore, Tenant};
    ///
    /// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
    /// let rules = JourneyRules::retail(Currency::parse("EUR")?).compile()?;
    /// let reports = hub.journey_reports(&rules, &JourneySettings::retail(), &Zone::utc(), TallySettings::retail())??;
    /// assert_eq!(credit(&reports.credit, &Rule::Linear)?.value_sum(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Of the store; inside, of the tally.
    ///
    /// # Complexity
    /// Reads every event twice; memory for the customers of a page, the names of orders, and the paths.
    pub fn journey_reports(
        &self,
        reader: &JourneyReader,
        settings: &JourneySettings,
        zone: &Zone,
        tally: TallySettings,
    ) -> Result<Result<JourneyReports, TallyError>, StoreError> {
        let mut tally = match JourneyTally::new(tally) {
            Ok(tally) => tally,
            Err(error) => return Ok(Err(error)),
        };
        let mut book = OrderBook::default();
        self.each_journey(reader, settings, zone, |_, journey| book.add(&journey))?;
        let mut done = Ok(());
        let left_out = self.while_journeys(reader, settings, zone, |_, journey| {
            done = tally.add(&journey, Some(&book));
            if done.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        tally.leave_out(left_out);
        Ok(done.map(|()| tally.finish()))
    }
}

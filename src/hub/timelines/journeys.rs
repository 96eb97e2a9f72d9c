//! One customer's journey, and those of all customers page by page.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::calendar::Zone;
use crate::event::Event;
use crate::identifier::Identifier;
use crate::ids::{ProfileId, RecordId};
use crate::journey::attribution::{AttributionError, ConversionCredit, Model, explain_history};
use crate::journey::paths::HistorySettings;
use crate::journey::reading::{
    Journey, JourneyReader, JourneyReports, JourneyTally, OrderBook, TallyError, TallySettings,
};
use crate::journey::stages::{StageRules, Stay, stages};
use crate::journey::{self, Act, Session, SessionSettings};
use crate::record::{Millis, Record};
use crate::store::{Stop, StoreError, Tx};
use crate::time::{DateTime, Utc};

use super::super::matching::each;
use super::super::{Context, Hub, Who, event_log, keys, members};
use super::{device_of, streams};

/// Most records that one page of journeys looks at.
const LONGEST: usize = 256;
/// Records of a page where the whole tenant is read.
const PAGE: usize = 128;

/// How journeys are read, apart from the rules for events. Plain settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JourneySettings {
    /// Events from this instant on. `None`: all.
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
/// As [`timeline`](super::timeline()), and that of [`JourneyReader::journey`] and [`explain_history`].
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
    let Some(streams) = streams(tx, context, who, settings.since)? else { return Ok(None) };
    let profile = members::profile_of(tx, record)?;
    let told: Vec<(RecordId, Event)> =
        streams.into_iter().flatten().map(|(entry, event)| (entry.record, event)).collect();
    let (journey, sessions) = read(&told, reader, settings, zone);
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
/// those that found no profile add nothing. Feed them to [`JourneyTally`] or to whatever counts journeys;
/// [`Hub::each_journey`] turns all pages.
///
/// Each page is one view of the store. If profiles merge or split between two pages, a customer may be met twice or not at all, as
/// with everything that is read in parts.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Memory for the events of the page's customers, whatever the size of the tenant.
pub fn journeys(
    tx: &mut Tx<'_>,
    _context: &Context<'_>,
    reader: &JourneyReader,
    settings: &JourneySettings,
    zone: &Zone,
    after: Option<RecordId>,
    limit: usize,
) -> Result<JourneysPage, Stop> {
    let after = after.map(keys::record);
    let found = tx.scan::<Record>(&keys::prefix(keys::RECORDS), after.as_ref(), limit.clamp(1, LONGEST))?;
    let next = found.items.last().filter(|_| found.more).and_then(|(key, _)| keys::record_of(key));
    let mut page = JourneysPage { journeys: Vec::new(), left_out: 0, next };
    each(&found.items, |(key, record)| {
        let Some(id) = keys::record_of(key).filter(|_| record.subject != Identifier::nobody()) else {
            return Ok(());
        };
        let members = members::cluster(tx, id)?.0;
        if members.first() != Some(&id) {
            return Ok(());
        }
        let mut told = Vec::new();
        each(&members, |&member| {
            event_log::each(tx, member, settings.since.map(Millis::from), |_, stored| {
                // What cannot be read any more was changed by somebody else; its neighbours still count.
                told.extend(Event::from_stored(&stored).ok().map(|event| (member, event)));
            })
        })?;
        let (journey, _) = read(&told, reader, settings, zone);
        if journey.left_out {
            page.left_out += 1;
        } else {
            page.journeys.push((id.into(), journey));
        }
        Ok(())
    })?;
    Ok(page)
}

/// A journey and its visits.
fn read(
    told: &[(RecordId, Event)],
    reader: &JourneyReader,
    settings: &JourneySettings,
    zone: &Zone,
) -> (Journey, Vec<Session>) {
    let mut journey = reader.journey(told.iter().map(|(_, event)| event));
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
        let (mut after, mut left_out) = (None, 0);
        loop {
            let page = self.journeys(reader, settings, zone, after, PAGE)?;
            left_out += page.left_out;
            page.journeys.into_iter().for_each(|(profile, journey)| take(profile, journey));
            if page.next.is_none() {
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
        let left_out = self.each_journey(reader, settings, zone, |_, journey| {
            if done.is_ok() {
                done = tally.add(&journey, Some(&book));
            }
        })?;
        tally.leave_out(left_out);
        Ok(done.map(|()| tally.finish()))
    }
}

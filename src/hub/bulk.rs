//! Work on everything a tenant has: taking in files, counting, and putting all profiles together again after a change of
//! rules. Each goes through the store in pages, one unit of work a page.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use crate::event::{Event, EventErrorKind, Import, import_lines};
use crate::identifier::Identifier;
use crate::identity::linkage::{Dataset, Model, Scorer};
use crate::ids::RecordId;
use crate::record::Record;
use crate::store::{Key, Stop, StoreError, StoreErrorKind, Stored, Tx};

use super::fold::{Dirty, Outcome};
use super::linkage::Reader;
use super::matching::each;
use super::standing::is_evidence;
use super::stored::{Component, Holders, Receipt};
use super::{Context, Hub, Recorded, Rules, blocks, holders, keys, resolve};

/// Values read at a time.
const PAGE: usize = 1_000;

/// A line of a file that is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// Its number; the first line is 1.
    pub number: u64,
    /// What is wrong with it.
    pub kind: EventErrorKind,
}

/// What came of a file of events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// Events stored.
    pub first: u64,
    /// Events that were stored before.
    pub duplicates: u64,
    /// Events whose id another event has; the first stays.
    pub contradicted: u64,
    /// Events that speak of erased people.
    pub erased: u64,
    /// How many lines are no events.
    pub refused: u64,
    /// The first thousand of these.
    pub refused_lines: Vec<RefusedLine>,
}

impl Intake {
    /// How many lines were read, blank ones aside.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.first + self.duplicates + self.contradicted + self.erased + self.refused
    }

    fn count(&mut self, recorded: &Recorded) {
        match recorded.outcome {
            Outcome::First => self.first += 1,
            Outcome::Duplicate => self.duplicates += 1,
            Outcome::Contradicted => self.contradicted += 1,
            Outcome::Erased => self.erased += 1,
        }
    }
}

/// How much a tenant has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Census {
    /// Events.
    pub events: u64,
    /// Records of people: those that keep the events of nobody are not counted.
    pub records: u64,
    /// Different identifier values that are evidence.
    pub identifiers: u64,
    /// Profiles.
    pub profiles: u64,
}

impl Hub {
    /// Takes in JSON lines in the Segment specification. A bad line is counted and named by its number; the rest goes
    /// on. `progress` is called after each thousand events.
    ///
    /// The import can be repeated as a whole after any failure: what is stored already is a duplicate.
    ///
    /// # Errors
    /// Of the store; a reader that fails ends as a refused line.
    ///
    /// # Complexity
    /// Memory for a thousand events, whatever the length of the file.
    pub fn import_lines(
        &self,
        reader: impl BufRead,
        import: &Import,
        mut progress: impl FnMut(&Intake),
    ) -> Result<Intake, StoreError> {
        let mut intake = Intake::default();
        let mut chunk: Vec<Event> = Vec::with_capacity(PAGE);
        for line in import_lines(reader, import) {
            match line.result {
                Ok(event) => chunk.push(event),
                Err(error) => {
                    intake.refused += 1;
                    if intake.refused_lines.len() < 1_000 {
                        intake.refused_lines.push(RefusedLine { number: line.number, kind: error.kind() });
                    }
                }
            }
            if chunk.len() == PAGE {
                self.take_in(&mut chunk, &mut intake)?;
                progress(&intake);
            }
        }
        self.take_in(&mut chunk, &mut intake)?;
        progress(&intake);
        Ok(intake)
    }

    fn take_in(&self, chunk: &mut Vec<Event>, intake: &mut Intake) -> Result<(), StoreError> {
        if !chunk.is_empty() {
            self.record_all(chunk)?.iter().for_each(|recorded| intake.count(recorded));
            chunk.clear();
        }
        Ok(())
    }

    /// Counts what the tenant has. Pages are read one after another, so what is written meanwhile may be counted or not.
    ///
    /// # Errors
    /// Of the store.
    ///
    /// # Complexity
    /// Reads every record, index entry and receipt.
    pub fn census(&self) -> Result<Census, StoreError> {
        let mut census = Census::default();
        self.pages::<Receipt>(keys::RECEIPTS, |_, _| census.events += 1)?;
        self.pages::<Record>(keys::RECORDS, |_, record| {
            census.records += u64::from(record.subject != Identifier::nobody());
        })?;
        self.pages::<Holders>(keys::HOLDERS, |_, _| census.identifiers += 1)?;
        let mut merged = 0;
        self.pages::<Component>(keys::COMPONENTS, |_, component| {
            let records: usize = component.clusters.iter().map(Vec::len).sum();
            merged += u64::try_from(records - component.clusters.len()).unwrap_or(0);
        })?;
        census.profiles = census.records.saturating_sub(merged);
        Ok(census)
    }

    /// The records that matching would compare, as a data set with the input fields of a model: what to train it on.
    /// Rows are in the order of the ids that come with them.
    ///
    /// # Errors
    /// Of the store; `Failed` if the model does not fit together, or there is more text than a data set holds.
    ///
    /// # Complexity
    /// Reads every record; memory for the distinct texts.
    pub fn dataset(&self, model: &Model) -> Result<(Vec<RecordId>, Dataset), StoreError> {
        let failed = || StoreError::new(StoreErrorKind::Failed, "making a data set of the records");
        let scorer = Scorer::new(model).map_err(|_| failed())?;
        let reader = Reader::new(model);
        let names: Vec<&str> = reader.names().collect();
        let (mut ids, mut dataset) = (Vec::new(), Dataset::new(names));
        let mut fits = true;
        self.pages::<Record>(keys::RECORDS, |key, record| {
            if let Some(id) = keys::record_of(&key)
                && reader.prepare(&scorer, &record, self.rules()).is_some()
            {
                let texts: Vec<&str> =
                    reader.texts(&record, self.rules()).into_iter().map(Option::unwrap_or_default).collect();
                ids.push(id);
                fits &= dataset.push(&texts).is_ok();
            }
        })?;
        if fits { Ok((ids, dataset)) } else { Err(failed()) }
    }

    /// Puts all profiles together again: after a change of the rules of identity, which alters views and no fact.
    /// Returns how many records there are.
    ///
    /// It can be stopped and started again at any time; until it is done, some profiles are by the old rules.
    ///
    /// # Errors
    /// Of the store.
    ///
    /// # Complexity
    /// Linear in the records, and in the records of the components that each touches.
    pub fn rebuild(&self) -> Result<u64, StoreError> {
        let (mut after, mut count) = (None, 0);
        loop {
            let (last, seen) = self.run(|tx, context| rebuild_page(tx, context, after.as_ref()))?;
            count += seen;
            if last.is_none() {
                return Ok(count);
            }
            after = last;
        }
    }

    fn pages<T: Stored>(&self, prefix: &[u8], mut take: impl FnMut(Key, T)) -> Result<(), StoreError> {
        let prefix = keys::prefix(prefix);
        let mut after: Option<Key> = None;
        loop {
            let found = self.run(|tx, _| tx.scan::<T>(&prefix, after.as_ref(), PAGE))?;
            after = found.items.last().map(|(key, _)| key.clone());
            found.items.into_iter().for_each(|(key, value)| take(key, value));
            if !found.more || after.is_none() {
                return Ok(());
            }
        }
    }
}

/// One page of records under the present rules. Returns where to go on, and how many records it held.
fn rebuild_page(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    after: Option<&Key>,
) -> Result<(Option<Key>, u64), Stop> {
    let mut dirty = Dirty::default();
    let (last, ids) = refresh(tx, context.rules, after, &mut dirty)?;
    resolve::resolve(tx, context.rules, dirty)?;
    Ok((last, u64::try_from(ids.len()).unwrap_or(0)))
}

/// Brings the indexes of one page of records in line with these rules. Returns where to go on, and the records.
pub(crate) fn refresh(
    tx: &mut Tx<'_>,
    rules: &Rules,
    after: Option<&Key>,
    dirty: &mut Dirty,
) -> Result<(Option<Key>, Vec<RecordId>), Stop> {
    let found = tx.scan::<Record>(&keys::prefix(keys::RECORDS), after, PAGE / 4)?;
    let mut ids = Vec::with_capacity(found.items.len());
    each(&found.items, |(key, record)| {
        let Some(id): Option<RecordId> = keys::record_of(key) else { return Ok(()) };
        ids.push(id);
        dirty.records.insert(id);
        each(record.claims.keys(), |identifier| {
            let value = identifier.digest(&rules.pepper);
            if is_evidence(record, identifier, rules) {
                return holders::add(tx, value, id);
            }
            dirty.values.insert(value);
            holders::remove(tx, value, id)
        })?;
        if rules.linkage.is_none() {
            blocks::remove(tx, id, &mut dirty.crossed)?;
        }
        Ok(())
    })?;
    let last = found.items.last().filter(|_| found.more).map(|(key, _)| key.clone());
    Ok((last, ids))
}

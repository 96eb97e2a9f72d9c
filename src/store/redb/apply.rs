//! A group of batches in one redb transaction.

use ::redb::{Database, Durability, ReadableTable, Table, WriteTransaction};

use super::fault::{Contained, contain, corrupt, failed, unknown};
use super::layout::{DATA, JOURNAL, META, SEQUENCE, decode_version, encode_keys, encode_value};
use crate::store::{Batch, Committed, Expect, Key, Seq, StoreError, StoreErrorKind, Write};

const DOING: &str = "committing to the redb store";

/// What became of one batch of a group that was committed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    Applied(Committed),
    Conflict,
}

/// What became of a group.
#[derive(Debug)]
pub(super) enum Group {
    /// On disk, one outcome per batch.
    Durable(Vec<Outcome>),
    /// No batch is applied. Batches whose guards did not hold are told so all the same.
    Failed(StoreError, Vec<Outcome>),
    /// The disk refused during the commit itself.
    Unknown(StoreError, Vec<Outcome>),
}

struct Tables<'t> {
    data: Table<'t, &'static [u8], &'static [u8]>,
    journal: Table<'t, u64, &'static [u8]>,
    buffer: Vec<u8>,
}

/// Checks and applies the batches in order, each against the state that the earlier ones leave, and syncs once.
/// A group in which no guard holds costs no sync.
pub(super) fn apply<'b>(database: &Contained<Database>, batches: impl Iterator<Item = &'b Batch>) -> Group {
    let mut outcomes = Vec::new();
    let mut committing = false;
    let result = contain(DOING, || {
        let transaction = begin(database.get(DOING)?)?;
        if fill(&transaction, batches, &mut outcomes)? {
            committing = true;
            transaction.commit().map_err(|error| match error {
                // Rolled back before anything was published.
                ::redb::CommitError::TransactionPoisoned => failed(DOING, error),
                error => unknown(DOING, error),
            })
        } else {
            transaction.abort().map_err(|error| failed(DOING, error))
        }
    });
    match result {
        Ok(()) => Group::Durable(outcomes),
        Err(error) if committing && error.kind() != StoreErrorKind::Failed => Group::Unknown(error, outcomes),
        Err(error) => Group::Failed(error, outcomes),
    }
}

/// A transaction that is on disk when its commit returns, and that records what a reopening after a crash needs.
pub(super) fn begin(database: &Database) -> Result<WriteTransaction, StoreError> {
    let mut transaction = database.begin_write().map_err(|error| failed(DOING, error))?;
    transaction
        .set_durability(Durability::Immediate)
        .map_err(|error| StoreError::caused_by(StoreErrorKind::Failed, DOING, error))?;
    transaction.set_quick_repair(true);
    Ok(transaction)
}

/// Whether any batch was applied.
fn fill<'b>(
    transaction: &WriteTransaction,
    batches: impl Iterator<Item = &'b Batch>,
    outcomes: &mut Vec<Outcome>,
) -> Result<bool, StoreError> {
    let mut meta = transaction.open_table(META).map_err(|error| failed(DOING, error))?;
    let mut tables = Tables {
        data: transaction.open_table(DATA).map_err(|error| failed(DOING, error))?,
        journal: transaction.open_table(JOURNAL).map_err(|error| failed(DOING, error))?,
        buffer: Vec::new(),
    };
    let before = meta
        .get(SEQUENCE)
        .map_err(|error| failed(DOING, error))?
        .ok_or_else(|| corrupt("reading the commit sequence"))?
        .value();
    let mut last = before;
    for batch in batches {
        outcomes.push(if tables.hold(&batch.guards)? {
            last = last.checked_add(1).ok_or_else(|| corrupt("counting commits"))?;
            tables.write(batch, last)?;
            Outcome::Applied(Committed { seq: Seq(last) })
        } else {
            Outcome::Conflict
        });
    }
    if last != before {
        meta.insert(SEQUENCE, last).map_err(|error| failed(DOING, error))?;
    }
    Ok(last != before)
}

impl Tables<'_> {
    fn hold(&self, guards: &[(Key, Expect)]) -> Result<bool, StoreError> {
        for (key, expect) in guards {
            let stored = self.data.get(key.as_bytes()).map_err(|error| failed(DOING, error))?;
            let version = stored.map(|stored| decode_version(stored.value())).transpose()?;
            let holds = match expect {
                Expect::Absent => version.is_none(),
                Expect::At(expected) => version == Some(*expected),
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes in key order, which touches each page of the tree once in a big batch.
    fn write(&mut self, batch: &Batch, seq: u64) -> Result<(), StoreError> {
        let mut writes: Vec<&(Key, Write)> = batch.writes.iter().collect();
        writes.sort_by(|left, right| left.0.cmp(&right.0));
        for (key, write) in writes {
            match write {
                Write::Put(value) => {
                    encode_value(&mut self.buffer, seq, value);
                    self.data
                        .insert(key.as_bytes(), self.buffer.as_slice())
                        .map_err(|error| failed(DOING, error))?;
                }
                Write::Delete => {
                    self.data.remove(key.as_bytes()).map_err(|error| failed(DOING, error))?;
                }
            }
        }
        if !batch.journal.is_empty() {
            encode_keys(&mut self.buffer, &batch.journal);
            self.journal.insert(seq, self.buffer.as_slice()).map_err(|error| failed(DOING, error))?;
        }
        Ok(())
    }
}

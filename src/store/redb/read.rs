//! Reading: one redb read transaction is one snapshot.

use std::ops::Bound;
use std::sync::Arc;

use ::redb::{Database, ReadOnlyTable, ReadTransaction, ReadableDatabase};

use super::fault::{Contained, contain, corrupt, failed};
use super::layout::{DATA, JOURNAL, decode_entry, decode_value};
use crate::store::{Entry, Key, Page, Scan, Seq, Snapshot, StoreError, Versioned};

const READING: &str = "reading the redb store";

/// One instant of the store. Commits go on while it lives; the pages that it sees are not used again until it is
/// dropped.
pub(super) struct Moment(Contained<Pinned>);

struct Pinned {
    // Before the database: the table pins the transaction, and the database must outlive both.
    data: ReadOnlyTable<&'static [u8], &'static [u8]>,
    _database: Arc<Contained<Database>>,
}

impl Moment {
    pub(super) fn of(database: Arc<Contained<Database>>) -> Result<Self, StoreError> {
        contain(READING, || {
            let transaction = begin(database.get(READING)?)?;
            let data = transaction.open_table(DATA).map_err(|error| failed(READING, error))?;
            Ok(Self(Contained::new(Pinned { data, _database: database })))
        })
    }
}

impl Pinned {
    fn page(&self, scan: &Scan) -> Result<Page, StoreError> {
        let prefix = scan.prefix.as_bytes();
        let end = scan.prefix.prefix_end();
        let start = match &scan.after {
            Some(after) if after >= &scan.prefix => Bound::Excluded(after.as_bytes()),
            _ => Bound::Included(prefix),
        };
        let end = match &end {
            // A cursor at or behind the end of the prefix leaves nothing, and is no range.
            Some(end) if scan.after.as_ref().is_some_and(|after| after >= end) => return Ok(Page::default()),
            Some(end) => Bound::Excluded(end.as_bytes()),
            None => Bound::Unbounded,
        };
        let mut page = Page::default();
        for item in self.data.range::<&[u8]>((start, end)).map_err(|error| failed(READING, error))? {
            if page.items.len() >= scan.limit {
                page.more = true;
                break;
            }
            let (key, stored) = item.map_err(|error| failed(READING, error))?;
            let key = Key::new(key.value()).map_err(|_| corrupt("decoding a stored key"))?;
            page.items.push((key, decode_value(stored.value())?));
        }
        Ok(page)
    }
}

impl Snapshot for Moment {
    fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        contain(READING, || {
            let stored =
                self.0.get(READING)?.data.get(key.as_bytes()).map_err(|error| failed(READING, error))?;
            stored.map(|stored| decode_value(stored.value())).transpose()
        })
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        contain(READING, || self.0.get(READING)?.page(scan))
    }
}

/// The journal after a commit.
pub(super) fn journal(
    database: &Contained<Database>,
    after: Seq,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    const DOING: &str = "reading the journal of the redb store";
    contain(DOING, || {
        let transaction = begin(database.get(DOING)?)?;
        let table = transaction.open_table(JOURNAL).map_err(|error| failed(DOING, error))?;
        let range = table
            .range((Bound::Excluded(after.0), Bound::Unbounded))
            .map_err(|error| failed(DOING, error))?;
        range
            .take(limit)
            .map(|item| {
                let (seq, keys) = item.map_err(|error| failed(DOING, error))?;
                decode_entry(seq.value(), keys.value())
            })
            .collect()
    })
}

fn begin(database: &Database) -> Result<ReadTransaction, StoreError> {
    database.begin_read().map_err(|error| failed(READING, error))
}

//! The truth, for scoring only.

use std::error::Error;
use std::path::Path;

use throughline::identity::linkage::NO_TRUTH;

use crate::progress::Progress;
use crate::read::{self, IdChoice, Loaded, Options, find};
use crate::table::{Column, MISSING};

/// Headers of the column that says who it is, the best first.
const HEADERS: [&str; 8] =
    ["truth_id", "truth", "person_id", "entity_id", "cluster_id", "cluster", "true_id", "label"];

/// Who each record is.
pub(crate) struct Truth {
    /// A number for the person of each record; [`NO_TRUTH`] where the file does not say.
    pub(crate) persons: Vec<u32>,
    /// Lines of the truth whose record is not in the file of records.
    pub(crate) strangers: u64,
}

/// Reads the truth of records whose table still finds a record by its id.
pub(crate) fn read(path: &Path, records: &Loaded, progress: &mut Progress) -> Result<Truth, Box<dyn Error>> {
    // Who named the column of the records means the same one here.
    let asked = (records.id_choice == IdChoice::Asked).then(|| records.table.column(records.id)).flatten();
    let id = asked.map(|column| column.header().to_owned());
    let truth = read::file(path, &Options { id, ..Options::default() }, progress)?;
    let columns = truth.table.columns();
    let named = HEADERS.iter().find_map(|header| find(columns.iter().map(Column::header), header));
    let other = || (0..columns.len()).find(|place| *place != truth.id);
    let place = named.filter(|place| *place != truth.id).or_else(other);
    let person = place.and_then(|place| columns.get(place));
    let person = person.ok_or_else(|| format!("`{}`: a second column must say who it is", path.display()))?;
    let id = columns.get(truth.id).ok_or("the truth has no column that tells records apart")?;
    let ids = records.table.column(records.id).ok_or("the records have no column that tells them apart")?;

    let mut persons = vec![NO_TRUTH; records.table.records()];
    let mut strangers = 0;
    for (&line_id, &line_person) in id.cells().iter().zip(person.cells()) {
        let record = ids.record_of(id.value(line_id));
        match record.and_then(|record| persons.get_mut(record as usize)) {
            Some(_) if line_person == MISSING => {}
            Some(slot) => *slot = line_person,
            None => strangers += 1,
        }
    }
    if strangers > 0 && strangers == id.cells().len() as u64 {
        return Err(format!("`{}`: none of its ids is in the file of records", path.display()).into());
    }
    Ok(Truth { persons, strangers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_finds_its_records() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("truth.csv");
        std::fs::write(&path, "record_id,household_id,truth_id\nc,h,p1\na,h,p1\nb,h,\nz,h,p9\n").unwrap();
        let options = Options::default();
        let records =
            read::read("record_id,name\na,x\nb,y\nc,z\nd,w\n".as_bytes(), "r", &options, |_| {}).unwrap();
        let truth = read(&path, &records, &mut Progress::new(false)).unwrap();
        assert_eq!((truth.persons, truth.strangers), (vec![1, NO_TRUTH, 1, NO_TRUTH], 1));

        std::fs::write(&path, "record_id,truth_id\nx,1\ny,1\n").unwrap();
        let error = read(&path, &records, &mut Progress::new(false)).map(|_| ()).unwrap_err();
        assert!(error.to_string().ends_with("none of its ids is in the file of records"), "{error}");
    }
}

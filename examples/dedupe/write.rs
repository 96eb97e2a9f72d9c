//! Writes the clusters.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use hashbrown::HashMap;

use crate::table::Column;

/// The name of each record's cluster: the place of the record with the smallest id, as texts are ordered. It does not
/// depend on the order of the rows.
pub(crate) fn names(clusters: &[u32], ids: &Column) -> Vec<u32> {
    let mut smallest: HashMap<u32, u32> = HashMap::with_capacity(clusters.len());
    for (&cluster, &id) in clusters.iter().zip(ids.cells()) {
        let named = smallest.entry(cluster).or_insert(id);
        if ids.value(id) < ids.value(*named) {
            *named = id;
        }
    }
    clusters.iter().filter_map(|cluster| smallest.get(cluster).copied()).collect()
}

/// Refuses outputs that would overwrite an input or one another, and those that cannot be written anyway: before the
/// work, not after.
pub(crate) fn check(outputs: &[&Path], inputs: &[&Path]) -> Result<(), Box<dyn Error>> {
    for (place, output) in outputs.iter().enumerate() {
        let same = |other: &&Path| target(other).is_some_and(|other| target(output) == Some(other));
        if !is_special(output) && outputs.iter().take(place).any(same) {
            return Err(format!("`{}` is to be written twice", output.display()).into());
        }
        let real = fs::canonicalize(output).ok();
        if real.is_some() && inputs.iter().any(|input| fs::canonicalize(input).ok() == real) {
            return Err(format!("`{}` is an input; it would be overwritten", output.display()).into());
        }
        let directory = output.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Some(directory) = directory.filter(|directory| !directory.is_dir()) {
            let (output, directory) = (output.display(), directory.display());
            return Err(format!("cannot write `{output}`: there is no directory `{directory}`").into());
        }
        if output.is_dir() {
            return Err(format!("cannot write `{}`: it is a directory", output.display()).into());
        }
    }
    Ok(())
}

/// The file that is written to, whether it is there yet or not.
fn target(path: &Path) -> Option<PathBuf> {
    let there = fs::canonicalize(path).ok();
    there.or_else(|| {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Some(fs::canonicalize(directory.unwrap_or(Path::new("."))).ok()?.join(path.file_name()?))
    })
}

/// Whether it is a device, a pipe or a directory.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file())
}

/// Writes `record_id,cluster_id` in the order of the records. The file appears when it is complete.
pub(crate) fn clusters(path: &Path, ids: &Column, names: &[u32]) -> Result<(), Box<dyn Error>> {
    whole(path, |file| {
        let mut out = csv::Writer::from_writer(file);
        out.write_record(["record_id", "cluster_id"])?;
        for (id, name) in ids.cells().iter().zip(names) {
            out.write_record([ids.value(*id), ids.value(*name)])?;
        }
        out.flush()?;
        Ok(())
    })
}

/// Writes a text. The file appears when it is complete.
pub(crate) fn text(path: &Path, text: &str) -> Result<(), Box<dyn Error>> {
    whole(path, |file| Ok(file.write_all(text.as_bytes())?))
}

/// Writes a file. It appears when it is complete.
pub(crate) fn whole(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let fail = |error: &dyn Error| format!("cannot write `{}`: {error}", path.display());
    // A device or a pipe is written to as it is.
    let special = is_special(path);
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut partial = path.clone().into_os_string();
    if !special {
        partial.push(".partial");
    }
    let mut file = fs::File::create(&partial).map_err(|error| fail(&error))?;
    let written =
        write(&mut file).and_then(|()| if special { Ok(()) } else { Ok(fs::rename(&partial, &path)?) });
    if let Err(error) = written {
        if !special {
            // What is half written helps nobody; that it cannot be removed either is not the error to tell.
            let _ = fs::remove_file(&partial);
        }
        return Err(fail(&*error).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Table;

    #[test]
    fn a_cluster_is_called_by_its_smallest_id_in_any_order() {
        let records = [("b", 7), ("a", 7), ("d", 9), ("c", 3), ("10", 3), ("9", 3)];
        let named = |records: &[(&str, u32)]| {
            let mut table = Table::new(["id"]);
            records.iter().for_each(|(id, _)| table.push_row(&[id]).unwrap());
            let ids = &table.columns()[0];
            let clusters: Vec<u32> = records.iter().map(|(_, cluster)| *cluster).collect();
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("clusters.csv");
            super::clusters(&path, ids, &names(&clusters, ids)).unwrap();
            let mut lines: Vec<String> =
                fs::read_to_string(path).unwrap().lines().skip(1).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let mut reversed = records;
        reversed.reverse();
        assert_eq!(named(&records), ["10,10", "9,10", "a,a", "b,a", "c,10", "d,d"]);
        assert_eq!(named(&records), named(&reversed));
    }

    #[test]
    fn no_output_is_written_over_another() {
        let directory = tempfile::tempdir().unwrap();
        let (one, other) = (directory.path().join("x"), directory.path().join("y"));
        assert!(check(&[&one, &other], &[]).is_ok());
        for same in [one.clone(), directory.path().join("./x"), directory.path().join("../").join(&one)] {
            let refused = check(&[&one, &other, &same], &[]).unwrap_err().to_string();
            assert!(refused.contains("twice"), "{refused}");
        }
        text(&one, "there already").unwrap();
        assert!(check(&[&one, &directory.path().join("./x")], &[]).is_err());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&one, &other).unwrap();
            assert!(check(&[&one, &other], &[]).is_err());
            let nowhere = Path::new("/dev/null");
            assert!(check(&[nowhere, nowhere], &[]).is_ok());
        }
    }

    #[test]
    fn no_input_is_overwritten_and_a_link_stays() {
        let directory = tempfile::tempdir().unwrap();
        let (input, output) = (directory.path().join("in.csv"), directory.path().join("out.csv"));
        fs::write(&input, "x").unwrap();
        assert!(check(&[&output], &[&input]).is_ok());
        assert!(check(&[&directory.path().join("./in.csv")], &[&input]).is_err());
        assert!(check(&[directory.path()], &[&input]).is_err());
        assert!(check(&[&directory.path().join("none/out.csv")], &[&input]).is_err());
        text(&output, "old").unwrap();
        #[cfg(unix)]
        {
            let link = directory.path().join("link.csv");
            std::os::unix::fs::symlink(&output, &link).unwrap();
            text(&link, "new").unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(&output).unwrap(), "new");
        }
        let failed = whole(&output, |_| Err("half way".into())).unwrap_err();
        assert!(failed.to_string().contains("half way"));
        assert!(!directory.path().join("out.csv.partial").exists());
    }
}

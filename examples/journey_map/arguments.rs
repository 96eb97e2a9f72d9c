//! The command line.

use std::error::Error;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const DAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/day.jsonl.gz");
const REPORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/journey_map.html");

/// What the command line asks for.
pub(crate) struct Arguments {
    pub(crate) day: PathBuf,
    pub(crate) report: PathBuf,
}

/// Where the store lies: in a temporary directory.
pub(crate) enum StoreFile {
    Temporary(TempDir),
}

impl StoreFile {
    pub(crate) fn path(&self) -> PathBuf {
        let Self::Temporary(directory) = self;
        directory.path().join("customers.redb")
    }
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut day, mut report) = (None, Path::new(REPORT).to_owned());
        while let Some(word) = words.next() {
            match word.as_str() {
                "--report" => report = words.next().map(PathBuf::from).ok_or("`--report` needs a file")?,
                file if !file.starts_with('-') && day.is_none() => day = Some(PathBuf::from(file)),
                other => {
                    let usage = "usage: journey_map [day.jsonl] [--report FILE]";
                    return Err(format!("unknown argument `{other}`; {usage}").into());
                }
            }
        }
        Ok(Self { day: day.unwrap_or_else(|| Path::new(DAY).to_owned()), report })
    }
}

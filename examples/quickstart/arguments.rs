//! The command line.

use std::error::Error;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const DAY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/day.jsonl.gz");

/// What the command line asks for.
pub(crate) struct Arguments {
    pub(crate) day: PathBuf,
    pub(crate) store: StoreFile,
}

/// Where the store lies: in a file that stays, or in a temporary directory that goes.
pub(crate) enum StoreFile {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl StoreFile {
    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Kept(path) => path.clone(),
            Self::Temporary(directory) => directory.path().join("customers.redb"),
        }
    }

    pub(crate) fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut day, mut store) = (Path::new(DAY).to_owned(), None);
        while let Some(word) = words.next() {
            let mut file = || words.next().map(PathBuf::from).ok_or_else(|| format!("`{word}` needs a file"));
            match word.as_str() {
                "--day" => day = file()?,
                "--store" => store = Some(file()?),
                other => {
                    return Err(format!(
                        "unknown argument `{other}`; usage: quickstart [--day FILE] [--store FILE]"
                    )
                    .into());
                }
            }
        }
        let store = match store {
            Some(path) => StoreFile::Kept(path),
            None => StoreFile::Temporary(tempfile::tempdir()?),
        };
        Ok(Self { day, store })
    }
}

//! The command line.

use std::error::Error;
use std::path::PathBuf;

/// What the command line asks for.
pub(crate) struct Arguments {
    /// Where the audit's page goes, if anywhere.
    pub(crate) report: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut report = None;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--report" => {
                    let file = words.next().ok_or("`--report` needs a file")?;
                    report = Some(PathBuf::from(file));
                }
                other => {
                    return Err(format!("unknown argument `{other}`; usage: checkout [--report FILE]").into());
                }
            }
        }
        Ok(Self { report })
    }
}

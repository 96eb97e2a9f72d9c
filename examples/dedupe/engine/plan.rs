//! Which model is used, and which fields it looks at.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Write as _};
use std::path::Path;

use serde_json::error::Category;
use throughline::identity::linkage::{
    Agreement, Column, Comparison, Condition, Level, Model, ModelError, Scorer, TermFrequencyAdjustment,
    Transform,
};

use crate::arguments::Arguments;
use crate::columns::category;
use crate::write;

/// The model to begin with: a saved one, or the preset for people that the data trains.
pub(crate) struct Plan {
    model: Model,
    given: bool,
}

/// A file of a model that cannot be used. Holds no value of the file.
#[derive(Debug)]
pub(crate) struct PlanError {
    file: String,
    kind: PlanErrorKind,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum PlanErrorKind {
    /// The file cannot be read.
    Io(io::Error),
    /// The file is not JSON, or ends too early.
    Json { line: usize, column: usize },
    /// The file is JSON but not a model.
    NotAModel { line: usize, column: usize },
    /// The model does not fit together.
    Model(ModelError),
}

impl fmt::Display for PlanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}`", self.file)?;
        match &self.kind {
            PlanErrorKind::Io(error) => write!(out, ": {error}"),
            PlanErrorKind::Json { line, column } => write!(out, ", line {line}, column {column}: not JSON"),
            PlanErrorKind::NotAModel { line, column } => write!(
                out,
                ", line {line}, column {column}: not a model, or one of another version; `--save-model` writes one"
            ),
            PlanErrorKind::Model(error) => write!(out, ": {error}"),
        }
    }
}

impl std::error::Error for PlanError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            PlanErrorKind::Io(error) => Some(error),
            PlanErrorKind::Model(error) => Some(error),
            PlanErrorKind::Json { .. } | PlanErrorKind::NotAModel { .. } => None,
        }
    }
}

impl Plan {
    /// Reads the saved model that the command line names, or takes the preset.
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, PlanError> {
        match &arguments.model {
            Some(path) => Ok(Self { model: load(path)?, given: true }),
            None => Ok(Self { model: Model::person(), given: false }),
        }
    }

    /// The model.
    pub(crate) const fn model(&self) -> &Model {
        &self.model
    }

    /// Whether it was given, and is not to be trained.
    pub(crate) const fn is_given(&self) -> bool {
        self.given
    }

    /// The fields that it looks at.
    pub(crate) fn inputs(&self) -> BTreeSet<String> {
        self.model.columns.iter().flat_map(|column| column.inputs.iter().cloned()).collect()
    }

    /// Compares columns as plain categories too. A given model must know them.
    pub(crate) fn compare<'a>(&mut self, headers: impl IntoIterator<Item = &'a str>) -> Result<(), String> {
        for header in headers {
            let name = category(header);
            let known = self.inputs().contains(&name);
            if self.given && !known {
                return Err(format!("`--compare`: the given model was not trained with column `{header}`"));
            }
            if !known {
                self.model.columns.push(Column {
                    name: name.clone(),
                    inputs: vec![name.clone()],
                    transform: Transform::Text,
                });
                self.model.comparisons.push(equal_or_different(header, &name));
            }
        }
        Ok(())
    }
}

/// A comparison of two levels. A rare value says more than a frequent one.
fn equal_or_different(header: &str, column: &str) -> Comparison {
    let on = Agreement::Category { column: column.to_owned() };
    let frequency = TermFrequencyAdjustment {
        column: column.to_owned(),
        weight: 1.0,
        minimum: 0.0,
        people_by: None,
        own_u: false,
    };
    let same = Condition::Agreement { on: on.clone(), at_least: 5 };
    let levels = vec![
        Level { null: true, ..Level::new("untold", Condition::Untold { on }) },
        Level { m: Some(0.9), u: Some(0.2), term_frequency: Some(frequency), ..Level::new("same", same) },
        Level { m: Some(0.1), u: Some(0.8), ..Level::new("different", Condition::Else) },
    ];
    Comparison { name: header.to_owned(), levels, shared: false }
}

fn load(path: &Path) -> Result<Model, PlanError> {
    let fail = |kind| PlanError { file: path.display().to_string(), kind };
    let file = File::open(path).map_err(|error| fail(PlanErrorKind::Io(error)))?;
    let model: Model = serde_json::from_reader(BufReader::new(file)).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        fail(match error.classify() {
            Category::Io => PlanErrorKind::Io(error.into()),
            Category::Data => PlanErrorKind::NotAModel { line, column },
            Category::Syntax | Category::Eof => PlanErrorKind::Json { line, column },
        })
    })?;
    Scorer::new(&model).map_err(|error| fail(PlanErrorKind::Model(error)))?;
    Ok(model)
}

/// Writes a model that [`Plan::new`] reads.
pub(super) fn save(path: &Path, model: &Model) -> Result<(), String> {
    let saved = write::whole(path, |file| {
        let mut out = io::BufWriter::new(file);
        serde_json::to_writer_pretty(&mut out, model)?;
        out.write_all(b"\n")?;
        Ok(out.flush()?)
    });
    saved.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{Command, parse};

    fn plan(words: &[&str]) -> Result<Plan, PlanError> {
        let words = ["people.csv", "--out", "c.csv"].iter().chain(words).map(|word| (*word).to_owned());
        match parse(words).unwrap() {
            Command::Run(arguments) => Plan::new(&arguments),
            Command::Help => panic!("help"),
        }
    }

    #[test]
    fn a_saved_model_is_the_same_model() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.json");
        let mut first = plan(&[]).unwrap();
        first.compare(["Lieblingsfarbe"]).unwrap();
        save(&path, first.model()).unwrap();
        let mut second = plan(&["--model", path.to_str().unwrap()]).unwrap();
        assert_eq!(first.model(), second.model());
        assert!(second.is_given() && second.compare(["Lieblingsfarbe"]).is_ok());
        assert!(second.compare(["colour"]).unwrap_err().contains("`colour`"));
        assert_eq!(first.model(), second.model());
    }

    #[test]
    fn a_broken_model_is_told_without_its_values() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.json");
        let refused = |text: &str| {
            std::fs::write(&path, text).unwrap();
            plan(&["--model", path.to_str().unwrap()]).map(|_| ()).unwrap_err()
        };
        assert!(matches!(refused("{").kind, PlanErrorKind::Json { .. }));
        assert!(matches!(refused("").kind, PlanErrorKind::Json { .. }));
        assert!(matches!(refused("{\"Secret\": 1}").kind, PlanErrorKind::NotAModel { .. }));
        assert!(!format!("{0} {0:?}", refused("{\"prior\": \"Secret\"}")).contains("Secret"));
        let twice = r#"{"columns": [], "comparisons": [], "prior": 7}"#;
        assert!(matches!(refused(twice).kind, PlanErrorKind::Model(_)));
        let none = plan(&["--model", "no/such/model.json"]).map(|_| ()).unwrap_err();
        assert!(matches!(none.kind, PlanErrorKind::Io(_)) && none.to_string().contains("no/such/model.json"));
    }
}

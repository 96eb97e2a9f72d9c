//! Probabilistic record linkage: how strongly names, birthdays and addresses speak for two records being one person.
//!
//! A [`Model`] says what is compared and what each degree of agreement says, in bits: plain data, trained without labels
//! from the records themselves. [`Candidates`] blocks and compares a whole data set; [`Scorer`] weighs one pair at a
//! time, live, and says why; both give the same weights, to the last bit. Weights become clusters in
//! [`partition`](super::partition()).
//!
//! ```
//! use throughline::identity::linkage::{BlockingSettings, Candidates, Dataset, LinkSettings, Model, TrainingSettings};
//! use throughline::identity::{Explain, Graph, Rules, partition};
//! use throughline::ids::RecordId;
//!
//! let mut people = Dataset::new(["given_name", "family_name", "birth_date", "phone"]);
//! for number in 0..150_u32 {
//!     // Everybody is there twice, once in the customer base of the till, which knows no birth date.
//!     let (given, family) = (["Sara", "Peter", "Anna", "Leila"][number as usize % 4], format!("Heydar{number}i"));
//!     let born = format!("19{}-0{}-1{}", 50 + number % 49, 1 + number % 9, number % 10);
//!     let phone = format!("0912{:07}", number * 7919 + 1_234_567);
//!     people.push(&[given, &family, &born, &phone])?;
//!     people.push(&[given, &family, "", &phone])?;
//! }
//! let candidates = Candidates::new(&people, &Model::person(), &BlockingSettings::default(), &())?;
//! let training = candidates.train(&TrainingSettings::default(), &())?;
//! let links = candidates.link(&training.model, &LinkSettings::default(), &[], &())?;
//!
//! let seen = "2026-03-20T09:00:00Z".parse()?;
//! let ids = (0..people.len() as u128).map(|row| (RecordId::from_bytes(row.to_be_bytes()), seen)).collect();
//! let rules = Rules { match_threshold_bits: LinkSettings::default().threshold_bits, ..Rules::retail() };
//! let clusters = partition(&Graph::from_matches(ids, links.pairs)?, &rules, Explain::No);
//! assert_eq!(clusters.clusters().len(), 150);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Formulas: I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage" (1969), with a third kind of pairs for
//! households; see the design notes of the crate.

mod address;
mod agreement;
mod assign;
mod assign_matching;
mod automatic;
mod block;
mod builder;
mod candidates;
mod columns;
mod combinations;
mod compiled;
mod condition;
mod condition_text;
mod dataset;
mod date_format;
mod em;
mod email;
mod error;
mod explain;
mod explain_nearest;
mod graded;
mod hash;
mod hubs;
mod key;
mod link;
mod matcher;
mod measures;
mod missed;
mod model;
mod names_seen;
mod pair;
mod pair_loop;
mod pair_tally;
mod part;
mod person;
mod person_name;
mod plausible;
mod prepare;
mod progress;
mod rarity;
mod ready_made;
mod relate;
mod rows;
mod scorer;
mod session_em;
mod sessions;
mod sketch;
mod slips;
mod sources;
mod splink;
mod train;
mod untrained;
mod validate;
mod value;
mod weights;

pub use agreement::Agreement;
pub use assign::{
    AssignError, OneToOne, Ties, WeighedPair, connected_components, one_to_one, single_best_link,
};
pub use builder::ModelBuilder;
pub use candidates::{BlockingSettings, Candidates, RuleCount};
pub use condition::{CalendarUnit, Condition, EditMeasure, Side, TextMeasure, TimeUnit};
pub use dataset::{Dataset, DatasetError};
pub use date_format::{DateFormat, DateFormatError};
pub use error::{ModelError, ModelErrorKind};
pub use explain::{Explanation, ExplanationLine, explain};
pub use explain_nearest::{NearestRule, PartAgreement, nearest_rule};
pub use key::BlockKey;
pub use link::{LinkSettings, Links};
pub use model::{
    BlockingRule, Column, Comparison, KeyForm, KeyPart, Level, Model, TermFrequencies,
    TermFrequencyAdjustment, TermKey, TextUnit,
};
pub use part::{Part, Pattern};
pub use prepare::Transform;
pub use progress::{Progress, Stage};
pub use relate::{Related, Relation};
pub use scorer::{ComparisonWeight, PreparedRecord, Scorer, Weighed};
pub use sessions::{Estimated, Labels, Session, SessionError, SessionSettings, SessionTraining, UnseenLevel};
pub(crate) use sketch::Sketch;
pub use splink::{Dialect, LinkType, SplinkError, SplinkErrorKind, SplinkExport, SplinkImport};
pub use train::{Training, TrainingError, TrainingSettings};
pub use weights::probability;
mod field;
mod measure;

pub use field::{FieldKind, recognise};
pub use measure::{Accuracy, MeasureError, NO_TRUTH, PairCounts, Quality, measure};

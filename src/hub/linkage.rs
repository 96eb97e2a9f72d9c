//! Probabilistic matching inside the hub: the model, and how a record is read for it.

use std::fmt;
use std::sync::Arc;

use crate::identifier::{Identifier, IdentifierKind};
use crate::identity::linkage::{
    BlockingRule, KeyForm, KeyPart, Model, ModelError, PreparedRecord, Scorer, Sketch,
};
use crate::record::Record;

use super::Rules;
use super::standing::{is_evidence, withdrew_matching};
use super::stored::Place;

/// How the hub matches records that share no identifier: a trained [`Model`] with blocking rules.
///
/// Of each record the model sees the fields (`first_name` as `given_name`, `last_name` as `family_name`, `name` as
/// `full_name`, `birthday` as `birth_date`, `address.street` as `address_line`, `address.postal_code` as `postcode`,
/// `address.city` as `city`, others by their own names) and of each kind of identifier (`email`, `phone`,
/// `loyalty_card`, `national_id`, `passport`, `driving_licence`, `tax_id`, `device`) the best claim that is evidence:
/// of several the best founded, then the one first claimed last. So blocked values do not speak, nor does an address
/// whose use is withdrawn.
///
/// A record takes no part at all if its latest word about the consent purpose `matching` is a withdrawal, if it claims
/// more identifiers than one person has, if it keeps the events of nobody, or if it tells nothing but a device.
///
/// An erasure takes a record out of every block and sketch. The model is the host's and was trained before: it counts, by
/// hash, values that several records held then. Train it again after erasures, and they are not counted any more.
///
/// ```
/// use throughline::hub::{Linkage, Rules};
/// use throughline::identity::linkage::Model;
/// let mut model = Model::person(); // train it on your own records first: see `Hub::dataset`
/// model.blocking = Linkage::blocking(&model);
/// let mut rules = Rules::retail(b"from your secret manager");
/// rules.linkage = Some(Linkage::new(model)?);
/// # Ok::<(), throughline::hub::LinkageError>(())
/// ```
#[derive(Clone)]
pub struct Linkage {
    inner: Arc<Inner>,
    weigh_all_within: u32,
}

struct Inner {
    scorer: Scorer<'static>,
    reader: Reader,
    /// By rule the most records of a block.
    max_block: Vec<u8>,
}

impl fmt::Debug for Linkage {
    /// The model holds values of customers, in its frequencies.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linkage")
            .field("comparisons", &self.model().comparisons.len())
            .field("rules", &self.inner.max_block.len())
            .field("weigh_all_within", &self.weigh_all_within)
            .finish_non_exhaustive()
    }
}

impl Linkage {
    /// The most records that a block may have whose pairs are looked at one event at a time.
    pub const MAX_BLOCK: u32 = 64;
    /// The most blocking rules.
    pub const MAX_RULES: usize = 64;
    /// The most records of a component whose pairs may all be weighed.
    pub const MAX_WEIGHED: u32 = 1_024;

    /// Checks and compiles a model.
    ///
    /// # Errors
    /// The model does not fit together, has no blocking rules or too many, or one whose blocks may be too large.
    pub fn new(model: Model) -> Result<Self, LinkageError> {
        let error = |kind| LinkageError { kind, model: None };
        if model.blocking.is_empty() {
            return Err(error(LinkageErrorKind::NoBlocking));
        }
        if model.blocking.len() > Self::MAX_RULES
            || model.blocking.iter().any(|rule| rule.split.len() >= usize::from(Place::WHOLE))
        {
            return Err(error(LinkageErrorKind::TooManyRules));
        }
        if model.blocking.iter().any(|rule| rule.parts.is_empty()) {
            return Err(error(LinkageErrorKind::EmptyRule));
        }
        if model.blocking.iter().any(|rule| rule.max_block < 2 || rule.max_block > Self::MAX_BLOCK) {
            return Err(error(LinkageErrorKind::MaxBlock));
        }
        let inner = Inner {
            reader: Reader::new(&model),
            max_block: model
                .blocking
                .iter()
                .map(|rule| u8::try_from(rule.max_block).unwrap_or(u8::MAX))
                .collect(),
            scorer: Scorer::shared(Arc::new(model))?,
        };
        Ok(Self { inner: Arc::new(inner), weigh_all_within: 256 })
    }

    /// In a component of at most so many records all pairs are weighed, in a larger one those that share a block; 256
    /// if nothing else is said, at most [`Linkage::MAX_WEIGHED`].
    #[must_use]
    pub fn weigh_all_within(mut self, records: u32) -> Self {
        self.weigh_all_within = records.min(Self::MAX_WEIGHED);
        self
    }

    /// Forgets the names of people that were prepared before, so that none of an erased person stays in memory.
    pub(crate) fn forget_names(&self) {
        self.inner.scorer.forget_names();
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Model {
        self.inner.scorer.model()
    }

    /// Blocking rules for people that find few records each, those of them whose columns the model has. They look for
    /// the same address, telephone or card, for a name with a birth date or a place, and for the whole name.
    #[must_use]
    pub fn blocking(model: &Model) -> Vec<BlockingRule> {
        use KeyForm::{Initial, Place, Sound, Whole, Year};
        let rule = |parts: &[(&str, KeyForm)], split: &[(&str, KeyForm)]| {
            let of = |parts: &[(&str, KeyForm)]| -> Vec<KeyPart> {
                parts.iter().map(|(column, form)| KeyPart::new(column, *form)).collect()
            };
            BlockingRule { split: of(split), max_block: 16, ..BlockingRule::on(of(parts)) }
        };
        let mut rules = vec![
            rule(&[("national_id", Whole)], &[]),
            rule(&[("email", Whole)], &[]),
            rule(&[("phone", Whole)], &[]),
            rule(&[("loyalty_card", Whole)], &[]),
            rule(&[("given", Sound), ("family", Sound)], &[("born", Year), ("postcode", Whole)]),
            rule(&[("born", Whole), ("given", Initial)], &[("family", Initial)]),
            rule(&[("family", Sound), ("postcode", Whole)], &[("given", Initial)]),
            rule(&[("given", Sound), ("family", Initial), ("postcode", Whole)], &[]),
            rule(&[("address", Place)], &[("given", Initial)]),
        ];
        let known = |part: &KeyPart| model.columns.iter().any(|column| column.name == part.column);
        rules.retain(|rule| rule.parts.iter().all(known));
        rules.iter_mut().for_each(|rule| rule.split.retain(known));
        rules
    }

    pub(crate) fn scorer(&self) -> &Scorer<'static> {
        &self.inner.scorer
    }

    pub(crate) const fn weighs_all_within(&self) -> u32 {
        self.weigh_all_within
    }

    /// A record as the model compares it; `None` if it takes no part.
    pub(crate) fn prepare(&self, record: &Record, rules: &Rules) -> Option<PreparedRecord> {
        self.inner.reader.prepare(&self.inner.scorer, record, rules)
    }

    /// The blocks of a record, in order.
    pub(crate) fn places(&self, record: &PreparedRecord, rules: &Rules) -> Vec<Place> {
        let keys = self.inner.scorer.block_keys(record);
        let mut places: Vec<Place> = keys
            .into_iter()
            .filter_map(|key| {
                let rule = u8::try_from(key.rule).ok()?;
                let split = key.split.map_or(Some(Place::WHOLE), |split| u8::try_from(split).ok())?;
                let most = *self.inner.max_block.get(usize::from(rule))?;
                let digest = rules.pepper.digest("block", &[&[rule, split, most], &key.key.to_be_bytes()]);
                Some(Place { rule, split, most, block: *digest.first_chunk()? })
            })
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// What is remembered of a record to give up pairs early.
    pub(crate) fn sketch(&self, record: &PreparedRecord, rules: &Rules) -> Sketch {
        let [key @ .., _, _, _, _, _, _, _, _] = rules.pepper.digest("sketch", &[]);
        self.inner.scorer.sketch(record, u64::from_be_bytes(key))
    }

    /// Of each comparison what its best level says, in bits, term frequencies aside.
    pub(crate) fn best_bits(&self) -> impl Iterator<Item = f64> {
        let comparisons = self.inner.scorer.comparisons().iter();
        comparisons
            .map(|comparison| comparison.levels.iter().map(|level| level.weight_bits).fold(0.0, f64::max))
    }
}

/// Where the model's input fields come from in a record.
pub(crate) struct Reader {
    inputs: Vec<(Box<str>, Source)>,
    /// Columns that tell something about a person.
    telling: Vec<usize>,
}

enum Source {
    /// The first of these that it has.
    Fields(Vec<Box<str>>),
    /// The best claim of the kind.
    Claim(IdentifierKind),
}

fn source(input: &str) -> Source {
    let fields = |names: &[&str]| Source::Fields(names.iter().map(|name| (*name).into()).collect());
    match input {
        "given_name" => fields(&["first_name"]),
        "family_name" => fields(&["last_name"]),
        "full_name" => fields(&["name"]),
        "birth_date" => fields(&["birthday"]),
        "address_line" => fields(&["address.street", "address"]),
        "postcode" => fields(&["address.postal_code"]),
        "city" | "state" | "country" => fields(&[&format!("address.{input}")]),
        "device" => Source::Claim(IdentifierKind::DeviceId),
        "email" | "phone" | "loyalty_card" | "national_id" | "passport" | "driving_licence" | "tax_id" => {
            IdentifierKind::parse(input).map_or_else(|_| fields(&[input]), Source::Claim)
        }
        other => fields(&[other]),
    }
}

impl Reader {
    pub(crate) fn new(model: &Model) -> Self {
        let mut inputs: Vec<(Box<str>, Source)> = Vec::new();
        let mut telling = Vec::new();
        for (place, column) in model.columns.iter().enumerate() {
            for input in &column.inputs {
                if inputs.iter().all(|(known, _)| **known != **input) {
                    inputs.push((input.as_str().into(), source(input)));
                }
            }
            if column.inputs.iter().any(|input| input != "device") {
                telling.push(place);
            }
        }
        Self { inputs, telling }
    }

    /// The model's input fields, each once.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|(name, _)| &**name)
    }

    /// What a record says in each, in their order.
    pub(crate) fn texts<'r>(&self, record: &'r Record, rules: &Rules) -> Vec<Option<&'r str>> {
        let one = |(_, source): &(Box<str>, Source)| match source {
            Source::Fields(names) => {
                names.iter().find_map(|name| record.fields.get(name)).map(|field| &**field.value.reveal())
            }
            Source::Claim(kind) => {
                let of_kind = record.claims.iter().filter(|(identifier, _)| identifier.kind() == kind);
                let best =
                    of_kind.filter(|(identifier, _)| is_evidence(record, identifier, rules)).max_by_key(
                        |(identifier, claim)| (claim.level(), claim.first_at, std::cmp::Reverse(*identifier)),
                    );
                best.map(|(identifier, _)| identifier.reveal())
            }
        };
        self.inputs.iter().map(one).collect()
    }

    /// The record as a model of these columns compares it; `None` if it takes no part.
    pub(crate) fn prepare(
        &self,
        scorer: &Scorer<'_>,
        record: &Record,
        rules: &Rules,
    ) -> Option<PreparedRecord> {
        if !may_take_part(record) {
            return None;
        }
        let texts = self.texts(record, rules);
        let prepared = scorer.prepare(&|input| {
            let place = self.inputs.iter().position(|(name, _)| **name == *input)?;
            texts.get(place).copied().flatten()
        });
        self.telling.iter().any(|column| prepared.value(*column).is_some()).then_some(prepared)
    }
}

/// Whether a record is of one person who does not mind.
pub(crate) fn may_take_part(record: &Record) -> bool {
    !record.crowded && record.subject != Identifier::nobody() && !withdrew_matching(record)
}

/// Why a model cannot be used one record at a time: fix the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkageError {
    kind: LinkageErrorKind,
    model: Option<ModelError>,
}

/// The kind of a [`LinkageError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkageErrorKind {
    /// The model does not fit together.
    Model,
    /// It has no blocking rules: a single record cannot choose them from the data.
    NoBlocking,
    /// More than [`Linkage::MAX_RULES`] blocking rules, or 255 or more parts that split one.
    TooManyRules,
    /// A blocking rule without parts finds everybody.
    EmptyRule,
    /// A rule's `max_block` is not in 2 to [`Linkage::MAX_BLOCK`].
    MaxBlock,
}

impl LinkageError {
    /// What to fix.
    #[must_use]
    pub const fn kind(&self) -> LinkageErrorKind {
        self.kind
    }
}

impl From<ModelError> for LinkageError {
    fn from(error: ModelError) -> Self {
        Self { kind: LinkageErrorKind::Model, model: Some(error) }
    }
}

impl fmt::Display for LinkageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            LinkageErrorKind::Model => "the linkage model cannot be used",
            LinkageErrorKind::NoBlocking => "the linkage model has no blocking rules",
            LinkageErrorKind::TooManyRules => "the linkage model has too many blocking rules",
            LinkageErrorKind::EmptyRule => "a blocking rule has no parts",
            LinkageErrorKind::MaxBlock => "`max_block` of a blocking rule must be 2 to 64",
        })
    }
}

impl std::error::Error for LinkageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.model.as_ref().map(|error| error as _)
    }
}

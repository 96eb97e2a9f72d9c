//! Models of anything: columns, comparisons and blocking rules, put together and checked.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{ModelError, ModelErrorKind};
use super::model::{BlockingRule, Column, Comparison, Model, TextUnit};
use super::part::{Part, Pattern};
use super::prepare::Transform;
use super::scorer::Scorer;
use super::validate::fits_training;

/// Puts a [`Model`] together.
///
/// Ready-made comparisons, such as [`Comparison::jaro_winkler`], name the columns that they look at; a comparison of
/// your own is a [`Comparison`] with the levels that you want. A comparison of e-mail addresses or of postcodes also
/// looks at parts of them: the columns of those parts are added when the model is built.
///
/// ```
/// use throughline::identity::linkage::{
///     BlockingRule, Comparison, KeyForm, KeyPart, Model, Scorer, Transform,
/// };
/// // Products of two catalogues: in which ways may they agree, and which are compared at all?
/// let model = Model::builder()
///     .column("title", ["title", "name"], Transform::Text)
///     .column("brand", ["brand"], Transform::Text)
///     .column("barcode", ["gtin"], Transform::Code)
///     .column("price", ["price"], Transform::Number)
///     .column("colours", ["colours"], Transform::List)
///     .compare(Comparison::jaccard("title", &[0.9, 0.7]))
///     .compare(Comparison::exact("brand", "brand").with_term_frequency())
///     .compare(Comparison::levenshtein("barcode", &[1]))
///     .compare(Comparison::percentage_difference("price", &[0.02, 0.2]))
///     .compare(Comparison::array_intersect("colours", &[1]))
///     .block(BlockingRule::on([KeyPart::new("barcode", KeyForm::Whole)]))
///     .block(BlockingRule::on([
///         KeyPart::new("brand", KeyForm::Whole),
///         KeyPart::new("title", KeyForm::Prefix(4)),
///     ]))
///     .prior(0.001)
///     .build()?;
///
/// // Untrained, it weighs by defaults; `Candidates` trains it.
/// let scorer = Scorer::new(&model)?;
/// let ours = scorer.prepare(&|field| match field {
///     "title" => Some("Самовар угольный 5 л"),
///     "brand" => Some("Тула"),
///     "price" => Some("21900"),
///     _ => None,
/// });
/// let theirs = scorer.prepare(&|field| match field {
///     "name" => Some("самовар угольный, 5 л"),
///     "brand" => Some("ТУЛА"),
///     "price" => Some("21500"),
///     _ => None,
/// });
/// assert!(scorer.weigh(&ours, &theirs).probability() > 0.9);
/// # Ok::<(), throughline::identity::linkage::ModelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ModelBuilder {
    model: Model,
}

impl Model {
    /// A model of nothing yet, to be put together.
    #[must_use]
    pub const fn builder() -> ModelBuilder {
        ModelBuilder {
            model: Self {
                columns: Vec::new(),
                comparisons: Vec::new(),
                blocking: Vec::new(),
                prior: 0.0001,
                household_prior: 0.0,
                term_frequencies: BTreeMap::new(),
                text_unit: TextUnit::Characters,
            },
        }
    }
}

impl ModelBuilder {
    /// A value made from fields of a record; of several fields most transforms take the first that has a value.
    #[must_use]
    pub fn column<'a>(
        mut self,
        name: &str,
        inputs: impl IntoIterator<Item = &'a str>,
        transform: Transform,
    ) -> Self {
        self.model.columns.push(Column {
            name: name.to_owned(),
            inputs: inputs.into_iter().map(str::to_owned).collect(),
            transform,
        });
        self
    }

    /// A fact that is compared. No two comparisons should look at the same fact.
    #[must_use]
    pub fn compare(mut self, comparison: Comparison) -> Self {
        self.model.comparisons.push(comparison);
        self
    }

    /// Records that agree on all parts of the rule are compared.
    #[must_use]
    pub fn block(mut self, rule: BlockingRule) -> Self {
        self.model.blocking.push(rule);
        self
    }

    /// The probability that two records drawn at random are one and the same, 0 to 1. Without it 0.0001; training
    /// finds a better one.
    #[must_use]
    pub const fn prior(mut self, prior: f64) -> Self {
        self.model.prior = prior;
        self
    }

    /// What text comparators count. Without it characters.
    #[must_use]
    pub const fn text_unit(mut self, unit: TextUnit) -> Self {
        self.model.text_unit = unit;
        self
    }

    /// The model.
    ///
    /// # Errors
    /// Whatever [`ModelErrorKind`] names: a comparison or a rule names a column that there is not, or asks of a column
    /// what its values cannot answer; two columns or comparisons have one name; a probability or a threshold cannot be
    /// used. The parts of e-mail addresses and postcodes need a column of [`Transform::Raw`] or [`Transform::Text`].
    pub fn build(mut self) -> Result<Model, ModelError> {
        add_parts(&mut self.model)?;
        Scorer::new(&self.model)?;
        fits_training(&self.model)?;
        Ok(self.model)
    }
}

/// The parts that ready-made comparisons look at: what the column is called after that of the whole.
pub(super) const PARTS: [(&str, Pattern); 7] = [
    (" local part", Pattern::EmailLocalPart),
    (" domain", Pattern::EmailDomain),
    (" full address", Pattern::EmailAddress),
    (" full postcode", Pattern::PostcodeFull),
    (" sector", Pattern::PostcodeSector),
    (" district", Pattern::PostcodeDistrict),
    (" area", Pattern::PostcodeArea),
];

/// The column of a part of a column.
pub(super) fn part_of(column: &str, pattern: Pattern) -> String {
    let suffix = PARTS.iter().find(|(_, of)| *of == pattern).map_or("", |(suffix, _)| suffix);
    format!("{column}{suffix}")
}

/// Adds the columns of parts that comparisons or rules name and that there are not yet.
fn add_parts(model: &mut Model) -> Result<(), ModelError> {
    let mut named: Vec<&str> = Vec::new();
    for level in model.comparisons.iter().flat_map(|comparison| &comparison.levels) {
        level.condition.columns(&mut named);
    }
    let parts = model.blocking.iter().flat_map(|rule| rule.parts.iter().chain(&rule.split));
    named.extend(parts.map(|part| &*part.column));
    let named: BTreeSet<&str> = named.into_iter().collect();
    let column = |name: &str| model.columns.iter().find(|column| column.name == name);
    let mut added = Vec::new();
    for name in named.into_iter().filter(|name| column(name).is_none()) {
        let whole =
            PARTS.iter().find_map(|(suffix, pattern)| Some((column(name.strip_suffix(suffix)?)?, *pattern)));
        let Some((whole, pattern)) = whole else { continue };
        let lower = match whole.transform {
            Transform::Raw => false,
            Transform::Text => true,
            _ => return Err(ModelError::new(ModelErrorKind::WrongValues, &whole.name)),
        };
        added.push(Column {
            name: name.to_owned(),
            inputs: whole.inputs.clone(),
            transform: Transform::Part(Part { lower, pattern: Some(pattern), ..Part::default() }),
        });
    }
    model.columns.extend(added);
    Ok(())
}

#[cfg(test)]
#[path = "builder_tests.rs"]
mod tests;

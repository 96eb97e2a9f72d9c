//! Splink's settings as a model.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::super::condition::{Condition, Side};
use super::super::model::{
    BlockingRule, Comparison, KeyForm, KeyPart, Level, Model, TermFrequencies, TermFrequencyAdjustment,
    TermKey, TextUnit,
};
use super::super::part::Part;
use super::super::prepare::Transform;
use super::super::scorer::Scorer;
use super::error::{SplinkError, SplinkErrorKind};
use super::link_type::LinkType;
use super::operand::{Columns, Derived, Operand, Refused, operand, refuse};
use super::shapes;
use super::sql::{Expression, Node, Operator, parse};

/// How a Splink model is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplinkImport {
    /// What text comparators count: bytes, as Splink on DuckDB does, gives the very weights that Splink gives;
    /// characters is right outside ASCII.
    pub text_unit: TextUnit,
    /// Which pairs you compare by it. A [`Model`] does not say, so a file that says otherwise is refused: the blocking
    /// rules and the prior of a model for linking are about pairs of different sources.
    pub link_type: LinkType,
}

impl Default for SplinkImport {
    fn default() -> Self {
        Self { text_unit: TextUnit::Bytes, link_type: LinkType::DedupeOnly }
    }
}

/// What is read of a settings file; whatever else it holds does not change a weight.
#[derive(Deserialize)]
struct Settings {
    #[serde(default)]
    link_type: Option<String>,
    #[serde(default)]
    probability_two_random_records_match: Option<Written>,
    #[serde(default)]
    blocking_rules_to_generate_predictions: Vec<Rule>,
    comparisons: Vec<SettingsComparison>,
}

const PRIOR: &str = "probability_two_random_records_match";

/// The prior that Splink starts from.
const DEFAULT_PRIOR: f64 = 0.0001;

/// A blocking rule: its SQL alone, or an object.
struct Rule {
    blocking_rule: String,
    arrays_to_explode: Vec<String>,
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(RuleVisitor)
    }
}

struct RuleVisitor;

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = Rule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a blocking rule: SQL, or an object with `blocking_rule`")
    }

    fn visit_str<E: de::Error>(self, sql: &str) -> Result<Rule, E> {
        Ok(Rule { blocking_rule: sql.to_owned(), arrays_to_explode: Vec::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Rule, A::Error> {
        #[derive(Deserialize)]
        struct Object {
            blocking_rule: String,
            #[serde(default)]
            arrays_to_explode: Option<Vec<String>>,
        }
        let Object { blocking_rule, arrays_to_explode } =
            Object::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Rule { blocking_rule, arrays_to_explode: arrays_to_explode.unwrap_or_default() })
    }
}

#[derive(Deserialize)]
struct SettingsComparison {
    #[serde(default)]
    output_column_name: Option<String>,
    comparison_levels: Vec<SettingsLevel>,
}

#[derive(Deserialize)]
struct SettingsLevel {
    sql_condition: String,
    #[serde(default)]
    label_for_charts: Option<String>,
    #[serde(default)]
    is_null_level: bool,
    #[serde(default)]
    m_probability: Option<Written>,
    #[serde(default)]
    u_probability: Option<Written>,
    #[serde(default)]
    fix_m_probability: bool,
    #[serde(default)]
    fix_u_probability: bool,
    #[serde(default)]
    tf_adjustment_column: Option<String>,
    #[serde(default)]
    tf_adjustment_weight: Option<Written>,
    #[serde(default)]
    tf_minimum_u_value: Option<Written>,
    #[serde(default)]
    disable_tf_exact_match_detection: bool,
}

/// A number as it is written: read by the standard library, whose result is always the nearest one, so that a model
/// that is written and read again is the same to the last bit.
#[derive(Deserialize)]
#[serde(transparent)]
struct Written(Box<RawValue>);

/// What Splink writes for a probability that it has not seen in training, in quotation marks.
const NOT_OBSERVED: &str = "\"level not observed in training dataset\"";

/// The number of a setting at a place.
fn number(place: &str, setting: &str, written: Option<&Written>) -> Result<Option<f64>, SplinkError> {
    let Some(Written(text)) = written else { return Ok(None) };
    let complain = |_| {
        let complaint = format!("{place}: `{setting}` is {text}, which is no number");
        SplinkError::new(SplinkErrorKind::Json, place, complaint)
    };
    text.get().parse().map(Some).map_err(complain)
}

/// Likewise, of a probability that may not have been observed.
fn observed(place: &str, setting: &str, written: Option<&Written>) -> Result<Option<f64>, SplinkError> {
    number(place, setting, written.filter(|Written(text)| text.get() != NOT_OBSERVED))
}

impl Model {
    /// Reads the settings that Splink 3, 4 or 5 saved.
    ///
    /// Conditions are read by their SQL, never by their labels. The values that Splink takes from SQL expressions, such
    /// as a postcode's sector, become columns of their own. An empty text counts as no value; Splink's own readers
    /// differ here. Term frequencies are not in the settings: without [`Model::with_term_frequencies`] the adjustments
    /// are 0. Splink does not cap blocks, so the rules do not either.
    ///
    /// # Errors
    /// `Json`; `UnsupportedSql` with exactly the SQL that is not understood and the comparison's name;
    /// `UnsupportedSetting` (arrays that are exploded, another link type than [`SplinkImport::link_type`]); `Model` where everything was understood but makes no sense.
    ///
    /// ```
    /// use throughline::identity::linkage::{Condition, Model, SplinkImport};
    /// let settings = br#"{"probability_two_random_records_match": 0.01, "comparisons": [{
    ///   "output_column_name": "city", "comparison_levels": [
    ///     {"sql_condition": "\"city_l\" IS NULL OR \"city_r\" IS NULL", "is_null_level": true},
    ///     {"sql_condition": "\"city_l\" = \"city_r\"", "m_probability": 0.9, "u_probability": 0.1},
    ///     {"sql_condition": "ELSE", "m_probability": 0.1, "u_probability": 0.9}]}]}"#;
    /// let model = Model::from_splink_json(settings, SplinkImport::default())?;
    /// assert_eq!(model.comparisons[0].levels[1].condition, Condition::Exact { column: "city".into() });
    /// # Ok::<(), throughline::identity::linkage::SplinkError>(())
    /// ```
    pub fn from_splink_json(json: &[u8], import: SplinkImport) -> Result<Self, SplinkError> {
        let settings: Settings = serde_json::from_slice(json)
            .map_err(|error| SplinkError::new(SplinkErrorKind::Json, "settings", error.to_string()))?;
        if let Some(found) = settings.link_type.as_deref().filter(|found| *found != import.link_type.as_str())
        {
            let setting = format!("link_type: {found}");
            return Err(SplinkError::new(SplinkErrorKind::UnsupportedSetting, "settings", setting));
        }
        // What a field is may be learnt from a later condition, so everything is read twice.
        let mut columns = Columns::default();
        read(&settings, &mut columns)?;
        columns.take();
        let (comparisons, blocking) = read(&settings, &mut columns)?;
        let model = Self {
            columns: columns.take(),
            comparisons,
            blocking,
            prior: number("settings", PRIOR, settings.probability_two_random_records_match.as_ref())?
                .unwrap_or(DEFAULT_PRIOR),
            household_prior: 0.0,
            term_frequencies: std::collections::BTreeMap::new(),
            text_unit: import.text_unit,
        };
        match Scorer::new(&model) {
            Ok(_) => Ok(model),
            Err(error) => Err(SplinkError::model(&error)),
        }
    }

    /// The model with the frequencies of a column's values: how many records hold any, and how many hold each, as the
    /// column gives it. Values held once may be left out; counts above four thousand million count as that many.
    #[must_use]
    pub fn with_term_frequencies(
        mut self,
        column: &str,
        counts: impl IntoIterator<Item = (String, u64)>,
    ) -> Self {
        let mut frequencies = TermFrequencies::default();
        for (value, count) in counts {
            frequencies.records = frequencies.records.saturating_add(count);
            if count != 1 {
                frequencies.counts.insert(TermKey::of(&value), u32::try_from(count).unwrap_or(u32::MAX));
            }
        }
        self.term_frequencies.insert(column.to_owned(), frequencies);
        self
    }
}

fn read(
    settings: &Settings,
    columns: &mut Columns,
) -> Result<(Vec<Comparison>, Vec<BlockingRule>), SplinkError> {
    let mut comparisons = Vec::with_capacity(settings.comparisons.len());
    for (at, comparison) in settings.comparisons.iter().enumerate() {
        let name = comparison.output_column_name.clone().unwrap_or_else(|| format!("comparison {at}"));
        let mut levels = Vec::with_capacity(comparison.comparison_levels.len());
        for level in &comparison.comparison_levels {
            levels.push(read_level(level, &name, columns)?);
        }
        comparisons.push(Comparison { name, levels, shared: false });
    }
    let mut blocking = Vec::new();
    for (at, rule) in settings.blocking_rules_to_generate_predictions.iter().enumerate() {
        let place = format!("blocking rule {at}");
        if !rule.arrays_to_explode.is_empty() {
            return Err(SplinkError::new(SplinkErrorKind::UnsupportedSetting, place, "arrays_to_explode"));
        }
        let sql = &rule.blocking_rule;
        let parts = parse(sql).and_then(|node| {
            let mut parts = Vec::new();
            key_parts(&node, columns, &mut parts)?;
            Ok(parts)
        });
        let parts = parts.map_err(|place_in_sql| unsupported(&place, sql, place_in_sql))?;
        blocking.push(BlockingRule { parts, split: Vec::new(), max_block: u32::MAX });
    }
    Ok((comparisons, blocking))
}

fn read_level(level: &SettingsLevel, comparison: &str, columns: &mut Columns) -> Result<Level, SplinkError> {
    let sql = &level.sql_condition;
    let condition: Condition =
        shapes::condition(sql, columns).map_err(|place| unsupported(comparison, sql, place))?;
    let term_frequency = match &level.tf_adjustment_column {
        None => None,
        Some(field) => {
            let operand = Operand { side: Side::Left, field: field.clone(), derived: Derived::Base };
            let column = columns.name(&operand, None).unwrap_or_else(|| field.clone());
            Some(TermFrequencyAdjustment {
                column,
                people_by: None,
                weight: number(comparison, "tf_adjustment_weight", level.tf_adjustment_weight.as_ref())?
                    .unwrap_or(1.0),
                minimum: number(comparison, "tf_minimum_u_value", level.tf_minimum_u_value.as_ref())?
                    .unwrap_or(0.0),
                own_u: level.disable_tf_exact_match_detection,
            })
        }
    };
    Ok(Level {
        name: level.label_for_charts.clone().unwrap_or_else(|| sql.clone()),
        condition,
        null: level.is_null_level,
        m: observed(comparison, "m_probability", level.m_probability.as_ref())?,
        u: observed(comparison, "u_probability", level.u_probability.as_ref())?,
        household: None,
        fixed_m: level.fix_m_probability,
        fixed_u: level.fix_u_probability,
        term_frequency,
    })
}

fn unsupported(place: &str, sql: &str, (start, end): Refused) -> SplinkError {
    let text = sql.get(start..end).filter(|text| !text.trim().is_empty()).unwrap_or(sql);
    SplinkError::new(SplinkErrorKind::UnsupportedSql, place, text)
}

/// Reads `l.a = r.a AND ..`.
fn key_parts(node: &Node, columns: &mut Columns, parts: &mut Vec<KeyPart>) -> Result<(), Refused> {
    match &node.expression {
        Expression::Binary(Operator::And, left, right) => {
            key_parts(left, columns, parts)?;
            key_parts(right, columns, parts)
        }
        Expression::Binary(Operator::Equal, left, right) => {
            let (left, right) = (operand(left)?, operand(right)?);
            if left.side == right.side || left.field != right.field || left.derived != right.derived {
                return refuse(node);
            }
            let (operand, prefix) = without_prefix(left);
            match columns.name(&operand, None) {
                Some(column) => {
                    let form = if prefix == 0 { KeyForm::Whole } else { KeyForm::Prefix(prefix) };
                    parts.push(KeyPart { column, form });
                    Ok(())
                }
                None => refuse(node),
            }
        }
        _ => refuse(node),
    }
}

/// Takes the first characters as the key part's own prefix.
fn without_prefix(operand: Operand) -> (Operand, u8) {
    if let Derived::Part(part) = operand.derived
        && part.start == 1
        && let Ok(prefix) = u8::try_from(part.length)
    {
        let rest = Part { start: 0, length: 0, ..part };
        let derived = if rest == Part::default() { Derived::Base } else { Derived::Part(rest) };
        return (Operand { derived, ..operand }, prefix);
    }
    (operand, 0)
}

/// Whether a column is a field as the engine holds it.
pub(super) fn is_base(transform: Transform) -> bool {
    use super::super::date_format::DateFormat;
    match transform {
        Transform::Raw | Transform::List | Transform::Number | Transform::Vector => true,
        Transform::Instant(format) => format == DateFormat::iso(),
        _ => false,
    }
}

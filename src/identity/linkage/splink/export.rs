//! A model as Splink's settings.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::condition::{CalendarUnit, Condition, EditMeasure, Side, TextMeasure};
use super::super::date_format::DateFormat;
use super::super::model::{BlockingRule, Column, Comparison, KeyForm, KeyPart, Level, Model};
use super::super::part::Part;
use super::super::prepare::Transform;
use super::super::scorer::Scorer;
use super::error::{SplinkError, SplinkErrorKind};
use super::import::is_base;
use super::link_type::LinkType;
use super::operand::PATTERNS;
use super::templates;

/// The SQL that a settings file is written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Dialect {
    /// DuckDB's, which is Splink's own default.
    #[default]
    DuckDb,
}

/// How a model is given to Splink: what a [`Model`] does not say.
///
/// ```
/// use throughline::identity::linkage::{LinkType, SplinkExport};
/// let saved = br#"{"link_type": "link_only", "unique_id_column_name": "person_id", "comparisons": []}"#;
/// let export = SplinkExport::like(saved)?;
/// assert_eq!((export.link_type, &*export.unique_id_column), (LinkType::LinkOnly, "person_id"));
/// # Ok::<(), throughline::identity::linkage::SplinkError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplinkExport {
    /// The SQL.
    pub dialect: Dialect,
    /// Which pairs Splink is to compare.
    pub link_type: LinkType,
    /// The column that tells the records of one source apart.
    pub unique_id_column: String,
    /// The column that says from which source a record comes.
    pub source_column: String,
}

impl Default for SplinkExport {
    fn default() -> Self {
        Self {
            dialect: Dialect::DuckDb,
            link_type: LinkType::DedupeOnly,
            unique_id_column: "unique_id".to_owned(),
            source_column: "source_dataset".to_owned(),
        }
    }
}

impl From<Dialect> for SplinkExport {
    /// With Splink's own names, to find duplicates.
    fn from(dialect: Dialect) -> Self {
        Self { dialect, ..Self::default() }
    }
}

impl SplinkExport {
    /// As the settings that Splink saved say, so that a model that was read from them is written as they were.
    ///
    /// # Errors
    /// `Json`.
    pub fn like(json: &[u8]) -> Result<Self, SplinkError> {
        #[derive(Deserialize)]
        struct Saved {
            link_type: Option<LinkType>,
            unique_id_column_name: Option<String>,
            source_dataset_column_name: Option<String>,
        }
        let saved: Saved = serde_json::from_slice(json)
            .map_err(|error| SplinkError::new(SplinkErrorKind::Json, "settings", error.to_string()))?;
        let usual = Self::default();
        Ok(Self {
            dialect: usual.dialect,
            link_type: saved.link_type.unwrap_or(usual.link_type),
            unique_id_column: saved.unique_id_column_name.unwrap_or(usual.unique_id_column),
            source_column: saved.source_dataset_column_name.unwrap_or(usual.source_column),
        })
    }
}

impl Model {
    /// Writes the settings that Splink 4 and 5 load: by `Dialect::DuckDb` those for duplicates, by a [`SplinkExport`]
    /// others.
    ///
    /// Read back with [`Model::from_splink_json`] they give the same weights, and written again the same text. Term
    /// frequencies are not part of Splink's settings, nor are the caps and second keys of blocking rules; DuckDB counts
    /// bytes whatever the model counts.
    ///
    /// # Errors
    /// `NotExpressible`, with the comparison's name, for what Splink's SQL on DuckDB cannot say: folded texts and other
    /// values that are more than a part of one field, households, and comparators that DuckDB does not have; `Model` if
    /// the model makes no sense.
    pub fn to_splink_json(&self, export: impl Into<SplinkExport>) -> Result<String, SplinkError> {
        let SplinkExport { dialect: Dialect::DuckDb, link_type, unique_id_column, source_column } =
            export.into();
        Scorer::new(self).map_err(|error| SplinkError::model(&error))?;
        if self.household_prior > 0.0 {
            return Err(inexpressible("model", "household_prior"));
        }
        let comparisons: Vec<Value> =
            self.comparisons.iter().map(|one| self.comparison(one)).collect::<Result<_, _>>()?;
        let rules: Vec<Value> = self
            .blocking
            .iter()
            .enumerate()
            .map(|(at, rule)| self.rule(at, rule))
            .collect::<Result<_, _>>()?;
        let settings = json!({
            "link_type": link_type,
            "probability_two_random_records_match": self.prior,
            "retain_matching_columns": true,
            "retain_intermediate_calculation_columns": true,
            "additional_columns_to_retain": [],
            "sql_dialect": "duckdb",
            "em_convergence": 0.0001,
            "max_iterations": 25,
            "unique_id_column_name": unique_id_column,
            "source_dataset_column_name": source_column,
            "term_frequency_adjustment_column_prefix": "tf_",
            "comparison_vector_value_column_prefix": "gamma_",
            "blocking_rules_to_generate_predictions": rules,
            "comparisons": comparisons,
        });
        serde_json::to_string_pretty(&settings)
            .map_err(|error| SplinkError::new(SplinkErrorKind::Json, "settings", error.to_string()))
    }

    fn comparison(&self, comparison: &Comparison) -> Result<Value, SplinkError> {
        let levels: Vec<Value> = comparison
            .levels
            .iter()
            .map(|level| self.level(level, &comparison.name))
            .collect::<Result<_, _>>()?;
        Ok(json!({ "output_column_name": comparison.name, "comparison_levels": levels }))
    }

    fn level(&self, level: &Level, place: &str) -> Result<Value, SplinkError> {
        let writer = Writer { columns: &self.columns, place };
        let sql = match &level.condition {
            Condition::Else => "ELSE".to_owned(),
            condition => writer.condition(condition)?,
        };
        let mut object = Map::new();
        object.insert("sql_condition".into(), sql.into());
        object.insert("label_for_charts".into(), level.name.clone().into());
        for (name, number) in [("m_probability", level.m), ("u_probability", level.u)] {
            if let Some(number) = number {
                object.insert(name.into(), number.into());
            }
        }
        object.insert("fix_m_probability".into(), level.fixed_m.into());
        object.insert("fix_u_probability".into(), level.fixed_u.into());
        if level.null {
            object.insert("is_null_level".into(), true.into());
        }
        if let Some(adjustment) = &level.term_frequency {
            let field = writer.field(&adjustment.column)?;
            object.insert("tf_adjustment_column".into(), field.into());
            object.insert("tf_adjustment_weight".into(), adjustment.weight.into());
            if adjustment.minimum > 0.0 {
                object.insert("tf_minimum_u_value".into(), adjustment.minimum.into());
            }
            if adjustment.own_u {
                object.insert("disable_tf_exact_match_detection".into(), true.into());
            }
        }
        Ok(object.into())
    }

    fn rule(&self, at: usize, rule: &BlockingRule) -> Result<Value, SplinkError> {
        let place = format!("blocking rule {at}");
        let writer = Writer { columns: &self.columns, place: &place };
        let parts: Vec<String> =
            rule.parts.iter().map(|part| writer.key_part(part)).collect::<Result<_, _>>()?;
        if parts.is_empty() {
            return Err(inexpressible(&place, "a rule without parts"));
        }
        Ok(json!({ "blocking_rule": parts.join(" AND "), "sql_dialect": "duckdb" }))
    }
}

fn inexpressible(place: &str, what: impl Into<String>) -> SplinkError {
    SplinkError::new(SplinkErrorKind::NotExpressible, place, what)
}

struct Writer<'m> {
    columns: &'m [Column],
    place: &'m str,
}

/// Which record's field is written, and how.
#[derive(Clone, Copy)]
enum As {
    /// `"name_l"`.
    Suffix(Side),
    /// `l."name"`.
    Qualifier(Side),
}

impl Writer<'_> {
    fn fail<T>(&self, what: impl Into<String>) -> Result<T, SplinkError> {
        Err(inexpressible(self.place, what))
    }

    fn column(&self, name: &str) -> Result<(&Column, &str), SplinkError> {
        let column = self.columns.iter().find(|column| column.name == name);
        match column.map(|column| (column, column.inputs.as_slice())) {
            Some((column, [field])) => Ok((column, field)),
            _ => self.fail(format!("column `{name}`, which is made from several fields")),
        }
    }

    /// The field that a column is, without any change.
    fn field(&self, name: &str) -> Result<&str, SplinkError> {
        let (column, field) = self.column(name)?;
        if is_base(column.transform) && !self.is_cast(column, field) {
            return Ok(field);
        }
        self.fail(format!("term frequencies of column `{name}`, which is not a field as it is"))
    }

    /// Whether a text column is over a field that the engine holds as something else.
    fn is_cast(&self, column: &Column, field: &str) -> bool {
        column.transform == Transform::Raw
            && column.name != field
            && self.columns.iter().any(|other| {
                other.transform != Transform::Raw
                    && is_base(other.transform)
                    && other.inputs.len() == 1
                    && other.inputs.first().is_some_and(|input| input == field)
            })
    }

    fn value(&self, name: &str, written: As) -> Result<String, SplinkError> {
        let (column, field) = self.column(name)?;
        let side = |side| if side == Side::Left { "l" } else { "r" };
        let plain = match written {
            As::Suffix(of) => templates::quoted(&format!("{field}_{}", side(of))),
            As::Qualifier(of) => format!("{}.{}", side(of), templates::quoted(field)),
        };
        match column.transform {
            Transform::Raw if self.is_cast(column, field) => Ok(format!("CAST({plain} AS TEXT)")),
            Transform::Part(part) => Ok(part_of(&part, plain)),
            Transform::Instant(format) if format == DateFormat::iso() && column.name != field => {
                Ok(format!("TRY_CAST({plain} AS TIMESTAMP)"))
            }
            transform if is_base(transform) => Ok(plain),
            Transform::Instant(format) => {
                if format.as_str().contains("%+") {
                    return self.fail(format!("column `{name}`, whose dates are written in several ways"));
                }
                Ok(format!("try_strptime({plain}, {})", templates::text(format.as_str())))
            }
            _ => self.fail(format!("column `{name}`, which is more than a part of a field")),
        }
    }

    fn both(&self, left: &str, right: &str) -> Result<(String, String), SplinkError> {
        Ok((self.value(left, As::Suffix(Side::Left))?, self.value(right, As::Suffix(Side::Right))?))
    }

    fn key_part(&self, part: &KeyPart) -> Result<String, SplinkError> {
        let left = self.value(&part.column, As::Qualifier(Side::Left))?;
        let right = self.value(&part.column, As::Qualifier(Side::Right))?;
        Ok(match part.form {
            KeyForm::Whole => format!("{left} = {right}"),
            KeyForm::Prefix(length) => format!("SUBSTR({left}, 1, {length}) = SUBSTR({right}, 1, {length})"),
            _ => return self.fail(format!("a part of `{}` that SQL has no function for", part.column)),
        })
    }

    fn literal(&self, column: &str, value: &str) -> Result<String, SplinkError> {
        Ok(match self.column(column)?.0.transform {
            Transform::Number => value.to_owned(),
            Transform::Instant(_) => format!("CAST({} AS TIMESTAMP)", templates::text(value)),
            _ => templates::text(value),
        })
    }

    fn list(&self, all: &[Condition], operator: &str) -> Result<String, SplinkError> {
        if all.is_empty() {
            return self.fail("an empty list of conditions");
        }
        let parts: Vec<String> = all
            .iter()
            .map(|one| self.condition(one).map(|sql| format!("({sql})")))
            .collect::<Result<_, _>>()?;
        Ok(parts.join(operator))
    }

    fn condition(&self, condition: &Condition) -> Result<String, SplinkError> {
        let same = |column: &str| self.both(column, column);
        let crossed =
            |column: &str, with: &Option<String>| self.both(column, with.as_deref().unwrap_or(column));
        Ok(match condition {
            Condition::Agreement { .. } | Condition::Untold { .. } => {
                return self.fail("a fact about a person, which no SQL function compares");
            }
            Condition::Else => return self.fail("ELSE within another condition"),
            Condition::EitherNull { column } => {
                let (left, right) = same(column)?;
                format!("{left} IS NULL OR {right} IS NULL")
            }
            Condition::Null { column, side } => {
                format!("{} IS NULL", self.value(column, As::Suffix(*side))?)
            }
            Condition::Exact { column } => {
                let (left, right) = same(column)?;
                format!("{left} = {right}")
            }
            Condition::Crossed { left, right } => {
                let (left, right) = self.both(left, right)?;
                format!("{left} = {right}")
            }
            Condition::Literal { column, side, value } => {
                format!("{} = {}", self.value(column, As::Suffix(*side))?, self.literal(column, value)?)
            }
            Condition::Similar { column, with, measure, at_least } => {
                let (left, right) = crossed(column, with)?;
                let function = match measure {
                    TextMeasure::Jaro => "jaro_similarity",
                    TextMeasure::JaroWinkler => "jaro_winkler_similarity",
                    TextMeasure::QgramJaccard(1) => "jaccard",
                    other => return self.fail(format!("{other:?}")),
                };
                format!("{function}({left}, {right}) >= {at_least}")
            }
            Condition::Edits { column, with, measure, at_most } => {
                let (left, right) = crossed(column, with)?;
                let function = match measure {
                    EditMeasure::Levenshtein => "levenshtein",
                    EditMeasure::DamerauLevenshtein => "damerau_levenshtein",
                    other => return self.fail(format!("{other:?}")),
                };
                format!("{function}({left}, {right}) <= {at_most}")
            }
            Condition::Shared { column, at_least } => {
                let (left, right) = same(column)?;
                format!("{} >= {at_least}", templates::shared(&left, &right))
            }
            Condition::Subset { column, empty } => {
                let (left, right) = same(column)?;
                let shorter = templates::shorter(&left, &right);
                let subset = format!("{} = {shorter}", templates::shared(&left, &right));
                if *empty { subset } else { format!("{shorter} <> 0 AND {subset}") }
            }
            Condition::Cosine { column, at_least } => {
                let (left, right) = same(column)?;
                format!("array_cosine_similarity({left}, {right}) >= {at_least}")
            }
            Condition::Difference { column, at_most } => {
                let (left, right) = same(column)?;
                format!("ABS({left} - {right}) <= {at_most}")
            }
            Condition::RelativeDifference { column, at_most, signed } => {
                let (left, right) = same(column)?;
                let share = if *signed { templates::relative_difference } else { templates::absolute_share };
                format!("{} <= {at_most}", share(&left, &right))
            }
            Condition::Apart { column, at_most, unit } => {
                let (left, right) = same(column)?;
                format!("ABS(EPOCH({left}) - EPOCH({right})) <= {}", at_most * unit.seconds())
            }
            Condition::Calendar { column, at_most, unit } => {
                let (left, right) = same(column)?;
                let unit = match unit {
                    CalendarUnit::Day => "day",
                    CalendarUnit::Month => "month",
                    CalendarUnit::Year => "year",
                };
                format!("ABS(date_diff('{unit}', {left}, {right})) <= {at_most}")
            }
            Condition::Kilometres { latitude, longitude, at_most } => {
                let ((a, b), (c, d)) = (same(latitude)?, same(longitude)?);
                format!("{} <= {at_most}", templates::kilometres([&a, &b], [&c, &d]))
            }
            Condition::All(all) => self.list(all, " AND ")?,
            Condition::Any(any) => self.list(any, " OR ")?,
            Condition::Not(not) => format!("NOT ({})", self.condition(not)?),
            Condition::DateEdits { .. } => return self.fail("edits between dates"),
        })
    }
}

fn part_of(part: &Part, plain: String) -> String {
    let mut sql = if part.lower { format!("LOWER({plain})") } else { plain };
    if let Some((text, _)) = PATTERNS.iter().find(|(_, pattern)| Some(*pattern) == part.pattern) {
        sql = format!("regexp_extract({sql}, {}, 0)", templates::text(text));
        if !part.or_empty {
            sql = format!("NULLIF({sql}, '')");
        }
    }
    if part.start > 0 || part.length > 0 {
        let start = part.start.max(1);
        let length = if part.length == 0 { 1000 } else { part.length };
        sql = format!("SUBSTRING({sql}, {start}, {length})");
    }
    sql
}

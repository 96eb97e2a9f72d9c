//! When a pair of records is of a level.

use serde::{Deserialize, Serialize};

use super::agreement::Agreement;

/// A condition over the columns of two records, as plain data.
///
/// Missing values follow SQL: a condition over one is neither true nor false but unknown, `Not` of unknown is unknown,
/// and a level whose condition is unknown is passed over. Null tests are never unknown.
///
/// Where a condition has a `with`, it compares the left record's `column` with the right record's `with`: for names
/// that stand in each other's place. Missing: the same column on both sides.
///
/// ```
/// use throughline::identity::linkage::{Condition, TextMeasure};
/// let close = Condition::Similar {
///     column: "surname".into(), with: None, measure: TextMeasure::JaroWinkler, at_least: 0.92,
/// };
/// let json = serde_json::to_string(&close)?;
/// assert_eq!(json, r#"{"similar":{"column":"surname","measure":"jaro_winkler","at_least":0.92}}"#);
/// assert_eq!(serde_json::from_str::<Condition>(&json)?, close);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Condition {
    /// Always true.
    Else,
    /// Either side has no value.
    EitherNull {
        /// The column.
        column: String,
    },
    /// One side has no value.
    Null {
        /// The column.
        column: String,
        /// Whose value is missing.
        side: Side,
    },
    /// Both sides have the same value.
    Exact {
        /// The column.
        column: String,
    },
    /// The left record's value of one column is the right record's value of another.
    Crossed {
        /// The left record's column.
        left: String,
        /// The right record's column.
        right: String,
    },
    /// One side has this very value.
    Literal {
        /// The column.
        column: String,
        /// Whose value it is.
        side: Side,
        /// The value: a text, or a part of one, as the column gives it; anything else as a field would hold it.
        value: String,
    },
    /// Two texts are at least so similar.
    Similar {
        /// The column; of texts.
        column: String,
        /// The right record's column, if it is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<String>,
        /// How similarity is measured.
        measure: TextMeasure,
        /// 0 to 1.
        at_least: f64,
    },
    /// Two texts are at most so many edits apart.
    Edits {
        /// The column; of texts.
        column: String,
        /// The right record's column, if it is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<String>,
        /// What counts as an edit.
        measure: EditMeasure,
        /// How many.
        at_most: u32,
    },
    /// Two lists have at least so many values in common.
    Shared {
        /// The column; of lists.
        column: String,
        /// How many.
        at_least: u32,
    },
    /// One list holds all values of the other.
    Subset {
        /// The column; of lists.
        column: String,
        /// Whether an empty list is within every other.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        empty: bool,
    },
    /// The cosine of the angle between two vectors is at least this.
    Cosine {
        /// The column; of vectors.
        column: String,
        /// -1 to 1.
        at_least: f64,
    },
    /// Two numbers differ by at most this.
    Difference {
        /// The column; of numbers.
        column: String,
        /// In the numbers' own unit.
        at_most: f64,
    },
    /// The difference of two numbers is at most this share of the larger: of the one that is further from 0.
    RelativeDifference {
        /// The column; of numbers.
        column: String,
        /// 0.1 is ten percent.
        at_most: f64,
        /// As Splink measures it: a share of the greater number with its sign, so that any two numbers below 0 are less
        /// than 0 percent apart. The same for numbers above 0.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        signed: bool,
    },
    /// Two dates are at most so far apart.
    Apart {
        /// The column; of dates or instants.
        column: String,
        /// How many of the unit.
        at_most: f64,
        /// The unit.
        unit: TimeUnit,
    },
    /// Between two dates a day, a month or a year begins at most so many times: 31 January and 1 February are a day and
    /// a month apart, at any time of day.
    Calendar {
        /// The column; of dates or instants.
        column: String,
        /// How many.
        at_most: u32,
        /// What begins.
        unit: CalendarUnit,
    },
    /// Two dates, written as eight digits of year, month and day, are at most so many edits apart. A swap of
    /// neighbouring digits is one edit.
    DateEdits {
        /// The column; of dates or instants.
        column: String,
        /// How many.
        at_most: u32,
    },
    /// Two places are at most so far apart on the great circle of a globe of 6,371 km radius.
    Kilometres {
        /// The column of latitudes in degrees; of numbers.
        latitude: String,
        /// The column of longitudes in degrees; of numbers.
        longitude: String,
        /// Kilometres.
        at_most: f64,
    },
    /// A fact agrees at least in this degree; unknown if one side does not tell it.
    Agreement {
        /// The fact.
        on: Agreement,
        /// The degree.
        at_least: u8,
    },
    /// One side does not tell the fact.
    Untold {
        /// The fact.
        on: Agreement,
    },
    /// All of them: false if one is false, unknown if one is unknown and none false.
    All(Vec<Condition>),
    /// Any of them: true if one is true, unknown if one is unknown and none true.
    Any(Vec<Condition>),
    /// Not it.
    Not(Box<Condition>),
}

/// Whose value of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The first record's.
    Left,
    /// The second record's.
    Right,
}

/// How the similarity of two texts is measured, from 0 to 1; see [`crate::similarity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TextMeasure {
    /// Jaro.
    Jaro,
    /// Jaro with a boost for a common beginning.
    JaroWinkler,
    /// What share of the different runs of so many characters both have.
    QgramJaccard(u8),
    /// The cosine between the counts of runs of so many characters.
    QgramCosine(u8),
    /// The longest common subsequence, as a share of the longer text.
    LongestCommonSubsequence,
    /// The words, sorted, by insertions and deletions. Always counts characters.
    TokenSort,
    /// The words that both have, and the rest of either. Always counts characters.
    TokenSet,
}

/// What counts as an edit; see [`crate::similarity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EditMeasure {
    /// To insert, leave out or replace a character.
    Levenshtein,
    /// The same, and to swap two neighbours that are not edited again.
    OptimalStringAlignment,
    /// The same, and the swapped ones may be edited again.
    DamerauLevenshtein,
}

/// A part of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarUnit {
    /// A day, from midnight to midnight.
    Day,
    /// A month of the Gregorian calendar.
    Month,
    /// A year of the Gregorian calendar.
    Year,
}

/// A unit of time of fixed length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// One second.
    Seconds,
    /// 86,400 seconds.
    Days,
    /// 30.4375 days: a twelfth of a year.
    Months,
    /// 365.25 days.
    Years,
}

impl TimeUnit {
    /// Its length in seconds.
    #[must_use]
    pub const fn seconds(self) -> f64 {
        match self {
            Self::Seconds => 1.0,
            Self::Days => 86_400.0,
            Self::Months => 2_629_800.0,
            Self::Years => 31_557_600.0,
        }
    }
}

impl Condition {
    /// Conditions within conditions that a model may have.
    pub const MAX_DEPTH: usize = 32;

    /// Whether it is an equality of one column on both sides, and of which: the level that term frequencies refer to.
    #[must_use]
    pub fn exact_column(&self) -> Option<&str> {
        match self {
            Self::Exact { column } => Some(column),
            Self::Agreement { on, at_least } => on.exact_column(*at_least),
            Self::Crossed { left, right } if left == right => Some(left),
            Self::All(all) | Self::Any(all) if all.len() == 1 => all.first()?.exact_column(),
            _ => None,
        }
    }

    /// The columns that it asks for, appended to `into`; a column may come more than once.
    pub(super) fn columns<'a>(&'a self, into: &mut Vec<&'a str>) {
        match self {
            Self::Else => {}
            Self::All(all) | Self::Any(all) => all.iter().for_each(|one| one.columns(into)),
            Self::Not(not) => not.columns(into),
            Self::Agreement { on, .. } | Self::Untold { on } => {
                into.extend(on.columns().into_iter().map(|(name, _)| name));
            }
            Self::Crossed { left, right } => into.extend([&**left, right]),
            Self::Kilometres { latitude, longitude, .. } => into.extend([&**latitude, longitude]),
            Self::Similar { column, with, .. } | Self::Edits { column, with, .. } => {
                into.push(column);
                into.extend(with.as_deref());
            }
            Self::EitherNull { column }
            | Self::Null { column, .. }
            | Self::Exact { column }
            | Self::Literal { column, .. }
            | Self::Shared { column, .. }
            | Self::Subset { column, .. }
            | Self::Cosine { column, .. }
            | Self::Difference { column, .. }
            | Self::RelativeDifference { column, .. }
            | Self::Apart { column, .. }
            | Self::Calendar { column, .. }
            | Self::DateEdits { column, .. } => into.push(column),
        }
    }
}

//! What a linkage model is: plain data that can be stored, read by a person and sent to another service.

use std::collections::BTreeMap;

use faster_hex::{Hex, hex_decode_array};
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::hash::hash;
use super::prepare::Transform;

/// A Fellegi-Sunter model: which values are compared, how alike they may be, and what each degree says.
///
/// The weight of a pair is `log2(prior odds) + sum of log2(m / u) + term frequency adjustments`, in bits; where the
/// model knows households, what speaks for two different people of one household is taken off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The values that comparisons and blocking rules name, each made from fields of a record.
    pub columns: Vec<Column>,
    /// What is compared. No two comparisons should look at the same fact.
    pub comparisons: Vec<Comparison>,
    /// Which pairs are compared at all.
    #[serde(default)]
    pub blocking: Vec<BlockingRule>,
    /// The probability that two records drawn at random are one person's.
    pub prior: f64,
    /// The probability that two records drawn at random are of two people of one household; 0 where the model does
    /// not tell households apart.
    #[serde(default)]
    pub household_prior: f64,
    /// How frequent each value of the columns with term frequency adjustments is.
    #[serde(default)]
    pub term_frequencies: BTreeMap<String, TermFrequencies>,
    /// What text comparators count.
    #[serde(default)]
    pub text_unit: TextUnit,
}

/// What text comparators count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextUnit {
    /// Unicode characters.
    #[default]
    Characters,
    /// UTF-8 bytes, as Splink on DuckDB does: wrong outside ASCII, and here only so that imported models score alike.
    Bytes,
}

/// A value made from one or more fields of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What comparisons and blocking rules call it.
    pub name: String,
    /// The fields that it is made from, by name.
    pub inputs: Vec<String>,
    /// How it is made.
    pub transform: Transform,
}

/// Ordered degrees of agreement: the first level whose condition is true is the pair's. None true: the pair is
/// treated as unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// What it is called in explanations and reports.
    pub name: String,
    /// From best to worst; null levels first.
    pub levels: Vec<Level>,
    /// People of one household often agree in it, as in an address or a family name. Where they do not, they are like
    /// strangers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// One degree of agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// What it is called in explanations and reports.
    pub name: String,
    /// When a pair is of this level.
    pub condition: Condition,
    /// Nothing can be said: weight 0, and the pair counts in no estimate of this comparison.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub null: bool,
    /// How often two records of one person are of this level, 0 to 1. Missing: never trained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m: Option<f64>,
    /// How often two records of different people are of this level, 0 to 1. Missing: never seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub u: Option<f64>,
    /// How often records of two people of one household are of this level, 0 to 1. Training learns it where the
    /// comparison is shared, and elsewhere leaves it as it is; missing, they are of it as often as strangers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<f64>,
    /// Training leaves `m` as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed_m: bool,
    /// Training leaves `u` as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed_u: bool,
    /// Agreement on a rare value says more than on a frequent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term_frequency: Option<TermFrequencyAdjustment>,
}

impl Level {
    /// A level that was not trained yet: nothing is known of it but when a pair is of it.
    #[must_use]
    pub fn new(name: impl Into<String>, condition: Condition) -> Self {
        Self {
            name: name.into(),
            condition,
            null: false,
            m: None,
            u: None,
            household: None,
            fixed_m: false,
            fixed_u: false,
            term_frequency: None,
        }
    }
}

/// How a level's weight follows the frequency of the value that is agreed upon:
/// `weight * (log2(exact u) - log2(max(frequency left, frequency right, minimum)))`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermFrequencyAdjustment {
    /// The column whose values are counted.
    pub column: String,
    /// 1 for the whole adjustment, 0 for none.
    #[serde(default = "one")]
    pub weight: f64,
    /// A value counts as at least this frequent, 0 to 1.
    #[serde(default)]
    pub minimum: f64,
    /// Count the different values of this among the records that hold a value, in place of the records: how many
    /// people share an address or a telephone, however many records each of them has.
    /// A value that is not in the table of frequencies has none then: no more share it than a household, and it says
    /// what its level says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_by: Option<KeyPart>,
    /// Take the level's own `u` in place of that of the comparison's exact level on the column.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_u: bool,
}

const fn one() -> f64 {
    1.0
}

/// How frequent the values of a column are. Values are named by their hash, and only those that several records hold
/// are here, so that a stored model does not spell out anybody's data.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermFrequencies {
    /// How many records hold any value.
    pub records: u64,
    /// How many records hold each value. A value that is not here is held once.
    pub counts: BTreeMap<TermKey, u32>,
}

impl TermFrequencies {
    /// How many records hold a value that is not in the table.
    pub(super) const NOT_COUNTED: u32 = 1;

    /// The frequency of a value that so many records hold, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub(super) fn frequency(&self, count: u32) -> Option<f64> {
        (self.records > 0).then(|| f64::from(count) / self.records as f64)
    }
}

/// A hash that stands for a value of a column, written as 16 hexadecimal digits. It is no secret: whoever guesses the
/// value can compute it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermKey(u64);

impl TermKey {
    /// The key of a value, as the column gives it.
    #[must_use]
    pub fn of(term: &str) -> Self {
        Self(hash(TERMS, term.as_bytes()))
    }
}

/// Keeps the hashes of terms apart from those of blocks.
const TERMS: u64 = 0x7465_726d;

impl Serialize for TermKey {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&Hex::new(&self.0.to_be_bytes()))
    }
}

impl<'de> Deserialize<'de> for TermKey {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        hex_decode_array(text.as_bytes())
            .map(|bytes| Self(u64::from_be_bytes(bytes)))
            .map_err(|_| serde::de::Error::custom("a term key is 16 hexadecimal digits"))
    }
}

/// Records that agree on all its parts are compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockingRule {
    /// What must agree.
    pub parts: Vec<KeyPart>,
    /// In a block of more than `max_block` records those are compared that agree on one of these parts too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub split: Vec<KeyPart>,
    /// The most records of a block that are all compared with each other.
    #[serde(default = "BlockingRule::default_max_block")]
    pub max_block: u32,
}

/// What of a column must agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPart {
    /// The column.
    pub column: String,
    /// What of its value.
    #[serde(default)]
    pub form: KeyForm,
}

/// What of a value must agree for two records to be in one block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyForm {
    /// All of it.
    #[default]
    Whole,
    /// Its first characters, so many.
    Prefix(u8),
    /// Its last characters, so many.
    Suffix(u8),
    /// The consonants of a name, the same in every script; of a family name of several parts those of the last.
    Sound,
    /// The first consonant of a name, or its vowel if it begins with one.
    Initial,
    /// The year of a date.
    Year,
    /// Month and day of a date.
    MonthDay,
    /// House and flat numbers of an address.
    Numbers,
    /// Numbers and street of an address, the same in every script.
    Place,
    /// The part of an e-mail address before the `@`.
    Local,
}

impl BlockingRule {
    pub(super) const fn default_max_block() -> u32 {
        100
    }

    /// Records that agree on all of these are compared.
    #[must_use]
    pub fn on(parts: impl IntoIterator<Item = KeyPart>) -> Self {
        Self { parts: parts.into_iter().collect(), split: Vec::new(), max_block: Self::default_max_block() }
    }
}

impl KeyPart {
    /// This form of this column.
    #[must_use]
    pub fn new(column: &str, form: KeyForm) -> Self {
        Self { column: column.to_owned(), form }
    }
}

#[cfg(test)]
mod tests {
    use super::TermKey;

    #[test]
    fn a_term_key_is_sixteen_digits_and_nothing_else() {
        let read = |text: &str| serde_json::from_value::<TermKey>(text.into()).ok();
        let written = serde_json::to_value(TermKey::of("سارا")).unwrap();
        assert_eq!(written.as_str().and_then(read), Some(TermKey::of("سارا")));
        assert_eq!(read("00000000000000ff"), Some(TermKey(255)));
        for wrong in ["", "+0000000000000ff", "0x000000000000ff", "ff", "00000000000000fg", "۰۰۰۰۰۰۰۰"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}

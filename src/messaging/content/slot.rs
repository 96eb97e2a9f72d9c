//! Slots: the facts that a message tells, each with its type, so that every variant tells the same.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::calendar::DateFormat;
use crate::locale::{Locale, lookup};
use crate::money::{Money, MoneyFormat};
use crate::pii::Pii;
use crate::time::NaiveDate;

/// The name of a slot: an ASCII letter, then up to 63 letters, digits and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlotName(Box<str>);

impl SlotName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no name of a slot: fix the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a slot name such as `new_price`")]
pub struct InvalidSlotName(());

impl FromStr for SlotName {
    type Err = InvalidSlotName;

    fn from_str(text: &str) -> Result<Self, InvalidSlotName> {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if plain && text.len() <= 64 && text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidSlotName(()))
        }
    }
}

impl TryFrom<String> for SlotName {
    type Error = InvalidSlotName;

    fn try_from(text: String) -> Result<Self, InvalidSlotName> {
        text.parse()
    }
}

impl From<SlotName> for String {
    fn from(name: SlotName) -> Self {
        name.0.into()
    }
}

impl fmt::Display for SlotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One fact, by its kind. How it is written is the language's affair, not the author's: a price in Persian digits is the
/// same price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Slot {
    /// An amount of money.
    Price(Money),
    /// An amount of rials that is said in toman.
    Toman(Money),
    /// A share in basis points: 2,000 is 20 per cent.
    Percentage(i32),
    /// A code to type or show, written as it is.
    Code(String),
    /// A day.
    Date(NaiveDate),
    /// A count; chooses plural forms.
    Number(i64),
    /// A product, by its name in each language.
    Product(BTreeMap<Locale, String>),
    /// An address on the web, written as it is.
    Link(String),
    /// Words about the person, such as her name. Kept out of `Debug`.
    Text(Pii<String>),
}

impl Slot {
    /// Words about a person.
    #[must_use]
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(Pii::new(words.into()))
    }

    /// The kind, as a stable name.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Price(_) => "price",
            Self::Toman(_) => "toman",
            Self::Percentage(_) => "percentage",
            Self::Code(_) => "code",
            Self::Date(_) => "date",
            Self::Number(_) => "number",
            Self::Product(_) => "product",
            Self::Link(_) => "link",
            Self::Text(_) => "text",
        }
    }

    /// Whether it is a claim: something that a customer may hold the business to, so that each variant must tell it.
    #[must_use]
    pub const fn is_claim(&self) -> bool {
        matches!(self, Self::Price(_) | Self::Toman(_) | Self::Percentage(_) | Self::Code(_))
    }

    /// The number that chooses a plural form.
    #[must_use]
    pub const fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The fact as it is written in a language. Control characters and line breaks in words become spaces; a toman slot
    /// that is not in rials is written as the amount that it is.
    #[must_use]
    pub fn written(&self, locale: &Locale) -> Cow<'_, str> {
        let money = || MoneyFormat::of(locale.as_str());
        match self {
            Self::Price(amount) => money().format(*amount).into(),
            Self::Toman(amount) => {
                money().format_toman(*amount).unwrap_or_else(|_| money().format(*amount)).into()
            }
            Self::Percentage(basis_points) => money().percentage(*basis_points).into(),
            Self::Number(number) => money().whole(*number).into(),
            Self::Date(day) => DateFormat::of(locale.as_str()).format(*day).into(),
            Self::Code(text) | Self::Link(text) => one_line(text),
            Self::Text(words) => one_line(words.reveal()),
            Self::Product(names) => {
                let known: Vec<Locale> = names.keys().cloned().collect();
                let best = lookup(std::slice::from_ref(locale), &known, locale);
                let name = best.ok().and_then(|found| names.get(&found.chosen));
                name.or_else(|| names.values().next()).map_or(Cow::Borrowed(""), |name| one_line(name))
            }
        }
    }
}

/// The text in one line: what would break it becomes a space.
fn one_line(text: &str) -> Cow<'_, str> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if !text.contains(breaks) {
        return Cow::Borrowed(text);
    }
    let parts: Vec<&str> = text.split(breaks).filter(|part| !part.is_empty()).collect();
    Cow::Owned(parts.join(" "))
}

/// The facts of one message to one person, by the names that its texts call them.
pub type Values = BTreeMap<SlotName, Slot>;

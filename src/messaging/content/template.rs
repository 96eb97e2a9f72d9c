//! Texts with slots, plural forms and choices: a part of ICU MessageFormat.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::slot::SlotName;
use crate::locale::PluralCategory;

/// The longest text of a template, in bytes.
pub const LONGEST_TEMPLATE: usize = 16 * 1024;
/// How deep forms may stand in forms.
pub const DEEPEST: usize = 6;

/// A text with slots in it, checked when it is read.
///
/// `{price}` is a slot. `{count, plural, =0 {nothing} one {# thing} other {# things}}` chooses by a number: an exact value
/// first, else the plural form that the number takes in the text's language (Unicode CLDR), and `#` is the number itself.
/// `{size, select, small {S} other {L}}` chooses by the words of a slot. Every choice has an `other`. An apostrophe before
/// a brace or `#` quotes up to the next one, and two are one. Source: the syntax of ICU MessageFormat; of its arguments
/// only these three kinds are read, and offsets are not.
///
/// ```
/// use throughline::messaging::content::Template;
/// let template: Template = "Hello {name}, {count, plural, one {# order is} other {# orders are}} ready".parse()?;
/// assert_eq!(template.slots().map(|slot| slot.as_str()).collect::<Vec<_>>(), ["count", "name"]);
/// let broken = "Hello {name".parse::<Template>().unwrap_err();
/// assert_eq!(broken.to_string(), "byte 6: a brace is not closed");
/// # Ok::<(), throughline::messaging::content::TemplateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Template {
    source: Box<str>,
    pub(super) pieces: Vec<Piece>,
}

/// A stretch of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(Box<str>),
    Slot(SlotName),
    /// The number of the plural around it.
    Number,
    Plural {
        of: SlotName,
        exact: Vec<(i64, Vec<Piece>)>,
        forms: Vec<(PluralCategory, Vec<Piece>)>,
        other: Vec<Piece>,
    },
    Select {
        of: SlotName,
        cases: Vec<(Box<str>, Vec<Piece>)>,
        other: Vec<Piece>,
    },
}

/// What is wrong with the text of a template, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {kind}")]
pub struct TemplateError {
    kind: TemplateErrorKind,
    at: usize,
}

impl TemplateError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> TemplateErrorKind {
        self.kind
    }

    /// Where, in bytes from the start.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }
}

/// The kinds of [`TemplateError`]: all are for the author to fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateErrorKind {
    /// Longer than [`LONGEST_TEMPLATE`].
    #[error("the text is too long")]
    TooLong,
    /// Deeper than [`DEEPEST`].
    #[error("forms stand too deep in forms")]
    TooDeep,
    /// A brace without its other half.
    #[error("a brace is not closed")]
    Unclosed,
    /// A closing brace without an opening one.
    #[error("a brace is closed that was not opened")]
    Unopened,
    /// No slot has such a name.
    #[error("not a slot name")]
    InvalidSlot,
    /// Neither `plural` nor `select`.
    #[error("neither `plural` nor `select`")]
    UnknownKind,
    /// Not a form such as `one`, `other` or `=0`, or one that is there twice.
    #[error("not a form, or there twice")]
    InvalidForm,
    /// A choice without `other`.
    #[error("a choice needs `other`")]
    NoOther,
}

impl Template {
    /// The text as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The slots that it names, each once, by name.
    pub fn slots(&self) -> impl Iterator<Item = &SlotName> {
        fn collect<'t>(pieces: &'t [Piece], found: &mut BTreeSet<&'t SlotName>) {
            for piece in pieces {
                match piece {
                    Piece::Text(_) | Piece::Number => {}
                    Piece::Slot(slot) => {
                        found.insert(slot);
                    }
                    Piece::Plural { of, exact, forms, other } => {
                        found.insert(of);
                        exact.iter().for_each(|(_, pieces)| collect(pieces, found));
                        forms.iter().for_each(|(_, pieces)| collect(pieces, found));
                        collect(other, found);
                    }
                    Piece::Select { of, cases, other } => {
                        found.insert(of);
                        cases.iter().for_each(|(_, pieces)| collect(pieces, found));
                        collect(other, found);
                    }
                }
            }
        }
        let mut found = BTreeSet::new();
        collect(&self.pieces, &mut found);
        found.into_iter()
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    /// # Complexity
    /// O(n) in the length of the text.
    fn from_str(text: &str) -> Result<Self, TemplateError> {
        if text.len() > LONGEST_TEMPLATE {
            return Err(TemplateError { kind: TemplateErrorKind::TooLong, at: LONGEST_TEMPLATE });
        }
        let mut reader = Reader { text, at: 0 };
        let pieces = reader.pieces(0, false)?;
        if reader.at < text.len() {
            return Err(reader.error(TemplateErrorKind::Unopened));
        }
        Ok(Self { source: text.into(), pieces })
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.source.into()
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    const fn error(&self, kind: TemplateErrorKind) -> TemplateError {
        TemplateError { kind, at: self.at }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.take();
        }
    }

    /// Up to, without, the first character that is none of a name.
    fn word(&mut self) -> &'t str {
        self.skip_space();
        let rest = self.rest();
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | ',')).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Up to a closing brace that is not opened here, or the end.
    fn pieces(&mut self, depth: usize, in_plural: bool) -> Result<Vec<Piece>, TemplateError> {
        if depth > DEEPEST {
            return Err(self.error(TemplateErrorKind::TooDeep));
        }
        let mut pieces = Vec::new();
        let mut text = String::new();
        let flush = |text: &mut String, pieces: &mut Vec<Piece>| {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(text).into()));
            }
        };
        while let Some(next) = self.peek() {
            match next {
                '}' => break,
                '{' => {
                    flush(&mut text, &mut pieces);
                    pieces.push(self.argument(depth, in_plural)?);
                }
                '#' if in_plural => {
                    self.take();
                    flush(&mut text, &mut pieces);
                    pieces.push(Piece::Number);
                }
                '\'' => {
                    self.take();
                    self.quoted(&mut text, in_plural);
                }
                plain => {
                    self.take();
                    text.push(plain);
                }
            }
        }
        flush(&mut text, &mut pieces);
        Ok(pieces)
    }

    /// What follows an apostrophe.
    fn quoted(&mut self, text: &mut String, in_plural: bool) {
        match self.peek() {
            Some('\'') => {
                self.take();
                text.push('\'');
            }
            Some(c @ ('{' | '}' | '#')) if c != '#' || in_plural => {
                while let Some(c) = self.take() {
                    if c != '\'' {
                        text.push(c);
                    } else if self.peek() == Some('\'') {
                        self.take();
                        text.push('\'');
                    } else {
                        break;
                    }
                }
            }
            _ => text.push('\''),
        }
    }

    /// A slot or a choice, from its opening brace to its closing one.
    fn argument(&mut self, depth: usize, in_plural: bool) -> Result<Piece, TemplateError> {
        let opened = TemplateError { kind: TemplateErrorKind::Unclosed, at: self.at };
        self.take();
        self.skip_space();
        let at = self.at;
        let name = self.word();
        self.skip_space();
        if self.peek().is_none() {
            return Err(opened);
        }
        let of: SlotName =
            name.parse().map_err(|_| TemplateError { kind: TemplateErrorKind::InvalidSlot, at })?;
        match self.take() {
            Some('}') => return Ok(Piece::Slot(of)),
            Some(',') => {}
            _ => return Err(self.error(TemplateErrorKind::InvalidSlot)),
        }
        self.skip_space();
        let at = self.at;
        let plural = match self.word() {
            "plural" => true,
            "select" => false,
            _ => return Err(TemplateError { kind: TemplateErrorKind::UnknownKind, at }),
        };
        self.skip_space();
        if self.peek() == Some(',') {
            self.take();
        }
        let (mut exact, mut forms, mut cases, mut other) = (Vec::new(), Vec::new(), Vec::new(), None);
        loop {
            self.skip_space();
            match self.peek() {
                None => return Err(opened),
                Some('}') => break,
                Some(_) => {}
            }
            let at = self.at;
            let key = self.word();
            self.skip_space();
            let brace = TemplateError { kind: TemplateErrorKind::Unclosed, at: self.at };
            if self.take() != Some('{') || key.is_empty() {
                return Err(TemplateError { kind: TemplateErrorKind::InvalidForm, at });
            }
            let pieces = self.pieces(depth + 1, plural || in_plural)?;
            if self.take() != Some('}') {
                return Err(brace);
            }
            let invalid = TemplateError { kind: TemplateErrorKind::InvalidForm, at };
            if key == "other" {
                if other.replace(pieces).is_some() {
                    return Err(invalid);
                }
            } else if !plural {
                add(&mut cases, key.into(), pieces).ok_or(invalid)?;
            } else if let Some(number) = key.strip_prefix('=') {
                add(&mut exact, number.parse().map_err(|_| invalid)?, pieces).ok_or(invalid)?;
            } else {
                add(&mut forms, category(key).ok_or(invalid)?, pieces).ok_or(invalid)?;
            }
        }
        let other = other.ok_or_else(|| self.error(TemplateErrorKind::NoOther))?;
        self.take();
        Ok(if plural {
            Piece::Plural { of, exact, forms, other }
        } else {
            Piece::Select { of, cases, other }
        })
    }
}

/// The plural form of that name; `other` is not one of the choices.
fn category(name: &str) -> Option<PluralCategory> {
    use PluralCategory::{Few, Many, One, Two, Zero};
    [Zero, One, Two, Few, Many].into_iter().find(|category| category.as_str() == name)
}

/// Adds a case that is not there yet.
fn add<K: PartialEq>(cases: &mut Vec<(K, Vec<Piece>)>, key: K, pieces: Vec<Piece>) -> Option<()> {
    if cases.iter().any(|(held, _)| *held == key) {
        return None;
    }
    cases.push((key, pieces));
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kind(text: &str) -> TemplateErrorKind {
        text.parse::<Template>().unwrap_err().kind()
    }

    #[test]
    fn what_is_wrong_is_said() {
        use TemplateErrorKind::*;
        for (text, expected) in [
            ("{", Unclosed),
            ("{a, plural, other {x}", Unclosed),
            ("a}", Unopened),
            ("{1a}", InvalidSlot),
            ("{}", InvalidSlot),
            ("{a b}", InvalidSlot),
            ("{a, number}", UnknownKind),
            ("{a, plural, one {x}}", NoOther),
            ("{a, plural, single {x} other {y}}", InvalidForm),
            ("{a, plural, one {x} one {x} other {y}}", InvalidForm),
            ("{a, plural, =x {x} other {y}}", InvalidForm),
            ("{a, select, other}", InvalidForm),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
        assert_eq!(kind(&"x".repeat(LONGEST_TEMPLATE + 1)), TooLong);
        let deep = |n: usize| format!("{}x{}", "{a, select, other {".repeat(n), "}}".repeat(n));
        assert!(deep(DEEPEST).parse::<Template>().is_ok());
        assert_eq!(kind(&deep(DEEPEST + 1)), TooDeep);
        assert_eq!(kind(&deep(700)), TooDeep);
    }

    #[test]
    fn apostrophes_quote() {
        let texts = |source: &str| source.parse::<Template>().unwrap().pieces;
        assert_eq!(texts("it's 5 o''clock"), [Piece::Text("it's 5 o'clock".into())]);
        assert_eq!(texts("'{name}' # '"), [Piece::Text("{name} # '".into())]);
        assert_eq!(texts("'{it''s"), [Piece::Text("{it's".into())]);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "[{}', a-z#=,\\p{Arabic}]{0,60}|(\\{a, (plural|select), (one|other|=1) \\{[#x]?\\} ?\\}?){0,5}") {
            if let Ok(template) = text.parse::<Template>() {
                prop_assert_eq!(template.source(), text);
            }
        }
    }
}

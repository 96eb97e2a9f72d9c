//! A given or family name, ready to be compared with one in another script or spelling.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use crate::names::{Name, Token, TokenMatch, similarity_class_at_least};
use crate::text::Script;

/// How far two names agree, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum NameGrade {
    /// One of them is missing.
    Unknown,
    /// Different names.
    Different,
    /// Something in common: more than two strangers' names usually have.
    Loose,
    /// An initial of the other.
    Initial,
    /// A spelling mistake apart, or one part more.
    Close,
    /// The same name in another script or spelling, or a name used for it.
    Same,
    /// The same text.
    Exact,
}

/// A name in its parts. A clone shares them.
#[derive(Clone)]
pub(crate) struct PersonName {
    /// The tokens of the text that it was read from.
    all: Arc<[Token]>,
    /// From which to which of them are the name: a text keeps at most eight.
    from: u8,
    to: u8,
    key: Arc<str>,
}

impl PersonName {
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let name = Name::parse(raw)?;
        let all = 0..name.tokens().len();
        Self::part(&name, all)
    }

    /// Some parts of a name.
    pub(crate) fn part(name: &Name, parts: Range<usize>) -> Option<Self> {
        let tokens = name.tokens().get(parts.clone()).filter(|tokens| !tokens.is_empty())?;
        let key = if tokens.len() == name.tokens().len() {
            Arc::clone(name.shared_folded())
        } else {
            tokens.iter().map(Token::folded).collect::<Vec<_>>().join(" ").into()
        };
        let place = |at: usize| u8::try_from(at).ok();
        let all = Arc::clone(name.shared_tokens());
        Some(Self { all, from: place(parts.start)?, to: place(parts.end)?, key })
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        self.all.get(usize::from(self.from)..usize::from(self.to)).unwrap_or_default()
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The key, and the Latin forms that do not follow from it: of `Müller` also `mueller`, but not of `Muller`.
    pub(super) fn identity(&self) -> Cow<'_, str> {
        let mut identity = Cow::Borrowed(self.key());
        for token in self.tokens().iter().filter(|token| token.script() == Some(Script::Latin)) {
            for form in token.latin().filter(|form| *form != token.folded()) {
                identity = Cow::Owned(format!("{identity}/{form}"));
            }
        }
        identity
    }
}

/// Which of the two names a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Given,
    Family,
}

/// Which parts of which field are the name: the field's place, and from which part to which.
pub(crate) type Found = (usize, Range<usize>);

/// Where the name is, given how many parts each of the fields given name, family name and full name has, and how many
/// of the full name stand before a comma, which is only asked if the full name is looked at.
///
/// A whole name in one field is parted: the last part is the family's.
pub(crate) fn find(
    which: Which,
    parts: [usize; 3],
    before_comma: impl FnOnce() -> Option<usize>,
) -> Option<Found> {
    let [given, family, full] = parts;
    let last = |field, parts: usize| match which {
        Which::Given => (parts > 1).then(|| (field, 0..parts - 1)),
        Which::Family => (parts > 1).then(|| (field, parts - 1..parts)),
    };
    match (given, family, which) {
        (0, 0, _) if full == 0 => None,
        (0, 0, _) => match (before_comma().filter(|before| (1..full).contains(before)), which) {
            (Some(before), Which::Given) => Some((2, before..full)),
            (Some(before), Which::Family) => Some((2, 0..before)),
            (None, Which::Given) if full == 1 => Some((2, 0..1)),
            (None, _) => last(2, full),
        },
        (0, 1, Which::Given) | (1, 0, Which::Family) => None,
        (0, 1, Which::Family) => Some((1, 0..1)),
        (1, 0, Which::Given) => Some((0, 0..1)),
        (given, 0, _) => last(0, given),
        (0, family, _) => last(1, family),
        (given, _, Which::Given) => Some((0, 0..given)),
        (_, family, Which::Family) => Some((1, 0..family)),
    }
}

/// How many parts of a full name stand before a comma, if there is one.
pub(crate) fn before_comma(raw: &str) -> Option<usize> {
    let (before, _) = raw.split_once(',')?;
    Name::parse(before).map(|name| name.tokens().len())
}

/// The name in the fields given name, family name and full name.
pub(crate) fn read(which: Which, inputs: &[Option<&str>]) -> Option<PersonName> {
    let field = |at: usize| inputs.get(at).copied().flatten().unwrap_or("");
    let names = [0, 1, 2].map(|at| Name::parse(field(at)));
    let parts = names.each_ref().map(|name| name.as_ref().map_or(0, |name| name.tokens().len()));
    let (at, range) = find(which, parts, || before_comma(field(2)))?;
    let name = names.into_iter().nth(at).flatten()?;
    PersonName::part(&name, range)
}

/// From which Jaro-Winkler similarity on two words have something in common.
const LOOSE: f64 = 0.82;
/// From which on they are a slip apart.
const CLOSE: f64 = 0.92;

/// How far two names agree, the same whichever comes first.
pub(crate) fn compare(a: &PersonName, b: &PersonName) -> NameGrade {
    of_words(a, b, LOOSE)
}

/// [`compare`] for who asks for nothing below [`NameGrade::Close`]: what is below may be another grade below.
pub(crate) fn compare_closely(a: &PersonName, b: &PersonName) -> NameGrade {
    of_words(a, b, CLOSE)
}

fn of_words(a: &PersonName, b: &PersonName, least: f64) -> NameGrade {
    if a.key == b.key {
        return NameGrade::Exact;
    }
    match a.tokens().len().cmp(&b.tokens().len()) {
        Ordering::Less => parts(a, b, least),
        Ordering::Greater => parts(b, a, least),
        // Which part finds which may depend on who chooses: the same whichever comes first.
        Ordering::Equal if a.tokens().len() == 1 => parts(a, b, least),
        Ordering::Equal => parts(a, b, least).max(parts(b, a, least)),
    }
}

/// Each part of the shorter with the best part of the longer that is left.
fn parts(short: &PersonName, long: &PersonName, least: f64) -> NameGrade {
    let mut used = 0_u32;
    let mut worst = NameGrade::Exact;
    let mut best_of_all = NameGrade::Different;
    for token in short.tokens() {
        let mut best = (NameGrade::Different, 0);
        for (at, other) in (0_u32..).zip(long.tokens()) {
            let grade = grade(similarity_class_at_least(token, other, least));
            if used & (1 << at) == 0 && grade > best.0 {
                best = (grade, at);
            }
        }
        if best.0 > NameGrade::Different {
            used |= 1 << best.1;
        }
        worst = worst.min(best.0);
        best_of_all = best_of_all.max(best.0);
    }
    let more = long.tokens().len() > short.tokens().len();
    if worst == NameGrade::Different {
        if best_of_all >= NameGrade::Same { NameGrade::Loose } else { NameGrade::Different }
    } else if more {
        worst.min(NameGrade::Close)
    } else {
        worst.min(NameGrade::Same)
    }
}

fn grade(found: TokenMatch) -> NameGrade {
    match found {
        TokenMatch::Exact | TokenMatch::SameLatin => NameGrade::Exact,
        TokenMatch::Nickname | TokenMatch::Skeleton => NameGrade::Same,
        TokenMatch::Initial => NameGrade::Initial,
        TokenMatch::Fuzzy(likeness) if likeness >= CLOSE => NameGrade::Close,
        TokenMatch::Fuzzy(likeness) if likeness >= LOOSE => NameGrade::Loose,
        TokenMatch::Fuzzy(_) | TokenMatch::None => NameGrade::Different,
    }
}

#[cfg(test)]
#[path = "person_name_tests.rs"]
mod tests;

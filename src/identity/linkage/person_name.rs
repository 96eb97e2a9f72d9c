//! A given or family name, ready to be compared with one in another script or spelling.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::names::{Name, Token, TokenMatch, similarity_class};
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

/// A name in its parts.
#[derive(Clone)]
pub(crate) struct PersonName {
    tokens: Box<[Token]>,
    key: Box<str>,
}

impl PersonName {
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let name = Name::parse(raw)?;
        let all = 0..name.tokens().len();
        Self::part(&name, all)
    }

    /// Some parts of a name.
    pub(crate) fn part(name: &Name, parts: std::ops::Range<usize>) -> Option<Self> {
        let tokens = name.tokens().get(parts).filter(|tokens| !tokens.is_empty())?;
        let key = tokens.iter().map(Token::folded).collect::<Vec<_>>().join(" ");
        Some(Self { tokens: tokens.into(), key: key.into() })
    }

    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// The key, and the Latin forms that do not follow from it: of `Müller` also `mueller`, but not of `Muller`.
    pub(super) fn identity(&self) -> Cow<'_, str> {
        let mut identity = Cow::Borrowed(self.key());
        for token in self.tokens.iter().filter(|token| token.script() == Some(Script::Latin)) {
            for form in token.latin().iter().filter(|form| ***form != *token.folded()) {
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
pub(crate) type Found = (usize, std::ops::Range<usize>);

/// Where the name is, given how many parts each of the fields given name, family name and full name has, and how many
/// of the full name stand before a comma.
///
/// A whole name in one field is parted: the last part is the family's.
pub(crate) fn find(which: Which, parts: [usize; 3], before_comma: Option<usize>) -> Option<Found> {
    let [given, family, full] = parts;
    let last = |field, parts: usize| match which {
        Which::Given => (parts > 1).then(|| (field, 0..parts - 1)),
        Which::Family => (parts > 1).then(|| (field, parts - 1..parts)),
    };
    match (given, family, which) {
        (0, 0, _) if full == 0 => None,
        (0, 0, _) => match (before_comma.filter(|before| (1..full).contains(before)), which) {
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
    let (at, range) = find(which, parts, before_comma(field(2)))?;
    let name = names.into_iter().nth(at).flatten()?;
    PersonName::part(&name, range)
}

/// How far two names agree, the same whichever comes first.
pub(crate) fn compare(a: &PersonName, b: &PersonName) -> NameGrade {
    if a.key == b.key {
        return NameGrade::Exact;
    }
    match a.tokens().len().cmp(&b.tokens().len()) {
        Ordering::Less => parts(a, b),
        Ordering::Greater => parts(b, a),
        // Which part finds which may depend on who chooses: the same whichever comes first.
        Ordering::Equal if a.tokens().len() == 1 => parts(a, b),
        Ordering::Equal => parts(a, b).max(parts(b, a)),
    }
}

/// Each part of the shorter with the best part of the longer that is left.
fn parts(short: &PersonName, long: &PersonName) -> NameGrade {
    let mut used = 0_u32;
    let mut worst = NameGrade::Exact;
    let mut best_of_all = NameGrade::Different;
    for token in short.tokens() {
        let mut best = (NameGrade::Different, 0);
        for (at, other) in (0_u32..).zip(long.tokens()) {
            let grade = grade(similarity_class(token, other));
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
        TokenMatch::Fuzzy(likeness) if likeness >= 0.92 => NameGrade::Close,
        TokenMatch::Fuzzy(likeness) if likeness >= 0.82 => NameGrade::Loose,
        TokenMatch::Fuzzy(_) | TokenMatch::None => NameGrade::Different,
    }
}

#[cfg(test)]
#[path = "person_name_tests.rs"]
mod tests;

//! Whether two words stand for one name.

use crate::similarity::{Text, jaro_winkler_if_at_least};
use crate::text::Script;

use super::skeleton;
use super::token::Token;

/// The least Jaro-Winkler similarity that counts as [`TokenMatch::Fuzzy`].
const LEAST: f64 = 0.75;

/// The least similarity of two words with equal skeletons when both are written with their vowels.
const LEAST_WITH_VOWELS: f64 = 0.8;

/// How well two tokens agree, best first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TokenMatch {
    /// The same spelling.
    Exact,
    /// One name in two spellings: a Latin form of one is a Latin form of the other.
    SameLatin,
    /// Given names that stand for each other.
    Nickname,
    /// Another spelling with the same consonants; also a family name in its masculine and feminine form.
    Skeleton,
    /// One is the initial of the other, or both are the same initial.
    Initial,
    /// The Jaro-Winkler similarity of the nearest forms, 0.75 to 1.
    Fuzzy(f64),
    /// Different names.
    None,
}

/// How well two tokens agree. Symmetric.
///
/// Equal skeletons alone do not make [`TokenMatch::Skeleton`]: where both scripts write vowels, these must be similar, and
/// two names of the tables that are known to be different (`محمد`, `محمود`) are.
///
/// ```
/// use throughline::names::{Name, Token, TokenMatch, similarity_class};
/// let token = |text| Name::parse(text).and_then(|name| name.tokens().first().cloned()).ok_or("no name");
/// assert_eq!(similarity_class(&token("Sergey")?, &token("Сергей")?), TokenMatch::SameLatin);
/// assert_eq!(similarity_class(&token("Bob")?, &token("Robert")?), TokenMatch::Nickname);
/// assert_eq!(similarity_class(&token("ه.")?, &token("Hossein")?), TokenMatch::Initial);
/// assert_eq!(similarity_class(&token("Сидорова")?, &token("Sidorov")?), TokenMatch::Skeleton);
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn similarity_class(a: &Token, b: &Token) -> TokenMatch {
    if a.is_initial() || b.is_initial() {
        return if is_initial_of(a, b) || is_initial_of(b, a) {
            TokenMatch::Initial
        } else {
            TokenMatch::None
        };
    }
    if a.folded() == b.folded() {
        return TokenMatch::Exact;
    }
    if a.latin().iter().any(|form| b.latin().contains(form)) {
        return TokenMatch::SameLatin;
    }
    if share(a.nickname_groups(), b.nickname_groups()) {
        return TokenMatch::Nickname;
    }
    let distance = nearest(a, b);
    if is_same_skeleton(a, b, distance) {
        return TokenMatch::Skeleton;
    }
    if distance >= LEAST { TokenMatch::Fuzzy(distance) } else { TokenMatch::None }
}

/// Whether two ascending lists have a common element.
fn share(a: &[u16], b: &[u16]) -> bool {
    a.iter().any(|group| b.binary_search(group).is_ok())
}

fn is_initial_of(initial: &Token, whole: &Token) -> bool {
    initial.is_initial()
        && (whole.folded().starts_with(initial.folded())
            || initial.script() != whole.script()
                && initial
                    .latin()
                    .iter()
                    .any(|letter| whole.latin().iter().any(|form| form.starts_with(letter.as_ref()))))
}

fn is_same_skeleton(a: &Token, b: &Token, distance: f64) -> bool {
    if a.skeleton() != b.skeleton() || !skeleton::is_telling(a.skeleton()) {
        return false;
    }
    let are_known_apart =
        !a.entries().is_empty() && !b.entries().is_empty() && !share(a.entries(), b.entries());
    let with_vowels = writes_vowels(a) && writes_vowels(b);
    !are_known_apart && (!with_vowels || distance >= LEAST_WITH_VOWELS)
}

const fn writes_vowels(token: &Token) -> bool {
    matches!(token.script(), Some(Script::Latin | Script::Cyrillic))
}

/// The Jaro-Winkler similarity of the nearest forms, or 0 below [`LEAST`]: the words themselves in one script, else
/// their Latin forms.
fn nearest(a: &Token, b: &Token) -> f64 {
    if a.script() == b.script() {
        let (a, b) = (Text::new(a.folded()), Text::new(b.folded()));
        return jaro_winkler_if_at_least(&a, &b, LEAST).unwrap_or(0.0);
    }
    let forms = |token: &Token| token.latin().iter().map(|form| Text::new(form)).collect::<Vec<_>>();
    let others = forms(b);
    let mut best = 0.0_f64;
    for one in forms(a) {
        for other in &others {
            if let Some(likeness) = jaro_winkler_if_at_least(&one, other, best.max(LEAST)) {
                best = likeness;
            }
        }
    }
    best
}

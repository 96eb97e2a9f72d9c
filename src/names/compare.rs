//! Whether two words stand for one name.

use crate::similarity::jaro_winkler_if_at_least;
use crate::text::Script;

use super::token::Token;
use super::{dictionary, skeleton};

/// The least Jaro-Winkler similarity that counts as [`TokenMatch::Fuzzy`].
const LEAST: f64 = 0.75;

/// The least similarity of two words with equal skeletons when both are written with their vowels.
const LEAST_WITH_VOWELS: f64 = 0.8;

/// The most that two words are alike of which it is known that they are different names.
const MOST_KNOWN_APART: f64 = 0.9;

/// How well two tokens agree, best first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TokenMatch {
    /// The same spelling.
    Exact,
    /// One name in two spellings: a Latin form of one is a Latin form of the other. Within another script than Latin only
    /// for spellings that the tables have, and for a word with and without its Arabic article.
    SameLatin,
    /// Given names that stand for each other.
    Nickname,
    /// Another spelling with the same consonants; also a family name in its masculine and feminine form.
    Skeleton,
    /// One is the initial of the other, or both are the same initial.
    Initial,
    /// The Jaro-Winkler similarity of the nearest forms, 0.75 to 1; at most 0.9 for names that are known to be different.
    Fuzzy(f64),
    /// Different names.
    None,
}

/// How well two tokens agree. Symmetric.
///
/// Two words that the tables know, and none of whose names is the same, are known to be different names, however alike
/// they look: `محمد` and `محمود`, `Александр` and `Александра`, and in Latin letters `Hamid` and `Hamed`, the usual
/// spellings of two names. They are at most [`TokenMatch::Fuzzy`] with 0.9; but a Latin form that names of two languages
/// have in common makes them one (`Михаил`, `מיכאל`).
///
/// Equal skeletons alone do not make [`TokenMatch::Skeleton`]: where both scripts write vowels, these must be similar.
///
/// ```
/// use throughline::names::{Name, Token, TokenMatch, similarity_class};
/// let token = |text| Name::parse(text).and_then(|name| name.tokens().first().cloned()).ok_or("no name");
/// assert_eq!(similarity_class(&token("Sergey")?, &token("Сергей")?), TokenMatch::SameLatin);
/// assert_eq!(similarity_class(&token("Bob")?, &token("Robert")?), TokenMatch::Nickname);
/// assert_eq!(similarity_class(&token("ه.")?, &token("Hossein")?), TokenMatch::Initial);
/// assert_eq!(similarity_class(&token("Сидорова")?, &token("Sidorov")?), TokenMatch::Skeleton);
/// assert!(matches!(similarity_class(&token("محمد")?, &token("محمود")?), TokenMatch::Fuzzy(likeness) if likeness <= 0.9));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn similarity_class(a: &Token, b: &Token) -> TokenMatch {
    similarity_class_at_least(a, b, LEAST)
}

/// [`similarity_class`] for who asks for no [`TokenMatch::Fuzzy`] below `least`: in its place there may be
/// [`TokenMatch::None`], which is found sooner.
#[must_use]
pub(crate) fn similarity_class_at_least(a: &Token, b: &Token, least: f64) -> TokenMatch {
    if a.is_initial() || b.is_initial() {
        return if is_initial_of(a, b) || is_initial_of(b, a) {
            TokenMatch::Initial
        } else {
            TokenMatch::None
        };
    }
    if a.text() == b.text() {
        return TokenMatch::Exact;
    }
    if a.forms().iter().any(|form| b.forms().contains(form)) && may_be_one_spelled_twice(a, b) {
        return TokenMatch::SameLatin;
    }
    if share(a.nickname_groups(), b.nickname_groups()) {
        return TokenMatch::Nickname;
    }
    let of_one_sound = a.sounds_like(b) && skeleton::is_telling(a.skeleton());
    let least = if of_one_sound { LEAST } else { least };
    let distance = nearest(a, b, least);
    if of_one_sound && is_same_skeleton(a, b, distance) {
        return TokenMatch::Skeleton;
    }
    if distance < least {
        TokenMatch::None
    } else if distance > MOST_KNOWN_APART && are_known_apart(a, b) {
        TokenMatch::Fuzzy(MOST_KNOWN_APART)
    } else {
        TokenMatch::Fuzzy(distance)
    }
}

/// Whether a common Latin form makes two words one name.
fn may_be_one_spelled_twice(a: &Token, b: &Token) -> bool {
    match (a.script(), b.script()) {
        (Some(Script::Latin), Some(Script::Latin)) => !are_known_apart(a, b),
        // Who writes one script twice spells a name in two ways only if it has two: the forms of `سالم` and `سلیم` say no
        // more than that Latin letters do not tell them apart.
        (one, other) if one == other => {
            share(a.entries(), b.entries()) || one == Some(Script::Arabic) && a.stem() == b.stem()
        }
        _ => !are_known_apart(a, b) || !dictionary::are_of_one_language(a.entries(), b.entries()),
    }
}

/// Whether both words are in the tables and stand for different names.
fn are_known_apart(a: &Token, b: &Token) -> bool {
    if a.entries().is_empty() || b.entries().is_empty() {
        return false;
    }
    let in_latin = a.script() == Some(Script::Latin) && b.script() == Some(Script::Latin);
    if share(a.entries(), b.entries()) {
        in_latin && dictionary::are_two_usual_spellings((a.folded(), a.entries()), (b.folded(), b.entries()))
    } else {
        // A name that two tables have is still one.
        !(in_latin && a.latin().any(|form| b.latin().any(|other| form == other)))
    }
}

/// Whether two ascending lists have a common element.
fn share(a: &[u16], b: &[u16]) -> bool {
    a.iter().any(|group| b.binary_search(group).is_ok())
}

fn is_initial_of(initial: &Token, whole: &Token) -> bool {
    initial.is_initial()
        && (whole.folded().starts_with(initial.folded())
            || initial.script() != whole.script()
                && initial.latin().any(|letter| whole.latin().any(|form| form.starts_with(letter))))
}

/// Whether two words with one skeleton are one name.
fn is_same_skeleton(a: &Token, b: &Token, distance: f64) -> bool {
    let with_vowels = writes_vowels(a) && writes_vowels(b);
    (!with_vowels || distance >= LEAST_WITH_VOWELS) && !are_known_apart(a, b)
}

const fn writes_vowels(token: &Token) -> bool {
    matches!(token.script(), Some(Script::Latin | Script::Cyrillic))
}

/// The Jaro-Winkler similarity of the nearest forms, or 0 below `least`: the words themselves in one script, else
/// their Latin forms.
fn nearest(a: &Token, b: &Token, least: f64) -> f64 {
    if a.script() == b.script() {
        return jaro_winkler_if_at_least(a.text(), b.text(), least).unwrap_or(0.0);
    }
    let mut best = 0.0_f64;
    for one in a.forms() {
        for other in b.forms() {
            if let Some(likeness) = jaro_winkler_if_at_least(one, other, best.max(least)) {
                best = likeness;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No two words of one script are taken for one name, or for a slip of the pen, if no table has them as one.
    #[test]
    fn words_of_one_script_that_no_table_has_as_one_name_are_not_one() {
        let words = dictionary::spellings();
        let tokens: Vec<Token> = words.iter().map(|word| Token::new(word, None)).collect();
        let mut compared = 0;
        for (place, one) in
            tokens.iter().enumerate().filter(|(_, token)| token.script() != Some(Script::Latin))
        {
            for other in tokens.iter().skip(place + 1).filter(|other| other.script() == one.script()) {
                if one.is_initial() || other.is_initial() || share(one.entries(), other.entries()) {
                    continue;
                }
                compared += 1;
                let found = similarity_class(one, other);
                assert!(
                    matches!(
                        found,
                        TokenMatch::None | TokenMatch::Nickname | TokenMatch::Fuzzy(..=MOST_KNOWN_APART)
                    ),
                    "{} {} {found:?}",
                    one.folded(),
                    other.folded()
                );
            }
        }
        assert!(compared > 100_000, "{compared}");
    }

    #[test]
    fn known_apart_is_what_the_tables_have_under_different_names() {
        let known_apart = |one: &str, other: &str| {
            let (one, other) = (Token::new(one, None), Token::new(other, None));
            assert_eq!(are_known_apart(&one, &other), are_known_apart(&other, &one));
            are_known_apart(&one, &other)
        };
        for (one, other) in [
            ("hamid", "hamed"),
            ("محمد", "محمود"),
            ("محمد", "mahmoud"),
            ("александр", "александра"),
            ("נח", "נועה"),
        ] {
            assert!(known_apart(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("noor", "nour"),
            ("hosseini", "husseini"),
            ("mikhail", "michael"),
            ("حسین", "hosein"),
            ("حسین", "حسینعلی"),
            ("bob", "rob"),
        ] {
            assert!(!known_apart(one, other), "{one} {other}");
        }
    }
}

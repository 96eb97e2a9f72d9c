//! Values that never identify anybody: patterns without a regular-expression engine, and the shipped stop lists.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::stop_list;
use crate::identifier::{Identifier, IdentifierKind};
use crate::text::digits;

/// A pattern for values that are not evidence.
///
/// Text is compared without regard to case; digits of every script count as ASCII digits. Linear in the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Blocked {
    /// The whole value.
    Exact(String),
    /// What it begins with.
    Prefix(String),
    /// What it ends with.
    Suffix(String),
    /// One character over and over (`111111`). In a phone number: the last seven digits.
    AllSameCharacter,
    /// Digits that count up or down (`12345678`, `987654`). In a phone number: the last seven digits.
    SequentialDigits,
    /// The part of an e-mail address before its `@`.
    EmailLocal(String),
    /// The part of an e-mail address after its `@`, its subdomains included.
    EmailDomain(String),
}

/// Why a value is no evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BlockedReason {
    /// It is on the shipped stop list: a word that stands for "nothing" in some language.
    StopList,
    /// It consists of zeros and punctuation, or of punctuation alone.
    Zeros,
    /// A pattern of the rules.
    Pattern(Blocked),
}

/// Lower case, ASCII digits, no white space: the form that stop lists and patterns are compared in.
fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()) {
        return text.into();
    }
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).map(digits::ascii).collect()
}

/// The digits at the end that patterns look at, and how many: a phone number's subscriber part, or everything.
fn digits_of<'a>(
    kind: &IdentifierKind,
    value: &'a str,
) -> (usize, impl Iterator<Item = u8> + Clone + use<'a>) {
    let all = value.bytes().filter(u8::is_ascii_digit);
    let count = all.clone().count();
    let skipped = if *kind == IdentifierKind::Phone { count.saturating_sub(7) } else { 0 };
    (count - skipped, all.skip(skipped))
}

impl Blocked {
    fn matches(&self, kind: &IdentifierKind, value: &str) -> bool {
        let email = || value.rsplit_once('@').filter(|_| *kind == IdentifierKind::Email);
        match self {
            Self::Exact(text) => value == plain(text),
            Self::Prefix(text) => !text.is_empty() && value.starts_with(&*plain(text)),
            Self::Suffix(text) => !text.is_empty() && value.ends_with(&*plain(text)),
            Self::AllSameCharacter => {
                let (count, mut digits) = digits_of(kind, value);
                let (first, long) = match kind {
                    IdentifierKind::Phone => (digits.clone().next(), count >= 7),
                    _ => (None, value.chars().nth(3).is_some()),
                };
                long && match first {
                    Some(first) => digits.all(|digit| digit == first),
                    None => value.chars().skip(1).eq(value.chars().take(value.chars().count() - 1)),
                }
            }
            Self::SequentialDigits => {
                let (count, digits) = digits_of(kind, value);
                let whole = *kind == IdentifierKind::Phone || count == value.len();
                let runs = |step: u8| {
                    let mut pairs = digits.clone().zip(digits.clone().skip(1));
                    pairs.all(|(a, b)| (a - b'0' + step) % 10 == b - b'0')
                };
                whole && count >= 6 && (runs(1) || runs(9))
            }
            Self::EmailLocal(text) => email().is_some_and(|(local, _)| local == plain(text)),
            Self::EmailDomain(text) => email().is_some_and(|(_, domain)| {
                let text = plain(text);
                domain
                    .strip_suffix(&*text)
                    .is_some_and(|rest| !text.is_empty() && (rest.is_empty() || rest.ends_with('.')))
            }),
        }
    }
}

/// The first reason, in a fixed order, why the value is no evidence.
pub(super) fn reason<'a>(
    identifier: &Identifier,
    stop_lists: bool,
    patterns: impl Iterator<Item = &'a Blocked>,
) -> Option<BlockedReason> {
    let kind = identifier.kind();
    let value = plain(identifier.reveal());
    if stop_lists {
        if value.chars().all(|c| c == '0' || !c.is_alphanumeric()) {
            return Some(BlockedReason::Zeros);
        }
        let listed = match (kind, value.rsplit_once('@')) {
            (IdentifierKind::Email, Some((local, _))) => {
                stop_list::ADDRESSES.contains(&&*value) || stop_list::LOCAL_PARTS.contains(&local)
            }
            _ => {
                stop_list::ADDRESSES.contains(&&*value)
                    || stop_list::WORDS.iter().any(|(_, words)| words.contains(&&*value))
            }
        };
        if listed {
            return Some(BlockedReason::StopList);
        }
    }
    patterns
        .into_iter()
        .find(|pattern| pattern.matches(kind, &value))
        .map(|pattern| BlockedReason::Pattern(pattern.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifier::IdentifierSettings;

    fn identifier(kind: IdentifierKind, value: &str) -> Identifier {
        Identifier::parse(kind, value, &IdentifierSettings::default()).unwrap()
    }

    #[test]
    fn words_for_nothing_are_no_evidence_in_any_language() {
        for word in [
            "null",
            "Undefined",
            "N/A",
            "[object Object]",
            "NaN",
            "-",
            "ندارد",
            "אין",
            "لا يوجد",
            "нет",
            "0000000000",
            "۰۰۰۰",
        ] {
            let id = identifier(IdentifierKind::UserId, word);
            assert!(reason(&id, true, [].iter()).is_some(), "{word}");
        }
        for word in ["sara", "سارا", "שרה", "Сара", "u-100", "7"] {
            let id = identifier(IdentifierKind::UserId, word);
            assert_eq!(reason(&id, true, [].iter()), None, "{word}");
        }
        let nil = identifier(IdentifierKind::DeviceId, "00000000-0000-0000-0000-000000000000");
        assert_eq!(reason(&nil, true, [].iter()), Some(BlockedReason::Zeros));
        assert_eq!(reason(&nil, false, [].iter()), None);
    }

    #[test]
    fn the_stop_lists_are_written_in_the_form_in_which_they_are_compared() {
        let words = stop_list::WORDS.iter().flat_map(|(_, words)| *words);
        for word in words.chain(stop_list::ADDRESSES).chain(stop_list::LOCAL_PARTS) {
            assert_eq!(*word, plain(word));
        }
    }

    #[test]
    fn patterns_say_which_one_matched() {
        let cases: &[(Blocked, IdentifierKind, &str, &str)] = &[
            (Blocked::Exact("ABC".into()), IdentifierKind::UserId, "abc", "abcd"),
            (Blocked::Prefix("tmp-".into()), IdentifierKind::UserId, "TMP-9", "9-tmp-"),
            (Blocked::Suffix("-TEST".into()), IdentifierKind::UserId, "9-test", "test-9"),
            (Blocked::AllSameCharacter, IdentifierKind::LoyaltyCard, "111111", "111112"),
            (Blocked::AllSameCharacter, IdentifierKind::Phone, "+989111111111", "+989111111112"),
            (Blocked::SequentialDigits, IdentifierKind::LoyaltyCard, "12345678", "12345679"),
            (Blocked::SequentialDigits, IdentifierKind::LoyaltyCard, "987654", "98765"),
            (Blocked::SequentialDigits, IdentifierKind::Phone, "+989121234567", "+989121234568"),
            (
                Blocked::EmailLocal("office".into()),
                IdentifierKind::Email,
                "Office@shop.ir",
                "office2@shop.ir",
            ),
            (
                Blocked::EmailDomain("shop.ir".into()),
                IdentifierKind::Email,
                "a.b@mail.shop.ir",
                "a.b@myshop.ir",
            ),
        ];
        for (pattern, kind, yes, no) in cases {
            let list = [pattern.clone()];
            assert_eq!(
                reason(&identifier(kind.clone(), yes), false, list.iter()),
                Some(BlockedReason::Pattern(pattern.clone())),
                "{yes}"
            );
            assert_eq!(reason(&identifier(kind.clone(), no), false, list.iter()), None, "{no}");
        }
    }

    #[test]
    fn an_empty_pattern_blocks_nobody() {
        let id = identifier(IdentifierKind::Email, "sara@example.ir");
        let list = [
            Blocked::Prefix(String::new()),
            Blocked::Suffix(String::new()),
            Blocked::EmailDomain(String::new()),
            Blocked::EmailLocal(String::new()),
            Blocked::Exact(String::new()),
        ];
        assert_eq!(reason(&id, true, list.iter()), None);
    }
}

//! A part of a text: what a postcode's or an e-mail address's beginning says.

use serde::{Deserialize, Serialize};

/// A part of a text. The steps are taken in the order of the fields.
///
/// ```
/// use throughline::identity::linkage::{Part, Pattern};
/// let district = Part { pattern: Some(Pattern::PostcodeDistrict), ..Part::default() };
/// assert_eq!(district.of("SW1A 2AA").as_deref(), Some("SW1A"));
/// let start = Part { lower: true, start: 1, length: 3, ..Part::default() };
/// assert_eq!(start.of("Марина").as_deref(), Some("мар"));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Part {
    /// In small letters.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lower: bool,
    /// Only what is of this form; a text without it has no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    /// A text without the pattern has the empty text for its part.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub or_empty: bool,
    /// From this character on, counted from 1. 0: from the first.
    #[serde(skip_serializing_if = "is_zero")]
    pub start: u16,
    /// At most so many characters. 0: all.
    #[serde(skip_serializing_if = "is_zero")]
    pub length: u16,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u16) -> bool {
    *number == 0
}

/// A form that a text may begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// A British postcode as a whole: `SW1A 2AA`.
    PostcodeFull,
    /// A British postcode up to the digit after the space: `SW1A 2`.
    PostcodeSector,
    /// A British postcode up to the space: `SW1A`.
    PostcodeDistrict,
    /// The letters that a British postcode begins with: `SW`.
    PostcodeArea,
    /// What stands before the first `@`.
    EmailLocalPart,
    /// The last `@` and what follows it.
    EmailDomain,
    /// A whole e-mail address of ASCII letters, digits and the usual signs.
    EmailAddress,
}

impl Pattern {
    fn of(self, text: &str) -> Option<&str> {
        let bytes = text.as_bytes();
        match self {
            Self::EmailLocalPart => return text.split('@').next().filter(|local| !local.is_empty()),
            Self::EmailDomain => {
                return text.rfind('@').and_then(|at| text.get(at..)).filter(|end| end.len() > 1);
            }
            Self::EmailAddress => return is_email_address(text).then_some(text),
            _ => {}
        }
        let letters = bytes.iter().take(2).take_while(|byte| byte.is_ascii_alphabetic()).count();
        if letters == 0 {
            return None;
        }
        if self == Self::PostcodeArea {
            return text.get(..letters);
        }
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        if !digit(letters) {
            return None;
        }
        let district = letters + 1 + usize::from(digit(letters + 1) || letter(letters + 1));
        if self == Self::PostcodeDistrict {
            return text.get(..district);
        }
        if bytes.get(district) != Some(&b' ') || !digit(district + 1) {
            return None;
        }
        if self == Self::PostcodeSector {
            return text.get(..district + 2);
        }
        let full = letter(district + 2) && letter(district + 3) && bytes.len() == district + 4;
        full.then_some(text)
    }
}

fn is_email_address(text: &str) -> bool {
    let made_of = |text: &str, signs: &[u8]| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || signs.contains(&byte))
    };
    let Some((local, domain)) = text.split_once('@') else { return false };
    let Some((name, top)) = domain.rsplit_once('.') else { return false };
    made_of(local, b"._%+-")
        && made_of(name, b".-")
        && top.len() >= 2
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

impl Part {
    /// The part of a text; nothing if the text is not of the pattern.
    #[must_use]
    pub fn of(&self, text: &str) -> Option<String> {
        let lowered = if self.lower { text.to_lowercase() } else { text.to_owned() };
        let found = match self.pattern {
            Some(pattern) => match pattern.of(&lowered) {
                None if self.or_empty => "",
                found => found?,
            },
            None => &lowered,
        };
        if self.start <= 1 && self.length == 0 {
            return Some(found.to_owned());
        }
        let skipped = usize::from(self.start.saturating_sub(1));
        let taken = if self.length == 0 { usize::MAX } else { usize::from(self.length) };
        Some(found.chars().skip(skipped).take(taken).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_the_regular_expressions() {
        use Pattern::{
            EmailAddress, EmailDomain, EmailLocalPart, PostcodeArea, PostcodeDistrict, PostcodeFull,
            PostcodeSector,
        };
        for (pattern, text, found) in [
            (PostcodeFull, "SW1A 2AA", Some("SW1A 2AA")),
            (PostcodeFull, "m1 1ae", Some("m1 1ae")),
            (PostcodeFull, "SW1A 2AAB", None),
            (PostcodeFull, "SW1A2AA", None),
            (PostcodeSector, "SW1A 2AA", Some("SW1A 2")),
            (PostcodeSector, "M11 2", Some("M11 2")),
            (PostcodeSector, "M11 A", None),
            (PostcodeDistrict, "SW1A2AA", Some("SW1A")),
            (PostcodeDistrict, "M1", Some("M1")),
            (PostcodeDistrict, "SWA1", None),
            (PostcodeArea, "SWA1", Some("SW")),
            (PostcodeArea, "1A", None),
            (PostcodeArea, "Ñ1", None),
            (EmailLocalPart, "سارا@a.ir", Some("سارا")),
            (EmailLocalPart, "a@b@c", Some("a")),
            (EmailLocalPart, "@b", None),
            (EmailLocalPart, "none", Some("none")),
            (EmailDomain, "a@b@c.ir", Some("@c.ir")),
            (EmailDomain, "a@", None),
            (EmailDomain, "a", None),
            (EmailAddress, "a.b+c@d-e.co.uk", Some("a.b+c@d-e.co.uk")),
            (EmailAddress, "a@b.c", None),
            (EmailAddress, "a@.ir", None),
            (EmailAddress, "@b.ir", None),
            (EmailAddress, "سارا@b.ir", None),
            (EmailAddress, "a@b@c.ir", None),
        ] {
            let part = Part { pattern: Some(pattern), ..Part::default() };
            assert_eq!(part.of(text).as_deref(), found, "{pattern:?} {text}");
            let or_empty = Part { or_empty: true, ..part };
            assert_eq!(or_empty.of(text).as_deref(), found.or(Some("")), "{pattern:?} {text}");
        }
    }

    #[test]
    fn substrings_count_characters() {
        let part = Part { start: 2, length: 2, ..Part::default() };
        for (text, found) in [("کریمی", "ری"), ("Иванов", "ва"), ("כהן", "הן"), ("x", "")]
        {
            assert_eq!(part.of(text).as_deref(), Some(found));
        }
        let tail = Part { start: 3, ..Part::default() };
        assert_eq!(tail.of("محمد").as_deref(), Some("مد"));
    }
}

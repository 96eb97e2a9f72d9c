//! Values in a sentence of the other direction: kept in their place, and only where they would leave it.

use std::borrow::Cow;

use icu_properties::CodePointMapData;
use icu_properties::props::BidiClass;

use super::{Direction, controls, digits};

/// What a text is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Markup {
    /// Plain text: directional isolates are characters.
    #[default]
    Text,
    /// HTML: values are escaped, isolates are `<bdi>`.
    Html,
}

/// How a value stands in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// As it is.
    None,
    /// Apart, in the direction of its own first letter.
    Own,
    /// Apart, from left to right: it has no letter that says so (a telephone number, a date in a right-to-left sentence).
    LeftToRight,
}

/// The direction that a character pulls its neighbours into: that of the bidirectional classes L, R and AL; none for
/// digits, signs and spaces. Source: Unicode Standard Annex 9, table 4.
///
/// ```
/// use throughline::text::Direction;
/// use throughline::text::bidi::strong_direction;
/// assert_eq!(strong_direction('س'), Some(Direction::Rtl));
/// assert_eq!(strong_direction('я'), Some(Direction::Ltr));
/// assert_eq!(strong_direction('۵'), None);
/// ```
#[must_use]
pub fn strong_direction(c: char) -> Option<Direction> {
    if c.is_ascii() {
        return c.is_ascii_alphabetic().then_some(Direction::Ltr);
    }
    match CodePointMapData::<BidiClass>::new().get(c) {
        BidiClass::LeftToRight => Some(Direction::Ltr),
        BidiClass::RightToLeft | BidiClass::ArabicLetter => Some(Direction::Rtl),
        _ => None,
    }
}

/// How a value has to stand in a sentence of that direction: apart where it has a letter of the other direction, or, in a
/// right-to-left sentence, where it has no letter and anything but digits. Controls of the value itself do not count.
///
/// # Complexity
/// O(n).
#[must_use]
pub fn isolation(value: &str, base: Direction) -> Isolation {
    let (mut has_letter, mut has_sign) = (false, false);
    for c in value.chars().filter(|c| !controls::is_bidi_control(*c)) {
        match strong_direction(c) {
            Some(direction) if direction != base => return Isolation::Own,
            Some(_) => has_letter = true,
            None => has_sign |= digits::value(c).is_none(),
        }
    }
    if base == Direction::Rtl && has_sign && !has_letter { Isolation::LeftToRight } else { Isolation::None }
}

/// A customer's or a product's value, ready to be put into a sentence of that direction.
///
/// Directional controls in the value are left out, so that it cannot turn the sentence around it. Isolates are added only
/// where they are needed: an all-Latin text message stays in its seven-bit alphabet. For HTML the value is escaped too.
///
/// # Complexity
/// O(n); a value that needs nothing is returned as it is.
///
/// ```
/// use throughline::text::Direction;
/// use throughline::text::bidi::{Markup, isolate};
/// assert_eq!(isolate("Sara", Direction::Ltr, Markup::Text), "Sara");
/// assert_eq!(isolate("سارا", Direction::Ltr, Markup::Text), "\u{2068}سارا\u{2069}");
/// assert_eq!(isolate("\u{202e}evil", Direction::Ltr, Markup::Text), "evil");
/// assert_eq!(isolate("+98 912", Direction::Rtl, Markup::Html), "<bdi dir=\"ltr\">+98 912</bdi>");
/// ```
#[must_use]
pub fn isolate(value: &str, base: Direction, markup: Markup) -> Cow<'_, str> {
    let isolation = isolation(value, base);
    let stripped = strip(value);
    let shown = match markup {
        Markup::Text => stripped,
        Markup::Html => escape(stripped),
    };
    let (open, close) = match (isolation, markup) {
        (Isolation::None, _) => return shown,
        (Isolation::Own, Markup::Text) => ("\u{2068}", "\u{2069}"),
        (Isolation::LeftToRight, Markup::Text) => ("\u{2066}", "\u{2069}"),
        (Isolation::Own, Markup::Html) => ("<bdi>", "</bdi>"),
        (Isolation::LeftToRight, Markup::Html) => ("<bdi dir=\"ltr\">", "</bdi>"),
    };
    Cow::Owned([open, &*shown, close].concat())
}

/// The value without directional controls. Joiners stay: they are spelling.
#[must_use]
pub fn strip(value: &str) -> Cow<'_, str> {
    if value.is_ascii() || !value.chars().any(controls::is_bidi_control) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.chars().filter(|c| !controls::is_bidi_control(*c)).collect())
}

/// The text with the five characters that mean something in HTML as references.
fn escape(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_stand_apart_only_where_they_would_move() {
        for (value, base, isolation) in [
            ("Анна", Direction::Ltr, Isolation::None),
            ("שרה", Direction::Ltr, Isolation::Own),
            ("سارا", Direction::Rtl, Isolation::None),
            ("שרה", Direction::Rtl, Isolation::None),
            ("Anna", Direction::Rtl, Isolation::Own),
            ("سارا Smith", Direction::Rtl, Isolation::Own),
            ("۱۲۳۴", Direction::Rtl, Isolation::None),
            ("1234", Direction::Rtl, Isolation::None),
            ("۱۲/۳۴", Direction::Rtl, Isolation::LeftToRight),
            ("👋", Direction::Rtl, Isolation::LeftToRight),
            ("۱۲/۳۴", Direction::Ltr, Isolation::None),
            ("", Direction::Rtl, Isolation::None),
            ("\u{200e}", Direction::Rtl, Isolation::None),
        ] {
            assert_eq!(super::isolation(value, base), isolation, "{value}");
        }
    }

    #[test]
    fn html_is_escaped_once() {
        assert_eq!(isolate("<b>'A & B\"", Direction::Ltr, Markup::Html), "&lt;b&gt;&#x27;A &amp; B&quot;");
        assert_eq!(isolate("<علی>", Direction::Ltr, Markup::Html), "<bdi>&lt;علی&gt;</bdi>");
        assert!(matches!(isolate("Anna", Direction::Ltr, Markup::Html), Cow::Borrowed("Anna")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_value_cannot_reach_outside(value in any::<String>(), rtl in any::<bool>()) {
            let value = value + "\u{2067}\u{202e}x\u{2069}";
            let base = if rtl { Direction::Rtl } else { Direction::Ltr };
            let text = isolate(&value, base, Markup::Text);
            let inside = strip(&text);
            prop_assert_eq!(&*inside, &*strip(&value));
            let around: Vec<char> = text.chars().filter(|c| controls::is_bidi_control(*c)).collect();
            let closes = around.len() == 2 && around[1] == '\u{2069}';
            prop_assert!(around.is_empty() || closes);
            let html = isolate(&value, base, Markup::Html);
            let bare = html.replace("<bdi>", "").replace("<bdi dir=\"ltr\">", "").replace("</bdi>", "");
            prop_assert!(!bare.contains(['<', '>', '"', '\'']));
        }
    }
}

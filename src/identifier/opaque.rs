//! Identifiers without a grammar of their own: ids, cards, handles.

use unicode_normalization::UnicodeNormalization;

use super::error::{IdentifierError, IdentifierErrorKind};
use super::value::LONGEST;
use crate::text::{controls, digits};

/// Raw values longer than this are not looked at.
const LONGEST_RAW: usize = 4 * LONGEST;

/// Refuses what a person cannot see, and characters that stand for ASCII ones.
pub(super) fn visible(raw: &str, what: &'static str) -> Result<(), IdentifierError> {
    for c in raw.chars() {
        refuse(c, what)?;
    }
    Ok(())
}

/// The same for one character.
pub(super) fn refuse(c: char, what: &'static str) -> Result<(), IdentifierError> {
    let kind = if c.is_ascii_graphic() {
        return Ok(());
    } else if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
        IdentifierErrorKind::ControlCharacter
    } else if controls::is_bidi_control(c) {
        IdentifierErrorKind::BidiControl
    } else if controls::is_invisible(c) {
        IdentifierErrorKind::Invisible
    } else if matches!(c, '\u{37e}' | '\u{1fef}' | '\u{212a}') {
        // The three characters outside ASCII whose canonical decomposition is an ASCII character.
        IdentifierErrorKind::Confusable
    } else {
        return Ok(());
    };
    Err(IdentifierError::new(kind, what))
}

/// Checks the raw length, removes surrounding ASCII white space and refuses emptiness.
pub(super) fn trimmed<'a>(raw: &'a str, what: &'static str) -> Result<&'a str, IdentifierError> {
    if raw.len() > LONGEST_RAW {
        return Err(IdentifierError::new(IdentifierErrorKind::TooLong, what));
    }
    let trimmed = raw.trim_ascii();
    if trimmed.is_empty() {
        return Err(IdentifierError::new(IdentifierErrorKind::Empty, what));
    }
    Ok(trimmed)
}

/// Checks the length of the finished form.
fn finished(value: String, what: &'static str) -> Result<Box<str>, IdentifierError> {
    match value.len() {
        0 => Err(IdentifierError::new(IdentifierErrorKind::Empty, what)),
        1..=LONGEST => Ok(value.into_boxed_str()),
        _ => Err(IdentifierError::new(IdentifierErrorKind::TooLong, what)),
    }
}

/// Normalisation form C, case kept.
pub(super) fn opaque(raw: &str, what: &'static str) -> Result<Box<str>, IdentifierError> {
    let raw = trimmed(raw, what)?;
    visible(raw, what)?;
    finished(if raw.is_ascii() { raw.to_owned() } else { raw.nfc().collect() }, what)
}

/// Native digits to ASCII, no spaces and hyphens, upper-case ASCII letters.
pub(super) fn card(raw: &str, what: &'static str) -> Result<Box<str>, IdentifierError> {
    let raw = trimmed(raw, what)?;
    visible(raw, what)?;
    let value = raw
        .nfc()
        .filter(|c| !c.is_whitespace() && !digits::is_dash(*c))
        .map(|c| digits::ascii(c).to_ascii_uppercase())
        .nfc()
        .collect();
    finished(value, what)
}

/// No leading `@`, lower-case ASCII letters.
pub(super) fn handle(raw: &str) -> Result<Box<str>, IdentifierError> {
    let what = "social handle";
    let raw = trimmed(raw, what)?;
    visible(raw, what)?;
    let bare = raw.trim_start_matches(|c: char| c == '@' || c.is_ascii_whitespace());
    finished(bare.nfc().map(|c| c.to_ascii_lowercase()).nfc().collect(), what)
}

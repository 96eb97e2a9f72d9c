//! Header lines of e-mail: nothing may begin a new line, and a subject should stay short.

use std::fmt;

/// Most characters of a line without its end (RFC 5322, section 2.1.1).
const MOST: usize = 998;
/// The length of line that RFC 5322 asks for.
const ADVISED: usize = 78;
/// Most characters of an encoded word (RFC 2047, section 2).
const WORD: usize = 75;
/// `=?UTF-8?B?` and `?=`.
const WORD_FRAME: usize = 12;
/// `Subject: `.
const NAME: usize = 9;

/// What is wrong with a header's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HeaderErrorKind {
    /// It has a line break, in whatever character: somebody may be adding headers of their own.
    LineBreak,
    /// It has another control character, NUL among them.
    ControlCharacter,
    /// It is over 998 characters once encoded: shorten it.
    TooLong,
}

/// A value that may not stand in a header. The text never quotes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderError {
    kind: HeaderErrorKind,
    /// Where the character stands, in bytes.
    at: usize,
}

impl HeaderError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> HeaderErrorKind {
        self.kind
    }

    /// The byte at which it was found.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            HeaderErrorKind::LineBreak => "a line break in a header",
            HeaderErrorKind::ControlCharacter => "a control character in a header",
            HeaderErrorKind::TooLong => "the header is too long",
        };
        write!(f, "{what} at byte {}", self.at)
    }
}

impl std::error::Error for HeaderError {}

/// The text, if it may stand in a header: no line break (CR, LF, VT, FF, NEL, the line and paragraph separators of Unicode)
/// and no other control character.
///
/// # Errors
/// The first such character. Refuse the message; do not repair it, for it was no accident.
///
/// ```
/// use throughline::messaging::limits::{HeaderErrorKind, header_value};
/// assert_eq!(header_value("سفارش شما"), Ok("سفارش شما"));
/// let refused = header_value("Order\r\nBcc: all@shop.example").err().map(|error| error.kind());
/// assert_eq!(refused, Some(HeaderErrorKind::LineBreak));
/// ```
pub fn header_value(text: &str) -> Result<&str, HeaderError> {
    for (at, c) in text.char_indices() {
        let kind = match c {
            '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                HeaderErrorKind::LineBreak
            }
            c if c.is_control() => HeaderErrorKind::ControlCharacter,
            _ => continue,
        };
        return Err(HeaderError { kind, at });
    }
    Ok(text)
}

/// How a subject will travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectAdvice {
    /// Characters as people count them, roughly: code points.
    pub characters: usize,
    /// Characters on the wire: as they are for ASCII, else in encoded words of base64 (RFC 2047).
    pub encoded: usize,
    /// Whether `Subject: ` and the value stay within the 78 characters that RFC 5322 asks for, without folding.
    pub fits_one_line: bool,
}

/// Checks a subject and says how long it is on the wire.
///
/// # Errors
/// As [`header_value`], and a value over the 998 characters of a line where it cannot be folded at spaces or between
/// encoded words.
///
/// ```
/// use throughline::messaging::limits::subject_advice;
/// let advice = subject_advice("Заказ готов")?;
/// assert_eq!((advice.characters, advice.encoded, advice.fits_one_line), (11, 40, true));
/// # Ok::<(), throughline::messaging::limits::HeaderError>(())
/// ```
pub fn subject_advice(text: &str) -> Result<SubjectAdvice, HeaderError> {
    header_value(text)?;
    let characters = text.chars().count();
    let encoded = if text.is_ascii() { text.len() } else { encoded_words(text) };
    let longest = if text.is_ascii() { text.split(' ').map(str::len).max().unwrap_or(0) } else { WORD };
    if longest > MOST - NAME {
        return Err(HeaderError { kind: HeaderErrorKind::TooLong, at: MOST - NAME });
    }
    Ok(SubjectAdvice { characters, encoded, fits_one_line: NAME + encoded <= ADVISED })
}

/// Characters of the encoded words with a space between two; a character is never split over two of them.
fn encoded_words(text: &str) -> usize {
    let room = (WORD - WORD_FRAME) / 4 * 3;
    let length = |bytes: usize| WORD_FRAME + bytes.div_ceil(3) * 4;
    let (mut total, mut bytes) = (0, 0);
    for c in text.chars() {
        if bytes + c.len_utf8() > room {
            total += length(bytes) + 1;
            bytes = 0;
        }
        bytes += c.len_utf8();
    }
    total + length(bytes)
}

#[cfg(test)]
mod tests {
    use super::{HeaderErrorKind, header_value, subject_advice};

    #[test]
    fn nothing_begins_a_new_line() {
        for c in ['\r', '\n', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'] {
            let refused = header_value(&format!("سلام{c}x")).unwrap_err();
            assert_eq!((refused.kind(), refused.at()), (HeaderErrorKind::LineBreak, 8), "{c:?}");
        }
        for c in ['\0', '\u{7f}', '\u{1b}', '\t', '\u{9f}'] {
            assert_eq!(header_value(&c.to_string()).unwrap_err().kind(), HeaderErrorKind::ControlCharacter);
        }
        for fine in ["", "Größe", "שלום", "Привет 👋", "Hello, \"Anna\""] {
            assert_eq!(header_value(fine), Ok(fine));
        }
    }

    #[test]
    fn subjects_are_measured_on_the_wire() {
        assert!(subject_advice(&"a".repeat(69)).unwrap().fits_one_line);
        assert!(!subject_advice(&"a".repeat(70)).unwrap().fits_one_line);
        let long = subject_advice(&"س".repeat(5_000)).unwrap();
        assert_eq!((long.characters, long.fits_one_line), (5_000, false));
        // 22 letters of two bytes fill a word; 227 words of 72, the last with 6 letters, and the spaces between.
        assert_eq!(long.encoded, 227 * (12 + 60) + 12 + 16 + 227);
        assert_eq!(subject_advice(&"a".repeat(990)).unwrap_err().kind(), HeaderErrorKind::TooLong);
        assert!(subject_advice("a\nb").is_err());
    }
}

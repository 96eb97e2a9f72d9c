//! Texts that become a header: a subject, a sender's name.

/// The longest header text, in bytes: a line of RFC 5322 (2.1.1) holds 998.
pub const LONGEST_HEADER: usize = 998;

/// Why a text must not become a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// It would begin another header, or a body.
    #[error("a header must have no line break and no control character")]
    Injection,
    /// Longer than [`LONGEST_HEADER`].
    #[error("a header must have at most 998 bytes")]
    TooLong,
}

/// Whether a text may become a subject, a sender's name or another header.
///
/// # Errors
/// It has a line break of any kind or another control character, or is too long.
///
/// ```
/// use throughline::messaging::limits::{HeaderError, check_header};
/// assert_eq!(check_header("سفارش شما آماده است"), Ok(()));
/// assert_eq!(check_header("Hello\r\nBcc: everybody@example.com"), Err(HeaderError::Injection));
/// ```
pub fn check_header(text: &str) -> Result<(), HeaderError> {
    if text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(HeaderError::Injection);
    }
    if text.len() > LONGEST_HEADER {
        return Err(HeaderError::TooLong);
    }
    Ok(())
}

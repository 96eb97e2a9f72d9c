//! The size of a push message.

use serde::{Deserialize, Serialize};

/// The most bytes of a push message: Apple's of an alert and Google's alike. Sources: "Generating a remote notification"
/// (developer.apple.com) and "Firebase Cloud Messaging, message types" (firebase.google.com), read 2026-11.
pub const PUSH_BYTES: usize = 4_096;

/// The most bytes of Apple's push messages for calls, of the same source.
pub const VOIP_PUSH_BYTES: usize = 5_120;

/// What is around title and body: `{"aps":{"alert":{"title":"","body":""}}}`.
const FRAME: usize = 40;

/// How the library that talks to the provider writes characters outside ASCII in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushEscape {
    /// As they are.
    #[default]
    Utf8,
    /// As `\uXXXX`, two of them beyond the Basic Multilingual Plane: Persian text takes three times as much.
    Ascii,
}

/// The bytes of the compact JSON `{"aps":{"alert":{"title":T,"body":B}}}`.
///
/// # Complexity
/// O(n), without writing it.
///
/// ```
/// use throughline::messaging::limits::{PushEscape, push_bytes};
/// assert_eq!(push_bytes("سلام", "", PushEscape::Utf8), 48);
/// assert_eq!(push_bytes("سلام", "", PushEscape::Ascii), 64);
/// ```
#[must_use]
pub fn push_bytes(title: &str, body: &str, escape: PushEscape) -> usize {
    FRAME + json_bytes(title, escape) + json_bytes(body, escape)
}

/// The bytes of a text in a JSON string, without its quotation marks.
fn json_bytes(text: &str, escape: PushEscape) -> usize {
    let of = |c: char| match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        c if c.is_ascii() || escape == PushEscape::Utf8 => c.len_utf8(),
        c => 6 * c.len_utf16(),
    };
    text.chars().map(of).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_size_is_that_of_the_written_json(title in "\\PC{0,20}|[\\x00-\\x7f]{0,20}", body in "[\\x00-\\x7f\\u{600}-\\u{6ff}😀]{0,40}") {
            let written = serde_json::json!({"aps": {"alert": {"title": &title, "body": &body}}}).to_string();
            prop_assert_eq!(push_bytes(&title, &body, PushEscape::Utf8), written.len());
            let ascii: usize = written.chars().map(|c| if c.is_ascii() { 1 } else { 6 * c.len_utf16() }).sum();
            prop_assert_eq!(push_bytes(&title, &body, PushEscape::Ascii), ascii);
        }
    }
}

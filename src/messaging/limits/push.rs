//! Push notifications: bytes of the payload, without building it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::truncate::truncate;

/// Bytes of `{"aps":{"alert":{"title":"","body":""}}}`.
const FRAME: usize = 40;

/// How the sender writes characters outside of ASCII into JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JsonEscape {
    /// As UTF-8.
    #[default]
    Utf8,
    /// As `\uXXXX`, as some libraries do unless they are told otherwise: three times as long for Persian.
    Ascii,
}

/// Most bytes of a payload, with the vendor's page and the day it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushLimit {
    /// Most bytes.
    pub bytes: usize,
    /// Where that is said.
    pub source: Cow<'static, str>,
    /// When it was read, `YYYY-MM-DD`.
    pub as_of: Cow<'static, str>,
}

impl PushLimit {
    const fn dated(bytes: usize, source: &'static str) -> Self {
        Self { bytes, source: Cow::Borrowed(source), as_of: Cow::Borrowed("2026-11-22") }
    }

    /// Apple's push service, alerts: 4,096.
    pub const APNS: Self = Self::dated(4_096, "Apple, Generating a remote notification");
    /// Apple's push service, calls (`VoIP`): 5,120.
    pub const APNS_VOIP: Self = Self::dated(5_120, "Apple, Generating a remote notification");
    /// Firebase Cloud Messaging: 4,096.
    pub const FCM: Self = Self::dated(4_096, "Firebase, About FCM messages");
}

/// Bytes of a text inside the quotes of a JSON string.
///
/// ```
/// use throughline::messaging::limits::{JsonEscape, json_bytes};
/// assert_eq!(json_bytes("سلام\n", JsonEscape::Utf8), 10);
/// assert_eq!(json_bytes("سلام\n", JsonEscape::Ascii), 26);
/// ```
#[must_use]
pub fn json_bytes(text: &str, escape: JsonEscape) -> usize {
    text.chars().map(|c| width(c, escape)).sum()
}

fn width(c: char, escape: JsonEscape) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        c if c.is_ascii() || escape == JsonEscape::Utf8 => c.len_utf8(),
        c => 6 * c.len_utf16(),
    }
}

/// Bytes of the payload with this title and body and nothing else.
///
/// ```
/// use throughline::messaging::limits::{JsonEscape, PushLimit, push_bytes};
/// let bytes = push_bytes("سفارش", &"س".repeat(1_000), JsonEscape::Ascii);
/// assert!(bytes > PushLimit::APNS.bytes);
/// assert_eq!(push_bytes("", "", JsonEscape::Utf8), r#"{"aps":{"alert":{"title":"","body":""}}}"#.len());
/// ```
#[must_use]
pub fn push_bytes(title: &str, body: &str, escape: JsonEscape) -> usize {
    FRAME + json_bytes(title, escape) + json_bytes(body, escape)
}

/// As much of the body as fits beside the title and `other` bytes of the payload's own data, with an ellipsis where it
/// was cut; see [`truncate`]. `None` if the rest alone is too long.
///
/// # Complexity
/// O(n).
///
/// ```
/// use throughline::messaging::limits::{JsonEscape, PushLimit, fit_push, push_bytes};
/// let long = "سلام ".repeat(1_000);
/// let body = fit_push("سفارش", &long, 0, JsonEscape::Utf8, &PushLimit::FCM).ok_or("too long")?;
/// assert!(push_bytes("سفارش", &body, JsonEscape::Utf8) <= 4_096 && body.ends_with('…'));
/// # Ok::<(), &'static str>(())
/// ```
#[must_use]
pub fn fit_push<'b>(
    title: &str,
    body: &'b str,
    other: usize,
    escape: JsonEscape,
    limit: &PushLimit,
) -> Option<Cow<'b, str>> {
    let room = limit.bytes.checked_sub(push_bytes(title, "", escape).saturating_add(other))?;
    Some(truncate(body, room, |c| width(c, escape)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn bytes_are_those_of_the_json(title in any::<String>(), body in any::<String>(), room in 0_usize..300) {
            let written = serde_json::json!({"aps": {"alert": {"title": title, "body": body}}}).to_string();
            prop_assert_eq!(push_bytes(&title, &body, JsonEscape::Utf8), written.len());
            let escaped: usize = written.chars().map(|c| if c.is_ascii() { 1 } else { 6 * c.len_utf16() }).sum();
            prop_assert_eq!(push_bytes(&title, &body, JsonEscape::Ascii), escaped);
            for escape in [JsonEscape::Utf8, JsonEscape::Ascii] {
                let limit = PushLimit { bytes: room, ..PushLimit::APNS };
                if let Some(fits) = fit_push(&title, &body, 0, escape, &limit) {
                    prop_assert!(push_bytes(&title, &fits, escape) <= room);
                }
            }
        }
    }
}

//! A JSON writer that keeps the order in which fields are written, whatever the features of other crates.

use std::fmt::{Display, Write as _};

/// The line being written.
#[derive(Debug, Default)]
pub(crate) struct Json {
    text: String,
}

impl Json {
    /// Starts a new line.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
    }

    /// What was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    fn comma(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[' | b':')) {
            self.text.push(',');
        }
    }

    fn key(&mut self, key: &str) {
        self.comma();
        if !key.is_empty() {
            self.quoted(key);
            self.text.push(':');
        }
    }

    fn quoted(&mut self, value: &str) {
        self.text.push('"');
        for letter in value.chars() {
            match letter {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                c if c < ' ' => {
                    // Writing into a String cannot fail.
                    let _ = write!(self.text, "\\u{:04x}", u32::from(c));
                }
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    /// A text field; without a key, an item of a list.
    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.quoted(value);
    }

    /// A number or a truth value.
    pub(crate) fn raw(&mut self, key: &str, value: impl Display) {
        self.key(key);
        let _ = write!(self.text, "{value}");
    }

    /// An object; without a key, the line itself or an item of a list.
    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.key(key);
        self.text.push('{');
        fill(self);
        self.text.push('}');
    }

    /// A list.
    pub(crate) fn list(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.key(key);
        self.text.push('[');
        fill(self);
        self.text.push(']');
    }

    /// An amount in minor units of a currency with two decimals, written as a decimal number.
    pub(crate) fn amount(&mut self, key: &str, minor: i64) {
        let sign = if minor < 0 { "-" } else { "" };
        let minor = minor.unsigned_abs();
        self.raw(key, format_args!("{sign}{}.{:02}", minor / 100, minor % 100));
    }
}

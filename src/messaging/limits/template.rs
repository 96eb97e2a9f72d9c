//! The texts of a provider's approved templates.

use serde::{Deserialize, Serialize};

use crate::time::NaiveDate;

/// How long the parts of an approved template may be, in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateLimits {
    /// The header.
    pub header: usize,
    /// The body, filled.
    pub body: usize,
    /// The text of a button.
    pub button: usize,
    /// How many templates an account may have.
    pub templates: usize,
    /// Where it is written.
    pub source: String,
    /// The date of this entry.
    pub as_of: NaiveDate,
}

/// The part of a template that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {part} has {length} characters, at most {limit} may be")]
pub struct TemplateTooLong {
    /// Which part.
    pub part: &'static str,
    /// How long it is.
    pub length: usize,
    /// How long it may be.
    pub limit: usize,
}

impl Default for TemplateLimits {
    /// WhatsApp's, as its providers publish them.
    fn default() -> Self {
        Self {
            header: 60,
            body: 1_024,
            button: 25,
            templates: 250,
            source: "docs.360dialog.com, message templates: body of 1,024 characters, header of 60, button of 25, 250 \
                     templates an account"
                .to_owned(),
            as_of: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap_or_default(),
        }
    }
}

impl TemplateLimits {
    /// Whether a filled template keeps the limits.
    ///
    /// # Errors
    /// The first part that is too long.
    ///
    /// ```
    /// use throughline::messaging::limits::TemplateLimits;
    /// let limits = TemplateLimits::default();
    /// assert!(limits.check(Some("سفارش"), &"آ".repeat(1_024), None).is_ok());
    /// assert_eq!(limits.check(None, &"a".repeat(1_025), None).unwrap_err().limit, 1_024);
    /// ```
    pub fn check(
        &self,
        header: Option<&str>,
        body: &str,
        button: Option<&str>,
    ) -> Result<(), TemplateTooLong> {
        let parts = [
            ("header", header.unwrap_or_default(), self.header),
            ("body", body, self.body),
            ("button", button.unwrap_or_default(), self.button),
        ];
        for (part, text, limit) in parts {
            let length = text.chars().count();
            if length > limit {
                return Err(TemplateTooLong { part, length, limit });
            }
        }
        Ok(())
    }
}

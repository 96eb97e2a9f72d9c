//! A message as it is written for one channel.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The text of one message for one person in one channel. It may hold a customer's data, so `Debug` shows its lengths.
///
/// ```
/// use throughline::messaging::Rendered;
/// let text = Rendered::text("سلام سارا");
/// assert!(!format!("{text:?}").contains("سارا"));
/// ```
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rendered {
    /// The subject of an e-mail, the title of a push notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text.
    pub body: String,
    /// What else the channel needs by name: the HTML part, the parameters of a provider's template, a link.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl Rendered {
    /// The field that names the variant of the text, by which its figures are counted.
    pub const VARIANT: &'static str = "variant";

    /// A text without a title.
    #[must_use]
    pub fn text(body: impl Into<String>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rendered")
            .field("title_bytes", &self.title.as_ref().map(String::len))
            .field("body_bytes", &self.body.len())
            .field("fields", &self.fields.len())
            .finish()
    }
}

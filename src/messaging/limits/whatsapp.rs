//! Templates of the WhatsApp Business Platform.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Limits of message templates, with their source and date.
///
/// ```
/// use throughline::messaging::limits::{TemplatePart, WhatsAppLimits, WhatsAppTemplate};
/// let template = WhatsAppTemplate { body: "س".repeat(1_025), ..WhatsAppTemplate::default() };
/// let found = WhatsAppLimits::default().check(&template);
/// assert_eq!((found[0].part, found[0].found, found[0].limit), (TemplatePart::Body, 1_025, 1_024));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WhatsAppLimits {
    /// Most characters of a text header.
    pub header: usize,
    /// Most characters of the body.
    pub body: usize,
    /// Most characters of the footer.
    pub footer: usize,
    /// Most buttons.
    pub buttons: usize,
    /// Most characters on a button.
    pub button_text: usize,
    /// Most templates of one account that is not verified.
    pub templates_per_account: usize,
    /// Where that is said.
    pub source: Cow<'static, str>,
    /// When it was read, `YYYY-MM-DD`.
    pub as_of: Cow<'static, str>,
}

impl Default for WhatsAppLimits {
    fn default() -> Self {
        Self {
            header: 60,
            body: 1_024,
            footer: 60,
            buttons: 10,
            button_text: 25,
            templates_per_account: 250,
            source: Cow::Borrowed(
                "Meta, WhatsApp template components; 360dialog, Templates and Template elements",
            ),
            as_of: Cow::Borrowed("2026-11-22"),
        }
    }
}

/// The texts of a template, variables filled in.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WhatsAppTemplate {
    /// A text header.
    pub header: Option<String>,
    /// The body.
    pub body: String,
    /// The footer.
    pub footer: Option<String>,
    /// What stands on the buttons.
    pub buttons: Vec<String>,
}

/// The texts may be a customer's.
impl std::fmt::Debug for WhatsAppTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WhatsAppTemplate").field("buttons", &self.buttons.len()).finish_non_exhaustive()
    }
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplatePart {
    /// The text header.
    Header,
    /// The body.
    Body,
    /// The footer.
    Footer,
    /// The number of buttons.
    Buttons,
    /// The text of the button at that place, from 0.
    ButtonText(usize),
}

/// A part that is over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TooLong {
    /// Which part.
    pub part: TemplatePart,
    /// Characters, or buttons, that there are.
    pub found: usize,
    /// The most that there may be.
    pub limit: usize,
}

impl WhatsAppLimits {
    /// Every part that is over its limit; empty for a template that fits. Characters are Unicode code points.
    ///
    /// # Complexity
    /// O(n).
    #[must_use]
    pub fn check(&self, template: &WhatsAppTemplate) -> Vec<TooLong> {
        let characters = |text: &str| text.chars().count();
        let optional = |text: &Option<String>| text.as_deref().map_or(0, characters);
        let parts = [
            (TemplatePart::Header, optional(&template.header), self.header),
            (TemplatePart::Body, characters(&template.body), self.body),
            (TemplatePart::Footer, optional(&template.footer), self.footer),
            (TemplatePart::Buttons, template.buttons.len(), self.buttons),
        ];
        let buttons = template.buttons.iter().enumerate();
        let buttons =
            buttons.map(|(at, text)| (TemplatePart::ButtonText(at), characters(text), self.button_text));
        let all = parts.into_iter().chain(buttons).filter(|(_, found, limit)| found > limit);
        all.map(|(part, found, limit)| TooLong { part, found, limit }).collect()
    }
}

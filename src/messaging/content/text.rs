//! A text in one of the two template languages.

use serde::{Deserialize, Serialize};

use super::error::RenderError;
use super::jinja::JinjaTemplate;
use super::slot::SlotName;
use super::template::Template;
use super::write::{Page, write};

/// A text of a variant. In JSON a string is a [`Template`], `{"jinja": "..."}` a [`JinjaTemplate`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// With slots, plural forms and choices; always there.
    Message(Template),
    /// In the Jinja language; needs the feature `templates`.
    Jinja {
        /// The text.
        jinja: JinjaTemplate,
    },
}

impl Text {
    pub(super) fn write(&self, page: &Page<'_>) -> Result<String, RenderError> {
        match self {
            Self::Message(template) => write(template, page),
            Self::Jinja { jinja } => jinja.write(page),
        }
    }
}

impl Text {
    /// The slots that it names, by name; a Jinja text does not say.
    pub fn slots(&self) -> impl Iterator<Item = &SlotName> {
        let template = match self {
            Self::Message(template) => Some(template),
            Self::Jinja { .. } => None,
        };
        template.into_iter().flat_map(Template::slots)
    }
}

impl From<Template> for Text {
    fn from(template: Template) -> Self {
        Self::Message(template)
    }
}

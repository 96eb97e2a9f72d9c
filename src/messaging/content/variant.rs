//! One message with a text for each channel, language and device.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::{RenderError, RenderErrorKind};
use super::slot::Values;
use super::text::Text;
use crate::channel::Channel;
use crate::device::DeviceKind;
use crate::locale::{Locale, lookup};
use crate::messaging::cta::{Intent, Links};

/// The text of a message for one channel and language, and if wanted for one kind of device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The author's name for it, by which its figures are counted.
    pub id: String,
    /// The channel.
    pub channel: Channel,
    /// The language.
    pub locale: Locale,
    /// The kind of device that it is for; none means every kind that has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceKind>,
    /// The subject or title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The text.
    pub body: Text,
    /// The same as HTML, for channels that show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<Text>,
    /// What the button or link says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// The provider's name of the approved template that this text stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

impl Variant {
    /// A variant with a body and nothing else.
    #[must_use]
    pub fn new(id: impl Into<String>, channel: Channel, locale: Locale, body: Text) -> Self {
        Self {
            id: id.into(),
            channel,
            locale,
            device: None,
            title: None,
            body,
            html: None,
            label: None,
            template: None,
        }
    }

    /// All its texts.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        [self.title.as_ref(), Some(&self.body), self.html.as_ref(), self.label.as_ref()].into_iter().flatten()
    }
}

/// What one message says: the facts, and the texts that tell them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The language of the last resort.
    pub default_locale: Locale,
    /// The facts that are the same for everybody. A person's values never replace them.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub slots: Values,
    /// The facts that differ from person to person, each by an example of its kind: given for each person, used by
    /// [`check`](super::check()).
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub personal: Values,
    /// The texts.
    pub variants: Vec<Variant>,
    /// What the reader is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<Intent>,
    /// Where she does it, by kind of link.
    #[serde(default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
}

impl Content {
    /// A message without texts.
    #[must_use]
    pub fn new(default_locale: Locale) -> Self {
        Self {
            default_locale,
            slots: Values::new(),
            personal: Values::new(),
            variants: Vec::new(),
            intent: None,
            links: Links::default(),
        }
    }

    /// The channels that it has a text for, in some language.
    #[must_use]
    pub fn channels(&self) -> BTreeSet<&Channel> {
        self.variants.iter().map(|variant| &variant.channel).collect()
    }

    /// The text for a channel, for who reads these languages, the best first, on that kind of device.
    ///
    /// The language counts before the device: of the texts in the best language the device's own, else the one for every
    /// device. Languages are looked up as RFC 4647 says along the parents of Unicode CLDR, never across scripts, and the
    /// default language comes last. Of two texts for the same case the first is taken.
    ///
    /// # Errors
    /// [`RenderErrorKind::MissingVariant`]: there is none; never a text in a language that nobody asked for.
    ///
    /// # Complexity
    /// O(v) in the number of variants, and the look-up for each language asked for.
    pub fn choose(
        &self,
        channel: &Channel,
        locales: &[Locale],
        device: Option<&DeviceKind>,
    ) -> Result<&Variant, RenderError> {
        let missing = || RenderError::new(RenderErrorKind::MissingVariant);
        let served = |variant: &&Variant| {
            variant.channel == *channel && (variant.device.is_none() || variant.device.as_ref() == device)
        };
        let served: Vec<&Variant> = self.variants.iter().filter(served).collect();
        // Most messages have the very language.
        let exact = locales.first().filter(|first| served.iter().any(|variant| variant.locale == **first));
        let chosen = match exact {
            Some(locale) => locale.clone(),
            None => {
                let available: Vec<Locale> = served.iter().map(|variant| variant.locale.clone()).collect();
                lookup(locales, &available, &self.default_locale).map_err(|_| missing())?.chosen
            }
        };
        let in_language = || served.iter().filter(|variant| variant.locale == chosen);
        let own = in_language().find(|variant| variant.device.is_some());
        own.or_else(|| in_language().next()).copied().ok_or_else(missing)
    }
}

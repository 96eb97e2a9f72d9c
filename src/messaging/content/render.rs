//! The text of a message for one person in one channel, within the channel's limits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{RenderError, RenderErrorKind};
use super::slot::{Slot, Values};
use super::text::Text;
use super::variant::{Content, Variant};
use super::write::Page;
use crate::channel::Channel;
use crate::device::DeviceKind;
use crate::locale::Locale;
use crate::messaging::Rendered;
use crate::messaging::cta::{CallToAction, CtaDevice, call_to_action};
use crate::messaging::limits::{
    JsonEscape, PushLimit, WhatsAppLimits, WhatsAppTemplate, header_value, push_bytes,
};
use crate::messaging::sms::{self, SmsCount, SmsSettings};
use crate::money::Money;
use crate::pii::Pii;
use crate::text::Direction;
use crate::text::bidi::Markup;

/// Who reads a message, as far as its text is concerned.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    /// Where.
    pub channel: &'a Channel,
    /// Her languages, the best first.
    pub locales: &'a [Locale],
    /// The kind of device, if it is known.
    pub device: Option<&'a DeviceKind>,
    /// What its links can do.
    pub links: &'a CtaDevice,
}

/// What a text may cost and how long it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RenderSettings {
    /// How text messages are counted.
    pub sms: SmsSettings,
    /// The most segments of a text message.
    pub most_segments: usize,
    /// Whether typographic signs give way to plain ones where that saves segments.
    pub rewrite_sms: bool,
    /// What a segment costs.
    pub segment_price: Option<Money>,
    /// The most bytes of a push message.
    pub push: PushLimit,
    /// How the push provider's library writes what is not ASCII.
    pub push_escape: JsonEscape,
    /// How long approved templates may be.
    pub templates: WhatsAppLimits,
}

impl Default for RenderSettings {
    /// Six segments, rewritten; 4,096 bytes of push in UTF-8.
    fn default() -> Self {
        Self {
            sms: SmsSettings::default(),
            most_segments: 6,
            rewrite_sms: true,
            segment_price: None,
            push: PushLimit::APNS,
            push_escape: JsonEscape::default(),
            templates: WhatsAppLimits::default(),
        }
    }
}

/// A message as it is sent. `Debug` shows no words of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rendering {
    /// The channel.
    pub channel: Channel,
    /// The variant's name.
    pub variant: String,
    /// The language.
    pub locale: Locale,
    /// Which way it runs.
    pub direction: Direction,
    /// The subject or title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Pii<String>>,
    /// The text.
    pub body: Pii<String>,
    /// The same as HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<Pii<String>>,
    /// What the button or link says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Pii<String>>,
    /// Where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_to_action: Option<CallToAction>,
    /// The provider's approved template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The segments of a text message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms: Option<SmsCount>,
    /// What they cost, if the settings name a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
}

/// Writes a message for a person: chooses the text, fills it, chooses the link, keeps the channel's limits. A text may
/// name the chosen link as `{link}`.
///
/// # Errors
/// [`RenderError`] says what is missing or too long; nothing is cut off, as a cut price or link is another one.
///
/// # Complexity
/// O(v + n) in the number of variants and the length of the text.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::locale::Locale;
/// use throughline::messaging::content::{Content, Reader, RenderSettings, Slot, Values, Variant, render};
/// use throughline::messaging::cta::CtaDevice;
/// let mut content = Content::new("en".parse()?);
/// content.slots.insert("off".parse()?, Slot::Percentage(2_000));
/// for (locale, text) in [("en", "{name}, {off} off"), ("fa", "{name}، {off} تخفیف")] {
///     let body = text.parse::<throughline::messaging::content::Template>()?;
///     content.variants.push(Variant::new(locale, Channel::Sms, locale.parse()?, body.into()));
/// }
/// let values = Values::from([("name".parse()?, Slot::text("سارا"))]);
/// let locales: [Locale; 1] = ["fa-IR".parse()?];
/// let reader = Reader { channel: &Channel::Sms, locales: &locales, device: None, links: &CtaDevice::default() };
/// let message = render(&content, &reader, &values, &RenderSettings::default())?;
/// assert_eq!(message.body.reveal(), "سارا، \u{2066}۲۰٪\u{2069} تخفیف");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render(
    content: &Content,
    reader: &Reader<'_>,
    personal: &Values,
    settings: &RenderSettings,
) -> Result<Rendering, RenderError> {
    let variant = content.choose(reader.channel, reader.locales, reader.device)?;
    render_variant(content, variant, reader, personal, settings)
}

/// A message in every channel that it can be written for, and why not in the others.
#[derive(Debug, Clone, Default)]
pub struct Renderings {
    /// The texts, ready for the outbox.
    pub written: BTreeMap<Channel, Rendering>,
    /// What stands in the way.
    pub refused: BTreeMap<Channel, RenderError>,
}

impl Renderings {
    /// The texts as a sender takes them.
    #[must_use]
    pub fn contents(&self) -> BTreeMap<Channel, Rendered> {
        self.written.iter().map(|(channel, text)| (channel.clone(), text.clone().into())).collect()
    }
}

/// Writes a message for a person in each of these channels, so that a decision falls through to the next channel where a
/// text is missing or too long.
#[must_use]
pub fn render_each<'a>(
    content: &Content,
    readers: impl IntoIterator<Item = Reader<'a>>,
    personal: &Values,
    settings: &RenderSettings,
) -> Renderings {
    let mut all = Renderings::default();
    for reader in readers {
        match render(content, &reader, personal, settings) {
            Ok(text) => drop(all.written.insert(reader.channel.clone(), text)),
            Err(error) => drop(all.refused.insert(reader.channel.clone(), error)),
        }
    }
    all
}

impl From<Rendering> for Rendered {
    /// Besides title and body the fields `variant`, `locale`, `direction`, and where there are: `html`, `label`, `link` and
    /// `link_kind`, `template`.
    fn from(text: Rendering) -> Self {
        let direction = if text.direction == Direction::Rtl { "rtl" } else { "ltr" };
        let link = text.call_to_action;
        let fields = [
            (Self::VARIANT, Some(text.variant)),
            ("locale", Some(text.locale.to_string())),
            ("direction", Some(direction.to_owned())),
            ("html", text.html.map(Pii::into_inner)),
            ("label", text.label.map(Pii::into_inner)),
            ("link_kind", link.as_ref().map(|link| link.kind.as_str().to_owned())),
            ("link", link.map(|link| link.link)),
            ("template", text.template),
        ];
        let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        Self { title: text.title.map(Pii::into_inner), body: text.body.into_inner(), fields }
    }
}

pub(super) fn render_variant(
    content: &Content,
    variant: &Variant,
    reader: &Reader<'_>,
    personal: &Values,
    settings: &RenderSettings,
) -> Result<Rendering, RenderError> {
    let mut values = values(content, personal, variant.channel.nature().public)?;
    let call_to_action = match content.intent {
        Some(intent) => Some(
            call_to_action(intent, reader.links, &variant.channel, &content.links)
                .map_err(|_| RenderError::new(RenderErrorKind::NoCallToAction))?,
        ),
        None => None,
    };
    if let (Some(chosen), Ok(link)) = (&call_to_action, "link".parse()) {
        values.entry(link).or_insert_with(|| Slot::Link(chosen.link.clone()));
    }
    // Numbers and days as they are written where she lives: the text may be for all countries of its language.
    let same = |locale: &&Locale| {
        locale.language() == variant.locale.language() && locale.direction() == variant.locale.direction()
    };
    let locale = reader.locales.iter().find(same).unwrap_or(&variant.locale);
    let page = |markup| Page { values: &values, locale, markup };
    let write = |text: &Text| text.write(&page(Markup::Text));
    let title = variant.title.as_ref().map(write).transpose()?;
    if title.as_deref().is_some_and(|title| header_value(title).is_err()) {
        return Err(RenderError::new(RenderErrorKind::HeaderInjection));
    }
    let mut body = write(&variant.body)?;
    let html = variant.html.as_ref().map(|text| text.write(&page(Markup::Html))).transpose()?;
    let label = variant.label.as_ref().map(write).transpose()?;
    let mut sms = None;
    match variant.channel {
        Channel::Sms => {
            let empty = |_| RenderError::new(RenderErrorKind::Empty);
            if settings.rewrite_sms {
                body = sms::rewrite(&body, &settings.sms).map_err(empty)?.text.into_owned();
            }
            let count = sms::segments(&body, &settings.sms).map_err(empty)?;
            if count.segments > settings.most_segments {
                return Err(RenderError::new(RenderErrorKind::TooManySegments));
            }
            sms = Some(count);
        }
        Channel::Push => {
            let bytes = push_bytes(title.as_deref().unwrap_or_default(), &body, settings.push_escape);
            if bytes > settings.push.bytes {
                return Err(RenderError::new(RenderErrorKind::TooManyBytes));
            }
        }
        Channel::WhatsApp if variant.template.is_some() => {
            let filled = WhatsAppTemplate {
                header: title.clone(),
                body: body.clone(),
                buttons: label.iter().cloned().collect(),
                ..WhatsAppTemplate::default()
            };
            if !settings.templates.check(&filled).is_empty() {
                return Err(RenderError::new(RenderErrorKind::TooManyCharacters));
            }
        }
        _ => {}
    }
    let cost = match (&sms, settings.segment_price) {
        (Some(count), Some(price)) => Some(sms::cost(count, price).map_err(|_| too_long())?),
        _ => None,
    };
    Ok(Rendering {
        channel: variant.channel.clone(),
        variant: variant.id.clone(),
        locale: variant.locale.clone(),
        direction: variant.locale.direction(),
        title: title.map(Pii::new),
        body: Pii::new(body),
        html: html.map(Pii::new),
        label: label.map(Pii::new),
        call_to_action,
        template: variant.template.clone(),
        sms,
        cost,
    })
}

const fn too_long() -> RenderError {
    RenderError::new(RenderErrorKind::TooLong)
}

/// The facts for one person: those of the message, and hers where the message leaves a place for one of that kind. In a
/// public place no words about a person are shown.
fn values(content: &Content, personal: &Values, public: bool) -> Result<Values, RenderError> {
    let mut values = content.slots.clone();
    for (name, slot) in personal {
        if let Some(example) = content.personal.get(name)
            && example.kind() != slot.kind()
        {
            return Err(RenderError::of_slot(RenderErrorKind::WrongKind, name));
        }
        if !(public && matches!(slot, Slot::Text(_))) {
            values.entry(name.clone()).or_insert_with(|| slot.clone());
        }
    }
    Ok(values)
}

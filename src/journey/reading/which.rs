//! Which events a rule means.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::{JourneyRulesError, JourneyRulesErrorKind};
use crate::channel::Channel;
use crate::event::{Attribute, Event};
use crate::text::fold;

/// Which events a rule means: all that is said must hold, and what is left empty holds for every event.
///
/// Names are compared as people read them ([`text::fold`](crate::text::fold)): upper and lower case, diacritics, the Arabic and
/// the Persian form of a letter make no difference.
///
/// ```
/// use throughline::journey::reading::Which;
/// let rule: Which = serde_json::from_str(r#"{"names":["سفارش ثبت شد"],"channels":["till"]}"#)?;
/// assert_eq!(rule, Which { channels: ["till"].into_iter().filter_map(throughline::channel::Channel::parse).collect(),
///     ..Which::named(["سفارش ثبت شد"]) });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Which {
    /// Names of touchpoints, after pages and events were renamed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub names: BTreeSet<Box<str>>,
    /// Types of events, as in the specification: `track`, `page`, `screen`, `identify`, `alias`, `group`, or a word of your own.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub types: BTreeSet<Box<str>>,
    /// Channels of events.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<Channel>,
    /// Sources of events.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub sources: BTreeSet<Box<str>>,
    /// What a property, or a trait, must say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<PropertyIs>,
}

/// A property, or a trait if the event has no such property, and what it may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyIs {
    /// The property's name, exactly.
    pub name: Box<str>,
    /// Texts and numbers as they were sent, `true` and `false`; compared as names are. None: it is there, whatever it says.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub values: BTreeSet<Box<str>>,
}

impl Which {
    /// Events of those names.
    #[must_use]
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Events of those types.
    #[must_use]
    pub fn of_type<'a>(types: impl IntoIterator<Item = &'a str>) -> Self {
        Self { types: types.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Events with that property or trait, if it says one of those values; none: whatever it says.
    #[must_use]
    pub fn with<'a>(property: &str, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self { property: Some(PropertyIs { name: property.into(), values }), ..Self::default() }
    }

    pub(super) fn compile(&self, field: &'static str, place: usize) -> Result<Chosen, JourneyRulesError> {
        let empty = |word: &str| word.trim().is_empty();
        let property_empty = self.property.as_ref().is_some_and(|property| property.name.is_empty());
        if property_empty
            || self.names.iter().any(|word| empty(word))
            || self.types.iter().any(|word| empty(word))
        {
            return Err(JourneyRulesError::new(JourneyRulesErrorKind::Empty, field, place));
        }
        let property = self.property.as_ref().map(|property| {
            let values = property.values.iter().map(|value| form(value)).collect();
            (property.name.clone(), values)
        });
        Ok(Chosen {
            names: self.names.iter().map(|name| form(name)).collect(),
            types: self.types.clone(),
            channels: self.channels.clone(),
            sources: self.sources.clone(),
            property,
        })
    }
}

/// The form in which names are compared: the name itself where nothing is left of it, as of signs only.
pub(super) fn form(name: &str) -> String {
    let folded = fold(name);
    if folded.is_empty() { name.to_owned() } else { folded }
}

/// What an event says under a name: a property, else a trait.
pub(super) fn said<'e>(event: &'e Event, name: &str) -> Option<&'e str> {
    let text = |attribute: Attribute<'e>| match attribute {
        Attribute::Bool(true) => Some("true"),
        Attribute::Bool(false) => Some("false"),
        other => other.as_text(),
    };
    let property = event.properties().get(name).and_then(text);
    property.or_else(|| event.traits().get(name).and_then(text)).filter(|text| !text.trim().is_empty())
}

/// Whether an event says anything under a name, be it readable or not.
pub(super) fn states(event: &Event, name: &str) -> bool {
    let stated = event.properties().get(name).or_else(|| event.traits().get(name));
    match stated {
        None | Some(Attribute::Null) => false,
        Some(Attribute::Text(text)) => !text.trim().is_empty(),
        Some(_) => true,
    }
}

/// [`Which`], made ready.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    names: BTreeSet<String>,
    types: BTreeSet<Box<str>>,
    channels: BTreeSet<Channel>,
    sources: BTreeSet<Box<str>>,
    property: Option<(Box<str>, BTreeSet<String>)>,
}

impl Chosen {
    /// Whether the event, of which the name has that form, is meant.
    pub(super) fn fits(&self, event: &Event, name: &str) -> bool {
        (self.names.is_empty() || self.names.contains(name))
            && (self.types.is_empty() || self.types.contains(event.kind().word()))
            && (self.channels.is_empty() || self.channels.contains(event.channel()))
            && (self.sources.is_empty() || self.sources.contains(event.source()))
            && self.property.as_ref().is_none_or(|(property, values)| {
                said(event, property).is_some_and(|said| values.is_empty() || values.contains(&form(said)))
            })
    }
}

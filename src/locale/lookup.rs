//! Which of the texts that there are a reader gets.

use icu_locale::LanguageIdentifier;

use super::Locale;
use crate::text::Direction;

/// The text that was found for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The chosen one of the available locales.
    pub chosen: Locale,
    /// Where it stands among the available ones, from 0.
    pub position: usize,
    /// The direction it runs in.
    pub direction: Direction,
    /// The tags that were tried for the request that matched; for the default those of the first request.
    pub chain: Vec<Locale>,
    /// Whether none of the requests matched and this is the default.
    pub is_default: bool,
}

/// There is no text for this reader, and none in the default language either: an error of the author's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no variant for the requested locales and none for the default")]
pub struct NoVariant(());

/// The best of the available locales for a reader, by RFC 4647 (section 3.4) over CLDR's parent locales.
///
/// Requests are tried in order, each along its [chain](Locale::chain), then the default. A tag matches an available one if
/// both are the same once likely subtags are written out (`en` is `en-US`); an equal tag goes before an equivalent one. The
/// script never changes on the way: a reader of Traditional Chinese gets the default rather than Simplified.
///
/// # Errors
/// Neither the requests nor the default match.
///
/// # Complexity
/// O(a) for `a` available locales. Use [`AvailableLocales`] where the same ones are asked for again and again.
///
/// ```
/// use throughline::locale::{Locale, lookup};
/// let available: Vec<Locale> = ["en", "fa"].iter().map(|tag| tag.parse()).collect::<Result<_, _>>()?;
/// let found = lookup(&["prs".parse()?], &available, &available[0])?;
/// assert_eq!(found.chosen.as_str(), "fa");
/// assert_eq!(found.chain.iter().map(Locale::as_str).collect::<Vec<_>>(), ["fa-AF", "fa"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn lookup(requested: &[Locale], available: &[Locale], default: &Locale) -> Result<Lookup, NoVariant> {
    AvailableLocales::new(available.iter().cloned())
        .lookup(&Requested::new(requested), &Requested::new([default]))
}

/// A tag with its likely subtags.
#[derive(Debug, Clone)]
struct Entry {
    locale: Locale,
    maximised: Key,
}

/// What is compared: the tag with script and region written out.
type Key = Box<str>;

fn key(locale: &Locale) -> Key {
    let id: LanguageIdentifier = locale.maximised();
    id.to_string().into()
}

/// Requests with their chains worked out, to be looked up often.
#[derive(Debug, Clone, Default)]
pub struct Requested {
    chains: Vec<Vec<Entry>>,
}

impl Requested {
    /// Works out the chains of the requests, the most wanted first.
    #[must_use]
    pub fn new<'l>(requests: impl IntoIterator<Item = &'l Locale>) -> Self {
        let entry = |locale: Locale| Entry { maximised: key(&locale), locale };
        let chain = |locale: &Locale| locale.chain().into_iter().map(entry).collect();
        Self { chains: requests.into_iter().map(chain).collect() }
    }
}

/// The locales that there are texts in, prepared for many look-ups.
///
/// ```
/// use throughline::locale::{AvailableLocales, Locale, Requested};
/// let texts = AvailableLocales::new(["en", "zh-Hant"].iter().map(|tag| tag.parse()).collect::<Result<Vec<Locale>, _>>()?);
/// let (reader, english) = (Requested::new([&"zh-HK".parse()?]), Requested::new([&"en".parse()?]));
/// assert_eq!(texts.position(&reader, &english), Some(1));
/// assert_eq!(texts.lookup(&reader, &english)?.chosen.as_str(), "zh-Hant");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct AvailableLocales {
    locales: Vec<Locale>,
    /// Sorted; of equal keys the first available one comes first.
    by_key: Vec<(Key, usize)>,
    directions: Vec<Direction>,
}

impl AvailableLocales {
    /// Prepares them.
    ///
    /// # Complexity
    /// O(a log a).
    #[must_use]
    pub fn new(locales: impl IntoIterator<Item = Locale>) -> Self {
        let locales: Vec<Locale> = locales.into_iter().collect();
        let mut by_key: Vec<(Key, usize)> =
            locales.iter().enumerate().map(|(place, locale)| (key(locale), place)).collect();
        by_key.sort();
        let directions = locales.iter().map(Locale::direction).collect();
        Self { locales, by_key, directions }
    }

    /// The locales in the order in which they were given.
    #[must_use]
    pub fn locales(&self) -> &[Locale] {
        &self.locales
    }

    /// Where the best locale stands, from 0; `None` if nothing matches. See [`lookup`].
    ///
    /// # Complexity
    /// O(c log a) for `c` tags in the chains. Nothing is allocated.
    #[must_use]
    pub fn position(&self, requested: &Requested, default: &Requested) -> Option<usize> {
        self.find(requested).or_else(|| self.find(default)).map(|(place, _)| place)
    }

    /// The best locale with how it was found. See [`lookup`].
    ///
    /// # Errors
    /// Nothing matches.
    pub fn lookup(&self, requested: &Requested, default: &Requested) -> Result<Lookup, NoVariant> {
        let found = self.find(requested);
        let is_default = found.is_none();
        let (position, chain) = match found {
            Some((position, chain)) => (position, Some(chain)),
            None => (self.find(default).ok_or(NoVariant(()))?.0, requested.chains.first()),
        };
        Ok(Lookup {
            chosen: self.locales.get(position).ok_or(NoVariant(()))?.clone(),
            position,
            direction: self.directions.get(position).copied().ok_or(NoVariant(()))?,
            chain: chain.into_iter().flatten().map(|entry| entry.locale.clone()).collect(),
            is_default,
        })
    }

    fn find<'r>(&self, requested: &'r Requested) -> Option<(usize, &'r Vec<Entry>)> {
        requested.chains.iter().find_map(|chain| {
            chain.iter().find_map(|entry| self.find_one(entry)).map(|position| (position, chain))
        })
    }

    fn find_one(&self, entry: &Entry) -> Option<usize> {
        let from = self.by_key.partition_point(|(key, _)| *key < entry.maximised);
        let equivalent = self.by_key.get(from..)?.iter().take_while(|(key, _)| *key == entry.maximised);
        let mut first = None;
        for (_, place) in equivalent {
            if self.locales.get(*place) == Some(&entry.locale) {
                return Some(*place);
            }
            first = first.or(Some(*place));
        }
        first
    }
}

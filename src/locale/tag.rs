//! Language tags.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use icu_locale::fallback::LocaleFallbacker;
use icu_locale::subtags::{Region, Script};
use icu_locale::{DataLocale, LanguageIdentifier, LocaleCanonicalizer, LocaleExpander};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::Direction;

/// Longest tag that is read, in bytes.
const MAX_TAG: usize = 64;
/// Most steps from a tag to its last fallback; CLDR needs five.
const MAX_STEPS: usize = 12;

/// A language tag (BCP 47) in its canonical form: `fa-IR`, `zh-Hant-TW`.
///
/// Case does not count and `_` is as good as `-`. Outdated subtags become today's (CLDR aliases): `iw` is `he`, `prs` is
/// `fa-AF`. Where a language is usually written in another script in that region, the script is written out: `zh-TW` is
/// `zh-Hant-TW`, `az-IR` is `az-Arab-IR`. Extensions (`-u-…`, `-x-…`) say nothing about which text to send and are left
/// out. Serialised as its text; ordered by its text.
///
/// ```
/// use throughline::locale::Locale;
/// use throughline::text::Direction;
/// let locale: Locale = "FA_ir".parse()?;
/// assert_eq!((locale.as_str(), locale.direction()), ("fa-IR", Direction::Rtl));
/// assert_eq!("iw".parse::<Locale>()?.as_str(), "he");
/// assert_eq!("zh-TW".parse::<Locale>()?.as_str(), "zh-Hant-TW");
/// assert!("persian language".parse::<Locale>().is_err());
/// # Ok::<(), throughline::locale::InvalidLocale>(())
/// ```
#[derive(Clone)]
pub struct Locale {
    text: Box<str>,
    id: LanguageIdentifier,
}

/// The text is not a language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag of bcp 47")]
pub struct InvalidLocale(());

impl Locale {
    /// Its canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The language alone, such as `fa`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.text.split('-').next().unwrap_or_default()
    }

    /// The region's two letters or three digits, if the tag has one.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.id.region.as_ref().map(Region::as_str)
    }

    /// The four-letter code of the script that it is written in, said or likely; none for a language unknown to CLDR.
    #[must_use]
    pub fn script(&self) -> Option<Box<str>> {
        self.maximised().script.map(|script| script.as_str().into())
    }

    /// The direction of its script.
    #[must_use]
    pub fn direction(&self) -> Direction {
        match self.maximised().script {
            Some(script) if is_right_to_left(script) => Direction::Rtl,
            _ => Direction::Ltr,
        }
    }

    /// The tag and the tags that stand in for it, the nearest first: CLDR's parent where there is one, else the tag without
    /// its last part, never into another script.
    ///
    /// ```
    /// use throughline::locale::Locale;
    /// let chain = |tag: &str| tag.parse::<Locale>().map(|tag| tag.chain().iter().map(Locale::to_string).collect::<Vec<_>>());
    /// assert_eq!(chain("es-MX")?, ["es-MX", "es-419", "es"]);
    /// assert_eq!(chain("zh-MO")?, ["zh-Hant-MO", "zh-Hant-HK", "zh-Hant"]); // never Simplified Chinese
    /// # Ok::<(), throughline::locale::InvalidLocale>(())
    /// ```
    #[must_use]
    pub fn chain(&self) -> Vec<Self> {
        let mut chain = vec![self.clone()];
        while let Some(next) = chain.last().and_then(Self::parent) {
            if chain.len() >= MAX_STEPS || chain.contains(&next) {
                break;
            }
            chain.push(next);
        }
        chain
    }

    pub(super) const fn id(&self) -> &LanguageIdentifier {
        &self.id
    }

    /// With the likely script and region written out.
    pub(super) fn maximised(&self) -> LanguageIdentifier {
        maximised(&self.id)
    }

    fn parent(&self) -> Option<Self> {
        let shorter = without_last(&self.id);
        if let Some(language) = shorter.as_ref().filter(|shorter| shorter.script.is_none())
            && self.id.script.is_some()
            && written_in(language) == self.id.script
        {
            // The usual script said aloud says nothing.
            return Some(Self::of(language.clone()));
        }
        if self.as_str() == "zh-Hant-MO" {
            // The one entry of CLDR's parent locales (48.2) with a script and a region, which the fallback data, kept
            // without likely scripts, does not reach.
            return "zh-Hant-HK".parse().ok();
        }
        let mut steps =
            LocaleFallbacker::new().for_config(Default::default()).fallback_for(DataLocale::from(&self.id));
        steps.step();
        let listed = steps.take().into_locale().id;
        // Data without an entry for the tag takes off its last part too.
        let plain = shorter
            .as_ref()
            .map_or_else(|| listed.is_unknown(), |shorter| maximised(shorter) == maximised(&listed));
        let next = if plain { shorter? } else { listed };
        if next.language.is_unknown() || (plain && written_in(&next) != written_in(&self.id)) {
            return None;
        }
        Some(Self::of(with_script(next)))
    }

    fn of(id: LanguageIdentifier) -> Self {
        Self { text: id.to_string().into(), id }
    }
}

fn maximised(id: &LanguageIdentifier) -> LanguageIdentifier {
    let mut id = id.clone();
    LocaleExpander::new_extended().maximize(&mut id);
    id
}

fn written_in(id: &LanguageIdentifier) -> Option<Script> {
    maximised(id).script
}

/// With its script, where that is not the language's usual one.
fn with_script(mut id: LanguageIdentifier) -> LanguageIdentifier {
    if id.script.is_none() && id.region.is_some() && !id.language.is_unknown() {
        let usual = LanguageIdentifier { language: id.language, ..LanguageIdentifier::UNKNOWN };
        let script = written_in(&id);
        if script != written_in(&usual) {
            id.script = script;
        }
    }
    id
}

/// Without the last part; none for a language alone.
fn without_last(id: &LanguageIdentifier) -> Option<LanguageIdentifier> {
    let mut shorter = id.clone();
    if !id.variants.is_empty() {
        let kept = id.variants.iter().copied().take(id.variants.len() - 1).collect();
        shorter.variants = icu_locale::subtags::Variants::from_vec_unchecked(kept);
    } else if shorter.region.take().is_none() && shorter.script.take().is_none() {
        return None;
    }
    Some(shorter)
}

/// The scripts in today's use that run from right to left. Source: CLDR, `scriptMetadata.txt`, column RTL.
fn is_right_to_left(script: Script) -> bool {
    matches!(
        script.as_str(),
        "Arab"
            | "Aran"
            | "Hebr"
            | "Thaa"
            | "Syrc"
            | "Nkoo"
            | "Adlm"
            | "Rohg"
            | "Mand"
            | "Mend"
            | "Samr"
            | "Yezi"
    )
}

impl FromStr for Locale {
    type Err = InvalidLocale;

    fn from_str(text: &str) -> Result<Self, InvalidLocale> {
        if text.len() > MAX_TAG {
            return Err(InvalidLocale(()));
        }
        let text = text.trim().replace('_', "-");
        let mut locale = icu_locale::Locale::try_from_str(&text).map_err(|_| InvalidLocale(()))?;
        locale.extensions = Default::default();
        LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
        locale.extensions = Default::default();
        if locale.id.language.is_unknown() {
            return Err(InvalidLocale(()));
        }
        Ok(Self::of(with_script(locale.id)))
    }
}

impl PartialEq for Locale {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Locale {}

impl PartialOrd for Locale {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Locale {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Locale {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locale({})", self.text)
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

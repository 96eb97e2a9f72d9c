//! Languages and how they are written: tags, the best text for a reader, plurals.
//!
//! | question | answer |
//! |---|---|
//! | Is this a language tag, and which one? | [`Locale`] |
//! | Which of our texts does this reader get? | [`lookup`], [`AvailableLocales`] |
//! | Which way does it run? | [`Locale::direction`] |
//! | *1 order*, *2 orders*: which form? | [`plural`], [`Plurals`] |
//!
//! Data: Unicode CLDR, compiled in (aliases, likely subtags, parent locales, plural rules).

mod lookup;
mod plural;
mod tag;
#[cfg(test)]
mod tests;

pub use lookup::{AvailableLocales, Lookup, NoVariant, Requested, lookup};
pub use plural::{InvalidNumber, PluralCategory, Plurals, plural};
pub use tag::{InvalidLocale, Locale};

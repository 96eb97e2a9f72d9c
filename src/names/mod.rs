//! Names of people across scripts: is `حسین` the `Hosein` of the loyalty card, and `Юлия` the `Iuliia` of the passport?
//!
//! | question | answer |
//! |---|---|
//! | What is the name in this field? | [`Name::parse`]: tokens without titles, emoji and placeholders, compounds joined |
//! | Which Latin spellings may stand for a word? | [`Token::latin`], [`romanise`] |
//! | Which key do all spellings share? | [`Token::skeleton`], and [`phonetic::double_metaphone`] for Latin |
//! | Do two words stand for one name? | [`similarity_class`]: from exact over nicknames to a distance |
//!
//! Latin, Arabic (Persian and Arabic readings), Hebrew and Cyrillic (Russian readings) script are known; words of other
//! scripts compare by their folded form. The tables of names and nicknames are general knowledge of the languages,
//! written for this crate. They help frequent names; every other name is read letter by letter.
//!
//! ```
//! use throughline::names::{Name, TokenMatch, similarity_class};
//!
//! let register = Name::parse("آقای حسین حیدر نژاد").ok_or("no name")?;
//! let card = Name::parse("Hosein Heydarnejad").ok_or("no name")?;
//! assert_eq!(register.folded(), "حسین حیدرنژاد");
//! for (written, spelled) in register.tokens().iter().zip(card.tokens()) {
//!     assert_eq!(written.skeleton(), spelled.skeleton());
//!     assert_eq!(similarity_class(written, spelled), TokenMatch::SameLatin);
//! }
//! assert!(Name::parse("Guest").is_none());
//! # Ok::<(), &str>(())
//! ```

mod arabic;
mod compare;
mod cyrillic;
mod dictionary;
mod forms;
mod hebrew;
mod name;
mod nickname;
pub mod phonetic;
mod romanise;
mod skeleton;
mod token;
mod waw;
mod words;

pub(crate) use compare::similarity_class_at_least;
pub use compare::{TokenMatch, similarity_class};
pub use name::{MAX_TOKENS, Name};
pub use romanise::romanise;
pub use token::{MAX_FORMS, Token};

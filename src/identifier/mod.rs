//! Identifiers: the values by which sources name people, parsed once.
//!
//! An [`Identifier`] is a kind and a value in the form in which values of that kind are compared. What each kind does
//! to a raw value:
//!
//! | kind | form for comparing |
//! |---|---|
//! | [`Email`](IdentifierKind::Email) | see [`Email`]: ASCII case folded, domain in its ASCII form |
//! | [`Phone`](IdentifierKind::Phone) | see [`Phone`]: E.164 |
//! | [`LoyaltyCard`](IdentifierKind::LoyaltyCard), [`NationalId`](IdentifierKind::NationalId) | native digits to ASCII, spaces and hyphens removed, ASCII letters upper-case |
//! | [`SocialHandle`](IdentifierKind::SocialHandle) | leading `@` removed, ASCII letters lower-case |
//! | all others | opaque: normalisation form C, surrounding white space removed, case kept |
//!
//! In every kind a value is refused when it is empty, too long, or holds a character that a person cannot see:
//! control characters, bidirectional controls, zero-width and other default-ignorable characters. Two values that look
//! the same on a screen and differ in such a character are how one customer is shown another's data. Phone numbers
//! are the exception: copied from right-to-left text they routinely carry bidirectional marks, which mean nothing
//! between digits and are removed.
//!
//! Values are parsed once, where they enter. What is stored and passed on is the parsed form, and parsing the parsed
//! form again gives the same.

mod email;
mod error;
mod hash;
mod kind;
#[cfg(feature = "phone")]
mod national;
mod opaque;
mod phone;
mod settings;
mod value;

pub use email::Email;
pub use error::{IdentifierError, IdentifierErrorKind};
pub use hash::ValueHash;
pub use kind::IdentifierKind;
pub use phone::Phone;
pub(crate) use phone::takes_texts;
pub use settings::IdentifierSettings;
pub use value::Identifier;

//! Text messages: what a body takes on the network, which text each segment carries, and the cheapest text that says the
//! same.
//!
//! | question | answer |
//! |---|---|
//! | How many segments, in which encoding? | [`segments`] |
//! | What stands in each? | [`split`] |
//! | Can it be said in fewer? | [`rewrite`] |
//! | What does it cost? | [`cost`] |
//!
//! Sources: 3GPP TS 23.038 (alphabets), TS 23.040 (segments). One letter outside of the alphabet makes the whole message
//! UCS-2 with 70 characters instead of 160; a curly apostrophe is enough.

mod alphabet;
mod cost;
mod count;
mod error;
mod rewrite;
mod settings;
#[cfg(test)]
mod tests;
mod typographic;

pub use alphabet::NationalTable;
pub use cost::cost;
pub use count::{MAX_SEGMENTS, SmsCount, SmsEncoding, SmsParts, segments, split};
pub use error::{SmsError, SmsErrorKind};
pub use rewrite::{Replacement, Rewriting, rewrite};
pub use settings::{Announce, ReferenceBits, SmsSettings};

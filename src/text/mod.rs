//! Text of people, in every script: a form for comparing, warnings, and what showing it in tables needs.
//!
//! | question | answer |
//! |---|---|
//! | Are these two spellings one name? | [`fold`] both and compare |
//! | The same, only for digits | [`digits::fold`] |
//! | Does it hold what a person cannot see? | [`controls`] |
//! | Might it be made to look like something else? | [`TextFlags`], a warning and never a reason to match |
//! | Which script, which direction? | [`dominant_script`], [`Direction`] |
//! | How does a value stand in a sentence of the other direction? | [`bidi`] |
//! | How many columns does it take? | [`display_width`], [`pad`] |
//!
//! Names are never restricted: every string is a name. Only the comparison form drops things.

pub mod bidi;
mod confusable;
pub mod controls;
pub mod digits;
mod fold;
mod letters;
mod link;
mod script;
mod width;

pub use confusable::{TextFlags, skeleton};
pub use fold::fold;
pub(crate) use link::is_link;
pub use script::{Direction, Script, dominant_script};
pub use width::{display_width, pad};

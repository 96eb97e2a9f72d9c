//! What a message says: one set of facts, and texts that tell it in each channel, language and device.
//!
//! A message has typed [slots](Slot) (a price, a percentage, a code, a day, a product, a link, words about the person) and
//! a [variant](Variant) for each channel, language and, if wanted, kind of device. [`render`] chooses the variant, writes
//! the slots as the reader's language writes them, holds each in its own direction, chooses the link and keeps the
//! channel's limits. [`check`] is the guard before anything is sent: each variant tells the same claims, and no public
//! text copies another.

mod check;
mod error;
mod jinja;
mod render;
mod slot;
mod template;
mod text;
mod variant;
mod write;

pub use check::{CheckFacts, Finding, Problem, Published, check};
pub use error::{RenderError, RenderErrorKind};
pub use jinja::JinjaTemplate;
pub use render::{Reader, RenderSettings, Rendering, Renderings, render, render_each};
pub use slot::{InvalidSlotName, Slot, SlotName, Values};
pub use template::{DEEPEST, LONGEST_TEMPLATE, Template, TemplateError, TemplateErrorKind};
pub use text::Text;
pub use variant::{Content, Variant};
pub use write::LONGEST_TEXT;

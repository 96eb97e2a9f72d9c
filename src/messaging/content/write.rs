//! Writing a template for one reader: slots in her language, each held in its own direction.

use super::error::{RenderError, RenderErrorKind};
use super::slot::{Slot, SlotName, Values};
use super::template::{Piece, Template};
use crate::locale::{Locale, Plurals};
use crate::text::Direction;
use crate::text::bidi::{Markup, isolate, strip};

/// The longest text that is written, in bytes.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// For whom and in which form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) values: &'a Values,
    pub(super) locale: &'a Locale,
    pub(super) markup: Markup,
}

impl Page<'_> {
    /// The slot as it stands in a sentence: in the reader's language, and held apart where its direction is another. Links
    /// are never held apart, as readers take the marks for a part of the address; what would turn them around is left out.
    pub(super) fn slot(&self, name: &SlotName) -> Result<String, RenderError> {
        let slot = self.value(name)?;
        let written = slot.written(self.locale);
        Ok(match (slot, self.markup) {
            (Slot::Link(_), Markup::Text) => strip(&written).into_owned(),
            (Slot::Link(_), Markup::Html) => isolate(&written, Direction::Ltr, Markup::Html).into_owned(),
            _ => isolate(&written, self.locale.direction(), self.markup).into_owned(),
        })
    }

    fn value(&self, name: &SlotName) -> Result<&Slot, RenderError> {
        self.values.get(name).ok_or_else(|| RenderError::of_slot(RenderErrorKind::MissingValue, name))
    }
}

/// The text of a template.
pub(super) fn write(template: &Template, page: &Page<'_>) -> Result<String, RenderError> {
    let mut writer = Writer { page, text: String::with_capacity(template.source().len() + 64) };
    writer.pieces(&template.pieces, None)?;
    Ok(writer.text)
}

struct Writer<'a> {
    page: &'a Page<'a>,
    text: String,
}

impl Writer<'_> {
    fn push(&mut self, text: &str) -> Result<(), RenderError> {
        if self.text.len() + text.len() > LONGEST_TEXT {
            return Err(RenderError::new(RenderErrorKind::TooLong));
        }
        self.text.push_str(text);
        Ok(())
    }

    fn pieces(&mut self, pieces: &[Piece], number: Option<i64>) -> Result<(), RenderError> {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.push(text)?,
                Piece::Slot(name) => self.push(&self.page.slot(name)?)?,
                Piece::Number => {
                    let number = number.unwrap_or_default();
                    self.push(&Slot::Number(number).written(self.page.locale))?;
                }
                Piece::Plural { of, exact, forms, other } => {
                    let slot = self.page.value(of)?;
                    let number =
                        slot.number().ok_or_else(|| RenderError::of_slot(RenderErrorKind::NotANumber, of))?;
                    let chosen = exact.iter().find(|(value, _)| *value == number).map(|(_, pieces)| pieces);
                    let category = || {
                        let category = Plurals::new(self.page.locale).category_of(number.unsigned_abs());
                        forms.iter().find(|(form, _)| *form == category).map(|(_, pieces)| pieces)
                    };
                    self.pieces(chosen.or_else(category).unwrap_or(other), Some(number))?;
                }
                Piece::Select { of, cases, other } => {
                    let slot = self.page.value(of)?;
                    let words = match slot {
                        Slot::Text(words) => words.reveal(),
                        Slot::Code(code) => code,
                        _ => return Err(RenderError::of_slot(RenderErrorKind::NotWords, of)),
                    };
                    let chosen = cases.iter().find(|(case, _)| **case == **words).map(|(_, pieces)| pieces);
                    self.pieces(chosen.unwrap_or(other), number)?;
                }
            }
        }
        Ok(())
    }
}

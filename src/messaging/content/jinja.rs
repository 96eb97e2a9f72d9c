//! Templates of the Jinja language, by `minijinja` (feature `templates`).

use serde::{Deserialize, Serialize};

use super::error::RenderError;
#[cfg(not(feature = "templates"))]
use super::error::RenderErrorKind;
use super::write::Page;

/// A text in the Jinja template language, for authors who have theirs in it.
///
/// Each slot is a variable that writes itself as in a [`Template`](super::Template): in the reader's language, escaped in
/// HTML, held in its own direction. `numbers.price`, `numbers.count` and so on are the plain numbers of slots that have
/// one (minor units, basis points), for conditions; `plural("count")` is the plural form that a slot takes. A slot without
/// a value is an error, not an empty place. Nothing is included or loaded. The work is bounded (20,000 instructions, 32
/// calls deep, 64 KiB written); the text comes from the business's own authors, who may still waste memory on long
/// strings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JinjaTemplate(Box<str>);

impl JinjaTemplate {
    /// Takes the text. What is wrong with it comes out when it is rendered, or when its [content](super::Content) is
    /// checked.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The text as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0
    }

    #[cfg(not(feature = "templates"))]
    pub(super) fn write(&self, _page: &Page<'_>) -> Result<String, RenderError> {
        Err(RenderError::new(RenderErrorKind::Template))
    }

    #[cfg(feature = "templates")]
    pub(super) fn write(&self, page: &Page<'_>) -> Result<String, RenderError> {
        engine::write(&self.0, page)
    }
}

#[cfg(feature = "templates")]
mod engine {
    use std::collections::{BTreeMap, BTreeSet};
    use std::io;

    use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

    use super::super::error::{RenderError, RenderErrorKind};
    use super::super::slot::Slot;
    use super::super::write::{LONGEST_TEXT, Page};
    use crate::locale::Plurals;
    use crate::text::bidi::Markup;

    const FUEL: u64 = 20_000;
    const DEEPEST_CALL: usize = 32;

    /// Takes so many bytes and then no more.
    struct Bounded(Vec<u8>);

    impl io::Write for Bounded {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.len() + bytes.len() > LONGEST_TEXT {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    pub(super) fn write(source: &str, page: &Page<'_>) -> Result<String, RenderError> {
        let failed = |_| RenderError::new(RenderErrorKind::Template);
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEEPEST_CALL);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let html = page.markup == Markup::Html;
        environment.set_auto_escape_callback(move |_| if html { AutoEscape::Html } else { AutoEscape::None });
        let plurals = Plurals::new(page.locale);
        let form = |number: i64| plurals.category_of(number.unsigned_abs()).as_str();
        let forms: BTreeMap<String, &'static str> = page
            .values
            .iter()
            .filter_map(|(name, slot)| Some((name.to_string(), form(slot.number()?))))
            .collect();
        environment.add_function("plural", move |name: String| {
            forms.get(&name).copied().ok_or_else(|| Error::new(ErrorKind::UndefinedError, "no such number"))
        });
        let template = environment.template_from_str(source).map_err(failed)?;
        // Named before they are looked for, so that the slot can be told.
        let used: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
        for name in used.iter().filter_map(|name| name.parse().ok()) {
            let known = matches!(
                super::super::slot::SlotName::as_str(&name),
                "numbers" | "plural" | "range" | "dict" | "namespace" | "debug"
            );
            if !known && !page.values.contains_key(&name) {
                return Err(RenderError::of_slot(RenderErrorKind::MissingValue, &name));
            }
        }
        let mut context: BTreeMap<String, Value> = BTreeMap::new();
        let mut numbers: BTreeMap<String, Value> = BTreeMap::new();
        for (name, slot) in page.values {
            context.insert(name.to_string(), Value::from_safe_string(page.slot(name)?));
            let number = match slot {
                Slot::Price(amount) | Slot::Toman(amount) => Some(amount.minor()),
                Slot::Percentage(points) => Some(i64::from(*points)),
                Slot::Number(number) => Some(*number),
                _ => None,
            };
            numbers.extend(number.map(|number| (name.to_string(), Value::from(number))));
        }
        context.insert("numbers".to_owned(), Value::from(numbers));
        let mut written = Bounded(Vec::new());
        match template.render_captured_to(Value::from(context), &mut written) {
            Ok(_) => String::from_utf8(written.0).map_err(|_| RenderError::new(RenderErrorKind::Template)),
            Err(error) if error.kind() == ErrorKind::WriteFailure => {
                Err(RenderError::new(RenderErrorKind::TooLong))
            }
            Err(error) => Err(failed(error)),
        }
    }
}

//! Pieces of an event's text, kept as places in it instead of copies.

/// A place in [`Texts`]: in the raw text, or behind its end in what had to be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    start: u32,
    len: u32,
}

impl Span {
    pub(super) const fn len(self) -> usize {
        self.len as usize
    }
}

/// An event's raw JSON and the few strings in it that carry escapes, decoded.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) raw: Box<str>,
    pub(super) decoded: Box<str>,
}

impl Texts {
    pub(super) fn get(&self, span: Span) -> &str {
        get(&self.raw, &self.decoded, span)
    }
}

fn get<'a>(raw: &'a str, decoded: &'a str, span: Span) -> &'a str {
    let start = span.start as usize;
    let (text, start) = start.checked_sub(raw.len()).map_or((raw, start), |start| (decoded, start));
    text.get(start..start + span.len()).unwrap_or("")
}

/// Collects spans while an event is read.
pub(super) struct Scribe<'de> {
    raw: &'de str,
    decoded: String,
}

impl<'de> Scribe<'de> {
    pub(super) const fn new(raw: &'de str) -> Self {
        Self { raw, decoded: String::new() }
    }

    /// The place of a piece: where it lies if it is a piece of the raw text, else it is copied.
    pub(super) fn keep(&mut self, piece: &str) -> Span {
        let len = u32::try_from(piece.len()).unwrap_or(u32::MAX);
        let start = piece.as_ptr().addr().checked_sub(self.raw.as_ptr().addr());
        match start {
            Some(start) if start + piece.len() <= self.raw.len() => {
                Span { start: u32::try_from(start).unwrap_or(u32::MAX), len }
            }
            _ => self.write(&[piece]),
        }
    }

    /// The place of pieces put together.
    pub(super) fn write(&mut self, pieces: &[&str]) -> Span {
        let start = self.decoded.len();
        pieces.iter().for_each(|piece| self.decoded.push_str(piece));
        Span {
            start: u32::try_from(self.raw.len() + start).unwrap_or(u32::MAX),
            len: u32::try_from(self.decoded.len() - start).unwrap_or(u32::MAX),
        }
    }

    pub(super) fn get(&self, span: Span) -> &str {
        get(self.raw, &self.decoded, span)
    }

    /// A piece of the raw text that outlives this borrow; `None` for a decoded one.
    pub(super) fn raw(&self, span: Span) -> Option<&'de str> {
        self.raw.get(span.start as usize..span.start as usize + span.len())
    }

    pub(super) fn finish(self) -> Texts {
        Texts { raw: self.raw.into(), decoded: self.decoded.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_stay_where_they_are() {
        let raw = String::from("{\"نام\":\"سارا\"}");
        let mut scribe = Scribe::new(&raw);
        let inside = scribe.keep(raw.get(2..8).unwrap());
        let outside = scribe.keep("elsewhere");
        let joined = scribe.write(&["address.", "city"]);
        let texts = scribe.finish();
        assert_eq!(texts.get(inside), "نام");
        assert_eq!(texts.get(outside), "elsewhere");
        assert_eq!(texts.get(joined), "address.city");
        assert_eq!(texts.decoded.len(), "elsewhereaddress.city".len());
    }
}

//! The bytes of a file on their way to the CSV reader: what separates values is guessed, what comes is counted.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use memchr::{memchr, memchr2};

use super::ReadErrorKind;

/// The most bytes of one record: beyond, a quotation mark was never closed.
const MAX_RECORD: u64 = 64 << 20;

/// How much of a file is looked at before it is read.
const PEEK: usize = 1 << 16;

/// Counts bytes; shared by the reader below the CSV reader and the loop above it.
#[derive(Clone, Default)]
pub(super) struct Gauge(Rc<Counts>);

#[derive(Default)]
struct Counts {
    bytes: Cell<u64>,
    before: Cell<u64>,
    quotes: Cell<Quotes>,
    /// Where a value of several lines went on after its closing quotation mark, the first time.
    torn: Cell<Option<u64>>,
    ended: Cell<bool>,
}

/// Where in a value the bytes so far end, as the CSV reader sees it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Quotes {
    /// Before its first byte.
    #[default]
    Before,
    /// In one without quotation marks, or after those.
    Plain,
    /// In a quoted one; whether it holds a line end.
    Open(bool),
    /// After a quotation mark in a quoted one, which closes it or is the first of two.
    Closed(bool),
}

impl Gauge {
    /// Bytes so far.
    pub(super) fn bytes(&self) -> u64 {
        self.0.bytes.get()
    }

    /// What comes belongs to another record.
    pub(super) fn record_begins(&self) {
        self.0.before.set(self.bytes());
    }

    /// Whether the record that ends before this byte holds a value whose quotation mark is not closed where it should
    /// be: all of the file that follows is in it, or rows up to another such value.
    pub(super) fn is_unclosed(&self, record_end: u64) -> bool {
        let swallowed = self.0.ended.get() && matches!(self.0.quotes.get(), Quotes::Open(_));
        swallowed || self.0.torn.get().is_some_and(|at| at < record_end)
    }

    fn follow(&self, bytes: &[u8], separator: u8) {
        let start = self.bytes();
        let mut quotes = self.0.quotes.get();
        let ends_value = |byte: u8| byte == separator || matches!(byte, b'\n' | b'\r');
        let mut at = 0;
        while let Some((&first, rest)) = bytes.get(at..).and_then(<[u8]>::split_first) {
            let to_quote = || memchr(b'"', rest).unwrap_or(rest.len()) + 1;
            let (next, step) = match quotes {
                Quotes::Before | Quotes::Closed(_) if ends_value(first) => (Quotes::Before, 1),
                Quotes::Before if first == b'"' => (Quotes::Open(false), 1),
                // Up to the next quotation mark only the byte before it matters.
                Quotes::Before | Quotes::Plain => {
                    let step = to_quote();
                    let last = bytes.get(at + step - 1).copied().unwrap_or(first);
                    (if ends_value(last) { Quotes::Before } else { Quotes::Plain }, step)
                }
                Quotes::Open(lines) if first == b'"' => (Quotes::Closed(lines), 1),
                Quotes::Open(lines) => {
                    let step = to_quote();
                    let value = bytes.get(at..at + step).unwrap_or_default();
                    (Quotes::Open(lines || memchr2(b'\n', b'\r', value).is_some()), step)
                }
                Quotes::Closed(lines) if first == b'"' => (Quotes::Open(lines), 1),
                Quotes::Closed(lines) => {
                    let torn = lines.then_some(start + at as u64);
                    self.0.torn.set(self.0.torn.get().or(torn));
                    (Quotes::Plain, 1)
                }
            };
            quotes = next;
            at += step;
        }
        self.0.quotes.set(quotes);
        self.0.ended.set(bytes.is_empty());
    }

    fn count(&self, bytes: usize) -> io::Result<()> {
        self.0.bytes.set(self.bytes() + bytes as u64);
        if self.bytes() - self.0.before.get() > MAX_RECORD {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a record is longer than 64 MiB; is a quotation mark never closed?",
            ));
        }
        Ok(())
    }
}

/// A reader that counts.
pub(super) struct Metered<R> {
    start: io::Cursor<Vec<u8>>,
    rest: R,
    gauge: Gauge,
    separator: u8,
}

impl<R: Read> Metered<R> {
    /// Looks at the beginning of a file: what separates its values?
    pub(super) fn open(mut input: R, gauge: Gauge) -> Result<(Self, u8), ReadErrorKind> {
        let mut start = Vec::new();
        input.by_ref().take(PEEK as u64).read_to_end(&mut start).map_err(ReadErrorKind::Io)?;
        if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
            return Err(ReadErrorKind::Utf16);
        }
        // A byte order mark is no part of the first value.
        if start.starts_with(&[0xEF, 0xBB, 0xBF]) {
            start.drain(..3);
        }
        let separator = separator(&start);
        Ok((Self { start: io::Cursor::new(start), rest: input, gauge, separator }, separator))
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.start.read(buffer)?;
        if bytes == 0 {
            bytes = self.rest.read(buffer)?;
        }
        self.gauge.follow(buffer.get(..bytes).unwrap_or_default(), self.separator);
        self.gauge.count(bytes)?;
        Ok(bytes)
    }
}

/// Of comma, semicolon, tab and bar the one that stands most often in the first line, outside quotation marks.
fn separator(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            byte => {
                if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| separator == byte) {
                    *count += 1;
                }
            }
        }
    }
    // The first of equals: the comma.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

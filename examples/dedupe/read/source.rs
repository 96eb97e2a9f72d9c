//! The bytes of a file on their way to the CSV reader: what separates values is guessed, what comes is counted.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

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
}

impl<R: Read> Metered<R> {
    /// Looks at the beginning of a file: what separates its values?
    pub(super) fn open(mut input: R, gauge: Gauge) -> Result<(Self, u8), ReadErrorKind> {
        let mut start = Vec::new();
        input.by_ref().take(PEEK as u64).read_to_end(&mut start).map_err(ReadErrorKind::Io)?;
        if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
            return Err(ReadErrorKind::Utf16);
        }
        let separator = separator(&start);
        Ok((Self { start: io::Cursor::new(start), rest: input, gauge }, separator))
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.start.read(buffer)?;
        if bytes == 0 {
            bytes = self.rest.read(buffer)?;
        }
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

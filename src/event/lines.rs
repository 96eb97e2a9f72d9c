//! Events from a stream of JSON lines, in bounded memory.

use std::io::BufRead;

use super::error::{EventError, EventErrorKind};
use super::{Event, Import};

/// One line of a stream.
#[derive(Debug)]
pub struct Line {
    /// Its number, counted from 1; blank lines count.
    pub number: u64,
    /// The event, or what is wrong with the line.
    pub result: Result<Event, EventError>,
}

/// Reads JSON lines, one event each. A bad line is reported with its number and the rest goes on; blank lines are
/// passed over; `\r\n` and a byte order mark are understood. A line over the size cap is read past without being held.
/// A reader that fails ends the stream with [`EventErrorKind::Unreadable`].
///
/// # Complexity
/// Memory: one line, at most the cap.
///
/// ```
/// use throughline::event::{Import, import_lines};
/// let lines = "{\"type\":\"identify\",\"userId\":\"u-1\"}\n\nnot json\n{\"type\":\"page\"}\n";
/// let import = Import::new("2026-03-20T09:00:00Z".parse()?);
/// let read: Vec<(u64, bool)> =
///     import_lines(lines.as_bytes(), &import).map(|line| (line.number, line.result.is_ok())).collect();
/// assert_eq!(read, [(1, true), (3, false), (4, true)]);
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn import_lines<R: BufRead>(mut reader: R, import: &Import) -> impl Iterator<Item = Line> {
    let mut buffer = Vec::new();
    let mut number = 0_u64;
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            number += 1;
            let limit = import.limits.max_bytes();
            let result = match next_line(&mut reader, &mut buffer, limit) {
                Ok(Read::End) => {
                    ended = true;
                    return None;
                }
                Ok(Read::TooLong) => Err(EventErrorKind::TooLarge { limit }.into()),
                Ok(Read::Line) => {
                    let line = if number == 1 {
                        buffer.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&buffer)
                    } else {
                        &buffer
                    };
                    if line.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    Event::from_segment(line, import)
                }
                Err(_) => {
                    ended = true;
                    Err(EventErrorKind::Unreadable.into())
                }
            };
            return Some(Line { number, result });
        }
        None
    })
}

enum Read {
    Line,
    TooLong,
    End,
}

/// Fills the buffer with the next line without its line end. Holds at most a few bytes more than `limit`.
fn next_line(reader: &mut impl BufRead, buffer: &mut Vec<u8>, limit: usize) -> std::io::Result<Read> {
    buffer.clear();
    // Room for `\r` and, in the first line, a byte order mark.
    let room = limit + 4;
    let (mut any, mut long) = (false, false);
    loop {
        let chunk = match reader.fill_buf() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            chunk => chunk?,
        };
        if chunk.is_empty() {
            break;
        }
        any = true;
        let (piece, used, done) = match chunk.iter().position(|&byte| byte == b'\n') {
            Some(end) => (chunk.get(..end).unwrap_or_default(), end + 1, true),
            None => (chunk, chunk.len(), false),
        };
        if !long && buffer.len() + piece.len() <= room {
            buffer.extend_from_slice(piece);
        } else {
            long = true;
            buffer.clear();
        }
        reader.consume(used);
        if done {
            break;
        }
    }
    if buffer.last() == Some(&b'\r') {
        buffer.pop();
    }
    Ok(match (any, long) {
        (false, _) => Read::End,
        (true, true) => Read::TooLong,
        (true, false) => Read::Line,
    })
}

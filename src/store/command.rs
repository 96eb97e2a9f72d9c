//! Commands that take effect once, however often they are sent.

use faster_hex::Hex;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::envelope::{decode, encode};
use super::{Key, Stop, StoreError, StoreErrorKind, Stored, Tx};

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Once<R> {
    /// It is done now, with this answer.
    First(R),
    /// It was done before; this is the answer of that time.
    Repeated(R),
    /// The key was used before by a command with another request; nothing was done.
    KeyReused,
}

/// What is kept of a command: the hash of its request and its answer in the answer's own envelope.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    request: String,
    answer: Box<RawValue>,
}

impl Stored for Command {
    const KIND: &'static str = "command";
    const VERSION: u16 = 1;
}

/// Does the work unless a command of that key has been done, and keeps the answer in the same batch as its effect.
///
/// So a caller who does not know whether a command took effect ([`StoreErrorKind::Unknown`], a crash, a message
/// delivered twice) sends it again with the same key and gets the first answer. `request` is a hash of what was asked:
/// the same key with another request is an error of the caller, told by [`Once::KeyReused`].
///
/// ```
/// use throughline::store::{Key, MemoryStore, Once, Stored, Tenant, once, run};
/// #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
/// #[serde(deny_unknown_fields)]
/// struct Receipt { number: u32 }
/// impl Stored for Receipt {
///     const KIND: &'static str = "receipt";
///     const VERSION: u16 = 1;
/// }
/// let store = MemoryStore::new();
/// let key = Key::new(b"command/7")?;
/// let send = |request, number| run(&store, Tenant(1), |tx| once(tx, &key, request, |_| Ok(Receipt { number })));
/// assert_eq!(send([1; 16], 5)?.value, Once::First(Receipt { number: 5 }));
/// assert_eq!(send([1; 16], 6)?.value, Once::Repeated(Receipt { number: 5 }));
/// assert_eq!(send([2; 16], 7)?.value, Once::KeyReused);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`Tx::get`] and [`Tx::put`], and those of the work.
pub fn once<'s, R: Stored>(
    tx: &mut Tx<'s>,
    key: &Key,
    request: [u8; 16],
    work: impl FnOnce(&mut Tx<'s>) -> Result<R, Stop>,
) -> Result<Once<R>, Stop> {
    let request = Hex::new(&request).to_string();
    if let Some(done) = tx.get::<Command>(key)? {
        if done.request != request {
            return Ok(Once::KeyReused);
        }
        return Ok(Once::Repeated(decode(done.answer.get().as_bytes())?.0));
    }
    let answer = work(tx)?;
    let mut bytes = Vec::new();
    encode(&answer, None, &mut bytes)?;
    let kept = String::from_utf8(bytes).ok().and_then(|text| RawValue::from_string(text).ok());
    let kept =
        kept.ok_or_else(|| StoreError::new(StoreErrorKind::Failed, "keeping the answer of a command"))?;
    tx.put(key, &Command { request, answer: kept })?;
    Ok(Once::First(answer))
}

//! How a value is written: JSON in an envelope that names its kind and version.
//!
//! `{"kind":"record","v":1,"d":{...}}`, compact. A host can query it where its database reads JSON, and a later
//! version of the crate can read it:
//! * an older version goes through the kind's own [`Stored::upcast`];
//! * a newer version is refused as `Newer`, untouched;
//! * a field of `d` that this version does not know (written by a newer one that kept the number) is set aside as
//!   [`Unknown`] and written back, so that an old process among new ones loses nothing;
//! * everything else is `Corrupt`. The parser's own messages quote the data, so they never leave this file.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, de::DeserializeOwned, forward_to_deserialize_any};
use serde_json::value::RawValue;

use super::{StoreError, StoreErrorKind};

/// A type that is stored under a kind and a version.
///
/// Derive `Serialize` and `Deserialize` and put `#[serde(deny_unknown_fields)]` on the struct: a strict type is what
/// lets unknown fields be noticed and kept. A change that an older process could not ignore (a new variant, a new
/// field inside a field, another meaning) raises `VERSION` and adds a case to `upcast`; a new optional field of the
/// struct itself does not.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use throughline::store::{Stored, decode, encode};
///
/// #[derive(Serialize, Deserialize, PartialEq, Debug)]
/// #[serde(deny_unknown_fields)]
/// struct Loyalty { points: u64 }
///
/// impl Stored for Loyalty {
///     const KIND: &'static str = "loyalty";
///     const VERSION: u16 = 2;
///     fn upcast(version: u16, data: &str) -> Option<String> {
///         // Version 1 was the bare number of points.
///         (version == 1).then(|| format!("{{\"points\":{data}}}"))
///     }
/// }
///
/// let mut bytes = Vec::new();
/// encode(&Loyalty { points: 40 }, None, &mut bytes)?;
/// assert_eq!(bytes, br#"{"kind":"loyalty","v":2,"d":{"points":40}}"#);
/// let (old, _) = decode::<Loyalty>(br#"{"kind":"loyalty","v":1,"d":40}"#)?;
/// assert_eq!(old, Loyalty { points: 40 });
/// # Ok::<(), throughline::store::StoreError>(())
/// ```
pub trait Stored: Serialize + DeserializeOwned {
    /// The name of the kind: lower-case letters, digits, `_`, `-` and `.`; checked when the program is built.
    const KIND: &'static str;
    /// The version that is written.
    const VERSION: u16;
    /// Whether a put of this kind is announced in the store's journal.
    const JOURNAL: bool = false;

    /// Turns the `d` of an older version into the `d` of [`Self::VERSION`], both as JSON text; `None` (the default)
    /// refuses it as `Corrupt`.
    #[must_use]
    fn upcast(version: u16, data: &str) -> Option<String> {
        let _ = (version, data);
        None
    }
}

/// Fields of a stored value that this version of its type does not know, kept for writing back.
#[derive(Clone)]
pub struct Unknown {
    kind: &'static str,
    fields: Box<[(Box<str>, Box<RawValue>)]>,
}

impl Unknown {
    /// How many fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unknown({} fields of `{}`)", self.len(), self.kind)
    }
}

/// Appends the value in its envelope to `into`, with the unknown fields that came with it when it was read.
///
/// # Errors
/// `Failed` if the value cannot be written as JSON (a map with keys that are no strings).
pub fn encode<T: Stored>(value: &T, unknown: Option<&Unknown>, into: &mut Vec<u8>) -> Result<(), StoreError> {
    const { assert!(plain(T::KIND.as_bytes()), "a kind is made of a-z, 0-9, `_`, `-` and `.`") };
    let start = into.len();
    into.extend_from_slice(b"{\"kind\":\"");
    into.extend_from_slice(T::KIND.as_bytes());
    into.extend_from_slice(b"\",\"v\":");
    put_number(into, T::VERSION);
    into.extend_from_slice(b",\"d\":");
    if serde_json::to_writer(&mut *into, value).is_err() {
        into.truncate(start);
        return Err(of_kind::<T>(StoreErrorKind::Failed, "encoding a value"));
    }
    if let Some(unknown) = unknown.filter(|unknown| unknown.kind == T::KIND) {
        put_back(into, unknown);
    }
    into.push(b'}');
    Ok(())
}

/// Reads a value out of its envelope, with the fields that its type does not know, if any.
///
/// # Errors
/// `Newer` if a later version wrote it, `Corrupt` if it is of another kind, cannot be upcast or does not parse.
pub fn decode<T: Stored>(bytes: &[u8]) -> Result<(T, Option<Unknown>), StoreError> {
    if let Some(value) = canonical::<T>(bytes).and_then(|data| serde_json::from_slice(data).ok()) {
        return Ok((value, None));
    }
    decode_slowly(bytes)
}

/// The `d` of an envelope that this version wrote itself, found without parsing.
fn canonical<T: Stored>(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"{\"kind\":\"")?.strip_prefix(T::KIND.as_bytes())?;
    let mut rest = rest.strip_prefix(b"\",\"v\":")?;
    let mut version = 0_u16;
    while let Some((digit @ b'0'..=b'9', tail)) = rest.split_first() {
        version = version.checked_mul(10)?.checked_add(u16::from(digit - b'0'))?;
        rest = tail;
    }
    rest.strip_prefix(b",\"d\":")?.strip_suffix(b"}").filter(|_| version == T::VERSION)
}

#[cold]
fn decode_slowly<T: Stored>(bytes: &[u8]) -> Result<(T, Option<Unknown>), StoreError> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        kind: Cow<'a, str>,
        v: u64,
        #[serde(borrow)]
        d: &'a RawValue,
    }
    let corrupt = || of_kind::<T>(StoreErrorKind::Corrupt, "decoding a value");
    let envelope: Envelope<'_> = serde_json::from_slice(bytes).map_err(|_| corrupt())?;
    if envelope.kind != T::KIND {
        return Err(of_kind::<T>(StoreErrorKind::Corrupt, "finding another kind of value"));
    }
    if envelope.v > u64::from(T::VERSION) {
        return Err(of_kind::<T>(StoreErrorKind::Newer, "decoding a value"));
    }
    let upcast;
    let data = if envelope.v == u64::from(T::VERSION) {
        envelope.d.get()
    } else {
        upcast = u16::try_from(envelope.v)
            .ok()
            .and_then(|version| T::upcast(version, envelope.d.get()))
            .ok_or_else(|| {
                of_kind::<T>(StoreErrorKind::Corrupt, "reading a value of an unsupported version")
            })?;
        upcast.as_str()
    };
    if let Ok(value) = serde_json::from_str(data) {
        return Ok((value, None));
    }
    set_aside(data).ok_or_else(corrupt)
}

/// Decodes with the fields that the type does not name taken out.
fn set_aside<T: Stored>(data: &str) -> Option<(T, Option<Unknown>)> {
    let mut names = None;
    let _ = T::deserialize(FieldNames(&mut names));
    let names = names?;
    let Fields(fields) = serde_json::from_str(data).ok()?;
    let (known, unknown): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|(name, _)| names.contains(&name.as_str()));
    if unknown.is_empty() {
        return None;
    }
    let mut text = Vec::with_capacity(data.len());
    text.push(b'{');
    for (name, value) in &known {
        put_field(&mut text, name, value);
    }
    text.push(b'}');
    let value = serde_json::from_slice(&text).ok()?;
    let fields = unknown.into_iter().map(|(name, value)| (name.into(), value.to_owned())).collect();
    Some((value, Some(Unknown { kind: T::KIND, fields })))
}

/// Appends the fields to the object that `into` ends with.
fn put_back(into: &mut Vec<u8>, unknown: &Unknown) {
    if into.last() != Some(&b'}') {
        return;
    }
    into.pop();
    for (name, value) in &unknown.fields {
        put_field(into, name, value);
    }
    into.push(b'}');
}

fn put_field(into: &mut Vec<u8>, name: &str, value: &RawValue) {
    if into.last() != Some(&b'{') {
        into.push(b',');
    }
    // Writing a string to a vector cannot fail.
    let _ = serde_json::to_writer(&mut *into, name);
    into.push(b':');
    into.extend_from_slice(value.get().as_bytes());
}

fn put_number(into: &mut Vec<u8>, number: u16) {
    if number >= 10 {
        put_number(into, number / 10);
    }
    into.push(b'0' + (number % 10).to_le_bytes()[0]);
}

const fn plain(mut name: &[u8]) -> bool {
    if name.is_empty() {
        return false;
    }
    while let [first, rest @ ..] = name {
        if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.') {
            return false;
        }
        name = rest;
    }
    true
}

/// Names the kind in the error's cause, and nothing else.
#[derive(Debug)]
struct Kind(&'static str);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value should be of kind `{}`", self.0)
    }
}

impl Error for Kind {}

fn of_kind<T: Stored>(kind: StoreErrorKind, doing: &'static str) -> StoreError {
    StoreError::caused_by(kind, doing, Kind(T::KIND))
}

/// The fields of a JSON object in their order, unparsed.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    fields.push((name, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A deserializer that only listens: it takes down the field names that a derived struct asks for, then gives up.
struct FieldNames<'a>(&'a mut Option<&'static [&'static str]>);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = Some(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("only listening"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests;

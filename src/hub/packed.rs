//! Lists of ids as one text of hexadecimal digits: a quarter of the size of a list of texts, and still JSON.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serializer};

/// The digits of bytes of which there are at most so many.
fn text(most: usize, bytes: impl Iterator<Item = u8>) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
    let mut text = String::with_capacity(2 * most);
    bytes.for_each(|byte| {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    });
    text
}

fn bytes<const N: usize, E: Error>(text: &str) -> Result<Vec<[u8; N]>, E> {
    let malformed = || E::custom("not a list of ids");
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let chunks = text.as_bytes().chunks_exact(2 * N);
    if !chunks.remainder().is_empty() {
        return Err(malformed());
    }
    let mut all = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let mut one = [0_u8; N];
        for (byte, digits) in one.iter_mut().zip(chunk.chunks_exact(2)) {
            let [high, low] = digits else { return Err(malformed()) };
            *byte = nibble(*high).ok_or_else(malformed)? << 4 | nibble(*low).ok_or_else(malformed)?;
        }
        all.push(one);
    }
    Ok(all)
}

/// Record ids.
pub(crate) mod ids {
    use super::{Deserialize, Deserializer, Serializer};
    use crate::ids::RecordId;

    pub(crate) fn serialize<S: Serializer>(ids: &[RecordId], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::text(16 * ids.len(), ids.iter().flat_map(|id| *id.as_bytes())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<RecordId>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        Ok(super::bytes::<16, D::Error>(&text)?.into_iter().map(RecordId::from_bytes).collect())
    }
}

/// Places in blocks.
pub(crate) mod places {
    use super::{Deserialize, Deserializer, Serializer};
    use crate::hub::stored::Place;

    pub(crate) fn serialize<S: Serializer>(places: &[Place], to: S) -> Result<S::Ok, S::Error> {
        let bytes = places
            .iter()
            .flat_map(|place| [place.rule, place.split, place.most].into_iter().chain(place.block));
        to.serialize_str(&super::text(11 * places.len(), bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Place>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        let place = |bytes: [u8; 11]| {
            let [rule, split, most, block @ ..] = bytes;
            Place { rule, split, most, block }
        };
        Ok(super::bytes::<11, D::Error>(&text)?.into_iter().map(place).collect())
    }
}

/// What is remembered of a record to give up pairs early.
pub(crate) mod sketch {
    use super::{Deserialize, Deserializer, Serializer};
    use crate::identity::linkage::Sketch;

    #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(sketch: &Option<Sketch>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::text(
            sketch.as_ref().map_or(0, Sketch::size),
            sketch.iter().flat_map(Sketch::to_bytes),
        ))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Sketch>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        let columns = super::bytes::<{ Sketch::WIDTH }, D::Error>(&text)?;
        Ok(Some(Sketch::from_bytes(columns.into_iter())))
    }
}

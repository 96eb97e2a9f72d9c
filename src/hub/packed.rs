//! Lists of ids as one text of hexadecimal digits: a quarter of the size of a list of texts, and still JSON.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};

/// The digits of all these bytes.
fn text<const N: usize>(all: impl ExactSizeIterator<Item = [u8; N]>) -> String {
    let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + (nibble - 10) };
    let mut digits = vec![b'0'; 2 * N * all.len()];
    for (digits, bytes) in digits.chunks_exact_mut(2 * N).zip(all) {
        for ([high, low], byte) in digits.as_chunks_mut().0.iter_mut().zip(bytes) {
            (*high, *low) = (digit(byte >> 4), digit(byte & 15));
        }
    }
    // Digits are ASCII.
    String::from_utf8(digits).unwrap_or_default()
}

/// The value of each hexadecimal digit; more than 15 of what is none.
const NIBBLES: [u8; 256] = {
    let mut nibbles = [u8::MAX; 256];
    let (mut value, digits) = (0, b"0123456789abcdef");
    while value < digits.len() {
        #[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "sixteen digits")]
        {
            nibbles[digits[value] as usize] = value as u8;
        }
        value += 1;
    }
    nibbles
};

/// The value of a hexadecimal digit; more than 15 if it is none.
const fn nibble(digit: u8) -> u8 {
    #[expect(clippy::indexing_slicing, reason = "a room for each byte")]
    NIBBLES[digit as usize]
}

/// The bytes that a text of digits stands for, so many at a time.
struct Packed<const N: usize>;

impl<const N: usize> Visitor<'_> for Packed<N> {
    type Value = Vec<[u8; N]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hexadecimal digits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let chunks = text.as_bytes().chunks_exact(2 * N);
        let mut is_whole = chunks.remainder().is_empty();
        let one = |digits: &[u8]| {
            let mut one = [0; N];
            let mut seen = 0;
            for (byte, [high, low]) in one.iter_mut().zip(digits.as_chunks().0) {
                let (high, low) = (nibble(*high), nibble(*low));
                seen |= high | low;
                *byte = high << 4 | low;
            }
            is_whole &= seen < 16;
            one
        };
        let all = chunks.map(one).collect();
        if is_whole { Ok(all) } else { Err(E::custom("not a list of ids")) }
    }
}

/// Record ids.
pub(crate) mod ids {
    use super::{Deserializer, Serializer};
    use crate::ids::RecordId;

    pub(crate) fn serialize<S: Serializer>(ids: &[RecordId], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::text(ids.iter().map(|id| *id.as_bytes())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<RecordId>, D::Error> {
        Ok(from.deserialize_str(super::Packed)?.into_iter().map(RecordId::from_bytes).collect())
    }
}

/// Places in blocks.
pub(crate) mod places {
    use super::{Deserializer, Serializer};
    use crate::hub::stored::Place;

    pub(crate) fn serialize<S: Serializer>(places: &[Place], to: S) -> Result<S::Ok, S::Error> {
        let bytes = |place: &Place| {
            let [a, b, c, d, e, f, g, h] = place.block;
            [place.rule, place.split, place.most, a, b, c, d, e, f, g, h]
        };
        to.serialize_str(&super::text(places.iter().map(bytes)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Place>, D::Error> {
        let place = |bytes: [u8; 11]| {
            let [rule, split, most, block @ ..] = bytes;
            Place { rule, split, most, block }
        };
        Ok(from.deserialize_str(super::Packed)?.into_iter().map(place).collect())
    }
}

/// What is remembered of a record to give up pairs early.
pub(crate) mod sketch {
    use super::{Deserializer, Serializer};
    use crate::identity::linkage::Sketch;

    #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(sketch: &Option<Sketch>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&sketch.as_ref().map(|sketch| super::text(sketch.to_bytes())).unwrap_or_default())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Sketch>, D::Error> {
        Ok(Some(Sketch::from_bytes(from.deserialize_str(super::Packed)?.into_iter())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Ids(#[serde(with = "ids")] Vec<crate::ids::RecordId>);

    fn read(text: &str) -> Option<Vec<[u8; 3]>> {
        Packed.visit_str::<serde_json::Error>(text).ok()
    }

    #[test]
    fn what_is_no_list_of_whole_ids_is_refused() {
        let id = "00112233445566778899aabbccddeeff";
        let read = |text: &str| serde_json::from_value::<Ids>(text.into()).map(|ids| ids.0.len()).ok();
        assert_eq!((read(""), read(id), read(&id.repeat(3))), (Some(0), Some(1), Some(3)));
        for wrong in ["0", &format!("{id}0"), &id.to_uppercase(), &id.replace('0', "g"), "۰۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(all in prop::collection::vec(any::<[u8; 3]>(), 0..20)) {
            let packed = text(all.iter().copied());
            let plain: String = all.iter().flatten().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!(&packed, &plain);
            prop_assert_eq!(read(&packed), Some(all));
        }

        #[test]
        fn one_wrong_digit_is_enough(all in "[0-9a-f]{12}", at in 0..12_usize, wrong in "[^0-9a-f]") {
            prop_assert!(read(&all).is_some());
            let letter = |(place, own): (usize, char)| if place == at { wrong.clone() } else { own.to_string() };
            let spoilt: String = all.chars().enumerate().map(letter).collect();
            prop_assert_eq!(read(&spoilt), None);
        }
    }
}

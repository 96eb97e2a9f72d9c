//! Lists of ids as one text of hexadecimal digits: a quarter of the size of a list of texts, and still JSON.

use std::fmt;

use faster_hex::{CheckCase, hex_decode_with_case, hex_encode};
use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer, ser};

/// Writes the digits of all these bytes.
fn write<const N: usize, S: Serializer>(
    all: impl Iterator<Item = [u8; N]>,
    to: S,
) -> Result<S::Ok, S::Error> {
    let all: Vec<_> = all.collect();
    let mut digits = vec![0; 2 * N * all.len()];
    to.serialize_str(hex_encode(all.as_flattened(), &mut digits).map_err(ser::Error::custom)?)
}

/// The bytes that a text of digits stands for, so many at a time.
struct Packed<const N: usize>;

impl<const N: usize> Visitor<'_> for Packed<N> {
    type Value = Vec<[u8; N]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hexadecimal digits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let no_list = || E::custom("not a list of ids");
        if !text.len().is_multiple_of(2 * N) {
            return Err(no_list());
        }
        let mut all = vec![[0; N]; text.len() / (2 * N)];
        hex_decode_with_case(text.as_bytes(), all.as_flattened_mut(), CheckCase::Lower)
            .map_err(|_| no_list())?;
        Ok(all)
    }
}

/// Record ids.
pub(crate) mod ids {
    use super::{Deserializer, Serializer};
    use crate::ids::RecordId;

    pub(crate) fn serialize<S: Serializer>(ids: &[RecordId], to: S) -> Result<S::Ok, S::Error> {
        super::write(ids.iter().map(|id| *id.as_bytes()), to)
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
        super::write(places.iter().map(bytes), to)
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
        super::write(sketch.iter().flat_map(Sketch::to_bytes), to)
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
            let packed = write(all.iter().copied(), serde_json::value::Serializer).unwrap();
            let plain: String = all.iter().flatten().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!(packed.as_str(), Some(&*plain));
            prop_assert_eq!(read(&plain), Some(all));
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

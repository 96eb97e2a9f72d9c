//! What a message says: text messages, directions, locales, claims, payloads, calls to action.

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::messaging::sms::{ReferenceBits, SmsSettings, segments, split};

use crate::messaging::Suite;

fn read<T: for<'de> Deserialize<'de>>(given: &Value) -> T {
    T::deserialize(given).unwrap()
}

pub(crate) fn sms_segments() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        parts: Vec<(String, usize)>,
        ref_bits: Option<u8>,
        single_shift: Option<throughline::messaging::sms::NationalTable>,
    }
    Box::new(|given| {
        let input: Input = read(given);
        let body: String = input.parts.iter().map(|(text, times)| text.repeat(*times)).collect();
        let settings = SmsSettings {
            reference_bits: input.ref_bits.map_or(ReferenceBits::Eight, |bits| bits.try_into().unwrap()),
            single_shift: input.single_shift,
            ..SmsSettings::default()
        };
        match segments(&body, &settings) {
            Ok(count) => {
                let parts = split(&body, &settings).unwrap();
                assert_eq!((parts.count, parts.texts.concat()), (count, body));
                json!({"encoding": count.encoding, "units": count.units, "segments": parts.texts.len()})
            }
            Err(_) => json!({"error": "empty_body"}),
        }
    })
}

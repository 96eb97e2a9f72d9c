//! What a message says: text messages, directions, locales, claims, payloads, calls to action.

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::channel::Channel;
use throughline::messaging::cta::{AppVersion, CtaDevice, Intent, Links, Os, call_to_action};
use throughline::messaging::limits::{PUSH_BYTES, PushEscape, push_bytes};
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
                assert_eq!((parts.count, parts.texts.concat()), (count, body.clone()));
                json!({"encoding": count.encoding, "units": count.units, "segments": parts.texts.len()})
            }
            Err(_) => json!({"error": "empty_body"}),
        }
    })
}

pub(crate) fn cta() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        intent: Intent,
        device: Device,
        channel: Channel,
        links: Links,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Device {
        os: Os,
        app: Option<AppVersion>,
        min_app: Option<AppVersion>,
    }
    Box::new(|given| {
        let Input { intent, device, channel, links } = read(given);
        let links = Links { deep_since: device.min_app, ..links };
        let device = CtaDevice { os: device.os, app: device.app };
        match call_to_action(intent, &device, &channel, &links) {
            Ok(chosen) => json!({"kind": chosen.kind.as_str(), "link": chosen.link}),
            Err(_) => json!({"error": "no_cta"}),
        }
    })
}

pub(crate) fn push_payload() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        title: (String, usize),
        body: (String, usize),
        escape: PushEscape,
    }
    Box::new(|given| {
        let Input { title, body, escape } = read(given);
        let bytes = push_bytes(&title.0.repeat(title.1), &body.0.repeat(body.1), escape);
        json!({"bytes": bytes, "fits": bytes <= PUSH_BYTES})
    })
}

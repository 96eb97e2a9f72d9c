//! What a message says: text messages, directions, locales, claims, payloads, calls to action.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::channel::Channel;
use throughline::locale::{AvailableLocales, Locale, Requested, plural};
use throughline::messaging::claims::{claims, claims_equal};
use throughline::messaging::cta::{AppVersion, CtaDevice, Intent, Links, Os, call_to_action};
use throughline::messaging::limits::{JsonEscape, PushLimit, push_bytes};
use throughline::messaging::near_copy::compare;
use throughline::messaging::sms::{ReferenceBits, SmsSettings, segments, split};
use throughline::text::Direction;
use throughline::text::bidi::{Markup, isolate};

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

pub(crate) fn bidi() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        template: String,
        vars: BTreeMap<String, String>,
        base: String,
        format: Markup,
    }
    Box::new(|given| {
        let input: Input = read(given);
        let base = if input.base == "rtl" { Direction::Rtl } else { Direction::Ltr };
        let mut text = String::new();
        let mut rest = input.template.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap();
            text += before;
            text += &isolate(&input.vars[name], base, input.format);
            rest = after;
        }
        json!({"text": text + rest})
    })
}

pub(crate) fn locale() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        requested: Vec<String>,
        available: Vec<String>,
        default: Option<String>,
    }
    Box::new(|given| {
        let input: Input = read(given);
        let requested: Vec<Locale> = input.requested.iter().filter_map(|tag| tag.parse().ok()).collect();
        let available: Vec<Locale> = input.available.iter().map(|tag| tag.parse().unwrap()).collect();
        let default = input.default.and_then(|tag| tag.parse::<Locale>().ok());
        let found =
            AvailableLocales::new(available).lookup(&Requested::new(&requested), &Requested::new(&default));
        match found {
            Ok(found) => json!({
                "chosen": input.available[found.position],
                "dir": if found.direction == Direction::Rtl { "rtl" } else { "ltr" },
                "chain": found.chain,
            }),
            Err(_) => json!({"error": "no_variant"}),
        }
    })
}

pub(crate) fn plurals() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        locale: Locale,
        n: String,
    }
    Box::new(|given| {
        let input: Input = read(given);
        json!({"category": plural(&input.locale, &input.n).unwrap()})
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
        escape: JsonEscape,
    }
    Box::new(|given| {
        let Input { title, body, escape } = read(given);
        let bytes = push_bytes(&title.0.repeat(title.1), &body.0.repeat(body.1), escape);
        json!({"bytes": bytes, "fits": bytes <= PushLimit::APNS.bytes})
    })
}

pub(crate) fn near_duplicates() -> Suite {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        a: String,
        b: String,
    }
    Box::new(|given| {
        let input: Input = read(given);
        let found = compare(&input.a, &input.b);
        let written = |text: &str| claims(text).iter().map(ToString::to_string).collect::<Vec<_>>();
        json!({
            "inter": found.inter,
            "union": found.union,
            "verdict": found.verdict,
            "claims_equal": claims_equal(&input.a, &input.b),
            "claims_a": written(&input.a),
            "claims_b": written(&input.b),
        })
    })
}

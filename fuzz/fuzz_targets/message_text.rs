//! What a message says, whatever it says: nothing panics, segments are the body, a rewriting never costs more, a value
//! cannot turn the sentence around it, and a cut text fits.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::channel::Channel;
use throughline::locale::{Locale, lookup, plural};
use throughline::messaging::claims::claims;
use throughline::messaging::content::{
    Content, LONGEST_TEXT, Reader, RenderSettings, Slot, Template, Values, Variant, render,
};
use throughline::messaging::cta::CtaDevice;
use throughline::messaging::limits::{
    JsonEscape, PushLimit, fit_push, header_value, push_bytes, subject_advice,
};
use throughline::messaging::near_copy::{NearCopyIndex, Verdict, compare, simhash64};
use throughline::messaging::sms::{NationalTable, SmsSettings, rewrite, segments, split};
use throughline::text::Direction;
use throughline::text::bidi::{Markup, isolate, strip};

fuzz_target!(|text: &str| {
    let tables =
        [NationalTable::Turkish, NationalTable::Spanish, NationalTable::Portuguese, NationalTable::Urdu];
    for settings in [SmsSettings::default()].into_iter().chain(tables.map(SmsSettings::national)) {
        let Ok(count) = segments(text, &settings) else { continue };
        let parts = split(text, &settings).expect("a body with segments");
        assert_eq!(
            (parts.texts.concat().as_str(), parts.texts.len(), parts.count),
            (text, count.segments, count)
        );
        let cheap = rewrite(text, &settings).expect("a body with segments");
        assert!(cheap.after.segments <= count.segments);
        assert_eq!(Ok(cheap.after), segments(&cheap.text, &settings));
    }
    // As a template, and as a value in one.
    if let Ok(template) = text.parse::<Template>() {
        assert_eq!(template.source(), text);
        for tag in ["en", "fa", "he", "ar", "ru"] {
            let locale: Locale = tag.parse().expect("a tag");
            let mut content = Content::new(locale.clone());
            content.variants.push(Variant::new("v", Channel::Email, locale.clone(), template.clone().into()));
            let slots = template.slots().enumerate().map(|(place, name)| {
                let slot = if place % 2 == 0 { Slot::Number(place as i64) } else { Slot::text(text) };
                (name.clone(), slot)
            });
            let values: Values = slots.collect();
            let (locales, links) = ([locale], CtaDevice::default());
            let reader = Reader { channel: &Channel::Email, locales: &locales, device: None, links: &links };
            if let Ok(written) = render(&content, &reader, &values, &RenderSettings::default()) {
                assert!(written.body.reveal().len() <= LONGEST_TEXT);
            }
        }
    }
    for base in [Direction::Ltr, Direction::Rtl] {
        assert_eq!(strip(&isolate(text, base, Markup::Text)), strip(text));
        let html = isolate(text, base, Markup::Html);
        let bare = html.replace("<bdi>", "").replace("<bdi dir=\"ltr\">", "").replace("</bdi>", "");
        assert!(!bare.contains(['<', '>']));
    }
    let _ = (claims(text), simhash64(text), header_value(text), subject_advice(text));
    assert_eq!(compare(text, text).verdict, Verdict::Duplicate);
    let (one, other) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let index = NearCopyIndex::new(50, [one, other]);
    for (position, text) in [one, other].into_iter().enumerate() {
        let found = index.matches(text);
        assert!(
            text.chars().all(|c| !c.is_ascii_alphanumeric())
                || found.iter().any(|one| one.position == position)
        );
    }
    let limit = PushLimit { bytes: 64, ..PushLimit::APNS };
    if let Some(fits) = fit_push("", text, 0, JsonEscape::Ascii, &limit) {
        assert!(push_bytes("", &fits, JsonEscape::Ascii) <= 64);
    }
    let english: Locale = "en".parse().expect("a tag");
    let _ = plural(&english, text);
    if let Ok(locale) = text.parse::<Locale>() {
        assert_eq!(locale.as_str().parse::<Locale>().as_ref(), Ok(&locale));
        let _ = lookup(&[locale], &[english.clone()], &english);
    }
});

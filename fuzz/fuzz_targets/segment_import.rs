//! Any bytes are an event or a typed error; an event comes back byte for byte and survives its stored form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::event::{ClockPolicy, Event, Import, import_lines};
use throughline::time::{TimeDelta, from_millis};

fuzz_target!(|bytes: &[u8]| {
    let live = Import::new(from_millis(1_774_000_000_000));
    let history = Import { clock: ClockPolicy::backfill(), ..live.clone() };
    for import in [&live, &history] {
        if let Ok(event) = Event::from_segment(bytes, import) {
            check(&event, bytes, import);
        }
        for line in import_lines(bytes, import) {
            match line.result {
                Ok(event) => check(&event, event.to_segment().as_bytes(), import),
                // Rendering must not fail either.
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
});

fn check(event: &Event, bytes: &[u8], import: &Import) {
    assert_eq!(event.to_segment().as_bytes(), bytes.trim_ascii());
    let time = event.time();
    assert!(time.corrected() <= time.received());
    assert!(time.received() <= import.received_at + TimeDelta::seconds(300));
    let view = |event: &Event| {
        let identifiers: Vec<String> = event.identifiers().map(|found| found.value.to_owned()).collect();
        let fields: Vec<_> = event.fields().map(|(name, value)| (name, value.to_owned())).collect();
        let lines: Vec<u32> = event.cart().into_iter().flat_map(|cart| cart.lines().map(|l| l.quantity)).collect();
        let consents: Vec<_> = event.consents().map(|change| (change.purpose.to_owned(), change.granted)).collect();
        (identifiers, fields, lines, consents, event.properties().iter().count(), event.order_key())
    };
    let stored = serde_json::to_vec(&event.to_stored()).expect("an event can be stored");
    let stored = serde_json::from_slice(&stored).expect("what was stored can be read");
    let back = Event::from_stored(&stored).expect("what was stored is an event");
    assert_eq!(&back, event);
    assert_eq!(view(&back), view(event));
}

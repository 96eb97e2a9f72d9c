//! Every text is a phone number or a typed error in every region; a number parses to itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::identifier::{IdentifierSettings, Phone};

fuzz_target!(|input: (u8, u8, &str)| {
    let (first, second, raw) = input;
    let code: String = [first, second].iter().map(|byte| char::from(b'A' + byte % 26)).collect();
    let settings = code.parse().map_or_else(|_| IdentifierSettings::default(), IdentifierSettings::in_region);
    let Ok(phone) = Phone::parse(raw, &settings) else { return };
    let digits = phone.reveal().strip_prefix('+').expect("E.164 starts with a plus sign");
    assert!((7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(Phone::parse(phone.reveal(), &settings).as_ref(), Ok(&phone));
    assert_eq!(Phone::parse(phone.reveal(), &IdentifierSettings::default()).as_ref(), Ok(&phone));
    let _ = phone.is_in_use();
});

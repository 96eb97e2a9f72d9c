//! Every text is an e-mail address or a typed error; an address's key is its own key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::identifier::Email;

fuzz_target!(|raw: &str| {
    let Ok(email) = Email::parse(raw) else { return };
    assert_eq!(email.address(), raw.trim_ascii());
    assert_eq!(Email::parse(email.address()).as_ref(), Ok(&email));
    let again = Email::parse(email.key()).expect("a key is an address");
    assert_eq!(again.key(), email.key());
    assert!(email.key().len() <= 254);
});

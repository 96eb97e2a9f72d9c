//! Every text is a name or none; a name parses to itself, is never shown, and compares with itself. So with birth dates.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::calendar::BirthDate;
use throughline::names::phonetic::double_metaphone;
use throughline::names::{MAX_FORMS, MAX_TOKENS, Name, TokenMatch, similarity_class};

fuzz_target!(|input: (&str, &str)| {
    let (text, other) = input;
    let _ = double_metaphone(text);
    if let Ok(date) = BirthDate::parse(text) {
        assert!((1..=2).contains(&date.readings().count()));
    }
    let Some(name) = Name::parse(text) else { return };
    assert_eq!(Name::parse(name.folded()).as_ref().map(Name::folded), Some(name.folded()));
    assert!((1..=MAX_TOKENS).contains(&name.tokens().len()));
    for token in name.tokens() {
        assert!(token.latin().count() <= MAX_FORMS && !token.skeleton().is_empty());
        assert!(matches!(similarity_class(token, token), TokenMatch::Exact | TokenMatch::Initial));
    }
    if let Some(other) = Name::parse(other) {
        for (one, two) in name.tokens().iter().zip(other.tokens()) {
            let _ = similarity_class(one, two);
        }
    }
});

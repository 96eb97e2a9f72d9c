//! Every text is an identifier of every kind or a typed error; an identifier parses to itself and is never shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};

fuzz_target!(|input: (&str, &str)| {
    let (name, raw) = input;
    let settings = IdentifierSettings::default();
    let mut kinds = vec![
        IdentifierKind::UserId,
        IdentifierKind::AnonymousId,
        IdentifierKind::DeviceId,
        IdentifierKind::Email,
        IdentifierKind::Phone,
        IdentifierKind::LoyaltyCard,
        IdentifierKind::NationalId,
        IdentifierKind::CookieId,
        IdentifierKind::SocialHandle,
        IdentifierKind::SessionId,
        IdentifierKind::HouseholdId,
    ];
    if let Ok(kind) = IdentifierKind::parse(name) {
        assert_eq!(IdentifierKind::parse(kind.as_str()).as_ref(), Ok(&kind));
        kinds.push(kind);
    }
    // A name that was not parsed is refused later, it does not panic.
    let _ = Identifier::parse(IdentifierKind::Other(name.into()), raw, &settings);
    for kind in kinds {
        let Ok(identifier) = Identifier::parse(kind.clone(), raw, &settings) else { continue };
        assert_eq!(Identifier::parse(kind.clone(), identifier.reveal(), &settings).as_ref(), Ok(&identifier));
        assert!((1..=255).contains(&identifier.reveal().len()));
        // The kind and four hexadecimal digits, whatever the value.
        assert_eq!(format!("{identifier:?}").len(), "Identifier( 0123)".len() + kind.as_str().len());
    }
});

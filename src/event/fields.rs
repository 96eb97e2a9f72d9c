//! The traits that describe a person, by their canonical names.

use super::attribute::Attributes;

/// The canonical name of a trait that describes a person, by the names that senders give it.
pub(super) fn canonical(name: &str) -> Option<&'static str> {
    Some(match name {
        "name" | "fullName" | "full_name" => "name",
        "firstName" | "first_name" | "firstname" | "given_name" | "givenName" => "first_name",
        "middleName" | "middle_name" => "middle_name",
        "lastName" | "last_name" | "lastname" | "family_name" | "familyName" => "last_name",
        "username" => "username",
        "nickname" => "nickname",
        "title" => "title",
        "gender" => "gender",
        "birthday" | "birthdate" | "birthDate" | "birth_date" | "dateOfBirth" | "date_of_birth" => "birthday",
        "email" => "email",
        "phone" | "phoneNumber" | "phone_number" => "phone",
        "avatar" => "avatar",
        "website" => "website",
        "description" => "description",
        "company" | "company.name" | "employer" => "company",
        "address" => "address",
        "address.street" | "address.street_address" | "street" => "address.street",
        "address.city" | "address.locality" | "city" => "address.city",
        "address.state" | "address.region" | "state" => "address.state",
        "address.postalCode" | "address.postal_code" | "address.zip" | "postalCode" | "postal_code" => {
            "address.postal_code"
        }
        "address.country" | "country" => "address.country",
        "language" => "language",
        "locale" => "locale",
        "timezone" | "zoneinfo" => "timezone",
        _ => return None,
    })
}

/// Canonical names and values, each name once: the first trait that gives it, then the context's locale and zone.
pub(super) fn collect<'a>(
    traits: Attributes<'a>,
    locale: Option<&'a str>,
    timezone: Option<&'a str>,
) -> Vec<(&'static str, &'a str)> {
    let mut fields: Vec<(&'static str, &'a str)> = Vec::new();
    let sent = traits.iter().filter_map(|(name, value)| Some((canonical(name)?, value.as_text()?)));
    let context = [("locale", locale), ("timezone", timezone)];
    let context = context.into_iter().filter_map(|(name, value)| Some((name, value?)));
    for (name, value) in sent.chain(context) {
        if !value.trim().is_empty() && fields.iter().all(|(before, _)| *before != name) {
            fields.push((name, value));
        }
    }
    fields
}

//! What a column of a table of people holds, told from its header.

mod spellings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use self::spellings::{AFTER, BEFORE, HEADERS, UNKNOWN};
use crate::text;

/// What a column holds. Several columns may be of one kind: two telephone numbers, an address line and a whole address.
///
/// ```
/// use throughline::identity::linkage::FieldKind;
/// assert_eq!(serde_json::to_string(&FieldKind::BirthDate)?, r#""birth_date""#);
/// assert_eq!(FieldKind::BirthDate.as_str(), "birth_date");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldKind {
    /// The name that a person is called by in the family.
    GivenName,
    /// What stands between given and family name: a second given name, an initial, a patronymic.
    MiddleName,
    /// The name shared with the family.
    FamilyName,
    /// The whole name in one text, in any order of its parts.
    FullName,
    /// The day of birth, in any calendar.
    BirthDate,
    /// The year of birth alone.
    BirthYear,
    /// An e-mail address.
    Email,
    /// A telephone number, mobile or not.
    Phone,
    /// Street and house number, or a whole address in one text.
    AddressLine,
    /// The second line of an address: building, flat, district.
    AddressExtra,
    /// The house number alone.
    HouseNumber,
    /// City, town, suburb, village.
    City,
    /// State, province, county.
    Region,
    /// Postal code.
    Postcode,
    /// The country of the address.
    Country,
    /// A number by which a state knows the person: social security, national identity card.
    NationalId,
    /// A passport's number.
    Passport,
    /// A driving licence's number.
    DrivingLicence,
    /// A number by which a tax office knows the person or the organisation.
    TaxId,
    /// The number of a customer card.
    LoyaltyCard,
    /// A device, browser or app installation.
    Device,
    /// Gender or sex.
    Gender,
    /// Occupation.
    Occupation,
    /// The place of birth.
    BirthPlace,
    /// The name of an organisation.
    Organisation,
    /// Where the record comes from: the system or the channel. Says nothing about who the person is.
    Source,
    /// Anything else, compared as equal or different. Never recognised from a header: somebody has to ask for it.
    Category,
    /// Not compared. Never recognised from a header.
    Ignored,
}

impl FieldKind {
    /// Every kind, in the order of the type.
    pub const ALL: [Self; 28] = [
        Self::GivenName,
        Self::MiddleName,
        Self::FamilyName,
        Self::FullName,
        Self::BirthDate,
        Self::BirthYear,
        Self::Email,
        Self::Phone,
        Self::AddressLine,
        Self::AddressExtra,
        Self::HouseNumber,
        Self::City,
        Self::Region,
        Self::Postcode,
        Self::Country,
        Self::NationalId,
        Self::Passport,
        Self::DrivingLicence,
        Self::TaxId,
        Self::LoyaltyCard,
        Self::Device,
        Self::Gender,
        Self::Occupation,
        Self::BirthPlace,
        Self::Organisation,
        Self::Source,
        Self::Category,
        Self::Ignored,
    ];

    /// The name that stands for the kind in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::MiddleName => "middle_name",
            Self::FamilyName => "family_name",
            Self::FullName => "full_name",
            Self::BirthDate => "birth_date",
            Self::BirthYear => "birth_year",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::AddressLine => "address_line",
            Self::AddressExtra => "address_extra",
            Self::HouseNumber => "house_number",
            Self::City => "city",
            Self::Region => "region",
            Self::Postcode => "postcode",
            Self::Country => "country",
            Self::NationalId => "national_id",
            Self::Passport => "passport",
            Self::DrivingLicence => "driving_licence",
            Self::TaxId => "tax_id",
            Self::LoyaltyCard => "loyalty_card",
            Self::Device => "device",
            Self::Gender => "gender",
            Self::Occupation => "occupation",
            Self::BirthPlace => "birth_place",
            Self::Organisation => "organisation",
            Self::Source => "source",
            Self::Category => "category",
            Self::Ignored => "ignored",
        }
    }
}

/// The most words that a header is looked at for.
const MAX_WORDS: usize = 12;

static KINDS: LazyLock<BTreeMap<String, FieldKind>> = LazyLock::new(|| {
    let headers =
        HEADERS.iter().flat_map(|(kind, headers)| headers.split(',').map(move |header| (header, *kind)));
    // The first one wins, as it would if the table were searched from the top.
    let mut kinds = BTreeMap::new();
    for (header, kind) in headers {
        kinds.entry(words(header).concat()).or_insert(kind);
    }
    kinds
});

/// What a column with this header holds, or `None` if the header is not a usual one.
///
/// Letter case, diacritics, spaces, dashes, underscores and camel case do not matter (`Date of birth`, `DATE_OF_BIRTH`,
/// `dateOfBirth`), nor do words that only say which one it is (`customer_phone_2`, `PRIMARY_NAME_FULL`). Known are
/// English headers, the usual ones of other European languages and Turkish, and Persian, Arabic, Hebrew and Russian ones.
/// `name` alone is taken as the full name.
///
/// # Complexity
/// Linear in the length of the header.
///
/// ```
/// use throughline::identity::linkage::{FieldKind, recognise};
/// assert_eq!(recognise("Date-of-Birth"), Some(FieldKind::BirthDate));
/// assert_eq!(recognise("ADDR_POSTAL_CODE"), Some(FieldKind::Postcode));
/// assert_eq!(recognise("نام\u{200c}خانوادگی"), Some(FieldKind::FamilyName));
/// assert_eq!(recognise("favourite colour"), None);
/// ```
#[must_use]
pub fn recognise(header: &str) -> Option<FieldKind> {
    let words = words(header);
    if words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    if holds(UNKNOWN, &words.concat()) {
        return None;
    }
    let mut rest = words.as_slice();
    loop {
        if let Some(kind) = KINDS.get(&rest.concat()) {
            return Some(*kind);
        }
        rest = match rest {
            [first, others @ ..] if !others.is_empty() && holds(BEFORE, first) => others,
            [others @ .., last] if !others.is_empty() && is_after(last) => others,
            _ => return None,
        };
    }
}

fn holds(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

fn is_after(word: &str) -> bool {
    holds(AFTER, word) || word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The folded words of a header: runs of letters and runs of digits, camel case taken apart.
fn words(header: &str) -> Vec<String> {
    let folded = text::fold(&apart(header));
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for c in folded.chars() {
        // A joining apostrophe or a gershayim inside an abbreviation separates nothing.
        let kind = match c {
            '\'' | '"' => continue,
            c if c.is_numeric() => Some(true),
            c if c.is_alphanumeric() => Some(false),
            _ => None,
        };
        match (kind, words.last_mut()) {
            (None, _) => {}
            (Some(_), Some(word)) if kind == last => word.push(c),
            (Some(_), _) => words.push(c.into()),
        }
        last = kind;
    }
    words
}

/// Puts a space where camel case begins a word: `dateOfBirth`, `IDNumber`.
fn apart(header: &str) -> String {
    let mut out = String::with_capacity(header.len() + 8);
    let mut before: Option<char> = None;
    let mut chars = header.chars().peekable();
    while let Some(c) = chars.next() {
        let begins = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || (before.is_uppercase() && chars.peek().is_some_and(|next| next.is_lowercase()))
            });
        if begins {
            out.push(' ');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

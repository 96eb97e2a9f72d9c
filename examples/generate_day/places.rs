//! The six cities with their shops, and the languages that people speak there.

/// A language, and with it a script and ways to write a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    Persian,
    Arabic,
    Hebrew,
    Russian,
    English,
    German,
}

impl Language {
    pub(crate) fn locale(self) -> &'static str {
        match self {
            Self::Persian => "fa-IR",
            Self::Arabic => "ar-AE",
            Self::Hebrew => "he-IL",
            Self::Russian => "ru-RU",
            Self::English => "en-GB",
            Self::German => "de-DE",
        }
    }

    /// The script in which its speakers write their names.
    pub(crate) fn script(self) -> &'static str {
        match self {
            Self::Persian => "Persian",
            Self::Arabic => "Arabic",
            Self::Hebrew => "Hebrew",
            Self::Russian => "Cyrillic",
            Self::English | Self::German => "Latin",
        }
    }
}

/// The numbering plan of a country, as far as the day needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    Iran,
    Emirates,
    Israel,
    Russia,
    Germany,
    Britain,
}

/// A city with shops.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) city: &'static str,
    /// The city's name in the script of the country.
    pub(crate) native: &'static str,
    /// The city's name inside identifiers.
    pub(crate) slug: &'static str,
    pub(crate) country: &'static str,
    pub(crate) timezone: &'static str,
    /// Minutes east of Greenwich on 2026-03-20.
    pub(crate) offset: i64,
    pub(crate) plan: Plan,
    /// The usual language and the second one.
    pub(crate) languages: (Language, Language),
    /// How many of a thousand speak the second one.
    pub(crate) second: u64,
}

const fn place(
    names: (&'static str, &'static str, &'static str, &'static str, &'static str),
    offset: i64,
    plan: Plan,
    languages: (Language, Language),
    second: u64,
) -> Place {
    let (city, native, slug, country, timezone) = names;
    Place { city, native, slug, country, timezone, offset, plan, languages, second }
}

pub(crate) static TEHRAN: Place = place(
    ("Tehran", "تهران", "tehran", "IR", "Asia/Tehran"),
    210,
    Plan::Iran,
    (Language::Persian, Language::Persian),
    0,
);
pub(crate) static DUBAI: Place = place(
    ("Dubai", "دبي", "dubai", "AE", "Asia/Dubai"),
    240,
    Plan::Emirates,
    (Language::Arabic, Language::English),
    250,
);
pub(crate) static TEL_AVIV: Place = place(
    ("Tel Aviv", "תל אביב", "tel-aviv", "IL", "Asia/Jerusalem"),
    120,
    Plan::Israel,
    (Language::Hebrew, Language::Russian),
    150,
);
pub(crate) static MOSCOW: Place = place(
    ("Moscow", "Москва", "moscow", "RU", "Europe/Moscow"),
    180,
    Plan::Russia,
    (Language::Russian, Language::Russian),
    0,
);
pub(crate) static BERLIN: Place = place(
    ("Berlin", "Berlin", "berlin", "DE", "Europe/Berlin"),
    60,
    Plan::Germany,
    (Language::German, Language::Arabic),
    100,
);
pub(crate) static LONDON: Place = place(
    ("London", "London", "london", "GB", "Europe/London"),
    0,
    Plan::Britain,
    (Language::English, Language::Persian),
    100,
);

/// Where person number `n` lives is `ROUND[n % 20]`: six of twenty in Tehran, and so on.
pub(crate) static ROUND: [&Place; 20] = [
    &TEHRAN, &DUBAI, &TEL_AVIV, &LONDON, &MOSCOW, &TEHRAN, &BERLIN, &DUBAI, &TEHRAN, &TEL_AVIV, &MOSCOW,
    &TEHRAN, &DUBAI, &LONDON, &TEHRAN, &TEL_AVIV, &BERLIN, &MOSCOW, &DUBAI, &TEHRAN,
];

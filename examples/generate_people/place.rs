//! Addresses: drawn once per household and home, written anew in every record.

use crate::culture::{Culture, Word};
use crate::eastern as east;
use crate::random::Random;
use crate::words;

/// One home.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    culture: Culture,
    street: Word,
    /// The long and the short word for the kind of street (English only).
    kind: (&'static str, &'static str),
    number: u64,
    flat: Option<u64>,
    pub(crate) city: Word,
    pub(crate) postcode: String,
    /// Country code of the telephones there.
    pub(crate) country: &'static str,
}

impl Home {
    /// A new home.
    pub(crate) fn draw(culture: Culture, random: &mut Random) -> Self {
        let flat_share = match culture {
            Culture::English | Culture::European => 330.0,
            Culture::Persian => 330.0,
            Culture::Russian => 250.0,
            Culture::Hebrew => 260.0,
            Culture::Arabic => 0.0,
        };
        let flat = random.chance(flat_share).then(|| 1 + random.below(40));
        let number = if random.chance(150.0) { 1 + random.below(12) } else { 1 + random.below(240) };
        let mut kind = ("", "");
        let (street, city, postcode, country) = match culture {
            Culture::English => {
                kind = random.pick(words::STREET_KINDS);
                let (city, area) = random.skewed(words::ENGLISH_CITIES, 5);
                let letters: Vec<char> = "ABDEFGHJLNPQRSTUWXYZ".chars().collect();
                let (first, second) = (random.pick(&letters), random.pick(&letters));
                let postcode = format!("{area}{} {}{first}{second}", 1 + random.below(25), random.below(10));
                (Word::read(random.pick(words::STREETS)), Word::read(city), postcode, "44")
            }
            Culture::European => (
                // Street names of this kind keep their marks even where names lose them.
                Word::read(random.pick(words::EUROPEAN_STREETS)),
                Word::read(random.pick(words::EUROPEAN_CITIES)),
                format!("{}{}", 1 + random.below(9), random.digits(4)),
                random.pick(&["33", "34", "48", "49"]),
            ),
            Culture::Persian => (
                Word::read(random.pick(east::PERSIAN_STREETS)),
                Word::read(random.skewed(east::PERSIAN_CITIES, 5)),
                format!("{}{}", random.pick(&["11", "12", "14", "16", "17", "22", "24"]), random.digits(8)),
                "98",
            ),
            Culture::Arabic => {
                let (city, country) = random.skewed(east::ARABIC_CITIES, 8);
                let postcode = if country == "971" {
                    String::new()
                } else {
                    format!("{}{}", random.pick(&["1", "2"]), random.digits(4))
                };
                (Word::read(random.pick(east::ARABIC_STREETS)), Word::read(city), postcode, country)
            }
            Culture::Hebrew => (
                Word::read(random.pick(east::HEBREW_STREETS)),
                Word::read(random.skewed(east::HEBREW_CITIES, 5)),
                format!("{}{}", random.pick(&["10", "14", "17", "18", "20"]), random.digits(5)),
                "972",
            ),
            Culture::Russian => (
                Word::read(random.pick(east::RUSSIAN_STREETS)),
                Word::read(random.skewed(east::RUSSIAN_CITIES, 6)),
                format!(
                    "{}{}",
                    random.pick(&["101", "121", "141", "161", "201", "261", "321"]),
                    random.digits(3)
                ),
                "7",
            ),
        };
        Self { culture, street, kind, number, flat, city, postcode, country }
    }

    /// Another house of the same street.
    pub(crate) fn next_door(&mut self, random: &mut Random) {
        self.number += 1 + random.below(20);
    }

    /// The address as one line, in one of the forms that people write.
    pub(crate) fn line(&self, native: bool, random: &mut Random) -> String {
        let flat = self.flat.filter(|_| !random.chance(260.0));
        let number = self.number;
        match self.culture {
            Culture::English | Culture::European => {
                let street = if self.kind.0.is_empty() {
                    self.street.write(true, random)
                } else {
                    let kind = if random.chance(330.0) { self.kind.1 } else { self.kind.0 };
                    format!("{} {kind}", self.street.usual())
                };
                match (flat, random.below(3)) {
                    (None, _) => format!("{number} {street}"),
                    (Some(flat), 0) => format!("Flat {flat}, {number} {street}"),
                    (Some(flat), 1) => format!("{flat}/{number} {street}"),
                    (Some(flat), _) => format!("Apt {flat} {number} {street}"),
                }
            }
            Culture::Persian if native => {
                let street = self.street.write(true, random);
                flat.map_or_else(
                    || format!("خیابان {street}، پلاک {number}"),
                    |flat| format!("خیابان {street}، پلاک {number}، واحد {flat}"),
                )
            }
            Culture::Persian => {
                let street = self.street.write(false, random);
                flat.map_or_else(
                    || format!("No. {number}, {street} St"),
                    |flat| format!("No. {number}, {street} St, Unit {flat}"),
                )
            }
            Culture::Arabic if native => format!("شارع {} {number}", self.street.write(true, random)),
            Culture::Arabic => format!("{number} {} Street", self.street.write(false, random)),
            Culture::Hebrew => {
                let street = self.street.write(native, random);
                match flat {
                    None => format!("{street} {number}"),
                    Some(flat) if native && random.chance(500.0) => format!("{street} {number}, דירה {flat}"),
                    Some(flat) => format!("{street} {number}/{flat}"),
                }
            }
            Culture::Russian if native => {
                let street = self.street.write(true, random);
                flat.map_or_else(
                    || format!("ул. {street}, д. {number}"),
                    |flat| format!("ул. {street}, д. {number}, кв. {flat}"),
                )
            }
            Culture::Russian => {
                let street = self.street.write(false, random);
                flat.map_or_else(
                    || format!("ul. {street} {number}"),
                    |flat| format!("ul. {street} {number}, kv. {flat}"),
                )
            }
        }
    }
}

//! People born between 1600 and 1950 as several old registers and encyclopaedias tell of them.

use crate::culture::{Word, english_family};
use crate::mistakes;
use crate::people::Day;
use crate::random::Random;
use crate::words;

/// The columns after the record id.
pub(crate) const COLUMNS: &str =
    "full_name,first_name,surname,dob,birth_place,postcode_fake,gender,occupation";

/// How many records a person has: 7.5 on average.
pub(crate) fn plan(seed: u64, person: u64) -> u64 {
    let mut random = Random::new(seed, "historical plan", person);
    1 + random.below(8) + random.below(8)
}

fn plain_given(woman: bool, random: &mut Random) -> Vec<String> {
    let table = if woman { words::ENGLISH_WOMEN } else { words::ENGLISH_MEN };
    let name = random.skewed(table, 3);
    let pet = name.split('|').nth(2).unwrap_or("");
    let full = name.split('|').next().unwrap_or("");
    [full, pet].iter().filter(|name| !name.is_empty()).map(|name| name.to_lowercase()).collect()
}

/// One of the ways in which old hands spelt a name.
fn old_spelling(name: &str, random: &mut Random) -> String {
    let rules = [
        ("y", "ie"),
        ("ie", "y"),
        ("i", "y"),
        ("ck", "k"),
        ("k", "ck"),
        ("ley", "leigh"),
        ("son", "sonne"),
        ("ll", "l"),
        ("tt", "t"),
        ("ph", "f"),
        ("e", "ee"),
        ("th", "t"),
        ("ford", "forde"),
        ("ton", "tone"),
        ("au", "aw"),
        ("w", "u"),
        ("oo", "o"),
        ("man", "mann"),
    ];
    let found: Vec<_> = rules.iter().filter(|(from, _)| name.contains(from)).collect();
    if found.is_empty() {
        return format!("{name}e");
    }
    let (from, to) = random.pick(&found);
    name.replacen(from, to, 1)
}

/// The eight values of one record.
pub(crate) fn write(seed: u64, person: u64, noise: f64, mut random: Random) -> [String; 8] {
    let mut own = Random::new(seed, "historical person", person);
    let woman = own.chance(220.0);
    let given = plain_given(woman, &mut own);
    let second = own.chance(420.0).then(|| plain_given(woman, &mut own).first().cloned().unwrap_or_default());
    let family = english_family(&mut own).usual().to_lowercase();
    let birth = Day::draw(1600 + own.below(351), &mut own);
    let (town, area) = own.skewed(words::ENGLISH_CITIES, 4);
    let (other_town, _) = own.pick(words::ENGLISH_CITIES);
    let letters: Vec<char> = "abdefghjlnpqrstuwxyz".chars().collect();
    let postcode = format!(
        "{}{} {}{}{}",
        area.to_lowercase(),
        1 + own.below(25),
        own.below(10),
        own.pick(&letters),
        own.pick(&letters)
    );
    let work = (own.skewed(words::OCCUPATIONS, 6), own.skewed(words::OCCUPATIONS, 6));
    let title = match own.below(20) {
        0 => Some("sir"),
        1 => Some("reverend"),
        2 => Some("captain"),
        _ => None,
    };
    let peerage = own.chance(120.0).then(|| {
        let rank = own.pick(&["baron", "earl", "viscount", "baronet"]);
        let count = own.pick(&["1st", "2nd", "3rd", "4th", "5th"]);
        format!(
            "{count} {rank} {}",
            Word::read(own.pick(words::FAMILY_STARTS)).usual().to_lowercase() + "ham"
        )
    });

    let slip = |per_mille: f64, random: &mut Random| random.chance(per_mille * noise);
    let mut first = if slip(150.0, &mut random) {
        given.last().cloned().unwrap_or_default()
    } else {
        given.first().cloned().unwrap_or_default()
    };
    let mut surname = family;
    if slip(110.0, &mut random) {
        first = old_spelling(&first, &mut random);
    }
    if slip(150.0, &mut random) {
        surname = old_spelling(&surname, &mut random);
    }
    if slip(90.0, &mut random) {
        first = mistakes::typing(&first, &mut random);
    }
    if slip(110.0, &mut random) {
        surname = mistakes::typing(&surname, &mut random);
    }
    if slip(70.0, &mut random) {
        first = first.chars().take(1).collect();
    }
    let mut full: Vec<String> = Vec::new();
    if let Some(title) = title.filter(|_| random.chance(600.0)) {
        full.push(title.to_owned());
    }
    full.push(first.clone());
    full.extend(second.filter(|_| random.chance(500.0)));
    full.push(surname.clone());
    let mut full = full.join(" ");
    if let Some(peerage) = peerage.filter(|_| random.chance(500.0)) {
        full = format!("{full}, {peerage}");
        if random.chance(500.0) {
            // A register that takes the last word for the surname.
            surname = peerage.rsplit(' ').next().unwrap_or("").to_owned();
        }
    }
    if slip(25.0, &mut random) {
        (first, surname) = (surname, first);
    }
    let mut day = birth;
    if slip(260.0, &mut random) {
        (day.month, day.day) = (1, 1);
    }
    if slip(140.0, &mut random) {
        day.year = (day.year + random.below(7)).saturating_sub(3);
    } else if slip(90.0, &mut random) {
        day.day = 1 + random.below(28);
    }
    let mut dob = format!("{:04}-{:02}-{:02}", day.year, day.month, day.day);
    if slip(50.0, &mut random) {
        dob = mistakes::digit(&dob, &mut random);
    }
    let mut place = if slip(140.0, &mut random) { other_town } else { town }.to_lowercase();
    if slip(25.0, &mut random) {
        place = mistakes::typing(&place, &mut random);
    }
    let mut code = postcode;
    if slip(330.0, &mut random) {
        // Another house in the same district.
        code = code.split_once(' ').map_or(code.clone(), |(out, _)| {
            format!("{out} {}{}{}", random.below(10), random.pick(&letters), random.pick(&letters))
        });
    } else if slip(90.0, &mut random) {
        code = mistakes::digit(&code, &mut random);
    }
    let gender = if slip(15.0, &mut random) == woman { "male" } else { "female" };
    let occupation = if random.chance(350.0) { work.1 } else { work.0 };
    let mut keep = |text: String, missing: f64| if slip(missing, &mut random) { String::new() } else { text };
    [
        keep(full, 8.0),
        keep(first, 60.0),
        keep(surname, 50.0),
        keep(dob, 210.0),
        keep(place, 300.0),
        keep(code, 330.0),
        keep(gender.to_owned(), 120.0),
        keep(occupation.to_owned(), 420.0),
    ]
}

//! A small register: name, date of birth, city, e-mail; four records per person on average.

use crate::culture::{Culture, english_family};
use crate::mistakes;
use crate::people::Day;
use crate::random::Random;
use crate::words;

/// The columns after the record id.
pub(crate) const COLUMNS: &str = "first_name,surname,dob,city,email";

/// How many records a person has.
pub(crate) fn plan(seed: u64, person: u64) -> u64 {
    let mut random = Random::new(seed, "plain plan", person);
    1 + random.below(7)
}

/// The five values of one record.
pub(crate) fn write(seed: u64, person: u64, noise: f64, mut random: Random) -> [String; 5] {
    let mut own = Random::new(seed, "plain person", person);
    let woman = own.chance(500.0);
    let given = Culture::English.given(woman, &mut own);
    let family = english_family(&mut own).usual().to_owned();
    let year = 1950 + own.below(70);
    let birth = Day::draw(year, &mut own);
    let (town, _) = own.skewed(words::ENGLISH_CITIES, 1);
    let firm = english_family(&mut own).usual().to_lowercase().replace('\'', "");
    let domain = own.pick(&["com", "net", "org", "info", "biz"]);
    let front = format!("{}{}", given.full.usual().to_lowercase(), own.digits(2));
    let mail = format!("{front}@{firm}.{domain}");

    let slip = |per_mille: f64, random: &mut Random| random.chance(per_mille * noise);
    let mut first = match &given.pet {
        Some(pet) if slip(50.0, &mut random) => pet.usual().to_owned(),
        _ => given.full.usual().to_owned(),
    };
    let mut surname = family;
    if slip(120.0, &mut random) {
        first = mistakes::typing(&first, &mut random);
    }
    if slip(150.0, &mut random) {
        surname = mistakes::typing(&surname, &mut random);
    }
    if slip(90.0, &mut random) {
        (first, surname) = (surname, first);
    }
    let mut day = birth;
    if slip(80.0, &mut random) {
        day.day = 1 + random.below(28);
    } else if slip(80.0, &mut random) {
        day.month = 1 + random.below(12);
    } else if slip(60.0, &mut random) {
        day.year = (day.year + random.below(9)).saturating_sub(4);
    }
    let dob = format!("{:04}-{:02}-{:02}", day.year, day.month, day.day);
    let city = if slip(180.0, &mut random) { mistakes::typing(town, &mut random) } else { town.to_owned() };
    let email = if slip(150.0, &mut random) { mistakes::typing(&mail, &mut random) } else { mail };
    let mut keep = |text: String, missing: f64| if slip(missing, &mut random) { String::new() } else { text };
    [keep(first, 170.0), keep(surname, 170.0), keep(dob, 10.0), keep(city, 180.0), keep(email, 200.0)]
}

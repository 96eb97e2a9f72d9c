//! Households and the people in them. Everything is made from the seed and the household's number, so nothing is kept.

use crate::culture::{Culture, Given, Word};
use crate::place::Home;
use crate::random::Random;

/// Where a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Web,
    App,
    Store,
    Marketplace,
    CallCentre,
    Whatsapp,
}

impl Channel {
    pub(crate) fn draw(random: &mut Random) -> Self {
        match random.weighted(&[272, 222, 204, 120, 101, 81]) {
            0 => Self::Web,
            1 => Self::App,
            2 => Self::Store,
            3 => Self::Marketplace,
            4 => Self::CallCentre,
            _ => Self::Whatsapp,
        }
    }
}

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) year: u64,
    pub(crate) month: u64,
    pub(crate) day: u64,
}

impl Day {
    pub(crate) fn draw(year: u64, random: &mut Random) -> Self {
        Self { year, month: 1 + random.below(12), day: 1 + random.below(28) }
    }
}

/// One person.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) woman: bool,
    pub(crate) given: Given,
    pub(crate) family: Word,
    /// The family name after a marriage, and from when on (0..1000).
    pub(crate) married: Option<(Word, u64)>,
    pub(crate) birth: Day,
    pub(crate) emails: [String; 2],
    /// From when on (0..1000) the second address is used; 1000 for never.
    pub(crate) email_changes: u64,
    /// Country code and national number without a trunk zero.
    pub(crate) phones: [(&'static str, String); 2],
    pub(crate) phone_changes: u64,
    pub(crate) devices: Vec<String>,
    pub(crate) card: Option<String>,
    pub(crate) favourite: Channel,
    /// Always, or never, writes in the native script.
    pub(crate) one_script: Option<bool>,
}

/// People under one roof.
#[derive(Debug, Clone)]
pub(crate) struct Household {
    pub(crate) culture: Culture,
    pub(crate) homes: [Home; 2],
    /// From when on (0..1000) they live in the second home; 1000 for never.
    pub(crate) moves: u64,
    /// A mailbox used by all of them.
    pub(crate) family_email: Option<String>,
    /// A tablet used by all of them.
    pub(crate) tablet: Option<String>,
    pub(crate) people: Vec<Person>,
}

/// How many records each person of a household has, in order.
pub(crate) fn plan(seed: u64, household: u64) -> Vec<u64> {
    let mut random = Random::new(seed, "plan", household);
    let size = 1 + random.weighted(&[357, 326, 159, 108, 50]);
    (0..size)
        .map(|_| 1 + u64::try_from(random.weighted(&[218, 341, 244, 124, 55, 18])).unwrap_or(0))
        .collect()
}

/// A mobile number without the trunk zero.
fn phone_number(country: &'static str, random: &mut Random) -> String {
    match country {
        "44" => format!("7{}", random.digits(9)),
        "98" => format!("{}{}", random.pick(&["901", "912", "919", "935", "936"]), random.digits(7)),
        "20" => format!("10{}", random.digits(8)),
        "966" | "971" => format!("5{}{}", random.pick(&["0", "3", "5", "6", "7", "8"]), random.digits(7)),
        "972" => format!("5{}{}", random.pick(&["0", "2", "4", "8"]), random.digits(7)),
        "7" => format!("9{}", random.digits(9)),
        _ => format!("6{}", random.digits(8)),
    }
}

/// The address in front of the `@`, in one of the six usual patterns.
fn mailbox(given: &Word, family: &Word, domain: &str, random: &mut Random) -> String {
    let plain =
        |text: &str| -> String { text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect() };
    let (first, last) = (plain(given.usual()), plain(family.usual()));
    let initial: String = first.chars().take(1).collect();
    let front = match random.weighted(&[20, 17, 17, 15, 16, 15]) {
        0 => format!("{first}.{last}{}", random.digits(4)),
        1 => format!("{last}.{first}{}", random.digits(4)),
        2 => format!("{initial}.{last}{}", random.digits(4)),
        3 => format!("{first}{last}{}", random.digits(4)),
        4 => format!("{first}_{last}{}", random.digits(3)),
        _ => format!("{first}{}", random.digits(7)),
    };
    format!("{front}@{domain}")
}

fn change(share: f64, random: &mut Random) -> u64 {
    if random.chance(share) { random.below(1000) } else { 1000 }
}

/// The household with this number.
pub(crate) fn household(seed: u64, number: u64, latin_only: bool) -> Household {
    let members = plan(seed, number).len();
    let mut random = Random::new(seed, "household", number);
    let culture = Culture::draw(latin_only, &mut random);
    // Some live in the street and postcode of another household.
    let earlier = random.below(number);
    let neighbour = random.chance(22.0)
        && Culture::draw(latin_only, &mut Random::new(seed, "household", earlier)) == culture;
    let mut first_stream = Random::new(seed, "home", if neighbour { earlier } else { number });
    let mut first_home = Home::draw(culture, &mut first_stream);
    if neighbour {
        first_home.next_door(&mut random);
    }
    let homes = [first_home, Home::draw(culture, &mut random)];
    let moves = change(250.0, &mut random);
    let country = homes.first().map_or("44", |home| home.country);
    let shared_card = random.chance(350.0).then(|| format!("LC{}", random.digits(10)));
    let tablet = random.chance(80.0).then(|| random.hex(16));
    let family_stream = Random::new(seed, "family", number);

    let mut people: Vec<Person> = Vec::with_capacity(members);
    let mut family_email = None;
    for member in 0..members {
        let mut random = Random::new(seed, "person", number * 8 + u64::try_from(member).unwrap_or(0));
        let woman = match people.first() {
            Some(first) if member == 1 && random.chance(900.0) => !first.woman,
            _ => random.chance(500.0),
        };
        let mut given = culture.given(woman, &mut random);
        for _ in 0..8 {
            if people.iter().all(|other| other.given.full.usual() != given.full.usual()) {
                break;
            }
            given = culture.given(woman, &mut random);
        }
        // In many countries a wife keeps her name.
        let keeps = if matches!(culture, Culture::English | Culture::European) { 100.0 } else { 260.0 };
        let own_family = member > 0 && random.chance(keeps);
        let family = if own_family {
            culture.family(woman, &mut random)
        } else {
            culture.family(woman, &mut family_stream.clone())
        };
        let married = (woman && member < 2 && random.chance(150.0))
            .then(|| (culture.family(woman, &mut random), random.below(1000)));
        let elder = people.first().map_or(1970, |first| first.birth.year);
        let year = match member {
            0 => 1946 + random.below(54),
            1 => (elder + random.below(17)).saturating_sub(8).clamp(1942, 2002),
            _ => (elder + 20 + random.below(21)).min(2010),
        };
        let mut birth = Day::draw(year, &mut random);
        // A son named after his father, twins, two who share a telephone.
        if let (Some(first), 2..) = (people.first(), member)
            && random.chance(30.0)
        {
            given = first.given.clone();
        }
        if let (Some(sibling), 3..) = (people.last(), member)
            && random.chance(70.0)
        {
            birth = sibling.birth;
        }
        let shared_phone = member > 0 && random.chance(6.0);
        let domain = random.pick(culture.email_domains());
        let other_domain = random.pick(culture.email_domains());
        let emails = [
            mailbox(&given.full, &family, domain, &mut random),
            mailbox(&given.full, &family, other_domain, &mut random),
        ];
        let recycled = number > 0 && random.chance(7.0);
        let mut phone_stream = if recycled {
            Random::new(seed, "phone", random.below(number) * 8)
        } else {
            let owner = if shared_phone { 0 } else { u64::try_from(member).unwrap_or(0) };
            Random::new(seed, "phone", number * 8 + owner)
        };
        let phones = [
            (country, phone_number(country, &mut phone_stream)),
            (country, phone_number(country, &mut phone_stream)),
        ];
        let devices = (0..=random.weighted(&[12, 36, 30, 22])).map(|_| random.hex(16)).collect();
        let own_card = random.chance(400.0).then(|| format!("LC{}", random.digits(10)));
        let card = if random.chance(600.0) && shared_card.is_some() { shared_card.clone() } else { own_card };
        if family_email.is_none() && random.chance(40.0) {
            let box_name = mailbox(&given.full, &family, domain, &mut random);
            family_email = Some(format!("family.{box_name}"));
        }
        people.push(Person {
            woman,
            given,
            family,
            married,
            birth,
            emails,
            email_changes: change(450.0, &mut random),
            phones,
            phone_changes: change(300.0, &mut random),
            devices,
            card,
            favourite: Channel::draw(&mut random),
            one_script: random.chance(80.0).then(|| random.chance(560.0)),
        });
    }
    Household { culture, homes, moves, family_email, tablet, people }
}

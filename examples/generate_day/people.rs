//! The people: who they are and under which identities each channel knows them.

use crate::names::{self, Name};
use crate::places::{Language, Place, Plan, ROUND};
use crate::random::Random;
use crate::spelling::{Phone, Style, spell};

/// Where something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    Web,
    App,
    Till,
    CallCentre,
    WhatsApp,
    Marketplace,
    Kiosk,
    Wearable,
}

impl Channel {
    pub(crate) const ALL: [Self; 8] = [
        Self::Web,
        Self::App,
        Self::Till,
        Self::CallCentre,
        Self::WhatsApp,
        Self::Marketplace,
        Self::Kiosk,
        Self::Wearable,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::App => "app",
            Self::Till => "till",
            Self::CallCentre => "call_centre",
            Self::WhatsApp => "whatsapp",
            Self::Marketplace => "marketplace",
            Self::Kiosk => "kiosk",
            Self::Wearable => "wearable",
        }
    }
}

/// Consent to offers over one way of reaching a person.
pub(crate) const WAYS: [&str; 4] = ["email", "sms", "whatsapp", "push"];

/// One person and everything that stays the same through the day.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Seed and number of the person's own streams of numbers.
    pub(crate) seed: u64,
    pub(crate) stream: u64,
    pub(crate) place: &'static Place,
    pub(crate) language: Language,
    pub(crate) woman: bool,
    pub(crate) first: Name,
    pub(crate) family: Name,
    pub(crate) email: String,
    pub(crate) phone: Phone,
    pub(crate) user_id: String,
    pub(crate) card: String,
    pub(crate) contact: String,
    pub(crate) band: String,
    /// The address under which the marketplace forwards mail.
    pub(crate) relay: String,
    /// The browser's anonymous id.
    pub(crate) browser: String,
    pub(crate) device: String,
    /// The browser of the family's tablet.
    pub(crate) tablet: Option<String>,
    /// What every cart id of the person starts with; a story's cart has just this name.
    pub(crate) cart: String,
    /// An address of somebody else that this person types by mistake.
    pub(crate) mistyped: Option<String>,
    pub(crate) birthday: Option<String>,
    pub(crate) company: Option<&'static str>,
    /// Where the business meets the person: one to five channels.
    pub(crate) channels: Vec<Channel>,
    /// How far the clock of the person's device is ahead, in milliseconds.
    pub(crate) clock: i64,
    /// For the few whose story is told: what their sessions and messages are named after.
    pub(crate) story: Option<&'static str>,
}

/// What another member of the household needs to know.
struct Who {
    place: &'static Place,
    language: Language,
    woman: bool,
    first: Name,
    family: Name,
    /// Some number when the person lives in a household that shares a tablet.
    household: Option<u64>,
}

fn who(seed: u64, number: u64) -> Who {
    let group = number / 3;
    let mut home = Random::new(seed, "home", group);
    let household = home.chance(150).then_some(group);
    let mut random = Random::new(seed, "person", number);
    let place = place_of(if household.is_some() { group * 3 } else { number });
    let language = if random.chance(place.second) { place.languages.1 } else { place.languages.0 };
    let woman = random.chance(500);
    let first = names::first(language, woman, &mut random);
    let family = match household {
        Some(_) if language == place.languages.0 => names::family(language, &mut home),
        _ => names::family(language, &mut random),
    };
    Who { place, language, woman, first, family, household }
}

#[expect(clippy::indexing_slicing, reason = "a remainder of the table's length")]
fn place_of(number: u64) -> &'static Place {
    ROUND[usize::try_from(number % 20).unwrap_or(0)]
}

/// The address with which the person registered: unique through the number at its end.
fn email(seed: u64, number: u64, who: &Who) -> String {
    let mut random = Random::new(seed, "email", number);
    let plain = |name: &Name| -> String {
        name.latin.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
    };
    let (first, family) = (plain(&who.first), plain(&who.family));
    let domain = random.pick(&[
        "mail.example",
        "post.example",
        "inbox.example",
        "example.com",
        "example.org",
        "example.net",
    ]);
    match random.below(3) {
        0 => format!("{first}.{family}{number}@{domain}"),
        1 => format!("{}{family}{number}@{domain}", first.chars().next().unwrap_or('x')),
        _ => format!("{first}_{number}@{domain}"),
    }
}

/// A number that nobody else of the first millions has. Multiplying by a number without a common factor with the
/// modulus is one to one. The stories' prefixes are left out.
fn phone(seed: u64, number: u64, plan: Plan) -> Phone {
    let mut random = Random::new(seed, "phone", number);
    let spread = |modulus: u64| (number % modulus * 7_368_787 + 1_234_567) % modulus;
    let digits = match plan {
        Plan::Iran => {
            let prefix = random.pick(&["910", "911", "913", "914", "915", "919", "935", "936", "937"]);
            format!("{prefix}{:07}", spread(10_000_000))
        }
        Plan::Emirates => {
            format!("{}{}", random.pick(&["52", "54", "55", "56"]), 2_000_000 + spread(8_000_000))
        }
        Plan::Israel => {
            format!("{}{}", random.pick(&["50", "52", "53"]), 2_000_000 + spread(8_000_000))
        }
        Plan::Russia => {
            format!("{}{:07}", random.pick(&["903", "905", "909", "915", "925", "926"]), spread(10_000_000))
        }
        Plan::Germany => {
            format!("{}{}", random.pick(&["160", "170", "171", "175"]), 2_000_000 + spread(8_000_000))
        }
        // Ofcom keeps 07700 900000 to 900999 for drama, so some Londoners have those; no list of numbers in use has
        // them.
        Plan::Britain => match (number % 20, number / 20) {
            (3, round) if round < 5_000 && round % 5 == 0 => format!("7700900{:03}", round / 5),
            _ => format!("740{}{:06}", number / 1_000_000 % 10, spread(1_000_000)),
        },
    };
    Phone { plan, digits }
}

fn card(number: u64) -> String {
    // Cards below 400 are the stories'.
    let digits = 400_000_000 + (number % 600_000_000 * 7_368_787 + 76_543_211) % 600_000_000;
    format!("NV-{:03}-{:03}-{:03}", digits / 1_000_000, digits / 1000 % 1000, digits % 1000)
}

/// Channels with how many of a thousand people use them.
const HOLDERS: [(Channel, u64); 8] = [
    (Channel::Web, 700),
    (Channel::App, 450),
    (Channel::Till, 450),
    (Channel::CallCentre, 150),
    (Channel::WhatsApp, 300),
    (Channel::Marketplace, 160),
    (Channel::Kiosk, 150),
    (Channel::Wearable, 90),
];

impl Person {
    /// Person number `number` of the seed's world. Constant cost, whatever the number.
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let who = who(seed, number);
        let mut random = Random::new(seed, "identities", number);
        let mut channels: Vec<Channel> =
            HOLDERS.iter().filter(|(_, share)| random.chance(*share)).map(|(channel, _)| *channel).collect();
        if channels.is_empty() {
            channels.push(random.pick(&[Channel::Web, Channel::Till, Channel::App]));
        }
        while channels.len() > 5 {
            let last = u64::try_from(channels.len()).unwrap_or(1);
            channels.remove(usize::try_from(random.below(last)).unwrap_or(0));
        }
        let mut home = Random::new(seed, "tablet", who.household.unwrap_or(0));
        let tablet = who.household.map(|_| format!("home-{}", home.uuid()));
        // In a third of the households the second member uses the telephone of the first.
        let owner = match who.household {
            Some(group) if number % 3 == 1 && home.chance(333) => group * 3,
            _ => number,
        };
        let mistyped = random.chance(8).then(|| {
            let other = number.saturating_sub(random.below(40) + 1);
            email(seed, other, &self::who(seed, other))
        });
        let skew = if random.chance(20) { random.between(1, 15) * 3_600_000 } else { 0 };
        let birthday = random.chance(350).then(|| {
            format!(
                "{}-{:02}-{:02}",
                random.between(1948, 2008),
                random.between(1, 13),
                random.between(1, 29)
            )
        });
        let company = random.chance(30).then(|| {
            random.pick(&["Blue Harbour Ltd", "Kaviar & Sons", "Nordlicht GmbH", "Pardis Co.", "Orion OOO"])
        });
        Self {
            seed,
            stream: number,
            email: email(seed, number, &who),
            phone: phone(seed, owner, who.place.plan),
            user_id: format!("u-{}", 10_000 + number),
            card: card(number),
            contact: format!("cc-{}", 500_000 + number),
            band: format!("band-{}", 10_000 + number),
            relay: format!("b{:010x}@buyers.bazaar.example", random.next() >> 24),
            browser: random.uuid(),
            device: random.uuid().to_uppercase(),
            tablet,
            cart: format!("cart-{number}"),
            mistyped,
            birthday,
            company,
            channels,
            clock: if random.chance(500) { skew } else { -skew },
            story: None,
            place: who.place,
            language: who.language,
            woman: who.woman,
            first: who.first,
            family: who.family,
        }
    }

    /// First name and family name in a style.
    pub(crate) fn names(&self, style: Style) -> (String, String) {
        (
            spell(&self.first, false, self.language, style),
            spell(&self.family, self.woman, self.language, style),
        )
    }
}

//! The customers: invented, always the same ones.

use std::collections::BTreeMap;
use std::error::Error;

use serde_json::{Value, json};
use throughline::locale::Locale;
use throughline::messaging::cta::{CtaDevice, Os};
use throughline::money::{Currency, CurrencyTable, Money};

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;
use crate::words;

/// A country in which the retailer sells.
pub(crate) struct Country {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) shop: &'static str,
    phone: &'static str,
    digits: usize,
    /// Languages, and the share of customers who read each first.
    languages: &'static [(&'static str, u64)],
    /// The share of the retailer's customers who live there.
    share: u64,
    price: (&'static str, i64, u8),
}

pub(crate) const COUNTRIES: [Country; 5] = [
    Country {
        code: "DE",
        name: "Germany",
        zone: "Europe/Berlin",
        shop: "Saba Mitte",
        phone: "+49151",
        digits: 8,
        languages: &[("de-DE", 85), ("en-GB", 15)],
        share: 25,
        price: ("EUR", 5_992, 2),
    },
    Country {
        code: "IR",
        name: "Iran",
        zone: "Asia/Tehran",
        shop: "صبا ونک",
        phone: "+98912",
        digits: 7,
        languages: &[("fa-IR", 100)],
        share: 25,
        price: ("IRR", 29_900_000, 0),
    },
    Country {
        code: "AE",
        name: "Emirates",
        zone: "Asia/Dubai",
        shop: "Saba Marina",
        phone: "+97150",
        digits: 7,
        languages: &[("ar-AE", 60), ("en-AE", 40)],
        share: 15,
        price: ("AED", 24_900, 2),
    },
    Country {
        code: "IL",
        name: "Israel",
        zone: "Asia/Jerusalem",
        shop: "סבא דיזנגוף",
        phone: "+97250",
        digits: 7,
        languages: &[("he-IL", 80), ("ru-IL", 20)],
        share: 15,
        price: ("ILS", 22_990, 2),
    },
    Country {
        code: "RU",
        name: "Russia",
        zone: "Europe/Moscow",
        shop: "Saba на Арбате",
        phone: "+7912",
        digits: 7,
        languages: &[("ru-RU", 100)],
        share: 20,
        price: ("RUB", 599_000, 2),
    },
];

impl Country {
    /// What the shoes cost there. ISO 4217 gives the rial two decimals that no price tag has, so the choice is ours.
    pub(crate) fn price(&self) -> Result<Money, Box<dyn Error>> {
        let (currency, minor, digits) = self.price;
        let currency = Currency::parse(currency)?;
        Ok(Money::new(minor, CurrencyTable::new([(currency, digits)])?.unit(currency)?))
    }
}

const NAMES: [(&str, [&str; 6]); 6] = [
    ("de", ["Anna", "Jürgen", "Fatma", "Lukas", "Sophie", "Mehmet"]),
    ("en", ["Oliver", "Grace", "Zoë", "Harry", "Amelia", "Noah"]),
    ("fa", ["پریسا", "علی", "سارا", "رضا", "نیک‌ناز", "کیان"]),
    ("ar", ["فاطمة", "عمر", "نورة", "خالد", "ليلى", "أحمد"]),
    ("he", ["נועה", "דוד", "תמר", "יוסי", "מיכל", "איתן"]),
    ("ru", ["Анна", "Фёдор", "Ольга", "Иван", "Юлия", "Пётр"]),
];

/// One customer.
pub(crate) struct Customer {
    pub(crate) number: u32,
    pub(crate) country: &'static Country,
    pub(crate) locale: Locale,
    pub(crate) name: &'static str,
    /// What her telephone runs, and our app on it.
    pub(crate) device: CtaDevice,
    pub(crate) email: bool,
    pub(crate) phone: bool,
    pub(crate) app: bool,
    pub(crate) whatsapp: bool,
    /// What she said of marketing in each channel, if anything.
    consents: BTreeMap<&'static str, bool>,
    zone_known: bool,
    pub(crate) segment: Option<&'static str>,
}

/// A number that looks drawn and is always the same: the mixing step of `SplitMix64` (Steele, Lea and Flood, 2014).
pub(crate) fn draw(of: u64, salt: u64) -> u64 {
    let mut z = of.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt.wrapping_mul(0xd1b5_4a32_d192_ed03));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One of some by their shares in a hundred.
fn choose<T>(drawn: u64, of: impl IntoIterator<Item = (T, u64)>) -> Option<T> {
    let mut left = drawn % 100;
    let mut last = None;
    for (one, share) in of {
        if left < share {
            return Some(one);
        }
        left -= share;
        last = Some(one);
    }
    last
}

impl Customer {
    pub(crate) fn invent(number: u32) -> Result<Self, Box<dyn Error>> {
        let of = |salt| draw(u64::from(number), salt);
        let chance = |salt, percent| of(salt) % 100 < percent;
        let country =
            choose(of(1), COUNTRIES.iter().map(|country| (country, country.share))).ok_or("no country")?;
        let tag = choose(of(2), country.languages.iter().copied()).ok_or("no language")?;
        let locale: Locale = tag.parse()?;
        let names = NAMES.iter().find(|(language, _)| *language == locale.language()).ok_or("no names")?.1;
        let place = usize::try_from(of(3) % 6)?;
        let whatsapp = !matches!(country.code, "IR" | "RU") && chance(7, 50);
        let consents =
            ["email", "sms", "push", "whatsapp"].into_iter().zip(20..).filter_map(|(channel, salt)| {
                Some((channel, choose(of(salt), [(Some(true), 55), (Some(false), 10), (None, 35)])??))
            });
        Ok(Self {
            number,
            country,
            locale,
            name: names.get(place).copied().unwrap_or_default(),
            device: CtaDevice {
                os: if chance(4, 45) { Os::Ios } else { Os::Android },
                app: if chance(5, 40) { Some("7.3".parse()?) } else { None },
            },
            email: chance(6, 75),
            phone: chance(8, 90),
            app: chance(5, 40),
            whatsapp,
            consents: consents.collect(),
            zone_known: chance(9, 97),
            segment: choose(
                of(10),
                [(Some("family"), 30), (Some("staff"), 2), (Some("minor"), 3), (None, 65)],
            )
            .flatten(),
        })
    }

    pub(crate) fn account(&self) -> String {
        format!("c-{}", self.number)
    }

    pub(crate) fn order(&self) -> String {
        format!("TL{:05}", 20_000 + self.number)
    }

    fn telephone(&self) -> String {
        format!("{}{:0width$}", self.country.phone, self.number, width = self.country.digits)
    }

    /// What the systems of the retailer say of her: the web shop, and where she has them the app and WhatsApp.
    pub(crate) fn events(&self) -> Vec<Value> {
        let preferences: BTreeMap<String, bool> = self
            .consents
            .iter()
            .map(|(channel, granted)| (format!("marketing.{channel}"), *granted))
            .collect();
        let timezone = self.zone_known.then_some(self.country.zone);
        let event = |channel: &str, traits: Value, more: Value| {
            let mut context = json!({
                "channel": channel,
                "source": format!("saba-{channel}"),
                "locale": self.locale,
                "timezone": timezone,
            });
            if let (Some(context), Some(more)) = (context.as_object_mut(), more.as_object()) {
                context.extend(more.clone());
            }
            json!({
                "type": "identify",
                "messageId": format!("{}-{channel}", self.account()),
                "userId": self.account(),
                "timestamp": "2026-03-01T08:00:00Z",
                "traits": traits,
                "context": context,
            })
        };
        let mut traits = json!({
            "firstName": self.name,
            "locale": self.locale,
            "address": {"country": self.country.code},
        });
        if let Some(traits) = traits.as_object_mut() {
            traits.extend(self.phone.then(|| ("phone".to_owned(), json!(self.telephone()))));
            let email = || ("email".to_owned(), json!(format!("{}@mail.example", self.account())));
            traits.extend(self.email.then(email));
        }
        let consent = json!({"consent": {"categoryPreferences": preferences}});
        let mut events = vec![event("web", traits, consent)];
        if self.app {
            let kind = if self.device.os == Os::Ios { "ios" } else { "android" };
            let device = json!({"device": {"id": format!("device-{}", self.number), "type": kind}});
            events.push(event("app", json!({}), device));
        }
        if self.whatsapp {
            events.push(event("whatsapp", json!({"phone": self.telephone()}), json!({})));
        }
        events
    }

    fn allows(&self, channel: &str) -> bool {
        self.consents.get(channel) == Some(&true)
    }
}

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("The customers")?;
    page.paragraph(
        "What the web shop, the app and WhatsApp know, put together by the account. Consent is counted for marketing, \
         channel by channel.",
    )?;
    let mut table = Table::new([
        text("Country"),
        text("Languages"),
        number("Customers"),
        number("E-mail"),
        number("SMS"),
        number("Push"),
        number("WhatsApp"),
        number("said yes somewhere"),
        number("time zone unknown"),
    ]);
    for country in &COUNTRIES {
        let living: Vec<&Customer> =
            shop.customers.iter().filter(|one| one.country.code == country.code).collect();
        let count =
            |holds: &dyn Fn(&Customer) -> bool| words::count(living.iter().filter(|one| holds(one)).count());
        let languages: Vec<&str> = country.languages.iter().map(|(tag, _)| *tag).collect();
        let yes =
            |one: &Customer| ["email", "sms", "push", "whatsapp"].iter().any(|channel| one.allows(channel));
        table.row([
            country.name.to_owned(),
            languages.join(", "),
            words::count(living.len()),
            count(&|one| one.email),
            count(&|one| one.phone),
            count(&|one| one.app),
            count(&|one| one.whatsapp),
            count(&yes),
            count(&|one| !one.zone_known),
        ]);
    }
    page.table(&table)?;
    Ok(())
}

//! The context of each event: channel, source, device, external identifiers, consent.

use super::Line;
use crate::catalogue::product;
use crate::json::Json;
use crate::people::{Channel, WAYS};
use crate::plan::Step;
use crate::random::Random;

impl Line<'_> {
    pub(super) fn context(&self, json: &mut Json) {
        let (person, act) = (self.person, self.act);
        json.text("channel", act.channel.name());
        json.text("source", &self.source);
        let (library, version) = match act.channel {
            Channel::Web => ("analytics.js", "2.1.0"),
            Channel::App if person.stream.is_multiple_of(2) => ("analytics-swift", "1.6.2"),
            Channel::App => ("analytics-kotlin", "1.19.1"),
            Channel::Wearable => ("band-gateway", "0.9.4"),
            Channel::Till | Channel::Kiosk => ("nava-store", "4.2.0"),
            _ => ("http-api", "1.0.0"),
        };
        json.object("library", |json| {
            json.text("name", library);
            json.text("version", version);
        });
        json.text("locale", person.language.locale());
        json.text("timezone", person.place.timezone);
        let mut random = Random::new(person.seed, "context", person.stream);
        match act.channel {
            Channel::Web => {
                json.text("ip", &format!("203.0.113.{}", random.below(255)));
                json.text("userAgent", self.user_agent());
                json.object("page", |json| {
                    let url = match act.step {
                        Step::View(number) => format!("https://nava.example/p/{}", product(number).sku()),
                        Step::Cart | Step::Checkout | Step::Order => "https://nava.example/cart".to_owned(),
                        _ => "https://nava.example/".to_owned(),
                    };
                    json.text("url", &url);
                });
                if matches!(act.step, Step::Page(..)) && random.chance(250) {
                    json.object("campaign", |json| {
                        json.text("name", "nowruz-1405");
                        json.text("source", "newsletter");
                        json.text("medium", "email");
                    });
                }
            }
            Channel::App => {
                json.text("ip", &format!("198.51.100.{}", random.below(255)));
                json.object("device", |json| {
                    json.text("id", &self.device);
                    json.text("type", if person.stream % 2 == 0 { "ios" } else { "android" });
                });
                json.object("app", |json| {
                    json.text("name", "Nava");
                    json.text("version", "7.3.1");
                });
            }
            Channel::Till | Channel::Kiosk | Channel::Wearable => {
                json.object("device", |json| json.text("id", &self.device));
            }
            _ => {}
        }
        let ids = self.external_ids();
        if !ids.is_empty() {
            json.list("externalIds", |json| {
                for (kind, value) in &ids {
                    json.object("", |json| {
                        json.text("id", value);
                        json.text("type", kind);
                        json.text("collection", "users");
                        json.text("encoding", "none");
                    });
                }
            });
        }
        if matches!(act.channel, Channel::Web | Channel::App) {
            json.object("consent", |json| json.object("categoryPreferences", |json| self.preferences(json)));
        }
    }

    /// The cookie banner's categories and what the person has said about offers so far.
    fn preferences(&self, json: &mut Json) {
        json.raw("analytics", true);
        for way in WAYS {
            let said = self.acts.iter().take(self.number + 1).rev().find_map(|act| match act.step {
                Step::Consent { granted, way: about } if about == way => Some(granted),
                _ => None,
            });
            if let Some(granted) = said {
                json.raw(&format!("marketing.{way}"), granted);
            }
        }
    }

    fn user_agent(&self) -> &'static str {
        match self.person.stream % 3 {
            0 => "Mozilla/5.0 (iPhone; CPU iPhone OS 19_3 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
            1 => {
                "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 Chrome/146.0.0.0 Mobile Safari/537.36"
            }
            _ => "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0",
        }
    }
}

//! What an identify says about the person.

use super::Line;
use crate::json::Json;
use crate::people::{Channel, Person};
use crate::places::Plan;
use crate::plan::Proof;
use crate::random::Random;
use crate::spelling::Style;

fn style(person: &Person, channel: Channel) -> Style {
    match (channel, person.stream % 2) {
        (Channel::Web, 1) | (Channel::CallCentre | Channel::WhatsApp, _) => Style::Keyboard,
        (Channel::Till, 1) => Style::Capitals,
        (Channel::Till | Channel::Marketplace, _) => Style::Latin,
        _ => Style::Own,
    }
}

impl Line<'_> {
    pub(super) fn traits(&self, json: &mut Json, proof: Proof) {
        let (person, channel) = (self.person, self.act.channel);
        let own_account = matches!(channel, Channel::Web | Channel::App);
        if let Some(email) = &self.email {
            json.text("email", email);
            if own_account || proof.email == Some(true) {
                json.raw("email_verified", proof.email == Some(true));
            }
        }
        if let Some(phone) = &self.phone {
            json.text("phone", phone);
            if own_account || proof.phone == Some(true) {
                json.raw("phone_number_verified", proof.phone == Some(true));
            }
        }
        if !matches!(channel, Channel::Kiosk | Channel::Wearable) {
            let (first, family) = person.names(style(person, channel));
            match channel {
                Channel::WhatsApp => json.text("name", &format!("{first} {family}")),
                Channel::Till | Channel::CallCentre => {
                    json.text("firstName", &first);
                    json.text("lastName", &family);
                    json.text("name", &format!("{family} {first}"));
                }
                _ => {
                    json.text("firstName", &first);
                    json.text("lastName", &family);
                    json.text("name", &format!("{first} {family}"));
                }
            }
        }
        if own_account {
            if let Some(birthday) = &person.birthday {
                json.text("birthday", birthday);
            }
            if person.stream % 3 == 0 {
                json.text("gender", if person.woman { "female" } else { "male" });
            }
            if let Some(company) = person.company {
                json.object("company", |json| json.text("name", company));
            }
        }
        if own_account || channel == Channel::Marketplace {
            json.object("address", |json| self.address(json));
        }
        if proof.card {
            json.text("loyaltyCard", &person.card);
        }
    }

    fn address(&self, json: &mut Json) {
        let person = self.person;
        let mut random = Random::new(person.seed, "address", person.stream);
        let own = self.act.channel != Channel::Marketplace;
        json.text("city", if own { person.place.native } else { person.place.city });
        json.text("country", person.place.country);
        let code = match person.place.plan {
            Plan::Iran => format!("{}", random.between(1_100_000_000, 1_999_999_999)),
            Plan::Emirates => return,
            Plan::Israel => format!("{}", random.between(6_100_000, 6_999_999)),
            Plan::Russia => format!("{}", random.between(101_000, 129_999)),
            Plan::Germany => format!("{}", random.between(10_115, 14_199)),
            Plan::Britain => format!("E{} {}QZ", random.between(1, 18), random.between(1, 10)),
        };
        json.text("postalCode", &code);
    }
}

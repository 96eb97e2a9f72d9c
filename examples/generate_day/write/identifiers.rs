//! Under which identifiers a channel knows the person, each written in the channel's way, and the junk instead of some.

use super::Line;
use crate::people::{Channel, Person};
use crate::plan::{Act, Mess, Proof, Step};
use crate::random::Random;
use crate::spelling::Dial;

/// Values that broken clients send where an identifier belongs.
const JUNK: [&str; 7] =
    ["null", "undefined", "0000000000", "[object Object]", "-", "anonymous", "test@test.com"];

/// The shop's or server's part that reports an act.
fn source(person: &Person, act: &Act) -> String {
    let slug = person.place.slug;
    match act.channel {
        Channel::Web => "web-shop".to_owned(),
        Channel::App if person.stream.is_multiple_of(2) => "app-ios".to_owned(),
        Channel::App => "app-android".to_owned(),
        Channel::Till => format!("till-{slug}-{:02}", (person.stream + act.visit) % 4 + 1),
        Channel::CallCentre => "call-centre".to_owned(),
        Channel::WhatsApp => "wa-business".to_owned(),
        Channel::Marketplace => "bazaar-marketplace".to_owned(),
        Channel::Kiosk => format!("kiosk-{slug}-1"),
        Channel::Wearable => "band".to_owned(),
    }
}

fn anonymous(person: &Person, act: &Act, source: &str) -> String {
    let session = |visit: u64| match person.story {
        Some(story) => story.to_owned(),
        None => {
            format!("{:010x}", Random::new(person.seed, "session", person.stream * 1000 + visit).next() >> 24)
        }
    };
    match act.channel {
        Channel::Web => match &person.tablet {
            Some(tablet) if act.shared => tablet.clone(),
            _ => person.browser.clone(),
        },
        Channel::App => format!("app-{}", person.device),
        Channel::Till | Channel::Kiosk => format!("{source}-{}", session(act.visit)),
        Channel::CallCentre => format!("call-{}", session(act.visit)),
        Channel::WhatsApp => format!("wa-{}", session(999)),
        Channel::Marketplace => format!("bazaar-{}", session(998)),
        Channel::Wearable => person.band.clone(),
    }
}

/// The address as the channel has it: registered with capitals on the web, shouted at the kiosk, with a blank behind
/// it in the call centre.
fn email(person: &Person, channel: Channel, proof: Proof) -> String {
    let address = match (&person.mistyped, channel) {
        (Some(other), _) if proof.mistyped => other.as_str(),
        (_, Channel::Marketplace) => return person.relay.clone(),
        _ => person.email.as_str(),
    };
    if person.story.is_some() {
        let own = channel == Channel::Web;
        return if own { address.to_owned() } else { address.to_lowercase() };
    }
    match (channel, person.stream % 4) {
        (Channel::Web, 0) => {
            let mut text = String::with_capacity(address.len());
            for letter in address.chars() {
                let starts = matches!(text.as_bytes().last(), None | Some(b'.' | b'_'));
                let local = !text.contains('@');
                text.push(if starts && local { letter.to_ascii_uppercase() } else { letter });
            }
            text
        }
        (Channel::Kiosk, _) => address.to_uppercase(),
        (Channel::CallCentre, 1) => format!("{address} "),
        _ => address.to_owned(),
    }
}

fn phone(person: &Person, channel: Channel) -> String {
    let dial = match (channel, person.stream % 3) {
        (Channel::Web, _) => Dial::OwnDigits,
        (Channel::App | Channel::WhatsApp, _) => Dial::E164,
        (Channel::CallCentre, 0) => Dial::DoubleZero,
        (Channel::CallCentre, 1) => Dial::Spaced,
        (Channel::CallCentre, _) => Dial::Grouped,
        _ => Dial::National,
    };
    person.phone.write(dial, person.language)
}

fn junk(value: u64) -> &'static str {
    Random::new(value, "junk", 0).pick(&JUNK)
}

impl<'a> Line<'a> {
    pub(super) fn new(person: &'a Person, acts: &'a [Act], act: &'a Act, number: usize) -> Self {
        let source = source(person, act);
        let mut anonymous = anonymous(person, act, &source);
        let account = act.known && matches!(act.channel, Channel::Web | Channel::App);
        let mut user = account.then(|| person.user_id.clone());
        let mut device = match act.channel {
            Channel::Wearable => person.band.clone(),
            Channel::Kiosk | Channel::Till => source.clone(),
            _ => person.device.clone(),
        };
        let (mut address, mut number_text) = (None, None);
        if let Step::Identify(proof) = act.step {
            address = proof.email.map(|_| email(person, act.channel, proof));
            number_text = proof.phone.map(|_| phone(person, act.channel));
        }
        if let Mess::Junk(value) = act.mess {
            let text = junk(value);
            match (text, &address, &number_text, value % 4) {
                ("test@test.com" | "-", Some(_), _, _) => address = Some(text.to_owned()),
                ("0000000000" | "undefined", _, Some(_), _) => number_text = Some(text.to_owned()),
                (_, _, _, 0) if user.is_some() => user = Some(text.to_owned()),
                (_, _, _, 1) if act.channel == Channel::App => device = text.to_owned(),
                _ => anonymous = text.to_owned(),
            }
        }
        Self {
            person,
            acts,
            act,
            number,
            source,
            anonymous,
            user,
            device,
            email: address,
            phone: number_text,
        }
    }

    pub(super) fn external_ids(&self) -> Vec<(&'static str, String)> {
        let person = self.person;
        let scanned = self.act.known && self.act.channel == Channel::Till;
        let stored = matches!(self.act.step, Step::Identify(proof) if proof.card);
        let mut ids = Vec::new();
        match self.act.channel {
            Channel::CallCentre if self.act.known => ids.push(("contact_id", person.contact.clone())),
            Channel::WhatsApp => {
                let number = person.phone.write(Dial::E164, person.language);
                ids.push(("whatsapp", number.trim_start_matches('+').to_owned()));
            }
            Channel::Marketplace => ids.push(("marketplace_buyer", format!("buyer-{}", person.stream))),
            Channel::Wearable => ids.push(("band_id", person.band.clone())),
            _ => {}
        }
        if scanned || stored || self.act.step == Step::CardLinked {
            ids.push(("loyalty_card", person.card.clone()));
        }
        ids
    }
}

//! An appointment, booked with the link of an e-mail.

use std::error::Error;

use throughline::calendar::{Exception, Windows};
use throughline::channel::Channel;
use throughline::hub::{SlotOutcome, SlotPlace, SlotRequest};
use throughline::messaging::cta::{CtaDevice, Intent, Links, Os, call_to_action};
use throughline::signing::{Signature, SigningKeys};
use throughline::stock::promise::{SlotPlan, SlotRefusal};
use throughline::stock::{Method, ReservationKey};
use throughline::time::{DateTime, Utc};

use crate::page::{Page, Table, text};
use crate::town::{TAJRISH, TEHRAN, Town, location, week};
use crate::words;

const PAGE: &str = "https://shop.example/appointment?";

/// The link of one e-mail: who opens it books that slot under that key, and nobody can make another out of it.
fn link(keys: &SigningKeys, key: &str, start: DateTime<Utc>) -> String {
    let said = format!("key={key}&slot={}", start.timestamp());
    let Signature { key: by, mac } = keys.sign(said.as_bytes());
    format!("{PAGE}{said}&by={by}&mac={mac}")
}

/// What such a link says, if it is one of ours.
fn opened(keys: &SigningKeys, link: &str) -> Option<(ReservationKey, DateTime<Utc>)> {
    let (said, signed) = link.strip_prefix(PAGE)?.split_once("&by=")?;
    let (by, mac) = signed.split_once("&mac=")?;
    let signature = Signature { key: by.to_owned(), mac: mac.to_owned() };
    keys.check(&signature, said.as_bytes()).ok()?;
    let (key, slot) = said.strip_prefix("key=")?.split_once("&slot=")?;
    Some((ReservationKey::parse(key).ok()?, DateTime::from_timestamp(slot.parse().ok()?, 0)?))
}

pub(crate) fn show(page: &mut Page, town: &Town) -> Result<(), Box<dyn Error>> {
    page.section("An appointment, from an e-mail")?;
    town.at("2026-05-07T18:00:00+03:30")?;
    let place = SlotPlace { location: location(TAJRISH)?, service: Method::parse("carpet advice")? };
    let holiday = "2026-05-10".parse()?;
    let hours = Windows::new(week(&TEHRAN, "10:00", "12:00")?)?.with_exception(holiday, Exception::Closed)?;
    let plan = SlotPlan { hours, minutes: 60, capacity: 2, lead_minutes: 60, horizon_days: 14 };
    let free = town.hub.free_slots(&place, &plan, &town.zone, 1, 1)?;
    let first = free.first().ok_or("no slot is free")?.start;
    let keys = SigningKeys::new("2026-05", b"another secret for the example");
    let mut table = Table::new([text("Who opens the e-mail"), text("What she is told")]);
    let mut booked = Vec::new();
    for (who, key) in
        [("Leila", "advice-1"), ("Leila, again", "advice-1"), ("Шира", "advice-2"), ("דנה", "advice-3")]
    {
        let links = Links { appointment: Some(link(&keys, key, first).parse()?), ..Links::default() };
        let device = CtaDevice { os: Os::Android, app: None };
        let action = call_to_action(Intent::Book, &device, &Channel::Email, &links)?;
        let (key, start) = opened(&keys, &action.link).ok_or("the link is not ours")?;
        let request =
            SlotRequest { place: &place, plan: &plan, zone: &town.zone, start, places: 1, until: None };
        let said = match town.hub.book_slot(&key, &request)? {
            SlotOutcome::Booked { slot } => {
                booked.push((key, slot));
                format!("booked: {}", town.wall(slot.start))
            }
            SlotOutcome::Refused { refusal: SlotRefusal::Full { .. } } => {
                let next = town.hub.free_slots(&place, &plan, &town.zone, 1, 3)?;
                let next: Vec<String> = next.iter().map(|slot| town.wall(slot.start)).collect();
                format!("taken; free are {}", words::list(&next))
            }
            other => return Err(format!("{other:?}").into()),
        };
        table.row([who.to_owned(), said]);
    }
    page.table(&table)?;
    if booked.len() != 3 || booked.first() != booked.get(1) {
        return Err("a second click made a second appointment, or two places were three".into());
    }
    let forged = link(&keys, "advice-3", first).replace("slot=1", "slot=2");
    if opened(&keys, &forged).is_some() {
        return Err("a changed link was believed".into());
    }
    page.paragraph(
        "The link says which slot it books for whom, and is signed: opened twice it books once, and changed it books nothing. \
         There is none on Friday, nor on the holiday on Sunday.",
    )?;
    Ok(())
}

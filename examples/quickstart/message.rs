//! One message, three customers, three decisions.

use std::collections::BTreeSet;
use std::error::Error;

use throughline::calendar::{Window, Windows, Zone};
use throughline::channel::Channel;
use throughline::hub::Inquiry;
use throughline::messaging::{Class, Decision, Message, MessageKind, Policy, QuietHours};

use crate::page::{Page, Table, text};
use crate::shop::{Shop, TEHRAN, account};
use crate::words;

/// The morning after: 09:10 in Tehran, 07:40 in Tel Aviv.
const NEXT_MORNING: &str = "2026-03-21T05:40:00Z";

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("One message, three customers")?;
    let message = Message {
        kind: MessageKind::Template,
        ..Message::new("nowruz-offer", Class::Marketing, "marketing.offers".parse()?)
    };
    let night = Window::daily("21:00".parse()?, "08:00".parse()?);
    // What is not said stays at its default, and the default is that marketing needs consent.
    let policy = Policy {
        channels: vec![Channel::WhatsApp, Channel::Email, Channel::Push, Channel::Sms],
        quiet_hours: QuietHours { windows: Windows::new([night])?, ..QuietHours::default() },
        ..Policy::default()
    };
    let inquiry = Inquiry {
        message: &message,
        policy: &policy,
        zones: &shop.zones,
        told: &BTreeSet::new(),
        holdout: false,
    };
    page.paragraph(
        "A Nowruz offer, decided on 21 March 2026 at 05:40 UTC. The policy: only with consent for that channel, not \
         from 21:00 to 08:00 where the customer is, and rather by WhatsApp than by e-mail, push or SMS.",
    )?;
    let now = shop.at(NEXT_MORNING)?;
    let mut table = Table::new([text("Customer"), text("Local time"), text("Decision"), text("Why")]);
    for (name, id, zone) in [
        ("Sara Rahimi", "u-1001", TEHRAN),
        ("Noa Levi", "u-1003", "Asia/Jerusalem"),
        ("Omar Haddad", "u-1002", "Asia/Dubai"),
    ] {
        let (who, zone) = (account(id)?, shop.zone(zone)?);
        let Some(decision) = shop.hub.decide(&who, &inquiry)? else {
            table.row([name, "", "none", "not in this day's file"]);
            continue;
        };
        let to = match &decision {
            Decision::Send { address, .. }
            | Decision::Defer { address, .. }
            | Decision::Ghost { address, .. } => shop.hub.address(&who, address)?,
            Decision::Drop { .. } => None,
        };
        let (what, why) = in_words(&decision, to.as_deref().unwrap_or_default(), &zone);
        for (place, why) in why.into_iter().enumerate() {
            if place == 0 {
                table.row([name, &words::clock(&zone, now), &what, &why]);
            } else {
                table.row(["", "", "", &why]);
            }
        }
    }
    page.table(&table)?;
    shop.at_end_of_day()?;
    Ok(())
}

/// The decision, and its reasons: one or more.
fn in_words(decision: &Decision, to: &str, zone: &Zone) -> (String, Vec<String>) {
    let mut why: Vec<String> = decision.reasons().iter().map(words::rule).collect();
    let what = match decision {
        Decision::Send { channel, .. } => format!("send now by {} to {to}", words::channel(channel)),
        Decision::Defer { channel, until, .. } => {
            format!("wait until {}, then {} to {to}", words::clock(zone, *until), words::channel(channel))
        }
        Decision::Drop { channels, .. } => {
            why.extend(
                channels
                    .iter()
                    .map(|one| format!("{}: {}", words::channel(&one.channel), words::rule(&one.reason))),
            );
            "do not send".to_owned()
        }
        Decision::Ghost { channel, .. } => format!("control group: not sent by {}", words::channel(channel)),
    };
    (what, why)
}

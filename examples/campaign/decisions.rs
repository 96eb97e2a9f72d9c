//! Who is sent a message now, who later, who never, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use throughline::calendar::{Zone, Zones};
use throughline::channel::Channel;
use throughline::hub::{CommandKey, Enqueue, EnqueueOutcome, Inquiry};
use throughline::ids::OutboxKey;
use throughline::messaging::{Traced, Verdict};
use throughline::time::{DateTime, Utc};

use crate::page::{Page, Table, number, text};
use crate::people::Customer;
use crate::shop::{Campaign, EVENING, SENT_BY, Shop};
use crate::words;

/// The entries of the outbox, each with the place of its customer.
pub(crate) type Entries = BTreeMap<OutboxKey, usize>;

pub(crate) fn show(page: &mut Page, shop: &Shop, campaign: &Campaign) -> Result<Entries, Box<dyn Error>> {
    page.section(&format!("{}: who gets it, when, where, and why", campaign.title))?;
    shop.at(EVENING.parse()?);
    traces(page, shop, campaign)?;
    let outcomes = enqueue_all(shop, campaign)?;
    table(page, &outcomes)?;
    Ok(outcomes.entries)
}

/// The full trace of one customer in each of a few countries.
fn traces(page: &mut Page, shop: &Shop, campaign: &Campaign) -> Result<(), Box<dyn Error>> {
    page.paragraph("Three of them in full: what each gate said of each channel, the best channel first.")?;
    let mut seen = BTreeSet::new();
    for customer in
        shop.customers.iter().filter(|one| one.app && one.email && one.phone && one.segment.is_none())
    {
        if seen.len() == 3
            || !["IR", "AE", "DE"].contains(&customer.country.code)
            || !seen.insert(customer.country.code)
        {
            continue;
        }
        if shop.content_for(campaign, customer, &Channel::Email)?.0.is_none() {
            continue;
        }
        let mut message = campaign.message(customer)?;
        message.written_for = Some(shop.renderings(campaign, customer)?.written.into_keys().collect());
        let inquiry = Inquiry {
            message: &message,
            policy: &shop.policy,
            zones: &shop.zones,
            told: &BTreeSet::new(),
            holdout: campaign.is_held_out(customer),
        };
        let traced = shop.hub.decide_traced(&Shop::who(customer)?, &inquiry)?.ok_or("nobody")?;
        let zone = shop.zones.named(customer.country.zone)?;
        trace(page, customer, &traced, &zone)?;
    }
    Ok(())
}

fn trace(page: &mut Page, customer: &Customer, traced: &Traced, zone: &Zone) -> Result<(), Box<dyn Error>> {
    page.paragraph(&format!(
        "{} in {}, {} there: {}.",
        words::quoted(customer.name),
        customer.country.name,
        words::clock(zone, traced.trace.now),
        traced.trace.outcome.0
    ))?;
    let mut table = Table::new([text("Channel"), number("Score"), text("Gate"), text("Answer")]);
    for channel in &traced.trace.channels {
        for (place, answer) in channel.gates.iter().enumerate() {
            let said = match &answer.verdict {
                Verdict::Pass(None) => "pass".to_owned(),
                Verdict::Pass(Some(reason)) => format!("pass: {}", words::rule(reason)),
                Verdict::Until(until, reason) => {
                    format!("wait until {}: {}", words::clock(zone, *until), words::rule(reason))
                }
                Verdict::Block(reason) => format!("no: {}", words::rule(reason)),
            };
            let (name, score) = if place == 0 {
                (words::channel(&channel.channel), format!("{:.3}", channel.score))
            } else {
                Default::default()
            };
            table.row([name, score, answer.stage.as_str().replace('_', " "), said]);
        }
    }
    page.table(&table)?;
    Ok(())
}

#[derive(Default)]
struct Outcomes {
    entries: Entries,
    now: BTreeMap<Channel, usize>,
    later: BTreeMap<Channel, Vec<DateTime<Utc>>>,
    held_out: BTreeMap<Channel, usize>,
    never: BTreeMap<String, usize>,
}

fn enqueue_all(shop: &Shop, campaign: &Campaign) -> Result<Outcomes, Box<dyn Error>> {
    let mut outcomes = Outcomes::default();
    for (place, customer) in shop.customers.iter().enumerate() {
        let (content, rule) = shop.content_for(campaign, customer, &Channel::Email)?;
        if content.is_none() {
            *outcomes
                .never
                .entry(format!("the audience: {}", rule.trim_start_matches("rule:")))
                .or_default() += 1;
            continue;
        }
        let texts = shop.renderings(campaign, customer)?.contents();
        let message = campaign.message(customer)?;
        let request = Enqueue {
            holdout: campaign.is_held_out(customer),
            segment: customer.segment,
            ..Enqueue::new(&message, &texts, &shop.policy, &shop.zones)
        };
        let command = CommandKey::new(&format!("{}/{}", campaign.message, customer.account()));
        match shop.hub.enqueue(&command, &Shop::who(customer)?, &request)? {
            EnqueueOutcome::Queued { entry, channel, .. } => {
                outcomes.entries.insert(entry, place);
                *outcomes.now.entry(channel).or_default() += 1;
            }
            EnqueueOutcome::Waiting { entry, channel, until, .. } => {
                outcomes.entries.insert(entry, place);
                outcomes.later.entry(channel).or_default().push(until);
            }
            EnqueueOutcome::Ghost { channel, .. } => *outcomes.held_out.entry(channel).or_default() += 1,
            EnqueueOutcome::Dropped { reasons } => {
                let why: BTreeSet<String> = reasons.iter().skip(1).map(words::rule).collect();
                let first = reasons.first().map(words::rule).unwrap_or_default();
                let why: Vec<String> = why.into_iter().collect();
                let why = if why.is_empty() { first } else { format!("{first}: {}", why.join(", ")) };
                *outcomes.never.entry(why).or_default() += 1;
            }
            EnqueueOutcome::AlreadyTold { .. } => {
                *outcomes.never.entry("told already".to_owned()).or_default() += 1;
            }
            other @ (EnqueueOutcome::Unknown | EnqueueOutcome::KeyReused) => {
                return Err(format!("{other:?}").into());
            }
        }
    }
    Ok(outcomes)
}

fn table(page: &mut Page, outcomes: &Outcomes) -> Result<(), Box<dyn Error>> {
    page.paragraph("Everybody, at 17:30 UTC:")?;
    let mut table = Table::new([
        text("Channel"),
        number("send now"),
        number("wait"),
        text("until (first)"),
        text("until (last)"),
        number("control group"),
    ]);
    let utc = Zones::bundled().named("UTC")?;
    let counted = |counts: &BTreeMap<Channel, usize>, channel: &Channel| {
        words::count(counts.get(channel).copied().unwrap_or_default())
    };
    for channel in &SENT_BY {
        let waits = outcomes.later.get(channel).map(Vec::as_slice).unwrap_or_default();
        let clock = |at: Option<&DateTime<Utc>>| at.map(|at| words::clock(&utc, *at)).unwrap_or_default();
        table.row([
            words::channel(channel),
            counted(&outcomes.now, channel),
            words::count(waits.len()),
            clock(waits.iter().min()),
            clock(waits.iter().max()),
            counted(&outcomes.held_out, channel),
        ]);
    }
    page.table(&table)?;
    if !outcomes.never.is_empty() {
        let mut table = Table::new([text("Not sent, because"), number("Customers")]);
        let mut never: Vec<(&String, &usize)> = outcomes.never.iter().collect();
        never.sort_by_key(|(why, count)| (std::cmp::Reverse(**count), (*why).clone()));
        let more: usize = never.iter().skip(8).map(|(_, count)| **count).sum();
        for (why, count) in never.into_iter().take(8) {
            table.row([why.clone(), words::count(*count)]);
        }
        if more > 0 {
            table.row(["other mixtures of these reasons".to_owned(), words::count(more)]);
        }
        page.table(&table)?;
    }
    Ok(())
}

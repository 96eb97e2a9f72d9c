//! Sending what is in the outbox, until everybody is told.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use throughline::channel::Channel;
use throughline::hub::{CommandKey, DeliveryOf, DeliveryOutcome, Dispatch, Enqueue, EnqueueOutcome};
use throughline::ids::OutboxKey;
use throughline::messaging::delivery::SuppressScope;
use throughline::messaging::kpi::Kpi;
use throughline::messaging::{Blocking, Outgoing};
use throughline::time::{DateTime, TimeDelta, Utc};

use crate::decisions::Entries;
use crate::page::{Page, Table, number, text};
use crate::provider::Provider;
use crate::shop::{Campaign, EVENING, Shop};
use crate::words;

pub(crate) fn show(
    page: &mut Page,
    shop: &Shop,
    campaign: &Campaign,
    mut entries: Entries,
) -> Result<(), Box<dyn Error>> {
    page.section(&format!("{}: sent", campaign.title))?;
    page.paragraph(
        "Every half hour the outbox sends what is due: each message is decided on again, leased, handed to the provider \
         with its key, and settled. The provider refuses some calls, forgets to answer others although it has sent, and \
         loses, repeats and reorders its reports. Whose address turns out not to exist is told in her next channel.",
    )?;
    let mut now: DateTime<Utc> = EVENING.parse()?;
    let provider = Provider::new(now);
    let sender = Blocking(|outgoing: &Outgoing| provider.send(outgoing));
    let dispatch = Dispatch { limit: 1_000, ..Dispatch::new(&shop.policy, &shop.zones) };
    let mut reports: BTreeMap<&'static str, usize> = BTreeMap::new();
    let end: DateTime<Utc> = campaign.expires.parse()?;
    while now < end && now < EVENING.parse::<DateTime<Utc>>()? + TimeDelta::days(3) {
        shop.at(now);
        provider.at(now);
        while !shop.hub.dispatch(&sender, &dispatch)?.entries.is_empty() {}
        let mut unknown_address = Vec::new();
        for (key, event) in provider.reports() {
            let answer = match shop.hub.delivery(DeliveryOf::Key(&key), &event)? {
                DeliveryOutcome::Recorded { entry, state } => {
                    let gone = state.suppress == Some(SuppressScope::Endpoint);
                    unknown_address.extend(entries.get(&entry).filter(|_| gone).copied());
                    "new"
                }
                DeliveryOutcome::Known { .. } => "known already",
                DeliveryOutcome::Refused { .. } => "of no message of ours",
            };
            *reports.entry(answer).or_default() += 1;
        }
        for place in unknown_address {
            let entry = next_channel(shop, campaign, place)?;
            entries.extend(entry.map(|entry| (entry, place)));
        }
        now += TimeDelta::minutes(30);
    }
    sum_up(page, shop, campaign, provider, &entries, &reports)
}

/// Whose address does not exist is told in the next channel that reaches her, if there is one.
fn next_channel(shop: &Shop, campaign: &Campaign, place: usize) -> Result<Option<OutboxKey>, Box<dyn Error>> {
    let customer = shop.customers.get(place).ok_or("nobody")?;
    let who = Shop::who(customer)?;
    let told = shop.hub.messages(&who)?.ok_or("nobody")?.messages;
    let mine = told.iter().filter(|told| told.message == campaign.message);
    let tried = mine.clone().count();
    // A report that comes after the next message was put in starts no third.
    if !mine.clone().all(|told| told.delivery.suppress == Some(SuppressScope::Endpoint)) {
        return Ok(None);
    }
    let texts = shop.renderings(campaign, customer)?.contents();
    let message = campaign.message(customer)?;
    let step = format!("after-bounce-{tried}");
    let request = Enqueue {
        step: &step,
        segment: customer.segment,
        again: true,
        ..Enqueue::new(&message, &texts, &shop.policy, &shop.zones)
    };
    let command = CommandKey::new(&format!("{}/{}/{step}", campaign.message, customer.account()));
    Ok(match shop.hub.enqueue(&command, &who, &request)? {
        EnqueueOutcome::Queued { entry, .. } | EnqueueOutcome::Waiting { entry, .. } => Some(entry),
        _ => None,
    })
}

fn sum_up(
    page: &mut Page,
    shop: &Shop,
    campaign: &Campaign,
    provider: Provider,
    entries: &Entries,
    reports: &BTreeMap<&'static str, usize>,
) -> Result<(), Box<dyn Error>> {
    let log = provider.into_log();
    let mut table = Table::new([text("The provider"), number("Times")]);
    for (what, count) in [
        ("was called", log.calls),
        ("refused before sending", log.failed),
        ("sent, and its answer was lost", log.lost_answers),
        ("was called again under a key that it knew, and sent nothing", log.repeated),
        ("found that the address does not exist", log.bounced),
        ("made a report", log.reports),
        ("lost it", log.lost_reports),
        ("made it twice", log.repeated_reports),
    ] {
        table.row([what.to_owned(), words::count(count)]);
    }
    page.table(&table)?;
    let taken: Vec<String> =
        reports.iter().map(|(what, count)| format!("{} {what}", words::count(*count))).collect();
    page.paragraph(&format!("Reports taken in: {}.", taken.join(", ")))?;

    // Each customer's hands: how many copies are in them.
    let in_outbox: BTreeSet<usize> = entries.values().copied().collect();
    let mut by_state: BTreeMap<&str, usize> = BTreeMap::new();
    let mut told: BTreeMap<(bool, usize), usize> = BTreeMap::new();
    for (place, customer) in shop.customers.iter().enumerate() {
        let messages = shop.hub.messages(&Shop::who(customer)?)?.ok_or("nobody")?.messages;
        let mut copies = 0;
        for message in messages.iter().filter(|told| told.message == campaign.message) {
            *by_state.entry(message.state.as_str()).or_default() += 1;
            copies += log.delivered.get(&message.entry.to_string()).copied().unwrap_or_default();
        }
        *told.entry((in_outbox.contains(&place), copies)).or_default() += 1;
    }
    let stand: Vec<String> =
        by_state.iter().map(|(state, count)| format!("{} {state}", words::count(*count))).collect();
    page.paragraph(&format!("Entries of the outbox: {}.", stand.join(", ")))?;
    let mut table = Table::new([text("Copies in a customer's hands"), number("Customers")]);
    for ((to_be_told, copies), count) in &told {
        let name = match (to_be_told, copies) {
            (false, 0) => "none: not allowed, not reachable, or in the control group".to_owned(),
            (true, 0) => "none: called off meanwhile, or no address of hers exists".to_owned(),
            (_, 1) => "one".to_owned(),
            (_, more) => format!("{more}: told more than once"),
        };
        table.row([name, words::count(*count)]);
    }
    page.table(&table)?;
    if told.keys().any(|(_, copies)| *copies > 1) {
        return Err("somebody was told more than once".into());
    }
    figures(page, shop, campaign)
}

/// The key figures by channel.
fn figures(page: &mut Page, shop: &Shop, campaign: &Campaign) -> Result<(), Box<dyn Error>> {
    let mut by_channel: BTreeMap<Channel, Kpi> = BTreeMap::new();
    for (group, kpi) in shop.hub.kpi(campaign.message)? {
        let sum = by_channel.entry(group.channel).or_default();
        *sum = sum.plus(kpi);
    }
    let mut table = Table::new([
        text("Channel"),
        number("Sent"),
        number("Delivered"),
        number("Bounced"),
        number("Opened"),
        number("Clicked"),
        number("Unsubscribed"),
        number("Clicks in 100"),
    ]);
    for (channel, kpi) in &by_channel {
        let rates = kpi.rates();
        table.row([
            words::channel(channel),
            words::count(kpi.sent),
            words::count(kpi.delivered),
            words::count(kpi.bounced),
            words::count(kpi.opened),
            words::count(kpi.clicked),
            words::count(kpi.unsubscribed),
            format!("{}.{:02}", rates.clicked / 100, rates.clicked % 100),
        ]);
    }
    page.table(&table)?;
    Ok(())
}

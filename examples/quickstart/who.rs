//! Who is who: how many people the day's identifiers are, why two merges happened, and why one did not.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use throughline::hub::{Profile, RecordSummary, Who};
use throughline::identifier::{Identifier, IdentifierKind};
use throughline::identity::{Evidence, Obstacle, QuarantineReason, Step, WhyNot};
use throughline::ids::{ProfileId, RecordId};
use throughline::record::ClaimLevel;

use crate::arrivals::Day;
use crate::page::{Page, Table, number, text};
use crate::shop::{Shop, account, known_as, sara};
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("Who is who")?;
    how_many(page, shop, day)?;
    page.paragraph(
        "Sara is one person in six channels. From her account in the web shop, the evidence leads to each of her \
         other records:",
    )?;
    merged(page, shop, &sara()?)?;
    page.paragraph(
        "Pyotr never gave the till his name in Russian, nor his e-mail address. His loyalty card alone holds the web \
         shop, the till and the band together:",
    )?;
    merged(page, shop, &account("u-1004")?)?;
    page.paragraph(
        "And one merge that did not happen. At a kiosk in Dubai somebody typed Sara's e-mail address:",
    )?;
    kept_apart(page, shop)
}

/// From identifiers to profiles.
fn how_many(page: &mut Page, shop: &Shop, day: &Day) -> Result<(), Box<dyn Error>> {
    let census = shop.hub.census()?;
    let (mut known, mut visitors) = (BTreeMap::<usize, u64>::new(), BTreeMap::<usize, u64>::new());
    let mut seen: BTreeSet<ProfileId> = BTreeSet::new();
    for &record in &day.records {
        let Some(profile) = shop.hub.profile(&Who::from(record))? else { continue };
        let nobody = profile.records.iter().all(|record| record.subject.as_str() == "nobody");
        if nobody || !seen.insert(profile.id) {
            continue;
        }
        let channels: BTreeSet<_> = profile.records.iter().map(|record| &record.channel).collect();
        let by_channels = if is_known(&profile) { &mut known } else { &mut visitors };
        *by_channels.entry(channels.len()).or_default() += 1;
    }
    let (people, others) = (known.values().sum::<u64>(), visitors.values().sum::<u64>());
    page.paragraph(&format!(
        "{} identifiers (accounts, addresses, numbers, cards, devices) on {} records, each of them what one system \
         knows of one person, came together in {} profiles: {} customers who are known by an account, a card, an \
         address or a number, and {} visitors who never said who they are. Records that share nothing proved stay \
         apart: rather one customer twice than two customers in one.",
        words::count(census.identifiers),
        words::count(census.records),
        words::count(census.profiles),
        words::count(people),
        words::count(others),
    ))?;
    let mut table = Table::new([number("Seen in channels"), number("Customers"), number("Visitors")]);
    for channels in known.keys().chain(visitors.keys()).copied().collect::<BTreeSet<_>>() {
        let of = |by: &BTreeMap<usize, u64>| words::count(by.get(&channels).copied().unwrap_or(0));
        table.row([words::count(channels), of(&known), of(&visitors)]);
    }
    page.table(&table)?;
    Ok(())
}

/// Whether anything but a device names the person.
fn is_known(profile: &Profile) -> bool {
    profile.identifiers.iter().any(|held| match held.identifier.kind() {
        IdentifierKind::UserId | IdentifierKind::LoyaltyCard => held.level >= ClaimLevel::Observed,
        IdentifierKind::Email | IdentifierKind::Phone => true,
        _ => false,
    })
}

/// Why the records of one profile are one person.
fn merged(page: &mut Page, shop: &Shop, who: &Who) -> Result<(), Box<dyn Error>> {
    let Some(profile) = shop.hub.profile(who)? else {
        page.paragraph("This customer is not in this day's file.")?;
        return Ok(());
    };
    let records: BTreeMap<RecordId, &RecordSummary> =
        profile.records.iter().map(|record| (record.id, record)).collect();
    let mut in_time: Vec<&RecordSummary> = profile.records.iter().collect();
    in_time.sort_by_key(|record| (record.first_seen, record.id));
    let account = in_time.iter().find(|record| record.subject == IdentifierKind::UserId);
    let Some(start) = account.or(in_time.first()) else { return Ok(()) };

    // The chains to all of them make one tree; each of its branches is told once.
    let mut told: Vec<Step> = Vec::new();
    for record in &in_time {
        for step in shop.hub.why(start.id, record.id)?.unwrap_or_default() {
            if !told.contains(&step) {
                told.push(step);
            }
        }
    }
    let label = |id: &RecordId| records.get(id).map_or_else(String::new, |record| label(record));
    let mut table = Table::new([text("From"), text("To"), text("Both have"), text("How sure")]);
    for step in &told {
        let (what, how) = evidence(shop, &profile, &step.evidence);
        table.row([label(&step.from), label(&step.to), what, how.to_owned()]);
    }
    page.table(&table)?;
    Ok(())
}

/// What a record is, in words.
fn label(record: &RecordSummary) -> String {
    use throughline::channel::Channel::{App, CallCentre, Till, Wearable, Web, WhatsApp};
    let what = match (&record.channel, &record.subject) {
        (_, IdentifierKind::UserId) => "account",
        (Web, _) => "browser",
        (App, _) => "telephone",
        (WhatsApp, _) => "chat",
        (CallCentre, _) => "call",
        (Wearable, _) => return "band".to_owned(),
        (Till, _) => "visit",
        _ => "visitor",
    };
    format!("{}: {what}", words::channel(&record.channel))
}

/// What speaks for one step, and how well it is founded.
fn evidence(shop: &Shop, profile: &Profile, evidence: &Evidence) -> (String, &'static str) {
    match evidence {
        Evidence::Value { hash, kind, level } => {
            // Evidence names hashes only; the value behind one is known to whoever may see the profile.
            let pepper = &shop.hub.rules().pepper;
            let held = profile.identifiers.iter().map(|held| &held.identifier);
            let value = held.clone().find(|held| held.digest(pepper) == *hash).map_or("", Identifier::reveal);
            let how = match level {
                ClaimLevel::Verified => "proved on both sides",
                ClaimLevel::Observed => "seen by our own systems",
                ClaimLevel::Asserted => "only said",
            };
            (format!("{} {}", words::kind(kind), words::quoted(value)), how)
        }
        Evidence::Decision(_) => ("a colleague's decision".to_owned(), "decided"),
        Evidence::Match { .. } => ("much alike data".to_owned(), "likely"),
    }
}

/// Why the visitor of a kiosk is not Sara.
fn kept_apart(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    let visitor = known_as(IdentifierKind::AnonymousId, "kiosk-dubai-1-session-77")?;
    let (Some(visitor), Some(sara)) = (shop.hub.profile(&visitor)?, shop.hub.profile(&sara()?)?) else {
        page.paragraph("Neither of them is in this day's file.")?;
        return Ok(());
    };
    let (Some(one), Some(other)) = (visitor.records.first(), sara.records.first()) else { return Ok(()) };
    let answer = shop.hub.why_not(one.id, other.id)?;
    page.points(match &answer {
        WhyNot::SameProfile => vec!["They are one person.".to_owned()],
        WhyNot::Unknown => vec!["One of them is unknown.".to_owned()],
        WhyNot::Apart(obstacles) => {
            let told: BTreeSet<String> =
                obstacles.iter().map(|obstacle| in_words(shop, &visitor, obstacle)).collect();
            told.into_iter().collect()
        }
    })?;
    if visitor.id != sara.id {
        page.paragraph(
            "So the visitor sees nothing of Sara's, and nothing of the visit shows in Sara's view. What speaks for one \
             person all the same is kept for a colleague to look at:",
        )?;
        page.points([words::plural(visitor.quarantine.len(), "link") + " in quarantine"])?;
    }
    Ok(())
}

fn in_words(shop: &Shop, profile: &Profile, obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::NoSharedEvidence => "They have nothing in common.".to_owned(),
        Obstacle::Blocked { kind, .. } => {
            format!("They share a value that nobody can have as {}.", words::kind(kind))
        }
        Obstacle::Generic { kind, .. } => format!("Too many people share their {}.", words::kind(kind)),
        Obstacle::NeverLinks { kind, .. } => {
            format!("A shared {} never makes two records one.", words::kind(kind))
        }
        Obstacle::BelowThreshold { .. } => "Their data are not alike enough.".to_owned(),
        Obstacle::Outweighed { .. } => "More of their data speaks against it than for it.".to_owned(),
        Obstacle::HeldBack { reason, evidence: shared } => {
            let shared = shared.as_ref().map(|shared| evidence(shop, profile, shared).0);
            let shared = shared.map_or_else(String::new, |shared| format!("Both have {shared}, but: "));
            format!("{shared}{}", held_back(reason))
        }
    }
}

fn held_back(reason: &QuarantineReason) -> &'static str {
    match reason {
        QuarantineReason::KeptApart(_) => "a colleague decided to keep them apart.",
        QuarantineReason::Unproven => "nobody proved it, and that is too little to join two records.",
        QuarantineReason::BothIdentified => "both sides are known people: two persons at one device.",
        QuarantineReason::UnverifiedAgainstProof => {
            "one side proved that it is theirs, the other one only typed it."
        }
        QuarantineReason::BeforeProof => "it was said before the first proof and never again.",
        QuarantineReason::Decayed => "the proofs lie too far apart: it may have a new owner.",
        QuarantineReason::Exclusive(_) => "one person never has two such identifiers.",
        QuarantineReason::Limit(_) => "one person does not have so many such identifiers.",
        QuarantineReason::TooManyRecords => "one person does not have so many records.",
        QuarantineReason::WeakBridge => "a likeness alone does not join two known people.",
        QuarantineReason::Outweighed => "other records of the two are too unlike.",
    }
}

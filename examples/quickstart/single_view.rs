//! One customer's single view: every field with its source, and every identifier with its proof.

use std::error::Error;

use throughline::hub::GoldenField;
use throughline::identity::{Criterion, WonBy};
use throughline::record::ClaimLevel;

use crate::page::{Page, Table, number, text};
use crate::shop::{Shop, TEHRAN, sara};
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("Sara's single view")?;
    let Some(profile) = shop.hub.profile(&sara()?)? else {
        page.paragraph("Sara is not in this day's file.")?;
        return Ok(());
    };
    let zone = shop.zone(TEHRAN)?;
    page.paragraph(&format!(
        "Customer {}. Computed from {}; what one of them says is never overwritten, so the view can always be computed \
         again.",
        profile.id,
        words::plural(profile.records.len(), "record"),
    ))?;
    let mut table =
        Table::new([text("Field"), text("Value"), text("From"), text("Said at"), text("Why this value")]);
    for (name, field) in &profile.fields {
        table.row([
            words::field(name),
            field.value.reveal().to_string(),
            words::channel(&field.channel),
            words::clock(&zone, field.at),
            why(field),
        ]);
    }
    page.table(&table)?;

    page.paragraph("Every identifier on her records:")?;
    let mut table = Table::new([text("Kind"), text("Identifier"), text("How sure"), number("Records")]);
    for held in &profile.identifiers {
        let how = match held.level {
            ClaimLevel::Verified => "proved",
            ClaimLevel::Observed => "seen by our systems",
            ClaimLevel::Asserted => "only said",
        };
        table.row([
            words::kind(held.identifier.kind()),
            held.identifier.reveal().to_owned(),
            how.to_owned(),
            words::count(held.records.len()),
        ]);
    }
    page.table(&table)?;
    Ok(())
}

/// Why a value stands for its field.
fn why(field: &GoldenField) -> String {
    let why = match field.won_by {
        WonBy::Unopposed if field.agreeing == 1 => return "the only record that tells".to_owned(),
        WonBy::Unopposed => return format!("all {} records agree", field.agreeing),
        WonBy::Criterion(Criterion::VerifiedFirst) => "it is proved",
        WonBy::Criterion(Criterion::MostTrustedSource) => "the most trusted source",
        WonBy::Criterion(Criterion::MostRecent) => "said last",
        WonBy::Criterion(Criterion::MostFrequent) => "most records agree",
        WonBy::Criterion(Criterion::Longest) => "the fullest form",
        WonBy::TieBreak => "all else equal, said last",
    };
    let records = words::plural(field.agreeing, "record");
    format!("{why}: {records} against {}", words::plural(field.others, "other value"))
}

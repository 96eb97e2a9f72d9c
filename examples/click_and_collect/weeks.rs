//! The same hour of work, promised in three towns with their own weeks.

use std::error::Error;

use throughline::calendar::{Exception, Windows, Zones};
use throughline::stock::promise::{PickupRules, StepKind, pickup};

use crate::page::{Page, Table, text};
use crate::town::{TEHRAN, wall, week};
use crate::words;

pub(crate) fn show(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.section("An hour and a half of work, by the shop's own week")?;
    page.paragraph(
        "The work takes 90 minutes of opening time; orders from 20:00 on are dealt with on the next day.",
    )?;
    let mut table = Table::new([
        text("Shop"),
        text("Ordered"),
        text("Ready to collect"),
        text("Kept until"),
        text("Why"),
    ]);
    let tehran = Windows::new(week(&TEHRAN, "09:00", "21:00")?)?;
    let (days, friday) =
        (week(&["sun", "mon", "tue", "wed", "thu"], "09:00", "20:00")?, week(&["fri"], "09:00", "14:00")?);
    let holiday = "2026-09-13".parse()?;
    let jerusalem =
        Windows::new(days.into_iter().chain(friday))?.with_exception(holiday, Exception::Closed)?;
    let lisbon: Windows = serde_json::from_str(r#"{"windows": [{"start": "10:00", "end": "22:00"}]}"#)?;
    for (shop, zone, hours, now) in [
        ("تهران", "Asia/Tehran", &tehran, "2026-05-06T14:00:00+03:30"),
        ("تهران", "Asia/Tehran", &tehran, "2026-05-07T20:10:00+03:30"),
        ("ירושלים", "Asia/Jerusalem", &jerusalem, "2026-05-08T13:00:00+03:00"),
        ("ירושלים", "Asia/Jerusalem", &jerusalem, "2026-09-11T13:30:00+03:00"),
        ("Lisboa", "Europe/Lisbon", &lisbon, "2026-03-28T21:30:00Z"),
    ] {
        let zone = Zones::bundled().named(zone)?;
        let rules = PickupRules {
            hours: hours.clone(),
            prep_minutes: 90,
            work_cutoff: serde_json::from_str("\"20:00\"").ok(),
            ..PickupRules::default()
        };
        let promise = pickup(&rules, &zone, now.parse()?).map_err(|_| "the shop never opens")?;
        let why: Vec<String> =
            promise.steps.iter().filter_map(|step| said(step.what)).map(str::to_owned).collect();
        table.row([
            shop.to_owned(),
            wall(&zone, now.parse()?),
            format!("{} ({})", wall(&zone, promise.from), promise.label),
            promise.until.map_or_else(String::new, |until| wall(&zone, until)),
            words::list(&why),
        ]);
    }
    page.table(&table)?;
    Ok(())
}

/// What moved a promise.
pub(crate) const fn said(step: StepKind) -> Option<&'static str> {
    match step {
        StepKind::AfterWorkCutoff => Some("too late for that day's work"),
        StepKind::Closed => Some("the shop was closed"),
        StepKind::AfterPickupCutoff => Some("too late to collect that day"),
        StepKind::Opens => Some("ready while the shop was closed"),
        StepKind::SomebodyThere => Some("nobody is there before"),
        StepKind::Ready | StepKind::Collected | StepKind::Arrives | StepKind::KeptUntil => None,
    }
}

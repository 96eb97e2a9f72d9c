//! When a trigger starts, from what happened.

use std::collections::BTreeMap;

use super::calendar::{birthdays, same_day};
use super::fire::TriggerFacts;
use super::{Signal, SignalKind, Start, Trigger};
use crate::calendar::WallTime;
use crate::cart::Sku;
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono::SecondsFormat;

/// A start of a trigger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    /// When it waits no longer for what it waits for; the delay comes after.
    pub(super) at: DateTime<Utc>,
    /// From when on something may call it off.
    pub(super) since: DateTime<Utc>,
    pub(super) subject: String,
    /// The subject as signals call it.
    pub(super) of: String,
}

/// All starts of a trigger from the signals up to now, and those of days of the year in the time around now.
pub(super) fn occurrences(
    trigger: &Trigger,
    facts: &TriggerFacts<'_>,
    now: DateTime<Utc>,
) -> Vec<Occurrence> {
    let known = || facts.signals.iter().filter(|signal| signal.at <= now);
    let of_kind = |kind: SignalKind| known().filter(move |signal| signal.kind == kind);
    let plain = |signal: &Signal| Occurrence {
        at: signal.at,
        since: signal.at,
        subject: signal.subject.clone(),
        of: signal.subject.clone(),
    };
    // The same product falls in price and comes back more than once.
    let each_time = |signal: &Signal| {
        let at = signal.at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        Occurrence { subject: format!("{}@{at}", signal.subject), ..plain(signal) }
    };
    let mut found: Vec<Occurrence> = match &trigger.start {
        Start::Signal { kind: kind @ (SignalKind::BackInStock | SignalKind::PriceDropped) } => {
            of_kind(*kind).map(each_time).collect()
        }
        Start::Signal { kind } => of_kind(*kind).map(plain).collect(),
        Start::PriceDrop { least_basis_points } => of_kind(SignalKind::PriceDropped)
            .filter(|signal| signal.drop_basis_points.is_some_and(|drop| drop >= *least_basis_points))
            .map(each_time)
            .collect(),
        Start::Replenishment { days_a_unit, lead_days } => {
            let bought = |sku: &Sku, after: DateTime<Utc>| {
                known().any(|signal| {
                    matches!(signal.kind, SignalKind::OrderPlaced | SignalKind::OrderDelivered)
                        && signal.at > after
                        && signal.products.iter().any(|(product, _)| product == sku)
                })
            };
            let each = |signal: &Signal| {
                let used_up = |(sku, units): &(Sku, u32)| {
                    let days = i64::from(*days_a_unit.get(sku)?).checked_mul(i64::from(*units))?;
                    let at = TimeDelta::try_days(days - i64::from(*lead_days))
                        .and_then(|days| signal.at.checked_add_signed(days))?;
                    let subject = format!("{}/{}", signal.subject, sku.as_str());
                    (!bought(sku, signal.at)).then(|| Occurrence {
                        at: at.max(signal.at),
                        subject,
                        ..plain(signal)
                    })
                };
                signal.products.iter().filter_map(used_up).collect::<Vec<_>>()
            };
            of_kind(SignalKind::OrderDelivered).flat_map(each).collect()
        }
        Start::DeliveredAgain { times } => {
            let mut deliveries: BTreeMap<&Sku, BTreeMap<&str, DateTime<Utc>>> = BTreeMap::new();
            for signal in of_kind(SignalKind::OrderDelivered) {
                for (sku, _) in &signal.products {
                    // An order counts once, when it first arrived.
                    let at = deliveries.entry(sku).or_default().entry(&signal.subject).or_insert(signal.at);
                    *at = signal.at.min(*at);
                }
            }
            let nth = |(sku, orders): (&Sku, BTreeMap<&str, DateTime<Utc>>)| {
                let mut instants: Vec<DateTime<Utc>> = orders.into_values().collect();
                instants.sort_unstable();
                let at = *instants.get(usize::from(*times).checked_sub(1)?)?;
                let subject = sku.as_str().to_owned();
                Some(Occurrence { at, since: at, of: subject.clone(), subject })
            };
            deliveries.into_iter().filter_map(nth).collect()
        }
        Start::Birthday { lead_days, at, calendar } => {
            let Some((born, (from, until))) = facts.born.zip(around(trigger, facts, *lead_days, now)) else {
                return Vec::new();
            };
            let each = |day: NaiveDate| {
                let subject = day.format("%Y-%m-%d").to_string();
                on_day(facts, day, *lead_days, *at, subject)
            };
            birthdays(born, *calendar, from, until).into_iter().filter_map(each).collect()
        }
        Start::SeasonLastYear { lead_days, at } => {
            let each = |signal: &Signal| {
                use chrono::Datelike;
                let day = facts.zone?.local(signal.at).0;
                let again = same_day(day, day.year() + 1)?;
                let found = on_day(facts, again, *lead_days, *at, signal.subject.clone())?;
                // What she bought then calls nothing off.
                (found.at > signal.at).then_some(found)
            };
            of_kind(SignalKind::OrderPlaced).filter_map(each).collect()
        }
    };
    found.sort_unstable();
    found.dedup();
    // The same event may have been told more than once, at different instants: the first counts.
    let mut first: BTreeMap<String, Occurrence> = BTreeMap::new();
    for one in found {
        first.entry(one.subject.clone()).or_insert(one);
    }
    first.into_values().collect()
}

/// The days to look at: those whose message may still be due, and a year ahead.
fn around(
    trigger: &Trigger,
    facts: &TriggerFacts<'_>,
    lead_days: u16,
    now: DateTime<Utc>,
) -> Option<(NaiveDate, NaiveDate)> {
    let today = facts.zone?.local(now).0;
    let lead = i64::from(lead_days);
    let late = (i64::from(trigger.delay_seconds) + i64::from(trigger.valid_for_seconds)) / 86_400 + 2;
    let from = today.checked_add_signed(TimeDelta::try_days(lead - late)?)?;
    Some((from, today.checked_add_signed(TimeDelta::try_days(lead + 400)?)?))
}

fn on_day(
    facts: &TriggerFacts<'_>,
    day: NaiveDate,
    lead_days: u16,
    time: WallTime,
    subject: String,
) -> Option<Occurrence> {
    let date = day.checked_sub_signed(TimeDelta::try_days(i64::from(lead_days))?)?;
    let at = facts.zone?.earliest(date, time);
    Some(Occurrence { at, since: at, of: subject.clone(), subject })
}

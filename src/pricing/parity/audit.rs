//! Holds every channel's prices against one channel's, instant by instant.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::super::tax::TaxZone;
use super::exception::ChannelException;
use super::observation::{Observation, ParityKey, Trace};
use super::report::{Basis, Excused, Finding, ParityReport, PartedBy, Verdict};
use crate::channel::Channel;
use crate::money::{CurrencyUnit, Money, Ratio, Rounding};
use crate::time::{DateTime, Utc};

/// A rate at which prices of two currencies are compared, and how the converted price is rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredRate {
    /// The currency of the reference channel.
    pub from: CurrencyUnit,
    /// The other channel's.
    pub to: CurrencyUnit,
    /// How much of the second is one of the first, in whole units: 58/5 rials a dirham.
    pub rate: Ratio,
    /// How the converted price is rounded.
    #[serde(default)]
    pub rounding: Rounding,
}

/// By what an audit judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParityRules {
    /// The channel that all others are held against.
    pub reference: Channel,
    /// What differs on purpose.
    #[serde(default)]
    pub exceptions: Vec<ChannelException>,
    /// Rates for prices in other currencies; without one they are not compared.
    #[serde(default)]
    pub rates: Vec<DeclaredRate>,
}

/// The prices of one channel, tax zone and currency.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
struct Series<'a> {
    channel: &'a Channel,
    zone: &'a TaxZone,
    currency: CurrencyUnit,
}

/// A difference that goes on.
#[derive(Clone, PartialEq, Eq)]
struct Difference {
    gap: Option<Money>,
    basis: Option<Basis>,
    parted_by: PartedBy,
}

/// What another channel than the reference shows at the moment.
struct Shown<'a> {
    series: Series<'a>,
    seen: &'a Observation,
    /// The difference that goes on, and since when.
    open: Option<(Difference, DateTime<Utc>)>,
}

/// Compares what every channel showed with what the reference channel showed at the same time, up to `at`.
///
/// Prices are the same if the goods alone cost the same: with tax within one tax zone, without it across zones; in
/// another currency only against a declared rate and its rounding. What differs is a violation unless a declared
/// exception covers it at the time; where one ends before the difference does, the rest is a violation since then.
/// The same observations in any order give the same report.
///
/// # Complexity
/// O(n log n) for n observations; for each product, each change of the reference price looks at every channel once.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::cart::Sku;
/// use throughline::money::{Currency, CurrencyTable, Money};
/// use throughline::pricing::parity::{Observation, ParityKey, ParityRules, Verdict, audit};
/// use throughline::pricing::tax::TaxZone;
/// let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
/// let at = "2026-11-21T09:00:00Z".parse()?;
/// let key = ParityKey { sku: Sku::parse("MUG-1")?, condition: String::new(), segment: String::new(), from_quantity: 1 };
/// let zone = TaxZone::parse("DE")?;
/// let shown = |channel, net, gross| Observation {
///     channel, key: key.clone(), tax_zone: zone.clone(), net: Money::new(net, euro), gross: Money::new(gross, euro), at,
///     trace: Default::default(),
/// };
/// let rules = ParityRules { reference: Channel::Web, exceptions: Vec::new(), rates: Vec::new() };
/// let report = audit(&[shown(Channel::Web, 10_000, 11_900), shown(Channel::Till, 10_500, 12_495)], &rules, at);
/// assert_eq!(report.findings[0].verdict, Verdict::Violation);
/// assert_eq!(report.findings[0].gap, Some(Money::new(595, euro)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn audit(observations: &[Observation], rules: &ParityRules, at: DateTime<Utc>) -> ParityReport {
    let mut report = ParityReport {
        reference: rules.reference.clone(),
        at,
        observations: 0,
        by_channel: std::collections::BTreeMap::new(),
        without_reference: 0,
        findings: Vec::new(),
    };
    let mut counts: HashMap<&Channel, usize> = HashMap::new();
    let mut numbers: HashMap<&ParityKey, usize> = HashMap::new();
    let mut groups: Vec<(&ParityKey, Vec<&Observation>)> = Vec::new();
    for seen in observations.iter().filter(|seen| seen.at <= at) {
        report.observations += 1;
        *counts.entry(&seen.channel).or_default() += 1;
        let number = *numbers.entry(&seen.key).or_insert_with(|| {
            groups.push((&seen.key, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, group)) = groups.get_mut(number) {
            group.push(seen);
        }
    }
    report.by_channel = counts.into_iter().map(|(channel, count)| (channel.clone(), count)).collect();
    for (key, group) in groups {
        if group.iter().all(|seen| seen.channel != rules.reference) {
            report.without_reference += group.len();
        } else {
            compare(key, group, rules, &mut report);
        }
    }
    report.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    report
}

fn order(finding: &Finding) -> impl Ord {
    let gap = finding.gap.map(|gap| (gap.currency(), gap.minor()));
    (finding.verdict, finding.key.clone(), finding.channel.clone(), finding.since, finding.until, gap)
}

/// Goes through the prices of one product in time.
fn compare(key: &ParityKey, mut group: Vec<&Observation>, rules: &ParityRules, report: &mut ParityReport) {
    group.sort_by(|a, b| {
        (a.at, series(a), a.net.minor(), a.gross.minor()).cmp(&(
            b.at,
            series(b),
            b.net.minor(),
            b.gross.minor(),
        ))
    });
    let mut reference: Vec<(Series<'_>, &Observation)> = Vec::new();
    let mut others: Vec<Shown<'_>> = Vec::new();
    let mut rest = group.as_slice();
    while let Some(first) = rest.first() {
        let now = first.at;
        let (moment, later) = rest.split_at(rest.partition_point(|seen| seen.at <= now));
        rest = later;
        let mut changed = Vec::new();
        let mut all = false;
        for &seen in moment {
            let own = series(seen);
            if seen.channel == rules.reference {
                all = true;
                match reference.binary_search_by(|(series, _)| series.cmp(&own)) {
                    Ok(place) => reference.get_mut(place).into_iter().for_each(|held| held.1 = seen),
                    Err(place) => reference.insert(place, (own, seen)),
                }
            } else {
                let place = others.iter().position(|held| held.series == own).unwrap_or_else(|| {
                    others.push(Shown { series: own, seen, open: None });
                    others.len() - 1
                });
                others.get_mut(place).into_iter().for_each(|held| held.seen = seen);
                changed.push(place);
            }
        }
        if all {
            changed = (0..others.len()).collect();
        }
        for place in changed {
            let Some(Shown { seen, open, .. }) = others.get_mut(place) else { continue };
            let found = difference(seen, &reference, rules);
            if open.as_ref().map(|(difference, _)| difference) != found.as_ref() {
                if let Some((difference, since)) = open.take() {
                    judge(key, &seen.channel, &difference, (since, Some(now)), rules, report);
                }
                *open = found.map(|difference| (difference, now));
            }
        }
    }
    for Shown { seen, open, .. } in others {
        if let Some((difference, since)) = open {
            judge(key, &seen.channel, &difference, (since, None), rules, report);
        }
    }
}

fn series(seen: &Observation) -> Series<'_> {
    Series { channel: &seen.channel, zone: &seen.tax_zone, currency: seen.net.unit() }
}

/// Whether a price differs from the reference channel's of the same zone and currency, else of the same currency, else
/// of one that a rate is declared for.
fn difference(
    seen: &Observation,
    reference: &[(Series<'_>, &Observation)],
    rules: &ParityRules,
) -> Option<Difference> {
    let unit = seen.net.unit();
    let same_currency = || reference.iter().filter(|(series, _)| series.currency == unit);
    let in_zone = same_currency()
        .find(|(series, _)| *series.zone == seen.tax_zone)
        .map(|(_, held)| (*held, Basis::Gross));
    let across = || same_currency().map(|(_, held)| (*held, Basis::Net)).next();
    if let Some((held, basis)) = in_zone.or_else(across) {
        let (own, other) = amounts(seen, held, basis);
        return differs(seen, held, basis, own, Some(other));
    }
    let converted = reference.iter().find_map(|(series, held)| {
        let declared = rules.rates.iter().find(|rate| rate.from == series.currency && rate.to == unit)?;
        let basis = if *series.zone == seen.tax_zone { Basis::Gross } else { Basis::Net };
        let (own, other) = amounts(seen, held, basis);
        Some((*held, basis, own, convert(other, declared)))
    });
    match converted {
        Some((held, basis, own, other)) => differs(seen, held, basis, own, other),
        // Before the reference channel showed anything there is nothing to differ from.
        None if reference.is_empty() => None,
        None => Some(Difference { gap: None, basis: None, parted_by: PartedBy::Unknown }),
    }
}

const fn amounts(seen: &Observation, held: &Observation, basis: Basis) -> (Money, Money) {
    match basis {
        Basis::Gross => (seen.gross, held.gross),
        Basis::Net => (seen.net, held.net),
    }
}

fn differs(
    seen: &Observation,
    held: &Observation,
    basis: Basis,
    own: Money,
    other: Option<Money>,
) -> Option<Difference> {
    let gap = other.and_then(|other| own.minus(other).ok());
    let same = gap.is_some_and(Money::is_zero);
    (!same).then(|| Difference { gap, basis: Some(basis), parted_by: parted_by(&seen.trace, &held.trace) })
}

fn convert(amount: Money, declared: &DeclaredRate) -> Option<Money> {
    let shift = |exponent: u8| 10_i128.checked_pow(exponent.into());
    let numerator = i128::from(amount.minor())
        .checked_mul(declared.rate.numerator().into())?
        .checked_mul(shift(declared.to.exponent())?)?;
    let denominator =
        i128::from(declared.rate.denominator()).checked_mul(shift(declared.from.exponent())?)?;
    let minor = declared.rounding.divide(numerator, denominator)?;
    Some(Money::new(i64::try_from(minor).ok()?, declared.to))
}

fn parted_by(one: &Trace, other: &Trace) -> PartedBy {
    if one.price != other.price {
        PartedBy::List
    } else if one.rounding != other.rounding {
        PartedBy::Rounding
    } else if one.promotions != other.promotions {
        PartedBy::Promotion
    } else if one.tax != other.tax {
        PartedBy::Tax
    } else {
        PartedBy::Unknown
    }
}

/// Cuts a difference where exceptions begin and end, and judges each piece.
fn judge(
    key: &ParityKey,
    channel: &Channel,
    difference: &Difference,
    (since, until): (DateTime<Utc>, Option<DateTime<Utc>>),
    rules: &ParityRules,
    report: &mut ParityReport,
) {
    let end = until.unwrap_or(report.at);
    let comparable = difference.basis.is_some();
    let mut cuts = vec![since];
    if comparable {
        let within = |at: &DateTime<Utc>| since < *at && (*at < end || (until.is_none() && *at == end));
        let relevant = rules.exceptions.iter().filter(|exception| exception.concerns(channel, &key.sku));
        cuts.extend(relevant.flat_map(|exception| [exception.from(), exception.until()]).filter(within));
        cuts.sort_unstable();
        cuts.dedup();
    }
    for (place, from) in cuts.iter().enumerate() {
        let covering = rules.exceptions.iter().filter(|exception| exception.covers(channel, &key.sku, *from));
        let exception = covering.min_by_key(|exception| exception.id()).filter(|_| comparable);
        let verdict = match (comparable, exception) {
            (false, _) => Verdict::NotComparableCurrency,
            (true, Some(_)) => Verdict::DeclaredException,
            (true, None) => Verdict::Violation,
        };
        report.findings.push(Finding {
            key: key.clone(),
            channel: channel.clone(),
            verdict,
            gap: difference.gap,
            basis: difference.basis,
            since: *from,
            until: cuts.get(place + 1).copied().or(until),
            parted_by: difference.parted_by,
            exception: exception.map(|exception| Excused {
                id: exception.id().clone(),
                reason: exception.reason(),
                owner: exception.owner().to_owned(),
                until: exception.until(),
            }),
        });
    }
}

use proptest::prelude::*;

use super::*;
use crate::cart::Sku;
use crate::channel::Channel;
use crate::money::{Currency, CurrencyUnit, Money, Ratio, Rounding};
use crate::pricing::tax::TaxZone;
use crate::time::{DateTime, TimeDelta, Utc};

fn unit(code: &str) -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse(code).unwrap(), 2).unwrap()
}

fn hour(hour: i64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-20T00:00:00Z".parse().unwrap();
    start + TimeDelta::hours(hour)
}

fn shown(channel: Channel, zone: &str, currency: &str, (net, gross): (i64, i64), at: i64) -> Observation {
    Observation {
        channel,
        key: ParityKey {
            sku: Sku::parse("کیف-1").unwrap(),
            condition: String::new(),
            segment: String::new(),
            from_quantity: 1,
        },
        tax_zone: TaxZone::parse(zone).unwrap(),
        net: Money::new(net, unit(currency)),
        gross: Money::new(gross, unit(currency)),
        at: hour(at),
        trace: Trace::default(),
    }
}

fn rules() -> ParityRules {
    ParityRules { reference: Channel::Web, exceptions: Vec::new(), rates: Vec::new() }
}

fn found(report: &ParityReport) -> Vec<(Verdict, Option<i64>, i64, Option<i64>)> {
    let hours = |at: DateTime<Utc>| (at - hour(0)).num_hours();
    let row = |finding: &Finding| {
        (finding.verdict, finding.gap.map(Money::minor), hours(finding.since), finding.until.map(hours))
    };
    report.findings.iter().map(row).collect()
}

#[test]
fn a_difference_has_a_beginning_an_end_and_a_cause() {
    let web = (10_000, 11_900);
    let mut dearer = shown(Channel::Till, "DE", "EUR", (10_500, 12_495), 5);
    dearer.trace.promotions = vec!["spring".into()];
    let seen = [
        shown(Channel::Web, "DE", "EUR", web, 0),
        shown(Channel::Till, "DE", "EUR", web, 1),
        dearer,
        shown(Channel::Web, "DE", "EUR", (10_500, 12_495), 9),
        shown(Channel::App, "AT", "EUR", (10_500, 12_600), 9),
        // Not seen yet.
        shown(Channel::App, "AT", "EUR", (1, 1), 90),
    ];
    let report = audit(&seen, &rules(), hour(20));
    assert_eq!(found(&report), [(Verdict::Violation, Some(595), 5, Some(9))]);
    assert_eq!(report.findings[0].parted_by, PartedBy::Promotion);
    assert_eq!((report.observations, report.without_reference), (5, 0));
    let nothing = audit(&seen[1..3], &rules(), hour(20));
    assert_eq!((nothing.without_reference, nothing.findings.len()), (2, 0));
}

#[test]
fn what_was_declared_is_excused_only_while_it_was() {
    let declared = ChannelException::new(
        ExceptionId::parse("حراج").unwrap(),
        ExceptionReason::Clearance,
        "store manager",
        [Channel::Till],
        [],
        (hour(3), hour(8)),
    )
    .unwrap();
    let rules = ParityRules { exceptions: vec![declared], ..rules() };
    let seen = [
        shown(Channel::Web, "DE", "EUR", (10_000, 11_900), 0),
        shown(Channel::Till, "DE", "EUR", (8_000, 9_520), 2),
    ];
    let report = audit(&seen, &rules, hour(10));
    assert_eq!(
        found(&report),
        [
            (Verdict::Violation, Some(-2_380), 2, Some(3)),
            (Verdict::Violation, Some(-2_380), 8, None),
            (Verdict::DeclaredException, Some(-2_380), 3, Some(8)),
        ]
    );
    let text = report.to_string();
    assert!(text.contains("clearance by store manager until 2026-11-20T08:00:00Z"), "{text}");
    // Each finding says from when until when.
    let row = |since: &str, until: &str| {
        let found = text.lines().any(|line| line.contains(&format!("2026-11-20T{since}:00:00Z  {until}")));
        assert!(found, "{text}");
    };
    row("02", "2026-11-20T03:00:00Z");
    row("08", "still ");
    let html = report.to_html();
    assert!(html.contains("<bdi>2026-11-20T03:00:00Z</bdi>") && html.contains("<bdi>still</bdi>"), "{html}");
    assert!(html.contains("<bdi>کیف-1</bdi>") && html.contains("<svg") && !html.contains("http"));
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<ParityReport>(&json).unwrap(), report);
}

#[test]
fn another_currency_needs_a_declared_rate() {
    let seen = [
        shown(Channel::Web, "DE", "EUR", (10_000, 11_900), 0),
        shown(Channel::App, "CH", "CHF", (9_300, 10_053), 0),
    ];
    assert_eq!(found(&audit(&seen, &rules(), hour(1))), [(Verdict::NotComparableCurrency, None, 0, None)]);
    let rate = |numerator| DeclaredRate {
        from: unit("EUR"),
        to: unit("CHF"),
        rate: Ratio::new(numerator, 1_000).unwrap(),
        rounding: Rounding::HalfUp,
    };
    let with = |numerator| ParityRules { rates: vec![rate(numerator)], ..rules() };
    assert_eq!(found(&audit(&seen, &with(930), hour(1))), []);
    assert_eq!(found(&audit(&seen, &with(929), hour(1))), [(Verdict::Violation, Some(10), 0, None)]);
}

#[test]
fn exceptions_without_owner_channel_or_time_are_none() {
    let declare = |owner: &str, channels: Vec<Channel>, until| {
        let id = ExceptionId::parse("x").unwrap();
        ChannelException::new(id, ExceptionReason::PriceMatch, owner, channels, [], (hour(0), hour(until)))
    };
    assert!(declare("Дарья", vec![Channel::Till], 1).is_ok());
    assert!(declare(" ", vec![Channel::Till], 1).is_err());
    assert!(declare("x", vec![], 1).is_err());
    assert!(declare("x", vec![Channel::Till], 0).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_report_is_what_every_hour_shows_in_any_order(
        seen in proptest::collection::vec((0_usize..4, 0_i64..12, 1_i64..4), 1..30),
        declared in proptest::collection::vec((0_usize..4, 0_i64..12, 1_i64..8), 0..3),
    ) {
        let channels = [Channel::Web, Channel::Till, Channel::App, Channel::Kiosk];
        // One price of a channel at an instant.
        let at_once: std::collections::BTreeMap<(usize, i64), i64> =
            seen.iter().map(|&(channel, at, price)| ((channel, at), price)).collect();
        let mut seen: Vec<Observation> = at_once
            .iter()
            .map(|(&(channel, at), &price)| shown(channels[channel].clone(), "DE", "EUR", (price, price), at))
            .collect();
        let exceptions = declared
            .iter()
            .enumerate()
            .map(|(at, &(channel, from, hours))| ChannelException::new(
                ExceptionId::parse(&at.to_string()).unwrap(), ExceptionReason::LocalLaw, "o", [channels[channel].clone()], [],
                (hour(from), hour(from + hours)),
            ).unwrap())
            .collect();
        let rules = ParityRules { exceptions, ..rules() };
        let report = audit(&seen, &rules, hour(12));
        seen.reverse();
        prop_assert_eq!(&audit(&seen, &rules, hour(12)), &report);
        for now in 0..=12 {
            let price = |channel: usize| at_once.range((channel, 0)..=(channel, now)).next_back().map(|(_, price)| *price);
            for (number, channel) in channels.iter().enumerate().skip(1) {
                let gap = price(0).zip(price(number)).map(|(web, own)| own - web).filter(|gap| *gap != 0);
                let covered = rules.exceptions.iter().any(|exception| exception.covers(channel, &seen[0].key.sku, hour(now)));
                let of: Vec<_> = report
                    .findings
                    .iter()
                    .filter(|finding| finding.channel == *channel && finding.since <= hour(now))
                    .filter(|finding| finding.until.is_none_or(|until| hour(now) < until))
                    .map(|finding| (finding.verdict == Verdict::DeclaredException, finding.gap.map(Money::minor)))
                    .collect();
                prop_assert_eq!(of, gap.map(|gap| (covered, Some(gap))).into_iter().collect::<Vec<_>>());
            }
        }
    }
}

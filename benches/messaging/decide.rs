//! A full decision: four channels, 50 past sends, 20 consent records, quiet hours, four caps.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use throughline::calendar::Zones;
use throughline::channel::Channel;
use throughline::messaging::{
    AddressId, ChannelHealth, Class, Competing, ConsentRecord, ConsentState, Decision, Endpoint, Engagement,
    Message, MessageKind, PastSend, Policy, Recipient, Whereabouts, decide, decide_traced,
};
use throughline::time::{DateTime, TimeDelta, Utc};

use crate::processor_time::ProcessorTime;

const CHANNELS: [Channel; 4] = [Channel::Push, Channel::Email, Channel::WhatsApp, Channel::Sms];

fn noon() -> DateTime<Utc> {
    "2026-06-03T08:30:00Z".parse().unwrap() // a Wednesday, 12:00 in Tehran
}

fn message() -> Message {
    Message {
        category: Some("promo".into()),
        kind: MessageKind::Template,
        told_key: Some("spring-sale".into()),
        priority: 5,
        expires_at: Some(noon() + TimeDelta::days(5)),
        ..Message::new("spring-sale", Class::Marketing, "marketing.offers".parse().unwrap())
    }
}

fn recipient() -> Recipient {
    let zone = Zones::bundled().named("Asia/Tehran").unwrap();
    let mut person = Recipient::new(Whereabouts::Known(zone));
    person.region = Some("IR".parse().unwrap());
    for (number, channel) in (1_u32..).zip(CHANNELS) {
        person.endpoints.push(Endpoint {
            verified: true,
            engagement: Engagement { sent: 20, delivered: 19, engaged: number },
            last_engaged: Some(noon() - TimeDelta::days(i64::from(number))),
            last_inbound: Some(noon() - TimeDelta::days(2)),
            cost: Some(number),
            ..Endpoint::new(channel, AddressId::new(format!("0123456789abcdef0123456789abcde{number}")))
        });
    }
    // Two records of one person: 20 entries in all.
    for (ledger, count) in [(0, 12), (1, 8)] {
        let entries = (0..count).map(|number| {
            let purpose = ["marketing", "marketing.offers", "marketing.news", "service"][number % 4];
            let channel = ["*", "email", "sms", "push", "whatsapp"][number % 5];
            let at = noon() - TimeDelta::days(400 - 20 * i64::try_from(number).unwrap() - ledger);
            ConsentRecord::new(purpose.parse().unwrap(), channel.parse().unwrap(), ConsentState::Granted, at)
        });
        person.ledgers.push(entries.collect());
    }
    person.sends = (0..50_i64)
        .map(|number| PastSend {
            category: Some(["promo", "news", "service"][usize::try_from(number).unwrap() % 3].to_owned()),
            message: Some(format!("message-{}", number / 2)),
            ..PastSend::new(
                noon() - TimeDelta::hours(40 + 31 * number),
                CHANNELS[usize::try_from(number).unwrap() % 4].clone(),
            )
        })
        .collect();
    person.competing = vec![Competing { priority: 9, at: noon() + TimeDelta::days(1) }];
    let well = ChannelHealth { sent: 10_000, bounced: 20, inbound: 500, ..ChannelHealth::default() };
    person.health = std::sync::Arc::new(CHANNELS.into_iter().map(|channel| (channel, well)).collect());
    person
}

pub fn decisions(bench: &mut Criterion<ProcessorTime>) {
    let (message, person, policy) = (message(), recipient(), Policy::retail_iran());
    let records: usize = person.ledgers.iter().map(Vec::len).sum();
    assert_eq!((person.endpoints.len(), person.sends.len(), records), (4, 50, 20));
    let (now, night) = (noon(), "2026-06-03T19:30:00Z".parse().unwrap());
    let mut quiet_everywhere = policy.clone();
    quiet_everywhere.quiet_hours.exempt.clear();
    assert!(matches!(decide(&message, &person, &policy, noon()), Decision::Send { .. }));
    assert!(matches!(decide(&message, &person, &quiet_everywhere, night), Decision::Defer { .. }));
    let mut nobody = person.clone();
    nobody.ledgers.clear();
    assert!(matches!(decide(&message, &nobody, &policy, noon()), Decision::Drop { .. }));

    let mut group = bench.benchmark_group("decide");
    group.throughput(Throughput::Elements(1));
    group.bench_function("send", |bencher| {
        bencher.iter(|| decide(black_box(&message), black_box(&person), black_box(&policy), now));
    });
    group.bench_function("defer to the morning", |bencher| {
        bencher.iter(|| decide(black_box(&message), black_box(&person), black_box(&quiet_everywhere), night));
    });
    group.bench_function("drop without consent", |bencher| {
        bencher.iter(|| decide(black_box(&message), black_box(&nobody), black_box(&policy), now));
    });
    group.bench_function("send with its trace", |bencher| {
        bencher.iter(|| decide_traced(&[], black_box(&message), black_box(&person), black_box(&policy), now));
    });
    group.finish();
}

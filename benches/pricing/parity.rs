//! How long the parity audit takes over what five channels showed.

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use throughline::channel::Channel;
use throughline::money::Rounding;
use throughline::pricing::parity::{
    ChannelException, ExceptionId, ExceptionReason, Observation, ParityKey, ParityRules, Trace, audit,
};
use throughline::pricing::tax::TaxZone;
use throughline::time::{DateTime, Utc};

use crate::common::{money, product};
use crate::processor_time::ProcessorTime;

const PRODUCTS: usize = 100_000;
const CHANNELS: [Channel; 5] =
    [Channel::Web, Channel::App, Channel::Till, Channel::WhatsApp, Channel::Marketplace];

fn hour(of_day: usize) -> DateTime<Utc> {
    format!("2026-06-01T{of_day:02}:00:00Z").parse().unwrap()
}

/// Twice a day each channel's feed of all products, each in an order of its own; one price in a hundred is another than
/// on the web.
fn observations() -> Vec<Observation> {
    let zone = TaxZone::parse("DE").unwrap();
    let net_of = |gross| Rounding::HalfEven.divide(i128::from(gross) * 100, 119).unwrap();
    let mut all = Vec::with_capacity(2 * CHANNELS.len() * PRODUCTS);
    for of_day in [6, 18] {
        for (which, channel) in CHANNELS.iter().enumerate() {
            for n in 0..PRODUCTS {
                let n = n * [1, 48_271, 16_807, 39_373, 69_621][which] % PRODUCTS;
                let differs = which > 0 && n % 100 == which;
                let usual = 999 + (n as i64 * 37 + of_day as i64) % 20_000;
                let gross = if differs { usual + 50 } else { usual };
                all.push(Observation {
                    channel: channel.clone(),
                    key: ParityKey {
                        sku: product(n),
                        condition: "new".to_owned(),
                        segment: String::new(),
                        from_quantity: 1,
                    },
                    tax_zone: zone.clone(),
                    net: money(i64::try_from(net_of(gross)).unwrap()),
                    gross: money(gross),
                    at: hour(of_day),
                    trace: Trace {
                        price: format!("price-{n}"),
                        promotions: if differs {
                            vec!["تخفیف بهاره".to_owned()]
                        } else {
                            Vec::new()
                        },
                        rounding: "half_even".to_owned(),
                        tax: "19 %".to_owned(),
                    },
                });
            }
        }
    }
    all
}

pub fn parity(c: &mut Criterion<ProcessorTime>) {
    let observations = observations();
    let clearance = ChannelException::new(
        ExceptionId::parse("summer-clearance").unwrap(),
        ExceptionReason::Clearance,
        "store operations",
        [Channel::Till],
        [],
        (hour(0), hour(12)),
    );
    let rules =
        ParityRules { reference: Channel::Web, exceptions: vec![clearance.unwrap()], rates: Vec::new() };
    let report = audit(&observations, &rules, hour(20));
    println!("{} observations, {} findings", report.observations, report.findings.len());
    let mut group = c.benchmark_group("parity");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("audit of 1,000,000 observations in five channels", |b| {
        b.iter(|| audit(black_box(&observations), &rules, hour(20)));
    });
    group.finish();
}

//! How long counting, splitting and cheapening a text message takes.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use throughline::messaging::sms::{NationalTable, SmsSettings, rewrite, segments, split};

use crate::processor_time::ProcessorTime;

pub fn sms(c: &mut Criterion<ProcessorTime>) {
    let latin = "Your order 1204 is ready. You can collect it at our shop until Friday, 6 p.m. Thank you! ";
    let bodies = [
        ("Latin", latin.repeat(2)),
        ("German", "Ihre Bestellung Nr. 1204 ist für Sie zurückgelegt. Schöne Grüße aus Köln! ".repeat(2)),
        ("Persian", "سلام سارا، سفارش شما آماده تحویل است. منتظر دیدار شما هستیم. ".repeat(2)),
        ("Russian", "Ваш заказ готов, ждём вас в магазине до пятницы. Спасибо! ".repeat(2)),
        ("emoji", "Sale 👟 starts today 🎉 come by! ".repeat(4)),
        ("curly", format!("{latin}Anna’s “special” price – today…")),
    ];
    let settings = SmsSettings::default();
    let mut group = c.benchmark_group("sms");
    for (name, body) in &bodies {
        group.throughput(Throughput::Bytes(body.len().try_into().unwrap()));
        group.bench_function(format!("count {name}"), |b| b.iter(|| segments(black_box(body), &settings)));
        group.bench_function(format!("split {name}"), |b| b.iter(|| split(black_box(body), &settings)));
        group.bench_function(format!("rewrite {name}"), |b| b.iter(|| rewrite(black_box(body), &settings)));
    }
    let turkish = SmsSettings::national(NationalTable::Turkish);
    let body = "Siparişiniz hazır, mağazamızdan alabilirsiniz. İyi günler dileriz. ".repeat(2);
    group.bench_function("count Turkish, national tables", |b| {
        b.iter(|| segments(black_box(&body), &turkish));
    });
    group.finish();
}

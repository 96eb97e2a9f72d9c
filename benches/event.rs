//! How long one event takes to import: a 700-byte line as senders write them, and a cart.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use throughline::event::{Event, Import};

const LINE: &str = r#"{"type":"track","event":"Product Viewed","messageId":"ajs-next-1774000800000-a5c8e2","userId":"u-1048576","anonymousId":"0d3c7f9e-5a0b-4f5e-9a55-6f1d2c3b4a59","originalTimestamp":"2026-03-20T09:59:58.120Z","sentAt":"2026-03-20T10:00:00.004Z","receivedAt":"2026-03-20T10:00:00.412Z","timestamp":"2026-03-20T09:59:58.528Z","context":{"channel":"web","source":"shop.example.ir","library":{"name":"analytics.js","version":"2.1.0"},"locale":"fa-IR","timezone":"Asia/Tehran","device":{"id":"d-77"},"traits":{"email":"sara@example.ir"},"page":{"path":"/p/77"}},"properties":{"product_id":"p-77","sku":"SKU-77","name":"کفش پیاده‌روی","price":1250000,"currency":"IRR","quantity":1}}"#;

fn cart() -> String {
    let line = r#"{"product_id":"p-77","sku":"SKU-77","name":"کفش","price":1250000,"quantity":2}"#;
    LINE.replace("Product Viewed", "Order Completed")
        .replace(r#""product_id":"p-77","#, &format!(r#""products":[{}],"#, [line; 10].join(",")))
}

fn import(c: &mut Criterion) {
    let Ok(now) = "2026-03-20T10:00:01Z".parse() else { return };
    let settings = Import::new(now);
    let cart = cart();
    let mut group = c.benchmark_group("event/import");
    for (name, line) in [("line", LINE), ("cart_of_ten", &cart)] {
        group.throughput(Throughput::Bytes(line.len() as u64));
        group.bench_function(name, |b| b.iter(|| Event::from_segment(black_box(line.as_bytes()), &settings)));
    }
    group.finish();
}

criterion_group!(benches, import);
criterion_main!(benches);

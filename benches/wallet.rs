//! What a wallet costs: transfers in a ledger in memory, points in lots, acts over a store, holds on a busy house.
//!
//! `cargo bench --bench wallet` tells processor time, not time on the clock, for all of it runs on one thread.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a benchmark may stop at a failure"
)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use throughline::event::Event;
use throughline::hub::{Deed, FixedClock, Hub, Payer, Rules, TransfersOutcome, WalletAct, Who};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::Unit;
use throughline::wallet::ledger::{Account, AccountId, Ledger, Limits, Transfer, TransferId};
use throughline::wallet::points::Lots;

#[path = "common/processor_time.rs"]
mod processor_time;
use processor_time::ProcessorTime;

const TRANSFERS: usize = 1_000_000;
const ACCOUNTS: u64 = 100_000;

/// Numbers that look random: a linear congruential generator, its high bits.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }
}

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-03-20T12:00:00Z".parse().unwrap()
}

fn wide(numbers: &mut Numbers) -> [u8; 16] {
    let (high, low) = (u128::from(numbers.next()), u128::from(numbers.next()));
    (high << 80 ^ low).to_be_bytes()
}

fn account(n: u64) -> AccountId {
    AccountId::from_bytes(wide(&mut Numbers(n)))
}

/// Customers who may not owe, each with enough, and one shop.
fn ledger() -> Ledger {
    let mut ledger = Ledger::new();
    let unit = Unit::from(euro());
    for n in 0..=ACCOUNTS {
        let limits = if n == 0 { Limits::none() } else { Limits::no_debt() };
        ledger.open(Account::new(account(n), unit.clone(), limits)).unwrap();
    }
    let mut numbers = Numbers(3);
    for n in 1..=ACCOUNTS {
        let top_up =
            Transfer::new(TransferId::from_bytes(wide(&mut numbers)), account(0), account(n), 1 << 40);
        assert!(ledger.apply(&top_up, now()).stands());
    }
    ledger
}

fn transfers(kind: &str) -> Vec<Transfer> {
    let mut numbers = Numbers(11);
    let accounts: Vec<AccountId> = (0..=ACCOUNTS).map(account).collect();
    let until = Some(now() + TimeDelta::minutes(10));
    let mut all = Vec::with_capacity(TRANSFERS);
    while all.len() < TRANSFERS {
        let id = TransferId::from_bytes(wide(&mut numbers));
        let from = accounts[1 + (numbers.next() % ACCOUNTS) as usize];
        let other = accounts[1 + (numbers.next() % ACCOUNTS) as usize];
        let (to, amount) = (if from == other { accounts[0] } else { other }, 1 + numbers.next() % 1_000);
        match kind {
            "moves" => all.push(Transfer::new(id, from, to, amount)),
            "purchases" => all.push(Transfer::new(id, from, accounts[0], amount)),
            _ => {
                all.push(Transfer::hold(id, from, to, amount, until));
                let post = TransferId::from_bytes(wide(&mut numbers));
                all.push(Transfer::post(post, id, Some(amount)));
            }
        }
    }
    all
}

fn in_memory(c: &mut Criterion<ProcessorTime>) {
    let mut group = c.benchmark_group("ledger, a million transfers");
    group.sample_size(10).throughput(Throughput::Elements(TRANSFERS as u64));
    for kind in ["moves", "purchases", "holds that are posted"] {
        let transfers = transfers(kind);
        group.bench_function(kind, |b| {
            b.iter_batched(
                ledger,
                |mut ledger| {
                    for transfer in &transfers {
                        assert!(ledger.apply(black_box(transfer), now()).stands());
                    }
                    ledger
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn points(c: &mut Criterion<ProcessorTime>) {
    let mut lots = Lots::default();
    for n in 0..200_u64 {
        let until = now() + TimeDelta::days(1 + i64::try_from(n * 37 % 400).unwrap());
        lots.earn(TransferId::from_bytes([9; 16]).derived("lot", n), 50, now(), Some(until), now()).unwrap();
    }
    c.bench_function("spend 500 points out of 200 lots", |b| {
        b.iter_batched_ref(|| lots.clone(), |lots| lots.spend(500, now()).unwrap(), BatchSize::SmallInput);
    });
    c.bench_function("balance of 200 lots", |b| b.iter(|| black_box(&lots).balance(now())));
}

fn over_a_store(c: &mut Criterion<ProcessorTime>) {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(FixedClock::at(now()));
    let hub = Hub::with_clock(store, Tenant(1), Rules::retail(b"a secret for benchmarks"), clock).unwrap();
    let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7","traits":{"firstName":"Sara"}}"#;
    let event = Event::from_segment(line, &hub.import()).unwrap();
    let sara = Who::Record(hub.record(&event).unwrap().record);
    for name in ["bank", "sales"] {
        hub.open_house_account(name, &euro().into()).unwrap().unwrap();
    }
    let id = |n: u64| TransferId::from_bytes([5; 16]).derived("act", n);
    let money = |minor| Money::new(minor, euro());
    let top_up = Deed::TopUp { to: &sara, from: "bank", amount: money(1 << 50) };
    assert!(hub.wallet_act(&[WalletAct::new(id(0), top_up)]).unwrap().is_done());
    let mut next = 0;
    c.bench_function("hub: a payment, committed in memory", |b| {
        b.iter(|| {
            next += 1;
            let pay = Deed::Pay { by: Payer::Customer(&sara), to: "sales", amount: money(5), hold: None };
            assert!(hub.wallet_act(&[WalletAct::new(id(next), pay)]).unwrap().is_done());
        });
    });
    c.bench_function("hub: what she holds", |b| b.iter(|| hub.wallet(&sara).unwrap().unwrap()));
}

/// What a till waits for that holds and captures with a house on which many others hold something: close to a thousand
/// on each part of its account.
fn many_holds(c: &mut Criterion<ProcessorTime>) {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(FixedClock::at(now()));
    let hub = Hub::with_clock(store, Tenant(1), Rules::retail(b"a secret for benchmarks"), clock).unwrap();
    let [bank, sales] =
        ["bank", "sales"].map(|name| hub.open_house_account(name, &euro().into()).unwrap().unwrap());
    let until = Some(now() + TimeDelta::hours(1));
    let mut next = 0_u64;
    let mut id = || {
        next += 1;
        TransferId::from_bytes((u128::from(next) << 64 | u128::from(next)).to_be_bytes())
    };
    for live in [0, 15_900_usize] {
        let holds: Vec<_> = (0..live).map(|_| Transfer::hold(id(), bank, sales, 5, until)).collect();
        for some in holds.chunks(100) {
            assert_eq!(hub.transfer_all(some).unwrap(), TransfersOutcome::Posted);
        }
        c.bench_function(&format!("hub: a hold and its capture, {live} others held"), |b| {
            b.iter(|| {
                let hold = Transfer::hold(id(), bank, sales, 5, until);
                let both = [hold.clone(), Transfer::post(id(), hold.id, Some(3))];
                assert_eq!(hub.transfer_all(&both).unwrap(), TransfersOutcome::Posted);
            });
        });
        c.bench_function(&format!("hub: balances of a house account, {live} held"), |b| {
            b.iter(|| hub.account_balances(sales).unwrap().unwrap());
        });
    }
    // A customer's own account has them on a list, of which there is an end.
    let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7","traits":{"firstName":"Sara"}}"#;
    let sara = Who::Record(hub.record(&Event::from_segment(line, &hub.import()).unwrap()).unwrap().record);
    let top_up = Deed::TopUp { to: &sara, from: "bank", amount: Money::new(1 << 50, euro()) };
    assert!(hub.wallet_act(&[WalletAct::new(id(), top_up)]).unwrap().is_done());
    let hers = hub.wallet(&sara).unwrap().unwrap().units[0].accounts[0].account;
    let holds: Vec<_> = (0..990).map(|_| Transfer::hold(id(), hers, sales, 5, until)).collect();
    assert_eq!(hub.transfer_all(&holds).unwrap(), TransfersOutcome::Posted);
    c.bench_function("hub: a hold and its capture, 990 others held on a customer's list", |b| {
        b.iter(|| {
            let hold = Transfer::hold(id(), hers, sales, 5, until);
            let both = [hold.clone(), Transfer::post(id(), hold.id, Some(3))];
            assert_eq!(hub.transfer_all(&both).unwrap(), TransfersOutcome::Posted);
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = in_memory, points, over_a_store, many_holds
}
criterion_main!(benches);

//! Every channel reads the same balance as soon as a commit has returned: eight threads write and read at once, through the
//! blocking and the asynchronous front door, in memory and in a file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use attack_support::{NOON, TENANT, instant, rules, said};
use pollster::block_on;
use throughline::hub::{self, Context, Deed, FixedClock, Hub, Payer, WalletAct, WalletOutcome, Who};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::store::{MemoryStore, Stop, Store, StoreErrorKind, Tx};
use throughline::time::TimeDelta;
use throughline::wallet::Unit;
use throughline::wallet::ledger::{AccountId, TransferId};

const WRITERS: u64 = 4;
const READERS: usize = 4;

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

/// What all accounts hold together, posted and held, and what one customer has, out of one unit of work.
fn look(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    accounts: &[AccountId],
    sara: &Who,
) -> Result<(i64, i64, i64), Stop> {
    let (mut posted, mut held) = (0, 0);
    for account in accounts {
        let of = hub::account_balances(tx, context, *account)?.unwrap_or_default();
        posted += of.balance();
        held += of.credits_pending.cast_signed() - of.debits_pending.cast_signed();
    }
    let has = hub::wallet(tx, context, sara)?.map_or(0, |wallet| wallet.available(&euro().into()));
    Ok((posted, held, has))
}

fn every_channel_reads_the_same(store: &Arc<dyn Store>, rounds: u64) {
    let clock = Arc::new(FixedClock::at(instant(NOON)));
    let open = || Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap();
    let hub = open();
    let unit = Unit::from(euro());
    let mut accounts: Vec<_> =
        ["bank", "sales"].iter().map(|name| hub.open_house_account(name, &unit).unwrap().unwrap()).collect();
    let customer =
        |name: &str| Who::Record(hub.record(&said(name, "web", 1).user(name).event()).unwrap().record);
    let (sara, dina) = (customer("u-1"), customer("u-2"));
    let id = |n: u64| TransferId::from_bytes([8; 16]).derived("channels", n);
    for (n, who) in [(0, &sara), (1, &dina)] {
        let first = Deed::TopUp { to: who, from: "bank", amount: money(1_000) };
        assert_eq!(hub.wallet_act(&[WalletAct::new(id(n), first)]).unwrap(), WalletOutcome::Done);
        let held = hub.wallet(who).unwrap().unwrap();
        accounts.extend(held.units[0].accounts.iter().map(|account| account.account));
    }
    // Sara only gets, so her balance never goes back: nobody may read less than what anybody knows to be there.
    let (known, writing, start) = (AtomicI64::new(1_000), AtomicUsize::new(4), Barrier::new(8));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (known, writing, start, hub) = (&known, &writing, &start, open());
            let (sara, dina, unit) = (&sara, &dina, &unit);
            scope.spawn(move || {
                let act = |n: u64, deed: Deed<'_>| loop {
                    match hub.wallet_act(&[WalletAct::new(id(n), deed)]) {
                        Ok(outcome) => break outcome,
                        Err(error) => assert_eq!(error.kind(), StoreErrorKind::Conflict, "{error}"),
                    }
                };
                start.wait();
                let mut hers = 1_000;
                for round in 0..rounds {
                    let n = 100 + (writer * rounds + round) * 10;
                    let top_up = Deed::TopUp { to: sara, from: "bank", amount: money(7) };
                    assert!(act(n, top_up).is_done());
                    // It has returned: so much is there, at least, in every channel.
                    let least = known.fetch_add(7, Ordering::SeqCst) + 7;
                    let other = hub.asynchronous();
                    let there = block_on(other.wallet(sara)).unwrap().unwrap().available(unit);
                    assert!(there >= least && there >= hers, "{there} after {least} and {hers}");
                    hers = there;
                    let until = Some(instant(NOON) + TimeDelta::hours(1));
                    let pay =
                        |hold| Deed::Pay { by: Payer::Customer(dina), to: "sales", amount: money(3), hold };
                    match round % 3 {
                        0 => drop(act(n + 1, pay(None))),
                        _ => {
                            let held = act(n + 1, pay(until));
                            let resolve = match round % 3 {
                                1 => Deed::Capture { of: id(n + 1), amount: Some(2) },
                                _ => Deed::Release { of: id(n + 1) },
                            };
                            assert_eq!(act(n + 2, resolve).is_done(), held.is_done());
                        }
                    }
                }
                writing.fetch_sub(1, Ordering::SeqCst);
            });
        }
        for reader in 0..READERS {
            let (known, writing, start, hub) = (&known, &writing, &start, open());
            let (sara, accounts) = (&sara, &accounts);
            scope.spawn(move || {
                start.wait();
                let (mut before, mut reads) = (0, 0);
                while writing.load(Ordering::SeqCst) > 0 || reads == 0 {
                    let least = known.load(Ordering::SeqCst).max(before);
                    let read = |tx: &mut Tx<'_>, context: &Context<'_>| look(tx, context, accounts, sara);
                    let (posted, held, has) = hub.run(read).unwrap();
                    assert_eq!((posted, held), (0, 0), "reader {reader}: the books do not sum to zero");
                    assert!(has >= least, "reader {reader}: {has} after {least}");
                    before = has;
                    reads += 1;
                }
            });
        }
    });
    let all = 1_000 + 7 * i64::try_from(WRITERS * rounds).unwrap();
    let (posted, held, has) = hub.run(|tx, context| look(tx, context, &accounts, &sara)).unwrap();
    assert_eq!((posted, held, has), (0, 0, all));
    // Another process that opens the same store reads the same.
    assert_eq!(open().wallet(&sara).unwrap().unwrap().available(&unit), all);
}

#[test]
fn every_channel_reads_the_same_in_memory() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    every_channel_reads_the_same(&store, 60);
}

#[test]
#[cfg(feature = "redb")]
fn every_channel_reads_the_same_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = throughline::store::RedbStore::open(directory.path().join("hub.redb")).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    every_channel_reads_the_same(&store, 15);
}

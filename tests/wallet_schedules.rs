//! The wallet's contract under every schedule: three clients with three operations each, on the pure ledger and over a
//! store, and two clients at once with every interleaving of their reads and commits.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use attack_support::{NOON, TENANT, instant, rules, said};
use proptest::prelude::*;
use throughline::calendar::Zone;
use throughline::hub::{
    Afterwards, CommandKey, Deed, FixedClock, Hub, MemberLimit, TransfersOutcome, WalletAct, What, Who,
};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::store::{
    Batch, BoxFuture, Committed, Entry, MemoryStore, ReadSet, Seq, Snapshot, Store, StoreError, View,
};
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::Unit;
use throughline::wallet::ledger::{Account, AccountId, Ledger, Limits, Outcome, State, Transfer, TransferId};
use throughline::wallet::period::Cycle;

/// One operation: what, and how many seconds the clock goes on before it.
#[derive(Debug, Clone, Copy)]
enum Op {
    Move(u8, u64),
    Hold(u8, u64, Option<i64>),
    Post(u8, u8, Option<u64>),
    Void(u8, u8),
    /// The clock goes on by so many seconds, or back.
    Wait(i64),
}

/// Three clients on one account with 100 on it.
const PROGRAMMES: [[[Op; 3]; 3]; 4] = [
    // Everybody wants more than is there.
    [
        [Op::Move(1, 60), Op::Move(2, 30), Op::Move(3, 10)],
        [Op::Hold(4, 50, None), Op::Post(5, 4, Some(20)), Op::Move(6, 40)],
        [Op::Hold(7, 70, Some(5)), Op::Void(8, 7), Op::Move(9, 70)],
    ],
    // Two resolve the hold of a third.
    [
        [Op::Hold(1, 80, Some(10)), Op::Post(2, 1, None), Op::Move(3, 20)],
        [Op::Post(4, 1, Some(50)), Op::Move(5, 50), Op::Void(6, 1)],
        [Op::Void(7, 1), Op::Hold(8, 100, None), Op::Post(9, 8, Some(100))],
    ],
    // Time goes by, and back.
    [
        [Op::Hold(1, 90, Some(5)), Op::Wait(3), Op::Post(2, 1, Some(90))],
        [Op::Wait(3), Op::Move(3, 50), Op::Wait(-20)],
        [Op::Hold(4, 60, Some(2)), Op::Post(5, 4, None), Op::Move(6, 100)],
    ],
    // Everybody sends the same again and again.
    [
        [Op::Move(1, 60), Op::Move(1, 60), Op::Hold(2, 40, None)],
        [Op::Move(1, 60), Op::Hold(2, 40, None), Op::Post(3, 2, None)],
        [Op::Post(3, 2, None), Op::Move(1, 60), Op::Post(3, 2, None)],
    ],
];

/// Every order of three times three operations: 1,680.
fn schedules() -> Vec<Vec<usize>> {
    fn go(left: [usize; 3], so_far: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        if left == [0; 3] {
            all.push(so_far.clone());
        }
        for client in 0..3 {
            if left[client] > 0 {
                let mut left = left;
                left[client] -= 1;
                so_far.push(client);
                go(left, so_far, all);
                so_far.pop();
            }
        }
    }
    let mut all = Vec::new();
    go([3; 3], &mut Vec::new(), &mut all);
    assert_eq!(all.len(), 1_680);
    all
}

fn id(n: u8) -> TransferId {
    TransferId::from_bytes([n; 16])
}

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn made(op: Op, from: AccountId, to: AccountId, now: DateTime<Utc>) -> Option<Transfer> {
    Some(match op {
        Op::Move(n, amount) => Transfer::new(id(n), from, to, amount),
        Op::Hold(n, amount, seconds) => {
            // The end does not depend on the schedule, or the same id would be sent with other fields.
            let until = seconds.map(|seconds| instant(NOON) + TimeDelta::seconds(seconds));
            let _ = now;
            Transfer::hold(id(n), from, to, amount, until)
        }
        Op::Post(n, hold, amount) => Transfer::post(id(n), id(hold), amount),
        Op::Void(n, hold) => Transfer::void(id(n), id(hold)),
        Op::Wait(_) => return None,
    })
}

/// The books summed anew: what stands of 100, what is held, and whether more went than was there.
fn check(ledger: &Ledger, account: AccountId, unit: &Unit, now: DateTime<Utc>) {
    let sums = ledger.sums(unit, now).unwrap();
    assert_eq!(sums.debits_posted, sums.credits_posted);
    assert_eq!(sums.debits_pending, sums.credits_pending);
    let of = ledger.balances(account, now).unwrap();
    assert!(of.available() >= 0, "more is spent or held than there is: {of:?}");
    let spent: u64 = ledger
        .entries()
        .iter()
        .filter(|entry| entry.debit == account && entry.transfer.of_hold().is_none())
        .map(|entry| match entry.state {
            State::Posted { amount, .. } => amount,
            State::Voided { .. } => 0,
            State::Standing if entry.held(now) > 0 || entry.until().is_some() => 0,
            State::Standing => match entry.transfer.act {
                throughline::wallet::ledger::Act::Hold { .. } => 0,
                _ => entry.amount,
            },
        })
        .sum();
    assert_eq!(of.debits_posted, spent, "every hold is resolved once");
}

#[test]
fn every_schedule_of_three_clients_keeps_the_ledger() {
    let unit = Unit::from(euro());
    let (bank, hers, shop) =
        (AccountId::from_bytes([1; 16]), AccountId::from_bytes([2; 16]), AccountId::from_bytes([3; 16]));
    for (number, programme) in PROGRAMMES.iter().enumerate() {
        let mut ends = std::collections::BTreeSet::new();
        for schedule in schedules() {
            let mut ledger = Ledger::new();
            for (account, limits) in
                [(bank, Limits::none()), (hers, Limits::no_debt()), (shop, Limits::none())]
            {
                ledger.open(Account::new(account, unit.clone(), limits)).unwrap();
            }
            let mut now = instant(NOON);
            ledger.apply(&Transfer::new(id(200), bank, hers, 100), now);
            let mut next = [0; 3];
            for client in schedule {
                let op = programme[client][next[client]];
                next[client] += 1;
                match made(op, hers, shop, now) {
                    Some(transfer) => drop(ledger.apply(&transfer, now)),
                    None => now += TimeDelta::seconds(if let Op::Wait(seconds) = op { seconds } else { 0 }),
                }
                check(&ledger, hers, &unit, now);
            }
            ends.insert(ledger.balances(hers, now).unwrap().balance());
        }
        assert!(ends.len() > 1 || number == 3, "the order decides who wins: {ends:?}");
    }
}

struct World {
    store: Arc<MemoryStore>,
    clock: Arc<FixedClock>,
    hub: Hub,
    bank: AccountId,
    hers: AccountId,
    shop: AccountId,
}

/// Puts a store around the one in memory.
type Wrap = fn(Arc<MemoryStore>) -> Arc<dyn Store>;

/// One customer with 100 on her account, and a shop that is paid.
fn world(inner: Option<Wrap>) -> World {
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(FixedClock::at(instant(NOON)));
    let plain = Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap();
    let sara = Who::Record(plain.record(&said("m-1", "web", 1).user("u-1").event()).unwrap().record);
    let bank = plain.open_house_account("bank", &euro().into()).unwrap().unwrap();
    let shop = plain.open_house_account("shop", &euro().into()).unwrap().unwrap();
    let top_up = Deed::TopUp { to: &sara, from: "bank", amount: Money::new(100, euro()) };
    assert!(plain.wallet_act(&[WalletAct::new(id(200), top_up)]).unwrap().is_done());
    let hers = plain.wallet(&sara).unwrap().unwrap().of(&euro().into()).unwrap().accounts[0].account;
    let hub = match inner {
        None => plain,
        Some(wrap) => Hub::with_clock(wrap(store.clone()), TENANT, rules(), clock.clone()).unwrap(),
    };
    World { store, clock, hub, bank, hers, shop }
}

/// The accounts sum to zero, and hers is not below it.
fn check_store(world: &World) {
    let hub = Hub::with_clock(world.store.clone(), TENANT, rules(), world.clock.clone()).unwrap();
    let of = |account| hub.account_balances(account).unwrap().unwrap();
    let (bank, hers, shop) = (of(world.bank), of(world.hers), of(world.shop));
    assert_eq!(bank.balance() + hers.balance() + shop.balance(), 0);
    assert_eq!(hers.debits_pending, shop.credits_pending);
    assert!(hers.available() >= 0);
    let statement = hub.statement(world.hers, 0, 0, 100).unwrap().unwrap();
    statement.check().unwrap();
    assert_eq!(statement.closing.balance, hers.balance());
}

#[test]
fn every_schedule_over_a_store_is_the_ledger_itself() {
    for (number, programme) in PROGRAMMES.iter().enumerate() {
        // Every schedule of the first programme, every fifth of the others.
        for schedule in schedules().into_iter().step_by(if number == 0 { 1 } else { 5 }) {
            let world = world(None);
            let unit = Unit::from(euro());
            let mut ledger = Ledger::new();
            for account in [world.bank, world.shop] {
                ledger.open(Account::new(account, unit.clone(), Limits::none())).unwrap();
            }
            ledger.open(Account::new(world.hers, unit.clone(), Limits::no_debt())).unwrap();
            let mut now = instant(NOON);
            ledger.apply(&Transfer::new(id(200), world.bank, world.hers, 100), now);
            let mut next = [0; 3];
            for client in schedule {
                let op = programme[client][next[client]];
                next[client] += 1;
                let Some(transfer) = made(op, world.hers, world.shop, now) else {
                    // The store's time is that of the accounts a transfer touches, the ledger's is one for all: forward only.
                    now += TimeDelta::seconds(if let Op::Wait(seconds) = op { seconds.max(0) } else { 0 });
                    world.clock.set(now);
                    continue;
                };
                let expected = match ledger.apply(&transfer, now) {
                    Outcome::Posted(()) => TransfersOutcome::Posted,
                    Outcome::Known(()) => TransfersOutcome::Known,
                    Outcome::Refused(why) => TransfersOutcome::Refused { place: 0, why },
                };
                assert_eq!(world.hub.transfer_all(&[transfer]).unwrap(), expected);
                assert_eq!(world.hub.account_balances(world.hers).unwrap(), ledger.balances(world.hers, now));
            }
            check_store(&world);
        }
    }
}

/// A store whose every call waits to be polled once more, so that a test decides whose turn it is. With snapshots a unit of
/// work reads at once, and only its commit waits.
struct Turns {
    inner: Arc<MemoryStore>,
    snapshots: bool,
}

async fn turn() {
    let mut waited = false;
    poll_fn(|_| if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

impl Store for Turns {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(async move {
            turn().await;
            self.inner.read(want).await
        })
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        Box::pin(async move {
            turn().await;
            self.inner.commit(batch).await
        })
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        self.inner.journal(after, limit)
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, StoreError> {
        if self.snapshots { self.inner.snapshot() } else { Ok(None) }
    }
}

type Client<'a> = Pin<Box<dyn Future<Output = Vec<TransfersOutcome>> + 'a>>;

/// What each client got, if it is through.
type Got = Vec<Option<Vec<TransfersOutcome>>>;

/// Runs clients under a schedule: who is polled when. Answers with what they got and who is not through.
fn play(programme: &[Vec<Transfer>], world: &World, schedule: &[usize]) -> (Got, Vec<usize>) {
    let hub = world.hub.asynchronous();
    let mut clients: Vec<Client<'_>> = programme
        .iter()
        .map(|transfers| -> Client<'_> {
            let hub = hub.clone();
            Box::pin(async move {
                let mut got = Vec::new();
                for transfer in transfers {
                    got.push(hub.transfer_all(std::slice::from_ref(transfer)).await.unwrap());
                }
                got
            })
        })
        .collect();
    let mut done: Got = vec![None; clients.len()];
    let mut task = TaskContext::from_waker(Waker::noop());
    for client in schedule {
        if done[*client].is_none()
            && let Poll::Ready(got) = clients[*client].as_mut().poll(&mut task)
        {
            done[*client] = Some(got);
        }
    }
    let left = (0..done.len()).filter(|client| done[*client].is_none()).collect();
    (done, left)
}

fn held() -> World {
    let world = world(Some(|store| Arc::new(Turns { inner: store, snapshots: true })));
    let plain = Hub::with_clock(world.store.clone(), TENANT, rules(), world.clock.clone()).unwrap();
    let hold = Transfer::hold(id(100), world.hers, world.shop, 60, None);
    assert_eq!(plain.transfer_all(&[hold]).unwrap(), TransfersOutcome::Posted);
    world
}

/// Two and three clients on 100 of which 60 are held: every interleaving of what they read and what they commit.
#[test]
fn several_at_once_in_every_interleaving_of_reads_and_commits() {
    let world = held();
    let (hers, shop) = (world.hers, world.shop);
    let spend = |n, amount| Transfer::new(id(n), hers, shop, amount);
    // What each does, one after the other; how many succeed; and what is left to spend in the end.
    type Case<'a> = (Vec<Vec<Transfer>>, usize, &'a [i64]);
    let cases: [Case<'_>; 7] = [
        (vec![vec![spend(1, 30)], vec![spend(2, 30)]], 1, &[10]),
        (vec![vec![spend(1, 30)], vec![Transfer::hold(id(2), hers, shop, 20, None)]], 1, &[10, 20]),
        (
            vec![vec![Transfer::post(id(1), id(100), None)], vec![Transfer::void(id(2), id(100))]],
            1,
            &[40, 100],
        ),
        (
            vec![
                vec![Transfer::post(id(1), id(100), Some(50))],
                vec![Transfer::post(id(2), id(100), Some(60))],
                vec![Transfer::void(id(3), id(100))],
            ],
            1,
            &[50, 40, 100],
        ),
        (vec![vec![spend(1, 30)], vec![spend(1, 30)], vec![spend(1, 30)]], 3, &[10]),
        (vec![vec![spend(1, 20)], vec![spend(2, 20)], vec![spend(3, 20)]], 2, &[0]),
        (vec![vec![spend(1, 20), spend(2, 20)], vec![spend(3, 20), spend(4, 20)]], 2, &[0]),
    ];
    let mut ends = 0;
    for (programme, successes, left) in cases {
        let mut open = vec![vec![]];
        while let Some(schedule) = open.pop() {
            let world = held();
            // Account ids are the same in each world, as nothing in it is random.
            assert_eq!(world.hers, hers);
            let (done, alive) = play(&programme, &world, &schedule);
            if alive.is_empty() {
                ends += 1;
                let stands = |one: &&TransfersOutcome| !matches!(one, TransfersOutcome::Refused { .. });
                assert_eq!(done.iter().flatten().flatten().filter(stands).count(), successes, "{schedule:?}");
                check_store(&world);
                let plain =
                    Hub::with_clock(world.store.clone(), TENANT, rules(), world.clock.clone()).unwrap();
                let available = plain.account_balances(hers).unwrap().unwrap().available();
                assert!(left.contains(&available), "{available} by {schedule:?}");
            } else {
                assert!(schedule.len() < 60, "somebody never ends");
                open.extend(alive.into_iter().map(|client| [&schedule[..], &[client]].concat()));
            }
        }
    }
    assert!(ends > 300, "{ends} schedules");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Three clients with three operations each, their reads and commits in any order.
    #[test]
    fn three_at_once_in_some_interleavings(turns in prop::collection::vec(0_usize..3, 150), which in 0_usize..4) {
        let world = world(Some(|store| Arc::new(Turns { inner: store, snapshots: false })));
        let programme: Vec<Vec<Transfer>> = PROGRAMMES[which]
            .iter()
            .map(|ops| ops.iter().filter_map(|op| made(*op, world.hers, world.shop, instant(NOON))).collect())
            .collect();
        // Whoever is not through after the drawn turns goes on alone.
        let mut schedule = turns;
        for client in 0..3 {
            schedule.extend(std::iter::repeat_n(client, 200));
        }
        let (_, left) = play(&programme, &world, &schedule);
        prop_assert!(left.is_empty());
        check_store(&world);
    }
}

/// She is erased while a link from her to the books is made: whoever is later sees the other, and nothing leads from her to the
/// books in the end, under every schedule of what they read and commit.
#[test]
fn an_erasure_wins_against_whoever_links_her_to_the_books() {
    for shares in [false, true] {
        let (mut open, mut ends, mut linked) = (vec![Vec::<usize>::new()], 0, 0);
        while let Some(schedule) = open.pop() {
            let store = Arc::new(MemoryStore::new());
            let clock = Arc::new(FixedClock::at(instant(NOON)));
            let plain = Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap();
            let customer = |name| plain.record(&said(name, "web", 1).user(name).event()).unwrap().record;
            let (sara, dina) = (customer("u-1"), customer("u-2"));
            plain.open_house_account("bank", &euro().into()).unwrap().unwrap();
            let turns = Arc::new(Turns { inner: store.clone(), snapshots: true });
            let hub = Hub::with_clock(turns, TENANT, rules(), clock).unwrap().asynchronous();
            let (her, other) = (Who::Record(sara), Who::Record(dina));
            let (key, what) = (CommandKey::new("gdpr"), What::Record(sara));
            let (unit, zone) = (Unit::from(euro()), Zone::utc());
            let act = Deed::TopUp { to: &her, from: "bank", amount: Money::new(100, euro()) };
            let acts = [WalletAct::new(id(1), act)];
            let mut clients: [Pin<Box<dyn Future<Output = bool> + '_>>; 2] = [
                Box::pin(async { hub.erase(&key, &what, Afterwards::Admit).await.is_ok() }),
                Box::pin(async {
                    if shares {
                        let limit = MemberLimit::each(Cycle::Month, 9);
                        hub.share_account("f", &other, &unit, &zone, &her, limit).await.unwrap()
                    } else {
                        hub.wallet_act(&acts).await.unwrap().is_done()
                    }
                }),
            ];
            let mut done: [Option<bool>; 2] = [None; 2];
            let mut task = TaskContext::from_waker(Waker::noop());
            for client in schedule.iter().copied() {
                if done[client].is_none()
                    && let Poll::Ready(got) = clients[client].as_mut().poll(&mut task)
                {
                    done[client] = Some(got);
                }
            }
            if let [Some(erased), Some(link)] = done {
                ends += 1;
                linked += usize::from(link);
                assert!(erased);
                let text = sara.to_string();
                let names = store.dump().any(|(key, value)| {
                    key.as_bytes().windows(16).any(|part| part == sara.as_bytes())
                        || String::from_utf8_lossy(&value).contains(&text)
                });
                assert!(!names, "{schedule:?}");
            } else {
                assert!(schedule.len() < 120, "somebody never ends");
                let alive = (0..2).filter(|client| done[*client].is_none());
                open.extend(alive.map(|client| [&schedule[..], &[client]].concat()));
            }
        }
        assert!(ends > 3 && linked > 0 && linked < ends, "{linked} of {ends}");
    }
}

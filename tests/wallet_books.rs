//! The books of a house over stores: any number of holds, by the same law as the ledger in memory, and the same balances in
//! every channel.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::sync::Arc;

use attack_support::{NOON, TENANT, instant, rules};
use proptest::prelude::*;
use throughline::hub::{FixedClock, Hub, TransfersOutcome};
use throughline::money::{Currency, CurrencyUnit};
use throughline::store::{MemoryStore, Store};
use throughline::time::TimeDelta;
use throughline::wallet::Unit;
use throughline::wallet::ledger::{
    Account, AccountId, Balances, Ledger, Limits, Outcome, Refusal, Transfer, TransferId,
};

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

/// Ids that all go to the same part of an account.
fn of_one_part(n: u64) -> TransferId {
    TransferId::from_bytes((u128::from(n) << 8).to_be_bytes())
}

struct House {
    clock: Arc<FixedClock>,
    store: Arc<dyn Store>,
    hub: Hub,
    accounts: Vec<AccountId>,
}

impl House {
    fn open(store: Arc<dyn Store>) -> Self {
        let clock = Arc::new(FixedClock::at(instant(NOON)));
        let hub = Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap();
        let accounts = ["bank", "sales", "бонусы"];
        let accounts =
            accounts.map(|name| hub.open_house_account(name, &euro().into()).unwrap().unwrap()).to_vec();
        Self { clock, store, hub, accounts }
    }

    fn at(&self, seconds: i64) {
        self.clock.set(instant(NOON) + TimeDelta::seconds(seconds));
    }

    fn balances(&self, account: usize) -> Balances {
        self.hub.account_balances(self.accounts[account]).unwrap().unwrap()
    }

    fn apply(&self, transfers: &[Transfer]) -> TransfersOutcome {
        self.hub.transfer_all(transfers).unwrap()
    }
}

#[test]
fn no_number_of_holds_stops_a_house() {
    let store = Arc::new(MemoryStore::new());
    let house = House::open(store.clone());
    let [bank, sales] = [house.accounts[0], house.accounts[1]];
    let end = |seconds| Some(instant(NOON) + TimeDelta::seconds(seconds));
    // Twice as many in one part as it once took, half of which end after a minute.
    let holds: Vec<_> = (0..2_000)
        .map(|n| Transfer::hold(of_one_part(n), bank, sales, 5, end(if n % 2 == 0 { 60 } else { 90 })))
        .collect();
    for some in holds.chunks(250) {
        assert_eq!(house.apply(some), TransfersOutcome::Posted);
    }
    let largest = store.dump().map(|(_, value)| value.len()).max().unwrap();
    assert!(largest < 1_000, "a value of {largest} bytes grows with the holds");
    assert_eq!(house.balances(1).credits_pending, 10_000);
    // One is captured in part, one is freed.
    let resolved =
        [Transfer::post(of_one_part(5_000), of_one_part(0), Some(2)), Transfer::void(of_one_part(5_001), of_one_part(1))];
    assert_eq!(house.apply(&resolved), TransfersOutcome::Posted);
    assert_eq!(house.apply(&resolved), TransfersOutcome::Known);
    assert_eq!((house.balances(1).credits_pending, house.balances(1).credits_posted), (9_990, 2));
    house.at(59);
    assert_eq!(house.balances(1).credits_pending, 9_990);
    // They end at the very instant, whether or not anybody came to remove them.
    house.at(60);
    assert_eq!((house.balances(1).credits_pending, house.balances(0).debits_pending), (4_995, 4_995));
    let late = house.apply(&[Transfer::post(of_one_part(5_002), of_one_part(2), None)]);
    assert!(matches!(late, TransfersOutcome::Refused { why: Refusal::HoldEnded { .. }, .. }), "{late:?}");
    // A change takes some of them out, and the balances stay what they are.
    for n in 0..3 {
        let sale = Transfer::new(of_one_part(6_000 + n), bank, sales, 1);
        assert_eq!(house.apply(&[sale]), TransfersOutcome::Posted);
        assert_eq!((house.balances(1).credits_pending, house.balances(0).debits_pending), (4_995, 4_995));
    }
    // A clock that shows an earlier instant finds the others as they were.
    house.at(30);
    let back = Transfer::void(of_one_part(5_003), of_one_part(1_998));
    assert_eq!(house.apply(&[back]), TransfersOutcome::Posted);
    house.at(90);
    assert_eq!((house.balances(1).credits_pending, house.balances(0).debits_pending), (0, 0));
    for n in 0..40 {
        let sale = Transfer::new(of_one_part(7_000 + n), bank, sales, 1);
        assert_eq!(house.apply(&[sale]), TransfersOutcome::Posted);
    }
    let kept = store.dump().filter(|(_, value)| value.windows(13).any(|part| part == b"wallet_ending")).count();
    assert_eq!(kept, 0, "what has ended goes away by and by");
    assert_eq!(house.balances(1), Balances { credits_posted: 45, ..Balances::default() });
    drop(house.store);
}

#[derive(Debug, Clone)]
enum Op {
    Move(u8, u8, u8, u64),
    Hold(u8, u8, u8, u64, Option<i64>),
    Post(u8, u8, Option<u64>),
    Void(u8, u8),
    Wait(i64),
}

fn op() -> impl Strategy<Value = Op> {
    let id = || 0..24_u8;
    let amount = || prop_oneof![0..4_u64, Just(100), Just(u64::MAX), Just(1 << 62)];
    prop_oneof![
        2 => (id(), 0..4_u8, 0..4_u8, amount()).prop_map(|(n, from, to, of)| Op::Move(n, from, to, of)),
        4 => (id(), 0..4_u8, 0..4_u8, amount(), prop::option::weighted(0.8, -2..12_i64))
            .prop_map(|(n, from, to, of, end)| Op::Hold(n, from, to, of, end)),
        2 => (id(), id(), prop::option::of(amount())).prop_map(|(n, hold, of)| Op::Post(n, hold, of)),
        1 => (id(), id()).prop_map(|(n, hold)| Op::Void(n, hold)),
        2 => (0..5_i64).prop_map(Op::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Over a store the law is that of the ledger in memory: the same answers and the same balances after every step.
    #[test]
    fn a_house_over_a_store_is_the_ledger_in_memory(ops in prop::collection::vec(op(), 1..40)) {
        let house = House::open(Arc::new(MemoryStore::new()));
        let mut ledger = Ledger::new();
        let unit = Unit::from(euro());
        let mut accounts = house.accounts.clone();
        accounts.push(AccountId::from_bytes([9; 16]));
        for account in &accounts[..3] {
            ledger.open(Account::new(*account, unit.clone(), Limits::none())).unwrap();
        }
        let mut clock = 0;
        for op in ops {
            let end = |seconds: Option<i64>| seconds.map(|seconds| instant(NOON) + TimeDelta::seconds(seconds));
            let id = |n: u8| of_one_part(n.into());
            let at = |place: u8| accounts[usize::from(place)];
            let transfer = match op {
                Op::Wait(seconds) => {
                    clock += seconds;
                    house.at(clock);
                    continue;
                }
                Op::Move(n, from, to, amount) => Transfer::new(id(n), at(from), at(to), amount),
                Op::Hold(n, from, to, amount, until) => Transfer::hold(id(n), at(from), at(to), amount, end(until)),
                Op::Post(n, hold, amount) => Transfer::post(id(n), id(hold), amount),
                Op::Void(n, hold) => Transfer::void(id(n), id(hold)),
            };
            let now = instant(NOON) + TimeDelta::seconds(clock);
            // A part of a house account takes a sixteenth of what an account can hold.
            let amount = match transfer.act {
                throughline::wallet::ledger::Act::Move { amount, .. }
                | throughline::wallet::ledger::Act::Hold { amount, .. } => amount,
                _ => 0,
            };
            if amount == 1 << 62 {
                let refused = house.apply(&[transfer]);
                prop_assert!(matches!(refused, TransfersOutcome::Refused { .. }), "{:?}", refused);
                continue;
            }
            match (ledger.apply(&transfer, now), house.apply(&[transfer])) {
                (Outcome::Posted(()), TransfersOutcome::Posted) | (Outcome::Known(()), TransfersOutcome::Known) => {}
                (Outcome::Refused(why), TransfersOutcome::Refused { why: other, .. }) => prop_assert_eq!(why, other),
                (one, other) => prop_assert!(false, "{:?} {:?}", one, other),
            }
            for place in 0..3 {
                prop_assert_eq!(ledger.balances(accounts[place], now), Some(house.balances(place)));
            }
        }
    }
}

//! The books of a house over stores: any number of holds, by the same law as the ledger in memory, and the same balances in
//! every channel.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::sync::Arc;

use attack_support::{NOON, TENANT, instant, rules, said};
use proptest::prelude::*;
use throughline::calendar::{Zone, Zones};
use throughline::hub::{
    self, CommandKey, Deed, FixedClock, Hub, MemberLimit, Payer, TransfersOutcome, WalletAct, Who,
};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::signing::SigningKeys;
use throughline::store::{MemoryStore, Store};
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::Unit;
use throughline::wallet::ledger::{
    Account, AccountId, Balances, Ledger, Limits, Outcome, Refusal, Transfer, TransferId,
};
use throughline::wallet::period::{Cycle, Reckoning};
use throughline::wallet::statement::{Line, Period, PeriodStatement, Source};

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

    fn customer(&self, name: &str) -> Who {
        Who::Record(self.hub.record(&said(name, "web", 1).user(name).event()).unwrap().record)
    }

    fn act(&self, n: u64, deed: Deed<'_>) {
        let outcome = self.hub.wallet_act(&[WalletAct::new(of_one_part(n), deed)]).unwrap();
        assert!(outcome.is_done(), "{outcome:?}");
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
    let resolved = [
        Transfer::post(of_one_part(5_000), of_one_part(0), Some(2)),
        Transfer::void(of_one_part(5_001), of_one_part(1)),
    ];
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
    let kept =
        store.dump().filter(|(_, value)| value.windows(13).any(|part| part == b"wallet_ending")).count();
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
            for (place, account) in accounts.iter().enumerate().take(3) {
                prop_assert_eq!(ledger.balances(*account, now), Some(house.balances(place)));
            }
        }
    }
}

/// Use cases are functions over one unit of work: what one of them wrote the next one sees.
#[test]
fn the_use_cases_compose_in_one_unit_of_work() {
    let house = House::open(Arc::new(MemoryStore::new()));
    let (mother, child) = (house.customer("u-1"), house.customer("u-2"));
    let unit = Unit::from(euro());
    let act = WalletAct::new(of_one_part(1), top_up(&mother, 100));
    let answers = house.hub.run(|tx, context| {
        hub::wallet_act(tx, context, &[act])?;
        let moved = hub::moved_by(tx, context, act.id)?;
        let account = moved.as_ref().and_then(|moved| moved.first()).map(|entry| entry.credit);
        let limits = Limits { debt: Some(50), value: Some(100) };
        let limited = hub::limit_account(tx, context, account.unwrap(), limits)?;
        let month = MemberLimit::each(Cycle::Month, 10);
        let shared = hub::share_account(tx, context, "خانه", &mother, &unit, &Zone::utc(), &child, month)?;
        let ended = [hub::end_family(tx, context, "خانه")?, hub::end_family(tx, context, "خانه")?];
        Ok((moved.map(|moved| moved.len()), limited, shared, ended))
    });
    assert_eq!(answers.unwrap(), (Some(1), true, true, [true, false]));
    let more = house.hub.wallet_act(&[WalletAct::new(of_one_part(2), top_up(&mother, 1))]).unwrap();
    assert!(!more.is_done(), "no more than it takes");
    house.act(3, Deed::Pay { by: Payer::Customer(&mother), to: "sales", amount: money(150), hold: None });
}

fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

fn top_up(to: &Who, amount: i64) -> Deed<'_> {
    Deed::TopUp { to, from: "bank", amount: money(amount) }
}

/// Page after page, each checked and leading to the next.
fn all_pages(limit: usize, mut ask: impl FnMut(Option<&[Source]>) -> PeriodStatement) -> PeriodStatement {
    let mut all = ask(None);
    all.check().unwrap();
    assert!(all.lines.len() <= limit);
    while all.more {
        let next = ask(Some(&all.sources));
        next.check().unwrap();
        assert!(!next.lines.is_empty() && next.lines.len() <= limit);
        assert_eq!(next.opening(), all.closing());
        for (before, after) in all.sources.iter_mut().zip(&next.sources) {
            assert_eq!(before.closing, after.opening);
            before.closing = after.closing;
        }
        all.lines.extend(next.lines);
        all.more = next.more;
    }
    all.check().unwrap();
    all
}

/// The same by hand: every line of every part, sorted.
fn by_hand(hub: &Hub, account: AccountId, period: &Period) -> (Vec<(usize, Line)>, i64) {
    let (mut all, mut opening) = (Vec::new(), 0);
    for part in 0..16 {
        let lines = hub.statement(account, part, 0, 1_000).unwrap().unwrap().lines;
        let (mut by, mut before) = (DateTime::<Utc>::MIN_UTC, 0);
        for line in lines {
            by = by.max(line.at);
            if by < period.from {
                before = line.balance;
            } else if by < period.until {
                all.push((by, usize::from(part), line));
            }
        }
        opening += before;
    }
    all.sort_by_key(|(by, part, line)| (*by, *part, line.number));
    (all.into_iter().map(|(_, part, line)| (part, line)).collect(), opening)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_house_has_one_statement(
        acts in prop::collection::vec((any::<u8>(), 1..9_u64, any::<bool>(), -3..6_i64), 0..60),
        (from, length, limit) in (-5..60_i64, -3..60_i64, 1..9_usize),
    ) {
        let house = House::open(Arc::new(MemoryStore::new()));
        let mut clock = 0;
        for (n, (part, amount, out, seconds)) in acts.into_iter().enumerate() {
            clock += seconds;
            house.at(clock);
            let id = TransferId::from_bytes(((n as u128) << 8 | u128::from(part)).to_be_bytes());
            let (one, other) = if out { (1, 2) } else { (0, 1) };
            let moved = Transfer::new(id, house.accounts[one], house.accounts[other], amount);
            prop_assert_eq!(house.apply(&[moved]), TransfersOutcome::Posted);
        }
        let at = |seconds| instant(NOON) + TimeDelta::seconds(seconds);
        let period = Period { from: at(from), until: at(from + length) };
        let ask = |after: Option<&[Source]>| house.hub.account_statement(house.accounts[1], &period, after, limit).unwrap().unwrap();
        let told = all_pages(limit, ask);
        let (lines, opening) = by_hand(&house.hub, house.accounts[1], &period);
        prop_assert_eq!(told.opening(), opening);
        prop_assert_eq!(&told.lines.iter().map(|of| (of.source, of.line.clone())).collect::<Vec<_>>(), &lines);
        let all = house.hub.account_statement(house.accounts[1], &Period::ALWAYS, None, 1_000).unwrap().unwrap();
        prop_assert_eq!((all.opening(), all.closing()), (0, house.balances(1).balance()));
        // The house signs what happened and nothing else.
        let keys = SigningKeys::new("2026", b"from your secret manager");
        let proof = house.hub.statement_proof(&told, &keys).unwrap().unwrap();
        proof.check(&told, &keys).unwrap();
        prop_assert_eq!(proof.balance(), told.closing());
        let mut forged = told.clone();
        forged.sources[3].closing.balance += 1;
        prop_assert!(proof.check(&forged, &keys).is_err());
        prop_assert!(house.hub.statement_proof(&forged, &keys).unwrap().is_none());
        for place in 0..told.lines.len() {
            let mut forged = told.clone();
            match place % 3 {
                0 => forged.lines[place].line.amount += 1,
                1 => forged.lines[place].balance += 1,
                _ => drop(forged.lines.remove(place)),
            }
            prop_assert!(forged.check().is_err() && proof.check(&forged, &keys).is_err());
        }
        // Not one chain twice, not a part that is not there, not one time as another.
        let mut forged = told.clone();
        forged.sources.push(forged.sources[3]);
        prop_assert!(house.hub.statement_proof(&forged, &keys).unwrap().is_none());
        forged.sources[16].part = 16;
        prop_assert!(house.hub.statement_proof(&forged, &keys).unwrap().is_none());
        let later = Period { from: period.until, until: instant(NOON) + TimeDelta::days(1) };
        if !told.lines.is_empty() {
            let forged = PeriodStatement { period: later, ..told.clone() };
            prop_assert!(house.hub.statement_proof(&forged, &keys).unwrap().is_none());
        }
        // A page begins with its period, whatever is told to have come before.
        let earlier = house.hub.account_statement(house.accounts[1], &Period { from: at(-9), until: at(from) }, None, 1).unwrap().unwrap();
        let page = house.hub.account_statement(house.accounts[1], &period, Some(&earlier.sources), 1_000).unwrap().unwrap();
        prop_assert_eq!(&page.lines, &told.lines);
        prop_assert!(house.hub.account_statement(house.accounts[1], &period, None, 0).unwrap().unwrap().lines.len() <= 1);
    }
}

#[test]
fn a_customer_reads_a_month_of_her_calendar() {
    let house = House::open(Arc::new(MemoryStore::new()));
    let (app, card) = (house.customer("u-1"), house.customer("u-2"));
    let tehran = Zones::bundled().named("Asia/Tehran").unwrap();
    let at = |text: &str| house.clock.set(instant(text));
    // The last minute of Bahman, the first and the last of Esfand, the first of the year.
    for (n, (time, who, amount)) in [
        ("2026-02-19T20:29:00Z", &app, 1),
        ("2026-02-19T20:30:00Z", &card, 20),
        ("2026-03-10T12:00:00Z", &app, 300),
        ("2026-03-20T20:29:59Z", &card, 4_000),
        ("2026-03-20T20:30:00Z", &app, 50_000),
    ]
    .into_iter()
    .enumerate()
    {
        at(time);
        house.act(n as u64 + 1, top_up(who, amount));
    }
    let (Who::Record(one), Who::Record(two)) = (&app, &card) else { panic!("records") };
    house.hub.link(&CommandKey::new("same"), *one, *two).unwrap();
    let day = "2026-03-10".parse().unwrap();
    let month = Period::cycle(day, Cycle::Month, Reckoning::Iranian, &tehran).unwrap();
    let unit = Unit::from(euro());
    for who in [&app, &card] {
        let told = all_pages(2, |after| {
            house.hub.customer_statement(who, &unit, &month, after, 2).unwrap().unwrap()
        });
        let amounts: Vec<_> = told.lines.iter().map(|of| (of.line.amount, of.balance)).collect();
        assert_eq!((told.opening(), told.closing()), (1, 4_321));
        assert_eq!(amounts, [(20, 21), (300, 321), (4_000, 4_321)]);
        let keys = SigningKeys::new("2026", b"from your secret manager");
        house.hub.statement_proof(&told, &keys).unwrap().unwrap().check(&told, &keys).unwrap();
    }
    let nobody = Who::Record(throughline::ids::RecordId::from_bytes([1; 16]));
    assert!(house.hub.customer_statement(&nobody, &unit, &month, None, 9).unwrap().is_none());
    let nothing = Unit::Points(throughline::wallet::ProgrammeId::parse("клуб").unwrap());
    let empty = house.hub.customer_statement(&app, &nothing, &month, None, 9).unwrap().unwrap();
    assert_eq!((empty.lines.len(), empty.opening(), empty.more), (0, 0, false));
    assert!(house.hub.account_statement(AccountId::from_bytes([1; 16]), &month, None, 9).unwrap().is_none());
    // Days that the calendar does not know, and marks that nobody wrote.
    assert!(Period::cycle("1700-01-01".parse().unwrap(), Cycle::Year, Reckoning::Iranian, &tehran).is_none());
    let mut wrong = house.hub.customer_statement(&app, &unit, &month, None, 9).unwrap().unwrap();
    wrong.sources[0].closing.lines = u64::MAX;
    let keys = SigningKeys::new("2026", b"from your secret manager");
    assert!(house.hub.statement_proof(&wrong, &keys).unwrap().is_none());
    let after =
        house.hub.customer_statement(&app, &unit, &Period::ALWAYS, Some(&wrong.sources), 9).unwrap().unwrap();
    after.check().unwrap();
}

//! The wallet over stores: sixty-four tills on one balance, storms, merges, families, gift cards, erasure.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};

use attack_support::{NOON, TENANT, instant, rules, said};
use throughline::calendar::Zone;
use throughline::hub::{
    Afterwards, CommandKey, DecisionOutcome, Deed, ErasureOutcome, FixedClock, GiftStanding, Hub,
    MemberLimit, Payer, TransfersOutcome, WalletAct, WalletOutcome, WalletRefusal, What, Who,
};
use throughline::ids::RecordId;
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::pricing::coupon::GuessRules;
use throughline::signing::SigningKeys;
use throughline::store::faulty::{FaultyStore, Plan};
use throughline::store::{MemoryStore, Store, StoreError, StoreErrorKind, Tenant};
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::ledger::{Refusal, Transfer, TransferId};
use throughline::wallet::period::Cycle;
use throughline::wallet::points::{PointsRefusal, ReturnPolicy, ReturnedPoints};
use throughline::wallet::tier::{Tier, TierRules};
use throughline::wallet::{GiftCode, ProgrammeId, Purpose, Unit};

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

fn club() -> ProgrammeId {
    ProgrammeId::parse("باشگاه مشتریان").unwrap()
}

fn id(n: u64) -> TransferId {
    TransferId::from_bytes([7; 16]).derived("test", n)
}

struct Shop {
    store: Arc<dyn Store>,
    faulty: Option<Arc<FaultyStore>>,
    clock: Arc<FixedClock>,
}

impl Shop {
    fn on(store: Arc<dyn Store>) -> Self {
        Self { store, faulty: None, clock: Arc::new(FixedClock::at(instant(NOON))) }
    }

    fn memory() -> Self {
        Self::on(Arc::new(MemoryStore::new()))
    }

    fn in_a_storm(seed: u64) -> Self {
        let faulty = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), seed, Plan::stormy()));
        Self { faulty: Some(faulty.clone()), ..Self::on(faulty) }
    }

    fn hub(&self) -> Hub {
        Hub::with_clock(self.store.clone(), TENANT, rules(), self.clock.clone()).unwrap()
    }

    /// Whoever is told "unknown" or "try again" does the same with the same ids again.
    fn insist<T>(&self, mut work: impl FnMut() -> Result<T, StoreError>) -> T {
        loop {
            match work() {
                Ok(value) => return value,
                Err(error) if error.kind() == StoreErrorKind::Conflict => std::thread::yield_now(),
                Err(error) => {
                    assert!(
                        matches!(error.kind(), StoreErrorKind::Failed | StoreErrorKind::Unknown),
                        "{error}"
                    );
                    self.faulty.as_ref().unwrap_or_else(|| panic!("on a calm day: {error}")).revive();
                }
            }
        }
    }

    fn act(&self, hub: &Hub, acts: &[WalletAct<'_>]) -> WalletOutcome {
        self.insist(|| hub.wallet_act(acts))
    }

    /// A customer by an event of her own.
    fn customer(&self, name: &str) -> Who {
        let hub = self.hub();
        Who::Record(self.insist(|| hub.record(&said(name, "web", 1).user(name).event())).record)
    }

    fn open(&self) -> Hub {
        let hub = self.hub();
        for name in ["bank", "sales"] {
            assert!(self.insist(|| hub.open_house_account(name, &euro().into())).is_some());
        }
        hub
    }

    fn available(&self, who: &Who, unit: &Unit) -> i64 {
        let hub = self.hub();
        self.insist(|| hub.wallet(who)).unwrap().available(unit)
    }

    fn later(&self, seconds: i64) {
        self.clock.set(instant(NOON) + TimeDelta::seconds(seconds));
    }
}

fn top_up(to: &Who, amount: i64) -> Deed<'_> {
    Deed::TopUp { to, from: "bank", amount: money(amount) }
}

fn pay(by: &Who, amount: i64) -> Deed<'_> {
    Deed::Pay { by: Payer::Customer(by), to: "sales", amount: money(amount), hold: None }
}

fn hold(by: &Who, amount: i64, seconds: i64) -> Deed<'_> {
    let until = Some(instant(NOON) + TimeDelta::seconds(seconds));
    Deed::Pay { by: Payer::Customer(by), to: "sales", amount: money(amount), hold: until }
}

fn why(outcome: &WalletOutcome) -> &WalletRefusal {
    match outcome {
        WalletOutcome::Refused { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

/// Over all accounts, read in one snapshot: debits equal credits, held and posted, and nobody owes what she may not.
fn sums_to_zero(store: &MemoryStore) {
    let mut sums = std::collections::BTreeMap::<String, [i128; 2]>::new();
    for (key, value) in store.dump() {
        let key = &key.as_bytes()[Tenant::LEN..];
        if key.first() != Some(&b'B') || key.len() != 18 {
            continue;
        }
        let value: serde_json::Value = serde_json::from_slice(&value).unwrap();
        let account = &value["d"]["account"];
        let of = |name: &str| i128::from(account["balances"][name].as_u64().unwrap());
        let sum = sums.entry(account["unit"].to_string()).or_default();
        sum[0] += of("cr") - of("dr");
        sum[1] += of("cp") - of("dp");
        if account["limits"]["debt"] == 0 {
            assert!(of("dr") + of("dp") <= of("cr"), "an account is below what it may be");
        }
    }
    assert!(!sums.is_empty());
    assert!(sums.values().all(|sum| *sum == [0, 0]), "{sums:?}");
}

const TILLS: usize = 64;

/// Sixty-four tills spend one balance that is enough for 21 of them, while somebody looks after every commit.
fn fight(shop: &Shop, memory: Option<&MemoryStore>) {
    let hub = shop.open();
    let sara = shop.customer("u-1");
    assert!(shop.act(&hub, &[WalletAct::new(id(1), top_up(&sara, 215))]).is_done());
    let (start, over) = (Barrier::new(TILLS), AtomicBool::new(false));
    let won: usize = std::thread::scope(|scope| {
        let tills: Vec<_> = (0..TILLS)
            .map(|till| {
                let (start, sara, hub) = (&start, &sara, shop.hub());
                scope.spawn(move || {
                    start.wait();
                    let number = 100 + till as u64;
                    // Every third holds first and captures, every third sends everything twice.
                    let act = WalletAct::new(
                        id(number),
                        if till % 3 == 0 { hold(sara, 10, 60) } else { pay(sara, 10) },
                    );
                    let first = shop.act(&hub, &[act]);
                    if till % 3 == 1 {
                        let again = shop.act(&hub, &[act]);
                        assert_eq!(again == WalletOutcome::Known, first.is_done());
                    }
                    if !first.is_done() {
                        let WalletRefusal::NotEnough { available } = why(&first) else { panic!("{first:?}") };
                        assert!(*available < 10);
                        return 0;
                    }
                    if till % 3 == 0 {
                        let capture = Deed::Capture { of: id(number), amount: None };
                        assert!(shop.act(&hub, &[WalletAct::new(id(1_000 + number), capture)]).is_done());
                    }
                    1
                })
            })
            .collect();
        let looker = memory.map(|store| {
            let over = &over;
            scope.spawn(move || {
                while !over.load(Ordering::SeqCst) {
                    sums_to_zero(store);
                }
            })
        });
        let won = tills.into_iter().map(|till| till.join().unwrap()).sum();
        over.store(true, Ordering::SeqCst);
        if let Some(looker) = looker {
            looker.join().unwrap();
        }
        won
    });
    assert_eq!(won, 21, "exactly as many as there is money for");
    assert_eq!(shop.available(&sara, &euro().into()), 5);
    let sales = hub.open_house_account("sales", &euro().into()).unwrap().unwrap();
    assert_eq!(hub.account_balances(sales).unwrap().unwrap().balance(), 210);
}

#[test]
fn sixty_four_tills_on_one_balance_in_memory() {
    for _ in 0..3 {
        let store = Arc::new(MemoryStore::new());
        fight(&Shop::on(store.clone()), Some(&store));
        sums_to_zero(&store);
    }
}

#[test]
#[cfg(feature = "redb")]
fn sixty_four_tills_on_one_balance_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = throughline::store::RedbStore::open(directory.path().join("hub.redb")).unwrap();
    fight(&Shop::on(Arc::new(store)), None);
}

/// Answers get lost, commits fail, processes die: who sends the same again is served once.
#[test]
fn in_a_storm_nothing_happens_twice() {
    for seed in 0..12 {
        let shop = Shop::in_a_storm(seed);
        let hub = shop.open();
        let sara = shop.customer("u-1");
        let unit = Unit::from(euro());
        assert!(shop.act(&hub, &[WalletAct::new(id(1), top_up(&sara, 100))]).is_done());
        for round in 0..5 {
            let number = 10 + round * 10;
            let earn = Deed::Earn { to: &sara, programme: &club(), points: 7, from: None, until: None };
            let both = [WalletAct::new(id(number), pay(&sara, 10)), WalletAct::new(id(number + 1), earn)];
            assert!(shop.act(&hub, &both).is_done());
            assert!(shop.act(&hub, &[WalletAct::new(id(number + 2), hold(&sara, 5, 60))]).is_done());
            let capture = Deed::Capture { of: id(number + 2), amount: Some(3) };
            assert!(shop.act(&hub, &[WalletAct::new(id(number + 3), capture)]).is_done());
            let refund = Deed::Refund { of: id(number), amount: 4 };
            assert!(shop.act(&hub, &[WalletAct::new(id(number + 4), refund)]).is_done());
            let expected = 100 - i64::try_from(round + 1).unwrap() * 9;
            assert_eq!(shop.available(&sara, &unit), expected);
            assert_eq!(shop.available(&sara, &club().into_unit()), i64::try_from(round + 1).unwrap() * 7);
        }
        assert!(shop.faulty.as_ref().unwrap().injected() > 0);
        let hers = shop.insist(|| hub.wallet(&sara)).unwrap().of(&unit).unwrap().accounts[0].account;
        let statement = shop.insist(|| hub.statement(hers, 0, 0, 100)).unwrap();
        statement.check().unwrap();
        assert_eq!((statement.lines.len(), statement.closing.balance), (21, 55));
    }
}

trait IntoUnit {
    fn into_unit(self) -> Unit;
}

impl IntoUnit for ProgrammeId {
    fn into_unit(self) -> Unit {
        Unit::Points(self)
    }
}

#[test]
fn an_id_is_for_one_act() {
    let shop = Shop::memory();
    let hub = shop.open();
    let (sara, dina) = (shop.customer("u-1"), shop.customer("u-2"));
    let first = WalletAct::new(id(1), top_up(&sara, 100));
    assert_eq!(shop.act(&hub, &[first]), WalletOutcome::Done);
    assert_eq!(shop.act(&hub, &[first]), WalletOutcome::Known);
    assert!(shop.act(&hub, &[WalletAct::new(id(9), top_up(&dina, 5))]).is_done());
    let purpose = Purpose::parse("пополнение").unwrap();
    for (other, field) in [
        (WalletAct::new(id(1), top_up(&sara, 101)), "amount"),
        (WalletAct::new(id(1), top_up(&dina, 100)), "who"),
        (WalletAct::new(id(1), Deed::TopUp { to: &sara, from: "sales", amount: money(100) }), "from"),
        (WalletAct::new(id(1), pay(&sara, 100)), "act"),
        (first.for_purpose(&purpose), "purpose"),
    ] {
        let outcome = shop.act(&hub, &[other]);
        assert_eq!(*why(&outcome), WalletRefusal::IdReused { field: field.to_owned() });
    }
    let mixed = [first, WalletAct::new(id(2), pay(&sara, 1))];
    assert_eq!(*why(&shop.act(&hub, &mixed)), WalletRefusal::PartlyKnown);
    // An id of the books is no act's, and the other way round.
    let bank = hub.open_house_account("bank", &euro().into()).unwrap().unwrap();
    let sales = hub.open_house_account("sales", &euro().into()).unwrap().unwrap();
    assert_eq!(hub.transfer_all(&[Transfer::new(id(5), bank, sales, 1)]).unwrap(), TransfersOutcome::Posted);
    let taken = shop.act(&hub, &[WalletAct::new(id(5), pay(&sara, 1))]);
    assert_eq!(*why(&taken), WalletRefusal::IdReused { field: "act".to_owned() });
    assert_eq!(shop.available(&sara, &euro().into()), 100);
}

#[test]
fn bad_acts_are_refused_with_their_reason() {
    let shop = Shop::memory();
    let hub = shop.open();
    let sara = shop.customer("u-1");
    let nobody = Who::Record(RecordId::from_bytes([1; 16]));
    let ask = |deed| {
        let outcome = shop.act(&hub, &[WalletAct::new(id(1), deed)]);
        why(&outcome).clone()
    };
    assert_eq!(ask(top_up(&nobody, 1)), WalletRefusal::Unknown);
    for amount in [0, -1, i64::MIN] {
        assert_eq!(ask(top_up(&sara, amount)), WalletRefusal::NoAmount);
        assert_eq!(ask(pay(&sara, amount)), WalletRefusal::NoAmount);
    }
    let long = "x".repeat(10_000);
    assert_eq!(ask(Deed::TopUp { to: &sara, from: &long, amount: money(1) }), WalletRefusal::NoHouseAccount);
    let franc = Money::new(1, CurrencyUnit::new(Currency::parse("CHF").unwrap(), 2).unwrap());
    assert_eq!(ask(Deed::TopUp { to: &sara, from: "bank", amount: franc }), WalletRefusal::NoHouseAccount);
    assert_eq!(ask(pay(&sara, 1)), WalletRefusal::NotEnough { available: 0 });
    // A sixteenth of all that can be counted goes through one part of an account of the house.
    assert!(shop.act(&hub, &[WalletAct::new(id(2), top_up(&sara, i64::MAX / 16))]).is_done());
    let more = ask(top_up(&sara, i64::MAX));
    assert!(matches!(more, WalletRefusal::Transfer(Refusal::Overflow { .. })), "{more:?}");
    let ended = ask(hold(&sara, 1, 0));
    assert!(matches!(ended, WalletRefusal::Transfer(Refusal::EndsBeforeItBegins { .. })), "{ended:?}");
    assert_eq!(ask(Deed::Refund { of: id(77), amount: 1 }), WalletRefusal::NothingToRollBack);
    for of in [id(2), id(77)] {
        assert_eq!(ask(Deed::Capture { of, amount: None }), WalletRefusal::NothingToRollBack);
        assert_eq!(ask(Deed::Release { of }), WalletRefusal::NothingToRollBack);
        let how = ReturnedPoints::AsTheyWere;
        assert_eq!(ask(Deed::GiveBack { of, points: 1, how }), WalletRefusal::NothingToRollBack);
    }
    let points = |points| Deed::Spend { by: Payer::Customer(&sara), programme: &CLUB, points };
    let not_enough = WalletRefusal::Points(PointsRefusal::NotEnough { active: 0 });
    assert_eq!(ask(points(1)), not_enough);
    assert_eq!(ask(points(0)), WalletRefusal::Points(PointsRefusal::Zero));
    assert!(hub.wallet(&nobody).unwrap().is_none());
}

static CLUB: std::sync::LazyLock<ProgrammeId> = std::sync::LazyLock::new(club);

#[test]
fn holds_are_captured_in_part_released_and_end() {
    let shop = Shop::memory();
    let hub = shop.open();
    let (sara, unit) = (shop.customer("u-1"), Unit::from(euro()));
    shop.act(&hub, &[WalletAct::new(id(1), top_up(&sara, 100))]);
    shop.act(&hub, &[WalletAct::new(id(2), hold(&sara, 80, 60))]);
    assert_eq!(shop.available(&sara, &unit), 20);
    let over = shop.act(&hub, &[WalletAct::new(id(3), Deed::Capture { of: id(2), amount: Some(81) })]);
    assert_eq!(*why(&over), WalletRefusal::MoreThanLeft { left: 80 });
    assert!(
        shop.act(&hub, &[WalletAct::new(id(3), Deed::Capture { of: id(2), amount: Some(50) })]).is_done()
    );
    assert_eq!(shop.available(&sara, &unit), 50);
    let again = shop.act(&hub, &[WalletAct::new(id(4), Deed::Release { of: id(2) })]);
    assert!(matches!(why(&again), WalletRefusal::Transfer(Refusal::HoldPosted { .. })), "{again:?}");
    // What was captured comes back in parts, and no more than that.
    assert!(shop.act(&hub, &[WalletAct::new(id(5), Deed::Refund { of: id(3), amount: 30 })]).is_done());
    let more = shop.act(&hub, &[WalletAct::new(id(6), Deed::Refund { of: id(3), amount: 21 })]);
    assert_eq!(*why(&more), WalletRefusal::MoreThanLeft { left: 20 });
    shop.act(&hub, &[WalletAct::new(id(7), hold(&sara, 80, 60))]);
    assert_eq!(shop.available(&sara, &unit), 0);
    shop.later(60);
    assert_eq!(shop.available(&sara, &unit), 80, "nobody came to remove it");
    let late = shop.act(&hub, &[WalletAct::new(id(8), Deed::Capture { of: id(7), amount: None })]);
    assert!(matches!(why(&late), WalletRefusal::Transfer(Refusal::HoldEnded { .. })), "{late:?}");
}

#[test]
fn a_merge_moves_nothing_and_pays_from_both() {
    let shop = Shop::memory();
    let hub = shop.open();
    let (account, card) = (shop.customer("u-1"), shop.customer("u-2"));
    let (Who::Record(one), Who::Record(two)) = (&account, &card) else { panic!("records") };
    let unit = Unit::from(euro());
    let club_unit = Unit::Points(club());
    let day = |n: i64| Some(instant(NOON) + TimeDelta::days(n));
    for (n, to, amount, ends) in [(1, &account, 30, 20), (2, &card, 50, 10)] {
        let earn = Deed::Earn { to, programme: &CLUB, points: 40, from: None, until: day(ends) };
        let acts = [WalletAct::new(id(n), top_up(to, amount)), WalletAct::new(id(10 + n), earn)];
        assert!(shop.act(&hub, &acts).is_done());
    }
    let made = hub.link(&CommandKey::new("ticket"), *one, *two).unwrap();
    let DecisionOutcome::Made { decision, .. } = made else { panic!("{made:?}") };
    for who in [&account, &card] {
        assert_eq!((shop.available(who, &unit), shop.available(who, &club_unit)), (80, 80));
    }
    // The card at the till pays first, then the other account.
    assert!(shop.act(&hub, &[WalletAct::new(id(3), pay(&card, 70))]).is_done());
    let held = hub.wallet(&account).unwrap().unwrap();
    let left: Vec<_> =
        held.of(&unit).unwrap().accounts.iter().map(|of| (of.record, of.balances.balance())).collect();
    assert_eq!(left, [(*one, 10), (*two, 0)]);
    // Points go by their end, whoever pays.
    let spend = Deed::Spend { by: Payer::Customer(&account), programme: &CLUB, points: 50 };
    assert!(shop.act(&hub, &[WalletAct::new(id(4), spend)]).is_done());
    let held = hub.wallet(&account).unwrap().unwrap();
    let left: Vec<_> =
        held.of(&club_unit).unwrap().accounts.iter().map(|of| of.points.unwrap().active).collect();
    assert_eq!(left, [30, 0]);
    // Apart again: each has what was put on it, less what was taken.
    hub.retract(&CommandKey::new("no"), decision).unwrap();
    assert_eq!((shop.available(&account, &unit), shop.available(&card, &unit)), (10, 0));
    // What comes back goes to where it came from, the last first.
    assert!(shop.act(&hub, &[WalletAct::new(id(5), Deed::Refund { of: id(3), amount: 30 })]).is_done());
    assert_eq!((shop.available(&account, &unit), shop.available(&card, &unit)), (30, 10));
    let how = ReturnedPoints::AsTheyWere;
    assert!(
        shop.act(&hub, &[WalletAct::new(id(6), Deed::GiveBack { of: id(4), points: 45, how })]).is_done()
    );
    assert_eq!((shop.available(&account, &club_unit), shop.available(&card, &club_unit)), (40, 35));
    let more = shop.act(&hub, &[WalletAct::new(id(7), Deed::GiveBack { of: id(4), points: 6, how })]);
    assert_eq!(*why(&more), WalletRefusal::MoreThanLeft { left: 5 });
}

#[test]
fn points_run_out_come_back_and_leave_the_books() {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    let hub = shop.open();
    let (sara, unit) = (shop.customer("u-1"), Unit::Points(club()));
    let ends = |seconds| Some(instant(NOON) + TimeDelta::seconds(seconds));
    let earn = |n, points, until| {
        let deed = Deed::Earn { to: &sara, programme: &CLUB, points, from: None, until };
        assert!(shop.act(&hub, &[WalletAct::new(id(n), deed)]).is_done());
    };
    earn(1, 100, ends(100));
    earn(2, 50, None);
    let spend = Deed::Spend { by: Payer::Customer(&sara), programme: &CLUB, points: 60 };
    assert!(shop.act(&hub, &[WalletAct::new(id(3), spend)]).is_done());
    assert_eq!(shop.available(&sara, &unit), 90);
    shop.later(100);
    assert_eq!(shop.available(&sara, &unit), 50, "40 ran out");
    let back = Deed::GiveBack { of: id(3), points: 60, how: ReturnedPoints::TimeLeft };
    assert!(shop.act(&hub, &[WalletAct::new(id(4), back)]).is_done());
    assert_eq!(shop.available(&sara, &unit), 110);
    let of = |points, policy| Deed::TakeBack { of: id(2), points, policy };
    assert!(shop.act(&hub, &[WalletAct::new(id(5), of(20, ReturnPolicy::WithinBalance))]).is_done());
    let more = shop.act(&hub, &[WalletAct::new(id(6), of(31, ReturnPolicy::Unlimited))]);
    assert_eq!(*why(&more), WalletRefusal::MoreThanLeft { left: 30 });
    let all = Deed::Spend { by: Payer::Customer(&sara), programme: &CLUB, points: 90 };
    assert!(shop.act(&hub, &[WalletAct::new(id(7), all)]).is_done());
    assert!(shop.act(&hub, &[WalletAct::new(id(8), of(30, ReturnPolicy::Unlimited))]).is_done());
    assert_eq!(shop.available(&sara, &unit), -30);
    earn(9, 45, None);
    assert_eq!(shop.available(&sara, &unit), 15);
    // The account in the books holds what the lots hold.
    let held = hub.wallet(&sara).unwrap().unwrap();
    let account = &held.of(&unit).unwrap().accounts[0];
    assert_eq!(account.balances.balance(), 15);
    let statement = hub.statement(account.account, 0, 0, 100).unwrap().unwrap();
    statement.check().unwrap();
    assert!(
        statement
            .lines
            .iter()
            .any(|line| line.purpose.as_ref().is_some_and(|of| of.as_str() == "points_ran_out"))
    );
    sums_to_zero(&store);
    // Of 195 earned 50 came back with their goods.
    let tier = Tier { name: "نقره‌ای".to_owned(), from: 145 };
    let mut rules = TierRules::retail(vec![tier]);
    let standing = |rules: &TierRules| hub.tier(&sara, &CLUB, rules, &Zone::utc()).unwrap().unwrap();
    assert_eq!((standing(&rules).points, standing(&rules).tier.is_some()), (145, true));
    rules.tiers[0].from = 146;
    assert_eq!(standing(&rules).next, Some(("نقره‌ای".to_owned(), 1)));
}

#[test]
fn a_family_shares_within_limits() {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    let hub = shop.open();
    let (mother, child, stranger) = (shop.customer("u-1"), shop.customer("u-2"), shop.customer("u-3"));
    shop.act(&hub, &[WalletAct::new(id(1), top_up(&mother, 1_000))]);
    let unit = Unit::from(euro());
    let utc = Zone::utc();
    let share = |who, most| {
        let limit = MemberLimit { most, ..MemberLimit::each(Cycle::Month, 0) };
        hub.share_account("کریمی", &mother, &unit, &utc, who, limit).unwrap()
    };
    assert!(share(&child, Some(100)) && share(&mother, None));
    let deed = |member, amount, hold: Option<DateTime<Utc>>| Deed::Pay {
        by: Payer::Member { family: "کریمی", member, zone: &utc },
        to: "sales",
        amount: money(amount),
        hold,
    };
    let ask = |n, member, amount, hold| shop.act(&hub, &[WalletAct::new(id(n), deed(member, amount, hold))]);
    let until = Some(instant(NOON) + TimeDelta::seconds(60));
    assert!(ask(2, &child, 70, until).is_done());
    assert_eq!(*why(&ask(3, &child, 31, None)), WalletRefusal::MemberLimit { left: 30 });
    assert!(ask(3, &child, 30, None).is_done(), "holds count at once, and no more than once");
    assert_eq!(*why(&ask(4, &stranger, 1, None)), WalletRefusal::NotAMember);
    assert_eq!(*why(&ask(4, &mother, 901, None)), WalletRefusal::NotEnough { available: 900 });
    // A part is captured, the rest of the hold is free for the account and for the limit.
    shop.act(&hub, &[WalletAct::new(id(5), Deed::Capture { of: id(2), amount: Some(20) })]);
    assert_eq!(shop.available(&mother, &unit), 950);
    assert_eq!(*why(&ask(6, &child, 51, None)), WalletRefusal::MemberLimit { left: 50 });
    // What comes back can be spent again.
    shop.act(&hub, &[WalletAct::new(id(7), Deed::Refund { of: id(3), amount: 30 })]);
    assert!(ask(8, &child, 80, None).is_done());
    assert_eq!(*why(&ask(9, &child, 1, None)), WalletRefusal::MemberLimit { left: 0 });
    assert!(share(&child, Some(120)));
    assert!(ask(9, &child, 20, None).is_done(), "a higher limit counts at once");
    // The next month begins anew.
    shop.clock.set("2026-04-01T00:00:00Z".parse().unwrap());
    assert!(ask(10, &child, 120, None).is_done());
    assert!(hub.leave_family("کریمی", &child).unwrap() && !hub.leave_family("کریمی", &child).unwrap());
    assert_eq!(*why(&ask(11, &child, 1, None)), WalletRefusal::NotAMember);
    sums_to_zero(&store);
}

#[test]
fn a_gift_card_is_for_whoever_has_its_code() {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    let hub = shop.open();
    let guesses = GuessRules::retail();
    let code = GiftCode::from_entropy([42; 16]);
    let issue = Deed::IssueGift {
        code: &code,
        from: "bank",
        amount: money(5_000),
        until: Some(instant(NOON) + TimeDelta::days(30)),
        refund_days: 14,
    };
    let sold = WalletAct::new(id(1), issue);
    assert_eq!(shop.act(&hub, &[sold]), WalletOutcome::Done);
    assert_eq!(shop.act(&hub, &[sold]), WalletOutcome::Known);
    assert_eq!(*why(&shop.act(&hub, &[WalletAct::new(id(2), issue)])), WalletRefusal::GiftKnown);
    let typed = code.reveal().to_lowercase().replace('-', " ");
    let wrong: Vec<String> = (0..6).map(|n| GiftCode::from_entropy([n; 16]).reveal()).collect();
    // Slips are no guesses.
    let mut slip: Vec<char> = code.reveal().chars().collect();
    let place = slip.windows(2).position(|pair| pair[0] != pair[1] && !pair.contains(&'-')).unwrap();
    slip.swap(place, place + 1);
    let slip: String = slip.into_iter().collect();
    assert!(
        !store.holds(code.reveal().as_bytes()) && !store.holds(code.reveal().replace('-', "").as_bytes())
    );
    let deed = |code, amount| Deed::PayByGift {
        code,
        to: "sales",
        amount: money(amount),
        hold: None,
        subject: "till",
        guesses: &guesses,
    };
    let ask = |n, code, amount| shop.act(&hub, &[WalletAct::new(id(n), deed(code, amount))]);
    assert!(ask(3, &typed, 3_000).is_done());
    assert_eq!(*why(&ask(4, &typed, 2_001)), WalletRefusal::NotEnough { available: 2_000 });
    assert!(ask(4, &typed, 2_000).is_done());
    // Goods come back after the card has ended: two weeks to use what is on it.
    shop.clock.set(instant(NOON) + TimeDelta::days(31));
    assert!(matches!(why(&ask(5, &typed, 1)), WalletRefusal::GiftEnded { .. }));
    assert!(shop.act(&hub, &[WalletAct::new(id(6), Deed::Refund { of: id(4), amount: 500 })]).is_done());
    assert!(ask(5, &typed, 400).is_done());
    let standing = hub.gift_card(&typed, "app", &guesses).unwrap();
    let GiftStanding::Good { available, until, .. } = standing else { panic!("{standing:?}") };
    assert_eq!((available, until), (100, Some(instant(NOON) + TimeDelta::days(45))));
    sums_to_zero(&store);
    // Slips are no guesses; guesses are slowed, for right codes too.
    for n in 0..10 {
        assert_eq!(*why(&ask(20 + n, &slip, 1)), WalletRefusal::GiftMistyped);
    }
    for n in 0..6 {
        assert_eq!(*why(&ask(40 + n, &wrong[usize::try_from(n).unwrap()], 1)), WalletRefusal::GiftUnknown);
    }
    assert!(matches!(why(&ask(50, &typed, 1)), WalletRefusal::Wait { .. }));
    assert!(matches!(hub.gift_card(&typed, "till", &guesses).unwrap(), GiftStanding::Refused { .. }));
    assert!(matches!(hub.gift_card(&typed, "app", &guesses).unwrap(), GiftStanding::Good { .. }));
}

#[test]
fn statements_are_paged_and_proved() {
    let shop = Shop::memory();
    let hub = shop.open();
    let sara = shop.customer("u-1");
    for n in 0..10 {
        let purpose = Purpose::parse("شارژ").unwrap();
        assert!(shop.act(&hub, &[WalletAct::new(id(n), top_up(&sara, 10)).for_purpose(&purpose)]).is_done());
    }
    let account = hub.wallet(&sara).unwrap().unwrap().units[0].accounts[0].account;
    let all = hub.statement(account, 0, 0, 1_000).unwrap().unwrap();
    let (mut opening, mut lines) = (throughline::wallet::statement::Mark::default(), Vec::new());
    loop {
        let page = hub.statement(account, 0, opening.lines, 3).unwrap().unwrap();
        page.check().unwrap();
        assert_eq!(page.opening, opening);
        opening = page.closing;
        lines.extend(page.lines.clone());
        if !page.more {
            break;
        }
    }
    assert_eq!((lines, opening), (all.lines.clone(), all.closing));
    let keys = SigningKeys::new("2026", b"from your secret manager");
    let proof = hub.balance_proof(account, 0, &keys).unwrap().unwrap();
    proof.check(&keys).unwrap();
    assert_eq!((proof.mark, proof.mark.balance), (all.closing, 100));
    // Whatever is changed is seen.
    let mut forged = proof.clone();
    forged.mark.balance += 1;
    assert!(forged.check(&keys).is_err());
    for change in 0..5 {
        let mut wrong = all.clone();
        match change {
            0 => wrong.lines[3].amount = 11,
            1 => drop(wrong.lines.remove(4)),
            2 => wrong.lines.swap(5, 6),
            3 => wrong.lines[2].purpose = None,
            _ => drop(wrong.lines.pop()),
        }
        assert!(wrong.check().is_err(), "change {change}");
    }
    let beyond = hub.statement(account, 0, 99, 5).unwrap().unwrap();
    assert_eq!((beyond.lines.len(), beyond.opening), (0, all.closing));
    assert!(hub.statement(account, 1, 0, 5).unwrap().is_none());
}

#[test]
fn the_books_outlive_the_customer_and_name_her_no_more() {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    let hub = shop.open();
    let (sara, child) = (shop.customer("u-canary"), shop.customer("u-2"));
    let unit = Unit::from(euro());
    let earn = Deed::Earn { to: &sara, programme: &CLUB, points: 5, from: None, until: None };
    shop.act(&hub, &[WalletAct::new(id(1), top_up(&sara, 100)), WalletAct::new(id(2), earn)]);
    shop.act(&hub, &[WalletAct::new(id(3), pay(&sara, 30))]);
    let limit = MemberLimit::each(Cycle::Month, 9);
    assert!(hub.share_account("f", &child, &unit, &Zone::utc(), &sara, limit).unwrap());
    let account = hub.wallet(&sara).unwrap().unwrap().of(&unit).unwrap().accounts[0].account;
    let Who::Record(record) = sara else { panic!("a record") };
    let names = |record: RecordId| {
        let text = record.to_string();
        store.dump().any(|(key, value)| {
            key.as_bytes().windows(16).any(|part| part == record.as_bytes())
                || String::from_utf8_lossy(&value).contains(&text)
        })
    };
    assert!(names(record));
    let gone = hub.erase(&CommandKey::new("gdpr"), &What::Record(record), Afterwards::Admit).unwrap();
    assert!(matches!(gone, ErasureOutcome::Erased { .. }));
    assert!(!names(record), "nothing leads from her to the books");
    sums_to_zero(&store);
    assert_eq!(hub.account_balances(account).unwrap().unwrap().balance(), 70, "the books are kept");
    // She comes back as a stranger.
    let again = shop.customer("u-canary");
    assert_eq!(hub.wallet(&again).unwrap().unwrap().units, []);
    assert_eq!(
        *why(&shop.act(&hub, &[WalletAct::new(id(9), pay(&again, 1))])),
        WalletRefusal::NotEnough { available: 0 }
    );
    // The shop can still give back what she paid, to the account that nobody has.
    assert!(shop.act(&hub, &[WalletAct::new(id(10), Deed::Refund { of: id(3), amount: 30 })]).is_done());
    assert_eq!(hub.account_balances(account).unwrap().unwrap().balance(), 100);
}

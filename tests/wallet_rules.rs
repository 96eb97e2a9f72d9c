//! Rules of the wallet that only show when clocks, customers or families do something unusual.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::sync::Arc;

use attack_support::{NOON, TENANT, instant, rules, said};
use throughline::calendar::Zone;
use throughline::hub::{
    Afterwards, CommandKey, DecisionOutcome, Deed, ErasureOutcome, FixedClock, GiftStanding, Hub,
    MemberLimit, Payer, TransfersOutcome, WalletAct, WalletOutcome, WalletRefusal, What, Who,
};
use throughline::ids::{DecisionId, RecordId};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::pricing::coupon::GuessRules;
use throughline::store::MemoryStore;
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::ledger::{Limits, Refusal, Transfer, TransferId};
use throughline::wallet::period::Cycle;
use throughline::wallet::points::{ReturnPolicy, ReturnedPoints};
use throughline::wallet::{GiftCode, ProgrammeId, Unit};

static CLUB: std::sync::LazyLock<ProgrammeId> =
    std::sync::LazyLock::new(|| ProgrammeId::parse("باشگاه مشتریان").unwrap());

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

fn id(n: u64) -> TransferId {
    TransferId::from_bytes([7; 16]).derived("test", n)
}

fn at(seconds: i64) -> DateTime<Utc> {
    instant(NOON) + TimeDelta::seconds(seconds)
}

struct Shop {
    store: Arc<MemoryStore>,
    clock: Arc<FixedClock>,
    hub: Hub,
}

impl Shop {
    fn open() -> Self {
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(FixedClock::at(instant(NOON)));
        let hub = Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap();
        for name in ["bank", "sales"] {
            hub.open_house_account(name, &euro().into()).unwrap().unwrap();
        }
        Self { store, clock, hub }
    }

    fn customer(&self, name: &str) -> Who {
        Who::Record(self.hub.record(&said(name, "web", 1).user(name).event()).unwrap().record)
    }

    fn act(&self, n: u64, deed: Deed<'_>) -> WalletOutcome {
        self.hub.wallet_act(&[WalletAct::new(id(n), deed)]).unwrap()
    }

    fn done(&self, n: u64, deed: Deed<'_>) {
        assert_eq!(self.act(n, deed), WalletOutcome::Done);
    }

    fn refused(&self, n: u64, deed: Deed<'_>) -> WalletRefusal {
        match self.act(n, deed) {
            WalletOutcome::Refused { why, .. } => why,
            other => panic!("{other:?}"),
        }
    }

    fn available(&self, who: &Who, unit: &Unit) -> i64 {
        self.hub.wallet(who).unwrap().unwrap().available(unit)
    }

    fn points(&self, who: &Who) -> i64 {
        self.available(who, &CLUB.clone().into())
    }

    fn link(&self, one: &Who, two: &Who, key: &str) -> DecisionId {
        match self.hub.link(&CommandKey::new(key), record(one), record(two)).unwrap() {
            DecisionOutcome::Made { decision, .. } => decision,
            other => panic!("{other:?}"),
        }
    }

    fn erase(&self, who: &Who) {
        let gone = self.hub.erase(&CommandKey::new("gdpr"), &What::Record(record(who)), Afterwards::Admit);
        assert!(matches!(gone.unwrap(), ErasureOutcome::Erased { .. }));
    }

    fn share(&self, owner: &Who, unit: &Unit, member: &Who, most: Option<u64>) -> bool {
        let limit = MemberLimit { most, ..MemberLimit::each(Cycle::Month, 0) };
        self.hub.share_account(FAMILY, owner, unit, &Zone::utc(), member, limit).unwrap()
    }

    fn later(&self, seconds: i64) {
        self.clock.set(at(seconds));
    }
}

const FAMILY: &str = "כהן";

fn record(who: &Who) -> RecordId {
    let Who::Record(record) = who else { panic!("a record") };
    *record
}

fn by_member<'a>(member: &'a Who, zone: &'a Zone) -> Payer<'a> {
    Payer::Member { family: FAMILY, member, zone }
}

fn top_up(to: &Who, amount: i64) -> Deed<'_> {
    Deed::TopUp { to, from: "bank", amount: money(amount) }
}

fn pay(by: &Who, amount: i64, hold: Option<DateTime<Utc>>) -> Deed<'_> {
    Deed::Pay { by: Payer::Customer(by), to: "sales", amount: money(amount), hold }
}

fn earn(to: &Who, points: u64, until: Option<DateTime<Utc>>) -> Deed<'_> {
    Deed::Earn { to, programme: &CLUB, points, from: None, until }
}

#[test]
fn a_clock_that_ran_ahead_is_no_other_customers() {
    let shop = Shop::open();
    let (sara, dina) = (shop.customer("u-1"), shop.customer("u-2"));
    shop.done(1, top_up(&sara, 100));
    shop.done(2, top_up(&dina, 1_000));
    shop.done(3, pay(&sara, 60, Some(at(600))));
    // One machine is a year ahead; what it does reaches every part of the accounts of the house.
    shop.later(31_536_000);
    for n in 0..200 {
        shop.done(100 + n, pay(&dina, 1, None));
    }
    shop.later(10);
    assert_eq!(shop.available(&sara, &euro().into()), 40);
    for n in 0..40 {
        shop.done(400 + n, pay(&sara, 1, Some(at(60))));
        shop.done(500 + n, Deed::Release { of: id(400 + n) });
    }
    shop.done(4, Deed::Capture { of: id(3), amount: Some(50) });
    assert_eq!(shop.available(&sara, &euro().into()), 50);
    let sales = shop.hub.open_house_account("sales", &euro().into()).unwrap().unwrap();
    let of = shop.hub.account_balances(sales).unwrap().unwrap();
    assert_eq!((of.balance(), of.credits_pending), (250, 0));
}

#[test]
fn points_that_ran_out_are_not_taken_back_again() {
    let shop = Shop::open();
    let take = |of, points, policy| Deed::TakeBack { of: id(of), points, policy };
    for (place, policy) in [ReturnPolicy::Unlimited, ReturnPolicy::WithinBalance, ReturnPolicy::OnlyPending]
        .into_iter()
        .enumerate()
    {
        shop.later(0);
        let sara = shop.customer(&format!("u-{place}"));
        let n = 100 * place as u64;
        shop.done(n + 1, earn(&sara, 50, Some(at(100))));
        shop.later(100);
        assert_eq!(shop.points(&sara), 0);
        shop.done(n + 2, take(n + 1, 50, policy));
        assert_eq!(shop.points(&sara), 0, "{policy:?}: they were lost already");
    }
    // Of 50 she spent 20, 30 ran out: the 20 are owed.
    shop.later(0);
    let sara = shop.customer("u-9");
    shop.done(901, earn(&sara, 50, Some(at(100))));
    shop.done(902, Deed::Spend { by: Payer::Customer(&sara), programme: &CLUB, points: 20 });
    shop.later(100);
    shop.done(903, take(901, 10, ReturnPolicy::Unlimited));
    assert_eq!(shop.points(&sara), -10);
    shop.done(904, take(901, 40, ReturnPolicy::Unlimited));
    assert_eq!(shop.points(&sara), -20);
    assert_eq!(
        shop.refused(905, take(901, 1, ReturnPolicy::Unlimited)),
        WalletRefusal::MoreThanLeft { left: 0 }
    );
    // What comes back when it has run out is lost too.
    shop.later(0);
    let dina = shop.customer("u-10");
    shop.done(911, earn(&dina, 50, Some(at(100))));
    shop.done(912, Deed::Spend { by: Payer::Customer(&dina), programme: &CLUB, points: 50 });
    shop.later(100);
    shop.done(913, Deed::GiveBack { of: id(912), points: 50, how: ReturnedPoints::AsTheyWere });
    shop.done(914, take(911, 50, ReturnPolicy::Unlimited));
    assert_eq!(shop.points(&dina), 0);
}

#[test]
fn an_act_is_known_to_her_alone() {
    let shop = Shop::open();
    let (sara, card, dina) = (shop.customer("u-1"), shop.customer("u-2"), shop.customer("u-3"));
    let other = WalletRefusal::IdReused { field: "who".to_owned() };
    let nobody = Who::Record(RecordId::from_bytes([1; 16]));
    shop.done(1, top_up(&sara, 100));
    assert_eq!(shop.refused(1, top_up(&nobody, 100)), WalletRefusal::Unknown);
    assert_eq!(shop.refused(1, top_up(&dina, 100)), other);
    // Paid by one record out of another one's account: after they are taken apart the same is known still.
    let decision = shop.link(&sara, &card, "ticket");
    shop.done(2, pay(&card, 40, None));
    assert_eq!(shop.act(2, pay(&sara, 40, None)), WalletOutcome::Known, "the same profile");
    shop.hub.retract(&CommandKey::new("no"), decision).unwrap();
    assert_eq!(shop.act(2, pay(&card, 40, None)), WalletOutcome::Known);
    assert_eq!(shop.refused(2, pay(&sara, 40, None)), other);
    // One member's act is not another's.
    let (utc, unit) = (Zone::utc(), Unit::from(euro()));
    assert!(shop.share(&sara, &unit, &card, Some(50)) && shop.share(&sara, &unit, &dina, Some(50)));
    let buys = |who| Deed::Pay { by: by_member(who, &utc), to: "sales", amount: money(10), hold: None };
    shop.done(3, buys(&card));
    assert_eq!(shop.act(3, buys(&card)), WalletOutcome::Known);
    assert_eq!(shop.refused(3, buys(&dina)), other);
}

#[test]
fn a_family_ends_with_its_owner_or_by_a_word() {
    let shop = Shop::open();
    let (mother, child) = (shop.customer("u-1"), shop.customer("u-2"));
    let (utc, unit) = (Zone::utc(), Unit::from(euro()));
    let buys = Deed::Pay { by: by_member(&child, &utc), to: "sales", amount: money(10), hold: None };
    shop.done(1, top_up(&mother, 100));
    assert!(shop.share(&mother, &unit, &child, Some(50)));
    shop.done(2, buys);
    assert!(shop.hub.end_family(FAMILY).unwrap() && !shop.hub.end_family(FAMILY).unwrap());
    assert_eq!(shop.refused(3, buys), WalletRefusal::NotAMember);
    assert!(shop.share(&mother, &unit, &child, Some(50)));
    shop.done(4, buys);
    // She is a member no more and owns it still.
    assert!(shop.share(&mother, &unit, &mother, None));
    assert!(shop.hub.leave_family(FAMILY, &mother).unwrap());
    shop.done(5, buys);
    shop.erase(&mother);
    assert_eq!(shop.refused(6, buys), WalletRefusal::NotAMember);
    let child = record(&child);
    let left = shop.store.dump().any(|(key, _)| {
        let key = &key.as_bytes()[throughline::store::Tenant::LEN..];
        key.starts_with(b"Zf") || key.starts_with(&[b"I", &child.as_bytes()[..], b"f"].concat())
    });
    assert!(!left, "nothing is left of the family");
    assert!(!shop.hub.end_family(FAMILY).unwrap());
}

#[test]
fn a_limit_is_of_a_person_and_a_cycle() {
    let shop = Shop::open();
    let (mother, card, child, phone) =
        (shop.customer("u-1"), shop.customer("u-2"), shop.customer("u-3"), shop.customer("u-4"));
    let (utc, unit) = (Zone::utc(), Unit::from(euro()));
    shop.done(1, top_up(&mother, 1_000));
    shop.done(2, top_up(&card, 5));
    assert!(shop.share(&mother, &unit, &child, None));
    let buys =
        |who, amount| Deed::Pay { by: by_member(who, &utc), to: "sales", amount: money(amount), hold: None };
    // What was spent before there was a limit counts.
    shop.done(3, buys(&child, 40));
    assert!(shop.share(&mother, &unit, &child, Some(100)));
    assert_eq!(shop.refused(4, buys(&child, 61)), WalletRefusal::MemberLimit { left: 60 });
    // Two memberships of one person are one.
    assert!(shop.share(&mother, &unit, &phone, Some(100)));
    shop.link(&child, &phone, "ticket");
    let first = shop.refused(5, buys(&child, 101));
    assert_eq!(shop.refused(5, buys(&phone, 101)), first);
    let WalletRefusal::MemberLimit { left } = first else { panic!("{first:?}") };
    shop.done(6, buys(&child, i64::try_from(left).unwrap()));
    assert_eq!(shop.refused(7, buys(&phone, 1)), WalletRefusal::MemberLimit { left: 0 });
    // The owner may be named by another of her records; nobody else is the owner.
    shop.link(&mother, &card, "another");
    assert!(shop.share(&card, &unit, &child, Some(200)));
    assert!(!shop.share(&child, &unit, &child, None));
    // The month of the family, not of whoever calls.
    #[cfg(feature = "tzdb")]
    {
        let tehran = throughline::calendar::Zones::bundled().named("Asia/Tehran").unwrap();
        let elsewhere =
            Deed::Pay { by: by_member(&child, &tehran), to: "sales", amount: money(1), hold: None };
        assert_eq!(shop.refused(8, elsewhere), WalletRefusal::OtherZone);
        let limit = MemberLimit::each(Cycle::Month, 1);
        assert!(!shop.hub.share_account(FAMILY, &mother, &unit, &tehran, &child, limit).unwrap());
    }
}

#[test]
fn a_family_spends_points() {
    let shop = Shop::open();
    let (mother, child) = (shop.customer("u-1"), shop.customer("u-2"));
    let utc = Zone::utc();
    shop.done(1, earn(&mother, 100, None));
    assert!(shop.share(&mother, &CLUB.clone().into(), &child, Some(30)));
    let spend = |points| Deed::Spend { by: by_member(&child, &utc), programme: &CLUB, points };
    assert_eq!(shop.refused(2, spend(31)), WalletRefusal::MemberLimit { left: 30 });
    shop.done(2, spend(30));
    assert_eq!(shop.points(&mother), 70);
    shop.done(3, Deed::GiveBack { of: id(2), points: 20, how: ReturnedPoints::AsTheyWere });
    assert_eq!(shop.points(&mother), 90);
    assert_eq!(shop.refused(4, spend(21)), WalletRefusal::MemberLimit { left: 20 });
    shop.done(4, spend(20));
    assert_eq!(shop.act(4, spend(20)), WalletOutcome::Known);
}

#[test]
fn what_one_account_owes_the_others_cover() {
    let shop = Shop::open();
    let (sara, card) = (shop.customer("u-1"), shop.customer("u-2"));
    shop.done(1, earn(&sara, 50, None));
    shop.done(2, Deed::Spend { by: Payer::Customer(&sara), programme: &CLUB, points: 50 });
    shop.done(3, Deed::TakeBack { of: id(1), points: 30, policy: ReturnPolicy::Unlimited });
    shop.done(4, earn(&card, 80, None));
    shop.link(&sara, &card, "ticket");
    assert_eq!(shop.points(&sara), 50);
    let spend = |points| Deed::Spend { by: Payer::Customer(&sara), programme: &CLUB, points };
    let why = WalletRefusal::Points(throughline::wallet::points::PointsRefusal::NotEnough { active: 50 });
    assert_eq!(shop.refused(5, spend(51)), why);
    shop.done(5, spend(50));
    assert_eq!(shop.points(&card), 0);
}

#[test]
fn a_refund_brings_nothing_else_back_to_an_ended_card() {
    let shop = Shop::open();
    let (code, guesses) = (GiftCode::from_entropy([42; 16]), GuessRules::retail());
    let (from, until) = ("bank", Some(at(100)));
    shop.done(1, Deed::IssueGift { code: &code, from, amount: money(5_000), until, refund_days: 14 });
    let printed = code.reveal();
    let pays = |amount| Deed::PayByGift {
        code: &printed,
        to: "sales",
        amount: money(amount),
        hold: None,
        subject: "till",
        guesses: &guesses,
    };
    shop.done(2, pays(100));
    shop.later(100);
    shop.done(3, Deed::Refund { of: id(2), amount: 1 });
    let standing = || match shop.hub.gift_card(&printed, "app", &guesses).unwrap() {
        GiftStanding::Good { available, .. } => available,
        other => panic!("{other:?}"),
    };
    assert_eq!(standing(), 1);
    assert_eq!(shop.refused(4, pays(2)), WalletRefusal::NotEnough { available: 1 });
    shop.done(5, Deed::Refund { of: id(2), amount: 10 });
    assert_eq!(standing(), 11);
    shop.done(6, pays(11));
    assert_eq!(standing(), 0);
}

#[test]
fn a_log_shows_nobodys_code_or_name() {
    let (sara, guesses, zone) =
        (Who::Record(RecordId::from_bytes([1; 16])), GuessRules::retail(), Zone::utc());
    let code = GiftCode::from_entropy([42; 16]).reveal();
    let pays = Deed::PayByGift {
        code: &code,
        to: "sales",
        amount: money(1),
        hold: None,
        subject: "sara@example.org",
        guesses: &guesses,
    };
    let by = Payer::Member { family: "خانواده کریمی", member: &sara, zone: &zone };
    let shares = Deed::Pay { by, to: "sales", amount: money(1), hold: None };
    let shown = format!("{:?} {:?}", WalletAct::new(id(1), pays), WalletAct::new(id(2), shares));
    for secret in [&*code, "sara", "example.org", "کریمی"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("PayByGift") && shown.contains("Member"));
}

#[test]
fn the_sum_of_an_account_in_parts_is_a_number() {
    let shop = Shop::open();
    let bank = shop.hub.open_house_account("bank", &euro().into()).unwrap().unwrap();
    let mut done = 0;
    for n in 0..64 {
        let sara = shop.customer(&format!("u-{n}"));
        match shop.act(n, top_up(&sara, i64::MAX / 16)) {
            WalletOutcome::Done => done += 1,
            WalletOutcome::Refused { why: WalletRefusal::Transfer(Refusal::Overflow { .. }), .. } => {}
            other => panic!("{other:?}"),
        }
        let of = shop.hub.account_balances(bank).unwrap().unwrap();
        assert_eq!(of.balance(), -done * (i64::MAX / 16), "after {n}");
    }
    assert!((2..=16).contains(&done));
    // The same for the points of a programme.
    let mut issued = 0;
    for n in 100..164 {
        let sara = shop.customer(&format!("u-{n}"));
        if shop.act(n, earn(&sara, i64::MAX.unsigned_abs() / 16, Some(at(10)))).is_done() {
            issued += 1;
        }
        let of = shop.hub.points_issued(&CLUB).unwrap().unwrap();
        assert_eq!(of.balance(), -issued * (i64::MAX / 16));
    }
    // They run out, and whoever comes then gets an answer.
    shop.later(10);
    for n in 100..164 {
        let sara = shop.customer(&format!("u-{n}"));
        assert!(shop.hub.wallet_act(&[WalletAct::new(id(n + 100), earn(&sara, 1, None))]).is_ok());
    }
}

#[test]
fn the_host_sets_limits_and_learns_what_moved() {
    let shop = Shop::open();
    let sara = shop.customer("u-1");
    shop.done(1, top_up(&sara, 100));
    let unit = Unit::from(euro());
    let hers = shop.hub.wallet(&sara).unwrap().unwrap().of(&unit).unwrap().accounts[0].account;
    assert!(shop.hub.limit_account(hers, Limits { debt: Some(30), value: Some(150) }).unwrap());
    let full = shop.refused(2, top_up(&sara, 51));
    assert!(matches!(full, WalletRefusal::Transfer(Refusal::ExceedsDebits { room: 50, .. })), "{full:?}");
    assert_eq!(shop.refused(2, pay(&sara, 131, None)), WalletRefusal::NotEnough { available: 130 });
    shop.done(2, pay(&sara, 130, None));
    assert_eq!(shop.available(&sara, &unit), -30);
    shop.done(3, top_up(&sara, 40));
    // A top-up is taken back as far as it is there.
    assert!(shop.hub.limit_account(hers, Limits::no_debt()).unwrap());
    assert_eq!(
        shop.refused(4, Deed::Refund { of: id(3), amount: 11 }),
        WalletRefusal::NotEnough { available: 10 }
    );
    shop.done(4, Deed::Refund { of: id(3), amount: 10 });
    assert_eq!(shop.available(&sara, &unit), 0);
    let bank = shop.hub.open_house_account("bank", &unit).unwrap().unwrap();
    assert!(!shop.hub.limit_account(bank, Limits::no_debt()).unwrap());
    // What moved is said now and later.
    shop.done(10, earn(&sara, 60, Some(at(100))));
    shop.done(11, Deed::Spend { by: Payer::Customer(&sara), programme: &CLUB, points: 60 });
    shop.later(100);
    shop.done(12, Deed::GiveBack { of: id(11), points: 60, how: ReturnedPoints::AsTheyWere });
    let moved = |n| {
        let entries = shop.hub.moved_by(id(n)).unwrap()?;
        Some(entries.iter().map(|entry| entry.amount).sum::<u64>())
    };
    assert_eq!([moved(10), moved(11), moved(12), moved(13)], [Some(60), Some(60), Some(0), None]);
    // Points are moved by acts alone.
    shop.done(14, earn(&sara, 5, None));
    let points =
        shop.hub.wallet(&sara).unwrap().unwrap().of(&CLUB.clone().into()).unwrap().accounts[0].account;
    let house = shop.hub.open_house_account("points", &CLUB.clone().into()).unwrap().unwrap();
    for transfer in [Transfer::new(id(20), points, house, 5), Transfer::new(id(20), house, points, 5)] {
        assert_eq!(shop.hub.transfer_all(&[transfer]).unwrap(), TransfersOutcome::HasLots { place: 0 });
    }
    assert_eq!(shop.points(&sara), 5);
    assert!(!shop.hub.limit_account(points, Limits::no_debt()).unwrap());
}

#[test]
fn a_gift_card_is_held_and_its_sale_taken_back() {
    let shop = Shop::open();
    let (code, guesses) = (GiftCode::from_entropy([42; 16]), GuessRules::retail());
    shop.done(
        1,
        Deed::IssueGift { code: &code, from: "bank", amount: money(100), until: None, refund_days: 14 },
    );
    let printed = code.reveal();
    let holds = |amount, hold| Deed::PayByGift {
        code: &printed,
        to: "sales",
        amount: money(amount),
        hold,
        subject: "till",
        guesses: &guesses,
    };
    shop.done(2, holds(80, Some(at(60))));
    assert_eq!(shop.refused(3, holds(21, None)), WalletRefusal::NotEnough { available: 20 });
    shop.done(3, Deed::Capture { of: id(2), amount: Some(30) });
    assert_eq!(shop.refused(4, holds(71, None)), WalletRefusal::NotEnough { available: 70 });
    shop.done(4, holds(10, Some(at(60))));
    shop.done(5, Deed::Release { of: id(4) });
    shop.done(6, Deed::Refund { of: id(3), amount: 5 });
    assert_eq!(
        shop.refused(7, Deed::Refund { of: id(1), amount: 76 }),
        WalletRefusal::NotEnough { available: 75 }
    );
    shop.done(7, Deed::Refund { of: id(1), amount: 75 });
    assert_eq!(shop.refused(8, holds(1, None)), WalletRefusal::NotEnough { available: 0 });
}

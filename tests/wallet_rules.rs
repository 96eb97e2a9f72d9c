//! Rules of the wallet that only show when clocks, customers or families do something unusual.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::sync::Arc;

use attack_support::{NOON, TENANT, instant, rules, said};
use throughline::hub::{Deed, FixedClock, Hub, Payer, WalletAct, WalletOutcome, WalletRefusal, Who};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::store::MemoryStore;
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::ledger::TransferId;
use throughline::wallet::points::{ReturnPolicy, ReturnedPoints};
use throughline::wallet::{ProgrammeId, Unit};

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

    fn later(&self, seconds: i64) {
        self.clock.set(at(seconds));
    }
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
    shop.done(902, Deed::Spend { by: &sara, programme: &CLUB, points: 20 });
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
    shop.done(912, Deed::Spend { by: &dina, programme: &CLUB, points: 50 });
    shop.later(100);
    shop.done(913, Deed::GiveBack { of: id(912), points: 50, how: ReturnedPoints::AsTheyWere });
    shop.done(914, take(911, 50, ReturnPolicy::Unlimited));
    assert_eq!(shop.points(&dina), 0);
    assert!(shop.store.dump().count() > 0);
}

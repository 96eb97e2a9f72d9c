//! What the wallet stores, byte for byte.
//!
//! `tests/compat/wallet.jsonl` holds one line per key: the key in hexadecimal digits and the value. A change of it is a
//! change of a stored format: raise the version of the kind, add a case to its `upcast`, and keep the old lines.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod compat_support;

use std::collections::BTreeSet;
use std::sync::Arc;

use attack_support::{NOON, TENANT, instant, rules, said};
use throughline::calendar::Zone;
use throughline::hub::{
    Deed, FixedClock, GiftStanding, Hub, MemberLimit, Payer, WalletAct, WalletOutcome, WalletRefusal, Who,
};
use throughline::money::{Currency, CurrencyUnit, Money, Ratio};
use throughline::pricing::coupon::GuessRules;
use throughline::store::MemoryStore;
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::ledger::{Limits, TransferId};
use throughline::wallet::period::{Cycle, Reckoning};
use throughline::wallet::points::{ReturnPolicy, ReturnedPoints};
use throughline::wallet::statement::Period;
use throughline::wallet::{GiftCode, ProgrammeId, Purpose, Unit, VoucherReturn, VoucherTerms};

const FILE: &str = include_str!("compat/wallet.jsonl");
/// Of a wallet; wrong codes are kept in the shape that coupons have.
const KINDS: [&str; 13] = [
    "coupon_guesses",
    "wallet_account",
    "wallet_act",
    "wallet_balance",
    "wallet_earned",
    "wallet_ending",
    "wallet_family",
    "wallet_gift",
    "wallet_in_family",
    "wallet_line",
    "wallet_lots",
    "wallet_of_record",
    "wallet_transfer",
];

/// All that is stored of wallets, in lines.
fn content(store: &MemoryStore) -> String {
    compat_support::content(store, |_, kind| KINDS.contains(&kind))
}

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

fn noon(seconds: i64) -> DateTime<Utc> {
    instant(NOON) + TimeDelta::seconds(seconds)
}

fn id(n: u64) -> TransferId {
    TransferId::from_bytes([6; 16]).derived("stored", n)
}

struct World {
    store: Arc<MemoryStore>,
    clock: Arc<FixedClock>,
    hub: Hub,
    sara: Who,
    child: Who,
    club: ProgrammeId,
    codes: [GiftCode; 2],
    guesses: GuessRules,
}

impl World {
    /// Two customers, and nothing in their wallets.
    fn empty() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(FixedClock::at(noon(0))));
        let hub = Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap();
        let customer =
            |name: &str| Who::Record(hub.record(&said(name, "web", 1).user(name).event()).unwrap().record);
        let (sara, child) = (customer("u-1"), customer("u-2"));
        let club = ProgrammeId::parse("باشگاه").unwrap();
        let codes = [1, 2].map(|n| GiftCode::from_entropy([n; 16]));
        Self { store, clock, hub, sara, child, club, codes, guesses: GuessRules::retail() }
    }

    fn act(&self, n: u64, deed: Deed<'_>) -> WalletOutcome {
        let purpose = Purpose::parse("تست").unwrap();
        let act = WalletAct::new(id(n), deed);
        self.hub.wallet_act(&[if n.is_multiple_of(2) { act } else { act.for_purpose(&purpose) }]).unwrap()
    }

    fn done(&self, n: u64, deed: Deed<'_>) {
        assert_eq!(self.act(n, deed), WalletOutcome::Done, "act {n}");
    }

    fn pay(&self, amount: i64, hold: Option<i64>) -> Deed<'_> {
        let by = Payer::Customer(&self.sara);
        Deed::Pay { by, to: "sales", amount: money(amount), hold: hold.map(noon) }
    }

    /// One of everything that is stored.
    fn full() -> Self {
        let world = Self::empty();
        let World { clock, hub, sara, child, club, codes, guesses, .. } = &world;
        for name in ["bank", "sales"] {
            hub.open_house_account(name, &euro().into()).unwrap().unwrap();
        }
        world.done(1, Deed::TopUp { to: sara, from: "bank", amount: money(10_000) });
        world.done(2, world.pay(100, None));
        world.done(3, world.pay(200, Some(60)));
        world.done(4, Deed::Capture { of: id(3), amount: Some(150) });
        world.done(5, world.pay(300, Some(60)));
        world.done(6, Deed::Release { of: id(5) });
        world.done(7, world.pay(400, Some(90)));
        world.done(8, Deed::Refund { of: id(2), amount: 40 });
        let hers = hub.wallet(sara).unwrap().unwrap().units[0].accounts[0].account;
        assert!(hub.limit_account(hers, Limits { debt: Some(10), value: Some(99_999) }).unwrap());
        let earn = |points, from: Option<i64>, until: Option<i64>| Deed::Earn {
            to: sara,
            programme: club,
            points,
            from: from.map(noon),
            until: until.map(noon),
        };
        world.done(9, earn(50, None, Some(1_000)));
        world.done(10, earn(20, Some(500), None));
        world.done(11, earn(5, None, Some(1)));
        world.done(12, Deed::Spend { by: Payer::Customer(sara), programme: club, points: 30 });
        let how = ReturnedPoints::AsTheyWere;
        world.done(13, Deed::GiveBack { of: id(12), points: 10, how });
        world.done(14, Deed::TakeBack { of: id(10), points: 4, policy: ReturnPolicy::Unlimited });
        clock.set(noon(1));
        world.done(15, Deed::Spend { by: Payer::Customer(sara), programme: club, points: 1 });
        let limit = MemberLimit { reckoning: Reckoning::Iranian, ..MemberLimit::each(Cycle::Quarter, 500) };
        assert!(hub.share_account("کریمی", sara, &euro().into(), &Zone::utc(), child, limit).unwrap());
        let zone = Zone::utc();
        let by = Payer::Member { family: "کریمی", member: child, zone: &zone };
        world.done(16, Deed::Pay { by, to: "sales", amount: money(70), hold: None });
        let [gift, voucher] = codes;
        let until = Some(noon(86_400));
        world
            .done(17, Deed::IssueGift { code: gift, from: "bank", amount: money(50), until, refund_days: 3 });
        let terms = VoucherTerms {
            from: Some(noon(0)),
            until,
            refund_days: 1,
            most_of_basket: Some(Ratio::new(1, 2).unwrap()),
            returns: VoucherReturn::WhileGood,
            ..VoucherTerms::once()
        };
        let to = Some(sara);
        world.done(
            18,
            Deed::IssueVoucher { code: voucher, from: "bank", amount: money(60), to, terms: &terms },
        );
        world.done(19, world.pay_by_voucher(25));
        let wrong = hub.gift_card("0000-0000-0000-0000", "app", guesses).unwrap();
        assert!(matches!(wrong, GiftStanding::Refused { why: WalletRefusal::GiftUnknown }), "{wrong:?}");
        world
    }

    fn pay_by_voucher(&self, amount: i64) -> Deed<'_> {
        let code: &'static str = Box::leak(self.codes[1].reveal().into_boxed_str());
        Deed::PayByVoucher {
            code,
            by: Some(&self.sara),
            to: "sales",
            amount: money(amount),
            basket: Some(money(50)),
            hold: None,
            subject: "till",
            guesses: &self.guesses,
        }
    }

    /// The customers, and what was stored of their wallets.
    fn restored() -> Self {
        let world = Self::empty();
        compat_support::put(&world.store, FILE);
        world
    }
}

#[test]
fn what_is_stored_is_what_was_stored() {
    let stored = content(&World::full().store);
    if stored != FILE {
        let told = stored.lines().zip(FILE.lines()).find(|(now, then)| now != then);
        panic!("the stored shape of wallets changed: {told:?}\n{stored}");
    }
    let kinds: BTreeSet<_> = compat_support::kinds(FILE).collect();
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), KINDS, "each kind has a line");
}

#[test]
fn what_was_stored_still_reads() {
    let world = World::restored();
    assert_eq!(content(&world.store), FILE);
    let World { clock, hub, sara, child, club, guesses, .. } = &world;
    clock.set(noon(1));
    let held = hub.wallet(sara).unwrap().unwrap();
    assert_eq!(held.available(&euro().into()), 10_000 - 60 - 150 - 400 - 70);
    assert_eq!(
        (held.available(&club.clone().into()), held.of(&club.clone().into()).unwrap().pending()),
        (34, 16)
    );
    // Everything that was done is known, and its rest can be done.
    assert_eq!(world.act(7, world.pay(400, Some(90))), WalletOutcome::Known);
    assert_eq!(world.act(19, world.pay_by_voucher(25)), WalletOutcome::Known);
    assert_eq!(content(&world.store), FILE, "who asks changes nothing");
    let code = world.codes[0].reveal();
    let gift = hub.gift_card(&code, "web", guesses).unwrap();
    assert!(matches!(gift, GiftStanding::Good { available: 50, .. }), "{gift:?}");
    let used = world.act(20, world.pay_by_voucher(1));
    assert!(matches!(used, WalletOutcome::Refused { .. }), "{used:?}");
    world.done(21, Deed::Capture { of: id(7), amount: Some(399) });
    world.done(22, Deed::Refund { of: id(19), amount: 25 });
    world.done(23, Deed::TakeBack { of: id(9), points: 50, policy: ReturnPolicy::WithinBalance });
    let zone = Zone::utc();
    let by = Payer::Member { family: "کریمی", member: child, zone: &zone };
    let over = world.act(24, Deed::Pay { by, to: "sales", amount: money(431), hold: None });
    assert!(
        matches!(over, WalletOutcome::Refused { why: WalletRefusal::MemberLimit { left: 430 }, .. }),
        "{over:?}"
    );
    // Its lines still lead from one to the other.
    let told = hub.customer_statement(sara, &euro().into(), &Period::ALWAYS, None, 1_000).unwrap().unwrap();
    told.check().unwrap();
    assert_eq!(told.closing(), held.of(&euro().into()).unwrap().accounts[0].balances.balance() - 399);
    let sales = hub.open_house_account("sales", &Unit::from(euro())).unwrap().unwrap();
    clock.set(noon(1_000));
    assert_eq!(hub.account_balances(sales).unwrap().unwrap().credits_pending, 0);
}

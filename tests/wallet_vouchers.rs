//! Vouchers: which shapes a gift card covers, and which its terms add.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::cell::Cell;
use std::sync::Arc;

use attack_support::{NOON, TENANT, instant, rules, said};
use throughline::hub::{
    CommandKey, Deed, FixedClock, GiftStanding, Hub, WalletAct, WalletOutcome, WalletRefusal, Who,
};
use throughline::money::{Currency, CurrencyUnit, Money, Ratio};
use throughline::pricing::coupon::GuessRules;
use throughline::store::MemoryStore;
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::ledger::TransferId;
use throughline::wallet::{GiftCode, VoucherRefusal, VoucherReturn, VoucherTerms};

fn money(minor: i64) -> Money {
    Money::new(minor, CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap())
}

fn noon(seconds: i64) -> DateTime<Utc> {
    instant(NOON) + TimeDelta::seconds(seconds)
}

fn id(n: u64) -> TransferId {
    TransferId::from_bytes([3; 16]).derived("voucher", n)
}

struct Shop {
    store: Arc<MemoryStore>,
    clock: Arc<FixedClock>,
    hub: Hub,
    code: GiftCode,
    guesses: GuessRules,
    next: Cell<u64>,
}

impl Shop {
    /// A shop that has given out one voucher of 50.00.
    fn with(terms: &VoucherTerms, to: Option<&str>) -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), Arc::new(FixedClock::at(noon(0))));
        let hub = Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap();
        for name in ["marketing", "sales"] {
            hub.open_house_account(name, &money(0).unit().into()).unwrap().unwrap();
        }
        let (code, guesses) = (GiftCode::from_entropy([42; 16]), GuessRules::retail());
        let shop = Self { store, clock, hub, code, guesses, next: Cell::new(1) };
        let to = to.map(|name| shop.customer(name));
        let issue = Deed::IssueVoucher {
            code: &shop.code,
            from: "marketing",
            amount: money(5_000),
            to: to.as_ref(),
            terms,
        };
        let issued = WalletAct::new(id(0), issue);
        assert_eq!(shop.hub.wallet_act(&[issued]).unwrap(), WalletOutcome::Done);
        assert_eq!(shop.hub.wallet_act(&[issued]).unwrap(), WalletOutcome::Known);
        shop
    }

    fn customer(&self, name: &str) -> Who {
        Who::Record(self.hub.record(&said(name, "web", 1).user(name).event()).unwrap().record)
    }

    fn act(&self, deed: Deed<'_>) -> (TransferId, WalletOutcome) {
        self.next.set(self.next.get() + 1);
        let id = id(self.next.get());
        (id, self.hub.wallet_act(&[WalletAct::new(id, deed)]).unwrap())
    }

    fn try_pay(
        &self,
        amount: i64,
        by: Option<&Who>,
        basket: Option<i64>,
        hold: Option<i64>,
    ) -> (TransferId, WalletOutcome) {
        self.act(Deed::PayByVoucher {
            code: &self.code.reveal(),
            by,
            to: "sales",
            amount: money(amount),
            basket: basket.map(money),
            hold: hold.map(noon),
            subject: "till",
            guesses: &self.guesses,
        })
    }

    fn pay(&self, amount: i64) -> TransferId {
        let (id, outcome) = self.try_pay(amount, None, None, None);
        assert_eq!(outcome, WalletOutcome::Done);
        id
    }

    fn refused(&self, amount: i64, basket: Option<i64>) -> WalletRefusal {
        why(self.try_pay(amount, None, basket, None).1)
    }

    fn refund(&self, of: TransferId, amount: u64) -> WalletOutcome {
        self.act(Deed::Refund { of, amount }).1
    }

    fn left(&self) -> Result<i64, WalletRefusal> {
        match self.hub.gift_card(&self.code.reveal(), "app", &self.guesses).unwrap() {
            GiftStanding::Good { available, .. } => Ok(available),
            GiftStanding::Refused { why } => Err(why),
        }
    }
}

fn why(outcome: WalletOutcome) -> WalletRefusal {
    match outcome {
        WalletOutcome::Refused { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

fn used() -> WalletRefusal {
    WalletRefusal::Voucher(VoucherRefusal::Used)
}

#[test]
fn a_voucher_without_terms_is_a_gift_card() {
    let shop = Shop::with(&VoucherTerms::default(), None);
    let first = shop.pay(3_000);
    assert_eq!(shop.left(), Ok(2_000));
    assert_eq!(shop.refused(2_001, None), WalletRefusal::NotEnough { available: 2_000 });
    // The deed of gift cards pays with it, too, and what is bought comes back to it.
    let typed = shop.code.reveal().to_lowercase();
    let deed = Deed::PayByGift {
        code: &typed,
        to: "sales",
        amount: money(2_000),
        hold: None,
        subject: "till",
        guesses: &shop.guesses,
    };
    assert_eq!(shop.act(deed).1, WalletOutcome::Done);
    assert_eq!(shop.refund(first, 3_000), WalletOutcome::Done);
    assert_eq!(shop.left(), Ok(3_000));
    assert!(!shop.store.holds(shop.code.reveal().as_bytes()));
}

#[test]
fn one_that_pays_once_loses_what_its_payment_leaves() {
    let shop = Shop::with(&VoucherTerms::once(), None);
    let first = shop.pay(3_000);
    assert_eq!((shop.left(), shop.refused(1, None)), (Err(used()), used()));
    // Goods come back in two parts: that much can be used again, once, and never the rest.
    assert_eq!(shop.refund(first, 1_000), WalletOutcome::Done);
    assert_eq!(shop.left(), Ok(1_000));
    assert_eq!(shop.refund(first, 500), WalletOutcome::Done);
    assert_eq!(shop.left(), Ok(1_500));
    assert_eq!(shop.refused(1_501, None), WalletRefusal::NotEnough { available: 1_500 });
    let second = shop.pay(1_400);
    assert_eq!(shop.left(), Err(used()));
    assert_eq!(shop.refund(second, 1_400), WalletOutcome::Done);
    assert_eq!(shop.left(), Ok(1_400), "not what the second payment left");
    let more = why(shop.refund(second, 1));
    assert_eq!(more, WalletRefusal::MoreThanLeft { left: 0 });
}

#[test]
fn a_hold_that_comes_to_nothing_uses_nothing_up() {
    let shop = Shop::with(&VoucherTerms::once(), None);
    let (hold, outcome) = shop.try_pay(3_000, None, None, Some(60));
    assert_eq!((outcome, shop.left()), (WalletOutcome::Done, Err(used())));
    assert_eq!(shop.act(Deed::Release { of: hold }).1, WalletOutcome::Done);
    assert_eq!(shop.left(), Ok(5_000));
    shop.try_pay(3_000, None, None, Some(60));
    shop.clock.set(noon(59));
    assert_eq!(shop.left(), Err(used()));
    shop.clock.set(noon(60));
    assert_eq!(shop.left(), Ok(5_000), "it ended, and nobody came to free it");
    let (hold, _) = shop.try_pay(3_000, None, None, Some(120));
    let (capture, outcome) = shop.act(Deed::Capture { of: hold, amount: Some(2_000) });
    assert_eq!((outcome, shop.left()), (WalletOutcome::Done, Err(used())));
    shop.clock.set(noon(1_000));
    assert_eq!(shop.left(), Err(used()));
    assert_eq!(shop.refund(capture, 2_000), WalletOutcome::Done);
    assert_eq!(shop.left(), Ok(2_000));
}

#[test]
fn one_that_pays_a_share_needs_the_basket() {
    let terms = VoucherTerms { most_of_basket: Some(Ratio::new(1, 3).unwrap()), ..VoucherTerms::default() };
    let shop = Shop::with(&terms, None);
    let refused = |why| WalletRefusal::Voucher(why);
    assert_eq!(shop.refused(1, None), refused(VoucherRefusal::NoBasket));
    assert_eq!(shop.refused(1, Some(-1)), refused(VoucherRefusal::NoBasket));
    assert_eq!(shop.refused(1, Some(2)), refused(VoucherRefusal::MoreThanShare { most: 0 }));
    assert_eq!(shop.refused(334, Some(1_000)), refused(VoucherRefusal::MoreThanShare { most: 333 }));
    assert_eq!(shop.try_pay(333, None, Some(1_000), None).1, WalletOutcome::Done);
    assert_eq!(shop.refused(4_668, Some(i64::MAX)), WalletRefusal::NotEnough { available: 4_667 });
    let franc = Money::new(9_999, CurrencyUnit::new(Currency::parse("CHF").unwrap(), 2).unwrap());
    let code = shop.code.reveal();
    let foreign = Deed::PayByVoucher {
        code: &code,
        by: None,
        to: "sales",
        amount: money(1),
        basket: Some(franc),
        hold: None,
        subject: "till",
        guesses: &shop.guesses,
    };
    assert_eq!(why(shop.act(foreign).1), refused(VoucherRefusal::NoBasket));
    // The deed of gift cards does not go round its terms.
    let plain = Deed::PayByGift {
        code: &code,
        to: "sales",
        amount: money(1),
        hold: None,
        subject: "till",
        guesses: &shop.guesses,
    };
    assert_eq!(why(shop.act(plain).1), refused(VoucherRefusal::NoBasket));
}

#[test]
fn one_for_a_season_pays_between_two_instants() {
    let terms = VoucherTerms { from: Some(noon(10)), until: Some(noon(20)), ..VoucherTerms::default() };
    let shop = Shop::with(&terms, None);
    assert_eq!(shop.refused(1, None), WalletRefusal::Voucher(VoucherRefusal::NotYet { from: noon(10) }));
    assert_eq!(shop.left(), Ok(5_000), "it can be looked at");
    shop.clock.set(noon(10));
    let paid = shop.pay(100);
    shop.clock.set(noon(20));
    assert_eq!(shop.refused(1, None), WalletRefusal::GiftEnded { at: noon(20) });
    // Nothing but the refund is good, and with no days to use it not even that.
    assert_eq!(shop.refund(paid, 100), WalletOutcome::Done);
    assert_eq!(shop.left(), Err(WalletRefusal::GiftEnded { at: noon(20) }));
    let ends_first = VoucherTerms { from: Some(noon(30)), until: Some(noon(30)), ..VoucherTerms::default() };
    let code = GiftCode::from_entropy([1; 16]);
    let issue =
        Deed::IssueVoucher { code: &code, from: "marketing", amount: money(1), to: None, terms: &ends_first };
    assert_eq!(why(shop.act(issue).1), WalletRefusal::GiftEnded { at: noon(30) });
}

#[test]
fn what_it_takes_back_follows_its_terms() {
    for (returns, early, late) in [
        (VoucherReturn::Always, true, true),
        (VoucherReturn::WhileGood, true, false),
        (VoucherReturn::Never, false, false),
    ] {
        let terms =
            VoucherTerms { until: Some(noon(20)), refund_days: 7, returns, ..VoucherTerms::default() };
        let shop = Shop::with(&terms, None);
        let paid = shop.pay(1_000);
        let refused = WalletRefusal::Voucher(VoucherRefusal::NotReturned);
        for (at, taken) in [(19, early), (noon(0).timestamp() + 8 * 86_400, late)] {
            shop.clock.set(if at == 19 { noon(19) } else { noon(8 * 86_400) });
            let outcome = shop.refund(paid, 100);
            assert_eq!(outcome.is_done(), taken, "{returns:?}");
            if !taken {
                assert_eq!(why(outcome), refused);
            }
        }
        let expected = match returns {
            // 4,000 were on it, 100 came back, the rest came after its end.
            VoucherReturn::Always => Ok(100),
            VoucherReturn::WhileGood => Err(WalletRefusal::GiftEnded { at: noon(19 + 7 * 86_400) }),
            VoucherReturn::Never => Err(WalletRefusal::GiftEnded { at: noon(20) }),
        };
        assert_eq!(shop.left(), expected, "{returns:?}");
    }
}

#[test]
fn one_for_a_person_is_hers_in_every_channel() {
    let shop = Shop::with(&VoucherTerms::default(), Some("u-sara"));
    let (sara, other, at_the_till) = (shop.customer("u-sara"), shop.customer("u-2"), shop.customer("u-3"));
    let not_hers = WalletRefusal::Voucher(VoucherRefusal::OfAnother);
    assert_eq!(why(shop.try_pay(1, None, None, None).1), not_hers);
    assert_eq!(why(shop.try_pay(1, Some(&other), None, None).1), not_hers);
    let (paid, outcome) = shop.try_pay(100, Some(&sara), None, None);
    assert_eq!(outcome, WalletOutcome::Done);
    // The record at the till turns out to be hers: whoever reads her profile pays with it.
    assert_eq!(why(shop.try_pay(1, Some(&at_the_till), None, None).1), not_hers);
    let (Who::Record(one), Who::Record(two)) = (&sara, &at_the_till) else { panic!("records") };
    shop.hub.link(&CommandKey::new("same"), *one, *two).unwrap();
    assert_eq!(shop.try_pay(1, Some(&at_the_till), None, None).1, WalletOutcome::Done);
    // The same act in somebody else's name is not known.
    let code = shop.code.reveal();
    let again = |by| Deed::PayByVoucher {
        code: &code,
        by,
        to: "sales",
        amount: money(100),
        basket: None,
        hold: None,
        subject: "till",
        guesses: &shop.guesses,
    };
    let send = |by| shop.hub.wallet_act(&[WalletAct::new(paid, again(by))]).unwrap();
    assert_eq!(send(Some(&at_the_till)), WalletOutcome::Known);
    assert_eq!(why(send(Some(&other))), WalletRefusal::IdReused { field: "who".to_owned() });
    // Nothing that is kept leads from the voucher to her.
    let text = one.to_string();
    let spellings = [text.replace('-', ""), text];
    let leads = shop.store.dump().any(|(_, value)| {
        let value = String::from_utf8_lossy(&value).into_owned();
        let is_ours = value.contains("wallet_gift") || value.contains("wallet_act");
        is_ours && spellings.iter().any(|text| value.contains(text))
    });
    assert!(!leads);
    // Whoever tries it in other names is slowed as one who guesses.
    let tries = (0..10).map(|_| why(shop.try_pay(1, Some(&other), None, None).1)).collect::<Vec<_>>();
    assert!(matches!(tries.last(), Some(WalletRefusal::Wait { .. })), "{tries:?}");
    let shown = format!("{:?}", again(Some(&sara)));
    assert!(!shown.contains(&code) && !shown.contains("till"), "{shown}");
}

#[test]
fn what_the_house_takes_back_is_first_what_pays_no_more() {
    let terms = VoucherTerms { until: Some(noon(20)), refund_days: 7, ..VoucherTerms::default() };
    for house_first in [false, true] {
        let shop = Shop::with(&terms, None);
        let paid = shop.pay(1_000);
        shop.clock.set(noon(30));
        let back = |first: bool| {
            if first {
                assert_eq!(shop.refund(id(0), 4_000), WalletOutcome::Done);
            } else {
                assert_eq!(shop.refund(paid, 1_000), WalletOutcome::Done);
            }
        };
        back(house_first);
        back(!house_first);
        // What came back to her pays, whichever came first.
        assert_eq!(shop.left(), Ok(1_000));
        shop.pay(1_000);
        assert_eq!(shop.left(), Ok(0));
    }
}

#[test]
fn a_voucher_that_could_never_pay_is_not_given_out() {
    let shop = Shop::with(&VoucherTerms::default(), None);
    for share in [Ratio::new(0, 1).unwrap(), Ratio::new(-1, 5).unwrap()] {
        let terms = VoucherTerms { most_of_basket: Some(share), ..VoucherTerms::default() };
        let code = GiftCode::from_entropy([7; 16]);
        let issue = Deed::IssueVoucher {
            code: &code,
            from: "marketing",
            amount: money(100),
            to: None,
            terms: &terms,
        };
        let refused = why(shop.act(issue).1);
        assert_eq!(refused, WalletRefusal::Voucher(VoucherRefusal::MoreThanShare { most: 0 }));
    }
}

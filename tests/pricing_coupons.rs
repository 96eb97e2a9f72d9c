//! Coupons: of any number of redeemers at once exactly as many succeed as there are uses, on every store and in a storm.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use attack_support::{NOON, TENANT, instant, rules, said};
use throughline::hub::{
    Afterwards, CommandKey, CouponOutcome, CouponRefusal, CouponRequest, DecisionOutcome, ErasureOutcome,
    FixedClock, Hub, What, Who,
};
use throughline::ids::RecordId;
use throughline::pricing::coupon::{
    Campaign, CampaignId, Codes, CouponAct, CouponBook, CouponCode, CouponLimits, GuessRules, Limit,
};
use throughline::store::faulty::{FaultyStore, Plan};
use throughline::store::{MemoryStore, Store, StoreError, StoreErrorKind, Tenant};
use throughline::time::TimeDelta;

const TILLS: usize = 4;

/// A store, and its other face where it fails on purpose.
struct Shop {
    store: Arc<dyn Store>,
    faulty: Option<Arc<FaultyStore>>,
}

impl Shop {
    fn on(store: Arc<dyn Store>) -> Self {
        Self { store, faulty: None }
    }

    fn in_a_storm(seed: u64) -> Self {
        let faulty = FaultyStore::new(Arc::new(MemoryStore::new()), seed, Plan::stormy()).with_snapshots();
        let faulty = Arc::new(faulty);
        Self { store: faulty.clone(), faulty: Some(faulty) }
    }

    fn hub(&self) -> Hub {
        let clock = Arc::new(FixedClock::at(instant(NOON)));
        Hub::with_clock(self.store.clone(), TENANT, rules(), clock).unwrap()
    }

    /// Whoever is told "unknown" or "try again" does the same with the same key again.
    fn insist<T>(&self, mut work: impl FnMut() -> Result<T, StoreError>) -> T {
        loop {
            match work() {
                Ok(value) => return value,
                Err(error) if error.kind() == StoreErrorKind::Conflict => {}
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

    fn act(
        &self,
        hub: &Hub,
        book: &CouponBook,
        request: &CouponRequest<'_>,
        act: CouponAct,
    ) -> CouponOutcome {
        self.insist(|| hub.coupon(book, &GuessRules::retail(), request, act))
    }

    /// Runs a till's work in each of several threads, each with a hub of its own.
    fn at_once<T: Send>(&self, work: impl Fn(usize, &Hub) -> Vec<T> + Sync) -> Vec<T> {
        let start = Barrier::new(TILLS);
        std::thread::scope(|scope| {
            let tills: Vec<_> = (0..TILLS)
                .map(|till| {
                    let (hub, start, work) = (self.hub(), &start, &work);
                    scope.spawn(move || {
                        start.wait();
                        work(till, &hub)
                    })
                })
                .collect();
            tills.into_iter().flat_map(|till| till.join().unwrap()).collect()
        })
    }
}

/// Each test's body on the memory store some times, on the redb store, and in some storms.
fn in_every_shop(times: u64, body: impl Fn(&Shop)) {
    for seed in 0..times {
        body(&Shop::on(Arc::new(MemoryStore::new())));
        let storm = Shop::in_a_storm(seed);
        body(&storm);
        assert!(storm.faulty.unwrap().injected() > 0);
    }
    #[cfg(feature = "redb")]
    {
        let directory = tempfile::tempdir().unwrap();
        let store = throughline::store::RedbStore::open(directory.path().join("hub.redb")).unwrap();
        body(&Shop::on(Arc::new(store)));
    }
}

fn book(codes: &[&str], limits: CouponLimits) -> CouponBook {
    let codes = codes.iter().map(|code| CouponCode::parse(code).unwrap()).collect();
    let id = CampaignId::parse("spring").unwrap();
    CouponBook::new([Campaign { id, codes: Codes::Listed(codes), limits, from: None, until: None }]).unwrap()
}

fn request<'a>(code: &'a str, key: &'a str, who: Option<&'a Who>) -> CouponRequest<'a> {
    CouponRequest { code, key, who, subject: "till" }
}

fn accepted(outcome: &CouponOutcome) -> bool {
    matches!(outcome, CouponOutcome::Accepted { .. })
}

fn reached(outcome: &CouponOutcome) -> Option<Limit> {
    match outcome {
        CouponOutcome::Refused { why: CouponRefusal::LimitReached { limit } } => Some(*limit),
        _ => None,
    }
}

fn hold() -> CouponAct {
    CouponAct::Hold { until: instant(NOON) + TimeDelta::minutes(10) }
}

#[test]
fn as_many_redeemers_succeed_as_there_are_uses() {
    in_every_shop(6, |shop| {
        for (limit, codes, limits) in [
            (7_u64, &["نوروز۱۰"][..], CouponLimits { code: Some(7), ..Default::default() }),
            (5, &["NOWRUZ", "ВЕСНА"], CouponLimits { campaign: Some(5), ..Default::default() }),
        ] {
            let (book, many) = (book(codes, limits), codes.len());
            let key = |order: usize| format!("{limit}/order-{order}");
            let redeem = |hub: &Hub, order: usize| {
                shop.act(hub, &book, &request(codes[order % many], &key(order), None), CouponAct::Redeem)
            };
            let won = shop.at_once(|till, hub| {
                let orders = (0..6).map(|order| order * TILLS + till);
                orders
                    .filter(|order| {
                        let outcome = redeem(hub, *order);
                        assert!(accepted(&outcome) || reached(&outcome).is_some(), "{outcome:?}");
                        accepted(&outcome)
                    })
                    .collect()
            });
            assert_eq!(won.len() as u64, limit);
            // Each key again, in all tills: the same answer, and no further use.
            let won: BTreeSet<usize> = won.into_iter().collect();
            let again = shop.at_once(|_, hub| {
                (0..6 * TILLS).filter(|order| accepted(&redeem(hub, *order))).collect::<Vec<_>>()
            });
            assert_eq!(again.len(), TILLS * won.len());
            assert_eq!(again.into_iter().collect::<BTreeSet<_>>(), won);
        }
    });
}

/// Holds, redemptions, releases and rollbacks in all tills: at no time are more uses taken than there are.
#[test]
fn holds_and_rollbacks_never_make_uses_nor_lose_any() {
    const LIMIT: usize = 3;
    in_every_shop(4, |shop| {
        let book = book(&["SPRING"], CouponLimits { code: Some(3), ..Default::default() });
        let taken = AtomicUsize::new(0);
        let standing: Vec<String> = shop.at_once(|till, hub| {
            let mut standing = Vec::new();
            for order in 0..12 {
                let key = format!("order-{till}-{order}");
                let act = |act| shop.act(hub, &book, &request("spring", &key, None), act);
                let first = act(if order % 3 == 0 { CouponAct::Redeem } else { hold() });
                if !accepted(&first) {
                    assert_eq!(reached(&first), Some(Limit::Code));
                    continue;
                }
                // Counted after it is taken and before it is given back: never more than there are.
                assert!(taken.fetch_add(1, Ordering::SeqCst) < LIMIT);
                match order % 4 {
                    0 if order % 3 != 0 => {
                        taken.fetch_sub(1, Ordering::SeqCst);
                        // An unknown answer may have been applied: then nothing is left to release.
                        let released = act(CouponAct::Release);
                        assert!(accepted(&released) || shop.faulty.is_some(), "{released:?}");
                    }
                    1 | 2 => {
                        assert!(accepted(&act(CouponAct::Redeem)), "a hold is a promise");
                        taken.fetch_sub(1, Ordering::SeqCst);
                        let given = act(CouponAct::Rollback);
                        assert!(accepted(&given) || shop.faulty.is_some(), "{given:?}");
                    }
                    _ if standing.is_empty() && till == 0 => {
                        assert!(accepted(&act(CouponAct::Redeem)));
                        standing.push(key);
                    }
                    _ => {
                        assert!(accepted(&act(CouponAct::Redeem)));
                        taken.fetch_sub(1, Ordering::SeqCst);
                        act(CouponAct::Rollback);
                    }
                }
            }
            standing
        });
        // Exactly what is left can still be had.
        let hub = shop.hub();
        let fresh = (0..2 * LIMIT).filter(|order| {
            let key = format!("last-{order}");
            accepted(&shop.act(&hub, &book, &request("spring", &key, None), CouponAct::Redeem))
        });
        assert_eq!(fresh.count() + standing.len(), LIMIT);
        for key in &standing {
            assert!(accepted(&shop.act(&hub, &book, &request("spring", key, None), CouponAct::Redeem)));
        }
    });
}

/// One customer with an account in the shop and a card at the till.
fn customer(shop: &Shop, hub: &Hub) -> (RecordId, RecordId) {
    let account = shop.insist(|| hub.record(&said("m-1", "web", 1).user("u-1").event())).record;
    let card = shop.insist(|| hub.record(&said("m-2", "till", 2).card("NV-9-99").event())).record;
    (account, card)
}

#[test]
fn a_limit_for_each_customer_counts_over_all_her_records() {
    in_every_shop(4, |shop| {
        let hub = shop.hub();
        let (account, card) = customer(shop, &hub);
        let book = book(&["SPRING", "SUMMER"], CouponLimits { customer: Some(3), ..Default::default() });
        // One use each while nobody knows that she is one.
        for (record, key) in [(account, "first"), (card, "second")] {
            let who = Who::Record(record);
            assert!(accepted(&shop.act(&hub, &book, &request("spring", key, Some(&who)), CouponAct::Redeem)));
        }
        let made = shop.insist(|| hub.link(&CommandKey::new("ticket"), account, card));
        assert!(matches!(made, DecisionOutcome::Made { .. }), "{made:?}");
        let won = shop.at_once(|till, hub| {
            let who = Who::Record(if till % 2 == 0 { account } else { card });
            let orders = (0..4).map(|order| format!("order-{till}-{order}"));
            orders
                .filter(|key| {
                    let code = if till < 2 { "spring" } else { "summer" };
                    let outcome = shop.act(hub, &book, &request(code, key, Some(&who)), CouponAct::Redeem);
                    assert!(accepted(&outcome) || reached(&outcome) == Some(Limit::Customer), "{outcome:?}");
                    accepted(&outcome)
                })
                .collect()
        });
        assert_eq!(won.len(), 1, "two of three uses were taken before");
        // What one record used comes back to both.
        let given = shop.act(&hub, &book, &request("spring", "first", None), CouponAct::Rollback);
        assert!(accepted(&given) || shop.faulty.is_some());
        let (who, anybody) = (Who::Record(card), request("spring", "third", None));
        assert!(accepted(&shop.act(&hub, &book, &request("spring", "third", Some(&who)), CouponAct::Redeem)));
        assert!(accepted(&shop.act(&hub, &book, &anybody, CouponAct::Redeem)), "the key says who it was");
        let unknown = shop.act(&hub, &book, &request("spring", "fourth", None), CouponAct::Redeem);
        assert_eq!(unknown, CouponOutcome::Refused { why: CouponRefusal::CustomerUnknown });
    });
}

#[test]
fn guessing_is_slowed_and_seen() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let clock = Arc::new(FixedClock::at(instant(NOON)));
    let hub = Hub::with_clock(store.clone(), TENANT, rules(), clock.clone()).unwrap();
    let (book, guesses) = (book(&["SPRING"], CouponLimits::default()), GuessRules::retail());
    let ask =
        |code, key: &str| hub.coupon(&book, &guesses, &request(code, key, None), CouponAct::Redeem).unwrap();
    assert!(accepted(&ask("spring", "before")));
    for wrong in 1..=6 {
        assert_eq!(ask("summer", "guess"), CouponOutcome::Refused { why: CouponRefusal::Unknown });
        assert_eq!(hub.coupon_guesses("till").unwrap().wrong, wrong);
    }
    let mut now = instant(NOON);
    for seconds in [2, 4, 8, 16] {
        let until = now + TimeDelta::seconds(seconds);
        let wait = CouponOutcome::Refused { why: CouponRefusal::Wait { until } };
        assert_eq!(ask("summer", "guess"), wait);
        assert_eq!(ask("spring", "new"), wait, "also a right one, or waiting would tell which is right");
        now = until;
        clock.set(now);
        assert_eq!(ask("summer", "guess"), CouponOutcome::Refused { why: CouponRefusal::Unknown });
    }
    assert_eq!(hub.coupon_guesses("till").unwrap().wrong, 10);
    assert_eq!(hub.coupon_guesses("another till").unwrap().wrong, 0);
    clock.set(now + TimeDelta::hours(1));
    assert!(accepted(&ask("spring", "after the wait")));
    clock.set(now + TimeDelta::days(2));
    assert_eq!(ask("summer", "guess"), CouponOutcome::Refused { why: CouponRefusal::Unknown });
    assert_eq!(hub.coupon_guesses("till").unwrap().wrong, 1, "forgotten after a day");
}

/// Four machines guess in one name: together they get as many looks as one.
#[test]
fn guessing_at_once_is_no_way_round() {
    for _ in 0..5 {
        let shop = Shop::on(Arc::new(MemoryStore::new()));
        let book = book(&["SPRING"], CouponLimits::default());
        let looked = shop.at_once(|till, hub| {
            let guesses = (0..8).map(|number| format!("GUESS{till}{number}"));
            let outcomes =
                guesses.map(|code| shop.act(hub, &book, &request(&code, "key", None), CouponAct::Redeem));
            outcomes
                .filter(|outcome| *outcome == CouponOutcome::Refused { why: CouponRefusal::Unknown })
                .collect::<Vec<_>>()
        });
        assert_eq!(looked.len(), 6);
        assert_eq!(shop.hub().coupon_guesses("till").unwrap().wrong, 6);
    }
}

/// Which kinds of entries the store has, by the letter of their keys.
fn letters(store: &MemoryStore) -> BTreeSet<char> {
    store
        .dump()
        .filter_map(|(key, _)| key.as_bytes().get(Tenant::LEN).map(|letter| char::from(*letter)))
        .collect()
}

fn names(store: &MemoryStore, record: RecordId) -> bool {
    let text = record.to_string();
    store.dump().any(|(key, value)| {
        key.as_bytes().windows(16).any(|part| part == record.as_bytes())
            || String::from_utf8_lossy(&value).contains(&text)
    })
}

#[test]
fn an_erased_customer_leaves_no_counter() {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    let hub = shop.hub();
    let (account, card) = customer(&shop, &hub);
    let limits = CouponLimits { code: Some(9), customer: Some(3), campaign: Some(9) };
    let book = book(&["CANARYCODE"], limits);
    let act = |key, who: Option<&Who>, act| {
        let request = CouponRequest { code: "canary-code", key, who, subject: "canary-subject" };
        hub.coupon(&book, &GuessRules::retail(), &request, act).unwrap()
    };
    for (key, record, what) in
        [("canary-1", account, CouponAct::Redeem), ("canary-2", card, hold()), ("canary-3", account, hold())]
    {
        assert!(accepted(&act(key, Some(&Who::Record(record)), what)));
    }
    let wrong = CouponRequest { code: "canary-guess", key: "canary-4", who: None, subject: "canary-subject" };
    hub.coupon(&book, &GuessRules::retail(), &wrong, CouponAct::Redeem).unwrap();
    assert!(letters(&store).contains(&'y'));
    for said in ["canary", "CANARY", "spring"] {
        assert!(!store.holds(said.as_bytes()), "`{said}` is stored as its hash");
    }
    for (number, record) in [account, card].into_iter().enumerate() {
        let key = CommandKey::new(&format!("gdpr-{number}"));
        let gone = hub.erase(&key, &What::Record(record), Afterwards::Suppress).unwrap();
        assert!(matches!(gone, ErasureOutcome::Erased { .. }));
    }
    assert!(!letters(&store).contains(&'y'), "no counter of hers is left");
    // What was hers may still be given back; it counted for the code, and counts for nobody now.
    assert!(accepted(&act("canary-1", None, CouponAct::Rollback)));
    let unknown = CouponOutcome::Refused { why: CouponRefusal::CustomerUnknown };
    assert_eq!(act("canary-2", None, CouponAct::Redeem), unknown);
    assert!(accepted(&act("canary-2", None, CouponAct::Release)));
    assert!(accepted(&act("canary-3", None, CouponAct::Release)));
    assert!(!letters(&store).contains(&'y'), "nor does one come back");
    assert!(!names(&store, account) && !names(&store, card), "nor what names her record");
    let free = (0..20).filter(|order| {
        let limits = CouponLimits { customer: None, ..limits };
        let codes = Codes::Listed([CouponCode::parse("CANARYCODE").unwrap()].into());
        let id = CampaignId::parse("spring").unwrap();
        let book = CouponBook::new([Campaign { id, codes, limits, from: None, until: None }]).unwrap();
        let key = format!("later-{order}");
        let request = CouponRequest { code: "canary-code", key: &key, who: None, subject: "x" };
        accepted(&hub.coupon(&book, &GuessRules::retail(), &request, CouponAct::Redeem).unwrap())
    });
    assert_eq!(free.count(), 9, "all came back");
}

//! Shops over any store, calm or in a storm.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "each test file uses a part of it"
)]

#[cfg(feature = "tzdb")]
pub mod orders;

use std::sync::{Arc, Barrier};

use throughline::cart::Sku;
use throughline::hub::{CommandKey, FixedClock, Hub, StockAnswer, StockInquiry};
use throughline::stock::reservation::{Line, StockAct, StockChange, StockOutcome, Terms, Yield};
use throughline::stock::{LocationId, Place, ReservationKey};
use throughline::store::faulty::{FaultyStore, Plan};
use throughline::store::{MemoryStore, Store, StoreError, StoreErrorKind};
use throughline::time::TimeDelta;

use crate::attack_support::{NOON, TENANT, instant, rules};

/// A store, and its other face where it fails on purpose.
pub struct Shop {
    store: Arc<dyn Store>,
    faulty: Option<Arc<FaultyStore>>,
}

impl Shop {
    pub fn on(store: Arc<dyn Store>) -> Self {
        Self { store, faulty: None }
    }

    pub fn in_a_storm(seed: u64) -> Self {
        let faulty = FaultyStore::new(Arc::new(MemoryStore::new()), seed, Plan::stormy()).with_snapshots();
        let faulty = Arc::new(faulty);
        Self { store: faulty.clone(), faulty: Some(faulty) }
    }

    pub fn is_stormy(&self) -> bool {
        self.faulty.is_some()
    }

    pub fn revive(&self) {
        self.faulty.as_ref().unwrap().revive();
    }

    pub fn hub_with_clock(&self) -> (Arc<FixedClock>, Hub) {
        let clock = Arc::new(FixedClock::at(instant(NOON)));
        let hub = Hub::with_clock(self.store.clone(), TENANT, rules(), clock.clone()).unwrap();
        (clock, hub)
    }

    pub fn hub(&self) -> Hub {
        self.hub_with_clock().1
    }

    /// Whoever is told "unknown" or "try again" does the same with the same key again.
    pub fn insist<T>(&self, mut work: impl FnMut() -> Result<T, StoreError>) -> T {
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

    /// Runs work in each of several threads, each with a hub of its own.
    pub fn at_once<T: Send>(&self, threads: usize, work: impl Fn(usize, &Hub) -> Vec<T> + Sync) -> Vec<T> {
        let start = Barrier::new(threads);
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..threads)
                .map(|at| {
                    let (hub, start, work) = (self.hub(), &start, &work);
                    scope.spawn(move || {
                        start.wait();
                        work(at, &hub)
                    })
                })
                .collect();
            all.into_iter().flat_map(|one| one.join().unwrap()).collect()
        })
    }

    pub fn answers(&self, places: &[&Place]) -> Vec<StockAnswer> {
        let (hub, terms) = (self.hub(), Terms::default());
        let of = |place: &&Place| {
            let (skus, locations) = ([place.sku.clone()], [place.location.clone()]);
            let inquiry = StockInquiry { skus: &skus, locations: &locations, terms: &terms, at: None };
            self.insist(|| hub.stock_at(&inquiry)).remove(0)
        };
        places.iter().map(of).collect()
    }
}

/// Each test's body on the memory store and in some storms, and on the redb store.
pub fn in_every_shop(times: u64, body: impl Fn(&Shop)) {
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

pub fn place(location: &str, sku: &str) -> Place {
    Place::new(LocationId::parse(location).unwrap(), Sku::parse(sku).unwrap())
}

pub fn key(text: &str) -> ReservationKey {
    ReservationKey::parse(text).unwrap()
}

/// Holds units for an hour.
pub fn reserve(lines: &[(&Place, u32)]) -> StockAct {
    let lines = lines.iter().map(|(place, units)| Line::new((*place).clone(), *units)).collect();
    StockAct::Reserve { lines, until: Some(instant(NOON) + TimeDelta::hours(1)), backorder: false }
}

pub fn count(shop: &Shop, place: &Place, units: u32) {
    let hub = shop.hub();
    let command = CommandKey::new(&format!("count-{}-{}", place.location, place.sku));
    let count = StockChange::Count { units, at: instant(NOON), source: Default::default() };
    assert!(shop.insist(|| hub.change_stock(&command, place, &count, Yield::Refuse)).is_changed());
}

pub fn accepted(outcome: &StockOutcome) -> bool {
    outcome.is_accepted()
}

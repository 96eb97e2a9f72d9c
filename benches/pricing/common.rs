//! What the pricing benchmarks and the comparison with a peer share.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use throughline::cart::Sku;
use throughline::money::{Currency, CurrencyUnit, Money};

pub fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

pub fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

pub fn product(n: usize) -> Sku {
    Sku::parse(&format!("SKU-{n:07}")).unwrap()
}

/// What this thread has used of the processor. Other load of the machine does not count, so that figures taken beside
/// other work can be compared.
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

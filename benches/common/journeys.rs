//! A million journeys that look like those of a retailer.

use throughline::journey::paths::{Outcome, Paths};

/// How many.
pub const JOURNEYS: usize = 1_000_000;

/// Numbers that look random: a linear congruential generator, its high bits.
pub struct Numbers(pub u64);

impl Numbers {
    /// A number below that one.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A million journeys over twelve channels, some more frequent than others, 3.6 touches each, of which one in that many
/// converts.
pub fn journeys(one_in: u64) -> Paths {
    const CHANNELS: [&str; 12] = [
        "direct",
        "organic",
        "paid_search",
        "email",
        "social",
        "display",
        "affiliate",
        "store",
        "call_center",
        "app_push",
        "sms",
        "marketplace",
    ];
    let mut numbers = Numbers(7);
    let mut paths = Paths::new();
    let mut path = Vec::new();
    for _ in 0..JOURNEYS {
        path.clear();
        loop {
            let channel = numbers.below(12).min(numbers.below(14));
            path.push(CHANNELS[channel as usize]);
            if path.len() == 20 || numbers.below(100) < 27 {
                break;
            }
        }
        let won = numbers.below(one_in) == 0;
        let value = 500 + numbers.below(20_000) as i64;
        paths.push(path.iter().copied(), if won { Outcome::won(value) } else { Outcome::lost() }).unwrap();
    }
    paths
}

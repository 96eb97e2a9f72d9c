//! Any bytes are journeys or an error that names a line; what was read has credits that add up, a map and a chain.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::journey::attribution::{MarkovSettings, Rule, Sharing, credit, markov, shapley};
use throughline::journey::paths::{follows, variants};

#[path = "../../examples/attribution/read.rs"]
mod read;

fuzz_target!(|bytes: &[u8]| {
    let paths = match read::paths(bytes) {
        Ok(paths) => paths,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let earned: i128 = paths.iter().map(|path| i128::from(path.outcome().value_minor)).sum();
    for rule in Rule::usual() {
        // More than 64 bits of minor units is a typed error.
        let Ok(credits) = credit(&paths, &rule) else { continue };
        if credits.sharing == Sharing::Divided {
            assert_eq!(credits.value_sum(), earned);
        }
    }
    let map = follows(&paths);
    let steps: u64 = paths.iter().map(|path| path.outcome().journeys() * (path.len().saturating_sub(1) as u64)).sum();
    assert_eq!(map.transitions(), steps);
    assert!(variants(&paths).len() <= paths.len());
    if paths.channels().len() <= 64 {
        for order in 1..=3 {
            if let Ok(solved) = markov(&paths, &MarkovSettings { order, with_nulls: true }) {
                assert!(solved.effects.iter().all(|effect| (0.0..=1.0).contains(&effect.conversions)));
                assert_eq!(solved.credits.value_sum(), earned);
            }
        }
        if let Ok(fair) = shapley(&paths) {
            assert_eq!(fair.credits.value_sum(), earned);
        }
    }
});

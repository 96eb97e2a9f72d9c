//! Millions of random allocations without a broken law, with a generator that costs next to nothing.
//!
//! ```sh
//! cargo test --release --test money_allocations -- --ignored --nocapture
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_possible_wrap,
    clippy::cast_possible_truncation,
    reason = "a test may fail"
)]

use throughline::money::{LineWithFloor, Spread, ZeroWeights, allocate, allocate_with_floors};

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Mostly what shops have, sometimes whatever the type holds.
    fn amount(&mut self) -> i64 {
        match self.below(16) {
            0 => 0,
            1 => self.next() as i64,
            2 => self.below(10) as i64,
            sign => (self.below(2_000_000) as i64) * if sign < 6 { -1 } else { 1 },
        }
    }
}

/// The parts are the whole, each is its exact share rounded down or up, nothing gets nothing, and ties go to the lower.
fn is_lawful(total: i64, weights: &[u64], parts: &[i64]) -> bool {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let equal = sum == 0;
    let sum = if equal { weights.len() as i128 } else { sum };
    let whole: i128 = parts.iter().map(|part| i128::from(*part)).sum();
    let fair = weights.iter().zip(parts).all(|(weight, part)| {
        let weight = if equal { 1 } else { i128::from(*weight) };
        let exact = i128::from(total) * weight;
        // The part and its neighbours are compared by division: a product with the sum may need more than 128 bits.
        let (low, high) = (exact.div_euclid(sum), -(-exact).div_euclid(sum));
        (low..=high).contains(&i128::from(*part))
    });
    let ties = weights.windows(2).zip(parts.windows(2)).all(|(weights, parts)| {
        weights[0] != weights[1] || parts[0].unsigned_abs() >= parts[1].unsigned_abs()
    });
    whole == i128::from(total) && fair && ties
}

/// Nobody falls under the floor, the parts and what is left are the whole, and something is left only if nobody can give.
fn keeps_floors(total: i64, lines: &[LineWithFloor]) -> bool {
    let answer = allocate_with_floors(total, lines).unwrap();
    let whole: i128 = answer.parts.iter().map(|part| i128::from(*part)).sum();
    let room = |line: &LineWithFloor| (line.amount - line.floor).max(0);
    let bounded = lines.iter().zip(&answer.parts).all(|(line, part)| {
        part.unsigned_abs() <= room(line).unsigned_abs() && (*part == 0 || (*part < 0) == (total < 0))
    });
    let spent = lines.iter().zip(&answer.parts).all(|(line, part)| part.abs() == room(line));
    whole + i128::from(answer.left) == i128::from(total) && bounded && (answer.left == 0 || spent)
}

/// Any cut of the units parts the whole, and a unit has its share rounded down or up.
fn spreads(total: i64, units: u32, first: u32, cut: u32) -> bool {
    let spread = Spread::new(total, units, first % units).unwrap();
    let unit = spread.of(cut % units, cut % units + 1);
    let difference = i128::from(unit) * i128::from(units) - i128::from(total);
    i128::from(spread.of(0, cut % units)) + i128::from(spread.of(cut % units, units)) == i128::from(total)
        && difference.abs() < i128::from(units)
}

fn run(count: u64, seed: u64) {
    let mut random = Random(seed);
    let mut weights = Vec::new();
    let mut lines = Vec::new();
    for number in 0..count {
        let total = random.amount();
        weights.clear();
        for _ in 0..=random.below(8) {
            let weight = match random.below(12) {
                0 => 0,
                1 => random.next(),
                2..5 => 1_000,
                _ => random.below(500_000),
            };
            weights.push(weight);
        }
        let parts = allocate(total, &weights, ZeroWeights::Equal).unwrap();
        assert!(is_lawful(total, &weights, &parts), "{number}: {total} over {weights:?} gave {parts:?}");
        let mirrored = allocate(total.saturating_neg(), &weights, ZeroWeights::Equal).unwrap();
        let mirror = total == i64::MIN || parts.iter().zip(&mirrored).all(|(part, other)| *part == -*other);
        assert!(mirror, "{number}: {total} over {weights:?} is not mirrored");
        if number % 4 == 0 {
            lines.clear();
            for weight in &weights {
                let amount = (weight >> 8) as i64 / 16;
                let floor = if weight % 3 == 0 { random.below(600_000) as i64 } else { 0 };
                lines.push(LineWithFloor { amount, floor });
            }
            assert!(keeps_floors(total, &lines), "{number}: {total} off {lines:?}");
            let units = (random.next() as u32 >> (random.below(32) as u32)).max(1);
            assert!(
                spreads(total, units, random.next() as u32, random.next() as u32),
                "{number}: {total} / {units}"
            );
        }
    }
    println!("{count} allocations, no law broken");
}

#[test]
fn a_hundred_thousand_allocations_break_no_law() {
    run(100_000, 1);
}

#[test]
#[ignore = "ten million: run it in release"]
fn ten_million_allocations_break_no_law() {
    run(10_000_000, 20_261_122);
}

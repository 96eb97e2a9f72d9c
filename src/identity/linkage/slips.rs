//! How many pairs of records hold numbers that are one slip apart.
//!
//! Two numbers one edit apart agree on their front half or on their back half. So numbers are grouped by each half, and
//! in each group, in an order as good as random, every number is compared with those next to it: a sample of just the
//! pairs that matter, however rare they are among all pairs.

use super::agreement::{self, Agreement};
use super::columns::{Interned, Table};
use super::compiled::find;
use super::condition::Condition;
use super::hash::hash;
use super::hubs::is_hub;
use super::model::{Level, Model};
use super::prepare::Prepared;

/// How many of its neighbours each number is compared with.
const NEIGHBOURS: usize = 2;

/// The degree of agreement of a slip.
const SLIP: u8 = 4;

/// About how many pairs of records are of a level that is a slip in a number; `None` for other levels.
pub(super) fn level_pairs(model: &Model, table: &Table, level: &Level) -> Option<f64> {
    match &level.condition {
        Condition::Agreement { on: Agreement::Code { column }, at_least: SLIP } if !table.sources.told() => {
            Some(pairs(table.columns.get(find(&model.columns, column).ok()?)?))
        }
        _ => None,
    }
}

/// About how many pairs of records hold values a slip apart.
///
/// # Complexity
/// O(n log n) in the distinct values.
fn pairs(values: &Interned) -> f64 {
    [false, true].map(|back| by_half(values, back)).iter().sum()
}

fn by_half(values: &Interned, back: bool) -> f64 {
    let mut grouped: Vec<(u64, u64, u32)> = Vec::new();
    for (value, at) in values.values.iter().zip(0_u32..) {
        let Prepared::Text(text) = value else { continue };
        let held = values.counts.get(at as usize).copied().unwrap_or(0);
        if is_hub(held) {
            continue;
        }
        let text = text.as_str();
        let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
        let (front, rear) = text.split_at_checked(middle).unwrap_or_default();
        let half = if back { rear } else { front };
        grouped.push((hash(1, half.as_bytes()), hash(2, text.as_bytes()), at));
    }
    grouped.sort_unstable();
    let count = |at: u32| values.counts.get(at as usize).copied().map_or(0.0, f64::from);
    let mut total = 0.0;
    for group in grouped.chunk_by(|a, b| a.0 == b.0) {
        let (mut compared, mut found) = (0.0, 0.0);
        for (place, (_, _, one)) in group.iter().enumerate() {
            for (_, _, other) in group.iter().skip(place + 1).take(NEIGHBOURS) {
                compared += 1.0;
                if let (Some(a), Some(b)) =
                    (values.values.get(*one as usize), values.values.get(*other as usize))
                    && agreement::code(a, b) == SLIP
                {
                    found += count(*one) * count(*other);
                }
            }
        }
        if found > 0.0 {
            let many = f64::from(u32::try_from(group.len()).unwrap_or(u32::MAX));
            total += found * (many * (many - 1.0) / 2.0) / compared;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::condition_text::TextValue;
    use super::super::model::TextUnit;
    use super::*;

    fn column(numbers: impl IntoIterator<Item = (String, u32)>) -> Interned {
        let text = |number: &str| Prepared::Text(TextValue::new(number, TextUnit::Characters));
        let (values, counts) = numbers.into_iter().map(|(number, count)| (text(&number), count)).unzip();
        Interned { cells: Vec::new(), values, counts }
    }

    fn exact(values: &Interned) -> f64 {
        let mut total = 0.0;
        for (at, a) in values.values.iter().enumerate() {
            for (other, b) in values.values.iter().enumerate().skip(at + 1) {
                if agreement::code(a, b) == SLIP {
                    total += f64::from(values.counts[at]) * f64::from(values.counts[other]);
                }
            }
        }
        total
    }

    #[test]
    fn few_numbers_are_counted_exactly() {
        let of = |numbers: &[(&str, u32)]| {
            pairs(&column(numbers.iter().map(|(number, count)| ((*number).to_owned(), *count))))
        };
        assert_eq!(of(&[("9121234567", 2), ("9121234568", 3), ("3051112233", 1)]), 6.0);
        assert_eq!(of(&[("9121234567", 1), ("8121234567", 1)]), 1.0);
        assert_eq!(of(&[("9121234567", 1), ("9121234599", 1)]), 0.0);
        // A placeholder is nobody's number.
        assert_eq!(of(&[("9121234567", 2), ("9121234568", 3000)]), 0.0);
        assert_eq!(of(&[]), 0.0);
    }

    #[test]
    fn of_many_numbers_the_estimate_is_near() {
        let mut state = 7_u64;
        let numbers: std::collections::BTreeSet<u64> = (0..3_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                100_000 + (state >> 33) % 50_000
            })
            .collect();
        let values = column(numbers.into_iter().map(|number| (number.to_string(), 1)));
        let (found, wanted) = (pairs(&values), exact(&values));
        assert!(wanted > 1_000.0 && (found / wanted - 1.0).abs() < 0.2, "{found} {wanted}");
    }
}

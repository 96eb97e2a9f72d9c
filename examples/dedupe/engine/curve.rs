//! Precision and recall over thresholds.

use hashbrown::HashMap;
use throughline::identity::linkage::{Candidates, LinkSettings, Model, ModelError, NO_TRUTH};

use crate::report::CurvePoint;

/// The lowest and the highest threshold, in bits.
const RANGE: (i32, i32) = (-20, 40);

/// One point for each whole bit: the pairs that reach it, against all pairs of one person.
#[expect(clippy::cast_precision_loss, reason = "shown, not calculated with")]
pub(super) fn points(
    candidates: &Candidates,
    model: &Model,
    sources: Option<&[u32]>,
    truth: &[u32],
) -> Result<Vec<CurvePoint>, ModelError> {
    // Every candidate above the lowest threshold, and no other pair.
    let settings = LinkSettings { threshold_bits: f64::from(RANGE.0), weigh_all_within: 0 };
    let links = candidates.link(model, &settings, &[], &())?;
    let person = |row: u32| truth.get(row as usize).copied().filter(|person| *person != NO_TRUTH);
    let across = |left: u32, right: u32| {
        sources.is_none_or(|sources| sources.get(left as usize) != sources.get(right as usize))
    };
    let mut at = vec![(0_u64, 0_u64); usize::try_from(RANGE.1 - RANGE.0 + 1).unwrap_or(0)];
    for (left, right, bits) in &links.pairs {
        let (Some(a), Some(b)) = (person(*left), person(*right)) else { continue };
        #[expect(clippy::cast_possible_truncation, reason = "clamped")]
        let place = (bits.floor().min(f64::from(RANGE.1)) - f64::from(RANGE.0)).max(-1.0) as i64;
        let point = usize::try_from(place).ok().filter(|_| *bits >= f64::from(RANGE.0));
        if let Some(point) = point.and_then(|place| at.get_mut(place)).filter(|_| across(*left, *right)) {
            point.0 += 1;
            point.1 += u64::from(a == b);
        }
    }
    let existing = existing(truth, sources);
    let (mut found, mut correct) = (0, 0);
    let mut points: Vec<CurvePoint> = Vec::with_capacity(at.len());
    for ((pairs, same), bits) in at.into_iter().rev().zip((RANGE.0..=RANGE.1).rev()) {
        found += pairs;
        correct += same;
        if found == 0 || existing == 0 {
            continue;
        }
        let (precision, recall) = (correct as f64 / found as f64, correct as f64 / existing as f64);
        let f1 = 2.0 * correct as f64 / (found + existing) as f64;
        points.push(CurvePoint { bits: f64::from(bits), precision, recall, f1 });
    }
    points.reverse();
    Ok(points)
}

/// How many pairs of one person there are, between different sources if there are any.
fn existing(truth: &[u32], sources: Option<&[u32]>) -> u64 {
    let mut persons: HashMap<u32, u64> = HashMap::new();
    let mut within: HashMap<(u32, u32), u64> = HashMap::new();
    for (row, person) in truth.iter().enumerate().filter(|(_, person)| **person != NO_TRUTH) {
        *persons.entry(*person).or_default() += 1;
        if let Some(source) = sources.and_then(|sources| sources.get(row)) {
            *within.entry((*person, *source)).or_default() += 1;
        }
    }
    let pairs = |records: &u64| records * (records - 1) / 2;
    persons.values().map(pairs).sum::<u64>() - within.values().map(pairs).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_that_exist() {
        let truth = [1, 1, 1, 2, 2, NO_TRUTH, NO_TRUTH];
        assert_eq!(existing(&truth, None), 4);
        assert_eq!(existing(&truth, Some(&[0, 0, 1, 0, 1, 0, 1])), 3);
    }
}

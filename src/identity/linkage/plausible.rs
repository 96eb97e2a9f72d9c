//! Whether what training took for one person's pairs is that: agreement has to speak for it.

/// How much more the best level of a comparison says than the worst, in bits: of the levels that any pair is of. They
/// come from best to worst, without those that say nothing. 0 where all pairs are of one level.
pub(super) fn span(levels: impl DoubleEndedIterator<Item = (f64, bool)>) -> f64 {
    let mut seen = levels.filter(|(_, seen)| *seen).map(|(bits, _)| bits);
    match (seen.next(), seen.next_back()) {
        (Some(best), Some(worst)) => best - worst,
        _ => 0.0,
    }
}

/// Whether the class of one person is that of strangers: the best levels of all comparisons, taken together, say less
/// than the worst. Gives the comparison that says so loudest.
///
/// One comparison alone proves nothing: of a column that is noise the best level says less than the worst as often as
/// more.
pub(super) fn swapped(spans: &[f64]) -> Option<usize> {
    let total: f64 = spans.iter().sum();
    let loudest = spans.iter().enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
    loudest.filter(|_| total < 0.0).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_no_pair_is_of_do_not_count() {
        let of = |levels: &[(f64, bool)]| span(levels.iter().copied());
        assert_eq!(of(&[(3.0, true), (9.0, false), (-2.0, true)]), 5.0);
        assert_eq!(of(&[(-3.0, true), (2.0, true), (8.0, false)]), -5.0);
        assert_eq!(of(&[(-3.0, true), (2.0, false)]), 0.0);
        assert_eq!(of(&[]), 0.0);
    }

    #[test]
    fn one_comparison_alone_swaps_nothing() {
        assert_eq!(swapped(&[8.0, -0.5, 4.0]), None);
        assert_eq!(swapped(&[1.0, -0.5, -4.0]), Some(2));
        assert_eq!(swapped(&[0.0, 0.0]), None);
        assert_eq!(swapped(&[]), None);
    }
}

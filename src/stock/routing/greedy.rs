//! An answer without a search: always feasible, rarely the best.

use super::problem::Problem;

/// Takes the location that gives most of what is still wanted, until nothing is; then leaves out whoever is not needed,
/// the dearest first.
pub(super) fn cover(problem: &Problem<'_>) -> Vec<usize> {
    let mut wanted = problem.wanted();
    let mut chosen: Vec<usize> = Vec::new();
    let mut left: Vec<usize> = (0..problem.candidates.len()).collect();
    while wanted.iter().any(|units| *units > 0) {
        let gain = |at: &usize| {
            let one = problem.candidates.get(*at);
            one.map_or(0, |one| {
                one.stock.iter().zip(&wanted).map(|(units, left)| u64::from((*units).min(*left))).sum()
            })
        };
        // Of equals the one that the search would ask first.
        let best = left.iter().map(|at| (gain(at), std::cmp::Reverse(*at))).max();
        let Some((1.., std::cmp::Reverse(best))) = best else { break };
        chosen.push(best);
        left.retain(|at| *at != best);
        if let Some(one) = problem.candidates.get(best) {
            wanted.iter_mut().zip(&one.stock).for_each(|(left, units)| *left = left.saturating_sub(*units));
        }
    }
    without_needless(problem, chosen)
}

fn without_needless(problem: &Problem<'_>, mut chosen: Vec<usize>) -> Vec<usize> {
    let wanted = problem.wanted();
    let mut there = vec![0_u64; wanted.len()];
    for one in chosen.iter().filter_map(|at| problem.candidates.get(*at)) {
        there.iter_mut().zip(&one.stock).for_each(|(sum, units)| *sum += u64::from(*units));
    }
    let mut dearest = chosen.clone();
    dearest
        .sort_by_key(|at| std::cmp::Reverse(problem.candidates.get(*at).map(|one| (one.shipping, one.rank))));
    for at in dearest {
        let Some(one) = problem.candidates.get(at) else { continue };
        let enough = there
            .iter()
            .zip(&one.stock)
            .zip(&wanted)
            .all(|((sum, units), wanted)| sum.saturating_sub(u64::from(*units)) >= u64::from(*wanted));
        if enough {
            there.iter_mut().zip(&one.stock).for_each(|(sum, units)| *sum -= u64::from(*units));
            chosen.retain(|other| *other != at);
        }
    }
    chosen
}

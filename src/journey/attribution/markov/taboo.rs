//! Any order: for each channel the chain that never enters a state with the channel.

use super::chain::Chain;
use super::dense::invert;
use crate::journey::attribution::{AttributionError, AttributionErrorKind};

/// Sweeps before giving up on iteration.
const MOST_SWEEPS: usize = 4_000;

/// Systems of up to so many states are then solved directly.
const DIRECT: usize = 1_500;

/// The bound on the error of the probability of a conversion, relative to it.
const PRECISION: f64 = 1e-13;

/// The removal effects of all channels by rank, on conversions and on value.
///
/// With `y` the expected visits of each allowed state, `y = s + y Q` without the forbidden states, the journeys that
/// still convert are `sum of y_i r_i`. One system serves conversions and value. It is solved by Gauss and Seidel from the
/// visits of the whole chain, which bound those of the smaller one from above, so the values fall to the solution; the
/// sum of the changes in a sweep bounds the residual, and so the error, since no state converts with more than certainty.
pub(super) fn effects(chain: &Chain) -> Result<Vec<[f64; 2]>, AttributionError> {
    (0..chain.channels)
        .map(|rank| {
            let rank = u16::try_from(rank).unwrap_or(u16::MAX);
            if !chain.states.iter().any(|state| state.channels.contains(&Some(rank))) {
                return Ok([0.0; 2]);
            }
            let visits = solve(&Reduced::without(chain, rank), chain)?;
            let mut left = [0.0; 2];
            for (visits, state) in visits.iter().zip(&chain.states) {
                left[0] += visits * (state.conversions / state.visits);
                left[1] += visits * (state.value / state.visits);
            }
            Ok([(left[0], chain.conversions), (left[1], chain.value)]
                .map(|(left, total)| if total > 0.0 { 1.0 - left * chain.journeys / total } else { 0.0 }))
        })
        .collect()
}

/// The chain between the allowed states.
struct Reduced {
    /// The allowed states.
    states: Vec<usize>,
    /// Where the transitions of each begin.
    offsets: Vec<usize>,
    /// Transitions into them out of allowed states, which keep their places in the chain.
    incoming: Vec<(usize, f64)>,
}

impl Reduced {
    fn without(chain: &Chain, rank: u16) -> Self {
        let allowed: Vec<bool> =
            chain.states.iter().map(|state| !state.channels.contains(&Some(rank))).collect();
        let is_allowed = |state: usize| allowed.get(state).copied().unwrap_or(false);
        let states: Vec<usize> = (0..chain.states()).filter(|&state| is_allowed(state)).collect();
        let mut offsets = Vec::with_capacity(states.len() + 1);
        let mut incoming = Vec::new();
        for &state in &states {
            offsets.push(incoming.len());
            incoming.extend(chain.incoming(state).iter().filter(|(from, _)| is_allowed(*from)));
        }
        offsets.push(incoming.len());
        Self { states, offsets, incoming }
    }
}

/// Expected visits of each state of the chain; none of the forbidden ones.
#[expect(clippy::indexing_slicing, reason = "a hot loop over the chain's own places")]
fn solve(reduced: &Reduced, chain: &Chain) -> Result<Vec<f64>, AttributionError> {
    let mut visits = vec![0.0; chain.states()];
    for &state in &reduced.states {
        visits[state] = chain.states[state].visits / chain.journeys;
    }
    let starts: Vec<f64> =
        reduced.states.iter().map(|&state| chain.states[state].starts / chain.journeys).collect();
    let precision = PRECISION * chain.conversion_probability();
    for _ in 0..MOST_SWEEPS {
        let (mut changed, mut sum) = (0.0, 0.0);
        for (place, &state) in reduced.states.iter().enumerate() {
            let mut now = starts[place];
            for &(from, probability) in &reduced.incoming[reduced.offsets[place]..reduced.offsets[place + 1]]
            {
                now += visits[from] * probability;
            }
            changed += (visits[state] - now).abs();
            sum += now;
            visits[state] = now;
        }
        // No float is closer than a few units of its last place.
        if changed <= precision.max(sum * f64::EPSILON) {
            return Ok(visits);
        }
    }
    if reduced.states.len() > DIRECT {
        return Err(AttributionError::new(AttributionErrorKind::NotConverged));
    }
    let size = reduced.states.len();
    let mut matrix = vec![0.0; size * size];
    for place in 0..size {
        matrix[place * size + place] = 1.0;
        for &(from, probability) in &reduced.incoming[reduced.offsets[place]..reduced.offsets[place + 1]] {
            if let Ok(row) = reduced.states.binary_search(&from) {
                matrix[row * size + place] -= probability;
            }
        }
    }
    let inverse = invert(matrix, size);
    visits.fill(0.0);
    for (place, &state) in reduced.states.iter().enumerate() {
        visits[state] = (0..size).map(|row| starts[row] * inverse[row * size + place]).sum();
    }
    Ok(visits)
}

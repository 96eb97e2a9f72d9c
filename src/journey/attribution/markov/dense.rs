//! Order 1: one inverse answers for all channels.

use super::chain::Chain;

/// Above so many states the inverse takes longer than sparse systems.
pub(super) const MOST_STATES: usize = 600;

/// The removal effects of all channels by rank, on conversions and on value:
/// `N[s,c] x_c / (N[c,c] x_s)` with `N = (I - Q)^-1`.
///
/// `N[s,c]` is how often a journey visits `c`, which was counted; `x_c` and `N[c,c]` come from the inverse.
#[expect(clippy::indexing_slicing, reason = "square matrices of one size")]
pub(super) fn effects(chain: &Chain) -> Vec<[f64; 2]> {
    let size = chain.states();
    let mut matrix = vec![0.0; size * size];
    for state in 0..size {
        matrix[state * size + state] = 1.0;
        for &(from, probability) in chain.incoming(state) {
            matrix[from * size + state] -= probability;
        }
    }
    let inverse = invert(matrix, size);
    let mut effects = vec![[0.0; 2]; chain.channels];
    for (place, state) in chain.states.iter().enumerate() {
        let row = &inverse[place * size..(place + 1) * size];
        let mut ahead = [0.0; 2];
        for (steps, other) in row.iter().zip(&chain.states) {
            ahead[0] += steps * (other.conversions / other.visits);
            ahead[1] += steps * (other.value / other.visits);
        }
        let Some(rank) = state.channels[0] else { continue };
        let reached = state.visits / row[place];
        for (effect, (ahead, total)) in
            effects[usize::from(rank)].iter_mut().zip(ahead.into_iter().zip([chain.conversions, chain.value]))
        {
            *effect = if total > 0.0 { reached * ahead / total } else { 0.0 };
        }
    }
    effects
}

/// The inverse by Gauss and Jordan. `I - Q` of a chain that always ends is an M-matrix: no pivoting is needed, and the
/// diagonal stays positive.
#[expect(clippy::indexing_slicing, reason = "square matrices of one size")]
pub(super) fn invert(mut matrix: Vec<f64>, size: usize) -> Vec<f64> {
    let mut pivot_row = vec![0.0; size];
    for pivot in 0..size {
        let inverse = 1.0 / matrix[pivot * size + pivot];
        matrix[pivot * size + pivot] = 1.0;
        for cell in &mut matrix[pivot * size..(pivot + 1) * size] {
            *cell *= inverse;
        }
        pivot_row.copy_from_slice(&matrix[pivot * size..(pivot + 1) * size]);
        for row in (0..size).filter(|&row| row != pivot) {
            let cells = &mut matrix[row * size..(row + 1) * size];
            let factor = std::mem::replace(&mut cells[pivot], 0.0);
            if factor != 0.0 {
                for (cell, above) in cells.iter_mut().zip(&pivot_row) {
                    *cell -= factor * above;
                }
            }
        }
    }
    matrix
}

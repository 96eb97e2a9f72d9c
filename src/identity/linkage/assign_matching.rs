//! The heaviest assignment of one group of connected records.

use super::assign::WeighedPair;

/// Up to so many cells, smaller side times larger side, the best assignment is found.
pub(super) const EXACT_CELLS: usize = 1 << 18;

/// Links, each record in at most one, whose weights above the threshold add up to the most; and whether it is the best
/// there is. The links are between one side, first, and the other. Beyond [`EXACT_CELLS`] nothing is found.
pub(super) fn matching(links: &[WeighedPair], threshold_bits: f64) -> (Vec<WeighedPair>, bool) {
    let side = |of: &dyn Fn(&WeighedPair) -> u32| {
        let mut rows: Vec<u32> = links.iter().map(of).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    };
    let (left, right) = (side(&|link| link.0), side(&|link| link.1));
    if left.len() * right.len() > EXACT_CELLS {
        return (Vec::new(), false);
    }
    let crossed = left.len() > right.len();
    let (small, large) = if crossed { (&right, &left) } else { (&left, &right) };
    let width = large.len();
    // What a link costs: less than nothing. No link costs nothing. No link weighs more than this, infinity included.
    let mut costs = vec![0.0_f64; small.len() * width];
    let mut link_of = vec![None; costs.len()];
    for link in links {
        let (a, b) = if crossed { (link.1, link.0) } else { (link.0, link.1) };
        if let (Ok(row), Ok(column)) = (small.binary_search(&a), large.binary_search(&b)) {
            let cell = row * width + column;
            if let (Some(cost), Some(of)) = (costs.get_mut(cell), link_of.get_mut(cell)) {
                *cost = -(link.2.min(HEAVIEST) - threshold_bits.max(LOWEST)).max(0.0);
                *of = Some(*link);
            }
        }
    }
    let chosen = hungarian(&costs, small.len(), width);
    let links =
        chosen.into_iter().enumerate().filter_map(|(row, column)| *link_of.get(row * width + column?)?);
    (links.collect(), true)
}

/// No pair weighs more in truth; infinite weights count as this.
const HEAVIEST: f64 = 1e9;
/// Thresholds below this count as this, so that one infinite weight outweighs any two others.
const LOWEST: f64 = -1e6;

/// For each row its column, so that the costs add up to the least; there are at least as many columns as rows.
///
/// Each row in turn gets the cheapest path of exchanges among the rows before it; potentials keep the reduced costs at
/// zero or more.
#[expect(clippy::indexing_slicing, reason = "every index is below the length that its list was made with")]
fn hungarian(costs: &[f64], rows: usize, width: usize) -> Vec<Option<usize>> {
    let mut row_potential = vec![0.0; rows];
    // The column at `width` stands for the row that is looking for one.
    let mut column_potential = vec![0.0; width + 1];
    let mut row_of: Vec<Option<usize>> = vec![None; width + 1];
    for row in 0..rows {
        row_of[width] = Some(row);
        let mut at = width;
        let mut nearest = vec![f64::INFINITY; width];
        let mut before = vec![width; width];
        let mut done = vec![false; width + 1];
        while let Some(current) = row_of[at] {
            done[at] = true;
            let mut step = f64::INFINITY;
            let mut next = width;
            for column in 0..width {
                if done[column] {
                    continue;
                }
                let reduced =
                    costs[current * width + column] - row_potential[current] - column_potential[column];
                if reduced < nearest[column] {
                    nearest[column] = reduced;
                    before[column] = at;
                }
                if nearest[column] < step {
                    step = nearest[column];
                    next = column;
                }
            }
            if next == width {
                break; // more rows than columns: cannot be
            }
            for column in 0..=width {
                if done[column] {
                    if let Some(row) = row_of[column] {
                        row_potential[row] += step;
                    }
                    column_potential[column] -= step;
                } else if column < width {
                    nearest[column] -= step;
                }
            }
            at = next;
        }
        while at != width {
            row_of[at] = row_of[before[at]];
            at = before[at];
        }
    }
    let mut columns = vec![None; rows];
    for (column, row) in row_of.iter().take(width).enumerate() {
        if let Some(row) = row {
            columns[*row] = Some(column);
        }
    }
    columns
}

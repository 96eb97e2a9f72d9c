//! How many clusters have which size.

use super::histogram::{grid, logarithm};
use super::page::Page;
use super::svg::{Anchor, Scale, Svg};
use super::{ReportInput, count};

const WIDTH: f64 = 900.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 230.0;
const PLOT: (f64, f64) = (70.0, 885.0);

/// Sizes up to here have a bar of their own, larger ones share it with their neighbours.
const SINGLE: u64 = 12;

/// Bars: the first and last size, and the clusters of these sizes. Beyond twelve records a bar reaches to the next power of
/// two, so there are never more than some seventy.
fn bars(sizes: &[(u64, u64)]) -> Vec<(u64, u64, u64)> {
    let mut bars: Vec<(u64, u64, u64)> = Vec::new();
    for &(size, clusters) in sizes {
        let (from, to) = if size <= SINGLE {
            (size, size)
        } else {
            let to = size.checked_next_power_of_two().unwrap_or(u64::MAX);
            ((to / 2 + 1).max(SINGLE + 1), to)
        };
        match bars.last_mut().filter(|bar| bar.0 == from) {
            Some(bar) => bar.2 += clusters,
            None => bars.push((from, to, clusters)),
        }
    }
    bars
}

pub(super) fn show(page: &mut Page, input: &ReportInput) {
    let bars = bars(&input.cluster_sizes);
    let Some(most) = bars.iter().map(|bar| bar.2).max() else { return };
    let up = Scale::new((0.0, logarithm(most).max(1.0) * 1.04), (BOTTOM, TOP));
    let slot = ((PLOT.1 - PLOT.0) / super::float(bars.len() as u64)).min(90.0);
    let mut svg = Svg::new(WIDTH, BOTTOM + 46.0, "Clusters by size");
    grid(&mut svg, up, most, PLOT);
    for (place, &(from, to, clusters)) in bars.iter().enumerate() {
        let middle = PLOT.0 + slot * (super::float(place as u64) + 0.5);
        let size = if from == to { count(from) } else { format!("{}–{}", count(from), count(to)) };
        let (top, half) = (up.at(logarithm(clusters)), slot * 0.36);
        let hint = format!("{} clusters of {size} records", count(clusters));
        svg.bar((middle - half, BOTTOM), (middle + half, top), "for", &hint);
        svg.text((middle, top - 6.0), Anchor::Middle, "small num", &count(clusters));
        svg.text((middle, BOTTOM + 18.0), Anchor::Middle, "small num", &size);
    }
    svg.line((PLOT.0, BOTTOM), (PLOT.1, BOTTOM), "axis");
    svg.text(((PLOT.0 + PLOT.1) / 2.0, BOTTOM + 38.0), Anchor::Middle, "small", "records of a cluster");
    page.section(
        "Sizes of clusters",
        "How many clusters have how many records. The scale of clusters is logarithmic. A lonely bar far to the right is a \
         cluster worth looking at.",
        &svg.finish(),
    );
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_cluster_is_lost() {
        let sizes: Vec<(u64, u64)> = (1..3_000).map(|size| (size, 1 + 3_000 / size)).collect();
        let bars = super::bars(&sizes);
        assert_eq!(
            bars.iter().map(|bar| bar.2).sum::<u64>(),
            sizes.iter().map(|(_, clusters)| *clusters).sum::<u64>()
        );
        assert!(bars.len() < 25 && bars.is_sorted());
        assert!(bars.iter().zip(bars.iter().skip(1)).all(|(bar, next)| bar.1 < next.0), "{bars:?}");
        assert_eq!(super::bars(&[(5, 1), (13, 2), (16, 1), (17, 4)]), [(5, 5, 1), (13, 16, 3), (17, 32, 4)]);
    }
}

//! The match weight of each level of each comparison.

use super::page::{Page, key};
use super::svg::{Anchor, Scale, Svg, name, range, tick_text};
use super::{ReportInput, bits, percent};

const ROW: f64 = 21.0;
const WIDTH: f64 = 900.0;
/// Where the plot begins and ends.
const PLOT: (f64, f64) = (270.0, 660.0);

pub(super) fn show(page: &mut Page, input: &ReportInput) {
    let comparisons = &input.facts.comparisons;
    if comparisons.is_empty() {
        return;
    }
    let levels = || comparisons.iter().flat_map(|comparison| &comparison.levels);
    let scale = Scale::new(range(levels().map(|level| level.bits)), PLOT);
    let rows: f64 =
        comparisons.iter().map(|comparison| 1.4 + super::float(comparison.levels.len() as u64)).sum();
    let bottom = 30.0 + rows * ROW;
    let mut svg = Svg::new(WIDTH, bottom + 26.0, "Match weight of each level of each comparison, in bits");
    for tick in scale.ticks(8) {
        let x = scale.at(tick);
        svg.line((x, 24.0), (x, bottom), if tick == 0.0 { "axis" } else { "grid" });
        svg.text((x, bottom + 17.0), Anchor::Middle, "small num", &tick_text(tick));
    }
    svg.text((762.0, 15.0), Anchor::End, "small", "same person");
    svg.text((835.0, 15.0), Anchor::End, "small", "household");
    svg.text((895.0, 15.0), Anchor::End, "small", "others");
    let zero = scale.at(0.0);
    let mut y = 30.0;
    for comparison in comparisons {
        svg.line((0.0, y - 3.0), (WIDTH, y - 3.0), "split");
        svg.text((0.0, y + 15.0), Anchor::Start, "head", &name(&comparison.name));
        y += ROW;
        for level in &comparison.levels {
            let (x, middle) = (scale.at(level.bits), y + ROW / 2.0);
            let (m, u) = (percent(level.m), percent(level.u));
            let class = if level.bits < 0.0 { "against" } else { "for" };
            let hint = format!(
                "{}: {}, {} bits; {m} of pairs of one person, {u} of pairs of others",
                name(&comparison.name),
                name(&level.label),
                bits(level.bits)
            );
            svg.text((PLOT.0 - 14.0, middle + 4.0), Anchor::End, "soft", &name(&level.label));
            svg.bar((zero, middle - 7.0), (x, middle + 7.0), class, &hint);
            let (at, anchor) =
                if level.bits < 0.0 { (x - 6.0, Anchor::End) } else { (x + 6.0, Anchor::Start) };
            svg.text((at, middle + 4.0), anchor, "small num", &bits(level.bits));
            svg.text((762.0, middle + 4.0), Anchor::End, "small num", &m);
            if let Some(household) = level.household {
                svg.text((835.0, middle + 4.0), Anchor::End, "small num", &percent(household));
            }
            svg.text((895.0, middle + 4.0), Anchor::End, "small num", &u);
            y += ROW;
        }
        y += 0.4 * ROW;
    }
    page.section(
        "What each agreement is worth",
        &format!(
            "The weight of a level in bits: one bit more doubles the odds that two records are one person, one bit less \
             halves them. Two random records begin at {} bits. The figures at the right say how often pairs of one person, \
             pairs of two people of one household where the model tells them apart, and pairs of different people, come to \
             that level; the weight is the logarithm of the ratio of the first and the last.",
            bits(input.facts.prior_bits)
        ),
        &(key(&[("for", "speaks for one person"), ("against", "speaks against")]) + &svg.finish()),
    );
}

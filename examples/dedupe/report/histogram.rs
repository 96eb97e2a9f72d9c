//! How many pairs have which weight.

use super::page::{Page, key};
use super::svg::{Anchor, Scale, Svg, tick_text};
use super::{ReportInput, bits, count, float, weight};

const WIDTH: f64 = 900.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 290.0;
const PLOT: (f64, f64) = (70.0, 885.0);

/// A count on a logarithmic scale, on which none is below one.
pub(super) fn logarithm(number: u64) -> f64 {
    if number == 0 { 0.0 } else { float(number).log10() + 0.3 }
}

/// Powers of ten up to a count, with their lines.
pub(super) fn grid(svg: &mut Svg, scale: Scale, most: u64, plot: (f64, f64)) {
    let mut power = 1_u64;
    loop {
        let y = scale.at(logarithm(power));
        svg.line((plot.0, y), (plot.1, y), "grid");
        svg.text((plot.0 - 8.0, y + 4.0), Anchor::End, "small num", &count(power));
        match power.checked_mul(10).filter(|next| *next <= most) {
            Some(next) => power = next,
            None => break,
        }
    }
}

pub(super) fn show(page: &mut Page, input: &ReportInput) {
    let bins = &input.facts.histogram;
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return };
    let threshold = weight(input.threshold);
    let most = bins.iter().map(|bin| bin.pairs).max().unwrap_or(0);
    let across = Scale::new((first.from.min(threshold - 1.0), last.to.max(threshold + 1.0)), PLOT);
    let up = Scale::new((0.0, logarithm(most).max(1.0) * 1.04), (BOTTOM, TOP));
    let mut svg = Svg::new(WIDTH, BOTTOM + 46.0, "Pairs by match weight");
    grid(&mut svg, up, most, PLOT);
    for bin in bins.iter().filter(|bin| bin.pairs > 0) {
        let (from, to) = (across.at(bin.from), across.at(bin.to));
        let gap = if to - from > 4.0 { 1.0 } else { 0.0 };
        let class = if (bin.from + bin.to) / 2.0 >= threshold { "for" } else { "mute" };
        let hint = format!("{} to {} bits: {} pairs", bits(bin.from), bits(bin.to), count(bin.pairs));
        svg.bar((from + gap / 2.0, BOTTOM), (to - gap / 2.0, up.at(logarithm(bin.pairs))), class, &hint);
    }
    svg.line((PLOT.0, BOTTOM), (PLOT.1, BOTTOM), "axis");
    for tick in across.ticks(10) {
        svg.text((across.at(tick), BOTTOM + 18.0), Anchor::Middle, "small num", &tick_text(tick));
    }
    svg.text(((PLOT.0 + PLOT.1) / 2.0, BOTTOM + 38.0), Anchor::Middle, "small", "match weight, bits");
    let mark = across.at(threshold);
    svg.line((mark, TOP - 8.0), (mark, BOTTOM), "mark");
    svg.text((mark, TOP - 14.0), Anchor::Middle, "small", &format!("threshold {}", bits(threshold)));
    page.section(
        "Weights of all pairs",
        "How many pairs have which match weight. The scale of pairs is logarithmic. Good data makes two hills with a valley \
         between them; the threshold should stand in the valley.",
        &(key(&[("mute", "below the threshold"), ("for", "links")]) + &svg.finish()),
    );
}

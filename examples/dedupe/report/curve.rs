//! Precision and recall over thresholds.

use super::page::{Page, key};
use super::svg::{Anchor, Scale, Svg, tick_text};
use super::{CurvePoint, ReportInput, bits, weight};

const WIDTH: f64 = 900.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 310.0;
const PLOT: (f64, f64) = (50.0, 820.0);

pub(super) fn show(page: &mut Page, input: &ReportInput) {
    let points = &input.curve;
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let threshold = weight(input.threshold);
    let lowest =
        points.iter().map(|point| point.precision.min(point.recall).min(point.f1)).fold(1.0, f64::min);
    let floor = ((lowest * 10.0).floor() / 10.0).clamp(0.0, 0.9);
    let across = Scale::new((first.bits.min(threshold), last.bits.max(threshold)), PLOT);
    let up = Scale::new((floor, 1.0), (BOTTOM, TOP));
    let mut svg = Svg::new(WIDTH, BOTTOM + 46.0, "Precision, recall and F1 over thresholds");
    for tick in up.ticks(5) {
        let y = up.at(tick);
        svg.line((PLOT.0, y), (PLOT.1, y), "grid");
        svg.text((PLOT.0 - 8.0, y + 4.0), Anchor::End, "small num", &format!("{tick:.2}"));
    }
    svg.line((PLOT.0, BOTTOM), (PLOT.1, BOTTOM), "axis");
    for tick in across.ticks(10) {
        svg.text((across.at(tick), BOTTOM + 18.0), Anchor::Middle, "small num", &tick_text(tick));
    }
    svg.text(((PLOT.0 + PLOT.1) / 2.0, BOTTOM + 38.0), Anchor::Middle, "small", "threshold, bits");
    let mark = across.at(threshold);
    svg.line((mark, TOP - 8.0), (mark, BOTTOM), "mark");
    svg.text((mark, TOP - 14.0), Anchor::Middle, "small", &format!("threshold {}", bits(threshold)));

    type Read = fn(&CurvePoint) -> f64;
    let lines: [(&str, &str, Read); 3] = [
        ("precision", "for", |point| point.precision),
        ("recall", "against", |point| point.recall),
        ("F1", "third", |point| point.f1),
    ];
    // Names stand at the lines' ends, pushed apart where the lines meet.
    let mut ends: Vec<(f64, &str, &str)> =
        lines.iter().map(|(name, class, read)| (up.at(read(last)) + 4.0, *name, *class)).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (_, class, read) in &lines {
        svg.curve(
            points.iter().map(|point| (across.at(point.bits), up.at(read(point)))),
            &format!("line-{class}"),
        );
    }
    let mut above = f64::NEG_INFINITY;
    for (y, name, class) in ends {
        above = y.max(above + 15.0);
        svg.text((PLOT.1 + 8.0, above), Anchor::Start, &format!("of-{class}"), name);
    }
    let best = points.iter().max_by(|a, b| a.f1.total_cmp(&b.f1)).unwrap_or(first);
    page.section(
        "Precision and recall over thresholds",
        &format!(
            "What another threshold would give, measured against the truth. The best F1, {:.4}, is at {} bits.",
            best.f1,
            bits(best.bits)
        ),
        &(key(&[("for", "precision"), ("against", "recall"), ("third", "F1")]) + &svg.finish()),
    );
}

//! How the weight of one pair adds up.

use super::page::{Page, key};
use super::svg::{Anchor, Scale, Svg, escape, name, range, tick_text};
use super::{ReportInput, bits, percent, probability, weight};

const ROW: f64 = 27.0;
const WIDTH: f64 = 900.0;
/// Where the plot begins and ends.
const PLOT: (f64, f64) = (330.0, 820.0);

pub(super) fn show(page: &mut Page, input: &ReportInput) {
    let Some(waterfall) = &input.facts.waterfall else { return };
    let threshold = weight(input.threshold);
    let mut sums = vec![waterfall.prior_bits];
    for step in &waterfall.steps {
        sums.push(sums.last().copied().unwrap_or(0.0) + step.bits);
    }
    let total = sums.last().copied().unwrap_or(0.0);
    let scale = Scale::new(range(sums.iter().copied().chain([threshold])), PLOT);
    let bottom = 30.0 + ROW * super::float(waterfall.steps.len() as u64 + 2);
    let mut svg = Svg::new(WIDTH, bottom + 30.0, "How the weight of one pair adds up, in bits");
    for tick in scale.ticks(8) {
        let x = scale.at(tick);
        svg.line((x, 24.0), (x, bottom), if tick == 0.0 { "axis" } else { "grid" });
        svg.text((x, bottom + 17.0), Anchor::Middle, "small num", &tick_text(tick));
    }
    let mark = scale.at(threshold);
    svg.line((mark, 20.0), (mark, bottom), "mark");
    svg.text((mark, 14.0), Anchor::Middle, "small", "threshold");

    let zero = scale.at(0.0);
    let mut row = |place: usize, label: (&str, &str), span: (f64, f64), class: &str, text: &str| {
        let middle = 30.0 + ROW * (super::float(place as u64) + 0.5);
        svg.text((0.0, middle + 4.0), Anchor::Start, "head", label.0);
        svg.text((PLOT.0 - 14.0, middle + 4.0), Anchor::End, "soft", label.1);
        let hint = format!("{} {}: {text} bits", label.0, label.1);
        svg.bar((span.0, middle - 8.0), (span.1, middle + 8.0), class, &hint);
        svg.text((WIDTH - 5.0, middle + 4.0), Anchor::End, "num", text);
        middle
    };
    let direction = |number: f64| if number < 0.0 { "against" } else { "for" };
    let mut middle = row(
        0,
        ("Before looking", "two random records"),
        (zero, scale.at(waterfall.prior_bits)),
        "mute",
        &bits(waterfall.prior_bits),
    );
    let mut joins = vec![(scale.at(waterfall.prior_bits), middle)];
    for (place, (step, before)) in waterfall.steps.iter().zip(&sums).enumerate() {
        let (from, to) = (scale.at(*before), scale.at(before + step.bits));
        let labels = (name(&step.comparison), name(&step.level));
        middle = row(place + 1, (&labels.0, &labels.1), (from, to), direction(step.bits), &bits(step.bits));
        joins.push((to, middle));
    }
    let verdict = if total >= threshold { "one person" } else { "not linked" };
    row(waterfall.steps.len() + 1, ("Together", verdict), (zero, scale.at(total)), "third", &bits(total));
    for (x, y) in joins {
        svg.line((x, y + 8.0), (x, y + ROW - 8.0), "join");
    }
    page.section(
        "How one pair adds up",
        &format!(
            "{}. Each comparison moves the weight to the right or to the left; together they make {} bits, a probability of \
             {}. The parts sum to the whole, nothing else enters.",
            escape(&waterfall.pair),
            bits(total),
            percent(probability(total))
        ),
        &(key(&[("for", "speaks for one person"), ("against", "speaks against"), ("third", "together")]) + &svg.finish()),
    );
}

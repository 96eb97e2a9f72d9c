//! The report: one self-contained page, charts as inline SVG, no script, light and dark, nothing fetched.
//!
//! It holds counts, weights and the names of columns; no value of a record can reach it, since none is in
//! [`ReportInput`].

mod clusters;
mod curve;
mod histogram;
mod input;
mod page;
mod rules;
mod svg;
mod tables;
#[cfg(test)]
mod tests;
mod waterfall;
mod weights;

pub(crate) use self::input::{
    Bin, ColumnRow, ComparisonRow, CurvePoint, Facts, LevelRow, ReportInput, RuleRow, StageRow, Waterfall,
    WaterfallStep,
};
use self::page::Page;

/// The page. Sections for which there is nothing to show are left out.
pub(crate) fn html(input: &ReportInput) -> String {
    let mut page = Page::new("Who is who");
    tables::head(&mut page, input);
    weights::show(&mut page, input);
    waterfall::show(&mut page, input);
    histogram::show(&mut page, input);
    curve::show(&mut page, input);
    rules::show(&mut page, input);
    clusters::show(&mut page, input);
    tables::quarantine(&mut page, input);
    tables::columns(&mut page, input);
    tables::stages(&mut page, input);
    page.finish()
}

/// Sizes of clusters and how many there are of each, by rising size.
pub(crate) fn sizes_of(clusters: &[u32]) -> Vec<(u64, u64)> {
    let mut sizes: hashbrown::HashMap<u32, u64> = hashbrown::HashMap::new();
    for cluster in clusters {
        *sizes.entry(*cluster).or_default() += 1;
    }
    let mut numbers = std::collections::BTreeMap::new();
    for size in sizes.values() {
        *numbers.entry(*size).or_default() += 1;
    }
    numbers.into_iter().collect()
}

/// A number with its thousands apart: `1,234,567`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bits with their sign, to a tenth.
fn bits(bits: f64) -> String {
    let text = format!("{bits:+.1}").replace('-', "\u{2212}");
    if matches!(text.as_str(), "+0.0" | "\u{2212}0.0") { "0.0".to_owned() } else { text }
}

/// A share, 0..=1, in per cent.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent == 0.0 || percent == 100.0 => format!("{percent:.0} %"),
        _ if percent < 0.001 => "&lt; 0.001 %".to_owned(),
        _ if percent < 0.1 => format!("{percent:.3} %"),
        _ if percent > 99.99 => "&gt; 99.99 %".to_owned(),
        _ if percent > 99.0 => format!("{percent:.2} %"),
        _ => format!("{percent:.1} %"),
    }
}

/// A probability as a match weight, log2 of its odds.
fn weight(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}

/// A match weight as a probability.
fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

#[expect(clippy::cast_precision_loss, reason = "drawn, not calculated with")]
const fn float(number: u64) -> f64 {
    number as f64
}

//! Drawing: a picture in SVG, scales and ticks.

use std::fmt::Write as _;

/// The most characters of a name in a picture.
const NAME: usize = 40;

/// A text that is safe inside HTML and SVG.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A name of the user's, cut to fit and isolated, so that one written from right to left does not carry its neighbours
/// away. Escaped.
pub(super) fn name(text: &str) -> String {
    let mut short: String = text.chars().take(NAME).collect();
    if text.chars().nth(NAME).is_some() {
        short.push('…');
    }
    format!("\u{2068}{}\u{2069}", escape(&short))
}

/// Where a text stands with regard to its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture. Colours come from classes, so that the page's style decides between light and dark.
pub(super) struct Svg {
    out: String,
}

impl Svg {
    /// A picture that says in words what it shows.
    pub(super) fn new(width: f64, height: f64, label: &str) -> Self {
        let label = escape(label);
        Self {
            out: format!(
                "<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" direction=\"ltr\" aria-label=\"{label}\">"
            ),
        }
    }

    /// A box between two points, in any order, with a hint that shows when the pointer rests on it. `hint` is escaped.
    pub(super) fn bar(&mut self, from: (f64, f64), to: (f64, f64), class: &str, hint: &str) {
        let (x, y) = (finite(from.0.min(to.0)), finite(from.1.min(to.1)));
        let (width, height) = (finite((from.0 - to.0).abs()), finite((from.1 - to.1).abs()));
        let round = 2.0_f64.min(width / 2.0).min(height / 2.0);
        let _ = write!(
            self.out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round:.1}\" \
             class=\"{class}\"><title>{hint}</title></rect>"
        );
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let (x, y, to_x, to_y) = (finite(from.0), finite(from.1), finite(to.0), finite(to.1));
        let _ = write!(
            self.out,
            "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{to_x:.1}\" y2=\"{to_y:.1}\" class=\"{class}\"/>"
        );
    }

    pub(super) fn curve(&mut self, points: impl IntoIterator<Item = (f64, f64)>, class: &str) {
        let points: Vec<String> =
            points.into_iter().map(|(x, y)| format!("{:.1},{:.1}", finite(x), finite(y))).collect();
        let _ = write!(self.out, "<polyline points=\"{}\" class=\"{class}\"/>", points.join(" "));
    }

    /// A text, which is escaped.
    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{text}</text>",
            finite(at.0),
            finite(at.1)
        );
    }

    pub(super) fn finish(self) -> String {
        self.out + "</svg>"
    }
}

fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { 0.0 }
}

/// From values to places. What lies outside is drawn at the edge.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    values: (f64, f64),
    places: (f64, f64),
}

impl Scale {
    pub(super) fn new(values: (f64, f64), places: (f64, f64)) -> Self {
        Self { values, places }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        let span = self.values.1 - self.values.0;
        let share = if span > 0.0 { ((value - self.values.0) / span).clamp(0.0, 1.0) } else { 0.5 };
        self.places.0 + share * (self.places.1 - self.places.0)
    }

    /// Round values, about as many as asked for.
    pub(super) fn ticks(&self, about: u32) -> Vec<f64> {
        let (from, to) = self.values;
        let span = to - from;
        if !span.is_finite() || span <= 0.0 {
            return vec![from];
        }
        let raw = span / f64::from(about.max(1));
        let magnitude = 10_f64.powf(raw.log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|factor| factor * magnitude).into_iter().find(|step| *step >= raw);
        let step = step.unwrap_or(raw);
        let mut ticks = Vec::new();
        let mut tick = (from / step).ceil();
        while tick * step <= to + step * 1e-9 && ticks.len() < 100 {
            ticks.push(tick * step);
            tick += 1.0;
        }
        ticks
    }
}

/// A tick's value with its sign, without decimals that it does not need.
pub(super) fn tick_text(tick: f64) -> String {
    let text = super::bits(tick);
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

/// A range of match weights that holds zero and all given ones, with a little room; odd ones are left at the edge.
pub(super) fn range(weights: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let (from, to) = weights
        .into_iter()
        .filter(|weight| weight.is_finite())
        .fold((0.0_f64, 0.0_f64), |(from, to), weight| (from.min(weight), to.max(weight)));
    ((from - 1.0).floor().max(-60.0), (to + 1.0).ceil().min(60.0))
}

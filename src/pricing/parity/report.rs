//! What an audit found, as data, as a table and as a page.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use super::exception::{ExceptionId, ExceptionReason};
use super::observation::ParityKey;
use crate::channel::Channel;
use crate::money::Money;
use crate::text::{display_width, pad};
use crate::time::{DateTime, Utc};

/// What a difference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nobody declared it.
    Violation,
    /// Somebody answers for it until a day.
    DeclaredException,
    /// Another currency without a declared rate: numbers of two currencies are never compared.
    NotComparableCurrency,
}

/// On which amounts prices were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// With tax, within one tax zone.
    Gross,
    /// Without tax, across zones.
    Net,
}

/// The first decision in which two channels differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartedBy {
    /// Another entry or list of the price book.
    List,
    /// Other promotions.
    Promotion,
    /// Another rounding.
    Rounding,
    /// Other tax.
    Tax,
    /// The channels say nothing that differs.
    Unknown,
}

/// One channel whose price differs from the reference channel's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Of what.
    pub key: ParityKey,
    /// Where.
    pub channel: Channel,
    /// What it is.
    pub verdict: Verdict,
    /// The channel's price less the reference's, in the reference's currency; none if they cannot be compared.
    pub gap: Option<Money>,
    /// On which amounts.
    pub basis: Option<Basis>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when; none if it still differs at the end of the audit.
    pub until: Option<DateTime<Utc>>,
    /// What parted the prices.
    pub parted_by: PartedBy,
    /// The exception that covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Excused>,
}

/// The exception that covers a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excused {
    /// Which.
    pub id: ExceptionId,
    /// Why.
    pub reason: ExceptionReason,
    /// Who answers for it.
    pub owner: String,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// What an audit found: the violations first, each kind by product and channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParityReport {
    /// The channel that all others are held against.
    pub reference: Channel,
    /// The instant up to which prices were compared.
    pub at: DateTime<Utc>,
    /// How many observations there were.
    pub observations: usize,
    /// How many of each channel.
    pub by_channel: BTreeMap<Channel, usize>,
    /// Observations that the reference channel has nothing to be held against.
    pub without_reference: usize,
    /// What differs.
    pub findings: Vec<Finding>,
}

impl ParityReport {
    /// The differences of one kind.
    pub fn of(&self, verdict: Verdict) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.verdict == verdict)
    }

    /// A page of its own, without anything to load.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut page = String::from(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>Price parity</title><style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;\
             color:#1b1f24}table{border-collapse:collapse;width:100%}th,td{text-align:start;padding:.35rem .6rem;border-bottom:1px solid \
             #d8dee4}td.n{text-align:end;font-variant-numeric:tabular-nums}.violation{color:#a40e26;font-weight:600}</style></head><body>",
        );
        let mut put = |text: &str| page.push_str(text);
        put("<h1>Price parity</h1><p>");
        put(&escaped(&self.summary()));
        put("</p>");
        put(&self.bars());
        put("<table><thead><tr>");
        HEAD.iter().for_each(|head| put(&format!("<th>{head}</th>")));
        put("</tr></thead><tbody>");
        for finding in &self.findings {
            let class = if finding.verdict == Verdict::Violation { " class=\"violation\"" } else { "" };
            put(&format!("<tr{class}>"));
            for (at, cell) in cells(finding).iter().enumerate() {
                let number = if at == 3 { " class=\"n\"" } else { "" };
                put(&format!("<td{number}><bdi>{}</bdi></td>", escaped(cell)));
            }
            put("</tr>");
        }
        put("</tbody></table></body></html>\n");
        page
    }

    fn summary(&self) -> String {
        format!(
            "{} observations of {} channels against {}, until {}: {} violations, {} declared exceptions, {} in currencies that cannot \
             be compared; {} observations without a price of the reference channel.",
            self.observations,
            self.by_channel.len(),
            self.reference,
            instant(self.at),
            self.of(Verdict::Violation).count(),
            self.of(Verdict::DeclaredException).count(),
            self.of(Verdict::NotComparableCurrency).count(),
            self.without_reference,
        )
    }

    /// Violations by channel, as bars.
    fn bars(&self) -> String {
        let mut counts: BTreeMap<&Channel, u64> =
            self.by_channel.keys().map(|channel| (channel, 0)).collect();
        for finding in self.of(Verdict::Violation) {
            *counts.entry(&finding.channel).or_default() += 1;
        }
        let most = counts.values().copied().max().unwrap_or(0).max(1);
        let height = counts.len() * 26 + 8;
        let mut svg = format!(
            "<svg viewBox=\"0 0 640 {height}\" role=\"img\" aria-label=\"Violations by channel\" width=\"100%\">"
        );
        for (row, (channel, count)) in counts.into_iter().enumerate() {
            let (y, width) = (row * 26 + 6, count * 420 / most);
            let _ = write!(
                svg,
                "<text x=\"150\" y=\"{}\" text-anchor=\"end\" font-size=\"13\">{}</text><rect x=\"160\" y=\"{y}\" width=\"{width}\" \
                 height=\"18\" fill=\"#a40e26\"/><text x=\"{}\" y=\"{}\" font-size=\"13\">{count}</text>",
                y + 14,
                escaped(channel.as_str()),
                width + 166,
                y + 14,
            );
        }
        svg.push_str("</svg>");
        svg
    }
}

const HEAD: [&str; 9] =
    ["verdict", "product", "channel", "gap", "on", "since", "until", "parted by", "declared"];

fn cells(finding: &Finding) -> [String; 9] {
    let key = &finding.key;
    let mut product = key.sku.to_string();
    for part in [&key.condition, &key.segment] {
        if !part.is_empty() {
            let _ = write!(product, " / {part}");
        }
    }
    if key.from_quantity > 1 {
        let _ = write!(product, " from {}", key.from_quantity);
    }
    let declared = finding.exception.as_ref().map_or_else(String::new, |excused| {
        format!("{} by {} until {}", word(excused.reason), excused.owner, instant(excused.until))
    });
    [
        word(finding.verdict),
        product,
        finding.channel.to_string(),
        finding.gap.map_or_else(String::new, |gap| gap.to_string()),
        finding.basis.map_or_else(String::new, word),
        instant(finding.since),
        finding.until.map_or_else(|| "still".to_owned(), instant),
        word(finding.parted_by),
        declared,
    ]
}

/// The word that stands for a value in data, with spaces.
fn word(value: impl Serialize) -> String {
    let text =
        serde_json::to_value(value).ok().and_then(|value| value.as_str().map(|text| text.replace('_', " ")));
    text.unwrap_or_default()
}

fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl fmt::Display for ParityReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.summary())?;
        let rows: Vec<[String; 9]> = self.findings.iter().map(cells).collect();
        let width = |column: usize| {
            let widths = rows.iter().filter_map(|row| row.get(column)).map(|cell| display_width(cell));
            widths.chain(HEAD.get(column).map(|head| head.len())).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
        let heads = HEAD.map(str::to_owned);
        for row in std::iter::once(&heads).chain(&rows) {
            let line: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
            writeln!(f, "{}", line.join("  ").trim_end())?;
        }
        Ok(())
    }
}

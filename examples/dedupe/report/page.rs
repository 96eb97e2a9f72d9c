//! The page around the charts.

/// The style. Colours are variables, and dark is another set of them.
const STYLE: &str = r#"
:root{color-scheme:light dark;--back:#fbfbfa;--card:#fff;--ink:#1c1f23;--soft:#5d656e;--faint:#8b939b;--rule:#e4e6e8;--grid:#eceef0;
--for:#2368c4;--against:#cf4f27;--third:#2b8a5b;--mute:#b9c0c7;--mark:#1c1f23}
@media (prefers-color-scheme:dark){:root{--back:#15181b;--card:#1d2125;--ink:#e9ecef;--soft:#a7afb7;--faint:#7f8890;--rule:#33393f;
--grid:#2a2f34;--for:#6aa9f7;--against:#f28a63;--third:#63c795;--mute:#545c64;--mark:#e9ecef}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:960px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:18px;margin:0 0 4px;letter-spacing:-.005em}
p{margin:0 0 12px;color:var(--soft);max-width:88ch}
section{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:20px 22px;margin-top:18px}
.wide{overflow-x:auto}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:12px}
.tile{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 16px}
.tile b{display:block;font-size:24px;line-height:1.25;font-weight:650;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:600;color:var(--soft);font-size:12.5px;text-align:start;vertical-align:bottom}
th,td{padding:6px 10px 6px 0;border-bottom:1px solid var(--rule)}
tr:last-child td{border-bottom:0}
.n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
.off{color:var(--faint)}
.track{position:relative;height:12px;min-width:120px;background:var(--grid);border-radius:3px;overflow:hidden}
.track i{position:absolute;inset-block:0;inset-inline-start:0;background:var(--for)}
.track i.seen{background:var(--mute)}
.key{display:flex;flex-wrap:wrap;gap:6px 18px;font-size:13px;color:var(--soft);margin:0 0 8px}
.key i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-inline-end:6px;vertical-align:-1px}
.note{border-inline-start:3px solid var(--against);padding:2px 12px;margin-top:14px;color:var(--ink)}
svg{display:block;width:100%;min-width:680px;height:auto;font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
svg text{fill:var(--ink)}svg .soft{fill:var(--soft)}svg .small{fill:var(--soft);font-size:11.5px}svg .head{font-weight:650}
svg .num{font-variant-numeric:tabular-nums}svg .split{stroke:var(--rule)}svg .grid{stroke:var(--grid)}svg .axis{stroke:var(--faint)}
svg .mark{stroke:var(--mark);stroke-dasharray:4 3}svg .join{stroke:var(--faint);stroke-dasharray:2 2}
.for{fill:var(--for);background:var(--for)}.against{fill:var(--against);background:var(--against)}
.third{fill:var(--third);background:var(--third)}.mute{fill:var(--mute);background:var(--mute)}
svg polyline{fill:none;stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
svg .line-for{stroke:var(--for)}svg .line-against{stroke:var(--against)}svg .line-third{stroke:var(--third)}
svg text.of-for{fill:var(--for)}svg text.of-against{fill:var(--against)}svg text.of-third{fill:var(--third)}
footer{margin-top:24px;color:var(--faint);font-size:13px}
@media print{section,.tile{break-inside:avoid}}
"#;

/// A page in the making.
pub(super) struct Page {
    out: String,
}

impl Page {
    pub(super) fn new(title: &str) -> Self {
        Self {
            out: format!(
                "<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
                 content=\"width=device-width,initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
                 <body>\n<main>\n<h1>{title}</h1>\n"
            ),
        }
    }

    /// Markup as it is.
    pub(super) fn add(&mut self, markup: &str) {
        self.out.push_str(markup);
        self.out.push('\n');
    }

    /// A section: its title, how to read it, what it shows.
    pub(super) fn section(&mut self, title: &str, reading: &str, content: &str) {
        self.add(&format!(
            "<section>\n<h2>{title}</h2>\n<p>{reading}</p>\n<div class=\"wide\">{content}</div>\n</section>"
        ));
    }

    pub(super) fn finish(mut self) -> String {
        self.add(
            "<footer>Counts, weights and names of columns only: this page holds no value of any record.</footer>\n\
             </main>\n</body>\n</html>",
        );
        self.out
    }
}

/// A table: titles, of which one with `>` in front heads numbers, and rows of markup.
pub(super) fn table(titles: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let class = |title: &&str| if title.starts_with('>') { " class=\"n\"" } else { "" };
    let mut out = String::from("<table><thead><tr>");
    for title in titles {
        out += &format!("<th{}>{}</th>", class(title), title.trim_start_matches('>'));
    }
    out += "</tr></thead><tbody>";
    for row in rows {
        out += "<tr>";
        for (title, cell) in titles.iter().zip(row) {
            out += &format!("<td{}>{cell}</td>", class(title));
        }
        out += "</tr>";
    }
    out + "</tbody></table>"
}

/// What the colours mean.
pub(super) fn key(entries: &[(&str, &str)]) -> String {
    let entry = |(class, text): &(&str, &str)| format!("<span><i class=\"{class}\"></i>{text}</span>");
    format!("<div class=\"key\">{}</div>", entries.iter().map(entry).collect::<String>())
}

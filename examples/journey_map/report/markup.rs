//! The style, and text that is safe inside markup.

use throughline::text::display_width;

/// The style. Colours are variables, and dark is another set of them.
pub(super) const STYLE: &str = r#"
:root{color-scheme:light dark;--back:#fbfbfa;--card:#fff;--ink:#1c1f23;--soft:#5d656e;--rule:#e4e6e8;--grid:#eceef0;
--bar:#2368c4;--won:#2b8a5b;--lost:#b9c0c7;--c0:#2368c4;--c1:#c9601f;--c2:#7a4fc0;--c3:#0f8a8f;--c4:#b8336a;--c5:#8a7a12;
--c6:#4a7d2c;--c7:#5566aa;--c8:#9a4b3a;--c9:#667079}
@media (prefers-color-scheme:dark){:root{--back:#15181b;--card:#1d2125;--ink:#e9ecef;--soft:#a7afb7;--rule:#33393f;--grid:#2a2f34;
--bar:#6aa9f7;--won:#63c795;--lost:#545c64;--c0:#6aa9f7;--c1:#f2985a;--c2:#b595f0;--c3:#4ec5c9;--c4:#ee7fab;--c5:#d6c452;
--c6:#92c96f;--c7:#98a6e6;--c8:#dd8f7d;--c9:#a3adb6}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1000px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:18px;margin:0 0 4px}
p{margin:0 0 12px;color:var(--soft);max-width:88ch}
section{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:20px 22px;margin-top:18px}
.wide{overflow-x:auto}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin-top:12px}
.tile{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 16px}
.tile b{display:block;font-size:22px;line-height:1.25;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:600;color:var(--soft);font-size:12.5px;text-align:start;vertical-align:bottom}
th,td{padding:6px 14px 6px 0;border-bottom:1px solid var(--rule);text-align:left}
tr:last-child td{border-bottom:0}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
svg{display:block;width:100%;min-width:720px;height:auto;font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
svg text{fill:var(--ink)}svg .soft{fill:var(--soft);font-size:11.5px}svg .num{font-variant-numeric:tabular-nums}
svg .halo{paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
svg .bar{fill:var(--bar)}svg .track{fill:var(--grid)}svg .won{fill:var(--won)}svg .lost{fill:var(--lost)}
svg .flow{fill-opacity:.28}svg .flow:hover{fill-opacity:.55}
svg .c0{fill:var(--c0)}svg .c1{fill:var(--c1)}svg .c2{fill:var(--c2)}svg .c3{fill:var(--c3)}svg .c4{fill:var(--c4)}
svg .c5{fill:var(--c5)}svg .c6{fill:var(--c6)}svg .c7{fill:var(--c7)}svg .c8{fill:var(--c8)}svg .c9{fill:var(--c9)}
@media print{section,.tile{break-inside:avoid}}
"#;

/// The most columns of a name in a picture; a Chinese character takes two.
const NAME: usize = 24;

/// Text inside HTML and SVG.
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

/// A name in a picture: cut to fit, and isolated, so that one written from right to left does not carry its neighbours
/// away. Escaped.
pub(super) fn name(text: &str) -> String {
    let mut short = text.to_owned();
    if display_width(text) > NAME {
        while display_width(&short) >= NAME && short.pop().is_some() {}
        short.push('…');
    }
    format!("\u{2068}{}\u{2069}", escape(&short))
}

/// The room that the longest of some names takes in a picture.
pub(super) fn room<'a>(names: impl IntoIterator<Item = &'a str>) -> f64 {
    let columns = names.into_iter().map(|name| display_width(name).min(NAME)).max().unwrap_or(0);
    float(u64::try_from(columns).unwrap_or(0)) * 7.4 + 14.0
}

/// A picture that says in words what it shows: a short title and a description for those who do not see it.
pub(super) fn picture(
    width: f64,
    height: f64,
    id: &str,
    title: &str,
    description: &str,
    drawn: &str,
) -> String {
    format!(
        "<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" direction=\"ltr\" aria-labelledby=\"{id}-title {id}-desc\">\
         <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>{drawn}</svg>",
        escape(title),
        escape(description)
    )
}

/// A box. The hint shows when the pointer rests on it.
pub(super) fn rect((x, y): (f64, f64), (width, height): (f64, f64), class: &str, hint: &str) -> String {
    format!(
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" class=\"{class}\"><title>{}</title></rect>",
        width.max(0.0),
        height.max(0.0),
        escape(hint)
    )
}

/// A text, which is escaped already. `anchor` is start, middle or end.
pub(super) fn label((x, y): (f64, f64), anchor: &str, class: &str, text: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" class=\"{class}\">{text}</text>")
}

#[expect(clippy::cast_precision_loss, reason = "drawn, not calculated with")]
pub(super) const fn float(number: u64) -> f64 {
    number as f64
}

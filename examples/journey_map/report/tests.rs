//! The pictures hold what they are given, inside their boxes, and nothing that breaks out of it.

use super::bars::{self, Bar};
use super::sankey::{self, Way};
use super::{Report, Rows, number, text};

/// The numbers that follow such a text.
fn numbers(markup: &str, before: &str) -> Vec<f64> {
    let number = |rest: &str| rest.split(['"', ' ']).next().unwrap_or_default().parse().unwrap();
    markup.split(before).skip(1).map(number).collect()
}

fn way(path: &[&str], bought: u64, left: u64) -> Way {
    Way { path: path.iter().map(|&name| name.into()).collect(), bought, left }
}

#[test]
fn flows_fill_their_nodes_and_stay_inside() {
    let ways = [
        way(&["web", "فروشگاه"], 30, 10),
        way(&["web", "app", "web", "app", "web", "till"], 5, 1),
        way(&["почта", "web", "חנות"], 0, 12),
        way(&["web"], 900, 900),
    ];
    let drawn = sankey::draw(&ways);
    assert!(
        drawn.contains("\u{2068}فروشگاه\u{2069}")
            && drawn.contains("<title id=")
            && drawn.contains("<desc id=")
    );
    assert!(drawn.contains("web → فروشگاه: 40") && !drawn.contains("900"));
    let (xs, ys) = (numbers(&drawn, "<rect x=\""), numbers(&drawn, "\" y=\""));
    let (widths, heights) = (numbers(&drawn, "\" width=\""), numbers(&drawn, "\" height=\""));
    let bottom: f64 =
        drawn.split("viewBox=\"0 0 940 ").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    let mut boxes: Vec<_> = xs.iter().zip(&widths).zip(drawn.split("<rect").skip(1)).collect();
    assert!(boxes.len() > 10 && heights.len() == boxes.len() && !ys.is_empty());
    // Boxes of one column do not touch.
    let mut column: Vec<(f64, f64, f64)> = boxes
        .drain(..)
        .zip(&heights)
        .map(|(((x, width), rest), height)| {
            let y: f64 = rest.split("y=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
            assert!(x + width <= 940.0 && y + height <= bottom);
            (*x, y, *height)
        })
        .collect();
    column.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    assert!(column.windows(2).all(|pair| pair[0].0 < pair[1].0 || pair[0].1 + pair[0].2 < pair[1].1));
    assert!(sankey::draw(&[]).contains("<svg"));
}

#[test]
fn nothing_breaks_out_of_the_page() {
    let evil = "<script>alert('x')</script>\u{0}&\"";
    let mut report = Report::new(evil);
    let mut rows = Rows::new([text("What"), number("Number")]);
    rows.row([evil.to_owned(), "1".to_owned()]);
    report.table(evil, evil, &rows);
    report.tiles(&[(evil.to_owned(), evil)]);
    report.section("ways", evil, &sankey::draw(&[way(&[evil, "b"], 1, 1)]));
    let bar = Bar { name: evil.to_owned(), count: 0, note: evil.to_owned() };
    report.section("bars", evil, &bars::draw(&[bar], evil));
    let column = bars::Column { name: evil.to_owned(), values: vec![-5] };
    report.section("matrix", evil, &bars::matrix(&[evil.to_owned()], &[column], evil));
    let page = report.finish();
    assert!(
        !page.contains("<script") && !page.contains('\0') && !page.contains("NaN") && !page.contains("http")
    );
    assert_eq!(page.matches("<svg").count(), page.matches("</svg>").count());
}

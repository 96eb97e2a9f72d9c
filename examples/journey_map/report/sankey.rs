//! Flows from channel to channel: a column for each step of a way, and at the right what it came to.

use std::collections::BTreeMap;

use super::markup::{escape, float, label, name, picture, rect};
use crate::words;

/// A way, and how many went along it.
pub(crate) struct Way {
    pub(crate) path: Vec<Box<str>>,
    pub(crate) bought: u64,
    pub(crate) left: u64,
}

const WIDTH: f64 = 940.0;
const HEIGHT: f64 = 460.0;
const TOP: f64 = 26.0;
const NODE: f64 = 12.0;
const GAP: f64 = 9.0;
/// Room for the names of the last column.
const RIGHT: f64 = 150.0;
/// Columns of steps; longer ways are cut.
const STEPS: usize = 4;
/// Channels with a colour of their own; the rest share the last one.
const COLOURS: usize = 10;

/// Where somebody stands in a column.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// In the channel of that rank.
    Channel(usize),
    Bought,
    Left,
}

/// A node as it is drawn.
#[derive(Clone, Copy, Default)]
struct Node {
    count: u64,
    y: f64,
    height: f64,
    /// How far flows have filled it from the left and to the right.
    filled: (f64, f64),
}

/// Draws the ways of more than one step.
pub(crate) fn draw(ways: &[Way]) -> String {
    let ways: Vec<&Way> = ways.iter().filter(|way| way.path.len() > 1).collect();
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for way in &ways {
        for channel in &way.path {
            *totals.entry(channel).or_default() += way.bought + way.left;
        }
    }
    let mut names: Vec<(&str, u64)> = totals.into_iter().collect();
    names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let names: Vec<&str> = names.into_iter().map(|(name, _)| name).collect();
    let rank = |channel: &str| names.iter().position(|name| *name == channel).unwrap_or(0);

    let mut nodes: Vec<BTreeMap<Place, Node>> = vec![BTreeMap::new(); STEPS + 1];
    let mut flows: Vec<BTreeMap<(Place, Place), u64>> = vec![BTreeMap::new(); STEPS];
    for way in &ways {
        for (end, count) in [(Place::Bought, way.bought), (Place::Left, way.left)] {
            if count == 0 {
                continue;
            }
            let place = |step: usize| match way.path.get(step) {
                Some(channel) if step < STEPS => Place::Channel(rank(channel)),
                _ => end,
            };
            for (step, column) in nodes.iter_mut().enumerate() {
                column.entry(place(step)).or_default().count += count;
            }
            for (step, column) in flows.iter_mut().enumerate() {
                *column.entry((place(step), place(step + 1))).or_default() += count;
            }
        }
    }
    let all: u64 = ways.iter().map(|way| way.bought + way.left).sum();
    let most = nodes.iter().map(BTreeMap::len).max().unwrap_or(0);
    let gaps = GAP * float(u64::try_from(most.saturating_sub(1)).unwrap_or(0));
    let scale = (HEIGHT - TOP - 8.0 - gaps).max(60.0) / float(all.max(1));
    for column in &mut nodes {
        let mut y = TOP;
        for node in column.values_mut() {
            node.height = float(node.count) * scale;
            node.y = y;
            y += node.height + GAP;
        }
    }
    let across = (WIDTH - RIGHT - NODE) / float(u64::try_from(STEPS).unwrap_or(1));
    let x = |step: usize| across * float(u64::try_from(step).unwrap_or(0));
    let called = |place: Place| match place {
        Place::Channel(rank) => names.get(rank).copied().unwrap_or_default(),
        Place::Bought => "bought",
        Place::Left => "left without",
    };

    let mut drawn = String::new();
    for (step, column) in flows.iter().enumerate() {
        let [from, to, ..] = nodes.get_mut(step..).unwrap_or_default() else { break };
        for ((start, end), count) in column {
            let (Some(one), Some(other)) = (from.get_mut(start), to.get_mut(end)) else { continue };
            let height = float(*count) * scale;
            let (y1, y2) = (one.y + one.filled.1, other.y + other.filled.0);
            one.filled.1 += height;
            other.filled.0 += height;
            let hint = format!("{} → {}: {}", called(*start), called(*end), words::count(*count));
            drawn += &flow((x(step) + NODE, y1), (x(step + 1), y2), height, class(*start), &hint);
        }
    }
    for (step, column) in nodes.iter().enumerate() {
        let title = if step == STEPS { "came to".to_owned() } else { format!("step {}", step + 1) };
        drawn += &label((x(step), 14.0), "start", "soft", &title);
        for (place, node) in column {
            let hint = format!("{}: {}", called(*place), words::count(node.count));
            drawn += &rect((x(step), node.y), (NODE, node.height.max(1.0)), class(*place), &hint);
            // What ended before is named at the right only.
            let named = step == STEPS || matches!(place, Place::Channel(_));
            if named && node.height >= 9.0 {
                let text = format!("{} {}", name(called(*place)), words::count(node.count));
                let at = (x(step) + NODE + 5.0, node.y + node.height / 2.0 + 4.0);
                drawn += &label(at, "start", "halo num", &text);
            }
        }
    }
    let height = nodes
        .iter()
        .filter_map(|column| column.values().last())
        .map(|node| node.y + node.height)
        .fold(TOP, f64::max);
    picture(WIDTH, height + 8.0, "ways", "Ways from channel to channel", &said(&ways), &drawn)
}

/// The ten most frequent ways in words.
fn said(ways: &[&Way]) -> String {
    let mut ways: Vec<&&Way> = ways.iter().collect();
    ways.sort_by(|a, b| (b.bought + b.left).cmp(&(a.bought + a.left)).then_with(|| a.path.cmp(&b.path)));
    let one = |way: &&&Way| {
        format!("{}: {} customers, {} bought", way.path.join(" then "), way.bought + way.left, way.bought)
    };
    ways.iter().take(10).map(one).collect::<Vec<_>>().join("; ")
}

fn class(place: Place) -> &'static str {
    const CLASSES: [&str; COLOURS] = ["c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"];
    match place {
        Place::Channel(rank) => CLASSES.get(rank).copied().unwrap_or("c9"),
        Place::Bought => "won",
        Place::Left => "lost",
    }
}

/// A band between two columns.
fn flow(from: (f64, f64), to: (f64, f64), height: f64, class: &str, hint: &str) -> String {
    let middle = f64::midpoint(from.0, to.0);
    let (x1, y1, x2, y2) = (from.0, from.1, to.0, to.1);
    format!(
        "<path d=\"M{x1:.1} {y1:.1}C{middle:.1} {y1:.1} {middle:.1} {y2:.1} {x2:.1} {y2:.1}V{:.1}C{middle:.1} {:.1} {middle:.1} \
         {:.1} {x1:.1} {:.1}Z\" class=\"flow {class}\"><title>{}</title></path>",
        y2 + height,
        y2 + height,
        y1 + height,
        y1 + height,
        escape(hint)
    )
}

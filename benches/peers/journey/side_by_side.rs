//! Holds the answers of peers against ours, and prints the times.

use std::fs::read_to_string;

use serde_json::{Value, json};

fn load(file: &str) -> Value {
    let text = read_to_string(file).unwrap();
    serde_json::from_str(text.trim().lines().last().unwrap()).unwrap()
}

/// The largest difference of a credit (0: conversions, 1: value), as a share of ours.
fn furthest(theirs: &Value, ours: &Value, place: usize) -> f64 {
    let gaps = ours.as_object().unwrap().iter().map(|(name, credit)| {
        let mine = credit[place].as_f64().unwrap();
        let other = theirs[name][place].as_f64().unwrap_or(f64::INFINITY);
        (other - mine).abs() / mine.abs().max(1e-9)
    });
    gaps.fold(0.0, f64::max)
}

/// Prints a table for each peer and a line of JSON. What a peer does not do is left out and said. The answers must agree.
pub(super) fn compare(ours: &str, peers: &[&str]) {
    let ours = load(ours);
    println!(
        "{} journeys, {} touches; seconds of the processor, one thread, the least of three runs",
        ours["journeys"], ours["touches"]
    );
    let mut wrong: Vec<String> = Vec::new();
    let mut seconds = Vec::new();
    for file in peers {
        let peer = load(file);
        let name = peer["peer"].as_str().unwrap_or("peer").to_owned();
        println!(
            "\n{:26}{:>12}{:>12}{:>9}   furthest credit of conversions, of value",
            name, "peer", "ours", "ratio"
        );
        // A peer that makes no table of events does not count touches.
        let other = |field: &str| peer.get(field).is_some_and(|theirs| *theirs != ours[field]);
        if other("journeys") || other("touches") {
            wrong.push(format!("{name}: not the same journeys"));
        }
        for line in ["first, last, linear", "markov 1", "markov 3"] {
            let Some(theirs) = peer["seconds"][line].as_f64() else { continue };
            let simulated = line.starts_with("markov");
            // Rules are exact, but for cents, which ours shares out whole. A chain simulated for long comes within 3 %.
            let (bound, prefix) = if simulated { (0.03, "long ") } else { (1e-4, "") };
            let gap = |prefix: &str, place| {
                let models = line.split(", ");
                models
                    .map(|model| furthest(&peer[format!("{prefix}{model}")], &ours[model], place))
                    .fold(0.0, f64::max)
            };
            let gaps = [gap(prefix, 0), gap(prefix, 1)];
            if gaps.iter().any(|gap| *gap > bound) {
                wrong.push(format!("{name}: {line}: other credits"));
            }
            let mut note = format!("{:.2} %, {:.2} %", gaps[0] * 100.0, gaps[1] * 100.0);
            if simulated {
                let timed = [gap("", 0) * 100.0, gap("", 1) * 100.0];
                note += &format!(" with 10,000,000 simulated; as timed {:.1} %, {:.1} %", timed[0], timed[1]);
            }
            row(line, theirs, &ours, &note);
        }
        if let Some(theirs) = peer["seconds"]["directly-follows"].as_f64() {
            let equal = peer["pairs"] == ours["pairs"];
            if !equal {
                wrong.push(format!("{name}: directly-follows: other counts"));
            }
            let pairs = ours["pairs"].as_object().unwrap().len();
            row(
                "directly-follows",
                theirs,
                &ours,
                &format!("{pairs} pairs {}", if equal { "equal" } else { "differ" }),
            );
        } else {
            println!("{:26}skipped: this peer has none", "directly-follows");
        }
        if let Some(peak) = peer["peak_mib"].as_f64() {
            let mine = ours["peak_mib"].as_f64().unwrap();
            println!("{:26}{peak:>12.0}{mine:>12.0}{:>9.1}", "peak memory, MiB", peak / mine);
        }
        seconds.push(json!({ "peer": name, "seconds": peer["seconds"] }));
    }
    println!(
        "\n{:26}{:>12}{:>12.4}",
        "all eight rules",
        "-",
        ours["seconds"]["all eight rules"].as_f64().unwrap()
    );
    println!("{}", json!({ "peers": seconds, "ours": ours["seconds"], "wrong": wrong }));
    assert!(wrong.is_empty(), "{}", wrong.join("; "));
}

fn row(line: &str, theirs: f64, ours: &Value, note: &str) {
    let mine = ours["seconds"][line].as_f64().unwrap();
    println!("{line:26}{theirs:>12.3}{mine:>12.4}{:>9.1}   {note}", theirs / mine);
}

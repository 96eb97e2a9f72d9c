use throughline::identity::linkage::measure;

use super::*;

/// A run as it might be, with names in several scripts and one that is no name but an attack.
fn sample() -> ReportInput {
    let level = |label: &str, m: f64, u: f64| LevelRow {
        label: label.into(),
        bits: (m / u).log2(),
        m,
        u,
        household: Some(u),
    };
    let comparison = |name: &str, levels: Vec<LevelRow>| ComparisonRow { name: name.into(), levels };
    let name_levels = || {
        vec![
            level("exact", 0.72, 0.004),
            level("same name in another script", 0.12, 0.0031),
            level("very similar", 0.08, 0.0009),
            level("similar", 0.04, 0.003),
            level("different", 0.04, 0.9891),
        ]
    };
    let email = vec![
        level("exact", 0.83, 0.000_06),
        level("same local part", 0.06, 0.000_2),
        level("different", 0.11, 0.999_7),
    ];
    let date = vec![
        level("same day", 0.9, 0.000_1),
        level("one digit off", 0.05, 0.003),
        level("different", 0.05, 0.996_9),
    ];
    let city = vec![level("exact", 0.81, 0.05), level("different", 0.19, 0.95)];
    let step = |comparison: &str, level: &str, bits| WaterfallStep {
        comparison: comparison.into(),
        level: level.into(),
        bits,
    };
    let rule = |name: &str, pairs, new_pairs, largest_block, held_back| RuleRow {
        name: name.into(),
        pairs,
        new_pairs,
        largest_block,
        held_back,
    };
    let bin = |place: i32| {
        let middle = f64::from(place) / 2.0 + 0.25;
        let hill = |at: f64, wide: f64, high: f64| high * (-((middle - at) / wide).powi(2)).exp();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a made-up figure")]
        let pairs = (hill(-14.0, 5.0, 60_000.0) + hill(12.0, 7.0, 2_400.0)) as u64;
        Bin { from: f64::from(place) / 2.0, to: f64::from(place + 1) / 2.0, pairs }
    };
    let point = |place: i32| {
        let bits = f64::from(place);
        let (precision, recall) =
            (0.55 + 0.44 * probability(bits / 2.0 + 1.0), 0.97 - 0.42 * probability(bits / 2.5 - 4.0));
        CurvePoint { bits, precision, recall, f1: 2.0 * precision * recall / (precision + recall) }
    };
    let column = |header: &str, meaning: &str, compared, filled, distinct| ColumnRow {
        header: header.into(),
        meaning: meaning.into(),
        compared,
        filled,
        distinct,
    };
    let stage = |name, seconds: f64| StageRow { name, seconds, cpu_seconds: Some(seconds * 1.9) };
    ReportInput {
        records: 10_000,
        candidate_pairs: 412_087,
        links: 9_120,
        clusters: 4_102,
        household_pairs: 1_204,
        threshold: 0.9,
        across_sources: false,
        columns: vec![
            column("record_id", "tells records apart, not compared", false, 10_000, 10_000),
            column("نام", "given name", true, 9_570, 2_663),
            column("שם משפחה", "family name", true, 8_800, 4_153),
            column("дата рождения", "birth date", true, 4_390, 3_397),
            column("email", "email", true, 7_470, 5_397),
            column("<script>alert('x')</script>", "unknown, not compared", false, 10_000, 3),
        ],
        facts: Facts {
            prior_bits: -12.2,
            comparisons: vec![
                comparison("نام", name_levels()),
                comparison("שם משפחה", name_levels()),
                comparison("дата рождения", date),
                comparison("email", email),
                comparison("city", city),
            ],
            waterfall: Some(Waterfall {
                pair: "The link nearest to the threshold that is held together by names".into(),
                prior_bits: -12.2,
                steps: vec![
                    step("نام", "same name in another script", 5.3),
                    step("שם משפחה", "exact, a rare value", 9.4),
                    step("дата рождения", "missing", 0.0),
                    step("email", "different", -3.2),
                    step("city", "exact", 4.0),
                ],
            }),
            histogram: (-50..50).map(bin).collect(),
            rules: vec![
                rule("same e-mail address", 5_181, 5_181, 34, 0),
                rule("same telephone", 6_902, 3_377, 41, 1),
                rule("sound of family name and birth year", 48_120, 45_022, 212, 0),
                rule("sound of given name and postcode area", 398_400, 358_507, 1_020, 3),
            ],
            quarantine: vec![
                ("telephone shared by too many names".into(), 212),
                ("birth dates contradict".into(), 64),
                ("one household, different given names".into(), 391),
            ],
            notes: vec![
                "column `city` says the same as column `postcode`, so their weights count once".into(),
            ],
        },
        curve: (-10..30).map(point).collect(),
        cluster_sizes: vec![(1, 1_411), (2, 1_302), (3, 801), (4, 390), (5, 160), (6, 31), (7, 6), (9, 1)],
        agreement: measure(&[1, 1, 2, 2], &[1, 1, 2, 3]).ok(),
        stages: vec![
            stage("read", 0.04),
            stage("train", 0.21),
            stage("predict", 0.12),
            stage("cluster", 0.03),
            stage("total", 0.41),
        ],
    }
}

#[test]
fn the_page_is_whole() {
    let page = html(&sample());
    for tag in ["html", "head", "body", "main", "section", "svg", "table", "tr", "td", "text", "rect", "div"]
    {
        let opened = page.matches(&format!("<{tag} ")).count() + page.matches(&format!("<{tag}>")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    assert_eq!(page.matches("<svg").count(), 5);
    assert_eq!(page.matches("<section>").count(), 10);
    assert!(!page.contains("NaN") && !page.contains("inf\""));
}

#[test]
fn it_fetches_nothing_and_runs_nothing() {
    let page = html(&sample());
    for forbidden in ["<script", "http:", "https:", "url(", "@import", "src=", "href=", "onload"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)"));
}

#[test]
fn nothing_to_show_is_no_error() {
    let page = html(&ReportInput::default());
    assert!(page.contains("0 records") && !page.contains("<svg") && !page.contains("NaN"));
}

#[test]
fn odd_numbers_are_drawn_at_the_edge() {
    let mut input = sample();
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 0.0];
    for (level, bits) in
        input.facts.comparisons.iter_mut().flat_map(|comparison| &mut comparison.levels).zip(odd)
    {
        level.bits = bits;
    }
    input.threshold = 1.0;
    input.facts.histogram = vec![Bin { from: 3.0, to: 3.0, pairs: u64::MAX }];
    input.curve.truncate(1);
    input.cluster_sizes = vec![(u64::MAX, 1)];
    input.columns.push(ColumnRow { header: "ش".repeat(10_000), ..ColumnRow::default() });
    let page = html(&input);
    assert!(!page.contains("\"NaN") && !page.contains("\"inf") && page.len() < 200_000);
}

#[test]
fn numbers_for_people() {
    assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    assert_eq!([0.0, 0.04, -0.01, 3.25, -12.0].map(bits), ["0.0", "0.0", "0.0", "+3.2", "−12.0"]);
    assert_eq!([0.0, 1.0, 0.5, 0.000_06].map(percent), ["0 %", "100 %", "50.0 %", "0.006 %"]);
    assert!((probability(weight(0.9)) - 0.9).abs() < 1e-12);
    assert_eq!(sizes_of(&[3, 1, 3, 3, 2]), [(1, 2), (3, 1)]);
}

//! What the report shows: counts, weights and the names of columns, never a value of a record.

use throughline::identity::linkage::Accuracy;

/// All that the report shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReportInput {
    pub(crate) records: u64,
    pub(crate) candidate_pairs: u64,
    pub(crate) links: u64,
    pub(crate) clusters: u64,
    /// Pairs of clusters that are two people of one household.
    pub(crate) household_pairs: u64,
    /// The threshold, a probability.
    pub(crate) threshold: f64,
    /// Whether records of different sources only were linked.
    pub(crate) across_sources: bool,
    pub(crate) columns: Vec<ColumnRow>,
    pub(crate) facts: Facts,
    /// Precision and recall over thresholds, by rising threshold; empty without truth.
    pub(crate) curve: Vec<CurvePoint>,
    /// Sizes of clusters and how many there are of each, by rising size.
    pub(crate) cluster_sizes: Vec<(u64, u64)>,
    pub(crate) agreement: Option<Accuracy>,
    /// Seconds and processor seconds of each stage.
    pub(crate) stages: Vec<StageRow>,
}

/// What the engine tells of its model.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// log2 of the odds that two random records are one person.
    pub(crate) prior_bits: f64,
    pub(crate) comparisons: Vec<ComparisonRow>,
    pub(crate) waterfall: Option<Waterfall>,
    /// Pairs by match weight, by rising weight; bins follow one another.
    pub(crate) histogram: Vec<Bin>,
    pub(crate) rules: Vec<RuleRow>,
    /// What was held back, and how often.
    pub(crate) quarantine: Vec<(String, u64)>,
    /// What the user should know: a training that did not converge, a column without information.
    pub(crate) notes: Vec<String>,
}

/// A column of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnRow {
    pub(crate) header: String,
    /// What it holds, in words.
    pub(crate) meaning: String,
    pub(crate) compared: bool,
    pub(crate) filled: u64,
    pub(crate) distinct: u64,
}

/// One comparison of the model.
#[derive(Debug, Clone, Default)]
pub(crate) struct ComparisonRow {
    pub(crate) name: String,
    /// From full agreement to none.
    pub(crate) levels: Vec<LevelRow>,
}

/// One level of a comparison.
#[derive(Debug, Clone, Default)]
pub(crate) struct LevelRow {
    pub(crate) label: String,
    /// The match weight, log2(m/u).
    pub(crate) bits: f64,
    /// How often records of one person come to this level, 0..=1.
    pub(crate) m: f64,
    /// How often records of different people do, 0..=1.
    pub(crate) u: f64,
    /// How often records of two people of one household do, 0..=1, where the model knows.
    pub(crate) household: Option<f64>,
}

/// How one pair's weight adds up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waterfall {
    /// Which pair: how it was chosen, not who it is.
    pub(crate) pair: String,
    pub(crate) prior_bits: f64,
    /// What each comparison adds, in bits.
    pub(crate) steps: Vec<WaterfallStep>,
}

/// What one comparison adds.
#[derive(Debug, Clone, Default)]
pub(crate) struct WaterfallStep {
    pub(crate) comparison: String,
    pub(crate) level: String,
    pub(crate) bits: f64,
}

/// Pairs whose match weight is in `from..to`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bin {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) pairs: u64,
}

/// A blocking rule.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleRow {
    pub(crate) name: String,
    /// Pairs that the rule finds.
    pub(crate) pairs: u64,
    /// Pairs that no earlier rule finds.
    pub(crate) new_pairs: u64,
    /// Records of its largest block.
    pub(crate) largest_block: u64,
    /// Records whose blocks are too large, also when they were split: the rule does not compare them.
    pub(crate) held_back: u64,
}

/// How good the links are if the threshold were there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CurvePoint {
    /// The threshold as a match weight.
    pub(crate) bits: f64,
    pub(crate) precision: f64,
    pub(crate) recall: f64,
    pub(crate) f1: f64,
}

/// What a stage cost.
#[derive(Debug, Clone, Default)]
pub(crate) struct StageRow {
    pub(crate) name: &'static str,
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: Option<f64>,
}

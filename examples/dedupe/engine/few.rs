//! Files of a few records: nothing can be learned from them, but every pair can be looked at.

use std::collections::BTreeSet;

use throughline::identity::linkage::{
    Dataset, Explanation, Links, Model, ModelError, PreparedRecord, Scorer, explain,
};

use crate::table::Column;

/// The records, prepared, and the model with its usual figures.
pub(super) struct Few {
    model: Model,
    records: Vec<PreparedRecord>,
    /// The source of each record, where only records of different ones are linked.
    sources: Option<Vec<u32>>,
}

impl Few {
    pub(super) fn new(data: &Dataset, model: Model, sources: Option<&Column>) -> Result<Self, ModelError> {
        let scorer = Scorer::new(&model)?;
        let names: Vec<&str> = data.fields().collect();
        let record = |row: usize| {
            // Of several fields of one name the first that has a value.
            let value = |name: &str| {
                let fields = names.iter().enumerate().filter(|(_, field)| **field == name);
                fields.filter_map(|(field, _)| data.value(row, field)).next()
            };
            scorer.prepare(&value)
        };
        let records = (0..data.len()).map(record).collect();
        let sources = sources.map(|sources| sources.cells().to_vec());
        Ok(Self { records, model, sources })
    }

    pub(super) const fn model(&self) -> &Model {
        &self.model
    }

    fn pairs(&self) -> impl Iterator<Item = ((u32, u32), &PreparedRecord, &PreparedRecord)> {
        let numbered = || (0_u32..).zip(&self.records);
        let pairs = numbered().flat_map(move |(left, one)| {
            numbered().skip(left as usize + 1).map(move |(right, other)| ((left, right), one, other))
        });
        let source = |row: u32| self.sources.as_ref().and_then(|sources| sources.get(row as usize));
        pairs.filter(move |((left, right), ..)| self.sources.is_none() || source(*left) != source(*right))
    }

    /// The weights of all pairs.
    pub(super) fn links(&self, threshold_bits: f64) -> Result<Links, ModelError> {
        let scorer = Scorer::new(&self.model)?;
        let mut links = Links { pairs: Vec::new(), histogram: vec![0; 81], links: 0 };
        for ((left, right), one, other) in self.pairs() {
            let bits = scorer.weight_bits(one, other);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let bin = (bits.floor().clamp(-40.0, 40.0) + 40.0) as usize;
            if let Some(bin) = links.histogram.get_mut(bin) {
                *bin += 1;
            }
            links.links += u64::from(bits >= threshold_bits);
            links.pairs.push((left, right, scorer.vote_bits(bits, threshold_bits)));
        }
        Ok(links)
    }

    /// Why a pair weighs what it weighs.
    pub(super) fn explain(&self, left: u32, right: u32) -> Result<Option<Explanation>, ModelError> {
        let scorer = Scorer::new(&self.model)?;
        let record = |row: u32| self.records.get(row as usize);
        let pair = record(left.min(right)).zip(record(left.max(right)));
        Ok(pair.map(|(left, right)| explain(&scorer, left, right)))
    }

    /// How many pairs of clusters are two people of one household.
    pub(super) fn households(&self, clusters: &[u32]) -> Result<u64, ModelError> {
        let scorer = Scorer::new(&self.model)?;
        let cluster = |row: u32| clusters.get(row as usize).copied().unwrap_or(row);
        let mut found = BTreeSet::new();
        for ((left, right), one, other) in self.pairs() {
            let (a, b) = (cluster(left), cluster(right));
            if a != b && scorer.weigh(one, other).relation(&self.model).is_some() {
                found.insert((a.min(b), a.max(b)));
            }
        }
        Ok(found.len() as u64)
    }
}

//! The evidence about a set of records, in columns of small integers.
//!
//! Indices are handed out in the order of the calls and never reach a result: [`GraphBuilder::build`] brings
//! everything into the order of the ids.

use std::sync::Arc;

use super::decision::{Decision, Verdicts, verdicts};
use crate::identifier::{IdentifierKind, ValueHash};
use crate::ids::RecordId;
use crate::record::{Claim, ClaimLevel};
use crate::time::{DateTime, Utc};

/// A record in one builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordIx(u32);

/// An identifier value in one builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueIx(u32);

/// The times of one claim, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) proved_first: i64,
    pub(super) proved_last: i64,
}

/// Set in a mark when the value is the record's own subject key; the two lowest bits are the level.
pub(super) const SUBJECT: u8 = 4;

/// How every hold is claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marks {
    /// All at one level, none of them the subject key.
    Uniform(u8),
    /// One by one.
    Each(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) hash: ValueHash,
    pub(super) kind: u16,
    pub(super) blocked: bool,
    pub(super) holders: u32,
}

pub(super) const fn level_rank(level: ClaimLevel) -> u8 {
    match level {
        ClaimLevel::Asserted => 0,
        ClaimLevel::Observed => 1,
        ClaimLevel::Verified => 2,
    }
}

pub(super) const fn level_of(rank: u8) -> ClaimLevel {
    match rank & 3 {
        0 => ClaimLevel::Asserted,
        1 => ClaimLevel::Observed,
        _ => ClaimLevel::Verified,
    }
}

/// Records, the identifier values that they hold, decisions and match weights: the input of
/// [`partition`](super::partition()).
///
/// Give it whole neighbourhoods: of each value either all holders, or a `holders_total` that says how many there are.
/// Then the result for a part of all records is the same as the result for all of them.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(super) ids: Arc<[RecordId]>,
    pub(super) first_seen: Vec<i64>,
    pub(super) kinds: Vec<IdentifierKind>,
    pub(super) values: Vec<Value>,
    /// The kind of each value once more, for the inner loops.
    pub(super) kind_of: Vec<u16>,
    /// The values, in ascending order, that are blocked or have more holders than are present.
    pub(super) special: Vec<u32>,
    pub(super) pairs: Vec<(u32, u32)>,
    pub(super) marks: Marks,
    /// Empty: all zero.
    pub(super) times: Vec<Times>,
    /// The smaller index first, sorted, one entry for each pair.
    pub(super) matches: Vec<(u32, u32, f64)>,
    pub(super) verdicts: Verdicts,
}

impl Graph {
    /// The records, in order of their ids.
    #[must_use]
    pub fn records(&self) -> &[RecordId] {
        &self.ids
    }

    pub(super) fn index_of(&self, record: RecordId) -> Option<u32> {
        self.ids.binary_search(&record).ok().and_then(|index| u32::try_from(index).ok())
    }

    pub(super) fn mark(&self, hold: usize) -> u8 {
        match &self.marks {
            Marks::Uniform(mark) => *mark,
            Marks::Each(marks) => marks.get(hold).copied().unwrap_or(0),
        }
    }

    pub(super) fn times(&self, hold: usize) -> Times {
        self.times.get(hold).copied().unwrap_or_default()
    }

    /// From data that is interned already: `values` names a kind by its place in `kinds`, `pairs` a record and a value
    /// by their places. All claims count at one `level`, made at one time.
    ///
    /// # Errors
    /// A kind, record or value is named that does not exist, or there are more of them than fit 32 bits.
    ///
    /// # Complexity
    /// Linear when records and values come in the order of their ids and hashes, otherwise a sort of each.
    pub fn from_interned(
        records: Vec<(RecordId, DateTime<Utc>)>,
        kinds: Vec<IdentifierKind>,
        values: &[(ValueHash, u16)],
        pairs: Vec<(u32, u32)>,
        level: ClaimLevel,
    ) -> Result<Self, GraphError> {
        let fits = |length: usize| u32::try_from(length).is_ok_and(|length| length < u32::MAX - 3);
        if !fits(records.len()) || !fits(values.len()) || !fits(pairs.len()) {
            return Err(GraphError::TooLarge);
        }
        if values.iter().any(|(_, kind)| usize::from(*kind) >= kinds.len()) {
            return Err(GraphError::UnknownIndex);
        }
        let builder = GraphBuilder {
            records: records.into_iter().map(|(id, at)| (id, at.timestamp_millis())).collect(),
            kinds,
            values: values
                .iter()
                .map(|(hash, kind)| Value { hash: *hash, kind: *kind, blocked: false, holders: 0 })
                .collect(),
            pairs,
            marks: Marks::Uniform(level_rank(level)),
            ..GraphBuilder::default()
        };
        let (records, values) = (builder.records.len(), builder.values.len());
        let known = |(record, value): &(u32, u32)| (*record as usize) < records && (*value as usize) < values;
        if !builder.pairs.iter().all(known) {
            return Err(GraphError::UnknownIndex);
        }
        Ok(builder.build())
    }

    /// Records that share no identifier, and the match weights of all pairs of them that were compared: each names two
    /// records by their places; see [`GraphBuilder::matched`].
    ///
    /// ```
    /// use throughline::identity::{Explain, Graph, Rules, partition};
    /// use throughline::ids::RecordId;
    /// let at = "2026-03-20T09:00:00Z".parse()?;
    /// let records = (0..4).map(|n| (RecordId::from_bytes([n; 16]), at)).collect();
    /// // The first three are alike. The last is like one of them, and unlike the others.
    /// let weights = vec![(0, 1, 6.0), (0, 2, 5.0), (1, 2, 7.0), (2, 3, 2.5), (0, 3, -4.0), (1, 3, -1.0)];
    /// let people = partition(&Graph::from_matches(records, weights)?, &Rules::retail(), Explain::No);
    /// assert_eq!(people.clusters().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A record is named that does not exist, or there are more records or weights than fit 32 bits.
    ///
    /// # Complexity
    /// Linear when records come in the order of their ids and weights in that of their pairs, smaller place first;
    /// otherwise a sort of each.
    pub fn from_matches(
        records: Vec<(RecordId, DateTime<Utc>)>,
        matches: Vec<(u32, u32, f64)>,
    ) -> Result<Self, GraphError> {
        let fits = |length: usize| u32::try_from(length).is_ok_and(|length| length < u32::MAX - 3);
        if !fits(records.len()) || !fits(matches.len()) {
            return Err(GraphError::TooLarge);
        }
        let known = |record: u32| (record as usize) < records.len();
        if !matches.iter().all(|(a, b, _)| known(*a) && known(*b)) {
            return Err(GraphError::UnknownIndex);
        }
        let records = records.into_iter().map(|(id, at)| (id, at.timestamp_millis())).collect();
        Ok(GraphBuilder { records, matches, ..GraphBuilder::default() }.build())
    }
}

/// Interned columns do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GraphError {
    /// A pair or a value names something that is not there.
    #[error("a pair names a record or a value, or a value names a kind, that does not exist")]
    UnknownIndex,
    /// About 2^32 or more records, values or pairs.
    #[error("more records, values or pairs than 32 bits can number")]
    TooLarge,
}

/// Collects the evidence.
///
/// ```
/// use throughline::identifier::{IdentifierKind, ValueHash};
/// use throughline::identity::{Explain, GraphBuilder, Rules, ValueInput, partition};
/// use throughline::{ids::RecordId, record::{Claim, ClaimLevel, ProofKind}};
/// let at = "2026-03-20T09:00:00Z".parse()?;
/// let mut graph = GraphBuilder::default();
/// let shop = graph.record(RecordId::from_bytes([1; 16]), at);
/// let till = graph.record(RecordId::from_bytes([2; 16]), at);
/// let card = graph.value(&ValueInput::new(ValueHash::from_bytes([7; 16]), IdentifierKind::LoyaltyCard));
/// let seen = Claim::new(ClaimLevel::Observed, at, ProofKind::Source);
/// graph.hold(shop, card, &seen, false);
/// graph.hold(till, card, &seen, false);
/// let people = partition(&graph.build(), &Rules::retail(), Explain::No);
/// assert_eq!(people.clusters().len(), 1);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone)]
pub struct GraphBuilder {
    records: Vec<(RecordId, i64)>,
    kinds: Vec<IdentifierKind>,
    values: Vec<Value>,
    pairs: Vec<(u32, u32)>,
    marks: Marks,
    times: Vec<Times>,
    matches: Vec<(u32, u32, f64)>,
    decisions: Vec<Decision>,
}

impl Default for GraphBuilder {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            kinds: Vec::new(),
            values: Vec::new(),
            pairs: Vec::new(),
            marks: Marks::Each(Vec::new()),
            times: Vec::new(),
            matches: Vec::new(),
            decisions: Vec::new(),
        }
    }
}

/// One identifier value as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueInput {
    /// The hash that stands for it.
    pub hash: ValueHash,
    /// Its kind.
    pub kind: IdentifierKind,
    /// How many records hold it in all, where more do than are in the graph; otherwise 0.
    pub holders_total: u32,
    /// Whether [`Rules::is_blocked`](super::Rules::is_blocked) gave a reason for it.
    pub blocked: bool,
}

impl ValueInput {
    /// A value that is not blocked and of which all holders are in the graph.
    #[must_use]
    pub const fn new(hash: ValueHash, kind: IdentifierKind) -> Self {
        Self { hash, kind, holders_total: 0, blocked: false }
    }
}

fn next(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl GraphBuilder {
    /// Adds a record with the time at which it was first seen. A record that comes twice is one record, first seen at
    /// the earlier time.
    pub fn record(&mut self, id: RecordId, first_seen: DateTime<Utc>) -> RecordIx {
        let index = next(self.records.len());
        self.records.push((id, first_seen.timestamp_millis()));
        RecordIx(index)
    }

    /// Adds a value. A value that comes twice is one value, with the larger count of holders, blocked if either is.
    pub fn value(&mut self, value: &ValueInput) -> ValueIx {
        let kind = self.kinds.iter().position(|kind| *kind == value.kind).unwrap_or_else(|| {
            self.kinds.push(value.kind.clone());
            self.kinds.len() - 1
        });
        let index = next(self.values.len());
        self.values.push(Value {
            hash: value.hash,
            kind: u16::try_from(kind).unwrap_or(u16::MAX),
            blocked: value.blocked,
            holders: value.holders_total,
        });
        ValueIx(index)
    }

    /// Says that the record claims the value. `subject`: the value is the key by which the source itself names the
    /// record, so no later proof detaches it. Claims to the same pair are joined.
    ///
    /// Indices of another builder that do not exist in this one are ignored.
    pub fn hold(&mut self, record: RecordIx, value: ValueIx, claim: &Claim, subject: bool) {
        if let Marks::Each(marks) = &mut self.marks {
            marks.push(level_rank(claim.level()) | if subject { SUBJECT } else { 0 });
            self.pairs.push((record.0, value.0));
            let millis = |at: DateTime<Utc>| at.timestamp_millis();
            self.times.push(Times {
                first: millis(claim.first_at),
                last: millis(claim.last_at),
                proved_first: claim.verified.map_or(0, |proof| millis(proof.first_at)),
                proved_last: claim.verified.map_or(0, |proof| millis(proof.last_at)),
            });
        }
    }

    /// Adds a decision. Records that it names and that are not in the graph are passed over.
    pub fn decision(&mut self, decision: Decision) {
        self.decisions.push(decision);
    }

    /// Says how strongly other evidence (names, birthday, address) speaks for the two being one person: the base-2
    /// logarithm of the odds, below zero when it speaks against. The largest weight given for a pair counts; a weight
    /// that is not a number is ignored.
    ///
    /// Give the weights of all pairs that were compared, however low: clusters join by the mean of the weights between
    /// them. Weights below the threshold never bring two records into one raw component, so those of pairs in different
    /// components may be left out.
    pub fn matched(&mut self, a: RecordIx, b: RecordIx, weight_bits: f64) {
        self.matches.push((a.0, b.0, weight_bits));
    }

    /// Brings everything into the order of the ids, so that no order of calls is left to see.
    ///
    /// # Complexity
    /// Linear when records and values came in the order of their ids and hashes, otherwise a sort of each.
    #[must_use]
    pub fn build(mut self) -> Graph {
        sort_kinds(&mut self.kinds, &mut self.values);
        let records = canonical(
            &mut self.records,
            |a, b| a.0.cmp(&b.0),
            |kept, other| {
                kept.1 = kept.1.min(other.1);
            },
        );
        let values = canonical(
            &mut self.values,
            |a, b| (a.hash, a.kind).cmp(&(b.hash, b.kind)),
            |kept, other| {
                kept.holders = kept.holders.max(other.holders);
                kept.blocked |= other.blocked;
            },
        );
        let (record_count, value_count) = (self.records.len(), self.values.len());
        let record = |index: u32| place(&records, record_count, index);
        let value = |index: u32| place(&values, value_count, index);
        self.move_holds(records.is_none() && values.is_none(), &record, &value);
        let ids: Arc<[RecordId]> = self.records.iter().map(|(id, _)| *id).collect();
        let verdicts = if self.decisions.is_empty() {
            Verdicts::default()
        } else {
            verdicts(&self.decisions, |id| {
                ids.binary_search(&id).ok().and_then(|index| u32::try_from(index).ok())
            })
        };
        let mut matches: Vec<(u32, u32, f64)> = std::mem::take(&mut self.matches)
            .into_iter()
            .filter_map(|(a, b, weight)| Some((record(a)?, record(b)?, weight)))
            .filter(|(a, b, weight)| a != b && !weight.is_nan())
            .map(|(a, b, weight)| (a.min(b), a.max(b), weight))
            .collect();
        if !matches.is_sorted_by(|x, y| (x.0, x.1) < (y.0, y.1)) {
            let pair = |entry: &(u32, u32, f64)| u64::from(entry.0) << 32 | u64::from(entry.1);
            matches.sort_unstable_by(|x, y| pair(x).cmp(&pair(y)).then_with(|| y.2.total_cmp(&x.2)));
            matches.dedup_by_key(|entry| (entry.0, entry.1));
        }
        Graph {
            first_seen: self.records.iter().map(|(_, at)| *at).collect(),
            ids,
            kinds: self.kinds,
            kind_of: self.values.iter().map(|value| value.kind).collect(),
            special: (0..)
                .zip(&self.values)
                .filter(|(_, value)| value.blocked || value.holders > 0)
                .map(|(index, _)| index)
                .collect(),
            values: self.values,
            pairs: self.pairs,
            marks: self.marks,
            times: self.times,
            matches,
            verdicts,
        }
    }

    /// Renames the ends of the holds, and drops holds with an end that does not exist.
    fn move_holds(
        &mut self,
        in_order: bool,
        record: &impl Fn(u32) -> Option<u32>,
        value: &impl Fn(u32) -> Option<u32>,
    ) {
        let exists = |(r, v): &(u32, u32)| record(*r).is_some() && value(*v).is_some();
        if in_order && self.pairs.iter().all(exists) {
            return;
        }
        let moved: Vec<Option<(u32, u32)>> =
            self.pairs.iter().map(|(r, v)| Some((record(*r)?, value(*v)?))).collect();
        if let Marks::Each(marks) = &mut self.marks {
            let mut kept = moved.iter().map(Option::is_some);
            marks.retain(|_| kept.next().unwrap_or(false));
        }
        if !self.times.is_empty() {
            let mut kept = moved.iter().map(Option::is_some);
            self.times.retain(|_| kept.next().unwrap_or(false));
        }
        self.pairs = moved.into_iter().flatten().collect();
    }
}

/// Where an index went: `None` for the places means that nothing moved.
fn place(places: &Option<Vec<u32>>, count: usize, index: u32) -> Option<u32> {
    match places {
        Some(places) => places.get(index as usize).copied(),
        None => ((index as usize) < count).then_some(index),
    }
}

fn sort_kinds(kinds: &mut Vec<IdentifierKind>, values: &mut [Value]) {
    if kinds.is_sorted_by(|a, b| a < b) {
        return;
    }
    let mut sorted = kinds.clone();
    sorted.sort_unstable();
    sorted.dedup();
    for value in values {
        let place = kinds.get(usize::from(value.kind)).and_then(|kind| sorted.binary_search(kind).ok());
        value.kind = place.and_then(|place| u16::try_from(place).ok()).unwrap_or(u16::MAX);
    }
    *kinds = sorted;
}

/// Sorts, folds equal items into one, and says where each went; `None` when nothing moved.
fn canonical<T: Copy>(
    items: &mut Vec<T>,
    order: impl Fn(&T, &T) -> std::cmp::Ordering,
    fold: impl Fn(&mut T, &T),
) -> Option<Vec<u32>> {
    if items.is_sorted_by(|a, b| order(a, b).is_lt()) {
        return None;
    }
    let mut indexed: Vec<(T, u32)> = items.iter().copied().zip(0..).collect();
    indexed.sort_unstable_by(|a, b| order(&a.0, &b.0));
    let mut places = vec![0; items.len()];
    items.clear();
    for (item, from) in indexed {
        match items.last_mut() {
            Some(last) if order(last, &item).is_eq() => fold(last, &item),
            _ => items.push(item),
        }
        if let Some(place) = places.get_mut(from as usize) {
            *place = next(items.len() - 1);
        }
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ProofKind;
    use crate::time::from_millis;

    fn record(n: u8) -> RecordId {
        RecordId::from_bytes([n; 16])
    }

    #[test]
    fn what_comes_twice_is_one_and_the_order_of_calls_is_gone() {
        let claim = Claim::new(ClaimLevel::Observed, from_millis(5), ProofKind::Source);
        let mut graph = GraphBuilder::default();
        let late = graph.record(record(2), from_millis(9));
        let value = ValueInput::new(ValueHash::from_bytes([1; 16]), IdentifierKind::Phone);
        let twice = ValueInput { holders_total: 40, blocked: true, ..value.clone() };
        let (first, again) = (graph.value(&value), graph.value(&twice));
        let other = graph.record(record(1), from_millis(7));
        let early = graph.record(record(2), from_millis(3));
        graph.hold(late, first, &claim, false);
        graph.hold(early, again, &claim, false);
        graph.hold(other, first, &claim, false);
        let graph = graph.build();
        assert_eq!(graph.records(), [record(1), record(2)]);
        assert_eq!(graph.first_seen, [7, 3]);
        assert_eq!(graph.pairs, [(1, 0), (1, 0), (0, 0)]);
        assert_eq!((graph.values.len(), graph.values[0].holders, graph.values[0].blocked), (1, 40, true));
    }

    #[test]
    fn indices_of_another_builder_are_passed_over() {
        let claim = Claim::new(ClaimLevel::Observed, from_millis(5), ProofKind::Source);
        let mut other = GraphBuilder::default();
        other.record(record(8), from_millis(0));
        let foreign = other.record(record(9), from_millis(0));
        let mut graph = GraphBuilder::default();
        let own = graph.record(record(1), from_millis(0));
        let value = graph.value(&ValueInput::new(ValueHash::from_bytes([1; 16]), IdentifierKind::Phone));
        graph.hold(foreign, value, &claim, true);
        graph.hold(own, value, &claim, false);
        graph.matched(own, foreign, 50.0);
        graph.matched(own, own, 50.0);
        let graph = graph.build();
        assert_eq!(graph.pairs, [(0, 0)]);
        assert_eq!(graph.marks, Marks::Each(vec![1]));
        assert_eq!((graph.times.len(), graph.matches.len()), (1, 0));
    }

    #[test]
    fn a_weight_that_is_not_a_number_is_ignored_and_the_best_counts() {
        let mut graph = GraphBuilder::default();
        let (a, b) = (graph.record(record(1), from_millis(0)), graph.record(record(2), from_millis(0)));
        for weight in [f64::NAN, 3.0, -1.0, f64::NAN] {
            graph.matched(b, a, weight);
        }
        assert_eq!(graph.build().matches, [(0, 1, 3.0)]);
    }

    #[test]
    fn interned_columns_must_fit_together() {
        let records = || vec![(record(1), from_millis(0))];
        let values = [(ValueHash::from_bytes([1; 16]), 0)];
        let make =
            |kinds, pairs| Graph::from_interned(records(), kinds, &values, pairs, ClaimLevel::Observed);
        let kinds = || vec![IdentifierKind::Phone];
        assert!(make(kinds(), vec![(0, 0)]).is_ok());
        for pair in [(1, 0), (0, 1)] {
            assert_eq!(make(kinds(), vec![pair]).map(|_| ()), Err(GraphError::UnknownIndex));
        }
        assert_eq!(make(Vec::new(), Vec::new()).map(|_| ()), Err(GraphError::UnknownIndex));
        assert!(Graph::from_matches(records(), vec![(0, 0, 1.0)]).is_ok());
        for pair in [(1, 0, 1.0), (0, 1, 1.0)] {
            assert_eq!(Graph::from_matches(records(), vec![pair]).map(|_| ()), Err(GraphError::UnknownIndex));
        }
    }
}

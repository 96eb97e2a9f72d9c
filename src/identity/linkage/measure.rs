//! How well clusters agree with the truth, where it is known.

use hashbrown::HashMap;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The label of a record whose true person is not known.
pub const NO_TRUTH: u32 = u32::MAX;

/// Two lists of labels that do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{clusters} records have a cluster and {truth} a place in the truth: there must be as many")]
pub struct MeasureError {
    clusters: usize,
    truth: usize,
}

/// Right, found and true counts of one kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PairCounts {
    /// Pairs of records in one cluster that are one person.
    pub correct: u64,
    /// Pairs of records in one cluster.
    pub found: u64,
    /// Pairs of records of one person.
    pub existing: u64,
}

/// Precision, recall and their harmonic mean, each in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Quality {
    /// How much of what was found is right; 1 if nothing was found.
    pub precision: f64,
    /// How much of what there is was found; 1 if there is nothing.
    pub recall: f64,
    /// Harmonic mean of the two; 1 if there is nothing and nothing was found.
    pub f1: f64,
}

/// Clusters against the truth. All counts are over the records whose true person is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Records measured.
    pub records: u64,
    /// Records left out because their true person is not known.
    pub without_truth: u64,
    /// Pairs of records.
    pub pairs: PairCounts,
    /// Precision and recall of pairs of records: large clusters count by the square of their size.
    pub pairwise: Quality,
    /// Precision and recall of the average record's cluster (Bagga and Baldwin 1998): every record counts once.
    pub b_cubed: Quality,
    /// Clusters.
    pub clusters: u64,
    /// True persons.
    pub persons: u64,
    /// Clusters that hold records of more than one person.
    pub mixed_clusters: u64,
    /// Records of the largest cluster.
    pub largest_cluster: u64,
    /// Records of the person with the most.
    pub largest_person: u64,
}

impl Accuracy {
    /// The share of clusters that hold more than one person, 0..=1; 0 if there are no clusters.
    #[must_use]
    pub fn mixed_cluster_share(&self) -> f64 {
        if self.clusters == 0 { 0.0 } else { ratio(self.mixed_clusters.into(), self.clusters.into()) }
    }
}

impl PairCounts {
    /// Precision, recall and F1 of the counts.
    #[must_use]
    pub fn quality(self) -> Quality {
        let (correct, found, existing) =
            (u128::from(self.correct), u128::from(self.found), u128::from(self.existing));
        Quality {
            precision: ratio(correct, found),
            recall: ratio(correct, existing),
            f1: ratio(2 * correct, found + existing),
        }
    }
}

/// Measures `clusters` (a label for each record) against `truth` (the person of each record, in the same order, or
/// [`NO_TRUTH`]). Labels are names only: any numbers will do, and the order of the records changes nothing, not even
/// the last bit of a figure, since everything is counted in integers and divided at the end.
///
/// # Errors
/// If the slices differ in length.
///
/// # Complexity
/// Time and memory are linear in the number of records.
///
/// ```
/// use throughline::identity::linkage::{NO_TRUTH, measure};
/// // Two people, one cluster that mixes them, and a record of which nobody knows whose it is.
/// let agreement = measure(&[7, 7, 7, 9, 9], &[1, 1, 2, 2, NO_TRUTH])?;
/// assert_eq!((agreement.pairs.correct, agreement.pairs.found, agreement.pairs.existing), (1, 3, 2));
/// assert_eq!(agreement.pairwise.recall, 0.5);
/// assert_eq!((agreement.mixed_clusters, agreement.clusters, agreement.without_truth), (1, 2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn measure(clusters: &[u32], truth: &[u32]) -> Result<Accuracy, MeasureError> {
    if clusters.len() != truth.len() {
        return Err(MeasureError { clusters: clusters.len(), truth: truth.len() });
    }
    // Records that share a cluster and a person, counted in both directions. The maps are only looked up and summed.
    let mut cells: HashMap<(u32, u32), u64> = HashMap::new();
    let mut cluster_sizes: HashMap<u32, u64> = HashMap::new();
    let mut person_sizes: HashMap<u32, u64> = HashMap::new();
    let mut records = 0_u64;
    for (&cluster, &person) in clusters.iter().zip(truth).filter(|(_, person)| **person != NO_TRUTH) {
        records += 1;
        *cells.entry((cluster, person)).or_default() += 1;
        *cluster_sizes.entry(cluster).or_default() += 1;
        *person_sizes.entry(person).or_default() += 1;
    }

    // B-cubed precision is the mean over records of (records of the same cluster and person) / (records of the same
    // cluster): for each cell its square over the cluster's size. Cells are summed by size of cluster, as integers.
    let (mut by_cluster_size, mut by_person_size) = (BTreeMap::new(), BTreeMap::new());
    let mut persons_of: HashMap<u32, u32> = HashMap::with_capacity(cluster_sizes.len());
    let mut correct = 0;
    for (&(cluster, person), &size) in &cells {
        correct += pairs(size);
        let square = u128::from(size) * u128::from(size);
        *by_cluster_size.entry(size_of(&cluster_sizes, cluster)).or_default() += square;
        *by_person_size.entry(size_of(&person_sizes, person)).or_default() += square;
        *persons_of.entry(cluster).or_default() += 1;
    }
    let counts = PairCounts {
        correct,
        found: cluster_sizes.values().map(|size| pairs(*size)).sum(),
        existing: person_sizes.values().map(|size| pairs(*size)).sum(),
    };
    let (precision, recall) = (mean(&by_cluster_size, records), mean(&by_person_size, records));
    Ok(Accuracy {
        records,
        without_truth: count(clusters.len()) - records,
        pairs: counts,
        pairwise: counts.quality(),
        b_cubed: Quality { precision, recall, f1: 2.0 * precision * recall / (precision + recall) },
        clusters: count(cluster_sizes.len()),
        persons: count(person_sizes.len()),
        mixed_clusters: count(persons_of.values().filter(|persons| **persons > 1).count()),
        largest_cluster: cluster_sizes.values().copied().max().unwrap_or(0),
        largest_person: person_sizes.values().copied().max().unwrap_or(0),
    })
}

fn size_of(sizes: &HashMap<u32, u64>, label: u32) -> u64 {
    sizes.get(&label).copied().unwrap_or(0)
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Pairs among so many records. A slice of labels is shorter than 2^62 elements, but its pairs may not fit.
fn pairs(records: u64) -> u64 {
    records.saturating_mul(records.saturating_sub(1)) / 2
}

/// The sum of `squares / size`, over the number of records; always positive if there are records.
#[expect(clippy::cast_precision_loss, reason = "counts of records, far below 2^53")]
fn mean(squares_by_size: &BTreeMap<u64, u128>, records: u64) -> f64 {
    if records == 0 {
        return 1.0;
    }
    squares_by_size.iter().map(|(&size, &squares)| squares as f64 / size as f64).sum::<f64>() / records as f64
}

#[expect(clippy::cast_precision_loss, reason = "a ratio is rounded anyway")]
fn ratio(part: u128, whole: u128) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By definition, pair by pair and record by record.
    fn naive(clusters: &[u32], truth: &[u32]) -> (PairCounts, f64, f64) {
        let known: Vec<(u32, u32)> = clusters
            .iter()
            .copied()
            .zip(truth.iter().copied())
            .filter(|(_, person)| *person != NO_TRUTH)
            .collect();
        let mut counts = PairCounts::default();
        let (mut precision, mut recall) = (0.0, 0.0);
        for (place, a) in known.iter().enumerate() {
            let (mut together, mut same, mut both) = (0.0, 0.0, 0.0);
            for (other, b) in known.iter().enumerate() {
                let (in_cluster, is_person) = (a.0 == b.0, a.1 == b.1);
                together += f64::from(u8::from(in_cluster));
                same += f64::from(u8::from(is_person));
                both += f64::from(u8::from(in_cluster && is_person));
                if other < place {
                    counts.found += u64::from(in_cluster);
                    counts.existing += u64::from(is_person);
                    counts.correct += u64::from(in_cluster && is_person);
                }
            }
            precision += both / together;
            recall += both / same;
        }
        let records = known.len().max(1) as f64;
        if known.is_empty() { (counts, 1.0, 1.0) } else { (counts, precision / records, recall / records) }
    }

    fn label() -> impl Strategy<Value = u32> {
        prop_oneof![9 => 0_u32..6, 1 => Just(NO_TRUTH)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn equals_the_definition(labels in prop::collection::vec((0_u32..6, label()), 0..40)) {
            let (clusters, truth): (Vec<u32>, Vec<u32>) = labels.iter().copied().unzip();
            let fast = measure(&clusters, &truth).unwrap();
            let (counts, precision, recall) = naive(&clusters, &truth);
            prop_assert_eq!(fast.pairs, counts);
            prop_assert!((fast.b_cubed.precision - precision).abs() < 1e-12);
            prop_assert!((fast.b_cubed.recall - recall).abs() < 1e-12);
            prop_assert_eq!(fast.records + fast.without_truth, labels.len() as u64);
            prop_assert!(fast.mixed_clusters <= fast.clusters && fast.clusters <= fast.records);
        }

        #[test]
        fn order_and_names_of_labels_change_no_bit(labels in prop::collection::vec((0_u32..6, label()), 0..40)) {
            let (clusters, truth): (Vec<u32>, Vec<u32>) = labels.iter().copied().unzip();
            let (others, reversed): (Vec<u32>, Vec<u32>) =
                labels.iter().rev().map(|(cluster, person)| (1_000_000 - cluster * 7, *person)).unzip();
            prop_assert_eq!(measure(&clusters, &truth).unwrap(), measure(&others, &reversed).unwrap());
        }

        #[test]
        fn swapping_the_sides_swaps_precision_and_recall(labels in prop::collection::vec((0_u32..6, 0_u32..6), 0..40)) {
            let (clusters, truth): (Vec<u32>, Vec<u32>) = labels.iter().copied().unzip();
            let (there, back) = (measure(&clusters, &truth).unwrap(), measure(&truth, &clusters).unwrap());
            prop_assert_eq!(there.pairwise.precision, back.pairwise.recall);
            prop_assert_eq!(there.b_cubed.precision, back.b_cubed.recall);
            prop_assert_eq!(there.largest_cluster, back.largest_person);
        }
    }

    #[test]
    fn perfect_and_empty() {
        let perfect = measure(&[1, 1, 2], &[5, 5, 6]).unwrap();
        assert_eq!(perfect.pairwise, Quality { precision: 1.0, recall: 1.0, f1: 1.0 });
        assert_eq!(perfect.b_cubed, Quality { precision: 1.0, recall: 1.0, f1: 1.0 });
        assert_eq!(perfect.mixed_cluster_share(), 0.0);
        let empty = measure(&[], &[]).unwrap();
        assert_eq!((empty.pairwise.f1, empty.b_cubed.f1, empty.mixed_cluster_share()), (1.0, 1.0, 0.0));
        let unknown = measure(&[1, 2], &[NO_TRUTH, NO_TRUTH]).unwrap();
        assert_eq!((unknown.records, unknown.without_truth, unknown.clusters), (0, 2, 0));
        // Nothing found: nothing wrong, nothing right.
        let apart = measure(&[1, 2], &[5, 5]).unwrap();
        assert_eq!(apart.pairwise, Quality { precision: 1.0, recall: 0.0, f1: 0.0 });
    }

    #[test]
    fn everything_in_one_cluster() {
        let clusters = vec![0; 100_000];
        let truth: Vec<u32> = (0..100_000).collect();
        let agreement = measure(&clusters, &truth).unwrap();
        assert_eq!(agreement.pairs, PairCounts { correct: 0, found: 4_999_950_000, existing: 0 });
        assert_eq!((agreement.largest_cluster, agreement.mixed_cluster_share()), (100_000, 1.0));
    }

    #[test]
    fn lengths_must_agree() {
        let error = measure(&[1], &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "1 records have a cluster and 0 a place in the truth: there must be as many"
        );
    }
}

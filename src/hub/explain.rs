//! Why two records are one person, why they are not, and how a profile came together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::identity::{self, Explain, Link, Step, WhyNot, partition};
use crate::ids::RecordId;
use crate::store::{Stop, Tx};

use super::fold::Dirty;
use super::resolve::{graph, graph_with, neighbourhood};
use super::{Context, keys};

/// The chain of evidence that makes two records one person; `None` if they are not, or one of them is unknown.
///
/// Steps name records, kinds, keyed hashes and match weights, never values; [`likeness`](super::likeness()) says of what
/// parts a match weight is made. [`identity::check_path`] can check the chain.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As putting the records' components together.
pub fn why(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    a: RecordId,
    b: RecordId,
) -> Result<Option<Vec<Step>>, Stop> {
    if !tx.exists(&keys::record(a))? || !tx.exists(&keys::record(b))? {
        return Ok(None);
    }
    let around = neighbourhood(tx, context.rules, Dirty::of([a, b]))?;
    Ok(identity::why(&graph(&around), &context.rules.identity, a, b))
}

/// Everything that stands between two records, or that nothing does. [`likeness`](super::likeness()) says what was
/// missing to a match weight, and by which blocking rule two records were nearly compared.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As putting the records' components together.
pub fn why_not(tx: &mut Tx<'_>, context: &Context<'_>, a: RecordId, b: RecordId) -> Result<WhyNot, Stop> {
    let around = neighbourhood(tx, context.rules, Dirty::of([a, b]))?;
    // The weights between components too, as they may be what was too little.
    Ok(identity::why_not(&graph_with(&around, &around.candidates), &context.rules.identity, a, b))
}

/// One step in which a profile came together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formed {
    /// The link that joined two groups of records, and what speaks for it.
    pub link: Link,
    /// How many records the group of `link.a` had.
    pub of_a: usize,
    /// How many the group of `link.b` had.
    pub of_b: usize,
}

/// How the profile that a record is in came together, join by join, the strongest evidence first; empty if the record is
/// alone, `None` if it is unknown.
///
/// The order is that of the evidence, not of time: it is the same however the records arrived. Links name records, kinds,
/// keyed hashes and match weights, never values.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As putting the record's component together.
///
/// ```
/// use std::sync::Arc;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Rules};
/// use throughline::store::{MemoryStore, Tenant};
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let sees = |line: &str| -> Result<_, Box<dyn std::error::Error>> {
///     Ok(hub.record(&Event::from_segment(line.as_bytes(), &hub.import())?)?.record)
/// };
/// sees(r#"{"type":"identify","messageId":"1","userId":"u-7","anonymousId":"phone","traits":{}}"#)?;
/// let tablet = sees(r#"{"type":"identify","messageId":"2","userId":"u-7","anonymousId":"tablet","traits":{}}"#)?;
/// for step in hub.how(tablet)?.ok_or("unknown")? {
///     assert!(step.of_a > 0 && step.of_b > 0);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn how(tx: &mut Tx<'_>, context: &Context<'_>, record: RecordId) -> Result<Option<Vec<Formed>>, Stop> {
    if !tx.exists(&keys::record(record))? {
        return Ok(None);
    }
    let around = neighbourhood(tx, context.rules, Dirty::of([record]))?;
    let people = partition(&graph(&around), &context.rules.identity, Explain::Yes);
    let mut profiles = people.clusters().map(|cluster| cluster.members().collect::<Vec<_>>());
    let members = profiles.find(|members| members.contains(&record)).unwrap_or_default();
    // Small groups are renamed, so that each record is renamed O(log n) times.
    let mut group: BTreeMap<RecordId, usize> =
        members.iter().enumerate().map(|(place, &member)| (member, place)).collect();
    let mut groups: Vec<Vec<RecordId>> = members.iter().map(|&member| vec![member]).collect();
    let mut steps = Vec::new();
    for link in people.joins() {
        let (Some(&a), Some(&b)) = (group.get(&link.a), group.get(&link.b)) else { continue };
        let size = |place: usize| groups.get(place).map_or(0, Vec::len);
        steps.push(Formed { link: link.clone(), of_a: size(a), of_b: size(b) });
        let (small, large) = if size(a) < size(b) { (a, b) } else { (b, a) };
        let moved = groups.get_mut(small).map(std::mem::take).unwrap_or_default();
        group.extend(moved.iter().map(|&member| (member, large)));
        groups.get_mut(large).into_iter().for_each(|group| group.extend(&moved));
    }
    Ok(Some(steps))
}

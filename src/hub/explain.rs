//! Why two records are one person, and why they are not.

use crate::identity::{self, Step, WhyNot};
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
    let around = neighbourhood(tx, context.rules, &Dirty::of([a, b]))?;
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
    let around = neighbourhood(tx, context.rules, &Dirty::of([a, b]))?;
    // The weights between components too, as they may be what was too little.
    Ok(identity::why_not(&graph_with(&around, &around.candidates), &context.rules.identity, a, b))
}

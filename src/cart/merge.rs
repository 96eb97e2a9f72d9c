//! Two carts of one person become one.

use serde::{Deserialize, Serialize};

use super::{Cart, CartState, LineKey, MAX_LINES, Quantity};
use crate::money::Currency;

/// How what two carts, or two unfinished things of any kind, say about the same line or field is joined. The *kept* one
/// is the customer's own, the *other* the guest's that she made before she was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MergeStrategy {
    /// The larger quantity of the two. The default, because it is idempotent: somebody who put the same thing into
    /// two carts usually wants it once, and merging twice changes nothing.
    #[default]
    MaxQuantity,
    /// Both together, at most [`Quantity::MAX`]. Merge the two as they are kept, never what a merge gave.
    SumCapped,
    /// The other's: what she did last as a guest.
    GuestWins,
    /// The kept one's.
    ExistingWins,
    /// That of whichever was changed later; the kept one's if both at once.
    NewestWins,
    /// The kept one's, and nothing is put in: the report lists what she is to be asked.
    Ask,
}

/// A line whose quantity differs from the kept cart's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineChange {
    /// The line.
    pub line: LineKey,
    /// How many the kept cart held; absent if it did not hold the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Quantity>,
    /// How many the merged cart holds.
    pub to: Quantity,
}

/// What a merge did, so that nobody buys merged items unseen. Every list is in the order of the line keys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeReport {
    /// Lines that only the other cart held.
    pub added: Vec<LineChange>,
    /// Lines of both whose quantity is not the kept cart's any more.
    pub changed: Vec<LineChange>,
    /// Lines of the other cart that did not fit into [`MAX_LINES`].
    pub dropped: Vec<LineKey>,
    /// With [`MergeStrategy::Ask`]: what the other cart would change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<LineChange>,
    /// The other cart's currency, if it is not the kept cart's: its lines are priced anew, never dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repriced_from: Option<Currency>,
}

/// The merged cart and what was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The kept cart with the other's lines in it.
    pub cart: Cart,
    /// What changed.
    pub report: MergeReport,
}

/// Puts the lines of `other` into `kept`. Neither is changed, so undoing a merge is keeping the two.
///
/// If a line changes, the result is open, its version is one above both, so that whoever saw either cart sees that this is
/// another, and its time the later one. If none does, the result is `kept` as it was, so merging the same cart again changes
/// nothing and reports nothing. The id and the currency are those of `kept` in any case. An ordered `other` is passed over:
/// what was in it is bought. Into an ordered `kept` the lines of an open one are put as by whoever goes on shopping.
///
/// # Complexity
/// O((n + m) log(n + m)) in the lines of both.
#[must_use]
pub fn merge(kept: &Cart, other: &Cart, strategy: MergeStrategy) -> Merged {
    let mut cart = kept.clone();
    let mut report = MergeReport::default();
    if other.state == CartState::Ordered {
        return Merged { cart, report };
    }
    let theirs_newer = other.changed_at > kept.changed_at;
    for (line, &theirs) in &other.lines {
        let ours = kept.lines.get(line).copied();
        let to = match (strategy, ours) {
            (_, None) => theirs,
            (MergeStrategy::MaxQuantity, Some(ours)) => ours.max(theirs),
            (MergeStrategy::SumCapped, Some(ours)) => ours.plus_capped(theirs),
            (MergeStrategy::GuestWins | MergeStrategy::Ask, Some(_)) => theirs,
            (MergeStrategy::ExistingWins, Some(ours)) => ours,
            (MergeStrategy::NewestWins, Some(ours)) => {
                if theirs_newer {
                    theirs
                } else {
                    ours
                }
            }
        };
        if ours == Some(to) {
            continue;
        }
        if strategy == MergeStrategy::Ask {
            report.asked.push(LineChange { line: line.clone(), from: ours, to });
            continue;
        }
        if ours.is_none() && cart.lines.len() >= MAX_LINES {
            report.dropped.push(line.clone());
            continue;
        }
        cart.lines.insert(line.clone(), to);
        let list = if ours.is_some() { &mut report.changed } else { &mut report.added };
        list.push(LineChange { line: line.clone(), from: ours, to });
    }
    if kept.currency != other.currency && !other.lines.is_empty() {
        report.repriced_from = Some(other.currency);
    }
    if !(report.added.is_empty() && report.changed.is_empty()) {
        cart.version = kept.version.max(other.version).saturating_add(1);
        cart.changed_at = kept.changed_at.max(other.changed_at);
        cart.state = CartState::Open;
    }
    Merged { cart, report }
}

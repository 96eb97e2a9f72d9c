//! How alike two records are by the linkage model, and how it came that they were compared, or were not.

use serde::{Deserialize, Serialize};

use crate::identity::linkage::{
    Comparison, ComparisonWeight, NearestRule, PreparedRecord, Weighed, nearest_rule,
};
use crate::ids::RecordId;
use crate::record::Record;
use crate::store::{Stop, Tx};

use super::linkage::{Linkage, may_take_part};
use super::standing::withdrew_matching;
use super::stored::{Block, Place};
use super::{Context, blocks, keys};

/// How alike two records are. Names what was compared and how well it agreed, and no value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Likeness {
    /// Whether matching compares the two at all.
    pub consideration: Consideration,
    /// What the pair weighs, whether it was found by a block or not; `None` if one of the two takes no part. The sum of
    /// the parts is the weight.
    pub weighed: Option<Weighed>,
    /// What the comparisons of it found, in its order, by name.
    pub parts: Vec<ComparedPart>,
    /// From how many bits on a pair counts.
    pub threshold_bits: f64,
}

/// One comparison of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedPart {
    /// The comparison.
    pub comparison: String,
    /// The level; `None` if no level's condition is true.
    pub level: Option<String>,
    /// It says nothing, as one of the records does not tell.
    pub untold: bool,
    /// What it adds to the weight, in bits; below zero if it speaks against.
    pub bits: f64,
    /// The most that it could have added: what a full agreement would say.
    pub best_bits: f64,
}

/// Whether matching compares two records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consideration {
    /// They share a block of each of these rules, given by their places in the model.
    Compared {
        /// The rules.
        rules: Vec<u16>,
    },
    /// They agree on these rules, but so do too many others.
    BlockTooLarge {
        /// The rules.
        rules: Vec<u16>,
    },
    /// They agree on no rule. Within one component they are weighed all the same.
    NeverTogether {
        /// The rule that they come nearest to, if they agree on a part of any.
        nearest: Option<NearestRule>,
    },
    /// One of them takes no part.
    TakesNoPart {
        /// Which.
        record: RecordId,
        /// Why.
        reason: NoPart,
    },
}

/// Why a record takes no part in matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoPart {
    /// The use for matching is withdrawn.
    Withdrawn,
    /// It claims more identifiers than one person has, or keeps the events of nobody.
    NotOnePerson,
    /// It tells nothing that the model compares.
    TellsNothing,
}

/// How alike two records are; `None` if one is unknown, or the rules match nothing.
///
/// Together with [`why`](super::why()) and [`why_not`](super::why_not()) this answers what a match rests on, and for
/// two records that are apart whether they were compared, by which rule they nearly were, and what was missing.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// A few keys.
pub fn likeness(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    a: RecordId,
    b: RecordId,
) -> Result<Option<Likeness>, Stop> {
    let rules = context.rules;
    let Some(linkage) = &rules.linkage else { return Ok(None) };
    let ids = [a.min(b), a.max(b)];
    let found = tx.get_many::<Record>(&ids.map(keys::record))?;
    let [Some(left), Some(right)] = found.as_slice() else { return Ok(None) };
    let threshold_bits = rules.identity.match_threshold_bits;
    let prepared = [linkage.prepare(left, rules), linkage.prepare(right, rules)];
    let [Some(one), Some(other)] = &prepared else {
        let first = prepared.iter().position(Option::is_none).unwrap_or(0);
        let (record, of) = if first == 0 { (a.min(b), left) } else { (a.max(b), right) };
        let consideration = Consideration::TakesNoPart { record, reason: reason(of) };
        return Ok(Some(Likeness { consideration, weighed: None, parts: Vec::new(), threshold_bits }));
    };
    let weighed = linkage.scorer().weigh(one, other);
    let parts = parts(linkage, &weighed);
    let consideration = considered(tx, linkage, ids, (one, other))?;
    Ok(Some(Likeness { consideration, weighed: Some(weighed), parts, threshold_bits }))
}

fn reason(record: &Record) -> NoPart {
    if withdrew_matching(record) {
        NoPart::Withdrawn
    } else if may_take_part(record) {
        NoPart::TellsNothing
    } else {
        NoPart::NotOnePerson
    }
}

fn parts(linkage: &Linkage, weighed: &Weighed) -> Vec<ComparedPart> {
    let best = linkage.best_bits();
    let named = linkage.model().comparisons.iter().zip(best).zip(&weighed.comparisons);
    let part = |((comparison, best_bits), found): ((&Comparison, f64), &ComparisonWeight)| {
        let level = found.level.and_then(|level| comparison.levels.get(level));
        ComparedPart {
            comparison: comparison.name.clone(),
            level: level.map(|level| level.name.clone()),
            untold: level.is_none_or(|level| level.null),
            bits: found.weight_bits + found.term_frequency_bits,
            best_bits,
        }
    };
    named.map(part).collect()
}

fn considered(
    tx: &mut Tx<'_>,
    linkage: &Linkage,
    ids: [RecordId; 2],
    (one, other): (&PreparedRecord, &PreparedRecord),
) -> Result<Consideration, Stop> {
    let [a, b] = ids;
    let (of_a, of_b) = (blocks::of(tx, a)?, blocks::of(tx, b)?);
    let shared: Vec<Place> = of_a.into_iter().filter(|place| of_b.contains(place)).collect();
    let heads =
        tx.get_many::<Block>(&shared.iter().map(|place| keys::block(place.block)).collect::<Vec<_>>())?;
    let mut small = Vec::new();
    for (place, head) in shared.iter().zip(heads) {
        let count = head.map_or(0, |head| head.count());
        if !place.is_too_large(count) {
            small.push(u16::from(place.rule));
        }
    }
    small.dedup();
    if !small.is_empty() {
        return Ok(Consideration::Compared { rules: small });
    }
    if !shared.is_empty() {
        let mut rules: Vec<u16> = shared.iter().map(|place| u16::from(place.rule)).collect();
        rules.dedup();
        return Ok(Consideration::BlockTooLarge { rules });
    }
    let nearest = nearest_rule(linkage.scorer(), one, other);
    Ok(Consideration::NeverTogether { nearest })
}

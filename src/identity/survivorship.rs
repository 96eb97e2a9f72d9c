//! The golden record: which of several sources' values stands for a field, and why.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{EventKey, RecordId};
use crate::pii::Pii;
use crate::text;
use crate::time::{DateTime, Utc};

/// One reason to prefer a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// A verified value before an unverified one.
    VerifiedFirst,
    /// The value of the source that the rules rank higher.
    MostTrustedSource,
    /// The value given last.
    MostRecent,
    /// The value that most records give now. Spellings that [`text::fold`] folds to one count as one value.
    MostFrequent,
    /// The value with the most characters in its folded form.
    Longest,
}

/// How the golden record is chosen, field by field.
///
/// ```
/// use throughline::identity::{Criterion, SurvivorshipRules};
/// let rules = SurvivorshipRules::retail();
/// assert_eq!(rules.criteria("email").first(), Some(&Criterion::VerifiedFirst));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SurvivorshipRules {
    /// The sources, the most trusted first. A source that is not named ranks after all that are.
    pub sources: Vec<String>,
    /// The criteria of a field, the weightiest first.
    pub fields: BTreeMap<String, Vec<Criterion>>,
    /// The criteria of every field that is not in `fields`.
    pub other: Vec<Criterion>,
}

impl Default for SurvivorshipRules {
    /// The same as [`SurvivorshipRules::retail`].
    fn default() -> Self {
        Self::retail()
    }
}

impl SurvivorshipRules {
    /// For shops: names by vote, addresses and phones by proof, then by trust, everything else the latest.
    #[must_use]
    pub fn retail() -> Self {
        use Criterion::{Longest, MostFrequent, MostRecent, MostTrustedSource, VerifiedFirst};
        let contact = vec![VerifiedFirst, MostTrustedSource, MostRecent];
        let name = vec![MostTrustedSource, MostFrequent, Longest, MostRecent];
        let steady = vec![VerifiedFirst, MostTrustedSource, MostFrequent, MostRecent];
        let fields = [
            ("email", contact.clone()),
            ("phone", contact),
            ("name", name.clone()),
            ("first_name", name.clone()),
            ("last_name", name),
            ("birthday", steady.clone()),
            ("gender", steady),
        ];
        Self {
            sources: Vec::new(),
            fields: fields.into_iter().map(|(field, criteria)| (field.to_owned(), criteria)).collect(),
            other: vec![MostTrustedSource, MostRecent],
        }
    }

    /// For banks and insurers: proof before everything, then the ranked source, in every field.
    #[must_use]
    pub fn bank() -> Self {
        use Criterion::{MostRecent, MostTrustedSource, VerifiedFirst};
        Self {
            sources: Vec::new(),
            fields: BTreeMap::new(),
            other: vec![VerifiedFirst, MostTrustedSource, MostRecent],
        }
    }

    /// The criteria of a field.
    #[must_use]
    pub fn criteria(&self, field: &str) -> &[Criterion] {
        self.fields.get(field).unwrap_or(&self.other)
    }
}

/// One value that one record gave for a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldValue<'a> {
    /// What was given.
    pub value: Pii<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// By which source.
    pub source: &'a str,
    /// In which channel.
    pub channel: Channel,
    /// For which record.
    pub record: RecordId,
    /// In which event.
    pub event: EventKey,
    /// Whether it was proved.
    pub verified: bool,
}

/// Why the winner won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WonBy {
    /// Nobody says anything else.
    Unopposed,
    /// The first criterion by which it is better than the best different value.
    Criterion(Criterion),
    /// All criteria were equal: the later one, then the smaller ids.
    TieBreak,
}

/// The surviving value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survivor<'v, 'a> {
    /// The value, with its source, time and record.
    pub value: &'v FieldValue<'a>,
    /// Why it won.
    pub won_by: WonBy,
    /// How many records give the same value now, in whatever spelling.
    pub agreeing: usize,
    /// How many other values it won against.
    pub others: usize,
}

struct Candidate<'v, 'a> {
    value: &'v FieldValue<'a>,
    /// Its place among the different folded forms.
    form: usize,
    length: usize,
    votes: usize,
    rank: usize,
}

impl Candidate<'_, '_> {
    /// Which of the two is preferred by the criterion: `Less` for `self`.
    fn by(&self, criterion: Criterion, other: &Self) -> Ordering {
        match criterion {
            Criterion::VerifiedFirst => other.value.verified.cmp(&self.value.verified),
            Criterion::MostTrustedSource => self.rank.cmp(&other.rank),
            Criterion::MostRecent => other.value.at.cmp(&self.value.at),
            Criterion::MostFrequent => other.votes.cmp(&self.votes),
            Criterion::Longest => other.length.cmp(&self.length),
        }
    }

    fn last_resort(&self, other: &Self) -> Ordering {
        let key = |candidate: &Self| {
            let FieldValue { at, record, event, source, .. } = candidate.value;
            (Reverse(*at), *record, *event, source.to_owned())
        };
        let rest = |candidate: &Self| {
            let FieldValue { value, channel, verified, .. } = candidate.value;
            (value.reveal().clone(), channel.clone(), Reverse(*verified))
        };
        key(self).cmp(&key(other)).then_with(|| rest(self).cmp(&rest(other)))
    }

    fn compare(&self, other: &Self, criteria: &[Criterion]) -> Ordering {
        criteria
            .iter()
            .map(|criterion| self.by(*criterion, other))
            .find(|order| order.is_ne())
            .unwrap_or_else(|| self.last_resort(other))
    }
}

/// Chooses the surviving value of a field; `None` when nobody gave one.
///
/// A record speaks with its latest value and, where it proved one, with its latest proved value: what it said before
/// is history. Values whose folded form is empty say nothing. Among the candidates the field's criteria decide in their
/// order; if all are equal, the later one, then the smaller ids, so the outcome does not depend on the order of `values`.
///
/// # Complexity
/// Folds each candidate once; O(n log n) for n values.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::identity::{FieldValue, SurvivorshipRules, WonBy, survive};
/// use throughline::{ids::{EventKey, RecordId}, pii::Pii};
/// let say = |record, value: &str, at: &str| Ok::<_, chrono::ParseError>(FieldValue {
///     value: Pii::new(value.to_owned()), at: at.parse()?, source: "shop", channel: Channel::Web,
///     record: RecordId::from_bytes([record; 16]), event: EventKey::from_bytes([record; 16]), verified: false,
/// });
/// let values = [say(1, "کریمی", "2026-03-01T00:00:00Z")?, say(2, "كريمي", "2026-01-01T00:00:00Z")?,
///     say(3, "Karimi", "2026-04-01T00:00:00Z")?];
/// let name = survive("last_name", &values, &SurvivorshipRules::retail()).ok_or("nobody")?;
/// assert_eq!((name.value.value.reveal().as_str(), name.agreeing, name.others), ("کریمی", 2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn survive<'v, 'a>(
    field: &str,
    values: &'v [FieldValue<'a>],
    rules: &SurvivorshipRules,
) -> Option<Survivor<'v, 'a>> {
    let criteria = rules.criteria(field);
    let age = |value: &FieldValue<'a>| (value.at, value.event, value.verified);
    let later = |a: &'v FieldValue<'a>, b: &'v FieldValue<'a>| {
        let order = age(a).cmp(&age(b)).then_with(|| a.value.cmp(&b.value));
        let order = order.then_with(|| (a.source, &a.channel).cmp(&(b.source, &b.channel)));
        if order.is_lt() { b } else { a }
    };
    let mut latest: BTreeMap<(RecordId, bool), &FieldValue<'a>> = BTreeMap::new();
    for value in values {
        let mut offer = |proved| {
            latest.entry((value.record, proved)).and_modify(|old| *old = later(old, value)).or_insert(value);
        };
        offer(false);
        if value.verified {
            offer(true);
        }
    }
    let mut forms: BTreeMap<String, usize> = BTreeMap::new();
    let mut votes: Vec<usize> = Vec::new();
    let mut candidates: Vec<Candidate<'_, '_>> = Vec::with_capacity(latest.len());
    for ((_, proved), value) in &latest {
        let folded = text::fold(value.value.reveal());
        if folded.is_empty() {
            continue;
        }
        let length = folded.chars().count();
        let form = *forms.entry(folded).or_insert(votes.len());
        if form == votes.len() {
            votes.push(0);
        }
        if let Some(count) = votes.get_mut(form).filter(|_| !proved) {
            *count += 1;
        }
        let rank = rules.sources.iter().position(|source| source == value.source);
        let rank = rank.unwrap_or(rules.sources.len());
        candidates.push(Candidate { value, form, length, votes: 0, rank });
    }
    for candidate in &mut candidates {
        candidate.votes = votes.get(candidate.form).copied().unwrap_or(0);
    }
    let best = |candidates: &mut dyn Iterator<Item = &Candidate<'v, 'a>>| -> Option<usize> {
        let numbered = candidates.enumerate();
        numbered.min_by(|(_, a), (_, b)| a.compare(b, criteria)).map(|(place, _)| place)
    };
    let winner = candidates.get(best(&mut candidates.iter())?)?;
    let opponents: Vec<&Candidate<'_, '_>> =
        candidates.iter().filter(|candidate| candidate.form != winner.form).collect();
    let others = opponents.iter().map(|candidate| candidate.form).collect::<BTreeSet<_>>().len();
    let won_by = match opponents.iter().min_by(|a, b| a.compare(b, criteria)) {
        None => WonBy::Unopposed,
        Some(second) => criteria
            .iter()
            .find(|criterion| winner.by(**criterion, second).is_lt())
            .map_or(WonBy::TieBreak, |criterion| WonBy::Criterion(*criterion)),
    };
    Some(Survivor { value: winner.value, won_by, agreeing: winner.votes, others })
}

#[cfg(test)]
#[path = "survivorship_tests.rs"]
mod tests;

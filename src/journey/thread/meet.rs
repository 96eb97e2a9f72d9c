//! Several parts of a thread, shown as one.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value};

use super::acts::{Closed, ThreadState};
use super::document::{Document, FieldMove, MeetReport, Met, Versions};
use super::kind::ThreadKind;
use super::part::{Kept, PartId, Stamped, ThreadPart};
use super::rules::{FieldShape, KindRules, Meeting, ThreadRules};
use crate::cart::MergeStrategy;
use crate::pii::Pii;

/// One part of a person's threads.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Which.
    pub id: PartId,
    /// Whether it was made before she was known: by a visitor, on a device.
    pub guest: bool,
    /// What the record holds.
    pub part: &'a ThreadPart,
}

/// A person's threads, in the order of kind and object, those last that have ended in a kind of which she has one.
///
/// A function of the set of parts: neither their order nor their repetition matters, so a merge of profiles may be repeated,
/// and an un-merge is asking again with fewer parts. The kept part is the earliest that is no guest's, else the earliest.
///
/// What somebody set while seeing other parts stands over what those said until then, whatever the strategy: who takes
/// a line down from 3 to 1 in a merged cart has 1.
///
/// # Complexity
/// O(p² n log n) for p parts that meet, of n fields in all.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::journey::{Member, PartId, Sensitivity, ThreadEdit, ThreadKind, ThreadPart, ThreadRules, Versions, meet};
/// use throughline::time::from_millis;
/// let edit = |object, lines: i64| {
///     ThreadEdit::new("e", ThreadKind::Cart, object, Channel::Web).set("lines/MUG", lines)
/// };
/// let part = |edit| ThreadPart::new(&edit, Sensitivity::Everyday, from_millis(0), &Versions::default());
/// let (account, guest) = (part(edit("c-1", 1))?, part(edit("c-2", 3))?);
/// let members = [
///     Member { id: PartId::from_bytes([1; 16]), guest: false, part: &account },
///     Member { id: PartId::from_bytes([2; 16]), guest: true, part: &guest },
/// ];
/// let met = meet(&members, &ThreadRules::retail());
/// assert_eq!(met[0].document.fields["lines/MUG"], 3);
/// assert_eq!(met[0].report.changed[0].from, Some(1.into()));
/// # Ok::<(), throughline::journey::ThreadError>(())
/// ```
#[must_use]
pub fn meet(members: &[Member<'_>], rules: &ThreadRules) -> Vec<Met> {
    let mut sorted: Vec<&Member<'_>> = members.iter().collect();
    sorted.sort_by_key(|member| (member.guest, member.part.began, member.id));
    let mut seen = BTreeSet::new();
    sorted.retain(|member| seen.insert(member.id));
    let mut objects: BTreeMap<(&ThreadKind, &str), Vec<&Member<'_>>> = BTreeMap::new();
    for member in sorted {
        objects.entry((&member.part.kind, &*member.part.object)).or_default().push(member);
    }
    let mut shown: BTreeMap<(&ThreadKind, bool, &str), Vec<&Member<'_>>> = BTreeMap::new();
    for ((kind, object), members) in objects {
        let open = state(&members) == ThreadState::Open;
        let one = rules.of(kind).meeting == Meeting::One;
        let name = if one && open { "" } else { object };
        shown.entry((kind, one && !open, name)).or_default().extend(members);
    }
    shown
        .into_iter()
        .filter_map(|((kind, ..), mut members)| {
            members.sort_by_key(|member| (member.guest, member.part.began, member.id));
            join(&members, rules.of(kind))
        })
        .collect()
}

/// Whether somebody set it over this stamp of that part.
fn is_over<T, U>(stamps: &[(PartId, &Stamped<T>)], part: PartId, stamp: &Stamped<U>) -> bool {
    stamps.iter().any(|(other, by)| *other != part && by.over.of(part) >= stamp.version)
}

/// The stamps that nobody set anything over, in the order of parts.
fn standing<'a, T>(stamps: &[(PartId, &'a Stamped<T>)]) -> Vec<(PartId, &'a Stamped<T>)> {
    let standing = |(part, stamp): &(PartId, &Stamped<T>)| !is_over(stamps, *part, stamp);
    stamps.iter().filter(|stamp| standing(stamp)).copied().collect()
}

fn state(members: &[&Member<'_>]) -> ThreadState {
    let stamps: Vec<_> =
        members.iter().filter_map(|member| Some((member.id, member.part.state.as_ref()?))).collect();
    let last = standing(&stamps).into_iter().max_by_key(|(_, stamp)| (stamp.at, stamp.value.map(rank)));
    last.and_then(|(_, stamp)| stamp.value).map_or(ThreadState::Open, ThreadState::Closed)
}

const fn rank(how: Closed) -> u8 {
    match how {
        Closed::Emptied => 1,
        Closed::Cancelled => 2,
        Closed::HandedOver => 3,
        Closed::Converted => 4,
    }
}

fn join(members: &[&Member<'_>], rules: &KindRules) -> Option<Met> {
    let kept = members.first()?;
    let last =
        members.iter().map(|member| &member.part.last).reduce(|a, b| if b.at > a.at { b } else { a })?;
    let mut objects: Vec<Box<str>> = members.iter().map(|member| member.part.object.clone()).collect();
    objects.sort();
    objects.dedup();
    let mut document = Document {
        kind: kept.part.kind.clone(),
        object: kept.part.object.clone(),
        objects,
        versions: Versions(members.iter().map(|member| (member.id, member.part.version)).collect()),
        fields: BTreeMap::new(),
        steps: BTreeMap::new(),
        state: state(members),
        sensitivity: members.iter().map(|member| member.part.sensitivity).max()?,
        last: last.clone(),
    };
    let steps: BTreeSet<&str> =
        members.iter().flat_map(|member| member.part.steps.keys().map(|name| &**name)).collect();
    for name in steps {
        let stamps: Vec<_> =
            members.iter().filter_map(|member| Some((member.id, member.part.steps.get(name)?))).collect();
        // What is done is done, unless somebody who saw it opened it again.
        if let Some(state) = standing(&stamps).into_iter().map(|(_, stamp)| stamp.value).max() {
            document.steps.insert(name.into(), state);
        }
    }
    let mut report = MeetReport::default();
    let fields: BTreeSet<&str> =
        members.iter().flat_map(|member| member.part.fields.keys().map(|name| &**name)).collect();
    for name in fields {
        if let Some(value) = field(name, members, rules, &mut report) {
            document.fields.insert(name.into(), value);
        }
    }
    Some(Met { document, report })
}

type Held = Stamped<Option<Pii<Kept>>>;

fn value(stamp: &Held) -> Option<&Value> {
    stamp.value.as_ref().map(|value| &value.reveal().0)
}

/// What the view shows of a field.
fn field(name: &str, members: &[&Member<'_>], rules: &KindRules, report: &mut MeetReport) -> Option<Value> {
    let kept = members.first()?;
    let stamps: Vec<(PartId, &Held)> =
        members.iter().filter_map(|member| Some((member.id, member.part.fields.get(name)?))).collect();
    let standing = standing(&stamps);
    let guests: BTreeSet<PartId> =
        members.iter().filter(|member| member.guest).map(|member| member.id).collect();
    let own = standing.iter().find(|(part, _)| *part == kept.id).and_then(|(_, stamp)| value(stamp));
    if rules.currency.as_deref() == Some(name) {
        return currency(own, &standing, report);
    }
    let shown = choose(name, &standing, &guests, rules);
    let moved = |from: Option<&Value>, to: Option<&Value>| FieldMove {
        name: name.into(),
        from: from.cloned(),
        to: to.cloned(),
    };
    // Somebody who saw all parts set it last, or only one part speaks of it: nothing was joined.
    let settled = standing.len() < 2;
    let foreign = standing.first().is_some_and(|(part, stamp)| *part != kept.id && stamp.over.is_empty());
    if rules.strategy == MergeStrategy::Ask && (!settled || foreign) {
        if shown.as_ref() != own {
            report.asked.push(moved(own, shown.as_ref()));
        }
        return own.cloned();
    }
    match (own, &shown) {
        (None, Some(now)) if !settled || foreign => report.added.push(moved(None, Some(now))),
        (Some(before), Some(now)) if before != now => report.changed.push(moved(Some(before), Some(now))),
        (Some(before), None) => report.dropped.push(moved(Some(before), None)),
        _ => {}
    }
    if matches!(rules.shape(name), FieldShape::Value | FieldShape::List) {
        for (part, stamp) in &standing {
            let theirs = value(stamp);
            let whole = rules.shape(name) == FieldShape::Value || !joins(rules.strategy);
            if *part != kept.id && whole && theirs.is_some() && theirs != shown.as_ref() {
                report.dropped.push(moved(theirs, shown.as_ref()));
            }
        }
    }
    shown
}

/// Whether quantities and lists are put together, so that nothing of them is lost.
const fn joins(strategy: MergeStrategy) -> bool {
    matches!(strategy, MergeStrategy::MaxQuantity | MergeStrategy::SumCapped)
}

fn currency(own: Option<&Value>, standing: &[(PartId, &Held)], report: &mut MeetReport) -> Option<Value> {
    let shown = own.or_else(|| standing.iter().find_map(|(_, stamp)| value(stamp)))?;
    for other in standing.iter().filter_map(|(_, stamp)| value(stamp)) {
        if other != shown && !report.repriced_from.contains(other) {
            report.repriced_from.push(other.clone());
        }
    }
    Some(shown.clone())
}

/// The value that the strategy makes of those that stand. With `Ask`, what it would be if she said yes to the others.
fn choose(
    name: &str,
    standing: &[(PartId, &Held)],
    guests: &BTreeSet<PartId>,
    rules: &KindRules,
) -> Option<Value> {
    let values = || standing.iter().filter_map(|(_, stamp)| value(stamp));
    let newest =
        || standing.iter().rev().max_by_key(|(_, stamp)| stamp.at).and_then(|(_, stamp)| value(stamp));
    let guest = || standing.iter().rfind(|(part, _)| guests.contains(part)).or(standing.last());
    let chosen = match (rules.strategy, rules.shape(name)) {
        (MergeStrategy::ExistingWins, _) => standing.first().and_then(|(_, stamp)| value(stamp)),
        (MergeStrategy::GuestWins | MergeStrategy::Ask, _) => guest().and_then(|(_, stamp)| value(stamp)),
        (MergeStrategy::NewestWins, _) | (_, FieldShape::Value) => newest(),
        (_, FieldShape::List) => return lists(values()),
        (MergeStrategy::SumCapped, FieldShape::Quantity) => return sum(values(), rules.cap),
        (_, FieldShape::Quantity | FieldShape::Position) => {
            values().reduce(|a, b| if larger(b, a) { b } else { a })
        }
    };
    chosen.cloned()
}

fn larger(one: &Value, other: &Value) -> bool {
    let order = match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64().zip(other.as_f64()).and_then(|(one, other)| one.partial_cmp(&other)),
    };
    order == Some(Ordering::Greater) || (other.as_f64().is_none() && one.as_f64().is_some())
}

/// The sum of whole numbers, at most the cap. What is no whole number is passed over, unless it is all there is.
fn sum<'a>(values: impl Iterator<Item = &'a Value> + Clone, cap: u64) -> Option<Value> {
    let whole = values.clone().filter_map(Value::as_u64).reduce(u64::saturating_add);
    whole.map(|sum| Value::Number(Number::from(sum.min(cap)))).or_else(|| values.last().cloned())
}

/// All entries, each once, the first list's first. What is no list stands only if there is no list.
fn lists<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> Option<Value> {
    let mut seen = BTreeSet::new();
    let mut entries: Option<Vec<Value>> = None;
    for list in values.clone().filter_map(Value::as_array) {
        let entries = entries.get_or_insert_default();
        entries.extend(list.iter().filter(|entry| seen.insert(entry.to_string())).cloned());
    }
    entries.map(Value::Array).or_else(|| values.last().cloned())
}

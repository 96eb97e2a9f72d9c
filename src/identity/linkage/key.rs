//! Blocking keys: what of a value must agree.

use std::borrow::Cow;

use chrono::Datelike;

use super::compiled::find;
use super::error::ModelError;
use super::hash::{self, hash};
use super::model::{BlockingRule, KeyForm, KeyPart, Model};
use super::prepare::Prepared;
use super::scorer::PreparedRecord;
use crate::calendar::BirthDatePrecision;
use crate::text;

/// The key of a value; `None` where the value has nothing of that form.
pub(super) fn key(value: &Prepared, form: KeyForm) -> Option<Cow<'_, str>> {
    let owned = match (form, value) {
        // Most keys are what a value holds anyway.
        (KeyForm::Whole, value) if !matches!(value, Prepared::Date(_)) => return Some(value.term()),
        (KeyForm::Sound, Prepared::Name(name)) => {
            let sound = name.tokens().last()?.skeleton();
            return (!sound.is_empty()).then_some(Cow::Borrowed(sound));
        }
        // Day and month in either order: the same key for both readings of a date.
        (KeyForm::Whole, Prepared::Date(date)) if date.precision() == BirthDatePrecision::Day => {
            let day = date.readings().next()?;
            let (less, more) = (day.month().min(day.day()), day.month().max(day.day()));
            Some(format!("{} {less} {more}", day.year()))
        }
        (KeyForm::MonthDay, Prepared::Date(date)) if date.precision() == BirthDatePrecision::Day => {
            let day = date.readings().next()?;
            let (less, more) = (day.month().min(day.day()), day.month().max(day.day()));
            Some(format!("{less} {more}"))
        }
        (KeyForm::Prefix(length), value) => {
            let key = value.term();
            let prefix: String = key.chars().take(usize::from(length)).collect();
            (prefix.chars().count() == usize::from(length)).then_some(prefix)
        }
        (KeyForm::Suffix(length), value) => {
            let key: Vec<char> = value.term().chars().collect();
            let from = key.len().checked_sub(usize::from(length))?;
            Some(key.get(from..)?.iter().collect())
        }
        (KeyForm::Initial, Prepared::Name(name)) => {
            name.tokens().first()?.skeleton().chars().next().map(String::from)
        }
        (KeyForm::Year, Prepared::Date(date)) => Some(date.year().to_string()),
        (KeyForm::Numbers, Prepared::Address(address)) => address.numbers(),
        (KeyForm::Place, Prepared::Address(address)) => address.place(),
        (KeyForm::Local, Prepared::Email(address)) => address.local(),
        (KeyForm::Sound, Prepared::Text(text)) => Some(text::fold(text.as_str())),
        _ => None,
    };
    owned.map(Cow::Owned)
}

/// The key as a number; 0 where there is none.
pub(super) fn number(value: Option<&Prepared>, form: KeyForm, domain: u64) -> u64 {
    value.and_then(|value| key(value, form)).map_or(0, |key| hash(domain, key.as_bytes()))
}

/// A block that a record is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockKey {
    /// The blocking rule, by its place in the model.
    pub rule: u16,
    /// The part that splits the rule's large blocks, by its place in the rule; `None` for the rule's own block.
    pub split: Option<u16>,
    /// A hash of what the records of the block agree on. The same on every machine; keep it as secret as the values.
    pub key: u64,
}

/// The key of all parts of a record; 0 where one is missing.
fn of_parts(parts: &[(usize, KeyForm)], record: &PreparedRecord) -> u64 {
    let mut key = 1;
    for (column, form) in parts {
        let own = number(record.value(*column), *form, 0);
        if own == 0 {
            return 0;
        }
        key = hash::join(key, own);
    }
    key
}

/// The blocks of a record by these rules, in order: for each rule its own block, then those that split it when it is
/// large. A rule whose values the record lacks gives none.
pub(super) fn block_keys(rules: &[CompiledRule], record: &PreparedRecord) -> Vec<BlockKey> {
    let mut keys = Vec::new();
    for (rule, CompiledRule { parts, split }) in (0_u16..).zip(rules) {
        let own = of_parts(parts, record);
        if own == 0 {
            continue;
        }
        keys.push(BlockKey { rule, split: None, key: own });
        for (place, part) in (0_u16..).zip(split) {
            let finer = of_parts(std::slice::from_ref(part), record);
            if finer != 0 {
                keys.push(BlockKey { rule, split: Some(place), key: hash::join(own, finer) });
            }
        }
    }
    keys
}

/// A blocking rule with its columns found.
#[derive(Debug)]
pub(super) struct CompiledRule {
    parts: Vec<(usize, KeyForm)>,
    split: Vec<(usize, KeyForm)>,
}

/// Finds the columns of the rules.
pub(super) fn compile_rules(model: &Model) -> Result<Vec<CompiledRule>, ModelError> {
    let parts = |parts: &[KeyPart]| -> Result<Vec<(usize, KeyForm)>, ModelError> {
        parts.iter().map(|part| Ok((find(&model.columns, &part.column)?, part.form))).collect()
    };
    let rule =
        |rule: &BlockingRule| Ok(CompiledRule { parts: parts(&rule.parts)?, split: parts(&rule.split)? });
    model.blocking.iter().map(rule).collect()
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;

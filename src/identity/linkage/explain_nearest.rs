//! Why two records were never compared: the blocking rule that came nearest.

use serde::{Deserialize, Serialize};

use super::compiled::find;
use super::key;
use super::model::{BlockingRule, KeyPart};
use super::scorer::{PreparedRecord, Scorer};

/// How near a blocking rule came to putting two records into one block. Holds no value of any record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearestRule {
    /// The rule, by its place in the model.
    pub rule: usize,
    /// Its parts, in order.
    pub parts: Vec<PartAgreement>,
}

/// Whether two records agree on a part of a blocking rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartAgreement {
    /// The part.
    pub part: KeyPart,
    /// Whether they agree; nothing where one of them has no such value.
    pub agrees: Option<bool>,
}

impl NearestRule {
    /// Whether all parts agree: the two share the rule's own block, and were compared unless it is too large.
    #[must_use]
    pub fn shares_block(&self) -> bool {
        self.parts.iter().all(|part| part.agrees == Some(true))
    }

    /// Orders rules by how near they came: by the parts that do not agree, then by those that do.
    fn distance(&self) -> (usize, std::cmp::Reverse<usize>) {
        let agreeing = self.parts.iter().filter(|part| part.agrees == Some(true)).count();
        (self.parts.len() - agreeing, std::cmp::Reverse(agreeing))
    }
}

/// The blocking rule of the model that two records come nearest to: the fewest parts on which they do not agree, then
/// the most on which they do, then the first in the model. `None` for a model without rules, and where no rule has a part
/// on which they agree.
///
/// ```
/// use throughline::identity::linkage::{BlockingRule, KeyForm, KeyPart, Model, Scorer, nearest_rule};
/// let mut model = Model::person();
/// let part = KeyPart::new;
/// model.blocking = vec![
///     BlockingRule::on([part("email", KeyForm::Whole)]),
///     BlockingRule::on([part("given", KeyForm::Sound), part("postcode", KeyForm::Whole)]),
/// ];
/// let scorer = Scorer::new(&model)?;
/// let record = |name: &'static str, email: &'static str| {
///     scorer.prepare(&move |field| match field {
///         "given_name" => Some(name),
///         "email" => Some(email),
///         _ => None,
///     })
/// };
/// let nearest = nearest_rule(&scorer, &record("Sara", "sara@a.example"), &record("سارا", "s@b.example"));
/// let nearest = nearest.ok_or("no rule")?;
/// assert_eq!(nearest.rule, 1);
/// assert_eq!(nearest.parts.iter().map(|part| part.agrees).collect::<Vec<_>>(), [Some(true), None]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Complexity
/// Linear in the parts of the rules.
#[must_use]
pub fn nearest_rule(
    scorer: &Scorer<'_>,
    left: &PreparedRecord,
    right: &PreparedRecord,
) -> Option<NearestRule> {
    let agreement = |part: &KeyPart| {
        let column = find(&scorer.model().columns, &part.column).ok()?;
        let [left, right] =
            [left, right].map(|record| record.value(column).and_then(|value| key::key(value, part.form)));
        Some(left? == right?)
    };
    let rule = |(rule, of): (usize, &BlockingRule)| NearestRule {
        rule,
        parts: of
            .parts
            .iter()
            .map(|part| PartAgreement { part: part.clone(), agrees: agreement(part) })
            .collect(),
    };
    let rules = scorer.model().blocking.iter().enumerate().map(rule);
    let near = rules.filter(|rule| rule.parts.iter().any(|part| part.agrees == Some(true)));
    near.min_by_key(NearestRule::distance)
}

#[cfg(test)]
mod tests {
    use super::super::model::{KeyForm, Model};
    use super::*;

    fn model() -> Model {
        let part = KeyPart::new;
        let (given, born, phone) =
            (part("given", KeyForm::Initial), part("born", KeyForm::Year), part("phone", KeyForm::Whole));
        let rules =
            [vec![phone.clone()], vec![given.clone(), phone.clone(), born.clone()], vec![born, phone]];
        Model { blocking: rules.map(BlockingRule::on).into(), ..Model::person() }
    }

    fn record(scorer: &Scorer<'_>, name: &str, born: &str, phone: &str) -> PreparedRecord {
        scorer.prepare(&|field| match field {
            "given_name" => Some(name),
            "birth_date" => Some(born),
            "phone" => Some(phone),
            _ => None,
        })
    }

    #[test]
    fn the_fewest_missing_parts_then_the_most_agreeing() {
        let model = model();
        let scorer = Scorer::new(&model).unwrap();
        let one = record(&scorer, "Sara", "1991-08-03", "0912 345 6799");
        let rule = |other: &PreparedRecord| nearest_rule(&scorer, &one, other);
        let same = rule(&one).unwrap();
        assert_eq!((same.rule, same.shares_block()), (1, true));
        let other_phone = rule(&record(&scorer, "سارا", "1370/05/12", "0912 000 1111")).unwrap();
        assert_eq!((other_phone.rule, other_phone.shares_block()), (1, false));
        assert_eq!(other_phone.parts[1].agrees, Some(false));
        let no_phone = rule(&record(&scorer, "Sara", "1991-01-09", "")).unwrap();
        assert_eq!((no_phone.rule, no_phone.parts[1].agrees), (1, None));
        let year_only = rule(&record(&scorer, "Bob", "1991-01-09", "")).unwrap();
        assert_eq!(year_only.rule, 2);
        assert_eq!(rule(&record(&scorer, "Bob", "1950-01-09", "")), None);
    }

    #[test]
    fn sharing_a_block_is_sharing_a_key() {
        let model = model();
        let scorer = Scorer::new(&model).unwrap();
        let records: Vec<PreparedRecord> = ["Sara", "Bob", ""]
            .iter()
            .flat_map(|name| ["1991-08-03", "1991", ""].map(|born| (*name, born)))
            .flat_map(|(name, born)| ["09123456799", ""].map(|phone| record(&scorer, name, born, phone)))
            .collect();
        for left in &records {
            for right in &records {
                let keys = scorer.block_keys(right);
                let shared = scorer.block_keys(left).iter().any(|key| keys.contains(key));
                let nearest = nearest_rule(&scorer, left, right);
                assert_eq!(shared, nearest.is_some_and(|nearest| nearest.shares_block()));
            }
        }
    }
}

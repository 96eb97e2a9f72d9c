//! The lines of several chains over a stretch of time, as one list.

use serde::{Deserialize, Serialize};

use super::{Broken, Line, LineKind, Mark};
use crate::calendar::Zone;
use crate::signing::{Signature, SignatureError, SigningKeys, canonical_json};
use crate::time::{DateTime, NaiveDate, Utc};
use crate::wallet::Unit;
use crate::wallet::ledger::{AccountId, Side};
use crate::wallet::period::{Cycle, PeriodRule, Reckoning};

/// A stretch of time: from an instant on, until another without that one.
///
/// ```
/// use throughline::calendar::Zone;
/// use throughline::wallet::period::{Cycle, Reckoning};
/// use throughline::wallet::statement::Period;
/// // Esfand 1404, by the clocks of a customer who lives by UTC.
/// let month = Period::cycle("2026-03-10".parse()?, Cycle::Month, Reckoning::Iranian, &Zone::utc()).ok_or("too far")?;
/// let [from, until] = [month.from, month.until].map(|at| at.to_rfc3339());
/// assert_eq!((&*from, &*until), ("2026-02-20T00:00:00+00:00", "2026-03-21T00:00:00+00:00"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// From then on.
    pub from: DateTime<Utc>,
    /// Until then, without that instant.
    pub until: DateTime<Utc>,
}

impl Period {
    /// Everything there is.
    pub const ALWAYS: Self = Self { from: DateTime::<Utc>::MIN_UTC, until: DateTime::<Utc>::MAX_UTC };

    /// From the start of one day to the end of another, by the clocks of a zone; nothing if the last comes before the first.
    #[must_use]
    pub fn days(first: NaiveDate, last: NaiveDate, zone: &Zone) -> Self {
        let until = last.succ_opt().map_or(DateTime::<Utc>::MAX_UTC, |after| zone.start_of(after));
        Self { from: zone.start_of(first), until }
    }

    /// The month, quarter, half-year or year that a day is in, by a calendar and the clocks of a zone; `None` beyond the years
    /// that the calendar knows.
    #[must_use]
    pub fn cycle(day: NaiveDate, cycle: Cycle, reckoning: Reckoning, zone: &Zone) -> Option<Self> {
        let rule = PeriodRule { reckoning, ..PeriodRule::end_of(cycle) };
        Some(Self::days(rule.first_day(day)?, rule.last_day(day)?, zone))
    }
}

/// One chain of lines: an account, or a part of it; and how far a page tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Of which account.
    pub account: AccountId,
    /// Of which part of it: 0 for a customer's.
    pub part: u8,
    /// Before its first line on the page.
    pub opening: Mark,
    /// After its last.
    pub closing: Mark,
}

/// A line of a list over several chains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodLine {
    /// Of which of the list's sources.
    pub source: usize,
    /// The line; its balance is that of its own chain.
    pub line: Line,
    /// The balance of all sources together after it.
    pub balance: i64,
}

/// A page of the lines of several chains over a stretch of time: those of all parts of an account of the house, or of all
/// accounts of a customer.
///
/// They are in the order of time, lines of one instant in the order of the sources. A line whose clock was behind that of the
/// line before it in its chain counts as if it had come with it, so a chain's lines keep their order. Balances are posted
/// credits less posted debits; those of several accounts together end at 2^63 - 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodStatement {
    /// What the lines count.
    pub unit: Unit,
    /// Over which time.
    pub period: Period,
    /// Whose lines they are, and from where to where the page tells each; the next page begins after them.
    pub sources: Vec<Source>,
    /// The lines.
    pub lines: Vec<PeriodLine>,
    /// Whether more of the period follow.
    pub more: bool,
}

/// The sum of balances, as far as it is a number of 64 bits.
fn together(balances: impl Iterator<Item = i64>) -> i64 {
    narrow(balances.map(i128::from).sum())
}

fn narrow(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}

/// What a line adds to the balance.
const fn change(line: &Line) -> i128 {
    match (line.kind, line.side) {
        (LineKind::Held | LineKind::Freed, _) => 0,
        (LineKind::Moved | LineKind::Posted, Side::Credit) => line.amount as i128,
        (LineKind::Moved | LineKind::Posted, Side::Debit) => -(line.amount as i128),
    }
}

impl PeriodStatement {
    /// The page of these lines, which are in their order: the balances follow.
    #[must_use]
    pub fn new(
        unit: Unit,
        period: Period,
        sources: Vec<Source>,
        lines: impl IntoIterator<Item = (usize, Line)>,
        more: bool,
    ) -> Self {
        let mut balance: i128 = sources.iter().map(|source| i128::from(source.opening.balance)).sum();
        let lines = lines.into_iter().map(|(source, line)| {
            balance = balance.saturating_add(change(&line));
            PeriodLine { source, balance: narrow(balance), line }
        });
        let lines = lines.collect();
        Self { unit, period, sources, lines, more }
    }

    /// The balance before the first line.
    #[must_use]
    pub fn opening(&self) -> i64 {
        together(self.sources.iter().map(|source| source.opening.balance))
    }

    /// The balance after the last line.
    #[must_use]
    pub fn closing(&self) -> i64 {
        together(self.sources.iter().map(|source| source.closing.balance))
    }

    /// Whether the lines of each source lead from its opening to its closing mark, and the balances from the first to the
    /// last. Whoever kept the page before compares its closing marks with the opening ones.
    ///
    /// # Errors
    /// The number, in its own chain, of the first line that does not follow.
    ///
    /// # Complexity
    /// O(lines), one hash each.
    pub fn check(&self) -> Result<(), Broken> {
        let mut marks: Vec<Mark> = self.sources.iter().map(|source| source.opening).collect();
        let mut balance: i128 = self.sources.iter().map(|source| i128::from(source.opening.balance)).sum();
        for PeriodLine { source, line, balance: told } in &self.lines {
            let broken = Broken { number: line.number };
            let mark = marks.get_mut(*source).ok_or(broken)?;
            *mark = mark.after(line)?;
            balance = balance.saturating_add(change(line));
            if narrow(balance) != *told {
                return Err(broken);
            }
        }
        let ends = marks.iter().zip(&self.sources);
        match ends.into_iter().find(|(mark, source)| **mark != source.closing) {
            None => Ok(()),
            Some((mark, _)) => Err(Broken { number: mark.lines.saturating_add(1) }),
        }
    }
}

/// The house's word for the marks of a [`PeriodStatement`]: the balances before and after, and every line between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementProof {
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// Of what.
    pub unit: Unit,
    /// Over which time.
    pub period: Period,
    /// From where to where.
    pub sources: Vec<Source>,
    /// Over all of the above.
    pub signature: Signature,
}

impl StatementProof {
    /// Signs the marks of a statement.
    #[must_use]
    pub fn sign(statement: &PeriodStatement, at: DateTime<Utc>, keys: &SigningKeys) -> Self {
        let PeriodStatement { unit, period, sources, .. } = statement;
        let signature = keys.sign(&Self::signed(unit, period, sources, at));
        Self { at, unit: unit.clone(), period: *period, sources: sources.clone(), signature }
    }

    /// Whether the house signed it, and it is about this statement: its marks and every line between them.
    ///
    /// # Errors
    /// It did not, its key is unknown, or the statement is another one or does not follow from mark to mark.
    ///
    /// # Complexity
    /// O(lines), one hash each.
    pub fn check(&self, statement: &PeriodStatement, keys: &SigningKeys) -> Result<(), SignatureError> {
        statement.check().map_err(|_| SignatureError::Wrong)?;
        let PeriodStatement { unit, period, sources, .. } = statement;
        keys.check(&self.signature, &Self::signed(unit, period, sources, self.at))
    }

    /// The balance after the last line.
    #[must_use]
    pub fn balance(&self) -> i64 {
        together(self.sources.iter().map(|source| source.closing.balance))
    }

    fn signed(unit: &Unit, period: &Period, sources: &[Source], at: DateTime<Utc>) -> Vec<u8> {
        let all = serde_json::json!({
            "at": at, "of": "statement", "period": period, "sources": sources, "unit": unit,
        });
        canonical_json(&all).into_bytes()
    }
}

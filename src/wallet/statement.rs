//! An account's lines, chained so that whoever holds it can check them.
//!
//! # The chain
//! Every line has a head: SHA-256 over the head of the line before (32 bytes; zeros before the first) and the line as
//! canonical JSON ([`canonical_json`]: no spaces, fields sorted). A line tells its number and the balance after it, so a head stands
//! for everything that ever happened in the account. The house signs the latest head with number and balance
//! ([`BalanceProof`]).
//!
//! A customer's app that keeps the last proof it saw can check a later statement with [`Statement::check`]: the lines lead
//! from the one head to the other, number after number, and each balance is the one before plus or less the line. A line
//! that was changed, left out, put in between or cut off at the end changes the heads, and two proofs of one number with
//! different heads show that the house told two stories.
//!
//! An account of the house has such a chain in each of its parts, and a customer one in each of her accounts: a
//! [`PeriodStatement`] tells all of them as one list in the order of time.

mod of_period;

use std::fmt;

use faster_hex::{Hex, hex_decode_array};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Purpose;
use super::ledger::{AccountId, MOST, Side, TransferId};
use crate::signing::{Signature, SignatureError, SigningKeys, canonical_json};
use crate::time::{DateTime, Utc};

pub use of_period::{Period, PeriodLine, PeriodStatement, Source, StatementProof};

/// The hash at the end of a chain of lines: 64 hexadecimal digits in JSON.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Head([u8; 32]);

/// The text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the head of a chain has 64 hexadecimal digits")]
pub struct InvalidHead(());

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Hex::new(&self.0))
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({self})")
    }
}

impl From<Head> for String {
    fn from(head: Head) -> Self {
        head.to_string()
    }
}

impl TryFrom<String> for Head {
    type Error = InvalidHead;

    fn try_from(text: String) -> Result<Self, InvalidHead> {
        hex_decode_array(text.as_bytes()).map(Self).map_err(|_| InvalidHead(()))
    }
}

/// What a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Value moved.
    Moved,
    /// Value is held; the balance stays.
    Held,
    /// A part of what was held, or all of it, moved.
    Posted,
    /// What was held is free again; the balance stays.
    Freed,
}

/// One line of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// 1, 2, 3 and so on.
    pub number: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// By which transfer.
    pub transfer: TransferId,
    /// What happened.
    pub kind: LineKind,
    /// A debit takes from the account, a credit gives to it.
    pub side: Side,
    /// How much.
    pub amount: u64,
    /// The account's balance after it: posted credits less posted debits.
    pub balance: i64,
    /// What it was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
}

/// How far an account's lines have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mark {
    /// How many lines there are.
    pub lines: u64,
    /// The balance after the last.
    pub balance: i64,
    /// Its head.
    pub head: Head,
}

impl Mark {
    /// The mark after one more line.
    ///
    /// # Errors
    /// The line does not follow: another number, an impossible amount, or a balance that is not the one before with this
    /// line in it.
    pub fn after(&self, line: &Line) -> Result<Self, Broken> {
        let broken = Err(Broken { number: self.lines.saturating_add(1) });
        if self.lines.checked_add(1) != Some(line.number) || line.amount > MOST {
            return broken;
        }
        let moves = matches!(line.kind, LineKind::Moved | LineKind::Posted);
        let balance = match (moves, line.side) {
            (false, _) => Some(self.balance),
            (true, Side::Credit) => self.balance.checked_add_unsigned(line.amount),
            (true, Side::Debit) => self.balance.checked_sub_unsigned(line.amount),
        };
        if balance != Some(line.balance) {
            return broken;
        }
        let Ok(json) = serde_json::to_value(line) else { return broken };
        let mut hash = Sha256::new();
        hash.update(self.head.0);
        hash.update(canonical_json(&json).as_bytes());
        Ok(Self { lines: line.number, balance: line.balance, head: Head(hash.finalize().into()) })
    }
}

/// Lines that do not lead from one mark to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the statement breaks at line {number}")]
pub struct Broken {
    /// At which line.
    pub number: u64,
}

/// A page of an account's lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Before the first of them.
    pub opening: Mark,
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// After the last of them.
    pub closing: Mark,
    /// Whether more follow.
    pub more: bool,
}

impl Statement {
    /// Whether the lines lead from the opening to the closing mark. Whoever kept the mark of an earlier page compares it with
    /// the opening one; the closing one of the last page is what a [`BalanceProof`] signs.
    ///
    /// # Errors
    /// The first line that does not follow.
    ///
    /// # Complexity
    /// O(lines), one hash each.
    pub fn check(&self) -> Result<(), Broken> {
        let end = self.lines.iter().try_fold(self.opening, |mark, line| mark.after(line))?;
        if end == self.closing { Ok(()) } else { Err(Broken { number: end.lines.saturating_add(1) }) }
    }
}

/// The house's word for an account's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceProof {
    /// Of which account.
    pub account: AccountId,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// How far the lines have come, and the balance.
    pub mark: Mark,
    /// Over all of the above.
    pub signature: Signature,
}

impl BalanceProof {
    /// Signs a mark.
    #[must_use]
    pub fn sign(account: AccountId, mark: Mark, at: DateTime<Utc>, keys: &SigningKeys) -> Self {
        let signature = keys.sign(&Self::signed(account, at, &mark));
        Self { account, at, mark, signature }
    }

    /// Whether the house signed it.
    ///
    /// # Errors
    /// It did not, or its key is unknown.
    pub fn check(&self, keys: &SigningKeys) -> Result<(), SignatureError> {
        keys.check(&self.signature, &Self::signed(self.account, self.at, &self.mark))
    }

    fn signed(account: AccountId, at: DateTime<Utc>, mark: &Mark) -> Vec<u8> {
        let all = serde_json::json!({ "account": account, "at": at, "mark": mark, "of": "balance" });
        canonical_json(&all).into_bytes()
    }
}

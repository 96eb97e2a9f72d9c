//! Transfers, and what became of them.

use serde::{Deserialize, Serialize};

use super::{AccountId, Field, TransferId};
use crate::time::{DateTime, Utc};
use crate::wallet::Purpose;

/// What a transfer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act", deny_unknown_fields)]
pub enum Act {
    /// Moves value at once.
    Move {
        /// From.
        debit: AccountId,
        /// To.
        credit: AccountId,
        /// How much, in the accounts' unit.
        amount: u64,
    },
    /// Keeps value for a later post.
    Hold {
        /// From.
        debit: AccountId,
        /// To.
        credit: AccountId,
        /// How much, in the accounts' unit.
        amount: u64,
        /// The hold counts before this instant; until it is posted or voided, if none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<DateTime<Utc>>,
    },
    /// Moves what is held, or a part of it; the rest is free again.
    Post {
        /// The transfer that holds.
        hold: TransferId,
        /// How much; all of it, if none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<u64>,
    },
    /// Frees what is held.
    Void {
        /// The transfer that holds.
        hold: TransferId,
    },
}

/// A transfer. Once it stands it is never changed: what it did is undone by another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Its id, made by whoever sends it.
    pub id: TransferId,
    /// What it does.
    pub act: Act,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
}

impl Transfer {
    /// Moves value at once.
    #[must_use]
    pub const fn new(id: TransferId, debit: AccountId, credit: AccountId, amount: u64) -> Self {
        Self { id, act: Act::Move { debit, credit, amount }, purpose: None }
    }

    /// Keeps value for a later post, until then.
    #[must_use]
    pub const fn hold(
        id: TransferId,
        debit: AccountId,
        credit: AccountId,
        amount: u64,
        until: Option<DateTime<Utc>>,
    ) -> Self {
        Self { id, act: Act::Hold { debit, credit, amount, until }, purpose: None }
    }

    /// Moves what is held, or a part of it.
    #[must_use]
    pub const fn post(id: TransferId, hold: TransferId, amount: Option<u64>) -> Self {
        Self { id, act: Act::Post { hold, amount }, purpose: None }
    }

    /// Frees what is held.
    #[must_use]
    pub const fn void(id: TransferId, hold: TransferId) -> Self {
        Self { id, act: Act::Void { hold }, purpose: None }
    }

    /// The same transfer for a purpose.
    #[must_use]
    pub fn for_purpose(self, purpose: Purpose) -> Self {
        Self { purpose: Some(purpose), ..self }
    }

    /// The hold that it is about, if it posts or voids one.
    #[must_use]
    pub const fn of_hold(&self) -> Option<TransferId> {
        match self.act {
            Act::Post { hold, .. } | Act::Void { hold } => Some(hold),
            Act::Move { .. } | Act::Hold { .. } => None,
        }
    }

    /// The accounts that it names, debit first; one that posts or voids names none.
    #[must_use]
    pub const fn accounts(&self) -> Option<(AccountId, AccountId)> {
        match self.act {
            Act::Move { debit, credit, .. } | Act::Hold { debit, credit, .. } => Some((debit, credit)),
            Act::Post { .. } | Act::Void { .. } => None,
        }
    }

    /// The first field in which another transfer of the same id differs.
    #[must_use]
    pub fn differs(&self, other: &Self) -> Option<Field> {
        let first =
            |fields: [(bool, Field); 4]| fields.iter().find(|(same, _)| !same).map(|(_, field)| *field);
        let acts = match (&self.act, &other.act) {
            (Act::Move { debit, credit, amount }, Act::Move { debit: d, credit: c, amount: a }) => first([
                (debit == d, Field::Debit),
                (credit == c, Field::Credit),
                (amount == a, Field::Amount),
                (true, Field::Act),
            ]),
            (
                Act::Hold { debit, credit, amount, until },
                Act::Hold { debit: d, credit: c, amount: a, until: u },
            ) => first([
                (debit == d, Field::Debit),
                (credit == c, Field::Credit),
                (amount == a, Field::Amount),
                (until == u, Field::Until),
            ]),
            (Act::Post { hold, amount }, Act::Post { hold: h, amount: a }) => first([
                (hold == h, Field::Hold),
                (amount == a, Field::Amount),
                (true, Field::Act),
                (true, Field::Act),
            ]),
            (Act::Void { hold }, Act::Void { hold: h }) => (hold != h).then_some(Field::Hold),
            _ => Some(Field::Act),
        };
        acts.or_else(|| (self.purpose != other.purpose).then_some(Field::Purpose))
    }
}

/// What became of a hold: it is resolved once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", deny_unknown_fields)]
pub enum State {
    /// It stands: a move, a post or a void, or a hold that nobody has resolved. A hold may have ended since.
    Standing,
    /// A hold that was posted.
    Posted {
        /// By which transfer.
        by: TransferId,
        /// How much of it.
        amount: u64,
    },
    /// A hold that was voided.
    Voided {
        /// By which transfer.
        by: TransferId,
    },
}

/// A transfer that stands, as the books keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The transfer as it was sent.
    pub transfer: Transfer,
    /// When.
    pub at: DateTime<Utc>,
    /// From which account.
    pub debit: AccountId,
    /// To which.
    pub credit: AccountId,
    /// How much it moved, held or freed.
    pub amount: u64,
    /// What became of it.
    pub state: State,
}

impl Entry {
    /// Until when it holds, if it is a hold that ends.
    #[must_use]
    pub const fn until(&self) -> Option<DateTime<Utc>> {
        match self.transfer.act {
            Act::Hold { until, .. } => until,
            _ => None,
        }
    }

    /// How much it holds at an instant: nothing if it is no hold, is resolved or has ended.
    #[must_use]
    pub fn held(&self, now: DateTime<Utc>) -> u64 {
        let holds = matches!(self.transfer.act, Act::Hold { .. }) && self.state == State::Standing;
        if holds && self.until().is_none_or(|until| now < until) { self.amount } else { 0 }
    }
}

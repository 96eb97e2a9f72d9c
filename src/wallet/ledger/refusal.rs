//! Why a transfer does not stand.

use serde::{Deserialize, Serialize};

use super::{AccountId, Side, TransferId};
use crate::time::{DateTime, Utc};

/// A field of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What it does.
    Act,
    /// From which account.
    Debit,
    /// To which account.
    Credit,
    /// How much.
    Amount,
    /// Until when it holds.
    Until,
    /// The hold that it is about.
    Hold,
    /// What it is for.
    Purpose,
}

/// Why a transfer is refused. Nothing has changed, and its id may be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum Refusal {
    /// A transfer of this id stands, and it is another one.
    IdReused {
        /// The first field that differs.
        field: Field,
    },
    /// An amount of nothing.
    ZeroAmount,
    /// From an account to itself.
    SameAccount,
    /// There is no such account.
    NoAccount {
        /// On which side.
        side: Side,
    },
    /// The accounts count different things.
    UnitsDiffer,
    /// Debits would exceed credits by more than the account's limit allows: there is not enough.
    ExceedsCredits {
        /// Whose limit.
        account: AccountId,
        /// What may still be taken.
        available: u64,
    },
    /// Credits would exceed debits by more than the account's limit allows: it is full.
    ExceedsDebits {
        /// Whose limit.
        account: AccountId,
        /// What still goes in.
        room: u64,
    },
    /// A balance would be beyond what can be counted.
    Overflow {
        /// Of which account.
        account: AccountId,
    },
    /// The hold would have ended before it begins.
    EndsBeforeItBegins {
        /// When it begins.
        at: DateTime<Utc>,
    },
    /// There is no transfer of the hold's id.
    HoldUnknown,
    /// The transfer of that id holds nothing.
    NotAHold,
    /// The hold was posted before.
    HoldPosted {
        /// By which transfer.
        by: TransferId,
    },
    /// The hold was voided before.
    HoldVoided {
        /// By which transfer.
        by: TransferId,
    },
    /// The hold has ended.
    HoldEnded {
        /// When.
        at: DateTime<Utc>,
    },
    /// More than is held.
    ExceedsHold {
        /// What is held.
        held: u64,
    },
    /// The account has more holds with an end time than the store keeps for one.
    TooManyHolds {
        /// Which account.
        account: AccountId,
    },
    /// Of transfers that stand or fall together some stand since an earlier time and some do not.
    PartlyKnown,
}

/// What became of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome<T = ()> {
    /// It stands, from now on.
    Posted(T),
    /// It stands since an earlier time.
    Known(T),
    /// It does not stand.
    Refused(Refusal),
}

impl<T> Outcome<T> {
    /// Whether the transfer stands.
    pub const fn stands(&self) -> bool {
        matches!(self, Self::Posted(_) | Self::Known(_))
    }
}

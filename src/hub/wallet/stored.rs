//! The shapes in which the wallet's facts are kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::ZoneId;
use crate::hub::stored::stored;
use crate::ids::RecordId;
use crate::time::{DateTime, Utc};
use crate::wallet::ledger::{Account, AccountId, EndingHold, Entry, Limits, TransferId};
use crate::wallet::period::{Cycle, Reckoning};
use crate::wallet::points::{Lots, Taken};
use crate::wallet::statement::{Head as ChainHead, Line, Mark};
use crate::wallet::{Unit, VoucherTerms};

/// What is the same for all parts of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) unit: Unit,
    #[serde(default)]
    pub(super) limits: Limits,
    pub(super) parts: u8,
}

/// An account, or one part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub(super) account: Account,
    #[serde(default)]
    pub(super) mark: Mark,
    /// The latest instant of its lines, if it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) latest: Option<DateTime<Utc>>,
    /// Of a part of an account of the house: no hold that it counts ends before this instant; none does, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next_end: Option<DateTime<Utc>>,
}

/// A line, and the head of the chain after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptLine {
    pub(super) line: Line,
    pub(super) head: ChainHead,
    /// The latest instant of the lines so far, this one included: it never goes back.
    pub(super) by: DateTime<Utc>,
}

/// Which account a record has for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    pub(super) account: AccountId,
    pub(super) unit: Unit,
}

/// That a record is a member of a family or its owner; which family stands in the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InFamily {}

/// What an act earned, for the tiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Earned {
    pub(super) at: DateTime<Utc>,
    pub(super) points: u64,
    #[serde(default)]
    pub(super) back: u64,
}

/// One transfer of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Moved {
    pub(super) transfer: TransferId,
    pub(super) debit: AccountId,
    pub(super) credit: AccountId,
    pub(super) amount: u64,
    /// It counts against a member's limit and is no value of anybody's.
    #[serde(default)]
    pub(super) allowance: bool,
    /// It is a hold that waits for a capture.
    #[serde(default)]
    pub(super) held: bool,
    /// So much of it came back.
    #[serde(default)]
    pub(super) back: u64,
}

/// What a spend took from the lots of one account and has not been given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TakenFrom {
    pub(super) account: AccountId,
    pub(super) taken: Vec<Taken>,
}

/// An act that was done: what was asked in hashes, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Done {
    /// A keyed hash for each field of the request, but for the customer.
    pub(super) asked: BTreeMap<String, String>,
    /// A keyed hash of the act's id and the record that it was for, if it names a customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) who: Option<String>,
    pub(super) at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) unit: Option<Unit>,
    /// How much was asked for.
    pub(super) amount: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) moved: Vec<Moved>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) taken: Vec<TakenFrom>,
    /// The gift card that paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) gift: Option<[u8; 16]>,
    /// So many points of it came back.
    #[serde(default)]
    pub(super) back: u64,
    /// So many points that it earned ran out.
    #[serde(default)]
    pub(super) lost: u64,
}

/// A gift card or a voucher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gift {
    pub(super) account: AccountId,
    pub(super) unit: Unit,
    #[serde(default)]
    pub(super) terms: VoucherTerms,
    /// A keyed hash of the card and the record that it is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) holder: Option<String>,
    /// The last payment of one that pays once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) used: Option<TransferId>,
    /// So much on it pays no more: what was on it when it ended, or what its one payment left.
    #[serde(default)]
    pub(super) ended: u64,
}

/// A member's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberLimit {
    /// So much in each cycle, in the account's unit; all there is, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u64>,
    /// The cycle, whose days begin and end in the family's zone.
    pub cycle: Cycle,
    /// By which calendar the cycle is counted.
    #[serde(default)]
    pub reckoning: Reckoning,
}

impl MemberLimit {
    /// So much in each cycle of the Gregorian calendar.
    #[must_use]
    pub const fn each(cycle: Cycle, most: u64) -> Self {
        Self { most: Some(most), cycle, reckoning: Reckoning::Gregorian }
    }
}

/// A member of a family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) limit: MemberLimit,
    /// A random id of which the accounts are derived that count what she spends in a cycle: it is forgotten with her, and
    /// then nothing leads from her to them.
    pub(super) counted: AccountId,
}

/// Members who share an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Family {
    pub(super) account: AccountId,
    pub(super) unit: Unit,
    /// Whose account it is: the family ends with her.
    pub(super) owner: RecordId,
    /// Where its cycles begin and end.
    pub(super) zone: ZoneId,
    pub(super) members: BTreeMap<RecordId, Member>,
}

stored! {
    Head = "wallet_account", journal false;
    Part = "wallet_balance", journal false;
    Entry = "wallet_transfer", journal true;
    EndingHold = "wallet_ending", journal false;
    KeptLine = "wallet_line", journal false;
    Held = "wallet_of_record", journal false;
    InFamily = "wallet_in_family", journal false;
    Lots = "wallet_lots", journal false;
    Earned = "wallet_earned", journal false;
    Done = "wallet_act", journal false;
    Gift = "wallet_gift", journal false;
    Family = "wallet_family", journal false;
}

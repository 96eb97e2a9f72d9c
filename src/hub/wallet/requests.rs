//! What is asked of a wallet, and what becomes of it.

use serde::{Deserialize, Serialize};

use crate::calendar::Zone;
use crate::hub::Who;
use crate::money::Money;
use crate::pricing::coupon::GuessRules;
use crate::time::{DateTime, Utc};
use crate::wallet::ledger::{Refusal, TransferId};
use crate::wallet::points::{PointsRefusal, ReturnPolicy, ReturnedPoints};
use crate::wallet::{GiftCode, ProgrammeId, Purpose, VoucherRefusal, VoucherTerms};

/// Who pays.
#[derive(Clone, Copy)]
pub enum Payer<'a> {
    /// A customer, out of her own accounts.
    Customer(&'a Who),
    /// A member of a family, out of the account that it shares, within the member's limit.
    Member {
        /// The family's name.
        family: &'a str,
        /// Who pays.
        member: &'a Who,
        /// The family's zone, in which the cycles of the limits begin and end.
        zone: &'a Zone,
    },
}

/// One thing to be done.
#[derive(Clone, Copy)]
pub enum Deed<'a> {
    /// Money comes in: from a bank card, from the till.
    TopUp {
        /// Whose.
        to: &'a Who,
        /// The account of the house that it comes from.
        from: &'a str,
        /// How much.
        amount: Money,
    },
    /// Money pays, or is held to pay later.
    Pay {
        /// Who.
        by: Payer<'a>,
        /// The account of the house that is paid.
        to: &'a str,
        /// How much.
        amount: Money,
        /// Only hold it, until then.
        hold: Option<DateTime<Utc>>,
    },
    /// What a payment held is paid, or a part of it; the rest is free again.
    Capture {
        /// The payment.
        of: TransferId,
        /// How much, in minor units; all of it, if none.
        amount: Option<u64>,
    },
    /// What a payment held is free again.
    Release {
        /// The payment.
        of: TransferId,
    },
    /// Money comes back to where it came from, as far as it is there: that of a payment to the customer or the card, that of a
    /// top-up or of a card that was sold to the house.
    Refund {
        /// The payment or its capture, the top-up, the sale of the card.
        of: TransferId,
        /// How much, in minor units.
        amount: u64,
    },
    /// A purchase earns points.
    Earn {
        /// Whose.
        to: &'a Who,
        /// In which programme.
        programme: &'a ProgrammeId,
        /// How many; see [`EarnRules`](crate::wallet::points::EarnRules).
        points: u64,
        /// They count from then on; at once, if none.
        from: Option<DateTime<Utc>>,
        /// And until then, without that instant; for ever, if none.
        until: Option<DateTime<Utc>>,
    },
    /// Points are spent.
    Spend {
        /// Who.
        by: Payer<'a>,
        /// In which programme.
        programme: &'a ProgrammeId,
        /// How many.
        points: u64,
    },
    /// Points that were spent on goods that come back are given back.
    GiveBack {
        /// The spend.
        of: TransferId,
        /// How many.
        points: u64,
        /// Until when they count.
        how: ReturnedPoints,
    },
    /// Points that were earned with goods that come back are taken back.
    TakeBack {
        /// The earning.
        of: TransferId,
        /// How many.
        points: u64,
        /// What if some are spent.
        policy: ReturnPolicy,
    },
    /// A gift card is sold.
    IssueGift {
        /// Its code; only a keyed hash of it is kept.
        code: &'a GiftCode,
        /// The account of the house that the money comes from.
        from: &'a str,
        /// How much is on it.
        amount: Money,
        /// It pays until then, without that instant; for ever, if none.
        until: Option<DateTime<Utc>>,
        /// Money that is refunded to it can be used for so many days at least.
        refund_days: u32,
    },
    /// A voucher is given out: a gift card on other terms.
    IssueVoucher {
        /// Its code; only a keyed hash of it is kept.
        code: &'a GiftCode,
        /// The account of the house that the money comes from.
        from: &'a str,
        /// How much is on it.
        amount: Money,
        /// For whom; for whoever has the code, if nobody is named.
        to: Option<&'a Who>,
        /// On which terms.
        terms: &'a VoucherTerms,
    },
    /// A voucher pays for a basket, in full or in part, as far as its terms go.
    PayByVoucher {
        /// Its code, as it was typed.
        code: &'a str,
        /// Who pays with it, if it is bound to a person.
        by: Option<&'a Who>,
        /// The account of the house that is paid.
        to: &'a str,
        /// How much.
        amount: Money,
        /// What the basket costs, in the voucher's currency: the voucher pays no more than that, and if it pays a share, no more
        /// than its share.
        basket: Option<Money>,
        /// Only hold it, until then.
        hold: Option<DateTime<Utc>>,
        /// Whose wrong codes are counted: the host's word for a customer, a device, an address. Kept as a keyed hash.
        subject: &'a str,
        /// How guessing is slowed.
        guesses: &'a GuessRules,
    },
    /// A gift card pays, in full or in part.
    PayByGift {
        /// Its code, as it was typed.
        code: &'a str,
        /// The account of the house that is paid.
        to: &'a str,
        /// How much.
        amount: Money,
        /// Only hold it, until then.
        hold: Option<DateTime<Utc>>,
        /// Whose wrong codes are counted: the host's word for a customer, a device, an address. Kept as a keyed hash.
        subject: &'a str,
        /// How guessing is slowed.
        guesses: &'a GuessRules,
    },
}

/// A deed under an id that its sender makes: done once, however often it is sent.
#[derive(Debug, Clone, Copy)]
pub struct WalletAct<'a> {
    /// The id.
    pub id: TransferId,
    /// What is to be done.
    pub deed: Deed<'a>,
    /// What it is for, for the statement.
    pub purpose: Option<&'a Purpose>,
}

impl<'a> WalletAct<'a> {
    /// A deed without a purpose.
    #[must_use]
    pub const fn new(id: TransferId, deed: Deed<'a>) -> Self {
        Self { id, deed, purpose: None }
    }

    /// The same for a purpose.
    #[must_use]
    pub const fn for_purpose(self, purpose: &'a Purpose) -> Self {
        Self { purpose: Some(purpose), ..self }
    }
}

/// What became of acts that stand or fall together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "wallet")]
pub enum WalletOutcome {
    /// All are done, now.
    Done,
    /// All were done at an earlier time.
    Known,
    /// None is done that was not done before.
    Refused {
        /// The place of the first that is refused.
        place: usize,
        /// Why.
        #[serde(rename = "because")]
        why: WalletRefusal,
    },
}

impl WalletOutcome {
    /// Whether it is done, now or before.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done | Self::Known)
    }
}

/// Why an act is refused. Nothing has changed but the count of wrong gift codes, and its id may be used again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalletRefusal {
    /// Nobody is known by that name.
    Unknown,
    /// An act of this id was done, and it is another one.
    IdReused {
        /// The first field that differs.
        field: String,
    },
    /// Of acts that stand or fall together some were done before and some were not.
    PartlyKnown,
    /// There is no account of the house of that name and unit.
    NoHouseAccount,
    /// An amount of nothing or less.
    NoAmount,
    /// There is not so much.
    NotEnough {
        /// There is so much, in minor units.
        available: u64,
    },
    /// The member's limit does not allow it.
    MemberLimit {
        /// It allows so much, in the account's unit, in this cycle.
        left: u64,
    },
    /// There is no such family, or she is no member of it, or it shares another unit.
    NotAMember,
    /// The family's cycles begin and end in another zone.
    OtherZone,
    /// There is no act of that id which this could be about.
    NothingToRollBack,
    /// More than is left of the act.
    MoreThanLeft {
        /// What is left of it.
        left: u64,
    },
    /// The books refuse it.
    Transfer(Refusal),
    /// The lots refuse it.
    Points(PointsRefusal),
    /// A gift card of that code is there.
    GiftKnown,
    /// There is no gift card of that code and unit.
    GiftUnknown,
    /// A character of the code is wrong: ask again.
    GiftMistyped,
    /// The gift card has ended.
    GiftEnded {
        /// When.
        at: DateTime<Utc>,
    },
    /// The terms of the voucher do not allow it.
    Voucher(VoucherRefusal),
    /// Too many wrong codes: none is looked at before this instant.
    Wait {
        /// Until when.
        until: DateTime<Utc>,
    },
}

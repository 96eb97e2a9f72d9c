//! The wallet's use cases on both drivers.

use crate::calendar::Zone;
use crate::hub::Who;
use crate::hub::front::use_cases;
use crate::pricing::coupon::GuessRules;
use crate::signing::SigningKeys;
use crate::wallet::ledger::{AccountId, Balances, Entry, Limits, Transfer, TransferId};
use crate::wallet::statement::{BalanceProof, Period, PeriodStatement, Source, Statement, StatementProof};
use crate::wallet::tier::{TierRules, TierStanding};
use crate::wallet::{ProgrammeId, Unit};

use super::{GiftStanding, MemberLimit, TransfersOutcome, WalletAct, WalletOutcome, WalletView};

use_cases! {
    /// What she holds; see [`wallet`](crate::hub::wallet()).
    wallet(who: &Who) -> Option<WalletView>;
    /// Tops up, pays, earns, spends, gives back; see [`wallet_act`](crate::hub::wallet_act).
    wallet_act(acts: &[WalletAct<'_>]) -> WalletOutcome;
    /// Her tier; see [`tier`](crate::hub::tier).
    tier(who: &Who, programme: &ProgrammeId, rules: &TierRules, zone: &Zone) -> Option<TierStanding>;
    /// What is on a gift card; see [`gift_card`](crate::hub::gift_card).
    gift_card(code: &str, subject: &str, guesses: &GuessRules) -> GiftStanding;
    /// Lets a member pay out of the owner's account; see [`share_account`](crate::hub::share_account).
    share_account(family: &str, owner: &Who, unit: &Unit, zone: &Zone, member: &Who, limit: MemberLimit) -> bool;
    /// Ends a membership; see [`leave_family`](crate::hub::leave_family).
    leave_family(family: &str, member: &Who) -> bool;
    /// Ends a family; see [`end_family`](crate::hub::end_family).
    end_family(family: &str) -> bool;
    /// Opens an account of the house; see [`open_house_account`](crate::hub::open_house_account).
    open_house_account(name: &str, unit: &Unit) -> Option<AccountId>;
    /// What is out of a programme; see [`points_issued`](crate::hub::points_issued).
    points_issued(programme: &ProgrammeId) -> Option<Balances>;
    /// Applies transfers that stand or fall together; see [`transfer_all`](crate::hub::transfer_all).
    transfer_all(transfers: &[Transfer]) -> TransfersOutcome;
    /// The transfers by which an act was done; see [`moved_by`](crate::hub::moved_by).
    moved_by(act: TransferId) -> Option<Vec<Entry>>;
    /// Sets the limits of a customer's account; see [`limit_account`](crate::hub::limit_account).
    limit_account(account: AccountId, limits: Limits) -> bool;
    /// A transfer that stands; see [`transfer`](crate::hub::transfer()).
    transfer(id: TransferId) -> Option<Entry>;
    /// An account's four balances; see [`account_balances`](crate::hub::account_balances).
    account_balances(account: AccountId) -> Option<Balances>;
    /// A page of an account's lines; see [`statement`](crate::hub::statement()).
    statement(account: AccountId, part: u8, after: u64, limit: usize) -> Option<Statement>;
    /// An account's lines of a period in one list; see [`account_statement`](crate::hub::account_statement).
    account_statement(account: AccountId, period: &Period, after: Option<&[Source]>, limit: usize)
        -> Option<PeriodStatement>;
    /// A customer's lines of a period in one list; see [`customer_statement`](crate::hub::customer_statement).
    customer_statement(who: &Who, unit: &Unit, period: &Period, after: Option<&[Source]>, limit: usize)
        -> Option<PeriodStatement>;
    /// The house's signed word for such a list; see [`statement_proof`](crate::hub::statement_proof).
    statement_proof(statement: &PeriodStatement, signing: &SigningKeys) -> Option<StatementProof>;
    /// The signed balance of an account; see [`balance_proof`](crate::hub::balance_proof).
    balance_proof(account: AccountId, part: u8, signing: &SigningKeys) -> Option<BalanceProof>;
}

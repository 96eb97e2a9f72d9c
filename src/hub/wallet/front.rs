//! The wallet's use cases on both drivers.

use crate::calendar::Zone;
use crate::hub::Who;
use crate::hub::front::use_cases;
use crate::pricing::coupon::GuessRules;
use crate::signing::SigningKeys;
use crate::wallet::ledger::{AccountId, Balances, Entry, Limits, Transfer, TransferId};
use crate::wallet::statement::{BalanceProof, Statement};
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
    /// Ends a family: nobody but the owner pays out of its account any more. Whether there was one of that name.
    end_family(family: &str) -> bool;
    /// Opens an account of the house; see [`open_house_account`](crate::hub::open_house_account).
    open_house_account(name: &str, unit: &Unit) -> Option<AccountId>;
    /// What is out of a programme; see [`points_issued`](crate::hub::points_issued).
    points_issued(programme: &ProgrammeId) -> Option<Balances>;
    /// Applies transfers that stand or fall together; see [`transfer_all`](crate::hub::transfer_all).
    transfer_all(transfers: &[Transfer]) -> TransfersOutcome;
    /// The transfers by which an act was done, now or before: what moved, was held or was freed, such as how many points came
    /// back; none if nothing did. What is counted against a member's limit is left out. `None` if no act of that id was done.
    moved_by(act: TransferId) -> Option<Vec<Entry>>;
    /// Sets the limits of a customer's account of money: how much she may owe, and how much it takes. They bind what comes from
    /// now on. Whether there is such an account; accounts of the house and of points take none.
    limit_account(account: AccountId, limits: Limits) -> bool;
    /// A transfer that stands; see [`transfer`](crate::hub::transfer()).
    transfer(id: TransferId) -> Option<Entry>;
    /// An account's four balances; see [`account_balances`](crate::hub::account_balances).
    account_balances(account: AccountId) -> Option<Balances>;
    /// A page of an account's lines; see [`statement`](crate::hub::statement()).
    statement(account: AccountId, part: u8, after: u64, limit: usize) -> Option<Statement>;
    /// The signed balance of an account; see [`balance_proof`](crate::hub::balance_proof).
    balance_proof(account: AccountId, part: u8, signing: &SigningKeys) -> Option<BalanceProof>;
}

//! The wallet over a store: what a customer holds, the same in every channel as soon as a commit has returned.
//!
//! Accounts hang on records. A merge moves nothing: the wallet of a profile is the view over the accounts of its records,
//! and when they are taken apart again each has what was put on it. What comes in goes to the account of the record that
//! is named (of the founder, if a profile or an identifier is named). What goes out is taken from the named record's
//! account first, then from those of the profile's other records in the profile's own order; points are taken from the lot
//! that ends first, wherever it is.
//!
//! The books outlive the customer: an erasure cuts the link from her records to her accounts and leaves the accounts.

mod acts;
mod books;
mod ending;
mod families;
mod front;
mod gifts;
mod keys;
mod masked;
mod points;
mod requests;
mod rolled_back;
mod statements;
mod stored;
mod views;

pub use acts::wallet_act;
pub use books::{
    TransfersOutcome, account_balances, balance_proof, house_account_id, limit_account, moved_by,
    open_house_account, statement, transfer, transfer_all,
};
pub use families::{end_family, leave_family, share_account};
pub use gifts::{GiftStanding, gift_card};
pub use points::points_issued;
pub use requests::{Deed, Payer, WalletAct, WalletOutcome, WalletRefusal};
pub use statements::{account_statement, customer_statement, statement_proof};
pub use stored::MemberLimit;
pub(super) use views::forget;
pub use views::{AccountHeld, UnitHeld, WalletView, tier, wallet};

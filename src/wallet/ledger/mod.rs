//! Double entry: accounts, and transfers between them that are never rewritten.
//!
//! Every transfer takes from one account what it gives to another, so over all accounts of a unit debits and credits are
//! equal after every step. A transfer has an id that its sender makes: sent again it does nothing, sent again with other
//! fields it is refused. Value can be held first, with an end time, and then posted in full or in part, or voided; a hold
//! that has ended counts no more, whether or not anybody came to remove it.
//!
//! [`apply`] is the whole law for one transfer. [`Ledger`] applies it in memory, the hub's use cases apply it over a store.
//!
//! Debits of a customer's account are what she spends, credits what she gets: her balance is credits less debits.
//!
//! ```
//! use throughline::money::{Currency, CurrencyUnit};
//! use throughline::wallet::ledger::*;
//! let euro = CurrencyUnit::new(Currency::parse("EUR")?, 2)?;
//! let now = "2026-03-20T12:00:00Z".parse()?;
//! let [bank, shop, sara] = [1, 2, 3].map(|n| AccountId::from_bytes([n; 16]));
//! let mut ledger = Ledger::new();
//! ledger.open(Account::new(bank, euro.into(), Limits::none()))?;
//! ledger.open(Account::new(shop, euro.into(), Limits::none()))?;
//! ledger.open(Account::new(sara, euro.into(), Limits::no_debt()))?;
//! let id = |n| TransferId::from_bytes([n; 16]);
//! assert_eq!(ledger.apply(&Transfer::new(id(1), bank, sara, 50_00), now), Outcome::Posted(()));
//! assert_eq!(ledger.apply(&Transfer::hold(id(2), sara, shop, 30_00, None), now), Outcome::Posted(()));
//! // The hold counts at once.
//! let refused = ledger.apply(&Transfer::new(id(3), sara, shop, 25_00), now);
//! assert!(matches!(refused, Outcome::Refused(Refusal::ExceedsCredits { available: 20_00, .. })));
//! // 28.40 are captured, the rest is hers again.
//! assert_eq!(ledger.apply(&Transfer::post(id(4), id(2), Some(28_40)), now), Outcome::Posted(()));
//! assert_eq!(ledger.balances(sara, now).map(|of| of.balance()), Some(21_60));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod apply;
mod book;
mod id;
mod refusal;
#[cfg(test)]
mod tests;
mod transfer;

pub use crate::ids::{AccountId, TransferId};
pub use account::{Account, Balances, EndingHold, ImpossibleBalances, Limits, MOST, Side};
pub use apply::{Facts, apply};
pub use book::{AccountTaken, Ledger};
pub use refusal::{Field, Outcome, Refusal};
pub use transfer::{Act, Entry, State, Transfer};

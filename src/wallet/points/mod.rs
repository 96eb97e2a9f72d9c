//! Points: lots that wait, count and run out; spends that name the lots they took; and what comes back with returned goods.
//!
//! A lot is what one purchase earned. It counts from an instant on and until another, without that one. A spend takes the
//! lot that ends first, ties by id, and remembers what it took from which lot, so that points run out once and come back
//! to where they were taken from.
//!
//! ```
//! use throughline::wallet::ledger::TransferId;
//! use throughline::wallet::points::*;
//! let id = |n| TransferId::from_bytes([n; 16]);
//! let mut lots = Lots::default();
//! let march = "2026-03-10T00:00:00Z".parse()?;
//! lots.earn(id(1), 100, march, Some("2026-08-01T00:00:00Z".parse()?), march)?;
//! lots.earn(id(2), 50, march, Some("2026-05-01T00:00:00Z".parse()?), march)?;
//! let taken = lots.spend(60, march)?;
//! assert_eq!(taken.iter().map(|part| (part.lot.id, part.points)).collect::<Vec<_>>(), [(id(2), 50), (id(1), 10)]);
//! assert_eq!(lots.balance("2026-05-01T00:00:00Z".parse()?).active, 90);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod earn;
mod earning;
mod lots;

pub use earn::{EarnError, EarnErrorKind, EarnRules};
pub use earning::Earning;
pub use lots::{
    GivenBack, Lot, Lots, PointsBalance, PointsRefusal, ReturnPolicy, ReturnedPoints, Taken, TakenBack,
};

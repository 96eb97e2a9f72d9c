//! How long it took: the only part that differs from run to run.

use std::error::Error;
use std::time::Instant;

use throughline::wallet::Unit;
use throughline::wallet::ledger::{Account, AccountId, Ledger, Limits, Transfer, TransferId};

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;
use crate::words;

/// A stopwatch.
pub(crate) struct Figures(Instant);

#[expect(clippy::disallowed_methods, reason = "measures how long the example takes, which decides nothing")]
fn now() -> Instant {
    Instant::now()
}

impl Figures {
    pub(crate) fn start() -> Self {
        Self(now())
    }

    pub(crate) fn show(&self, page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
        let all = now() - self.0;
        page.heading("Timings")?;
        let mut table = Table::new([text("What"), number("Figure")]);
        table.row(["Everything above".to_owned(), format!("{:.1} ms", all.as_secs_f64() * 1e3)]);
        let each = bare(shop)?;
        table.row(["Transfers a second in a ledger in memory, one thread".to_owned(), words::count(each)]);
        page.table(&table)?;
        Ok(())
    }
}

/// The bare ledger: how many transfers a second between a thousand accounts.
fn bare(shop: &Shop) -> Result<u64, Box<dyn Error>> {
    const TRANSFERS: u64 = 400_000;
    let at = "2026-11-22T12:00:00Z".parse()?;
    let unit = Unit::from(shop.unit);
    let account = |n: u64| {
        let mut id = [0; 16];
        id.iter_mut().zip(n.to_be_bytes()).for_each(|(to, from)| *to = from);
        AccountId::from_bytes(id)
    };
    let mut ledger = Ledger::new();
    for n in 0..1_000 {
        ledger.open(Account::new(account(n), unit.clone(), Limits::none()))?;
    }
    let start = now();
    for n in 0..TRANSFERS {
        let id = TransferId::from_bytes(u128::from(n).to_be_bytes());
        if !ledger.apply(&Transfer::new(id, account(n % 1_000), account((n * 7 + 1) % 1_000), 1), at).stands()
            && n % 1_000 != (n * 7 + 1) % 1_000
        {
            return Err("a transfer is refused: that must not happen".into());
        }
    }
    let nanos = (now() - start).as_nanos().max(1);
    Ok(u64::try_from(u128::from(TRANSFERS) * 1_000_000_000 / nanos)?)
}

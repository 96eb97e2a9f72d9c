//! Sixty-four buyers want the last ten.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use throughline::hub::{CommandKey, Hub, Rules};
use throughline::stock::ReservationKey;
use throughline::stock::availability::CountSource;
use throughline::stock::reservation::{Line, StockAct, StockChange, Terms, Yield};
use throughline::store::{MemoryStore, StoreErrorKind, Tenant};

use crate::page::Page;
use crate::town::{SAMOVAR, TAJRISH, place};

const BUYERS: usize = 64;
const LAST: u32 = 10;

pub(crate) fn show(page: &mut Page) -> Result<(), Box<dyn Error>> {
    page.section("Sixty-four buyers, ten pieces")?;
    let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"a secret for the example"))?;
    let wanted = place(TAJRISH, SAMOVAR)?;
    let count =
        StockChange::Count { units: LAST, at: hub.import().received_at, source: CountSource::default() };
    hub.change_stock(&CommandKey::new("count"), &wanted, &count, Yield::Refuse)?;
    let (won, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for buyer in 0..BUYERS {
            let (hub, wanted, won, failed) = (hub.clone(), wanted.clone(), &won, &failed);
            scope.spawn(move || {
                let reserve =
                    StockAct::Reserve { lines: vec![Line::new(wanted, 1)], until: None, backorder: false };
                let Ok(key) = ReservationKey::parse(&format!("cart-{buyer}")) else { return };
                let buy = |act: &StockAct| loop {
                    match hub.act_on_stock(&key, act, &Terms::default()) {
                        // Another buyer was faster, time and again: ask once more.
                        Err(error) if error.kind() == StoreErrorKind::Conflict => {}
                        other => return other,
                    }
                };
                match buy(&reserve) {
                    Ok(outcome) if outcome.is_accepted() => match buy(&StockAct::Commit) {
                        Ok(outcome) if outcome.is_accepted() => won.fetch_add(1, Ordering::SeqCst),
                        _ => failed.fetch_add(1, Ordering::SeqCst),
                    },
                    Ok(_) => 0,
                    Err(_) => failed.fetch_add(1, Ordering::SeqCst),
                };
            });
        }
    });
    let (won, failed) = (won.into_inner(), failed.into_inner());
    if failed > 0 || won != usize::try_from(LAST)? {
        return Err(format!("{won} of {LAST} pieces were sold, {failed} buyers met an error").into());
    }
    page.paragraph(&format!(
        "{BUYERS} threads ask for one piece each at the same moment: {won} get one, {} are refused, nobody gets what is not there.",
        BUYERS - won
    ))?;
    Ok(())
}

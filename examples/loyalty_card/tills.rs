//! Two tills at once, and a hundred.

use std::error::Error;
use std::sync::Barrier;

use throughline::hub::{WalletAct, WalletOutcome, WalletRefusal};
use throughline::store::{StoreError, StoreErrorKind};

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("Two tills at the same instant")?;
    let mut table = Table::new([
        text("Customer"),
        number("On the card"),
        number("Tills at once"),
        number("Each takes"),
        number("Paid"),
        number("Refused"),
        number("Left"),
    ]);
    // Each at an instant of its own: whichever till is paid, the books tell the same lines in the same order.
    for (now, name, amount, tills, takes, enough) in [
        ("2026-11-22T12:00:00Z", "נועה", "30.00", 2, "30.00", 1),
        ("2026-11-22T12:01:00Z", "Анна", "100.00", 64, "4.00", 25),
    ] {
        shop.at(now)?;
        let customer = shop.customer(name)?;
        shop.done(&format!("before {tills}"), "top_up", shop.top_up(customer, "bank cards", amount)?)?;
        let before = shop.balance(customer)?;
        let start = Barrier::new(tills);
        let answers: Vec<Result<WalletOutcome, StoreError>> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..tills)
                .map(|till| {
                    let (start, hub) = (&start, &shop.hub);
                    let deed = shop.pay(customer, takes);
                    let act =
                        deed.map(|deed| WalletAct::new(shop.id(&format!("till {till} of {tills}")), deed));
                    let act = act.map_err(|error| error.to_string());
                    scope.spawn(move || {
                        start.wait();
                        let Ok(act) = act else {
                            return Ok(WalletOutcome::Refused { place: 0, why: WalletRefusal::NoAmount });
                        };
                        // A till that lost against others too often tries again.
                        loop {
                            match hub.wallet_act(&[act]) {
                                Err(error) if error.kind() == StoreErrorKind::Conflict => {
                                    std::thread::yield_now();
                                }
                                answer => return answer,
                            }
                        }
                    })
                })
                .collect();
            running.into_iter().filter_map(|till| till.join().ok()).collect()
        });
        shop.check()?;
        let mut paid = 0;
        for answer in answers {
            paid += usize::from(answer?.is_done());
        }
        if paid != enough {
            return Err(format!("{paid} tills are paid instead of {enough}: that must not happen").into());
        }
        table.row([
            crate::words::quoted(customer.name),
            before.to_string(),
            tills.to_string(),
            format!("{takes} EUR"),
            paid.to_string(),
            (tills - paid).to_string(),
            shop.balance(customer)?.to_string(),
        ]);
    }
    page.table(&table)?;
    page.paragraph(
        "Each till is a thread of its own. Which of them is faster is left to chance; how many are paid is not: as many as there \
         is money for, and nobody's balance goes below zero.",
    )?;
    Ok(())
}

//! A gift card.

use std::error::Error;

use throughline::hub::{Deed, GiftStanding};
use throughline::money::Money;
use throughline::pricing::coupon::GuessRules;
use throughline::time::TimeDelta;
use throughline::wallet::GiftCode;

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("A gift card")?;
    let now = shop.at("2029-12-23T09:00:00Z")?;
    let guesses = GuessRules::retail();
    // A shop draws these bytes from a secure source.
    let code = GiftCode::from_entropy(*b"from your source");
    let issue = Deed::IssueGift {
        code: &code,
        from: "tills",
        amount: shop.money("50.00")?,
        until: now.checked_add_signed(TimeDelta::days(365)),
        refund_days: 30,
    };
    // The books are summed after each act, and the card's account is one of them.
    let sold = shop.hub.wallet_act(&[throughline::hub::WalletAct::new(shop.id("gift"), issue)])?;
    if !sold.is_done() {
        return Err("the card is not sold: that must not happen".into());
    }
    let GiftStanding::Good { account, .. } = shop.hub.gift_card(&code.reveal(), "till 3", &guesses)? else {
        return Err("the card is not good: that must not happen".into());
    };
    shop.also(account);
    shop.check()?;
    let printed = code.reveal();
    let persian: String = printed
        .chars()
        .map(|c| c.to_digit(10).and_then(|digit| char::from_u32(u32::from('۰') + digit)).unwrap_or(c))
        .collect();
    let spoken = printed.to_lowercase().replace('-', " ").replace('0', "o");
    let mut slip: Vec<char> = printed.chars().collect();
    slip.swap(2, 3);
    let slip: String = slip.into_iter().collect();
    let wrong = GiftCode::from_entropy(*b"somebody guesses").reveal();
    let mut table = Table::new([
        text("Day"),
        text("Typed"),
        text("What happens"),
        number("Amount"),
        text("Answer"),
        number("On the card"),
    ]);
    let mut row =
        |day: &str, typed: &str, what: &str, amount: &str, answer: String| -> Result<(), Box<dyn Error>> {
            let left = shop.hub.account_balances(account)?.map_or(0, |of| of.available());
            let left = Money::new(left, shop.unit).to_string();
            table.row([day.to_owned(), typed.to_owned(), what.to_owned(), amount.to_owned(), answer, left]);
            Ok(())
        };
    for (day, typed, what, amount) in [
        ("2029-12-27", &*persian, "pays in Tehran", "32.00"),
        ("2029-12-27", &*spoken, "read out on the telephone", "25.00"),
        ("2029-12-28", &*slip, "two characters exchanged", "18.00"),
        ("2029-12-28", &*wrong, "somebody guesses", "18.00"),
        ("2029-12-28", &*printed, "pays the rest", "18.00"),
    ] {
        shop.at(&format!("{day}T12:00:00Z"))?;
        let pay = Deed::PayByGift {
            code: typed,
            to: "sales",
            amount: shop.money(amount)?,
            hold: None,
            subject: "web",
            guesses: &guesses,
        };
        let outcome = shop.act(&format!("{what} {amount}"), "purchase", pay)?;
        row(day, typed, what, amount, shop.answer(&outcome))?;
    }
    shop.at("2031-01-10T12:00:00Z")?;
    let refund = Deed::Refund { of: shop.id("pays the rest 18.00"), amount: 18_00 };
    let outcome = shop.act("refund", "return", refund)?;
    row("2031-01-10", "", "goods come back, the card had ended", "18.00", shop.answer(&outcome))?;
    let standing = shop.hub.gift_card(&printed, "web", &guesses)?;
    page.table(&table)?;
    let GiftStanding::Good { until: Some(until), .. } = standing else {
        return Err("the refund is lost: that must not happen".into());
    };
    page.paragraph(&format!(
        "The house keeps a keyed hash of the code and nothing else. The refund went back to the card, which is good again until {}.",
        shop.zone.local(until).0
    ))?;
    Ok(())
}

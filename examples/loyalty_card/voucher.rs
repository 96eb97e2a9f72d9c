//! A voucher for one person, that pays once and for a part of the basket.

use std::error::Error;

use throughline::hub::{Deed, GiftStanding, WalletAct};
use throughline::money::Ratio;
use throughline::pricing::coupon::GuessRules;
use throughline::time::TimeDelta;
use throughline::wallet::{GiftCode, VoucherTerms};

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("A voucher")?;
    let now = shop.at("2031-02-01T09:00:00Z")?;
    let (guesses, code) = (GuessRules::retail(), GiftCode::from_entropy(*b"your source, too"));
    let (anna, clara) = (shop.customer("Анна")?, shop.customer("Clara")?);
    let terms = VoucherTerms {
        from: now.checked_add_signed(TimeDelta::days(1)),
        until: now.checked_add_signed(TimeDelta::days(30)),
        refund_days: 14,
        most_of_basket: Some(Ratio::new(1, 4)?),
        ..VoucherTerms::once()
    };
    let amount = shop.money("20.00")?;
    let to = Some(&clara.who);
    let issue = Deed::IssueVoucher { code: &code, from: "promotions", amount, to, terms: &terms };
    if !shop.hub.wallet_act(&[WalletAct::new(shop.id("voucher"), issue)])?.is_done() {
        return Err("the voucher is not given out: that must not happen".into());
    }
    let standing = shop.hub.gift_card(&code.reveal(), "app", &guesses)?;
    let GiftStanding::Good { account, bound: true, .. } = standing else {
        return Err("the voucher is not good: that must not happen".into());
    };
    shop.also(account);
    shop.check()?;
    page.paragraph(
        "20.00 for Clara, for February, once, and for a quarter of the basket at most. What she does not use pays no more.",
    )?;
    let mut table =
        Table::new([text("Day"), text("Who"), number("Basket"), number("Voucher"), text("Answer")]);
    let typed = code.reveal();
    for (day, who, basket, amount, done) in [
        ("2031-02-01", clara, "100.00", "20.00", false),
        ("2031-02-03", anna, "100.00", "20.00", false),
        ("2031-02-03", clara, "60.00", "20.00", false),
        ("2031-02-03", clara, "60.00", "15.00", true),
        ("2031-02-04", clara, "100.00", "5.00", false),
    ] {
        shop.at(&format!("{day}T12:00:00Z"))?;
        let pay = Deed::PayByVoucher {
            code: &typed,
            by: Some(&who.who),
            to: "sales",
            amount: shop.money(amount)?,
            basket: Some(shop.money(basket)?),
            hold: None,
            subject: "app",
            guesses: &guesses,
        };
        let outcome = shop.act(&format!("voucher {day} {} {amount}", who.name), "purchase", pay)?;
        if outcome.is_done() != done {
            return Err(format!("the voucher answers {outcome:?}: that must not happen").into());
        }
        table.row([day, who.name, basket, amount, &shop.answer(&outcome)]);
    }
    page.table(&table)?;
    Ok(())
}

//! A family shares one account.

use std::error::Error;

use throughline::hub::{Deed, MemberLimit, Payer};
use throughline::time::TimeDelta;
use throughline::wallet::period::{Cycle, Reckoning};

use crate::page::{Page, Table, number, text};
use crate::shop::{Customer, Shop};
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("A family shares")?;
    let (mother, son, friend) = (shop.customer("سارا")?, shop.customer("آرش")?, shop.customer("Clara")?);
    // 2 Azar 1408.
    let now = shop.at("2029-11-23T12:00:00Z")?;
    shop.done("family top-up", "top_up", shop.top_up(mother, "bank cards", "60.00")?)?;
    let shares = |member: &Customer, most| {
        let limit = MemberLimit { most, cycle: Cycle::Month, reckoning: Reckoning::Iranian };
        let (family, unit) = ("family of u-2001", shop.unit.into());
        shop.hub.share_account(family, &mother.who, &unit, &shop.zone, &member.who, limit)
    };
    if !shares(mother, None)? || !shares(son, Some(30_00))? {
        return Err("the family cannot share: that must not happen".into());
    }
    let mut table = Table::new([
        text("Day"),
        text("Member"),
        text("What happens"),
        number("Amount"),
        text("Answer"),
        text("The family reads"),
    ]);
    let until = now.checked_add_signed(TimeDelta::hours(2));
    let steps = [
        ("2029-11-23T12:00", son, "orders a taxi: held", "f-1", "18.00", true),
        ("2029-11-23T12:10", son, "cinema", "f-2", "15.00", false),
        ("2029-11-23T12:20", mother, "groceries", "f-3", "44.00", false),
        ("2029-11-23T12:20", friend, "is no member", "f-4", "1.00", false),
        ("2029-11-23T12:40", son, "the taxi was cheaper", "capture", "11.50", false),
        ("2029-11-23T12:50", son, "cinema", "f-5", "15.00", false),
        ("2029-12-21T12:00", son, "the same month, the 30th", "f-6", "4.00", false),
        ("2029-12-22T12:00", son, "the first of the next", "f-7", "4.00", false),
    ];
    for (at, member, what, id, amount, holds) in steps {
        shop.at(&format!("{at}:00Z"))?;
        let deed = if id == "capture" {
            let amount = u64::try_from(shop.money(amount)?.minor())?;
            Deed::Capture { of: shop.id("f-1"), amount: Some(amount) }
        } else {
            Deed::Pay {
                by: Payer::Member { family: "family of u-2001", member: &member.who, zone: &shop.zone },
                to: "sales",
                amount: shop.money(amount)?,
                hold: until.filter(|_| holds),
            }
        };
        let outcome = shop.act(id, "purchase", deed)?;
        let answer = match shop.answer(&outcome).as_str() {
            "no: NotAMember" => "no: not a member".to_owned(),
            answer => answer.to_owned(),
        };
        let day = at.split('T').next().unwrap_or(at);
        table.row([
            day.to_owned(),
            words::quoted(member.name),
            what.to_owned(),
            amount.to_owned(),
            answer,
            shop.shown(mother)?,
        ]);
    }
    page.table(&table)?;
    page.paragraph(&format!(
        "{} may spend 30.00 in each month of the Iranian calendar. A hold counts at once, and what is not captured of it is free \
         again, for the account and for the limit.",
        words::quoted(son.name)
    ))?;
    Ok(())
}

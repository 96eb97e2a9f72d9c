//! The books: what is on which account, and what a customer can prove.

use std::error::Error;

use throughline::calendar::DateFormat;
use throughline::money::{Money, MoneyFormat};
use throughline::signing::SigningKeys;
use throughline::wallet::Unit;
use throughline::wallet::ledger::Side;
use throughline::wallet::period::{Cycle, Reckoning};
use throughline::wallet::statement::{Line, LineKind, Period, PeriodStatement, Source};

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("The books")?;
    let mut table =
        Table::new([text("Customer"), number("Money, as she reads it"), number("Points"), text("Language")]);
    for customer in shop.customers() {
        let held = shop.hub.wallet(&customer.who)?.ok_or("a customer is gone")?;
        let points = held.available(&Unit::Points(shop.club.clone()));
        table.row([
            words::quoted(customer.name),
            shop.shown(customer)?,
            MoneyFormat::of(customer.language).whole(points),
            customer.language.to_owned(),
        ]);
    }
    page.table(&table)?;
    let [money, points] = shop.sums()?;
    let shown = |minor: i128| -> Result<String, Box<dyn Error>> {
        Ok(Money::new(i64::try_from(minor)?, shop.unit).to_string())
    };
    page.paragraph(&format!(
        "Every transfer takes from one account what it gives to another. {} acts were tried, and after each the books were summed: \
         customers, tills, bank cards, sales and gift cards hold {} on one side and the same on the other, points {} and the same; \
         the sums are {} and {}.",
        words::count(shop.checks()),
        shown(money.positive)?,
        words::count(u64::try_from(points.positive)?),
        shown(money.posted)?,
        points.posted
    ))?;
    statement(page, shop)?;
    months(page, shop)
}

/// All pages of a statement as one, each checked; and how many there were.
fn all_pages(
    mut ask: impl FnMut(Option<&[Source]>) -> Result<PeriodStatement, Box<dyn Error>>,
) -> Result<(PeriodStatement, u64), Box<dyn Error>> {
    let (mut all, mut pages) = (ask(None)?, 1);
    all.check()?;
    while all.more {
        let next = ask(Some(&all.sources))?;
        next.check()?;
        for (before, after) in all.sources.iter_mut().zip(&next.sources) {
            before.closing = after.closing;
        }
        all.lines.extend(next.lines);
        (all.more, pages) = (next.more, pages + 1);
    }
    all.check()?;
    Ok((all, pages))
}

/// A statement as a table: what was there, each line with the balance after it, what is there.
fn table<'a>(
    opening: i64,
    lines: impl Iterator<Item = (&'a Line, i64)>,
    closing: i64,
    shop: &Shop,
    language: &str,
) -> Result<Table, Box<dyn Error>> {
    let (format, days) = (MoneyFormat::of(language), DateFormat::of(language));
    let money = |minor: i64| format.format(Money::new(minor, shop.unit));
    let mut table = Table::new([text("Day"), text("What"), text("For"), number("Amount"), number("Balance")]);
    table.row(["", "opening", "", "", &money(opening)]);
    for (line, balance) in lines {
        let amount = i64::try_from(line.amount)?;
        table.row([
            days.format(shop.zone.local(line.at).0),
            match line.kind {
                LineKind::Moved => "moved",
                LineKind::Held => "held",
                LineKind::Posted => "captured",
                LineKind::Freed => "freed",
            }
            .to_owned(),
            line.purpose.as_ref().map_or_else(String::new, ToString::to_string),
            money(if line.side == Side::Debit { -amount } else { amount }),
            money(balance),
        ]);
    }
    table.row(["", "closing", "", "", &money(closing)]);
    Ok(table)
}

/// A statement of a period as a table.
fn of_period(told: &PeriodStatement, shop: &Shop, language: &str) -> Result<Table, Box<dyn Error>> {
    let lines = told.lines.iter().map(|of| (&of.line, of.balance));
    table(told.opening(), lines, told.closing(), shop, language)
}

/// A month of the house's and one of Sara's, who counts by the Iranian calendar.
fn months(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    let sales = shop.hub.open_house_account("sales", &shop.unit.into())?.ok_or("another unit")?;
    let always = shop.hub.account_statement(sales, &Period::ALWAYS, None, 1)?.ok_or("no account")?;
    let first = always.lines.first().ok_or("nothing was sold")?.line.at;
    let day = shop.zone.local(first).0;
    let month = |reckoning| Period::cycle(day, Cycle::Month, reckoning, &shop.zone).ok_or("no such month");
    let period = month(Reckoning::Gregorian)?;
    let (told, pages) =
        all_pages(|after| Ok(shop.hub.account_statement(sales, &period, after, 5)?.ok_or("no account")?))?;
    let keys = SigningKeys::new("2031", b"another secret from your secret manager");
    let proof = shop.hub.statement_proof(&told, &keys)?.ok_or("the books know nothing of it")?;
    proof.check(&told, &keys)?;
    page.paragraph(&format!(
        "The first month of the account `sales`, which is kept in {} parts, as one list of {} pages; the house signed where it \
         begins and where it ends:",
        told.sources.len(),
        words::count(pages)
    ))?;
    page.table(&of_period(&told, shop, "en")?)?;
    let sara = shop.customer("سارا")?;
    let period = month(Reckoning::Iranian)?;
    let (told, _) = all_pages(|after| {
        Ok(shop
            .hub
            .customer_statement(&sara.who, &shop.unit.into(), &period, after, 5)?
            .ok_or("she is gone")?)
    })?;
    page.paragraph(&format!("The same month of {}'s, by the Iranian calendar:", words::quoted(sara.name)))?;
    page.table(&of_period(&told, shop, sara.language)?)?;
    Ok(())
}

/// Sara's statement, as her app shows and checks it.
fn statement(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    let sara = shop.customer("سارا")?;
    let held = shop.hub.wallet(&sara.who)?.ok_or("she is gone")?;
    let account = held.of(&shop.unit.into()).and_then(|of| of.accounts.first()).ok_or("no account")?.account;
    let all = shop.hub.statement(account, 0, 0, 1_000)?.ok_or("no statement")?;
    all.check()?;
    let last =
        shop.hub.statement(account, 0, all.closing.lines.saturating_sub(6), 6)?.ok_or("no statement")?;
    page.paragraph(&format!(
        "The last lines of {}'s statement, as she reads them:",
        words::quoted(sara.name)
    ))?;
    let lines = last.lines.iter().map(|line| (line, line.balance));
    page.table(&table(last.opening.balance, lines, last.closing.balance, shop, sara.language)?)?;
    let keys = SigningKeys::new("2031", b"another secret from your secret manager");
    let proof = shop.hub.balance_proof(account, 0, &keys)?.ok_or("no proof")?;
    proof.check(&keys)?;
    let mut forged = all.clone();
    if let Some(line) = forged.lines.get_mut(2) {
        line.amount -= 1;
    }
    let seen = forged.check().err().ok_or("a forged statement passes: that must not happen")?;
    if proof.mark != all.closing {
        return Err("the proof is of another statement: that must not happen".into());
    }
    page.paragraph(&format!(
        "Her app checked all {} lines: each leads to the next by its hash, and the last to what the house signed. A copy with one \
         cent less in line {} does not pass.",
        all.lines.len(),
        seen.number
    ))?;
    Ok(())
}

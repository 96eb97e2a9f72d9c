//! The same basket where prices have the tax in them, and where it comes on top.

use std::error::Error;

use throughline::money::Money;

use crate::page::{Page, Table, number, text};
use crate::shop::{Shop, Terms};

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("The same basket in three countries")?;
    page.paragraph(
        "Germany and Iran price with the tax in it, Quebec adds two taxes on top. Where coins are rounded, the rounding is a \
         line of its own, and the price stays what it is.",
    )?;
    // The least coin in minor units, where it is more than one.
    let places = [
        ("Germany", Terms { zone: "DE", currency: "EUR", delivery: "5.90", coupons: &[] }, 1),
        ("Quebec", Terms { zone: "CA-QC", currency: "CAD", delivery: "12.00", coupons: &[] }, 5),
        ("Iran", Terms { zone: "IR", currency: "IRR", delivery: "900000", coupons: &[] }, 1),
    ];
    let mut totals = Table::new([
        text("Country"),
        text("Prices"),
        number("Net"),
        number("Tax"),
        number("To pay"),
        number("Rounding"),
        number("In cash"),
    ]);
    let mut rates = Table::new([text("Country"), text("Rate"), number("On"), number("Tax")]);
    let mut tomans = String::new();
    for (country, terms, coin) in &places {
        let quote = shop.quote(terms)?;
        let cash = quote.total.cash_round(*coin)?;
        totals.row([
            (*country).to_owned(),
            (if quote.inclusive { "with tax" } else { "tax on top" }).to_owned(),
            quote.net.to_string(),
            quote.tax.to_string(),
            quote.total.to_string(),
            if cash.rounding_line.is_zero() { String::new() } else { cash.rounding_line.to_string() },
            cash.payable.to_string(),
        ]);
        let mut named = *country;
        for (rate, total) in &quote.rates {
            rates.row([
                std::mem::take(&mut named),
                rate.as_str(),
                &total.net.to_string(),
                &total.tax.to_string(),
            ]);
        }
        let taxed = quote.lines.iter().map(|line| &line.tax).chain(quote.delivery.iter().map(|one| &one.tax));
        for line in taxed {
            if line.net.plus(line.tax)? != line.gross {
                return Err("net and tax are not gross: that must not happen".into());
            }
        }
        if quote.net.plus(quote.tax)? != quote.total {
            return Err("net and tax are not the total: that must not happen".into());
        }
        if *country == "Iran" {
            tomans = toman(quote.total)?;
        }
    }
    page.table(&totals)?;
    page.table(&rates)?;
    page.paragraph(&format!(
        "Net and tax are gross in every row and on every line. In Iran people count in toman, ten rial each: {tomans}."
    ))?;
    Ok(())
}

/// `۱۲۵٬۰۰۰ تومان` and the same in Latin digits.
fn toman(amount: Money) -> Result<String, Box<dyn Error>> {
    let plain = amount.in_toman()?;
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut grouped = crate::words::count(whole.parse::<u64>()?);
    if !fraction.is_empty() {
        grouped = format!("{grouped}.{fraction}");
    }
    let persian: String = grouped
        .chars()
        .map(|c| match c {
            ',' => '٬',
            '.' => '٫',
            digit => digit.to_digit(10).and_then(|digit| char::from_u32(0x06F0 + digit)).unwrap_or(digit),
        })
        .collect();
    Ok(format!("{} ({grouped} toman)", crate::words::quoted(&format!("{persian} تومان"))))
}

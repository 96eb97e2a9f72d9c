//! Goods that come back, in parts.

use std::error::Error;

use throughline::cart::{Cart, LineKey, Quantity};
use throughline::hub::CouponRequest;
use throughline::ids::{OrderId, QuoteId};
use throughline::money::Money;
use throughline::pricing::coupon::{CampaignId, CouponAct, GuessRules};
use throughline::pricing::order::{
    KeptGoods, OrderSplit, Refund, RefundRules, ReturnedSoFar, ReturnedUnits, refund,
};
use throughline::pricing::{Quote, price};

use crate::page::{Page, Table, number, text};
use crate::shop::{HOME, Shop, Terms, gold, parisa};
use crate::{why, words};

pub(crate) fn show(page: &mut Page, shop: &Shop, quote: &Quote) -> Result<(), Box<dyn Error>> {
    page.section("Partial returns")?;
    let id = OrderId::from_bytes([70; 16]);
    let order = OrderSplit::new(id, quote, vec!["7001".to_owned()])?.with_points(350)?;
    page.paragraph(&format!(
        "She ordered for {} and earned 350 points. Price, discounts and tax were fixed to each piece then; a return reads them.",
        order.paid()?
    ))?;
    let visits: [(&str, &[(&str, u32)]); 3] = [
        ("27 Nov, till", &[("TEA-500", 3), ("MUG-BLUE", 1)]),
        ("1 Dec, parcel", &[("KILIM-80", 1), ("DATES-1", 2), ("TEA-500", 1)]),
        ("4 Dec, till", &[]),
    ];
    let mut table = Table::new([
        text("Return"),
        text("Product"),
        number("Pieces"),
        number("Net"),
        number("Tax"),
        number("Paid back"),
        number("Points"),
    ]);
    let mut so_far = ReturnedSoFar::default();
    let mut sum = Money::zero(order.unit);
    let mut coupons = Vec::new();
    for (visit, goods) in visits {
        // Nothing named: everything that is left.
        let returns = if goods.is_empty() { rest(&order, &so_far) } else { named(&order, goods)? };
        let back = refund(&order, &so_far, &returns, &KeptGoods::KeepDiscount, RefundRules::withdrawal())?;
        rows(&mut table, shop, &order, visit, &back)?;
        sum = sum.plus(back.total)?;
        so_far = back.so_far;
        coupons.extend(back.coupons);
    }
    table.row(["All returns", "", "", "", "", &sum.to_string(), ""]);
    page.table(&table)?;
    let (pieces, one_by_one) = piece_by_piece(&order)?;
    if sum != order.paid()? || one_by_one != sum {
        return Err("the returns do not give back what was paid: that must not happen".into());
    }
    page.paragraph(&format!(
        "The sum is what she paid, {}. Brought back one piece at a time, in {pieces} returns from the last line to the first, it is \
         {one_by_one}.",
        order.paid()?
    ))?;
    give_coupons_back(page, shop, &coupons)?;
    keep_or_price_anew(page, shop, &order)
}

fn rows(
    table: &mut Table,
    shop: &Shop,
    order: &OrderSplit,
    visit: &str,
    back: &Refund,
) -> Result<(), Box<dyn Error>> {
    for line in &back.lines {
        let product = order.lines.get(line.line).and_then(|line| line.line.as_ref());
        table.row([
            visit.to_owned(),
            product.map_or_else(|| "Delivery".to_owned(), |line| shop.name(line.sku())),
            words::count(line.units),
            line.net.plain(),
            line.tax.plain(),
            line.gross.plain(),
            String::new(),
        ]);
    }
    let (net, tax) = (
        Money::sum(order.unit, back.lines.iter().map(|line| line.net))?,
        Money::sum(order.unit, back.lines.iter().map(|line| line.tax))?,
    );
    let points = format!("-{}", back.points);
    table.row([visit, "together", "", &net.plain(), &tax.plain(), &back.total.to_string(), &points]);
    Ok(())
}

/// Pieces of an order's lines.
fn named(order: &OrderSplit, goods: &[(&str, u32)]) -> Result<Vec<ReturnedUnits>, Box<dyn Error>> {
    let find = |sku: &str| {
        order.lines.iter().position(|line| line.line.as_ref().is_some_and(|line| line.sku().as_str() == sku))
    };
    let one = |(sku, units): &(&str, u32)| {
        Ok(ReturnedUnits { line: find(sku).ok_or("the order has no such product")?, units: *units })
    };
    goods.iter().map(one).collect()
}

/// All pieces that are still out.
fn rest(order: &OrderSplit, so_far: &ReturnedSoFar) -> Vec<ReturnedUnits> {
    let gone = |line: usize| so_far.units.get(line).copied().unwrap_or(0);
    let goods = order.lines.iter().enumerate().filter(|(_, line)| line.line.is_some());
    goods
        .map(|(line, of)| ReturnedUnits { line, units: of.units() - gone(line) })
        .filter(|back| back.units > 0)
        .collect()
}

fn piece_by_piece(order: &OrderSplit) -> Result<(usize, Money), Box<dyn Error>> {
    let (mut so_far, mut sum, mut pieces) = (ReturnedSoFar::default(), Money::zero(order.unit), 0);
    for back in rest(order, &ReturnedSoFar::default()).iter().rev() {
        for _ in 0..back.units {
            let one = ReturnedUnits { units: 1, ..*back };
            let back = refund(order, &so_far, &[one], &KeptGoods::KeepDiscount, RefundRules::withdrawal())?;
            (so_far, sum, pieces) = (back.so_far, sum.plus(back.total)?, pieces + 1);
        }
    }
    Ok((pieces, sum))
}

/// Everything is back, so the coupon is hers again.
fn give_coupons_back(page: &mut Page, shop: &Shop, coupons: &[String]) -> Result<(), Box<dyn Error>> {
    shop.at("2026-12-04T16:00:00Z")?;
    let who = parisa()?;
    for key in coupons {
        let request = CouponRequest { code: "یلدا ۱۴۰۵", key, who: Some(&who), subject: "u-2001" };
        let outcome =
            shop.hub.coupon(&shop.data.coupons, &GuessRules::retail(), &request, CouponAct::Rollback)?;
        if matches!(outcome, throughline::hub::CouponOutcome::Accepted { .. }) {
            page.paragraph(&format!("With the last piece the coupon of order {key} is good again."))?;
        }
    }
    Ok(())
}

/// So much comes back that the rest would not have earned the coupon.
fn keep_or_price_anew(page: &mut Page, shop: &Shop, order: &OrderSplit) -> Result<(), Box<dyn Error>> {
    let returns = named(order, &[("KILIM-80", 1), ("SAMOVAR-3", 1), ("TEA-500", 8)])?;
    let units = |place: usize| returns.iter().find(|back| back.line == place).map_or(0, |back| back.units);
    // What she keeps, priced by the rules and at the instant of the order.
    let mut kept = Cart::empty(throughline::ids::CartId::from_bytes([71; 16]), order.unit.currency());
    for (place, line) in order.lines.iter().enumerate() {
        let left = Quantity::new(line.units().saturating_sub(units(place)));
        if let (Some(key), Ok(left)) = (&line.line, left)
            && key.sku().as_str() != "BOX"
        {
            kept.lines.insert(LineKey::clone(key), left);
        }
    }
    let yalda = [CampaignId::parse("yalda")?];
    let purchase = shop.purchase(gold()?, &Terms { coupons: &yalda, ..HOME })?;
    let at = "2026-11-22T09:42:00Z".parse()?;
    let answer = price(QuoteId::from_bytes([72; 16]), &kept, &purchase, &shop.data.rules, at)?;
    let alone = answer.quote().ok_or("a kept product has no price")?.total;
    let mut table =
        Table::new([text("Rule"), number("Paid"), number("Kept goods"), number("Paid back"), text("Why")]);
    for (rule, kept) in
        [("keep the discounts", KeptGoods::KeepDiscount), ("price anew", KeptGoods::Reprice { price: alone })]
    {
        let back = refund(order, &ReturnedSoFar::default(), &returns, &kept, RefundRules::withdrawal())?;
        table.row([
            rule.to_owned(),
            order.paid()?.to_string(),
            order.paid()?.minus(back.total)?.to_string(),
            back.total.to_string(),
            why::all(&back.reasons),
        ]);
    }
    page.paragraph(
        "If instead the kilim, the samovar and all tea come back at once, what is left is not worth the 150.00 EUR that the coupon \
         asks for. The shop chooses:",
    )?;
    page.table(&table)?;
    Ok(())
}

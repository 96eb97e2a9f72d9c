//! A coupon: held on the web, used at the till, and not once more.

use std::error::Error;

use throughline::channel::Channel;
use throughline::hub::{CouponOutcome, CouponRefusal, CouponRequest};
use throughline::keyed::Pepper;
use throughline::pricing::coupon::{CampaignId, CouponAct, GuessRules, Limit};

use crate::page::{Page, Table, text};
use crate::shop::{HOME, SECRET, Shop, Terms, parisa};
use crate::words;

/// One attempt: when, where, what was typed, for which order, and what for.
struct Attempt<'a> {
    at: &'a str,
    channel: Channel,
    typed: &'a str,
    order: &'a str,
    act: CouponAct,
}

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<CampaignId, Box<dyn Error>> {
    page.section("A coupon, once")?;
    let (yalda, letter) = (CampaignId::parse("yalda")?, CampaignId::parse("letter")?);
    // One of a hundred thousand codes that were mailed and stand in no list.
    let family = shop.data.coupons.family(&letter, &Pepper::new(SECRET)).ok_or("no codes are generated")?;
    let mailed = family.code(4_711).ok_or("the family has fewer codes")?.to_string();
    let hold = CouponAct::Hold { until: "2026-11-22T12:00:00Z".parse()? };
    let attempt = |at, channel, typed, order, act| Attempt { at, channel, typed, order, act };
    let swapped = exchanged(&mailed);
    let attempts = [
        attempt("09:40", Channel::Web, "یلدا ۱۴۰۵", "7001", hold),
        attempt("09:41", Channel::App, "يلدا-1405", "7002", hold),
        attempt("11:04", Channel::Till, "يلدا1405", "7001", CouponAct::Redeem),
        attempt("11:05", Channel::Till, "یلدا ۱۴۰۵", "7001", CouponAct::Redeem),
        attempt("11:30", Channel::Web, "یلدا ۱۴۰۵", "7003", CouponAct::Redeem),
        attempt("11:40", Channel::CallCentre, &swapped, "7004", CouponAct::Redeem),
        attempt("11:41", Channel::CallCentre, &mailed, "7004", CouponAct::Redeem),
        attempt("11:50", Channel::App, &mailed, "7005", CouponAct::Redeem),
        // Four Cyrillic letters, and one among Latin ones.
        attempt("12:00", Channel::Web, "НОРЕ-50", "7006", CouponAct::Redeem),
        attempt("12:01", Channel::Web, "HОPE-50", "7006", CouponAct::Redeem),
        attempt("12:02", Channel::Web, "весна 5", "7006", CouponAct::Redeem),
        attempt("12:03", Channel::Web, "hope 50", "7006", CouponAct::Redeem),
    ];
    let who = parisa()?;
    let mut table =
        Table::new([text("At"), text("Channel"), text("Order"), text("Typed"), text("To"), text("Answer")]);
    for one in &attempts {
        shop.at(&format!("2026-11-22T{}:00Z", one.at))?;
        let request = CouponRequest { code: one.typed, key: one.order, who: Some(&who), subject: "u-2001" };
        let outcome = shop.hub.coupon(&shop.data.coupons, &GuessRules::retail(), &request, one.act)?;
        table.row([
            one.at.to_owned(),
            words::channel(&one.channel),
            one.order.to_owned(),
            one.typed.to_owned(),
            act(one.act).to_owned(),
            answer(&outcome),
        ]);
    }
    page.table(&table)?;
    page.paragraph(
        "Spaces, hyphens, digits of another script and the letters of an Arabic keyboard do not matter. At 11:05 the till asked \
         again because its line was down: the same order uses the coupon once. A mistyped character is found before any list \
         is asked; letters of another script that look the same are no code.",
    )?;
    guesses(page, shop)?;
    let both = [yalda.clone(), letter];
    let total = |coupons| -> Result<_, Box<dyn Error>> { shop.quote(&Terms { coupons, ..HOME }) };
    page.paragraph(&format!(
        "Her basket costs {} without a coupon, {} with `yalda`, and {} with both codes: coupons do not stack.",
        total(&[])?.total,
        total(&both[..1])?.total,
        total(&both)?.total
    ))?;
    Ok(yalda)
}

/// Somebody tries codes at a kiosk, one a second.
fn guesses(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    let (mut looked_at, mut waited) = (0, 0);
    for second in 0..60 {
        shop.at(&format!("2026-11-22T13:00:{second:02}Z"))?;
        let (code, key) = (format!("FREE{second:04}"), format!("guess-{second}"));
        let request = CouponRequest { code: &code, key: &key, who: None, subject: "kiosk-3" };
        let outcome =
            shop.hub.coupon(&shop.data.coupons, &GuessRules::retail(), &request, CouponAct::Redeem)?;
        match outcome {
            CouponOutcome::Refused { why: CouponRefusal::Wait { .. } } => waited += 1,
            _ => looked_at += 1,
        }
    }
    let (guesses, hers) = (shop.hub.coupon_guesses("kiosk-3")?, shop.hub.coupon_guesses("u-2001")?);
    page.paragraph(&format!(
        "Somebody tries a code a second at a kiosk: of 60 in a minute {looked_at} were looked at and {waited} told to wait, each \
         wrong one twice as long. {} wrong codes in a row are on record for that kiosk; Parisa's {} of this morning cost her no wait.",
        guesses.wrong, hers.wrong
    ))?;
    Ok(())
}

/// The code with two neighbours exchanged, as hurried people type.
fn exchanged(code: &str) -> String {
    let mut characters: Vec<char> = code.chars().collect();
    let place = characters.windows(2).rposition(|pair| pair.first() != pair.last());
    if let Some(place) = place {
        characters.swap(place, place + 1);
    }
    characters.into_iter().collect()
}

const fn act(act: CouponAct) -> &'static str {
    match act {
        CouponAct::Hold { .. } => "hold",
        CouponAct::Redeem => "use",
        CouponAct::Rollback => "give back",
        CouponAct::Release => "let go",
    }
}

fn answer(outcome: &CouponOutcome) -> String {
    let why = match outcome {
        CouponOutcome::Accepted { campaign } => return format!("yes, `{campaign}`"),
        CouponOutcome::Refused { why } => why,
    };
    let words = match why {
        CouponRefusal::NotACode => "letters of two scripts, or no code",
        CouponRefusal::Unknown => "unknown",
        CouponRefusal::Mistyped => "mistyped: ask again",
        CouponRefusal::LooksAlike => "looks like a code, in another script",
        CouponRefusal::NotBegun => "the campaign has not begun",
        CouponRefusal::Ended => "the campaign is over",
        CouponRefusal::LimitReached { limit: Limit::Customer } => "once for each customer",
        CouponRefusal::LimitReached { limit: Limit::Code } => "this code was used",
        CouponRefusal::LimitReached { .. } => "all uses are taken",
        CouponRefusal::CustomerUnknown => "who is it for?",
        CouponRefusal::NothingToRollBack | CouponRefusal::NothingToRelease => "nothing to give back",
        CouponRefusal::KeyReused => "the order has another code",
        CouponRefusal::Wait { .. } => "wait",
    };
    format!("no: {words}")
}

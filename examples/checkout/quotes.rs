//! A price promised on the web and kept at the till.

use std::error::Error;

use throughline::channel::Channel;
use throughline::hub::{CommandKey, QuoteOutcome, QuotePresented};
use throughline::pricing::Quote;
use throughline::pricing::coupon::CampaignId;
use throughline::pricing::seal::{QuoteTerms, SealedQuote};
use throughline::signing::SigningKeys;

use crate::page::{Page, Table, text};
use crate::shop::{HOME, Shop, Terms, parisa};
use crate::{why, words};

/// One attempt to order under the quote.
struct Attempt<'a> {
    what: &'static str,
    at: &'a str,
    channel: Channel,
    command: &'a str,
    text: &'a str,
    keys: &'a SigningKeys,
    cart_changed: bool,
}

pub(crate) fn show(page: &mut Page, shop: &Shop, coupon: &CampaignId) -> Result<Quote, Box<dyn Error>> {
    page.section("A quote, kept in every channel")?;
    shop.at("2026-11-22T09:42:00Z")?;
    let who = parisa()?;
    let quote = shop.quote(&Terms { coupons: std::slice::from_ref(coupon), ..HOME })?;
    let profile = shop.hub.profile(&who)?.ok_or("she is unknown")?;
    let keys = SigningKeys::new("2026-11", b"the secret of November");
    let terms = || QuoteTerms { customer: Some(profile.id), ..QuoteTerms::default() };
    // What the web shop hands out: text, for instance in a square of dots on her telephone.
    let sealed = serde_json::to_string(&SealedQuote::seal(quote.clone(), terms(), &keys))?;
    page.paragraph(&format!(
        "At 09:42 the web promises {} until {}, for her alone, for one order, in any channel: {} bytes of text signed with key \
         `2026-11`.",
        quote.total,
        quote.valid_until.format("%d %B, %H:%M"),
        words::count(sealed.len())
    ))?;
    // Ten euros less, written into the text by hand.
    let total = quote.total.minor();
    let forged = sealed.replace(&format!("\"minor\":{total}"), &format!("\"minor\":{}", total - 1_000));
    let rotated = keys.clone().rotated("2026-12", b"the secret of December");
    let retired = rotated.clone().without("2026-11");
    // A second one, signed with the new key, which is taken back before it is used.
    shop.at("2026-11-22T10:00:00Z")?;
    let second = shop.quote(&Terms { coupons: std::slice::from_ref(coupon), ..HOME })?;
    let second_sealed = serde_json::to_string(&SealedQuote::seal(second.clone(), terms(), &rotated))?;
    shop.hub.revoke_quote(second.id)?;

    let attempt = |what, at, channel, command, text, keys| Attempt {
        what,
        at,
        channel,
        command,
        text,
        keys,
        cart_changed: false,
    };
    let attempts = [
        attempt(
            "ten euros less written into it",
            "22T11:00",
            Channel::Till,
            "till-4/880",
            &*forged,
            &rotated,
        ),
        Attempt {
            cart_changed: true,
            ..attempt("a mug more in the cart", "22T11:01", Channel::Till, "till-4/881", &sealed, &rotated)
        },
        attempt("its key is retired already", "22T11:02", Channel::Till, "till-9/17", &sealed, &retired),
        attempt("as it is, keys rotated since", "22T11:05", Channel::Till, "till-4/882", &sealed, &rotated),
        attempt("the till asks again", "22T11:06", Channel::Till, "till-4/882", &sealed, &rotated),
        attempt("a second order", "22T11:30", Channel::CallCentre, "call-7/3", &sealed, &rotated),
        attempt("two days later", "24T11:30", Channel::App, "app/1", &sealed, &rotated),
        attempt("another one, taken back", "22T12:00", Channel::Web, "web/5", &second_sealed, &rotated),
    ];
    let mut table = Table::new([text("When"), text("Channel"), text("Presented"), text("Answer")]);
    for one in &attempts {
        shop.at(&format!("2026-11-{}:00Z", one.at))?;
        let shown: SealedQuote = serde_json::from_str(one.text)?;
        let presented = QuotePresented {
            channel: &one.channel,
            who: Some(&who),
            cart_version: Some(quote.cart_version + u64::from(one.cart_changed)),
        };
        let outcome = shop.hub.honour_quote(&CommandKey::new(one.command), &shown, one.keys, &presented)?;
        let answer = match outcome {
            QuoteOutcome::Honoured => format!("honoured: {}", shown.quote.total),
            QuoteOutcome::Refused { reasons } => format!("refused: {}", why::all(&reasons)),
            QuoteOutcome::KeyReused => "refused: the command key was used for something else".to_owned(),
        };
        table.row([one.at.replace('T', " Nov, "), words::channel(&one.channel), one.what.to_owned(), answer]);
    }
    page.table(&table)?;
    Ok(quote)
}

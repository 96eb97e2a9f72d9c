//! Quotes that every channel honours, as often as they may be and until they are taken back.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{ProfileId, QuoteId};
use crate::pricing::seal::{Presented, SealedQuote};
use crate::reason::Reason;
use crate::signing::SigningKeys;
use crate::store::{Once, Stop, Stored, Tx};

use super::{CommandKey, Context, Who, keys, members};

/// What became of a quote that was presented.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "quote")]
pub enum QuoteOutcome {
    /// Its price stands, and this use of it is counted.
    Honoured,
    /// It does not, and why; nothing has changed.
    Refused {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// The command key was used before for another command; nothing has changed.
    KeyReused,
}

impl Stored for QuoteOutcome {
    const KIND: &'static str = "quote_outcome";
    const VERSION: u16 = 1;
}

/// How often orders were placed under a quote, and whether it was taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteStanding {
    /// How many orders.
    pub used: u32,
    /// Whether it was taken back.
    pub revoked: bool,
}

impl Stored for QuoteStanding {
    const KIND: &'static str = "quote_standing";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

/// Where and by whom a quote is presented.
#[derive(Debug, Clone, Copy)]
pub struct QuotePresented<'a> {
    /// Where.
    pub channel: &'a Channel,
    /// By whom, if that is known. A quote for one customer is honoured for every id that her profile ever had.
    pub who: Option<&'a Who>,
    /// The version of the cart as it is now, if the cart is there.
    pub cart_version: Option<u64>,
}

/// Places an order under a quote: checks it as [`SealedQuote::check`] does and counts the use, once for each command key.
///
/// The count is guarded: of any number of tills at once exactly as many succeed as the quote has uses.
///
/// # Errors
/// Of the store only.
pub fn honour_quote(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    sealed: &SealedQuote,
    signing: &SigningKeys,
    presented: &QuotePresented<'_>,
) -> Result<QuoteOutcome, Stop> {
    let request =
        context.request("honour_quote", &[sealed.quote.id.as_bytes(), sealed.signature.mac.as_bytes()]);
    let once = command.once(tx, context, request, |tx| {
        let key = keys::quote(sealed.quote.id);
        let standing = tx.get::<QuoteStanding>(&key)?.unwrap_or_default();
        let customer = match (presented.who, sealed.terms.customer) {
            (Some(who), Some(named)) => same_customer(tx, context, who, named)?,
            _ => None,
        };
        let as_presented = Presented {
            channel: presented.channel,
            customer,
            cart_version: presented.cart_version,
            used: standing.used,
            revoked: standing.revoked,
        };
        let reasons = sealed.check(signing, &as_presented, context.now);
        if !reasons.is_empty() {
            return Ok(QuoteOutcome::Refused { reasons });
        }
        tx.put(&key, &QuoteStanding { used: standing.used.saturating_add(1), ..standing })?;
        Ok(QuoteOutcome::Honoured)
    })?;
    Ok(match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => QuoteOutcome::KeyReused,
    })
}

/// The customer that a quote names, if whoever presents it is she, under whatever id.
fn same_customer(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    named: ProfileId,
) -> Result<Option<ProfileId>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let Some(other) = Who::Profile(named).record(tx, context)? else { return Ok(None) };
    let same = members::profile_of(tx, record)? == members::profile_of(tx, other)?;
    Ok(same.then_some(named))
}

/// Takes a quote back: no channel honours it any more. Returns how it stood.
///
/// # Errors
/// Of the store only.
pub fn revoke_quote(tx: &mut Tx<'_>, _context: &Context<'_>, quote: QuoteId) -> Result<QuoteStanding, Stop> {
    let key = keys::quote(quote);
    let standing = tx.get::<QuoteStanding>(&key)?.unwrap_or_default();
    tx.put(&key, &QuoteStanding { revoked: true, ..standing })?;
    Ok(standing)
}

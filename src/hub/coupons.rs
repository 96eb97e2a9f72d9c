//! Coupons that are held, used and given back, never more often than they may be, however many tills ask at once.

use faster_hex::Hex;
use serde::{Deserialize, Serialize};

use crate::hub::scan::delete_all;
use crate::ids::RecordId;
use crate::keyed::Pepper;
use crate::pricing::coupon::{
    self, Campaign, CampaignId, CodeStanding, Counter, CouponAct, CouponBook, CouponCode, CouponUse,
    GuessRules, Guesses, Limit, UsageLimit, UseOutcome,
};
use crate::store::{Key, Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

use super::{Context, Who, keys, members};

/// A coupon as it is presented.
#[derive(Debug, Clone, Copy)]
pub struct CouponRequest<'a> {
    /// The code as it was typed, scanned or read out.
    pub code: &'a str,
    /// The key of the cart or order that it is for: every act is done once for each key.
    pub key: &'a str,
    /// The customer, if she is known. A limit for each customer counts over all records that are hers, and needs her to
    /// be known.
    pub who: Option<&'a Who>,
    /// Whose wrong codes are counted: the host's word for a customer, a device, an address. It is stored as a keyed hash.
    /// While a subject waits nothing of it is looked at, roll-backs included, which would tell right codes from wrong:
    /// give the work of the back office a subject of its own.
    pub subject: &'a str,
}

/// What became of a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "coupon")]
pub enum CouponOutcome {
    /// The act stands; the coupon opens promotions of this campaign.
    Accepted {
        /// The campaign.
        campaign: CampaignId,
    },
    /// It does not, and why. Nothing has changed but the count of wrong codes.
    Refused {
        /// Why.
        why: CouponRefusal,
    },
}

/// Why a coupon is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum CouponRefusal {
    /// The text is no code.
    NotACode,
    /// There is no such code.
    Unknown,
    /// A character of the code is wrong: ask again.
    Mistyped,
    /// It looks like a code that exists, in letters of another script.
    LooksAlike,
    /// The campaign has not begun.
    NotBegun,
    /// The campaign is over.
    Ended,
    /// No use is left.
    LimitReached {
        /// By which count.
        limit: Limit,
    },
    /// The coupon is limited for each customer, and it is not known who she is.
    CustomerUnknown,
    /// The key has no redemption that stands.
    NothingToRollBack,
    /// The key has no hold that stands.
    NothingToRelease,
    /// The key was used before for another code.
    KeyReused,
    /// Too many wrong codes: none is looked at before this instant.
    Wait {
        /// Until when.
        until: DateTime<Utc>,
    },
}

impl CouponRefusal {
    /// Whether it counts as a wrong code.
    const fn is_wrong_code(&self) -> bool {
        matches!(self, Self::NotACode | Self::Unknown | Self::LooksAlike)
    }
}

/// What a key did: with which code, of which campaign, for which record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyUse {
    code: [u8; 16],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<RecordId>,
    used: CouponUse,
}

impl Stored for KeyUse {
    const KIND: &'static str = "coupon_use";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

impl Stored for Counter {
    const KIND: &'static str = "coupon_counter";
    const VERSION: u16 = 1;
    const JOURNAL: bool = false;
}

impl Stored for Guesses {
    const KIND: &'static str = "coupon_guesses";
    const VERSION: u16 = 1;
    const JOURNAL: bool = false;
}

/// Holds, redeems, rolls back or releases a coupon.
///
/// Counters are guarded, so of any number of concurrent redeemers of a coupon with a limit of L exactly L succeed, on
/// every store. Repeating an act with its key changes nothing. Codes are stored as keyed hashes. Who guesses waits longer
/// after each wrong code ([`GuessRules`]), and [`coupon_guesses`] shows it.
///
/// ```
/// use std::sync::Arc;
/// use throughline::hub::{CouponOutcome, CouponRequest, Hub, Rules};
/// use throughline::pricing::coupon::*;
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let once = CouponLimits { code: Some(1), ..CouponLimits::default() };
/// let book = CouponBook::new([Campaign {
///     id: CampaignId::parse("spring")?,
///     codes: Codes::Listed([CouponCode::parse("نوروز۱۰")?].into()),
///     limits: once,
///     from: None,
///     until: None,
/// }])?;
/// let request = |key| CouponRequest { code: "نوروز 10", key, who: None, subject: "kiosk-3" };
/// let guesses = GuessRules::retail();
/// let first = hub.coupon(&book, &guesses, &request("order-1"), CouponAct::Redeem)?;
/// assert!(matches!(first, CouponOutcome::Accepted { .. }));
/// let second = hub.coupon(&book, &guesses, &request("order-2"), CouponAct::Redeem)?;
/// assert!(matches!(second, CouponOutcome::Refused { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(holds of the counters + records of the customer).
pub fn coupon(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    book: &CouponBook,
    guesses: &GuessRules,
    request: &CouponRequest<'_>,
    act: CouponAct,
) -> Result<CouponOutcome, Stop> {
    let pepper = &context.rules.pepper;
    let guessed = keys::coupon_guesses(pepper.digest("coupon_subject", &[request.subject.as_bytes()]));
    let wrong = tx.get::<Guesses>(&guessed)?.unwrap_or_default();
    if let Some(until) = wrong.wait_until(guesses, context.now) {
        return Ok(CouponOutcome::Refused { why: CouponRefusal::Wait { until } });
    }
    let outcome = match campaign_of(book, request.code, pepper, act, context.now) {
        Ok((code, campaign)) => act_on(tx, context, request, &code, campaign, act)?,
        Err(why) => CouponOutcome::Refused { why },
    };
    if let CouponOutcome::Refused { why } = &outcome
        && why.is_wrong_code()
    {
        tx.put(&guessed, &wrong.after_wrong(guesses, context.now))?;
    }
    Ok(outcome)
}

/// How many wrong codes a subject gave, and when the last.
///
/// # Errors
/// Of the store only.
pub fn coupon_guesses(tx: &mut Tx<'_>, context: &Context<'_>, subject: &str) -> Result<Guesses, Stop> {
    let digest = context.rules.pepper.digest("coupon_subject", &[subject.as_bytes()]);
    Ok(tx.get(&keys::coupon_guesses(digest))?.unwrap_or_default())
}

/// The campaign that a text opens now. What was used may be given back also after the campaign's end.
fn campaign_of<'b>(
    book: &'b CouponBook,
    text: &str,
    pepper: &Pepper,
    act: CouponAct,
    now: DateTime<Utc>,
) -> Result<(CouponCode, &'b Campaign), CouponRefusal> {
    let gives_back = matches!(act, CouponAct::Rollback | CouponAct::Release);
    let code = CouponCode::parse(text).map_err(|_| CouponRefusal::NotACode)?;
    match book.standing(&code, pepper, now) {
        CodeStanding::Of(campaign) => Ok((code, campaign)),
        CodeStanding::Ended(campaign) if gives_back => Ok((code, campaign)),
        CodeStanding::NotBegun(_) => Err(CouponRefusal::NotBegun),
        CodeStanding::Ended(_) => Err(CouponRefusal::Ended),
        CodeStanding::Mistyped => Err(CouponRefusal::Mistyped),
        CodeStanding::LooksAlike => Err(CouponRefusal::LooksAlike),
        CodeStanding::Unknown => Err(CouponRefusal::Unknown),
    }
}

fn act_on(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    request: &CouponRequest<'_>,
    code: &CouponCode,
    campaign: &Campaign,
    act: CouponAct,
) -> Result<CouponOutcome, Stop> {
    let pepper = &context.rules.pepper;
    let refused = |why| Ok(CouponOutcome::Refused { why });
    let digest = pepper.digest("coupon_code", &[code.as_str().as_bytes()]);
    let of_campaign = pepper.digest("coupon_campaign", &[campaign.id.as_str().as_bytes()]);
    let name = pepper.digest("coupon_key", &[request.key.as_bytes()]);
    let own = keys::coupon_use(name);
    let known = tx.get::<KeyUse>(&own)?;
    if known.as_ref().is_some_and(|known| known.code != digest) {
        return refused(CouponRefusal::KeyReused);
    }
    // What a key did counts where it was counted then, also if her records were split or merged since.
    // What an erased record did is not counted for anybody any more.
    let record = match known.as_ref().map(|known| (known.used, known.record)) {
        Some((CouponUse::Held { .. } | CouponUse::Redeemed, Some(record))) => {
            Who::Record(record).record(tx, context)?
        }
        Some((CouponUse::Held { .. } | CouponUse::Redeemed, None)) => None,
        _ => match request.who {
            Some(who) => who.record(tx, context)?,
            None => None,
        },
    };
    let gives_back = matches!(act, CouponAct::Rollback | CouponAct::Release);
    if record.is_none() && campaign.limits.customer.is_some() && !gives_back {
        return refused(CouponRefusal::CustomerUnknown);
    }
    let text = Hex::new(&name).to_string();
    let elsewhere = match (record, campaign.limits.customer) {
        (Some(record), Some(_)) => taken_elsewhere(tx, context, record, of_campaign, &text)?,
        _ => 0,
    };
    let mut used = known.map(|known| known.used).unwrap_or_default();
    let limits = &campaign.limits;
    let mut places: Vec<(Key, Limit, u64, Option<u64>)> =
        vec![(keys::coupon(digest), Limit::Code, 0, limits.code)];
    if let (Some(record), Some(most)) = (record, limits.customer) {
        places.push((keys::coupon_of(record, of_campaign), Limit::Customer, elsewhere, Some(most)));
    }
    if let Some(most) = limits.campaign {
        places.push((keys::coupon(of_campaign), Limit::Campaign, 0, Some(most)));
    }
    let mut counters = Vec::with_capacity(places.len());
    for (key, ..) in &places {
        counters.push(tx.get::<Counter>(key)?.unwrap_or_default());
    }
    let mut counted: Vec<UsageLimit<'_>> = places
        .iter()
        .zip(&mut counters)
        .map(|((_, of, elsewhere, most), counter)| UsageLimit {
            of: *of,
            counter,
            elsewhere: *elsewhere,
            most: *most,
        })
        .collect();
    match coupon::act(act, &text, &mut used, &mut counted, context.now) {
        UseOutcome::Ok => {}
        UseOutcome::LimitReached { limit } => return refused(CouponRefusal::LimitReached { limit }),
        UseOutcome::NothingToRollBack => return refused(CouponRefusal::NothingToRollBack),
        UseOutcome::NothingToRelease => return refused(CouponRefusal::NothingToRelease),
    }
    for ((key, ..), counter) in places.iter().zip(&counters) {
        tx.put(key, counter)?;
    }
    // Whose it is is kept only where it counts.
    let record = record.filter(|_| limits.customer.is_some());
    tx.put(&own, &KeyUse { code: digest, record, used })?;
    Ok(CouponOutcome::Accepted { campaign: campaign.id.clone() })
}

/// Uses of a campaign by the customer's other records.
fn taken_elsewhere(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    record: RecordId,
    campaign: [u8; 16],
    key: &str,
) -> Result<u64, Stop> {
    let mut taken = 0_u64;
    for other in members::cluster(tx, record)?.0 {
        if other != record
            && let Some(counter) = tx.get::<Counter>(&keys::coupon_of(other, campaign))?
        {
            taken = taken.saturating_add(counter.taken(key, context.now));
        }
    }
    Ok(taken)
}

/// Deletes what a record's uses of coupons counted for.
pub(crate) fn forget(tx: &mut Tx<'_>, record: RecordId) -> Result<(), Stop> {
    delete_all::<Counter>(tx, &keys::coupons_of(record))
}

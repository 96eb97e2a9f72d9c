//! A price that another channel honours: a quote, sealed against every change.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Quote;
use crate::channel::Channel;
use crate::ids::ProfileId;
use crate::reason::Reason;
use crate::signing::{Signature, SignatureError, SigningKeys, canonical_json};
use crate::time::{DateTime, Utc};

/// For whom, where and how often a quote is good. By default for anybody, everywhere, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuoteTerms {
    /// The only customer, if it is for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<ProfileId>,
    /// The only channels, if it is not for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<BTreeSet<Channel>>,
    /// How many orders may be placed under it; none is no bound.
    pub uses: Option<u32>,
}

impl Default for QuoteTerms {
    fn default() -> Self {
        Self { customer: None, channels: None, uses: Some(1) }
    }
}

/// A quote with its terms, signed. It may travel as text through any hands.
///
/// ```
/// use throughline::channel::Channel;
/// # use throughline::cart::{Cart, LineKey, Quantity, Sku};
/// # use throughline::ids::{CartId, QuoteId};
/// # use throughline::money::{Currency, CurrencyTable, Money};
/// # use throughline::pricing::{PriceBook, PriceEntry, PriceId, PriceRules, Purchase, price};
/// use throughline::pricing::seal::{Presented, QuoteTerms, SealedQuote};
/// use throughline::signing::SigningKeys;
/// # let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
/// # let mug = Sku::parse("MUG-1")?;
/// # let entry = PriceEntry::always(PriceId::parse("p1")?, mug.clone(), Money::parse("12.50", euro)?);
/// # let rules = PriceRules::new(PriceBook::new("2026-03", [entry])?);
/// # let mut cart = Cart::empty(CartId::from_bytes([1; 16]), euro.currency());
/// # cart.lines.insert(LineKey::plain(mug), Quantity::new(3)?);
/// # let now = "2026-03-20T09:00:00Z".parse()?;
/// # let answer = price(QuoteId::from_bytes([2; 16]), &cart, &Purchase::default(), &rules, now)?;
/// # let quote = answer.quote().cloned().ok_or("no price")?;
/// let keys = SigningKeys::new("2026-03", b"from your secret manager");
/// // Made on the web.
/// let sealed = SealedQuote::seal(quote, QuoteTerms::default(), &keys);
/// let text = serde_json::to_string(&sealed)?;
/// // Shown at the till.
/// let shown: SealedQuote = serde_json::from_str(&text)?;
/// let at_the_till = Presented::new(&Channel::Till);
/// assert!(shown.check(&keys, &at_the_till, now).is_empty());
/// // One digit is another.
/// let changed: SealedQuote = serde_json::from_str(&text.replace("3750", "3650"))?;
/// assert_eq!(changed.check(&keys, &at_the_till, now)[0].rule, "quote_tampered");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedQuote {
    /// The quote.
    pub quote: Quote,
    /// Its terms.
    pub terms: QuoteTerms,
    /// The signature over both.
    pub signature: Signature,
}

/// How a quote is presented.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// Where.
    pub channel: &'a Channel,
    /// By whom, if that is known.
    pub customer: Option<ProfileId>,
    /// The version of the cart as it is now, if the cart is there.
    pub cart_version: Option<u64>,
    /// How many orders were placed under it before.
    pub used: u32,
    /// Whether it was taken back.
    pub revoked: bool,
}

impl<'a> Presented<'a> {
    /// By somebody unknown, for the first time.
    #[must_use]
    pub const fn new(channel: &'a Channel) -> Self {
        Self { channel, customer: None, cart_version: None, used: 0, revoked: false }
    }
}

impl SealedQuote {
    /// Signs a quote and its terms.
    #[must_use]
    pub fn seal(quote: Quote, terms: QuoteTerms, keys: &SigningKeys) -> Self {
        let signature = keys.sign(canonical(&quote, &terms).as_bytes());
        Self { quote, terms, signature }
    }

    /// Why it is not honoured; nothing if it is. Whoever changed anything learns only that.
    ///
    /// The signature is checked before anything in the quote is believed; then whether it was taken back, has ended, is
    /// for this channel, this customer and this cart, and has a use left. The end does not belong to its time.
    ///
    /// # Complexity
    /// Linear in the size of the quote.
    #[must_use]
    pub fn check(&self, keys: &SigningKeys, presented: &Presented<'_>, now: DateTime<Utc>) -> Vec<Reason> {
        let quote = format!("quote:{}", self.quote.id);
        match keys.check(&self.signature, canonical(&self.quote, &self.terms).as_bytes()) {
            Ok(()) => {}
            Err(SignatureError::UnknownKey) => return vec![Reason::new("quote_key_unknown")],
            Err(SignatureError::Wrong) => return vec![Reason::new("quote_tampered")],
        }
        let terms = &self.terms;
        let other_customer = terms.customer.is_some_and(|customer| presented.customer != Some(customer));
        let other_channel =
            terms.channels.as_ref().is_some_and(|channels| !channels.contains(presented.channel));
        let other_cart = presented.cart_version.is_some_and(|version| version != self.quote.cart_version);
        let used_up = terms.uses.is_some_and(|uses| presented.used >= uses);
        [
            (presented.revoked, "quote_revoked"),
            (now >= self.quote.valid_until, "quote_expired"),
            (now < self.quote.priced_at, "quote_not_begun"),
            (other_channel, "quote_for_other_channels"),
            (other_customer, "quote_for_another_customer"),
            (other_cart, "quote_cart_changed"),
            (used_up, "quote_used_up"),
        ]
        .into_iter()
        .filter(|(refused, _)| *refused)
        .map(|(_, rule)| Reason::new(rule).evidence(quote.clone()))
        .collect()
    }
}

fn canonical(quote: &Quote, terms: &QuoteTerms) -> String {
    // Both are plain data that always serialises; what did not would never verify.
    let body = serde_json::json!({ "quote": quote, "terms": terms });
    canonical_json(&body)
}

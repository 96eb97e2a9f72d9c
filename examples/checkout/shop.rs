//! The retailer: its rules as data, its hub, its clock, and the customer with her basket.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use throughline::calendar::{Zone, Zones};
use throughline::cart::Sku;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{FixedClock, Hub, Rules, SourceRule, SourceRules, Who};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::money::{Currency, CurrencyTable, Money};
use throughline::pricing::coupon::{CampaignId, CouponBook};
use throughline::pricing::parity::ChannelException;
use throughline::pricing::prior_price::PriceStep;
use throughline::pricing::promotion::PromotionId;
use throughline::pricing::tax::TaxZone;
use throughline::pricing::{Buyer, DeliveryFee, PriceRules, Priced, Purchase, Quote};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, Utc};

use crate::words;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/checkout.json");
/// The cart that she fills on the web.
pub(crate) const CART: &str = "cart-parisa";
/// What is in it.
const BASKET: [(&str, u32); 7] = [
    ("KILIM-80", 1),
    ("TEA-500", 8),
    ("CANDLE-6", 2),
    ("SAMOVAR-3", 1),
    ("DATES-1", 3),
    ("MUG-BLUE", 3),
    ("HAFEZ", 1),
];
/// The instant at which all channels are asked.
pub(crate) const MORNING: &str = "2026-11-22T09:30:00Z";
/// Another secret than the example's belongs into a secret manager.
pub(crate) const SECRET: &[u8] = b"a secret from your secret manager";

/// Everything by which the retailer prices, as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    names: BTreeMap<Sku, String>,
    pub(crate) rules: PriceRules,
    pub(crate) coupons: CouponBook,
    pub(crate) exceptions: Vec<ChannelException>,
    pub(crate) histories: BTreeMap<Sku, Vec<PriceStep>>,
}

/// Everything that the sections need.
pub(crate) struct Shop {
    pub(crate) hub: Hub,
    pub(crate) data: Data,
    table: CurrencyTable,
    zones: Vec<Zone>,
    /// A service takes the machine's clock, which is what `Hub::new` does. The example has one that can be set.
    clock: Arc<FixedClock>,
}

/// What a customer has besides her cart: where it goes, what coupons she holds.
pub(crate) struct Terms<'a> {
    pub(crate) zone: &'a str,
    pub(crate) currency: &'a str,
    pub(crate) delivery: &'a str,
    pub(crate) coupons: &'a [CampaignId],
}

/// To her home in Germany, without a coupon.
pub(crate) const HOME: Terms<'_> = Terms { zone: "DE", currency: "EUR", delivery: "5.90", coupons: &[] };

impl Shop {
    pub(crate) fn open() -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(DATA).map_err(|error| format!("cannot read `{DATA}`: {error}"))?;
        let data = serde_json::from_str(&text).map_err(|error| format!("cannot use `{DATA}`: {error}"))?;
        let clock = Arc::new(FixedClock::at(MORNING.parse()?));
        let rules = Rules { sources: sources(), ..Rules::retail(SECRET) };
        let hub = Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, Arc::clone(&clock) as _)?;
        let zones = vec![Zones::bundled().named("Europe/Berlin")?];
        // ISO 4217 gives the rial two decimals that no price tag has, so the choice is the host's.
        let table = CurrencyTable::new([(Currency::parse("IRR")?, 0)])?;
        let shop = Self { hub, data, table, zones, clock };
        shop.fill_her_basket()?;
        Ok(shop)
    }

    /// Sets the clock.
    pub(crate) fn at(&self, now: &str) -> Result<DateTime<Utc>, Box<dyn Error>> {
        let now = now.parse()?;
        self.clock.set(now);
        Ok(now)
    }

    /// What a product is called, isolated where it runs from right to left.
    pub(crate) fn name(&self, sku: &Sku) -> String {
        words::quoted(self.data.names.get(sku).map_or(sku.as_str(), |name| name))
    }

    /// An amount in whole units of a currency.
    pub(crate) fn money(&self, text: &str, currency: &str) -> Result<Money, Box<dyn Error>> {
        Ok(Money::parse(text, self.table.unit(Currency::parse(currency)?)?)?)
    }

    /// A purchase by a buyer on these terms. There is no place in it for a channel.
    pub(crate) fn purchase(&self, buyer: Buyer, terms: &Terms<'_>) -> Result<Purchase, Box<dyn Error>> {
        Ok(Purchase {
            buyer,
            coupons: terms.coupons.iter().cloned().collect(),
            budgets: BTreeMap::new(),
            refused_gifts: BTreeSet::<PromotionId>::new(),
            tax_zone: Some(TaxZone::parse(terms.zone)?),
            delivery: Some(DeliveryFee {
                service: "home".to_owned(),
                fee: self.money(terms.delivery, terms.currency)?,
                tax_category: None,
            }),
            zones: self.zones.clone(),
        })
    }

    /// What her cart costs, asked as whoever the channel takes her for.
    pub(crate) fn ask(&self, who: &Who, buyer: Buyer, terms: &Terms<'_>) -> Result<Priced, Box<dyn Error>> {
        let purchase = self.purchase(buyer, terms)?;
        let currency = Currency::parse(terms.currency)?;
        let answer = self.hub.quote(who, CART, currency, &purchase, &self.data.rules)?;
        Ok(answer.ok_or("she has no such cart")??)
    }

    /// What her cart costs her, which she knows.
    pub(crate) fn quote(&self, terms: &Terms<'_>) -> Result<Quote, Box<dyn Error>> {
        let answer = self.ask(&parisa()?, gold()?, terms)?;
        Ok(answer.quote().cloned().ok_or("a product of her cart has no price")?)
    }

    /// One visit to the web shop, one to the app, one to the till. Everything else is asked.
    fn fill_her_basket(&self) -> Result<(), Box<dyn Error>> {
        let identify = |number: u32, channel: &str, traits: serde_json::Value, device: &str| {
            json!({
                "type": "identify", "messageId": format!("parisa-{number}"), "userId": "u-2001", "traits": traits,
                "timestamp": format!("2026-11-22T08:0{number}:00Z"),
                "context": { "channel": channel, "device": { "id": device } }
            })
        };
        let contact = json!({
            "firstName": "پریسا", "email": "parisa@example.org", "email_verified": true,
            "phone": "+4915127894360", "phone_number_verified": true,
        });
        let mut events = vec![
            identify(1, "web", contact, "browser-71"),
            identify(2, "app", json!({}), "phone-71"),
            identify(3, "till", json!({ "loyaltyCard": "GOLD-2001" }), "till-4"),
        ];
        for (number, (sku, quantity)) in (10..).zip(BASKET) {
            events.push(json!({
                "type": "track", "event": "Product Added", "messageId": format!("parisa-{number}"), "userId": "u-2001",
                "timestamp": format!("2026-11-22T09:{number}:00Z"), "context": { "channel": "web" },
                "properties": { "cart_id": CART, "sku": sku, "quantity": quantity },
            }));
        }
        for event in events {
            let event = Event::from_segment(&serde_json::to_vec(&event)?, &self.hub.import())?;
            self.hub.record(&event)?;
        }
        Ok(())
    }
}

/// Whose word is taken for what: the shop's servers verify addresses and numbers, the till scans cards.
fn sources() -> SourceRules {
    use IdentifierKind::{Email, LoyaltyCard, Phone};
    let web = SourceRule { verifies: [Email, Phone].into(), ..SourceRule::default() };
    let till = SourceRule { observes: [LoyaltyCard].into(), ..SourceRule::default() };
    SourceRules { by_channel: [(Channel::Web, web), (Channel::Till, till)].into(), ..SourceRules::default() }
}

/// The person whom an identifier names.
pub(crate) fn known_as(kind: IdentifierKind, value: &str) -> Result<Who, Box<dyn Error>> {
    Ok(Identifier::parse(kind, value, &IdentifierSettings::default())?.into())
}

/// Parisa, by her account.
pub(crate) fn parisa() -> Result<Who, Box<dyn Error>> {
    known_as(IdentifierKind::UserId, "u-2001")
}

/// She is a gold customer.
pub(crate) fn gold() -> Result<Buyer, Box<dyn Error>> {
    Ok(Buyer::anonymous().with_group("gold")?)
}

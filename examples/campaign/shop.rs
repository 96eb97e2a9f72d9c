//! The retailer: what it says, by which rules, to whom.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::sync::Arc;

use serde::Deserialize;
use throughline::calendar::Zones;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{FixedClock, Hub, Rules, Who};
use throughline::messaging::content::{
    Content, Reader, RenderSettings, Renderings, Slot, Values, render_each,
};
use throughline::messaging::{
    Audience, AudiencePolicy, Class, Message, MessageKind, Policy, Purpose, Urgency, holdout,
};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, Utc};

use crate::people::{COUNTRIES, Country, Customer};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/campaign.json");
/// Another secret than the example's belongs into a secret manager.
const SECRET: &[u8] = b"a secret from your secret manager";
/// The evening on which it begins: 17:30 UTC is 18:30 in Berlin, 20:30 in Moscow, 21:00 in Tehran, 21:30 in Dubai.
pub(crate) const EVENING: &str = "2026-03-20T17:30:00Z";
/// The channels by which a message is sent; the others show it when the customer comes.
pub(crate) const SENT_BY: [Channel; 4] = [Channel::Push, Channel::Email, Channel::WhatsApp, Channel::Sms];

/// One of the two messages.
pub(crate) struct Campaign {
    pub(crate) title: &'static str,
    pub(crate) message: &'static str,
    class: Class,
    purpose: &'static str,
    pub(crate) expires: &'static str,
    urgency: Urgency,
    /// The share of customers who are not told, to see what the message does: in basis points.
    holdout: u16,
}

/// The order is ready: everybody with an order is told.
pub(crate) const READY: Campaign = Campaign {
    title: "Your order is ready",
    message: "order-ready",
    class: Class::Service,
    purpose: "service.orders",
    expires: "2026-03-22T18:00:00Z",
    urgency: Urgency::High,
    holdout: 0,
};

/// The offer: only who wants to hear it.
pub(crate) const SPRING: Campaign = Campaign {
    title: "The spring offer",
    message: "spring-2026",
    class: Class::Marketing,
    purpose: "marketing.offers",
    expires: "2026-04-05T18:00:00Z",
    urgency: Urgency::Normal,
    holdout: 500,
};

impl Campaign {
    pub(crate) fn purpose(&self) -> Result<Purpose, Box<dyn Error>> {
        Ok(self.purpose.parse()?)
    }

    /// The message to one customer. Which fact it tells keeps her from being told it again.
    pub(crate) fn message(&self, customer: &Customer) -> Result<Message, Box<dyn Error>> {
        let fact = if self.class == Class::Service { customer.order() } else { self.message.to_owned() };
        Ok(Message {
            category: Some(self.message.to_owned()),
            kind: MessageKind::Template,
            urgency: self.urgency,
            expires_at: Some(self.expires.parse()?),
            told_key: Some(fact),
            ..Message::new(self.message, self.class, self.purpose()?)
        })
    }

    pub(crate) fn is_held_out(&self, customer: &Customer) -> bool {
        holdout(customer.account().as_bytes(), self.message, self.holdout, b"spring")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    contents: BTreeMap<String, Content>,
    audience: AudiencePolicy,
}

/// Everything that the sections need.
pub(crate) struct Shop {
    pub(crate) hub: Hub,
    pub(crate) policy: Policy,
    pub(crate) zones: Zones,
    pub(crate) customers: Vec<Customer>,
    pub(crate) settings: RenderSettings,
    data: Data,
    /// A service takes the machine's clock, which is what `Hub::new` does. The example has one that can be set.
    clock: Arc<FixedClock>,
}

impl Shop {
    pub(crate) fn open(customers: u32) -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(DATA).map_err(|error| format!("cannot read `{DATA}`: {error}"))?;
        let data = serde_json::from_str(&text).map_err(|error| format!("cannot use `{DATA}`: {error}"))?;
        let clock = Arc::new(FixedClock::at(EVENING.parse()?));
        let rules = Rules::retail(SECRET);
        let hub = Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, Arc::clone(&clock) as _)?;
        let customers: Result<Vec<Customer>, _> = (1..=customers).map(Customer::invent).collect();
        let mut shop = Self {
            hub,
            policy: Policy::retail_eu(),
            zones: Zones::bundled(),
            customers: customers?,
            settings: RenderSettings::default(),
            data,
            clock,
        };
        // What a segment of an SMS costs the retailer.
        shop.settings.segment_price =
            Some(throughline::money::Money::new(7, shop.country("DE")?.price()?.unit()));
        for customer in &shop.customers {
            for line in customer.events() {
                let line = serde_json::to_vec(&line)?;
                shop.hub.record(&Event::from_segment(&line, &shop.hub.import())?)?;
            }
        }
        Ok(shop)
    }

    pub(crate) fn at(&self, now: DateTime<Utc>) {
        self.clock.set(now);
    }

    pub(crate) fn who(customer: &Customer) -> Result<Who, Box<dyn Error>> {
        use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
        let account = customer.account();
        Ok(Identifier::parse(IdentifierKind::UserId, &account, &IdentifierSettings::default())?.into())
    }

    pub(crate) fn country(&self, code: &str) -> Result<&'static Country, Box<dyn Error>> {
        Ok(COUNTRIES.iter().find(|country| country.code == code).ok_or("no such country")?)
    }

    pub(crate) fn content(&self, name: &str) -> Result<&Content, Box<dyn Error>> {
        Ok(self.data.contents.get(name).ok_or_else(|| format!("no content `{name}` in `{DATA}`"))?)
    }

    /// What the audience rules give a customer in a channel, and the rule that says so.
    pub(crate) fn content_for(
        &self,
        campaign: &Campaign,
        customer: &Customer,
        channel: &Channel,
    ) -> Result<(Option<&Content>, String), Box<dyn Error>> {
        let segments: BTreeSet<String> = customer.segment.iter().map(|&segment| segment.to_owned()).collect();
        let purpose = campaign.purpose()?;
        let choice = self.data.audience.choose(&Audience { segments: &segments, channel, purpose: &purpose });
        let rule = choice.reason.evidence.first().cloned().unwrap_or_default();
        Ok((choice.content.map(|name| self.content(name)).transpose()?, rule))
    }

    /// What is hers in a message.
    pub(crate) fn values(&self, customer: &Customer) -> Result<Values, Box<dyn Error>> {
        Ok(Values::from([
            ("name".parse()?, Slot::text(customer.name)),
            ("order".parse()?, Slot::Code(customer.order())),
            ("shop".parse()?, Slot::text(customer.country.shop)),
            ("count".parse()?, Slot::Number(i64::from(customer.number % 12) + 1)),
            ("price".parse()?, Slot::Price(customer.country.price()?)),
            ("until".parse()?, Slot::Date("2026-03-22".parse()?)),
        ]))
    }

    /// The message in every channel in which it is sent.
    pub(crate) fn renderings(
        &self,
        campaign: &Campaign,
        customer: &Customer,
    ) -> Result<Renderings, Box<dyn Error>> {
        // All channels of one purpose have the same content here.
        let (Some(content), _) = self.content_for(campaign, customer, &Channel::Email)? else {
            return Ok(Renderings::default());
        };
        let locales = std::slice::from_ref(&customer.locale);
        let readers =
            SENT_BY.iter().map(|channel| Reader { channel, locales, device: None, links: &customer.device });
        Ok(render_each(content, readers, &self.values(customer)?, &self.settings))
    }
}

//! The retailer's hub: the store, the rules, the clock. This is what a service of your own would write first.

use std::error::Error;
use std::sync::Arc;

use throughline::calendar::{Zone, Zones};
use throughline::channel::Channel;
use throughline::hub::{FixedClock, Hub, Rules, SourceRule, SourceRules, Who};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::store::{RedbStore, Tenant};
use throughline::time::{DateTime, Utc};

use crate::arguments::StoreFile;
use crate::words;

/// The day's end: until the story goes back to an earlier instant, this is *now*.
const END_OF_DAY: &str = "2026-03-21T00:00:00Z";

/// Everything that the sections need.
pub(crate) struct Shop {
    pub(crate) hub: Hub,
    pub(crate) zones: Zones,
    /// A service takes the machine's clock, which is what `Hub::new` does. The story has a clock that can be set, so
    /// that it ends the same in every run.
    clock: Arc<FixedClock>,
}

impl Shop {
    pub(crate) fn open(file: &StoreFile) -> Result<Self, Box<dyn Error>> {
        let store = RedbStore::open(file.path()).map_err(|error| {
            format!("cannot open the store `{}`: {}", file.path().display(), words::causes(&error))
        })?;
        let rules = Rules { sources: sources(), ..Rules::retail(b"a secret from your secret manager") };
        let clock = Arc::new(FixedClock::at(END_OF_DAY.parse()?));
        let hub = Hub::with_clock(Arc::new(store), Tenant(1), rules, Arc::clone(&clock) as _)?;
        Ok(Self { hub, zones: Zones::bundled(), clock })
    }

    /// Sets the story's clock.
    pub(crate) fn at(&self, now: &str) -> Result<DateTime<Utc>, Box<dyn Error>> {
        let now = now.parse()?;
        self.clock.set(now);
        Ok(now)
    }

    /// Sets the story's clock to the end of the day.
    pub(crate) fn at_end_of_day(&self) -> Result<DateTime<Utc>, Box<dyn Error>> {
        self.at(END_OF_DAY)
    }

    pub(crate) fn zone(&self, name: &str) -> Result<Zone, Box<dyn Error>> {
        Ok(self.zones.named(name)?)
    }
}

/// How far each channel is believed. Out of the box nobody's word is taken for a proof; this retailer knows its systems.
fn sources() -> SourceRules {
    use IdentifierKind::{Email, LoyaltyCard, Phone};
    let rule = |verifies: &[IdentifierKind], observes: &[IdentifierKind]| SourceRule {
        verifies: verifies.iter().cloned().collect(),
        observes: observes.iter().cloned().collect(),
        ..SourceRule::default()
    };
    let whatsapp = SourceRule { authenticates: [Phone].into(), ..SourceRule::default() };
    SourceRules {
        by_channel: [
            // The shop's servers say `email_verified` when the link in their mail was followed, `phone_number_verified`
            // when the code was typed in, and take a card into an account only with the code printed on it.
            (Channel::Web, rule(&[Email, Phone], &[LoyaltyCard])),
            (Channel::App, rule(&[Email, Phone], &[LoyaltyCard])),
            // The agent calls the number back.
            (Channel::CallCentre, rule(&[Email, Phone], &[])),
            // The till scans the card, and sends a code to the telephone.
            (Channel::Till, rule(&[Email, Phone], &[LoyaltyCard])),
            // A band is bound to a card at the till.
            (Channel::Wearable, rule(&[], &[LoyaltyCard])),
            // WhatsApp itself vouches for the sender's number.
            (Channel::WhatsApp, whatsapp),
            // Kiosks and marketplaces prove nothing: there anybody can type anything.
        ]
        .into(),
        ..SourceRules::default()
    }
}

/// The person whom an identifier names.
pub(crate) fn known_as(kind: IdentifierKind, value: &str) -> Result<Who, Box<dyn Error>> {
    Ok(Identifier::parse(kind, value, &IdentifierSettings::default())?.into())
}

/// The person with that account.
pub(crate) fn account(id: &str) -> Result<Who, Box<dyn Error>> {
    known_as(IdentifierKind::UserId, id)
}

/// Sara Rahimi, whose day is told.
pub(crate) fn sara() -> Result<Who, Box<dyn Error>> {
    account("u-1001")
}

/// The cart that she fills.
pub(crate) const SARAS_CART: &str = "cart-sara";
/// Where she lives.
pub(crate) const TEHRAN: &str = "Asia/Tehran";

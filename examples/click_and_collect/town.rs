//! The town: its shops, their hours and what they have.

use std::error::Error;
use std::sync::Arc;

use throughline::calendar::{Exception, Window, Windows, Zone, Zones};
use throughline::cart::Sku;
use throughline::event::Event;
use throughline::hub::{CommandKey, FixedClock, Hub, OrderTerms, Rules, Who};
use throughline::stock::availability::{CountSource, SafetyRules};
use throughline::stock::order::{OrderHours, OrderRules};
use throughline::stock::promise::{Carrier, PickupRules};
use throughline::stock::reservation::{StockChange, Terms, Yield};
use throughline::stock::{LocationId, Place};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, Utc};

/// Wednesday, 6 May 2026, a quarter to three in the afternoon in Tehran.
pub(crate) const NOW: &str = "2026-05-06T14:45:00+03:30";

/// The days on which people in Tehran work.
pub(crate) const TEHRAN: [&str; 6] = ["sat", "sun", "mon", "tue", "wed", "thu"];

pub(crate) const SAMOVAR: &str = "SAMOVAR";
pub(crate) const LAMP: &str = "LAMP";
pub(crate) const CARPET: &str = "CARPET";
pub(crate) const TEA: &str = "TEA";

pub(crate) const TAJRISH: &str = "فروشگاه تجریش";
pub(crate) const VANAK: &str = "فروشگاه ونک";
pub(crate) const BAZAAR: &str = "بازار بزرگ";
pub(crate) const DEPOT: &str = "انبار کرج";
pub(crate) const METRO: &str = "باجه مترو";

/// Nothing is kept back.
const ANY: Terms<'static> =
    Terms { safety: None, method: None, channels: None, channel: None, confidence: None };

pub(crate) struct Town {
    pub(crate) hub: Hub,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) zone: Zone,
    pub(crate) preparation: PickupRules,
    pub(crate) rules: OrderRules,
    pub(crate) hours: OrderHours,
    pub(crate) safety: SafetyRules,
    pub(crate) leila: Who,
}

pub(crate) fn location(name: &str) -> Result<LocationId, Box<dyn Error>> {
    Ok(LocationId::parse(name)?)
}

pub(crate) fn sku(name: &str) -> Result<Sku, Box<dyn Error>> {
    Ok(Sku::parse(name)?)
}

pub(crate) fn place(at: &str, of: &str) -> Result<Place, Box<dyn Error>> {
    Ok(Place::new(location(at)?, sku(of)?))
}

/// Open on these days of the week from then until then.
pub(crate) fn week(days: &[&str], from: &str, until: &str) -> Result<Vec<Window>, Box<dyn Error>> {
    let day = |day: &&str| {
        let window = serde_json::json!({"from": [day, from], "to": [day, until]});
        Ok(serde_json::from_value(window)?)
    };
    days.iter().map(day).collect()
}

/// `Wed 6 May 16:40`, on the wall there.
pub(crate) fn wall(zone: &Zone, at: DateTime<Utc>) -> String {
    let (date, time) = zone.local(at);
    format!("{} {}", date.format("%a %-d %b"), time.format("%H:%M"))
}

impl Town {
    pub(crate) fn open() -> Result<Self, Box<dyn Error>> {
        let now: DateTime<Utc> = NOW.parse()?;
        let clock = Arc::new(FixedClock::at(now));
        let hub = Hub::with_clock(
            Arc::new(MemoryStore::new()),
            Tenant(1),
            Rules::retail(b"a secret for the example"),
            Arc::<FixedClock>::clone(&clock),
        )?;
        let zone = Zones::bundled().named("Asia/Tehran")?;
        let line = br#"{"type":"identify","messageId":"m-1","userId":"leila-7","traits":{"firstName":"Leila"},"context":{"channel":"web"}}"#;
        let leila = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
        let holiday = "2026-05-10".parse()?;
        let week =
            Windows::new(week(&TEHRAN, "09:00", "21:00")?)?.with_exception(holiday, Exception::Closed)?;
        let mut hours = OrderHours::new();
        for shop in [TAJRISH, VANAK, BAZAAR, METRO] {
            hours = hours.with(location(shop)?, week.clone(), zone.clone());
        }
        // One samovar stays on show in every shop.
        let safety: SafetyRules = serde_json::from_str(r#"[{"sku": "SAMOVAR", "keep": {"units": 1}}]"#)?;
        let preparation = PickupRules { hours: week, prep_minutes: 115, ..PickupRules::default() };
        let town = Self { hub, clock, zone, preparation, rules: OrderRules::retail(), hours, safety, leila };
        let counted = [
            (TAJRISH, SAMOVAR, 3),
            (VANAK, SAMOVAR, 2),
            (BAZAAR, SAMOVAR, 1),
            (DEPOT, LAMP, 40),
            (VANAK, LAMP, 1),
            (DEPOT, CARPET, 6),
            (DEPOT, TEA, 20),
        ];
        for (number, (at, of, units)) in counted.into_iter().enumerate() {
            let count = StockChange::Count { units, at: now, source: CountSource::default() };
            let command = CommandKey::new(&format!("count-{number}"));
            town.hub.change_stock(&command, &place(at, of)?, &count, Yield::Refuse)?;
        }
        Ok(town)
    }

    /// A carrier that collects every afternoon, and does not work on Friday.
    pub(crate) fn carrier() -> Result<Carrier, Box<dyn Error>> {
        let json = serde_json::json!({
            "service": "post", "works": {"windows": week(&TEHRAN, "08:00", "18:00")?},
            "collects": ["17:00"], "transit": {"days": 1}, "delivers": ["10:00", "14:00"],
        });
        Ok(serde_json::from_value(json)?)
    }

    /// Under which terms orders are placed and dealt with.
    pub(crate) fn terms(&self) -> OrderTerms<'_> {
        OrderTerms { rules: &self.rules, hours: &self.hours, stock: &ANY }
    }

    pub(crate) fn at(&self, time: &str) -> Result<DateTime<Utc>, Box<dyn Error>> {
        let now = time.parse()?;
        self.clock.set(now);
        Ok(now)
    }

    pub(crate) fn wall(&self, at: DateTime<Utc>) -> String {
        wall(&self.zone, at)
    }
}

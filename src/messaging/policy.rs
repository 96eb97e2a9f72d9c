//! The rules of a sender: plain settings.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::caps::{Cap, CapWindow, PinnedZones};
use super::consent::{ConsentRule, ConsentRules};
use super::input::Class;
use super::presets::{QuietBook, RuleSource};
use super::readiness::Readiness;
use super::score::ScoreWeights;
use super::service_window::ServiceWindows;
use crate::calendar::{WeekData, Windows, ZoneError, ZoneId, Zones};
use crate::channel::Channel;
use crate::region::Region;
use crate::time::{TimeDelta, Weekday};

/// When messages wait, in the recipient's zone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuietHours {
    /// The quiet windows where the region has none of its own.
    pub windows: Windows,
    /// The quiet windows of a region, in place of the others.
    pub regions: BTreeMap<Region, Windows>,
    /// The channels that keep none, such as e-mail, which wakes nobody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<Channel>,
    /// The zone to take for a person whose zone nobody knows. Without it such a message is held: not sent.
    /// Give it to [`Whereabouts::locate`](super::Whereabouts::locate).
    pub fallback_zone: Option<ZoneId>,
}

impl QuietHours {
    /// The windows of each region in the book, without holidays, and none elsewhere.
    #[must_use]
    pub fn from_book(book: &QuietBook) -> Self {
        let regions = book.iter().map(|(region, rule)| (region, rule.windows.clone())).collect();
        Self { regions, ..Self::default() }
    }

    /// The windows that hold for a person of that region.
    #[must_use]
    pub fn of(&self, region: Option<Region>) -> &Windows {
        region.and_then(|region| self.regions.get(&region)).unwrap_or(&self.windows)
    }
}

/// A sender's rules. The default asks for consent to marketing, keeps no quiet hours, caps nothing and prefers no
/// channel; it does keep the operators' [service windows](ServiceWindows) and the [readiness](Readiness) thresholds.
///
/// ```
/// use throughline::messaging::Policy;
/// let policy: Policy = serde_json::from_str(r#"{
///     "channels": ["push", "email", "sms"],
///     "quiet_hours": {"windows": {"windows": [{"start": "21:00", "end": "08:00"}]}},
///     "caps": [{"id": "2-a-day", "limit": 2, "window": {"calendar": "day"}}],
///     "conflict_seconds": 3600
/// }"#)?;
/// assert_eq!(policy.channels.len(), 3);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The channels in the order that breaks ties; those not listed come last, by name.
    pub channels: Vec<Channel>,
    /// What silence means.
    pub consent: ConsentRules,
    /// What it means in a region, in place of that.
    pub consent_regions: BTreeMap<Region, ConsentRules>,
    /// When messages wait.
    pub quiet_hours: QuietHours,
    /// The classes that go only to addresses which the person has proved to be theirs.
    pub verified_only: Vec<Class>,
    /// How many messages are enough. All must let a message go.
    pub caps: Vec<Cap>,
    /// How far a marketing message keeps from one of higher priority, in seconds.
    pub conflict_seconds: u32,
    /// How long a message waits for a better channel when another one is open, in seconds, where it does not say itself.
    pub patience_seconds: u32,
    /// How good a way to reach a person an endpoint is.
    pub score: ScoreWeights,
    /// When a channel is not used though the person could be reached there.
    pub readiness: Readiness,
    /// The channels that take free text only as an answer.
    pub service_windows: ServiceWindows,
    /// Where weeks begin, for caps by the week; `None` for the Unicode CLDR's table.
    pub weeks: Option<WeekData>,
    /// Where the rules above come from, for whoever reads the policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<RuleSource>,
    /// The zones that caps name: see [`Policy::locate`].
    #[serde(skip)]
    pub pinned_zones: PinnedZones,
}

impl Policy {
    /// Strict rules for every class: prior consent for service messages too, and marketing only to proven addresses.
    /// The published quiet hours by region, and 21:00 to 08:00 elsewhere.
    #[must_use]
    pub fn strict() -> Self {
        let mut quiet_hours = QuietHours::from_book(&QuietBook::published());
        if let Some(us) = Region::parse("US").and_then(|region| quiet_hours.regions.get(&region)) {
            quiet_hours.windows = us.clone();
        }
        Self {
            consent: ConsentRules { service: ConsentRule::OptIn, ..ConsentRules::default() },
            quiet_hours,
            verified_only: vec![Class::Marketing],
            ..Self::default()
        }
    }

    /// Finds the zones that the caps name. Until this is done, and again after a policy was read from storage, such a cap
    /// counts over the longest time that its unit can last anywhere: it never lets more through than it should.
    ///
    /// # Errors
    /// The database does not know a zone; nothing is changed then.
    ///
    /// ```
    /// # #[cfg(feature = "tzdb")] {
    /// use throughline::calendar::Zones;
    /// use throughline::messaging::Policy;
    /// let policy: Policy = serde_json::from_str(
    ///     r#"{"caps": [{"id": "daily", "limit": 1, "window": {"calendar": "day", "zone": "Asia/Tehran"}}]}"#,
    /// )?;
    /// let policy = policy.locate(&Zones::bundled())?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn locate(mut self, zones: &Zones) -> Result<Self, ZoneError> {
        let named = self.caps.iter().filter_map(|cap| match &cap.window {
            CapWindow::Calendar { zone: Some(id), .. } => Some(id),
            _ => None,
        });
        let found: Result<Vec<_>, _> = named.map(|id| Ok((id.clone(), zones.zone(id)?))).collect();
        self.pinned_zones = PinnedZones::new(found?);
        Ok(self)
    }

    /// What silence means for a class in a region and a channel.
    #[must_use]
    pub fn consent_rule(&self, class: Class, region: Option<Region>, channel: &Channel) -> ConsentRule {
        region
            .and_then(|region| self.consent_regions.get(&region))
            .unwrap_or(&self.consent)
            .of(class, channel)
    }

    /// The first day of a week in a region; Monday where nobody knows.
    #[must_use]
    pub fn week_start(&self, region: Option<Region>) -> Weekday {
        static CLDR: LazyLock<WeekData> = LazyLock::new(WeekData::cldr);
        let weeks = self.weeks.as_ref().unwrap_or(&CLDR);
        region.map_or(weeks.world.first_day, |region| weeks.week(region).first_day)
    }

    /// How far a marketing message keeps from one of higher priority.
    #[must_use]
    pub fn conflict(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.conflict_seconds))
    }

    /// How long a message waits for a better channel, where it does not say itself.
    #[must_use]
    pub fn patience(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.patience_seconds))
    }
}

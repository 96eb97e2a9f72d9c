//! How long goods wait to be picked up, in opening days.

use super::super::promise::Hours;
use super::{Order, OrderAct, OrderHours, OrderRules, Parcel, ParcelState};
use crate::calendar::{Windows, Zone};
use crate::time::{DateTime, Utc};

/// How long a parcel waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PickUpWindow {
    /// When the customer is reminded.
    pub remind_at: DateTime<Utc>,
    /// Until when it waits, which is no more: the last closing time of the last day.
    pub until: DateTime<Utc>,
}

/// How long what is ready at an instant waits: until the location closes on the last of [`OrderRules::keep_days`] opening
/// days, the one on which it can first be picked up included, and no less long than was `promised`. Closed days do not
/// count. `None` if the location does not open so often.
///
/// # Complexity
/// O(windows) for each day until then.
///
/// ```
/// # #[cfg(feature = "tzdb")] {
/// use throughline::calendar::{Windows, Zones};
/// use throughline::stock::order::{OrderRules, pick_up_window};
/// // Closed on Friday, in Tehran.
/// let day = |day| format!(r#"{{"from": ["{day}", "09:00"], "to": ["{day}", "21:00"]}}"#);
/// let week = ["sat", "sun", "mon", "tue", "wed", "thu"].map(day).join(",");
/// let hours: Windows = serde_json::from_str(&format!(r#"{{"windows": [{week}]}}"#))?;
/// let zone = Zones::bundled().named("Asia/Tehran")?;
/// let ready = "2026-05-06T10:00:00Z".parse()?; // a Wednesday: Thursday and Saturday follow
/// let window = pick_up_window(ready, &hours, &zone, &OrderRules::retail(), None);
/// assert_eq!(window.map(|window| window.until), Some("2026-05-09T17:30:00Z".parse()?));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn pick_up_window(
    ready: DateTime<Utc>,
    hours: &Windows,
    zone: &Zone,
    rules: &OrderRules,
    promised: Option<DateTime<Utc>>,
) -> Option<PickUpWindow> {
    let hours = Hours { windows: hours, zone };
    let opens = hours.open_from(ready)?;
    let until = hours.end_of_open_day(opens, rules.keep_days.max(1))?;
    let before = rules.keep_days.saturating_sub(1).saturating_sub(rules.remind_days_before);
    let remind_at = match before {
        0 => opens,
        days => hours.open_from(hours.end_of_open_day(opens, days)?)?,
    };
    Some(PickUpWindow { remind_at, until: promised.map_or(until, |promised| until.max(promised)) })
}

/// What time alone brings about: reminders and ends of what waits to be picked up. [`act`](super::act()) takes them.
#[must_use]
pub fn due_acts(order: &Order, rules: &OrderRules, hours: &OrderHours, now: DateTime<Utc>) -> Vec<OrderAct> {
    let mut due = Vec::new();
    for (parcel, own) in (0..).zip(&order.parcels) {
        match own.waits(rules, hours) {
            Some(window) if now >= window.until => due.push(OrderAct::ExpirePickup { parcel }),
            Some(window) if now >= window.remind_at && own.state == ParcelState::ReadyForPickup => {
                due.push(OrderAct::RemindOfPickup { parcel });
            }
            _ => {}
        }
    }
    due
}

/// When time alone brings about something next: when to ask for [`due_acts`] again.
#[must_use]
pub fn next_due(order: &Order, rules: &OrderRules, hours: &OrderHours) -> Option<DateTime<Utc>> {
    let next = order.parcels.iter().filter_map(|parcel| {
        let window = parcel.waits(rules, hours)?;
        Some(if parcel.state == ParcelState::ReadyForPickup { window.remind_at } else { window.until })
    });
    next.min()
}

impl Order {
    /// Whether a parcel waits at a location whose hours are not known.
    pub(crate) fn waits_beyond(&self, hours: &OrderHours) -> bool {
        let waiting = self.parcels.iter().filter(|parcel| parcel.is_waiting());
        waiting.filter_map(|parcel| parcel.pick_up.as_ref()).any(|place| hours.of(place).is_none())
    }
}

impl Parcel {
    /// Whether it waits to be picked up.
    const fn is_waiting(&self) -> bool {
        matches!(self.state, ParcelState::ReadyForPickup | ParcelState::PickupExpiring)
    }

    /// How long it waits to be picked up, if it does and its location's hours are known.
    pub(super) fn waits(&self, rules: &OrderRules, hours: &OrderHours) -> Option<PickUpWindow> {
        if !self.is_waiting() {
            return None;
        }
        let (windows, zone) = hours.of(self.pick_up.as_ref()?)?;
        pick_up_window(self.ready_at?, windows, zone, rules, self.kept_until)
    }
}

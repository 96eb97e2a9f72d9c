//! How long goods wait to be picked up, in opening days.

use super::super::promise::Hours;
use super::{Order, OrderAct, OrderHours, OrderRules, Parcel, ParcelState, Payment};
use crate::calendar::{Windows, Zone};
use crate::time::{DateTime, Utc};

/// Opening days that are looked through for the last one.
const LONGEST_WAIT: usize = 400;

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
    let until = promised.map_or(until, |promised| until.max(promised));
    // When each opening day begins, the last one before it ends.
    let (mut days, mut next) = (vec![opens], opens);
    while days.len() < LONGEST_WAIT
        && let Some(end) = hours.end_of_open_day(next, 1).filter(|end| *end < until)
        && let Some(day) = hours.open_from(end).filter(|day| *day < until)
    {
        days.push(day);
        next = day;
    }
    let remind_at = days.iter().rev().nth(usize::from(rules.remind_days_before)).copied().unwrap_or(opens);
    Some(PickUpWindow { remind_at, until })
}

/// What time alone brings about: reminders and ends of what waits to be picked up, and the end of an order that nobody paid
/// in time. [`act`](super::act()) takes them.
#[must_use]
pub fn due_acts(order: &Order, rules: &OrderRules, hours: &OrderHours, now: DateTime<Utc>) -> Vec<OrderAct> {
    if order.pay_time_ends().is_some_and(|end| now >= end) {
        return vec![OrderAct::Cancel];
    }
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
    next.chain(order.pay_time_ends()).min()
}

impl Order {
    /// When it is called off, not being paid.
    fn pay_time_ends(&self) -> Option<DateTime<Utc>> {
        self.pay_by.filter(|_| self.payment == Payment::Open && self.can_be_called_off())
    }

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

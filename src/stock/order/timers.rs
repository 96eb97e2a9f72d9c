//! How long goods wait to be picked up, in opening days.

use super::{Order, OrderAct, OrderHours, OrderRules, ParcelState};
use crate::calendar::{Calendar, Zone};
use crate::time::{DateTime, Days, Utc};

/// How long a parcel waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PickUpWindow {
    /// When the customer is reminded.
    pub remind_at: DateTime<Utc>,
    /// Until when it waits, which is no more: the last closing time of the last day.
    pub until: DateTime<Utc>,
}

/// How long what is ready at an instant waits: until the location closes on the last of so many opening days after the day
/// on which it was ready, by the location's own calendar. Closed days do not count. `None` if it does not open so often
/// within the calendar's horizon.
///
/// # Complexity
/// O(stretches of opening hours passed).
///
/// ```
/// # #[cfg(feature = "tzdb")] {
/// use throughline::calendar::{Calendar, Windows, Zones};
/// use throughline::stock::order::{OrderRules, pick_up_window};
/// // Closed on Friday, in Tehran.
/// let hours: Windows = serde_json::from_str(
///     r#"{"windows": [{"days": ["sat","sun","mon","tue","wed","thu"], "start": "09:00", "end": "21:00"}]}"#)?;
/// let zone = Zones::bundled().named("Asia/Tehran")?;
/// let ready = "2026-05-05T10:00:00Z".parse()?; // a Tuesday: Wednesday, Thursday and Saturday follow
/// let window = pick_up_window(ready, &Calendar::new(&hours, &zone), &zone, &OrderRules::retail());
/// assert_eq!(window.map(|window| window.until), Some("2026-05-09T17:30:00Z".parse()?));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn pick_up_window(
    ready: DateTime<Utc>,
    hours: &Calendar<'_>,
    zone: &Zone,
    rules: &OrderRules,
) -> Option<PickUpWindow> {
    let first = zone.local(ready).0;
    let kept = usize::from(rules.pick_up_days);
    let (remind_at, until) = if hours.contains(ready) && hours.next_end(ready).is_none() {
        // Always open, as a locker is: every day counts.
        let midnight = |days: u64| first.checked_add_days(Days::new(days)).map(|day| zone.start_of(day));
        let days = u64::from(rules.pick_up_days);
        let before = days.saturating_sub(u64::from(rules.remind_days_before));
        (midnight(before)?, midnight(days + 1)?)
    } else {
        // When each opening day first opens and last closes, from the day on which it is ready.
        let closes = if hours.contains(ready) { hours.next_end(ready)? } else { ready };
        let mut days = vec![(first, ready, closes)];
        let mut at = ready;
        // A day is whole when the next one begins.
        while days.len() <= kept + 1 {
            let opens = hours.next_start(at)?;
            let closes = hours.next_end(opens)?;
            let date = zone.local(opens).0;
            match days.last_mut() {
                Some(last) if last.0 == date => last.2 = closes,
                _ => days.push((date, opens, closes)),
            }
            at = opens;
        }
        let remind = kept.saturating_sub(usize::from(rules.remind_days_before));
        (days.get(remind)?.1, days.get(kept)?.2)
    };
    Some(PickUpWindow { remind_at: remind_at.max(ready), until })
}

/// What time alone brings about: reminders and ends of what waits to be picked up. [`act`](super::act()) takes them.
#[must_use]
pub fn due_acts(order: &Order, rules: &OrderRules, hours: &OrderHours, now: DateTime<Utc>) -> Vec<OrderAct> {
    let waits = |state| matches!(state, ParcelState::ReadyForPickup | ParcelState::PickupExpiring);
    let mut due = Vec::new();
    for (parcel, own) in (0..).zip(&order.parcels).filter(|(_, own)| waits(own.state)) {
        let place = own.pick_up.as_ref().and_then(|location| hours.of(location));
        let (Some((calendar, zone)), Some(ready)) = (place, own.ready_at) else { continue };
        match pick_up_window(ready, &calendar, zone, rules) {
            Some(window) if now >= window.until => due.push(OrderAct::ExpirePickup { parcel }),
            Some(window) if now >= window.remind_at && own.state == ParcelState::ReadyForPickup => {
                due.push(OrderAct::RemindOfPickup { parcel });
            }
            _ => {}
        }
    }
    due
}

//! Sessions when an act arrives late: only its device's, and only from the session before it on.

use std::collections::HashSet;

use super::session::{Act, Boundary, Session, SessionSettings, cut, in_order};
use crate::calendar::Zone;
use crate::time::{DateTime, Utc};

/// From where on the sessions of a device are to be computed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restart {
    /// The session that is kept as it began, by its number; `None`: everything of the device is computed again.
    session: Option<u32>,
    /// The acts of the device from here on are needed; `None`: all of them.
    pub since: Option<DateTime<Utc>>,
}

/// From where on the sessions of a device change at most when acts arrive of which the earliest happened at `earliest`.
///
/// # Complexity
/// O(s) for s sessions known.
#[must_use]
pub fn restart(known: &[Session], device: &str, earliest: DateTime<Utc>) -> Restart {
    let before = known
        .iter()
        .filter(|session| *session.device == *device && session.started < earliest)
        .max_by_key(|session| session.number);
    Restart { session: before.map(|session| session.number), since: before.map(|session| session.started) }
}

/// The sessions after acts of one device arrived, given those before: equal to [`sessions`](super::sessions()) over all
/// acts.
///
/// `acts` must hold the device's acts from [`Restart::since`] on, the new ones among them; acts of other devices and
/// earlier ones do no harm. No two devices may share an event id.
///
/// # Complexity
/// O(s + n log n) for s sessions known and n acts given.
///
/// ```
/// use throughline::calendar::Zone;
/// use throughline::event::OrderKey;
/// use throughline::journey::{Act, SessionSettings, restart, sessions, update_sessions};
/// use throughline::time::from_millis;
/// let at = |id: &str, seconds: i64| OrderKey { time: from_millis(seconds * 1000), sequence: None, id: id.into() };
/// let orders = [at("a", 0), at("b", 4000), at("c", 6000), at("late", 5000)];
/// let acts = orders.each_ref().map(|order| Act { order, device: "d", user: None, campaign: None, outbound: false });
/// let (settings, utc) = (SessionSettings::default(), Zone::utc());
/// let known = sessions(&acts[..3], &settings, &utc);
/// let from = restart(&known, "d", acts[3].order.time);
/// let now = update_sessions(&known, "d", &from, &acts[1..], &settings, &utc);
/// assert_eq!((known.len(), now.len()), (3, 2));
/// assert_eq!(now, sessions(&acts, &settings, &utc));
/// ```
#[must_use]
pub fn update_sessions(
    known: &[Session],
    device: &str,
    from: &Restart,
    acts: &[Act<'_>],
    settings: &SessionSettings,
    zone: &Zone,
) -> Vec<Session> {
    let redone = |session: &Session| {
        *session.device == *device && from.session.is_none_or(|number| session.number >= number)
    };
    let mut kept: Vec<Session> = known.iter().filter(|session| !redone(session)).cloned().collect();
    let mut sorted: Vec<&Act<'_>> = acts.iter().filter(|act| act.device == device).collect();
    in_order(&mut sorted);
    let anchor = from.session.and_then(|number| {
        known.iter().find(|session| *session.device == *device && session.number == number)
    });
    let mut opening = (1, Boundary::First);
    if let Some(anchor) = anchor {
        let earlier: HashSet<&str> = kept
            .iter()
            .filter(|session| *session.device == *device)
            .flat_map(|session| session.events.iter().map(|id| &**id))
            .collect();
        sorted.retain(|act| !earlier.contains(&*act.order.id));
        let first = anchor.events.first();
        let start = sorted.iter().position(|act| Some(&act.order.id) == first);
        // Without its first act, which was erased, the session opens with what is left of it.
        let start = start.unwrap_or_else(|| sorted.partition_point(|act| act.order.time < anchor.started));
        sorted.drain(..start);
        opening = (anchor.number, anchor.boundary);
    }
    kept.extend(cut(&sorted, opening, settings, zone));
    kept.sort_by(|a, b| (a.started, &a.device, a.number).cmp(&(b.started, &b.device, b.number)));
    kept
}

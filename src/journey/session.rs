//! Visits: what one device's acts fall into when breaks, new campaigns and new people are cuts.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::calendar::Zone;
use crate::event::OrderKey;
use crate::time::{DateTime, TimeDelta, Utc};

/// When a session ends and the next one begins.
///
/// ```
/// use throughline::journey::SessionSettings;
/// assert_eq!(SessionSettings::default().inactivity_seconds, 1800);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// A longer break than this, in seconds, ends the session; an equal one does not.
    pub inactivity_seconds: u32,
    /// Whether an act that came from another campaign opens a session. An act without a campaign never does.
    pub campaign_change: bool,
    /// Whether an act of another known user opens a session.
    pub user_switch: bool,
    /// Whether the first act of a known user after anonymous ones opens a session.
    pub login: bool,
    /// Whether an act on another day, in the zone given, opens a session.
    pub midnight: bool,
    /// Most acts in a session.
    pub max_acts: u32,
    /// Longest span from the first act to the last, in seconds.
    pub max_span_seconds: u32,
}

impl Default for SessionSettings {
    /// 30 minutes, campaigns and user switches cut, logging in and midnight do not; 10,000 acts, 24 hours.
    fn default() -> Self {
        Self {
            inactivity_seconds: 1800,
            campaign_change: true,
            user_switch: true,
            login: false,
            midnight: false,
            max_acts: 10_000,
            max_span_seconds: 86_400,
        }
    }
}

/// One event as sessions see it. The strings are compared, nothing else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Act<'a> {
    /// Its place in the total order.
    pub order: &'a OrderKey,
    /// The device.
    pub device: &'a str,
    /// The known user, if any.
    pub user: Option<&'a str>,
    /// The campaign that led here, if any.
    pub campaign: Option<&'a str>,
    /// Whether we did it (sent a message), not the person. Such an act never opens nor extends a session.
    pub outbound: bool,
}

impl fmt::Debug for Act<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Act")
            .field("order", &self.order)
            .field("outbound", &self.outbound)
            .finish_non_exhaustive()
    }
}

/// Why a session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Boundary {
    /// The device's first act.
    First,
    /// A break longer than the inactivity.
    Inactivity,
    /// The session before was as long as a session may be.
    Span,
    /// The session before held as many acts as a session may.
    Count,
    /// A new day.
    Midnight,
    /// Another campaign.
    Campaign,
    /// Another known user.
    User,
    /// The user became known.
    Login,
}

/// One visit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// The device.
    pub device: Box<str>,
    /// The number among the device's sessions, from 1.
    pub number: u32,
    /// Why it began.
    pub boundary: Boundary,
    /// The first act.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub started: DateTime<Utc>,
    /// The last act.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub last: DateTime<Utc>,
    /// How many acts the person did; outbound acts do not count.
    pub acts: u32,
    /// The ids of all its events in order, outbound ones included.
    pub events: Vec<Box<str>>,
    /// The campaign that it runs under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Box<str>>,
    /// The latest known user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Box<str>>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("number", &self.number)
            .field("boundary", &self.boundary)
            .field("started", &self.started)
            .field("last", &self.last)
            .field("acts", &self.acts)
            .finish_non_exhaustive()
    }
}

/// Cuts acts into sessions, per device, in the order of their first act (ties by device). A function of the set of
/// acts: order and repetition of the input do not matter; of acts with one event id the first in order counts.
///
/// `zone` is the tenant's, for the midnight rule; [`Zone::utc`] for a caller who does not use it.
///
/// # Complexity
/// O(n log n) for n acts.
///
/// ```
/// use throughline::calendar::Zone;
/// use throughline::event::OrderKey;
/// use throughline::journey::{Act, SessionSettings, sessions};
/// use throughline::time::from_millis;
/// let at = |id: &str, seconds: i64| OrderKey { time: from_millis(seconds * 1000), sequence: None, id: id.into() };
/// let orders = [at("a", 0), at("b", 1800), at("c", 3601)];
/// let acts = orders.each_ref().map(|order| Act { order, device: "d", user: None, campaign: None, outbound: false });
/// let visits = sessions(&acts, &SessionSettings::default(), &Zone::utc());
/// assert_eq!(visits.iter().map(|visit| visit.acts).collect::<Vec<_>>(), [2, 1]);
/// ```
#[must_use]
pub fn sessions(acts: &[Act<'_>], settings: &SessionSettings, zone: &Zone) -> Vec<Session> {
    let mut sorted: Vec<&Act<'_>> = acts.iter().collect();
    in_order(&mut sorted);
    let mut done = cut(&sorted, (1, Boundary::First), settings, zone);
    done.sort_by(|a, b| (a.started, &a.device, a.number).cmp(&(b.started, &b.device, b.number)));
    done
}

/// Puts acts into their total order, each event once.
pub(super) fn in_order(acts: &mut Vec<&Act<'_>>) {
    acts.sort_by(|a, b| total(a, b));
    let mut seen = HashSet::with_capacity(acts.len());
    acts.retain(|act| seen.insert(&*act.order.id));
}

/// The sessions of acts in their total order. Each device's first one has the number and the boundary given.
pub(super) fn cut(
    acts: &[&Act<'_>],
    (first, opening): (u32, Boundary),
    settings: &SessionSettings,
    zone: &Zone,
) -> Vec<Session> {
    let mut running: BTreeMap<&str, Session> = BTreeMap::new();
    let mut done = Vec::new();
    for act in acts {
        let before = running.get_mut(act.device);
        let cut = before.as_ref().map_or(Some(opening), |session| boundary(session, act, settings, zone));
        match (before, cut) {
            (Some(session), None) => extend(session, act),
            (None, _) | (_, Some(_)) if act.outbound => {}
            (before, cut) => {
                let number = before.as_ref().map_or(first, |session| session.number.saturating_add(1));
                let opened = open(act, number, cut.unwrap_or(opening));
                done.extend(running.insert(act.device, opened));
            }
        }
    }
    done.extend(running.into_values());
    done
}

fn total(a: &Act<'_>, b: &Act<'_>) -> Ordering {
    a.order.cmp(b.order).then_with(|| {
        (a.device, a.user, a.campaign, a.outbound).cmp(&(b.device, b.user, b.campaign, b.outbound))
    })
}

/// Why an act does not belong to the running session; `None` if it does.
fn boundary(session: &Session, act: &Act<'_>, settings: &SessionSettings, zone: &Zone) -> Option<Boundary> {
    let at = act.order.time;
    let longer = |since: DateTime<Utc>, seconds: u32| {
        at.signed_duration_since(since) > TimeDelta::seconds(i64::from(seconds))
    };
    if longer(session.last, settings.inactivity_seconds) {
        return Some(Boundary::Inactivity);
    }
    if longer(session.started, settings.max_span_seconds) {
        return Some(Boundary::Span);
    }
    if settings.midnight && zone.local(session.last).0 != zone.local(at).0 {
        return Some(Boundary::Midnight);
    }
    if act.outbound {
        return None;
    }
    if session.acts >= settings.max_acts {
        return Some(Boundary::Count);
    }
    if settings.campaign_change && act.campaign.is_some() && act.campaign != session.campaign.as_deref() {
        return Some(Boundary::Campaign);
    }
    match (session.user.as_deref(), act.user) {
        (Some(before), Some(now)) if before != now && settings.user_switch => Some(Boundary::User),
        (None, Some(_)) if settings.login => Some(Boundary::Login),
        _ => None,
    }
}

fn extend(session: &mut Session, act: &Act<'_>) {
    session.events.push(act.order.id.clone());
    if act.outbound {
        return;
    }
    session.last = act.order.time;
    session.acts = session.acts.saturating_add(1);
    if let Some(campaign) = act.campaign {
        session.campaign = Some(campaign.into());
    }
    if let Some(user) = act.user {
        session.user = Some(user.into());
    }
}

fn open(act: &Act<'_>, number: u32, boundary: Boundary) -> Session {
    Session {
        device: act.device.into(),
        number,
        boundary,
        started: act.order.time,
        last: act.order.time,
        acts: 1,
        events: vec![act.order.id.clone()],
        campaign: act.campaign.map(Into::into),
        user: act.user.map(Into::into),
    }
}

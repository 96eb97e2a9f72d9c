//! What is known of a product at a location, and what of it can be sold.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::{DateTime, Utc};

/// Most dated entries of one kind at one location.
pub const MAX_DATED: usize = 500;

/// Units that come or go at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// When. They count from this instant on.
    pub at: DateTime<Utc>,
    /// How many.
    pub units: u32,
}

/// Why more may be sold than is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BeyondKind {
    /// It was there before and will be again.
    Backorder,
    /// It has not appeared yet.
    Preorder,
}

/// How many may be sold against what is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beyond {
    /// Backorder or preorder.
    pub kind: BeyondKind,
    /// At most so many, and never more than is announced as supply.
    pub cap: u32,
    /// None is promised for an earlier instant: the day on which a new product appears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
}

/// What is known of a product at a location, in pieces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Level {
    /// In the building, damaged ones included.
    pub on_hand: u32,
    /// Of those, held for carts on their way to an order.
    pub reserved: u32,
    /// Of those, promised to orders.
    pub allocated: u32,
    /// Of those, not to be sold.
    pub damaged: u32,
    /// On their way here without a date. They cannot be sold: announce a date to let them count as [`Level::supply`].
    pub in_transit: u32,
    /// Sold in channels that have not yet said which orders: they wait in a queue.
    pub queued: u32,
    /// How many are surely there, if that is fewer than were counted; see [`Count::estimate`](super::Count::estimate).
    pub sure: Option<u32>,
    /// Whether the location sells anything now.
    pub participates: bool,
    /// What will come, at most [`MAX_DATED`] entries. What has come is in `on_hand` and not here any more.
    pub supply: Vec<Dated>,
    /// What will go, at most [`MAX_DATED`] entries.
    pub demand: Vec<Dated>,
    /// Whether more may be sold than is there.
    pub beyond: Option<Beyond>,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            on_hand: 0,
            reserved: 0,
            allocated: 0,
            damaged: 0,
            in_transit: 0,
            queued: 0,
            sure: None,
            participates: true,
            supply: Vec::new(),
            demand: Vec::new(),
            beyond: None,
        }
    }
}

/// What keeps units from being sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u16)]
pub enum Limit {
    /// Some are held for carts.
    Reserved = 1,
    /// Some are promised to orders.
    Allocated = 1 << 1,
    /// Some are damaged.
    Damaged = 1 << 2,
    /// Some wait in a queue of orders.
    Queued = 1 << 3,
    /// Some are kept back for safety.
    Safety = 1 << 4,
    /// Some may not be there any more, though they were counted.
    Unsure = 1 << 5,
    /// Some are promised to go by then.
    Demand = 1 << 6,
    /// Some of what is counted has yet to come.
    Supply = 1 << 7,
    /// The location sells nothing now.
    NotParticipating = 1 << 8,
    /// Some are kept for other channels, or over this channel's share.
    Channel = 1 << 9,
    /// Some are under the threshold of the whole company.
    Threshold = 1 << 10,
    /// More is promised than is there now.
    Oversold = 1 << 11,
}

impl Limit {
    const ALL: [Self; 12] = [
        Self::Reserved,
        Self::Allocated,
        Self::Damaged,
        Self::Queued,
        Self::Safety,
        Self::Unsure,
        Self::Demand,
        Self::Supply,
        Self::NotParticipating,
        Self::Channel,
        Self::Threshold,
        Self::Oversold,
    ];
}

/// A set of [`Limit`]s: why there are not more.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Limits(u16);

impl Limits {
    /// The same with one more.
    #[must_use]
    pub const fn with(self, limit: Limit) -> Self {
        Self(self.0 | limit as u16)
    }

    /// The same with one more if that is so.
    #[must_use]
    pub(super) const fn with_if(self, limit: Limit, so: bool) -> Self {
        Self(self.0 | if so { limit as u16 } else { 0 })
    }

    /// Both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a limit is in it.
    #[must_use]
    pub const fn contains(self, limit: Limit) -> bool {
        self.0 & limit as u16 != 0
    }

    /// The limits, in their order.
    pub fn iter(self) -> impl Iterator<Item = Limit> {
        Limit::ALL.into_iter().filter(move |limit| self.contains(*limit))
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Limits {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Limits {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limits = Vec::<Limit>::deserialize(deserializer)?;
        Ok(limits.into_iter().fold(Self::default(), Self::with))
    }
}

/// How many can be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Available {
    /// How many: the raw number, or zero if that is below.
    pub units: u32,
    /// The number as it was computed. Below zero where more is promised or kept back than is there.
    pub raw: i64,
    /// Why there are not more.
    pub limits: Limits,
}

impl Available {
    pub(super) fn of(raw: i64, limits: Limits) -> Self {
        Self { units: u32::try_from(raw.max(0)).unwrap_or(u32::MAX), raw, limits }
    }
}

impl Level {
    /// How many can be sold at an instant, with so many kept back for safety: *available to promise*.
    ///
    /// `on hand - damaged - reserved - allocated - queued - safety + supply up to then - demand up to then`. If fewer are
    /// surely there than are on hand, those count. A location that does not participate has none.
    ///
    /// ```
    /// use throughline::stock::availability::{Dated, Level, Limit};
    /// let level = Level {
    ///     on_hand: 10,
    ///     reserved: 3,
    ///     supply: vec![Dated { at: "2026-03-25T08:00:00Z".parse()?, units: 20 }],
    ///     ..Level::default()
    /// };
    /// let today = level.available(2, "2026-03-20T09:00:00Z".parse()?);
    /// assert_eq!(today.units, 5);
    /// assert!(today.limits.contains(Limit::Safety));
    /// assert_eq!(level.available(2, "2026-03-25T08:00:00Z".parse()?).units, 25);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// O(dated entries).
    #[must_use]
    pub fn available(&self, safety: u32, at: DateTime<Utc>) -> Available {
        if !self.participates {
            return Available::of(0, Limits::default().with(Limit::NotParticipating));
        }
        let (comes, goes) = if self.supply.is_empty() && self.demand.is_empty() {
            (0, 0)
        } else {
            (up_to(&self.supply, at), up_to(&self.demand, at))
        };
        let whole = i64::from(self.on_hand) - i64::from(self.damaged);
        let sure = self.sure.map_or(whole, |sure| whole.min(i64::from(sure)));
        let promised = i64::from(self.reserved) + i64::from(self.allocated) + i64::from(self.queued);
        let raw = sure - promised - i64::from(safety) + comes - goes;
        let limits = Limits::default()
            .with_if(Limit::Reserved, self.reserved > 0)
            .with_if(Limit::Allocated, self.allocated > 0)
            .with_if(Limit::Damaged, self.damaged > 0)
            .with_if(Limit::Queued, self.queued > 0)
            .with_if(Limit::Safety, safety > 0)
            .with_if(Limit::Unsure, sure < whole)
            .with_if(Limit::Demand, goes > 0)
            .with_if(Limit::Supply, comes > 0)
            .with_if(Limit::Oversold, promised > whole);
        Available::of(raw, limits)
    }

    /// How many may be sold beyond what is there: the cap, or what is announced if that is less.
    #[must_use]
    pub fn permitted_beyond(&self) -> u32 {
        self.beyond.map_or(0, |beyond| {
            let announced = self.supply.iter().map(|entry| u64::from(entry.units)).sum::<u64>();
            u32::try_from(announced).unwrap_or(u32::MAX).min(beyond.cap)
        })
    }

    /// The first instant, now or later, from which so many are there for good: no demand announced for later takes them
    /// away again. `None` if that is not announced.
    ///
    /// This is the date of a backorder or a preorder, which [`Beyond::not_before`] may put off further.
    ///
    /// # Complexity
    /// O(n log n) in the dated entries.
    #[must_use]
    pub fn promised_for(&self, units: u32, safety: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if !self.participates {
            return None;
        }
        let wanted = i64::from(units);
        let mut changes: Vec<(DateTime<Utc>, i64)> =
            Vec::with_capacity(self.supply.len() + self.demand.len());
        changes.extend(self.supply.iter().map(|entry| (entry.at, i64::from(entry.units))));
        changes.extend(self.demand.iter().map(|entry| (entry.at, -i64::from(entry.units))));
        changes.retain(|(at, _)| *at > now);
        changes.sort_unstable();
        let mut there = self.available(safety, now).raw;
        let mut since = (there >= wanted).then_some(now);
        let mut changes = changes.into_iter().peekable();
        while let Some((at, change)) = changes.next() {
            there += change;
            if changes.peek().is_some_and(|(next, _)| *next == at) {
                continue;
            }
            since = if there < wanted { None } else { since.or(Some(at)) };
        }
        let not_before = self.beyond.and_then(|beyond| beyond.not_before);
        since.map(|since| not_before.map_or(since, |first| since.max(first)))
    }
}

fn up_to(entries: &[Dated], at: DateTime<Utc>) -> i64 {
    entries.iter().filter(|entry| entry.at <= at).map(|entry| i64::from(entry.units)).sum()
}

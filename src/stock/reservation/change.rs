//! What changes at a shelf: counts, receipts, announcements.

use serde::{Deserialize, Serialize};

use super::super::availability::{Beyond, CountSource, Dated, MAX_DATED};
use super::Shelf;
use crate::time::{DateTime, TimeDelta, Utc};

/// By how much the clock of whoever counts may be fast.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// What changes at a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum StockChange {
    /// So many were counted.
    Count {
        /// How many.
        units: u32,
        /// When. A count older than the last one is refused, and one of the future; a clock may be fast by five minutes.
        at: DateTime<Utc>,
        /// By whom.
        #[serde(default)]
        source: CountSource,
    },
    /// More or fewer by so many: a sale at the till, a find.
    Adjust {
        /// By how many.
        by: i64,
    },
    /// Goods came in.
    Receive {
        /// How many.
        units: u32,
        /// For when they were announced: they are taken off that entry.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        announced: Option<DateTime<Utc>>,
    },
    /// So many of those on hand are damaged, in all.
    Damaged {
        /// How many.
        units: u32,
    },
    /// So many are on their way without a date, in all.
    InTransit {
        /// How many.
        units: u32,
    },
    /// So many are sold elsewhere and not yet known as orders, in all.
    Queued {
        /// How many.
        units: u32,
    },
    /// What will come, in place of what was announced before.
    Supply {
        /// What.
        entries: Vec<Dated>,
    },
    /// What will go, in place of what was announced before.
    Demand {
        /// What.
        entries: Vec<Dated>,
    },
    /// Whether more may be sold than is there.
    Beyond {
        /// How many.
        beyond: Option<Beyond>,
    },
    /// Whether the location sells none of it now.
    Withdrawn {
        /// Whether.
        withdrawn: bool,
    },
    /// How many leave the shelf a day unbooked, in thousandths.
    LeavesPerDay {
        /// How many thousandths.
        milli: u32,
    },
}

impl StockChange {
    /// Whether it makes a place known.
    const fn begins(&self) -> bool {
        matches!(
            self,
            Self::Count { .. } | Self::Receive { .. } | Self::Supply { .. } | Self::InTransit { .. }
        )
    }
}

/// What gives way where a change leaves fewer than are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Yield {
    /// The change: it is refused.
    #[default]
    Refuse,
    /// The holds: as many are broken as must be, those that end last first, those without an end after them. What is
    /// promised to orders never gives way: cancel there first.
    BreakHolds,
}

/// A hold that is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broken {
    /// Whose.
    pub key: String,
    /// How many units it held.
    pub units: u32,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "changed")]
pub enum ChangeOutcome {
    /// It is made.
    Changed {
        /// How many are on hand now.
        on_hand: u32,
        /// Which holds gave way.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        broken: Vec<Broken>,
    },
    /// It is not, and why. Nothing has changed.
    Refused {
        /// Why.
        why: ChangeRefusal,
    },
}

impl ChangeOutcome {
    /// Whether the change is made.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        matches!(self, Self::Changed { .. })
    }
}

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum ChangeRefusal {
    /// Fewer than none would be on hand.
    BelowZero {
        /// How many are.
        on_hand: u32,
    },
    /// More is held or promised than would be there.
    Promised {
        /// How many are held.
        reserved: u32,
        /// How many are promised to orders.
        allocated: u32,
        /// How many could be.
        most: i64,
    },
    /// More would be damaged than are on hand.
    DamagedOverOnHand {
        /// How many are on hand.
        on_hand: u32,
    },
    /// There is a later count.
    Outdated {
        /// When.
        counted_at: DateTime<Utc>,
    },
    /// It is said to have been counted after now.
    InTheFuture,
    /// That many were not announced for that instant.
    NotAnnounced,
    /// More than [`MAX_DATED`] entries.
    TooManyEntries,
    /// Nobody ever counted that product there.
    UnknownPlace,
    /// The command key was used before for another command.
    KeyReused,
    /// A number is too large.
    Overflow,
}

impl Shelf {
    /// Makes a change to a shelf that may not be known yet, and keeps what was promised: if less would be there than is
    /// held, either the change or the holds give way.
    ///
    /// ```
    /// use throughline::stock::reservation::*;
    /// let now = "2026-03-20T09:00:00Z".parse()?;
    /// let mut shelf = None;
    /// let count = StockChange::Count { units: 3, at: now, source: Default::default() };
    /// assert!(Shelf::change(&mut shelf, &count, Yield::Refuse, now).is_changed());
    /// assert!(Shelf::change(&mut shelf, &StockChange::Adjust { by: -1 }, Yield::Refuse, now).is_changed());
    /// assert!(!Shelf::change(&mut shelf, &StockChange::Adjust { by: -3 }, Yield::Refuse, now).is_changed());
    /// assert_eq!(shelf.map(|shelf| shelf.on_hand()), Some(2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// O(holds + dated entries).
    pub fn change(
        shelf: &mut Option<Self>,
        change: &StockChange,
        gives_way: Yield,
        now: DateTime<Utc>,
    ) -> ChangeOutcome {
        let refused = |why| ChangeOutcome::Refused { why };
        let mut next = match shelf {
            Some(known) => known.clone(),
            None if change.begins() => Self::new(0, now),
            None => return refused(ChangeRefusal::UnknownPlace),
        };
        if let Err(why) = next.apply(change, shelf.is_some(), now) {
            return refused(why);
        }
        next.forget_lapsed(now);
        let mut broken = Vec::new();
        if gives_way == Yield::BreakHolds {
            next.break_holds(now, &mut broken);
        }
        if !next.holds_what_it_promised(now) {
            return refused(ChangeRefusal::Promised {
                reserved: next.reserved(now),
                allocated: next.allocated,
                most: next.most_promised(),
            });
        }
        let on_hand = next.count.units;
        *shelf = Some(next);
        ChangeOutcome::Changed { on_hand, broken }
    }

    fn apply(&mut self, change: &StockChange, known: bool, now: DateTime<Utc>) -> Result<(), ChangeRefusal> {
        match change {
            StockChange::Count { units, at, source } => {
                if at.signed_duration_since(now) > SKEW {
                    return Err(ChangeRefusal::InTheFuture);
                }
                let at = *at.min(&now);
                if known && at < self.count.at.min(now) {
                    return Err(ChangeRefusal::Outdated { counted_at: self.count.at });
                }
                self.count.units = *units;
                self.count.at = at;
                self.count.source = *source;
                self.damaged = self.damaged.min(*units);
            }
            StockChange::Adjust { by } => {
                let on_hand = self.count.units;
                let sum = i64::from(on_hand).checked_add(*by).ok_or(ChangeRefusal::Overflow)?;
                if sum < 0 {
                    return Err(ChangeRefusal::BelowZero { on_hand });
                }
                self.count.units = u32::try_from(sum).map_err(|_| ChangeRefusal::Overflow)?;
                self.damaged = self.damaged.min(self.count.units);
            }
            StockChange::Receive { units, announced } => {
                self.count.units = self.count.units.checked_add(*units).ok_or(ChangeRefusal::Overflow)?;
                if let Some(announced) = announced {
                    let entry = self.supply.iter_mut().find(|entry| entry.at == *announced);
                    let entry = entry.filter(|entry| entry.units >= *units);
                    entry.ok_or(ChangeRefusal::NotAnnounced)?.units -= units;
                    self.supply.retain(|entry| entry.units > 0);
                }
            }
            StockChange::Damaged { units } if *units > self.count.units => {
                return Err(ChangeRefusal::DamagedOverOnHand { on_hand: self.count.units });
            }
            StockChange::Damaged { units } => self.damaged = *units,
            StockChange::InTransit { units } => self.in_transit = *units,
            StockChange::Queued { units } => self.queued = *units,
            StockChange::Supply { entries } => self.supply = in_order(entries)?,
            StockChange::Demand { entries } => self.demand = in_order(entries)?,
            StockChange::Beyond { beyond } => self.beyond = *beyond,
            StockChange::Withdrawn { withdrawn } => self.withdrawn = *withdrawn,
            StockChange::LeavesPerDay { milli } => self.count.leaves_per_day_milli = *milli,
        }
        Ok(())
    }

    /// Breaks holds until what is promised is there.
    fn break_holds(&mut self, now: DateTime<Utc>, broken: &mut Vec<Broken>) {
        let mut over = i64::from(self.reserved(now)) + i64::from(self.allocated) - self.most_promised();
        if over <= 0 || i64::from(self.allocated) > self.most_promised() {
            return;
        }
        let mut holds: Vec<(Option<DateTime<Utc>>, String, u32)> =
            self.holds.iter().map(|(key, hold)| (hold.until, key.clone(), hold.units)).collect();
        holds.sort_unstable();
        while over > 0
            && let Some((_, key, units)) = holds.pop()
        {
            self.holds.remove(&key);
            over -= i64::from(units);
            broken.push(Broken { key, units });
        }
    }
}

/// Entries by date, those of one date added up.
fn in_order(entries: &[Dated]) -> Result<Vec<Dated>, ChangeRefusal> {
    if entries.len() > MAX_DATED {
        return Err(ChangeRefusal::TooManyEntries);
    }
    let mut sums = std::collections::BTreeMap::<DateTime<Utc>, u32>::new();
    for entry in entries.iter().filter(|entry| entry.units > 0) {
        let sum = sums.entry(entry.at).or_default();
        *sum = sum.checked_add(entry.units).ok_or(ChangeRefusal::Overflow)?;
    }
    Ok(sums.into_iter().map(|(at, units)| Dated { at, units }).collect())
}

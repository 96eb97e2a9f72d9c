//! What is done under a key: everywhere at once, or not at all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::availability::{Available, ChannelRules, ConfidenceRules, Level, SafetyRules};
use super::super::{Method, Place};
use super::{Hold, MAX_LINES, Shelf, Ticket, TicketLine, TicketState};
use crate::channel::Channel;
use crate::time::{DateTime, Utc};

/// So many at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Where and what.
    #[serde(flatten)]
    pub place: Place,
    /// How many. Lines of none are left out.
    pub units: u32,
}

impl Line {
    /// So many at a place.
    #[must_use]
    pub const fn new(place: Place, units: u32) -> Self {
        Self { place, units }
    }
}

/// What is done under a key. Doing it again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum StockAct {
    /// Hold these units, in place of what the key held before: its own hold never stands in its way.
    Reserve {
        /// What; units of equal places are added up.
        lines: Vec<Line>,
        /// Until when; without an end the hold does not lapse.
        until: Option<DateTime<Utc>>,
        /// Whether units may be held that are not there yet, as far as backorder or preorder permits.
        #[serde(default)]
        backorder: bool,
    },
    /// Hold longer. An earlier end than before changes nothing.
    Extend {
        /// Until when; without an end the hold does not lapse.
        until: Option<DateTime<Utc>>,
    },
    /// Promise what is held to an order: it does not lapse any more.
    Commit,
    /// Give back what is held.
    Release,
    /// Hand promised units over, to the customer or to a carrier: they leave the location.
    Issue {
        /// Which; all that are open if `None`.
        lines: Option<Vec<Line>>,
    },
    /// Give promised units back before they are handed over.
    Cancel {
        /// Which; all that are open if `None`.
        lines: Option<Vec<Line>>,
        /// Whether they were looked for and not found: then they are gone from the location as well.
        #[serde(default)]
        not_found: bool,
    },
}

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stock")]
pub enum StockOutcome {
    /// It stands.
    Accepted {
        /// Where the key stands now.
        state: TicketState,
        /// Of what it reserved, the units that are not there yet, with the instant from which they are announced to be.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        awaited: Vec<Awaited>,
    },
    /// It does not, and why. Nothing has changed.
    Refused {
        /// Why: every reason, in the order of places.
        why: Vec<StockRefusal>,
    },
}

impl StockOutcome {
    /// Whether the act stands.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }

    const fn accepted(state: TicketState) -> Self {
        Self::Accepted { state, awaited: Vec::new() }
    }

    fn refused(why: StockRefusal) -> Self {
        Self::Refused { why: vec![why] }
    }
}

/// Units that are not there yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Awaited {
    /// Where and what.
    pub place: Place,
    /// How many.
    pub units: u32,
    /// From when they are announced to be there; `None` if they are overdue, or demand that is announced for later takes them.
    pub at: Option<DateTime<Utc>>,
}

/// Why an act is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum StockRefusal {
    /// There are not enough.
    Insufficient {
        /// Where and what.
        place: Place,
        /// How many were wanted.
        wanted: u32,
        /// How many there are, and why not more.
        available: Available,
    },
    /// Nobody ever counted that product there.
    UnknownPlace {
        /// Where and what.
        place: Place,
    },
    /// The key holds nothing, or its hold has lapsed.
    NoReservation,
    /// The hold is not what it was at this place: a count was corrected since.
    Broken {
        /// Where and what.
        place: Place,
    },
    /// The key's units are promised to an order already.
    AlreadyCommitted,
    /// The key's order is over.
    AlreadyDone,
    /// The key's units are not promised to an order.
    NotCommitted,
    /// More are to be issued or given back than are open.
    MoreThanOpen {
        /// Where and what.
        place: Place,
        /// How many are open.
        open: u32,
    },
    /// The end is not after now.
    EndsInThePast,
    /// No line asks for anything.
    NothingAsked,
    /// More than [`MAX_LINES`] lines.
    TooManyLines,
    /// Too many keys hold units there ([`Shelf::MOST_HOLDS`]).
    TooManyHolds {
        /// Where and what.
        place: Place,
    },
    /// What is to be issued has not come yet.
    NotThere {
        /// Where and what.
        place: Place,
        /// How many are there.
        on_hand: u32,
    },
    /// The command key was used before for another command.
    KeyReused,
    /// A number is too large.
    Overflow,
}

/// What a reservation must leave. It looks at its own places only, so what a company keeps back over all locations together is not
/// among them: that shows in an [`Assortment`](crate::stock::availability::Assortment).
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// What is kept back.
    pub safety: Option<&'a SafetyRules>,
    /// By which method the goods are to be handed over.
    pub method: Option<&'a Method>,
    /// How channels share the pool.
    pub channels: Option<&'a ChannelRules>,
    /// Through which channel.
    pub channel: Option<&'a Channel>,
    /// How sure a count must be.
    pub confidence: Option<&'a ConfidenceRules>,
}

impl Terms<'_> {
    /// How many a key may hold at a place: what is there and not promised to others, without what it holds itself, after
    /// what is kept back. What has yet to come does not count.
    #[must_use]
    pub fn available(&self, place: &Place, shelf: &Shelf, key: &str, now: DateTime<Utc>) -> Available {
        let mut level = shelf.level_for(Some(key), now, self.confidence);
        level.supply.clear();
        self.available_at(place, &level, now)
    }

    /// What can be sold of a level by an instant, after what is kept back.
    #[must_use]
    pub fn available_at(&self, place: &Place, level: &Level, at: DateTime<Utc>) -> Available {
        let keep = self.safety.map(|rules| rules.keep(&place.sku, &place.location, self.method));
        let pool = level.available(keep.map_or(0, |keep| keep.units(level.on_hand)), at);
        self.channels.map_or(pool, |rules| rules.view(pool, self.channel))
    }
}

/// Does an act under a key to its ticket and the shelves, all or nothing.
///
/// `shelves` must have every place that the act and the ticket name, as far as it is known; others are left alone.
///
/// ```
/// use std::collections::BTreeMap;
/// use throughline::cart::Sku;
/// use throughline::stock::reservation::*;
/// use throughline::stock::{LocationId, Place};
/// use throughline::time::TimeDelta;
/// let now = "2026-03-20T09:00:00Z".parse()?;
/// let place = Place::new(LocationId::parse("تهران ۳")?, Sku::parse("MUG")?);
/// let mut shelves = BTreeMap::from([(place.clone(), Shelf::new(1, now))]);
/// let reserve = StockAct::Reserve {
///     lines: vec![Line::new(place, 1)],
///     until: Some(now + TimeDelta::minutes(10)),
///     backorder: false,
/// };
/// let (mut sara, mut dan) = (Ticket::default(), Ticket::default());
/// let terms = Terms::default();
/// assert!(act("sara", &reserve, &mut sara, &mut shelves, &terms, now).is_accepted());
/// assert!(!act("dan", &reserve, &mut dan, &mut shelves, &terms, now).is_accepted());
/// assert!(act("sara", &StockAct::Commit, &mut sara, &mut shelves, &terms, now).is_accepted());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Complexity
/// O(n log n) in the lines, and O(holds) for each place.
pub fn act(
    key: &str,
    act: &StockAct,
    ticket: &mut Ticket,
    shelves: &mut BTreeMap<Place, Shelf>,
    terms: &Terms<'_>,
    now: DateTime<Utc>,
) -> StockOutcome {
    let mut on = On { key, ticket, shelves, now };
    match act {
        StockAct::Reserve { lines, until, backorder } => on.reserve(lines, *until, *backorder, terms),
        StockAct::Extend { until } => on.extend(*until),
        StockAct::Commit => on.commit(),
        StockAct::Release => on.release(),
        StockAct::Issue { lines } => on.settle(lines.as_deref(), Settle::Issue),
        StockAct::Cancel { lines, not_found: false } => on.settle(lines.as_deref(), Settle::GiveBack),
        StockAct::Cancel { lines, not_found: true } => on.settle(lines.as_deref(), Settle::NotFound),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Settle {
    Issue,
    GiveBack,
    NotFound,
}

struct On<'a> {
    key: &'a str,
    ticket: &'a mut Ticket,
    shelves: &'a mut BTreeMap<Place, Shelf>,
    now: DateTime<Utc>,
}

impl On<'_> {
    fn reserve(
        &mut self,
        lines: &[Line],
        until: Option<DateTime<Utc>>,
        backorder: bool,
        terms: &Terms<'_>,
    ) -> StockOutcome {
        let wanted = match merged(lines) {
            Ok(wanted) => wanted,
            Err(why) => return StockOutcome::refused(why),
        };
        match self.ticket.state {
            TicketState::Committed | TicketState::Done => {
                let same = wanted.len() == self.ticket.lines.len()
                    && wanted
                        .iter()
                        .zip(&self.ticket.lines)
                        .all(|((place, units), line)| **place == line.place && *units == line.units);
                return match self.ticket.state {
                    state if same => StockOutcome::accepted(state),
                    TicketState::Committed => StockOutcome::refused(StockRefusal::AlreadyCommitted),
                    _ => StockOutcome::refused(StockRefusal::AlreadyDone),
                };
            }
            TicketState::None | TicketState::Held => {}
        }
        if until.is_some_and(|until| until <= self.now) {
            return StockOutcome::refused(StockRefusal::EndsInThePast);
        }
        let (mut why, mut awaited) = (Vec::new(), Vec::new());
        for (place, units) in &wanted {
            match self.room(place, *units, backorder, terms) {
                Ok(None) => {}
                Ok(Some(later)) => awaited.push(later),
                Err(refusal) => why.push(refusal),
            }
        }
        if !why.is_empty() {
            return StockOutcome::Refused { why };
        }
        self.drop_holds();
        for (place, units) in &wanted {
            if let Some(shelf) = self.shelves.get_mut(*place) {
                shelf.forget_lapsed(self.now);
                shelf.holds.insert(self.key.to_owned(), Hold { units: *units, until });
            }
        }
        *self.ticket = Ticket {
            state: TicketState::Held,
            until,
            lines: wanted
                .into_iter()
                .map(|(place, units)| TicketLine { place: place.clone(), units, issued: 0, cancelled: 0 })
                .collect(),
            backorder,
        };
        StockOutcome::Accepted { state: TicketState::Held, awaited }
    }

    /// Whether a place has room for so many; what of them is not there yet.
    fn room(
        &self,
        place: &Place,
        units: u32,
        backorder: bool,
        terms: &Terms<'_>,
    ) -> Result<Option<Awaited>, StockRefusal> {
        let Some(shelf) = self.shelves.get(place) else {
            return Err(StockRefusal::UnknownPlace { place: place.clone() });
        };
        let others = shelf.holds.iter().filter(|(key, hold)| *key != self.key && hold.is_live(self.now));
        if others.count() >= Shelf::MOST_HOLDS {
            return Err(StockRefusal::TooManyHolds { place: place.clone() });
        }
        let available = terms.available(place, shelf, self.key, self.now);
        // Whatever the terms say, no more is promised than may be.
        let promised =
            i64::from(shelf.reserved_without(Some(self.key), self.now)) + i64::from(shelf.allocated);
        let most = shelf.most_promised() - promised;
        let wanted = i64::from(units);
        if wanted <= i64::from(available.units) && wanted <= most {
            return Ok(None);
        }
        let insufficient = || StockRefusal::Insufficient { place: place.clone(), wanted: units, available };
        if !backorder || shelf.withdrawn || shelf.beyond.is_none() || wanted > most {
            return Err(insufficient());
        }
        let mut level = shelf.level_for(Some(self.key), self.now, terms.confidence);
        // Room for all who wait before, and these.
        let at = level.promised_for(units, 0, self.now);
        level.supply.clear();
        let later = units - available.units.min(units);
        Ok(Some(Awaited { place: place.clone(), units: later, at }))
    }

    fn extend(&mut self, until: Option<DateTime<Utc>>) -> StockOutcome {
        if let Err(why) = self.held() {
            return StockOutcome::Refused { why };
        }
        if until.is_some_and(|until| until <= self.now) {
            return StockOutcome::refused(StockRefusal::EndsInThePast);
        }
        let later = match (self.ticket.until, until) {
            (Some(before), Some(until)) => Some(before.max(until)),
            _ => None,
        };
        self.ticket.until = later;
        for line in &self.ticket.lines {
            let hold = self.shelves.get_mut(&line.place).and_then(|shelf| shelf.holds.get_mut(self.key));
            if let Some(hold) = hold {
                hold.until = later;
            }
        }
        StockOutcome::accepted(TicketState::Held)
    }

    fn commit(&mut self) -> StockOutcome {
        if matches!(self.ticket.state, TicketState::Committed | TicketState::Done) {
            return StockOutcome::accepted(self.ticket.state);
        }
        if let Err(why) = self.held() {
            return StockOutcome::Refused { why };
        }
        let sums = self.ticket.lines.iter().map(|line| {
            self.shelves.get(&line.place).and_then(|shelf| shelf.allocated.checked_add(line.units))
        });
        if sums.collect::<Option<Vec<u32>>>().is_none() {
            return StockOutcome::refused(StockRefusal::Overflow);
        }
        for line in &self.ticket.lines {
            if let Some(shelf) = self.shelves.get_mut(&line.place) {
                shelf.forget_lapsed(self.now);
                shelf.holds.remove(self.key);
                shelf.allocated = shelf.allocated.saturating_add(line.units);
            }
        }
        self.ticket.state = TicketState::Committed;
        self.ticket.until = None;
        StockOutcome::accepted(TicketState::Committed)
    }

    fn release(&mut self) -> StockOutcome {
        match self.ticket.state {
            TicketState::Committed => return StockOutcome::refused(StockRefusal::AlreadyCommitted),
            TicketState::Done => return StockOutcome::refused(StockRefusal::AlreadyDone),
            TicketState::None if self.ticket.lines.is_empty() => {
                return StockOutcome::refused(StockRefusal::NoReservation);
            }
            // Released before: the same answer. A hold that lapsed is gone as well, which is what was asked for.
            TicketState::None | TicketState::Held => {}
        }
        self.drop_holds();
        self.ticket.state = TicketState::None;
        self.ticket.until = None;
        StockOutcome::accepted(TicketState::None)
    }

    fn settle(&mut self, lines: Option<&[Line]>, how: Settle) -> StockOutcome {
        match self.ticket.state {
            TicketState::Committed => {}
            // All of it, once more.
            TicketState::Done if lines.is_none() => return StockOutcome::accepted(TicketState::Done),
            TicketState::Done => return StockOutcome::refused(StockRefusal::AlreadyDone),
            TicketState::None | TicketState::Held => {
                return StockOutcome::refused(StockRefusal::NotCommitted);
            }
        }
        let wanted: BTreeMap<Place, u32> = match lines.map(merged) {
            Some(Ok(wanted)) => wanted.into_iter().map(|(place, units)| (place.clone(), units)).collect(),
            Some(Err(why)) => return StockOutcome::refused(why),
            None => {
                let open = self.ticket.lines.iter().filter(|line| line.open() > 0);
                open.map(|line| (line.place.clone(), line.open())).collect()
            }
        };
        let why: Vec<_> = wanted.iter().filter_map(|(place, units)| self.unfit(place, *units, how)).collect();
        if !why.is_empty() {
            return StockOutcome::Refused { why };
        }
        for line in &mut self.ticket.lines {
            let Some(units) = wanted.get(&line.place).copied() else { continue };
            let Some(shelf) = self.shelves.get_mut(&line.place) else { continue };
            shelf.allocated = shelf.allocated.saturating_sub(units);
            match how {
                Settle::Issue => line.issued = line.issued.saturating_add(units),
                Settle::GiveBack | Settle::NotFound => line.cancelled = line.cancelled.saturating_add(units),
            }
            if how != Settle::GiveBack {
                let missed = if how == Settle::NotFound { units } else { 0 };
                shelf.count.units = shelf.count.units.saturating_sub(units);
                shelf.count.picks = shelf.count.picks.saturating_add(units);
                shelf.count.not_found = shelf.count.not_found.saturating_add(missed);
                // What was not found may have been damaged.
                shelf.damaged = shelf.damaged.min(shelf.count.units);
            }
        }
        if self.ticket.lines.iter().all(|line| line.open() == 0) {
            self.ticket.state = TicketState::Done;
        }
        StockOutcome::accepted(self.ticket.state)
    }

    /// Why so many cannot be settled at a place.
    fn unfit(&self, place: &Place, units: u32, how: Settle) -> Option<StockRefusal> {
        let line = self.ticket.lines.iter().find(|line| line.place == *place);
        let open = line.map_or(0, TicketLine::open);
        if units > open {
            return Some(StockRefusal::MoreThanOpen { place: place.clone(), open });
        }
        let Some(shelf) = self.shelves.get(place) else {
            return Some(StockRefusal::UnknownPlace { place: place.clone() });
        };
        let there = shelf.count.units;
        match how {
            Settle::Issue if units > there.saturating_sub(shelf.damaged) => {
                Some(StockRefusal::NotThere { place: place.clone(), on_hand: there })
            }
            Settle::NotFound if units > there => {
                Some(StockRefusal::NotThere { place: place.clone(), on_hand: there })
            }
            _ => None,
        }
    }

    /// Whether the key holds what its ticket says, at every place.
    fn held(&self) -> Result<(), Vec<StockRefusal>> {
        if !self.ticket.is_held(self.now) {
            return Err(vec![StockRefusal::NoReservation]);
        }
        let broken = self.ticket.lines.iter().filter(|line| {
            let hold = self.shelves.get(&line.place).and_then(|shelf| shelf.holds.get(self.key));
            !hold.is_some_and(|hold| hold.is_live(self.now) && hold.units == line.units)
        });
        let broken: Vec<_> = broken.map(|line| StockRefusal::Broken { place: line.place.clone() }).collect();
        if broken.is_empty() { Ok(()) } else { Err(broken) }
    }

    fn drop_holds(&mut self) {
        for line in &self.ticket.lines {
            if let Some(shelf) = self.shelves.get_mut(&line.place) {
                shelf.holds.remove(self.key);
            }
        }
    }
}

/// Lines with equal places added up, in the order of places.
fn merged(lines: &[Line]) -> Result<BTreeMap<&Place, u32>, StockRefusal> {
    let mut merged: BTreeMap<&Place, u32> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.units > 0) {
        let sum = merged.entry(&line.place).or_default();
        *sum = sum.checked_add(line.units).ok_or(StockRefusal::Overflow)?;
        if merged.len() > MAX_LINES {
            return Err(StockRefusal::TooManyLines);
        }
    }
    if merged.is_empty() { Err(StockRefusal::NothingAsked) } else { Ok(merged) }
}

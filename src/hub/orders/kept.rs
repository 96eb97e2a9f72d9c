//! An order as it is kept, and what it does with stock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::keys;
use super::owed::{Owed, is_missing};
use crate::hub::Context;
use crate::hub::scan::first_keys;
use crate::hub::stock::{act_on_stock, all_on_stock, put_back, stock_ticket};
use crate::ids::{OrderId, RecordId};
use crate::record::Millis;
use crate::stock::order::{Effect, Order, OrderHours, OrderRules, next_due};
use crate::stock::reservation::{Line, StockAct, StockOutcome, StockRefusal, Terms};
use crate::stock::{Place, ReservationKey};
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

/// An order with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptOrder {
    #[serde(rename = "o")]
    pub(super) order: Order,
    /// Under which its units are held: first what it was placed under, then what was added since.
    #[serde(rename = "k")]
    pub(super) tickets: Vec<ReservationKey>,
    /// Whose it is.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(super) record: Option<RecordId>,
    /// When time alone brings something about.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<Millis>,
    /// When it was placed; of orders that were kept before this was, it is not known.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(super) placed: Option<Millis>,
    /// Under which instant it is noted as due, if something that is owed is tried before.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub(super) noted: Option<Millis>,
    /// What left and is not booked out.
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) owed: Vec<Owed>,
}

impl Stored for KeptOrder {
    const KIND: &'static str = "order";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

/// Stands for an order under something else that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderMark {}

impl Stored for OrderMark {
    const KIND: &'static str = "order_mark";
    const VERSION: u16 = 1;
}

/// When the orders of these records were placed, whatever became of them since; those are left out of which that is not known.
pub(crate) fn placed_at(tx: &mut Tx<'_>, records: &[RecordId]) -> Result<Vec<DateTime<Utc>>, Stop> {
    let mut wanted = Vec::new();
    for record in records {
        let marks = first_keys::<OrderMark>(tx, &keys::all_of_record(*record), usize::MAX)?;
        wanted.extend(marks.iter().filter_map(keys::order_of).map(keys::order));
    }
    let kept = tx.get_many::<KeptOrder>(&wanted)?;
    Ok(kept.into_iter().flatten().filter_map(|kept| kept.placed).map(Into::into).collect())
}

impl KeptOrder {
    pub(super) fn get(tx: &mut Tx<'_>, id: OrderId) -> Result<Option<Self>, Stop> {
        tx.get(&keys::order(id))
    }

    /// Keeps it, and notes when it is due next.
    pub(super) fn put(
        &mut self,
        tx: &mut Tx<'_>,
        rules: &OrderRules,
        hours: &OrderHours,
    ) -> Result<(), Stop> {
        let mut due = next_due(&self.order, rules, hours).map(Millis::from);
        if self.order.waits_beyond(hours) {
            // These hours say nothing about a parcel that waits: what was noted with others stands.
            due = due.into_iter().chain(self.due).min();
        }
        let (noted, note) = (self.noted.or(self.due), due.into_iter().chain(self.owed_due()).min());
        if note != noted {
            if let Some(before) = noted {
                tx.delete(&keys::due(before, self.order.id));
            }
            if let Some(at) = note {
                tx.put(&keys::due(at, self.order.id), &OrderMark {})?;
            }
        }
        self.noted = note.filter(|_| note != due);
        self.due = due;
        tx.put(&keys::order(self.order.id), self)
    }

    /// Does what a step calls for with stock. Answers what stock refused: units that were promised to a new parcel are
    /// refused before anything is done; what happened at a shelf already is reported, for somebody to count.
    pub(super) fn move_stock(
        &mut self,
        tx: &mut Tx<'_>,
        context: &Context<'_>,
        effects: &[Effect],
        terms: &Terms<'_>,
        retry_minutes: u32,
    ) -> Result<Moved, Stop> {
        let mut reported = Vec::new();
        for effect in effects {
            if let Effect::Allocate { lines, .. } = effect {
                let Some(key) = self.next_ticket(tx, context)? else { return Ok(Moved::Refused(Vec::new())) };
                let reserve = StockAct::Reserve { lines: lines.clone(), until: None, backorder: true };
                let promised = all_on_stock(tx, context, &key, &[reserve, StockAct::Commit], terms)?;
                if let StockOutcome::Refused { why } = promised {
                    return Ok(Moved::Refused(why));
                }
                self.tickets.push(key);
            }
        }
        for effect in effects {
            let (lines, not_found) = match effect {
                Effect::Issue { lines, .. } => (lines, None),
                Effect::Release { lines, not_found, .. } => (lines, Some(*not_found)),
                Effect::Restock { lines, damaged, .. } => {
                    put_back(tx, context, lines, damaged)?;
                    continue;
                }
                _ => continue,
            };
            let (parts, nowhere) = self.shared_out(tx, context, lines)?;
            reported.extend(nowhere);
            // One act for each line: what stock refuses of one does not keep the others.
            for (key, line) in parts {
                let lines = Some(vec![line.clone()]);
                let act = match not_found {
                    None => StockAct::Issue { lines },
                    Some(not_found) => StockAct::Cancel { lines, not_found },
                };
                let StockOutcome::Refused { why } = act_on_stock(tx, context, &key, &act, terms)? else {
                    continue;
                };
                if let ([StockRefusal::NotThere { on_hand, .. }], Some(true)) = (why.as_slice(), not_found) {
                    give_up(tx, context, &key, &line, *on_hand, terms)?;
                }
                if not_found.is_none() && is_missing(&why) {
                    self.owe(key, line, context.now, retry_minutes);
                }
                reported.extend(why);
            }
        }
        Ok(Moved::Done { reported })
    }

    /// A key under which nothing was ever held; `None` if there is no such name.
    fn next_ticket(&self, tx: &mut Tx<'_>, context: &Context<'_>) -> Result<Option<ReservationKey>, Stop> {
        // Somebody else may have used a name that looks like an order's.
        for number in (self.tickets.len()..).take(100) {
            let Some(key) = keys::ticket(self.order.id, number) else { break };
            if stock_ticket(tx, context, &key)?.is_none() {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// Which ticket has which of these units open, in the order in which the tickets were made, and which units none has. What
    /// left and is to be booked out is spoken for.
    fn shared_out(
        &self,
        tx: &mut Tx<'_>,
        context: &Context<'_>,
        lines: &[Line],
    ) -> Result<(Vec<Part>, Vec<StockRefusal>), Stop> {
        let mut wanted: BTreeMap<&Place, u32> = BTreeMap::new();
        let mut open: BTreeMap<&Place, u32> = BTreeMap::new();
        for line in lines {
            let sum = wanted.entry(&line.place).or_default();
            *sum = sum.saturating_add(line.units);
        }
        let mut parts = Vec::new();
        for key in &self.tickets {
            let Some(ticket) = stock_ticket(tx, context, key)? else { continue };
            for own in &ticket.lines {
                let Some((place, left)) =
                    wanted.get_key_value(&own.place).map(|(place, left)| (*place, *left))
                else {
                    continue;
                };
                let owed = self.owed.iter().filter(|owed| owed.key == *key && owed.line.place == own.place);
                let owed = owed.fold(0_u32, |sum, owed| sum.saturating_add(owed.line.units));
                let here = own.open().saturating_sub(owed).min(left);
                wanted.insert(place, left.saturating_sub(here));
                let sum = open.entry(place).or_default();
                *sum = sum.saturating_add(here);
                if here > 0 {
                    parts.push((key.clone(), Line::new(own.place.clone(), here)));
                }
            }
        }
        let nowhere = wanted.into_iter().filter(|(_, left)| *left > 0).map(|(place, _)| {
            StockRefusal::MoreThanOpen { place: place.clone(), open: open.get(place).copied().unwrap_or(0) }
        });
        Ok((parts, nowhere.collect()))
    }
}

/// Units that were not found where fewer are on hand than that, such as those that were promised before they came: what is
/// on hand is gone, and the rest is not promised any more.
fn give_up(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
    line: &Line,
    on_hand: u32,
    terms: &Terms<'_>,
) -> Result<(), Stop> {
    let gone = line.units.min(on_hand);
    for (units, not_found) in [(gone, true), (line.units.saturating_sub(gone), false)] {
        if units > 0 {
            let lines = Some(vec![Line::new(line.place.clone(), units)]);
            act_on_stock(tx, context, key, &StockAct::Cancel { lines, not_found }, terms)?;
        }
    }
    Ok(())
}

/// Units that a ticket has open.
type Part = (ReservationKey, Line);

/// What stock said.
pub(super) enum Moved {
    /// It is done; what did not fit with what was booked.
    Done { reported: Vec<StockRefusal> },
    /// There is not enough for a new parcel. Nothing is done.
    Refused(Vec<StockRefusal>),
}

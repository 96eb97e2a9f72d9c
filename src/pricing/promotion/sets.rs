//! Bundles: sets of units sold together.

use super::Pick;
use super::bands::{Band, Taken, units};
use super::compile::{Cut, Set};
use super::context::{Context, Skip};
use super::effect::Effect;
use super::share::{amount_of, share_off};
use super::state::State;
use super::table::Table;

/// Units of a line for one part of a set.
struct Part {
    needed: u64,
    /// Places of bands, in the order of picking.
    bands: Vec<usize>,
    /// Everything before is used up.
    cursor: usize,
}

/// The units that are left while sets are formed.
struct Pool {
    bands: Table<Band>,
    /// How many units of each band the set at hand takes.
    in_set: Table<u64>,
}

impl Effect {
    /// Puts the units of sets to use, fills in who bears the discount and says what is wanted.
    ///
    /// Sets of one composition are formed together, so the work grows with lines and parts, not with units.
    pub(super) fn set(&mut self, context: &Context<'_>, state: &State, set: &Set) -> Result<i64, Skip> {
        self.bearers.clear();
        let (mut pool, mut parts) = self.pool(context, state, set);
        if parts.iter().any(|part| part.bands.is_empty()) {
            return Err(Skip::NothingSelected);
        }
        let mut times = 0;
        let mut formed = false;
        let (mut costs, mut wanted) = (0_i64, 0_i64);
        let mut members: Vec<usize> = Vec::new();
        while times < set.max_times {
            members.clear();
            if !compose(&mut pool, &mut parts, &mut members) {
                break;
            }
            formed = true;
            let fits =
                |&member: &usize| pool.bands[member].units.checked_div(pool.in_set[member]).unwrap_or(0);
            let repeats = members.iter().map(fits).min().unwrap_or(0).min(set.max_times - times).max(1);
            let mut amount = 0;
            for &member in &members {
                let band = &pool.bands[member];
                amount += amount_of(band.amount, band.units, pool.in_set[member] * repeats);
            }
            let less = match set.cut {
                Cut::Percent(_) => amount,
                Cut::Amount(off) => amount.min(off.saturating_mul(units(repeats))),
                Cut::Price(price) => amount - price.saturating_mul(units(repeats)).min(amount),
            };
            // With the dearest first, every later set is cheaper still.
            let worth_it = less > 0;
            if !worth_it && set.pick == Pick::Dearest {
                break;
            }
            for &member in &members {
                let count = std::mem::take(&mut pool.in_set[member]) * repeats;
                let band = &mut pool.bands[member];
                let part = amount_of(band.amount, band.units, count);
                band.units -= count;
                band.amount -= part;
                if worth_it {
                    self.taken.push(Taken { line: band.line, units: count, amount: part });
                }
            }
            if worth_it {
                times += repeats;
                costs += amount;
                wanted += less;
            }
        }
        if let Cut::Percent(share) = set.cut {
            wanted = share_off(costs, share, context.rules);
        }
        if wanted == 0 {
            self.taken.clear();
            return Err(match set.cut {
                _ if !formed => Skip::TooFewUnits,
                Cut::Price(_) => Skip::NotDearer,
                _ if costs == 0 => Skip::NothingLeft,
                _ => Skip::RoundedAway,
            });
        }
        self.all_taken_bear(context, state);
        Ok(wanted)
    }

    /// The open units of all lines that fit any part, and the parts from the one that fits the fewest lines.
    fn pool(&mut self, context: &Context<'_>, state: &State, set: &Set) -> (Pool, Vec<Part>) {
        self.bands.clear();
        let masks = &context.masks;
        for word in 0..masks.words() {
            let mut bits =
                set.parts.iter().fold(0, |bits, &(of, _)| bits | masks.word(of, word)) & !state.closed[word];
            while bits != 0 {
                let line = word * 64 + usize::try_from(bits.trailing_zeros()).unwrap_or(0);
                bits &= bits - 1;
                self.bands.push(Band::open(context, state, line));
            }
        }
        // Of equal prices those that fit the fewest parts come first, so that the parts which they do not fit find units
        // too, whatever the order of the lines.
        let fits = |line: usize| set.parts.iter().map(move |&(of, _)| masks.holds(of, line));
        let how_many = |line: usize| fits(line).filter(|fits| *fits).count();
        self.bands.sort_unstable_by(|a, b| {
            a.by_price(b, set.pick)
                .then_with(|| how_many(a.line).cmp(&how_many(b.line)))
                .then_with(|| fits(a.line).cmp(fits(b.line)))
                .then(a.line.cmp(&b.line))
        });
        let bands = Table(self.bands.clone());
        let mut parts: Vec<Part> = set
            .parts
            .iter()
            .map(|&(of, needed)| {
                let fits = |&place: &usize| masks.holds(of, bands[place].line);
                Part { needed, bands: (0..bands.len()).filter(fits).collect(), cursor: 0 }
            })
            .collect();
        parts.sort_by_key(|part| part.bands.len());
        let in_set = Table(vec![0; bands.len()]);
        (Pool { bands, in_set }, parts)
    }
}

/// Chooses the units of the next set; says whether they suffice.
fn compose(pool: &mut Pool, parts: &mut [Part], members: &mut Vec<usize>) -> bool {
    for part in parts {
        while part.bands.get(part.cursor).is_some_and(|&place| pool.bands[place].units == 0) {
            part.cursor += 1;
        }
        let mut needed = part.needed;
        for &place in part.bands.get(part.cursor..).unwrap_or_default() {
            let count = (pool.bands[place].units - pool.in_set[place]).min(needed);
            if count > 0 {
                if pool.in_set[place] == 0 {
                    members.push(place);
                }
                pool.in_set[place] += count;
                needed -= count;
            }
            if needed == 0 {
                break;
            }
        }
        if needed > 0 {
            return false;
        }
    }
    true
}

//! Percentages, amounts and fixed prices over lines.

use super::bands::{Band, sort_by_price};
use super::compile::Cut;
use super::context::{Context, Skip};
use super::effect::Effect;
use super::select::NodeId;
use super::share::{Bearer, amount_of, share_off};
use super::state::State;
use super::{Allocation, Base};

/// What is wanted off one unit that costs so much.
fn off_unit(context: &Context<'_>, cut: Cut, unit: i64) -> i64 {
    match cut {
        Cut::Percent(share) => share_off(unit, share, context.rules),
        Cut::Amount(amount) => amount.min(unit),
        Cut::Price(price) => (unit - price).max(0),
    }
}

/// What is wanted off the first `count` of a line's equal units: two bands, as the units differ by one minor unit at
/// most.
fn off_units(context: &Context<'_>, cut: Cut, amount: i64, units: u64, count: u64) -> i64 {
    let (Ok(units), Ok(count)) = (i64::try_from(units), i64::try_from(count)) else { return 0 };
    let (each, dearer) = (amount.checked_div(units).unwrap_or(0), amount.checked_rem(units).unwrap_or(0));
    let count = count.min(units);
    let dearer = dearer.min(count);
    // Never more than the amount: each unit is cut by at most what it costs.
    let much = if dearer > 0 { off_unit(context, cut, each + 1) * dearer } else { 0 };
    much + off_unit(context, cut, each) * (count - dearer)
}

/// What was seen on the way, for saying why nothing came of it.
#[derive(Default)]
struct Seen {
    line: bool,
    amount: bool,
    wanted: bool,
}

impl Effect {
    /// Fills in who bears the discount and says what is wanted in all.
    pub(super) fn cut_lines(
        &mut self,
        context: &Context<'_>,
        state: &State,
        (cut, base): (Cut, Base),
        of: NodeId,
        allocation: Allocation,
    ) -> Result<i64, Skip> {
        self.bearers.clear();
        let mut seen = Seen::default();
        let wanted = match allocation {
            Allocation::Across => self.across(context, state, (cut, base), of, &mut seen),
            Allocation::Once { units, pick } => {
                self.bands.clear();
                for line in context.masks.open_lines(of, &state.closed) {
                    let amount = if base == Base::First { context.first[line] } else { state.running[line] };
                    seen.line = true;
                    // What costs nothing cannot become cheaper.
                    if state.running[line] > 0 {
                        seen.amount = true;
                        self.bands.push(Band::whole(line, context.quantity[line], amount));
                    }
                }
                sort_by_price(&mut self.bands, pick);
                let mut left = u64::from(units);
                let mut sum = 0;
                let mut wanted = 0;
                for band in &self.bands {
                    let count = band.units.min(left);
                    if count == 0 {
                        break;
                    }
                    left -= count;
                    let amount = amount_of(band.amount, band.units, count);
                    let weight = match cut {
                        Cut::Percent(_) => amount,
                        _ => off_units(context, cut, band.amount, band.units, count),
                    };
                    sum += amount;
                    wanted += weight;
                    let room = state.running[band.line] - context.floor[band.line];
                    self.bearers.push(Bearer { line: band.line, weight, room: room.min(weight) });
                }
                if let Cut::Percent(share) = cut {
                    wanted = share_off(sum, share, context.rules);
                }
                self.bearers.sort_unstable_by_key(|bearer| bearer.line);
                seen.wanted = wanted > 0;
                wanted
            }
            Allocation::EachLine | Allocation::EachUnit { .. } => {
                let mut all = 0;
                for line in context.masks.open_lines(of, &state.closed) {
                    let running = state.running[line];
                    let from = if base == Base::First { context.first[line] } else { running };
                    let wanted = match (allocation, cut) {
                        (Allocation::EachUnit { most_units }, _) => {
                            let units = context.quantity[line];
                            let count = most_units.map_or(units, u64::from);
                            off_units(context, cut, from, units, count)
                        }
                        _ => off_unit(context, cut, from),
                    };
                    let bears = wanted.min(running - context.floor[line]);
                    seen.line = true;
                    seen.amount |= running > 0;
                    seen.wanted |= wanted > 0;
                    self.limited.by_floor |= bears < wanted;
                    if bears > 0 {
                        all += bears;
                        self.bearers.push(Bearer { line, weight: bears, room: bears });
                    }
                }
                all
            }
        };
        if wanted > 0 {
            return Ok(wanted);
        }
        Err(if !seen.line {
            Skip::NothingSelected
        } else if !seen.amount {
            Skip::NothingLeft
        } else if seen.wanted {
            Skip::FloorReached
        } else if matches!(cut, Cut::Price(_)) {
            Skip::NotDearer
        } else {
            Skip::RoundedAway
        })
    }

    fn across(
        &mut self,
        context: &Context<'_>,
        state: &State,
        (cut, base): (Cut, Base),
        of: NodeId,
        seen: &mut Seen,
    ) -> i64 {
        let mut sum = 0;
        let mut room = 0;
        for line in context.masks.open_lines(of, &state.closed) {
            let running = state.running[line];
            seen.line = true;
            seen.amount |= running > 0;
            let weight = if base == Base::First { context.first[line] } else { running };
            if weight > 0 {
                let bears = running - context.floor[line];
                sum += weight;
                room += bears;
                self.bearers.push(Bearer { line, weight, room: bears });
            }
        }
        let wanted = match cut {
            Cut::Percent(share) => share_off(sum, share, context.rules),
            Cut::Amount(amount) => amount.min(sum),
            Cut::Price(price) => (sum - price).max(0),
        };
        seen.wanted = wanted > 0;
        self.limited.by_floor = room < wanted;
        wanted.min(room)
    }
}

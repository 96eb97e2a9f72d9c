//! The best combination of a group, exactly.

use super::bands::units;
use super::compile::{Cut, Step};
use super::context::Context;
use super::effect::{Gain, worth};
use super::engine::Run;
use super::select::NodeId;
use super::state::State;
use super::table::Table;
use super::{Action, Allocation, Base};
use crate::money::Ratio;

/// The combination that gives most, each promotion in its order with its conditions tested on what the others left;
/// of equal ones the one that holds the earlier promotions. Notes why a promotion could not take part at all.
///
/// # Complexity
/// O(2^k) turns for k promotions at worst; a branch that cannot beat the best any more is not followed.
pub(super) fn best_of(run: &mut Run<'_>, places: &[usize]) -> Vec<usize> {
    let mut search = Search {
        places,
        states: vec![State::default(); places.len() + 1],
        chosen: Vec::with_capacity(places.len()),
        best: Vec::new(),
        best_gain: Gain::default(),
    };
    if let Some(state) = search.states.first_mut() {
        state.copy(&run.state);
    }
    search.from(run, 0, Gain::default());
    let best = search.best;
    let mut state = State::default();
    for &place in places.iter().filter(|place| !best.contains(place)) {
        state.copy(&run.state);
        if let Err(skip) = run.effect.attempt(run.context, place, &mut state) {
            run.skip(place, skip);
        }
    }
    best
}

struct Search<'a> {
    places: &'a [usize],
    /// The basket after the promotions chosen among the first so many.
    states: Vec<State>,
    chosen: Vec<usize>,
    best: Vec<usize>,
    best_gain: Gain,
}

impl Search<'_> {
    /// Follows the combinations that agree on the first `depth` promotions.
    fn from(&mut self, run: &mut Run<'_>, depth: usize, gain: Gain) {
        if gain > self.best_gain {
            self.best_gain = gain;
            self.best.clone_from(&self.chosen);
        }
        let rest = self.places.get(depth..).unwrap_or_default();
        let Some(&place) = rest.first() else { return };
        let (before, after) = self.states.split_at_mut(depth + 1);
        let (Some(before), Some(after)) = (before.last(), after.first_mut()) else { return };
        let most = rest.iter().fold(gain, |most, &one| most.plus(at_most(run.context, before, one)));
        if most <= self.best_gain {
            return;
        }
        after.copy(before);
        if run.effect.attempt(run.context, place, after).is_ok() {
            let gain = gain.plus(run.effect.gain);
            self.chosen.push(place);
            if run.context.promotions.list().get(place).is_some_and(|promotion| promotion.stop_after) {
                if gain > self.best_gain {
                    self.best_gain = gain;
                    self.best.clone_from(&self.chosen);
                }
            } else {
                self.from(run, depth + 1, gain);
            }
            self.chosen.pop();
            let (before, after) = self.states.split_at_mut(depth + 1);
            if let (Some(before), Some(after)) = (before.last(), after.first_mut()) {
                after.copy(before);
            }
        }
        self.from(run, depth + 1, gain);
    }
}

/// A bound on what a promotion gives in this state and in whatever follows from it, where lines cost no more and no
/// more units are open.
fn at_most(context: &Context<'_>, state: &State, place: usize) -> Gain {
    let plan = context.plan(place);
    let sum = |amounts: &Table<i64>, of| context.masks.lines(of).map(|line| amounts[line]).sum::<i64>();
    let bound = match &plan.step {
        Step::Lines { cut, of, allocation } => {
            let base = context.promotions.list().get(place).map_or(Base::Running, |promotion| promotion.base);
            let running = sum(&state.running, *of);
            match cut {
                Cut::Percent(share) => {
                    let from = if base == Base::First { sum(&context.first, *of) } else { running };
                    // Each rounding adds less than one minor unit.
                    let roundings = match allocation {
                        Allocation::EachUnit { .. } => {
                            context.masks.lines(*of).map(|line| units(context.quantity[line])).sum()
                        }
                        Allocation::EachLine => context.masks.lines(*of).map(|_| 1).sum(),
                        Allocation::Across | Allocation::Once { .. } => 1,
                    };
                    part(from, *share).saturating_add(roundings).min(running)
                }
                Cut::Amount(amount) if *allocation == Allocation::Across => running.min(*amount),
                _ => running,
            }
        }
        Step::Offer(offer) => {
            let (open, dearest) = open_units(context, state, offer.reward);
            let (triggers, _) = open_units(context, state, offer.trigger);
            let times = open
                .checked_div(offer.reward_quantity)
                .unwrap_or(0)
                .min(triggers.checked_div(offer.trigger_quantity).unwrap_or(0))
                .min(offer.max_times);
            let rewards = dearest.saturating_mul(units(times * offer.reward_quantity));
            at_most_off(offer.cut, rewards.min(sum(&state.running, offer.reward)))
        }
        Step::Set(set) => {
            let parts = || set.parts.iter().map(|&(of, needed)| (open_units(context, state, of), needed));
            let times = parts()
                .map(|((open, _), needed)| open.checked_div(needed).unwrap_or(0))
                .min()
                .unwrap_or(0)
                .min(set.max_times);
            let most = parts().map(|((open, dearest), needed)| {
                dearest.saturating_mul(units(times.saturating_mul(needed).min(open)))
            });
            at_most_off(set.cut, most.fold(0, i64::saturating_add).min(state.total))
        }
        Step::Gift { per, max_times } => {
            let times = per.map_or(1, |(of, per)| {
                open_units(context, state, of).0.checked_div(per).unwrap_or(0).min(*max_times)
            });
            return match context.promotions.list().get(place).map(|promotion| &promotion.action) {
                Some(Action::Gift(gift)) => worth(gift, times),
                _ => Gain::default(),
            };
        }
        Step::Delivery(_) => state.delivery,
    };
    Gain { minor: bound.min(plan.cap), gifts: 0 }
}

/// How many units are open, and what the dearest costs, rounded up.
fn open_units(context: &Context<'_>, state: &State, of: NodeId) -> (u64, i64) {
    context.masks.lines(of).fold((0, 0), |(count, dearest), line| {
        let open = context.quantity[line] - state.used[line];
        let amount = state.running[line] - state.used_amount[line];
        let each = amount.checked_div(units(open)).map_or(0, |each| each.saturating_add(1));
        (count + open, dearest.max(each))
    })
}

/// A share of an amount, rounded up.
fn part(amount: i64, share: Ratio) -> i64 {
    let exact = i128::from(amount) * i128::from(share.numerator());
    let down = exact.checked_div(i128::from(share.denominator())).and_then(|part| i64::try_from(part).ok());
    down.map_or(amount, |part| part.saturating_add(1).min(amount))
}

fn at_most_off(cut: Cut, amount: i64) -> i64 {
    match cut {
        Cut::Percent(share) => part(amount, share),
        Cut::Amount(_) | Cut::Price(_) => amount,
    }
}

//! Offers over units: bands of equal units, never single ones.

use std::cmp::Ordering;

use super::Pick;
use super::compile::{Cut, Offer};
use super::context::{Context, Skip};
use super::effect::Effect;
use super::select::NodeId;
use super::share::{Bearer, amount_of, share_off};
use super::state::State;

/// The units of a line that no offer has used yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Band {
    pub(super) line: usize,
    pub(super) units: u64,
    /// What they cost together.
    pub(super) amount: i64,
    trigger: bool,
    reward: bool,
    /// How many become rewards.
    rewards: u64,
}

/// Units put to use by an offer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) line: usize,
    pub(super) units: u64,
    /// What they cost before the offer.
    pub(super) amount: i64,
}

impl Band {
    pub(super) const fn whole(line: usize, units: u64, amount: i64) -> Self {
        Self { line, units, amount, trigger: false, reward: false, rewards: 0 }
    }

    /// The units of a line that are left for offers.
    pub(super) fn open(context: &Context<'_>, state: &State, line: usize) -> Self {
        let units = context.quantity[line] - state.used[line];
        Self::whole(line, units, state.running[line] - state.used_amount[line])
    }

    /// Compares the prices of one unit, without a division: which is picked first.
    pub(super) fn by_price(&self, other: &Self, pick: Pick) -> Ordering {
        let times = |amount: i64, units: u64| i128::from(amount) * i128::from(units);
        let price = times(self.amount, other.units).cmp(&times(other.amount, self.units));
        match pick {
            Pick::Cheapest => price,
            Pick::Dearest => price.reverse(),
        }
    }
}

/// Equal prices stand in the order of the lines either way.
pub(super) fn sort_by_price(bands: &mut [Band], pick: Pick) {
    bands.sort_unstable_by(|a, b| a.by_price(b, pick).then(a.line.cmp(&b.line)));
}

impl Effect {
    /// Puts the units of a buy-get offer to use, fills in who bears the discount and says what is wanted.
    ///
    /// With `t` triggers and `r` rewards for each repetition, `n` repetitions are possible exactly if there are `n*t`
    /// units for triggers, `n*r` for rewards and `n*(t+r)` for either (Hall's condition for two overlapping sets). The
    /// rewards are then the first in the order of picking, of which at most so many can be triggers too that enough
    /// triggers are left.
    pub(super) fn offer(&mut self, context: &Context<'_>, state: &State, offer: &Offer) -> Result<i64, Skip> {
        self.bearers.clear();
        self.bands.clear();
        let (mut triggers, mut rewards, mut either) = (0_u64, 0_u64, 0_u64);
        let (mut seen, mut free) = (false, false);
        let masks = &context.masks;
        for word in 0..masks.words() {
            let open = !state.closed[word];
            let (for_trigger, for_reward) =
                (masks.word(offer.trigger, word) & open, masks.word(offer.reward, word) & open);
            let mut bits = for_trigger | for_reward;
            seen |= bits != 0;
            while bits != 0 {
                let bit = bits & bits.wrapping_neg();
                let line = word * 64 + usize::try_from(bits.trailing_zeros()).unwrap_or(0);
                bits ^= bit;
                let mut band = Band::open(context, state, line);
                if band.units == 0 {
                    continue;
                }
                band.trigger = for_trigger & bit != 0;
                // What costs nothing cannot become cheaper.
                band.reward = for_reward & bit != 0 && band.amount > 0;
                free |= for_reward & bit != 0 && band.amount == 0;
                triggers += if band.trigger { band.units } else { 0 };
                rewards += if band.reward { band.units } else { 0 };
                either += band.units;
                self.bands.push(band);
            }
        }
        if !seen {
            return Err(Skip::NothingSelected);
        }
        let both = offer.trigger_quantity + offer.reward_quantity;
        let times = (triggers.checked_div(offer.trigger_quantity).unwrap_or(0))
            .min(rewards.checked_div(offer.reward_quantity).unwrap_or(0))
            .min(either.checked_div(both).unwrap_or(0))
            .min(offer.max_times);
        if times == 0 {
            return Err(if free { Skip::NothingLeft } else { Skip::TooFewUnits });
        }
        sort_by_price(&mut self.bands, offer.pick);

        let mut needed = times * offer.reward_quantity;
        // How many rewards may come out of units that could be triggers.
        let mut spare = triggers - times * offer.trigger_quantity;
        let (mut costs, mut wanted) = (0_i64, 0_i64);
        for band in self.bands.iter_mut().filter(|band| band.reward) {
            let most = if band.trigger { band.units.min(spare) } else { band.units };
            let count = most.min(needed);
            if count == 0 {
                continue;
            }
            needed -= count;
            spare -= if band.trigger { count } else { 0 };
            band.rewards = count;
            let amount = amount_of(band.amount, band.units, count);
            let less = match offer.cut {
                Cut::Percent(_) => amount,
                Cut::Amount(off) => amount.min(off.saturating_mul(units(count))),
                Cut::Price(price) => (amount - price.saturating_mul(units(count)).min(amount)).max(0),
            };
            costs += amount;
            wanted += less;
            self.taken.push(Taken { line: band.line, units: count, amount });
            if !offer.share && less > 0 {
                let room = state.running[band.line] - context.floor[band.line];
                self.bearers.push(Bearer { line: band.line, weight: less, room: room.min(less) });
            }
        }
        if let Cut::Percent(share) = offer.cut {
            wanted = share_off(costs, share, context.rules);
        }
        if wanted == 0 {
            self.taken.clear();
            return Err(match offer.cut {
                Cut::Price(_) => Skip::NotDearer,
                _ => Skip::RoundedAway,
            });
        }

        let mut needed = times * offer.trigger_quantity;
        for band in self.bands.iter().rev().filter(|band| band.trigger) {
            let count = (band.units - band.rewards).min(needed);
            if count == 0 {
                continue;
            }
            needed -= count;
            let up_to = amount_of(band.amount, band.units, band.rewards + count);
            let amount = up_to - amount_of(band.amount, band.units, band.rewards);
            self.taken.push(Taken { line: band.line, units: count, amount });
        }
        if offer.share {
            self.all_taken_bear(context, state);
        } else {
            self.bearers.sort_unstable_by_key(|bearer| bearer.line);
        }
        Ok(wanted)
    }

    /// Puts units to use for which a gift is given, the cheapest first, and says how often.
    pub(super) fn per_units(
        &mut self,
        context: &Context<'_>,
        state: &State,
        of: NodeId,
        per: u64,
        max_times: u64,
    ) -> Result<u64, Skip> {
        self.bands.clear();
        let mut seen = false;
        for line in context.masks.open_lines(of, &state.closed) {
            seen = true;
            let band = Band::open(context, state, line);
            if band.units > 0 {
                self.bands.push(band);
            }
        }
        if !seen {
            return Err(Skip::NothingSelected);
        }
        let open: u64 = self.bands.iter().map(|band| band.units).sum();
        let times = open.checked_div(per).unwrap_or(0).min(max_times);
        if times == 0 {
            return Err(Skip::TooFewUnits);
        }
        sort_by_price(&mut self.bands, Pick::Cheapest);
        let mut needed = times * per;
        for band in &self.bands {
            let count = band.units.min(needed);
            if count == 0 {
                break;
            }
            needed -= count;
            let amount = amount_of(band.amount, band.units, count);
            self.taken.push(Taken { line: band.line, units: count, amount });
        }
        Ok(times)
    }

    /// Every unit put to use bears its share by what it costs.
    pub(super) fn all_taken_bear(&mut self, context: &Context<'_>, state: &State) {
        self.taken.sort_unstable_by_key(|taken| taken.line);
        for taken in &self.taken {
            match self.bearers.last_mut() {
                Some(bearer) if bearer.line == taken.line => bearer.weight += taken.amount,
                _ => self.bearers.push(Bearer { line: taken.line, weight: taken.amount, room: 0 }),
            }
        }
        for bearer in &mut self.bearers {
            let room = state.running[bearer.line] - context.floor[bearer.line];
            bearer.room = room.min(bearer.weight);
        }
    }
}

/// A number of units as a factor of an amount.
pub(super) fn units(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

//! What one promotion does to one state of the basket.

use super::bands::{Band, Taken};
use super::compile::{Cut, Step};
use super::context::{Context, Skip};
use super::outcome::Limited;
use super::share::{Bearer, Spreader, share_off};
use super::state::State;
use super::{Action, Base, Gift};

/// What a promotion would do, and buffers for finding it out.
#[derive(Debug, Default)]
pub(super) struct Effect {
    /// What is taken off each line, by place.
    pub(super) lines: Vec<(usize, i64)>,
    /// Units put to use.
    pub(super) taken: Vec<Taken>,
    /// What is taken off delivery.
    pub(super) delivery: i64,
    /// How often a gift is given.
    pub(super) gifts: u64,
    pub(super) limited: Limited,
    /// What it is worth to the customer: discounts and gifts.
    pub(super) gain: Gain,
    pub(super) bearers: Vec<Bearer>,
    pub(super) bands: Vec<Band>,
    spreader: Spreader,
}

/// What something is worth to the customer: minor units first, then the number of gifts of unknown worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Gain {
    pub(super) minor: i64,
    pub(super) gifts: u32,
}

impl Gain {
    pub(super) const fn plus(self, other: Self) -> Self {
        let (minor, gifts) = (self.minor.saturating_add(other.minor), self.gifts.saturating_add(other.gifts));
        Self { minor, gifts }
    }
}

/// The most that a promotion may take off now.
#[derive(Debug, Clone, Copy)]
struct Allowance {
    cap: i64,
    order: i64,
    budget: i64,
}

impl Effect {
    /// Finds out what the promotion does now, and does it.
    pub(super) fn attempt(
        &mut self,
        context: &Context<'_>,
        place: usize,
        state: &mut State,
    ) -> Result<(), Skip> {
        let plan = context.plan(place);
        context.check(plan, state)?;
        self.lines.clear();
        self.taken.clear();
        (self.delivery, self.gifts, self.gain, self.limited) = (0, 0, Gain::default(), Limited::default());
        let allowance = Allowance {
            cap: plan.cap,
            order: state.order_left,
            budget: plan.campaign.map_or(i64::MAX, |campaign| state.budgets[campaign]),
        };
        if allowance.budget == 0 {
            return Err(Skip::BudgetUsedUp);
        }
        if allowance.order == 0 && !matches!(plan.step, Step::Gift { .. }) {
            return Err(Skip::OrderCapUsedUp);
        }
        let base = context.promotions.list().get(place).map_or(Base::Running, |promotion| promotion.base);
        match &plan.step {
            Step::Lines { cut, of, allocation } => {
                let wanted = self.cut_lines(context, state, (*cut, base), *of, *allocation)?;
                self.share_out(wanted, allowance);
            }
            Step::Offer(offer) => {
                let wanted = self.offer(context, state, offer)?;
                self.share_out(wanted, allowance);
            }
            Step::Set(set) => {
                let wanted = self.set(context, state, set)?;
                self.share_out(wanted, allowance);
            }
            Step::Gift { per, max_times } => {
                self.gifts = match per {
                    None => 1,
                    Some((of, units)) => self.per_units(context, state, *of, *units, *max_times)?,
                };
            }
            Step::Delivery(cut) => self.cut_delivery(context, state, *cut, base, allowance)?,
        }
        let lines: i64 = self.lines.iter().map(|&(_, amount)| amount).sum();
        let taken_off = lines + self.delivery;
        if taken_off == 0 && self.gifts == 0 {
            return Err(if self.limited.by_floor { Skip::FloorReached } else { Skip::RoundedAway });
        }
        self.gain = Gain { minor: taken_off, gifts: 0 }.plus(self.worth(context, place));

        for taken in &self.taken {
            state.used[taken.line] += taken.units;
            state.used_amount[taken.line] += taken.amount;
        }
        if self.taken.is_empty() {
            self.lines.iter().for_each(|&(line, amount)| state.take_off(line, amount));
        } else {
            self.lines.iter().for_each(|&(line, amount)| state.take_off_used(line, amount));
        }
        state.delivery -= self.delivery;
        if state.order_left != i64::MAX {
            state.order_left -= taken_off;
        }
        if let Some(campaign) = plan.campaign
            && state.budgets[campaign] != i64::MAX
        {
            state.budgets[campaign] -= taken_off;
        }
        state.mark_applied(place);
        Ok(())
    }

    /// Spreads what is wanted, as far as it is allowed, over the bearers.
    fn share_out(&mut self, wanted: i64, allowance: Allowance) {
        let total = self.allow(wanted, allowance);
        let left = self.spreader.spread(total, &self.bearers, &mut self.lines);
        self.limited.by_floor |= left > 0;
    }

    /// What is allowed of what is wanted. The narrowest limit is the one that is named.
    fn allow(&mut self, wanted: i64, allowance: Allowance) -> i64 {
        let Allowance { cap, order, budget } = allowance;
        let least = cap.min(order).min(budget);
        if least < wanted {
            self.limited.by_cap = cap == least;
            self.limited.by_order_cap = order == least;
            self.limited.by_budget = budget == least;
        }
        wanted.min(least)
    }

    fn cut_delivery(
        &mut self,
        context: &Context<'_>,
        state: &State,
        cut: Cut,
        base: Base,
        allowance: Allowance,
    ) -> Result<(), Skip> {
        let first = context.delivery.ok_or(Skip::NoDelivery)?;
        if state.delivery == 0 {
            return Err(Skip::NothingLeft);
        }
        let wanted = match cut {
            Cut::Percent(share) => {
                let from = if base == Base::First { first } else { state.delivery };
                share_off(from, share, context.rules)
            }
            Cut::Amount(amount) => amount,
            Cut::Price(price) if price >= state.delivery => return Err(Skip::NotDearer),
            Cut::Price(price) => state.delivery - price,
        };
        self.delivery = self.allow(wanted.min(state.delivery), allowance);
        Ok(())
    }

    /// What the gifts are worth.
    fn worth(&self, context: &Context<'_>, place: usize) -> Gain {
        match context.promotions.list().get(place).map(|promotion| &promotion.action) {
            Some(Action::Gift(gift)) => worth(gift, self.gifts),
            _ => Gain::default(),
        }
    }
}

/// What a gift that is given so often is worth.
pub(super) fn worth(gift: &Gift, times: u64) -> Gain {
    let Some(worth) = gift.worth else { return Gain { minor: 0, gifts: u32::from(times > 0) } };
    let pieces = i64::from(gift.quantity.get()).saturating_mul(i64::try_from(times).unwrap_or(i64::MAX));
    Gain { minor: worth.minor().saturating_mul(pieces), gifts: 0 }
}

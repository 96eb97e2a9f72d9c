//! What does not change while promotions are applied to one basket.

use super::basket::{Basket, PromotionFacts, PromotionRules};
use super::compile::{Compiled, Plan, Test};
use super::promotions::Promotions;
use super::select::Masks;
use super::state::State;
use super::table::Table;
use super::{PromotionError, PromotionErrorKind, Unmet};
use crate::calendar::{Calendar, Zone};
use crate::money::{CurrencyUnit, Money};
use crate::time::{DateTime, Utc};

/// Why a promotion gave nothing, by places.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Skip {
    NotBegun,
    Ended,
    OutsideHours,
    OtherCurrency,
    CouponMissing,
    BudgetUsedUp,
    Condition(usize, Unmet),
    NothingSelected,
    TooFewUnits,
    NotDearer,
    FloorReached,
    NothingLeft,
    RoundedAway,
    OrderCapUsedUp,
    NoDelivery,
    GiftRefused,
    /// The winners of that turn.
    Lost(usize),
    Excluded(usize),
    Stopped(usize),
}

/// The basket by columns and the promotions made ready.
pub(super) struct Context<'a> {
    pub(super) promotions: &'a Promotions,
    pub(super) compiled: &'a Compiled,
    pub(super) facts: &'a PromotionFacts,
    pub(super) rules: &'a PromotionRules,
    pub(super) unit: CurrencyUnit,
    pub(super) now: DateTime<Utc>,
    /// What each line costs before.
    pub(super) first: Table<i64>,
    /// What each line costs at least.
    pub(super) floor: Table<i64>,
    pub(super) quantity: Table<u64>,
    pub(super) masks: Masks,
    /// Whether the buyer is in each customer group.
    member: Table<bool>,
    pub(super) delivery: Option<i64>,
}

fn wrong<T>(kind: PromotionErrorKind) -> Result<T, PromotionError> {
    Err(PromotionError::new(kind))
}

impl<'a> Context<'a> {
    /// Checks the basket, the facts and the rules.
    pub(super) fn new(
        promotions: &'a Promotions,
        basket: &Basket,
        facts: &'a PromotionFacts,
        rules: &'a PromotionRules,
        now: DateTime<Utc>,
    ) -> Result<Self, PromotionError> {
        let unit = basket.unit;
        let compiled = promotions.compiled();
        if compiled.units.get(&unit.currency()).is_some_and(|known| *known != unit) {
            return wrong(PromotionErrorKind::BasketCurrency);
        }
        let share_fits =
            rules.order_cap_share.is_none_or(|share| (0..=share.denominator()).contains(&share.numerator()));
        if rules.search_limit > super::MAX_SEARCH || !share_fits {
            return wrong(PromotionErrorKind::InvalidRules);
        }
        let not_negative = |amount: Money| {
            if amount.unit() != unit {
                wrong(PromotionErrorKind::BasketCurrency)
            } else if amount.is_negative() {
                wrong(PromotionErrorKind::NegativeBasket)
            } else {
                Ok(amount.minor())
            }
        };
        let count = basket.lines.len();
        let (mut first, mut floor, mut quantity) =
            (Vec::with_capacity(count), Vec::with_capacity(count), Vec::with_capacity(count));
        let mut sum = 0_i128;
        for line in &basket.lines {
            let amount = not_negative(line.amount)?;
            sum += i128::from(amount);
            first.push(amount);
            floor.push(line.floor.map(not_negative).transpose()?.unwrap_or(0).min(amount));
            quantity.push(u64::from(line.quantity.get()));
        }
        let delivery = basket.delivery.map(not_negative).transpose()?;
        if i64::try_from(sum + i128::from(delivery.unwrap_or(0))).is_err() {
            return wrong(PromotionErrorKind::Overflow);
        }
        if let Some(cap) = rules.order_cap {
            not_negative(cap)?;
        }
        Ok(Self {
            promotions,
            compiled,
            facts,
            rules,
            unit,
            now,
            masks: Masks::new(&compiled.selections, &basket.lines),
            first: Table(first),
            floor: Table(floor),
            quantity: Table(quantity),
            member: compiled.customer_groups.iter().map(|name| facts.groups.contains(name)).collect(),
            delivery,
        })
    }

    /// The basket before promotions.
    pub(super) fn start(&self) -> Result<State, PromotionError> {
        let mut state = State::new(&self.first, self.masks.words(), self.compiled.plans.len());
        state.delivery = self.delivery.unwrap_or(0);
        if let Some(cap) = self.rules.order_cap {
            state.order_left = cap.minor();
        }
        if let Some(share) = self.rules.order_cap_share {
            let cap = super::share::proportion(state.total, share.numerator(), share.denominator());
            state.order_left = state.order_left.min(cap);
        }
        for campaign in &self.compiled.campaigns {
            state.budgets.push(match self.facts.budgets.get(campaign) {
                None => i64::MAX,
                Some(left) if left.unit() == self.unit => left.minor().max(0),
                Some(_) => return wrong(PromotionErrorKind::BasketCurrency),
            });
        }
        Ok(state)
    }

    pub(super) fn plan(&self, promotion: usize) -> &'a Plan {
        &self.compiled.plans[promotion]
    }

    pub(super) const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.unit)
    }

    /// Whether the promotion is in play at all: what holds or does not whatever the basket.
    pub(super) fn in_play(&self, place: usize) -> Result<Option<Skip>, PromotionError> {
        let Some(promotion) = self.promotions.list().get(place) else { return Ok(None) };
        if promotion.from.is_some_and(|from| self.now < from) {
            return Ok(Some(Skip::NotBegun));
        }
        if promotion.until.is_some_and(|until| until <= self.now) {
            return Ok(Some(Skip::Ended));
        }
        if let Some(hours) = &promotion.hours {
            let name = hours.zone.as_str();
            let known = |zone: &&Zone| zone.id().as_str().eq_ignore_ascii_case(name);
            let Some(zone) = self.facts.zones.iter().find(known) else {
                return Err(PromotionError::at(PromotionErrorKind::MissingZone, &promotion.id));
            };
            if !Calendar::new(&hours.windows, zone).contains(self.now) {
                return Ok(Some(Skip::OutsideHours));
            }
        }
        if self.plan(place).unit.is_some_and(|unit| unit != self.unit) {
            return Ok(Some(Skip::OtherCurrency));
        }
        if promotion.coupon_required
            && !promotion.campaign.as_ref().is_some_and(|campaign| self.facts.coupons.contains(campaign))
        {
            return Ok(Some(Skip::CouponMissing));
        }
        if matches!(self.plan(place).step, super::compile::Step::Gift { .. })
            && self.facts.refused_gifts.contains(&promotion.id)
        {
            return Ok(Some(Skip::GiftRefused));
        }
        Ok(None)
    }

    /// The first condition that does not hold now.
    pub(super) fn check(&self, plan: &Plan, state: &State) -> Result<(), Skip> {
        for (place, test) in plan.tests.iter().enumerate() {
            self.test(test, state).map_err(|unmet| Skip::Condition(place, unmet))?;
        }
        Ok(())
    }

    fn test(&self, test: &Test, state: &State) -> Result<(), Unmet> {
        let holds = |holds: bool, unmet: Unmet| if holds { Ok(()) } else { Err(unmet) };
        match test {
            Test::Subtotal { minimum, of } => {
                let found = self.masks.lines(*of).map(|line| state.running[line]).sum();
                let unmet = || Unmet::Subtotal { needed: self.money(*minimum), found: self.money(found) };
                holds(found >= *minimum, unmet())
            }
            Test::LineQuantity { minimum, of } => {
                let found = self.masks.lines(*of).map(|line| self.quantity[line]).max().unwrap_or(0);
                holds(found >= *minimum, Unmet::LineQuantity { needed: *minimum, found })
            }
            Test::Units { minimum, of } => {
                let found = self.masks.lines(*of).map(|line| self.quantity[line]).sum();
                holds(found >= *minimum, Unmet::Units { needed: *minimum, found })
            }
            Test::Contains { of } => holds(self.masks.lines(*of).next().is_some(), Unmet::Contains),
            Test::Groups(groups) => {
                holds(groups.iter().any(|&group| self.member[group]), Unmet::CustomerGroup)
            }
            Test::Applied(other) => holds(state.is_applied(*other), Unmet::Applied),
            Test::Any(tests) => holds(tests.iter().any(|test| self.test(test, state).is_ok()), Unmet::AnyOf),
            Test::All(tests) => tests.iter().try_for_each(|test| self.test(test, state)),
            Test::Not(test) => holds(self.test(test, state).is_err(), Unmet::Not),
        }
    }
}

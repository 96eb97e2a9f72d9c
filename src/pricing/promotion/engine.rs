//! Applies promotions to a basket: phase by phase, group by group.

use super::basket::{Basket, PromotionFacts, PromotionRules};
use super::compile::Section;
use super::context::{Context, Skip};
use super::effect::{Effect, Gain};
use super::outcome::{
    AppliedPromotion, GiftLine, GroupOutcome, LineDiscount, NotApplied, PromotionOutcome, RejectedPromotion,
    Search,
};
use super::promotions::Promotions;
use super::state::State;
use super::table::Table;
use super::{Action, Exclusive, GroupMode, Phase, PromotionError, PromotionErrorKind, PromotionId};
use crate::cart::Quantity;
use crate::time::{DateTime, Utc};

/// Applies promotions to a basket and says of each what it did or why not.
///
/// Pure: the same basket, facts, rules and instant give the same answer, in every channel. No line falls under its
/// floor, no amount under zero, and the discounts add up to the difference of the totals.
///
/// # Errors
/// [`NegativeBasket`](PromotionErrorKind::NegativeBasket), [`BasketCurrency`](PromotionErrorKind::BasketCurrency) and
/// [`Overflow`](PromotionErrorKind::Overflow) for a basket or facts that cannot be,
/// [`InvalidRules`](PromotionErrorKind::InvalidRules), and [`MissingZone`](PromotionErrorKind::MissingZone) for a
/// promotion with hours in a zone that the facts do not hold.
///
/// # Complexity
/// O(p * n log n) for p promotions and n lines, whatever the quantities; a best-of group that is searched exactly
/// costs up to 2^k turns for k promotions in play.
///
/// ```
/// use throughline::cart::{Quantity, Sku};
/// use throughline::money::{Currency, CurrencyUnit, Money, Ratio};
/// use throughline::pricing::promotion::{
///     Action, Basket, BasketLine, Promotion, PromotionFacts, PromotionId, PromotionRules, Promotions, apply,
/// };
/// let euro = CurrencyUnit::new(Currency::parse("EUR")?, 2)?;
/// let ten = Promotion::new(PromotionId::parse("ten")?, Action::percent(Ratio::basis_points(1_000)));
/// let promotions = Promotions::new("spring", [ten])?;
/// let basket = Basket {
///     unit: euro,
///     lines: vec![BasketLine {
///         sku: Sku::parse("MUG-1")?,
///         tags: ["آشپزخانه".to_owned()].into(),
///         quantity: Quantity::new(3)?,
///         amount: Money::parse("37.50", euro)?,
///         floor: None,
///     }],
///     delivery: None,
/// };
/// let now = "2026-03-20T09:00:00Z".parse()?;
/// let answer = apply(&promotions, &basket, &PromotionFacts::default(), &PromotionRules::default(), now)?;
/// assert_eq!(answer.total.to_string(), "33.75 EUR");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn apply(
    promotions: &Promotions,
    basket: &Basket,
    facts: &PromotionFacts,
    rules: &PromotionRules,
    now: DateTime<Utc>,
) -> Result<PromotionOutcome, PromotionError> {
    let context = Context::new(promotions, basket, facts, rules, now)?;
    let mut run = Run::new(&context)?;
    run.all();
    run.finish()
}

/// One application under way.
pub(super) struct Run<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) state: State,
    pub(super) effect: Effect,
    /// Why each promotion gave nothing; `None` for one that gave something or whose turn has not come.
    pub(super) skips: Table<Option<Skip>>,
    applied: Vec<AppliedPromotion>,
    /// Places of those that gave something.
    order: Vec<usize>,
    groups: Vec<GroupOutcome>,
    /// The winners of each turn that had losers.
    winners: Vec<Vec<PromotionId>>,
    /// The promotion after which nothing comes.
    pub(super) stopped_by: Option<usize>,
}

impl<'a> Run<'a> {
    fn new(context: &'a Context<'a>) -> Result<Self, PromotionError> {
        let places = 0..context.compiled.plans.len();
        let skips = places.map(|place| context.in_play(place)).collect::<Result<_, _>>()?;
        Ok(Self {
            context,
            state: context.start()?,
            effect: Effect::default(),
            skips,
            applied: Vec::new(),
            order: Vec::new(),
            groups: Vec::new(),
            winners: Vec::new(),
            stopped_by: None,
        })
    }

    fn exclusive(&self, place: usize) -> Option<Exclusive> {
        self.context.promotions.list().get(place).and_then(|promotion| promotion.exclusive)
    }

    fn stops(&self, place: usize) -> bool {
        self.context.promotions.list().get(place).is_some_and(|promotion| promotion.stop_after)
    }

    fn all(&mut self) {
        let compiled = self.context.compiled;
        let alone = compiled.everywhere.iter().copied().find(|&place| self.holds(place));
        for (phase, sections) in &compiled.phases {
            let members = || sections.iter().flat_map(|section| &section.members).copied();
            // The first exclusive promotion of the phase that holds as the phase begins.
            let in_phase = alone.or_else(|| {
                members()
                    .find(|&place| self.exclusive(place) == Some(Exclusive::InPhase) && self.holds(place))
            });
            if let Some(winner) = in_phase {
                for place in members().filter(|&place| place != winner) {
                    self.skip(place, Skip::Excluded(winner));
                }
            }
            for section in sections {
                self.section(*phase, section);
            }
        }
    }

    /// Tries an exclusive promotion before its turn, without doing it.
    fn holds(&mut self, place: usize) -> bool {
        if self.skips[place].is_some() || self.stopped_by.is_some() {
            return false;
        }
        let mut state = self.state.clone();
        match self.effect.attempt(self.context, place, &mut state) {
            Ok(()) => true,
            Err(skip) => {
                self.skip(place, skip);
                false
            }
        }
    }

    /// Notes why a promotion gives nothing, unless that is known.
    pub(super) fn skip(&mut self, place: usize, skip: Skip) {
        self.skips[place].get_or_insert(skip);
    }

    fn section(&mut self, phase: Phase, section: &Section) {
        let before = self.order.len();
        let in_play: Vec<usize> =
            section.members.iter().copied().filter(|&place| self.skips[place].is_none()).collect();
        let mut search = None;
        match section.mode {
            _ if self.stopped_by.is_some() => {}
            GroupMode::All => self.each(phase, &in_play),
            GroupMode::First => {
                for &place in &in_play {
                    if self.turn(phase, place) {
                        break;
                    }
                }
            }
            GroupMode::BestSingle => {
                self.best_single(phase, &in_play);
            }
            GroupMode::BestOf if in_play.is_empty() => {}
            GroupMode::BestOf if in_play.len() <= usize::from(self.context.rules.search_limit) => {
                search = Some(Search::Exact);
                let best = super::search::best_of(self, &in_play);
                self.each(phase, &best);
            }
            GroupMode::BestOf => {
                search = Some(Search::DeclaredOrder);
                self.each(phase, &in_play);
            }
            GroupMode::CompoundWithinPriority => self.compound_within_priority(phase, &in_play),
            GroupMode::CompeteWithinPriority => self.compete_within_priority(phase, &in_play),
        }
        self.state.open_all();

        let winners: Vec<PromotionId> =
            self.order.iter().skip(before).filter_map(|&place| self.id(place)).collect();
        let turn = self.winners.len();
        for &place in in_play.iter().filter(|&&place| !self.state.is_applied(place)).collect::<Vec<_>>() {
            match self.stopped_by {
                Some(last) if section.mode == GroupMode::All || winners.is_empty() => {
                    self.skip(place, Skip::Stopped(last));
                }
                _ => self.skip(place, Skip::Lost(turn)),
            }
        }
        if let Some(group) = section.group.and_then(|group| self.context.promotions.groups().get(group)) {
            self.groups.push(GroupOutcome {
                group: group.id.clone(),
                mode: section.mode,
                in_play: in_play.len(),
                search,
                applied: winners.clone(),
            });
        }
        self.winners.push(winners);
    }

    /// Each in its order, until one is the last.
    pub(super) fn each(&mut self, phase: Phase, places: &[usize]) {
        for &place in places {
            if self.stopped_by.is_some() {
                break;
            }
            self.turn(phase, place);
        }
    }

    /// The one that gives most.
    pub(super) fn best_single(&mut self, phase: Phase, places: &[usize]) -> Option<usize> {
        let mut best: Option<(Gain, usize)> = None;
        let mut state = State::default();
        for &place in places {
            state.copy(&self.state);
            match self.effect.attempt(self.context, place, &mut state) {
                Ok(()) if best.is_none_or(|(gain, _)| self.effect.gain > gain) => {
                    best = Some((self.effect.gain, place));
                }
                Ok(()) => {}
                Err(skip) => self.skip(place, skip),
            }
        }
        let (_, place) = best?;
        self.turn(phase, place);
        Some(place)
    }

    /// Does what a promotion does now, or notes why nothing.
    pub(super) fn turn(&mut self, phase: Phase, place: usize) -> bool {
        if let Err(skip) = self.effect.attempt(self.context, place, &mut self.state) {
            self.skip(place, skip);
            return false;
        }
        let effect = &self.effect;
        let Some(promotion) = self.context.promotions.list().get(place) else { return false };
        let gift = match &promotion.action {
            Action::Gift(gift) => u32::try_from(effect.gifts).ok().and_then(|times| {
                let pieces = gift.quantity.get().saturating_mul(times).min(Quantity::MAX.get());
                let quantity = Quantity::new(pieces).ok()?;
                let worth = gift.worth.and_then(|worth| worth.times(i64::from(pieces)).ok());
                Some(GiftLine { sku: gift.sku.clone(), quantity, worth })
            }),
            _ => None,
        };
        let lines: i64 = effect.lines.iter().map(|&(_, amount)| amount).sum();
        self.applied.push(AppliedPromotion {
            promotion: promotion.id.clone(),
            phase,
            lines: effect
                .lines
                .iter()
                .map(|&(line, amount)| LineDiscount { line, amount: self.context.money(amount) })
                .collect(),
            delivery: (effect.delivery > 0).then(|| self.context.money(effect.delivery)),
            gift,
            total: self.context.money(lines + effect.delivery),
            limited: effect.limited,
        });
        self.order.push(place);
        self.skips[place] = None;
        if self.stops(place) {
            self.stopped_by = Some(place);
        }
        true
    }

    fn id(&self, place: usize) -> Option<PromotionId> {
        self.context.promotions.list().get(place).map(|promotion| promotion.id.clone())
    }

    fn finish(self) -> Result<PromotionOutcome, PromotionError> {
        let mut not_applied = Vec::with_capacity(self.skips.len() - self.order.len());
        let all = self.context.promotions.list().iter();
        let lost = || PromotionError::new(PromotionErrorKind::UnknownReference);
        for (promotion, skip) in all.zip(self.skips.iter()) {
            let Some(skip) = *skip else { continue };
            let campaign = || promotion.campaign.clone().unwrap_or_default();
            let why = match skip {
                Skip::NotBegun => NotApplied::NotBegun { from: promotion.from.unwrap_or(self.context.now) },
                Skip::Ended => NotApplied::Ended { until: promotion.until.unwrap_or(self.context.now) },
                Skip::OutsideHours => NotApplied::OutsideHours,
                Skip::OtherCurrency => NotApplied::OtherCurrency,
                Skip::CouponMissing => NotApplied::CouponMissing { campaign: campaign() },
                Skip::BudgetUsedUp => NotApplied::BudgetUsedUp { campaign: campaign() },
                Skip::Condition(condition, unmet) => NotApplied::ConditionNotMet { condition, unmet },
                Skip::NothingSelected => NotApplied::NothingSelected,
                Skip::TooFewUnits => NotApplied::TooFewUnits,
                Skip::NotDearer => NotApplied::NotDearer,
                Skip::FloorReached => NotApplied::FloorReached,
                Skip::NothingLeft => NotApplied::NothingLeft,
                Skip::RoundedAway => NotApplied::RoundedAway,
                Skip::OrderCapUsedUp => NotApplied::OrderCapUsedUp,
                Skip::NoDelivery => NotApplied::NoDelivery,
                Skip::GiftRefused => NotApplied::GiftRefused,
                Skip::Lost(turn) => {
                    NotApplied::LostTo { winners: self.winners.get(turn).cloned().unwrap_or_default() }
                }
                Skip::Excluded(by) => NotApplied::ExcludedBy { promotion: self.id(by).ok_or_else(lost)? },
                Skip::Stopped(by) => NotApplied::StoppedBy { promotion: self.id(by).ok_or_else(lost)? },
            };
            not_applied.push(RejectedPromotion { promotion: promotion.id.clone(), why });
        }
        let context = self.context;
        let first: i64 = context.first.iter().sum();
        Ok(PromotionOutcome {
            version: context.promotions.version().to_owned(),
            applied: self.applied,
            not_applied,
            groups: self.groups,
            lines: self.state.running.iter().map(|&minor| context.money(minor)).collect(),
            total: context.money(self.state.total),
            discount: context.money(first - self.state.total),
            delivery: context.delivery.map(|_| context.money(self.state.delivery)),
        })
    }
}

//! Promotions checked and made ready: selections as places, amounts as minor units, the order of the turns.

use std::collections::BTreeMap;

use super::id::is_name;
use super::promotions::{MAX_PROMOTIONS, Written};
use super::select::{MAX_DEPTH, MAX_MEMBERS, NodeId, Reader, Selections};
use super::{
    Action, Allocation, Bundle, BuyGet, Condition, GroupMode, Off, Phase, Pick, Promotion, PromotionError,
    PromotionErrorKind,
};
use crate::cart::Quantity;
use crate::money::{Currency, CurrencyUnit, Money, Ratio};

/// Most parts of a bundle, and most conditions of a promotion.
pub(super) const MAX_PARTS: usize = 64;

/// A condition made ready.
#[derive(Debug, Clone)]
pub(super) enum Test {
    Subtotal { minimum: i64, of: NodeId },
    LineQuantity { minimum: u64, of: NodeId },
    Units { minimum: u64, of: NodeId },
    Contains { of: NodeId },
    Groups(Vec<usize>),
    Applied(usize),
    Any(Vec<Self>),
    All(Vec<Self>),
    Not(Box<Self>),
}

/// What is taken off, in minor units.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    Percent(Ratio),
    Amount(i64),
    Price(i64),
}

/// A buy-get offer, or a set that pays fewer.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) trigger: NodeId,
    pub(super) trigger_quantity: u64,
    pub(super) reward: NodeId,
    pub(super) reward_quantity: u64,
    pub(super) cut: Cut,
    pub(super) pick: Pick,
    pub(super) max_times: u64,
    pub(super) share: bool,
}

/// A bundle.
#[derive(Debug, Clone)]
pub(super) struct Set {
    pub(super) parts: Vec<(NodeId, u64)>,
    pub(super) cut: Cut,
    pub(super) pick: Pick,
    pub(super) max_times: u64,
}

/// An action made ready.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Lines { cut: Cut, of: NodeId, allocation: Allocation },
    Offer(Offer),
    Set(Set),
    Gift { per: Option<(NodeId, u64)>, max_times: u64 },
    Delivery(Cut),
}

/// A promotion made ready.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) step: Step,
    pub(super) tests: Vec<Test>,
    pub(super) cap: i64,
    pub(super) campaign: Option<usize>,
    /// What its amounts are counted in, where it has any.
    pub(super) unit: Option<CurrencyUnit>,
}

/// Promotions that have their turns together.
#[derive(Debug, Clone)]
pub(super) struct Section {
    /// The group's place; absent for the promotions of a phase without a group.
    pub(super) group: Option<usize>,
    pub(super) mode: GroupMode,
    /// Places of promotions in their order.
    pub(super) members: Vec<usize>,
}

/// All promotions made ready.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub(super) plans: super::table::Table<Plan>,
    /// The sections of each phase in their order.
    pub(super) phases: Vec<(Phase, Vec<Section>)>,
    /// Exclusive everywhere, in the order of the turns.
    pub(super) everywhere: Vec<usize>,
    pub(super) selections: Selections,
    pub(super) customer_groups: Vec<String>,
    pub(super) campaigns: Vec<String>,
    /// What every currency is counted in, by its code.
    pub(super) units: BTreeMap<Currency, CurrencyUnit>,
}

/// Names and their places.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn place(&mut self, name: &str) -> Result<usize, PromotionError> {
        if let Some(&place) = self.0.get(name) {
            return Ok(place);
        }
        if !is_name(name) {
            return Err(PromotionError::new(PromotionErrorKind::InvalidName));
        }
        let place = self.0.len();
        self.0.insert(name.to_owned(), place);
        Ok(place)
    }

    fn finish(self) -> Vec<String> {
        let mut names: Vec<(String, usize)> = self.0.into_iter().collect();
        names.sort_by_key(|&(_, place)| place);
        names.into_iter().map(|(name, _)| name).collect()
    }
}

fn wrong<T>(kind: PromotionErrorKind) -> Result<T, PromotionError> {
    Err(PromotionError::new(kind))
}

/// Checks everything and makes it ready.
pub(super) fn compile(written: &Written) -> Result<Compiled, PromotionError> {
    if written.promotions.len() > MAX_PROMOTIONS || written.groups.len() > MAX_PROMOTIONS {
        return wrong(PromotionErrorKind::TooLarge);
    }
    let mut places = BTreeMap::new();
    for (place, promotion) in written.promotions.iter().enumerate() {
        if places.insert(&promotion.id, place).is_some() {
            return Err(PromotionError::at(PromotionErrorKind::DuplicateId, &promotion.id));
        }
    }
    let mut groups = BTreeMap::new();
    for (place, group) in written.groups.iter().enumerate() {
        if groups.insert(&group.id, place).is_some() {
            return wrong(PromotionErrorKind::DuplicateId);
        }
    }
    let mut maker = Maker {
        selections: Reader::new(&written.selections)?,
        customer_groups: Names::default(),
        campaigns: Names::default(),
        units: BTreeMap::new(),
        unit: None,
        required: Vec::new(),
        places,
    };
    let mut plans = Vec::with_capacity(written.promotions.len());
    let mut required = Vec::with_capacity(written.promotions.len());
    for promotion in &written.promotions {
        let group = match &promotion.group {
            None => Ok(None),
            Some(id) => groups.get(id).copied().map(Some).ok_or(PromotionErrorKind::UnknownReference),
        };
        let fits = |group: Option<usize>| {
            group
                .and_then(|place| written.groups.get(place))
                .is_none_or(|group| group.phase == promotion.phase)
        };
        let plan = match group {
            Err(kind) => wrong(kind),
            Ok(group) if !fits(group) => wrong(PromotionErrorKind::WrongPhase),
            Ok(_) => maker.plan(promotion),
        };
        plans.push(plan.map_err(|error| error.of(&promotion.id))?);
        required.push(std::mem::take(&mut maker.required));
    }

    let phases = turns(written, &groups);
    let mut rank = vec![0_usize; plans.len()];
    let in_turn = phases.iter().flat_map(|(_, sections)| sections).flat_map(|section| &section.members);
    for (turn, &place) in in_turn.enumerate() {
        if let Some(rank) = rank.get_mut(place) {
            *rank = turn;
        }
    }
    check_requirements(written, &required, &rank)?;
    let everywhere = phases
        .iter()
        .flat_map(|(_, sections)| sections)
        .flat_map(|section| section.members.iter().copied())
        .filter(|&place| {
            let exclusive = written.promotions.get(place).and_then(|promotion| promotion.exclusive);
            exclusive == Some(super::Exclusive::Everywhere)
        })
        .collect();
    Ok(Compiled {
        plans: super::table::Table(plans),
        phases,
        everywhere,
        selections: maker.selections.finish(),
        customer_groups: maker.customer_groups.finish(),
        campaigns: maker.campaigns.finish(),
        units: maker.units,
    })
}

/// Who has its turn when.
fn turns(written: &Written, groups: &BTreeMap<&super::GroupId, usize>) -> Vec<(Phase, Vec<Section>)> {
    let mut of_groups: Vec<Vec<usize>> = vec![Vec::new(); written.groups.len()];
    let mut loose: BTreeMap<Phase, Vec<usize>> = BTreeMap::new();
    for (place, promotion) in written.promotions.iter().enumerate() {
        let group = promotion.group.as_ref().and_then(|id| groups.get(id)).copied();
        match group.and_then(|group| of_groups.get_mut(group)) {
            Some(members) => members.push(place),
            None => loose.entry(promotion.phase).or_default().push(place),
        }
    }
    let in_order = |mut members: Vec<usize>| {
        let priority =
            |place: &usize| written.promotions.get(*place).map_or(0, |promotion| promotion.priority);
        members.sort_by_key(|place| std::cmp::Reverse(priority(place)));
        members
    };
    Phase::ALL
        .into_iter()
        .map(|phase| {
            let mut sections: Vec<Section> = written
                .groups
                .iter()
                .zip(&mut of_groups)
                .enumerate()
                .filter(|(_, (group, members))| group.phase == phase && !members.is_empty())
                .map(|(place, (group, members))| Section {
                    group: Some(place),
                    mode: group.mode,
                    members: in_order(std::mem::take(members)),
                })
                .collect();
            if let Some(members) = loose.remove(&phase) {
                sections.push(Section { group: None, mode: GroupMode::All, members: in_order(members) });
            }
            (phase, sections)
        })
        .collect()
}

/// A required promotion comes earlier; where it does not, says whether that is a circle.
fn check_requirements(
    written: &Written,
    required: &[Vec<usize>],
    rank: &[usize],
) -> Result<(), PromotionError> {
    let later = |place: usize, other: &usize| rank.get(*other) >= rank.get(place);
    let first_wrong = (0..required.len())
        .find(|&place| required.get(place).is_some_and(|all| all.iter().any(|other| later(place, other))));
    let Some(place) = first_wrong else { return Ok(()) };
    let mut seen = vec![false; required.len()];
    let mut open: Vec<usize> = required.get(place).cloned().unwrap_or_default();
    while let Some(next) = open.pop() {
        if let Some(seen) = seen.get_mut(next)
            && !std::mem::replace(seen, true)
        {
            open.extend(required.get(next).into_iter().flatten());
        }
    }
    let circle = seen.get(place).copied().unwrap_or(false);
    let kind = if circle { PromotionErrorKind::Circular } else { PromotionErrorKind::RequiresLater };
    match written.promotions.get(place) {
        Some(promotion) => Err(PromotionError::at(kind, &promotion.id)),
        None => wrong(kind),
    }
}

struct Maker<'a> {
    selections: Reader<'a>,
    customer_groups: Names,
    campaigns: Names,
    units: BTreeMap<Currency, CurrencyUnit>,
    /// Of the promotion at hand.
    unit: Option<CurrencyUnit>,
    /// The promotions that it requires.
    required: Vec<usize>,
    places: BTreeMap<&'a super::PromotionId, usize>,
}

impl Maker<'_> {
    fn plan(&mut self, promotion: &Promotion) -> Result<Plan, PromotionError> {
        self.unit = None;
        if promotion.from.zip(promotion.until).is_some_and(|(from, until)| from >= until) {
            return wrong(PromotionErrorKind::EmptyWindow);
        }
        if promotion.coupon_required && promotion.campaign.is_none() {
            return wrong(PromotionErrorKind::NoCampaign);
        }
        let delivers = matches!(promotion.action, Action::Delivery { .. });
        if delivers != (promotion.phase == Phase::Delivery) {
            return wrong(PromotionErrorKind::WrongPhase);
        }
        if promotion.conditions.len() > MAX_PARTS {
            return wrong(PromotionErrorKind::TooLarge);
        }
        let step = self.step(&promotion.action)?;
        let tests = promotion.conditions.iter().map(|one| self.test(one, 0)).collect::<Result<_, _>>()?;
        let cap = promotion.cap.map(|cap| self.positive(cap)).transpose()?.unwrap_or(i64::MAX);
        let campaign = promotion.campaign.as_deref().map(|name| self.campaigns.place(name)).transpose()?;
        Ok(Plan { step, tests, cap, campaign, unit: self.unit })
    }

    fn step(&mut self, action: &Action) -> Result<Step, PromotionError> {
        Ok(match action {
            Action::Percent { off, of, allocation } => Step::Lines {
                cut: self.cut(Off::Percent(*off))?,
                of: self.selections.read(of)?,
                allocation: checked(*allocation)?,
            },
            Action::Amount { off, of, allocation } => Step::Lines {
                cut: self.cut(Off::Amount(*off))?,
                of: self.selections.read(of)?,
                allocation: checked(*allocation)?,
            },
            Action::FixedPrice { price, of } => Step::Lines {
                cut: self.cut(Off::Price(*price))?,
                of: self.selections.read(of)?,
                allocation: Allocation::EachUnit { most_units: None },
            },
            Action::BuyGet(offer) => Step::Offer(self.offer(offer)?),
            Action::Bundle(bundle) => Step::Set(self.set(bundle)?),
            Action::TakeMorePayFewer(set) => {
                if set.pay >= set.take {
                    return wrong(PromotionErrorKind::InvalidQuantity);
                }
                let of = self.selections.read(&set.of)?;
                Step::Offer(Offer {
                    trigger: of,
                    trigger_quantity: quantity(set.pay)?,
                    reward: of,
                    reward_quantity: quantity(set.take - set.pay)?,
                    cut: Cut::Percent(Ratio::ONE),
                    pick: set.pick,
                    max_times: times(set.max_times)?,
                    share: set.share_over_set,
                })
            }
            Action::Gift(gift) => {
                if let Some(worth) = gift.worth {
                    self.not_negative(worth)?;
                }
                let per = match &gift.per {
                    Some(per) => Some((self.selections.read(&per.of)?, quantity(per.quantity)?)),
                    None => None,
                };
                let max_times = times(gift.max_times)?;
                // Without units to count, the gift comes once.
                Step::Gift { per, max_times: if per.is_some() { max_times } else { 1 } }
            }
            Action::Delivery { off } => Step::Delivery(self.cut(*off)?),
        })
    }

    fn offer(&mut self, offer: &BuyGet) -> Result<Offer, PromotionError> {
        Ok(Offer {
            trigger: self.selections.read(&offer.trigger)?,
            trigger_quantity: quantity(offer.trigger_quantity)?,
            reward: self.selections.read(&offer.reward)?,
            reward_quantity: quantity(offer.reward_quantity)?,
            cut: self.cut(offer.off)?,
            pick: offer.pick,
            max_times: times(offer.max_times)?,
            share: offer.share_with_triggers,
        })
    }

    fn set(&mut self, bundle: &Bundle) -> Result<Set, PromotionError> {
        if bundle.parts.is_empty() {
            return wrong(PromotionErrorKind::RefersToNothing);
        }
        if bundle.parts.len() > MAX_PARTS {
            return wrong(PromotionErrorKind::TooLarge);
        }
        let mut parts = Vec::with_capacity(bundle.parts.len());
        for part in &bundle.parts {
            parts.push((self.selections.read(&part.of)?, quantity(part.quantity)?));
        }
        let cut = self.cut(bundle.off)?;
        Ok(Set { parts, cut, pick: bundle.pick, max_times: times(bundle.max_times)? })
    }

    fn test(&mut self, condition: &Condition, depth: usize) -> Result<Test, PromotionError> {
        if depth > MAX_DEPTH {
            return wrong(PromotionErrorKind::TooLarge);
        }
        Ok(match condition {
            Condition::Subtotal { minimum, of } => {
                Test::Subtotal { minimum: self.not_negative(*minimum)?, of: self.selections.read(of)? }
            }
            Condition::LineQuantity { minimum, of } => {
                Test::LineQuantity { minimum: u64::from(*minimum), of: self.selections.read(of)? }
            }
            Condition::Units { minimum, of } => {
                Test::Units { minimum: u64::from(*minimum), of: self.selections.read(of)? }
            }
            Condition::Contains { of } => Test::Contains { of: self.selections.read(of)? },
            Condition::CustomerGroup { any_of } => {
                if any_of.is_empty() {
                    return wrong(PromotionErrorKind::RefersToNothing);
                }
                let places = any_of.iter().map(|name| self.customer_groups.place(name));
                Test::Groups(places.collect::<Result<_, _>>()?)
            }
            Condition::Applied { promotion } => {
                let Some(&place) = self.places.get(promotion) else {
                    return wrong(PromotionErrorKind::UnknownReference);
                };
                self.required.push(place);
                Test::Applied(place)
            }
            Condition::AnyOf { conditions } | Condition::AllOf { conditions } => {
                if conditions.is_empty() {
                    return wrong(PromotionErrorKind::RefersToNothing);
                }
                if conditions.len() > MAX_MEMBERS {
                    return wrong(PromotionErrorKind::TooLarge);
                }
                let tests =
                    conditions.iter().map(|one| self.test(one, depth + 1)).collect::<Result<_, _>>()?;
                if matches!(condition, Condition::AnyOf { .. }) { Test::Any(tests) } else { Test::All(tests) }
            }
            Condition::Not { condition } => Test::Not(Box::new(self.test(condition, depth + 1)?)),
        })
    }

    fn cut(&mut self, off: Off) -> Result<Cut, PromotionError> {
        Ok(match off {
            Off::Percent(share) if share.numerator() < 0 || share.numerator() > share.denominator() => {
                return wrong(PromotionErrorKind::PercentOutOfRange);
            }
            Off::Percent(share) if share.numerator() == 0 => return wrong(PromotionErrorKind::NoEffect),
            Off::Percent(share) => Cut::Percent(share),
            Off::Amount(amount) => Cut::Amount(self.positive(amount)?),
            Off::Price(price) => Cut::Price(self.not_negative(price)?),
        })
    }

    fn positive(&mut self, amount: Money) -> Result<i64, PromotionError> {
        match self.not_negative(amount)? {
            0 => wrong(PromotionErrorKind::NoEffect),
            minor => Ok(minor),
        }
    }

    fn not_negative(&mut self, amount: Money) -> Result<i64, PromotionError> {
        let unit = amount.unit();
        if *self.unit.get_or_insert(unit) != unit
            || *self.units.entry(unit.currency()).or_insert(unit) != unit
        {
            return wrong(PromotionErrorKind::MixedCurrencies);
        }
        if amount.is_negative() { wrong(PromotionErrorKind::Negative) } else { Ok(amount.minor()) }
    }
}

fn quantity(units: u32) -> Result<u64, PromotionError> {
    if units == 0 || units > Quantity::MAX.get() {
        return wrong(PromotionErrorKind::InvalidQuantity);
    }
    Ok(u64::from(units))
}

fn times(most: Option<u32>) -> Result<u64, PromotionError> {
    most.map_or(Ok(u64::MAX), quantity)
}

fn checked(allocation: Allocation) -> Result<Allocation, PromotionError> {
    if let Allocation::EachUnit { most_units: Some(units) } | Allocation::Once { units, .. } = allocation {
        quantity(units)?;
    }
    Ok(allocation)
}

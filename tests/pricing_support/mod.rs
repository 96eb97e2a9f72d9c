//! Random price rules, carts and purchases for the tests of the laws of pricing.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "each test file uses a part of it"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline::cart::{Cart, LineKey, Quantity, Sku};
use throughline::ids::{CartId, QuoteId};
use throughline::money::{Currency, CurrencyUnit, Money, Ratio, Rounding};
use throughline::pricing::coupon::CampaignId;
use throughline::pricing::promotion::{
    Action, Allocation, Base, Bundle, BundlePart, BuyGet, Condition, Gift, GroupId, GroupMode, Off, Phase,
    Pick, Promotion, PromotionGroup, PromotionId, PromotionRules, Promotions, RoundOn, Selection,
    TakeMorePayFewer,
};
use throughline::pricing::tax::{RateName, TaxCategory, TaxLevel, TaxPolicy, TaxRate, TaxZone, ZoneTax};
use throughline::pricing::{
    Buyer, Catalogue, ChoicePolicy, Conditions, DeliveryFee, ListId, ListKind, PriceBook, PriceEntry,
    PriceError, PriceId, PriceList, PriceRules, Priced, Product, Purchase, TierMode, TierStep, Tiers, price,
};
use throughline::time::{DateTime, Utc};

pub const PRODUCTS: [&str; 5] = ["mug", "کیف", "чашка", "חולצה", "محفظة"];
const TAGS: [&str; 3] = ["کفش", "нос", "sale"];

pub fn noon() -> DateTime<Utc> {
    "2026-03-20T12:00:00Z".parse().unwrap()
}

pub fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

pub fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

pub fn sku(place: usize) -> Sku {
    Sku::parse(PRODUCTS[place]).unwrap()
}

/// The parts that price rules are made of, so that a test may put them together in another order.
#[derive(Debug, Clone)]
pub struct Parts {
    pub lists: Vec<PriceList>,
    pub entries: Vec<PriceEntry>,
    pub products: Vec<(Sku, Product)>,
    pub groups: Vec<PromotionGroup>,
    pub promotions: Vec<Promotion>,
    pub promotion_rules: PromotionRules,
    pub policy: ChoicePolicy,
    pub tax: Vec<(TaxZone, ZoneTax)>,
}

impl Parts {
    /// The rules; `None` if they cannot be, which is an error's business and no panic's.
    pub fn rules(&self) -> Option<PriceRules> {
        let groups = self.groups.iter().cloned();
        Some(PriceRules {
            policy: self.policy.clone(),
            catalogue: Catalogue::new(self.products.clone()),
            promotions: Some(Promotions::with_groups("laws", groups, self.promotions.iter().cloned()).ok()?),
            promotion_rules: self.promotion_rules.clone(),
            tax: TaxPolicy::new(self.tax.clone()).ok()?,
            ..PriceRules::new(
                PriceBook::with_lists("laws", self.lists.iter().cloned(), self.entries.iter().cloned())
                    .ok()?,
            )
        })
    }
}

/// How large amounts, quantities and rates are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// As in a shop.
    Shop,
    /// Whatever the types hold.
    Extreme,
}

impl Size {
    pub fn amount(self) -> BoxedStrategy<i64> {
        match self {
            Self::Shop => prop_oneof![1 => 0..4_i64, 6 => 0..20_000_i64].boxed(),
            Self::Extreme => prop_oneof![
                3 => 0..20_000_i64,
                1 => Just(i64::MAX),
                1 => Just(i64::MAX / 1_000_000),
                1 => 0..=i64::MAX,
            ]
            .boxed(),
        }
    }

    fn units(self) -> BoxedStrategy<u32> {
        match self {
            Self::Shop => (1..5_u32).boxed(),
            Self::Extreme => prop_oneof![1..5_u32, Just(1_000_000), Just(u32::MAX), Just(0)].boxed(),
        }
    }

    pub fn quantity(self) -> BoxedStrategy<Quantity> {
        let most = Quantity::MAX.get();
        let pieces = match self {
            Self::Shop => prop_oneof![8 => 1..8_u32, 1 => 8..2_000_u32].boxed(),
            Self::Extreme => prop_oneof![1..8_u32, Just(most), 1..=most].boxed(),
        };
        pieces.prop_map(|pieces| Quantity::new(pieces).unwrap()).boxed()
    }

    fn share(self) -> BoxedStrategy<Ratio> {
        match self {
            Self::Shop => (1..=10_000_i32).prop_map(Ratio::basis_points).boxed(),
            Self::Extreme => prop_oneof![
                any::<i32>().prop_map(Ratio::basis_points),
                (any::<i64>(), 1..=i64::MAX).prop_map(|(a, b)| Ratio::new(a, b).unwrap_or(Ratio::ONE)),
                (1..=i64::MAX, 1..=i64::MAX)
                    .prop_map(|(a, b)| Ratio::new(a.min(b), a.max(b)).unwrap_or(Ratio::ONE)),
            ]
            .boxed(),
        }
    }

    fn rate(self) -> BoxedStrategy<Ratio> {
        match self {
            Self::Shop => (0..=3_000_i32).prop_map(Ratio::basis_points).boxed(),
            Self::Extreme => prop_oneof![
                (0..=i32::MAX).prop_map(Ratio::basis_points),
                (0..=i64::MAX, 1..=i64::MAX).prop_map(|(a, b)| Ratio::new(a, b).unwrap_or(Ratio::ONE)),
            ]
            .boxed(),
        }
    }
}

fn selection() -> impl Strategy<Value = Selection> {
    prop_oneof![
        3 => Just(Selection::Everything),
        3 => (0..TAGS.len()).prop_map(|tag| Selection::tag(TAGS[tag])),
        1 => (0..PRODUCTS.len()).prop_map(|place| Selection::Sku(sku(place))),
        1 => (0..TAGS.len()).prop_map(|tag| Selection::Everything.but_not(Selection::tag(TAGS[tag]))),
    ]
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![Just(Pick::Cheapest), Just(Pick::Dearest)]
}

fn off(size: Size) -> impl Strategy<Value = Off> {
    prop_oneof![
        size.share().prop_map(Off::Percent),
        size.amount().prop_map(|minor| Off::Amount(money(minor.max(1)))),
        size.amount().prop_map(|minor| Off::Price(money(minor))),
    ]
}

fn allocation(size: Size) -> impl Strategy<Value = Allocation> {
    prop_oneof![
        prop::option::of(size.units()).prop_map(|most_units| Allocation::EachUnit { most_units }),
        Just(Allocation::EachLine),
        Just(Allocation::Across),
        (size.units(), pick()).prop_map(|(units, pick)| Allocation::Once { units, pick }),
    ]
}

fn action(size: Size) -> impl Strategy<Value = Action> {
    let times = move || prop::option::of(size.units());
    prop_oneof![
        4 => (size.share(), selection(), allocation(size)).prop_map(|(off, of, allocation)| Action::Percent { off, of, allocation }),
        3 => (size.amount(), selection(), allocation(size))
            .prop_map(|(minor, of, allocation)| Action::Amount { off: money(minor.max(1)), of, allocation }),
        1 => (size.amount(), selection()).prop_map(|(minor, of)| Action::FixedPrice { price: money(minor), of }),
        2 => (selection(), size.units(), selection(), size.units(), off(size), pick(), times(), any::<bool>()).prop_map(
            |(trigger, trigger_quantity, reward, reward_quantity, off, pick, max_times, share_with_triggers)| {
                Action::BuyGet(BuyGet {
                    trigger, trigger_quantity, reward, reward_quantity, off, pick, max_times, share_with_triggers,
                })
            }
        ),
        1 => (prop::collection::vec((selection(), size.units()), 1..3), off(size), pick(), times()).prop_map(
            |(parts, off, pick, max_times)| {
                let parts = parts.into_iter().map(|(of, quantity)| BundlePart { of, quantity }).collect();
                Action::Bundle(Bundle { parts, off, pick, max_times })
            }
        ),
        1 => (selection(), size.units(), size.units(), pick(), times(), any::<bool>()).prop_map(
            |(of, pay, free, pick, max_times, share_over_set)| {
                let take = pay.saturating_add(free);
                Action::TakeMorePayFewer(TakeMorePayFewer { of, take, pay, pick, max_times, share_over_set })
            }
        ),
        1 => prop::option::of(size.amount()).prop_map(|worth| Action::Gift(Gift {
            sku: Sku::parse("gift").unwrap(),
            quantity: Quantity::ONE,
            worth: worth.map(money),
            per: None,
            max_times: None,
        })),
        1 => off(size).prop_map(|off| Action::Delivery { off }),
    ]
}

prop_compose! {
    fn promotion(size: Size)(
        action in action(size),
        phase in 0..3_usize,
        running in any::<bool>(),
        minimum in prop::option::weighted(0.3, size.amount()),
        gold in prop::bool::weighted(0.2),
        cap in prop::option::weighted(0.2, size.amount()),
        campaign in prop::option::weighted(0.4, any::<bool>()),
        stop_after in prop::bool::weighted(0.05),
    ) -> Promotion {
        let mut promotion = Promotion::new(PromotionId::parse("p").unwrap(), action);
        if promotion.phase != Phase::Delivery {
            promotion.phase = Phase::ALL[phase];
        }
        promotion.base = if running { Base::Running } else { Base::First };
        promotion.conditions.extend(minimum.map(|minor| Condition::subtotal(money(minor))));
        if gold {
            promotion.conditions.push(Condition::CustomerGroup { any_of: ["gold".to_owned()].into() });
        }
        promotion.cap = cap.map(|minor| money(minor.max(1)));
        promotion.campaign = campaign.map(|_| "spring".to_owned());
        promotion.coupon_required = campaign == Some(true);
        promotion.stop_after = stop_after;
        promotion
    }
}

/// Promotions of priorities of their own, half of them in one group of each phase.
fn promotions(size: Size) -> impl Strategy<Value = (Vec<PromotionGroup>, Vec<Promotion>)> {
    let modes = vec![GroupMode::All, GroupMode::First, GroupMode::BestSingle, GroupMode::BestOf];
    (prop::collection::vec((promotion(size), any::<bool>()), 0..7), prop::sample::select(modes)).prop_map(
        |(all, mode)| {
            let name = |phase: Phase| GroupId::parse(&format!("{phase:?}")).unwrap();
            let groups = Phase::ALL.map(|phase| PromotionGroup { id: name(phase), phase, mode });
            let promotions = all.into_iter().zip(0..).map(|((mut one, grouped), place)| {
                one.id = PromotionId::parse(&format!("p{place}")).unwrap();
                one.priority = 3 - place;
                one.group = grouped.then(|| name(one.phase));
                one
            });
            (groups.to_vec(), promotions.collect())
        },
    )
}

fn entries(size: Size) -> impl Strategy<Value = Vec<PriceEntry>> {
    let tiers = (any::<bool>(), prop::collection::btree_map(2..9_u32, size.amount(), 1..3));
    let one = (
        size.amount(),
        prop::option::weighted(0.4, 0..3_usize),
        prop::bool::weighted(0.2),
        prop::option::weighted(0.3, tiers),
    );
    prop::collection::vec(prop::collection::vec(one, 0..3), PRODUCTS.len()).prop_map(move |products| {
        let mut entries = Vec::new();
        for (place, list) in products.into_iter().enumerate() {
            // One that everybody may have, so that most carts have a price.
            let plain = PriceEntry::always(
                PriceId::parse(&format!("{place}-plain")).unwrap(),
                sku(place),
                money(900 + 7 * i64::try_from(place).unwrap()),
            );
            entries.push(plain);
            for (number, (minor, list, gold, tiers)) in list.into_iter().enumerate() {
                let tiers = tiers.and_then(|(graduated, steps)| {
                    let mode = if graduated { TierMode::Graduated } else { TierMode::AllUnits };
                    let steps = steps.into_iter().map(|(from, minor)| TierStep {
                        from: Quantity::new(from).unwrap(),
                        unit_price: money(minor),
                    });
                    Tiers::new(mode, steps).ok()
                });
                entries.push(PriceEntry {
                    list: list.map(list_id),
                    conditions: if gold {
                        Conditions::none().and("group", ["gold"]).unwrap()
                    } else {
                        Conditions::none()
                    },
                    tiers,
                    ..PriceEntry::always(
                        PriceId::parse(&format!("{place}-{number}")).unwrap(),
                        sku(place),
                        money(minor),
                    )
                });
            }
        }
        entries
    })
}

fn list_id(place: usize) -> ListId {
    ListId::parse(&format!("list {place}")).unwrap()
}

fn lists() -> Vec<PriceList> {
    [ListKind::Base, ListKind::Override, ListKind::Sale]
        .into_iter()
        .zip(0_u32..)
        .map(|(kind, rank)| PriceList { rank, ..PriceList::new(list_id(rank as usize), kind) })
        .collect()
}

fn products(size: Size) -> impl Strategy<Value = Vec<(Sku, Product)>> {
    let one = (
        prop::collection::btree_set(0..TAGS.len(), 0..3),
        any::<bool>(),
        prop::option::weighted(0.2, size.amount()),
    );
    prop::collection::vec(one, PRODUCTS.len()).prop_map(|all| {
        let product = |(place, (tags, food, floor)): (usize, (BTreeSet<usize>, bool, Option<i64>))| {
            let product = Product {
                tags: tags.into_iter().map(|tag| TAGS[tag].to_owned()).collect(),
                tax_category: food.then(|| TaxCategory::parse("food").unwrap()),
                floor: floor.map(money),
            };
            (sku(place), product)
        };
        all.into_iter().enumerate().map(product).collect()
    })
}

pub fn rounding() -> impl Strategy<Value = Rounding> {
    prop::sample::select(vec![
        Rounding::HalfEven,
        Rounding::HalfUp,
        Rounding::HalfDown,
        Rounding::Up,
        Rounding::Down,
    ])
}

fn zone_tax(size: Size) -> impl Strategy<Value = ZoneTax> {
    let rates = move || {
        prop::collection::vec(size.rate(), 0..3).prop_map(|rates| {
            let named =
                |(place, rate)| TaxRate { name: RateName::parse(&format!("rate {place}")).unwrap(), rate };
            rates.into_iter().enumerate().map(named).collect::<Vec<_>>()
        })
    };
    let level = prop::sample::select(vec![TaxLevel::Unit, TaxLevel::Line, TaxLevel::Total]);
    (any::<bool>(), level, rounding(), rates(), prop::option::of(rates())).prop_map(
        |(inclusive, level, rounding, standard, food)| ZoneTax {
            inclusive,
            level,
            rounding,
            categories: food.into_iter().map(|rates| (TaxCategory::parse("food").unwrap(), rates)).collect(),
            standard,
        },
    )
}

pub fn zone() -> TaxZone {
    TaxZone::parse("zone").unwrap()
}

pub fn parts(size: Size) -> impl Strategy<Value = Parts> {
    let promotion_rules = (rounding(), any::<bool>(), prop::option::weighted(0.2, size.amount())).prop_map(
        |(rounding, on_price, cap)| PromotionRules {
            rounding,
            round_on: if on_price { RoundOn::Price } else { RoundOn::Discount },
            order_cap: cap.map(money),
            ..PromotionRules::retail()
        },
    );
    let policy = prop::sample::select(vec![
        ChoicePolicy::default(),
        ChoicePolicy::lowest(),
        ChoicePolicy::layered(),
        ChoicePolicy::rules_count(),
    ]);
    (entries(size), products(size), promotions(size), promotion_rules, policy, zone_tax(size)).prop_map(
        |(entries, products, (groups, promotions), promotion_rules, policy, tax)| Parts {
            lists: lists(),
            entries,
            products,
            groups,
            promotions,
            promotion_rules,
            policy,
            tax: vec![(zone(), tax)],
        },
    )
}

pub fn cart(size: Size) -> impl Strategy<Value = Cart> {
    let line = (0..PRODUCTS.len(), any::<bool>(), size.quantity());
    prop::collection::vec(line, 0..6).prop_map(|lines| {
        let mut cart = Cart::empty(CartId::from_bytes([1; 16]), euro().currency());
        for (product, engraved, quantity) in lines {
            let key = if engraved {
                LineKey::new(sku(product), [("engraving", "سارا")]).unwrap()
            } else {
                LineKey::plain(sku(product))
            };
            cart.lines.insert(key, quantity);
        }
        cart
    })
}

pub fn purchase(size: Size) -> impl Strategy<Value = Purchase> {
    (
        any::<bool>(),
        any::<bool>(),
        prop::option::weighted(0.3, size.amount()),
        prop::bool::weighted(0.8),
        prop::option::of((size.amount(), any::<bool>())),
    )
        .prop_map(|(gold, coupon, budget, taxed, delivery)| {
            let spring = CampaignId::parse("spring").unwrap();
            let mut buyer = Buyer::anonymous();
            if gold {
                buyer = buyer.with_group("gold").unwrap();
            }
            Purchase {
                buyer,
                coupons: coupon.then(|| spring.clone()).into_iter().collect(),
                budgets: budget.map(|minor| (spring, money(minor))).into_iter().collect::<BTreeMap<_, _>>(),
                tax_zone: taxed.then(zone),
                delivery: delivery.map(|(fee, food)| DeliveryFee {
                    service: "home".to_owned(),
                    fee: money(fee),
                    tax_category: food.then(|| TaxCategory::parse("food").unwrap()),
                }),
                ..Purchase::default()
            }
        })
}

pub fn ask(cart: &Cart, purchase: &Purchase, rules: &PriceRules) -> Result<Priced, PriceError> {
    price(QuoteId::from_bytes([2; 16]), cart, purchase, rules, noon())
}

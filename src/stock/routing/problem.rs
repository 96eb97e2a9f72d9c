//! The question in tables.

use std::collections::BTreeMap;

use super::super::{LocationId, StockError, StockErrorKind};
use super::{
    Bound, MAX_CANDIDATES, MAX_PRODUCTS, NotRouted, Parcel, Route, RouteLine, RouteRequest, Supplier,
};
use crate::cart::Sku;

/// Most locations times products.
const MAX_CELLS: usize = 100_000;

/// One location, in the order in which the search asks them.
pub(super) struct Candidate<'a> {
    pub(super) of: &'a Supplier,
    /// Its place among the ids of all.
    pub(super) rank: usize,
    /// By product: how many it can give, never more than are wanted.
    pub(super) stock: Vec<u32>,
    /// By product: what a unit costs there.
    unit_cost: Vec<u128>,
    /// How many units it can give in all.
    pub(super) gives: u64,
    pub(super) shipping: u128,
}

pub(super) struct Problem<'a> {
    pub(super) products: Vec<(&'a Sku, u32)>,
    /// Those that give most come first.
    pub(super) candidates: Vec<Candidate<'a>>,
    /// No set of locations pays less for the units.
    pub(super) least_units_cost: u128,
}

/// How good a complete set of locations is; less is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    cost: u128,
    most_loaded: u32,
    load: u64,
    ranks: Vec<usize>,
}

impl Score {
    pub(super) const fn cost(&self) -> u128 {
        self.cost
    }
}

impl<'a> Problem<'a> {
    /// The tables, or what is missing.
    pub(super) fn new(request: &'a RouteRequest) -> Result<Result<Self, NotRouted>, StockError> {
        let products: Vec<(&Sku, u32)> = request
            .demand
            .iter()
            .filter(|(_, units)| **units > 0)
            .map(|(sku, units)| (sku, *units))
            .collect();
        let count = request.suppliers.len();
        if count > MAX_CANDIDATES
            || products.len() > MAX_PRODUCTS
            || count.saturating_mul(products.len()) > MAX_CELLS
        {
            return Err(StockError::new(StockErrorKind::TooMany));
        }
        let mut by_id: BTreeMap<&LocationId, &Supplier> = BTreeMap::new();
        for supplier in &request.suppliers {
            if by_id.insert(&supplier.location, supplier).is_some() {
                return Err(StockError::new(StockErrorKind::Twice));
            }
        }
        let mut late = Vec::new();
        let mut candidates = Vec::new();
        for (rank, (location, supplier)) in by_id.into_iter().enumerate() {
            let in_time = request.promised.is_none_or(|by| supplier.arrives.is_some_and(|at| at <= by));
            if !in_time {
                late.push(location.clone());
                continue;
            }
            let stock: Vec<u32> = products
                .iter()
                .map(|(sku, wanted)| supplier.stock.get(*sku).copied().unwrap_or(0).min(*wanted))
                .collect();
            let gives: u64 = stock.iter().map(|units| u64::from(*units)).sum();
            if gives == 0 {
                continue;
            }
            let unit_cost = products.iter().map(|(sku, _)| {
                let markdown = supplier.markdown.get(*sku).copied().unwrap_or(0);
                u128::from(supplier.handling) + u128::from(markdown)
            });
            candidates.push(Candidate {
                of: supplier,
                rank,
                stock,
                unit_cost: unit_cost.collect(),
                gives,
                shipping: u128::from(supplier.shipping),
            });
        }
        let short: BTreeMap<Sku, u64> = products
            .iter()
            .enumerate()
            .filter_map(|(product, (sku, wanted))| {
                let there = candidates.iter().filter_map(|one| one.stock.get(product));
                let there: u64 = there.map(|units| u64::from(*units)).sum();
                let short = u64::from(*wanted).saturating_sub(there);
                (short > 0).then(|| ((*sku).clone(), short))
            })
            .collect();
        if !short.is_empty() {
            return Ok(Err(NotRouted { short, late }));
        }
        candidates.sort_by_key(|one| (std::cmp::Reverse(one.gives), one.shipping, one.rank));
        let mut problem = Self { products, candidates, least_units_cost: 0 };
        let all: Vec<usize> = (0..problem.candidates.len()).collect();
        problem.least_units_cost =
            problem.shares(&all).iter().flatten().map(|(_, units, cost)| u128::from(*units) * cost).sum();
        Ok(Ok(problem))
    }

    pub(super) fn wanted(&self) -> Vec<u32> {
        self.products.iter().map(|(_, units)| *units).collect()
    }

    /// By product: which of the chosen gives how many at what cost for each. The cheapest give first; as costs are by the
    /// unit, nothing is cheaper for that choice.
    fn shares(&self, chosen: &[usize]) -> Vec<Vec<(usize, u32, u128)>> {
        let mut offers: Vec<(u128, usize, usize, u32)> = Vec::with_capacity(chosen.len());
        let products = self.products.iter().enumerate();
        products
            .map(|(product, (_, wanted))| {
                offers.clear();
                for at in chosen {
                    let Some(one) = self.candidates.get(*at) else { continue };
                    let (Some(units), Some(cost)) = (one.stock.get(product), one.unit_cost.get(product))
                    else {
                        continue;
                    };
                    if *units > 0 {
                        offers.push((*cost, one.rank, *at, *units));
                    }
                }
                offers.sort_unstable();
                let mut left = *wanted;
                let mut given = Vec::new();
                for (cost, _, at, units) in &offers {
                    let units = (*units).min(left);
                    if units == 0 {
                        break;
                    }
                    left -= units;
                    given.push((*at, units, *cost));
                }
                given
            })
            .collect()
    }

    /// How good a set is that has enough of everything.
    pub(super) fn score(&self, chosen: &[usize]) -> Score {
        let of = || chosen.iter().filter_map(|at| self.candidates.get(*at));
        let units: u128 =
            self.shares(chosen).iter().flatten().map(|(_, units, cost)| u128::from(*units) * cost).sum();
        let mut ranks: Vec<usize> = of().map(|one| one.rank).collect();
        ranks.sort_unstable();
        Score {
            cost: units + of().map(|one| one.shipping).sum::<u128>(),
            most_loaded: of().map(|one| one.of.load).max().unwrap_or(0),
            load: of().map(|one| u64::from(one.of.load)).sum(),
            ranks,
        }
    }

    /// The answer for a set that has enough of everything.
    pub(super) fn answer(
        &self,
        chosen: &[usize],
        least: (u32, u128),
        exact: bool,
        steps: u32,
    ) -> Result<Route, StockError> {
        let overflow = || StockError::new(StockErrorKind::Overflow);
        let mut parcels: BTreeMap<&LocationId, (Vec<RouteLine>, u128)> = BTreeMap::new();
        for ((sku, _), given) in self.products.iter().zip(self.shares(chosen)) {
            for (at, units, cost) in given {
                let Some(one) = self.candidates.get(at) else { continue };
                let (lines, sum) =
                    parcels.entry(&one.of.location).or_insert_with(|| (Vec::new(), one.shipping));
                lines.push(RouteLine { sku: (*sku).clone(), units });
                *sum += u128::from(units) * cost;
            }
        }
        let cost: u128 = parcels.values().map(|(_, cost)| cost).sum();
        let parcels: Vec<Parcel> = parcels
            .into_iter()
            .map(|(location, (lines, cost))| {
                let cost = u64::try_from(cost).map_err(|_| overflow())?;
                Ok(Parcel { location: location.clone(), lines, cost })
            })
            .collect::<Result<_, StockError>>()?;
        let cost = u64::try_from(cost).map_err(|_| overflow())?;
        let (least_parcels, least_cost) = least;
        let bound = if exact {
            Bound { parcels: u32::try_from(parcels.len()).unwrap_or(u32::MAX), cost }
        } else {
            Bound { parcels: least_parcels, cost: u64::try_from(least_cost).unwrap_or(u64::MAX).min(cost) }
        };
        Ok(Route { parcels, cost, exact, bound, steps })
    }
}

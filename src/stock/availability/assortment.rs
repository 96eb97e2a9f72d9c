//! Hundreds of locations and products at once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{LocationId, Method, Place, StockError, StockErrorKind};
use super::channels::Seen;
use super::{Available, ChannelRules, Level, Limit, Limits, MAX_DATED, SafetyRules};
use crate::cart::Sku;
use crate::channel::Channel;
use crate::time::{DateTime, Utc};

/// Most locations times products of one assortment.
const MAX_CELLS: usize = 10_000_000;

/// What is kept back of the sum over all locations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// So many pieces of each product are kept back by the company as a whole.
    pub threshold: u32,
    /// The same for these products, in place of it.
    pub thresholds: BTreeMap<Sku, u32>,
    /// Pieces in orders that wait for a location.
    pub queued: BTreeMap<Sku, u32>,
}

/// The levels of many products at many locations, laid out to be asked often.
///
/// Whatever does not change with the instant and the channel is computed when it is built.
#[derive(Debug, Clone)]
pub struct Assortment {
    locations: Vec<LocationId>,
    products: Vec<Sku>,
    /// By product, then location.
    cells: Vec<Cell>,
    /// Of cells with dated entries, in the order of the cells: what changes when.
    dated: Vec<Changes>,
    /// By product: what is kept back of the sum, and whether some of it is queued.
    kept: Vec<(i64, Limits)>,
}

/// What comes and goes when.
type Changes = Vec<(DateTime<Utc>, i64)>;

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    raw: i64,
    limits: Limits,
    /// Whether it takes the next list of dated entries.
    dated: bool,
}

impl Assortment {
    /// The levels at their places, with what the rules keep back for a method.
    ///
    /// # Errors
    /// `Twice` for two levels at one place, `TooMany` for more than ten million combinations of location and product or
    /// more than [`MAX_DATED`] dated entries at one place.
    ///
    /// # Complexity
    /// O(n log n) in the levels and O(1) for each combination.
    pub fn new(
        levels: impl IntoIterator<Item = (Place, Level)>,
        safety: &SafetyRules,
        method: Option<&Method>,
        network: &Network,
    ) -> Result<Self, StockError> {
        let levels: Vec<(Place, Level)> = levels.into_iter().collect();
        let mut locations: Vec<LocationId> = levels.iter().map(|(place, _)| place.location.clone()).collect();
        let mut products: Vec<Sku> = levels.iter().map(|(place, _)| place.sku.clone()).collect();
        locations.sort_unstable();
        locations.dedup();
        products.sort_unstable();
        products.dedup();
        if locations.len().saturating_mul(products.len()) > MAX_CELLS {
            return Err(StockError::new(StockErrorKind::TooMany));
        }
        let mut placed: Vec<Option<(Cell, Changes)>> = vec![None; locations.len() * products.len()];
        for (Place { location, sku }, level) in &levels {
            let (Ok(row), Ok(column)) = (products.binary_search(sku), locations.binary_search(location))
            else {
                continue;
            };
            if level.supply.len() > MAX_DATED || level.demand.len() > MAX_DATED {
                return Err(StockError::new(StockErrorKind::TooMany));
            }
            let keep = safety.keep(sku, location, method).units(level.on_hand);
            if let Some(slot) = placed.get_mut(row * locations.len() + column) {
                if slot.is_some() {
                    return Err(StockError::new(StockErrorKind::Twice));
                }
                *slot = Some(compiled(level, keep));
            }
        }
        let mut cells = Vec::with_capacity(placed.len());
        let mut dated = Vec::new();
        for slot in placed {
            let (cell, changes) = slot.unwrap_or_default();
            cells.push(cell);
            if cell.dated {
                dated.push(changes);
            }
        }
        let kept = products
            .iter()
            .map(|sku| {
                let threshold = network.thresholds.get(sku).copied().unwrap_or(network.threshold);
                let queued = network.queued.get(sku).copied().unwrap_or(0);
                let limits = Limits::default()
                    .with_if(Limit::Threshold, threshold > 0)
                    .with_if(Limit::Queued, queued > 0);
                (i64::from(threshold) + i64::from(queued), limits)
            })
            .collect();
        Ok(Self { locations, products, cells, dated, kept })
    }

    /// The locations, in order.
    #[must_use]
    pub fn locations(&self) -> &[LocationId] {
        &self.locations
    }

    /// The products, in order.
    #[must_use]
    pub fn products(&self) -> &[Sku] {
        &self.products
    }

    /// What a channel may sell of every product at every location, at an instant.
    ///
    /// ```
    /// use throughline::cart::Sku;
    /// use throughline::stock::availability::*;
    /// use throughline::stock::{LocationId, Place};
    /// let (mug, tehran, shiraz) = (Sku::parse("MUG")?, LocationId::parse("تهران")?, LocationId::parse("شیراز")?);
    /// let level = |on_hand| Level { on_hand, ..Level::default() };
    /// let assortment = Assortment::new(
    ///     [(Place::new(tehran.clone(), mug.clone()), level(4)), (Place::new(shiraz, mug.clone()), level(7))],
    ///     &SafetyRules::default(),
    ///     None,
    ///     &Network { threshold: 3, ..Network::default() },
    /// )?;
    /// let view = assortment.view(&ChannelRules::default(), None, "2026-03-20T09:00:00Z".parse()?);
    /// assert_eq!(view.at(&mug, &tehran).map(|there| there.units), Some(4));
    /// assert_eq!(view.total(&mug).map(|all| all.units), Some(8));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// O(1) for each combination, and O(dated entries).
    #[must_use]
    pub fn view(&self, rules: &ChannelRules, channel: Option<&Channel>, at: DateTime<Utc>) -> View<'_> {
        let seen = channel.map_or(Seen::WHOLE, |channel| rules.seen_by(channel));
        let mut dated = self.dated.iter();
        let mut cells = Vec::with_capacity(self.cells.len());
        let mut totals = Vec::with_capacity(self.products.len());
        for (row, (kept, limits)) in self.cells.chunks(self.locations.len().max(1)).zip(&self.kept) {
            let (mut sum, mut all) = (0_i64, *limits);
            for cell in row {
                let mut raw = cell.raw;
                let mut limits = cell.limits;
                if cell.dated {
                    let (comes, goes) = dated.next().map_or((0, 0), |changes| counted(changes, at));
                    raw += comes - goes;
                    limits = limits.with_if(Limit::Supply, comes > 0).with_if(Limit::Demand, goes > 0);
                }
                let seen = seen.view(Available::of(raw, limits));
                sum += i64::from(seen.units);
                all = all.union(seen.limits);
                cells.push(seen);
            }
            totals.push(Available::of(sum - kept, all));
        }
        View { of: self, cells, totals }
    }
}

/// What does not change with the instant, and what does.
fn compiled(level: &Level, keep: u32) -> (Cell, Changes) {
    let mut still = level.clone();
    let (supply, demand) = (std::mem::take(&mut still.supply), std::mem::take(&mut still.demand));
    let available = still.available(keep, DateTime::<Utc>::MIN_UTC);
    let mut changes = Changes::new();
    if level.participates {
        changes.extend(supply.iter().map(|entry| (entry.at, i64::from(entry.units))));
        changes.extend(demand.iter().map(|entry| (entry.at, -i64::from(entry.units))));
    }
    let cell = Cell { raw: available.raw, limits: available.limits, dated: !changes.is_empty() };
    (cell, changes)
}

/// What has come and what has gone by then.
fn counted(changes: &[(DateTime<Utc>, i64)], at: DateTime<Utc>) -> (i64, i64) {
    changes.iter().filter(|(when, _)| *when <= at).fold((0, 0), |(comes, goes), (_, change)| {
        if *change > 0 { (comes + change, goes) } else { (comes, goes - change) }
    })
}

/// What a channel may sell at an instant.
#[derive(Debug, Clone)]
pub struct View<'a> {
    of: &'a Assortment,
    cells: Vec<Available>,
    totals: Vec<Available>,
}

impl View<'_> {
    /// Of a product at a location; `None` if either is not in the assortment.
    ///
    /// # Complexity
    /// O(log locations + log products).
    #[must_use]
    pub fn at(&self, sku: &Sku, location: &LocationId) -> Option<Available> {
        let row = self.of.products.binary_search(sku).ok()?;
        let column = self.of.locations.binary_search(location).ok()?;
        self.cells.get(row * self.of.locations.len() + column).copied()
    }

    /// Of a product at each location, in the order of [`Assortment::locations`].
    pub fn by_location(&self, sku: &Sku) -> impl Iterator<Item = (&LocationId, Available)> {
        let width = self.of.locations.len();
        let row = self.of.products.binary_search(sku).ok();
        let row = row.and_then(|row| self.cells.get(row * width..(row + 1) * width)).unwrap_or_default();
        self.of.locations.iter().zip(row.iter().copied())
    }

    /// Of a product over all locations, after what the company keeps back. What is below zero at one location takes
    /// nothing from another.
    #[must_use]
    pub fn total(&self, sku: &Sku) -> Option<Available> {
        self.totals.get(self.of.products.binary_search(sku).ok()?).copied()
    }
}

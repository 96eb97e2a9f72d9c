//! Branch and bound over sets of locations, by their number.

use super::super::StockError;
use super::greedy::cover;
use super::problem::{Problem, Score};
use super::{Route, RouteRequest, RouteSettings, Routed};

/// Decides from which locations an order is sent. In this order: all arrives by the promised time; the fewest parcels; the
/// lowest cost (shipping, handling, markdown risk); the least load of the most loaded location, then of all; the ids.
///
/// Sets of locations are tried by their number, from the least that could do; those of one number by branch and bound.
/// What the units of a set cost is exact, as the cheapest of the set give first. When the budget ends, the answer is the
/// best set found of that number, or a greedy one, and [`Route::gap`] says how far from the best it can be.
///
/// ```
/// use throughline::stock::routing::{RouteRequest, RouteSettings, Routed, route};
/// let request: RouteRequest = serde_json::from_str(r#"{
///     "demand": {"MUG": 2, "CUP": 1},
///     "suppliers": [
///         {"location": "x", "stock": {"MUG": 1, "CUP": 1}},
///         {"location": "y", "stock": {"MUG": 2, "CUP": 1}, "shipping": 590}
///     ]
/// }"#)?;
/// let Routed::Routed(answer) = route(&request, &RouteSettings::default())? else { return Err("not enough".into()) };
/// assert_eq!((answer.parcels.len(), answer.cost, answer.exact), (1, 590, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `TooMany` for more than [`MAX_CANDIDATES`](super::MAX_CANDIDATES) locations, [`MAX_PRODUCTS`](super::MAX_PRODUCTS)
/// products or 100,000 combinations of both; `Twice` for a location given twice; `Overflow` if the cost is too large.
///
/// # Complexity
/// O(budget times products), and O(parcels times locations times products) for the greedy answer.
pub fn route(request: &RouteRequest, settings: &RouteSettings) -> Result<Routed, StockError> {
    let problem = match Problem::new(request)? {
        Ok(problem) => problem,
        Err(missing) => return Ok(Routed::CannotFulfil(missing)),
    };
    if problem.products.is_empty() {
        let nothing =
            Route { parcels: Vec::new(), cost: 0, exact: true, bound: super::Bound::default(), steps: 0 };
        return Ok(Routed::Routed(nothing));
    }
    let tops = Tops::new(&problem);
    let greedy = cover(&problem);
    let mut search =
        Search { problem: &problem, tops: &tops, left: settings.budget, best: None, chosen: Vec::new() };
    let (mut exact, mut parcels) = (true, tops.fewest(&problem));
    while parcels < greedy.len() {
        exact = search.all_of(parcels);
        if !exact || search.best.is_some() {
            break;
        }
        parcels += 1;
    }
    if exact && search.best.is_none() {
        // No fewer than the greedy answer has; of that number it may not be the cheapest.
        search.best = Some((problem.score(&greedy), greedy.clone()));
        exact = search.all_of(parcels);
    }
    let steps = settings.budget - search.left;
    let chosen = search.best.map_or(greedy, |(_, chosen)| chosen);
    let least = tops.least_cost(&problem, parcels);
    let parcels = u32::try_from(parcels).unwrap_or(u32::MAX);
    Ok(Routed::Routed(problem.answer(&chosen, (parcels, least), exact, steps)?))
}

/// What the locations from one on can give at most.
struct Tops {
    products: usize,
    /// By location and product: the most that it or a later one gives.
    most: Vec<u32>,
    /// By location and product: what it and all later ones give.
    sums: Vec<u64>,
    /// By location: the lowest shipping cost of it and all later ones.
    cheapest: Vec<u128>,
    /// Shipping costs of all, lowest first.
    shipping: Vec<u128>,
}

impl Tops {
    fn new(problem: &Problem<'_>) -> Self {
        let (products, count) = (problem.products.len(), problem.candidates.len());
        let mut most = vec![0_u32; products * count];
        let mut sums = vec![0_u64; products * count];
        let mut cheapest = vec![u128::MAX; count];
        let (mut row_most, mut row_sums, mut low) = (vec![0_u32; products], vec![0_u64; products], u128::MAX);
        let rows = most.chunks_mut(products).zip(sums.chunks_mut(products)).zip(&mut cheapest);
        for (((most, sums), cheapest), one) in rows.zip(&problem.candidates).rev() {
            for (((high, sum), units), (most, sums)) in
                row_most.iter_mut().zip(&mut row_sums).zip(&one.stock).zip(most.iter_mut().zip(sums))
            {
                *high = (*high).max(*units);
                *sum += u64::from(*units);
                *most = *high;
                *sums = *sum;
            }
            low = low.min(one.shipping);
            *cheapest = low;
        }
        let mut shipping: Vec<u128> = problem.candidates.iter().map(|one| one.shipping).collect();
        shipping.sort_unstable();
        Self { products, most, sums, cheapest, shipping }
    }

    /// No fewer locations can do: not for any one product, and not for the number of all units.
    fn fewest(&self, problem: &Problem<'_>) -> usize {
        let enough = |mut gives: Vec<u64>, wanted: u64| {
            gives.sort_unstable_by_key(|units| std::cmp::Reverse(*units));
            let mut sum = 0;
            gives
                .iter()
                .take_while(|units| {
                    let more = sum < wanted;
                    sum += **units;
                    more
                })
                .count()
        };
        let by_product = problem.products.iter().enumerate().map(|(product, (_, wanted))| {
            let gives = problem.candidates.iter().filter_map(|one| one.stock.get(product));
            enough(gives.map(|units| u64::from(*units)).collect(), u64::from(*wanted))
        });
        let all: u64 = problem.products.iter().map(|(_, wanted)| u64::from(*wanted)).sum();
        let in_all = enough(problem.candidates.iter().map(|one| one.gives).collect(), all);
        by_product.max().unwrap_or(0).max(in_all).max(1)
    }

    /// No set of so many costs less.
    fn least_cost(&self, problem: &Problem<'_>, parcels: usize) -> u128 {
        problem.least_units_cost + self.shipping.iter().take(parcels).sum::<u128>()
    }
}

struct Search<'a> {
    problem: &'a Problem<'a>,
    tops: &'a Tops,
    /// Steps of the budget.
    left: u32,
    best: Option<(Score, Vec<usize>)>,
    chosen: Vec<usize>,
}

impl Search<'_> {
    /// Looks for the best set of exactly so many; whether it came to its end.
    fn all_of(&mut self, parcels: usize) -> bool {
        // Levels of wants: what is still to come after each of the chosen.
        let products = self.problem.products.len();
        let mut wants = vec![0_u32; products * (parcels + 1)];
        wants.iter_mut().zip(self.problem.wanted()).for_each(|(want, units)| *want = units);
        self.chosen.clear();
        // Where each level goes on; a loop instead of a recursion, so that depth costs no stack.
        let mut next = vec![0_usize];
        let mut spent = vec![0_u128];
        while let Some(at) = next.last().copied() {
            let depth = next.len() - 1;
            let missing = parcels - depth;
            let Some(wanted) = wants.get(depth * products..(depth + 1) * products) else { return true };
            if missing == 0 {
                if wanted.iter().all(|units| *units == 0) && !self.evaluate() {
                    return false;
                }
            } else if self.may_lead_on(at, missing, wanted, spent.last().copied().unwrap_or(0)) {
                let Some(left) = self.left.checked_sub(1) else { return false };
                self.left = left;
                if let Some(last) = next.last_mut() {
                    *last = at + 1;
                }
                if let Some(one) = self.problem.candidates.get(at) {
                    let (before, after) = wants.split_at_mut((depth + 1) * products);
                    let before = before.get(depth * products..).unwrap_or_default();
                    for ((want, less), units) in before.iter().zip(after).zip(&one.stock) {
                        *less = want.saturating_sub(*units);
                    }
                    self.chosen.push(at);
                    next.push(at + 1);
                    spent.push(spent.last().copied().unwrap_or(0) + one.shipping);
                }
                continue;
            }
            next.pop();
            spent.pop();
            self.chosen.pop();
        }
        true
    }

    /// Whether locations from `at` on may still give what is missing, at a cost that is not beyond the best.
    fn may_lead_on(&self, at: usize, missing: usize, wanted: &[u32], spent: u128) -> bool {
        let Tops { products, most, sums, cheapest, .. } = self.tops;
        if at + missing > self.problem.candidates.len() {
            return false;
        }
        let row = at * products..(at + 1) * products;
        let (Some(most), Some(sums)) = (most.get(row.clone()), sums.get(row)) else { return false };
        let count = missing as u64;
        let gives = self.problem.candidates.get(at).map_or(0, |one| one.gives);
        let all: u64 = wanted.iter().map(|units| u64::from(*units)).sum();
        // Locations are in falling order of what they give in all.
        if all > gives.saturating_mul(count) {
            return false;
        }
        let enough = wanted.iter().zip(most).zip(sums).all(|((want, most), sum)| {
            let want = u64::from(*want);
            want <= *sum && want <= u64::from(*most) * count
        });
        let low = cheapest.get(at).copied().unwrap_or(0).saturating_mul(missing as u128);
        let cost = spent + low + self.problem.least_units_cost;
        enough && self.best.as_ref().is_none_or(|(best, _)| cost <= best.cost())
    }

    /// Compares a complete set with the best; whether the budget lasted.
    fn evaluate(&mut self) -> bool {
        let steps = u32::try_from(self.chosen.len()).unwrap_or(u32::MAX);
        let Some(left) = self.left.checked_sub(steps) else { return false };
        self.left = left;
        let score = self.problem.score(&self.chosen);
        if self.best.as_ref().is_none_or(|(best, _)| score < *best) {
            self.best = Some((score, self.chosen.clone()));
        }
        true
    }
}

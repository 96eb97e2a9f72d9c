//! Which order a chain should have: the one that foretells journeys which it has not seen.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::MAX_ORDER;
use crate::hash::{FNV_BASIS, GOLDEN, fnv};
use crate::journey::attribution::{AttributionError, AttributionErrorKind};
use crate::journey::paths::Paths;
use crate::journey::touchpoint::share;

/// How the order is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderSettings {
    /// The highest order that is tried, 1 to 3.
    pub highest: u8,
    /// Whether journeys that came to nothing count.
    pub with_nulls: bool,
    /// How many percent of the journeys are held out, 1 to 99.
    pub held_out_percent: u8,
}

impl Default for OrderSettings {
    /// Orders 1 to 3, with nulls, a fifth held out.
    fn default() -> Self {
        Self { highest: MAX_ORDER, with_nulls: true, held_out_percent: 20 }
    }
}

/// How well a chain of one order foretells the journeys held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderFit {
    /// The order.
    pub order: u8,
    /// How many different contexts (the last touches, as many as the order, or fewer at the start) the training journeys
    /// have.
    pub contexts: usize,
    /// The mean log-likelihood of a step of the journeys held out, in nats; the higher the better, never above 0.
    pub log_likelihood: f64,
    /// The share of held-out steps whose context no training journey has.
    pub unseen: f64,
    /// How much higher the log-likelihood is than that of the order chosen among the lower ones; 0 for order 1.
    pub gain: f64,
    /// The standard error of the gain.
    pub gain_error: f64,
}

/// The order that foretells best.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderChoice {
    /// The order: a higher one only if it gains more than twice the standard error of the gain.
    pub order: u8,
    /// For each order from 1.
    pub fits: Vec<OrderFit>,
    /// How many journeys the chains were made of.
    pub training: u64,
    /// How many they had to foretell.
    pub held_out: u64,
}

/// Chooses the order of a Markov chain by the likelihood of journeys that it was not made of.
///
/// The split is fixed: journeys with the same touches and the same end are divided in the percentage asked for, and a
/// hash of the names on the path decides which way the odd one goes. So it depends neither on the order of the paths nor
/// on chance, and one path more moves no other journey.
///
/// Each step, the end included, is foretold from the last touches with half a count added to every possible outcome
/// (Krichevsky and Trofimov, *The performance of universal encoding*, 1981), so a context that was never seen foretells
/// nothing better than chance, and a higher order pays for its thinner counts. All orders foretell the same steps; a higher
/// one is chosen if it gains more than twice the standard error, steps taken as independent. Order 1 is the answer if there
/// is nothing to foretell.
///
/// # Errors
/// [`AttributionErrorKind::UnsupportedOrder`], [`AttributionErrorKind::InvalidSampling`] for a percentage outside 1..=99.
///
/// # Complexity
/// O(n) for n touches and each order.
///
/// ```
/// use throughline::journey::attribution::{OrderSettings, choose_order};
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// // What follows `b` depends on what was before it.
/// paths.push(["a", "b", "c"], Outcome { conversions: 500, ..Outcome::default() })?;
/// paths.push(["d", "b", "e"], Outcome { nulls: 500, ..Outcome::default() })?;
/// assert_eq!(choose_order(&paths, &OrderSettings::default())?.order, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn choose_order(paths: &Paths, settings: &OrderSettings) -> Result<OrderChoice, AttributionError> {
    if !(1..=MAX_ORDER).contains(&settings.highest) {
        return Err(AttributionError::new(AttributionErrorKind::UnsupportedOrder));
    }
    if !(1..=99).contains(&settings.held_out_percent) {
        return Err(AttributionError::new(AttributionErrorKind::InvalidSampling));
    }
    let divided = divide(paths, settings);
    let outcomes = paths.names().len() + if settings.with_nulls { 2 } else { 1 };
    let mut chosen = Counts::of(&divided, 1, outcomes);
    let mut fits = vec![chosen.fit((0.0, 0.0))];
    for order in 2..=settings.highest {
        let counts = Counts::of(&divided, order, outcomes);
        let (gain, error) = counts.gain(&chosen);
        fits.push(counts.fit((gain, error)));
        if gain > 2.0 * error {
            chosen = counts;
        }
    }
    let sum = |of: fn(&Divided<'_>) -> [u64; 2]| divided.iter().flat_map(of).sum();
    Ok(OrderChoice {
        order: chosen.order,
        training: sum(|one| one.training),
        held_out: sum(|one| one.held_out),
        fits,
    })
}

/// One way and how many journeys with and without a conversion are on each side of the split.
struct Divided<'a> {
    touches: &'a [u16],
    training: [u64; 2],
    held_out: [u64; 2],
}

fn divide<'a>(paths: &'a Paths, settings: &OrderSettings) -> Vec<Divided<'a>> {
    let mut counts: HashMap<&[u16], [u64; 2]> = HashMap::new();
    for path in paths.iter().filter(|path| !path.is_empty()) {
        let outcome = path.outcome();
        let nulls = if settings.with_nulls { u64::from(outcome.nulls) } else { 0 };
        let conversions = u64::from(outcome.conversions);
        if conversions + nulls > 0 {
            let count = counts.entry(path.touches).or_default();
            *count = [count[0] + conversions, count[1] + nulls];
        }
    }
    let hashes: Vec<u64> = paths.names().iter().map(|name| fnv(FNV_BASIS, name.as_bytes())).collect();
    let percent = u128::from(settings.held_out_percent);
    let divided = counts.into_iter().map(|(touches, counts)| {
        let name = |channel: &u16| hashes.get(usize::from(*channel)).copied().unwrap_or(0);
        let way = touches.iter().fold(GOLDEN, |way, channel| mix(way ^ name(channel)));
        let mut ends = 0..;
        let held_out = counts.map(|count| {
            // A fraction of the odd journey, 0 to 99.
            let odd = u128::from(mix(way ^ ends.next().unwrap_or(0)) % 100);
            let held_out = (u128::from(count) * percent + odd) / 100;
            u64::try_from(held_out).unwrap_or(u64::MAX).min(count)
        });
        let training = [counts[0] - held_out[0], counts[1] - held_out[1]];
        Divided { touches, training, held_out }
    });
    divided.collect()
}

/// What followed a context, and how often in the journeys held out.
#[derive(Default)]
struct Cell {
    training: u64,
    held_out: u64,
}

/// A conversion and the end without one, as outcomes of a step; channels are numbered by 16 bits.
const ENDS: [u32; 2] = [u32::MAX, u32::MAX - 1];

/// The last touches that an order looks at.
fn mask(order: u8) -> u64 {
    (1_u64 << (u32::from(order) * 16)) - 1
}

/// All steps under one order.
struct Counts {
    order: u8,
    outcomes: usize,
    cells: HashMap<(u64, u32), Cell>,
    /// How often each context is left in the training journeys.
    contexts: HashMap<u64, u64>,
}

impl Counts {
    fn of(divided: &[Divided<'_>], order: u8, outcomes: usize) -> Self {
        let mut cells: HashMap<(u64, u32), Cell> = HashMap::new();
        let mut contexts: HashMap<u64, u64> = HashMap::new();
        for Divided { touches, training, held_out } in divided {
            let mut context = 0_u64;
            let all = [training.iter().sum::<u64>(), held_out.iter().sum()];
            let mut count = |context: u64, next: u32, [training, held_out]: [u64; 2]| {
                let cell = cells.entry((context, next)).or_default();
                cell.training += training;
                cell.held_out += held_out;
                *contexts.entry(context).or_default() += training;
            };
            for &channel in *touches {
                count(context, u32::from(channel), all);
                context = ((context << 16) | (u64::from(channel) + 1)) & mask(order);
            }
            for ((end, &training), &held_out) in ENDS.into_iter().zip(training).zip(held_out) {
                count(context, end, [training, held_out]);
            }
        }
        Self { order, outcomes, cells, contexts }
    }

    fn seen(&self, context: u64) -> u64 {
        self.contexts.get(&context).copied().unwrap_or(0)
    }

    /// The cells that hold steps to be foretold.
    fn held_out(&self) -> impl Iterator<Item = (u64, u32, &Cell)> {
        self.cells
            .iter()
            .filter(|(_, cell)| cell.held_out > 0)
            .map(|(&(context, next), cell)| (context, next, cell))
    }

    /// The logarithm of the probability of a step, as a whole multiple of 2^-30, so that the order of sums makes no
    /// difference.
    fn logarithm(&self, context: u64, next: u32) -> i128 {
        let count = self.cells.get(&(context, next)).map_or(0, |cell| cell.training);
        logarithm(count, self.seen(context), self.outcomes)
    }

    fn fit(&self, (gain, gain_error): (f64, f64)) -> OrderFit {
        let (mut sum, mut steps, mut unseen) = (0_i128, 0_u64, 0_u64);
        for (context, next, cell) in self.held_out() {
            sum += self.logarithm(context, next) * i128::from(cell.held_out);
            steps += cell.held_out;
            if self.seen(context) == 0 {
                unseen += cell.held_out;
            }
        }
        OrderFit {
            order: self.order,
            contexts: self.contexts.values().filter(|&&seen| seen > 0).count(),
            log_likelihood: mean(sum, steps) / SCALE,
            unseen: share(unseen, steps),
            gain,
            gain_error,
        }
    }

    /// By how much the same steps are foretold better than under a lower order, and the standard error of that.
    fn gain(&self, lower: &Self) -> (f64, f64) {
        let (mut sum, mut squares, mut steps) = (0_i128, 0_i128, 0_u64);
        for (context, next, cell) in self.held_out() {
            let gain = self.logarithm(context, next) - lower.logarithm(context & mask(lower.order), next);
            let times = i128::from(cell.held_out);
            sum += gain * times;
            squares += gain * gain * times;
            steps += cell.held_out;
        }
        let gain = mean(sum, steps) / SCALE;
        let variance = (mean(squares, steps) / (SCALE * SCALE) - gain * gain).max(0.0);
        (gain, (variance / mean(i128::from(steps.max(1)), 1)).sqrt())
    }
}

const SCALE: f64 = 1_073_741_824.0;

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a logarithm of counts is small"
)]
fn logarithm(count: u64, of: u64, outcomes: usize) -> i128 {
    let probability = (count as f64 + 0.5) / (of as f64 + 0.5 * outcomes as f64);
    (probability.ln() * SCALE).round() as i128
}

#[expect(clippy::cast_precision_loss, reason = "the answer is a float")]
fn mean(sum: i128, steps: u64) -> f64 {
    if steps > 0 { sum as f64 / steps as f64 } else { 0.0 }
}

/// Every bit of the answer depends on every bit of the number. Not the mixer of [`hash`](crate::hash), for the split must
/// not move.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let number = (number ^ (number >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    number ^ (number >> 32)
}

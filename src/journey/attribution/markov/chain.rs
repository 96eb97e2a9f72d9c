//! The chain: states, and how many journeys took each transition.

use hashbrown::HashMap;

use super::MarkovSettings;
use crate::journey::paths::Paths;

/// Up to so many transitions out of the first states are kept in a table instead of a map.
const TABLE: usize = 1 << 20;

/// Bits of a channel in a state.
const BITS: u32 = 16;

/// A transition that was counted: where to and how often.
#[derive(Clone, Copy, Default)]
struct Step {
    /// One more than the state; 0: none.
    to: u32,
    journeys: u64,
}

/// What is known of a state while journeys are counted.
#[derive(Clone, Copy, Default)]
struct Counted {
    starts: u64,
    conversions: u64,
    nulls: u64,
    sales: i128,
    refunds: i128,
}

/// Counts journeys. A state is its channels, 16 bits each, one more than the channel's number, the latest lowest.
struct Counter {
    channels: usize,
    mask: u64,
    numbers: HashMap<u64, u32>,
    keys: Vec<u64>,
    counted: Vec<Counted>,
    table: Vec<Step>,
    rows: usize,
    map: HashMap<(u32, u16), Step>,
}

impl Counter {
    fn new(channels: usize, order: u8) -> Self {
        Self {
            channels,
            mask: (1_u64 << (BITS * u32::from(order))) - 1,
            numbers: HashMap::new(),
            keys: Vec::new(),
            counted: Vec::new(),
            table: Vec::new(),
            rows: TABLE / channels.max(1),
            map: HashMap::new(),
        }
    }

    fn state(&mut self, key: u64) -> usize {
        let new = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(key).or_insert(new);
        if number == new {
            self.keys.push(key);
            self.counted.push(Counted::default());
            if self.keys.len() <= self.rows {
                self.table.resize(self.keys.len() * self.channels, Step::default());
            }
        }
        usize::try_from(number).unwrap_or(usize::MAX)
    }

    /// The transition out of a state by a touch.
    fn step(&mut self, from: usize, channel: u16) -> &mut Step {
        let place = from * self.channels + usize::from(channel);
        if place < self.table.len() {
            #[expect(clippy::indexing_slicing, reason = "checked in the line before")]
            return &mut self.table[place];
        }
        self.map.entry((u32::try_from(from).unwrap_or(u32::MAX), channel)).or_default()
    }

    /// The state after one more touch, with the journeys counted.
    fn follow(&mut self, from: usize, key: u64, channel: u16, journeys: u64) -> usize {
        let step = self.step(from, channel);
        step.journeys += journeys;
        if let Some(to) = step.to.checked_sub(1) {
            return usize::try_from(to).unwrap_or(usize::MAX);
        }
        let to = self.state(key);
        self.step(from, channel).to = u32::try_from(to + 1).unwrap_or(u32::MAX);
        to
    }

    fn next(&self, key: u64, channel: u16) -> u64 {
        ((key << BITS) | (u64::from(channel) + 1)) & self.mask
    }
}

/// A state in the order of channels' names, solved over by `dense` and `taboo`.
pub(super) struct State {
    /// The ranks of its channels among the names, latest first.
    pub(super) channels: [Option<u16>; 3],
    /// How many journeys start there.
    pub(super) starts: f64,
    /// How many journeys leave it, to another state or to the end. All that visit it leave it.
    pub(super) visits: f64,
    /// How many of these convert.
    pub(super) conversions: f64,
    /// What those bring, in minor units.
    pub(super) value: f64,
}

/// The chain, with states and transitions in an order that does not depend on that of the paths.
pub(super) struct Chain {
    pub(super) channels: usize,
    pub(super) states: Vec<State>,
    /// For each state where its incoming transitions begin.
    pub(super) offsets: Vec<usize>,
    /// Incoming transitions: the state they come from, and the probability of it there.
    pub(super) incoming: Vec<(usize, f64)>,
    pub(super) journeys: f64,
    pub(super) conversions: f64,
    pub(super) value: f64,
}

impl Chain {
    pub(super) fn build(paths: &Paths, settings: &MarkovSettings) -> Self {
        let counter = count(paths, settings);
        order(counter, &paths.ranks().1)
    }

    pub(super) fn states(&self) -> usize {
        self.states.len()
    }

    /// Every journey that is counted is followed to its end, so the chain converts as often as they did.
    pub(super) fn conversion_probability(&self) -> f64 {
        if self.journeys > 0.0 { self.conversions / self.journeys } else { 0.0 }
    }

    pub(super) fn expected_value(&self) -> f64 {
        if self.journeys > 0.0 { self.value / self.journeys } else { 0.0 }
    }

    pub(super) fn incoming(&self, state: usize) -> &[(usize, f64)] {
        match (self.offsets.get(state), self.offsets.get(state + 1)) {
            (Some(&start), Some(&end)) => self.incoming.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }
}

fn count(paths: &Paths, settings: &MarkovSettings) -> Counter {
    let order = usize::from(settings.order);
    let mut counter = Counter::new(paths.names().len(), settings.order);
    for path in paths.iter() {
        let outcome = path.outcome();
        let nulls = if settings.with_nulls { u64::from(outcome.nulls) } else { 0 };
        let journeys = u64::from(outcome.conversions) + nulls;
        if journeys == 0 || path.is_empty() {
            continue;
        }
        let mut key = 0;
        let (first, later) = path.touches.split_at(path.len().min(order));
        for &channel in first {
            key = counter.next(key, channel);
        }
        let mut state = counter.state(key);
        if let Some(counted) = counter.counted.get_mut(state) {
            counted.starts += journeys;
        }
        for &channel in later {
            let next = counter.next(key, channel);
            if next != key {
                key = next;
                state = counter.follow(state, key, channel, journeys);
            }
        }
        if let Some(counted) = counter.counted.get_mut(state) {
            counted.conversions += u64::from(outcome.conversions);
            counted.nulls += nulls;
            let value = i128::from(outcome.value_minor);
            counted.sales += value.max(0);
            counted.refunds += value.max(0) - value;
        }
    }
    counter
}

/// Sorts states by their channels' names, so that every float is added in the same order, whatever that of the paths.
#[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
fn order(counter: Counter, ranks: &[u16]) -> Chain {
    let Counter { channels, keys, counted, table, map, .. } = counter;
    let of = |key: u64| {
        [0, BITS, 2 * BITS].map(|shift| {
            let channel = u16::try_from((key >> shift) & 0xffff).unwrap_or(0);
            ranks.get(usize::from(channel.checked_sub(1)?)).copied()
        })
    };
    let mut sorted: Vec<([Option<u16>; 3], usize)> =
        keys.iter().enumerate().map(|(number, &key)| (of(key), number)).collect();
    sorted.sort_unstable();
    let mut places = vec![0_usize; sorted.len()];
    for (place, &(_, number)) in sorted.iter().enumerate() {
        if let Some(slot) = places.get_mut(number) {
            *slot = place;
        }
    }
    let place = |number: usize| places.get(number).copied().unwrap_or(0);
    // To, from, journeys.
    let mut transitions: Vec<(usize, usize, u64)> = Vec::new();
    let mut push = |from: usize, step: &Step| {
        if let Some(to) = step.to.checked_sub(1) {
            transitions.push((place(usize::try_from(to).unwrap_or(0)), place(from), step.journeys));
        }
    };
    for (cell, step) in table.iter().enumerate() {
        push(cell / channels.max(1), step);
    }
    for ((from, _), step) in &map {
        push(usize::try_from(*from).unwrap_or(0), step);
    }
    transitions.sort_unstable();
    let mut visits: Vec<u64> = sorted
        .iter()
        .map(|&(_, number)| counted.get(number).map_or(0, |counted| counted.conversions + counted.nulls))
        .collect();
    for &(_, from, journeys) in &transitions {
        if let Some(visits) = visits.get_mut(from) {
            *visits += journeys;
        }
    }
    let mut offsets = Vec::with_capacity(sorted.len() + 1);
    let mut incoming = Vec::with_capacity(transitions.len());
    for &(to, from, journeys) in &transitions {
        while offsets.len() <= to {
            offsets.push(incoming.len());
        }
        let visits = visits.get(from).copied().unwrap_or(1).max(1);
        incoming.push((from, journeys as f64 / visits as f64));
    }
    offsets.resize(sorted.len() + 1, incoming.len());
    let sales: i128 = counted.iter().map(|counted| counted.sales).sum();
    // If there are only refunds, they are mirrored sales.
    let value = |counted: &Counted| if sales > 0 { counted.sales } else { counted.refunds };
    let states = sorted.iter().zip(&visits).map(|(&(channels, number), &visits)| {
        let counted = counted.get(number).copied().unwrap_or_default();
        State {
            channels,
            starts: counted.starts as f64,
            visits: visits as f64,
            conversions: counted.conversions as f64,
            value: value(&counted) as f64,
        }
    });
    Chain {
        channels,
        states: states.collect(),
        offsets,
        incoming,
        journeys: counted.iter().map(|counted| counted.starts).sum::<u64>() as f64,
        conversions: counted.iter().map(|counted| counted.conversions).sum::<u64>() as f64,
        value: counted.iter().map(value).sum::<i128>() as f64,
    }
}

//! Steps in any order: the most different ones within some window.

use std::collections::{BTreeMap, VecDeque};

use super::matching::Matching;
use super::profile::{FunnelEvent, Passage};
use super::settings::{Entry, Funnel};

/// The window that holds the most steps, the earliest of several, and when each of its steps was added.
pub(super) fn most(funnel: &Funnel, events: &[FunnelEvent<'_>]) -> Option<Passage> {
    let steps = u32::from(funnel.steps);
    let window = funnel.window_millis();
    let mut inside: VecDeque<(i64, u32, usize)> = VecDeque::new();
    let mut masks: BTreeMap<u32, u32> = BTreeMap::new();
    let mut matching = Matching::default();
    let mut best = (0, 0, 0);
    let valid = u32::MAX >> (32 - steps.clamp(1, 32));
    for (place, event) in events.iter().enumerate() {
        let (at, mask) = (event.millis(), event.steps & valid);
        if mask == 0 {
            continue;
        }
        while let Some(&(start, old, _)) = inside.front()
            && at - start > window
        {
            if funnel.entry == Entry::First {
                return passage(funnel, events, best, valid);
            }
            inside.pop_front();
            if let Some(count) = masks.get_mut(&old) {
                *count -= 1;
                if *count == 0 {
                    masks.remove(&old);
                }
            }
        }
        inside.push_back((at, mask, place));
        let count = masks.entry(mask).or_insert(0);
        *count += 1;
        if *count > mask.count_ones() {
            continue;
        }
        let depth = if masks.keys().all(|mask| mask.is_power_of_two()) {
            u32::try_from(masks.len()).unwrap_or(steps)
        } else {
            matching.begin(masks.iter().flat_map(|(&mask, &count)| {
                std::iter::repeat_n(mask, usize::try_from(count.min(32)).unwrap_or(32))
            }));
            matching.most(steps)
        };
        if depth > best.0 {
            best = (depth, inside.front().map_or(place, |first| first.2), place);
            if depth == steps {
                break;
            }
        }
    }
    passage(funnel, events, best, valid)
}

fn passage(
    funnel: &Funnel,
    events: &[FunnelEvent<'_>],
    (depth, first, last): (u32, usize, usize),
    valid: u32,
) -> Option<Passage> {
    let steps = u32::from(funnel.steps);
    let mut matching = Matching::default();
    let mut times = Vec::new();
    let mut masks: Vec<u32> = Vec::new();
    for event in events.get(first..=last)? {
        let mask = event.steps & valid;
        let copies = masks.iter().filter(|other| **other == mask).count();
        if mask == 0 || copies >= usize::try_from(mask.count_ones()).unwrap_or(32) {
            continue;
        }
        masks.push(mask);
        matching.begin(masks.iter().copied());
        if usize::try_from(matching.most(steps)).is_ok_and(|most| most > times.len()) {
            times.push(event.millis());
        }
    }
    (depth > 0).then_some(Passage { times, first })
}

//! Steps in any order: the most different ones within some window.

use std::collections::VecDeque;

use super::profile::{FunnelEvent, Passage};
use super::settings::{Entry, Funnel, MAX_STEPS};

/// The window that holds the most steps, the earliest of several, and when each of its steps was added. O(n k) for n
/// events and k steps.
pub(super) fn most(funnel: &Funnel, events: &[FunnelEvent<'_>]) -> Option<Passage> {
    let window = funnel.window_millis();
    let valid = u32::MAX >> (32 - u32::from(funnel.steps).clamp(1, 32));
    // More steps than any event matches cannot be reached.
    let all = (events.iter().fold(0, |all, event| all | event.steps) & valid).count_ones();
    let mut inside: VecDeque<(i64, usize)> = VecDeque::new();
    let mut served = Served::default();
    let mut best = (0, 0, 0);
    for (place, event) in events.iter().enumerate() {
        let (at, mask) = (event.millis(), event.steps & valid);
        if mask == 0 {
            continue;
        }
        while let Some(&(start, old)) = inside.front()
            && at - start > window
        {
            if funnel.entry == Entry::First {
                return passage(events, best, valid);
            }
            inside.pop_front();
            served.leave(old);
        }
        inside.push_back((at, place));
        served.add(place, mask);
        if served.depth > best.0 {
            best = (served.depth, inside.front().map_or(place, |first| first.1), place);
            if best.0 == all {
                break;
            }
        }
    }
    passage(events, best, valid)
}

fn passage(
    events: &[FunnelEvent<'_>],
    (depth, first, last): (u32, usize, usize),
    valid: u32,
) -> Option<Passage> {
    let mut served = Served::default();
    let mut times = Vec::new();
    for (place, event) in events.get(first..=last)?.iter().enumerate() {
        let mask = event.steps & valid;
        if mask != 0 && served.add(place, mask) {
            times.push(event.millis());
        }
    }
    (depth > 0).then_some(Passage { times, first })
}

const STEPS: usize = MAX_STEPS as usize;

/// The most steps that the events of a window can serve, one each, and of all choices of events the one with the latest:
/// a basis of greatest weight of a transversal matroid (Edmonds and Fulkerson, *Transversals and matroid partition*, 1965).
/// So an event that leaves the window, being the earliest, needs no other in its place.
#[derive(Default)]
struct Served {
    /// For each step the place and the mask of the event that serves it.
    by: [Option<(usize, u32)>; STEPS],
    depth: u32,
}

impl Served {
    /// The earliest event leaves.
    fn leave(&mut self, place: usize) {
        for slot in &mut self.by {
            if slot.is_some_and(|(other, _)| other == place) {
                *slot = None;
                self.depth -= 1;
            }
        }
    }

    /// An event comes that is later than all others. Whether one step more is served.
    #[expect(clippy::indexing_slicing, reason = "a hot loop over the 32 bits of a mask")]
    fn add(&mut self, place: usize, mask: u32) -> bool {
        // The steps that the event can serve, or that are set free by moving the events that serve those.
        let mut from = [None; STEPS];
        let mut queue = [0_usize; STEPS];
        let (mut reached, mut queued) = (0_u32, 0);
        let mut reach = |mask: u32, step: Option<usize>, queue: &mut [usize; STEPS], queued: &mut usize| {
            let mut new = mask & !reached;
            reached |= mask;
            while new != 0 {
                let next = new.trailing_zeros() as usize;
                from[next] = step;
                queue[*queued] = next;
                *queued += 1;
                new &= new - 1;
            }
        };
        reach(mask, None, &mut queue, &mut queued);
        let (mut next, mut free) = (0, None);
        let mut earliest: Option<(usize, usize)> = None;
        while next < queued && free.is_none() {
            let step = queue[next];
            next += 1;
            match self.by[step] {
                None => free = Some(step),
                Some((other, mask)) => {
                    if earliest.is_none_or(|(earliest, _)| other < earliest) {
                        earliest = Some((other, step));
                    }
                    reach(mask, Some(step), &mut queue, &mut queued);
                }
            }
        }
        // A step more; or the earliest of those events is not needed any longer.
        let Some(mut step) = free.or(earliest.map(|(_, step)| step)) else { return false };
        while let Some(before) = from[step] {
            self.by[step] = self.by[before];
            step = before;
        }
        self.by[step] = Some((place, mask));
        self.depth += u32::from(free.is_some());
        free.is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::matching::Matching;
    use super::super::settings::StepOrder;
    use super::*;
    use crate::time::from_millis;

    fn event(at: i64, steps: u32) -> FunnelEvent<'static> {
        FunnelEvent { steps, ..FunnelEvent::at(from_millis(at)) }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn as_many_steps_as_a_matching_of_every_window_serves(
            masks in prop::collection::vec((0_i64..4, 0_u32..64), 0..24), seconds in 0_u32..12
        ) {
            let mut at = -9_000;
            let events: Vec<FunnelEvent<'_>> = masks.iter().map(|&(gap, mask)| {
                at += gap * 1000;
                event(at, mask)
            }).collect();
            let funnel = Funnel { order: StepOrder::Any, ..Funnel::new(6, seconds) };
            let mut matching = Matching::default();
            let mut windows: Vec<usize> = Vec::new();
            for (place, first) in events.iter().enumerate() {
                let window = events[place..].iter().take_while(|one| one.millis() - first.millis() <= funnel.window_millis());
                matching.begin(window.map(|one| one.steps));
                windows.push((0..6).filter(|&step| matching.add(step)).count());
            }
            let found = most(&funnel, &events);
            prop_assert_eq!(found.map_or(0, |found| found.depth()), windows.into_iter().max().unwrap_or(0));
        }
    }

    #[test]
    fn many_different_masks_in_one_window_are_linear() {
        // Two steps that only one event matches: all 20 are never reached.
        let mut events: Vec<FunnelEvent<'_>> =
            (1..=200_000_u32).map(|number| event(i64::from(number), number % (1 << 17))).collect();
        events.push(event(200_001, 0b11 << 18));
        let funnel = Funnel { order: StepOrder::Any, ..Funnel::new(20, 86_400) };
        assert_eq!(most(&funnel, &events).unwrap().depth(), 18);
        // And steps that nothing matches are not waited for.
        assert_eq!(most(&funnel, &events[..200_000]).unwrap().depth(), 17);
    }
}

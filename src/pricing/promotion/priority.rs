//! The two group modes in which promotions compete by priority.

use super::effect::Gain;
use super::engine::Run;
use super::state::State;
use super::{Combination, Phase};

impl Run<'_> {
    fn priority(&self, place: usize) -> i32 {
        self.context.promotions.list().get(place).map_or(0, |promotion| promotion.priority)
    }

    fn combination(&self, place: usize) -> Combination {
        self.context.promotions.list().get(place).map(|promotion| promotion.combination).unwrap_or_default()
    }

    /// The promotions of each priority, highest first.
    fn levels<'p>(&self, places: &'p [usize]) -> Vec<&'p [usize]> {
        places.chunk_by(|&one, &other| self.priority(one) == self.priority(other)).collect()
    }

    fn of(&self, places: &[usize], kind: Combination) -> Vec<usize> {
        places.iter().copied().filter(|&place| self.combination(place) == kind).collect()
    }

    /// Closes the lines that were discounted since `before`.
    fn close_changed(&mut self, before: &State) {
        let changed = before.running.iter().zip(self.state.running.iter()).enumerate();
        let changed: Vec<usize> = changed.filter(|(_, (was, is))| was != is).map(|(line, _)| line).collect();
        changed.into_iter().for_each(|line| self.state.close(line));
    }

    /// An exclusive promotion that gives something closes its lines. It does not share lines with what came before.
    fn exclusive_first(&mut self, phase: Phase, level: &[usize], start: &State) {
        let exclusive = self.of(level, Combination::Exclusive);
        if exclusive.is_empty() {
            return;
        }
        let before = self.state.clone();
        self.close_changed(start);
        self.best_single(phase, &exclusive);
        let after = self.state.running.clone();
        self.state.closed = before.closed.clone();
        for (line, (was, is)) in before.running.iter().zip(after.iter()).enumerate() {
            if was != is {
                self.state.close(line);
            }
        }
    }

    pub(super) fn compound_within_priority(&mut self, phase: Phase, places: &[usize]) {
        for level in self.levels(places) {
            if self.stopped_by.is_some() {
                return;
            }
            let start = self.state.clone();
            self.exclusive_first(phase, level, &start);
            if self.stopped_by.is_some() {
                return;
            }
            let best = self.of(level, Combination::Best);
            let compound = self.of(level, Combination::Compound);
            let mut state = self.state.clone();
            let mut together = Gain::default();
            for &place in &compound {
                if self.effect.attempt(self.context, place, &mut state).is_ok() {
                    together = together.plus(self.effect.gain);
                }
            }
            let mut alone = Gain::default();
            for &place in &best {
                state.copy(&self.state);
                if self.effect.attempt(self.context, place, &mut state).is_ok() {
                    alone = alone.max(self.effect.gain);
                }
            }
            if alone > together {
                self.best_single(phase, &best);
            } else {
                self.each(phase, &compound);
                self.note_failures(&best);
            }
            self.close_changed(&start);
        }
    }

    pub(super) fn compete_within_priority(&mut self, phase: Phase, places: &[usize]) {
        let start = self.state.clone();
        for level in self.levels(places) {
            if self.stopped_by.is_some() {
                return;
            }
            self.exclusive_first(phase, level, &start);
            if self.stopped_by.is_some() {
                return;
            }
            let others: Vec<usize> = level
                .iter()
                .copied()
                .filter(|&place| self.combination(place) != Combination::Exclusive)
                .collect();
            self.best_single(phase, &others);
        }
    }

    /// Notes of the losers which could not have given anything anyway.
    fn note_failures(&mut self, places: &[usize]) {
        let mut state = State::default();
        for &place in places {
            state.copy(&self.state);
            if let Err(skip) = self.effect.attempt(self.context, place, &mut state) {
                self.skip(place, skip);
            }
        }
    }
}

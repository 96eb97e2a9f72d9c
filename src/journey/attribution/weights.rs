//! What each touch of a path weighs under a rule.

use super::divide::whole;
use super::rule::Rule;
use super::{AttributionError, AttributionErrorKind};
use crate::journey::paths::{Path, Paths};

/// A rule made ready for one set of paths.
pub(super) struct Weigher<'a> {
    rule: &'a Rule,
    /// By number of the channel: whether it is direct, or its own weight.
    channels: Vec<u32>,
    /// By number of touches to the last: the weight in paths without times.
    decays: Vec<u64>,
    /// Which path a channel was last seen in, for participation.
    seen: Vec<u64>,
    path: u64,
}

impl<'a> Weigher<'a> {
    pub(super) fn new(rule: &'a Rule, paths: &Paths) -> Result<Self, AttributionError> {
        if matches!(rule, Rule::TimeDecay { half_life_seconds: 0, .. }) {
            return Err(AttributionError::new(AttributionErrorKind::InvalidRule));
        }
        let names = paths.names();
        let channels = match rule {
            Rule::LastNonDirect { direct } => {
                names.iter().map(|name| u32::from(direct.contains(name))).collect()
            }
            Rule::Custom(custom) => {
                names.iter().map(|name| custom.channels.get(name).copied().unwrap_or(1)).collect()
            }
            _ => Vec::new(),
        };
        Ok(Self { rule, channels, decays: Vec::new(), seen: vec![0; names.len()], path: 0 })
    }

    fn of_channel(&self, channel: u16) -> u32 {
        self.channels.get(usize::from(channel)).copied().unwrap_or(0)
    }

    /// The place of the only touch that gets anything, for rules that have one.
    pub(super) fn only(&self, path: &Path<'_>) -> Option<usize> {
        match self.rule {
            Rule::First => Some(0),
            Rule::Last => path.len().checked_sub(1),
            Rule::LastNonDirect { .. } => {
                let place = path.touches.iter().rposition(|&channel| self.of_channel(channel) == 0);
                place.or(path.len().checked_sub(1))
            }
            _ => None,
        }
    }

    /// The weights of a path's touches; `weights` is empty before.
    pub(super) fn weigh(&mut self, path: &Path<'_>, weights: &mut Vec<u64>) {
        let length = path.len();
        let count = u64::try_from(length).unwrap_or(u64::MAX);
        match self.rule {
            Rule::First | Rule::Last | Rule::LastNonDirect { .. } => {
                weights.resize(length, 0);
                if let Some(one) = self.only(path).and_then(|place| weights.get_mut(place)) {
                    *one = 1;
                }
            }
            Rule::Linear => weights.resize(length, 1),
            Rule::TimeDecay { half_life_seconds, untimed_gap_seconds } => {
                let half_life = f64::from(*half_life_seconds);
                match path.times {
                    Some(times) => decay(times, half_life, weights),
                    None => {
                        while self.decays.len() < length {
                            let gaps = u32::try_from(self.decays.len()).unwrap_or(u32::MAX);
                            let passed = f64::from(gaps) * f64::from(*untimed_gap_seconds);
                            self.decays.push(whole((-passed / half_life).exp2()));
                        }
                        weights.extend(self.decays.iter().take(length).rev());
                    }
                }
            }
            Rule::Position { first, middle, last } => {
                position(count, length, [*first, *middle, *last].map(u64::from), weights);
            }
            Rule::WShaped { first, key, last, others } => {
                let place = path.key().unwrap_or(length / 2);
                if length <= 2 || place == 0 || place + 1 >= length {
                    position(count, length, [40, 20, 40], weights);
                    return;
                }
                // Three touches have no others; the parts are scaled so that the others' are whole.
                let scale = (count - 3).max(1);
                weights.resize(length, u64::from(*others));
                for (place, part) in [(0, first), (place, key), (length - 1, last)] {
                    if let Some(weight) = weights.get_mut(place) {
                        *weight = u64::from(*part) * scale;
                    }
                }
            }
            Rule::Participation => {
                self.path += 1;
                for &channel in path.touches {
                    let before = self.seen.get_mut(usize::from(channel));
                    let new = before.is_some_and(|before| std::mem::replace(before, self.path) != self.path);
                    weights.push(u64::from(new));
                }
            }
            Rule::Custom(custom) => {
                for (place, &channel) in path.touches.iter().enumerate() {
                    let by_place = if place == 0 {
                        custom.first
                    } else if place + 1 == length {
                        custom.last
                    } else {
                        custom.middle
                    };
                    weights.push(u64::from(by_place) * u64::from(self.of_channel(channel)));
                }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of 200,000 years are exact")]
fn decay(times: &[i64], half_life: f64, weights: &mut Vec<u64>) {
    let last = times.last().copied().unwrap_or(0);
    weights.extend(times.iter().map(|&time| {
        let passed = last.saturating_sub(time) as f64 / 1000.0;
        whole((-passed / half_life).exp2())
    }));
}

fn position(count: u64, length: usize, [first, middle, last]: [u64; 3], weights: &mut Vec<u64>) {
    match length {
        0 => {}
        1 => weights.push(1),
        2 => weights.extend([first, last]),
        _ => {
            weights.resize(length, middle);
            let inner = count - 2;
            if let [start, .., end] = weights.as_mut_slice() {
                (*start, *end) = (first * inner, last * inner);
            }
        }
    }
}

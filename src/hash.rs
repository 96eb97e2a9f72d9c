//! Fixed 64-bit hashes, and numbers that look random: the same on every machine, in every run and in every release, for
//! keys that are stored, splits that must not move and samples that can be drawn again. Not made to withstand somebody who
//! looks for collisions; [`keyed`](crate::keyed) is.

/// 2^64 over the golden ratio, odd: the step of SplitMix64.
pub(crate) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The state in which FNV-1a begins.
pub(crate) const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a from a state on (Fowler, Noll and Vo). Its high bits are weak: mix the answer.
pub(crate) fn fnv(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014): every bit
/// of the answer depends on every bit of the state. 0 stays 0.
pub(crate) const fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// One step of SplitMix64: as [`mix`], without a state that stays.
pub(crate) const fn step(state: u64) -> u64 {
    mix(state.wrapping_add(GOLDEN))
}

/// Numbers that look random from a seed: SplitMix64.
pub(crate) struct Draws(pub(crate) u64);

impl Draws {
    pub(crate) fn next(&mut self) -> u64 {
        let drawn = step(self.0);
        self.0 = self.0.wrapping_add(GOLDEN);
        drawn
    }

    /// Below `bound`, which is at least 1: the high half of a product of 128 bits, uniform but for `bound` in 2^64.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(bound.max(1));
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// Any order is as likely as any other (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let drawn = self.below(u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1));
            all.swap(usize::try_from(drawn).unwrap_or(last).min(last), last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_publications() {
        // Stored keys and samples hang on these.
        assert_eq!(fnv(FNV_BASIS, b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(FNV_BASIS, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv(FNV_BASIS, b"foobar"), 0x8594_4171_f739_67e8);
        let mut draws = Draws(0);
        let drawn: Vec<u64> = (0..3).map(|_| draws.next()).collect();
        assert_eq!(drawn, [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]);
        assert_eq!((mix(0), step(0)), (0, drawn[0]));
    }

    #[test]
    fn draws_stay_below_their_bound_and_shuffle_all() {
        let mut draws = Draws(7);
        assert!((1..1_000).all(|bound| draws.below(bound) < bound));
        assert_eq!((draws.below(0), draws.below(1)), (0, 0));
        let mut all: Vec<u32> = (0..100).collect();
        draws.shuffle(&mut all);
        assert!(!all.is_sorted());
        all.sort_unstable();
        assert!(all.into_iter().eq(0..100));
    }
}

//! A small seeded generator of pseudo-random numbers (SplitMix64). Every household, person and record has an own
//! stream, so any of them can be made again at any time, alone and at constant cost, and always comes out the same.

/// One stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

impl Random {
    /// The stream with the given name and number.
    pub(crate) fn new(seed: u64, stream: &str, number: u64) -> Self {
        let start = 0xCBF2_9CE4_8422_2325_u64;
        let name = stream
            .bytes()
            .fold(start, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
        Self(mix(mix(seed ^ mix(name)).wrapping_add(mix(number.wrapping_add(0x9E37_79B9_7F4A_7C15)))))
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number in `0..limit`; 0 when `limit` is 0.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        u64::try_from((u128::from(self.next()) * u128::from(limit)) >> 64).unwrap_or(0)
    }

    /// An index in `0..limit`; 0 when `limit` is 0.
    pub(crate) fn index(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(u64::try_from(limit).unwrap_or(0))).unwrap_or(0)
    }

    /// True `per_mille` times of a thousand (a fraction of one in a thousand is allowed).
    pub(crate) fn chance(&mut self, per_mille: f64) -> bool {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) < per_mille * 4_294_967.296
    }

    /// One of the items, all equally likely.
    #[expect(clippy::indexing_slicing, reason = "the index is below the length, and no table here is empty")]
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    /// The position of one of `count` items, weighted `1 / (position + head)`: few are frequent, many are rare; the
    /// smaller `head`, the steeper.
    pub(crate) fn skewed_index(&mut self, count: usize, head: u64) -> usize {
        loop {
            let index = self.index(count);
            if self.below(u64::try_from(index).unwrap_or(0) + head) < head {
                return index;
            }
        }
    }

    /// One of the items, the first ones more often.
    #[expect(clippy::indexing_slicing, reason = "the index is below the length, and no table here is empty")]
    pub(crate) fn skewed<T: Copy>(&mut self, items: &[T], head: u64) -> T {
        items[self.skewed_index(items.len(), head)]
    }

    /// A position in a list of weights.
    pub(crate) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// Decimal digits.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap_or(0))).collect()
    }

    /// Hexadecimal digits, at most 16.
    pub(crate) fn hex(&mut self, count: usize) -> String {
        format!("{:016x}", self.next()).chars().take(count).collect()
    }
}

//! A small seeded generator of pseudo-random numbers (SplitMix64). Every person has an own stream, so any person can
//! be made again at any time, alone and at constant cost, and always comes out the same.

/// One stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Repeatable 64-bit hash of some text (FNV-1a, then mixed).
pub(crate) fn hash(text: &str) -> u64 {
    let start = 0xCBF2_9CE4_8422_2325_u64;
    mix(text.bytes().fold(start, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)))
}

impl Random {
    /// The stream with the given name and number.
    pub(crate) fn new(seed: u64, stream: &str, number: u64) -> Self {
        Self(mix(mix(seed ^ hash(stream)).wrapping_add(mix(number.wrapping_add(0x9E37_79B9_7F4A_7C15)))))
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

    /// A number in `low..high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0);
        low.saturating_add(i64::try_from(self.below(width)).unwrap_or(0))
    }

    /// True `per_mille` times of a thousand.
    pub(crate) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the items.
    #[expect(clippy::indexing_slicing, reason = "the number is below N, and no table here is empty")]
    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, items: &[T; N]) -> T {
        let limit = u64::try_from(N).unwrap_or(1);
        items[usize::try_from(self.below(limit)).unwrap_or(0)]
    }

    /// Text in the form of a random UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            ((low >> 48) & 0x3FFF) | 0x8000,
            low & 0xFFFF_FFFF_FFFF
        )
    }
}

//! The two ways in which the comparators see a pair of texts: as packed one-byte codes or as scalar values.

use super::text::{Body, Text};

/// A sequence to compare.
pub(super) trait Symbols {
    /// What a position holds.
    type Symbol: Copy + Eq;
    /// Number of positions.
    fn len(&self) -> usize;
    /// The symbol of a position, which must be below `len`.
    fn at(&self, position: usize) -> Self::Symbol;
}

/// A sequence that can say where a symbol stands, as bits over its positions, `W` words of them.
pub(super) trait Positions<const W: usize>: Symbols {
    /// Bit `i` of word `w` is set exactly where position `64 w + i` holds the symbol.
    fn positions(&self, symbol: Self::Symbol) -> [u64; W];
}

/// Up to `8 N` one-byte codes; `N` is a power of two.
#[derive(Clone, Copy)]
pub(super) struct Packed<const N: usize> {
    words: [u64; N],
    len: usize,
}

impl<const N: usize> Packed<N> {
    #[inline]
    pub(super) fn new(words: &[u64], len: usize) -> Self {
        let mut own = [0; N];
        for (own, word) in own.iter_mut().zip(words) {
            *own = *word;
        }
        Self { words: own, len }
    }

    /// Length of the common beginning.
    #[inline]
    pub(super) fn common_prefix(&self, other: &Self) -> usize {
        let shorter = self.len.min(other.len);
        for (at, (one, two)) in self.words.iter().zip(&other.words).enumerate() {
            let differ = one ^ two;
            if differ != 0 {
                return shorter.min(8 * at + (differ.trailing_zeros() / 8) as usize);
            }
        }
        shorter
    }
}

impl Packed<8> {
    /// The first 16 codes at most.
    #[inline]
    pub(super) fn first_two(&self) -> Packed<2> {
        Packed::new(&self.words, self.len.min(16))
    }
}

impl<const N: usize> Symbols for Packed<N> {
    type Symbol = u8;

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "the mask keeps the index below N")]
    fn at(&self, position: usize) -> u8 {
        let word = self.words[(position >> 3) & (N - 1)];
        (word >> (8 * (position & 7))).to_le_bytes()[0]
    }
}

impl<const N: usize> Positions<1> for Packed<N> {
    #[inline]
    fn positions(&self, symbol: u8) -> [u64; 1] {
        let mut bits = 0;
        for (at, word) in self.words.iter().enumerate() {
            bits |= equal_bytes(*word, symbol) << (8 * at);
        }
        [bits & lowest(self.len)]
    }
}

/// Packed codes with a table of where each stands.
#[derive(Clone)]
pub(super) struct Table<const W: usize, const N: usize> {
    places: [[u64; W]; 256],
    codes: Packed<N>,
}

impl<const W: usize, const N: usize> Table<W, N> {
    pub(super) fn new(codes: Packed<N>) -> Self {
        let mut places = [[0; W]; 256];
        for at in 0..codes.len {
            if let Some(word) =
                places.get_mut(usize::from(codes.at(at))).and_then(|words| words.get_mut(at / 64))
            {
                *word |= 1 << (at % 64);
            }
        }
        Self { places, codes }
    }

    pub(super) const fn codes(&self) -> &Packed<N> {
        &self.codes
    }
}

impl<const W: usize, const N: usize> Symbols for Table<W, N> {
    type Symbol = u8;

    #[inline]
    fn len(&self) -> usize {
        self.codes.len
    }

    #[inline]
    fn at(&self, position: usize) -> u8 {
        self.codes.at(position)
    }
}

impl<const W: usize, const N: usize> Positions<W> for Table<W, N> {
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "a byte is below 256")]
    fn positions(&self, symbol: u8) -> [u64; W] {
        self.places[usize::from(symbol)]
    }
}

/// Scalar values, at most `64 W` of them.
#[derive(Clone, Copy)]
pub(super) struct Wide<'a>(&'a [u32]);

impl Symbols for Wide<'_> {
    type Symbol = u32;

    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    fn at(&self, position: usize) -> u32 {
        self.0.get(position).copied().unwrap_or(0)
    }
}

impl<const W: usize> Positions<W> for Wide<'_> {
    #[inline]
    fn positions(&self, symbol: u32) -> [u64; W] {
        let mut bits = [0; W];
        for (bits, chunk) in bits.iter_mut().zip(self.0.chunks(64)) {
            for (at, own) in chunk.iter().enumerate() {
                *bits |= u64::from(*own == symbol) << at;
            }
        }
        bits
    }
}

/// Bit `k` is set exactly where byte `k` of the word is the symbol.
#[inline]
const fn equal_bytes(word: u64, symbol: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differ = word ^ (symbol as u64).wrapping_mul(ONES);
    // The high bit of each byte of `some` is set unless the byte is zero; no byte carries into the next.
    let some = (differ & LOW).wrapping_add(LOW) | differ;
    let none = (!some >> 7) & ONES;
    // Gathers the lowest bit of each byte in the highest byte; the partial products never meet.
    none.wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// A word with its `count` lowest bits set.
#[inline]
pub(super) const fn lowest(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { !(u64::MAX << count) }
}

/// Symmetric work on a pair, written once for every form that the pair can have.
pub(super) trait Job {
    /// What comes out.
    type Output;

    /// Does the work; `prefix` is the length of the common beginning. With `W == 1` both have at most 64 symbols.
    fn run<const W: usize, P, T>(self, pattern: &P, text: &T, prefix: usize) -> Self::Output
    where
        P: Positions<W>,
        T: Symbols<Symbol = P::Symbol>;
}

/// Two texts in a form that jobs run on.
pub(super) trait Pair {
    /// The first text.
    fn a(&self) -> &Text;
    /// The second text.
    fn b(&self) -> &Text;
    /// Does a job in the cheapest form that holds both.
    fn on<J: Job>(&self, job: J) -> J::Output;

    /// Whether the two are known at once to have no character in common.
    #[inline]
    fn strangers(&self) -> bool {
        self.a().strangers(self.b())
    }
}

impl Pair for (&Text, &Text) {
    #[inline]
    fn a(&self) -> &Text {
        self.0
    }

    #[inline]
    fn b(&self) -> &Text {
        self.1
    }

    #[inline]
    fn on<J: Job>(&self, job: J) -> J::Output {
        on_pair(self.0, self.1, job)
    }
}

/// Length of the common beginning.
#[inline]
pub(super) fn common_prefix<A, B>(a: &A, b: &B) -> usize
where
    A: Symbols,
    B: Symbols<Symbol = A::Symbol>,
{
    let shorter = a.len().min(b.len());
    (0..shorter).take_while(|at| a.at(*at) == b.at(*at)).count()
}

/// Does a job on a pair in the cheapest form that holds both.
#[inline]
pub(super) fn on_pair<J: Job>(a: &Text, b: &Text, job: J) -> J::Output {
    // Every job is symmetric, and takes a step for each symbol of its text.
    let (a, b) = if a.len() < b.len() { (b, a) } else { (a, b) };
    let longer = a.len();
    if a.same_codes(b) {
        match (a.body(), b.body()) {
            (Body::Short([x, _]), Body::Short([y, _])) if longer <= 8 => {
                return on_packed(&Packed::<1>::new(&[*x], a.len()), &Packed::new(&[*y], b.len()), job);
            }
            (Body::Short(x), Body::Short(y)) => {
                return on_packed(&Packed::<2>::new(x, a.len()), &Packed::new(y, b.len()), job);
            }
            (one, two) => {
                if let (Some(x), Some(y)) = (one.words(), two.words()) {
                    return match longer {
                        0..=32 => on_packed(&Packed::<4>::new(x, a.len()), &Packed::new(y, b.len()), job),
                        33..=64 => on_table::<1, 8, J>(x, y, (a.len(), b.len()), job),
                        _ => on_table::<4, 32, J>(x, y, (a.len(), b.len()), job),
                    };
                }
            }
        }
    }
    if longer <= 64 {
        on_wide::<1, 64, J>(a, b, job)
    } else {
        on_wide::<4, { Text::CONSIDERED }, J>(a, b, job)
    }
}

#[inline]
fn on_packed<const N: usize, J: Job>(a: &Packed<N>, b: &Packed<N>, job: J) -> J::Output {
    job.run(a, b, a.common_prefix(b))
}

#[inline(never)]
fn on_table<const W: usize, const N: usize, J: Job>(
    a: &[u64],
    b: &[u64],
    lens: (usize, usize),
    job: J,
) -> J::Output {
    let (a, b) = (Packed::<N>::new(a, lens.0), Packed::<N>::new(b, lens.1));
    job.run(&Table::<W, N>::new(a), &b, a.common_prefix(&b))
}

#[inline(never)]
fn on_wide<const W: usize, const L: usize, J: Job>(a: &Text, b: &Text, job: J) -> J::Output {
    let (mut one, mut two) = ([0; L], [0; L]);
    let (a, b) = (a.spread(&mut one), b.spread(&mut two));
    let (a, b) = (Wide(a), Wide(b));
    job.run::<W, _, _>(&a, &b, common_prefix(&a, &b))
}

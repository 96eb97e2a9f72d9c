//! A value prepared for comparison.

use std::fmt;

use sha2::{Digest, Sha256};

use super::kernel::Packed;

/// The block number of a text in Arabic script, whose letters take a numbering of their own.
const ARABIC: u16 = u16::MAX;
/// The block number of a text that no single block can hold.
const WIDE: u16 = u16::MAX - 1;
const ZERO_WIDTH_NON_JOINER: u32 = 0x200c;
/// The longest text kept inside the struct itself.
const INLINE: usize = 16;

/// A value prepared for comparison: its characters and a letter signature that bounds what it can share with another.
///
/// Characters are Unicode scalar values as given: fold case, marks and digits before, with [`text`](crate::text).
/// A text of up to 16 characters, all of them ASCII or of one block of 128 (Latin-1, Cyrillic, Hebrew, Greek and
/// so on; for Arabic script both of its blocks), is held without an allocation in 48 bytes.
///
/// The comparators of this module look at the first [`Text::CONSIDERED`] characters; `==` is about the whole value
/// (beyond the considered characters, by its length and SHA-256). `Debug` shows the length only.
///
/// ```
/// use throughline::similarity::Text;
/// let name = Text::new("זאב");
/// assert_eq!(name.len(), 3);
/// assert!(!format!("{name:?}").contains("זאב"));
/// assert!(name.chars().eq("זאב".chars()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text {
    signature: u64,
    block: u16,
    length: u16,
    /// How many characters the signature has no bit for: the third and later of a class.
    unseen: u16,
    /// Whether it has a character that texts of several blocks can hold.
    shares: bool,
    body: Body,
    rest: Option<Box<Rest>>,
}

/// The considered characters. Which form is used follows from the characters alone.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Body {
    /// Up to 16 one-byte codes of the block, eight in a word, lowest first.
    Short([u64; 2]),
    /// More one-byte codes.
    Packed(Box<[u64]>),
    /// Scalar values.
    Wide(Box<[u32]>),
}

impl Body {
    #[inline]
    pub(super) const fn words(&self) -> Option<&[u64]> {
        match self {
            Self::Short(words) => Some(words),
            Self::Packed(words) => Some(words),
            Self::Wide(_) => None,
        }
    }
}

/// What lies beyond the considered characters.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Rest {
    length: usize,
    digest: [u8; 32],
}

impl Text {
    /// How many characters of a value the comparators look at.
    pub const CONSIDERED: usize = 256;

    /// Prepares a value.
    ///
    /// # Complexity
    /// Linear in the value.
    pub fn new(value: &str) -> Self {
        if value.len() <= INLINE && value.is_ascii() {
            return Self::of_short_ascii(value.as_bytes());
        }
        let split = value.char_indices().nth(Self::CONSIDERED).map(|(at, _)| at);
        let (head, rest) = split.and_then(|at| value.split_at_checked(at)).unwrap_or((value, ""));
        let rest = split.map(|_| Box::new(Rest::new(rest.chars().count(), rest.as_bytes())));
        Self::build(head.chars().map(u32::from), rest)
    }

    /// Prepares a value whose characters are bytes.
    pub(super) fn of_bytes(value: &[u8]) -> Self {
        let (head, rest) = value.split_at_checked(Self::CONSIDERED).unwrap_or((value, &[]));
        let rest = (!rest.is_empty()).then(|| Box::new(Rest::new(rest.len(), rest)));
        Self::build(head.iter().map(|&byte| u32::from(byte)), rest)
    }

    /// As [`Self::build`].
    fn of_short_ascii(value: &[u8]) -> Self {
        let mut signature = 0;
        let mut words = [0; 2];
        for (at, byte) in value.iter().enumerate() {
            signature |= mark(signature, u32::from(*byte));
            if let Some(word) = words.get_mut(at / 8) {
                *word |= u64::from(*byte) << (8 * (at % 8));
            }
        }
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        let seen = u16::try_from(signature.count_ones()).unwrap_or(length);
        Self {
            signature,
            block: 0,
            length,
            unseen: length.saturating_sub(seen),
            shares: length > 0,
            body: Body::Short(words),
            rest: None,
        }
    }

    fn build(symbols: impl Iterator<Item = u32> + Clone, rest: Option<Box<Rest>>) -> Self {
        let mut signature = 0_u64;
        let mut length = 0_u16;
        let mut block = Some(0);
        let mut shares = false;
        for symbol in symbols.clone() {
            length = length.saturating_add(1);
            signature |= mark(signature, symbol);
            shares |= symbol < 0x80 || symbol == ZERO_WIDTH_NON_JOINER;
            block = block.and_then(|so_far| widen(so_far, symbol));
        }
        // A letter of Arabic script may come after an ASCII letter, which its numbering has no room for.
        let fits = |block: &u16| symbols.clone().all(|symbol| encode(*block, symbol).is_some());
        let block = block.filter(fits).unwrap_or(WIDE);
        let body = if block == WIDE {
            Body::Wide(symbols.collect())
        } else {
            let codes = symbols.filter_map(|symbol| encode(block, symbol));
            if usize::from(length) <= INLINE {
                let mut words = [0; 2];
                pack(&mut words, codes);
                Body::Short(words)
            } else {
                let mut words = vec![0; usize::from(length).div_ceil(8)];
                pack(&mut words, codes);
                Body::Packed(words.into_boxed_slice())
            }
        };
        let seen = u16::try_from(signature.count_ones()).unwrap_or(length);
        Self { signature, block, length, unseen: length.saturating_sub(seen), shares, body, rest }
    }

    /// Number of characters that are considered: all, up to [`Text::CONSIDERED`].
    pub const fn len(&self) -> usize {
        self.length as usize
    }

    /// Whether the value is the empty text.
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether the value is longer than what is considered.
    pub const fn is_cut(&self) -> bool {
        self.rest.is_some()
    }

    /// The considered characters.
    pub fn chars(&self) -> impl Iterator<Item = char> {
        (0..self.len()).filter_map(|at| self.symbol(at).and_then(char::from_u32))
    }

    fn symbol(&self, at: usize) -> Option<u32> {
        let code = |words: &[u64]| {
            let byte = words.get(at / 8)?.to_le_bytes().get(at % 8).copied()?;
            Some(decode(self.block, byte))
        };
        match &self.body {
            Body::Short(words) => code(words),
            Body::Packed(words) => code(words),
            Body::Wide(symbols) => symbols.get(at).copied(),
        }
    }

    pub(super) const fn body(&self) -> &Body {
        &self.body
    }

    /// The codes and their number, if they are held inside the struct.
    #[inline]
    pub(super) const fn short(&self) -> Option<(&[u64], usize)> {
        match &self.body {
            Body::Short(words) => Some((words, self.len())),
            _ => None,
        }
    }

    /// The codes, if they are one-byte codes and at most 64.
    pub(super) fn packed(&self) -> Option<Packed<8>> {
        let words = self.body.words().filter(|_| self.len() <= 64)?;
        Some(Packed::new(words, self.len()))
    }

    /// Writes the considered characters as scalar values, and says how many there are.
    pub(super) fn spread<'a>(&'a self, into: &'a mut [u32]) -> &'a [u32] {
        let words: &[u64] = match &self.body {
            Body::Wide(symbols) => return symbols,
            Body::Short(words) => words,
            Body::Packed(words) => words,
        };
        let bytes = words.iter().flat_map(|word| word.to_le_bytes());
        for (slot, byte) in into.iter_mut().zip(bytes.take(self.len())) {
            *slot = decode(self.block, byte);
        }
        into.get(..self.len()).unwrap_or(&[])
    }

    /// Whether equal codes of the two mean equal characters, and different codes different ones.
    #[inline]
    pub(super) const fn same_codes(&self, other: &Self) -> bool {
        if self.block == other.block {
            return self.block != WIDE;
        }
        (self.block == 0 && other.block < WIDE) || (other.block == 0 && self.block < WIDE)
    }

    /// Whether the blocks alone tell that the two have no character in common.
    #[inline]
    pub(super) const fn strangers(&self, other: &Self) -> bool {
        self.block != other.block
            && !(self.shares && other.shares)
            && self.block != WIDE
            && other.block != WIDE
    }

    /// The most characters that the two can have in common, each counted once.
    ///
    /// The signature has two bits for each of 32 letter classes: one of the class, two or more. What neither bit shows can
    /// at most be common to the text that has fewer of it.
    #[inline]
    pub(super) fn common_at_most(&self, other: &Self) -> usize {
        if self.strangers(other) {
            return 0;
        }
        let seen = (self.signature & other.signature).count_ones() as usize;
        seen + usize::from(self.unseen.min(other.unseen))
    }

    /// The longest common beginning that the two can have, up to 4.
    #[inline]
    pub(super) fn prefix_at_most(&self, other: &Self) -> usize {
        match (&self.body, &other.body) {
            // Where one is shorter it has zeros, so the true one is never longer.
            (Body::Short([one, _]), Body::Short([two, _])) if self.same_codes(other) => {
                ((one ^ two).trailing_zeros() / 8).min(4) as usize
            }
            _ => 4,
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Rest {
    fn new(length: usize, bytes: &[u8]) -> Self {
        Self { length, digest: Sha256::digest(bytes).into() }
    }
}

/// The bit that one more of a symbol sets in a signature.
fn mark(signature: u64, symbol: u32) -> u64 {
    let class = symbol.wrapping_add((symbol >> 7).wrapping_mul(11)) & 31;
    let first = 1_u64 << (2 * class);
    if signature & first == 0 { first } else { first << 1 }
}

/// The block that holds everything so far and a symbol too.
fn widen(so_far: u16, symbol: u32) -> Option<u16> {
    let own = match symbol {
        0..0x80 => return Some(so_far),
        ZERO_WIDTH_NON_JOINER if so_far == ARABIC => return Some(ARABIC),
        0x600..0x700 => ARABIC,
        _ => u16::try_from(symbol >> 7).ok()?,
    };
    let joiner_first = own == ARABIC && u32::from(so_far) == ZERO_WIDTH_NON_JOINER >> 7;
    (so_far == 0 || so_far == own || joiner_first).then_some(own)
}

/// The one-byte code of a symbol in a block, if it has one.
///
/// In the Arabic numbering the letters keep the low byte of U+0620 to U+06FF; space, digits and the punctuation around
/// them, and the zero-width non-joiner of Persian, take the place of the number signs below.
fn encode(block: u16, symbol: u32) -> Option<u8> {
    let code = match (block, symbol) {
        (ARABIC, 0x620..0x700) => symbol & 0xff,
        (ARABIC, 0x20..0x3f) => symbol - 0x20,
        (ARABIC, ZERO_WIDTH_NON_JOINER) => 0x1f,
        (ARABIC, _) => return None,
        (_, 0..0x80) => symbol,
        _ if symbol >> 7 == u32::from(block) => 0x80 | (symbol & 0x7f),
        _ => return None,
    };
    u8::try_from(code).ok()
}

fn decode(block: u16, code: u8) -> u32 {
    let code = u32::from(code);
    match (block, code) {
        (ARABIC, 0x1f) => ZERO_WIDTH_NON_JOINER,
        (ARABIC, 0..0x1f) => code + 0x20,
        (ARABIC, _) => 0x600 | code,
        (_, 0..0x80) => code,
        _ => (u32::from(block) << 7) | (code & 0x7f),
    }
}

fn pack(words: &mut [u64], codes: impl Iterator<Item = u8>) {
    for (at, code) in codes.enumerate() {
        if let Some(word) = words.get_mut(at / 8) {
            *word |= u64::from(code) << (8 * (at % 8));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn short_ascii_is_prepared_like_any_other_text(value in "[ -~\0\t]{0,16}") {
            prop_assert!(Text::new(&value) == Text::build(value.chars().map(u32::from), None));
            prop_assert!(Text::new(&value) == Text::of_bytes(value.as_bytes()));
        }
    }
}

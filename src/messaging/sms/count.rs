//! How many segments a body takes, and which text each carries.

use super::SmsError;
use super::alphabet::{Alphabet, default_table, is_plain};
use super::error::SmsErrorKind;
use super::settings::SmsSettings;

/// Most segments of one message: the header counts them in one octet.
pub const MAX_SEGMENTS: usize = 255;

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsEncoding {
    /// Seven bits a character, in the GSM alphabet or a national one.
    Gsm7,
    /// Two octets a character (UTF-16), for everything else.
    Ucs2,
}

impl SmsEncoding {
    /// Its lower-case name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gsm7 => "gsm7",
            Self::Ucs2 => "ucs2",
        }
    }
}

/// What a body takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsCount {
    /// How it is written.
    pub encoding: SmsEncoding,
    /// Septets (an escaped character has two) or UTF-16 units.
    pub units: usize,
    /// How many messages the network carries, each charged for.
    pub segments: usize,
}

impl SmsCount {
    /// Whether one message can be made of it: at most [`MAX_SEGMENTS`].
    #[must_use]
    pub const fn is_sendable(&self) -> bool {
        self.segments <= MAX_SEGMENTS
    }
}

/// A body in segments.
#[derive(Clone, PartialEq, Eq)]
pub struct SmsParts<'b> {
    /// What it takes.
    pub count: SmsCount,
    /// The text of each segment; together they are the body.
    pub texts: Vec<&'b str>,
}

/// The texts are a customer's.
impl std::fmt::Debug for SmsParts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmsParts").field("count", &self.count).finish_non_exhaustive()
    }
}

/// What a body takes: the encoding, the units and the segments.
///
/// GSM 7-bit where every character is in the tables that the settings allow, else UCS-2. An escaped character and a
/// surrogate pair are never split, so there may be more segments than the units divided by the limit.
///
/// # Errors
/// The body is empty.
///
/// # Complexity
/// O(n), nothing is allocated.
///
/// ```
/// use throughline::messaging::sms::{SmsEncoding, SmsSettings, segments};
/// let count = segments("سلام سارا، سفارش شما آماده است.", &SmsSettings::default())?;
/// assert_eq!((count.encoding, count.units, count.segments), (SmsEncoding::Ucs2, 31, 1));
/// assert_eq!(segments(&"a".repeat(161), &SmsSettings::default())?.segments, 2);
/// # Ok::<(), throughline::messaging::sms::SmsError>(())
/// ```
pub fn segments(body: &str, settings: &SmsSettings) -> Result<SmsCount, SmsError> {
    plan(body, settings).map(|plan| plan.count)
}

/// The body in segments, as [`segments`] counts them.
///
/// # Errors
/// The body is empty.
///
/// # Complexity
/// O(n).
///
/// ```
/// use throughline::messaging::sms::{SmsSettings, split};
/// let (most, rest) = ("a".repeat(152), "€ and more");
/// let body = format!("{most}{rest}");
/// // 163 septets are two segments of 153 at most, and the two septets of the euro sign are not torn apart.
/// assert_eq!(split(&body, &SmsSettings::default())?.texts, [most.as_str(), rest]);
/// # Ok::<(), throughline::messaging::sms::SmsError>(())
/// ```
pub fn split<'b>(body: &'b str, settings: &SmsSettings) -> Result<SmsParts<'b>, SmsError> {
    let Plan { count, alphabet, limits } = plan(body, settings)?;
    let mut texts = Vec::with_capacity(count.segments);
    if count.segments == 1 {
        texts.push(body);
        return Ok(SmsParts { count, texts });
    }
    let mut packer = Packer::new(limits.1);
    let mut from = 0;
    for (at, c) in body.char_indices() {
        if packer.push(width(alphabet, c)) {
            texts.extend(body.get(from..at));
            from = at;
        }
    }
    texts.extend(body.get(from..));
    Ok(SmsParts { count, texts })
}

/// How a body is written, and in what.
struct Plan {
    count: SmsCount,
    /// `None` for UCS-2.
    alphabet: Option<Alphabet>,
    limits: (usize, usize),
}

fn plan(body: &str, settings: &SmsSettings) -> Result<Plan, SmsError> {
    if body.is_empty() {
        return Err(SmsError::new(SmsErrorKind::EmptyBody));
    }
    let mut best: Option<Plan> = None;
    for alphabet in settings.alphabets() {
        let Some(septets) = Septets::of(body, alphabet) else { continue };
        let limits = settings.septet_limits(alphabet.shifts());
        let segments = if septets.units <= limits.0 {
            1
        } else if septets.escapes {
            packed(body, Some(alphabet), limits.1)
        } else {
            septets.units.div_ceil(limits.1)
        };
        let count = SmsCount { encoding: SmsEncoding::Gsm7, units: septets.units, segments };
        if best.as_ref().is_none_or(|best| segments < best.count.segments) {
            best = Some(Plan { count, alphabet: Some(alphabet), limits });
        }
        if alphabet == Alphabet::default() {
            break; // nothing is cheaper than the alphabet without a header
        }
    }
    if let Some(plan) = best {
        return Ok(plan);
    }
    let limits = settings.ucs2_limits();
    let (units, pairs) = utf16(body);
    let segments = if units <= limits.0 {
        1
    } else if pairs {
        packed(body, None, limits.1)
    } else {
        units.div_ceil(limits.1)
    };
    let count = SmsCount { encoding: SmsEncoding::Ucs2, units, segments };
    Ok(Plan { count, alphabet: None, limits })
}

/// The units of one character; at least 1 for a character of the plan's alphabet.
fn width(alphabet: Option<Alphabet>, c: char) -> usize {
    alphabet.map_or_else(|| c.len_utf16(), |alphabet| usize::from(alphabet.septets(c)))
}

/// Septets of a body that an alphabet can write.
struct Septets {
    units: usize,
    escapes: bool,
}

/// Bytes looked at together.
const BLOCK: usize = 32;

impl Septets {
    fn of(body: &str, alphabet: Alphabet) -> Option<Self> {
        let mut septets = Self { units: 0, escapes: false };
        if alphabet != Alphabet::default() {
            for c in body.chars() {
                septets.push(alphabet.septets(c))?;
            }
            return Some(septets);
        }
        let mut rest = body;
        while !rest.is_empty() {
            let plain = plain_blocks(rest.as_bytes());
            septets.units += plain;
            // A plain block is ASCII, so what follows begins with a character.
            let mut tail = rest.get(plain..)?.chars();
            let begin = tail.as_str().len();
            // Characters one by one, until the next block may be plain again.
            while let Some(c) = tail.next() {
                septets.push(default_table(c))?;
                if begin - tail.as_str().len() >= BLOCK {
                    break;
                }
            }
            rest = tail.as_str();
        }
        Some(septets)
    }

    fn push(&mut self, septets: u8) -> Option<()> {
        self.units += usize::from(septets);
        self.escapes |= septets == 2;
        (septets > 0).then_some(())
    }
}

/// How many bytes at the start, in whole blocks, take one septet each.
fn plain_blocks(bytes: &[u8]) -> usize {
    let mut plain = 0;
    for block in bytes.chunks_exact(BLOCK) {
        if !block.iter().fold(true, |all, byte| all & is_plain(*byte)) {
            break;
        }
        plain += BLOCK;
    }
    plain
}

/// UTF-16 units, and whether there are surrogate pairs.
fn utf16(body: &str) -> (usize, bool) {
    let (mut units, mut pairs) = (0, 0);
    // A byte counts at most 2, so that the sums of a block fit an octet.
    for block in body.as_bytes().chunks(120) {
        let (starts, long) = block.iter().fold((0_u8, 0_u8), |(starts, long), byte| {
            (starts.wrapping_add(u8::from(byte & 0xc0 != 0x80)), long.wrapping_add(u8::from(*byte >= 0xf0)))
        });
        units += usize::from(starts) + usize::from(long);
        pairs += usize::from(long);
    }
    (units, pairs > 0)
}

fn packed(body: &str, alphabet: Option<Alphabet>, limit: usize) -> usize {
    let mut packer = Packer::new(limit);
    for c in body.chars() {
        packer.push(width(alphabet, c));
    }
    packer.segments
}

/// Fills segments with characters that are not split.
struct Packer {
    limit: usize,
    used: usize,
    segments: usize,
}

impl Packer {
    const fn new(limit: usize) -> Self {
        Self { limit, used: 0, segments: 1 }
    }

    /// Whether the character begins a new segment.
    const fn push(&mut self, units: usize) -> bool {
        self.used += units;
        if self.used <= self.limit {
            return false;
        }
        self.used = units;
        self.segments += 1;
        true
    }
}

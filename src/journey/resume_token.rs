//! Tokens that carry a thread to another channel or device: as text to be read aloud or typed, or in a QR code.

use std::fmt;

use super::thread::{PartId, ThreadPart, Versions};
use crate::channel::Channel;
use crate::ids::RecordId;
use crate::keyed::{Pepper, same};
use crate::text::digits;
use crate::time::{DateTime, TimeDelta, Utc};

/// The first byte of every token: the layout that follows. The first layout did not tell when the token was issued.
const VERSION: u8 = 2;
/// Bytes of the signature: 96 bits of HMAC-SHA-256.
const SIGNATURE: usize = 12;
/// Longest step in bytes.
const MAX_STEP: usize = 64;
/// Most parts of a thread that a token remembers; of more, those of the lowest ids.
const MAX_PARTS: usize = 16;
/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The check is a weighted sum modulo this prime, in two characters.
const CHECK: usize = 1_021;
/// More characters than any token has.
const LONGEST: usize = 640;

/// What a token names: whose thread, which object, as it was seen, at which step, from which channel. No personal data: ids
/// are keyed hashes, and the step is the host's word.
///
/// Its [`text`](ResumeToken::text) has only capital letters and digits that are not mistaken for each other when they are
/// read aloud or typed, and a check that tells a slip of the finger from a forgery.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::ids::RecordId;
/// use throughline::journey::{PartId, ResumeToken, ResumeTokenErrorKind, Versions};
/// use throughline::keyed::Pepper;
/// use throughline::time::TimeDelta;
/// let (pepper, now) = (Pepper::new(b"secret"), "2026-03-20T09:00:00Z".parse()?);
/// let part = PartId::from_bytes([2; 16]);
/// let token = ResumeToken::new(1, RecordId::from_bytes([1; 16]), part, Channel::Web, now, TimeDelta::hours(1))?
///     .seen(&Versions([(part, 7)].into()))
///     .at("hotel")?
///     .once([9; 8]);
/// let text = token.text(&pepper);
/// let typed = text.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
/// assert_eq!(ResumeToken::open(&typed, &pepper, 1, now)?, token);
/// let late = now + TimeDelta::hours(1);
/// let error = ResumeToken::open(&text, &pepper, 1, late).err().map(|error| error.kind());
/// assert_eq!(error, Some(ResumeTokenErrorKind::Expired));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeToken {
    tenant: u32,
    record: RecordId,
    part: PartId,
    channel: Channel,
    /// Milliseconds since 1970; `None` in the first layout.
    issued: Option<u64>,
    /// Seconds since 1970.
    expires: u64,
    seen: Vec<(u32, u64)>,
    step: Option<Box<str>>,
    nonce: Option<[u8; 8]>,
}

/// What is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeTokenErrorKind {
    /// The check does not fit: something was misread or mistyped. Ask again.
    #[error("the token was mistyped")]
    Mistyped,
    /// It is not of ours, or was changed.
    #[error("the token is not valid")]
    Invalid,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// It is another tenant's.
    #[error("the token belongs to another tenant")]
    WrongTenant,
    /// The instant must not be before 1970, the lifetime a second at least, and the step 1 to 64 bytes.
    #[error(
        "the instant must not be before 1970, the lifetime a second at least, and the step 1 to 64 bytes"
    )]
    Settings,
}

/// A token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct ResumeTokenError {
    kind: ResumeTokenErrorKind,
}

impl ResumeTokenError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ResumeTokenErrorKind {
        self.kind
    }
}

const fn refused<T>(kind: ResumeTokenErrorKind) -> Result<T, ResumeTokenError> {
    Err(ResumeTokenError { kind })
}

impl ResumeToken {
    /// A token for a part of somebody's thread, handed out in a channel. When it is issued is kept in milliseconds, its end in
    /// whole seconds.
    ///
    /// # Errors
    /// [`ResumeTokenErrorKind::Settings`].
    pub fn new(
        tenant: u32,
        record: RecordId,
        part: PartId,
        channel: Channel,
        now: DateTime<Utc>,
        lifetime: TimeDelta,
    ) -> Result<Self, ResumeTokenError> {
        let end = now.checked_add_signed(lifetime).and_then(|end| u64::try_from(end.timestamp()).ok());
        let issued = u64::try_from(now.timestamp_millis()).ok().filter(|issued| *issued < 1 << 48);
        match end {
            Some(expires) if lifetime >= TimeDelta::seconds(1) && expires < 1 << 40 && issued.is_some() => {
                Ok(Self {
                    tenant,
                    record,
                    part,
                    channel,
                    issued,
                    expires,
                    seen: Vec::new(),
                    step: None,
                    nonce: None,
                })
            }
            _ => refused(ResumeTokenErrorKind::Settings),
        }
    }

    /// The same, with what was seen of the thread, so that whoever opens it is shown what has changed.
    #[must_use]
    pub fn seen(mut self, versions: &Versions) -> Self {
        self.seen = versions.0.iter().take(MAX_PARTS).map(|(part, version)| (tag(*part), *version)).collect();
        self.seen.sort_unstable();
        self
    }

    /// The same, at a step.
    ///
    /// # Errors
    /// [`ResumeTokenErrorKind::Settings`].
    pub fn at(mut self, step: &str) -> Result<Self, ResumeTokenError> {
        if step.is_empty() || step.len() > MAX_STEP {
            return refused(ResumeTokenErrorKind::Settings);
        }
        self.step = Some(step.into());
        Ok(self)
    }

    /// The same, to be used once: the caller keeps the number and refuses it the second time.
    #[must_use]
    pub const fn once(mut self, nonce: [u8; 8]) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// A record of the profile.
    #[must_use]
    pub const fn record(&self) -> RecordId {
        self.record
    }

    /// The part of the thread.
    #[must_use]
    pub const fn part(&self) -> PartId {
        self.part
    }

    /// The channel in which it was handed out.
    #[must_use]
    pub const fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The step that had been reached.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        self.step.as_deref()
    }

    /// When it was issued; `None` if it was before tokens told.
    #[must_use]
    pub fn issued(&self) -> Option<DateTime<Utc>> {
        self.issued.and_then(|issued| i64::try_from(issued).ok()).map(crate::time::from_millis)
    }

    /// From when on it is no longer accepted.
    #[must_use]
    pub fn expires(&self) -> DateTime<Utc> {
        crate::time::from_millis(i64::try_from(self.expires).unwrap_or(0).saturating_mul(1000))
    }

    /// What makes it different from every other, if it may be used once.
    #[must_use]
    pub const fn nonce(&self) -> Option<&[u8; 8]> {
        self.nonce.as_ref()
    }

    /// What was seen, of the parts that the thread has now. A part that was not seen is not in it.
    #[must_use]
    pub fn seen_of(&self, now: &Versions) -> Versions {
        let seen =
            |part: PartId| self.seen.iter().find(|(name, _)| *name == tag(part)).map(|(_, version)| *version);
        Versions(now.0.keys().filter_map(|part| Some((*part, seen(*part)?))).collect())
    }

    /// Whether it was made for an earlier part under the same id: that one was erased, as this one began after the token was
    /// issued, or has had fewer edits than were seen. Of a token that does not tell when it was issued only the latter is known.
    #[must_use]
    pub fn is_older_than(&self, part: &ThreadPart) -> bool {
        let seen =
            self.seen.iter().find(|(name, _)| *name == tag(self.part)).map_or(0, |(_, version)| *version);
        self.issued().is_some_and(|issued| part.began() > issued) || seen > part.version
    }

    /// Whether something that was seen is not among the parts that the thread has now.
    #[must_use]
    pub fn misses(&self, now: &Versions) -> bool {
        self.seen.iter().any(|(name, _)| !now.0.keys().any(|part| tag(*part) == *name))
    }

    fn body(&self) -> Vec<u8> {
        let mut bytes = vec![if self.issued.is_some() { VERSION } else { 1 }];
        bytes.extend_from_slice(&self.tenant.to_be_bytes());
        bytes.extend_from_slice(self.record.as_bytes());
        bytes.extend_from_slice(self.part.as_bytes());
        bytes.extend(self.issued.iter().flat_map(|issued| issued.to_be_bytes().into_iter().skip(2)));
        bytes.extend(self.expires.to_be_bytes().iter().skip(3));
        text(&mut bytes, self.channel.as_str());
        text(&mut bytes, self.step.as_deref().unwrap_or_default());
        bytes.push(u8::try_from(self.seen.len()).unwrap_or(0));
        for (name, version) in &self.seen {
            bytes.extend_from_slice(&name.to_be_bytes());
            number(&mut bytes, *version);
        }
        bytes.extend(self.nonce.iter().flatten());
        bytes
    }

    /// The signed token as text: capital letters and digits in groups of five.
    #[must_use]
    pub fn text(&self, pepper: &Pepper) -> String {
        let symbols = self.symbols(pepper);
        let groups: Vec<&str> =
            symbols.as_bytes().chunks(5).filter_map(|group| std::str::from_utf8(group).ok()).collect();
        groups.join("-")
    }

    /// The signed token for a QR code, after a prefix of the host's, such as `HTTPS://SHOP.EXAMPLE/R/`. A prefix in capital
    /// letters, digits and ` $%*+-./:` keeps the code small.
    #[must_use]
    pub fn qr(&self, pepper: &Pepper, prefix: &str) -> QrPayload {
        QrPayload::of(format!("{prefix}{}", self.symbols(pepper)))
    }

    fn symbols(&self, pepper: &Pepper) -> String {
        let mut bytes = self.body();
        let signature = sign(pepper, &bytes);
        bytes.extend_from_slice(&signature);
        let mut values = Vec::with_capacity(bytes.len() * 8 / 5 + 3);
        let (mut held, mut bits) = (0_u32, 0_u32);
        for byte in bytes {
            held = (held << 8 | u32::from(byte)) & 0xfff;
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                values.push((held >> bits & 31) as u8);
            }
        }
        if bits > 0 {
            values.push((held << (5 - bits) & 31) as u8);
        }
        let check = check(&values);
        values.extend([check >> 5 & 31, check & 31].map(|digit| u8::try_from(digit).unwrap_or(0)));
        values.iter().filter_map(|value| ALPHABET.get(usize::from(*value)).copied().map(char::from)).collect()
    }

    /// Reads a token in whatever case, with whatever spaces and dashes, in digits of whatever script; the letters O, I and L
    /// are the digits that they look like. Checks its signature, its tenant and its time; whether it was used before, only a
    /// store can tell.
    ///
    /// # Errors
    /// [`ResumeTokenErrorKind::Mistyped`], `Invalid`, `WrongTenant` or `Expired`, in this order.
    ///
    /// # Complexity
    /// O(1): what is longer than any token is refused.
    pub fn open(
        typed: &str,
        pepper: &Pepper,
        tenant: u32,
        now: DateTime<Utc>,
    ) -> Result<Self, ResumeTokenError> {
        let mut values = Vec::new();
        for c in typed.chars().take(4 * LONGEST) {
            match symbol(c) {
                Symbol::Value(value) => values.push(value),
                Symbol::Gap => {}
                Symbol::Other => return refused(ResumeTokenErrorKind::Mistyped),
            }
        }
        let (Some((values, [high, low])), true) = (values.split_last_chunk::<2>(), values.len() <= LONGEST)
        else {
            return refused(ResumeTokenErrorKind::Mistyped);
        };
        if check(values) != usize::from(*high) << 5 | usize::from(*low) {
            return refused(ResumeTokenErrorKind::Mistyped);
        }
        let mut bytes = Vec::with_capacity(values.len());
        let (mut held, mut bits) = (0_u32, 0_u32);
        for value in values {
            held = (held << 5 | u32::from(*value)) & 0xfff;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                bytes.push((held >> bits & 0xff) as u8);
            }
        }
        let Some((body, signature)) = bytes.split_last_chunk::<SIGNATURE>() else {
            return refused(ResumeTokenErrorKind::Invalid);
        };
        if !same(&sign(pepper, body), signature) {
            return refused(ResumeTokenErrorKind::Invalid);
        }
        let Some(token) = Self::read(body) else { return refused(ResumeTokenErrorKind::Invalid) };
        if token.tenant != tenant {
            return refused(ResumeTokenErrorKind::WrongTenant);
        }
        if now >= token.expires() {
            return refused(ResumeTokenErrorKind::Expired);
        }
        Ok(token)
    }

    fn read(body: &[u8]) -> Option<Self> {
        let (version, rest) = body.split_first()?;
        let (tenant, rest) = rest.split_first_chunk::<4>()?;
        let (record, rest) = rest.split_first_chunk::<16>()?;
        let (part, rest) = rest.split_first_chunk::<16>()?;
        let (issued, rest) = match *version {
            1 => (None, rest),
            VERSION => rest.split_first_chunk::<6>().map(|(issued, rest)| (Some(whole(issued)), rest))?,
            _ => return None,
        };
        let (end, mut rest) = rest.split_first_chunk::<5>()?;
        let channel = Channel::parse(read_text(&mut rest)?)?;
        let step = Some(read_text(&mut rest)?).filter(|step| !step.is_empty()).map(Into::into);
        let (count, mut rest) = rest.split_first()?;
        let mut seen = Vec::new();
        for _ in 0..*count {
            let (name, tail) = rest.split_first_chunk::<4>()?;
            rest = tail;
            seen.push((u32::from_be_bytes(*name), read_number(&mut rest)?));
        }
        let nonce = if rest.is_empty() { None } else { Some(rest.try_into().ok()?) };
        Some(Self {
            tenant: u32::from_be_bytes(*tenant),
            record: RecordId::from_bytes(*record),
            part: PartId::from_bytes(*part),
            channel,
            issued,
            expires: whole(end),
            seen,
            step,
            nonce,
        })
    }
}

enum Symbol {
    Value(u8),
    Gap,
    Other,
}

fn symbol(c: char) -> Symbol {
    let c = digits::ascii(c).to_ascii_uppercase();
    let c = match c {
        'O' => '0',
        'I' | 'L' => '1',
        c if c.is_whitespace() || digits::is_dash(c) => return Symbol::Gap,
        // Marks of direction that come along when text is copied.
        '.'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => {
            return Symbol::Gap;
        }
        c => c,
    };
    let place = ALPHABET.iter().position(|known| char::from(*known) == c);
    place.and_then(|place| u8::try_from(place).ok()).map_or(Symbol::Other, Symbol::Value)
}

/// A sum weighted by place finds every wrong character and every swap of two.
fn check(values: &[u8]) -> usize {
    let weighted = values.iter().zip(1_usize..).map(|(value, place)| (usize::from(*value) + 1) * place);
    weighted.fold(0, |sum, term| (sum + term) % CHECK)
}

fn sign(pepper: &Pepper, body: &[u8]) -> [u8; SIGNATURE] {
    pepper.full_digest("resume_token", &[body]).first_chunk().copied().unwrap_or_default()
}

/// The highest byte first.
fn whole(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |whole, byte| whole << 8 | u64::from(*byte))
}

/// A part's id in short: enough to tell the few parts of one thread apart.
fn tag(part: PartId) -> u32 {
    part.as_bytes().first_chunk().copied().map_or(0, u32::from_be_bytes)
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(u8::try_from(text.len()).unwrap_or(0));
    bytes.extend_from_slice(text.as_bytes());
}

fn read_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let (length, tail) = rest.split_first()?;
    let (text, tail) = tail.split_at_checked(usize::from(*length))?;
    *rest = tail;
    std::str::from_utf8(text).ok()
}

/// Seven bits to a byte, the lowest first.
fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// What a QR code has to hold, and how large that makes it with error correction of level M (ISO/IEC 18004).
#[derive(Clone, PartialEq, Eq)]
pub struct QrPayload {
    /// The text.
    pub text: String,
    /// Whether it can be written in the code's alphanumeric mode, five and a half bits a character.
    pub alphanumeric: bool,
    /// The smallest version that holds it, 1 to 40; `None` if none does.
    pub version: Option<u8>,
}

impl fmt::Debug for QrPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrPayload")
            .field("length", &self.text.len())
            .field("alphanumeric", &self.alphanumeric)
            .field("version", &self.version)
            .finish()
    }
}

/// Bytes of data that each version holds at level M.
const QR_BYTES: [usize; 40] = [
    16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669, 714, 782,
    860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914, 1992, 2102, 2216, 2334,
];

impl QrPayload {
    /// What a text needs.
    ///
    /// ```
    /// use throughline::journey::QrPayload;
    /// let payload = QrPayload::of("A".repeat(122));
    /// assert_eq!((payload.version, payload.modules()), (Some(5), Some(37)));
    /// assert!(!QrPayload::of("a".to_owned()).alphanumeric);
    /// ```
    #[must_use]
    pub fn of(text: String) -> Self {
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b" $%*+-./:".contains(&b);
        let alphanumeric = text.bytes().all(plain);
        let length = text.len();
        let bits = if alphanumeric { length / 2 * 11 + length % 2 * 6 } else { length * 8 };
        let fits = |version: usize, held: usize| {
            let count = match (alphanumeric, version) {
                (true, ..=9) => 9,
                (true, ..=26) => 11,
                (true, _) => 13,
                (false, ..=9) => 8,
                (false, _) => 16,
            };
            4 + count + bits <= held * 8
        };
        let version = (1_u8..).zip(QR_BYTES).find(|(version, held)| fits(usize::from(*version), *held));
        Self { text, alphanumeric, version: version.map(|(version, _)| version) }
    }

    /// How many squares wide and high the code is, its margin aside.
    #[must_use]
    pub fn modules(&self) -> Option<u16> {
        self.version.map(|version| 17 + 4 * u16::from(version))
    }
}

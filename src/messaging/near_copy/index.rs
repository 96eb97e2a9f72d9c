//! Finding the near copies among many texts.

use hashbrown::HashMap;

use super::compare::{reaches, shares};
use super::normal::Normal;

/// Counters of how often a shingle occurs, by some bits of its hash.
const COUNTERS: usize = 1 << 20;

/// A text that is like the one that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearMatch {
    /// Where it stands in the order in which texts were added, from 0.
    pub position: usize,
    /// Shingles that both have.
    pub inter: usize,
    /// Shingles that either has.
    pub union: usize,
}

/// Two texts that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearPair {
    /// Where the earlier one stands.
    pub a: usize,
    /// Where the later one stands.
    pub b: usize,
    /// Shingles that both have.
    pub inter: usize,
    /// Shingles that either has.
    pub union: usize,
}

/// All near copies among the texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NearPairs {
    /// Texts that are equal in the form in which they are compared: positions in ascending order, at least two each. So a
    /// text that is there a hundred thousand times is one group and not five thousand million pairs.
    pub identical: Vec<Vec<usize>>,
    /// Pairs of texts that are alike and not identical, in ascending order; of identical ones the first stands for all.
    pub pairs: Vec<NearPair>,
    /// Whether these are all pairs; otherwise the limit was reached.
    pub complete: bool,
}

/// An index of texts that finds those with at least a given Jaccard similarity: all of them, not most of them.
///
/// It is a set-similarity join with length, prefix and position filters (Chaudhuri, Ganti, Kaushik 2006; Bayardo, Ma,
/// Srikant 2007; Xiao and others 2008): of each text only its rarest shingles are indexed, as many as any text that is
/// alike must share one of. Shingles are compared by 48 bits of their hash, so two different texts may seem to share one
/// shingle more than they do about once in 10^11 comparisons.
///
/// Texts without a word are alike only to one another, and are left out.
///
/// # Complexity
/// To add a text O(n log n). To ask about one, the texts that share a rare shingle; where many texts share all their
/// shingles, all of these. Texts with fewer than five words are also compared with every long text that has about as
/// many character shingles.
///
/// ```
/// use throughline::messaging::near_copy::NearCopyIndex;
/// let posts = ["Our spring sale starts today with 20% off all shoes", "Neue Schuhe im Frühling, jetzt im Laden"];
/// let mut index = NearCopyIndex::new(50, posts);
/// index.add("بهار با تخفیف ۲۰ درصدی کفش‌ها در فروشگاه ما");
/// let found = index.matches("Our Spring Sale starts today, with 20% off all boots!");
/// assert_eq!((found[0].position, found[0].inter, found[0].union), (0, 7, 9));
/// ```
pub struct NearCopyIndex {
    percent: u8,
    /// How often shingles occurred in the texts that the index was made of. Only the order of shingles depends on it, and
    /// it never changes, so that texts added later are filtered by the same order.
    counters: Box<[u16]>,
    texts: Vec<Text>,
    /// For each added text, the one of `texts` that it is equal to.
    of_position: Vec<usize>,
    by_form: HashMap<Box<str>, usize>,
    words: Postings,
    /// Of texts with fewer than five words.
    characters: Postings,
}

/// Texts are a customer's or unpublished.
impl std::fmt::Debug for NearCopyIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NearCopyIndex")
            .field("texts", &self.len())
            .field("percent", &self.percent)
            .finish_non_exhaustive()
    }
}

struct Text {
    normal: Normal,
    /// Where texts of this form stand, ascending.
    positions: Vec<usize>,
    /// Shingles, the rarest first: of words for a long text, of characters for a short one.
    keys: Box<[u64]>,
    /// How many different character shingles a long text has.
    characters: usize,
}

/// Where each shingle of the indexed prefixes occurs: the text and the place in its keys.
type Postings = HashMap<u64, Vec<(usize, usize)>>;

impl NearCopyIndex {
    /// An index of these texts, for similarities of at least so many percent (1 to 100; others are brought into that range).
    /// How rare a shingle is, is learnt from them, so give it most of the texts here; more can be added later.
    pub fn new<T: AsRef<str>>(percent: u8, texts: impl IntoIterator<Item = T>) -> Self {
        let normals: Vec<Normal> = texts.into_iter().map(|text| Normal::of(text.as_ref())).collect();
        let mut counters = vec![0_u16; COUNTERS].into_boxed_slice();
        for normal in &normals {
            let hashes = if normal.is_long() { normal.word_hashes() } else { normal.character_hashes() };
            for hash in hashes {
                if let Some(counter) = counters.get_mut(counter_of(hash)) {
                    *counter = counter.saturating_add(1);
                }
            }
        }
        let mut index = Self {
            percent: percent.clamp(1, 100),
            counters,
            texts: Vec::new(),
            of_position: Vec::new(),
            by_form: HashMap::new(),
            words: Postings::new(),
            characters: Postings::new(),
        };
        for normal in normals {
            index.add_normal(normal);
        }
        index
    }

    /// How many texts were added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.of_position.len()
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of_position.is_empty()
    }

    /// Adds a text; returns where it stands.
    pub fn add(&mut self, text: &str) -> usize {
        self.add_normal(Normal::of(text))
    }

    fn add_normal(&mut self, normal: Normal) -> usize {
        let position = self.of_position.len();
        if let Some(known) = self.by_form.get(&normal.text) {
            self.of_position.push(*known);
            if let Some(text) = self.texts.get_mut(*known) {
                text.positions.push(position);
            }
            return position;
        }
        let place = self.texts.len();
        let (keys, characters) = if normal.is_long() {
            (self.keys(normal.word_hashes()), distinct(normal.character_hashes()))
        } else {
            (self.keys(normal.character_hashes()), 0)
        };
        let prefix = self.prefix(keys.len());
        let postings = if normal.is_long() { &mut self.words } else { &mut self.characters };
        for (at, key) in keys.iter().take(prefix).enumerate() {
            postings.entry(*key).or_default().push((place, at));
        }
        self.by_form.insert(normal.text.clone(), place);
        self.texts.push(Text { normal, positions: vec![position], keys, characters });
        self.of_position.push(place);
        position
    }

    /// All texts that are alike, in the order in which they were added. A text that was added finds itself.
    #[must_use]
    pub fn matches(&self, text: &str) -> Vec<NearMatch> {
        let normal = Normal::of(text);
        let asked = Asked::of(self, &normal);
        let mut found = Vec::new();
        let mut each = |place: usize, inter: usize, union: usize| {
            let positions = self.texts.get(place).map(|text| text.positions.as_slice()).unwrap_or_default();
            found.extend(positions.iter().map(|position| NearMatch { position: *position, inter, union }));
            true
        };
        self.probe(&asked, &mut each);
        if !normal.is_long() && !normal.text.is_empty() {
            self.probe_long(&asked, &mut each);
        }
        found.sort_unstable();
        found
    }

    /// All texts that are alike, at most so many pairs.
    #[must_use]
    pub fn pairs(&self, limit: usize) -> NearPairs {
        let shown = |text: &&Text| text.positions.len() > 1 && !text.normal.text.is_empty();
        let identical = self.texts.iter().filter(shown).map(|text| text.positions.clone()).collect();
        let mut found = NearPairs { identical, pairs: Vec::new(), complete: true };
        for (place, text) in self.texts.iter().enumerate() {
            let asked = Asked { normal: &text.normal, keys: text.keys.clone() };
            self.probe(&asked, |other, inter, union| {
                // Two long or two short texts find one another, and the later one counts; a long one finds a short one.
                let is_long = self.texts.get(other).is_some_and(|other| other.normal.is_long());
                let once = other < place || is_long != text.normal.is_long();
                if !once {
                    return true;
                }
                if found.pairs.len() >= limit {
                    found.complete = false;
                    return false;
                }
                let first =
                    |place: usize| self.texts.get(place).and_then(|text| text.positions.first().copied());
                if let (Some(one), Some(two)) = (first(place), first(other)) {
                    found.pairs.push(NearPair { a: one.min(two), b: one.max(two), inter, union });
                }
                true
            });
            if !found.complete {
                break;
            }
        }
        found.pairs.sort_unstable();
        found.pairs.dedup();
        found
    }

    /// Calls `each` with every indexed text that is alike, until it says to stop; for a short text without the long ones.
    fn probe(&self, asked: &Asked<'_>, mut each: impl FnMut(usize, usize, usize) -> bool) {
        if asked.normal.text.is_empty() {
            return;
        }
        if !asked.normal.is_long() {
            self.probe_postings(&self.characters, &asked.keys, &mut each);
            return;
        }
        if self.probe_postings(&self.words, &asked.keys, &mut each) && !self.characters.is_empty() {
            let keys = self.keys(asked.normal.character_hashes());
            self.probe_postings(&self.characters, &keys, &mut each);
        }
    }

    /// Returns whether to go on.
    fn probe_postings(
        &self,
        postings: &Postings,
        keys: &[u64],
        each: &mut impl FnMut(usize, usize, usize) -> bool,
    ) -> bool {
        let mut candidates = Vec::new();
        for (at, key) in keys.iter().take(self.prefix(keys.len())).enumerate() {
            for (place, other_at) in postings.get(key).into_iter().flatten() {
                let Some(other) = self.texts.get(*place) else { continue };
                let left = 1 + (keys.len() - at - 1).min(other.keys.len() - other_at - 1);
                // What comes before these places cannot be known here, so the bound holds for the first shared key only.
                let before = at.min(*other_at);
                if self.fits(keys.len(), other.keys.len())
                    && left + before >= self.needed(keys.len(), other.keys.len())
                {
                    candidates.push(*place);
                }
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        for place in candidates {
            let Some(other) = self.texts.get(place) else { continue };
            let needed = self.needed(keys.len(), other.keys.len());
            if let Some(inter) = intersection(keys, &other.keys, needed)
                && !each(place, inter, keys.len() + other.keys.len() - inter)
            {
                return false;
            }
        }
        true
    }

    /// A short text against the long ones, by characters.
    fn probe_long(&self, asked: &Asked<'_>, each: &mut impl FnMut(usize, usize, usize) -> bool) {
        for (place, text) in self.texts.iter().enumerate() {
            if text.characters == 0 || !self.fits(asked.keys.len(), text.characters) {
                continue;
            }
            let (inter, union) = shares(asked.normal, &text.normal);
            if reaches(inter, union, self.percent) && !each(place, inter, union) {
                return;
            }
        }
    }

    /// Shingles in the order of the index, the rarest first, each once.
    fn keys(&self, hashes: Vec<u64>) -> Box<[u64]> {
        let key = |hash: u64| {
            let count = self.counters.get(counter_of(hash)).copied().unwrap_or(0);
            u64::from(count) << 48 | hash >> 16
        };
        let mut keys: Vec<u64> = hashes.into_iter().map(key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into()
    }

    /// Of how many rarest shingles any text that is alike must have one.
    const fn prefix(&self, size: usize) -> usize {
        size + 1 - (size * self.percent as usize).div_ceil(100)
    }

    /// Whether sets of these sizes can be alike.
    const fn fits(&self, one: usize, two: usize) -> bool {
        let percent = self.percent as usize;
        one * 100 >= two * percent && two * 100 >= one * percent
    }

    /// How many shingles sets of these sizes must share.
    const fn needed(&self, one: usize, two: usize) -> usize {
        let percent = self.percent as usize;
        ((one + two) * percent).div_ceil(100 + percent)
    }
}

/// A text with its shingles in the order of the index.
struct Asked<'n> {
    normal: &'n Normal,
    keys: Box<[u64]>,
}

impl<'n> Asked<'n> {
    fn of(index: &NearCopyIndex, normal: &'n Normal) -> Self {
        let hashes = if normal.is_long() { normal.word_hashes() } else { normal.character_hashes() };
        Self { normal, keys: index.keys(hashes) }
    }
}

fn counter_of(hash: u64) -> usize {
    usize::try_from(hash & (COUNTERS as u64 - 1)).unwrap_or(0)
}

fn distinct(mut hashes: Vec<u64>) -> usize {
    hashes.sort_unstable();
    hashes.dedup();
    hashes.len()
}

/// How many two ascending lists share, if at least so many.
fn intersection(a: &[u64], b: &[u64], needed: usize) -> Option<usize> {
    let (mut a, mut b) = (a, b);
    let mut shared = 0;
    while let ([one, rest_a @ ..], [two, rest_b @ ..]) = (a, b) {
        if shared + a.len().min(b.len()) < needed {
            return None;
        }
        if one == two {
            shared += 1;
        }
        if one <= two {
            a = rest_a;
        }
        if two <= one {
            b = rest_b;
        }
    }
    (shared >= needed).then_some(shared)
}

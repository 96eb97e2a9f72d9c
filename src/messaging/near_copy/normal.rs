//! The form in which texts are compared, and their shingles.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::hash::{GOLDEN, step};
use crate::text::{controls, digits, is_link};

/// Words in a shingle.
const WORDS: usize = 3;
/// Characters in a shingle.
const CHARACTERS: usize = 4;
/// Texts with fewer words are compared by characters.
const LONG: usize = 5;

/// A text in the form in which it is compared: its words, parted by single spaces.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Normal {
    pub(super) text: Box<str>,
    words: usize,
}

impl Normal {
    /// Normalisation form KC, folded case, the Arabic letters yeh, kaf, alef and waw in one form each, no tatweel, joiners
    /// or marks, ASCII digits, every link one word; words are runs of letters and digits.
    pub(super) fn of(text: &str) -> Self {
        let mut form = String::with_capacity(text.len());
        let mut words = 0;
        for part in text.split_whitespace() {
            let mut inside = false;
            if is_link(part) {
                begin(&mut form, &mut words);
                form.push_str("url");
                continue;
            }
            let mut push = |c: char| {
                if !c.is_alphanumeric() {
                    inside = false;
                    return;
                }
                if !inside {
                    begin(&mut form, &mut words);
                    inside = true;
                }
                form.push(c);
            };
            if part.is_ascii() {
                part.chars().for_each(|c| push(c.to_ascii_lowercase()));
            } else {
                part.nfkc().for_each(|c| fold(c, &mut push));
            }
        }
        Self { text: form.into(), words }
    }

    /// Whether it is compared by words with another long one.
    pub(super) const fn is_long(&self) -> bool {
        self.words >= LONG
    }

    /// Its runs of three words, each once, in order.
    pub(super) fn word_shingles(&self) -> Vec<[&str; WORDS]> {
        let words: Vec<&str> = self.text.split(' ').collect();
        let mut shingles: Vec<[&str; WORDS]> =
            words.windows(WORDS).filter_map(|run| run.try_into().ok()).collect();
        shingles.sort_unstable();
        shingles.dedup();
        shingles
    }

    /// Its runs of four characters, each once, in order. A shorter text is one run itself.
    pub(super) fn character_shingles(&self) -> Vec<[char; CHARACTERS]> {
        let mut shingles = Vec::new();
        self.each_character_run(|run| shingles.push(run));
        shingles.sort_unstable();
        shingles.dedup();
        shingles
    }

    /// Hashes of its runs of three words, with repetitions.
    pub(super) fn word_hashes(&self) -> Vec<u64> {
        let words: Vec<u64> = self.text.split(' ').map(hash).collect();
        words.windows(WORDS).map(|run| run.iter().fold(0, |state, word| step(state ^ word))).collect()
    }

    /// Hashes of its runs of four characters, with repetitions.
    pub(super) fn character_hashes(&self) -> Vec<u64> {
        let mut hashes = Vec::with_capacity(self.text.len());
        // Three characters of 21 bits fill a word.
        self.each_character_run(|[a, b, c, d]| {
            let three =
                u64::from(u32::from(a)) << 42 | u64::from(u32::from(b)) << 21 | u64::from(u32::from(c));
            hashes.push(step(step(three) ^ u64::from(u32::from(d))));
        });
        hashes
    }

    fn each_character_run(&self, mut each: impl FnMut([char; CHARACTERS])) {
        let mut run = ['\0'; CHARACTERS];
        let mut seen = 0_usize;
        for c in self.text.chars() {
            run.rotate_left(1);
            if let Some(last) = run.last_mut() {
                *last = c;
            }
            seen += 1;
            if seen >= CHARACTERS {
                each(run);
            }
        }
        if (1..CHARACTERS).contains(&seen) {
            each(run);
        }
    }
}

fn begin(form: &mut String, words: &mut usize) {
    if *words > 0 {
        form.push(' ');
    }
    *words += 1;
}

fn fold(c: char, push: &mut impl FnMut(char)) {
    if controls::is_invisible(c) || c == '\u{640}' || c.general_category() == GeneralCategory::NonspacingMark
    {
        return; // and what follows still belongs to the word
    }
    match c {
        'ي' | 'ى' => push('ی'),
        'ك' => push('ک'),
        'أ' | 'إ' => push('ا'),
        'ؤ' => push('و'),
        'ß' | 'ẞ' => {
            push('s');
            push('s');
        }
        'ς' => push('σ'),
        c => match digits::ascii(c) {
            digit if digit != c => push(digit),
            // The dot of a lower-case Turkish capital is a mark.
            c => c
                .to_lowercase()
                .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
                .for_each(push),
        },
    }
}

/// A hash that is the same on every machine and in every run. Not made to withstand somebody who looks for collisions.
fn hash(word: &str) -> u64 {
    let (chunks, rest) = word.as_bytes().as_chunks::<8>();
    let state = chunks.iter().fold(GOLDEN, |state, chunk| step(state ^ u64::from_le_bytes(*chunk)));
    let tail = rest.iter().fold(1_u64, |tail, byte| tail << 8 | u64::from(*byte));
    step(state ^ tail)
}

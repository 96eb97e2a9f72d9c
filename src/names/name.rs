//! One written name, prepared for comparing.

use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::pii;
use crate::text::{Script, fold};

use super::token::Token;
use super::{dictionary, words};

/// The most tokens that a name keeps; what follows is not compared.
pub const MAX_TOKENS: usize = 8;

/// The most words that are read, before titles are dropped and compounds joined.
const MAX_WORDS: usize = 24;

/// The most characters of one token.
const MAX_LETTERS: usize = 48;

/// The most characters of a text that are read.
const MAX_CHARS: usize = 1_024;

/// One written personal name, given, family or full: tokens in written order.
///
/// Titles before it (`Dr`, `آقای`, `ד״ר`), emoji, digits and punctuation are gone, letters are folded as [`fold`] folds them, and
/// what is one name in several words is one token however it was written: `Al-Masri` is `almasri`, `عبد الرحمن` is one
/// token, as are `حیدر نژاد` and `حیدر‌نژاد`, `O'Brien`, `van der Berg`, `Ben-Ami`, `علی رضا`.
/// Parsing [`Name::folded`] again gives the same folded words; canonically equivalent texts give equal names. Of a long
/// text only the first 1,024 characters are read, and only the first eight tokens of 48 letters are kept.
///
/// `Debug` shows the number of tokens, and no name.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    folded: Arc<str>,
    tokens: Arc<[Token]>,
}

impl Name {
    /// Prepares a written name. `None` for a text without letters and for one that says that there is no name
    /// (`Guest`, `N/A`, `test`, `ناشناس`, `ضيف`, `לא ידוע`, `неизвестно`), whatever its title.
    ///
    /// # Complexity
    /// A few microseconds; bounded however long the text.
    ///
    /// ```
    /// use throughline::names::Name;
    /// let name = Name::parse("Dr. Ahmed el-Sayed 🌹").ok_or("no name")?;
    /// assert_eq!(name.folded(), "ahmed elsayed");
    /// assert_eq!(Name::parse("  N/A "), None);
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let raw = clipped(raw);
        let words = words_of(&fold(raw));
        let joined = joined(words);
        if says_nothing(&joined) || is_not_available(raw) {
            return None;
        }
        let spelled = spelled_out(raw).map(|text| joined_like(&text, joined.len()));
        let tokens = joined
            .iter()
            .enumerate()
            .map(|(place, word)| {
                let other = spelled.as_ref().and_then(|words| words.get(place)).map(String::as_str);
                Token::new(word, other.filter(|other| other != word))
            })
            .collect();
        Some(Self { folded: joined.join(" ").into(), tokens })
    }

    /// The words, in written order; at least one and at most [`MAX_TOKENS`].
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// [`Self::tokens`], to be held by others too.
    pub(crate) const fn shared_tokens(&self) -> &Arc<[Token]> {
        &self.tokens
    }

    /// [`Self::folded`], to be held by others too.
    pub(crate) const fn shared_folded(&self) -> &Arc<str> {
        &self.folded
    }

    /// The tokens' folded forms, joined by one space: equal for two texts that people would call the same spelling.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({} tokens, {:04x})", self.tokens.len(), pii::tag(&self.folded))
    }
}

/// The beginning of the text that is read.
fn clipped(raw: &str) -> &str {
    if raw.len() <= MAX_CHARS {
        return raw;
    }
    let end = raw.char_indices().nth(MAX_CHARS).map_or(raw.len(), |(at, _)| at);
    raw.get(..end).unwrap_or(raw)
}

/// Whether the words, if any, say only that there is no name. A single word that is also a name is one.
fn says_nothing(words: &[String]) -> bool {
    words.iter().all(|word| is_no_name(word) || words::is_part_of_placeholder(word))
        && (words.len() != 1 || words.iter().any(|word| is_no_name(word)))
}

fn is_no_name(word: &str) -> bool {
    words::is_placeholder(word) || words::is_title(word)
}

/// `N/A`, which would otherwise be two initials, and `NA`, which otherwise written is a family name (`Na`).
fn is_not_available(raw: &str) -> bool {
    let text = raw.trim_matches(|c: char| !c.is_alphabetic());
    text.eq_ignore_ascii_case("n/a") || text == "NA"
}

/// The words of a folded text: runs of letters with their marks. Apostrophes and gershayim between letters are part of
/// a word and left out of it; digits are left out; everything else separates.
fn words_of(folded: &str) -> Vec<String> {
    let folded = without_hyphenated_title(folded);
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut closes_up = false;
    for c in folded.chars().chain([' ']) {
        if is_combining_mark(c) {
            // A mark without its letter is no name.
            if !word.is_empty() {
                word.push(c);
            }
        } else if c.is_alphabetic() {
            word.push(c);
        } else if matches!(c, '\'' | '"' | '0'..='9') {
            closes_up |= !word.is_empty();
        } else if !word.is_empty() {
            let mut whole = std::mem::take(&mut word);
            // `Eng. Omar` is an engineer, `Eng Hock Tan` is not.
            if c == '.' && whole == "eng" && words.iter().all(|word| words::is_title(word)) {
                whole.push('r');
            }
            // Letters that have come together may compose.
            words.push(if closes_up && !whole.is_ascii() { fold(&whole) } else { whole });
            closes_up = false;
            if words.len() == MAX_WORDS {
                break;
            }
        }
    }
    words
}

/// A folded text without the Russian titles that have a hyphen (`г-н`, `г-жа`).
fn without_hyphenated_title(folded: &str) -> &str {
    let rest = ["г-н", "г-жа"].iter().find_map(|title| folded.strip_prefix(title));
    rest.filter(|rest| !rest.starts_with(char::is_alphabetic)).unwrap_or(folded)
}

/// Joins and drops until nothing changes, so that what comes out is what would come out of it again. Every round but the
/// last makes the list shorter.
fn joined(mut words: Vec<String>) -> Vec<String> {
    loop {
        for word in &mut words {
            clip(word);
        }
        let before = words.len();
        words = one_round(words);
        drop_titles(&mut words);
        words.truncate(MAX_TOKENS);
        if words.len() == before {
            return words;
        }
    }
}

/// Drops titles before a name and degrees after it.
fn drop_titles(words: &mut Vec<String>) {
    while let [first, rest @ ..] = words.as_slice()
        && words::is_title_before_name(first)
        && rest.iter().any(|word| !is_no_name(word))
    {
        words.remove(0);
    }
    while words.len() > 1 && words.last().is_some_and(|word| words::is_degree(word)) {
        words.pop();
    }
}

fn clip(word: &mut String) {
    if word.len() > MAX_LETTERS
        && let Some((end, _)) = word.char_indices().nth(MAX_LETTERS)
    {
        word.truncate(end);
    }
}

/// Joins particles with the next word and second parts with the word before, once.
fn one_round(words: Vec<String>) -> Vec<String> {
    let count = words.len();
    let mut out: Vec<String> = Vec::with_capacity(count);
    let mut pending = String::new();
    let mut words = words.into_iter().enumerate().peekable();
    while let Some((place, word)) = words.next() {
        let next = words.peek().map(|(_, next)| next.as_str());
        if let Some(next) = next
            && pending.len() < 64
            && joins_next(&word, next, place == 0)
        {
            // A sun letter's article: `ash Shammari` is `Al Shammari`.
            pending.push_str(if is_assimilated(&word, next) { "al" } else { &word });
            continue;
        }
        let attaches = pending.is_empty()
            && out.last().is_some_and(|last| {
                last.chars().count() > 1
                    && !words::is_title(last)
                    && (words::is_suffix(&word) || words::is_compound(last, &word))
            });
        if attaches && let Some(last) = out.last_mut() {
            last.push_str(&word);
        } else {
            pending.push_str(&word);
            out.push(std::mem::take(&mut pending));
        }
    }
    out
}

fn joins_next(word: &str, next: &str, first: bool) -> bool {
    if words::is_prefix(word) {
        if !first || !words::is_name_like_prefix(word) {
            return true;
        }
        // `Ben Eran` and `David Ben Gurion` are family names, `Ben Smith` is a person.
        return !words::is_family_name(next) && (!word.is_ascii() || dictionary::is_hebrew(next));
    }
    if word == "o" {
        return words::is_after_o(next);
    }
    is_assimilated(word, next)
}

/// Whether it is an Arabic article before the sun letter that it takes on (`ash-Shammari`, `ar-Rashid`).
fn is_assimilated(word: &str, next: &str) -> bool {
    let mut letters = word.chars();
    if !matches!(letters.next(), Some('a' | 'e')) {
        return false;
    }
    let rest = letters.as_str();
    matches!(rest, "sh" | "s" | "r" | "n" | "d" | "t" | "z" | "dh" | "th") && next.starts_with(rest)
}

/// The text with umlauts and ringed letters spelled out, if it has any: `Müller` as `Mueller`.
fn spelled_out(raw: &str) -> Option<String> {
    if raw.is_ascii() || !raw.nfc().any(|c| spelling(c).is_some()) {
        return None;
    }
    let mut out = String::with_capacity(raw.len() + 8);
    for c in raw.nfc() {
        match spelling(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    Some(out)
}

const fn spelling(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' | 'ø' | 'Ø' => "oe",
        'ü' | 'Ü' => "ue",
        'å' | 'Å' => "aa",
        _ => return None,
    })
}

/// The tokens of a text that differs by spelled-out letters only, if they are as many.
fn joined_like(text: &str, count: usize) -> Vec<String> {
    let words = joined(words_of(&fold(text)));
    if words.len() == count { words } else { Vec::new() }
}

/// The script of most of a token's letters.
pub(super) fn script_of(word: &str) -> Option<Script> {
    if word.is_ascii() {
        return word.bytes().any(|byte| byte.is_ascii_alphabetic()).then_some(Script::Latin);
    }
    crate::text::dominant_script(word)
}

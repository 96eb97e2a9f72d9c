//! The cheapest faithful rewriting: the same words in fewer segments.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::count::{SmsCount, SmsEncoding, segments};
use super::error::SmsError;
use super::settings::SmsSettings;
use super::typographic::{Dropped, dropped, plain_form};

/// Something that was written in another way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// What stood there: a character, or a letter with its marks.
    pub from: String,
    /// What stands there now; empty for what shows nothing.
    pub to: String,
    /// How often.
    pub times: usize,
}

/// A body and the cheapest text that says the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Rewriting<'b> {
    /// The text to send; borrowed where nothing was replaced.
    pub text: Cow<'b, str>,
    /// What the body took.
    pub before: SmsCount,
    /// What the text takes: never more segments than before.
    pub after: SmsCount,
    /// What was replaced, in the order of first occurrence. Empty where that would not have saved a segment.
    pub replaced: Vec<Replacement>,
}

/// The text is a customer's.
impl fmt::Debug for Rewriting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rewriting")
            .field("before", &self.before)
            .field("after", &self.after)
            .field("replaced", &self.replaced)
            .finish_non_exhaustive()
    }
}

/// Replaces typographic characters by plain ones that mean the same, where that lowers the number of segments, and only
/// then.
///
/// Two texts are tried and the one with fewer segments is taken, of equals the one that changes less:
/// * the same text composed (`e` and an accent are `é`) and without what shows nothing (zero-width spaces, byte-order
///   marks, soft hyphens), still in UCS-2;
/// * a text of the seven-bit alphabet: also curly quotes, guillemets, dashes, ellipses, bullets, spaces of all widths,
///   tabs, full-width forms, ligatures, joiners and directional controls, if every other character is in the alphabet.
///
/// Letters and digits of a language are never changed: `é`, `ş`, `۵`, `سلام` stay, and with them UCS-2 where they need it.
/// Joiners between letters that need them (Persian, Indic, emoji) stay too.
///
/// # Errors
/// The body is empty.
///
/// # Complexity
/// O(n); a body of one segment is returned after it has been counted.
///
/// ```
/// use throughline::messaging::sms::{SmsSettings, rewrite};
/// let body = "Anna’s order – “the blue one” – is ready… You can collect it at our shop until Friday, 6 p.m.";
/// let cheap = rewrite(body, &SmsSettings::default())?;
/// assert_eq!((cheap.before.segments, cheap.after.segments), (2, 1));
/// assert!(cheap.text.starts_with("Anna's order - \"the blue one\" - is ready..."));
/// assert_eq!(cheap.replaced[0].from, "’");
/// # Ok::<(), throughline::messaging::sms::SmsError>(())
/// ```
pub fn rewrite<'b>(body: &'b str, settings: &SmsSettings) -> Result<Rewriting<'b>, SmsError> {
    let before = segments(body, settings)?;
    let mut best = Rewriting { text: Cow::Borrowed(body), before, after: before, replaced: Vec::new() };
    if before.segments == 1 {
        return Ok(best);
    }
    for target in [Target::Shorter, Target::SevenBit] {
        if target == Target::SevenBit && before.encoding == SmsEncoding::Gsm7 {
            continue;
        }
        let Some(draft) = Draft::of(body, target, settings) else { continue };
        // A body of invisible characters only is left alone.
        let Ok(after) = segments(&draft.text, settings) else { continue };
        if after.segments < best.after.segments {
            best = Rewriting { text: Cow::Owned(draft.text), before, after, replaced: draft.replaced };
        }
    }
    Ok(best)
}

/// What a rewriting aims at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// Fewer units in whatever encoding.
    Shorter,
    /// The seven-bit alphabets.
    SevenBit,
}

#[derive(Default)]
struct Draft {
    text: String,
    replaced: Vec<Replacement>,
}

impl Draft {
    /// `None` if the target cannot be reached.
    fn of(body: &str, target: Target, settings: &SmsSettings) -> Option<Self> {
        let mut draft = Self { text: String::with_capacity(body.len()), replaced: Vec::new() };
        let mut rest = body;
        let mut before = None;
        while let Some((cluster, after)) = next_cluster(rest) {
            let next = after.chars().next();
            match target {
                Target::Shorter => draft.shorter(cluster, before, next),
                Target::SevenBit => draft.seven_bit(cluster, settings)?,
            }
            before = cluster.chars().next_back();
            rest = after;
        }
        Some(draft)
    }

    fn shorter(&mut self, cluster: &str, before: Option<char>, after: Option<char>) {
        let mut characters = cluster.chars();
        if let (Some(c), None) = (characters.next(), characters.next())
            && dropped(c) == Some(Dropped::Always)
            && !needs_break(c, before, after)
        {
            self.replace(cluster, "");
            return;
        }
        if !is_nfc(cluster) {
            let composed: String = cluster.nfc().collect();
            if composed.encode_utf16().count() < cluster.encode_utf16().count() {
                self.replace(cluster, &composed);
                return;
            }
        }
        self.text.push_str(cluster);
    }

    fn seven_bit(&mut self, cluster: &str, settings: &SmsSettings) -> Option<()> {
        let can_write = |c: char| settings.alphabets().any(|alphabet| alphabet.septets(c) > 0);
        if cluster.chars().all(can_write) {
            self.text.push_str(cluster);
            return Some(());
        }
        let mut plain = String::new();
        for c in cluster.nfc() {
            if can_write(c) {
                plain.push(c);
            } else if dropped(c).is_none() {
                plain.push_str(plain_form(c)?.as_str());
            }
        }
        self.replace(cluster, &plain);
        Some(())
    }

    fn replace(&mut self, from: &str, to: &str) {
        self.text.push_str(to);
        if let Some(known) = self.replaced.iter_mut().find(|known| known.from == from) {
            known.times += 1;
        } else if self.replaced.len() < MAX_LISTED {
            // Most texts have a handful; a hostile one shall not make this slow.
            self.replaced.push(Replacement { from: from.to_owned(), to: to.to_owned(), times: 1 });
        }
    }
}

/// Most different replacements that are listed.
const MAX_LISTED: usize = 64;

/// Most marks of one letter that are composed together, as in the stream-safe text format.
const MAX_MARKS: usize = 30;

/// A character with the marks (and Korean letter parts) that may compose with it, and the rest.
fn next_cluster(text: &str) -> Option<(&str, &str)> {
    let mut characters = text.char_indices();
    characters.next()?;
    let joins = |c: char| is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11ff}');
    let end = characters
        .enumerate()
        .find(|(marks, (_, c))| !joins(*c) || *marks >= MAX_MARKS)
        .map_or(text.len(), |(_, (at, _))| at);
    text.split_at_checked(end)
}

/// Whether a zero-width space says where a line may break in a script without spaces (Thai, Lao, Burmese, Khmer).
const fn needs_break(c: char, before: Option<char>, after: Option<char>) -> bool {
    const fn is_unspaced(c: Option<char>) -> bool {
        matches!(c, Some('\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'))
    }
    c == '\u{200b}' && (is_unspaced(before) || is_unspaced(after))
}

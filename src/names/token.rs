//! One word of a name.

use std::fmt;

use crate::pii;
use crate::similarity::Text;
use crate::text::Script;

use super::forms::Forms;
use super::{cyrillic, dictionary, name, nickname, romanise, skeleton};

/// The most Latin forms of a token.
pub const MAX_FORMS: usize = 6;

/// One word of a name with everything that it is compared by. `Debug` shows no name.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The folded word as comparators want it.
    text: Text,
    /// The folded word, its skeleton and its Latin forms, one after another: millions of names are held at a time.
    words: Box<str>,
    /// Where the folded word and the skeleton end.
    ends: [u16; 2],
    /// How long each Latin form is.
    latin: [u16; MAX_FORMS],
    /// From where to where the folded word is its stem.
    stem: [u16; 2],
    /// The entries of the table of frequent names, then the groups of nicknames.
    groups: Box<[u16]>,
    entries: u16,
    script: Option<Script>,
    is_initial: bool,
    /// Equal for equal skeletons.
    sound: u32,
    /// The Latin forms as comparators want them; none if the only one is the word itself.
    forms: Box<[Text]>,
}

impl Token {
    /// Prepares a folded word; `spelled` is the same word with umlauts spelled out.
    pub(super) fn new(folded: &str, spelled: Option<&str>) -> Self {
        let script = name::script_of(folded);
        let is_initial = {
            let mut chars = folded.chars();
            chars.next().is_some() && chars.next().is_none() && is_alphabet(script)
        };
        let stem = stem_of(folded, script);
        let entries = if is_initial { Vec::new() } else { dictionary::find(folded, stem) };
        let mut forms = Forms::new(MAX_FORMS);
        if script == Some(Script::Latin) {
            forms.push(letters(folded));
            if let Some(spelled) = spelled {
                forms.push(letters(spelled));
            }
        }
        if let Some(script) = script {
            for form in romanise::forms(folded, stem, script, &entries) {
                forms.push(form);
            }
        }
        let latin = forms.into_list();
        let skeleton = skeleton::of_token(stem, script, &entries);
        let usual = match script {
            // The first form is the word itself, the next the usual spelling of a name that it may spell.
            Some(Script::Latin) if dictionary::is_usual_spelling(folded, &entries) => 1,
            Some(Script::Latin) => 2,
            _ if entries.is_empty() => 2,
            _ => 1,
        };
        let usual = latin.get(..usual).unwrap_or(&latin);
        let nicknames = if is_initial { Vec::new() } else { nickname::groups(folded, usual) };
        let is_own_form = matches!(latin.as_slice(), [form] if form == folded);
        let forms = latin.iter().filter(|_| !is_own_form).map(|form| Text::new(form)).collect();
        let mut lengths = [0; MAX_FORMS];
        lengths.iter_mut().zip(&latin).for_each(|(length, form)| *length = short(form.len()));
        let start = if folded.ends_with(stem) { folded.len() - stem.len() } else { 0 };
        let size = folded.len() + skeleton.len() + latin.iter().map(String::len).sum::<usize>();
        let mut words = String::with_capacity(size);
        words.push_str(folded);
        words.push_str(&skeleton);
        latin.iter().for_each(|form| words.push_str(form));
        Self {
            text: Text::new(folded),
            ends: [short(folded.len()), short(folded.len() + skeleton.len())],
            latin: lengths,
            stem: [short(start), short(start + stem.len())],
            entries: short(entries.len()),
            groups: [entries, nicknames].concat().into(),
            script,
            is_initial,
            sound: sound(&skeleton),
            words: words.into(),
            forms,
        }
    }

    /// The word in its own script, folded.
    #[must_use]
    pub fn folded(&self) -> &str {
        self.words.get(..usize::from(self.ends[0])).unwrap_or_default()
    }

    /// The word in its own script without an Arabic article and without the feminine ending of a Russian family name
    /// (`المصری` is `مصری`, `elmasry` is `masry`, `сидорова` is `сидоров`, `Kovalskaya` is `kovalsk`).
    #[must_use]
    pub fn stem(&self) -> &str {
        let [start, end] = self.stem.map(usize::from);
        self.words.get(start..end).unwrap_or_default()
    }

    /// The script of most of its letters.
    #[must_use]
    pub const fn script(&self) -> Option<Script> {
        self.script
    }

    /// Plausible Latin spellings, only `a` to `z`, best first, at most [`MAX_FORMS`]. A Latin word begins with itself
    /// without diacritics, then with umlauts spelled out (`müller`: `muller`, `mueller`), then with the most usual
    /// spelling of a name in the tables (`hosein`: `hosein`, `hossein`). Empty for scripts that are not romanised.
    pub fn latin(&self) -> impl Iterator<Item = &str> {
        let mut rest = self.words.get(usize::from(self.ends[1])..).unwrap_or_default();
        let lengths = self.latin.iter().map(|length| usize::from(*length)).take_while(|length| *length > 0);
        lengths.filter_map(move |length| {
            let (form, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(form)
        })
    }

    /// The consonant classes of the word: as often as possible equal for one name in all of its scripts and spellings,
    /// and shared by some different names. See [`romanise`](super::romanise()) for the forms behind it. Upper-case ASCII
    /// letters with `A` for a vowel at the start; the folded word for scripts that are not romanised.
    #[must_use]
    pub fn skeleton(&self) -> &str {
        let [start, end] = self.ends.map(usize::from);
        self.words.get(start..end).unwrap_or_default()
    }

    /// Whether two words have one skeleton.
    pub(super) fn sounds_like(&self, other: &Self) -> bool {
        self.sound == other.sound && self.skeleton() == other.skeleton()
    }

    /// Whether it is a single letter of an alphabet (`G.`, `ه`, `А.`).
    #[must_use]
    pub const fn is_initial(&self) -> bool {
        self.is_initial
    }

    /// Whether it is a Russian patronymic, in Cyrillic or Latin letters (`Ивановна`, `Sergeevich`).
    #[must_use]
    pub fn is_patronymic(&self) -> bool {
        match self.script {
            Some(Script::Cyrillic) => cyrillic::is_patronymic(self.folded()),
            Some(Script::Latin) => cyrillic::is_latin_patronymic(self.folded()),
            _ => false,
        }
    }

    /// The groups of given names that stand for each other in which the word is (`Bob` and `Robert`; `Саша` and
    /// `Александр`), ascending. The numbers may change with a version of this crate: do not store them.
    #[must_use]
    pub fn nickname_groups(&self) -> &[u16] {
        self.groups.get(usize::from(self.entries)..).unwrap_or_default()
    }

    /// [`Self::folded`] as comparators want it.
    pub(super) const fn text(&self) -> &Text {
        &self.text
    }

    /// [`Self::latin`] as comparators want it.
    pub(super) const fn forms(&self) -> &[Text] {
        if self.forms.is_empty() && self.latin[0] > 0 {
            std::slice::from_ref(&self.text)
        } else {
            &self.forms
        }
    }

    /// The entries of the table of frequent names that it spells, ascending.
    pub(super) fn entries(&self) -> &[u16] {
        self.groups.get(..usize::from(self.entries)).unwrap_or_default()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?}, {:04x})", self.script, pii::tag(self.folded()))
    }
}

/// Words, and all that is kept of one, have at most some hundred bytes.
fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// A hash of a skeleton: of up to six classes all, of longer ones folded over each other.
fn sound(skeleton: &str) -> u32 {
    skeleton.bytes().fold(0, |sound, class| sound.rotate_left(5) ^ u32::from(class))
}

const fn is_alphabet(script: Option<Script>) -> bool {
    matches!(
        script,
        Some(
            Script::Latin
                | Script::Arabic
                | Script::Hebrew
                | Script::Cyrillic
                | Script::Greek
                | Script::Armenian
                | Script::Georgian
        )
    )
}

/// Only the letters `a` to `z`.
fn letters(word: &str) -> String {
    word.chars().filter(char::is_ascii_lowercase).collect()
}

fn stem_of(folded: &str, script: Option<Script>) -> &str {
    match script {
        Some(Script::Arabic) => super::arabic::without_article(folded),
        Some(Script::Latin) => {
            let bare = super::arabic::without_latin_article(folded);
            if bare.len() == folded.len() { cyrillic::latin_stem(folded) } else { bare }
        }
        Some(Script::Cyrillic) => cyrillic::stem(folded),
        _ => folded,
    }
}

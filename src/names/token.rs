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
    folded: Box<str>,
    stem: Box<str>,
    script: Option<Script>,
    latin: Box<[Box<str>]>,
    skeleton: Box<str>,
    entries: Box<[u16]>,
    nicknames: Box<[u16]>,
    is_initial: bool,
    /// The folded word as comparators want it.
    text: Text,
    /// The Latin forms likewise; none if the only one is the word itself.
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
        let latin: Box<[Box<str>]> = forms.into_list().into_iter().map(Into::into).collect();
        let skeleton = skeleton::of_token(stem, script, &entries).into();
        let usual = match script {
            // The first form is the word itself, the next the usual spelling of a name that it may spell.
            Some(Script::Latin) if dictionary::is_usual_spelling(folded, &entries) => 1,
            Some(Script::Latin) => 2,
            _ if entries.is_empty() => 2,
            _ => 1,
        };
        let usual = latin.get(..usual).unwrap_or(&latin);
        let nicknames =
            if is_initial { Vec::new() } else { nickname::groups(folded, usual) }.into_boxed_slice();
        let is_own_form = matches!(&*latin, [form] if **form == *folded);
        let forms = latin.iter().filter(|_| !is_own_form).map(|form| Text::new(form)).collect();
        Self {
            folded: folded.into(),
            stem: stem.into(),
            script,
            latin,
            skeleton,
            entries: entries.into(),
            nicknames,
            is_initial,
            text: Text::new(folded),
            forms,
        }
    }

    /// The word in its own script, folded.
    #[must_use]
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// The word in its own script without an Arabic article and without the feminine ending of a Russian family name
    /// (`المصری` is `مصری`, `elmasry` is `masry`, `сидорова` is `сидоров`, `Kovalskaya` is `kovalsk`).
    #[must_use]
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// The script of most of its letters.
    #[must_use]
    pub const fn script(&self) -> Option<Script> {
        self.script
    }

    /// Plausible Latin spellings, only `a` to `z`, best first, at most [`MAX_FORMS`]. A Latin word begins with itself
    /// without diacritics, then with umlauts spelled out (`müller`: `muller`, `mueller`), then with the most usual
    /// spelling of a name in the tables (`hosein`: `hosein`, `hossein`). Empty for scripts that are not romanised.
    #[must_use]
    pub const fn latin(&self) -> &[Box<str>] {
        &self.latin
    }

    /// The consonant classes of the word: as often as possible equal for one name in all of its scripts and spellings,
    /// and shared by some different names. See [`romanise`](super::romanise()) for the forms behind it. Upper-case ASCII
    /// letters with `A` for a vowel at the start; the folded word for scripts that are not romanised.
    #[must_use]
    pub fn skeleton(&self) -> &str {
        &self.skeleton
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
            Some(Script::Cyrillic) => cyrillic::is_patronymic(&self.folded),
            Some(Script::Latin) => cyrillic::is_latin_patronymic(&self.folded),
            _ => false,
        }
    }

    /// The groups of given names that stand for each other in which the word is (`Bob` and `Robert`; `Саша` and
    /// `Александр`), ascending. The numbers may change with a version of this crate: do not store them.
    #[must_use]
    pub const fn nickname_groups(&self) -> &[u16] {
        &self.nicknames
    }

    /// [`Self::folded`] as comparators want it.
    pub(super) const fn text(&self) -> &Text {
        &self.text
    }

    /// [`Self::latin`] as comparators want it.
    pub(super) const fn forms(&self) -> &[Text] {
        if self.forms.is_empty() && !self.latin.is_empty() {
            std::slice::from_ref(&self.text)
        } else {
            &self.forms
        }
    }

    /// The entries of the table of frequent names that it spells, ascending.
    pub(super) const fn entries(&self) -> &[u16] {
        &self.entries
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:?}, {:04x})", self.script, pii::tag(&self.folded))
    }
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

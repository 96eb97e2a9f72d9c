//! Words that stop messages when somebody answers with them, and words that start them again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use super::super::purpose::{ChannelScope, PurposeScope};
use super::ledger::{ConsentRecord, ConsentState};
use crate::channel::Channel;
use crate::pii::Pii;
use crate::text::{controls, digits};
use crate::time::{DateTime, NaiveDate, Utc};

/// Longest answer that is looked at, in bytes: no keyword is that long, and a longer text is for a person to read.
const MOST_BYTES: usize = 4_096;

/// What an answer asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeywordKind {
    /// No more messages.
    OptOut,
    /// Messages again.
    OptIn,
    /// Who are you, and how does one stop this?
    Help,
    /// A free text with a word that stops: a person has to read it.
    Review,
    /// Something else.
    None,
}

/// The words of one language: data with source and date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordList {
    /// The language, as a tag of BCP 47.
    pub language: String,
    /// Words and phrases that stop messages, as the whole answer.
    pub opt_out: Vec<String>,
    /// Words that start them again.
    pub opt_in: Vec<String>,
    /// Words that ask for help.
    pub help: Vec<String>,
    /// Words that make a longer text one for a person to read.
    pub review: Vec<String>,
    /// Where the list comes from.
    pub source: String,
    /// The date of this entry.
    pub as_of: NaiveDate,
}

impl WordList {
    /// The languages that this version of the crate has a list for.
    pub const LANGUAGES: [&str; 10] = ["en", "fa", "ar", "he", "ru", "de", "fr", "es", "tr", "pt"];

    /// The list of a language: the words of the American regulator for English, and our own for the others.
    #[must_use]
    pub fn published(language: &str) -> Option<Self> {
        let entry = PUBLISHED.iter().find(|entry| entry.language == language)?;
        let words =
            |text: &str| text.split(", ").filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Some(Self {
            language: entry.language.to_owned(),
            opt_out: words(entry.opt_out),
            opt_in: words(entry.opt_in),
            help: words(entry.help),
            review: words(entry.review),
            source: if language == "en" { FCC } else { OWN }.to_owned(),
            as_of: NaiveDate::from_ymd_opt(2026, 11, 1)?,
        })
    }
}

/// Reads answers. Words are compared as people type them: without regard to case, width, invisible characters, the script
/// of digits, punctuation around them, and the spellings of Arabic letters that look alike.
///
/// Only the whole answer counts as a keyword. A longer text with a word like `stop` is for a person; a keyword with a number
/// behind it is for the host.
///
/// ```
/// use throughline::messaging::{KeywordKind, StopWords};
/// let words = StopWords::in_languages(["en", "fa", "ar", "he"]);
/// assert_eq!(words.read("  «Stop!» "), KeywordKind::OptOut);
/// assert_eq!(words.read("لغو عضويت"), KeywordKind::OptOut); // typed on an Arabic keyboard
/// assert_eq!(words.read("הסר"), KeywordKind::OptOut);
/// assert_eq!(words.read("please stop sending these"), KeywordKind::Review);
/// assert_eq!(words.read("STOP 12345"), KeywordKind::None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StopWords {
    words: BTreeMap<String, KeywordKind>,
    review: BTreeSet<String>,
}

impl StopWords {
    /// The English words only.
    #[must_use]
    pub fn base() -> Self {
        Self::in_languages(["en"])
    }

    /// The words of these languages; one that has no published list adds none.
    #[must_use]
    pub fn in_languages<'l>(languages: impl IntoIterator<Item = &'l str>) -> Self {
        languages
            .into_iter()
            .filter_map(WordList::published)
            .fold(Self::default(), |words, list| words.with(&list))
    }

    /// The same with a list of the host's own. A word that stops does so whatever another list says of it.
    #[must_use]
    pub fn with(mut self, list: &WordList) -> Self {
        for (kind, words) in [
            (KeywordKind::OptOut, &list.opt_out),
            (KeywordKind::OptIn, &list.opt_in),
            (KeywordKind::Help, &list.help),
        ] {
            for word in words {
                self.add(kind, word);
            }
        }
        self.review.extend(list.review.iter().map(|word| normal(word)));
        self
    }

    /// The same with one more word that stops messages.
    #[must_use]
    pub fn with_opt_out(mut self, word: &str) -> Self {
        self.add(KeywordKind::OptOut, word);
        self
    }

    fn add(&mut self, kind: KeywordKind, word: &str) {
        let word = normal(word);
        if word.is_empty() {
            return;
        }
        let known = self.words.entry(word).or_insert(kind);
        if kind == KeywordKind::OptOut {
            *known = kind;
        }
    }

    /// What an answer asks for.
    ///
    /// # Complexity
    /// O(n + log w) for a text of length n and w words; a text over 4,096 bytes is searched for words only in its first
    /// 4,096.
    #[must_use]
    pub fn read(&self, text: &str) -> KeywordKind {
        let cut = text.len() > MOST_BYTES;
        let mut end = text.len().min(MOST_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = normal(text.get(..end).unwrap_or_default());
        if let Some(kind) = self.words.get(&text).filter(|_| !cut) {
            return *kind;
        }
        let words: Vec<&str> = text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).collect();
        let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
        let stops = |word: &&&str| self.review.contains(**word);
        let asked = words.iter().filter(stops).count();
        // A phrase such as `opt out` may be looked for as well.
        let phrase = || self.review.iter().any(|phrase| phrase.contains(' ') && contains(&text, phrase));
        if asked == 0 {
            return if phrase() { KeywordKind::Review } else { KeywordKind::None };
        }
        let mut rest = words.iter().filter(|word| !self.review.contains(**word)).peekable();
        if asked == 1 && rest.peek().is_some() && rest.all(is_number) {
            return KeywordKind::None;
        }
        KeywordKind::Review
    }

    /// The entry for the ledger of whoever wrote the answer, for everything in that channel: no longer, or again for
    /// `purpose`, since a grant for everything would not count. `None` if the answer asks for neither.
    #[must_use]
    pub fn record(
        &self,
        text: &str,
        channel: &Channel,
        purpose: &PurposeScope,
        at: DateTime<Utc>,
    ) -> Option<ConsentRecord> {
        let (purpose, state) = match self.read(text) {
            KeywordKind::OptOut => (PurposeScope::All, ConsentState::Withdrawn),
            KeywordKind::OptIn => (purpose.clone(), ConsentState::Granted),
            _ => return None,
        };
        let evidence = Some(Pii::new(format!("keyword:{}", normal(text))));
        let record = ConsentRecord::new(purpose, ChannelScope::Only(channel.clone()), state, at);
        Some(ConsentRecord { evidence, ..record })
    }
}

fn contains(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Letters, digits and the marks on them.
fn is_word(c: char) -> bool {
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number | GeneralCategoryGroup::Mark
    )
}

/// NFKC, case, digits, invisible characters, the ends, the spaces; then letters of the Arabic script that are typed for one
/// another, its vowel signs, and the two letters i of Turkish.
fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let plain = text.nfkc().flat_map(char::to_lowercase).nfkc().filter(|c| !controls::is_invisible(*c));
    for c in plain {
        let c = match digits::ascii(c) {
            'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
            'ي' | 'ى' | 'ئ' => 'ی',
            'ك' => 'ک',
            'ة' => 'ه',
            'ı' => 'i',
            'ς' => 'σ',
            'ß' => {
                out.push('s');
                's'
            }
            '\u{640}' | '\u{64b}'..='\u{652}' | '\u{670}' | '\u{307}' | '\u{591}'..='\u{5c7}' => continue,
            other => other,
        };
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    let end = |c: char| c.is_whitespace() || c.general_category_group() == GeneralCategoryGroup::Punctuation;
    out.trim_matches(end).to_owned()
}

struct Entry {
    language: &'static str,
    opt_out: &'static str,
    opt_in: &'static str,
    help: &'static str,
    review: &'static str,
}

const FCC: &str =
    "47 CFR 64.1200(a)(10) and carriers' practice for the words that stop; carriers' practice for the others";
const OWN: &str = "list of this crate: no regulator's list is known";

const PUBLISHED: [Entry; 10] = [
    Entry {
        language: "en",
        opt_out: "stop, stopall, unsubscribe, cancel, end, quit, revoke, optout, opt out",
        opt_in: "start, unstop",
        help: "help",
        review: "stop, unsubscribe",
    },
    Entry {
        language: "fa",
        opt_out: "لغو, لغو عضویت, لغو اشتراک, انصراف, توقف, نفرستید, خروج",
        opt_in: "شروع, عضویت",
        help: "راهنما, کمک",
        review: "لغو, انصراف, توقف, نفرستید",
    },
    Entry {
        language: "ar",
        opt_out: "إيقاف, توقف, قف, إلغاء, إلغاء الاشتراك, الغاء الاشتراك",
        opt_in: "ابدأ, اشتراك",
        help: "مساعدة",
        review: "إيقاف, توقف, إلغاء",
    },
    Entry {
        language: "he",
        opt_out: "הסר, הסירו, הסרה, עצור, הפסק, ביטול",
        opt_in: "התחל, הצטרף",
        help: "עזרה",
        review: "הסר, הסירו, להסיר, הפסיקו",
    },
    Entry {
        language: "ru",
        opt_out: "стоп, отписаться, отписка, отмена, отказ, отказаться",
        opt_in: "старт, подписаться",
        help: "помощь",
        review: "стоп, отписаться, отпишите, отказ",
    },
    Entry {
        language: "de",
        opt_out: "stopp, abmelden, abbestellen, austragen, widerruf",
        opt_in: "anmelden",
        help: "hilfe",
        review: "stopp, abmelden, abbestellen, widerruf",
    },
    Entry {
        language: "fr",
        opt_out: "arret, arrêt, arreter, arrêter, desabonner, désabonner, desinscription, désinscription",
        opt_in: "reprendre",
        help: "aide",
        review: "arrêter, arreter, désabonner, desabonner, désinscription",
    },
    Entry {
        language: "es",
        opt_out: "baja, alto, parar, cancelar, detener",
        opt_in: "alta, iniciar",
        help: "ayuda",
        review: "baja, parar",
    },
    Entry {
        language: "tr",
        opt_out: "dur, iptal, ret, çık, ayrıl",
        opt_in: "başla, kabul",
        help: "yardım",
        review: "iptal, ret",
    },
    Entry {
        language: "pt",
        opt_out: "parar, pare, sair, cancelar, descadastrar",
        opt_in: "iniciar, voltar",
        help: "ajuda",
        review: "parar, pare, descadastrar",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_word_is_read_as_what_it_is() {
        let all = StopWords::in_languages(WordList::LANGUAGES);
        for language in WordList::LANGUAGES {
            let list = WordList::published(language).unwrap();
            assert!(!list.source.is_empty());
            for words in [&list.opt_out, &list.opt_in, &list.help, &list.review] {
                assert!(!words.is_empty(), "{language}");
            }
            for (kind, words) in [
                (KeywordKind::OptOut, &list.opt_out),
                (KeywordKind::OptIn, &list.opt_in),
                (KeywordKind::Help, &list.help),
            ] {
                for word in words {
                    assert_eq!(all.read(word), kind, "{word}");
                    assert_eq!(all.read(&format!(" \u{200f}{}! ", word.to_uppercase())), kind, "{word}");
                    assert_eq!(StopWords::in_languages([language]).read(word), kind, "{word}");
                }
            }
        }
        assert_eq!(all.read("İPTAL"), KeywordKind::OptOut);
        assert_eq!(all.read("ایقاف"), KeywordKind::OptOut);
        assert_eq!(WordList::published("xx"), None);
    }

    #[test]
    fn free_text_goes_to_a_person_and_numbers_to_the_host() {
        let all = StopWords::in_languages(WordList::LANGUAGES);
        for text in [
            "please stop sending these",
            "لطفاً دیگر پیامک نفرستید",
            "من فضلك توقف عن الإرسال",
            "נא להסיר אותי מהרשימה",
            "пожалуйста, отпишите меня",
            "Stop it. 5 times I told you",
            "stop stop",
        ] {
            assert_eq!(all.read(text), KeywordKind::Review, "{text}");
        }
        for text in
            ["STOP 12345", "stop ۱۲۳", "nonstop", "", "  ", "!!", "thanks", "سلام", "stopping by later"]
        {
            assert_eq!(all.read(text), KeywordKind::None, "{text}");
        }
        assert_eq!(all.read(&"stop ".repeat(2_000)), KeywordKind::Review);
        assert_eq!(all.read(&"ش".repeat(10_001)), KeywordKind::None);
    }

    #[test]
    fn an_answer_becomes_an_entry() {
        let words = StopWords::base();
        let at = "2026-06-01T12:00:00Z".parse().unwrap();
        let news: PurposeScope = "marketing.news".parse().unwrap();
        let entry = |text| words.record(text, &Channel::Sms, &news, at);
        let stop = entry("Stop.").unwrap();
        assert_eq!((stop.purpose, stop.state), (PurposeScope::All, ConsentState::Withdrawn));
        assert_eq!(entry("start").map(|record| record.purpose), Some(news.clone()));
        assert_eq!(entry("help"), None);
        let own = words.clone().with_opt_out("start");
        assert_eq!(own.read("START"), KeywordKind::OptOut, "stopping wins");
    }
}

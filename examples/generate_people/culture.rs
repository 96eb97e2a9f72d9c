//! Where a household comes from: how its people are named, in which scripts, and where they live.

use crate::eastern as east;
use crate::random::Random;
use crate::words;

/// A word in the person's own script and in its Latin spellings, the usual one first. Without a native form the word is
/// always written in Latin letters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Word {
    pub(crate) native: String,
    pub(crate) latin: Vec<String>,
}

impl Word {
    /// Reads `native|Latin,other Latin`, or Latin letters alone.
    pub(crate) fn read(text: &str) -> Self {
        let mut parts = text.split('|');
        let first = parts.next().unwrap_or("");
        let latin: Vec<String> = parts
            .next()
            .unwrap_or("")
            .split(',')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        if latin.is_empty() {
            return Self { native: String::new(), latin: vec![first.to_owned()] };
        }
        Self { native: first.to_owned(), latin }
    }

    /// The usual Latin spelling.
    pub(crate) fn usual(&self) -> &str {
        self.latin.first().map_or("", String::as_str)
    }

    /// The word in one script.
    pub(crate) fn write(&self, native: bool, random: &mut Random) -> String {
        if native && !self.native.is_empty() {
            return self.native.clone();
        }
        let which = if random.chance(400.0) { 0 } else { random.skewed_index(self.latin.len(), 1) };
        self.latin.get(which).cloned().unwrap_or_default()
    }

    /// One word after the other, joined in both scripts.
    fn then(&self, next: &Self, between_native: &str, between_latin: &str) -> Self {
        let native = if self.native.is_empty() || next.native.is_empty() {
            String::new()
        } else {
            format!("{}{between_native}{}", self.native, next.native)
        };
        let mut latin = vec![format!("{}{between_latin}{}", self.usual(), next.usual())];
        latin.extend(self.latin.iter().skip(1).map(|one| format!("{one}{between_latin}{}", next.usual())));
        latin.extend(next.latin.iter().skip(1).map(|two| format!("{}{between_latin}{two}", self.usual())));
        Self { native, latin }
    }
}

/// A given name with its pet form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    pub(crate) full: Word,
    pub(crate) pet: Option<Word>,
}

/// The origin of a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Culture {
    English,
    European,
    Persian,
    Arabic,
    Hebrew,
    Russian,
}

impl Culture {
    /// The origin of one household of the Latin or of the mixed set.
    pub(crate) fn draw(latin_only: bool, random: &mut Random) -> Self {
        if latin_only {
            return if random.chance(140.0) { Self::European } else { Self::English };
        }
        match random.weighted(&[136, 270, 248, 160, 186]) {
            0 => Self::English,
            1 => Self::Persian,
            2 => Self::Arabic,
            3 => Self::Hebrew,
            _ => Self::Russian,
        }
    }

    /// A given name.
    pub(crate) fn given(self, woman: bool, random: &mut Random) -> Given {
        let table = match (self, woman) {
            (Self::English, false) => words::ENGLISH_MEN,
            (Self::English, true) => words::ENGLISH_WOMEN,
            (Self::European, false) => words::EUROPEAN_MEN,
            (Self::European, true) => words::EUROPEAN_WOMEN,
            (Self::Persian, false) => east::PERSIAN_MEN,
            (Self::Persian, true) => east::PERSIAN_WOMEN,
            (Self::Arabic, false) => east::ARABIC_MEN,
            (Self::Arabic, true) => east::ARABIC_WOMEN,
            (Self::Hebrew, false) => east::HEBREW_MEN,
            (Self::Hebrew, true) => east::HEBREW_WOMEN,
            (Self::Russian, false) => east::RUSSIAN_MEN,
            (Self::Russian, true) => east::RUSSIAN_WOMEN,
        };
        let head = if matches!(self, Self::English | Self::European) { 3 } else { 6 };
        let text = random.skewed(table, head);
        let full = Word::read(text);
        let pet = text
            .split('|')
            .nth(2)
            .filter(|pet| !pet.is_empty())
            .map(|pet| Word::read(&pet.replace(':', "|")));
        Given { full, pet }
    }

    /// A family name; the same stream gives him and her the two forms of one name.
    pub(crate) fn family(self, woman: bool, random: &mut Random) -> Word {
        match self {
            Self::English => english_family(random),
            Self::European => {
                let name = Word::read(random.skewed(words::EUROPEAN_FAMILIES, 14));
                match random.below(10) {
                    0 | 1 => prefixed("de", &name),
                    2 => prefixed("von", &name),
                    _ => name,
                }
            }
            Self::Persian => {
                let stem = Word::read(random.pick(east::PERSIAN_STEMS));
                let end = Word::read(random.pick(east::PERSIAN_ENDS));
                // Between stem and ending stands a zero-width non-joiner, which the spelling of each record may drop.
                let joined = end.usual() == "i" || end.usual() == "ian";
                let name = stem.then(&end, if joined { "" } else { "\u{200c}" }, "");
                if random.chance(250.0) {
                    name.then(&Word::read(random.pick(east::PERSIAN_PLACES)), " ", " ")
                } else {
                    name
                }
            }
            Self::Arabic => {
                let tribe = if random.chance(120.0) {
                    Word::read(random.pick(east::ARABIC_PLAIN_FAMILIES))
                } else {
                    let plain = Word::read(random.skewed(east::ARABIC_FAMILIES, 12));
                    let article = if random.chance(120.0) { "El-" } else { "Al-" };
                    Word {
                        native: format!("ال{}", plain.native),
                        latin: plain
                            .latin
                            .iter()
                            .flat_map(|name| {
                                [
                                    format!("{article}{name}"),
                                    format!("Al{}", name.to_lowercase()),
                                    format!("Al {name}"),
                                ]
                            })
                            .collect(),
                    }
                };
                if random.chance(700.0) {
                    let father = Word::read(random.skewed(east::ARABIC_MEN, 12));
                    father.then(&tribe, " ", " ")
                } else {
                    tribe
                }
            }
            Self::Hebrew => {
                let first = Word::read(random.skewed(east::HEBREW_FAMILIES, 8));
                match random.below(10) {
                    0 | 1 => {
                        let father = Word::read(random.pick(east::HEBREW_MEN));
                        let son = if random.chance(300.0) {
                            Word::read("בר|Bar")
                        } else {
                            Word::read("בן|Ben")
                        };
                        let mut name = son.then(&father, " ", " ");
                        name.latin.push(format!("{}-{}", son.usual(), father.usual()));
                        name
                    }
                    2 | 3 => first.then(&Word::read(random.pick(east::HEBREW_FAMILIES)), " ", " "),
                    _ => first,
                }
            }
            Self::Russian => {
                let stem = Word::read(random.skewed(east::RUSSIAN_STEMS, 12));
                let ending = east::RUSSIAN_ENDS
                    .get(random.weighted(&[60, 12, 14, 8, 3, 3]))
                    .map_or("", |(his, hers)| if woman { hers } else { his });
                stem.then(&Word::read(ending), "", "")
            }
        }
    }

    /// What stands behind the `@`.
    pub(crate) fn email_domains(self) -> &'static [&'static str] {
        match self {
            Self::English => {
                &["gmail.com", "outlook.com", "btinternet.com", "icloud.com", "hotmail.co.uk", "yahoo.co.uk"]
            }
            Self::European => &["gmail.com", "outlook.com", "wp.pl", "hotmail.es", "gmx.de", "orange.fr"],
            Self::Persian => &["gmail.com", "yahoo.com", "outlook.com", "chmail.ir"],
            Self::Arabic => &["gmail.com", "yahoo.com", "hotmail.com", "outlook.sa"],
            Self::Hebrew => &["gmail.com", "hotmail.com", "walla.co.il", "outlook.co.il"],
            Self::Russian => &["gmail.com", "yandex.ru", "mail.ru", "list.ru", "bk.ru"],
        }
    }
}

fn prefixed(before: &str, name: &Word) -> Word {
    Word {
        native: format!("{before} {}", name.native),
        latin: name.latin.iter().map(|latin| format!("{before} {latin}")).collect(),
    }
}

/// A frequent name, or one of some twenty thousand built from syllables.
pub(crate) fn english_family(random: &mut Random) -> Word {
    if random.chance(400.0) {
        return Word::read(random.skewed(words::ENGLISH_FAMILIES, 5));
    }
    let middle = if random.chance(120.0) { random.pick(words::FAMILY_MIDDLES) } else { "" };
    let start = random.skewed(words::FAMILY_STARTS, 60);
    let end = random.skewed(words::FAMILY_ENDS, 12);
    Word::read(&format!("{start}{middle}{end}"))
}

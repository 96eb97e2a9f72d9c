//! The consonant skeleton of a word: what spelling leaves alone.
//!
//! | class | Latin | Arabic script | Hebrew | Cyrillic |
//! |---|---|---|---|---|
//! | A | a vowel or y at the start | ا ع ی at the start | א ע י at the start | a vowel or й at the start |
//! | B | b v w | ب و | ב ו | б в |
//! | C | ch tch cz | چ | | ч |
//! | D | d | د | ד | д |
//! | H | h kh | ه ح خ | ה ח | х |
//! | J | j zh dj | ج ژ | | ж дж |
//! | K | k g q gh c ck | ک گ ق غ | כ ק ג | к г |
//! | L M N R | l m n r | ل م ن ر | ל מ נ ר | л м н р |
//! | P | p f ph | پ ف | פ | п ф |
//! | S | s, c before e i y | س ص ث | ס | с |
//! | T | t th | ت ط | ט ת | т |
//! | X | sh sch shch | ش | ש | ш щ |
//! | Z | z ts tz dh | ز ذ ض ظ | ז צ | з ц |
//!
//! Vowels and the letters that only carry them are left out, as is an h at the end; what comes twice in a row
//! counts once, with or without vowels between, except at the start.
//! `و` and `ו` are consonants where the letters around them say so, and vowels elsewhere.

use crate::text::Script;

use super::{dictionary, waw};

/// The skeleton of a token: that of the name in the tables that it spells, else its own.
pub(super) fn of_token(stem: &str, script: Option<Script>, entries: &[u16]) -> String {
    if let Some(skeleton) = entries.first().and_then(|entry| dictionary::skeleton(*entry)) {
        return skeleton.to_owned();
    }
    match script {
        Some(Script::Latin | Script::Arabic | Script::Hebrew) => match dictionary::compound(stem) {
            Some(whole) => latin(&whole),
            None => of_script(stem, script),
        },
        _ => of_script(stem, script),
    }
}

fn of_script(word: &str, script: Option<Script>) -> String {
    let skeleton = match script {
        Some(Script::Latin) => latin(word),
        Some(Script::Arabic) => arabic(word),
        Some(Script::Hebrew) => hebrew(word),
        Some(Script::Cyrillic) => cyrillic(word),
        _ => String::new(),
    };
    if skeleton.is_empty() { word.to_owned() } else { skeleton }
}

/// Collects classes. The same class twice counts once, except for the first two with a vowel between (`Nina`, `Mamdouh`),
/// or where no vowel is written: whether a letter is doubled or a vowel stands between is not seen in every script.
struct Classes {
    out: String,
    adjacent: bool,
    writes_vowels: bool,
}

impl Classes {
    fn new(writes_vowels: bool) -> Self {
        Self { out: String::with_capacity(12), adjacent: false, writes_vowels }
    }

    fn vowel(&mut self) {
        if self.out.is_empty() {
            self.out.push('A');
        }
        self.adjacent = false;
    }

    fn put(&mut self, class: char) {
        let may_double = self.out.len() < 2 && !(self.writes_vowels && self.adjacent);
        if may_double || !self.out.ends_with(class) {
            self.out.push(class);
        }
        self.adjacent = true;
    }
}

const fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// The skeleton of a folded Latin word; letters outside `a` to `z` are skipped.
pub(super) fn latin(word: &str) -> String {
    let letters: Vec<u8> = word.bytes().filter(u8::is_ascii_lowercase).collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or(0);
    let mut classes = Classes::new(true);
    let mut place = 0;
    while place < letters.len() {
        let rest = letters.get(place..).unwrap_or_default();
        let (class, length) = match at(place) {
            _ if rest.starts_with(b"shch") => ('X', 4),
            _ if rest.starts_with(b"sch") => ('X', 3),
            _ if rest.starts_with(b"sh") => ('X', 2),
            _ if rest.starts_with(b"tch") => ('C', 3),
            _ if rest.starts_with(b"ch") || rest.starts_with(b"cz") => ('C', 2),
            _ if rest.starts_with(b"ck") => ('K', 2),
            _ if rest.starts_with(b"dzh") => ('J', 3),
            _ if rest.starts_with(b"zh") || rest.starts_with(b"dj") => ('J', 2),
            _ if rest.starts_with(b"kh") => ('H', 2),
            _ if rest.starts_with(b"gh") => ('K', 2),
            _ if rest.starts_with(b"ph") => ('P', 2),
            _ if rest.starts_with(b"th") => ('T', 2),
            _ if rest.starts_with(b"dh") || rest.starts_with(b"ts") || rest.starts_with(b"tz") => ('Z', 2),
            b'b' | b'v' => ('B', 1),
            b'w' if place == 0 || is_vowel(at(place + 1)) => ('B', 1),
            b'c' if matches!(at(place + 1), b'e' | b'i' | b'y') => ('S', 1),
            b'c' | b'g' | b'k' | b'q' => ('K', 1),
            b'd' => ('D', 1),
            b'f' | b'p' => ('P', 1),
            b'h' if place == 0 || place + 1 < letters.len() => ('H', 1),
            b'j' => ('J', 1),
            b'l' => ('L', 1),
            b'm' => ('M', 1),
            b'n' => ('N', 1),
            b'r' => ('R', 1),
            b's' => ('S', 1),
            b't' => ('T', 1),
            b'x' => {
                classes.put('K');
                ('S', 1)
            }
            b'z' => ('Z', 1),
            _ => {
                classes.vowel();
                place += 1;
                continue;
            }
        };
        classes.put(class);
        place += length;
    }
    classes.out
}

fn arabic(word: &str) -> String {
    let letters: Vec<char> = word.replace("لله", "له").replace("خوا", "خا").chars().collect();
    let mut classes = Classes::new(false);
    for (place, c) in letters.iter().enumerate() {
        let is_last = place + 1 == letters.len();
        let class = match c {
            'ب' | 'ڤ' | 'ۋ' => 'B',
            'و' if waw::consonant(&letters, place).is_some() => 'B',
            'پ' | 'ف' => 'P',
            'ت' | 'ط' | 'ٹ' => 'T',
            'ث' | 'س' | 'ص' => 'S',
            'ج' | 'ژ' => 'J',
            'چ' => 'C',
            'خ' => 'H',
            'ح' | 'ه' if !is_last || place == 0 => 'H',
            'د' | 'ڈ' => 'D',
            'ذ' | 'ز' | 'ض' | 'ظ' => 'Z',
            'ر' | 'ڑ' => 'R',
            'ش' => 'X',
            'غ' | 'ق' | 'ک' | 'گ' => 'K',
            'ل' => 'L',
            'م' => 'M',
            'ن' | 'ں' => 'N',
            _ => {
                classes.vowel();
                continue;
            }
        };
        classes.put(class);
    }
    classes.out
}

fn hebrew(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut classes = Classes::new(false);
    let mut length = 1;
    for (place, c) in letters.iter().enumerate() {
        if length > 1 {
            length -= 1;
            continue;
        }
        let is_last = place + 1 == letters.len();
        if let Some(letters) = waw::consonant(&letters, place) {
            classes.put('B');
            length = letters;
            continue;
        }
        let class = match c {
            'ב' => 'B',
            'ג' | 'כ' | 'ק' => 'K',
            'ד' => 'D',
            'ה' | 'ח' if !is_last || place == 0 => 'H',
            'ז' | 'צ' => 'Z',
            'ט' | 'ת' => 'T',
            'ל' => 'L',
            'מ' => 'M',
            'נ' => 'N',
            'ס' => 'S',
            'פ' => 'P',
            'ר' => 'R',
            'ש' => 'X',
            _ => {
                classes.vowel();
                continue;
            }
        };
        classes.put(class);
    }
    classes.out
}

fn cyrillic(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut classes = Classes::new(true);
    let mut place = 0;
    while let Some(c) = letters.get(place) {
        let next = letters.get(place + 1).copied();
        let (class, length) = match (c, next) {
            ('д', Some('ж')) => ('J', 2),
            ('т', Some('с' | 'ц')) => ('Z', 2),
            ('б' | 'в', _) => ('B', 1),
            ('г' | 'ґ' | 'к' | 'қ' | 'ғ', _) => ('K', 1),
            ('д', _) => ('D', 1),
            ('ж', _) => ('J', 1),
            ('з' | 'ц', _) => ('Z', 1),
            ('л' | 'љ', _) => ('L', 1),
            ('м', _) => ('M', 1),
            ('н' | 'њ' | 'ң', _) => ('N', 1),
            ('п' | 'ф', _) => ('P', 1),
            ('р', _) => ('R', 1),
            ('с', _) => ('S', 1),
            ('т', _) => ('T', 1),
            ('х' | 'һ' | 'ҳ', _) => ('H', 1),
            ('ч', _) => ('C', 1),
            ('ш' | 'щ', _) => ('X', 1),
            ('ъ' | 'ь', _) => {
                place += 1;
                continue;
            }
            _ => {
                classes.vowel();
                place += 1;
                continue;
            }
        };
        classes.put(class);
        place += length;
    }
    classes.out
}

/// Whether a skeleton says enough to call two words alike: two consonants, or one after a vowel.
pub(super) fn is_telling(skeleton: &str) -> bool {
    skeleton.len() >= 2
}

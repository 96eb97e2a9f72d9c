//! The comparison form of names and free text.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

use super::{controls, digits, letters};

/// The form in which names and free text are compared: two texts that people would call the same spelling have the
/// same form. It is for comparing only; show and store what the customer wrote.
///
/// * Compatibility forms become plain ones (normalisation form KC): full-width and mathematical letters, ligatures,
///   Arabic presentation forms.
/// * Letter case is folded, as Unicode's full case folding does (`ß` and `ẞ` to `ss`, final sigma to `σ`), except
///   that the form is always the lower-case one (Unicode folds Cherokee to upper case), that `İ`, `I`, `ı` and `i`
///   are all one letter, because customers of one shop write in Turkish and in English, and that marks are dropped.
/// * Diacritics are dropped after Latin, Greek, Arabic, Hebrew and Syriac letters (tills and passports have none):
///   `José` is `jose`, harakat, niqqud, cantillation and Greek iota subscripts go. In Cyrillic `ё` is `е` and stress
///   accents go, while `й`, `ї`, `ѓ`, `ќ` are letters and stay. In all other scripts marks are vowels and consonants
///   and stay (Devanagari, Thai, Japanese, …).
/// * Latin letters with a stroke and ligature letters become plain ones: `ø` is `o`, `ł` is `l`, `æ` is `ae`, `þ` is
///   `th`. No transliteration: `ö` is `o`, never `oe`.
/// * Arabic script: the yehs `ي` and `ى` are `ی`; the kafs `ك` and `ڪ` are `ک`; `ة`, `ۀ`, `ہ`, `ھ`, `ە` are `ه`;
///   `أ`, `إ`, `آ`, `ٱ` are `ا`; hamza is dropped, both over a carrier (`ؤ` is `و`, `ئ` is `ی`) and on its own
///   (`زهراء` is `زهرا`), because it is left out more often than not; tatweel is dropped.
/// * Hebrew final letters become the medial ones; Yiddish digraphs two letters.
/// * Digits of every script become ASCII ones.
/// * Joiners, bidirectional controls, zero-width and other invisible characters and control characters are dropped;
///   runs of white space become one space, none at the ends; dashes become `-`, apostrophes (also geresh and the
///   transliterated hamza and ain) `'`, double quotation marks `"`.
///
/// Folding twice gives what folding once gives, on every text; canonically equivalent texts and texts that differ in
/// case have the same form (iota subscripts apart). Case is the standard library's `char::to_lowercase` plus the few
/// foldings that are no lower-casing, decompositions are those of `unicode-normalization`: a newer Unicode version in
/// either can change the form of characters that it adds, and of no others.
///
/// The form of a text can be empty. It takes time linear in the length of
/// the text; ASCII text is copied in one pass. The form is at most 11 times as long in bytes (one Arabic ligature
/// stands for 18 letters).
///
/// ```
/// use throughline::text::fold;
/// assert_eq!(fold("مُحَمَّد  علي"), fold("محمد علی"));
/// assert_eq!(fold("می\u{200c}رود ۱۲"), "میرود 12");
/// assert_eq!(fold("שָׁלוֹם"), "שלומ");
/// assert_eq!(fold("Алёна ФЁДОРОВА"), "алена федорова");
/// assert_eq!(fold("  O’BRIEN\tStraße "), "o'brien strasse");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    let mut folder = Folder::new(text.len());
    for c in text.chars() {
        if let Some(plain) = letters::plain(c) {
            letters::fold(plain, |c| folder.letter(c));
        } else if c.is_ascii() {
            folder.push(c);
        } else {
            folder.any(c);
        }
    }
    folder.finish()
}

fn fold_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for byte in text.bytes() {
        match byte {
            b' ' | b'\t'..=b'\r' => space = !out.is_empty(),
            b'!'..=b'~' => {
                if space {
                    out.push(' ');
                    space = false;
                }
                out.push(char::from(if byte == b'`' { b'\'' } else { byte.to_ascii_lowercase() }));
            }
            _ => {}
        }
    }
    out
}

/// Takes fully decomposed characters one by one. Whether a mark is dropped depends on the mark and on the last
/// character that is not a mark, so putting marks into canonical order can wait until the end.
struct Folder {
    out: String,
    /// The last character put out that is not a mark; none at the start and after a space.
    base: Option<char>,
    /// Whether white space was seen since.
    space: bool,
    /// Whether there may be something to compose: not among ASCII and plain letters.
    composes: bool,
}

impl Folder {
    fn new(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), base: None, space: false, composes: false }
    }

    fn finish(self) -> String {
        if !self.composes || is_nfc(&self.out) { self.out } else { self.out.nfc().collect() }
    }

    fn any(&mut self, c: char) {
        self.composes = true;
        decompose_compatible(letters::before_decomposition(c), |c| self.push(c));
    }

    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            self.space = !self.out.is_empty();
            self.base = None;
        } else if c.is_control() || controls::is_invisible(c) {
            // dropped, and what follows still belongs to the letter before
        } else if c.is_ascii() {
            self.letter(if c == '`' { '\'' } else { c.to_ascii_lowercase() });
        } else if is_combining_mark(c) {
            if !self.drops(c) {
                self.put(c);
            }
        } else {
            match digits::ascii(c) {
                digit if digit != c => self.letter(digit),
                _ => c.to_lowercase().for_each(|c| letters::fold(c, |c| self.letter(c))),
            }
        }
    }

    fn letter(&mut self, c: char) {
        self.put(c);
        self.base = Some(c);
    }

    fn put(&mut self, c: char) {
        if self.space {
            self.out.push(' ');
            self.space = false;
        }
        self.out.push(c);
    }

    /// Whether the mark is dropped after the current base. Spacing marks are vowels and stay everywhere.
    fn drops(&self, mark: char) -> bool {
        if mark.general_category() == GeneralCategory::SpacingMark {
            return false;
        }
        let Some(base) = self.base else { return true };
        match base.script() {
            Script::Latin
            | Script::Greek
            | Script::Arabic
            | Script::Hebrew
            | Script::Syriac
            | Script::Common
            | Script::Inherited
            | Script::Unknown => true,
            Script::Cyrillic => match mark {
                '\u{300}' => true,
                '\u{301}' => !matches!(base, 'г' | 'к'),
                '\u{308}' => base == 'е',
                _ => false,
            },
            _ => false,
        }
    }
}

#[cfg(test)]
#[path = "fold_tests.rs"]
mod tests;

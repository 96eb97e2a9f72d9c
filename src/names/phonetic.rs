//! Phonetic keys of names in Latin letters.

use crate::text::fold;

/// The most letters that are read.
const MAX_LETTERS: usize = 64;

/// The Double Metaphone keys of a word: how it most likely sounds in American English, and how it may sound in the
/// language that it comes from if that is different.
///
/// The algorithm is that of Lawrence Philips, *The Double Metaphone Search Algorithm*, C/C++ Users Journal, June 2000. Keys
/// are not cut to four characters. Diacritics are folded (`ç` is known to be an `S`); other scripts give an empty key.
///
/// ```
/// use throughline::names::phonetic::double_metaphone;
/// assert_eq!(double_metaphone("Smith"), ("SM0".to_owned(), Some("XMT".to_owned())));
/// assert_eq!(double_metaphone("Schmidt"), ("XMT".to_owned(), Some("SMT".to_owned())));
/// assert_eq!(double_metaphone("Thompson"), ("TMPSN".to_owned(), None));
/// ```
#[must_use]
pub fn double_metaphone(word: &str) -> (String, Option<String>) {
    let mut reader = Reader::new(word);
    reader.run();
    let Reader { main, other, .. } = reader;
    let other = (other != main).then_some(other);
    (main, other)
}

struct Reader {
    /// Upper-case letters and spaces; `Ç` is kept.
    text: Vec<u8>,
    slavic_or_germanic: bool,
    main: String,
    other: String,
}

/// Stands for `Ç`, which is no ASCII letter.
const C_CEDILLA: u8 = 1;

impl Reader {
    fn new(word: &str) -> Self {
        let folded =
            fold(&word.chars().take(4 * MAX_LETTERS).collect::<String>().replace(['ç', 'Ç'], "\u{1f31d}"));
        let text: Vec<u8> = folded
            .chars()
            .filter_map(|c| match c {
                '\u{1f31d}' => Some(C_CEDILLA),
                ' ' | '-' => Some(b' '),
                c if c.is_ascii_lowercase() => u8::try_from(c).ok().map(|byte| byte.to_ascii_uppercase()),
                _ => None,
            })
            .take(MAX_LETTERS)
            .collect();
        let has = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
        let slavic_or_germanic = has(b"W") || has(b"K") || has(b"CZ") || has(b"WITZ");
        Self { text, slavic_or_germanic, main: String::new(), other: String::new() }
    }

    /// The letter at a place, 0 outside.
    fn at(&self, place: usize) -> u8 {
        self.text.get(place).copied().unwrap_or(0)
    }

    /// The letter that many places before, 0 outside.
    fn back(&self, place: usize, by: usize) -> u8 {
        place.checked_sub(by).map_or(0, |place| self.at(place))
    }

    /// Whether one of the parts stands at the place.
    fn is(&self, place: usize, parts: &[&str]) -> bool {
        let rest = self.text.get(place..).unwrap_or_default();
        parts.iter().any(|part| rest.starts_with(part.as_bytes()))
    }

    /// Whether one of the parts begins that many places before.
    fn is_back(&self, place: usize, by: usize, parts: &[&str]) -> bool {
        place.checked_sub(by).is_some_and(|place| self.is(place, parts))
    }

    fn is_vowel(&self, place: usize) -> bool {
        matches!(self.at(place), b'A' | b'E' | b'I' | b'O' | b'U' | b'Y')
    }

    fn vowel_back(&self, place: usize, by: usize) -> bool {
        place.checked_sub(by).is_some_and(|place| self.is_vowel(place))
    }

    fn last(&self) -> usize {
        self.text.len().saturating_sub(1)
    }

    fn add(&mut self, both: &str) {
        self.add_two(both, both);
    }

    fn add_two(&mut self, main: &str, other: &str) {
        self.main.push_str(main);
        self.other.push_str(other);
    }

    fn is_germanic(&self) -> bool {
        self.is(0, &["VAN ", "VON ", "SCH"])
    }

    fn run(&mut self) {
        let mut place = usize::from(self.is(0, &["GN", "KN", "PN", "WR", "PS"]));
        if self.at(0) == b'X' {
            self.add("S");
            place = 1;
        }
        while place < self.text.len() {
            place += self.step(place);
        }
    }

    /// Reads the letters at a place and says how many.
    fn step(&mut self, place: usize) -> usize {
        let next = self.at(place + 1);
        let twice = |letter: u8| if next == letter { 2 } else { 1 };
        match self.at(place) {
            b'A' | b'E' | b'I' | b'O' | b'U' | b'Y' => {
                if place == 0 {
                    self.add("A");
                }
                1
            }
            b'B' => {
                self.add("P");
                twice(b'B')
            }
            C_CEDILLA => {
                self.add("S");
                1
            }
            b'C' => self.letter_c(place),
            b'D' => self.letter_d(place),
            b'F' => {
                self.add("F");
                twice(b'F')
            }
            b'G' => self.letter_g(place),
            b'H' if (place == 0 || self.vowel_back(place, 1)) && self.is_vowel(place + 1) => {
                self.add("H");
                2
            }
            b'J' => self.letter_j(place),
            b'K' => {
                self.add("K");
                twice(b'K')
            }
            b'L' => self.letter_l(place),
            b'M' => {
                self.add("M");
                let silent_b = self.is_back(place, 1, &["UMB"])
                    && (place + 1 == self.last() || self.is(place + 2, &["ER"]));
                if silent_b || next == b'M' { 2 } else { 1 }
            }
            b'N' => {
                self.add("N");
                twice(b'N')
            }
            b'P' => {
                if next == b'H' {
                    self.add("F");
                    return 2;
                }
                self.add("P");
                if matches!(next, b'P' | b'B') { 2 } else { 1 }
            }
            b'Q' => {
                self.add("K");
                twice(b'Q')
            }
            b'R' => {
                let is_french = place == self.last()
                    && !self.slavic_or_germanic
                    && self.is_back(place, 2, &["IE"])
                    && !self.is_back(place, 4, &["ME", "MA"]);
                self.add_two(if is_french { "" } else { "R" }, "R");
                twice(b'R')
            }
            b'S' => self.letter_s(place),
            b'T' => self.letter_t(place),
            b'V' => {
                self.add("F");
                twice(b'V')
            }
            b'W' => self.letter_w(place),
            b'X' => {
                let is_silent = place == self.last()
                    && (self.is_back(place, 3, &["IAU", "EAU"]) || self.is_back(place, 2, &["AU", "OU"]));
                if !is_silent {
                    self.add("KS");
                }
                if matches!(next, b'C' | b'X') { 2 } else { 1 }
            }
            b'Z' => {
                if next == b'H' {
                    self.add("J");
                    return 2;
                }
                let is_slavic = self.slavic_or_germanic && place > 0 && self.back(place, 1) != b'T';
                if self.is(place + 1, &["ZO", "ZI", "ZA"]) || is_slavic {
                    self.add_two("S", "TS");
                } else {
                    self.add("S");
                }
                twice(b'Z')
            }
            _ => 1,
        }
    }

    fn letter_c(&mut self, place: usize) -> usize {
        // germanic: `bacher`, `macher`
        if place > 1
            && !self.vowel_back(place, 2)
            && self.is_back(place, 1, &["ACH"])
            && self.at(place + 2) != b'I'
            && (self.at(place + 2) != b'E' || self.is_back(place, 2, &["BACHER", "MACHER"]))
        {
            self.add("K");
            return 2;
        }
        if place == 0 && self.is(place, &["CAESAR"]) {
            self.add("S");
            return 2;
        }
        if self.is(place, &["CHIA"]) {
            self.add("K");
            return 2;
        }
        if self.is(place, &["CH"]) {
            return self.letters_ch(place);
        }
        if self.is(place, &["CZ"]) && !self.is_back(place, 2, &["WICZ"]) {
            self.add_two("S", "X");
            return 2;
        }
        if self.is(place + 1, &["CIA"]) {
            self.add("X");
            return 3;
        }
        if self.is(place, &["CC"]) && !(place == 1 && self.at(0) == b'M') {
            // `bellocchio` but not `bacchus`
            if self.is(place + 2, &["I", "E", "H"]) && !self.is(place + 2, &["HU"]) {
                let is_ks =
                    place == 1 && self.back(place, 1) == b'A' || self.is_back(place, 1, &["UCCEE", "UCCES"]);
                self.add(if is_ks { "KS" } else { "X" });
                return 3;
            }
            self.add("K");
            return 2;
        }
        if self.is(place, &["CK", "CG", "CQ"]) {
            self.add("K");
            return 2;
        }
        if self.is(place, &["CI", "CE", "CY"]) {
            let is_italian = self.is(place, &["CIO", "CIE", "CIA"]);
            self.add_two("S", if is_italian { "X" } else { "S" });
            return 2;
        }
        self.add("K");
        if self.is(place + 1, &[" C", " Q", " G"]) {
            3
        } else if self.is(place + 1, &["C", "K", "Q"]) && !self.is(place + 1, &["CE", "CI"]) {
            2
        } else {
            1
        }
    }

    fn letters_ch(&mut self, place: usize) -> usize {
        if place > 0 && self.is(place, &["CHAE"]) {
            self.add_two("K", "X");
            return 2;
        }
        let is_greek_start = place == 0
            && (self.is(place + 1, &["HARAC", "HARIS"]) || self.is(place + 1, &["HOR", "HYM", "HIA", "HEM"]))
            && !self.is(0, &["CHORE"]);
        if is_greek_start {
            self.add("K");
            return 2;
        }
        let before_hard = (place == 0 || matches!(self.back(place, 1), b'A' | b'O' | b'U' | b'E'))
            && (self.is(place + 2, &["L", "R", "N", "M", "B", "H", "F", "V", "W", " "])
                || place + 1 == self.last());
        let is_hard = self.is_germanic()
            || self.is_back(place, 2, &["ORCHES", "ARCHIT", "ORCHID"])
            || self.is(place + 2, &["T", "S"])
            || before_hard;
        if is_hard {
            self.add("K");
        } else if place == 0 {
            self.add("X");
        } else if self.is(0, &["MC"]) {
            self.add("K");
        } else {
            self.add_two("X", "K");
        }
        2
    }

    fn letter_d(&mut self, place: usize) -> usize {
        if self.is(place, &["DG"]) {
            if self.is(place + 2, &["I", "E", "Y"]) {
                self.add("J");
                return 3;
            }
            self.add("TK");
            return 2;
        }
        self.add("T");
        if self.is(place, &["DT", "DD"]) { 2 } else { 1 }
    }

    fn letter_g(&mut self, place: usize) -> usize {
        let next = self.at(place + 1);
        if next == b'H' {
            self.letters_gh(place);
            return 2;
        }
        if next == b'N' {
            if place == 1 && self.is_vowel(0) && !self.slavic_or_germanic {
                self.add_two("KN", "N");
            } else if !self.is(place + 2, &["EY"]) && self.at(place + 2) != b'Y' && !self.slavic_or_germanic {
                self.add_two("N", "KN");
            } else {
                self.add("KN");
            }
            return 2;
        }
        if self.is(place + 1, &["LI"]) && !self.slavic_or_germanic {
            self.add_two("KL", "L");
            return 2;
        }
        let soft_endings = ["ES", "EP", "EB", "EL", "EY", "IB", "IL", "IN", "IE", "EI", "ER"];
        if place == 0 && (next == b'Y' || self.is(place + 1, &soft_endings)) {
            self.add_two("K", "J");
            return 2;
        }
        if (self.is(place + 1, &["ER"]) || next == b'Y')
            && !self.is(0, &["DANGER", "RANGER", "MANGER"])
            && !matches!(self.back(place, 1), b'E' | b'I')
            && !self.is_back(place, 1, &["RGY", "OGY"])
        {
            self.add_two("K", "J");
            return 2;
        }
        if matches!(next, b'E' | b'I' | b'Y') || self.is_back(place, 1, &["AGGI", "OGGI"]) {
            if self.is_germanic() || self.is(place + 1, &["ET"]) {
                self.add("K");
            } else if self.is(place + 1, &["IER"])
                && (place + 4 >= self.text.len() || self.at(place + 4) == b' ')
            {
                self.add("J");
            } else {
                self.add_two("J", "K");
            }
            return 2;
        }
        self.add("K");
        if next == b'G' { 2 } else { 1 }
    }

    fn letters_gh(&mut self, place: usize) {
        if place > 0 && !self.vowel_back(place, 1) {
            self.add("K");
        } else if place == 0 {
            self.add(if self.at(place + 2) == b'I' { "J" } else { "K" });
        } else if place > 1 && matches!(self.back(place, 2), b'B' | b'H' | b'D')
            || place > 2 && matches!(self.back(place, 3), b'B' | b'H' | b'D')
            || place > 3 && matches!(self.back(place, 4), b'B' | b'H')
        {
            // `hugh`, `bough`, `broughton`: silent
        } else if place > 2
            && self.back(place, 1) == b'U'
            && matches!(self.back(place, 3), b'C' | b'G' | b'L' | b'R' | b'T')
        {
            self.add("F");
        } else if self.back(place, 1) != b'I' {
            self.add("K");
        }
    }

    fn letter_j(&mut self, place: usize) -> usize {
        if self.is(place, &["JOSE"]) || self.is(0, &["SAN "]) {
            let is_jose = place == 0 && (self.at(place + 4) == b' ' || self.text.len() == 4);
            self.add_two(if is_jose || self.is(0, &["SAN "]) { "H" } else { "J" }, "H");
        } else if place == 0 {
            self.add_two("J", "A");
        } else if self.vowel_back(place, 1)
            && !self.slavic_or_germanic
            && matches!(self.at(place + 1), b'A' | b'O')
        {
            self.add_two("J", "H");
        } else if place == self.last() {
            self.add_two("J", "");
        } else if !matches!(self.at(place + 1), b'L' | b'T' | b'K' | b'S' | b'N' | b'M' | b'B' | b'Z')
            && !matches!(self.back(place, 1), b'S' | b'K' | b'L')
        {
            self.add("J");
        }
        if self.at(place + 1) == b'J' { 2 } else { 1 }
    }

    fn letter_l(&mut self, place: usize) -> usize {
        if self.at(place + 1) != b'L' {
            self.add("L");
            return 1;
        }
        // Spanish: `cabrillo`, `gallegos`
        let length = self.text.len();
        let ends_spanish = place + 3 == length && self.is_back(place, 1, &["ILLO", "ILLA", "ALLE"]);
        let tail = length.checked_sub(2).is_some_and(|tail| self.is(tail, &["AS", "OS"]))
            || matches!(self.at(self.last()), b'A' | b'O');
        let is_spanish = ends_spanish || tail && self.is_back(place, 1, &["ALLE"]);
        self.add_two("L", if is_spanish { "" } else { "L" });
        2
    }

    fn letter_s(&mut self, place: usize) -> usize {
        if self.is_back(place, 1, &["ISL", "YSL"]) {
            return 1;
        }
        if place == 0 && self.is(place, &["SUGAR"]) {
            self.add_two("X", "S");
            return 1;
        }
        if self.is(place, &["SH"]) {
            let is_germanic = self.is(place + 1, &["HEIM", "HOEK", "HOLM", "HOLZ"]);
            self.add(if is_germanic { "S" } else { "X" });
            return 2;
        }
        if self.is(place, &["SIO", "SIA"]) {
            self.add_two("S", if self.slavic_or_germanic { "S" } else { "X" });
            return 3;
        }
        if place == 0 && self.is(place + 1, &["M", "N", "L", "W"]) || self.is(place + 1, &["Z"]) {
            self.add_two("S", "X");
            return if self.is(place + 1, &["Z"]) { 2 } else { 1 };
        }
        if self.is(place, &["SC"]) {
            self.letters_sc(place);
            return 3;
        }
        let is_french = place == self.last() && self.is_back(place, 2, &["AI", "OI"]);
        self.add_two(if is_french { "" } else { "S" }, "S");
        if self.is(place + 1, &["S", "Z"]) { 2 } else { 1 }
    }

    fn letters_sc(&mut self, place: usize) {
        match self.at(place + 2) {
            b'H' => {
                // Dutch: `school`, `schooner`
                if self.is(place + 3, &["OO", "ER", "EN", "UY", "ED", "EM"]) {
                    if self.is(place + 3, &["ER", "EN"]) {
                        self.add_two("X", "SK");
                    } else {
                        self.add("SK");
                    }
                } else if place == 0 && !self.is_vowel(3) && self.at(3) != b'W' {
                    self.add_two("X", "S");
                } else {
                    self.add("X");
                }
            }
            b'I' | b'E' | b'Y' => self.add("S"),
            _ => self.add("SK"),
        }
    }

    fn letter_t(&mut self, place: usize) -> usize {
        if self.is(place, &["TION", "TIA", "TCH"]) {
            self.add("X");
            return 3;
        }
        if self.is(place, &["TH", "TTH"]) {
            if self.is(place + 2, &["OM", "AM"]) || self.is_germanic() {
                self.add("T");
            } else {
                self.add_two("0", "T");
            }
            return 2;
        }
        self.add("T");
        if matches!(self.at(place + 1), b'T' | b'D') { 2 } else { 1 }
    }

    fn letter_w(&mut self, place: usize) -> usize {
        if self.is(place, &["WR"]) {
            self.add("R");
            return 2;
        }
        if place == 0 && (self.is_vowel(1) || self.is(place, &["WH"])) {
            self.add_two("A", if self.is_vowel(1) { "F" } else { "A" });
        }
        let is_polish_end = place == self.last() && self.vowel_back(place, 1);
        if is_polish_end
            || self.is_back(place, 1, &["EWSKI", "EWSKY", "OWSKI", "OWSKY"])
            || self.is(0, &["SCH"])
        {
            self.add_two("", "F");
            return 1;
        }
        if self.is(place, &["WICZ", "WITZ"]) {
            self.add_two("TS", "FX");
            return 4;
        }
        1
    }
}

#[cfg(test)]
mod tests {
    use super::double_metaphone;
    use proptest::prelude::*;

    #[test]
    fn published_examples() {
        for (word, main, other) in [
            ("Smith", "SM0", "XMT"),
            ("Schmidt", "XMT", "SMT"),
            ("Thomas", "TMS", ""),
            ("Thompson", "TMPSN", ""),
            ("Catherine", "K0RN", "KTRN"),
            ("Katherine", "K0RN", "KTRN"),
            ("Michael", "MKL", "MXL"),
            ("Richard", "RXRT", "RKRT"),
            ("Jose", "HS", ""),
            ("Joseph", "JSF", "HSF"),
            ("Wright", "RT", ""),
            ("Xavier", "SF", "SFR"),
            ("Arnow", "ARN", "ARNF"),
            ("Filipowicz", "FLPTS", "FLPFX"),
            ("Cabrillo", "KPRL", "KPR"),
            ("Caesar", "SSR", ""),
            ("Bacchus", "PKS", ""),
            ("Edge", "AJ", ""),
            ("Laugh", "LF", ""),
            ("Hugh", "H", ""),
            ("Campbell", "KMPL", ""),
            ("Dumb", "TM", ""),
            ("Island", "ALNT", ""),
            ("Sugar", "XKR", "SKR"),
            ("Czerny", "SRN", "XRN"),
            ("Focaccia", "FKX", ""),
            ("Mac Gregor", "MKRKR", ""),
            ("Façade", "FST", ""),
            ("José", "HS", ""),
            ("O'Brien", "APRN", ""),
            ("Zhang", "JNK", ""),
            ("", "", ""),
            ("علی", "", ""),
        ] {
            let expected = (main.to_owned(), (!other.is_empty()).then(|| other.to_owned()));
            assert_eq!(double_metaphone(word), expected, "{word}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn keys_are_sounds_whatever_the_text(text in "\\PC{0,30}|[a-z ]{0,30}") {
            let (main, other) = double_metaphone(&text);
            for key in [Some(main), other].into_iter().flatten() {
                prop_assert!(key.bytes().all(|sound| b"0AFHJKLMNPRSTX".contains(&sound)), "{}", key);
            }
        }
    }
}

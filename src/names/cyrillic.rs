//! Words in Cyrillic script, read as Russian (Ukrainian, Belarusian and Serbian letters are known too), and the endings of
//! Russian names in both scripts.

use super::forms::Forms;

/// One way to spell Russian in Latin letters.
#[derive(Clone, Copy)]
struct Scheme {
    /// `ю`, `я` begin with this.
    soft: &'static str,
    /// `й`.
    short_i: &'static str,
    /// `ий` and `ый` at the end.
    adjective: &'static str,
    kh: &'static str,
    ts: &'static str,
    shch: &'static str,
    zh: &'static str,
    /// `е` at the start and after a vowel.
    ye: &'static str,
    /// `кс`.
    ks: &'static str,
    /// `ъ`.
    hard: &'static str,
}

/// What newspapers and people write.
const POPULAR: Scheme = Scheme {
    soft: "y",
    short_i: "y",
    adjective: "y",
    kh: "kh",
    ts: "ts",
    shch: "shch",
    zh: "zh",
    ye: "e",
    ks: "ks",
    hard: "",
};

/// The passports since 2013 (ICAO Doc 9303, part 3).
const PASSPORT: Scheme = Scheme { soft: "i", short_i: "i", adjective: "", hard: "ie", ..POPULAR };

/// `е` as `ye`, as in the passports before and in English (BGN/PCGN).
const ENGLISH: Scheme = Scheme { ye: "ye", ks: "x", adjective: "iy", ..POPULAR };

/// The short ones: GOST 7.79 and what people type.
const SHORT: Scheme = Scheme { kh: "h", ts: "c", shch: "sch", adjective: "i", ..POPULAR };

/// The German and scientific `j`.
const GERMAN: Scheme =
    Scheme { soft: "j", short_i: "j", adjective: "ij", kh: "h", ts: "c", shch: "sch", ..POPULAR };

/// Adds the spellings of a folded word.
pub(super) fn read(word: &str, forms: &mut Forms) {
    for scheme in [POPULAR, PASSPORT, ENGLISH, SHORT, GERMAN] {
        forms.push(spell(word, scheme));
    }
}

fn spell(word: &str, scheme: Scheme) -> String {
    let (word, ending) = match word.strip_suffix("ий").or_else(|| word.strip_suffix("ый")) {
        Some(base) if !scheme.adjective.is_empty() && !base.is_empty() => (base, scheme.adjective),
        _ => (word, ""),
    };
    let mut out = String::with_capacity(2 * word.len());
    let mut after_vowel = true;
    let mut letters = word.chars().peekable();
    while let Some(c) = letters.next() {
        let sound = match c {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' | 'ґ' => "g",
            'д' => "d",
            'е' | 'ё' if after_vowel => scheme.ye,
            'е' | 'ё' | 'э' => "e",
            'є' => "ye",
            'ж' => scheme.zh,
            'з' => "z",
            'и' | 'і' => "i",
            'ї' => "yi",
            'й' | 'ј' => scheme.short_i,
            'к' if letters.peek() == Some(&'с') => {
                letters.next();
                scheme.ks
            }
            'к' | 'қ' => "k",
            'л' => "l",
            'љ' => "lj",
            'м' => "m",
            'н' | 'ң' => "n",
            'њ' => "nj",
            'о' | 'ө' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' | 'ў' | 'ү' | 'ұ' => "u",
            'ф' => "f",
            'х' => scheme.kh,
            'һ' | 'ҳ' => "h",
            'ц' => scheme.ts,
            'ч' => "ch",
            'ш' => "sh",
            'щ' => scheme.shch,
            'ъ' => scheme.hard,
            'ы' => "y",
            'ю' => {
                out.push_str(scheme.soft);
                "u"
            }
            'я' => {
                out.push_str(scheme.soft);
                "a"
            }
            'ә' => "a",
            'ғ' => "g",
            _ => "",
        };
        out.push_str(sound);
        after_vowel =
            matches!(c, 'а' | 'е' | 'ё' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'ь' | 'ъ' | 'і');
    }
    out.push_str(ending);
    out
}

/// The word without the ending by which a family name tells a woman's from a man's.
pub(super) fn stem(word: &str) -> &str {
    let long = word.chars().nth(4).is_some();
    for (ending, keep) in [("ова", "ов"), ("ева", "ев"), ("ына", "ын")] {
        if long && let Some(base) = word.strip_suffix(ending) {
            return word.get(..base.len() + keep.len()).unwrap_or(word);
        }
    }
    for (ending, keep) in
        [("ский", "ск"), ("ская", "ск"), ("ской", "ск"), ("цкий", "цк"), ("цкая", "цк"), ("цкой", "цк")]
    {
        if let Some(base) = word.strip_suffix(ending)
            && !base.is_empty()
        {
            return word.get(..base.len() + keep.len()).unwrap_or(word);
        }
    }
    word
}

/// The same of a word in Latin letters.
pub(super) fn latin_stem(word: &str) -> &str {
    if word.len() >= 6 {
        for ending in ["ova", "eva"] {
            if word.ends_with(ending) {
                return word.get(..word.len() - 1).unwrap_or(word);
            }
        }
        for ending in ["skii", "skiy", "skij", "sky", "ski", "skaya", "skaia", "skaja", "skoy", "skoi"] {
            if let Some(base) = word.strip_suffix(ending)
                && base.len() >= 2
            {
                return word.get(..base.len() + 2).unwrap_or(word);
            }
        }
    }
    word
}

/// Whether it has the ending of a patronymic.
pub(super) fn is_patronymic(word: &str) -> bool {
    word.chars().nth(5).is_some()
        && ["ович", "евич", "овна", "евна", "ична", "инична", "ьич", "мич", "кич", "нич"]
            .iter()
            .any(|ending| word.ends_with(ending))
}

/// The same of a word in Latin letters. Men's family names of the Balkans have the same ending (`Petrovich`, but
/// `Petrovic`).
pub(super) fn is_latin_patronymic(word: &str) -> bool {
    word.len() >= 7
        && ["ovich", "evich", "ovitch", "evitch", "ovna", "evna", "ichna", "inichna", "lyich", "lich", "mich"]
            .iter()
            .any(|ending| word.ends_with(ending))
}

/// What a single letter may stand for at the start of a Latin spelling.
pub(super) const fn initial(c: char) -> &'static [&'static str] {
    match c {
        'а' => &["a"],
        'б' => &["b"],
        'в' => &["v", "w"],
        'г' => &["g", "h"],
        'д' => &["d", "j"],
        'е' => &["e", "ye", "y", "h"],
        'ж' => &["zh", "j", "g"],
        'з' => &["z"],
        'и' | 'і' => &["i", "y", "e"],
        'й' => &["y", "i", "j"],
        'к' => &["k", "c", "x", "q"],
        'л' => &["l"],
        'м' => &["m"],
        'н' => &["n"],
        'о' => &["o"],
        'п' => &["p"],
        'р' => &["r"],
        'с' => &["s"],
        'т' => &["t"],
        'у' => &["u", "w"],
        'ф' => &["f", "th", "ph"],
        'х' => &["kh", "h", "x"],
        'ц' => &["ts", "c", "tz", "z"],
        'ч' => &["ch", "c"],
        'ш' => &["sh", "s"],
        'щ' => &["shch", "sch", "s"],
        'э' => &["e"],
        'ю' => &["yu", "iu", "ju", "u", "j"],
        'я' => &["ya", "ia", "ja", "j"],
        _ => &[],
    }
}

//! What goes wrong when somebody types, reads aloud or scans a value.

use crate::random::Random;

/// The alphabet that a wrong letter is drawn from: that of the letter it replaces.
fn alphabet(letter: char) -> &'static str {
    match letter {
        '0'..='9' => "0123456789",
        'а'..='я' | 'ё' => "абвгдезийклмнопрстуфхцчшыэюя",
        'А'..='Я' | 'Ё' => "АБВГДЕЗИЙКЛМНОПРСТУФХЦЧШЫЭЮЯ",
        '\u{590}'..='\u{5ff}' => "אבגדהוזחטיכלמנסעפצקרשת",
        'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' => "ابپتجچحخدرزژسشصطعغفقکگلمنوهی",
        '\u{600}'..='\u{65f}' | '\u{66a}'..='\u{6ef}' => "ابتجحخدرزسشصطعغفقكلمنوهي",
        '٠'..='٩' => "٠١٢٣٤٥٦٧٨٩",
        '۰'..='۹' => "۰۱۲۳۴۵۶۷۸۹",
        'A'..='Z' => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        _ => "abcdefghijklmnopqrstuvwxyz",
    }
}

/// The key beside a Latin letter, else some letter of the same alphabet.
fn neighbour(letter: char, random: &mut Random) -> char {
    for row in ["qwertyuiop", "asdfghjkl", "zxcvbnm"] {
        let keys: Vec<char> = row.chars().collect();
        if let Some(at) = keys.iter().position(|key| *key == letter) {
            let beside = if random.chance(500.0) { at.checked_sub(1).unwrap_or(1) } else { at + 1 };
            return keys.get(beside).or_else(|| keys.get(at.saturating_sub(1))).copied().unwrap_or(letter);
        }
    }
    let letters: Vec<char> = alphabet(letter).chars().collect();
    random.pick(&letters)
}

/// One slip of the finger: two letters exchanged, one left out, doubled or replaced.
pub(crate) fn typing(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return text.to_owned();
    }
    let at = random.index(letters.len() - 1);
    let Some(letter) = letters.get(at).copied() else { return text.to_owned() };
    match random.below(5) {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        2 => letters.insert(at, letter),
        3 => letters.insert(at, neighbour(letter, random)),
        _ => {
            let wrong = neighbour(letter, random);
            if let Some(slot) = letters.get_mut(at) {
                *slot = wrong;
            }
        }
    }
    letters.into_iter().collect()
}

/// What a scanner makes of similar shapes.
pub(crate) fn scanning(text: &str, random: &mut Random) -> String {
    let pairs = [
        ("m", "rn"),
        ("l", "1"),
        ("o", "0"),
        ("S", "5"),
        ("B", "8"),
        ("cl", "d"),
        ("I", "l"),
        ("0", "O"),
        ("1", "l"),
        ("rn", "m"),
        ("5", "S"),
        ("8", "B"),
        ("ri", "n"),
        ("w", "vv"),
        ("ш", "щ"),
        ("и", "н"),
        ("ב", "כ"),
        ("ר", "ד"),
        ("ו", "ן"),
        ("ت", "ث"),
        ("ب", "پ"),
        ("ح", "خ"),
        ("ر", "ز"),
        ("е", "с"),
    ];
    let found: Vec<_> = pairs.iter().filter(|(from, _)| text.contains(from)).collect();
    if found.is_empty() {
        return typing(text, random);
    }
    let (from, to) = random.pick(&found);
    text.replacen(from, to, 1)
}

/// One digit replaced or two exchanged; the other characters stay.
pub(crate) fn digit(text: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> =
        letters.iter().enumerate().filter(|(_, letter)| letter.is_numeric()).map(|(at, _)| at).collect();
    if places.len() < 2 {
        return text.to_owned();
    }
    let which = random.index(places.len() - 1);
    let (Some(at), Some(next)) = (places.get(which).copied(), places.get(which + 1).copied()) else {
        return text.to_owned();
    };
    if random.chance(400.0) {
        letters.swap(at, next);
    } else if let Some(slot) = letters.get_mut(at) {
        let digits: Vec<char> = alphabet(*slot).chars().collect();
        *slot = random.pick(&digits);
    }
    letters.into_iter().collect()
}

/// Another way to write the same word in its own script: yeh and kaf of the other language, hamza left out, the
/// zero-width non-joiner as a space or as nothing, a Hebrew vowel letter left out, Russian yo as ye.
pub(crate) fn spelling(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    if text.contains('\u{200c}') {
        match random.below(10) {
            0..=3 => text = text.replace('\u{200c}', ""),
            4..=6 => text = text.replace('\u{200c}', " "),
            _ => {}
        }
    }
    let rules = [
        ('ی', "ي", 220.0),
        ('ک', "ك", 150.0),
        ('أ', "ا", 350.0),
        ('إ', "ا", 350.0),
        ('ة', "ه", 200.0),
        ('ى', "ي", 150.0),
        ('ё', "е", 600.0),
    ];
    for (from, to, share) in rules {
        if text.contains(from) && random.chance(share) {
            text = text.replace(from, to);
        }
    }
    if text.contains("عبدال") && random.chance(300.0) {
        text = text.replace("عبدال", "عبد ال");
    }
    if text.chars().any(|letter| ('א'..='ת').contains(&letter))
        && text.chars().count() > 3
        && random.chance(120.0)
    {
        let letters: Vec<char> = text.chars().collect();
        let inner = |at: usize| at > 0 && at + 1 < letters.len();
        let vowel =
            letters.iter().enumerate().position(|(at, letter)| inner(at) && matches!(letter, 'ו' | 'י'));
        if let Some(vowel) = vowel {
            text =
                letters.iter().enumerate().filter(|(at, _)| *at != vowel).map(|(_, letter)| letter).collect();
        }
    }
    text
}

/// The digits of another script.
pub(crate) fn digits_of(text: &str, zero: char) -> String {
    text.chars()
        .map(|letter| {
            letter.to_digit(10).and_then(|digit| char::from_u32(u32::from(zero) + digit)).unwrap_or(letter)
        })
        .collect()
}

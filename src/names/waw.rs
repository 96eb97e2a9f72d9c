//! Whether a waw or vav is a consonant or a vowel: what a word sounds like and which consonants it has must agree.

/// How many letters the consonant at that place takes; none where the waw or vav is a vowel, and where none is.
///
/// It is a consonant at the start, before an alef, before a yeh that is no part of `-uya`, in a final `-vand`, and before a
/// final heh of Hebrew. After an alef it is one in Arabic script (`کاوه`), while in Hebrew the alef mostly carries it
/// (`מאור`). Two vavs of Hebrew are one consonant.
pub(super) fn consonant(letters: &[char], place: usize) -> Option<usize> {
    let at = |place: usize| letters.get(place).copied();
    let waw = at(place).filter(|c| matches!(c, 'و' | 'ו'))?;
    let (next, after) = (at(place + 1), at(place + 2));
    if waw == 'ו' && next == Some('ו') {
        return Some(2);
    }
    let is_consonant = match next {
        _ if place == 0 => true,
        None => false,
        Some(_) if waw == 'و' && place > 1 && at(place - 1) == Some('ا') => true,
        Some('ا' | 'א') => true,
        Some('ی') => after != Some('ا'),
        Some('י') => after != Some('א'),
        Some('ה') => after.is_none(),
        Some('ن') => after == Some('د') && place + 3 == letters.len(),
        Some(_) => false,
    };
    is_consonant.then_some(1)
}

#[cfg(test)]
mod tests {
    use super::consonant;

    #[test]
    fn waws_and_vavs() {
        for (word, place, expected) in [
            ("وحید", 0, Some(1)),
            ("کاوه", 2, Some(1)),
            ("جواد", 1, Some(1)),
            ("رضوی", 2, Some(1)),
            ("پیوند", 2, Some(1)),
            ("رویا", 1, None),
            ("نور", 1, None),
            ("محمود", 3, None),
            ("محمود", 0, None),
            ("خسرو", 3, None),
            ("אווה", 1, Some(2)),
            ("חווה", 1, Some(2)),
            ("שוורץ", 1, Some(2)),
            ("וולף", 0, Some(2)),
            ("ורד", 0, Some(1)),
            ("נאוה", 2, Some(1)),
            ("לוי", 1, Some(1)),
            ("מאור", 2, None),
            ("נועה", 1, None),
            ("שלו", 2, None),
        ] {
            let letters: Vec<char> = word.chars().collect();
            assert_eq!(consonant(&letters, place), expected, "{word}");
        }
        assert_eq!(consonant(&[], 0), None);
    }
}

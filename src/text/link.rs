//! Links inside a text.

/// Whether a word of a text is a web address.
pub(crate) fn is_link(word: &str) -> bool {
    let start = |prefix: &str| word.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    start("https://") || start("http://") || start("www.")
}

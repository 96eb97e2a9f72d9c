//! The host's own names for programmes and purposes.

use crate::checked_name::checked_names;

/// A name that is empty, too long or has control characters: fix the input. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name in the wallet must have 1 to 64 bytes and no control characters")]
pub struct InvalidName(());

checked_names! {
    64 bytes, InvalidName: InvalidName(());
    /// The host's name of a points programme.
    ProgrammeId;
    /// What a transfer is for, in a word of the host's: `top_up`, `order`, `return`. The books keep it for ever and an
    /// erasure does not touch it, so it must not say anything about a customer.
    Purpose;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_script_and_nothing_that_is_none() {
        for name in ["باشگاه", "نادي", "מועדון", "Клуб", "Club"] {
            assert_eq!(ProgrammeId::parse(&format!(" {name}\t")).unwrap().as_str(), name);
        }
        for text in ["", " ", "a\nb", &"x".repeat(65), &"ب".repeat(10_000)] {
            assert_eq!(Purpose::parse(text), Err(InvalidName(())));
        }
    }
}

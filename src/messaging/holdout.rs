//! Control groups: who is not sent a message, so that one can see what the message does.

use sha2::{Digest, Sha256};

/// The whole: 10,000 basis points.
pub const FULL_SHARE: u16 = 10_000;

/// Whether a person is in the control group of a message: `share` basis points of all people (at most [`FULL_SHARE`]),
/// the same ones whenever one asks.
///
/// The person is named by a keyed hash, such as [`Pepper::digest`](crate::keyed::Pepper::digest) gives. Another salt, or
/// another message, draws another group; a greater share keeps everybody of the smaller one. For one control group over
/// all messages give the same id for each.
///
/// The draw is the first 64 bits of SHA-256 (FIPS 180-4), read as a big-endian number, over the salt, the message and the
/// person, each preceded by its length in bytes as a 64-bit big-endian number; the person is in the group if the draw
/// times 10,000 divided by 2^64, rounded down, is less than the share. This never changes.
///
/// ```
/// use throughline::keyed::Pepper;
/// use throughline::messaging::holdout;
/// let pepper = Pepper::new(b"from your secret manager");
/// let people = (0..10_000_u32).map(|number| pepper.digest("person", &[&number.to_be_bytes()]));
/// let held = people.filter(|person| holdout(person, "spring-sale", 500, b"2026")).count();
/// assert!((400..600).contains(&held)); // about 5 %
/// ```
#[must_use]
pub fn holdout(person: &[u8], message: &str, share: u16, salt: &[u8]) -> bool {
    let mut hash = Sha256::new();
    for part in [salt, message.as_bytes(), person] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let first = digest.first_chunk::<8>().copied().unwrap_or_default();
    let place = (u128::from(u64::from_be_bytes(first)) * u128::from(FULL_SHARE)) >> 64;
    place < u128::from(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draw_is_the_documented_one() {
        // SHA-256 of the three parts with their lengths, worked out by hand with another program.
        let held = |share| holdout(b"person-1", "spring-sale", share, b"2026");
        let first = (0..=FULL_SHARE).find(|share| held(*share)).unwrap();
        assert_eq!(first, PLACE + 1);
        assert!((first..=FULL_SHARE).all(held));
        assert!(!held(0));
    }

    const PLACE: u16 = 7474;

    #[test]
    fn groups_of_two_messages_are_independent() {
        let people: Vec<[u8; 4]> = (0..20_000_u32).map(u32::to_be_bytes).collect();
        let both = people
            .iter()
            .filter(|one| holdout(*one, "a", 5_000, b"s") && holdout(*one, "b", 5_000, b"s"))
            .count();
        assert!((4_700..5_300).contains(&both), "{both}");
    }
}

//! Names that were prepared before: most people have a name that others have too, and preparing one costs more than
//! anything else about a record.

use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

use hashbrown::{DefaultHashBuilder, HashMap};

use super::address::{self, Address};
use super::person_name::PersonName;
use super::prepare::{Prepared, Transform};

/// Names by their text: some ten thousands, forgotten all at once when there are too many.
///
/// What is found is what preparing would give, so nothing depends on what is remembered.
pub(super) struct NamesSeen {
    hasher: DefaultHashBuilder,
    shards: [Mutex<HashMap<Box<str>, PersonName>>; SHARDS],
}

const SHARDS: usize = 16;
/// Names in one shard.
const MOST: usize = 4_096;
/// The longest text that is remembered, in bytes.
const LONGEST: usize = 48;

impl std::fmt::Debug for NamesSeen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NamesSeen(..)")
    }
}

impl NamesSeen {
    pub(super) fn new() -> Self {
        Self { hasher: DefaultHashBuilder::default(), shards: std::array::from_fn(|_| Mutex::default()) }
    }

    /// Forgets all names.
    pub(super) fn forget(&self) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// The value of an address, or of a name column where it is simply one of the texts; `None` where preparing must look closer.
    pub(super) fn prepare(&self, transform: Transform, inputs: &[Option<&str>]) -> Option<Prepared> {
        let text = |at: usize| inputs.get(at).copied().flatten().filter(|text| !text.is_empty());
        let name = match transform {
            Transform::Place => {
                self.parse(inputs.iter().find_map(|input| input.filter(|text| !text.is_empty()))?)?
            }
            Transform::GivenName | Transform::FamilyName => {
                // With both told, each field is what it says.
                let (given, family) = (self.parse(text(0)?)?, self.parse(text(1)?)?);
                if transform == Transform::GivenName { given } else { family }
            }
            Transform::Address => {
                let sound = |word: &str| address::sound_of(self.parse(word).as_ref(), word);
                return Address::parse_by(inputs, sound).map(Prepared::Address);
            }
            _ => return None,
        };
        Some(Prepared::Name(name))
    }

    fn parse(&self, text: &str) -> Option<PersonName> {
        if text.len() > LONGEST {
            return PersonName::parse(text);
        }
        let shard = usize::try_from(self.hasher.hash_one(text) >> 32).unwrap_or(0) % SHARDS;
        let shard = self.shards.get(shard)?;
        if let Some(known) = shard.lock().unwrap_or_else(PoisonError::into_inner).get(text) {
            return Some(known.clone());
        }
        let name = PersonName::parse(text)?;
        let mut known = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(text.into(), name.clone());
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::linkage::TextUnit;
    use crate::identity::linkage::prepare::prepare;

    #[test]
    fn what_is_remembered_is_what_preparing_gives() {
        let names =
            ["", "Sara", "سارا", "Мария Ивановна", "van der Berg", "-", "שרה כהן", "?", "Karimi, Sara"];
        let seen = NamesSeen::new();
        for _ in 0..2 {
            for given in names {
                for family in names {
                    let inputs = [Some(given), Some(family), None];
                    use Transform::{Address, FamilyName, GivenName, Place};
                    for transform in [GivenName, FamilyName, Place, Address] {
                        let term = |value: Option<Prepared>| value.map(|value| value.term().into_owned());
                        let expected = term(prepare(transform, &inputs, TextUnit::Characters));
                        if let Some(found) = seen.prepare(transform, &inputs) {
                            assert_eq!(Some(found.term().into_owned()), expected);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let seen = NamesSeen::new();
        for number in 0..SHARDS * MOST * 2 {
            let letter = |by: usize| char::from(b'a' + u8::try_from(number / by % 26).unwrap());
            let name: String = [1, 26, 676, 17_576].map(letter).iter().collect();
            // A few of these are words that stand for no name.
            let _ = seen.parse(&name);
        }
        let held: usize = seen.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held > MOST && held <= SHARDS * MOST, "{held}");
    }
}

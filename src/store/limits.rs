//! The limits that every store puts on a batch.

use super::{Batch, Key, MAX_VALUE, MAX_WRITES, StoreError, StoreErrorKind, Write};

impl Batch {
    /// Checks what a store must refuse before it looks at its data: more than [`MAX_WRITES`] writes, a value over
    /// [`MAX_VALUE`] bytes, a key twice in `guards` or twice in `writes`.
    ///
    /// # Errors
    /// `TooLarge`: the input is to be fixed, trying again is pointless.
    ///
    /// # Complexity
    /// Linear if the keys are in order (as a [`Tx`](super::Tx) writes them), else n log n.
    pub fn check(&self) -> Result<(), StoreError> {
        let refuse = |doing| Err(StoreError::new(StoreErrorKind::TooLarge, doing));
        if self.writes.len() > MAX_WRITES {
            return refuse("counting the writes of a batch");
        }
        if self.writes.iter().any(|(_, write)| matches!(write, Write::Put(value) if value.len() > MAX_VALUE))
        {
            return refuse("measuring a value of a batch");
        }
        if repeats(&self.writes) {
            return refuse("writing one key twice in a batch");
        }
        if repeats(&self.guards) {
            return refuse("guarding one key twice in a batch");
        }
        Ok(())
    }
}

/// Whether a key appears twice.
fn repeats<T>(list: &[(Key, T)]) -> bool {
    if list.iter().zip(list.iter().skip(1)).all(|((a, _), (b, _))| a < b) {
        return false;
    }
    let mut keys: Vec<&Key> = list.iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys.iter().zip(keys.iter().skip(1)).any(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_key_twice_is_refused_in_any_order() {
        for names in [["a", "a", "b"], ["a", "b", "a"], ["b", "a", "a"]] {
            let batch = Batch {
                writes: names.iter().map(|name| (key(name), Write::Delete)).collect(),
                ..Batch::default()
            };
            assert_eq!(batch.check().unwrap_err().kind(), StoreErrorKind::TooLarge);
        }
        let fine = Batch {
            writes: ["c", "a", "b"].iter().map(|name| (key(name), Write::Delete)).collect(),
            ..Batch::default()
        };
        fine.check().unwrap();
    }
}

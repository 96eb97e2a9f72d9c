//! The memory store's journal: entries packed into byte blocks, a few bytes more per entry than its keys.

use super::{Entry, Key, Seq};

/// Bytes per block; an entry that is larger gets a block of its own.
const BLOCK: usize = 16 * 1024;

/// Entries in commit order.
#[derive(Debug, Default)]
pub(super) struct Journal {
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    /// The last commit in the block.
    last: u64,
    /// Entry after entry: seq less the seq before it in the block, number of keys, each key's length and bytes; all
    /// numbers as base-128 varints.
    bytes: Vec<u8>,
}

impl Journal {
    /// Appends a commit. `seq` is greater than all before it.
    pub(super) fn append(&mut self, seq: u64, keys: &[Key]) {
        if keys.is_empty() {
            return;
        }
        let needed = 20 + keys.iter().map(|key| key.as_bytes().len() + 10).sum::<usize>();
        match self.blocks.last_mut() {
            Some(block) if block.bytes.capacity() - block.bytes.len() >= needed => {
                pack(&mut block.bytes, seq - block.last, keys);
                block.last = seq;
            }
            full => {
                if let Some(full) = full {
                    full.bytes.shrink_to_fit();
                }
                let mut bytes = Vec::with_capacity(needed.max(BLOCK));
                pack(&mut bytes, seq, keys);
                self.blocks.push(Block { last: seq, bytes });
            }
        }
    }

    /// The entries after `after`, at most `limit`; `None` if a block does not decode.
    pub(super) fn after(&self, after: Seq, limit: usize) -> Option<Vec<Entry>> {
        let mut entries = Vec::new();
        let first = self.blocks.partition_point(|block| block.last <= after.0);
        for block in self.blocks.iter().skip(first) {
            let (mut rest, mut seq) = (block.bytes.as_slice(), 0_u64);
            while !rest.is_empty() {
                if entries.len() >= limit {
                    return Some(entries);
                }
                seq = seq.checked_add(varint(&mut rest)?)?;
                let count = varint(&mut rest)?;
                let wanted = seq > after.0;
                let mut keys = Vec::new();
                for _ in 0..count {
                    let length = usize::try_from(varint(&mut rest)?).ok()?;
                    let (key, tail) = rest.split_at_checked(length)?;
                    rest = tail;
                    if wanted {
                        keys.push(Key::new(key).ok()?);
                    }
                }
                if wanted {
                    entries.push(Entry { seq: Seq(seq), keys });
                }
            }
        }
        Some(entries)
    }

    /// Whether the bytes appear anywhere in it.
    pub(super) fn holds(&self, needle: &[u8]) -> bool {
        self.blocks.iter().any(|block| block.bytes.windows(needle.len().max(1)).any(|bytes| bytes == needle))
    }
}

fn pack(bytes: &mut Vec<u8>, step: u64, keys: &[Key]) {
    put_varint(bytes, step);
    put_varint(bytes, keys.len() as u64);
    for key in keys {
        put_varint(bytes, key.as_bytes().len() as u64);
        bytes.extend_from_slice(key.as_bytes());
    }
}

/// Appends a number, seven bits to a byte.
pub(super) fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

/// Takes a number off the bytes; `None` if they do not begin with one.
#[inline]
pub(super) fn varint(rest: &mut &[u8]) -> Option<u64> {
    if let Some((&byte @ ..0x80, tail)) = rest.split_first() {
        *rest = tail;
        return Some(u64::from(byte));
    }
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_across_blocks() {
        let mut journal = Journal::default();
        let mut all = Vec::new();
        for seq in (1..5000_u64).map(|n| n * 3) {
            let keys: Vec<Key> = (0..seq % 4)
                .map(|n| {
                    Key::new(&vec![seq.to_be_bytes()[7]; usize::try_from(n * 60 + seq % 7).unwrap()]).unwrap()
                })
                .collect();
            journal.append(seq, &keys);
            if !keys.is_empty() {
                all.push(Entry { seq: Seq(seq), keys });
            }
        }
        assert!(journal.blocks.len() > 3);
        for after in [0, 1, 3, 4, 5, 299, 300, 7000, 14_996, 14_997, 20_000] {
            for limit in [0, 1, 7, 100_000] {
                let expected: Vec<Entry> =
                    all.iter().filter(|entry| entry.seq.0 > after).take(limit).cloned().collect();
                assert_eq!(journal.after(Seq(after), limit), Some(expected), "after {after}, limit {limit}");
            }
        }
        assert!(journal.holds(&[7; 5]));
        assert!(!journal.holds(b"not there"));
    }
}

//! Keys of values and of several of them.

pub(super) use crate::hash::{Draws, mix};
use crate::hash::{FNV_BASIS, fnv};

/// FNV-1a with a final mix. 0 stands for "no key" and is never returned.
pub(super) fn hash(domain: u64, bytes: &[u8]) -> u64 {
    mix(fnv(FNV_BASIS ^ mix(domain), bytes)).max(1)
}

/// Joins the keys of several parts.
pub(super) fn join(a: u64, b: u64) -> u64 {
    mix(a.rotate_left(29) ^ mix(b)).max(1)
}

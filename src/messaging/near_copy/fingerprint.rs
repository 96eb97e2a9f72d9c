//! A text in eight bytes.

use super::normal::Normal;

/// The 64-bit `SimHash` of a text's shingles (Charikar 2002): texts that are alike have fingerprints that differ in few
/// bits. For pages of a few hundred words a distance of at most 3 is the usual sign of a near copy (Manku, Jain, Das Sarma
/// 2007); short texts differ more. The same text gives the same number on every machine. A text without a word gives 0.
///
/// # Complexity
/// O(n).
///
/// ```
/// use throughline::messaging::near_copy::{hamming_distance, simhash64};
/// let page = "بهار آمد و فروشگاه ما با تخفیف‌های تازه در خدمت شماست. ".repeat(3);
/// assert_eq!(simhash64(&page), simhash64(&page.replace('ی', "ي")));
/// assert!(hamming_distance(simhash64(&page), simhash64("an entirely different text about something else")) > 3);
/// ```
#[must_use]
pub fn simhash64(text: &str) -> u64 {
    let normal = Normal::of(text);
    let hashes = if normal.is_long() { normal.word_hashes() } else { normal.character_hashes() };
    let mut balance = [0_i64; 64];
    for hash in hashes {
        for (bit, balance) in balance.iter_mut().enumerate() {
            *balance += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    balance.iter().enumerate().filter(|(_, balance)| **balance > 0).fold(0, |bits, (bit, _)| bits | 1 << bit)
}

/// In how many bits two fingerprints differ, 0 to 64.
#[must_use]
pub const fn hamming_distance(a: u64, b: u64) -> u32 {
    (a ^ b).count_ones()
}

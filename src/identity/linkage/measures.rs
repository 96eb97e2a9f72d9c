//! How far apart two numbers, dates, places or lists are.

use std::cmp::Ordering;

use jiff::SignedDuration;
use jiff::civil::Date;

use super::condition::CalendarUnit;
use super::date_format::EPOCH;

/// How many values two sorted lists without repetitions have in common.
pub(crate) fn shared(left: &[Box<str>], right: &[Box<str>]) -> usize {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut found = 0;
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            Ordering::Less => _ = left.next(),
            Ordering::Greater => _ = right.next(),
            Ordering::Equal => {
                found += 1;
                left.next();
                right.next();
            }
        }
    }
    found
}

/// The cosine of the angle between two vectors; unknown if their lengths differ or one is all zero.
pub(crate) fn cosine(left: &[f64], right: &[f64]) -> Option<f64> {
    if left.len() != right.len() {
        return None;
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let cosine = dot(left, right) / (dot(left, left) * dot(right, right)).sqrt();
    cosine.is_finite().then(|| cosine.clamp(-1.0, 1.0))
}

/// The difference as a share of the larger number, the one further from 0; unknown if that is 0. `signed`: of the
/// greater number with its sign.
pub(crate) fn relative_difference(left: f64, right: f64, signed: bool) -> Option<f64> {
    let larger = if signed { left.max(right) } else { left.abs().max(right.abs()) };
    let share = (left - right).abs() / larger;
    share.is_finite().then_some(share)
}

/// Seconds between two instants.
#[expect(clippy::cast_precision_loss, reason = "seconds of any calendar date are far below 2^53")]
pub(crate) fn seconds_apart(left: i64, right: i64) -> f64 {
    left.abs_diff(right) as f64
}

/// How many times a day, a month or a year begins between two instants.
pub(crate) fn calendar(left: i64, right: i64, unit: CalendarUnit) -> Option<u32> {
    if unit == CalendarUnit::Day {
        return u32::try_from(left.div_euclid(86_400).abs_diff(right.div_euclid(86_400))).ok();
    }
    let count = |seconds: i64| {
        let date = date(seconds)?;
        let (year, month) = (i32::from(date.year()), i32::from(date.month()));
        Some(if unit == CalendarUnit::Year { year } else { year * 12 + month })
    };
    Some(count(left)?.abs_diff(count(right)?))
}

fn date(seconds: i64) -> Option<Date> {
    Some(EPOCH.checked_add(SignedDuration::from_secs(seconds)).ok()?.date())
}

/// Edits, swaps of neighbours among them, between two dates written as eight digits.
pub(crate) fn date_edits(left: i64, right: i64) -> Option<u32> {
    Some(edits(&digits(left)?, &digits(right)?))
}

fn digits(seconds: i64) -> Option<[u8; 8]> {
    let date = date(seconds)?;
    let mut number = u32::try_from(date.year()).ok()? * 10_000
        + u32::try_from(date.month()).ok()? * 100
        + u32::try_from(date.day()).ok()?;
    let mut digits = [0; 8];
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(number % 10).ok()?;
        number /= 10;
    }
    Some(digits)
}

/// Optimal string alignment of eight digits.
#[expect(clippy::indexing_slicing, reason = "the table is one larger than the arrays on both sides")]
fn edits(left: &[u8; 8], right: &[u8; 8]) -> u32 {
    let mut table = [[0_u32; 9]; 9];
    for (row, start) in (0..).zip(&mut table) {
        start[0] = row;
    }
    for (column, cell) in (0..).zip(&mut table[0]) {
        *cell = column;
    }
    for i in 1..=8 {
        for j in 1..=8 {
            let differs = u32::from(left[i - 1] != right[j - 1]);
            let mut best = (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(table[i - 2][j - 2] + 1);
            }
            table[i][j] = best;
        }
    }
    table[8][8]
}

/// Kilometres on the great circle between two places in degrees of latitude and longitude, by the spherical law of
/// cosines with a radius of 6,371 km, to single precision as Splink rounds it.
#[expect(clippy::cast_possible_truncation, reason = "the rounding is meant")]
pub(crate) fn kilometres(left: (f64, f64), right: (f64, f64)) -> f64 {
    let (left_latitude, right_latitude) = (left.0.to_radians(), right.0.to_radians());
    let cosine = left_latitude.sin() * right_latitude.sin()
        + left_latitude.cos() * right_latitude.cos() * (right.1 - left.1).to_radians().cos();
    f64::from((cosine.clamp(-1.0, 1.0).acos() * 6371.0) as f32)
}

//! What is remembered of a record without its values: enough to see that a pair cannot weigh much.
//!
//! Of each value a few bits of keyed hashes are kept. Where two records' bits differ the values differ, and often by
//! more than a slip; where they are equal the values may be. So the most that a pair may weigh is known before one of
//! the two is read, and it is never below what the pair weighs.

use std::str::Chars;

use super::address::AddressGrade;
use super::agreement::{Agreement, Facts, where_they_live};
use super::compiled::{Compiled, Test};
use super::hash::{hash, mix};
use super::person_name::{NameGrade, PersonName};
use super::prepare::Prepared;
use super::scorer::{CompiledLevel, PreparedRecord, Scorer};
use crate::calendar::BirthDatePrecision;
use crate::similarity::Text;
use crate::text::Script;

/// Keyed hashes of a record's values, by column. Tells no value, and is as personal as one.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Sketch {
    /// Ascending by column; a column without a value is not in it.
    columns: Vec<(u8, u64)>,
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sketch(..)")
    }
}

impl Sketch {
    /// Bytes that one column takes.
    pub(crate) const WIDTH: usize = 9;

    /// As bytes, column by column.
    pub(crate) fn to_bytes(&self) -> impl Iterator<Item = [u8; Self::WIDTH]> {
        self.columns.iter().map(|(column, bits)| {
            let [a, b, c, d, e, f, g, h] = bits.to_be_bytes();
            [*column, a, b, c, d, e, f, g, h]
        })
    }

    /// From what [`Self::to_bytes`] gave.
    pub(crate) fn from_bytes(columns: impl Iterator<Item = [u8; Self::WIDTH]>) -> Self {
        let column = |[column, bits @ ..]: [u8; Self::WIDTH]| (column, u64::from_be_bytes(bits));
        Self { columns: columns.map(column).collect() }
    }

    fn get(&self, column: usize) -> Option<u64> {
        let found = self.columns.iter().find(|(known, _)| usize::from(*known) == column);
        found.map(|(_, bits)| *bits)
    }
}

/// In place of counted letters: nothing is known of them.
const ANY: u32 = u32::MAX;
/// Longer texts are not looked into.
const LONGEST: usize = 60;
/// The weights are summed in another order here: a pair is given up only if it is this far from the threshold, in bits.
const ROUNDING: f64 = 1e-6;

/// The bits of values, under a key.
struct Key(u64);

impl Key {
    fn short(&self, domain: u64, text: &str) -> u64 {
        hash(self.0 ^ domain, text.as_bytes()) >> 48
    }

    /// Whether each of 32 groups of letters is there an odd number of times: an insertion or deletion changes one bit, a
    /// replacement two, an exchange none.
    fn letters(&self, text: Chars<'_>) -> u32 {
        let bits = text.fold(0_u32, |bits, letter| bits ^ (1 << (mix(self.0 ^ u64::from(letter)) >> 59)));
        if bits == ANY { 0 } else { bits }
    }

    fn text(&self, raw: &str, text: &Text) -> u64 {
        let whole = self.short(1, raw) << 48;
        let length = raw.chars().count();
        if length != text.len() || length > LONGEST {
            return whole | u64::from(ANY);
        }
        let (mut start, mut end) = (0, 0);
        if length >= 7 {
            let first: String = raw.chars().take(3).collect();
            let last: String = raw.chars().skip(length - 3).collect();
            start = (self.short(2, &first) & 0xFF).max(1);
            end = (self.short(3, &last) & 0xFF).max(1);
        }
        whole | start << 40 | end << 32 | u64::from(self.letters(raw.chars()))
    }

    fn name(&self, name: &PersonName) -> u64 {
        let whole = self.short(4, name.key()) << 48;
        let [token] = name.tokens() else { return whole | u64::from(ANY) };
        let length = token.folded().chars().count();
        let plain = token.script() == Some(Script::Latin)
            && !token.is_initial()
            && token.latin().eq([token.folded()])
            && length < 64;
        if !plain {
            return whole | u64::from(ANY);
        }
        let sound = self.short(12, token.skeleton()) & 0x1FF;
        let familiar = u64::from(!token.nickname_groups().is_empty());
        let length = u64::try_from(length).unwrap_or(0);
        whole | sound << 39 | familiar << 38 | length << 32 | u64::from(self.letters(token.folded().chars()))
    }

    fn of(&self, value: &Prepared) -> u64 {
        match value {
            Prepared::Text(text) => self.text(text.as_str(), text.text()),
            Prepared::Name(name) => self.name(name),
            Prepared::Email(address) => {
                let whole = address.as_str();
                let local = address.local().map_or(0, |local| self.short(6, &local).max(1));
                let letters = if whole.chars().count() > LONGEST { ANY } else { self.letters(whole.chars()) };
                self.short(5, whole) << 48 | local << 32 | u64::from(letters)
            }
            Prepared::Date(date) => {
                let mut readings = date.readings();
                let (Some(day), None) = (readings.next(), readings.next()) else { return 0 };
                use chrono::Datelike;
                if date.precision() != BirthDatePrecision::Day || !(0..10_000).contains(&day.year()) {
                    return 0;
                }
                let part = |domain, part: u32| self.short(domain, &part.to_string());
                part(7, day.year().unsigned_abs()) << 48
                    | part(8, day.month()) << 32
                    | part(9, day.day()) << 16
                    | 1
            }
            Prepared::Address(address) => {
                let numbers = address
                    .each_number()
                    .fold(0_u64, |bits, number| bits | 1 << (hash(self.0 ^ 10, number.as_bytes()) >> 60));
                let (sound, letters) = match address.only_word() {
                    Some((word, sound)) if word.chars().count() <= LONGEST => {
                        (self.short(11, sound), self.letters(word.chars()))
                    }
                    _ => (0, ANY),
                };
                numbers << 48 | sound << 32 | u64::from(letters)
            }
            Prepared::List(_) | Prepared::Number(_) | Prepared::Instant(_) | Prepared::Vector(_) => 0,
        }
    }
}

/// Sixteen of the bits, counted from the highest.
const fn quarter(bits: u64, place: u32) -> u64 {
    bits >> (48 - 16 * place) & 0xFFFF
}

/// Whether so few edits may make one text of the other, as far as letters tell.
fn letters_within(a: u64, b: u64, edits: u32) -> bool {
    let letters = |bits: u64| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(ANY);
    let (a, b) = (letters(a), letters(b));
    a == ANY || b == ANY || (a ^ b).count_ones() <= 2 * edits
}

/// Whether one edit may make one text of the other: it leaves the beginning or the end as it is.
fn slip(a: u64, b: u64) -> bool {
    let open = |start: u64, end: u64| start == 0 || end == 0 || start == end;
    let part = |bits: u64, at: u32| bits >> at & 0xFF;
    letters_within(a, b, 1) && (open(part(a, 40), part(b, 40)) || open(part(a, 32), part(b, 32)))
}

fn birth_dates(a: u64, b: u64) -> u8 {
    if a == 0 || b == 0 {
        return Agreement::MOST;
    }
    let [year, month, day] = [0, 1, 2].map(|part| quarter(a, part) == quarter(b, part));
    match (year, month, day) {
        (true, true, true) => 5,
        (true, ..) | (.., true) => 4,
        _ => 2,
    }
}

fn emails(a: u64, b: u64) -> u8 {
    let same = |part| quarter(a, part) == quarter(b, part);
    if same(0) {
        5
    } else if (quarter(a, 1) != 0 && same(1)) || letters_within(a, b, 1) {
        4
    } else if letters_within(a, b, 3) {
        3
    } else {
        1
    }
}

fn codes(a: u64, b: u64) -> u8 {
    if quarter(a, 0) == quarter(b, 0) {
        5
    } else if slip(a, b) {
        4
    } else {
        1
    }
}

fn addresses(a: u64, b: u64) -> AddressGrade {
    let (numbers_a, numbers_b) = (quarter(a, 0), quarter(b, 0));
    let any = |bits: u64| bits & u64::from(u32::MAX) == u64::from(ANY);
    let words = any(a) || any(b) || quarter(a, 1) == quarter(b, 1) || letters_within(a, b, 1);
    match (numbers_a & numbers_b != 0 || numbers_a == numbers_b, words) {
        (true, true) => AddressGrade::Same,
        (true, false) => AddressGrade::Numbers,
        (false, true) => AddressGrade::Near,
        (false, false) => AddressGrade::Different,
    }
}

/// The best grade in which two names may agree, as a degree.
fn names(a: u64, b: u64) -> u8 {
    if quarter(a, 0) == quarter(b, 0) {
        return NameGrade::Exact as u8;
    }
    let letters = [a, b].map(|bits| u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(ANY));
    let same_sound = a >> 39 & 0x1FF == b >> 39 & 0x1FF;
    let familiar = a >> 38 & b >> 38 & 1 == 1;
    if letters.contains(&ANY) || same_sound || familiar {
        return NameGrade::Same as u8;
    }
    let [x, y] = letters;
    let lengths = [a, b].map(|bits| u32::try_from(bits >> 32 & 0x3F).unwrap_or(0));
    // At most so many letters of the two find a partner, and at most four begin both.
    let partners = (lengths.iter().sum::<u32>().saturating_sub((x ^ y).count_ones())) / 2;
    let partners = lengths.iter().fold(partners, |least, length| least.min(*length));
    if partners == 0 {
        return NameGrade::Different as u8;
    }
    let ([x, y], m) = (lengths.map(f64::from), f64::from(partners));
    let jaro = (m / x + m / y + 1.0) / 3.0;
    let likeness = jaro + 0.4 * (1.0 - jaro) + ROUNDING;
    if likeness >= 0.92 {
        NameGrade::Close as u8
    } else if likeness >= 0.82 {
        NameGrade::Loose as u8
    } else {
        NameGrade::Different as u8
    }
}

/// The highest degrees of given and family name, and whether either may also count as not told.
fn person_names(facts: &[usize], a: &Sketch, b: &Sketch) -> [(u8, bool); 2] {
    let of = |sketch: &Sketch, place: usize| facts.get(place).and_then(|column| sketch.get(*column));
    let grade = |left: usize, right: usize| Some(names(of(a, left)?, of(b, right)?));
    let (one, two) = (grade(0, 1), grade(1, 0));
    let close = |grade: Option<u8>| grade.is_none_or(|grade| grade >= NameGrade::Close as u8);
    // They may be found in each other's place, and an address may have spelled them.
    let exchanged = (one.is_some() || two.is_some()) && close(one) && close(two);
    let spelled = of(a, 2).zip(of(b, 2)).is_some_and(|(a, b)| emails(a, b) > 1);
    [0, 1].map(|place| {
        let straight = grade(place, place);
        let degree = straight.unwrap_or(0).max(if exchanged { NameGrade::Close as u8 } else { 0 });
        (degree, straight.is_none() || exchanged || spelled)
    })
}

/// The highest degree in which a pair may agree, and whether it may also be that one of the two does not tell.
fn degree_at_most(facts: &Facts, a: &Sketch, b: &Sketch) -> (u8, bool) {
    let (on, columns) = facts.looks_at();
    let pair = |place: usize| {
        let column = columns.get(place)?;
        Some((a.get(*column)?, b.get(*column)?))
    };
    let of = |degree: fn(u64, u64) -> u8| pair(0).map_or((0, true), |(a, b)| (degree(a, b), false));
    match on {
        Agreement::GivenName { .. } => person_names(columns, a, b)[0],
        Agreement::FamilyName { .. } => person_names(columns, a, b)[1],
        Agreement::BirthDate { .. } => of(birth_dates),
        Agreement::Email { .. } => of(emails),
        Agreement::Code { .. } => of(codes),
        Agreement::Place { .. } => of(names),
        Agreement::Category { .. } => of(|a, b| if quarter(a, 0) == quarter(b, 0) { 5 } else { 1 }),
        Agreement::Address { .. } => {
            let postcode = pair(1).map(|(a, b)| match codes(a, b) {
                5 => 2,
                4 => 1,
                _ => 0,
            });
            let city = pair(2).map(|(a, b)| names(a, b) >= NameGrade::Close as u8);
            let degree = where_they_live(pair(0).map(|(a, b)| addresses(a, b)), postcode, city);
            (degree, degree == 0)
        }
    }
}

/// A record whose pairs are looked at, as it is and as it is remembered.
pub(crate) struct Bound<'s> {
    scorer: &'s Scorer<'s>,
    own: &'s PreparedRecord,
    sketch: &'s Sketch,
    /// Of each level of each comparison the most that it may say.
    most: Vec<f64>,
}

/// One comparison of one pair.
struct Sketched<'p> {
    own: &'p PreparedRecord,
    a: &'p Sketch,
    b: &'p Sketch,
    /// The fact that was looked at last, and what it may say: all levels of a comparison mostly ask about one.
    last: Option<(&'p Facts, (u8, bool))>,
}

impl<'p> Sketched<'p> {
    fn degree_at_most(&mut self, facts: &'p Facts) -> (u8, bool) {
        let same = |known: &Facts| {
            let ((on, columns), (known_on, known_columns)) = (facts.looks_at(), known.looks_at());
            std::mem::discriminant(on) == std::mem::discriminant(known_on) && columns == known_columns
        };
        match self.last {
            Some((known, degree)) if same(known) => degree,
            _ => {
                let degree = degree_at_most(facts, self.a, self.b);
                self.last = Some((facts, degree));
                degree
            }
        }
    }

    /// Whether a condition may be true of the pair.
    fn may_hold(&mut self, condition: &'p Compiled) -> bool {
        match condition {
            Compiled::All(all) => all.iter().all(|one| self.may_hold(one)),
            Compiled::Any(any) => any.iter().any(|one| self.may_hold(one)),
            Compiled::Agreement { facts, at_least } => {
                let degree = self.degree_at_most(facts).0;
                degree != 0 && degree >= *at_least
            }
            Compiled::Untold(facts) => self.degree_at_most(facts).1,
            Compiled::Test { left, right, test: Test::Same } if left == right => {
                let known = matches!(
                    self.own.value(*left),
                    Some(Prepared::Text(_) | Prepared::Name(_) | Prepared::Email(_)) | None
                );
                let pair = self.a.get(*left).zip(self.b.get(*left));
                !known || pair.is_some_and(|(a, b)| quarter(a, 0) == quarter(b, 0))
            }
            Compiled::Always | Compiled::Not(_) | Compiled::Test { .. } | Compiled::Kilometres { .. } => true,
        }
    }

    /// Whether a condition is certainly true of the pair.
    fn must_hold(&mut self, condition: &'p Compiled) -> bool {
        match condition {
            Compiled::Always => true,
            Compiled::Untold(facts) => self.degree_at_most(facts) == (0, true),
            _ => false,
        }
    }
}

impl Bound<'_> {
    /// Whether a pair may weigh so much, by what is remembered of both and the values of one: never denied of a pair
    /// that does.
    ///
    /// Of each comparison the best level counts whose condition may be true, and the rarity of the record's own values,
    /// as those of the other can only be found more frequent. What households take off is left out.
    ///
    /// # Complexity
    /// Linear in the levels.
    pub(crate) fn may_weigh(&self, bits: f64, other: &Sketch) -> bool {
        if self.scorer.model().columns.len() > usize::from(u8::MAX) {
            return true;
        }
        let mut sum = self.scorer.prior_bits();
        let mut most = self.most.iter();
        for comparison in self.scorer.comparisons() {
            let mut pair = Sketched { own: self.own, a: self.sketch, b: other, last: None };
            let mut best = f64::NEG_INFINITY;
            let mut sure = false;
            for (level, most) in comparison.levels.iter().zip(most.by_ref().take(comparison.levels.len())) {
                if !sure && pair.may_hold(&level.condition) {
                    best = best.max(*most);
                    sure = pair.must_hold(&level.condition);
                }
            }
            sum += if sure { best } else { best.max(0.0) };
        }
        // A sum that is no number gives up nothing.
        sum.is_nan() || sum >= bits - ROUNDING
    }
}

impl Scorer<'_> {
    /// What is remembered of a record to give up pairs early: the same for the same values under the same key.
    pub(crate) fn sketch(&self, record: &PreparedRecord, key: u64) -> Sketch {
        let key = Key(key);
        let columns = (0_u8..=u8::MAX).zip(record.values());
        Sketch { columns: columns.filter_map(|(column, value)| Some((column, key.of(value?)))).collect() }
    }

    /// Looks at the pairs of one record, of which this is remembered.
    pub(crate) fn bound<'s>(&'s self, own: &'s PreparedRecord, sketch: &'s Sketch) -> Bound<'s> {
        let levels = self.comparisons().iter().flat_map(|comparison| &comparison.levels);
        let most = levels.map(|level| self.level_at_most(level, own)).collect();
        Bound { scorer: self, own, sketch, most }
    }

    fn level_at_most(&self, level: &CompiledLevel, own: &PreparedRecord) -> f64 {
        let Some(adjustment) = &level.term_frequency else { return level.weight_bits };
        if !self.counts(adjustment.column) {
            return level.weight_bits;
        }
        match own.frequency(adjustment.column) {
            Some(frequency) if adjustment.weight >= 0.0 => {
                level.weight_bits + adjustment.of_frequencies(Some(frequency), Some(frequency))
            }
            _ => f64::INFINITY,
        }
    }
}

#[cfg(test)]
#[path = "sketch_tests.rs"]
mod tests;

//! The columns that are compared, row after row: what is told of a record lies side by side, not in a column each.

use std::hint::black_box;
use std::mem::discriminant;

use super::columns::Interned;
use super::person_name::PersonName;
use super::prepare::Prepared;

/// For each row the numbers of its values in those columns that are looked at.
pub(super) struct Rows<'a> {
    rows: usize,
    columns: Vec<&'a Interned>,
    numbers: Vec<u32>,
}

/// The numbers of the values of two rows.
pub(super) type RowPair<'r> = (&'r [u32], &'r [u32]);

/// A column that is looked at: its place in a row, and its values.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    pub(super) place: usize,
    values: &'a [Prepared],
}

impl<'a> Rows<'a> {
    pub(super) const fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new(), numbers: Vec::new() }
    }

    /// A column that will be looked at. To be called before [`Self::fill`].
    pub(super) fn cells(&mut self, column: &'a Interned) -> Cells<'a> {
        let known = self.columns.iter().position(|known| std::ptr::eq(*known, column));
        let place = known.unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        });
        Cells { place, values: &column.values }
    }

    /// Writes all rows.
    pub(super) fn fill(&mut self) {
        let width = self.columns.len();
        self.numbers = vec![0; self.rows * width];
        for (place, column) in self.columns.iter().enumerate() {
            let own = self.numbers.iter_mut().skip(place).step_by(width);
            own.zip(&column.cells).for_each(|(own, cell)| *own = *cell);
        }
    }

    /// The numbers of a row.
    #[inline]
    pub(super) fn row(&self, row: u32) -> &[u32] {
        let width = self.columns.len();
        let start = row as usize * width;
        self.numbers.get(start..start + width).unwrap_or_default()
    }
}

impl<'a> Cells<'a> {
    /// The numbers of the values of both rows; 0 for none.
    #[inline]
    pub(super) fn ids(self, (left, right): RowPair<'_>) -> (u32, u32) {
        let of = |row: &[u32]| row.get(self.place).copied().unwrap_or(0);
        (of(left), of(right))
    }

    #[inline]
    fn value(self, id: u32) -> Option<&'a Prepared> {
        self.values.get(id.checked_sub(1)? as usize)
    }

    /// The values of both rows, where both have one.
    #[inline]
    pub(super) fn both(self, pair: RowPair<'_>) -> Option<(&'a Prepared, &'a Prepared)> {
        let (a, b) = self.ids(pair);
        Some((self.value(a)?, self.value(b)?))
    }

    /// Looks at the beginning of the values of these pairs that differ, and decides nothing: what follows finds them in
    /// the cache.
    pub(super) fn fetch(self, pairs: &[RowPair<'_>]) {
        let differ = |pair: &RowPair<'_>| {
            let ids = self.ids(*pair);
            (ids.0 != ids.1 && ids.0 != 0 && ids.1 != 0).then_some(ids)
        };
        for (a, b) in pairs.iter().filter_map(differ) {
            black_box((self.value(a).map(discriminant), self.value(b).map(discriminant)));
        }
        for (a, b) in pairs.iter().filter_map(differ) {
            black_box((self.value(a).map(Prepared::beginning), self.value(b).map(Prepared::beginning)));
        }
    }

    /// How the values agree, where both rows have one; `same` if it is one value, which is not looked at then.
    #[inline]
    pub(super) fn grade<T>(
        self,
        pair: RowPair<'_>,
        same: T,
        grade: impl FnOnce(&Prepared, &Prepared) -> T,
    ) -> Option<T> {
        match self.ids(pair) {
            (0, _) | (_, 0) => None,
            (a, b) if a == b => Some(same),
            (a, b) => Some(grade(self.value(a)?, self.value(b)?)),
        }
    }

    /// [`Self::grade`], where 0 says that a value is missing.
    #[inline]
    pub(super) fn degree(
        self,
        pair: RowPair<'_>,
        same: u8,
        degree: impl FnOnce(&Prepared, &Prepared) -> u8,
    ) -> u8 {
        self.grade(pair, same, degree).unwrap_or(0)
    }

    /// The name of a number.
    #[inline]
    pub(super) fn name(self, id: u32) -> Option<&'a PersonName> {
        match self.value(id)? {
            Prepared::Name(name) => Some(name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::TextUnit;
    use super::super::prepare::{Transform, prepare};
    use super::*;

    #[test]
    fn rows_hold_what_columns_hold() {
        let value = |raw: &str| prepare(Transform::Text, &[Some(raw)], TextUnit::Characters).unwrap();
        let column = |cells: &[u32], values: &[&str]| Interned {
            cells: cells.to_vec(),
            values: values.iter().map(|raw| value(raw)).collect(),
            counts: vec![1; values.len()],
        };
        let (first, second) = (column(&[1, 0, 2], &["a", "b"]), column(&[1, 1, 1], &["c"]));
        let mut rows = Rows::new(3);
        let (one, two, again) = (rows.cells(&first), rows.cells(&second), rows.cells(&first));
        rows.fill();
        assert_eq!((one.place, two.place, again.place), (0, 1, 0));
        assert_eq!([0, 1, 2].map(|row| rows.row(row).to_vec()), [[1, 1], [0, 1], [2, 1]]);
        assert!(rows.row(3).is_empty());
        let never = |_: &Prepared, _: &Prepared| 9;
        assert_eq!(two.grade((rows.row(0), rows.row(2)), 5, never), Some(5));
        assert_eq!(one.degree((rows.row(0), rows.row(1)), 5, never), 0);
        let same = |a: &Prepared, b: &Prepared| u8::from(a.same(b) == Some(true)) + 1;
        assert_eq!(one.degree((rows.row(0), rows.row(2)), 5, same), 1);
    }
}

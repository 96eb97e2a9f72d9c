//! Rows that are found by a place handed out once.

use std::ops::{Index, IndexMut};

/// Rows indexed by places that their own maker handed out: lines of the basket, promotions of the set. It shows no more
/// of the vector than it needs to, so that an index is always one of those places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table<T>(pub(super) Vec<T>);

impl<T> Table<T> {
    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, row: T) {
        self.0.push(row);
    }
}

impl<T> Index<usize> for Table<T> {
    type Output = T;

    #[expect(clippy::indexing_slicing, reason = "every place was handed out for a table of this length")]
    fn index(&self, place: usize) -> &T {
        &self.0[place]
    }
}

impl<T> IndexMut<usize> for Table<T> {
    #[expect(clippy::indexing_slicing, reason = "every place was handed out for a table of this length")]
    fn index_mut(&mut self, place: usize) -> &mut T {
        &mut self.0[place]
    }
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

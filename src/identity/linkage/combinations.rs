//! Which values of several fields come together in a record.

use std::borrow::Cow;
use std::ops::Range;

use hashbrown::HashMap;

use super::dataset::Dataset;

/// The distinct combinations of the values of some fields.
pub(super) struct Combinations<'a> {
    /// How many fields there are.
    width: usize,
    /// The number of each field's value, combination after combination.
    numbers: Vec<u32>,
    /// Which combination each record has.
    pub(super) of_row: Cow<'a, [u32]>,
}

/// So many combinations are prepared at a time.
const AT_A_TIME: usize = 1 << 16;

impl<'a> Combinations<'a> {
    /// # Complexity
    /// One hash look-up for each record and each field but the first.
    pub(super) fn new(dataset: &'a Dataset, fields: impl Iterator<Item = usize>) -> Self {
        let mut all = Self { width: 0, numbers: Vec::new(), of_row: Cow::Owned(vec![0; dataset.len()]) };
        for field in fields {
            let (cells, many) = dataset.cells(field);
            if all.width == 0 {
                let numbers = (0..u32::try_from(many).unwrap_or(u32::MAX)).collect();
                all = Self { width: 1, numbers, of_row: Cow::Borrowed(cells) };
            } else {
                all = all.with(cells);
            }
        }
        all
    }

    /// Each combination so far with the values of one field more.
    fn with(self, cells: &[u32]) -> Self {
        let mut known: HashMap<(u32, u32), u32> = HashMap::new();
        let mut numbers: Vec<u32> = Vec::new();
        let one = |(of, cell): (&u32, &u32)| {
            *known.entry((*of, *cell)).or_insert_with(|| {
                let number = numbers.len() / (self.width + 1);
                numbers.extend(self.get(*of as usize));
                numbers.push(*cell);
                u32::try_from(number).unwrap_or(u32::MAX)
            })
        };
        let of_row = self.of_row.iter().zip(cells).map(one).collect();
        Self { width: self.width + 1, numbers, of_row: Cow::Owned(of_row) }
    }

    /// The numbers of a combination: of each field its value.
    pub(super) fn get(&self, combination: usize) -> &[u32] {
        let start = combination * self.width;
        self.numbers.get(start..start + self.width).unwrap_or_default()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len().checked_div(self.width).unwrap_or(0)
    }

    /// All of them, some at a time.
    pub(super) fn ranges(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let all = self.len();
        (0..all).step_by(AT_A_TIME).map(move |start| start..all.min(start + AT_A_TIME))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_combination_is_there_once() {
        let mut data = Dataset::new(["street", "house", "flat"]);
        for row in [["a", "1", ""], ["a", "2", ""], ["a", "1", ""], ["b", "1", "3"], ["", "", ""]] {
            data.push(&row).unwrap();
        }
        let all = Combinations::new(&data, 0..3);
        let texts = |combination: u32| -> Vec<&str> {
            let numbers = all.get(combination as usize).iter();
            (0..).zip(numbers).map(|(field, number)| data.text(field, *number)).collect()
        };
        assert_eq!((all.len(), &*all.of_row), (4, &[0, 1, 0, 2, 3][..]));
        assert_eq!([0, 1, 2, 3].map(texts), [["a", "1", ""], ["a", "2", ""], ["b", "1", "3"], ["", "", ""]]);
        assert!(all.ranges().eq(std::iter::once(0..4)));
        // Of one field each value, the missing one too, whether a record has it or not.
        let one = Combinations::new(&data, [2].into_iter());
        assert_eq!((one.len(), one.get(1), &*one.of_row), (2, &[1][..], &[0, 0, 0, 1, 0][..]));
        let none = Combinations::new(&data, std::iter::empty());
        assert_eq!((none.len(), none.ranges().count(), none.of_row.len()), (0, 0, 5));
    }
}

//! Values that are lists: telephone numbers of a household, e-mail addresses of a record.

use std::cmp::Ordering;

/// How many distinct elements two sorted lists have in common.
///
/// Both must be in ascending order (repeated elements count once); of lists in another order the answer is a number
/// without meaning, at most the shorter length.
///
/// # Complexity
/// Linear in both lists.
///
/// ```
/// use throughline::similarity::set_intersection;
/// assert_eq!(set_intersection(&["a", "b", "b", "c"], &["b", "c", "d"]), 2);
/// ```
#[must_use]
pub fn set_intersection<T: Ord>(a: &[T], b: &[T]) -> usize {
    let (mut ours, mut theirs) = (a.iter().peekable(), b.iter().peekable());
    let mut last = None;
    let mut count = 0;
    while let (Some(one), Some(two)) = (ours.peek().copied(), theirs.peek().copied()) {
        match one.cmp(two) {
            Ordering::Less => drop(ours.next()),
            Ordering::Greater => drop(theirs.next()),
            Ordering::Equal => {
                count += usize::from(last != Some(one));
                last = Some(one);
                ours.next();
                theirs.next();
            }
        }
    }
    count
}

/// Whether every element of the sorted list `a` is in the sorted list `b`. The empty list is part of every list: ask for
/// [`is_empty`](slice::is_empty) first where that is no evidence.
///
/// # Complexity
/// Linear in both lists.
///
/// ```
/// use throughline::similarity::is_subset;
/// assert!(is_subset(&[2, 3, 3], &[1, 2, 3]));
/// assert!(!is_subset(&[1, 2, 3], &[2, 3]));
/// ```
#[must_use]
pub fn is_subset<T: Ord>(a: &[T], b: &[T]) -> bool {
    let mut theirs = b.iter().peekable();
    a.iter().all(|one| {
        while theirs.peek().is_some_and(|two| *two < one) {
            theirs.next();
        }
        theirs.peek() == Some(&one)
    })
}

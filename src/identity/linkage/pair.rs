//! Two records that are compared, with what several comparisons ask of them.

use super::agreement;
use super::compiled::Values;
use super::person_name::PersonName;
use super::prepare::Prepared;

/// The columns of given names, of family names and of the addresses that may spell them.
pub(super) type NameColumns = (usize, usize, Option<usize>);

/// Two records. Names and e-mail addresses are compared once, however many comparisons ask for them.
pub(crate) struct Pair<'a, V: ?Sized> {
    pub(super) left: &'a V,
    pub(super) right: &'a V,
    email: Option<(usize, u8)>,
    names: Option<(NameColumns, (u8, u8))>,
}

impl<'a, V: Values + ?Sized> Pair<'a, V> {
    pub(crate) const fn new(left: &'a V, right: &'a V) -> Self {
        Self { left, right, email: None, names: None }
    }

    /// The values of a column, where both records have one.
    pub(super) fn both(&self, column: usize) -> Option<(&'a Prepared, &'a Prepared)> {
        Some((self.left.get(column)?, self.right.get(column)?))
    }

    /// The degree in which the addresses of a column agree.
    pub(super) fn email(&mut self, column: usize) -> u8 {
        match self.email {
            Some((known, degree)) if known == column => degree,
            _ => {
                let degree = self.both(column).map_or(0, |(a, b)| agreement::email(a, b));
                self.email = Some((column, degree));
                degree
            }
        }
    }

    /// The degrees in which given and family names agree.
    pub(super) fn names(&mut self, columns: NameColumns) -> (u8, u8) {
        match self.names {
            Some((known, degrees)) if known == columns => degrees,
            _ => {
                let degrees = self.compare_names(columns);
                self.names = Some((columns, degrees));
                degrees
            }
        }
    }

    fn compare_names(&mut self, (given, family, email): NameColumns) -> (u8, u8) {
        let of = |record: &'a V| (name(record, given), name(record, family));
        let (left, right) = (of(self.left), of(self.right));
        let (mut given, mut family) =
            agreement::names(left, right, &mut |compared, a, b| compared.grade(a, b));
        if let Some(email) = email {
            let degree = self.email(email);
            if let Some((Prepared::Email(a), Prepared::Email(b))) = self.both(email) {
                let (left, right) = ((a.as_ref(), left.0, left.1), (b.as_ref(), right.0, right.1));
                agreement::spelled(degree, left, right, (&mut given, &mut family));
            }
        }
        (given, family)
    }
}

fn name<V: Values + ?Sized>(record: &V, column: usize) -> Option<&PersonName> {
    match record.get(column)? {
        Prepared::Name(name) => Some(name),
        _ => None,
    }
}

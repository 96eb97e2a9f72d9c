//! Comparisons that most models need, with the levels that Splink gives them.

use super::builder::part_of;
use super::condition::{Condition, EditMeasure, TextMeasure, TimeUnit};
use super::model::{Comparison, Level, TermFrequencyAdjustment};
use super::part::Pattern;

fn null(condition: Condition) -> Level {
    Level { null: true, ..Level::new("no value", condition) }
}

fn exact(column: &str) -> Condition {
    Condition::Exact { column: column.to_owned() }
}

fn either_null(column: &str) -> Condition {
    Condition::EitherNull { column: column.to_owned() }
}

fn similar(column: &str, measure: TextMeasure, at_least: f64) -> Condition {
    Condition::Similar { column: column.to_owned(), with: None, measure, at_least }
}

fn jaro_winkler(column: &str, at_least: f64) -> Condition {
    similar(column, TextMeasure::JaroWinkler, at_least)
}

fn same_part(name: &str, column: &str, pattern: Pattern) -> Level {
    Level::new(name, exact(&part_of(column, pattern)))
}

fn by_frequency(level: Level) -> Level {
    let column = level.condition.exact_column().map(str::to_owned);
    let term_frequency = column.map(|column| TermFrequencyAdjustment {
        column,
        weight: 1.0,
        minimum: 0.0,
        people_by: None,
        own_u: false,
    });
    Level { term_frequency, ..level }
}

/// Null, the levels, and anything else.
fn comparison(name: &str, untold: Condition, levels: impl IntoIterator<Item = Level>) -> Comparison {
    let mut all = vec![null(untold)];
    all.extend(levels);
    all.push(Level::new("anything else", Condition::Else));
    Comparison { name: name.to_owned(), levels: all, shared: false }
}

/// On one column, by which it is called; the same value is the best level.
fn graded<T: Copy>(column: &str, thresholds: &[T], of: impl Fn(T) -> (String, Condition)) -> Comparison {
    let graded = thresholds.iter().map(|threshold| {
        let (name, condition) = of(*threshold);
        Level::new(name, condition)
    });
    comparison(column, either_null(column), std::iter::once(Level::new("same", exact(column))).chain(graded))
}

/// On one column, by which it is called; thresholds only.
fn measured<T: Copy>(column: &str, thresholds: &[T], of: impl Fn(T) -> (String, Condition)) -> Comparison {
    let mut comparison = graded(column, thresholds, of);
    comparison.levels.remove(1);
    comparison
}

/// Ready-made comparisons. Each is named by its column, and has a null level where either side has no value, then
/// the levels that its description lists from best to worst, then anything else. None has probabilities: training finds
/// them. Thresholds are given from the strictest to the loosest.
///
/// Texts are compared by characters as their column gives them, so [`Transform::Text`](super::Transform::Text) makes
/// all of these blind to case, width and kinds of digits, in every script.
impl Comparison {
    /// Calls it otherwise, where a model compares one column in two ways.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Lets rare values say more than frequent ones: adjusts every level that is the equality of one column by that
    /// column's frequencies.
    #[must_use]
    pub fn with_term_frequency(mut self) -> Self {
        let adjust = |level: Level| if level.null { level } else { by_frequency(level) };
        self.levels = self.levels.into_iter().map(adjust).collect();
        self
    }

    /// The same value. Of any column; `name` is what the comparison is called.
    #[must_use]
    pub fn exact(name: &str, column: &str) -> Self {
        comparison(name, either_null(column), [Level::new("same", exact(column))])
    }

    /// A name: the same, with term frequencies; Jaro-Winkler at least 0.92, 0.88, 0.70. Of texts.
    #[must_use]
    pub fn name(column: &str) -> Self {
        Self::jaro_winkler(column, &[0.92, 0.88, 0.7]).with_term_frequency()
    }

    /// A name with how it sounds, such as the codes of Double Metaphone, which is up to you: the same, with term
    /// frequencies; Jaro-Winkler at least 0.92, 0.88; a sound in common; Jaro-Winkler at least 0.70. `column` is of
    /// texts, `sounds` of [`Transform::List`](super::Transform::List).
    #[must_use]
    pub fn name_with_sounds(column: &str, sounds: &str) -> Self {
        let mut comparison = Self::name(column);
        let shared = Condition::Shared { column: sounds.to_owned(), at_least: 1 };
        comparison.levels.insert(4, Level::new("a sound in common", shared));
        comparison
    }

    /// Two names of a person: both the same; both the same in each other's place; both Jaro-Winkler at least 0.92, 0.88;
    /// the surname the same; the forename the same, the last two with term frequencies. Null where the forename is
    /// missing on either side and so is the surname. Of texts.
    #[must_use]
    pub fn forename_surname(forename: &str, surname: &str) -> Self {
        let crossed =
            |left: &str, right: &str| Condition::Crossed { left: left.to_owned(), right: right.to_owned() };
        let both = |at_least: f64| {
            let both = [forename, surname].map(|column| jaro_winkler(column, at_least));
            Level::new(format!("both Jaro-Winkler at least {at_least}"), Condition::All(both.into()))
        };
        comparison(
            &format!("{forename} and {surname}"),
            Condition::All(vec![either_null(forename), either_null(surname)]),
            [
                Level::new("both the same", Condition::All(vec![exact(forename), exact(surname)])),
                Level::new(
                    "exchanged",
                    Condition::All(vec![crossed(forename, surname), crossed(surname, forename)]),
                ),
                both(0.92),
                both(0.88),
                by_frequency(Level::new(format!("{surname} the same"), exact(surname))),
                by_frequency(Level::new(format!("{forename} the same"), exact(forename))),
            ],
        )
    }

    /// A date of birth: the same; one edit, a swap of neighbouring digits included; at most a month, a year, ten years
    /// apart. Of [`Transform::Instant`](super::Transform::Instant).
    #[must_use]
    pub fn date_of_birth(column: &str) -> Self {
        let mut comparison = Self::time_apart(
            column,
            &[(1.0, TimeUnit::Months), (1.0, TimeUnit::Years), (10.0, TimeUnit::Years)],
        );
        let one_edit = Condition::DateEdits { column: column.to_owned(), at_most: 1 };
        let levels = [Level::new("same", exact(column)), Level::new("one edit", one_edit)];
        comparison.levels.splice(1..1, levels);
        comparison
    }

    /// A British postcode: the same; the same sector, district, area. Of [`Transform::Raw`](super::Transform::Raw) or
    /// [`Transform::Text`](super::Transform::Text).
    ///
    /// Looks at the columns `column sector`, `column district` and `column area` too, which
    /// [`ModelBuilder::build`](super::ModelBuilder::build) adds.
    #[must_use]
    pub fn postcode(column: &str) -> Self {
        comparison(
            column,
            either_null(column),
            [
                Level::new("same", exact(column)),
                same_part("same sector", column, Pattern::PostcodeSector),
                same_part("same district", column, Pattern::PostcodeDistrict),
                same_part("same area", column, Pattern::PostcodeArea),
            ],
        )
    }

    /// A British postcode with where it is: the same; the same sector; at most 1, 10, 100 kilometres apart. The columns
    /// of degrees are of [`Transform::Number`](super::Transform::Number). Where a place is not known the levels of
    /// kilometres are passed over.
    ///
    /// Looks at the column `column sector` too, which [`ModelBuilder::build`](super::ModelBuilder::build) adds.
    #[must_use]
    pub fn postcode_with_place(column: &str, latitude: &str, longitude: &str) -> Self {
        let near = Self::kilometres(latitude, longitude, &[1.0, 10.0, 100.0]);
        let same =
            [Level::new("same", exact(column)), same_part("same sector", column, Pattern::PostcodeSector)];
        // Neither their null level nor anything else.
        let near =
            near.levels.into_iter().filter(|level| matches!(level.condition, Condition::Kilometres { .. }));
        comparison(column, either_null(column), same.into_iter().chain(near))
    }

    /// Takes values that are not of a form for no value, such as all but whole postcodes by [`Pattern::PostcodeFull`],
    /// or all but whole addresses by [`Pattern::EmailAddress`]: asks the null level of the part in place of the column.
    ///
    /// [`ModelBuilder::build`](super::ModelBuilder::build) adds the column of the part, named as in `column full
    /// postcode`.
    ///
    /// ```
    /// use throughline::identity::linkage::{Comparison, Model, Pattern, Transform};
    /// let model = Model::builder()
    ///     .column("postcode", ["postcode"], Transform::Text)
    ///     .compare(Comparison::postcode("postcode").only_valid(Pattern::PostcodeFull))
    ///     .build()?;
    /// assert!(model.columns.iter().any(|column| column.name == "postcode full postcode"));
    /// # Ok::<(), throughline::identity::linkage::ModelError>(())
    /// ```
    #[must_use]
    pub fn only_valid(mut self, pattern: Pattern) -> Self {
        for level in self.levels.iter_mut().filter(|level| level.null) {
            if let Condition::EitherNull { column } = &mut level.condition {
                *column = part_of(column, pattern);
            }
        }
        self
    }

    /// An e-mail address: the same, with term frequencies; the same before the `@`; Jaro-Winkler of the whole, then of
    /// what stands before the `@`, at least 0.88. Of [`Transform::Raw`](super::Transform::Raw) or
    /// [`Transform::Text`](super::Transform::Text).
    ///
    /// Looks at the column `column local part` too, which [`ModelBuilder::build`](super::ModelBuilder::build) adds.
    #[must_use]
    pub fn email(column: &str) -> Self {
        let local = part_of(column, Pattern::EmailLocalPart);
        comparison(
            column,
            either_null(column),
            [
                by_frequency(Level::new("same", exact(column))),
                Level::new("same before the @", exact(&local)),
                Level::new("Jaro-Winkler at least 0.88", jaro_winkler(column, 0.88)),
                Level::new("before the @ Jaro-Winkler at least 0.88", jaro_winkler(&local, 0.88)),
            ],
        )
    }

    /// The same; at most so many insertions, deletions and replacements. Of texts.
    #[must_use]
    pub fn levenshtein(column: &str, at_most: &[u32]) -> Self {
        Self::edits(column, EditMeasure::Levenshtein, at_most)
    }

    /// The same; at most so many edits, a swap of neighbours being one. Of texts.
    #[must_use]
    pub fn damerau_levenshtein(column: &str, at_most: &[u32]) -> Self {
        Self::edits(column, EditMeasure::DamerauLevenshtein, at_most)
    }

    fn edits(column: &str, measure: EditMeasure, at_most: &[u32]) -> Self {
        graded(column, at_most, |at_most| {
            let condition = Condition::Edits { column: column.to_owned(), with: None, measure, at_most };
            (format!("at most {at_most} edits"), condition)
        })
    }

    /// The same; Jaro similarity at least so much. Of texts.
    #[must_use]
    pub fn jaro(column: &str, at_least: &[f64]) -> Self {
        Self::similar(column, "Jaro", TextMeasure::Jaro, at_least)
    }

    /// The same; Jaro-Winkler similarity at least so much. Of texts.
    #[must_use]
    pub fn jaro_winkler(column: &str, at_least: &[f64]) -> Self {
        Self::similar(column, "Jaro-Winkler", TextMeasure::JaroWinkler, at_least)
    }

    /// The same; at least so large a share of the different characters in common, as Splink on `DuckDB` measures
    /// it. Of texts.
    #[must_use]
    pub fn jaccard(column: &str, at_least: &[f64]) -> Self {
        Self::similar(column, "Jaccard", TextMeasure::QgramJaccard(1), at_least)
    }

    fn similar(column: &str, name: &str, measure: TextMeasure, at_least: &[f64]) -> Self {
        graded(column, at_least, |at_least| {
            (format!("{name} at least {at_least}"), similar(column, measure, at_least))
        })
    }

    /// At least so many values in common. Of [`Transform::List`](super::Transform::List).
    #[must_use]
    pub fn array_intersect(column: &str, at_least: &[u32]) -> Self {
        measured(column, at_least, |at_least| {
            let condition = Condition::Shared { column: column.to_owned(), at_least };
            (format!("at least {at_least} in common"), condition)
        })
    }

    /// One list holds all values of the other; `empty`: an empty list is within every other. Of
    /// [`Transform::List`](super::Transform::List).
    #[must_use]
    pub fn array_subset(column: &str, empty: bool) -> Self {
        let within = Condition::Subset { column: column.to_owned(), empty };
        comparison(column, either_null(column), [Level::new("one within the other", within)])
    }

    /// The cosine of two vectors at least so much. Of [`Transform::Vector`](super::Transform::Vector).
    #[must_use]
    pub fn cosine(column: &str, at_least: &[f64]) -> Self {
        measured(column, at_least, |at_least| {
            let condition = Condition::Cosine { column: column.to_owned(), at_least };
            (format!("cosine at least {at_least}"), condition)
        })
    }

    /// The same; a difference of at most so much. Of [`Transform::Number`](super::Transform::Number).
    #[must_use]
    pub fn number_difference(column: &str, at_most: &[f64]) -> Self {
        graded(column, at_most, |at_most| {
            let condition = Condition::Difference { column: column.to_owned(), at_most };
            (format!("at most {at_most} apart"), condition)
        })
    }

    /// The same; a difference of at most such a share of the larger, the one further from 0: 0.1 is ten percent. Of
    /// [`Transform::Number`](super::Transform::Number).
    #[must_use]
    pub fn percentage_difference(column: &str, at_most: &[f64]) -> Self {
        graded(column, at_most, |at_most| {
            let condition =
                Condition::RelativeDifference { column: column.to_owned(), at_most, signed: false };
            (format!("at most {} percent apart", (at_most * 1e8).round() / 1e6), condition)
        })
    }

    /// At most so far apart in time. Of [`Transform::Instant`](super::Transform::Instant).
    #[must_use]
    pub fn time_apart(column: &str, at_most: &[(f64, TimeUnit)]) -> Self {
        measured(column, at_most, |(at_most, unit)| {
            let called = match unit {
                TimeUnit::Seconds => "seconds",
                TimeUnit::Days => "days",
                TimeUnit::Months => "months",
                TimeUnit::Years => "years",
            };
            let condition = Condition::Apart { column: column.to_owned(), at_most, unit };
            (format!("at most {at_most} {called} apart"), condition)
        })
    }

    /// At most so many kilometres apart on the globe. Of two columns of degrees,
    /// [`Transform::Number`](super::Transform::Number).
    #[must_use]
    pub fn kilometres(latitude: &str, longitude: &str, at_most: &[f64]) -> Self {
        let levels = at_most.iter().map(|at_most| {
            let condition = Condition::Kilometres {
                latitude: latitude.to_owned(),
                longitude: longitude.to_owned(),
                at_most: *at_most,
            };
            Level::new(format!("at most {at_most} km apart"), condition)
        });
        comparison(
            &format!("{latitude} and {longitude}"),
            Condition::Any(vec![either_null(latitude), either_null(longitude)]),
            levels,
        )
    }
}

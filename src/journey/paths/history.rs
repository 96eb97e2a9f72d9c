//! From one customer's touches and conversions to paths.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CleanTouch, Cleaning, Fate, Outcome, Paths, PathsError, Touch};
use crate::time::{DateTime, Utc};

/// One conversion.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conversion<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// What it was worth, in minor units; negative for a refund, which is no conversion of its own.
    pub value_minor: i64,
    /// The order's id, so that a refund finds the sale that it takes back.
    pub order: Option<&'a str>,
}

impl fmt::Debug for Conversion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversion")
            .field("at", &self.at)
            .field("value_minor", &self.value_minor)
            .finish_non_exhaustive()
    }
}

/// Which touches belong to which conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HistorySettings {
    /// What is done to the touches before each conversion. Set look-back days: without any, every conversion has all
    /// touches before it.
    pub cleaning: Cleaning,
    /// Whether touches before an earlier conversion count for a later one too, as far as one looks back.
    pub reuse: bool,
}

impl Default for HistorySettings {
    /// [`Cleaning::default`]; touches count for all conversions within 30 days.
    fn default() -> Self {
        Self { cleaning: Cleaning::default(), reuse: true }
    }
}

/// What became of the touches in one path of a history. `Debug` shows no order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathTrace {
    /// The place of the path in the set.
    pub path: usize,
    /// When the conversion or refund was; for what came to nothing, the last touch.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub end: DateTime<Utc>,
    /// What it was worth, negative for a refund.
    pub value_minor: i64,
    /// The order, if it has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Box<str>>,
    /// Whether it is a conversion or a refund, and did not come to nothing.
    pub converts: bool,
    /// What became of each touch, in the order in which they were given.
    pub fates: Vec<Fate>,
}

impl fmt::Debug for PathTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PathTrace")
            .field("path", &self.path)
            .field("value_minor", &self.value_minor)
            .field("fates", &self.fates)
            .finish_non_exhaustive()
    }
}

/// Which touches make each path: those from one place until before another, cleaned as of an instant.
struct Planned<'a> {
    from: usize,
    until: usize,
    end: DateTime<Utc>,
    outcome: Outcome,
    conversion: Option<Conversion<'a>>,
    /// The place in the plan of the sale whose path this refund has.
    again: Option<usize>,
    /// The same, counted back from the place of this path.
    back: Option<usize>,
}

/// The paths of a history: of sales first, then of refunds, then what came to nothing.
struct Plan<'a> {
    paths: Vec<Planned<'a>>,
}

impl<'a> Plan<'a> {
    fn of(touches: &[Touch<'_>], conversions: &[Conversion<'a>], settings: &HistorySettings) -> Self {
        let (mut sales, mut refunds): (Vec<Conversion<'_>>, Vec<_>) =
            conversions.iter().copied().partition(|one| one.value_minor >= 0);
        // The whole conversion decides, so that the order of arrival does not.
        sales.sort_unstable();
        refunds.sort_unstable();
        let until = |from: usize, at: DateTime<Utc>| {
            from + touches.get(from..).unwrap_or_default().partition_point(|touch| touch.at <= at)
        };
        let mut paths: Vec<Planned<'a>> = Vec::with_capacity(conversions.len() + 1);
        // The first touch after the last sale.
        let mut next = 0;
        let mut orders: BTreeMap<&str, usize> = BTreeMap::new();
        for sale in &sales {
            let from = if settings.reuse { 0 } else { next };
            next = until(next, sale.at);
            if let Some(order) = sale.order {
                orders.entry(order).or_insert(paths.len());
            }
            let (outcome, conversion) = (Outcome::won(sale.value_minor), Some(*sale));
            paths.push(Planned {
                from,
                until: next,
                end: sale.at,
                outcome,
                conversion,
                again: None,
                back: None,
            });
        }
        for refund in &refunds {
            let outcome = Outcome { value_minor: refund.value_minor, ..Outcome::default() };
            let earlier = sales.partition_point(|sale| sale.at <= refund.at);
            let last = earlier.checked_sub(1);
            let again = match refund.order {
                Some(order) => orders.get(order).copied(),
                None => last,
            };
            let used = last.filter(|_| !settings.reuse).and_then(|last| sales.get(last));
            let from = used.map_or(0, |sale| until(0, sale.at));
            let back = again.map(|again| paths.len() - again);
            let (until, conversion) = (until(from, refund.at), Some(*refund));
            paths.push(Planned { from, until, end: refund.at, outcome, conversion, again, back });
        }
        if let Some(last) = touches.last().filter(|_| next < touches.len()) {
            let (outcome, until) = (Outcome::lost(), touches.len());
            paths.push(Planned {
                from: next,
                until,
                end: last.at,
                outcome,
                conversion: None,
                again: None,
                back: None,
            });
        }
        Self { paths }
    }
}

impl Paths {
    /// Takes in one customer's history: a path for each conversion with the touches before it or at the same instant (none
    /// is a path too, see [`Credits::none`](crate::journey::attribution::Credits::none)), and one that came to nothing for the touches after
    /// the last sale. A refund that names an order has the path of that order's sale (the earliest, if there are several),
    /// whenever that was, so that it takes back what the sale gave; one that names none has the path of the latest sale
    /// before it or at the same instant. A refund without such a sale has a path of its own: it never takes back what
    /// another order gave. The paths of sales come first, then those of refunds, then the one that came to nothing.
    ///
    /// Conversions may come in any order, and so may touches, but those of one instant count in the order given. Of several
    /// key touches in a path the latest counts.
    ///
    /// # Errors
    /// As [`push_touches`](Paths::push_touches); histories before the wrong one are in, the wrong one is not.
    ///
    /// # Complexity
    /// O(n log n) for n touches and conversions, and O(t log t) for each conversion with t touches inside its look-back (of
    /// days, and of steps): ten thousand conversions after ten thousand touches within 30 days make 100 million, so bound
    /// the look-back of such customers. Memory is that of the paths.
    ///
    /// ```
    /// use throughline::journey::paths::{Conversion, HistorySettings, Paths, Touch};
    /// use throughline::time::from_millis;
    /// let day = |day: i64| from_millis(day * 86_400_000);
    /// let touch = |channel, at| Touch { channel, at: day(at), key: false };
    /// let mut paths = Paths::new();
    /// let bought = [Conversion { at: day(3), value_minor: 4_990, order: Some("order-7") }];
    /// paths.push_history(&[touch("web", 1), touch("till", 3), touch("app", 9)], &bought, &HistorySettings::default())?;
    /// let all: Vec<Vec<&str>> = paths.iter().map(|path| path.channels().collect()).collect();
    /// assert_eq!(all, [vec!["web", "till"], vec!["app"]]);
    /// # Ok::<(), throughline::journey::paths::PathsError>(())
    /// ```
    pub fn push_history(
        &mut self,
        touches: &[Touch<'_>],
        conversions: &[Conversion<'_>],
        settings: &HistorySettings,
    ) -> Result<(), PathsError> {
        let mut touches = touches.to_vec();
        touches.sort_by_key(|touch| touch.at);
        let plan = Plan::of(&touches, conversions, settings);
        let before = self.mark();
        let done = plan.paths.iter().try_for_each(|planned| self.push_planned(planned, &touches, settings));
        if done.is_err() {
            self.go_back(before);
        }
        done
    }

    /// The same, and what became of each touch in each of the paths: why it counts, or why not.
    ///
    /// # Errors
    /// As [`push_history`](Self::push_history).
    ///
    /// # Complexity
    /// As [`push_history`](Self::push_history), and O(t) for each conversion with t touches in all.
    pub fn push_history_traced(
        &mut self,
        touches: &[Touch<'_>],
        conversions: &[Conversion<'_>],
        settings: &HistorySettings,
    ) -> Result<Vec<PathTrace>, PathsError> {
        let first = self.len();
        self.push_history(touches, conversions, settings)?;
        let mut order: Vec<usize> = (0..touches.len()).collect();
        order.sort_by_key(|&place| touches.get(place).map(|touch| touch.at));
        let sorted: Vec<Touch<'_>> = order.iter().filter_map(|&place| touches.get(place).copied()).collect();
        let plan = Plan::of(&sorted, conversions, settings);
        let trace = |(path, planned): (usize, &Planned<'_>)| {
            let window = match planned.again.and_then(|again| plan.paths.get(again)) {
                Some(sale) => sale,
                None => planned,
            };
            let inside = sorted.get(window.from..window.until).unwrap_or_default();
            let (_, traced) = settings.cleaning.traced(inside, window.end);
            let mut fates = vec![Fate::AfterEnd; touches.len()];
            for (place, &given) in order.iter().enumerate() {
                if let Some(fate) = fates.get_mut(given) {
                    *fate = match place.checked_sub(window.from) {
                        None => Fate::UsedBefore,
                        Some(inside) => traced.get(inside).copied().unwrap_or(Fate::AfterEnd),
                    };
                }
            }
            let conversion = planned.conversion;
            PathTrace {
                path,
                end: planned.conversion.map_or(planned.end, |one| one.at),
                value_minor: planned.outcome.value_minor,
                order: conversion.and_then(|one| one.order).map(Into::into),
                converts: conversion.is_some(),
                fates,
            }
        };
        Ok((first..).zip(&plan.paths).map(trace).collect())
    }

    fn push_planned(
        &mut self,
        planned: &Planned<'_>,
        touches: &[Touch<'_>],
        settings: &HistorySettings,
    ) -> Result<(), PathsError> {
        if let Some(back) = planned.back {
            return self.push_again(self.len().saturating_sub(back), planned.outcome);
        }
        let inside = touches.get(planned.from..planned.until).unwrap_or_default();
        let counted = settings.cleaning.counted(inside, planned.end);
        self.push_clean(&settings.cleaning.touches(counted, planned.end), planned.outcome)
    }

    fn push_clean(&mut self, path: &[CleanTouch], outcome: Outcome) -> Result<(), PathsError> {
        let mut touches: Vec<Touch<'_>> = path.iter().map(CleanTouch::as_touch).collect();
        let mut found = false;
        for touch in touches.iter_mut().rev() {
            touch.key &= !found;
            found |= touch.key;
        }
        self.push_touches(&touches, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::paths::PathsErrorKind;
    use crate::time::from_millis;

    fn touch(channel: &str, at: i64) -> Touch<'_> {
        Touch { channel, at: from_millis(at), key: false }
    }

    fn sale(at: i64, value_minor: i64) -> Conversion<'static> {
        Conversion { at: from_millis(at), value_minor, order: None }
    }

    fn taken(touches: &[Touch<'_>], conversions: &[Conversion<'_>], reuse: bool) -> Vec<(String, Outcome)> {
        let mut paths = Paths::new();
        let settings = HistorySettings { reuse, ..HistorySettings::default() };
        paths.push_history(touches, conversions, &settings).unwrap();
        paths.iter().map(|path| (path.channels().collect::<Vec<_>>().join(" "), path.outcome())).collect()
    }

    #[test]
    fn each_conversion_has_its_path_and_the_rest_came_to_nothing() {
        // Before 1970, at the epoch, in one instant.
        let touches =
            [touch("till", 5), touch("веб", -7), touch("ایمیل", 0), touch("app", 9), touch("app", 10)];
        let sales = [sale(5, 300), sale(0, 200)];
        let refund = |value_minor| Outcome { value_minor, ..Outcome::default() };
        assert_eq!(
            taken(&touches, &sales, true),
            [
                ("веб ایمیل".into(), Outcome::won(200)),
                ("веб ایمیل till".into(), Outcome::won(300)),
                ("app".into(), Outcome::lost()),
            ]
        );
        assert_eq!(taken(&touches, &sales, false)[1], ("till".into(), Outcome::won(300)));
        let back = [sale(0, 200), sale(7, -200)];
        assert_eq!(taken(&touches, &back, true)[1], ("веб ایمیل".into(), refund(-200)));
        let named = [of("o1", sale(0, 200)), of("o2", sale(5, 300)), of("o1", sale(7, -200))];
        assert_eq!(taken(&touches, &named, true)[2], ("веб ایمیل".into(), refund(-200)));
        assert_eq!(
            taken(&[], &[sale(1, 4), sale(0, -3)], true),
            [(String::new(), Outcome::won(4)), (String::new(), refund(-3))]
        );
        assert_eq!(taken(&[], &[], true), []);
    }

    fn of<'a>(order: &'a str, sale: Conversion<'static>) -> Conversion<'a> {
        Conversion { order: Some(order), ..sale }
    }

    #[test]
    fn a_refund_never_takes_back_what_another_order_gave() {
        let touches = [touch("веб", 0), touch("till", 5), touch("app", 9)];
        let back = Outcome { value_minor: -300, ..Outcome::default() };
        // The clock of the sale is ahead of that of the refund.
        let late = [of("o1", sale(0, 200)), of("o2", sale(9, 300)), of("o2", sale(5, -300))];
        assert_eq!(taken(&touches, &late, true)[2], ("веб till app".into(), back));
        assert_eq!(taken(&touches, &late, false)[2], ("till app".into(), back));
        // The sale is not known: what came before the refund, and not the last sale.
        let unknown = [of("o1", sale(0, 200)), of("o2", sale(5, -300))];
        assert_eq!(taken(&touches, &unknown, true)[1], ("веб till".into(), back));
        assert_eq!(taken(&touches, &unknown, false)[1], ("till".into(), back));
        // Without a name the latest sale before it, not one after it.
        let unnamed = [sale(0, 200), sale(9, 400), sale(5, -300)];
        assert_eq!(taken(&touches, &unnamed, true)[2], ("веб".into(), back));
    }

    #[test]
    fn arrival_does_not_decide_between_equal_sales() {
        let touches = [touch("веб", 0)];
        let sales = [of("o2", sale(3, 200)), of("o1", sale(3, 200)), of("o2", sale(4, -200))];
        let turned = [sales[2], sales[1], sales[0]];
        assert_eq!(taken(&touches, &sales, false), taken(&touches, &turned, false));
        let twice = [of("o1", sale(3, 200)), sale(3, 300), sale(4, -200), of("o1", sale(2, 50))];
        let mut turned = twice;
        turned.reverse();
        assert_eq!(taken(&touches, &twice, false), taken(&touches, &turned, false));
    }

    #[test]
    fn look_back_bounds_the_work() {
        let day = 86_400_000;
        let touches: Vec<Touch<'_>> = (0..200_000).map(|number| touch("web", number * day / 4)).collect();
        let sales: Vec<Conversion<'_>> = (0..50_000).map(|number| sale(number * day, 1)).collect();
        // Without bounds there are 5,000 million touches to look at.
        for (look_back_days, look_back_steps, most) in [(Some(2), None, 9), (None, Some(3), 3)] {
            let mut paths = Paths::new();
            let cleaning = Cleaning { look_back_days, look_back_steps, steps: Vec::new() };
            paths.push_history(&touches, &sales, &HistorySettings { cleaning, reuse: true }).unwrap();
            assert_eq!((paths.len(), paths.get(40_000).unwrap().len()), (50_001, most));
        }
    }

    #[test]
    fn a_wrong_history_leaves_nothing() {
        let mut paths = Paths::new();
        let settings = HistorySettings::default();
        let wrong = [touch("a", 0), touch("", 3)];
        let error = paths.push_history(&wrong, &[sale(1, 5)], &settings).unwrap_err();
        assert_eq!(error.kind(), PathsErrorKind::EmptyChannel);
        assert_eq!((paths.len(), paths.touches()), (0, 0));
        paths.push_history(&wrong[..1], &[sale(1, 5)], &settings).unwrap();
        assert_eq!((paths.len(), paths.touches()), (1, 1));
        let keys =
            [("a", 0), ("b", 1), ("c", 2)].map(|(name, at)| Touch { key: name != "c", ..touch(name, at) });
        paths.push_history(&keys, &[sale(3, 5)], &settings).unwrap();
        assert_eq!(paths.get(1).unwrap().key(), Some(1));
    }
}

//! From one customer's touches and conversions to paths.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CleanTouch, Cleaning, Outcome, Paths, PathsError, Touch};
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

impl Paths {
    /// Takes in one customer's history: a path for each conversion with the touches before it or at the same instant (none
    /// is a path too, see [`Credits::none`](crate::journey::attribution::Credits::none)), and one that came to nothing for the touches after
    /// the last conversion. A refund has the path of the sale of its order, or of the latest sale before it, so that it takes back what that gave; without
    /// one, its own. Both may come in any order; touches of one instant count in the order given. Of several key
    /// touches in a path the latest counts.
    ///
    /// # Errors
    /// As [`push_touches`](Paths::push_touches); histories before the wrong one are in, the wrong one is not.
    ///
    /// # Complexity
    /// O(n log n) for n touches and conversions, and O(t) for each conversion with t touches inside its look-back: ten
    /// thousand conversions after ten thousand touches make 100 million, so bound the look-back.
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
        let mut conversions = conversions.to_vec();
        // Sales before refunds of the same instant.
        conversions.sort_by_key(|one| (one.at, one.value_minor < 0, one.value_minor));
        let before = self.mark();
        let done = self.history(&touches, &conversions, settings);
        if done.is_err() {
            self.go_back(before);
        }
        done
    }

    fn history(
        &mut self,
        touches: &[Touch<'_>],
        conversions: &[Conversion<'_>],
        settings: &HistorySettings,
    ) -> Result<(), PathsError> {
        // The first touch that counts for the next conversion, and the first after it.
        let (mut from, mut next) = (0, 0);
        let mut sold: Vec<Vec<CleanTouch>> = Vec::new();
        let mut orders: BTreeMap<&str, usize> = BTreeMap::new();
        for conversion in conversions {
            let back = Outcome { value_minor: conversion.value_minor, ..Outcome::default() };
            let sale = conversion.order.and_then(|order| orders.get(order).copied());
            if conversion.value_minor < 0
                && let Some(path) = sale.map_or(sold.last(), |sale| sold.get(sale))
            {
                self.push_clean(path, back)?;
                continue;
            }
            let later = touches.get(next..).unwrap_or_default();
            next += later.partition_point(|touch| touch.at <= conversion.at);
            let path = settings.cleaning.touches(touches.get(from..next).unwrap_or_default(), conversion.at);
            if conversion.value_minor < 0 {
                self.push_clean(&path, back)?;
                continue;
            }
            self.push_clean(&path, Outcome::won(conversion.value_minor))?;
            if let Some(order) = conversion.order {
                orders.entry(order).or_insert(sold.len());
            }
            sold.push(path);
            if !settings.reuse {
                from = next;
            }
        }
        let sold_at = conversions.iter().rev().find(|one| one.value_minor >= 0).map(|one| one.at);
        let rest = sold_at.map_or(0, |at| touches.partition_point(|touch| touch.at <= at));
        let rest = touches.get(rest..).unwrap_or_default();
        match rest.last() {
            Some(last) => self.push_clean(&settings.cleaning.touches(rest, last.at), Outcome::lost()),
            None => Ok(()),
        }
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
        let of = |order, sale| Conversion { order: Some(order), ..sale };
        let named = [of("o1", sale(0, 200)), of("o2", sale(5, 300)), of("o1", sale(7, -200))];
        assert_eq!(taken(&touches, &named, true)[2], ("веб ایمیل".into(), refund(-200)));
        assert_eq!(
            taken(&[], &[sale(1, 4), sale(0, -3)], true),
            [(String::new(), refund(-3)), (String::new(), Outcome::won(4))]
        );
        assert_eq!(taken(&[], &[], true), []);
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

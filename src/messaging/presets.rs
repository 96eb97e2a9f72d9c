//! Quiet hours of some countries, as data with its source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::{WallTime, WeekTime, Window, Windows};
use crate::region::Region;
use crate::time::{NaiveDate, Weekday};

/// How binding the source says that a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bindingness {
    /// The text of a law or regulation.
    Law,
    /// The requirement of a provider or an operator, as it publishes it.
    Provider,
    /// A recommendation.
    Advice,
}

/// Where one rule of a policy comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSource {
    /// The rule: a field of the policy, or the id of a cap.
    pub rule: String,
    /// Where it is written.
    pub source: String,
    /// How binding the source says it is.
    pub bindingness: Bindingness,
    /// The date of this entry. Rules change: read the source before you rely on it.
    pub as_of: NaiveDate,
}

/// When promotional messages wait in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietRule {
    /// The quiet windows, in the recipient's zone.
    pub windows: Windows,
    /// Whether public holidays are quiet too; the dates come from the host
    /// ([`Windows::with_whole_days`](crate::calendar::Windows::with_whole_days)).
    pub holidays: bool,
    /// How binding the source says it is.
    pub bindingness: Bindingness,
    /// Where it is written.
    pub source: String,
    /// The date of this entry. Rules change: read the source before you rely on it.
    pub as_of: NaiveDate,
}

/// Quiet hours by region: data with source and date, which a host can override. Not legal advice.
///
/// ```
/// use throughline::messaging::QuietBook;
/// let book = QuietBook::published();
/// let jordan = book.rule("JO".parse()?).ok_or("not listed")?;
/// assert!(jordan.holidays);
/// assert_eq!(jordan.windows.windows().len(), 2);
/// assert!(book.rule("IR".parse()?).is_none()); // hours not verified, so none are given
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct QuietBook(BTreeMap<Region, QuietRule>);

impl QuietBook {
    /// The rules this version of the crate knows of.
    #[must_use]
    pub fn published() -> Self {
        PUBLISHED.iter().filter_map(|entry| Some((Region::parse(entry.region)?, entry.rule()?))).fold(
            Self::default(),
            |mut book, (region, rule)| {
                book.0.insert(region, rule);
                book
            },
        )
    }

    /// The rule of a region.
    #[must_use]
    pub fn rule(&self, region: Region) -> Option<&QuietRule> {
        self.0.get(&region)
    }

    /// The same with another rule for a region.
    #[must_use]
    pub fn with(mut self, region: Region, rule: QuietRule) -> Self {
        self.0.insert(region, rule);
        self
    }

    /// All rules, by region.
    pub fn iter(&self) -> impl Iterator<Item = (Region, &QuietRule)> {
        self.0.iter().map(|(region, rule)| (*region, rule))
    }
}

struct Entry {
    region: &'static str,
    /// Hours from and until which it is quiet every day.
    night: (u32, u32),
    /// First quiet day and the day on which quiet has ended.
    days: Option<(Weekday, Weekday)>,
    holidays: bool,
    bindingness: Bindingness,
    source: &'static str,
}

impl Entry {
    fn rule(&self) -> Option<QuietRule> {
        let night = Window::daily(WallTime::new(self.night.0, 0, 0)?, WallTime::new(self.night.1, 0, 0)?);
        let days = self.days.map(|(first, after)| {
            Window::weekly(WeekTime::new(first, WallTime::MIDNIGHT), WeekTime::new(after, WallTime::MIDNIGHT))
        });
        Some(QuietRule {
            windows: Windows::new([night].into_iter().chain(days)).ok()?,
            holidays: self.holidays,
            bindingness: self.bindingness,
            source: self.source.to_owned(),
            as_of: NaiveDate::from_ymd_opt(2026, 11, 1)?,
        })
    }
}

const PUBLISHED: &[Entry] = &[
    Entry {
        region: "US",
        night: (21, 8),
        days: None,
        holidays: false,
        bindingness: Bindingness::Law,
        source: "47 CFR 64.1200(c)(1): telephone solicitation between 8 a.m. and 9 p.m. at the called party's location",
    },
    Entry {
        region: "AE",
        night: (21, 7),
        days: None,
        holidays: false,
        bindingness: Bindingness::Provider,
        source: "twilio.com SMS guidelines, United Arab Emirates",
    },
    Entry {
        region: "SA",
        night: (22, 7),
        days: None,
        holidays: false,
        bindingness: Bindingness::Provider,
        source: "docs.mapp.com, SMS in Saudi Arabia: promotional messages from 07:00 to 22:00",
    },
    Entry {
        region: "JO",
        night: (21, 8),
        days: Some((Weekday::Fri, Weekday::Sun)),
        holidays: true,
        bindingness: Bindingness::Provider,
        source: "docs.mapp.com, SMS in Jordan: not from 21:00 to 08:00, Fridays, Saturdays and holidays",
    },
    Entry {
        region: "FR",
        night: (22, 8),
        days: Some((Weekday::Sun, Weekday::Mon)),
        holidays: true,
        bindingness: Bindingness::Provider,
        source: "developers.brevo.com, transactional SMS: marketing in France not from 22:00 to 08:00, Sundays and holidays",
    },
    Entry {
        region: "KW",
        night: (21, 9),
        days: None,
        holidays: false,
        bindingness: Bindingness::Advice,
        source: "providers' recommendation for Kuwait",
    },
];

//! Where a week begins and which days are its weekend, by region.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::window::{day_name, day_named};
use crate::region::Region;
use crate::time::{NaiveDate, Weekday};

/// A region's week. Written `{"first_day": "sat", "weekend": ["fri"]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Week {
    /// The day on which calendars begin a week.
    #[serde(serialize_with = "write_day", deserialize_with = "read_day")]
    pub first_day: Weekday,
    /// The days off, in their order.
    #[serde(serialize_with = "write_days", deserialize_with = "read_days")]
    pub weekend: Vec<Weekday>,
}

impl Week {
    /// The date on which the week of that date began.
    ///
    /// ```
    /// use throughline::calendar::WeekData;
    /// use throughline::region::Region;
    /// let iran = WeekData::cldr().week("IR".parse::<Region>()?).clone();
    /// assert_eq!(iran.began("2026-11-20".parse()?), Some("2026-11-14".parse()?)); // Friday, so since Saturday
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// `None` only within a week of the first date that can be written.
    #[must_use]
    pub fn began(&self, date: NaiveDate) -> Option<NaiveDate> {
        use chrono::Datelike;
        let days = u64::from(date.weekday().days_since(self.first_day));
        date.checked_sub_days(chrono::Days::new(days))
    }
}

/// The weeks of all regions: dated data with its source, which a host can override.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeekData {
    /// Where the data comes from, with its version.
    pub source: String,
    /// The week of a region that is not listed.
    pub world: Week,
    /// The regions whose week differs.
    pub regions: BTreeMap<Region, Week>,
}

impl WeekData {
    /// The Unicode CLDR's table, version 48.2 (`supplemental/weekData`, 2026).
    ///
    /// Regions change: the first day of the United Arab Emirates was Saturday in CLDR 45 and is Monday here. Override
    /// with [`WeekData::with`].
    #[must_use]
    pub fn cldr() -> Self {
        let world = Week { first_day: Weekday::Mon, weekend: vec![Weekday::Sat, Weekday::Sun] };
        let mut data =
            Self { source: "Unicode CLDR 48.2 weekData".to_owned(), world, regions: BTreeMap::new() };
        for (day, regions) in FIRST_DAYS {
            for region in regions.split(' ').filter_map(Region::parse) {
                data.entry(region).first_day = *day;
            }
        }
        for (days, regions) in WEEKENDS {
            for region in regions.split(' ').filter_map(Region::parse) {
                data.entry(region).weekend = days.to_vec();
            }
        }
        data
    }

    /// The same with another week for a region.
    #[must_use]
    pub fn with(mut self, region: Region, week: Week) -> Self {
        self.regions.insert(region, week);
        self
    }

    /// The week of a region.
    ///
    /// # Complexity
    /// O(log r) in the number of regions listed.
    #[must_use]
    pub fn week(&self, region: Region) -> &Week {
        self.regions.get(&region).unwrap_or(&self.world)
    }

    fn entry(&mut self, region: Region) -> &mut Week {
        let world = &self.world;
        self.regions.entry(region).or_insert_with(|| world.clone())
    }
}

impl Default for WeekData {
    fn default() -> Self {
        Self::cldr()
    }
}

/// First days other than Monday.
const FIRST_DAYS: &[(Weekday, &str)] = &[
    (Weekday::Fri, "MV"),
    (Weekday::Sat, "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY"),
    (
        Weekday::Sun,
        "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO MT MX MZ NI NP \
         PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW",
    ),
];

/// Weekends other than Saturday and Sunday.
const WEEKENDS: &[(&[Weekday], &str)] = &[
    (&[Weekday::Thu, Weekday::Fri], "AF"),
    (&[Weekday::Fri], "IR"),
    (&[Weekday::Fri, Weekday::Sat], "BH DZ EG IL IQ JO KW LY OM QA SA SD SY YE"),
    (&[Weekday::Sun], "IN UG"),
];

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn write_day<S: Serializer>(day: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(day_name(*day))
}

fn read_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Weekday, D::Error> {
    let name = String::deserialize(deserializer)?;
    day_named(&name).ok_or_else(|| D::Error::custom("a day is one of `mon` to `sun`"))
}

fn write_days<S: Serializer>(days: &[Weekday], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(days.iter().map(|day| day_name(*day)))
}

fn read_days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Weekday>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names
        .iter()
        .map(|name| day_named(name).ok_or_else(|| D::Error::custom("a day is one of `mon` to `sun`")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Weekday::{Fri, Mon, Sat, Sun, Thu};

    #[test]
    fn weeks_differ_by_region() {
        let data = WeekData::cldr();
        for (region, first_day, weekend) in [
            ("IR", Sat, &[Fri][..]),
            ("AF", Sat, &[Thu, Fri]),
            ("EG", Sat, &[Fri, Sat]),
            ("IL", Sun, &[Fri, Sat]),
            ("YE", Sun, &[Fri, Sat]),
            ("AE", Mon, &[Sat, Sun]),
            ("MV", Fri, &[Sat, Sun]),
            ("UG", Mon, &[Sun]),
            ("UA", Mon, &[Sat, Sun]),
            ("NZ", Mon, &[Sat, Sun]),
        ] {
            let week = data.week(Region::parse(region).unwrap());
            assert_eq!((week.first_day, &*week.weekend), (first_day, weekend), "{region}");
        }
    }

    #[test]
    fn a_host_overrides_a_region() {
        let emirates = Region::parse("ae").unwrap();
        let week = Week { first_day: Sat, weekend: vec![Fri, Sat] };
        let data = WeekData::cldr().with(emirates, week.clone());
        assert_eq!(data.week(emirates), &week);
        let stored = serde_json::to_string(&data).unwrap();
        assert_eq!(serde_json::from_str::<WeekData>(&stored).unwrap(), data);
    }

    #[test]
    fn a_week_began_on_its_first_day() {
        for first_day in [Mon, Fri, Sat, Sun] {
            let week = Week { first_day, weekend: Vec::new() };
            for day in 1..=28 {
                let date = NaiveDate::from_ymd_opt(2026, 2, day).unwrap();
                let began = week.began(date).unwrap();
                assert_eq!(chrono::Datelike::weekday(&began), first_day);
                assert!((0..7).contains(&(date - began).num_days()));
            }
        }
    }
}

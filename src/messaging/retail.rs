//! Ready-made policies of a retailer, by market. Every rule is data with its source: change what does not suit.

use super::caps::{CalendarUnit, Cap, CapWindow, CountBy};
use super::consent::{ConsentBook, ConsentRule, ConsentRules};
use super::policy::{Policy, QuietHours};
use super::presets::{Bindingness, QuietBook, RuleSource};
use crate::calendar::{WallTime, WeekTime, Window, Windows};
use crate::channel::Channel;
use crate::region::Region;
use crate::time::{NaiveDate, Weekday};

const OWN: &str = "recommendation of this crate";

impl Policy {
    /// A retailer in the European Economic Area, Switzerland and the United Kingdom: prior consent, or a recent customer
    /// for e-mail and text messages; quiet from 21:00 to 08:00, in France from 22:00 and on Sundays too (public holidays
    /// come from the host).
    ///
    /// ```
    /// use throughline::channel::Channel;
    /// use throughline::messaging::{Class, ConsentRule, Policy};
    /// let policy = Policy::retail_eu();
    /// assert_eq!(policy.consent_rule(Class::Marketing, None, &Channel::Push), ConsentRule::OptIn);
    /// assert!(policy.sources.iter().all(|rule| !rule.source.is_empty()));
    /// ```
    #[must_use]
    pub fn retail_eu() -> Self {
        let rules = ConsentRules {
            channels: [(Channel::Email, ConsentRule::SoftOptIn), (Channel::Sms, ConsentRule::SoftOptIn)]
                .into(),
            ..ConsentRules::default()
        };
        retail("DE", rules, windows((21, 8), None), &[OWN_NIGHT])
    }

    /// A retailer in the United States: e-mail until the person objects, texts and calls with consent; none of them from
    /// 21:00 to 08:00 where the person is.
    #[must_use]
    pub fn retail_us() -> Self {
        let rules = ConsentRules {
            channels: [(Channel::Email, ConsentRule::OptOut)].into(),
            ..ConsentRules::default()
        };
        retail("US", rules, windows((21, 8), None), &[])
    }

    /// A retailer in the countries of the Gulf: prior consent; quiet hours by country as providers publish them, and 21:00
    /// to 09:00, the strictest of them, where none is known.
    #[must_use]
    pub fn retail_gulf() -> Self {
        let published = RuleText {
            rule: "quiet_hours.windows",
            source: "the strictest of the providers' hours for the region",
            bindingness: Bindingness::Advice,
        };
        retail("AE", ConsentRules::default(), windows((21, 9), None), &[published])
    }

    /// A retailer in Iran: prior consent; quiet from 21:00 to 08:00 and on Fridays until noon, which is our own
    /// recommendation, for no published hours were verified. Numbers on the operators' blacklist are the host's to keep,
    /// as refusals of marketing in the ledger of the address.
    #[must_use]
    pub fn retail_iran() -> Self {
        retail("IR", ConsentRules::default(), windows((21, 8), Some((Weekday::Fri, 12))), &[OWN_NIGHT])
    }
}

const OWN_NIGHT: RuleText =
    RuleText { rule: "quiet_hours.windows", source: OWN, bindingness: Bindingness::Advice };

#[derive(Clone, Copy)]
struct RuleText {
    rule: &'static str,
    source: &'static str,
    bindingness: Bindingness,
}

/// The rules that all of them share, around what the home market asks for.
fn retail(home: &str, consent: ConsentRules, night: Windows, texts: &[RuleText]) -> Policy {
    let (quiet_book, consent_book) = (QuietBook::published(), ConsentBook::published());
    let mut quiet_hours = QuietHours::from_book(&quiet_book);
    quiet_hours.windows = night;
    quiet_hours.exempt = vec![Channel::Email, Channel::Web, Channel::App];
    let mut sources: Vec<RuleSource> = Vec::new();
    let mut add = |rule: &str, source: &str, bindingness, as_of: Option<NaiveDate>| {
        let (rule, source) = (rule.to_owned(), source.to_owned());
        sources.extend(as_of.map(|as_of| RuleSource { rule, source, bindingness, as_of }));
    };
    let today = NaiveDate::from_ymd_opt(2026, 11, 1);
    if let Some(law) = Region::parse(home).and_then(|region| consent_book.law(region)) {
        add("consent", &law.source, law.bindingness, Some(law.as_of));
    }
    for (region, law) in consent_book.iter() {
        add(&format!("consent_regions.{region}"), &law.source, law.bindingness, Some(law.as_of));
    }
    let home_hours = Region::parse(home).and_then(|region| quiet_book.rule(region));
    if let Some(rule) = home_hours.filter(|_| texts.is_empty()) {
        add("quiet_hours.windows", &rule.source, rule.bindingness, Some(rule.as_of));
    }
    for text in texts {
        add(text.rule, text.source, text.bindingness, today);
    }
    for (region, rule) in quiet_book.iter() {
        add(&format!("quiet_hours.regions.{region}"), &rule.source, rule.bindingness, Some(rule.as_of));
    }
    let caps = vec![
        Cap::new("2-a-day", 2, CapWindow::calendar(CalendarUnit::Day)),
        Cap { count_by: CountBy::Message, ..Cap::new("5-messages-in-7-days", 5, CapWindow::rolling_days(7)) },
        Cap { channel: Some(Channel::Sms), ..Cap::new("4-sms-in-30-days", 4, CapWindow::rolling_days(30)) },
        Cap {
            channel: Some(Channel::Push),
            ..Cap::new("3-push-a-week", 3, CapWindow::calendar(CalendarUnit::Week))
        },
    ];
    for cap in &caps {
        add(&format!("caps.{}", cap.id), OWN, Bindingness::Advice, today);
    }
    for rule in ["quiet_hours.exempt", "channels", "conflict_seconds", "patience_seconds"] {
        add(rule, OWN, Bindingness::Advice, today);
    }
    Policy {
        channels: vec![Channel::Push, Channel::Email, Channel::WhatsApp, Channel::Sms],
        consent,
        consent_regions: consent_book.rules(),
        quiet_hours,
        caps,
        conflict_seconds: 4 * 3_600,
        patience_seconds: 2 * 3_600,
        sources,
        ..Policy::default()
    }
}

/// A night, and the morning of a day of rest.
fn windows(night: (u32, u32), rest: Option<(Weekday, u32)>) -> Windows {
    let time = |hour| WallTime::new(hour, 0, 0);
    let daily = time(night.0).zip(time(night.1)).map(|(start, end)| Window::daily(start, end));
    let weekly = rest.and_then(|(day, until)| {
        Some(Window::weekly(WeekTime::new(day, WallTime::MIDNIGHT), WeekTime::new(day, time(until)?)))
    });
    Windows::new(daily.into_iter().chain(weekly)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_a_preset_has_its_source_and_survives_storage() {
        for policy in [Policy::retail_eu(), Policy::retail_us(), Policy::retail_gulf(), Policy::retail_iran()]
        {
            let named = |rule: &str| policy.sources.iter().filter(|source| source.rule == rule).count();
            for cap in &policy.caps {
                assert_eq!(named(&format!("caps.{}", cap.id)), 1);
            }
            for region in policy.consent_regions.keys() {
                assert_eq!(named(&format!("consent_regions.{region}")), 1);
            }
            for region in policy.quiet_hours.regions.keys() {
                assert_eq!(named(&format!("quiet_hours.regions.{region}")), 1);
            }
            for rule in
                ["consent", "quiet_hours.windows", "quiet_hours.exempt", "channels", "conflict_seconds"]
            {
                assert_eq!(named(rule), 1, "{rule}");
            }
            assert!(!policy.quiet_hours.windows.is_empty());
            let stored = serde_json::to_string(&policy).unwrap();
            assert_eq!(serde_json::from_str::<Policy>(&stored).unwrap(), policy);
        }
    }
}

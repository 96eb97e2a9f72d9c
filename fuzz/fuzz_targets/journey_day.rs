//! Any lines of events make journeys: the same in the other order of arrival, with credits that add up to what was earned.
#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::event::{Event, Import, import_lines};
use throughline::journey::attribution::{Model, Rule, credit, explain_history};
use throughline::journey::paths::HistorySettings;
use throughline::journey::reading::{JourneyRules, JourneyTally, OrderBook, TallySettings};
use throughline::money::Currency;
use throughline::time::from_millis;

fuzz_target!(|bytes: &[u8]| {
    let import = Import::backfill(from_millis(1_774_000_000_000));
    let events: Vec<Event> = import_lines(bytes, &import).filter_map(|line| line.result.ok()).take(64).collect();
    let rules = JourneyRules::retail(Currency::parse("EUR").expect("a currency")).compile().expect("rules");
    let journey = rules.journey(&events);
    let turned = rules.journey(events.iter().rev().chain(&events));
    // The first of several events with one id is the first in order, whichever came first.
    assert_eq!(serde_json::to_vec(&journey).expect("json"), serde_json::to_vec(&turned).expect("json"));
    let mut book = OrderBook::default();
    book.add(&journey);
    assert_eq!(journey.conversions(None), journey.conversions(Some(&book)));
    let conversions = journey.conversions(None);
    let earned: i128 = conversions.iter().map(|one| i128::from(one.value_minor)).sum();
    let mut tally = JourneyTally::new(TallySettings::retail()).expect("settings");
    tally.add(&journey, Some(&book)).expect("few touches");
    let reports = tally.finish();
    if let Ok(credits) = credit(&reports.credit, &Rule::position()) {
        assert_eq!(credits.value_sum(), earned);
    }
    let rule = Rule::time_decay();
    let why = explain_history(&journey.touches(), &conversions, &HistorySettings::default(), Model::Rule(&rule));
    for one in why.expect("touches have channels") {
        let given: i128 = one.credits.iter().map(|credit| i128::from(credit.value_minor)).sum();
        assert!(one.credits.is_empty() || given == i128::from(one.value_minor));
        assert!(!one.to_text().is_empty());
    }
});

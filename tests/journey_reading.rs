//! From events to journeys through the hub: one customer's, and those of everybody.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::sync::Arc;

use proptest::prelude::*;
use throughline::calendar::Zone;
use throughline::channel::Channel;
use throughline::event::{Event, EventBuilder, Import};
use throughline::hub::{
    Afterwards, CommandKey, CustomerJourney, Hub, JourneySettings, JourneysPage, Rules, What, Who,
};
use throughline::ids::RecordId;
use throughline::journey::attribution::{Model, Rule, credit};
use throughline::journey::paths::Fate;
use throughline::journey::reading::{
    FunnelRules, JourneyReader, JourneyRules, OrderBook, StepKind, TallySettings, Which,
};
use throughline::journey::stages::Stage;
use throughline::messaging::{ConsentRecord, ConsentState};
use throughline::money::Currency;
use throughline::store::{MemoryStore, Tenant};
use throughline::time::from_millis;

const BASE: i64 = 1_700_000_000_000;

fn hub() -> Hub {
    Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"secret")).unwrap()
}

/// Read some weeks later.
fn import() -> Import {
    Import::new(from_millis(BASE + 80 * 86_400_000))
}

fn reader() -> JourneyReader {
    let mut rules = JourneyRules::retail(Currency::parse("EUR").unwrap());
    rules.hidden.push(Which::with("topic", ["health"]));
    rules.compile().unwrap()
}

/// An event of an account, or of a visitor if the name begins with `v-`, so many minutes after the base.
fn event(id: &str, who: &str, minute: i64, channel: &Channel, name: &str) -> EventBuilder {
    let event = EventBuilder::track(name)
        .message_id(id)
        .timestamp(from_millis(BASE + minute * 60_000))
        .channel(channel);
    if who.starts_with("v-") { event.anonymous_id(who) } else { event.user_id(who) }
}

fn record(hub: &Hub, event: &EventBuilder) -> RecordId {
    hub.record(&event.build(&import()).unwrap()).unwrap().record
}

fn order(hub: &Hub, id: &str, who: &str, minute: i64, order: &str, total: &str) -> RecordId {
    let sale = event(id, who, minute, &Channel::Till, "Order Completed").property("order_id", order);
    record(hub, &sale.property("currency", "EUR").property_number("total", total))
}

fn of(hub: &Hub, who: impl Into<Who>) -> CustomerJourney {
    let linear = Model::Rule(&Rule::Linear);
    hub.journey(&who.into(), &reader(), &JourneySettings::retail(), &Zone::utc(), linear)
        .unwrap()
        .unwrap()
        .unwrap()
}

/// All pages of so many records, one after another.
fn all(hub: &Hub, limit: usize) -> Vec<JourneysPage> {
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = hub.journeys(&reader(), &JourneySettings::retail(), &Zone::utc(), after, limit).unwrap();
        after = page.next;
        pages.push(page);
        if after.is_none() {
            return pages;
        }
    }
}

#[test]
fn a_journey_has_steps_visits_stages_and_credits_with_reasons() {
    let hub = hub();
    let touch = |id: &str, minute, channel, name| record(&hub, &event(id, "sara", minute, channel, name));
    touch("1", 0, &Channel::Web, "Product Viewed");
    touch("2", 60 * 24 * 40, &Channel::App, "Product Viewed");
    touch("3", 60 * 24 * 40 + 1, &Channel::App, "Product Added");
    let delivered = event("4", "sara", 60 * 24 * 40 + 20, &Channel::Email, "Email Delivered");
    record(&hub, &delivered);
    let who = order(&hub, "5", "sara", 60 * 24 * 40 + 40, "o", "10.01");
    let back = event("6", "sara", 60 * 24 * 41, &Channel::Till, "Order Refunded").property("order_id", "o");
    record(&hub, &back);
    let hidden =
        event("7", "sara", 60 * 24 * 40 + 2, &Channel::Chat, "Message Received").property("topic", "health");
    record(&hub, &hidden);

    let journey = of(&hub, who);
    let kinds: Vec<StepKind> = journey.journey.steps.iter().map(|step| step.kind).collect();
    use StepKind::{Conversion, Outbound, Refund, Touch};
    assert_eq!(kinds, [Touch, Touch, Touch, Outbound, Conversion, Refund]);
    // What was hidden is in no visit either; what we sent does not bridge half an hour.
    assert!(journey.sessions.iter().all(|session| !session.events.contains(&"7".into())));
    assert_eq!(journey.sessions.iter().map(|session| session.acts).sum::<u32>(), 5);
    let visits: Vec<Option<u32>> = journey.journey.steps.iter().map(|step| step.session).collect();
    assert_eq!((visits[0], visits[1], visits[2]), (Some(1), Some(2), Some(2)));
    assert!(visits[4] > visits[2] && visits[5] > visits[4], "{visits:?}");
    let stages: Vec<Stage> = journey.stages.iter().map(|stay| stay.stage).collect();
    assert_eq!(stages[..2], [Stage::Consideration, Stage::Purchase]);
    // The view in the web shop is longer ago than one looks back; the two of the app are one.
    assert_eq!(journey.conversions.iter().map(|one| one.value_minor).collect::<Vec<_>>(), [1_001, -1_001]);
    let fates: Vec<Fate> = journey.conversions[0].touches.iter().map(|touch| touch.fate).collect();
    assert_eq!(fates, [Fate::BeforeDays, Fate::Counts(0), Fate::Cleaned(0)]);
    assert_eq!(journey.conversions[0].credits[0].value_minor, 1_001);
    assert_eq!(journey.conversions[1].credits[0].value_minor, -1_001);
    assert!(journey.conversions[0].to_text().contains("longer ago"));
    let text = serde_json::to_string(&journey).unwrap();
    assert_eq!(serde_json::from_str::<CustomerJourney>(&text).unwrap(), journey);

    // Nobody, and a model that cannot be.
    let settings = JourneySettings::retail();
    let nobody = Who::Record(RecordId::from_bytes([9; 16]));
    let linear = Model::Rule(&Rule::Linear);
    assert_eq!(hub.journey(&nobody, &reader(), &settings, &Zone::utc(), linear).unwrap(), None);
    let never = Rule::TimeDecay { half_life_seconds: 0, untimed_gap_seconds: 1 };
    let wrong = hub.journey(&who.into(), &reader(), &settings, &Zone::utc(), Model::Rule(&never));
    assert!(wrong.unwrap().unwrap().is_err());
    // From the day of the order on.
    let late = JourneySettings { since: Some(from_millis(BASE + 60_000 * (60 * 24 * 40 + 40))), ..settings };
    let late = hub.journey(&who.into(), &reader(), &late, &Zone::utc(), linear).unwrap().unwrap().unwrap();
    assert_eq!((late.journey.steps.len(), late.conversions[0].credits.len()), (2, 0));
    // The other driver says the same.
    let other = pollster::block_on(hub.asynchronous().journey(
        &who.into(),
        &reader(),
        &JourneySettings::retail(),
        &Zone::utc(),
        linear,
    ));
    assert_eq!(other.unwrap().unwrap().unwrap(), journey);
}

#[test]
fn merges_splits_and_erasures_show_at_once() {
    let hub = hub();
    let web = record(&hub, &event("1", "v-browser", 0, &Channel::Web, "Product Viewed"));
    let till = order(&hub, "2", "card-7", 9, "o", "5.00");
    let steps = |who: RecordId| of(&hub, who).journey.steps.len();
    assert_eq!((steps(web), steps(till), all(&hub, 9)[0].journeys.len()), (1, 1, 2));
    let key = CommandKey::new("same");
    hub.link(&key, web, till).unwrap();
    assert_eq!((steps(web), steps(till), all(&hub, 9)[0].journeys.len()), (2, 2, 1));
    assert_eq!(of(&hub, web), of(&hub, till));
    assert_eq!(of(&hub, web).conversions[0].credits[0].value_minor, 500);
    hub.keep_apart(&CommandKey::new("apart"), &[web], &[till]).unwrap();
    assert_eq!((steps(web), steps(till), all(&hub, 9)[0].journeys.len()), (1, 1, 2));
    assert_eq!(of(&hub, till).conversions[0].credits, []);
    hub.erase(&CommandKey::new("gone"), &What::Profile(till.into()), Afterwards::Suppress).unwrap();
    let linear = Model::Rule(&Rule::Linear);
    let gone =
        hub.journey(&till.into(), &reader(), &JourneySettings::retail(), &Zone::utc(), linear).unwrap();
    assert_eq!(gone, None);
    let left = all(&hub, 9);
    assert_eq!((left.len(), left[0].journeys.len(), left[0].journeys[0].1.steps.len()), (1, 1, 1));
}

#[test]
fn whoever_refuses_is_in_no_report() {
    let hub = hub();
    record(&hub, &event("1", "sara", 0, &Channel::Web, "Product Viewed"));
    order(&hub, "2", "sara", 9, "o", "5.00");
    let no = order(&hub, "3", "omid", 9, "p", "7.00");
    record(&hub, &event("4", "omid", 10, &Channel::App, "Product Viewed").consent("analytics", false));
    assert!(
        of(&hub, no).journey.left_out
            && of(&hub, no).sessions.is_empty()
            && of(&hub, no).conversions.is_empty()
    );
    let reports =
        hub.journey_reports(&reader(), &JourneySettings::retail(), &Zone::utc(), TallySettings::retail());
    let reports = reports.unwrap().unwrap();
    assert_eq!((reports.counts.customers, reports.counts.left_out), (1, 1));
    assert_eq!(credit(&reports.credit, &Rule::Last).unwrap().value_sum(), 500);
    // The mind may be changed.
    record(&hub, &event("5", "omid", 11, &Channel::App, "Cart Viewed").consent("analytics", true));
    assert_eq!(of(&hub, no).journey.steps.len(), 3);
}

#[test]
fn a_refusal_counts_whoever_told_it_and_however_long_ago() {
    let hub = hub();
    let sara = record(&hub, &event("1", "sara", 0, &Channel::Web, "Product Viewed"));
    let omid = record(&hub, &event("2", "omid", 0, &Channel::Web, "Cart Viewed").consent("Analytics", false));
    let mina =
        record(&hub, &event("3", "mina", 0, &Channel::Web, "Cart Viewed").property_json("tester", "true"));
    for (id, who) in [("4", "sara"), ("5", "omid"), ("6", "mina")] {
        record(&hub, &event(id, who, 60, &Channel::App, "Product Viewed"));
    }
    let mut rules = JourneyRules::retail(Currency::parse("EUR").unwrap());
    rules.purpose = Some("analytics.journeys".into());
    rules.excluded.push(Which::with("tester", ["true"]));
    let reader = rules.compile().unwrap();
    let late = JourneySettings { since: Some(from_millis(BASE + 30 * 60_000)), ..JourneySettings::retail() };
    let steps = |who: RecordId| {
        let linear = Model::Rule(&Rule::Linear);
        let journey = hub.journey(&who.into(), &reader, &late, &Zone::utc(), linear).unwrap().unwrap();
        let journey = journey.unwrap().journey;
        (journey.left_out, journey.steps.len())
    };
    // A broader purpose, in another case, before what is looked at; an event that excludes, likewise.
    assert_eq!((steps(sara), steps(omid), steps(mina)), ((false, 1), (true, 0), (true, 0)));
    let page = hub.journeys(&reader, &late, &Zone::utc(), None, 9).unwrap();
    assert_eq!((page.journeys.len(), page.left_out), (1, 2));

    // What the host tells, without any event: of one channel, of another purpose, of this one, of everything.
    let tell = |purpose: &str, channel: &str, state, minute: i64| {
        let at = from_millis(BASE + minute * 60_000);
        let said = ConsentRecord::new(purpose.parse().unwrap(), channel.parse().unwrap(), state, at);
        hub.consent(&sara.into(), &said).unwrap();
    };
    tell("analytics", "sms", ConsentState::Denied, 100);
    tell("analytics.heatmaps", "*", ConsentState::Denied, 101);
    tell("marketing", "*", ConsentState::Withdrawn, 102);
    assert_eq!(steps(sara), (false, 1));
    tell("analytics", "*", ConsentState::Denied, 103);
    assert_eq!(steps(sara), (true, 0));
    tell("analytics", "*", ConsentState::Pending, 104);
    assert_eq!(steps(sara), (true, 0));
    tell("analytics", "*", ConsentState::Granted, 105);
    assert_eq!(steps(sara), (false, 1));
    tell("*", "*", ConsentState::Withdrawn, 106);
    assert_eq!(steps(sara), (true, 0));
    // One record's later grant does not lift another's refusal.
    hub.link(&CommandKey::new("same"), sara, omid).unwrap();
    tell("analytics", "*", ConsentState::Granted, 107);
    assert_eq!(steps(sara), (true, 0));
}

#[test]
fn a_purpose_in_events_alone_is_one_of_a_hierarchy_too() {
    let mut rules = JourneyRules::retail(Currency::parse("EUR").unwrap());
    rules.purpose = Some("Analytics.journeys".into());
    let reader = rules.compile().unwrap();
    let left_out = |purpose: &str| {
        let said = event("1", "sara", 0, &Channel::Web, "Cart Viewed").consent(purpose, false);
        reader.journey([&said.build(&import()).unwrap()]).left_out
    };
    let no = ["ANALYTICS", "analytics.Journeys"].map(left_out);
    let other = ["analytics.journeys.maps", "analytic", "analytics.heatmaps", "marketing"].map(left_out);
    assert_eq!((no, other), ([true; 2], [false; 4]));
}

#[test]
fn a_refund_is_taken_from_the_one_who_bought() {
    let hub = hub();
    record(&hub, &event("1", "sara", 0, &Channel::Web, "Product Viewed"));
    order(&hub, "2", "sara", 9, "o", "5.00");
    let back = event("3", "omid", 20, &Channel::CallCentre, "Order Refunded").property("order_id", "o");
    record(&hub, &back);
    let settings = TallySettings {
        funnels: vec![FunnelRules::ordered("look, buy", ["Product Viewed", "Order Completed"], 3_600)],
        ..TallySettings::retail()
    };
    let reports = hub
        .journey_reports(&reader(), &JourneySettings::retail(), &Zone::utc(), settings.clone())
        .unwrap()
        .unwrap();
    let credits = credit(&reports.credit, &Rule::Last).unwrap();
    assert_eq!(
        (credits.value_of("web"), credits.value_sum(), reports.counts.refunds_unknown),
        (Some(0), 0, 0)
    );
    assert_eq!(reports.funnels[0].total.steps[1].reached, 1);
    let wrong = TallySettings { funnels: vec![FunnelRules::default()], ..settings };
    assert!(
        hub.journey_reports(&reader(), &JourneySettings::retail(), &Zone::utc(), wrong).unwrap().is_err()
    );
}

const NAMES: [&str; 7] = [
    "Product Viewed",
    "Product Added",
    "Order Completed",
    "Order Refunded",
    "Signed Out",
    "تماس تلفنی",
    "Email Delivered",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Events of some accounts and visitors in two orders of arrival: the same journeys, page by page, by any page length, and one
    /// by one; and the same reports.
    #[test]
    fn pages_hold_everybody_once_in_any_order_of_arrival(
        acts in proptest::collection::vec((0..5_u8, 0..3_u8, 0..400_i64, 0..NAMES.len(), 0..4_usize, 0..3_u8), 1..30),
        seed in any::<u64>(),
        limit in 1..7_usize,
    ) {
        let make = || -> Vec<Event> {
            acts.iter().enumerate().map(|(id, (who, visitor, minute, name, channel, order))| {
                let mut event = event(&format!("m{id}"), &format!("u-{who}"), *minute, &Channel::KNOWN[*channel], NAMES[*name])
                    .property("order_id", &format!("o{order}")).property_number("total", &format!("{minute}.5"));
                if *visitor > 0 {
                    event = event.anonymous_id(&format!("v-{who}-{visitor}"));
                }
                event.build(&import()).unwrap()
            }).collect()
        };
        let (one, other) = (hub(), hub());
        let events = make();
        for event in &events {
            one.record(event).unwrap();
        }
        let mut shuffled = make();
        let mut state = seed;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(place, (state >> 33) as usize % (place + 1));
        }
        other.record_all(&shuffled).unwrap();
        // Ids of records are derived from what they are, so that both hubs have the same.
        let sorted = |hub: &Hub, limit| {
            let mut journeys: Vec<String> = all(hub, limit).into_iter().flat_map(|page| page.journeys)
                .map(|(_, journey)| serde_json::to_string(&journey).unwrap()).collect();
            journeys.sort();
            journeys
        };
        let (whole, pages) = (sorted(&one, 256), sorted(&one, limit));
        prop_assert_eq!(&whole, &pages);
        prop_assert_eq!(&whole, &sorted(&other, limit));
        let steps: usize = all(&one, 256).iter().flat_map(|page| &page.journeys).map(|(_, journey)| journey.steps.len()).sum();
        prop_assert_eq!(steps, events.len());
        for (profile, journey) in all(&one, limit).into_iter().flat_map(|page| page.journeys) {
            prop_assert_eq!(of(&one, profile).journey, journey);
        }
        let report = |hub: &Hub| {
            let all = hub.journey_reports(&reader(), &JourneySettings::retail(), &Zone::utc(), TallySettings::retail()).unwrap().unwrap();
            let credits = credit(&all.credit, &Rule::position()).unwrap();
            (format!("{:?} {:?} {:?} {:?}", all.counts, all.funnels, all.stages, all.measures), serde_json::to_string(&credits).unwrap())
        };
        prop_assert_eq!(report(&one), report(&other));
        // What is earned is what the journeys say, refunds taken off wherever they were told.
        let mut book = OrderBook::default();
        let journeys: Vec<_> = all(&one, 9).into_iter().flat_map(|page| page.journeys).collect();
        journeys.iter().for_each(|(_, journey)| book.add(journey));
        let earned: i64 = journeys.iter().flat_map(|(_, journey)| journey.conversions(Some(&book))).map(|one| one.value_minor).sum();
        let credits = credit(&hub_credit(&one), &Rule::Linear).unwrap();
        prop_assert_eq!(credits.value_sum(), i128::from(earned));
    }
}

fn hub_credit(hub: &Hub) -> throughline::journey::paths::Paths {
    let reports =
        hub.journey_reports(&reader(), &JourneySettings::retail(), &Zone::utc(), TallySettings::retail());
    reports.unwrap().unwrap().credit
}

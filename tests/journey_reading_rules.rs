//! What journeys are made of: rules as data, names of every script, orders and refunds, and that arrival does not matter.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use proptest::prelude::*;
use throughline::channel::Channel;
use throughline::event::{Event, EventBuilder, Import, OrderKey};
use throughline::journey::Feedback;
use throughline::journey::funnel::Exclusion;
use throughline::journey::reading::{
    ChannelRule, ConversionRule, FeedbackRule, Journey, JourneyRules, JourneyRulesErrorKind, JourneyStep,
    JourneyTally, OrderBook, StepKind, StepWork, TallyError, TallySettings, TouchpointIs, Which, Worth,
};
use throughline::money::Currency;
use throughline::time::from_millis;

fn euro() -> JourneyRules {
    JourneyRules::retail(Currency::parse("EUR").unwrap())
}

fn built(builder: &EventBuilder) -> Event {
    builder.build(&Import::new(from_millis(9_000_000_000))).unwrap()
}

fn track(id: &str, second: i64, name: &str) -> EventBuilder {
    EventBuilder::track(name).message_id(id).user_id("u").timestamp(from_millis(second * 1_000))
}

fn order(id: &str, second: i64, name: &str, order: &str, total: &str) -> Event {
    let event = track(id, second, name).property("order_id", order).property("currency", "EUR");
    built(&if total.is_empty() { event } else { event.property_number("total", total) })
}

fn values(journey: &Journey, book: Option<&OrderBook>) -> Vec<i64> {
    journey.conversions(book).iter().map(|one| one.value_minor).collect()
}

#[test]
fn each_event_is_what_the_first_rule_says() {
    let mut rules = euro();
    rules.hidden.push(Which::with("topic", ["Health"]));
    let reader = rules.compile().unwrap();
    let kind = |event: &EventBuilder| reader.step(&built(event)).map(|step| step.kind);
    assert_eq!(kind(&track("1", 1, "Product Viewed")), Some(StepKind::Touch));
    assert_eq!(kind(&track("1", 1, "Zone Entered")), Some(StepKind::Touch));
    assert_eq!(kind(&track("1", 1, "Order Completed")), Some(StepKind::Conversion));
    assert_eq!(kind(&track("1", 1, "ORDER  completed")), Some(StepKind::Conversion));
    assert_eq!(kind(&track("1", 1, "Order Refunded")), Some(StepKind::Refund));
    assert_eq!(kind(&track("1", 1, "Order Cancelled")), Some(StepKind::Refund));
    assert_eq!(kind(&track("1", 1, "Signed Out")), Some(StepKind::Internal));
    assert_eq!(kind(&EventBuilder::identify().message_id("1").user_id("u")), Some(StepKind::Internal));
    assert_eq!(kind(&track("1", 1, "Email Delivered")), Some(StepKind::Outbound));
    assert_eq!(kind(&track("1", 1, "Call Answered").property("topic", "health")), None);
    assert_eq!(kind(&track("1", 1, "Call Answered").property("topic", "parcel")), Some(StepKind::Touch));
    // A page that is called like an order is none.
    assert_eq!(
        kind(&EventBuilder::page("Order Completed").message_id("1").user_id("u")),
        Some(StepKind::Touch)
    );
    assert!(reader.is_outbound(&built(&track("1", 1, "email delivered"))));
    assert!(!reader.is_outbound(&built(&track("1", 1, "Email Opened"))));
    // What visits take for ours is ours here, whatever the rules name, and no other name of the retail rules is.
    let bare = JourneyRules::default().compile().unwrap();
    let called = track("1", 1, "Phone Call");
    let (by_us, by_her) =
        (called.clone().property("direction", "outbound"), called.clone().property("direction", "inbound"));
    for reader in [&reader, &bare] {
        assert!(reader.is_outbound(&built(&track("1", 1, "WhatsApp Message Failed"))));
        assert!(!reader.is_outbound(&built(&track("1", 1, "WhatsApp Message Received"))));
        assert!(reader.is_outbound(&built(&by_us)) && !reader.is_outbound(&built(&by_her)));
        let step = |event: &EventBuilder| reader.step(&built(event)).map(|step| step.kind);
        assert_eq!(step(&by_us), Some(StepKind::Outbound));
        assert_eq!(step(&by_her), Some(StepKind::Touch));
    }
    for name in euro().outbound.iter().flat_map(|which| &which.names) {
        assert!(built(&track("1", 1, name)).is_ours(), "{name}");
    }
}

#[test]
fn names_of_every_script_are_compared_as_people_read_them() {
    let mut rules = euro();
    for (own, called) in [
        ("خرید کامل شد", "Order Completed"),
        ("ההזמנה הושלמה", "Order Completed"),
        ("Заказ оформлен", "Order Completed"),
        ("تمت إضافة المنتج", "Product Added"),
    ] {
        rules.names.insert(own.into(), called.into());
    }
    rules
        .channels
        .push(ChannelRule { which: Which::named(["تماس تلفنی"]), channel: "تلفن".into() });
    let reader = rules.compile().unwrap();
    let step = |name: &str| reader.step(&built(&track("1", 1, name))).unwrap();
    // The Arabic letters kaf and yeh, points, another case, a letter with a mark.
    for name in ["خريد كامل شد", "הַהַזְמָנָה הושלמה", "ЗАКАЗ  ОФОРМЛЕН", "order completed"]
    {
        assert_eq!((step(name).kind, &*step(name).name), (StepKind::Conversion, "Order Completed"), "{name}");
    }
    assert!(step("تمت إضافة المنتج").key);
    let call = step("تماس تلفني");
    assert_eq!((&*call.channel, &*call.name), ("تلفن", "تماس تلفني"));
    // Nothing is left of signs only: they are compared as they are.
    assert_eq!(&*step("📷").name, "📷");
}

#[test]
fn pages_are_called_by_their_addresses() {
    let reader = euro().compile().unwrap();
    let named =
        |builder: &EventBuilder| reader.step(&built(&builder.clone().message_id("1").user_id("u"))).unwrap();
    let page = EventBuilder::page("Nava");
    assert_eq!(&*named(&page.clone().property("url", "https://nava.example/p/7?utm=x")).name, "Product page");
    assert_eq!(&*named(&page.clone().property("path", "/")).name, "Home");
    assert_eq!(&*named(&page.clone().property("path", "/قالی")).name, "/قالی");
    assert_eq!(&*named(&page).name, "Nava");
    let by_name = JourneyRules { pages_by_address: false, ..euro() }.compile().unwrap();
    let event = built(&page.property("path", "/").message_id("1").user_id("u"));
    assert_eq!(&*by_name.step(&event).unwrap().name, "Nava");
}

#[test]
fn values_are_those_of_the_one_currency() {
    let reader = euro().compile().unwrap();
    let money = |event: &EventBuilder| reader.step(&built(event)).unwrap().money.unwrap();
    let sale = |currency: &str, total: &str| {
        money(&track("1", 1, "Order Completed").property("currency", currency).property("total", total))
    };
    assert_eq!(sale("EUR", "49.90").value_minor, Some(4_990));
    assert_eq!(sale("eur", "49").value_minor, Some(4_900));
    assert_eq!((sale("USD", "49.90").value_minor, sale("USD", "49.90").foreign), (None, true));
    assert_eq!(sale("EUR", "much").value_minor, None);
    // The noise of binary fractions is rounded off; the amount without tax does not take its place.
    let noise = track("1", 1, "Order Completed").property_number("total", "49.900000000000006");
    assert_eq!(money(&noise.property_number("revenue", "3")).value_minor, Some(4_990));
    assert_eq!(sale("EUR", "49.895").value_minor, Some(4_990));
    assert_eq!(sale("EUR", "1e40").value_minor, None);
    assert_eq!(
        money(&track("1", 1, "Order Completed").property_number("revenue", "3")).value_minor,
        Some(300)
    );
    // What is sold below zero is no revenue.
    for total in ["-49.90", "\u{2212}3", "-۴۹٫۹۰"] {
        let below = sale("EUR", total);
        assert_eq!((below.value_minor, below.unreadable), (None, true), "{total}");
    }
    assert_eq!(sale("EUR", "-0.00").value_minor, Some(0));
    let below = reader.journey([&order("1", 1, "Order Completed", "o", "-5.00")]);
    assert_eq!(values(&below, None), [0]);
    let mut tally = JourneyTally::new(TallySettings::retail()).unwrap();
    tally.add(&below, None).unwrap();
    assert_eq!(tally.finish().counts.without_value, 1);
    // A refund may be told below zero.
    assert_eq!(
        money(&track("1", 1, "Order Refunded").property_number("total", "-3.5")).value_minor,
        Some(350)
    );
    let fixed = ConversionRule { which: Which::named(["Loan Applied For"]), worth: Worth::Fixed(2_500) };
    let rules = JourneyRules { conversions: vec![fixed], ..JourneyRules::default() };
    let loan = rules.compile().unwrap().step(&built(&track("1", 1, "Loan applied for"))).unwrap();
    assert_eq!(loan.money.unwrap().value_minor, Some(2_500));
}

#[test]
fn refunds_take_back_what_is_left_and_no_more() {
    let reader = euro().compile().unwrap();
    let sale = order("1", 1, "Order Completed", "o", "10.00");
    let journey = |rest: &[Event]| reader.journey(std::iter::once(&sale).chain(rest));
    let back = |id: &str, second, total| order(id, second, "Order Refunded", "o", total);
    assert_eq!(values(&journey(&[back("2", 2, "")]), None), [1_000, -1_000]);
    assert_eq!(values(&journey(&[back("2", 2, "3"), back("3", 3, "2")]), None), [1_000, -300, -200]);
    assert_eq!(values(&journey(&[back("2", 2, "3"), back("3", 3, "9")]), None), [1_000, -300, -700]);
    assert_eq!(values(&journey(&[back("2", 2, ""), back("3", 3, "9")]), None), [1_000, -1_000]);
    let cancelled = order("4", 4, "Order Cancelled", "o", "1");
    assert_eq!(values(&journey(&[back("2", 2, "3"), cancelled]), None), [1_000, -300, -700]);
    // The browser and the server both say it.
    assert_eq!(values(&journey(&[order("5", 2, "Order Completed", "o", "10.00")]), None), [1_000]);
    let twice = JourneyRules { orders_once: false, ..euro() }.compile().unwrap();
    let both = [order("5", 2, "Order Completed", "o", "10.00"), back("6", 3, "")];
    assert_eq!(values(&twice.journey(std::iter::once(&sale).chain(&both)), None), [1_000, -1_000, 1_000]);
}

#[test]
fn a_refund_that_cannot_be_read_takes_nothing() {
    let reader = euro().compile().unwrap();
    let sale = order("1", 1, "Order Completed", "o", "10.00");
    let back = |event: EventBuilder| built(&event.property("order_id", "o"));
    let refund = || track("2", 2, "Order Refunded");
    let unread = [
        back(refund().property("currency", "USD").property_number("total", "5.00")),
        back(refund().property("total", "5,00")),
        back(refund().property("total", "پنج")),
        back(refund().property_json("value", r#"{"minor":500}"#)),
    ];
    for event in &unread {
        let journey = reader.journey([&sale, event]);
        assert_eq!(values(&journey, None), [1_000]);
        let mut tally = JourneyTally::new(TallySettings::retail()).unwrap();
        tally.add(&journey, None).unwrap();
        assert_eq!(tally.finish().counts.refunds_unknown, 1);
    }
    // No amount at all is the rest, and a cancellation takes everything, whatever it states.
    for event in [
        back(refund().property("total", " ")),
        back(track("2", 2, "Order Cancelled").property("total", "5,00")),
    ] {
        let journey = reader.journey([&sale, &event]);
        assert_eq!(values(&journey, None), [1_000, -1_000]);
        let mut tally = JourneyTally::new(TallySettings::retail()).unwrap();
        tally.add(&journey, None).unwrap();
        assert_eq!(tally.finish().counts.refunds_unknown, 0);
    }
}

#[test]
fn a_refund_finds_its_order_in_another_journey() {
    let reader = euro().compile().unwrap();
    let buyer = reader.journey(&[order("1", 1, "Order Completed", "o", "10.00")]);
    let other = reader.journey(&[
        order("2", 2, "Order Refunded", "o", ""),
        order("3", 3, "Order Refunded", "last-year", "4.00"),
        order("4", 4, "Order Refunded", "older", ""),
    ]);
    assert_eq!((values(&buyer, None), values(&other, None)), (vec![1_000], vec![-400]));
    let mut book = OrderBook::default();
    book.add(&other);
    book.add(&buyer);
    assert_eq!((values(&buyer, Some(&book)), values(&other, Some(&book))), (vec![1_000, -1_000], vec![-400]));
    let mut tally = JourneyTally::new(TallySettings::retail()).unwrap();
    tally.add(&buyer, Some(&book)).unwrap();
    tally.add(&other, Some(&book)).unwrap();
    let counts = tally.finish().counts;
    assert_eq!((counts.conversions, counts.refunds, counts.refunds_unknown), (1, 3, 1));
}

#[test]
fn an_order_that_two_journeys_tell_counts_once() {
    let count = |rules: JourneyRules, turned: bool| {
        let reader = rules.compile().unwrap();
        let server = reader.journey(&[
            order("2", 2, "Order Completed", "o", "10.00"),
            order("3", 3, "Order Refunded", "o", "4.00"),
        ]);
        let browser = reader.journey(&[order("1", 1, "Order Completed", "o", "10.00")]);
        let mut both = [&browser, &server];
        if turned {
            both.reverse();
        }
        let mut book = OrderBook::default();
        both.iter().for_each(|journey| book.add(journey));
        let mut tally = JourneyTally::new(TallySettings::retail()).unwrap();
        both.iter().for_each(|journey| tally.add(journey, Some(&book)).unwrap());
        let counts = tally.finish().counts;
        let worth = [&browser, &server].map(|journey| values(journey, Some(&book)));
        (worth, counts.conversions, counts.refunds_unknown)
    };
    for turned in [false, true] {
        assert_eq!(count(euro(), turned), ([vec![1_000, -400], vec![]], 1, 0));
        let each = JourneyRules { orders_once: false, ..euro() };
        assert_eq!(count(each, turned), ([vec![1_000, -400], vec![1_000]], 2, 0));
    }
}

#[test]
fn counts_and_credit_go_by_one_book() {
    let reader = euro().compile().unwrap();
    let journey = reader
        .journey(&[order("1", 1, "Order Completed", "o", "10.00"), order("2", 2, "Order Refunded", "o", "")]);
    let with = |book: Option<&OrderBook>| {
        let mut tally = JourneyTally::new(TallySettings::retail()).unwrap();
        tally.add(&journey, book).unwrap();
        let reports = tally.finish();
        let worth: Vec<i64> = reports.credit.iter().map(|path| path.outcome().value_minor).collect();
        (worth, reports.counts.refunds_unknown)
    };
    assert_eq!(with(None), (vec![1_000, -1_000], 0));
    // A book that lacks the journey knows neither its sales nor its refunds, for the one question as for the other.
    assert_eq!(with(Some(&OrderBook::default())), (vec![1_000], 1));
}

#[test]
fn one_visitor_who_sends_too_many_names_spoils_no_report() {
    let reader = euro().compile().unwrap();
    let seen = reader.step(&built(&track("1", 1, "Product Viewed"))).unwrap();
    let step = |number: usize| {
        let order = OrderKey { id: number.to_string().into(), ..seen.order.clone() };
        JourneyStep { order, name: format!("بازدید {number:06}").into(), ..seen.clone() }
    };
    let flood = Journey { steps: (0..70_000).map(step).collect(), left_out: false };
    let usual = Journey { steps: vec![step(69_999), seen.clone()], left_out: false };
    let mut alone = JourneyTally::new(TallySettings::retail()).unwrap();
    assert!(alone.add(&flood, None).is_err(), "it would be too many");
    let paths = |journeys: [&Journey; 3]| {
        let mut book = OrderBook::default();
        journeys.iter().for_each(|journey| book.add(journey));
        let mut tally = JourneyTally::new(TallySettings::retail()).unwrap();
        journeys.iter().for_each(|journey| tally.add(journey, Some(&book)).unwrap());
        let reports = tally.finish();
        let mut all: Vec<Vec<String>> =
            reports.touchpoints.iter().map(|path| path.channels().map(Into::into).collect()).collect();
        all.sort_by_key(Vec::len);
        all
    };
    let all = paths([&flood, &usual, &usual]);
    assert_eq!(
        all[0],
        ["بازدید 069999 (server)", "Product Viewed (server)"]
            .map(|name| name.replace("server", &seen.channel))
    );
    // Two names are in more journeys; of the rest the first, then one node, then the one that is frequent.
    assert_eq!(all[2].len(), 65_532 + 2);
    assert_eq!(all[2][65_532], "(other)");
    assert_eq!(all, paths([&usual, &flood, &usual]));
}

#[test]
fn who_is_left_out_has_no_journey() {
    let mut rules = euro();
    rules.excluded.push(Which::with("tester", ["true"]));
    let reader = rules.compile().unwrap();
    let seen = built(&track("1", 1, "Product Viewed"));
    let said =
        |id: &str, second, granted| built(&track(id, second, "Product Viewed").consent("analytics", granted));
    assert!(!reader.journey([&seen]).left_out);
    assert!(
        reader
            .journey([&seen, &built(&track("2", 2, "Cart Viewed").property_json("tester", "true"))])
            .left_out
    );
    assert!(reader.journey([&said("2", 2, false), &seen]).left_out);
    assert!(!reader.journey([&said("3", 3, true), &said("2", 2, false)]).left_out);
    assert!(reader.journey([&said("2", 2, true), &said("3", 3, false)]).left_out);
    // A refusal of everything is one of this; one of another purpose is not.
    let withdrawn = |purpose| built(&track("4", 4, "Consent Withdrawn").property("purpose", purpose));
    assert!(reader.journey([&seen, &withdrawn("*")]).left_out);
    assert!(!reader.journey([&seen, &withdrawn("marketing")]).left_out);
    let journey = reader.journey([&said("2", 2, false)]);
    assert_eq!(journey.steps, []);
}

#[test]
fn feedback_questions_and_work_are_read() {
    let mut rules = euro();
    let words = [("Отлично".into(), Feedback::Good), ("بد".into(), Feedback::Bad)];
    rules.feedback.push(FeedbackRule {
        which: Which::default(),
        property: "mood".into(),
        bad_below: 0.0,
        good_from: 0.0,
        words: words.into(),
    });
    let reader = rules.compile().unwrap();
    let step = |event: &EventBuilder| reader.step(&built(event)).unwrap();
    let felt = |property: &str, text: &str| {
        step(&track("1", 1, "Product Reviewed").property(property, text)).feedback
    };
    assert_eq!(felt("rating", "2"), Some(Feedback::Bad));
    assert_eq!(felt("rating", "۳"), Some(Feedback::Neutral));
    assert_eq!(felt("rating", "٥"), Some(Feedback::Good));
    assert_eq!(felt("mood", "ОТЛИЧНО"), Some(Feedback::Good));
    assert_eq!(felt("mood", "بد"), Some(Feedback::Bad));
    assert_eq!([felt("rating", "NaN"), felt("rating", "inf"), felt("stars", "1")], [None; 3]);
    let asked = |channel: &Channel| {
        let identify = EventBuilder::identify().message_id("1").user_id("u").channel(channel);
        step(&identify).question.map(|question| question.known)
    };
    assert_eq!((asked(&Channel::WhatsApp), asked(&Channel::Web)), (Some(true), Some(false)));
    let cart = |name| step(&track("1", 1, name).property("cart_id", "c-1")).work;
    assert_eq!(cart("Product Added"), Some(StepWork { object: "cart/c-1".into(), ends: false }));
    assert_eq!(cart("Order Completed"), Some(StepWork { object: "cart/c-1".into(), ends: true }));
    assert_eq!(cart("Call Answered"), None);
}

#[test]
fn wrong_rules_are_refused_by_place() {
    let refused = |rules: JourneyRules| {
        let error = rules.compile().unwrap_err();
        (error.kind(), error.field(), error.place())
    };
    use JourneyRulesErrorKind::{DecimalsNotChosen, Empty, InvalidFeedback, SameName, TooManyRules};
    let mut rules = euro();
    rules.internal.push(Which::named([" "]));
    assert_eq!(refused(rules), (Empty, "internal", 2));
    let mut rules = euro();
    rules.channels.push(ChannelRule { which: Which::default(), channel: "".into() });
    assert_eq!(refused(rules), (Empty, "channels", 0));
    let mut rules = euro();
    rules.feedback[0].bad_below = f64::NAN;
    assert_eq!(refused(rules), (InvalidFeedback, "feedback", 0));
    let mut rules = euro();
    rules.hidden = vec![Which::default(); 1_001];
    assert_eq!(refused(rules).0, TooManyRules);
    let rial = JourneyRules::retail(Currency::parse("IRR").unwrap());
    assert_eq!(refused(rial.clone()), (DecimalsNotChosen, "currency", 0));
    assert!(JourneyRules { decimals: Some(0), ..rial }.compile().is_ok());
    let mut rules = euro();
    // The Persian and the Arabic letters read alike.
    rules.names = [("خرید کامل", "Order Completed"), ("خريد كامل", "Product Added")]
        .map(|(name, called)| (name.into(), called.into()))
        .into();
    assert_eq!(refused(rules.clone()), (SameName, "names", 1));
    rules.names.values_mut().for_each(|called| *called = "Order Completed".into());
    assert!(rules.compile().is_ok());
    let mut rules = euro();
    rules.pages.rules[1].pattern = "(".into();
    assert_eq!(refused(rules).1, "pages");
}

#[test]
fn exclusions_without_touchpoints_are_refused_by_place() {
    let mut settings = TallySettings::retail();
    settings.funnels.push(settings.funnels[0].clone());
    settings.funnels[1].funnel.exclusions.push(Exclusion { from: 1, to: 2 });
    assert_eq!(JourneyTally::new(settings.clone()).unwrap_err(), TallyError::Exclusions(1));
    settings.funnels[1].exclusions.push(TouchpointIs::named(["Cart Emptied"]));
    assert!(JourneyTally::new(settings.clone()).is_ok());
    settings.funnels[0].exclusions.push(TouchpointIs::default());
    assert_eq!(JourneyTally::new(settings).unwrap_err(), TallyError::Exclusions(0));
}

#[test]
fn rules_are_plain_data_and_debug_tells_no_names() {
    let rules = euro();
    assert_eq!(serde_json::from_str::<JourneyRules>(&serde_json::to_string(&rules).unwrap()).unwrap(), rules);
    assert!(serde_json::from_str::<JourneyRules>(r#"{"touchs":[]}"#).is_err());
    let settings = TallySettings::retail();
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<TallySettings>(&text).unwrap(), settings);
    let secret = built(
        &track("m", 1, "Order Completed")
            .property("order_id", "secret")
            .property("cart_id", "secret")
            .property("sku", "secret"),
    );
    let reader = rules.compile().unwrap();
    let journey = reader.journey([&secret]);
    assert!(!format!("{journey:?} {:?}", journey.steps[0].money).contains("secret"));
    let mut tally = JourneyTally::new(settings).unwrap();
    let mut book = OrderBook::default();
    book.add(&journey);
    tally.add(&journey, Some(&book)).unwrap();
    assert!(!format!("{book:?} {tally:?} {:?}", tally.clone().finish()).contains("secret"));
}

const NAMES: [&str; 12] = [
    "Product Viewed",
    "Product Added",
    "Checkout Started",
    "Order Completed",
    "Order Refunded",
    "Order Cancelled",
    "Signed Out",
    "Email Delivered",
    "تماس تلفنی",
    "שיחה",
    "Звонок",
    "Message Received",
];

/// Events of one customer: few instants, few ids, few orders, so that they meet.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let one = (0..14_u8, 0..6_i64, 0..NAMES.len(), 0..4_usize, 0..3_u8, 0..40_u8, 0..40_u8);
    let one = one.prop_map(|(id, second, name, channel, order, cents, said)| {
        let mut event = track(&format!("m{id}"), second, NAMES[name])
            .channel(&Channel::KNOWN[channel])
            .property("order_id", &format!("o{order}"))
            .property("cart_id", &format!("c{order}"));
        if cents < 30 {
            event = event.property_number("total", &format!("{cents}.{order}0"));
        }
        if said < 2 {
            event = event.consent("analytics", said == 0);
        }
        built(&event)
    });
    proptest::collection::vec(one, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_order_of_arrival_gives_the_same_bytes((straight, shuffled) in events().prop_flat_map(|list| {
        let twice: Vec<Event> = list.iter().chain(list.iter().take(5)).cloned().collect();
        (Just(list), Just(twice).prop_shuffle())
    })) {
        let reader = euro().compile().unwrap();
        let [one, other] = [&straight, &shuffled].map(|events| reader.journey(events));
        prop_assert_eq!(serde_json::to_vec(&one).unwrap(), serde_json::to_vec(&other).unwrap());
        let reports = [&one, &other].map(|journey| {
            let mut tally = JourneyTally::new(TallySettings::retail()).unwrap();
            tally.add(journey, None).unwrap();
            let all = tally.finish();
            let credit: Vec<_> = all.credit.iter()
                .map(|path| (path.channels().collect::<Vec<_>>().join(">"), path.outcome(), path.key())).collect();
            format!("{:?} {:?} {:?} {:?} {credit:?}", all.funnels, all.stages, all.measures, all.counts)
        });
        prop_assert_eq!(&reports[0], &reports[1]);
    }

    #[test]
    fn refunds_never_take_more_than_was_sold(events in events()) {
        let reader = JourneyRules { purpose: None, ..euro() }.compile().unwrap();
        let journey = reader.journey(&events);
        let all = journey.conversions(None);
        for order in ["o0", "o1", "o2"] {
            let of: Vec<i64> = all.iter().filter(|one| one.order == Some(order)).map(|one| one.value_minor).collect();
            let sales: Vec<&i64> = of.iter().filter(|value| **value >= 0).collect();
            prop_assert!(sales.len() <= 1, "an order counts once");
            if !sales.is_empty() {
                prop_assert!(of.iter().sum::<i64>() >= 0);
            }
        }
        // Divided among two journeys in any way: with the book nothing is taken twice, and nothing that somebody sold is lost.
        let halves: Vec<Journey> = [false, true].iter().map(|half| {
            reader.journey(events.iter().filter(|event| event.id().ends_with(['1', '3', '5', '7', '9']) == *half))
        }).collect();
        let mut book = OrderBook::default();
        halves.iter().for_each(|journey| book.add(journey));
        for order in ["o0", "o1", "o2"] {
            let of: Vec<i64> = halves.iter().flat_map(|half| half.conversions(Some(&book)))
                .filter(|one| one.order == Some(order)).map(|one| one.value_minor).collect();
            let told: Vec<_> = halves.iter().flat_map(|half| &half.steps)
                .filter(|step| step.money.as_ref().is_some_and(|money| money.order.as_deref() == Some(order))).collect();
            let refunds = told.iter().filter(|step| step.kind == StepKind::Refund);
            // `None`: one of them takes the rest.
            let stated: Option<i64> = refunds.filter_map(|step| step.money.as_ref())
                .map(|money| money.value_minor.filter(|_| !money.whole)).sum();
            let taken = -of.iter().filter(|value| **value < 0).sum::<i64>();
            let sales: Vec<i64> = of.iter().copied().filter(|value| *value >= 0).collect();
            // The earliest telling in both halves is the one sale.
            let first = told.iter().filter(|step| step.kind == StepKind::Conversion).min_by_key(|step| &step.order);
            let worth = first.and_then(|step| step.money.as_ref()).map(|money| money.value_minor.unwrap_or(0));
            prop_assert_eq!(&sales, &worth.into_iter().collect::<Vec<_>>());
            match worth {
                Some(worth) => prop_assert_eq!(taken, stated.map_or(worth, |stated| stated.min(worth))),
                // Only what nobody sold has a path of its own.
                None => prop_assert!(stated.is_none_or(|stated| taken == stated)),
            }
        }
    }
}

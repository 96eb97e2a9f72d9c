use super::*;
use crate::calendar::{Exception, Zone, Zones};
use crate::stock::Method;
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

fn zone(name: &str) -> Zone {
    Zones::bundled().named(name).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn rules(json: &str) -> PickupRules {
    serde_json::from_str(json).unwrap()
}

fn week(days: &[&str], start: &str, end: &str) -> String {
    let one = |day: &&str| format!(r#"{{"from": ["{day}", "{start}"], "to": ["{day}", "{end}"]}}"#);
    let days: Vec<String> = days.iter().map(one).collect();
    format!(r#"{{"windows": [{}]}}"#, days.join(","))
}

#[test]
fn friday_is_closed_in_tehran() {
    let days = ["sat", "sun", "mon", "tue", "wed", "thu"];
    let rules = rules(&format!(r#"{{"hours": {}, "prep_minutes": 120}}"#, week(&days, "09:00", "20:00")));
    let promise = pickup(&rules, &zone("Asia/Tehran"), at("2026-11-19T19:00:00+03:30")).unwrap();
    assert_eq!(promise.from, at("2026-11-21T10:00:00+03:30"));
    assert_eq!(promise.until, Some(at("2026-11-23T20:00:00+03:30")));
    assert_eq!(promise.label, "2-day");
    let kinds: Vec<StepKind> = promise.steps.iter().map(|step| step.what).collect();
    assert_eq!(kinds, [StepKind::Ready, StepKind::KeptUntil]);
}

/// The same work on both sides of the night in which the clocks change, with a holiday next to it.
#[test]
fn holidays_next_to_a_clock_change() {
    let plain = rules(r#"{"hours": {"windows": [{"start": "08:00", "end": "18:00"}]}, "prep_minutes": 120}"#);
    let berlin = zone("Europe/Berlin");
    for (holiday, now, ready) in [
        ("2026-03-28", "2026-03-27T17:30:00+01:00", "2026-03-29T09:30:00+02:00"),
        ("2026-03-29", "2026-03-28T17:30:00+01:00", "2026-03-30T09:30:00+02:00"),
        ("2026-10-24", "2026-10-23T17:30:00+02:00", "2026-10-25T09:30:00+01:00"),
        ("2026-10-25", "2026-10-24T17:30:00+02:00", "2026-10-26T09:30:00+01:00"),
    ] {
        let date: NaiveDate = holiday.parse().unwrap();
        let hours = plain.hours.clone().with_exception(date, Exception::Closed).unwrap();
        let open = PickupRules { hours, ..plain.clone() };
        assert_eq!(pickup(&open, &berlin, at(now)).unwrap().from, at(ready), "{holiday}");
    }
}

#[test]
fn cut_offs_move_what_they_are_for() {
    let day = |cut_offs: &str| {
        rules(&format!(
            r#"{{"hours": {{"windows": [{{"start": "09:00", "end": "18:00"}}]}}, "prep_minutes": 60, {cut_offs}}}"#
        ))
    };
    let moscow = zone("Europe/Moscow");
    let from = |rules: &PickupRules, now: &str| pickup(rules, &moscow, at(now)).unwrap().from;
    let work = day(r#""work_cutoff": "16:00""#);
    assert_eq!(from(&work, "2026-11-20T15:59:59+03:00"), at("2026-11-20T16:59:59+03:00"));
    assert_eq!(from(&work, "2026-11-20T16:00:00+03:00"), at("2026-11-21T10:00:00+03:00"));
    // Ready on the same evening, collected on the next day, and kept from then on.
    let collect = day(r#""pickup_cutoff": "17:00", "keep_days": 1"#);
    let promise = pickup(&collect, &moscow, at("2026-11-20T16:00:00+03:00")).unwrap();
    assert_eq!(promise.from, at("2026-11-21T09:00:00+03:00"));
    assert_eq!(promise.until, Some(at("2026-11-21T18:00:00+03:00")));
    let steps: Vec<_> = promise.steps.iter().map(|step| (step.what, step.at)).collect();
    assert_eq!(steps[0], (StepKind::Ready, at("2026-11-20T17:00:00+03:00")));
    assert_eq!(steps[1].0, StepKind::AfterPickupCutoff);
    assert_eq!(from(&collect, "2026-11-20T15:59:59+03:00"), at("2026-11-20T16:59:59+03:00"));
    // Done at closing time, when nobody can come any more.
    let plain = day(r#""keep_days": 2"#);
    assert_eq!(from(&plain, "2026-11-20T17:00:00+03:00"), at("2026-11-21T09:00:00+03:00"));
    // Customers come later than the staff.
    let later = day(r#""collection_hours": {"windows": [{"start": "12:00", "end": "18:00"}]}"#);
    assert_eq!(from(&later, "2026-11-20T07:00:00+03:00"), at("2026-11-20T12:00:00+03:00"));
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_began() {
    let bar = rules(
        r#"{"hours": {"windows": [{"start": "18:00", "end": "02:00"}]}, "prep_minutes": 30, "work_cutoff": "01:00"}"#,
    );
    let riyadh = zone("Asia/Riyadh");
    let from = |rules: &PickupRules, now: &str| pickup(rules, &riyadh, at(now)).unwrap().from;
    for (now, ready) in [
        ("2026-11-20T23:00:00+03:00", "2026-11-20T23:30:00+03:00"),
        ("2026-11-21T00:30:00+03:00", "2026-11-21T01:00:00+03:00"),
        ("2026-11-21T01:00:00+03:00", "2026-11-21T18:30:00+03:00"),
        ("2026-11-21T12:00:00+03:00", "2026-11-21T18:30:00+03:00"),
    ] {
        assert_eq!(from(&bar, now), at(ready), "{now}");
    }
    let closing = rules(
        r#"{"hours": {"windows": [{"start": "18:00", "end": "02:00"}]}, "prep_minutes": 30, "work_cutoff": "23:00"}"#,
    );
    assert_eq!(from(&closing, "2026-11-20T23:30:00+03:00"), at("2026-11-21T18:30:00+03:00"));
    assert_eq!(from(&closing, "2026-11-21T00:30:00+03:00"), at("2026-11-21T18:30:00+03:00"));
    let always = rules(
        r#"{"hours": {"windows": [{"start": "00:00", "end": "24:00"}]}, "prep_minutes": 30, "work_cutoff": "20:00"}"#,
    );
    assert_eq!(from(&always, "2026-11-20T21:00:00+03:00"), at("2026-11-21T00:30:00+03:00"));
    assert_eq!(from(&always, "2026-11-20T19:50:00+03:00"), at("2026-11-20T20:20:00+03:00"));
}

/// In Tehran the clocks skipped half past midnight of 2022-03-22.
#[test]
fn a_cut_off_that_the_clocks_skip_is_as_on_any_other_night() {
    let tehran = zone("Asia/Tehran");
    let from = |until: &str, now: &str| {
        let shop = rules(&format!(
            r#"{{"hours": {{"windows": [{{"start": "18:00", "end": "{until}"}}]}}, "prep_minutes": 0, "work_cutoff": "00:30"}}"#
        ));
        pickup(&shop, &tehran, at(now)).unwrap().from
    };
    // It closes before: the cut-off is that of the morning, which is over.
    assert_eq!(from("24:00", "2022-03-20T19:00:00+03:30"), at("2022-03-21T18:00:00+03:30"));
    assert_eq!(from("24:00", "2022-03-21T19:00:00+03:30"), at("2022-03-22T18:00:00+04:30"));
    // It goes on: the cut-off is that of the night.
    for evening in ["2022-03-20T19:00:00+03:30", "2022-03-21T19:00:00+03:30"] {
        assert_eq!(from("02:00", evening), at(evening));
    }
    assert_eq!(from("02:00", "2022-03-22T01:00:00+04:30"), at("2022-03-22T18:00:00+04:30"));
}

#[test]
fn what_never_opens_is_never_promised() {
    let none = PickupRules::default();
    let utc = Zone::utc();
    assert_eq!(pickup(&none, &utc, at("2026-01-01T00:00:00Z")), Err(NoPromise::NeverOpens));
    let long = PickupRules {
        prep_minutes: u32::MAX,
        ..rules(r#"{"hours": {"windows": [{"start": "09:00", "end": "10:00"}]}}"#)
    };
    assert_eq!(pickup(&long, &utc, at("2026-01-01T00:00:00Z")), Err(NoPromise::NeverOpens));
    let cut = rules(
        r#"{"hours": {"windows": [{"start": "22:00", "end": "10:00"}]}, "work_cutoff": "01:00", "pickup_cutoff": "02:00"}"#,
    );
    for zone in [utc, zone("Asia/Tehran"), zone("Pacific/Apia")] {
        for now in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(pickup(&long, &zone, now), Err(NoPromise::NeverOpens));
            assert_eq!(pickup(&none, &zone, now), Err(NoPromise::NeverOpens));
            assert!(
                pickup(&cut, &zone, now).is_ok_and(|promise| promise.from >= now)
                    || now > DateTime::UNIX_EPOCH
            );
        }
    }
}

fn carrier(json: &str) -> Carrier {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_parcel_takes_the_working_days_of_its_carrier() {
    let days = ["mon", "tue", "wed", "thu", "fri"];
    let berlin = zone("Europe/Berlin");
    let rules = rules(&format!(r#"{{"hours": {}, "prep_minutes": 60}}"#, week(&days, "09:00", "18:00")));
    let mut post = carrier(&format!(
        r#"{{"service": "post", "works": {}, "collects": ["12:00", "17:00"], "transit": {{"days": 2}}, "delivers": ["08:00", "16:00"]}}"#,
        week(&days, "08:00", "18:00")
    ));
    post.works = post.works.with_exception("2026-12-25".parse().unwrap(), Exception::Closed).unwrap();
    let home = Destination { way: Way::Home, zone: &berlin, hours: None, keep_days: 0 };
    let promise = deliver(&rules, &berlin, &post, &home, at("2026-12-23T10:00:00+01:00")).unwrap();
    // Collected on Wednesday at noon; Thursday, no Friday, Monday.
    assert_eq!(promise.from, at("2026-12-28T08:00:00+01:00"));
    assert_eq!(promise.by, at("2026-12-28T16:00:00+01:00"));
    assert_eq!(promise.steps[1], Step { what: StepKind::Collected, at: at("2026-12-23T12:00:00+01:00") });
    // Her office is closed on that day, and open from ten on the next.
    let office = rules_of_office();
    let work = Destination { way: Way::Work, hours: Some(&office), ..home };
    let promise = deliver(&rules, &berlin, &post, &work, at("2026-12-23T10:00:00+01:00")).unwrap();
    assert_eq!(promise.from, at("2026-12-29T10:00:00+01:00"));
    assert!(promise.steps.iter().any(|step| step.what == StepKind::SomebodyThere));
    // At a point she can have it when the point opens after the carrier's last chance.
    let point = serde_json::from_str(r#"{"windows": [{"start": "10:00", "end": "15:00"}]}"#).unwrap();
    let point = Destination { way: Way::PickupPoint, hours: Some(&point), keep_days: 2, ..home };
    let promise = deliver(&rules, &berlin, &post, &point, at("2026-12-23T10:00:00+01:00")).unwrap();
    assert_eq!(promise.by, at("2026-12-29T10:00:00+01:00"));
    assert_eq!(promise.until, Some(at("2026-12-30T15:00:00+01:00")));
    let locker = Destination { way: Way::Locker, keep_days: 2, ..home };
    let promise = deliver(&rules, &berlin, &post, &locker, at("2026-12-23T10:00:00+01:00")).unwrap();
    assert_eq!(promise.until, Some(at("2026-12-30T00:00:00+01:00")));
    let never = Destination { way: Way::Work, hours: Some(&Default::default()), ..home };
    assert_eq!(
        deliver(&rules, &berlin, &post, &never, at("2026-12-23T10:00:00+01:00")),
        Err(NoPromise::NobodyThere)
    );
    post.collects.clear();
    assert_eq!(
        deliver(&rules, &berlin, &post, &home, at("2026-12-23T10:00:00+01:00")),
        Err(NoPromise::NoCarrier)
    );
}

fn rules_of_office() -> crate::calendar::Windows {
    serde_json::from_str(
        r#"{"windows": [{"start": "10:00", "end": "17:00"}], "exceptions": {"2026-12-28": "closed"}}"#,
    )
    .unwrap()
}

#[test]
fn a_courier_comes_the_same_day() {
    let kyiv = zone("Europe/Kyiv");
    let rules = rules(r#"{"hours": {"windows": [{"start": "09:00", "end": "20:00"}]}, "prep_minutes": 30}"#);
    let courier = Carrier {
        service: Method::parse("courier").unwrap(),
        works: serde_json::from_str(r#"{"windows": [{"start": "10:00", "end": "21:00"}]}"#).unwrap(),
        collects: Vec::new(),
        transit: Transit::Minutes(90),
        delivers: (crate::calendar::WallTime::MIDNIGHT, crate::calendar::WallTime::END_OF_DAY),
    };
    let home = Destination { way: Way::Home, zone: &kyiv, hours: None, keep_days: 0 };
    let by = |now: &str| deliver(&rules, &kyiv, &courier, &home, at(now)).unwrap();
    assert_eq!(by("2026-11-20T12:00:00+02:00").by, at("2026-11-20T14:00:00+02:00"));
    assert_eq!(by("2026-11-20T12:00:00+02:00").label, "same day");
    assert_eq!(by("2026-11-20T08:00:00+02:00").by, at("2026-11-20T11:30:00+02:00"));
    assert_eq!(by("2026-11-20T19:15:00+02:00").by, at("2026-11-21T10:15:00+02:00"));
}

#[test]
fn slots_fill_up_and_come_back() {
    let plan: SlotPlan = serde_json::from_str(
        r#"{"hours": {"windows": [{"start": "22:00", "end": "02:00"}]}, "minutes": 60, "capacity": 2, "lead_minutes": 30}"#,
    )
    .unwrap();
    let berlin = zone("Europe/Berlin");
    // The night in which the clocks go back has an hour more, and that in which they go forward one less.
    let count = |date: &str| plan.slots(date.parse().unwrap(), &berlin).len();
    assert_eq!([count("2026-11-20"), count("2026-10-24"), count("2026-03-28")], [4, 5, 4]);
    let long = SlotPlan {
        hours: serde_json::from_str(r#"{"windows": [{"start": "22:00", "end": "04:00"}]}"#).unwrap(),
        ..plan.clone()
    };
    let count = |date: &str| long.slots(date.parse().unwrap(), &berlin).len();
    assert_eq!([count("2026-11-20"), count("2026-10-24"), count("2026-03-28")], [6, 7, 5]);
    let always = SlotPlan {
        hours: serde_json::from_str(r#"{"windows": [{"start": "00:00", "end": "24:00"}]}"#).unwrap(),
        ..plan.clone()
    };
    assert_eq!(always.slots("2026-10-25".parse().unwrap(), &berlin).len(), 25);
    let slots = plan.slots("2026-11-20".parse().unwrap(), &berlin);
    let start = slots[1].start;
    assert_eq!(plan.bookable(start, &berlin, start - TimeDelta::minutes(30)), Ok(slots[1]));
    let night = slots[3].start;
    assert_eq!(plan.bookable(night, &berlin, start), Ok(slots[3]), "after midnight");
    for (start, now, why) in [
        (start, start - TimeDelta::minutes(29), SlotRefusal::TooLate),
        (start, start - TimeDelta::days(32), SlotRefusal::TooEarly),
        (start + TimeDelta::minutes(1), start, SlotRefusal::NoSuchSlot),
    ] {
        assert_eq!(plan.bookable(start, &berlin, now), Err(why));
    }
    let mut book = SlotBook::default();
    let now = at("2026-11-20T08:00:00Z");
    let end = Some(now + TimeDelta::minutes(10));
    book.book("a", 1, end, 2, now).unwrap();
    book.book("b", 1, None, 2, now).unwrap();
    assert_eq!(book.book("c", 1, None, 2, now), Err(SlotRefusal::Full { left: 0 }));
    book.book("a", 1, end, 2, now).unwrap();
    assert_eq!(book.book("a", 2, end, 2, now), Err(SlotRefusal::Full { left: 1 }));
    assert_eq!(book.book("c", 0, None, 2, now), Err(SlotRefusal::NothingAsked));
    book.book("c", 1, None, 2, now + TimeDelta::minutes(10)).unwrap();
    assert!(book.cancel("b") && !book.cancel("b"));
    assert_eq!(book.left(2, None, now + TimeDelta::minutes(10)), 1);
    let wrong = SlotPlan { minutes: 0, ..plan };
    assert!(wrong.validate().is_err() && wrong.slots("2026-11-20".parse().unwrap(), &berlin).is_empty());
}

#[test]
fn fees_are_waived_from_a_value_on() {
    use crate::money::{Currency, CurrencyUnit, Money, MoneyErrorKind};
    let unit = |code: &str| CurrencyUnit::new(Currency::parse(code).unwrap(), 2).unwrap();
    let euro = |minor| Money::new(minor, unit("EUR"));
    let mut rules = FeeRules::default();
    rules.delivery.insert(Way::PickUp, WayFee { fee: euro(0), free_from: None });
    rules.returns.insert(ReturnWay::Carrier, WayFee { fee: euro(300), free_from: Some(euro(4_000)) });
    rules.returns.insert(ReturnWay::Shop, WayFee { fee: euro(0), free_from: None });
    let sum = |goods| {
        let lines = rules.returns(ReturnWay::Carrier, euro(goods)).unwrap().unwrap();
        Money::sum(unit("EUR"), lines.iter().map(|line| line.amount)).unwrap()
    };
    assert_eq!((sum(3_999), sum(4_000)), (euro(300), euro(0)));
    assert_eq!(rules.returns(ReturnWay::Shop, euro(1)), Ok(Some(Vec::new())));
    assert_eq!(rules.returns(ReturnWay::Point, euro(1)), Ok(None));
    assert_eq!(rules.delivery(Way::PickUp, euro(1)), Ok(Some(Vec::new())));
    let rial = Money::new(1, unit("IRR"));
    assert_eq!(rules.delivery(Way::PickUp, rial).unwrap_err().kind(), MoneyErrorKind::CurrencyMismatch);
    let written = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<FeeRules>(&written).unwrap(), rules);
    assert!(serde_json::from_str::<FeeRules>(r#"{"returned": {}}"#).is_err());
}

#[test]
fn scores_add_up() {
    let mut score = PromiseScore::default();
    assert_eq!(score.kept_share(), None);
    for standing in [
        PromiseStanding::Open,
        PromiseStanding::Kept { early_seconds: 0 },
        PromiseStanding::Kept { early_seconds: 9 },
        PromiseStanding::Broken { late_seconds: 1 },
    ] {
        score.count(standing);
    }
    assert_eq!(score.kept_share(), Some(6_666));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whoever asks later is not promised earlier, a promise lies in opening hours, and its steps are in order.
    #[test]
    fn later_questions_are_not_promised_earlier(
        minute in 0_i64..600_000, later in 0_i64..5_000, prep in 0_u32..900,
        start in 0_u32..24, length in 1_u32..24, closed in 0_u32..28, cut in prop::option::of(0_u32..24),
    ) {
        let hours = format!(
            r#"{{"windows": [{{"start": "{start:02}:00", "end": "{:02}:00"}}], "exceptions": {{"2026-10-{:02}": "closed"}}}}"#,
            (start + length) % 24, closed + 1,
        );
        let Ok(hours) = serde_json::from_str::<crate::calendar::Windows>(&hours) else { return Ok(()) };
        let cut = cut.map(|hour| crate::calendar::WallTime::new(hour, 0, 0).unwrap());
        let rules = PickupRules { hours, prep_minutes: prep, work_cutoff: cut, ..PickupRules::default() };
        let berlin = zone("Europe/Berlin");
        let now = at("2026-02-01T00:00:00Z") + TimeDelta::minutes(minute);
        let first = pickup(&rules, &berlin, now).unwrap();
        let second = pickup(&rules, &berlin, now + TimeDelta::minutes(later)).unwrap();
        prop_assert!(first.from >= now && second.from >= first.from);
        prop_assert!(crate::calendar::Calendar::new(&rules.hours, &berlin).contains(first.from));
        prop_assert!(first.until.is_none_or(|until| until > first.from));
        prop_assert!(first.steps.is_sorted_by_key(|step| step.at));
    }
}

#[test]
fn every_slot_that_is_listed_can_be_booked() {
    // Open from Friday afternoon until Sunday evening without a break.
    let plan: SlotPlan = serde_json::from_str(
        r#"{"hours": {"windows": [{"from": ["fri", "16:00"], "to": ["sun", "20:00"]}]}, "minutes": 60, "capacity": 1}"#,
    )
    .unwrap();
    let slots = plan.slots("2026-11-20".parse().unwrap(), &Zone::utc());
    assert_eq!(slots.len(), 52);
    for slot in slots {
        assert_eq!(plan.bookable(slot.start, &Zone::utc(), at("2026-11-19T12:00:00Z")), Ok(slot));
    }
}

//! Laws of the wallet at their edges: the last days of months in two calendars, and acts that come again with another field.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::sync::Arc;

use attack_support::{NOON, TENANT, instant, rules, said};
use proptest::prelude::*;
use throughline::calendar::{Zone, Zones, to_jalali};
use throughline::hub::{
    Deed, FixedClock, Hub, MemberLimit, Payer, WalletAct, WalletOutcome, WalletRefusal, Who,
};
use throughline::money::{Currency, CurrencyUnit, Money, Ratio};
use throughline::pricing::coupon::GuessRules;
use throughline::store::MemoryStore;
use throughline::time::{NaiveDate, TimeDelta};
use throughline::wallet::ledger::TransferId;
use throughline::wallet::period::{Cycle, PeriodRule, Reckoning, Span};
use throughline::wallet::points::{Lots, PointsRefusal, ReturnPolicy, ReturnedPoints};
use throughline::wallet::statement::Period;
use throughline::wallet::{GiftCode, ProgrammeId, Purpose, VoucherTerms};

/// Months since year 0 and the day of the month, as a wall calendar shows them.
fn shown(day: NaiveDate, reckoning: Reckoning) -> (i32, u32) {
    let (year, month, of_month) = match reckoning {
        Reckoning::Gregorian => {
            let parts: Vec<u32> = day.to_string().split('-').map(|part| part.parse().unwrap()).collect();
            (i32::try_from(parts[0]).unwrap(), parts[1], parts[2])
        }
        Reckoning::Iranian => to_jalali(day).map(|day| (day.year, day.month, day.day)).unwrap(),
    };
    (year * 12 + i32::try_from(month).unwrap() - 1, of_month)
}

fn reckoning() -> impl Strategy<Value = Reckoning> {
    prop_oneof![Just(Reckoning::Gregorian), Just(Reckoning::Iranian)]
}

/// Any day of two centuries; now and then the last one of February or of Esfand.
fn day() -> impl Strategy<Value = NaiveDate> {
    let at = |days| "1900-01-01".parse::<NaiveDate>().unwrap() + TimeDelta::days(days);
    let ends =
        ["2024-02-29", "2028-02-29", "2100-02-28", "2025-03-20", "2026-03-20", "2026-09-22", "2026-01-31"];
    prop_oneof![
        3 => (0..73_000_i64).prop_map(at),
        1 => prop::sample::select(ends.to_vec()).prop_map(|day| day.parse().unwrap()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// A cycle ends with the last day that the wall calendar shows in it.
    #[test]
    fn a_cycle_ends_where_the_wall_calendar_turns(
        start in day(), (length, cycle) in prop::sample::select(vec![
            (1, Cycle::Month), (3, Cycle::Quarter), (6, Cycle::HalfYear), (12, Cycle::Year),
        ]),
        next in any::<bool>(), grace_days in 0..40_u32, reckoning in reckoning(),
    ) {
        let of = |day| shown(day, reckoning).0.div_euclid(length);
        let wanted = of(start) + i32::from(next);
        let mut last = start;
        while of(last.succ_opt().unwrap()) <= wanted {
            last = last.succ_opt().unwrap();
        }
        let rule = PeriodRule { next, grace_days, reckoning, ..PeriodRule::end_of(cycle) };
        prop_assert_eq!(rule.last_day(start), Some(last + TimeDelta::days(grace_days.into())));
        let first = PeriodRule { reckoning, ..PeriodRule::end_of(cycle) }.first_day(start).unwrap();
        prop_assert_eq!((of(first), of(first.pred_opt().unwrap()) < of(start), shown(first, reckoning).1), (of(start), true, 1));
    }

    /// So many months later is the same day of the month, or the last one of a month that does not have it.
    #[test]
    fn months_later_is_the_same_day_or_the_last(start in day(), months in 0..40_u32, reckoning in reckoning()) {
        let rule = PeriodRule { reckoning, ..PeriodRule::lasting(Span::Months(months)) };
        let end = rule.last_day(start).unwrap();
        let ((from, of_start), (to, of_end)) = (shown(start, reckoning), shown(end, reckoning));
        prop_assert_eq!(to, from + i32::try_from(months).unwrap());
        let is_last = shown(end.succ_opt().unwrap(), reckoning).0 > to;
        prop_assert!(of_end == of_start || (of_end < of_start && is_last));
        if months % 12 == 0 {
            let years = PeriodRule { reckoning, ..PeriodRule::lasting(Span::Years(months / 12)) };
            prop_assert_eq!(years.last_day(start), Some(end));
        }
    }

    /// A period of a zone has the days that the clocks there show, one that skips midnight or a whole day included.
    #[test]
    fn a_period_begins_and_ends_with_the_clocks_there(
        day in day(), zone in prop::sample::select(vec![
            "Asia/Tehran", "America/Sao_Paulo", "Africa/Cairo", "Europe/Berlin", "Pacific/Apia", "UTC",
        ]),
        reckoning in reckoning(),
    ) {
        let zone = Zones::bundled().named(zone).unwrap();
        let period = Period::cycle(day, Cycle::Month, reckoning, &zone).unwrap();
        let instant = TimeDelta::nanoseconds(1);
        let month = |at| shown(zone.local(at).0, reckoning).0;
        let wanted = shown(day, reckoning).0;
        prop_assert_eq!((month(period.from), month(period.until - instant)), (wanted, wanted));
        prop_assert_eq!((month(period.from - instant), month(period.until)), (wanted - 1, wanted + 1));
    }

    /// Points count up to the instant before their end, and what cannot be counted is refused.
    #[test]
    fn points_end_at_the_very_instant(points in 1..u64::MAX, ends in 1..4_i64, at in -4..4_i64) {
        let (noon, id) = (instant(NOON), TransferId::from_bytes([1; 16]));
        let nanoseconds = |n| noon + TimeDelta::nanoseconds(n);
        let mut lots = Lots::default();
        let earned = lots.earn(id, points, noon, Some(nanoseconds(ends)), noon);
        if points > i64::MAX.unsigned_abs() {
            prop_assert_eq!(earned, Err(PointsRefusal::TooMany));
            return Ok(());
        }
        earned.unwrap();
        let active = if at < ends { points.cast_signed() } else { 0 };
        prop_assert_eq!(lots.balance(nanoseconds(at)).active, active);
        let spent = lots.clone().spend(points, nanoseconds(at));
        prop_assert_eq!(spent.is_ok(), at < ends);
        let mut more = lots.clone();
        let room = i64::MAX.unsigned_abs() - points;
        let other = TransferId::from_bytes([2; 16]);
        prop_assert_eq!(more.earn(other, room + 1, noon, None, noon), Err(PointsRefusal::TooMany));
        if room > 0 {
            prop_assert_eq!(more.earn(other, room, noon, None, noon), Ok(()));
            prop_assert_eq!(more.balance(noon).active, i64::MAX);
        }
    }
}

fn money(minor: i64) -> Money {
    Money::new(minor, CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap())
}

fn id(n: u64) -> TransferId {
    TransferId::from_bytes([4; 16]).derived("again", n)
}

/// An act that comes again does nothing; with any one field changed it is refused with the name of that field, and its id
/// still stands for what was done.
#[test]
fn an_act_that_comes_again_with_another_field_is_refused() {
    let clock = Arc::new(FixedClock::at(instant(NOON)));
    let hub = Hub::with_clock(Arc::new(MemoryStore::new()), TENANT, rules(), clock).unwrap();
    let unit = money(0).unit();
    for name in ["bank", "sales"] {
        hub.open_house_account(name, &unit.into()).unwrap().unwrap();
    }
    let customer =
        |name: &str| Who::Record(hub.record(&said(name, "web", 1).user(name).event()).unwrap().record);
    let (sara, dina) = (customer("u-1"), customer("u-2"));
    let (club, other) = (ProgrammeId::parse("клуб").unwrap(), ProgrammeId::parse("נאמנות").unwrap());
    let (utc, guesses) = (Zone::utc(), GuessRules::retail());
    let month = MemberLimit::each(Cycle::Month, 1_000_000);
    assert!(hub.share_account("f", &sara, &unit.into(), &utc, &dina, month).unwrap());
    let codes = [1, 2, 3].map(|n| GiftCode::from_entropy([n; 16]));
    let typed = codes.each_ref().map(GiftCode::reveal);
    let later = |hours| Some(instant(NOON) + TimeDelta::hours(hours));
    let pay = |who, to, amount, hold| Deed::Pay { by: Payer::Customer(who), to, amount: money(amount), hold };
    let by_member = |family, amount| Deed::Pay {
        by: Payer::Member { family, member: &dina, zone: &utc },
        to: "sales",
        amount: money(amount),
        hold: None,
    };
    let earn = |to, programme, points, from, until| Deed::Earn { to, programme, points, from, until };
    let spend = |who, programme, points| Deed::Spend { by: Payer::Customer(who), programme, points };
    let issue = |code: usize, from, amount, until, refund_days| Deed::IssueGift {
        code: &codes[code],
        from,
        amount: money(amount),
        until,
        refund_days,
    };
    let once = VoucherTerms::once();
    let half = VoucherTerms { most_of_basket: Some(Ratio::new(1, 2).unwrap()), ..once };
    let voucher = |code: usize, amount, to, terms| Deed::IssueVoucher {
        code: &codes[code],
        from: "bank",
        amount: money(amount),
        to,
        terms,
    };
    let gift = |code: usize, to, amount, hold| Deed::PayByGift {
        code: &typed[code],
        to,
        amount: money(amount),
        hold,
        subject: "till",
        guesses: &guesses,
    };
    let redeem = |amount, by, basket: i64| Deed::PayByVoucher {
        code: &typed[1],
        by,
        to: "sales",
        amount: money(amount),
        basket: Some(money(basket)),
        hold: None,
        subject: "till",
        guesses: &guesses,
    };
    let top_up = |to, from, amount| Deed::TopUp { to, from, amount: money(amount) };
    let (how, least) = (ReturnedPoints::AsTheyWere, ReturnedPoints::TimeLeft);
    let acts: Vec<(Deed<'_>, Vec<(Deed<'_>, &str)>)> = vec![
        (
            top_up(&sara, "bank", 5_000),
            vec![
                (top_up(&dina, "bank", 5_000), "who"),
                (top_up(&sara, "sales", 5_000), "from"),
                (top_up(&sara, "bank", 0), "amount"),
                (top_up(&sara, "bank", i64::MAX), "amount"),
            ],
        ),
        (
            pay(&sara, "sales", 100, later(1)),
            vec![
                (pay(&sara, "sales", 100, None), "hold"),
                (pay(&sara, "sales", 100, later(2)), "hold"),
                (pay(&sara, "bank", 100, later(1)), "to"),
                (pay(&sara, "sales", 99, later(1)), "amount"),
                (pay(&dina, "sales", 100, later(1)), "who"),
            ],
        ),
        (
            Deed::Capture { of: id(1), amount: Some(90) },
            vec![
                (Deed::Capture { of: id(1), amount: None }, "amount"),
                (Deed::Capture { of: id(0), amount: Some(90) }, "of"),
                (Deed::Release { of: id(1) }, "act"),
            ],
        ),
        (
            Deed::Refund { of: id(2), amount: 40 },
            vec![
                (Deed::Refund { of: id(2), amount: 41 }, "amount"),
                (Deed::Refund { of: id(0), amount: 40 }, "of"),
            ],
        ),
        (pay(&sara, "sales", 10, later(1)), vec![]),
        (Deed::Release { of: id(4) }, vec![(Deed::Release { of: id(1) }, "of")]),
        (by_member("f", 7), vec![(by_member("g", 7), "by"), (pay(&dina, "sales", 7, None), "by")]),
        (
            earn(&sara, &club, 50, None, later(9)),
            vec![
                (earn(&dina, &club, 50, None, later(9)), "who"),
                (earn(&sara, &other, 50, None, later(9)), "programme"),
                (earn(&sara, &club, u64::MAX, None, later(9)), "points"),
                (earn(&sara, &club, 50, later(1), later(9)), "from"),
                (earn(&sara, &club, 50, None, None), "until"),
            ],
        ),
        (
            spend(&sara, &club, 20),
            vec![
                (spend(&dina, &club, 20), "who"),
                (spend(&sara, &other, 20), "programme"),
                (spend(&sara, &club, 0), "points"),
            ],
        ),
        (
            Deed::GiveBack { of: id(8), points: 5, how },
            vec![
                (Deed::GiveBack { of: id(7), points: 5, how }, "of"),
                (Deed::GiveBack { of: id(8), points: 6, how }, "points"),
                (Deed::GiveBack { of: id(8), points: 5, how: least }, "how"),
            ],
        ),
        (
            Deed::TakeBack { of: id(7), points: 5, policy: ReturnPolicy::WithinBalance },
            vec![
                (Deed::TakeBack { of: id(8), points: 5, policy: ReturnPolicy::WithinBalance }, "of"),
                (Deed::TakeBack { of: id(7), points: 4, policy: ReturnPolicy::WithinBalance }, "points"),
                (Deed::TakeBack { of: id(7), points: 5, policy: ReturnPolicy::Unlimited }, "policy"),
            ],
        ),
        (
            issue(0, "bank", 500, later(99), 3),
            vec![
                (issue(2, "bank", 500, later(99), 3), "code"),
                (issue(0, "sales", 500, later(99), 3), "from"),
                (issue(0, "bank", 501, later(99), 3), "amount"),
                (issue(0, "bank", 500, None, 3), "until"),
                (issue(0, "bank", 500, later(99), 4), "refund_days"),
            ],
        ),
        (
            gift(0, "sales", 20, None),
            vec![
                (gift(2, "sales", 20, None), "code"),
                (gift(0, "bank", 20, None), "to"),
                (gift(0, "sales", 21, None), "amount"),
                (gift(0, "sales", 20, later(1)), "hold"),
            ],
        ),
        (
            voucher(1, 80, Some(&sara), &half),
            vec![
                (voucher(2, 80, Some(&sara), &half), "code"),
                (voucher(1, 81, Some(&sara), &half), "amount"),
                (voucher(1, 80, Some(&dina), &half), "who"),
                (voucher(1, 80, Some(&sara), &once), "terms"),
                (voucher(1, 80, None, &half), "who"),
            ],
        ),
        (
            redeem(30, Some(&sara), 60),
            vec![
                (redeem(29, Some(&sara), 60), "amount"),
                (redeem(30, Some(&dina), 60), "who"),
                (redeem(30, Some(&sara), 61), "basket"),
                (redeem(30, None, 60), "who"),
            ],
        ),
    ];
    let purpose = Purpose::parse("заказ").unwrap();
    for (n, (deed, _)) in acts.iter().enumerate() {
        let act = WalletAct::new(id(n as u64), *deed);
        assert_eq!(hub.wallet_act(&[act]).unwrap(), WalletOutcome::Done, "{n}: {deed:?}");
    }
    let before = (hub.wallet(&sara).unwrap(), hub.wallet(&dina).unwrap());
    for (n, (deed, changed)) in acts.iter().enumerate() {
        let act = WalletAct::new(id(n as u64), *deed);
        assert_eq!(hub.wallet_act(&[act]).unwrap(), WalletOutcome::Known, "{n}: {deed:?}");
        let others = changed.iter().map(|(other, field)| (WalletAct::new(id(n as u64), *other), *field));
        for (other, field) in others.chain([(act.for_purpose(&purpose), "purpose")]) {
            let why = WalletRefusal::IdReused { field: field.to_owned() };
            let refused = WalletOutcome::Refused { place: 0, why };
            assert_eq!(hub.wallet_act(&[other]).unwrap(), refused, "{n}: {other:?}");
        }
    }
    assert_eq!((hub.wallet(&sara).unwrap(), hub.wallet(&dina).unwrap()), before);
}

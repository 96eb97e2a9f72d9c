//! Points and tiers against what a patient clerk would say.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline::calendar::Zone;
use throughline::money::{Currency, CurrencyUnit, Money, Ratio, Rounding};
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::ledger::TransferId;
use throughline::wallet::period::{Cycle, PeriodRule, Reckoning, Span};
use throughline::wallet::points::{
    EarnErrorKind, EarnRules, Earning, Lots, PointsRefusal, ReturnPolicy, ReturnedPoints, Taken, TakenBack,
};
use throughline::wallet::tier::{Downgrade, Qualifying, Start, Tier, TierRules, Window};

fn day(n: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(n)
}

fn id(n: u8) -> TransferId {
    TransferId::from_bytes([n; 16])
}

#[test]
fn lots_begin_and_end_to_the_instant() {
    let mut lots = Lots::default();
    lots.earn(id(1), 100, day(10), Some(day(20)), day(0)).unwrap();
    let active = |lots: &Lots, at| (lots.balance(at).pending, lots.balance(at).active);
    let just_before = |n| day(n) - TimeDelta::milliseconds(1);
    assert_eq!(active(&lots, just_before(10)), (100, 0));
    assert_eq!(active(&lots, day(10)), (0, 100));
    assert_eq!(lots.balance(day(10)).next_end, Some((day(20), 100)));
    assert_eq!(active(&lots, just_before(20)), (0, 100));
    assert_eq!(active(&lots, day(20)), (0, 0));
    assert_eq!(lots.spend(1, just_before(10)), Err(PointsRefusal::NotEnough { active: 0 }));
    assert_eq!(lots.clone().settle(day(20)), lots.lots());
    assert_eq!(lots.settle(just_before(20)), []);
}

#[test]
fn ends_that_tie_go_by_id_and_those_without_come_last() {
    let mut lots = Lots::default();
    for (n, until) in [(3, None), (2, Some(day(9))), (1, Some(day(9))), (0, None)] {
        lots.earn(id(n), 10, day(0), until, day(0)).unwrap();
    }
    let taken = lots.spend(35, day(1)).unwrap();
    let order: Vec<_> = taken.iter().map(|part| (part.lot.id, part.points)).collect();
    assert_eq!(order, [(id(1), 10), (id(2), 10), (id(0), 10), (id(3), 5)]);
}

#[test]
fn what_a_return_takes_back_is_for_the_policy_to_say() {
    // 50 earned and spent down to 30, then 10 pending of another purchase.
    let world = || {
        let mut lots = Lots::default();
        lots.earn(id(1), 50, day(0), None, day(0)).unwrap();
        lots.spend(20, day(1)).unwrap();
        lots.earn(id(2), 10, day(30), None, day(1)).unwrap();
        lots
    };
    let after = |policy| {
        let mut lots = world();
        let back = lots.take_back(id(1), 50, policy, day(2));
        (back, lots.balance(day(2)).pending, lots.balance(day(2)).active, lots)
    };
    let (back, pending, active, _) = after(ReturnPolicy::OnlyPending);
    assert_eq!((back, pending, active), (TakenBack { taken: 10, owed: 0 }, 0, 30));
    let (back, pending, active, _) = after(ReturnPolicy::WithinBalance);
    assert_eq!((back, pending, active), (TakenBack { taken: 40, owed: 0 }, 0, 0));
    let (back, pending, active, mut lots) = after(ReturnPolicy::Unlimited);
    assert_eq!((back, pending, active), (TakenBack { taken: 50, owed: 10 }, 0, -10));
    // What is earned next pays the debt first.
    lots.earn(id(3), 25, day(3), Some(day(90)), day(3)).unwrap();
    assert_eq!((lots.balance(day(3)).active, lots.held()), (15, 15));
}

#[test]
fn spent_points_come_back_to_their_lots() {
    let spent = |how| {
        let mut lots = Lots::default();
        lots.earn(id(1), 50, day(0), Some(day(10)), day(0)).unwrap();
        lots.earn(id(2), 50, day(0), Some(day(40)), day(0)).unwrap();
        let mut taken = lots.spend(70, day(5)).unwrap();
        let back = lots.give_back(&mut taken, 60, how, day(5), day(20)).unwrap();
        (back.returned, back.lost, lots.balance(day(20)), taken.iter().map(|part| part.points).sum::<u64>())
    };
    let (returned, lost, balance, left) = spent(ReturnedPoints::AsTheyWere);
    assert_eq!((returned, lost, balance.active, left), (20, 40, 50, 10));
    let (returned, lost, balance, _) = spent(ReturnedPoints::AtLeastUntil(day(30)));
    assert_eq!((returned, lost, balance.active, balance.next_end), (60, 0, 90, Some((day(30), 40))));
    let (returned, lost, balance, _) = spent(ReturnedPoints::TimeLeft);
    assert_eq!((returned, lost, balance.active, balance.next_end), (60, 0, 90, Some((day(25), 40))));
    let mut lots = Lots::default();
    lots.earn(id(1), 5, day(0), None, day(0)).unwrap();
    let mut taken = lots.spend(5, day(1)).unwrap();
    let more = lots.give_back(&mut taken, 6, ReturnedPoints::AsTheyWere, day(1), day(1));
    assert_eq!(more, Err(PointsRefusal::MoreThanLeft { left: 5 }));
}

#[test]
fn bad_points_are_refused() {
    let mut lots = Lots::default();
    assert_eq!(lots.earn(id(1), 0, day(0), None, day(0)), Err(PointsRefusal::Zero));
    assert_eq!(lots.earn(id(1), 1, day(5), Some(day(5)), day(0)), Err(PointsRefusal::EndsBeforeItBegins));
    assert_eq!(lots.earn(id(1), 1, day(0), Some(day(5)), day(5)), Err(PointsRefusal::EndsBeforeItBegins));
    assert_eq!(lots.earn(id(1), u64::MAX, day(0), None, day(0)), Err(PointsRefusal::TooMany));
    lots.earn(id(1), i64::MAX.unsigned_abs(), day(0), None, day(0)).unwrap();
    assert_eq!(lots.earn(id(2), 1, day(0), None, day(0)), Err(PointsRefusal::TooMany));
    assert_eq!(lots.earn(id(1), 1, day(0), None, day(0)), Err(PointsRefusal::LotKnown));
    assert_eq!(lots.spend(0, day(0)), Err(PointsRefusal::Zero));
}

/// The clerk: every point is a slip of paper with its own dates.
#[derive(Default)]
struct Clerk {
    slips: Vec<(TransferId, i64, Option<i64>)>,
    owed: i64,
}

impl Clerk {
    fn active(&self, now: i64) -> i64 {
        let counts = |(_, from, until): &&(TransferId, i64, Option<i64>)| {
            *from <= now && until.is_none_or(|until| now < until)
        };
        i64::try_from(self.slips.iter().filter(counts).count()).unwrap() - self.owed
    }

    fn take(
        &mut self,
        now: i64,
        pending: bool,
        only: Option<TransferId>,
    ) -> Option<(TransferId, i64, Option<i64>)> {
        let mut best: Option<usize> = None;
        for (place, (id, from, until)) in self.slips.iter().enumerate() {
            let over = until.is_some_and(|until| until <= now);
            if over || (*from > now) != pending || only.is_some_and(|only| only != *id) {
                continue;
            }
            let order = |place: usize| {
                let (id, _, until) = self.slips[place];
                (until.is_none(), until, id)
            };
            if best.is_none_or(|best| order(place) < order(best)) {
                best = Some(place);
            }
        }
        best.map(|place| self.slips.remove(place))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn lots_are_what_a_clerk_counts(
        acts in prop::collection::vec((0_u8..6, 1_u64..30, 0_i64..12, prop::option::of(1_i64..30), 0_i64..6, 0_u8..3), 1..40)
    ) {
        let (mut lots, mut clerk) = (Lots::default(), Clerk::default());
        let mut spends: Vec<(Vec<Taken>, i64)> = Vec::new();
        let mut earnings: BTreeMap<TransferId, Earning> = BTreeMap::new();
        // What the clerk notes: of each earning, whose goods came back and what ran out.
        let mut notes: BTreeMap<TransferId, [u64; 3]> = BTreeMap::new();
        let mut now = 0;
        let mut number = 0;
        for (what, points, from, until, later, policy) in acts {
            now += later;
            match what {
                0 | 1 => {
                    number += 1;
                    let until = until.map(|until| now + from + until);
                    lots.earn(id(number), points, day(now + from), until.map(day), day(now)).unwrap();
                    earnings.insert(id(number), Earning::of(points));
                    notes.insert(id(number), [points, 0, 0]);
                    for _ in 0..points {
                        if clerk.owed > 0 {
                            clerk.owed -= 1;
                        } else {
                            clerk.slips.push((id(number), now + from, until));
                        }
                    }
                }
                2 => {
                    let active = clerk.active(now).max(0);
                    let taken = lots.spend(points, day(now));
                    prop_assert_eq!(taken.is_ok(), i64::try_from(points).unwrap() <= active);
                    if let Ok(taken) = taken {
                        prop_assert_eq!(taken.iter().map(|part| part.points).sum::<u64>(), points);
                        for part in &taken {
                            for _ in 0..part.points {
                                let slip = clerk.take(now, false, None).unwrap();
                                prop_assert_eq!(slip.0, part.lot.id);
                            }
                        }
                        spends.push((taken, now));
                    }
                }
                3 => {
                    let policy = [ReturnPolicy::OnlyPending, ReturnPolicy::WithinBalance, ReturnPolicy::Unlimited][usize::from(policy)];
                    let of = id(number);
                    let Some(note) = notes.get_mut(&of) else { continue };
                    let asked = points;
                    let back = lots.take_back_earned(of, earnings.get_mut(&of).unwrap(), points, policy, day(now));
                    if points > note[0] - note[1] {
                        prop_assert_eq!(back, Err(PointsRefusal::MoreThanLeft { left: note[0] - note[1] }));
                        continue;
                    }
                    let back = back.unwrap();
                    // A point that ran out is gone: nobody owes it a second time.
                    let is_over = |until: &Option<i64>| until.is_some_and(|until| until <= now);
                    let over = clerk.slips.iter().filter(|(id, _, until)| *id == of && is_over(until)).count();
                    let gone = note[2] + u64::try_from(over).unwrap();
                    let points = points.min((note[0] - note[1]).saturating_sub(gone));
                    note[1] += asked;
                    let mut taken = 0;
                    for (pending, only) in [(true, Some(of)), (false, Some(of)), (true, None), (false, None)] {
                        if pending || policy != ReturnPolicy::OnlyPending {
                            while taken < points && clerk.take(now, pending, only).is_some() {
                                taken += 1;
                            }
                        }
                    }
                    if policy == ReturnPolicy::Unlimited {
                        clerk.owed += i64::try_from(points - taken).unwrap();
                        taken = points;
                    }
                    prop_assert_eq!(back.taken, taken);
                }
                4 => {
                    if let Some((mut taken, spent)) = spends.pop().filter(|(taken, _)| !taken.is_empty()) {
                        let left: u64 = taken.iter().map(|part| part.points).sum();
                        let points = points.min(left);
                        let was = taken.clone();
                        let back = lots.give_back(&mut taken, points, ReturnedPoints::AsTheyWere, day(spent), day(now)).unwrap();
                        prop_assert_eq!(back.returned + back.lost, points);
                        prop_assert_eq!(back.lost_of.iter().map(|(_, lost)| lost).sum::<u64>(), back.lost);
                        for (of, lost) in &back.lost_of {
                            earnings.get_mut(of).unwrap().lose(*lost);
                        }
                        let mut slips: Vec<_> = was.iter().flat_map(|part| std::iter::repeat_n(part.lot, usize::try_from(part.points).unwrap())).collect();
                        for _ in 0..points {
                            let lot = slips.pop().unwrap();
                            let days = |at: DateTime<Utc>| (at - day(0)).num_days();
                            if lot.until.is_some_and(|until| until <= day(now)) {
                                notes.get_mut(&lot.id).unwrap()[2] += 1;
                                continue;
                            }
                            if clerk.owed > 0 {
                                clerk.owed -= 1;
                            } else {
                                clerk.slips.push((lot.id, days(lot.from), lot.until.map(days)));
                            }
                        }
                        spends.push((taken, spent));
                    }
                }
                _ => {
                    let before = lots.balance(day(now));
                    let over = lots.settle(day(now));
                    for lot in &over {
                        earnings.get_mut(&lot.id).unwrap().lose(lot.left);
                    }
                    let gone: u64 = over.iter().map(|lot| lot.left).sum();
                    let there = clerk.slips.len();
                    for (id, ..) in clerk.slips.iter().filter(|(.., until)| until.is_some_and(|until| until <= now)) {
                        notes.get_mut(id).unwrap()[2] += 1;
                    }
                    clerk.slips.retain(|(.., until)| until.is_none_or(|until| now < until));
                    prop_assert_eq!(usize::try_from(gone).unwrap(), there - clerk.slips.len());
                    prop_assert_eq!(lots.balance(day(now)), before, "what ran out counted for nothing");
                }
            }
            prop_assert_eq!(lots.balance(day(now)).active, clerk.active(now));
            prop_assert_eq!(lots.held(), i64::try_from(clerk.slips.len()).unwrap() - clerk.owed);
            let text = serde_json::to_string(&lots).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Lots>(&text).unwrap(), &lots);
            // A clock that jumps back brings nothing back.
            prop_assert_eq!(lots.spend(u64::MAX, day(now - 100)), Err(PointsRefusal::NotEnough { active: lots.balance(day(now - 100)).active.max(0).unsigned_abs() }));
        }
    }

    /// A level that lasts is never shorter than its rule, and more points never make it lower.
    #[test]
    fn more_points_are_never_a_lower_tier(
        earned in prop::collection::vec((0_i64..900, 1_u64..400), 0..25),
        more in (0_i64..900, 1_u64..400),
        at in 0_i64..1_200,
        downgrade in 0_usize..3,
        iranian in any::<bool>(),
    ) {
        let mut rules = tiers();
        rules.downgrade = [Downgrade::ToEarned, Downgrade::OneStep, Downgrade::Never][downgrade];
        if iranian {
            rules.lasts.reckoning = Reckoning::Iranian;
        }
        rules.check().unwrap();
        let all = |earned: &[(i64, u64)]| -> Vec<Qualifying> {
            earned.iter().map(|(at, points)| Qualifying { at: day(*at), points: *points }).collect()
        };
        let level = |standing: Option<&str>| rules.tiers.iter().position(|tier| Some(&*tier.name) == standing).map_or(0, |place| place + 1);
        let one = rules.standing(&all(&earned), &Zone::utc(), day(at));
        let mut backwards = all(&earned);
        backwards.reverse();
        prop_assert_eq!(&rules.standing(&backwards, &Zone::utc(), day(at)), &one, "in any order");
        // Reached today, it is hers today.
        let reached = rules.tiers.iter().filter(|tier| tier.from <= one.points).count();
        prop_assert!(level(one.tier.as_deref()) >= reached);
        if downgrade == 2 {
            let mut and_more = earned.clone();
            and_more.push(more);
            let other = rules.standing(&all(&and_more), &Zone::utc(), day(at));
            prop_assert!(level(other.tier.as_deref()) >= level(one.tier.as_deref()));
        }
    }
}

fn tiers() -> TierRules {
    let tier = |name: &str, from| Tier { name: name.to_owned(), from };
    TierRules {
        tiers: vec![tier("فضي", 100), tier("золотой", 500), tier("פלטינה", 1_000)],
        window: Window::Days(365),
        start: Start::AtOnce,
        lasts: PeriodRule { after: Some(Span::Years(1)), ..PeriodRule::end_of(Cycle::Month) },
        grace_days: 7,
        downgrade: Downgrade::OneStep,
    }
}

#[test]
fn a_tier_lasts_its_time_its_grace_and_goes_down() {
    let rules = tiers();
    // Gold on 10 January 2026, lasting to 31 January 2027, grace to 7 February.
    let earned = [Qualifying { at: day(9), points: 600 }];
    let at = |day: &str, rules: &TierRules| {
        let noon: DateTime<Utc> = format!("{day}T12:00:00Z").parse().unwrap();
        let standing = rules.standing(&earned, &Zone::utc(), noon);
        (standing.tier.unwrap_or_default(), standing.until.map(|until| until.to_string()), standing.in_grace)
    };
    let until = Some("2027-01-31".to_owned());
    assert_eq!(at("2026-01-09", &rules), (String::new(), None, false));
    assert_eq!(at("2026-01-10", &rules), ("золотой".to_owned(), until.clone(), false));
    assert_eq!(at("2027-01-31", &rules), ("золотой".to_owned(), until.clone(), false));
    assert_eq!(at("2027-02-07", &rules), ("золотой".to_owned(), until, true));
    assert_eq!(at("2027-02-08", &rules), ("فضي".to_owned(), Some("2028-02-29".to_owned()), false));
    assert_eq!(at("2028-03-08", &rules), (String::new(), None, false));
    let straight = TierRules { downgrade: Downgrade::ToEarned, ..rules.clone() };
    assert_eq!(at("2027-02-08", &straight).0, "");
    let never = TierRules { downgrade: Downgrade::Never, ..rules.clone() };
    assert_eq!(at("2036-02-08", &never).0, "золотой");
    let later = TierRules { start: Start::NextMonth, ..rules };
    assert_eq!(at("2026-01-31", &later).0, "");
    assert_eq!(at("2026-02-01", &later), ("золотой".to_owned(), Some("2027-02-28".to_owned()), false));
}

#[test]
fn tiers_that_contradict_each_other_are_refused() {
    let rules = tiers();
    rules.check().unwrap();
    let mut falling = rules.clone();
    falling.tiers.swap(0, 1);
    assert!(falling.check().is_err());
    let mut twice = rules.clone();
    twice.tiers[1].name = twice.tiers[0].name.clone();
    assert!(twice.check().is_err());
    assert!(TierRules { lasts: PeriodRule::default(), ..rules }.check().is_err());
}

#[test]
fn earning_is_rounded_once_and_refuses_what_it_cannot_count() {
    let euro = CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap();
    let toman = CurrencyUnit::new(Currency::parse("IRR").unwrap(), 0).unwrap();
    let mut rules = EarnRules { points: 3, ..EarnRules::one_per(Money::new(7, euro)) };
    let points = |rules: &EarnRules, minor| rules.points(Money::new(minor, euro), None);
    assert_eq!(points(&rules, 6), Ok(2));
    rules.rounding = Rounding::HalfUp;
    assert_eq!((points(&rules, 6), points(&rules, 0)), (Ok(3), Ok(0)));
    rules.most = Some(2);
    assert_eq!(points(&rules, 6), Ok(2));
    assert_eq!(points(&rules, -1).unwrap_err().kind(), EarnErrorKind::Negative);
    let other = rules.points(Money::new(6, toman), None).unwrap_err().kind();
    assert_eq!(other, EarnErrorKind::Currency);
    let free = EarnRules::one_per(Money::new(0, euro));
    assert_eq!(points(&free, 6).unwrap_err().kind(), EarnErrorKind::Rule);
    let mut huge = EarnRules { points: u32::MAX, ..EarnRules::one_per(Money::new(1, euro)) };
    assert_eq!(points(&huge, i64::MAX).unwrap_err().kind(), EarnErrorKind::Rule);
    huge.by_tier.insert("gold".to_owned(), Ratio::new(i64::MAX, 1).unwrap());
    assert_eq!(
        huge.points(Money::new(i64::MAX, euro), Some("gold")).unwrap_err().kind(),
        EarnErrorKind::Rule
    );
    huge.by_tier.insert("owing".to_owned(), Ratio::new(-1, 1).unwrap());
    assert_eq!(huge.points(Money::new(1, euro), Some("owing")).unwrap_err().kind(), EarnErrorKind::Rule);
}

#[test]
#[cfg(feature = "tzdb")]
fn points_begin_and_end_with_the_days_of_the_customer() {
    let euro = CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap();
    let tehran = throughline::calendar::Zones::bundled().named("Asia/Tehran").unwrap();
    let rules = EarnRules {
        pending_days: 14,
        lasts: Some(PeriodRule { reckoning: Reckoning::Iranian, ..PeriodRule::end_of(Cycle::Year) }),
        ..EarnRules::one_per(Money::new(100, euro))
    };
    // 22 November 2026, already the 23rd in Tehran: 2 Azar 1405.
    let (from, until) = rules.window("2026-11-22T21:00:00Z".parse().unwrap(), &tehran);
    assert_eq!(from.to_rfc3339(), "2026-12-06T20:30:00+00:00");
    assert_eq!(until.unwrap().to_rfc3339(), "2027-03-20T20:30:00+00:00");
}

#[test]
fn a_level_that_begins_next_month_leaves_her_what_she_has() {
    let rules = TierRules { start: Start::NextMonth, ..tiers() };
    let points = |day: &str, points| Qualifying { at: format!("{day}T12:00:00Z").parse().unwrap(), points };
    let earned = [
        points("2026-01-10", 150),
        points("2026-03-10", 450),
        points("2026-03-12", 500),
        points("2029-05-05", 100),
    ];
    let on = |day: &str| {
        let standing = rules.standing(&earned, &Zone::utc(), format!("{day}T12:00:00Z").parse().unwrap());
        let coming = standing.coming.map(|(name, from)| format!("{name} {from}"));
        (
            standing.tier.unwrap_or_default(),
            standing.since.map(|day| day.to_string()),
            coming.unwrap_or_default(),
        )
    };
    let silver = Some("2026-02-01".to_owned());
    assert_eq!(on("2026-01-31"), (String::new(), None, "فضي 2026-02-01".to_owned()));
    assert_eq!(on("2026-03-09"), ("فضي".to_owned(), silver.clone(), String::new()));
    assert_eq!(on("2026-03-10"), ("فضي".to_owned(), silver.clone(), "золотой 2026-04-01".to_owned()));
    assert_eq!(on("2026-03-31"), ("فضي".to_owned(), silver, "פלטינה 2026-04-01".to_owned()));
    assert_eq!(on("2026-04-01"), ("פלטינה".to_owned(), Some("2026-04-01".to_owned()), String::new()));
    // What was lost is not there again before the month in which it begins anew.
    let straight = TierRules { downgrade: Downgrade::ToEarned, ..rules.clone() };
    let at =
        |day: &str| straight.standing(&earned, &Zone::utc(), format!("{day}T12:00:00Z").parse().unwrap());
    assert_eq!((at("2029-05-04").tier, at("2029-05-31").tier), (None, None));
    assert_eq!(at("2029-06-01").tier.as_deref(), Some("فضي"));
}

#[test]
fn points_that_wait_longer_than_they_last_last_from_when_they_count() {
    let euro = CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap();
    let lasts = Some(PeriodRule::lasting(Span::Days(10)));
    let rules = EarnRules { pending_days: 14, lasts, ..EarnRules::one_per(Money::new(100, euro)) };
    let (from, until) = rules.window(day(0), &Zone::utc());
    assert_eq!((from, until), (day(14), Some(day(25))));
    Lots::default().earn(id(1), 5, from, until, day(0)).unwrap();
    let month = EarnRules { lasts: Some(PeriodRule::end_of(Cycle::Month)), ..rules };
    assert_eq!(month.window(day(25), &Zone::utc()), (day(39), Some(day(59))));
    assert_eq!(month.window(day(0), &Zone::utc()), (day(14), Some(day(31))));
}

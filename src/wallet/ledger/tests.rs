use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::money::{Currency, CurrencyUnit};
use crate::time::{DateTime, TimeDelta, Utc};
use crate::wallet::{ProgrammeId, Purpose, Unit};

fn euro() -> Unit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap().into()
}

fn points() -> Unit {
    Unit::Points(ProgrammeId::parse("باشگاه").unwrap())
}

fn second(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(n)
}

fn account(n: u8) -> AccountId {
    AccountId::from_bytes([n; 16])
}

fn id(n: u8) -> TransferId {
    TransferId::from_bytes([n; 16])
}

/// 0 and 1 are the house's, 2 may not owe, 3 may owe 50, 4 holds 100 at most, 5 counts points.
fn ledger() -> Ledger {
    let mut ledger = Ledger::new();
    for (n, limits) in limits().into_iter().enumerate() {
        let n = u8::try_from(n).unwrap();
        ledger.open(Account::new(account(n), if n == 5 { points() } else { euro() }, limits)).unwrap();
    }
    ledger
}

fn limits() -> [Limits; 6] {
    [
        Limits::none(),
        Limits::none(),
        Limits::no_debt(),
        Limits { debt: Some(50), value: None },
        Limits { debt: Some(0), value: Some(100) },
        Limits::no_debt(),
    ]
}

fn refused(outcome: &Outcome) -> Refusal {
    match outcome {
        Outcome::Refused(why) => *why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn bad_transfers_are_refused_with_their_reason() {
    let mut ledger = ledger();
    let mut ask = |transfer: Transfer| refused(&ledger.apply(&transfer, second(0)));
    assert_eq!(ask(Transfer::new(id(1), account(0), account(0), 5)), Refusal::SameAccount);
    assert_eq!(ask(Transfer::new(id(1), account(0), account(1), 0)), Refusal::ZeroAmount);
    assert_eq!(
        ask(Transfer::new(id(1), account(9), account(1), 5)),
        Refusal::NoAccount { side: Side::Debit }
    );
    assert_eq!(
        ask(Transfer::new(id(1), account(0), account(9), 5)),
        Refusal::NoAccount { side: Side::Credit }
    );
    assert_eq!(ask(Transfer::new(id(1), account(0), account(5), 5)), Refusal::UnitsDiffer);
    let beyond = Refusal::Overflow { account: account(0) };
    assert_eq!(ask(Transfer::new(id(1), account(0), account(1), MOST + 1)), beyond);
    assert_eq!(ask(Transfer::new(id(1), account(0), account(1), u64::MAX)), beyond);
    let ended = Refusal::EndsBeforeItBegins { at: second(0) };
    assert_eq!(ask(Transfer::hold(id(1), account(0), account(1), 5, Some(second(0)))), ended);
    assert_eq!(ask(Transfer::post(id(1), id(7), None)), Refusal::HoldUnknown);
    assert_eq!(ask(Transfer::void(id(1), id(1))), Refusal::HoldUnknown);
    assert_eq!(
        ask(Transfer::new(id(1), account(4), account(0), 1)),
        Refusal::ExceedsCredits { account: account(4), available: 0 }
    );
    assert_eq!(
        ask(Transfer::new(id(1), account(0), account(4), 101)),
        Refusal::ExceedsDebits { account: account(4), room: 100 }
    );
    assert_eq!(
        ask(Transfer::new(id(1), account(3), account(0), 51)),
        Refusal::ExceedsCredits { account: account(3), available: 50 }
    );
    assert_eq!(ledger.sums(&euro(), second(0)), Some(Balances::default()));
    assert!(ledger.entries().is_empty(), "a refusal leaves nothing");
}

#[test]
fn balances_do_not_wrap() {
    let mut ledger = ledger();
    let now = second(0);
    assert!(ledger.apply(&Transfer::new(id(1), account(0), account(1), MOST), now).stands());
    let why = refused(&ledger.apply(&Transfer::new(id(2), account(0), account(2), 1), now));
    assert_eq!(why, Refusal::Overflow { account: account(0) });
    let why = refused(&ledger.apply(&Transfer::new(id(2), account(3), account(1), 1), now));
    assert_eq!(why, Refusal::Overflow { account: account(1) });
    assert_eq!(ledger.balances(account(0), now).unwrap().balance(), -i64::MAX);
    assert!(ledger.apply(&Transfer::new(id(3), account(1), account(0), MOST), now).stands());
    assert_eq!(ledger.balances(account(1), now).unwrap().balance(), 0);
}

#[test]
fn the_same_id_names_the_field_that_differs() {
    let mut ledger = ledger();
    let now = second(0);
    let first = Transfer::hold(id(1), account(0), account(2), 40, Some(second(9)));
    assert_eq!(ledger.apply(&first, now), Outcome::Posted(()));
    assert_eq!(ledger.apply(&first, second(5)), Outcome::Known(()));
    for (other, field) in [
        (Transfer::hold(id(1), account(1), account(2), 40, Some(second(9))), Field::Debit),
        (Transfer::hold(id(1), account(0), account(3), 40, Some(second(9))), Field::Credit),
        (Transfer::hold(id(1), account(0), account(2), 41, Some(second(9))), Field::Amount),
        (Transfer::hold(id(1), account(0), account(2), 40, None), Field::Until),
        (Transfer::new(id(1), account(0), account(2), 40), Field::Act),
        (Transfer::post(id(1), id(1), None), Field::Act),
        (first.clone().for_purpose(Purpose::parse("заказ").unwrap()), Field::Purpose),
    ] {
        assert_eq!(refused(&ledger.apply(&other, now)), Refusal::IdReused { field });
    }
    assert_eq!(ledger.apply(&Transfer::post(id(2), id(1), Some(30)), now), Outcome::Posted(()));
    assert_eq!(ledger.apply(&Transfer::post(id(2), id(1), Some(30)), second(99)), Outcome::Known(()));
    let other = refused(&ledger.apply(&Transfer::post(id(2), id(1), None), now));
    assert_eq!(other, Refusal::IdReused { field: Field::Amount });
    let other = refused(&ledger.apply(&Transfer::post(id(2), id(3), Some(30)), now));
    assert_eq!(other, Refusal::IdReused { field: Field::Hold });
    assert_eq!(
        refused(&ledger.apply(&Transfer::post(id(4), id(1), Some(1)), now)),
        Refusal::HoldPosted { by: id(2) }
    );
    assert_eq!(ledger.apply(&first, second(99)), Outcome::Known(()), "the hold itself is still known");
    assert_eq!(refused(&ledger.apply(&Transfer::void(id(4), id(2)), now)), Refusal::NotAHold);
}

#[test]
fn a_hold_ends_by_itself_and_does_not_come_back() {
    let mut ledger = ledger();
    assert!(ledger.apply(&Transfer::new(id(1), account(0), account(2), 100), second(0)).stands());
    let hold = Transfer::hold(id(2), account(2), account(1), 80, Some(second(10)));
    assert!(ledger.apply(&hold, second(1)).stands());
    assert_eq!(ledger.balances(account(2), second(9)).unwrap().available(), 20);
    assert_eq!(ledger.balances(account(2), second(10)).unwrap().available(), 100);
    let over = refused(&ledger.apply(&Transfer::post(id(3), id(2), Some(81)), second(9)));
    assert_eq!(over, Refusal::ExceedsHold { held: 80 });
    assert_eq!(
        refused(&ledger.apply(&Transfer::post(id(3), id(2), Some(0)), second(9))),
        Refusal::ZeroAmount
    );
    // Somebody spends what the ended hold freed. Then the clock jumps back.
    assert!(ledger.apply(&Transfer::new(id(4), account(2), account(1), 90), second(10)).stands());
    let late = refused(&ledger.apply(&Transfer::post(id(3), id(2), None), second(5)));
    assert_eq!(late, Refusal::HoldEnded { at: second(10) });
    assert_eq!(ledger.balances(account(2), second(0)).unwrap().available(), 10);
}

/// What a clock that ran ahead took out of accounts without limits may be posted late, but never beyond what can be counted.
#[test]
fn a_hold_that_a_fast_clock_ended_is_posted_only_where_there_is_room() {
    let new = |n| Account::new(account(n), euro(), Limits::none());
    let (mut from, mut to) = (new(1), new(2));
    fn on(
        from: &mut Account,
        to: &mut Account,
        hold: Option<&mut Entry>,
        of: &Transfer,
        at: i64,
    ) -> Outcome<Entry> {
        apply(Facts { known: None, hold, debit: Some(from), credit: Some(to) }, of, second(at))
    }
    let held = Transfer::hold(id(1), account(1), account(2), MOST - 5, Some(second(10)));
    let Outcome::Posted(mut hold) = on(&mut from, &mut to, None, &held, 0) else { panic!("held") };
    for (n, amount) in [(2, MOST - 1), (3, 1)] {
        let moved = Transfer::new(id(n), account(1), account(2), amount);
        assert!(on(&mut from, &mut to, None, &moved, 20).stands());
    }
    let before = (from.clone(), to.clone());
    let late = on(&mut from, &mut to, Some(&mut hold), &Transfer::post(id(4), id(1), Some(1)), 5);
    assert_eq!(late, Outcome::Refused(Refusal::Overflow { account: account(1) }));
    assert_eq!((from, to, hold.state), (before.0, before.1, State::Standing));
}

#[test]
fn linked_transfers_stand_or_fall_together() {
    let mut ledger = ledger();
    let now = second(0);
    let money = Transfer::new(id(1), account(0), account(2), 30);
    let hold = Transfer::hold(id(2), account(2), account(1), 30, None);
    let post = Transfer::post(id(3), id(2), Some(25));
    let too_much = Transfer::new(id(4), account(2), account(1), 6);
    let before = ledger.accounts_for_test();
    let set = [money.clone(), hold.clone(), post.clone(), too_much];
    let why = ledger.apply_linked(&set, now);
    assert_eq!(why, Err((3, Refusal::ExceedsCredits { account: account(2), available: 5 })));
    assert_eq!(ledger.accounts_for_test(), before);
    assert!(ledger.entries().is_empty() && ledger.entry(id(1)).is_none());
    let set = [money, hold, post];
    assert_eq!(ledger.apply_linked(&set, now), Ok(Outcome::Posted(())));
    assert_eq!(ledger.apply_linked(&set, now), Ok(Outcome::Known(())));
    let mixed = [set[0].clone(), Transfer::new(id(9), account(0), account(2), 1)];
    assert_eq!(ledger.apply_linked(&mixed, now), Err((1, Refusal::PartlyKnown)));
    let twice = [mixed[1].clone(), mixed[1].clone()];
    assert_eq!(ledger.apply_linked(&twice, now), Err((1, Refusal::PartlyKnown)));
    assert_eq!(ledger.balances(account(2), now).unwrap().balance(), 5);
    // A hold of earlier that a refused set posted is a hold again.
    assert!(ledger.apply(&Transfer::hold(id(10), account(2), account(1), 5, None), now).stands());
    let set = [Transfer::post(id(11), id(10), None), Transfer::new(id(12), account(2), account(1), 1)];
    assert!(ledger.apply_linked(&set, now).is_err());
    assert_eq!(ledger.entry(id(10)).unwrap().held(now), 5);
    assert!(ledger.apply(&Transfer::void(id(11), id(10)), now).stands());
    assert_eq!(ledger.apply_linked(&[], now), Ok(Outcome::Posted(())));
}

impl Ledger {
    fn accounts_for_test(&self) -> Vec<Account> {
        (0..6).map(|n| self.account(account(n)).unwrap().clone()).collect()
    }
}

#[test]
fn what_is_stored_reads_back() {
    let mut ledger = ledger();
    let hold = Transfer::hold(id(1), account(0), account(4), 7, Some(second(9)));
    assert!(ledger.apply(&hold.for_purpose(Purpose::parse("הזמנה").unwrap()), second(1)).stands());
    assert!(ledger.apply(&Transfer::post(id(2), id(1), Some(5)), second(2)).stands());
    assert!(
        ledger.apply(&Transfer::hold(id(3), account(0), account(4), 7, Some(second(9))), second(3)).stands()
    );
    for n in 0..6 {
        let account = ledger.account(account(n)).unwrap();
        let text = serde_json::to_string(account).unwrap();
        assert_eq!(serde_json::from_str::<Account>(&text).unwrap(), *account, "{text}");
    }
    for entry in ledger.entries() {
        let text = serde_json::to_string(entry).unwrap();
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), *entry, "{text}");
    }
    let wrong = r#"{"id":"00000000-0000-0000-0000-000000000000","unit":{"points":"p"},"balances":{"dr":9223372036854775808}}"#;
    assert!(serde_json::from_str::<Account>(wrong).is_err());
}

/// The books as a list of what was done, summed anew for every question.
#[derive(Default)]
struct Naive {
    /// Id, debit, credit, amount that stands.
    moved: Vec<(u8, u8, u64)>,
    /// Of each hold: debit, credit, amount, until, resolved.
    holds: BTreeMap<u8, (u8, u8, u64, Option<i64>, bool)>,
    known: BTreeMap<u8, Transfer>,
    now: i64,
}

impl Naive {
    fn live(&self, hold: u8) -> bool {
        let (.., until, resolved) = self.holds[&hold];
        !resolved && until.is_none_or(|until| self.now < until)
    }

    /// Debits pending, debits posted, credits pending, credits posted.
    fn balances(&self, account: u8) -> [u64; 4] {
        let mut sums = [0; 4];
        for (debit, credit, amount) in &self.moved {
            sums[1] += if *debit == account { *amount } else { 0 };
            sums[3] += if *credit == account { *amount } else { 0 };
        }
        for (id, (debit, credit, amount, ..)) in &self.holds {
            if self.live(*id) {
                sums[0] += if *debit == account { *amount } else { 0 };
                sums[2] += if *credit == account { *amount } else { 0 };
            }
        }
        sums
    }

    fn fits(&self, debit: u8, credit: u8, amount: u64) -> bool {
        let ([dp, dr, _, credited], [_, debited, cp, cr]) = (self.balances(debit), self.balances(credit));
        let (from, to) = (limits()[usize::from(debit)], limits()[usize::from(credit)]);
        from.debt.is_none_or(|debt| dp + dr + amount <= credited + debt)
            && to.value.is_none_or(|value| cp + cr + amount <= debited + value)
    }

    fn apply(&mut self, transfer: &Transfer, now: i64) -> bool {
        let time = self.now.max(now);
        let n = transfer.id.as_bytes()[0];
        if let Some(known) = self.known.get(&n) {
            return known == transfer;
        }
        let back = std::mem::replace(&mut self.now, time);
        let of = |id: AccountId| id.as_bytes()[0];
        let stands = match transfer.act {
            Act::Move { debit, credit, amount } | Act::Hold { debit, credit, amount, .. } => {
                let (debit, credit) = (of(debit), of(credit));
                amount > 0
                    && debit != credit
                    && (debit == 5) == (credit == 5)
                    && !matches!(transfer.act, Act::Hold { until: Some(until), .. } if until <= second(time))
                    && self.fits(debit, credit, amount)
            }
            Act::Post { hold, amount } => {
                let hold = hold.as_bytes()[0];
                self.holds.contains_key(&hold)
                    && self.live(hold)
                    && amount.is_none_or(|amount| amount > 0 && amount <= self.holds[&hold].2)
            }
            Act::Void { hold } => {
                let hold = hold.as_bytes()[0];
                self.holds.contains_key(&hold) && self.live(hold)
            }
        };
        if !stands {
            self.now = back;
            return false;
        }
        self.known.insert(n, transfer.clone());
        match transfer.act {
            Act::Move { debit, credit, amount } => self.moved.push((of(debit), of(credit), amount)),
            Act::Hold { debit, credit, amount, until } => {
                let until = until.map(|until| until.timestamp());
                self.holds.insert(n, (of(debit), of(credit), amount, until, false));
            }
            Act::Post { hold, amount } => {
                let hold = self.holds.get_mut(&hold.as_bytes()[0]).unwrap();
                hold.4 = true;
                self.moved.push((hold.0, hold.1, amount.unwrap_or(hold.2)));
            }
            Act::Void { hold } => self.holds.get_mut(&hold.as_bytes()[0]).unwrap().4 = true,
        }
        true
    }
}

fn transfers() -> impl Strategy<Value = Vec<(Transfer, i64)>> {
    let one = (0_u8..24, 0_u8..6, 0_u8..6, 0_u64..90, 0_u8..10, 0_u8..24, -20_i64..60);
    prop::collection::vec(one, 1..50).prop_map(|all| {
        // The clock goes on, and jumps, also back.
        let mut clock = 0;
        let mut made = Vec::new();
        for (n, debit, credit, amount, kind, hold, jump) in all {
            clock += jump / 4;
            let amount_of = (amount % 3 > 0).then_some(amount);
            let transfer = match kind {
                0..=3 => Transfer::new(id(n), account(debit), account(credit), amount),
                4..=6 => Transfer::hold(
                    id(n),
                    account(debit),
                    account(credit),
                    amount,
                    (jump % 3 != 0).then(|| second(clock + jump)),
                ),
                7 | 8 => Transfer::post(id(n), id(hold), amount_of),
                _ => Transfer::void(id(n), id(hold)),
            };
            made.push((transfer, clock));
        }
        made
    })
}

fn assert_agrees(ledger: &Ledger, naive: &Naive) -> Result<(), TestCaseError> {
    let now = second(naive.now);
    for n in 0..6 {
        let of = ledger.balances(account(n), now).unwrap();
        let four = [of.debits_pending, of.debits_posted, of.credits_pending, of.credits_posted];
        prop_assert_eq!(four, naive.balances(n), "account {}", n);
    }
    for unit in [euro(), points()] {
        let sums = ledger.sums(&unit, now).unwrap();
        prop_assert_eq!(sums.debits_posted, sums.credits_posted);
        prop_assert_eq!(sums.debits_pending, sums.credits_pending);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Any transfers, under a clock that jumps: the books are those of a list that is summed anew, and sum to zero.
    #[test]
    fn the_ledger_is_what_a_list_says(transfers in transfers()) {
        let (mut ledger, mut naive) = (ledger(), Naive { now: -1_000_000, ..Naive::default() });
        for (transfer, now) in transfers {
            let outcome = ledger.apply(&transfer, second(now));
            prop_assert_eq!(outcome.stands(), naive.apply(&transfer, now), "{:?} {:?}", transfer, outcome);
            assert_agrees(&ledger, &naive)?;
        }
    }

    /// A linked set is its transfers one after the other, or nothing.
    #[test]
    fn a_linked_set_is_all_or_nothing(before in transfers(), set in transfers()) {
        let mut one = ledger();
        let mut other = ledger();
        for (transfer, now) in before {
            one.apply(&transfer, second(now));
            other.apply(&transfer, second(now));
        }
        let now = second(set.last().unwrap().1);
        let was = (one.accounts_for_test(), one.entries().to_vec());
        let set: Vec<Transfer> = set.into_iter().take(4).map(|(transfer, _)| transfer).collect();
        match one.apply_linked(&set, now) {
            Ok(_) => {
                for transfer in &set {
                    prop_assert!(other.apply(transfer, now).stands());
                }
                prop_assert_eq!(one.accounts_for_test(), other.accounts_for_test());
                prop_assert_eq!(one.entries(), other.entries());
            }
            Err((place, why)) => {
                prop_assert_eq!((one.accounts_for_test(), one.entries().to_vec()), was);
                let mut alone = set.iter().map(|transfer| other.apply(transfer, now));
                let refused = alone.position(|outcome| !outcome.stands());
                prop_assert!(refused == Some(place) || why == Refusal::PartlyKnown);
            }
        }
    }
}

//! Any sequence of acts on wallets: nothing panics, the books sum to zero after every act, no account is below its limit, points
//! in lots are those in the books, and what is sent again is known.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use throughline::calendar::Zone;
use throughline::event::Event;
use throughline::hub::{
    CommandKey, Deed, FixedClock, Hub, MemberLimit, Payer, Rules, WalletAct, WalletOutcome, Who,
};
use throughline::money::{Currency, CurrencyUnit, Money, Ratio};
use throughline::pricing::coupon::GuessRules;
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, TimeDelta, Utc};
use throughline::wallet::ledger::{AccountId, TransferId};
use throughline::wallet::period::Cycle;
use throughline::wallet::points::{ReturnPolicy, ReturnedPoints};
use throughline::wallet::statement::Period;
use throughline::wallet::{GiftCode, ProgrammeId, Unit, VoucherReturn, VoucherTerms};

/// Bytes as choices; when they are used up every choice is the first.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn below(&mut self, most: u8) -> u8 {
        self.byte() % most
    }

    /// Mostly small, now and then at an edge.
    fn amount(&mut self) -> u64 {
        match self.byte() {
            255 => u64::MAX,
            254 => i64::MAX.unsigned_abs(),
            253 => i64::MAX.unsigned_abs() / 16,
            small => small.into(),
        }
    }

    fn instant(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.below(12) {
            0 => None,
            1 => Some(DateTime::<Utc>::MAX_UTC),
            seconds => Some(now + TimeDelta::seconds(i64::from(seconds) - 3)),
        }
    }

    fn id(&mut self) -> TransferId {
        TransferId::from_bytes([self.below(48); 16])
    }
}

struct World {
    store: Arc<MemoryStore>,
    hub: Hub,
    euro: CurrencyUnit,
    customers: Vec<Who>,
    club: ProgrammeId,
}

impl World {
    /// Every account's sums, by unit; every limit; every chain.
    fn check(&self) {
        let mut accounts = BTreeSet::new();
        for (key, value) in self.store.dump() {
            let key = &key.as_bytes()[Tenant::LEN..];
            if key.first() == Some(&b'B') && key.len() == 17 {
                let id: [u8; 16] = key[1..].try_into().expect("sixteen bytes");
                let value: serde_json::Value = serde_json::from_slice(&value).expect("JSON");
                let debt = value["d"]["limits"]["debt"].as_u64();
                accounts.insert((AccountId::from_bytes(id), value["d"]["unit"].to_string(), debt));
            }
        }
        let mut sums: BTreeMap<String, (i128, i128)> = BTreeMap::new();
        for (account, unit, debt) in accounts {
            let of = self.hub.account_balances(account).expect("a store in memory").expect("an account");
            let sum = sums.entry(unit).or_default();
            sum.0 += i128::from(of.balance());
            sum.1 += i128::from(of.credits_pending) - i128::from(of.debits_pending);
            if let Some(debt) = debt {
                assert!(i128::from(of.available()) + i128::from(debt) >= 0, "{of:?} is below {debt}");
            }
        }
        assert!(sums.values().all(|sum| *sum == (0, 0)), "{sums:?}");
        for who in &self.customers {
            for held in self.hub.wallet(who).expect("a store in memory").expect("a customer").units {
                for account in held.accounts {
                    if let Some(points) = account.points {
                        let counted = i128::from(points.active) + i128::from(points.pending);
                        assert!(i128::from(account.balances.balance()) >= counted);
                    }
                }
            }
        }
    }
}

fn world(clock: &Arc<FixedClock>) -> World {
    let store = Arc::new(MemoryStore::new());
    let rules = Rules::retail(b"a secret for tests");
    let hub = Hub::with_clock(store.clone(), Tenant(1), rules, clock.clone()).expect("rules");
    let euro = CurrencyUnit::new(Currency::parse("EUR").expect("a currency"), 2).expect("a unit");
    let customers = ["u-1", "u-2", "u-3"].map(|user| {
        let line = format!(
            r#"{{"type":"identify","messageId":"m-{user}","userId":"{user}","timestamp":"2026-03-19T00:00:00Z"}}"#
        );
        let event = Event::from_segment(line.as_bytes(), &hub.import()).expect("an event");
        Who::Record(hub.record(&event).expect("a store in memory").record)
    });
    for name in ["bank", "sales"] {
        hub.open_house_account(name, &Unit::from(euro)).expect("a store in memory");
    }
    let club = ProgrammeId::parse("club").expect("a name");
    World { store, hub, euro, customers: customers.to_vec(), club }
}

fuzz_target!(|bytes: &[u8]| {
    let noon: DateTime<Utc> = "2026-03-20T12:00:00Z".parse().expect("an instant");
    let (clock, mut now) = (Arc::new(FixedClock::at(noon)), noon);
    let world = world(&clock);
    let World { hub, euro, customers, club, .. } = &world;
    let (utc, guesses, unit) = (Zone::utc(), GuessRules::retail(), Unit::from(*euro));
    let codes = [0, 1, 2].map(|n| GiftCode::from_entropy([n; 16]));
    let typed = codes.each_ref().map(GiftCode::reveal);
    let mut next = Choices(bytes);
    for _ in 0..64 {
        if next.0.is_empty() {
            break;
        }
        let kind = next.below(20);
        let money = |amount: u64| Money::new(amount.cast_signed(), *euro);
        let who = &customers[usize::from(next.below(3))];
        let place = usize::from(next.below(3));
        let house = ["bank", "sales", "nobody"][usize::from(next.below(8) / 3)];
        let by = match next.below(4) {
            0 => Payer::Member { family: "f", member: who, zone: &utc },
            _ => Payer::Customer(who),
        };
        let terms = VoucherTerms {
            from: next.instant(now).filter(|_| kind == 14),
            until: next.instant(now),
            refund_days: next.below(2).into(),
            single_use: next.below(2) == 0,
            most_of_basket: Ratio::new(next.below(4).into(), 3).ok().filter(|_| kind % 2 == 0),
            returns: [VoucherReturn::Always, VoucherReturn::WhileGood, VoucherReturn::Never]
                [usize::from(next.below(3))],
        };
        let deed = match kind {
            0..3 => Deed::TopUp { to: who, from: house, amount: money(next.amount()) },
            3 | 4 => Deed::Pay { by, to: house, amount: money(next.amount()), hold: None },
            5 | 6 => {
                let hold = next.instant(now);
                Deed::Pay { by, to: house, amount: money(next.amount()), hold }
            }
            7 => {
                let amount = if next.below(3) == 0 { None } else { Some(next.amount()) };
                Deed::Capture { of: next.id(), amount }
            }
            8 => Deed::Release { of: next.id() },
            9 => Deed::Refund { of: next.id(), amount: next.amount() },
            10 => {
                let (from, until) = (next.instant(now), next.instant(now));
                Deed::Earn { to: who, programme: club, points: next.amount(), from, until }
            }
            11 => Deed::Spend { by, programme: club, points: next.amount() },
            12 => {
                let how = match next.below(3) {
                    0 => ReturnedPoints::AsTheyWere,
                    1 => ReturnedPoints::TimeLeft,
                    _ => ReturnedPoints::AtLeastUntil(now),
                };
                Deed::GiveBack { of: next.id(), points: next.amount(), how }
            }
            13 => {
                let policies =
                    [ReturnPolicy::OnlyPending, ReturnPolicy::WithinBalance, ReturnPolicy::Unlimited];
                let policy = policies[usize::from(next.below(3))];
                Deed::TakeBack { of: next.id(), points: next.amount(), policy }
            }
            14 | 15 => {
                let to = Some(who).filter(|_| kind == 14);
                let amount = money(next.amount());
                Deed::IssueVoucher { code: &codes[place], from: house, amount, to, terms: &terms }
            }
            16 => Deed::PayByVoucher {
                code: &typed[place],
                by: Some(who),
                to: house,
                amount: money(next.amount()),
                basket: Some(money(next.amount())),
                hold: next.instant(now),
                subject: "till",
                guesses: &guesses,
            },
            17 => {
                now += TimeDelta::seconds(next.below(9).into());
                clock.set(now);
                world.check();
                continue;
            }
            18 => {
                let cycle = MemberLimit::each(Cycle::Month, next.amount());
                let owner = &customers[0];
                match next.below(4) {
                    0 => drop(hub.end_family("f").expect("a store in memory")),
                    1 => drop(hub.leave_family("f", who).expect("a store in memory")),
                    _ => drop(hub.share_account("f", owner, &unit, &utc, who, cycle).expect("a store in memory")),
                }
                continue;
            }
            _ => {
                let (Who::Record(one), Who::Record(other)) = (who, &customers[place]) else { continue };
                let key = CommandKey::new(&format!("link {place} {}", next.byte()));
                drop(hub.link(&key, *one, *other));
                continue;
            }
        };
        let act = WalletAct::new(next.id(), deed);
        let outcome = hub.wallet_act(&[act]).expect("a store in memory");
        if outcome.is_done() {
            assert_eq!(hub.wallet_act(&[act]).expect("a store in memory"), WalletOutcome::Known);
        }
        world.check();
    }
    for who in customers {
        for unit in [&unit, &Unit::Points(club.clone())] {
            let told = hub.customer_statement(who, unit, &Period::ALWAYS, None, 1_000);
            told.expect("a store in memory").expect("a customer").check().expect("lines that lead on");
        }
    }
});

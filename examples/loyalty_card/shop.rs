//! The chain: its hub, its clock, its customers, and the check that the books sum to zero after every act.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::sync::Arc;

use serde_json::json;
use throughline::calendar::{Zone, Zones};
use throughline::event::Event;
use throughline::hub::{Deed, FixedClock, Hub, Payer, Rules, WalletAct, WalletOutcome, WalletRefusal, Who};
use throughline::money::{Currency, CurrencyUnit, Money, MoneyFormat};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, Utc};
use throughline::wallet::ledger::{AccountId, TransferId};
use throughline::wallet::{ProgrammeId, Purpose, Unit, VoucherRefusal};

use crate::words;

/// A customer of the chain.
pub(crate) struct Customer {
    pub(crate) name: &'static str,
    pub(crate) language: &'static str,
    pub(crate) who: Who,
}

/// All accounts of a unit together.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sum {
    pub(crate) posted: i128,
    pub(crate) held: i128,
    /// Those above zero alone.
    pub(crate) positive: i128,
}

/// Everything that the sections need.
pub(crate) struct Shop {
    pub(crate) hub: Hub,
    pub(crate) zone: Zone,
    pub(crate) club: ProgrammeId,
    pub(crate) unit: CurrencyUnit,
    /// A service takes the machine's clock, which is what `Hub::new` does. The example has one that can be set.
    clock: Arc<FixedClock>,
    customers: Vec<Customer>,
    /// Accounts that belong to no customer.
    others: RefCell<Vec<AccountId>>,
    acts: Cell<u64>,
}

/// Another secret than the example's belongs into a secret manager.
const SECRET: &[u8] = b"a secret from your secret manager";

impl Shop {
    pub(crate) fn open() -> Result<Self, Box<dyn Error>> {
        let clock = Arc::new(FixedClock::at("2026-11-22T08:00:00Z".parse()?));
        let hub = Hub::with_clock(
            Arc::new(MemoryStore::new()),
            Tenant(1),
            Rules::retail(SECRET),
            Arc::clone(&clock) as _,
        )?;
        let unit = CurrencyUnit::new(Currency::parse("EUR")?, 2)?;
        let mut customers = Vec::new();
        for (name, language) in [
            ("سارا", "fa"),
            ("ليلى", "ar-EG"),
            ("נועה", "he"),
            ("Анна", "ru"),
            ("Clara", "de"),
            ("آرش", "fa"),
        ] {
            let user = format!("u-{}", 2_001 + customers.len());
            let line = json!({
                "type": "identify", "messageId": format!("m-{user}"), "userId": user, "traits": {"firstName": name},
                "timestamp": "2026-11-21T08:00:00Z", "context": {"channel": "app"},
            });
            let event = Event::from_segment(line.to_string().as_bytes(), &hub.import())?;
            customers.push(Customer { name, language, who: Who::Record(hub.record(&event)?.record) });
        }
        let mut others = Vec::new();
        for name in ["bank cards", "tills", "sales", "promotions"] {
            others.extend(hub.open_house_account(name, &unit.into())?);
        }
        Ok(Self {
            hub,
            zone: Zones::bundled().named("Europe/Berlin")?,
            club: ProgrammeId::parse("club")?,
            unit,
            clock,
            customers,
            others: others.into(),
            acts: Cell::new(0),
        })
    }

    /// Sets the clock.
    pub(crate) fn at(&self, now: &str) -> Result<DateTime<Utc>, Box<dyn Error>> {
        let now = now.parse()?;
        self.clock.set(now);
        Ok(now)
    }

    pub(crate) fn customer(&self, name: &str) -> Result<&Customer, Box<dyn Error>> {
        let found = self.customers.iter().find(|customer| customer.name == name);
        found.ok_or_else(|| format!("nobody is called {name}").into())
    }

    pub(crate) fn customers(&self) -> &[Customer] {
        &self.customers
    }

    pub(crate) fn money(&self, text: &str) -> Result<Money, Box<dyn Error>> {
        Ok(Money::parse(text, self.unit)?)
    }

    /// A new id, as a client makes one; those of the example are numbered.
    pub(crate) fn id(&self, name: &str) -> TransferId {
        TransferId::from_bytes([20; 16]).derived(name, 0)
    }

    /// Does what is asked, then sums the books.
    pub(crate) fn act(
        &self,
        name: &str,
        purpose: &str,
        deed: Deed<'_>,
    ) -> Result<WalletOutcome, Box<dyn Error>> {
        let purpose = Purpose::parse(purpose)?;
        let outcome = self.hub.wallet_act(&[WalletAct::new(self.id(name), deed).for_purpose(&purpose)])?;
        self.check()?;
        Ok(outcome)
    }

    /// The same for what must not be refused.
    pub(crate) fn done(&self, name: &str, purpose: &str, deed: Deed<'_>) -> Result<(), Box<dyn Error>> {
        match self.act(name, purpose, deed)? {
            WalletOutcome::Done => Ok(()),
            other => Err(format!("`{name}` is not done: {other:?}").into()),
        }
    }

    pub(crate) fn top_up<'a>(
        &self,
        to: &'a Customer,
        from: &'a str,
        amount: &str,
    ) -> Result<Deed<'a>, Box<dyn Error>> {
        Ok(Deed::TopUp { to: &to.who, from, amount: self.money(amount)? })
    }

    pub(crate) fn pay<'a>(&self, by: &'a Customer, amount: &str) -> Result<Deed<'a>, Box<dyn Error>> {
        let amount = self.money(amount)?;
        Ok(Deed::Pay { by: Payer::Customer(&by.who), to: "sales", amount, hold: None })
    }

    /// What she can spend now: money.
    pub(crate) fn balance(&self, of: &Customer) -> Result<Money, Box<dyn Error>> {
        let held = self.hub.wallet(&of.who)?.ok_or("a customer is gone")?;
        Ok(Money::new(held.available(&self.unit.into()), self.unit))
    }

    /// The same as she reads it.
    pub(crate) fn shown(&self, of: &Customer) -> Result<String, Box<dyn Error>> {
        Ok(MoneyFormat::of(of.language).format(self.balance(of)?))
    }

    /// An account besides those of customers, to be summed with the others.
    pub(crate) fn also(&self, account: AccountId) {
        self.others.borrow_mut().push(account);
    }

    /// How often the books were summed.
    pub(crate) fn checks(&self) -> u64 {
        self.acts.get()
    }

    /// All accounts summed, of money and of points.
    pub(crate) fn sums(&self) -> Result<[Sum; 2], Box<dyn Error>> {
        let mut sums = [Sum::default(); 2];
        let mut add = |place: usize, of: throughline::wallet::ledger::Balances| {
            if let Some(sum) = sums.get_mut(place) {
                sum.posted += i128::from(of.balance());
                sum.held += i128::from(of.credits_pending) - i128::from(of.debits_pending);
                sum.positive += i128::from(of.balance().max(0));
            }
        };
        for account in self.others.borrow().iter() {
            add(0, self.hub.account_balances(*account)?.unwrap_or_default());
        }
        add(1, self.hub.points_issued(&self.club)?.unwrap_or_default());
        for customer in &self.customers {
            for held in self.hub.wallet(&customer.who)?.ok_or("a customer is gone")?.units {
                let place = usize::from(matches!(held.unit, Unit::Points(_)));
                held.accounts.iter().for_each(|account| add(place, account.balances));
            }
        }
        Ok(sums)
    }

    pub(crate) fn check(&self) -> Result<(), Box<dyn Error>> {
        self.acts.set(self.acts.get() + 1);
        if self.sums()?.iter().any(|sum| (sum.posted, sum.held) != (0, 0)) {
            return Err("the books do not sum to zero: that must not happen".into());
        }
        Ok(())
    }

    /// An answer in words.
    pub(crate) fn answer(&self, outcome: &WalletOutcome) -> String {
        let why = match outcome {
            WalletOutcome::Done => return "done".to_owned(),
            WalletOutcome::Known => return "done before".to_owned(),
            WalletOutcome::Refused { why, .. } => why,
        };
        let money = |minor: u64| Money::new(i64::try_from(minor).unwrap_or(i64::MAX), self.unit).to_string();
        match why {
            WalletRefusal::NotEnough { available } => format!("no: only {} is there", money(*available)),
            WalletRefusal::MemberLimit { left } => format!("no: the limit leaves {}", money(*left)),
            WalletRefusal::MoreThanLeft { left } => format!("no: only {} is left of it", money(*left)),
            WalletRefusal::IdReused { field } => format!("no: the id stands for another {field}"),
            WalletRefusal::GiftUnknown => "no: no such card".to_owned(),
            WalletRefusal::GiftMistyped => "no: mistyped, ask again".to_owned(),
            WalletRefusal::GiftEnded { .. } => "no: the card has ended".to_owned(),
            WalletRefusal::Voucher(why) => match why {
                VoucherRefusal::MoreThanShare { most } => format!("no: its share is {}", money(*most)),
                other => format!("no: {other}"),
            },
            WalletRefusal::Points(throughline::wallet::points::PointsRefusal::NotEnough { active }) => {
                format!("no: only {} count", words::count(*active))
            }
            other => format!("no: {other:?}"),
        }
    }
}

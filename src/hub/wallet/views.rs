//! What a customer holds, over all her records.

use serde::{Deserialize, Serialize};

use super::books::unit_digest;
use super::stored::{Earned, Held, InFamily, Part};
use super::{families, keys};
use crate::calendar::Zone;
use crate::hub::scan::{delete_all, each, first_keys};
use crate::hub::{Context, Who, members};
use crate::ids::RecordId;
use crate::store::{Stop, Tx};
use crate::wallet::ledger::{AccountId, Balances};
use crate::wallet::points::{Lots, PointsBalance};
use crate::wallet::tier::{Qualifying, TierRules, TierStanding};
use crate::wallet::{ProgrammeId, Unit};

/// The records of a profile in the order in which they pay: the named one, then the others in the profile's order.
fn records(tx: &mut Tx<'_>, named: RecordId) -> Result<Vec<RecordId>, Stop> {
    let (mut records, _) = members::cluster(tx, named)?;
    records.retain(|record| *record != named);
    records.insert(0, named);
    Ok(records)
}

/// The accounts of a profile for a unit, in the order in which they pay.
pub(super) fn accounts(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    named: RecordId,
    unit: &Unit,
) -> Result<Vec<(RecordId, AccountId)>, Stop> {
    let (records, digest) = (records(tx, named)?, unit_digest(context, unit));
    let wanted: Vec<_> = records.iter().map(|record| keys::held(*record, digest)).collect();
    let found = tx.get_many::<Held>(&wanted)?;
    Ok(records.into_iter().zip(found).filter_map(|(record, held)| Some((record, held?.account))).collect())
}

/// One account of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountHeld {
    /// The record that it hangs on.
    pub record: RecordId,
    /// The account.
    pub account: AccountId,
    /// Its four balances.
    pub balances: Balances,
    /// Of an account of points, what counts.
    pub points: Option<PointsBalance>,
}

/// All that a customer holds of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitHeld {
    /// The unit.
    pub unit: Unit,
    /// The accounts, in the order in which they pay.
    pub accounts: Vec<AccountHeld>,
}

impl UnitHeld {
    /// What can be spent now: money that is not held, points that are active.
    #[must_use]
    pub fn available(&self) -> i64 {
        let of = |account: &AccountHeld| match &account.points {
            Some(points) => points.active,
            None => account.balances.available(),
        };
        self.accounts.iter().fold(0, |sum, account| of(account).saturating_add(sum))
    }

    /// Points that do not count yet.
    #[must_use]
    pub fn pending(&self) -> u64 {
        let of = |account: &AccountHeld| account.points.map_or(0, |points| points.pending);
        self.accounts.iter().fold(0, |sum, account| of(account).saturating_add(sum))
    }
}

/// What a customer holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletView {
    /// By unit, in the order of the units.
    pub units: Vec<UnitHeld>,
}

impl WalletView {
    /// What she holds of a unit.
    #[must_use]
    pub fn of(&self, unit: &Unit) -> Option<&UnitHeld> {
        self.units.iter().find(|held| held.unit == *unit)
    }

    /// What she can spend of a unit now; zero if she has no account.
    #[must_use]
    pub fn available(&self, unit: &Unit) -> i64 {
        self.of(unit).map_or(0, UnitHeld::available)
    }
}

/// What a customer holds, over all records of her profile; `None` if nobody is known by that name. Every channel reads the
/// same as soon as a commit has returned.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(records + accounts + lots).
pub fn wallet(tx: &mut Tx<'_>, context: &Context<'_>, who: &Who) -> Result<Option<WalletView>, Stop> {
    let Some(named) = who.record(tx, context)? else { return Ok(None) };
    let mut units: Vec<UnitHeld> = Vec::new();
    for record in records(tx, named)? {
        // A record has an account for each unit that it ever held: few.
        for (_, held) in tx.scan::<Held>(&keys::all_held(record), None, 1_000)?.items {
            let part = tx.get::<Part>(&keys::part(held.account, 0))?;
            let balances = part.map(|part| part.account.balances(context.now)).unwrap_or_default();
            let points = match held.unit {
                Unit::Money(_) => None,
                Unit::Points(_) => {
                    let lots = tx.get::<Lots>(&keys::lots(held.account))?.unwrap_or_default();
                    Some(lots.balance(context.now))
                }
            };
            let account = AccountHeld { record, account: held.account, balances, points };
            match units.iter_mut().find(|unit| unit.unit == held.unit) {
                Some(unit) => unit.accounts.push(account),
                None => units.push(UnitHeld { unit: held.unit, accounts: vec![account] }),
            }
        }
    }
    units.sort_by(|one, other| one.unit.cmp(&other.unit));
    Ok(Some(WalletView { units }))
}

/// A customer's tier, by what all records of her profile earned in a programme; `None` if nobody is known by that name.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(earnings); see [`TierRules::standing`].
pub fn tier(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    programme: &ProgrammeId,
    rules: &TierRules,
    zone: &Zone,
) -> Result<Option<TierStanding>, Stop> {
    let Some(named) = who.record(tx, context)? else { return Ok(None) };
    let mut earned = Vec::new();
    for (_, account) in accounts(tx, context, named, &Unit::Points(programme.clone()))? {
        each::<Earned>(tx, &keys::all_earned(account), |_, one| {
            earned.push(Qualifying { at: one.at, points: one.points.saturating_sub(one.back) });
        })?;
    }
    Ok(Some(rules.standing(&earned, zone, context.now)))
}

/// Cuts every link from a record to the books. The accounts stay, and nothing leads from her to them any more.
pub(in crate::hub) fn forget(tx: &mut Tx<'_>, record: RecordId) -> Result<(), Stop> {
    delete_all::<Held>(tx, &keys::all_held(record))?;
    for key in first_keys::<InFamily>(tx, &keys::families_of(record), usize::MAX)? {
        tx.delete(&key);
        if let Some(family) = keys::family_of(&key) {
            families::forget(tx, record, family)?;
        }
    }
    Ok(())
}

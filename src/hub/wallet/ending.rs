//! Holds that end, on accounts of the house: each is kept under a key of its own, by its end, so that a part of an account is
//! as small with a million of them as with none. Its balances count them until a later change finds that they have ended.

use super::keys;
use super::stored::Part;
use crate::hub::scan::each_while;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};
use crate::wallet::ledger::{AccountId, EndingHold, Entry};

/// How many holds that have ended one change takes out at most: more than it can bring.
const AT_ONCE: usize = 64;

/// What was put on the list of a part before a change.
pub(super) struct Listed {
    holds: Vec<EndingHold>,
    /// No hold that is kept and not listed ends before this instant.
    next: Option<DateTime<Utc>>,
}

/// Puts on a part's list what a change may look at: holds that have ended, and the one that it resolves.
pub(super) fn list(
    tx: &mut Tx<'_>,
    part: &mut Part,
    place: u8,
    resolved: Option<&Entry>,
    now: DateTime<Utc>,
) -> Result<Listed, Stop> {
    let id = part.account.id();
    let mut listed = Listed { holds: Vec::new(), next: part.next_end };
    if part.next_end.is_some_and(|end| end <= now) {
        let found = tx.scan::<EndingHold>(&keys::all_ending(id, place), None, AT_ONCE)?;
        listed.next = None;
        for (_, hold) in found.items {
            listed.next = Some(hold.until);
            if now < hold.until {
                break;
            }
            listed.holds.push(hold);
        }
        let all_ended = listed.next.is_some_and(|end| end <= now);
        listed.next = listed.next.filter(|_| !all_ended || found.more);
    }
    if let Some((hold, until)) = resolved.and_then(|hold| Some((hold.transfer.id, hold.until()?)))
        && now < until
        && let Some(kept) = tx.get::<EndingHold>(&keys::ending(id, place, until, hold))?
    {
        listed.holds.push(kept);
    }
    for hold in &listed.holds {
        part.account.put_ending(hold);
    }
    Ok(listed)
}

/// Takes the list of a part after a change and keeps it under its keys.
pub(super) fn keep(tx: &mut Tx<'_>, part: &mut Part, place: u8, listed: &Listed) -> Result<(), Stop> {
    let id = part.account.id();
    let left = part.account.take_ending();
    for gone in listed.holds.iter().filter(|hold| !left.contains(hold)) {
        tx.delete(&keys::ending(id, place, gone.until, gone.hold));
    }
    part.next_end = listed.next;
    for hold in left {
        part.next_end = Some(part.next_end.map_or(hold.until, |end| end.min(hold.until)));
        if !listed.holds.contains(&hold) {
            tx.put(&keys::ending(id, place, hold.until, hold.hold), &hold)?;
        }
    }
    Ok(())
}

/// Puts on a part's list all that has ended, to tell its balances.
pub(super) fn list_ended(
    tx: &mut Tx<'_>,
    part: &mut Part,
    account: AccountId,
    place: u8,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    if part.next_end.is_none_or(|end| now < end) {
        return Ok(());
    }
    each_while::<EndingHold>(tx, &keys::all_ending(account, place), None, |_, hold| {
        let has_ended = hold.until <= now;
        if has_ended {
            part.account.put_ending(&hold);
        }
        has_ended
    })
}

//! Entries with their indexes, which are a function of them.

use crate::ids::OutboxKey;
use crate::messaging::Class;
use crate::messaging::outbox::Entry;
use crate::record::Millis;
use crate::store::{Key, Stop, Tx};

use super::super::stored::Marker;
use super::super::{Context, channels, keys};
use super::bookings::{Booking, WaitingEntry};
use super::told::Told;

pub(super) fn get(tx: &mut Tx<'_>, key: OutboxKey) -> Result<Option<Entry>, Stop> {
    tx.get(&keys::entry(key))
}

/// Stores an entry as it is now, with every index entry that follows from it. `before` is what is stored.
pub(super) fn save(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    before: Option<&Entry>,
    entry: &Entry,
) -> Result<(), Stop> {
    if before == Some(entry) {
        return Ok(());
    }
    tx.put(&keys::entry(entry.key), entry)?;
    channels::count(tx, context, before, entry)?;
    let due = |entry: &Entry| entry.state.due().map(|due| keys::due(Millis::from(due), entry.key));
    let (was, is) = (before.and_then(due), due(entry));
    if was != is {
        was.iter().for_each(|key| tx.delete(key));
        if let Some(key) = is {
            tx.put(&key, &Marker {})?;
        }
    }
    if before.is_none() {
        tx.put(&keys::entry_to(entry.who, entry.key), &Marker {})?;
        tx.put(&keys::entry_with(message(context, &entry.message.id), entry.key), &Marker {})?;
    }
    let waits = |entry: &Entry| {
        let due = entry.state.due().filter(|_| entry.booked_at.is_none())?;
        Some(WaitingEntry { due: Millis::from(due), priority: entry.message.priority })
    };
    let (was, is) = (before.and_then(waits), waits(entry));
    if was != is {
        let key = keys::waiting(entry.who, entry.key);
        match &is {
            Some(waits) => tx.put(&key, waits)?,
            None => tx.delete(&key),
        }
        tx.bump_range(&keys::booking_range(entry.who))?;
    }
    let booking =
        |entry: &Entry| entry.booked_at.map(|at| keys::booking(entry.who, Millis::from(at), entry.key));
    let (was, is) = (before.and_then(booking), booking(entry));
    if was != is {
        was.iter().for_each(|key| tx.delete(key));
        if let Some(key) = is {
            tx.put(&key, &booked(entry))?;
        }
        tx.bump_range(&keys::booking_range(entry.who))?;
    }
    if before.is_none_or(|before| before.provider_id.is_none())
        && let Some(key) = provider_key(context, entry)
    {
        tx.put(&key, &Told { entry: entry.key })?;
    }
    let mark = keys::told(entry.who, entry.fact);
    let tells = entry.state.is_open() || !entry.is_surely_unsent();
    match tx.get::<Told>(&mark)? {
        Some(told) if told.entry == entry.key && !tells => tx.delete(&mark),
        None if tells => tx.put(&mark, &Told { entry: entry.key })?,
        _ => {}
    }
    Ok(())
}

/// Deletes an entry with its index entries.
pub(super) fn delete(tx: &mut Tx<'_>, context: &Context<'_>, entry: &Entry) {
    if let Some(due) = entry.state.due() {
        tx.delete(&keys::due(Millis::from(due), entry.key));
    }
    if let Some(at) = entry.booked_at {
        tx.delete(&keys::booking(entry.who, Millis::from(at), entry.key));
    }
    if let Some(key) = provider_key(context, entry) {
        tx.delete(&key);
    }
    tx.delete(&keys::waiting(entry.who, entry.key));
    tx.delete(&keys::entry_to(entry.who, entry.key));
    tx.delete(&keys::entry_with(message(context, &entry.message.id), entry.key));
    tx.delete(&keys::told(entry.who, entry.fact));
    tx.delete(&keys::entry(entry.key));
    tx.announce(&keys::entry(entry.key));
}

/// The hash of a message's id.
pub(super) fn message(context: &Context<'_>, id: &str) -> [u8; 16] {
    context.rules.pepper.digest("message", &[id.as_bytes()])
}

/// Where the entry of a provider's id is found.
pub(super) fn provider(context: &Context<'_>, channel: &crate::channel::Channel, id: &str) -> Key {
    let parts = [channel.as_str().as_bytes(), id.as_bytes()];
    keys::provider_id(context.rules.pepper.digest("provider_id", &parts))
}

fn provider_key(context: &Context<'_>, entry: &Entry) -> Option<Key> {
    entry.provider_id.as_ref().map(|id| provider(context, &entry.channel, id.reveal()))
}

fn booked(entry: &Entry) -> Booking {
    Booking {
        channel: entry.channel.clone(),
        message: entry.message.id.clone(),
        category: entry.message.category.clone(),
        priority: entry.message.priority,
        bypasses: entry.message.class != Class::Marketing,
    }
}

//! A channel changes a thread.

use crate::ids::RecordId;
use crate::journey::{
    Closed, Difference, Document, KnownEdit, Met, PartId, Sensitivity, Sight, ThreadEdit, ThreadError,
    ThreadErrorKind, ThreadPart, Versions, difference, meet,
};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};

use super::super::{Context, Who, keys as hub_keys};
use super::keys;
use super::parts::{Head, Loaded, Parts, load, part_id};
use super::show::{ThreadSettings, find};

/// What became of an edit.
#[derive(Debug, Clone, PartialEq)]
pub enum EditOutcome {
    /// It stands. Make the next edit on these versions.
    Applied {
        /// What is there now.
        document: Box<Document>,
    },
    /// An edit of that id stands already; nothing has changed.
    Repeated {
        /// What is there now.
        document: Box<Document>,
    },
    /// Somebody else changed the thread since the edit's author looked; nothing has changed. Show the difference, and make
    /// the edit again on what is there now, if it is still meant.
    Changed {
        /// What has changed.
        difference: Box<Difference>,
        /// What is there now.
        document: Box<Document>,
    },
    /// Another edit of that id stands already; nothing has changed. Make it again under an id of its own.
    IdTaken,
    /// The edit's author had seen a thread that is not there any more: it was erased, or belongs to another profile now. Made
    /// again without what was seen, it begins the thread anew.
    Gone,
    /// The channel may not see the thread as a whole, so it may not change it.
    Hidden,
    /// It cannot be an edit, and why.
    Invalid {
        /// Why.
        why: ThreadErrorKind,
    },
    /// Nobody is known by that name.
    Unknown,
}

impl EditOutcome {
    /// What is there now, if the edit's channel may see it.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        match self {
            Self::Applied { document } | Self::Repeated { document } | Self::Changed { document, .. } => {
                Some(document)
            }
            Self::IdTaken | Self::Gone | Self::Hidden | Self::Invalid { .. } | Self::Unknown => None,
        }
    }
}

/// Changes a thread in one channel, if nobody else has changed it since that channel looked.
///
/// Of two channels that edit at once one wins, and the other gets the difference. What is written hangs on one record: on
/// that which is meant if it has a part of the thread or nobody has, else on the kept one. Closing closes every part that is
/// shown, and so does taking the last line out of a cart: it is [emptied](Closed::Emptied). An edit may be sent again: the thread knows its latest 32 edits by their ids, and refuses another edit of such an id.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{EditOutcome, Hub, Rules, ThreadSettings, Who};
/// use throughline::journey::{ThreadEdit, ThreadKind};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7"}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let settings = ThreadSettings::retail();
/// let edit = |id, channel| ThreadEdit::new(id, ThreadKind::Plan, "trip-1", channel);
/// let begun = hub.edit_thread(&who, &edit("e-1", Channel::Web).set("city", "شیراز").open("hotel"), &settings)?;
/// let seen = begun.document().ok_or("refused")?.versions.clone();
/// let app = edit("e-2", Channel::App).on(&seen).set("hotel", "Zandiyeh").done("hotel");
/// assert!(matches!(hub.edit_thread(&who, &app, &settings)?, EditOutcome::Applied { .. }));
/// let web = edit("e-3", Channel::Web).on(&seen).set("hotel", "Homa");
/// let EditOutcome::Changed { difference, .. } = hub.edit_thread(&who, &web, &settings)? else { return Err("both won".into()) };
/// assert_eq!(difference.fields["hotel"].now, Some("Zandiyeh".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her threads.
pub fn edit_thread(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    edit: &ThreadEdit,
    settings: &ThreadSettings,
) -> Result<EditOutcome, Stop> {
    if let Err(error) = edit.check() {
        return Ok(EditOutcome::Invalid { why: error.kind() });
    }
    let Some(mut parts) = load(tx, context, who)? else { return Ok(EditOutcome::Unknown) };
    let found = find(&parts, &edit.kind, &edit.object, settings);
    if found.is_none() && !edit.seen.is_empty() {
        return Ok(EditOutcome::Gone);
    }
    let rules = settings.rules.of(&edit.kind);
    let sensitivity = edit.sensitivity.unwrap_or(rules.sensitivity);
    let sight = found.as_ref().map_or_else(
        || settings.visibility.sight(&edit.kind, sensitivity, &edit.channel),
        |met| settings.sight(&met.document, &edit.channel),
    );
    if sight != Sight::Whole {
        return Ok(EditOutcome::Hidden);
    }
    let keyed = known_by(context, edit);
    if let Some(Met { document, .. }) = found.as_ref() {
        let parts_of_it = parts.loaded.iter().filter(|held| in_it(document, held.id));
        let known: Vec<KnownEdit> = parts_of_it.filter_map(|held| held.part.knows_by(edit, keyed)).collect();
        if known.contains(&KnownEdit::Same) {
            return Ok(EditOutcome::Repeated { document: document.clone().into() });
        }
        if !known.is_empty() {
            return Ok(EditOutcome::IdTaken);
        }
        if document.versions != edit.seen {
            let difference = difference(document, &parts.members(), &edit.seen);
            return Ok(EditOutcome::Changed {
                difference: difference.into(),
                document: document.clone().into(),
            });
        }
    }
    let versions = found.as_ref().map_or_else(Versions::default, |met| met.document.versions.clone());
    match write(tx, context, &mut parts, (edit, keyed, settings), &versions, sensitivity)? {
        Ok(()) => {}
        Err(why) => {
            tx.discard();
            return Ok(EditOutcome::Invalid { why });
        }
    }
    Ok(match find(&parts, &edit.kind, &edit.object, settings) {
        Some(met) => EditOutcome::Applied { document: met.document.into() },
        None => EditOutcome::Unknown,
    })
}

/// A keyed hash of all that an edit says, so that nobody without the key learns from it what was said.
fn known_by(context: &Context<'_>, edit: &ThreadEdit) -> Option<u64> {
    context.request("thread_edit", &[&edit.said()]).first_chunk().copied().map(u64::from_be_bytes)
}

fn in_it(document: &Document, part: PartId) -> bool {
    document.versions.0.contains_key(&part)
}

/// Writes the edit to its home, and its end to all parts that are shown.
fn write(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    parts: &mut Parts,
    (edit, keyed, settings): (&ThreadEdit, Option<u64>, &ThreadSettings),
    versions: &Versions,
    sensitivity: Sensitivity,
) -> Result<Result<(), ThreadErrorKind>, Stop> {
    let meant = parts.record;
    let shown = |held: &&Loaded| versions.0.contains_key(&held.id);
    let rank = |held: &&Loaded| (held.record != meant, held.part.object != edit.object, held.guest, held.id);
    let home = match parts.loaded.iter().filter(shown).min_by_key(rank) {
        Some(held) => held.id,
        None => {
            let id = part_id(context, meant, &edit.kind, &edit.object);
            let key = keys::part(meant, id);
            // Of two that begin it at once, at whichever of her records, one is run again and finds the other.
            for member in &parts.cluster {
                tx.guard_range(&keys::part_range(*member))?;
            }
            tx.bump_range(&keys::part_range(meant))?;
            // An erasure of the record at the same time finds it.
            tx.bump_range(&hub_keys::event_range(meant))?;
            tx.exists(&key)?;
            let made = ThreadPart::begun(edit, sensitivity, context.now, &Versions::default(), keyed);
            let part = match made {
                Ok(part) => part,
                Err(error) => return Ok(Err(error.kind())),
            };
            tx.put(&key, &part)?;
            note(tx, meant, id, &part, part.sensitivity())?;
            parts.loaded.push(Loaded { key, record: meant, id, guest: false, part });
            return Ok(Ok(()));
        }
    };
    let how = match edit.close {
        Some(how) => Some(how),
        None => match empties(parts, home, edit, versions, context.now, settings) {
            Ok(empties) => empties.then_some(Closed::Emptied),
            Err(error) => return Ok(Err(error.kind())),
        },
    };
    let is_changed = |held: &Loaded| versions.0.contains_key(&held.id) && (held.id == home || how.is_some());
    for held in parts.loaded.iter_mut().filter(|held| is_changed(held)) {
        let over = versions.without(held.id);
        let applied = match how {
            Some(how) => held.part.end(edit, held.id == home, how, context.now, &over, keyed),
            None => held.part.apply_known_by(edit, context.now, &over, keyed),
        };
        if let Err(error) = applied {
            return Ok(Err(error.kind()));
        }
    }
    let guarded = parts.loaded.iter().filter(shown).map(|held| held.part.sensitivity()).max();
    for held in parts.loaded.iter().filter(|held| is_changed(held)) {
        tx.put(&held.key, &held.part)?;
        note(tx, held.record, held.id, &held.part, guarded.unwrap_or(sensitivity))?;
    }
    Ok(Ok(()))
}

/// Whether the edit of that part takes the last line out of what is shown as one.
fn empties(
    parts: &Parts,
    home: PartId,
    edit: &ThreadEdit,
    versions: &Versions,
    now: DateTime<Utc>,
    settings: &ThreadSettings,
) -> Result<bool, ThreadError> {
    let shown = |held: &&Loaded| versions.0.contains_key(&held.id);
    let had_lines = parts.loaded.iter().filter(shown).any(|held| held.part.had_lines());
    let (true, false, Some(held)) = (
        had_lines,
        edit.set.is_empty() && edit.remove.is_empty(),
        parts.loaded.iter().find(|held| held.id == home),
    ) else {
        return Ok(false);
    };
    let mut next = held.part.clone();
    next.apply(edit, now, &versions.without(home))?;
    let mut members = parts.members();
    for member in members.iter_mut().filter(|member| member.id == home) {
        member.part = &next;
    }
    let met = meet(&members, &settings.rules);
    Ok(met.iter().any(|met| in_it(&met.document, home) && !met.document.has_lines()))
}

/// Keeps which thread of a record was edited last, and how guarded what it is shown with is.
fn note(
    tx: &mut Tx<'_>,
    record: RecordId,
    id: PartId,
    part: &ThreadPart,
    sensitivity: Sensitivity,
) -> Result<(), Stop> {
    let head = Head {
        part: id,
        kind: part.kind.clone(),
        object: part.object.clone(),
        last: part.last().clone(),
        sensitivity: Some(sensitivity),
    };
    tx.put(&keys::head(record), &head)
}

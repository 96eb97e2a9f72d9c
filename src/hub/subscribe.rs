//! A channel learns of what changed in another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::event::{Event, StoredEvent};
use crate::ids::RecordId;
use crate::journey::{Entry, Sight, ThreadPart};
use crate::store::{Entry as JournalEntry, Key, Seq, Stop, StoreError, Stored, Tx};

use super::front::Parts;
use super::threads::{Conversation, ThreadSettings, TouchedThread, keys as thread_keys, sights};
use super::{AsyncHub, Context, Hub, Who, keys, members};

/// Entries of the journal that are passed over at a time.
const STRIDE: usize = 4_096;
/// Most keys that are looked at in one go, so that no unit of work grows without bound.
const MAX_KEYS: usize = 1_024;

/// What a change is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Something happened.
    Event,
    /// A thread was edited.
    Thread,
    /// A conversation went to somebody else.
    Conversation,
    /// What a source says about the person.
    Record,
    /// Which records make up the profile.
    Profile,
}

/// How far a subscriber has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cursor {
    seq: Seq,
}

impl Stored for Cursor {
    const KIND: &'static str = "subscriber";
    const VERSION: u16 = 1;
}

/// What a subscriber wants to learn.
#[derive(Debug, Clone)]
pub struct Subscription<'a> {
    /// Its name, unique in the tenant: its place in the journal is kept under it.
    pub name: &'a str,
    /// Of whom; of everybody if nobody is named.
    pub who: Option<&'a Who>,
    /// Which kinds; all if none is named.
    pub kinds: BTreeSet<ChangeKind>,
    /// The subscriber's own channel: what was done there last is not told, and of threads it is told what this channel may
    /// see. Without a channel it is told of what every channel may see, which is of everyday threads only.
    pub own: Option<&'a Channel>,
    /// By which rules threads meet and are shown; the default ones if none are given, by which no channel sees what is
    /// sensitive.
    pub settings: Option<&'a ThreadSettings>,
    /// Most commits to look at in one call.
    pub limit: usize,
}

impl<'a> Subscription<'a> {
    /// All changes, a thousand commits at a time.
    #[must_use]
    pub const fn new(name: &'a str) -> Self {
        Self { name, who: None, kinds: BTreeSet::new(), own: None, settings: None, limit: 1_000 }
    }

    /// Of one person.
    #[must_use]
    pub const fn of(mut self, who: &'a Who) -> Self {
        self.who = Some(who);
        self
    }

    /// Of these kinds.
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = ChangeKind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    /// For this channel: what was done there itself is not told, nor what it may not see.
    #[must_use]
    pub const fn channel(mut self, own: &'a Channel) -> Self {
        self.own = Some(own);
        self
    }

    /// By these rules about what a channel may see of threads.
    #[must_use]
    pub const fn seeing(mut self, settings: &'a ThreadSettings) -> Self {
        self.settings = Some(settings);
        self
    }
}

/// What has changed, as it is now.
#[derive(Clone, PartialEq)]
pub enum Changed {
    /// Something happened.
    Event(Entry),
    /// A thread was edited, as far as the subscriber's channel may know it. An edit of a thread that is hidden from it is
    /// passed over.
    Thread(TouchedThread),
    /// A conversation went to somebody else.
    Conversation {
        /// The host's id of it.
        conversation: Box<str>,
    },
    /// What a source says about the person.
    Record,
    /// Which records make up the profile.
    Profile,
    /// It was there and is not any more: all of its kind at the record was erased. Of threads there is none: that the record
    /// is gone, and its threads with it, is told to whoever follows either, as which channel might have known of a thread is
    /// not known any more.
    Gone(ChangeKind),
}

impl fmt::Debug for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(entry) => write!(f, "Event({entry:?})"),
            Self::Thread(thread) => write!(f, "Thread({})", thread.kind),
            Self::Conversation { .. } => f.write_str("Conversation"),
            Self::Record => f.write_str("Record"),
            Self::Profile => f.write_str("Profile"),
            Self::Gone(kind) => write!(f, "Gone({kind:?})"),
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its place in the order of commits.
    pub seq: Seq,
    /// The record that it hangs on.
    pub record: RecordId,
    /// What has changed.
    pub what: Changed,
}

/// What a subscriber has not acknowledged yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The changes in the order of commits; what changed several times is told once, where it changed last.
    pub items: Vec<Change>,
    /// Acknowledge this when the items are dealt with.
    pub upto: Seq,
    /// Whether nothing is left behind it for now.
    pub caught_up: bool,
}

/// How far a subscriber has read; the beginning if it is new.
///
/// # Errors
/// Of the store only.
pub fn subscribed_to(tx: &mut Tx<'_>, context: &Context<'_>, name: &str) -> Result<Seq, Stop> {
    Ok(tx.get::<Cursor>(&cursor_key(context, name))?.map_or(Seq::default(), |cursor| cursor.seq))
}

/// Keeps that a subscriber has dealt with all changes up to there. It never goes back. Returns where it stands.
///
/// # Errors
/// Of the store only.
pub fn acknowledge(tx: &mut Tx<'_>, context: &Context<'_>, name: &str, upto: Seq) -> Result<Seq, Stop> {
    let known = subscribed_to(tx, context, name)?;
    if upto > known {
        tx.put(&cursor_key(context, name), &Cursor { seq: upto })?;
    }
    Ok(known.max(upto))
}

fn cursor_key(context: &Context<'_>, name: &str) -> Key {
    thread_keys::subscriber(context.rules.pepper.digest("subscriber", &[name.as_bytes()]))
}

/// What a subscription's person is made of: her records, and their component.
type Person = (BTreeSet<RecordId>, Option<RecordId>);

impl Parts {
    async fn changes(&self, wanted: &Subscription<'_>) -> Result<Changes, StoreError> {
        let after = self.run_async(|tx, context| subscribed_to(tx, context, wanted.name)).await?;
        let entries = self.store.journal(after, wanted.limit).await?;
        // After the journal, so that whatever it tells of is known to be hers if it is.
        let person = self.run_async(|tx, context| person(tx, context, wanted.who)).await?;
        let mut caught_up = entries.len() < wanted.limit;
        let (mut latest, mut upto): (BTreeMap<Key, Seq>, Seq) = (BTreeMap::new(), after);
        for JournalEntry { seq, keys } in entries {
            let mine = keys.iter().filter_map(|key| self.tenant.logical(key));
            let mine: Vec<Key> = mine.filter(|key| is_wanted(key, wanted, person.as_ref())).collect();
            if latest.len() + mine.len() > MAX_KEYS && !latest.is_empty() {
                caught_up = false;
                break;
            }
            latest.extend(mine.into_iter().map(|key| (key, seq)));
            upto = seq;
        }
        let mut places: Vec<(Seq, Key)> = latest.into_iter().map(|(key, seq)| (seq, key)).collect();
        places.sort();
        let items = self.run_async(|tx, context| load(tx, context, &places, wanted)).await?;
        Ok(Changes { items, upto, caught_up })
    }

    async fn subscribe_from_now(&self, name: &str) -> Result<Seq, StoreError> {
        let mut upto = self.run_async(|tx, context| subscribed_to(tx, context, name)).await?;
        while let Some(last) = self.store.journal(upto, STRIDE).await?.last() {
            upto = last.seq;
        }
        self.run_async(|tx, context| acknowledge(tx, context, name, upto)).await
    }
}

impl Hub {
    /// What has changed since a subscriber last [acknowledged](Self::acknowledge), whoever changed it and in whatever
    /// channel: at least once, in the order of commits, and across restarts of either side, as the subscriber's place is
    /// kept in the store. What is changed while the subscriber is away waits for it.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use throughline::channel::Channel;
    /// use throughline::event::Event;
    /// use throughline::hub::{ChangeKind, Changed, Hub, Rules, Subscription, Who};
    /// use throughline::store::{MemoryStore, Tenant};
    ///
    /// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
    /// let line = br#"{"type":"track","event":"Card Topped Up","messageId":"1","userId":"u-7","context":{"channel":"app"}}"#;
    /// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
    /// let till = Subscription::new("till-3").of(&who).kinds([ChangeKind::Event]).channel(&Channel::Till);
    /// let news = hub.changes(&till)?;
    /// let Some(Changed::Event(entry)) = news.items.first().map(|change| &change.what) else { return Err("nothing".into()) };
    /// assert_eq!(entry.name.as_deref(), Some("Card Topped Up"));
    /// hub.acknowledge("till-3", news.upto)?;
    /// assert!(hub.changes(&till)?.items.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Of the store.
    pub fn changes(&self, wanted: &Subscription<'_>) -> Result<Changes, StoreError> {
        pollster::block_on(self.0.changes(wanted))
    }

    /// Lets a subscriber pass over everything up to now. Returns where it stands.
    ///
    /// # Errors
    /// Of the store.
    pub fn subscribe_from_now(&self, name: &str) -> Result<Seq, StoreError> {
        pollster::block_on(self.0.subscribe_from_now(name))
    }
}

impl AsyncHub {
    /// What has changed; see [`Hub::changes`].
    ///
    /// # Errors
    /// Of the store.
    pub async fn changes(&self, wanted: &Subscription<'_>) -> Result<Changes, StoreError> {
        self.0.changes(wanted).await
    }

    /// Lets a subscriber pass over everything up to now; see [`Hub::subscribe_from_now`].
    ///
    /// # Errors
    /// Of the store.
    pub async fn subscribe_from_now(&self, name: &str) -> Result<Seq, StoreError> {
        self.0.subscribe_from_now(name).await
    }
}

/// Her records now. `None`: of everybody.
fn person(tx: &mut Tx<'_>, context: &Context<'_>, who: Option<&Who>) -> Result<Option<Person>, Stop> {
    let Some(who) = who else { return Ok(None) };
    let Some(record) = who.record(tx, context)? else { return Ok(Some((BTreeSet::new(), None))) };
    let component = members::around(tx, record)?.id;
    Ok(Some((members::cluster(tx, record)?.0.into_iter().collect(), component)))
}

/// What a key is of, and the record that it hangs on, as far as it can be told from the key.
fn place(key: &Key) -> Option<(ChangeKind, RecordId)> {
    let kind = match key.as_bytes().first()? {
        b'e' => ChangeKind::Event,
        b't' => ChangeKind::Thread,
        b'1' => ChangeKind::Conversation,
        b'r' => ChangeKind::Record,
        b'k' => ChangeKind::Profile,
        _ => return None,
    };
    let record = key.as_bytes().get(1..17)?.try_into().ok()?;
    Some((kind, RecordId::from_bytes(record)))
}

fn is_told(kind: ChangeKind, wanted: &Subscription<'_>) -> bool {
    wanted.kinds.is_empty() || wanted.kinds.contains(&kind)
}

/// Whether a key is looked at. Whoever follows threads learns of records that are gone, and their threads with them.
fn is_wanted(key: &Key, wanted: &Subscription<'_>, person: Option<&Person>) -> bool {
    place(key).is_some_and(|(kind, record)| {
        let is_hers = person.is_none_or(|(records, component)| match kind {
            ChangeKind::Profile => *component == Some(record) || records.contains(&record),
            _ => records.contains(&record),
        });
        is_hers
            && (is_told(kind, wanted) || (kind == ChangeKind::Record && is_told(ChangeKind::Thread, wanted)))
    })
}

fn load(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    places: &[(Seq, Key)],
    wanted: &Subscription<'_>,
) -> Result<Vec<Change>, Stop> {
    let keys: Vec<Key> = places.iter().map(|(_, key)| key.clone()).collect();
    tx.want(&keys);
    let edited = places.iter().filter_map(|(_, key)| thread_keys::part_of(key));
    let edited: BTreeSet<RecordId> = edited.map(|(record, _)| record).collect();
    let usual = ThreadSettings::default();
    let sights = sights(tx, context, &edited, wanted.own, wanted.settings.unwrap_or(&usual))?;
    let mut items = Vec::new();
    for (seq, key) in places {
        let Some((kind, record)) = place(key) else { continue };
        let mut from = None;
        let what = match kind {
            ChangeKind::Event => {
                let stored = tx.get::<StoredEvent>(key)?.and_then(|stored| Event::from_stored(&stored).ok());
                stored.zip(keys::event_of(key)).map(|(event, id)| {
                    from = Some(event.channel().clone());
                    Changed::Event(Entry::new(&event, record, id))
                })
            }
            ChangeKind::Thread => match tx.get::<ThreadPart>(key)? {
                // How guarded it was is not known any more, so not even that it was there is told.
                None => continue,
                Some(part) => {
                    let sight = thread_keys::part_of(key).and_then(|(_, id)| sights.get(&id).copied());
                    let last = part.last().clone();
                    from = Some(last.channel.clone());
                    let seen =
                        TouchedThread::seen(part.kind, part.object, last, sight.unwrap_or(Sight::Hidden));
                    let Some(seen) = seen else { continue };
                    Some(Changed::Thread(seen))
                }
            },
            ChangeKind::Conversation => {
                let held = tx.get::<Conversation>(key)?;
                held.map(|held| Changed::Conversation { conversation: held.name().into() })
            }
            ChangeKind::Record => {
                let is_there = tx.exists(key)?;
                if is_there && !is_told(kind, wanted) {
                    continue;
                }
                is_there.then_some(Changed::Record)
            }
            ChangeKind::Profile => Some(Changed::Profile),
        };
        // Who edits a thread has seen what others did to it, so nothing is missed by not telling her own edits.
        if from.is_none() || from.as_ref() != wanted.own {
            items.push(Change { seq: *seq, record, what: what.unwrap_or(Changed::Gone(kind)) });
        }
    }
    Ok(items)
}

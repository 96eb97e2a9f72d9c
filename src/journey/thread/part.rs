//! What one record holds of a thread: a fact. It is changed by edits at that record, never by a merge of profiles.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::acts::{Closed, Effect, ThreadAct, ThreadState};
use super::document::{StepState, Touch, Versions};
use super::edit::{ThreadEdit, size};
use super::error::{ThreadError, ThreadErrorKind};
use super::kind::ThreadKind;
use super::rules::Sensitivity;
use crate::event::OrderKey;
use crate::pii::Pii;
use crate::record::Millis;
use crate::time::{DateTime, Utc};

const MAX_FIELDS: usize = 1_000;
const MAX_STEPS: usize = 200;
const MAX_BYTES: usize = 1024 * 1024;
/// How many edits a part knows again.
const REMEMBERED: usize = 32;

/// Which part of a thread: a keyed hash of its record, its kind and its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartId(uuid::Uuid);

impl PartId {
    /// From its sixteen bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(uuid::Uuid::from_bytes(bytes))
    }

    /// Its sixteen bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

/// A value with what is needed to tell which of two is the later one.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stamped<T> {
    #[serde(rename = "v")]
    pub(super) value: T,
    /// The version of the part that set it.
    #[serde(rename = "n")]
    pub(super) version: u64,
    #[serde(rename = "t")]
    pub(super) at: Millis,
    /// What was seen of other parts when it was set: it stands over what they said until then.
    #[serde(rename = "o", default, skip_serializing_if = "Versions::is_empty")]
    pub(super) over: Versions,
}

/// One record's part of a thread. `Debug` shows no values.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreadPart {
    /// What the object is.
    #[serde(rename = "k")]
    pub kind: ThreadKind,
    /// The host's id of the object.
    #[serde(rename = "o")]
    pub object: Box<str>,
    /// How many edits it has had.
    #[serde(rename = "n")]
    pub version: u64,
    /// Its first edit.
    #[serde(rename = "b")]
    pub(super) began: Millis,
    #[serde(rename = "f", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) fields: BTreeMap<Box<str>, Stamped<Option<Pii<Kept>>>>,
    #[serde(rename = "p", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) steps: BTreeMap<Box<str>, Stamped<StepState>>,
    /// How it ended; open where nothing is said.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<Stamped<Option<Closed>>>,
    #[serde(rename = "s")]
    pub(super) sensitivity: Sensitivity,
    #[serde(rename = "l")]
    pub(super) last: Touch,
    /// The latest edits.
    #[serde(rename = "r", default)]
    edits: Vec<Edited>,
}

/// One edit in short: the hash of its id, when it was made, how it ended the thread, if it did, and the hash of all of it:
/// one with no key, or one with the keeper's key, from which nobody else learns what was said. Of what was kept before this
/// was, neither is known.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Edited(
    u64,
    Millis,
    Option<Closed>,
    #[serde(default)] Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")] Option<u64>,
);

/// What an edit is known again by.
#[derive(Clone, Copy)]
struct KnownBy {
    plain: Option<u64>,
    keyed: Option<u64>,
}

impl KnownBy {
    /// By a keyed hash, or one with no key where there is none.
    fn of(edit: &ThreadEdit, keyed: Option<u64>) -> Self {
        Self { plain: keyed.is_none().then(|| edit.hash()), keyed }
    }
}

/// What is known of an edit with an id that was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KnownEdit {
    /// It is the same edit.
    Same,
    /// Another edit has that id.
    Other,
}

/// JSON that can be hashed for its redacted `Debug`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Kept(pub(super) Value);

impl ThreadPart {
    /// The part that a first edit makes.
    ///
    /// # Errors
    /// As [`ThreadPart::apply`].
    pub fn new(
        edit: &ThreadEdit,
        sensitivity: Sensitivity,
        now: DateTime<Utc>,
        over: &Versions,
    ) -> Result<Self, ThreadError> {
        Self::begun(edit, sensitivity, now, over, None)
    }

    /// The same, where the edit is to be known again by its keyed hash, if one is given.
    pub(crate) fn begun(
        edit: &ThreadEdit,
        sensitivity: Sensitivity,
        now: DateTime<Utc>,
        over: &Versions,
        keyed: Option<u64>,
    ) -> Result<Self, ThreadError> {
        let mut part = Self {
            kind: edit.kind.clone(),
            object: edit.object.clone(),
            version: 0,
            began: now.into(),
            fields: BTreeMap::new(),
            steps: BTreeMap::new(),
            state: None,
            sensitivity,
            last: Touch { at: now.into(), channel: edit.channel.clone(), device: None, step: None },
            edits: Vec::new(),
        };
        part.apply_known_by(edit, now, over, keyed)?;
        Ok(part)
    }

    /// Applies an edit. `over` is what its author had seen of the thread's other parts.
    ///
    /// A change of a thread that has ended opens it again.
    ///
    /// # Errors
    /// What [`ThreadEdit::check`] finds; [`ThreadErrorKind::TooLarge`] with nothing changed.
    pub fn apply(
        &mut self,
        edit: &ThreadEdit,
        now: DateTime<Utc>,
        over: &Versions,
    ) -> Result<(), ThreadError> {
        self.apply_known_by(edit, now, over, None)
    }

    /// The same, where the edit is to be known again by its keyed hash, if one is given.
    pub(crate) fn apply_known_by(
        &mut self,
        edit: &ThreadEdit,
        now: DateTime<Utc>,
        over: &Versions,
        keyed: Option<u64>,
    ) -> Result<(), ThreadError> {
        edit.check()?;
        self.take(edit, KnownBy::of(edit, keyed), now, over)
    }

    /// Ends with the whole thread, by an edit that is of this part or of another. Checked as by [`apply`](Self::apply).
    pub(crate) fn end(
        &mut self,
        edit: &ThreadEdit,
        is_own: bool,
        how: Closed,
        now: DateTime<Utc>,
        over: &Versions,
        keyed: Option<u64>,
    ) -> Result<(), ThreadError> {
        edit.check()?;
        let closing = if is_own {
            edit.clone()
        } else {
            ThreadEdit::new(&edit.id, edit.kind.clone(), &self.object, edit.channel.clone())
        };
        self.take(&closing.close(how), KnownBy::of(edit, keyed), now, over)
    }

    /// Applies an edit, to be known again by that.
    fn take(
        &mut self,
        edit: &ThreadEdit,
        known_by: KnownBy,
        now: DateTime<Utc>,
        over: &Versions,
    ) -> Result<(), ThreadError> {
        let mut next = self.clone();
        next.version = next.version.saturating_add(1);
        let (version, at) = (next.version, Millis::from(now));
        for (name, value) in &edit.set {
            let value = Some(Pii::new(Kept(value.clone())));
            next.fields.insert(name.clone(), Stamped { value, version, at, over: over.clone() });
        }
        for name in &edit.remove {
            next.fields.insert(name.clone(), Stamped { value: None, version, at, over: over.clone() });
        }
        for (names, value) in [(&edit.open, StepState::Open), (&edit.done, StepState::Done)] {
            for name in names {
                next.steps.insert(name.clone(), Stamped { value, version, at, over: over.clone() });
            }
        }
        let changes =
            !(edit.set.is_empty() && edit.remove.is_empty() && edit.done.is_empty() && edit.open.is_empty());
        let ended = next.state.as_ref().is_some_and(|state| state.value.is_some());
        if edit.close.is_some() || (changes && (ended || !over.is_empty())) {
            next.state = Some(Stamped { value: edit.close, version, at, over: over.clone() });
        }
        if let Some(sensitivity) = edit.sensitivity {
            next.sensitivity = sensitivity;
        }
        let step = edit.step.clone().or_else(|| next.last.step.take());
        next.last = Touch { at, channel: edit.channel.clone(), device: edit.device.clone(), step };
        // To take the last thing out of it is to empty it, whether or not the host says so.
        let takes_out = !(edit.set.is_empty() && edit.remove.is_empty()) && over.is_empty();
        let emptied = (takes_out && next.is_empty()).then_some(Closed::Emptied);
        let KnownBy { plain, keyed } = known_by;
        next.edits.push(Edited(hash(edit.id.as_bytes()), at, edit.close.or(emptied), plain, keyed));
        let surplus = next.edits.len().saturating_sub(REMEMBERED);
        next.edits.drain(..surplus);
        if next.fields.len() > MAX_FIELDS || next.steps.len() > MAX_STEPS || next.bytes() > MAX_BYTES {
            return Err(ThreadError::new(ThreadErrorKind::TooLarge));
        }
        *self = next;
        Ok(())
    }

    /// Whether an edit of that id was applied, among the latest 32, and whether it was this one: what was seen when it was made
    /// does not matter, all else does. One that was kept without its hash, as all were once, counts as the same.
    #[must_use]
    pub fn knows(&self, edit: &ThreadEdit) -> Option<KnownEdit> {
        self.knows_by(edit, None)
    }

    /// The same, given the edit's keyed hash if it was to be known again by one. One that was kept with its keyed hash is
    /// compared by nothing else.
    pub(crate) fn knows_by(&self, edit: &ThreadEdit, keyed: Option<u64>) -> Option<KnownEdit> {
        let id = hash(edit.id.as_bytes());
        let Edited(.., plain, known) = self.edits.iter().rfind(|Edited(known, ..)| *known == id)?;
        let is_same = match known {
            Some(known) => keyed.is_none_or(|keyed| keyed == *known),
            None => plain.is_none_or(|plain| plain == edit.hash()),
        };
        Some(if is_same { KnownEdit::Same } else { KnownEdit::Other })
    }

    /// Whether it can be taken up, as far as this part tells.
    #[must_use]
    pub fn state(&self) -> ThreadState {
        self.state.as_ref().and_then(|state| state.value).map_or(ThreadState::Open, ThreadState::Closed)
    }

    /// Its latest edits, 32 at most, as acts on its object, for [`abandonments`](crate::journey::abandonments()). `place`
    /// tells the acts of this part from those of others. All are told under the channel of the last.
    #[must_use]
    pub fn acts(&self, place: PartId) -> Vec<ThreadAct> {
        let act = |(number, Edited(_, at, close, ..)): (u64, &Edited)| ThreadAct {
            order: OrderKey {
                time: (*at).into(),
                sequence: Some(number),
                id: format!("{}/{number}", place.0).into(),
            },
            object: self.object.clone(),
            kind: self.kind.clone(),
            effect: close.map_or(Effect::Changed, Effect::Closed),
            step: None,
            channel: self.last.channel.clone(),
            device: None,
        };
        let forgotten = self.version.saturating_sub(self.edits.len() as u64);
        (forgotten..).zip(&self.edits).map(act).collect()
    }

    /// From when on all its edits are remembered as [acts](Self::acts); `None` if none is forgotten.
    #[must_use]
    pub fn remembered_since(&self) -> Option<DateTime<Utc>> {
        let Edited(_, at, ..) = self.edits.first()?;
        (self.version > self.edits.len() as u64).then(|| (*at).into())
    }

    /// Whether nothing of worth is in it: no line with a quantity if it ever had lines, else no value at all.
    fn is_empty(&self) -> bool {
        let had_lines = self.had_lines();
        let mut of_worth = self.fields.iter().filter(|(name, _)| is_line(name) || !had_lines);
        of_worth
            .all(|(name, field)| field.value.as_ref().is_none_or(|value| is_nothing(name, &value.reveal().0)))
    }

    /// Whether it has, or had, lines with quantities.
    pub(crate) fn had_lines(&self) -> bool {
        self.fields.keys().any(|name| is_line(name))
    }

    /// When its first edit was made.
    #[must_use]
    pub fn began(&self) -> DateTime<Utc> {
        self.began.into()
    }

    /// How guarded it is, as far as this part tells.
    #[must_use]
    pub const fn sensitivity(&self) -> Sensitivity {
        self.sensitivity
    }

    /// Its last edit.
    #[must_use]
    pub const fn last(&self) -> &Touch {
        &self.last
    }

    fn bytes(&self) -> usize {
        let values = self.fields.values().filter_map(|field| field.value.as_ref());
        values.map(|value| size(&value.reveal().0)).fold(0, usize::saturating_add)
    }
}

pub(super) fn is_line(name: &str) -> bool {
    name.starts_with("lines/")
}

/// Whether a field of that name and value stands for nothing.
pub(super) fn is_nothing(name: &str, value: &Value) -> bool {
    value.is_null() || (is_line(name) && value.as_f64() == Some(0.0))
}

/// The first bytes of SHA-256: the same on every machine.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).first_chunk().copied().map_or(0, u64::from_be_bytes)
}

impl fmt::Debug for ThreadPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPart")
            .field("kind", &self.kind)
            .field("version", &self.version)
            .field("fields", &self.fields.len())
            .field("steps", &self.steps.len())
            .finish_non_exhaustive()
    }
}

//! One change that a channel makes to a thread.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::acts::Closed;
use super::document::Versions;
use super::error::{ThreadError, ThreadErrorKind};
use super::kind::ThreadKind;
use super::part::hash;
use super::rules::Sensitivity;
use crate::channel::Channel;
use crate::checked_name::is_name;

/// Longest id of an object and name of a field or step, in bytes.
pub(super) const MAX_NAME: usize = 128;
/// Largest value, as JSON, in bytes.
pub(super) const MAX_VALUE: usize = 64 * 1024;

/// A change of a thread, made in one channel on what that channel has seen. `Debug` shows no values.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::journey::{ThreadEdit, ThreadKind};
/// let edit = ThreadEdit::new("edit-1", ThreadKind::Application, "loan-7", Channel::App)
///     .set("amount", 900_000)
///     .set("purpose", "ремонт")
///     .done("amount")
///     .open("income");
/// edit.check()?;
/// # Ok::<(), throughline::journey::ThreadError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct ThreadEdit {
    /// The caller's own name for this edit, unique in the thread: sending it again changes nothing, and another edit of that
    /// name is refused.
    pub id: Box<str>,
    /// What the object is.
    pub kind: ThreadKind,
    /// The host's id of the object.
    pub object: Box<str>,
    /// What the channel has seen of the thread; empty if nothing, as for a new one.
    pub seen: Versions,
    /// The fields to set.
    pub set: BTreeMap<Box<str>, Value>,
    /// The fields to take away.
    pub remove: BTreeSet<Box<str>>,
    /// Steps that are done now.
    pub done: BTreeSet<Box<str>>,
    /// Steps that are to be done.
    pub open: BTreeSet<Box<str>>,
    /// The step that the person has reached.
    pub step: Option<Box<str>>,
    /// How it ends, if it does.
    pub close: Option<Closed>,
    /// How guarded it is to be from now on; a new thread has its kind's.
    pub sensitivity: Option<Sensitivity>,
    /// Where it is made.
    pub channel: Channel,
    /// On which device.
    pub device: Option<Box<str>>,
}

impl ThreadEdit {
    /// An edit that changes nothing yet, of a thread of which nothing has been seen.
    #[must_use]
    pub fn new(id: &str, kind: ThreadKind, object: &str, channel: Channel) -> Self {
        Self {
            id: id.into(),
            kind,
            object: object.into(),
            seen: Versions::default(),
            set: BTreeMap::new(),
            remove: BTreeSet::new(),
            done: BTreeSet::new(),
            open: BTreeSet::new(),
            step: None,
            close: None,
            sensitivity: None,
            channel,
            device: None,
        }
    }

    /// The same edit, made on what was seen.
    #[must_use]
    pub fn on(mut self, seen: &Versions) -> Self {
        self.seen = seen.clone();
        self
    }

    /// Sets a field.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set.insert(name.into(), value.into());
        self
    }

    /// Sets every field of a JSON object; anything else changes nothing.
    #[must_use]
    pub fn set_all(mut self, document: Value) -> Self {
        if let Value::Object(fields) = document {
            self.set.extend(fields.into_iter().map(|(name, value)| (name.into(), value)));
        }
        self
    }

    /// Takes a field away.
    #[must_use]
    pub fn remove(mut self, name: &str) -> Self {
        self.remove.insert(name.into());
        self
    }

    /// A step is done.
    #[must_use]
    pub fn done(mut self, step: &str) -> Self {
        self.done.insert(step.into());
        self
    }

    /// A step is to be done.
    #[must_use]
    pub fn open(mut self, step: &str) -> Self {
        self.open.insert(step.into());
        self
    }

    /// The person has reached a step.
    #[must_use]
    pub fn at(mut self, step: &str) -> Self {
        self.step = Some(step.into());
        self
    }

    /// It ends.
    #[must_use]
    pub const fn close(mut self, how: Closed) -> Self {
        self.close = Some(how);
        self
    }

    /// How guarded it is to be.
    #[must_use]
    pub const fn guarded(mut self, sensitivity: Sensitivity) -> Self {
        self.sensitivity = Some(sensitivity);
        self
    }

    /// The hash of [all of it](Self::said), with no key.
    pub(super) fn hash(&self) -> u64 {
        hash(&self.said())
    }

    /// What it is known again by: all of it but what had been seen, as who sends it again may have looked since.
    pub(crate) fn said(&self) -> Vec<u8> {
        let Self {
            id,
            kind,
            object,
            seen: _,
            set,
            remove,
            done,
            open,
            step,
            close,
            sensitivity,
            channel,
            device,
        } = self;
        let all = (id, kind, object, set, remove, done, open, step, close, sensitivity, channel, device);
        serde_json::to_vec(&all).unwrap_or_default()
    }

    /// Whether it can be an edit at all.
    ///
    /// # Errors
    /// [`ThreadErrorKind::InvalidObject`], [`ThreadErrorKind::InvalidName`], [`ThreadErrorKind::ValueTooLarge`].
    pub fn check(&self) -> Result<(), ThreadError> {
        if !is_name(&self.object, MAX_NAME) || !is_name(&self.id, MAX_NAME) {
            return Err(ThreadError::new(ThreadErrorKind::InvalidObject));
        }
        let mut names = self
            .set
            .keys()
            .chain(&self.remove)
            .chain(&self.done)
            .chain(&self.open)
            .chain(&self.step)
            .chain(&self.device);
        if !names.all(|name| is_name(name, MAX_NAME)) {
            return Err(ThreadError::new(ThreadErrorKind::InvalidName));
        }
        if self.set.values().any(|value| size(value) > MAX_VALUE) {
            return Err(ThreadError::new(ThreadErrorKind::ValueTooLarge));
        }
        Ok(())
    }
}

/// The bytes that a value takes as JSON.
pub(super) fn size(value: &Value) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.saturating_add(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    serde_json::to_writer(&mut count, value).map_or(usize::MAX, |()| count.0)
}

impl fmt::Debug for ThreadEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadEdit")
            .field("kind", &self.kind)
            .field("seen", &self.seen)
            .field("set", &self.set.len())
            .field("remove", &self.remove.len())
            .field("close", &self.close)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

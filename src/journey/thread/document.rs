//! A thread as a person has it: one view over the parts that her records hold.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::acts::{Seen, Thread, ThreadState};
use super::kind::ThreadKind;
use super::part::{PartId, is_line, is_nothing};
use super::rules::Sensitivity;
use crate::channel::Channel;
use crate::event::OrderKey;
use crate::record::Millis;

/// Which version of each part of a thread somebody has seen. Two views are the same if these are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Versions(pub BTreeMap<PartId, u64>);

impl Versions {
    /// Whether nothing has been seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The version of a part that was seen; 0 if none.
    #[must_use]
    pub fn of(&self, part: PartId) -> u64 {
        self.0.get(&part).copied().unwrap_or(0)
    }

    /// One number for people: how many edits are in it.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().copied().fold(0, u64::saturating_add)
    }

    /// The same without one part.
    #[must_use]
    pub fn without(&self, part: PartId) -> Self {
        Self(self.0.iter().filter(|(id, _)| **id != part).map(|(id, version)| (*id, *version)).collect())
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// To be done.
    Open,
    /// Done.
    Done,
}

/// When and where somebody was last at work.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Touch {
    /// When.
    #[serde(rename = "t")]
    pub at: Millis,
    /// In which channel.
    #[serde(rename = "c")]
    pub channel: Channel,
    /// On which device.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Box<str>>,
    /// The step that was reached.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Box<str>>,
}

impl fmt::Debug for Touch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Touch").field("at", &self.at).field("channel", &self.channel).finish_non_exhaustive()
    }
}

/// A thread as a person has it. `Debug` shows no values.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What the object is.
    pub kind: ThreadKind,
    /// The host's id of the object; of several that are shown as one, the kept one's.
    pub object: Box<str>,
    /// Every object that is in it, in order.
    pub objects: Vec<Box<str>>,
    /// What is seen by whoever sees this.
    pub versions: Versions,
    /// The fields by name.
    pub fields: BTreeMap<Box<str>, Value>,
    /// The steps by name.
    pub steps: BTreeMap<Box<str>, StepState>,
    /// Whether it can be taken up.
    pub state: ThreadState,
    /// How guarded it is.
    pub sensitivity: Sensitivity,
    /// The last edit.
    pub last: Touch,
}

impl Document {
    /// The steps in that state, in order of their names.
    pub fn steps_in(&self, state: StepState) -> impl Iterator<Item = &str> {
        self.steps.iter().filter(move |(_, is)| **is == state).map(|(name, _)| &**name)
    }

    /// Whether a line has a quantity.
    pub(crate) fn has_lines(&self) -> bool {
        self.fields.iter().any(|(name, value)| is_line(name) && !is_nothing(name, value))
    }

    /// As much of it as [`resume`](crate::journey::resume()) looks at. Of what channels have seen, what the last one saw is
    /// known.
    #[must_use]
    pub fn to_thread(&self) -> Thread {
        let Touch { at, channel, device, step } = self.last.clone();
        let last = OrderKey { time: at.into(), sequence: None, id: self.object.clone() };
        let revision = self.versions.total();
        Thread {
            kind: self.kind.clone(),
            object: self.object.clone(),
            revision,
            episode: 1,
            state: self.state,
            step,
            seen: [(channel.clone(), Seen { revision, order: last.clone() })].into(),
            last,
            channel,
            device,
        }
    }

    /// Its fields as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Value::Object(self.fields.iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("kind", &self.kind)
            .field("versions", &self.versions)
            .field("fields", &self.fields.len())
            .field("steps", &self.steps.len())
            .field("state", &self.state)
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

/// One field that came out otherwise than the kept part has it. `Debug` shows neither name nor value.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldMove {
    /// The field.
    pub name: Box<str>,
    /// What it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    /// What it is in the view; with [`MergeStrategy::Ask`](crate::cart::MergeStrategy::Ask) what it would be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

impl fmt::Debug for FieldMove {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldMove(..)")
    }
}

/// What showing several parts as one did, so that nobody buys or signs unseen what another part brought in. Every list is
/// in the order of names.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MeetReport {
    /// Fields that only other parts held.
    pub added: Vec<FieldMove>,
    /// Fields that differ from the kept part's.
    pub changed: Vec<FieldMove>,
    /// Values that some part holds and the view does not show.
    pub dropped: Vec<FieldMove>,
    /// What the person is to be asked.
    pub asked: Vec<FieldMove>,
    /// The currencies of other parts that are not the kept one's: what they brought in is priced anew, never dropped.
    pub repriced_from: Vec<Value>,
}

/// The view and what was done to make it.
#[derive(Debug, Clone, PartialEq)]
pub struct Met {
    /// The view.
    pub document: Document,
    /// What changed.
    pub report: MeetReport,
}

//! What has changed since somebody looked.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::acts::ThreadState;
use super::document::{Document, StepState, Touch, Versions};
use super::meet::Member;

/// One field that was set or taken away since. `Debug` shows no value.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldNews {
    /// What it is now; `None` if it is gone.
    pub now: Option<Value>,
}

impl fmt::Debug for FieldNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.now.is_some() { "FieldNews(set)" } else { "FieldNews(gone)" })
    }
}

/// What has changed in a thread since somebody looked. `Debug` shows how much it is, not what.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// What was seen.
    pub since: Versions,
    /// What is there now.
    pub now: Versions,
    /// The fields, with what they are now.
    pub fields: BTreeMap<Box<str>, FieldNews>,
    /// The steps, with where they stand now.
    pub steps: BTreeMap<Box<str>, StepState>,
    /// Whether it can be taken up now.
    pub state: ThreadState,
    /// The last edit: who looks sees where the news come from.
    pub last: Touch,
    /// Whether something that was seen belongs to another profile now, as records were kept apart since. What is not named
    /// above may be gone too: show the whole thread.
    pub split: bool,
}

impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Difference")
            .field("since", &self.since)
            .field("now", &self.now)
            .field("fields", &self.fields.len())
            .field("steps", &self.steps.len())
            .field("state", &self.state)
            .field("last", &self.last)
            .field("split", &self.split)
            .finish()
    }
}

impl Difference {
    /// Whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.since == self.now
    }
}

/// What has changed in the thread that `document` shows of `members` since somebody saw `since`.
///
/// # Complexity
/// O(n log n) for n fields of all parts.
#[must_use]
pub fn difference(document: &Document, members: &[Member<'_>], since: &Versions) -> Difference {
    let mut fields = BTreeMap::new();
    let mut steps = BTreeMap::new();
    for Member { id, part, .. } in
        members.iter().filter(|member| document.versions.0.contains_key(&member.id))
    {
        let seen = since.of(*id);
        for (name, _) in part.fields.iter().filter(|(_, stamp)| stamp.version > seen) {
            fields.insert(name.clone(), FieldNews { now: document.fields.get(name).cloned() });
        }
        for (name, _) in part.steps.iter().filter(|(_, stamp)| stamp.version > seen) {
            if let Some(state) = document.steps.get(name) {
                steps.insert(name.clone(), *state);
            }
        }
    }
    Difference {
        since: since.clone(),
        now: document.versions.clone(),
        fields,
        steps,
        state: document.state,
        last: document.last.clone(),
        split: since.0.keys().any(|part| !document.versions.0.contains_key(part)),
    }
}

//! The key that a caller gives to a command, so that repeating it is harmless.

use crate::identifier::ValueHash;
use crate::keyed::Pepper;
use crate::store::{Once, Stop, Stored, Tx, once};

use super::{Context, keys};

/// The caller's name for one command: send the same command again with the same key and it takes effect once.
///
/// ```
/// use throughline::hub::CommandKey;
/// let key = CommandKey::new("ticket-4711/link");
/// assert!(!format!("{key:?}").contains("4711"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CommandKey {
    key: Box<str>,
    actor: Option<Box<str>>,
}

impl std::fmt::Debug for CommandKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CommandKey({:04x})", crate::pii::tag(&*self.key))
    }
}

impl CommandKey {
    /// A key of the caller's own making: unique among the tenant's commands. Only its keyed hash is stored.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { key: key.into(), actor: None }
    }

    /// The same command, given by that employee or system. Decisions keep a keyed hash of who made them.
    #[must_use]
    pub fn by(mut self, actor: &str) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// The keyed hash of who gave the command, to compare with [`Decision::by`](crate::identity::Decision::by).
    #[must_use]
    pub fn actor(&self, pepper: &Pepper) -> Option<ValueHash> {
        let actor = self.actor.as_deref()?;
        Some(ValueHash::from_bytes(pepper.digest("actor", &[actor.as_bytes()])))
    }

    pub(crate) fn once<'s, R: Stored>(
        &self,
        tx: &mut Tx<'s>,
        context: &Context<'_>,
        request: [u8; 16],
        work: impl FnOnce(&mut Tx<'s>) -> Result<R, Stop>,
    ) -> Result<Once<R>, Stop> {
        let digest = context.rules.pepper.digest("command", &[self.key.as_bytes()]);
        once(tx, &keys::command(digest), request, work)
    }
}

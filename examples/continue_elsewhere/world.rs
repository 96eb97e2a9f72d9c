//! The business: one hub, its rules, a clock that the story sets, and words for what is shown.

use std::error::Error;
use std::sync::Arc;

use serde_json::Value;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{
    EditOutcome, FixedClock, Hub, Issue, OpenOutcome, Rules, ThreadSettings, TokenRefusal, Who,
};
use throughline::journey::{Difference, Document, StepState, ThreadEdit, ThreadKind};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::TimeDelta;

use crate::page::{Table, text};
use crate::words;

/// Another secret than the example's belongs into a secret manager.
const SECRET: &[u8] = b"a secret from your secret manager";

pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) settings: ThreadSettings,
}

impl World {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let clock = Arc::new(FixedClock::at("2026-03-20T08:00:00Z".parse()?));
        let store = Arc::new(MemoryStore::new());
        let hub = Hub::with_clock(store, Tenant(1), Rules::retail(SECRET), clock.clone())?;
        Ok(Self { hub, clock, settings: ThreadSettings::retail() })
    }

    /// Sets the clock on 20 March 2026, in universal time.
    pub(crate) fn at(&self, time: &str) -> Result<(), Box<dyn Error>> {
        self.clock.set(format!("2026-03-20T{time}:00Z").parse()?);
        Ok(())
    }

    /// Takes in an event, and answers with whom it is about.
    pub(crate) fn record(&self, json: &str) -> Result<Who, Box<dyn Error>> {
        Ok(Who::Record(self.hub.record(&Event::from_segment(json.as_bytes(), &self.hub.import())?)?.record))
    }

    /// Somebody with an account.
    pub(crate) fn person(&self, account: &str, name: &str, locale: &str) -> Result<Who, Box<dyn Error>> {
        self.record(&format!(
            r#"{{"type":"identify","messageId":"{account}","userId":"{account}","traits":{{"firstName":"{name}","locale":"{locale}"}},"context":{{"channel":"app"}}}}"#
        ))
    }

    /// An edit that must be taken.
    pub(crate) fn edit(&self, who: &Who, edit: &ThreadEdit) -> Result<Document, Box<dyn Error>> {
        match self.hub.edit_thread(who, edit, &self.settings)? {
            EditOutcome::Applied { document } => Ok(*document),
            other => Err(format!("not taken: {other:?}").into()),
        }
    }

    /// What a channel sees of a thread that it may see.
    pub(crate) fn see(
        &self,
        who: &Who,
        kind: &ThreadKind,
        object: &str,
        channel: &Channel,
    ) -> Result<Document, Box<dyn Error>> {
        let shown = self.hub.thread(who, kind, object, channel, &self.settings)?.ok_or("nothing is shown")?;
        Ok(shown.document().ok_or("only an outline is shown")?.clone())
    }

    /// A token for a thread as text.
    pub(crate) fn token(
        &self,
        who: &Who,
        kind: &ThreadKind,
        object: &str,
        channel: &Channel,
        once: bool,
    ) -> Result<String, Box<dyn Error>> {
        let issue = Issue { kind, object, channel, lifetime: TimeDelta::hours(12), once };
        let token = self.hub.issue_token(who, &issue, &self.settings)?.ok_or("no such thread")?;
        Ok(token.text(&self.hub.rules().pepper))
    }
}

/// A value in the customer's own words.
pub(crate) fn said(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => words::list(&list.iter().map(said).collect::<Vec<_>>()),
        other => other.to_string(),
    }
}

/// A thread's fields and steps.
pub(crate) fn contents(document: &Document) -> Table {
    let mut table = Table::new([text("Field or step"), text("Value")]);
    for (name, value) in &document.fields {
        table.row([name.to_string(), said(value)]);
    }
    for (name, state) in &document.steps {
        let state = if *state == StepState::Done { "done" } else { "still to do" };
        table.row([name.to_string(), state.to_owned()]);
    }
    table
}

/// What has changed, line by line.
pub(crate) fn changes(difference: &Difference) -> Table {
    let mut table = Table::new([text("Changed"), text("Now")]);
    for (name, news) in &difference.fields {
        let now = news.now.as_ref().map_or_else(|| "taken away".to_owned(), said);
        table.row([name.to_string(), now]);
    }
    for (name, state) in &difference.steps {
        let now = if *state == StepState::Done { "done" } else { "still to do" };
        table.row([name.to_string(), now.to_owned()]);
    }
    table
}

/// What came of opening a token.
pub(crate) fn opened(outcome: &OpenOutcome) -> String {
    match outcome {
        OpenOutcome::Same { document, .. } => format!("same version ({})", document.versions.total()),
        OpenOutcome::Changed { difference, .. } => {
            format!("changed: version {} is now {}", difference.since.total(), difference.now.total())
        }
        OpenOutcome::Refused { why } => match why {
            TokenRefusal::Mistyped => "refused: mistyped, please read it again",
            TokenRefusal::Invalid => "refused: not a token of ours",
            TokenRefusal::Expired => "refused: too late",
            TokenRefusal::WrongTenant => "refused: another business's token",
            TokenRefusal::Used => "refused: it was used before",
            TokenRefusal::Gone => "refused: nothing is there any more",
            TokenRefusal::Hidden => "refused: not to be seen in this channel",
        }
        .to_owned(),
    }
}

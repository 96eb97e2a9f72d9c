//! Whether an event tells what we did.

use super::{Attribute, Event, EventKind};

impl Event {
    /// Whether we did it, not the person: a message of ours went out, arrived or came back. Its property `direction` (`outbound` or
    /// `inbound`) says so, else its name (`Email Delivered`, `SMS Failed`), in upper or lower case.
    ///
    /// ```
    /// use throughline::event::{EventBuilder, Import};
    /// use throughline::time::from_millis;
    /// let import = Import::new(from_millis(9_000_000));
    /// let event = |name: &str| EventBuilder::track(name).message_id("1").user_id("u-1");
    /// assert!(event("Email Delivered").build(&import)?.is_ours());
    /// assert!(!event("Email Opened").build(&import)?.is_ours());
    /// assert!(event("Call").property("direction", "outbound").build(&import)?.is_ours());
    /// # Ok::<(), throughline::event::EventError>(())
    /// ```
    #[must_use]
    pub fn is_ours(&self) -> bool {
        match self.properties().get("direction").and_then(Attribute::as_text) {
            Some("outbound") => return true,
            Some("inbound") => return false,
            _ => {}
        }
        let EventKind::Track { name } = self.kind() else { return false };
        let Some((what, became)) = name.as_str().rsplit_once(' ') else { return false };
        let is = |known: &str, said: &str| known.eq_ignore_ascii_case(said);
        let received = is("Push Notification", what) && is("Received", became);
        received
            || (MESSAGES.iter().any(|known| is(known, what)) && FATES.iter().any(|known| is(known, became)))
    }
}

/// What we send.
const MESSAGES: [&str; 10] = [
    "Email",
    "SMS",
    "Text Message",
    "Push Notification",
    "Notification",
    "WhatsApp Message",
    "Telegram Message",
    "In-App Message",
    "Message",
    "Letter",
];
/// What becomes of it without her. A device receives a push notification too; a message received is one of hers.
const FATES: [&str; 6] = ["Sent", "Delivered", "Deferred", "Bounced", "Dropped", "Failed"];

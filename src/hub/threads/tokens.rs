//! A thread is carried to another channel or device.

use std::fmt;

use crate::channel::Channel;
use crate::journey::{
    Difference, Document, Met, ResumeToken, ResumeTokenErrorKind, Sight, ThreadKind, difference,
};
use crate::record::Millis;
use crate::store::{Stop, Tx};
use crate::time::TimeDelta;

use super::super::stored::UsedProof;
use super::super::{Context, Who, keys as hub_keys};
use super::parts::load;
use super::show::{ThreadSettings, find};

/// Which thread a token is to carry. `Debug` does not show the object.
#[derive(Clone, Copy)]
pub struct Issue<'a> {
    /// What the object is.
    pub kind: &'a ThreadKind,
    /// The host's id of the object.
    pub object: &'a str,
    /// The channel in which it is handed out.
    pub channel: &'a Channel,
    /// How long it may be used; kept in whole seconds.
    pub lifetime: TimeDelta,
    /// Whether it may be used once only.
    pub once: bool,
}

impl fmt::Debug for Issue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issue")
            .field("kind", &self.kind)
            .field("channel", &self.channel)
            .field("lifetime", &self.lifetime)
            .field("once", &self.once)
            .finish_non_exhaustive()
    }
}

/// What opening a token shows.
#[derive(Debug, Clone, PartialEq)]
pub enum OpenOutcome {
    /// The very version that was left.
    Same {
        /// The token.
        token: ResumeToken,
        /// The thread.
        document: Box<Document>,
    },
    /// It has changed since.
    Changed {
        /// The token.
        token: ResumeToken,
        /// What has changed.
        difference: Box<Difference>,
        /// The thread.
        document: Box<Document>,
    },
    /// It is not opened, and why.
    Refused {
        /// Why.
        why: TokenRefusal,
    },
}

/// Why a token is not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenRefusal {
    /// It was misread or mistyped: ask again.
    Mistyped,
    /// It is not of ours, or was changed.
    Invalid,
    /// Its time is over.
    Expired,
    /// It is another tenant's.
    WrongTenant,
    /// It may be used once, and was.
    Used,
    /// The thread is not there any more: it, or she, was erased. A thread that she began since under the same name, after she
    /// was admitted again, is another one. (A token of the first layout does not tell when it was issued; of the two threads it
    /// knows the new one only while that has had fewer edits than it had seen of the old one.)
    Gone,
    /// This channel may not see the thread.
    Hidden,
}

/// A token that carries one of her threads to another channel, as it is now. `None` if nobody is meant, she has no such
/// thread, the channel may not see it as a whole, or the lifetime is no second.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her threads.
pub fn issue_token(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    issue: &Issue<'_>,
    settings: &ThreadSettings,
) -> Result<Option<ResumeToken>, Stop> {
    let Some(parts) = load(tx, context, who)? else { return Ok(None) };
    let Some(Met { document, .. }) = find(&parts, issue.kind, issue.object, settings) else {
        return Ok(None);
    };
    if settings.sight(&document, issue.channel) != Sight::Whole {
        return Ok(None);
    }
    let own = |part| document.versions.0.contains_key(&part);
    let Some(held) = parts.loaded.iter().filter(|held| own(held.id)).min_by_key(|held| (held.guest, held.id))
    else {
        return Ok(None);
    };
    let token = ResumeToken::new(
        tx.tenant().0,
        held.record,
        held.id,
        issue.channel.clone(),
        // Not before the part began, as the clocks of several machines differ.
        context.now.max(held.part.began()),
        issue.lifetime,
    );
    let Ok(token) = token else { return Ok(None) };
    let token = token.seen(&document.versions);
    let token = match document.last.step.as_deref().map(|step| token.clone().at(step)) {
        Some(Ok(at)) => at,
        _ => token,
    };
    let minted = *context.mint.next(crate::ids::CommandId::from_bytes).as_bytes();
    // The last bytes are the random ones.
    let nonce = minted.last_chunk::<8>().copied().unwrap_or_default();
    Ok(Some(if issue.once { token.once(nonce) } else { token }))
}

/// Takes up the thread that a token carries: the version that was left, or what has changed since. Whoever shows the token
/// may see what it carries, as far as the channel may.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Issue, OpenOutcome, Rules, ThreadSettings, TokenRefusal, Who};
/// use throughline::journey::{ThreadEdit, ThreadKind};
/// use throughline::store::{MemoryStore, Tenant};
/// use throughline::time::TimeDelta;
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7"}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let settings = ThreadSettings::retail();
/// let edit = ThreadEdit::new("e-1", ThreadKind::Application, "loan-1", Channel::App).set("sum", 5_000);
/// hub.edit_thread(&who, &edit, &settings)?;
/// let issue = Issue {
///     kind: &ThreadKind::Application,
///     object: "loan-1",
///     channel: &Channel::App,
///     lifetime: TimeDelta::days(1),
///     once: true,
/// };
/// let token = hub.issue_token(&who, &issue, &settings)?.ok_or("no such thread")?.text(&hub.rules().pepper);
/// assert!(matches!(hub.open_token(&token, &Channel::CallCentre, &settings)?, OpenOutcome::Same { .. }));
/// let again = hub.open_token(&token, &Channel::CallCentre, &settings)?;
/// assert_eq!(again, OpenOutcome::Refused { why: TokenRefusal::Used });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her threads.
pub fn open_token(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    text: &str,
    channel: &Channel,
    settings: &ThreadSettings,
) -> Result<OpenOutcome, Stop> {
    let refused = |why| Ok(OpenOutcome::Refused { why });
    let pepper = &context.rules.pepper;
    let token = match ResumeToken::open(text, pepper, tx.tenant().0, context.now) {
        Ok(token) => token,
        Err(error) => {
            return refused(match error.kind() {
                ResumeTokenErrorKind::Mistyped => TokenRefusal::Mistyped,
                ResumeTokenErrorKind::Expired => TokenRefusal::Expired,
                ResumeTokenErrorKind::WrongTenant => TokenRefusal::WrongTenant,
                ResumeTokenErrorKind::Invalid | ResumeTokenErrorKind::Settings => TokenRefusal::Invalid,
            });
        }
    };
    let used = token.nonce().map(|nonce| hub_keys::nonce(pepper.digest("resume_token", &[nonce])));
    if let Some(used) = &used
        && tx.exists(used)?
    {
        return refused(TokenRefusal::Used);
    }
    let Some(parts) = load(tx, context, &Who::Record(token.record()))? else {
        return refused(TokenRefusal::Gone);
    };
    let named = parts.loaded.iter().find(|held| held.id == token.part());
    if named.is_none_or(|held| token.is_older_than(&held.part)) {
        return refused(TokenRefusal::Gone);
    }
    let of = |met: &Met| met.document.versions.0.contains_key(&token.part());
    let Some(Met { document, .. }) = parts.met(&settings.rules).into_iter().find(of) else {
        return refused(TokenRefusal::Gone);
    };
    if settings.sight(&document, channel) != Sight::Whole {
        return refused(TokenRefusal::Hidden);
    }
    if let Some(used) = &used {
        tx.put(used, &UsedProof { expires: Millis::from(token.expires()) })?;
    }
    let seen = token.seen_of(&document.versions);
    if seen == document.versions && !token.misses(&document.versions) {
        return Ok(OpenOutcome::Same { token, document: document.into() });
    }
    let mut difference = difference(&document, &parts.members(), &seen);
    difference.split = token.misses(&document.versions);
    Ok(OpenOutcome::Changed { token, difference: difference.into(), document: document.into() })
}

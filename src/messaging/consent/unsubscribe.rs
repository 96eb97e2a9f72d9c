//! One-click unsubscribing by RFC 8058: the headers of a message, and what a request to its address does.

use serde::{Deserialize, Serialize};

use super::super::purpose::{ChannelScope, PurposeScope};
use super::ledger::{ConsentRecord, ConsentState};
use super::token::{TokenError, TokenErrorKind, open, seal};
use crate::pii::Pii;
use crate::signing::SigningKeys;
use crate::time::{DateTime, Utc};

const MEANING: &str = "unsubscribe";

/// The field of a form that a mail program sends (RFC 8058, section 3.1).
const ONE_CLICK: (&str, &str) = ("list-unsubscribe", "one-click");

/// What a person stops by following the link of a message.
///
/// ```
/// use throughline::messaging::{Effect, Unsubscribe, UnsubscribeRequest};
/// use throughline::signing::SigningKeys;
/// let keys = SigningKeys::new("2026", b"from your secret manager");
/// let link = Unsubscribe::new("a-7f3e", "marketing.offers".parse()?, "email".parse()?, "spring-sale");
/// let headers = link.headers("https://shop.example/u?t=", None, &keys)?;
/// assert_eq!(headers[1], ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
///
/// let token = link.token(&keys);
/// let look = UnsubscribeRequest { method: "GET", body: "" };
/// assert_eq!(look.effect(&token, &keys), Effect::ConfirmPage); // a scanner that follows links changes nothing
/// let click = UnsubscribeRequest { method: "POST", body: "List-Unsubscribe=One-Click" };
/// assert_eq!(click.effect(&token, &keys), Effect::Unsubscribe(link));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    /// Whose ledger it is for: the host's opaque id of an address or a person. It can be read in the link.
    pub subject: Pii<String>,
    /// What is to stop.
    pub purpose: PurposeScope,
    /// Where.
    pub channel: ChannelScope,
    /// The message that carried the link.
    pub message: String,
}

/// What a request to the address of a link does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing yet: show a page with a form to confirm.
    ConfirmPage,
    /// Stop it, by [`Unsubscribe::withdrawal`].
    Unsubscribe(Unsubscribe),
    /// Refuse the request.
    Reject(TokenError),
}

/// A request to the address of a link. Cookies and logins are never looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsubscribeRequest<'a> {
    /// The method of HTTP.
    pub method: &'a str,
    /// The body as text, `application/x-www-form-urlencoded` or `multipart/form-data`.
    pub body: &'a str,
}

/// An address for links that no mail program would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an `https` address, or one with characters that a header cannot carry")]
pub struct InvalidLink(());

impl Unsubscribe {
    /// What a message's link stops, for the holder of that id.
    #[must_use]
    pub fn new(
        subject: impl Into<String>,
        purpose: PurposeScope,
        channel: ChannelScope,
        message: impl Into<String>,
    ) -> Self {
        Self { subject: Pii::new(subject.into()), purpose, channel, message: message.into() }
    }

    /// The token of the link: whoever has it can stop these messages and nothing else. It does not expire, for a message
    /// may be opened years later.
    #[must_use]
    pub fn token(&self, keys: &SigningKeys) -> String {
        seal(MEANING, self, keys).unwrap_or_default()
    }

    /// The headers `List-Unsubscribe` and `List-Unsubscribe-Post` of a message, names and values. The token is put at the
    /// end of `address`; `mailto` may name a mailbox as a second way. RFC 8058 wants both headers covered by the DKIM
    /// signature of the message.
    ///
    /// # Errors
    /// The address does not begin with `https://`, or it or the mailbox has characters other than visible ASCII, or `<`,
    /// `>`, `,` or `"`.
    pub fn headers(
        &self,
        address: &str,
        mailto: Option<&str>,
        keys: &SigningKeys,
    ) -> Result<[(&'static str, String); 2], InvalidLink> {
        let clean =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>,\"".contains(&byte));
        let host = address.strip_prefix("https://").unwrap_or_default();
        if host.is_empty() || host.starts_with('/') || !clean(address) || !mailto.is_none_or(clean) {
            return Err(InvalidLink(()));
        }
        let mut value = format!("<{address}{}>", self.token(keys));
        if let Some(mailbox) = mailto {
            value = format!("{value}, <mailto:{mailbox}>");
        }
        Ok([("List-Unsubscribe", value), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())])
    }

    /// The entry for the ledger: no longer, from now on. Asking twice says nothing new.
    #[must_use]
    pub fn withdrawal(&self, at: DateTime<Utc>) -> ConsentRecord {
        let evidence = Some(Pii::new(format!("unsubscribe:{}", self.message)));
        let record =
            ConsentRecord::new(self.purpose.clone(), self.channel.clone(), ConsentState::Withdrawn, at);
        ConsentRecord { evidence, ..record }
    }
}

impl UnsubscribeRequest<'_> {
    /// What the request does. Only a `POST` with the field of a mail program, or with `confirm` from the form of our own
    /// page, changes anything; a `GET` or a `HEAD`, which scanners send, never does.
    #[must_use]
    pub fn effect(&self, token: &str, keys: &SigningKeys) -> Effect {
        let link: Unsubscribe = match open(MEANING, token, keys) {
            Ok(link) => link,
            Err(error) => return Effect::Reject(error),
        };
        match self.method {
            "GET" | "HEAD" => Effect::ConfirmPage,
            "POST" if self.confirms() => Effect::Unsubscribe(link),
            "POST" => Effect::ConfirmPage,
            _ => Effect::Reject(TokenError::new(TokenErrorKind::Malformed)),
        }
    }

    fn confirms(&self) -> bool {
        let (name, value) = ONE_CLICK;
        let yes = |field: &str, said: &str| {
            let said = said.trim();
            field.eq_ignore_ascii_case(name) && said.eq_ignore_ascii_case(value)
                || field.eq_ignore_ascii_case("confirm")
                    && ["1", "yes", "true", "on"].iter().any(|word| said.eq_ignore_ascii_case(word))
        };
        let urlencoded =
            || self.body.split('&').any(|pair| pair.split_once('=').is_some_and(|(f, v)| yes(f.trim(), v)));
        // Parts of a form: a header that names the field, an empty line, the value.
        let multipart = || {
            let mut lines = self.body.lines().map(str::trim);
            let mut field = None;
            while let Some(line) = lines.next() {
                if let Some((_, name)) = line.split_once("name=\"") {
                    field = name.split('"').next();
                } else if line.is_empty()
                    && let Some(named) = field.take()
                    && lines.next().is_some_and(|said| yes(named, said))
                {
                    return true;
                }
            }
            false
        };
        urlencoded() || multipart()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Unsubscribe {
        Unsubscribe::new("a-1", "marketing".parse().unwrap(), "email".parse().unwrap(), "m-1")
    }

    fn keys() -> SigningKeys {
        SigningKeys::new("k", b"secret")
    }

    #[test]
    fn a_form_of_several_parts_counts() {
        let body =
            "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        let request = UnsubscribeRequest { method: "POST", body };
        assert_eq!(request.effect(&link().token(&keys()), &keys()), Effect::Unsubscribe(link()));
        for body in ["", "List-Unsubscribe", "x=List-Unsubscribe=One-Click", "confirm=no", "One-Click"] {
            let request = UnsubscribeRequest { method: "POST", body };
            assert_eq!(request.effect(&link().token(&keys()), &keys()), Effect::ConfirmPage, "{body}");
        }
    }

    #[test]
    fn a_link_stops_what_it_names_and_twice_is_once() {
        let at = "2026-06-01T12:00:00Z".parse().unwrap();
        let record = link().withdrawal(at);
        assert_eq!(
            (record.purpose.to_string(), record.channel.to_string()),
            ("marketing".into(), "email".into())
        );
        assert_eq!(record, link().withdrawal(at));
        let other = Unsubscribe { subject: Pii::new("a-2".into()), ..link() };
        let token = link().token(&keys());
        let mixed = format!(
            "{}{}",
            other.token(&keys()).split_once('.').unwrap().0,
            token.get(token.find('.').unwrap()..).unwrap()
        );
        let click = UnsubscribeRequest { method: "POST", body: "List-Unsubscribe=One-Click" };
        assert!(matches!(click.effect(&mixed, &keys()), Effect::Reject(_)));
        assert!(!format!("{:?}", link()).contains("a-1"));
    }

    #[test]
    fn headers_take_no_line_breaks() {
        for address in
            ["http://x.example/", "https://", "https:///u", "https://x.example/\r\nBcc: a", "https://x>"]
        {
            assert!(link().headers(address, None, &keys()).is_err(), "{address}");
        }
        assert!(link().headers("https://x.example/u/", Some("a@x.example\n"), &keys()).is_err());
        let headers = link().headers("https://x.example/u/", Some("stop@x.example"), &keys()).unwrap();
        assert!(headers[0].1.ends_with(">, <mailto:stop@x.example>"));
    }
}

//! An e-mail address, ready to be compared.

use std::sync::OnceLock;

use super::person_name::PersonName;
use crate::names::{self, Token};
use crate::similarity::{self, Text};
use crate::text;

/// An address without tag and case, and what stands before the `@`.
#[derive(Clone)]
pub(crate) struct EmailValue {
    address: Box<str>,
    whole: Text,
    /// Letters and digits before the `@`.
    local: Text,
    /// The consonants of what is before the `@`, once somebody asks for them.
    said: OnceLock<Box<str>>,
}

impl EmailValue {
    /// `None` for what is no address, stands for "none" or belongs to a relay.
    pub(crate) fn parse(raw: &str) -> Option<Self> {
        let folded = text::fold(raw);
        let (local, domain) = folded.trim().rsplit_once('@')?;
        let local = local.split('+').next().unwrap_or(local).trim();
        let domain = domain.trim().trim_end_matches('.');
        if local.is_empty() || domain.is_empty() || nobody(local, domain) || relay(domain) {
            return None;
        }
        let address = [local, "@", domain].concat();
        let mut letters = String::with_capacity(local.len());
        letters.extend(local.chars().filter(|c| c.is_alphanumeric()));
        Some(Self {
            whole: Text::new(&address),
            local: Text::new(&letters),
            address: address.into(),
            said: OnceLock::new(),
        })
    }

    /// See [`Prepared::beginning`](super::prepare::Prepared::beginning).
    pub(super) fn beginning(&self) -> u8 {
        self.whole.len().to_le_bytes()[0]
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.address
    }

    /// Letters and digits before the `@`, if they are enough to tell people apart.
    pub(crate) fn local(&self) -> Option<String> {
        let local: String =
            self.address.rsplit_once('@')?.0.chars().filter(|c| c.is_alphanumeric()).collect();
        (self.local.len() >= 4).then_some(local)
    }

    /// Whether a part of the name can be read before the `@`.
    pub(crate) fn spells(&self, name: &PersonName) -> bool {
        let said = self.said.get_or_init(|| said(&self.address));
        name.tokens().iter().any(|part| {
            // A leading vowel is marked only at the beginning of a word.
            let sound = part.skeleton();
            let bare = sound.strip_prefix('A').unwrap_or(sound);
            bare.len() >= 2 && said.contains(bare) || sound.len() >= 2 && said.contains(sound)
        })
    }

    /// The degree of [`Agreement::Email`](super::Agreement::Email).
    pub(super) fn degree(a: &Self, b: &Self) -> u8 {
        let shortest = a.local.len().min(b.local.len());
        if a.whole == b.whole {
            return 5;
        }
        if shortest >= 5 && a.local == b.local {
            return 4;
        }
        match similarity::optimal_string_alignment_within(&a.whole, &b.whole, 3) {
            Some(0 | 1) => 4,
            Some(_) if shortest >= 4 => 3,
            _ => 1,
        }
    }
}

/// The consonants of the words before the `@`, one after another.
fn said(address: &str) -> Box<str> {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    let words = local.split(|c: char| !c.is_alphabetic()).filter_map(names::Name::parse);
    let mut said = String::new();
    for word in words {
        said.extend(word.tokens().iter().map(Token::skeleton));
    }
    said.into()
}

/// Addresses that people are given who gave none.
fn nobody(local: &str, domain: &str) -> bool {
    const LOCALS: &[&str] = &[
        "none",
        "na",
        "n.a",
        "noemail",
        "no-email",
        "noreply",
        "no-reply",
        "no.email",
        "unknown",
        "test",
        "null",
        "nomail",
        "no",
        "nobody",
        "donotreply",
        "guest",
        "anonymous",
        "xxx",
        "aaa",
        "abc",
    ];
    const DOMAINS: &[&str] =
        &["example.com", "example.org", "none.com", "test.com", "noemail.com", "invalid", "localhost"];
    LOCALS.contains(&local) || DOMAINS.contains(&domain)
}

/// Hosts whose addresses stand for one order or one shop, not for a person.
fn relay(domain: &str) -> bool {
    domain
        .split('.')
        .any(|label| matches!(label, "relay" | "privaterelay" | "anonaddy" | "duck" | "marketplace"))
}

#[cfg(test)]
#[path = "email_tests.rs"]
mod tests;

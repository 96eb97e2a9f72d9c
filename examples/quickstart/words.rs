//! Plain words for what the crate answers as data.

use std::error::Error;

use throughline::calendar::Zone;
use throughline::channel::Channel;
use throughline::identifier::IdentifierKind;
use throughline::reason::Reason;
use throughline::text::Direction;
use throughline::time::{DateTime, TimeDelta, Utc};

pub(crate) fn channel(channel: &Channel) -> String {
    match channel {
        Channel::Web => "web shop",
        Channel::App => "app",
        Channel::Till => "store till",
        Channel::CallCentre => "call centre",
        Channel::WhatsApp => "WhatsApp",
        Channel::Email => "e-mail",
        Channel::Sms => "SMS",
        Channel::Push => "push",
        Channel::Wearable => "band",
        other => other.as_str(),
    }
    .to_owned()
}

pub(crate) fn kind(kind: &IdentifierKind) -> String {
    match kind {
        IdentifierKind::UserId => "account",
        IdentifierKind::AnonymousId => "visitor id",
        IdentifierKind::DeviceId => "device",
        IdentifierKind::Email => "e-mail address",
        IdentifierKind::Phone => "telephone number",
        IdentifierKind::LoyaltyCard => "loyalty card",
        other if other.as_str() == "whatsapp" => "WhatsApp number",
        other => return other.as_str().replace('_', " "),
    }
    .to_owned()
}

/// A field of the single view.
pub(crate) fn field(name: &str) -> String {
    match name {
        "phone" => "telephone",
        "email" => "e-mail",
        "timezone" => "time zone",
        "locale" => "language",
        name => name.strip_prefix("address.").unwrap_or(name),
    }
    .replace('_', " ")
}

/// What a rule of a message decision means.
pub(crate) fn rule(reason: &Reason) -> String {
    match &*reason.rule {
        "ok" => "nothing stands in the way",
        "granted" => "consent was given",
        "no_consent" => "consent was never given",
        "withdrawn" => "consent was withdrawn",
        "denied" => "consent was refused",
        "quiet_hours" => "quiet hours there",
        "no_channel" => "no way is left to reach this customer",
        "would_expire" => "it would expire before it may be sent",
        "timezone_unknown" => "the time zone is unknown",
        "suppressed" => "nothing is sent to this person",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// `24,035`
pub(crate) fn count(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 event`, `2 events`
pub(crate) fn plural(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {one}s", count(number)) }
}

/// The clock on the wall there.
pub(crate) fn clock(zone: &Zone, at: DateTime<Utc>) -> String {
    zone.local(at).1.format("%H:%M").to_string()
}

/// `8 h 6 min`
pub(crate) fn span(length: TimeDelta) -> String {
    match (length.num_hours(), length.num_minutes() % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// A customer's words inside a sentence: text that runs from right to left is isolated from what stands around it.
pub(crate) fn quoted(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !c.is_control()).collect();
    if Direction::of(&shown) == Some(Direction::Rtl) { format!("\u{2068}{shown}\u{2069}") } else { shown }
}

/// `one, two and three`
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// An error with everything that caused it.
pub(crate) fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

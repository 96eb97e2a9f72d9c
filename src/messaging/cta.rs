//! Calls to action: which link serves an intent in a channel, on a device.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;

/// The longest link, in bytes.
pub const LONGEST_LINK: usize = 2_048;

/// What the reader is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Look at something.
    View,
    /// Talk to somebody.
    Call,
    /// Make an appointment.
    Book,
}

/// What the device runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Os {
    /// A telephone or tablet of Apple's.
    Ios,
    /// A telephone or tablet with Android.
    Android,
    /// A computer with Windows.
    Windows,
    /// A computer of Apple's.
    Macos,
    /// A computer with Linux.
    Linux,
    /// A screen in a public place, without a pointer of the reader's own.
    Kiosk,
    /// Nobody knows.
    #[default]
    #[serde(other)]
    Unknown,
}

/// A version of an app: numbers parted by points, compared number by number; missing ones are 0.
///
/// ```
/// use throughline::messaging::cta::AppVersion;
/// assert!("10.0".parse::<AppVersion>()? > "9.5".parse()?);
/// assert_eq!("5".parse::<AppVersion>()?, "5.0.0".parse()?);
/// # Ok::<(), throughline::messaging::cta::InvalidLink>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AppVersion(Vec<u32>);

impl AppVersion {
    fn part(&self, place: usize) -> u32 {
        self.0.get(place).copied().unwrap_or(0)
    }
}

impl Ord for AppVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.0.len().max(other.0.len());
        (0..length)
            .map(|place| self.part(place).cmp(&other.part(place)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for AppVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for AppVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for AppVersion {}

impl FromStr for AppVersion {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let numbers: Option<Vec<u32>> =
            text.split('.').map(|part| part.parse().ok().filter(|_| digits(part))).collect();
        numbers.filter(|numbers| numbers.len() <= 8).map(Self).ok_or(InvalidLink("app version"))
    }
}

impl fmt::Display for AppVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

impl TryFrom<String> for AppVersion {
    type Error = InvalidLink;

    fn try_from(text: String) -> Result<Self, InvalidLink> {
        text.parse()
    }
}

impl From<AppVersion> for String {
    fn from(version: AppVersion) -> Self {
        version.to_string()
    }
}

/// The text is no link of that kind: fix the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a {0}")]
pub struct InvalidLink(&'static str);

/// Whether the text may stand in a link: printable ASCII without spaces, quotation marks and angle brackets. Other
/// letters are to be percent-encoded, or in Punycode, so that no reader takes one address for another.
fn is_plain(text: &str) -> bool {
    text.len() <= LONGEST_LINK
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'`'))
}

macro_rules! links {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $fits:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The link.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidLink;

            fn from_str(text: &str) -> Result<Self, InvalidLink> {
                let fits: fn(&str, &str) -> bool = $fits;
                let parts = text.split_once(':').filter(|_| is_plain(text));
                match parts {
                    Some((scheme, rest)) if fits(&scheme.to_ascii_lowercase(), rest) => Ok(Self(text.into())),
                    _ => Err(InvalidLink($what)),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidLink;

            fn try_from(text: String) -> Result<Self, InvalidLink> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(link: $name) -> Self {
                link.0.into()
            }
        }
    )*};
}

/// Whether something stands behind the slashes.
fn has_host(rest: &str) -> bool {
    rest.strip_prefix("//").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphanumeric()))
}

links! {
    /// A page: `https`, or `http`.
    WebLink, "web link such as `https://shop.example/o/7`",
        |scheme, rest| matches!(scheme, "https" | "http") && has_host(rest);
    /// A place in an app, by a scheme of its own. Never one that runs or opens something else.
    AppLink, "link into an app such as `shop://order/7`", |scheme, rest| {
        let word = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        word && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && rest.strip_prefix("//").is_some_and(|place| !place.is_empty())
            && !matches!(
                scheme,
                "http" | "https" | "ftp" | "javascript" | "data" | "file" | "vbscript" | "intent" | "blob" | "about"
            )
    };
    /// A telephone number: `tel:` and a number with its country.
    PhoneLink, "telephone link such as `tel:+982112345678`", |scheme, rest| {
        let number = rest.strip_prefix('+').unwrap_or_default();
        scheme == "tel" && (4..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    };
}

/// Where a message leads, by kind of link; what is not given is not used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Links {
    /// A place in the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deep: Option<AppLink>,
    /// The version of the app from which on it knows that place; none means every version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deep_since: Option<AppVersion>,
    /// A link that opens the app where it is and a page elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub universal: Option<WebLink>,
    /// A page for small screens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_web: Option<WebLink>,
    /// A page for large screens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desktop: Option<WebLink>,
    /// A telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tel: Option<PhoneLink>,
    /// A page where an appointment is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<WebLink>,
}

impl Links {
    /// Whether none is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The device on which a message is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CtaDevice {
    /// What it runs.
    pub os: Os,
    /// The version of our app on it, if it is there.
    pub app: Option<AppVersion>,
}

/// The kind of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Into the app.
    Deep,
    /// Into the app or onto a page.
    Universal,
    /// A page for small screens.
    MobileWeb,
    /// A page for large screens.
    Desktop,
    /// A telephone call.
    Tel,
    /// A page where an appointment is made.
    Appointment,
    /// The universal link as a QR code to scan.
    Qr,
}

impl LinkKind {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deep => "deep",
            Self::Universal => "universal",
            Self::MobileWeb => "mobile_web",
            Self::Desktop => "desktop",
            Self::Tel => "tel",
            Self::Appointment => "appointment",
            Self::Qr => "qr",
        }
    }
}

/// The link that serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallToAction {
    /// Its kind.
    pub kind: LinkKind,
    /// The link; of a QR code what it says.
    pub link: String,
}

/// None of the links serves: an error of the author's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no link serves this intent on this channel and device")]
pub struct NoCallToAction(());

/// The link that serves an intent in a channel, on a device.
///
/// | intent | telephone | computer | unknown | kiosk |
/// |---|---|---|---|---|
/// | view | app (in push and in the app only), universal, mobile, desktop | desktop, universal, mobile | universal, desktop, mobile | universal as QR code |
/// | call | telephone, appointment, as view | appointment, as view | appointment, as view | appointment, as view |
/// | book | appointment, as view | the same | the same | the same |
///
/// A scheme of an app's own cannot be clicked in an e-mail, a text message or a chat, and not where the app is missing or
/// older than the link.
///
/// # Errors
/// No link is left.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::messaging::cta::{CtaDevice, Intent, LinkKind, Links, Os, call_to_action};
/// let links = Links {
///     tel: Some("tel:+982112345678".parse()?),
///     appointment: Some("https://shop.example/book".parse()?),
///     ..Links::default()
/// };
/// let on = |os| CtaDevice { os, app: None };
/// assert_eq!(call_to_action(Intent::Call, &on(Os::Ios), &Channel::Email, &links)?.kind, LinkKind::Tel);
/// assert_eq!(call_to_action(Intent::Call, &on(Os::Windows), &Channel::Email, &links)?.kind, LinkKind::Appointment);
/// assert!(call_to_action(Intent::View, &on(Os::Windows), &Channel::Email, &links).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn call_to_action(
    intent: Intent,
    device: &CtaDevice,
    channel: &Channel,
    links: &Links,
) -> Result<CallToAction, NoCallToAction> {
    let phone = matches!(device.os, Os::Ios | Os::Android);
    let tel = || {
        let link = links.tel.as_ref().filter(|_| phone && intent == Intent::Call)?;
        Some(CallToAction { kind: LinkKind::Tel, link: link.as_str().to_owned() })
    };
    let appointment = || {
        let link = links.appointment.as_ref().filter(|_| intent != Intent::View)?;
        Some(CallToAction { kind: LinkKind::Appointment, link: link.as_str().to_owned() })
    };
    tel().or_else(appointment).or_else(|| view(device, channel, links)).ok_or(NoCallToAction(()))
}

fn view(device: &CtaDevice, channel: &Channel, links: &Links) -> Option<CallToAction> {
    let page = |kind, link: &Option<WebLink>| {
        link.as_ref().map(|link| CallToAction { kind, link: link.as_str().to_owned() })
    };
    let universal = || page(LinkKind::Universal, &links.universal);
    let mobile = || page(LinkKind::MobileWeb, &links.mobile_web);
    let desktop = || page(LinkKind::Desktop, &links.desktop);
    if device.os == Os::Kiosk {
        return page(LinkKind::Qr, &links.universal);
    }
    let in_app = matches!(channel, Channel::Push | Channel::App) || channel.as_str() == "in_app";
    if in_app
        && let (Some(link), Some(app)) = (&links.deep, &device.app)
        && links.deep_since.as_ref().is_none_or(|since| app >= since)
    {
        return Some(CallToAction { kind: LinkKind::Deep, link: link.as_str().to_owned() });
    }
    match device.os {
        Os::Ios | Os::Android => universal().or_else(mobile).or_else(desktop),
        Os::Windows | Os::Macos | Os::Linux => desktop().or_else(universal).or_else(mobile),
        Os::Kiosk | Os::Unknown => universal().or_else(desktop).or_else(mobile),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_do_something_else_are_none() {
        for bad in [
            "javascript://x/alert(1)",
            "intent://x",
            "shop:order",
            "https://",
            "https:///x",
            "ftp://x.example",
            "https://a b",
            "https://a\nb",
            "https://سلام.example",
            "tel:+98\u{202e}1",
            "tel:0912",
            "",
        ] {
            assert!(bad.parse::<WebLink>().is_err(), "{bad}");
            assert!(bad.parse::<AppLink>().is_err(), "{bad}");
            assert!(bad.parse::<PhoneLink>().is_err(), "{bad}");
        }
        assert!(format!("https://x.example/{}", "a".repeat(LONGEST_LINK)).parse::<WebLink>().is_err());
        assert!("https://xn--mgbg0bt.example/%D8%B3".parse::<WebLink>().is_ok());
    }

    #[test]
    fn versions_are_numbers() {
        for bad in ["", "1.", "a", "1.b", "+1", "1.-2", "99999999999", "1.2.3.4.5.6.7.8.9"] {
            assert!(bad.parse::<AppVersion>().is_err(), "{bad}");
        }
    }
}

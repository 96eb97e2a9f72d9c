//! Devices: the things through which a person meets a business. An open set with the usual kinds known.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::pii::Pii;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal, personal $personal:literal;)*) => {
        /// What kind of thing a device is.
        ///
        /// ```
        /// use throughline::device::DeviceKind;
        /// assert_eq!(DeviceKind::parse("iPhone"), Some(DeviceKind::Phone));
        /// assert!(DeviceKind::Watch.is_personal() && !DeviceKind::Kiosk.is_personal());
        /// assert_eq!(DeviceKind::parse("fridge").map(|kind| kind.to_string()), Some("fridge".to_owned()));
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum DeviceKind {
            $($(#[$doc])* $name,)*
            /// A kind that this crate does not know by name: at most 32 of `a-z0-9_-`.
            Other(Box<str>),
        }

        impl DeviceKind {
            /// Its lower-case name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $(Self::$name => $text,)* Self::Other(name) => name }
            }

            fn known(word: &str) -> Option<Self> {
                match word { $($text => Some(Self::$name),)* _ => None }
            }

            /// Whether it usually belongs to one person. A tablet, a till, a kiosk and what we do not know do not.
            #[must_use]
            pub const fn is_personal(&self) -> bool {
                match self { $(Self::$name => $personal,)* Self::Other(_) => false }
            }
        }
    };
}

kinds! {
    /// A mobile telephone.
    Phone = "phone", personal true;
    /// A tablet: families share it.
    Tablet = "tablet", personal false;
    /// A desktop or laptop computer.
    Computer = "computer", personal true;
    /// A watch.
    Watch = "watch", personal true;
    /// A wrist band, a ring, a badge.
    Band = "band", personal true;
    /// A self-service kiosk.
    Kiosk = "kiosk", personal false;
    /// A till.
    Till = "till", personal false;
    /// A television.
    Television = "television", personal false;
    /// A loudspeaker that listens.
    Speaker = "speaker", personal false;
}

impl DeviceKind {
    /// Reads a name: folds ASCII case, accepts known spellings, keeps a well-formed unknown word; `None` for anything
    /// else (empty, over 32 bytes, other characters).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > 32 {
            return None;
        }
        let word = text.to_ascii_lowercase();
        let word = match word.as_str() {
            "mobile" | "ios" | "iphone" | "android" | "smartphone" => "phone",
            "ipad" => "tablet",
            "desktop" | "laptop" | "pc" | "browser" => "computer",
            "wearable" | "smartwatch" => "watch",
            "wristband" | "bracelet" | "ring" | "badge" => "band",
            "pos" => "till",
            "tv" | "smarttv" => "television",
            other => other,
        };
        Self::known(word).or_else(|| {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
            word.bytes().all(plain).then(|| Self::Other(word.into()))
        })
    }
}

impl fmt::Display for DeviceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for DeviceKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DeviceKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a device kind"))
    }
}

/// A device, as an event names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its id, as it was sent.
    pub id: Pii<Box<str>>,
    /// What kind of thing it is, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DeviceKind>,
}

//! Channels: where a person and a business meet. An open set with the usual kinds known.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a channel is like, whichever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nature {
    /// The business runs it itself (its web shop, its till), as opposed to renting it (a marketplace, a network).
    pub owned: bool,
    /// A person on our side may answer in it (a call centre, a chat, a till).
    pub person_to_person: bool,
    /// What is said there can be seen by strangers (a social network, a shared kiosk screen).
    pub public: bool,
    /// The customer can answer a message in it.
    pub carries_reply: bool,
}

macro_rules! channels {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $owned:literal, $p2p:literal, $public:literal, $reply:literal;)*) => {
        /// Where an event happened or a message goes.
        ///
        /// Written as a lower-case word (`web`, `whatsapp`, …); any other word is kept as [`Channel::Other`].
        ///
        /// ```
        /// use throughline::channel::Channel;
        /// assert_eq!(Channel::parse("WhatsApp"), Some(Channel::WhatsApp));
        /// assert!(Channel::Till.nature().person_to_person);
        /// assert_eq!(Channel::parse("bale").map(|c| c.to_string()), Some("bale".to_owned()));
        /// assert_eq!(Channel::parse(""), None);
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Channel {
            $($(#[$doc])* $name,)*
            /// A channel that this crate does not know by name: at most 32 of `a-z0-9_-`.
            Other(Box<str>),
        }

        impl Channel {
            /// The known channels, in a fixed order.
            pub const KNOWN: &[Channel] = &[$(Channel::$name),*];

            /// Its lower-case name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $(Channel::$name => $text,)* Channel::Other(name) => name }
            }

            fn known(word: &str) -> Option<Self> {
                match word { $($text => Some(Channel::$name),)* _ => None }
            }

            /// What it is like. A channel unknown to us counts as rented, public and one-way until the host says more.
            #[must_use]
            pub const fn nature(&self) -> Nature {
                match self {
                    $(Channel::$name => Nature {
                        owned: $owned, person_to_person: $p2p, public: $public, carries_reply: $reply,
                    },)*
                    Channel::Other(_) => Nature {
                        owned: false, person_to_person: false, public: true, carries_reply: false,
                    },
                }
            }
        }
    };
}

channels! {
    //                                              owned  person public reply
    /// The web shop.
    Web = "web",                                    true,  false, false, false;
    /// The mobile application.
    App = "app",                                    true,  false, false, false;
    /// The till of a shop, a bank's counter, a gate.
    Till = "till",                                  true,  true,  false, true;
    /// The telephone centre.
    CallCentre = "call_centre",                     true,  true,  false, true;
    /// Chat on our own pages.
    Chat = "chat",                                  true,  true,  false, true;
    /// WhatsApp.
    WhatsApp = "whatsapp",                          false, true,  false, true;
    /// Telegram.
    Telegram = "telegram",                          false, true,  false, true;
    /// Electronic mail.
    Email = "email",                                true,  true,  false, true;
    /// Text messages.
    Sms = "sms",                                    false, true,  false, true;
    /// Push notifications of our own application.
    Push = "push",                                  true,  false, false, false;
    /// A marketplace that sells our goods.
    Marketplace = "marketplace",                    false, false, false, true;
    /// A social network.
    Social = "social",                              false, true,  true,  true;
    /// A self-service kiosk, its screen in public.
    Kiosk = "kiosk",                                true,  false, true,  false;
    /// A watch, a wrist band, a ring.
    Wearable = "wearable",                          true,  false, false, false;
    /// A server of ours: imports, batch jobs.
    Server = "server",                              true,  false, false, false;
}

impl Channel {
    /// Reads a name: folds ASCII case, accepts known spellings, keeps a well-formed unknown word; `None` for
    /// anything else (empty, over 32 bytes, other characters).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > 32 {
            return None;
        }
        let word = text.to_ascii_lowercase();
        let word = match word.as_str() {
            "website" | "browser" => "web",
            "mobile" | "ios" | "android" => "app",
            "store" | "pos" | "in_store" => "till",
            "phone" | "call_center" | "callcentre" | "callcenter" => "call_centre",
            "e-mail" | "mail" => "email",
            other => other,
        };
        Self::known(word).or_else(|| {
            word.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
                .then(|| Self::Other(word.into()))
        })
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl serde::de::Visitor<'_> for Word {
            type Value = Channel;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a channel name")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Channel, E> {
                Channel::parse(text).ok_or_else(|| E::custom("not a channel name"))
            }
        }
        deserializer.deserialize_str(Word)
    }
}

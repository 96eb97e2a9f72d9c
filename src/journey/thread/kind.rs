//! What can be left and taken up again. An open set with the usual kinds known.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What is being worked on.
        ///
        /// Written as a lower-case word; any other word is kept as [`ThreadKind::Other`].
        ///
        /// ```
        /// use throughline::journey::ThreadKind;
        /// assert_eq!(ThreadKind::parse("wish_list"), Some(ThreadKind::WishList));
        /// assert_eq!(ThreadKind::parse("warranty_claim").map(|kind| kind.to_string()), Some("warranty_claim".to_owned()));
        /// assert_eq!(ThreadKind::parse("Loan!"), None);
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ThreadKind {
            $($(#[$doc])* $name,)*
            /// A kind that this crate does not know by name: at most 32 of `a-z0-9_-`.
            Other(Box<str>),
        }

        impl ThreadKind {
            /// The known kinds, in a fixed order.
            pub const KNOWN: &[ThreadKind] = &[$(ThreadKind::$name),*];

            /// Its lower-case name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $(Self::$name => $text,)* Self::Other(name) => name }
            }

            fn known(word: &str) -> Option<Self> {
                match word { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// A shopping cart.
    Cart = "cart";
    /// A quote that waits for an answer.
    Quote = "quote";
    /// An application: a loan, an insurance, an account.
    Application = "application";
    /// A form.
    Form = "form";
    /// The plan of a journey or an event.
    Plan = "plan";
    /// A conversation.
    Conversation = "conversation";
    /// What is played next.
    Playlist = "playlist";
    /// An appointment that is being made.
    Appointment = "appointment";
    /// What somebody wishes for.
    WishList = "wish_list";
    /// A place in a book, a song or a film.
    Position = "position";
}

impl ThreadKind {
    /// Reads a name; `None` for what is empty, over 32 bytes, or holds anything but `a-z0-9_-`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        let fits = !text.is_empty() && text.len() <= 32 && text.bytes().all(plain);
        fits.then(|| Self::known(text).unwrap_or_else(|| Self::Other(text.into())))
    }
}

impl fmt::Display for ThreadKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ThreadKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ThreadKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a kind of thread"))
    }
}

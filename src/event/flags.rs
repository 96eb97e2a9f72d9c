//! What was odd about an event that was accepted all the same.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// One oddity. The event is kept whole in its raw text; the flag says what the typed view made of it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Flag {
            $($(#[$doc])* $name,)*
        }

        impl Flag {
            /// Every flag, in a fixed order.
            pub const ALL: &[Flag] = &[$(Flag::$name),*];

            /// Its `snake_case` name, which is also its stored form.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Flag::$name => $text,)* }
            }
        }
    };
}

flags! {
    /// No `messageId`: the id is the SHA-256 of the raw text, so identical lines are one event.
    MissingId = "missing_id",
    /// The `messageId` was over 256 bytes: the id is its SHA-256.
    LongId = "long_id",
    /// No original time and no corrected one: the event counts from its receipt.
    MissingTime = "missing_time",
    /// The time was moved by the difference between the device's and the receiver's clock.
    SkewCorrected = "skew_corrected",
    /// The time lay after the receipt, or too long before it, and was moved to the nearer bound.
    Clamped = "clamped",
    /// A time was later than the receipt by more than the policy lets a clock run ahead.
    FarAhead = "far_ahead",
    /// The time of receipt in the event contradicts the host's clock and was moved to the nearer bound.
    ReceiptClamped = "receipt_clamped",
    /// A time could not be read and counts as missing.
    UnparsableTime = "unparsable_time",
    /// A time lay before 1970 or after 2999 and counts as missing.
    AbsurdTime = "absurd_time",
    /// A time had no offset and was read as UTC.
    AssumedUtc = "assumed_utc",
    /// A time was a number of seconds or milliseconds since 1970.
    EpochTime = "epoch_time",
    /// The `type` is none of the specification's words; kept as a custom event.
    UnknownType = "unknown_type",
    /// A track event without a name.
    MissingName = "missing_name",
    /// The event's name was over 256 bytes and was cut in the typed view.
    LongName = "long_name",
    /// The event's channel is no channel name; the next source of a channel was taken.
    BadChannel = "bad_channel",
    /// The event's source is no source name; the next one was taken.
    BadSource = "bad_source",
    /// A known key holds a value of another shape than the specification's; it is left out of the typed view.
    WrongShape = "wrong_shape",
    /// A trait, property or identifier was too long for the typed view.
    LongValue = "long_value",
    /// The key of a trait or property was over the limit; it is left out of the typed view.
    LongKey = "long_key",
    /// A trait or property appeared twice; the last one counts.
    DuplicateAttribute = "duplicate_attribute",
    /// An identifier was written as a number; its digits are taken as they stand.
    NumericIdentifier = "numeric_identifier",
    /// A consent was not a plain true or false. A refusal is understood in other spellings, a grant is not.
    OddConsent = "odd_consent",
    /// A quantity was no whole number of 1 to 1,000,000; its line is left out of the cart signal.
    BadQuantity = "bad_quantity",
    /// A price was no decimal number; it is left out of the cart signal.
    BadPrice = "bad_price",
    /// The currency is no ISO 4217 code.
    UnknownCurrency = "unknown_currency",
    /// A cart line without a product id or sku; left out of the cart signal.
    NamelessLine = "nameless_line",
    /// More cart lines than the limit; the rest is left out of the cart signal.
    ManyLines = "many_lines",
}

/// The set of an event's [`Flag`]s.
///
/// ```
/// use throughline::event::{EventFlags, Flag};
/// let flags: EventFlags = [Flag::Clamped, Flag::MissingId].into_iter().collect();
/// assert!(flags.contains(Flag::Clamped));
/// assert_eq!(flags.iter().count(), 2);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct EventFlags(u64);

impl EventFlags {
    /// Whether the event was in order.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Whether that flag is set.
    #[must_use]
    pub const fn contains(self, flag: Flag) -> bool {
        self.0 & (1 << flag as u32) != 0
    }

    /// The flags in the order of [`Flag::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.iter().copied().filter(move |&flag| self.contains(flag))
    }

    pub(super) const fn set(&mut self, flag: Flag) {
        self.0 |= 1 << flag as u32;
    }
}

impl FromIterator<Flag> for EventFlags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut set = Self::default();
        flags.into_iter().for_each(|flag| set.set(flag));
        set
    }
}

impl fmt::Debug for EventFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for EventFlags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Flag::as_str))
    }
}

impl<'de> Deserialize<'de> for EventFlags {
    /// Names that this version does not know are passed over.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = EventFlags;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of flag names")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<EventFlags, A::Error> {
                let mut set = EventFlags::default();
                while let Some(name) = seq.next_element::<std::borrow::Cow<'de, str>>()? {
                    if let Some(&flag) = Flag::ALL.iter().find(|flag| flag.as_str() == name) {
                        set.set(flag);
                    }
                }
                Ok(set)
            }
        }
        deserializer.deserialize_seq(Names)
    }
}

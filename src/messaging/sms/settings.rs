//! How text messages are sent: what a segment holds.

use serde::{Deserialize, Serialize};

use super::alphabet::{Alphabet, NationalTable};

/// Octets of user data in one message (3GPP TS 23.040).
const OCTETS: usize = 140;

/// How long the number is that ties the segments of one message together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum ReferenceBits {
    /// 8 bits, the usual one: a header of 6 octets.
    #[default]
    Eight,
    /// 16 bits: a header of 7 octets, one character less for each segment.
    Sixteen,
}

impl TryFrom<u8> for ReferenceBits {
    type Error = &'static str;

    fn try_from(bits: u8) -> Result<Self, Self::Error> {
        match bits {
            8 => Ok(Self::Eight),
            16 => Ok(Self::Sixteen),
            _ => Err("a reference has 8 or 16 bits"),
        }
    }
}

impl From<ReferenceBits> for u8 {
    fn from(bits: ReferenceBits) -> Self {
        match bits {
            ReferenceBits::Eight => 8,
            ReferenceBits::Sixteen => 16,
        }
    }
}

/// When a message announces the national tables that the settings allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Announce {
    /// Only where the body needs them, and then in the way that costs least. A body of the default alphabet keeps all of
    /// its room.
    #[default]
    WhenNeeded,
    /// In every message that is not in UCS-2, as some gateways do once a language is set.
    Always,
}

/// How text messages are sent.
///
/// The default is what every provider can do: the default alphabet or UCS-2, and an 8-bit reference.
///
/// ```
/// use throughline::messaging::sms::{NationalTable, SmsSettings, segments};
/// let body = "Siparişiniz hazır, mağazamızdan alabilirsiniz. İyi günler dileriz. Sipariş numaranız 1204.";
/// assert_eq!(segments(body, &SmsSettings::default())?.segments, 2);
/// assert_eq!(segments(body, &SmsSettings::national(NationalTable::Turkish))?.segments, 1);
/// # Ok::<(), throughline::messaging::sms::SmsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsSettings {
    /// How long the number is that ties segments together.
    pub reference_bits: ReferenceBits,
    /// A national single-shift table that may be used: each of its letters takes two septets.
    pub single_shift: Option<NationalTable>,
    /// A national locking-shift table that may be used instead of the default alphabet: each of its letters takes one.
    pub locking_shift: Option<NationalTable>,
    /// When these tables are announced.
    pub announce: Announce,
}

impl SmsSettings {
    /// Both tables of a language may be used, where the body needs them. The provider and the networks behind it must
    /// support them; ask before.
    #[must_use]
    pub fn national(table: NationalTable) -> Self {
        Self {
            single_shift: Some(table),
            locking_shift: table.has_locking_table().then_some(table),
            ..Self::default()
        }
    }

    /// The alphabets that a message may be written in, the cheapest header first.
    pub(super) fn alphabets(&self) -> impl Iterator<Item = Alphabet> + use<> {
        let locking = self.locking_shift.filter(|table| table.has_locking_table());
        let single = self.single_shift;
        let all = Alphabet { locking, single };
        let none = Alphabet::default();
        let choices = match self.announce {
            Announce::Always => [Some(all), None, None, None],
            Announce::WhenNeeded => [
                Some(none),
                single.map(|_| Alphabet { locking: None, single }),
                locking.map(|_| Alphabet { locking, single: None }),
                (locking.is_some() && single.is_some()).then_some(all),
            ],
        };
        choices.into_iter().flatten()
    }

    /// The octets of the header that ties segments together, without the octet that counts the header.
    const fn reference_octets(&self) -> usize {
        match self.reference_bits {
            ReferenceBits::Eight => 5,
            ReferenceBits::Sixteen => 6,
        }
    }

    /// Septets in a message alone and in a segment of several, where so many tables are announced.
    pub(super) const fn septet_limits(&self, shifts: usize) -> (usize, usize) {
        let tables = 3 * shifts;
        let alone = if shifts == 0 { 0 } else { 1 + tables };
        let several = 1 + tables + self.reference_octets();
        ((OCTETS - alone) * 8 / 7, (OCTETS - several) * 8 / 7)
    }

    /// UTF-16 units in a message alone and in a segment of several.
    pub(super) const fn ucs2_limits(&self) -> (usize, usize) {
        (OCTETS / 2, (OCTETS - 1 - self.reference_octets()) / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::{NationalTable, ReferenceBits, SmsSettings};

    #[test]
    fn limits_follow_from_140_octets() {
        let eight = SmsSettings::default();
        let sixteen = SmsSettings { reference_bits: ReferenceBits::Sixteen, ..SmsSettings::default() };
        assert_eq!([eight.septet_limits(0), sixteen.septet_limits(0)], [(160, 153), (160, 152)]);
        assert_eq!([eight.ucs2_limits(), sixteen.ucs2_limits()], [(70, 67), (70, 66)]);
        assert_eq!([eight.septet_limits(1), eight.septet_limits(2)], [(155, 149), (152, 146)]);
        assert_eq!([sixteen.septet_limits(1), sixteen.septet_limits(2)], [(155, 148), (152, 145)]);
    }

    #[test]
    fn settings_are_data() {
        let read: SmsSettings = serde_json::from_str(r#"{"reference_bits":16,"single_shift":"tr"}"#).unwrap();
        assert_eq!(read.single_shift, Some(NationalTable::Turkish));
        assert_eq!(
            serde_json::from_str::<SmsSettings>(&serde_json::to_string(&read).unwrap()).unwrap(),
            read
        );
        assert!(serde_json::from_str::<SmsSettings>(r#"{"reference_bits":7}"#).is_err());
        assert!(serde_json::from_str::<SmsSettings>(r#"{"bits":8}"#).is_err());
    }
}

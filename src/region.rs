//! Countries and territories, by the codes that everybody uses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The officially assigned two-letter codes of ISO 3166-1, and XK (Kosovo), which is user-assigned and has a
/// telephone country code. In order, each with the same room.
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ \
FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT \
JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP \
MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE \
RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV \
TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW ";

/// A country or territory by its ISO 3166-1 two-letter code, in upper case: a closed set.
///
/// ```
/// use throughline::region::Region;
/// let iran: Region = "ir".parse()?;
/// assert_eq!(iran.as_str(), "IR");
/// assert_eq!(Region::parse("ZZ"), None);
/// # Ok::<(), throughline::region::InvalidRegion>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(&'static str);

/// The text is not the code of a country or territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a region code")]
pub struct InvalidRegion(());

impl Region {
    /// Reads a code in any case of letters; `None` if it is not assigned.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let [a, b] = code.as_bytes() else { return None };
        let code = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
        let rooms = CODES.as_bytes().as_chunks::<3>().0;
        let at = rooms.binary_search_by(|[a, b, _]| [*a, *b].cmp(&code)).ok()?;
        CODES.get(3 * at..3 * at + 2).map(Self)
    }

    /// The two letters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(code: &str) -> Result<Self, InvalidRegion> {
        Self::parse(code).ok_or(InvalidRegion(()))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_in_any_case_and_nothing_else() {
        let letters = || (b'A'..=b'Z').map(char::from);
        let pairs = letters().flat_map(|a| letters().map(move |b| [a, b].iter().collect::<String>()));
        let mut found = 0;
        for code in pairs {
            let known = CODES.split(' ').any(|known| known == code);
            found += usize::from(known);
            for spelled in [code.clone(), code.to_lowercase()] {
                assert_eq!(Region::parse(&spelled).map(Region::as_str), known.then_some(code.as_str()));
            }
        }
        assert_eq!(found, CODES.split_whitespace().count());
        for wrong in ["", "D", "DE ", "DEU", "D ", " D", "ИР", "آ", "é"] {
            assert_eq!(Region::parse(wrong), None, "{wrong}");
        }
    }
}

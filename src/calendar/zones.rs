//! The zone database: bundled with the crate, handed in by the host, or both.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::zone::{Zone, ZoneError, ZoneId};

/// A database of time zones. Cheap to clone.
///
/// Zone rules are data that governments change a few times a year, at times with days of notice. A host that must be
/// right the week after can hand in newer data in the TZif format, over the bundled one or instead of it.
///
/// Names are found without regard to ASCII case. `UTC` is always known; `Etc/Unknown` and `Factory`, which stand for
/// a zone that nobody has set, are not.
#[derive(Clone, Default)]
pub struct Zones {
    given: Arc<BTreeMap<String, Zone>>,
    bundled: Option<TimeZoneDatabase>,
}

impl Zones {
    /// The IANA data that this build of the crate carries (feature `tzdb`).
    ///
    /// ```
    /// use throughline::calendar::{ZoneErrorKind, Zones};
    /// let zones = Zones::bundled();
    /// assert_eq!(zones.named("asia/tehran")?.id().as_str(), "Asia/Tehran");
    /// assert_eq!(zones.named("Mars/Olympus").map_err(|e| e.kind()).err(), Some(ZoneErrorKind::UnknownZone));
    /// # Ok::<(), throughline::calendar::ZoneError>(())
    /// ```
    #[cfg(feature = "tzdb")]
    #[must_use]
    pub fn bundled() -> Self {
        Self { given: Arc::default(), bundled: Some(TimeZoneDatabase::bundled()) }
    }

    /// Only what the host hands in: names with the content of their TZif files (RFC 9636).
    ///
    /// # Errors
    /// As [`Zones::with_tzif`].
    pub fn from_tzif<N, B>(files: impl IntoIterator<Item = (N, B)>) -> Result<Self, ZoneError>
    where
        N: AsRef<str>,
        B: AsRef<[u8]>,
    {
        Self::default().with_tzif(files)
    }

    /// The same database with the host's zones over it: a name given here wins.
    ///
    /// # Errors
    /// `MalformedName` or `MalformedData` for the first file that is not what it should be; nothing is taken then.
    ///
    /// # Complexity
    /// Reads every byte given once.
    pub fn with_tzif<N, B>(self, files: impl IntoIterator<Item = (N, B)>) -> Result<Self, ZoneError>
    where
        N: AsRef<str>,
        B: AsRef<[u8]>,
    {
        let mut given = BTreeMap::clone(&self.given);
        for (name, bytes) in files {
            let id = ZoneId::parse(name.as_ref())?;
            let rules =
                TimeZone::tzif(id.as_str(), bytes.as_ref()).map_err(|_| ZoneError::data(id.clone()))?;
            given.insert(id.as_str().to_ascii_lowercase(), Zone::new(id, rules));
        }
        Ok(Self { given: Arc::new(given), bundled: self.bundled })
    }

    /// The zone of that id.
    ///
    /// # Errors
    /// `UnknownZone` if the database does not have it. Never answers with another zone instead.
    ///
    /// # Complexity
    /// O(log z) in the number of zones.
    pub fn zone(&self, id: &ZoneId) -> Result<Zone, ZoneError> {
        let folded = id.as_str().to_ascii_lowercase();
        if let Some(zone) = self.given.get(&folded) {
            return Ok(zone.clone());
        }
        match folded.as_str() {
            "utc" => return Ok(Zone::utc()),
            "etc/unknown" | "factory" => return Err(ZoneError::unknown()),
            _ => {}
        }
        let rules = self.bundled.as_ref().and_then(|database| database.get(id.as_str()).ok());
        let rules = rules.filter(|rules| !rules.is_unknown()).ok_or(ZoneError::unknown())?;
        let spelt = rules.iana_name().map_or_else(|| Ok(id.clone()), ZoneId::parse)?;
        Ok(Zone::new(spelt, rules))
    }

    /// The zone of that name: [`ZoneId::parse`], then [`Zones::zone`].
    ///
    /// # Errors
    /// `MalformedName` or `UnknownZone`; both mean that the zone is unknown, never that it is UTC.
    pub fn named(&self, name: &str) -> Result<Zone, ZoneError> {
        self.zone(&ZoneId::parse(name)?)
    }
}

impl fmt::Debug for Zones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zones")
            .field("given", &self.given.len())
            .field("bundled", &self.bundled.is_some())
            .finish()
    }
}

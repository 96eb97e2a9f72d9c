//! Opening hours, quiet hours, business hours: weekly windows and dated exceptions in a named zone.
//!
//! Four nouns:
//! * [`ZoneId`] names a zone, [`Zones`] is the database that knows it, [`Zone`] is what the database says of it;
//! * [`WallTime`] is what a clock on the wall shows, and [`Zone::resolve`] says when it shows it, exactly, on days
//!   that skip an hour, repeat one, begin at one o'clock or do not exist;
//! * [`Windows`] are half-open local windows with dated exceptions, and [`Calendar`] lays them on the UTC line;
//! * [`WeekData`] knows where a week begins and which days are its weekend.
//!
//! [`BirthDate`] reads what people write for the day of their birth, in the Gregorian and in the Iranian calendar.
//!
//! An unknown zone is an error, never UTC. Lengths are counted on the UTC line: two hours are 7,200 seconds on every
//! day of the year.
//!
//! ```
//! # #[cfg(feature = "tzdb")] {
//! use throughline::calendar::{Calendar, Window, Windows, Zones};
//! use throughline::time::{DateTime, Utc};
//!
//! let tehran = Zones::bundled().named("Asia/Tehran")?;
//! let night = Windows::new([Window::daily("21:00".parse()?, "08:00".parse()?)])?;
//! let calendar = Calendar::new(&night, &tehran);
//!
//! let evening: DateTime<Utc> = "2026-03-22T18:00:00Z".parse()?; // 21:30 in Tehran
//! assert!(calendar.contains(evening));
//! assert_eq!(calendar.next_end(evening), Some("2026-03-23T04:30:00Z".parse()?));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod birth_date;
mod dates;
mod hours;
mod jalali;
mod spans;
mod wall;
mod week;
mod window;
mod windows;
mod zone;
mod zones;

pub use birth_date::{BirthDate, BirthDateError, BirthDateErrorKind, BirthDatePrecision};
pub use dates::DateFormat;
pub use hours::{Calendar, HORIZON_DAYS};
pub use jalali::{JalaliDay, from_jalali, to_jalali};
pub use wall::{InvalidWallTime, WallTime};
pub use week::{Week, WeekData};
pub use window::{Exception, WeekTime, Window};
pub use windows::{MAX_EXCEPTIONS, MAX_WINDOWS, Windows, WindowsError, WindowsErrorKind};
pub use zone::{Resolution, Zone, ZoneError, ZoneErrorKind, ZoneId};
pub use zones::Zones;

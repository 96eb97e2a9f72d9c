//! Days as a business counts them: a night belongs to the day on which it began.

use crate::calendar::{Calendar, WallTime, Windows, Zone};
use crate::time::{DateTime, NaiveDate, Utc};

/// Opening hours in their zone.
#[derive(Clone, Copy)]
pub(in crate::stock) struct Hours<'a> {
    pub(in crate::stock) windows: &'a Windows,
    pub(in crate::stock) zone: &'a Zone,
}

const NOON: WallTime = match WallTime::new(12, 0, 0) {
    Some(noon) => noon,
    None => WallTime::MIDNIGHT,
};

impl<'a> Hours<'a> {
    pub(super) fn calendar(self) -> Calendar<'a> {
        Calendar::new(self.windows, self.zone)
    }

    /// That instant if it is open then, else when it opens next.
    pub(in crate::stock) fn open_from(self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        open_from(&self.calendar(), at)
    }

    /// The date that a business counts an instant to: what is left before noon of a night that began the day before belongs
    /// to the day before.
    fn business_date(self, at: DateTime<Utc>) -> NaiveDate {
        let (today, _) = self.zone.local(at);
        let calendar = self.calendar();
        let of_the_night = calendar.contains(at)
            && !calendar.clone().starting_from(today).contains(at)
            && calendar.next_end(at).is_some_and(|end| end <= self.zone.earliest(today, NOON));
        if of_the_night { today.pred_opt().unwrap_or(today) } else { today }
    }

    /// When the business's day is cut off. A time after midnight is that of the night, if the day goes on until then.
    fn cut_off(self, date: NaiveDate, time: WallTime) -> DateTime<Utc> {
        // By the clock on the wall: a night does not go on until a time that the clocks skip, if it ends before.
        let goes_on = |next: NaiveDate| {
            time <= NOON
                && !self.windows.lasts_until(date, date, time)
                && self.windows.lasts_until(date, next, time)
                && !self.windows.lasts_until(next, next, time)
        };
        let next = date.succ_opt().filter(|next| goes_on(*next));
        self.zone.earliest(next.unwrap_or(date), time)
    }

    /// Hours and opening of the first business day after a date.
    fn after(self, date: NaiveDate) -> Option<(Calendar<'a>, DateTime<Utc>)> {
        let next = date.succ_opt()?;
        let midnight = self.zone.start_of(next);
        let calendar = self.calendar();
        // Open around the clock: the day begins at midnight.
        let goes_on = calendar.contains(midnight)
            && calendar.next_end(midnight).is_none_or(|end| end > self.zone.earliest(next, NOON));
        if goes_on {
            return Some((calendar, midnight));
        }
        let calendar = calendar.starting_from(next);
        let opens = open_from(&calendar, midnight)?;
        Some((calendar, opens))
    }

    /// From when on something that comes at an instant is dealt with, in which hours, and whether the cut-off moved it to a
    /// later day. At the cut-off itself it is too late.
    pub(super) fn dealt_with(
        self,
        at: DateTime<Utc>,
        cut_off: Option<WallTime>,
    ) -> Option<(Calendar<'a>, DateTime<Utc>, bool)> {
        if let Some(time) = cut_off {
            let date = self.business_date(at);
            if at >= self.cut_off(date, time) {
                let (calendar, opens) = self.after(date)?;
                return Some((calendar, opens.max(at), true));
            }
        }
        let opens = self.open_from(at)?;
        Some((self.calendar(), opens, false))
    }

    /// The end of the last of so many days on which it opens, the one of that instant being the first.
    pub(in crate::stock) fn end_of_open_day(self, from: DateTime<Utc>, days: u8) -> Option<DateTime<Utc>> {
        let mut date = self.business_date(from);
        let mut left = days;
        // At most one in eight days may be open, or it counts as closing for good.
        for _ in 0..u32::from(days) * 8 + 8 {
            if self.windows.opens_on(date) {
                left = left.saturating_sub(1);
                if left == 0 {
                    return self.windows.closes(date, self.zone).filter(|end| *end > from);
                }
            }
            date = date.succ_opt()?;
        }
        None
    }
}

pub(super) fn open_from(calendar: &Calendar<'_>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if calendar.contains(at) { Some(at) } else { calendar.next_start(at) }
}

use canteen_types::Timestamp;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// Nine o'clock in the morning of the next local day. Where clocks skip nine o'clock on that day, the first moment after.
#[must_use]
pub fn tomorrow_at_nine(now: Timestamp) -> Timestamp {
    tomorrow_at_nine_in(now, TimeZone::system())
}

/// Nine o'clock in the morning of the next Monday after today.
#[must_use]
pub fn next_monday_at_nine(now: Timestamp) -> Timestamp {
    nine_in(now, TimeZone::system(), |today| i64::from(7 - today.weekday().to_monday_zero_offset()))
}

/// The moment as a table shows it: `13:34` today, `2026-11-23 13:34` on another day.
#[must_use]
pub fn local_clock_time(at: Timestamp, now: Timestamp) -> String {
    match local_time(at, now) {
        Some(Local { days: 0, clock, .. }) => clock,
        Some(Local { year, month, day, clock, .. }) => format!("{year:04}-{month:02}-{day:02} {clock}"),
        None => at.to_string(),
    }
}

/// A moment on the person's clock and calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Days from today: 0 today, 1 tomorrow, -1 yesterday.
    pub days: i32,
    /// 0 for Monday to 6 for Sunday.
    pub weekday: u8,
    /// Year.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// 1 to 31.
    pub day: i8,
    /// Hour and minute, `13:34`.
    pub clock: String,
}

/// The moment as the person's clock and calendar show it; `None` outside the years that a calendar knows.
#[must_use]
pub fn local_time(at: Timestamp, now: Timestamp) -> Option<Local> {
    local_in(at, now, TimeZone::system())
}

fn local_in(at: Timestamp, now: Timestamp, zone: TimeZone) -> Option<Local> {
    let (at, now) = (zoned(at, zone.clone()).ok()?, zoned(now, zone).ok()?);
    let days = now.date().until(at.date()).ok()?.get_days();
    Some(Local {
        days,
        weekday: at.weekday().to_monday_zero_offset().unsigned_abs(),
        year: at.year(),
        month: at.month(),
        day: at.day(),
        clock: at.strftime("%H:%M").to_string(),
    })
}

/// The day on the person's calendar, `2026-11-24`: for names of files.
#[must_use]
pub fn local_date(at: Timestamp) -> String {
    zoned(at, TimeZone::system()).map_or_else(|_| at.as_millis().to_string(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// The first moment of a day as a person writes it, `2026-11-24`, on their own clock; `days` later where asked for. `None` for a
/// text that is no day.
#[must_use]
pub fn local_day(text: &str, days: i8) -> Option<Timestamp> {
    local_day_in(text, days, TimeZone::system())
}

fn local_day_in(text: &str, days: i8, zone: TimeZone) -> Option<Timestamp> {
    let day: jiff::civil::Date = text.parse().ok()?;
    let day = day.checked_add(i64::from(days).days()).ok()?;
    day.to_zoned(zone).ok().map(|zoned| timestamp(&zoned))
}

/// Begin and end of the working day of `now`: a day of the person's calendar that begins at `hour` (0 to 23) and lasts until
/// the next one begins.
#[must_use]
pub fn local_working_day(now: Timestamp, hour: u8) -> (Timestamp, Timestamp) {
    working_day_in(now, hour, TimeZone::system())
}

fn working_day_in(now: Timestamp, hour: u8, zone: TimeZone) -> (Timestamp, Timestamp) {
    let hour = i8::try_from(hour.min(23)).unwrap_or(0);
    let day = || -> Result<(Timestamp, Timestamp), jiff::Error> {
        let here = zoned(now, zone)?;
        let begins = |days: i64| -> Result<Timestamp, jiff::Error> {
            let begins = here.date().checked_add(days.days())?.to_datetime(time(hour, 0, 0, 0));
            begins.to_zoned(here.time_zone().clone()).map(|zoned| timestamp(&zoned))
        };
        let today = begins(0)?;
        if now < today { Ok((begins(-1)?, today)) } else { Ok((today, begins(1)?)) }
    };
    // Outside the years that a calendar knows, a day is 24 hours.
    day().unwrap_or_else(|_| (now, now.plus(std::time::Duration::from_secs(24 * 60 * 60))))
}

fn tomorrow_at_nine_in(now: Timestamp, zone: TimeZone) -> Timestamp {
    nine_in(now, zone, |_| 1)
}

fn nine_in(now: Timestamp, zone: TimeZone, days: impl FnOnce(Date) -> i64) -> Timestamp {
    let nine = || -> Result<Zoned, jiff::Error> {
        let today = zoned(now, zone)?;
        let then = today.date().checked_add(days(today.date()).days())?;
        then.to_datetime(time(9, 0, 0, 0)).to_zoned(today.time_zone().clone())
    };
    // Outside the years that a calendar knows, a day is 24 hours.
    nine().map_or_else(|_| now.plus(std::time::Duration::from_secs(24 * 60 * 60)), |zoned| timestamp(&zoned))
}

fn zoned(now: Timestamp, zone: TimeZone) -> Result<Zoned, jiff::Error> {
    Ok(jiff::Timestamp::from_millisecond(now.as_millis())?.to_zoned(zone))
}

fn timestamp(zoned: &Zoned) -> Timestamp {
    Timestamp::from_millis(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn a_working_day_takes_in_the_night_before_its_hour() {
        for (name, now, hour, begins, ends) in [
            ("Europe/Berlin", "2026-11-24T10:00:00Z", 4, "2026-11-24T03:00:00Z", "2026-11-25T03:00:00Z"),
            ("Europe/Berlin", "2026-11-25T02:59:59Z", 4, "2026-11-24T03:00:00Z", "2026-11-25T03:00:00Z"),
            ("Europe/Berlin", "2026-11-25T03:00:00Z", 4, "2026-11-25T03:00:00Z", "2026-11-26T03:00:00Z"),
            // The day of 23 hours, and the one of 25.
            ("Europe/Berlin", "2026-03-28T12:00:00Z", 4, "2026-03-28T03:00:00Z", "2026-03-29T02:00:00Z"),
            ("Europe/Berlin", "2026-10-24T12:00:00Z", 4, "2026-10-24T02:00:00Z", "2026-10-25T03:00:00Z"),
            // Midnight does not exist on the day when summer time begins.
            ("America/Santiago", "2026-09-06T12:00:00Z", 0, "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        ] {
            let expected = (begins.parse().unwrap(), ends.parse().unwrap());
            assert_eq!(working_day_in(now.parse().unwrap(), hour, zone(name)), expected, "{name} {now} {hour}");
        }
    }

    #[test]
    fn tomorrow_is_the_next_local_day_also_when_the_clocks_change() {
        for (name, now, expected) in [
            ("Europe/Berlin", "2026-11-24T10:00:00Z", "2026-11-25T08:00:00Z"),
            // Half past midnight in Berlin is still the day before in UTC.
            ("Europe/Berlin", "2026-11-24T23:30:00Z", "2026-11-26T08:00:00Z"),
            // The night when summer time begins, and the one when it ends: nine o'clock stays nine o'clock.
            ("Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T07:00:00Z"),
            ("Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T08:00:00Z"),
            ("America/New_York", "2026-03-07T23:00:00Z", "2026-03-08T13:00:00Z"),
            ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-02T03:15:00Z"),
            // Samoa had no 30 December 2011.
            ("Pacific/Apia", "2011-12-29T20:00:00Z", "2011-12-30T19:00:00Z"),
        ] {
            assert_eq!(tomorrow_at_nine_in(now.parse().unwrap(), zone(name)), expected.parse().unwrap(), "{name} {now}");
        }
    }

    #[test]
    fn monday_is_the_next_one_also_on_a_monday() {
        for (now, expected) in [
            // A Tuesday, a Sunday and a Monday in Berlin; late on Sunday in UTC it is Monday there.
            ("2026-11-24T10:00:00Z", "2026-11-30T08:00:00Z"),
            ("2026-11-29T10:00:00Z", "2026-11-30T08:00:00Z"),
            ("2026-11-30T07:00:00Z", "2026-12-07T08:00:00Z"),
            ("2026-11-29T23:30:00Z", "2026-12-07T08:00:00Z"),
        ] {
            let monday = nine_in(now.parse().unwrap(), zone("Europe/Berlin"), |today| {
                i64::from(7 - today.weekday().to_monday_zero_offset())
            });
            assert_eq!(monday, expected.parse().unwrap(), "{now}");
        }
    }

    #[test]
    fn a_moment_is_told_by_the_persons_calendar() {
        let local = |at: &str| local_in(at.parse().unwrap(), "2026-11-24T22:30:00Z".parse().unwrap(), zone("Europe/Berlin"));
        let at = local("2026-11-24T12:34:00Z").unwrap();
        assert_eq!((at.days, at.weekday, at.clock.as_str()), (0, 1, "13:34"));
        // Already the next day there.
        let at = local("2026-11-24T23:30:00Z").unwrap();
        assert_eq!((at.days, at.weekday, at.clock.as_str()), (1, 2, "00:30"));
        let at = local("2025-12-31T12:00:00Z").unwrap();
        assert_eq!((at.year, at.month, at.day, at.days < -300), (2025, 12, 31, true));
        assert_eq!(local_in(Timestamp::from_millis(i64::MAX), Timestamp::from_millis(0), zone("UTC")), None);
    }

    #[test]
    fn a_day_that_was_typed_is_the_persons_own() {
        for (text, days, expected) in [
            ("2026-11-24", 0, Some("2026-11-23T23:00:00Z")),
            ("2026-11-24", 1, Some("2026-11-24T23:00:00Z")),
            ("2026-03-29", 1, Some("2026-03-29T22:00:00Z")),
            ("2026-02-30", 0, None),
            ("24.11.2026", 0, None),
            ("", 0, None),
        ] {
            let found = local_day_in(text, days, zone("Europe/Berlin"));
            assert_eq!(found, expected.map(|text| text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_end_of_time_does_not_panic() {
        for millis in [i64::MIN, i64::MAX] {
            let now = Timestamp::from_millis(millis);
            assert!(tomorrow_at_nine(now) >= now);
            assert_eq!(local_working_day(now, 4).0, now);
        }
    }
}

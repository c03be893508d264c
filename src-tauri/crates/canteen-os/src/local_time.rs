use canteen_types::Timestamp;
use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// Nine o'clock in the morning of the next local day. Where clocks skip nine o'clock on that day, the first moment after.
#[must_use]
pub fn tomorrow_at_nine(now: Timestamp) -> Timestamp {
    tomorrow_at_nine_in(now, TimeZone::system())
}

/// The moment as the person's clock shows it: `13:34` today, `2026-11-23 13:34` on another day.
#[must_use]
pub fn local_clock_time(at: Timestamp, now: Timestamp) -> String {
    clock_time_in(at, now, TimeZone::system())
}

fn clock_time_in(at: Timestamp, now: Timestamp, zone: TimeZone) -> String {
    match (zoned(at, zone.clone()), zoned(now, zone)) {
        (Ok(at), Ok(now)) if at.date() == now.date() => at.strftime("%H:%M").to_string(),
        (Ok(at), _) => at.strftime("%Y-%m-%d %H:%M").to_string(),
        (Err(_), _) => at.to_string(),
    }
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

/// The first moment of the local day of `now`; not always midnight, for some zones change their clocks then.
#[must_use]
pub fn local_day_start(now: Timestamp) -> Timestamp {
    day_start_in(now, TimeZone::system())
}

fn tomorrow_at_nine_in(now: Timestamp, zone: TimeZone) -> Timestamp {
    let nine = || -> Result<Zoned, jiff::Error> {
        let today = zoned(now, zone)?;
        let tomorrow = today.date().checked_add(1.day())?;
        tomorrow.to_datetime(time(9, 0, 0, 0)).to_zoned(today.time_zone().clone())
    };
    // Outside the years that a calendar knows, a day is 24 hours.
    nine().map_or_else(|_| now.plus(std::time::Duration::from_secs(24 * 60 * 60)), |zoned| timestamp(&zoned))
}

fn day_start_in(now: Timestamp, zone: TimeZone) -> Timestamp {
    zoned(now, zone).and_then(|today| today.start_of_day()).map_or(now, |zoned| timestamp(&zoned))
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
    fn a_day_starts_when_the_zone_says_so() {
        for (name, now, expected) in [
            ("UTC", "2026-11-24T10:00:00Z", "2026-11-24T00:00:00Z"),
            ("Europe/Berlin", "2026-11-24T23:30:00Z", "2026-11-24T23:00:00Z"),
            // Clocks in Asunción went from midnight to one o'clock: the day began at one.
            ("America/Asuncion", "2023-10-01T12:00:00Z", "2023-10-01T04:00:00Z"),
        ] {
            assert_eq!(day_start_in(now.parse().unwrap(), zone(name)), expected.parse().unwrap(), "{name} {now}");
        }
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
            assert_eq!(local_day_start(now), now);
        }
    }
}

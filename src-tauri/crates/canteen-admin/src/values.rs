//! Values of flags that clap does not know.

use canteen_catalogue::document::RungDocument;
use canteen_types::{NudgeReason, Timestamp};

/// RFC 3339, or a date, which means its first moment in UTC.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    let with_time = || format!("{text}T00:00:00Z").parse::<Timestamp>();
    text.parse()
        .or_else(|_| with_time())
        .map_err(|_| "give a date like 2027-11-30 or a time like 2027-11-30T12:00:00Z".to_owned())
}

/// A number of bytes: `1500`, `64MiB`, `2GiB`, `4.9GB` is not one: whole numbers only.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 8] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("B", 1),
        ("", 1),
    ];
    let wrong = || "give a whole number of bytes, kB, MB, GB, KiB, MiB or GiB".to_owned();
    let (number, unit) = UNITS.iter().find_map(|(unit, value)| Some((text.strip_suffix(unit)?, value))).ok_or_else(wrong)?;
    let number: u64 = number.trim().parse().map_err(|_| wrong())?;
    number.checked_mul(*unit).ok_or_else(wrong)
}

/// How far nudges go for one reason: `dangerous=stop:3`; `standard` takes back what was said before.
pub(crate) fn rung(text: &str) -> Result<(NudgeReason, Option<RungDocument>), String> {
    let wrong = || "give REASON=STEP, e.g. derivative=record or dangerous=stop:3".to_owned();
    let (reason, step) = text.split_once('=').ok_or_else(wrong)?;
    let reason = reason.parse().map_err(|_| wrong())?;
    let (step, days) = match step.split_once(':') {
        Some((step, days)) => (step, Some(days.parse().map_err(|_| wrong())?)),
        None => (step, None),
    };
    let rung = match (step, days) {
        ("record", None) => Some(RungDocument::Record),
        ("badge", None) => Some(RungDocument::Badge),
        ("toast", None) => Some(RungDocument::Toast),
        ("deadline", Some(days)) => Some(RungDocument::Deadline(days)),
        ("stop", Some(days)) => Some(RungDocument::Stop(days)),
        ("standard", None) => None,
        (_, _) => return Err(wrong()),
    };
    Ok((reason, rung))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_whole_numbers_with_a_unit() {
        for (text, value) in
            [("0", 0), ("1500", 1500), ("64MiB", 64 << 20), ("2 GiB", 2 << 30), ("5GB", 5_000_000_000), ("7B", 7)]
        {
            assert_eq!(bytes(text), Ok(value), "{text}");
        }
        for text in ["", "GiB", "1.5GB", "-1", "1TB", "99999999999GiB", "1 000"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_step_is_named_with_its_days_where_it_has_some() {
        assert_eq!(rung("dangerous=stop:3"), Ok((NudgeReason::Dangerous, Some(RungDocument::Stop(3)))));
        assert_eq!(rung("derivative=record"), Ok((NudgeReason::Derivative, Some(RungDocument::Record))));
        assert_eq!(rung("altered=standard"), Ok((NudgeReason::Altered, None)));
        for text in ["", "dangerous", "stop:3", "dangerous=stop", "dangerous=toast:3", "dangerous=stop:x", "malicious=toast"] {
            assert!(rung(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_date_is_its_first_moment() {
        assert_eq!(moment("2027-11-30").unwrap().to_string(), "2027-11-30T00:00:00Z");
        assert_eq!(moment("2027-11-30T12:00:00+01:00").unwrap().to_string(), "2027-11-30T11:00:00Z");
        assert!(moment("soon").is_err());
    }
}

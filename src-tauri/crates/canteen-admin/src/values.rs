//! Values of flags that clap does not know.

use canteen_types::Timestamp;

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
    fn a_date_is_its_first_moment() {
        assert_eq!(moment("2027-11-30").unwrap().to_string(), "2027-11-30T00:00:00Z");
        assert_eq!(moment("2027-11-30T12:00:00+01:00").unwrap().to_string(), "2027-11-30T11:00:00Z");
        assert!(moment("soon").is_err());
    }
}

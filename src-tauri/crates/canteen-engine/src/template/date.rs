//! `strftime_now`: templates write today's date into their instructions. In UTC: a locked process cannot read time zones.

use canteen_types::Timestamp;

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

#[expect(clippy::disallowed_methods, reason = "a locked process cannot be handed a clock; only templates see it")]
pub(super) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(0))
}

/// The conversions of C's `strftime` that templates use; others stay as they are.
pub(super) fn format(format: &str, time: Timestamp) -> String {
    let text = time.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or("00");
    let number = |from: usize, to: usize| part(from, to).parse::<usize>().unwrap_or(0);
    let month = MONTHS.get(number(5, 7).saturating_sub(1)).copied().unwrap_or_default();
    let days = time.as_millis().div_euclid(86_400_000).rem_euclid(7);
    let day = usize::try_from(days).ok().and_then(|day| DAYS.get(day)).copied().unwrap_or_default();
    let short = |name: &str| name.chars().take(3).collect::<String>();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => out.push_str(part(0, 4)),
            Some('y') => out.push_str(part(2, 4)),
            Some('m') => out.push_str(part(5, 7)),
            Some('d') => out.push_str(part(8, 10)),
            Some('e') => out.push_str(&format!("{:>2}", number(8, 10))),
            Some('H') => out.push_str(part(11, 13)),
            Some('M') => out.push_str(part(14, 16)),
            Some('S') => out.push_str(part(17, 19)),
            Some('F') => out.push_str(part(0, 10)),
            Some('T') => out.push_str(part(11, 19)),
            Some('B') => out.push_str(month),
            Some('b' | 'h') => out.push_str(&short(month)),
            Some('A') => out.push_str(day),
            Some('a') => out.push_str(&short(day)),
            Some('Z') => out.push_str("UTC"),
            Some('%') | None => out.push('%'),
            Some(other) => out.extend(['%', other]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_c_does() {
        let time: Timestamp = "2026-11-04T09:05:07Z".parse().unwrap();
        assert_eq!(format("%d %b %Y, %A %H:%M:%S %Z 100%% %q", time), "04 Nov 2026, Wednesday 09:05:07 UTC 100% %q");
        assert_eq!(format("%B %e, %y %a %F %T%", time), "November  4, 26 Wed 2026-11-04 09:05:07%");
    }
}

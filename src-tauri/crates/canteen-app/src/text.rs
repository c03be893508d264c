//! What Canteen says without a window: tray, notifications, and the command line where it asks. One file per language; a text
//! that one of them lacks does not compile.

mod de;
mod en;

use canteen_os::Local;
use canteen_types::{AfterDeadline, ByteSize, NudgeReason, Timestamp, overrides_direction};

use crate::wire::Language;

/// A language that Canteen speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// English.
    En,
    /// German.
    De,
}

impl Tongue {
    /// What the person chose, else the system's language where Canteen knows it, else English.
    ///
    /// ```
    /// use canteen_app::text::Tongue;
    /// use canteen_app::wire::Language;
    ///
    /// assert_eq!(Tongue::of(Language::System, Some("de_AT.UTF-8")), Tongue::De);
    /// assert_eq!(Tongue::of(Language::En, Some("de_AT.UTF-8")), Tongue::En);
    /// ```
    #[must_use]
    pub fn of(chosen: Language, system: Option<&str>) -> Self {
        match chosen {
            Language::En => Self::En,
            Language::De => Self::De,
            Language::System => {
                let first = system.and_then(|tag| tag.split(['-', '_', '.', '@']).next()).unwrap_or_default();
                if first.eq_ignore_ascii_case("de") { Self::De } else { Self::En }
            }
        }
    }

    /// Its BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// Its texts.
    #[must_use]
    pub const fn texts(self) -> &'static Texts {
        match self {
            Self::En => &en::TEXTS,
            Self::De => &de::TEXTS,
        }
    }
}

/// All texts of one language.
#[derive(Debug)]
pub struct Texts {
    /// Of the tray's menu.
    pub tray: TrayTexts,
    /// Of notifications.
    pub note: NoteTexts,
    /// Of `canteen purge`.
    pub purge: PurgeTexts,
}

/// The tray's menu.
#[derive(Debug)]
#[expect(missing_docs, reason = "each name is its text")]
pub struct TrayTexts {
    pub nothing_running: &'static str,
    pub running: fn(usize) -> String,
    pub opening: &'static str,
    pub waiting: &'static str,
    pub needs_unlock: &'static str,
    pub cannot_start: &'static str,
    pub run: fn(&str, Option<f64>, ByteSize) -> String,
    pub run_starting: fn(&str) -> String,
    pub stop: fn(&str) -> String,
    pub start: &'static str,
    pub open_catalogue: &'static str,
    pub new_chat: &'static str,
    pub computer: &'static str,
    pub ledger: &'static str,
    pub settings: &'static str,
    pub attention: fn(usize) -> String,
    pub more: fn(usize) -> String,
    pub pause: &'static str,
    pub pause_hour: &'static str,
    pub pause_tomorrow: &'static str,
    pub pause_monday: &'static str,
    pub paused_until: fn(&str) -> String,
    pub end_pause: &'static str,
    pub no_catalogue: &'static str,
    pub catalogue: fn(u64, CatalogueNow, Age) -> String,
    pub check_failed: &'static str,
    pub check: &'static str,
    pub checking: &'static str,
    pub quit: fn(usize, usize) -> String,
    pub moment: fn(&Local) -> String,
}

/// What the headline of a nudge says.
#[derive(Clone, Copy, Debug)]
pub struct Headline<'a> {
    /// Why it is due.
    pub reason: NudgeReason,
    /// Name of the model.
    pub name: &'a str,
    /// Name of the approved model that it is a copy of, or was made from, where that is known.
    pub of: Option<&'a str>,
}

/// Notifications.
#[derive(Debug)]
#[expect(missing_docs, reason = "each name is its text")]
pub struct NoteTexts {
    pub headline: fn(&Headline<'_>) -> String,
    pub deadline: fn(&str, AfterDeadline) -> String,
    pub running_it: fn(&str) -> String,
    pub found_in: fn(&str) -> String,
    pub alternative_ready: fn(&str) -> String,
    pub alternative_to_fetch: fn(&str, ByteSize) -> String,
    pub ask_instead: &'static str,
    pub use_it: fn(&str) -> String,
    pub ask: &'static str,
    pub tomorrow: &'static str,
    pub answer_elsewhere: &'static str,
    pub up_to_date: &'static str,
    pub new_catalogue: &'static str,
    pub version: fn(u64) -> String,
    pub check_failed: &'static str,
    pub not_started: fn(&str) -> String,
    pub not_done: &'static str,
    pub open_for_reason: &'static str,
}

/// `canteen purge`.
#[derive(Debug)]
#[expect(missing_docs, reason = "each name is its text")]
pub struct PurgeTexts {
    pub nothing: &'static str,
    pub will_remove: &'static str,
    pub host_ends: &'static str,
    pub key: &'static str,
    pub autostart: &'static str,
    pub question: &'static str,
    pub yes: &'static str,
    pub kept: &'static str,
    pub needs_yes: &'static str,
    pub removed: &'static str,
    pub left: &'static str,
    pub left_key: &'static str,
    pub left_foreign: &'static str,
    pub left_failed: &'static str,
    pub done: &'static str,
}

/// Where the catalogue stands, as far as it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogueNow {
    /// As it should be.
    Fresh,
    /// Not refreshed for too long.
    Stale,
    /// Out of its grace.
    Expired,
}

/// How long ago something was, as coarse as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It never was.
    Never,
    /// Less than five minutes.
    JustNow,
    /// Less than an hour, in steps of five minutes.
    Minutes(i64),
    /// Less than a day.
    Hours(i64),
    /// Longer.
    Days(i64),
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Age {
    /// Of `then`, seen at `now`. A clock that was put back makes nothing older.
    #[must_use]
    pub fn of(then: Option<Timestamp>, now: Timestamp) -> Self {
        let Some(then) = then else { return Self::Never };
        match now.as_millis().saturating_sub(then.as_millis()).max(0) {
            ..300_000 => Self::JustNow,
            past @ 300_000..HOUR => Self::Minutes(past / (5 * MINUTE) * 5),
            past @ HOUR..DAY => Self::Hours(past / HOUR),
            past => Self::Days(past / DAY),
        }
    }

    /// In how many milliseconds it will be told otherwise; `None` when never.
    #[must_use]
    pub fn lasts(then: Option<Timestamp>, now: Timestamp) -> Option<u64> {
        let past = now.as_millis().saturating_sub(then?.as_millis());
        let step = match past.max(0) {
            ..HOUR => 5 * MINUTE,
            HOUR..DAY => HOUR,
            _ => DAY,
        };
        // Put back: until then has come, and a step more.
        u64::try_from(if past < 0 { step.saturating_sub(past) } else { step - past % step }).ok()
    }
}

/// Names come from files and other programs: one line, without control characters, cut.
pub(crate) fn name(text: &str) -> String {
    const MOST: usize = 60;
    let kept = || text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_unseen(*c));
    if kept().count() <= MOST { kept().collect() } else { kept().take(MOST - 1).chain(['…']).collect() }
}

/// Steers a terminal, breaks a line, or turns the direction of what follows: a name could pass for another one by that.
fn is_unseen(c: char) -> bool {
    let marks = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}');
    marks || overrides_direction(c) || c.is_control()
}

/// A name or a path as it is shown, on one line; what cannot be seen is marked.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn the_language_is_the_chosen_one_else_the_systems_else_english() {
        for (chosen, system, expected) in [
            (Language::System, None, Tongue::En),
            (Language::System, Some("de"), Tongue::De),
            (Language::System, Some("DE-CH"), Tongue::De),
            (Language::System, Some("den_CA"), Tongue::En),
            (Language::System, Some("fr_FR.UTF-8"), Tongue::En),
            (Language::De, Some("fr_FR.UTF-8"), Tongue::De),
        ] {
            assert_eq!(Tongue::of(chosen, system), expected, "{chosen:?} {system:?}");
        }
    }

    #[test]
    fn an_age_is_told_in_steps() {
        assert_eq!(Age::of(None, at(0)), Age::Never);
        for (past, expected) in [
            (-DAY, Age::JustNow),
            (0, Age::JustNow),
            (5 * MINUTE - 1, Age::JustNow),
            (5 * MINUTE, Age::Minutes(5)),
            (59 * MINUTE, Age::Minutes(55)),
            (HOUR, Age::Hours(1)),
            (DAY - 1, Age::Hours(23)),
            (3 * DAY + HOUR, Age::Days(3)),
        ] {
            assert_eq!(Age::of(Some(at(0)), at(past)), expected, "{past}");
        }
    }

    proptest::proptest! {
        /// Exactly when `lasts` says so, and not before.
        #[test]
        fn an_age_lasts_until_it_is_told_otherwise(past in -DAY..400 * DAY) {
            let (then, now) = (Some(at(0)), at(past));
            let lasts = i64::try_from(Age::lasts(then, now).unwrap()).unwrap();
            proptest::prop_assert!(lasts > 0);
            proptest::prop_assert_eq!(Age::of(then, at(past + lasts - 1)), Age::of(then, now));
            proptest::prop_assert_ne!(Age::of(then, at(past + lasts)), Age::of(then, now));
        }

        #[test]
        fn no_time_panics(then: i64, now: i64) {
            std::hint::black_box((Age::of(Some(at(then)), at(now)), Age::lasts(Some(at(then)), at(now))));
        }
    }

    #[test]
    fn a_name_from_elsewhere_is_one_short_line() {
        assert_eq!(name("a\nb\u{1b}[31m\tc"), "a b[31m c");
        assert_eq!(name(&"ä".repeat(80)).chars().count(), 60);
        assert_eq!(name("kpj.\u{202e}fugg"), "kpj.fugg");
        assert_eq!(shown("~/a\nb\u{1b}[31m\u{2066}ä"), "~/a\u{fffd}b\u{fffd}[31m\u{fffd}ä");
    }

    /// Both languages say something everywhere, and not the same thing by oversight.
    #[test]
    fn every_sentence_is_translated() {
        let said = |texts: &Texts| {
            let tray = &texts.tray;
            let note = &texts.note;
            let purge = &texts.purge;
            let local = Local { days: 1, weekday: 2, year: 2026, month: 11, day: 25, clock: "09:00".into() };
            vec![
                tray.nothing_running.to_owned(),
                (tray.running)(2),
                tray.opening.to_owned(),
                tray.waiting.to_owned(),
                tray.needs_unlock.to_owned(),
                tray.cannot_start.to_owned(),
                (tray.run_starting)("x"),
                (tray.stop)("x"),
                tray.start.to_owned(),
                tray.open_catalogue.to_owned(),
                tray.new_chat.to_owned(),
                tray.computer.to_owned(),
                tray.ledger.to_owned(),
                tray.settings.to_owned(),
                (tray.attention)(1),
                (tray.more)(3),
                tray.pause.to_owned(),
                tray.pause_hour.to_owned(),
                tray.pause_tomorrow.to_owned(),
                tray.pause_monday.to_owned(),
                (tray.paused_until)("x"),
                tray.end_pause.to_owned(),
                tray.no_catalogue.to_owned(),
                (tray.catalogue)(4, CatalogueNow::Stale, Age::Hours(3)),
                tray.check_failed.to_owned(),
                tray.check.to_owned(),
                tray.checking.to_owned(),
                (tray.quit)(1, 1),
                (tray.moment)(&local),
                (note.deadline)("x", AfterDeadline::Remind),
                (note.deadline)("x", AfterDeadline::Stop),
                (note.running_it)("x"),
                (note.found_in)("x"),
                (note.alternative_ready)("x"),
                (note.alternative_to_fetch)("x", ByteSize::new(1 << 30)),
                note.ask_instead.to_owned(),
                (note.use_it)("x"),
                note.ask.to_owned(),
                note.tomorrow.to_owned(),
                note.answer_elsewhere.to_owned(),
                note.up_to_date.to_owned(),
                note.new_catalogue.to_owned(),
                note.check_failed.to_owned(),
                (note.not_started)("x"),
                note.not_done.to_owned(),
                note.open_for_reason.to_owned(),
                purge.nothing.to_owned(),
                purge.will_remove.to_owned(),
                purge.host_ends.to_owned(),
                purge.key.to_owned(),
                purge.autostart.to_owned(),
                purge.question.to_owned(),
                purge.yes.to_owned(),
                purge.kept.to_owned(),
                purge.needs_yes.to_owned(),
                purge.removed.to_owned(),
                purge.left.to_owned(),
                purge.left_key.to_owned(),
                purge.left_foreign.to_owned(),
                purge.left_failed.to_owned(),
                purge.done.to_owned(),
            ]
        };
        for (en, de) in said(Tongue::En.texts()).into_iter().zip(said(Tongue::De.texts())) {
            assert!(!en.trim().is_empty() && !de.trim().is_empty() && en != de, "{en:?} {de:?}");
        }
        let mut headlines = std::collections::BTreeSet::new();
        for texts in [Tongue::En.texts(), Tongue::De.texts()] {
            for reason in NudgeReason::ALL {
                for of in [None, Some("Y")] {
                    headlines.insert((texts.note.headline)(&Headline { reason, name: "X", of }));
                }
            }
        }
        // Two of the reasons name the other model, where it is known.
        assert_eq!(headlines.len(), 2 * (NudgeReason::ALL.len() + 2), "{headlines:?}");
    }
}

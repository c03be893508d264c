//! The one place that writes to the terminal.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use canteen_os::SystemClock;
use canteen_types::{Clock as _, Timestamp};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::Failure;

/// Standard output and error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    json: bool,
    terminal: bool,
}

impl Out {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, terminal: std::io::stdout().is_terminal() }
    }

    /// JSON was asked for.
    pub(crate) const fn json(&self) -> bool {
        self.json
    }

    /// A person is looking.
    pub(crate) const fn terminal(&self) -> bool {
        self.terminal
    }

    /// `value` as JSON where that was asked for, else what `people` makes of it.
    pub(crate) fn show<T: Serialize>(&self, value: &T, people: impl FnOnce(&T) -> String) -> Result<(), Failure> {
        let text = if self.json { serde_json::to_string_pretty(value).map_err(anyhow::Error::from)? } else { people(value) };
        self.line(text.trim_end())
    }

    /// One line, made safe.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        self.write(&format!("{text}\n"))
    }

    /// A piece of a line. Names and answers come from elsewhere, so nothing in them reaches the terminal as a control
    /// sequence. A reader that has gone (`canteen log | head`) is success.
    pub(crate) fn write(&self, text: &str) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(safe(text).as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Exactly this text, where a program reads it; made safe for a terminal. `false` when the reader has gone.
    pub(crate) fn exact(&self, text: &str) -> Result<bool, Failure> {
        let shown = if self.terminal { safe(text) } else { text.to_owned() };
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(shown.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(true),
        }
    }

    /// Something to know beside the result, on standard error.
    pub(crate) fn note(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        // Nobody is left to tell when standard error is gone.
        drop(writeln!(stderr, "{}", safe(text)));
    }

    /// Says why, and gives the exit code.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        match failure {
            Failure::Fault(fault) if self.json => {
                self.note(&serde_json::to_string_pretty(fault).unwrap_or_else(|_| fault.message.clone()));
            }
            Failure::Fault(fault) => {
                self.note(&format!("canteen: {}\n  ({}, incident {})", fault.message, fault.code, fault.incident))
            }
            Failure::Interrupted | Failure::Left | Failure::Seen(_) => {}
            Failure::Unreachable(_) | Failure::Other(_) => self.note(&format!("canteen: {failure}")),
        }
        ExitCode::from(failure.exit_code())
    }
}

/// A moment as the person's clock shows it; `--json` keeps RFC 3339.
pub(crate) fn moment(at: Timestamp) -> String {
    canteen_os::local_clock_time(at, SystemClock.now())
}

/// Control characters other than line end and tab become a visible stand-in; bidirectional overrides are dropped.
pub(crate) fn safe(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c })
        .collect()
}

/// A table for people: no frame, columns in line.
pub(crate) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    for row in rows {
        table.add_row(row.iter().map(|cell| safe(cell)));
    }
    let text = table.to_string();
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_cannot_drive_the_terminal() {
        assert_eq!(safe("a\u{1b}[2Jb\r\u{202e}c\n\td"), "a\u{fffd}[2Jb\u{fffd}c\n\td");
    }

    #[test]
    fn tables_line_up() {
        let text = table(&["MODEL", "SIZE"], [vec!["a".into(), "1 GB".into()], vec!["longer".into(), "2 GB".into()]]);
        assert_eq!(text, " MODEL   SIZE\n a       1 GB\n longer  2 GB");
    }
}

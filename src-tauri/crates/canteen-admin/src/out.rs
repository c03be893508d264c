//! The one place that writes to the terminal.

use std::io::Write as _;
use std::process::ExitCode;

use canteen_catalogue::CatalogueError;
use canteen_catalogue::sign::SignError;
use canteen_modelfile::ModelFileError;
use canteen_provenance::ProvenanceError;
use canteen_types::{Coded, overrides_direction};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::failure::AdminError;

/// Standard output and error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Out {
    json: bool,
}

impl Out {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// `value` as JSON where that was asked for, else what `people` makes of it.
    pub(crate) fn show<T: Serialize>(&self, value: &T, people: impl FnOnce(&T) -> String) -> anyhow::Result<()> {
        let text = if self.json { serde_json::to_string_pretty(value)? } else { safe(&people(value)) };
        self.print(&text)
    }

    /// A document that is the answer, whatever was asked for.
    pub(crate) fn print(&self, text: &str) -> anyhow::Result<()> {
        let mut stdout = std::io::stdout().lock();
        match writeln!(stdout, "{}", text.trim_end()).and_then(|()| stdout.flush()) {
            // A reader that has gone (`| head`) is success.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Something to know beside the result, on standard error.
    pub(crate) fn note(&self, text: &str) {
        let mut stderr = std::io::stderr().lock();
        // Nobody is left to tell when standard error is gone.
        drop(writeln!(stderr, "{}", safe(text)));
    }

    /// Says why, with the stable code where there is one. A coded error's sentence is whole: its causes are in it already.
    pub(crate) fn fail(&self, error: &anyhow::Error) -> ExitCode {
        let coded = coded(error);
        let message = coded.map_or_else(|| format!("{error:#}"), ToString::to_string);
        let code = coded.map(Coded::code);
        if self.json {
            let value = serde_json::json!({ "code": code, "message": message });
            self.note(&serde_json::to_string_pretty(&value).unwrap_or_default());
        } else {
            let code = code.map_or_else(String::new, |code| format!("\n  ({code})"));
            self.note(&format!("canteen-admin: {message}{code}"));
        }
        ExitCode::from(1)
    }
}

fn coded(error: &anyhow::Error) -> Option<&dyn Coded> {
    error.chain().find_map(|cause| {
        let sign = cause.downcast_ref::<SignError>().map(|e| e as &dyn Coded);
        let model = || cause.downcast_ref::<ModelFileError>().map(|e| e as &dyn Coded);
        let catalogue = || cause.downcast_ref::<CatalogueError>().map(|e| e as &dyn Coded);
        let provenance = || cause.downcast_ref::<ProvenanceError>().map(|e| e as &dyn Coded);
        let own = || cause.downcast_ref::<AdminError>().map(|e| e as &dyn Coded);
        sign.or_else(model).or_else(catalogue).or_else(provenance).or_else(own)
    })
}

/// Names come from files of strangers: nothing in them reaches the terminal as a control sequence.
fn safe(text: &str) -> String {
    text.chars()
        .filter(|c| !overrides_direction(*c))
        .map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c })
        .collect()
}

/// A table for people: no frame, columns in line.
pub(crate) fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(head);
    for row in rows {
        table.add_row(row);
    }
    table.to_string().lines().map(|line| line.trim_end().strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

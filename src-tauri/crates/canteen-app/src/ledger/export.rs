//! The log to take along: into the Downloads folder, or line by line to a face that writes it out itself.

use canteen_audit::Event;
use canteen_os::{NewFile, OsError, local_date};

use super::lines;
use crate::App;
use crate::fault::AppError;
use crate::wire::{ExportLog, ExportLogPart, Exported, Fault, LogForm, LogLines, Topic};

/// Rows that are in memory at once.
const CHUNK: u32 = 1_000;
/// A frame on the socket holds 1 MiB; a row at most a few times 64 KiB. Lines are added up to here.
const LONGEST_PART: usize = 384 * 1024;

impl App {
    /// Writes the log into the person's Downloads folder: every row with its hashes. That it was written out is recorded, too.
    ///
    /// # Errors
    /// When the store cannot be read, or the disk refuses; then no file stays.
    pub async fn export_log(&self, request: ExportLog) -> Result<Exported, Fault> {
        let result = self.blocking(move |app| app.try_export_log(request.form)).await;
        self.told(result)
    }

    fn try_export_log(&self, form: LogForm) -> Result<Exported, AppError> {
        let mut file = NewFile::begin(&self.downloads, &format!("canteen-log-{}.{}", local_date(self.now()), word(form)))?;
        let rows = self.write_log(&mut file, form)?;
        // Before the file stands: what cannot be recorded is not done.
        self.record_export(rows, form, "downloads")?;
        Ok(Exported { path: self.relative(&file.finish()?), rows })
    }

    /// The whole log as of now, into `into`; gives the number of rows.
    pub(super) fn write_log(&self, into: &mut impl std::io::Write, form: LogForm) -> Result<u64, AppError> {
        let last = self.store.audit().rows()?;
        let mut write = |text: &str| into.write_all(text.as_bytes()).map_err(OsError::not_written);
        write(lines::head(form))?;
        let mut written = 0;
        while written < last {
            let rows = self.store.audit().after(written, CHUNK)?;
            let Some(end) = rows.last().map(|row| row.seq) else { break };
            for row in rows.iter().filter(|row| row.seq <= last) {
                write(&lines::line(form, row))?;
            }
            written = end;
        }
        into.flush().map_err(OsError::not_written)?;
        Ok(last)
    }

    /// A part of the log, as lines.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn export_log_part(&self, request: ExportLogPart) -> Result<LogLines, Fault> {
        let result = self.blocking(move |app| app.try_export_part(request)).await;
        self.told(result)
    }

    fn try_export_part(&self, ExportLogPart { form, after }: ExportLogPart) -> Result<LogLines, AppError> {
        let mut text = String::new();
        if after == 0 {
            self.record_export(self.store.audit().rows()?, form, "output")?;
            text.push_str(lines::head(form));
        }
        let rows = self.store.audit().after(after, CHUNK)?;
        let (all, mut end) = (rows.len(), 0_usize);
        for row in &rows {
            if text.len() > LONGEST_PART {
                break;
            }
            text.push_str(&lines::line(form, row));
            end += 1;
        }
        let last = end.checked_sub(1).and_then(|at| rows.get(at)).map(|row| row.seq);
        let more = end < all || u32::try_from(all).is_ok_and(|all| all == CHUNK);
        Ok(LogLines { text, next: last.filter(|_| more) })
    }

    fn record_export(&self, rows: u64, form: LogForm, to: &str) -> Result<(), AppError> {
        self.store.audit().append(Event::LogExported { rows, form: word(form).to_owned(), to: to.to_owned() })?;
        self.events.changed(&[Topic::Log]);
        Ok(())
    }
}

const fn word(form: LogForm) -> &'static str {
    match form {
        LogForm::Jsonl => "jsonl",
        LogForm::Csv => "csv",
    }
}

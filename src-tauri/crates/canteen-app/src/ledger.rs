//! Everything that is recorded, as the person reads it.

use canteen_audit::Event;
use canteen_types::Digest;

use crate::App;
use crate::wire::{Fault, LogCheck, LogRow, ReadLog, Topic};

impl App {
    /// Rows of the audit log, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn read_log(&self, request: ReadLog) -> Result<Vec<LogRow>, Fault> {
        let result = self
            .blocking(move |app| {
                let rows = app.store.audit().page(request.before, request.limit.clamp(1, 1000))?;
                Ok(rows
                    .into_iter()
                    .map(|row| LogRow {
                        seq: row.seq,
                        at: row.at,
                        kind: row.event.kind().to_owned(),
                        text: row.event.sentence(),
                        kept: row.event.kept().to_owned(),
                        hash: Digest::new(row.hash).hex(),
                    })
                    .collect())
            })
            .await;
        self.told(result)
    }

    /// Reads the whole chain and checks it. That it was checked is recorded, too.
    ///
    /// # Errors
    /// When the store cannot be read. A broken chain is a result, not an error.
    pub async fn verify_log(&self) -> Result<LogCheck, Fault> {
        let result = self
            .blocking(|app| {
                let check = app.store.audit().verify()?;
                let (rows, broken_at) = (check.rows, check.broken_at);
                app.store.audit().append(Event::LogVerified { rows, unbroken: broken_at.is_none() })?;
                app.events.changed(&[Topic::Log]);
                Ok(LogCheck { rows, unbroken: broken_at.is_none(), broken_at, head: Digest::new(check.head).hex() })
            })
            .await;
        self.told(result)
    }
}

//! Everything about the person: handed out whole, or deleted as far as the rules allow.

mod folder;

use std::io::Write as _;

use canteen_audit::Event;
use canteen_os::{NewFolder, OsError, local_date};

use crate::App;
use crate::fault::AppError;
use crate::wire::{DeletedData, Exported, Fault, LogForm, Topic};
use folder::PersonalFolder;

impl App {
    /// Writes everything that the store holds about the person into a new folder in their Downloads.
    ///
    /// # Errors
    /// When the store cannot be read, or the disk refuses; then no folder stays.
    pub async fn export_data(&self) -> Result<Exported, Fault> {
        let result = self.blocking(Self::try_export_data).await;
        self.told(result)
    }

    fn try_export_data(&self) -> Result<Exported, AppError> {
        let new = NewFolder::begin(&self.downloads, &format!("canteen-data-{}", local_date(self.now())))?;
        let mut log = new.file("ledger.jsonl")?;
        let log_rows = self.write_log(&mut log, LogForm::Jsonl)?;
        let mut folder = PersonalFolder::begin(&new);
        self.store.personal().each::<AppError>(|table, row| Ok(folder.take(table, row)?))?;
        let (mut counts, inside) = folder.finish()?;
        counts.insert("ledger.jsonl".to_owned(), log_rows);
        let mut readme = new.file("README.txt")?;
        let text = folder::readme(&counts, &self.now().to_string());
        readme.write_all(text.as_bytes()).and_then(|()| readme.flush()).map_err(OsError::not_written)?;
        let rows = counts.values().sum::<u64>().saturating_add(inside);
        self.store.audit().append(Event::DataExported { rows })?;
        self.events.changed(&[Topic::Log]);
        Ok(Exported { path: self.relative(&new.finish()?), rows })
    }

    /// Deletes conversations, what was seen and pointed out, requests that were answered, and what was measured. The log stays,
    /// and so does what Canteen needs to go on.
    ///
    /// # Errors
    /// While an answer is being written or a model is being started; then nothing was deleted.
    pub async fn delete_data(&self) -> Result<DeletedData, Fault> {
        let result = self.try_delete_data().await;
        self.told(result)
    }

    async fn try_delete_data(&self) -> Result<DeletedData, AppError> {
        // Held until the rows are gone: an answer that begins meanwhile would lose the conversation that it belongs to.
        let Ok(_starting) = self.runs.starting.try_lock() else { return Err(AppError::Answering) };
        let slots = self.runs.all();
        let turns: Result<Vec<_>, _> = slots.iter().map(|slot| slot.turn.try_lock()).collect();
        let Ok(_turns) = turns else { return Err(AppError::Answering) };
        let deleted = self.blocking(|app| Ok(app.store.personal().delete()?)).await?;
        self.events.changed(&[
            Topic::Conversations,
            Topic::Sightings,
            Topic::Nudges,
            Topic::Requests,
            Topic::Runs,
            Topic::Models,
            Topic::Status,
            Topic::Log,
        ]);
        Ok(DeletedData {
            conversations: deleted.conversations,
            messages: deleted.messages,
            sightings: deleted.sightings,
            evidence: deleted.evidence,
            nudges: deleted.nudges,
            requests: deleted.requests,
            runs: deleted.runs,
        })
    }
}

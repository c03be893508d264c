//! Asking IT. A request is stored and stays visible until it is answered or taken back.

use canteen_audit::Event;
use canteen_store::RequestRow;
use canteen_types::{NudgeState, RequestId, RequestState};

use crate::App;
use crate::fault::AppError;
use crate::wire::{AskForApproval, Fault, Request, Topic};

const SHORTEST_REASON: usize = 10;
const LONGEST_REASON: usize = 500;

impl App {
    /// Asks for approval of something that was seen here.
    ///
    /// # Errors
    /// When the form is not filled in, or the digest is still being taken.
    pub async fn ask_for_approval(&self, request: AskForApproval) -> Result<Request, Fault> {
        let result = self.blocking(move |app| app.try_ask(request)).await;
        self.told(result)
    }

    fn try_ask(&self, form: AskForApproval) -> Result<Request, AppError> {
        let reason = form.reason.trim().to_owned();
        if !(SHORTEST_REASON..=LONGEST_REASON).contains(&reason.chars().count()) {
            return Err(AppError::Form("Say in 10 to 500 characters what you need it for."));
        }
        if !(1..=365).contains(&form.days) {
            return Err(AppError::Form("Ask for 1 to 365 days."));
        }
        let unknown = || AppError::Unknown { kind: "sighting", id: form.sighting.to_string() };
        let sighting = self.store.sightings().get(form.sighting)?.ok_or_else(unknown)?;
        let digest = sighting.digest.ok_or(AppError::Form("This file is still being read. Try again in a moment."))?;
        if let Some(open) = self.store.requests().open_for(digest)? {
            return Ok(shown(open));
        }
        let now = self.now();
        let row = RequestRow {
            id: RequestId::new(now, canteen_os::entropy()?),
            sighting: Some(form.sighting),
            digest,
            name: sighting.name,
            reason,
            days: form.days,
            state: RequestState::Sent,
            asked: now,
            updated: now,
        };
        self.store
            .requests()
            .put(&row, Event::RequestSent { request: row.id, digest, name: row.name.clone(), days: row.days })?;
        for nudge in self.store.nudges().of_digest(digest)? {
            if nudge.state == NudgeState::Shown {
                self.settle_nudge(nudge, NudgeState::Asked)?;
            }
        }
        self.events.changed(&[Topic::Requests, Topic::Sightings, Topic::Nudges, Topic::Status, Topic::Log]);
        Ok(shown(row))
    }

    /// Newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_requests(&self) -> Result<Vec<Request>, Fault> {
        let result = self.blocking(|app| Ok(app.store.requests().all()?.into_iter().map(shown).collect())).await;
        self.told(result)
    }

    /// Takes a request back.
    ///
    /// # Errors
    /// When there is none, or it was answered already.
    pub async fn withdraw_request(&self, id: RequestId) -> Result<(), Fault> {
        let result = self
            .blocking(move |app| {
                let unknown = || AppError::Unknown { kind: "open request", id: id.to_string() };
                let mut row = app.store.requests().get(id)?.ok_or_else(unknown)?;
                if !matches!(row.state, RequestState::Sent | RequestState::Seen | RequestState::Draft) {
                    return Err(unknown());
                }
                row.state = RequestState::Withdrawn;
                row.updated = app.now();
                app.store.requests().put(&row, Event::RequestWithdrawn { request: id })?;
                app.events.changed(&[Topic::Requests, Topic::Sightings, Topic::Log]);
                Ok(())
            })
            .await;
        self.told(result)
    }
}

fn shown(row: RequestRow) -> Request {
    Request {
        id: row.id,
        name: row.name,
        digest: row.digest,
        reason: row.reason,
        days: row.days,
        state: row.state.word().to_owned(),
        answer: row.state.why().map(str::to_owned),
        until: row.state.until(),
        asked: row.asked,
    }
}

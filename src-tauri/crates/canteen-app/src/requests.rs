//! Asking IT. A request is stored and stays visible until it is answered or taken back.

use canteen_audit::Event;
use canteen_store::RequestRow;
use canteen_types::{Digest, NudgeState, RequestId, RequestState, SightingId, Timestamp};

use crate::App;
use crate::fault::AppError;
use crate::wire::{AskAbout, AskForApproval, Fault, Request, Topic};

const REASON: std::ops::RangeInclusive<usize> = 10..=500;
const DAYS: std::ops::RangeInclusive<u32> = 1..=365;
const NAME: std::ops::RangeInclusive<usize> = 2..=120;
const LONGEST_DETAILS: usize = 300;

/// Which model is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Subject {
    sighting: Option<SightingId>,
    digest: Option<Digest>,
    name: String,
    details: Option<String>,
}

/// What the person wrote about it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wish {
    reason: String,
    days: u32,
}

impl App {
    /// Asks for approval: of something that was seen here, of a file that was checked, or of a model by its name.
    ///
    /// # Errors
    /// When the form is not filled in, or the digest is still being taken.
    pub async fn ask_for_approval(&self, request: AskForApproval) -> Result<Request, Fault> {
        let result = self.blocking(move |app| app.try_ask(request)).await;
        self.told(result)
    }

    fn try_ask(&self, form: AskForApproval) -> Result<Request, AppError> {
        let wish = wish(&form.reason, form.days)?;
        let by_file = matches!(form.about, AskAbout::File { .. });
        let subject = match form.about {
            AskAbout::Sighting { id } => self.seen(id)?,
            AskAbout::Name { name, details } => named(&name, details.as_deref())?,
            AskAbout::File { digest } => {
                let unchecked = AppError::Form("This file was not read. Name it again, and wait until it is through.");
                let name = self.checking.name_of(digest).ok_or(unchecked)?;
                Subject { sighting: None, digest: Some(digest), name, details: None }
            }
        };
        let request = self.send_request(subject, wish)?;
        if by_file {
            self.cancel_check();
        }
        Ok(request)
    }

    fn seen(&self, id: SightingId) -> Result<Subject, AppError> {
        let unknown = || AppError::Unknown { kind: "sighting", id: id.to_string() };
        let row = self.store.sightings().get(id)?.ok_or_else(unknown)?;
        let digest = row.digest.ok_or(AppError::Form("This file is still being read. Try again in a moment."))?;
        Ok(Subject { sighting: Some(id), digest: Some(digest), name: row.name, details: None })
    }

    /// Asks once: what waits for IT already is given back.
    fn send_request(&self, subject: Subject, wish: Wish) -> Result<Request, AppError> {
        let now = self.now();
        let open = match subject.digest {
            Some(digest) => self.store.requests().open_for(digest)?,
            None => self.store.requests().all()?.into_iter().find(|row| is_open(&row.state) && same_name(row, &subject)),
        };
        if let Some(open) = open {
            return Ok(shown(open, now));
        }
        let row = RequestRow {
            id: RequestId::new(now, canteen_os::entropy()?),
            sighting: subject.sighting,
            digest: subject.digest,
            name: subject.name,
            details: subject.details,
            reason: wish.reason,
            days: wish.days,
            state: RequestState::Sent,
            asked: now,
            seen: None,
            updated: now,
        };
        let (request, digest, name, days) = (row.id, row.digest, row.name.clone(), row.days);
        self.store.requests().put(&row, Event::RequestSent { request, digest, name, days })?;
        if let Some(digest) = digest {
            for nudge in self.store.nudges().of_digest(digest)? {
                if nudge.state == NudgeState::Shown {
                    self.settle_nudge(nudge, NudgeState::Asked)?;
                }
            }
        }
        self.events.changed(&[Topic::Requests, Topic::Sightings, Topic::Nudges, Topic::Status, Topic::Log]);
        Ok(shown(row, now))
    }

    /// Newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_requests(&self) -> Result<Vec<Request>, Fault> {
        let result = self
            .blocking(|app| {
                let now = app.now();
                Ok(app.store.requests().all()?.into_iter().map(|row| shown(row, now)).collect())
            })
            .await;
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
                if !is_open(&row.state) && row.state != RequestState::Draft {
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

    /// Asks for the same once more: a request that was taken back, declined or has run out becomes a new one. The old one stays as
    /// it was.
    ///
    /// # Errors
    /// When there is none, or it is still open or granted.
    pub async fn ask_again(&self, id: RequestId) -> Result<Request, Fault> {
        let result = self
            .blocking(move |app| {
                let unknown = || AppError::Unknown { kind: "closed request", id: id.to_string() };
                let row = app.store.requests().get(id)?.ok_or_else(unknown)?;
                if !matches!(
                    now_state(row.state.clone(), app.now()),
                    RequestState::Withdrawn | RequestState::Declined { .. } | RequestState::Expired
                ) {
                    return Err(unknown());
                }
                let subject = Subject { sighting: row.sighting, digest: row.digest, name: row.name, details: row.details };
                app.send_request(subject, Wish { reason: row.reason, days: row.days })
            })
            .await;
        self.told(result)
    }
}

fn wish(reason: &str, days: u32) -> Result<Wish, AppError> {
    let reason = reason.trim().to_owned();
    if !REASON.contains(&reason.chars().count()) {
        return Err(AppError::Form("Say in 10 to 500 characters what you need it for."));
    }
    if !DAYS.contains(&days) {
        return Err(AppError::Form("Ask for 1 to 365 days."));
    }
    Ok(Wish { reason, days })
}

fn named(name: &str, details: Option<&str>) -> Result<Subject, AppError> {
    let name = on_one_line(name);
    if !NAME.contains(&name.chars().count()) {
        return Err(AppError::Form("Name the model in 2 to 120 characters."));
    }
    let details = on_one_line(details.unwrap_or_default());
    if details.chars().count() > LONGEST_DETAILS {
        return Err(AppError::Form("Say in at most 300 characters which model you mean."));
    }
    let details = Some(details).filter(|details| !details.is_empty());
    Ok(Subject { sighting: None, digest: None, name, details })
}

/// IT reads it in a table: line ends and control characters become spaces.
fn on_one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

const fn is_open(state: &RequestState) -> bool {
    matches!(state, RequestState::Sent | RequestState::Seen)
}

fn same_name(row: &RequestRow, subject: &Subject) -> bool {
    row.digest.is_none() && row.name.to_lowercase() == subject.name.to_lowercase() && row.details == subject.details
}

/// A grant ends by itself: nobody has to write that down.
fn now_state(state: RequestState, now: Timestamp) -> RequestState {
    match state {
        RequestState::Granted { until } if until <= now => RequestState::Expired,
        RequestState::Granted { .. }
        | RequestState::Draft
        | RequestState::Sent
        | RequestState::Seen
        | RequestState::Declined { .. }
        | RequestState::Withdrawn
        | RequestState::Expired => state,
    }
}

fn shown(row: RequestRow, now: Timestamp) -> Request {
    let until = row.state.until();
    let answer = row.state.why().map(str::to_owned);
    Request {
        id: row.id,
        name: row.name,
        digest: row.digest,
        details: row.details,
        reason: row.reason,
        days: row.days,
        state: now_state(row.state, now).word().to_owned(),
        answer,
        until,
        asked: row.asked,
        seen: row.seen,
        updated: row.updated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(result: Result<Subject, AppError>) -> String {
        result.map_or_else(|error| error.to_string(), |subject| format!("{} | {:?}", subject.name, subject.details))
    }

    #[test]
    fn a_name_is_one_line_of_a_sensible_length() {
        assert_eq!(said(named(" Phi\n 5 ", None)), "Phi 5 | None");
        assert_eq!(said(named("Phi 5", Some("Microsoft\u{7} https://x"))), "Phi 5 | Some(\"Microsoft https://x\")");
        assert_eq!(said(named("Phi 5", Some(" \n "))), "Phi 5 | None");
        for bad in ["", " ", "x", &"x".repeat(121)] {
            assert_eq!(said(named(bad, None)), "Name the model in 2 to 120 characters.", "{bad}");
        }
        assert_eq!(said(named("Phi", Some(&"x".repeat(301)))), "Say in at most 300 characters which model you mean.");
    }

    #[test]
    fn a_wish_says_what_for_and_how_long() {
        assert!(wish("for the report", 365).is_ok());
        for (reason, days) in [("short    ", 7), (&*"x".repeat(501), 7), ("for the report", 0), ("for the report", 366)] {
            assert!(wish(reason, days).is_err(), "{reason} {days}");
        }
    }

    #[test]
    fn a_grant_runs_out_by_itself_and_an_answer_does_not() {
        let until = Timestamp::from_millis(10);
        let state = |at| now_state(RequestState::Granted { until }, Timestamp::from_millis(at)).word();
        assert_eq!((state(9), state(10)), ("granted", "expired"));
        assert_eq!(now_state(RequestState::Sent, until), RequestState::Sent);
    }
}

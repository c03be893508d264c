//! Notifications: their texts, in the person's language, and the results of what was pressed in the tray.

use std::sync::atomic::Ordering;

use canteen_os::{Note, Urgency};
use canteen_policy::{Form, Say};
use canteen_store::SightingRow;
use canteen_types::{ByteSize, Deadline, EntryId, NudgeId, NudgeReason};

use crate::App;
use crate::text::{Headline, NoteTexts, name};
use crate::wire::{Alternative, AppEvent, Screen};

/// A result in the tray takes the place of the one before.
const RESULT: &str = "result";

impl App {
    /// The notification of a nudge: what was seen, what to use instead, and three answers.
    pub(crate) fn nudge_note(&self, id: NudgeId, sighting: &SightingRow, alternative: Option<&Alternative>, how: How) -> Note {
        let texts = &self.tongue().texts().note;
        let size = alternative.and_then(|alternative| self.shelf.entry(&alternative.id)).map(|entry| entry.artifact.size);
        let mut actions = Vec::new();
        if let Some(alternative) = alternative {
            actions.push(("use".to_owned(), (texts.use_it)(&name(&alternative.name))));
        }
        actions.push(("ask".to_owned(), texts.ask.to_owned()));
        actions.push(("snooze".to_owned(), texts.tomorrow.to_owned()));
        Note {
            key: id.to_string(),
            title: self.headline(sighting, how.say.reason),
            body: self.with_deadline(body(texts, sighting, alternative, size), how.say.deadline),
            actions,
            without_buttons: texts.answer_elsewhere.to_owned(),
            urgency: match how.form {
                Form::Calm => Urgency::Normal,
                Form::Critical => Urgency::Critical,
            },
        }
    }

    /// What it is, in the person's language: of notification and tray.
    pub(crate) fn headline(&self, sighting: &SightingRow, reason: NudgeReason) -> String {
        let of = self.kin_name(sighting).map(|of| name(&of));
        let about = Headline { reason, name: &name(&sighting.name), of: of.as_deref() };
        (self.tongue().texts().note.headline)(&about)
    }

    fn with_deadline(&self, body: String, deadline: Option<Deadline>) -> String {
        let Some(deadline) = deadline else { return body };
        let texts = self.tongue().texts();
        let when = canteen_os::local_time(deadline.at, self.now())
            .map_or_else(|| deadline.at.to_string(), |local| (texts.tray.moment)(&local));
        format!("{body} {}", (texts.note.deadline)(&when, deadline.then))
    }

    /// Tells what came of the check that was asked for in the tray.
    pub async fn tell_checked(&self, version: Option<u64>, news: bool) {
        let texts = &self.tongue().texts().note;
        let title = if news { texts.new_catalogue } else { texts.up_to_date };
        self.tell(title.to_owned(), version.map(texts.version).unwrap_or_default(), Screen::Catalogue).await;
    }

    /// Tells that the check that was asked for in the tray failed; the window says why.
    pub async fn tell_check_failed(&self) {
        let texts = &self.tongue().texts().note;
        self.tell(texts.check_failed.to_owned(), texts.open_for_reason.to_owned(), Screen::Settings).await;
    }

    /// Tells that a start that was asked for in the tray failed; the model's page says why.
    pub async fn tell_not_started(&self, id: EntryId) {
        let texts = &self.tongue().texts().note;
        let title = (texts.not_started)(&name(&self.model_name(&id)));
        self.tell(title, texts.open_for_reason.to_owned(), Screen::Model { id }).await;
    }

    /// A click on it opens `target`. Where nothing shows notifications, the tray and the window say it all the same.
    async fn tell(&self, title: String, body: String, target: Screen) {
        let app = self.handle();
        let shown = self
            .blocking(move |this| {
                let note = Note {
                    key: RESULT.to_owned(),
                    title,
                    body,
                    actions: vec![("default".to_owned(), this.tongue().texts().tray.open_catalogue.to_owned())],
                    without_buttons: String::new(),
                    urgency: Urgency::Low,
                };
                let shown = this.notifier.show(note, move |outcome| {
                    if let canteen_os::Outcome::Opened | canteen_os::Outcome::Action(_) = outcome {
                        app.events.send(AppEvent::Show { target: Some(target) });
                    }
                });
                this.has_daemon.store(shown.is_ok(), Ordering::Relaxed);
                Ok(shown.map(drop)?)
            })
            .await;
        if let Err(error) = shown {
            tracing::info!(%error, "a result was not shown as a notification");
        }
    }
}

/// What is said, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    pub(crate) say: Say,
    pub(crate) form: Form,
}

fn body(texts: &NoteTexts, sighting: &SightingRow, alternative: Option<&Alternative>, size: Option<ByteSize>) -> String {
    let seen = match &sighting.holder {
        Some(holder) => (texts.running_it)(&name(holder)),
        None => (texts.found_in)(&name(&sighting.found_in)),
    };
    let instead = match (alternative, size) {
        (Some(alternative), Some(size)) if !alternative.installed => (texts.alternative_to_fetch)(&name(&alternative.name), size),
        (Some(alternative), _) => (texts.alternative_ready)(&name(&alternative.name)),
        (None, _) => texts.ask_instead.to_owned(),
    };
    format!("{seen} {instead}")
}

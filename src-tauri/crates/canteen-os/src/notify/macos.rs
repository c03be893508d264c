//! The Notification Centre, through `notify-rust`. Its answers come while the main thread runs an event loop, as the tray app
//! does; a headless host hears none. The library sends the note when it begins to wait, so a failure to show it is an outcome.

use notify_rust::{CloseReason, Notification, NotificationResponse};

use super::note::{Daemon, Outcome};
use super::notifier::{Errand, Order, Orders, Shown};
use crate::OsError;

pub(super) const fn can_close() -> Result<(), OsError> {
    Err(OsError::Unsupported {
        what: "take a notification off the screen",
        because: "the notification library has no call for it",
    })
}

/// macOS itself shows notes; whether the person switched them off is not told.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all systems")]
pub(super) fn daemon() -> Result<Daemon, OsError> {
    Ok(Daemon { name: "macOS".into(), actions: true, body_markup: false, persistence: true })
}

/// The library has no numbers that another process could use.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all systems")]
pub(super) const fn service() -> Result<Option<String>, OsError> {
    Ok(None)
}

/// What an earlier host showed is out of reach, so none is remembered.
pub(super) fn take_up(_number: u32, _orders: Orders) -> Option<Outcome> {
    None
}

/// Shows the note and waits for its end. `None` when it was never shown.
pub(super) fn run(errand: Errand) -> Option<Outcome> {
    let Errand { app_name, note, shown, mut orders, .. } = errand;
    let centre = daemon().and_then(|daemon| {
        let prepared = note.prepared_for(&daemon);
        let mut notification = Notification::new();
        notification.appname(&app_name).summary(&prepared.title).body(&prepared.body);
        for (id, label) in &prepared.actions {
            notification.action(id, label);
        }
        let handle = notification.show().map_err(|error| OsError::NoNotificationDaemon { because: error.to_string() })?;
        Ok((handle, prepared.actions))
    });
    match centre {
        Ok((handle, actions)) => {
            let mut end = Outcome::Lost;
            if shown.send(Ok(Shown { number: None, service: None, buttons: true })).is_err() {
                return None;
            }
            if let Err(error) = handle.wait_for_response(|response: &NotificationResponse| end = outcome(response, &actions)) {
                tracing::warn!(%error, "a notification was not shown");
            }
            // A later note of the same key speaks for this one.
            Some(if orders.try_recv() == Ok(Order::Forget) { Outcome::Replaced } else { end })
        }
        Err(fault) => {
            if shown.send(Err(fault)).is_err() {
                tracing::debug!("nobody waits for the notification any more");
            }
            None
        }
    }
}

/// macOS gives back the label of a button, not its id.
fn outcome(response: &NotificationResponse, actions: &[(String, String)]) -> Outcome {
    match response {
        NotificationResponse::Default => Outcome::Opened,
        NotificationResponse::Action(pressed) => {
            let id = actions.iter().find(|(id, label)| label == pressed || id == pressed).map(|(id, _)| id);
            Outcome::Action(id.unwrap_or(pressed).clone())
        }
        NotificationResponse::Closed(CloseReason::Expired) => Outcome::Expired,
        NotificationResponse::Closed(CloseReason::Dismissed) => Outcome::Dismissed,
        NotificationResponse::Reply(_) | NotificationResponse::Closed(CloseReason::CloseAction | CloseReason::Other(_)) => {
            Outcome::Closed
        }
    }
}

//! Toasts, through `notify-rust`. The installer registers the app id; without it the toast is shown under another name.

use notify_rust::{CloseReason, Notification, NotificationResponse};

use super::note::{Daemon, Outcome, Urgency};
use super::notifier::{Errand, Order, Orders, Shown};
use crate::OsError;

pub(super) const fn can_close() -> Result<(), OsError> {
    Err(OsError::Unsupported { what: "take a notification off the screen", because: "the toast library has no call for it" })
}

/// Windows itself shows toasts; whether the person switched them off is not told.
#[expect(clippy::unnecessary_wraps, reason = "one signature for all systems")]
pub(super) fn daemon() -> Result<Daemon, OsError> {
    Ok(Daemon { name: "Windows".into(), actions: true, body_markup: false, persistence: true })
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
    let toast = daemon().and_then(|daemon| {
        let prepared = note.prepared_for(&daemon);
        let mut notification = Notification::new();
        notification.appname(&app_name).summary(&prepared.title).body(&prepared.body);
        notification.urgency(match note.urgency {
            Urgency::Low => notify_rust::Urgency::Low,
            Urgency::Normal => notify_rust::Urgency::Normal,
            Urgency::Critical => notify_rust::Urgency::Critical,
        });
        for (id, label) in &prepared.actions {
            notification.action(id, label);
        }
        notification.show().map_err(|error| OsError::NoNotificationDaemon { because: error.to_string() })
    });
    match toast {
        Ok(handle) => {
            let mut end = Outcome::Lost;
            if shown.send(Ok(Shown { number: None, service: None, buttons: true })).is_err() {
                return None;
            }
            if let Err(error) = handle.wait_for_response(|response: &NotificationResponse| end = outcome(response)) {
                tracing::warn!(%error, "a notification went without an answer");
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

fn outcome(response: &NotificationResponse) -> Outcome {
    match response {
        NotificationResponse::Default => Outcome::Opened,
        NotificationResponse::Action(id) => Outcome::Action(id.clone()),
        NotificationResponse::Closed(CloseReason::Expired) => Outcome::Expired,
        NotificationResponse::Closed(CloseReason::Dismissed) => Outcome::Dismissed,
        NotificationResponse::Reply(_) | NotificationResponse::Closed(CloseReason::CloseAction | CloseReason::Other(_)) => {
            Outcome::Closed
        }
    }
}

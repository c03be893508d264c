//! The Desktop Notifications Specification 1.3, through `notify-rust`, on the session bus.
//!
//! Answers are heard twice. Some desktops send them only to the connection that showed the note, which `notify-rust` keeps; but
//! it subscribes anew after each signal, so of several within one instant (“Clear all”) it hears the first. Other desktops send
//! them to everybody: a second connection, whose subscription stays, misses none of those.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::StreamExt as _;
use futures_util::stream::{SelectAll, select_all};
use notify_rust::{CloseReason, Notification, NotificationHandle, NotificationResponse};
use zbus::message::Type;
use zbus::{MatchRule, MessageStream};

use super::note::{Daemon, Note, Outcome, Urgency};
use super::notifier::{Errand, Order, Orders, Shown};
use crate::OsError;

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const BUS: &str = "org.freedesktop.DBus";
const BUS_PATH: &str = "/org/freedesktop/DBus";
/// Signals that may wait for us; the connection reads no further while so many do.
const QUEUE: usize = 64;

#[expect(clippy::unnecessary_wraps, reason = "one signature for all systems")]
pub(super) const fn can_close() -> Result<(), OsError> {
    Ok(())
}

/// Asks the service for its name and what it can.
pub(super) fn daemon() -> Result<Daemon, OsError> {
    let can = notify_rust::get_capabilities().map_err(none)?;
    let name = notify_rust::get_server_information().map_err(none)?.name;
    let has = |what: &str| can.iter().any(|one| one == what);
    Ok(Daemon {
        name: name.chars().filter(|c| !c.is_control()).take(80).collect(),
        actions: has("actions"),
        body_markup: has("body-markup"),
        persistence: has("persistence"),
    })
}

/// Shows the note and waits for its end. `None` when it was never shown.
pub(super) fn run(errand: Errand) -> Option<Outcome> {
    let Errand { app_name, note, replaces, orders, shown } = errand;
    let ready = || -> Result<_, OsError> {
        let runtime = runtime()?;
        // Before the note is there, so that no answer can come too early.
        let signals = runtime.block_on(subscribe()).map_err(none)?;
        let (handle, buttons) = show(&app_name, &note, replaces)?;
        Ok((runtime, signals, handle, buttons))
    };
    match ready() {
        Ok((runtime, signals, handle, buttons)) => {
            let service = Some(signals.service.clone());
            if shown.send(Ok(Shown { number: Some(handle.id()), service, buttons })).is_err() {
                // The caller gave up and shows it elsewhere.
                handle.close();
                return None;
            }
            // `notify-rust` panics when the bus goes away at the wrong moment.
            let end = catch_unwind(AssertUnwindSafe(|| runtime.block_on(listen(&handle, signals, orders))));
            Some(end.unwrap_or(Outcome::Lost))
        }
        Err(fault) => {
            if shown.send(Err(fault)).is_err() {
                tracing::debug!("nobody waits for the notification any more");
            }
            None
        }
    }
}

/// Which service shows notes here; its numbers mean nothing to another one.
pub(super) fn service() -> Result<Option<String>, OsError> {
    Ok(Some(runtime()?.block_on(subscribe()).map_err(none)?.service))
}

/// Waits for the end of a note that an earlier host showed.
pub(super) fn take_up(number: u32, mut orders: Orders) -> Option<Outcome> {
    let attended = runtime().and_then(|runtime| {
        runtime.block_on(async {
            let mut signals = subscribe().await.map_err(none)?;
            tokio::select! {
                heard = heard(&mut signals, number) => Ok(heard),
                order = ordered(&mut orders) => match order {
                    Order::Forget => Ok(Outcome::Replaced),
                    Order::Close => {
                        let close = signals.connection.call_method(Some(SERVICE), PATH, Some(SERVICE), "CloseNotification", &number);
                        close.await.map_err(none)?;
                        Ok(Outcome::Closed)
                    }
                },
            }
        })
    });
    Some(attended.unwrap_or_else(|error| {
        tracing::info!(%error, "a notification of an earlier host was lost sight of");
        Outcome::Lost
    }))
}

fn runtime() -> Result<tokio::runtime::Runtime, OsError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| OsError::NoNotificationDaemon { because: error.to_string() })
}

/// What the service tells everybody, and whether it is still the same one.
struct Signals {
    connection: zbus::Connection,
    stream: SelectAll<MessageStream>,
    /// The bus, and the service's own name on it.
    service: String,
}

async fn subscribe() -> zbus::Result<Signals> {
    let connection = zbus::Connection::session().await?;
    let signal = || MatchRule::builder().msg_type(Type::Signal);
    let rules = [
        signal().sender(SERVICE).interface(SERVICE).build()?,
        signal().sender(BUS).interface(BUS).member("NameOwnerChanged").arg(0, SERVICE).build()?,
    ];
    let mut streams = Vec::new();
    for rule in rules {
        streams.push(MessageStream::for_match_rule(rule, &connection, NonZeroUsize::new(QUEUE)).await?);
    }
    let bus = connection.call_method(Some(BUS), BUS_PATH, Some(BUS), "GetId", &()).await?;
    let owner = connection.call_method(Some(BUS), BUS_PATH, Some(BUS), "GetNameOwner", &SERVICE).await?;
    let service = format!("{} {}", bus.body().deserialize::<String>()?, owner.body().deserialize::<String>()?);
    Ok(Signals { connection, stream: select_all(streams), service })
}

fn show(app_name: &str, note: &Note, replaces: Option<u32>) -> Result<(NotificationHandle, bool), OsError> {
    let daemon = daemon()?;
    let prepared = note.prepared_for(&daemon);
    let mut notification = Notification::new();
    notification.appname(app_name).summary(&prepared.title).body(&prepared.body).icon("canteen");
    notification.urgency(match note.urgency {
        Urgency::Low => notify_rust::Urgency::Low,
        Urgency::Normal => notify_rust::Urgency::Normal,
        Urgency::Critical => notify_rust::Urgency::Critical,
    });
    for (id, label) in &prepared.actions {
        notification.action(id, label);
    }
    if let Some(number) = replaces {
        notification.id(number);
    }
    Ok((notification.show().map_err(none)?, daemon.actions))
}

async fn listen(handle: &NotificationHandle, mut signals: Signals, mut orders: Orders) -> Outcome {
    let mut end = Outcome::Lost;
    let answer = handle.wait_for_action_async(|response| end = outcome(response));
    let order = tokio::select! {
        () = answer => return end,
        heard = heard(&mut signals, handle.id()) => return heard,
        order = ordered(&mut orders) => order,
    };
    match order {
        Order::Forget => Outcome::Replaced,
        Order::Close => {
            handle.close_async().await;
            Outcome::Closed
        }
    }
}

/// What became of the note with this number. Another service would give the number to another note.
async fn heard(signals: &mut Signals, number: u32) -> Outcome {
    while let Some(Ok(message)) = signals.stream.next().await {
        let header = message.header();
        let member = header.member().map(|member| member.as_str());
        let body = message.body();
        match member {
            Some("ActionInvoked") => match body.deserialize::<(u32, String)>() {
                Ok((id, action)) if id == number && action == "default" => return Outcome::Opened,
                Ok((id, action)) if id == number => return Outcome::Action(action),
                Ok(_) | Err(_) => {}
            },
            Some("NotificationClosed") => match body.deserialize::<(u32, u32)>() {
                Ok((id, reason)) if id == number => return outcome(&NotificationResponse::Closed(reason.into())),
                Ok(_) | Err(_) => {}
            },
            Some("NameOwnerChanged") => return Outcome::Lost,
            Some(_) | None => {}
        }
    }
    Outcome::Lost
}

/// The next order. When everybody who could give one is gone, the note stays and is waited for.
async fn ordered(orders: &mut Orders) -> Order {
    match orders.recv().await {
        Some(order) => order,
        None => std::future::pending().await,
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

/// Bounded: the text may come from another program on the bus.
fn none(error: impl std::fmt::Display) -> OsError {
    OsError::NoNotificationDaemon { because: error.to_string().chars().filter(|c| !c.is_control()).take(200).collect() }
}

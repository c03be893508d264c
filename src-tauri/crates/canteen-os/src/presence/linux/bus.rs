//! *Do Not Disturb*, asked of the notification service that shows our notes, by the means of its desktop.

use std::num::NonZeroUsize;

use futures_util::StreamExt as _;
use futures_util::stream::select_all;
use zbus::message::Type;
use zbus::{Connection, MatchRule, Message, MessageStream, OwnedVariant, Variant};

use super::{ANSWER, program};

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const DUNST: &str = "org.dunstproject.cmd0";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const XFCONF: &str = "org.xfce.Xfconf";
const XFCONF_PATH: &str = "/org/xfce/Xfconf";
const XFCE_CHANNEL: &str = "xfce4-notifyd";
const XFCE_KEY: &str = "/do-not-disturb";
const DCONF: &str = "ca.desrt.dconf.Writer";
const BUS: &str = "org.freedesktop.DBus";
const BUS_PATH: &str = "/org/freedesktop/DBus";
/// Signals that may wait for us.
const QUEUE: usize = 16;

/// A desktop that keeps it in its settings (`gsettings`), by the name of its notification service.
struct Kept {
    service: &'static str,
    schema: &'static str,
    key: &'static str,
    /// The value that means *Do Not Disturb*.
    means: &'static str,
}

const KEPT: [Kept; 3] = [
    Kept { service: "gnome-shell", schema: "org.gnome.desktop.notifications", key: "show-banners", means: "false" },
    Kept { service: "cinnamon", schema: "org.cinnamon.desktop.notifications", key: "display-notifications", means: "false" },
    Kept { service: "Notification Daemon", schema: "org.mate.NotificationDaemon", key: "do-not-disturb", means: "true" },
];

/// `None` where no service runs, or it does not say.
pub(super) async fn do_not_disturb() -> Option<bool> {
    tokio::time::timeout(ANSWER, ask()).await.ok()?.inspect_err(|error| tracing::debug!(%error, "nobody says")).ok().flatten()
}

async fn ask() -> zbus::Result<Option<bool>> {
    let bus = Connection::session().await?;
    // A call would start a service that does not run.
    if !has_owner(&bus, SERVICE).await? {
        return Ok(None);
    }
    let about = bus.call_method(Some(SERVICE), PATH, Some(SERVICE), "GetServerInformation", &()).await?;
    let (name, ..): (String, String, String, String) = about.body().deserialize()?;
    if let Some(kept) = KEPT.iter().find(|kept| kept.service == name) {
        let said = program::ask("gsettings", &["get", kept.schema, kept.key], 64).await;
        return Ok(said.and_then(|said| String::from_utf8(said).ok()).map(|said| said.trim() == kept.means));
    }
    if name.starts_with("Xfce") && has_owner(&bus, XFCONF).await? {
        let set = bus.call_method(Some(XFCONF), XFCONF_PATH, Some(XFCONF), "GetProperty", &(XFCE_CHANNEL, XFCE_KEY)).await;
        // Never set, it is off.
        return Ok(Some(set.ok().and_then(|set| truth(&set)).unwrap_or(false)));
    }
    // KDE's own; and dunst's.
    for (interface, name) in [(SERVICE, "Inhibited"), (DUNST, "paused")] {
        let said = bus.call_method(Some(SERVICE), PATH, Some(PROPERTIES), "Get", &(interface, name)).await;
        if let Some(said) = said.ok().and_then(|said| truth(&said)) {
            return Ok(Some(said));
        }
    }
    Ok(None)
}

async fn has_owner(bus: &Connection, name: &str) -> zbus::Result<bool> {
    let owned = bus.call_method(Some(BUS), BUS_PATH, Some(BUS), "NameHasOwner", &name).await?;
    owned.body().deserialize()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "any other type is as good as no answer")]
fn truth(said: &Message) -> Option<bool> {
    match Variant::from(said.body().deserialize::<OwnedVariant>().ok()?) {
        Variant::Bool(truth) => Some(truth),
        _ => None,
    }
}

/// Tells once it listens, and then at each sign of a change. Ends when the bus does.
pub(crate) async fn follow(tell: &(impl Fn() + Send + Sync)) -> zbus::Result<()> {
    let bus = Connection::session().await?;
    let signal = |interface, member| MatchRule::builder().msg_type(Type::Signal).interface(interface).member(member);
    let rules = [
        signal(PROPERTIES, "PropertiesChanged").path(PATH).build()?,
        signal(XFCONF, "PropertyChanged").arg(0, XFCE_CHANNEL).build()?,
        signal(DCONF, "Notify").build()?,
        // Another service has its own.
        signal(BUS, "NameOwnerChanged").sender(BUS).arg(0, SERVICE).build()?,
    ];
    let mut streams = Vec::new();
    for rule in rules {
        streams.push(MessageStream::for_match_rule(rule, &bus, NonZeroUsize::new(QUEUE)).await?);
    }
    let mut signs = select_all(streams);
    tell();
    while let Some(sign) = signs.next().await {
        if is_about_notes(&sign?) {
            tell();
        }
    }
    Ok(())
}

/// dconf tells of every setting of the person's.
fn is_about_notes(sign: &Message) -> bool {
    if sign.header().interface().is_none_or(|interface| interface.as_str() != DCONF) {
        return true;
    }
    let said: Result<(String, Vec<String>, String), _> = sign.body().deserialize();
    said.is_ok_and(|(at, below, _)| at.contains("notification") || below.iter().any(|one| one.contains("notification")))
}

/// Tells at each end of a suspend, by systemd-logind or elogind. Ends when the bus does.
pub(crate) async fn follow_wake(tell: &(impl Fn() + Send + Sync)) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let rule = MatchRule::builder().msg_type(Type::Signal).sender("org.freedesktop.login1");
    let rule = rule.interface("org.freedesktop.login1.Manager").member("PrepareForSleep").build()?;
    let mut signs = MessageStream::for_match_rule(rule, &bus, NonZeroUsize::new(QUEUE)).await?;
    while let Some(sign) = signs.next().await {
        // `true` comes before the suspend.
        if sign?.body().deserialize::<bool>().is_ok_and(|sleeps| !sleeps) {
            tell();
        }
    }
    Ok(())
}

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use zbus::{Connection, Proxy};
use zbus::{OwnedVariant, Variant};

use crate::{Home, eventually};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What the notification daemon was told, and its buttons.
#[derive(Debug)]
pub struct Notes {
    connection: Connection,
}

/// One notification as the daemon got it (Desktop Notifications Specification, `Notify`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Id that the daemon gave, counted from 1.
    pub id: u32,
    /// Headline.
    pub title: String,
    /// Text below it.
    pub body: String,
    /// Buttons: key and label, in their order.
    pub buttons: Vec<(String, String)>,
    /// 0 low, 1 normal, 2 critical.
    pub urgency: u8,
}

impl Note {
    /// The key of the button with this label.
    ///
    /// # Errors
    /// When there is none, with those that there are.
    pub fn key(&self, label: &str) -> Result<&str> {
        let found = self.buttons.iter().find(|(_, text)| text == label);
        found.map(|(key, _)| key.as_str()).with_context(|| format!("no button “{label}” among {:?}", self.buttons))
    }
}

impl Notes {
    /// Listens to the notification daemon of `home`.
    ///
    /// # Errors
    /// When it has none.
    pub async fn of(home: &Home) -> Result<Self> {
        if !home.parts().notifications {
            bail!("this home has no notification daemon");
        }
        Ok(Self { connection: home.bus()?.connect().await? })
    }

    async fn mock(&self) -> Result<Proxy<'_>> {
        Ok(Proxy::new(&self.connection, NAME, PATH, "org.freedesktop.DBus.Mock").await?)
    }

    /// The person switches *Do Not Disturb* on or off, as KDE's daemon tells it.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub async fn do_not_disturb(&self, on: bool) -> Result<()> {
        let mock = self.mock().await?;
        let properties = Proxy::new(&self.connection, NAME, PATH, "org.freedesktop.DBus.Properties").await?;
        if mock.call::<_, _, ()>("AddProperty", &(NAME, "Inhibited", Variant::from(on))).await.is_err() {
            // It has it already.
            properties.call::<_, _, ()>("Set", &(NAME, "Inhibited", Variant::from(on))).await?;
        }
        Ok(())
    }

    /// Those that nobody took away, oldest first; of one that was replaced, the last form.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub async fn on_screen(&self) -> Result<Vec<Note>> {
        let calls: Vec<(u64, String, Vec<OwnedVariant>)> = self.mock().await?.call("GetCalls", &()).await?;
        let (mut there, mut next): (Vec<Note>, u32) = (Vec::new(), 0);
        for (_, method, arguments) in calls {
            match method.as_str() {
                "Notify" => {
                    let note = note(arguments, &mut next)?;
                    there.retain(|other| other.id != note.id);
                    there.push(note);
                }
                "CloseNotification" => {
                    // The mock's own type for it differs from the specification's.
                    let id = i32::try_from(arguments.into_iter().next().context("CloseNotification has an argument")?)?;
                    let id = u32::try_from(id)?;
                    there.retain(|note| note.id != id);
                }
                _ => {}
            }
        }
        Ok(there)
    }

    /// All of them, oldest first.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub async fn all(&self) -> Result<Vec<Note>> {
        let calls: Vec<(u64, Vec<OwnedVariant>)> = self.mock().await?.call("GetMethodCalls", &("Notify",)).await?;
        let mut next = 0;
        calls.into_iter().map(|(_, arguments)| note(arguments, &mut next)).collect()
    }

    /// Waits until there is one for which `wanted` holds.
    ///
    /// # Errors
    /// When none comes.
    pub async fn wait(&self, what: &str, wanted: impl Fn(&Note) -> bool) -> Result<Note> {
        eventually(what, || async { self.all().await.map(|all| all.into_iter().rev().find(&wanted)) }).await
    }

    /// Presses the button with this label.
    ///
    /// # Errors
    /// When the note has no such button.
    pub async fn press(&self, note: &Note, label: &str) -> Result<()> {
        let arguments = vec![Variant::from(note.id), Variant::from(note.key(label)?)];
        self.emit("ActionInvoked", "us", arguments).await
    }

    /// Closes it, as the person does.
    ///
    /// # Errors
    /// When the daemon is gone.
    pub async fn close(&self, note: &Note) -> Result<()> {
        // 2: dismissed by the user.
        self.emit("NotificationClosed", "uu", vec![Variant::from(note.id), Variant::from(2u32)]).await
    }

    async fn emit(&self, signal: &str, signature: &str, arguments: Vec<Variant<'_>>) -> Result<()> {
        Ok(self.mock().await?.call("EmitSignal", &(NAME, signal, signature, arguments)).await?)
    }
}

/// `app_name, replaces_id, app_icon, summary, body, actions, hints, expire_timeout`
fn note(arguments: Vec<OwnedVariant>, next: &mut u32) -> Result<Note> {
    let mut arguments = arguments.into_iter();
    let mut take = || arguments.next().context("Notify has eight arguments");
    let (_app, replaces, _icon) = (take()?, u32::try_from(take()?)?, take()?);
    let (title, body) = (String::try_from(take()?)?, String::try_from(take()?)?);
    let actions = Vec::<String>::try_from(take()?)?;
    let mut hints = HashMap::<String, OwnedVariant>::try_from(take()?)?;
    // What does not say is as urgent as usual.
    let urgency = hints.remove("urgency").map_or(Ok(1), u8::try_from)?;
    // As the daemon counts: a replaced note keeps its id.
    let id = if replaces == 0 {
        *next += 1;
        *next
    } else {
        replaces
    };
    let buttons = actions.chunks_exact(2).filter_map(|pair| Some((pair.first()?.clone(), pair.get(1)?.clone()))).collect();
    Ok(Note { id, title, body, buttons, urgency })
}

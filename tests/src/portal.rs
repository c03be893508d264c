use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, OwnedVariant, Variant, interface};

use crate::Home;

const PATH: &str = "/org/freedesktop/portal/desktop";
const NAMESPACE: &str = "org.freedesktop.appearance";

/// A desktop that says how it looks, through the settings portal.
#[derive(Debug)]
pub struct Portal {
    connection: Connection,
    look: Arc<Mutex<Look>>,
}

#[derive(Clone, Copy, Debug)]
struct Look {
    scheme: u32,
    contrast: u32,
}

struct Settings(Arc<Mutex<Look>>);

#[interface(name = "org.freedesktop.portal.Settings")]
impl Settings {
    /// Wraps the value once more, as the real one does.
    fn read(&self, namespace: &str, key: &str) -> zbus::fdo::Result<OwnedVariant> {
        let look = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = match (namespace, key) {
            (NAMESPACE, "color-scheme") => look.scheme,
            (NAMESPACE, "contrast") => look.contrast,
            _ => return Err(zbus::fdo::Error::Failed("Requested setting not found".to_owned())),
        };
        Variant::Variant(Box::new(Variant::U32(value)))
            .try_to_owned()
            .map_err(|error| zbus::fdo::Error::Failed(error.to_string()))
    }

    #[zbus(signal)]
    async fn setting_changed(emitter: &SignalEmitter<'_>, namespace: &str, key: &str, value: Variant<'_>) -> zbus::Result<()>;
}

impl Portal {
    /// A dark desktop on the bus of `home`.
    ///
    /// # Errors
    /// When the home has no bus.
    pub async fn dark(home: &Home) -> Result<Self> {
        let look = Arc::new(Mutex::new(Look { scheme: 1, contrast: 0 }));
        let connection = zbus::connection::Builder::address(home.bus()?.address())
            .serve_at(PATH, Settings(Arc::clone(&look)))
            .name("org.freedesktop.portal.Desktop")
            .build()
            .await?;
        Ok(Self { connection, look })
    }

    /// The person makes the desktop light.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn turn_light(&self) -> Result<()> {
        self.look.lock().unwrap_or_else(PoisonError::into_inner).scheme = 2;
        self.tell("color-scheme", 2).await
    }

    /// The person asks for more contrast.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn raise_contrast(&self) -> Result<()> {
        self.look.lock().unwrap_or_else(PoisonError::into_inner).contrast = 1;
        self.tell("contrast", 1).await
    }

    async fn tell(&self, key: &str, value: u32) -> Result<()> {
        let settings = self.connection.object_server().interface::<_, Settings>(PATH).await?;
        Ok(Settings::setting_changed(settings.signal_emitter(), NAMESPACE, key, Variant::U32(value)).await?)
    }
}

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, Proxy, interface};
use zbus::{OwnedObjectPath, OwnedVariant, Variant};

use crate::{Home, eventually};

/// A tray: it takes in status items and shows their menus to the test. With its value the tray is gone.
#[derive(Debug)]
pub struct TrayHost {
    connection: Connection,
    items: Arc<Mutex<Vec<(String, String)>>>,
}

struct Watcher {
    items: Arc<Mutex<Vec<(String, String)>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// `service` is a bus name, or a path on the caller's connection, as Ayatana's library says it.
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') { (sender, service) } else { (service, "/StatusNotifierItem".to_owned()) };
        let name = format!("{}{}", item.0, item.1);
        self.items.lock().unwrap_or_else(PoisonError::into_inner).push(item);
        Self::status_notifier_item_registered(&emitter, &name).await?;
        Ok(())
    }

    fn register_status_notifier_host(&self, service: String) {
        drop(service);
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.iter().map(|(service, path)| format!("{service}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(emitter: &SignalEmitter<'_>, service: &str) -> zbus::Result<()>;
}

impl TrayHost {
    /// Puts a tray on the bus of `home`. Start it before the app: an item that finds none falls back to XEmbed.
    ///
    /// # Errors
    /// When the home has no bus.
    pub async fn start(home: &Home) -> Result<Self> {
        let items = Arc::default();
        let connection = zbus::connection::Builder::address(home.bus()?.address())
            .serve_at("/StatusNotifierWatcher", Watcher { items: Arc::clone(&items) })
            .name("org.kde.StatusNotifierWatcher")
            .build()
            .await?;
        Ok(Self { connection, items })
    }

    /// Waits for the app's icon.
    ///
    /// # Errors
    /// When none registers.
    pub async fn item(&self) -> Result<TrayItem> {
        let (service, path) = eventually("a status item in the tray", || async {
            Ok::<_, anyhow::Error>(self.items.lock().unwrap_or_else(PoisonError::into_inner).last().cloned())
        })
        .await?;
        let item: Proxy<'static> = zbus::proxy::Builder::new(&self.connection)
            .destination(service.clone())
            .path(path)
            .interface("org.kde.StatusNotifierItem")
            // The library tells of a new icon by a signal of its own, so a kept value would stay the first one.
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        let menu: OwnedObjectPath = item.get_property("Menu").await?;
        Ok(TrayItem { connection: self.connection.clone(), service, menu, item })
    }
}

/// The app's icon in the tray.
#[derive(Debug)]
pub struct TrayItem {
    connection: Connection,
    service: String,
    menu: OwnedObjectPath,
    item: Proxy<'static>,
}

/// One line of its menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    id: i32,
    /// Empty for a separator.
    pub label: String,
    /// Can be pressed.
    pub enabled: bool,
    /// A tick, where it has one.
    pub ticked: Option<bool>,
    /// Its sub-menu.
    pub items: Vec<MenuItem>,
}

impl MenuItem {
    /// It and everything below it, in order.
    #[must_use]
    pub fn flat(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.items.iter().flat_map(Self::flat)).collect()
    }
}

/// `(ia{sv}av)` of com.canonical.dbusmenu.
type Layout = (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>);

impl TrayItem {
    /// A property of the item, e.g. `Status` or `IconName`.
    ///
    /// # Errors
    /// When it has none of this name.
    pub async fn property(&self, name: &str) -> Result<String> {
        let value: OwnedVariant = self.item.get_property(name).await?;
        Ok(String::try_from(value)?)
    }

    /// The icon's picture, as the app wrote it for the panel.
    ///
    /// # Errors
    /// When the item names none that can be found.
    pub async fn picture(&self) -> Result<PathBuf> {
        let name = self.property("IconName").await?;
        let folder = self.property("IconThemePath").await.unwrap_or_default();
        let path = PathBuf::from(&folder).join(format!("{name}.png"));
        [path, PathBuf::from(name)].into_iter().find(|path| path.is_file()).context("the icon's file is not there")
    }

    /// Waits until the icon is this drawing, e.g. `on-dark/idle`.
    ///
    /// # Errors
    /// When it does not become that.
    pub async fn looks(&self, drawing: &str) -> Result<()> {
        let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("../icons/tray").join(format!("{drawing}.png"));
        ensure!(wanted.is_file(), "there is no {}", wanted.display());
        eventually(&format!("the icon {drawing}"), || async {
            let mut compare = Command::new("compare");
            compare.args(["-metric", "AE"]).args([&self.picture().await?, &wanted]).arg("null:");
            // It says how many points differ, on standard error, and ends with 1 when some do.
            let said = compare.output().context("compare is missing; install imagemagick, as `make test` does")?;
            Ok::<_, anyhow::Error>((String::from_utf8_lossy(&said.stderr).trim() == "0").then_some(()))
        })
        .await
    }

    async fn dbusmenu(&self) -> Result<Proxy<'_>> {
        Ok(Proxy::new(&self.connection, self.service.as_str(), &self.menu, "com.canonical.dbusmenu").await?)
    }

    /// The menu as it is shown now. The root's label is empty.
    ///
    /// # Errors
    /// When the app is gone.
    pub async fn menu(&self) -> Result<MenuItem> {
        let menu = self.dbusmenu().await?;
        let _needs_update: bool = menu.call("AboutToShow", &(0i32,)).await?;
        let (_revision, layout): (u32, Layout) = menu.call("GetLayout", &(0i32, -1i32, Vec::<String>::new())).await?;
        read(layout)
    }

    /// Waits until a line has this label, and gives it.
    ///
    /// # Errors
    /// When none gets it, with the lines that there are.
    pub async fn line(&self, what: &str, wanted: impl Fn(&str) -> bool) -> Result<MenuItem> {
        let found = eventually(what, || async {
            let menu = self.menu().await?;
            Ok::<_, anyhow::Error>(menu.flat().into_iter().find(|item| wanted(&item.label)).cloned())
        })
        .await;
        match found {
            Ok(item) => Ok(item),
            Err(error) => {
                let menu = self.menu().await?;
                let labels: Vec<_> = menu.flat().into_iter().map(|item| item.label.clone()).collect();
                Err(error.context(format!("the menu has {labels:?}")))
            }
        }
    }

    /// Presses the line with this label.
    ///
    /// # Errors
    /// When there is none, or it cannot be pressed.
    pub async fn press(&self, label: &str) -> Result<()> {
        let item = self.line(&format!("“{label}” in the tray's menu"), |text| text == label).await?;
        ensure!(item.enabled, "“{label}” cannot be pressed");
        let menu = self.dbusmenu().await?;
        // Nobody waits for the answer: an app that is told to quit may be gone before it has given one.
        Ok(menu.call_noreply("Event", &(item.id, "clicked", Variant::from(0i32), 0u32)).await?)
    }
}

fn read((id, mut properties, children): Layout) -> Result<MenuItem> {
    let label = properties.remove("label").map(String::try_from).transpose()?.unwrap_or_default();
    let enabled = properties.remove("enabled").map(bool::try_from).transpose()?.unwrap_or(true);
    let ticked = match properties.remove("toggle-state").map(i32::try_from).transpose()? {
        Some(0) => Some(false),
        Some(1) => Some(true),
        Some(_) | None => None,
    };
    let items = children.into_iter().map(|child| read(child_of(child)?)).collect::<Result<_>>()?;
    // An underscore marks the access key; a double one is one.
    let label = label.replace("__", "\u{0}").replace('_', "").replace('\u{0}', "_");
    Ok(MenuItem { id, label, enabled, ticked, items })
}

fn child_of(child: OwnedVariant) -> Result<Layout> {
    let Variant::Structure(structure) = Variant::from(child) else { bail!("a menu item is no structure") };
    let mut fields = structure.into_fields().into_iter();
    let mut take = || fields.next().context("a menu item has three fields");
    let id = i32::try_from(take()?)?;
    let properties = HashMap::<String, OwnedVariant>::try_from(take()?.try_to_owned()?)?;
    let children = Vec::<OwnedVariant>::try_from(take()?.try_to_owned()?)?;
    Ok((id, properties, children))
}

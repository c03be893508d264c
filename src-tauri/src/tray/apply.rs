//! Turns a [`TrayView`] into the desktop's own menu.

use std::sync::{Mutex, PoisonError};

use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};

use super::view::{Icon, Item, Press, TrayView};

/// The icon, and what each line of its present menu does.
pub(crate) struct Tray {
    icon: TrayIcon,
    presses: Mutex<Vec<Press>>,
    shown: Mutex<Option<TrayView>>,
}

impl Tray {
    /// Puts the icon up. Without a tray host the library falls back or does nothing; the window works all the same.
    pub(crate) fn put_up(
        handle: &AppHandle,
        on_press: impl Fn(&AppHandle, Press) + Send + Sync + 'static,
    ) -> tauri::Result<Self> {
        let icon = TrayIconBuilder::with_id("canteen")
            .icon(picture(Icon::Offline)?)
            .title("Canteen")
            .on_menu_event(move |handle, event| {
                use tauri::Manager as _;
                let Some(tray) = handle.try_state::<Self>() else { return };
                if let Some(press) = tray.press(event.id().as_ref()) {
                    on_press(handle, press);
                }
            })
            .build(handle)?;
        Ok(Self { icon, presses: Mutex::default(), shown: Mutex::default() })
    }

    fn press(&self, id: &str) -> Option<Press> {
        let index: usize = id.strip_prefix("press-")?.parse().ok()?;
        self.presses.lock().unwrap_or_else(PoisonError::into_inner).get(index).cloned()
    }

    /// Shows `view`; nothing is touched when it is what is shown already.
    pub(crate) fn apply(&self, handle: &AppHandle, view: TrayView) -> tauri::Result<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() == Some(&view) {
            return Ok(());
        }
        let mut presses = Vec::new();
        let items = items(handle, &view.items, &mut presses)?;
        let menu = Menu::with_items(handle, &references(&items))?;
        *self.presses.lock().unwrap_or_else(PoisonError::into_inner) = presses;
        self.icon.set_menu(Some(menu))?;
        self.icon.set_icon(Some(picture(view.icon)?))?;
        self.icon.set_tooltip(Some(&view.title))?;
        *shown = Some(view);
        Ok(())
    }
}

type Boxed = Box<dyn IsMenuItem<Wry>>;

fn references(items: &[Boxed]) -> Vec<&dyn IsMenuItem<Wry>> {
    items.iter().map(AsRef::as_ref).collect()
}

fn items(handle: &AppHandle, lines: &[Item], presses: &mut Vec<Press>) -> tauri::Result<Vec<Boxed>> {
    let mut out: Vec<Boxed> = Vec::new();
    for line in lines {
        out.push(match line {
            Item::Line(label) => Box::new(MenuItem::new(handle, label, false, None::<&str>)?),
            Item::Button { label, press } => {
                let id = format!("press-{}", presses.len());
                presses.push(press.clone());
                Box::new(MenuItem::with_id(handle, id, label, true, None::<&str>)?)
            }
            Item::Menu { label, items: below } => {
                let below = items(handle, below, presses)?;
                Box::new(Submenu::with_items(handle, label, true, &references(&below))?)
            }
            Item::Separator => Box::new(PredefinedMenuItem::separator(handle)?),
        });
    }
    Ok(out)
}

fn picture(icon: Icon) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match icon {
        Icon::Idle => include_bytes!("../../../icons/tray/idle.png"),
        Icon::Running => include_bytes!("../../../icons/tray/running.png"),
        Icon::Attention => include_bytes!("../../../icons/tray/attention.png"),
        Icon::Paused => include_bytes!("../../../icons/tray/paused.png"),
        Icon::Stale => include_bytes!("../../../icons/tray/stale.png"),
        Icon::Offline => include_bytes!("../../../icons/tray/offline.png"),
    })
}

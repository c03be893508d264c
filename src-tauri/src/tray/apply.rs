//! Turns a [`TrayView`] into the desktop's own menu.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Wry};

use super::icon::{Look, picture};
use super::view::{Icon, Item, Press, TrayView};

/// The icon, and what each line of its present menu does.
pub(crate) struct Tray {
    icon: TrayIcon,
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    view: Option<TrayView>,
    picture: Option<(Icon, Look)>,
    presses: Vec<Press>,
    /// Every line with a text, in the order of the view.
    lines: Vec<Line>,
}

enum Line {
    Item(MenuItem<Wry>),
    Menu(Submenu<Wry>),
}

impl Tray {
    /// Puts the icon up. Without a tray host the library falls back or does nothing; the window works all the same.
    pub(crate) fn put_up(
        handle: &AppHandle,
        pictures: &Path,
        on_press: impl Fn(&AppHandle, Press) + Send + Sync + 'static,
    ) -> tauri::Result<Self> {
        let icon = TrayIconBuilder::with_id("canteen")
            .icon(picture(Icon::Offline, Look::default())?)
            // On Linux the picture crosses as a file.
            .temp_dir_path(pictures)
            .icon_as_template(canteen_os::TRAY_ICON_IS_TEMPLATE)
            .title("Canteen")
            .on_menu_event(move |handle, event| {
                use tauri::Manager as _;
                let Some(tray) = handle.try_state::<Self>() else { return };
                if let Some(press) = tray.press(event.id().as_ref()) {
                    on_press(handle, press);
                }
            })
            .build(handle)?;
        Ok(Self { icon, shown: Mutex::default() })
    }

    fn press(&self, id: &str) -> Option<Press> {
        let index: usize = id.strip_prefix("press-")?.parse().ok()?;
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).presses.get(index).cloned()
    }

    /// Shows `view`; nothing is touched when it is what is shown already. A menu that only reads otherwise keeps its lines, so
    /// that one which is open does not close under the person's hand.
    pub(crate) fn apply(&self, handle: &AppHandle, view: TrayView, look: Look) -> tauri::Result<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.picture != Some((view.icon, look)) {
            self.icon.set_icon(Some(picture(view.icon, look)?))?;
            self.icon.set_icon_as_template(canteen_os::TRAY_ICON_IS_TEMPLATE)?;
            shown.picture = Some((view.icon, look));
        }
        if shown.view.as_ref().is_some_and(|before| before.title == view.title && before.items == view.items) {
            return Ok(());
        }
        if shown.view.as_ref().is_some_and(|before| same_shape(&before.items, &view.items)) {
            let mut labels = Vec::new();
            flat(&view.items, &mut labels);
            for (line, label) in shown.lines.iter().zip(labels) {
                line.say(&escaped(label))?;
            }
        } else {
            let (mut presses, mut lines) = (Vec::new(), Vec::new());
            let items = items(handle, &view.items, &mut presses, &mut lines)?;
            let menu = Menu::with_items(handle, &references(&items))?;
            shown.presses = presses;
            shown.lines = lines;
            self.icon.set_menu(Some(menu))?;
        }
        self.icon.set_tooltip(Some(&view.title))?;
        shown.view = Some(view);
        Ok(())
    }
}

impl Line {
    fn say(&self, label: &str) -> tauri::Result<()> {
        let before = match self {
            Self::Item(item) => item.text()?,
            Self::Menu(menu) => menu.text()?,
        };
        match self {
            _ if before == label => Ok(()),
            Self::Item(item) => item.set_text(label),
            Self::Menu(menu) => menu.set_text(label),
        }
    }
}

/// The same lines that do the same; only what they say may differ.
fn same_shape(before: &[Item], after: &[Item]) -> bool {
    before.len() == after.len()
        && before.iter().zip(after).all(|pair| match pair {
            (Item::Line(_), Item::Line(_)) | (Item::Separator, Item::Separator) => true,
            (Item::Button { press: before, .. }, Item::Button { press: after, .. }) => before == after,
            (Item::Menu { items: before, .. }, Item::Menu { items: after, .. }) => same_shape(before, after),
            (Item::Line(_) | Item::Separator | Item::Button { .. } | Item::Menu { .. }, _) => false,
        })
}

/// Every text, in the order in which [`items`] makes its lines.
fn flat<'a>(items: &'a [Item], into: &mut Vec<&'a str>) {
    for item in items {
        match item {
            Item::Line(label) | Item::Button { label, .. } => into.push(label),
            Item::Menu { label, items } => {
                flat(items, into);
                into.push(label);
            }
            Item::Separator => {}
        }
    }
}

/// In the menu's texts `&` marks a key; a double one is one.
fn escaped(label: &str) -> String {
    label.replace('&', "&&")
}

type Boxed = Box<dyn IsMenuItem<Wry>>;

fn references(items: &[Boxed]) -> Vec<&dyn IsMenuItem<Wry>> {
    items.iter().map(AsRef::as_ref).collect()
}

fn items(handle: &AppHandle, from: &[Item], presses: &mut Vec<Press>, lines: &mut Vec<Line>) -> tauri::Result<Vec<Boxed>> {
    let mut out: Vec<Boxed> = Vec::new();
    for item in from {
        out.push(match item {
            Item::Line(label) => {
                let item = MenuItem::new(handle, escaped(label), false, None::<&str>)?;
                lines.push(Line::Item(item.clone()));
                Box::new(item)
            }
            Item::Button { label, press } => {
                let id = format!("press-{}", presses.len());
                presses.push(press.clone());
                let item = MenuItem::with_id(handle, id, escaped(label), true, None::<&str>)?;
                lines.push(Line::Item(item.clone()));
                Box::new(item)
            }
            Item::Menu { label, items: below } => {
                let below = items(handle, below, presses, lines)?;
                let menu = Submenu::with_items(handle, escaped(label), true, &references(&below))?;
                lines.push(Line::Menu(menu.clone()));
                Box::new(menu)
            }
            Item::Separator => Box::new(PredefinedMenuItem::separator(handle)?),
        });
    }
    Ok(out)
}

//! Windows that fill a screen, by the Extended Window Manager Hints 1.5 of X11.

use x11rb::atom_manager;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyOrIdError;
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, Window};
use x11rb::rust_connection::RustConnection;

/// Windows that are looked at, the uppermost first.
const MOST: usize = 64;
/// Words of a property that are read.
const MOST_WORDS: u32 = 4096;
/// The desktop of a window that is on all of them.
const EVERYWHERE: u32 = u32::MAX;

atom_manager! {
    Atoms: AtomsCookie {
        _NET_SUPPORTING_WM_CHECK,
        _NET_CLIENT_LIST_STACKING,
        _NET_CURRENT_DESKTOP,
        _NET_WM_DESKTOP,
        _NET_WM_STATE,
        _NET_WM_STATE_FULLSCREEN,
        _NET_WM_STATE_HIDDEN,
    }
}

/// Whether a window fills a screen and stands in sight. `None` without a window manager that says so.
pub(super) fn full_screen(display: &str) -> Option<bool> {
    match look(display) {
        Ok(answer) => answer,
        Err(error) => {
            tracing::debug!(%error, "the windows cannot be looked at");
            None
        }
    }
}

fn look(display: &str) -> Result<Option<bool>, Box<dyn std::error::Error>> {
    let (connection, screen) = RustConnection::connect(Some(display))?;
    let Some(root) = connection.setup().roots.get(screen).map(|screen| screen.root) else { return Ok(None) };
    let atoms = Atoms::new(&connection)?.reply()?;
    let desk = Desk { connection, atoms, root };
    // Without one, or with what one left behind, nobody keeps the states.
    let manager = desk.words(root, atoms._NET_SUPPORTING_WM_CHECK, AtomEnum::WINDOW)?.first().copied();
    let Some(manager) = manager else { return Ok(None) };
    if desk.words(manager, atoms._NET_SUPPORTING_WM_CHECK, AtomEnum::WINDOW).ok().as_deref() != Some(&[manager]) {
        return Ok(None);
    }
    Ok(Some(desk.is_filled()?))
}

struct Desk {
    connection: RustConnection,
    atoms: Atoms,
    root: Window,
}

/// Where a window lies, in pixels of the root.
#[derive(Clone, Copy, Debug)]
struct Place {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
}

impl Place {
    const fn covers_the_middle_of(self, other: Self) -> bool {
        let x = other.x.saturating_add(other.width / 2).saturating_sub(self.x);
        let y = other.y.saturating_add(other.height / 2).saturating_sub(self.y);
        0 <= x && x < self.width && 0 <= y && y < self.height
    }
}

impl Desk {
    fn words(&self, window: Window, property: Atom, kind: AtomEnum) -> Result<Vec<u32>, ReplyOrIdError> {
        let reply = self.connection.get_property(false, window, property, kind, 0, MOST_WORDS)?.reply()?;
        Ok(reply.value32().into_iter().flatten().collect())
    }

    fn is_filled(&self) -> Result<bool, ReplyOrIdError> {
        let desktop = self.words(self.root, self.atoms._NET_CURRENT_DESKTOP, AtomEnum::CARDINAL)?.first().copied();
        let stacked = self.words(self.root, self.atoms._NET_CLIENT_LIST_STACKING, AtomEnum::WINDOW)?;
        let mut above = Vec::new();
        for window in stacked.into_iter().rev().take(MOST) {
            // One that has just been closed.
            let Ok((states, place)) = self.window(window, desktop) else { continue };
            let Some(place) = place else { continue };
            let covered = above.iter().any(|other: &Place| other.covers_the_middle_of(place));
            if states.contains(&self.atoms._NET_WM_STATE_FULLSCREEN) && !covered {
                return Ok(true);
            }
            above.push(place);
        }
        Ok(false)
    }

    /// Its states, and where it lies unless it is out of sight.
    fn window(&self, window: Window, desktop: Option<u32>) -> Result<(Vec<Atom>, Option<Place>), ReplyOrIdError> {
        let states = self.words(window, self.atoms._NET_WM_STATE, AtomEnum::ATOM)?;
        let own = self.words(window, self.atoms._NET_WM_DESKTOP, AtomEnum::CARDINAL)?.first().copied();
        let elsewhere = own.is_some_and(|own| own != EVERYWHERE && desktop.is_some_and(|desktop| desktop != own));
        if elsewhere || states.contains(&self.atoms._NET_WM_STATE_HIDDEN) {
            return Ok((states, None));
        }
        let size = self.connection.get_geometry(window)?.reply()?;
        let at = self.connection.translate_coordinates(window, self.root, 0, 0)?.reply()?;
        let place = Place { x: at.dst_x.into(), y: at.dst_y.into(), width: size.width.into(), height: size.height.into() };
        Ok((states, Some(place)))
    }
}

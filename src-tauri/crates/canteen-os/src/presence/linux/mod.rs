//! Each sense from whoever knows: the notification service and its desktop (Do Not Disturb), the window manager (full screen),
//! the sound server and the kernel (screen, camera, microphone).

mod bus;
mod devices;
mod pipewire;
mod program;
mod screen;

use std::path::PathBuf;
use std::time::Duration;

use super::Presence;
use crate::Environment;

pub(super) use bus::{follow, follow_wake};

/// Longest wait for one answer. A service that is there answers in milliseconds.
const ANSWER: Duration = Duration::from_secs(4);

/// Where to look.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    /// Of X11, which is there on most Wayland desktops, too.
    display: Option<String>,
    wayland: bool,
    runtime: Option<PathBuf>,
}

impl Sources {
    pub(super) fn of(environment: &Environment) -> Self {
        Self {
            display: environment.display.as_ref().and_then(|display| display.to_str()).map(str::to_owned),
            wayland: environment.wayland_display.is_some(),
            runtime: environment.xdg_runtime_dir.clone(),
        }
    }
}

pub(super) fn look(sources: &Sources) -> Presence {
    let asked = tokio::runtime::Builder::new_current_thread().enable_all().build().map(|runtime| {
        runtime.block_on(async {
            let streams = async {
                match &sources.runtime {
                    Some(folder) => pipewire::streams(folder).await,
                    None => None,
                }
            };
            tokio::join!(bus::do_not_disturb(), streams)
        })
    });
    let (do_not_disturb, streams) = asked.unwrap_or_default();
    let heard = Heard {
        wayland: sources.wayland,
        full_screen: sources.display.as_deref().and_then(screen::full_screen),
        streams,
        camera: devices::camera("/".as_ref()),
        microphone: devices::microphone("/".as_ref()),
    };
    Presence { do_not_disturb, ..heard.together() }
}

/// What each source says by itself.
#[derive(Clone, Copy, Debug)]
struct Heard {
    wayland: bool,
    /// By X11's window manager.
    full_screen: Option<bool>,
    /// By PipeWire.
    streams: Option<pipewire::Streams>,
    /// By the kernel.
    camera: Option<bool>,
    /// By the kernel.
    microphone: Option<bool>,
}

impl Heard {
    /// One *yes* is enough. A *no* counts from whoever would know.
    fn together(self) -> Presence {
        let streams = self.streams;
        let yes = |answer: Option<bool>| answer.filter(|yes| *yes);
        Presence {
            do_not_disturb: None,
            // On Wayland X11 knows its own windows only.
            full_screen: if self.wayland { yes(self.full_screen) } else { self.full_screen },
            // On X11 every program may look at the screen, and nobody knows who does.
            screen_shared: streams.map(|streams| streams.screen).filter(|shared| *shared || self.wayland),
            camera: yes(streams.map(|streams| streams.camera)).or(self.camera),
            // A headset without a cable is known to the sound server alone.
            microphone: yes(self.microphone).or(streams.map(|streams| streams.microphone)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipewire::Streams;

    const QUIET: Streams = Streams { screen: false, camera: false, microphone: false };
    const NOTHING: Heard = Heard { wayland: false, full_screen: None, streams: None, camera: None, microphone: None };

    #[test]
    fn who_knows_nothing_says_neither_yes_nor_no() {
        assert_eq!(NOTHING.together(), Presence::default());
        let kernel = Heard { camera: Some(false), microphone: Some(false), ..NOTHING };
        assert_eq!(kernel.together(), Presence { camera: Some(false), ..Presence::default() }, "a headset may be in use");
    }

    #[test]
    fn a_yes_of_one_is_enough_and_a_no_needs_whoever_would_know() {
        let all = Presence { camera: Some(true), microphone: Some(true), screen_shared: Some(true), ..Presence::default() };
        let said = Streams { screen: true, camera: true, microphone: true };
        let kernel = Heard { streams: Some(QUIET), camera: Some(true), microphone: Some(true), ..NOTHING };
        assert_eq!(kernel.together(), Presence { screen_shared: None, ..all });
        let server = Heard { streams: Some(said), camera: Some(false), microphone: Some(false), ..NOTHING };
        assert_eq!(server.together(), all);
        let quiet = Heard { wayland: true, full_screen: Some(false), streams: Some(QUIET), ..NOTHING };
        let expected = Presence { screen_shared: Some(false), microphone: Some(false), ..Presence::default() };
        assert_eq!(quiet.together(), expected, "a window of Wayland may fill the screen");
        assert_eq!(Heard { full_screen: Some(true), ..quiet }.together().full_screen, Some(true));
        assert_eq!(Heard { full_screen: Some(false), ..NOTHING }.together().full_screen, Some(false));
    }
}

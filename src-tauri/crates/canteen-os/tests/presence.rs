//! What the person is doing, as a desktop tells it: real windows on a display of the test, a notification service on its bus.
#![expect(clippy::unwrap_used, reason = "a helper of a test may stop it")]
#![cfg(target_os = "linux")]

mod session;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use canteen_os::{Environment, Presence, Senses, follow_wake};
use session::{Ends, bus_call, in_session, mock_service, python, start, wait_for_name, without_bus};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, PropMode, Window, WindowClass};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

const NAME: &str = "org.freedesktop.Notifications";

/// A display, and what its window manager would write there.
struct Desk {
    name: String,
    connection: RustConnection,
    root: Window,
    stacked: Vec<Window>,
    _server: Ends,
}

impl Desk {
    fn new() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset"]);
        let mut server = start(command.stdout(Stdio::piped()).stderr(Stdio::null()), "Xvfb", "xvfb");
        let mut number = String::new();
        BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let name = format!(":{}", number.trim());
        let (connection, screen) = RustConnection::connect(Some(&name)).unwrap();
        let root = connection.setup().roots.get(screen).unwrap().root;
        Self { name, connection, root, stacked: Vec::new(), _server: server }
    }

    fn atom(&self, name: &str) -> u32 {
        self.connection.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    fn write(&self, window: Window, property: &str, kind: AtomEnum, words: &[u32]) {
        let property = self.atom(property);
        self.connection.change_property32(PropMode::REPLACE, window, property, kind, words).unwrap().check().unwrap();
    }

    fn begin_to_manage(&self) {
        let own = self.bare((0, 0, 1, 1));
        for window in [own, self.root] {
            self.write(window, "_NET_SUPPORTING_WM_CHECK", AtomEnum::WINDOW, &[own]);
        }
        self.write(self.root, "_NET_CURRENT_DESKTOP", AtomEnum::CARDINAL, &[0]);
    }

    fn bare(&self, (x, y, width, height): (i16, i16, u16, u16)) -> Window {
        let window = self.connection.generate_id().unwrap();
        let (class, aux) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
        self.connection.create_window(0, window, self.root, x, y, width, height, 0, class, 0, &aux).unwrap();
        self.connection.map_window(window).unwrap().check().unwrap();
        window
    }

    /// Above all others.
    fn open(&mut self, place: (i16, i16, u16, u16), states: &[&str]) -> Window {
        let window = self.bare(place);
        self.set(window, states);
        self.stacked.push(window);
        self.write(self.root, "_NET_CLIENT_LIST_STACKING", AtomEnum::WINDOW, &self.stacked);
        window
    }

    fn set(&self, window: Window, states: &[&str]) {
        let states: Vec<u32> = states.iter().map(|state| self.atom(state)).collect();
        self.write(window, "_NET_WM_STATE", AtomEnum::ATOM, &states);
    }

    fn full_screen(&self) -> Option<bool> {
        Senses::of(&Environment::from_pairs([("DISPLAY", &self.name)])).look().full_screen
    }
}

#[test]
fn a_window_that_fills_the_screen_is_seen_while_it_is_in_sight() {
    const ALL: (i16, i16, u16, u16) = (0, 0, 800, 600);
    without_bus("a_window_that_fills_the_screen_is_seen_while_it_is_in_sight", || {
        let mut desk = Desk::new();
        assert_eq!(desk.full_screen(), None, "nobody manages the windows");
        desk.begin_to_manage();
        assert_eq!(desk.full_screen(), Some(false));
        let slides = desk.open(ALL, &[]);
        assert_eq!(desk.full_screen(), Some(false), "it is large, no more");
        desk.set(slides, &["_NET_WM_STATE_ABOVE", "_NET_WM_STATE_FULLSCREEN"]);
        assert_eq!(desk.full_screen(), Some(true));
        let notes = desk.open((600, 400, 200, 200), &[]);
        assert_eq!(desk.full_screen(), Some(true), "the slides are to be seen behind the notes");
        let letter = desk.open((100, 100, 600, 450), &[]);
        assert_eq!(desk.full_screen(), Some(false), "it lies behind the letter");
        desk.set(letter, &["_NET_WM_STATE_HIDDEN"]);
        assert_eq!(desk.full_screen(), Some(true));
        desk.write(slides, "_NET_WM_DESKTOP", AtomEnum::CARDINAL, &[3]);
        assert_eq!(desk.full_screen(), Some(false), "on another desktop");
        desk.write(slides, "_NET_WM_DESKTOP", AtomEnum::CARDINAL, &[u32::MAX]);
        assert_eq!(desk.full_screen(), Some(true), "on all of them");
        let wayland = [("DISPLAY", desk.name.as_str()), ("WAYLAND_DISPLAY", "wayland-0")];
        assert_eq!(Senses::of(&Environment::from_pairs(wayland)).look().full_screen, Some(true));
        // Closed in the list's very moment.
        desk.connection.destroy_window(slides).unwrap().check().unwrap();
        assert_eq!(desk.full_screen(), Some(false));
        assert_eq!(Senses::of(&Environment::from_pairs(wayland)).look().full_screen, None, "a window of Wayland may fill it");
        desk.connection.destroy_window(notes).unwrap().check().unwrap();
    });
}

#[test]
fn without_a_display_and_a_bus_nothing_is_known() {
    without_bus("without_a_display_and_a_bus_nothing_is_known", || {
        let presence = Senses::of(&Environment::from_pairs([("DISPLAY", ":9999")])).look();
        assert_eq!((presence.do_not_disturb, presence.full_screen, presence.screen_shared), (None, None, None));
    });
}

fn look() -> Presence {
    Senses::of(&Environment::default()).look()
}

/// Has the service run this line.
fn change(line: &str) {
    let script = format!(
        "import dbus\n\
         service=dbus.SessionBus().get_object('{NAME}','/org/freedesktop/Notifications')\n\
         mock=dbus.Interface(service,'org.freedesktop.DBus.Mock')\n\
         properties=dbus.Interface(service,'org.freedesktop.DBus.Properties')\n{line}"
    );
    python(&script, &[]);
}

/// Changes, as they are told.
fn followed() -> mpsc::Receiver<()> {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Senses::of(&Environment::default()).follow(|| {
            tell.send(()).ok();
        }));
    });
    told.recv_timeout(Duration::from_secs(20)).unwrap();
    told
}

#[test]
fn do_not_disturb_is_what_the_service_says_and_each_change_is_told() {
    in_session("do_not_disturb_is_what_the_service_says_and_each_change_is_told", || {
        assert_eq!(look().do_not_disturb, None);
        let _service = mock_service("notification_daemon", "{\"capabilities\": \"actions body\"}");
        wait_for_name(NAME);
        assert_eq!(look().do_not_disturb, None, "this one does not say");
        for (interface, name) in [("org.dunstproject.cmd0", "paused"), (NAME, "Inhibited")] {
            change(&format!("mock.AddProperty('{interface}','{name}',dbus.Boolean(False))"));
            let told = followed();
            assert_eq!(look().do_not_disturb, Some(false), "{name}");
            for value in [true, false] {
                let word = if value { "True" } else { "False" };
                change(&format!("properties.Set('{interface}','{name}',dbus.Boolean({word}))"));
                told.recv_timeout(Duration::from_secs(20)).unwrap();
                assert_eq!(look().do_not_disturb, Some(value), "{name}");
            }
        }
    });
}

#[test]
fn desktops_that_keep_do_not_disturb_in_their_settings_are_asked_there() {
    in_session("desktops_that_keep_do_not_disturb_in_their_settings_are_asked_there", || {
        let _service = mock_service("notification_daemon", "{\"capabilities\": \"actions body\"}");
        wait_for_name(NAME);
        let about = |name| {
            change(&format!(
                "mock.AddMethod('{NAME}','GetServerInformation','','ssss','ret = (\"{name}\", \"v\", \"1\", \"1.2\")')"
            ))
        };
        about("gnome-shell");
        assert_eq!(look().do_not_disturb, Some(false), "banners are shown where nobody set anything");
        let set = Command::new("gsettings").args(["set", "org.gnome.desktop.notifications", "show-banners", "false"]).status();
        assert!(set.unwrap().success());
        assert_eq!(look().do_not_disturb, Some(true));

        let told = followed();
        for key in ["/org/gnome/desktop/background/picture-uri", "/org/gnome/desktop/notifications/show-banners"] {
            // As dconf tells of each setting.
            let mut signal = Command::new("dbus-send");
            signal.args(["--session", "--type=signal", "/ca/desrt/dconf/Writer/user", "ca.desrt.dconf.Writer.Notify"]);
            assert!(signal.arg(format!("string:{key}")).args(["array:string:", "string:tag"]).status().unwrap().success());
        }
        told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(told.recv_timeout(Duration::from_secs(1)).is_err(), "the other setting is none of ours");

        about("Xfce Notify Daemon");
        assert_eq!(look().do_not_disturb, None, "its settings are not there");
        let script = "import dbus,dbus.mainloop.glib,dbus.service\n\
            from gi.repository import GLib\n\
            dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)\n\
            class Settings(dbus.service.Object):\n\
            \x20 set=dbus.Boolean(False)\n\
            \x20 @dbus.service.method('org.xfce.Xfconf',in_signature='ss',out_signature='v')\n\
            \x20 def GetProperty(self,channel,name):\n\
            \x20  if (channel,name)!=('xfce4-notifyd','/do-not-disturb'): raise Exception(name)\n\
            \x20  return self.set\n\
            \x20 @dbus.service.method('org.xfce.Xfconf',in_signature='ssv')\n\
            \x20 def SetProperty(self,channel,name,value):\n\
            \x20  self.set=value; self.PropertyChanged(channel,name,value)\n\
            \x20 @dbus.service.signal('org.xfce.Xfconf',signature='ssv')\n\
            \x20 def PropertyChanged(self,channel,name,value): pass\n\
            bus=dbus.SessionBus(); name=dbus.service.BusName('org.xfce.Xfconf',bus)\n\
            settings=Settings(bus,'/org/xfce/Xfconf'); GLib.MainLoop().run()";
        let mut command = Command::new("/usr/bin/python3");
        let _settings = start(command.args(["-c", script]), "python3", "python3-gi");
        wait_for_name("org.xfce.Xfconf");
        let told = followed();
        assert_eq!(look().do_not_disturb, Some(false));
        bus_call(&[
            "--dest=org.xfce.Xfconf",
            "/org/xfce/Xfconf",
            "org.xfce.Xfconf.SetProperty",
            "string:xfce4-notifyd",
            "string:/do-not-disturb",
            "variant:boolean:true",
        ]);
        told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(look().do_not_disturb, Some(true));
    });
}

#[test]
fn a_service_that_hangs_is_not_waited_for_long_and_not_asked_again_meanwhile() {
    in_session("a_service_that_hangs_is_not_waited_for_long_and_not_asked_again_meanwhile", || {
        let service = mock_service("notification_daemon", "{\"capabilities\": \"actions body\"}");
        wait_for_name(NAME);
        change("mock.AddProperty('org.freedesktop.Notifications','Inhibited',dbus.Boolean(True))");
        let pid = rustix::process::Pid::from_child(&service.0);
        rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
        let senses = Senses::of(&Environment::default());
        let first = std::thread::spawn({
            let senses = senses.clone();
            move || senses.look()
        });
        assert_eq!(senses.look().do_not_disturb, None);
        assert_eq!(first.join().unwrap().do_not_disturb, None);
        rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
        assert_eq!(senses.look().do_not_disturb, Some(true), "it is asked again once it answers");
    });
}

#[test]
fn waking_is_told_and_falling_asleep_is_not() {
    in_session("waking_is_told_and_falling_asleep_is_not", || {
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(follow_wake(|| {
                tell.send(()).ok();
            }));
        });
        // As logind does it, by what is written to it.
        let script = "import dbus,dbus.lowlevel,dbus.service,sys\n\
            bus=dbus.SessionBus(); name=dbus.service.BusName('org.freedesktop.login1',bus)\n\
            for line in sys.stdin:\n\
            \x20 message=dbus.lowlevel.SignalMessage('/org/freedesktop/login1','org.freedesktop.login1.Manager','PrepareForSleep')\n\
            \x20 message.append(dbus.Boolean(line=='sleep\\n')); bus.send_message(message); bus.flush()";
        let mut command = Command::new("/usr/bin/python3");
        let mut logind = start(command.args(["-c", script]).stdin(Stdio::piped()), "python3", "python3-dbus");
        let mut logind = logind.0.stdin.take().unwrap();
        let heard = (0..400).any(|_| {
            logind.write_all(b"wake\n").unwrap();
            told.recv_timeout(Duration::from_millis(50)).is_ok()
        });
        assert!(heard);
        while told.recv_timeout(Duration::from_secs(1)).is_ok() {}
        logind.write_all(b"sleep\nsleep\nsleep\nwake\n").unwrap();
        told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(told.recv_timeout(Duration::from_secs(1)).is_err(), "it was told once, of four signs");
    });
}

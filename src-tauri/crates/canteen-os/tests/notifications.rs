//! Notes with buttons, against a notification service on a private bus (`python3-dbusmock`).
#![expect(clippy::unwrap_used, reason = "a helper of a test may stop it")]
#![cfg(target_os = "linux")]

mod session;

use std::sync::mpsc;
use std::time::Duration;

use canteen_os::{Note, Notifier, Outcome, Urgency};
use canteen_types::Coded;
use session::{Ends, home, in_session, mock_service, python, wait_for_name, without_bus};

const NAME: &str = "org.freedesktop.Notifications";

/// A notification service, which writes each call to `notify.log`.
fn service(capabilities: &str) -> Ends {
    let daemon = mock_service("notification_daemon", &format!("{{\"capabilities\": \"{capabilities}\"}}"));
    wait_for_name(NAME);
    daemon
}

fn calls() -> Vec<String> {
    let text = fs_err::read_to_string(home().join("notify.log")).unwrap();
    text.lines().filter_map(|line| line.split_once(" Notify ").map(|(_, call)| call.to_owned())).collect()
}

/// Emits a signal and waits for the note's outcome.
fn signal(signal: [&str; 3], outcome: &mpsc::Receiver<Outcome>) -> Outcome {
    let script = "import dbus,sys\n\
        mock=dbus.Interface(dbus.SessionBus().get_object('org.freedesktop.Notifications','/org/freedesktop/Notifications'),'org.freedesktop.DBus.Mock')\n\
        n,kind,value=sys.argv[1:]\n\
        args=[dbus.UInt32(int(n)), value if kind=='ActionInvoked' else dbus.UInt32(int(value))]\n\
        mock.EmitSignal('org.freedesktop.Notifications',kind,'us' if kind=='ActionInvoked' else 'uu',args)";
    python(script, &signal);
    outcome.recv_timeout(Duration::from_secs(20)).unwrap()
}

fn note(key: &str, body: &str) -> Note {
    let actions = [("use", "Use SmolLM2"), ("ask", "Ask for approval"), ("later", "Tomorrow at 9:00")];
    Note {
        key: key.into(),
        title: "This model is not approved yet".into(),
        body: body.into(),
        actions: actions.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect(),
        without_buttons: String::new(),
        urgency: Urgency::Normal,
    }
}

fn listener() -> (impl FnOnce(Outcome) + Send + 'static, mpsc::Receiver<Outcome>) {
    let (sender, receiver) = mpsc::channel();
    (move |outcome| sender.send(outcome).unwrap(), receiver)
}

#[test]
fn a_pressed_button_and_a_closed_note_come_back() {
    in_session("a_pressed_button_and_a_closed_note_come_back", || {
        let _service = service("actions body body-markup persistence");
        let notifier = Notifier::new("Canteen");
        let daemon = notifier.available().unwrap();
        assert!(daemon.actions && daemon.body_markup && daemon.persistence, "{daemon:?}");
        assert_eq!(daemon.name, "mock-notify");

        let (tell, first) = listener();
        let handle = notifier.show(note("n1", "“<b>evil</b> & co.gguf” was opened."), tell).unwrap();
        assert!(handle.has_buttons());
        assert_eq!(
            calls(),
            [
                "\"Canteen\" 0 \"canteen\" \"This model is not approved yet\" \"“&lt;b&gt;evil&lt;/b&gt; &amp; co.gguf” was opened.\" \
              [\"use\", \"Use SmolLM2\", \"ask\", \"Ask for approval\", \"later\", \"Tomorrow at 9:00\"] {\"urgency\": 1} -1"
            ]
        );
        let (tell, second) = listener();
        notifier.show(note("n2", "x"), tell).unwrap();

        assert_eq!(signal(["2", "NotificationClosed", "2"], &second), Outcome::Dismissed);
        assert_eq!(signal(["1", "ActionInvoked", "ask"], &first), Outcome::Action("ask".into()));
        // Each reports once.
        assert!(first.recv().is_err());

        for (reason, expected) in [("1", Outcome::Expired), ("4", Outcome::Closed)] {
            let (tell, next) = listener();
            notifier.show(note("n3", "x"), tell).unwrap();
            let number = (calls().len()).to_string();
            assert_eq!(signal([&number, "NotificationClosed", reason], &next), expected);
        }
    });
}

#[test]
fn a_second_note_of_the_same_key_takes_the_place_of_the_first() {
    in_session("a_second_note_of_the_same_key_takes_the_place_of_the_first", || {
        let _service = service("actions body");
        let notifier = Notifier::new("Canteen");
        let (tell, first) = listener();
        notifier.show(note("n1", "old"), tell).unwrap();
        let (tell, second) = listener();
        let handle = notifier.show(note("n1", "new"), tell).unwrap();
        assert_eq!(first.recv().unwrap(), Outcome::Replaced);
        assert!(calls()[1].starts_with("\"Canteen\" 1 "), "{:?}", calls());
        handle.close().unwrap();
        assert_eq!(second.recv().unwrap(), Outcome::Closed);
        // Gone: closing again does nothing, and the next note has a number of its own.
        handle.close().unwrap();
        notifier.close("n1").unwrap();
        notifier.show(note("n1", "third"), |_| {}).unwrap();
        assert!(calls()[2].starts_with("\"Canteen\" 0 "), "{:?}", calls());
    });
}

#[test]
fn a_service_without_buttons_shows_the_note_and_says_where_to_answer() {
    in_session("a_service_without_buttons_shows_the_note_and_says_where_to_answer", || {
        let _service = service("body");
        let notifier = Notifier::new("Canteen");
        assert!(!notifier.available().unwrap().actions);
        let note = Note { without_buttons: "Open Canteen to answer.".into(), ..note("n1", "A & B") };
        let handle = notifier.show(note, |_| {}).unwrap();
        assert!(!handle.has_buttons());
        let log = fs_err::read_to_string(home().join("notify.log")).unwrap();
        assert!(log.contains("\"A & B\nOpen Canteen to answer.\" [] "), "{log}");
    });
}

#[test]
fn without_a_service_the_caller_is_told_and_one_that_comes_later_is_used() {
    in_session("without_a_service_the_caller_is_told_and_one_that_comes_later_is_used", || {
        let notifier = Notifier::new("Canteen");
        assert_eq!(notifier.available().unwrap_err().code(), "notify.no_daemon");
        let (tell, outcome) = listener();
        assert_eq!(notifier.show(note("n1", "x"), tell).unwrap_err().code(), "notify.no_daemon");
        assert!(outcome.recv().is_err(), "a note that was never shown has no outcome");
        let _service = service("actions body");
        notifier.show(note("n1", "x"), |_| {}).unwrap();
    });
}

#[test]
fn without_a_bus_the_caller_is_told() {
    without_bus("without_a_bus_the_caller_is_told", || {
        let notifier = Notifier::new("Canteen");
        assert_eq!(notifier.show(note("n1", "x"), |_| {}).unwrap_err().code(), "notify.no_daemon");
    });
}

#[test]
fn a_hanging_service_costs_three_seconds_and_no_more() {
    in_session("a_hanging_service_costs_three_seconds_and_no_more", || {
        let service = service("actions body");
        let pid = rustix::process::Pid::from_child(&service.0);
        rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
        let notifier = Notifier::new("Canteen");
        let (tell, outcome) = listener();
        assert_eq!(notifier.show(note("n1", "x"), tell).unwrap_err().code(), "notify.timed_out");
        rustix::process::kill_process(pid, rustix::process::Signal::CONT).unwrap();
        // What comes late is taken back: the caller shows it elsewhere.
        assert!(outcome.recv().is_err());
    });
}

#[test]
fn answers_to_several_notes_in_one_instant_all_come_back() {
    in_session("answers_to_several_notes_in_one_instant_all_come_back", || {
        let _service = service("actions body");
        let notifier = Notifier::new("Canteen");
        let shown: Vec<_> = (1..=5)
            .map(|number| {
                let (tell, outcome) = listener();
                notifier.show(note(&format!("n{number}"), "x"), tell).unwrap();
                outcome
            })
            .collect();
        python(
            "import dbus\n\
             mock=dbus.Interface(dbus.SessionBus().get_object('org.freedesktop.Notifications','/org/freedesktop/Notifications'),'org.freedesktop.DBus.Mock')\n\
             burst='for n in range(1, 6): self.EmitSignal(\"\", \"NotificationClosed\", \"uu\", [n, 2])'\n\
             mock.AddMethod('org.freedesktop.Notifications','Burst','','',burst)\n\
             dbus.Interface(mock,'org.freedesktop.Notifications').Burst()",
            &[],
        );
        for outcome in shown {
            assert_eq!(outcome.recv_timeout(Duration::from_secs(20)).unwrap(), Outcome::Dismissed);
        }
    });
}

/// Waits until the service was told to take these away, and no others.
fn closed(numbers: &[&str]) {
    let calls = || -> Vec<String> {
        let text = fs_err::read_to_string(home().join("notify.log")).unwrap();
        text.lines().filter_map(|line| line.split_once(" CloseNotification ").map(|(_, number)| number.to_owned())).collect()
    };
    for _ in 0..600 {
        if calls().len() >= numbers.len() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut calls = calls();
    calls.sort();
    assert_eq!(calls, numbers);
}

#[test]
fn what_an_earlier_host_left_is_answered_replaced_and_taken_away_by_the_next() {
    in_session("what_an_earlier_host_left_is_answered_replaced_and_taken_away_by_the_next", || {
        let _service = service("actions body");
        let file = home().join("notes.json");
        let first = Notifier::new("Canteen").remembering(file.clone());
        for key in ["answered", "replaced", "left", "also left"] {
            first.show(note(key, "x"), |_| {}).unwrap();
        }
        let next = Notifier::new("Canteen").remembering(file);
        let ((tell, answered), (tell_too, replaced)) = (listener(), listener());
        assert!(next.take_up("answered", tell) && next.take_up("replaced", tell_too));
        assert!(!next.take_up("answered", |_| {}), "one listens already");
        assert!(!next.take_up("never shown", |_| {}));
        next.clear_left();
        closed(&["3", "4"]);
        next.show(note("replaced", "y"), |_| {}).unwrap();
        assert!(calls()[4].starts_with("\"Canteen\" 2 "), "{:?}", calls());
        assert_eq!(replaced.recv_timeout(Duration::from_secs(20)).unwrap(), Outcome::Replaced);
        assert_eq!(signal(["1", "ActionInvoked", "ask"], &answered), Outcome::Action("ask".into()));
    });
}

#[test]
fn numbers_of_one_service_mean_nothing_to_the_next_one() {
    in_session("numbers_of_one_service_mean_nothing_to_the_next_one", || {
        let first = service("actions body");
        let file = home().join("notes.json");
        let notifier = Notifier::new("Canteen").remembering(file.clone());
        let (tell, lost) = listener();
        notifier.show(note("n1", "x"), tell).unwrap();
        drop(first);
        assert_eq!(lost.recv_timeout(Duration::from_secs(20)).unwrap(), Outcome::Lost);
        let _second = service("actions body");
        // The first number of the new service belongs to somebody else's note.
        Notifier::new("Another").show(note("n1", "z"), |_| {}).unwrap();
        assert!(!Notifier::new("Canteen").remembering(file).take_up("n1", |_| {}));
        notifier.close("n1").unwrap();
        notifier.show(note("n1", "y"), |_| {}).unwrap();
        assert!(calls()[1].starts_with("\"Canteen\" 0 "), "{:?}", calls());
        closed(&[]);
    });
}

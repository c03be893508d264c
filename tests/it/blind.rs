//! What the host cannot see on this computer is told to the person, and what can still be seen is.

use std::process::{Command, Stdio};

use canteen_app::wire::Computer;
use canteen_tests::{Home, Organisation, Parts, Running, engines, until, weights};
use canteen_types::Grade;

/// This account can make namespaces of this kind.
fn can(words: &[&str]) -> bool {
    let (first, rest) = words.split_first().unwrap();
    Command::new(first).args(rest).arg("true").stderr(Stdio::null()).status().is_ok_and(|done| done.success())
}

/// A host below `words`, and a program with an unapproved model.
fn with_a_use(home: &Home, words: &[&str]) -> (Running, Running, Computer) {
    let host = home.serve_below(words).unwrap();
    let model = home.downloads().join("film.mp4");
    engines::altered(&weights::smollm2().unwrap(), &model).unwrap();
    let user = engines::run(home, &model, "notes").unwrap();
    let used =
        |computer: &Computer| computer.sightings.iter().any(|one| one.path.ends_with("film.mp4") && one.grade >= Grade::Loaded);
    let computer = until("the use", || home.json::<Computer>(&["scan"]).ok().filter(|computer| used(computer))).unwrap();
    (host, user, computer)
}

fn joined() -> (Home, Organisation) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "").unwrap();
    (home, company)
}

fn is_told(home: &Home, computer: &Computer, code: &str) {
    let spot = computer.blind_spots.iter().find(|spot| spot.code == code);
    let spot = spot.unwrap_or_else(|| panic!("{code} is not told: {:?}", computer.blind_spots));
    let said = home.canteen(["scan"]).unwrap();
    let said = said.succeeded().unwrap();
    assert!(said.contains(&spot.text), "{said}");
}

#[test]
fn without_the_kernels_messages_uses_are_found_and_the_person_is_told() {
    // Not in a user namespace, from which no program of this account could be looked at.
    let words = ["unshare", "--net"];
    if !can(&words) {
        return;
    }
    let (home, _company) = joined();
    let (_host, _user, computer) = with_a_use(&home, &words);
    is_told(&home, &computer, "starts_compared");
}

#[test]
fn where_others_are_hidden_own_uses_are_found_and_the_person_is_told() {
    // Its own mount of /proc, of the same processes.
    let words = ["unshare", "-m", "sh", "-c", "mount -t proc -o hidepid=2 proc /proc && exec \"$0\" \"$@\""];
    if !can(&words) {
        return;
    }
    let (home, _company) = joined();
    let (_host, _user, computer) = with_a_use(&home, &words);
    is_told(&home, &computer, "users_hidden");
}

#[test]
fn a_large_program_that_forbids_a_look_is_told() {
    // Who may look at everything is not refused, so that goes where this account has it; nobody else may then look at its programs.
    let rights = "-sys_ptrace,-perfmon,-sys_admin,-checkpoint_restore";
    let without = ["setpriv", "--bounding-set", rights, "--inh-caps", rights];
    let words: &[&str] = if can(&without) { &without } else { &[] };
    let (home, _company) = joined();
    let host = home.serve_below(words).unwrap();
    let script = "import ctypes,time; ctypes.CDLL(None).prctl(4,0,0,0,0); b=b'x'*(200<<20); time.sleep(600)";
    let python = [words, &["python3", "-c", script]].concat();
    let (first, rest) = python.split_first().unwrap();
    let user = Running::start(home.command(first).args(rest), home.path("logs/user"), "python3").unwrap();
    let told = |computer: &Computer| computer.blind_spots.iter().any(|spot| spot.code == "protected");
    let computer = until("it to be told", || home.json::<Computer>(&["scan"]).ok().filter(|computer| told(computer))).unwrap();
    is_told(&home, &computer, "protected");
    drop((host, user));
}

#[test]
fn a_time_without_canteen_is_told() {
    let (home, _company) = joined();
    let mut host = home.serve().unwrap();
    let told = |computer: &Computer| computer.blind_spots.iter().any(|spot| spot.code == "not_running");
    assert!(!told(&home.json(&["scan"]).unwrap()), "a first start has missed nothing");
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    host.wait().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(12));
    let _host = home.serve().unwrap();
    let computer = until("the gap", || home.json::<Computer>(&["scan"]).ok().filter(|computer| told(computer))).unwrap();
    is_told(&home, &computer, "not_running");
}

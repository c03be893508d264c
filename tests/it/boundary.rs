//! What the host opens on a person's computer, held against the list of what it may: never documents, letters, histories, browsers.

use std::path::Path;
use std::process::{Command, Stdio};

use canteen_app::wire::Computer;
use canteen_tests::{Home, Organisation, Parts, engines, until, weights};
use canteen_types::Grade;

/// Private things, small and large enough to be looked at by their first bytes.
const PRIVATE: [&str; 10] = [
    "Documents/contract.pdf",
    "Documents/diary.odt",
    "Downloads/invoice.pdf",
    "Downloads/notes.gguf",
    ".thunderbird/mail/Inbox",
    ".bash_history",
    ".python_history",
    ".ssh/id_ed25519",
    ".mozilla/firefox/profile/places.sqlite",
    ".config/chromium/Default/History",
];

/// Of a process, by whatever number.
const OF_PROCESS: [&str; 7] = ["maps", "statm", "stat", "io", "comm", "cmdline", "fdinfo/"];
/// Lists of names.
const LISTS: [&str; 2] = ["fd", "task"];
/// What every program reads of the system, and what tells the kind of computer. A folder stands for all in it.
#[rustfmt::skip]
const SYSTEM: [&str; 21] = [
    "/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "/usr/share/", "/usr/local/", "/sys/", "/dev/urandom", "/dev/null",
    "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/etc/passwd", "/etc/nsswitch.conf", "/etc/ssl/",
    "/etc/machine-id", "/etc/os-release", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat", "/proc/sys/",
];
/// Of an administrator, and where a person's folders are and Canteen is told to start: parts of the person's home.
const MANAGED: &str = "/etc/opt/canteen/";
const OF_HOME: [&str; 2] = [".config/user-dirs.dirs", ".config/autostart/canteen-desktop-"];

/// Paths that were opened: as they were asked for, and where that led, as `strace -y` writes them down.
fn opened(trace: &str) -> Vec<(String, String)> {
    let calls = trace.lines().filter(|line| line.contains("open") && !line.contains(" = -1 "));
    let path = |line: &str| Some((line.split('"').nth(1)?.to_owned(), line.rsplit_once('<')?.1.split('>').next()?.to_owned()));
    calls.filter_map(path).map(|(asked, led)| (asked, led.trim_end_matches(" (deleted)").to_owned())).collect()
}

fn is_of_process(path: &str) -> bool {
    let Some((pid, entry)) = path.strip_prefix("/proc/").and_then(|rest| rest.split_once('/')) else { return false };
    pid.bytes().all(|digit| digit.is_ascii_digit())
        && (LISTS.contains(&entry) || OF_PROCESS.iter().any(|may| entry == *may || may.ends_with('/') && entry.starts_with(may)))
}

/// A large file: perhaps weights.
fn is_large(path: &str) -> bool {
    fs_err::metadata(path).is_ok_and(|file| file.len() >= 16 << 20)
}

/// Of another test or program of this account, and gone by now.
fn is_of_others(path: &str, home: &Home) -> bool {
    !path.starts_with("/proc/") && !Path::new(path).starts_with(home.path("")) && !Path::new(path).exists()
}

fn private_things(home: &Home) {
    for (number, name) in PRIVATE.iter().enumerate() {
        let path = home.path("home").join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(&path, format!("secret {number} ").repeat(1000)).unwrap();
    }
}

#[test]
fn the_host_opens_nothing_that_is_not_on_the_list() {
    if !Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_ok_and(|done| done.success()) {
        return;
    }
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::with_tiny(&home, "").unwrap();
    private_things(&home);
    let trace = home.path("trace");
    let calls = "trace=open,openat,openat2,creat,name_to_handle_at,open_by_handle_at";
    let words = ["strace", "-f", "-y", "-e", calls, "-o", trace.to_str().unwrap()];
    let mut host = home.serve_below(&words).unwrap();
    // A program that has a model and private things open, and others that write private things meanwhile.
    let model = home.path("home/projects/weights.bin");
    engines::altered(&weights::smollm2().unwrap(), &model).unwrap();
    let script = "import mmap,sys,time; k=[open(p) for p in sys.argv[2:]]; f=open(sys.argv[1],'rb'); \
                  m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); sum(m[::4096]); s='a prompt '*9999999; time.sleep(600)";
    let letters = PRIVATE.map(|name| home.path("home").join(name));
    let mut command = home.command("python3");
    command.args(["-c", script]).arg(&model).args(&letters);
    let mut user = canteen_tests::Running::start(&mut command, home.path("logs/user"), "python3").unwrap();
    private_things(&home);
    let used = |computer: &Computer| {
        computer.sightings.iter().any(|one| one.path.ends_with("weights.bin") && one.grade >= Grade::Loaded)
    };
    until("the use", || home.json::<Computer>(&["scan"]).ok().filter(|computer| used(computer))).unwrap();
    home.canteen(["status"]).unwrap().succeeded().unwrap();
    user.kill().unwrap();
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    host.wait().unwrap();

    let all = opened(&fs_err::read_to_string(&trace).unwrap());
    assert!(all.iter().any(|(_, led)| *led == model.display().to_string()), "the scene was noticed");
    let canteen = ["canteen", "run", "logs"].map(|own| home.path(own));
    let own = |path: &str| {
        let path = Path::new(path);
        canteen.iter().any(|own| path.starts_with(own))
            || path.starts_with(company.path())
            || path.starts_with(home.programs().folder())
    };
    let listed = |path: &str| {
        let system = SYSTEM.iter().any(|may| path == *may || may.ends_with('/') && path.starts_with(may));
        let of_home = OF_HOME.iter().any(|may| path.starts_with(&home.path("home").join(may).display().to_string()));
        let known = own(path) || system || of_home || path.starts_with(MANAGED);
        known || Path::new(path).is_dir() || is_of_process(path) || is_large(path) || is_of_others(path, &home)
    };
    // Of itself it may read anything.
    let of_itself = |asked: &str| asked.starts_with("/proc/self/") || asked.starts_with("/proc/thread-self/");
    let mut others: Vec<_> = all.iter().filter(|(asked, led)| !of_itself(asked) && !listed(led)).collect();
    others.sort();
    others.dedup();
    assert!(others.is_empty(), "{others:#?}");
}

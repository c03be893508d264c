//! What the watch opens during a busy scene, told by the kernel, held against the list.

use super::*;

/// Entries of a process that may be read.
const OF_PROCESS: [&str; 10] = ["maps", "statm", "stat", "io", "comm", "cmdline", "cwd", "fdinfo/", "fd/", "root/"];

/// A home with what is nobody's business in the middle of what is watched.
fn home(folder: &Path) {
    write(&folder.join("home/a.gguf"), &gguf(20 << 20, 90));
    write(&folder.join("home/letter.txt"), b"Dear Ada, the prompt was ...");
    write(&folder.join("home/.bash_history"), b"export TOKEN=secret");
    write(&folder.join("home/small.gguf"), &gguf(1 << 20, 91));
    write(&folder.join("home/browser/cookies.sqlite"), &vec![1; 1 << 20]);
    write(&folder.join("home/film.mp4"), &vec![7; 20 << 20]);
    write(&folder.join("elsewhere/diary.txt"), b"private");
    write(&folder.join("wide/thesis.doc"), b"private");
    write(&folder.join("wide/deep/photo.raw"), &vec![9; 20 << 20]);
    fs_err::os::unix::fs::symlink(folder.join("elsewhere"), folder.join("wide/link")).unwrap();
    fs_err::os::unix::fs::symlink(folder.join("home/film.mp4"), folder.join("wide/film")).unwrap();
}

/// Paths that were opened, as `strace` writes them down.
fn opened(trace: &str) -> Vec<String> {
    let calls = trace.lines().filter(|line| line.contains("open") && !line.contains("ENOENT"));
    calls.filter_map(|line| line.split('"').nth(1).map(str::to_owned)).collect()
}

/// As it is opened.
fn plain(path: &Path) -> String {
    let parts = path.components().fold(PathBuf::new(), |mut plain, part| {
        if part.as_os_str() == ".." {
            plain.pop();
        } else {
            plain.push(part);
        }
        plain
    });
    parts.display().to_string()
}

#[test]
fn nothing_is_opened_that_is_not_on_the_list() {
    if !Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_ok_and(|done| done.success()) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    home(folder.path());
    let (home, trace) = (folder.path().join("home"), folder.path().join("trace"));
    let mut watch = Command::new("strace");
    watch.args(["-f", "-e", "trace=open,openat,openat2,creat,name_to_handle_at,open_by_handle_at", "-o"]).arg(&trace);
    let watch = watch.arg(example()).arg(&home).arg("12").arg(folder.path().join("wide")).stdout(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(3));
    // Programs that hold private things beside a model, and write and read meanwhile.
    let diary = folder.path().join("elsewhere/diary.txt");
    let script = "import mmap,sys,time; d=open(sys.argv[2]); f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); sum(m[::4096]); b=b'x'*(90<<20); time.sleep(60)";
    let user = Command::new("python3").args(["-c", script]).args([&home.join("a.gguf"), &diary]).spawn().unwrap();
    write(&home.join("more/notes.md"), b"a note");
    write(&home.join("more/new.bin"), &gguf(20 << 20, 92));
    let told = watch.wait_with_output().unwrap();
    end(user);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("Held {") && told.matches("Seen(").count() >= 2, "the scene was noticed: {told}");

    let trace = fs_err::read_to_string(&trace).unwrap();
    let all = opened(&trace);
    let models = ["a.gguf", "film.mp4", "more/new.bin", "../wide/deep/photo.raw"];
    let models = models.map(|name| plain(&home.join(name)));
    assert!(models.iter().all(|model| all.contains(model)), "large files are looked at");
    let inside = folder.path().display().to_string();
    let listed = |path: &str| {
        let of_process = path.strip_prefix("/proc/").and_then(|rest| rest.split_once('/')).is_some_and(|(pid, entry)| {
            let is_process = pid.parse::<u32>().is_ok() || pid == "self";
            // Lists of descriptors, the list of mounts, and what the example reads about itself.
            let lists = ["fd", "mountinfo", "task"].contains(&entry) || (pid == "self" && entry.starts_with("task/"));
            is_process && (lists || OF_PROCESS.iter().any(|may| entry.starts_with(may)))
        });
        // The allocator asks how much it may give back.
        let program = [
            "/proc/sys/vm/overcommit_memory",
            "/etc/ld.so.",
            "/lib/",
            "/usr/lib/",
            "/lib64/",
            "/sys/fs/cgroup",
            "/sys/devices/system/cpu",
        ];
        // Other programs of this computer may hold large files meanwhile; by now some are gone.
        let is_inside = path.starts_with(&inside);
        let large = !is_inside && fs_err::metadata(path).map_or(true, |file| file.len() >= crate::SMALLEST.bytes());
        of_process
            || large
            || path == "/proc"
            || program.iter().any(|start| path.starts_with(start))
            || models.contains(&path.to_owned())
    };
    let folders = ["", "browser", "more", "../wide", "../wide/deep"].map(|name| plain(&home.join(name)));
    let others: Vec<&String> = all.iter().filter(|path| !listed(path) && !folders.contains(path)).collect();
    assert!(others.is_empty(), "{others:?}");
}

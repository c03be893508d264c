//! Installations that are cut off: killed, or left by their source. They go on from the bytes that are there.

use std::path::PathBuf;

use canteen_app::wire::{Installation, Model};
use canteen_tests::toxic::{Poison, Toxic};
use canteen_tests::{Home, Organisation, Parts, until, weights};

const PATH: &str = "/tiny.gguf";

fn joined() -> (Home, Organisation, Toxic) {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let company = Organisation::found(&home).unwrap();
    let server = Toxic::start();
    let model = weights::tiny(&company.mirror(), 1).unwrap();
    server.serve(PATH, fs_err::read(&model).unwrap());
    company.approve_from("tiny", &model, &[server.url(PATH)], "").unwrap();
    company.publish().unwrap();
    company.join(&home).unwrap();
    (home, company, server)
}

fn state(home: &Home) -> Installation {
    home.json::<Vec<Model>>(&["list"]).unwrap().remove(0).installation
}

fn files(home: &Home, folder: &str) -> Vec<PathBuf> {
    let found = fs_err::read_dir(home.path("canteen/data/models").join(folder));
    found.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// Bytes that are on the disk for certain, as the record beside them says: a number of 20 digits.
fn on_record(home: &Home) -> Option<u64> {
    let record = files(home, "partial").into_iter().find(|path| path.extension().is_some_and(|end| end == "synced"))?;
    let text = fs_err::read_to_string(record).ok()?;
    text.split_ascii_whitespace().find(|word| word.len() == 20)?.parse().ok().filter(|bytes| *bytes > 0)
}

#[test]
fn a_host_killed_in_the_middle_goes_on_from_the_bytes_that_are_there() {
    let (home, _company, server) = joined();
    let mut host = home.serve().unwrap();
    // Never ends by itself before it is killed: 500 bytes each 20 ms are 8 seconds.
    server.next(PATH, [Poison::Slow(500)]);
    let mut waiting = home.canteen_beside("install", ["install", "tiny"]).unwrap();
    until("bytes on record", || on_record(&home)).unwrap();
    host.kill().unwrap();
    let kept = on_record(&home).unwrap();
    assert_eq!(waiting.wait().unwrap().code(), Some(3), "the face says that the host went away: {}", waiting.said());
    assert_eq!(files(&home, "blobs"), Vec::<PathBuf>::new());

    // The next host goes on by itself.
    let _host = home.serve().unwrap();
    until("the rest", || (state(&home) == Installation::Installed).then_some(())).unwrap();
    let asked = server.asked();
    let from: Vec<_> = asked.iter().map(|asked| asked.from.map(|from| from as u64)).collect();
    assert_eq!(from, [None, Some(kept)], "it must not begin at 0 again");
    assert_eq!((files(&home, "blobs").len(), files(&home, "partial").len()), (1, 0));
    let log = home.canteen(["log", "--verify"]).unwrap();
    assert!(log.succeeded().unwrap().contains("chain unbroken"), "{log:?}");
    home.canteen(["run", "tiny", "hello"]).unwrap().succeeded().unwrap();
}

#[test]
fn a_source_that_goes_away_in_the_middle_is_said_and_gone_on_from_later() {
    let (home, _company, server) = joined();
    let _host = home.serve().unwrap();
    server.next(PATH, [Poison::CutAfter(100_000), Poison::Status(404)]);
    let said = home.canteen(["install", "tiny"]).unwrap();
    let text = said.refused("library.source_gone").unwrap();
    assert!(text.contains("what was fetched is kept"), "{text}");
    assert!(matches!(state(&home), Installation::Failed { fault } if fault.code == "library.source_gone"));
    assert_eq!(files(&home, "blobs"), Vec::<PathBuf>::new());
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
    assert_eq!(server.asked().last().unwrap().from, Some(100_000));
    assert_eq!((state(&home), files(&home, "partial").len()), (Installation::Installed, 0));
}

#[test]
fn altered_bytes_over_the_web_leave_nothing_behind() {
    let (home, _company, server) = joined();
    let _host = home.serve().unwrap();
    for (poison, code) in [
        (Poison::Altered(150_000), "library.wrong_digest"),
        (Poison::Longer(1), "library.too_large"),
        (Poison::LongerUnannounced(1), "library.too_large"),
        (Poison::Shorter(150_000), "library.truncated"),
    ] {
        server.next(PATH, [poison]);
        home.canteen(["install", "tiny"]).unwrap().refused(code).unwrap();
        assert_eq!((files(&home, "blobs").len(), files(&home, "partial").len()), (0, 0), "{code}");
    }
    home.canteen(["install", "tiny"]).unwrap().succeeded().unwrap();
}

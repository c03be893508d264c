//! What is wrong with a file that is in use is told with it, whatever it is called and whatever it is for.

use canteen_app::wire::{Computer, Nudge, Sighting};
use canteen_tests::{Home, Organisation, Parts, Running, until};
use canteen_types::Verdict;

/// A checkpoint as PyTorch writes it, of seventy megabytes, whose pickle calls what it should not where `bites`.
pub(crate) fn checkpoint(bites: bool) -> Vec<u8> {
    let harmless = b"\x80\x02}q\x00.".to_vec();
    let call = b"\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03.".to_vec();
    let pickle = if bites { call } else { harmless };
    zip(&[("archive/data.pkl", pickle), ("archive/version", b"3\n".to_vec()), ("archive/data/0", vec![7; 70 << 20])])
}

/// Stored, as PyTorch does it.
fn zip(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut all, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let size = u32::try_from(bytes.len()).unwrap();
        let mut fields = [20_u16, 0, 0, 0, 33].into_iter().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        fields.extend([crc.sum(), size, size].into_iter().flat_map(u32::to_le_bytes));
        fields.extend([u16::try_from(name.len()).unwrap(), 0].into_iter().flat_map(u16::to_le_bytes));
        directory.extend([&b"PK\x01\x02\x14\0"[..], &fields, &[0; 10]].concat());
        directory.extend(u32::try_from(all.len()).unwrap().to_le_bytes());
        directory.extend(name.as_bytes());
        all.extend([&b"PK\x03\x04"[..], &fields, name.as_bytes(), bytes].concat());
    }
    let (start, length) = (u32::try_from(all.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    let count = u16::try_from(members.len()).unwrap();
    all.extend(directory);
    all.extend([&b"PK\x05\x06\0\0\0\0"[..], &count.to_le_bytes(), &count.to_le_bytes()].concat());
    all.extend([length.to_le_bytes(), start.to_le_bytes()].concat());
    all.extend([0, 0]);
    all
}

/// A program that keeps a file of Downloads in memory.
pub(crate) fn hold(home: &Home, name: &str) -> Running {
    let hold = "import mmap,sys,time\nfile=open(sys.argv[1],'rb')\nheld=mmap.mmap(file.fileno(),0,prot=mmap.PROT_READ)\n\
                print(sum(held[::4096]),flush=True)\ntime.sleep(600)";
    let mut python = home.command("python3");
    python.args(["-c", hold]).arg(home.downloads().join(name));
    Running::start(&mut python, home.path("logs/python.log"), "python").unwrap()
}

fn seen(home: &Home, name: &str) -> Sighting {
    until(name, || {
        let sightings = home.json::<Computer>(&["scan"]).ok()?.sightings;
        sightings.into_iter().find(|one| one.path == format!("~/Downloads/{name}") && one.verdict.is_some())
    })
    .unwrap()
}

fn codes(sighting: &Sighting) -> Vec<&str> {
    sighting.evidence.iter().filter_map(|seen| seen.code.as_deref()).collect()
}

#[test]
fn a_checkpoint_that_bites_is_dangerous_and_one_that_does_not_is_only_unapproved() {
    let home = Home::start(Parts::HEADLESS).unwrap();
    let _company = Organisation::with_tiny(&home, "").unwrap();
    fs_err::write(home.downloads().join("holiday.mp4"), checkpoint(true)).unwrap();
    fs_err::write(home.downloads().join("model.bin"), checkpoint(false)).unwrap();
    let archive = zip(&[("Letters/to a friend.odt", vec![1; 20 << 20]), ("archive/data.pkl", b"\x80\x02}.".to_vec())]);
    fs_err::write(home.downloads().join("letters.zip"), archive).unwrap();
    let mut host = home.serve().unwrap();
    let bites = seen(&home, "holiday.mp4");
    assert_eq!((bites.verdict, bites.about.as_str()), (Some(Verdict::Dangerous), "PyTorch"));
    assert!(codes(&bites).contains(&"hazard.dangerous"), "{:?}", bites.evidence);
    let calm = seen(&home, "model.bin");
    assert_eq!((calm.verdict, codes(&calm).contains(&"hazard.dangerous")), (Some(Verdict::Unapproved), false));
    let all = home.json::<Computer>(&["scan"]).unwrap().sightings;
    assert!(all.iter().all(|one| !one.path.ends_with("letters.zip")), "{all:?}");

    // In use it is more than worth a word: what bites is told at once, and as what it is.
    let mut program = hold(&home, "holiday.mp4");
    // What else this account runs meanwhile is no concern of this test.
    let about = || home.json::<Vec<Nudge>>(&["nudges"]).unwrap().into_iter().find(|nudge| nudge.sighting == bites.id);
    let nudge = until("the nudge", about).unwrap();
    assert_eq!(nudge.state, "shown");
    assert!(nudge.title.contains("is dangerous"), "{}", nudge.title);
    program.kill().unwrap();

    // After a new start nothing is read that was read before, and it is as dangerous as it was.
    home.canteen(["quit"]).unwrap().succeeded().unwrap();
    assert!(host.wait().unwrap().success());
    let _host = home.serve().unwrap();
    assert_eq!(seen(&home, "holiday.mp4").verdict, Some(Verdict::Dangerous));
}

//! Weights that come: downloads, copies, programs that carry weights, files in parts, something that is mounted.

use super::*;
use crate::{Arrival, Container};

/// Writes `bytes` in steps of a second, by another process, and ends.
fn slowly(bytes: &Path, to: &Path, steps: u32) -> Child {
    let script = "import os,sys,time; d=open(os.environ['FROM'],'rb').read(); f=open(sys.argv[1],'wb',0); n=int(sys.argv[2]); s=len(d)//n+1\n\
                  for i in range(n): f.write(d[i*s:(i+1)*s]); time.sleep(1)";
    Command::new("python3").args(["-c", script]).arg(to).arg(steps.to_string()).env("FROM", bytes).spawn().unwrap()
}

fn seen(scene: &Scene) -> Box<crate::SeenFile> {
    let Observation::Seen(file) = scene.until(|observation| matches!(observation, Observation::Seen(_))) else {
        panic!("not seen")
    };
    file
}

#[test]
fn a_download_is_underway_until_it_has_its_name() {
    let scene = Scene::new(|folder| {
        write(&folder.join("source"), &gguf(8 * LEAST, 30));
        fs_err::create_dir_all(folder.join("Downloads")).unwrap();
    });
    let partial = scene.path("Downloads/a1b2.incomplete");
    let mut writer = slowly(&scene.path("source"), &partial, 5);
    let begun = seen(&scene);
    assert_eq!((begun.arrival, begun.path.as_path()), (Arrival::Underway, partial.as_path()));
    assert!(writer.wait().unwrap().success());
    assert_eq!(scene.held_within(Duration::from_millis(500)), None, "whoever writes it does not use it");
    fs_err::rename(&partial, scene.path("Downloads/weights")).unwrap();
    let there = seen(&scene);
    assert_eq!((there.arrival, there.path.as_path()), (Arrival::Whole, scene.path("Downloads/weights").as_path()));
    scene.until(|observation| matches!(observation, Observation::Digest { identity, .. } if *identity == there.identity));
}

#[test]
fn a_copy_is_underway_whatever_it_is_called_and_a_cancelled_one_is_gone() {
    let scene = Scene::new(|folder| {
        write(&folder.join("source"), &gguf(8 * LEAST, 31));
        fs_err::create_dir_all(folder.join("Downloads")).unwrap();
    });
    let path = scene.path("Downloads/holiday.mp4");
    let writer = slowly(&scene.path("source"), &path, 30);
    let begun = seen(&scene);
    assert_eq!((begun.arrival, begun.path.as_path()), (Arrival::Underway, path.as_path()));
    end(writer);
    fs_err::remove_file(&path).unwrap();
    let gone = scene.until(|observation| matches!(observation, Observation::Gone { .. }));
    assert!(matches!(gone, Observation::Gone { identity } if identity == begun.identity), "it is gone as it was told of");
}

#[test]
fn a_program_that_carries_weights_is_recognised() {
    let scene = Scene::new(|folder| {
        write(&folder.join("m.gguf"), &gguf(2 * LEAST, 32));
        let script = "import sys,zipfile; open(sys.argv[2],'wb').write(open('/bin/sh','rb').read()); z=zipfile.ZipFile(sys.argv[2],'a'); \
                      z.write(sys.argv[1],'m.gguf'); z.close()";
        fs_err::create_dir_all(folder.join("Downloads")).unwrap();
        let made =
            Command::new("python3").args(["-c", script]).args([folder.join("m.gguf"), folder.join("Downloads/notes")]).status();
        assert!(made.unwrap().success());
        // An ordinary program of the same size stays one.
        let mut plain = fs_err::read("/bin/sh").unwrap();
        plain.resize(3 << 20, 0);
        write(&folder.join("Downloads/plain"), &plain);
    });
    let file =
        scene.early.borrow().iter().find_map(|early| if let Observation::Seen(file) = early { Some(file.clone()) } else { None });
    let file = file.unwrap();
    assert_eq!((file.container, file.path.as_path()), (Container::Program, scene.path("Downloads/notes").as_path()));
    assert_eq!(scene.within(Duration::from_millis(300)).iter().filter(|one| matches!(one, Observation::Seen(_))).count(), 1);
}

#[test]
fn a_model_in_parts_is_one_model_once_all_are_there() {
    let bytes = gguf(5 * LEAST, 33);
    let half = usize::try_from(3 * LEAST).unwrap();
    let scene = Scene::new(|folder| write(&folder.join("Downloads/m.part00"), &bytes[..half]));
    assert!(
        !scene.within(Duration::from_millis(300)).iter().any(|one| matches!(one, Observation::Seen(_))),
        "a half tells nothing"
    );
    write(&scene.path("Downloads/m.part01"), &bytes[half..]);
    scene._watch.rescan();
    let file = seen(&scene);
    assert_eq!(
        (file.container, file.path.as_path()),
        (Container::Parts { count: 2 }, scene.path("Downloads/m.part00").as_path())
    );
}

#[test]
fn what_is_mounted_is_looked_through() {
    let scene = Scene::new(|folder| {
        write(&folder.join("stick/deep/weights.dat"), &gguf(2 * LEAST, 34));
        fs_err::create_dir_all(folder.join("media")).unwrap();
    });
    let media = scene.path("media");
    let Some(_stick) = mount(&["--bind", scene.path("stick").to_str().unwrap()], media.clone()) else { return };
    let file = seen(&scene);
    assert_eq!((file.place.as_str(), file.path.as_path()), ("media", media.join("deep/weights.dat").as_path()));
}

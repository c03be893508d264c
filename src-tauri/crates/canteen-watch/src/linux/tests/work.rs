//! Holders that work with what they hold, and servers.

use super::*;
use crate::Busy;

const MAP: &str =
    "import mmap,sys,time,socket,threading; f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); f.close()\n";

/// Threads enough for a part of a busy computer, until the file that says so is gone.
const BUSY: &str = "import hashlib,os\ndef work():\n  while os.path.exists(sys.argv[1]+'.go'): hashlib.sha256(m).digest()\n\
                    for n in range(8): threading.Thread(target=work).start()\ntime.sleep(600)";

fn python(script: &str, path: &Path) -> Child {
    Command::new("python3").args(["-c", &format!("{MAP}{script}")]).arg(path).stdout(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_holder_that_computes_works_and_rests_when_it_has_stopped() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 80)));
    write(&scene.path("Downloads/a.gguf.go"), b"");
    let user = python(BUSY, &scene.path("Downloads/a.gguf"));
    let works = scene.until(|one| matches!(one, Observation::Works { .. }));
    let Observation::Works { pid, busy: Busy::Computes { percent }, .. } = works else { panic!("{works:?}") };
    assert!(pid == user.id() && percent >= 25, "{percent}");
    fs_err::remove_file(scene.path("Downloads/a.gguf.go")).unwrap();
    scene.until(|one| matches!(one, Observation::Rests { pid: rests, .. } if *rests == pid));
    end(user);
}

#[test]
fn a_holder_at_rest_only_holds() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 81)));
    let user = user_of(&scene.path("Downloads/a.gguf"), "map");
    let noticed = scene.within(Duration::from_secs(13));
    end(user);
    assert!(noticed.iter().any(|one| matches!(one, Observation::Held { .. })));
    assert!(!noticed.iter().any(|one| matches!(one, Observation::Works { .. })), "{noticed:?}");
}

#[test]
fn a_server_is_told_of_once_with_its_program_and_serves_while_somebody_is_connected() {
    let scene = Scene::new(|folder| write(&folder.join("Downloads/a.gguf"), &gguf(2 * LEAST, 82)));
    let script = "s=socket.socket(); s.bind(('127.0.0.1',0)); s.listen(); c=socket.create_connection(s.getsockname()); a=s.accept()\n\
                  while True:\n  t=time.process_time()\n  while time.process_time()-t<0.05: sum(m[::4096])\n  time.sleep(0.25)";
    let user = python(script, &scene.path("Downloads/a.gguf"));
    let waits = scene.any(|one| matches!(one, Observation::Waits { holder: Some(holder), .. } if holder.pid == user.id()));
    let Observation::Waits { server, .. } = waits else { panic!("{waits:?}") };
    assert!(server.address.is_loopback());
    let works = scene.until(|one| matches!(one, Observation::Works { .. }));
    end(user);
    assert!(matches!(works, Observation::Works { busy: Busy::Serves { port, .. }, .. } if port == server.port), "{works:?}");
    let again = scene.within(Duration::from_secs(1));
    assert!(!again.iter().any(|one| matches!(one, Observation::Waits { server: other, .. } if *other == server)));
}

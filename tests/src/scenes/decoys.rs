use anyhow::Result;

use crate::{Home, Running, weights};

/// Something that has to do with models, or sounds like it, and is no use of one.
#[derive(Clone, Copy, Debug)]
pub struct Decoy {
    /// What it is.
    pub words: &'static str,
    /// For `sh`, in a folder of its own with `model.gguf`; goes on until it is ended, or ends by itself.
    script: &'static str,
}

/// All of them. Each repeats itself: what is read once is read in a tenth of a second.
pub const DECOYS: &[Decoy] = &[
    decoy("a program called ollama", "cp /bin/sleep ollama; exec ./ollama 600"),
    decoy("a program called llama-server", "cp /bin/sleep llama-server; exec ./llama-server 600"),
    decoy("a title that names a model", "exec bash -c 'exec -a \"llama-server --model llama-3-70b.gguf\" sleep 600'"),
    decoy("a digest", "while sha256sum model.gguf; do :; done"),
    decoy("a copy", "while cp model.gguf copy.gguf; do :; done"),
    decoy("an archive", "while tar cf out.tar model.gguf; do :; done"),
    decoy("a compressed archive", "while tar c model.gguf | gzip -1 > out.tgz; do :; done"),
    decoy("a zip", "while python3 -m zipfile -c out.zip model.gguf; do :; done"),
    decoy("zstd", "while zstd -qf model.gguf -o out.zst; do :; done"),
    decoy("a backup that waits", "tar c model.gguf | (head -c 9000000; sleep 600) > /dev/null"),
    decoy(
        "a slow upload",
        "while python3 -c 'import sys,time\nf=open(\"model.gguf\",\"rb\")\nwhile f.read(1<<18): time.sleep(.02)'; do :; done",
    ),
    decoy(
        "a large program that has it open",
        "exec python3 -c 'import time; b=b\"x\"*(300<<20); time.sleep(4); f=open(\"model.gguf\",\"rb\"); f.read(1<<20); time.sleep(600)'",
    ),
    decoy("a pager", "exec less model.gguf < /dev/ptmx"),
    decoy("an editor", "exec vim -es -u NONE model.gguf -c 'sleep 600'"),
    decoy("a hexadecimal look", "while xxd -l 50000000 model.gguf > /dev/null; do :; done"),
    decoy("what watches its end", "exec tail -f model.gguf > /dev/null"),
    decoy("a glance", "while head -c 100000 model.gguf > /dev/null && file model.gguf; do :; done"),
    decoy("a comparison", "cp model.gguf other.gguf; while cmp model.gguf other.gguf; do :; done"),
    decoy("a search", "while grep -c secret model.gguf; do :; done"),
    decoy("version control", "git init -q .; while git add -f model.gguf && rm -rf .git/index .git/objects/??; do :; done"),
    decoy("a listing of its header", "while strings -n 8 model.gguf > /dev/null; do :; done"),
    decoy("zeros by a model's name", "truncate -s 128M zeros.gguf; exec python3 -c \"$MAP\" zeros.gguf"),
    decoy("a game's data", "head -c 128M /dev/urandom > data.pak; exec python3 -c \"$MAP\" data.pak"),
    decoy("a large zip", "head -c 96M /dev/urandom > part; python3 -m zipfile -c all.zip part; exec python3 -c \"$MAP\" all.zip"),
    decoy(
        "a database",
        "exec python3 -c 'import sqlite3,time; d=sqlite3.connect(\"data.db\"); d.execute(\"pragma mmap_size=1000000000\"); \
         d.execute(\"create table t(x)\"); d.executemany(\"insert into t values(?)\",((b\"x\"*100000,) for n in range(900))); d.commit(); \
         d.execute(\"select count(x) from t\").fetchall(); time.sleep(600)'",
    ),
    decoy("a compiler", "printf 'int main(){return 0;}' > a.c; while cc -O2 -o a a.c; do :; done"),
    decoy("a film", "head -c 200M /dev/urandom > film.mkv; while cat film.mkv > /dev/null; do sleep 1; done"),
    decoy("a download", "while dd if=model.gguf of=new.part bs=1M status=none && mv new.part new.gguf; do sleep 1; done"),
    decoy("a model that only lies there", "exec sleep 600"),
    decoy(
        "a packer whose memory grows as it reads",
        "while python3 -c 'import lzma,shutil; shutil.copyfileobj(open(\"model.gguf\",\"rb\"),lzma.open(\"out.xz\",\"wb\"))'; do :; done",
    ),
    decoy(
        "a table beside a model",
        "head -c 200M /dev/urandom > table; exec python3 -c 'import time; b=open(\"table\",\"rb\").read(); time.sleep(600)'",
    ),
    decoy("what only has PyTorch", "exec /usr/bin/python3 -c 'import torch,time; time.sleep(600)'"),
    decoy(
        "a header read by a large program that names it",
        "exec python3 -c 'import sys,time; b=b\"x\"*(300<<20); f=open(sys.argv[1],\"rb\"); f.read(4<<20); f.close(); time.sleep(600)' model.gguf",
    ),
    decoy(
        "a checksum that goes on to do other things",
        "exec node -e 'const h=require(\"crypto\").createHash(\"sha256\"); require(\"fs\").createReadStream(\"model.gguf\").pipe(h); setInterval(()=>h,1000)'",
    ),
    decoy(
        "a copy in parts, each by its digest",
        "while python3 -c 'import hashlib,sys\nf=open(\"model.gguf\",\"rb\")\nwhile b:=f.read(1<<22): open(hashlib.sha256(b).hexdigest(),\"wb\").write(b)'; do rm -f ????????????????*; done",
    ),
    decoy(
        "an array that is no model",
        "printf '\\223NUMPY\\1\\0' > data.npy; head -c 128M /dev/urandom >> data.npy; exec python3 -c \"$MAP\" data.npy",
    ),
    decoy("a disk of a virtual machine", "qemu-img create -q -f raw disk.img 256M; exec python3 -c \"$MAP\" disk.img"),
    decoy("a stream through OpenSSL", "while openssl dgst -sha512 model.gguf; do :; done"),
    decoy(
        "pictures in the memory of a program",
        "head -c 160M /dev/urandom > scan.bmp; exec python3 -c 'import time; k=[bytearray(open(\"scan.bmp\",\"rb\").read()) for n in range(2)]; time.sleep(600)'",
    ),
];

/// Maps a file and touches every page of it.
const MAP: &str = "import mmap,sys,time; f=open(sys.argv[1],'rb'); m=mmap.mmap(f.fileno(),0,prot=mmap.PROT_READ); sum(m[::4096]); time.sleep(600)";

const fn decoy(words: &'static str, script: &'static str) -> Decoy {
    Decoy { words, script }
}

impl Decoy {
    /// Starts it, with a model in Downloads: one file by many names.
    ///
    /// # Errors
    /// When the weights cannot be had.
    pub fn start(self, home: &Home) -> Result<Running> {
        let folder = home.downloads().join(self.words.replace(' ', "-"));
        fs_err::create_dir_all(&folder)?;
        let model = home.path("model.gguf");
        if !model.exists() {
            fs_err::copy(weights::smollm2()?, &model)?;
        }
        fs_err::hard_link(model, folder.join("model.gguf"))?;
        let mut command = home.command("sh");
        command.args(["-c", self.script]).env("MAP", MAP).current_dir(&folder);
        let log = home.path("logs").join(self.words.replace(' ', "-"));
        Running::start_with_all(&mut command, log, "what it is for")
    }
}

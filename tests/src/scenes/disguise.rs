use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::Home;
use crate::engines::{Engine, Load, NAMED_BY, Start, WITHIN};
use crate::python::Python;

/// What is unusual about a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disguise {
    /// Nothing: a downloaded file, opened by the program.
    Ordinary,
    /// The file has the name of a film.
    RenamedFile,
    /// The program has another name.
    RenamedProgram,
    /// The process says that it is another program.
    Title,
    /// Opened by another link to the same file, elsewhere.
    HardLink,
    /// Opened by a symbolic link.
    SymbolicLink,
    /// In a folder that nobody knows.
    UnknownFolder,
    /// In a file system that is memory.
    SharedMemory,
    /// Mounted at another place, for this program only.
    BindMount,
    /// The same in a container with processes and a root of its own.
    Container,
    /// In the lower layer of an overlay, for this program only.
    Overlay,
    /// In a file system in memory that only this program has.
    OwnMemory,
    /// Read instead of mapped.
    Read,
    /// Read past the file cache.
    Direct,
    /// A file without a name, in memory.
    NamelessFile,
    /// Deleted once it is loaded.
    Deleted,
    /// Other bytes take its name once it is loaded.
    Replaced,
    /// In several files.
    Split,
    /// The process that loaded it is gone, its child goes on.
    Forked,
    /// Nothing that others see of the program names the file, which lies in a folder that nobody knows.
    Variable,
    /// The file is called by two lines, one of them turned around.
    OddName,
    /// Read a little at a time, in a folder that nobody knows.
    Slowly,
    /// Opened by one process and read by another.
    PassedOn,
    /// Within an archive of a program, from which it is mapped.
    Within,
}

/// What the program wears.
pub(super) struct Worn {
    /// The weights; the first of them where there are several.
    pub(super) file: PathBuf,
    /// Words before the program's own.
    around: Vec<OsString>,
    /// What the program is told to load; `file` where there is none.
    shown: Option<PathBuf>,
    /// What else it is told.
    variables: Vec<(&'static str, OsString)>,
}

impl Disguise {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::Ordinary,
        Self::RenamedFile,
        Self::RenamedProgram,
        Self::Title,
        Self::HardLink,
        Self::SymbolicLink,
        Self::UnknownFolder,
        Self::SharedMemory,
        Self::BindMount,
        Self::Container,
        Self::Overlay,
        Self::OwnMemory,
        Self::Read,
        Self::Direct,
        Self::NamelessFile,
        Self::Deleted,
        Self::Replaced,
        Self::Split,
        Self::Forked,
        Self::Variable,
        Self::OddName,
        Self::Slowly,
        Self::PassedOn,
        Self::Within,
    ];

    /// For a table.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::RenamedFile => "renamed file",
            Self::RenamedProgram => "renamed program",
            Self::Title => "changed title",
            Self::HardLink => "hard link",
            Self::SymbolicLink => "symbolic link",
            Self::UnknownFolder => "unknown folder",
            Self::SharedMemory => "/dev/shm",
            Self::BindMount => "bind mount",
            Self::Container => "container",
            Self::Overlay => "overlay",
            Self::OwnMemory => "tmpfs of its own",
            Self::Read => "read, not mapped",
            Self::Direct => "direct I/O",
            Self::NamelessFile => "memfd",
            Self::Deleted => "deleted",
            Self::Replaced => "replaced",
            Self::Split => "split",
            Self::Forked => "forked",
            Self::Variable => "by a variable",
            Self::OddName => "odd name",
            Self::Slowly => "slowly",
            Self::PassedOn => "passed on",
            Self::Within => "in an archive",
        }
    }

    /// How the weights are loaded in it.
    #[must_use]
    pub fn load(self) -> Load {
        let particular = [
            (Self::Read, Load::Read),
            (Self::Direct, Load::Direct),
            (Self::Slowly, Load::Slowly),
            (Self::PassedOn, Load::PassedOn),
            (Self::Within, Load::Within),
        ];
        particular.into_iter().find(|(disguise, _)| *disguise == self).map_or(Load::Usual, |(_, load)| load)
    }

    /// Whether there is such a scene with this program.
    #[must_use]
    pub fn suits(self, engine: Engine) -> bool {
        let of_llama = matches!(engine, Engine::NodeLlama | Engine::LlamaServer);
        // What Python is called tells it where its libraries are; only llama.cpp knows its own way to split.
        let is_of_llama = matches!(self, Self::Title | Self::Split);
        // mistral.rs takes a folder and a name, and a descriptor has neither.
        let nameless = self != Self::NamelessFile || engine != Engine::MistralRs;
        // The system's Python finds its libraries by its own path only.
        let at_home = self != Self::RenamedProgram || engine != Engine::Torch;
        // llama-server is told by its arguments; not every program takes a name that is no text.
        let told = (self != Self::Variable || engine != Engine::LlamaServer)
            && (self != Self::OddName || matches!(engine, Engine::LlamaServer | Engine::Torch | Engine::Plain));
        told && at_home
            && (of_llama || !is_of_llama)
            && (!of_llama || self != Self::Forked)
            && nameless
            && engine.can(self.load())
    }

    /// The name that the program's file gets.
    pub(super) fn program(self) -> Option<&'static str> {
        (self == Self::RenamedProgram).then_some("photo-sorter")
    }

    /// Puts the weights where they belong; `mark` is part of every name.
    pub(super) fn wear(self, home: &Home, weights: &Path, mark: &str) -> Result<Worn> {
        let plain = home.downloads().join(format!("{mark}.gguf"));
        let elsewhere = home.path("home/projects").join(mark);
        fs_err::create_dir_all(&elsewhere)?;
        let inside = Path::new("/mnt").join(format!("{mark}.gguf"));
        let hidden = elsewhere.join(format!("{mark}.gguf"));
        let worn = |file: PathBuf, around: &[&str], shown: Option<PathBuf>| Worn {
            file,
            around: around.iter().map(OsString::from).collect(),
            shown,
            variables: Vec::new(),
        };
        let folder = elsewhere.to_str().context("a readable path")?;
        let worn = match self {
            Self::Ordinary | Self::RenamedProgram | Self::Read | Self::Direct | Self::Replaced => worn(plain, &[], None),
            Self::RenamedFile => worn(home.downloads().join(format!("holiday-{mark}.mp4")), &[], None),
            Self::Title => worn(plain, &["bash", "-c", "exec -a /usr/libexec/gvfsd \"$0\" \"$@\""], None),
            Self::HardLink | Self::SymbolicLink => worn(plain, &[], Some(hidden)),
            Self::UnknownFolder | Self::Deleted | Self::Slowly => worn(hidden, &[], None),
            Self::PassedOn => worn(plain, &[], None),
            Self::Variable => {
                let variables = vec![(NAMED_BY, hidden.clone().into_os_string())];
                Worn { variables, ..worn(hidden, &[], Some("/dev/null".into())) }
            }
            Self::OddName => worn(home.downloads().join(format!("{mark}-two\nlines \u{202e}fugg.gguf")), &[], None),
            Self::Within => {
                let variables = vec![("ENGINE_OFFSET", WITHIN.to_string().into())];
                Worn { variables, ..worn(elsewhere.join("app.asar"), &[], None) }
            }
            Self::Forked => worn(plain, &["env", "ENGINE_FORKS=1"], None),
            Self::SharedMemory => worn(Path::new("/dev/shm").join(format!("{mark}.gguf")), &[], None),
            Self::BindMount => {
                worn(hidden, &["unshare", "-rm", "sh", "-c", "mount --bind \"$0\" /mnt && exec \"$@\"", folder], Some(inside))
            }
            Self::Container => {
                let own =
                    ["bwrap", "--dev-bind", "/", "/", "--proc", "/proc", "--unshare-user", "--unshare-pid", "--die-with-parent"];
                let own: Vec<&str> = own.into_iter().chain(["--bind", folder, "/mnt"]).collect();
                worn(hidden, &own, Some(inside))
            }
            Self::Overlay => {
                fs_err::create_dir_all(home.path("home/projects/empty"))?;
                let script = "mount -t overlay overlay -o lowerdir=\"$0\":\"$0\"/../empty /mnt && exec \"$@\"";
                worn(hidden, &["unshare", "-rm", "sh", "-c", script, folder], Some(inside))
            }
            Self::OwnMemory => {
                let file = hidden.to_str().context("a readable path")?.to_owned();
                let script = "mount -t tmpfs none /mnt && cp \"$0\" /mnt && rm \"$0\" && exec \"$@\"";
                worn(hidden, &["unshare", "-rm", "sh", "-c", script, &file], Some(inside))
            }
            Self::NamelessFile => {
                let script = "import os,sys; f=os.memfd_create(sys.argv[2],0); d=open(sys.argv[1],'rb').read(); os.remove(sys.argv[1])\n\
                              while d: d=d[os.write(f,d):]\n\
                              os.execvp(sys.argv[3],[a.replace('MEMFD','/proc/self/fd/%d'%f) for a in sys.argv[3:]])";
                let file = hidden.to_str().context("a readable path")?.to_owned();
                worn(hidden, &["python3", "-c", script, &file, mark], Some("MEMFD".into()))
            }
            Self::Split => {
                let first = home.downloads().join(format!("{mark}-00001-of-00003.gguf"));
                worn(first, &[], None)
            }
        };
        if self == Self::Split {
            let prefix = home.downloads().join(mark);
            Python::with_packages()?.corpora("split.py", [weights, &prefix])?.succeeded()?;
            fs_err::remove_file(weights)?;
            ensure!(worn.file.is_file(), "{} was not made", worn.file.display());
        } else if self == Self::Within {
            fs_err::write(&worn.file, [vec![5; WITHIN + 100], fs_err::read(weights)?].concat())?;
            fs_err::remove_file(weights)?;
        } else if fs_err::rename(weights, &worn.file).is_err() {
            // Another file system.
            fs_err::copy(weights, &worn.file)?;
            fs_err::remove_file(weights)?;
        }
        match (self, &worn.shown) {
            (Self::HardLink, Some(link)) => fs_err::hard_link(&worn.file, link)?,
            (Self::SymbolicLink, Some(link)) => fs_err::os::unix::fs::symlink(&worn.file, link)?,
            _ => {}
        }
        Ok(worn)
    }
}

impl Worn {
    /// The program, as it is started.
    pub(super) fn command(&self, home: &Home, engine: Engine, disguise: Disguise) -> Result<Command> {
        let model = self.shown.as_deref().unwrap_or(&self.file);
        let start = Start { named: disguise.program(), model, load: disguise.load(), works: false };
        let mut inner = engine.command(home, start)?;
        inner.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let Some((first, rest)) = self.around.split_first() else { return Ok(inner) };
        let mut outer = home.command(first);
        outer.args(rest).arg(inner.get_program()).args(inner.get_args());
        outer.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Ok(outer)
    }

    /// Other bytes by the same name.
    pub(super) fn replace(&self) -> Result<()> {
        let beside = self.file.with_extension("new");
        fs_err::copy(&self.file, &beside)?;
        let mut file = fs_err::OpenOptions::new().append(true).open(&beside)?;
        std::io::Write::write_all(&mut file, &[0; 64])?;
        Ok(fs_err::rename(beside, &self.file)?)
    }
}

mod bom;
mod init;
mod inspect;
mod keys;
mod model;
mod policy;
mod publish;
mod signatures;
mod status;
mod verify;

use std::process::ExitCode;

use canteen_catalogue::sign::{Algorithm, Lifetimes, RoleName};
use canteen_inspect::{Asked, Depth, Reader};
use canteen_types::Timestamp;
use clap::CommandFactory as _;

use crate::args::{Arguments, Command, Days, Kind, Role};
use crate::out::Out;
use crate::passphrase::Passphrases;

/// What every command may use.
pub(crate) struct Session {
    /// The time of signing.
    pub(crate) now: Timestamp,
    pub(crate) passphrases: Passphrases,
    pub(crate) out: Out,
}

pub(crate) fn run(command: Command, session: &Session) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Inspect { paths, compare, digests } => {
            let depth = if digests { Depth::Digests } else { Depth::Headers };
            let asked = Asked { paths: &paths, known: compare.as_deref(), depth, reader: Reader::It };
            return inspect::run(asked, session);
        }
        Command::Verify(asked) => return verify::run(&asked, session),
        Command::Bom(asked) => bom::run(&asked, session),
        Command::Init(asked) => init::run(&asked, session),
        Command::Keys(asked) => keys::run(asked, session),
        Command::Model(asked) => model::run(asked, session),
        Command::Policy(asked) => policy::run(asked, session),
        Command::Signatures(asked) => signatures::run(asked, session),
        Command::Publish(asked) => publish::run(&asked, session),
        Command::Status(place) => status::run(&place, session),
        Command::ManPages { folder } => Ok(clap_mangen::generate_to(Arguments::command(), folder)?),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "canteen-admin", &mut std::io::stdout());
            Ok(())
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

impl From<Kind> for Algorithm {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Ed25519 => Self::Ed25519,
            Kind::P256 => Self::P256,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Root => Self::Root,
            Role::Targets => Self::Targets,
            Role::Snapshot => Self::Snapshot,
            Role::Timestamp => Self::Timestamp,
        }
    }
}

impl From<Days> for Lifetimes {
    fn from(days: Days) -> Self {
        let whole = |n: u32| std::time::Duration::from_secs(u64::from(n) * 24 * 60 * 60);
        Self {
            root: whole(days.root_days),
            targets: whole(days.targets_days),
            snapshot: whole(days.snapshot_days),
            timestamp: whole(days.timestamp_days),
        }
    }
}

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use canteen_app::call::{Call, Join, UnlockStore};
use canteen_app::client::{self, Client};
use canteen_app::host::{Beginning, HostKind, begin};
use canteen_app::wire::CatalogueStatus;
use canteen_os::Environment;
use canteen_types::Digest;

use crate::failure::Failure;
use crate::out::Out;

/// Longest root file, in bytes; the reader's own limit.
const LONGEST_ROOT: u64 = 512 * 1024;

pub(crate) async fn serve(environment: &Environment, until_idle: bool, out: &Out) -> Result<(), Failure> {
    canteen_app::logs::to_stderr(environment);
    let kind = if until_idle { HostKind::UntilIdle } else { HostKind::Headless };
    match begin(environment, kind).await.map_err(anyhow::Error::from)? {
        Beginning::ShownElsewhere => {
            out.note("A host is running already; the command line uses it.");
            Ok(())
        }
        Beginning::Host(host) => {
            out.note("Canteen is ready. Ctrl C ends it.");
            tokio::select! {
                () = host.ended() => {}
                () = interrupted() => {}
            }
            host.close().await;
            Ok(())
        }
    }
}

async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without a handler the system's own takes over.
    drop(tokio::signal::ctrl_c().await);
}

pub(crate) async fn quit(environment: &Environment, out: &Out) -> Result<(), Failure> {
    let Some(mut client) = client::connect(environment).await? else {
        return out.line("No host is running.");
    };
    client.call::<()>(Call::Quit).await?;
    out.line("The host ends; running models stop, installations go on at the next start.")
}

pub(crate) async fn join(
    client: &mut Client,
    location: String,
    root: &Path,
    root_digest: Option<Digest>,
    out: &Out,
) -> Result<(), Failure> {
    let mut text = String::new();
    fs_err::File::open(root)?.take(LONGEST_ROOT).read_to_string(&mut text)?;
    let status: CatalogueStatus = client.call(Call::JoinOrganisation(Join { location, root: text, root_digest })).await?;
    out.show(&status, |status| {
        let organisation = status.organisation.as_deref().unwrap_or("the organisation");
        format!("Joined {organisation}: {} models. `canteen list` shows them.", status.entries)
    })
}

pub(crate) async fn unlock(client: &mut Client, passphrase_file: Option<&Path>, out: &Out) -> Result<(), Failure> {
    let passphrase = match passphrase_file {
        Some(path) => {
            let mut text = String::new();
            fs_err::File::open(path)?.take(4096).read_to_string(&mut text)?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        None if std::io::stdin().is_terminal() => {
            let typed = rpassword::prompt_password("Passphrase (empty: only unlock the keyring): ")?;
            Some(typed).filter(|typed| !typed.is_empty())
        }
        None => None,
    };
    client.call::<()>(Call::UnlockStore(UnlockStore { passphrase })).await?;
    out.line("The store is open.")
}

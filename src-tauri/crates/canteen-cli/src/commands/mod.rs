//! One function per command; each asks the host and shows what comes back.

mod conversations;
mod host;
mod inspect;
mod ledger;
mod models;
mod nudges;
mod purge;
mod requests;
mod runs;
mod show;

use canteen_app::client::{self, Client};
use canteen_inspect::{Asked, Depth, Reader};
use canteen_os::Environment;
use clap::CommandFactory as _;

use crate::args::{Arguments, Command};
use crate::failure::Failure;
use crate::out::Out;

#[expect(clippy::wildcard_enum_match_arm, reason = "all others need a host; the list there is complete")]
pub(crate) async fn run(command: Command, environment: &Environment, out: &Out) -> Result<(), Failure> {
    match command {
        Command::Serve { until_idle } => host::serve(environment, until_idle, out).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "canteen", &mut script);
            out.write(&String::from_utf8_lossy(&script))
        }
        Command::ManPages { folder } => Ok(clap_mangen::generate_to(Arguments::command(), folder)?),
        Command::Inspect { paths, compare, digests } => {
            let depth = if digests { Depth::Digests } else { Depth::Headers };
            inspect::inspect(Asked { paths: &paths, known: compare.as_deref(), depth, reader: Reader::Employee }, out)
        }
        Command::Purge { yes } => purge::purge(environment, yes, out).await,
        Command::Quit => host::quit(environment, out).await,
        command => ask(command, client::connect_or_start(environment).await?, out).await,
    }
}

async fn ask(command: Command, mut client: Client, out: &Out) -> Result<(), Failure> {
    let client = &mut client;
    match command {
        Command::List => models::list(client, out).await,
        Command::Show { model } => models::show(client, model, out).await,
        Command::Install { model, accept_licence } => models::install(client, &model, accept_licence, out).await,
        Command::Remove { model } => models::remove(client, model, out).await,
        Command::Run { model, prompt, accept_licence, talk } => {
            let first = runs::First { model, prompt, accept_licence };
            runs::run(client, first, talk, out).await
        }
        Command::Chat { model, talk } => runs::chat(client, model, talk, out).await,
        Command::Conversations { action } => conversations::conversations(client, action, out).await,
        Command::Ps => runs::ps(client, out).await,
        Command::Stop { model, .. } => runs::stop(client, model, out).await,
        Command::Scan => nudges::scan(client, out).await,
        Command::Nudges { action } => nudges::nudges(client, action, out).await,
        Command::Requests { action } => requests::requests(client, action, out).await,
        Command::Status => show::status(client, out).await,
        Command::Log(arguments) => ledger::log(client, arguments, out).await,
        Command::ExportData => ledger::export_data(client, out).await,
        Command::DeleteData { yes } => ledger::delete_data(client, yes, out).await,
        Command::Diagnostics => show::diagnostics(client, out).await,
        Command::Join { location, root, root_digest } => host::join(client, location, &root, root_digest, out).await,
        Command::Sync => show::sync(client, out).await,
        Command::Unlock { passphrase_file } => host::unlock(client, passphrase_file.as_deref(), out).await,
        // Answered before a host was needed.
        Command::Serve { .. }
        | Command::Quit
        | Command::Inspect { .. }
        | Command::Purge { .. }
        | Command::ManPages { .. }
        | Command::Completions { .. } => Ok(()),
    }
}

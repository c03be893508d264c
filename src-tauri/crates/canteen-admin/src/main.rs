//! `canteen-admin`: IT's command line. Makes the keys, describes models, signs and publishes the catalogue that employees'
//! computers read.
//!
//! ```text
//! canteen-admin init acme --organisation "Acme GmbH"
//! canteen-admin model add acme --file model.gguf --id my-model --source https://models.acme.example/model.gguf …
//! canteen-admin publish acme
//! ```
//!
//! `acme/repository` is what clients read, `acme/root.json` what they pin, `acme/keys` what must not leave IT. Exit codes: 0
//! done, 1 refused or failed, 2 wrong usage, 130 interrupted; `inspect` adds 10 suspicious and 20 dangerous, `verify` 20 not as it
//! was signed, or not believed.

mod args;
mod commands;
mod draft;
mod entry_fields;
mod failure;
mod keyring;
mod model_file;
mod out;
mod passphrase;
mod place;
mod values;

use std::process::ExitCode;

use canteen_types::Timestamp;
use clap::Parser as _;

use crate::args::Arguments;
use crate::commands::Session;
use crate::out::Out;
use crate::passphrase::Passphrases;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let out = Out::new(arguments.json);
    // The environment and the clock are read here and nowhere else.
    let from_environment = std::env::var_os("CANTEEN_ADMIN_PASSPHRASE").and_then(|text| text.into_string().ok());
    let session = Session {
        now: arguments.at.unwrap_or_else(clock),
        passphrases: Passphrases::new(arguments.passphrase_file, from_environment),
        out,
    };
    match commands::run(arguments.command, &session) {
        Ok(code) => code,
        Err(error) => out.fail(&error),
    }
}

#[expect(clippy::disallowed_methods, reason = "the one clock of this program; canteen-os would bring keyrings and D-Bus along")]
fn clock() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

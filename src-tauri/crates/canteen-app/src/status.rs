//! Where things stand, for footer, tray and `canteen status`.

use canteen_types::{Enforcement, SandboxReport};

use crate::App;
use crate::fault::AppError;
use crate::wire::{Fault, Status};

const SANDBOX: &str = "sandbox.last";

impl App {
    /// Where things stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn get_status(&self) -> Result<Status, Fault> {
        let result = self.blocking(Self::status).await;
        self.told(result)
    }

    pub(crate) fn status(&self) -> Result<Status, AppError> {
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            host: self.kind.word().to_owned(),
            catalogue: self.shelf.status(self.now()),
            runs: self.live_runs(),
            attention: self.attention()?,
            paused_until: self.paused_until()?,
            key_place: self.key_place.clone(),
            sandbox: self.store.settings().get::<String>(SANDBOX)?,
            notifications: self.has_daemon.load(std::sync::atomic::Ordering::Relaxed),
            log_rows: self.store.audit().rows()?,
            memory: self.memory.bytes(),
        })
    }

    pub(crate) fn remember_sandbox(&self, report: &SandboxReport, enforcement: &Enforcement) {
        let words = match enforcement {
            Enforcement::Enforced => {
                format!(
                    "enforced: system calls filtered, no file and no network reachable (Landlock ABI {})",
                    report.landlock_abi
                )
            }
            Enforcement::Partly { missing } => format!("enforced partly, without {}", missing.join(", ")),
            Enforcement::Refused { missing } => format!("refused: this kernel lacks {}", missing.join(", ")),
        };
        let known = self.store.settings().get::<String>(SANDBOX);
        if known.is_ok_and(|known| known.as_ref() == Some(&words)) {
            return;
        }
        if let Err(error) = self.store.settings().put(SANDBOX, &words, None) {
            tracing::warn!(%error, "the sandbox's state could not be kept");
        }
    }
}

//! The application log: ids, sizes, durations and causes, on standard error. Never a prompt or an answer; the audit log is
//! another thing and lies in the store.

use std::io::IsTerminal as _;

use canteen_os::Environment;
use tracing_subscriber::EnvFilter;

/// To standard error, at `warn` unless `CANTEEN_LOG` says otherwise (e.g. `canteen_app=debug`).
pub fn to_stderr(environment: &Environment) {
    let filter = EnvFilter::try_new(environment.log.as_deref().unwrap_or("warn")).unwrap_or_else(|_| EnvFilter::new("warn"));
    // A second call, as in tests, keeps the first subscriber.
    drop(
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal() && !environment.no_colour)
            .try_init(),
    );
}

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use zbus::Connection;

use crate::{eventually, until};

/// A D-Bus session of its own. It starts no service by itself: what was not put on it is not there.
#[derive(Debug)]
pub struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    /// Starts one whose socket lies in `folder`.
    ///
    /// # Errors
    /// When `dbus-daemon` is missing or does not come up.
    pub fn start(folder: &Path) -> Result<Self> {
        let config = folder.join("bus.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
             <allow own=\"*\"/></policy></busconfig>",
            folder.join("bus").display()
        );
        fs_err::write(&config, text)?;
        let mut daemon = Command::new("dbus-daemon")
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .arg(format!("--config-file={}", config.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It only complains there that it may not open 65,536 files.
            .stderr(Stdio::null())
            .spawn()
            .context("dbus-daemon does not start; install dbus-daemon, as `make test` does")?;
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().context("a pipe")?).read_line(&mut address)?;
        let bus = Self { daemon, address: address.trim().to_owned() };
        ensure!(!bus.address.is_empty(), "dbus-daemon says no address");
        Ok(bus)
    }

    /// For `DBUS_SESSION_BUS_ADDRESS`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Joins the bus as one more program.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn connect(&self) -> Result<Connection> {
        Ok(zbus::connection::Builder::address(self.address()).build().await?)
    }

    /// Waits until somebody has this name.
    ///
    /// # Errors
    /// When nobody takes it.
    pub async fn has(&self, name: &str) -> Result<()> {
        let bus = zbus::fdo::DBusProxy::new(&self.connect().await?).await?;
        eventually(&format!("{name} on the bus"), || async {
            bus.name_has_owner(name.try_into()?).await.map(|has| has.then_some(())).map_err(anyhow::Error::from)
        })
        .await
    }

    /// As [`Bus::has`], before a test has a runtime.
    pub(crate) fn wait_for(&self, name: &str) -> Result<()> {
        until(&format!("{name} on the bus"), || {
            let asked = Command::new("dbus-send")
                .arg(format!("--bus={}", self.address))
                .args(["--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"])
                .arg(format!("string:{name}"))
                .output();
            asked.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("boolean true")).then_some(())
        })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        drop(self.daemon.kill());
        drop(self.daemon.wait());
    }
}

//! How this computer is joined to a catalogue.

use canteen_types::Digest;

use crate::App;
use crate::catalogue::SetBy;
use crate::fault::AppError;
use crate::wire::{Connection, Fault};

impl App {
    /// Where the catalogue is published, and who said so.
    ///
    /// # Errors
    /// When the store, or a file of the organisation, cannot be read.
    pub async fn get_connection(&self) -> Result<Connection, Fault> {
        let result = self.blocking(Self::connection).await;
        self.told(result)
    }

    pub(crate) fn connection(&self) -> Result<Connection, AppError> {
        let groups = self.shelf.groups().iter().map(ToString::to_string).collect();
        Ok(match self.joined()? {
            None => Connection { set_by: None, location: None, root_digest: None, groups },
            Some((set_by, joined)) => Connection {
                set_by: Some(
                    match set_by {
                        SetBy::Managed => "managed",
                        SetBy::Preset => "preset",
                        SetBy::Person => "person",
                    }
                    .to_owned(),
                ),
                location: Some(joined.location),
                root_digest: Some(Digest::of(joined.root.as_bytes()).to_string()),
                groups,
            },
        })
    }
}

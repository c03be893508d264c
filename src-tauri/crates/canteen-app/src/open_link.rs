//! Links that a model wrote. The window shows where one leads before it asks for this; here it is checked once more.

use canteen_os::Link;

use crate::App;
use crate::wire::{Fault, OpenLink};

impl App {
    /// Opens a page or a letter in the person's own program.
    ///
    /// # Errors
    /// What is neither; a computer without such a program.
    pub async fn open_link(&self, request: OpenLink) -> Result<(), Fault> {
        let result = self.blocking(move |_| Ok(canteen_os::open_link(&request.url.parse::<Link>()?)?)).await;
        self.told(result)
    }
}

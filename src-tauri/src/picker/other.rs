//! The system's own window, through a library that knows those of Windows and macOS.

use std::path::PathBuf;

use canteen_app::wire::{PickPath, PickWhat};
use rfd::AsyncFileDialog;
use tauri::WebviewWindow;
use tokio::sync::oneshot;

/// `None` when the person chose nothing.
///
/// # Errors
/// When the window is gone.
pub(crate) async fn pick(window: WebviewWindow, request: PickPath) -> anyhow::Result<Option<PathBuf>> {
    let (give, given) = oneshot::channel();
    // macOS makes windows on the main thread alone.
    window.clone().run_on_main_thread(move || {
        let dialog = AsyncFileDialog::new().set_title(request.title).set_parent(&window);
        let picked: std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>> = match request.what {
            PickWhat::File => Box::pin(dialog.pick_file()),
            PickWhat::Folder => Box::pin(dialog.pick_folder()),
        };
        drop(give.send(picked));
    })?;
    Ok(given.await?.await.map(|handle| handle.path().to_owned()))
}

//! GTK's file chooser, or that of the desktop's portal where the session asks for it.

use std::cell::RefCell;
use std::path::PathBuf;

use canteen_app::wire::{PickPath, PickWhat};
use gtk::glib;
use gtk::prelude::{FileChooserExt as _, NativeDialogExt as _};
use gtk::{FileChooserAction, FileChooserNative, ResponseType};
use tauri::WebviewWindow;
use tokio::sync::oneshot;

/// `None` when the person chose nothing.
///
/// # Errors
/// When the window is gone.
pub(crate) async fn pick(window: WebviewWindow, request: PickPath) -> anyhow::Result<Option<PathBuf>> {
    let (answer, answered) = oneshot::channel();
    // GTK's objects live on its thread alone.
    window.clone().run_on_main_thread(move || show(&window, &request, answer))?;
    Ok(answered.await.unwrap_or_default())
}

fn show(window: &WebviewWindow, request: &PickPath, answer: oneshot::Sender<Option<PathBuf>>) {
    // Where such a thing lies most of the time; without it GTK begins with what other programs opened last.
    let home = glib::home_dir();
    let (action, begin) = match request.what {
        PickWhat::File => {
            (FileChooserAction::Open, glib::user_special_dir(glib::UserDirectory::Downloads).filter(|folder| folder.is_dir()))
        }
        PickWhat::Folder => (FileChooserAction::SelectFolder, None),
    };
    let parent = window.gtk_window().ok();
    let chooser = FileChooserNative::new(Some(&request.title), parent.as_ref(), action, None, None);
    chooser.set_modal(true);
    chooser.set_current_folder(begin.unwrap_or(home));
    // Nobody else holds it: without this it would be gone at once.
    let held = RefCell::new(Some((chooser.clone(), answer)));
    chooser.connect_response(move |_, response| {
        if let Some((chooser, answer)) = held.take() {
            let picked = (response == ResponseType::Accept).then(|| chooser.filename()).flatten();
            chooser.destroy();
            // Nobody waits any more when the window was closed meanwhile.
            drop(answer.send(picked));
        }
    });
    chooser.show();
}

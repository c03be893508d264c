use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use tokio::sync::{mpsc, oneshot};
use tokio_util::bytes::Bytes;

use super::{Body, Fault, Opened, tidy};
use crate::platform;
use crate::verify::BUFFER;

pub(super) type Pieces = mpsc::Receiver<Result<Bytes, Fault>>;

/// Read-ahead of a share: 8 pieces of 256 KiB.
const AHEAD: usize = 8;

pub(super) fn folder_name(path: &str) -> String {
    let folder = Path::new(path).parent().and_then(Path::file_name);
    folder.map_or_else(|| "a folder".to_owned(), |name| format!("the folder “{}”", tidy(&name.to_string_lossy())))
}

/// A share can hang for ever in any call, so all of it runs on a thread of its own; nobody waits for that thread.
pub(super) async fn open(path: &str, at: u64, size: u64) -> Result<Opened, Fault> {
    if !Path::new(path).is_absolute() {
        return Err(Fault::Refused("its path is not absolute".to_owned()));
    }
    let path = path.to_owned();
    let (ready, opened) = oneshot::channel();
    let (to, pieces) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let file = open_at(Path::new(&path), at, size);
        let (result, file) = match file {
            Ok(file) => (Ok(()), Some(file)),
            Err(fault) => (Err(fault), None),
        };
        if let (Ok(()), Some(file)) = (ready.send(result), file) {
            read_on(file, &to);
        }
    });
    match opened.await {
        Ok(Ok(())) => Ok(Opened { body: Body::Share(pieces), from_start: false }),
        Ok(Err(fault)) => Err(fault),
        Err(_) => Err(Fault::Gone("reading it failed".to_owned())),
    }
}

fn open_at(path: &Path, at: u64, size: u64) -> Result<std::fs::File, Fault> {
    let mut file = platform::open_following(path).map_err(|e| {
        if e.kind() == io::ErrorKind::PermissionDenied { Fault::Refused(reason(&e)) } else { Fault::Gone(reason(&e)) }
    })?;
    let found = file.metadata().map_err(|e| Fault::Gone(reason(&e)))?;
    if !found.is_file() {
        return Err(Fault::Refused("it is no ordinary file".to_owned()));
    }
    match found.len() {
        length if length > size => return Err(Fault::TooLarge),
        length if length < size => return Err(Fault::Truncated(length)),
        _ => {}
    }
    platform::will_read_through(&file);
    file.seek(SeekFrom::Start(at)).map_err(|e| Fault::Gone(reason(&e)))?;
    Ok(file)
}

/// Ends with the file, with an error, or when nobody listens any more.
fn read_on(mut file: std::fs::File, to: &mpsc::Sender<Result<Bytes, Fault>>) {
    loop {
        let mut piece = vec![0; BUFFER];
        let result = match file.read(&mut piece) {
            Ok(0) => return,
            Ok(read) => {
                piece.truncate(read);
                Ok(Bytes::from(piece))
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => Err(Fault::Cut(reason(&e))),
        };
        let over = result.is_err();
        if to.blocking_send(result).is_err() || over {
            return;
        }
    }
}

/// Without the path: the kind of the error only.
fn reason(error: &io::Error) -> String {
    error.kind().to_string()
}

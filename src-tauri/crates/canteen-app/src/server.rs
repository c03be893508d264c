//! The host's end of the local socket: a few faces of the same user at once, each with bounded frames.

use std::sync::Arc;
use std::time::Duration;

use canteen_os::{Connection, Listener, MAX_FRAME, Sender};
use tokio::sync::{Mutex, Semaphore};

use crate::call::{Call, FromFace, FromHost, PROTOCOL};
use crate::host::Host;
use crate::wire::Fault;

/// Faces at once. A person has a few; a program that opens more has gone wrong.
const FACES: usize = 16;
/// Calls in flight per face.
const CALLS: usize = 32;
/// Length of a part, in bytes. A text of quotes alone doubles in its frame, which then still has room.
const PART: usize = 256 << 10;
/// How long a face may take to greet.
const GREETING: Duration = Duration::from_secs(5);

type Out = Arc<Mutex<Sender>>;

/// Serves until the host ends.
pub(crate) async fn serve(host: Arc<Host>, mut listener: Listener) {
    let permits = Arc::new(Semaphore::new(FACES));
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        tokio::select! {
            () = host.ended() => return,
            accepted = listener.accept() => match accepted {
                Ok(connection) => {
                    let host = Arc::clone(&host);
                    tokio::spawn(async move {
                        talk(host, connection).await;
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was refused");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
}

async fn talk(host: Arc<Host>, connection: Connection) {
    let (sender, mut receiver) = connection.into_split();
    let out: Out = Arc::new(Mutex::new(sender));
    match tokio::time::timeout(GREETING, receiver.receive()).await {
        Ok(Ok(Some(bytes))) if matches!(serde_json::from_slice(&bytes), Ok(FromFace::Hello { .. })) => {}
        _ => return,
    }
    let hello =
        FromHost::Hello { protocol: PROTOCOL, build: env!("CARGO_PKG_VERSION").to_owned(), host: host.kind().word().to_owned() };
    if !send(&out, &hello).await {
        return;
    }
    let calls = Arc::new(Semaphore::new(CALLS));
    let mut tasks = tokio::task::JoinSet::new();
    loop {
        let frame = tokio::select! {
            () = host.ended() => break,
            frame = receiver.receive() => frame,
        };
        let Ok(Some(bytes)) = frame else { break };
        let Ok(FromFace::Asked { id, call }) = serde_json::from_slice(&bytes) else { break };
        let Ok(permit) = Arc::clone(&calls).acquire_owned().await else { break };
        let (host, out) = (Arc::clone(&host), Arc::clone(&out));
        tasks.spawn(async move {
            answer(host, out, id, call).await;
            drop(permit);
        });
        while tasks.try_join_next().is_some() {}
    }
    // The face is gone: its event stream ends, answers that are being written go on and are stored.
    tasks.detach_all();
}

async fn answer(host: Arc<Host>, out: Out, id: u64, call: Call) {
    if call == Call::Subscribe {
        let mut events = host.events().listen();
        if send(&out, &FromHost::Answer { id, value: serde_json::Value::Null }).await {
            while let Some(event) = events.next().await {
                if !send(&out, &FromHost::Event { event }).await {
                    return;
                }
            }
        }
        return;
    }
    let ends_the_host = matches!(call, Call::Quit | Call::HandOver);
    let (chat, mut steps) = tokio::sync::mpsc::channel(256);
    let work = host.dispatch(call, chat);
    tokio::pin!(work);
    let result: Result<serde_json::Value, Fault> = loop {
        tokio::select! {
            biased;
            Some(event) = steps.recv() => {
                // A face that has gone does not stop the answer.
                let _gone = !send(&out, &FromHost::Chat { id, event }).await;
            }
            result = &mut work => break result,
        }
    };
    while let Ok(event) = steps.try_recv() {
        let _gone = !send(&out, &FromHost::Chat { id, event }).await;
    }
    let ends_the_host = ends_the_host && result.is_ok();
    let end = match result {
        Ok(value) => FromHost::Answer { id, value },
        Err(fault) => FromHost::Failed { id, fault },
    };
    let _gone = !send_end(&out, end).await;
    // Only now: who asked for the end hears that it comes.
    if ends_the_host {
        host.quit();
    }
}

/// An answer that fits a frame goes as it is, a longer one in parts; other frames may come in between.
async fn send_end(out: &Out, end: FromHost) -> bool {
    let Ok(bytes) = serde_json::to_vec(&end) else { return false };
    let (id, value) = match end {
        FromHost::Answer { id, value } if bytes.len() > MAX_FRAME => (id, value),
        FromHost::Hello { .. }
        | FromHost::Answer { .. }
        | FromHost::Part { .. }
        | FromHost::Whole { .. }
        | FromHost::Failed { .. }
        | FromHost::Chat { .. }
        | FromHost::Event { .. } => return out.lock().await.send(&bytes).await.is_ok(),
    };
    for text in parts(&value.to_string(), PART) {
        if !send(out, &FromHost::Part { id, text: text.to_owned() }).await {
            return false;
        }
    }
    send(out, &FromHost::Whole { id }).await
}

/// Pieces of whole characters, none longer than `most` bytes, which must have room for one character.
fn parts(text: &str, most: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (part, after) = rest.split_at_checked(rest.floor_char_boundary(most))?;
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

async fn send(out: &Out, frame: &FromHost) -> bool {
    let Ok(bytes) = serde_json::to_vec(frame) else { return false };
    out.lock().await.send(&bytes).await.is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_are_whole_characters_and_together_the_text(text in "\\PC{0,40}", most in 4_usize..9) {
            let parts: Vec<&str> = parts(&text, most).collect();
            prop_assert!(parts.iter().all(|part| part.len() <= most));
            prop_assert_eq!(parts.concat(), text);
        }
    }

    #[test]
    fn the_worst_part_fits_a_frame() {
        let frame = FromHost::Part { id: u64::MAX, text: "\"".repeat(PART) };
        assert!(serde_json::to_vec(&frame).unwrap().len() < MAX_FRAME);
    }
}

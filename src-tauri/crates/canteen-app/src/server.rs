//! The host's end of the local socket: a few faces of the same user at once, each with bounded frames.

use std::sync::Arc;
use std::time::Duration;

use canteen_os::{Connection, Listener, Sender};
use tokio::sync::{Mutex, Semaphore};

use crate::call::{Call, FromFace, FromHost, PROTOCOL};
use crate::host::Host;
use crate::wire::Fault;

/// Faces at once. A person has a few; a program that opens more has gone wrong.
const FACES: usize = 16;
/// Calls in flight per face.
const CALLS: usize = 32;
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
    let _gone = !send(&out, &end).await;
    // Only now: who asked for the end hears that it comes.
    if ends_the_host {
        host.quit();
    }
}

async fn send(out: &Out, frame: &FromHost) -> bool {
    let Ok(bytes) = serde_json::to_vec(frame) else { return false };
    out.lock().await.send(&bytes).await.is_ok()
}

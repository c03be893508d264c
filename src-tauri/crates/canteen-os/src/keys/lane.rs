use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

/// Why a call brought nothing back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoReply {
    /// It, or one before it, is still running.
    TimedOut,
    /// It panicked; the thread lives on.
    Panicked,
}

/// One plain, long-lived thread that runs calls one after the other, each with a time limit.
///
/// Not a tokio thread: the keyring clients block, some panic inside a runtime, and a hanging call must not take a worker with it.
pub(super) struct Lane {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    running: Arc<AtomicBool>,
}

impl Lane {
    pub(super) fn new() -> Self {
        Self { jobs: Mutex::new(None), running: Arc::new(AtomicBool::new(false)) }
    }

    /// Runs `job` on the thread and waits for it up to `limit`. A second caller waits for the first.
    pub(super) fn call<T: Send + 'static>(
        &self,
        limit: Duration,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NoReply> {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if self.running.swap(true, Ordering::SeqCst) {
            return Err(NoReply::TimedOut);
        }
        let (answer, answered) = mpsc::sync_channel(1);
        let running = Arc::clone(&self.running);
        let job: Job = Box::new(move || {
            let outcome = catch_unwind(AssertUnwindSafe(job));
            running.store(false, Ordering::SeqCst);
            // The caller may have given up; a panic drops `answer`, which tells it too.
            if let Ok(value) = outcome
                && answer.send(value).is_err()
            {
                tracing::info!("a keyring call came back after its time limit");
            }
        });
        if jobs.get_or_insert_with(start).send(job).is_err() {
            *jobs = None;
            self.running.store(false, Ordering::SeqCst);
            return Err(NoReply::Panicked);
        }
        answered.recv_timeout(limit).map_err(|error| match error {
            mpsc::RecvTimeoutError::Timeout => NoReply::TimedOut,
            mpsc::RecvTimeoutError::Disconnected => NoReply::Panicked,
        })
    }
}

fn start() -> mpsc::Sender<Job> {
    let (sender, receiver) = mpsc::channel::<Job>();
    let started = std::thread::Builder::new().name("canteen-keyring".into()).spawn(move || {
        while let Ok(job) = receiver.recv() {
            job();
        }
    });
    if let Err(error) = started {
        // The receiver is gone, so the first send fails, and the caller hears of it.
        tracing::error!(%error, "no thread for the keyring");
    }
    sender
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn calls_run_on_one_thread() {
        let lane = Lane::new();
        let first = lane.call(LONG, || std::thread::current().id()).unwrap();
        assert_eq!(lane.call(LONG, || std::thread::current().id()), Ok(first));
    }

    #[test]
    fn a_hanging_call_is_left_alone_and_no_second_one_starts_beside_it() {
        let lane = Lane::new();
        let (release, blocked) = mpsc::channel::<()>();
        let (done, returned) = mpsc::channel();
        let hanging = lane.call(Duration::from_millis(5), move || {
            let _released = blocked.recv();
            done.send(()).unwrap();
        });
        assert_eq!(hanging, Err(NoReply::TimedOut));
        assert_eq!(lane.call(LONG, || "second"), Err(NoReply::TimedOut));
        release.send(()).unwrap();
        returned.recv().unwrap();
        while lane.running.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        assert_eq!(lane.call(LONG, || "third"), Ok("third"));
    }

    #[test]
    fn a_panic_in_a_client_library_does_not_end_the_thread() {
        let lane = Lane::new();
        assert_eq!(lane.call(LONG, || -> u8 { panic!("Mutex failure in credential store") }), Err(NoReply::Panicked));
        assert_eq!(lane.call(LONG, || 7), Ok(7));
    }
}

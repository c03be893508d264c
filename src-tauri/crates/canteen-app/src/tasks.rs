use std::future::Future;

use tokio_util::task::TaskTracker;

/// The host's own background work: named places to wait for on the way out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks(TaskTracker);

impl Tasks {
    /// The only spawn. A panic ends the task, is logged, and the host goes on.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let work = self.0.spawn(work);
        tokio::spawn(async move {
            if let Err(error) = work.await {
                tracing::error!(%error, "internal.panic: a background task ended");
            }
        });
    }

    /// Waits for what is under way, at most `limit`.
    pub(crate) async fn close(&self, limit: std::time::Duration) {
        self.0.close();
        if tokio::time::timeout(limit, self.0.wait()).await.is_err() {
            tracing::warn!("background work did not end in time");
        }
    }
}

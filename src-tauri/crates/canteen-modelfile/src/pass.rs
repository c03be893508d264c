//! One pass over bytes, whoever takes them: each is read once.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use canteen_types::Digest;
use sha2::{Digest as _, Sha256};

/// Large enough that a thread is woken seldom, small enough to stay in the processor's cache.
const CHUNK: usize = 256 << 10;
/// Chunks that wait for each taker.
const WAITING: usize = 6;
/// One waits on its way into a full queue and one is worked on: what is older is nobody's any more.
const CHUNKS: usize = WAITING + 2;
/// Below it, a thread takes longer to begin than the bytes take.
const SMALL: u64 = 1 << 20;

/// Whose computing time a pass takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hands {
    /// That of the calling thread alone, whatever its priority is.
    One,
    /// A thread for each taker, while the calling one reads on.
    Many,
}

/// What takes the bytes, in order and without a gap.
pub type Taker<'a> = dyn FnMut(&[u8]) + Send + 'a;

/// Reads `source` from where it stands to its end, `limit` bytes at most, and shows every byte to every taker. `progress` is told how
/// many are done and may break off. Answers how many there were.
///
/// # Errors
/// When it cannot be read.
pub fn pass(
    source: &mut dyn Read,
    limit: u64,
    hands: Hands,
    takers: &mut [&mut Taker<'_>],
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> io::Result<ControlFlow<(), u64>> {
    if hands == Hands::One || limit <= SMALL {
        // Always the same memory, which the processor's cache then holds.
        return Chunks::new(source, limit, 1).each(progress, |chunk| takers.iter_mut().for_each(|taker| taker(chunk)));
    }
    let mut chunks = Chunks::new(source, limit, CHUNKS);
    thread::scope(|scope| {
        let mut queues: Vec<SyncSender<Arc<Vec<u8>>>> = Vec::new();
        for taker in takers {
            let (queue, chunks) = sync_channel(WAITING);
            thread::Builder::new().name("taker".into()).spawn_scoped(scope, move || take(&chunks, &mut **taker))?;
            queues.push(queue);
        }
        // A taker ends only with its queue, so none is refused.
        chunks.each(progress, |chunk| queues.iter().for_each(|queue| drop(queue.send(Arc::clone(chunk)))))
    })
}

/// SHA-256 of what [`pass`] reads, and how many bytes that were; `None` when `progress` broke off.
///
/// # Errors
/// When it cannot be read.
pub fn digest(
    source: &mut dyn Read,
    limit: u64,
    hands: Hands,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Option<(Digest, u64)>> {
    let mut hash = Sha256::new();
    let read = pass(source, limit, hands, &mut [&mut |chunk| hash.update(chunk)], progress)?;
    Ok(read.continue_value().map(|read| (Digest::new(hash.finalize().into()), read)))
}

/// A file ended before the size that it had.
pub(crate) fn shorter() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read")
}

fn take(chunks: &Receiver<Arc<Vec<u8>>>, taker: &mut Taker<'_>) {
    for chunk in chunks {
        taker(&chunk);
    }
}

/// The bytes in a few pieces of memory that are used in turn.
struct Chunks<'a> {
    source: &'a mut dyn Read,
    left: u64,
    ring: Vec<Arc<Vec<u8>>>,
}

impl<'a> Chunks<'a> {
    fn new(source: &'a mut dyn Read, limit: u64, count: usize) -> Self {
        Self { source, left: limit, ring: vec![Arc::default(); count] }
    }

    fn each(
        &mut self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
        mut show: impl FnMut(&Arc<Vec<u8>>),
    ) -> io::Result<ControlFlow<(), u64>> {
        let mut done = 0_u64;
        loop {
            if progress(done).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.ring.rotate_left(1);
            let Some(chunk) = self.ring.first_mut() else { return Ok(ControlFlow::Continue(done)) };
            if Arc::get_mut(chunk).is_none() {
                *chunk = Arc::default();
            }
            if let Some(bytes) = Arc::get_mut(chunk) {
                fill(&mut *self.source, self.left, bytes)?;
            }
            if chunk.is_empty() {
                return Ok(ControlFlow::Continue(done));
            }
            done = done.saturating_add(chunk.len() as u64);
            self.left = self.left.saturating_sub(chunk.len() as u64);
            show(chunk);
        }
    }
}

/// A whole chunk, save at the end.
fn fill(source: &mut dyn Read, most: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    bytes.resize(usize::try_from(most).unwrap_or(usize::MAX).min(CHUNK), 0);
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::time::Duration;

    use super::*;

    const HANDS: [Hands; 2] = [Hands::One, Hands::Many];

    fn bytes(count: usize) -> Vec<u8> {
        (0..251).cycle().take(count).collect()
    }

    /// A few bytes at a time, and now and then none for a signal came.
    struct Halting(Cursor<Vec<u8>>, u32);

    impl Read for Halting {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            let most = buffer.len().min(70_001);
            if self.1.is_multiple_of(3) { Err(io::ErrorKind::Interrupted.into()) } else { self.0.read(&mut buffer[..most]) }
        }
    }

    #[test]
    fn every_taker_sees_every_byte_once_and_in_order() {
        for (count, hands) in
            [0, 1, CHUNK, 5 * CHUNK + 7, 40 * CHUNK].into_iter().flat_map(|count| HANDS.map(|hands| (count, hands)))
        {
            let expected = bytes(count);
            let (mut quick, mut slow) = (Vec::new(), Vec::new());
            let mut take_slowly = |chunk: &[u8]| {
                thread::sleep(Duration::from_micros(300));
                slow.extend_from_slice(chunk);
            };
            let mut take = |chunk: &[u8]| quick.extend_from_slice(chunk);
            let mut source = Halting(Cursor::new(expected.clone()), 0);
            let read = pass(&mut source, u64::MAX, hands, &mut [&mut take, &mut take_slowly], &mut |_| ControlFlow::Continue(()));
            assert_eq!(read.unwrap(), ControlFlow::Continue(count as u64));
            assert!(quick == expected && slow == expected, "{count} bytes, {hands:?}");
        }
    }

    #[test]
    fn it_goes_to_the_limit_and_stops_when_asked() {
        let whole = bytes(3 * CHUNK);
        for hands in HANDS {
            let found = digest(&mut Cursor::new(&whole), 2 << 20, hands, &mut |_| ControlFlow::Continue(())).unwrap();
            assert_eq!(found, Some((Digest::of(&whole), whole.len() as u64)));
            let found = digest(&mut Cursor::new(&whole), 5, hands, &mut |_| ControlFlow::Continue(())).unwrap();
            assert_eq!(found, Some((Digest::of(&whole[..5]), 5)));
            let mut told = Vec::new();
            let stopped = digest(&mut Cursor::new(&whole), u64::MAX, hands, &mut |done| {
                told.push(done);
                if done > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            assert_eq!((stopped.unwrap(), told), (None, vec![0, CHUNK as u64]));
        }
    }

    #[test]
    fn no_more_memory_is_taken_however_slow_a_taker_is() {
        let whole = bytes(60 * CHUNK);
        let mut source = Cursor::new(&whole);
        let mut chunks = Chunks::new(&mut source, u64::MAX, CHUNKS);
        let (queue, receiver) = sync_channel::<Arc<Vec<u8>>>(WAITING);
        let mut places = std::collections::BTreeSet::new();
        thread::scope(|scope| {
            scope.spawn(move || take(&receiver, &mut |_| thread::sleep(Duration::from_micros(200))));
            let read = chunks.each(&mut |_| ControlFlow::Continue(()), |chunk| {
                places.insert(chunk.as_ptr() as usize);
                queue.send(Arc::clone(chunk)).unwrap();
            });
            assert_eq!(read.unwrap(), ControlFlow::Continue(whole.len() as u64));
            drop(queue);
        });
        assert_eq!(places.len(), CHUNKS);
    }
}

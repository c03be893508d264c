use std::fmt;
use std::io;

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadHalf, WriteHalf};
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec, LengthDelimitedCodecError};

use crate::OsError;

/// Longest frame in bytes, either way.
pub const MAX_FRAME: usize = 1 << 20;

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// One face at the host, or the host as a face sees it. Frames are four bytes of length (big endian), then that many bytes.
///
/// Sending and receiving may be dropped at any `await` without losing or tearing a frame.
#[derive(Debug)]
pub struct Connection {
    sender: Sender,
    receiver: Receiver,
}

impl Connection {
    pub(super) fn over(stream: impl Stream + 'static, peer: Option<u32>) -> Self {
        let stream: Box<dyn Stream> = Box::new(stream);
        let (read, write) = tokio::io::split(stream);
        let codec = LengthDelimitedCodec::builder().max_frame_length(MAX_FRAME).new_codec();
        Self {
            sender: Sender { frames: FramedWrite::new(write, codec.clone()) },
            receiver: Receiver { frames: FramedRead::new(read, codec), peer },
        }
    }

    /// Sends one frame.
    ///
    /// # Errors
    /// `host.frame_too_large`, `host.connection_lost`.
    pub async fn send(&mut self, frame: &[u8]) -> Result<(), OsError> {
        self.sender.send(frame).await
    }

    /// The next frame; `None` when the other side closed in good order.
    ///
    /// # Errors
    /// `host.frame_too_large` when the other side announces more than [`MAX_FRAME`]; `host.connection_lost` when it goes away
    /// in the middle of a frame.
    pub async fn receive(&mut self) -> Result<Option<Vec<u8>>, OsError> {
        self.receiver.receive().await
    }

    /// Process id of the other side, to show and to log; never to decide with, for ids are used again.
    #[must_use]
    pub const fn peer(&self) -> Option<u32> {
        self.receiver.peer
    }

    /// Both directions, for two tasks.
    #[must_use]
    pub fn into_split(self) -> (Sender, Receiver) {
        (self.sender, self.receiver)
    }
}

/// The sending half.
pub struct Sender {
    frames: FramedWrite<WriteHalf<Box<dyn Stream>>, LengthDelimitedCodec>,
}

impl Sender {
    /// Sends one frame.
    ///
    /// # Errors
    /// As [`Connection::send`].
    pub async fn send(&mut self, frame: &[u8]) -> Result<(), OsError> {
        if frame.len() > MAX_FRAME {
            return Err(OsError::FrameTooLarge { bytes: frame.len() });
        }
        self.frames.send(frame).await.map_err(fault)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

/// The receiving half.
pub struct Receiver {
    frames: FramedRead<ReadHalf<Box<dyn Stream>>, LengthDelimitedCodec>,
    peer: Option<u32>,
}

impl Receiver {
    /// The next frame.
    ///
    /// # Errors
    /// As [`Connection::receive`].
    pub async fn receive(&mut self) -> Result<Option<Vec<u8>>, OsError> {
        match self.frames.next().await {
            Some(frame) => frame.map(|bytes| Some(bytes.to_vec())).map_err(fault),
            None => Ok(None),
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").field("peer", &self.peer).finish_non_exhaustive()
    }
}

fn fault(source: io::Error) -> OsError {
    if source.get_ref().is_some_and(|inner| inner.is::<LengthDelimitedCodecError>()) {
        OsError::FrameTooLarge { bytes: 0 }
    } else {
        OsError::ConnectionLost { source }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    fn pair() -> (Connection, Connection) {
        let (one, two) = tokio::io::duplex(4096);
        (Connection::over(one, None), Connection::over(two, Some(7)))
    }

    #[tokio::test]
    async fn frames_arrive_whole_and_in_order_up_to_the_limit() {
        let (mut here, there) = pair();
        let (mut sender, mut receiver) = there.into_split();
        let largest = vec![5; MAX_FRAME];
        let sending = tokio::spawn(async move {
            for frame in [b"".as_slice(), b"one", &largest] {
                sender.send(frame).await.unwrap();
            }
            (sender, largest)
        });
        assert_eq!(here.receive().await.unwrap().unwrap(), b"");
        assert_eq!(here.receive().await.unwrap().unwrap(), b"one");
        let received = here.receive().await.unwrap().unwrap();
        let (sender, largest) = sending.await.unwrap();
        assert!(received == largest);
        here.send(b"back").await.unwrap();
        assert_eq!(receiver.receive().await.unwrap().unwrap(), b"back");
        drop((sender, receiver));
        assert_eq!(here.receive().await.unwrap(), None);
    }

    #[tokio::test]
    async fn too_long_a_frame_is_refused_on_both_sides() {
        let (mut here, _there) = pair();
        assert!(matches!(here.send(&vec![0; MAX_FRAME + 1]).await, Err(OsError::FrameTooLarge { .. })));
        let (mut raw, end) = tokio::io::duplex(64);
        let mut reader = Connection::over(end, None);
        raw.write_all(&[0xff; 8]).await.unwrap();
        assert!(matches!(reader.receive().await, Err(OsError::FrameTooLarge { .. })));
    }

    #[tokio::test]
    async fn a_frame_cut_in_the_middle_is_a_lost_connection() {
        let (mut raw, end) = tokio::io::duplex(64);
        let mut reader = Connection::over(end, None);
        raw.write_all(&[0, 0, 0, 9, 1, 2]).await.unwrap();
        drop(raw);
        assert!(matches!(reader.receive().await, Err(OsError::ConnectionLost { .. })));
    }
}

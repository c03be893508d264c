//! What runner and engine say to each other over their socket pair: a 4-byte big-endian length, then JSON.
//!
//! The engine is not trusted: it parsed a file that may be hostile. [`read`] bounds every frame before it allocates, and a
//! frame only ever carries text, figures and names.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{EngineSettings, SandboxReport};

/// Longest frame, in bytes. A long conversation with a context of 128k tokens fits.
pub const MAX_FRAME: u32 = 1 << 20;

/// Goes up with every change that the other side would not understand.
pub const PROTOCOL: u32 = 2;

/// Who said a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions in front.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// Who.
    pub role: Role,
    /// What.
    pub content: String,
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Turn({:?}, {} bytes)", self.role, self.content.len())
    }
}

/// From the runner to the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "frame", deny_unknown_fields)]
pub enum ToEngine {
    /// Read the model from the inherited descriptor. Sent once, after the report was good enough.
    Load {
        /// From the signed entry.
        settings: EngineSettings,
        /// Computing threads.
        threads: u32,
    },
    /// Write an answer to the last turn. One at a time.
    Answer {
        /// Comes back in every frame of this answer.
        id: u64,
        /// The conversation, oldest first.
        turns: Vec<Turn>,
        /// Settings for this answer; the context size is that of `Load`.
        settings: EngineSettings,
        /// `None` takes a new one each time.
        seed: Option<u32>,
    },
    /// Say how many tokens this conversation has for the model. Nothing is computed.
    Count {
        /// Comes back with the number.
        id: u64,
        /// The conversation, oldest first.
        turns: Vec<Turn>,
    },
    /// Stop the answer `id` now. Stopping what has ended is fine.
    Stop {
        /// Which answer.
        id: u64,
    },
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerEnd {
    /// The model said it all.
    Finished,
    /// Longest answer reached.
    Length,
    /// The context is full.
    ContextFull,
    /// Stopped by the person.
    Stopped,
}

/// Figures of one answer, measured in the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerFigures {
    /// Tokens read, those found in the cache included.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub answer_tokens: u32,
    /// From the request to the first token, in milliseconds.
    pub first_token_ms: u64,
    /// From the first token to the last, in milliseconds.
    pub generation_ms: u64,
}

/// From the engine to the runner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "frame", deny_unknown_fields)]
pub enum FromEngine {
    /// First frame, before any byte of the model is read.
    Hello {
        /// [`PROTOCOL`].
        protocol: u32,
        /// Name and version of the engine build.
        build: String,
        /// What the kernel enforces.
        report: SandboxReport,
    },
    /// The model is in memory.
    Loaded {
        /// Context that was allocated, in tokens.
        context_tokens: u32,
        /// How long it took, in milliseconds.
        load_ms: u64,
    },
    /// A piece of the answer: whole characters, never half of one.
    Piece {
        /// Which answer.
        id: u64,
        /// Text.
        text: String,
    },
    /// The answer is over.
    Done {
        /// Which answer.
        id: u64,
        /// Why.
        end: AnswerEnd,
        /// Figures.
        figures: AnswerFigures,
    },
    /// The number that was asked for.
    Counted {
        /// Which question.
        id: u64,
        /// Tokens that the conversation takes, with everything that the chat template adds.
        tokens: u32,
    },
    /// Loading failed (`id` is `None`, the engine ends) or an answer did (it goes on).
    Fault {
        /// Which answer.
        id: Option<u64>,
        /// Closed list.
        cause: FaultCause,
        /// For the log: at most 500 characters, never a prompt.
        detail: String,
    },
}

/// What went wrong inside the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultCause {
    /// The header check or llama.cpp refused the file.
    ModelRefused,
    /// Not enough memory for weights or context.
    OutOfMemory,
    /// The chat template failed or ran out of fuel.
    Template,
    /// The conversation is longer than the context.
    PromptTooLong,
    /// A request out of order.
    Protocol,
    /// Anything else.
    Internal,
}

/// Writes one frame.
///
/// # Errors
/// `InvalidData` when it is longer than [`MAX_FRAME`]; what the writer says otherwise.
pub fn write<T: Serialize>(to: &mut impl Write, frame: &T) -> io::Result<()> {
    let body = serde_json::to_vec(frame)?;
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= MAX_FRAME).ok_or_else(too_long)?;
    let mut bytes = Vec::with_capacity(body.len().saturating_add(4));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&body);
    to.write_all(&bytes)?;
    to.flush()
}

/// Reads one frame; `None` at a clean end.
///
/// # Errors
/// `InvalidData` when the frame is too long or no valid frame; `UnexpectedEof` when it is cut.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    let mut have = 0;
    while let Some(rest) = length.get_mut(have..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => have += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    let length = u32::from_be_bytes(length);
    if length > MAX_FRAME {
        return Err(too_long());
    }
    let mut body = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut body)?;
    if body.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    serde_json::from_slice(&body).map(Some).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a frame is longer than 1 MiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read() {
        let frame = FromEngine::Piece { id: 7, text: "Grüße".into() };
        let mut bytes = Vec::new();
        write(&mut bytes, &frame).unwrap();
        let mut from = bytes.as_slice();
        assert_eq!(read::<FromEngine>(&mut from).unwrap(), Some(frame));
        assert_eq!(read::<FromEngine>(&mut from).unwrap(), None);
    }

    #[test]
    fn a_length_that_lies_is_refused_without_allocating() {
        let error = read::<FromEngine>(&mut [0xff, 0xff, 0xff, 0xff, b'{'].as_slice()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        let error = read::<FromEngine>(&mut [0, 0, 0, 9, b'{'].as_slice()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            drop(read::<FromEngine>(&mut bytes.as_slice()));
        }
    }
}
